"""What each service model asks of a CSM, from which ARR it pays, and the model that each tier is served under."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book, Tier

MODELS = ("named_sponsor", "named", "named_light", "pooled", "tech")
CHOICES = ("pays", "yours", "convention")
ZERO = Decimal(0)


class Service(NamedTuple):
    """A tier under one of MODELS, richest first. Hours are those of one account and include complexity.

    `hours_per_account` is a year of an account that is already there, `onboarding_hours` comes once with a new one.
    Where the hours were `measured` they hold both, and `onboarding_hours` is 0. `account_cap` is how many accounts a
    CSM can hold whatever the hours. `pays_from_arr` is the smallest ARR of which it takes no more than the
    policy's share, None where no ARR is enough. `pays` is None for a tier without customers.

    `chosen` is one of CHOICES: the richest model that pays or else tech, the book's own, or the tier's usual one for
    want of customers.
    """

    tier: str
    model: str
    chosen: str
    hours_per_account: Decimal
    onboarding_hours: Decimal
    measured: bool
    account_cap: int
    pays_from_arr: Optional[Decimal]
    pays: Optional[bool]


def delivered_hours(rules: Mapping) -> Decimal:
    """Hours a year that one CSM delivers to customers; `rules` are the policy's `coverage`."""
    year = rules["working_year"]
    paid = Decimal(year["contract_hours"]) - year["leave_hours"] - year["holiday_hours"]
    return paid * (1 - year["internal_ratio"]) * year["realised_ratio"]


def planning_hours(rules: Mapping) -> Decimal:
    """The delivered hours a year that may be planned, by the buffer or by the utilisation target, never by both."""
    headroom = rules["headroom"]
    if headroom["by"] == "buffer":
        return delivered_hours(rules) / (1 + headroom["ratio"])
    return delivered_hours(rules) * headroom["ratio"]


def motion_hours(model: str, rules: Mapping) -> dict[str, Decimal]:
    """Hours that each motion of a model takes of an account and year, complexity included."""
    service = rules["models"][model]
    return {motion: Decimal(each["times_a_year"]) * each["hours"] * service["complexity"]
            for motion, each in service["motions"].items()}


def catalogue_hours(model: str, rules: Mapping) -> Decimal:
    """Hours that a model plans for an account and year: its motions and what customers ask for, complexity included."""
    service = rules["models"][model]
    return sum(motion_hours(model, rules).values(), ZERO) + Decimal(service["reactive_hours"]) * service["complexity"]


def fte_of(hours: Decimal, account_cap: int, rules: Mapping) -> Decimal:
    """The FTE of an account of so many hours a year, by the policy's `sizing`; by hours too where that is by ARR."""
    by_hours, by_accounts = hours / planning_hours(rules), 1 / Decimal(account_cap)
    sizes = {"accounts": by_accounts, "hours_or_accounts": max(by_hours, by_accounts)}
    return sizes.get(rules["sizing"], by_hours)


def pays_from_arr(hours: Decimal, account_cap: int, tier: str, settings: Mapping) -> Optional[Decimal]:
    """The smallest ARR of which serving an account costs no more than the policy's share of gross profit.

    None where no ARR is enough, since nothing is left of it as gross profit.
    """
    rules = settings["coverage"]
    cost = fte_of(hours, account_cap, rules) * rules["loaded_cost"][tier]
    most = Decimal(rules["target_cost_ratio"]) * settings["gross_margin_ratio"]
    return cost / most if most else None if cost else ZERO


def service(tier: Tier, model: str, chosen: str, measured: Optional[Decimal], preset: str,
            settings: Mapping) -> Service:
    """A tier under a model, with its catalogue hours or those `measured` in its place."""
    rules = settings["coverage"]
    hours, onboarding = measured, ZERO
    if hours is None:
        hours = catalogue_hours(model, rules)
        onboarding = Decimal(rules["models"][model]["onboarding_hours"]) * rules["models"][model]["complexity"]
    cap = rules["account_caps"][preset][model]
    least = pays_from_arr(hours, cap, tier.tier, settings)
    return Service(tier.tier, model, chosen, hours, onboarding, measured is not None, cap, least,
                   _pays(least, tier.arr_per_customer))


def services(book: Book, settings: Mapping) -> dict[str, Service]:
    """Every tier under the model that the book gives it, else the richest that pays, else tech.

    Whether a model pays is judged by its catalogue hours. A tier without customers has the model of its convention.
    """
    found = {}
    for tier in book.tiers:
        model, chosen = _model(tier, book.preset, settings)
        found[tier.tier] = service(tier, model, chosen, tier.hours_per_account, book.preset, settings)
    return found


def planned_from_arr(model: str, tier: str, preset: str, settings: Mapping) -> Optional[Decimal]:
    """The smallest ARR of which serving an account by a model's catalogue hours pays."""
    rules = settings["coverage"]
    return pays_from_arr(catalogue_hours(model, rules), rules["account_caps"][preset][model], tier, settings)


def _model(tier: Tier, preset: str, settings: Mapping) -> tuple[str, str]:
    if tier.model is not None:
        return tier.model, "yours"
    if tier.arr_per_customer is None:
        return settings["segmentation"]["tiers"][tier.tier]["model"], "convention"
    for model in MODELS:
        if _pays(planned_from_arr(model, tier.tier, preset, settings), tier.arr_per_customer):
            return model, "pays"
    return MODELS[-1], "pays"


def _pays(least: Optional[Decimal], arr_per_customer: Optional[Decimal]) -> Optional[bool]:
    return None if arr_per_customer is None else least is not None and arr_per_customer >= least


def fixed(book: Book, by_tier: Mapping[str, Service]) -> Book:
    """The book with each tier held to the model it is served under, whatever else of it is changed later."""
    return book._replace(tiers=tuple(tier._replace(model=by_tier[tier.tier].model) for tier in book.tiers))


def fte_per_account(service: Service, tier: Tier, rules: Mapping) -> Optional[Decimal]:
    """The FTE that an account takes once it is there, by the policy's way of sizing.

    None by ARR for a tier without customers, of which the ARR of an account is not known.
    """
    if rules["sizing"] == "arr":
        return None if tier.arr_per_customer is None else tier.arr_per_customer / mean_arr_per_csm(service.model, rules)
    return fte_of(service.hours_per_account, service.account_cap, rules)


def mean_arr_per_csm(model: str, rules: Mapping) -> Decimal:
    """The middle of the ARR that a CSM is said to hold under a model."""
    said = rules["arr_per_csm"][model]
    return (Decimal(said["low"]) + said["high"]) / 2
