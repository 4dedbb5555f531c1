#!/usr/bin/env python3
"""Whom do we invest in, and how much? Tiers, ICP fit, cost to serve, the exit list, who deserves more, who moves."""

from __future__ import annotations

import argparse
import json
import os
import sys
from decimal import Decimal
from typing import Optional

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import (
    benchmarks,
    cli,
    customer_files,
    customer_input,
    customers,
    figures,
    intake_flags,
    policy,
    result,
    schema,
    source,
    tiering,
)
from cslib.customer_files import Heading
from cslib.customer_input import Given
from cslib.customers import Portfolio
from cslib.page import Page
from cslib.policy import Assumption, Policy
from cslib.question import Unanswered, question_text
from cslib.refusal import Usage
from cslib.segmentation import VERDICTS, Segmentation, segmented
from cslib.segmentation_lists import HEADER, LISTS, rows
from cslib.segmentation_page import Report, only, page

SCRIPT = "customer_segmentation_designer"
SAMPLE = "samples/customers.json"
FLOORS = {tiering.FOUR_TIER: ("tier_floors",), tiering.THREE_TOUCH: ("segmentation.touch_floors",),
          tiering.SCORED: ("segmentation.score_floors", "segmentation.score_weights", "segmentation.score_full_arr"),
          tiering.PERCENTILE: ("segmentation.percentile_shares",)}
USED = ("gross_margin_ratio", "segmentation.icp", "segmentation.evidence", "segmentation.hysteresis_ratio",
        "segmentation.triggers", "segmentation.most_overrides_ratio", "segmentation.smell_ratio",
        "segmentation.least_hours_gap_ratio", "segmentation.exit", "segmentation.misplaced")
PLANNED = ("motions", "reactive_hours", "complexity")
TELLING = ("gross_margin_ratio", "segmentation.hysteresis_ratio", "segmentation.exit.fit_below",
           "segmentation.exit.cost_above_ratio", "segmentation.exit.tech_touch_cost")


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("customers")), end="")
        return cli.ANSWERED
    sample = not flags.files
    flags.files = flags.files or [source.sample("customers.json")]
    rules = policy.read(flags.policy)
    if flags.only and (flags.all or flags.format not in ("text", "markdown")):
        raise Usage("--only is one list of the text or markdown report; --all, json, csv and html hold all")
    try:
        if flags.check:
            return cli.checked(lambda: read(customer_input.given(flags), flags), " ".join(flags.files), flags.format)
        given = customer_input.given(flags)
    except Unanswered as unanswered:
        print(question_text(unanswered), file=sys.stderr)
        return cli.REFUSED
    asks = flags.ask is not None and given.answered is None
    inputs = (*flags.files, flags.policy, None if asks else flags.ask)
    return cli.answered(flags, reply(given, asks, flags, rules, sample), VERDICTS, tuple(filter(None, inputs)))


def reply(given: Given, asks: bool, flags: argparse.Namespace, rules: Policy, sample: bool) -> cli.Reply:
    """The whole answer; `asks`: the file of --ask is to be written, not read."""
    portfolio = read(given, flags)
    s = segmented(portfolio, flags.preset, rules.settings)
    book = customer_files.book_text(Heading(portfolio.as_of, portfolio.currency, flags.stage), s.book, None)
    beside = [] if flags.write_book is None else [(flags.write_book, book)]
    if asks:
        floors = rules.settings["tier_floors"]
        beside.append((flags.ask, customer_input.fill_in(portfolio.paying, portfolio.cost_is_partial, floors)))
    report = Report(portfolio, s, benchmarks.read(), rules.settings, assumptions(s, flags.preset, rules), TELLING,
                    notes(portfolio, given), flags.ask if asks else None, flags.write_book, sample)
    longest = None if flags.all or flags.output else flags.top

    def said(detail: Optional[int]) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(said, lambda full: record(report, book, full, flags.top), s.verdict,
                     "there is none until the whole cost to serve of half the ARR is known",
                     lambda full: listed(report, full, flags.top), tuple(beside))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS, lists=True, several=True)
    flags.add_argument("--preset", choices=tiering.PRESETS, default=tiering.FOUR_TIER,
                       help="what decides the tier: ARR (four tiers, or three touch levels), a score, or rank by ARR")
    flags.add_argument("--only", choices=("deserving", *LISTS), metavar="LIST",
                       help="print one list in full: deserving, " + ", ".join(LISTS))
    flags.add_argument("--write-book", metavar="FILE", help="write the book of customers by tier for decision C")
    flags.add_argument("--ask", metavar="FILE",
                       help="write a CSV of the 30 accounts where an answer moves most money; once it exists, read it")
    intake_flags.reading_flags(flags.add_argument_group("reading exports, as prepare_inputs.py does"), False)
    return flags


def read(given: Given, flags: argparse.Namespace) -> Portfolio:
    return customers.read(given.document, given.source, tiering.TIERS[flags.preset])


def assumptions(s: Segmentation, preset: str, rules: Policy) -> list[Assumption]:
    chosen = Assumption("preset", preset, "default" if preset == tiering.FOUR_TIER else "yours")
    keys = (*FLOORS[preset], *(f"segmentation.tiers.{row.tier}" for row in s.tiers),
            *(f"segmentation.expected.{row.tier}" for row in s.tiers if row.expected is not None), *USED,
            *(f"coverage.models.{model}.{part}" for model in dict.fromkeys(row.model for row in s.tiers)
              for part in PLANNED))
    return [chosen, *(a for key in keys for a in rules.assumptions(key) if not a.key.endswith(".drop"))]


def notes(portfolio: Portfolio, given: Given) -> list[str]:
    """How the input was read, what it says of itself, what was laid over it, and what of it is in no figure."""
    said = [*given.notes, *(f'The input says: "{figures.neutral(note, 300)}"' for note in portfolio.notes)]
    if given.answered is not None:
        said.append("What follows from the input alone: "
                    f"{figures.count(given.answered, 'answer')} filled in by hand count too.")
    if portfolio.tiers_dropped:
        said.append(f"Who moved: the previous tiers ({portfolio.tiers_dropped:,}) are those of another preset.")
    if portfolio.namesakes:
        one, other = portfolio.namesakes[0]
        pairs = figures.count(len(portfolio.namesakes), "pair")
        said.append(f"Whether customers with one name are one customer: {pairs}, such as {figures.neutral(one, 40)} "
                    f"and {figures.neutral(other, 40)}.")
    return said


def record(report: Report, book: str, full: bool, top: int) -> dict:
    """The JSON envelope; lists longer than `top` are cut by money at stake unless it is the full one."""
    p, s = report.portfolio, report.s
    others = benchmarks.beside("cs_and_support_cost_ratio", None, report.surveys)
    answer = {**s._asdict(), "book": json.loads(book, parse_float=Decimal), "others_report": others}
    return result.envelope(f"{SCRIPT}.py", report.sample, p.as_of, p.currency, s.verdict, report.assumptions, answer,
                           report.notes, None if full else top)


def listed(report: Report, full: bool, top: int) -> tuple[str, int]:
    """The CSV and how many customers it leaves out."""
    held = rows(report.s)
    shown = held if full else held[:top]
    return result.csv_text(HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
