"""The written conditions of a tier beside its floor, and which of them a customer does not meet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Callable, NamedTuple, Optional, Union

from cslib.attribute_cells import SIGNALS
from cslib.customers import Customer, Signals
from cslib.fit import Fit

TENURE, FIT, EXPANSION = "tenure_months", "fit", "expansion_potential_high"
CONDITIONS = {"strategic": ("multi_year", EXPANSION, "sponsor_both_sides"), "enterprise": ("executive_contact",),
              "mid_market": (TENURE, FIT)}
NO, UNKNOWN, SHORT = "no", "unknown", "short"
_EXPANSION = SIGNALS.index(EXPANSION)
_FACTS: dict[str, Callable[[Customer], tuple]] = {
    "strategic": lambda customer: (customer.multi_year, customer.signals[_EXPANSION], customer.sponsor_both_sides),
    "enterprise": lambda customer: (customer.executive_contact,),
    "mid_market": lambda customer: (customer.tenure_months, customer.signals)}


class Missing(NamedTuple):
    """One thing that stands between a customer and a tier. `amount` is what a number lacks (state `short`), else None.

    `key` is a condition, or the measure `arr` or `score`; the amount is in its unit.
    """

    key: str
    state: str
    amount: Union[Decimal, int, None]


def unmet(fits: Mapping[Signals, Fit], least: Mapping) -> Callable[[Customer, str], tuple[Missing, ...]]:
    """The conditions of a tier that a customer is not known to meet, in their order, as a function of the two.

    `least`: the policy's triggers. Customers of whom the same is known are judged once.
    """
    @cache
    def found(tier: str, facts: tuple) -> tuple[Missing, ...]:
        known = (fits[fact].score if key == FIT else fact for key, fact in zip(CONDITIONS[tier], facts))
        judged = (_missing(key, value, least.get(tier)) for key, value in zip(CONDITIONS[tier], known))
        return tuple(one for one in judged if one)

    return lambda customer, tier: found(tier, _FACTS[tier](customer)) if tier in _FACTS else ()


def _missing(key: str, known: Any, least: Optional[Mapping]) -> Optional[Missing]:
    if known is None:
        return Missing(key, UNKNOWN, None)
    if not least:
        return None if known else Missing(key, NO, None)
    short = least[key] - known
    return Missing(key, SHORT, short) if short > 0 else None
