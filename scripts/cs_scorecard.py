#!/usr/bin/env python3
"""Where do we stand? KPIs against what is good, and maturity over nine dimensions with what proves each stage."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from typing import Optional

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import cli, maturity_cells, policy, questionnaire, result, schema, source
from cslib import scorecards as cards
from cslib.figures import whole
from cslib.page import Page
from cslib.policy import Policy
from cslib.refusal import Usage
from cslib.scorecard import VERDICTS
from cslib.scorecard_lists import HEADER, LISTS, rows
from cslib.scorecard_page import only, page
from cslib.scorecard_report import SCRIPT, answered, record
from cslib.scorecard_words import Report
from cslib.scorecards import Scorecard
from cslib.shown import File

SAMPLE = "samples/scorecard.json"
BESIDE = ("retention", "coverage", "segmentation")


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("scorecard")), end="")
        return cli.ANSWERED
    if flags.only and (flags.all or flags.questions or flags.format not in ("text", "markdown")):
        raise Usage("--only is one list of the text or markdown report; --all, json, csv and html hold all")
    if flags.questions and flags.format == "csv":
        raise Usage("--questions is text, markdown or html to ask from, or json to fill in")
    rules = policy.read(flags.policy)
    path = flags.file or source.sample("scorecard.json")
    if flags.check:
        return cli.checked(lambda: read(path, flags.stage), path, flags.format)
    card = read(path, flags.stage)
    inputs = tuple(filter(None, (path, flags.policy, *(getattr(flags, name) for name in BESIDE))))
    answer = questions(card.as_of if flags.file else None, rules) if flags.questions else reply(card, flags, rules)
    return cli.answered(flags, answer, VERDICTS, inputs)


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS, lists=True)
    flags.add_argument("--questions", action="store_true",
                       help="print the questionnaire and stop; with --format json a document to fill in")
    flags.add_argument("--only", choices=LISTS, metavar="LIST", help="print one list in full: " + ", ".join(LISTS))
    for name, script in zip(BESIDE, ("retention_decomposition_analyzer.py", "cs_coverage_calculator.py",
                                     "customer_segmentation_designer.py")):
        flags.add_argument(f"--{name}", metavar="FILE", help=f"fill in what a JSON result of {script} shows")
    return flags


def read(path: str, stage: Optional[str]) -> Scorecard:
    document = source.document(path)
    if stage and isinstance(document, dict):
        document = {**document, "stage": stage}
    schema.check(document, "scorecard", path)
    return cards.read(document, path)


def questions(as_of: Optional[date], rules: Policy) -> cli.Reply:
    asked = questionnaire.page(maturity_cells.read(), as_of, whole(rules.settings["scorecard"]["owner_above_arr"]))
    return cli.Reply(lambda detail: asked, lambda full: questionnaire.document(as_of), None,
                     "a questionnaire has none: run it on the answers")


def reply(card: Scorecard, flags: argparse.Namespace, rules: Policy) -> cli.Reply:
    sample = flags.file is None
    paths = {name: getattr(flags, name) for name in BESIDE}
    files = {name: File(source.document(path), path) for name, path in paths.items() if path}
    report = answered(card, files, rules, sample)
    longest = None if flags.all or flags.output else flags.top

    def said(detail: Optional[int]) -> Page:
        if detail is None:
            return page(report, None, longest)
        return only(report, flags.only) if flags.only else page(report, detail, flags.top)

    return cli.Reply(said, lambda full: record(report, None if full else flags.top), report.s.verdict,
                     "there is none where nothing is said of maturity: --questions prints what to ask",
                     lambda full: listed(report, full, flags.top))


def listed(report: Report, full: bool, top: int) -> tuple[str, int]:
    """The KPIs as CSV and how many rows it leaves out."""
    held = rows(report)
    shown = held if full else held[:top]
    return result.csv_text(HEADER, shown), len(held) - len(shown)


if __name__ == "__main__":
    cli.ending(main)
