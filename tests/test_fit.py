"""The fit with the ideal customer profile: laws over every kind of pattern, then the bands' edges by hand."""

from __future__ import annotations

import itertools
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import policy
from cslib.attribute_cells import SIGNALS
from cslib.customers import Customer
from cslib.fit import BANDS, Fit, fits

RULES = policy.read(None).settings["segmentation"]["icp"]
ANSWERS = st.tuples(*[st.sampled_from((True, False, None))] * 7)
WEIGHTS = st.tuples(*[st.decimals(0, 10, places=1)] * 7)
NOBODY = Customer(*[None] * len(Customer._fields))
Y, N, U = True, False, None


def rules(weights=None, **others) -> dict:
    return {**RULES, **others, "weights": RULES["weights"] if weights is None else dict(zip(SIGNALS, weights))}


def fit(pattern: tuple, settings: dict = RULES) -> Fit:
    return fits([NOBODY._replace(signals=pattern)], settings)[pattern]


@given(ANSWERS, WEIGHTS)
def test_a_score_lies_between_zero_and_ten_and_inside_what_it_can_become(pattern, weights):
    found = fit(pattern, rules(weights))
    assert 0 <= found.lowest <= found.highest <= 10
    if found.score is not None:
        assert found.lowest <= found.score <= found.highest


@given(ANSWERS, WEIGHTS)
def test_a_score_is_ten_times_the_true_weight_over_the_known_weight(pattern, weights):
    known = [(Fraction(weight), answer) for weight, answer in zip(weights, pattern) if answer is not None]
    known_weight, whole = sum(weight for weight, _ in known), Fraction(sum(weights))
    found = fit(pattern, rules(weights))
    if not known_weight or known_weight < whole * Fraction(str(RULES["least_known_ratio"])):
        assert (found.score, found.band) == (None, None)
    else:
        score = 10 * sum(weight for weight, answer in known if answer) / known_weight
        assert abs(Fraction(found.score) - score) < Fraction(1, 10 ** 20)
        assert found.band == ("strong" if score >= 8 else "decent" if score >= 5 else "poor")


@given(ANSWERS, WEIGHTS, st.permutations(range(7)))
def test_the_order_of_the_signals_changes_nothing(pattern, weights, order):
    moved = fit(tuple(pattern[place] for place in order), rules([weights[place] for place in order]))
    assert moved == fit(pattern, rules(weights))


@given(ANSWERS, WEIGHTS, st.sampled_from([D(3), D("0.5"), D(100), D("0.07")]))
def test_scaling_all_weights_changes_nothing(pattern, weights, factor):
    assert fit(pattern, rules([weight * factor for weight in weights])) == fit(pattern, rules(weights))


@pytest.mark.parametrize("pattern", list(itertools.product((Y, N), repeat=7)))
def test_where_all_is_known_nothing_is_left_open(pattern):
    found = fit(pattern)
    assert found.score is not None
    assert found.lowest == found.score == found.highest
    assert found.known == 7


@given(ANSWERS, WEIGHTS)
def test_the_ends_are_the_scores_of_every_unknown_answered_no_and_yes(pattern, weights):
    found = fit(pattern, rules(weights))
    if sum(weights):
        for answer, end in ((N, found.lowest), (Y, found.highest)):
            assert fit(tuple(answer if known is None else known for known in pattern), rules(weights)).score == end


@given(ANSWERS, WEIGHTS, st.integers(0, 6), st.booleans())
def test_an_answer_never_widens_what_the_score_can_become(pattern, weights, place, answer):
    before = fit(pattern, rules(weights))
    after = fit((*pattern[:place], answer, *pattern[place + 1:]), rules(weights))
    if pattern[place] is None:
        assert before.lowest <= after.lowest <= after.highest <= before.highest
        assert after.known == before.known + 1


@given(ANSWERS, WEIGHTS, st.integers(0, 6))
def test_a_yes_in_place_of_a_no_never_lowers_the_score(pattern, weights, place):
    no, yes = (fit((*pattern[:place], answer, *pattern[place + 1:]), rules(weights)) for answer in (N, Y))
    assert (no.score is None) == (yes.score is None)
    assert no.score is None or no.score <= yes.score


@pytest.mark.parametrize("pattern, score, band", [
    ((Y, Y, Y, Y, Y, N, N), D(8), "strong"), ((Y, N, Y, N, Y, N, N), D(5), "decent"),
    ((Y, Y, Y, Y, N, N, N), D(7), "decent"), ((Y, N, Y, N, N, N, N), D(4), "poor"),
    ((Y,) * 7, D(10), "strong"), ((N,) * 7, D(0), "poor")])
def test_the_better_band_owns_its_edge(pattern, score, band):
    assert fit(pattern) == Fit(score, band, score, score, 7)


def test_a_score_just_below_an_edge_is_not_rounded_over_it():
    found = fit((Y, Y, Y, Y, Y, N, N), rules([D(2), D("1.5"), D(2), D("1.5"), D("0.999999999"), D(1), D(1)]))
    assert D("7.99999999") < found.score < 8
    assert found.band == "decent"


def test_half_of_the_weight_known_is_enough_and_less_is_not_judged_rather_than_zero():
    assert fit((Y, N, U, Y, U, U, U)) == Fit(D(7), "decent", D("3.5"), D("8.5"), 3)
    assert fit((N, U, N, U, N, U, U)) == Fit(D(0), "poor", D(0), D(5), 3)
    assert fit((Y, U, Y, U, U, U, U)) == Fit(None, None, D(4), D(10), 2)
    assert fit((U,) * 7) == Fit(None, None, D(0), D(10), 0)


def test_nothing_known_is_not_judged_even_where_no_least_is_asked():
    assert fit((U,) * 7, rules(least_known_ratio=0)) == Fit(None, None, D(0), D(10), 0)
    assert fit((U, N, *[U] * 5), rules(least_known_ratio=0)).score == 0


def test_weights_of_nothing_judge_nobody():
    assert fit((Y,) * 7, rules([0] * 7)) == Fit(None, None, D(0), D(10), 7)


def test_every_pattern_that_occurs_has_one_fit():
    patterns = [(Y,) * 7, (N,) * 7, (U,) * 7, (Y,) * 7]
    found = fits([NOBODY._replace(signals=pattern) for pattern in patterns], RULES)
    assert set(found) == set(patterns)
    assert {one.band for one in found.values()} <= {*BANDS, None}
