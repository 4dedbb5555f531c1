"""Decision D as one answer: its laws, and eleven invented companies whose next hire a CCO could defend.

A and B are the two source documents of the digest; its sections 2.6, 3 (org) and 4 hold the tables that are meant.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NamedTuple, Optional

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import orgs
import plans
from conftest import SAMPLES, called
from cslib import coverage_plan, hiring, org
from cslib.candidates import CSM
from cslib.hiring import REASONS, VERDICTS, Hiring, sequenced
from cslib.org import ROLES, Org
from orgs import failing, of, post, seat

D = Decimal
SLOW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


class Answer(NamedTuple):
    """What is worth asserting of an answer."""

    next: Optional[tuple[str, str]]
    next_role: Optional[str]
    split: str
    verdict: str


def answer(h: Hiring) -> Answer:
    return Answer(h.next and (h.next.role, h.next.kind), h.next_role and h.next_role.role, h.split.decision, h.verdict)


def asked(org: Org, plan=None) -> Hiring:
    return sequenced(org, plan, orgs.SETTINGS)


def why_not(h: Hiring, role: str) -> tuple:
    row, = (row for row in h.not_now if row.role == role)
    return (row.reason, *row.keys)


def whole_team(**known: object) -> dict:
    """A team of which every role but those of leadership is held."""
    return {"support": 8, "implementation": 4, "cs_ops": 2, "renewals": 2, "account_manager": 3,
            "customer_marketing": 1, **known}


def calm(**known: object) -> dict:
    """Signals that make no role due."""
    return {"founder_customer_time_ratio": 0.05, "founder_closes_deals": False, "playbook_written": True,
            "tickets_per_month": 300, "tickets_answered_by": "support", "csm_admin_time_ratio": 0.15,
            "onboarding_days": 20, "onboarding_backlog": 2, "onboarded_per_month": 6, "renewals_due_12m": 90,
            "renewals_late_12m": 3, "renewals_lost_12m": 5, "renewals_owned_by": "csm", "expansion_closed_by": "sales",
            "escalations_per_week": 0.2, "public_references": 3, "customer_marketing_reports_to": "marketing", **known}


def brackenmoor() -> Org:
    return of(4, 48_000, stage="seed", staff=3, motion="sales_led", products=1, median_acv=12_000,
              signals={"founder_customer_time_ratio": 0.3, "founder_closes_deals": True, "playbook_written": False,
                       "tickets_per_month": 10, "tickets_answered_by": "founder"}, fails=[failing("adoption", 12_000)])


def dunlin() -> Org:
    return of(14, 252_000, stage="seed", staff=11, motion="sales_led", products=1, median_acv=16_000,
              annual_growth_ratio=1.5, annual_arr_growth_ratio=1.6,
              signals={"founder_customer_time_ratio": 0.5, "founder_closes_deals": True, "playbook_written": True,
                       "tickets_per_month": 35, "tickets_answered_by": "founder", "onboarding_days": 40,
                       "onboarding_backlog": 2, "onboarded_per_month": 2})


def harrowgate() -> Org:
    return of(35, 630_000, stage="series_a", staff=28, motion="sales_led", products=1, median_acv=15_000,
              team={"csm": [seat(1, 10, "onboarding by a written plan")]},
              signals=calm(tickets_per_month=140, tickets_answered_by="nobody", founder_closes_deals=True,
                           renewals_due_12m=30), fails=[failing("tickets_answered", 90_000)])


def pebblewick() -> Org:
    return of(400, 480_000, stage="series_a", staff=26, motion="product_led", products=1, median_acv=900,
              annual_growth_ratio=0.8, team={"csm": [seat(1, 14, "in-product onboarding")]},
              signals=calm(tickets_per_month=620, tickets_answered_by="csm", renewals_due_12m=380,
                           renewals_late_12m=10, renewals_lost_12m=50, renewals_owned_by="nobody",
                           expansion_closed_by="self_serve"), fails=[failing("tickets_answered", 60_000)])


def ashdale() -> Org:
    return of(160, 4_800_000, stage="series_b", staff=110, motion="sales_led", products=1, median_acv=18_000,
              team={"csm": 5, "support": 2, "implementation": 1, "cs_manager": [seat(1, 11)]},
              signals=calm(csm_admin_time_ratio=0.35, renewals_due_12m=140, expansion_closed_by="csm"),
              fails=[failing("one_way_of_working", 400_000)])


def tarnfield() -> Org:
    return of(140, 3_500_000, stage="series_b", staff=90, motion="sales_led", products=1, median_acv=19_000,
              team={"csm": 4, "support": 1, "implementation": 1, "cs_manager": [seat(1, 9)]},
              signals=calm(public_references=7), fails=[failing("references", 250_000)])


def larkfield() -> Org:
    return org.read(json.loads((SAMPLES / "org.json").read_text(encoding="utf-8"), parse_float=D), "org.json")


def oakhanger() -> Org:
    return of(520, 18_000_000, stage="growth", staff=420, motion="hybrid", products=2, median_acv=26_000,
              annual_growth_ratio=0.2, annual_arr_growth_ratio=0.25, team=whole_team(csm=20, cs_manager=3),
              signals=calm(renewals_due_12m=430, renewals_owned_by="renewals", expansion_closed_by="account_manager",
                           public_references=14), fails=[failing("voice_in_leadership")])


def gildermoss() -> Org:
    return of(300, 24_000_000, stage="growth", staff=380, motion="sales_led", products=3, median_acv=80_000,
              annual_growth_ratio=0.2, annual_arr_growth_ratio=0.3,
              team={"csm": 15, "support": 6, "implementation": 4, "cs_manager": 2, "cs_ops": 1,
                    "customer_marketing": 1, "director_vp": 1},
              signals=calm(renewals_due_12m=220, renewals_late_12m=12, renewals_lost_12m=18, expansion_closed_by="csm",
                           public_references=14), fails=[failing("expansion", 3_000_000)])


def stonebeck() -> Org:
    return of(1_900, 95_000_000, stage="late", staff=1_200, motion="hybrid", products=4, median_acv=32_000,
              team=whole_team(csm=70, cs_manager=10, director_vp=2),
              signals=calm(renewals_due_12m=1_600, renewals_owned_by="renewals", expansion_closed_by="account_manager",
                           public_references=60), fails=[failing("voice_in_leadership", 4_000_000)])


def fernlea() -> Org:
    return of(24, 600_000, stage="series_a", staff=24, motion="sales_led", products=1, median_acv=22_000,
              team={"cs_ops": [seat(1, 2, False)]},
              signals={"founder_customer_time_ratio": 0.45, "founder_closes_deals": True, "playbook_written": True,
                       "tickets_per_month": 40, "tickets_answered_by": "founder", "renewals_owned_by": "founder"},
              fails=[failing("risk_seen_early", 80_000)])


def millrace() -> Org:
    return of(120, 4_000_000, stage="series_b", staff=80, motion="sales_led", products=1, median_acv=19_000,
              team={"csm": 4, "support": 1, "cco": [seat(1, 9, False)]},
              signals=calm(onboarding_days=62, onboarding_backlog=14, onboarded_per_month=4, expansion_closed_by="csm"),
              fails=[failing("onboarding", 700_000)])


def test_two_founders_with_four_customers_hire_nobody():
    """A wants ten customers and a playbook before a CSM, B wants twenty; what fails is the founders' to mend."""
    h = asked(brackenmoor())
    assert answer(h) == (None, None, "combined", "healthy")
    assert why_not(h, "csm") == ("not_due", "founder_and_customers", "customers_alone")
    assert why_not(h, "support")[0] == why_not(h, "implementation")[0] == "blocked"
    assert [(one.outcome, one.how, one.blocked) for one in h.unblockings] == [("adoption", "nobody", ("csm",))]


def test_four_customers_of_four_hundred_thousand_each_carry_a_first_csm():
    """1.6M is more than a named CSM is said to hold from 500k on, and a quarter of it is at risk."""
    h = asked(of(4, 1_600_000, stage="seed", fails=[failing("adoption", 400_000)]))
    assert answer(h)[:2] == (("csm", "role"), "csm")


def test_seed_with_fourteen_customers_and_half_the_founders_week_opens_the_first_csm():
    """A: more than 40% of the founder's week, ten customers and a playbook; support follows at thirty customers."""
    h = asked(dunlin())
    assert answer(h) == (("csm", "role"), "csm", "combined", "concerning")
    assert h.next.keys == ("founder_and_customers",)
    assert why_not(h, "cs_ops")[0] == "blocked" and why_not(h, "support")[0] == "planned"
    later = h.openings[1]
    assert (later.role, later.after, later.keys) == ("support", "csm", ("customers",))
    assert later.due_month > 0 and later.approve_by > h.next.ramped_by


def test_series_a_whose_tickets_nobody_answers_opens_support_and_not_operations():
    """A: after the first CSM, support from thirty customers on; operations for one CSM would have nobody to equip."""
    h = asked(harrowgate())
    assert answer(h) == (("support", "role"), "support", "combined", "critical")
    assert (h.next.why, h.next.outcome, h.next.after) == ("outcome", "tickets_answered", "csm")
    assert why_not(h, "cs_ops") == ("blocked", "csms_at_least")
    assert why_not(h, "implementation") == ("not_due", "slow_and_waiting")
    assert why_not(h, "csm")[0] == "not_due"


def test_product_led_with_four_hundred_small_customers_opens_support_and_no_account_manager():
    """B serves accounts below 15k by technology, so tickets need somebody and a contract of 900 needs no AM."""
    h = asked(pebblewick())
    assert answer(h) == (("support", "role"), "support", "combined", "critical")
    assert why_not(h, "account_manager")[0] == "blocked" and h.split.net < 0
    assert why_not(h, "csm")[0] == "not_due"
    assert [one.key for one in h.mistakes] == ["csm_as_support"]


def test_series_b_whose_five_csms_spend_a_third_of_their_time_on_administration_opens_operations():
    """A asks for 30% of CSM time and B for five CSMs: both hold; a director has one manager and five CSMs to lead."""
    h = asked(ashdale())
    assert answer(h) == (("cs_ops", "role"), "cs_ops", "combined", "concerning")
    assert h.next.keys == ("admin_time", "csms")
    assert why_not(h, "director_vp") == ("not_due", "csms", "managers")
    assert why_not(h, "cs_manager")[0] == "filled" and why_not(h, "renewals") == ("blocked", "stage_growth")


def test_series_b_failing_on_references_opens_customer_marketing_and_not_operations():
    """A: from five public references on there is something to run; four CSMs at 15% admin need no operations."""
    h = asked(tarnfield())
    assert answer(h) == (("customer_marketing", "role"), "customer_marketing", "combined", "concerning")
    assert (h.next.outcome, h.next.keys) == ("references", ("references",))
    assert why_not(h, "cs_ops") == ("not_due", "admin_time", "csms") and why_not(h, "account_manager")[0] == "not_due"


@pytest.fixture(scope="module")
def sample_plan() -> str:
    return called("cs_coverage_calculator", "--format", "json", "--all").out


def plan_of(text: str, company: Org):
    return coverage_plan.read(json.loads(text, parse_float=D), "coverage.json", company, True)


def test_larkfield_fills_the_seats_of_its_largest_accounts_first_and_opens_implementation_as_the_next_role(sample_plan):
    """The plan has no hours for 2.5M of ARR, onboarding puts 1.4M at risk, late renewals 0.8M: in this order.

    Series B opens one new role at a time beside them; nobody leads managers of whom there are none.
    """
    company = larkfield()
    h = asked(company, plan_of(sample_plan, company))
    assert answer(h) == (("csm", "seat"), "implementation", "hybrid", "critical")
    assert (h.next.tier, h.next.fte, h.next.from_plan, h.next.keys) == ("strategic", D("1.5"), True, ("short_now",))
    assert [(row.role, row.after) for row in h.openings if row.kind == "role"] == [
        ("implementation", "support"), ("renewals", "implementation"), ("cs_ops", "renewals")]
    assert h.beyond == ("account_manager",)
    assert [row.fte for row in h.openings if row.kind == "lead"] == [1]
    assert why_not(h, "cco") == ("blocked", "director_first")
    assert why_not(h, "customer_marketing") == ("not_due", "references")
    assert [one.key for one in h.mistakes] == ["combined_too_long"]


def test_larkfield_without_a_coverage_plan_opens_implementation_first():
    """Nobody knows how many CSMs are short, so the outcome with the most at risk that a role delivers is first."""
    h = asked(larkfield())
    assert answer(h) == (("implementation", "role"), "implementation", "hybrid", "critical")
    assert why_not(h, "csm")[0] != "planned"


def test_growth_with_twenty_csms_and_three_managers_opens_a_director_and_not_a_cco():
    """A: a director from ten CSMs on; a CCO belongs to the late stage and comes after somebody who leads managers."""
    h = asked(oakhanger())
    assert answer(h) == (("director_vp", "role"), "director_vp", "hybrid", "concerning")
    assert h.next.keys == ("csms", "managers") and [row.role for row in h.openings] == ["director_vp"]
    assert why_not(h, "cco") == ("blocked", "director_first") and why_not(h, "cs_manager")[0] == "filled"


def test_growth_with_large_contracts_and_three_products_splits_the_account_manager_off():
    """A: 80k a contract, three products and a sales team speak for it, nothing against; 24M is far beyond combined."""
    h = asked(gildermoss())
    assert answer(h) == (("account_manager", "role"), "account_manager", "split", "critical")
    assert (h.next.outcome, h.split.net) == ("expansion", 3)
    assert why_not(h, "cco") == ("not_due", "late_stage", "csms")
    assert why_not(h, "renewals") == ("not_due", "late_and_many")
    assert [one.key for one in h.mistakes] == ["combined_too_long"]


def test_late_with_seventy_csms_and_a_vp_opens_a_cco():
    """A: the late stage, above 10M of ARR, with a VP who already leads the managers; a second VP is not missing."""
    h = asked(stonebeck())
    assert answer(h) == (("cco", "role"), "cco", "hybrid", "concerning")
    assert h.next.keys == ("late_stage", "csms") and h.next.arr_at_risk == 4_000_000
    assert why_not(h, "director_vp")[0] == why_not(h, "cs_manager")[0] == "filled"


def test_operations_hired_first_are_named_as_a_mistake_and_do_not_hold_back_the_first_csm():
    """B wants operations about the fifth CSM; a newcomer in the wrong role is no reason to wait for the right one."""
    h = asked(fernlea())
    assert answer(h) == (("csm", "role"), "csm", "combined", "concerning")
    assert [one.key for one in h.mistakes] == ["ops_before_csms"]
    assert h.next.approve_by == h.next_role.approve_by and h.next.after is None and not h.held
    assert why_not(h, "support")[0] == "blocked" and why_not(h, "cs_ops")[0] == "filled"


def test_a_cco_at_four_million_is_named_as_a_mistake_and_onboarding_is_still_first():
    """A: no CCO below 10M; what fails is onboarding, and whoever was opened last has yet to deliver before it."""
    h = asked(millrace())
    assert answer(h)[:2] == (("implementation", "role"), "implementation")
    assert [one.key for one in h.mistakes] == ["cco_early"]
    assert [(gate.role, gate.condition) for gate in h.held] == [("cco", "delivered")]
    assert why_not(h, "cco") == ("filled",) and why_not(h, "director_vp") == ("blocked", "manager_first")


COMPANIES = (brackenmoor, dunlin, harrowgate, pebblewick, ashdale, tarnfield, larkfield, oakhanger, gildermoss,
             stonebeck, fernlea, millrace)


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_that_has_hired_its_next_role_is_told_another_or_more_of_it(company):
    now = company()
    h = asked(now)
    if h.next is not None and h.next.kind == "role":
        role = h.next.role
        hired = now._replace(team={**now.team, role: orgs.read(orgs.document(("team", {role: [seat(1)]}))).team[role]})
        then = asked(hired)
        assert then.next is None or then.next.role != role or (role, then.next.kind) == ("implementation", "seat")
        assert role in {row.role for row in then.openings} or why_not(then, role)[0] in ("filled", "not_due")


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_that_has_approved_its_next_role_is_told_that_it_is_posted(company):
    now = company()
    h = asked(now)
    if h.next is not None and h.next.kind == "role":
        approved = orgs.read(orgs.document(("open_posts", [post(h.next.role)]))).posts
        assert why_not(asked(now._replace(posts=approved)), h.next.role) == ("posted",)


@st.composite
def companies(draw) -> tuple:
    org = draw(orgs.orgs())
    return org, draw(plans.plans(org))


def roles_of(h: Hiring) -> dict:
    return {state.role: state for state in h.roles}


@SLOW
@given(companies())
def test_a_role_already_filled_is_never_hired(company):
    h = asked(*company)
    for row in h.openings:
        assert not roles_of(h)[row.role].filled or (row.kind == "lead" and row.due_month > 0)


@SLOW
@given(companies())
def test_nobody_is_hired_into_a_role_of_which_nobody_knows_whether_it_is_held(company):
    org, plan = company
    h = asked(org, plan)
    assert all(row.from_plan or org.people(row.role) is not None for row in h.openings)


@SLOW
@given(companies())
def test_every_role_but_the_next_has_one_reason(company):
    h = asked(*company)
    assert [row.role for row in h.not_now] == [role for role in ROLES if h.next is None or role != h.next.role]
    assert {row.reason for row in h.not_now} <= set(REASONS) and h.verdict in VERDICTS
    rows = {row.role for row in h.openings}
    assert {row.role for row in h.not_now if row.reason == "planned"} == rows - ({h.next.role} if h.next else set())
    assert {row.role for row in h.not_now if row.reason == "beyond"} == set(h.beyond)


@SLOW
@given(companies())
def test_without_customers_nobody_is_hired(company):
    org, plan = company
    h = asked(org._replace(customers=0, arr=D(0), median_acv=None), plan)
    assert not h.openings and not h.beyond and h.next is None and not h.changes


@SLOW
@given(companies(), st.data())
def test_more_arr_at_risk_for_the_outcome_of_the_next_never_makes_another_next(company, more):
    org, plan = company
    h = asked(org, plan)
    assume(h.next is not None and h.next.outcome is not None)
    at = next(one.arr_at_risk for one in org.failing if one.outcome == h.next.outcome)
    raised = more.draw(st.integers(int(at or 0) + 1, int(org.arr) + 1).map(D))
    failing_more = tuple(one._replace(arr_at_risk=raised) if one.outcome == h.next.outcome else one
                         for one in org.failing)
    then = asked(org._replace(failing=failing_more), plan)
    assert (then.next.role, then.next.kind) == (h.next.role, h.next.kind)


@SLOW
@given(orgs.orgs(), st.integers(0, 200_000), st.integers(0, 200_000))
def test_raising_acv_never_argues_against_the_split(org, one, other):
    assume(org.customers)
    low, high = sorted((one, other))
    nets = [asked(org._replace(median_acv=D(acv))).split.net for acv in (low, high)]
    assert nets[0] <= nets[1]


@SLOW
@given(orgs.orgs())
def test_somebody_is_hired_or_put_off_exactly_where_something_is_due_and_unfilled(org):
    still = org._replace(growth=None, arr_growth=None, posts=())
    h = asked(still)
    wanted = {one.role for one in h.unblockings if one.how in ("unblocks", "prerequisite")}
    asking = [state.role for state in h.roles
              if state.filled is False and not state.blocked_by and (state.due or state.role in wanted)]
    assert bool(h.openings or h.beyond) == bool(asking and org.customers)


@SLOW
@given(companies(), st.randoms())
def test_the_order_of_outcomes_people_posts_and_seats_changes_nothing(company, chance):
    org, plan = company

    def mixed(rows):
        return tuple(chance.sample(list(rows), len(rows)))

    other = org._replace(failing=mixed(org.failing), posts=mixed(org.posts),
                         team={role: seats and mixed(seats) for role, seats in org.team.items()})
    same = asked(other, plan and plan._replace(seats=mixed(plan.seats)))
    h = asked(org, plan)
    assert same._replace(unblockings=()) == h._replace(unblockings=())
    assert sorted(same.unblockings) == sorted(h.unblockings)


@SLOW
@given(companies())
def test_a_verdict_is_healthy_only_where_nothing_is_due_and_no_mistake_made(company):
    h = asked(*company)
    due = any(row.due_month == 0 for row in h.openings)
    assert (h.verdict == "healthy") <= (not due and not h.mistakes)
    assert (h.verdict == "concerning") <= bool(due or h.mistakes)


def test_a_tenth_of_all_arr_at_risk_for_the_next_is_critical():
    def verdict(at_risk):
        return asked(of(140, 3_500_000, stage="series_b", team={"csm": 4, "support": 1}, signals=calm(),
                        fails=[failing("onboarding", at_risk)])).verdict

    assert (verdict(350_000), verdict("349999.99")) == ("critical", "concerning")


def test_what_is_at_risk_for_a_role_that_is_not_due_today_is_not_critical():
    """Nine customers that become ten within two months, 13% of their ARR at risk: until then the founders' work."""
    h = asked(of(9, 90_000, stage="seed", annual_growth_ratio=1, fails=[failing("adoption", 12_000)]))
    assert (h.next.role, h.next.due_month, h.verdict) == ("csm", 2, "healthy")


def test_a_late_seat_of_the_plan_is_critical_whatever_is_at_risk():
    org = of(140, 3_500_000, stage="series_b", team={"csm": 4, "support": 1}, signals=calm())
    late, in_time = (plans.of(org, [plans.seat(ideal=month, reason="growth")]) for month in (2, 6))
    assert (asked(org, late).verdict, asked(org, in_time).verdict, asked(org).verdict) == (
        "critical", "healthy", "healthy")


def test_pilots_who_pay_nothing_are_not_critical():
    h = asked(of(40, 0, stage="series_a", team={"csm": 1}, signals=calm(tickets_answered_by="nobody"),
                 fails=[failing("tickets_answered", 0)]))
    assert (h.next.role, h.verdict) == ("support", "concerning")


def test_a_role_of_which_nobody_knows_whether_it_is_held_is_unknown_and_missing():
    h = asked(of(60, 900_000, stage="series_a", team={"csm": 1, "support": None},
                 signals=calm(tickets_answered_by="csm")))
    assert why_not(h, "support") == ("unknown", "team.support")
    assert ("team.support", ("support",)) in [(one.key, one.roles) for one in h.missing]
    assert [(one.key, one.at, one.next_role) for one in h.changes] == [("team.support", 0, "support")]


def test_unknowns_of_roles_that_are_blocked_or_filled_are_not_asked_for():
    asked_for = {one.key for one in asked(brackenmoor()).missing}
    assert not asked_for & {"signals.onboarding_days", "signals.csm_admin_time_ratio", "signals.public_references"}


def test_the_reasons_and_criteria_are_those_of_today():
    h = asked(harrowgate())
    assert tuple(state.role for state in h.roles) == ROLES
    assert h.criteria == tuple(one for state in h.roles for one in state.criteria)
    assert h.horizon_months == 18 and h.horizon_day.isoformat() == "2028-03-31"
    assert hiring.VERDICTS == ("healthy", "concerning", "critical") and ROLES[0] == CSM
