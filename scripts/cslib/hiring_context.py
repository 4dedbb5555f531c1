"""What stands around the answer of decision D: the company's stage, what inputs disagree about, who is to spare."""

from __future__ import annotations

from decimal import Decimal

from cslib.coverage_words import listed, people
from cslib.figures import fte, short_money
from cslib.hiring_words import Speech

STAGES = {"seed": "seed", "series_a": "series A", "series_b": "series B", "growth": "growth", "late": "late"}
MEASURES = {"staff": "staff", "customers": "customers", "arr": "ARR", "csms": "CSMs"}
DISAGREEMENTS = {"customers": "customers", "arr": "ARR", "csms": "CSMs", "cs_managers": "CS managers"}


def stage(said: Speech) -> str:
    """The stage that was used, and every measure that says another."""
    standing = said.h.standing
    name = STAGES[standing.used]
    source = "taken from size" if standing.inferred else "as stated"
    if not standing.conflicts:
        return f"Stage: {name}, {source}; no measure says another."
    by_stage: dict[str, list[str]] = {}
    for row in standing.conflicts:
        by_stage.setdefault(row.stage, []).append(f"{_count(row.measure, row.value)} {MEASURES[row.measure]}")
    said_so = [f"{listed(found)} {'say' if len(found) > 1 or found[0][-3:] != 'ARR' else 'says'} {STAGES[other]}"
               for other, found in by_stage.items()]
    return f"Stage: {name}, {source}, but {'; '.join(said_so)}."


def spare(said: Speech) -> str:
    """What the coverage plan has too much of, which comes before a hire."""
    if not said.h.spare_csms or said.h.next_role is None:
        return ""
    return (f"The coverage plan has {people(said.h.spare_csms)} more than the book takes, hours for tickets not "
            f"counted: give that time to the work of {said.role(said.h.next_role.role).one} for a quarter before you "
            "hire.")


def disagreements(said: Speech) -> str:
    """What the coverage plan counts differently."""
    rows = [f"{DISAGREEMENTS[row.what]} {_count(row.what, row.org_value)} here and {_count(row.what, row.plan_value)} "
            "in the coverage plan" for row in said.h.disagreements]
    return f"Check the inputs, which disagree: {'; '.join(rows)}." if rows else ""


def _count(what: str, value: Decimal) -> str:
    return short_money(value) if what == "arr" else fte(value)
