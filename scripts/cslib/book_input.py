"""book.json as a door takes it: a document, and over it what the command line says of CSMs, growth, churn and stage."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from cslib import figures, source
from cslib.refusal import Refusal, Usage, refused
from cslib.tiering import FOUR, TOUCH
from cslib.wording import as_per_cent, likely_word

SHORTEST_MONTHS, LONGEST_MONTHS = 12, 24
MOST_FTE = 100_000
_TIERS = (*FOUR, *TOUCH)
_RATES = {"growth": ("annual_growth_ratio", -1, 10), "churn": ("annual_churn_ratio", 0, 1)}
_NUMBER = re.compile(r"([+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}))(%?)", re.ASCII)
_LARGEST_PER_CENT = 1_000
_OF_CUSTOMERS = "make a book of it: customer_segmentation_designer.py FILE --write-book book.json"
_OF_EXPORTS = ("for exports: prepare_inputs.py FILES --as-of DATE --out-dir DIR; for customers: "
               "customer_segmentation_designer.py FILE --write-book book.json")
_OF_ACCOUNTS = "prepare_inputs.py writes book.json beside it, from the same exports"
_OTHERS = {"customers": ("customers.json", _OF_CUSTOMERS), "accounts": ("cohorts.json", _OF_ACCOUNTS),
           "cohorts": ("cohorts.json", _OF_ACCOUNTS),
           "script": ("the result of a script", f"{_OF_CUSTOMERS}; a result of retention is given as --retention FILE")}


class Given(NamedTuple):
    """The document with the command line over it, and what it is called in a refusal."""

    document: Any
    source: str


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of decision C to those that every door has."""
    parser.add_argument("--months", type=_months, default=SHORTEST_MONTHS, metavar="N",
                        help=f"months to plan, {SHORTEST_MONTHS} to {LONGEST_MONTHS} (default {SHORTEST_MONTHS})")
    parser.add_argument("--retention", metavar="FILE",
                        help="retention_decomposition_analyzer.py --format json --all of the same customers: what the "
                             "hires must save, beside what leaks")
    over = parser.add_argument_group("over the input, instead of what it says")
    over.add_argument("--csms", action="append", default=[], metavar="TIER=FTE",
                      help="CSMs in a tier today, part-time as a fraction: enterprise=2.5; once for each tier")
    over.add_argument("--growth", metavar="RATIO", help="net growth of customers a year: 0.2 for 20%%")
    over.add_argument("--churn", metavar="RATIO", help="customers lost a year: 0.1 for 10%%")


def _months(text: str) -> int:
    bounds = f"a whole number from {SHORTEST_MONTHS} to {LONGEST_MONTHS}"
    if not re.fullmatch("[0-9]{1,4}", text, re.ASCII) or not SHORTEST_MONTHS <= int(text) <= LONGEST_MONTHS:
        raise argparse.ArgumentTypeError(f"expected {bounds}, got {figures.neutral(text)!r}")
    return int(text)


def given(flags: argparse.Namespace) -> Given:
    """The document of the file, or of the sample, with the flags over it; its schema has not seen it yet.

    Refused: what is no JSON, another document of the house. Usage: a tier that is none or that the book does not have,
    twice the same, what is no amount, per cent where a ratio is meant.
    """
    csms, rates = _csms(flags.csms), _rates(flags)
    path = flags.file or source.sample("book.json")
    document = _document(path)
    if not isinstance(document, dict):
        return Given(document, path)
    over = {key: value for key, value in ({**rates, "stage": flags.stage}).items() if value is not None}
    tiers = document.get("tiers")
    if csms and isinstance(tiers, dict):
        over["tiers"] = _with_csms(tiers, csms)
    said = [f"--{name}" for name in ("csms", "growth", "churn", "stage") if getattr(flags, name)]
    return Given({**document, **over}, f"{path} with {', '.join(said)}" if said else path)


def _document(path: str) -> Any:
    try:
        document = source.document(path)
    except Refusal as refusal:
        fault, = refusal.faults
        if fault.kind in ("not JSON", "wrong encoding") and (
                fault.hint or os.path.splitext(path)[1].lower() not in ("", ".json")):
            raise Refusal(path, [fault._replace(hint=_OF_EXPORTS)]) from refusal
        raise
    if isinstance(document, dict) and "tiers" not in document:
        for key, (name, hint) in _OTHERS.items():
            if key in document:
                raise refused(path, "another document", path, 'book.json, with "tiers"', f'{name}, with "{key}"', hint)
    return document


def _with_csms(tiers: Mapping[str, Any], csms: Mapping[str, Decimal]) -> dict[str, Any]:
    """The tiers with the CSMs of some. Usage: a tier that the document does not have."""
    for tier in csms:
        if tier not in tiers:
            held = ", ".join(map(figures.neutral, tiers)) or "none"
            raise Usage(f"--csms {tier}: the book has no such tier; its tiers are {held}")
    return {tier: {**row, "csms": csms[tier]} if tier in csms and isinstance(row, dict) else row
            for tier, row in tiers.items()}


def _csms(said: list) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for text in said:
        if not isinstance(text, str) or "=" not in text:  # argparse of Python 3.11 makes a list of "--csms=--"
            raise Usage(f"--csms expects TIER=FTE such as enterprise=2.5, got {_quoted(text)}")
        tier, _, amount = text.partition("=")
        if tier not in _TIERS:
            likely = likely_word(tier, _TIERS)
            raise Usage(f"--csms {_quoted(tier)} is no tier: {likely or ', '.join(_TIERS)}")
        number = _NUMBER.fullmatch(amount)
        if not number or number[2] or not 0 <= Decimal(number[1]) <= MOST_FTE:
            raise Usage(f"--csms {tier} expects FTE from 0 to {figures.whole(MOST_FTE)} such as {tier}=2.5, "
                        f"got {_quoted(amount)}")
        if tier in found:
            raise Usage(f"--csms names {tier} twice")
        found[tier] = Decimal(number[1])
    return found


def _rates(flags: argparse.Namespace) -> dict[str, Decimal]:
    found = {}
    for name, (key, least, most) in _RATES.items():
        text = getattr(flags, name)
        if text is not None:
            found[key] = _rate(name, text, least, most)
    return found


def _rate(name: str, text: object, least: int, most: int) -> Decimal:
    expected = f"--{name} expects a ratio from {least} to {most} such as 0.2 for 20%"
    number = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if not number:
        raise Usage(f"{expected}, got {_quoted(text)}")
    value = Decimal(number[1])
    if not number[2] and least <= value <= most:
        return value
    if not least <= value / 100 <= most or abs(value) > _LARGEST_PER_CENT:
        raise Usage(f"{expected}, got {_quoted(text)}")
    meant = as_per_cent(value)
    asked = "a book cannot lose more than all;" if value < -1 else f"{meant.said} or {meant.likely}?"
    raise Usage(f"--{name} {text}: {asked} write {meant.ratio} for {meant.likely}")


def _quoted(text: object) -> str:
    return repr(figures.neutral(text if isinstance(text, str) else "", 60))
