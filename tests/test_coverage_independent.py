"""Decision C's figures computed a second time from the raw JSON, without any room, and compared cell by cell.

Amounts are fractions of the JSON's own digits; only survival is floating point. Money and FTE are held to half a cent
and half a hundredth, a ratio to half of its sixth place. Which moves and hires there are is taken from the answer;
what they do, what they cost and what they may be is not.
"""

from __future__ import annotations

import functools
import json
import math
import random
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, Optional

import pytest

from conftest import SAMPLES, SCRIPTS, called

DOOR = "cs_coverage_calculator"
FOUR = ("strategic", "enterprise", "mid_market", "smb")
TOUCH = ("high_touch", "low_touch", "tech_touch")
MODELS = ("named_sponsor", "named", "named_light", "pooled", "tech")
FARTHEST = 60

TIGHT = {"gross_margin_ratio": 0.7, "coverage": {
    "headroom": {"by": "utilisation", "ratio": 0.8}, "target_cost_ratio": 0.2, "attrition_ratio": 0.24,
    "lead_days": 45, "hire_step_fte": 0.25, "least_gap_fte": 0.1,
    "account_caps": {"four_tier": {"named": 18, "pooled": 90}, "three_touch": {"named_light": 21, "tech": 300}},
    "loaded_cost": {"enterprise": 205000, "smb": 87500, "low_touch": 151000, "manager": 260000},
    "ramp": {"enterprise": {"half_months": 1.5, "full_months": 4.5}, "tech_touch": {"full_months": 2}},
    "moves": {"handover_hours": 12, "most_tiers_apart": 2}}}
BY_ARR = {"coverage": {
    "sizing": "arr", "hire_step_fte": 1, "least_gap_fte": 0.4, "attrition_ratio": 0.05, "lead_days": 120,
    "arr_per_csm": {"named": {"low": 700000, "high": 1600000}, "pooled": {"low": 1000000, "high": 2500000}},
    "models": {"named": {"complexity": 1.3, "motions": {"check_in": {"hours": 1.5}}}},
    "working_year": {"contract_hours": 1800, "internal_ratio": 0.25}, "pay": {"loading": 1.25}}}
BY_HOURS = {"coverage": {"sizing": "hours", "headroom": {"ratio": 0.1}, "attrition_ratio": 0,
                         "moves": {"most_tiers_apart": 0}, "pay": {"weights": {"grr": 70, "nrr": 20}}}}
BY_ACCOUNTS = {"coverage": {"sizing": "accounts", "lead_days": 91, "sponsor_hours": {"low": 10, "high": 21}}}


# --- the books --------------------------------------------------------------------------------------------------------

class Case(NamedTuple):
    """One run: a seed (0 is the sample), tiers, horizon, growth as it is said, the policy, and what the book knows."""

    seed: int
    tiers: tuple[str, ...] = FOUR
    months: int = 12
    growth: str = "by_tier"
    policy: Optional[Mapping[str, Any]] = None
    as_of: str = "2026-09-30"
    people: bool = True
    unknown: bool = False
    churn: str = "by_tier"


CASES = (
    Case(0), Case(0, months=24), Case(0, policy=TIGHT),
    Case(1), Case(2, growth="one", churn="one", as_of="2026-01-31"), Case(3, growth="negative", months=24),
    Case(4, growth="planned", months=24, as_of="2027-08-29"), Case(5, TOUCH, growth="one"),
    Case(6, TOUCH, 24, policy=TIGHT, as_of="2026-11-30"), Case(7, policy=TIGHT, growth="planned", people=False),
    Case(8, policy=BY_ARR, months=18), Case(9, TOUCH, policy=BY_ARR, growth="planned"),
    Case(10, policy=BY_HOURS, months=24, people=False, churn="none"), Case(11, unknown=True, people=False),
    Case(12, TOUCH, 12, growth="none", unknown=True, people=False, churn="none"),
    Case(13, policy=BY_ACCOUNTS, growth="one", as_of="2028-02-29"), Case(14, TOUCH, 24, growth="planned"))


def generated(case: Case) -> dict[str, Any]:
    """A book.json whose parts are drawn from the seed; one tier has nobody to serve or is left out."""
    draw = random.Random(case.seed)
    size = dict(zip(case.tiers, ((180e3, 30), (60e3, 130), (14e3, 260), (3e3, 700))))
    empty = draw.choice((None, *case.tiers))
    document: dict[str, Any] = {"as_of": case.as_of, "currency": "EUR", "tiers": {}, "people": [], "joining": [],
                                "annual_growth_ratio": {}, "annual_churn_ratio": {}}
    for tier in case.tiers:
        price, most = size[tier]
        count = 0 if tier == empty else draw.randint(most // 4, most)
        row: dict[str, Any] = {"customers": count, "arr": round(count * price * draw.uniform(0.4, 2), 2)}
        rows = [{"tier": tier, "fte": draw.choice((0.5, 0.8, 1, 2)),
                 "months_in_seat": draw.choice((None, 0, 0.5, 1, 2.5, 4, 7, 30))} for _ in range(draw.randint(0, 5))]
        staffed = sum(Fraction(str(one["fte"])) for one in rows)
        if case.people:
            document["people"] += rows
        if not case.people or draw.random() < 0.5:
            row["csms"] = float(staffed)
        if case.unknown and draw.random() < 0.5:
            row["csms"] = None
        if draw.random() < 0.3:
            row["hours_per_account"] = round(draw.uniform(3, 60), 1)
        if draw.random() < 0.3:
            row["model"] = draw.choice(MODELS)
        if case.growth == "planned" and draw.random() < 0.7:
            row["planned_new_customers"] = draw.randint(0, 1 + most // 6)
        if draw.random() < 0.3:
            year, month = case.as_of[:4], int(case.as_of[5:7])
            ahead = int(year) * 12 + month - 1 + draw.randint(0, 7)
            document["joining"].append({"tier": tier, "fte": 1, "start": f"{ahead // 12}-{ahead % 12 + 1:02d}"})
        document["annual_growth_ratio"][tier] = round(draw.uniform(*{"negative": (-0.5, -0.02)}.get(
            case.growth, (-0.1, 0.8))), 3)
        document["annual_churn_ratio"][tier] = round(draw.uniform(0, 0.4), 3)
        if count or draw.random() < 0.5:
            document["tiers"][tier] = row
    for key, said in (("annual_growth_ratio", case.growth), ("annual_churn_ratio", case.churn)):
        if said == "none":
            del document[key]
        elif said == "one":
            document[key] = document[key][case.tiers[1]]
    if draw.random() < 0.7:
        document["arr_per_customer_growth_ratio"] = round(draw.uniform(-0.1, 0.3), 3)
    if draw.random() < 0.7:
        document["managers"] = draw.choice((0, 1, 0.5))
    if draw.random() < 0.7:
        document["founder_escalations_per_week"] = draw.choice((0, 0.5, 2))
    return document


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Fraction, parse_int=int)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return {key: merged(value, over.get(key, {})) if isinstance(value, Mapping) and key != "weights"
            else {**value, **over.get(key, {})} if isinstance(value, Mapping) else over.get(key, value)
            for key, value in base.items()}


# --- comparison -------------------------------------------------------------------------------------------------------

def differences(mine: Any, theirs: Any, path: str = "") -> list[str]:
    """Every cell in which two results differ by more than the rounding of the JSON, by its path."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [line for key in {**mine, **theirs}
                for line in differences(mine.get(key, "absent"), theirs.get(key, "absent"), f"{path}.{key}")]
    if isinstance(mine, (list, tuple)) and isinstance(theirs, list):
        if len(mine) != len(theirs):
            return [f"{path}: {len(mine)} rows here, {len(theirs)} there"]
        return [line for at, (one, other) in enumerate(zip(mine, theirs))
                for line in differences(one, other, f"{path}[{at}]")]
    numbers = [isinstance(one, (int, float, Fraction)) and not isinstance(one, bool) for one in (mine, theirs)]
    if all(numbers):
        half = 5e-7 if path.endswith("_ratio") else 5e-3
        close = abs(float(mine) - float(theirs)) <= half * (1 + 1e-6) + 1e-10 * abs(float(mine))
        return [] if close else [f"{path}: {float(mine)} here, {float(theirs)} there"]
    same = type(mine) is type(theirs) and mine == theirs
    return [] if same else [f"{path}: {mine} here, {theirs} there"]


def over(part: Any, whole: Any) -> Any:
    return None if part is None or not whole else part / whole


def total(values: Iterable[Any]) -> Any:
    held = list(values)
    return None if None in held else sum(held)


# --- service and demand -----------------------------------------------------------------------------------------------

def grown(rate: Any, months: int) -> list[Fraction]:
    """The size of 1 in each state: even steps within a year, each year on the end of the one before."""
    whole = max(Fraction(0), 1 + Fraction(rate))
    return [max(Fraction(0), whole ** (t // 12) * (1 + Fraction(rate) * (t % 12) / 12)) for t in range(months + 1)]


class Tier:
    """One tier of a book under a policy: its model, its path over five years, and who is there without a plan."""

    def __init__(self, name: str, document: Mapping[str, Any], policy: Mapping[str, Any], preset: str) -> None:
        self.name, self.rules, self.preset, self.margin = name, policy["coverage"], preset, policy["gross_margin_ratio"]
        row = document["tiers"].get(name, {})
        self.customers, self.arr = row.get("customers", 0), Fraction(row.get("arr", 0))
        self.price = over(self.arr, self.customers)
        self.convention = policy["segmentation"]["tiers"][name]["model"]
        self.pay = Fraction(self.rules["loaded_cost"][name])
        listed = [one for one in document.get("people") or () if one["tier"] == name]
        self.csms = sum(Fraction(one["fte"]) for one in listed) if listed else row.get("csms")
        if self.csms is None and (document.get("people") or not self.customers):
            self.csms = 0
        self.people = [(Fraction(one["fte"]), one.get("months_in_seat")) for one in listed] or [
            (Fraction(self.csms or 0), None)]
        self.joining = [(Fraction(one["fte"]), max(0, ahead(document["as_of"], one["start"]) - 1))
                        for one in document.get("joining") or () if one["tier"] == name]
        self.growth, self.churn = (rate.get(name) if isinstance(rate, dict) else rate for rate in (
            document.get("annual_growth_ratio"), document.get("annual_churn_ratio")))
        self.planned, self.measured = row.get("planned_new_customers"), row.get("hours_per_account")
        self.arr_growth = document.get("arr_per_customer_growth_ratio")
        self.model, self.chosen = self._model(row.get("model"))
        self.hours = self._hours(self.model) if self.measured is None else Fraction(self.measured)
        service = self.rules["models"][self.model]
        self.onboarding = (Fraction(service["onboarding_hours"]) * service["complexity"]
                           if self.measured is None else Fraction(0))
        self.cap = self.rules["account_caps"][preset][self.model]
        self._walk()

    @functools.cached_property
    def planning(self) -> Fraction:
        headroom, delivered = self.rules["headroom"], delivered_hours(self.rules)
        return delivered / (1 + headroom["ratio"]) if headroom["by"] == "buffer" else delivered * headroom["ratio"]

    def _hours(self, model: str) -> Fraction:
        service = self.rules["models"][model]
        planned = sum(Fraction(each["times_a_year"]) * each["hours"] for each in service["motions"].values())
        return (planned + Fraction(service["reactive_hours"])) * service["complexity"]

    def _fte(self, hours: Fraction, cap: int) -> Fraction:
        by_hours, by_cap = hours / self.planning, Fraction(1, cap)
        return {"accounts": by_cap, "hours_or_accounts": max(by_hours, by_cap)}.get(self.rules["sizing"], by_hours)

    def least(self, model: str, hours: Optional[Fraction] = None) -> Fraction:
        """The least ARR of an account that bears a model, by the catalogue's hours or those given."""
        fte = self._fte(self._hours(model) if hours is None else hours, self.rules["account_caps"][self.preset][model])
        return fte * self.pay / (Fraction(self.rules["target_cost_ratio"]) * self.margin)

    def _model(self, said: Optional[str]) -> tuple[str, str]:
        if said:
            return said, "yours"
        if not self.customers:
            return self.convention, "convention"
        return next((model for model in MODELS if self.price >= self.least(model)), "tech"), "pays"

    def middle(self, model: str) -> Fraction:
        said = self.rules["arr_per_csm"][model]
        return (Fraction(said["low"]) + said["high"]) / 2

    def _walk(self) -> None:
        churn = Fraction(self.churn or 0) / 12
        if self.planned is None:
            self.counts = [self.customers * size for size in grown(self.growth or 0, FARTHEST)]
            new = [max(Fraction(0), after - before * (1 - churn))
                   for before, after in zip(self.counts, self.counts[1:])]
        else:
            self.counts = [Fraction(self.customers)]
            for _ in range(FARTHEST):
                self.counts.append(self.counts[-1] * (1 - churn) + Fraction(self.planned) / 3)
            new = [Fraction(self.planned) / 3] * FARTHEST
        self.new = [new[0], *new]
        self.arrs = [count * (self.price or 0) * size
                     for count, size in zip(self.counts, grown(self.arr_growth or 0, FARTHEST))]
        self.by_hours = [(count * self.hours / 12 + more * self.onboarding) / (self.planning / 12)
                         for count, more in zip(self.counts, self.new)]
        self.by_accounts = [count / self.cap for count in self.counts]
        self.demand = {"hours": self.by_hours, "accounts": self.by_accounts,
                       "hours_or_accounts": list(map(max, self.by_hours, self.by_accounts)),
                       "arr": [arr / self.middle(self.model) for arr in self.arrs]}[self.rules["sizing"]]

    # sizes today

    def each(self, model: str, hours: Fraction) -> Optional[Fraction]:
        if self.rules["sizing"] == "arr":
            return None if self.price is None else self.price / self.middle(model)
        return self._fte(hours, self.rules["account_caps"][self.preset][model])

    def size(self, horizon: int) -> dict[str, Any]:
        said, required = self.rules["arr_per_csm"][self.model], self.demand[0]
        by_arr = {"low": self.arr / said["high"], "high": self.arr / said["low"]}
        three = (self.by_hours[0], self.by_accounts[0], *by_arr.values())
        sizing, least, one = self.rules["sizing"], self.least(self.model, self.hours), self.each(self.model, self.hours)
        larger = "hours" if three[0] >= three[1] else "accounts"
        sponsor = self.rules["sponsor_hours"] if self.model == "named_sponsor" else None
        return {
            "tier": self.name, "customers": self.customers, "arr": self.arr, "arr_per_customer": self.price,
            "csms": self.csms,
            "service": {"tier": self.name, "model": self.model, "chosen": self.chosen, "hours_per_account": self.hours,
                        "onboarding_hours": self.onboarding, "measured": self.measured is not None,
                        "account_cap": self.cap, "pays_from_arr": least,
                        "pays": self.price >= least if self.customers else None},
            "required_by_hours": three[0], "required_by_accounts": three[1], "required_by_arr": by_arr,
            "spread_low": min(three), "spread_high": max(three), "required": required,
            "binding": (larger if sizing == "hours_or_accounts" else sizing) if self.customers else None,
            "gap": None if self.csms is None else required - self.csms, "load_ratio": over(required, self.csms),
            "required_end": self.demand[horizon], "accounts_per_csm": over(1, one),
            "arr_per_csm": over(self.arr, required), "cost": required * self.pay,
            "cost_ratio": over(required * self.pay, self.arr), "cost_per_account": over(required * self.pay,
                                                                                        self.customers),
            "paid": None if self.csms is None else self.csms * self.pay, "convention_model": self.convention,
            "sponsor_hours_low": sponsor and self.customers * Fraction(sponsor["low"]),
            "sponsor_hours_high": sponsor and self.customers * Fraction(sponsor["high"]),
            "next_hire_at": self.next_hire()}

    def next_hire(self) -> Optional[dict[str, Any]]:
        """The first whole number of customers past each straight line of demand, whichever comes first."""
        if self.csms is None:
            return None
        limit = self.csms + Fraction(self.rules["least_gap_fte"])
        churn = Fraction(self.churn or 0) / 12
        joins = max(Fraction(0), Fraction(self.growth or 0) / 12 + churn) if self.planned is None else Fraction(0)
        fixed = Fraction(self.planned or 0) / 3 * self.onboarding * 12 / self.planning
        lines = {"hours": [(self.hours + 12 * joins * self.onboarding, fixed * self.planning)],
                 "accounts": [(Fraction(1, self.cap) * self.planning, Fraction(0))],
                 "arr": [((self.price or 0) / self.middle(self.model) * self.planning, Fraction(0))]}
        lines["hours_or_accounts"] = lines["hours"] + lines["accounts"]
        room = limit * self.planning
        marks = [0 if start > room else math.floor((room - start) / rise) + 1
                 for rise, start in lines[self.rules["sizing"]] if rise or start > room]
        if not marks:
            return None
        due = min(marks)
        months = next((t for t, asked in enumerate(self.demand) if asked > limit), None)
        return {"customers": due, "arr": self.price * due if self.customers else None, "months": months}

    def alternative(self, model: str) -> dict[str, Any]:
        hours = self.hours if model == self.model else self._hours(model)
        one, least = self.each(model, hours), self.least(model, hours)
        cost = None if one is None else self.customers * one * self.pay
        return {"tier": self.name, "model": model, "in_use": model == self.model, "hours_per_account": hours,
                "required": None if one is None else self.customers * one, "accounts_per_csm": over(1, one),
                "cost": cost, "cost_ratio": over(cost, self.arr), "pays_from_arr": least,
                "pays": self.price >= least if self.customers else None}

    def transitions(self) -> list[dict[str, Any]]:
        if not self.customers:
            return []
        place = MODELS.index(self.model)
        best = next((at for at, model in enumerate(MODELS) if self.price >= self.least(model)), len(MODELS) - 1)
        prices = [] if self.arr_growth is None else [self.price * size for size in grown(self.arr_growth, FARTHEST)]
        found = []

        def row(direction: str, to: int, bound: Fraction, months: Optional[int]) -> None:
            found.append({"tier": self.name, "model": self.model, "direction": direction, "to_model": MODELS[to],
                          "arr_per_customer": bound, "months": months})

        if place:
            to = min(best, place - 1)
            bound = self.least(MODELS[to])
            row("up", to, bound, 0 if best < place else next((t for t, arr in enumerate(prices) if arr >= bound), None))
        if place < len(MODELS) - 1:
            to, bound = max(best, place + 1), self.least(self.model)
            row("down", to, bound, 0 if best > place else next((t for t, arr in enumerate(prices) if arr < bound),
                                                               None))
        return found

    # people

    def ramp(self, age: Any, faster: Any = 1) -> Fraction:
        half, full = (Fraction(self.rules["ramp"][self.name][key]) * faster for key in ("half_months", "full_months"))
        if age is None or age >= full:
            return Fraction(1)
        return Fraction(age) / half / 2 if age < half else Fraction(1, 2) + (age - half) / (full - half) / 2

    def full_after(self, faster: Any = 1) -> int:
        return max(1, math.ceil(Fraction(self.rules["ramp"][self.name]["full_months"]) * faster))

    def present(self, t: int, moves: Sequence[Mapping[str, Any]], hires: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Headcount and capacity in a state when these moves and hires happen."""
        kept = float(1 - Fraction(self.rules["attrition_ratio"])) ** (1 / 12)
        left = 1 - sum(Fraction(move["fte"]) / self.csms * kept ** -move["month"] for move in moves
                       if move["from_tier"] == self.name and t > move["month"])
        rows = [(fte * left * kept ** t, self.ramp(None if age is None else age + t)) for fte, age in self.people]
        starts = [*self.joining, *((Fraction(one["fte"]), one["start"]) for one in hires if one["tier"] == self.name)]
        rows += [(fte * kept ** (t - start), self.ramp(t - start)) for fte, start in starts if t > start]
        faster = Fraction(self.rules["moves"]["ramp_ratio"])
        rows += [(move["fte"] * kept ** (t - move["month"]), self.ramp(t - move["month"], faster)) for move in moves
                 if move["to_tier"] == self.name and t > move["month"]]
        return {"headcount": sum(fte for fte, _ in rows), "capacity_fte": sum(fte * share for fte, share in rows),
                "starts": sum(fte for fte, start in starts if start == t - 1)}

    def month(self, t: int, moves: Sequence[Mapping[str, Any]], hires: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        asked = {"tier": self.name, "customers": self.counts[t], "new": self.new[t], "arr": self.arrs[t],
                 "demand_fte": self.demand[t]}
        if self.csms is None:
            return {**asked, **dict.fromkeys((
                "capacity_fte", "headcount", "load_ratio", "starts", "leavers", "moved_in", "moved_out",
                "capacity_without_fte", "load_without_ratio"))}
        now, alone = self.present(t, moves, hires), self.present(t, (), ())["capacity_fte"]
        came, went = (sum(move["fte"] for move in moves if move["month"] == t - 1 and move[key] == self.name)
                      for key in ("to_tier", "from_tier"))
        before = self.present(t - 1, moves, hires)["headcount"] if t else now["headcount"]
        return {**asked, **now, "load_ratio": over(self.demand[t], now["capacity_fte"]),
                "leavers": before + now["starts"] + came - went - now["headcount"] if t else 0, "moved_in": came,
                "moved_out": went, "capacity_without_fte": alone, "load_without_ratio": over(self.demand[t], alone)}


def delivered_hours(rules: Mapping[str, Any]) -> Fraction:
    year = rules["working_year"]
    return ((Fraction(year["contract_hours"]) - year["leave_hours"] - year["holiday_hours"])
            * (1 - Fraction(year["internal_ratio"])) * year["realised_ratio"])


def ahead(as_of: str, month: str) -> int:
    return (int(month[:4]) - int(as_of[:4])) * 12 + int(month[5:7]) - int(as_of[5:7])


def later(day: date, months: int) -> date:
    """So many months later; the last of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last, was_last = monthrange(year, month + 1)[1], day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if was_last else min(day.day, last))


# --- the whole answer -------------------------------------------------------------------------------------------------

def month_rows(tiers: Sequence[Tier], as_of: date, answer: Mapping[str, Any], horizon: int) -> list[dict[str, Any]]:
    found = []
    for t in range(horizon + 1):
        rows = [tier.month(t, answer["moves"], answer["hires"]) for tier in tiers]
        sums = {key: total(row[key] for row in rows) for key in (
            "demand_fte", "capacity_fte", "headcount", "starts", "leavers", "capacity_without_fte")}
        alone = sums.pop("capacity_without_fte")
        found.append({"month": f"{later(as_of.replace(day=1), t):%Y-%m}", "t": t, **sums, "tiers": rows,
                      "load_ratio": over(sums["demand_fte"], sums["capacity_fte"]),
                      "load_without_ratio": over(sums["demand_fte"], alone)})
    return found


def spend(rows: Mapping[str, Any], tiers: Sequence[Tier], managers: Any, manager_cost: Any) -> dict[str, Any]:
    arr, customers = sum(row["arr"] for row in rows["tiers"]), sum(row["customers"] for row in rows["tiers"])
    cost = None if rows["headcount"] is None else sum(row["headcount"] * tier.pay
                                                      for row, tier in zip(rows["tiers"], tiers))
    whole = None if cost is None else cost + (manager_cost or 0)
    return {"csms_fte": rows["headcount"], "managers": managers, "csm_cost": cost, "manager_cost": manager_cost,
            "total": whole, "arr": arr, "arr_ratio": over(whole, arr), "customers": customers,
            "per_account": over(whole, customers)}


def short(tier: Tier, rows: Sequence[Mapping[str, Any]], key: str) -> Optional[dict[str, Any]]:
    """What a tier lacks beyond the least gap after today, by its capacity under that key."""
    lacks = {row["t"]: float(tier.demand[row["t"]] - row["own"][key]) for row in rows if row["t"]}
    states = [t for t, fte in lacks.items() if fte > tier.rules["least_gap_fte"] + 1e-9]
    if not states:
        return None
    there = {row["t"]: row["own"][key] for row in rows}
    label = {row["t"]: row["month"] for row in rows}
    peak = max(states, key=lambda t: (not there[t], over(tier.demand[t], there[t]) or lacks[t], -t))
    return {"tier": tier.name, "first_month": label[states[0]], "peak_load_ratio": over(tier.demand[peak], there[peak]),
            "peak_month": label[peak], "peak_fte": lacks[peak], "fte_months": sum(lacks[t] for t in states),
            "until": label[states[-1]], "hours": sum(lacks[t] for t in states) * tier.planning / 12,
            "accounts": tier.counts[peak] * lacks[peak] / tier.demand[peak]}


def lacking(tiers: Sequence[Tier], months: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    found = [short(tier, [{**month, "own": month["tiers"][at]} for month in months], key)
             for at, tier in enumerate(tiers) if tier.csms is not None]
    return [row for row in found if row]


def money(document: Mapping[str, Any], tiers: Sequence[Tier], months: Sequence[Mapping[str, Any]],
          answer: Mapping[str, Any]) -> dict[str, Any]:
    held, added = document.get("managers"), [row for row in answer["managers"] if row["start"] < 12]
    pay = tiers[0].rules["loaded_cost"]["manager"]
    now = spend(months[0], tiers, held, None if held is None else held * Fraction(pay))
    then = spend(months[12], tiers, None if held is None else held + sum(row["added"] for row in added),
                 None if held is None else held * Fraction(pay) + sum(row["cost_a_year"] for row in added))
    hires = sum(hire_cost(tiers, row, answer["horizon_months"]) for row in answer["hires"])
    by_name = {tier.name: tier for tier in tiers}
    moves = sum(Fraction(row["fte"]) * (by_name[row["to_tier"]].pay - by_name[row["from_tier"]].pay)
                * (answer["horizon_months"] - row["month"]) / 12 for row in answer["moves"])
    return {"now": now, "in_12_months": then, "moves_cost": moves,
            "hires_cost": hires + sum(row["cost"] or 0 for row in answer["managers"]),
            "run_rate_change": None if now["total"] is None else then["total"] - now["total"],
            "managers_known": held is not None}


def hire_cost(tiers: Sequence[Tier], hire: Mapping[str, Any], horizon: int) -> Fraction:
    pay = next(tier.pay for tier in tiers if tier.name == hire["tier"])
    return Fraction(hire["fte"]) * pay * max(0, horizon - hire["start"]) / 12


def break_even(tiers: Sequence[Tier], hires: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for tier in tiers:
        fte = sum(Fraction(hire["fte"]) for hire in hires if hire["tier"] == tier.name)
        if fte:
            saved = fte * tier.pay / tier.margin
            found.append({"tier": tier.name, "fte": fte, "cost_a_year": fte * tier.pay, "arr": tier.arr,
                          "points_ratio": over(saved, tier.arr),
                          "points_per_csm_ratio": over(over(saved, tier.arr), fte), "saved_arr": saved,
                          "lost_arr": None, "lost_share_ratio": None})
    return found


def offer(tier: Tier) -> dict[str, Any]:
    rules, on_target = tier.rules["pay"], tier.pay / Fraction(tier.rules["pay"]["loading"])
    low, high = (Fraction(rules[f"variable_{end}_ratio"]) for end in ("low", "high"))
    return {"tier": tier.name, "loaded_cost": tier.pay, "on_target": on_target, "base_low": on_target * (1 - high),
            "base_high": on_target * (1 - low), "variable_low": on_target * low, "variable_high": on_target * high}


def recomputed(document: Mapping[str, Any], tiers: Sequence[Tier], answer: Mapping[str, Any],
               horizon: int) -> dict[str, Any]:
    rules, hiring = tiers[0].rules, {hire["tier"] for hire in answer["hires"]}
    sizes, months = [tier.size(horizon) for tier in tiers], month_rows(tiers, date.fromisoformat(document["as_of"]),
                                                                       answer, horizon)
    cost, arr = sum(row["cost"] for row in sizes), sum(tier.arr for tier in tiers)
    weights, without = rules["pay"]["weights"], lacking(tiers, months, "capacity_without_fte")
    return {
        "horizon_months": horizon, "preset": tiers[0].preset, "delivered_hours": delivered_hours(rules),
        "planning_hours": tiers[0].planning, "lead_months": lead(rules),
        "required": sum(row["required"] for row in sizes), "required_cost": cost,
        "required_cost_ratio": over(cost, arr), "csms": total(tier.csms for tier in tiers),
        "required_end": sum(row["required_end"] for row in sizes), "tiers": sizes, "months": months,
        "moved_fte": sum(row["fte"] for row in answer["moves"]),
        "hired_fte": sum(row["fte"] for row in answer["hires"]),
        "without_plan": [{key: row[key] for key in row if key not in ("until", "hours", "accounts")}
                         for row in without],
        "unavoidable_gap": lacking(tiers, months, "capacity_fte"),
        "alternatives": [tier.alternative(model) for tier in tiers for model in MODELS],
        "transitions": [row for tier in tiers for row in tier.transitions()],
        "cost": money(document, tiers, months, answer), "break_even": break_even(tiers, answer["hires"]),
        "pay": [offer(tier) for tier in tiers if (tier.name in hiring if hiring else tier.customers)],
        "pay_weights_ratio": {key: Fraction(points) / sum(weights.values()) for key, points in weights.items()}}


def lead(rules: Mapping[str, Any]) -> int:
    """Months of 365.25 days over twelve, begun ones counted."""
    return math.ceil(Fraction(rules["lead_days"]) * 12 / Fraction("365.25"))


# --- the tests --------------------------------------------------------------------------------------------------------

class Pair(NamedTuple):
    mine: dict[str, Any]
    theirs: dict[str, Any]
    tiers: list[Tier]
    as_of: date


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Both results of a case, by its place in CASES."""
    folder = tmp_path_factory.mktemp("coverage")
    default = exact((SCRIPTS / "cslib/policy.json").read_text(encoding="utf-8"))

    @functools.cache
    def both(place: int) -> Pair:
        case = CASES[place]
        book, policy = folder / f"{place}.json", folder / "policy.json"
        text = json.dumps(generated(case)) if case.seed else (SAMPLES / "book.json").read_text(encoding="utf-8")
        book.write_text(text, encoding="utf-8")
        policy.write_text(json.dumps(case.policy or {}), encoding="utf-8")
        given = ("--policy", policy) if case.policy else ()
        ran = called(DOOR, book, "--format", "json", "--all", "--months", str(case.months), *given)
        assert ran.code == 0, ran.err
        document, answer = exact(text), exact(ran.out)["result"]
        settings = merged(default, exact(json.dumps(case.policy or {})))
        preset = "four_tier" if case.tiers == FOUR else "three_touch"
        tiers = [Tier(name, document, settings, preset) for name in case.tiers]
        return Pair(recomputed(document, tiers, answer, case.months), answer, tiers,
                    date.fromisoformat(document["as_of"]))

    return both


PLACES = pytest.mark.parametrize("place", range(len(CASES)))


@PLACES
def test_a_second_computation_agrees_in_every_cell(pair: Any, place: int) -> None:
    mine, theirs, *_ = pair(place)
    told = {**theirs, "unavoidable_gap": [{key: value for key, value in row.items() if key != "dropped"}
                                          for row in theirs["unavoidable_gap"]]}
    assert [line for key in mine for line in differences(mine[key], told[key], f".{key}")][:20] == []


@PLACES
def test_every_hire_costs_what_it_is_paid_and_comes_no_earlier_than_the_lead_allows(pair: Any, place: int) -> None:
    _, answer, tiers, as_of = pair(place)
    by_name, soonest = {tier.name: tier for tier in tiers}, answer["lead_months"]
    for hire in answer["hires"]:
        tier = by_name[hire["tier"]]
        day = later(as_of, hire["start"]) + timedelta(days=1)
        approved = max(as_of, day - timedelta(days=int(tier.rules["lead_days"])))
        wished = {
            "model": tier.model, "arr": tier.arr, "cost": hire_cost(tiers, hire, answer["horizon_months"]),
            "cost_a_year": Fraction(hire["fte"]) * tier.pay, "ideal": hire["needed_in"] - tier.full_after(),
            "start": max(soonest, hire["ideal"]), "months_late": max(0, soonest - hire["ideal"]),
            "start_day": str(day), "approve_by": str(as_of if hire["ideal"] < soonest else approved)}
        assert differences(wished, {key: hire[key] for key in wished}, hire["tier"]) == []
    days = [hire["approve_by"] for hire in answer["hires"]]
    assert days == sorted(days)


@PLACES
def test_every_move_costs_what_the_post_costs_more_there_and_starts_after_a_month(pair: Any, place: int) -> None:
    _, answer, tiers, as_of = pair(place)
    order = {tier.name: at for at, tier in enumerate(tiers)}
    for move in answer["moves"]:
        giver, to = tiers[order[move["from_tier"]]], tiers[order[move["to_tier"]]]
        dearer, rules = Fraction(move["fte"]) * (to.pay - giver.pay), giver.rules["moves"]
        wished = {"month": 1, "start_day": str(later(as_of, 1) + timedelta(days=1)), "cost_a_year": dearer,
                  "cost": dearer * (answer["horizon_months"] - 1) / 12,
                  "handover_hours": giver.customers / Fraction(giver.csms) * move["fte"] * rules["handover_hours"]}
        assert differences(wished, {key: move[key] for key in wished}, "move") == []
        assert abs(order[giver.name] - order[to.name]) <= rules["most_tiers_apart"]


@PLACES
def test_every_post_is_a_multiple_of_the_step(pair: Any, place: int) -> None:
    _, answer, tiers, _ = pair(place)
    for row in (*answer["moves"], *answer["hires"]):
        assert row["fte"] > 0 and Fraction(row["fte"]) % Fraction(tiers[0].rules["hire_step_fte"]) == 0


@PLACES
def test_nobody_is_overloaded_once_the_first_who_can_be_approved_are_over_their_ramp(pair: Any, place: int) -> None:
    """Who has signed counts as ramped when hires are planned, so the promise starts after the last of them is."""
    mine, answer, tiers, _ = pair(place)
    faster = Fraction(tiers[0].rules["moves"]["ramp_ratio"])
    for at, tier in enumerate(tiers):
        if tier.csms is None:
            continue
        ready = max(answer["lead_months"] + tier.full_after(), 1 + tier.full_after(faster),
                    *(start + tier.full_after() for _, start in tier.joining), 1)
        for month in mine["months"][ready:]:
            row = month["tiers"][at]
            allowed = row["capacity_fte"] + Fraction(tier.rules["least_gap_fte"]) + 1e-6
            assert row["demand_fte"] <= allowed, (tier.name, month["t"])


def test_the_books_hold_every_kind_of_answer(pair: Any) -> None:
    """What the cases must contain before their agreement means anything."""
    seen = [pair(place).theirs for place in range(len(CASES))]
    sizes = [row for one in seen for row in one["tiers"]]
    assert {row["service"]["chosen"] for row in sizes} == {"pays", "yours", "convention"}
    assert {row["service"]["model"] for row in sizes} == set(MODELS)
    assert {row["service"]["measured"] for row in sizes} == {True, False}
    assert {row["binding"] for row in sizes} == {"hours", "accounts", "arr", None}
    assert {row["csms"] is None for row in sizes} == {True, False}
    assert {hire["reason"] for one in seen for hire in one["hires"]} == {"short_now", "growth", "attrition"}
    assert {hire["months_late"] > 0 for one in seen for hire in one["hires"]} == {True, False}
    assert {len(one["moves"]) > 0 for one in seen} == {True, False}
    assert {row["months"] for one in seen for row in one["transitions"]} > {0, None}
    assert {one["cost"]["managers_known"] for one in seen} == {True, False}
    assert {len(one["unavoidable_gap"]) > 0 for one in seen} == {True, False}
    starts = [row["starts"] for one in seen for month in one["months"] for row in month["tiers"]]
    assert any(starts) and any(row is None for row in starts)
