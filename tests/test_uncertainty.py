"""Intervals and tests: laws over random books, the field's own packages, and vectors from facts/golden_numbers.json."""

from __future__ import annotations

import itertools
import json
import math
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cslib import bootstrap, exact
from cslib import uncertainty as u

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "facts" / "golden_numbers.json"
# From facts/golden_numbers.json (scipy 1.17.1, statsmodels 0.15.0, pymannkendall 1.4.3), for runs without that file.
WILSON = [(9, 10, 0.59585, 0.982124), (45, 50, 0.786398, 0.956524), (450, 500, 0.870578, 0.923322),
          (20, 20, 0.838875, 1.0), (0, 12, 0.0, 0.242494), (1, 1, 0.206549, 1.0)]
CONCENTRATED = [400.0, 200.0, 120.0, 80.0, 60.0, 40.0, 30.0, 25.0, 20.0, 15.0] + [1.0] * 10
CONCENTRATED_END = [400.0, 200.0, 120.0, 0.0, 60.0, 40.0, 30.0, 25.0, 20.0, 15.0] + [1.0] * 5 + [0.0] * 5
SERIES = [0.94, 0.93, 0.935, 0.92, 0.91, 0.905, 0.89, 0.9]
RETAINED = [48, 46, 45, 44, 42, 40]


def book(seed: int, customers: int = 60) -> list[tuple[Decimal, Decimal]]:
    rng = random.Random(seed)
    pairs = []
    for _ in range(customers):
        start = Decimal(round(100 * math.exp(rng.gauss(9, 1.3)))) / 100
        turn = rng.random()
        factor = 0 if turn < 0.1 else rng.uniform(0.4, 1) if turn < 0.2 else rng.uniform(1, 1.6) if turn > 0.7 else 1
        pairs.append((start, (start * Decimal(str(round(factor, 4)))).quantize(Decimal("0.01"))))
    return pairs


def golden() -> dict:
    if not GOLDEN.exists():
        pytest.skip("the shared facts are not here")
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kept, trials, low, high", WILSON)
def test_wilson_gives_the_published_bounds(kept, trials, low, high):
    assert u.wilson(kept, trials)[:2] == pytest.approx((low, high), abs=1e-6)


def test_wilson_agrees_with_every_shared_vector_and_with_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for case in golden()["proportion_ci_95"]:
        found = u.wilson(case["k"], case["n"])
        assert found[:2] == pytest.approx(case["wilson"], abs=1e-6)
        theirs = proportion.proportion_confint(case["k"], case["n"], method="wilson")
        assert found[:2] == pytest.approx(theirs, abs=1e-9)


def test_wilson_stays_between_zero_and_one_around_the_ratio_and_narrows_with_n():
    for trials in (1, 2, 7, 50, 400):
        for kept in range(trials + 1):
            found, wider = u.wilson(kept, trials), u.wilson(kept * 2, trials * 2)
            assert 0 <= found.low <= kept / trials <= found.high <= 1
            assert wider.high - wider.low < found.high - found.low


def test_the_wilson_interval_of_the_lost_mirrors_that_of_the_kept():
    kept, lost = u.wilson(37, 50), u.wilson(13, 50)
    assert (kept.low, kept.high) == pytest.approx((1 - lost.high, 1 - lost.low))


def test_no_customers_have_no_interval_rather_than_a_zero():
    assert u.wilson(0, 0) is None
    assert u.grr_interval([]) is None
    assert u.nrr_interval([]) is None
    assert u.aggregate_grr_interval(0.9, 0) is None
    assert u.effective_customers([]) is None
    assert u.ratio_standard_error([(1.0, 1.0)]) is None
    assert u.mann_kendall([0.9]) is None
    assert u.sen_slope([0.9]) is None
    assert u.told_from(u.kept_at_kish([]), 0.9) == "cannot_tell"


def test_more_kept_than_there_were_is_an_error_of_the_caller():
    with pytest.raises(ValueError):
        u.wilson(11, 10)


def test_equal_customers_count_in_full_and_one_giant_counts_as_one():
    assert u.effective_customers([Decimal(500)] * 40) == pytest.approx(40)
    assert u.effective_customers([1e9] + [1.0] * 40) == pytest.approx(1, abs=1e-6)
    assert u.effective_customers(CONCENTRATED) == pytest.approx(4.382889, abs=1e-6)


def test_the_grr_interval_of_a_concentrated_book_says_almost_nothing():
    found = u.grr_interval(list(zip(CONCENTRATED, CONCENTRATED_END)))
    assert found == (pytest.approx(0.449312, abs=1e-6), pytest.approx(0.993008, abs=1e-6), "wilson_effective_n")


def test_the_linearised_error_is_the_shared_one_with_and_without_the_cents():
    pairs = list(zip(CONCENTRATED, CONCENTRATED_END))
    assert u.ratio_standard_error(pairs) == pytest.approx(0.085622, abs=1e-6)
    exact_pairs = [(Decimal(str(start)), Decimal(str(end))) for start, end in pairs]
    assert u.ratio_standard_error(exact_pairs) == u.ratio_standard_error(pairs)


def test_with_equal_amounts_the_grr_interval_is_the_logo_interval():
    pairs = [(Decimal(1200), Decimal(1200))] * 45 + [(Decimal(1200), Decimal(0))] * 5
    assert u.grr_interval(pairs)[:2] == pytest.approx(u.wilson(45, 50)[:2])


def test_expansion_does_not_move_the_grr_interval():
    pairs = book(1)
    assert u.grr_interval([(start, end * 3 if end > start else end) for start, end in pairs]) == u.grr_interval(pairs)


def test_a_book_without_loss_keeps_an_interval_of_some_width():
    found = u.grr_interval([(start, start) for start, _ in book(2)])
    assert found.high == 1 and found.low < 0.9


def test_the_interval_from_totals_is_never_wider_than_the_one_from_accounts():
    for seed in range(20):
        pairs = book(seed)
        grr = float(sum(map(min, pairs)) / sum(start for start, _ in pairs))
        totals, accounts = u.aggregate_grr_interval(grr, len(pairs)), u.grr_interval(pairs)
        assert totals.high - totals.low < accounts.high - accounts.low
        assert totals.method == "wilson_lower_bound"


@pytest.mark.parametrize("customers", [5, 15, 60, 2500])
def test_neither_order_nor_unit_moves_an_interval(customers):
    pairs = book(3, customers)
    shuffled = pairs[:]
    random.Random(0).shuffle(shuffled)
    thousands = [(start / 1000, end / 1000) for start, end in pairs]
    for interval in (u.grr_interval, u.nrr_interval):
        assert interval(shuffled) == interval(pairs)
        assert interval(thousands)[:2] == pytest.approx(interval(pairs)[:2], abs=1e-9)
    assert u.told_from(u.kept_at_kish(shuffled), 0.7) == u.told_from(u.kept_at_kish(pairs), 0.7)


def test_floats_and_decimals_of_the_same_book_agree():
    pairs = book(4)
    floats = [(float(start), float(end)) for start, end in pairs]
    assert u.nrr_interval(floats)[:2] == pytest.approx(u.nrr_interval(pairs)[:2], abs=1e-9)


def test_the_nrr_interval_is_the_same_number_on_every_python():
    found = u.nrr_interval([(Decimal(100 + place * place), Decimal((place * 37) % 400)) for place in range(40)])
    assert (round(found.low, 12), round(found.high, 12)) == (0.215944796106, 0.386472442707)


def test_the_bootstrap_agrees_with_scipy_up_to_the_luck_of_the_draw():
    stats, numpy = pytest.importorskip("scipy.stats"), pytest.importorskip("numpy")
    few_outcomes = [(Decimal(100), Decimal(100))] * 40 + [(Decimal(100), Decimal(0))] * 4
    for pairs in (book(5, 120), book(6, 120), book(7, 120), few_outcomes):
        starts, ends = (numpy.array([float(pair[side]) for pair in pairs]) for side in (0, 1))
        theirs = stats.bootstrap((ends, starts), lambda end, start, axis: end.sum(axis) / start.sum(axis), paired=True,
                                 method="BCa", n_resamples=9999, rng=1).confidence_interval
        ours = u.nrr_interval(pairs)
        width = theirs.high - theirs.low
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.12 * width)
        assert ours.method == "bca_bootstrap"


def test_above_two_thousand_customers_the_interval_is_the_linearised_one():
    pairs = book(8, u.BOOTSTRAP_CUSTOMERS + 1)
    found, error = u.nrr_interval(pairs), u.ratio_standard_error(pairs)
    ratio = float(sum(end for _, end in pairs) / sum(start for start, _ in pairs))
    assert found == (pytest.approx(ratio - 1.959964 * error), pytest.approx(ratio + 1.959964 * error), "linearised")
    shorter = u.nrr_interval(pairs[:u.BOOTSTRAP_CUSTOMERS])
    assert shorter.method == "bca_bootstrap"
    assert shorter.high - shorter.low == pytest.approx(found.high - found.low, rel=0.15)


def test_no_nrr_interval_without_variation_or_below_two_customers():
    assert u.nrr_interval([(Decimal(100), Decimal(90))]) is None
    assert u.nrr_interval([(Decimal(100), Decimal(0)), (Decimal(7), Decimal(0))]) is None
    assert u.nrr_interval([(Decimal("0.30"), Decimal("0.27")), (Decimal("0.10"), Decimal("0.09"))]) is None
    assert u.nrr_interval([(0.0, 0.0), (0.0, 0.0)]) is None


def test_an_nrr_interval_never_reaches_below_zero():
    lost = [(Decimal(100), Decimal(0))] * 30 + [(Decimal(100), Decimal(130))]
    assert u.nrr_interval(lost).low >= 0
    assert u.nrr_interval(lost * 100).low >= 0


def test_one_customer_with_nearly_all_the_arr_still_gets_a_finite_interval():
    found = u.nrr_interval([(1e12, 1.1e12)] + [(1.0, 0.0)] * 400)
    assert 0 <= found.low <= 1.1 <= found.high + 1e-9 < 1.2


def test_sums_of_resamples_are_exact_however_large_the_amounts():
    for scale in ("0.000001", "1", "1000000000"):
        pairs = [(start * Decimal(scale), end * Decimal(scale)) for start, end in book(9, 2000)]
        whole = bootstrap.whole(pairs)
        assert len(whole) * max(map(max, whole)) <= 2 ** 53
        assert float(sum(start for start, _ in whole)) == math.fsum(float(start) for start, _ in whole)
        assert Fraction(whole[0][0], whole[1][0]) == pytest.approx(Fraction(pairs[0][0]) / Fraction(pairs[1][0]))
    for customers in (2, 9, 90, 900):
        assert customers * bootstrap.whole([(Decimal("9999999.99"), Decimal(0))] * customers)[0][0] <= 2 ** 53


def test_a_figure_is_told_from_a_line_only_when_its_interval_excludes_the_line():
    for seed in range(40):
        pairs = book(seed, 30 + 10 * seed)
        interval = u.grr_interval(pairs)
        for line in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99):
            told = u.told_from(u.kept_at_kish(pairs), Decimal(str(line)))
            if told == "below":
                assert interval.high < line
            elif told == "above":
                assert interval.low >= line


def test_being_told_below_a_line_holds_for_every_higher_line():
    lines = [line / 200 for line in range(1, 200)]
    for seed in range(10):
        told = [u.told_from(u.kept_at_kish(book(seed, 200)), line) for line in lines]
        assert sorted(told, key=["above", "cannot_tell", "below"].index) == told
        assert {"above", "cannot_tell", "below"} == set(told)


def test_being_told_is_the_clopper_pearson_verdict_where_that_is_the_stricter():
    beta = pytest.importorskip("scipy.stats").beta
    for seed in range(30):
        pairs = book(seed, 80)
        trials = u.effective_customers(start for start, _ in pairs)
        kept = trials * float(sum(map(min, pairs)) / sum(start for start, _ in pairs))
        low, high = beta.ppf(0.025, kept, trials - kept + 1), beta.ppf(0.975, kept + 1, trials - kept)
        assert low <= u.grr_interval(pairs).low and u.grr_interval(pairs).high <= high
        for line in (low - 1e-3, low + 1e-3, high - 1e-3, high + 1e-3):
            expected = "above" if line < low else "below" if line > high else "cannot_tell"
            assert u.told_from(u.kept_at_kish(pairs), line) == expected


def test_a_book_without_loss_is_never_below_and_one_without_anything_kept_never_above():
    whole = [(Decimal(100), Decimal(100))] * 500
    gone = [(Decimal(100), Decimal(0))] * 500
    assert u.told_from(u.kept_at_kish(whole), 0.9) == "above" and u.told_from(u.kept_at_kish(whole), 1) == "cannot_tell"
    assert u.told_from(u.kept_at_kish(gone), 0.9) == "below" and u.told_from(u.kept_at_kish(gone), 0) == "above"


def test_the_incomplete_beta_function_is_scipys():
    beta = pytest.importorskip("scipy.stats").beta
    rng = random.Random(10)
    for _ in range(500):
        a, b, x = 10 ** rng.uniform(-2, 3), 10 ** rng.uniform(-2, 3), rng.random()
        assert exact.beta_cdf(x, a, b) == pytest.approx(beta.cdf(x, a, b), abs=1e-9)


def test_mann_kendall_and_sen_give_the_shared_vector():
    score, p_value = u.mann_kendall(SERIES)
    assert (score, round(p_value, 6), round(u.sen_slope(SERIES), 9)) == (-24, 0.001736, -0.007)


def test_mann_kendall_is_the_exact_kendall_test_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = random.Random(11)
    for length in range(4, 14):
        values = [rng.random() for _ in range(length)]
        assert u.mann_kendall(values)[1] == pytest.approx(
            stats.kendalltau(range(length), values, method="exact").pvalue, abs=1e-12)
        assert u.sen_slope(values) == pytest.approx(stats.theilslopes(values).slope)


@pytest.mark.parametrize("length, smallest", [(4, 0.0833), (5, 0.0167), (6, 0.0028), (8, 0.00005)])
def test_a_monotone_series_reaches_the_smallest_p_value_there_is(length, smallest):
    assert u.mann_kendall(list(range(length)))[1] == pytest.approx(smallest, abs=5e-5)


@pytest.mark.parametrize("values", [
    (1, 1, 2, 3, 4), (1, 1, 2, 2, 3), (1, 1, 1, 2, 3), (1, 1, 2, 2, 3, 3), (1, 1, 1, 1, 2)])
def test_with_ties_the_p_value_is_the_share_of_all_orderings_that_are_as_extreme(values):
    def score(series):
        return sum((later > earlier) - (later < earlier) for earlier, later in itertools.combinations(series, 2))

    scores = [abs(score(series)) for series in itertools.permutations(values)]
    for series in set(itertools.permutations(values)):
        expected = Fraction(sum(other >= abs(score(series)) for other in scores), len(scores))
        assert u.mann_kendall(series) == (score(series), pytest.approx(float(expected), abs=1e-15))


def test_the_distribution_without_ties_would_be_too_bold_for_one_tie_in_five():
    untied = u.mann_kendall([1, 2, 3, 4, 5])[1]
    score, tied = u.mann_kendall([1, 2, 2, 3, 4])
    assert score == 9 and untied == pytest.approx(1 / 60) and tied == pytest.approx(1 / 30)


def test_series_of_equal_values_have_no_trend():
    assert u.mann_kendall([0.9] * 6) == (0, 1.0)


def test_turning_a_series_round_turns_the_sign_and_keeps_p():
    for values in (SERIES, [0.9, 0.9, 0.8, 0.95, 1.0, 1.0]):
        score, p_value = u.mann_kendall(values)
        assert u.mann_kendall(values[::-1]) == (-score, p_value)
        assert u.sen_slope(values[::-1]) == pytest.approx(-u.sen_slope(values))


def test_cochran_armitage_gives_both_published_forms():
    z, p_value = u.cochran_armitage(RETAINED, [50] * 6)
    assert (z, p_value) == pytest.approx((-2.786, 0.005336), abs=1e-5)
    assert z * math.sqrt(300 / 299) == pytest.approx(-2.790655, abs=1e-6)


def test_cochran_armitage_is_the_ordinal_association_of_statsmodels():
    tables, numpy = pytest.importorskip("statsmodels.stats.contingency_tables"), pytest.importorskip("numpy")
    rng = random.Random(12)
    for _ in range(20):
        trials = [rng.randrange(20, 60) for _ in range(rng.randrange(3, 9))]
        kept = [rng.randrange(10, size - 5) for size in trials]
        table = numpy.array([[k, size - k] for k, size in zip(kept, trials)])
        theirs = tables.Table(table, shift_zeros=False).test_ordinal_association(
            row_scores=numpy.arange(len(trials)), col_scores=numpy.array([1, 0]))
        assert u.cochran_armitage(kept, trials) == pytest.approx((theirs.zscore, theirs.pvalue), abs=1e-9)


def test_with_few_losses_the_p_value_is_the_share_of_all_ways_to_place_them():
    trials, kept = [2, 4, 3, 5], [2, 4, 2, 3]
    groups = [place for place, size in enumerate(trials) for _ in range(size)]
    centre = Fraction(sum(groups), len(groups)) * 3
    lost_score = sum(place * (size - k) for place, (size, k) in enumerate(zip(trials, kept)))
    ways = [abs(sum(chosen) - centre) for chosen in itertools.combinations(groups, 3)]
    expected = sum(way >= abs(lost_score - centre) for way in ways) / len(ways)
    assert u.cochran_armitage(kept, trials)[1] == pytest.approx(expected, abs=1e-15)
    lost = [size - k for size, k in zip(trials, kept)]
    assert u.cochran_armitage(lost, trials)[1] == pytest.approx(expected, abs=1e-15)


def test_the_exact_and_the_normal_p_value_meet_where_one_hands_over_to_the_other(monkeypatch):
    trials, kept = [40] * 6, [39, 39, 39, 38, 37, 37]
    normal = u.cochran_armitage(kept, trials)
    monkeypatch.setattr(u, "EXACT_BELOW", 12)
    counted = u.cochran_armitage(kept, trials)
    assert counted[0] == normal[0] and counted[1] != normal[1]
    assert counted[1] == pytest.approx(normal[1], abs=0.04)


def test_cochran_armitage_is_undefined_where_nothing_can_vary():
    assert u.cochran_armitage([5, 5, 5], [5, 5, 5]) is None
    assert u.cochran_armitage([0, 0], [9, 9]) is None
    assert u.cochran_armitage([4], [9]) is None
    assert u.cochran_armitage([], []) is None
    assert u.cochran_armitage([0, 4, 0], [0, 9, 0]) is None


def test_exact_cochran_armitage_keeps_its_size_in_groups_that_grow():
    trials = [2, 3, 4, 5, 7, 9, 12, 15]
    for lost in range(1, u.EXACT_BELOW):
        ways = exact.choices_by_score(trials, lost, [1] * len(trials))[lost]
        share = Fraction(0)
        for score, count in ways.items():
            placed = next(iter_placed(trials, lost, score))
            if u.cochran_armitage([size - gone for size, gone in zip(trials, placed)], trials)[1] < 0.05:
                share += Fraction(count, math.comb(sum(trials), lost))
        assert share <= Fraction(5, 100)


def iter_placed(trials, lost, score, place=0):
    if place == len(trials):
        if lost == 0 and score == 0:
            yield []
        return
    for gone in range(min(trials[place], lost) + 1):
        if place * gone <= score:
            for rest in iter_placed(trials, lost - gone, score - place * gone, place + 1):
                yield [gone, *rest]


# facts/benchmarks.md 3.5: eight cohorts, alpha 5%, true falls of 92 to 85% and 92 to 78%, found by simulation.
POWER = [(20, 0.16, 0.36), (30, 0.18, 0.52), (50, 0.30, 0.74), (100, 0.51, 0.96), (200, 0.82, 1.00)]


@pytest.mark.parametrize("size, seven, fourteen", POWER)
def test_power_agrees_with_the_published_table(size, seven, fourteen):
    assert u.cochran_armitage_power([size] * 8, 0.92, 0.85) == pytest.approx(seven, abs=0.025)
    assert u.cochran_armitage_power([size] * 8, 0.92, 0.78) == pytest.approx(fourteen, abs=0.025)


@pytest.mark.parametrize("trials, start, end, alpha", [
    ([6] * 8, 0.95, 0.85, 0.025), ([12] * 8, 1.0, 0.9, 0.025), ([25] * 8, 0.95, 0.85, 0.05),
    ([44] * 8, 1.0, 0.9, 0.025),
    ([5, 6, 8, 10, 13, 17, 22], 0.95, 0.75, 0.05), ([12] * 8, 1.0, 0.8, 0.025), ([6] * 8, 0.2, 0.0, 0.025)])
def test_power_is_the_share_of_simulated_falls_that_are_found(trials, start, end, alpha):
    rng, runs, known = random.Random(13), 2500, {}
    ratios = [start + (end - start) * place / (len(trials) - 1) for place in range(len(trials))]
    found = 0
    for _ in range(runs):
        kept = tuple(sum(rng.random() < ratio for _ in range(size)) for size, ratio in zip(trials, ratios))
        if kept not in known:
            known[kept] = u.cochran_armitage(kept, trials) or (0.0, 1.0)
        z, p_value = known[kept]
        found += z < 0 and p_value < alpha
    assert u.cochran_armitage_power(trials, start, end, alpha) == pytest.approx(found / runs, abs=0.045)


def test_power_grows_with_the_fall_and_with_the_customers_and_is_the_same_for_a_rise():
    falls = [u.cochran_armitage_power([30] * 6, 0.95, 0.95 - fall / 100, 0.05) for fall in range(2, 40, 3)]
    sizes = [u.cochran_armitage_power([size] * 6, 0.95, 0.85, 0.05) for size in range(40, 300, 20)]
    assert falls == sorted(falls) and sizes == sorted(sizes)
    rise, fall = u.cochran_armitage_power([30] * 6, 0.75, 0.95), u.cochran_armitage_power([30] * 6, 0.95, 0.75)
    assert rise == pytest.approx(fall)


def test_power_is_undefined_without_groups_or_without_anything_to_lose():
    assert u.cochran_armitage_power([], 0.9, 0.8) is None
    assert u.cochran_armitage_power([30], 0.9, 0.8) is None
    assert u.cochran_armitage_power([30, 30], 1.0, 1.0) is None


def test_holm_multiplies_the_smallest_by_the_number_of_tests_and_never_reorders():
    assert u.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert u.holm([0.8, 0.9]) == [1.0, 1.0]
    assert u.holm([]) == []


def test_holm_is_that_of_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    rng = random.Random(14)
    for length in range(1, 9):
        p_values = [rng.random() ** 3 for _ in range(length)]
        assert u.holm(p_values) == pytest.approx(list(multitest.multipletests(p_values, method="holm")[1]))
