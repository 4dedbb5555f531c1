"""Exports from their tables to the files that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Optional

from cslib import (
    attributes,
    cost_words,
    customer_files,
    doubts,
    ledger,
    losses,
    prepared,
    retained,
    settled,
    standings,
    tickets,
)
from cslib.customer_files import Gap, Heading
from cslib.gathering import Gathered, gathered
from cslib.ledger import Account, Book, Spell
from cslib.losses import Coverage, Event, Explained
from cslib.months import last_month_ended, month_end, month_index
from cslib.parents import rolled_up
from cslib.prepared import Facts, Prepared, Span
from cslib.question import Unanswered
from cslib.refusal import Fault, Refusal, Usage, refused
from cslib.settled import Terms
from cslib.standings import Period, Standing
from cslib.tables import Table
from cslib.wish import Wish

FILL_IN = "fill_in.csv"


class OfPeriods(NamedTuple):
    """What only periods tell: how they were read, how far they know, who is late, what retention is if those renew."""

    terms: Terms
    seams: doubts.Seams
    reach: doubts.Reach
    quiet: Optional[doubts.Quiet]
    late: doubts.Late
    if_late_renew: retained.Retention
    empty: int
    ended_by_nothing: int


class Intake(NamedTuple):
    """How the files were read, and what came of it.

    `prepared` is None when the files hold ARR of one date only, `periods` unless the ARR came as periods. `unrecorded`
    are months that hold nothing, `still` months in which nothing moved; `at_first` counts the customers of the first
    month. `explained` and `coverage` are None without churn events. `remarks` are what every reader of a later figure
    must know, `costs` what every reader of a cost to serve must, `missing` what decisions B and C lack. `files` are by
    name.
    """

    gathered: Gathered
    span: Span
    periods: Optional[OfPeriods]
    unrecorded: tuple[int, ...]
    still: list[int]
    at_first: int
    explained: Optional[Explained]
    coverage: Optional[Coverage]
    remarks: tuple[str, ...]
    costs: tuple[str, ...]
    prepared: Optional[Prepared]
    standings: list[Standing]
    missing: list[Gap]
    files: dict[str, str]


def taken_in(tables: Sequence[Table], wish: Wish) -> Intake:
    """The answer to a wish. Refused: what cannot be read or known. Asked: what the tables leave open."""
    end = last_month_ended(wish.as_of)
    held = gathered(tables, wish, end)
    if not held.spells and (wish.end_date or wish.grace_days):
        raise Usage("--end-date and --grace-days are about periods, and these files have none")
    if not held.spells and not held.columns:
        return _of_one_date(held, wish, end)
    name = held.files[0].name
    unrecorded = tuple(doubts.empty_months(held.columns))
    span = _span(name, held, wish, end, unrecorded)
    if held.spells:
        terms, spells, own = settled.terms(name, held.spells, doubts.seams(held.spells), end, wish)
        periods = _of_periods(held, spells, terms, own, span)
    else:
        known = {month: column for month, column in held.columns.items() if month in span.months}
        periods, own = None, ledger.book_of_columns(held.ids, known, end)
    book = rolled_up(own, held.parents)
    accounts = ledger.accounts(book, span.start, span.end)
    if not accounts:
        raise refused(name, "no customers", "--as-of",
                      f"ARR above zero on {month_end(span.start)} or {month_end(span.end)}", "none on either")
    explained, coverage = _why(name, held, book, accounts, span, wish)
    remarks = settled.remarks(periods.terms, periods.ended_by_nothing) if periods else ()
    facts = Facts(_labels(held, "name"), _labels(held, "segment"), held.currency or wish.currency, wish.stage, remarks,
                  explained.reasons if explained else {}, attributes.said(held.attributes, "signup"))
    answer = prepared.prepared(book, accounts, span, facts)
    quiet = periods.quiet if periods else doubts.quiet_since(held.days, month_end(end))
    settled.known_until(name, quiet, answer.monthly, wish.complete_to)
    at_first = sum(1 for steps in book.values() if not held.spells and ledger.arr_at(steps, span.first))
    period = Period(span.start, span.end, None if periods else span.first)
    held_by = standings.of_book(accounts, held.attributes, facts.names, _renewals(held, wish.as_of), period)
    costs, lacking, files = _for_customers(held_by, held, wish, span, answer.bridge)
    return Intake(held, span, periods, unrecorded, doubts.still_months(answer.monthly), at_first, explained, coverage,
                  remarks, costs, answer, held_by, lacking, {**answer.files, **files})


def _of_one_date(held: Gathered, wish: Wish, end: int) -> Intake:
    free = standings.paying_nothing(held.attributes)
    if free:
        raise Refusal(" and ".join(file.name for file in held.files), [
            Fault("paying without ARR", f"customer {customer}", "ARR above zero for a paying customer", "0",
                  "say pilot or design partner as its relationship, or that it churned") for customer in free])
    held_by = standings.of_files(held.attributes, end)
    if not held_by:
        raise refused(held.files[0].name, "no amounts", held.files[0].name, "customers with what they pay",
                      "none", "add the billing export, or name the column: --map arr=COLUMN")
    span = Span((end,), end, False, end, end)
    costs, lacking, files = _for_customers(held_by, held, wish, span, None)
    return Intake(held, span, None, (), [], 0, None, None, (), costs, None, held_by, lacking, files)


def _for_customers(held_by: list[Standing], held: Gathered, wish: Wish, span: Span,
                   bridge: Optional[ledger.Flow]) -> tuple[tuple[str, ...], list[Gap], dict[str, str]]:
    heading = Heading(month_end(span.end), held.currency or wish.currency, wish.stage)
    months = span.end - span.start
    asked = tickets.asked(held_by, held.charged)
    lacking = customer_files.missing(asked, wish.tier_floors, bridge, months,
                                     0 if bridge else standings.unpriced(held.attributes))
    costs = cost_words.of_costs(held.attributes.cost_months)
    if held.tickets:
        paid = tickets.charged(held_by, held.tickets, held.charged)
        costs += cost_words.of_tickets(held.tickets, paid, wish.ticket_cost, held.year)
    partial = any(one.id in held.charged for one in held_by)
    files = {"customers.json": customer_files.customers_json(held_by, heading, partial, costs),
             "book.json": customer_files.book_json(held_by, heading, wish.tier_floors, bridge, months)}
    if any(gap.document == customer_files.CUSTOMERS for gap in lacking):
        files[FILL_IN] = customer_files.fill_in(asked, wish.tier_floors)
    return costs, lacking, files


def _labels(held: Gathered, role: str) -> dict[str, str]:
    return {**held.labels[role], **attributes.said(held.attributes, role)}


def _of_periods(held: Gathered, spells: Sequence[Spell], terms: Terms, book: Book, span: Span) -> OfPeriods:
    as_of, written = month_end(span.end), held.spells
    late = doubts.late(spells, as_of)
    renewed = [spell._replace(end=as_of + timedelta(days=1))
               if spell.customer in late.ended and spell.end and spell.end <= as_of
               and as_of - timedelta(days=doubts.LATE_DAYS) < spell.end else spell for spell in spells]
    if_renewed = rolled_up(doubts.book(renewed, span.end, terms.overlap), held.parents)
    kept, = retained.retention(if_renewed, [span.end], span.end - span.start)
    ended = doubts.ended_by_nothing(spells, book, span.start, span.end) if terms.overlap == settled.LATEST else []
    empty = sum(1 for spell in written if terms.end_date == doubts.EXCLUSIVE and spell.start == spell.end)
    return OfPeriods(terms, doubts.seams(written), doubts.reach(written), doubts.quiet(written, as_of), late, kept,
                     empty, len(ended))


def _why(name: str, held: Gathered, book: Book, accounts: Sequence[Account], span: Span,
         wish: Wish) -> tuple[Optional[Explained], Optional[Coverage]]:
    said = attributes.said(held.attributes, "reason")
    events = [*held.events, *(Event(customer, None, reason) for customer, reason in said.items())]
    if not events:
        if wish.reasons:
            raise Usage("--reason needs churn events, and these files have none")
        return None, None
    lost_arr = {account.id: account.starting_arr for account in accounts
                if account.starting_arr and not account.ending_arr}
    lost = {customer: _window(book[customer], span) for customer in lost_arr}
    codes = {event.code for event in events if event.code}
    astray = losses.astray(codes, wish.reasons)
    if astray:
        raise Usage(f"--reason {astray}=...: the codes are {', '.join(sorted(codes)[:10])}")
    reasons, unmapped = losses.mapped((event.code for event in events if event.code), wish.reasons)
    weighed = losses.weighed(unmapped, events, lost, lost_arr, reasons)
    if any(code.customers for code in weighed):
        raise Unanswered(name, [losses.question(weighed)])
    found = losses.explained(lost, events, reasons)
    return found, losses.coverage(found, lost_arr)


def _window(steps: ledger.Steps, span: Span) -> tuple[date, date]:
    """The first and the last day on which a customer's last loss can have happened."""
    last = next(month for month, arr in reversed(steps) if not arr and month <= span.end)
    before = max(month for month in span.months if month < last)
    return month_end(before) + timedelta(days=1), month_end(last)


def _renewals(held: Gathered, as_of: date) -> dict[str, date]:
    """The first end after the date of each customer's running periods."""
    result: dict[str, date] = {}
    for spell in held.spells:
        if spell.end and spell.start <= as_of < spell.end and spell.annual_amount:
            customer = held.parents.get(spell.customer, spell.customer)
            result[customer] = min(spell.end, result.get(customer, spell.end))
    return result


def _span(name: str, held: Gathered, wish: Wish, end: int, unrecorded: tuple[int, ...]) -> Span:
    start = end - wish.period_months
    if held.spells:
        first = min(month_index(spell.start) for spell in held.spells)
        if end < first:
            raise refused(name, "as-of before the export", "--as-of", f"{month_end(first)} or later", str(wish.as_of))
        return Span(tuple(range(first - 1, end + 1)), first, True, start, end)
    from_nothing = any(file.reading.kind == "movements" for file in held.files) and not held.counts.opened
    opening = min(held.columns) - 1 if from_nothing else None
    known = sorted({month for month in held.columns if month not in unrecorded} | ({opening} - {None}))
    if not known:
        raise refused(name, "no amounts by date", name, "ARR at two dates or more", "attributes of customers only",
                      "add the billing export")
    if end not in known:
        near = [month for month in known if month < end]
        raise refused(name, "as-of beyond the export" if end > known[-1] else "as-of without amounts", "--as-of",
                      f"a month end up to {month_end(known[-1])}, the last month of the export" if end > known[-1]
                      else f"a month that holds amounts, such as {month_end(near[-1] if near else known[0])}",
                      str(wish.as_of))
    if start not in known:
        lengths = [end - month for month in known if month < end]
        hint = f"--period-months {min(lengths, key=lambda months: abs(months - wish.period_months))} is the nearest " \
               "that can be known" if lengths else ""
        raise refused(name, "period before the export", "--period-months",
                      f"a start from {month_end(known[0])} on, the first month of the export",
                      str(month_end(start)), hint)
    return Span(tuple(month for month in known if month <= end), min(held.columns), opening is not None, start, end)


