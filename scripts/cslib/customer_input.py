"""customers.json as a door takes it: a document, or exports of billing and CRM read as one, with answers filled in."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import answers, asking, customer_files, intake_flags, schema, source, tables
from cslib.customers import Customer
from cslib.refusal import Usage

EXPORTS = (".csv", ".tsv", ".txt", ".xlsx")


class Given(NamedTuple):
    """The document and what it is called in a refusal; `answered` counts what a filled file changed, None without."""

    document: dict
    source: str
    answered: Optional[int]


def given(flags: argparse.Namespace) -> Given:
    """What the files say, and over it the answers in the file of --ask where it exists.

    Refused and asked: as the intake does. Usage: exports without a date, flags about exports for a JSON.
    """
    read = _read(flags)
    schema.check(read.document, "customers", read.source)
    if not flags.ask or not os.path.exists(flags.ask):
        return read
    ids = {row["id"] for row in read.document["customers"]}
    found = answers.read(tables.opened(flags.ask), ids, intake_flags.wish(flags))
    document, changes = answers.answered(read.document, found, flags.ask)
    schema.check(document, "customers", flags.ask)
    return Given(document, read.source, changes)


def _read(flags: argparse.Namespace) -> Given:
    files = flags.files
    if not (flags.as_of or len(files) > 1 or files[0].lower().endswith(EXPORTS)):
        return Given(source.document(files[0]), files[0], None)
    if flags.as_of is None:
        raise Usage("exports need --as-of DATE, the day on which the customers are looked at")
    if any(os.path.splitext(name)[1].lower() == ".json" for name in files):
        raise Usage("give one customers.json, or exports with --as-of; not both")
    taken = asking.answered([tables.opened(name) for name in files], intake_flags.wish(flags))
    document = json.loads(taken.files["customers.json"], parse_float=Decimal)
    return Given(document, " and ".join(files), None)


def fill_in(paying: Sequence[Customer], cost_is_partial: bool, floors: Mapping) -> str:
    """The CSV for --ask: the accounts where an answer moves most money."""
    return customer_files.fill_in([answers.standing_of(one, cost_is_partial) for one in paying], floors)
