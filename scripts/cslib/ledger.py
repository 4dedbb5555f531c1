"""Customer-by-month ARR: movements, retention, accounts, cohorts. A month's value is what is active on its last day."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Iterable, Mapping, NamedTuple, Optional

Book = Mapping[str, Mapping[int, Decimal]]
Column = Mapping[str, Decimal]
NOTHING = Decimal(0)
_EMPTY: Column = {}


class Spell(NamedTuple):
    """One customer's amount over a period; `end` is the first day without it, None while it runs."""

    customer: str
    start: date
    end: Optional[date]
    annual_amount: Decimal


class Flow(NamedTuple):
    """The bridge between two month ends, in ARR and in customers; `month` is the later one."""

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


def month_index(day: date) -> int:
    """The month of a day as `year * 12 + month - 1`."""
    return day.year * 12 + day.month - 1


def month_end(month: int) -> date:
    """The last day of a month."""
    year, zero_based = divmod(month, 12)
    return date(year, zero_based + 1, monthrange(year, zero_based + 1)[1])


def last_month_ended(day: date) -> int:
    """The latest month whose last day is not after the day."""
    return month_index(day + timedelta(days=1)) - 1


def month_name(month: int) -> str:
    """`2024-03`."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def quarter_name(quarter: int) -> str:
    """`2024-Q1`, of a quarter counted as `year * 4 + quarter - 1`."""
    return f"{quarter // 4:04}-Q{quarter % 4 + 1}"


def superseded(spells: Iterable[Spell]) -> list[Spell]:
    """The spells with each one ended, at the latest, where the same customer's next one starts.

    A spell that was replaced does not come back when its successor ends. Of two that start on one day the larger
    stands, and of two equal ones the longer, so that the order of rows does not matter.
    """
    by_customer: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_customer[spell.customer].append(spell)
    result = []
    for own in by_customer.values():
        own.sort(key=lambda spell: (spell.start, spell.annual_amount, spell.end or date.max))
        for spell, successor in zip(own, own[1:]):
            cut = successor.start if spell.end is None or successor.start < spell.end else spell.end
            result.append(spell._replace(end=cut))
        result.append(own[-1])
    return result


def book(spells: Iterable[Spell], last: int) -> Book:
    """Each customer's ARR at every month end up to `last`, spells that overlap added up. Only what is above zero."""
    changes: dict[str, dict[int, Decimal]] = {}
    for customer, start, end, amount in spells:
        first = month_index(start)
        stop = last + 1 if end is None else min(month_index(end), last + 1)
        if first < stop and amount:
            own = changes.setdefault(customer, {})
            own[first] = own.get(first, NOTHING) + amount
            own[stop] = own.get(stop, NOTHING) - amount
    result = {}
    for customer, own in changes.items():
        steps, arr, months = sorted(own), NOTHING, {}
        for month, following in zip(steps, steps[1:]):
            arr += own[month]
            if arr:
                months.update(dict.fromkeys(range(month, following), arr))
        result[customer] = months
    return result


def by_month(customers: Book) -> dict[int, dict[str, Decimal]]:
    """The book by month: what each active customer holds at each month end."""
    result: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for customer, months in customers.items():
        for month, arr in months.items():
            if arr:
                result[month][customer] = arr
    return dict(result)


def first_months(customers: Book) -> dict[str, int]:
    """Each customer's first active month end."""
    actives = ((customer, [month for month, arr in months.items() if arr]) for customer, months in customers.items())
    return {customer: min(months) for customer, months in actives if months}


def bridge(customers: Book, start: int, end: int) -> Flow:
    """Movements between two month ends, each customer compared at both. Closes exactly."""
    held = by_month(customers)
    return _flow(held.get(start, _EMPTY), held.get(end, _EMPTY), first_months(customers), start, end)


def movements(customers: Book, first: int, last: int) -> list[Flow]:
    """The bridge of every month from `first` to `last`."""
    held, firsts = by_month(customers), first_months(customers)
    return [_flow(held.get(month - 1, _EMPTY), held.get(month, _EMPTY), firsts, month - 1, month)
            for month in range(first, last + 1)]


def flows(customers: Book, start: int, end: int) -> Flows:
    """Monthly movements summed: a customer that leaves and returns inside the period is churned and reactivated."""
    monthly = movements(customers, start + 1, end)
    return Flows(*(sum((getattr(flow, name) for flow in monthly), NOTHING) for name in Flows._fields))


def _flow(opening: Column, closing: Column, firsts: Mapping[str, int], start: int, end: int) -> Flow:
    arr = dict.fromkeys(("new", "reactivated", "expansion", "contraction", "churned"), NOTHING)
    counts = dict.fromkeys(arr, 0)
    for customer in opening.keys() | closing.keys():
        before, after = opening.get(customer, NOTHING), closing.get(customer, NOTHING)
        if before == after:
            continue
        if not before:
            movement = "reactivated" if firsts[customer] <= start else "new"
        else:
            movement = "expansion" if after > before else "contraction" if after else "churned"
        arr[movement] += abs(after - before)
        counts[movement] += 1
    return Flow(end, sum(opening.values(), NOTHING), *arr.values(), sum(closing.values(), NOTHING),
                len(opening), *counts.values(), len(closing))


def retention(customers: Book, months: Iterable[int], period_months: int) -> list[Retention]:
    """Trailing retention at each month end, over the customers active `period_months` before it."""
    held = by_month(customers)
    return [_kept(held.get(month - period_months, _EMPTY), held.get(month, _EMPTY), month) for month in months]


def _kept(opening: Column, closing: Column, month: int) -> Retention:
    starting = sum(opening.values(), NOTHING)
    if not starting:
        return Retention(month, starting, None, None, None)
    pairs = [(before, closing.get(customer, NOTHING)) for customer, before in opening.items()]
    gross = sum((min(before, after) for before, after in pairs), NOTHING)
    net = sum((after for _, after in pairs), NOTHING)
    logos = Decimal(sum(1 for _, after in pairs if after))
    return Retention(month, starting, gross / starting, net / starting, logos / len(opening))


def accounts(customers: Book, start: int, end: int) -> list[Account]:
    """Every customer with ARR at either end, by id; `ever_before` is true of one that had left by the start."""
    firsts = first_months(customers)
    ends = ((customer, customers[customer].get(start, NOTHING), customers[customer].get(end, NOTHING))
            for customer in sorted(firsts))
    return [Account(customer, month_name(firsts[customer]), before, after, not before and firsts[customer] <= start)
            for customer, before, after in ends if before or after]


def triangle(customers: Book, last: int) -> list[Cell]:
    """Cohorts by age, read at the last month of each quarter complete as of `last`; age 0 is the quarter of arrival."""
    held = by_month(customers)
    firsts = first_months(customers)
    cohorts: dict[int, list[str]] = defaultdict(list)
    for customer, month in firsts.items():
        cohorts[month // 3].append(customer)
    cells = []
    for acquired in sorted(cohorts):
        members = cohorts[acquired]
        initial = sum((customers[member][firsts[member]] for member in members), NOTHING)
        for quarter in range(acquired, (last + 1) // 3):
            column = held.get(quarter * 3 + 2, _EMPTY)
            kept = [column[member] for member in members if member in column]
            arr = sum(kept, NOTHING)
            cells.append(Cell(quarter_name(acquired), quarter - acquired, len(members), len(kept), arr, initial,
                              Decimal(len(kept)) / len(members), arr / initial))
    return cells
