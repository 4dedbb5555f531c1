"""Whether CSMs keep renewal and expansion, share them, or hand them over to account managers."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgs
from cslib.am_split import DECISIONS, Split, split

D = Decimal
SPEAKING_FOR = ("acv", "renewals_slip", "products", "sales_led")
SPEAKING_AGAINST = ("small_acv", "product_led", "small_team", "founder_closes_deals")
SLIPPING = {"renewals_owned_by": "csm", "renewals_due_12m": 100, "renewals_late_12m": 10, "renewals_lost_12m": 0}
ON_TIME = {**SLIPPING, "renewals_late_12m": 9, "founder_closes_deals": False}
PLAIN = {"median_acv": 20_000, "motion": "hybrid", "products": 1, "arr": 4_000_000}


def of(csms: object = 4, signals: object = None, settings: dict = orgs.SETTINGS, **known: object) -> Split:
    """The split of a company: ACV 20,000 speaks for it and nothing else does, unless said."""
    made = orgs.of(**{**PLAIN, **known, "signals": {**ON_TIME, **(signals or {})}})
    return split(made, None if csms is None else D(csms), settings)


def met(found: Split, key: str) -> object:
    return next(one.met for one in found.criteria if one.key == key)


def test_four_criteria_speak_for_the_split_and_four_against():
    assert [(one.key, one.side) for one in of().criteria] == [
        *((key, "for") for key in SPEAKING_FOR), *((key, "against") for key in SPEAKING_AGAINST)]


@pytest.mark.parametrize(("acv", "large"), [("19999.99", False), (20_000, True), (20_001, True)])
def test_an_acv_from_twenty_thousand_speaks_for_it_and_a_smaller_one_against(acv, large):
    found = of(median_acv=acv)
    assert (met(found, "acv"), met(found, "small_acv"), found.net) == (large, not large, 1 if large else -1)


def test_without_a_median_the_mean_counts_and_without_customers_nothing_is_known_of_acv():
    assert [met(of(median_acv=None, customers=many), "acv") for many in (200, 201)] == [True, False]
    empty = of(median_acv=None, customers=0, arr=0)
    assert met(empty, "acv") is None and met(empty, "small_acv") is None


@pytest.mark.parametrize(("late", "lost", "slip"), [
    (9, 14, False), (10, 14, True), (9, 15, True), (10, 15, True), (None, 15, True), (10, None, True),
    (None, 14, None), (9, None, None), (None, None, None)])
def test_renewals_slip_when_a_tenth_is_late_or_three_in_twenty_are_lost(late, lost, slip):
    assert met(of(signals={"renewals_late_12m": late, "renewals_lost_12m": lost}), "renewals_slip") is slip


@pytest.mark.parametrize(("owner", "slip"), [
    ("csm", True), ("account_manager", False), ("renewals", False), ("sales", False), ("founder", False),
    ("nobody", False), (None, None)])
def test_renewals_that_slip_speak_for_it_only_when_csms_own_them(owner, slip):
    assert met(of(signals={**SLIPPING, "renewals_owned_by": owner}), "renewals_slip") is slip


def test_nothing_is_known_of_renewals_when_none_were_due():
    none = {"renewals_due_12m": 0, "renewals_late_12m": 0, "renewals_lost_12m": 0}
    assert met(of(signals=none), "renewals_slip") is None


@pytest.mark.parametrize(("late", "lost", "shown"), [
    (10, 0, ("0.1", "0.1")), (0, 15, ("0.15", "0.15")), (10, 15, ("0.1", "0.1")), (1, 2, ("0.01", "0.1"))])
def test_the_ratio_shown_for_renewals_is_the_one_that_is_too_high(late, lost, shown):
    found = of(signals={"renewals_late_12m": late, "renewals_lost_12m": lost})
    one = next(one for one in found.criteria if one.key == "renewals_slip")
    assert (one.value, one.threshold) == (D(shown[0]), D(shown[1]))


@pytest.mark.parametrize(("products", "several"), [(1, False), (2, True), (3, True), (None, None)])
def test_two_products_speak_for_it(products, several):
    assert met(of(products=products), "products") is several


@pytest.mark.parametrize(("motion", "sales", "product"), [
    ("sales_led", True, False), ("hybrid", False, False), ("product_led", False, True), (None, None, None)])
def test_a_company_led_by_sales_speaks_for_it_and_one_led_by_its_product_against(motion, sales, product):
    found = of(motion=motion)
    assert (met(found, "sales_led"), met(found, "product_led")) == (sales, product)


@pytest.mark.parametrize(("csms", "small"), [(0, True), ("2.99", True), (3, False), (4, False), (None, None)])
def test_fewer_than_three_csms_speak_against_it(csms, small):
    assert met(of(csms=csms), "small_team") is small


@pytest.mark.parametrize("closes", [True, False, None])
def test_a_founder_who_closes_deals_speaks_against_it(closes):
    assert met(of(signals={"founder_closes_deals": closes}), "founder_closes_deals") is closes


@pytest.mark.parametrize(("known", "net", "decision"), [
    ({"median_acv": 19_999}, -1, "combined"), ({"csms": 2}, 0, "combined"), ({}, 1, "hybrid"),
    ({"products": 2}, 2, "hybrid"), ({"products": 2, "motion": "sales_led"}, 3, "split"),
    ({"products": 2, "motion": "sales_led", "signals": SLIPPING}, 4, "split")])
def test_a_net_of_one_is_a_hybrid_and_of_three_a_split(known, net, decision):
    found = of(**known)
    assert (found.net, found.decision, found.decided) == (net, decision, True)


def test_what_is_unknown_counts_for_neither_and_leaves_two_ends():
    found = of(products=None, motion=None)
    assert (found.net, found.decision, found.least, found.most, found.decided) == (
        1, "hybrid", "combined", "split", False)


@pytest.mark.parametrize(("arr", "beyond"), [("4999999.99", False), (5_000_000, True), (5_000_001, True)])
def test_from_five_million_the_sources_do_not_leave_both_with_the_csm(arr, beyond):
    assert of(arr=arr).beyond_combined is beyond


@pytest.mark.parametrize(("key", "value"), [("acv", 20_001), ("products", 3), ("lost_ratio", 1), ("hybrid_from", 2),
                                            ("small_team_csms", 5), ("combined_below_arr", 3_000_000)])
def test_the_policy_sets_every_threshold(key, value):
    settings = copy.deepcopy(orgs.SETTINGS)
    settings["hiring"]["split"][key] = value
    known = {"products": 2, "signals": {"renewals_lost_12m": 15}} if key in ("lost_ratio", "products") else {}
    assert of(**known, settings=settings) != of(**known)


def test_acv_turns_as_one_and_a_motion_leaves_the_other():
    found = of(products=2, motion="sales_led")
    assert [(turn.key, turn.now, turn.then, turn.decision) for turn in found.turning] == [
        ("acv", True, False, "hybrid"), ("products", True, False, "hybrid"), ("sales_led", True, False, "hybrid"),
        ("product_led", False, True, "hybrid"), ("small_team", False, True, "hybrid"),
        ("founder_closes_deals", False, True, "hybrid")]


def test_an_unknown_turns_where_one_of_its_answers_changes_the_decision():
    assert [turn for turn in of(products=2, motion=None).turning if turn.key in ("sales_led", "product_led")] == [
        ("sales_led", None, True, "split")]
    assert [turn for turn in of(signals={"founder_closes_deals": None}).turning
            if turn.key == "founder_closes_deals"] == [("founder_closes_deals", None, True, "combined")]


ANY_ORG = orgs.orgs()
CSMS = st.none() | st.integers(0, 12).map(D)


@given(ANY_ORG, CSMS, st.integers(0, 200_000), st.integers(0, 200_000))
def test_raising_the_acv_never_argues_against_the_split(org, csms, acv, more):
    lower, higher = (split(org._replace(median_acv=D(each)), csms, orgs.SETTINGS) for each in (acv, acv + more))
    assert higher.net >= lower.net
    for end in ("least", "decision", "most"):
        assert DECISIONS.index(getattr(higher, end)) >= DECISIONS.index(getattr(lower, end))


@given(ANY_ORG, CSMS, st.integers(1, 5), st.integers(0, 5))
def test_more_products_or_more_csms_never_argue_against_it(org, csms, products, more):
    net = split(org._replace(products=products), csms, orgs.SETTINGS).net
    assert split(org._replace(products=products + more), csms, orgs.SETTINGS).net >= net
    if csms is not None:
        assert split(org._replace(products=products), csms + more, orgs.SETTINGS).net >= net


@given(ANY_ORG, CSMS)
def test_a_founder_who_stops_closing_deals_never_argues_against_it(org, csms):
    closing, stopped = (split(orgs.with_signals(org, founder_closes_deals=each), csms, orgs.SETTINGS)
                        for each in (True, False))
    assert stopped.net == closing.net + 1


@given(ANY_ORG, CSMS)
def test_the_decision_lies_between_its_ends_and_the_net_is_the_sum_of_what_is_met(org, csms):
    found = split(org, csms, orgs.SETTINGS)
    least, decision, most = (DECISIONS.index(one) for one in (found.least, found.decision, found.most))
    assert least <= decision <= most and found.decided is (least == most)
    assert found.net == sum({"for": 1, "against": -1}[one.side] for one in found.criteria if one.met)


@given(ANY_ORG, ANY_ORG, CSMS, st.integers(0, 12).map(D))
def test_a_decided_split_stays_when_what_is_unknown_is_told(org, told, csms, known_csms):
    found = split(org, csms, orgs.SETTINGS)
    signals = org.signals._replace(**{key: getattr(told.signals, key) for key, value in org.signals._asdict().items()
                                      if value is None})
    filled = org._replace(motion=org.motion or told.motion, products=org.products or told.products, signals=signals)
    after = split(filled, known_csms if csms is None else csms, orgs.SETTINGS)
    ends = [DECISIONS.index(one) for one in (found.least, after.least, after.decision, after.most, found.most)]
    assert ends == sorted(ends)
    assert not found.decided or after.decision == found.decision


@given(ANY_ORG, CSMS, st.sampled_from(("sales_led", "hybrid")))
def test_every_turn_is_what_the_decision_becomes_when_the_company_changes_so(org, csms, motion):
    org = org._replace(motion=motion)
    found = split(org, csms, orgs.SETTINGS)
    made = {"products": lambda then: org._replace(products=2 if then else 1),
            "founder_closes_deals": lambda then: orgs.with_signals(org, founder_closes_deals=then),
            "acv": lambda then: org._replace(median_acv=D(20_000 if then else 19_999)),
            "sales_led": lambda then: org._replace(motion="sales_led" if then else "hybrid")}
    turned = {(turn.key, turn.then): turn.decision for turn in found.turning}
    for key, change in made.items():
        for then in (True, False):
            after = split(change(then), csms, orgs.SETTINGS).decision
            assert turned.get((key, then), found.decision) == after
    small = split(org, D(2), orgs.SETTINGS).decision
    assert turned.get(("small_team", True), found.decision) == small


def test_no_turn_is_told_that_leaves_the_decision_as_it_is():
    found = of(products=2)
    assert all(turn.decision != found.decision and turn.then is not turn.now for turn in found.turning)
    assert {turn.key for turn in found.turning} == {"acv", "sales_led", "renewals_slip"}
