"""Who serves a tier in each month, and how much each delivers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import teams
from cslib.team import Seats, capacity, full_after, headcount, joined, missing, posts, present, ramped, stayed, survival

RULES = teams.settings()["coverage"]
fte = st.decimals("0.1", "20", places=2)
ages = st.one_of(st.none(), st.decimals("0", "30", places=1))
people = st.lists(st.tuples(fte, ages), max_size=6)
joiners = st.lists(st.tuples(fte, st.integers(0, 14)), max_size=4)
tiers = st.sampled_from(["strategic", "enterprise", "mid_market", "smb"])


def rules(**overrides) -> dict:
    return teams.settings(**{f"coverage.{key}": value for key, value in overrides.items()})["coverage"]


@given(st.decimals("0", "0.9", places=3))
def test_a_year_of_monthly_survival_loses_the_yearly_attrition(attrition):
    kept = survival(rules(attrition_ratio=attrition))
    assert abs(kept ** 12 - (1 - attrition)) < Decimal("1e-10")
    assert kept == kept.quantize(Decimal("1e-12"))
    assert stayed(rules(attrition_ratio=attrition), 3)[2] == kept * kept


def test_nobody_leaves_without_attrition():
    assert survival(rules(attrition_ratio=0)) == 1


@pytest.mark.parametrize(("age", "share"), [("0", "0"), ("1.5", "0.25"), ("3", "0.5"), ("6", "0.75"), ("9", "1"),
                                            ("40", "1")])
def test_a_strategic_csm_is_half_productive_after_three_months_and_fully_after_nine(age, share):
    assert ramped(Decimal(age), "strategic", RULES) == Decimal(share)


def test_who_moves_ramps_in_half_the_time():
    assert ramped(Decimal("4.5"), "strategic", RULES, Decimal("0.5")) == 1
    assert ramped(Decimal("1.5"), "strategic", RULES, Decimal("0.5")) == Decimal("0.5")
    assert (full_after("strategic", RULES), full_after("strategic", RULES, Decimal("0.5"))) == (9, 5)


@given(st.decimals("0", "30", places=2), st.decimals("0", "30", places=2), st.decimals("0", "24", places=1),
       st.decimals("0", "24", places=1), st.decimals("0", "1", places=1))
def test_nobody_unlearns_and_nobody_does_more_than_one(first, second, half, full, faster):
    assume(half <= full)
    ramp = rules(**{"ramp.smb.half_months": half, "ramp.smb.full_months": full})
    low, high = (ramped(age, "smb", ramp, faster) for age in sorted((first, second)))
    assert 0 <= low <= high <= 1
    assert ramped(Decimal(full_after("smb", ramp, faster)), "smb", ramp, faster) == 1


def test_without_a_ramp_everybody_does_all_from_the_first_day():
    ramp = rules(**{"ramp.smb.half_months": 0, "ramp.smb.full_months": 0})
    assert ramped(Decimal(0), "smb", ramp) == 1 and full_after("smb", ramp) == 1


@given(tiers, people, joiners)
def test_capacity_never_exceeds_headcount(tier, rows, signed):
    one = teams.tier(tier, csms=None if rows else 3, people=rows, joining=signed)
    seats = (*present(one, RULES), *joined(one))
    for does, there in zip(capacity(seats, tier, RULES, 24), headcount(seats, RULES, 24)):
        assert 0 <= does <= there


@given(tiers, st.lists(st.tuples(fte, ages), min_size=1, max_size=6), st.integers(1, 4))
def test_people_in_more_rows_are_the_same_people(tier, rows, parts):
    split = [(part, age) for fte, age in rows for part in [fte / 4] * parts + [fte - parts * (fte / 4)]]
    assert present(teams.tier(tier, people=split[::-1]), RULES) == present(teams.tier(tier, people=rows), RULES)


def test_everybody_over_the_ramp_is_one_seat():
    seats, = present(teams.tier("smb", people=[(1, 1), (2, 40), (3, "1.5"), (4, None)]), RULES)
    assert (seats.fte, seats.age) == (10, None)


def test_somebody_of_unknown_tenure_is_taken_as_fully_ramped():
    assert capacity(present(teams.tier(csms=3), RULES), "mid_market", RULES, 1)[0] == 3


def test_somebody_who_ramps_today_does_more_each_month_until_the_ramp_is_over():
    seats = present(teams.tier("mid_market", people=[(2, 0)]), rules(attrition_ratio=0))
    assert capacity(seats, "mid_market", rules(attrition_ratio=0), 4) == (0, 1, Decimal("1.5"), 2, 2)


def test_somebody_who_joins_is_there_in_the_state_after_the_one_whose_morrow_they_start_on():
    still, one = rules(attrition_ratio=0), teams.tier("mid_market", csms=0, joining=[(2, 1)])
    assert headcount(joined(one), still, 4) == (0, 0, 2, 2, 2)
    assert capacity(joined(one), "mid_market", still, 4) == (0, 0, 1, Decimal("1.5"), 2)


def test_who_is_there_today_leaves_from_today_on_whatever_month_they_came():
    seats = (Seats(Decimal(10), -5, None, Decimal(1)),)
    assert headcount(seats, RULES, 1) == (10, 10 * survival(RULES))


@pytest.mark.parametrize(("wanted", "up", "down"), [("0.1", "0.5", "0"), ("1", "1", "1"), ("1.2", "1.5", "1"),
                                                    ("-3", "0", "0")])
def test_posts_are_hired_up_and_spared_down_to_the_step(wanted, up, down):
    whole, parts = posts(RULES), posts(RULES, whole=False)
    assert (whole.up(Decimal(wanted)), whole.down(Decimal(wanted))) == (Decimal(up), Decimal(down))
    assert parts.up(Decimal(wanted)) == max(0, Decimal(wanted)) and (whole.least_gap, parts.least_gap) == (
        Decimal("0.25"), 0)


def test_a_difference_of_rounding_is_no_gap():
    assert missing(Decimal(10) / 3 * 3, Decimal(10)) == 0 and missing(Decimal("10.25"), Decimal(10)) == Decimal("0.25")
