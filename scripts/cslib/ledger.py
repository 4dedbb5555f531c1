"""Customer-by-month ARR: movements, retention, accounts, cohorts. A month's value is what is active on its last day.

A book holds, for each customer, the steps of its ARR: (month, ARR from that month end on), in order, each unlike the
one before, the first above zero. Every sum is exact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.months import month_index, month_name, quarter_name

Steps = tuple[tuple[int, Decimal], ...]
Book = Mapping[str, Steps]
NOTHING = Decimal(0)
_NOBODY = (NOTHING, NOTHING, NOTHING, 0, 0)


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


class Retention(NamedTuple):
    """What is left, in `month`, of the customers at the start of the period. None where nothing was at the start."""

    month: int
    starting_arr: Decimal
    grr_ratio: Optional[Decimal]
    nrr_ratio: Optional[Decimal]
    logo_retention_ratio: Optional[Decimal]


class Cell(NamedTuple):
    """A cohort (a quarter of acquisition) at an age in quarters, read at that quarter's last month."""

    cohort: str
    quarter: int
    customers: int
    active_customers: int
    arr: Decimal
    initial_arr: Decimal
    logo_retention_ratio: Decimal
    arr_retention_ratio: Decimal


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


def book_of_values(values: Mapping[str, Mapping[int, Decimal]], last: int) -> Book:
    """The book of values given month by month, up to `last`; a month without a value is one of zero."""
    result = {}
    for customer, held in values.items():
        months = {near for month, value in held.items() if value for near in (month, month + 1) if near <= last}
        steps, before = [], NOTHING
        for month in sorted(months):
            after = held.get(month, NOTHING)
            if after != before:
                steps.append((month, after))
            before = after
        if steps:
            result[customer] = tuple(steps)
    return result


def arr_at(steps: Steps, month: int) -> Decimal:
    """What a customer holds at a month end."""
    place = bisect_right(steps, (month + 1,))
    return steps[place - 1][1] if place else NOTHING


def _movement(before: Decimal, after: Decimal, ever_before: bool) -> str:
    if before:
        return "expansion" if after > before else "contraction" if after else "churned"
    return "reactivated" if ever_before else "new"


def _flow(month: int, opening: Decimal, customers: int, moves: Iterable[tuple[str, Decimal]]) -> Flow:
    arr = dict.fromkeys(("new", "reactivated", "expansion", "contraction", "churned"), NOTHING)
    counts = dict.fromkeys(arr, 0)
    for movement, change in moves:
        arr[movement] += abs(change)
        counts[movement] += 1
    closing = opening + arr["new"] + arr["reactivated"] + arr["expansion"] - arr["contraction"] - arr["churned"]
    return Flow(month, opening, *arr.values(), closing, customers, *counts.values(),
                customers + counts["new"] + counts["reactivated"] - counts["churned"])


def bridge(customers: Book, start: int, end: int) -> Flow:
    """Movements between two month ends, each customer compared at both."""
    ends = [(steps[0][0], arr_at(steps, start), arr_at(steps, end)) for steps in customers.values()]
    held = [before for _, before, _ in ends if before]
    moves = ((_movement(before, after, first <= start), after - before)
             for first, before, after in ends if before != after)
    return _flow(end, sum(held, NOTHING), len(held), moves)


def movements(customers: Book, first: int, last: int) -> list[Flow]:
    """The bridge of every month from `first` to `last`."""
    moves: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for steps in customers.values():
        before = NOTHING
        for place, (month, after) in enumerate(steps):
            moves[month].append((_movement(before, after, place > 0), after - before))
            before = after
    held = [arr for arr in (arr_at(steps, first - 1) for steps in customers.values()) if arr]
    opening, count, result = sum(held, NOTHING), len(held), []
    for month in range(first, last + 1):
        flow = _flow(month, opening, count, moves.get(month, ()))
        opening, count = flow.closing_arr, flow.closing_customers
        result.append(flow)
    return result


def flows(monthly: Sequence[Flow]) -> Flows:
    """Monthly movements summed: a customer that leaves and returns inside the period is churned and reactivated."""
    return Flows(*(sum((getattr(flow, name) for flow in monthly), NOTHING) for name in Flows._fields))


def retention(customers: Book, months: Iterable[int], period_months: int) -> list[Retention]:
    """Trailing retention at each month end, over the customers active `period_months` before it."""
    changes: dict[int, list] = {}
    for steps in customers.values():
        pairs = {month + period_months: (arr, arr_at(steps, month + period_months)) for month, arr in steps}
        pairs.update({month: (arr_at(steps, month - period_months), arr) for month, arr in steps})
        was = _NOBODY
        for month in sorted(pairs):
            before, after = pairs[month]
            now = (before, min(before, after), after, 1, 1 if after else 0) if before else _NOBODY
            if now != was:
                totals = changes.setdefault(month, list(_NOBODY))
                changes[month] = [total + new - old for total, new, old in zip(totals, now, was)]
            was = now
    ordered, result, totals, place = sorted(changes), [], list(_NOBODY), 0
    for month in sorted(months):
        while place < len(ordered) and ordered[place] <= month:
            totals = [total + change for total, change in zip(totals, changes[ordered[place]])]
            place += 1
        starting, gross, net, logos, kept = totals
        result.append(Retention(month, starting, gross / starting, net / starting, Decimal(kept) / logos)
                      if logos else Retention(month, NOTHING, None, None, None))
    return result


def accounts(customers: Book, start: int, end: int) -> list[Account]:
    """Every customer with ARR at either end, by id; `ever_before` is true of one that had left by the start."""
    ends = ((customer, customers[customer][0][0], arr_at(customers[customer], start), arr_at(customers[customer], end))
            for customer in sorted(customers))
    return [Account(customer, month_name(first), before, after, not before and first <= start)
            for customer, first, before, after in ends if before or after]


def triangle(customers: Book, last: int) -> list[Cell]:
    """Cohorts by age, read at the last month of each quarter complete as of `last`; age 0 is the quarter of arrival."""
    cohorts: dict[int, list[Steps]] = defaultdict(list)
    for steps in customers.values():
        cohorts[steps[0][0] // 3].append(steps)
    cells = []
    for acquired in sorted(cohorts):
        members = cohorts[acquired]
        initial = sum((steps[0][1] for steps in members), NOTHING)
        for quarter in range(acquired, (last + 1) // 3):
            kept = [arr for arr in (arr_at(steps, quarter * 3 + 2) for steps in members) if arr]
            arr = sum(kept, NOTHING)
            cells.append(Cell(quarter_name(acquired), quarter - acquired, len(members), len(kept), arr, initial,
                              Decimal(len(kept)) / len(members), arr / initial))
    return cells
