"""Decision A in one record: what happened to a book, would it repeat, where ARR leaks and what that is worth."""

from __future__ import annotations

from decimal import Decimal
from typing import Callable, NamedTuple, Optional

from cslib import leaks, patterns, reasons, retention, tie_out, uncertainty, worth
from cslib.cohorts import Book, Part
from cslib.months import MONTHS_IN_A_YEAR
from cslib.policy import STAGE_GROUPS
from cslib.retention import Retained
from cslib.trend import Cell, Trend, TrendPolicy, cohort_trend
from cslib.uncertainty import Interval

Amounts = list[tuple[Optional[str], float, float]]


class Told(NamedTuple):
    """On which side of the healthy line this period's GRR puts the next ones: `above`, `below` or `cannot_tell`."""

    measure: str
    line_ratio: Decimal
    answer: str


class Overall(NamedTuple):
    """The whole book: the fields of Retained, the intervals of a repeat (period ratios), what they tell of the line."""

    retained: Retained
    grr_interval: Optional[Interval]
    annual_grr_interval: Optional[Interval]
    nrr_interval: Optional[Interval]
    logo_interval: Optional[Interval]
    distinguishable: Optional[Told]

    def record(self) -> dict:
        return {**self.retained._asdict(), "grr_interval": self.grr_interval,
                "annual_grr_interval": self.annual_grr_interval, "nrr_interval": self.nrr_interval,
                "logo_interval": self.logo_interval, "distinguishable": self.distinguishable}


class Segment(NamedTuple):
    """A segment; its interval is given only where it is large."""

    retained: Retained
    grr_interval: Optional[Interval]

    @property
    def lost_arr(self) -> Decimal:
        return self.retained.lost_arr

    def record(self) -> dict:
        return {**self.retained._asdict(), "grr_interval": self.grr_interval}


class Triangle(NamedTuple):
    """One acquisition cohort at one age."""

    cohort: str
    quarter: int
    customers: int
    active_customers: int
    arr: Decimal
    logo_retention_ratio: Optional[Decimal]
    arr_retention_ratio: Optional[Decimal]


class RenewalRate(NamedTuple):
    """What was renewed of what was due: gross (capped per customer, None where only totals are known) and net."""

    due_arr: Decimal
    renewed_arr: Decimal
    due_share_ratio: Decimal
    gross_ratio: Optional[Decimal]
    net_ratio: Decimal


class Decomposition(NamedTuple):
    """The whole answer of decision A. Keys are those of DESIGN section 7."""

    period_months: int
    stage: Optional[str]
    overall: Overall
    cohorts: tuple[Retained, ...]
    segments: tuple[Segment, ...]
    size_segments: tuple[Retained, ...]
    churn_reasons: tuple[reasons.Reason, ...]
    preventable: reasons.Preventable
    leaks: tuple[leaks.Leak, ...]
    weakest: Optional[leaks.Weakest]
    movers: leaks.Movers
    triangle: tuple[Triangle, ...]
    trend: Optional[Trend]
    concentration: Optional[patterns.Concentration]
    expansion_carriers: Optional[patterns.Carriers]
    loss_size_index: Optional[Decimal]
    renewal: Optional[RenewalRate]
    mix_shift: Optional[patterns.MixShift]
    tie_out: tuple[tie_out.TieOut, ...]
    worth: worth.Worth
    implausible: Optional[str]
    verdict: Optional[str]


def decomposed(book: Book, settings: dict, stage: Optional[str], previous: Optional[Book],
               reported: tuple[tie_out.Reported, ...]) -> Decomposition:
    """Every figure of decision A for one book; `previous` adds the split into rate and mix."""
    def row(name: Optional[str], movement) -> Retained:
        return retention.retained(name, movement, book.period_months, stage, settings)

    def rows(key: Callable[[Part], Optional[str]]) -> list[Retained]:
        groups = retention.rolled_up(book.parts, key)
        return [row(name, groups[name]) for name in sorted(groups, key=lambda n: (n is None, n or ""))
                if groups[name].starting_arr or groups[name].ending_arr]

    total = retention.added(part.movement for part in book.parts)
    overall = row(None, total)
    segments = rows(lambda part: part.segment)
    segments = segments if any(s.name for s in segments) else []
    sizes = [s for s in rows(lambda part: part.size) if s.name]
    sizes.sort(key=lambda size: -settings["tier_floors"][size.name])
    by_segment = [retention.rolled_up(each.parts, lambda part: part.segment) for each in (previous, book) if each]
    losses = reasons.reasons(book.parts)
    found = leaks.leaks(book, overall, settings)
    leaking = sum((leak.arr for leak in found), Decimal(0))
    amounts = [(account.segment, float(account.starting_arr), float(account.ending_arr))
               for account in book.accounts if account.starting_arr]
    intervals = _segment_intervals(segments, amounts, settings)
    return Decomposition(
        book.period_months, stage, _overall(overall, book, amounts, stage, settings),
        tuple(rows(lambda part: part.group)),
        tuple(Segment(s, intervals.get(s.name)) for s in segments), tuple(sizes),
        tuple(losses), reasons.preventable(losses, settings["preventable"]),
        tuple(found), leaks.weakest(overall, segments, sizes, settings["weakest_excess_ratio"]),
        leaks.movers(book.accounts), tuple(map(_triangle, book.history)),
        cohort_trend(book.history, TrendPolicy(**settings["trend"])) if book.history else None,
        patterns.concentration(book.accounts), patterns.carriers(book.accounts, total), patterns.loss_size_index(total),
        _renewal(book, overall), patterns.mix_shift(*by_segment) if previous else None,
        tuple(tie_out.tie_out(figure, book, overall) for figure in reported),
        worth.worth(overall, leaking, sizes, book.first_month, book.as_of, settings),
        patterns.implausible(overall, settings["implausible"]),
        retention.worst((overall.verdicts.grr, overall.verdicts.nrr)))


def _overall(overall: Retained, book: Book, amounts: Amounts, stage: Optional[str], settings: dict) -> Overall:
    pairs = [(start, end) for _, start, end in amounts]
    stayed = overall.starting_customers - overall.churned_customers
    kept = uncertainty.kept_at_kish(pairs)
    grr = uncertainty.interval_of(kept) if pairs else uncertainty.aggregate_grr_interval(
        float(overall.grr_ratio), overall.starting_customers)
    told = None
    if stage is not None and grr is not None:
        line = settings["retention_bands"][STAGE_GROUPS[stage]]["grr_ratio"]["healthy"]
        period_line = line ** (Decimal(book.period_months) / MONTHS_IN_A_YEAR)
        told = Told("grr_ratio", line, uncertainty.told_from(kept, period_line) if pairs else "cannot_tell")
    power = MONTHS_IN_A_YEAR / book.period_months
    year = grr and overall.annualised and grr._replace(low=grr.low ** power, high=grr.high ** power)
    return Overall(overall, grr, year, uncertainty.nrr_interval(pairs) if pairs else None,
                   uncertainty.wilson(stayed, overall.starting_customers), told)


def _segment_intervals(segments: list[Retained], amounts: Amounts, settings: dict) -> dict[str, Optional[Interval]]:
    pairs: dict[str, list[tuple[float, float]]] = {
        s.name: [] for s in segments
        if s.name and s.starting_customers >= settings["least_customers_for_segment_interval"]}
    for segment, start, end in amounts if pairs else ():
        if segment in pairs:
            pairs[segment].append((start, end))
    return {name: uncertainty.grr_interval(rows) for name, rows in pairs.items() if rows}


def _triangle(cell: Cell) -> Triangle:
    return Triangle(cell.cohort, cell.quarter, cell.customers, cell.active_customers, cell.arr,
                    Decimal(cell.active_customers) / cell.customers if cell.customers else None,
                    cell.arr / cell.initial_arr if cell.initial_arr else None)


def _renewal(book: Book, overall: Retained) -> Optional[RenewalRate]:
    if book.renewal is None:
        return None
    due, renewed, kept = book.renewal
    return RenewalRate(due, renewed, due / overall.starting_arr, None if kept is None else kept / due, renewed / due)
