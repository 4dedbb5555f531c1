"""The plan in money: pay now and in a year, what hires must save, what waiting saves and what it leaves undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from fractions import Fraction
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

import teams
from cslib.coverage_money import break_even, cost, waiting
from cslib.leak import Leak
from cslib.service_models import services
from cslib.spans import spans
from cslib.staffing import Staffing, staffed

SETTINGS = teams.settings()
PAY = SETTINGS["coverage"]["loaded_cost"]
TIERS = ("strategic", "enterprise", "mid_market", "smb")
rate = st.decimals("-0.3", "0.8", places=2)
csms = st.decimals("0", "12", places=1)


@st.composite
def books(draw, known: bool = True, busy: bool = False):
    """Books of up to four tiers, some growing and some shrinking, with teams that are short or have people over.

    A `busy` one has many customers for its people.
    """
    least, most = (100, 4_000) if busy else (1, 400)
    rows = [teams.tier(name, draw(st.integers(least, most)), csms=draw(csms if known else st.none() | csms),
                       arr=draw(st.integers(1_000, 30_000_000)), growth=draw(st.none() | rate),
                       churn=draw(st.none() | st.decimals("0", "0.4", places=2)))
            for name in draw(st.sets(st.sampled_from(TIERS), min_size=1))]
    return teams.book(*rows, managers=draw(st.none() | st.integers(0, 3)), arr_growth=draw(st.none() | rate))


def planned(book, horizon: int = 12, settings: dict = SETTINGS, waited: int = 0) -> Staffing:
    return staffed(book, services(book, settings), settings, horizon, waited)


def costed(book, horizon: int = 12, settings: dict = SETTINGS):
    plan = planned(book, horizon, settings)
    return plan, cost(book, plan, spans(book, plan, settings, horizon), settings, horizon)


def waited(book, horizon: int = 12, settings: dict = SETTINGS):
    plan = planned(book, horizon, settings)
    return plan, waiting(book, services(book, settings), settings, horizon, plan)


def lacking(plan: Staffing, settings: dict = SETTINGS) -> Fraction:
    """FTE-months that a plan leaves open, month by month and tier by tier, where they are worth a hire."""
    rows = (row for month in plan.months[1:] for row in month.tiers)
    short = (Fraction(row.demand_fte) - Fraction(row.capacity_fte) for row in rows)
    least = Fraction(D(settings["coverage"]["least_gap_fte"])) + Fraction(1, 10 ** 9)
    return sum((fte for fte in short if fte > least), Fraction(0))


@given(books(known=False), st.sampled_from([12, 18, 24]))
def test_now_and_the_change_are_exactly_the_cost_in_twelve_months(book, horizon):
    _, found = costed(book, horizon)
    for spend in (found.now, found.in_12_months):
        if spend.csm_cost is None:
            assert (spend.total, spend.arr_ratio, spend.per_account) == (None, None, None)
        else:
            assert spend.total == spend.csm_cost + (spend.manager_cost or 0)
            assert spend.per_account * spend.customers == pytest.approx(spend.total, rel=D("1e-20"))
            assert spend.arr_ratio * spend.arr == pytest.approx(spend.total, rel=D("1e-20"))
    if found.now.total is None:
        assert found.run_rate_change is None
    else:
        assert found.now.total + found.run_rate_change == found.in_12_months.total


@given(books(), st.sampled_from([12, 24]))
def test_the_cost_now_is_the_pay_of_those_who_are_there(book, horizon):
    _, found = costed(book, horizon)
    assert found.now.csms_fte == sum(tier.csms for tier in book.tiers)
    assert found.now.csm_cost == sum(tier.csms * PAY[tier.tier] for tier in book.tiers)
    assert found.now.customers == sum(tier.customers for tier in book.tiers)
    assert abs(found.now.arr - sum(tier.arr for tier in book.tiers)) < D("1e-9")
    assert found.managers_known == (book.managers is not None)
    assert found.now.managers == book.managers
    assert found.now.manager_cost == (None if book.managers is None else book.managers * PAY["manager"])


@given(books(), st.sampled_from([12, 24]))
def test_the_cost_in_a_year_is_the_pay_of_the_headcount_of_the_twelfth_month(book, horizon):
    plan, found = costed(book, horizon)
    rows = plan.months[12].tiers
    assert found.in_12_months.csms_fte == plan.months[12].headcount
    assert abs(found.in_12_months.csm_cost - sum(row.headcount * PAY[row.tier] for row in rows)) <= D("0.005")
    assert found.in_12_months.arr == sum(row.arr for row in rows)


@given(books(), st.sampled_from([12, 15, 24]))
def test_hires_cost_their_pay_from_their_start_to_the_horizon(book, horizon):
    plan, found = costed(book, horizon)
    leads = spans(book, plan, SETTINGS, horizon)
    expected = sum((Fraction(hire.fte) * PAY[hire.tier] * max(0, horizon - hire.start) / 12 for hire in plan.hires),
                   Fraction(0))
    expected += sum((Fraction(lead.cost) for lead in leads if lead.cost is not None), Fraction(0))
    assert abs(Fraction(found.hires_cost) - expected) < Fraction(1, 10 ** 6)
    moves = sum((Fraction(move.fte) * (PAY[move.to_tier] - PAY[move.from_tier]) * (horizon - 1) / 12
                 for move in plan.moves), Fraction(0))
    assert abs(Fraction(found.moves_cost) - moves) < Fraction(1, 10 ** 6)


def test_managers_of_the_plan_are_paid_once_they_have_started():
    book = teams.book(teams.tier("mid_market", 1000, csms=16, arr=8_000_000, model="pooled"), managers=0)
    calm = teams.settings(**{"coverage.attrition_ratio": 0})
    _, found = costed(book, 12, calm)
    assert (found.now.managers, found.now.manager_cost) == (0, 0)
    assert (found.in_12_months.managers, found.in_12_months.manager_cost) == (2, 480_000)
    assert found.run_rate_change == 480_000
    assert found.hires_cost == 2 * 240_000 * D(9) / 12
    late = teams.settings(**{"coverage.attrition_ratio": 0, "coverage.lead_days": 400})
    _, found = costed(book, 12, late)
    assert (found.in_12_months.managers, found.hires_cost) == (0, 0)
    _, longer = costed(book, 24, late)
    assert longer.in_12_months.managers == 0
    assert longer.hires_cost == 2 * 240_000 * D(24 - 14) / 12


def test_unknown_managers_are_not_taken_as_none_and_the_total_says_what_it_holds():
    tier = teams.tier("mid_market", 1000, csms=16, arr=8_000_000, model="pooled")
    _, found = costed(teams.book(tier))
    assert (found.managers_known, found.now.managers, found.now.manager_cost) == (False, None, None)
    assert (found.in_12_months.managers, found.in_12_months.manager_cost) == (None, None)
    assert found.now.total == 16 * 140_000
    assert found.hires_cost == 0


def test_the_cost_is_set_against_arr_and_accounts():
    book = teams.book(teams.tier("enterprise", 50, csms=2, arr=4_000_000), managers=1)
    _, found = costed(book)
    assert (found.now.total, found.now.arr_ratio, found.now.per_account) == (600_000, D("0.15"), 12_000)


def leak(**by_tier: int) -> Leak:
    amounts = {tier: D(lost) for tier, lost in by_tier.items()}
    return Leak(date(2026, 9, 30), "USD", sum(amounts.values(), D(0)), amounts, D(1), D(1))


def short_book(gm: Optional[str] = None):
    """An enterprise tier that hires and a mid market that does not."""
    book = teams.book(teams.tier("enterprise", 60, csms=1, arr=3_080_000, model="named"),
                      teams.tier("mid_market", 10, csms=3, arr=100_000, model="pooled"))
    settings = teams.settings(**({"gross_margin_ratio": gm} if gm else {}), **{
        "coverage.moves.most_tiers_apart": 0, "coverage.attrition_ratio": 0})
    return book, settings


def test_hires_break_even_where_the_gross_profit_of_the_arr_saved_is_their_cost():
    book, settings = short_book()
    plan = planned(book, 12, settings)
    row, = break_even(book, plan, settings, leak(enterprise=1_500_000, smb=10))
    hired = sum(hire.fte for hire in plan.hires)
    assert (row.tier, row.fte, row.cost_a_year, row.arr) == ("enterprise", hired, hired * 180_000, 3_080_000)
    assert hired == D("2.5")
    assert abs(row.saved_arr * D("0.77") - 450_000) < D("1e-18")
    assert abs(row.points_ratio - D(450_000) / (D(3_080_000) * D("0.77"))) < D("1e-18")
    assert abs(row.points_per_csm_ratio - D(180_000) / (D(3_080_000) * D("0.77"))) < D("1e-18")
    assert (row.lost_arr, row.lost_share_ratio) == (1_500_000, row.saved_arr / 1_500_000)


@pytest.mark.parametrize(("known", "lost"), [(None, None), (leak(smb=5), None), (leak(enterprise=0), 0)])
def test_what_was_lost_is_none_where_it_is_not_known_and_no_share_is_taken_of_nothing(known, lost):
    book, settings = short_book()
    row, = break_even(book, planned(book, 12, settings), settings, known)
    assert (row.lost_arr, row.lost_share_ratio) == (lost, None)


def test_without_gross_margin_no_arr_pays_for_a_hire():
    book, settings = short_book()
    row, = break_even(book, planned(book, 12, settings), {**settings, "gross_margin_ratio": 0}, None)
    assert (row.points_ratio, row.saved_arr) == (None, None)


@given(books())
def test_every_tier_that_hires_breaks_even_once_and_all_hires_are_in(book):
    plan = planned(book)
    rows = break_even(book, plan, SETTINGS, None)
    hiring = {hire.tier for hire in plan.hires}
    assert [row.tier for row in rows] == [tier.tier for tier in book.tiers if tier.tier in hiring]
    assert sum(row.fte for row in rows) == sum(hire.fte for hire in plan.hires)
    assert sum(row.cost_a_year for row in rows) == sum(hire.cost_a_year for hire in plan.hires)


@given(books(busy=True), st.sampled_from([12, 24]))
def test_waiting_never_lowers_the_missing_hours_and_never_costs_more_pay(book, horizon):
    plan, found = waited(book, horizon)
    assert (found is None) == (not plan.hires)
    if found is None:
        return
    late = planned(book, horizon, waited=3)
    assert lacking(late) >= lacking(plan)
    assert abs(Fraction(found.fte_months) - lacking(late) + lacking(plan)) < Fraction(1, 10 ** 6)
    assert found.fte_months >= 0 and found.hours >= 0 and found.accounts >= 0 and found.arr >= 0
    assert found.accounts <= max(sum(row.customers for row in month.tiers) for month in late.months)
    hires = sum((Fraction(hire.fte) * PAY[hire.tier] * max(0, horizon - max(hire.start, 6)) / 12
                 for hire in plan.hires), Fraction(0))
    moves = sum((Fraction(move.cost_a_year) * 3 / 12 for move in plan.moves), Fraction(0))
    saved = sum((Fraction(hire.cost) for hire in plan.hires), Fraction(0)) - hires + moves
    assert abs(Fraction(found.saved) - saved) < Fraction(1, 10 ** 6)


def test_accounts_left_without_service_are_those_of_the_month_that_lacks_the_most_people():
    """Waiting leaves many accounts of a quick tier open first, and few of a tier that ramps for months later on."""
    book = teams.book(teams.tier("strategic", 80, csms=4, arr=20_000_000, model="named_sponsor"),
                      teams.tier("smb", 3_000, csms=2, arr=3_000_000, model="tech"))
    settings = teams.settings(**{"coverage.attrition_ratio": 0, "coverage.ramp.strategic.half_months": 4,
                                 "coverage.ramp.strategic.full_months": 5})
    plan, found = waited(book, 12, settings)
    late = planned(book, 12, settings, waited=3)
    months = []
    for before, after in zip(plan.months, late.months):
        extra = [max(D(0), b.demand_fte - b.capacity_fte) - max(D(0), a.demand_fte - a.capacity_fte)
                 for a, b in zip(before.tiers, after.tiers)]
        months.append((sum(extra), sum(fte * row.customers / row.demand_fte for fte, row in zip(extra, after.tiers)
                                       if row.demand_fte)))
    assert max(months)[1] < max(accounts for _, accounts in months) / 2
    assert abs(found.accounts - max(months)[1]) < D("1e-5")


def test_the_worked_plan_put_off_by_a_quarter():
    settings = teams.settings(**teams.WORKED)
    plan, found = waited(teams.worked_book(), 12, settings)
    starts = [(hire.fte, hire.start) for hire in plan.hires]
    assert sum(fte for fte, _ in starts) == 7
    saved = sum(fte * 140_000 * (max(start, 6) - start) / 12 for fte, start in starts)
    late = planned(teams.worked_book(), 12, settings, waited=3)
    short = [(before.tiers[2], after.tiers[2]) for before, after in zip(plan.months[1:], late.months[1:])]
    extra = [max(D(0), after.demand_fte - after.capacity_fte) - max(D(0), before.demand_fte - before.capacity_fte)
             for before, after in short]
    worst = max(range(12), key=extra.__getitem__)
    assert abs(found.saved - saved) < D("1e-9")
    assert abs(found.fte_months - sum(extra)) < D("1e-6")
    assert abs(found.hours - sum(extra) * D("88.7775")) < D("0.01")
    assert abs(found.accounts - extra[worst] / short[worst][1].demand_fte * short[worst][1].customers) < D("1e-5")
    assert abs(found.arr - found.accounts * 90_000) < D("1")
    assert found.break_even_loss_ratio == found.saved / (found.arr * D("0.77"))
    assert (found.tier, found.months) == ("mid_market", 3)
    assert found.peak_load_ratio == max(row.load_ratio for row in (after for _, after in short))
    assert found.peak_load_ratio > max(row.load_ratio for row, _ in short)


def test_a_plan_that_hires_nobody_cannot_wait():
    _, found = waited(teams.book(teams.tier("smb", 10, csms=5, growth=0)))
    assert found is None


def test_waiting_that_leaves_nobody_unserved_has_no_worst_tier_and_no_break_even():
    far = teams.settings(**{"coverage.lead_days": 730})
    plan, found = waited(teams.book(teams.tier("enterprise", 60, csms=1, model="named")), 12, far)
    assert plan.hires
    assert (found.saved, found.fte_months, found.accounts, found.arr) == (0, 0, 0, 0)
    assert (found.break_even_loss_ratio, found.tier, found.peak_load_ratio) == (None, None, None)


def test_two_thirds_of_an_account_without_service_are_two_thirds_of_its_arr():
    book = teams.book(teams.tier("enterprise", 60, csms=1, arr=3_000_000, model="named"))
    plan, found = waited(book, 12, teams.settings(**{"coverage.attrition_ratio": 0}))
    assert found.arr == pytest.approx(found.accounts * 50_000, rel=D("1e-18"))
    assert 0 < found.accounts < 60
    assert plan.months[12].tiers[1].customers == 60
