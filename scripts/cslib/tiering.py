"""The tier of every paying customer under four presets, and where two presets place customers differently.

A preset is a list of tiers, a measure (ARR, or a score of 0 to 100) and a floor for each tier in the measure's unit.
The better tier owns equality, and the last tier takes whoever reaches no floor.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from math import ceil
from typing import NamedTuple, Optional, Union

from cslib.customers import ZERO, Customer

FOUR = ("strategic", "enterprise", "mid_market", "smb")
TOUCH = ("high_touch", "low_touch", "tech_touch")
PRESETS = FOUR_TIER, THREE_TOUCH, SCORED, PERCENTILE = ("four_tier", "three_touch", "scored", "percentile")
TIERS = {FOUR_TIER: FOUR, THREE_TOUCH: TOUCH, SCORED: FOUR, PERCENTILE: FOUR}
ARR, SCORE = "arr", "score"
_LEVELS = ("complexity", "growth_potential", "strategic_value")
_PARTS = {"high": Decimal(1), "medium": Decimal("0.5"), "low": ZERO}
_DEMANDING = frozenset(("high", "medium"))

Factor = Union[Decimal, int]


class Placement(NamedTuple):
    """Every customer under one preset. `tiers` top first, `floors` by tier, `measures` and `by_floor` by customer."""

    preset: str
    tiers: tuple[str, ...]
    floors: tuple[Decimal, ...]
    measures: list[Decimal]
    by_floor: list[str]

    @property
    def measure(self) -> str:
        """What is held against the floors: `arr` or `score`."""
        return SCORE if self.preset == SCORED else ARR


class Disagreement(NamedTuple):
    """Customers whom another preset places differently, their ARR, and the largest flow by ARR between two tiers.

    `from_tier` is the chosen preset's, `to_tier` the other's; both None, and the flow 0, where nobody differs.
    """

    preset: str
    customers: int
    arr: Decimal
    from_tier: Optional[str]
    to_tier: Optional[str]
    flow_customers: int
    flow_arr: Decimal


def placement(preset: str, customers: Sequence[Customer], settings: Mapping) -> Placement:
    """The tier by floor of each paying customer; `settings` is the whole policy. KeyError: no such preset."""
    rules, tiers = settings["segmentation"], TIERS[preset]
    if preset == SCORED:
        measures = _scores(customers, rules["score_weights"], rules["score_full_arr"])
    else:
        measures = [customer.arr for customer in customers]
    if preset == PERCENTILE:
        floors = _cuts(measures, rules["percentile_shares"])
    else:
        said = {FOUR_TIER: settings["tier_floors"], THREE_TOUCH: rules["touch_floors"], SCORED: rules["score_floors"]}
        floors = tuple(Decimal(said[preset][tier]) for tier in tiers)
    bare = Placement(preset, tiers, floors, measures, [])
    return bare._replace(by_floor=scaled(bare, customers, 1))


def scaled(placed: Placement, customers: Sequence[Customer], factor: Factor) -> list[str]:
    """The tier of each customer if every floor were multiplied by `factor`."""
    rungs = placed.tiers[::-1]
    return [rungs[level] for level in levels(placed, customers, factor)]


def levels(placed: Placement, customers: Sequence[Customer], factor: Factor, falling: bool = False) -> list[int]:
    """The same as numbers: 0 for the last tier, one more for each tier above it.

    Under `three_touch` a customer of high or medium complexity is in the middle tier at least, at any ARR; `falling`,
    one of unknown complexity as well, since nobody loses a tier for what is not known.
    """
    cuts = [floor * factor for floor in placed.floors[-2::-1]]
    found = [bisect_right(cuts, measure) for measure in placed.measures]
    if placed.preset != THREE_TOUCH:
        return found
    kept = _DEMANDING | {None} if falling else _DEMANDING
    return [level or int(customer.complexity in kept) for level, customer in zip(found, customers)]


def _scores(customers: Iterable[Customer], weights: Mapping, full_arr: Factor) -> list[Decimal]:
    """0 to 100 over what is known: ARR up to `full_arr`, and three levels. Divided once, so that equality is exact.

    0 where no known part has a weight.
    """
    full, weight = Decimal(full_arr), 100 * Decimal(weights[ARR])

    @cache
    def rest(*said: Optional[str]) -> tuple[Decimal, Decimal]:
        known = [(Decimal(weights[name]), _PARTS[level]) for name, level in zip(_LEVELS, said) if level]
        points = sum((share * part for share, part in known), ZERO)
        return 100 * full * points, full * sum((share for share, _ in known), Decimal(weights[ARR]))

    scores = []
    for customer in customers:
        points, total = rest(customer.complexity, customer.growth_potential, customer.strategic_value)
        arr = customer.arr
        scores.append((weight * (arr if arr < full else full) + points) / total if total else ZERO)
    return scores


def _cuts(arrs: Iterable[Decimal], shares: Mapping) -> tuple[Decimal, ...]:
    """The smallest ARR among the first share of the customers by ARR, for shares added from the top; 0 at the end.

    Equal ARR is on one side of a cut, the upper one. The largest customer is in the top tier even at a share of 0.
    """
    ranked = sorted(arrs, reverse=True) or [ZERO]
    floors, share = [], ZERO
    for tier in FOUR[:-1]:
        share += shares[f"{tier}_ratio"]
        floors.append(ranked[min(max(ceil(share * len(ranked)), 1), len(ranked)) - 1])
    return (*floors, ZERO)


def disagreement(chosen: Placement, customers: Sequence[Customer], settings: Mapping) -> list[Disagreement]:
    """How each of the three other presets would place the same customers."""
    return [differing(chosen, placement(preset, customers, settings), customers, settings)
            for preset in PRESETS if preset != chosen.preset]


def differing(chosen: Placement, other: Placement, customers: Sequence[Customer], settings: Mapping) -> Disagreement:
    """What `other` places differently.

    Tiers of the same names are compared by name, the others by how an account in them is served: by name, pooled, tech.
    """
    unlike = _unlike(chosen.tiers, other.tiers, settings["segmentation"]["tiers"])
    flows: dict[tuple[str, str], list] = {}
    for pair, customer in zip(zip(chosen.by_floor, other.by_floor), customers):
        if pair in unlike:
            flow = flows.get(pair)
            if flow is None:
                flow = flows[pair] = [0, ZERO]
            flow[0] += 1
            flow[1] += customer.arr
    count, arr = sum(flow[0] for flow in flows.values()), sum((flow[1] for flow in flows.values()), ZERO)
    if not flows:
        return Disagreement(other.preset, count, arr, None, None, 0, ZERO)
    largest = max((pair for pair in unlike if pair in flows), key=lambda pair: (flows[pair][1], flows[pair][0]))
    return Disagreement(other.preset, count, arr, *largest, *flows[largest])


def _unlike(ours: tuple[str, ...], theirs: tuple[str, ...], services: Mapping) -> dict[tuple[str, str], None]:
    """The pairs of tiers that differ, in the order of the tiers."""
    kind = {tier: tier if ours == theirs else _service(services[tier]["model"]) for tier in (*ours, *theirs)}
    return dict.fromkeys((one, two) for one in ours for two in theirs if kind[one] != kind[two])


def _service(model: str) -> str:
    return "named" if model == "named_sponsor" else model
