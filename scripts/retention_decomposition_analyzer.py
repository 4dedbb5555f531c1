#!/usr/bin/env python3
"""Is our retention honest, and where does ARR leak? GRR against NRR, churn reasons in money, leaks with a 90-day
plan."""

from __future__ import annotations

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from cslib import benchmarks, cli, cohorts, plays, policy, result, schema, source, tie_out
from cslib.cohorts import Book
from cslib.decomposition import decomposed
from cslib.figures import neutral
from cslib.policy import STAGE_GROUPS, Policy
from cslib.refusal import Usage, refused
from cslib.retention import VERDICTS, Retained
from cslib.retention_page import Report, page

SCRIPT = "retention_decomposition_analyzer"
SAMPLE = "samples/cohorts.json"
USED = ("contraction_ceiling_ratio", "expansion_floor_ratio", "expansion_ceiling_ratio", "size_nrr_targets",
        "tier_floors", "leaky_bucket", "implausible", "weakest_excess_ratio",
        "preventable", "leak_majority_ratio", "leak_reduction_ratio",
        "gross_margin_ratio", "least_customers_for_segment_interval", "trend")
TELLING = ("leaky_bucket.grr_ceiling_ratio", "gross_margin_ratio", "leak_reduction_ratio")


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
    report = answer(book, previous, flags, rules)
    longest = None if flags.all or flags.output else flags.top
    reply = cli.Reply(lambda detail: page(report, detail, longest), lambda full: record(report, full, flags.top),
                      report.d.verdict)
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


def answer(book: Book, previous, flags: argparse.Namespace, rules: Policy) -> Report:
    stage = flags.stage or book.stage
    d = decomposed(book, rules.settings, stage, previous, reported(flags))
    for t in d.tie_out:
        if t.measure == "arr" and tie_out.in_millions(t):
            raise Usage(f"--reported-arr {t.reported} looks like millions: write {t.reported}M")
    words = plays.read()
    plans = tuple(plays.plan(leak, book.as_of, words) for leak in d.leaks)
    bands = (f"retention_bands.{STAGE_GROUPS[stage]}",) if stage else ()
    telling = tuple(f"{key}.grr_ratio" for key in bands) + TELLING
    assumptions = [a for key in bands + USED for a in rules.assumptions(key)]
    return Report(book, d, plans, words, benchmarks.read(), rules.settings, assumptions, telling,
                  notes(book, previous is not None and d.mix_shift is None), flags.file is None)


def notes(book: Book, not_split: bool) -> list[str]:
    """What the input says of itself, and what of it is in no figure."""
    split = ["A split into rate and mix: it needs two segments, named alike in both files."] if not_split else []
    idle = sum(1 for account in book.accounts if not account.starting_arr and not account.ending_arr)
    unused = [f"{idle} accounts without ARR at either date are in no figure."] if idle else []
    return split + unused + [neutral(note, 300) for note in book.notes]


def record(report: Report, full: bool, top: int) -> dict:
    """The JSON envelope; lists longer than `top` are cut by money at stake unless it is the full one."""
    book, d = report.book, report.d
    others = {**_surveys(d.overall.retained, report), "by_size": {
        size.name: _surveys(size, report) for size in d.size_segments if size.starting_customers}}
    answer = {**d._asdict(), "mitigation_plan": report.plans, "others_report": others}
    return result.envelope(f"{SCRIPT}.py", report.sample, book.as_of, book.currency, d.verdict, report.assumptions,
                           answer, report.notes, None if full else top)


def _surveys(row: Retained, report: Report) -> dict:
    return {metric: benchmarks.beside(metric, row.mean_arr, report.surveys)
            for metric in ("grr_ratio", "nrr_ratio", "logo_retention_ratio")}


if __name__ == "__main__":
    cli.ending(main)
