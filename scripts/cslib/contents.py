"""Columns by what the first rows of a table hold."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Optional

from cslib import cells
from cslib.attribute_cells import FORMS
from cslib.columns import Role
from cslib.tables import Table

DATE, NUMBER, FLAG, TEXT, NOTHING, LEVEL, TIER = "date", "number", "flag", "text", "nothing", "level", "tier"
_READ_AS = {FLAG: FORMS["multi_year"], LEVEL: FORMS["growth_potential"], TIER: FORMS["previous_tier"]}
_ORDERS = (None, "dmy", "mdy")
_MARKS = (None, "point", "comma")
_NEARLY_ALL = 9, 10
_ENOUGH = 100


def form(table: Table, column: int) -> str:
    """What nearly all of the first hundred cells that say something are: `date`, `number` or `text`; else `nothing`."""
    filled = _filled(table, column)[:_ENOUGH]
    if not filled:
        return NOTHING
    few, many = _NEARLY_ALL
    return next((name for name in (DATE, NUMBER) if _count(filled, name) * many >= len(filled) * few), TEXT)


def of_dates(table: Table, column: int) -> bool:
    """Whether every cell that says something is a date or a month as ISO 8601 writes it, with hyphens."""
    filled = _filled(table, column)
    return bool(filled) and all("-" in cell and cells.month(cell) is not None for cell in filled)


def fits(table: Table, column: int, wanted: str) -> bool:
    """Whether more than half of the cells that say something are of a form; true when none says anything."""
    filled = _filled(table, column)
    if not wanted or not filled:
        return True
    if wanted == TEXT:
        return form(table, column) == TEXT
    return _count(filled, wanted) * 2 > len(filled)


def may_be(table: Table, column: int, wanted: str) -> bool:
    """Whether a column may be of a form, as its name says: one of numbers holds at least one, or nothing."""
    filled = _filled(table, column)
    return wanted != NUMBER or not filled or _count(filled, wanted) > 0


def free_columns(table: Table, roles: Mapping[str, Role], wanted: str) -> list[int]:
    """The columns of a form that play no role."""
    taken = {role.column for role in roles.values()}
    return [column for column in range(len(table.header)) if column not in taken and form(table, column) == wanted]


def alone(table: Table, column: int) -> bool:
    """Whether no two rows share a value of a column; rows that are alike in all cells count once."""
    filled = [row[column].strip() for row in set(map(tuple, table.head)) if not cells.nothing(row[column])]
    return len(set(filled)) == len(filled)


def by_months(table: Table, column: int) -> bool:
    """Whether dates come by the month: months, or days that are all the same of their month, or all its last."""
    filled = _filled(table, column)
    for order in _ORDERS:
        days = [cells.day(cell, order) for cell in filled]
        known = [day for day in days if day is not None]
        if not known and all(cells.month(cell, order) is not None for cell in filled):
            return True
        if len(known) == len(filled) and (len({day.day for day in known}) == 1
                                          or all((day + timedelta(days=1)).day == 1 for day in known)):
            return True
    return False


def in_order(table: Table, one: int, other: int) -> Optional[tuple[int, int]]:
    """Two columns of dates as start and end: the end is later, or else empty more often; None when neither says so."""
    for order in _ORDERS:
        pairs = [(cells.day(row[one], order), cells.day(row[other], order)) for row in table.head]
        both = [(first, second) for first, second in pairs if first and second]
        ahead = sum(first < second for first, second in both) - sum(second < first for first, second in both)
        if ahead:
            return (one, other) if ahead > 0 else (other, one)
    blanks = len(_filled(table, one)) - len(_filled(table, other))
    return None if not blanks else (one, other) if blanks > 0 else (other, one)


def amounts_of(table: Table, column: int, rows: Container[str], words: int) -> list[bool]:
    """Whether the amount is zero, in each of the first rows whose cell in the column `words` is one of `rows`."""
    found = [_number(row[column]) for row in table.head if row[words].strip().casefold() in rows]
    return [number == 0 for number in found if number is not None]


def below_zero(table: Table, column: int) -> bool:
    """Whether any amount of the first rows is negative."""
    return any((_number(cell) or 0) < 0 for cell in _filled(table, column))


def more_than_one(table: Table, column: int) -> bool:
    """Whether any number of the first rows is other than one."""
    return any(_number(cell) not in (None, 1) for cell in _filled(table, column))


def _filled(table: Table, column: int) -> list[str]:
    return [row[column] for row in table.head if not cells.nothing(row[column])]


def _count(filled: list[str], wanted: str) -> int:
    if wanted == DATE:
        return max(sum(cells.month(cell, order) is not None for cell in filled) for order in _ORDERS)
    return sum(_is(cell, wanted) for cell in filled)


@lru_cache(maxsize=65536)
def _is(cell: str, wanted: str) -> bool:
    return (_READ_AS[wanted].parse(cell, None) if wanted in _READ_AS else _number(cell)) is not None


def _number(cell: str):
    return next((number for number in (cells.amount(cell, mark) for mark in _MARKS) if number is not None), None)
