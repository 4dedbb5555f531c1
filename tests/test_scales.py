"""Targets of scores on another scale than theirs: the ends stay the ends, order stays or is mirrored."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import policy, scales
from cslib.kpis_known import SCALES, top_of

RULES = policy.read(None).settings["scorecard"]["kpis"]
FIVE, SEVEN, TEN = "mean_1_to_5", "mean_1_to_7", "mean_1_to_10"
EASY = ("low", "high")
ASKED = [(kpi, scale, easy) for kpi, known in SCALES.items() for scale in known
         for easy in (EASY if kpi == "ces" else (None,))]
POINTS = st.decimals("1", "5", places=2)
NEAR = D("1e-20")


def on(kpi: str, scale: str, easy=None, good="4.0", great="4.5") -> scales.Ends:
    return scales.ends(kpi, D(good), great and D(great), scale, easy)


@pytest.mark.parametrize("scale, good, great", [(FIVE, "4", "4.5"), (SEVEN, "5.5", "6.25"), (TEN, "7.75", "8.875")])
def test_satisfaction_is_good_from_four_of_five_and_from_the_same_place_of_another_scale(scale, good, great):
    assert on("csat", scale)[:3] == (D(good), D(great), True)


@pytest.mark.parametrize("scale, easy, good, great, higher", [
    (SEVEN, "low", "3", "2", False), (SEVEN, "high", "5", "6", True),
    (FIVE, "low", "2.33", "1.67", False), (FIVE, "high", "3.67", "4.33", True)])
def test_effort_is_good_up_to_three_of_seven_where_low_is_easy_and_mirrored_otherwise(scale, easy, good, great, higher):
    found = on("ces", scale, easy, "3", "2")
    assert (round(found.good, 2), round(found.great, 2), found.higher_is_better) == (D(good), D(great), higher)


@pytest.mark.parametrize("kpi, scale, easy", ASKED)
def test_only_the_scale_and_direction_of_the_target_itself_are_not_marked_as_rescaled(kpi, scale, easy):
    native = (kpi, scale, easy) in (("csat", FIVE, None), ("ces", SEVEN, "low"))
    assert on(kpi, scale, easy).rescaled is not native


@pytest.mark.parametrize("kpi, scale, easy", ASKED)
def test_the_ends_of_a_scale_fall_on_the_ends_of_the_other(kpi, scale, easy):
    top = top_of(scales.NATIVE[kpi])
    found = scales.ends(kpi, D(1), D(top), scale, easy)
    assert {found.good, found.great} == {1, top_of(scale)}
    assert (found.good == 1) is (easy != "high")


@given(POINTS, POINTS, st.sampled_from(ASKED))
def test_what_is_more_demanding_on_one_scale_is_so_on_every_other(one, other, asked):
    kpi, scale, easy = asked
    found = scales.ends(kpi, one, other, scale, easy)
    assert (found.good > found.great) is ((one > other) is (easy != "high") and one != other)


@given(POINTS, st.sampled_from(SCALES["ces"]))
def test_the_mirror_of_the_mirror_is_the_target_itself(target, scale):
    low, high = (scales.ends("ces", target, None, scale, easy).good for easy in EASY)
    assert abs(top_of(scale) + 1 - high - low) < NEAR


@given(POINTS)
def test_there_and_back_is_the_same_point(target):
    assert abs(scales.stretched(scales.stretched(target, FIVE, TEN), TEN, FIVE) - target) < NEAR


@pytest.mark.parametrize("kpi, scale, easy", ASKED)
def test_the_targets_of_the_policy_lie_within_every_scale(kpi, scale, easy):
    found = scales.ends(kpi, D(RULES[kpi]["good"]), D(RULES[kpi]["great"]), scale, easy)
    assert 1 < found.good < top_of(scale) and 1 < found.great < top_of(scale)
    assert (found.great > found.good) is found.higher_is_better


def test_without_a_great_there_is_none_on_another_scale():
    assert on("csat", TEN, great=None).great is None
