"""The columns of a wide table: headers that name a month or a day, and the unit that they name with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple, Optional

from cslib import cells
from cslib.columns import ALL_MONTHS, UNITS, spellings
from cslib.months import month_name
from cslib.question import Question, Unanswered, Way
from cslib.refusal import refused
from cslib.tables import Table

ORDERS = ("dmy", "mdy")
_UNIT = {"arr": re.compile(r"\b(?:arr|annual(?:i[sz]ed)? recurring revenue)\b", re.IGNORECASE),
         "mrr": re.compile(r"\b(?:mrr|monthly recurring revenue)\b", re.IGNORECASE)}
_WORDS = "amount|revenue|value|betrag|umsatz|montant|usd|eur|gbp|chf|utc"
_AROUND = re.compile(rf"^(?:(?:as of|as at|at|on|end of|ending|per|zum|am|au|fin|{_WORDS})\b[\s:]*)+"
                     rf"|[\s:]*\b(?:{_WORDS})$", re.IGNORECASE)
_BRACKETS = " \t()[]{}:;,-–—|/$€£"
_TOLD_APART = re.compile(r" \(\d+\)$")
_LIKE_A_MONTH = re.compile(r"(?:19|20)\d\d[-/]\d{1,2}(?:[-/]\d{1,2})?|\d{1,2}/(?:19|20)\d\d", re.ASCII)


class Months(NamedTuple):
    """The month columns of a table, as (column, month index) by month, and the unit that their names give."""

    columns: tuple[tuple[int, int], ...]
    unit: Optional[str]


class _Header(NamedTuple):
    column: int
    unit: Optional[str]
    text: str


def months(table: Table, mapped: Mapping[str, str], dates: Optional[str]) -> Months:
    """The month columns of a table; of both ARR and MRR the mapped ones, else those of more months, else ARR.

    Refused: a month that there is not, or one named twice. Asked: the order of day and month where headers leave it
    open.
    """
    written = set(table.header)
    found = [_read(column, _TOLD_APART.sub("", header) if _TOLD_APART.sub("", header) in written else header)
             for column, header in enumerate(table.header)]
    wrong = [table.header[each.column] for each in found
             if _LIKE_A_MONTH.fullmatch(each.text) and not _is_month(each.text)]
    found = [each for each in found if _is_month(each.text)]
    if wrong and found:
        raise refused(table.name, "no such month", "the header", "months such as 2024-01", ", ".join(wrong[:3]))
    groups = [[each for each in found if each.unit == unit] for unit in (*UNITS, None)]
    said = [unit for unit in UNITS if mapped.get(unit) in {table.header[each.column] for each in found}]
    chosen = next(([each for each in found if each.unit == unit] for unit in said), None) or max(groups, key=len)
    order = _order(table, chosen, dates)
    read = [(cells.month(each.text, order), each.column) for each in chosen]
    dated = sorted((month, column) for month, column in read if month is not None)
    twice = sorted({month for (month, _), (following, _) in zip(dated, dated[1:]) if month == following})
    if twice:
        raise refused(table.name, "month named twice", "the header", "one column for each month",
                      ", ".join(map(month_name, twice[:3])))
    return Months(tuple((column, month) for month, column in dated), chosen[0].unit if chosen else None)


def is_of_months(table: Table, found: Months, name: str) -> bool:
    """Whether a name given for an amount means the month columns, here or in another file: `months`, or a header."""
    return (name == ALL_MONTHS and name not in table.header) or any(
        spellings(table.header[column]) & spellings(name) for column, _ in found.columns)


def _read(column: int, header: str) -> _Header:
    text = re.sub(r"(?<=\d)_(?=\d)", "-", header).replace("_", " ").strip(_BRACKETS)
    units = [unit for unit, words in _UNIT.items() if words.search(text)]
    for words in _UNIT.values():
        text = words.sub(" ", text).strip(_BRACKETS)
    text = " ".join(_AROUND.sub("", text).strip(_BRACKETS).split())
    return _Header(column, units[0] if len(units) == 1 else None, text)


def _is_month(text: str) -> bool:
    return any(cells.month(text, order) is not None for order in (None, *ORDERS))


def _order(table: Table, found: list[_Header], dates: Optional[str]) -> Optional[str]:
    open_to_doubt = [each.text for each in found if cells.month(each.text) is None]
    fitting = [order for order in ORDERS if _fits([each.text for each in found], order)]
    if not open_to_doubt:
        return None
    if dates in fitting or len(fitting) == 1:
        return dates if dates in fitting else fitting[0]
    plain = [order for order in fitting if _ends_or_starts(open_to_doubt, order)]
    if len(plain) == 1:
        return plain[0]
    if not fitting:
        raise refused(table.name, "dates contradict each other", "the header",
                      "one order of day and month, a column for each month", ", ".join(open_to_doubt[:3]))
    raise Unanswered(table.name, [Question(f'Which comes first in "{open_to_doubt[0]}", the day or the month?', (
        Way("--dates dmy", "the day", {"dates": "dmy"}), Way("--dates mdy", "the month", {"dates": "mdy"})))])


def _fits(texts: list[str], order: str) -> bool:
    read = [cells.month(text, order) for text in texts]
    return None not in read and len(set(read)) == len(read)


def _ends_or_starts(texts: list[str], order: str) -> bool:
    days = [cells.day(text, order) for text in texts]
    known = [day for day in days if day is not None]
    return len(known) == len(days) and (all(day.day == 1 for day in known)
                                        or all((day + timedelta(days=1)).day == 1 for day in known))
