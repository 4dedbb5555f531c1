"""The files that a book becomes: cohorts.json, movements.csv, retention.csv and cohort_triangle.csv."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from json.encoder import encode_basestring
from typing import NamedTuple, Optional

from cslib import ledger, result, retained
from cslib.ledger import Account, Book, Flow, Flows
from cslib.months import month_end, month_index, month_name
from cslib.retained import Cell, Retention

_FEWEST_MONTHS = 3
_FLOW_NAMES = Flow._fields[1:]
_CELL_NAMES = ("cohort", "quarter", "customers", "active_customers", "arr", "initial_arr")
_TRIANGLE_NAMES = ("cohort", "quarter", "customers", "active_customers", "arr", "logo_retention_ratio",
                   "arr_retention_ratio")


class Span(NamedTuple):
    """The month ends of an answer: those that are known, the first at least as an opening; the first with records, and
    whether customers of it came in it; the period's start and end."""

    months: tuple[int, ...]
    first: int
    first_is_known: bool
    start: int
    end: int


class Facts(NamedTuple):
    """What is known of the customers beside their ARR, null where unknown; how the export was read, in sentences.

    `reasons` are churn reasons of lost customers, `signups` the days on which customers are said to have come.
    """

    names: Mapping[str, str]
    segments: Mapping[str, str]
    currency: Optional[str]
    stage: Optional[str]
    notes: tuple[str, ...]
    reasons: Mapping[str, str]
    signups: Mapping[str, date]


class Prepared(NamedTuple):
    """The bridge of the period, its retention, the monthly bridges, and the files of decision A by name."""

    bridge: Flow
    kept: Retention
    monthly: list[Flow]
    files: dict[str, str]


def prepared(book: Book, accounts: Sequence[Account], span: Span, facts: Facts) -> Prepared:
    """The files of a book and what a summary says of them."""
    period = span.end - span.start
    known = frozenset(span.months) | frozenset(range(span.start, span.first))  # nobody paid before the first record
    monthly = ledger.movements(book, span.months)
    covered = range(span.first + period, span.end + 1)
    *trailing, kept = retained.retention(book, {*covered, span.end}, period, known)
    cells = retained.triangle(book, span.end, known) if len(span.months) > _FEWEST_MONTHS else []
    flows = ledger.flows([flow for flow in monthly if flow.month > span.start])
    files = {"cohorts.json": cohorts(accounts, cells, flows, span, facts), "movements.csv": movements(monthly),
             "retention.csv": retention([*trailing, kept] if covered else []), "cohort_triangle.csv": triangle(cells)}
    return Prepared(ledger.bridge(book, span.start, span.end), kept, monthly, files)


def cohorts(accounts: Sequence[Account], cells: list[Cell], flows: Flows, span: Span, facts: Facts) -> str:
    """cohorts.json in the accounts form, with history and flows; one account and one cell a line."""
    head = {"as_of": month_end(span.end).isoformat(), "period_months": span.end - span.start,
            "currency": facts.currency, "stage": facts.stage,
            "flows": result.plain(flows), "notes": list(facts.notes)}
    history = [result.plain({name: getattr(cell, name) for name in _CELL_NAMES}) for cell in cells]
    starts = {customer: month_name(month_index(day)) for customer, day in facts.signups.items()}
    dated = len(span.months) > _FEWEST_MONTHS
    opening = month_name(span.start)
    rows = []
    for account in accounts:
        # Where records begin with a customer, or know two dates only, it may be older than they show.
        older = not dated or (account.cohort_start == month_name(span.first) and not span.first_is_known)
        said = starts.get(account.id) if older else None
        start = min(said, account.cohort_start) if said else account.cohort_start if dated else None
        if start and start <= opening and not account.starting_arr and not account.ever_before:
            start = None  # said to have come before, but the movements have it as new
        rows.append(_account(account, facts, start))
    lines = [f'  "{key}": {_json(value)}' for key, value in head.items()]
    for key, records in (("accounts", rows), ("history", map(_json, history))):
        lines.append(f'  "{key}": [' + ",".join("\n    " + record for record in records) + "\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _account(account: Account, facts: Facts, cohort_start: Optional[str]) -> str:
    parts = [f'"id": {encode_basestring(account.id)}']
    for key, value in (("name", facts.names.get(account.id)), ("cohort_start", cohort_start),
                       ("segment", facts.segments.get(account.id))):
        if value is not None:
            parts.append(f'"{key}": {encode_basestring(value)}')
    parts.append(f'"starting_arr": {account.starting_arr:.2f}, "ending_arr": {account.ending_arr:.2f}')
    if not account.starting_arr:
        parts.append(f'"ever_before": {_json(account.ever_before)}')
    elif not account.ending_arr and account.id in facts.reasons:
        parts.append(f'"churn_reason": "{facts.reasons[account.id]}"')
    return "{" + ", ".join(parts) + "}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def movements(monthly: list[Flow]) -> str:
    """movements.csv: the bridge of each month, in ARR and then in customers."""
    rows = [[month_name(flow.month), *flow[1:]] for flow in monthly]
    return result.csv_text(["period", *_FLOW_NAMES], rows)


def retention(trailing: list[Retention]) -> str:
    """retention.csv: trailing retention at each month end whose period the book covers."""
    rows = [[month_name(kept.month), *kept[1:]] for kept in trailing]
    return result.csv_text(["period", *Retention._fields[1:]], rows)


def triangle(cells: list[Cell]) -> str:
    """cohort_triangle.csv: each cohort at each age."""
    rows = [[getattr(cell, name) for name in _TRIANGLE_NAMES] for cell in cells]
    return result.csv_text(list(_TRIANGLE_NAMES), rows)
