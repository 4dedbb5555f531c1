"""What an export leaves open: end dates, overlaps, and whether it knows enough for the date asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import ledger
from cslib.ledger import Book, Flow, Spell
from cslib.months import month_end

EXCLUSIVE, INCLUSIVE, CONTRADICTORY, SILENT = "exclusive", "inclusive", "contradictory", "silent"
LATE_DAYS = 60
_CLEAR_SHARE = 0.95
_NEAR_DAYS = range(2, 9)
_LEAST_LOST_CUSTOMERS, _LEAST_LOST_SHARE, _TIMES_USUAL, _MONTHS_OF_USUAL = 5, 0.20, 3, 12
_USUAL_MOVES = 5
_LEAST_DATES, _QUIET_INTERVALS, _QUIET_DAYS = 30, 10, 31
_QUIET_FOR_GOOD = 5 * 365


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


class Late(NamedTuple):
    """Customers whose last period ended within sixty days, with the annual amount that ended; how many came back."""

    ended: Mapping[str, Decimal]
    back_since: int

    @property
    def arr(self) -> Decimal:
        """What ended, in all."""
        return sum(self.ended.values(), Decimal(0))


def seams(spells: Sequence[Spell]) -> Seams:
    """The counts that tell how end dates are meant, over spells with ends as written."""
    gaps: dict[int, int] = defaultdict(int)
    for own in _by_customer(spells).values():
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


def meant_spells(spells: Sequence[Spell], end_date: str, grace_days: int) -> list[Spell]:
    """The spells with every end the first day without service, and gaps of up to `grace_days` closed."""
    if end_date == INCLUSIVE:
        spells = [spell._replace(end=spell.end and spell.end + timedelta(days=1)) for spell in spells]
    return restored(spells, grace_days) if grace_days else list(spells)


def book(spells: Sequence[Spell], last: int, overlap: str) -> Book:
    """The book under one reading of overlaps (`add`, `latest`), of spells with exclusive ends."""
    return ledger.book(spells if overlap == "add" else ledger.superseded(spells), last)


def restored(spells: Sequence[Spell], grace_days: int) -> list[Spell]:
    """The spells with a customer's gaps of up to that many days closed, as if the late renewal had been in time."""
    result = []
    for own in _by_customer(spells).values():
        own.sort(key=lambda spell: (spell.start, spell.end or date.max))
        latest = 0
        for place in range(1, len(own)):
            held, end = own[latest], own[latest].end
            if end and held.annual_amount and 0 < (own[place].start - end).days <= grace_days:
                own[latest] = held._replace(end=own[place].start)
            if (own[place].end or date.max) >= (own[latest].end or date.max):
                latest = place
        result += own
    return result


def late(spells: Sequence[Spell], as_of: date) -> Late:
    """Who ended in the sixty days up to the date and pays nothing on it, of spells with exclusive ends."""
    found: dict[str, Decimal] = {}
    back = 0
    for customer, own in _by_customer(spells).items():
        paid = [spell for spell in own if spell.annual_amount and spell.start <= as_of]
        last = max((spell.end or date.max for spell in paid), default=None)
        if last is None or not as_of - timedelta(days=LATE_DAYS) < last <= as_of:
            continue
        found[customer] = sum((spell.annual_amount for spell in paid if spell.end == last), Decimal(0))
        back += any(spell.start > as_of and spell.annual_amount for spell in own)
    return Late(found, back)


def _by_customer(spells: Sequence[Spell]) -> dict[str, list[Spell]]:
    result: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        result[spell.customer].append(spell)
    return result


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


def empty_months(columns: Mapping[int, Sequence[int]]) -> list[int]:
    """Months in which nobody pays though somebody pays in a month before and after: nothing was recorded."""
    held = {month: any(cents > 0 for cents in column) for month, column in columns.items()}
    paid = [month for month, some in held.items() if some]
    return sorted(month for month, some in held.items() if not some and paid and min(paid) < month < max(paid))


def still_months(monthly: Sequence[Flow]) -> list[int]:
    """Months in which nothing moved though at least five movements are usual: perhaps a copy of the month before."""
    moved = [sum((flow.new_customers, flow.reactivated_customers, flow.expansion_customers,
                  flow.contraction_customers, flow.churned_customers)) for flow in monthly]
    usual = sorted(moved)[len(moved) // 2] if moved else 0
    return [flow.month for flow, moves in zip(monthly, moved) if not moves and usual >= _USUAL_MOVES]


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
    """The stretch of over a month, up to the date asked, in which nothing starts or ends; None when there is none."""
    if any(spell.start > as_of for spell in spells):
        return None
    return quiet_since({day for spell in spells for day in (spell.start, spell.end) if day is not None}, as_of)


def quiet_since(days: Iterable[date], as_of: date) -> Optional[Quiet]:
    """The same of the days on which something happened.

    `usual_days` is None with fewer than thirty days: a small book may well be quiet.
    """
    known = sorted({day for day in days if day <= as_of})
    if not known or (as_of - known[-1]).days < _QUIET_DAYS:
        return None
    usual = (known[-1] - known[0]).days / (len(known) - 1) if len(known) >= _LEAST_DATES else None
    return Quiet(known[-1], (as_of - known[-1]).days, usual)


def stopped(stretch: Quiet) -> bool:
    """Whether the stretch is over ten times the usual interval or five years: there the extract ends."""
    return stretch.days > min(_QUIET_INTERVALS * (stretch.usual_days or _QUIET_FOR_GOOD), _QUIET_FOR_GOOD)
