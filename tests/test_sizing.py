"""How many people a tier takes, what each model would take, and where the next person or another model is due."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cslib import alternatives, demand, service_models, sizing, transitions
from cslib.service_models import MODELS
from cslib.sizing import TierSize
from teams import book, settings, tier

D = Decimal
SETTINGS = settings()
RULES = SETTINGS["coverage"]
NAMES = ("strategic", "enterprise", "mid_market", "smb")
GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "facts" / "golden_numbers.json"
NEAR = Fraction(1, 10**15)

PLAIN = {"coverage.headroom.ratio": 0, "coverage.sizing": "hours"}
SIZINGS = st.sampled_from(("hours_or_accounts", "hours", "accounts", "arr"))
TIERS = st.builds(
    lambda name, customers, each, csms, growth, churn, planned, hours, model: tier(
        name, customers, customers * each, csms, growth=growth, churn=churn, planned_new=planned,
        hours_per_account=hours, model=model),
    st.sampled_from(NAMES), st.integers(0, 3000), st.decimals("1", "900000", places=2),
    st.one_of(st.none(), st.decimals("0", "60", places=1)), st.one_of(st.none(), st.decimals("-1", "3", places=2)),
    st.one_of(st.none(), st.decimals("0", "1", places=2)), st.one_of(st.none(), st.integers(0, 90)),
    st.one_of(st.none(), st.decimals("0.1", "300", places=1)), st.one_of(st.none(), st.sampled_from(MODELS)))
GROWTHS = st.one_of(st.none(), st.decimals("-1", "2", places=2))


def sized(one, rules: dict = SETTINGS, horizon: int = 12, **rest: object) -> TierSize:
    made = book(one, **rest)
    found = sizing.sizes(made, service_models.services(made, rules), rules, horizon)
    return next(row for row in found if row.tier == one.tier)


def ways(one, rules: dict = SETTINGS, **rest: object) -> list[alternatives.Alternative]:
    made = book(one, **rest)
    found = alternatives.alternatives(made, service_models.services(made, rules), rules)
    return [row for row in found if row.tier == one.tier]


def changes(one, rules: dict = SETTINGS, **rest: object) -> dict:
    made = book(one, **rest)
    return {row.direction: row for row in transitions.transitions(made, service_models.services(made, rules), rules)}


def near(mine: Fraction, theirs: Decimal) -> bool:
    return abs(mine - Fraction(theirs)) <= NEAR * max(1, abs(mine))


# Sizes


@given(TIERS, SIZINGS, GROWTHS, st.integers(12, 24))
def test_what_is_required_is_one_of_the_three_sizes_and_the_binding_one_is_named(one, by, growth, horizon):
    size = sized(one, settings(**{"coverage.sizing": by}), horizon, arr_growth=growth)
    given_by = {"hours": size.required_by_hours, "accounts": size.required_by_accounts,
                "arr": size.required}
    if by == "hours_or_accounts":
        assert size.required == max(size.required_by_hours, size.required_by_accounts)
    if one.customers:
        assert size.required == given_by[size.binding] and (by == "hours_or_accounts" or size.binding == by)
    else:
        assert size.binding is None
    assert size.required_by_arr.low <= size.required_by_arr.high
    assert {size.spread_low, size.spread_high} <= {
        size.required_by_hours, size.required_by_accounts, *size.required_by_arr}
    assert size.spread_low <= min(size.required_by_hours, size.required_by_accounts, size.required_by_arr.low)
    assert size.spread_high >= max(size.required_by_hours, size.required_by_accounts, size.required_by_arr.high)


@given(TIERS)
def test_hours_and_accounts_are_what_a_hand_works_out(one):
    size = sized(one)
    served, churn = size.service, Fraction(one.churn or 0) / 12
    growth = Fraction(one.growth or 0) / 12
    new = Fraction(one.planned_new) / 3 if one.planned_new is not None else max(
        Fraction(0), one.customers * (growth + churn))
    hours = one.customers * Fraction(served.hours_per_account) + 12 * new * Fraction(served.onboarding_hours)
    assert near(hours / Fraction(service_models.planning_hours(RULES)), size.required_by_hours)
    assert near(Fraction(one.customers, served.account_cap), size.required_by_accounts)
    said = RULES["arr_per_csm"][served.model]
    assert near(Fraction(one.arr) / said["high"], size.required_by_arr.low)
    assert near(Fraction(one.arr) / said["low"], size.required_by_arr.high)


@given(TIERS, SIZINGS)
def test_who_is_missing_and_what_it_costs_follow_from_who_is_required_and_who_is_there(one, by):
    size = sized(one, settings(**{"coverage.sizing": by}))
    salary = RULES["loaded_cost"][one.tier]
    assert size.cost == size.required * salary
    assert (size.gap is None) == (size.paid is None) == (one.csms is None)
    if one.csms is not None:
        assert near(Fraction(size.gap) + Fraction(one.csms), size.required) and size.paid == one.csms * salary
    assert (size.load_ratio is None) == (not one.csms)
    if one.csms:
        assert (size.load_ratio > 1) == (size.gap > 0)
    assert (size.cost_ratio is None) == (size.cost_per_account is None) == (not one.customers)
    if one.customers:
        assert near(Fraction(size.cost_per_account) * one.customers, size.cost)
        assert near(Fraction(size.cost_ratio) * Fraction(one.arr), size.cost)
    assert (size.arr_per_csm is None) == (size.required == 0)


@given(TIERS, st.integers(1, 500), SIZINGS)
def test_more_customers_never_take_fewer_people_under_a_fixed_model(one, more, by):
    assume(one.customers)
    rules = settings(**{"coverage.sizing": by})
    held = one._replace(model=sized(one, rules).service.model)
    larger = held._replace(customers=held.customers + more, arr=held.arr_per_customer * (held.customers + more))
    assert sized(held, rules).required <= sized(larger, rules).required


@given(TIERS, st.decimals("0.1", "300", places=1), st.decimals("0.1", "300", places=1))
def test_more_hours_of_an_account_never_take_fewer_people_under_a_fixed_model(one, first, second):
    model = sized(one).service.model
    less, more = (sized(one._replace(hours_per_account=hours, model=model)) for hours in sorted((first, second)))
    assert less.required <= more.required


@given(TIERS, GROWTHS, st.integers(12, 24))
def test_the_end_of_the_horizon_is_that_of_the_path(one, growth, horizon):
    made = book(one, arr_growth=growth)
    way = demand.paths(made, service_models.services(made, SETTINGS), SETTINGS, horizon)[one.tier]
    assert sized(one, horizon=horizon, arr_growth=growth).required_end == way.demand[-1]


@pytest.mark.parametrize("name", [*NAMES, "high_touch", "low_touch", "tech_touch"])
def test_one_customer_of_500_takes_less_than_the_least_gap_in_any_tier(name):
    size = sized(tier(name, 1, 500, 0), preset="four_tier" if name in NAMES else "three_touch")
    assert 0 < size.required < RULES["least_gap_fte"] and size.service.model == "tech"
    assert size.next_hire_at.customers > 1 and size.next_hire_at.months is None


def test_one_ratio_for_everybody_disagrees_with_hours_and_with_accounts():
    size = sized(tier("strategic", 20, 8_000_000, "2.5", model="named_sponsor"))
    assert size.required_by_arr == (8, D(8_000_000) / 300_000)
    assert (size.required_by_accounts, round(size.required_by_hours, 3)) == (2, D("2.392"))
    assert (size.binding, size.spread_low, size.spread_high) == ("hours", 2, D(8_000_000) / 300_000)
    assert round(size.accounts_per_csm, 3) == D("8.359") and round(size.load_ratio, 4) == D("0.9570")
    assert (size.sponsor_hours_low, size.sponsor_hours_high) == (320, 640)
    assert sized(tier("strategic", 20, 8_000_000, model="named")).sponsor_hours_low is None


def test_a_tier_of_small_accounts_is_held_by_its_cap_and_not_by_its_hours():
    size = sized(tier("smb", 1_000, 600_000, 1))
    assert (size.service.model, size.binding, size.required, size.gap) == ("tech", "accounts", 1, 0)
    assert (size.accounts_per_csm, size.arr_per_csm, size.cost_per_account) == (1_000, 600_000, 110)
    assert size.convention_model == "tech" and round(size.cost_ratio, 6) == D("0.183333")


def test_a_tier_without_customers_asks_for_nobody_and_divides_by_nothing():
    for by in ("hours_or_accounts", "hours", "accounts", "arr"):
        size = sized(tier("enterprise", 0), settings(**{"coverage.sizing": by}))
        assert (size.required, size.required_end, size.gap, size.cost) == (0, 0, 0, 0)
        assert (size.load_ratio, size.arr_per_csm, size.cost_ratio, size.cost_per_account, size.arr_per_customer) == (
            None,) * 5
        assert (size.service.model, size.service.chosen) == ("named", "convention")


# The next person


@given(TIERS, SIZINGS)
def test_the_next_person_is_due_at_that_many_customers_and_at_no_fewer(one, by):
    rules = settings(**{"coverage.sizing": by})
    held = one._replace(model=sized(one, rules).service.model)
    due = sized(held, rules).next_hire_at
    if one.csms is None:
        assert due is None
        return
    limit = one.csms + RULES["least_gap_fte"]

    def required(customers: int) -> Decimal:
        arr = one.arr_per_customer * customers if one.customers else 0
        return sized(held._replace(customers=customers, arr=arr), rules).required

    if due is None:
        assert required(sizing.MOST_CUSTOMERS) <= limit
        return
    assert required(due.customers) > limit or abs(required(due.customers) - limit) < D("1e-15")
    assert due.customers == 0 or required(due.customers - 1) <= limit + D("1e-15")
    assert (due.months == 0) == (one.customers >= due.customers)


@given(TIERS, st.decimals("-1", "3", places=2))
def test_the_month_of_the_next_person_is_the_first_in_which_the_tier_takes_it(one, growth):
    assume(one.csms is not None)
    one = one._replace(growth=growth)
    due, made = sized(one).next_hire_at, book(one)
    way = demand.paths(made, service_models.services(made, SETTINGS), SETTINGS, 60)[one.tier].demand
    above = [month for month, asked in enumerate(way) if asked > one.csms + RULES["least_gap_fte"]]
    assert (due is None and not above) or due.months == (above[0] if above else None)


def test_thirty_accounts_a_person_and_a_quarter_of_one_is_borne():
    size = sized(tier("enterprise", 90, 5_070_000, 3, growth="0.2"))
    assert (size.service.model, size.binding, size.required) == ("named_light", "accounts", 3)
    assert size.next_hire_at == (98, 5_070_000 * D(98) / 90, 6)
    assert sized(tier("enterprise", 97, 5_464_333, 3)).next_hire_at[::2] == (98, None)
    assert sized(tier("enterprise", 98, 5_520_667, 3)).next_hire_at[::2] == (98, 0)


def test_a_size_on_the_edge_of_what_is_borne_takes_nobody_yet():
    assert sized(tier("enterprise", 90, 5_070_000, "2.75")).next_hire_at[::2] == (91, None)


def test_customers_to_come_may_take_somebody_before_the_first_is_there():
    assert sized(tier("strategic", 0, csms=0, planned_new=30)).next_hire_at == (0, None, 0)


def test_of_two_equal_sizes_the_hours_are_named():
    rules = settings(**{"coverage.headroom.ratio": 0})
    size = sized(tier("enterprise", 25, 2_500_000, hours_per_account="42.61335464", model="named"), rules)
    assert (size.required_by_hours, size.required_by_accounts, size.binding) == (1, 1, "hours")


def test_where_no_number_of_customers_takes_anybody_nobody_is_next():
    free = settings(**{**PLAIN, "coverage.models.tech.reactive_hours": 0,
                       "coverage.models.tech.motions.campaign.hours": 0, "coverage.models.tech.onboarding_hours": 0})
    assert sized(tier("smb", 50, 5_000, 1, model="tech"), free).next_hire_at is None


# Alternatives


@given(TIERS, SIZINGS)
def test_every_model_has_its_row_and_the_one_in_use_is_that_of_the_tier(one, by):
    rules = settings(**{"coverage.sizing": by})
    rows, size = ways(one, rules), sized(one, rules)
    assert [row.model for row in rows] == list(MODELS)
    used, = (row for row in rows if row.in_use)
    assert (used.model, used.hours_per_account) == (size.service.model, size.service.hours_per_account)
    assert (used.pays_from_arr, used.pays) == (size.service.pays_from_arr, size.service.pays)
    assert used.accounts_per_csm == size.accounts_per_csm
    for row in rows:
        if not row.in_use:
            assert row.hours_per_account == service_models.catalogue_hours(row.model, RULES)
            assert row == next(other for other in ways(one._replace(model=row.model, hours_per_account=None), rules)
                               if other.model == row.model)._replace(in_use=False)


@given(TIERS, SIZINGS)
def test_an_alternative_is_sized_without_onboarding_and_so_never_above_the_tier(one, by):
    size, (used,) = sized(one, settings(**{"coverage.sizing": by})), [
        row for row in ways(one, settings(**{"coverage.sizing": by})) if row.in_use]
    if one.customers:
        assert used.required <= size.required + D("1e-20")
        assert used.cost == used.required * RULES["loaded_cost"][one.tier]
        assert near(Fraction(used.cost_ratio) * Fraction(one.arr), used.cost)
    else:
        assert not used.required and used.cost_ratio is used.pays is None


def test_what_each_model_would_cost_the_same_ninety_customers():
    rows = ways(tier("enterprise", 90, 5_070_828, 3))
    assert [round(row.required, 3) for row in rows] == [
        D("10.766"), D("5.130"), D("3.000"), D("0.600"), D("0.090")]
    assert [round(row.cost) for row in rows] == [1_937_916, 923_339, 540_000, 108_000, 16_200]
    assert [row.pays for row in rows] == [False, False, True, True, True]
    assert [row.in_use for row in rows] == [False, False, True, False, False]


# Transitions


@given(TIERS, GROWTHS)
def test_a_tier_that_pays_for_its_model_has_the_models_beside_it_ahead_of_it(one, growth):
    assume(one.customers)
    one = one._replace(model=None, hours_per_account=None)
    found, now = changes(one, arr_growth=growth), one.arr_per_customer
    place = MODELS.index(sized(one).service.model)
    least = [row.pays_from_arr for row in ways(one)]
    assert {key: (row.model, row.to_model, row.arr_per_customer) for key, row in found.items()} == {
        **({"up": (MODELS[place], MODELS[place - 1], least[place - 1])} if place else {}),
        **({"down": (MODELS[place], MODELS[place + 1], least[place])} if place < 4 else {})}
    sizes = [now * size for size in demand.growing(growth or D(0), 60)]
    if "up" in found:
        reached = [month for month, arr in enumerate(sizes) if arr >= found["up"].arr_per_customer]
        assert found["up"].months == (reached[0] if reached and growth is not None else None) != 0
    if "down" in found:
        fallen = [month for month, arr in enumerate(sizes) if arr < found["down"].arr_per_customer]
        assert found["down"].months == (fallen[0] if fallen and growth is not None else None) != 0


@given(TIERS, st.sampled_from(MODELS), GROWTHS)
def test_a_change_that_is_due_goes_to_the_model_that_pays(one, model, growth):
    assume(one.customers)
    best = sized(one._replace(model=None)).service.model
    due = [row for row in changes(one._replace(model=model), arr_growth=growth).values() if row.months == 0]
    assert [(row.model, row.to_model, row.direction) for row in due] == (
        [] if best == model else [(model, best, "up" if MODELS.index(best) < MODELS.index(model) else "down")])


def test_an_account_that_grows_by_a_fifth_a_year_outgrows_the_pool():
    one = tier("mid_market", 100, 2_000_000)
    up, down = (changes(one, arr_growth="0.2")[key] for key in ("up", "down"))
    # The caps bind: 140000 / 30 / 0.1155. 20000 are 34560 after three years, then 576 a month more.
    assert (up.model, up.to_model, round(up.arr_per_customer), up.months) == ("pooled", "named_light", 40_404, 47)
    # 140000 / 150 / 0.1155. Halved every year, 20000 are 10000 after one, then 416.67 a month less.
    assert (down.to_model, round(down.arr_per_customer), down.months) == ("tech", 8_081, None)
    assert changes(one, arr_growth="-0.5")["down"].months == 17
    touch = changes(tier("low_touch", 100, 2_000_000), preset="three_touch")
    # The caps of three levels: 140000 / 25 / 0.1155 and 140000 / 100 / 0.1155.
    assert [round(touch[key].arr_per_customer) for key in ("up", "down")] == [48_485, 12_121]
    assert [changes(one)[key].months for key in ("up", "down")] == [None, None]
    assert changes(tier("mid_market", 0)) == {}


def test_a_model_pays_at_its_threshold_and_not_only_above():
    # Without headroom and cap, an hour costs 1 and all of ARR may be spent: a model pays from its hours.
    rules = settings(**{**PLAIN, "coverage.loaded_cost.smb": service_models.delivered_hours(RULES),
                        "gross_margin_ratio": 1, "coverage.target_cost_ratio": 1})
    found = changes(tier("smb", 100, 1_205), rules, arr_growth=1)
    assert found["up"] == ("smb", "pooled", "up", "named_light", D("24.1"), 12)
    assert changes(tier("smb", 100, 2_410), rules)["down"][1:] == ("named_light", "down", "pooled", D("24.1"), None)
    assert changes(tier("smb", 100, 2_410, model="pooled"), rules)["up"].months == 0
    assert changes(tier("smb", 100, 4_820), rules, arr_growth="-0.5")["down"].months == 13


def test_a_model_that_does_not_pay_any_more_is_left_at_its_own_threshold_for_the_one_that_pays():
    found = changes(tier("mid_market", 100, 2_000_000, model="named"))
    # 50.6 and 106.2 hours * 1.2 / 1065.333866 * 140000 / 0.1155
    assert (found["down"].to_model, round(found["down"].arr_per_customer), found["down"].months) == (
        "pooled", 69_086, 0)
    assert (found["up"].to_model, round(found["up"].arr_per_customer), found["up"].months) == (
        "named_sponsor", 144_999, None)


def test_without_gross_profit_a_named_csm_should_be_given_up_at_any_arr():
    found = changes(tier("strategic", 5, 5_000_000, model="named"), settings(gross_margin_ratio=0))
    assert list(found.values()) == [("strategic", "named", "down", "tech", None, 0)]


# The facts


def test_the_two_books_of_the_facts_take_as_many_people_and_cost_as_much_as_they_say():
    if not GOLDEN.exists():
        pytest.skip("no ../shared")
    facts = json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=D)["capacity"]
    rules = settings(**{**PLAIN, "coverage.loaded_cost.enterprise": 182_000,
                        "coverage.loaded_cost.mid_market": 182_000})
    for one, said, a_csm, arr_a_csm, share in (
            (tier("enterprise", 48, 32_000_000, hours_per_account="106.2"), "fte_enterprise_48", 10, "6.7", "0.027"),
            (tier("mid_market", 210, 18_900_000, hours_per_account="50.6"), "fte_mid_210", 21, "1.9", "0.096")):
        size = sized(one, rules)
        assert round(size.required, 2) == facts[said]
        assert round(size.accounts_per_csm) == a_csm and round(size.arr_per_csm / 10**6, 1) == D(arr_a_csm)
        assert round(size.cost_ratio, 3) == D(share)
    worked = sized(tier("mid_market", 210, 18_900_000, 10, growth=D(90) / 210, hours_per_account="50.6"), rules)
    assert (round(worked.required, 2), round(worked.required_end, 2)) == (D("9.97"), D("14.25"))
