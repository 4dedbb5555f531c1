"""Whether the tiers tell customers apart: how these are spread over them, and whether neighbours differ in service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.service_models import catalogue_hours
from cslib.tier_rows import TierRow

SMELLS = ("everyone_on_top", "everyone_at_the_bottom", "one_tier")
LEAST_COSTED = 5


class Neighbours(NamedTuple):
    """Two tiers next to each other by `planned` hours or by `actual` mean cost: too `alike` to be two tiers?

    `gap_ratio` is how much less the lower gets, of the upper's; None where the upper gets nothing, which is alike.
    """

    upper: str
    lower: str
    basis: str
    upper_value: Decimal
    lower_value: Decimal
    gap_ratio: Optional[Decimal]
    alike: bool


def smells(rows: Sequence[TierRow], settings: Mapping) -> tuple[str, ...]:
    """Which of SMELLS the tiers have; none with fewer than two customers, who cannot be spread."""
    counts = [row.customers for row in rows]
    if sum(counts) < 2:
        return ()
    many = settings["segmentation"]["smell_ratio"] * sum(counts)
    return tuple(smell for smell, held in zip(SMELLS, (counts[0] >= many, counts[-1] >= many,
                                                       max(counts) == sum(counts))) if held)


def differentiation(rows: Sequence[TierRow], settings: Mapping, cost_is_partial: bool) -> list[Neighbours]:
    """All neighbours by the hours that their models plan; by mean actual cost those where both tiers have five accounts
    with a cost."""
    least, found = settings["segmentation"]["least_hours_gap_ratio"], []
    for upper, lower in zip(rows, rows[1:]):
        hours = (catalogue_hours(row.model, settings["coverage"]) for row in (upper, lower))
        found.append(_neighbours(upper, lower, "planned", *hours, least))
        if not cost_is_partial and min(upper.costed_customers, lower.costed_customers) >= LEAST_COSTED:
            found.append(_neighbours(upper, lower, "actual", upper.mean_cost, lower.mean_cost, least))
    return found


def _neighbours(upper: TierRow, lower: TierRow, basis: str, more: Decimal, less: Decimal,
                least: Decimal) -> Neighbours:
    gap = (more - less) / more if more else None
    return Neighbours(upper.tier, lower.tier, basis, more, less, gap, gap is None or gap < least)
