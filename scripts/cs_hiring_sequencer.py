#!/usr/bin/env python3
"""Which CS role do we hire next? The failing outcome, the role that unblocks it, the order for 18 months, the money."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import cli, coverage_plan, hiring_lists, policy, result, role_words, schema, source
from cslib import org as orgs
from cslib.hiring import VERDICTS, Hiring, sequenced
from cslib.hiring_page import ONLY, Report, only, page
from cslib.hiring_words import Speech
from cslib.org import Org
from cslib.page import Page
from cslib.policy import Assumption, Policy
from cslib.refusal import Usage

SCRIPT = "cs_hiring_sequencer"
SAMPLE = "samples/org.json"
USED = ("gross_margin_ratio", "hiring", "coverage.lead_days", "coverage.managers", "coverage.loaded_cost",
        "coverage.ramp", "tier_floors")
TELLING = ("hiring.split.acv", "hiring.critical_at_risk_ratio", "gross_margin_ratio")
TOLD_ROLES = 3


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
    h = sequenced(org, plan, rules.settings)
    said = Speech(org, h, rules.settings, role_words.read())
    report = Report(said, plan is not None, assumptions(rules), telling(h), sample)
    longest = None if flags.all or flags.output else flags.top

    def told(detail: int) -> Page:
        return page(report, detail, longest) if detail is None or not flags.only else only(report, flags.only)

    return cli.Reply(told, lambda full: record(report, full, flags.top), h.verdict,
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


def assumptions(rules: Policy) -> list[Assumption]:
    """Every policy value that entered the answer."""
    return [a for key in USED for a in rules.assumptions(key)]


def telling(h: Hiring) -> tuple[str, ...]:
    """The assumptions that move the answer most: those of TELLING, and what the first roles of the order cost."""
    first = dict.fromkeys(row.role for row in h.openings)
    return (*TELLING, *(f"hiring.roles.{role}" for role in list(first)[:TOLD_ROLES]))


def record(report: Report, full: bool, top: int) -> dict:
    """The JSON envelope; lists longer than `top` are cut unless it is the full one."""
    said = report.said
    org, h = said.org, said.h
    post = None if h.next is None else said.role(h.next.role)
    return result.envelope(f"{SCRIPT}.py", report.sample, org.as_of, org.currency, h.verdict, report.assumptions,
                           {**h._asdict(), "post": post}, [], None if full else top)


def listed(h: Hiring, full: bool, top: int) -> tuple[str, int]:
    """The order as CSV and how many rows it leaves out."""
    held = hiring_lists.rows(h)
    shown = held if full else held[:top]
    return result.csv_text(hiring_lists.HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
