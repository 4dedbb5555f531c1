"""Decision B's figures computed a second time from the raw JSON, without any room, and compared cell by cell.

Amounts are decimals in pandas frames; p values and intervals come from scipy and statsmodels. Money is held to
the cent, a ratio to six places, a score to two, a p value to two in the sixth place.
"""

from __future__ import annotations

import functools
import json
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple, Optional

import pytest

from conftest import SAMPLES, SCRIPTS, called

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
optimize = pytest.importorskip("scipy.optimize")
tables = pytest.importorskip("statsmodels.stats.contingency_tables")
proportion = pytest.importorskip("statsmodels.stats.proportion")
multitest = pytest.importorskip("statsmodels.stats.multitest")

DOOR = "customer_segmentation_designer"
FOUR = ("strategic", "enterprise", "mid_market", "smb")
TOUCH = ("high_touch", "low_touch", "tech_touch")
PRESETS = ("four_tier", "three_touch", "scored", "percentile")
SIGNALS = ("in_target_industry", "in_target_size_range", "uses_target_workflow", "has_executive_sponsor",
           "advocates_publicly", "expansion_potential_high", "competitor_concentration_low")
TRIALS = ("pilot", "design_partner")
LEVEL = {"high": Decimal(1), "medium": Decimal("0.5"), "low": Decimal(0)}
FIELDS = ("id", "name", "arr", "tenure_months", "relationship", "icp_signals", "complexity", "strategic_value",
          "growth_potential", "annual_cost_to_serve", "previous_tier", "strategic_override", "escalations_12m",
          "multi_year", "executive_contact", "sponsor_both_sides", "acquired_by_conflicting_owner",
          "declining_industry", "renewal_date", "churned")

OWN = {
    "tier_floors": {"strategic": 80000, "enterprise": 25000, "mid_market": 6000},
    "gross_margin_ratio": 0.71,
    "segmentation": {
        "evidence": {"least_group": 50, "least_losses": 8, "losses_per_signal": 3},
        "icp": {"weights": {"in_target_industry": 3, "uses_target_workflow": 0.7, "advocates_publicly": 0},
                "strong_from": 7.5, "decent_from": 4.5, "least_known_ratio": 0.35},
        "touch_floors": {"high_touch": 70000, "low_touch": 12000},
        "score_weights": {"arr": 30, "complexity": 15, "growth_potential": 35, "strategic_value": 20},
        "score_full_arr": 60000, "score_floors": {"strategic": 70, "enterprise": 55, "mid_market": 20},
        "hysteresis_ratio": 0.15, "triggers": {"mid_market": {"tenure_months": 9, "fit": 5.5}}, "smell_ratio": 0.4,
        "most_overrides_ratio": 0.005,
        "tiers": {
            "strategic": {"investment_low": 9000, "investment_high": 33000, "cost_high_ratio": 0.31},
            "enterprise": {"investment_low": 4000, "cost_high_ratio": 0.18},
            "mid_market": {"investment_low": 900, "investment_high": 2200, "cost_high_ratio": 0.07},
            "low_touch": {"investment_low": 700, "cost_high_ratio": 0.11}, "high_touch": {"cost_high_ratio": 0.21}},
        "exit": {"fit_below": 4.2, "cost_above_ratio": 0.3, "tenure_under_months": 18, "repeated_escalations": 1,
                 "least_flags": 3, "tech_touch_cost": 350, "target_cost_ratio": 0.33, "most_price_rise_ratio": 0.6,
                 "notice_from_days": 120, "notice_by_days": 30},
        "misplaced": {"concerning_above_ratio": 0.2, "critical_above_ratio": 0.9}},
    "coverage": {"models": {
        "named_sponsor": {"complexity": 0.75, "onboarding_hours": 1000,
                          "motions": {"business_review": {"times_a_year": 3, "drop": 0}}},
        "pooled": {"reactive_hours": 31.75, "complexity": 1.25, "motions": {"group_session": {"hours": 0.35}}}}}}


# --- the two portfolios -----------------------------------------------------------------------------------------------

def generated(seed: int, customers: int, touch: bool = False) -> dict[str, Any]:
    """A document of so many customers: unknowns in every optional field (null or absent), and amounts on the edges."""
    draw, as_of = random.Random(seed), date(2026, 9, 30)
    days = (0, 1, 30, 59, 60, 61, 89, 90, 91)
    levels = ("high", "medium", "low")
    edges = [cut * factor for cut in (100000, 20000, 5000, 15000) for factor in (0.9, 1, 1.1)] + [99999.99, 550, 649.35]

    def one(number: int) -> dict[str, Any]:
        arr = draw.choice(edges) if draw.random() < 0.06 else round(min(9e5, math.exp(draw.gauss(9.4, 1.35))) + 100, 2)
        kind = draw.choices(("paying", "pilot", "design_partner", None), (80, 3, 3, 14))[0]
        if draw.random() < (0.6 if kind in TRIALS else 0.03 if kind is None else 0):
            arr = 0
        signals = {key: draw.choices((True, False, None), (55, 27, 18) if number % 3 else (65, 34, 1))[0]
                   for key in SIGNALS}
        risk = 0.04 + sum(weight for key, weight in zip(SIGNALS, (0.14, 0.05, 0.02, 0.08)) if signals[key] is False)
        cost = draw.choice((0, arr / 2, arr / 4, 500, 200)) if draw.random() < 0.05 else arr * math.exp(
            draw.gauss(-2.3, 1.1))
        tier = FOUR[0] if arr > 1e5 else FOUR[1] if arr > 2e4 else FOUR[2] if arr > 5e3 else FOUR[3]
        row = {
            "arr": arr, "tenure_months": draw.randint(0, 48), "relationship": kind, "icp_signals": signals,
            "complexity": draw.choice(levels), "growth_potential": draw.choice(levels),
            "strategic_value": draw.choice(levels), "annual_cost_to_serve": round(cost, 2),
            "previous_tier": draw.choice(TOUCH) if touch else draw.choices((tier, draw.choice(FOUR)), (75, 25))[0],
            "escalations_12m": draw.choice((0, 0, 0, 1, 2, 3)), "multi_year": draw.random() < 0.7,
            "executive_contact": draw.random() < 0.7, "sponsor_both_sides": draw.random() < 0.7,
            "acquired_by_conflicting_owner": draw.random() < 0.03, "declining_industry": draw.random() < 0.08,
            "renewal_date": str(as_of + timedelta(draw.choice((*days, draw.randint(-20, 400))))),
            "churned": draw.random() < risk, "name": f"Heron {number}"}
        known = {key: value for key, value in row.items() if key in ("arr", "relationship", "icp_signals")
                 or draw.random() > 0.08}
        if draw.random() < 0.03:
            known = {"arr": arr or 1200, "relationship": None}
        if draw.random() < 0.02:
            until = str(as_of + timedelta(draw.choice((-40, -1, 0, 1, 200))))
            known["strategic_override"] = {"reason": "Written by the board", "until": until}
        absent = {key: None for key in row if key not in known and draw.random() < 0.5}
        return {"id": f"G-{number:05d}", **known, **absent}

    nobody = dict.fromkeys(SIGNALS, False)
    dear = [{"id": f"dear {arr}", "arr": arr, "annual_cost_to_serve": cost, "icp_signals": nobody}
            for arr, cost in ((600, 700), (649.35, 649.35), (649.36, 500), (300, 400))]
    return {"as_of": str(as_of), "currency": "EUR", "customers": [*dear, *map(one, range(customers))]}


@functools.cache
def document(portfolio: str) -> str:
    """The text of an input by its name here; `touched` had three touch tiers, `partial` knows part of the cost."""
    if portfolio == "sample":
        return (SAMPLES / "customers.json").read_text(encoding="utf-8")
    if portfolio == "free":
        return json.dumps({"as_of": "2026-09-30", "customers": [{"id": "P", "arr": 0, "relationship": "pilot"}]})
    if portfolio == "one":
        return json.dumps({"as_of": "2026-09-30", "customers": [{"id": "S", "arr": 3000}]})
    size = {"generated": 3000, "touched": 1200, "partial": 400, "small": 60}[portfolio]
    return json.dumps({**generated(20260930, size, portfolio == "touched"), "cost_is_partial": portfolio == "partial"})


CASES = ([(book, preset, False) for book in ("sample", "generated") for preset in PRESETS] + [
    ("sample", "four_tier", True), ("generated", "four_tier", True), ("generated", "scored", True),
    ("touched", "three_touch", False), ("touched", "three_touch", True), ("partial", "four_tier", False),
    ("small", "percentile", True), ("one", "four_tier", False), ("one", "percentile", False),
    ("free", "four_tier", False)])


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return {key: merged(value, over.get(key, {})) if isinstance(value, Mapping) else over.get(key, value)
            for key, value in base.items()}


# --- rounding for the comparison --------------------------------------------------------------------------------------

UNITS = {2: Decimal("0.01"), 6: Decimal("0.000001")}


class Near(NamedTuple):
    """A figure that comes from floating point on both sides."""

    value: float


def places(value: Optional[Any], digits: int) -> Optional[Decimal]:
    """The number rounded half up (away from zero) to so many digits."""
    if value is None:
        return None
    return Decimal(value).quantize(UNITS[digits], ROUND_HALF_UP)


money = functools.partial(places, digits=2)
ratio = functools.partial(places, digits=6)


def over(part: Optional[Any], whole: Optional[Any]) -> Optional[Decimal]:
    return None if part is None or not whole else Decimal(part) / Decimal(whole)


def differences(mine: Any, theirs: Any, path: str = "") -> list[str]:
    """Every cell in which two results differ, by its path."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [line for key in {**mine, **theirs}
                for line in differences(mine.get(key, "absent"), theirs.get(key, "absent"), f"{path}.{key}")]
    if isinstance(mine, (list, tuple)) and not isinstance(mine, Near) and isinstance(theirs, list):
        if len(mine) != len(theirs):
            return [f"{path}: {len(mine)} rows here, {len(theirs)} there"]
        return [line for at, (one, other) in enumerate(zip(mine, theirs))
                for line in differences(one, other, f"{path}[{at}]")]
    if isinstance(mine, Near):
        close = isinstance(theirs, (int, Decimal)) and abs(mine.value - float(theirs)) <= 2e-6
        return [] if close else [f"{path}: {mine.value} here, {theirs} there"]
    same = mine == theirs and isinstance(mine, bool) == isinstance(theirs, bool)
    return [] if same else [f"{path}: {mine} here, {theirs} there"]


def only(frame: Any, kept: Sequence[bool]) -> Any:
    """The rows for which it holds, also of a frame without rows."""
    return frame[np.array(kept, dtype=bool)]


# --- fit --------------------------------------------------------------------------------------------------------------

class Fit(NamedTuple):
    score: Optional[Decimal]
    band: Optional[str]
    lowest: Decimal
    highest: Decimal


def fit_of(answers: Sequence[Optional[bool]], rules: Mapping[str, Any]) -> Fit:
    weights = [Decimal(rules["weights"][key]) for key in SIGNALS]
    yes = sum(weight for weight, answer in zip(weights, answers) if answer is True)
    known = sum(weight for weight, answer in zip(weights, answers) if answer is not None)
    whole = sum(weights)
    judged = known > 0 and known >= rules["least_known_ratio"] * whole
    score = 10 * yes / known if judged else None
    band = None if score is None else ("strong" if score >= rules["strong_from"] else
                                       "decent" if score >= rules["decent_from"] else "poor")
    return Fit(score, band, 10 * yes / whole, 10 * (yes + whole - known) / whole)


# --- tiers ------------------------------------------------------------------------------------------------------------

class Scale(NamedTuple):
    """A preset on this portfolio: tiers, top first, their floors and each customer's measure."""

    tiers: tuple[str, ...]
    floors: tuple[Decimal, ...]
    measures: list[Decimal]
    complexity: Optional[list[Optional[str]]]

    def placed(self, factor: Any = 1) -> list[int]:
        """The tier of each customer, 0 the top, with every floor multiplied."""
        marks = [floor * Decimal(factor) for floor in self.floors]
        found = [next(at for at, mark in enumerate(marks) if measure >= mark) for measure in self.measures]
        if self.complexity is None:
            return found
        return [1 if at == 2 and level in ("high", "medium") else at for at, level in zip(found, self.complexity)]

    def kept(self, factor: Any) -> list[int]:
        """The lowest tier to which each customer may fall: only a known low complexity lets go of the middle touch."""
        found = self.placed(factor)
        if self.complexity is None:
            return found
        return [1 if at == 2 and level is None else at for at, level in zip(found, self.complexity)]


def scale(preset: str, frame: Any, policy: Mapping[str, Any]) -> Scale:
    rules, arr = policy["segmentation"], [Decimal(value) for value in frame["arr"]]
    if preset == "three_touch":
        floors = tuple(Decimal(rules["touch_floors"][tier]) for tier in TOUCH)
        return Scale(TOUCH, floors, arr, list(frame["complexity"]))
    if preset == "scored":
        weights = rules["score_weights"]

        def score(row: Any) -> Decimal:
            parts = {"arr": min(Decimal(1), Decimal(row.arr) / rules["score_full_arr"]),
                     **{key: LEVEL[getattr(row, key)] for key in ("complexity", "growth_potential", "strategic_value")
                        if getattr(row, key)}}
            return 100 * sum(weights[key] * part for key, part in parts.items()) / sum(weights[key] for key in parts)

        return Scale(FOUR, tuple(Decimal(rules["score_floors"][tier]) for tier in FOUR),
                     [score(row) for row in frame.itertuples()], None)
    if preset == "percentile":
        ranked, share, cuts = sorted(arr, reverse=True), Decimal(0), []
        for tier in FOUR[:3]:
            share += Decimal(rules["percentile_shares"][f"{tier}_ratio"])
            cuts.append(ranked[math.ceil(share * len(ranked)) - 1] if ranked else Decimal(0))
        return Scale(FOUR, (*cuts, Decimal(0)), arr, None)
    return Scale(FOUR, tuple(Decimal(policy["tier_floors"][tier]) for tier in FOUR), arr, None)


def conditions(tier: str, row: Any, policy: Mapping[str, Any]) -> list[tuple[str, str, Optional[Decimal]]]:
    """What a tier asks beside its floor: key, state (met no unknown short), and how much is short."""
    def counted(key: str, value: Optional[Any], least: Any) -> tuple[str, str, Optional[Decimal]]:
        state = "unknown" if value is None else "met" if value >= least else "short"
        return key, state, Decimal(least) - value if state == "short" else None

    def answered(key: str, value: Optional[bool]) -> tuple[str, str, None]:
        return key, "unknown" if value is None else "met" if value else "no", None

    trigger = policy["segmentation"]["triggers"]["mid_market"]
    return {
        "strategic": lambda: [answered("multi_year", row.multi_year),
                              answered("expansion_potential_high", row.answers[5]),
                              answered("sponsor_both_sides", row.sponsor_both_sides)],
        "enterprise": lambda: [answered("executive_contact", row.executive_contact)],
        "mid_market": lambda: [counted("tenure_months", row.tenure_months, trigger["tenure_months"]),
                               counted("fit", row.fit.score, trigger["fit"])],
    }.get(tier, list)()


def settled(frame: Any, chosen: Scale, preset: str, policy: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """The tier of every customer, and everything that is said about who moves."""
    edge, tiers = Decimal(policy["segmentation"]["hysteresis_ratio"]), chosen.tiers
    measure_key, measure_places = ("score", 2) if preset == "scored" else ("arr", 2)
    by_floor, entered, held = chosen.placed(), chosen.placed(1 + edge), chosen.kept(1 - edge)
    final, ups, downs, near, unconfirmed, overrides = [], [], [], [], [], []
    for at, row in enumerate(frame.itertuples()):
        who = {"account": row.account, "id": row.id, "arr": money(row.arr)}
        before = tiers.index(row.previous_tier) if row.previous_tier in tiers else None
        active = row.override is not None and as_of <= row.override["until"]
        met = {tier: all(state == "met" for _, state, _ in conditions(tier, row, policy)) for tier in tiers}
        if before is None:
            plain = by_floor[at]
        else:
            higher = [to for to in range(entered[at], before) if met[tiers[to]]]
            plain = higher[0] if higher else max(before, held[at])
        now = 0 if active else plain
        final.append(now)
        if row.override is not None:
            overrides.append({**who, "active": active, **row.override, "tier_without": tiers[plain]})
        if before is None:
            if not active and not met[tiers[now]]:
                unconfirmed.append((tiers[now], row.arr))
            continue
        if now < before:
            reached = chosen.measures[at] >= chosen.floors[now] * (1 + edge)
            asked = [measure_key if reached else "complexity",
                     *(key for key, _, _ in conditions(tiers[now], row, policy))]
            ups.append({**who, "from_tier": tiers[before], "to_tier": tiers[now],
                        "cause": "override" if active else "trigger", "conditions": [] if active else asked})
        elif now > before:
            expired = row.override is not None and before == 0
            downs.append({**who, "from_tier": tiers[before], "to_tier": tiers[now],
                          "cause": "override_expired" if expired else "below_floor", "conditions": []})
        if now > 0:
            floor, measure = chosen.floors[now - 1], chosen.measures[at]
            short = floor * (1 + edge) - measure
            missing = [{"key": key, "state": state, "amount": places(amount, 2)}
                       for key, state, amount in conditions(tiers[now - 1], row, policy) if state != "met"]
            if measure >= floor * (1 - edge) and (measure >= floor or not missing):
                first = [{"key": measure_key, "state": "short", "amount": places(short, measure_places)}]
                near.append({**who, "tier": tiers[now], "next_tier": tiers[now - 1],
                             "missing": (first if short > 0 else []) + missing})
    frame["by_floor"], frame["tier"] = [tiers[at] for at in by_floor], [tiers[at] for at in final]
    known = only(frame, [tier in tiers for tier in frame["previous_tier"]])
    crossed = known.groupby(["previous_tier", "tier"])["arr"].agg(["size", "sum"]) if len(known) else None
    moved = known[known["previous_tier"] != known["tier"]]
    kept = only(known, [floor != tier and (given is None or given["until"] < as_of)
                        for floor, tier, given in zip(known["by_floor"], known["tier"], known["override"])])
    by_size = functools.partial(sorted, key=lambda row: (-row["arr"], row["id"]))
    return {
        "upgrades": by_size(ups), "downgrades": by_size(downs), "near_misses": by_size(near),
        "upgraded": {"customers": len(ups), "arr": money(sum(row["arr"] for row in ups))},
        "downgraded": {"customers": len(downs), "arr": money(sum(row["arr"] for row in downs))},
        "overrides": by_size(overrides),
        "overridden_ratio": ratio(over(sum(row["active"] for row in overrides), len(frame))),
        "too_many_overrides": sum(row["active"] for row in overrides) > len(frame) * Decimal(
            policy["segmentation"]["most_overrides_ratio"]),
        "unconfirmed": {tier: {"customers": sum(key == tier for key, _ in unconfirmed),
                               "arr": money(sum(arr for key, arr in unconfirmed if key == tier))}
                        for tier in tiers if any(key == tier for key, _ in unconfirmed)},
        "migration": None if crossed is None else {
            "cells": [{"from_tier": one, "to_tier": two, "customers": crossed.loc[(one, two), "size"],
                       "arr": money(crossed.loc[(one, two), "sum"])}
                      for one in tiers for two in tiers if (one, two) in crossed.index],
            "moved_customers": len(moved), "moved_arr": money(sum(moved["arr"])),
            "held_customers": len(kept), "held_arr": money(sum(kept["arr"]))}}


def disagreement(frame: Any, preset: str, policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Against each other preset, before any history: customers and ARR placed differently, and the largest flow."""
    rules = policy["segmentation"]["tiers"]

    def keys(name: str) -> list[str]:
        placed = scale(name, frame, policy)
        return [placed.tiers[at] for at in placed.placed()]

    def served(tier: str) -> str:
        return rules[tier]["model"].replace("named_sponsor", "named")

    rows = []
    for other in (name for name in PRESETS if name != preset):
        pair = pd.DataFrame({"one": keys(preset), "two": keys(other), "arr": list(frame["arr"])})
        touch = "three_touch" in (preset, other)
        pair = only(pair, [served(one) != served(two) if touch else one != two
                           for one, two in zip(pair["one"], pair["two"])])
        flows = pair.groupby(["one", "two"])["arr"].agg(["size", "sum"]).reset_index() if len(pair) else pair
        top = max(flows.itertuples(index=False), key=lambda flow: flow[3]) if len(pair) else (None, None, 0, 0)
        rows.append({"preset": other, "customers": len(pair), "arr": money(sum(pair["arr"])), "from_tier": top[0],
                     "to_tier": top[1], "flow_customers": top[2], "flow_arr": money(top[3])})
    return rows


# --- cost to serve ----------------------------------------------------------------------------------------------------

def served_columns(frame: Any, policy: Mapping[str, Any], partial: bool) -> None:
    """Adds what each account bears, earns, and gets above or below that."""
    rules, margin = policy["segmentation"], Decimal(policy["gross_margin_ratio"])
    names = ("low", "high", "contribution", "earning", "excess", "shortfall")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for row in frame.itertuples():
        tier = rules["tiers"][row.tier]
        cap = Decimal(tier["cost_high_ratio"]) * row.arr
        low, high = min(Decimal(tier["investment_low"]), cap), min(Decimal(tier["investment_high"]), cap)
        known, meant = row.cost is not None, row.relationship in TRIALS
        contribution = row.arr * margin - row.cost if known else None
        columns["low"].append(low)
        columns["high"].append(high)
        columns["contribution"].append(contribution)
        columns["earning"].append(None if not known else "loses_money" if contribution < 0 else "earns_little"
                                  if row.cost > rules["exit"]["cost_above_ratio"] * row.arr else "earns")
        columns["excess"].append(max(row.cost - high, Decimal(0)) if known and not meant else None)
        columns["shortfall"].append(max(low - row.cost, Decimal(0)) if known and not meant and not partial else None)
    for key, values in columns.items():
        frame[key] = pd.Series(values, index=frame.index, dtype=object)


def total(values: Iterable[Optional[Decimal]]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def known_sum(values: Iterable[Optional[Decimal]]) -> Optional[Decimal]:
    """The sum of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return money(sum(known)) if known else None


def above(values: Iterable[Optional[Decimal]]) -> int:
    return sum(value is not None and value > 0 for value in values)


def beside_range(part: Any, costed: Any, partial: bool) -> dict[str, Any]:
    """Above and below what accounts bear; None where no account has a cost, or all of them only a part of it."""
    none, half = not len(costed), partial or not len(costed)
    return {"cost": None if none else money(total(costed["cost"])),
            "excess_customers": None if none else above(part["excess"]),
            "excess": None if none else money(total(part["excess"])),
            "shortfall_customers": None if half else above(part["shortfall"]),
            "shortfall": None if half else money(total(part["shortfall"]))}


def tier_row(tier: str, part: Any, whole: Any, floor: Optional[Decimal], policy: Mapping[str, Any],
             partial: bool) -> dict[str, Any]:
    rules = policy["segmentation"]["tiers"][tier]
    expected = policy["segmentation"]["expected"].get(tier)
    costed = only(part, [cost is not None for cost in part["cost"]])
    strained = only(part, [rules["investment_low"] > rules["cost_high_ratio"] * arr for arr in part["arr"]])
    arr, cost = total(part["arr"]), total(costed["cost"])
    shares = {"customers": over(len(part), len(whole)), "arr": over(arr, total(whole["arr"]))}

    def against(key: str) -> Optional[str]:
        if expected is None or shares[key] is None:
            return None
        return ("below" if shares[key] < expected[f"{key}_low_ratio"] else
                "above" if shares[key] > expected[f"{key}_high_ratio"] else "within")

    return {
        "tier": tier, "customers": len(part), "arr": money(arr), "customers_ratio": ratio(shares["customers"]),
        "arr_ratio": ratio(shares["arr"]),
        "expected": expected and {key: ratio(value) for key, value in expected.items()},
        "as_expected": {"customers": against("customers"), "arr": against("arr")}, "model": rules["model"],
        **{key: money(rules[key]) for key in ("investment_low", "investment_high")},
        "budget_low": money(len(part) * rules["investment_low"]),
        "budget_high": money(len(part) * rules["investment_high"]),
        "budget_low_ratio": ratio(over(len(part) * rules["investment_low"], arr)),
        "budget_high_ratio": ratio(over(len(part) * rules["investment_high"], arr)),
        "bearable_low": money(total(part["low"])), "bearable_high": money(total(part["high"])),
        "costed_customers": len(costed), "costed_arr": money(total(costed["arr"])),
        "cost_ratio": ratio(over(cost, total(costed["arr"]))), "mean_cost": money(over(cost, len(costed))),
        **{key: ratio(rules[key]) for key in ("cost_low_ratio", "cost_high_ratio")},
        **beside_range(part, costed, partial),
        "strained_customers": len(strained), "strained_arr": money(total(strained["arr"])),
        "high_at_floor_ratio": ratio(over(rules["investment_high"], floor)),
        "pays_from_arr": money(over(rules["investment_low"], rules["cost_high_ratio"]))}


def budget(frame: Any, rows: Sequence[Mapping[str, Any]], partial: bool) -> dict[str, Any]:
    costed = only(frame, [cost is not None for cost in frame["cost"]])
    arr, cost, spent_on = total(frame["arr"]), total(costed["cost"]), total(costed["arr"])
    losing = only(frame, [earning == "loses_money" for earning in frame["earning"]])
    low, high = (sum(row[key] for row in rows) for key in ("budget_low", "budget_high"))
    return {
        "customers": len(frame), "arr": money(arr), "budget_low": low, "budget_high": high,
        "budget_low_ratio": ratio(over(low, arr)), "budget_high_ratio": ratio(over(high, arr)),
        "bearable_low": money(total(frame["low"])), "bearable_high": money(total(frame["high"])),
        "costed_customers": len(costed), "costed_arr": money(spent_on), "cost_ratio": ratio(over(cost, spent_on)),
        "excess_ratio": ratio(over(total(frame["excess"]), cost)), **beside_range(frame, costed, partial),
        "losing_customers": len(losing) if len(costed) else None,
        "losing_arr": money(total(losing["arr"])) if len(costed) else None,
        "losing": money(-total(losing["contribution"])) if len(costed) else None}


def planned_hours(tier: str, policy: Mapping[str, Any]) -> Decimal:
    """A year of an account under the model of its tier: each of its motions so often, and what the customer asks."""
    service = policy["coverage"]["models"][policy["segmentation"]["tiers"][tier]["model"]]
    parts = [Decimal(each["hours"]) * Decimal(each["times_a_year"]) for each in service["motions"].values()]
    return Decimal(service["complexity"]) * sum(parts, Decimal(service["reactive_hours"]))


def differentiation(rows: Sequence[Mapping[str, Any]], frame: Any, policy: Mapping[str, Any],
                    partial: bool) -> list[dict[str, Any]]:
    least, found = policy["segmentation"]["least_hours_gap_ratio"], []
    for upper, lower in zip(rows, rows[1:]):
        spent = [[cost for cost, tier in zip(frame["cost"], frame["tier"]) if tier == row["tier"] and cost is not None]
                 for row in (upper, lower)]
        pairs = [("planned", *(planned_hours(row["tier"], policy) for row in (upper, lower)))]
        if not partial and min(map(len, spent)) >= 5:
            pairs.append(("actual", *(total(costs) / len(costs) for costs in spent)))
        for basis, one, two in pairs:
            gap = over(Decimal(one) - Decimal(two), one)
            found.append({"upper": upper["tier"], "lower": lower["tier"], "basis": basis, "upper_value": money(one),
                          "lower_value": money(two), "gap_ratio": ratio(gap), "alike": gap is not None and gap < least})
    return found


# --- exits ------------------------------------------------------------------------------------------------------------

def flags_of(row: Any, rules: Mapping[str, Any]) -> list[str]:
    known = {
        "poor_fit": row.fit.score is not None and row.fit.score < rules["fit_below"],
        "cost_above_half": row.cost is not None and row.cost > rules["cost_above_ratio"] * row.arr,
        "early_escalations": None not in (row.tenure_months, row.escalations_12m)
        and row.tenure_months < rules["tenure_under_months"] and row.escalations_12m >= rules["repeated_escalations"],
        "conflicting_owner": row.acquired_by_conflicting_owner is True,
        "declining_industry": row.declining_industry is True}
    return [key for key, raised in known.items() if raised]


def break_even_loss(today: Decimal, after: Decimal) -> Optional[Decimal]:
    """The loss probability q at which (1 - q) x what it earns after is what it earns today; a lost account earns 0."""
    if after <= today:
        return None
    return Decimal(1) if today <= 0 else 1 - today / after


def lever_loss(part: Sequence[Any]) -> Optional[Decimal]:
    """The same for accounts cut to what they bear: what may leave of their contribution, in equal parts of each."""
    today = total(row.contribution for row in part)
    return break_even_loss(today, today + total(row.excess for row in part))


def exit_of(row: Any, found: Sequence[str], policy: Mapping[str, Any], as_of: date) -> tuple[Decimal, dict[str, Any]]:
    """The gain of the proposed way, unrounded, and the whole record."""
    rules, margin = policy["segmentation"]["exit"], Decimal(policy["gross_margin_ratio"])
    gross, cost, arr = row.arr * margin, row.cost, row.arr
    leave = {"arr_given_up": money(arr), "gross_profit_given_up": money(gross), "cost_freed": money(cost),
             "net_effect": money(cost - gross), "renewal_date": row.renewal_date, "notice_from": None,
             "notice_by": None, "notice": "unknown"}
    if row.renewal_date is not None:
        renewal = date.fromisoformat(row.renewal_date)
        first, last = (renewal - timedelta(rules[key]) for key in ("notice_from_days", "notice_by_days"))
        leave.update(notice_from=str(first), notice_by=str(last), notice=(
            "passed" if renewal <= as_of else "closed" if last < as_of else "open" if first <= as_of else "ahead"))
    after = min(Decimal(rules["tech_touch_cost"]), cost)
    light = {"cost_after": money(after), "contribution_after": money(gross - after),
             "margin_after_ratio": ratio((gross - after) / arr), "net_effect": money(cost - after),
             "loss_ratio": ratio(break_even_loss(gross - cost, gross - after))}
    even, target = cost / margin, cost / Decimal(rules["target_cost_ratio"])
    rise = target / arr - 1 if target > arr else None
    price = {"break_even_price": money(even), "break_even_rise_ratio": ratio(even / arr - 1) if even > arr else None,
             "target_price": money(target), "rise_ratio": ratio(rise),
             "gain": money((target - arr) * margin if rise is not None else 0),
             "loss_ratio": ratio(break_even_loss(gross - cost, target * margin - cost) if rise is not None else None)}
    if "conflicting_owner" in found:
        way = "not_renewing"
    elif rise is not None and rise <= rules["most_price_rise_ratio"]:
        way = "repricing"
    elif policy["segmentation"]["tiers"][row.tier]["model"].startswith("named") and gross > row.high:
        way = "within_means"
    else:
        way = "tech_touch" if gross > after else "not_renewing"
    gain = {"not_renewing": cost - gross, "tech_touch": cost - after, "repricing": (target - arr) * margin,
            "within_means": row.excess}[way]
    certain = len([flag for flag in found if flag != "poor_fit"]) >= rules["least_flags"] or (
        row.fit.highest < rules["fit_below"])
    return gain, {**shown(row), "fit_lowest": places(row.fit.lowest, 2), "fit_highest": places(row.fit.highest, 2),
                  "flags": list(found), "certain": certain, "not_renewing": leave, "tech_touch": light,
                  "repricing": price, "proposal": way, "gain": money(gain)}


def not_judged_reason(row: Any) -> Optional[str]:
    if row.relationship in TRIALS:
        return row.relationship
    if row.arr == 0:
        return "no_revenue"
    return {(True, True): "no_cost_no_signals", (True, False): "no_cost", (False, True): "no_signals",
            (False, False): None}[row.cost is None, row.fit.score is None]


def shown(row: Any) -> dict[str, Any]:
    return {"account": row.account, "id": row.id, "tier_by_floor": row.by_floor, "tier": row.tier,
            "arr": money(row.arr), "fit_score": places(row.fit.score, 2), "fit_band": row.fit.band,
            "cost": money(row.cost), "cost_ratio": ratio(over(row.cost, row.arr)), "bearable_low": money(row.low),
            "bearable_high": money(row.high), "contribution": money(row.contribution), "earning": row.earning,
            "excess": money(row.excess), "shortfall": money(row.shortfall)}


# --- evidence ---------------------------------------------------------------------------------------------------------

def group(rows: Sequence[tuple[Any, bool]]) -> dict[str, Any]:
    lost = sum(gone for _, gone in rows)
    low, high = proportion.proportion_confint(lost, len(rows), method="wilson") if rows else (None, None)
    return {"customers": len(rows), "lost": lost, "loss_ratio": ratio(over(lost, len(rows))),
            "interval": {"low": Near(low), "high": Near(high), "method": "wilson"} if rows else None}


def trend_p(groups: Sequence[Sequence[tuple[Any, bool]]]) -> Optional[float]:
    """Cochran-Armitage over ordered groups, as statsmodels has it (its variance is over N - 1)."""
    counts = [[sum(gone for _, gone in rows), sum(not gone for _, gone in rows)] for rows in groups if rows]
    number, lost = sum(map(sum, counts)), sum(count[0] for count in counts)
    if len(counts) < 2 or lost in (0, number):
        return None
    scores = [at for at, rows in enumerate(groups) if rows]
    table = tables.Table(counts, shift_zeros=False)
    return table.test_ordinal_association(row_scores=np.array(scores), col_scores=np.array([1, 0])).pvalue


def evidence(everyone: Any, policy: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    enough = policy["segmentation"]["evidence"]
    everyone = only(everyone, [relationship not in TRIALS for relationship in everyone["relationship"]])
    known = [(row, row.churned) for row in everyone.itertuples() if row.churned is not None]
    if not known:
        return None
    bands = [[pair for pair in known if pair[0].fit.band == band] for band in ("poor", "decent", "strong")]
    losses = sum(gone for _, gone in known)
    parted = [[[pair for pair in known if pair[0].answers[at] is answer] for answer in (True, False)]
              for at in range(len(SIGNALS))]
    tests = [trend_p(groups) if losses >= enough["least_losses"] and sum(
        len(rows) >= enough["least_group"] for rows in groups) >= 2 else None for groups in (*parted, bands)]
    held = [at for at, p in enumerate(tests) if p is not None]
    adjusted = dict(zip(held, multitest.multipletests([tests[at] for at in held], method="holm")[1])) if held else {}

    def finding(at: int, better: bool, words: tuple[str, str]) -> str:
        if tests[at] is None:
            return "too_few"
        return "not_told" if adjusted[at] >= 0.05 else words[0] if better else words[1]

    def loss(rows: Sequence[tuple[Any, bool]]) -> Optional[Decimal]:
        return over(sum(gone for _, gone in rows), len(rows))

    signals = []
    for at, (yes, no) in enumerate(parted):
        gap = None if loss(yes) is None or loss(no) is None else loss(no) - loss(yes)
        signals.append({
            "signal": SIGNALS[at], "where_true": group(yes), "where_false": group(no),
            "unknown_customers": len(known) - len(yes) - len(no), "gap_ratio": ratio(gap),
            "p_value": tests[at] if tests[at] is None else Near(tests[at]),
            "p_adjusted": Near(adjusted[at]) if at in adjusted else None,
            "finding": finding(at, gap is not None and gap > 0, ("separates", "reversed"))})
    ratios = [loss(rows) for rows in bands if rows]
    complete = [pair for pair in known if None not in pair[0].answers]
    return {
        "whole": group(known), "unknown_customers": len(everyone) - len(known), "signals": signals,
        "bands": [{"band": band, **group(rows)} for band, rows in zip(("poor", "decent", "strong"), bands)],
        "not_judged": group([pair for pair in known if pair[0].fit.band is None]),
        "ordering": {"p_value": None if tests[7] is None else Near(tests[7]),
                     "p_adjusted": Near(adjusted[7]) if 7 in adjusted else None,
                     "finding": finding(7, ratios[0] > ratios[-1], ("orders", "reversed"))},
        "weights": learnt(complete, [float(policy["segmentation"]["icp"]["weights"][key]) for key in SIGNALS],
                          max(5, enough["losses_per_signal"] * len(SIGNALS)))}


def least(lost_by: Callable[[Any], tuple[float, Any]], size: int) -> Any:
    """Where a convex function is least, from its value and gradient."""
    return optimize.minimize(lost_by, np.zeros(size), jac=True, method="BFGS", options={"gtol": 1e-7}).x


def learnt(complete: Sequence[tuple[Any, bool]], weights: Sequence[float], needed: int) -> dict[str, Any]:
    """The proposal of weights, each fifth of the kept and of the lost foretold from the rest.

    Logistic in being kept; a signal's coefficient is normal around a common slope times its weight, with deviation 0.5;
    level and slopes are normal around 0 with deviation 10. Proposed at a gain above 1.645 standard errors.
    """
    ranked = sorted(complete, key=lambda pair: (pair[1], pair[0].id))
    stays = np.array([float(not gone) for _, gone in ranked])
    kept = int(stays.sum())
    answers = np.array([[float(answer) for answer in row.answers] for row, _ in ranked])
    folds = np.concatenate([np.arange(kept) % 5, np.arange(len(stays) - kept) % 5])
    current = np.array(weights) / sum(weights)
    result = {"customers": len(ranked), "losses": len(ranked) - kept, "losses_needed": needed,
              "current": [money(Decimal(weight) * 10 / Decimal(sum(weights))) for weight in weights],
              "finding": "too_few_losses", "proposed": None, "current_log_loss": None, "proposed_log_loss": None,
              "gain": None, "gain_standard_error": None}
    if result["losses"] < needed:
        return result

    def taught(signals: Any, kept_ones: Any) -> Any:
        def lost_by(guess: Any) -> tuple[float, Any]:
            odds, off = guess[0] + signals @ guess[2:], guess[2:] - guess[1] * np.array(weights)
            error = 1 / (1 + np.exp(-odds)) - kept_ones
            return (np.logaddexp(0, odds) - kept_ones * odds).sum() + off @ off / 0.5 + guess[:2] @ guess[:2] / 200, (
                np.concatenate([[error.sum() + guess[0] / 100, guess[1] / 100 - off @ np.array(weights) / 0.25],
                                signals.T @ error + off / 0.25]))

        found = np.maximum(least(lost_by, 9)[2:], 0)
        tenths = 100 * found / found.sum()
        whole = np.floor(tenths)
        whole[np.argsort(whole - tenths, kind="stable")[:round(100 - whole.sum())]] += 1
        return whole / 100

    def foretold(shares: Any, train: Any) -> Any:
        score = answers @ shares

        def lost_by(guess: Any) -> tuple[float, Any]:
            odds = guess[0] + guess[1] * score[train]
            error = 1 / (1 + np.exp(-odds)) - stays[train]
            return (np.logaddexp(0, odds) - stays[train] * odds).sum() + guess @ guess / 200, (
                np.array([error.sum(), error @ score[train]]) + guess / 100)

        level, slope = least(lost_by, 2)
        assert slope > 0
        odds = level + slope * score[~train]
        return np.logaddexp(0, odds) - stays[~train] * odds

    before, after = np.zeros(len(stays)), np.zeros(len(stays))
    for fold in range(5):
        train = folds != fold
        before[~train] = foretold(current, train)
        after[~train] = foretold(taught(answers[train], stays[train]), train)
    gain, error = (before - after).mean(), (before - after).std(ddof=1) / math.sqrt(len(stays))
    better = gain > 1.645 * error
    shares = taught(answers, stays)
    return {**result, "finding": "proposed" if better else "no_better", "current_log_loss": Near(before.mean()),
            "proposed": [Decimal(round(100 * share)) / 10 for share in shares] if better else None,
            "proposed_log_loss": Near(after.mean()), "gain": Near(gain), "gain_standard_error": Near(error)}


# --- all of it --------------------------------------------------------------------------------------------------------

def recomputed(text: str, preset: str, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The whole result of the door, computed here to 60 digits."""
    with localcontext() as context:
        context.prec = 60
        return answer(text, preset, policy)


def answer(text: str, preset: str, policy: Mapping[str, Any]) -> dict[str, Any]:
    given, rules = json.loads(text, parse_float=Decimal), policy["segmentation"]
    as_of, partial = given["as_of"], bool(given.get("cost_is_partial"))
    everyone = pd.DataFrame([{key: row.get(key) for key in FIELDS} for row in given["customers"]], columns=list(FIELDS),
                            dtype=object)
    everyone = everyone.astype(object).where(everyone.notna(), None)
    for key in ("arr", "annual_cost_to_serve"):
        amounts = [None if value is None else Decimal(value) for value in everyone[key]]
        everyone[key] = pd.Series(amounts, dtype=object)
    everyone["account"] = [name or key for name, key in zip(everyone["name"], everyone["id"])]
    everyone["answers"] = [tuple((signals or {}).get(key) for key in SIGNALS) for signals in everyone["icp_signals"]]
    everyone["fit"] = [fit_of(answers, rules["icp"]) for answers in everyone["answers"]]
    everyone = everyone.rename(columns={"annual_cost_to_serve": "cost", "strategic_override": "override"})
    present = only(everyone, [gone is not True for gone in everyone["churned"]])
    frame = present[present["arr"] > 0].reset_index(drop=True)
    free = present[present["arr"] == 0]
    chosen = scale(preset, frame, policy)
    moves = settled(frame, chosen, preset, policy, as_of)
    served_columns(frame, policy, partial)
    floors = [None if preset == "scored" else floor for floor in chosen.floors]
    rows = [tier_row(tier, frame[frame["tier"] == tier], frame, floor, policy, partial)
            for tier, floor in zip(chosen.tiers, floors)]

    accounts = list(frame.sort_values(["arr", "id"], ascending=[False, True]).itertuples())
    raised = {row.id: flags_of(row, rules["exit"]) for row in [*accounts, *free.itertuples()]}
    reasons = {row.id: not_judged_reason(row) for row in [*accounts, *free.itertuples()]}
    priced = [exit_of(row, raised[row.id], policy, date.fromisoformat(as_of)) for row in accounts
              if reasons[row.id] is None and len(raised[row.id]) >= rules["exit"]["least_flags"]]
    priced.sort(key=lambda pair: (-pair[0], -pair[1]["arr"], pair[1]["id"]))
    exits, gain = [record for _, record in priced], total(gain for gain, _ in priced)
    leaving = {way["id"] for way in exits}
    days = [way["not_renewing"]["notice_by"] for way in exits if way["not_renewing"]["notice"] in ("open", "ahead")]
    losing = [row for row in accounts if row.earning == "loses_money" and row.id not in leaving
              and row.relationship not in TRIALS]
    over_served = [row for row in accounts if above([row.excess]) and row.id not in leaving]
    deserving = [row for row in accounts if above([row.shortfall]) and row.id not in leaving
                 and row.fit.band in ("strong", "decent")]
    levers = [{"kind": "over_served", "tier": tier, "customers": len(part),
               "arr": money(total(row.arr for row in part)), "gain": money(total(row.excess for row in part)),
               "loss_ratio": ratio(lever_loss(part))}
              for tier in chosen.tiers for part in [[row for row in over_served if row.tier == tier]] if part]
    if gain > 0:
        levers.append({"kind": "exits", "tier": None, "customers": len(exits), "arr": sum(way["arr"] for way in exits),
                       "gain": money(gain), "loss_ratio": None})
    sums = budget(frame, rows, partial)
    passed = [row for row in accounts if row.renewal_date is not None and row.renewal_date <= as_of]
    dear = [row.cost - rules["tiers"][row.tier]["investment_high"] for row in accounts if above([row.excess])]
    wrong = over(total(frame["excess"]), total(frame["cost"]))
    smells = [word for word, holds in (
        ("everyone_on_top", rows[0]["customers"] >= rules["smell_ratio"] * len(frame)),
        ("everyone_at_the_bottom", rows[-1]["customers"] >= rules["smell_ratio"] * len(frame)),
        ("one_tier", max(row["customers"] for row in rows) == len(frame))) if holds and len(frame) > 1]
    apart = [{"account": row.account, "id": row.id, "reason": reasons[row.id], "flags": raised[row.id],
              "arr": money(row.arr), "cost": money(row.cost)}
             for row in [*accounts, *free.itertuples()] if reasons[row.id]]
    apart.sort(key=lambda row: (-len(row["flags"]), -row["arr"], row["id"]))
    judged = sum(reasons[row.id] is None for row in accounts)
    return {
        "verdict": None if partial else verdict(wrong, over(sums["costed_arr"], sums["arr"]), rules["misplaced"]),
        "preset": preset,
        "floors": {tier: places(floor, 2) for tier, floor in zip(chosen.tiers, chosen.floors)},
        "measure": "score" if preset == "scored" else "arr", "budget": sums,
        "above_range": None if sums["excess"] is None else money(total(max(part, Decimal(0)) for part in dear)),
        "due": None if sums["shortfall"] is None else {
            "customers": len(deserving), "arr": money(total(row.arr for row in deserving)),
            "shortfall": money(total(row.shortfall for row in deserving))},
        "freed": money(max(gain, Decimal(0)) + total(row.excess for row in over_served)),
        "levers": sorted(levers, key=lambda lever: -lever["gain"]), "tiers": rows, "smells": smells,
        "differentiation": differentiation(rows, frame, policy, partial),
        "leaving": {"judged": judged, "customers": len(exits), "arr": money(sum(way["arr"] for way in exits)),
                    "gain": money(gain), "given_up": money(-total(one for one, _ in priced if one < 0)),
                    **{key: sum(way["earning"] == word for way in exits) for key, word in (
                        ("losing", "loses_money"), ("earning_little", "earns_little"), ("earning", "earns"))},
                    "unsure": sum(not way["certain"] for way in exits), "decide_by": min(days, default=None)},
        "kill_list": exits,
        "unprofitable": [shown(row) for row in sorted(losing, key=lambda row: (row.contribution, row.id))],
        "over_served": [shown(row) for row in sorted(over_served, key=lambda row: (-row.excess, row.id))],
        "deserving": [shown(row) for row in sorted(deserving, key=lambda row: (-row.arr, row.id))],
        **moves, "disagreement": disagreement(frame, preset, policy),
        "icp": {"bands": [{"band": band, "customers": len(part), "arr": money(total(row.arr for row in part)),
                           "cost": known_sum(row.cost for row in part)}
                          for band in ("strong", "decent", "poor", None)
                          for part in [[row for row in accounts if row.fit.band == band]]]},
        "evidence": functools.partial(evidence, everyone, policy),
        "apart": [{"reason": reason, "customers": len(part), "arr": sum(row["arr"] for row in part),
                   "cost": known_sum(row["cost"] for row in part)}
                  for reason in ("pilot", "design_partner", "no_revenue", "no_cost", "no_signals", "no_cost_no_signals")
                  for part in [[row for row in apart if row["reason"] == reason]] if part],
        "not_judged": apart, "free": len(free), "renewal_passed": {
            "customers": len(passed), "arr": money(total(row.arr for row in passed))},
        "book": {"as_of": as_of, "currency": given.get("currency"), "stage": None, "annual_growth_ratio": None,
                 "arr_per_customer_growth_ratio": None, "annual_churn_ratio": None,
                 "tiers": {row["tier"]: {"customers": row["customers"], "arr": row["arr"], "csms": None}
                           for row in rows if row["customers"]}},
        "customers": [shown(row) for row in accounts]}


def verdict(wrong: Optional[Decimal], costed: Optional[Decimal], rules: Mapping[str, Any]) -> Optional[str]:
    """The word for the share of the cost above what accounts bear; none when too little of the ARR has a cost."""
    if wrong is None or costed < rules["least_costed_ratio"]:
        return None
    return ("critical" if wrong > rules["critical_above_ratio"] else
            "concerning" if wrong > rules["concerning_above_ratio"] else "healthy")


class Pair(NamedTuple):
    mine: dict[str, Any]
    theirs: dict[str, Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, str, bool]], Pair]:
    """Both results of a case: portfolio, preset, and whether the policy is the user's own."""
    folder = tmp_path_factory.mktemp("segmentation")
    default = (SCRIPTS / "cslib/policy.json").read_text(encoding="utf-8")

    @functools.cache
    def both(case: tuple[str, str, bool]) -> Pair:
        portfolio, preset, own = case
        source, policy = folder / f"{portfolio}.json", folder / "policy.json"
        source.write_text(document(portfolio), encoding="utf-8")
        policy.write_text(json.dumps(OWN), encoding="utf-8")
        thresholds = ("--policy", policy) if own else ()
        ran = called(DOOR, source, "--format", "json", "--all", "--preset", preset, *thresholds)
        assert ran.code == 0, ran.err
        settings = json.loads(default, parse_float=Decimal)
        if own:
            settings = merged(settings, json.loads(json.dumps(OWN), parse_float=Decimal))
        return Pair(recomputed(document(portfolio), preset, settings),
                    json.loads(ran.out, parse_float=Decimal)["result"])

    return both


SECTIONS = (
    "verdict", "preset", "floors", "measure", "budget", "above_range", "due", "freed", "levers", "tiers", "smells",
    "differentiation", "leaving", "kill_list", "unprofitable", "over_served", "deserving", "upgraded", "upgrades",
    "downgraded", "downgrades", "near_misses", "migration", "unconfirmed", "overrides", "overridden_ratio",
    "too_many_overrides", "disagreement", "icp", "apart", "not_judged", "free", "renewal_passed", "book",
    "customers")


def named(case: tuple[str, str, bool]) -> str:
    return "-".join((*case[:2], "own" if case[2] else "default"))


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_second_computation_agrees_in_every_cell(pair: Any, case: tuple[str, str, bool]) -> None:
    mine, theirs = pair(case)
    compared = {**theirs, "icp": {"bands": theirs["icp"]["bands"]}}
    found = [line for key in SECTIONS for line in differences(mine[key], compared[key], key)]
    assert found[:20] == []


@pytest.mark.parametrize("case", [case for case in CASES if case[0] not in ("one", "touched", "free")
                                  and case[1] in ("four_tier", "percentile")], ids=named)
def test_the_evidence_agrees_with_scipy_and_statsmodels(pair: Any, case: tuple[str, str, bool]) -> None:
    mine, theirs = pair(case)
    told = {key: value for key, value in theirs["icp"]["evidence"].items() if key != "caveats"}
    assert differences(mine["evidence"](), told, "evidence") == []


def test_no_figure_of_the_result_is_left_uncompared(pair: Any) -> None:
    assert set(pair(CASES[0]).theirs) == {*SECTIONS, "others_report"}


def test_the_portfolios_hold_every_kind_of_answer(pair: Any) -> None:
    """What a case must contain before its agreement means anything."""
    seen = [pair(case).mine for case in CASES]
    exits = [way for mine in seen for way in mine["kill_list"]]
    assert {way["proposal"] for way in exits} == {"not_renewing", "tech_touch", "repricing", "within_means"}
    assert {way["not_renewing"]["notice"] for way in exits} == {"unknown", "passed", "closed", "open", "ahead"}
    assert {flag for way in exits for flag in way["flags"]} == {
        "poor_fit", "cost_above_half", "early_escalations", "conflicting_owner", "declining_industry"}
    assert {way["certain"] for way in exits} == {True, False}
    assert any(way["contribution"] < way["tech_touch"]["contribution_after"] < 0 for way in exits)
    assert {way["earning"] for way in exits} == {"loses_money", "earns_little", "earns"}
    assert {row["reason"] for mine in seen for row in mine["not_judged"]} == {
        "pilot", "design_partner", "no_revenue", "no_cost", "no_signals", "no_cost_no_signals"}
    lacks = [lack for mine in seen for row in mine["near_misses"] for lack in row["missing"]]
    assert {(lack["key"], lack["state"]) for lack in lacks} == {
        ("arr", "short"), ("score", "short"), ("tenure_months", "short"), ("tenure_months", "unknown"),
        ("fit", "short"), ("fit", "unknown"), *((key, state) for state in ("no", "unknown") for key in (
            "executive_contact", "multi_year", "expansion_potential_high", "sponsor_both_sides"))}
    assert {move["cause"] for mine in seen for key in ("upgrades", "downgrades") for move in mine[key]} == {
        "trigger", "override", "below_floor", "override_expired"}
    assert {mine["too_many_overrides"] for mine in seen} == {True, False}
    assert {mine["verdict"] for mine in seen} >= {"critical", "concerning", None}
    assert {mine["due"] is None for mine in seen} == {mine["above_range"] is None for mine in seen} == {True, False}
    losses = {lever["loss_ratio"] for mine in seen for lever in mine["levers"]}
    assert {None, 1} < losses and any(loss and 0 < loss < 1 for loss in losses)
    assert all(any(mine["leaving"][key] > 0 for mine in seen) for key in ("given_up", "losing", "earning"))
