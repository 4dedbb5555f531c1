#!/usr/bin/env python3
"""Whom do we invest in, and how much? Tiers, ICP fit, cost to serve, the exit list, who deserves more, who moves."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Optional

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import cli, customer_input, customers, intake_flags, policy, result, schema, source, tiering
from cslib.customer_input import Given
from cslib.customers import Portfolio
from cslib.page import Page
from cslib.policy import Policy
from cslib.question import Unanswered, question_text
from cslib.refusal import Usage
from cslib.segmentation import VERDICTS
from cslib.segmentation_lists import HEADER, LISTS, rows
from cslib.segmentation_page import Report, only, page
from cslib.segmentation_report import SCRIPT, answered, book_of, record

SAMPLE = "samples/customers.json"


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
    report = answered(given, portfolio, flags.preset, rules, sample, flags.ask if asks else None, flags.write_book)
    book = book_of(report, flags.stage)
    beside = [] if flags.write_book is None else [(flags.write_book, book)]
    if asks:
        floors = rules.settings["tier_floors"]
        beside.append((flags.ask, customer_input.fill_in(portfolio.paying, portfolio.cost_is_partial, floors)))
    longest = None if flags.all or flags.output else flags.top

    def said(detail: Optional[int]) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(said, lambda full: record(report, book, None if full else flags.top), report.s.verdict,
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


def listed(report: Report, full: bool, top: int) -> tuple[str, int]:
    """The CSV and how many customers it leaves out."""
    held = rows(report.s)
    shown = held if full else held[:top]
    return result.csv_text(HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
