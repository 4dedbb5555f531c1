"""The words for a cause of loss and the 90-day plan against it, from plays.json beside this room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, Optional

from cslib import figures, source
from cslib.leaks import Leak


class Step(NamedTuple):
    """One step of a plan, with the day by which it is done."""

    by: date
    owner: str
    action: str
    metric: str
    target: str


class Plan(NamedTuple):
    """What to do about one leak in 90 days, and whom to bring in."""

    cause: str
    label: str
    place: Optional[str]
    arr: object
    why: str
    bring_in: tuple[str, ...]
    bring_in_why: str
    steps: tuple[Step, ...]


def read() -> dict:
    """All plays by cause."""
    return source.own("plays.json")


def plan(leak: Leak, as_of: date, plays: dict) -> Plan:
    """The play for a leak's cause, its days counted from `as_of` and its targets filled with the leak's own figures."""
    play = plays[leak.cause]
    filled = {"accounts": "all" if leak.customers is None else figures.whole(leak.customers),
              "arr": figures.short_money(leak.arr)}
    steps = tuple(Step(as_of + timedelta(days=step["by_day"]), step["owner"], step["action"], step["metric"],
                       step["target"].format(**filled)) for step in play["steps"])
    return Plan(leak.cause, play["label"], leak.place, leak.arr, play["why"], tuple(play["bring_in"]["functions"]),
                play["bring_in"]["why"], steps)
