"""All decisions on one company: each answered in turn, and what one shows told to the next, as their scripts do."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import (
    book,
    coverage_page,
    coverage_plan,
    coverage_report,
    hiring_page,
    hiring_report,
    leak,
    retention_page,
    retention_report,
    scorecard_report,
    scorecard_words,
    segmentation_page,
    segmentation_report,
    tiering,
)
from cslib.brief import CoveragePart, HiringPart, Parts, RetentionPart, ScorecardPart, SegmentationPart
from cslib.brief_agreements import comparable
from cslib.brief_input import Inputs
from cslib.policy import Assumption, Policy
from cslib.shown import File

MONTHS = 12
TELLING = ("gross_margin_ratio", "tier_floors", "coverage.lead_days", "coverage.attrition_ratio")
SERIES = tuple(f"coverage.{name}" for name in coverage_report.SERIES)


class Reports(NamedTuple):
    """The answers of the five decisions, None where an input is not there. `records` are their whole JSON results.

    `book_by_tiers`: the book of decision C was written by decision B, so nobody knows who is there.
    """

    retention: Optional[retention_page.Report]
    segmentation: Optional[segmentation_page.Report]
    coverage: Optional[coverage_page.Report]
    hiring: Optional[hiring_page.Report]
    scorecard: Optional[scorecard_words.Report]
    records: dict[str, dict]
    book_by_tiers: bool

    def parts(self) -> Parts:
        """The decisions with their inputs, without their words."""
        a, b, c, d, e = self[:5]
        return Parts(a and RetentionPart(a.book, a.d, a.plans[0] if a.plans else None),
                     b and SegmentationPart(b.portfolio, b.s), c and CoveragePart(c.book, c.c),
                     d and HiringPart(d.said.org, d.said.h), e and ScorecardPart(e.card, e.s))

    def stage(self) -> Optional[str]:
        """The stage by which retention was judged, else that of the first input that states one."""
        known = (self.retention and self.retention.d.stage, self.coverage and self.coverage.book.stage,
                 self.hiring and self.hiring.said.org.stage, self.scorecard and self.scorecard.card.stage)
        return next((stage for stage in known if stage), None)

    def assumptions(self) -> list[Assumption]:
        """Every assumption of every decision, once."""
        return list({a.key: a for report in self[:5] if report for a in report.assumptions}.values())


def answered(inputs: Inputs, stage: Optional[str], rules: Policy) -> Reports:
    """Every decision that has its input. A result is told to the next where day and currency allow it."""
    records: dict[str, dict] = {}
    sample = inputs.sample
    retention = segmentation = coverage = hiring = scorecard = None
    if inputs.cohorts:
        retention = retention_report.answered(inputs.cohorts, None, stage, (), rules, sample)
        records["retention"] = retention_report.record(retention, None)
    if inputs.given and inputs.portfolio:
        segmentation = segmentation_report.answered(inputs.given, inputs.portfolio, tiering.FOUR_TIER, rules, sample)
        by_tiers = segmentation_report.book_of(segmentation, stage)
        records["segmentation"] = segmentation_report.record(segmentation, by_tiers, None)
    csms = inputs.book or (_book(by_tiers) if segmentation else None)
    if csms:
        lost = None
        if inputs.cohorts and inputs.cohorts.period_months == MONTHS and comparable(inputs.cohorts, csms):
            lost = leak.read(records["retention"], inputs.paths["cohorts"], csms, sample)
        coverage = coverage_report.answered(csms, lost, MONTHS, rules, sample)
        records["coverage"] = coverage_report.record(coverage, None)
    if inputs.org:
        plan = None
        if coverage and coverage.c.csms is not None and comparable(coverage.book, inputs.org):
            plan = coverage_plan.read(records["coverage"], inputs.paths.get("book", "book.json"), inputs.org, sample)
        hiring = hiring_report.answered(inputs.org, plan, rules, sample)
        records["hiring"] = hiring_report.record(hiring, None)
    if inputs.card:
        shown = {"retention": inputs.cohorts, "coverage": coverage and coverage.book, "segmentation": inputs.portfolio}
        files = {name: File(records[name], name) for name, held in shown.items()
                 if held and comparable(held, inputs.card)}
        scorecard = scorecard_report.answered(inputs.card, files, rules, sample)
        records["scorecard"] = scorecard_report.record(scorecard, None)
    return Reports(retention, segmentation, coverage, hiring, scorecard, records,
                   coverage is not None and inputs.book is None)


def _book(text: str) -> book.Book:
    return book.read(json.loads(text, parse_float=Decimal), "the tiers of customers.json")
