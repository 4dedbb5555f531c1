"""What a result of another door shows of a scorecard: KPIs, headcount, stages of maturity met or not met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.kpi_change import six_places
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
NET_RETENTION, NOBODY_LOST = "net_retention", "nobody_lost"
_OWN = "yours"

Key = tuple[str, str]


class File(NamedTuple):
    """A parsed JSON result and what it is called in a refusal."""

    record: Any
    source: str


class Doubt(NamedTuple):
    """A result that asks to check its own input first. `key`: net_retention or nobody_lost, its `place` in the result.

    `nrr_ratio` is of a year, None where undefined; `customers` those at the start.
    """

    origin: str
    key: str
    place: str
    nrr_ratio: Optional[Decimal]
    customers: int

    def record(self) -> dict:
        """Six places, since one of them is a ratio."""
        return six_places(self)


class Shown(NamedTuple):
    """What one result shows, None or empty where nothing. `cells`, by dimension and stage: met, or the opposite.

    `people`: `csms` and `required`, FTE. `on_defaults`: the cells that it would show, had it not rested on defaults
    of the tool. `doubt`: its KPIs are judged by nothing, and it shows no cell to be met.
    """

    origin: str
    stage: Optional[str]
    kpis: tuple[Kpi, ...]
    cells: Mapping[Key, bool]
    people: Mapping[str, Optional[Decimal]]
    on_defaults: frozenset[Key]
    doubt: Optional[Doubt]


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
    doubt = _doubt(result, overall)
    if doubt:
        cells = {key: met for key, met in cells.items() if not met}
    return Shown(RETENTION, _stage(result), tuple(found), cells, {}, frozenset(), doubt)


def _doubt(result: Result, overall: Result) -> Optional[Doubt]:
    place = ("result", "implausible")
    key = result.value((str, type(None)), *place)
    if key is None:
        return None
    year = overall if overall.value((dict, type(None)), "annualised") is None else overall._replace(
        record=overall.record["annualised"], within=f"{overall.within}annualised.")
    nrr = year.number("nrr_ratio")
    if key not in (NET_RETENTION, NOBODY_LOST) or (key == NET_RETENTION and nrr is None):
        raise result.alien(place, f"{NET_RETENTION} with an NRR, or {NOBODY_LOST}", key)
    return Doubt(RETENTION, key, result.place(place), nrr, overall.value(int, "starting_customers"))


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
    measured = [row.value(bool, "service", "measured") for row in served]
    found: list[Key] = []
    if len(served) > 1:
        found.append(("segmentation", "proactive"))
    if served and csms is not None:
        found.append(("capacity", "proactive"))
        if rules.get("coverage.sizing") in _BY_HOURS and rules.get("coverage.attrition_ratio"):
            found.append(("capacity", "strategic"))
    cells, on_defaults = _earned(found, any(measured) or _own(result, "coverage.models."))
    if served and not any(measured):
        cells["capacity", "transformational"] = False
    return Shown(COVERAGE, _stage(result), (), cells,
                 {"csms": csms, "required": result.amount("result", "required")}, on_defaults, None)


def _own(result: Result, *prefixes: str) -> bool:
    """Whether a policy value under one of these keys is the company's own."""
    return any(row.value(str, "origin") == _OWN and row.value(str, "key").startswith(prefixes)
               for row in result.rows("assumptions"))


def _earned(found: Iterable[Key], own: bool) -> tuple[dict[Key, bool], frozenset[Key]]:
    """The cells that are met, and those that only the tool's defaults would show."""
    return (dict.fromkeys(found, True), frozenset()) if own else ({}, frozenset(found))


def _segmentation(result: Result) -> Shown:
    held = [row for row in result.rows("result", "tiers") if row.amount("customers")]
    arr, costed = (result.amount("result", "budget", key) for key in ("arr", "costed_arr"))
    earlier = result.value((dict, type(None)), "result", "migration")
    found: list[Key] = []
    if len(held) > 1:
        found.append(("segmentation", "proactive"))
        if costed * 2 > arr and earlier:
            found.append(("segmentation", "strategic"))
    cells, on_defaults = _earned(found, bool(earlier) or _own(result, "segmentation.", "tier_floors."))
    return Shown(SEGMENTATION, None, (), cells, {}, on_defaults, None)


def _stage(result: Result) -> Optional[str]:
    stage = result.value((str, type(None)), "result", "stage")
    if stage is not None and stage not in STAGES:
        raise result.alien(("result", "stage"), f"one of {', '.join(STAGES)}", stage)
    return stage
