"""The exit list: accounts with several grounds against keeping them as they are, and what each way out is worth.

A proposal for a person. Nobody is on it for what is unknown: such accounts are listed apart, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, compress, product
from operator import attrgetter
from typing import NamedTuple, Optional

from cslib.customers import UNPAID, Customer
from cslib.exit_ways import NotRenewing, Repricing, TechTouch, Terms, not_renewing, repricing, tech_touch, terms
from cslib.fit import Fit
from cslib.service_cost import Served

FLAGS = ("poor_fit", "cost_above_half", "early_escalations", "conflicting_owner", "declining_industry")
PROPOSALS = ("not_renewing", "tech_touch", "repricing", "within_means")
NAMED = ("named_sponsor", "named")
REASONS = ("pilot", "design_partner", "no_revenue", "no_cost", "no_signals", "no_cost_no_signals")
_RAISED = {held: tuple(compress(FLAGS, held)) for held in product((False, True), repeat=len(FLAGS))}


class Exit(NamedTuple):
    """One candidate, the flags against it, the three ways, and the proposal with what it brings a year.

    Beside the three ways an account of a tier with a named CSM may be kept `within_means`: served for what it bears.

    `certain`: the flags suffice whatever the unknown signals turn out to be.
    """

    served: Served
    flags: tuple[str, ...]
    certain: bool
    not_renewing: NotRenewing
    tech_touch: TechTouch
    repricing: Repricing
    proposal: str
    gain: Decimal

    def record(self) -> dict:
        """The row that a list of accounts shows of it."""
        return {**self.served.record(), "fit_lowest": self.served.fit.lowest, "fit_highest": self.served.fit.highest,
                **{name: getattr(self, name) for name in self._fields[1:]}}


class NotJudged(NamedTuple):
    """An account that cannot be on the exit list, why, and which flags it has all the same."""

    customer: Customer
    reason: str
    flags: tuple[str, ...]
    arr: Decimal
    cost: Optional[Decimal]

    def record(self) -> dict:
        """The row that a list of accounts shows of it."""
        return {"account": self.customer.account, "id": self.customer.id, "reason": self.reason, "flags": self.flags,
                "arr": self.arr, "cost": self.cost}


def flags(customer: Customer, fit: Fit, rules: Mapping) -> tuple[str, ...]:
    """Which of FLAGS are known to hold, in their order; `rules` are the policy's `segmentation.exit`."""
    cost, tenure, escalations = customer.annual_cost_to_serve, customer.tenure_months, customer.escalations_12m
    return _RAISED[
        fit.score is not None and fit.score < rules["fit_below"],
        cost is not None and cost > rules["cost_above_ratio"] * customer.arr,
        tenure is not None and escalations is not None and tenure < rules["tenure_under_months"]
        and escalations >= rules["repeated_escalations"],
        customer.acquired_by_conflicting_owner is True, customer.declining_industry is True]


def exits(served: Sequence[Served], settings: Mapping, as_of: date) -> list[Exit]:
    """The candidates, by what their proposal brings, then ARR, the largest first. `settings` are the whole policy."""
    rules, common = settings["segmentation"]["exit"], terms(settings, as_of)
    named = {tier for tier, rule in settings["segmentation"]["tiers"].items() if rule["model"] in NAMED}
    found = []
    for one in served:
        if _reason(one.customer, one.fit) is None:
            raised = flags(one.customer, one.fit, rules)
            if len(raised) >= rules["least_flags"]:
                found.append(_exit(one, raised, common, rules, one.tier in named))
    found.sort(key=lambda way: (-way.gain, -way.served.customer.arr, way.served.customer.id))
    return found


def _exit(one: Served, raised: tuple[str, ...], common: Terms, rules: Mapping, named: bool) -> Exit:
    leaving, cheaper, dearer = not_renewing(one, common), tech_touch(one, common), repricing(one, common)
    kept = named and one.arr * common.margin > one.high
    proposal = _proposal(raised, cheaper, dearer, rules, kept)
    gain = {"not_renewing": leaving.net_effect, "tech_touch": cheaper.net_effect, "repricing": dearer.gain,
            "within_means": one.excess}[proposal]
    unsure = "poor_fit" in raised and one.fit.highest >= rules["fit_below"]
    return Exit(one, raised, len(raised) - unsure >= rules["least_flags"], leaving, cheaper, dearer, proposal, gain)


def _proposal(raised: tuple[str, ...], cheaper: TechTouch, dearer: Repricing, rules: Mapping, kept: bool) -> str:
    """`kept`: it has a named CSM and earns once it is served for what it bears, so it is not cut off from people."""
    if "conflicting_owner" in raised:
        return "not_renewing"
    if dearer.rise_ratio is not None and dearer.rise_ratio <= rules["most_price_rise_ratio"]:
        return "repricing"
    if kept:
        return "within_means"
    return "tech_touch" if cheaper.contribution_after > 0 else "not_renewing"


def _reason(customer: Customer, fit: Fit) -> Optional[str]:
    """Why it cannot be judged, one of REASONS; None where it can."""
    if customer.relationship in UNPAID:
        return customer.relationship
    if not customer.arr:
        return "no_revenue"
    if customer.annual_cost_to_serve is None:
        return "no_cost_no_signals" if fit.band is None else "no_cost"
    return "no_signals" if fit.band is None else None


def not_judged(served: Sequence[Served], free: Sequence[Customer], fits: Mapping[tuple, Fit],
               settings: Mapping) -> list[NotJudged]:
    """Who cannot be on the exit list: most flags first, then by ARR. `fits` holds the patterns of `free` customers."""
    rules = settings["segmentation"]["exit"]
    everybody = chain(map(attrgetter("customer", "fit"), served),
                      ((customer, fits[customer.signals]) for customer in free))
    by_flags: list[list[NotJudged]] = [[] for _ in range(len(FLAGS) + 1)]
    for customer, fit in everybody:
        reason = _reason(customer, fit)
        if reason is not None:
            raised = flags(customer, fit, rules)
            by_flags[-1 - len(raised)].append(NotJudged(customer, reason, raised, customer.arr,
                                                        customer.annual_cost_to_serve))
    for alike in by_flags:
        alike.sort(key=attrgetter("customer.id"))
        alike.sort(key=attrgetter("arr"), reverse=True)
    return list(chain.from_iterable(by_flags))


def unprofitable(served: Sequence[Served], exits: Sequence[Exit]) -> list[Served]:
    """Who loses money and is neither on the exit list nor a pilot or design partner, the largest loss first."""
    listed = {way.served.customer.id for way in exits}
    found = [one for one in served if one.earning == "loses_money" and one.customer.relationship not in UNPAID
             and one.customer.id not in listed]
    return sorted(found, key=lambda one: (one.contribution, one.customer.id))
