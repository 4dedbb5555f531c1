"""What would change the answer: each change is true when the decision is made again on what it describes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import orgs
import plans
from cslib.hiring import Hiring, sequenced
from cslib.hiring_changes import KINDS, Change, known, meeting
from orgs import failing, of, seat, with_signals

D = Decimal
SLOW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
SLOWNESS = {"onboarding_days": 45, "onboarding_backlog": 9, "onboarded_per_month": 4}


def asked(company, plan=None) -> Hiring:
    return sequenced(company, plan, orgs.SETTINGS)


def changes(company, kind: str, plan=None) -> list[Change]:
    return [one for one in asked(company, plan).changes if one.kind == kind]


def series_a(*fails, signals=None, **known_too):
    """One CSM and 20 customers; nothing is due."""
    return of(**{"customers": 20, "arr": 800_000, "stage": "series_a", "motion": "hybrid", "products": 1,
                 "team": {"csm": 1}, "fails": fails, "signals": signals or {}, **known_too})


def test_an_unknown_that_would_make_a_role_due_is_named_with_the_least_value_that_does():
    company = series_a(signals={**SLOWNESS, "onboarding_days": None})
    row, = changes(company, "unknown")
    assert row[:5] == ("unknown", "signals.onboarding_days", 31, "implementation", "role")
    assert asked(with_signals(company, onboarding_days=31)).next.role == "implementation"
    assert asked(with_signals(company, onboarding_days=30)).next is None


@pytest.mark.parametrize(("key", "least", "below"), [("onboarding_backlog", 5, 4), ("onboarded_per_month", 8, 9)])
def test_a_backlog_and_its_rate_are_named_beside_what_is_known_of_the_other(key, least, below):
    company = series_a(signals={**SLOWNESS, key: None})
    row, = changes(company, "unknown")
    assert (row.key, row.at) == (f"signals.{key}", least)
    assert asked(with_signals(company, **{key: least})).next.role == "implementation"
    assert asked(with_signals(company, **{key: below})).next is None


def test_where_nobody_waits_no_rate_is_too_slow():
    assert not changes(series_a(signals={**SLOWNESS, "onboarding_backlog": 0, "onboarded_per_month": None}), "unknown")


def test_unknowns_that_only_together_make_a_role_due_are_named_as_its_criterion():
    company = series_a(signals={"onboarded_per_month": 4})
    assert [one[:5] for one in changes(company, "criterion")] == [
        ("criterion", "implementation.slow_and_waiting", None, "implementation", "role")]
    assert not changes(company, "unknown")


def test_the_unknown_week_of_the_founder_is_what_a_first_csm_waits_for():
    company = of(14, 300_000, stage="seed", signals={"playbook_written": True})
    row, = changes(company, "unknown")
    assert (row.key, row.at, row.next_role) == ("signals.founder_customer_time_ratio", D("0.41"), "csm")
    assert asked(with_signals(company, founder_customer_time_ratio=0.4)).next is None


def test_a_team_that_nobody_knows_is_tried_with_nobody():
    row, = changes(series_a(customers=40, team={"csm": 1, "support": None}), "unknown")
    assert (row.key, row.at, row.next_role) == ("team.support", 0, "support")


def test_an_outcome_without_which_another_is_next_is_named():
    company = series_a(failing("onboarding", 200_000), failing("tickets_answered", 100_000))
    assert [(one.key, one.next_role) for one in changes(company, "without_outcome")] == [
        ("onboarding", "support")]


def test_taking_the_only_outcome_away_leaves_nobody_to_hire():
    row, = changes(series_a(failing("onboarding", 200_000)), "without_outcome")
    assert (row.key, row.next_role, row.next_kind) == ("onboarding", None, None)


def test_the_runner_up_is_first_from_a_cent_more_or_from_as_much_where_it_goes_before():
    company = series_a(failing("onboarding", 200_000), failing("tickets_answered", 100_000))
    row, = changes(company, "more_at_risk")
    assert (row.key, row.at, row.next_role) == ("tickets_answered", 200_000, "support")
    company = series_a(failing("tickets_answered", 200_000), failing("onboarding"))
    row, = changes(company, "more_at_risk")
    assert (row.key, row.at, row.next_role) == ("onboarding", D("200000.01"), "implementation")


def test_the_amount_is_named_from_which_down_the_next_hire_would_not_be_the_next():
    company = series_a(failing("onboarding", 200_000), failing("tickets_answered", 100_000))
    row, = changes(company, "less_at_risk")
    assert (row.key, row.at, row.next_role) == ("onboarding", 100_000, "support")
    company = series_a(failing("tickets_answered", 200_000), failing("onboarding", 100_000))
    row, = changes(company, "less_at_risk")
    assert (row.key, row.at, row.next_role) == ("tickets_answered", D("99999.99"), "implementation")
    assert not changes(series_a(failing("onboarding", 200_000)), "less_at_risk")
    assert not changes(series_a(failing("onboarding"), failing("tickets_answered")), "less_at_risk")


def test_a_runner_up_that_would_need_more_than_all_arr_is_not_named():
    assert not changes(series_a(failing("tickets_answered", 800_000), failing("onboarding", 5)), "more_at_risk")


def test_a_runner_up_behind_the_seats_of_a_plan_is_named_to_the_cent():
    company = of(140, 3_500_000, stage="series_b", team={"csm": 4, "support": 1, "cs_ops": 1},
                 fails=[failing("onboarding", 300_000)])
    row, = changes(company, "more_at_risk", plans.of(company, [plans.seat()], unserved=D("400000.001")))
    assert (row.key, row.at, row.next_role) == ("onboarding", D("400000.01"), "implementation")


def test_what_holds_the_next_role_is_named_as_a_gate():
    company = series_a("onboarding", team={"csm": [seat(1, 12, False)]})
    assert [one[:5] for one in changes(company, "gate")] == [
        ("gate", "csm", "delivered", "implementation", "role")]
    assert not changes(series_a("onboarding"), "gate")


def test_what_becomes_known_is_no_longer_unknown():
    company = of(60, 900_000, team={"csm": 1, "support": None})
    then = known(company, {"products": 2, "signals.onboarding_days": D(31), "team.support": D(0)})
    assert (then.products, then.signals.onboarding_days, then.team["support"]) == (2, 31, ())
    assert not {"products", "signals.onboarding_days", "team.support"} & set(then.unknown)
    assert then.arr == company.arr and then.team["csm"] == company.team["csm"]


def test_renewals_are_late_enough_beside_what_is_known_of_them():
    values = meeting(of(signals={"renewals_due_12m": 205}), orgs.SETTINGS)
    assert values["signals.renewals_late_12m"] == (21,) and values["signals.renewals_lost_12m"] == (31,)
    assert meeting(of(signals={"renewals_late_12m": 130}), orgs.SETTINGS)["signals.renewals_due_12m"] == (130,)
    assert meeting(of(), orgs.SETTINGS)["signals.renewals_due_12m"] == (100, 99)


@st.composite
def companies(draw):
    company = draw(orgs.orgs())
    return company, draw(plans.plans(company))


@SLOW
@given(companies())
def test_every_change_is_true_when_the_decision_is_made_again(company):
    org, plan = company
    h = asked(org, plan)
    now = (h.next.role, h.next.kind) if h.next else (None, None)
    for one in h.changes:
        other = described(org, one)
        if other is not None:
            then = asked(other, plan)
            assert ((then.next.role, then.next.kind) if then.next else (None, None)) == one[3:5] != now
            assert then.split.decision == one.decision


def described(org, one: Change):
    if one.kind == "unknown":
        return known(org, {one.key: one.at})
    if one.kind == "without_outcome":
        return org._replace(failing=tuple(row for row in org.failing if row.outcome != one.key))
    if one.kind in ("more_at_risk", "less_at_risk"):
        return org._replace(failing=tuple(
            row._replace(arr_at_risk=one.at) if row.outcome == one.key else row for row in org.failing))
    return None


@SLOW
@given(companies())
def test_changes_are_in_order_without_doubles_and_of_things_that_matter(company):
    org, plan = company
    h = asked(org, plan)
    kinds = [KINDS.index(one.kind) for one in h.changes]
    assert kinds == sorted(kinds) and len(set(h.changes)) == len(h.changes)
    assert {one.key for one in h.changes if one.kind == "unknown"} <= {one.key for one in h.missing}
    assert {one.key for one in h.missing} <= set(org.unknown)
