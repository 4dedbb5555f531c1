"""What a result of another door shows of a scorecard: KPIs, headcount, stages of maturity met or not met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.policy import STAGES
from cslib.refusal import Fault, Refusal
from cslib.results import Beside, Result, opened, unfit
from cslib.scorecards import Kpi, Reading
from cslib.tiering import FOUR

RETENTION, COVERAGE, SEGMENTATION = "retention", "coverage", "segmentation"
_SCRIPTS = {RETENTION: "retention_decomposition_analyzer.py", COVERAGE: "cs_coverage_calculator.py",
            SEGMENTATION: "customer_segmentation_designer.py"}
_NEEDED = {RETENTION: "size_segments", COVERAGE: "tiers", SEGMENTATION: "tiers"}
_MOST = {"nrr_ratio": 1000, "grr_ratio": 1, "logo_retention_ratio": 1}
_LONGEST_MONTHS = 60
_NO_INTERVAL = "wilson_lower_bound"
_BY_HOURS = ("hours", "hours_or_accounts")

Key = tuple[str, str]


class File(NamedTuple):
    """A parsed JSON result and what it is called in a refusal."""

    record: Any
    source: str


class Shown(NamedTuple):
    """What one result shows, None or empty where nothing. `cells`, by dimension and stage: met, or the opposite.

    `people`: `csms` and `required`, FTE.
    """

    origin: str
    stage: Optional[str]
    kpis: tuple[Kpi, ...]
    cells: Mapping[Key, bool]
    people: Mapping[str, Optional[Decimal]]


def shown(origin: str, file: File, beside: Beside) -> Shown:
    """What a result of retention, coverage or segmentation shows.

    Refused, all at once: what is no result of that script, a sample beside a company's own input, another currency, a
    day more than 92 days away, a list cut by --top of which every row is needed.
    """
    result = opened(file.record, file.source, _SCRIPTS[origin])
    faults = [*unfit(result, beside), *_cut(result, _NEEDED[origin])]
    if faults:
        raise Refusal(file.source, faults)
    return {RETENTION: _retention, COVERAGE: _coverage, SEGMENTATION: _segmentation}[origin](result)


def _cut(result: Result, key: str) -> Iterable[Fault]:
    if any(str(note).startswith(f"{key}: and ") for note in result.value(list, "notes")):
        yield Fault("cut short", f"result.{key}", "the whole list", "a part of it", "write it with --all, or --output")


def _retention(result: Result) -> Shown:
    months = result.value(int, "result", "period_months")
    if not 1 <= months <= _LONGEST_MONTHS:
        raise result.alien(("result", "period_months"), f"1 to {_LONGEST_MONTHS}", str(months))
    overall = result._replace(record=result.value(dict, "result", "overall"), within="result.overall.")
    rows = [(None, overall), *((row.value(str, "name"), row) for row in result.rows("result", "size_segments"))]
    found = [kpi for segment, row in rows if segment is None or segment in FOUR
             for kpi in _kpis(row, segment, months)]
    cells = {}
    ties = [_tie(row) for row in result.rows("result", "tie_out")]
    if False in ties or (ties and None not in ties):
        cells["measurement", "proactive"] = all(ties)
    segments = max(len(result.value(list, "result", key)) for key in ("segments", "size_segments"))
    interval = overall.value((dict, type(None)), "grr_interval")
    if segments > 1 and interval and interval.get("method") != _NO_INTERVAL and result.value(
            (dict, type(None)), "result", "mix_shift"):
        cells["measurement", "strategic"] = True
    return Shown(RETENTION, _stage(result), tuple(found), cells, {})


def _tie(row: Result) -> Optional[bool]:
    """Whether a reported figure is the computed one; None where another way of counting explains the gap."""
    if row.value(bool, "agrees"):
        return True
    return None if any(way.value(bool, "explains") for way in row.rows("candidates")) else False


def _kpis(row: Result, segment: Optional[str], months: int) -> Iterable[Kpi]:
    """The three ratios of one row, those that are undefined left out."""
    customers = row.value(int, "starting_customers")
    if customers < 0:
        raise row.alien(["starting_customers"], "customers from 0 on", str(customers))
    for kpi, most in _MOST.items():
        ratio = row.number(kpi)
        if ratio is None:
            continue
        if not 0 <= ratio <= most:
            raise row.alien([kpi], f"a ratio from 0 to {most}", str(ratio))
        yield Kpi(kpi, segment, Reading(ratio, customers or None, None), None, None, months, None, None, None,
                  RETENTION)


def _coverage(result: Result) -> Shown:
    csms = None if result.number("result", "csms") is None else result.amount("result", "csms")
    served = [row for row in result.rows("result", "tiers") if row.amount("customers")]
    rules = {row.value(str, "key"): row.record.get("value") for row in result.rows("assumptions")}
    cells = {}
    if len(served) > 1:
        cells["segmentation", "proactive"] = True
    if served and csms is not None:
        cells["capacity", "proactive"] = True
        if rules.get("coverage.sizing") in _BY_HOURS and rules.get("coverage.attrition_ratio"):
            cells["capacity", "strategic"] = True
    if served and not any(row.value(bool, "service", "measured") for row in served):
        cells["capacity", "transformational"] = False
    return Shown(COVERAGE, _stage(result), (), cells, {"csms": csms, "required": result.amount("result", "required")})


def _segmentation(result: Result) -> Shown:
    held = [row for row in result.rows("result", "tiers") if row.amount("customers")]
    arr, costed = (result.amount("result", "budget", key) for key in ("arr", "costed_arr"))
    cells = {}
    if len(held) > 1:
        cells["segmentation", "proactive"] = True
        if costed * 2 > arr and result.value((dict, type(None)), "result", "migration"):
            cells["segmentation", "strategic"] = True
    return Shown(SEGMENTATION, None, (), cells, {})


def _stage(result: Result) -> Optional[str]:
    stage = result.value((str, type(None)), "result", "stage")
    if stage is not None and stage not in STAGES:
        raise result.alien(("result", "stage"), f"one of {', '.join(STAGES)}", stage)
    return stage
