"""The brief as a page: one page of decisions and figures, then every decision with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib import brief_words as words
from cslib import (
    coverage_case,
    coverage_page,
    hiring_page,
    hiring_words,
    pictures_coverage,
    pictures_retention,
    pictures_scorecard,
    pictures_segmentation,
    retention_page,
    scorecard_page,
    segmentation_page,
)
from cslib.assumed import assumed
from cslib.brief import Figures, Stake
from cslib.brief_agreements import Disagreement
from cslib.brief_changes import Changes
from cslib.brief_input import KINDS
from cslib.brief_reports import Reports
from cslib.figures import whole
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Picture, Sentences, Steps
from cslib.policy import Assumption

SCRIPT = "strategy_brief.py"
PAGES: dict[str, Callable[[Any, Optional[int], Optional[int]], Page]] = {
    "retention": retention_page.page, "segmentation": segmentation_page.page, "coverage": coverage_page.page,
    "hiring": hiring_page.page, "scorecard": scorecard_page.page}
PICTURES: dict[str, Callable[[Any], list[Picture]]] = {
    "retention": pictures_retention.pictures, "segmentation": pictures_segmentation.pictures,
    "coverage": pictures_coverage.pictures, "scorecard": pictures_scorecard.pictures}
LIMITS = "What this cannot tell you"
ARGUMENTS = 2
TO_DO = ("What to do in 90 days", "What to do")
LISTED, HELPS = 12, "what helps"
JUDGED = ("grr_ratio", "nrr_ratio", "logo_retention_ratio")
KEPT = {
    "retention": ("Would it repeat?", "Where it leaks", "What drives it", "What it is worth", "What to do in 90 days",
                  "Lost accounts", "Shrunk accounts", "Grown accounts"),
    "segmentation": ("What to do", "Fit, and who moves", "Exit list", "Who deserves more",
                     "Loses money, yet not on the list", "Upgrades", "Downgrades"),
    "coverage": ("What to do", "Plan", "What no approval closes any more", "Money", "How sure this is",
                 "The strongest argument against", "Load by month"),
    "hiring": ("The hire", "Until then", "What to do", "Money", "The order to", "Each role, now",
               "What would change the answer", "Known mistakes"),
    "scorecard": ("Findings", "What to do", "Maturity")}
TABLES = {"retention": 1, "segmentation": 2, "coverage": 2, "hiring": 6, "scorecard": 5}
STEPS = {"retention": 3, "segmentation": 3, "coverage": 4, "hiring": 4, "scorecard": 6}


class Brief(NamedTuple):
    """Everything a brief is written from. `given` are the kinds of input that were there."""

    title: str
    reports: Reports
    stakes: tuple[Stake, ...]
    figures: Figures
    disagreements: tuple[Disagreement, ...]
    changes: Optional[Changes]
    given: tuple[str, ...]
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    sample: bool


class Decided(NamedTuple):
    """A decision as the record holds it: its stake, what is asked for, its first step, the best argument against."""

    topic: str
    kind: str
    amount: Decimal
    by: Optional[date]
    said: str
    first_step: str
    against: str


class Part(NamedTuple):
    """A decision of the brief: its whole page at a level of detail, by heading; the first group has none."""

    topic: str
    groups: list[tuple[str, list[Block]]]

    def under(self, *headings: str) -> list[Block]:
        return [block for heading, blocks in self.groups if heading in headings for block in blocks]


def headed(currency: Optional[str], stage: Optional[str], as_of: date) -> str:
    known = f"{stage.replace('_', ' ')} stage, " if stage else ""
    return f"Strategy brief ({currency or 'currency not stated'}, {known}{as_of.isoformat()})"


def page(brief: Brief, detail: Optional[int], top: int) -> Page:
    """The brief: with `detail` None every decision with its pictures, otherwise one page, whose tables `top` cuts.

    What a board reads of each decision is KEPT, its lists to LISTED rows; the JSON has all of it.
    """
    full = detail is None
    parts = _parts(brief.reports, None if full else 0, LISTED if full else top)
    blocks: list[Block] = [Answer(words.answer(brief.stakes, brief.figures, brief.disagreements, _doubtful(brief)))]
    blocks += _listed("Where the inputs disagree", words.disagreements(brief.disagreements))
    blocks += _listed("The decisions that matter now",
                      (" ".join(filter(None, (row.said, row.first_step, row.against))) for row in decided(brief)), True)
    blocks += _figures(brief, None if full else top)
    for part in parts:
        blocks += _whole(part, getattr(brief.reports, part.topic)) if full else _short(part, detail or 0, top)
    blocks += _listed("What is missing, and what it would add", missing(brief))
    blocks += [Heading("Assumptions"), Sentences(assumed(brief.assumptions, brief.telling, full)), Heading(LIMITS),
               Steps(tuple(_limits(parts, full)))]
    blocks += _listed("Definitions", words.DEFINITIONS if full else ())
    blocks = [_for_readers(block) for block in blocks] if full else [*blocks, *_next(brief)]
    return Page(brief.title, brief.sample, tuple(blocks))


def _for_readers(block: Block) -> Block:
    """A block as somebody reads it who never runs a script."""
    if isinstance(block, Columns):
        kept = [n for n, head in enumerate(block.header) if head != HELPS]
        rows = tuple(tuple(words.for_readers(row[n]) for n in kept) for row in block.rows)
        figures = tuple(kept.index(n) for n in block.figures if n in kept)
        return Columns(tuple(block.header[n] for n in kept), rows, figures)
    if isinstance(block, Steps):
        return block._replace(items=tuple(map(words.for_readers, block.items)))
    if isinstance(block, Picture):
        return block._replace(table=_for_readers(block.table))
    return block._replace(text=words.for_readers(block.text)) if isinstance(block, Sentences) else block


def _groups(one: Page) -> list[tuple[str, list[Block]]]:
    groups: list[tuple[str, list[Block]]] = [("", [])]
    for block in one.blocks:
        if isinstance(block, Heading):
            groups.append((block.text, []))
        else:
            groups[-1][1].append(block)
    return groups


def _listed(heading: str, items: Iterable[str], numbered: bool = False) -> list[Block]:
    said = tuple(items)
    return [Heading(heading), Steps(said, numbered)] if said else []


def decided(brief: Brief) -> list[Decided]:
    """The decisions that matter now, each with its money, its day and its first step."""
    steps = {part.topic: [item for block in part.under(*TO_DO) if isinstance(block, Steps) for item in block.items]
             for part in _parts(brief.reports, 0, None)}
    if brief.reports.hiring:
        steps["hiring"] = [words.next_role(brief.reports.hiring.said)]
    doubtful, against = _doubtful(brief), {"coverage": _against(brief.reports.coverage)}
    return [Decided(*stake, words.decision(stake, brief.figures, stake.topic in doubtful),
                    words.step(stake, steps[stake.topic]), against.get(stake.topic, "")) for stake in brief.stakes]


def _doubtful(brief: Brief) -> set[str]:
    """The topics whose posts have to save more than was lost, or than is at risk."""
    posts = brief.reports.coverage.c.break_even if brief.reports.coverage else ()
    dear = any(row.lost_share_ratio is not None and row.lost_share_ratio > 1 for row in posts)
    unpaid = brief.reports.hiring is not None and hiring_words.does_not_pay(brief.reports.hiring.said.h)
    return {topic for topic, so in (("coverage", dear), ("hiring", unpaid)) if so}


def _against(report: Optional[coverage_page.Report]) -> str:
    """The two weightiest arguments against the posts."""
    if report is None or not report.c.hires:
        return ""
    said = coverage_case.against(report.book, report.c, report.others, report.settings["coverage"]["swing_ratio"])
    return f"Against it: {'; '.join(said[-ARGUMENTS:])}." if said else ""


def missing(brief: Brief) -> list[str]:
    """Each input that was not given, with what it would add."""
    return [words.BY_TIERS if kind == "book" and brief.reports.book_by_tiers else f"{words.ADDS[kind]}."
            for kind in KINDS if kind not in brief.given]


def _parts(reports: Reports, detail: Optional[int], top: Optional[int]) -> list[Part]:
    return [Part(topic, _groups(PAGES[topic](report, detail, top)))
            for topic, report in zip(PAGES, reports) if report is not None]


def _figures(brief: Brief, top: Optional[int]) -> list[Block]:
    """The figures of the company, and beside them those of the last brief."""
    if brief.changes is None:
        rows = tuple(words.standing(brief.figures, _judged(brief)))
        head = ("", "now", "held to")
        if not any(row[2] for row in rows):
            head, rows = head[:2], tuple(row[:2] for row in rows)
        return [Heading("Where we stand"), _cut(Columns(head, rows, (1,)), top)] if rows else []
    since = brief.changes.as_of_before.isoformat()
    rows = [(words.MEASURES[row.key], words.shown(row.key, row.now), words.shown(row.key, row.before),
             words.difference(row.key, row.difference))
            for row in brief.changes.figures if (row.now, row.before) != (None, None)]
    return [Heading(f"Where we stand, and what changed since {since}"),
            _cut(Columns(("", "now", since, "change"), tuple(rows), (1, 2, 3)), top),
            Steps(tuple(words.decisions_then(brief.changes, brief.figures)))]


def _judged(brief: Brief) -> dict[str, str]:
    """What the figures of the company are held to: the bands of retention, and which tiers are short of CSMs."""
    judged = {}
    if brief.reports.retention and brief.reports.retention.d.stage:
        table = next(block for block in PAGES["retention"](brief.reports.retention, 0, None).blocks
                     if isinstance(block, Columns))
        judged = {key: f"{row[-2]}, healthy {row[-1]}" if row[-2] != "healthy" else f"healthy {row[-1]}"
                  for key, row in zip(JUDGED, table.rows) if row[-1] != "-"}
    if brief.reports.coverage:
        least = brief.reports.coverage.settings["coverage"]["least_gap_fte"]
        judged["required_csms"] = words.short(brief.reports.coverage.c.tiers, least)
    return judged


def _short(part: Part, detail: int, top: Optional[int]) -> list[Block]:
    opening = part.groups[0][1]
    blocks: list[Block] = [Heading(words.SECTIONS[part.topic])]
    blocks += [Sentences(block.text) for block in opening if isinstance(block, Answer)]
    tables = [block for _, held in part.groups for block in held if isinstance(block, Columns)]
    blocks += [_cut(table, top) for table in tables[:1] if detail >= TABLES[part.topic]]
    return blocks + [block for block in part.under(*TO_DO) if detail >= STEPS[part.topic]]


def _cut(table: Columns, top: Optional[int]) -> Columns:
    hidden = 0 if top is None else len(table.rows[top:])
    more = ((f"and {whole(hidden)} more (--all)",) + ("",) * (len(table.header) - 1),) if hidden else ()
    return table._replace(rows=(*table.rows[:top], *more))


def _whole(part: Part, report: Any) -> list[Block]:
    opening = part.groups[0][1]
    blocks: list[Block] = [Heading(words.SECTIONS[part.topic])]
    blocks += [Sentences(block.text) if isinstance(block, Answer) else block for block in opening[:1]]
    blocks += PICTURES[part.topic](report) if part.topic in PICTURES else []
    blocks += opening[1:]
    for heading, held in part.groups[1:]:
        if heading.startswith(KEPT[part.topic]):
            blocks += [Heading(heading, 3), *held]
    return blocks


def _limits(parts: Sequence[Part], full: bool) -> Iterable[str]:
    for part in parts:
        held = [item for block in part.under(LIMITS) if isinstance(block, Steps) for item in block.items]
        for item in held if full else held[:1]:
            start = item[:1].lower() if item[1:2].islower() else item[:1]
            yield f"{words.SECTIONS[part.topic]}: {start}{item[1:]}"


def _next(brief: Brief) -> list[Block]:
    return [Heading("Next"), Sentences(words.NEXT), Command(f"{SCRIPT} FOLDER --format html --output brief.html")]
