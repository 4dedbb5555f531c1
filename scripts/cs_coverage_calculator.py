#!/usr/bin/env python3
"""How many CSMs, under which model, by when? People by tier, a plan by month with ramp and lead time, cost, risk."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import benchmarks, book_input, cli, coverage_lists, leak, policy, result, schema, source
from cslib import book as books
from cslib.book import Book
from cslib.coverage import VERDICTS, Coverage, covered
from cslib.coverage_page import ONLY, Report, only, page, stages_of
from cslib.page import Page
from cslib.policy import Assumption, Policy
from cslib.refusal import Usage

SCRIPT = "cs_coverage_calculator"
SAMPLE = "samples/book.json"
USED = ("gross_margin_ratio", "coverage.working_year", "coverage.headroom", "coverage.sizing",
        "coverage.target_cost_ratio", "coverage.attrition_ratio", "coverage.lead_days", "coverage.hire_step_fte",
        "coverage.least_gap_fte", "coverage.moves", "coverage.managers", "coverage.scenarios", "coverage.swing_ratio",
        "coverage.simulation_runs", "coverage.sponsor_hours", "coverage.pay", "coverage.loaded_cost.manager")
TELLING = ("coverage.headroom.ratio", "coverage.attrition_ratio", "coverage.lead_days", "coverage.loaded_cost")
SERIES = ("months", "alternatives", "transitions")


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("book")), end="")
        return cli.ANSWERED
    if flags.only and (flags.all or flags.format not in ("text", "markdown")):
        raise Usage("--only is one list of the text or markdown report; --all, json, csv and html hold all")
    rules = policy.read(flags.policy)
    path = flags.file or source.sample("book.json")
    if flags.check:
        return cli.checked(lambda: read(flags), path, flags.format)
    book = read(flags)
    inputs = tuple(filter(None, (path, flags.policy, flags.retention)))
    return cli.answered(flags, reply(book, flags, rules), VERDICTS, inputs)


def reply(book: Book, flags: argparse.Namespace, rules: Policy) -> cli.Reply:
    sample = flags.file is None
    lost = leak.read(source.document(flags.retention), flags.retention, book, sample) if flags.retention else None
    c = covered(book, lost, rules.settings, flags.months)
    others = benchmarks.beside("cs_and_support_cost_ratio", None, benchmarks.read())
    report = Report(book, c, others, stages_of(book), rules.settings, assumptions(book, c, rules), TELLING, sample)
    longest = None if flags.all or flags.output else flags.top

    def said(detail: int) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(said, lambda full: record(report, full, flags.top), c.verdict,
                     "there is none until the CSMs of every tier with customers are known: add --csms TIER=FTE",
                     lambda full: listed(c, full, flags.top))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS, lists=True)
    flags.add_argument("--only", choices=ONLY, metavar="LIST", help="print one list in full: " + ", ".join(ONLY))
    book_input.add_flags(flags)
    return flags


def read(flags: argparse.Namespace) -> Book:
    given = book_input.given(flags)
    schema.check(given.document, "book", given.source)
    return books.read(given.document, given.source)


def assumptions(book: Book, c: Coverage, rules: Policy) -> list[Assumption]:
    """Every policy value that entered a sum."""
    models = dict.fromkeys(row.service.model for row in c.tiers if row.customers and not row.service.measured)
    tiers = [row.tier for row in c.tiers if row.customers or row.csms]
    keys = (*USED, *(f"coverage.models.{model}" for model in models), f"coverage.account_caps.{book.preset}",
            *(f"coverage.arr_per_csm.{row.service.model}" for row in c.tiers if row.customers),
            *(f"coverage.{part}.{tier}" for part in ("loaded_cost", "ramp") for tier in tiers))
    return [a for key in dict.fromkeys(keys) for a in rules.assumptions(key)]


def record(report: Report, full: bool, top: int) -> dict:
    """The JSON envelope; lists longer than `top` are cut unless it is the full one, but no SERIES."""
    book, c = report.book, report.c
    answer = {**c._asdict(), "stage": book.stage, "left_out": book.left_out, "others_report": report.others,
              "published_arr_per_csm": report.stages}
    return result.envelope(f"{SCRIPT}.py", report.sample, book.as_of, book.currency, c.verdict, report.assumptions,
                           answer, [], None if full else top, SERIES)


def listed(c: Coverage, full: bool, top: int) -> tuple[str, int]:
    """The plan as CSV and how many rows it leaves out."""
    held = coverage_lists.rows(c)
    shown = held if full else held[:top]
    return result.csv_text(coverage_lists.HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
