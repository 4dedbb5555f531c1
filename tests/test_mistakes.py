"""The mistakes of building a CS team that the sources name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

import orgs
from cslib.am_split import split
from cslib.mistakes import MISTAKES, Mistake, mistakes

D = Decimal
SLIPPING = {"renewals_owned_by": "csm", "expansion_closed_by": "csm", "renewals_due_12m": 100, "renewals_late_12m": 20,
            "founder_closes_deals": False}


def made(org) -> tuple[Mistake, ...]:
    return mistakes(org, split(org, org.people("csm"), orgs.SETTINGS), orgs.RULES)


def keys(*args: object, **known: object) -> list[tuple[str, str]]:
    return [(one.key, one.since) for one in made(orgs.of(*args, **known))]


def test_a_company_of_founders_makes_none():
    assert keys(5, 100_000) == []


@pytest.mark.parametrize(("csm", "found"), [([], [("support_first", "team")]), (D("0.5"), []), (1, []), (None, [])])
def test_support_without_a_csm_is_support_first(csm, found):
    assert keys(team={"support": 1, "csm": csm}) == found


def test_a_support_post_is_support_first_unless_a_csm_is_posted_too():
    assert keys(posts=[orgs.post("support")]) == [("support_first", "post")]
    assert keys(posts=[orgs.post("support"), orgs.post("csm")]) == []
    assert keys(team={"support": 1}, posts=[orgs.post("csm")]) == [("support_first", "team")]


@pytest.mark.parametrize(("csm", "found"), [
    ([], [("ops_before_csms", "team")]), (D("2.9"), [("ops_before_csms", "team")]), (3, []), (4, []), (None, [])])
def test_operations_for_fewer_than_three_csms_are_too_early(csm, found):
    assert keys(team={"cs_ops": 1, "csm": csm}) == found


def test_an_operations_post_counts_the_csms_who_are_posted():
    post = [orgs.post("cs_ops")]
    assert keys(team={"csm": 2}, posts=post) == [("ops_before_csms", "post")]
    assert keys(team={"csm": 2}, posts=[*post, orgs.post("csm")]) == []


@pytest.mark.parametrize(("arr", "found"), [("9999999.99", ["cco_early"]), (10_000_000, []), (10_000_001, [])])
def test_a_cco_below_ten_million_is_early(arr, found):
    assert [key for key, _ in keys(500, arr, team={"cco": 1, "csm": 9})] == found


def test_a_cco_post_below_ten_million_would_be_early():
    mistake, = made(orgs.of(500, 8_000_000, team={"csm": 9}, posts=[orgs.post("cco")]))
    assert mistake == Mistake("cco_early", "post", "cco", D(8_000_000), D(10_000_000))


@pytest.mark.parametrize(("promoted", "trained", "found"), [
    (True, False, True), (True, True, False), (True, None, False), (False, False, False), (None, False, False)])
@pytest.mark.parametrize("role", ["cs_manager", "director_vp"])
def test_a_lead_known_to_be_a_promoted_csm_without_training_is_a_mistake(role, promoted, trained, found):
    row = orgs.seat(promoted_from_csm=promoted, trained_to_lead=trained)
    assert [(one.key, one.role) for one in made(orgs.of(team={"csm": 5, role: [row]}))] == (
        [("promoted_untrained", role)] if found else [])


def test_untrained_leads_of_one_role_are_one_mistake_with_their_number():
    row = orgs.seat(promoted_from_csm=True, trained_to_lead=False)
    mistake, = made(orgs.of(team={"csm": 9, "cs_manager": [row, row, orgs.seat()]}))
    assert mistake == Mistake("promoted_untrained", "team", "cs_manager", D(2), None)


@pytest.mark.parametrize(("customers", "found"), [(29, []), (30, ["csm_as_support"]), (31, ["csm_as_support"])])
def test_csms_who_answer_tickets_are_support_from_the_size_that_has_support(customers, found):
    known = {"team": {"csm": 2}, "signals": {"tickets_answered_by": "csm", "tickets_per_month": 40}}
    assert [key for key, _ in keys(customers, 900_000, **known)] == found


@pytest.mark.parametrize(("by", "tickets", "found"), [
    ("csm", 40, True), ("csm", None, True), ("csm", 0, False), ("support", 40, False), ("founder", 40, False),
    ("engineering", 40, False), ("nobody", 40, False), (None, 40, False)])
def test_only_tickets_that_csms_answer_make_them_support(by, tickets, found):
    known = {"team": {"csm": 2}, "signals": {"tickets_answered_by": by, "tickets_per_month": tickets}}
    assert keys(**known) == ([("csm_as_support", "team")] if found else [])
    assert keys(**{**known, "team": {}}) == keys(**{**known, "team": {"csm": None}}) == []


@pytest.mark.parametrize(("arr", "found"), [("4999999.99", []), (5_000_000, ["combined_too_long"])])
def test_renewal_and_expansion_with_the_csm_from_five_million_are_combined_too_long(arr, found):
    known = {"team": {"csm": 9}, "median_acv": 25_000, "signals": SLIPPING}
    assert [key for key, _ in keys(150, arr, **known)] == found


@pytest.mark.parametrize("signals", [{"renewals_owned_by": "sales"}, {"expansion_closed_by": "sales"},
                                     {"expansion_closed_by": None}, {"renewals_owned_by": None}])
def test_they_are_combined_only_when_the_csm_is_known_to_own_both(signals):
    known = {"team": {"csm": 9}, "median_acv": 25_000}
    assert keys(300, 8_000_000, signals={**SLIPPING, **signals}, **known) == []


def test_combined_stands_at_any_arr_where_the_criteria_leave_it_with_the_csm():
    known = {"team": {"csm": 9}, "median_acv": 4_000, "motion": "product_led"}
    assert keys(3_000, 12_000_000, signals=SLIPPING, **known) == []


@pytest.mark.parametrize(("to", "found"), [("cs", True), ("marketing", False), ("other", False), (None, False)])
def test_customer_marketing_under_cs_is_a_mistake(to, found):
    signals = {"customer_marketing_reports_to": to}
    seats, post = {"csm": 4, "customer_marketing": 1}, [orgs.post("customer_marketing")]
    assert keys(team=seats, signals=signals) == ([("marketing_under_cs", "team")] if found else [])
    assert keys(team={"csm": 4}, posts=post, signals=signals) == ([("marketing_under_cs", "post")] if found else [])
    assert keys(team={"csm": 4}, signals=signals) == []


@given(orgs.orgs())
def test_what_is_unknown_makes_no_mistake_and_what_is_told_of_it_unmakes_none(org):
    blind = org._replace(team=dict.fromkeys(org.team), posts=(), signals=org.signals._replace(
        **dict.fromkeys(org.signals._fields)))
    assert made(blind) == ()
    found = made(org)
    assert [MISTAKES.index(one.key) for one in found] == sorted(MISTAKES.index(one.key) for one in found)
    assert len(set(found)) == len(found)
    for role, seats in org.team.items():
        without = org._replace(team={**org.team, role: None})
        assert seats is None or {one.key for one in made(without)} <= {one.key for one in found} | {"combined_too_long"}


@given(orgs.orgs())
def test_a_team_of_nobody_without_posts_makes_none_of_hiring(org):
    empty = org._replace(team=dict.fromkeys(org.team, ()), posts=())
    assert {one.key for one in made(empty)} <= {"combined_too_long"}
