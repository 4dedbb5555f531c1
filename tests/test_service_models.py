"""What a service model asks of a CSM, from which ARR it pays, and which one a tier gets."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import policy, service_models
from cslib.service_models import MODELS
from teams import book, settings, tier

D = Decimal
SETTINGS = policy.read(None).settings
RULES = SETTINGS["coverage"]
FOUR = ("strategic", "enterprise", "mid_market", "smb")
THREE = ("high_touch", "low_touch", "tech_touch")
GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "facts" / "golden_numbers.json"


def chosen(rules: dict = SETTINGS, preset: str = "four_tier", **one: object) -> service_models.Service:
    made = tier(**one)
    return service_models.services(book(made, preset=preset), rules)[made.tier]


NAMES = st.sampled_from(FOUR)
PAID = st.one_of(*(st.decimals("0.01", most, places=2) for most in ("2000", "20000", "200000", "2000000")))
HOURS = st.decimals(min_value="0.1", max_value="400", places=1)
POLICIES = st.builds(
    lambda complexity, hours, buffer, share, margin: settings(**{
        "coverage.models.named.complexity": complexity, "coverage.models.pooled.reactive_hours": hours,
        "coverage.headroom.ratio": buffer, "coverage.target_cost_ratio": share, "gross_margin_ratio": margin}),
    st.decimals("0.5", "3", places=1), st.decimals("0", "90", places=1), st.decimals("0", "0.5", places=2),
    st.decimals("0.01", "1", places=2), st.decimals("0", "1", places=2))


@given(NAMES, PAID, PAID, POLICIES)
def test_who_pays_more_never_gets_the_poorer_model(name, one, other, rules):
    less, more = (MODELS.index(chosen(rules, name=name, customers=1, arr=arr).model) for arr in sorted((one, other)))
    assert more <= less


def account_cost(model: str, name: str, rules: dict) -> Fraction:
    """The pay of a year for an account's part of a CSM, worked out from the policy alone."""
    year, one = rules["working_year"], rules["models"][model]
    paid = Fraction(year["contract_hours"]) - year["leave_hours"] - year["holiday_hours"]
    delivered = paid * (1 - Fraction(year["internal_ratio"])) * Fraction(year["realised_ratio"])
    asked = sum(Fraction(each["times_a_year"]) * Fraction(each["hours"]) for each in one["motions"].values())
    hours = (asked + Fraction(one["reactive_hours"])) * Fraction(one["complexity"])
    by_hours = hours * (1 + Fraction(rules["headroom"]["ratio"])) / delivered
    by_accounts = Fraction(1, rules["account_caps"]["four_tier"][model])
    part = {"hours": by_hours, "accounts": by_accounts, "hours_or_accounts": max(by_hours, by_accounts),
            "arr": by_hours}[rules["sizing"]]
    return part * Fraction(rules["loaded_cost"][name])


@given(NAMES, PAID, POLICIES, st.sampled_from(("hours_or_accounts", "hours", "accounts", "arr")))
def test_the_model_chosen_pays_and_no_richer_one_does(name, arr, rules, sizing):
    rules["coverage"]["sizing"] = sizing
    served = chosen(rules, name=name, customers=1, arr=arr)
    most = Fraction(arr) * Fraction(rules["coverage"]["target_cost_ratio"]) * Fraction(rules["gross_margin_ratio"])
    costs = [account_cost(model, name, rules["coverage"]) for model in MODELS]
    place = MODELS.index(served.model)
    assert all(cost > most for cost in costs[:place])
    assert served.pays == (costs[place] <= most) and (served.pays or served.model == "tech")
    assert served.chosen == "pays"


@given(NAMES, PAID, HOURS, st.sampled_from((None, *MODELS)))
def test_measured_hours_replace_those_of_the_catalogue_and_their_onboarding_but_not_the_model(name, arr, hours, model):
    by_hours = settings(**{"coverage.sizing": "hours"})
    planned = chosen(by_hours, name=name, customers=3, arr=arr, model=model)
    measured = chosen(by_hours, name=name, customers=3, arr=arr, model=model, hours_per_account=hours)
    assert measured.model == planned.model
    assert (measured.hours_per_account, measured.onboarding_hours, measured.measured) == (hours, 0, True)
    assert planned.onboarding_hours > 0 and not planned.measured
    assert planned.hours_per_account == service_models.catalogue_hours(planned.model, RULES)
    ratio = Fraction(measured.pays_from_arr) / Fraction(planned.pays_from_arr)
    assert abs(ratio - Fraction(hours) / Fraction(planned.hours_per_account)) < Fraction(1, 10**20)


@given(NAMES, PAID, st.sampled_from(MODELS))
def test_a_model_of_the_book_is_kept_whether_it_pays_or_not(name, arr, model):
    served = chosen(name=name, customers=1, arr=arr, model=model)
    assert (served.model, served.chosen, served.pays) == (model, "yours", arr >= served.pays_from_arr)


@given(NAMES, PAID, PAID)
def test_a_book_held_to_its_models_keeps_them_whatever_its_arr_becomes(name, arr, later):
    before = book(tier(name, 1, arr))
    held = service_models.fixed(before, service_models.services(before, SETTINGS))
    richer = held._replace(tiers=tuple(each._replace(arr=each.customers * later) for each in held.tiers))
    assert service_models.services(richer, SETTINGS)[name].model == chosen(name=name, customers=1, arr=arr).model
    assert [each._replace(model=None) for each in held.tiers] == list(before.tiers)


@given(st.sampled_from(MODELS), HOURS, POLICIES)
def test_an_account_takes_the_more_of_its_hours_and_of_its_place_under_the_cap(model, hours, rules):
    served = chosen(rules, model=model, hours_per_account=hours)

    def taken(sizing: str) -> Decimal:
        return service_models.fte_per_account(served, tier(), {**rules["coverage"], "sizing": sizing})

    assert taken("hours_or_accounts") == max(taken("hours"), taken("accounts"))
    assert taken("hours") == hours / service_models.planning_hours(rules["coverage"])
    assert taken("accounts") == 1 / D(RULES["account_caps"]["four_tier"][model])
    middle = sum(map(D, RULES["arr_per_csm"][model].values())) / 2
    assert taken("arr") == tier().arr_per_customer / middle


@given(st.sampled_from(MODELS), HOURS, HOURS)
def test_more_hours_of_an_account_never_take_less_of_a_csm(model, one, other):
    less, more = (service_models.fte_per_account(chosen(model=model, hours_per_account=hours), tier(), RULES)
                  for hours in sorted((one, other)))
    assert less <= more


@given(st.sampled_from(FOUR + THREE))
def test_one_customer_of_500_takes_less_than_the_least_gap_in_any_tier(name):
    preset = "four_tier" if name in FOUR else "three_touch"
    small = tier(name, 1, 500)
    served = service_models.services(book(small, preset=preset), SETTINGS)[name]
    onboarded = served.hours_per_account + served.onboarding_hours
    assert served.model == "tech"
    assert service_models.fte_per_account(served, small, RULES) < RULES["least_gap_fte"]
    assert onboarded / service_models.planning_hours(RULES) < RULES["least_gap_fte"]


@given(st.decimals("0.5", "1", places=2), st.decimals("0", "0.5", places=2))
def test_headroom_is_a_buffer_or_a_utilisation_target_and_never_both(target, buffer):
    delivered = service_models.delivered_hours(RULES)

    def planned(by: str, ratio: Decimal) -> Decimal:
        return service_models.planning_hours({**RULES, "headroom": {"by": by, "ratio": ratio}})

    assert planned("utilisation", target) == delivered * target
    assert planned("buffer", buffer) == delivered / (1 + buffer)
    assert planned("buffer", 0) == planned("utilisation", 1) == delivered
    assert round(planned("buffer", D("0.25")), 20) == round(planned("utilisation", D("0.8")), 20)


@pytest.mark.parametrize(("name", "preset", "model"), [
    ("strategic", "four_tier", "named_sponsor"), ("enterprise", "four_tier", "named"),
    ("mid_market", "four_tier", "pooled"), ("smb", "four_tier", "tech"), ("high_touch", "three_touch", "named"),
    ("low_touch", "three_touch", "pooled"), ("tech_touch", "three_touch", "tech")])
def test_a_tier_without_customers_has_its_usual_model_and_nobody_says_that_it_pays(name, preset, model):
    served = chosen(preset=preset, name=name, customers=0, arr=0)
    assert (served.model, served.chosen, served.pays) == (model, "convention", None)
    assert served.account_cap == RULES["account_caps"][preset][model]
    assert service_models.fte_per_account(served, tier(name, 0, 0), {**RULES, "sizing": "arr"}) is None


def test_the_caps_of_the_two_presets_are_told_apart():
    pools = [chosen(preset=preset, name=name, arr=2_000_000) for preset, name in (
        ("four_tier", "mid_market"), ("three_touch", "low_touch"))]
    assert [each.account_cap for each in pools] == [150, 100]
    # 140000 / 150 / 0.1155 and 140000 / 100 / 0.1155
    assert [round(each.pays_from_arr) for each in pools] == [8_081, 12_121]
    assert [chosen(preset="three_touch", name="low_touch", customers=1, arr=arr).model for arr in (12_121, 12_122)] == [
        "tech", "pooled"]


def test_the_hours_of_a_year_under_each_model_are_these():
    assert [service_models.catalogue_hours(model, RULES) for model in MODELS] == [
        D("106.2"), D("50.6"), D("24.1"), D("4.1"), D("0.5")]
    assert service_models.motion_hours("named", RULES) == {
        "check_in": D("13.2"), "success_plan": D("3.3"), "business_review": D("19.8"), "renewal": D("5.5")}
    assert chosen(model="named").onboarding_hours == 33


def test_a_named_csm_pays_from_about_109000_in_the_top_tier_and_from_less_where_csms_cost_less():
    pays = {name: [chosen(name=name, model=model).pays_from_arr for model in MODELS[:3]] for name in FOUR}
    # 106.2 and 50.6 hours * 1.2 / 1065.333866 * 220000 / (0.15 * 0.77); 220000 / 30, the cap, / (0.15 * 0.77)
    assert [round(each) for each in pays["strategic"]] == [227856, 108564, 63492]
    assert [round(pays[name][1]) for name in FOUR] == [108564, 88825, 69086, 54282]
    assert chosen(name="mid_market", customers=1, arr=69086).model == "named_light"
    assert chosen(name="mid_market", customers=1, arr=69087).model == "named"


def test_a_model_pays_from_where_what_it_costs_with_headroom_and_cap_is_the_share_of_gross_profit():
    for name, model in itertools.product(FOUR, MODELS):
        served = chosen(name=name, customers=1, arr=1, model=model)
        each = service_models.fte_per_account(served, tier(name), RULES) * RULES["loaded_cost"][name]
        assert abs(each / served.pays_from_arr - D("0.15") * D("0.77")) < D("1e-20")


def test_without_gross_profit_no_arr_is_enough_and_tech_is_left():
    served = chosen(settings(gross_margin_ratio=0), arr=10**9)
    assert (served.model, served.pays_from_arr, served.pays) == ("tech", None, False)
    free = chosen(settings(**{"gross_margin_ratio": 0, "coverage.loaded_cost.mid_market": 0}), arr=1)
    assert (free.model, free.pays_from_arr, free.pays) == ("named_sponsor", 0, True)


@pytest.fixture(scope="module")
def golden() -> dict:
    if not GOLDEN.exists():
        pytest.skip("no ../shared")
    return json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=D)


def test_a_csm_delivers_as_many_hours_a_year_as_the_facts_say(golden):
    assert round(service_models.delivered_hours(RULES), 2) == golden["capacity"]["delivered"] == D("1065.33")


def test_the_books_of_the_facts_take_as_many_people_as_they_say(golden):
    rules = settings(**{"coverage.headroom.ratio": 0, "coverage.sizing": "hours"})["coverage"]
    for name, customers, model, said in (("enterprise", 48, "named_sponsor", "fte_enterprise_48"),
                                         ("mid_market", 210, "named", "fte_mid_210")):
        each = service_models.fte_per_account(chosen(name=name, model=model), tier(name), rules)
        assert round(customers * each, 2) == golden["capacity"][said]


def test_the_smallest_arr_of_each_motion_is_that_of_the_facts(golden):
    delivered = service_models.delivered_hours(RULES)
    rules = settings(**{"coverage.target_cost_ratio": "0.15", "gross_margin_ratio": "0.81", "coverage.sizing": "hours",
                        "coverage.headroom.ratio": 0, "coverage.loaded_cost.enterprise": 171 * delivered})
    for model, said in (("named_sponsor", "enterprise"), ("named", "mid_market"), ("named_light", "thin_named"),
                        ("pooled", "pooled")):
        hours = service_models.catalogue_hours(model, rules["coverage"])
        assert round(service_models.pays_from_arr(hours, 1, "enterprise", rules)) == golden["floor_arr"][said]


def test_what_costs_a_share_of_gross_profit_pays_from_the_arr_of_the_facts(golden):
    for case in golden["break_even"]:
        rules = settings(**{"coverage.target_cost_ratio": case["share"], "gross_margin_ratio": case["gm"],
                            "coverage.sizing": "hours", "coverage.headroom.ratio": 0,
                            "coverage.loaded_cost.smb": service_models.delivered_hours(RULES) * case["cts"]})
        assert round(service_models.pays_from_arr(D(1), 1, "smb", rules)) == case["price_share_of_gp"]
