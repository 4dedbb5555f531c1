"""Decision C with what it is told from: policy and benchmarks joined to the plan, and the JSON of it."""

from __future__ import annotations

from typing import Optional

from cslib import benchmarks, result
from cslib.book import Book
from cslib.coverage import Coverage, covered
from cslib.coverage_page import Report, stages_of
from cslib.leak import Leak
from cslib.policy import Assumption, Policy

SCRIPT = "cs_coverage_calculator"
USED = ("gross_margin_ratio", "coverage.working_year", "coverage.headroom", "coverage.sizing",
        "coverage.target_cost_ratio", "coverage.attrition_ratio", "coverage.lead_days", "coverage.hire_step_fte",
        "coverage.least_gap_fte", "coverage.moves", "coverage.managers", "coverage.scenarios", "coverage.swing_ratio",
        "coverage.simulation_runs", "coverage.sponsor_hours", "coverage.pay", "coverage.loaded_cost.manager")
TELLING = ("coverage.headroom.ratio", "coverage.attrition_ratio", "coverage.lead_days", "coverage.loaded_cost")
SERIES = ("months", "alternatives", "transitions")


def answered(book: Book, lost: Optional[Leak], months: int, rules: Policy, sample: bool) -> Report:
    """The answer for a book over so many months, 12 to 24; `lost` is what a result of retention shows."""
    c = covered(book, lost, rules.settings, months)
    others = benchmarks.beside("cs_and_support_cost_ratio", None, benchmarks.read())
    return Report(book, c, others, stages_of(book), rules.settings, _assumptions(book, c, rules), TELLING, sample)


def _assumptions(book: Book, c: Coverage, rules: Policy) -> list[Assumption]:
    """Every policy value that entered a sum."""
    models = dict.fromkeys(row.service.model for row in c.tiers if row.customers and not row.service.measured)
    tiers = [row.tier for row in c.tiers if row.customers or row.csms]
    keys = (*USED, *(f"coverage.models.{model}" for model in models), f"coverage.account_caps.{book.preset}",
            *(f"coverage.arr_per_csm.{row.service.model}" for row in c.tiers if row.customers),
            *(f"coverage.{part}.{tier}" for part in ("loaded_cost", "ramp") for tier in tiers))
    return [a for key in dict.fromkeys(keys) for a in rules.assumptions(key)]


def record(report: Report, most: Optional[int]) -> dict:
    """The JSON envelope; with `most`, longer lists are cut by money at stake, but no SERIES."""
    book, c = report.book, report.c
    answer = {**c._asdict(), "stage": book.stage, "left_out": book.left_out, "others_report": report.others,
              "published_arr_per_csm": report.stages}
    return result.envelope(f"{SCRIPT}.py", report.sample, book.as_of, book.currency, c.verdict, report.assumptions,
                           answer, [], most, SERIES)
