"""The findings of decision E in sentences, the weightiest first: what is reported, by whom, and what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional

from cslib.benchmarks import Benchmark, Norm
from cslib.coverage_words import capital, listed
from cslib.figures import decimal, fte, neutral, per_cent, whole
from cslib.filled_in import Difference
from cslib.kpis import Row
from cslib.maturity import LADDER, Maturity
from cslib.scorecard_values import aim, figure, plain
from cslib.scorecard_words import (
    DIMENSIONS,
    KPIS,
    ORIGINS,
    OWNERS,
    STAGES,
    Report,
    gates,
    headcount,
    label,
    missing,
    owned,
    spoken,
)
from cslib.scorecards import GIVEN
from cslib.segmentation_words import TIERS

MOST_NAMED = 4
PEOPLE = {"csms": "CSMs", "required": "CSMs required"}


def findings(report: Report) -> list[str]:
    """Every finding, one sentence each, but for what is the answer already."""
    s = report.s
    beside = (owned(report), headcount(report)) if s.rows or s.maturity else ()
    said = [*_contents(report), *(_claims(s.maturity) if s.maturity else ()), *map(_difference, s.differences),
            *_owners(report), *beside, _too_many(report)]
    return [sentence for sentence in said if sentence]


def _contents(report: Report) -> Iterable[str]:
    s = report.s
    if s.only_activities:
        yield ("Only activities are reported, and none of them says whether customers stay or gain anything: add "
               f"{missing(report)}.")
    elif s.rows and s.missing_outcomes:
        one = len(s.missing_outcomes) == 1
        yield f"{missing(report)} {'is' if one else 'are'} missing; retention_decomposition_analyzer.py gives them."


def _too_many(report: Report) -> str:
    """Said where the line on the board's KPIs, which has both numbers, has none to keep."""
    if report.s.too_many is None or report.s.board.keep:
        return ""
    return (f"{whole(report.s.too_many)} KPIs are reported; the policy keeps to "
            f"{whole(report.settings['scorecard']['most_kpis'])}.")


def _owners(report: Report) -> Iterable[str]:
    """Outcomes that nobody, or somebody else than CS leadership, answers for."""
    rows = report.s.owner_gaps
    if rows:
        said = [f"{spoken(row)} ({OWNERS[row.owner]})" for row in rows]
        yield f"CS leadership does not own {_some(said)}."


def _some(said: list[str], most: int = MOST_NAMED) -> str:
    """The first few of several, and how many more."""
    if len(said) <= most:
        return listed(said)
    return listed([*said[:most], f"{whole(len(said) - most)} more"])


def _claims(m: Maturity) -> Iterable[str]:
    if m.contradicted:
        yield (f"Claimed, and a result shows the opposite: "
               f"{_some([_cell(dimension, stage) for dimension, stage in m.contradicted])}.")
    if m.unproved:
        yield (f"Claimed without evidence, so not counted: "
               f"{_some([_cell(dimension, stage) for dimension, stage in m.unproved])}.")
    skipped = [_cell(level.dimension, stage) for level in m.levels for stage in level.skipped]
    if skipped:
        yield f"Shown above a stage that is not, so not counted yet: {_some(skipped)}."


def _cell(dimension: str, stage: str) -> str:
    return f"{DIMENSIONS[dimension]} {stage}"


def _difference(row: Difference) -> str:
    """`GRR: 88.0% is given, 87.0% is what the retention result shows; the given one counts.`"""
    if row.what == "cell":
        dimension, stage = row.key.split(".")
        met, shown = ("met", "shows the opposite") if row.given else ("not met", "shows that it is")
        return f"{capital(_cell(dimension, stage))} is given as {met}, and the {ORIGINS[row.origin]} {shown}."
    if row.what == "stage":
        given, shown = (STAGES.get(str(said), str(said)) for said in (row.given, row.shown))
        return f"{capital(given)} are given, {shown} in the {ORIGINS[row.origin]}: targets go by what is given."
    what, given, shown = _figures(row)
    return f"{what}: {given} given, {shown} in the {ORIGINS[row.origin]}; the given one counts."


def _figures(row: Difference) -> tuple[str, str, str]:
    given, shown = Decimal(row.given), Decimal(row.shown)
    if row.what == "kpi":
        name = f"{KPIS[row.key]}, {TIERS[row.segment]}" if row.segment else KPIS[row.key]
        places = 1 if per_cent(given) != per_cent(shown) else 3
        return name, per_cent(given, places), per_cent(shown, places)
    return PEOPLE[row.key], fte(given), fte(shown)


def overall(m: Maturity) -> str:
    """Where the overall stage comes from, and the mean beside it."""
    return (f"Overall is the lowest of {gates()}; the mean of the nine dimensions is {decimal(m.mean, 1)} of "
            f"{len(LADDER)}. What has no evidence counts as not met.")


def on_defaults(report: Report) -> str:
    """Said where a stage is left out because only the tool's defaults would show it."""
    return "Results of B and C that rest on defaults are not counted as the team's own." if report.s.on_defaults else ""


def tally(report: Report) -> str:
    """How many KPIs there are, in how many figures, how many of those are judged and how many reach what is good."""
    rows = report.s.rows
    if len(rows) < 2:
        return ""
    judged = [row for row in rows if row.standing]
    good = sum(row.standing != "below" for row in judged)
    among = f" ({whole(len(rows))} figures)" if len(rows) > _number(report) else ""
    told = f": {whole(good)} good or better" if judged else ""
    return f"{capital(_reported(report))}{among}, of which {whole(len(judged))} judged{told}."


def for_board(report: Report) -> str:
    """The KPIs that the board is shown, of how many."""
    keep = report.s.board.keep
    if not keep or _number(report) < 2:
        return ""
    return (f"For the board keep: {', '.join(KPIS[kpi] for kpi in keep)} ({whole(len(keep))} of {_reported(report)}; "
            f"policy keeps to {whole(report.settings['scorecard']['most_kpis'])}).")


def _number(report: Report) -> int:
    return len(report.s.board.keep) + len(report.s.board.drop)


def _reported(report: Report) -> str:
    given = all(row.origin == GIVEN for row in report.s.rows)
    return f"{whole(_number(report))} reported{'' if given else ' or filled in'}"


def in_general(report: Report) -> str:
    """The targets in general, where the ones that judge are of a stage, a size or a product."""
    said = dict.fromkeys(f"{KPIS[row.kpi]} {aim(row, row.also)}"
                         + (f" and {aim(row, row.also, True)}" if row.also.great is not None else "")
                         for row in report.s.rows
                         if row.target and row.also and row.also[:2] != row.target[:2])
    return f"In general good and great are: {'; '.join(said)}." if said else ""


def rescaled(report: Report) -> str:
    """Scores whose targets were mapped from another scale."""
    said = [label(report, row) for row in report.s.rows if row.target and row.target.rescaled]
    return f"Targets of {listed(said)} are mapped from the scale that they were set on." if said else ""


def others(report: Report, rows: Sequence[Row]) -> str:
    """What others report of the KPIs of these rows."""
    known = dict.fromkeys(row.kpi for row in rows)
    said = {kpi: [f"{_range(row)} ({row.publisher} {row.year})" for row in report.others if row.metric == kpi]
            + [_norm(row) for row in report.norms if row.metric == kpi] for kpi in known}
    told = [f"{KPIS[kpi]} {listed(figures)}" for kpi, figures in said.items() if figures]
    return f"Others report {'; '.join(told)}." if told else ""


def _range(row: Benchmark) -> str:
    low, high = row.low_ratio, row.high_ratio
    return per_cent(low, 0) if low == high else f"{per_cent(low, 0)} to {per_cent(high, 0)}"


def _norm(row: Norm) -> str:
    """`30 (SurveySparrow)`, `1.5 days (Userpilot 2024, self-serve software products, 547 companies)`."""
    unit = "days" if row.unit == "days" else "points"
    low, high = row.low, row.high
    if low is None or high is None:
        said = figure(unit, high if low is None else low)
    else:
        said = figure(unit, low) if low == high else f"{plain(low, 1)} to {figure(unit, high)}"
    of = f", {row.population}" if unit == "days" else ""
    return f"{said} ({row.publisher}{f' {row.year}' if row.year else ''}{of})"


def filled(report: Report) -> str:
    """What was taken from other results."""
    rows = [f"{label(report, row)} ({ORIGINS[row.origin]})" for row in report.s.rows if row.origin != "given"]
    m = report.s.maturity
    if m is not None:
        rows += [f"{_cell(c.dimension, c.stage)} ({ORIGINS[c.origin]})" for c in m.cells
                 if c.origin != "given" and c.met]
    return f"Taken from results: {_some(rows, 2 * MOST_NAMED)}." if rows else ""


def evidence(said: Optional[str], length: int) -> str:
    """A team's own words, harmless and on one line; a dash where there are none."""
    return neutral(said, length) if said else "-"
