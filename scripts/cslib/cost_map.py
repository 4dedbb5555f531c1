"""Cost to serve against ARR: who can be drawn, the exit candidates among them, and the edges of the amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import compress
from operator import attrgetter
from typing import NamedTuple, Optional

from cslib.customers import ZERO
from cslib.segmentation import Segmentation
from cslib.service_cost import Served

MOST_POINTS = 2_000
WIDE = 20
COST = attrgetter("customer.annual_cost_to_serve")


class CostMap(NamedTuple):
    """The customers of a drawing, both lists in the order of their ARR, with what it leaves out.

    `candidates` are on the exit list, `others` are not; `candidates_known` and `others_known` count all that could be
    drawn. `no_cost` counts customers whose cost is not known, `free` those of a cost of 0 where amounts are so far
    apart (`wide`) that only a scale of ratios shows them. `arr` and `cost` are the least and the most of who is drawn,
    `bears_ratio` is the highest share of ARR that a tier with customers allows, `candidates_cost` that of the whole
    exit list.
    """

    candidates: tuple[Served, ...]
    candidates_known: int
    others: tuple[Served, ...]
    others_known: int
    no_cost: int
    free: int
    wide: bool
    arr: tuple[Decimal, Decimal]
    cost: tuple[Decimal, Decimal]
    bears_ratio: Decimal
    candidates_cost: Decimal

    @property
    def left_out(self) -> int:
        """How many that could be drawn are not."""
        return self.candidates_known + self.others_known - len(self.candidates) - len(self.others)


def cost_map(s: Segmentation, most: int = MOST_POINTS) -> Optional[CostMap]:
    """The map, None where it would hold fewer than two customers or no cost; at most `most`, 8 or more, are drawn.

    All exit candidates are drawn as far as three quarters of `most` go, then the largest by ARR, then evenly.
    """
    costs = list(map(COST, s.customers))
    known = [one for one, cost in zip(s.customers, costs) if cost is not None]
    costly = list(compress(s.customers, costs))
    if not costly:
        return None
    cheapest, dearest = _edges(filter(None, costs))
    wide = dearest > WIDE * cheapest or costly[0].arr > WIDE * costly[-1].arr
    shown = costly if wide else known
    if len(shown) < 2:
        return None
    listed = {way.served.customer.id for way in s.kill_list}
    candidates: list[Served] = []
    others: list[Served] = []
    for one in shown:
        (candidates if one.customer.id in listed else others).append(one)
    marked = spread(candidates, most * 3 // 4)
    plain = spread(others, most - len(marked))
    drawn = (*marked, *plain)
    return CostMap(
        marked, len(candidates), plain, len(others), len(s.customers) - len(known), len(known) - len(shown), wide,
        _edges(one.arr for one in drawn), _edges(map(COST, drawn)),
        max(row.cost_high_ratio for row in s.tiers if row.customers),
        sum((COST(way.served) for way in s.kill_list), ZERO))


def spread(rows: Sequence[Served], most: int) -> tuple[Served, ...]:
    """At most so many (2 or more) of rows in their order: the first quarter of them, the others evenly to the last."""
    if len(rows) <= most:
        return tuple(rows)
    first = most // 4
    rest, places = rows[first:], most - first - 1
    return (*rows[:first], *(rest[step * (len(rest) - 1) // places] for step in range(places + 1)))


def _edges(amounts: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    held = list(amounts)
    return min(held), max(held)
