"""What a post pays, as guidance: earnings on target behind a loaded cost, their variable part and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple


class Offer(NamedTuple):
    """A year of a full post of one tier. `on_target` is base and variable together, without what loads the cost.

    The variable part runs from the policy's low to its high share; the base is what is left of it.
    """

    tier: str
    loaded_cost: Decimal
    on_target: Decimal
    base_low: Decimal
    base_high: Decimal
    variable_low: Decimal
    variable_high: Decimal


def offers(tiers: Iterable[str], rules: Mapping) -> list[Offer]:
    """One offer for each tier; `rules` are the policy's `coverage`."""
    low, high = rules["pay"]["variable_low_ratio"], rules["pay"]["variable_high_ratio"]
    found = []
    for tier in tiers:
        cost = Decimal(rules["loaded_cost"][tier])
        on_target = cost / rules["pay"]["loading"]
        found.append(Offer(tier, cost, on_target, on_target * (1 - high), on_target * (1 - low), on_target * low,
                           on_target * high))
    return found


def weights(rules: Mapping) -> dict[str, Decimal]:
    """The share of the variable part that hangs on each measure."""
    points = {measure: Decimal(weight) for measure, weight in rules["pay"]["weights"].items()}
    return {measure: weight / sum(points.values()) for measure, weight in points.items()}
