"""The exit list: only what is known counts against an account, and each way's price holds what it says."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import exits, result
from cslib.exit_ways import loss_ratio
from cslib.service_cost import Served
from serving import (
    AS_OF,
    MAYBE,
    POLICIES,
    POOR,
    PORTFOLIOS,
    SETTINGS,
    STRONG,
    UNSEEN,
    customer,
    customers,
    fit_of,
    fits_of,
    one,
    served,
    settings,
)

RULES = SETTINGS["segmentation"]["exit"]
NEAR = Fraction(1, 10 ** 9)
TWO = {"signals": POOR, "declining_industry": True}


def listed(*accounts: Served, rules: dict = SETTINGS) -> list[exits.Exit]:
    return exits.exits(accounts, rules, AS_OF)


def exit_of(tier: str = "enterprise", rules: dict = SETTINGS, **known: object) -> exits.Exit:
    """The exit of one account of poor fit in a declining industry."""
    return listed(one(tier, rules, **{**TWO, **known}), rules=rules)[0]


def flags_of(account, signals=None) -> tuple[str, ...]:
    return exits.flags(account, fit_of(account.signals if signals is None else signals), RULES)


@given(PORTFOLIOS, POLICIES)
def test_only_who_can_be_judged_is_a_candidate(book, rules):
    inside = served(*book, rules)
    on_list = exits.exits(inside, rules, AS_OF)
    for way in on_list:
        person = way.served.customer
        assert person.relationship in (None, "paying") and person.annual_cost_to_serve is not None
        assert way.served.fit.score is not None
        assert len(way.flags) >= rules["segmentation"]["exit"]["least_flags"]
    judged = {row.customer.id for row in exits.not_judged(inside, [], {}, rules)}
    for account in inside:
        person = account.customer
        open_ = (person.relationship in ("pilot", "design_partner") or person.annual_cost_to_serve is None
                 or account.fit.score is None)
        assert open_ == (person.id in judged)
        enough = len(exits.flags(person, account.fit, rules["segmentation"]["exit"])) >= (
            rules["segmentation"]["exit"]["least_flags"])
        assert (enough and not open_) == (person.id in {way.served.customer.id for way in on_list})


@given(customers(), st.integers(1, 10 ** 9))
def test_a_higher_cost_removes_no_flag(account, more):
    if account.annual_cost_to_serve is not None:
        dearer = account._replace(annual_cost_to_serve=account.annual_cost_to_serve + D(more) / 100)
        assert set(flags_of(account)) <= set(flags_of(dearer))


@given(customers(), st.sampled_from(("annual_cost_to_serve", "tenure_months", "escalations_12m",
                                     "acquired_by_conflicting_owner", "declining_industry", "signals")))
def test_what_is_unknown_raises_no_flag(account, name):
    without = account._replace(**{name: UNSEEN if name == "signals" else None})
    assert set(flags_of(without)) <= set(flags_of(account))


@given(PORTFOLIOS, st.data())
def test_more_signals_known_never_make_a_certain_exit_uncertain(book, data):
    people, tiers = book
    certain = {way.served.customer.id for way in exits.exits(served(people, tiers), SETTINGS, AS_OF) if way.certain}
    told = [person._replace(signals=tuple(
        data.draw(MAYBE) if answer is None else answer for answer in person.signals)) for person in people]
    after = {way.served.customer.id for way in exits.exits(served(told, tiers), SETTINGS, AS_OF) if way.certain}
    assert certain <= after


@given(PORTFOLIOS)
def test_an_exit_is_certain_when_it_stands_whatever_the_unknown_signals_are(book):
    for way in exits.exits(served(*book), SETTINGS, AS_OF):
        person = way.served.customer
        answers = itertools.product(*((True, False) if answer is None else (answer,) for answer in person.signals))
        assert way.certain == all(len(flags_of(person, signals)) >= RULES["least_flags"] for signals in answers)


@given(PORTFOLIOS, POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_is_irrelevant(book, rules, chance):
    inside = served(*book, rules)
    free = [customer(f"f{n}", 0, n * 10, POOR, declining_industry=bool(n % 2)) for n in range(4)]
    fits = fits_of(free)
    other, unpaid = list(inside), list(free)
    chance.shuffle(other)
    chance.shuffle(unpaid)
    on_list = exits.exits(inside, rules, AS_OF)
    assert exits.exits(other, rules, AS_OF) == on_list
    assert exits.not_judged(other, unpaid, fits, rules) == exits.not_judged(inside, free, fits, rules)
    assert exits.unprofitable(other, on_list) == exits.unprofitable(inside, on_list)


@given(PORTFOLIOS, POLICIES)
def test_a_way_is_worth_what_it_changes_in_contribution(book, rules):
    for way in exits.exits(served(*book, rules), rules, AS_OF):
        now, margin = way.served.contribution, rules["gross_margin_ratio"]
        cost, arr = way.served.customer.annual_cost_to_serve, way.served.customer.arr
        leaving, cheaper, dearer = way.not_renewing, way.tech_touch, way.repricing
        assert leaving.net_effect == -now == leaving.cost_freed - leaving.gross_profit_given_up
        assert (leaving.arr_given_up, leaving.cost_freed) == (arr, cost)
        assert cheaper.net_effect == cheaper.contribution_after - now >= 0
        assert cheaper.cost_after == min(cost, rules["segmentation"]["exit"]["tech_touch_cost"])
        if dearer.rise_ratio is not None:
            gained = Fraction(dearer.target_price) * Fraction(margin) - Fraction(cost) - Fraction(now)
            assert abs(Fraction(dearer.gain) - gained) < NEAR and dearer.gain >= 0
        assert way.gain == {"not_renewing": leaving.net_effect, "tech_touch": cheaper.net_effect,
                            "repricing": dearer.gain, "within_means": way.served.excess}[way.proposal]


@given(PORTFOLIOS, POLICIES)
def test_at_the_break_even_price_an_account_contributes_nothing(book, rules):
    margin = Fraction(rules["gross_margin_ratio"])
    for way in exits.exits(served(*book, rules), rules, AS_OF):
        price, cost = way.repricing.break_even_price, way.served.customer.annual_cost_to_serve
        assert (price is None) == (margin == 0)
        assert price is None or abs(Fraction(price) * margin - Fraction(cost)) < NEAR
        assert (way.repricing.break_even_rise_ratio is not None) == (price is not None and way.served.earning
                                                                     == "loses_money")


@given(PORTFOLIOS, POLICIES)
def test_at_the_target_price_cost_is_the_share_that_the_policy_aims_at(book, rules):
    for way in exits.exits(served(*book, rules), rules, AS_OF):
        allowed = Fraction(rules["segmentation"]["exit"]["target_cost_ratio"])
        dearer, arr, cost = way.repricing, way.served.customer.arr, way.served.customer.annual_cost_to_serve
        if not allowed:
            assert dearer[2:] == (None,) * 4
            continue
        assert abs(Fraction(dearer.target_price) * allowed - Fraction(cost)) < NEAR
        if dearer.target_price <= arr:
            assert (dearer.rise_ratio, dearer.gain, dearer.loss_ratio) == (None, 0, None)
        else:
            assert abs(Fraction(arr) * (1 + Fraction(dearer.rise_ratio)) - Fraction(dearer.target_price)) < NEAR


@given(st.decimals(-10 ** 6, 10 ** 6, places=2), st.decimals(-10 ** 6, 10 ** 6, places=2))
def test_at_the_loss_ratio_a_way_is_expected_to_earn_what_the_account_earns_today(now, after):
    lost = loss_ratio(now, after)
    if after <= now:
        assert lost is None
    elif now <= 0:
        assert lost == 1
    else:
        assert 0 < lost < 1
        assert abs((1 - Fraction(lost)) * Fraction(after) - Fraction(now)) < NEAR


@given(PORTFOLIOS, POLICIES)
def test_each_way_has_the_loss_ratio_of_its_own_contributions(book, rules):
    for way in exits.exits(served(*book, rules), rules, AS_OF):
        now, cost = way.served.contribution, way.served.customer.annual_cost_to_serve
        assert way.tech_touch.loss_ratio == loss_ratio(now, way.tech_touch.contribution_after)
        if way.repricing.rise_ratio is not None:
            after = way.repricing.target_price * rules["gross_margin_ratio"] - cost
            assert way.repricing.loss_ratio == loss_ratio(now, after)


@given(PORTFOLIOS, POLICIES)
def test_the_list_starts_with_what_brings_most(book, rules):
    on_list = exits.exits(served(*book, rules), rules, AS_OF)
    keys = [(-way.gain, -way.served.customer.arr, way.served.customer.id) for way in on_list]
    assert keys == sorted(keys)


@given(PORTFOLIOS, POLICIES)
def test_every_account_that_loses_money_is_listed_once(book, rules):
    inside = served(*book, rules)
    on_list = exits.exits(inside, rules, AS_OF)
    apart = exits.unprofitable(inside, on_list)
    pilots = [row.customer.id for row in exits.not_judged(inside, [], {}, rules)
              if row.reason in ("pilot", "design_partner")]
    losing = [account.customer.id for account in inside if account.earning == "loses_money"]
    named = [way.served.customer.id for way in on_list if way.served.earning == "loses_money"]
    named += [account.customer.id for account in apart] + [key for key in pilots if key in losing]
    assert sorted(named) == sorted(losing)
    assert [account.contribution for account in apart] == sorted(account.contribution for account in apart)


@given(PORTFOLIOS, st.lists(customers(arrs=st.just(D(0))), max_size=3))
def test_who_is_not_judged_stands_by_flags_then_by_arr(book, unpaid):
    free = [person._replace(id=f"f{n}") for n, person in enumerate(unpaid)]
    rows = exits.not_judged(served(*book), free, fits_of(free), SETTINGS)
    keys = [(-len(row.flags), -row.arr, row.customer.id) for row in rows]
    assert keys == sorted(keys)
    assert {person.id for person in free} <= {row.customer.id for row in rows}
    assert all(row.reason in exits.REASONS for row in rows)


@pytest.mark.parametrize(("known", "flag"), [
    ({"signals": (True,) * 3 + (False,) * 4}, None), ({"signals": (True, False, True) + (False,) * 4}, "poor_fit"),
    ({"cost": 15000}, None), ({"cost": "15000.01"}, "cost_above_half"),
    ({"tenure_months": 11, "escalations_12m": 2}, "early_escalations"),
    ({"tenure_months": 12, "escalations_12m": 2}, None), ({"tenure_months": 11, "escalations_12m": 1}, None),
    ({"tenure_months": 11}, None), ({"escalations_12m": 9}, None),
    ({"acquired_by_conflicting_owner": True}, "conflicting_owner"), ({"acquired_by_conflicting_owner": False}, None),
    ({"declining_industry": True}, "declining_industry"), ({"declining_industry": False}, None),
    ({"signals": UNSEEN}, None)])
def test_each_flag_stands_on_its_own_fact(known, flag):
    assert flags_of(customer(**known)) == ((flag,) if flag else ())


def test_a_fit_of_exactly_five_is_not_poor():
    signals = (True, False, False, True, True, False, None)
    assert fit_of(signals).score == 5
    assert flags_of(customer(signals=signals)) == ()


def test_all_flags_stand_in_their_order():
    assert flags_of(customer(arr=100, cost=90, signals=POOR, tenure_months=3, escalations_12m=4,
                             acquired_by_conflicting_owner=True, declining_industry=True)) == exits.FLAGS


def test_one_flag_is_no_exit_and_two_are():
    assert listed(one(cost=100, signals=POOR)) == []
    assert [way.flags for way in listed(one(cost=100, **TWO))] == [("poor_fit", "declining_industry")]
    assert listed(one(cost=100, **TWO), rules=settings(exit__least_flags=3)) == []


def test_an_exit_that_rests_on_a_fit_still_open_is_not_certain():
    half = (False, False, False, None, None, None, None)
    assert fit_of(half).highest < 5
    assert exit_of(cost=100, signals=half).certain
    most = (False, None, False, None, None, None, False)
    assert fit_of(most).highest == 5 and fit_of(most).band == "poor"
    assert not exit_of(cost=100, signals=most).certain
    assert exit_of(cost=29000, signals=most).certain


@pytest.mark.parametrize(("renewal", "notice"), [
    (None, "unknown"), (AS_OF, "passed"), (AS_OF - timedelta(1), "passed"), (AS_OF + timedelta(1), "closed"),
    (AS_OF + timedelta(59), "closed"), (AS_OF + timedelta(60), "open"), (AS_OF + timedelta(90), "open"),
    (AS_OF + timedelta(91), "ahead")])
def test_notice_is_given_from_ninety_to_sixty_days_before_renewal(renewal, notice):
    assert exit_of(cost=9000, renewal_date=renewal).not_renewing.notice == notice


def test_the_days_of_notice_are_counted_back_from_the_renewal():
    way = exit_of(cost=9000, renewal_date=date(2025, 12, 31)).not_renewing
    assert (way.notice_from, way.notice_by) == (date(2025, 10, 2), date(2025, 11, 1))
    assert exit_of(cost=9000).not_renewing[4:] == (None, None, None, "unknown")


def test_not_renewing_gives_up_gross_profit_and_frees_the_cost():
    assert exit_of(arr=30000, cost=9000).not_renewing[:4] == (30000, 23100, 9000, -14100)
    assert exit_of(arr=10000, cost=9000).not_renewing.net_effect == 1300


def test_nine_thousand_on_thirty_breaks_even_at_11_700_and_asks_twice_the_price_for_fifteen_per_cent():
    rules = settings(exit__target_cost_ratio=D("0.15"))
    way = exit_of(rules=rules, arr=30000, cost=9000).repricing
    assert round(way.break_even_price) == 11688 and way.break_even_rise_ratio is None
    assert (way.target_price, way.rise_ratio, way.gain) == (60000, 1, 23100)
    assert near(way.loss_ratio, 1 - Fraction(14100, 37200))


def near(got: D, exact: Fraction) -> bool:
    return abs(Fraction(got) - exact) < NEAR


def test_three_thousand_on_twelve_asks_213_per_cent_more_for_eight_per_cent():
    rules = settings(exit__target_cost_ratio=D("0.08"))
    way = exit_of("mid_market", rules, arr=12000, cost=3000).repricing
    assert (way.target_price, way.rise_ratio) == (37500, D("2.125"))


def test_an_account_that_loses_money_has_a_break_even_rise():
    way = exit_of(arr=10000, cost=9000).repricing
    assert near(way.break_even_price, Fraction(900000, 77)) and near(way.break_even_rise_ratio, Fraction(13, 77))
    assert (way.target_price, way.rise_ratio, way.gain, way.loss_ratio) == (36000, D("2.6"), 20020, 1)


def test_tech_touch_costs_five_hundred_and_never_more_than_today():
    way = exit_of(arr=30000, cost=9000).tech_touch
    assert way[:4] == (500, 22600, D(22600) / 30000, 8500)
    assert near(way.loss_ratio, 1 - Fraction(14100, 22600))
    same = exit_of(arr=30000, cost=300).tech_touch
    assert (same.cost_after, same.net_effect, same.loss_ratio) == (300, 0, None)


@pytest.mark.parametrize(("known", "proposal", "gain"), [
    ({"arr": 30000, "cost": 9375}, "repricing", D(7500) * D("0.77")),
    ({"arr": 30000, "cost": 9376}, "within_means", 1876),
    ({"arr": 30000, "cost": 7500}, "within_means", 0),
    ({"arr": 30000, "cost": 9376, "tier": "mid_market"}, "tech_touch", 8876),
    ({"arr": 600, "cost": 900, "tier": "mid_market"}, "not_renewing", 438),
    ({"arr": 30000, "cost": 9000, "acquired_by_conflicting_owner": True}, "not_renewing", -14100)])
def test_the_proposal_is_the_rise_that_is_borne_then_the_means_of_the_tier_then_to_let_go(known, proposal, gain):
    way = exit_of(**known)
    assert (way.proposal, way.gain) == (proposal, gain)


def test_the_account_whose_gross_profit_is_just_the_cost_of_tech_touch_is_let_go():
    assert exit_of("smb", settings(exit__tech_touch_cost=770), arr=1000, cost=900).proposal == "not_renewing"
    assert exit_of("smb", settings(exit__tech_touch_cost=769), arr=1000, cost=900).proposal == "tech_touch"


def test_an_account_with_a_named_csm_is_not_cut_off_from_people_unless_it_cannot_earn():
    assert exit_of("strategic", arr=128000, cost=102000).proposal == "within_means"
    poor = settings(gross_margin_ratio=D("0.20"))
    assert exit_of("strategic", poor, arr=128000, cost=102000).proposal == "tech_touch"


def test_an_exit_that_loses_money_is_told_from_one_that_earns_little():
    both = {"arr": 10000, "signals": POOR}
    on_list = listed(one(key="loses", cost=9000, **both), one(key="little", cost=6000, **both))
    assert {way.served.customer.id: way.served.earning for way in on_list} == {
        "loses": "loses_money", "little": "earns_little"}


def test_a_gross_margin_of_zero_leaves_the_break_even_price_open():
    way = exit_of(rules=settings(gross_margin_ratio=0), arr=30000, cost=9000)
    assert (way.repricing.break_even_price, way.repricing.break_even_rise_ratio) == (None, None)
    assert (way.repricing.gain, way.repricing.loss_ratio) == (0, None)
    assert way.tech_touch.loss_ratio == 1


def test_a_policy_that_aims_at_no_cost_leaves_the_target_price_open():
    way = exit_of(rules=settings(exit__target_cost_ratio=0), arr=30000, cost=9000)
    assert way.repricing[2:] == (None,) * 4 and way.proposal == "within_means"


@pytest.mark.parametrize(("known", "reason"), [
    ({"relationship": "pilot", "cost": 100}, "pilot"), ({"relationship": "design_partner"}, "design_partner"),
    ({}, "no_cost"), ({"cost": 100, "signals": UNSEEN}, "no_signals"), ({"signals": UNSEEN}, "no_cost_no_signals"),
    ({"cost": 0}, None)])
def test_who_cannot_be_judged_is_told_why(known, reason):
    account = one(**known)
    rows = exits.not_judged([account], [], {}, SETTINGS)
    assert [row.reason for row in rows] == ([reason] if reason else [])
    assert [(row.arr, row.cost) for row in rows] == [
        (account.customer.arr, account.customer.annual_cost_to_serve) for _ in rows]


def test_who_pays_nothing_is_not_judged_though_its_flags_are_told():
    free = [customer("f", 0, 50, POOR), customer("p", 0, None, relationship="pilot")]
    rows = exits.not_judged([], free, fits_of(free), SETTINGS)
    assert [(row.customer.id, row.reason, row.flags) for row in rows] == [
        ("f", "no_revenue", ("poor_fit", "cost_above_half")), ("p", "pilot", ())]


def test_an_account_outside_the_list_that_loses_money_is_named():
    inside = [one(key="a", arr=10000, cost=9000), one(key="b", arr=10000, cost=9500),
              one(key="c", arr=10000, cost=9500, relationship="pilot"), one(key="d", arr=10000, cost=6000),
              one(key="e", arr=10000, cost=9900, signals=POOR)]
    on_list = listed(*inside)
    assert [way.served.customer.id for way in on_list] == ["e"]
    assert [account.customer.id for account in exits.unprofitable(inside, on_list)] == ["b", "a"]


def test_a_record_names_its_account_and_is_strict_json():
    way = exit_of(arr=30000, cost=9500, name="Sample", renewal_date=date(2025, 12, 31))
    row = exits.not_judged([one(name="Other")], [], {}, SETTINGS)[0]
    shown = json.loads(result.text(result.plain({"kill_list": [way], "not_judged": [row]})))
    listed_way = shown["kill_list"][0]
    assert (listed_way["account"], listed_way["proposal"], listed_way["certain"]) == ("Sample", "within_means", True)
    assert listed_way["flags"] == ["poor_fit", "declining_industry"] and listed_way["fit_highest"] == 0
    assert listed_way["not_renewing"]["notice_by"] == "2025-11-01"
    assert shown["not_judged"] == [{"account": "Other", "id": "a", "reason": "no_cost", "flags": [], "arr": 30000.0,
                                    "cost": None}]


def test_a_strong_fit_does_not_keep_an_account_off_the_list():
    way = listed(one(arr=30000, cost=16000, signals=STRONG, declining_industry=True))[0]
    assert way.flags == ("cost_above_half", "declining_industry") and way.certain
