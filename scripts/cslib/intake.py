"""One export from its table to the files that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Optional

from cslib import columns, doubts, exports, ledger, prepared, settled
from cslib.columns import Reading
from cslib.exports import Export
from cslib.months import last_month_ended, month_end, month_index
from cslib.prepared import Facts, Prepared, Span
from cslib.refusal import Usage, refused
from cslib.settled import Terms
from cslib.source import Table


class Wish(NamedTuple):
    """What the command line asks for; None where it leaves a choice open."""

    kind: str
    mapped: Mapping[str, str]
    as_of: date
    period_months: int
    end_date: Optional[str]
    overlap: Optional[str]
    complete_to: Optional[date]
    currency: Optional[str]
    stage: Optional[str]


class Intake(NamedTuple):
    """How an export was read, and what came of it; `at_first` counts the customers of its first month.

    `terms`, `seams` and `reach` are of periods, None for the other kinds; `quiet` may be None for any.
    """

    header: list[str]
    reading: Reading
    export: Export
    span: Span
    terms: Optional[Terms]
    seams: Optional[doubts.Seams]
    reach: Optional[doubts.Reach]
    quiet: Optional[doubts.Quiet]
    currency: Optional[str]
    at_first: int
    empty: int
    remarks: tuple[str, ...]
    prepared: Prepared


def taken_in(table: Table, wish: Wish) -> Intake:
    """The answer to a wish. Refused: what cannot be read or known. Asked: what the table leaves open."""
    reading = columns.recognised(table, wish.kind, wish.mapped)
    if reading.kind != "subscriptions" and (wish.end_date or wish.overlap):
        raise Usage(f"--end-date and --overlap are about periods; these are {reading.kind}")
    export = exports.read(table, reading)
    currency = _currency(table, export, wish)
    span = _span(table, export, wish)
    terms = seams = reach = quiet = None
    if export.spells:
        seams, reach = doubts.seams(export.spells), doubts.reach(export.spells)
        quiet = doubts.quiet(export.spells, month_end(span.end))
        terms, book = settled.terms(table.name, export.spells, seams, span.start, span.end, wish.end_date, wish.overlap)
    else:
        book = ledger.book_of_values(export.values, span.end)
    if not ledger.accounts(book, span.start, span.end):
        raise refused(table.name, "no customers", "--as-of",
                      f"ARR above zero on {month_end(span.start)} or {month_end(span.end)}", "none on either")
    ended = 0
    if wish.overlap == settled.LATEST:
        ended = len(doubts.ended_by_nothing(export.spells, book, span.start, span.end))
    remarks = settled.remarks(terms, ended) if terms else ()
    answer = prepared.prepared(book, span, Facts(export.names, export.segments, currency, wish.stage, remarks))
    settled.known_until(table.name, export.spells, answer.monthly, wish.complete_to)
    at_first = sum(1 for steps in book.values() if ledger.arr_at(steps, span.first))
    return Intake(table.header, reading, export, span, terms, seams, reach, quiet, currency, at_first,
                  _of_no_day(export, terms), remarks, answer)


def _of_no_day(export: Export, terms: Optional[Terms]) -> int:
    exclusive = terms is not None and terms.end_date == doubts.EXCLUSIVE
    return sum(1 for spell in export.spells if exclusive and spell.start == spell.end)


def _currency(table: Table, export: Export, wish: Wish) -> Optional[str]:
    if export.currency and wish.currency and export.currency != wish.currency:
        raise refused(table.name, "another currency", "--currency", f"{export.currency} as in the export",
                      wish.currency)
    return wish.currency or export.currency


def _span(table: Table, export: Export, wish: Wish) -> Span:
    end = last_month_ended(wish.as_of)
    start = end - wish.period_months
    if export.spells:
        first = min(month_index(spell.start) for spell in export.spells)
        if end < first:
            raise refused(table.name, "as-of before the export", "--as-of", f"{month_end(first)} or later",
                          str(wish.as_of))
        return Span(first, start, end, True)
    first, last = export.months[0], export.months[-1]
    if end > last:
        raise refused(table.name, "as-of beyond the export", "--as-of",
                      f"a month end up to {month_end(last)}, the last month of the export", str(wish.as_of))
    if start < first:
        longest = end - first
        hint = f"--period-months {longest} is the longest to that date" if longest > 0 else ""
        raise refused(table.name, "period before the export", "--period-months",
                      f"a start from {month_end(first)} on, the first month of the export", str(month_end(start)), hint)
    return Span(first, start, end, False)
