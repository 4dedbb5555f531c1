"""The order of hires: whom each role waits for, on which days, and what the coverage plan puts into it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import orgs
import plans
import teams
from cslib.candidates import rank
from cslib.gates import Gate, posted, present
from cslib.hiring_terms import first_start, state_from, terms, tier_of
from cslib.org import ROLES
from cslib.sequence import Decided, decided, first_of, size_at
from cslib.starts import moved
from orgs import failing, of, post, seat

D = Decimal
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
TODAY, STARTS = date(2026, 9, 30), date(2027, 1, 1)
AFTER_THREE, AFTER_SIX = date(2027, 3, 31), date(2027, 6, 30)


def order(org, plan=None, rules=orgs.SETTINGS) -> Decided:
    return decided(org, plan, rules)


def rows(org, plan=None, rules=orgs.SETTINGS) -> tuple:
    return order(org, plan, rules).sequence.openings


def days(row) -> tuple:
    return row.approve_by, row.start_day, row.ramped_by


def series_a(**known):
    """A company with one CSM, 20 customers, and no role that is due."""
    return of(**{"customers": 20, "arr": 400_000, "stage": "series_a", "team": {"csm": 1}, **known})


def series_b(**known):
    """A company with four CSMs and support, and no role that is due."""
    return of(**{"customers": 140, "arr": 3_500_000, "stage": "series_b", "team": {"csm": 4, "support": 1}, **known})


def with_operations(**known):
    """The same, whose operations are held already."""
    return series_b(**{"team": {"csm": 4, "support": 1, "cs_ops": 1}, **known})


def test_who_is_approved_today_starts_after_the_lead_time_and_is_ramped_after_the_ramp():
    row, = rows(series_a(fails=["onboarding"]))
    assert (row.role, row.kind, days(row)) == ("implementation", "role", (TODAY, STARTS, AFTER_THREE))
    assert (row.months, row.cost_a_year, row.cost) == (15, 140_000, 175_000)


def test_a_director_takes_five_months_to_come_and_six_to_ramp():
    row, = rows(of(300, 9_000_000, stage="growth", team={"csm": 12, "cs_manager": 2, "support": 2, "cs_ops": 1}))
    assert (row.role, days(row)) == ("director_vp", (TODAY, date(2027, 3, 1), date(2027, 8, 31)))


def test_a_first_csm_beside_a_plan_without_seats_is_opened_once():
    company = of(24, 600_000, stage="series_a")
    assert [(row.role, row.from_plan) for row in rows(company, plans.of(company))] == [("csm", False)]


def test_with_one_role_at_a_time_the_second_is_approved_when_the_first_is_ramped():
    first, second = rows(series_b(fails=[failing("onboarding", 200), failing("references", 300)]))
    assert [(row.role, row.after) for row in (first, second)] == [
        ("customer_marketing", "support"), ("implementation", "customer_marketing")]
    assert second.approve_by == first.ramped_by
    assert second.gate == (Gate("customer_marketing", "filled", False, first.start_day),
                           Gate("customer_marketing", "ramped", False, first.ramped_by),
                           Gate("customer_marketing", "delivered", None, None))


def test_with_two_roles_at_a_time_the_third_waits_for_the_first_that_is_ramped():
    found = rows(of(300, 9_000_000, stage="growth", team={"csm": 9, "cs_manager": 2, "support": 1},
                    fails=[failing("risk_seen_early", 300), failing("onboarding", 200), failing("references", 100)]))
    assert [(row.role, row.approve_by) for row in found] == [
        ("cs_ops", TODAY), ("implementation", TODAY), ("customer_marketing", AFTER_THREE),
        ("director_vp", date(2027, 4, 30))]
    assert [row.after for row in found] == ["support", "support", "implementation", "cs_ops"]


def test_a_role_that_still_ramps_holds_the_next_until_it_is_ramped():
    held = order(series_a(team={"csm": 1, "support": [seat(1, 1)]}, fails=["onboarding"])).sequence
    row, = held.openings
    assert (row.due_month, row.after, days(row)[0]) == (0, "support", date(2026, 11, 30))
    assert held.held == (Gate("support", "ramped", False, date(2026, 11, 30)),)


def test_a_first_csm_who_still_ramps_holds_the_next_role():
    row, = rows(series_a(team={"csm": [seat(1, 2)]}, fails=["onboarding"]))
    assert (row.after, row.approve_by) == ("csm", date(2027, 1, 31))


def test_a_new_colleague_in_a_role_that_is_there_holds_nobody():
    row, = rows(series_a(team={"csm": [seat(1, 24), seat(1, 1, False)]}, fails=["onboarding"]))
    assert row.approve_by == TODAY


def test_a_role_before_that_has_delivered_nothing_holds_the_next_without_a_day():
    held = order(series_a(team={"csm": [seat(1, 12, False)]}, fails=["onboarding"])).sequence
    assert held.next.approve_by == TODAY and held.held == (Gate("csm", "delivered", False, None),)
    unknown = order(series_a(team={"csm": [seat(1, 12, None)]}, fails=["onboarding"])).sequence
    assert unknown.held == () and unknown.next.gate[-1] == Gate("csm", "delivered", None, None)


def test_the_role_before_is_the_one_opened_last_and_nobody_where_no_tenure_is_known():
    team = {"csm": [seat(1, 30)], "support": [seat(1, 9)]}
    assert rows(series_a(team=team, fails=["onboarding"]))[0].after == "support"
    team["support"] = [seat(1, None)]
    assert rows(series_a(team=team, fails=["onboarding"]))[0].after == "csm"
    team["csm"] = [seat(1, None)]
    row, = rows(series_a(team=team, fails=["onboarding"]))
    assert (row.after, row.gate) == (None, ())


@pytest.mark.parametrize(("start", "approved"), [
    (None, AFTER_THREE), ("2026-09", date(2026, 12, 31)), ("2026-12", date(2027, 2, 28))])
def test_an_open_post_holds_the_next_role_until_it_is_ramped(start, approved):
    row, = rows(series_a(posts=[post("support", 1, start)], fails=["onboarding"]))
    assert (row.after, row.approve_by) == ("support", approved)
    assert [gate.met for gate in row.gate] == [False, False, None]


@pytest.mark.parametrize("starts", [("2027-06", "2026-09"), ("2026-09", "2027-06")])
def test_the_first_to_start_of_two_posts_opens_the_role(starts):
    row, = rows(series_a(posts=[post("support", 1, start) for start in starts], fails=["onboarding"]))
    assert (row.after, row.approve_by) == ("support", date(2026, 12, 31))


def test_an_open_post_of_a_role_that_is_there_holds_nobody():
    row, = rows(series_a(posts=[post("csm")], fails=["onboarding"]))
    assert row.approve_by == TODAY


def test_the_first_csm_waits_for_nobody_and_the_others_for_them():
    company = of(24, 600_000, stage="series_a", team={"cs_ops": [seat(1, 1, False)]}, fails=["tickets_answered"])
    first, second = rows(company)
    assert [(row.role, row.why, row.after) for row in (first, second)] == [
        ("csm", "prerequisite", None), ("support", "outcome", "csm")]
    assert first.approve_by == TODAY and second.approve_by == first.ramped_by


def test_more_people_of_a_role_that_is_there_and_leads_wait_for_nobody():
    found = rows(series_b(team={"csm": 4, "support": [seat(1, 1)], "implementation": 1}, signals={
        "onboarding_days": 60, "onboarding_backlog": 9, "onboarded_per_month": 3, "escalations_per_week": 2}))
    assert [(row.role, row.kind, row.fte, row.approve_by, row.after) for row in found] == [
        ("implementation", "seat", 1, TODAY, None), ("cs_manager", "lead", 1, TODAY, None)]


def test_a_backlog_of_today_is_not_hired_for_twice():
    signals = {"onboarding_days": 60, "onboarding_backlog": 30, "onboarded_per_month": 3}
    first = rows(series_b(signals=signals))
    assert [(row.role, row.fte) for row in first if row.role == "implementation"] == [("implementation", 1)]
    assert not [row for row in rows(series_b(signals=signals, posts=[post("implementation", 1, "2026-10")]))
                if row.role == "implementation"]


def test_growth_makes_a_role_due_in_the_month_in_which_the_company_is_large_enough():
    """20 customers that double every year are 30 after 12 log2(1.5) = 7.02 months."""
    row, = rows(series_a(annual_growth_ratio=1))
    assert (row.role, row.keys, row.due_month, row.approve_by) == (
        "support", ("customers",), 8, date(2027, 5, 31))
    assert not rows(series_a()) and not rows(series_a(annual_growth_ratio=-0.5))


def test_what_a_role_would_deliver_is_not_a_reason_for_another_role_later():
    """A director speaks for customers; the CCO, who comes before in that table, is not hired after for the same."""
    company = of(520, 18_000_000, stage="growth", team={"csm": 20, "cs_manager": 3, "support": 2, "cs_ops": 2},
                 fails=["voice_in_leadership"])
    assert [row.role for row in rows(company)] == ["director_vp"]


def test_who_is_due_and_cannot_start_before_the_horizon_is_beyond_it():
    fails = [failing("onboarding", 400), failing("references", 300), failing("risk_seen_early", 200)]
    found = order(series_b(team={"csm": 4}, fails=[failing("tickets_answered", 500), *fails])).sequence
    assert [row.role for row in found.openings] == ["support", "implementation", "customer_marketing"]
    assert found.beyond == ("cs_ops",) and found.horizon_day == date(2028, 3, 31)


def test_outcomes_come_by_what_is_at_risk_then_unknown_ones_then_triggers():
    company = of(300, 9_000_000, stage="late", team={"csm": 6, "support": 1, "cs_manager": 1},
                 signals={"public_references": 9},
                 fails=[failing("onboarding"), failing("risk_seen_early", 50)])
    assert [(row.role, row.why) for row in rows(company)] == [
        ("cs_ops", "outcome"), ("implementation", "outcome"), ("customer_marketing", "trigger")]


def test_an_outcome_without_arr_at_risk_comes_before_one_of_which_nobody_knows():
    found = rows(series_b(fails=[failing("onboarding"), failing("references", 0)]))
    assert [row.role for row in found][:2] == ["customer_marketing", "implementation"]


def test_the_largest_of_the_outcomes_that_a_role_delivers_counts_and_not_their_sum():
    row = rows(series_b(fails=[failing("risk_seen_early", 50), failing("one_way_of_working", 60),
                               failing("references", 100)]))
    assert [(one.role, one.outcome, one.arr_at_risk) for one in row[:2]] == [
        ("customer_marketing", "references", 100), ("cs_ops", "one_way_of_working", 60)]


def test_a_plan_keeps_its_days_and_is_paid_to_the_horizon_of_the_order():
    company = with_operations()
    found = rows(company, plans.of(company, [plans.seat(2, ideal=0), plans.seat(1, "smb", "growth", ideal=6)],
                                   [plans.lead()], unserved=800_000))
    assert [(row.kind, row.tier, row.fte, row.why, row.keys, row.arr_at_risk) for row in found] == [
        ("seat", "enterprise", 2, "coverage", ("short_now",), 800_000),
        ("lead", None, 1, "coverage", ("manager",), None), ("seat", "smb", 1, "coverage", ("growth",), None)]
    assert [days(row) for row in found] == [(TODAY, STARTS, AFTER_SIX), (TODAY, STARTS, AFTER_SIX),
                                            (date(2027, 1, 1), date(2027, 4, 1), date(2027, 4, 30))]
    assert [(row.months, row.cost, row.due_month) for row in found] == [
        (15, 450_000, 0), (15, 300_000, 0), (12, 110_000, 4)]
    assert all(row.from_plan and not row.gate and row.after is None for row in found)


def test_seats_that_are_short_now_stand_among_the_outcomes_by_what_nobody_has_time_for():
    company = series_b(fails=[failing("onboarding", 500_000)])

    def first(unserved):
        return rows(company, plans.of(company, [plans.seat()], unserved=unserved))[0].role

    assert [first(unserved) for unserved in (500_001, 500_000, None)] == ["csm", "implementation", "implementation"]


def test_a_role_that_is_due_later_than_its_gate_is_met_is_not_held():
    found = order(series_a(team={"csm": [seat(1, 2)]}, annual_growth_ratio=1)).sequence
    assert found.next.due_month == 8 and found.held == ()


def test_a_split_that_a_larger_team_allows_makes_the_account_manager_due():
    """ACV and two products against a small team and a founder who closes: 0, and 1 with the third CSM in January."""
    company = of(140, 4_000_000, stage="series_b", motion="hybrid", products=2, median_acv=25_000,
                 team={"csm": 2, "support": 1, "implementation": 1},
                 signals={"founder_closes_deals": True, "renewals_due_12m": 60, "renewals_late_12m": 0,
                          "renewals_lost_12m": 0, "renewals_owned_by": "csm", "expansion_closed_by": "csm"})
    found = order(company, plans.of(company, [plans.seat(1)]))
    assert found.split.decision == "combined"
    assert [(row.role, row.due_month) for row in found.sequence.openings] == [("csm", 0), ("account_manager", 4)]


def test_the_headcount_of_a_plan_is_read_from_the_month_of_the_org():
    company = series_b()
    plan = plans.of(company, as_of=date(2026, 7, 31), headcount=(*[D(4)] * 4, *[D(5)] * 9))
    row, = rows(company, plan)
    assert (row.role, row.due_month) == ("cs_ops", 2)


def test_what_the_seats_of_the_plan_deliver_opens_no_role_later():
    """Two CSMs are too few for a renewals manager; the third is to renew, and no manager comes for the same."""
    company = of(140, 4_000_000, stage="growth", team={"csm": 2, "support": 1},
                 signals={"renewals_due_12m": 150, "renewals_owned_by": "csm"}, fails=["renewals_on_time"])
    assert [(row.role, row.outcome) for row in rows(company, plans.of(company, [plans.seat(1)]))] == [
        ("csm", "renewals_on_time")]


def test_an_outcome_of_csms_is_said_of_the_seats_that_are_short_now():
    company = with_operations(fails=[failing("adoption", 900_000)])
    found = rows(company, plans.of(company, [plans.seat(1, reason="attrition"), plans.seat(1)]))
    assert [(row.keys, row.outcome) for row in found] == [(("short_now",), "adoption"), (("attrition",), None)]


def test_a_plan_with_seats_for_growth_alone_leaves_what_fails_today_to_the_csms_who_are_there():
    company = with_operations(fails=[failing("adoption", 900_000)])
    row, = rows(company, plans.of(company, [plans.seat(1, reason="growth", ideal=6)]))
    assert (row.why, row.outcome, row.due_month) == ("coverage", None, 4)


def test_an_outcome_that_csms_deliver_is_the_reason_of_the_seats_of_the_plan():
    company = with_operations(fails=[failing("adoption", 900_000), failing("onboarding", 600_000)])
    found = rows(company, plans.of(company, [plans.seat(), plans.seat(reason="growth", ideal=8)], unserved=300_000))
    assert [(row.role, row.why, row.outcome, row.arr_at_risk) for row in found] == [
        ("csm", "outcome", "adoption", 900_000), ("implementation", "outcome", "onboarding", 600_000),
        ("csm", "coverage", None, None)]


def test_leads_of_the_plan_deliver_what_only_a_lead_can():
    company = series_b(fails=[failing("team_leadership", 700_000)])
    row, = rows(company, plans.of(company, leads=[plans.lead()]))
    assert (row.kind, row.why, row.outcome, row.arr_at_risk) == ("lead", "outcome", "team_leadership", 700_000)


def test_a_lead_of_the_plan_for_what_fails_today_is_due_today_though_approved_later():
    company = series_b(fails=[failing("team_leadership", 700_000)])
    row, = rows(company, plans.of(company, leads=[plans.lead(ideal=6)]))
    assert (row.due_month, row.approve_by) == (0, date(2027, 1, 1))


def test_the_first_csm_of_a_plan_opens_the_role_and_holds_the_next():
    company = of(24, 600_000, stage="series_a", fails=["tickets_answered"])
    first, second = rows(company, plans.of(company, [plans.seat(tier="mid_market")]))
    assert (first.role, first.kind, first.from_plan, first.tier) == ("csm", "role", True, "mid_market")
    assert (second.role, second.after, second.approve_by) == ("support", "csm", first.ramped_by)


def test_a_plan_written_before_the_day_of_the_org_is_approved_on_that_day():
    company = series_b()
    plan = plans.of(company, [plans.seat(ideal=0, as_of="2026-07-31")], as_of=date(2026, 7, 31))
    assert plan.seats[0].start_day < STARTS
    assert days(rows(company, plan)[0]) == (TODAY, STARTS, AFTER_SIX)


def test_csms_that_the_org_counts_differently_stay_as_it_counts_them():
    company = of(300, 3_000_000, stage="series_b", team={"csm": 2, "support": 2},
                 signals={"tickets_per_month": 10, "escalations_per_week": 2})
    assert not rows(company, plans.of(company, csms=D("7.5"), headcount=(D("7.5"),) * 13))


def test_a_seat_that_is_short_now_goes_before_one_for_leavers_on_the_same_day():
    company = of(160, 4_600_000, stage="series_a")
    plan = plans.of(company, [plans.seat("0.5", reason="attrition"), plans.seat("2.5")], unserved=4_600_000)
    first = rows(company, plan)[0]
    assert (first.kind, first.fte, first.keys, first.arr_at_risk) == ("role", D("2.5"), ("short_now",), 4_600_000)


def test_a_role_whose_need_the_order_itself_ends_is_not_left_for_after_the_horizon():
    company = of(120, 2_000_000, stage="series_b", team={"csm": 3}, signals={"tickets_per_month": 100})
    found = order(company).sequence
    assert [row.role for row in found.openings] == ["support"] and not found.beyond


def test_the_role_that_frees_the_slot_is_the_one_before():
    company = of(200, 2_000_000, stage="series_b", signals={"tickets_per_month": 9},
                 team={"csm": [seat(6, 3)], "support": [seat(1, 30)], "director_vp": [seat(1, 4)], "cs_manager": 1})
    found = order(company).sequence
    assert (found.next.role, found.next.after) == ("cs_ops", "director_vp")
    assert [(gate.role, gate.condition, str(gate.until)) for gate in found.held] == [
        ("director_vp", "ramped", "2026-11-30")]


def test_seats_that_the_org_has_filled_since_are_not_hired_again():
    plan = plans.of(with_operations(), [plans.seat(2)])
    assert not rows(with_operations(team={"csm": 6, "support": 1, "cs_ops": 1}), plan)
    assert [row.fte for row in rows(with_operations(team={"csm": 5, "support": 1, "cs_ops": 1}), plan)] == [2]


def test_csms_of_the_plan_make_operations_due_in_the_month_after_they_start():
    company = series_b()
    row, = (row for row in rows(company, plans.of(company, [plans.seat(1)])) if row.role == "cs_ops")
    assert (row.keys, row.due_month) == (("csms",), 4)


def test_seats_and_leads_after_the_horizon_are_left_to_the_plan():
    company = series_b()
    late = [plans.seat(reason="growth", ideal=month) for month in (17, 18)]
    assert [row.start_day for row in rows(company, plans.of(company, late))] == [date(2028, 3, 1)]


def test_without_a_plan_a_team_below_its_stage_is_filled_after_the_roles_that_are_due():
    company = of(120, 2_000_000, stage="series_b", team={"csm": 2})
    assert [(row.role, row.kind, row.fte) for row in rows(company)] == [("support", "role", 1), ("csm", "seat", 1)]


def test_a_csm_costs_and_ramps_as_the_tier_of_the_contract_in_the_middle():
    def first(acv):
        row, = rows(of(21, 21 * acv, stage="seed"))
        return row.tier, row.cost_a_year, row.ramped_by

    assert [first(acv) for acv in (0, 4_999, 5_000, 20_000, 100_000)] == [
        ("smb", 110_000, date(2027, 1, 31)), ("smb", 110_000, date(2027, 1, 31)),
        ("mid_market", 140_000, AFTER_THREE), ("enterprise", 180_000, AFTER_SIX),
        ("strategic", 220_000, date(2027, 9, 30))]
    assert tier_of(None, orgs.SETTINGS) == "smb"


@pytest.mark.parametrize("day", ["2026-01-30", "2026-01-31", "2026-02-28", "2028-02-29", "2026-11-15", "2026-12-31"])
@pytest.mark.parametrize("lead_days", [0, 1, 30, 31, 59, 90, 150, 180, 365])
def test_a_start_is_the_first_after_a_lead_time_of_whatever_length(day, lead_days):
    as_of = date.fromisoformat(day)
    for approved in (0, 1, 7):
        state, ready = first_start(as_of, approved, lead_days), moved(as_of, approved) + timedelta(lead_days)
        assert moved(as_of, state) + timedelta(1) >= ready
        assert state == approved or moved(as_of, state - 1) + timedelta(1) < ready
        assert state_from(as_of, moved(as_of, state)) == state


def test_months_are_grown_by_compounding_and_end_at_the_rate_of_a_year():
    company = series_a(annual_growth_ratio=0.5, annual_arr_growth_ratio=0.21)
    year, half = (size_at(company, None, (), state) for state in (12, 6))
    assert (year.customers, year.arr, half.arr) == (30, 484_000, 440_000)
    assert size_at(series_a(annual_growth_ratio=-1), None, (), 1).customers == 0


def test_a_role_counts_once_it_is_ramped_and_a_csm_once_started():
    company = of(24, 600_000, stage="series_a", posts=[post("csm", 1, "2026-11"), post("support", 1, "2026-11")])
    tracks = posted(company, orgs.SETTINGS)
    for state, csms, support in ((0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 1, 0), (4, 1, 1)):
        size = size_at(company, None, tracks, state)
        assert (size.csms, size.people["support"], size.posted["support"]) == (csms, support, 1 - support)


def test_leads_and_people_of_unknown_tenure_hold_nobody():
    company = series_b(team={"csm": [seat(4, None)], "cs_manager": [seat(1, 1)], "support": [seat(1, 1)]})
    assert [track.role for track in present(company, orgs.SETTINGS)] == ["support"]


def test_a_policy_with_a_longer_horizon_opens_more():
    longer = teams.settings(**{"hiring.horizon_months": 36})
    company = series_b(team={"csm": 4}, fails=["tickets_answered", "onboarding", "references", "risk_seen_early"])
    assert [row.role for row in rows(company, rules=longer)][:3] == [row.role for row in rows(company)]
    assert len(rows(company, rules=longer)) == 4 and not order(company, rules=longer).sequence.beyond


def test_every_role_has_its_terms():
    for role in ROLES:
        own = terms(role, "enterprise", orgs.SETTINGS)
        assert own.cost_a_year > 0 and own.ramp_months >= 1 and own.lead_days >= 0


@st.composite
def companies(draw):
    company = draw(orgs.orgs())
    return company, draw(plans.plans(company))


@SLOW
@given(companies())
def test_openings_are_approved_from_today_on_and_start_within_the_horizon_after_their_lead_time(company):
    org, plan = company
    found = order(org, plan).sequence
    for row in found.openings:
        assert org.as_of <= row.approve_by < row.start_day <= found.horizon_day and row.start_day < row.ramped_by
        if not row.from_plan:
            assert (row.start_day - row.approve_by).days >= terms(row.role, row.tier, orgs.SETTINGS).lead_days
        assert row.fte > 0 and 0 <= row.months <= 18 and row.cost * 12 == pytest.approx(row.cost_a_year * row.months)
        assert moved(org.as_of, row.due_month) >= row.approve_by or row.outcome or not row.from_plan
        assert row.approve_by >= moved(org.as_of, row.due_month) or row.from_plan


@SLOW
@given(companies())
def test_no_role_is_opened_while_as_many_as_the_stage_allows_are_not_ramped(company):
    org, plan = company
    decision = order(org, plan)
    opened = [row for row in decision.sequence.openings if row.kind == "role"]
    waiting = [*present(org, orgs.SETTINGS), *posted(org, orgs.SETTINGS)]
    for number, row in enumerate(opened):
        if row.role != "csm":
            others = [one for one in opened[:number] if one.ramped_by > row.approve_by]
            held = [one for one in waiting if one.holds and moved(org.as_of, one.ramped) > row.approve_by]
            assert len(others) + len(held) < decision.standing.roles_at_a_time
    if decision.standing.roles_at_a_time == 1:
        turns = [row for row in opened if row.role != "csm"]
        assert all(later.approve_by >= row.ramped_by for row, later in zip(turns, turns[1:]))


@SLOW
@given(companies())
def test_the_role_before_is_ramped_when_the_next_is_approved(company):
    org, plan = company
    for row in order(org, plan).sequence.openings:
        ramped = [gate for gate in row.gate if gate.condition == "ramped"]
        assert all(gate.role == row.after and (gate.met or gate.until <= row.approve_by) for gate in ramped)
        assert bool(row.gate) == (row.after is not None) and (row.kind == "role" or not row.gate)


@SLOW
@given(companies())
def test_the_order_is_by_day_then_by_rank_and_its_first_row_is_found_alone(company):
    org, plan = company
    found = order(org, plan).sequence
    places = [(row.approve_by, *rank(row)) for row in found.openings]
    assert places == sorted(places)
    assert found.next == (found.openings[0] if found.openings else None) == first_of(org, plan, orgs.SETTINGS)[0]
    assert found.next_role == next((row for row in found.openings if row.kind == "role"), None)
    assert not {row.role for row in found.openings} & set(found.beyond)


@SLOW
@given(companies())
def test_each_role_is_opened_once(company):
    opened = [row.role for row in order(*company).sequence.openings if row.kind == "role"]
    assert len(opened) == len(set(opened))
