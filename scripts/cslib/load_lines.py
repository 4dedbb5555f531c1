"""Work and people by month as lines: of the whole team or of one tier, and who comes or goes by the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.hires import Hire
from cslib.months import month_index
from cslib.staffing import Month
from cslib.team import ZERO
from cslib.team_moves import Move


class Lines(NamedTuple):
    """FTE in each state: asked for, there with the plan, and there when nobody is hired or moved; None is unknown."""

    demand: tuple[Decimal, ...]
    capacity: tuple[Optional[Decimal], ...]
    without: tuple[Optional[Decimal], ...]


class Entry(NamedTuple):
    """FTE who come to a tier, hired or `from_tier`, in the month so many after that of the book."""

    month: int
    tier: str
    from_tier: Optional[str]
    fte: Decimal


def of_team(months: Sequence[Month]) -> Lines:
    """The lines of all tiers together; who is there is unknown where that of any tier is."""
    return Lines(tuple(month.demand_fte for month in months), tuple(month.capacity_fte for month in months),
                 tuple(_total(tier.capacity_without_fte for tier in month.tiers) for month in months))


def of_tier(months: Sequence[Month], name: str) -> Lines:
    """The lines of one tier."""
    rows = [next(tier for tier in month.tiers if tier.tier == name) for month in months]
    return Lines(tuple(row.demand_fte for row in rows), tuple(row.capacity_fte for row in rows),
                 tuple(row.capacity_without_fte for row in rows))


def entries(hires: Iterable[Hire], moves: Iterable[Move], as_of: date) -> tuple[Entry, ...]:
    """Who comes, by month: posts of one tier that start together are one entry, and so are moves between two tiers."""
    found: dict[tuple, Decimal] = {}
    said = [*((move.start_day, move.to_tier, move.from_tier, move.fte) for move in moves),
            *((hire.start_day, hire.tier, None, hire.fte) for hire in hires)]
    for day, tier, giver, fte in said:
        key = (month_index(day) - month_index(as_of), tier, giver)
        found[key] = found.get(key, ZERO) + fte
    return tuple(Entry(*key, fte) for key, fte in sorted(found.items(), key=lambda item: item[0][0]))


def _total(amounts: Iterable[Optional[Decimal]]) -> Optional[Decimal]:
    known = list(amounts)
    return None if None in known else sum(known, ZERO)
