"""What retention is worth: a point of GRR by moving the book a point, and a customer year by year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest

import books
from books import SETTINGS, account, answered, cohort, of_accounts, of_cohorts
from cslib import worth

SEEDED = [books.accounts_document(seed, 30) for seed in range(40)]
ANSWERS = [answered(document) for document in SEEDED]
CENT = Fraction(1, 100)


def years(document: dict) -> Fraction:
    months = [row["cohort_start"] for row in document["accounts"] if row.get("cohort_start")]
    if not months:
        return Fraction(1)
    first = min(months)
    return max(Fraction(2025 * 12 + 12 - int(first[:4]) * 12 - int(first[5:]) + 1, 12), Fraction(1))


def size_of(row: dict) -> str:
    return next(size for size, floor in books.SIZES if (row["starting_arr"] or row["ending_arr"]) >= floor)


def over_the_years(kept: Fraction, span: Fraction) -> Fraction:
    """Years of payment out of so many, one payment at the start of each, the last one in part."""
    value, year = Fraction(0), 0
    while year < span:
        value += kept ** year * min(Fraction(1), span - year)
        year += 1
    return value


def test_a_point_of_grr_is_a_hundredth_of_the_ending_arr_after_a_year():
    for answer in ANSWERS:
        assert answer.worth.point_of_grr_after_one_year == answer.overall.retained.ending_arr / 100


def test_after_three_years_a_point_is_the_difference_of_two_books_carried_forward():
    for answer in ANSWERS:
        whole, found = answer.overall.retained, answer.worth
        plain = better = Fraction(whole.ending_arr)
        for _ in range(3):
            plain *= Fraction(whole.nrr_ratio)
            better *= Fraction(whole.nrr_ratio) + Fraction(1, 100)
        assert abs(Fraction(found.point_of_grr_after_three_years) - (better - plain)) < CENT


def test_a_point_of_a_quarter_is_carried_forward_at_the_yearly_rate():
    found = answered(of_accounts(account("a", 1000, 990), period_months=3)).worth
    year = D("0.99") ** 4
    assert found.point_of_grr_after_three_years == D(990) * ((year + D("0.01")) ** 3 - year ** 3)


def test_a_customer_is_worth_its_gross_profit_in_the_years_observed():
    for document, answer in zip(SEEDED, ANSWERS):
        span = years(document)
        groups = books.grouped([row for row in document["accounts"] if row["starting_arr"]], size_of)
        assert [row.size for row in answer.worth.lifetime] == [size for size, _ in books.SIZES if size in groups]
        for row in answer.worth.lifetime:
            inside = groups[row.size]
            start = sum(Fraction(each["starting_arr"]) for each in inside)
            kept = sum(Fraction(min(each["starting_arr"], each["ending_arr"])) for each in inside) / start
            mean = start / len(inside)
            assert abs(Fraction(row.arr_per_customer) - mean) < CENT / 1000
            assert abs(Fraction(row.grr_ratio) - kept) < Fraction(1, 10 ** 20)
            assert abs(Fraction(row.observed_years) - span) < Fraction(1, 10 ** 20)
            assert abs(Fraction(row.observed_value) - mean * Fraction(77, 100) * over_the_years(kept, span)) < CENT
            if kept == 1:
                assert (row.lifetime_years, row.formula_value) == (None, None)
            else:
                assert abs(Fraction(row.lifetime_years) - 1 / (1 - kept)) < CENT / 1000
                assert abs(Fraction(row.formula_value) - mean * Fraction(77, 100) / (1 - kept)) < CENT


def test_the_years_observed_are_worth_no_more_than_all_years():
    for answer in ANSWERS:
        for row in answer.worth.lifetime:
            assert row.observed_value > 0
            assert row.formula_value is None or row.observed_value <= row.formula_value


def lifetime(months: str, as_of: str = "2025-12-31") -> worth.Lifetime:
    rows = [account(f"a{n}", 20000, 20000 if n < 88 else 0, cohort_start=months) for n in range(100)]
    return answered({**of_accounts(*rows), "as_of": as_of}).worth.lifetime[0]


def test_the_lifetime_of_the_reference_page_comes_out():
    found = lifetime("2021-01")
    assert (found.observed_years, found.grr_ratio, found.arr_per_customer) == (5, D("0.88"), 20000)
    assert found.formula_value.quantize(D(1)) == 128333
    assert found.observed_value.quantize(D(1)) == 60608


@pytest.mark.parametrize(
    ("first", "observed"), [("2024-12", "1.0833"), ("2024-01", "2"), ("2024-07", "1.5"), ("2023-12", "2.0833")]
)
def test_the_years_observed_count_the_first_month_and_the_last(first, observed):
    assert lifetime(first).observed_years.quantize(D("0.0001")) == D(observed).quantize(D("0.0001"))


def test_a_book_of_no_known_age_is_observed_for_one_year():
    found = answered(of_accounts(account("a", 20000, 10000))).worth.lifetime[0]
    assert (found.observed_years, found.observed_value) == (1, 20000 * D("0.77"))


def test_a_book_from_which_nobody_was_lost_has_no_end_and_so_no_formula():
    found = answered(of_accounts(account("a", 20000, 30000))).worth.lifetime[0]
    assert (found.lifetime_years, found.formula_value, found.grr_ratio) == (None, None, 1)


def test_a_book_that_lost_all_is_worth_its_first_year():
    found = answered(of_accounts(account("a", 20000, 0, cohort_start="2021-01"))).worth.lifetime[0]
    assert found.observed_value == found.formula_value == 20000 * D("0.77")


def test_totals_have_no_sizes_and_so_no_lifetime():
    answer = answered(of_cohorts(cohort("c", 1000, 10, 100, 1)))
    assert answer.worth.lifetime == ()
    assert answer.worth.point_of_grr_after_one_year == 9


def test_the_margin_is_the_policys():
    assert answered(of_accounts(account("a", 100, 100))).worth.gross_margin_ratio == SETTINGS["gross_margin_ratio"]
    mine = {"gross_margin_ratio": D("0.5"), "leak_reduction_ratio": D("0.25")}
    whole = answered(of_accounts(account("a", 100, 50))).overall.retained
    found = worth.worth(whole, D(40), [], None, date(2025, 12, 31), mine)
    assert (found.gross_margin_ratio, found.closing_leaks_arr) == (D("0.5"), 10)
