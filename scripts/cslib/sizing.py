"""How many people each tier takes, by hours, by accounts and by ARR, beside those it has, and when the next is due."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.demand import Path, paths
from cslib.service_models import Service, fte_per_account

BINDING = ("hours", "accounts", "arr")
FARTHEST_MONTHS = 60
MOST_CUSTOMERS = 100_000_000


class Range(NamedTuple):
    """FTE from the largest ARR that a CSM is said to hold to the smallest."""

    low: Decimal
    high: Decimal


class NextHire(NamedTuple):
    """The least `customers` that take more people than a tier has and the policy's least gap, and their `arr` at what
    a customer pays today, None where nobody pays.

    `months` until the tier takes so many people at the growth given: 0 now, None not within five years or unknown.
    """

    customers: int
    arr: Optional[Decimal]
    months: Optional[int]


class TierSize(NamedTuple):
    """One tier today, in FTE and in money of one year; `required_end` at the end of the horizon.

    `required` is what the policy sizes by, and `binding` which of BINDING gave it, None without customers. The spread
    is the least and the most of the three sizes. `gap` and `load_ratio` set the people required against those present.
    `accounts_per_csm` is what one CSM holds without onboarding. `cost` is of the people required, `paid` of those
    present. `convention_model` is the usual one of the tier, `sponsor_hours_*` the executives' own under the model
    that asks for them. None is unknown or undefined; `next_hire_at` too where no number of customers takes more people.
    """

    tier: str
    customers: int
    arr: Decimal
    arr_per_customer: Optional[Decimal]
    csms: Optional[Decimal]
    service: Service
    required_by_hours: Decimal
    required_by_accounts: Decimal
    required_by_arr: Range
    spread_low: Decimal
    spread_high: Decimal
    required: Decimal
    binding: Optional[str]
    gap: Optional[Decimal]
    load_ratio: Optional[Decimal]
    required_end: Decimal
    accounts_per_csm: Optional[Decimal]
    arr_per_csm: Optional[Decimal]
    cost: Decimal
    cost_ratio: Optional[Decimal]
    cost_per_account: Optional[Decimal]
    paid: Optional[Decimal]
    convention_model: str
    sponsor_hours_low: Optional[Decimal]
    sponsor_hours_high: Optional[Decimal]
    next_hire_at: Optional[NextHire]


def sizes(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int) -> list[TierSize]:
    """Every tier of the book, top first; `horizon` in months, settings are the whole policy."""
    ways = paths(book, services, settings, max(horizon, FARTHEST_MONTHS))
    return [_size(tier, book, services, settings, ways[tier.tier], horizon) for tier in book.tiers]


def _size(tier: Tier, book: Book, services: Mapping[str, Service], settings: Mapping, way: Path,
          horizon: int) -> TierSize:
    rules, service, name = settings["coverage"], services[tier.tier], tier.tier
    hours, accounts, by_arr = way.by_hours[0], way.by_accounts[0], Range(way.by_arr_low[0], way.by_arr_high[0])
    required, each, salary = way.demand[0], fte_per_account(service, tier, rules), rules["loaded_cost"][name]
    cost, sponsors = required * salary, rules["sponsor_hours"] if service.model == "named_sponsor" else None
    return TierSize(
        name, tier.customers, tier.arr, tier.arr_per_customer, tier.csms, service, hours, accounts, by_arr,
        min(hours, accounts, *by_arr), max(hours, accounts, *by_arr), required,
        _binding(rules["sizing"], hours, accounts) if tier.customers else None,
        None if tier.csms is None else required - tier.csms, _ratio(required, tier.csms), way.demand[horizon],
        1 / each if each else None, _ratio(tier.arr, required), cost, _ratio(cost, tier.arr),
        _ratio(cost, tier.customers), None if tier.csms is None else tier.csms * salary,
        settings["segmentation"]["tiers"][name]["model"],
        *((None, None) if sponsors is None else (Decimal(tier.customers * sponsors[end]) for end in ("low", "high"))),
        _next_hire(tier, book, services, settings, way))


def _binding(sizing: str, hours: Decimal, accounts: Decimal) -> str:
    if sizing == "hours_or_accounts":
        return "hours" if hours >= accounts else "accounts"
    return sizing


def _ratio(part: Decimal, whole: Optional[Decimal]) -> Optional[Decimal]:
    return part / whole if whole else None


def _next_hire(tier: Tier, book: Book, services: Mapping[str, Service], settings: Mapping,
               way: Path) -> Optional[NextHire]:
    """None where nobody knows who is there, or where no number of customers takes more people."""
    if tier.csms is None:
        return None
    limit = tier.csms + settings["coverage"]["least_gap_fte"]

    def arr_of(customers: int) -> Decimal:
        return tier.arr * customers / tier.customers if tier.customers else tier.arr

    def takes_more(customers: int) -> bool:
        other = book._replace(tiers=(tier._replace(customers=customers, arr=arr_of(customers)),))
        return paths(other, services, settings, 1)[tier.tier].demand[0] > limit

    if not takes_more(MOST_CUSTOMERS):
        return None
    below, due = -1, MOST_CUSTOMERS
    while due - below > 1:
        middle = (below + due) // 2
        below, due = (below, middle) if takes_more(middle) else (middle, due)
    months = next((month for month, demand in enumerate(way.demand[:FARTHEST_MONTHS + 1]) if demand > limit), None)
    return NextHire(due, arr_of(due) if tier.customers else None, months)
