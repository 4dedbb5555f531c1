"""The plan against a leak: three dated steps, filled with the figures of the leak."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Optional

import pytest

import books
from books import REASONS, account, answered, book, cohort, of_accounts, of_cohorts, overall
from cslib import leaks, plays
from cslib.leaks import Leak

PLAYS = plays.read()
CAUSES = ("contraction", *REASONS)
AS_OF = date(2025, 12, 31)


def leak(cause: str, customers: Optional[int] = 12, arr: D = D(345000)) -> Leak:
    return Leak(cause, "segment", "Retail", arr, customers, D("0.5"), D(1), D(2), ())


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_a_plan_of_three_steps_within_ninety_days(cause):
    plan = plays.plan(leak(cause), AS_OF, PLAYS)
    days = [(step.by - AS_OF).days for step in plan.steps]
    assert len(days) == 3
    assert 0 < days[0] < days[1] < days[2] <= 90
    assert days == [step["by_day"] for step in PLAYS[cause]["steps"]]


def test_days_count_from_the_day_of_the_document_over_the_turn_of_a_year_and_a_leap_day():
    for start in (AS_OF, date(2027, 12, 1), date(2028, 2, 15)):
        steps = plays.plan(leak("pricing"), start, PLAYS).steps
        assert [step.by for step in steps] == [
            start + timedelta(days=step["by_day"]) for step in PLAYS["pricing"]["steps"]
        ]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("customers", [None, 1, 12345])
def test_no_place_is_left_unfilled_in_a_plan(cause, customers):
    plan = plays.plan(leak(cause, customers), AS_OF, PLAYS)
    for step in plan.steps:
        for words in (step.owner, step.action, step.metric, step.target):
            assert words
            assert "{" not in words
            assert "None" not in words


@pytest.mark.parametrize("cause", CAUSES)
def test_a_plan_names_the_money_of_its_own_leak(cause):
    small, large = (plays.plan(leak(cause, 5, D(arr)), AS_OF, PLAYS) for arr in (12000, 7000000))
    assert [step.target for step in small.steps] != [step.target for step in large.steps]
    assert (small.arr, small.cause, small.place) == (12000, cause, "Retail")


def test_the_accounts_are_counted_or_all_where_their_number_is_not_known():
    assert "12 tagged" in plays.plan(leak("product_fit", 12), AS_OF, PLAYS).steps[0].target
    assert "all tagged" in plays.plan(leak("product_fit", None), AS_OF, PLAYS).steps[0].target


@pytest.mark.parametrize("seed", range(0, 50, 5))
def test_every_leak_of_a_book_has_a_plan_for_its_own_cause(seed):
    answer = answered(books.accounts_document(seed, 40))
    for found in answer.leaks:
        plan = plays.plan(found, AS_OF, PLAYS)
        assert (plan.cause, plan.place, plan.arr, plan.label) == (
            found.cause,
            found.place,
            found.arr,
            PLAYS[found.cause]["label"],
        )
        assert plan.bring_in == tuple(PLAYS[found.cause]["bring_in"]["functions"])


def test_no_plan_speaks_of_no_accounts_where_arr_was_lost():
    for coded in ({"pricing": {"customers": 3}}, {"product_fit": {"customers": 1}}):
        document = of_cohorts(cohort("c", 1000, 10, 300, 3, churn_reasons=coded))
        for found in leaks.leaks(book(document), overall(document), books.SETTINGS):
            targets = [step.target for step in plays.plan(found, AS_OF, PLAYS).steps]
            assert not any(target.startswith("0 ") or "(0)" in target for target in targets), targets


def test_contraction_has_a_plan_of_its_own():
    answer = answered(of_accounts(account("a", 100, 40)))
    assert [plays.plan(found, AS_OF, PLAYS).cause for found in answer.leaks] == ["contraction"]
