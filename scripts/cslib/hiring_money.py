"""What the order of hires costs, and what ARR the next one has to keep to pay for itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.openings import Opening
from cslib.org import Org
from cslib.sequence import Sequence

ZERO = Decimal(0)


class Worth(NamedTuple):
    """One opening in money. `kept_arr` is the ARR whose gross profit of a year is its cost of a year, so what it must
    keep; `share_ratio` the part of the ARR at risk that this is: above 1 the risk that is known does not pay for it.

    None: `kept_arr` without a gross margin, `share_ratio` where nothing or nothing known is at risk.
    """

    role: str
    cost_a_year: Decimal
    kept_arr: Optional[Decimal]
    arr_at_risk: Optional[Decimal]
    share_ratio: Optional[Decimal]
    cost_to_horizon: Decimal


class Money(NamedTuple):
    """`openings_cost` up to the horizon and `a_year`, what a year costs once all have started, are of all openings;
    `of_plan_cost` and `of_plan_a_year` are their parts that the coverage plan counts too: never add the two plans.

    Failing outcomes overlap in the ARR at risk, so the largest stands alone, with its share of all ARR.
    """

    openings_cost: Decimal
    a_year: Decimal
    of_plan_cost: Decimal
    of_plan_a_year: Decimal
    next: Optional[Worth]
    next_role: Optional[Worth]
    largest_at_risk: Optional[Decimal]
    arr_ratio: Optional[Decimal]


def money(org: Org, order: Sequence, settings: Mapping) -> Money:
    """The order in money; `settings` are the whole policy."""
    rows, of_plan = order.openings, [row for row in order.openings if row.from_plan]
    margin = Decimal(settings["gross_margin_ratio"])
    largest = max((one.arr_at_risk for one in org.failing if one.arr_at_risk is not None), default=None)
    return Money(
        sum((row.cost for row in rows), ZERO), sum((row.cost_a_year for row in rows), ZERO),
        sum((row.cost for row in of_plan), ZERO), sum((row.cost_a_year for row in of_plan), ZERO),
        _worth(order.next, margin), _worth(order.next_role, margin), largest, _share(largest, org.arr))


def _worth(row: Optional[Opening], margin: Decimal) -> Optional[Worth]:
    if row is None:
        return None
    kept = _share(row.cost_a_year, margin)
    return Worth(row.role, row.cost_a_year, kept, row.arr_at_risk, _share(kept, row.arr_at_risk), row.cost)


def _share(part: Optional[Decimal], whole: Optional[Decimal]) -> Optional[Decimal]:
    return part / whole if part is not None and whole else None
