"""How the dates and amounts of each column are written: which comes first, day or month; which mark is the decimal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Optional

from cslib import cells

ISO, DMY, MDY = "iso", "dmy", "mdy"
PLAIN, POINT, COMMA = "plain", cells.POINT, cells.COMMA
OPEN, MIXED = "open", "mixed"
# What the cells of a column show, as bits that are or-ed together.
_UNREAD = 1
_ONLY_DMY, _ONLY_MDY, _EITHER, _ORDER_MATTERS, _DOTS, _LATER_DMY, _LATER_MDY = (1 << bit for bit in range(1, 8))
_ONLY_POINT, _ONLY_COMMA, _MARKED, _AFTER_COMMA, _AFTER_POINT = (1 << bit for bit in range(1, 6))
_ENOUGH_FIRSTS = 4
_LONGEST = 64
_NINES = str.maketrans("012345678", "9" * 9)
_FIRST_DIGIT = re.compile("[0-9]")
_DOTTED = re.compile(r"[0-9]\. ?[0-9]{1,2}\. ?[0-9]")


class Style(NamedTuple):
    """By column: `iso dmy mdy open mixed` for dates, `plain point comma open mixed` for amounts."""

    orders: Mapping[int, str] = {}
    marks: Mapping[int, str] = {}


def order_of(style: Style, column: int) -> Optional[str]:
    """What `cells.day` and `cells.month` take as the order of a column: None unless it is settled and needed."""
    order = style.orders.get(column)
    return order if order in (DMY, MDY) else None


def mark_of(style: Style, column: int) -> Optional[str]:
    """What `cells.amount` takes as the mark of a column: None unless it is settled and needed."""
    mark = style.marks.get(column)
    return mark if mark in (POINT, COMMA) else None


def plain(rows: Sequence[Sequence[str]], dates: Sequence[int], amounts: Sequence[int]) -> bool:
    """Whether all these cells say nothing, or their day, month or amount without a style.

    A column whose only fractions are like 1.200 is not plain: they may be thousands."""
    if any(_of_date(row[column]) for column in dates for row in rows):
        return False
    for column in amounts:
        seen = 0
        for row in rows:
            seen |= _of_amount(row[column])
        if seen & ~(_ONLY_POINT | _AFTER_POINT) or seen == _AFTER_POINT:
            return False
    return True


def told(rows: Iterable[Sequence[str]], dates: Sequence[int], amounts: Sequence[int], delimiter: str) -> Style:
    """The style that all rows show, in one pass. Open: the cells read differently both ways and nothing decides."""
    of_dates, of_amounts = dict.fromkeys(dates, 0), dict.fromkeys(amounts, 0)
    undecided: dict[int, set[str]] = {column: set() for column in dates}
    for row in rows:
        for column in dates:
            bits = _of_date(row[column])
            if bits:
                of_dates[column] |= bits
                if bits & _ORDER_MATTERS and len(undecided[column]) < _ENOUGH_FIRSTS:
                    undecided[column].add(row[column])
        for column in amounts:
            of_amounts[column] |= _of_amount(row[column])
    sequences = {column for column, texts in undecided.items() if len(texts) == _ENOUGH_FIRSTS}
    return Style(_orders(of_dates, sequences), _marks(of_amounts, delimiter))


@lru_cache(maxsize=65536)
def _of_date(text: str) -> int:
    if cells.nothing(text) or cells.day(text) or cells.month(text):
        return 0
    dmy, mdy = cells.day(text, DMY), cells.day(text, MDY)
    if dmy is None and mdy is None:
        return _UNREAD
    dots = _DOTS if _DOTTED.search(text) else 0
    if mdy is None or dmy is None:
        return dots | (_ONLY_DMY if dmy else _ONLY_MDY)
    later = (_LATER_DMY if dmy.day > 1 else 0) | (_LATER_MDY if mdy.day > 1 else 0)
    return dots | later | (_EITHER if dmy == mdy else _ORDER_MATTERS)


def _orders(seen: Mapping[int, int], sequences: set[int]) -> dict[int, str]:
    shown = {column: _order_shown(bits) for column, bits in seen.items()}
    firsts = {column: _order_of_firsts(seen[column]) for column in sequences}
    common = _only_of(shown.values(), (DMY, MDY))
    common_firsts = _only_of(firsts.values(), (DMY, MDY))
    return {column: order if order != OPEN else common or firsts.get(column) or common_firsts
            or (OPEN if seen[column] & _ORDER_MATTERS else DMY) for column, order in shown.items()}


def _order_shown(bits: int) -> str:
    if bits & _ONLY_DMY and bits & _ONLY_MDY:
        return MIXED
    if bits & (_ONLY_DMY | _ONLY_MDY):
        return DMY if bits & _ONLY_DMY else MDY
    # No country writes the month first with points.
    return DMY if bits & _DOTS else OPEN if bits & (_EITHER | _ORDER_MATTERS) else ISO


def _order_of_firsts(bits: int) -> Optional[str]:
    """The order that makes each day of a sequence a first of the month, when the other does not."""
    later = bits & (_LATER_DMY | _LATER_MDY)
    return {_LATER_MDY: DMY, _LATER_DMY: MDY}.get(later)


def _of_amount(text: str) -> int:
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        return _UNREAD
    bits = _of_shape(stripped.translate(_NINES))
    if bits & (_AFTER_COMMA | _AFTER_POINT) and _FIRST_DIGIT.search(stripped).group() == "0":
        return bits & _MARKED | (_ONLY_COMMA if bits & _AFTER_COMMA else _ONLY_POINT)
    return bits


@lru_cache(maxsize=4096)
def _of_shape(shape: str) -> int:
    """What a cell shows whose digits were all replaced by nines."""
    point, comma = cells.amount(shape, POINT), cells.amount(shape, COMMA)
    if point is None and comma is None:
        return 0 if cells.nothing(shape) else _UNREAD
    marked = 0 if cells.amount(shape) is not None else _MARKED
    if point is None or comma is None:
        return marked | (_ONLY_COMMA if point is None else _ONLY_POINT)
    return marked if point == comma else marked | (_AFTER_COMMA if abs(point) > abs(comma) else _AFTER_POINT)


def _marks(seen: Mapping[int, int], delimiter: str) -> dict[int, str]:
    shown = {column: _mark_shown(bits) for column, bits in seen.items()}
    common = _only_of(shown.values(), (POINT, COMMA))
    chosen = {column: mark if mark != OPEN else common or _mark_by(delimiter, seen[column])
              for column, mark in shown.items()}
    return {column: PLAIN if mark == POINT and not seen[column] & _MARKED else mark for column, mark in chosen.items()}


def _mark_shown(bits: int) -> str:
    if bits & _ONLY_POINT and bits & _ONLY_COMMA:
        return MIXED
    if bits & (_ONLY_POINT | _ONLY_COMMA):
        return POINT if bits & _ONLY_POINT else COMMA
    return OPEN if bits & (_AFTER_COMMA | _AFTER_POINT | _MARKED) else PLAIN


def _mark_by(delimiter: str, bits: int) -> str:
    """The mark when no cell of the file decides: 1,200 is grouped by a comma in a file that is not delimited by `;`,
    1.200 is grouped by a point in one that is; the contrary is open."""
    threes = bits & (_AFTER_COMMA | _AFTER_POINT)
    if delimiter == ";":
        return OPEN if threes & _AFTER_COMMA else COMMA
    return OPEN if threes & _AFTER_POINT else POINT


def _only_of(shown: Iterable[Optional[str]], wanted: Sequence[str]) -> Optional[str]:
    found = set(shown) & set(wanted)
    return found.pop() if len(found) == 1 else None
