"""What prepare_inputs.py wants kept in mind of its figures: what looks wrong, how doubts were settled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal

from cslib import figures, intake_words, kinds, naming, settled, standings
from cslib.columns import MAPPED, map_flag
from cslib.doubts import LATE_DAYS
from cslib.figures import count, neutral, per_cent, short_money
from cslib.intake import Intake
from cslib.losses import NEAREST_DAYS, Explained
from cslib.months import month_end, month_name
from cslib.sources import FileRead
from cslib.wish import Wish

MOST_COLUMNS, MOST_NAMED = 3, 3
_END_DATES = {"exclusive": "the first day without service", "inclusive": "the last day with service"}
_FROM = {"flag": "as you said", "data": "as the next periods' starts show", "default": "the default"}
_SPELLINGS = {"float": "Ids like {0} were read as {1}", "case": "{0} and {1} are taken as one customer",
              "zeros": "{0} is taken as {1}, whose zeros were lost"}


def notes(taken: Intake, wish: Wish) -> list[str]:
    """What a reader of the figures has to know, each in a sentence or two, what looks wrong first."""
    files = taken.gathered.files
    return [*_of_totals(taken), *_of_breaks(taken), *_of_late(taken),
            *(limit for file in files for limit in file.limits),
            *_of_columns(taken), *_of_the_question(taken, wish), *_of_retention(taken), *_of_reasons(taken),
            *_of_periods(taken), *_of_rows(taken), *_of_left_out(taken), *_of_customers(taken),
            *_of_costs(taken, wish), *_of_form(taken)]


def of_accounts(taken: Intake, wish: Wish) -> list[str]:
    """What of it a reader of the customers on their day has to know, what is in no figure first.

    Without what customers.json says itself of its costs, and what is of retention alone.
    """
    files = taken.gathered.files
    aside = ((file, intake_words.set_aside(file)) for file in files)
    return [*_of_totals(taken), *_of_left_out(taken),
            *(f"{_name(file)}: set aside: {rows}." for file, rows in aside if rows),
            *_of_columns(taken), *_of_customers(taken), *_of_late(taken),
            *(limit for file in files for limit in file.limits),
            *_of_the_question(taken, wish), *_of_rows(taken), *_of_form(taken)]


def _name(file: FileRead) -> str:
    return neutral(os.path.basename(file.name))


def _of_form(taken: Intake) -> Iterator[str]:
    return (f"{_name(file)}: {remark}" for file in taken.gathered.files for remark in file.form)


def _of_columns(taken: Intake) -> Iterator[str]:
    """Columns that play no role and are named, or nearly, as a role that no column plays."""
    for file in taken.gathered.files:
        reading = file.reading
        free = [role for role in kinds.ALLOWED[reading.kind] if role not in reading.roles]
        near = [(role, file.header[column]) for column in reading.unused
                for role in [naming.meant(file.header[column], free)] if role]
        if near:
            named = ", ".join(f'"{neutral(header)}" ({role}?)' for role, header in near[:MOST_COLUMNS])
            yield (f"{_name(file)}: not used: {named}{_more(len(near) - MOST_COLUMNS)}. If it is meant: "
                   f"{map_flag(*near[0])}.")


def _of_breaks(taken: Intake) -> Iterator[str]:
    if taken.unrecorded:
        yield (f"Nobody pays in {_months(taken.unrecorded)}: taken as a break in recording, not as churn; movements "
               "run from the month before to the month after.")
    if taken.prepared and not taken.periods and taken.span.months:
        months = taken.span.months
        known = {*months, *taken.unrecorded}
        skipped = [month for month in range(months[0], months[-1]) if month not in known]
        if skipped and len(months) > 2:
            yield f"The export has no rows for {_months(skipped)}: movements run across."
        elif skipped:
            yield (f"ARR is known on {month_end(months[0])} and {month_end(months[-1])} only: the movements are those "
                   "between the two, and there are no cohorts by age.")
    if taken.still:
        yield f"Nothing moves in {_months(taken.still)}: perhaps a copy of the month before. Check the export."


def _of_totals(taken: Intake) -> Iterator[str]:
    for total in taken.gathered.totals:
        if total.month == taken.span.end:
            said, summed = (figures.decimal(Decimal(cents).scaleb(-2), 0) for cents in (total.said, total.summed))
            if total.agrees:
                yield f"The row of totals (line {total.line}) agrees: {said} ARR on {month_end(total.month)}."
            else:
                mixed = ", perhaps because it adds up currencies unconverted" if taken.gathered.converted else ""
                yield (f"The row of totals (line {total.line}) says {said} ARR on {month_end(total.month)}, the rows "
                       f"of customers add up to {summed}{mixed}: settle that before you show a figure.")


def _months(months) -> str:
    named = [month_name(month) for month in months]
    return ", ".join(named[:6]) + _more(len(named) - 6)


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _of_late(taken: Intake) -> Iterator[str]:
    late = taken.periods.late if taken.periods else None
    if not late or not late.ended:
        return
    who = f"{count(len(late.ended), 'customer')} with {short_money(late.arr)} ARR"
    back = f"; {late.back_since:,} of them came back later" if late.back_since else ""
    yield (f"Late paper? {who} ended in the {LATE_DAYS} days up to "
           f"{month_end(taken.span.end)} without a renewal{back}. They count as churned; if all renew: "
           f"{settled.rates(taken.periods.if_late_renew)}.")


def _of_the_question(taken: Intake, wish: Wish) -> Iterator[str]:
    as_of = month_end(taken.span.end)
    if wish.as_of != as_of:
        yield f"{wish.as_of} is not a month end: the figures are as of {as_of}."
    if taken.gathered.currency is None and wish.currency is None:
        yield "No currency is known; --currency CODE states it."
    if taken.gathered.converted:
        rates = ", ".join(f"{code} at {wish.rates[code]}" for code in sorted(taken.gathered.converted))
        yield f"Converted to {wish.currency} at one rate throughout, so that no movement comes from exchange: {rates}."


def _of_retention(taken: Intake) -> Iterator[str]:
    if taken.prepared and not taken.prepared.bridge.opening_customers:
        yield f"Nobody was a customer on {month_end(taken.span.start)}, so retention is undefined."
    if taken.at_first and len(taken.span.months) > 2:
        yield (f"{count(taken.at_first, 'customer')} of the first month, {month_name(taken.span.first)}, "
               "count as acquired in it; if they are older, their cohort is not one of equal age.")
    older = standings.said_to_be_older(taken.standings, taken.span.start)
    if older.customers and len(taken.span.months) == 2:
        yield (f"{count(older.customers, 'customer')} without ARR on {month_end(taken.span.start)}, with "
               f"{short_money(older.arr)} since, came before it: they count as new, though they "
               "may have come back (--map signup= leaves that date out).")


def _of_reasons(taken: Intake) -> Iterator[str]:
    if not taken.coverage or not taken.explained:
        return
    found, why = taken.coverage, taken.explained
    if not found.customers:
        yield "Churn events were read, but nobody left in the period."
        return
    first = min((event.day for event in taken.gathered.events if event.day), default=None)
    if first and first > month_end(taken.span.start):
        yield f"The first churn event is of {first}: losses before it were perhaps not recorded."
    yield (f"Reasons: an event within {NEAREST_DAYS} days explains {found.matched_customers:,} of "
           f"{count(found.customers, 'loss', 'losses')}, {short_money(found.matched_arr)} of {short_money(found.arr)} "
           f"lost ARR ({per_cent(found.matched_arr_ratio)}); {short_money(found.coded_arr)} has a known reason."
           + _unexplained(why))


def _unexplained(why: Explained) -> str:
    parts = [f"{number:,} {what}" for number, what in (
        (why.silent, "with an event that gives no reason"), (why.far, "with one too far off"),
        (why.without, "without any")) if number]
    return f" Unknown: {', '.join(parts)}." if parts else ""


def _of_periods(taken: Intake) -> Iterator[str]:
    if taken.periods is None:
        return
    terms, seams, reach = taken.periods.terms, taken.periods.seams, taken.periods.reach
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
    if taken.periods.quiet:
        yield f"Nothing starts or ends in the {taken.periods.quiet.days} days after {taken.periods.quiet.since}."
    if taken.periods.empty:
        empty = taken.periods.empty
        yield f"{count(empty, 'period')} of no day (the end is the start) {_is_are(empty)} no revenue."


def _of_rows(taken: Intake) -> Iterator[str]:
    counts = taken.gathered.counts
    units = {file.reading.unit for file in taken.gathered.files}
    if "mrr" in units:
        yield "MRR is multiplied by twelve."
    if any(file.reading.cents for file in taken.gathered.files):
        yield "Amounts are read as cents, as this layout has them; --cents no if they are not."
    if counts.disagreeing:
        yield f"ARR is used; it is not 12 x MRR (by over 1%) in {count(counts.disagreeing, 'row')}."
    if counts.zero_rows:
        yield f"{count(counts.zero_rows, 'row')} of zero (trials, free plans) {_is_are(counts.zero_rows)} no customers."
    if counts.blank_cells:
        yield f"{count(counts.blank_cells, 'blank cell')} read as zero: no customer in that month."
    if counts.added:
        yield f"{count(counts.added, 'row')} added to another of the same customer and month."
    if counts.opened:
        yield f"{count(counts.opened, 'customer')} paid before the ledger begins, as its balances show."
    if counts.rounded:
        yield f"Annual amounts rounded to cents in {count(counts.rounded, 'amount')}."


def _of_customers(taken: Intake) -> Iterator[str]:
    held = taken.gathered
    for kind, folded in held.merged.items():
        if folded:
            first = next(iter(folded.items()))
            more = f" ({len(folded):,} such ids)" if len(folded) > 1 else ""
            yield _SPELLINGS[kind].format(*map(neutral, first)) + more + "."
    unused = [file.header[file.reading.roles["parent"].column] for file in held.files
              if "parent" in file.reading.roles and file.reading.roles["parent"].certainty != MAPPED]
    if unused:
        yield f'Parents are not rolled up: {map_flag("parent", unused[0])} counts children under them.'
    if held.several.get("segment"):
        what = "each takes its latest" if held.labels["segment"] else "so it is not used"
        yield f"{count(held.several['segment'], 'customer has', 'customers have')} more than one segment; {what}."
    if held.strangers:
        yield f"{count(held.strangers, 'customer')} of the attribute files without ARR, left out."
    later = standings.come_later(held.attributes, taken.span.end)
    if later:
        yield f"The first day of {count(later, 'customer')} lies after {month_end(taken.span.end)}: tenure unknown."
    flagged, paying = standings.paying_though_flagged(taken.standings, held.attributes)
    if paying.customers:
        yield (f"{paying.customers:,} of {count(flagged, 'customer')} flagged as churned still pay "
               f"{short_money(paying.arr)} ARR: the ARR counts here, not the flag.")
    conflicts = sum(held.attributes.conflicts.values())
    if conflicts:
        yield f"Two files disagree in {count(conflicts, 'value')}; the later file counts."


def _of_left_out(taken: Intake) -> Iterator[str]:
    """The customers of files that say themselves what is paid, of whom they do not or who pay nothing."""
    found = taken.gathered.attributes
    if taken.prepared is None:
        for customers, what in ((standings.without_arr(found), "without ARR"),
                                (standings.worth_nothing(found), "with an ARR of zero")):
            if customers:
                yield (f"{count(len(customers), 'customer')} {what}, left out: "
                       f"{', '.join(map(neutral, customers[:MOST_NAMED]))}{_more(len(customers) - MOST_NAMED)}.")


def _of_costs(taken: Intake, wish: Wish) -> Iterator[str]:
    yield from taken.costs
    if taken.gathered.tickets and wish.ticket_cost is None:
        yield "--ticket-cost AMOUNT says what a ticket costs: customers.json then has a cost to serve from the tickets."


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"
