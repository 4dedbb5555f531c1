"""Who serves a tier in each month: how many have stayed, and how much of a full CSM each of them delivers by then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import NamedTuple, Optional

from cslib.book import Tier
from cslib.months import MONTHS_IN_A_YEAR

ZERO, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")
PLACES = Decimal("1e-12")
LEAST_DIFFERENCE = Decimal("1e-9")
THERE = -1
_ROOT = Context(prec=28, rounding=ROUND_HALF_EVEN)


class Seats(NamedTuple):
    """People of a tier who are alike: their FTE when they come, the day after state `month`, THERE for those of today.

    `age` is how far their ramp is then, or today, in months, None when it is over; it takes `faster` times as long as
    that of somebody new. Negative FTE are people who leave for another tier.
    """

    fte: Decimal
    month: int
    age: Optional[Decimal]
    faster: Decimal


def survival(rules: Mapping) -> Decimal:
    """The share of people who are still there a month later, to 12 places; `rules` are the policy's `coverage`."""
    return _a_month(ONE - rules["attrition_ratio"])


@lru_cache(maxsize=64)
def _a_month(a_year: Decimal) -> Decimal:
    return _ROOT.power(a_year, _ROOT.divide(ONE, Decimal(MONTHS_IN_A_YEAR))).quantize(PLACES, ROUND_HALF_EVEN)


def stayed(rules: Mapping, months: int) -> tuple[Decimal, ...]:
    """The share still there after 0, 1, ... `months` months."""
    left, kept = survival(rules), [ONE]
    for _ in range(months):
        kept.append(kept[-1] * left)
    return tuple(kept)


def ramped(age: Decimal, tier: str, rules: Mapping, faster: Decimal = ONE) -> Decimal:
    """The share of a full CSM's work that somebody does after so many months: straight to a half, straight to one."""
    half, full = (Decimal(rules["ramp"][tier][key]) * faster for key in ("half_months", "full_months"))
    if age >= full:
        return ONE
    if age < half:
        return HALF * age / half
    return HALF + HALF * (age - half) / (full - half)


def full_after(tier: str, rules: Mapping, faster: Decimal = ONE) -> int:
    """States until somebody new does all of a CSM's work: at least the one after the start, the first that has them."""
    return max(1, int((rules["ramp"][tier]["full_months"] * faster).to_integral_value(ROUND_CEILING)))


def present(tier: Tier, rules: Mapping) -> tuple[Seats, ...]:
    """Who is there today, by how far their ramp is. How the people are split into rows makes no difference."""
    full, alike = Decimal(rules["ramp"][tier.tier]["full_months"]), {}
    for fte, age in tier.people:
        over = None if age is None or age >= full else age
        alike[over] = alike.get(over, ZERO) + fte
    return _seats((fte, THERE, age) for age, fte in alike.items())


def joined(tier: Tier) -> tuple[Seats, ...]:
    """Who is signed and has not started, by the month of the start."""
    alike: dict[int, Decimal] = {}
    for fte, month in tier.joining:
        alike[month] = alike.get(month, ZERO) + fte
    return _seats((fte, month, ZERO) for month, fte in alike.items())


def _seats(alike: Iterable[tuple]) -> tuple[Seats, ...]:
    rows = [Seats(fte.quantize(PLACES, ROUND_HALF_EVEN), month, age, ONE) for fte, month, age in alike if fte]
    return tuple(sorted(rows, key=lambda seats: (seats.month, seats.age is not None, seats.age or ZERO)))


def headcount(seats: Sequence[Seats], rules: Mapping, horizon: int) -> tuple[Decimal, ...]:
    """FTE who are there in each state from 0 to the horizon, to 12 places."""
    kept = stayed(rules, horizon)
    return tuple(_places(sum((each.fte * kept[t - max(0, each.month)] for each in seats if t > each.month), ZERO))
                 for t in range(horizon + 1))


def capacity(seats: Sequence[Seats], tier: str, rules: Mapping, horizon: int) -> tuple[Decimal, ...]:
    """FTE of work that they do in each state from 0 to the horizon, to 12 places."""
    kept, sums = stayed(rules, horizon), [ZERO] * (horizon + 1)
    for fte, month, age, faster in seats:
        first = max(0, month)
        for t in range(month + 1, horizon + 1):
            share = ONE if age is None else ramped(age + t - first, tier, rules, faster)
            sums[t] += fte * kept[t - first] * share
    return tuple(map(_places, sums))


def missing(demand: Decimal, there: Decimal) -> Decimal:
    """What is asked for beyond what is there, below 0 where that is more; differences of rounding are none."""
    return (demand - there).quantize(LEAST_DIFFERENCE, ROUND_HALF_EVEN)


def _places(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, ROUND_HALF_EVEN) + ZERO


class Posts(NamedTuple):
    """What is hired or moved at once: multiples of `step` FTE, None for any part, and nothing for `least_gap` FTE."""

    step: Optional[Decimal]
    least_gap: Decimal

    def up(self, fte: Decimal) -> Decimal:
        """The least that can be hired or moved to have so much, 0 for nothing."""
        return self._whole(fte, ROUND_CEILING)

    def down(self, fte: Decimal) -> Decimal:
        """The most that can be moved without more than so much, 0 for nothing."""
        return self._whole(fte, ROUND_FLOOR)

    def _whole(self, fte: Decimal, rounding: str) -> Decimal:
        if fte <= 0:
            return ZERO
        return fte if self.step is None else (fte / self.step).to_integral_value(rounding) * self.step


def posts(rules: Mapping, whole: bool = True) -> Posts:
    """The policy's posts; without `whole` ones any part of a post, so that a small change shows."""
    return Posts(Decimal(rules["hire_step_fte"]), Decimal(rules["least_gap_fte"])) if whole else Posts(None, ZERO)
