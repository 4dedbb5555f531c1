"""The flags that every door has, and the one way in which a door ends."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from typing import Callable, NamedTuple, Optional

from cslib import VERSION, figures, result, source
from cslib.page import Page, rendered
from cslib.policy import STAGES
from cslib.refusal import Refusal, Usage, refusal_record, refusal_text

MOST_CHARACTERS, MOST_DETAIL = 4_000, 6
ANSWERED, REFUSED, WRONG_USAGE, FAILED_ON = 0, 1, 2, 3


class HelpLines(argparse.HelpFormatter):
    """Help of one width everywhere; asking the terminal for its own would cost each run an import."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=110)


class Reply(NamedTuple):
    """What a door has to say: its page by level of detail (None: all), its record (True: all), its verdict.

    `unjudged` says why there may be none and what to do. `listed` gives the CSV and how many rows it leaves out, for a
    door whose answer is a list. `beside` are further files to write: path and content. The short page stays under
    `most_characters`.
    """

    page: Callable[[Optional[int]], Page]
    record: Callable[[bool], dict]
    verdict: Optional[str]
    unjudged: str = "there is none without a stage: add --stage"
    listed: Optional[Callable[[bool], tuple[str, int]]] = None
    beside: tuple[tuple[str, str], ...] = ()
    most_characters: int = MOST_CHARACTERS


def parser(script: str, question: str, sample: str, words: tuple[str, ...],
           lists: bool = False, several: bool = False) -> argparse.ArgumentParser:
    """The shared flags. `words` are the verdicts from best to worst, for --fail-on.

    `lists`: the answer is a list, so there is CSV; `several`: the input may be more than one file (`files`).
    """
    flags = argparse.ArgumentParser(prog=script, description=question, allow_abbrev=False,
                                    formatter_class=HelpLines,
                                    epilog="Exit codes: 0 answered, 1 input refused, 2 wrong usage, 3 --fail-on met.")
    flags.add_argument("files" if several else "file", nargs="*" if several else "?", metavar="FILE",
                       help=f"input, or - for standard input; none: the sample ({sample})")
    flags.add_argument("--format", default="text",
                       choices=("text", "markdown", "json", "html", *(("csv",) if lists else ())))
    flags.add_argument("--output", metavar="FILE",
                       help="write the full result there, in --format; stdout keeps the short text report")
    flags.add_argument("--top", type=_top, default=10, metavar="N", help="longest list on stdout (default 10)")
    flags.add_argument("--all", action="store_true", help="whole lists on stdout")
    flags.add_argument("--policy", metavar="FILE", help="your own thresholds, merged over the defaults")
    flags.add_argument("--stage", choices=STAGES, help="company stage, instead of the one in the input")
    flags.add_argument("--schema", action="store_true", help="print the input's JSON Schema and stop")
    flags.add_argument("--check", action="store_true", help="check the input and stop")
    flags.add_argument("--fail-on", choices=words[1:], metavar="WORD",
                       help="exit 3 when the verdict is that bad or worse; from best to worst: " + ", ".join(words))
    flags.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return flags


def _top(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def ending(main: Callable[[list[str]], int]) -> None:
    """Runs a door and exits: refusals and wrong usage on stderr, a closed pipe in silence, never a traceback."""
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    gc.disable()  # a run is short and keeps what it reads; collecting would cost a large book a third of its time
    try:
        try:
            code = main(sys.argv[1:])
        except SystemExit as ended:  # argparse: --help, --version, wrong usage
            code = ended.code
        sys.stdout.flush()
    except Refusal as refusal:
        print(refusal_text(refusal), file=sys.stderr)
        code = REFUSED
    except Usage as usage:
        print(f"cannot: {usage} (--help lists the flags)", file=sys.stderr)
        code = WRONG_USAGE
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        code = _stream_failure(error)
    sys.exit(code)


def _stream_failure(error: OSError) -> int:
    with open(os.devnull, "w") as silent:
        os.dup2(silent.fileno(), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return ANSWERED
    print(f"cannot: the result cannot be written: {error.strerror or error}", file=sys.stderr)
    return WRONG_USAGE


def checked(check: Callable[[], None], path: str, name: str) -> int:
    """--check: says whether the input can be answered from; with --format json every fault as a record."""
    try:
        check()
    except Refusal as refusal:
        if name != "json":
            raise
        print(result.text(refusal_record(refusal)), end="")
        return REFUSED
    shown = figures.neutral(path, 200)
    record = {"source": shown, "accepted": True, "faults": []}
    print(result.text(record) if name == "json" else f"accepted: {shown}\n", end="")
    return ANSWERED


def answered(flags: argparse.Namespace, reply: Reply, words: tuple[str, ...], inputs: tuple[str, ...]) -> int:
    """Prints the reply, writes its files (all or none), and gives the exit code that --fail-on asks for."""
    if flags.fail_on and reply.verdict is None:
        raise Usage(f"--fail-on needs a verdict, and {reply.unjudged}")
    files = list(reply.beside)
    if flags.output is not None:
        files.append((flags.output, _said(flags.format, reply, True)))
    result.write_all(_each_once(files), inputs)
    print(_said(flags.format if flags.output is None else "text", reply, flags.all), end="")
    if not flags.fail_on:
        return ANSWERED
    return FAILED_ON if words.index(reply.verdict) >= words.index(flags.fail_on) else ANSWERED


def _each_once(files: list[tuple[str, str]]) -> dict[str, str]:
    """The contents by path. Usage: a path that is no name of a file, or two that are one."""
    seen: set[str] = set()
    for path, _ in files:
        if path in ("", source.STANDARD_INPUT):
            raise Usage(f"{path!r} is no name of a file to write")
        if os.path.realpath(path) in seen:
            raise Usage(f"{path} is to be written twice; give each file a name of its own")
        seen.add(os.path.realpath(path))
    return dict(files)


def _said(name: str, reply: Reply, full: bool) -> str:
    if name == "json":
        return result.text(reply.record(full))
    if name == "csv" and reply.listed:
        rows, hidden = reply.listed(full)
        if hidden:
            print(f"and {figures.whole(hidden)} more (--all)", file=sys.stderr)
        return rows
    if full or name == "html":
        return rendered(reply.page(None), name)
    return fitted(reply.page, name, reply.most_characters)[1]


def fitted(page: Callable[[int], Page], name: str, most: int = MOST_CHARACTERS) -> tuple[int, str]:
    """The most detail with which the page stays under so many characters, and the page in it."""
    return next((detail, text) for detail in range(MOST_DETAIL, -1, -1)
                if len(text := rendered(page(detail), name)) < most or not detail)
