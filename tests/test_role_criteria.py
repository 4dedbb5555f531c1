"""What makes a role due, what has to be there first, and whether it is filled."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgs
import plans
from cslib import spans
from cslib.am_split import split
from cslib.coverage_plan import CoveragePlan, PlanLead, PlanSeat
from cslib.org import ROLES, Org
from cslib.role_criteria import Criterion, RoleState, Size, criteria, size_today, states
from cslib.role_table import KINDS, SOURCES
from cslib.stages import standing
from plans import lead, seat

D = Decimal
FOUNDER = {"founder_customer_time_ratio": "0.41", "playbook_written": True}
WAITING = {"onboarding_days": 31, "onboarding_backlog": 6, "onboarded_per_month": 5}
LATE = {"renewals_due_12m": 100, "renewals_late_12m": 10}


def plan(csms: object = 4, seats: Sequence[PlanSeat] = (), managers: object = 0,
         leads: Sequence[PlanLead] = ()) -> CoveragePlan:
    """What a coverage plan says of CSMs and managers; None is unknown."""
    known = [None if value is None else D(value) for value in (csms, managers)]
    return plans.of(orgs.of(), seats, leads, csms=known[0], managers=known[1])


def all_states(org: Org, by: Optional[CoveragePlan] = None, size: Optional[Size] = None,
               settings: dict = orgs.SETTINGS) -> dict[str, RoleState]:
    size = size or size_today(org, by)
    found = states(org, standing(org, settings["hiring"]), by, split(org, size.csms, settings), size, settings)
    return {state.role: state for state in found}


def state(role: str, *args: object, by: Optional[CoveragePlan] = None, **known: object) -> RoleState:
    return all_states(orgs.of(*args, **known), by)[role]


def one(found: RoleState, key: str) -> Criterion:
    return next(row for row in found.criteria if row.key == key)


def csms(count: object, *args: object, **known: object) -> dict[str, RoleState]:
    """The states of a company with so many CSMs."""
    return all_states(orgs.of(*args, team={"csm": D(count) if count else count}, **known))


# The first CSM and the next


@pytest.mark.parametrize(("ratio", "customers", "playbook", "met"), [
    ("0.41", 10, True, True), ("0.40", 10, True, False), ("0.41", 9, True, False), ("0.41", 10, False, False),
    (None, 10, True, None), ("0.41", 10, None, None), (None, 9, True, False), (None, 10, False, False)])
def test_the_first_csm_follows_a_founder_above_two_fifths_ten_customers_and_a_playbook(ratio, customers, playbook, met):
    signals = {"founder_customer_time_ratio": ratio and D(ratio), "playbook_written": playbook}
    found = state("csm", customers, 500_000, signals=signals)
    assert one(found, "founder_and_customers").met is met and one(found, "founder_and_customers").source == "A"
    assert (found.needed, found.filled, found.due) == (1, False, met)


@pytest.mark.parametrize(("customers", "met"), [(19, False), (20, True), (21, True)])
def test_twenty_customers_alone_are_the_other_sources_trigger_of_the_first_csm(customers, met):
    found = state("csm", customers, 500_000, signals={"playbook_written": False})
    assert (one(found, "customers_alone").met, one(found, "customers_alone").source, found.due) == (met, "B", met)


def test_with_a_csm_the_triggers_of_the_first_are_gone():
    assert [row.key for row in state("csm", 40, 900_000, team={"csm": 1}).criteria] == ["team_of_stage",
                                                                                       "has_customers"]


@pytest.mark.parametrize(("count", "support", "due", "needed"), [
    (3, 0, True, 4), (2, 1, True, 3), (3, 1, False, None), (4, 0, False, None), (3, None, None, None),
    (4, None, False, None)])
def test_without_a_plan_csms_fill_up_what_the_whole_team_lacks_of_its_stage(count, support, due, needed):
    found = state("csm", 200, 4_000_000, stage="series_b", team={"csm": count, "support": support})
    assert (found.due, found.needed) == (due, needed)
    assert found.filled is (False if due else None)


def test_open_posts_count_for_the_team_of_the_stage():
    for role in ("csm", "cs_ops"):
        assert state("csm", 200, 4_000_000, stage="series_b", team={"csm": 3}, posts=[orgs.post(role)]).due is False


def test_csms_who_are_posted_are_part_of_those_needed():
    found = state("csm", 200, 4_000_000, stage="series_b", team={"csm": 1}, posts=[orgs.post("csm")])
    assert (found.present, found.posted, found.needed, found.filled) == (1, 1, 4, False)


def test_a_stage_by_name_beyond_its_size_asks_for_no_team_of_that_name():
    found = state("csm", 60, 800_000, stage="growth", team={"csm": 4})
    assert (one(found, "team_of_stage").threshold, found.due) == (1, False)


def test_how_many_csms_are_enough_is_unknown_without_a_plan():
    found = state("csm", 3_000, 12_000_000, team={"csm": 12})
    assert (found.due, found.needed, found.filled, found.judged_by_plan) == (False, None, None, False)


@pytest.mark.parametrize(("seats", "due", "needed", "filled"), [
    ((), False, 4, True), ((seat("0.5"),), True, D("4.5"), False), ((seat(), seat(2)), True, 7, False)])
def test_with_a_plan_its_seats_say_how_many_csms(seats, due, needed, filled):
    found = state("csm", team={"csm": 4}, by=plan(4, seats))
    assert (found.due, found.needed, found.filled, found.judged_by_plan) == (due, needed, filled, True)
    assert [(row.key, row.source) for row in found.criteria if row.kind == "trigger"] == [("plan", "plan")]


def test_a_plan_knows_who_has_signed_and_not_a_post_for_which_nobody_has():
    signed, open_post = ([orgs.post("csm", start=start)] for start in ("2026-12", None))
    assert state("csm", team={"csm": 4}, posts=signed, by=plan(4, (seat(),))).filled is False
    assert state("csm", team={"csm": 4}, posts=open_post, by=plan(4, (seat(),))).filled is True


def test_a_plan_that_does_not_know_the_csms_judges_none():
    found = state("csm", team={"csm": 4}, by=plan(None))
    assert (found.judged_by_plan, [row.key for row in found.criteria]) == (False, ["team_of_stage", "has_customers"])


def test_a_plan_with_seats_opens_the_first_csm_and_one_without_leaves_it_to_the_sources():
    opens = state("csm", 30, 900_000, by=plan(0, (seat("0.5"),)))
    assert (opens.judged_by_plan, opens.due, opens.needed) == (True, True, 1)
    leaves = state("csm", 30, 900_000, by=plan(0))
    assert (leaves.judged_by_plan, leaves.due, leaves.needed, leaves.filled) == (False, True, 1, False)


# Roles


@pytest.mark.parametrize(("customers", "due"), [(29, False), (30, True), (31, True)])
def test_support_is_due_from_thirty_customers(customers, due):
    found = state("support", customers, 900_000, team={"csm": 1})
    assert (found.due, found.needed, found.blocked_by, one(found, "customers").source) == (due, 1, (), "A")


@pytest.mark.parametrize(("csm", "blocked"), [([], ("csm_first",)), (D("0.5"), ()), (1, ()), (None, ())])
@pytest.mark.parametrize("role", ["support", "implementation"])
def test_support_and_implementation_come_after_the_first_csm(role, csm, blocked):
    assert state(role, 40, 900_000, team={"csm": csm}).blocked_by == blocked


@pytest.mark.parametrize(("tickets", "blocked"), [(0, ("has_tickets",)), (1, ()), (None, ())])
def test_nobody_is_hired_to_answer_no_tickets(tickets, blocked):
    assert state("support", team={"csm": 1}, signals={"tickets_per_month": tickets}).blocked_by == blocked


@pytest.mark.parametrize(("by", "met"), [("support", False), ("csm", True), ("founder", True), ("engineering", True),
                                         ("nobody", True), (None, None)])
def test_who_answers_the_tickets_is_shown_and_decides_nothing(by, met):
    row = one(state("support", 29, 900_000, team={"csm": 1, "support": 1}, signals={"tickets_answered_by": by}),
              "answered_by")
    assert (row.kind, row.met, row.value) == ("alternative", met, by)


@pytest.mark.parametrize(("role", "signals"), [
    ("support", {"tickets_answered_by": "support"}), ("renewals", {"renewals_owned_by": "renewals"}),
    ("account_manager", {"renewals_owned_by": "account_manager"}),
    ("account_manager", {"expansion_closed_by": "account_manager"})])
def test_a_role_whose_work_another_team_does_is_not_hired_a_second_time(role, signals):
    known = {"customers": 300, "arr": 9_000_000, "signals": signals}
    assert state(role, team={"csm": 9}, **known).blocked_by[-1] == "not_elsewhere"
    for there in (1, None):
        assert "not_elsewhere" not in state(role, team={"csm": 9, role: there}, **known).blocked_by


@pytest.mark.parametrize(("change", "met"), [
    ({}, True), ({"onboarding_days": 30}, False), ({"onboarding_backlog": 5}, False), ({"onboarding_days": None}, None),
    ({"onboarding_backlog": None}, None), ({"onboarded_per_month": None}, None), ({"onboarded_per_month": 6}, False),
    ({"onboarding_days": 30, "onboarded_per_month": None}, False),
    ({"onboarding_backlog": 5, "onboarding_days": None}, False)])
def test_implementation_is_due_when_onboarding_takes_over_thirty_days_and_over_a_month_of_it_waits(change, met):
    found = state("implementation", team={"csm": 1}, signals={**WAITING, **change})
    assert (one(found, "slow_and_waiting").met, found.due, found.needed) == (met, met, 1)


@pytest.mark.parametrize(("present", "waiting", "needed"), [
    (1, {}, 2), (2, {}, 3), (2, {"onboarding_backlog": 15}, 4), (2, {"onboarding_backlog": 16}, 5),
    (D("0.5"), {}, 1), (2, {"onboarding_backlog": 5}, 2), (2, {"onboarding_days": None}, 2),
    (2, {"onboarded_per_month": 0}, 3), (None, {}, None)])
def test_who_onboards_already_gets_as_many_more_as_clear_the_backlog_in_three_months(present, waiting, needed):
    found = state("implementation", team={"csm": 4, "implementation": present}, signals={**WAITING, **waiting})
    assert found.needed == needed


@pytest.mark.parametrize(("count", "due", "needed", "blocked"), [
    ("2.5", False, 1, ("csms_at_least",)), (3, False, 1, ()), ("7.5", False, 1, ()), (8, True, 1, ()), (9, True, 1, ()),
    (10, True, 2, ()), (16, True, 2, ()), (17, True, 3, ()), (None, None, 1, ())])
def test_a_manager_is_due_from_eight_csms_and_never_below_three(count, due, needed, blocked):
    found = csms(count, signals={"escalations_per_week": 0})["cs_manager"]
    assert (found.due, found.needed, found.blocked_by) == (due, needed, blocked)


@pytest.mark.parametrize(("escalations", "due"), [("0.9", False), (1, True), (2, True), (None, None)])
def test_an_escalation_a_week_makes_a_manager_due(escalations, due):
    assert csms(4, signals={"escalations_per_week": escalations and D(escalations)})["cs_manager"].due is due


@pytest.mark.parametrize(("count", "met"), [("3.9", False), (4, True), (None, None)])
def test_four_csms_are_the_same_sources_other_figure_and_decide_nothing(count, met):
    found = csms(count, signals={"escalations_per_week": 0})["cs_manager"]
    row = one(found, "csms_other")
    assert (row.kind, row.source, row.met) == ("alternative", "A", met) and found.due is not True


@given(st.integers(16, 400).map(lambda halves: D(halves) / 2))
def test_managers_without_a_plan_are_as_many_as_the_coverage_plan_would_ask_for(count):
    rules = orgs.SETTINGS["coverage"]["managers"]
    assert csms(count)["cs_manager"].needed == spans._needed(count, ("csms_overall",), rules)


@pytest.mark.parametrize(("leads", "due", "needed", "filled"), [
    ((), False, 1, True), ((lead(),), True, 2, False), ((lead(), lead(2)), True, 4, False)])
def test_with_a_plan_its_leads_say_how_many_managers(leads, due, needed, filled):
    found = state("cs_manager", team={"csm": 2, "cs_manager": 1}, by=plan(2, managers=1, leads=leads))
    assert (found.due, found.needed, found.filled, found.judged_by_plan) == (due, needed, filled, True)
    assert found.blocked_by == ()


@pytest.mark.parametrize(("escalations", "due"), [(0, False), (1, True), (None, None)])
def test_a_plan_without_a_lead_leaves_the_first_manager_to_the_sources(escalations, due):
    found = state("cs_manager", team={"csm": 4}, signals={"escalations_per_week": escalations}, by=plan(4))
    assert (found.judged_by_plan, found.due, found.needed, found.filled) == (False, due, 1, False)


def test_a_plan_that_does_not_know_the_managers_leaves_them_to_the_sources():
    found = state("cs_manager", team={"csm": 8}, by=plan(8, managers=None))
    assert (found.judged_by_plan, found.due) == (False, True)


@pytest.mark.parametrize(("ratio", "due", "other"), [
    ("0.20", False, False), ("0.21", False, True), ("0.29", False, True), ("0.30", True, True), (None, None, None)])
def test_three_tenths_of_admin_time_make_operations_due_and_a_fifth_is_the_other_sources(ratio, due, other):
    found = csms(4, signals={"csm_admin_time_ratio": ratio and D(ratio)})["cs_ops"]
    assert (found.due, one(found, "admin_time").source) == (due, "A")
    assert (one(found, "admin_other").met, one(found, "admin_other").source) == (other, "B")


@pytest.mark.parametrize(("count", "due", "before", "blocked"), [
    ("2.9", False, False, ("csms_at_least",)), (3, False, False, ()), (4, False, True, ()), ("4.9", False, True, ()),
    (5, True, True, ()), (None, None, None, ())])
def test_operations_are_due_at_five_csms_shown_before_five_and_never_below_three(count, due, before, blocked):
    found = csms(count, signals={"csm_admin_time_ratio": D("0.1")})["cs_ops"]
    assert (found.due, one(found, "before_csms").met, found.blocked_by) == (due, before, blocked)
    assert one(found, "csms").source == one(found, "before_csms").source == "B"


def test_admin_time_alone_does_not_bring_operations_before_csms():
    found = csms(1, signals={"csm_admin_time_ratio": D("0.6")})["cs_ops"]
    assert (found.due, found.blocked_by) == (True, ("csms_at_least",))


@pytest.mark.parametrize(("due", "late", "met"), [
    (100, 10, True), (99, 10, False), (100, 9, False), (200, 20, True), (200, 19, False), (100, None, None),
    (None, 10, None), (99, None, False), (0, 0, False)])
def test_renewals_are_due_when_a_tenth_of_at_least_a_hundred_a_year_are_late(due, late, met):
    found = csms(4, signals={"renewals_due_12m": due, "renewals_late_12m": late})["renewals"]
    assert (one(found, "late_and_many").met, one(found, "late_and_many").source) == (met, "ours")


@pytest.mark.parametrize(("known", "blocked"), [
    ({}, ()), ({"customers": 249}, ("stage_growth",)), ({"customers": 249, "stage": "growth"}, ()),
    ({"stage": "series_b"}, ()), ({"team": {"csm": D("2.9")}}, ("csms_at_least",)),
    ({"signals": {"renewals_due_12m": 99}}, ("renewals_enough",)), ({"signals": {}}, ()),
    ({"team": {"csm": None}}, ())])
def test_renewals_need_growth_by_name_or_size_three_csms_and_a_hundred_renewals(known, blocked):
    company = {"customers": 250, "arr": 5_000_000, "team": {"csm": 4}, "signals": LATE, **known}
    assert state("renewals", **company).blocked_by == blocked


@pytest.mark.parametrize(("products", "motion", "due"), [
    (2, "sales_led", True), (1, "sales_led", True), (1, "hybrid", False), (None, "hybrid", None),
    (2, "product_led", False), (None, "sales_led", True)])
def test_an_account_manager_is_due_unless_the_split_leaves_both_with_the_csm(products, motion, due):
    found = csms(2, 100, median_acv=25_000, products=products, motion=motion,
                 signals={"renewals_owned_by": "sales", "founder_closes_deals": False})["account_manager"]
    assert found.due is due


@pytest.mark.parametrize(("count", "known", "blocked"), [
    ("2.9", {}, ("csms_at_least",)), (3, {}, ()), (None, {}, ()), (3, {"arr": 999_999}, ()), (3, {"customers": 99}, ()),
    (3, {"customers": 99, "arr": 999_999}, ("stage_series_b",)),
    (3, {"customers": 99, "arr": 999_999, "stage": "series_b"}, ())])
@pytest.mark.parametrize("role", ["account_manager", "customer_marketing"])
def test_account_managers_and_customer_marketing_need_three_csms_and_series_b(role, count, known, blocked):
    assert csms(count, **{"customers": 100, "arr": 1_000_000, "stage": "series_a", **known})[role].blocked_by == blocked


@pytest.mark.parametrize(("references", "due"), [(4, False), (5, True), (6, True), (None, None)])
def test_customer_marketing_is_due_from_five_references(references, due):
    assert csms(4, signals={"public_references": references})["customer_marketing"].due is due


@pytest.mark.parametrize(("count", "managers", "due"), [
    ("9.9", 1, False), (10, 1, True), (4, 2, True), (4, "1.9", False), (None, 1, None), (4, None, None),
    (None, 2, True)])
def test_a_director_is_due_from_ten_csms_or_two_managers(count, managers, due):
    found = state("director_vp", team={"csm": count and D(count), "cs_manager": managers and D(managers)})
    assert (found.due, one(found, "csms").source, one(found, "managers").source) == (due, "A", "B")


@pytest.mark.parametrize(("managers", "blocked"), [([], ("manager_first",)), (D("0.5"), ()), (None, ())])
def test_a_director_comes_after_the_first_manager(managers, blocked):
    assert state("director_vp", team={"csm": 10, "cs_manager": managers}).blocked_by == blocked


@pytest.mark.parametrize(("stage", "count", "due"), [
    ("growth", "49.9", False), ("growth", 50, True), ("late", 12, True), ("growth", None, None), ("late", None, True)])
def test_a_cco_is_due_in_the_late_stage_or_from_fifty_csms(stage, count, due):
    assert csms(count, 2_000, 30_000_000, stage=stage)["cco"].due is due


@pytest.mark.parametrize(("arr", "directors", "blocked"), [
    ("9999999.99", 1, ("arr",)), (10_000_000, 1, ()), (10_000_000, [], ("director_first",)),
    (9_000_000, [], ("arr", "director_first")), (10_000_000, None, ())])
def test_no_cco_below_ten_million_or_before_a_director(arr, directors, blocked):
    found = state("cco", 2_000, arr, stage="late", team={"csm": 50, "director_vp": directors})
    assert (found.due, found.blocked_by) == (True, blocked)


@pytest.mark.parametrize(("stage", "customers", "shown"), [("series_a", 300, "growth"), ("growth", 20, "growth")])
def test_the_later_of_name_and_size_is_the_stage_that_is_shown(stage, customers, shown):
    row = one(state("renewals", customers, 6_000_000, stage=stage, team={"csm": 4}), "stage_growth")
    assert (row.value, row.threshold, row.met) == (shown, "growth", True)


# What holds of every role


def test_a_role_that_is_unknown_is_filled_only_when_its_posts_are_enough():
    team = {"csm": 1, "support": None}
    assert state("support", team=team).filled is None
    assert state("support", team=team, posts=[orgs.post("support", D("0.5"))]).filled is None
    assert state("support", team=team, posts=[orgs.post("support")]).filled is True


def test_half_a_post_leaves_half_a_role_unfilled():
    assert state("support", team={"csm": 1, "support": D("0.5")}).filled is False
    assert state("support", team={"csm": 1, "support": D("0.5")}, posts=[orgs.post("support", D("0.5"))]).filled is True


def test_today_takes_from_the_plan_what_the_org_does_not_know():
    org = orgs.of(team={"csm": None, "cs_manager": 1}, posts=[orgs.post("csm"), orgs.post("csm", 2)])
    size = size_today(org, plan(7, managers=3))
    assert (size.csms, size.people["csm"], size.people["cs_manager"], size.posted["csm"]) == (7, 7, 1, 3)
    assert size_today(org, None).csms is None and size_today(org, plan(None)).csms is None


def test_a_month_is_judged_by_its_size():
    org = orgs.of(20, 600_000, team={"csm": 1})
    later = size_today(org, None)._replace(customers=D("30.2"))
    assert [all_states(org, size=size)["support"].due for size in (size_today(org, None), later)] == [False, True]


@pytest.mark.parametrize(("key", "value", "role"), [
    ("support.customers", 300, "support"), ("implementation.onboarding_days", 60, "implementation"),
    ("implementation.backlog_months", 4, "implementation"), ("cs_ops.csms", 90, "cs_ops"),
    ("cs_ops.csms_at_least", 90, "cs_ops"), ("renewals.late_ratio", 1, "renewals"),
    ("renewals.due_a_year", 900, "renewals"), ("customer_marketing.references", 50, "customer_marketing"),
    ("director_vp.csms", 90, "director_vp"), ("cco.arr", 90_000_000, "cco"), ("cco.csms", 90, "cco"),
    ("cs_manager.csms_at_least", 90, "cs_manager")])
def test_the_policy_sets_every_threshold(key, value, role):
    settings = copy.deepcopy(orgs.SETTINGS)
    row, name = key.split(".")
    settings["hiring"]["triggers"][row][name] = value
    org = orgs.of(260, 20_000_000, team={"csm": 60, "cs_manager": 1, "director_vp": 1},
                  signals={**WAITING, **LATE, "csm_admin_time_ratio": D("0.1"), "public_references": 5})
    before, after = all_states(org)[role], all_states(org, settings=settings)[role]
    assert (before.due, before.blocked_by) == (True, ()) and (after.due, after.blocked_by) != (True, ())


@pytest.mark.parametrize("role", ROLES)
def test_the_criteria_of_a_role_are_those_of_its_state(role):
    org, settings = orgs.read(orgs.DOCUMENT), orgs.SETTINGS
    size = size_today(org, None)
    found = criteria(role, org, standing(org, orgs.RULES), None, split(org, size.csms, settings), size, settings)
    assert found == all_states(org)[role].criteria and {row.role for row in found} == {role}


PLANS = st.none() | st.builds(
    plan, st.none() | st.integers(0, 12), st.lists(st.builds(seat, st.sampled_from(("0.5", 1, 2))), max_size=3),
    st.none() | st.integers(0, 2), st.lists(st.builds(lead), max_size=2))


@given(orgs.orgs(), PLANS)
def test_a_role_is_due_only_for_facts_that_are_known_and_blocked_only_by_them(org, by):
    for found in all_states(org, by).values():
        facts = {row.key: [part.value for part in row.conditions] for row in found.criteria}
        met = [row.key for row in found.criteria if row.kind == "trigger" and row.met]
        assert (found.due is True) is bool(met)
        assert not met or any(None not in facts[key] for key in met)
        assert all(any(value is not None for value in facts[key]) for key in found.blocked_by)
        assert set(found.blocked_by) == {row.key for row in found.criteria if row.kind == "needs" and row.met is False}


@given(orgs.orgs(), orgs.orgs(), PLANS)
def test_what_is_known_of_a_role_stays_when_what_is_unknown_is_told(org, told, by):
    signals = org.signals._replace(**{key: getattr(told.signals, key) for key, value in org.signals._asdict().items()
                                      if value is None})
    after = all_states(org._replace(motion=org.motion or told.motion, products=org.products or told.products,
                                    signals=signals), by)
    for role, found in all_states(org, by).items():
        assert found.due in (None, after[role].due)
        assert set(found.blocked_by) <= set(after[role].blocked_by)


@given(orgs.orgs(), PLANS)
def test_every_role_has_criteria_of_known_sources_in_one_order_and_says_what_it_reads(org, by):
    found = all_states(org, by)
    assert tuple(found) == ROLES
    for role in found.values():
        kinds = [KINDS.index(row.kind) for row in role.criteria]
        assert kinds == sorted(kinds) and {row.source for row in role.criteria} <= set(SOURCES)
        assert len({row.key for row in role.criteria}) == len(role.criteria)
        assert all(row.reads or row.source == "plan" for row in role.criteria)


@given(orgs.orgs(), PLANS)
def test_filled_is_as_many_as_needed_and_is_not_known_of_what_is_not(org, by):
    for found in all_states(org, by).values():
        if found.present is None:
            assert found.filled in (None, True)
        elif found.needed is not None:
            assert found.filled is (found.present + found.posted >= found.needed)
        assert found.filled is None if found.needed is None else found.needed >= 0


@given(orgs.orgs(), PLANS)
def test_without_customers_every_role_is_blocked(org, by):
    none = org._replace(customers=0, arr=D(0))
    assert all("has_customers" in found.blocked_by for found in all_states(none, by).values())


@given(orgs.orgs(), PLANS, st.integers(0, 500), st.integers(0, 30_000_000), st.integers(0, 60))
def test_a_company_that_grows_never_loses_a_reason_for_a_role(org, by, customers, arr, more):
    size = size_today(org, by)
    larger = size._replace(customers=size.customers + customers, arr=size.arr + arr,
                           csms=size.csms and size.csms + more)
    before, after = (all_states(org, by, one) for one in (size, larger))
    for role in ROLES[1:]:
        if role != "account_manager":
            assert not before[role].due or after[role].due
        assert set(after[role].blocked_by) <= set(before[role].blocked_by)
    if not more:
        assert not before["csm"].due or after["csm"].due


@given(orgs.orgs(), PLANS, st.sampled_from(ROLES))
def test_an_open_post_never_empties_a_role_or_makes_it_due(org, by, role):
    posted = org._replace(posts=(*org.posts, orgs.of(posts=[orgs.post(role)]).posts[0]))
    before, after = (all_states(one, by)[role] for one in (org, posted))
    assert not before.filled or after.filled
    assert after.due in ((before.due, False) if role == "csm" else (before.due,))
