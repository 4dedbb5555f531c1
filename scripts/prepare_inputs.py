#!/usr/bin/env python3
"""A billing or CRM export in; cohorts.json, monthly movements, trailing retention and the cohort triangle out."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cslib import VERSION, cells, cli, columns, figures, page, result, settled, source
from cslib.intake import Wish, taken_in
from cslib.intake_page import record, report
from cslib.months import month_end
from cslib.policy import STAGES
from cslib.question import Unanswered, question_text
from cslib.refusal import Usage

SCRIPT = "prepare_inputs.py"
ANALYZER = "retention_decomposition_analyzer.py"
LONGEST_PERIOD = 60
LAST_YEAR = 2099


def main(argv: list[str]) -> int:
    flags = _flags().parse_args(argv)
    if not flags.out_dir and not flags.check:
        raise Usage("--out-dir DIR says where the files go")
    if len(dict(flags.map)) < len(flags.map):
        raise Usage("--map names one role twice")
    wish = Wish(flags.kind, dict(flags.map), flags.as_of, flags.period_months, flags.end_date, flags.overlap,
                flags.complete_to, flags.currency, flags.stage)
    try:
        if flags.check:
            return cli.checked(lambda: taken_in(source.table(flags.file), wish), flags.file, flags.format)
        taken = taken_in(source.table(flags.file), wish)
    except Unanswered as unanswered:
        print(question_text(unanswered), file=sys.stderr)
        return cli.REFUSED
    paths = _written(flags, taken.prepared.files)
    following = f"python3 {shlex.quote(_beside(ANALYZER))} {shlex.quote(paths[0])}"
    if flags.format == "json":
        print(result.text(record(SCRIPT, taken, wish, paths, following)), end="")
    else:
        print(page.rendered(report(taken, wish, paths, following), flags.format), end="")
    return cli.ANSWERED


def _written(flags: argparse.Namespace, files: dict[str, str]) -> list[str]:
    inputs = () if flags.file == source.STANDARD_INPUT else (flags.file,)
    paths = {name: os.path.join(flags.out_dir, name) for name in files}
    for path in paths.values():
        if any(os.path.exists(path) and os.path.samefile(path, name) for name in inputs):
            raise Usage(f"{path} is the input; choose another --out-dir")
    try:
        os.makedirs(flags.out_dir, exist_ok=True)
    except OSError as error:
        raise Usage(f"--out-dir {flags.out_dir} cannot be made: {error.strerror or error}") from error
    for name, path in paths.items():
        result.write(path, files[name], inputs)
    return list(paths.values())


def _beside(script: str) -> str:
    called = os.path.join(os.path.dirname(sys.argv[0]), script)
    return called if os.path.exists(called) else str(Path(__file__).resolve().parent / script)


def _flags() -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(
        prog=SCRIPT, description=__doc__, allow_abbrev=False,
        epilog="Exit codes: 0 written, 1 input refused or a question to answer, 2 wrong usage. A month is worth what "
               "is active on its last day. Roles for --map: " + ", ".join(columns.ROLES) + ".")
    flags.add_argument("file", metavar="FILE", help="a CSV export with a header row, or - for standard input")
    flags.add_argument("--as-of", required=True, type=_as_of, metavar="DATE",
                       help="last day of the period: a month end or YYYY-MM; of any other day the month end before it")
    flags.add_argument("--out-dir", metavar="DIR", help="where the files go; made when it does not exist")
    flags.add_argument("--kind", choices=("auto", *columns.KINDS), default="auto",
                       help="snapshots: a row for each customer and month; wide: a column for each month; "
                            "subscriptions: a row for each period with start, end and amount (default: recognised)")
    flags.add_argument("--map", action="append", default=[], type=_mapping, metavar="ROLE=COLUMN",
                       help="which column plays a role; for the amounts of a wide table mrr=months or arr=months")
    flags.add_argument("--period-months", type=_period, default=12, metavar="N", help="its length (default 12)")
    flags.add_argument("--overlap", choices=(settled.ADD, settled.LATEST),
                       help="overlapping periods of a customer add up, or the later one replaces the earlier for good")
    flags.add_argument("--end-date", choices=("exclusive", "inclusive"),
                       help="an end date is the first day without service, or the last day with it")
    flags.add_argument("--complete-to", type=_day, metavar="DATE", help="the day up to which the export is complete")
    flags.add_argument("--currency", type=_currency, metavar="CODE", help="three letters such as USD")
    flags.add_argument("--stage", choices=STAGES, help="company stage, for the bands of the analyzer")
    flags.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="of the summary")
    flags.add_argument("--check", action="store_true", help="read the export and stop; write nothing")
    flags.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return flags


def _day(text: str) -> date:
    day = cells.day(text)
    if day is None or day.year > LAST_YEAR:
        raise argparse.ArgumentTypeError(f"expected a date such as 2024-12-31, got {figures.neutral(text)!r}")
    return day


def _as_of(text: str) -> date:
    month = cells.month(text) if len(text) == len("2024-12") else None
    return _day(text if month is None else str(month_end(month)))


def _period(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= LONGEST_PERIOD:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {LONGEST_PERIOD}, "
                                         f"got {figures.neutral(text)!r}")
    return int(text)


def _mapping(text: str) -> tuple[str, str]:
    role, equals, column = text.partition("=")
    if not equals or role not in columns.ROLES or not column:
        raise argparse.ArgumentTypeError(f"expected ROLE=COLUMN with a role of {', '.join(columns.ROLES)}; "
                                         f"got {figures.neutral(text)!r}")
    return role, column


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"expected three letters such as USD, got {figures.neutral(text)!r}")
    return text.upper()


if __name__ == "__main__":
    cli.ending(main)
