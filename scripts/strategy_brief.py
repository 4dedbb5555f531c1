#!/usr/bin/env python3
"""What matters now? One brief of all decisions on one company: what to decide first, for how much, with pictures."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Optional

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import brief, brief_agreements, brief_changes, brief_input, cli, policy, result, schema, source
from cslib.brief_input import Inputs
from cslib.brief_page import Brief, decided, headed, missing, page
from cslib.brief_reports import SERIES, TELLING, answered
from cslib.page import Page
from cslib.policy import Policy
from cslib.refusal import Usage
from cslib.results import Beside
from cslib.retention import VERDICTS

SCRIPT = "strategy_brief"
SAMPLE = "samples/cohorts.json and those beside it"
MOST_CHARACTERS, USUAL_TOP = 8_000, 10


def main(argv: list[str]) -> int:
    flags = command_line().parse_args(argv)
    if flags.schema:
        print(result.text(schema.load("cohorts")), end="")
        return cli.ANSWERED
    rules = policy.read(flags.policy)
    found = brief_input.paths(flags)
    sample = flags.file is None and all(getattr(flags, kind) is None for kind in brief_input.FLAGS)
    files = [*found.values(), *(path for path in (flags.policy, flags.previous) if path is not None)]
    if files.count(source.STANDARD_INPUT) > 1:
        raise Usage("standard input holds one document; give the others as files")
    if flags.check:
        path = flags.file or next(iter(found.values()))
        return cli.checked(lambda: brief_input.read(found, sample, flags.stage, rules), path, flags.format)
    inputs = brief_input.read(found, sample, flags.stage, rules)
    return cli.answered(flags, reply(inputs, flags, rules), VERDICTS, tuple(files))


def command_line() -> argparse.ArgumentParser:
    flags = cli.parser(f"{SCRIPT}.py", __doc__, SAMPLE, VERDICTS)
    brief_input.add_flags(flags)
    flags.add_argument("--previous", metavar="FILE", help="the JSON of an earlier brief: what changed since then")
    return flags


def reply(inputs: Inputs, flags: argparse.Namespace, rules: Policy) -> cli.Reply:
    """The whole answer; a list of the whole page stays short too, since the JSON has it whole."""
    reports = answered(inputs, flags.stage, rules)
    parts = reports.parts()
    beside = Beside("brief", inputs.as_of, inputs.currency, inputs.sample)
    changes = None
    if flags.previous is not None:
        earlier = brief_changes.read(source.document(flags.previous), flags.previous, beside)
        changes = brief_changes.changes(earlier, parts)
    said = Brief(headed(inputs.currency, reports.stage(), inputs.as_of), reports, brief.ranked(brief.stakes(parts)),
                 brief.figures(parts), brief_agreements.disagreements(parts), changes, tuple(inputs.paths),
                 reports.assumptions(), TELLING, inputs.sample)
    verdict, most_detail = brief.verdict(parts), cli.MOST_DETAIL
    if flags.top < USUAL_TOP:  # shorter tables shall not make room for more of them
        name = flags.format if flags.format in ("text", "markdown") else "text"
        most_detail, _ = cli.fitted(lambda detail: page(said, detail, USUAL_TOP), name, MOST_CHARACTERS)

    def told(detail: Optional[int]) -> Page:
        return page(said, detail if detail is None else min(detail, most_detail), flags.top)

    return cli.Reply(told, lambda full: record(said, beside, verdict, None if full else flags.top), verdict,
                     "there is none where nothing given is judged: retention needs --stage",
                     most_characters=MOST_CHARACTERS)


def record(said: Brief, beside: Beside, verdict: Optional[str], most: Optional[int]) -> dict:
    """The JSON envelope: what the brief itself says, then the whole result of each decision."""
    answer = {"decisions": decided(said), "disagreements": said.disagreements, "figures": said.figures,
              "changes": said.changes, "missing": missing(said),
              **{topic: held["result"] for topic, held in said.reports.records.items()}}
    notes = [f"{topic}: {note}" for topic, held in said.reports.records.items() for note in held["notes"]]
    return result.envelope(f"{SCRIPT}.py", beside.sample, beside.as_of, beside.currency, verdict, said.assumptions,
                           answer, notes, most, SERIES)


if __name__ == "__main__":
    cli.ending(main)
