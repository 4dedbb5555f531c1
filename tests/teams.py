"""Records of books and policies for tests: one tier, a whole book, and the settings with some values replaced."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Optional, Union

from cslib import source
from cslib.book import Book, Joining, Person, Tier
from cslib.tiering import FOUR_TIER, TIERS

AS_OF = date(2026, 9, 30)
Number = Union[int, str, Decimal, None]
WORKED = {"coverage.headroom.by": "buffer", "coverage.headroom.ratio": 0, "coverage.sizing": "hours",
          "coverage.attrition_ratio": "0.15", "coverage.hire_step_fte": 1, "coverage.least_gap_fte": 0,
          "coverage.ramp.mid_market.half_months": "2.7727", "coverage.ramp.mid_market.full_months": "5.5",
          "coverage.lead_days": 90}


def number(value: Number) -> Optional[Decimal]:
    """An exact number, None for None."""
    return None if value is None else Decimal(value)


def tier(name: str = "mid_market", customers: int = 100, arr: Number = None, csms: Number = None,
         people: Sequence[tuple] = (), joining: Sequence[tuple] = (), planned_new: Number = None,
         growth: Number = None, churn: Number = None, hours_per_account: Number = None,
         model: Optional[str] = None) -> Tier:
    """A tier; `people` are (FTE, months in seat or None), `joining` (FTE, month). ARR is 30,000 a customer if not said.

    CSMs are those of the people, or fully ramped people are those of the CSMs; with neither they are unknown.
    """
    rows = tuple(Person(Decimal(fte), number(age)) for fte, age in people)
    count = number(csms)
    if rows and count is None:
        count = sum((row.fte for row in rows), Decimal(0))
    if count and not rows:
        rows = (Person(count, None),)
    if count is None and not customers:
        count = Decimal(0)
    return Tier(name, customers, Decimal(30_000 * customers) if arr is None else Decimal(arr), count, rows,
                tuple(Joining(Decimal(fte), month) for fte, month in joining), number(planned_new), number(growth),
                number(churn), number(hours_per_account), model)


def book(*tiers: Tier, as_of: date = AS_OF, preset: str = FOUR_TIER, arr_growth: Number = None, managers: Number = None,
         escalations: Number = None, stage: Optional[str] = None, currency: Optional[str] = "USD") -> Book:
    """A book of these tiers; the others of the preset have no customers and nobody."""
    given = {one.tier: one for one in tiers}
    return Book(as_of, currency, stage, preset,
                tuple(given.get(name) or tier(name, customers=0, csms=0) for name in TIERS[preset]),
                tuple(name for name in TIERS[preset] if name not in given), number(arr_growth), number(managers),
                number(escalations),
                tuple(one.tier for one in tiers if any(row.months_in_seat is None for row in one.people)))


def settings(**overrides: Union[int, str, Decimal]) -> dict:
    """The default policy, with the values of dotted keys replaced; text that is a number becomes one."""
    changed = copy.deepcopy(source.own("policy.json"))
    for key, value in overrides.items():
        *path, last = key.split(".")
        place = changed
        for step in path:
            place = place[step]
        if last not in place:
            raise KeyError(key)
        place[last] = Decimal(value) if isinstance(value, str) and value[:1].isdigit() else value
    return changed


def worked_book() -> Book:
    """The book of the worked plan: ten ramped CSMs, 210 customers that become 300 in twelve months, 50.6 hours each."""
    return book(tier(customers=210, arr=18_900_000, csms=10, growth=Decimal(90) / 210, hours_per_account="50.6",
                     model="named"))
