"""What the order of hires costs, and what the next one must keep to pay."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import orgs
import plans
import teams
from cslib.hiring_money import Money, money
from cslib.sequence import decided
from orgs import failing, of

D = Decimal
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def of_order(company, plan=None, rules=orgs.SETTINGS) -> Money:
    return money(company, decided(company, plan, rules).sequence, rules)


def series_b(*fails, **known):
    return of(140, 3_500_000, stage="series_b", team={"csm": 4, "support": 1, "cs_ops": 1}, fails=fails, **known)


def test_two_hires_cost_their_months_to_the_horizon_and_their_years_after_it():
    """Implementation for 15 months at 140k a year, customer marketing, approved six months later, for 9 at 140k."""
    found = of_order(series_b(failing("onboarding", 700_000), failing("references", 200_000)))
    assert (found.openings_cost, found.a_year) == (280_000, 280_000)
    assert (found.of_plan_cost, found.of_plan_a_year) == (0, 0)
    assert found.openings_cost == 140_000 * 15 / 12 + 140_000 * 9 / 12


def test_the_next_hire_pays_once_the_gross_profit_of_what_it_keeps_is_its_cost():
    """140k a year at a gross margin of 77% is the profit of 181,818 ARR, 26% of the 700k at risk."""
    worth = of_order(series_b(failing("onboarding", 700_000))).next
    assert (worth.role, worth.cost_a_year, worth.cost_to_horizon) == ("implementation", 140_000, 175_000)
    assert worth.kept_arr.quantize(D("0.01")) == D("181818.18")
    assert worth.share_ratio == worth.kept_arr / 700_000


def test_what_is_not_known_to_be_at_risk_has_no_share():
    assert of_order(series_b("onboarding")).next.share_ratio is None
    assert of_order(series_b(failing("onboarding", 0))).next.share_ratio is None


def test_without_a_gross_margin_nothing_that_is_kept_pays():
    worth = of_order(series_b(failing("onboarding", 700_000)), None, teams.settings(gross_margin_ratio=0)).next
    assert (worth.kept_arr, worth.share_ratio, worth.cost_a_year) == (None, None, 140_000)


def test_outcomes_overlap_so_the_largest_stands_alone():
    found = of_order(series_b(failing("onboarding", 700_000), failing("references", 350_000), "expansion"))
    assert (found.largest_at_risk, found.arr_ratio) == (700_000, D("0.2"))
    assert of_order(series_b("onboarding")).largest_at_risk is None
    assert of_order(of(40, 0, team={"csm": 1}, fails=[failing("tickets_answered", 0)])).arr_ratio is None


def test_the_part_of_the_coverage_plan_is_named():
    company = series_b(failing("onboarding", 700_000))
    found = of_order(company, plans.of(company, [plans.seat(2)], [plans.lead()], unserved=900_000))
    assert (found.of_plan_cost, found.of_plan_a_year) == (750_000, 600_000)
    assert found.openings_cost == found.of_plan_cost + 175_000
    assert (found.next.role, found.next.cost_a_year, found.next_role.role) == ("csm", 360_000, "implementation")


def test_nobody_to_hire_costs_nothing():
    assert of_order(series_b()) == Money(D(0), D(0), D(0), D(0), None, None, None, None)


@st.composite
def companies(draw):
    company = draw(orgs.orgs())
    return company, draw(plans.plans(company))


@SLOW
@given(companies())
def test_the_rows_add_up_and_nothing_before_the_horizon_costs_more_than_its_years(company):
    org, plan = company
    order = decided(org, plan, orgs.SETTINGS).sequence
    found = money(org, order, orgs.SETTINGS)
    assert found.openings_cost == sum((row.cost for row in order.openings), D(0))
    assert found.a_year == sum((row.cost_a_year for row in order.openings), D(0))
    own = [row for row in order.openings if row.from_plan]
    assert found.of_plan_cost == sum((row.cost for row in own), D(0)) <= found.openings_cost
    assert found.openings_cost <= found.a_year * D("1.5")
    assert (found.next is None) == (order.next is None)
