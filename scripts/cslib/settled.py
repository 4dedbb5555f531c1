"""The doubts about an export settled: by a flag, by the data, by the default, or by asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Optional

from cslib import doubts, figures, ledger
from cslib.doubts import EXCLUSIVE, INCLUSIVE, Seams
from cslib.ledger import Book, Flow, Spell
from cslib.months import last_month_ended, month_end, month_name
from cslib.question import Question, Unanswered, Way
from cslib.refusal import refused

ADD, LATEST = "add", "latest"


class Terms(NamedTuple):
    """How periods are read, and what each choice rests on: `flag`, `data` or `default`."""

    end_date: str
    end_date_from: str
    overlap: str
    overlap_from: str


def terms(name: str, spells: Sequence[Spell], seams: Seams, start: int, end: int, end_date: Optional[str],
          overlap: Optional[str]) -> tuple[Terms, Book]:
    """The reading of the periods and the book under it. Asked: whatever changes the figures and nothing settles."""
    said = doubts.meant(seams)
    chosen_end = end_date or (said if said in (EXCLUSIVE, INCLUSIVE) else EXCLUSIVE)
    book = doubts.book(spells, end, chosen_end, overlap or ADD)
    questions = []
    if end_date is None and said == doubts.CONTRADICTORY:
        other = doubts.book(spells, end, INCLUSIVE, overlap or ADD)
        if doubts.unlike(book, other):
            questions.append(_about_end_dates(seams, book, other, start, end))
    if overlap is None:
        replaced = doubts.book(spells, end, chosen_end, LATEST)
        if doubts.unlike(book, replaced):
            questions.append(_about_overlaps(spells, book, replaced, start, end))
    if questions:
        raise Unanswered(name, questions)
    sources = ("flag" if end_date else "data" if said == chosen_end else "default", "flag" if overlap else "data")
    return Terms(chosen_end, sources[0], overlap or ADD, sources[1]), book


def _about_end_dates(found: Seams, exclusive: Book, inclusive: Book, start: int, end: int) -> Question:
    return Question(
        "Is an end date the first day without service, or the last day with it? The customer's next period starts on "
        f"it {figures.count(found.same_day, 'time')}, a day later {figures.count(found.next_day, 'time')}.",
        (Way("--end-date exclusive", "the first day without: " + _rates(exclusive, start, end)),
         Way("--end-date inclusive", "the last day with it: " + _rates(inclusive, start, end))))


def _about_overlaps(spells: Sequence[Spell], added: Book, replaced: Book, start: int, end: int) -> Question:
    customers = doubts.unlike(added, replaced)
    first = ", ".join(figures.neutral(customer) for customer in customers[:3])
    ended = len(doubts.ended_by_nothing(spells, replaced, start, end))
    zero = f"; {figures.count(ended, 'customer')} lost to a row of zero, perhaps a trial" if ended else ""
    return Question(
        f"{figures.count(len(customers), 'customer has', 'customers have')} periods that overlap at a month end "
        f"({first}{' ...' if len(customers) > 3 else ''}). Do they add up, or does a later one replace the earlier? "
        "The ARR at the end that finance knows tells.",
        (Way("--overlap add", "side by side, summed: " + _rates(added, start, end)),
         Way("--overlap latest", "the later start replaces for good: " + _rates(replaced, start, end) + zero)))


def _rates(book: Book, start: int, end: int) -> str:
    kept, = ledger.retention(book, [end], end - start)
    return f"{figures.short_money(ledger.bridge(book, start, end).closing_arr)} ARR on {month_end(end)}, {rates(kept)}"


def rates(kept: ledger.Retention) -> str:
    """`GRR 87.4%, NRR 104.9%, logo 88.0%`."""
    return (f"GRR {figures.per_cent(kept.grr_ratio)}, NRR {figures.per_cent(kept.nrr_ratio)}, "
            f"logo {figures.per_cent(kept.logo_retention_ratio)}")


def remarks(found: Terms, ended: int) -> tuple[str, ...]:
    """What a reader of any later figure must know of how the periods were read."""
    said = []
    if found.overlap_from == "flag":
        said.append({ADD: "Overlapping periods of a customer were added up (--overlap add).",
                     LATEST: "Overlapping periods of a customer were replaced by the later start "
                             "(--overlap latest)."}[found.overlap])
    if ended:
        said.append(f"{figures.count(ended, 'lost customer')} left only because a later row of zero (a trial, a free "
                    "plan) replaced what was paid: take such rows out of the export if they are trials.")
    if found.end_date_from == "flag":
        said.append(f"End dates were read as {found.end_date} (--end-date {found.end_date}).")
    return tuple(said)


def known_until(name: str, spells: Sequence[Spell], monthly: Sequence[Flow], complete_to: Optional[date]) -> None:
    """Nothing, when the export knows the last month. Refused: the flag says otherwise. Asked: the data look cut off."""
    end = month_end(monthly[-1].month)
    if complete_to:
        if complete_to < end:
            raise refused(name, "as-of beyond the export", "--as-of", f"a month end up to --complete-to {complete_to}",
                          str(end))
        return
    lost, stretch = doubts.sudden_loss(monthly), doubts.quiet(spells, end)
    if lost:
        earlier = month_end(lost.month - 1)
        asked = (f"Did {figures.whole(lost.churned_customers)} of {figures.count(lost.opening_customers, 'customer')} "
                 f"really leave in {month_name(lost.month)}, or does the export stop there?")
    elif stretch and doubts.stopped(stretch):
        earlier = month_end(last_month_ended(stretch.since))
        asked = (f"The last start or end in the export is {stretch.since}, {stretch.days} days before {end}, though "
                 f"one came every {figures.decimal(stretch.usual_days)} days until then. Does it know what followed?")
    else:
        return
    raise Unanswered(name, [Question(asked, (
        Way(f"--as-of {earlier}", "the export stops: answer up to there"),
        Way(f"--complete-to {end}", "it is complete: what it shows is what happened")))])
