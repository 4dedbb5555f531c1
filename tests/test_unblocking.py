"""Which role unblocks a customer outcome that the team fails to deliver."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgs
import plans
from cslib.am_split import split
from cslib.coverage_plan import CoveragePlan
from cslib.org import OUTCOMES, ROLES, Org
from cslib.role_criteria import RoleState, size_today, states
from cslib.stages import standing
from cslib.unblocking import OUTCOME_ROLES, WAYS, Unblocking, unblockings

D = Decimal
GROWN = {"customers": 300, "arr": 9_000_000, "stage": "growth"}
SPLIT = {"median_acv": 30_000, "products": 2}
COMBINED = {"median_acv": 3_000, "products": 1}


def asked(org: Org, by: Optional[CoveragePlan] = None) -> tuple[list[RoleState], tuple[Unblocking, ...]]:
    size = size_today(org, by)
    decision = split(org, size.csms, orgs.SETTINGS)
    found = states(org, standing(org, orgs.RULES), by, decision, size, orgs.SETTINGS)
    return found, unblockings(org, found, decision, orgs.SETTINGS)


def answer(outcome: str, seats: int = 0, **known: object) -> tuple[Optional[str], str, tuple[str, ...]]:
    """Role, way and roles passed over of one failing outcome; `seats` of a plan for the company, -1 for no plan."""
    org = orgs.of(fails=[outcome], **known)
    found, = asked(org, None if seats < 0 else plans.of(org, [plans.seat() for _ in range(seats)]))[1]
    return found.role, found.how, found.blocked


def test_every_outcome_has_its_roles():
    assert set(OUTCOME_ROLES) == set(OUTCOMES)
    assert {role for found in OUTCOME_ROLES.values() for role in found} == set(ROLES)


def test_evidence_and_money_come_with_the_answer():
    org = orgs.of(team={"csm": 1}, fails=[orgs.failing("onboarding", 300_000, "nine customers wait"), "adoption"])
    assert [(one.outcome, one.arr_at_risk, one.evidence) for one in asked(org)[1]] == [
        ("onboarding", D(300_000), "nine customers wait"), ("adoption", None, orgs.EVIDENCE)]


@pytest.mark.parametrize(("outcome", "role", "team"), [
    ("tickets_answered", "support", {"csm": 1}), ("onboarding", "implementation", {"csm": 1}),
    ("adoption", "csm", {}), ("sponsor_contact", "csm", {}), ("renewals_on_time", "renewals", {"csm": 3}),
    ("expansion", "account_manager", {"csm": 3}), ("risk_seen_early", "cs_ops", {"csm": 3}),
    ("one_way_of_working", "cs_ops", {"csm": 3}), ("references", "customer_marketing", {"csm": 3}),
    ("team_leadership", "cs_manager", {"csm": 3}), ("voice_in_leadership", "director_vp", {"csm": 3, "cs_manager": 1})])
def test_a_failing_outcome_names_the_role_that_owns_it(outcome, role, team):
    assert answer(outcome, team=team, **GROWN, **SPLIT)[:2] == (role, "unblocks")


def test_a_role_that_is_there_and_ramped_is_no_matter_of_hiring():
    for months in (3, 40, None):
        row = orgs.seat(months_in_seat=months)
        assert answer("tickets_answered", team={"csm": 1, "support": [row]}) == ("support", "owned", ())


@pytest.mark.parametrize(("months", "how"), [("2.9", "ramping"), (3, "owned")])
def test_a_role_below_its_ramp_is_ramping(months, how):
    row = orgs.seat(months_in_seat=D(months))
    assert answer("tickets_answered", team={"csm": 1, "support": [row]})[1] == how


@pytest.mark.parametrize(("acv", "ramp"), [(4_999, 1), (5_000, 3), (20_000, 6), (100_000, 9)])
def test_a_csm_ramps_as_long_as_the_tier_of_the_acv(acv, ramp):
    ways = [answer("adoption", team={"csm": [orgs.seat(months_in_seat=months)]}, arr=90_000_000, median_acv=acv)[1]
            for months in (ramp - D("0.1"), ramp)]
    assert ways == ["ramping", "owned"]


def test_one_who_is_ramped_owns_it_whoever_came_later():
    rows = [orgs.seat(months_in_seat=1), orgs.seat(months_in_seat=9)]
    assert answer("tickets_answered", team={"csm": 1, "support": rows})[1] == "owned"


def test_an_open_post_is_filled_before_another_is_opened():
    assert answer("tickets_answered", team={"csm": 1}, posts=[orgs.post("support")]) == ("support", "posted", ())


def test_a_role_of_which_nothing_is_known_is_not_hired():
    assert answer("tickets_answered", team={"csm": 1, "support": None}) == ("support", "unknown", ())


def test_half_a_role_is_not_enough():
    assert answer("tickets_answered", team={"csm": 1, "support": D("0.5")}) == ("support", "unblocks", ())


def test_support_without_a_csm_is_there_all_the_same():
    assert answer("tickets_answered", team={"support": 1}) == ("support", "owned", ())


@pytest.mark.parametrize(("outcome", "blocked"), [("tickets_answered", "support"), ("onboarding", "implementation")])
def test_the_first_csm_comes_before_support_and_implementation(outcome, blocked):
    assert answer(outcome) == ("csm", "prerequisite", (blocked,))
    assert answer(outcome, posts=[orgs.post("csm")]) == ("csm", "posted", (blocked,))


@pytest.mark.parametrize(("seats", "found"), [(-1, "unknown"), (0, "owned"), (1, "unblocks")])
def test_more_csms_are_for_the_coverage_plan_to_ask_for(seats, found):
    assert answer("adoption", seats, team={"csm": 4}) == ("csm", found, ())


def test_csms_of_an_open_post_are_awaited_before_more_are_asked_for():
    assert answer("adoption", -1, team={"csm": 4}, posts=[orgs.post("csm")]) == ("csm", "posted", ())


def test_csms_who_are_enough_are_not_added_to_so_that_operations_may_come():
    assert answer("one_way_of_working", 0, team={"csm": 2}) == (None, "nobody", ("cs_ops",))
    assert answer("one_way_of_working", 1, team={"csm": 2}) == ("csm", "prerequisite", ("cs_ops",))
    small = {"customers": 60, "arr": 500_000, "team": {"csm": 2}}
    assert answer("one_way_of_working", -1, **small) == (None, "nobody", ("cs_ops",))
    assert answer("one_way_of_working", -1, **small, posts=[orgs.post("csm")]) == ("csm", "posted", ("cs_ops",))


@pytest.mark.parametrize(("customers", "arr", "found"), [
    (4, 60_000, "nobody"), (9, "499999.99", "nobody"), (10, 60_000, "unblocks"), (4, 500_000, "unblocks")])
def test_below_ten_customers_and_half_a_million_what_fails_is_the_founders(customers, arr, found):
    assert answer("adoption", -1, customers=customers, arr=arr)[1] == found
    way = "prerequisite" if found == "unblocks" else found
    assert answer("onboarding", -1, customers=customers, arr=arr)[1] == way


def test_a_seat_of_the_plan_or_a_csm_who_is_there_is_not_too_early():
    small = {"customers": 4, "arr": 60_000}
    assert answer("adoption", 1, **small) == ("csm", "unblocks", ())
    assert answer("adoption", -1, **small, posts=[orgs.post("csm")]) == ("csm", "posted", ())
    assert answer("onboarding", -1, **small, team={"csm": 1}) == ("implementation", "unblocks", ())


def test_renewals_below_growth_fall_to_the_account_manager_or_the_csm():
    team = {"csm": 4}
    assert answer("renewals_on_time", team=team, **SPLIT, customers=120, arr=3_600_000) == (
        "account_manager", "unblocks", ("renewals",))
    assert answer("renewals_on_time", team=team, **COMBINED, customers=120, arr=360_000) == (
        "csm", "owned", ("renewals",))


def test_too_few_renewals_for_one_who_does_nothing_else_fall_to_the_next_role():
    few = {"signals": {"renewals_due_12m": 40}}
    assert answer("renewals_on_time", team={"csm": 4}, **few, **GROWN, **COMBINED) == ("csm", "owned", ("renewals",))


def test_expansion_is_the_csms_while_the_split_leaves_it_there():
    assert answer("expansion", team={"csm": 4}, **GROWN, **COMBINED) == ("csm", "owned", ())


@pytest.mark.parametrize(("outcome", "signals", "role"), [
    ("tickets_answered", {"tickets_answered_by": "support"}, "support"),
    ("expansion", {"expansion_closed_by": "account_manager"}, "account_manager"),
    ("renewals_on_time", {"renewals_owned_by": "renewals"}, "renewals")])
def test_what_another_team_does_is_theirs(outcome, signals, role):
    for kind in (SPLIT, COMBINED):
        assert answer(outcome, team={"csm": 4}, signals=signals, **GROWN, **kind) == (role, "elsewhere", ())


def test_a_voice_in_leadership_below_the_size_of_a_cco_is_a_directors_and_before_that_a_managers():
    assert answer("voice_in_leadership", team={"csm": 6, "cs_manager": 1}) == ("director_vp", "unblocks", ("cco",))
    assert answer("voice_in_leadership", team={"csm": 6}) == ("cs_manager", "prerequisite", ("cco", "director_vp"))
    assert answer("voice_in_leadership", 0, team={"csm": 2}) == (None, "nobody", ("cco", "director_vp"))
    assert answer("voice_in_leadership", 1, team={"csm": 2}) == ("csm", "prerequisite", ("cco", "director_vp"))


def test_a_cco_comes_after_a_director_and_a_director_after_a_manager():
    large = {"customers": 2_000, "arr": 40_000_000, "stage": "late"}
    assert answer("voice_in_leadership", team={"csm": 50, "director_vp": 1}, **large) == ("cco", "unblocks", ())
    assert answer("voice_in_leadership", team={"csm": 50, "cs_manager": 2}, **large) == (
        "director_vp", "unblocks", ("cco",))


def test_no_hire_is_named_for_what_a_hire_does_not_change():
    assert answer("references", team={"csm": 4}, customers=60, arr=500_000, stage="series_a") == (
        None, "nobody", ("customer_marketing",))
    assert answer("adoption", customers=0, arr=0) == (None, "nobody", ("csm",))


ORGS_AND_PLANS = orgs.orgs().flatmap(lambda org: st.tuples(st.just(org), plans.plans(org)))


@given(ORGS_AND_PLANS)
def test_a_role_that_is_named_for_hiring_is_neither_filled_nor_blocked(pair):
    org, by = pair
    found, answers = asked(org, by)
    by_role = {state.role: state for state in found}
    assert [one.outcome for one in answers] == [failing.outcome for failing in org.failing]
    for one in answers:
        assert one.how in WAYS and (one.role is None) is (one.how == "nobody")
        assert all(by_role[role].blocked_by or (role == "csm" and not by_role[role].due) for role in one.blocked)
        assert one.role not in one.blocked
        if one.how in ("unblocks", "prerequisite"):
            assert by_role[one.role].filled is False and not by_role[one.role].blocked_by
            assert (one.how == "unblocks") is (one.role in OUTCOME_ROLES[one.outcome]) or one.blocked


def test_csms_without_customers_own_what_fails():
    assert answer("adoption", customers=0, arr=0, team={"csm": 1}) == ("csm", "owned", ())


@given(ORGS_AND_PLANS)
def test_with_no_customers_nobody_is_named_for_hiring(pair):
    org, by = pair
    empty = org._replace(customers=0, arr=D(0), median_acv=None)
    assert not {one.how for one in asked(empty, by)[1]} & {"unblocks", "prerequisite"}


@given(ORGS_AND_PLANS, st.randoms(use_true_random=False))
def test_the_order_of_outcomes_seats_and_posts_changes_no_answer(pair, chance):
    def mixed(rows: tuple) -> tuple:
        return tuple(chance.sample(rows, len(rows)))

    org, by = pair
    turned = org._replace(
        failing=mixed(org.failing), posts=mixed(org.posts),
        team={role: seats and mixed(seats) for role, seats in org.team.items()})
    assert set(asked(turned, by)[1]) == set(asked(org, by)[1])
