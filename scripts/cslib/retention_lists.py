"""The tables that only the full report of decision A has."""

from __future__ import annotations

from typing import Optional

from cslib import benchmarks
from cslib import retention_words as words
from cslib.benchmarks import Benchmark
from cslib.cohorts import Account
from cslib.decomposition import Decomposition
from cslib.figures import between, count, decimal, money, per_cent, short_money, signed_money, whole
from cslib.page import Block, Columns, Heading, Sentences, Steps
from cslib.plays import Plan
from cslib.reasons import Reason
from cslib.retention import Retained
from cslib.retention_words import name
from cslib.trend import Trend
from cslib.worth import Lifetime

BEHIND = 5


def whole_plan(d: Decomposition, plans: tuple[Plan, ...], plays: dict) -> list[Block]:
    """Every step against each leak; the steps of a cause once."""
    blocks: list[Block] = []
    shown: set[str] = set()
    for leak, plan in zip(d.leaks, plans):
        said = words.leak(leak, plays)
        head = f"{said[:1].upper()}{said[1:]}, {money(plan.arr)} ARR: "
        if plan.cause in shown:
            blocks.append(Sentences(head + "the steps are those above."))
            continue
        shown.add(plan.cause)
        behind = ", ".join(f"{name(a.account)} {short_money(a.lost_arr)}" for a in leak.accounts[:BEHIND])
        blocks += [Sentences(f"{head}{plan.why} Bring in {' and '.join(plan.bring_in)}: {plan.bring_in_why}."
                             + (f" Largest behind it: {behind}." if behind else "")),
                   Steps(tuple(f"By {s.by.isoformat()}, {s.owner}: {s.action} Measure: {s.metric}. Target: {s.target}."
                               for s in plan.steps), True)]
    return blocks


def lists(d: Decomposition, plays: dict, surveys: list[Benchmark], most: Optional[int]) -> list[Block]:
    """Cohorts, the worth of a customer, reasons, movers (at most `most` rows) and the trend, each where it is known."""
    blocks: list[Block] = [Heading("Cohorts"), _cohorts(d.cohorts)]
    large = [s for s in d.segments if s.grr_interval]
    if large:
        blocks += [Heading("Would a segment repeat?"), Columns(("segment", "customers", "GRR", "by chance"), tuple(
            (name(s.retained.name), whole(s.retained.starting_customers), per_cent(s.retained.grr_ratio),
             between(s.grr_interval.low, s.grr_interval.high)) for s in large), (1, 2))]
    if d.size_segments:
        blocks += [Heading("What others report by size"), _others(d.size_segments, surveys)]
    if d.worth.lifetime:
        blocks += [Heading("What a customer is worth"), Sentences(
            f"Gross profit at a margin of {per_cent(d.worth.gross_margin_ratio, 0)}: over the years that this book has "
            "been seen, and by the endless formula 1/(1-GRR), which is a guess beyond those years."),
                   _lifetimes(d.worth.lifetime)]
    if d.churn_reasons:
        blocks += [Heading("Why customers left"), _reasons(d.churn_reasons, plays)]
    for heading, rows in zip(("Lost accounts", "Shrunk accounts", "Grown accounts"), d.movers):
        if rows:
            blocks += [Heading(heading), _movers(rows, plays, most)]
    if d.trend and d.trend.cohorts:
        blocks += [Heading(f"Acquisition cohorts at {count(3 * d.trend.age_quarters, 'month')} of age"), _ages(d.trend)]
    return blocks


def _others(sizes: tuple[Retained, ...], surveys: list[Benchmark]) -> Columns:
    rows = []
    for size in sizes:
        for metric, label in (("grr_ratio", "GRR"), ("nrr_ratio", "NRR")):
            ours = getattr(size.annual, metric)
            for survey in benchmarks.beside(metric, size.mean_arr, surveys)[:1]:
                rows.append((words.SIZES.get(size.name or "", size.name or ""), label, per_cent(ours),
                             per_cent(survey.low_ratio, 0), f"{survey.publisher} {survey.year}{words.contract(survey)}",
                             survey.population))
    return Columns(("size", "measure", "here", "median", "source", "population"), tuple(rows), (2, 3))


def _cohorts(rows: tuple[Retained, ...]) -> Columns:
    return Columns(("cohort", "customers", "start ARR", "lost ARR", "GRR", "NRR", "leaky"), tuple(
        (*words.kept(name(row.name), row), "yes" if row.leaky_bucket else "") for row in rows), (1, 2, 3, 4, 5))


def _lifetimes(sizes: tuple[Lifetime, ...]) -> Columns:
    rows = tuple((words.SIZES.get(size.size, size.size), money(size.arr_per_customer), per_cent(size.grr_ratio),
                  decimal(size.observed_years), money(size.observed_value), decimal(size.lifetime_years),
                  money(size.formula_value)) for size in sizes)
    return Columns(("", "ARR each", "GRR", "years seen", "worth seen", "years by formula", "by formula"), rows,
                   (1, 2, 3, 4, 5, 6))


def _reasons(rows: tuple[Reason, ...], plays: dict) -> Columns:
    return Columns(("reason", "customers", "ARR", "of known", "preventable"), tuple(
        (plays[row.reason]["label"], whole(row.customers), money(row.arr), per_cent(row.share_ratio, 0),
         row.preventable) for row in rows), (1, 2, 3))


def _movers(rows: tuple[Account, ...], plays: dict, most: Optional[int]) -> Columns:
    segments, reasons = any(m.segment for m in rows), any(m.churn_reason for m in rows)
    head = ("account",) + ("segment",) * segments + ("from", "to", "change") + ("reason",) * reasons
    cells = [(name(m.account),) + (name(m.segment),) * segments
             + (money(m.starting_arr), money(m.ending_arr), signed_money(m.change_arr))
             + ((plays[m.churn_reason]["label"] if m.churn_reason else "-"),) * reasons for m in rows[:most]]
    if most is not None and len(rows) > most:
        cells.append((f"and {whole(len(rows) - most)} more (--all)",) + ("",) * (len(head) - 1))
    return Columns(head, tuple(cells), tuple(n + 1 + segments for n in range(3)))


def _ages(trend: Trend) -> Columns:
    return Columns(("cohort", "customers", "customers kept", "ARR kept"), tuple(
        (p.cohort, whole(p.customers), per_cent(p.logo_ratio), per_cent(p.arr_ratio)) for p in trend.cohorts),
        (1, 2, 3))
