"""Where ARR leaves: the cells hold all lost ARR once, each is where it says, and the accounts behind it are its own."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal as D
from fractions import Fraction
from typing import Optional

import pytest
from hypothesis import given

import books
from books import REASONS, SETTINGS, account, book, cohort, few, of_accounts, of_cohorts, overall
from cslib import leaks, retention
from cslib.decomposition import decomposed

SEEDED = [books.accounts_document(seed, 40) for seed in range(64)]
NEAR = D("1e-18")


def all_leaks(document: dict, monkeypatch) -> list[leaks.Leak]:
    """Every cell of a book as a leak, however small."""
    monkeypatch.setattr(leaks, "LEAKS", 10 ** 6)
    return leaks.leaks(book(document), overall(document), SETTINGS)


def loss(row: dict) -> D:
    return max(row["starting_arr"] - row["ending_arr"], D(0))


def cause_of(row: dict) -> Optional[str]:
    if not loss(row):
        return None
    return "contraction" if row["ending_arr"] else row.get("churn_reason") or "unknown"


def size_of(row: dict) -> str:
    return next(size for size, floor in books.SIZES if (row["starting_arr"] or row["ending_arr"]) >= floor)


def expected_cells(rows: list) -> Counter:
    """(cause, where, place, arr) from the rows: the place that holds 60% of a cause, and the rest of it."""
    cells: Counter = Counter()
    for cause in ("contraction", *REASONS):
        inside = [row for row in rows if cause_of(row) == cause]
        divided = [(where, key) for where, key in (("segment", lambda row: row.get("segment")), ("size", size_of))
                   if len({key(row) for row in rows} - {None}) > 1 and any(key(row) for row in inside)]
        if not inside or not divided:
            cells.update([(cause, None, None, sum(map(loss, inside)))] if inside else [])
            continue
        where, key = divided[0]
        arr = {place: sum(map(loss, same)) for place, same in books.grouped(inside, key).items()}
        most = max((place for place in arr if place), key=lambda place: (arr[place], place))
        named = ([place for place in arr if place] if cause == "unknown"
                 else [most] if arr[most] * 10 >= 6 * sum(arr.values()) else [])
        cells.update((cause, where, place, arr[place]) for place in named)
        rest = [row for row in inside if key(row) not in named]
        if rest:
            cells.update(
                [(cause, "elsewhere" if named else None, named[0] if len(named) == 1 else None, sum(map(loss, rest)))]
            )
    return cells


@few
@given(books.BOOKS)
def test_the_cells_of_a_book_by_account_hold_all_lost_arr_once(document):
    read = book(document)
    cells = leaks._cells(read.parts, SETTINGS["leak_majority_ratio"])
    held = [(cause == "contraction", part) for cause, _, _, inside in cells for part in inside]
    assert len(held) == len(set(held))
    amounts = [part.movement.contraction_arr if shrunk else part.movement.churned_arr for shrunk, part in held]
    assert sum(amounts, D(0)) == overall(document).lost_arr


@few
@given(books.COHORT_BOOKS)
def test_the_cells_of_a_book_by_cohort_hold_all_lost_arr_once(document):
    cells = leaks._cells(book(document).parts, SETTINGS["leak_majority_ratio"])
    held = [(cause == "contraction", part) for cause, _, _, inside in cells for part in inside]
    assert len(held) == len(set(held))
    amounts = [part.movement.contraction_arr if shrunk else part.movement.churned_arr for shrunk, part in held]
    assert sum(amounts, D(0)) == overall(document).lost_arr


def test_every_account_that_lost_arr_is_behind_one_leak_and_no_other_is(monkeypatch):
    for document in SEEDED:
        found = all_leaks(document, monkeypatch)
        behind = Counter(mover.account for leak in found for mover in leak.accounts)
        assert behind == Counter(row.get("name") or row["id"] for row in document["accounts"] if loss(row))
        for leak in found:
            assert sum(mover.starting_arr - mover.ending_arr for mover in leak.accounts) == leak.arr
            assert leak.customers == len(leak.accounts)


def test_the_cells_are_those_of_the_rows(monkeypatch):
    for document in SEEDED:
        found = Counter((leak.cause, leak.where, leak.place, leak.arr) for leak in all_leaks(document, monkeypatch))
        assert found == expected_cells(document["accounts"])


def test_the_shares_of_all_leaks_add_up_to_one(monkeypatch):
    for document in SEEDED:
        found = all_leaks(document, monkeypatch)
        assert not found or abs(sum(leak.share_ratio for leak in found) - 1) < NEAR
        assert all(leak.arr > 0 for leak in found)


def test_three_leaks_are_told_and_no_other_is_larger(monkeypatch):
    for document in SEEDED:
        told = leaks.leaks(book(document), overall(document), SETTINGS)
        every = all_leaks(document, monkeypatch)
        monkeypatch.undo()
        assert [leak.arr for leak in told] == sorted((leak.arr for leak in every), reverse=True)[:3]


def test_a_leak_costs_gross_profit_for_three_years_at_the_books_own_grr():
    for document in SEEDED:
        grr = Fraction(overall(document).grr_ratio)
        for leak in leaks.leaks(book(document), overall(document), SETTINGS):
            year = Fraction(leak.arr) * Fraction(77, 100)
            assert abs(Fraction(leak.gross_profit_a_year) - year) < Fraction(1, 1000)
            assert abs(Fraction(leak.gross_profit_three_years) - year * (1 + grr + grr ** 2)) < Fraction(1, 1000)


def test_a_book_without_a_loss_has_no_leak():
    document = of_accounts(account("a", 100, 120))
    assert leaks.leaks(book(document), overall(document), SETTINGS) == []


def test_exactly_sixty_per_cent_in_one_segment_is_most_of_a_cause():
    rows = [account("a", 60, 0, segment="Retail", churn_reason="pricing"),
            account("b", 40, 0, segment="Health", churn_reason="pricing")]
    document = of_accounts(*rows, account("c", 900, 900))
    found = leaks.leaks(book(document), overall(document), SETTINGS)
    assert [(leak.where, leak.place, leak.arr) for leak in found] == [
        ("segment", "Retail", 60),
        ("elsewhere", "Retail", 40),
    ]
    rows[1]["starting_arr"] = D("40.01")
    document = of_accounts(*rows, account("c", 900, 900))
    found = leaks.leaks(book(document), overall(document), SETTINGS)
    assert [(leak.where, leak.place, leak.arr) for leak in found] == [(None, None, D("100.01"))]


def test_a_reason_without_arr_is_no_leak():
    document = of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 1}}))
    assert [leak.cause for leak in leaks.leaks(book(document), overall(document), SETTINGS)] == ["unknown"]


def test_arr_lost_by_customers_whose_number_is_not_known_is_not_lost_by_nobody():
    document = of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 3}}))
    found = leaks.leaks(book(document), overall(document), SETTINGS)
    assert [(leak.cause, leak.arr) for leak in found if leak.arr] == [("unknown", 300)]
    assert all(leak.customers != 0 for leak in found)


def test_the_weakest_part_lost_most_beyond_the_rate_of_the_rest():
    for document in SEEDED:
        whole, found = overall(document), []
        for where, key in (("segment", lambda row: row.get("segment")), ("size", size_of)):
            for place, inside in books.grouped(document["accounts"], key).items():
                rest = [row for row in document["accounts"] if row not in inside and row["starting_arr"]]
                part = books.bridge(inside)
                if place and rest and part.starting_arr:
                    other = overall({**document, "accounts": rest}).grr_ratio
                    lost = part.churned_arr + part.contraction_arr
                    found.append((lost - (1 - other) * part.starting_arr, where, place, lost, other))
        answer = decomposed(book(document), SETTINGS, None, None, ()).weakest
        best = max(found, default=None)
        if answer is None:
            assert best is None or best[0] < SETTINGS["weakest_excess_ratio"] * whole.lost_arr or not whole.lost_arr
        else:
            assert abs(answer.excess_arr - best[0]) < D("1e-12")
            same = next(row for row in found if row[1:3] == (answer.where, answer.place))
            assert abs(same[0] - best[0]) < D("1e-12")
            assert answer.lost_arr == same[3]
            assert abs(answer.rest_grr_ratio - same[4]) < NEAR


@pytest.mark.parametrize(("starting", "ending"), [(100, 90), (300, 200), (700, 600), (1100, 1000), (1300, 700)])
def test_no_part_is_weakest_where_all_lose_alike(starting, ending):
    rows = [
        account("a", starting, ending, segment="Retail"),
        account("b", 10 * starting, 10 * ending, segment="Health"),
        account("c", 3 * starting, 3 * ending, segment="Logistics"),
    ]
    assert decomposed(book(of_accounts(*rows)), SETTINGS, None, None, ()).weakest is None


def test_the_movers_are_the_accounts_that_moved_the_largest_first():
    for document in SEEDED:
        there = [row for row in document["accounts"] if row["starting_arr"]]
        found = leaks.movers(book(document).accounts)
        groups = ([row for row in there if not row["ending_arr"]],
                  [row for row in there if 0 < row["ending_arr"] < row["starting_arr"]],
                  [row for row in there if row["ending_arr"] > row["starting_arr"]])
        for movers, rows in zip(found, groups):
            changes = sorted((row["ending_arr"] - row["starting_arr"] for row in rows), key=abs, reverse=True)
            assert [mover.change_arr for mover in movers] == changes
            assert all(mover.change_arr == mover.ending_arr - mover.starting_arr for mover in movers)


def test_a_mover_keeps_its_segment_and_its_reason():
    lost = account("a", 100, 0, name="Sample", segment="Retail", churn_reason="pricing")
    assert leaks.movers(book(of_accounts(lost)).accounts).lost[0].record() == {
        "account": "Sample", "segment": "Retail", "starting_arr": 100, "ending_arr": 0, "change_arr": -100,
        "reason": "pricing"}


@pytest.mark.parametrize("kind", ["new", "idle"])
def test_who_was_not_there_at_the_start_is_no_mover(kind):
    rows = [account("a", 100, 100), account("b", 0, 500 if kind == "new" else 0)]
    assert leaks.movers(book(of_accounts(*rows)).accounts) == ((), (), ())


@pytest.mark.parametrize("floors", [(100000, 20000, 5000, 1), (100000, 20000, 5000, 1000)])
def test_an_account_under_the_lowest_floor_still_has_a_size(floors):
    read = books.cohorts.read(of_accounts(account("a", D("0.50"), 0)), "a test",
                              dict(zip(("strategic", "enterprise", "mid_market", "smb"), floors)))
    assert retention.added(part.movement for part in read.parts).churned_arr == D("0.50")
