"""Retention ratios and their bands: laws over books of both forms, golden examples, and every edge of every band."""

from __future__ import annotations

import json
from decimal import Decimal as D
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from books import RATIOS, SETTINGS, account, cohort, few, of_accounts, of_cohorts, overall
from cslib import retention
from cslib.cohorts import Movement
from cslib.policy import STAGE_GROUPS
from cslib.retention import Rates, annualised

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "facts" / "golden_numbers.json"
NEAR = D("1e-24")
EITHER = st.one_of(books.BOOKS, books.COHORT_BOOKS)
SEEDED = [books.accounts_document(seed, 30) for seed in range(120)]
LEAST = D("1e-9")


def golden(key: str) -> dict:
    if not GOLDEN.exists():
        pytest.skip("the golden numbers are not here")
    return json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=D)[key]


def row(grr="1", nrr="1", logo="1", contraction="0", expansion="0") -> Rates:
    """Annual ratios of which only some are of interest."""
    return Rates(D(grr), D(nrr), D(logo), 1 - D(grr), D(contraction), D(expansion))


def ratios(document: dict) -> list:
    whole = overall(document)
    return [getattr(whole, name) for name in RATIOS]


@few
@given(EITHER)
def test_the_bridge_closes_exactly(document):
    whole = overall(document)
    assert whole.ending_arr == (whole.starting_arr + whole.new_arr + whole.reactivated_arr + whole.expansion_arr
                                - whole.contraction_arr - whole.churned_arr)


def test_the_ending_arr_is_the_sum_of_what_the_accounts_have_at_the_end():
    for document in SEEDED:
        assert overall(document).ending_arr == sum(a["ending_arr"] for a in document["accounts"])


@few
@given(EITHER)
def test_grr_lies_between_zero_and_the_smaller_of_one_and_nrr_and_logo_between_zero_and_one(document):
    whole = overall(document)
    assert 0 <= whole.grr_ratio <= min(D(1), whole.nrr_ratio)
    assert 0 <= whole.logo_retention_ratio <= 1


@few
@given(EITHER)
def test_grr_and_churn_and_contraction_are_one_and_nrr_is_grr_and_expansion(document):
    whole = overall(document)
    start = Fraction(whole.starting_arr)
    kept = start - Fraction(whole.churned_arr) - Fraction(whole.contraction_arr)
    assert abs(Fraction(whole.grr_ratio) - kept / start) < Fraction(NEAR)
    assert abs(Fraction(whole.nrr_ratio) - (kept + Fraction(whole.expansion_arr)) / start) < Fraction(NEAR) * max(
        1, Fraction(whole.nrr_ratio))
    assert abs(whole.grr_ratio + whole.churn_ratio + whole.contraction_ratio - 1) < NEAR
    assert abs(whole.nrr_ratio - whole.grr_ratio - whole.expansion_ratio) < NEAR * max(1, whole.nrr_ratio)


def test_grr_is_the_sum_of_the_smaller_amounts_and_nrr_of_the_ends_over_the_same_start():
    for document in SEEDED:
        there = [
            (Fraction(a["starting_arr"]), Fraction(a["ending_arr"])) for a in document["accounts"] if a["starting_arr"]
        ]
        start = sum(a for a, _ in there)
        whole = overall(document)
        assert abs(Fraction(whole.grr_ratio) - sum(map(min, there)) / start) < Fraction(NEAR)
        assert abs(Fraction(whole.nrr_ratio) - sum(b for _, b in there) / start) < Fraction(NEAR) * 1000
        assert whole.logo_retention_ratio == D(sum(1 for _, b in there if b)) / len(there)


def test_amounts_ten_times_as_large_give_the_same_ratios():
    for document in SEEDED:
        larger = {
            **document,
            "accounts": [
                {**a, "starting_arr": a["starting_arr"] * 10, "ending_arr": a["ending_arr"] * 10}
                for a in document["accounts"]
            ],
        }
        larger["accounts"] = [
            {k: v for k, v in a.items() if k not in ("due_arr", "renewed_arr")} for a in larger["accounts"]
        ]
        assert ratios(larger) == ratios(document)
        assert overall(larger).ending_arr == 10 * overall(document).ending_arr


def test_an_account_split_in_two_of_the_same_ratio_changes_neither_grr_nor_nrr():
    for document in SEEDED:
        first, *rest = ({**a, "starting_arr": a["starting_arr"] * 2, "ending_arr": a["ending_arr"] * 2, "due_arr": None,
                         "renewed_arr": None} for a in document["accounts"])
        half = {**first, "starting_arr": first["starting_arr"] / 2, "ending_arr": first["ending_arr"] / 2}
        before = overall({**document, "accounts": [first, *rest]})
        after = overall({**document, "accounts": [half, {**half, "id": "the other half"}, *rest]})
        assert after.starting_arr == before.starting_arr
        assert (after.grr_ratio, after.nrr_ratio) == (before.grr_ratio, before.nrr_ratio)


@pytest.mark.parametrize(
    ("comes", "movement"),
    [
        (account("comes", 0, 777, ever_before=False), "new_arr"),
        (account("comes", 0, 777, ever_before=True), "reactivated_arr"),
    ],
)
def test_who_comes_or_comes_back_changes_no_ratio(comes, movement):
    for document in SEEDED:
        more = {**document, "accounts": [*document["accounts"], comes]}
        assert ratios(more) == ratios(document)
        assert getattr(overall(more), movement) == getattr(overall(document), movement) + 777


def test_an_account_that_stays_as_it_is_brings_grr_nearer_to_one():
    for document in SEEDED:
        more = {**document, "accounts": [*document["accounts"], account("stays", 1000, 1000)]}
        assert overall(more).grr_ratio >= overall(document).grr_ratio


def test_more_arr_at_the_end_of_an_account_lowers_neither_ratio():
    for document in SEEDED:
        there = [a for a in document["accounts"] if a["ending_arr"]]
        for chosen in there[:1]:
            more = [{**a, "ending_arr": a["ending_arr"] + 50} if a is chosen else a for a in document["accounts"]]
            before, after = overall(document), overall({**document, "accounts": more})
            assert after.grr_ratio >= before.grr_ratio
            assert after.nrr_ratio >= before.nrr_ratio


@pytest.mark.parametrize("key", ["group", "segment", "size", "reason"])
def test_the_parts_rolled_up_by_any_key_add_up_to_the_whole(key):
    for document in SEEDED:
        parts = books.book(document).parts
        rolled = retention.rolled_up(parts, lambda part: getattr(part, key))
        assert retention.added(rolled.values()) == retention.added(part.movement for part in parts)


def test_the_ratios_of_parts_weighted_by_their_start_give_the_whole():
    for document in SEEDED:
        whole = overall(document)
        rolled = retention.rolled_up(books.book(document).parts, lambda part: part.segment).values()
        parts = [(retention.rates(movement), movement) for movement in rolled if movement.starting_arr]
        for name in ("grr_ratio", "nrr_ratio"):
            weighted = (
                sum(getattr(rates, name) * movement.starting_arr for rates, movement in parts) / whole.starting_arr
            )
            assert abs(weighted - getattr(whole, name)) < D("1e-20")
        counted = sum(rates.logo_retention_ratio * movement.starting_customers for rates, movement in parts)
        assert abs(counted / whole.starting_customers - whole.logo_retention_ratio) < D("1e-20")


def test_a_lost_account_is_churn_not_contraction():
    whole = overall(of_accounts(account("kept", 100, 100), account("lost", 50, 0)))
    assert (whole.churned_arr, whole.contraction_arr, whole.churned_customers) == (50, 0, 1)


def test_an_account_down_to_a_cent_is_contraction_not_churn():
    whole = overall(of_accounts(account("kept", 100, 100), account("shrunk", 50, D("0.01"))))
    assert (whole.churned_arr, whole.contraction_arr, whole.churned_customers) == (0, D("49.99"), 0)


def test_the_growth_of_one_customer_does_not_make_good_the_loss_of_another_in_grr():
    example = golden("grr_cohort_gitlab")
    rows = [account(f"a{n}", start, end) for n, (start, end) in enumerate(zip(example["start"], example["end"]))]
    whole = overall(of_accounts(*rows))
    assert abs(whole.grr_ratio - example["grr"]) < D("5e-7")
    assert abs(whole.nrr_ratio - example["nrr"]) < D("5e-7")


def test_the_bridge_of_a_hundred_million_gives_the_ratios_of_its_source():
    whole = overall(of_cohorts(cohort("all", D("100.0"), 100, D("9.2"), 9, D("3.9"), D("10.9"), new_arr=D("19.0"),
                                      reactivated_arr=D("0.7"), ending_arr=D("117.5"))))
    assert (whole.grr_ratio, whole.nrr_ratio, whole.ending_arr) == (D("0.869"), D("0.978"), D("117.5"))


def test_the_smaller_of_two_customers_lost_is_half_of_the_logos_and_a_sixth_of_the_money():
    whole = overall(of_accounts(account("small", 1000, 0), account("large", 5000, 5000)))
    assert whole.logo_retention_ratio == D("0.5")
    assert whole.churn_ratio.quantize(D("0.0001")) == D("0.1667")


def test_a_renewal_rate_is_not_the_retention_of_the_book():
    example = golden("renewal_vs_retention")
    due, base = example["up_for_renewal"], example["base"]
    answer = books.answered(
        of_accounts(
            account("lost", 50, 0, due_arr=50, renewed_arr=0),
            account("renewed", 200, 200, due_arr=200, renewed_arr=200),
            account("rest", 750, 750),
        )
    )
    assert (answer.renewal.due_arr, answer.overall.retained.starting_arr) == (due, base)
    assert (answer.renewal.gross_ratio, answer.overall.retained.grr_ratio) == (
        example["gross_renewal_rate"],
        example["grr"],
    )


def test_where_nobody_was_at_the_start_there_is_no_ratio_and_no_verdict():
    row = retention.retained("new", Movement(new_arr=D(5)), 12, "growth", SETTINGS)
    assert [getattr(row, name) for name in RATIOS] == [None] * 6
    assert (set(row.verdicts), row.leaky_bucket, row.ending_arr) == ({None}, None, 5)


def test_movements_add_up_field_by_field_and_a_count_that_is_unknown_stays_unknown():
    one, other = Movement(*map(D, range(1, 7)), 3, 1, 1), Movement(*map(D, range(10, 70, 10)), 5, 2, 2)
    assert retention.added([one, other]) == tuple(x + y for x, y in zip(one, other))
    assert retention.added([one, other._replace(contracted_customers=None)]).contracted_customers is None
    assert retention.added([]) == Movement()


def test_monthly_churn_and_quarterly_retention_compound_to_the_golden_year():
    example = golden("annualise")
    for monthly, yearly in example["monthly_churn"].items():
        assert abs(annualised(row(grr=1 - D(monthly)), 1).churn_ratio - yearly) < D("5e-7")
        assert abs(annualised(row(grr=1 - D(monthly)), 1).grr_ratio - (1 - yearly)) < D("5e-7")
    for quarterly, yearly in example["quarterly_retention"].items():
        assert abs(annualised(row(grr=quarterly, nrr=quarterly, logo=quarterly), 3).nrr_ratio - yearly) < D("5e-7")


@pytest.mark.parametrize("months", [1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 18, 24, 36, 60])
def test_a_year_repeated_for_the_period_gives_the_period_again(months):
    period = row("0.91", "1.07", "0.88", "0.04", "0.16")
    year = annualised(period, months)
    for name in ("grr_ratio", "nrr_ratio", "logo_retention_ratio"):
        assert abs(float(getattr(year, name)) ** (months / 12) - float(getattr(period, name))) < 1e-12
    for name in ("churn_ratio", "contraction_ratio"):
        assert abs(1 - (1 - float(getattr(year, name))) ** (months / 12) - float(getattr(period, name))) < 1e-12
    assert abs((1 + float(year.expansion_ratio)) ** (months / 12) - 1 - 0.16) < 1e-12


@pytest.mark.parametrize(("months", "power"), [(1, 12), (2, 6), (3, 4), (4, 3), (6, 2)])
def test_a_part_of_a_year_compounds_exactly(months, power):
    year = annualised(row("0.97", "1.01", "0.99"), months)
    assert year.grr_ratio == D("0.97") ** power
    assert year.nrr_ratio == D("1.01") ** power
    assert year.logo_retention_ratio == D("0.99") ** power


def test_twelve_months_are_not_annualised_and_other_periods_are():
    document = of_accounts(account("a", 100, 90))
    assert overall(document).annualised is None
    assert overall(document).annual.grr_ratio == overall(document).grr_ratio == D("0.9")
    quarter = overall({**document, "period_months": 3})
    assert (quarter.grr_ratio, quarter.annual.grr_ratio) == (D("0.9"), D("0.6561"))


def test_a_period_in_which_all_is_lost_is_a_year_in_which_all_is_lost():
    whole = overall(of_accounts(account("a", 100, 0), period_months=3))
    assert whole.annualised == (0, 0, 0, 1, 0, 0)


@pytest.mark.parametrize("months", [12, 24, 36, 48, 60])
@pytest.mark.parametrize("stage", books.STAGES)
@pytest.mark.parametrize("measure", ["grr", "nrr"])
def test_a_ratio_on_a_floor_belongs_to_the_better_band_and_one_below_it_to_the_next(stage, measure, months):
    floors, years = SETTINGS["retention_bands"][STAGE_GROUPS[stage]][f"{measure}_ratio"], months // 12
    for floor, at, under in (
        (floors["healthy"], "healthy", "concerning"),
        (floors["concerning"], "concerning", "critical"),
    ):
        for ratio, word in ((floor ** years, at), (floor ** years - LEAST, under), (floor ** years + LEAST, at)):
            period = Rates(*[ratio] * 3, 1 - ratio, D(0), D(0))
            annual = annualised(period, months) or period
            assert getattr(retention.verdicts(annual, stage, SETTINGS), measure) == word, (ratio, annual)


@pytest.mark.parametrize(("stage", "floor"), [("series_b", "0.85"), ("growth", "0.85"), ("late", "0.90")])
def test_logo_retention_on_its_floor_is_healthy(stage, floor):
    assert retention.verdicts(row(logo=floor), stage, SETTINGS).logo == "healthy"
    assert retention.verdicts(row(logo=D(floor) - LEAST), stage, SETTINGS).logo == "concerning"


@pytest.mark.parametrize("stage", ["seed", "series_a"])
def test_an_early_company_has_no_line_for_logo_retention(stage):
    assert retention.verdicts(row(logo="0.1"), stage, SETTINGS).logo is None


@pytest.mark.parametrize("stage", books.STAGES)
def test_contraction_of_exactly_five_per_cent_is_not_under_five_per_cent(stage):
    assert retention.verdicts(row(contraction="0.05"), stage, SETTINGS).contraction == "concerning"
    assert retention.verdicts(row(contraction=D("0.05") - LEAST), stage, SETTINGS).contraction == "healthy"


@pytest.mark.parametrize("stage", books.STAGES)
def test_expansion_of_exactly_fifteen_per_cent_is_healthy(stage):
    assert retention.verdicts(row(expansion="0.15"), stage, SETTINGS).expansion == "healthy"
    assert retention.verdicts(row(expansion=D("0.15") - LEAST), stage, SETTINGS).expansion == "concerning"


@pytest.mark.parametrize("stage", books.STAGES)
@pytest.mark.parametrize("measure", ["grr", "nrr"])
def test_no_value_falls_between_two_bands_and_a_higher_one_is_never_worse(stage, measure):
    words = [
        getattr(retention.verdicts(row(**{measure: D(n) / 1000}), stage, SETTINGS), measure) for n in range(0, 1500)
    ]
    ranks = [retention.VERDICTS.index(word) for word in words]
    assert ranks == sorted(ranks, reverse=True)
    assert set(words) == set(retention.VERDICTS)


def test_without_a_stage_there_is_no_verdict():
    assert retention.verdicts(row(), None, SETTINGS) == (None,) * 5
    assert books.answered(of_accounts(account("a", 100, 1))).verdict is None


@pytest.mark.parametrize(("nrr", "grr", "leaky"), [
    ("1.00", "0.85", True), ("1.20", "0.85", True), ("1.00", "0.60", True), ("1.20", "0.850001", False),
    ("0.999999", "0.80", False), ("1.00", "0.86", False)])
@pytest.mark.parametrize("stage", [None, "growth"])
def test_a_bucket_leaks_from_nrr_of_one_down_to_grr_of_85_per_cent(nrr, grr, leaky, stage):
    lost, grown = 1 - D(grr), D(nrr) - D(grr)
    movement = Movement(
        starting_arr=D(1), churned_arr=lost, expansion_arr=grown, starting_customers=10, churned_customers=1
    )
    assert retention.retained(None, movement, 12, stage, SETTINGS).leaky_bucket is leaky


def test_the_worst_word_is_the_worst_of_those_that_are_known():
    assert retention.worst(("healthy", None, "critical", "concerning")) == "critical"
    assert retention.worst(("healthy", None, "concerning")) == "concerning"
    assert retention.worst((None, None)) is None


def test_the_verdict_of_the_book_is_the_worse_of_the_grr_and_nrr_bands():
    answer = books.answered(
        of_accounts(account("a", 800, 800), account("b", 180, 400), account("c", 20, 0), stage="growth")
    )
    assert (answer.overall.retained.verdicts.grr, answer.overall.retained.verdicts.nrr, answer.verdict) == (
        "healthy",
    ) * 3
    flat = books.answered(of_accounts(account("a", 100, 100), stage="growth"))
    assert (flat.overall.retained.verdicts.grr, flat.overall.retained.verdicts.nrr) == ("healthy", "concerning")
    assert flat.verdict == "concerning"
