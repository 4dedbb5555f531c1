"""The report of decision C: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import benchmarks, cli
from cslib import coverage_findings as findings
from cslib import coverage_lists as lists
from cslib import coverage_words as words
from cslib.assumed import assumed
from cslib.benchmarks import Benchmark, Norm
from cslib.book import Book
from cslib.coverage import Coverage
from cslib.coverage_case import against, case, reply
from cslib.coverage_steps import steps
from cslib.coverage_words import KEYS, MODELS, TIERS
from cslib.figures import fte, short_money, whole
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.policy import Assumption

SCRIPT = "cs_coverage_calculator.py"
ONLY = (*lists.LISTS, "case")
PLAN_ROWS, LEAST_ROWS, FINDINGS, LIMITS, DOUBTS = 7, 3, 3, 2, 2


class Report(NamedTuple):
    """Everything a page of decision C is written from; `stages` are the published loads for the book's stage."""

    book: Book
    c: Coverage
    others: list[Benchmark]
    stages: list[Norm]
    settings: dict
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    sample: bool


def page(report: Report, detail: Optional[int], top: Optional[int]) -> Page:
    """The report: with `detail` None all sections, otherwise shorter tables and fewer findings; `top` cuts lists."""
    full = detail is None
    blocks: list[Block] = [Answer(words.answer(report.book, report.c)), _tiers(report.c)]
    blocks += _full(report, top) if detail is None else _short(report, detail, top)
    limits = tuple(_limits(report))
    blocks += [Heading("Assumptions"), Sentences(assumed(report.assumptions, report.telling, full)),
               Heading("What this cannot tell you"), Steps(limits if full else limits[:1 if detail < 5 else LIMITS])]
    return Page(_title(report), report.sample, (*blocks, *_next(report)))


def only(report: Report, name: str) -> Page:
    """One list in full, of ONLY."""
    is_case = name == "case"
    blocks = _case(report) if is_case else _lists(report, (name,), None)
    return Page(_title(report), report.sample, tuple(blocks or [Sentences("Nothing to list.")]))


def _title(report: Report) -> str:
    return f"Coverage ({report.book.currency or 'currency not stated'}, {whole(report.c.horizon_months)} months)"


def _tiers(c: Coverage) -> Columns:
    rows = [(TIERS[row.tier], whole(row.customers), short_money(row.arr), MODELS[row.service.model],
             fte(row.required_by_hours), fte(row.required_by_accounts), words.by_arr(row.required_by_arr),
             fte(row.required), fte(row.csms), fte(row.required_end)) for row in c.tiers if words.is_there(row)]
    rows.append(("all", "", "", "", "", "", "", fte(c.required), fte(c.csms), fte(c.required_end)))
    return Columns(("", "customers", "ARR", "model", "by hours", "accounts", "ARR", "need", "have",
                    f"{whole(c.horizon_months)} months on"), tuple(rows), (1, 2, 4, 5, 7, 8, 9))


def _short(report: Report, detail: int, top: Optional[int]) -> list[Block]:
    """What answers the question stands at every level of detail; the rest comes in the order of what it is worth."""
    c, most = report.c, detail == cli.MOST_DETAIL
    share = _share(report)
    sized = f"{findings.COMPARATOR}."
    if detail > 3 or not c.hires:
        sized = findings.sizes(c, report.stages if most else ())
    blocks = _said(findings.placement(c, _least(report)), sized, findings.nothing_known(report.book))
    blocks += lists.plan(c, min(PLAN_ROWS, detail + LEAST_ROWS, top or PLAN_ROWS), None)
    if c.csms and detail:
        blocks += [Heading("Load"), lists.load(c, _states(c, detail))]
    if detail > 4:
        blocks += _listed("What no approval closes any more", findings.gaps(c.unavoidable_gap, False), detail)
    blocks += _told("Money", findings.money(c, report.others),
                    *((findings.break_even(c, False), findings.waiting(c)) if detail else ()))
    if detail:
        blocks += _told("How sure this is", findings.swings(c.sensitivity, share),
                        findings.growth(c),
                        findings.chances(c) if most else "")
    if c.hires and detail > 1:
        doubts, answered = against(report.book, c, report.others, share), reply(c)
        if detail < 5:
            doubts, answered = doubts[:DOUBTS], "--only case."
        blocks += _told("For the CFO", f"Against it: {'; '.join(doubts)}. The answer: {answered}")
    if detail > 2 or not c.hires:
        blocks += _listed("Also", _also(report), detail - 2 if c.hires else detail)
    return [*blocks, *_steps(report)]


def _full(report: Report, top: Optional[int]) -> list[Block]:
    """What to do stands before the lists, which may be long."""
    c = report.c
    share = _share(report)
    return [*_said(findings.placement(c, _least(report)), findings.sizes(c, report.stages),
                   findings.nothing_known(report.book)), *_steps(report),
            *lists.plan(c, top, share),
            *_listed("What no approval closes any more", findings.gaps(c.unavoidable_gap, True), None),
            *_told("Money", findings.money(c, report.others), findings.break_even(c, True),
                   findings.waiting(c)),
            *_told("How sure this is", findings.swings(c.sensitivity, share), findings.growth(c),
                   findings.chances(c)),
            *_listed("Also", (*_also(report), *findings.sponsors(c)), None),
            *_case(report), *_lists(report, [name for name in lists.LISTS if name != "plan"], top)]


def _case(report: Report) -> list[Block]:
    return case(report.book, report.c, report.others, _share(report))


def _lists(report: Report, names: Sequence[str], top: Optional[int]) -> list[Block]:
    return lists.lists(report.c, names, top, _share(report), benchmarks.variable_pay(benchmarks.norms()))


def _share(report: Report) -> Decimal:
    return report.settings["coverage"]["swing_ratio"]


def _also(report: Report) -> list[str]:
    """What else a decision hangs on, the weightiest first."""
    c, rules = report.c, report.settings["coverage"]
    leads = () if c.csms is None else findings.leads(c.managers, rules["managers"], c.months[-1].month)
    rest = (findings.surplus(c), findings.changes(c.transitions))
    return [*findings.close_calls(c, _share(report)), *leads, *findings.models(c), *filter(None, rest)]


def _least(report: Report) -> Decimal:
    return Decimal(report.settings["coverage"]["least_gap_fte"])


def _states(c: Coverage, detail: int) -> list[int]:
    """Today, the month in which a hire of today starts, and the horizon; with more detail halves or quarters too."""
    states = {0, min(c.lead_months, c.horizon_months), c.horizon_months}
    if detail > 4:
        states |= set(range(0, c.horizon_months, 3 if c.horizon_months == 12 else 6))
    return sorted(states)


def _steps(report: Report) -> list[Block]:
    return [Heading("What to do"), Steps(tuple(steps(report.book, report.c)), True)]


def _said(*sentences: str) -> list[Block]:
    told = " ".join(sentence for sentence in sentences if sentence)
    return [Sentences(told)] if told else []


def _told(title: str, *sentences: str) -> list[Block]:
    told = _said(*sentences)
    return [Heading(title), *told] if told else []


def _listed(title: str, sentences: Iterable[str], most: Optional[int]) -> list[Block]:
    held = [words.capital(sentence) for sentence in sentences]
    shown = held[:most if most is None else max(1, min(FINDINGS, most))]
    if len(shown) < len(held):
        shown.append(f"And {whole(len(held) - len(shown))} more (--all).")
    return [Heading(title), Steps(tuple(shown))] if shown else []


def _limits(report: Report) -> Iterable[str]:
    for row in report.c.missing:
        of = f" of {words.listed([TIERS[tier] for tier in row.tiers])}" if row.tiers else ""
        yield f"Not known{of}: {KEYS[row.key]}."
    yield ("What your accounts take and your CSMs cost: one author's hours and US pay until you measure them "
           "(hours_per_account; --policy, coverage.loaded_cost).")
    if report.c.csms is not None:
        yield "Who leaves and when: no measured rate for CSMs exists, and here expected parts of people leave."
    yield f"Who must start before {report.c.months[-1].month} for what is lacking later: --months 24 looks further."
    yield "Whether a CSM keeps a customer: no source shows what an hour of service does for retention."
    yield "What a mean hides: a tier's accounts are taken to be alike; one of ten times the mean asks for more."


def _next(report: Report) -> list[Block]:
    if report.c.csms is None:
        said = " ".join(f"--csms {row.tier}=N" for row in report.c.tiers if row.customers and row.csms is None)
        return [Heading("Next"), Sentences("Say who is there, and the plan comes with it:"),
                Command(f"{SCRIPT} FILE {said} --growth 0.2")]
    if any(row.key == "annual_growth_ratio" for row in report.c.missing):
        return [Heading("Next"), Sentences("Say how fast the book grows, and the plan follows it:"),
                Command(f"{SCRIPT} FILE --growth 0.2 --churn 0.1")]
    if report.c.leak is None and report.c.hires:
        return [Heading("Next"), Sentences("What must the posts save, beside what really leaks?"),
                Command(f"{SCRIPT} FILE --retention retention.json")]
    return [Heading("Next"), Sentences("Half a page for whoever pays:"), Command(f"{SCRIPT} FILE --only case")]


def stages_of(book: Book) -> list[Norm]:
    """What others advise as ARR by CSM at the stage of the book."""
    return [norm for norm in benchmarks.norms("arr_per_csm") if book.stage and norm.stage == book.stage]
