"""What is compared with what, and what follows where some of it is unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib.conditions import all_hold, any_holds, condition, share

KNOWN = st.lists(st.sampled_from((True, False, None)), max_size=5)


def filled(known: list, answers: list) -> list:
    """The unknown ones answered."""
    told = iter(answers)
    return [next(told) if one is None else one for one in known]


@pytest.mark.parametrize(("comparison", "below", "equal", "above"), [
    ("at_least", False, True, True), ("above", False, False, True), ("below", True, False, False),
    ("is", False, True, False), ("is_not", True, False, True)])
def test_a_comparison_says_on_which_side_the_threshold_itself_is(comparison, below, equal, above):
    found = [condition((), comparison, Decimal(value), Decimal(5)).met for value in (4, 5, 6)]
    assert found == [below, equal, above]


@pytest.mark.parametrize("comparison", ["at_least", "above", "below", "is", "is_not"])
def test_nothing_is_known_of_an_unknown_fact_or_threshold(comparison):
    assert condition((), comparison, None, Decimal(5)).met is None
    assert condition((), comparison, Decimal(5), None).met is None


def test_false_is_a_known_answer():
    assert condition((), "is", False, True).met is False and condition((), "is", False, False).met is True


@given(KNOWN, st.lists(st.booleans(), min_size=5, max_size=5))
def test_what_is_known_stays_whatever_the_unknown_turns_out_to_be(known, answers):
    told = filled(known, answers)
    assert all_hold(known) in (None, all(told)) and any_holds(known) in (None, any(told))


@given(KNOWN)
def test_it_is_unknown_only_where_the_answers_differ(known):
    ends = [filled(known, [answer] * 5) for answer in (True, False)]
    assert (all_hold(known) is None) is (all(ends[0]) is not all(ends[1]))
    assert (any_holds(known) is None) is (any(ends[0]) is not any(ends[1]))


def test_a_share_of_nothing_or_of_the_unknown_is_undefined():
    assert share(Decimal(3), Decimal(12)) == Decimal("0.25")
    assert share(Decimal(0), Decimal(0)) is None and share(None, Decimal(1)) is None and share(Decimal(1), None) is None
