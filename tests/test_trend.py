"""Trends over acquisition cohorts: the headline age, what is claimed, and how like-sized cohorts are made."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from cslib import uncertainty
from cslib.trend import Cell, TrendPolicy, at_equal_age, cohort_trend, like_sized

FALLING = [0.96, 0.93, 0.90, 0.86, 0.82, 0.78, 0.74, 0.70]


def name(index: int) -> str:
    return f"{2020 + index // 4}-Q{index % 4 + 1}"


def cell(index: int, kept: float, customers: int = 100, age: int = 4, arr: float | None = None) -> Cell:
    initial = Decimal(customers * 1000)
    ratio = Decimal(str(kept if arr is None else arr))
    return Cell(name(index), age, customers, round(customers * kept), initial * ratio, initial)


def cells(ratios, customers: int = 100, age: int = 4) -> list[Cell]:
    return [cell(index, ratio, customers, age) for index, ratio in enumerate(ratios)]


def test_a_steep_fall_is_called_falling_by_both_tests():
    found = cohort_trend(cells(FALLING))
    assert (found.finding, found.direction, found.age_quarters) == ("falling", "falling", 4)
    assert [(test.metric, test.method, test.detected, test.direction) for test in found.tests] == [
        ("logo", "cochran_armitage", True, "falling"), ("arr", "mann_kendall", True, "falling")]


def test_the_same_cohorts_in_the_other_order_are_rising_with_the_same_p_values():
    down, up = cohort_trend(cells(FALLING)), cohort_trend(cells(FALLING[::-1]))
    assert up.direction == "rising"
    assert [test.p_value for test in up.tests] == pytest.approx([test.p_value for test in down.tests])


def test_neither_the_order_of_the_cells_nor_the_other_ages_change_the_answer():
    history = cells(FALLING) + cells([1.0] * 8, age=0) + cells([0.99] * 9, age=2) + cells([0.5, 0.4], age=8)
    shuffled = history[:]
    random.Random(1).shuffle(shuffled)
    assert cohort_trend(shuffled) == cohort_trend(cells(FALLING))


def test_cohorts_come_back_in_order_of_acquisition():
    history = cells([0.9] * 6)[::-1] + cells([0.8] * 6, age=3)
    assert [found.cohort for found in at_equal_age(history, 4)] == [name(index) for index in range(6)]
    assert at_equal_age(history, 9) == []


@pytest.mark.parametrize("reached, headline", [
    ({8: 5, 4: 6}, 4), ({4: 5, 3: 6, 2: 7}, 4), ({4: 4, 3: 5, 2: 6}, 3), ({4: 4, 3: 4, 1: 6}, 1)])
def test_the_headline_age_is_four_quarters_or_the_largest_that_five_cohorts_reached(reached, headline):
    history = [cell(index, 0.9, age=age) for age, number in reached.items() for index in range(number)]
    found = cohort_trend(history)
    assert found.age_quarters == headline
    assert len(found.cohorts) == reached[headline]


def test_the_day_of_acquisition_is_no_age_to_compare_at():
    found = cohort_trend(cells([1.0] * 9, age=0))
    assert (found.finding, found.age_quarters, found.tests, found.power) == ("too_few_cohorts", None, (), None)


def test_four_cohorts_are_too_few_and_no_history_is_no_answer():
    assert cohort_trend(cells(FALLING[:4])).finding == "too_few_cohorts"
    assert cohort_trend([]) is None


def test_a_company_that_never_lost_or_grew_has_no_variation_to_test():
    found = cohort_trend(cells([1.0] * 6))
    assert (found.finding, found.direction, found.tests) == ("no_variation", None, ())


def test_when_nothing_is_detected_the_power_to_see_the_fall_is_reported_at_the_corrected_level():
    found = cohort_trend(cells([0.9, 0.88, 0.92, 0.9, 0.91, 0.89]))
    assert (found.finding, found.direction, found.fall_ratio) == ("no_trend_detected", None, Decimal("0.10"))
    assert found.power == pytest.approx(uncertainty.cochran_armitage_power([100] * 6, 0.95, 0.85, 0.025))


def test_power_to_see_a_fall_from_above_everything_kept_starts_at_everything_kept():
    found = cohort_trend(cells([0.98, 1.0, 0.99, 0.98, 1.0]), TrendPolicy(Decimal("0.20")))
    assert found.power == pytest.approx(uncertainty.cochran_armitage_power([100] * 5, 1.0, 0.8, 0.025))


def test_a_smaller_fall_is_harder_to_see():
    powers = [cohort_trend(cells([0.9] * 5 + [0.89]), TrendPolicy(Decimal(fall) / 100)).power for fall in (5, 10, 20)]
    assert powers == sorted(powers) and powers[0] < 0.5 < powers[2]


def test_what_is_claimed_depends_on_the_corrected_p_value():
    ratios = [0.94, 0.90, 0.92, 0.90, 0.89, 0.91, 0.86, 0.87]
    found = cohort_trend(cells(ratios, customers=100))
    raw = [test.p_value for test in found.tests]
    assert [test.p_adjusted for test in found.tests] == uncertainty.holm(raw)
    for test in found.tests:
        assert test.detected == (test.p_adjusted < 0.05)
        assert (test.direction is None) == (not test.detected)


def test_customers_that_leave_while_arr_grows_make_a_mixed_finding():
    history = [cell(index, kept, arr=1 + index / 10) for index, kept in enumerate(FALLING)]
    found = cohort_trend(history)
    assert (found.finding, found.direction) == ("mixed", None)
    assert [test.direction for test in found.tests] == ["falling", "rising"]


def test_a_missing_quarter_leaves_the_rest_in_order():
    history = [found for index, found in enumerate(cells(FALLING)) if index not in (0, 3)]
    found = cohort_trend(history)
    assert found.direction == "falling"
    assert [point.cohort for point in found.cohorts] == [name(index) for index in (1, 2, 4, 5, 6, 7)]


def test_cohorts_without_customers_or_arr_are_left_out_and_counted():
    empty = [Cell(name(8), 4, 0, 0, Decimal(0), Decimal(0)), Cell(name(9), 4, 5, 5, Decimal(900), Decimal(0))]
    found = cohort_trend(cells(FALLING) + empty)
    assert found.left_out == 2
    assert found._replace(left_out=0) == cohort_trend(cells(FALLING))
    assert cohort_trend(cells(FALLING[:4]) + empty).finding == "too_few_cohorts"


def test_customers_with_whom_the_history_began_are_not_a_cohort_of_equal_age():
    older = cell(0, 0.99, customers=450)
    found = cohort_trend([older] + [cell(index, 0.85, customers=40 + index) for index in range(1, 8)])
    assert (found.finding, found.began_with, found.left_out) == ("no_trend_detected", "2020-Q1", 0)
    assert older.cohort not in [point.cohort for point in found.cohorts]
    assert cohort_trend([cell(0, 0.99, customers=90), *cells(FALLING)[1:]]).began_with is None


def test_a_history_of_one_cohort_has_too_few_to_compare():
    assert cohort_trend(cells([0.9])).finding == "too_few_cohorts"


def test_points_hold_the_ratios_of_each_cohort():
    halved = [cell(index, 0.5, customers=10, arr=1.25) for index in range(4)]
    found = cohort_trend([*halved, cell(4, 1.0, customers=10)])
    assert found.cohorts[0] == ("2020-Q1", 10, Decimal("0.5"), Decimal("1.25"))


def sizes(groups) -> list[int]:
    return [sum(member.customers for member in group) for group in groups]


def test_cohorts_of_like_size_are_tested_one_by_one():
    even = [cell(index, 0.9, customers=10 + index % 3 * 5) for index in range(9)]
    assert like_sized(even, 5) == [[member] for member in even]


@pytest.mark.parametrize("seed", range(30))
def test_joined_cohorts_stay_neighbours_lose_nobody_and_are_at_most_twice_as_large_or_as_few_as_allowed(seed):
    rng = random.Random(seed)
    growth = rng.choice([0.75, 0.9, 1.0, 1.15, 1.4])
    history = [cell(index, 0.9, customers=max(1, round(rng.randrange(4, 40) * growth ** index)))
               for index in range(rng.randrange(5, 21))]
    groups = like_sized(history, 5)
    assert [member for group in groups for member in group] == history
    assert len(groups) >= 5 and min(sizes(groups)) > 0
    assert len(groups) == 5 or max(sizes(groups)) <= 2 * min(sizes(groups))


def test_fewer_cohorts_than_groups_are_left_as_they_are():
    assert len(like_sized(cells([0.9, 0.8, 0.7]), 5)) == 3


def test_joining_takes_the_most_even_cut_there_is():
    history = [cell(index, 0.9, customers=size) for index, size in enumerate([1, 2, 3, 4, 10, 20])]
    assert sizes(like_sized(history, 3)) == [10, 10, 20]


def test_the_arr_test_reports_how_many_groups_it_compared():
    history = [cell(index, kept, customers=round(8 * 1.35 ** index)) for index, kept in enumerate(FALLING)]
    logo, arr = cohort_trend(history).tests
    assert logo.groups == 8 and 5 <= arr.groups < 8


def test_the_arr_test_does_not_take_the_growth_of_cohorts_for_a_trend():
    rng, runs, bare, joined = random.Random(3), 400, 0, 0
    for _ in range(runs):
        history = []
        for index in range(12):
            members = [(rng.lognormvariate(9, 1.3), rng.random() > 0.1) for _ in range(round(5 * 1.3 ** index))]
            initial = Decimal(round(sum(arr for arr, _ in members)))
            history.append(Cell(name(index), 4, len(members), sum(stays for _, stays in members),
                                Decimal(round(sum(arr for arr, stays in members if stays))), initial))
        bare += uncertainty.mann_kendall([found.arr / found.initial_arr for found in history])[1] < 0.05
        joined += next(test.p_value for test in cohort_trend(history).tests if test.metric == "arr") < 0.05
    assert joined <= 0.05 * runs < 0.10 * runs <= bare
