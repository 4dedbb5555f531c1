"""What prepare_inputs.py says of its files: what is ready, how each was read, what was set aside, what is missing."""

from __future__ import annotations

import os

from cslib import customer_files, figures, settled, standings
from cslib.figures import count, neutral, short_money
from cslib.intake import Intake
from cslib.months import month_end
from cslib.sources import FileRead

MOST_MISSING, MOST_UNUSED = 4, 8
_SET_ASIDE = {"blank": "blank row", "footer": "line of text", "total": "row of totals", "double": "double row",
              "repeated_header": "repeated header", "no_customer": "row without a customer",
              "unknown_customer": "row of a customer without ARR", "outside_period": "row outside the twelve months"}
_PLURALS = {"line of text": "lines of text", "row of totals": "rows of totals",
            "row without a customer": "rows without a customer",
            "row of a customer without ARR": "rows of customers without ARR",
            "row outside the twelve months": "rows outside the twelve months"}
_KINDS = {"snapshots": "rows for customer and month", "wide": "a column for each month",
          "subscriptions": "subscription periods", "movements": "a ledger of movements", "events": "plan changes",
          "prices": "a price list", "customers": "customers with attributes", "costs": "costs", "churn": "churn events",
          "tickets": "support tickets"}


def of_file(file: FileRead) -> str:
    """`book.csv: periods, 413 rows read, 412 used; set aside: 1 row of totals (line 414). Not used: seats.`"""
    layout = f" ({file.reading.layout})" if file.reading.layout else ""
    said = (f"{neutral(os.path.basename(file.name))}: {_KINDS[file.reading.kind]}{neutral(layout)}, "
            f"{count(file.read, 'row')} read, {file.rows:,} used")
    aside = set_aside(file)
    unused = [neutral(file.header[column], 30) for column in file.reading.unused]
    more = f" and {len(unused) - MOST_UNUSED} more" if len(unused) > MOST_UNUSED else ""
    return (said + (f"; set aside: {aside}." if aside else ".")
            + (f" Not used: {', '.join(unused[:MOST_UNUSED])}{more}." if unused else ""))


def set_aside(file: FileRead) -> str:
    """`2 rows of totals (lines 9, 14), 1 blank row (line 7)`, empty where every row was used."""
    return ", ".join(f"{count(found.rows, _SET_ASIDE[kind], _PLURALS.get(_SET_ASIDE[kind]))} "
                     f"({'line' if found.rows == 1 else 'lines'} {', '.join(map(str, found.first))}"
                     f"{' ...' if found.rows > len(found.first) else ''})"
                     for kind, found in file.set_aside.items())


def missing(taken: Intake) -> str:
    """What decisions B and C still lack, most important first."""
    wanted = {document: [gap for gap in taken.missing if gap.document == document]
              for document in (customer_files.CUSTOMERS, customer_files.BOOK)}
    said = []
    for document, gaps in wanted.items():
        keys = list(dict.fromkeys(gap.key for gap in gaps))
        if keys:
            more = f" and {len(keys) - MOST_MISSING} more" if len(keys) > MOST_MISSING else ""
            said.append(f"{document}.json lacks {', '.join(keys[:MOST_MISSING])}{more}")
    return "; ".join(said) + "." if said else "customers.json and book.json are complete."


def as_of_answer(taken: Intake) -> str:
    """The first sentence: what is ready, with the ARR that finance can check."""
    currency = f" {taken.gathered.currency}" if taken.gathered.currency else ""
    if taken.prepared is None:
        held = standings.paying(taken.standings)
        return (f"customers.json is ready: {count(held.customers, 'customer')} with {short_money(held.arr)}{currency} "
                "ARR. There is no ARR of an earlier date, so retention cannot be known from these files.")
    bridge, span = taken.prepared.bridge, taken.span
    return (f"cohorts.json is ready: {count(bridge.opening_customers, 'customer')} with "
            f"{short_money(bridge.opening_arr)}{currency} ARR on {month_end(span.start)}, "
            f"{count(bridge.closing_customers, 'customer')} with {short_money(bridge.closing_arr)}{currency} on "
            f"{month_end(span.end)}, {count(span.end - span.start, 'month')} later.")


def tie_out(taken: Intake) -> str:
    """The bridge with its parts, to the cent when there are cents."""
    bridge = taken.prepared.bridge
    amounts = (bridge.opening_arr, bridge.new_arr, bridge.reactivated_arr, bridge.expansion_arr,
               bridge.contraction_arr, bridge.churned_arr, bridge.closing_arr)
    opening, new, reactivated, expansion, contraction, churned, closing = (
        figures.decimal(amount, 0 if all(a == a.to_integral_value() for a in amounts) else 2) for amount in amounts)
    return (f"It ties out: {opening} starting + {new} new + {reactivated} reactivated + {expansion} expansion "
            f"- {contraction} contraction - {churned} churned = {closing} ending.")


def kept(taken: Intake) -> str:
    """Trailing retention in one line."""
    return f"Trailing {count(taken.span.end - taken.span.start, 'month')}: {settled.rates(taken.prepared.kept)}."
