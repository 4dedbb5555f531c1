"""What to do about decision D: three steps with owner, day and money. No sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cslib import role_words
from cslib.coverage_words import listed
from cslib.figures import count, short_money
from cslib.hiring_findings import until_then
from cslib.hiring_words import CONDITIONS, Speech, day, does_not_pay, head_of, held, signal, who

STEPS, ASKED, NAMED = 3, 2, 2
OF_THE_SPLIT = "split"
SOON, QUARTER = 30, 90


def steps(said: Speech) -> list[str]:
    """Three steps in the order of doing: approve or hold, bridge the gap until then, mend, find out, look again."""
    chosen = [*_approved(said), *_bridged(said), *_mended(said), *_asked(said), _reviewed(said)]
    return chosen[:STEPS]


def _approved(said: Speech) -> Iterable[str]:
    one = said.h.next
    if one is None:
        return
    if held(said.h, one):
        gates = listed([f"{said.role(gate.role).label} {CONDITIONS[gate.condition]}" for gate in said.h.held])
        yield (f"By {day(one.approve_by)}, {head_of(said)}: show that {gates}; only then approve {who(said, one)}, "
               f"{short_money(one.cost_a_year)} a year.")
        return
    today = [row for row in said.h.openings if row.approve_by == one.approve_by]
    posts = [f"{who(said, row)} ({short_money(row.cost_a_year)} a year)" for row in today[:NAMED]]
    if len(today) > NAMED:
        posts.append(f"{count(len(today) - NAMED, 'more post')}")
    owner = "CEO" if head_of(said) == "the founder" else "CEO and head of CS"
    sure = f"confirm the {short_money(one.arr_at_risk)} ARR at risk, then " if does_not_pay(said.h) else ""
    yield f"By {day(one.approve_by)}, {owner}: {sure}approve {listed(posts)}."


def _bridged(said: Speech) -> Iterable[str]:
    one = said.h.next
    if one is not None and (one.kind != "seat" or one.from_plan):
        first, *_ = until_then(said, one)
        yield f"Until {day(one.start_day)}, {head_of(said)}: {first[:1].lower()}{first[1:]}"


def _mended(said: Speech) -> Iterable[str]:
    by = said.org.as_of + timedelta(days=SOON)
    for row in said.h.mistakes:
        told = role_words.mistake(row.key, row.threshold, said.words)
        yield f"By {day(by)}, {head_of(said)}: {told.remedy} ({told.label})."


def _asked(said: Speech) -> Iterable[str]:
    by = said.org.as_of + timedelta(days=SOON)
    of_roles = [row for row in said.h.missing if set(row.roles) != {OF_THE_SPLIT}]
    if of_roles:
        names = [signal(said, row.key) for row in of_roles[:ASKED]]
        yield f"By {day(by)}, {head_of(said)}: find out {listed(names)}, and run this again."


def _reviewed(said: Speech) -> str:
    by = said.org.as_of + timedelta(days=QUARTER)
    return (f"By {day(by)}, {head_of(said)}: say for each role what it has delivered, with its figure, and run this "
            "again; no post is approved without it.")
