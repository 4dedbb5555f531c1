"""Intervals for retention ratios and tests for a trend over cohorts; what cannot be known is None.

Amounts are ARR in one currency, ratios are ratios, every interval is nominally 95% and every test two-sided.
"""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple, Optional, Union

from cslib import bootstrap, exact

Amount = Union[Decimal, float]
Kept = tuple[float, float]
Pair = tuple[Amount, Amount]

BOOTSTRAP_CUSTOMERS = 2000
EXACT_BELOW = 10
_NORMAL = NormalDist()
_LEVEL = 0.95
_Z = _NORMAL.inv_cdf((1 + _LEVEL) / 2)


class Interval(NamedTuple):
    """A 95% interval of a ratio; `method` is `wilson`, `wilson_effective_n`, `bca_bootstrap`, `linearised` or
    `wilson_lower_bound`."""

    low: float
    high: float
    method: str


def wilson(successes: float, trials: float) -> Optional[Interval]:
    """The Wilson (1927) score interval of successes / trials, which may be fractional; None without trials."""
    if trials <= 0:
        return None
    if not 0 <= successes <= trials:
        raise ValueError("successes lie between zero and trials")
    return _wilson(successes / trials, trials, "wilson")


def _wilson(ratio: float, trials: float, method: str) -> Interval:
    spread = _Z * _Z / trials
    centre = ratio + spread / 2
    half = math.sqrt(spread * (ratio * (1 - ratio) + spread / 4))
    low = 0.0 if ratio == 0 else (centre - half) / (1 + spread)
    high = 1.0 if ratio == 1 else (centre + half) / (1 + spread)
    return Interval(max(0.0, low), min(1.0, high), method)


def effective_customers(amounts: Iterable[Amount]) -> Optional[float]:
    """Kish's (1965) effective number of customers, (sum a)^2 / sum a^2; None where the amounts sum to zero."""
    floats = list(map(float, amounts))
    return _kish(floats, math.fsum(floats))


def _kish(floats: list[float], total: float) -> Optional[float]:
    return None if total <= 0 else 1 / math.fsum([(amount / total) ** 2 for amount in floats])


def grr_interval(pairs: Sequence[Pair]) -> Optional[Interval]:
    """The Wilson interval of sum(min(start, end)) / sum(start) at Kish's effective n (Franco et al. 2019).

    Conservative, because kept / start of one customer lies in [0, 1]. None without starting ARR.
    """
    return interval_of(kept_at_kish(pairs))


def interval_of(kept: Optional[Kept]) -> Optional[Interval]:
    """The same of what `kept_at_kish` gives."""
    return kept and _wilson(*kept, "wilson_effective_n")


def kept_at_kish(pairs: Sequence[Pair]) -> Optional[Kept]:
    """The GRR and the effective number of customers; None without starting ARR."""
    starts = [float(start) for start, _ in pairs]
    total = math.fsum(starts)
    trials = _kish(starts, total)
    return None if trials is None else (math.fsum(map(float, map(min, pairs))) / total, trials)


def told_from(found: Optional[Kept], line: Amount) -> str:
    """Whether the GRR that customers would repeat is `below` a line, `above` it (or at it), or `cannot_tell`.

    `found` is what `kept_at_kish` gives.

    Told only when the line is outside grr_interval and outside the exact binomial interval at the same effective n
    (Korn & Graubard 1998). Wilson alone misses the truth in 5 to 6% of books that lose whole customers, both in 4%.
    """
    if found is None:
        return "cannot_tell"
    interval, trials = _wilson(*found, "wilson_effective_n"), found[1]
    kept, tail, value = found[0] * trials, (1 - _LEVEL) / 2, float(line)
    if interval.high < value and (value >= 1 or exact.beta_cdf(value, kept + 1, trials - kept) > 1 - tail):
        return "below"
    if interval.low >= value and (value <= 0 or exact.beta_cdf(value, kept, trials - kept + 1) <= tail):
        return "above"
    return "cannot_tell"


def aggregate_grr_interval(grr_ratio: float, customers: float) -> Optional[Interval]:
    """The narrowest that the interval of a GRR known only from totals can be: Wilson at the customer count.

    It can say that a figure cannot be told from a line, never that it can. None without customers.
    """
    return None if customers <= 0 else _wilson(grr_ratio, customers, "wilson_lower_bound")


def nrr_interval(pairs: Sequence[Pair], seed: int = 1) -> Optional[Interval]:
    """The interval of sum(end) / sum(start): BCa bootstrap over customers (Efron 1987) to 2,000, linearised above.

    The low end is never below zero. None for fewer than two customers, or where every customer moved by the same ratio.
    Covers less than 95% where few customers hold much of the ARR: references/methods.md has the measured share.
    """
    if len(pairs) > BOOTSTRAP_CUSTOMERS:
        floats = [(float(start), float(end)) for start, end in pairs]
        ratio, half = _ratio(floats), _Z * _standard_error(floats)
        return Interval(max(0.0, ratio - half), ratio + half, "linearised") if half else None
    counts = bootstrap.whole(sorted((start, end) for start, end in pairs))
    starts, ends = math.fsum(start for start, _ in counts), math.fsum(end for _, end in counts)
    if len(counts) < 2 or all(start * ends == end * starts for start, end in counts):
        return None
    return Interval(*bootstrap.bca(counts, _LEVEL, seed), "bca_bootstrap")


def ratio_standard_error(pairs: Sequence[Pair]) -> Optional[float]:
    """The linearised (Woodruff 1971) standard error of sum(end) / sum(start); None for fewer than two customers."""
    return None if len(pairs) < 2 else _standard_error([(float(start), float(end)) for start, end in pairs])


def _standard_error(pairs: Sequence[tuple[float, float]]) -> float:
    ratio = _ratio(pairs)
    squares = math.fsum([(end - ratio * start) ** 2 for start, end in pairs])
    return math.sqrt(squares * len(pairs) / (len(pairs) - 1)) / math.fsum([start for start, _ in pairs])


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    return math.fsum([end for _, end in pairs]) / math.fsum([start for start, _ in pairs])


def mann_kendall(values: Sequence[float]) -> Optional[tuple[int, float]]:
    """Mann-Kendall's S and its exact two-sided p-value given the ties; None for fewer than two values.

    Equal values count zero in S, and p comes from the orderings of these very values (inversions of a multiset). The
    distribution without ties would be wrong in the bold direction: five values with one tie reach |S| = 9 in
    1 ordering of 30, not 1 of 60.
    """
    if len(values) < 2:
        return None
    score = sum((later > earlier) - (later < earlier)
                for place, later in enumerate(values) for earlier in values[:place])
    orderings = exact.orderings_by_inversions(list(Counter(values).values()))
    largest = len(orderings) - 1
    extreme = sum(count for inversions, count in enumerate(orderings) if abs(largest - 2 * inversions) >= abs(score))
    return score, float(Fraction(extreme, sum(orderings)))


def sen_slope(values: Sequence[float]) -> Optional[float]:
    """The median of the slopes between all pairs of values, per step (Sen 1968); None for fewer than two values."""
    slopes = sorted((values[late] - values[early]) / (late - early)
                    for late in range(len(values)) for early in range(late))
    if not slopes:
        return None
    return math.fsum((slopes[(len(slopes) - 1) // 2], slopes[len(slopes) // 2])) / 2


def cochran_armitage(successes: Sequence[int], trials: Sequence[int]) -> Optional[tuple[float, float]]:
    """The Cochran-Armitage z over equally spaced groups and its two-sided p-value; None where nothing can vary.

    The variance is the conditional one, with N - 1 (statsmodels has the same; the textbook's N gives a z larger by
    sqrt(N / (N - 1))). Below EXACT_BELOW successes or failures p is the exact one given the margins, because the normal
    p can then be too small where the groups differ in size.
    """
    total, kept = sum(trials), sum(successes)
    weight = sum(place * size for place, size in enumerate(trials))
    spread = total * sum(place * place * size for place, size in enumerate(trials)) - weight * weight
    if kept in (0, total) or not spread:
        return None
    distance = total * sum(place * count for place, count in enumerate(successes)) - weight * kept
    z = distance / math.sqrt(spread * kept * (total - kept) / (total - 1))
    fewer = min(kept, total - kept)
    if fewer >= EXACT_BELOW:
        return z, math.erfc(abs(z) / math.sqrt(2))
    ways = exact.choices_by_score(trials, fewer, [1] * len(trials))[fewer]
    far = exact.distances(ways, fewer, trials)
    extreme = sum(count for score, count in ways.items() if abs(far[score]) >= abs(distance))
    return z, float(Fraction(extreme, math.comb(total, fewer)))


def cochran_armitage_power(trials: Sequence[int], start_ratio: float, end_ratio: float,
                           alpha: float = 0.05) -> Optional[float]:
    """The probability that a linear change from start_ratio to end_ratio over the groups is detected in its direction.

    Exact for the outcomes that the exact test judges, a normal approximation (Nam 1987) for the others. None for fewer
    than two groups, or where nothing can vary.
    """
    if start_ratio + end_ratio < 1:
        start_ratio, end_ratio = 1 - start_ratio, 1 - end_ratio
    last = len(trials) - 1
    if last < 1 or sum(trials) < 2 or start_ratio == end_ratio == 1:
        return None
    lost = [1 - start_ratio - (end_ratio - start_ratio) * place / last for place in range(last + 1)]
    expected = math.fsum(size * share for size, share in zip(trials, lost))
    if expected > 3 * EXACT_BELOW:
        return _normal_power(trials, lost, alpha)
    few = exact.few_lost(trials, lost, alpha, EXACT_BELOW - 1)
    if few.probability > 1 - 1e-9:
        return few.detected
    many = (expected - few.losses) / (1 - few.probability) / expected
    tilted = [min(1.0, many * share) for share in lost]
    return few.detected + (1 - few.probability) * _normal_power(trials, tilted, alpha)


def _normal_power(trials: Sequence[int], lost: Sequence[float], alpha: float) -> float:
    total = sum(trials)
    centre = sum(place * size for place, size in enumerate(trials)) / total
    groups = [(size, place - centre, share) for place, (size, share) in enumerate(zip(trials, lost))]
    pooled = math.fsum(size * share for size, _, share in groups) / total
    null = pooled * (1 - pooled) * math.fsum(size * score * score for size, score, _ in groups) * total / (total - 1)
    true = math.fsum(size * score * score * share * (1 - share) for size, score, share in groups)
    shift = abs(math.fsum(size * score * share for size, score, share in groups))
    bar = shift - _NORMAL.inv_cdf(1 - alpha / 2) * math.sqrt(null)
    return _NORMAL.cdf(bar / math.sqrt(true)) if true > 0 else float(bar > 0)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values, in the order given."""
    adjusted, floor = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        floor = max(floor, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = floor
    return adjusted
