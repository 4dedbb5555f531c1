"""Customer-by-month ARR: the book, its movements and accounts. A month's value is what is active on its last day.

A book holds, for each customer, the steps of its ARR: (month, ARR from that month end on), in order, each unlike the
one before, the first above zero. Every sum is exact.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import compress, count
from operator import ne
from typing import NamedTuple, Optional

from cslib.months import month_index, month_name

Steps = tuple[tuple[int, Decimal], ...]
Book = Mapping[str, Steps]
NOTHING = Decimal(0)
_CENT = Decimal("0.01")
_MOVEMENTS = ("new", "reactivated", "expansion", "contraction", "churned")


class Spell(NamedTuple):
    """One customer's amount a year over a period; `end` is the first day without it, None while it runs."""

    customer: str
    start: date
    end: Optional[date]
    annual_amount: Decimal


class Flow(NamedTuple):
    """The bridge between two month ends; `month` is the later one."""

    month: int
    opening_arr: Decimal
    new_arr: Decimal
    reactivated_arr: Decimal
    expansion_arr: Decimal
    contraction_arr: Decimal
    churned_arr: Decimal
    closing_arr: Decimal
    opening_customers: int
    new_customers: int
    reactivated_customers: int
    expansion_customers: int
    contraction_customers: int
    churned_customers: int
    closing_customers: int


class Flows(NamedTuple):
    """Month-by-month movements of the whole book, summed over a period."""

    new_arr: Decimal
    reactivated_arr: Decimal
    expansion_arr: Decimal
    contraction_arr: Decimal
    churned_arr: Decimal


class Account(NamedTuple):
    """A customer at both ends of a period; `cohort_start` is the month of its first active month end."""

    id: str
    cohort_start: str
    starting_arr: Decimal
    ending_arr: Decimal
    ever_before: bool


def superseded(spells: Iterable[Spell]) -> list[Spell]:
    """The spells with each one ended, at the latest, where the same customer's next one starts.

    A spell that was replaced does not come back when its successor ends. Of two that start on one day the larger
    stands, and of two equal ones the longer, so that the order of rows does not matter.
    """
    by_customer: dict[str, list[Spell]] = defaultdict(list)
    result = []
    for spell in spells:
        by_customer[spell.customer].append(spell)
    for own in by_customer.values():
        own.sort(key=lambda spell: (spell.start, spell.annual_amount, spell.end or date.max))
        for spell, successor in zip(own, own[1:]):
            result.append(spell._replace(end=min(spell.end or date.max, successor.start)))
        result.append(own[-1])
    return result


def book(spells: Iterable[Spell], last: int) -> Book:
    """Each customer's ARR at the month ends up to `last`, spells that overlap added up."""
    changes: dict[str, dict[int, Decimal]] = {}
    for customer, start, end, amount in spells:
        first = month_index(start)
        stop = last + 1 if end is None else min(month_index(end), last + 1)
        if first < stop and amount:
            own = changes.setdefault(customer, {})
            own[first] = own.get(first, NOTHING) + amount
            if stop <= last:
                own[stop] = own.get(stop, NOTHING) - amount
    result = {}
    for customer, own in changes.items():
        steps, arr = [], NOTHING
        for month in (month for month in sorted(own) if own[month]):
            arr += own[month]
            steps.append((month, arr))
        result[customer] = tuple(steps)
    return result


def book_of_columns(ids: Sequence[str], columns: Mapping[int, array[int]], last: int) -> Book:
    """The book of month ends given as columns, up to `last`: month -> cents of each customer, by its place in `ids`.

    -1, like a column too short to reach the customer, is a month without a row, which is one of zero. A month that has
    no column at all keeps what was held before it.
    """
    steps: list[list[tuple[int, Decimal]]] = [[] for _ in ids]
    before = array("q", [-1]) * len(ids)
    for month in sorted(month for month in columns if month <= last):
        after = columns[month] + array("q", [-1]) * (len(ids) - len(columns[month]))
        for number in compress(count(), map(ne, before, after)):
            cents = after[number]
            if cents > 0:
                steps[number].append((month, cents * _CENT))
            elif before[number] > 0:
                steps[number].append((month, NOTHING))
        before = after
    return {customer: tuple(own) for customer, own in zip(ids, steps) if own}


def arr_at(steps: Steps, month: int) -> Decimal:
    """What a customer holds at a month end."""
    place = bisect_right(steps, (month + 1,))
    return steps[place - 1][1] if place else NOTHING


def movements(customers: Book, months: Sequence[int]) -> list[Flow]:
    """The bridges between consecutive months of `months`, in order; the first of them is only the opening.

    What happens between two of them is seen at the later one, each customer compared at both.
    """
    held = {month for steps in customers.values() for month, _ in steps}
    places = {month: bisect_left(months, month) for month in held}
    arr = {movement: [NOTHING] * (len(months) + 1) for movement in _MOVEMENTS}
    counts = {movement: [0] * (len(months) + 1) for movement in _MOVEMENTS}
    for steps in customers.values():
        before, ever_before = NOTHING, False
        for place, after in {places[month]: after for month, after in steps}.items():
            if after != before:
                movement = _movement(before, after, ever_before)
                arr[movement][place] += after - before
                counts[movement][place] += 1
                before = after
            ever_before = True
    result, opening, number = [], arr["new"][0], counts["new"][0]
    for place, month in enumerate(months[1:], 1):
        flow = _flow(month, opening, number, [arr[movement][place] for movement in _MOVEMENTS],
                     [counts[movement][place] for movement in _MOVEMENTS])
        opening, number = flow.closing_arr, flow.closing_customers
        result.append(flow)
    return result


def _movement(before: Decimal, after: Decimal, ever_before: bool) -> str:
    if before:
        return "expansion" if after > before else "contraction" if after else "churned"
    return "reactivated" if ever_before else "new"


def _flow(month: int, opening: Decimal, customers: int, arr: list[Decimal], counts: list[int]) -> Flow:
    new, reactivated, _, _, churned = counts
    return Flow(month, opening, *map(abs, arr), opening + sum(arr), customers, *counts,
                customers + new + reactivated - churned)


def bridge(customers: Book, start: int, end: int) -> Flow:
    """Movements between two month ends, each customer compared at both."""
    return movements(customers, (start, end))[0]


def flows(monthly: Sequence[Flow]) -> Flows:
    """Monthly movements summed: a customer that leaves and returns inside the period is churned and reactivated."""
    return Flows(*(sum((getattr(flow, name) for flow in monthly), NOTHING) for name in Flows._fields))


def accounts(customers: Book, start: int, end: int) -> list[Account]:
    """Every customer with ARR at either end, by id; `ever_before` is true of one that had left by the start."""
    names = {first: month_name(first) for first in {steps[0][0] for steps in customers.values()}}
    result = []
    for customer in sorted(customers):
        steps, before, after = customers[customer], NOTHING, NOTHING
        for month, arr in steps:
            if month <= start:
                before = arr
            if month <= end:
                after = arr
        if before or after:
            first = steps[0][0]
            result.append(Account(customer, names[first], before, after, not before and first <= start))
    return result
