"""How unevenly ARR is spread: what the customers from the top bring, by tier and by size."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate, chain
from operator import attrgetter
from typing import NamedTuple

from cslib.customers import ZERO
from cslib.service_cost import Served

MOST_POINTS = 240
ARR, TIER = attrgetter("customer.arr"), attrgetter("tier")
LARGEST = (Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.2"), Decimal("0.5"))


class Reach(NamedTuple):
    """So many customers from the top, what they bring together, and both as shares of the book."""

    customers: int
    customers_ratio: Decimal
    arr: Decimal
    arr_ratio: Decimal


class Curve(NamedTuple):
    """ARR over customers, who stand by tier, the top one first, and within it by ARR.

    `points` rise from nobody to all; `ends` are those at the end of each tier that has customers. By ARR alone, `half`
    are the fewest who bring half of it, and `largest` the shares LARGEST of the customers, rounded up, fewer where two
    are the same people.
    """

    points: tuple[Reach, ...]
    ends: dict[str, Reach]
    half: Reach
    largest: tuple[Reach, ...]


def curve(served: Sequence[Served], tiers: Sequence[str], most: int = MOST_POINTS) -> Curve:
    """The curve of at least one customer, `served` in the order of their ARR; some `most` points of a larger book."""
    held: dict[str, list[Decimal]] = {tier: [] for tier in tiers}
    arrs = list(map(ARR, served))
    for tier, arr in zip(map(TIER, served), arrs):
        held[tier].append(arr)
    by_tier, by_size = _sums(chain.from_iterable(held.values())), _sums(arrs)
    counts = accumulate(len(held[tier]) for tier in tiers)
    ends = {tier: count for tier, count in zip(tiers, counts) if held[tier]}
    ranks = dict.fromkeys(_rounded_up(share, len(served)) for share in LARGEST)
    return Curve(tuple(_reach(by_tier, rank) for rank in _ranks(len(served), ends.values(), most)),
                 {tier: _reach(by_tier, rank) for tier, rank in ends.items()},
                 _reach(by_size, bisect_left(by_size, by_size[-1] / 2)),
                 tuple(_reach(by_size, rank) for rank in ranks))


def _sums(amounts: Iterable[Decimal]) -> list[Decimal]:
    """What the first 0, 1, ... bring."""
    return list(accumulate(amounts, initial=ZERO))


def _reach(sums: Sequence[Decimal], rank: int) -> Reach:
    return Reach(rank, Decimal(rank) / (len(sums) - 1), sums[rank], sums[rank] / sums[-1])


def _rounded_up(share: Decimal, customers: int) -> int:
    return int(-(-share * customers // 1))


def _ranks(customers: int, ends: Iterable[int], most: int) -> list[int]:
    """Every rank of a small book; of a large one evenly many, the ends of tiers, and the first ones closer together."""
    if customers <= most:
        return list(range(customers + 1))
    even = (customers * step // most for step in range(most + 1))
    return sorted({*even, *ends, *(2 ** power for power in range((customers // most).bit_length()))})
