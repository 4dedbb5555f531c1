#!/usr/bin/env python3
"""How many CSMs, under which model, by when? People by tier, a plan by month with ramp and lead time, cost, risk."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import book as books
from cslib import book_input, cli, coverage_lists, leak, policy, result, schema, source
from cslib.book import Book
from cslib.coverage import VERDICTS, Coverage
from cslib.coverage_page import ONLY, only, page
from cslib.coverage_report import SCRIPT, answered, record
from cslib.page import Page
from cslib.policy import Policy
from cslib.refusal import Usage

SAMPLE = "samples/book.json"


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
    report = answered(book, lost, flags.months, rules, sample)
    longest = None if flags.all or flags.output else flags.top

    def said(detail: int) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(said, lambda full: record(report, None if full else flags.top), report.c.verdict,
                     "there is none until the CSMs of every tier with customers are known: add --csms TIER=FTE",
                     lambda full: listed(report.c, full, flags.top))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS, lists=True)
    flags.add_argument("--only", choices=ONLY, metavar="LIST", help="print one list in full: " + ", ".join(ONLY))
    book_input.add_flags(flags)
    return flags


def read(flags: argparse.Namespace) -> Book:
    given = book_input.given(flags)
    schema.check(given.document, "book", given.source)
    return books.read(given.document, given.source)


def listed(c: Coverage, full: bool, top: int) -> tuple[str, int]:
    """The plan as CSV and how many rows it leaves out."""
    held = coverage_lists.rows(c)
    shown = held if full else held[:top]
    return result.csv_text(coverage_lists.HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
