#!/usr/bin/env python3
"""Which CS role do we hire next? The failing outcome, the role that unblocks it, the order for 18 months, the money."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import cli, coverage_plan, hiring_lists, policy, result, schema, source
from cslib import org as orgs
from cslib.hiring import VERDICTS, Hiring
from cslib.hiring_page import ONLY, only, page
from cslib.hiring_report import SCRIPT, answered, record
from cslib.org import Org
from cslib.page import Page
from cslib.policy import Policy
from cslib.refusal import Usage

SAMPLE = "samples/org.json"


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("org")), end="")
        return cli.ANSWERED
    if flags.only and (flags.all or flags.format not in ("text", "markdown")):
        raise Usage("--only is one list of the text or markdown report; --all, json, csv and html hold all")
    rules = policy.read(flags.policy)
    path = flags.file or source.sample("org.json")
    if flags.check:
        return cli.checked(lambda: read(flags, path), path, flags.format)
    org = read(flags, path)
    inputs = tuple(filter(None, (path, flags.policy, flags.coverage)))
    return cli.answered(flags, reply(org, flags, rules), VERDICTS, inputs)


def reply(org: Org, flags: argparse.Namespace, rules: Policy) -> cli.Reply:
    sample = flags.file is None
    plan = None
    if flags.coverage:
        plan = coverage_plan.read(source.document(flags.coverage), flags.coverage, org, sample)
    report = answered(org, plan, rules, sample)
    h = report.said.h
    longest = None if flags.all or flags.output else flags.top

    def told(detail: int) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(told, lambda full: record(report, None if full else flags.top), h.verdict,
                     listed=lambda full: listed(h, full, flags.top))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS, lists=True)
    flags.add_argument("--only", choices=ONLY, metavar="LIST", help="print one list in full: " + ", ".join(ONLY))
    flags.add_argument("--coverage", metavar="FILE",
                       help="cs_coverage_calculator.py --format json --all of the same customers: CSMs and managers "
                            "by its plan rather than by a rule of thumb")
    return flags


def read(flags: argparse.Namespace, path: str) -> Org:
    document = source.document(path)
    if flags.stage and isinstance(document, dict):
        document = {**document, "stage": flags.stage}
    schema.check(document, "org", path)
    return orgs.read(document, path)


def listed(h: Hiring, full: bool, top: int) -> tuple[str, int]:
    """The order as CSV and how many rows it leaves out."""
    held = hiring_lists.rows(h)
    shown = held if full else held[:top]
    return result.csv_text(hiring_lists.HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
