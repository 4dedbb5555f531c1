"""The one exception that a user is meant to see, and the faults it carries."""

from __future__ import annotations

from typing import NamedTuple

from cslib import figures

FIRST_PLACES = 3


class Fault(NamedTuple):
    """One thing wrong with an input: its kind, where, what was expected, what was got, and the likely fix."""

    kind: str
    place: str
    expected: str
    got: str = ""
    hint: str = ""


class Refusal(Exception):
    """An input that cannot be answered from. Exit code 1; `faults` in the order in which they were found."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        super().__init__(source)
        self.source = source
        self.faults = faults


class Usage(Exception):
    """A command line that cannot be carried out. Exit code 2."""


def refused(source: str, kind: str, place: str, expected: str, got: str = "", hint: str = "") -> Refusal:
    """A refusal for a single fault."""
    return Refusal(source, [Fault(kind, place, expected, got, hint)])


def refusal_text(refusal: Refusal) -> str:
    """Every kind of fault with its first three places and a count, for stderr."""
    kinds: dict[str, list[Fault]] = {}
    for fault in refusal.faults:
        kinds.setdefault(fault.kind, []).append(fault)
    lines = [f"refused: {figures.neutral(refusal.source, 200)}"]
    for kind, faults in kinds.items():
        lines.append(f"  {kind} ({figures.count(len(faults), 'place')})")
        lines += ["    " + _sentence(fault) for fault in faults[:FIRST_PLACES]]
        if len(faults) > FIRST_PLACES:
            lines.append(f"    and {figures.whole(len(faults) - FIRST_PLACES)} more (--check --format json lists all)")
    return "\n".join(lines)


def _sentence(fault: Fault) -> str:
    got = f", got {figures.neutral(fault.got)}" if fault.got else ""
    hint = f"; {figures.neutral(fault.hint, 200)}" if fault.hint else ""
    return f"{figures.neutral(fault.place, 120)}: expected {figures.neutral(fault.expected, 300)}{got}{hint}"


def refusal_record(refusal: Refusal) -> dict:
    """The same faults, all of them, for `--check --format json`."""
    faults = [{k: figures.neutral(v, 300) for k, v in fault._asdict().items()} for fault in refusal.faults]
    return {"source": figures.neutral(refusal.source, 200), "accepted": False, "faults": faults}
