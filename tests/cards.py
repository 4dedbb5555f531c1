"""Scorecards for tests: records of one KPI, one claim and a whole card, and valid scorecard.json documents, seeded."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Optional, Union

from cslib.kpis_known import KPIS, OVER_TIME, SCALES, top_of, unit_of
from cslib.scorecards import DIMENSIONS, GIVEN, LADDER, Claim, Kpi, Reading, Scorecard

AS_OF = date(2026, 9, 30)
BEFORE = date(2025, 9, 30)
SEGMENTS = ("strategic", "enterprise", "mid_market", "smb")
OWNERS = ("cs_leadership", "cs_operations", "csms", "sales", "support", "product", "finance", "nobody")
EVIDENCE = "shown in the review of 2026-07"
NAMES = tuple(name for names in KPIS.values() for name in names)
Number = Union[int, str, Decimal, None]


def number(value: Number) -> Optional[Decimal]:
    """An exact number, None for None."""
    return None if value is None else Decimal(value)


def reading(value: Number, of: Optional[int] = None, sd: Number = None) -> Reading:
    return Reading(Decimal(value), of, number(sd))


def kpi(name: str, value: Number, of: Optional[int] = None, sd: Number = None, previous: Optional[Reading] = None,
        segment: Optional[str] = None, owner: Optional[str] = None, period_months: Optional[int] = None,
        scale: Optional[str] = None, easy_is: Optional[str] = None, origin: str = GIVEN) -> Kpi:
    """A KPI. If not said: a year for a rate over time, 1 to 5 for CSAT, 1 to 7 with low as easy for CES."""
    if period_months is None and name in OVER_TIME:
        period_months = 12
    if name == "csat":
        scale = scale or "mean_1_to_5"
    if name == "ces":
        scale, easy_is = scale or "mean_1_to_7", easy_is or "low"
    return Kpi(name, segment, reading(value, of, sd), previous, BEFORE if previous else None, period_months, scale,
               easy_is, owner, origin)


def claims(cells: Mapping[str, Sequence[str]], unproved: Sequence[tuple[str, str]] = ()) -> tuple[Claim, ...]:
    """All 27 cells: those named met with evidence, `unproved` met without it, the others with nothing said."""
    return tuple(Claim(dimension, stage, True if met or (dimension, stage) in unproved else None,
                       EVIDENCE if met else None, GIVEN)
                 for dimension in DIMENSIONS for stage in LADDER[1:] for met in [stage in cells.get(dimension, ())])


def levels(**stages: str) -> dict[str, tuple[str, ...]]:
    """The cells of dimensions that stand at these stages: `levels(risk="strategic")` for `claims`."""
    return {dimension: LADDER[1:LADDER.index(stage) + 1] for dimension, stage in stages.items()}


def card(*kpis: Kpi, as_of: date = AS_OF, currency: Optional[str] = "USD", stage: Optional[str] = None,
         believed_stage: Optional[str] = None, product_type: Optional[str] = None, accounts: Optional[int] = None,
         with_owner: Optional[int] = None, csms: Number = None, required: Number = None,
         cells: Optional[Mapping[str, Sequence[str]]] = None,
         unproved: Sequence[tuple[str, str]] = ()) -> Scorecard:
    """A scorecard of these KPIs; assessed where `cells` or `unproved` are given."""
    return Scorecard(as_of, currency, stage, believed_stage, product_type, kpis, accounts, with_owner, number(csms),
                     number(required), claims(cells or {}, unproved), cells is not None or bool(unproved))


def all_at(stage: str) -> dict[str, tuple[str, ...]]:
    """The cells of a team that stands at one stage in every dimension."""
    return levels(**dict.fromkeys(DIMENSIONS, stage))


def row(name: str, value: object, **known: object) -> dict:
    """A KPI of a document, with the period, scale and direction that it needs unless they are said."""
    needed: dict = {"period_months": 12} if name in OVER_TIME else {}
    needed |= {"csat": {"scale": "mean_1_to_5"}, "ces": {"scale": "mean_1_to_7", "easy_is": "low"}}.get(name, {})
    return {"kpi": name, "value": value, **needed, **known}


def document(*rows: dict, **known: object) -> dict:
    """A document of these KPIs."""
    return {"as_of": str(AS_OF), "kpis": list(rows), **known}


def seeded(seed: int) -> dict:
    """A valid document: any KPIs of the company and its segments, any cells, with and without what may be absent."""
    rng = random.Random(seed)
    keys = rng.sample([(name, segment) for name in NAMES for segment in (None, None, *SEGMENTS)], rng.randint(0, 20))
    rows = [_seeded_row(rng, name, segment) for name, segment in dict.fromkeys(keys)]
    for one in rows:
        if one["kpi"] == "nrr_ratio":
            for reading_ in (one, one.get("previous") or {}):
                if "value" in reading_:
                    reading_["value"] += Decimal(1)
    known = {"currency": rng.choice((None, "USD", "EUR")), "believed_stage": rng.choice((None, *LADDER)),
             "stage": rng.choice((None, "seed", "series_a", "series_b", "growth", "late")),
             "product_type": rng.choice((None, "developer_tools", "analytics", "crm", "hr", "erp"))}
    accounts = rng.randint(0, 500)
    parts = {"owned_accounts": {"accounts": accounts, "with_owner": rng.randint(0, accounts)},
             "headcount": {"csms": Decimal(rng.randint(0, 80)) / 2, "required": rng.choice((None, Decimal("7.5")))},
             "maturity": {dimension: {stage: _seeded_cell(rng) for stage in LADDER[1:] if rng.random() < 0.8}
                          for dimension in DIMENSIONS if rng.random() < 0.8} or None}
    shown = {key: part for key, part in parts.items() if rng.random() < 0.7}
    return document(*(rows or [row("nps", 31)]), **known, **shown)


def _seeded_row(rng: random.Random, name: str, segment: Optional[str]) -> dict:
    scale = rng.choice(SCALES[name]) if name in SCALES else None
    low, high = {"points": (0, 100), "score": (1, top_of(scale or "_5"))}.get(unit_of(name), (0, 1))
    if unit_of(name) in ("days", "hours", "count"):
        high = 90
    one = row(name, None, segment=segment, owner=rng.choice((None, *OWNERS)))
    if scale:
        one["scale"] = scale
    if name == "ces":
        one["easy_is"] = rng.choice(("low", "high"))
    one.update(_seeded_reading(rng, name, low, high))
    if rng.random() < 0.6:
        one["previous"] = {**_seeded_reading(rng, name, low, high), "as_of": rng.choice((None, str(BEFORE)))}
    return one


def _seeded_reading(rng: random.Random, name: str, low: int, high: int) -> dict:
    value = low + (high - low) * Decimal(rng.randint(0, 1000)) / 1000
    if unit_of(name) == "points":
        value = Decimal(round(value))
    is_mean = unit_of(name) not in ("ratio",) and name != "nps"
    return {"value": value, "of": rng.choice((None, rng.randint(1, 900))),
            "sd": Decimal(rng.randint(0, 90)) / 100 if is_mean and rng.random() < 0.5 else None}


def _seeded_cell(rng: random.Random) -> Optional[dict]:
    met = rng.choice((True, True, False, None))
    return rng.choice((None, {"met": met}, {"met": met, "evidence": EVIDENCE}, {"met": met, "evidence": None}))
