"""What can be known of a customer beside the ARR of the book, and how one cell of it is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Callable, NamedTuple, Optional

from cslib import cells

SIGNALS = ("in_target_industry", "in_target_size_range", "uses_target_workflow", "has_executive_sponsor",
           "advocates_publicly", "expansion_potential_high", "competitor_concentration_low")
FLAGS = (*SIGNALS, "multi_year", "executive_contact", "sponsor_both_sides", "acquired_by_conflicting_owner",
         "declining_industry")
LEVELS = ("complexity", "strategic_value", "growth_potential")
LONGEST_TEXT = 200
LARGEST_COUNT = 100_000
_GUARDED = re.compile(r"'+[=+\-@]")
_GAPS = re.compile(r"[\s_/-]+")


class Known(NamedTuple):
    """What is said of one customer. Amounts are annual, in whole cents; `arr` counts where no book of ARR is given."""

    name: Optional[str] = None
    segment: Optional[str] = None
    parent: Optional[str] = None
    reason: Optional[str] = None
    signup: Optional[date] = None
    arr: Optional[Decimal] = None
    tenure_months: Optional[int] = None
    relationship: Optional[str] = None
    in_target_industry: Optional[bool] = None
    in_target_size_range: Optional[bool] = None
    uses_target_workflow: Optional[bool] = None
    has_executive_sponsor: Optional[bool] = None
    advocates_publicly: Optional[bool] = None
    expansion_potential_high: Optional[bool] = None
    competitor_concentration_low: Optional[bool] = None
    complexity: Optional[str] = None
    strategic_value: Optional[str] = None
    growth_potential: Optional[str] = None
    annual_cost_to_serve: Optional[Decimal] = None
    previous_tier: Optional[str] = None
    escalations_12m: Optional[int] = None
    multi_year: Optional[bool] = None
    executive_contact: Optional[bool] = None
    sponsor_both_sides: Optional[bool] = None
    acquired_by_conflicting_owner: Optional[bool] = None
    declining_industry: Optional[bool] = None
    renewal_date: Optional[date] = None
    churned: Optional[bool] = None
    override_reason: Optional[str] = None
    override_until: Optional[date] = None


NOTHING_KNOWN = Known()


class Form(NamedTuple):
    """How a column's cells are read: `parse` takes a cell and what `needs` names of the style, its `order` or `mark`.

    It gives None for a cell that is none of its kind: a fault of `kind`, or unknown when the column is `open`.
    """

    kind: str
    expected: str
    parse: Callable[[str, Optional[str]], Any]
    needs: str = ""
    open: bool = False


def unguarded(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reading `=`, `+`, `-` or `@` as a formula."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def guarded_twice(text: str) -> str:
    """A text that `unguarded` gives back as it was, though it starts with such an apostrophe of its own."""
    return "'" + text if text[:1] == "'" and _GUARDED.match(text) else text


def _words(text: str, _: Optional[str]) -> str:
    return cells.words(unguarded(text), LONGEST_TEXT)


def _flag(text: str, _: Optional[str]) -> Optional[bool]:
    return cells.flag(text)


def _whole(text: str, mark: Optional[str]) -> Optional[int]:
    number = cells.amount(text, mark)
    fits = number is not None and 0 <= number <= LARGEST_COUNT and number == int(number)
    return int(number) if fits else None


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return _GAPS.sub(" ", bare.casefold()).strip()


def _one_of(said: Mapping[Any, str]) -> Callable[[str, Optional[str]], Any]:
    spellings = {word: value for value, words in said.items() for word in words.split(", ")}
    return lambda text, _: spellings.get(_plain(text))


_STATUS = _one_of({
    True: "churned, cancelled, canceled, ex customer, former customer, former, lost, terminated, gekundigt, "
          "gekuendigt, ehemalig, ehemaliger kunde, verloren, resilie, resiliee, ancien client, perdu",
    False: "active, live, current, customer, active customer, paying, aktiv, kunde, actif, client"})


def _churned(text: str, _: Optional[str]) -> Optional[bool]:
    answer = cells.flag(text)
    return _STATUS(text, None) if answer is None else answer


_TEXT = Form("not words", "words", _words)
_DATE = Form("not a date", "a date such as 2024-03-31", cells.day, "order")
_COUNT = Form("not a whole number", f"a whole number up to {LARGEST_COUNT:,}", _whole, "mark")
_FLAG = Form("neither yes nor no", "yes, no, or nothing when unknown", _flag)
_LEVEL = Form("not a level", "high, medium or low", _one_of({
    "high": "high, h, hoch, eleve, elevee, haut, haute", "low": "low, l, niedrig, gering, faible, bas, basse",
    "medium": "medium, med, m, mid, moderate, mittel, moyen, moyenne"}))
FORMS: Mapping[str, Form] = {
    **dict.fromkeys(("name", "segment", "parent", "reason", "override_reason"), _TEXT),
    **dict.fromkeys(("signup", "renewal_date", "override_until"), _DATE),
    **dict.fromkeys(("tenure_months", "escalations_12m"), _COUNT),
    **dict.fromkeys(FLAGS, _FLAG),
    **dict.fromkeys(LEVELS, _LEVEL),
    "relationship": Form("not a relationship", "paying, pilot or design_partner", _one_of({
        "paying": "paying, paid, customer, paying customer, commercial, zahlend, kunde, zahlender kunde, payant, "
                  "client",
        "pilot": "pilot, pilot customer, free pilot, paid pilot, poc, proof of concept, trial, pilotkunde, pilote, "
                 "essai",
        "design_partner": "design partner, designpartner, development partner, partenaire de conception"})),
    "previous_tier": Form("not a tier", "strategic, enterprise, mid_market or smb; or high_touch, low_touch or "
                          "tech_touch", _one_of({
                              "strategic": "strategic", "enterprise": "enterprise", "smb": "smb",
                              "mid_market": "mid market, midmarket", "high_touch": "high touch, hightouch",
                              "low_touch": "low touch, lowtouch", "tech_touch": "tech touch, techtouch"})),
    "churned": _FLAG._replace(parse=_churned),
    "status": Form("", "", _STATUS, open=True),
}
