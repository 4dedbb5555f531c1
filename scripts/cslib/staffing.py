"""Demand against people month by month, and the plan: whom to move, whom to hire and when, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import hires as hiring
from cslib import team_moves
from cslib.book import Book, Tier
from cslib.demand import Path, paths
from cslib.hires import Hire, newcomers
from cslib.months import month_index, month_name
from cslib.service_models import Service
from cslib.shortfalls import Gap, ShortTier, Surplus, gap, load, short_tier, surplus
from cslib.starts import lead_months
from cslib.team import ZERO, Posts, Seats, capacity, headcount, joined, posts, present
from cslib.team_moves import Move, arrivals, departures


class TierMonth(NamedTuple):
    """A tier in one state: what is asked for and who is there. All but the demand is None where its CSMs are unknown.

    `starts`, `leavers` and moved are FTE of the month up to the state, so that from state 1 on headcount is that of the
    state before, with starts and moved in, less leavers and moved out, exactly. `capacity_without_fte` and its load
    are those when nobody is hired or moved.
    """

    tier: str
    customers: Decimal
    new: Decimal
    arr: Decimal
    demand_fte: Decimal
    capacity_fte: Optional[Decimal]
    headcount: Optional[Decimal]
    load_ratio: Optional[Decimal]
    starts: Optional[Decimal]
    leavers: Optional[Decimal]
    moved_in: Optional[Decimal]
    moved_out: Optional[Decimal]
    capacity_without_fte: Optional[Decimal]
    load_without_ratio: Optional[Decimal]


class Month(NamedTuple):
    """All tiers in state t, `month` as `2026-12`. None but for the demand where the CSMs of a tier are unknown.

    `load_without_ratio` is the load when nobody is hired or moved.
    """

    month: str
    t: int
    demand_fte: Decimal
    capacity_fte: Optional[Decimal]
    headcount: Optional[Decimal]
    load_ratio: Optional[Decimal]
    starts: Optional[Decimal]
    leavers: Optional[Decimal]
    tiers: tuple[TierMonth, ...]
    load_without_ratio: Optional[Decimal]


class Staffing(NamedTuple):
    """The plan. `lead` months from approval to start; `months` from state 0 to the horizon, with the plan.

    `gaps` stay with the plan, `short` is without one. `unknown`: tiers whose CSMs are not known, which have no plan.
    """

    lead: int
    months: tuple[Month, ...]
    moves: tuple[Move, ...]
    hires: tuple[Hire, ...]
    gaps: tuple[Gap, ...]
    short: tuple[ShortTier, ...]
    surplus: tuple[Surplus, ...]
    unknown: tuple[str, ...]


def staffed(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int, waited: int = 0,
            whole_posts: bool = True) -> Staffing:
    """The plan for a book; `settings` are the whole policy.

    `waited` months pass before anything is approved, which changes when people come and not who. Without
    `whole_posts` any part of a post is hired or moved, and for the smallest gap.
    """
    rules, asked = settings["coverage"], paths(book, services, settings, horizon)
    least, known = posts(rules, whole_posts), [tier for tier in book.tiers if tier.csms is not None]
    before = {tier.tier: (*present(tier, rules), *joined(tier)) for tier in known}
    counted = {name: headcount(seats, rules, horizon) for name, seats in before.items()}
    demand = {name: path.demand for name, path in asked.items()}
    moves = team_moves.moves(book.tiers, demand, counted, rules, least, book.as_of, waited)
    at_once = [move._replace(month=0) for move in moves]
    with_moves = {tier.tier: headcount((*before[tier.tier], *_moved(tier, at_once, rules)), rules, horizon)
                  for tier in known}
    hires = [hire for tier in known for hire in hiring.hires(
        hiring.wanted(asked[tier.tier], with_moves[tier.tier], counted[tier.tier][0], rules, least),
        tier, services[tier.tier], book.as_of, rules, horizon, waited)]
    hires.sort(key=lambda hire: (hire.approve_by, hire.start))
    months = months_of(book, asked, settings, moves, hires)
    gaps = _gaps(months, asked, services, book, least, rules)
    without = {tier.tier: capacity(before[tier.tier], tier.tier, rules, horizon) for tier in known}
    short = _known(short_tier(asked[name], there, least.least_gap, book.as_of) for name, there in without.items())
    left_over = _known(surplus(asked[name], there, least) for name, there in with_moves.items())
    return Staffing(lead_months(rules), months, tuple(moves), tuple(hires), gaps, short, left_over,
                    tuple(tier.tier for tier in book.tiers if tier.csms is None))


def _moved(tier: Tier, moves: Sequence[Move], rules: Mapping) -> tuple[Seats, ...]:
    return (*arrivals(tier.tier, moves, rules), *departures(tier, moves, rules))


def _known(rows: Iterable) -> tuple:
    return tuple(row for row in rows if row is not None)


def _gaps(months: Sequence[Month], asked: Mapping[str, Path], services: Mapping[str, Service], book: Book,
          least: Posts, rules: Mapping) -> tuple[Gap, ...]:
    rows = ([month.tiers[place] for month in months] for place in range(len(book.tiers)))
    return _known(gap(asked[row[0].tier], [each.capacity_fte for each in row], least.least_gap, services[row[0].tier],
                      book.as_of, rules)
                  for row in rows if row[0].capacity_fte is not None)


def months_of(book: Book, asked: Mapping[str, Path], settings: Mapping, moves: Sequence[Move],
              hires: Sequence[Hire]) -> tuple[Month, ...]:
    """Every state from 0 to the horizon of the paths `asked`, when these moves and hires are carried out."""
    rules = settings["coverage"]
    rows = [_tier_months(tier, asked[tier.tier], moves, hires, rules) for tier in book.tiers]
    found = []
    for t in range(len(rows[0])):
        tiers = tuple(row[t] for row in rows)
        demand, there = sum((each.demand_fte for each in tiers), ZERO), _total(each.capacity_fte for each in tiers)
        found.append(Month(
            month_name(month_index(book.as_of) + t), t, demand, there, _total(each.headcount for each in tiers),
            load(demand, there), _total(each.starts for each in tiers), _total(each.leavers for each in tiers), tiers,
            load(demand, _total(each.capacity_without_fte for each in tiers))))
    return tuple(found)


def _tier_months(tier: Tier, path: Path, moves: Sequence[Move], hires: Sequence[Hire],
                 rules: Mapping) -> list[TierMonth]:
    horizon = len(path.demand) - 1
    asked = list(zip(path.customers, path.new, path.arr, path.demand))
    if tier.csms is None:
        return [TierMonth(tier.tier, *row, *(None,) * (len(TierMonth._fields) - 1 - len(row))) for row in asked]
    starting = (*joined(tier), *newcomers(tier.tier, hires))
    seats = (*present(tier, rules), *starting, *_moved(tier, moves, rules))
    there, heads = capacity(seats, tier.tier, rules, horizon), headcount(seats, rules, horizon)
    alone = capacity((*present(tier, rules), *joined(tier)), tier.tier, rules, horizon)
    found = []
    for t, row in enumerate(asked):
        starts = sum((each.fte for each in starting if each.month == t - 1), ZERO)
        came = sum((move.fte for move in moves if move.month == t - 1 and move.to_tier == tier.tier), ZERO)
        went = sum((move.fte for move in moves if move.month == t - 1 and move.from_tier == tier.tier), ZERO)
        leavers = heads[t - 1] + starts + came - went - heads[t] if t else ZERO
        found.append(TierMonth(tier.tier, *row, there[t], heads[t], load(row[-1], there[t]), starts, leavers, came,
                               went, alone[t], load(row[-1], alone[t])))
    return found


def _total(amounts: Iterable[Optional[Decimal]]) -> Optional[Decimal]:
    """The sum, None where any is unknown."""
    known = list(amounts)
    return None if None in known else sum(known, ZERO)
