"""The brief's figures and stakes computed a second time from the five sample files, without any room.

Amounts are fractions of the JSON's own digits; the JSON's money is held to the cent, its ratios to six places. The
order of the stakes is proved for all four: the exit list, whose gain depends on what is proposed to each account, is
bounded from above.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Optional

import pytest

from conftest import SAMPLES, SCRIPTS, called

DOOR = "strategy_brief"
TIERS = ("strategic", "enterprise", "mid_market", "smb")
MODELS = ("named_sponsor", "named", "named_light", "pooled", "tech")
GATES = ("measurement", "risk", "segmentation")
LADDER = ("reactive", "proactive", "strategic", "transformational")
ANSWERS_FOR = {"onboarding": "implementation", "renewals_on_time": "renewals"}
FITS_FROM = 5


def exact(path: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)


POLICY = exact(SCRIPTS / "cslib" / "policy.json")
COHORTS, CUSTOMERS, BOOK, ORG, CARD = (exact(SAMPLES / f"{name}.json")
                                       for name in ("cohorts", "customers", "book", "org", "scorecard"))
RULES = POLICY["segmentation"]


@functools.cache
def result() -> dict:
    run = called(DOOR, "--format", "json", "--all")
    assert (run.code, run.err) == (0, "")
    return json.loads(run.out, parse_float=Decimal)["result"]


def said(value: Any, places: int) -> Decimal:
    """A figure as the JSON rounds it: half up, which is away from zero."""
    shown = Fraction(value)
    return (Decimal(shown.numerator) / shown.denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def total(amounts: Iterable[Any]) -> Fraction:
    return sum(map(Fraction, amounts), Fraction(0))


# --- retention


ROWS = [(row, Fraction(row["starting_arr"]), Fraction(row["ending_arr"])) for row in COHORTS["accounts"]]
START = [(row, a, b) for row, a, b in ROWS if a]
STARTING = total(a for _, a, _ in START)


def cells() -> dict[tuple, Fraction]:
    """All ARR lost, once: each cause, in the segment with most of it; of unknown reason in each segment."""
    causes: dict[str, dict[Optional[str], Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for row, a, b in START:
        if b < a:
            cause = "contraction" if b else row.get("churn_reason") or "unknown"
            causes[cause][row.get("segment")] += a - b
    found: dict[tuple, Fraction] = {}
    for cause, by_segment in causes.items():
        whole, top = total(by_segment.values()), max(by_segment, key=lambda name: by_segment[name])
        if cause == "unknown":
            found.update({(cause, name): amount for name, amount in by_segment.items()})
        elif by_segment[top] >= POLICY["leak_majority_ratio"] * whole:
            found[cause, top] = by_segment[top]
            found[cause, None] = whole - by_segment[top]
        else:
            found[cause, None] = whole
    return found


# --- segmentation


class Served(NamedTuple):
    """A paying customer in its tier; `excess` is cost above what it bears, `shortfall` what is missing to it."""

    row: dict
    arr: Fraction
    tier: str
    fit: Optional[Fraction]
    cost: Optional[Fraction]
    excess: Fraction
    shortfall: Fraction
    flags: int


def fit_of(row: dict) -> Optional[Fraction]:
    weights, answers = RULES["icp"]["weights"], row.get("icp_signals") or {}
    known = total(weight for key, weight in weights.items() if answers.get(key) is not None)
    if known < RULES["icp"]["least_known_ratio"] * total(weights.values()):
        return None
    return 10 * total(weight for key, weight in weights.items() if answers.get(key)) / known


def conditions(tier: str, row: dict, fit: Optional[Fraction]) -> bool:
    """Whether all that a tier asks beside its floor is known to hold."""
    signals, trigger = row.get("icp_signals") or {}, RULES["triggers"]["mid_market"]
    return all({"strategic": (row.get("multi_year"), signals.get("expansion_potential_high"),
                              row.get("sponsor_both_sides")),
                "enterprise": (row.get("executive_contact"),),
                "mid_market": (row.get("tenure_months", -1) >= trigger["tenure_months"],
                               fit is not None and fit >= trigger["fit"]), "smb": ()}[tier])


def tier_of(row: dict, fit: Optional[Fraction]) -> str:
    """Who had a tier moves up 10% above a floor when its conditions hold, and down 10% below its own."""
    arr, edge = Fraction(row["arr"]), RULES["hysteresis_ratio"]
    floors = [Fraction(POLICY["tier_floors"][tier]) for tier in TIERS]
    override = row.get("strategic_override")
    if override and CUSTOMERS["as_of"] <= override["until"]:
        return TIERS[0]

    def placed(factor: Fraction) -> int:
        return next(at for at, floor in enumerate(floors) if arr >= floor * factor)

    if row.get("previous_tier") is None:
        return TIERS[placed(Fraction(1))]
    before = TIERS.index(row["previous_tier"])
    higher = [at for at in range(placed(1 + edge), before) if conditions(TIERS[at], row, fit)]
    return TIERS[higher[0] if higher else max(before, placed(1 - edge))]


def flags_of(row: dict, fit: Optional[Fraction]) -> int:
    rules, cost = RULES["exit"], row.get("annual_cost_to_serve")
    dear = cost is not None and cost > rules["cost_above_ratio"] * row["arr"]
    early = row.get("tenure_months", 99) < rules["tenure_under_months"]
    return sum((fit is not None and fit < rules["fit_below"], dear,
                early and row.get("escalations_12m", 0) >= rules["repeated_escalations"],
                row.get("acquired_by_conflicting_owner") is True, row.get("declining_industry") is True))


def served(row: dict) -> Served:
    arr, fit, cost = Fraction(row["arr"]), fit_of(row), row.get("annual_cost_to_serve")
    tier = tier_of(row, fit)
    rule = RULES["tiers"][tier]
    low, high = (min(Fraction(rule[key]), Fraction(rule["cost_high_ratio"]) * arr)
                 for key in ("investment_low", "investment_high"))
    invested = row.get("relationship") in ("pilot", "design_partner")
    known = cost is not None and not invested
    return Served(row, arr, tier, fit, None if cost is None else Fraction(cost),
                  max(cost - high, Fraction(0)) if known else Fraction(0),
                  max(low - cost, Fraction(0)) if known else Fraction(0), flags_of(row, fit))


PAYING = [served(row) for row in CUSTOMERS["customers"] if row["arr"] and not row.get("churned")]
EXITS = [one for one in PAYING if one.row.get("relationship") not in ("pilot", "design_partner")
         and one.cost is not None and one.fit is not None and one.flags >= RULES["exit"]["least_flags"]]
KEPT = [one for one in PAYING if one not in EXITS]
OVER_SERVED = {tier: total(one.excess for one in KEPT if one.tier == tier) for tier in TIERS}


# --- coverage


def planning_hours() -> Fraction:
    rules = POLICY["coverage"]
    year = rules["working_year"]
    paid = Fraction(year["contract_hours"] - year["leave_hours"] - year["holiday_hours"])
    return paid * (1 - year["internal_ratio"]) * year["realised_ratio"] / (1 + rules["headroom"]["ratio"])


def needed(tier: str) -> Fraction:
    """CSMs by hours or by the cap on accounts, the larger, under the richest model that the tier's ARR pays for."""
    rules, row = POLICY["coverage"], BOOK["tiers"][tier]
    customers, each = row["customers"], Fraction(row["arr"]) / row["customers"]

    def hours(model: str) -> Fraction:
        service = rules["models"][model]
        motions = total(Fraction(motion["times_a_year"]) * motion["hours"] for motion in service["motions"].values())
        return (motions + service["reactive_hours"]) * service["complexity"]

    def pays_from(model: str) -> Fraction:
        fte = max(hours(model) / planning_hours(), Fraction(1, rules["account_caps"]["four_tier"][model]))
        return fte * rules["loaded_cost"][tier] / (rules["target_cost_ratio"] * POLICY["gross_margin_ratio"])

    model = next(name for name in MODELS if each >= pays_from(name))
    service = rules["models"][model]
    joining = customers * (BOOK["annual_growth_ratio"][tier] + BOOK["annual_churn_ratio"][tier]) / 12
    onboarding = joining * service["onboarding_hours"] * service["complexity"]
    by_hours = (customers * hours(model) / 12 + onboarding) / (planning_hours() / 12)
    return max(by_hours, Fraction(customers, rules["account_caps"]["four_tier"][model]))


def present(tier: str) -> Fraction:
    return total(one["fte"] for one in BOOK["people"] if one["tier"] == tier)


def uncovered() -> Fraction:
    """ARR by the share of its tier's work that nobody does, of the load to six places."""
    loads = {tier: max(Fraction(1), Fraction(said(needed(tier) / present(tier), 6))) for tier in TIERS}
    return total(Fraction(BOOK["tiers"][tier]["arr"]) * (1 - 1 / load) for tier, load in loads.items())


# --- hiring and maturity


def unblocking() -> dict:
    """The failing outcome with most ARR at risk among those whose role nobody holds."""
    missing = [one for one in ORG["failing_outcomes"] if not ORG["team"].get(ANSWERS_FOR[one["outcome"]])]
    return max(missing, key=lambda one: one["arr_at_risk"])


def reached(dimension: str) -> int:
    """Steps of the ladder met in a row, each with what shows it."""
    cells_of = CARD["maturity"][dimension]
    steps = 0
    for stage in LADDER[1:]:
        cell = cells_of.get(stage) or {}
        if not (cell.get("met") and cell.get("evidence")):
            break
        steps += 1
    return steps


# --- what the brief says


EXPECTED = {
    "arr": lambda: (total(b for *_, b in ROWS), 2),
    "arr_growth_ratio": lambda: (total(b for *_, b in ROWS) / STARTING - 1, 6),
    "customers": lambda: (sum(1 for *_, b in ROWS if b), 0),
    "grr_ratio": lambda: (total(min(a, b) for _, a, b in START) / STARTING, 6),
    "nrr_ratio": lambda: (total(b for *_, b in START) / STARTING, 6),
    "logo_retention_ratio": lambda: (Fraction(sum(1 for *_, b in START if b), len(START)), 6),
    "cost_to_serve": lambda: (total(one.cost for one in PAYING if one.cost is not None), 2),
    "excess": lambda: (total(one.excess for one in PAYING), 2), "exit_customers": lambda: (len(EXITS), 0),
    "deserving_customers": lambda: (
        sum(1 for one in KEPT if one.shortfall and one.fit is not None and one.fit >= FITS_FROM), 0),
    "required_csms": lambda: (total(map(needed, TIERS)), 2),
    "csms": lambda: (total(one["fte"] for one in BOOK["people"]), 2),
    "arr_at_risk": lambda: (unblocking()["arr_at_risk"], 2)}


@pytest.mark.parametrize("key", EXPECTED)
def test_a_figure_of_where_we_stand_follows_from_the_files_alone(key):
    value, places = EXPECTED[key]()
    assert said(value, places) == Decimal(result()["figures"][key])


def test_no_figure_of_where_we_stand_is_left_out_here():
    assert set(result()["figures"]) == {*EXPECTED, "next_role", "maturity"}


def test_the_next_role_is_the_one_that_answers_for_the_outcome_with_most_at_risk():
    assert result()["figures"]["next_role"] == ANSWERS_FOR[unblocking()["outcome"]]


def test_maturity_is_the_lowest_of_the_three_gates_by_what_has_evidence():
    assert result()["figures"]["maturity"] == LADDER[min(map(reached, GATES))]


def test_every_file_of_the_sample_has_the_same_arr_and_customers_by_its_own_sums():
    sums = [(total(b for *_, b in ROWS), sum(1 for *_, b in ROWS if b)),
            (total(one.arr for one in PAYING), len(PAYING)),
            (total(row["arr"] for row in BOOK["tiers"].values()),
             sum(row["customers"] for row in BOOK["tiers"].values())),
            (Fraction(ORG["arr"]), ORG["customers"])]
    assert len(set(sums)) == 1


def test_every_cell_of_lost_arr_together_is_all_that_was_lost():
    assert total(cells().values()) == total(a - min(a, b) for _, a, b in START)


def stakes() -> dict[str, Fraction]:
    """What is at stake in each decision; of segmentation by its tiers, see the bound of the exit list below."""
    return {"retention": max(cells().values()), "segmentation": max(OVER_SERVED.values()), "coverage": uncovered(),
            "hiring": Fraction(unblocking()["arr_at_risk"])}


def test_the_exit_list_cannot_free_more_than_the_largest_tier_does():
    margin = POLICY["gross_margin_ratio"]
    dearer = 1 + RULES["exit"]["most_price_rise_ratio"]
    most = total(max(one.cost, (dearer - 1) * one.arr * margin) for one in EXITS)
    assert most < max(OVER_SERVED.values())


def test_the_three_decisions_are_the_largest_stakes_in_their_order_to_the_cent():
    order = sorted(stakes(), key=lambda topic: -stakes()[topic])[:3]
    assert [(row["topic"], row["amount"]) for row in result()["decisions"]] == [
        (topic, said(stakes()[topic], 2)) for topic in order]


def test_the_decision_that_is_left_out_weighs_less_than_those_that_are_named():
    left, = set(stakes()) - {row["topic"] for row in result()["decisions"]}
    assert stakes()[left] < min(row["amount"] for row in result()["decisions"])
    assert said(stakes()[left], 2) == result()[left]["levers"][0]["gain"]


def test_the_largest_leak_of_the_brief_is_the_largest_cell():
    cause, place = max(cells(), key=lambda cell: cells()[cell])
    largest = result()["retention"]["leaks"][0]
    assert (largest["cause"], largest["place"]) == (cause, place)
