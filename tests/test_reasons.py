"""Why customers left: reasons add up to what was lost, and the preventable share is that of the known losses."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from books import REASONS, SETTINGS, account, answered, book, cohort, few, of_accounts, of_cohorts, overall
from cslib import reasons

POLICY = SETTINGS["preventable"]
SEEDED = [books.accounts_document(seed, 40) for seed in range(100)]


def lost(document: dict) -> dict:
    """ARR lost under each reason, from the rows."""
    gone = [row for row in document["accounts"] if row["starting_arr"] and not row["ending_arr"]]
    return {reason: sum(row["starting_arr"] for row in same)
            for reason, same in books.grouped(gone, lambda row: row.get("churn_reason") or "unknown").items()}


def reading(**arr: int) -> reasons.Preventable:
    """What is read from so much ARR lost under each reason."""
    rows = [account(reason, amount, 0, churn_reason=reason) for reason, amount in arr.items() if amount]
    return reasons.preventable(reasons.reasons(book(of_accounts(account("kept", 5, 5), *rows)).parts), POLICY)


@few
@given(st.one_of(books.BOOKS, books.COHORT_BOOKS))
def test_reasons_add_up_to_the_churned_arr_and_customers(document):
    rows, whole = reasons.reasons(book(document).parts), overall(document)
    assert sum((row.arr or 0 for row in rows), D(0)) == whole.churned_arr
    assert sum(row.customers or 0 for row in rows) == whole.churned_customers


def test_the_arr_of_a_reason_is_that_of_the_accounts_that_gave_it():
    for document in SEEDED:
        assert {row.reason: row.arr for row in reasons.reasons(book(document).parts)} == lost(document)


def test_the_shares_of_the_known_reasons_add_up_to_one_and_unknown_has_none():
    for document in SEEDED:
        rows = reasons.reasons(book(document).parts)
        shares = [row.share_ratio for row in rows if row.reason != "unknown"]
        assert not shares or abs(sum(shares) - 1) < D("1e-20")
        assert all(row.share_ratio is None for row in rows if row.reason == "unknown")


def test_the_largest_reason_comes_first_and_unknown_last():
    for document in SEEDED:
        rows = reasons.reasons(book(document).parts)
        known = [row.arr for row in rows if row.reason != "unknown"]
        assert known == sorted(known, reverse=True)
        assert "unknown" not in [row.reason for row in rows[:-1]]


def test_the_preventable_share_is_that_of_the_known_losses():
    for document in SEEDED:
        arr = {reason: Fraction(lost(document).get(reason, 0)) for reason in REASONS}
        found = reasons.preventable(reasons.reasons(book(document).parts), POLICY)
        known, churned = sum(arr.values()) - arr["unknown"], sum(arr.values())
        narrow, wide = arr["no_value_realized"] + arr["tactical_failure"], arr["product_fit"]
        assert (found.preventable_arr, found.recoverable_arr) == (narrow, arr["involuntary"])
        if not known:
            assert (found.preventable_ratio, found.with_product_fit_ratio, found.reading) == (None, None, None)
            assert found.unknown_ratio == (1 if churned else None)
            continue
        assert abs(Fraction(found.preventable_ratio) - narrow / known) < Fraction(1, 10 ** 20)
        assert abs(Fraction(found.with_product_fit_ratio) - (narrow + wide) / known) < Fraction(1, 10 ** 20)
        assert abs(Fraction(found.unknown_ratio) - arr["unknown"] / churned) < Fraction(1, 10 ** 20)
        words = ["leverage" if share > Fraction(1, 2) else "structural" if share < Fraction(3, 10) else "mixed"
                 for share in (narrow / known, (narrow + wide) / known)]
        too_much = arr["unknown"] / churned > Fraction(4, 10)
        assert found.reading == (None if too_much else words[0])
        assert found.contested == (not too_much and words[0] != words[1])


@pytest.mark.parametrize(("preventable", "other", "word"), [
    (50, 50, "mixed"), (501, 499, "leverage"), (30, 70, "mixed"), (299, 701, "structural"), (100, 0, "leverage"),
    (0, 100, "structural")])
def test_a_share_on_a_line_is_mixed(preventable, other, word):
    assert reading(no_value_realized=preventable, pricing=other).reading == word
    assert reading(tactical_failure=preventable, competitor_loss=other).reading == word


@pytest.mark.parametrize(("unknown", "word"), [(400, "leverage"), (401, None)])
def test_above_forty_per_cent_unknown_there_is_no_reading(unknown, word):
    assert reading(no_value_realized=1000 - unknown, unknown=unknown).reading == word


def test_unknown_is_never_spread_over_the_other_reasons():
    found = reading(no_value_realized=60, tactical_failure=30, product_fit=25, pricing=55, unknown=30)
    assert found.preventable_ratio.quantize(D("0.001")) == D("0.529")
    assert found.with_product_fit_ratio.quantize(D("0.001")) == D("0.676")
    assert found.unknown_ratio == D("0.15")
    assert (found.reading, found.contested) == ("leverage", False)


def test_product_fit_decides_the_reading_where_it_carries_it_over_a_line():
    found = reading(no_value_realized=20, product_fit=40, pricing=40)
    assert (found.reading, found.contested) == ("structural", True)


def test_failed_payments_stand_on_their_own_line():
    found = reading(involuntary=80, pricing=20)
    assert (found.preventable_arr, found.recoverable_arr, found.preventable_ratio) == (0, 80, 0)


def test_nothing_lost_has_no_share_and_no_reading():
    found = reading()
    assert (found.preventable_ratio, found.unknown_ratio, found.reading) == (None, None, None)


def test_nothing_known_of_what_was_lost_is_wholly_unknown():
    found = reading(unknown=100)
    assert (found.preventable_ratio, found.unknown_ratio, found.reading) == (None, 1, None)


@pytest.mark.parametrize(("reason", "word"), [
    ("product_fit", "contested"), ("competitor_loss", "no"), ("no_value_realized", "yes"), ("pricing", "no"),
    ("champion_left", "no"), ("company_event", "no"), ("tactical_failure", "yes"), ("involuntary", "recoverable"),
    ("unknown", "unknown")])
def test_each_reason_is_preventable_as_the_definition_says(reason, word):
    rows = reasons.reasons(book(of_accounts(account("a", 10, 0, churn_reason=reason))).parts)
    assert [(row.reason, row.preventable) for row in rows] == [(reason, word)]


def test_a_reason_whose_arr_is_not_given_has_no_arr_rather_than_none_lost():
    rows = answered(
        of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 2}}))
    ).churn_reasons
    assert [(row.reason, row.customers, row.arr) for row in rows] == [("pricing", 2, None), ("unknown", 1, 300)]


def test_an_explicit_unknown_is_the_same_as_none_given():
    given_, left_out = ({"pricing": {"customers": 1, "arr": 100}, **more}
                        for more in ({"unknown": {"customers": 2, "arr": 200}}, {}))
    rows = [reasons.reasons(book(of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons=why))).parts)
            for why in (given_, left_out)]
    assert rows[0] == rows[1]
