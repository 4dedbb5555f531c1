"""Exact distributions: the trend tests' by counting, the binomial's tail by the incomplete beta function."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple


class FewLost(NamedTuple):
    """Outcomes with few losses: their probability, with detection, and their part of the mean losses."""

    probability: float
    detected: float
    losses: float


def orderings_by_inversions(groups: Sequence[int]) -> list[int]:
    """How many orderings of groups of equal values have 0, 1, 2 ... inversions: a Gaussian multinomial (MacMahon)."""
    counts, placed = [1], 0
    for group in groups:
        for step in range(1, group + 1):
            placed += 1
            counts += [0] * placed
            for place in range(len(counts) - 1, placed - 1, -1):
                counts[place] -= counts[place - placed]
            for place in range(step, len(counts)):
                counts[place] += counts[place - step]
            del counts[len(counts) - step:]
    return counts


def choices_by_score(sizes: Sequence[int], most: int, odds: Sequence[float]) -> list[dict[int, float]]:
    """For 0, 1 ... `most` members chosen from groups: how many ways have each score, the sum of their groups' places.

    Each member chosen multiplies its way by the odds of its group, so that odds of 1 count the ways as whole numbers.
    """
    ways: list[dict[int, float]] = [{0: 1}] + [{} for _ in range(most)]
    for place, size in enumerate(sizes):
        weights = [math.comb(size, more) * odds[place] ** more for more in range(min(size, most) + 1)]
        for taken in range(most, 0, -1):
            grown = ways[taken]
            for more in range(1, min(size, taken) + 1):
                for score, count in ways[taken - more].items():
                    moved = score + place * more
                    grown[moved] = grown.get(moved, 0) + count * weights[more]
    return ways


def distances(scores: dict[int, float], chosen: int, sizes: Sequence[int]) -> dict[int, int]:
    """How far each score lies from its mean when members are chosen without regard to group, times sum(sizes)."""
    middle = chosen * sum(place * size for place, size in enumerate(sizes))
    return {score: score * sum(sizes) - middle for score in scores}


def detected(ways: dict[int, int], chosen: int, sizes: Sequence[int], alpha: float, upwards: bool) -> list[int]:
    """The scores on one side at which the two-sided exact test of level alpha finds a trend."""
    far, left, found = distances(ways, chosen, sizes), alpha * sum(ways.values()), []
    outermost = sorted((-abs(distance), score) for score, distance in far.items())
    for _, tied in itertools.groupby(outermost, key=lambda ranked: ranked[0]):
        scores = [score for _, score in tied]
        left -= sum(ways[score] for score in scores)
        if left <= 0:
            break
        found += [score for score in scores if (far[score] > 0) == upwards]
    return found


def few_lost(sizes: Sequence[int], lost: Sequence[float], alpha: float, most: int) -> FewLost:
    """What the exact test of level alpha makes of up to `most` losses, when each group loses its share of members."""
    kept = [max(1 - share, 1e-9) for share in lost]
    none = math.exp(math.fsum(size * math.log(share) for size, share in zip(sizes, kept)))
    null = choices_by_score(sizes, most, [1] * len(sizes))
    true = choices_by_score(sizes, most, [gone / share for gone, share in zip(lost, kept)])
    seen = [true[chosen][score] for chosen, ways in enumerate(null)
            for score in detected(ways, chosen, sizes, alpha, lost[-1] > lost[0])]
    by_count = [math.fsum(ways.values()) for ways in true]
    return FewLost(none * math.fsum(by_count), none * math.fsum(seen),
                   none * math.fsum(chosen * weight for chosen, weight in enumerate(by_count)))


def beta_cdf(x: float, a: float, b: float) -> float:
    """The probability that a beta variable of shapes a, b > 0 is at most x, 0 < x < 1, to nine places."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    numerator, denominator = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction, step = denominator, 0
    while abs(numerator * denominator - 1) > 1e-14 or step == 0:
        step += 1
        for term in (step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
                     -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))):
            denominator = 1 / (1 + term * denominator)
            numerator = 1 + term / numerator
            fraction *= numerator * denominator
    return front * fraction
