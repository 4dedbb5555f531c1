"""What serving a paying customer costs against what its tier plans and its ARR bears, and what it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.customers import UNPAID, ZERO, Customer
from cslib.fit import Fit

EARNINGS = ("loses_money", "earns_little", "earns")


class Rule(NamedTuple):
    """What a tier plans for an account and year, in money, and the most that cost to serve may be of its ARR."""

    investment_low: Decimal
    investment_high: Decimal
    cost_high_ratio: Decimal


class Served(NamedTuple):
    """One paying customer in its tier, and its cost to serve, all amounts for one year.

    `low` and `high` are the tier's range cut to the share of this account's ARR that the tier allows. `contribution` is
    gross profit less cost; `earning` is one of EARNINGS. `excess` is cost above `high`, `shortfall` what is missing to
    `low`. None is unknown: all from `cost_ratio` on where the cost is, `excess` and `shortfall` of a pilot or design
    partner, whose cost is an investment, `shortfall` where the cost is known only in part.
    """

    customer: Customer
    fit: Fit
    tier_by_floor: str
    tier: str
    low: Decimal
    high: Decimal
    cost_ratio: Optional[Decimal]
    contribution: Optional[Decimal]
    earning: Optional[str]
    excess: Optional[Decimal]
    shortfall: Optional[Decimal]

    @property
    def arr(self) -> Decimal:
        return self.customer.arr

    def record(self) -> dict:
        """The row that a list of accounts shows of it."""
        customer = self.customer
        return {"account": customer.account, "id": customer.id, "tier_by_floor": self.tier_by_floor, "tier": self.tier,
                "arr": customer.arr, "fit_score": self.fit.score, "fit_band": self.fit.band,
                "cost": customer.annual_cost_to_serve, "cost_ratio": self.cost_ratio,
                "bearable_low": self.low, "bearable_high": self.high, "contribution": self.contribution,
                "earning": self.earning, "excess": self.excess, "shortfall": self.shortfall}


def served(customers: Sequence[Customer], fits: Mapping[tuple, Fit], by_floor: Sequence[str], tiers: Sequence[str],
           settings: Mapping, cost_is_partial: bool) -> list[Served]:
    """Each customer in its tier, in the order given. Customers have ARR above 0; settings are the whole policy."""
    rules = {tier: Rule(Decimal(rule["investment_low"]), Decimal(rule["investment_high"]),
                        Decimal(rule["cost_high_ratio"]))
             for tier, rule in settings["segmentation"]["tiers"].items()}
    margin = Decimal(settings["gross_margin_ratio"])
    much = Decimal(settings["segmentation"]["exit"]["cost_above_ratio"])
    return [_served(customer, fits[customer.signals], floor, tier, rules[tier], margin, much, cost_is_partial)
            for customer, floor, tier in zip(customers, by_floor, tiers)]


def _served(customer: Customer, fit: Fit, floor: str, tier: str, rule: Rule, margin: Decimal, much: Decimal,
            cost_is_partial: bool) -> Served:
    arr, cost = customer.arr, customer.annual_cost_to_serve
    low, high, most = rule
    most = most * arr
    if most < high:
        high = most
        if most < low:
            low = most
    if cost is None:
        return Served(customer, fit, floor, tier, low, high, None, None, None, None, None)
    contribution = arr * margin - cost
    earning = "loses_money" if contribution < ZERO else "earns_little" if cost > much * arr else "earns"
    if customer.relationship in UNPAID:
        return Served(customer, fit, floor, tier, low, high, cost / arr, contribution, earning, None, None)
    excess = cost - high if cost > high else ZERO
    shortfall = None if cost_is_partial else low - cost if cost < low else ZERO
    return Served(customer, fit, floor, tier, low, high, cost / arr, contribution, earning, excess, shortfall)
