"""Customers as they stand at the end of a period, by what a book of ARR shows and files say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple, Optional

from cslib.attribute_cells import NOTHING_KNOWN, Known
from cslib.attributes import Attributes
from cslib.ledger import NOTHING, Account
from cslib.months import MONTHS_IN_A_YEAR, month_end, month_index, month_of

_UNPAID = ("pilot", "design_partner")
_TENURE, _RENEWAL = Known._fields.index("tenure_months"), Known._fields.index("renewal_date")


class Period(NamedTuple):
    """Month indexes of its two ends, and of the month with which records begin, None when first days are known."""

    start: int
    end: int
    records_begin: Optional[int]


class Standing(NamedTuple):
    """A customer as the files show it. A lost one (`known.churned`) has the ARR that it had when the period began."""

    id: str
    arr: Decimal
    known: Known


class Held(NamedTuple):
    """How many customers hold how much ARR."""

    customers: int
    arr: Decimal


def of_book(accounts: Iterable[Account], found: Optional[Attributes], names: Mapping[str, str],
            ends: Mapping[str, date], period: Period) -> list[Standing]:
    """The standings of a book's accounts, by id, with the pilots and design partners that it does not bill, at zero.

    Lost and kept are those of the book; customers won in the period are neither. A renewal date is what a file says
    while it is ahead, else the end in `ends` when that is. Tenure: `_tenure`, of a lost customer at the start.
    """
    said = found.customers if found else {}
    today, standings, billed = month_end(period.end), [], set()
    for customer, since, before, after, _ in accounts:
        known, lost = said.get(customer, NOTHING_KNOWN), not after
        renewal, end = known.renewal_date, None if lost else ends.get(customer)
        if end is not None and end > today and (renewal is None or renewal <= today):
            renewal = end
        tenure = _tenure(known, month_of(since), period.start if lost else period.end, period.records_begin)
        standings.append(Standing(customer, before if lost else after, Known._make((
            known.name or names.get(customer), *known[1:_TENURE], tenure, *known[_TENURE + 1:_RENEWAL], renewal,
            lost if before else None, *known[_RENEWAL + 2:]))))
        billed.add(customer)
    standings += [Standing(customer, NOTHING, known._replace(churned=None)) for customer, known in said.items()
                  if customer not in billed and _free(known)]
    return sorted(standings, key=attrgetter("id"))


def of_files(found: Attributes, end: int) -> list[Standing]:
    """The standings of customers whose ARR the files themselves say, by id; at zero only pilots and design partners."""
    standings = []
    for customer, known in sorted(found.customers.items()):
        if known.arr or _free(known):
            since = _since(known.signup, end) if known.tenure_months is None and not known.churned else None
            standings.append(Standing(customer, known.arr or NOTHING, known if since is None
                                      else known._replace(tenure_months=since)))
    return standings


def paying(standings: Iterable[Standing]) -> Held:
    """Those with ARR who have not left."""
    return _held(one for one in standings if one.arr and not one.known.churned)


def paying_though_flagged(standings: Iterable[Standing], found: Attributes) -> tuple[int, Held]:
    """How many the files flag as churned, and those of them who pay."""
    flagged = [one for one in standings if found.customers.get(one.id, NOTHING_KNOWN).churned]
    return len(flagged), paying(flagged)


def come_later(found: Attributes, end: int) -> int:
    """How many customers a file says came after the month `end`, so that their tenure is unknown."""
    return sum(1 for known in found.customers.values() if known.signup and month_index(known.signup) > end)


def said_to_be_older(standings: Iterable[Standing], start: int) -> Held:
    """Those won since the month `start` of whom a file says that they came by then."""
    return _held(one for one in standings if one.known.churned is None and one.arr and one.known.signup
                 and month_index(one.known.signup) <= start)


def _held(standings: Iterable[Standing]) -> Held:
    arrs = [one.arr for one in standings]
    return Held(len(arrs), sum(arrs, NOTHING))


def without_arr(found: Attributes) -> list[str]:
    """The customers that `of_files` leaves out because nothing says what they pay, or paid; by id."""
    return sorted(customer for customer, known in found.customers.items() if known.arr is None and not _free(known))


def unpriced(found: Attributes) -> int:
    """How many of them have not left."""
    return sum(1 for customer in without_arr(found) if not found.customers[customer].churned)


def worth_nothing(found: Attributes) -> list[str]:
    """The customers that `of_files` leaves out because their ARR is said to be zero; by id."""
    return sorted(customer for customer, known in found.customers.items() if known.arr == 0 and not _free(known))


def paying_nothing(found: Attributes) -> list[str]:
    """The customers who are said to pay, an ARR of zero, and not to have left; by id."""
    return sorted(customer for customer, known in found.customers.items()
                  if known.relationship == "paying" and known.arr == 0 and not known.churned)


def _free(known: Known) -> bool:
    return known.relationship in _UNPAID and not known.churned


def _tenure(known: Known, first: int, now: int, records_begin: Optional[int]) -> Optional[int]:
    """Months since the first active one, or what a file says or the months since signup when that is longer.

    Where records begin with that month it may be later than the truth: without either, what the book shows counts from
    a year on, as nothing depends on more.
    """
    at_least = now - first
    basis = _since(known.signup, now) if known.tenure_months is None else known.tenure_months
    if basis is None and first == records_begin and at_least < MONTHS_IN_A_YEAR:
        return None
    return max(at_least, basis or 0)


def _since(day: Optional[date], month: int) -> Optional[int]:
    return month - month_index(day) if day is not None and month_index(day) <= month else None
