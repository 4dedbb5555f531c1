"""Decision B as a whole: the parts agree with each other, and nothing is counted twice or lost."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import customers, policy, schema, tiering
from cslib.levers import EXITS, OVER_SERVED
from cslib.segmentation import Segmentation, segmented
from portfolios import AS_OF, document
from serving import POOR, UNSEEN
from serving import customer as known_customer

SETTINGS = policy.read(None).settings
STRONG = (True,) * 5 + (False,) * 2


def customer(number: int, arr: object = 12_000, cost: object = None, signals: tuple = UNSEEN,
             **known: object) -> customers.Customer:
    return known_customer(f"C-{number:04d}", arr, cost, signals, **known)


def portfolio(*people: customers.Customer, partial: bool = False) -> customers.Portfolio:
    return customers.Portfolio(AS_OF, "USD", partial, [one for one in people if not one.churned],
                               [one for one in people if one.churned], 0, (), ())


def read(doc: dict) -> customers.Portfolio:
    schema.check(doc, "customers", "portfolio")
    return customers.read(doc, "portfolio", tiering.FOUR)


def answer(*people: customers.Customer, preset: str = "four_tier", **kwargs: object) -> Segmentation:
    return segmented(portfolio(*people, **kwargs), preset, SETTINGS)


seeds = st.integers(0, 10_000)
presets = st.sampled_from([preset for preset in tiering.PRESETS if preset != "three_touch"])


@given(seeds, presets)
def test_every_paying_customer_is_in_one_tier_and_in_the_book(seed, preset):
    p = read(document(60, seed))
    s = segmented(p, preset, SETTINGS)
    assert sum(row.customers for row in s.tiers) == len(p.paying) == len(s.customers) == s.budget.customers
    assert sum(row.arr for row in s.tiers) == sum(one.arr for one in p.paying) == s.budget.arr
    assert s.book == {row.tier: (row.customers, row.arr) for row in s.tiers if row.customers}
    assert s.free == len(p.customers) - len(p.paying)
    assert sum(band.customers for band in s.icp.bands) == len(p.paying)


@given(seeds, presets)
def test_no_account_is_in_two_levers_and_the_excess_is_counted_once(seed, preset):
    s = segmented(read(document(60, seed)), preset, SETTINGS)
    leaving = [row.served for row in s.kill_list]
    assert not {one.customer.id for one in leaving} & {one.customer.id for one in s.over_served}
    above = [lever for lever in s.levers if lever.kind == OVER_SERVED]
    assert sum(lever.customers for lever in above) == len(s.over_served)
    assert sum(lever.gain for lever in above) == sum(one.excess for one in s.over_served)
    if s.budget.excess is not None:
        assert s.budget.excess == sum(one.excess or 0 for one in (*leaving, *s.over_served))


@given(seeds)
def test_the_order_of_the_customers_changes_nothing(seed):
    doc = document(40, seed)
    shuffled = {**doc, "customers": random.Random(seed).sample(doc["customers"], len(doc["customers"]))}
    assert segmented(read(doc), "four_tier", SETTINGS) == segmented(read(shuffled), "four_tier", SETTINGS)


@given(seeds)
def test_levers_stand_by_what_they_free_and_free_something(seed):
    gains = [lever.gain for lever in segmented(read(document(60, seed)), "four_tier", SETTINGS).levers]
    assert gains == sorted(gains, reverse=True) and all(gain > 0 for gain in gains)


@given(seeds)
def test_who_deserves_more_fits_and_gets_less_than_the_tier_is_due(seed):
    s = segmented(read(document(60, seed)), "four_tier", SETTINGS)
    assert all(one.shortfall > 0 and one.fit.band in ("strong", "decent") for one in s.deserving)
    assert not {one.customer.id for one in s.deserving} & {row.served.customer.id for row in s.kill_list}
    assert s.due is None or s.due == (len(s.deserving), sum(one.arr for one in s.deserving),
                                      sum(one.shortfall for one in s.deserving))
    assert [one.arr for one in s.deserving] == sorted((one.arr for one in s.deserving), reverse=True)


def test_those_who_left_are_in_no_tier_and_cost_nothing():
    s = answer(customer(1, cost=100), customer(2, cost=9_000, churned=True))
    assert (s.budget.customers, s.budget.cost) == (1, Decimal(100))


def test_one_customer_is_answered():
    s = answer(customer(1, arr=250_000, cost=10_000, signals=STRONG))
    assert s.tiers[0].customers == 1 and s.due == (1, 250_000, 10_000) and s.smells == ()


def test_nobody_with_arr_is_an_answer_too():
    s = answer(customer(1, arr=0, relationship="pilot", cost=4_000))
    assert (s.budget.customers, s.free, s.verdict, s.levers) == (0, 1, None, ())
    assert [(row.reason, row.cost) for row in s.apart] == [("pilot", Decimal(4_000))]


def test_all_in_one_tier_smells():
    s = answer(*(customer(n, arr=1_000 + n) for n in range(1, 6)))
    assert set(s.smells) == {"everyone_at_the_bottom", "one_tier"}


@pytest.mark.parametrize("cost, verdict", [(1_000, "healthy"), (1_111, "healthy"), (1_112, "concerning"),
                                           (1_333, "concerning"), (1_334, "critical")])
def test_the_verdict_is_the_share_of_cost_above_what_is_borne(cost, verdict):
    s = answer(customer(1, arr=10_000, cost=cost, signals=STRONG))  # bears a tenth of its ARR
    assert s.verdict == verdict, s.budget.excess_ratio


def test_there_is_no_verdict_on_a_part_of_the_cost_or_on_less_than_half_of_the_arr():
    assert answer(customer(1, cost=600), partial=True).verdict is None
    assert answer(customer(1, arr=10_000, cost=600), customer(2, arr=10_001)).verdict is None
    assert answer(customer(1, arr=10_000, cost=600), customer(2, arr=10_000)).verdict == "healthy"
    assert answer(customer(1)).verdict is None


def test_more_overrides_than_the_policy_allows_are_said_to_be_too_many():
    def people(overridden, all_of):
        until = AS_OF
        return [customer(n, override=customers.Override("launch partner", until) if n < overridden else None)
                for n in range(all_of)]

    assert answer(*people(1, 20)).overridden_ratio == Decimal("0.05")
    assert not answer(*people(1, 20)).too_many_overrides and answer(*people(2, 20)).too_many_overrides


def test_the_exit_list_decides_by_the_first_day_for_notice_still_to_come():
    def leaving(number, renewal):
        return customer(number, arr=3_000, cost=2_900, signals=POOR,
                        renewal_date=renewal and AS_OF.replace(*renewal))

    s = answer(leaving(1, (2026, 11, 1)), leaving(2, (2027, 3, 1)), leaving(3, None), leaving(4, (2026, 12, 15)))
    assert [row.not_renewing.notice for row in sorted(s.kill_list, key=lambda row: row.served.customer.id)] == [
        "closed", "ahead", "unknown", "open"]
    assert s.leaving.decide_by.isoformat() == "2026-10-16" and s.leaving.customers == 4
    assert answer(leaving(3, None)).leaving.decide_by is None


def test_an_account_that_loses_money_and_one_that_earns_little_are_told_apart():
    s = answer(customer(1, arr=4_000, cost=3_500, signals=POOR), customer(2, arr=4_000, cost=2_500, signals=POOR))
    assert (s.leaving.losing, s.leaving.earning_little) == (1, 1)
    assert [lever.kind for lever in s.levers] == [EXITS]


def test_an_account_deserves_more_when_it_fits_and_gets_less_than_its_tier_is_due():
    s = answer(customer(1, 40_000, 1_000, STRONG), customer(2, 50_000, 2_000, (True, True, True) + (False,) * 4),
               customer(3, 60_000, 1_000, POOR), customer(4, 70_000, 1_000), customer(5, 80_000, 9_000, STRONG))
    assert (s.budget.shortfall_customers, s.budget.shortfall) == (4, 15_000)
    assert s.due == (2, 90_000, 7_000) and [one.customer.id for one in s.deserving] == ["C-0002", "C-0001"]


def test_what_fitting_accounts_are_due_is_unknown_on_a_part_of_the_cost():
    assert answer(customer(1, 40_000, 1_000, STRONG), partial=True).due is None


def test_the_excess_above_the_range_of_the_tier_is_told_apart():
    s = answer(customer(1, 10_000, 2_500, STRONG), customer(2, 10_000, 4_000, STRONG))  # bear 1,000, range to 3,000
    assert (s.budget.excess, s.above_range) == (4_500, 1_000)


def test_a_lever_says_how_many_may_leave_before_it_does_not_pay():
    lever, = answer(customer(1, 10_000, 2_500, STRONG)).levers  # contribution 5,200 becomes 6,700
    assert lever.gain == 1_500 and lever.loss_ratio == 1 - Decimal(5_200) / Decimal(6_700)


def test_what_a_proposal_gives_up_for_another_reason_than_money_is_told_apart():
    s = answer(customer(1, 30_000, 9_000, POOR, acquired_by_conflicting_owner=True),
               customer(2, 4_000, 3_500, POOR, declining_industry=True))
    assert (s.leaving.gain, s.leaving.given_up) == (-14_100 + 3_000, 14_100)
    assert (s.leaving.losing, s.leaving.earning_little, s.leaving.earning) == (1, 0, 1)


def test_the_cost_of_those_apart_is_unknown_where_nobodys_is_known():
    s = answer(customer(1, signals=POOR), customer(2, arr=0, relationship="pilot", cost=4_000))
    assert {row.reason: row.cost for row in s.apart} == {"no_cost": None, "pilot": 4_000}
    assert [band.cost for band in s.icp.bands if band.customers] == [None]
