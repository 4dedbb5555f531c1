"""What each tier asks for month by month."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import teams
from cslib.demand import Path, growing, paths
from cslib.service_models import planning_hours, services

NEAR = Decimal("1e-18")


def path(tier, horizon: int = 24, arr_growth=None, **overrides) -> Path:
    settings = teams.settings(**overrides)
    book = teams.book(tier, arr_growth=arr_growth)
    return paths(book, services(book, settings), settings, horizon)[tier.tier]


def close(found, expected) -> bool:
    return abs(Decimal(found) - Decimal(expected)) <= NEAR * max(1, abs(Decimal(expected)))


rates = st.decimals("-1", "4", places=3)
shares = st.decimals("0", "1", places=3)


@given(rates)
def test_a_year_of_growth_is_spread_evenly_and_the_next_year_compounds(rate):
    sizes = growing(rate, 24)
    steps = [after - before for before, after in zip(sizes, sizes[1:])]
    assert close(sizes[12], 1 + rate) and close(sizes[24], (1 + rate) ** 2)
    assert all(close(step, rate / 12) for step in steps[:12])
    assert all(close(step, (1 + rate) * rate / 12) for step in steps[12:])


@given(rates, shares, st.integers(0, 5_000))
def test_customers_are_those_before_with_the_new_less_the_churned(rate, churn, customers):
    found = path(teams.tier(customers=customers, growth=rate, churn=churn))
    for t in range(1, 25):
        kept = found.customers[t - 1] * (1 - churn / 12)
        assert close(found.new[t], max(0, found.customers[t] - kept))
        assert found.customers[t] >= 0 and found.new[t] >= 0


@given(shares, st.decimals("0", "90", places=1), st.integers(0, 5_000))
def test_planned_customers_come_in_thirds_of_a_quarter_and_beat_the_growth(churn, planned, customers):
    found = path(teams.tier(customers=customers, growth=3, planned_new=planned, churn=churn))
    assert path(teams.tier(customers=customers, planned_new=planned, churn=churn)) == found and found.growth_known
    expected = Decimal(customers)
    for t in range(25):
        assert close(found.new[t], planned / 3) and close(found.customers[t], expected)
        expected += planned / 3 - expected * churn / 12


@given(shares, st.integers(1, 5_000))
def test_a_book_of_unknown_growth_stands_still_and_replaces_who_churns(churn, customers):
    found = path(teams.tier(customers=customers, churn=churn))
    assert not found.growth_known
    assert all(count == customers for count in found.customers)
    assert all(close(new, customers * churn / 12) for new in found.new)
    assert path(teams.tier(customers=customers, growth=0)).growth_known


@given(st.integers(1, 2_000), rates, shares, st.integers(2, 9), st.sampled_from(["hours_or_accounts", "hours",
                                                                                "accounts", "arr"]))
def test_a_book_times_as_large_asks_for_times_as_many(customers, rate, churn, times, sizing):
    small, large = (path(teams.tier(customers=customers * by, growth=rate, churn=churn, model="named"),
                         **{"coverage.sizing": sizing}) for by in (1, times))
    assert all(close(large.demand[t], times * small.demand[t]) for t in range(25))


def test_the_worked_book_needs_ten_and_then_fourteen():
    settings = teams.settings(**teams.WORKED)
    book = teams.worked_book()
    found = paths(book, services(book, settings), settings, 12)["mid_market"]
    assert round(found.demand[0], 2) == Decimal("9.97") and round(found.demand[12], 2) == Decimal("14.25")
    assert close(found.demand[0], Decimal(210) * Decimal("50.6") / planning_hours(settings["coverage"]))


def test_onboarding_is_work_of_the_month_in_which_a_customer_is_new():
    still = path(teams.tier(customers=100, growth=0, model="named"))
    found = path(teams.tier(customers=100, growth=0, planned_new=6, model="named"))
    month = planning_hours(teams.settings()["coverage"]) / 12
    assert close(found.by_hours[0] - still.by_hours[0], 2 * Decimal(30) * Decimal("1.1") / month)


def test_measured_hours_hold_the_onboarding():
    still = path(teams.tier(customers=100, growth=0, model="named", hours_per_account=40))
    churning = path(teams.tier(customers=100, growth=0, churn="0.5", model="named", hours_per_account=40))
    assert churning.new[1] > 0 and churning.by_hours == still.by_hours


@pytest.mark.parametrize(("by", "ratio", "times"), [("buffer", "0.2", "1.2"), ("utilisation", "0.8", "1.25")])
def test_headroom_adds_to_the_hours_and_not_to_the_accounts_that_a_csm_holds(by, ratio, times):
    bare, free = (path(teams.tier(customers=100, growth=0, model="named"),
                       **{"coverage.headroom.by": kind, "coverage.headroom.ratio": share})
                  for kind, share in (("buffer", 0), (by, ratio)))
    assert close(free.by_hours[0], bare.by_hours[0] * Decimal(times))
    assert free.by_accounts == bare.by_accounts and free.by_accounts[0] == 4


def test_the_most_arr_by_csm_asks_for_the_fewest():
    found = path(teams.tier(customers=100, arr=4_000_000, growth=0, model="named"))
    assert (found.by_arr_low[0], found.by_arr_high[0]) == (2, 8)
    assert path(teams.tier(customers=100, arr=4_000_000, growth=0, model="named"),
                **{"coverage.sizing": "arr"}).demand[0] == Decimal("3.2")


def test_arr_grows_with_customers_and_with_what_each_pays():
    found = path(teams.tier(customers=100, arr=1_200_000, growth="0.5"), arr_growth=Decimal("0.2"))
    assert close(found.arr[12], 1_200_000 * Decimal("1.5") * Decimal("1.2"))
    assert close(found.arr[24], 1_200_000 * Decimal("1.5") ** 2 * Decimal("1.2") ** 2)
    assert close(path(teams.tier(customers=100, arr=1_200_000, growth="0.5")).arr[12], 1_800_000)


@pytest.mark.parametrize(("sizing", "key"), [("hours", "by_hours"), ("accounts", "by_accounts")])
def test_sizing_picks_one_of_the_sizes(sizing, key):
    found = path(teams.tier(customers=100, growth="0.3", model="pooled"), **{"coverage.sizing": sizing})
    assert found.demand == getattr(found, key)


def test_sizing_by_hours_or_accounts_takes_whichever_is_more():
    by_hours = path(teams.tier(customers=100, growth=0, model="named"))
    by_cap = path(teams.tier(customers=100, growth=0, model="named", hours_per_account=10))
    assert by_hours.demand == by_hours.by_hours > by_hours.by_accounts
    assert by_cap.demand == by_cap.by_accounts > by_cap.by_hours


def test_a_tier_without_customers_asks_for_nobody_until_some_come():
    found = path(teams.tier(customers=0, planned_new=30))
    assert found.customers[0] == 0 and found.customers[3] == 30
    assert found.by_accounts[0] == 0 < found.by_accounts[1] and set(found.arr) == {0}
    assert set(path(teams.tier(customers=0, growth=1)).demand) == {0}
