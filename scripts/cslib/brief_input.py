"""What a brief is written from: the inputs in a folder or under their flags, read; what is not there."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, Optional

from cslib import book as books
from cslib import cohorts, customers, schema, source, tiering
from cslib import org as orgs
from cslib import scorecards as cards
from cslib.customer_input import Given
from cslib.customers import Portfolio
from cslib.org import Org
from cslib.policy import Policy
from cslib.refusal import refused
from cslib.scorecards import Scorecard

KINDS = ("cohorts", "customers", "book", "org", "scorecard")
FLAGS = {"customers": "whom to invest in", "book": "how many CSMs", "org": "which role next",
         "scorecard": "KPIs and maturity"}


class Inputs(NamedTuple):
    """Every input that was given, read; None for one that was not. `paths` are those read, by kind."""

    paths: dict[str, str]
    sample: bool
    cohorts: Optional[cohorts.Book]
    given: Optional[Given]
    portfolio: Optional[Portfolio]
    book: Optional[books.Book]
    org: Optional[Org]
    card: Optional[Scorecard]

    def _each(self) -> Iterable[Any]:
        return (one for one in (self.cohorts, self.portfolio, self.book, self.org, self.card) if one is not None)

    @property
    def as_of(self) -> date:
        """The last day of any input."""
        return max(one.as_of for one in self._each())

    @property
    def currency(self) -> Optional[str]:
        """The one that inputs state; None where none does, or where they differ."""
        known = {one.currency for one in self._each() if one.currency}
        return known.pop() if len(known) == 1 else None


def add_flags(flags: argparse.ArgumentParser) -> None:
    for kind, question in FLAGS.items():
        flags.add_argument(f"--{kind}", metavar="FILE", help=f"{kind}.json, for the question {question}")


def paths(flags: argparse.Namespace) -> dict[str, str]:
    """The file of each kind. Nothing given: the sample's. Refused: a folder that holds none. Usage: one twice."""
    named = {kind: getattr(flags, kind) for kind in FLAGS if getattr(flags, kind) is not None}
    if flags.file is None:
        return named or {kind: source.sample(f"{kind}.json") for kind in KINDS}
    if not os.path.isdir(flags.file):
        return {"cohorts": flags.file, **named}
    held = {kind: path for kind in KINDS
            if os.path.isfile(path := os.path.join(flags.file, f"{kind}.json"))}
    if not held and not named:
        raise refused(flags.file, "nothing to brief on", flags.file,
                      "one or more of " + ", ".join(f"{kind}.json" for kind in KINDS), "none of them",
                      "prepare_inputs.py EXPORTS --out-dir FOLDER writes the first three")
    return {**held, **named}


def read(found: dict[str, str], sample: bool, stage: Optional[str], rules: Policy) -> Inputs:
    """The inputs under their paths. `stage` stands in for those of the files. Refused: what their readers refuse."""
    documents = {kind: _document(kind, path, stage) for kind, path in found.items()}
    floors = rules.settings["tier_floors"]
    given = Given(documents["customers"], found["customers"], None) if "customers" in documents else None
    held = {"cohorts": lambda at: cohorts.read(documents["cohorts"], at, floors),
            "customers": lambda at: customers.read(documents["customers"], at, tiering.TIERS[tiering.FOUR_TIER]),
            "book": lambda at: books.read(documents["book"], at), "org": lambda at: orgs.read(documents["org"], at),
            "scorecard": lambda at: cards.read(documents["scorecard"], at)}
    book, portfolio, csms, org, card = (held[kind](found[kind]) if kind in found else None for kind in KINDS)
    return Inputs(found, sample, book, given, portfolio, csms, org, card)


def _document(kind: str, path: str, stage: Optional[str]) -> Any:
    document = source.document(path)
    if stage and kind != "customers" and isinstance(document, dict):
        document = {**document, "stage": stage}
    schema.check(document, kind, path)
    return document
