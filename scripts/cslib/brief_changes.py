"""What changed since an earlier brief: its figures beside today's, and its decisions still there, gone or new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional, Union

from cslib.brief import KINDS, Figures, Parts, amounts, figures, ranked, stakes
from cslib.figures import rounded
from cslib.kpi_change import six_places
from cslib.org import ROLES
from cslib.refusal import Fault, Refusal
from cslib.results import Beside, Result, opened, unfit
from cslib.scorecards import LADDER

SCRIPT = "strategy_brief.py"
STILL, NEW, GONE = "still", "new", "gone"
WORDS = {"next_role": ROLES, "maturity": LADDER}
_ANY_DAY = (date.max - date.min).days

Figure = Union[Decimal, str, None]


class Earlier(NamedTuple):
    """An earlier brief: its day, its figures by the keys of Figures, the topics of its decisions in their order."""

    as_of: date
    figures: dict[str, Figure]
    topics: tuple[str, ...]


class Change(NamedTuple):
    """A figure then and now, both as a result holds them; the difference is None for words and for what is unknown."""

    key: str
    before: Figure
    now: Figure
    difference: Optional[Decimal]

    def record(self) -> dict:
        """Six places, since what changed may be a ratio."""
        return six_places(self)


class Changes(NamedTuple):
    """Every key of Figures, and decisions as (topic, state).

    Those of then stand first: `still` where anything is at stake today, `gone` where nothing is; one of which today's
    inputs do not tell is left out. `new` are those of today that were not among them.
    """

    as_of_before: date
    figures: tuple[Change, ...]
    decisions: tuple[tuple[str, str], ...]


def read(record: Any, source: str, beside: Beside) -> Earlier:
    """The earlier brief in a parsed JSON result, for one of the day, currency and sample of `beside`.

    Refused: what is no such result; then, all at once: a sample beside own data and the reverse, another currency
    (both known), a day that is not before the present one.
    """
    result = opened(record, source, SCRIPT)
    faults = [*unfit(result, beside, _ANY_DAY), *_out_of_order(result, beside)]
    if faults:
        raise Refusal(source, faults)
    answer = result._replace(record=result.value(dict, "result"), within="result.")
    held = answer._replace(record=answer.value(dict, "figures"), within="result.figures.")
    return Earlier(result.as_of, {key: _figure(held, key) for key in Figures._fields},
                   tuple(dict.fromkeys(_topic(row) for row in answer.rows("decisions"))))


def changes(earlier: Earlier, parts: Parts) -> Changes:
    """What the decisions of today show against an earlier brief."""
    now, today = figures(parts), amounts(parts)
    then = [(topic, STILL if today[topic] else GONE) for topic in earlier.topics if today[topic] is not None]
    added = [(stake.topic, NEW) for stake in ranked(stakes(parts)) if stake.topic not in earlier.topics]
    return Changes(earlier.as_of, tuple(_change(key, earlier.figures[key], _as_held(key, getattr(now, key)))
                                        for key in Figures._fields), (*then, *added))


def _out_of_order(result: Result, beside: Beside) -> Iterable[Fault]:
    if beside.sample and not result.sample:
        yield Fault("sample", "sample", f"an earlier {result.noun} of the sample", "that of your own data",
                    f"give {SCRIPT} your own inputs")
    if result.as_of >= beside.as_of:
        yield Fault("not comparable", "as_of", f"a day before {beside.as_of}", str(result.as_of))


def _figure(held: Result, key: str) -> Figure:
    if key not in WORDS:
        return held.number(key)
    word = held.value((str, type(None)), key)
    if word is not None and word not in WORDS[key]:
        raise held.alien([key], f"one of {', '.join(WORDS[key])}", word)
    return word


def _topic(row: Result) -> str:
    topic = row.value(str, "topic")
    if topic not in KINDS:
        raise row.alien(["topic"], f"one of {', '.join(KINDS)}", topic)
    return topic


def _as_held(key: str, value: Union[Decimal, int, str, None]) -> Figure:
    """A figure as its result says it: ratios with six places, money and people with two."""
    if value is None or isinstance(value, str):
        return value
    return Decimal(value) if isinstance(value, int) else rounded(value, 6 if key.endswith("_ratio") else 2)


def _change(key: str, before: Figure, now: Figure) -> Change:
    numbers = isinstance(before, Decimal) and isinstance(now, Decimal)
    return Change(key, before, now, now - before if numbers else None)
