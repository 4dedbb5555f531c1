"""The report of decision D: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Optional

from cslib import hiring_context as context
from cslib import hiring_findings as findings
from cslib import hiring_lists as lists
from cslib import hiring_words as words
from cslib.assumed import assumed
from cslib.coverage_words import listed
from cslib.figures import whole
from cslib.hiring_steps import steps
from cslib.hiring_words import Speech
from cslib.page import Answer, Block, Command, Heading, Page, Sentences, Steps
from cslib.policy import Assumption

SCRIPT = "cs_hiring_sequencer.py"
ONLY = lists.LISTS
ORDER_ROWS, LEAST_ROWS, FINDINGS, CHANGES, LIMITS = 7, 3, 3, 2, 2


class Report(NamedTuple):
    """Everything a page of decision D is written from; `has_plan` says whether a coverage plan was given."""

    said: Speech
    has_plan: bool
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    sample: bool


def page(report: Report, detail: Optional[int], top: Optional[int]) -> Page:
    """The report: with `detail` None all sections, otherwise shorter tables and fewer findings; `top` cuts lists."""
    full = detail is None
    said = report.said
    blocks: list[Block] = [Answer(words.answer(said))]
    blocks += _full(report, top) if detail is None else _short(report, detail, top)
    limits = tuple(_limits(report))
    blocks += [Heading("Assumptions"), Sentences(assumed(report.assumptions, report.telling, full)),
               Heading("What this cannot tell you"), Steps(limits if full else limits[:1 if detail < 4 else LIMITS])]
    return Page(_title(report), report.sample, (*blocks, *_next(report)))


def only(report: Report, name: str) -> Page:
    """One list in full, of ONLY."""
    blocks = lists.lists(report.said, (name,), None)
    return Page(_title(report), report.sample, tuple(blocks or [Sentences("Nothing to list.")]))


def _title(report: Report) -> str:
    org = report.said.org
    return f"Next hire ({org.currency or 'currency not stated'}, {whole(report.said.h.horizon_months)} months)"


def _short(report: Report, detail: int, top: Optional[int]) -> list[Block]:
    """What answers the question stands at every level of detail; the rest comes in the order of what it is worth."""
    said, most = report.said, max(1, min(FINDINGS, detail))
    shown = said.h.standing.conflicts or detail > 3
    blocks = _said(context.disagreements(said), context.spare(said), context.stage(said) if shown else "")
    blocks += lists.told("Not a matter of hiring", findings.not_a_hire(said), most)
    blocks += _post(report, False)
    blocks += [Heading("Each role, now"), lists.roles(said, top, False)]
    blocks += lists.order(said, min(ORDER_ROWS, detail + LEAST_ROWS, top or ORDER_ROWS), False)
    blocks += _told("Money", findings.money(said, False))
    if detail:
        blocks += _told("One CSM, or a CSM and an account manager", *findings.split(said, False)[:1 + (detail > 3)])
        blocks += lists.told("Known mistakes", findings.mistakes(said, False), most)
        blocks += lists.told("What would change the answer", findings.changes(said), max(CHANGES, most))
    return [*blocks, Heading("What to do"), Steps(tuple(steps(said)), True)]


def _full(report: Report, top: Optional[int]) -> list[Block]:
    said = report.said
    return [*_said(context.disagreements(said), context.spare(said), context.stage(said)),
            *lists.told("Not a matter of hiring", findings.not_a_hire(said), None), *_post(report, True),
            Heading("What to do"), Steps(tuple(steps(said)), True),
            *_told("Money", findings.money(said, True)),
            *lists.told("Where the sources disagree", findings.conflicts(said), None),
            *lists.lists(said, lists.LISTS, top)]


def _post(report: Report, full: bool) -> list[Block]:
    said, one = report.said, report.said.h.next
    if one is None:
        return []
    rows = tuple(findings.card(said, one, full))
    interim = tuple(findings.until_then(said, one))
    blocks: list[Block] = [Heading("The hire"), Steps(rows)]
    return [*blocks, Heading("Until then"), Steps(interim)] if full else blocks


def _said(*sentences: str) -> list[Block]:
    told = " ".join(sentence for sentence in sentences if sentence)
    return [Sentences(told)] if told else []


def _told(title: str, *sentences: str) -> list[Block]:
    told = _said(*sentences)
    return [Heading(title), *told] if told else []


def _limits(report: Report) -> Iterable[str]:
    h = report.said.h
    if h.missing:
        yield f"Not known: {listed([words.signal(report.said, row.key) for row in h.missing])}."
    if not report.has_plan:
        yield "How many CSMs, in which tier, by when: rules of thumb until --coverage gives decision C."
    yield ("What a role costs and how long it ramps, other than CSMs: our assumptions, without a survey; set your own "
           "(--policy, hiring.roles).")
    yield "Whether a trigger holds for you: playbooks A and B are practitioners' guides without a survey behind them."
    yield "Whether the ARR at risk is really lost: it is what you say hangs on the outcome."
    yield "Whether the person delivers: the metric above says by when you will know."


def _next(report: Report) -> list[Block]:
    if not report.has_plan and report.said.h.roles[0].present:
        return [Heading("Next"), Sentences("CSMs and managers by the coverage plan rather than by a rule of thumb:"),
                Command(f"{SCRIPT} FILE --coverage coverage.json")]
    return [Heading("Next"), Sentences("Where does the team stand, by KPI and by maturity?"),
            Command("cs_scorecard.py scorecard.json")]
