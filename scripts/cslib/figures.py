"""The only place that rounds, groups digits, says per cent, or lets a user's own words onto a page."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Optional, Union

Number = Union[int, float, Decimal]
NOT_AVAILABLE = "n/a"
NAME_LENGTH = 48
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_HIDDEN = re.compile(  # controls, soft hyphen, zero width, direction marks and overrides, surrogates, tags
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]")


def rounded(value: Number, places: int) -> Decimal:
    """The value rounded half up; never minus zero. Floats are read by their shortest decimal form."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
    result = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return result if result else abs(result)


def money(value: Optional[Number]) -> str:
    """Whole currency units, digits grouped: `1,204,310`."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, 0):,}"


def short_money(value: Optional[Number]) -> str:
    """Money in three or more significant digits for a sentence: `410`, `86k`, `1.20M`, `3.41B`."""
    if value is None:
        return NOT_AVAILABLE
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    for floor, unit, letter, places in (("999995000", 10**9, "B", 2), ("999500", 10**6, "M", 2), ("9999.5", 10**3, "k", 0)):
        if abs(exact) >= Decimal(floor):
            return f"{rounded(exact / unit, places):,}{letter}"
    return money(exact)


def signed_money(value: Optional[Number]) -> str:
    """Money with its sign: `+12,000`, `-3,400`, `0`."""
    if value is None:
        return NOT_AVAILABLE
    whole_units = rounded(value, 0)
    return f"{whole_units:+,}" if whole_units else "0"


def per_cent(ratio: Optional[Number], places: int = 1) -> str:
    """A ratio as per cent: `87.4%`."""
    return NOT_AVAILABLE if ratio is None else f"{rounded(_hundredfold(ratio), places):,}%"


def points(ratio: Optional[Number], places: int = 1) -> str:
    """A difference of ratios in percentage points, signed: `-2.3 points`."""
    if ratio is None:
        return NOT_AVAILABLE
    size = rounded(_hundredfold(ratio), places)
    return f"{size:+} points" if size else "0 points"


def _hundredfold(ratio: Number) -> Decimal:
    return (ratio if isinstance(ratio, Decimal) else Decimal(repr(ratio))) * 100


def between(low: Optional[Number], high: Optional[Number], places: int = 0) -> str:
    """An interval of ratios: `82% to 91%`."""
    return NOT_AVAILABLE if low is None or high is None else f"{per_cent(low, places)} to {per_cent(high, places)}"


def decimal(value: Optional[Number], places: int = 1) -> str:
    """A plain number with fixed places."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, places):,}"


def whole(value: Optional[Number]) -> str:
    """A count, digits grouped."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, 0):,}"


def count(value: int, noun: str, plural: Optional[str] = None) -> str:
    """A count with its noun: `1 account`, `312 accounts`."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def neutral(text: object, length: int = NAME_LENGTH) -> str:
    """Text from outside made harmless: one line, no control or direction characters, its length capped."""
    shown = _HIDDEN.sub("", _SPACE.sub(" ", str(text)[: length * 8])).strip()
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + "…"
