"""What to do about decision E: three moves with owner, day, proof and the script that helps. No sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Optional

from cslib.coverage_words import listed
from cslib.figures import fte, whole
from cslib.maturity import Move
from cslib.scorecard_values import aim, annual
from cslib.scorecard_words import DIMENSIONS, KPIS, OWNERS, Report, asked_by, criterion, gates, missing, spoken, worst

STEPS = 3
DAYS = (30, 60, 90)
ANSWERS_FOR = {"measurement": "CS operations and finance", "health": "CS operations", "risk": "head of CS",
               "segmentation": "head of CS", "capacity": "head of CS", "onboarding": "head of CS",
               "expansion": "head of CS and sales", "roles": "CEO and head of CS", "voice": "CS operations"}
LEAK = "retention_decomposition_analyzer.py"


class Step(NamedTuple):
    """Who does what, what proves it, and the script or page that helps, if one does."""

    owner: str
    done: str
    proof: str
    helps: Optional[str]


def steps(report: Report, short: bool) -> list[str]:
    """Three steps by date: moves to the next stage first, then what the KPIs ask for; `short` leaves the help out."""
    chosen = [*_moves(report), *_of_kpis(report)][:STEPS]
    return [_said(report.card.as_of + timedelta(days=days), step, short) for days, step in zip(DAYS, chosen)]


def _said(by: date, step: Step, short: bool) -> str:
    helps = "" if short or not step.helps else f" Help: {step.helps}."
    return f"By {by.isoformat()}, {step.owner}: {step.done}. Proof: {step.proof}.{helps}"


def _moves(report: Report) -> Iterable[Step]:
    m = report.s.maturity
    for move in m.moves if m else ():
        cell = report.cells[move.dimension][move.stage]
        yield Step(ANSWERS_FOR[move.dimension], _move(report, move), _sentence(cell["proof"]), cell["helps"])


def _move(report: Report, move: Move) -> str:
    lifts = ", which lifts the whole" if move.lifts_overall else ""
    return (f"bring {DIMENSIONS[move.dimension]} from {move.from_stage} to {move.stage}{lifts}; it is there when "
            f"{criterion(report, move.dimension, move.stage)}")


def _sentence(text: str) -> str:
    said = text.rstrip(".")
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def _of_kpis(report: Report) -> Iterable[Step]:
    """What the figures ask for where maturity leaves a step free."""
    s = report.s
    if s.missing_outcomes:
        yield Step("CS operations and finance", f"report {missing(report)} over 12 months",
                   "figures that finance agrees with", f"{LEAK} cohorts.json")
    row = worst([one for one in s.rows if one.level == "outcome"])
    if row is not None:
        yield Step("head of CS", f"find what keeps {spoken(row)} at {annual(row)} from the "
                   f"{aim(row, row.target)} {asked_by(report, row)}", "the same figure a quarter later, with its count",
                   f"{LEAK} cohorts.json")
    if s.owner_gaps:
        said = list(dict.fromkeys(KPIS[one.kpi] for one in s.owner_gaps))
        yield Step("CEO", f"give {listed(said)} to {OWNERS['cs_leadership']}", "one name beside each figure", None)
    if s.owned is not None and s.owned.without:
        yield Step("head of CS", f"name an owner for the {whole(s.owned.without)} accounts without one",
                   "a list of accounts with a name each", "customer_segmentation_designer.py customers.json")
    if s.headcount is not None and s.headcount.within is False:
        yield Step("head of CS and CFO", f"settle {fte(s.headcount.csms)} CSMs against {fte(s.headcount.required)}",
                   "a plan by month", "cs_coverage_calculator.py book.json")
    if s.maturity is None:
        yield Step("head of CS", f"answer the {whole(len(report.card.claims))} questions of maturity with evidence",
                   "a stage for each dimension", "cs_scorecard.py --questions")
    if any(row.of is None or row.change is None for row in s.rows):
        yield Step("CS operations", "write how many stand behind each figure (of), and the value before (previous)",
                   "a change that is, or is not, more than noise", "cs_scorecard.py --questions")
    if s.maturity is not None:
        yield Step("head of CS", f"have somebody outside CS look at the evidence for {gates()}",
                   "a note of what was seen, with its day", "cs_scorecard.py FILE --only evidence")
    yield Step("CS operations", "run this again with the figures of the quarter", "a scorecard with changes",
               "cs_scorecard.py FILE")
    yield Step("head of CS", "show this to the board", "their questions, answered", "cs_scorecard.py FILE --all")
