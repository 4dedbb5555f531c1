"""What others report, beside a figure and never part of a sum. Entries and their sources: benchmarks.json.

A rate of a year or month is a Benchmark; a figure about a team has no period and is a Norm.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib import source

_MEASURED = ("median", "mean")
_BASE = re.compile(r"base ([\d,]+)")


class Benchmark(NamedTuple):
    """One published figure: a ratio or a range (an open end is None), its population, its publisher and its year."""

    id: str
    metric: str
    stat: str
    low_ratio: Optional[Decimal]
    high_ratio: Optional[Decimal]
    population: str
    acv_low: Optional[int]
    acv_high: Optional[int]
    source: str
    year: Optional[int]
    confidence: str
    headline: bool

    @property
    def publisher(self) -> str:
        return self.source.split(",")[0]


class Norm(NamedTuple):
    """One published figure about a team: its load, hours, pay, ramp or span. Nearly all are rules that nobody measured.

    `low` and `high` are in `unit` (ratio, usd, accounts, hours, months, ...); an open end is None. `stage` and
    `segment` are None where the figure is said of all; ACV ends are USD of ARR a customer.
    """

    id: str
    metric: str
    unit: str
    stat: str
    low: Optional[Decimal]
    high: Optional[Decimal]
    stage: Optional[str]
    segment: Optional[str]
    acv_low: Optional[int]
    acv_high: Optional[int]
    population: str
    source: str
    year: Optional[int]
    confidence: str
    note: str

    @property
    def publisher(self) -> str:
        return self.source.split(",")[0]


def read() -> list[Benchmark]:
    """All entries for a year."""
    rows = source.own("benchmarks.json")
    return [Benchmark(row["id"], row["metric"], row["stat"], row["low"], row["high"], row["population"], row["acv_low"],
                      row["acv_high"], row["source"], row["year"], row["confidence"], row["headline"])
            for row in rows if row["period"] == "year"]


def norms(metric: Optional[str] = None) -> list[Norm]:
    """All figures about a team, or those of one metric, in the order of the file."""
    rows = source.own("benchmarks.json")
    return [Norm(row["id"], row["metric"], row["unit"], row["stat"], _exact(row["low"]), _exact(row["high"]),
                 row["stage"], row["segment"], row["acv_low"], row["acv_high"], row["population"], row["source"],
                 row["year"], row["confidence"], row["note"])
            for row in rows if row["period"] is None and metric in (None, row["metric"])]


class VariablePay(NamedTuple):
    """The variable part of a CSM's pay on target: low and high of each document that advises one, and of surveys."""

    advised: tuple[tuple[Decimal, Decimal], ...]
    low_ratio: Decimal
    high_ratio: Decimal


def variable_pay(entries: list[Norm]) -> VariablePay:
    """What the playbooks advise and surveys found; of pay on target with its base in the note, what is not base."""
    shares = [e for e in entries if e.metric == "variable_pay_ratio"]
    found = [e.low for e in shares if e.stat in _MEASURED]
    found += [1 - Decimal(base[1].replace(",", "")) / e.low for e in entries
              if e.metric == "csm_ote" and e.stat in _MEASURED for base in [_BASE.search(e.note)] if base]
    return VariablePay(tuple((e.low, e.high) for e in shares if e.publisher.startswith("practitioner playbook")),
                       min(found), max(found))


def _exact(end: Any) -> Optional[Decimal]:
    return None if end is None else Decimal(end)


def beside(metric: str, acv: Optional[Decimal], entries: list[Benchmark]) -> list[Benchmark]:
    """At most two surveys for a metric: one for contracts of this mean size, one of all sizes by another publisher.

    The newest first, primary before second hand; aims and rules of thumb never.
    """
    surveys = [e for e in entries if e.metric == metric and e.stat in _MEASURED and e.year is not None]
    surveys.sort(key=lambda e: (-(e.year or 0), e.confidence != "primary", e.id))
    sized = [e for e in surveys if acv is not None and (e.acv_low, e.acv_high) != (None, None)
             and (e.acv_low or 0) <= acv and (e.acv_high is None or acv < e.acv_high)]
    found: list[Benchmark] = sized[:1]
    for entry in surveys:
        if entry.headline and entry.publisher not in [known.publisher for known in found]:
            found.append(entry)
    return found[:2]
