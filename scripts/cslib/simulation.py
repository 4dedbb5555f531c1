"""The load of a plan when growth and leavers come by chance: seeded runs of its months."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate
from math import ceil, inf, sqrt
from random import Random
from typing import Callable, NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.coverage_risk import grown
from cslib.demand import paths
from cslib.hires import newcomers
from cslib.service_models import Service
from cslib.staffing import Staffing
from cslib.team import ZERO, Seats, capacity, joined, present, stayed
from cslib.team_moves import arrivals

SEED = 20
MOST_UNITS = 40
STEPS = 10
PLACES = 6
SAME_LOAD = 1e-9
QUANTILES = (0.1, 0.5, 0.9)


class Simulated(NamedTuple):
    """Quantiles of the peak load of all tiers together, from the first month that a hire of today can start in.

    `over_ratio` is the share of runs whose peak is above 1. `without_*` are those of the same runs when nobody is hired
    or moved. A quantile is None where nobody is left in it.
    """

    runs: int
    seed: int
    p10: Optional[float]
    p50: Optional[float]
    p90: Optional[float]
    over_ratio: float
    without_p10: Optional[float]
    without_p50: Optional[float]
    without_p90: Optional[float]


class Group(NamedTuple):
    """People of a tier who leave alike: equal `units` from a month on, and what one of them does in each state from 0
    on, with the plan and without."""

    units: int
    month: int
    planned: tuple[float, ...]
    without: tuple[float, ...]


def simulation(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int, staffing: Staffing,
               seed: int = SEED) -> Optional[Simulated]:
    """The load of a plan in the policy's number of runs, the same for the same seed; None where a team is not known.

    In each run the growth of all tiers is one draw between the low and the high scenario, most often the base, and
    every unit of a tier, of which there are about MOST_UNITS at most, stays each month with the policy's probability.
    Hires and moves come as planned, and nobody else is hired.
    """
    if staffing.unknown:
        return None
    rules = settings["coverage"]
    draw, runs, first = Random(seed).random, rules["simulation_runs"], min(staffing.lead, horizon)
    asked = _demand_by_growth(book, services, settings, horizon)
    groups = [group for tier in book.tiers for group in _groups(tier, staffing, rules, horizon)]
    gone = [float(1 - kept) for kept in stayed(rules, horizon)[1:]]
    peaks, without = [], []
    for _ in range(runs):
        demand = asked(draw())
        planned, alone = _there(groups, gone, draw, horizon)
        peaks.append(_peak(demand, planned, first))
        without.append(_peak(demand, alone, first))
    peaks.sort()
    without.sort()
    over = sum(1 for peak in peaks if peak > 1 + SAME_LOAD)
    return Simulated(runs, seed, *_quantiles(peaks), round(over / runs, PLACES), *_quantiles(without))


def triangular(share: float, low: float, most: float, high: float) -> float:
    """The value below which a triangular draw falls with that probability; ValueError unless low <= most <= high."""
    if not low <= most <= high:
        raise ValueError(f"{low}, {most}, {high}: out of order")
    if low == high:
        return low
    if share < (most - low) / (high - low):
        return low + sqrt(share * (high - low) * (most - low))
    return high - sqrt((1 - share) * (high - low) * (high - most))


def months_stayed(draw: Callable[[], float], gone: Sequence[float]) -> int:
    """Whole months until somebody leaves, of whom `gone` have left after 1, 2, ... months; as many as that: stays."""
    return bisect_right(gone, draw())


def _demand_by_growth(book: Book, services: Mapping[str, Service], settings: Mapping,
                      horizon: int) -> Callable[[float], list[float]]:
    """From a draw to the FTE asked for in each state, straight between STEPS growths on either side of the base."""
    shares = settings["coverage"]["scenarios"]
    low, high = (Decimal(shares[key]) for key in ("low_ratio", "high_ratio"))
    most = min(max(Decimal(1), low), high)
    ratios = sorted({end + (most - end) * step / STEPS for end in (low, high) for step in range(STEPS + 1)})
    sums = [[float(sum(column, ZERO)) for column in zip(*(
        path.demand for path in paths(grown(book, ratio), services, settings, horizon).values()))] for ratio in ratios]
    at = [float(ratio) for ratio in ratios]
    ends = float(low), float(most), float(high)

    def asked(share: float) -> list[float]:
        ratio = triangular(share, *ends)
        place = min(bisect_right(at, ratio), len(at) - 1)
        if place == 0:
            return sums[0]
        part = (ratio - at[place - 1]) / (at[place] - at[place - 1])
        return [before + part * (after - before) for before, after in zip(sums[place - 1], sums[place])]
    return asked


def _groups(tier: Tier, staffing: Staffing, rules: Mapping, horizon: int) -> list[Group]:
    """The people of a tier: who stays, who moves out of it, who is signed, who is hired.

    Who is there today is taken as alike, with the ramp of all of them. Who moves later may leave before.
    """
    kept, team = stayed(rules, horizon), present(tier, rules)
    now = sum((seats.fte for seats in team), ZERO)
    leaving = [(move, min(now, move.fte / kept[move.month])) for move in staffing.moves
               if move.from_tier == tier.tier and move.month <= horizon]
    staying = max(ZERO, now - sum((fte for _, fte in leaving), ZERO))
    own = _full(team, tier.tier, rules, horizon)
    found = []
    if now:
        found.append((staying, 0, _times(own, staying / now), _times(own, staying / now)))
    for move, fte in leaving:
        seats, = arrivals(move.to_tier, [move], rules)
        there = _full([seats._replace(fte=fte)], move.to_tier, rules, horizon)
        before = _times(own, fte / now)
        found.append((fte, 0, (*before[:move.month + 1], *there[move.month + 1:]), before))
    for seats in joined(tier):
        amounts = _full([seats], tier.tier, rules, horizon)
        found.append((seats.fte, seats.month, amounts, amounts))
    for seats in newcomers(tier.tier, staffing.hires):
        found.append((seats.fte, seats.month, _full([seats], tier.tier, rules, horizon), (ZERO,) * (horizon + 1)))
    unit = max(Decimal(1), sum((fte for fte, *_ in found), ZERO) / MOST_UNITS)
    return [Group(units, month, *(tuple(float(amount / units) for amount in amounts) for amounts in both))
            for fte, month, *both in found if fte and month <= horizon
            for units in [int((fte / unit).to_integral_value(ROUND_CEILING))]]


def _full(seats: Sequence[Seats], tier: str, rules: Mapping, horizon: int) -> tuple[Decimal, ...]:
    """What they do in each state if nobody leaves."""
    return capacity(seats, tier, {**rules, "attrition_ratio": ZERO}, horizon)


def _times(amounts: Sequence[Decimal], share: Decimal) -> tuple[Decimal, ...]:
    return tuple(amount * share for amount in amounts)


def _there(groups: Sequence[Group], gone: Sequence[float], draw: Callable[[], float],
           horizon: int) -> tuple[list[float], list[float]]:
    """FTE of work done in each state of one run, with the plan and without."""
    planned, without = [0.0] * (horizon + 1), [0.0] * (horizon + 1)
    for units, month, by_plan, alone in groups:
        leaving = [0] * (horizon + 2)
        left = gone[:horizon - month]
        for _ in range(units):
            leaving[month + months_stayed(draw, left) + 1] += 1
        still = units
        for t, lost in zip(range(month, horizon + 1), accumulate(leaving[month:horizon + 1])):
            still = units - lost
            planned[t] += still * by_plan[t]
            without[t] += still * alone[t]
    return planned, without


def _peak(demand: Sequence[float], there: Sequence[float], first: int) -> float:
    return max((asked / able if able else inf) if asked else 0.0 for asked, able in zip(demand[first:], there[first:]))


def _quantiles(peaks: Sequence[float]) -> list[Optional[float]]:
    """The smallest of the sorted peaks that so large a share does not exceed, for each of QUANTILES."""
    found = (peaks[ceil(share * len(peaks)) - 1] for share in QUANTILES)
    return [None if peak == inf else round(peak, PLACES) for peak in found]
