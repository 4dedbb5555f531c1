"""Customers in tiers for laws: one at a time by hand, and whole books by hypothesis."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Optional

from hypothesis import strategies as st

from cslib import policy, service_cost, tier_rows
from cslib.customers import Customer
from cslib.fit import Fit
from cslib.service_cost import Served

D = Decimal
AS_OF = date(2025, 6, 30)
TIERS = ("strategic", "enterprise", "mid_market", "smb")
FLOORS = (D(100000), D(20000), D(5000), D(0))
WEIGHTS = (D(2), D("1.5"), D(2), D("1.5"), D(1), D(1), D(1))
STRONG, POOR, UNSEEN = (True,) * 7, (False,) * 7, (None,) * 7
SETTINGS = policy.read(None).settings


def settings(**changed: object) -> dict:
    """The default policy with other values, by dotted key with two underscores for a dot: `exit__least_flags=3`."""
    made = copy.deepcopy(SETTINGS)
    for key, value in changed.items():
        place = made if key.partition("__")[0] in made else made["segmentation"]
        *steps, last = key.split("__")
        for step in steps:
            place = place[step]
        assert last in place
        place[last] = value
    return made


def customer(key: str = "a", arr: object = 30000, cost: object = None, signals: Sequence = STRONG,
             **known: object) -> Customer:
    """One paying customer; money as a number or text, None for a cost not known."""
    rest = dict.fromkeys(Customer._fields)
    rest.update(id=key, arr=D(arr), annual_cost_to_serve=None if cost is None else D(cost), signals=tuple(signals),
                **known)
    return Customer(**rest)


def fit_of(signals: Sequence) -> Fit:
    """The fit by the default policy: strong from 8, decent from 5, nothing below half of the weight known."""
    yes = sum((w for w, answer in zip(WEIGHTS, signals) if answer), D(0))
    open_ = sum((w for w, answer in zip(WEIGHTS, signals) if answer is None), D(0))
    known = D(10) - open_
    score = D(10) * yes / known if known >= 5 else None
    band = None if score is None else "strong" if score >= 8 else "decent" if score >= 5 else "poor"
    return Fit(score, band, yes, yes + open_, sum(answer is not None for answer in signals))


def fits_of(customers: Sequence[Customer]) -> dict:
    return {one.signals: fit_of(one.signals) for one in customers}


def served(customers: Sequence[Customer], tiers: Sequence[str], rules: dict = SETTINGS,
           partial: bool = False) -> list[Served]:
    return service_cost.served(customers, fits_of(customers), tiers, tiers, rules, partial)


def one(tier: str = "enterprise", rules: dict = SETTINGS, partial: bool = False, **known: object) -> Served:
    """A single customer in its tier."""
    return served([customer(**known)], [tier], rules, partial)[0]


def rows_of(book: Sequence[Served], rules: dict = SETTINGS) -> list[tier_rows.TierRow]:
    return tier_rows.tier_rows(book, TIERS, FLOORS, rules)


def cents(low: int, high: int) -> st.SearchStrategy:
    return st.integers(low, high).map(lambda n: D(n) / 100)


MAYBE = st.sampled_from((None, True, False))
SIGNALS = st.tuples(*[MAYBE] * 7)
COSTS = st.one_of(st.none(), cents(0, 10_000_000))
ARRS = cents(1, 30_000_000)


@st.composite
def customers(draw: st.DrawFn, key: str = "a", arrs: st.SearchStrategy = ARRS,
              costs: st.SearchStrategy = COSTS) -> Customer:
    """Any customer with ARR above 0, known in any part."""
    return customer(
        key, draw(arrs), draw(costs), draw(SIGNALS), tenure_months=draw(st.sampled_from((None, 0, 11, 12, 40))),
        relationship=draw(st.sampled_from((None, "paying", "paying", "pilot", "design_partner"))),
        escalations_12m=draw(st.sampled_from((None, 0, 1, 2, 9))),
        acquired_by_conflicting_owner=draw(MAYBE), declining_industry=draw(MAYBE),
        renewal_date=draw(st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2026, 12, 31)))))


def _person(chance: random.Random, key: str) -> Customer:
    arr = D(chance.choice((chance.randint(1, 500_000), chance.randint(1, 30_000_000), 2_000_000))) / 100
    cost = chance.choice((None, D(0), D(500), D(5000), arr / 2, arr * D("0.77"), arr * D("0.25"),
                          D(chance.randint(0, 100_000)) / 100, D(chance.randint(0, 10_000_000)) / 100))
    yes = chance.choice((0, 0.2, 0.5, 1))
    signals = [None if chance.random() < 0.25 else chance.random() < yes for _ in range(7)]
    renewal = AS_OF + timedelta(chance.randint(-30, 200))
    return customer(
        key, arr, cost, chance.choice((signals, signals, signals, UNSEEN)),
        tenure_months=chance.choice((None, 0, 11, 12, 40)), escalations_12m=chance.choice((None, 0, 1, 2, 9)),
        relationship=chance.choice((None, "paying", "paying", "pilot", "design_partner")),
        acquired_by_conflicting_owner=chance.choice((None, False, False, True)),
        declining_industry=chance.choice((None, False, True)), renewal_date=chance.choice((None, renewal)))


def _portfolio(seed: int) -> tuple[list[Customer], list[str]]:
    chance = random.Random(seed)
    book = [_person(chance, f"c{n}") for n in range(chance.choice((0, 1, 2, 5, 24)))]
    return book, [chance.choice(TIERS) for _ in book]


def _policy(seed: int) -> dict:
    chance = random.Random(seed)
    made = copy.deepcopy(SETTINGS)
    made["gross_margin_ratio"] = chance.choice((0, D("0.30"), D("0.77"), 1))
    for tier in TIERS:
        low = chance.choice((0, 500, 5000, chance.randint(0, 20000)))
        made["segmentation"]["tiers"][tier].update(
            investment_low=low, investment_high=low + chance.randint(1, 40000), cost_low_ratio=0,
            cost_high_ratio=chance.choice((0, D("0.03"), D("0.08"), D("0.25"), 1)))
    for service in made["coverage"]["models"].values():
        service.update(reactive_hours=chance.choice((0, 1, 12, D("37.5"), 50, 120)),
                       complexity=chance.choice((D("0.5"), 1, D("1.1"))))
        for motion in service["motions"].values():
            motion.update(hours=chance.choice((0, 0, D("0.15"), 1, 4)))
    made["segmentation"]["exit"].update(least_flags=chance.randint(1, 3),
                                        target_cost_ratio=chance.choice((0, D("0.08"), D("0.25"), 1)),
                                        tech_touch_cost=chance.choice((0, 500, 5000)))
    return made


# Up to 24 customers, and the tier of each, whatever its ARR; costs lie on the edges of the rules as often as not.
PORTFOLIOS = st.integers(0, 2 ** 32).map(_portfolio)
# The default policy with another gross margin and other tiers, zeros among them.
POLICIES = st.integers(0, 2 ** 32).map(_policy)


def found(rows: Sequence, name: str) -> Optional[object]:
    """The only row of that tier."""
    return next(row for row in rows if row.tier == name)
