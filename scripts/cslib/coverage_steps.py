"""What to do about decision C: three steps with owner, day and money. No sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from cslib.book import Book
from cslib.coverage import Coverage
from cslib.coverage_words import KEYS, MOTIONS, TIERS, listed, people
from cslib.figures import count, fte, per_cent, short_money, whole

STEPS = 3
SOON, QUARTER = 30, 90


class Step(NamedTuple):
    """What somebody does by a day."""

    by: date
    done: str


def steps(book: Book, c: Coverage) -> list[str]:
    """Three steps by date: what is unknown, approvals, moves, what to drop, then the next look."""
    soon, quarter = (book.as_of + timedelta(days=days) for days in (SOON, QUARTER))
    chosen = [Step(soon, done) for done in _asked(c) if c.verdict is None]
    chosen += [*_approved(c), *(Step(soon, done) for done in (*_moved(c), *_dropped(c)))]
    chosen += [Step(soon, done) for done in _trimmed(c)]
    chosen += [Step(quarter, done) for done in (_measured(c), *_watched(c), _reviewed(c))]
    return [f"By {step.by.isoformat()}, {step.done}" for step in sorted(chosen[:STEPS], key=lambda step: step.by)]


def _asked(c: Coverage) -> Iterable[str]:
    if c.missing:
        yield ("head of CS: say " + "; ".join(KEYS[row.key] for row in c.missing[:2])
               + f", and run this again: {short_money(c.required_cost)} a year hang on it.")


def _approved(c: Coverage) -> Iterable[Step]:
    first = c.first_approval
    if first:
        posts = [f"{people(value)} in {TIERS[tier]}" for tier, value in first.csms.items()]
        posts += [f"{fte(first.managers)} to lead the team"] if first.managers else []
        more = f"; {count(first.later, 'more approval')} by the plan" if first.later else ""
        yield Step(first.day, f"CFO and head of CS: approve {listed(posts)}, {short_money(first.cost)} to "
                   f"{c.months[-1].month}{more}.")


def _moved(c: Coverage) -> Iterable[str]:
    if c.moves:
        said = [f"{fte(move.fte)} from {TIERS[move.from_tier]} to {TIERS[move.to_tier]}" for move in c.moves]
        hours = [f"{whole(move.handover_hours)} h" for move in c.moves]
        yield (f"head of CS: move {listed(said)} ({listed(hours)} to hand accounts over), "
               f"{short_money(c.cost.moves_cost)} to {c.months[-1].month}.")


def _dropped(c: Coverage) -> Iterable[str]:
    for row in c.unavoidable_gap[:1]:
        motions = listed([MOTIONS[each.motion] for each in row.dropped])
        what = f"leave out {motions}" if motions else f"agree which {whole(row.accounts)} accounts wait"
        yield (f"head of CS: {what} in {TIERS[row.tier]} until {row.until}: {whole(row.hours)} h short "
               "in all.")


def _trimmed(c: Coverage) -> Iterable[str]:
    for row in c.surplus[:1]:
        cost = next(size.paid for size in c.tiers if size.tier == row.tier)
        yield (f"head of CS: do not replace leavers in {TIERS[row.tier]} until {people(row.fte)} are gone "
               f"(of {short_money(cost)} a year).")


def _measured(c: Coverage) -> str:
    largest = max(c.tiers, key=lambda row: row.cost)
    return (f"CS operations: measure hours by account in {TIERS[largest.tier]} for a month (hours_per_account): "
            f"{short_money(largest.cost)} a year rest on them.")


def _watched(c: Coverage) -> Iterable[str]:
    """The tier that needs its next CSM first."""
    due = [row for row in c.tiers if row.customers and row.next_hire_at]
    if due:
        row = min(due, key=lambda one: (one.next_hire_at.months is None, one.next_hire_at.months or 0))
        at = row.next_hire_at
        yield (f"head of CS: ask for the next CSM in {TIERS[row.tier]} at {whole(at.customers)} customers"
               + (f" ({short_money(at.arr)} ARR)." if at.arr is not None else "."))


def _reviewed(c: Coverage) -> str:
    ratio = c.cost.in_12_months.arr_ratio
    share = f", {per_cent(ratio)} of ARR in 12 months" if ratio is not None else ""
    return f"CS operations: run this again with the customers and people of the day{share}."
