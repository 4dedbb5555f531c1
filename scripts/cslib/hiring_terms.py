"""What somebody in a role costs a year, how long they ramp, and on which day who is approved in a month can start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple, Optional

from cslib.starts import moved, start_day

DAYS_IN_THE_LONGEST_MONTH = 31


class Terms(NamedTuple):
    """Of one full post: loaded cost a year, whole months until it delivers fully, days from approval to the start."""

    cost_a_year: Decimal
    ramp_months: int
    lead_days: int


def terms(role: str, tier: Optional[str], settings: Mapping) -> Terms:
    """The terms of a role; those of a CSM are those of the `tier`. `settings` are the whole policy."""
    rules, posts = settings["coverage"], settings["hiring"]["roles"]
    if role == "csm":
        return _terms(rules["loaded_cost"][tier], rules["ramp"][tier]["full_months"], rules["lead_days"])
    cost = rules["loaded_cost"]["manager"] if role == "cs_manager" else posts[role]["loaded_cost"]
    return _terms(cost, posts[role]["ramp_months"], posts[role]["lead_days"])


def _terms(cost: Decimal, ramp: Decimal, lead: Decimal) -> Terms:
    return Terms(Decimal(cost), whole(Decimal(ramp)), whole(Decimal(lead)))


def tier_of(acv: Optional[Decimal], settings: Mapping) -> str:
    """The tier in which a customer of that ARR a year is; the lowest where nobody pays or nobody knows."""
    floors = sorted(settings["tier_floors"].items(), key=lambda pair: -pair[1])
    return next((tier for tier, floor in floors if acv is not None and acv >= floor), floors[-1][0])


def whole(amount: Decimal) -> int:
    """The least whole number that is not below."""
    return int(amount.to_integral_value(ROUND_CEILING))


def first_start(as_of: date, approved: int, lead_days: int) -> int:
    """The first state after which somebody can start who is approved in state `approved`, states being months."""
    state, ready = approved + lead_days // DAYS_IN_THE_LONGEST_MONTH, moved(as_of, approved) + timedelta(lead_days)
    while start_day(as_of, state) < ready:
        state += 1
    return state


def state_from(as_of: date, day: date) -> int:
    """The first state, today or later, that is not before a day."""
    state = 0
    while moved(as_of, state) < day:
        state += 1
    return state
