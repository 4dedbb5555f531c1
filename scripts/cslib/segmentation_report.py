"""Decision B with what it is told from: policy and benchmarks joined to the tiers, its book, and the JSON of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Optional

from cslib import benchmarks, customer_files, figures, result, tiering
from cslib.customer_files import Heading
from cslib.customer_input import Given
from cslib.customers import Portfolio
from cslib.policy import Assumption, Policy
from cslib.segmentation import Segmentation, segmented
from cslib.segmentation_page import Report

SCRIPT = "customer_segmentation_designer"
FLOORS = {tiering.FOUR_TIER: ("tier_floors",), tiering.THREE_TOUCH: ("segmentation.touch_floors",),
          tiering.SCORED: ("segmentation.score_floors", "segmentation.score_weights", "segmentation.score_full_arr"),
          tiering.PERCENTILE: ("segmentation.percentile_shares",)}
USED = ("gross_margin_ratio", "segmentation.icp", "segmentation.evidence", "segmentation.hysteresis_ratio",
        "segmentation.triggers", "segmentation.most_overrides_ratio", "segmentation.smell_ratio",
        "segmentation.least_hours_gap_ratio", "segmentation.exit", "segmentation.misplaced")
PLANNED = ("motions", "reactive_hours", "complexity")
TELLING = ("gross_margin_ratio", "segmentation.hysteresis_ratio", "segmentation.exit.fit_below",
           "segmentation.exit.cost_above_ratio", "segmentation.exit.tech_touch_cost")


def answered(given: Given, portfolio: Portfolio, preset: str, rules: Policy, sample: bool,
             asked: Optional[str] = None, book_file: Optional[str] = None) -> Report:
    """The answer for a portfolio as `given`; `asked` and `book_file` name the files written beside it."""
    s = segmented(portfolio, preset, rules.settings)
    return Report(portfolio, s, benchmarks.read(), rules.settings, _assumptions(s, preset, rules), TELLING,
                  _notes(portfolio, given), asked, book_file, sample)


def book_of(report: Report, stage: Optional[str]) -> str:
    """The text of book.json: the customers by tier, for decision C."""
    p = report.portfolio
    return customer_files.book_text(Heading(p.as_of, p.currency, stage), report.s.book, None)


def _assumptions(s: Segmentation, preset: str, rules: Policy) -> list[Assumption]:
    chosen = Assumption("preset", preset, "default" if preset == tiering.FOUR_TIER else "yours")
    keys = (*FLOORS[preset], *(f"segmentation.tiers.{row.tier}" for row in s.tiers),
            *(f"segmentation.expected.{row.tier}" for row in s.tiers if row.expected is not None), *USED,
            *(f"coverage.models.{model}.{part}" for model in dict.fromkeys(row.model for row in s.tiers)
              for part in PLANNED))
    return [chosen, *(a for key in keys for a in rules.assumptions(key) if not a.key.endswith(".drop"))]


def _notes(portfolio: Portfolio, given: Given) -> list[str]:
    """How the input was read, what it says of itself, what was laid over it, and what of it is in no figure."""
    said = [*given.notes, *(f'The input says: "{figures.neutral(note, 300)}"' for note in portfolio.notes)]
    if given.answered is not None:
        said.append("What follows from the input alone: "
                    f"{figures.count(given.answered, 'answer')} filled in by hand count too.")
    if portfolio.tiers_dropped:
        said.append(f"Who moved: the previous tiers ({portfolio.tiers_dropped:,}) are those of another preset.")
    if portfolio.namesakes:
        one, other = portfolio.namesakes[0]
        pairs = figures.count(len(portfolio.namesakes), "pair")
        said.append(f"Whether customers with one name are one customer: {pairs}, such as {figures.neutral(one, 40)} "
                    f"and {figures.neutral(other, 40)}.")
    return said


def record(report: Report, book_text: str, most: Optional[int]) -> dict:
    """The JSON envelope; with `most`, longer lists are cut by money at stake."""
    p, s = report.portfolio, report.s
    others = benchmarks.beside("cs_and_support_cost_ratio", None, report.surveys)
    answer = {**s._asdict(), "book": json.loads(book_text, parse_float=Decimal), "others_report": others}
    return result.envelope(f"{SCRIPT}.py", report.sample, p.as_of, p.currency, s.verdict, report.assumptions, answer,
                           report.notes, most)
