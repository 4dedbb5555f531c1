"""Cost to serve: tier rows are the sums of their customers, and what is not known never counts as nothing."""

from __future__ import annotations

import json
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import differentiation, result, tier_rows
from serving import (
    FLOORS,
    POLICIES,
    PORTFOLIOS,
    SETTINGS,
    STRONG,
    TIERS,
    customer,
    found,
    one,
    rows_of,
    served,
    settings,
)

NEAR = Fraction(1, 10 ** 15)
PARTIAL = st.booleans()


def known(amounts) -> list:
    return [amount for amount in amounts if amount is not None]


def near(got, exact) -> bool:
    return abs(Fraction(got) / Fraction(exact) - 1) < NEAR if exact else got == 0


def as_sums(inside, rule) -> dict:
    """What a row must say of its customers, added up from the customers themselves; None where nothing is known."""
    costs = known(one.customer.annual_cost_to_serve for one in inside)
    excesses, shortfalls = known(one.excess for one in inside), known(one.shortfall for one in inside)
    most = rule["cost_high_ratio"]
    strained = [one.customer.arr for one in inside if rule["investment_low"] > most * one.customer.arr]
    return {
        "customers": len(inside), "arr": sum(one.customer.arr for one in inside),
        "budget_low": sum(rule["investment_low"] for _ in inside),
        "budget_high": sum(rule["investment_high"] for _ in inside),
        "bearable_low": sum(one.low for one in inside), "bearable_high": sum(one.high for one in inside),
        "costed_customers": len(costs),
        "costed_arr": sum(one.customer.arr for one in inside if one.customer.annual_cost_to_serve is not None),
        "cost": sum(costs) if costs else None, "excess": sum(excesses) if excesses else None,
        "excess_customers": sum(amount > 0 for amount in excesses) if excesses else None,
        "shortfall": sum(shortfalls) if shortfalls else None,
        "shortfall_customers": sum(amount > 0 for amount in shortfalls) if shortfalls else None,
        "strained_customers": len(strained), "strained_arr": sum(strained)}


@given(PORTFOLIOS, POLICIES, PARTIAL)
def test_a_tier_row_holds_the_sums_of_its_customers(book, rules, partial):
    inside = served(*book, rules, partial)
    rows = rows_of(inside, rules)
    assert [row.tier for row in rows] == list(TIERS)
    for row in rows:
        sums = as_sums([one for one in inside if one.tier == row.tier], rules["segmentation"]["tiers"][row.tier])
        assert {name: getattr(row, name) for name in sums} == sums


@given(PORTFOLIOS, POLICIES, PARTIAL)
def test_the_budget_is_the_sum_over_all_customers(book, rules, partial):
    inside = served(*book, rules, partial)
    rows = rows_of(inside, rules)
    total = tier_rows.budget(inside, rows)
    for name in ("customers", "arr", "budget_low", "budget_high", "bearable_low", "bearable_high", "costed_customers",
                 "costed_arr", "cost", "excess", "excess_customers", "shortfall", "shortfall_customers"):
        parts = known(getattr(row, name) for row in rows)
        assert getattr(total, name) == (sum(parts) if parts else None)
    lost = [-one.contribution for one in inside if one.contribution is not None and one.contribution < 0]
    costed = any(one.customer.annual_cost_to_serve is not None for one in inside)
    assert (total.losing_customers, total.losing) == ((len(lost), sum(lost)) if costed else (None, None))


@given(PORTFOLIOS, POLICIES, PARTIAL)
def test_a_ratio_is_the_quotient_of_its_sums(book, rules, partial):
    inside = served(*book, rules, partial)
    rows = rows_of(inside, rules)
    total = tier_rows.budget(inside, rows)
    pairs = [(row, name, part, whole) for row in (*rows, total) for name, part, whole in (
        ("budget_low_ratio", row.budget_low, row.arr), ("budget_high_ratio", row.budget_high, row.arr),
        ("cost_ratio", row.cost, row.costed_arr))]
    pairs += [(row, name, part, whole) for row in rows for name, part, whole in (
        ("customers_ratio", row.customers, len(inside)), ("arr_ratio", row.arr, total.arr),
        ("mean_cost", row.cost, row.costed_customers), ("pays_from_arr", row.investment_low, row.cost_high_ratio),
        ("high_at_floor_ratio", row.investment_high, FLOORS[TIERS.index(row.tier)]))]
    pairs.append((total, "excess_ratio", total.excess, total.cost))
    for row, name, part, whole in pairs:
        got = getattr(row, name)
        assert (got is None) == (part is None or not whole), name
        assert got is None or near(got, Fraction(part) / Fraction(whole)), name


@given(PORTFOLIOS, POLICIES)
def test_an_account_bears_no_more_than_its_tier_allows_of_its_arr(book, rules):
    for account in served(*book, rules):
        rule = rules["segmentation"]["tiers"][account.tier]
        assert account.low <= account.high <= rule["cost_high_ratio"] * account.customer.arr
        assert account.low <= rule["investment_low"] and account.high <= rule["investment_high"]
        assert account.low in (rule["investment_low"], rule["cost_high_ratio"] * account.customer.arr)
        assert account.high in (rule["investment_high"], rule["cost_high_ratio"] * account.customer.arr)


@given(PORTFOLIOS, POLICIES)
def test_an_account_never_gets_too_much_and_too_little_at_once(book, rules):
    for account in served(*book, rules):
        if account.excess is not None:
            cost = account.customer.annual_cost_to_serve
            assert not (account.excess and account.shortfall)
            assert account.excess >= 0 and account.shortfall >= 0
            assert cost - account.excess + account.shortfall == min(max(cost, account.low), account.high)


@given(PORTFOLIOS, POLICIES)
def test_contribution_is_gross_profit_less_cost_and_its_sign_tells_who_loses_money(book, rules):
    margin = Fraction(rules["gross_margin_ratio"])
    for account in served(*book, rules):
        arr, cost = account.customer.arr, account.customer.annual_cost_to_serve
        if cost is not None:
            left = Fraction(arr) * margin - Fraction(cost)
            assert Fraction(account.contribution) == left and near(account.cost_ratio, Fraction(cost) / Fraction(arr))
            much = Fraction(cost) > Fraction(arr) / 2
            assert account.earning == ("loses_money" if left < 0 else "earns_little" if much else "earns")


@given(PORTFOLIOS, PARTIAL)
def test_a_cost_not_known_is_no_cost_of_zero(book, partial):
    for account in served(*book, partial=partial):
        if account.customer.annual_cost_to_serve is None:
            assert account[6:] == (None,) * 5
        else:
            assert None not in account[6:9]


@given(PORTFOLIOS, PARTIAL)
def test_accounts_of_unknown_cost_change_nothing_that_is_said_of_cost(book, partial):
    people, tiers = book
    more = [customer(f"x{tier}", 70000, None) for tier in TIERS]
    before = rows_of(served(people, tiers, partial=partial))
    after = rows_of(served(people + more, [*tiers, *TIERS], partial=partial))
    for name in ("costed_customers", "costed_arr", "cost", "cost_ratio", "mean_cost", "excess_customers", "excess",
                 "shortfall_customers", "shortfall"):
        assert [getattr(row, name) for row in after] == [getattr(row, name) for row in before]
    assert [row.customers for row in after] == [row.customers + 1 for row in before]


@given(PORTFOLIOS, POLICIES)
def test_of_a_cost_known_in_part_nobody_is_called_short(book, rules):
    whole, part = served(*book, rules), served(*book, rules, partial=True)
    assert all(account.shortfall is None for account in part)
    assert [account._replace(shortfall=None) for account in whole] == part
    assert all(row.shortfall is row.shortfall_customers is None for row in rows_of(part, rules))


@given(PORTFOLIOS)
def test_a_pilot_or_design_partner_is_neither_over_nor_under_served(book):
    for account in served(*book):
        if account.customer.relationship in ("pilot", "design_partner"):
            assert account.excess is account.shortfall is None


@given(PORTFOLIOS, POLICIES, PARTIAL, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_is_irrelevant(book, rules, partial, chance):
    pairs = list(zip(*book))
    chance.shuffle(pairs)
    inside, other = served(*book, rules, partial), served(*([*zip(*pairs)] or [[], []]), rules, partial)
    assert sorted(inside, key=lambda row: row.customer.id) == sorted(other, key=lambda row: row.customer.id)
    rows = rows_of(inside, rules)
    assert rows_of(other, rules) == rows
    assert tier_rows.budget(other, rows) == tier_rows.budget(inside, rows)


@given(PORTFOLIOS, POLICIES)
def test_the_shares_of_the_tiers_add_up_to_one(book, rules):
    inside = served(*book, rules)
    rows = rows_of(inside, rules)
    for name in ("customers_ratio", "arr_ratio"):
        shares = [getattr(row, name) for row in rows]
        assert shares == [None] * 4 if not inside else abs(sum(shares) - 1) < D("1e-20")


@given(PORTFOLIOS, POLICIES)
def test_neighbours_are_alike_below_a_quarter_and_only_there(book, rules):
    rows = rows_of(served(*book, rules), rules)
    pairs = differentiation.differentiation(rows, rules, False)
    assert [(pair.upper, pair.lower) for pair in pairs if pair.basis == "planned"] == list(zip(TIERS, TIERS[1:]))
    for pair in pairs:
        upper, lower = Fraction(pair.upper_value), Fraction(pair.lower_value)
        assert pair.alike == (not upper or lower > upper * Fraction(3, 4))
        assert (pair.gap_ratio is None) == (not upper)
        if pair.basis == "actual":
            assert min(found(rows, tier).costed_customers for tier in pair[:2]) >= 5


def test_fifteen_thousand_on_the_smallest_enterprise_account_is_three_quarters_of_it():
    rows = rows_of(served([], []))
    assert [row.high_at_floor_ratio for row in rows] == [D("0.5"), D("0.75"), D("0.6"), None]
    assert [row.pays_from_arr for row in rows][:3] == [80000, 20000, 10000]
    assert round(rows[3].pays_from_arr, 2) == D("1666.67")


def test_without_arr_floors_no_range_is_set_against_one():
    rows = tier_rows.tier_rows(served([], []), TIERS, None, SETTINGS)
    assert [row.high_at_floor_ratio for row in rows] == [None] * 4


def test_every_touch_tier_has_its_row_and_none_is_expected():
    tiers = ("high_touch", "low_touch", "tech_touch")
    rows = tier_rows.tier_rows([one("low_touch")], tiers, (D(100000), D(15000), D(0)), SETTINGS)
    assert [(row.tier, row.model, row.customers) for row in rows] == [
        ("high_touch", "named", 0), ("low_touch", "pooled", 1), ("tech_touch", "tech", 0)]
    assert all(row.expected is None and row.as_expected == (None, None) for row in rows)


def test_a_share_on_the_edge_of_what_is_expected_is_within_it():
    arrs = {"strategic": [800] * 5, "enterprise": [200] * 15, "mid_market": [50] * 41, "smb": [10] * 39}
    people = [customer(f"{tier}{n}", arr) for tier, book in arrs.items() for n, arr in enumerate(book)]
    rows = rows_of(served(people, [one.id.rstrip("0123456789") for one in people]))
    assert [row.customers_ratio for row in rows] == [D("0.05"), D("0.15"), D("0.41"), D("0.39")]
    assert [row.as_expected.customers for row in rows] == ["within", "within", "above", "below"]
    assert [row.as_expected.arr for row in rows] == ["within", "within", "within", "within"]
    assert rows[0].expected == SETTINGS["segmentation"]["expected"]["strategic"]


def test_an_account_gets_too_much_above_its_range_and_too_little_below_it():
    assert one(arr=100000, cost=15000)[9:] == (0, 0)
    assert one(arr=100000, cost="15000.01")[9:] == (D("0.01"), 0)
    assert one(arr=100000, cost=5000)[9:] == (0, 0)
    assert one(arr=100000, cost="4999.99")[9:] == (0, D("0.01"))


def test_what_an_account_bears_is_cut_to_a_quarter_of_its_arr():
    small = one(arr=16000, cost=6000)
    assert (small.low, small.high, small.excess) == (4000, 4000, 2000)
    middle = one(arr=40000, cost=1000)
    assert (middle.low, middle.high, middle.shortfall) == (5000, 10000, 4000)


def test_the_account_that_loses_money_is_told_from_the_one_that_earns_little():
    assert [one(arr=10000, cost=cost).earning for cost in ("5000", "5000.01", "7700", "7700.01")] == [
        "earns", "earns_little", "earns_little", "loses_money"]
    assert one(arr=10000, cost="7700.01").contribution == D("-0.01")


def test_an_account_that_does_not_bear_the_least_of_its_tier_is_strained():
    rows = rows_of(served([customer("a", 20000), customer("b", "19999.99"), customer("c", 8000)], ["enterprise"] * 3))
    assert (rows[1].strained_customers, rows[1].strained_arr) == (2, D("27999.99"))


def test_what_is_lost_is_added_up_without_what_others_earn():
    inside = served([customer("a", 10000, 9000), customer("b", 10000, 8000, relationship="pilot"),
                     customer("c", 90000, 100)], ["enterprise"] * 3)
    total = tier_rows.budget(inside, rows_of(inside))
    assert (total.losing_customers, total.losing_arr, total.losing) == (2, 20000, 1600)


def test_a_book_without_customers_has_rows_and_no_cost():
    rows = rows_of([])
    total = tier_rows.budget([], rows)
    assert (total.customers, total.arr, total.budget_high, total.cost, total.excess, total.losing) == (
        0, 0, 0, None, None, None)
    assert differentiation.smells(rows, SETTINGS) == ()


@pytest.mark.parametrize(("spread", "smells"), [
    ((7, 1, 1, 1), ("everyone_on_top",)), ((6, 2, 1, 1), ()), ((1, 1, 1, 7), ("everyone_at_the_bottom",)),
    ((2, 1, 1, 6), ()), ((0, 9, 1, 0), ()), ((0, 9, 0, 0), ("one_tier",)),
    ((9, 0, 0, 0), ("everyone_on_top", "one_tier")), ((0, 0, 0, 2), ("everyone_at_the_bottom", "one_tier")),
    ((1, 0, 0, 0), ()), ((0, 0, 0, 1), ())])
def test_seven_in_ten_in_the_first_or_the_last_tier_smells(spread, smells):
    tiers = [tier for tier, count in zip(TIERS, spread) for _ in range(count)]
    rows = rows_of(served([customer(f"c{n}") for n in range(len(tiers))], tiers))
    assert differentiation.smells(rows, SETTINGS) == smells


def hours(*planned) -> list:
    rules = settings()
    for tier, n in zip(TIERS, planned):
        service = rules["coverage"]["models"][rules["segmentation"]["tiers"][tier]["model"]]
        service.update(motions={}, reactive_hours=D(n), complexity=1)
    return differentiation.differentiation(rows_of([]), rules, False)


def test_tiers_whose_hours_differ_by_less_than_a_quarter_are_one_tier():
    pairs = hours(100, 75, "56.26", 60)
    assert (pairs[0].gap_ratio, pairs[0].alike) == (D("0.25"), False)
    assert pairs[1].gap_ratio < D("0.25") and pairs[1].alike
    assert pairs[2].gap_ratio < 0 and pairs[2].alike
    assert [(pair.gap_ratio, pair.alike) for pair in hours(0, 0, 5, 0)] == [(None, True), (None, True), (1, False)]


def test_the_hours_of_a_tier_are_those_of_the_model_that_serves_it_without_onboarding():
    def planned(rules: dict) -> list:
        return [pair[3:] for pair in differentiation.differentiation(rows_of([], rules), rules, False)]

    assert [(upper, lower) for upper, lower, _, _ in planned(SETTINGS)] == [
        (D("106.2"), D("50.6")), (D("50.6"), D("4.1")), (D("4.1"), D("0.5"))]
    assert planned(settings(tiers__enterprise__model="pooled"))[1] == (D("4.1"), D("4.1"), 0, True)
    dearer = settings(coverage__models__named__motions__business_review__hours=D("6.5"),
                      coverage__models__named__onboarding_hours=999)
    assert planned(dearer)[1][0] == D("50.6") + 4 * 2 * D("1.1")


def test_tiers_as_planned_by_default_are_four():
    assert not any(pair.alike for pair in differentiation.differentiation(rows_of([]), SETTINGS, False))


def test_actual_cost_is_compared_from_five_accounts_in_both_tiers():
    def compared(count: int, partial: bool = False, lower: int = 900) -> list:
        people = [customer(f"e{n}", 50000, 1000) for n in range(5)]
        people += [customer(f"m{n}", 9000, lower) for n in range(count)] + [customer("m", 9000, None)]
        rows = rows_of(served(people, ["enterprise"] * 5 + ["mid_market"] * (count + 1)))
        return [pair for pair in differentiation.differentiation(rows, SETTINGS, partial) if pair.basis == "actual"]

    assert compared(4) == compared(5, partial=True) == []
    assert compared(5) == [("enterprise", "mid_market", "actual", 1000, 900, D("0.1"), True)]
    assert compared(5, lower=750)[0].alike is False


def test_a_share_of_cost_of_zero_leaves_what_follows_from_it_open():
    rules = settings(tiers__enterprise__cost_high_ratio=0, gross_margin_ratio=0)
    account = one(rules=rules, arr=30000, cost=200)
    assert (account.low, account.high, account.excess, account.contribution) == (0, 0, 200, -200)
    assert found(rows_of([account], rules), "enterprise").pays_from_arr is None


def test_a_record_names_its_account_and_is_strict_json():
    record = one(arr=30000, cost=9000, name="Sample", signals=STRONG).record()
    assert (record["account"], record["id"], record["cost_ratio"], record["fit_score"]) == (
        "Sample", "a", D("0.3"), 10)
    assert record["excess"] == 9000 - record["bearable_high"] == 1500
    rows = rows_of([one(arr=30000, cost=9000)])
    shown = json.loads(result.text(result.plain({"tiers": rows, "accounts": [one(arr=1, cost=1)]})))
    assert shown["tiers"][1]["cost"] == 9000.0 and shown["accounts"][0]["account"] == "a"
