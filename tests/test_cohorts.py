"""cohorts.json as records: what is refused, what is not, and that both forms hold the same book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
from books import CODED, MONEY, account, answered, book, cohort, few, of_accounts, of_cohorts, overall
from cslib import retention, schema
from cslib.refusal import Refusal

KEPT = account("kept", 100, 100)
WHOLE = cohort("whole", 1000, 10)


def kinds(document: dict) -> list[str]:
    """The kinds of fault for which a document is refused; none where it is not."""
    try:
        book(document)
    except Refusal as refusal:
        return [fault.kind for fault in refusal.faults]
    return []


def history(**changed: object) -> dict:
    cell = {"cohort": "2024-Q1", "quarter": 1, "customers": 10, "active_customers": 9, "arr": 90, "initial_arr": 100}
    return of_accounts(KEPT, history=[{**cell, "quarter": 0, "active_customers": 10, "arr": 100}, {**cell, **changed}])


@few
@given(st.one_of(books.BOOKS, books.COHORT_BOOKS))
def test_no_valid_book_is_refused(document):
    schema.check(document, "cohorts", "a test")
    assert kinds(document) == []


@pytest.mark.parametrize("seed", range(24))
def test_no_seeded_book_is_refused(seed):
    document = books.accounts_document(seed)
    schema.check(document, "cohorts", "a test")
    assert kinds(document) == []


@pytest.mark.parametrize("document", [
    of_accounts(KEPT, account("idle", 0, 0)),
    of_accounts(KEPT, account("idle", 0, 0, cohort_start="2025-12", ever_before=False)),
    of_accounts(account("lost", 100, 0)),
    of_accounts(account("lost", 100, 0, churn_reason="unknown")),
    of_accounts(KEPT),
    of_accounts(account("born in the month of the start", 100, 50, cohort_start="2024-12")),
    of_accounts(KEPT, account("born in the last month", 0, 50, cohort_start="2025-12")),
    of_accounts(account("due", 100, 130, due_arr=100, renewed_arr=130)),
    of_accounts(account("not due", 100, 130, due_arr=0, renewed_arr=0)),
    of_accounts(KEPT, cohorts=None),
    history(active_customers=0, arr=0),
    history(quarter=7),
    of_cohorts(WHOLE, cohort("new only", 0, 0, new_arr=500)),
    of_cohorts(cohort("all lost", 1000, 10, 1000, 10)),
    of_cohorts(cohort("all lost and a new one", 1000, 10, 1000, 10, new_arr=500, ending_arr=500)),
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 3}})),
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 1, "arr": 200}})),
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 0, "arr": 0}})),
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"unknown": {"customers": 3, "arr": 300}})),
    of_cohorts(cohort("c", 1000, 10, churn_reasons={})),
    of_cohorts(WHOLE, accounts=None),
])
def test_an_odd_book_is_a_book(document):
    schema.check(document, "cohorts", "a test")
    assert kinds(document) == []


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("impossible date", of_accounts(KEPT, as_of="2025-02-30")),
        ("impossible date", of_accounts(account("a", 100, 100, cohort_start="2023-13"))),
        ("impossible date", of_accounts(account("a", 100, 100, cohort_start="2024-00"))),
        ("after the period", of_accounts(KEPT, account("a", 0, 100, cohort_start="2026-01"))),
        ("one form only", {**of_accounts(KEPT), **of_cohorts(WHOLE)}),
        ("one form only", {"as_of": books.AS_OF, "period_months": 12}),
        ("given twice", of_accounts(KEPT, KEPT)),
        ("given twice", of_cohorts(WHOLE, WHOLE)),
        ("nothing to retain", of_accounts(account("new", 0, 100))),
        ("nothing to retain", of_cohorts(cohort("new", 0, 0, new_arr=100))),
        ("reason without a loss", of_accounts(account("a", 100, 1, churn_reason="pricing"))),
        ("reason without a loss", of_accounts(KEPT, account("a", 0, 0, churn_reason="pricing"))),
        ("reason without a loss", of_accounts(KEPT, account("a", 0, 5, churn_reason="unknown"))),
        ("contradiction", of_accounts(account("a", 100, 100, cohort_start="2025-01"))),
        ("contradiction", of_accounts(KEPT, account("a", 0, 100, cohort_start="2024-12", ever_before=False))),
        ("contradiction", of_accounts(KEPT, account("a", 0, 100, due_arr=100, renewed_arr=100))),
        ("contradiction", of_accounts(account("a", 100, 100, due_arr=0, renewed_arr=100))),
        ("half a pair", of_accounts(account("a", 100, 100, due_arr=100))),
        ("half a pair", of_accounts(account("a", 100, 100, renewed_arr=100))),
        ("half a pair", of_cohorts({**WHOLE, "due_arr": 100})),
        (
            "does not close",
            of_accounts(
                KEPT,
                flows={"new_arr": 1, "reactivated_arr": 0, "expansion_arr": 0, "contraction_arr": 0, "churned_arr": 0},
            ),
        ),
        ("does not close", of_cohorts({**WHOLE, "ending_arr": D("1000.01")})),
        ("lost more than there was", of_cohorts(cohort("c", 1000, 10, 600, 5, 500))),
        ("lost more than there was", of_cohorts(cohort("c", 1000, 10, 900, 11))),
        ("contradiction", of_cohorts(cohort("arr of nobody", 1000, 0))),
        ("contradiction", of_cohorts(cohort("customers without arr", 0, 10))),
        ("contradiction", of_cohorts(cohort("churn of nobody", 1000, 10, 100, 0))),
        ("contradiction", of_cohorts(cohort("loss of nothing", 1000, 10, 0, 1))),
        ("contradiction", of_cohorts(cohort("all gone, some kept", 1000, 10, 900, 10))),
        ("contradiction", of_cohorts(cohort("all gone, some grown", 1000, 10, 1000, 10, 0, 50))),
        ("contradiction", of_cohorts(cohort("nothing left, some stayed", 1000, 10, 900, 9, 100))),
        (
            "more reasons than losses",
            of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 4}})),
        ),
        (
            "more reasons than losses",
            of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 2, "arr": D("300.01")}})),
        ),
        (
            "contradiction",
            of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 1, "arr": 0}})),
        ),
        (
            "contradiction",
            of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 0, "arr": 10}})),
        ),
        (
            "reasons short of the losses",
            of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 3, "arr": 299}})),
        ),
        ("given twice", history(quarter=0, active_customers=10, arr=100)),
        ("contradiction", history(customers=11)),
        ("contradiction", history(initial_arr=101)),
        ("contradiction", history(active_customers=11)),
        ("contradiction", history(active_customers=0)),
        ("contradiction", history(arr=0)),
        ("after the period", history(quarter=8)),
    ],
)
def test_a_fault_is_found_and_it_alone(kind, document):
    assert kinds(document) == [kind]


@pytest.mark.parametrize("document", [
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 2, "arr": 300}})),
    of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 2, "arr": 300},
                                                            "champion_left": {"customers": 1}})),
])
def test_a_lost_customer_for_whom_no_arr_is_left_is_refused(document):
    assert kinds(document) != []


def test_a_customer_who_alone_stayed_cannot_have_grown_and_shrunk():
    assert kinds(of_cohorts(cohort("c", 1000, 1, 0, 0, 100, 50))) != []


def test_a_cohort_with_arr_before_its_first_month_is_refused_like_such_an_account():
    assert kinds(of_accounts(account("a", 1000, 1000, cohort_start="2025-06"))) == ["contradiction"]
    assert kinds(of_cohorts({**WHOLE, "cohort_start": "2025-06"})) == ["contradiction"]


def test_every_fault_of_a_document_is_reported_at_once():
    rows = [
        account("a", 100, 1, churn_reason="pricing"),
        account("a", 100, 100),
        account("b", 5, 5, cohort_start="2023-13"),
        account("c", 5, 5, due_arr=5),
    ]
    found = kinds(of_accounts(*rows, history=history(arr=0)["history"]))
    assert found == ["reason without a loss", "given twice", "impossible date", "half a pair", "contradiction"]


def test_a_fault_names_the_row_by_place_and_by_name():
    with pytest.raises(Refusal) as refusal:
        book(of_accounts(KEPT, account("wrong", 100, 1, churn_reason="pricing")))
    assert refusal.value.faults[0].place == "accounts[1] (wrong).churn_reason"


def test_a_bridge_that_misses_by_a_cent_says_by_how_much():
    with pytest.raises(Refusal) as refusal:
        book(of_cohorts({**cohort("c", 1000, 10, 100, 1, 50, 20), "new_arr": 7, "ending_arr": D("877.01")}))
    assert refusal.value.faults[0].hint == "off by 0.01"


@pytest.mark.parametrize(
    ("amount", "cents"), [("0.005", "0.01"), ("0.0049", "0.00"), ("1.015", "1.02"), ("2.675", "2.68")]
)
def test_an_amount_is_rounded_half_up_to_the_cent_on_the_way_in(amount, cents):
    assert book(of_accounts(KEPT, account("a", 0, D(amount)))).accounts[1].ending_arr == D(cents)


def test_an_account_that_rounds_to_nothing_was_lost_and_may_say_why():
    document = of_accounts(KEPT, account("a", 100, D("0.004"), churn_reason="pricing"))
    assert [(row.reason, row.arr) for row in answered(document).churn_reasons] == [("pricing", 100)]


@few
@given(books.BOOKS)
def test_the_parts_of_a_book_by_account_add_up_to_its_bridge(document):
    total = retention.added(part.movement for part in book(document).parts)
    expected = books.bridge(document["accounts"], document["period_months"])
    assert {name: getattr(total, name) for name in expected._fields} == expected._asdict()


@few
@given(books.COHORT_BOOKS)
def test_the_parts_of_a_book_by_cohort_add_up_to_its_bridge(document):
    total, rows = retention.added(part.movement for part in book(document).parts), document["cohorts"]
    for name in MONEY[:6] + books.COUNTS:
        assert getattr(total, name) == sum(row.get(name) or 0 for row in rows)
    for row in rows:
        if row.get("ending_arr") is not None:
            parts = [part.movement for part in book(document).parts if part.group == row["name"]]
            assert retention.added(parts).ending_arr == row["ending_arr"]


@few
@given(st.one_of(books.BOOKS, books.COHORT_BOOKS))
def test_losses_stand_in_parts_of_their_own(document):
    for part in book(document).parts:
        move = part.movement
        if part.reason is None:
            assert (move.churned_arr, move.churned_customers) == (0, 0)
        else:
            assert (move.starting_arr, move.starting_customers) == (move.churned_arr, move.churned_customers)
            assert (move.expansion_arr, move.contraction_arr, move.new_arr, move.reactivated_arr) == (0, 0, 0, 0)


@pytest.mark.parametrize(("known", "movement"), [
    ({}, "new_arr"),
    ({"ever_before": False}, "new_arr"),
    ({"ever_before": True}, "reactivated_arr"),
    ({"cohort_start": "2025-01"}, "new_arr"),
    ({"cohort_start": "2024-12"}, "reactivated_arr"),
    ({"cohort_start": "2024-12", "ever_before": True}, "reactivated_arr"),
])
def test_who_was_a_customer_before_the_period_comes_back_and_who_was_not_is_new(known, movement):
    whole = overall(of_accounts(KEPT, account("a", 0, 70, **known)))
    assert [(name, getattr(whole, name)) for name in ("new_arr", "reactivated_arr") if getattr(whole, name)] == [
        (movement, 70)
    ]


@pytest.mark.parametrize(("arr", "size"), [
    (0.01, "smb"), (4999.99, "smb"), (5000, "mid_market"), (19999.99, "mid_market"), (20000, "enterprise"),
    (99999.99, "enterprise"), (100000, "strategic"), (10 ** 12, "strategic")])
def test_a_size_owns_its_floor(arr, size):
    assert [part.size for part in book(of_accounts(account("a", D(str(arr)), 0))).parts] == [size]


def test_the_size_is_that_of_the_start_and_for_a_newcomer_that_of_the_end():
    parts = book(of_accounts(account("a", 4000, 400000), account("b", 0, 30000))).parts
    assert sorted(part.size for part in parts) == ["enterprise", "smb"]


@pytest.mark.parametrize(("month", "quarter"), [("2024-01", "2024-Q1"), ("2024-03", "2024-Q1"), ("2024-04", "2024-Q2"),
                                               ("2023-12", "2023-Q4")])
def test_an_account_belongs_to_the_quarter_of_its_first_month(month, quarter):
    assert book(of_accounts(account("a", 1, 1, cohort_start=month))).parts[0].group == quarter


def test_reasons_that_are_not_given_are_unknown():
    parts = book(
        of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons={"pricing": {"customers": 1, "arr": 120}}))
    ).parts
    assert [
        (part.reason, part.movement.churned_customers, part.movement.churned_arr) for part in parts if part.reason
    ] == [("pricing", 1, 120), ("unknown", 2, 180)]


def test_what_was_renewed_is_capped_for_each_account_and_not_for_a_cohort():
    pairs = [{"due_arr": 100, "renewed_arr": 150}, {"due_arr": 100, "renewed_arr": 40}]
    by_account = book(of_accounts(*(account(f"a{n}", 100, 100, **pair) for n, pair in enumerate(pairs)))).renewal
    by_cohort = book(of_cohorts(*(cohort(f"c{n}", 100, 1, **pair) for n, pair in enumerate(pairs)))).renewal
    assert by_account == (200, 190, 140)
    assert by_cohort == (200, 190, None)


def test_a_book_with_nothing_due_has_no_renewal():
    assert book(of_accounts(account("a", 100, 100, due_arr=0, renewed_arr=0))).renewal is None
    assert book(of_accounts(KEPT)).renewal is None


def test_the_first_month_is_the_earliest_known():
    rows = [account("a", 1, 1), account("b", 1, 1, cohort_start="2023-02"), account("c", 1, 1, cohort_start="2022-11")]
    assert book(of_accounts(*rows)).first_month == "2022-11"
    assert book(of_accounts(KEPT)).first_month is None


def test_the_day_and_the_period_are_those_of_the_document():
    read = book(of_accounts(KEPT, period_months=3))
    assert (read.as_of, read.period_months) == (date(2025, 12, 31), 3)


def test_every_coded_reason_of_an_account_is_a_part():
    rows = [account(reason, 100, 0, churn_reason=reason) for reason in CODED]
    assert sorted(part.reason for part in book(of_accounts(*rows)).parts) == sorted(CODED)
