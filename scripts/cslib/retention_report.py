"""Decision A with what it is told from: policy, benchmarks and plays joined to the figures, and the JSON of it."""

from __future__ import annotations

from typing import Optional

from cslib import benchmarks, plays, result
from cslib.cohorts import Book
from cslib.decomposition import decomposed
from cslib.figures import neutral
from cslib.policy import STAGE_GROUPS, Policy
from cslib.retention import Retained
from cslib.retention_page import Report
from cslib.tie_out import Reported

SCRIPT = "retention_decomposition_analyzer"
USED = ("contraction_ceiling_ratio", "expansion_floor_ratio", "expansion_ceiling_ratio", "size_nrr_targets",
        "tier_floors", "leaky_bucket", "implausible", "weakest_excess_ratio",
        "preventable", "leak_majority_ratio", "leak_reduction_ratio",
        "gross_margin_ratio", "least_customers_for_segment_interval", "trend")
TELLING = ("leaky_bucket.grr_ceiling_ratio", "gross_margin_ratio", "leak_reduction_ratio")


def answered(book: Book, previous: Optional[Book], stage: Optional[str], reported: tuple[Reported, ...],
             rules: Policy, sample: bool) -> Report:
    """The answer for a book; `stage` stands over the book's own, `previous` is the period before."""
    stage = stage or book.stage
    d = decomposed(book, rules.settings, stage, previous, reported)
    words = plays.read()
    plans = tuple(plays.plan(leak, book.as_of, words) for leak in d.leaks)
    bands = (f"retention_bands.{STAGE_GROUPS[stage]}",) if stage else ()
    telling = tuple(f"{key}.grr_ratio" for key in bands) + TELLING
    assumptions = [a for key in bands + USED for a in rules.assumptions(key)]
    return Report(book, d, plans, words, benchmarks.read(), rules.settings, assumptions, telling,
                  _notes(book, previous is not None and d.mix_shift is None), sample)


def _notes(book: Book, not_split: bool) -> list[str]:
    """What the input says of itself, and what of it is in no figure."""
    split = ["A split into rate and mix: it needs two segments, named alike in both files."] if not_split else []
    idle = sum(1 for account in book.accounts if not account.starting_arr and not account.ending_arr)
    unused = [f"{idle} accounts without ARR at either date are in no figure."] if idle else []
    return split + unused + [neutral(note, 300) for note in book.notes]


def record(report: Report, most: Optional[int]) -> dict:
    """The JSON envelope; with `most`, longer lists are cut by money at stake."""
    book, d = report.book, report.d
    others = {**_surveys(d.overall.retained, report), "by_size": {
        size.name: _surveys(size, report) for size in d.size_segments if size.starting_customers}}
    answer = {**d._asdict(), "mitigation_plan": report.plans, "others_report": others}
    return result.envelope(f"{SCRIPT}.py", report.sample, book.as_of, book.currency, d.verdict, report.assumptions,
                           answer, report.notes, most)


def _surveys(row: Retained, report: Report) -> dict:
    return {metric: benchmarks.beside(metric, row.mean_arr, report.surveys)
            for metric in ("grr_ratio", "nrr_ratio", "logo_retention_ratio")}
