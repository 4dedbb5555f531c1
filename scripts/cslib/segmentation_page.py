"""The report of decision B: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Optional

from cslib import benchmarks, segmentation_lists
from cslib import segmentation_findings as findings
from cslib import segmentation_words as words
from cslib.assumed import assumed
from cslib.customers import Portfolio
from cslib.figures import between, count, decimal, money, neutral, per_cent, short_money, signed_money, whole
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.policy import Assumption
from cslib.segmentation import Segmentation
from cslib.segmentation_steps import steps
from cslib.segmentation_words import TIERS, name

SCRIPT = "customer_segmentation_designer.py"
EXIT_ROWS, DESERVING_ROWS, LIMITS = 6, 3, 2


class Report(NamedTuple):
    """Everything a page of decision B is written from; `asked` and `book` are files written beside it."""

    portfolio: Portfolio
    s: Segmentation
    surveys: list[benchmarks.Benchmark]
    settings: dict
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    notes: list[str]
    asked: Optional[str]
    book: Optional[str]
    sample: bool


def page(report: Report, detail: Optional[int], top: Optional[int]) -> Page:
    """The report: with `detail` None all sections, otherwise shorter tables and fewer findings; `top` cuts lists."""
    full = detail is None
    portfolio, s = report.portfolio, report.s
    blocks: list[Block] = [Answer(words.answer(portfolio, s))]
    if s.budget.customers:
        blocks += _short(report, detail, top) if detail is not None else _full(report, top)
    else:
        blocks += _said(findings.apart(s.apart))
    limits = tuple(_limits(report))
    blocks += [Heading("Assumptions"), Sentences(assumed(report.assumptions, report.telling, full))]
    if limits:
        unread = len(report.notes) - LIMITS
        more = (f"And {whole(unread)} more on how the input was read (--all).",) if unread > 0 and not full else ()
        blocks += [Heading("What this cannot tell you"), Steps(limits if full else (*limits[:LIMITS], *more))]
    return Page(_title(report), report.sample, (*blocks, *_next(report)))


def only(report: Report, name: str) -> Page:
    """One list in full: `deserving`, or one of the lists of the full report."""
    if name == "deserving":
        blocks = _deserving(report, None)
    else:
        blocks = _exits(report, None) if name == "exits" else []
        blocks += segmentation_lists.lists(report.s, (name,), None)
    return Page(_title(report), report.sample, tuple(blocks or [Sentences("Nobody.")]))


def _title(report: Report) -> str:
    currency = report.portfolio.currency or "currency not stated"
    return f"Segmentation ({currency}, {words.PRESETS[report.s.preset]})"


def _short(report: Report, detail: int, top: Optional[int]) -> list[Block]:
    found = list(_findings(report, False))
    shown = found[:_most(len(found), detail, top)]
    more = [f"And {whole(len(found) - len(shown))} more (--all)."] if len(shown) < len(found) else []
    told = [Heading("Fit, and who moves"), Steps((*shown, *more))] if shown or more else []
    return [_tiers(report), *_said(_remarks(report)), *_exits(report, _most(EXIT_ROWS, detail + 1, top)),
            *_said(findings.apart(report.s.apart), findings.unprofitable(report.s) if detail else ""),
            *_deserving(report, _most(DESERVING_ROWS, detail, top)), *told, *_steps(report)]


def _full(report: Report, top: Optional[int]) -> list[Block]:
    """What to do stands before the lists, which may be long."""
    return [_shape(report), _coverage(report), *_said(_remarks(report)), *_steps(report),
            Heading("Fit, and who moves"), Steps(tuple(_findings(report, True))),
            *_exits(report, top), *_said(findings.apart(report.s.apart)), *_deserving(report, top),
            *segmentation_lists.lists(report.s, segmentation_lists.LISTS, top)]


def _steps(report: Report) -> list[Block]:
    return [Heading("What to do"), Steps(tuple(steps(report.s, report.portfolio.as_of)), True)]


def _most(rows: int, detail: int, top: Optional[int]) -> int:
    return min(rows, detail, top or rows)


def _said(*sentences: str) -> list[Block]:
    told = " ".join(sentence for sentence in sentences if sentence)
    return [Sentences(told)] if told else []


def _tiers(report: Report) -> Columns:
    s = report.s
    rows = [(words.tier(row, s), whole(row.customers), short_money(row.arr), words.MODELS[row.model],
             words.span(row.investment_low, row.investment_high), words.span(row.budget_low, row.budget_high),
             short_money(row.cost), per_cent(row.cost_ratio, 0), words.band(row)) for row in s.tiers]
    return Columns(("", "customers", "ARR", "model", "an account", "budget", "spent", "of ARR", "convention"),
                   tuple(rows), (1, 2, 6, 7))


def _shape(report: Report) -> Columns:
    s = report.s
    rows = [(words.tier(row, s), whole(row.customers), per_cent(row.customers_ratio, 0),
             words.expected(row, "customers"), short_money(row.arr), per_cent(row.arr_ratio, 0),
             words.expected(row, "arr")) for row in s.tiers]
    return Columns(("", "customers", "of all", "expected", "ARR", "of ARR", "expected"), tuple(rows), (1, 2, 4, 5))


def _coverage(report: Report) -> Columns:
    rows = [(TIERS[row.tier], words.MODELS[row.model], words.span(row.investment_low, row.investment_high),
             words.span(row.budget_low, row.budget_high), between(row.budget_low_ratio, row.budget_high_ratio),
             short_money(row.cost), per_cent(row.cost_ratio), words.band(row)) for row in report.s.tiers]
    b = report.s.budget
    rows.append(("all", "", "", words.span(b.budget_low, b.budget_high),
                 between(b.budget_low_ratio, b.budget_high_ratio), short_money(b.cost), per_cent(b.cost_ratio),
                 ""))
    return Columns(("a year", "model", "an account", "budget", "of ARR", "spent", "of ARR", "convention"),
                   tuple(rows), (5, 6))


def _remarks(report: Report) -> str:
    s = report.s
    least = report.settings["segmentation"]["least_hours_gap_ratio"]
    said = [*findings.smells(s, least), findings.strain(s), findings.others(s, _surveys(report))]
    return " ".join(sentence for sentence in said if sentence)


def _surveys(report: Report) -> list[benchmarks.Benchmark]:
    return benchmarks.beside("cs_and_support_cost_ratio", None, report.surveys)


def _exits(report: Report, most: Optional[int]) -> list[Block]:
    s = report.s
    blocks: list[Block] = []
    if s.kill_list:
        rows = [(name(row.served.customer), short_money(row.served.customer.arr),
                 short_money(row.served.customer.annual_cost_to_serve), words.flags(row), words.way(row),
                 signed_money(row.gain), words.notice(row.not_renewing)) for row in s.kill_list[:most]]
        rows += _hidden(len(s.kill_list), most, 7)
        blocks = [Heading("Exit list: a proposal for a person"),
                  Columns(("account", "ARR", "cost", "why", "proposal", "gain", "notice"), tuple(rows),
                          (1, 2, 5)), *_said(findings.exit_sums(s))]
    else:
        blocks = [Heading("Exit list"), Sentences(findings.nobody_leaves(s))]
    return blocks


def _hidden(held: int, most: Optional[int], width: int) -> list[tuple[str, ...]]:
    if most is None or held <= most:
        return []
    return [(f"and {whole(held - most)} more (--all)",) + ("",) * (width - 1)]


def _deserving(report: Report, most: Optional[int]) -> list[Block]:
    s = report.s
    if not s.deserving:
        return []
    rows = [(name(one.customer), TIERS[one.tier], short_money(one.customer.arr), decimal(one.fit.score),
             money(one.customer.annual_cost_to_serve), words.span(one.low, one.high)) for one in s.deserving[:most]]
    rows += _hidden(len(s.deserving), most, 6)
    return [Heading("Who deserves more"),
            Columns(("account", "tier", "ARR", "fit", "gets a year", "is due"), tuple(rows), (2, 3, 4))]


def _findings(report: Report, full: bool) -> Iterable[str]:
    s = report.s
    band = report.settings["segmentation"]["hysteresis_ratio"]
    yield from findings.evidence(s.icp.evidence, full)
    yield from findings.moved(s, band, bool(report.portfolio.tiers_dropped), full)
    yield from findings.unexpected(s)
    yield from findings.placed_differently(s)
    yield findings.fit(s)
    yield from findings.unsettled(s, full)


def _limits(report: Report) -> Iterable[str]:
    yield from report.notes
    s = report.s
    if s.renewal_passed.customers:
        yield (f"Who has left already: {count(s.renewal_passed.customers, 'account')} "
               f"({short_money(s.renewal_passed.arr)} ARR) with a renewal date that has passed.")
    if report.portfolio.cost_is_partial:
        yield "What accounts earn: on a part of the cost they look better than they are, and break-even prices too low."
    elif s.budget.cost:
        yield "Whether your gross margin holds support already: this one is before the cost to serve."
    if s.levers:
        yield "Whether a freed hour is money: only once it serves another account or is not hired again."
    if s.deserving:
        yield "Whether more service earns more: what an account is due is a plan by tier, not a measured return."
    if s.icp.evidence:
        yield "Why and in what time customers left: signals may be recorded after the loss, overlap, and are no causes."


def _next(report: Report) -> list[Block]:
    if not report.s.budget.customers:
        return []
    return [Heading("Next"), *_following(report)]


def _following(report: Report) -> list[Block]:
    if report.asked:
        path = neutral(report.asked, 60)
        return [Sentences(f"{path} asks what moves most money. Fill it in, then the same command reads it:"),
                Command(f"{SCRIPT} FILE --ask {path}")]
    if report.book:
        return [Sentences(f"How many CSMs does this take? The book for that is in {neutral(report.book, 60)}.")]
    if report.s.verdict is None:
        return [Sentences("Which answers move most money? Fill in the list of 30 accounts and run the same again:"),
                Command(f"{SCRIPT} FILE --ask fill_in.csv")]
    return [Sentences("How many CSMs does this take? Write the book for it:"),
            Command(f"{SCRIPT} FILE --write-book book.json")]
