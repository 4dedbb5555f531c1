"""Whether a KPI moved by more than noise: laws, the field's own packages, and how often the verdict is wrong."""

from __future__ import annotations

import math
import random
import statistics
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import kpi, reading
from cslib import kpi_change as change
from cslib.kpi_change import AT_MOST, NEWCOMBE, NPS, WELCH
from cslib.kpis_known import KPIS

LEVEL = D("0.95")
NAMES = [name for names in KPIS.values() for name in names]
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
COUNTS = st.integers(1, 2000)
RATIOS = st.decimals(0, 1, places=4)
SCORES = st.integers(-100, 100)
PAIRS = [(45, 50, 40, 50), (268, 310, 166, 197), (0, 10, 3, 12), (10, 10, 9, 12), (1, 1, 0, 1), (900, 1000, 880, 1000),
         (12, 12, 300, 300), (0, 40, 0, 7)]


def moved(name, now, before, of=None, of_before=None, sd=None, sd_before=None, better=True, level=LEVEL):
    return change.change(kpi(name, now, of, sd, reading(before, of_before, sd_before)), better, level)


# Against the field's own packages


@pytest.mark.parametrize("kept, of, kept_before, of_before", PAIRS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_difference_of_two_shares_has_the_interval_that_statsmodels_gives(kept, of, kept_before, of_before, level):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    theirs = proportion.confint_proportions_2indep(kept, of, kept_before, of_before, method="newcomb", compare="diff",
                                                   alpha=1 - level)
    assert change.newcombe(kept / of, of, kept_before / of_before, of_before, level) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("kept, of", [(0, 5), (5, 5), (45, 50), (450, 500), (1, 3), (12, 100)])
@pytest.mark.parametrize("level", LEVELS)
def test_wilson_at_any_level_is_that_of_statsmodels(kept, of, level):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    theirs = proportion.proportion_confint(kept, of, alpha=1 - level, method="wilson")
    assert change.wilson(kept / of, of, level) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("degrees", [1, 1.5, 2, 7.3, 30, 199.9, 5_000, 900_000])
@pytest.mark.parametrize("level", LEVELS)
def test_the_quantile_of_student_is_that_of_scipy(degrees, level):
    scipy = pytest.importorskip("scipy.stats")
    assert change.student(level, degrees) == pytest.approx(scipy.t.ppf((1 + level) / 2, degrees), rel=1e-6)


def test_from_a_million_degrees_on_student_is_the_normal():
    scipy = pytest.importorskip("scipy.stats")
    assert change.student(0.95, 1e6) == pytest.approx(scipy.t.ppf(0.975, 1e6), rel=1e-5)
    assert change.student(0.95, 1e15) == pytest.approx(scipy.norm.ppf(0.975))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_difference_of_two_means_has_the_welch_interval_of_statsmodels(seed, level):
    weightstats = pytest.importorskip("statsmodels.stats.weightstats")
    rng = random.Random(seed)
    first, second = ([rng.gauss(4, spread) for _ in range(rng.randint(2, 60))] for spread in (0.5, 1.4))
    theirs = weightstats.CompareMeans(weightstats.DescrStatsW(first), weightstats.DescrStatsW(second)).tconfint_diff(
        alpha=1 - level, usevar="unequal")
    now, before = (reading(repr(statistics.fmean(rows)), len(rows), repr(statistics.stdev(rows)))
                   for rows in (first, second))
    assert change.welch(now, before, level) == pytest.approx(theirs, rel=1e-6)


def test_the_verdict_on_two_means_is_that_of_the_p_value_of_scipy():
    scipy = pytest.importorskip("scipy.stats")
    for seed in range(60):
        rng = random.Random(seed)
        a, b = ((D(rng.randint(380, 420)) / 100, rng.randint(5, 90), D(rng.randint(20, 90)) / 100) for _ in "ab")
        theirs = scipy.ttest_ind_from_stats(*map(float, (a[0], a[2], a[1], b[0], b[2], b[1])), equal_var=False).pvalue
        found = moved("csat", a[0], b[0], a[1], b[1], a[2], b[2])
        assert found.distinguishable is bool(theirs < 0.05), (a, b)


# Laws


@given(RATIOS, COUNTS, RATIOS, COUNTS)
def test_the_other_way_round_the_change_is_the_same_with_the_other_sign(now, of, before, of_before):
    there, back = (moved("health_scored_ratio", *each) for each in ((now, before, of, of_before),
                                                                     (before, now, of_before, of)))
    assert there.distinguishable == back.distinguishable and there.difference == -back.difference
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert there.better is not back.better or there.better is None


@given(RATIOS, COUNTS, RATIOS, COUNTS)
def test_the_interval_holds_the_difference_and_lies_between_minus_one_and_one(now, of, before, of_before):
    found = moved("logo_retention_ratio", now, before, of, of_before)
    assert -1 - 1e-12 <= found.low <= float(found.difference) + 1e-12
    assert float(found.difference) - 1e-12 <= found.high <= 1 + 1e-12


@pytest.mark.parametrize("name", NAMES)
@given(value=st.integers(0, 100), of=st.integers(1, 500), sd=st.integers(0, 20))
def test_what_did_not_move_is_never_told_from_noise(name, value, of, sd):
    amount = D(value) / 100 if name.endswith("_ratio") else D(value)
    found = moved(name, amount, amount, of, of, sd, sd)
    assert found.distinguishable is not True and found.better is None and found.difference == 0


@given(RATIOS, RATIOS, COUNTS, st.integers(2, 50))
def test_more_answers_never_hide_a_change_of_a_share_that_fewer_tell(now, before, of, times):
    few, many = (moved("csat_satisfied_ratio", now, before, n, n) for n in (of, of * times))
    assert many.distinguishable or not few.distinguishable


@given(SCORES, SCORES, COUNTS, st.integers(2, 50))
def test_more_answers_never_hide_a_change_of_nps_that_fewer_tell(now, before, of, times):
    few, many = (moved("nps", now, before, n, n) for n in (of, of * times))
    assert many.distinguishable is not False or few.distinguishable is False
    assert many.distinguishable or not few.distinguishable


@given(RATIOS, RATIOS, COUNTS, COUNTS)
def test_more_confidence_never_tells_what_less_does_not(now, before, of, of_before):
    bold, careful = (moved("nps", now * 100, before * 100, of, of_before, level=D(level)) for level in ("0.8", "0.99"))
    assert bold.distinguishable or not careful.distinguishable
    assert careful.low <= bold.low and bold.high <= careful.high


@given(RATIOS, RATIOS, COUNTS, COUNTS, st.sampled_from(("grr_ratio", "renewal_rate_ratio")))
def test_a_ratio_of_arr_is_never_told_from_noise_by_a_number_of_customers(now, before, of, of_before, name):
    found = moved(name, now, before, of, of_before)
    share = moved("logo_retention_ratio", now, before, of, of_before)
    assert (found.test, found.low, found.high) == (AT_MOST, None, None)
    assert found.distinguishable is (None if share.distinguishable else False)


@given(SCORES, st.integers(2, 40), SCORES, st.integers(2, 40))
def test_an_nps_that_cannot_be_told_could_not_be_with_any_promoters_and_detractors(now, of, before, of_before):
    found = moved("nps", now, before, of, of_before)
    if found.distinguishable is False:
        for split, other in ((s, o) for s in splits(now) for o in splits(before)):
            noise = 1.959964 * math.sqrt(split / of + other / of_before)
            assert abs(now - before) / 100 <= noise + 1e-6


def splits(score: int) -> list[float]:
    """The variance of an answer for every share of passives that a score allows, in steps."""
    mean = abs(score) / 100
    return [mean + (1 - mean) * step / 4 - mean * mean for step in range(5)]


@pytest.mark.parametrize("of, of_before, promoters, detractors", [
    (10, 10, 0.9, 0.02), (100, 80, 0.5, 0.2), (20, 20, 0.5, 0.5), (12, 300, 0.97, 0.02), (148, 131, 0.55, 0.21)])
def test_of_a_hundred_unchanged_scores_about_five_at_most_are_told_to_have_moved(of, of_before, promoters, detractors):
    rng = random.Random(11)

    def score(n: int) -> D:
        answers = (rng.random() for _ in range(n))
        return D(100 * sum((u < promoters) - (u > 1 - detractors) for u in answers)) / n

    told = sum(moved("nps", score(of), score(of_before), of, of_before).distinguishable is True for _ in range(1000))
    assert told <= 65


def test_an_nps_that_moved_far_on_many_answers_is_told():
    assert moved("nps", 50, 20, 400, 400).distinguishable is True
    assert moved("nps", 100, 0, 2, 10).distinguishable is not True


def test_without_promoters_and_detractors_a_middling_change_of_nps_is_neither_told_nor_denied():
    assert moved("nps", 12, 0, 400, 400).distinguishable is None


# What is not known stays so


def test_without_a_reading_before_there_is_no_change():
    assert change.change(kpi("nps", 31, 100), True, LEVEL) is None


@pytest.mark.parametrize("name", ["nrr_ratio", "expansion_ratio", "forecast_accuracy_ratio"])
def test_a_figure_whose_noise_no_number_of_customers_bounds_is_not_tested(name):
    found = moved(name, "0.9", "0.5", 900, 900)
    assert (found.test, found.distinguishable, found.low, found.high) == (None, None, None, None)
    assert found.better is True and found.difference == D("0.4")


@pytest.mark.parametrize("name", NAMES)
def test_without_the_number_behind_it_nothing_is_told(name):
    found = moved(name, "0.9", "0.5", 100, None, "0.1", "0.1")
    assert (found.test, found.distinguishable) == (None, None)


@pytest.mark.parametrize("of, sd, sd_before", [(50, None, "1"), (50, "1", None), (50, 0, 0), (1, "1", "1")])
def test_means_without_two_deviations_or_two_answers_are_not_tested(of, sd, sd_before):
    found = moved("csat", "4.5", "3.5", of, 50, sd, sd_before)
    assert (found.test, found.distinguishable) == (None, None)


def test_one_deviation_of_zero_is_not_certainty():
    found = moved("csat", "5", "4.6", 5, 5, 0, "0.9")
    assert found.test == WELCH and found.distinguishable is False


@pytest.mark.parametrize("name, test", [("logo_retention_ratio", NEWCOMBE), ("csat", WELCH), ("nps", NPS),
                                        ("grr_ratio", AT_MOST), ("time_to_value_days", WELCH), ("nrr_ratio", None)])
def test_each_kind_of_figure_has_its_own_test(name, test):
    assert moved(name, "0.9", "0.8", 60, 60, "0.1", "0.1").test == test


def test_each_kpi_is_tested_in_one_way_at_most():
    kinds = [*change.SHARES, *change.OF_ARR, *change.MEANS, "nps"]
    assert len(kinds) == len(set(kinds)) and set(kinds) < set(NAMES)
    assert set(NAMES) - set(kinds) == {"nrr_ratio", "expansion_ratio", "forecast_accuracy_ratio"}


@pytest.mark.parametrize("higher, better", [(True, False), (False, True), (None, None)])
def test_a_fall_is_better_where_lower_is_better_and_nothing_where_no_direction_is(higher, better):
    assert moved("time_to_value_days", 20, 30, better=higher).better is better


def test_a_confidence_so_near_to_one_that_a_float_takes_it_for_one_still_answers():
    found = moved("logo_retention_ratio", "0.9", "0.8", 60, 60, level=D("0.99999999999999999999"))
    assert found.distinguishable is False


def test_logo_retention_of_the_sample_company_cannot_be_told_from_noise():
    """268 of 310 against 166 of 197: statsmodels gives -0.0395 to 0.0884."""
    found = moved("logo_retention_ratio", "0.864516", "0.842640", 310, 197)
    assert found.distinguishable is False and found.better is True
    assert (found.low, found.high) == pytest.approx((-0.0395, 0.0884), abs=1e-4)


# The interval of one share


def test_a_share_has_its_wilson_interval_and_other_figures_have_none():
    assert change.share_interval(kpi("logo_retention_ratio", "0.9", 50), LEVEL) == pytest.approx((0.786398, 0.956524),
                                                                                                abs=1e-6)
    assert change.share_interval(kpi("logo_retention_ratio", "0.9"), LEVEL) is None
    for name in ("nps", "grr_ratio", "nrr_ratio", "csat", "health_points", "forecast_accuracy_ratio"):
        assert change.share_interval(kpi(name, "0.9", 50), LEVEL) is None
