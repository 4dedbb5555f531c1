"""The report of decision E: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional

from cslib import scorecard_findings as said
from cslib import scorecard_lists as lists
from cslib import scorecard_words as words
from cslib.assumed import assumed
from cslib.figures import whole
from cslib.kpis import Row
from cslib.page import Answer, Block, Command, Heading, Page, Sentences, Steps
from cslib.scorecard_steps import LEAK, steps
from cslib.scorecard_words import Report

SCRIPT = "cs_scorecard.py"
ASKED_OF_CUSTOMERS = ("nps", "csat", "csat_satisfied_ratio", "ces")
ONLY = lists.LISTS
ROWS, FINDINGS, LIMITS = (2, 4, 7, 9, 13, 14, 14), (1, 2, 3, 4, 5, 7, 8), (2, 2, 2, 2, 2, 3, 3)


def page(report: Report, detail: Optional[int], top: Optional[int]) -> Page:
    """The report: with `detail` None all sections, otherwise shorter tables and fewer findings; `top` cuts lists."""
    full = detail is None
    blocks: list[Block] = [Answer(words.answer(report))]
    blocks += _full(report, top) if detail is None else _short(report, detail, top)
    limits = tuple(_limits(report))
    if report.assumptions:
        blocks += [Heading("Assumptions"), Sentences(assumed(report.assumptions, report.telling, full))]
    shown = limits if detail is None else limits[:LIMITS[detail]]
    blocks += [Heading("What this cannot tell you"), Steps(shown)]
    return Page(_title(report), report.sample, (*blocks, *_next(report)))


def only(report: Report, name: str) -> Page:
    """One list in full, of ONLY."""
    return Page(_title(report), report.sample, tuple(lists.lists(report, (name,), None)
                                                     or [Sentences("Nothing to list.")]))


def _title(report: Report) -> str:
    return f"Scorecard ({report.card.as_of.isoformat()})"


def _short(report: Report, detail: int, top: Optional[int]) -> list[Block]:
    """What is below its target stays longest, and the moves stay at every level of detail."""
    rows = report.s.rows
    blocks: list[Block] = []
    if rows:
        kept = _kept(rows, min(ROWS[detail], top or ROWS[detail]))
        more = len(rows) - len(kept)
        named = [row for row in _worst(rows) if row.segment is None]
        blocks.append(lists.kpis(report, kept, None, detail > 1))
        beside = rows if detail > 5 else named if detail > 2 else ()
        blocks += _said(f"And {whole(more)} more (--all)." if more else "", said.tally(report),
                        said.for_board(report), said.in_general(report) if detail > 5 else "",
                        said.others(report, beside))
    blocks += _listed("Findings", said.findings(report), FINDINGS[detail], top)
    blocks += _levels(report, detail, top)
    return [*blocks, *_steps(report, not detail)]


def _kept(rows: Sequence[Row], most: int) -> list[Row]:
    """The most telling rows in the order of the table: the first sentence's, outcomes, what is below, then the rest."""
    named = _worst(rows)
    order = sorted(range(len(rows)), key=lambda n: (rows[n] not in named, _rank(rows[n]), n))
    return [rows[n] for n in sorted(order[:most])]


def _worst(rows: Sequence[Row]) -> list[Row]:
    """The outcome that the first sentence names, if one is below its target."""
    row = words.worst([row for row in rows if row.level == "outcome"])
    return [] if row is None else [row]


def _rank(row: Row) -> tuple[int, Decimal]:
    """Segments that are below their target stand by how far, which is in points of a ratio for nearly all."""
    if row.segment is None:
        return 0 if row.level == "outcome" else 1 if row.standing == "below" else 3, Decimal(0)
    return (2, -(row.short_by or Decimal(0))) if row.standing == "below" else (4, Decimal(0))


def _levels(report: Report, detail: int, top: Optional[int]) -> list[Block]:
    """By dimension with what the next stage lacks, or with less detail the dimensions of each stage."""
    m = report.s.maturity
    if m is None:
        return _said(said.on_defaults(report))
    return [Heading("Maturity"), lists.maturity(report, top) if detail > 4 else lists.by_stage(m, top),
            *_said(said.overall(m), said.on_defaults(report))]


def _full(report: Report, top: Optional[int]) -> list[Block]:
    """What to do stands before the lists, which may be long."""
    m = report.s.maturity
    rows = report.s.rows
    blocks: list[Block] = [lists.kpis(report, rows, top, True)] if rows else []
    blocks += _said(said.tally(report), said.for_board(report), said.rescaled(report), said.others(report, rows),
                    said.filled(report))
    blocks += _listed("Findings", said.findings(report), None, top)
    blocks += _steps(report, False)
    blocks += lists.lists(report, ("maturity",), top)
    blocks += _said(said.overall(m) if m else "", said.on_defaults(report))
    return [*blocks, *lists.lists(report, ("evidence", "owners"), top), *lists.more_on_kpis(report, top)]


def _steps(report: Report, short: bool) -> list[Block]:
    return [Heading("What to do"), Steps(tuple(steps(report, short)), True)]


def _said(*sentences: str) -> list[Block]:
    told = " ".join(sentence for sentence in sentences if sentence)
    return [Sentences(told)] if told else []


def _listed(title: str, sentences: Iterable[str], most: Optional[int], top: Optional[int]) -> list[Block]:
    held = [words.capital(sentence) for sentence in sentences]
    shown = held if most is None else held[:min(most, top or most)]
    if len(shown) < len(held):
        shown.append(f"And {whole(len(held) - len(shown))} more (--all).")
    return [Heading(title), Steps(tuple(shown))] if shown else []


def _limits(report: Report) -> Iterable[str]:
    if report.s.maturity is not None:
        yield "Whether the evidence is so: the answers are the team's own. Ask to see each proof."
    if report.s.rows:
        yield "Whether a target is right for you: targets are practitioners' values; --policy sets your own."
    changes = [row.change for row in report.s.rows if row.change]
    if any(change.distinguishable is None for change in changes):
        yield "Whether a change of NRR, or of a figure without its count or spread, is more than noise."
    if any(row.kpi in ASKED_OF_CUSTOMERS for row in report.s.rows):
        yield "What those think who did not answer: NPS, CSAT and CES are of those who did."
    yield "What a stage is worth in money: no source shows it."


def _next(report: Report) -> list[Block]:
    s = report.s
    if s.maturity is None:
        return [Heading("Next"), Sentences("How mature is the team, with what evidence?"),
                Command(f"{SCRIPT} FILE --questions --format markdown")]
    if _worst(s.rows):
        return [Heading("Next"), Sentences("Where does that ARR leak, and why?"), Command(f"{LEAK} cohorts.json")]
    if not any(row.level == "outcome" for row in s.rows):
        return [Heading("Next"), Sentences("Let results of your own data fill in what they show:"),
                Command(f"{SCRIPT} FILE --retention retention.json --coverage coverage.json")]
    return [Heading("Next"), Sentences("How many CSMs does the book take?"),
            Command("cs_coverage_calculator.py book.json")]
