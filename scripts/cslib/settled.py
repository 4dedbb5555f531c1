"""The doubts about an export settled: by a flag, by the data, by the default, or by asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Optional

from cslib import doubts, figures, retained
from cslib.doubts import EXCLUSIVE, INCLUSIVE, Quiet, Seams
from cslib.ledger import Book, Flow, Spell
from cslib.months import last_month_ended, month_end, month_name
from cslib.question import Question, Unanswered, Way
from cslib.refusal import refused
from cslib.wish import Wish

ADD, LATEST = "add", "latest"


class Terms(NamedTuple):
    """How periods are read, and what each choice rests on: `flag`, `data` or `default`."""

    end_date: str
    end_date_from: str
    overlap: str
    overlap_from: str
    grace_days: int


def terms(name: str, spells: Sequence[Spell], seams: Seams, end: int, wish: Wish) -> tuple[Terms, list[Spell], Book]:
    """The reading of the periods, the spells and the book under it. Asked: what changes figures and nothing settles."""
    said = doubts.meant(seams)
    chosen_end = wish.end_date or (said if said in (EXCLUSIVE, INCLUSIVE) else EXCLUSIVE)
    meant = doubts.meant_spells(spells, chosen_end, wish.grace_days)
    book = doubts.book(meant, end, wish.overlap or ADD)
    questions = []
    if wish.end_date is None and said == doubts.CONTRADICTORY:
        other = doubts.book(doubts.meant_spells(spells, INCLUSIVE, wish.grace_days), end, wish.overlap or ADD)
        if doubts.unlike(book, other):
            questions.append(_about_end_dates(seams))
    if wish.overlap is None:
        customers = doubts.unlike(book, doubts.book(meant, end, LATEST))
        if customers:
            questions.append(about_overlaps(
                f"{figures.count(len(customers), 'customer has', 'customers have')} periods that overlap at a month "
                f"end ({_first(customers)}).", "the later start replaces for good"))
    if questions:
        raise Unanswered(name, questions)
    sources = ("flag" if wish.end_date else "data" if said == chosen_end else "default",
               "flag" if wish.overlap else "data")
    return Terms(chosen_end, sources[0], wish.overlap or ADD, sources[1], wish.grace_days), meant, book


def _about_end_dates(found: Seams) -> Question:
    return Question(
        "Is an end date the first day without service, or the last day with it? The customer's next period starts on "
        f"it {figures.count(found.same_day, 'time')}, a day later {figures.count(found.next_day, 'time')}.",
        (Way("--end-date exclusive", "the first day without", {"end_date": EXCLUSIVE}),
         Way("--end-date inclusive", "the last day with it", {"end_date": INCLUSIVE})))


def about_overlaps(found: str, replaces: str) -> Question:
    """Whether what stands side by side adds up. `found` says what does, `replaces` how the other reading goes."""
    return Question(
        f"{found} Do they add up, or does a later one replace the earlier? The ARR at the end that finance knows "
        "tells.",
        (Way("--overlap add", "side by side, summed", {"overlap": ADD}),
         Way("--overlap latest", replaces, {"overlap": LATEST})))


def _first(customers: Sequence[str]) -> str:
    return ", ".join(figures.neutral(customer) for customer in customers[:3]) + (" ..." if len(customers) > 3 else "")


def rates(kept: retained.Retention) -> str:
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
    if found.grace_days:
        said.append(f"Gaps of up to {figures.count(found.grace_days, 'day')} between a customer's periods were closed "
                    f"(--grace-days {found.grace_days}).")
    if found.end_date_from == "flag":
        said.append(f"End dates were read as {found.end_date} (--end-date {found.end_date}).")
    return tuple(said)


def known_until(name: str, stretch: Optional[Quiet], monthly: Sequence[Flow], complete_to: Optional[date]) -> None:
    """Nothing, when the export knows the last month. Refused: the flag says otherwise. Asked: the data look cut off."""
    end = month_end(monthly[-1].month)
    if complete_to:
        if complete_to < end:
            raise refused(name, "as-of beyond the export", "--as-of", f"a month end up to --complete-to {complete_to}",
                          str(end))
        return
    lost = doubts.sudden_loss(monthly)
    if lost:
        earlier = month_end(lost.month - 1)
        asked = (f"Did {figures.whole(lost.churned_customers)} of {figures.count(lost.opening_customers, 'customer')} "
                 f"really leave in {month_name(lost.month)}, or does the export stop there?")
    elif stretch and doubts.stopped(stretch):
        earlier = month_end(last_month_ended(stretch.since))
        asked = (f"The last change in the export is of {stretch.since}, {stretch.days} days before {end}"
                 + (f", though one came every {figures.decimal(stretch.usual_days)} days until then"
                    if stretch.usual_days is not None else "") + ". Does it know what followed?")
    else:
        return
    raise Unanswered(name, [Question(asked, (
        Way(f"--as-of {earlier}", "the export stops: answer up to there", {"as_of": earlier}),
        Way(f"--complete-to {end}", "it is complete: what it shows is what happened", {"complete_to": end})))])
