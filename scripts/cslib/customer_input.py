"""customers.json as a door takes it: a document, or exports of billing and CRM read as one, with answers filled in."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib import answers, asking, customer_files, intake_flags, intake_notes, schema, source, tables
from cslib.customers import Customer
from cslib.figures import neutral
from cslib.refusal import Refusal, Usage
from cslib.wish import Wish

EXPORTS = (".csv", ".tsv", ".txt", ".xlsx")
_OF_ANSWERS = ("dates", "decimal", "cents")
_NOT_BOTH = "give one customers.json, or exports with --as-of; not both"
_AS_OF_TOO = "if it is an export, add --as-of DATE, the day on which the customers are looked at"


class Given(NamedTuple):
    """The document and what it is called in a refusal; `answered` counts what a filled file changed, None without.

    `notes` are what a reader has to know of how exports and answers were read, what is in no figure first.
    """

    document: dict
    source: str
    answered: Optional[int]
    notes: tuple[str, ...] = ()


def given(flags: argparse.Namespace) -> Given:
    """What the files say, and over it the answers in the file of --ask where it exists.

    Refused and asked: as the intake does. Usage: exports without a date, flags about exports for a JSON, an input
    as the file of answers.
    """
    reads_answers = bool(flags.ask) and os.path.exists(flags.ask)
    if reads_answers and any(os.path.exists(name) and os.path.samefile(name, flags.ask) for name in flags.files):
        raise Usage(f"--ask {neutral(flags.ask, 200)} is an input; give the answers a file of their own")
    exports = _are_exports(flags)
    read = _of_exports(flags) if exports else _of_document(flags, reads_answers)
    schema.check(read.document, "customers", read.source)
    if not reads_answers:
        return read
    ids = {row["id"] for row in read.document["customers"]}
    wish = intake_flags.wish(flags)
    found = answers.read(tables.opened(flags.ask), ids, wish._replace(cents=None) if exports else wish)
    document, changes = answers.answered(read.document, found.customers, flags.ask)
    both = f"{read.source} and {flags.ask}"
    schema.check(document, "customers", both)
    unused = f"{neutral(os.path.basename(flags.ask))}: not used: {', '.join(map(neutral, found.unused))}."
    return Given(document, both, changes, (*read.notes, *([unused] if found.unused else [])))


def _are_exports(flags: argparse.Namespace) -> bool:
    """Whether the files are exports. Usage: a document beside other files or with a date, exports without one."""
    kinds = [os.path.splitext(name)[1].lower() for name in flags.files]
    if ".json" in kinds and (flags.as_of or len(kinds) > 1):
        raise Usage(_NOT_BOTH)
    if flags.as_of is None and (len(kinds) > 1 or kinds[0] in EXPORTS):
        raise Usage("exports need --as-of DATE, the day on which the customers are looked at")
    return flags.as_of is not None


def _of_document(flags: argparse.Namespace, reads_answers: bool) -> Given:
    about = [name for name, value in _reading_flags(flags).items()
             if value and not (reads_answers and name in _OF_ANSWERS)]
    path, = flags.files
    if about:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in about)
        raise Usage(f"{named} says how exports are read, and {neutral(os.path.basename(path), 200)} is one "
                    "customers.json")
    try:
        return Given(source.document(path), path, None)
    except Refusal as refusal:
        kind = os.path.splitext(path)[1].lower()
        fault, = refusal.faults
        if kind != ".json" and fault.kind in ("not JSON", "wrong encoding") and (kind or fault.hint):
            raise Refusal(path, [fault._replace(hint=_AS_OF_TOO)]) from refusal
        raise


def _reading_flags(flags: argparse.Namespace) -> Mapping[str, Any]:
    """Each flag about reading exports with what was said beside its default, None where nothing was."""
    known = argparse.ArgumentParser(add_help=False)
    intake_flags.reading_flags(known, False)
    return {name: None if getattr(flags, name) == default else getattr(flags, name)
            for name, default in vars(known.parse_args([])).items()}


def _of_exports(flags: argparse.Namespace) -> Given:
    wish: Wish = intake_flags.wish(flags)
    taken = asking.answered([tables.opened(name) for name in flags.files], wish)
    document = json.loads(taken.files["customers.json"], parse_float=Decimal)
    return Given(document, " and ".join(flags.files), None, tuple(intake_notes.of_accounts(taken, wish)))


def fill_in(paying: Sequence[Customer], cost_is_partial: bool, floors: Mapping) -> str:
    """The CSV for --ask: the accounts where an answer moves most money."""
    return customer_files.fill_in([answers.standing_of(one, cost_is_partial) for one in paying], floors)
