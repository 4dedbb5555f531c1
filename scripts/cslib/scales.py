"""Targets of scores, carried from the scale on which they were set to the scale on which a company asked."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.kpis_known import top_of

NATIVE = {"csat": "mean_1_to_5", "ces": "mean_1_to_7"}
LOW, HIGH = "low", "high"
ONE = Decimal(1)


class Ends(NamedTuple):
    """Good and great on a company's own scale, `great` None where there is none.

    `rescaled`: the scale or its direction is another than that of the target, so that the target is an approximation:
    people do not answer a longer scale in proportion, and a question of effort is not one of ease.
    """

    good: Decimal
    great: Optional[Decimal]
    higher_is_better: bool
    rescaled: bool


def ends(kpi: str, good: Decimal, great: Optional[Decimal], scale: str, easy_is: Optional[str]) -> Ends:
    """Targets of `csat` (set on 1 to 5, high is satisfied) or `ces` (set on 1 to 7, low is easy) on a scale.

    Linear, so that the ends of one scale fall on those of the other; mirrored for an effort score whose high is easy.
    """
    native = NATIVE[kpi]
    mirrored = kpi == "ces" and easy_is == HIGH

    def carried(target: Decimal) -> Decimal:
        found = stretched(target, native, scale)
        return top_of(scale) + ONE - found if mirrored else found

    return Ends(carried(good), None if great is None else carried(great), kpi == "csat" or mirrored,
                scale != native or mirrored)


def stretched(target: Decimal, native: str, scale: str) -> Decimal:
    """A point of one scale on another, both from 1 on: 4 of 1 to 5 is 5.5 of 1 to 7."""
    return ONE + (target - ONE) * (top_of(scale) - 1) / (top_of(native) - 1)
