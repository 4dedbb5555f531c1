"""Is the first paragraph of the report useful? A criterion that is read off the printed words, not off the records.

Useful means that somebody who acts on these words alone acts rightly: the GRR, its verdict and the money lost are those
of the accounts, counted again here; the place named lost at least a tenth of all that was lost beyond what the rest's
rate explains; the leak named is at least a tenth of what was lost; a book that is healthy on both measures is told so;
and nothing is said about a repeat.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import companies
from cslib import cohorts, plays, policy
from cslib.decomposition import decomposed
from cslib.retention_words import SIZES, answer

SETTINGS = policy.read(None).settings
PLAYS = plays.read()
UNITS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
SHARE = 0.10
SENTENCE = re.compile(
    r"(?P<head>.*?)(?P<grr>[\d.]+)% of (?P<start>[\d.,]+[kMB]?) ARR was kept over .*, and NRR is (?P<nrr>[\d.,]+)%.*?"
    r"(?:\. (?P<lost>[\d.,]+[kMB]?) was lost"
    r"(?:, (?P<there>[\d.,]+[kMB]?) of it (?:in|among) (?P<place>.+?), where "
    r"(?P<kept>[\d.]+)% was kept against (?P<rest>[\d.]+)% elsewhere)?; "
    r"the largest leak is .*, (?P<leak>[\d.,]+[kMB]?)\."
    r"|; nothing was lost\.)", re.DOTALL)


def first_words(made: companies.Company) -> str:
    """What the report says first of a company at the growth stage."""
    accounts = [cohorts.Account(a.id, None, a.cohort, a.segment, a.start, a.end, False, None, None, a.reason)
                for a in made.accounts]
    parts = cohorts.account_parts(accounts, SETTINGS["tier_floors"])
    book = cohorts.Book(date(2024, 12, 31), 12, None, "growth", accounts, parts, None, None, list(made.cells), None, ())
    return answer(book, decomposed(book, SETTINGS, "growth", None, ()), PLAYS)


def money(text: str) -> float:
    """`1.37M` as a number."""
    return float(text.rstrip("kMB").replace(",", "")) * UNITS[text.lstrip("0123456789.,")]


def named_place(text: str) -> str | None:
    """The segment or size that the words name, as the accounts call it."""
    found = SENTENCE.fullmatch(text)
    place = found and found["place"]
    return next((tier for tier, said in SIZES.items() if said == place), place)


def useful(made: companies.Company, text: str) -> bool:
    """Whether the words meet the criterion above."""
    found = SENTENCE.fullmatch(text)
    start = sum(a.start for a in made.accounts)
    lost = sum(max(a.start - a.end, Decimal(0)) for a in made.accounts)
    grr, nrr = 1 - lost / start, sum(a.end for a in made.accounts) / start
    verdict = "healthy" if grr >= Decimal("0.9") else "concerning" if grr >= Decimal("0.85") else "critical"
    if not found or re.search("trend|repeat|expect|clearly", text):
        return False
    if abs(float(found["grr"]) - 100 * float(grr)) > 0.051:
        return False
    healthy = "Nothing to worry about here" in found["head"]
    if healthy != (verdict == "healthy" and nrr >= Decimal("1.1")) or not (healthy or f"is {verdict}" in found["head"]):
        return False
    if not lost:
        return found["lost"] is None
    if abs(money(found["lost"]) / float(lost) - 1) > 0.05 or money(found["leak"]) < SHARE * float(lost):
        return False
    return found["place"] is None or _excess(made, str(named_place(text))) >= SHARE * float(lost)


def _excess(made: companies.Company, place: str) -> float:
    def inside(account: companies.Account) -> bool:
        size = next(tier for tier, floor in sorted(SETTINGS["tier_floors"].items(), key=lambda item: -item[1])
                    if account.start >= floor)
        return place in (account.segment, size)

    there, rest = ([a for a in made.accounts if inside(a) is side] for side in (True, False))
    losses = [float(sum(max(a.start - a.end, Decimal(0)) for a in side)) for side in (there, rest)]
    starts = [float(sum(a.start for a in side)) for side in (there, rest)]
    return losses[0] - starts[0] * losses[1] / starts[1]
