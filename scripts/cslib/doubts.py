"""What an export leaves open: end dates, overlaps, and whether it knows enough for the date asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Optional

from cslib import ledger
from cslib.ledger import Book, Flow, Spell
from cslib.months import month_end

EXCLUSIVE, INCLUSIVE, CONTRADICTORY, SILENT = "exclusive", "inclusive", "contradictory", "silent"
_CLEAR_SHARE = 0.95
_NEAR_DAYS = range(2, 9)
_LEAST_LOST_CUSTOMERS, _LEAST_LOST_SHARE, _TIMES_USUAL, _MONTHS_OF_USUAL = 5, 0.20, 3, 12
_LEAST_DATES, _QUIET_INTERVALS, _QUIET_DAYS = 30, 10, 31


class Seams(NamedTuple):
    """Where one period of a customer follows another: on its end date, the day after, or 2 to 8 days after.

    Beside them the periods that run whole months if the end date is the first day without service, or the last with it.
    """

    same_day: int
    next_day: int
    near: int
    whole_if_exclusive: int
    whole_if_inclusive: int


class Reach(NamedTuple):
    """How far the periods know: how many, how many without an end, the last start and the last end."""

    periods: int
    running: int
    last_start: date
    last_end: Optional[date]


class Quiet(NamedTuple):
    """A stretch without a start or an end before the date asked: since when, how long, and the usual interval."""

    since: date
    days: int
    usual_days: Optional[float]


def seams(spells: Sequence[Spell]) -> Seams:
    """The counts that tell how end dates are meant, over spells with ends as written."""
    by_customer: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_customer[spell.customer].append(spell)
    gaps: dict[int, int] = defaultdict(int)
    for own in by_customer.values():
        own.sort(key=lambda spell: (spell.start, spell.end or date.max))
        for spell, successor in zip(own, own[1:]):
            if spell.end is not None:
                gaps[(successor.start - spell.end).days] += 1
    ended = [(spell.start, spell.end) for spell in spells if spell.end is not None and spell.end > spell.start]
    return Seams(gaps[0], gaps[1], sum(gaps[days] for days in _NEAR_DAYS),
                 sum(1 for start, end in ended if start.day == end.day),
                 sum(1 for start, end in ended if start.day == (end + timedelta(days=1)).day))


def meant(found: Seams) -> str:
    """`exclusive` or `inclusive` when 95% of the seams say so; `contradictory`; `silent` when they may be chance."""
    touching = found.same_day + found.next_day
    if touching <= found.near:
        return SILENT
    if found.same_day >= _CLEAR_SHARE * touching:
        return EXCLUSIVE
    return INCLUSIVE if found.next_day >= _CLEAR_SHARE * touching else CONTRADICTORY


def book(spells: Sequence[Spell], last: int, end_date: str, overlap: str) -> Book:
    """The book under one reading of end dates (`exclusive`, `inclusive`) and of overlaps (`add`, `latest`)."""
    if end_date == INCLUSIVE:
        spells = [spell._replace(end=spell.end and spell.end + timedelta(days=1)) for spell in spells]
    return ledger.book(spells if overlap == "add" else ledger.superseded(spells), last)


def unlike(one: Book, other: Book) -> list[str]:
    """The customers whose ARR differs between two books, by id."""
    return sorted(customer for customer in one.keys() | other.keys() if one.get(customer) != other.get(customer))


def ended_by_nothing(spells: Sequence[Spell], replaced: Book, start: int, end: int) -> list[str]:
    """Customers lost in the period only because a later row of zero (a trial, a free plan) replaced a paid one."""
    last = month_end(end)
    running = [spell for spell in spells if spell.start <= last and (spell.end is None or spell.end > last)]
    newest: dict[str, Spell] = {}
    for spell in running:
        known = newest.get(spell.customer)
        if known is None or (spell.start, spell.annual_amount) > (known.start, known.annual_amount):
            newest[spell.customer] = spell
    paid = {spell.customer for spell in running if spell.annual_amount}
    return sorted(customer for customer, spell in newest.items()
                  if not spell.annual_amount and customer in paid and customer in replaced
                  and ledger.arr_at(replaced[customer], start) and not ledger.arr_at(replaced[customer], end))


def reach(spells: Sequence[Spell]) -> Reach:
    """How far the spells know."""
    ends = [spell.end for spell in spells if spell.end is not None]
    return Reach(len(spells), len(spells) - len(ends), max(spell.start for spell in spells), max(ends, default=None))


def sudden_loss(monthly: Sequence[Flow]) -> Optional[Flow]:
    """The month near the end in which customers left as they leave an extract that stops, or None.

    Five customers or more, a fifth of the book, and over three times the usual share of the year before. Looked for in
    the last two months, or in the last twelve when nobody is left at the end.
    """
    looked_at = 2 if monthly and monthly[-1].closing_customers else _MONTHS_OF_USUAL
    usual = monthly[:-looked_at][-_MONTHS_OF_USUAL:]
    opened = sum(flow.opening_customers for flow in usual)
    usual_share = sum(flow.churned_customers for flow in usual) / opened if opened else 0
    for flow in monthly[-looked_at:]:
        least_share = max(_LEAST_LOST_SHARE, _TIMES_USUAL * usual_share) * flow.opening_customers
        if flow.churned_customers >= max(_LEAST_LOST_CUSTOMERS, least_share):
            return flow
    return None


def quiet(spells: Sequence[Spell], as_of: date) -> Optional[Quiet]:
    """The stretch of more than a month, up to the date asked, in which nothing starts or ends; None when there is none.

    `usual_days` is None with fewer than thirty dates: a small book may well be quiet.
    """
    dates = sorted({day for spell in spells for day in (spell.start, spell.end) if day is not None})
    known = [day for day in dates if day <= as_of]
    if not known or any(spell.start > as_of for spell in spells) or (as_of - known[-1]).days < _QUIET_DAYS:
        return None
    usual = (known[-1] - known[0]).days / (len(known) - 1) if len(known) >= _LEAST_DATES else None
    return Quiet(known[-1], (as_of - known[-1]).days, usual)


def stopped(stretch: Quiet) -> bool:
    """Whether the stretch is over ten times the usual interval: the extract ends there rather than the business."""
    return stretch.usual_days is not None and stretch.days > _QUIET_INTERVALS * stretch.usual_days
