"""The bias-corrected and accelerated bootstrap of a ratio of sums over customers; the same on every machine."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from decimal import Decimal
from statistics import NormalDist
from typing import Union

RESAMPLES = 600
_NORMAL = NormalDist()
_MANTISSA = 2 ** 53


def whole(pairs: Sequence[tuple[Union[Decimal, float], Union[Decimal, float]]]) -> list[tuple[int, int]]:
    """The pairs in the smallest power of ten of a unit at which any sum of len(pairs) of them is exact in a float."""
    largest = max((max(Decimal(start), Decimal(end)) for start, end in pairs), default=Decimal(0))
    if largest <= 0:
        return [(0, 0) for _ in pairs]
    shift = math.floor(math.log10(_MANTISSA // len(pairs))) - largest.adjusted() - 1
    return [(round(Decimal(start).scaleb(shift)), round(Decimal(end).scaleb(shift))) for start, end in pairs]


def bca(pairs: Sequence[tuple[int, int]], level: float, seed: int) -> tuple[float, float]:
    """The BCa interval (Efron 1987) of sum(end) / sum(start) over whole pairs that do not all have one ratio."""
    starts, ends = sum(start for start, _ in pairs), sum(end for _, end in pairs)
    ratio, resampled = ends / starts, _resampled_ratios(pairs, seed)
    below = sum(value < ratio for value in resampled) + sum(value == ratio for value in resampled) / 2
    bias = _NORMAL.inv_cdf(min(max(below, 0.5), RESAMPLES - 0.5) / RESAMPLES)
    left_out = [(ends - end) / (starts - start) for start, end in pairs if start < starts]
    mean = math.fsum(left_out) / len(left_out)
    squares = math.fsum((mean - value) ** 2 for value in left_out)
    cubes = math.fsum((mean - value) ** 3 for value in left_out)
    skew = cubes / (6 * squares ** 1.5) if squares else 0.0
    z = _NORMAL.inv_cdf((1 + level) / 2)
    low, high = (_NORMAL.cdf(bias + (bias + side) / (1 - skew * (bias + side))) for side in (-z, z))
    return _quantile(resampled, low), _quantile(resampled, high)


def _resampled_ratios(pairs: Sequence[tuple[int, int]], seed: int) -> list[float]:
    """Sorted ratios of RESAMPLES resamples; a complex number holds a customer, so that one sum gives both totals."""
    customers, size, floor = [complex(start, end) for start, end in pairs], float(len(pairs)), math.floor
    draw = random.Random(seed).random
    totals = [sum([customers[floor(draw() * size)] for _ in pairs]) for _ in range(RESAMPLES)]
    return sorted(total.imag / total.real for total in totals)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    under = min(int(place), len(ordered) - 2)
    return ordered[under] + (place - under) * (ordered[under + 1] - ordered[under])
