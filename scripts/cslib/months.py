"""Months as whole numbers that can be counted: `year * 12 + month - 1`; quarters as `year * 4 + quarter - 1`."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Optional

MONTHS_IN_A_YEAR = 12
_ERA = range(1970, 2200)


@lru_cache(maxsize=8_192)
def day_of(text: str) -> Optional[date]:
    """The day of this era that a text says as YYYY-MM-DD; None where it says none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _ERA and day.isoformat() == text else None


def month_index(day: date) -> int:
    """The month of a day as `year * 12 + month - 1`."""
    return day.year * MONTHS_IN_A_YEAR + day.month - 1


@lru_cache(maxsize=8_192)
def month_of(name: str) -> int:
    """The month of a name such as `2024-03`."""
    return int(name[:4]) * MONTHS_IN_A_YEAR + int(name[5:7]) - 1


def month_end(month: int) -> date:
    """The last day of a month."""
    year, zero_based = divmod(month, MONTHS_IN_A_YEAR)
    if zero_based == MONTHS_IN_A_YEAR - 1:
        return date(year, MONTHS_IN_A_YEAR, 31)
    return date(year, zero_based + 2, 1) - timedelta(days=1)


def last_month_ended(day: date) -> int:
    """The latest month whose last day is not after the day."""
    return month_index(day + timedelta(days=1)) - 1


def month_name(month: int) -> str:
    """`2024-03`."""
    year, zero_based = divmod(month, MONTHS_IN_A_YEAR)
    return f"{year:04}-{zero_based + 1:02}"


def quarter_name(quarter: int) -> str:
    """`2024-Q1`, of a quarter counted as `year * 4 + quarter - 1`."""
    return f"{quarter // 4:04}-Q{quarter % 4 + 1}"
