"""The scorecard's figures computed a second time from scorecard.json, policy.json and results beside it, by no room.

Amounts are fractions of the JSON's own digits; intervals are those of scipy and statsmodels. Ratios are held to half of
their sixth place, all other figures to half of what the JSON shows. Nothing is taken from the answer.
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Optional

import pytest

from conftest import SAMPLES, SCRIPTS, called
from test_coverage_independent import exact, merged, over

DOOR = "cs_scorecard"
LEVELS = {
    "outcome": ("nrr_ratio", "grr_ratio", "logo_retention_ratio", "renewal_rate_ratio", "expansion_ratio"),
    "leading": ("nps", "csat", "csat_satisfied_ratio", "ces", "time_to_value_days", "health_points",
                "feature_adoption_ratio", "onboarding_completed_ratio", "early_renewal_ratio",
                "outcome_achieved_ratio", "reference_customers_ratio"),
    "operations": ("csm_customer_time_ratio", "health_scored_ratio", "data_age_hours", "playbook_compliance_ratio",
                   "tool_daily_use_ratio", "forecast_accuracy_ratio"),
    "activity": ("success_plan_ratio", "business_reviews_held_ratio", "touches_per_account",
                 "business_reviews_per_account", "calls_per_csm")}
OWNER = {"outcome": "cs_leadership", "leading": "cs_operations", "operations": "cs_operations", "activity": "csms"}
COUNTS = ("touches_per_account", "business_reviews_per_account", "calls_per_csm")
UNITS = {"nps": "points", "csat": "score", "ces": "score", "time_to_value_days": "days", "health_points": "points",
         "data_age_hours": "hours", **dict.fromkeys(COUNTS, "count")}
COMPOUNDED = ("nrr_ratio", "grr_ratio", "logo_retention_ratio")
OVER_TIME = (*COMPOUNDED, "renewal_rate_ratio", "expansion_ratio", "early_renewal_ratio")
AT_MOST = ("grr_ratio", "renewal_rate_ratio")
NO_COUNT = ("nrr_ratio", "expansion_ratio", "forecast_accuracy_ratio")
SIZES = ("strategic", "enterprise", "mid_market", "smb")
STAGES = ("seed", "series_a", "series_b", "growth", "late")
BANDS = dict(zip(STAGES, ("early", "early", "growth", "growth", "scale")))
DIMENSIONS = ("measurement", "health", "risk", "segmentation", "capacity", "onboarding", "expansion", "roles", "voice")
LADDER = ("reactive", "proactive", "strategic", "transformational")
GATES = ("measurement", "risk", "segmentation")
TOPS = {"mean_1_to_5": 5, "mean_1_to_7": 7, "mean_1_to_10": 10}


def level_of(kpi: str) -> str:
    return next(level for level, kpis in LEVELS.items() if kpi in kpis)


def is_share(kpi: str) -> bool:
    """Whether a KPI is a share of things that are counted, each alike."""
    return kpi.endswith("_ratio") and kpi not in (*NO_COUNT, *AT_MOST)


# --- targets ----------------------------------------------------------------------------------------------------------

def targets(row: Mapping[str, Any], card: Mapping[str, Any], policy: Mapping[str, Any]) -> tuple[Any, Any]:
    """The target of a KPI and, where it is another one, the general target beside it."""
    kpi, segment, rules = row["kpi"], row.get("segment"), policy["scorecard"]
    if kpi in COUNTS:
        return None, None
    said = rules["kpis"][kpi]
    up = kpi not in ("ces", "time_to_value_days", "data_age_hours") or (kpi == "ces" and row["easy_is"] == "high")
    general = {"good": said["good"], "great": said["great"], "higher_is_better": up, "source": "general",
               "rescaled": False}
    if kpi in ("csat", "ces"):
        top, native = TOPS[row["scale"]], 5 if kpi == "csat" else 7
        carried = {key: 1 + (Fraction(said[key]) - 1) * (top - 1) / (native - 1) for key in ("good", "great")}
        if kpi == "ces" and up:
            carried = {key: top + 1 - value for key, value in carried.items()}
        return {**general, **carried, "rescaled": top != native or (kpi == "ces" and up)}, None
    own: Any = None
    if kpi in COMPOUNDED and segment is None and card.get("stage"):
        floor = policy["retention_bands"][BANDS[card["stage"]]][kpi]["healthy"]
        if floor is not None:
            own = {"good": floor, "great": max(Fraction(said["great"]), Fraction(floor)), "source": "stage"}
    if kpi in ("nrr_ratio", "grr_ratio") and segment:
        sizes = policy["size_nrr_targets"] if kpi == "nrr_ratio" else rules["size_grr_targets"]
        own = {"good": sizes[segment]["low_ratio"], "great": sizes[segment]["high_ratio"], "source": "size"}
    if kpi == "time_to_value_days" and card.get("product_type"):
        own = {"good": rules["time_to_value_by_product"][card["product_type"]], "great": None, "source": "product"}
    return ({**general, **own}, general) if own else (general, None)


# --- noise ------------------------------------------------------------------------------------------------------------

class Noise:
    """Intervals at one confidence, from scipy and statsmodels."""

    def __init__(self, confidence: Any) -> None:
        self.alpha = 1 - float(confidence)
        self.stats = pytest.importorskip("scipy.stats")
        self.proportion = pytest.importorskip("statsmodels.stats.proportion")
        self.normal = self.stats.norm.ppf(1 - self.alpha / 2)

    def wilson(self, share: Any, of: int) -> tuple[float, float]:
        return self.proportion.proportion_confint(float(share) * of, of, self.alpha, "wilson")

    def newcombe(self, now: Any, of: int, before: Any, then: int) -> tuple[float, float]:
        return self.proportion.confint_proportions_2indep(
            float(now) * of, of, float(before) * then, then, method="newcomb", compare="diff", alpha=self.alpha)

    def student(self, mean: Any, sd: Any, of: int) -> tuple[float, float]:
        half = self.stats.t.ppf(1 - self.alpha / 2, of - 1) * float(sd) / of ** 0.5
        return float(mean) - half, float(mean) + half

    def welch(self, now: tuple[Any, Any, int], before: tuple[Any, Any, int]) -> tuple[float, float]:
        parts = [float(sd) ** 2 / of for _, sd, of in (now, before)]
        apart = float(now[0] - before[0])
        freedom = sum(parts) ** 2 / sum(part ** 2 / (of - 1) for part, (_, _, of) in zip(parts, (now, before)))
        half = self.stats.t.ppf(1 - self.alpha / 2, freedom) * sum(parts) ** 0.5
        return apart - half, apart + half


def judged_noise(inner: tuple[float, float], outer: tuple[float, float], mark: float) -> Optional[bool]:
    """True where the wider interval leaves a mark out, false where even the narrower holds it, else not known."""
    if not outer[0] <= mark <= outer[1]:
        return True
    return False if inner[0] <= mark <= inner[1] else None


def nps(noise: Noise, *readings: tuple[Any, int]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The narrowest and the widest interval of one NPS, or of the first less the second.

    Least: nobody answers against the majority, so that an answer varies by m (1 - m), taken as normal. Most: nobody is
    passive, so that (1 + m) / 2 is a share.
    """
    scores = [float(points) / 100 for points, _ in readings]
    counts = [of for _, of in readings]
    apart = 100 * (scores[0] - sum(scores[1:]))
    half = 100 * noise.normal * sum(abs(m) * (1 - abs(m)) / of for m, of in zip(scores, counts)) ** 0.5
    shares = [(1 + Fraction(points) / 100) / 2 for points, _ in readings]
    if len(readings) == 1:
        low, high = (200 * end - 100 for end in noise.wilson(shares[0], counts[0]))
    else:
        low, high = (200 * end for end in noise.newcombe(shares[0], counts[0], shares[1], counts[1]))
    return (apart - half, apart + half), (low, high)


def change(row: Mapping[str, Any], up: Optional[bool]) -> Optional[dict[str, Any]]:
    before = row.get("previous")
    if before is None:
        return None
    now, then = Fraction(row["value"]), Fraction(before["value"])
    return {"previous": before["value"], "difference": now - then,
            "better": None if now == then or up is None else (now > then) == up}


def of_noise(row: Mapping[str, Any], noise: Noise) -> Optional[dict[str, Any]]:
    """Whether a change can be told from noise, by which test, and the interval of the difference."""
    before = row.get("previous")
    if before is None:
        return None
    kpi, now, then = row["kpi"], Fraction(row["value"]), Fraction(before["value"])
    found: dict[str, Any] = {"distinguishable": None, "test": None, "low": None, "high": None}
    of, was = row.get("of"), before.get("of")
    if of is None or was is None:
        return found
    if is_share(kpi):
        low, high = noise.newcombe(now, of, then, was)
        return {**found, "test": "newcombe", "low": low, "high": high, "distinguishable": not low <= 0 <= high}
    if kpi in AT_MOST:
        low, high = noise.newcombe(now, of, then, was)
        return {**found, "test": "at_most", "distinguishable": False if low <= 0 <= high else None}
    if kpi == "nps":
        inner, outer = nps(noise, (now, of), (then, was))
        return {**found, "test": "nps", "low": outer[0], "high": outer[1],
                "distinguishable": judged_noise(inner, outer, 0)}
    spreads = row.get("sd"), before.get("sd")
    if None in spreads or not any(spreads) or min(of, was) < 2 or kpi in NO_COUNT:
        return found
    low, high = noise.welch((now, spreads[0], of), (then, spreads[1], was))
    return {**found, "test": "welch", "low": low, "high": high, "distinguishable": not low <= 0 <= high}


def apart_from(row: Mapping[str, Any], good: Any, noise: Noise, power: Fraction) -> Optional[bool]:
    """Whether a KPI is further from good than noise."""
    kpi, value, of = row["kpi"], Fraction(row["value"]), row.get("of")
    if of is None or kpi in NO_COUNT:
        return None
    good = float(good)
    if kpi.endswith("_ratio"):
        low, high = (max(0.0, end) ** float(power) for end in noise.wilson(value, of))
        inside = low <= good <= high
        return (False if inside else None) if kpi in AT_MOST else not inside
    if kpi == "nps":
        return judged_noise(*nps(noise, (value, of)), good)
    if not row.get("sd") or of < 2:
        return None
    low, high = noise.student(value, row["sd"], of)
    return not low <= good <= high


# --- rows -------------------------------------------------------------------------------------------------------------

def powered(row: Mapping[str, Any]) -> Fraction:
    """The power to which a rate is raised to be one of a year; 1 for what is not compounded."""
    period = row.get("period_months")
    return Fraction(12, period) if row["kpi"] in COMPOUNDED and period else Fraction(1)


def judged(row: Mapping[str, Any], card: Mapping[str, Any], policy: Mapping[str, Any]) -> dict[str, Any]:
    kpi, value, period = row["kpi"], Fraction(row["value"]), row.get("period_months")
    target, also = targets(row, card, policy)
    annual = float(value) ** float(powered(row)) if powered(row) != 1 else None
    reading = value if annual is None else annual
    up = None if target is None else target["higher_is_better"]
    standing, short = None, None
    if target is not None and not (kpi == "expansion_ratio" and period != 12):
        def reached(floor: Any) -> bool:
            return floor is not None and (reading >= floor if up else reading <= floor)

        standing = "great" if reached(target["great"]) else "good" if reached(target["good"]) else "below"
        short = abs(target["good"] - reading) if standing == "below" else None
    level = level_of(kpi)
    return {"kpi": kpi, "segment": row.get("segment"), "level": level, "value": value, "annual_value": annual,
            "period_months": period, "of": row.get("of"), "unit": UNITS.get(kpi, "ratio"), "target": target,
            "standing": standing, "short_by": short, "also": also, "owner": row.get("owner"),
            "owner_expected": OWNER[level], "change": change(row, up), "origin": row.get("origin", "given")}


def told(row: Mapping[str, Any], mine: Mapping[str, Any], noise: Noise) -> dict[str, Any]:
    """What noise says of a KPI: the interval of a share, of the change, and of the distance from good."""
    interval = None
    if is_share(row["kpi"]) and row.get("of") is not None:
        interval = dict(zip(("low", "high"), noise.wilson(row["value"], row["of"])))
    return {"interval": interval, "change": of_noise(row, noise), "distinguishable": None if mine["standing"] is None
            else apart_from(row, mine["target"]["good"], noise, powered(row))}


def ordered(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """By level and the order of the page, the whole company before its segments."""
    names = [kpi for kpis in LEVELS.values() for kpi in kpis]
    return sorted(rows, key=lambda row: (names.index(row["kpi"]), (None, *SIZES).index(row.get("segment"))))


def findings(card: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], policy: Mapping[str, Any],
             people: Optional[Mapping[str, Any]]) -> dict[str, Any]:
    rules, owned = policy["scorecard"], card.get("owned_accounts")
    whole = [row for row in rows if row["segment"] is None]
    given = [row for row in whole if row["origin"] == "given"]
    gap = over(Fraction(people["csms"]), people["required"]) - 1 if people and people["required"] else None
    return {
        "owner_gaps": [{key: row[key] for key in ("kpi", "segment", "owner", "owner_expected")} for row in rows
                       if row["level"] == "outcome" and row["owner"] not in (None, row["owner_expected"])],
        "only_activities": bool(rows) and all(row["level"] == "activity" for row in rows),
        "missing_outcomes": [kpi for kpi in COMPOUNDED if kpi not in [row["kpi"] for row in whole]],
        "too_many": len(given) if len(given) > rules["most_kpis"] else None,
        "owned": owned and {**owned, "with_owner_ratio": over(Fraction(owned["with_owner"]), owned["accounts"]),
                            "without": owned["accounts"] - owned["with_owner"]},
        "headcount": people and {**people, "gap_ratio": gap, "within": None if gap is None else
                                 abs(gap) <= rules["headcount_within_ratio"]}}


# --- maturity ---------------------------------------------------------------------------------------------------------

def maturity(card: Mapping[str, Any], refuted: Iterable[tuple[str, str]]) -> Optional[dict[str, Any]]:
    said = card.get("maturity")
    if said is None:
        return None
    cells, refuted = [], set(refuted)
    for dimension in DIMENSIONS:
        for stage in LADDER[1:]:
            cell = (said.get(dimension) or {}).get(stage) or {}
            claimed, proof = cell.get("met") is True, cell.get("evidence") is not None
            against = (dimension, stage) in refuted
            cells.append({"dimension": dimension, "stage": stage, "met": claimed and proof and not against,
                          "claimed": claimed, "evidenced": proof and claimed, "contradicted": against,
                          "known": cell.get("met") is not None})
    met = {(cell["dimension"], cell["stage"]): cell["met"] for cell in cells}
    levels = [level(met, dimension) for dimension in DIMENSIONS]
    numbers = {row["dimension"]: row["number"] for row in levels}
    overall = min(numbers[gate] for gate in GATES)
    believed = card.get("believed_stage")
    lowest = [gate for gate in GATES if numbers[gate] == overall]
    others = sorted((name for name in DIMENSIONS if name not in lowest), key=lambda name: numbers[name])
    moves = [move(met, numbers, name, order, lowest) for order, name in enumerate(
        [name for name in (*lowest, *others) if numbers[name] < 4][:3], 1)]
    proved = {(cell["dimension"], cell["stage"]): cell["claimed"] and not cell["contradicted"] for cell in cells}
    unproved = [{"dimension": cell["dimension"], "stage": cell["stage"]} for cell in cells
                if cell["claimed"] and not cell["evidenced"]]
    return {"overall": LADDER[overall - 1], "mean": Fraction(sum(numbers.values()), 9), "believed": believed,
            "overestimates": None if believed is None else LADDER.index(believed) + 1 - overall,
            "answered": sum(cell.pop("known") for cell in cells), "levels": levels, "moves": moves,
            "unproved": unproved, "contradicted": [{"dimension": name, "stage": stage} for name, stage in
                                                   ((cell["dimension"], cell["stage"]) for cell in cells
                                                    if cell["contradicted"] and cell["claimed"])],
            "overall_if_proved": LADDER[min(level(proved, gate)["number"] for gate in GATES) - 1],
            "claims_unproved": sum(cell["claimed"] and not cell["evidenced"] and not cell["contradicted"]
                                   for cell in cells), "cells": cells}


def level(met: Mapping[tuple[str, str], bool], dimension: str) -> dict[str, Any]:
    number = 1
    while number < 4 and met[dimension, LADDER[number]]:
        number += 1
    return {"dimension": dimension, "stage": LADDER[number - 1], "number": number, "gate": dimension in GATES,
            "skipped": [stage for stage in LADDER[number:] if met[dimension, stage]]}


def move(met: Mapping[tuple[str, str], bool], numbers: Mapping[str, int], dimension: str, order: int,
         lowest: Sequence[str]) -> dict[str, Any]:
    following = LADDER[numbers[dimension]]
    reaches = level({**met, (dimension, following): True}, dimension)["stage"]
    return {"order": order, "dimension": dimension, "from_stage": LADDER[numbers[dimension] - 1], "stage": following,
            "reaches": reaches, "holds_overall": dimension in lowest, "lifts_overall": list(lowest) == [dimension]}


# --- invented cards ---------------------------------------------------------------------------------------------------

OWNERS = ("cs_leadership", "cs_operations", "csms", "sales", "support", "product", "finance", "nobody")
PRODUCTS = ("developer_tools", "analytics", "crm", "marketing_automation", "hr", "erp")


def drawn(seed: int) -> dict[str, Any]:
    """A valid scorecard.json whose parts are drawn from the seed; anything optional may be unknown."""
    draw = random.Random(seed)

    def maybe(value: Any, unknown: float = 0.25) -> Any:
        return None if draw.random() < unknown else value

    names = [kpi for kpis in LEVELS.values() for kpi in kpis]
    rows = []
    for kpi in draw.sample(names, draw.randint(4, 16)):
        for segment in {None, draw.choice((None, None, *SIZES))}:
            rows.append(row_of(draw, kpi, segment, maybe))
    gross = {(row["segment"], row["period_months"]): row for row in rows if row["kpi"] == "grr_ratio"}
    for row in rows:
        if row["kpi"] == "nrr_ratio":
            for other in (one for (segment, _), one in gross.items() if segment == row["segment"]):
                row["period_months"] = other["period_months"]
                for mine, theirs in ((row, other), (row["previous"], other["previous"])):
                    if mine and theirs and None not in (mine["value"], theirs["value"]):
                        mine["value"] = max(mine["value"], theirs["value"])
    accounts = draw.randint(0, 400)
    cells = {name: {stage: maybe({"met": draw.choice((True, True, True, False, None)), "evidence": maybe(
        "Report of June 2026, shared with finance", 0.2)}, 0.2) for stage in LADDER[1:]} for name in DIMENSIONS}
    return {"as_of": "2026-09-30", "currency": "USD", "stage": maybe(draw.choice(STAGES)), "kpis": rows,
            "believed_stage": maybe(draw.choice(LADDER)), "product_type": maybe(draw.choice(PRODUCTS), 0.4),
            "owned_accounts": maybe({"accounts": accounts, "with_owner": draw.randint(0, accounts)}),
            "headcount": maybe({"csms": draw.choice((0, 4.5, 9, 12)), "required": maybe(draw.choice((6, 8.5, 10)))}),
            "maturity": maybe(cells, 0.15)}


def row_of(draw: random.Random, kpi: str, segment: Optional[str], maybe: Any) -> dict[str, Any]:
    scale = draw.choice({"csat": tuple(TOPS), "ces": tuple(TOPS)[:2]}.get(kpi, (None,)))
    easy = draw.choice(("low", "high")) if kpi == "ces" else None
    low, high = {"nps": (-80, 90), "csat": (1, TOPS.get(scale, 5)), "ces": (1, TOPS.get(scale, 5)),
                 "time_to_value_days": (0, 100), "health_points": (30, 95), "data_age_hours": (1, 60),
                 "nrr_ratio": (0.8, 1.4), "expansion_ratio": (0, 0.4), **dict.fromkeys(COUNTS, (0, 30))}.get(
                     kpi, (0.4, 1))

    def reading() -> dict[str, Any]:
        ratio = kpi.endswith("_ratio")
        return {"value": round(draw.uniform(low, high), 4 if ratio else 0 if kpi == "nps" else 1),
                "of": maybe(draw.choice((1, 12, 85, 300, 900))),
                "sd": None if ratio or kpi == "nps" else maybe(round(draw.uniform(0, (high - low) / 4), 2))}

    return {"kpi": kpi, "segment": segment, **reading(), "scale": scale, "easy_is": easy,
            "period_months": draw.choice((12, 12, 3, 24)) if kpi in OVER_TIME else None, "owner": maybe(
                draw.choice(OWNERS)), "previous": maybe(reading())}


# --- results beside the card ------------------------------------------------------------------------------------------

class Filled(NamedTuple):
    """A card with what the results beside it show, and where they say otherwise."""

    card: dict[str, Any]
    stage_origin: Optional[str]
    people: Optional[dict[str, Any]]
    differences: list[dict[str, Any]]
    refuted: tuple[tuple[str, str], ...]


def filled(card: Mapping[str, Any], retention: Optional[Mapping[str, Any]],
           coverage: Optional[Mapping[str, Any]]) -> Filled:
    rows = [row for row in card.get("kpis") or () if row.get("value") is not None]
    given = {(row["kpi"], row.get("segment")): row for row in rows}
    unlike: list[dict[str, Any]] = []

    def differs(what: str, key: str, segment: Optional[str], mine: Any, theirs: Any, origin: str) -> None:
        unlike.append({"what": what, "key": key, "segment": segment, "given": mine, "shown": theirs, "origin": origin})

    stage = card.get("stage") or next((one["stage"] for one in (retention, coverage) if one and one["stage"]), None)
    origin = "given" if card.get("stage") else "retention" if retention and retention["stage"] else (
        "coverage" if coverage and coverage["stage"] else None)
    for name, result in (("retention", retention), ("coverage", coverage)):
        if result and result["stage"] not in (None, stage):
            differs("stage", "stage", None, stage, result["stage"], name)
    for group in (retention["overall"], *retention["size_segments"]) if retention else ():
        for kpi in COMPOUNDED:
            old = given.get((kpi, group["name"]))
            if old is None:
                rows.append({"kpi": kpi, "segment": group["name"], "value": group[kpi], "origin": "retention",
                             "period_months": retention["period_months"], "of": group["starting_customers"]})
            elif old["period_months"] == retention["period_months"] and old["value"] != group[kpi]:
                differs("kpi", kpi, group["name"], old["value"], group[kpi], "retention")
    people = card.get("headcount")
    said = (people or {}).get("required")
    if coverage and people is None:
        people = {"csms": coverage["csms"], "required": coverage["required"], "origin": "coverage"}
    elif coverage:
        for key in ("csms", "required"):
            if people.get(key) not in (None, coverage[key]):
                differs("headcount", key, None, people[key], coverage[key], "coverage")
        people = {**people, "required": coverage["required"] if said is None else said,
                  "origin": "coverage" if said is None else "given"}
    elif people:
        people = {**people, "required": said, "origin": "given"}
    refuted = (("capacity", "transformational"),) if coverage and not any(
        row["service"]["measured"] for row in coverage["tiers"]) else ()
    for name, step in refuted:
        if ((card.get("maturity") or {}).get(name) or {}).get(step) and card["maturity"][name][step].get("met"):
            differs("cell", f"{name}.{step}", None, True, False, "coverage")
    return Filled({**card, "stage": stage, "kpis": rows}, origin, people, unlike, refuted)


# --- the tests --------------------------------------------------------------------------------------------------------

OWN = {"retention_bands": {"growth": {"nrr_ratio": {"healthy": 1.15}, "grr_ratio": {"healthy": 0.93}}},
       "size_nrr_targets": {"smb": {"low_ratio": 0.9, "high_ratio": 1.02}}, "scorecard": {
           "kpis": {"nps": {"good": 25, "great": 45}, "csat": {"good": 3.8}, "ces": {"good": 2.5},
                    "logo_retention_ratio": {"great": 0.97}, "feature_adoption_ratio": {"great": 0.8}},
           "time_to_value_by_product": {"crm": 10}, "size_grr_targets": {"enterprise": {"low_ratio": 0.92}},
           "headcount_within_ratio": 0.1, "most_kpis": 5, "noise_confidence_ratio": 0.8}}


class Case(NamedTuple):
    """One run: a seed (0 is the sample), the results of the samples beside it, and the policy."""

    seed: int
    retention: bool = False
    coverage: bool = False
    policy: Optional[Mapping[str, Any]] = None


CASES = (
    Case(0), Case(0, retention=True, coverage=True), Case(0, policy=OWN),
    *(Case(seed) for seed in range(1, 9)), Case(9, policy=OWN), Case(10, policy=OWN), Case(11, retention=True),
    Case(12, coverage=True), Case(13, retention=True, coverage=True), Case(14, True, True, OWN),
    Case(15, retention=True), Case(16, coverage=True))


class Pair(NamedTuple):
    filled: Filled
    rows: list[dict[str, Any]]
    policy: Mapping[str, Any]
    theirs: dict[str, Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The second computation of a case and the answer of the door, by its place in CASES."""
    folder = tmp_path_factory.mktemp("scorecard")
    default = exact((SCRIPTS / "cslib/policy.json").read_text(encoding="utf-8"))

    @functools.cache
    def result(door: str, sample: str) -> Any:
        ran = called(door, SAMPLES / sample, "--format", "json", "--all")
        assert ran.code == 0, ran.err
        (folder / f"{door}.json").write_text(ran.out, encoding="utf-8")
        return folder / f"{door}.json", exact(ran.out)["result"]

    @functools.cache
    def both(place: int) -> Pair:
        case = CASES[place]
        said = json.dumps(drawn(case.seed)) if case.seed else (SAMPLES / "scorecard.json").read_text(encoding="utf-8")
        (folder / "card.json").write_text(said, encoding="utf-8")
        (folder / "policy.json").write_text(json.dumps(case.policy or {}), encoding="utf-8")
        beside: dict[str, Any] = {}
        if case.retention:
            beside["retention"] = result("retention_decomposition_analyzer", "cohorts.json")
        if case.coverage:
            beside["coverage"] = result("cs_coverage_calculator", "book.json")
        flags = [part for name, (path, _) in beside.items() for part in (f"--{name}", path)]
        ran = called(DOOR, folder / "card.json", "--format", "json", "--all", "--policy", folder / "policy.json",
                     *flags)
        assert ran.code == 0, ran.err
        policy = merged(default, exact(json.dumps(case.policy or {})))
        shown = filled(exact(said), *(beside.get(name, (None, None))[1] for name in ("retention", "coverage")))
        rows = [judged(row, shown.card, policy) for row in ordered(shown.card["kpis"])]
        answer = exact(ran.out)
        return Pair(shown, rows, policy, {**answer["result"], "verdict": answer["verdict"]})

    return both


PLACES = pytest.mark.parametrize("place", range(len(CASES)))


def unlike(mine: Any, theirs: Any, path: str = "") -> list[str]:
    """Every cell of mine in which the answer differs by more than its rounding, by its path; it may say more."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [line for key in mine for line in unlike(mine[key], theirs.get(key, "absent"), f"{path}.{key}")]
    if isinstance(mine, list) and isinstance(theirs, list):
        apart = [f"{path}: {len(mine)} rows here, {len(theirs)} there"] if len(mine) != len(theirs) else []
        return apart + [line for at, (one, other) in enumerate(zip(mine, theirs))
                        for line in unlike(one, other, f"{path}[{at}]")]
    if all(isinstance(one, (int, float, Fraction)) and not isinstance(one, bool) for one in (mine, theirs)):
        half = 5e-3 if path.endswith((".mean", ".csms", ".required")) else 5e-7
        close = abs(float(mine) - float(theirs)) <= half * (1 + 1e-6) + 1e-9 * abs(float(mine))
        return [] if close else [f"{path}: {float(mine)} here, {float(theirs)} there"]
    return [] if type(mine) is type(theirs) and mine == theirs else [f"{path}: {mine} here, {theirs} there"]


@PLACES
def test_every_kpi_agrees_with_its_target_standing_owner_and_change(pair: Any, place: int) -> None:
    _, rows, _, theirs = pair(place)
    assert unlike(rows, theirs["rows"]) == []


@PLACES
def test_what_can_be_told_from_noise_agrees_with_scipy_and_statsmodels(pair: Any, place: int) -> None:
    shown, rows, policy, theirs = pair(place)
    noise = Noise(policy["scorecard"]["noise_confidence_ratio"])
    mine = [told(row, one, noise) for row, one in zip(ordered(shown.card["kpis"]), rows)]
    assert unlike(mine, theirs["rows"]) == []


@PLACES
def test_owners_accounts_headcount_and_differences_agree(pair: Any, place: int) -> None:
    shown, rows, policy, theirs = pair(place)
    mine = {**findings(shown.card, rows, policy, shown.people), "differences": shown.differences,
            "stage": shown.card["stage"], "stage_origin": shown.stage_origin}
    assert unlike(mine, theirs) == []


@PLACES
def test_the_maturity_ladder_agrees_in_every_cell(pair: Any, place: int) -> None:
    shown, _, _, theirs = pair(place)
    mine = maturity(shown.card, shown.refuted)
    assert unlike(mine, theirs["maturity"]) == []
    assert theirs["verdict"] == (mine and mine["overall"])


def test_the_cards_hold_every_kind_of_answer(pair: Any) -> None:
    """What the cases must contain before their agreement means anything."""
    seen = [pair(place).theirs for place in range(len(CASES))]
    rows = [row for one in seen for row in one["rows"]]
    changes, targeted = [row["change"] for row in rows if row["change"]], [row for row in rows if row["target"]]
    assert {row["kpi"] for row in rows} == {kpi for kpis in LEVELS.values() for kpi in kpis}
    assert {row["standing"] for row in rows} == {"great", "good", "below", None}
    assert {row["target"]["source"] for row in targeted} == {"stage", "size", "product", "general"}
    assert {row["target"]["rescaled"] for row in targeted} == {True, False}
    assert {row["annual_value"] is None for row in rows} == {True, False}
    assert {one["test"] for one in changes} == {"newcombe", "welch", "nps", "at_most", None}
    for one in (changes, rows):
        assert {row["distinguishable"] for row in one} == {True, False, None}
    assert {row["origin"] for row in rows} == {"given", "retention"}
    assert {row["what"] for one in seen for row in one["differences"]} >= {"headcount", "cell"}
    assert {(one["headcount"] or {}).get("within") for one in seen} == {True, False, None}
    ladders = [one["maturity"] for one in seen if one["maturity"]]
    assert {row["number"] for one in ladders for row in one["levels"]} == {1, 2, 3, 4}
    assert {len(row["skipped"]) > 0 for one in ladders for row in one["levels"]} == {True, False}
    assert {one["overestimates"] is None for one in ladders} == {True, False}
    assert {row["contradicted"] for one in ladders for row in one["cells"]} == {True, False}
