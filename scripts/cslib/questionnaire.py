"""The questionnaire of decision E: for an interview as a page, and as a document to fill in that is valid as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Optional

from cslib.kpis import KNOWN
from cslib.kpis_known import OVER_TIME, SCALES
from cslib.page import Block, Columns, Heading, Page, Sentences, Steps
from cslib.policy import STAGES
from cslib.scorecard_words import DIMENSIONS, KPIS, OWNERS, PRODUCTS
from cslib.scorecards import DIMENSIONS as ORDER
from cslib.scorecards import GATES, LADDER

ASKED = {"ratio": "a ratio, 0.93 for 93%", "points": "points", "days": "days", "hours": "hours", "count": "a number",
         "score": "the mean, with its scale"}
HEADS = ("currency", "stage", "believed_stage", "product_type")
OF_A_KPI = ("segment", "period_months", "of", "sd", "scale", "easy_is", "owner", "previous")
YEAR = 12
NO_DAY = "YYYY-MM-DD"


def document(as_of: Optional[date]) -> dict:
    """A scorecard.json in which nothing is answered yet: every KPI without a value, every question open.

    Without a day it has the form of one, which is refused until it is filled in.
    """
    return {"as_of": as_of.isoformat() if as_of else NO_DAY, **dict.fromkeys(HEADS),
            "kpis": [_row(kpi) for kpi in KNOWN],
            "owned_accounts": None, "headcount": None,
            "maturity": {dimension: {stage: {"met": None, "evidence": None} for stage in LADDER[1:]}
                         for dimension in ORDER}}


def _row(kpi: str) -> dict:
    """The keys of a KPI that can apply to it."""
    unfit = {"period_months": kpi not in OVER_TIME, "scale": kpi not in SCALES, "easy_is": kpi != "ces",
             "sd": KNOWN[kpi].unit == "ratio" or kpi == "nps"}
    row = {"kpi": kpi, "value": None, **{key: None for key in OF_A_KPI if not unfit.get(key)}}
    return {**row, "period_months": YEAR} if kpi in OVER_TIME else row


def page(cells: Mapping, as_of: Optional[date], floor: str) -> Page:
    """The questions for an interview. `cells` are the words of maturity.json, `floor` the ARR above which an account
    has an owner."""
    day = f" ({as_of.isoformat()})" if as_of else ""
    return Page(f"Questions for a scorecard{day}", False, tuple(_blocks(cells, floor)))


def _blocks(cells: Mapping, floor: str) -> Iterable[Block]:
    yield Sentences("Ask for what can be shown. A yes without evidence counts as a no, and half a criterion met is not "
                    "met. Evidence is a document with its date and place, such as \"report of 30 September, shared "
                    "with finance\", not the claim said again: write it down in one line (evidence).")
    yield Heading("To begin with")
    yield Steps((f"Which stage does the team believe that it has reached: {', '.join(LADDER)} (believed_stage)?",
                 f"Which stage is the company at: {', '.join(STAGES)} (stage)? Targets of retention go by it.",
                 f"Which kind of product is it: {', '.join(PRODUCTS)}, or none of these (product_type)? The target of "
                 "time to value goes by it."))
    for dimension in ORDER:
        gate = " (one of three that set the overall stage)" if dimension in GATES else ""
        yield Heading(f"{DIMENSIONS[dimension].capitalize()}{gate}")
        yield Steps(tuple(_question(stage, cells[dimension][stage]) for stage in LADDER[1:]))
    yield Heading("KPIs")
    yield Sentences("For each that is measured, of the company and of any size segment (segment): the value, how many "
                    "customers, answers or renewals stand behind it (of), its value a year before with its own count "
                    "(previous), and who answers for it (owner).")
    yield Columns(("key", "what", "level", "asked as", "expected owner"),
                  tuple((kpi, KPIS[kpi], known.level, ASKED[known.unit], OWNERS[known.owner])
                        for kpi, known in KNOWN.items()))
    yield Heading("Scales and periods")
    yield Steps(("Over how many months are the rates of retention, renewal and expansion (period_months)?",
                 "CSAT: on which scale is the mean, 1 to 5, 1 to 7 or 1 to 10? A share of satisfied answers is "
                 "csat_satisfied_ratio instead.",
                 "CES: on which scale, 1 to 5 or 1 to 7, and does the low or the high end say easy (easy_is)?",
                 "Of each mean: how far do answers spread around it (sd)?"))
    yield Heading("Owners and people")
    yield Steps((f"How many accounts are above {floor} of ARR, and how many of them have one named owner?",
                 "How many CSMs are there in full-time posts, and how many does the book take "
                 "(cs_coverage_calculator.py)?"))


def _question(stage: str, cell: Mapping) -> str:
    return f"{stage}: {cell['question']} Met when: {cell['criterion']} Ask to see: {cell['proof']}"
