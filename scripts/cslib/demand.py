"""What each tier asks for month by month: customers, ARR, and the FTE that serve them by hours, accounts and ARR."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.months import MONTHS_IN_A_YEAR
from cslib.service_models import Service, mean_arr_per_csm, planning_hours

ZERO = Decimal(0)
MONTHS_IN_A_QUARTER = 3


class Path(NamedTuple):
    """One tier in the states 0 to the horizon, months after the book's day: sequences of one amount for each.

    `new` customers joined in the month up to the state; that of state 0 is taken to be that of state 1. `arr` of a tier
    without customers today is 0, since nobody knows what they would pay. FTE after that: `by_hours` and `by_accounts`,
    `by_arr_low` and `by_arr_high` for the most and the least ARR that a CSM is said to hold, and `demand`, the one that
    the policy's `sizing` picks. `growth_known` is False where the book stands still for want of a growth.
    """

    tier: str
    customers: tuple[Decimal, ...]
    new: tuple[Decimal, ...]
    arr: tuple[Decimal, ...]
    by_hours: tuple[Decimal, ...]
    by_accounts: tuple[Decimal, ...]
    by_arr_low: tuple[Decimal, ...]
    by_arr_high: tuple[Decimal, ...]
    demand: tuple[Decimal, ...]
    growth_known: bool


def paths(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int) -> dict[str, Path]:
    """The path of every tier, in the book's order; `settings` are the whole policy, `horizon` is at least 1 month."""
    return {tier.tier: _path(tier, book.arr_growth, services[tier.tier], settings["coverage"], horizon)
            for tier in book.tiers}


def _path(tier: Tier, arr_growth: Optional[Decimal], service: Service, rules: Mapping, horizon: int) -> Path:
    customers, new = _customers(tier, horizon)
    price = tier.arr_per_customer or ZERO
    arr = tuple(count * price * rise for count, rise in zip(customers, growing(arr_growth or ZERO, horizon)))
    month = planning_hours(rules) / MONTHS_IN_A_YEAR
    by_hours = tuple((count * service.hours_per_account / MONTHS_IN_A_YEAR + more * service.onboarding_hours) / month
                     for count, more in zip(customers, new))
    by_accounts = tuple(count / service.account_cap for count in customers)
    said = rules["arr_per_csm"][service.model]
    by_arr_low, by_arr_high = (tuple(amount / said[key] for amount in arr) for key in ("high", "low"))
    middle = mean_arr_per_csm(service.model, rules)
    demand = {"hours": by_hours, "accounts": by_accounts, "arr": tuple(amount / middle for amount in arr),
              "hours_or_accounts": tuple(map(max, by_hours, by_accounts))}[rules["sizing"]]
    return Path(tier.tier, customers, new, arr, by_hours, by_accounts, by_arr_low, by_arr_high, demand,
                tier.growth is not None or tier.planned_new is not None)


def growing(rate: Decimal, horizon: int) -> tuple[Decimal, ...]:
    """The size in each state, of 1 in state 0: a yearly rate spread evenly over each year's months, never below 0."""
    year, sizes = Decimal(1), [Decimal(1)]
    for t in range(1, horizon + 1):
        sizes.append(max(ZERO, year * (1 + rate * ((t - 1) % MONTHS_IN_A_YEAR + 1) / MONTHS_IN_A_YEAR)))
        if t % MONTHS_IN_A_YEAR == 0:
            year = sizes[-1]
    return tuple(sizes)


def _customers(tier: Tier, horizon: int) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """Customers in each state, and who is new in it: as planned, or what the net growth takes beside the churned."""
    now, churn = Decimal(tier.customers), (tier.churn or ZERO) / MONTHS_IN_A_YEAR
    if tier.planned_new is None:
        customers = tuple(now * size for size in growing(tier.growth or ZERO, horizon))
        new = [max(ZERO, after - before * (1 - churn)) for before, after in zip(customers, customers[1:])]
        return customers, (new[0], *new)
    planned = tier.planned_new / MONTHS_IN_A_QUARTER
    counts = [now]
    for _ in range(horizon):
        counts.append(counts[-1] * (1 - churn) + planned)
    return tuple(counts), (planned,) * (horizon + 1)
