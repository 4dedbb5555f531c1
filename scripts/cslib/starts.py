"""When somebody can start who is approved today, and by when a start must be approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from cslib.months import month_end, month_index

DAYS_IN_A_MONTH = Decimal("30.4375")


class Start(NamedTuple):
    """The state in whose month somebody starts, how many months that is later than it should be, and two days."""

    month: int
    months_late: int
    day: date
    approve_by: date


def lead_months(rules: Mapping) -> int:
    """Whole months from an approval to the start; `rules` are the policy's `coverage`."""
    return int((rules["lead_days"] / DAYS_IN_A_MONTH).to_integral_value(ROUND_CEILING))


def moved(day: date, months: int) -> date:
    """A day so many months later: a month's end stays one, a day that a month does not have is its last."""
    month = month_index(day) + months
    last = month_end(month)
    return last if day == month_end(month_index(day)) else last.replace(day=min(day.day, last.day))


def start_day(as_of: date, month: int) -> date:
    """The day on which somebody of that state's month starts: the day after the state."""
    return moved(as_of, month) + timedelta(days=1)


def start(as_of: date, ideal: int, rules: Mapping, waited: int = 0) -> Start:
    """The start that comes nearest to the `ideal` month when nothing is approved before `waited` months are over.

    Whoever starts late is approved at once, whatever is left of the last month.
    """
    soonest = lead_months(rules) + waited
    month, approval = max(ideal, soonest), moved(as_of, waited)
    day = start_day(as_of, month)
    by = approval if ideal < soonest else max(approval, day - timedelta(days=int(rules["lead_days"])))
    return Start(month, max(0, soonest - ideal), day, by)
