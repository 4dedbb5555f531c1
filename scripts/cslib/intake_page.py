"""What prepare_inputs.py says of an export: what was made, the tie-out, how it was read, and what to keep in mind."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cslib import figures, result, settled
from cslib.figures import count, neutral, short_money
from cslib.intake import Intake, Wish
from cslib.ledger import Flow
from cslib.months import month_end, month_name
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.policy import Assumption

MOST_UNUSED = 12
_CERTAINTY = {"mapped": "you said so", "named": "sure: by its name", "probable": "likely: by its name",
              "content": "likely: by what is in it"}
_END_DATES = {"exclusive": "the first day without service", "inclusive": "the last day with service"}
_FROM = {"flag": "as you said", "data": "as the next periods' starts show", "default": "the default"}


def report(taken: Intake, wish: Wish, paths: list[str], following: str) -> Page:
    """The summary as a page of under 4,000 characters."""
    blocks: list[Block] = [
        Answer(_answer(taken)), Sentences(_tie_out(taken.prepared.bridge)), Sentences(_kept(taken)),
        Heading("How the columns were read"), _columns(taken)]
    if taken.reading.unused:
        blocks.append(Sentences(_unused(taken)))
    blocks += [Heading("What to keep in mind"), Steps(tuple(notes(taken, wish))),
               Heading("Next"), Sentences(f"Written: {', '.join(map(os.path.basename, paths))}. The first goes on to:"),
               Command(following)]
    return Page("Inputs prepared", False, tuple(blocks))


def record(script: str, taken: Intake, wish: Wish, paths: list[str], following: str) -> dict:
    """The summary in the envelope of every door."""
    terms = taken.terms
    chosen = [] if terms is None else [Assumption("end_date", terms.end_date, _origin(terms.end_date_from)),
                                       Assumption("overlap", terms.overlap, _origin(terms.overlap_from))]
    read = [{"column": neutral(taken.header[role.column]), "role": name, "certainty": role.certainty}
            for name, role in taken.reading.roles.items()]
    answer = {"kind": taken.reading.kind, "period_months": wish.period_months, "unit": taken.reading.unit,
              "bridge": {name: value for name, value in taken.prepared.bridge._asdict().items() if name != "month"},
              **{name: value for name, value in taken.prepared.kept._asdict().items() if name != "month"},
              "rows": taken.export.rows, "zero_rows": taken.export.zero_rows, "columns": read,
              "unused": len(taken.reading.unused), "unused_columns": _unused_names(taken),
              "files": [], "next": ""}
    said = result.envelope(script, False, month_end(taken.span.end).isoformat(), taken.currency, None, chosen, answer,
                           notes(taken, wish))
    said["result"].update(files=paths, next=following)
    return said


def _origin(source: str) -> str:
    return "yours" if source == "flag" else source


def _answer(taken: Intake) -> str:
    bridge, span, currency = taken.prepared.bridge, taken.span, f" {taken.currency}" if taken.currency else ""
    return (f"cohorts.json is ready: {count(bridge.opening_customers, 'customer')} with "
            f"{short_money(bridge.opening_arr)}{currency} ARR on {month_end(span.start)}, "
            f"{count(bridge.closing_customers, 'customer')} with {short_money(bridge.closing_arr)}{currency} on "
            f"{month_end(span.end)}, {count(span.end - span.start, 'month')} later.")


def _tie_out(bridge: Flow) -> str:
    amounts = (bridge.opening_arr, bridge.new_arr, bridge.reactivated_arr, bridge.expansion_arr,
               bridge.contraction_arr, bridge.churned_arr, bridge.closing_arr)
    opening, new, reactivated, expansion, contraction, churned, closing = (
        figures.decimal(amount, 0 if all(a == a.to_integral_value() for a in amounts) else 2) for amount in amounts)
    return (f"It ties out: {opening} starting + {new} new + {reactivated} reactivated + {expansion} expansion "
            f"- {contraction} contraction - {churned} churned = {closing} ending.")


def _kept(taken: Intake) -> str:
    return f"Trailing {count(taken.span.end - taken.span.start, 'month')}: {settled.rates(taken.prepared.kept)}."


def _columns(taken: Intake) -> Columns:
    rows = [(neutral(taken.header[role.column]), name, _CERTAINTY[role.certainty])
            for name, role in taken.reading.roles.items()]
    if taken.reading.months:
        months = sorted(month for _, month in taken.reading.months)
        rows.append((f"{month_name(months[0])} to {month_name(months[-1])}",
                     f"{taken.reading.unit} of {len(months)} months", _CERTAINTY[taken.reading.unit_certainty]))
    return Columns(("column", "read as", "how sure"), tuple(rows))


def _unused(taken: Intake) -> str:
    more = len(taken.reading.unused) - MOST_UNUSED
    return f"Not used: {', '.join(_unused_names(taken))}{f' and {more} more' if more > 0 else ''}."


def _unused_names(taken: Intake) -> list[str]:
    return [neutral(taken.header[column], 30) for column in taken.reading.unused[:MOST_UNUSED]]


def notes(taken: Intake, wish: Wish) -> list[str]:
    """What a reader of the figures has to know, each in a sentence or two."""
    return [*_of_the_question(taken, wish), *_of_periods(taken), *_of_rows(taken)]


def _of_the_question(taken: Intake, wish: Wish) -> Iterator[str]:
    as_of = month_end(taken.span.end)
    if wish.as_of != as_of:
        yield f"{wish.as_of} is not a month end: the figures are as of {as_of}."
    if not taken.prepared.bridge.opening_customers:
        yield f"Nobody was a customer on {month_end(taken.span.start)}, so retention is undefined."
    if taken.currency is None:
        yield "No currency is known; --currency CODE states it."
    if not taken.reach and taken.at_first:
        yield (f"{count(taken.at_first, 'customer')} of the first month, {month_name(taken.span.first)}, "
               "count as acquired in it; if they are older, their cohort is not one of equal age.")


def _of_periods(taken: Intake) -> Iterator[str]:
    if taken.terms is None or taken.seams is None or taken.reach is None:
        return
    terms, seams, reach = taken.terms, taken.seams, taken.reach
    yield (f"An end date is read as {_END_DATES[terms.end_date]}: {_FROM[terms.end_date_from]} "
           f"({seams.same_day:,} next periods start on it, {seams.next_day:,} a day later).")
    if terms.end_date_from == "default" and seams.whole_if_inclusive * 2 > reach.periods - reach.running:
        yield (f"{count(seams.whole_if_inclusive, 'period')} would run whole months if the end date were the last day "
               "with service: check one contract, and use --end-date inclusive if so.")
    yield from taken.remarks
    ends = f"ends up to {reach.last_end}" if reach.last_end else "no ends"
    yield (f"The export shows starts up to {reach.last_start} and {ends}; "
           f"{reach.running:,} of {count(reach.periods, 'period')} have no end.")
    if not reach.running:
        yield "Every period has an end: one near the last start may be a renewal that the export does not show yet."
    if not reach.last_end:
        yield "No period ever ended: an export of running subscriptions only looks like this, and shows no churn."
    if taken.quiet:
        yield f"Nothing starts or ends in the {taken.quiet.days} days after {taken.quiet.since}."
    if taken.empty:
        yield f"{count(taken.empty, 'period')} of no day (the end is the start) {_is_are(taken.empty)} no revenue."


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"


def _of_rows(taken: Intake) -> Iterator[str]:
    export, roles = taken.export, taken.reading.roles
    if taken.reading.unit == "mrr":
        yield "MRR is multiplied by twelve."
    if export.disagreeing:
        yield f"ARR is used; it is not 12 x MRR (by over 1%) in {count(export.disagreeing, 'row')}."
    if export.zero_rows:
        yield f"{count(export.zero_rows, 'row')} of zero (trials, free plans) {_is_are(export.zero_rows)} no customers."
    if export.blank_cells:
        yield f"{count(export.blank_cells, 'blank cell')} read as zero: no customer in that month."
    if export.added_up:
        yield f"{count(export.added_up, 'row')} added to another of the same customer and month."
    if export.rounded:
        yield f"Annual amounts rounded to cents in {count(export.rounded, 'amount')}."
    if export.regrouped:
        column = neutral(taken.header[roles["segment"].column])
        what = "each takes its latest" if export.segments else "so it is not used as the segment"
        yield f"{count(export.regrouped, 'customer has', 'customers have')} more than one {column}; {what}."
