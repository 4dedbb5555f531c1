"""The only place that rounds, groups digits, says per cent, or lets a user's own words onto a page."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Optional, Union

Number = Union[int, float, Decimal]
NOT_AVAILABLE = "n/a"
NAME_LENGTH = 48
_LONGEST_READ = 20_000
_WIDE = Context(prec=400)
_SHORT = ((Decimal("999995e6"), 12, "T", 2), (Decimal("999995e3"), 9, "B", 2), (Decimal("999500"), 6, "M", 2),
          (Decimal("9999.5"), 3, "k", 0))
_WHOLE_FTE = 100
_SPACE = re.compile(r"[\s\u2028\u2029]+")
# Controls, zero width, direction marks and overrides, fillers, variation selectors, surrogates, tags.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")


def rounded(value: Number, places: int) -> Decimal:
    """The value rounded half up; never minus zero. Floats are read by their shortest decimal form."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
    result = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_WIDE)
    return result if result else abs(result)


def money(value: Optional[Number]) -> str:
    """Whole currency units, digits grouped: `1,204,310`."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, 0):,}"


def short_money(value: Optional[Number]) -> str:
    """Money in two or more significant digits for a sentence: `410`, `86k`, `1.20M`, `3.41B`, `2.50T`."""
    if value is None:
        return NOT_AVAILABLE
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    for floor, power, letter, places in _SHORT:
        if abs(exact) >= floor:
            return f"{rounded(exact.scaleb(-power), places):,}{letter}"
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
    return (ratio if isinstance(ratio, Decimal) else Decimal(repr(ratio))).scaleb(2)


def between(low: Optional[Number], high: Optional[Number], places: int = 0) -> str:
    """An interval of ratios: `82% to 91%`."""
    return NOT_AVAILABLE if low is None or high is None else f"{per_cent(low, places)} to {per_cent(high, places)}"


def decimal(value: Optional[Number], places: int = 1) -> str:
    """A plain number with fixed places."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, places):,}"


def fte(value: Optional[Number]) -> str:
    """People in full-time equivalents: `3`, `2.5`, `<0.1` for less than a twentieth and more than nobody."""
    if value is None:
        return NOT_AVAILABLE
    shown = rounded(value, 1 if abs(value) < _WHOLE_FTE else 0)
    return "<0.1" if value > 0 and not shown else f"{shown:,}".removesuffix(".0")


def whole(value: Optional[Number]) -> str:
    """A count, digits grouped."""
    return NOT_AVAILABLE if value is None else f"{rounded(value, 0):,}"


def count(value: int, noun: str, plural: Optional[str] = None) -> str:
    """A count with its noun: `1 account`, `312 accounts`."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def neutral(text: object, length: int = NAME_LENGTH) -> str:
    """Text from outside made harmless: one line, no control or direction characters, its length capped."""
    plain = str(text)
    if len(plain) <= length and plain.isascii() and plain.isprintable():
        return plain if "  " not in plain and plain == plain.strip() else " ".join(plain.split())
    shown = _HIDDEN.sub("", _SPACE.sub(" ", plain[:_LONGEST_READ])).strip()
    return shown if len(shown) <= length else shown[: length - 1].rstrip() + "…"
