"""Whether the inputs of a brief agree: to the cent, to a small part of a post, and never on what is unknown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib.brief import Parts
from cslib.brief_agreements import WHAT, Disagreement, comparable, disagreements
from test_brief import DAY, NOTHING, sample

D = Decimal
INPUT = {"retention": "book", "segmentation": "portfolio", "coverage": "book", "hiring": "org", "scorecard": "card"}
topics = st.sampled_from(list(INPUT))


def agreed() -> Parts:
    """The sample with one stage in all inputs."""
    return given_(sample(), "hiring", stage="growth")


def given_(parts: Parts, topic: str, **known: object) -> Parts:
    """The same with other values in one input."""
    part = getattr(parts, topic)
    own = getattr(part, INPUT[topic])._replace(**known)
    return parts._replace(**{topic: part._replace(**{INPUT[topic]: own})})


def org_people(role: str, fte: object) -> Parts:
    team = agreed().hiring.org.team
    seat = team["csm"][0]._replace(role=role)
    return given_(agreed(), "hiring", team={**team, role: None if fte is None else (seat._replace(fte=D(fte)),)})


def what(parts: Parts) -> list[str]:
    return [row.what for row in disagreements(parts)]


# --- agreement


def test_the_samples_agree_since_series_b_and_growth_have_the_same_bands():
    assert disagreements(sample()) == ()


@given(st.sets(topics))
def test_what_agrees_agrees_in_any_part_and_what_is_not_there_disagrees_with_nothing(left_out):
    assert disagreements(agreed()._replace(**dict.fromkeys(left_out))) == ()
    assert disagreements(NOTHING) == ()


@given(st.sampled_from(("currency", "stage")), st.sets(topics, max_size=4))
def test_what_is_unknown_disagrees_with_nothing(key, silent):
    parts = agreed()
    for topic in silent:
        if hasattr(getattr(getattr(parts, topic), INPUT[topic]), key):
            parts = given_(parts, topic, **{key: None})
    assert disagreements(parts) == ()


def test_unknown_people_disagree_with_nothing():
    assert disagreements(org_people("csm", None)) == disagreements(org_people("cs_manager", None)) == ()
    assert disagreements(given_(agreed(), "coverage", managers=None)) == ()
    assert disagreements(given_(agreed(), "scorecard", csms=None)) == ()


# --- disagreement


@given(st.integers(-10**6, 10**6))
def test_arr_agrees_only_to_the_cent(cents):
    arr = agreed().hiring.org.arr
    found = disagreements(given_(agreed(), "hiring", arr=arr + D(cents) / 100))
    expected = Disagreement("arr", (("retention", arr), ("segmentation", arr), ("coverage", arr),
                                    ("hiring", arr + D(cents) / 100)))
    assert found == ((expected,) if cents else ())


@given(st.integers(0, 200))
def test_people_agree_up_to_a_twentieth_of_a_post(hundredths):
    apart = D(hundredths) / 100
    expected = apart > D("0.05")
    assert (what(org_people("csm", D("7.5") + apart)) == ["csms"]) == expected
    if apart:
        assert (what(org_people("cs_manager", apart)) == ["managers"]) == expected
    assert (what(given_(agreed(), "scorecard", csms=D("7.5") - apart)) == ["csms"]) == expected


def test_customers_agree_exactly():
    found, = disagreements(given_(agreed(), "hiring", customers=351))
    assert found == Disagreement("customers", (("retention", 350), ("segmentation", 350), ("coverage", 350),
                                               ("hiring", 351)))


@pytest.mark.parametrize("topic", INPUT)
def test_a_day_that_differs_is_found_in_any_input(topic):
    found, = disagreements(given_(agreed(), topic, as_of=DAY + timedelta(days=1)))
    assert found.what == "as_of"
    assert found.values == tuple((each, DAY + timedelta(days=each == topic)) for each in INPUT)


@pytest.mark.parametrize("topic", INPUT)
def test_a_currency_that_differs_is_found_in_any_input(topic):
    found, = disagreements(given_(agreed(), topic, currency="EUR"))
    assert (found.what, dict(found.values)[topic]) == ("currency", "EUR")


def test_the_stage_of_retention_is_the_one_that_it_was_judged_by():
    part = agreed().retention
    parts = agreed()._replace(retention=part._replace(found=part.found._replace(stage="seed")))
    found, = disagreements(parts)
    assert found == Disagreement("stage", (("retention", "seed"), ("coverage", "growth"), ("hiring", "growth"),
                                           ("scorecard", "growth")))


def test_all_disagreements_stand_in_one_order():
    parts = given_(agreed(), "hiring", as_of=DAY + timedelta(days=9), currency="EUR", stage="late", arr=D(1),
                   customers=1, team={**agreed().hiring.org.team, "csm": ()})
    parts = given_(parts, "coverage", managers=D(2))
    assert what(parts) == list(WHAT)


# --- what may feed what


@given(st.sampled_from((None, "USD", "EUR")), st.sampled_from((None, "USD", "EUR")), st.integers(-200, 200))
def test_only_one_currency_and_near_days_may_stand_beside_each_other(one, other, days):
    first = agreed().coverage.book._replace(currency=one)
    second = agreed().hiring.org._replace(currency=other, as_of=DAY + timedelta(days=days))
    expected = (None in (one, other) or one == other) and abs(days) <= 92
    assert comparable(first, second) == comparable(second, first) == expected
