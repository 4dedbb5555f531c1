"""What a total hides: each figure found again by changing the book and asking for its GRR or NRR."""

from __future__ import annotations

import json
from decimal import Decimal as D
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from books import account, book, cohort, few, of_accounts, of_cohorts, overall
from cslib import patterns, retention
from cslib.cohorts import Movement

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "facts" / "golden_numbers.json"
NEAR = D("1e-20")
SEEDED = [books.accounts_document(seed, 40) for seed in range(100)]


def golden(key: str) -> dict:
    if not GOLDEN.exists():
        pytest.skip("the golden numbers are not here")
    return json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=D)[key]


def concentration(document: dict) -> patterns.Concentration:
    return patterns.concentration(book(document).accounts)


def carriers(document: dict) -> patterns.Carriers:
    read = book(document)
    return patterns.carriers(read.accounts, retention.added(part.movement for part in read.parts))


def changed(document: dict, names, ending) -> dict:
    """The document with the end of the accounts of these names set; accounts set to None are left out."""
    rows = []
    for row in document["accounts"]:
        row = {k: v for k, v in row.items() if k not in ("churn_reason", "due_arr", "renewed_arr")}
        if called(row) not in names:
            rows.append(row)
        elif ending(row) is not None:
            rows.append({**row, "ending_arr": ending(row)})
    return {**document, "accounts": rows}


def called(row: dict) -> str:
    return row.get("name") or row["id"]


def lost(row: dict) -> D:
    return max(row["starting_arr"] - row["ending_arr"], D(0))


def by_segment(document: dict) -> dict:
    return retention.rolled_up(book(document).parts, lambda part: part.segment)


def test_the_shares_of_the_largest_are_those_of_a_sorted_list():
    for document in SEEDED:
        arr = sorted((row["starting_arr"] for row in document["accounts"]), reverse=True)
        shares = concentration(document)[:3]
        assert shares == tuple(sum(arr[:n]) / sum(arr) for n in (1, 5, 10))
        assert 0 < shares[0] <= shares[1] <= shares[2] <= 1


def test_the_effective_number_of_customers_lies_between_one_and_their_count():
    for document in SEEDED:
        arr = [float(row["starting_arr"]) for row in document["accounts"] if row["starting_arr"]]
        effective = concentration(document).effective_customers
        assert effective == pytest.approx(sum(arr) ** 2 / sum(a * a for a in arr), rel=1e-9)
        assert 1 - 1e-9 <= effective <= len(arr) * (1 + 1e-9)


def test_grr_had_the_largest_left_is_that_of_the_book_in_which_it_leaves():
    for document in SEEDED:
        found = concentration(document)
        left = changed(document, (found.largest,), lambda row: D(0))
        assert abs(overall(left).grr_ratio - found.grr_if_largest_left_ratio) < NEAR


def test_grr_without_the_largest_loss_is_that_of_the_book_without_that_account():
    for document in SEEDED:
        found = concentration(document)
        largest = max(map(lost, document["accounts"]))
        if not largest:
            assert (found.largest_loss, found.grr_without_largest_loss_ratio) == (None, None)
            continue
        assert lost(next(row for row in document["accounts"] if called(row) == found.largest_loss)) == largest
        if sum(1 for row in document["accounts"] if row["starting_arr"]) > 1:
            rest = changed(document, (found.largest_loss,), lambda row: None)
            assert abs(overall(rest).grr_ratio - found.grr_without_largest_loss_ratio) < NEAR
        else:
            assert found.grr_without_largest_loss_ratio is None


def test_the_concentrated_book_of_the_facts_gives_its_figures():
    example = golden("concentration")
    rows = [account(f"a{n:02}", start, end) for n, (start, end) in enumerate(zip(example["arr"], example["end"]))]
    found, whole = concentration(of_accounts(*rows)), overall(of_accounts(*rows))
    assert (whole.grr_ratio, whole.logo_retention_ratio) == (example["grr"], example["logo"])
    assert found[:3] == (example["top1"], example["top5"], example["top10"])
    assert found.effective_customers == pytest.approx(float(example["n_eff"]), abs=5e-7)
    assert 1 / found.effective_customers == pytest.approx(float(example["hhi"]), abs=5e-7)
    assert (found.largest, found.grr_if_largest_left_ratio) == ("a00", example["grr_if_top1_churns"])
    assert found.largest_loss == f"a{int(example['loo_max'][1]):02}"
    assert found.grr_without_largest_loss_ratio.quantize(D("0.000001")) == example["loo_max"][0]


def test_without_accounts_there_is_no_concentration_and_nobody_carries_growth():
    read = book(of_cohorts(cohort("c", 1000, 10, 0, 0, 0, 100)))
    assert patterns.concentration(read.accounts) is None
    assert patterns.carriers(read.accounts, read.parts[0].movement) is None


def test_nrr_had_the_three_that_grew_most_stayed_flat_is_that_of_the_book_in_which_they_do():
    for document in SEEDED:
        grown = sorted((row for row in document["accounts"] if row["ending_arr"] > row["starting_arr"] > 0),
                       key=lambda row: row["ending_arr"] - row["starting_arr"], reverse=True)
        found = carriers(document)
        if not grown:
            assert found is None
            continue
        flat = changed(document, found.accounts, lambda row: row["starting_arr"])
        more = sum(row["ending_arr"] - row["starting_arr"] for row in grown[:3])
        assert found.expansion_arr == more
        assert len(found.accounts) == min(3, len(grown))
        assert abs(overall(flat).nrr_ratio - found.nrr_without_ratio) < NEAR * 1000
        assert found.share_ratio == more / sum(row["ending_arr"] - row["starting_arr"] for row in grown)


def test_newcomers_carry_no_growth():
    assert carriers(of_accounts(account("a", 100, 100), account("new", 0, 900))) is None


def test_the_size_index_compares_the_mean_of_the_lost_with_the_mean_of_all():
    for document in SEEDED:
        there = [row["starting_arr"] for row in document["accounts"] if row["starting_arr"]]
        gone = [row["starting_arr"] for row in document["accounts"] if row["starting_arr"] and not row["ending_arr"]]
        index = patterns.loss_size_index(retention.added(part.movement for part in book(document).parts))
        if not gone:
            assert index is None
        else:
            expected = Fraction(sum(gone)) / len(gone) / (Fraction(sum(there)) / len(there))
            assert abs(Fraction(index) - expected) < Fraction(NEAR)


def test_the_size_index_is_one_where_all_left_and_the_worked_books_is_three_tenths():
    assert patterns.loss_size_index(Movement(starting_arr=D(70), churned_arr=D(70), starting_customers=7,
                                             churned_customers=7)) == 1
    assert patterns.loss_size_index(Movement(starting_arr=D(1000), churned_arr=D(60), starting_customers=5,
                                             churned_customers=1)) == D("0.3")


@few
@given(books.BOOKS, books.BOOKS)
def test_rate_and_mix_are_the_whole_change_of_grr(before, after):
    shift = patterns.mix_shift(by_segment(before), by_segment(after))
    if shift is None:
        segments = {row.get("segment") for each in (before, after) for row in each["accounts"] if row["starting_arr"]}
        assert len(segments) < 2
        return
    change = Fraction(shift.after_grr_ratio) - Fraction(shift.before_grr_ratio)
    assert abs(Fraction(shift.rate_effect_ratio) + Fraction(shift.mix_effect_ratio) - change) < Fraction(NEAR)
    assert abs(shift.before_grr_ratio - overall(before).grr_ratio) < NEAR
    assert abs(shift.after_grr_ratio - overall(after).grr_ratio) < NEAR
    assert abs(sum(row.rate_effect_ratio for row in shift.segments) - shift.rate_effect_ratio) < NEAR
    assert abs(sum(row.mix_effect_ratio for row in shift.segments) - shift.mix_effect_ratio) < NEAR


@few
@given(books.BOOKS, books.BOOKS)
def test_a_shift_told_backwards_is_the_same_shift_with_the_other_sign(before, after):
    there, back = (patterns.mix_shift(*map(by_segment, pair)) for pair in ((before, after), (after, before)))
    if there is not None:
        assert abs(there.rate_effect_ratio + back.rate_effect_ratio) < NEAR
        assert abs(there.mix_effect_ratio + back.mix_effect_ratio) < NEAR


def kitagawa(example: dict, side: str) -> dict:
    return {
        name: Movement(
            starting_arr=w * 1000, churned_arr=w * 1000 * (1 - r), starting_customers=10, churned_customers=1
        )
        for name, w, r in zip(("ENT", "SMB"), example[f"w{side}"], example[f"r{side}"])
    }


def test_every_segment_improves_and_the_total_falls_in_the_example_of_the_facts():
    example = golden("kitagawa")
    shift = patterns.mix_shift(kitagawa(example, "0"), kitagawa(example, "1"))
    assert (shift.before_grr_ratio, shift.after_grr_ratio) == (example["grr0"], example["grr1"])
    assert shift.rate_effect_ratio == example["rate_effect"]
    assert shift.mix_effect_ratio == example["mix_effect"]
    assert {row.name: (row.mix_effect_ratio * 100).quantize(D("0.01")) for row in shift.segments} == {
        "ENT": D("-1.49"), "SMB": D("-2.01")}


def test_the_same_rates_in_another_mix_have_no_rate_effect_and_the_same_mix_has_no_mix_effect():
    one = {"A": Movement(starting_arr=D(700), churned_arr=D(70)), "B": Movement(starting_arr=D(300), churned_arr=D(90))}
    mixed = {
        "A": Movement(starting_arr=D(200), churned_arr=D(20)),
        "B": Movement(starting_arr=D(800), churned_arr=D(240)),
    }
    rated = {
        "A": Movement(starting_arr=D(1400), churned_arr=D(70)),
        "B": Movement(starting_arr=D(600), churned_arr=D(60)),
    }
    one, mixed, rated = (
        {name: m._replace(starting_customers=10) for name, m in side.items()} for side in (one, mixed, rated)
    )
    assert patterns.mix_shift(one, mixed).rate_effect_ratio == 0
    assert patterns.mix_shift(one, mixed).mix_effect_ratio == D("-0.10")
    assert patterns.mix_shift(one, rated).mix_effect_ratio == 0
    assert patterns.mix_shift(one, rated).rate_effect_ratio == D("0.095")


def test_a_segment_that_is_new_is_all_mix():
    before = {"A": Movement(starting_arr=D(1000), churned_arr=D(100), starting_customers=10)}
    after = {**before, "B": Movement(starting_arr=D(1000), churned_arr=D(300), starting_customers=10)}
    shift = patterns.mix_shift(before, after)
    assert (shift.rate_effect_ratio, shift.mix_effect_ratio) == (0, D("-0.10"))


@given(st.sampled_from([{}, {"A": Movement(starting_arr=D(10), starting_customers=1)}]))
@few
def test_one_segment_has_no_mix(before):
    assert patterns.mix_shift(before, {"A": Movement(starting_arr=D(10), starting_customers=1)}) is None
