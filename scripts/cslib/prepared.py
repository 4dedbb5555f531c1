"""The files that a book becomes: cohorts.json, movements.csv, retention.csv and cohort_triangle.csv."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, Optional

from cslib import ledger, result
from cslib.ledger import Account, Book, Cell, Flow, Flows, Retention
from cslib.months import month_end, month_name

_FLOW_NAMES = Flow._fields[1:]
_CELL_NAMES = ("cohort", "quarter", "customers", "active_customers", "arr", "initial_arr")
_TRIANGLE_NAMES = ("cohort", "quarter", "customers", "active_customers", "arr", "logo_retention_ratio",
                   "arr_retention_ratio")


class Span(NamedTuple):
    """The month ends of an answer: the first that the book knows, and the first and last of the period."""

    first: int
    start: int
    end: int
    first_has_an_opening: bool


class Facts(NamedTuple):
    """What is known of the customers beside their ARR, null where unknown; how the export was read, in sentences."""

    names: Mapping[str, str]
    segments: Mapping[str, str]
    currency: Optional[str]
    stage: Optional[str]
    notes: tuple[str, ...]


class Prepared(NamedTuple):
    """The answer: the bridge of the period, its retention, the monthly bridges, and the files by name."""

    bridge: Flow
    kept: Retention
    monthly: list[Flow]
    files: dict[str, str]


def prepared(book: Book, span: Span, facts: Facts) -> Prepared:
    """The files of a book and what a summary says of them."""
    period = span.end - span.start
    monthly = ledger.movements(book, span.first + (not span.first_has_an_opening), span.end)
    covered = range(span.first + period, span.end + 1)
    *trailing, kept = ledger.retention(book, {*covered, span.end}, period)
    cells = ledger.triangle(book, span.end)
    flows = ledger.flows([flow for flow in monthly if flow.month > span.start])
    files = {"cohorts.json": cohorts(ledger.accounts(book, span.start, span.end), cells, flows, span, facts),
             "movements.csv": movements(monthly), "retention.csv": retention([*trailing, kept] if covered else []),
             "cohort_triangle.csv": triangle(cells)}
    return Prepared(ledger.bridge(book, span.start, span.end), kept, monthly, files)


def cohorts(accounts: list[Account], cells: list[Cell], flows: Flows, span: Span, facts: Facts) -> str:
    """cohorts.json in the accounts form, with history and flows; one account and one cell a line."""
    head = {"as_of": month_end(span.end).isoformat(), "period_months": span.end - span.start,
            "currency": facts.currency, "stage": facts.stage,
            "flows": result.plain(flows), "notes": list(facts.notes)}
    history = [result.plain({name: getattr(cell, name) for name in _CELL_NAMES}) for cell in cells]
    lines = [f'  "{key}": {_json(value)}' for key, value in head.items()]
    for key, rows in (("accounts", [_account(account, facts) for account in accounts]), ("history", history)):
        lines.append(f'  "{key}": [' + ",".join("\n    " + _json(row) for row in rows) + "\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _account(account: Account, facts: Facts) -> dict:
    record = {"id": account.id}
    for key, known in (("name", facts.names), ("segment", facts.segments)):
        if key == "segment":
            record["cohort_start"] = account.cohort_start
        if account.id in known:
            record[key] = known[account.id]
    record["starting_arr"], record["ending_arr"] = float(account.starting_arr), float(account.ending_arr)
    if not account.starting_arr:
        record["ever_before"] = account.ever_before
    return record


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
