"""Who moves from a tier that has people over to one that is short of them, before anybody is hired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cslib.book import Tier
from cslib.months import MONTHS_IN_A_YEAR
from cslib.starts import start_day
from cslib.team import ONE, ZERO, Posts, Seats, full_after, missing, present, stayed

NOTICE_MONTHS = 1


class Move(NamedTuple):
    """FTE that leave one tier for another on a day, the one after state `month`.

    `handover_hours` are those of the accounts that they serve today. `cost_a_year` is below 0 where they cost less in
    the new tier, `cost` is that from the day to the horizon.
    """

    fte: Decimal
    from_tier: str
    to_tier: str
    month: int
    start_day: date
    handover_hours: Decimal
    cost_a_year: Decimal
    cost: Decimal


def moves(tiers: Sequence[Tier], demand: Mapping[str, Sequence[Decimal]], counted: Mapping[str, Sequence[Decimal]],
          rules: Mapping, posts: Posts, as_of: date, waited: int) -> list[Move]:
    """The moves between tiers whose teams are known, `tiers` in the preset's order, receivers top first.

    `counted` is everybody of a tier in each state, taken as over their ramp. A tier gives what it never lacks up to the
    horizon and no more than are left of today's team once `waited` months are over, the nearest first and of two as
    near the one above. It gets what its worst month lacks.
    """
    order = [tier.tier for tier in tiers]
    horizon = len(next(iter(counted.values()), (ONE,))) - 1
    kept = stayed(rules, horizon + 1)
    spare = {tier.tier: _spare(tier, demand[tier.tier], counted[tier.tier], posts, kept[NOTICE_MONTHS + waited])
             for tier in tiers if tier.tier in counted}
    farthest, found = rules["moves"]["most_tiers_apart"], []
    for place, to in enumerate(order):
        if to not in counted:
            continue
        wanted = _wanted(to, demand[to], counted[to], rules, posts, kept)
        near = sorted((at for at, name in enumerate(order) if name in spare and 0 < abs(at - place) <= farthest),
                      key=lambda at, place=place: (abs(at - place), at))
        for giver in (tiers[at] for at in near):
            fte = min(wanted, spare[giver.tier])
            if fte > 0:
                wanted, spare[giver.tier] = wanted - fte, spare[giver.tier] - fte
                found.append(_move(fte, giver, to, rules, as_of, waited, horizon))
    return found


def _spare(tier: Tier, demand: Sequence[Decimal], counted: Sequence[Decimal], posts: Posts, left: Decimal) -> Decimal:
    over = min(-missing(asked, there) for asked, there in zip(demand[1:], counted[1:]))
    return posts.down(min(over, sum((person.fte for person in tier.people), ZERO) * left))


def _wanted(tier: str, demand: Sequence[Decimal], counted: Sequence[Decimal], rules: Mapping, posts: Posts,
            kept: Sequence[Decimal]) -> Decimal:
    """The least FTE that, there from today on, leave no month short in which they are over their ramp.

    That is never later than for somebody who is hired, so that whoever can move is not hired.
    """
    ramp = full_after(tier, rules, Decimal(rules["moves"]["ramp_ratio"]))
    first = min(NOTICE_MONTHS + ramp, max(1, full_after(tier, rules)), len(demand) - 1)
    return posts.up(max((missing(demand[t], counted[t]) - posts.least_gap) / kept[t]
                        for t in range(first, len(demand))))


def _move(fte: Decimal, giver: Tier, to: str, rules: Mapping, as_of: date, waited: int, horizon: int) -> Move:
    accounts = giver.customers / giver.csms * fte if giver.csms else ZERO
    dearer = fte * (rules["loaded_cost"][to] - rules["loaded_cost"][giver.tier])
    month = NOTICE_MONTHS + waited
    return Move(fte, giver.tier, to, month, start_day(as_of, month), accounts * rules["moves"]["handover_hours"],
                dearer, dearer * max(0, horizon - month) / MONTHS_IN_A_YEAR)


def arrivals(tier: str, moves: Sequence[Move], rules: Mapping) -> tuple[Seats, ...]:
    """The seats of those who come into a tier, whose ramp is shorter than that of somebody new."""
    faster = Decimal(rules["moves"]["ramp_ratio"])
    return tuple(Seats(move.fte, move.month, ZERO, faster) for move in moves if move.to_tier == tier)


def departures(tier: Tier, moves: Sequence[Move], rules: Mapping) -> tuple[Seats, ...]:
    """The same of those who leave, below 0: each of the tier's seats of today gives its share."""
    there = present(tier, rules)
    total = sum((seats.fte for seats in there), ZERO)
    return tuple(Seats(-move.fte * seats.fte / total, move.month,
                       None if seats.age is None else seats.age + move.month, seats.faster)
                 for move in moves if move.from_tier == tier.tier for seats in there)
