"""What is left of a book's customers as time goes by: over a trailing period, and of each cohort by its age."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple, Optional, TypeVar

from cslib.ledger import NOTHING, Book, Steps
from cslib.months import quarter_name

_Number = TypeVar("_Number", int, Decimal)


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


def retention(customers: Book, months: Iterable[int], period_months: int,
              known: Optional[Container[int]] = None) -> list[Retention]:
    """Trailing retention at each month end, over the customers active `period_months` before it.

    With `known`, only at the months that are known and whose start is.
    """
    wanted = sorted(month for month in months
                    if known is None or (month in known and month - period_months in known))
    starts = [month - period_months for month in wanted]
    arr, number = _changes(customers.values())
    gross, net, kept = _changes_of_the_kept(customers.values(), period_months, max(wanted, default=0))
    columns = (_running(arr, starts), _running(number, starts),
               _running(gross, wanted), _running(net, wanted), _running(kept, wanted))
    return [Retention(month, starting, capped / starting, ending / starting, Decimal(still) / logos)
            if logos else Retention(month, NOTHING, None, None, None)
            for month, starting, logos, capped, ending, still in zip(wanted, *columns)]


def triangle(customers: Book, last: int, known: Optional[Container[int]] = None) -> list[Cell]:
    """Cohorts by age, read at the last month of each quarter complete as of `last`; age 0 is the quarter of arrival.

    With `known`, only the quarters whose last month is known.
    """
    cohorts: dict[int, list[Steps]] = defaultdict(list)
    for steps in customers.values():
        cohorts[steps[0][0] // 3].append(steps)
    cells = []
    for acquired in sorted(cohorts):
        members = cohorts[acquired]
        initial = sum((steps[0][1] for steps in members), NOTHING)
        ends = [month for month in range(acquired * 3 + 2, last + 1, 3) if known is None or month in known]
        arr, active = (_running(changes, ends) for changes in _changes(members))
        cells += [Cell(quarter_name(acquired), month // 3 - acquired, len(members), still, held, initial,
                       Decimal(still) / len(members), held / initial)
                  for month, held, still in zip(ends, arr, active)]
    return cells


def _changes(members: Iterable[Steps]) -> tuple[dict[int, Decimal], dict[int, int]]:
    """By how much what the members hold, and how many of them there are, change at each month."""
    arr: dict[int, Decimal] = defaultdict(Decimal)
    number: dict[int, int] = defaultdict(int)
    for steps in members:
        before = NOTHING
        for month, after in steps:
            arr[month] += after - before
            number[month] += (not before) - (not after)
            before = after
    return arr, number


def _changes_of_the_kept(members: Iterable[Steps], period_months: int, last: int) -> tuple[
        dict[int, Decimal], dict[int, Decimal], dict[int, int]]:
    """By how much what the members active a period before hold changes at each month up to `last`.

    First capped, each at what it held then, then not capped; and how many of them there are.
    """
    gross: dict[int, Decimal] = defaultdict(Decimal)
    net: dict[int, Decimal] = defaultdict(Decimal)
    number: dict[int, int] = defaultdict(int)
    for steps in members:
        compared_from, (end, arr_at_end) = steps[0][0] + period_months, steps[-1]
        if compared_from > last or (end <= compared_from and not arr_at_end):
            continue
        before = after = was_gross = was_net = NOTHING
        for month, at_start, arr in sorted([(month + period_months, True, arr) for month, arr in steps]
                                           + [(month, False, arr) for month, arr in steps]):
            if month > last:
                break
            if at_start:
                before = arr
            else:
                after = arr
            now_gross, now_net = (before if before < after else after, after) if before else (NOTHING, NOTHING)
            if now_gross is not was_gross or now_net is not was_net:
                gross[month] += now_gross - was_gross
                net[month] += now_net - was_net
                number[month] += (not was_net) - (not now_net)
                was_gross, was_net = now_gross, now_net
    return gross, net, number


def _running(changes: Mapping[int, _Number], months: Iterable[int]) -> list[_Number]:
    """The sum of the changes up to each month."""
    held = sorted(changes)
    sums = list(accumulate(changes[month] for month in held))
    return [sums[place - 1] if place else 0 for place in (bisect_right(held, month) for month in months)]
