#!/usr/bin/env python3
"""Is our retention honest, and where does ARR leak? GRR against NRR, churn reasons in money, leaks with a 90-day
plan."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import cli, cohorts, policy, result, schema, source, tie_out
from cslib.cohorts import Book
from cslib.policy import Policy
from cslib.refusal import Usage, refused
from cslib.retention import VERDICTS
from cslib.retention_page import page
from cslib.retention_report import SCRIPT, answered, record

SAMPLE = "samples/cohorts.json"


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("cohorts")), end="")
        return cli.ANSWERED
    path = flags.file or source.sample("cohorts.json")
    rules = policy.read(flags.policy)
    if flags.check:
        return cli.checked(lambda: read(path, rules), path, flags.format)
    book = read(path, rules)
    previous = earlier(flags.previous, book, rules) if flags.previous else None
    report = answered(book, previous, flags.stage, reported(flags), rules, flags.file is None)
    for t in report.d.tie_out:
        if t.measure == "arr" and tie_out.in_millions(t):
            raise Usage(f"--reported-arr {t.reported} looks like millions: write {t.reported}M")
    longest = None if flags.all or flags.output else flags.top
    reply = cli.Reply(lambda detail: page(report, detail, longest),
                      lambda full: record(report, None if full else flags.top), report.d.verdict)
    return cli.answered(flags, reply, VERDICTS, tuple(p for p in (path, flags.previous, flags.policy) if p))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS)
    flags.add_argument("--reported-nrr", metavar="RATIO",
                       help="NRR as you report it (1.15): which difference of method explains the gap")
    flags.add_argument("--reported-grr", metavar="RATIO", help="the same for GRR (0.93)")
    flags.add_argument("--reported-arr", metavar="AMOUNT", help="the same for ARR at the end of the period")
    flags.add_argument("--previous", metavar="FILE",
                       help="the period before, in the same form: splits the change into rate and mix")
    return flags


def read(path: str, rules: Policy) -> Book:
    document = source.document(path)
    schema.check(document, "cohorts", path)
    return cohorts.read(document, path, rules.settings["tier_floors"])


def earlier(path: str, book: Book, rules: Policy) -> Book:
    """The period before, or a refusal where it is not comparable."""
    previous = read(path, rules)
    for key in ("period_months", "currency"):
        if getattr(previous, key) != getattr(book, key):
            raise refused(path, "not comparable", key, f"{getattr(book, key)} as in the other file",
                          str(getattr(previous, key)))
    if previous.as_of >= book.as_of:
        raise refused(path, "not comparable", "as_of", f"a day before {book.as_of}", str(previous.as_of))
    return previous


def reported(flags: argparse.Namespace) -> tuple[tie_out.Reported, ...]:
    """The figures to tie to. Usage: what is no positive number, and per cent where a ratio is meant."""
    figures = []
    for measure in ("nrr", "grr", "arr"):
        text = getattr(flags, f"reported_{measure}")
        if text is None:
            continue
        if not isinstance(text, str):  # argparse of Python 3.11 makes a list of "--reported-nrr=--"
            raise Usage(f"--reported-{measure} expects a number")
        if text.endswith("%"):
            raise Usage(f"--reported-{measure} expects a ratio such as 1.15 for 115%, got {text!r}")
        figure = tie_out.read(measure, text)
        if figure is None:
            example = " such as 12010000 or 12.01M" if measure == "arr" else ""
            raise Usage(f"--reported-{measure} expects a positive number{example}, got {text!r}")
        if measure != "arr" and figure.value > 10:
            raise Usage(f"--reported-{measure} {text} looks like a percentage: write {figure.value / 100}")
        figures.append(figure)
    return tuple(figures)


if __name__ == "__main__":
    cli.ending(main)
