"""When a CS team needs somebody to lead it, and how many."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import teams
from cslib.service_models import delivered_hours, services
from cslib.spans import spans
from cslib.staffing import staffed

NOBODY_LEAVES = {"coverage.attrition_ratio": 0}


def rows(book, horizon: int = 12, **overrides) -> list:
    settings = teams.settings(**{**NOBODY_LEAVES, **overrides})
    return spans(book, staffed(book, services(book, settings), settings, horizon), settings, horizon)


def still(csms, managers=0, escalations=None, name: str = "mid_market", customers_a_csm: int = 25):
    """A book whose team is just large enough and does not change."""
    return teams.book(teams.tier(name, customers=int(Decimal(csms) * customers_a_csm), csms=csms, growth=0,
                                 model="named", hours_per_account=5), managers=managers, escalations=escalations)


def grows(managers=0, customers: int = 100):
    return teams.book(teams.tier(customers=customers, csms=Decimal(customers) / 25, growth=3, model="named",
                                 hours_per_account=5), managers=managers)


@pytest.mark.parametrize(("csms", "reasons", "needed"), [
    (4, None, None), (5, ("csms_in_a_tier",), 1), (8, ("csms_in_a_tier", "csms_overall"), 1),
    (9, ("csms_in_a_tier", "csms_overall"), 1), (10, ("csms_in_a_tier", "csms_overall"), 2),
    (16, ("csms_in_a_tier", "csms_overall"), 2), (17, ("csms_in_a_tier", "csms_overall"), 3)])
def test_five_in_a_tier_or_eight_in_all_need_a_manager_for_five_to_eight(csms, reasons, needed):
    assert [(row.reasons, row.needed) for row in rows(still(csms))] == ([(reasons, needed)] if reasons else [])


def test_eight_in_all_need_a_manager_although_no_tier_has_five():
    book = teams.book(*(teams.tier(name, customers=100, csms=4, growth=0, model="named", hours_per_account=5)
                        for name in ("enterprise", "mid_market")), managers=0)
    assert [(row.month, row.reasons, row.needed) for row in rows(book)] == [(0, ("csms_overall",), 1)]


def test_headcounts_are_compared_after_rounding_to_two_places():
    assert rows(still("4.996", customers_a_csm=20)) and not rows(still("4.99", customers_a_csm=20))
    assert rows(still("8.004", customers_a_csm=20))[0].needed == 1


def test_weekly_escalations_make_one_of_a_small_team_a_player_coach():
    row, = rows(still(3, escalations=1))
    rules = teams.settings()["coverage"]
    kept = 799 / delivered_hours(rules)
    assert (row.kind, row.reasons, row.needed) == ("player_coach", ("escalations",), 1)
    assert row.fte_lost == 1 - kept and row.cost_a_year == 240_000 - kept * 140_000
    assert not rows(still(3, escalations="0.5"))


def test_a_large_team_with_escalations_gets_a_manager():
    row, = rows(still(6, escalations=2))
    assert (row.kind, row.fte_lost, row.cost_a_year) == ("manager", 0, 240_000)


def test_the_manager_who_is_there_is_not_hired_again():
    assert rows(still(8, managers=1)) == []
    row, = rows(still(10, managers="1.5"))
    assert (row.needed, row.gap, row.added, row.cost_a_year) == (2, Decimal("0.5"), Decimal("0.5"), 120_000)


def test_unknown_managers_leave_the_need_and_no_gap():
    row, = rows(still(10, managers=None))
    assert (row.needed, row.present, row.gap, row.added, row.cost, row.cost_a_year) == (2, None, None, None, None, None)
    assert row.start_day == date(2027, 1, 1)


def test_a_team_that_is_unknown_counts_for_nothing_and_the_rest_counts():
    book = teams.book(teams.tier("enterprise", customers=125, csms=5, growth=0, model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=900, growth=0), managers=0, escalations=3)
    row, = rows(book)
    assert (row.needed, row.reasons, row.kind) == (1, ("csms_in_a_tier", "escalations"), "manager")
    unknown = teams.book(teams.tier("mid_market", customers=900, growth=0), managers=0, escalations=3)
    assert [row.kind for row in rows(unknown)] == ["manager"]


def test_a_manager_of_a_growing_team_is_due_in_the_month_that_needs_one_and_approved_before():
    found = rows(grows(), horizon=24)
    assert [row.needed for row in found] == sorted({row.needed for row in found})
    for row in found:
        assert row.start == max(row.month, 3) and row.cost == row.added * 240_000 * (24 - row.start) / 12
        assert row.approve_by == (teams.AS_OF if row.month < 3 else max(
            teams.AS_OF, date.fromordinal(row.start_day.toordinal() - 90)))
    assert len(found) > 2 and found[-1].month > 3


def test_a_manager_who_cannot_come_before_the_horizon_costs_nothing_yet():
    row, = rows(still(6), **{"coverage.lead_days": 420})
    assert (row.start, row.cost, row.cost_a_year) == (14, 0, 240_000)


@given(st.integers(0, 400), st.decimals("0", "3", places=1), st.sampled_from([0, "0.5", 1, 4, 9]),
       st.integers(12, 24))
def test_with_the_rows_there_are_as_many_managers_as_the_team_at_the_end_needs(customers, growth, managers, horizon):
    settings = teams.settings(**NOBODY_LEAVES)
    book = teams.book(teams.tier(customers=customers, csms=Decimal(customers) / 25, growth=growth, model="named",
                                 hours_per_account=5), managers=managers)
    plan = staffed(book, services(book, settings), settings, horizon)
    found, last = spans(book, plan, settings, horizon), round(plan.months[-1].headcount, 2)
    needed = 0 if last < 5 else 1 if last < 10 else ceil(last / 8)
    assert Decimal(managers) + sum(row.added for row in found) == max(Decimal(managers), Decimal(needed))
    assert all(row.gap == row.needed - Decimal(managers) for row in found)
