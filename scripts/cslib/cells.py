"""What one cell of an export says: a day, a month, an amount (None when it does not say it plainly), or words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Optional

from cslib import figures
from cslib.months import month_index

LARGEST_AMOUNT = Decimal(10) ** 12
FOR_EVER = 9999
_TIME = r"[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?UTC|[+-]\d{2}:?\d{2})?"
_DAY = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:{_TIME})?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)


@lru_cache(maxsize=65536)
def day(text: str) -> Optional[date]:
    """The day of an ISO date or datetime from 1970 on, as written: `2024-03-31`, `2024-03-31T09:00:00Z`."""
    written = _DAY.fullmatch(text.strip())
    try:
        result = date.fromisoformat(written.group(1)) if written else None
    except ValueError:
        return None
    return result if result and result.year >= 1970 else None


@lru_cache(maxsize=65536)
def month(text: str) -> Optional[int]:
    """The month index of `2024-03` or of an ISO date."""
    written = _MONTH.fullmatch(text.strip())
    if written and int(written.group(1)) >= 1970 and 1 <= int(written.group(2)) <= 12:
        return int(written.group(1)) * 12 + int(written.group(2)) - 1
    whole_day = day(text)
    return month_index(whole_day) if whole_day and whole_day.year < FOR_EVER else None


@lru_cache(maxsize=65536)
def amount(text: str) -> Optional[Decimal]:
    """The number in plain digits with a decimal point: `1200`, `-3.50`. Nothing grouped, no currency, no percentage."""
    return Decimal(text.strip()) if _AMOUNT.fullmatch(text.strip()) else None


@lru_cache(maxsize=65536)
def words(text: str, length: int) -> str:
    """The text on one line, spaces single, nothing hidden in it, cut at the length."""
    return figures.neutral(text, length)
