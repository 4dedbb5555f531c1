"""Whether a KPI is further than noise from the reading before, and from a target. What figures cannot tell is None.

The two readings are taken as independent. Where the same customers answered both times that usually overstates the
noise: what is told from it then is told safely. Amounts in the unit of the KPI; shares as ratios.
"""

from __future__ import annotations

import math
from decimal import Decimal
from statistics import NormalDist
from typing import Any, NamedTuple, Optional

from cslib import exact, uncertainty
from cslib.scorecards import Kpi, Reading

NEWCOMBE, WELCH, NPS, AT_MOST = "newcombe", "welch", "nps", "at_most"
SHARES = ("logo_retention_ratio", "csat_satisfied_ratio", "feature_adoption_ratio", "onboarding_completed_ratio",
          "early_renewal_ratio", "outcome_achieved_ratio", "reference_customers_ratio", "csm_customer_time_ratio",
          "health_scored_ratio", "playbook_compliance_ratio", "tool_daily_use_ratio", "success_plan_ratio",
          "business_reviews_held_ratio")
OF_ARR = ("grr_ratio", "renewal_rate_ratio")
MEANS = ("csat", "ces", "health_points", "time_to_value_days", "data_age_hours", "touches_per_account",
         "business_reviews_per_account", "calls_per_csm")
_NORMAL = NormalDist()
_Z = _NORMAL.inv_cdf(0.975)
_NORMAL_FROM = 1e6
_TINY = 1e-12
_MOST_LEVEL = 1 - 1e-9


class Bounds(NamedTuple):
    """The ends of an interval."""

    low: float
    high: float


class Change(NamedTuple):
    """From the reading before to the one now; `difference` is now less before, `low` and `high` its interval.

    `better` is None where nothing moved or no direction is known to be better. `distinguishable`: True, more than
    noise; False, cannot be told from noise; None, not known. `test`: newcombe (shares), welch (means with their
    standard deviation), nps (see `_nps`), at_most (a ratio of ARR, of which the number of customers gives the least
    noise: it can say False and never True). It is None where the figures allow none; `low` and `high` are too, and
    under `at_most`.
    """

    previous: Decimal
    difference: Decimal
    better: Optional[bool]
    distinguishable: Optional[bool]
    test: Optional[str]
    low: Optional[float]
    high: Optional[float]

    def record(self) -> dict:
        """Six places, since what is compared may be a ratio."""
        return six_places(self)


def six_places(row: Any) -> dict:
    """The fields of a record in which a ratio and a score may stand under one name: floats, written to six places."""
    return {name: float(part) if isinstance(part, Decimal) else part for name, part in row._asdict().items()}


def change(kpi: Kpi, higher_is_better: Optional[bool], confidence: Decimal) -> Optional[Change]:
    """What moved, `higher_is_better` None where no direction is; None without a reading before."""
    if kpi.previous is None:
        return None
    now, before, level = kpi.now, kpi.previous, _level(confidence)
    difference = now.value - before.value
    better = None if higher_is_better is None or not difference else (difference > 0) == higher_is_better
    test, told, bounds = _tested(kpi.kpi, now, before, level)
    return Change(before.value, difference, better, told, test, *(bounds or (None, None)))


def share_interval(kpi: Kpi, confidence: Decimal) -> Optional[Bounds]:
    """The Wilson interval of a share of customers, answers or reviews; None of anything else and without their number.

    A mean of values from 0 to 1, such as CSM time with customers, varies at most as much: there it is too wide.
    """
    if kpi.kpi not in SHARES or kpi.now.of is None:
        return None
    return wilson(float(kpi.now.value), kpi.now.of, _level(confidence))


def told_from(kpi: Kpi, line: float, confidence: Decimal) -> Optional[bool]:
    """Whether a value is further from a line, in its own unit and period, than noise alone brings it.

    False: cannot be told from it. None: not known. Of a ratio of ARR the number of customers gives the least noise, so
    that it is False or None.
    """
    now, level, value = kpi.now, _level(confidence), float(kpi.now.value)
    if now.of is None:
        return None
    if kpi.kpi in SHARES:
        return not _holds(wilson(value, now.of, level), line)
    if kpi.kpi in OF_ARR:
        return False if _holds(wilson(value, now.of, level), line) else None
    if kpi.kpi in MEANS and now.sd and now.of > 1:
        half = student(level, now.of - 1) * float(now.sd) / math.sqrt(now.of)
        return not _holds(Bounds(value - half, value + half), line)
    return _nps_told_from(value / 100, line / 100, now.of, level) if kpi.kpi == "nps" else None


def _nps_told_from(score: float, line: float, of: int, level: float) -> Optional[bool]:
    """By the widest and the narrowest noise that a score can have, as in `_nps`."""
    if not _holds(wilson((1 + score) / 2, of, level), (1 + line) / 2):
        return True
    least = _quantile(level) * math.sqrt(abs(score) * (1 - abs(score)) / of)
    return False if abs(score - line) <= least else None


def _holds(bounds: Bounds, line: float) -> bool:
    return bounds.low <= line <= bounds.high


def wilson(ratio: float, of: float, level: float) -> Bounds:
    """The Wilson interval at any level: at 95% of as many more or fewer, since only z * z / n enters it."""
    trials = of * (_Z / _quantile(level)) ** 2
    found = uncertainty.wilson(ratio * trials, trials)
    return Bounds(found.low, found.high)


def newcombe(now: float, of_now: float, before: float, of_before: float, level: float) -> Bounds:
    """The hybrid score interval of now - before (Newcombe 1998, method 10)."""
    low, high = wilson(now, of_now, level)
    low_before, high_before = wilson(before, of_before, level)
    difference = now - before
    return Bounds(difference - math.hypot(now - low, high_before - before),
                  difference + math.hypot(high - now, before - low_before))


def welch(now: Reading, before: Reading, level: float) -> Optional[Bounds]:
    """The interval of a difference of two means with unequal variances (Welch 1947, Satterthwaite's degrees).

    None where a standard deviation is not given, both are zero, or a mean is of fewer than two.
    """
    if None in (now.sd, before.sd, now.of, before.of) or min(now.of, before.of) < 2 or not (now.sd or before.sd):
        return None
    first, second = float(now.sd) ** 2 / now.of, float(before.sd) ** 2 / before.of
    degrees = (first + second) ** 2 / (first ** 2 / (now.of - 1) + second ** 2 / (before.of - 1))
    half = student(level, degrees) * math.sqrt(first + second)
    difference = float(now.value - before.value)
    return Bounds(difference - half, difference + half)


def student(level: float, degrees: float) -> float:
    """How many standard errors hold the middle `level` of Student's t; the normal's from a million degrees on."""
    low = high = _quantile(level)
    if degrees >= _NORMAL_FROM:
        return low
    while _outside(high, degrees) > 1 - level:
        low, high = high, high * 2
    while high - low > _TINY * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _outside(middle, degrees) > 1 - level else (low, middle)
    return high


def _outside(t: float, degrees: float) -> float:
    """The probability that Student's t is further from zero than t > 0."""
    return exact.beta_cdf(degrees / (degrees + t * t), degrees / 2, 0.5)


def _level(confidence: Decimal) -> float:
    """A share below 1 so close to it that it is 1 as a float is taken for the highest level."""
    return min(float(confidence), _MOST_LEVEL)


def _quantile(level: float) -> float:
    return _NORMAL.inv_cdf((1 + level) / 2)


def _tested(name: str, now: Reading, before: Reading,
            level: float) -> tuple[Optional[str], Optional[bool], Optional[Bounds]]:
    """The test, what it tells and the interval of the difference."""
    counted = now.of is not None and before.of is not None
    ratios = float(now.value), now.of, float(before.value), before.of
    if name in MEANS:
        bounds = welch(now, before, level)
        return (None, None, None) if bounds is None else (WELCH, _excludes_zero(bounds), bounds)
    if not counted:
        return None, None, None
    if name in SHARES:
        bounds = newcombe(*ratios, level)
        return NEWCOMBE, _excludes_zero(bounds), bounds
    if name in OF_ARR:
        return AT_MOST, None if _excludes_zero(newcombe(*ratios, level)) else False, None
    return _nps(ratios, level) if name == "nps" else (None, None, None)


def _nps(ratios: tuple[float, int, float, int], level: float) -> tuple[str, Optional[bool], Bounds]:
    """Of two scores without their promoters and detractors, only the bounds of the noise are known.

    The mean answer, -1, 0 or 1, carried to 0..1 varies at most as a share does: what Newcombe's interval of that tells
    from zero is told. It varies least where nobody answers against the majority, by |nps| * (1 - |nps|) an answer:
    what even that noise covers cannot be told. Between the two it is not known.
    """
    now, of_now, before, of_before = ratios[0] / 100, ratios[1], ratios[2] / 100, ratios[3]
    most = newcombe((1 + now) / 2, of_now, (1 + before) / 2, of_before, level)
    least = math.sqrt(abs(now) * (1 - abs(now)) / of_now + abs(before) * (1 - abs(before)) / of_before)
    told = True if _excludes_zero(most) else False if abs(now - before) <= _quantile(level) * least else None
    return NPS, told, Bounds(most.low * 200, most.high * 200)


def _excludes_zero(bounds: Bounds) -> bool:
    return bounds.low > 0 or bounds.high < 0
