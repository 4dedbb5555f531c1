"""Decision D with what it is told from: policy and the words of the roles joined to the order, and the JSON of it."""

from __future__ import annotations

from typing import Optional

from cslib import result, role_words
from cslib.coverage_plan import CoveragePlan
from cslib.hiring import Hiring, sequenced
from cslib.hiring_page import Report
from cslib.hiring_words import Speech
from cslib.org import Org
from cslib.policy import Policy

SCRIPT = "cs_hiring_sequencer"
USED = ("gross_margin_ratio", "hiring", "coverage.lead_days", "coverage.managers", "coverage.loaded_cost",
        "coverage.ramp", "tier_floors")
TELLING = ("hiring.split.acv", "hiring.critical_at_risk_ratio", "gross_margin_ratio")
TOLD_ROLES = 3


def answered(org: Org, plan: Optional[CoveragePlan], rules: Policy, sample: bool) -> Report:
    """The answer for a company; `plan` is what a result of coverage shows."""
    h = sequenced(org, plan, rules.settings)
    said = Speech(org, h, rules.settings, role_words.read())
    assumptions = [a for key in USED for a in rules.assumptions(key)]
    return Report(said, plan is not None, assumptions, _telling(h), sample)


def _telling(h: Hiring) -> tuple[str, ...]:
    """The assumptions that move the answer most: those of TELLING, and what the first roles of the order cost."""
    first = dict.fromkeys(row.role for row in h.openings)
    return (*TELLING, *(f"hiring.roles.{role}" for role in list(first)[:TOLD_ROLES]))


def record(report: Report, most: Optional[int]) -> dict:
    """The JSON envelope; with `most`, longer lists are cut by money at stake."""
    said = report.said
    org, h = said.org, said.h
    post = None if h.next is None else said.role(h.next.role)
    return result.envelope(f"{SCRIPT}.py", report.sample, org.as_of, org.currency, h.verdict, report.assumptions,
                           {**h._asdict(), "post": post}, [], most)
