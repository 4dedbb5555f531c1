"""The tier by floor: everybody is in one, the better tier owns equality, and two presets differ where they differ."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import few
from cslib import tiering
from cslib.tiering import FOUR, FOUR_TIER, PERCENTILE, PRESETS, SCORED, THREE_TOUCH, TOUCH
from serving import SETTINGS, D, customer, settings

LEVELS = (None, "high", "medium", "low")
PARTS = {"high": Fraction(1), "medium": Fraction(1, 2), "low": Fraction(0)}
SERVED = {"strategic": "named", "enterprise": "named", "mid_market": "pooled", "smb": "tech", "high_touch": "named",
          "low_touch": "pooled", "tech_touch": "tech"}
EDGES = (5000, 15000, 20000, 25000, 50000, 75000, 100000)
ARRS = st.one_of(st.sampled_from([D(edge) * factor for edge in EDGES for factor in (D("0.9"), D(1), D("1.1"))]),
                 st.decimals("0.01", 400000, places=2))
LEVEL = st.sampled_from(LEVELS)
BOOKS = st.lists(st.tuples(ARRS, LEVEL, LEVEL, LEVEL), min_size=1, max_size=40).map(
    lambda rows: [customer(f"c{n:02}", arr, complexity=one, growth_potential=two, strategic_value=three)
                  for n, (arr, one, two, three) in enumerate(rows)])
EVERY_PRESET = pytest.mark.parametrize("preset", PRESETS)


def placed(preset: str, customers: list, rules: dict = SETTINGS) -> tiering.Placement:
    return tiering.placement(preset, customers, rules)


def tier(preset: str, arr: object, rules: dict = SETTINGS, **known: object) -> str:
    return placed(preset, [customer("a", arr, **known)], rules).by_floor[0]


def score(one: object) -> Fraction:
    """The weighted mean over the known parts, in fractions."""
    weights = SETTINGS["segmentation"]["score_weights"]
    known = [(weights["arr"], min(Fraction(1), Fraction(one.arr) / 100000))]
    known += [(weights[name], PARTS[getattr(one, name)])
              for name in ("complexity", "growth_potential", "strategic_value") if getattr(one, name)]
    return 100 * sum(weight * part for weight, part in known) / sum(weight for weight, _ in known)


@EVERY_PRESET
@few
@given(BOOKS)
def test_every_paying_customer_is_in_exactly_one_tier_of_the_preset(preset, customers):
    found = placed(preset, customers)
    assert len(found.by_floor) == len(found.measures) == len(customers)
    assert set(found.by_floor) <= set(found.tiers)
    assert sum(Counter(found.by_floor)[one] for one in found.tiers) == len(customers)


@pytest.mark.parametrize("preset", [FOUR_TIER, SCORED, PERCENTILE])
@few
@given(BOOKS)
def test_a_tier_is_the_highest_whose_floor_is_reached(preset, customers):
    found = placed(preset, customers)
    for measure, mine in zip(found.measures, found.by_floor):
        assert mine == next(one for one, floor in zip(found.tiers, found.floors) if measure >= floor)


@EVERY_PRESET
@few
@given(BOOKS)
def test_floors_fall_from_tier_to_tier_and_the_last_is_zero(preset, customers):
    floors = placed(preset, customers).floors
    assert list(floors) == sorted(floors, reverse=True) and floors[-1] == 0


@pytest.mark.parametrize("preset", [FOUR_TIER, PERCENTILE])
@few
@given(BOOKS)
def test_more_arr_never_gives_a_lower_tier(preset, customers):
    found = placed(preset, customers)
    ranked = sorted(zip(found.measures, found.by_floor), key=lambda pair: (pair[0], -FOUR.index(pair[1])))
    assert [FOUR.index(mine) for _, mine in ranked] == sorted((FOUR.index(mine) for _, mine in ranked), reverse=True)


@pytest.mark.parametrize("preset", [THREE_TOUCH, SCORED])
@few
@given(BOOKS, ARRS)
def test_more_arr_never_gives_a_lower_tier_to_the_same_account(preset, customers, more):
    richer = [one._replace(arr=one.arr + more) for one in customers]
    before, after = placed(preset, customers), placed(preset, richer)
    for one, two in zip(before.by_floor, after.by_floor):
        assert before.tiers.index(two) <= before.tiers.index(one)


@EVERY_PRESET
@few
@given(BOOKS, st.sampled_from([D("0.5"), D("0.01"), D(3), D(1000)]))
def test_scaling_all_arr_and_all_floors_together_changes_nothing(preset, customers, factor):
    floors = {one: floor * factor for one, floor in SETTINGS["tier_floors"].items()}
    touch = {one: floor * factor for one, floor in SETTINGS["segmentation"]["touch_floors"].items()}
    rules = settings(tier_floors=floors, touch_floors=touch, score_full_arr=100000 * factor)
    scaled = [one._replace(arr=one.arr * factor) for one in customers]
    assert placed(preset, scaled, rules).by_floor == placed(preset, customers).by_floor


@EVERY_PRESET
@few
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_is_irrelevant(preset, customers, rng):
    shuffled = rng.sample(customers, len(customers))
    mine = dict(zip((one.id for one in customers), placed(preset, customers).by_floor))
    assert dict(zip((one.id for one in shuffled), placed(preset, shuffled).by_floor)) == mine
    for before, after in zip(*(tiering.disagreement(placed(preset, book), book, SETTINGS)
                               for book in (customers, shuffled))):
        assert before == after


@given(BOOKS)
def test_the_percentile_cuts_give_at_least_the_share_and_ties_go_up(customers):
    found = placed(PERCENTILE, customers)
    for place, share in enumerate((Fraction(5, 100), Fraction(25, 100), Fraction(60, 100))):
        wanted = ceil(share * len(customers))
        above = [one for one in found.measures if one >= found.floors[place]]
        assert len(above) >= wanted
        assert len([one for one in above if one > found.floors[place]]) < wanted
    tiers_of = {}
    for one, mine in zip(found.measures, found.by_floor):
        assert tiers_of.setdefault(one, mine) == mine


@given(BOOKS)
def test_a_score_is_the_weighted_mean_of_what_is_known(customers):
    for one, measure in zip(customers, placed(SCORED, customers).measures):
        assert 0 <= measure <= 100
        assert abs(Fraction(measure) - score(one)) < Fraction(1, 10 ** 20)


@EVERY_PRESET
@few
@given(BOOKS, st.decimals("0.5", "1.5", places=2))
def test_scaled_floors_place_as_the_scaled_floors_themselves_would(preset, customers, factor):
    found = placed(preset, customers)
    mine = tiering.scaled(found, customers, factor)
    for one, measure, got in zip(customers, found.measures, mine):
        expected = next(name for name, floor in zip(found.tiers, found.floors) if measure >= floor * factor)
        if preset == THREE_TOUCH and expected == "tech_touch" and one.complexity in ("high", "medium"):
            expected = "low_touch"
        assert got == expected
    assert [found.tiers[::-1][level] for level in tiering.levels(found, customers, factor)] == mine
    assert tiering.scaled(found, customers, 1) == found.by_floor


@EVERY_PRESET
@few
@given(BOOKS)
def test_a_preset_agrees_with_itself(preset, customers):
    found = placed(preset, customers)
    assert tiering.differing(found, found, customers, SETTINGS) == (preset, 0, 0, None, None, 0, 0)


@EVERY_PRESET
@few
@given(BOOKS)
def test_presets_disagree_on_the_same_customers_whichever_is_chosen(preset, customers):
    chosen = placed(preset, customers)
    for found in tiering.disagreement(chosen, customers, SETTINGS):
        back = tiering.differing(placed(found.preset, customers), chosen, customers, SETTINGS)
        assert (back.customers, back.arr, back.flow_arr) == (found.customers, found.arr, found.flow_arr)


@EVERY_PRESET
@few
@given(BOOKS)
def test_a_disagreement_counts_who_is_placed_elsewhere_and_its_largest_flow(preset, customers):
    chosen = placed(preset, customers)
    found = tiering.disagreement(chosen, customers, SETTINGS)
    assert [one.preset for one in found] == [one for one in PRESETS if one != preset]
    for one in found:
        by_service = THREE_TOUCH in (preset, one.preset)
        flows: dict = {}
        for mine, theirs, who in zip(chosen.by_floor, placed(one.preset, customers).by_floor, customers):
            if (SERVED[mine] != SERVED[theirs]) if by_service else mine != theirs:
                flows.setdefault((mine, theirs), []).append(who.arr)
        assert one.customers == sum(map(len, flows.values())) and one.arr == sum(map(sum, flows.values()))
        assert one.flow_arr == max(map(sum, flows.values()), default=0)
        if flows:
            inside = flows[one.from_tier, one.to_tier]
            assert (one.flow_customers, one.flow_arr) == (len(inside), sum(inside))


@pytest.mark.parametrize(
    ("arr", "four", "touch"),
    [(100000, "strategic", "high_touch"), ("99999.99", "enterprise", "low_touch"), (101000, "strategic", "high_touch"),
     (99000, "enterprise", "low_touch"), (50000, "enterprise", "low_touch"), (20000, "enterprise", "low_touch"),
     ("19999.99", "mid_market", "low_touch"), (15000, "mid_market", "low_touch"),
     ("14999.99", "mid_market", "tech_touch"), (5000, "mid_market", "tech_touch"), ("4999.99", "smb", "tech_touch"),
     ("0.01", "smb", "tech_touch")]
)
def test_a_floor_belongs_to_the_tier_above_it(arr, four, touch):
    assert (tier(FOUR_TIER, arr), tier(THREE_TOUCH, arr)) == (four, touch)


@pytest.mark.parametrize(
    ("arr", "complexity", "expected"),
    [(14999, "high", "low_touch"), (1, "medium", "low_touch"), (14999, "low", "tech_touch"),
     (14999, None, "tech_touch"), (15000, "low", "low_touch"), (99999, "high", "low_touch"),
     (100000, "low", "high_touch")]
)
def test_a_complex_account_is_pooled_at_any_arr(arr, complexity, expected):
    assert tier(THREE_TOUCH, arr, complexity=complexity) == expected


@pytest.mark.parametrize(
    ("arr", "known", "measure", "expected"),
    [(100000, {}, 100, "strategic"), (900000, {}, 100, "strategic"), (25000, {}, 25, "mid_market"),
     ("24999", {}, "24.999", "smb"), (50000, {}, 50, "enterprise"), (75000, {}, 75, "strategic"),
     (50000, {"complexity": "high", "strategic_value": "low"}, "56.25", "enterprise"),
     (99000, {"complexity": "low", "growth_potential": "low", "strategic_value": "low"}, "39.6", "mid_market"),
     (10000, {"complexity": "high", "growth_potential": "high", "strategic_value": "medium"}, "56.5", "enterprise"),
     (100000, {"complexity": "high", "growth_potential": "high", "strategic_value": "high"}, 100, "strategic")]
)
def test_a_score_worked_by_hand(arr, known, measure, expected):
    found = placed(SCORED, [customer("a", arr, **known)])
    assert (found.measures, found.by_floor) == ([D(measure)], [expected])
    assert found.measure == "score" and placed(FOUR_TIER, []).measure == "arr"


def test_a_score_at_a_floor_is_not_lost_to_a_third():
    rules = settings(score_full_arr=30000, score_weights__arr=30, score_weights__complexity=10)
    found = placed(SCORED, [customer("a", 10000, complexity="low")], rules)
    assert (found.measures, found.by_floor) == ([D(25)], ["mid_market"])


def test_where_nothing_known_has_a_weight_the_score_is_zero():
    rules = settings(score_weights__arr=0)
    assert tier(SCORED, 500000, rules) == "smb"
    assert tier(SCORED, 500000, rules, growth_potential="high") == "strategic"


def test_percentiles_of_twenty_customers():
    found = placed(PERCENTILE, [customer(f"c{n}", 1000 * n) for n in range(1, 21)])
    assert found.floors == (20000, 16000, 9000, 0)
    assert Counter(found.by_floor) == {"strategic": 1, "enterprise": 4, "mid_market": 7, "smb": 8}


def test_alike_customers_are_all_in_the_top_tier_by_percentile():
    assert placed(PERCENTILE, [customer(f"c{n}", 700) for n in range(9)]).by_floor == ["strategic"] * 9


def test_the_largest_customer_is_on_top_even_at_a_share_of_nothing():
    rules = settings(percentile_shares__strategic_ratio=0, percentile_shares__enterprise_ratio=0)
    book = [customer(f"c{n}", 1000 * n) for n in range(1, 21)]
    assert Counter(placed(PERCENTILE, book, rules).by_floor) == {"strategic": 1, "mid_market": 6, "smb": 13}


def test_shares_of_more_than_everybody_leave_the_last_tier_empty():
    rules = settings(percentile_shares__enterprise_ratio=D("0.9"), percentile_shares__mid_market_ratio=D("0.9"))
    book = [customer(f"c{n}", 1000 * n) for n in range(1, 21)]
    assert Counter(placed(PERCENTILE, book, rules).by_floor) == {"strategic": 1, "enterprise": 18, "mid_market": 1}


@EVERY_PRESET
def test_nobody_is_in_no_tier(preset):
    found = placed(preset, [])
    assert (found.measures, found.by_floor, len(found.floors)) == ([], [], len(found.tiers))
    assert all(one[1:] == (0, 0, None, None, 0, 0) for one in tiering.disagreement(found, [], SETTINGS))


def test_own_floors_take_the_place_of_the_default_ones():
    rules = settings(tier_floors={**SETTINGS["tier_floors"], "strategic": 60000}, touch_floors__high_touch=60000,
                     score_floors__strategic=60)
    for preset in (FOUR_TIER, THREE_TOUCH, SCORED):
        found = placed(preset, [customer("a", 60000)], rules)
        assert found.by_floor == [found.tiers[0]]
        assert tier(preset, 60000) != found.tiers[0]


def test_named_accounts_count_as_served_alike_with_a_sponsor_and_without():
    book = [customer("a", 150000), customer("b", 50000), customer("c", 12000), customer("d", 300)]
    touch = tiering.disagreement(placed(FOUR_TIER, book), book, SETTINGS)[0]
    assert touch == ("three_touch", 2, 62000, "enterprise", "low_touch", 1, 50000)
    back = tiering.disagreement(placed(THREE_TOUCH, book), book, SETTINGS)[0]
    assert back == ("four_tier", 2, 62000, "low_touch", "enterprise", 1, 50000)


def test_a_larger_flow_is_one_of_more_money_not_of_more_customers():
    book = [customer("a", 50000), *(customer(f"c{n}", 6000) for n in range(5))]
    touch = tiering.disagreement(placed(FOUR_TIER, book), book, SETTINGS)[0]
    assert touch == ("three_touch", 6, 80000, "enterprise", "low_touch", 1, 50000)


def test_a_preset_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        placed("five_tier", [])


def test_the_tiers_of_a_preset_are_known_without_a_placement():
    assert {preset: placed(preset, []).tiers for preset in PRESETS} == tiering.TIERS
    assert tiering.TIERS[THREE_TOUCH] == TOUCH
