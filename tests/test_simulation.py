"""Growth and leavers by chance: the plan in the mean, the field's distributions, the same for the same seed."""

from __future__ import annotations

import math
import time
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import teams
from cslib import simulation as room
from cslib.coverage_risk import grown
from cslib.demand import paths
from cslib.service_models import services
from cslib.simulation import MOST_UNITS, months_stayed, simulation, triangular
from cslib.staffing import Staffing, staffed
from cslib.team import stayed

SETTINGS = teams.settings()
CERTAIN = {"coverage.attrition_ratio": 0, "coverage.scenarios.low_ratio": 1, "coverage.scenarios.high_ratio": 1}
STEADY = {"coverage.scenarios.low_ratio": 1, "coverage.scenarios.high_ratio": 1}
MOST_SECONDS = 0.5
TIERS = ("strategic", "enterprise", "mid_market", "smb")
tenure = st.none() | st.decimals("0", "20", places=1)


@st.composite
def books(draw):
    """Books with teams that are known: ramping people, joiners, tiers that are short and tiers with people over."""
    rows = [teams.tier(
        name, draw(st.integers(1, 1_500)), growth=draw(st.none() | st.decimals("-0.5", "1", places=2)),
        people=draw(st.lists(st.tuples(st.decimals("0.1", "6", places=1), tenure), min_size=1, max_size=4)),
        joining=draw(st.lists(st.tuples(st.decimals("0.5", "2", places=1), st.integers(0, 15)), max_size=2)))
        for name in draw(st.sets(st.sampled_from(TIERS), min_size=1))]
    return teams.book(*rows)


def team(customers: int = 600, csms: object = 12, growth: object = "0.3", **known: object):
    """A pooled tier that hires, and one below it that has people over."""
    return teams.book(teams.tier("mid_market", customers, csms=csms, growth=growth, model="named_light", **known),
                      teams.tier("smb", 300, csms=4, growth=growth, model="tech"))


def ran(book, settings: dict = SETTINGS, horizon: int = 12, **seeded: int) -> tuple[Staffing, room.Simulated]:
    plan = staffed(book, services(book, settings), settings, horizon)
    return plan, simulation(book, services(book, settings), settings, horizon, plan, **seeded)


def simulated_capacity(book, settings: dict, horizon: int, runs: int) -> tuple[Staffing, list, list]:
    """Every state's capacity in each run, with the plan and without."""
    plan = staffed(book, services(book, settings), settings, horizon)
    rules = settings["coverage"]
    groups = [group for tier in book.tiers for group in room._groups(tier, plan, rules, horizon)]
    gone = [float(1 - kept) for kept in stayed(rules, horizon)[1:]]
    draw = Random(3).random
    both = [room._there(groups, gone, draw, horizon) for _ in range(runs)]
    return plan, [planned for planned, _ in both], [alone for _, alone in both]


def within_error(values: list, expected: float) -> bool:
    """Whether the mean of draws is within five standard errors of what it should be."""
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
    return abs(mean - expected) <= 5 * spread + 1e-9


@examples(max_examples=40)
@given(books(), st.sampled_from([12, 24]))
def test_without_leavers_and_with_one_growth_every_quantile_is_the_peak_of_the_plan(book, horizon):
    plan, found = ran(book, teams.settings(**CERTAIN, **{"coverage.simulation_runs": 5}), horizon)
    months = plan.months[min(plan.lead, horizon):]
    for quantiles, loads in (((found.p10, found.p50, found.p90), [month.load_ratio for month in months]),
                             ((found.without_p10, found.without_p50, found.without_p90),
                              [month.load_without_ratio for month in months])):
        assert len(set(quantiles)) == 1
        assert quantiles[0] == pytest.approx(float(max(loads)), abs=1e-6)
    assert found.over_ratio == (max(month.load_ratio for month in months) > 1 + D("1e-9"))


@examples(max_examples=40)
@given(books(), st.integers(0, 2 ** 32))
def test_quantiles_stand_in_their_order_and_the_same_seed_gives_the_same(book, seed):
    few = teams.settings(**{"coverage.simulation_runs": 30})
    _, found = ran(book, few, seed=seed)
    assert found.p10 <= found.p50 <= found.p90
    assert found.without_p10 <= found.without_p50 <= found.without_p90
    assert 0 <= found.over_ratio <= 1
    assert repr(ran(book, few, seed=seed)[1]) == repr(found)


def test_another_seed_gives_other_runs():
    assert ran(team(), seed=1)[1] != ran(team(), seed=2)[1]


def test_figures_of_a_seed_do_not_change_from_python_to_python():
    assert ran(team())[1] == room.Simulated(
        runs=400, seed=20, p10=1.346092, p50=1.419546, p90=1.544507, over_ratio=1.0, without_p10=1.692077,
        without_p50=1.949446, without_p90=2.288034)


def test_the_mean_of_the_runs_is_the_plan():
    book = team(people=[(6, None), (3, 2), (3, 0)], csms=None, joining=[(1, 2), ("0.5", 7)])
    settings = teams.settings(**{"coverage.attrition_ratio": "0.3"})
    plan, planned, alone = simulated_capacity(book, settings, 24, 3_000)
    assert plan.hires and plan.moves
    for month in plan.months:
        assert within_error([run[month.t] for run in planned], float(month.capacity_fte))
        assert within_error([run[month.t] for run in alone], float(month.demand_fte / month.load_without_ratio))


def test_who_is_left_of_a_team_is_binomial():
    stats = pytest.importorskip("scipy.stats")
    numpy = pytest.importorskip("numpy")
    book = teams.book(teams.tier("smb", 10, csms=12, growth=0))
    settings = teams.settings(**{"coverage.attrition_ratio": "0.4"})
    _, planned, _ = simulated_capacity(book, settings, 12, 4_000)
    for t in (1, 6, 12):
        left = numpy.array([round(run[t]) for run in planned])
        assert numpy.allclose(left, [run[t] for run in planned])
        law = stats.binom(12, 0.6 ** (t / 12))
        assert abs(left.mean() - law.mean()) < 5 * law.std() / math.sqrt(len(left))
        observed, expected = numpy.bincount(left, minlength=13).astype(float), law.pmf(range(13)) * len(left)
        rare = expected < 8
        observed = numpy.append(observed[~rare], observed[rare].sum())
        expected = numpy.append(expected[~rare], expected[rare].sum())
        assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 0.001


def test_months_until_somebody_leaves_are_geometric():
    stats = pytest.importorskip("scipy.stats")
    kept = 0.97
    gone = [1 - kept ** month for month in range(1, 25)]
    draw = Random(5).random
    drawn = [months_stayed(draw, gone) for _ in range(20_000)]
    for month in range(25):
        expected = kept ** 24 if month == 24 else stats.geom.pmf(month + 1, 1 - kept)
        error = math.sqrt(expected * (1 - expected) / len(drawn))
        assert abs(drawn.count(month) / len(drawn) - expected) < 5 * error


@pytest.mark.parametrize(("low", "most", "high"), [(0.5, 1, 1.5), (0.5, 1, 3), (1, 1, 2), (0, 1, 1)])
def test_growth_is_triangular(low, most, high):
    stats = pytest.importorskip("scipy.stats")
    draw = Random(9).random
    law = stats.triang((most - low) / (high - low), loc=low, scale=high - low)
    drawn = [triangular(draw(), low, most, high) for _ in range(5_000)]
    assert stats.kstest(drawn, law.cdf).pvalue > 0.001
    for share in (0, 0.01, 0.3, 0.5, 0.77, 1):
        assert triangular(share, low, most, high) == pytest.approx(law.ppf(share), abs=1e-12)


def test_a_growth_out_of_order_is_no_triangle():
    assert triangular(0.4, 1, 1, 1) == 1
    with pytest.raises(ValueError):
        triangular(0.4, 1, 0.5, 2)


@pytest.mark.parametrize("growth", ["0.9", "-0.4"])
@pytest.mark.parametrize("share", [0, 0.03, 0.2, 0.5, 0.61, 0.97, 1])
def test_demand_between_the_growths_worked_out_is_that_of_the_growth_drawn(growth, share):
    book, horizon = team(growth=growth, churn="0.2"), 24
    asked = room._demand_by_growth(book, services(book, SETTINGS), SETTINGS, horizon)(share)
    ratio = D(repr(triangular(share, 0.5, 1, 1.5)))
    exact = paths(grown(book, ratio), services(book, SETTINGS), SETTINGS, horizon).values()
    for t in range(horizon + 1):
        assert asked[t] == pytest.approx(float(sum(path.demand[t] for path in exact)), rel=0.005)


def test_more_attrition_and_fewer_hires_make_the_bad_runs_worse():
    calm, wild = (ran(team(), teams.settings(**STEADY, **{"coverage.attrition_ratio": share}))[1]
                  for share in ("0.05", "0.5"))
    assert wild.without_p90 > calm.without_p90
    assert wild.without_p90 - wild.without_p10 > calm.without_p90 - calm.without_p10
    assert wild.p50 < wild.without_p50


def test_the_share_of_runs_above_full_load_is_the_chance_of_a_growth_that_the_plan_does_not_hold():
    """100 customers, 25 a CSM, grow by 40%; the plan ends with 5.5 CSMs, too few beyond 0.9375 of that growth."""
    settings = teams.settings(**{"coverage.attrition_ratio": 0, "coverage.sizing": "accounts",
                                 "coverage.simulation_runs": 4_000})
    book = teams.book(teams.tier("enterprise", 100, csms=5, growth="0.4", model="named"))
    plan, found = ran(book, settings)
    assert plan.months[12].capacity_fte == D("5.5")
    chance = 1 - 2 * (0.9375 - 0.5) ** 2
    assert abs(found.over_ratio - chance) < 5 * math.sqrt(chance * (1 - chance) / 4_000)


def test_leavers_are_not_replaced_beyond_the_plan():
    settings = teams.settings(**STEADY, **{"coverage.attrition_ratio": "0.5"})
    plan, found = ran(team(), settings)
    assert found.p90 > float(max(month.load_ratio for month in plan.months[plan.lead:]))


def test_a_team_that_is_not_known_is_not_simulated():
    assert ran(teams.book(teams.tier("smb", 10), teams.tier("enterprise", 10, csms=1)))[1] is None


def test_with_nobody_there_the_load_has_no_figure():
    _, found = ran(teams.book(teams.tier("enterprise", 40, csms=0)), teams.settings(**{"coverage.lead_days": 730}))
    assert (found.p10, found.p90, found.without_p50, found.over_ratio) == (None, None, None, 1)


@pytest.mark.parametrize("csms", ["0.4", "1", "2.5", "40", "4000"])
def test_a_team_is_cut_into_a_bounded_number_of_units_that_add_up_to_it(csms):
    book = teams.book(teams.tier("smb", 10, csms=csms, growth=0))
    plan = staffed(book, services(book, SETTINGS), SETTINGS, 12)
    groups = [group for tier in book.tiers for group in room._groups(tier, plan, SETTINGS["coverage"], 12)]
    group, = (group for group in groups if group.planned[0])
    assert group.units == min(MOST_UNITS, math.ceil(D(csms)))
    assert group.units * group.planned[0] == pytest.approx(float(csms))


def test_the_units_stay_bounded_in_a_large_company_that_hires_every_month():
    book = teams.book(*(teams.tier(name, 10 ** 6, csms=3_000, growth="0.9", model="pooled") for name in TIERS))
    plan = staffed(book, services(book, SETTINGS), SETTINGS, 24)
    for tier in book.tiers:
        groups = room._groups(tier, plan, SETTINGS["coverage"], 24)
        assert sum(group.units for group in groups) <= MOST_UNITS + len(groups)


@pytest.mark.parametrize("customers", [200, 10 ** 8])
def test_four_hundred_runs_take_less_than_half_a_second(customers):
    book = teams.book(*(teams.tier(name, customers, csms=50, growth="0.9") for name in TIERS))
    served = services(book, SETTINGS)
    plan = staffed(book, served, SETTINGS, 24)
    taken = []
    for _ in range(3):
        began = time.process_time()
        assert simulation(book, served, SETTINGS, 24, plan).runs == 400
        taken.append(time.process_time() - began)
    assert min(taken) < MOST_SECONDS
