#!/usr/bin/env python3
"""Billing and CRM exports in; cohorts.json, movements, trailing retention, cohorts by age, customers and book out."""

from __future__ import annotations

import argparse
import filecmp
import os
import shlex
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cslib import asking, cli, figures, intake_flags, result, source, tables
from cslib.intake import FILL_IN
from cslib.intake_page import record, report
from cslib.question import Unanswered, question_text
from cslib.refusal import Usage

SCRIPT = "prepare_inputs.py"
ANALYZER = "retention_decomposition_analyzer.py"


def main(argv: list[str]) -> int:
    flags = intake_flags.parser(SCRIPT, __doc__).parse_args(argv)
    if not flags.out_dir and not flags.check:
        raise Usage("--out-dir DIR says where the files go")
    _given_once(flags.files)
    wish = intake_flags.wish(flags)
    try:
        if flags.check:
            return cli.checked(lambda: asking.answered(_opened(flags.files), wish), " ".join(flags.files), flags.format)
        taken = asking.answered(_opened(flags.files), wish)
    except Unanswered as unanswered:
        print(question_text(unanswered), file=sys.stderr)
        return cli.REFUSED
    written, kept = _written(flags, taken.files)
    following = ""
    if taken.prepared:
        following = f"python3 {shlex.quote(_beside(ANALYZER))} {shlex.quote(written[0])}"
    if flags.format == "json":
        print(result.text(record(SCRIPT, taken, wish, written, following)), end="")
    else:
        print(cli.fitted(lambda detail: report(taken, wish, written, kept, following, detail), flags.format)[1], end="")
    return cli.ANSWERED


def _opened(files: list[str]) -> list[tables.Table]:
    return [tables.opened(name) for name in files]


def _given_once(files: list[str]) -> None:
    for place, name in enumerate(files):
        for other in files[:place]:
            if name == other or (os.path.isfile(name) and os.path.isfile(other) and filecmp.cmp(name, other, False)):
                same = " and ".join(figures.neutral(each, 200) for each in (other, name))
                raise Usage(f"{same} are the same file; give it once")


def _written(flags: argparse.Namespace, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """The paths written, and the files that were left as they are: a fill-in that somebody may have filled."""
    inputs = tuple(name for name in flags.files if name != source.STANDARD_INPUT)
    paths = {os.path.join(flags.out_dir, name): content for name, content in files.items()}
    kept = [path for path, content in paths.items() if os.path.basename(path) == FILL_IN and os.path.exists(path)
            and Path(path).read_bytes() != content.encode("utf-8")]
    for path in paths:
        if path not in kept and any(os.path.exists(path) and os.path.samefile(path, name) for name in inputs):
            raise Usage(f"{path} is an input; choose another --out-dir")
    try:
        os.makedirs(flags.out_dir, exist_ok=True)
    except OSError as error:
        raise Usage(f"--out-dir {flags.out_dir} cannot be made: {error.strerror or error}") from error
    result.write_all({path: content for path, content in paths.items() if path not in kept}, inputs)
    return [path for path in paths if path not in kept], kept


def _beside(script: str) -> str:
    called = os.path.join(os.path.dirname(sys.argv[0]), script)
    return called if os.path.exists(called) else str(Path(__file__).resolve().parent / script)


if __name__ == "__main__":
    cli.ending(main)
