"""How far a plan hangs on its assumptions: growth by scenario, and one assumption at a time."""

from __future__ import annotations

import time
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import teams
from cslib.coverage_money import waiting
from cslib.coverage_risk import grown, peak_load, scenarios, swings
from cslib.coverage_words import ASSUMPTIONS
from cslib.demand import paths
from cslib.service_models import fixed, services
from cslib.simulation import simulation
from cslib.staffing import staffed

SETTINGS = teams.settings()
TIERS = ("strategic", "enterprise", "mid_market", "smb")
NAMES = ["low", "base", "high", "expansion_only"]
rate = st.decimals("-0.9", "2", places=2)
MOST_SECONDS = 1.5
SLOW = examples(max_examples=25)
SLOWER = examples(max_examples=10)


@st.composite
def books(draw, steady: bool = False):
    """Books that grow, shrink, stand still, plan their new customers, or say nothing of it."""
    rows = []
    for name in draw(st.sets(st.sampled_from(TIERS), min_size=1)):
        planned = None if steady else draw(st.none() | st.decimals("0", "60", places=1))
        rows.append(teams.tier(
            name, draw(st.integers(1, 2_000)), csms=draw(st.none() | st.decimals("0", "20", places=1)),
            arr=draw(st.integers(1_000, 30_000_000)), planned_new=planned, growth=draw(st.none() | rate),
            churn=draw(st.none() | st.decimals("0", "1", places=2))))
    return teams.book(*rows, arr_growth=draw(st.none() | st.decimals("-0.5", "1", places=2)))


def found(book, horizon: int = 12, settings: dict = SETTINGS) -> dict:
    return {row.name: row for row in scenarios(book, services(book, settings), settings, horizon)}


def swung(book, settings: dict = SETTINGS, horizon: int = 12) -> dict:
    return {row.assumption: row for row in swings(book, services(book, settings), settings, horizon)}


def enterprise(**known: object):
    rest = {"customers": 60, "csms": 2, "growth": "0.5", "churn": "0.1", "model": "named", **known}
    return teams.book(teams.tier("enterprise", **rest))


@given(books(), st.sampled_from([12, 17, 24]), st.sampled_from(["hours", "accounts", "arr", "hours_or_accounts"]))
def test_more_growth_never_needs_fewer_people_at_the_horizon(book, horizon, sizing):
    rows = found(book, horizon, teams.settings(**{"coverage.sizing": sizing}))
    if len(rows) == 1:
        assert list(rows) == ["base"]
        assert all(tier.growth is None and tier.planned_new is None for tier in book.tiers)
        return
    assert list(rows) == NAMES
    low, base, high = (rows[name] for name in NAMES[:3])
    tiny = D("1e-15")
    assert low.required_end <= base.required_end + tiny <= high.required_end + 2 * tiny
    assert low.customers_end <= base.customers_end + tiny <= high.customers_end + 2 * tiny
    assert low.arr_end <= base.arr_end + tiny <= high.arr_end + 2 * tiny


@SLOW
@given(books(), st.sampled_from([12, 24]))
def test_the_base_is_the_plan(book, horizon):
    row, plan = found(book, horizon)["base"], staffed(book, services(book, SETTINGS), SETTINGS, horizon)
    end, pay = plan.months[-1], SETTINGS["coverage"]["loaded_cost"]
    assert row.required_end == end.demand_fte
    assert row.hires_fte == sum(hire.fte for hire in plan.hires)
    assert row.moves_fte == sum(move.fte for move in plan.moves)
    assert row.cost == sum(hire.cost for hire in plan.hires)
    assert row.customers_end == sum(each.customers for each in end.tiers)
    if plan.unknown:
        assert row.cost_a_year_end is None
    else:
        assert row.cost_a_year_end == sum(each.headcount * pay[each.tier] for each in end.tiers)


@given(books(), st.sampled_from([12, 13, 18, 24]))
def test_growth_by_expansion_only_reaches_the_arr_of_the_base_with_the_customers_of_today(book, horizon):
    rows = found(book, horizon)
    if len(rows) == 1:
        return
    row = rows["expansion_only"]
    assert row.customers_end == sum(tier.customers for tier in book.tiers)
    assert abs(row.arr_end - rows["base"].arr_end) <= D("1e-15") * rows["base"].arr_end
    assert {growth for growth in row.growth_ratio.values() if growth is not None} == {0}


@SLOW
@given(books())
def test_an_unknown_growth_stays_unknown_in_every_scenario(book):
    for row in found(book).values():
        for tier in book.tiers:
            unknown = tier.growth is None and tier.planned_new is None
            assert not unknown or row.growth_ratio[tier.tier] is None
            planned_from_none = not tier.customers and tier.planned_new is not None
            assert unknown or row.growth_ratio[tier.tier] is not None or planned_from_none


def test_low_and_high_are_half_and_one_and_a_half_times_the_growth():
    rows = found(enterprise())
    assert [rows[name].growth_ratio["enterprise"] for name in NAMES] == [D("0.25"), D("0.5"), D("0.75"), 0]
    assert [rows[name].customers_end for name in NAMES] == [75, 90, 105, 60]
    assert rows["base"].growth_ratio["smb"] is None


def test_a_book_that_shrinks_shrinks_more_when_growth_is_low():
    rows = found(enterprise(growth="-0.3"))
    assert [rows[name].growth_ratio["enterprise"] for name in NAMES[:3]] == [D("-0.6"), D("-0.3"), D("-0.2")]
    assert found(enterprise(growth="-0.8"))["low"].growth_ratio["enterprise"] == -1
    nothing = teams.settings(**{"coverage.scenarios.low_ratio": 0})
    assert found(enterprise(growth="-0.3"), settings=nothing)["low"].growth_ratio["enterprise"] == -1


def test_planned_customers_are_multiplied_and_their_growth_is_net_of_churn():
    rows = found(enterprise(planned_new=9, growth=None, churn=0))
    assert [rows[name].customers_end for name in NAMES] == [78, 96, 114, 60]
    assert rows["base"].growth_ratio["enterprise"] == D("0.6")
    lossy = found(enterprise(planned_new=9, growth="0.9", churn="0.12"))["base"]
    customers = Fraction(60)
    for _ in range(12):
        customers += 3 - customers / 100
    assert abs(Fraction(lossy.growth_ratio["enterprise"]) - customers / 60 + 1) < Fraction(1, 10 ** 20)


def test_a_model_stays_when_growth_changes():
    book = teams.book(teams.tier("mid_market", 200, csms=3, arr=1_000_000, growth="0.2"), arr_growth="0.9")
    chosen = services(book, SETTINGS)["mid_market"].model
    ends = {row.required_end for name, row in found(book).items() if name in ("base", "expansion_only")}
    pinned = fixed(book, services(book, SETTINGS))
    assert pinned.tiers[2].model == chosen
    assert ends == {row.required_end for name, row in found(pinned).items() if name in ("base", "expansion_only")}


@SLOW
@given(books(), st.sampled_from([12, 24]))
def test_the_peak_is_a_load_that_a_tier_has_under_the_plan_of_the_base(book, horizon):
    plan = staffed(book, services(book, SETTINGS), SETTINGS, horizon)
    for name, row in found(book, horizon).items():
        changed = {"low": D("0.5"), "base": D(1), "high": D("1.5")}.get(name)
        if changed is None:
            continue
        asked = paths(grown(book, changed), services(book, SETTINGS), SETTINGS, horizon)
        there = {(each.tier, month.t): each.capacity_fte for month in plan.months[1:] for each in month.tiers}
        known = {key: (asked[key[0]].demand[key[1]], fte) for key, fte in there.items() if fte is not None}
        short = {key: pair for key, pair in known.items() if pair[0] - pair[1] > D("0.25") + D("1e-9")}
        calm = {key: pair for key, pair in known.items() if pair[0] <= pair[1]}
        nobody = [key[0] for key, (_, fte) in short.items() if not fte]
        if nobody:
            assert row.peak_load_ratio is None and row.peak_tier in nobody
        elif short or calm:
            loads = {key: demand / fte for key, (demand, fte) in {**calm, **short}.items() if fte}
            assert row.peak_load_ratio == max(loads.values(), default=None)
            assert row.peak_tier in ({key[0] for key, load in loads.items() if load == row.peak_load_ratio} or {None})


def test_more_growth_meets_the_people_of_the_base_plan_and_not_those_it_would_have_hired():
    calm = teams.settings(**{"coverage.attrition_ratio": 0, "coverage.sizing": "accounts"})
    rows = found(enterprise(customers=100, csms=5, growth="0.4", churn=0), settings=calm)
    assert [(row.required_end, row.hires_fte) for row in rows.values()] == [
        (D("4.8"), 0), (D("5.6"), D("0.5")), (D("6.4"), D("1.5")), (4, 0)]
    assert [rows[name].peak_load_ratio for name in ("low", "high")] == [D("4.8") / D("5.5"), D("6.4") / D("5.5")]
    assert {row.peak_tier for row in rows.values()} == {"enterprise"}


def test_a_trifle_missing_in_a_small_tier_is_not_the_peak():
    book = teams.book(teams.tier("strategic", 1, csms="0.05", model="named_sponsor"),
                      teams.tier("enterprise", 60, csms=3, model="named"))
    settings = teams.settings(**{"coverage.attrition_ratio": 0, "coverage.least_gap_fte": 2})
    plan = staffed(book, services(book, settings), settings, 12)
    ratio, tier = peak_load(plan, paths(book, services(book, settings), settings, 12), D("0.25"))
    assert (tier, ratio) == ("enterprise", plan.months[1].tiers[1].load_ratio)


def test_without_any_team_there_is_no_peak():
    row, = found(teams.book(teams.tier("smb", 10))).values()
    assert (row.peak_load_ratio, row.peak_tier, row.cost_a_year_end, row.hires_fte) == (None, None, None, 0)


@SLOWER
@given(books(), st.sampled_from([12, 24]))
def test_a_swing_of_no_width_moves_nothing(book, horizon):
    assert swings(book, services(book, SETTINGS), teams.settings(**{"coverage.swing_ratio": 0}), horizon) == []


@SLOW
@given(books(steady=True))
def test_swings_are_told_by_the_people_they_move_and_only_where_they_move_any(book):
    rows = swings(book, services(book, SETTINGS), SETTINGS, 12)
    assert [row.swing_fte for row in rows] == sorted((row.swing_fte for row in rows), reverse=True)
    assert len({row.assumption for row in rows}) == len(rows) and {row.assumption for row in rows} <= set(ASSUMPTIONS)
    for row in rows:
        assert row.swing_fte == abs(row.high_fte - row.low_fte) and row.swing_cost == abs(row.high_cost - row.low_cost)
        assert row.swing_fte or row.swing_cost
        if row.assumption in ("hours_per_account", "attrition"):
            assert row.high_fte >= row.low_fte - D("1e-9")
        if row.assumption in ("working_year", "account_caps"):
            assert row.high_fte <= row.low_fte + D("1e-9")
        if row.assumption == "loaded_cost":
            assert row.swing_fte == 0
            assert abs(row.high_cost * 2 - row.low_cost * 3) <= D("0.05")


def test_twenty_per_cent_more_hours_are_a_book_that_was_measured_at_twenty_per_cent_more():
    row = swung(enterprise(hours_per_account=50))["hours_per_account"]
    for hours, fte, cost in ((40, row.low_fte, row.low_cost), (60, row.high_fte, row.high_cost)):
        other = enterprise(hours_per_account=hours)
        hires = staffed(other, services(other, SETTINGS), SETTINGS, 12, whole_posts=False).hires
        assert abs(fte - sum(hire.fte for hire in hires)) < D("1e-9")
        assert abs(cost - sum(hire.cost_a_year for hire in hires)) < D("0.01")


@pytest.mark.parametrize(("assumption", "low", "high"), [
    ("hours_per_account", {"models.named.complexity": "0.88"}, {"models.named.complexity": "1.32"}),
    ("attrition", {"attrition_ratio": "0.12"}, {"attrition_ratio": "0.18"}),
    ("headroom", {"headroom.ratio": "0.16"}, {"headroom.ratio": "0.24"}),
    ("ramp", {"ramp.enterprise.half_months": "1.6", "ramp.enterprise.full_months": "4.8"},
     {"ramp.enterprise.half_months": "2.4", "ramp.enterprise.full_months": "7.2"}),
    ("loaded_cost", {"loaded_cost.enterprise": 144_000}, {"loaded_cost.enterprise": 216_000}),
    ("working_year", {"working_year.contract_hours": 1_664, "working_year.leave_hours": 128,
                      "working_year.holiday_hours": 32},
     {"working_year.contract_hours": 2_496, "working_year.leave_hours": 192, "working_year.holiday_hours": 48}),
    ("account_caps", {"account_caps.four_tier.named": 20}, {"account_caps.four_tier.named": 30})])
def test_a_swing_is_the_plan_under_a_policy_that_says_so(assumption, low, high):
    book = enterprise()
    sizing = {"coverage.sizing": "accounts" if assumption == "account_caps" else "hours"}
    row = swung(book, teams.settings(**sizing))[assumption]
    for changed, fte, cost in ((low, row.low_fte, row.low_cost), (high, row.high_fte, row.high_cost)):
        settings = teams.settings(**sizing, **{f"coverage.{key}": value for key, value in changed.items()})
        hires = staffed(book, services(book, settings), settings, 12, whole_posts=False).hires
        assert abs(fte - sum(hire.fte for hire in hires)) < D("1e-9")
        assert abs(cost - sum(hire.cost_a_year for hire in hires)) < D("0.01")


@pytest.mark.parametrize(("assumption", "low", "high"), [
    ("growth", {"growth": "0.4"}, {"growth": "0.6"}), ("churn", {"churn": "0.08"}, {"churn": "0.12"})])
def test_a_swing_of_growth_or_churn_is_the_plan_of_a_book_that_says_so(assumption, low, high):
    sizing = teams.settings(**{"coverage.sizing": "hours"})
    row = swung(enterprise(), sizing)[assumption]
    for changed, fte in ((low, row.low_fte), (high, row.high_fte)):
        other = enterprise(**changed)
        hires = staffed(other, services(other, sizing), sizing, 12, whole_posts=False).hires
        assert abs(fte - sum(hire.fte for hire in hires)) < D("1e-9")


def test_ratios_stay_in_their_bounds_when_they_swing():
    full = teams.settings(**{"coverage.headroom.by": "utilisation", "coverage.headroom.ratio": "0.9"})
    most = teams.settings(**{"coverage.headroom.by": "utilisation", "coverage.headroom.ratio": 1})
    book = enterprise(churn=1)
    hires = staffed(book, services(book, most), most, 12, whole_posts=False).hires
    rows = swung(book, full)
    assert abs(rows["headroom"].high_fte - sum(hire.fte for hire in hires)) < D("1e-9")
    hires = staffed(book, services(book, full), full, 12, whole_posts=False).hires
    assert abs(rows["churn"].high_fte - sum(hire.fte for hire in hires)) < D("1e-9")
    unsteady = swung(enterprise(), teams.settings(**{"coverage.attrition_ratio": "0.95"}))
    assert unsteady["attrition"].high_fte > unsteady["attrition"].low_fte


def test_the_sum_of_the_same_hires_in_another_order_is_no_swing():
    book = enterprise(growth=None, churn=None)
    plans = [staffed(book, services(book, SETTINGS), teams.settings(**{"coverage.lead_days": days}), 12,
                     whole_posts=False) for days in (72, 108)]
    assert len(plans[0].hires) != len(plans[1].hires)
    assert "lead_days" not in swung(book)


def test_what_nobody_said_cannot_swing():
    quiet = swung(enterprise(growth=None, churn=None), teams.settings(**{"coverage.sizing": "accounts"}))
    assert not {"growth", "churn", "lead_days"} & set(quiet)
    assert {"attrition", "account_caps", "loaded_cost"} <= set(quiet)


def risks(customers: int) -> float:
    """Seconds of processor time for all that is risk, of four tiers and 24 months."""
    rows = [teams.tier(name, customers, csms=csms, arr=customers * arr, growth=growth, churn="0.12", people=people)
            for name, csms, arr, growth, people in (
                ("strategic", None, 263_000, "0.1", [(1, 1), (1, 4), (1, 20)]),
                ("enterprise", None, 54_000, "0.25", [("0.5", 2), (1, 5), (2, 12)]),
                ("mid_market", 5, 11_400, "0.3", []), ("smb", 1, 3_100, "0.4", []))]
    book = teams.book(*rows, arr_growth="0.05", managers=1)
    served = services(book, SETTINGS)
    plan = staffed(book, served, SETTINGS, 24)
    began = time.process_time()
    assert len(scenarios(book, served, SETTINGS, 24)) == 4
    assert swings(book, served, SETTINGS, 24)
    assert waiting(book, served, SETTINGS, 24, plan)
    assert simulation(book, served, SETTINGS, 24, plan)
    return time.process_time() - began


def test_all_risks_take_little_time_whatever_the_number_of_customers():
    few, many = (min(risks(customers) for _ in range(3)) for customers in (100, 10 ** 8))
    assert few < MOST_SECONDS
    assert many < MOST_SECONDS
