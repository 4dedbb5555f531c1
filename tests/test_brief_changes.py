"""What changed since an earlier brief: its figures to the last digit written, its decisions, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import result
from cslib.brief import KINDS, Figures, Parts, Stake, figures, ranked, stakes
from cslib.brief_changes import SCRIPT, Change, Changes, changes, read
from cslib.refusal import Refusal
from cslib.results import Beside
from test_bad_input import changed
from test_brief import DAY, NOTHING, sample, with_found

D = Decimal
BEFORE = DAY - timedelta(days=365)
NOW = Beside("brief", DAY, "USD", True)


def record(parts: Parts, as_of: date = BEFORE, currency: Optional[str] = "USD", is_sample: bool = True,
           of: Optional[Figures] = None, told: Optional[tuple[Stake, ...]] = None) -> dict:
    """The JSON result of a brief, written and parsed."""
    rows = [{**stake._asdict(), "said": "a sentence"} for stake in (ranked(stakes(parts)) if told is None else told)]
    answer = {"figures": of or figures(parts), "decisions": rows}
    envelope = result.envelope(SCRIPT, is_sample, as_of, currency, None, [], answer, [])
    return json.loads(result.text(envelope), parse_float=D)


def against(content: dict, parts: Parts) -> Changes:
    return changes(read(content, "old.json", NOW), parts)


def row(found: Changes, key: str) -> Change:
    return next(one for one in found.figures if one.key == key)


def fault(content: Any, beside: Beside = NOW) -> tuple:
    with pytest.raises(Refusal) as caught:
        read(content, "old.json", beside)
    one, = caught.value.faults
    return one


def told(*topics: str) -> tuple[Stake, ...]:
    return tuple(Stake(topic, KINDS[topic], D(5), None) for topic in topics)


# --- figures


def test_nothing_has_changed_against_the_same_brief():
    found = against(record(sample()), sample())
    assert found.as_of_before == BEFORE and tuple(one.key for one in found.figures) == Figures._fields
    for one in found.figures:
        assert one.before == one.now is not None
        assert one.difference == (None if isinstance(one.now, str) else 0)
    assert found.decisions == (("coverage", "still"), ("hiring", "still"), ("retention", "still"))


amounts = st.none() | st.decimals(-10**9, 10**9, places=8)
counts = st.none() | st.integers(0, 10**6)
shares = st.none() | st.decimals(0, 3, places=12)


@st.composite
def some_figures(draw) -> Figures:
    of = figures(sample())
    kinds = {key: shares if key.endswith("_ratio") else counts if isinstance(value, int) else amounts
             for key, value in of._asdict().items() if not isinstance(value, str)}
    return of._replace(**{key: draw(kind) for key, kind in kinds.items()})


@given(some_figures())
def test_a_figure_is_what_it_was_and_the_change_that_was_made_since(earlier):
    found = against(record(sample(), of=earlier), sample())
    for one in found.figures:
        written, now = getattr(earlier, one.key), getattr(figures(sample()), one.key)
        digit = D("0.0000005") if one.key.endswith("_ratio") else D("0.005")
        if written is None:
            assert one.before is one.difference is None and one.now is not None
        elif isinstance(written, str):
            assert (one.before, one.difference) == (written, None)
        else:
            assert abs(one.before - written) <= digit and abs(one.now - now) <= digit
            assert one.before + one.difference == one.now


def test_words_have_no_difference_and_what_is_unknown_now_has_none():
    found = against(record(sample(), of=figures(sample())._replace(next_role="support", maturity=None)), sample())
    assert row(found, "next_role") == Change("next_role", "support", "implementation", None)
    assert row(found, "maturity") == Change("maturity", None, "proactive", None)
    silent = against(record(sample()), NOTHING)
    assert all(one.now is one.difference is None and one.before is not None for one in silent.figures)


def test_the_change_of_the_sample_against_a_brief_made_by_hand():
    earlier = figures(sample())._replace(arr=D(11_000_000), grr_ratio=D("0.85"), csms=D(6), exit_customers=20)
    found = against(record(sample(), of=earlier), sample())
    assert row(found, "arr").difference == D(1_014_052) and row(found, "csms").difference == D("1.5")
    assert row(found, "grr_ratio") == Change("grr_ratio", D("0.85"), D("0.870017"), D("0.020017"))
    assert row(found, "exit_customers") == Change("exit_customers", D(20), D(11), D(-9))


# --- decisions


@given(st.lists(st.sampled_from(list(KINDS)), unique=True, max_size=3))
def test_each_decision_of_then_is_still_there_and_the_others_among_todays_three_are_new(before):
    found = against(record(sample(), told=told(*before)), sample()).decisions
    assert found[:len(before)] == tuple((topic, "still") for topic in before)
    assert found[len(before):] == tuple((stake.topic, "new") for stake in ranked(stakes(sample()))
                                        if stake.topic not in before)


def test_a_decision_is_gone_only_where_nothing_is_at_stake_any_more():
    then = record(sample(), told=told("hiring", "retention"))
    assert against(then, with_found("hiring", next_role=None)).decisions == (
        ("hiring", "gone"), ("retention", "still"), ("coverage", "new"), ("segmentation", "new"))


def test_a_decision_of_which_todays_inputs_say_nothing_is_left_out():
    then = record(sample(), told=told("hiring", "coverage"))
    parts = with_found("coverage", csms=None)._replace(hiring=None)
    assert against(then, parts).decisions == (("retention", "new"), ("segmentation", "new"))


# --- what is refused


def test_a_brief_of_the_same_or_a_later_day_is_refused_and_an_old_one_is_not():
    for days in (0, 1, 400):
        one = fault(record(sample(), as_of=DAY + timedelta(days=days)))
        assert (one.kind, one.place, one.expected) == ("not comparable", "as_of", f"a day before {DAY}")
    for days in (1, 93, 4_000):
        assert read(record(sample(), as_of=DAY - timedelta(days=days)), "old.json", NOW)


def test_another_currency_is_refused_and_an_unknown_one_is_not():
    one = fault(record(sample(), currency="EUR"))
    assert (one.kind, one.place, one.got) == ("not comparable", "currency", "EUR")
    assert read(record(sample(), currency=None), "old.json", NOW)
    assert read(record(sample(), currency="EUR"), "old.json", NOW._replace(currency=None))


def test_a_sample_and_own_data_do_not_stand_beside_each_other():
    own = NOW._replace(sample=False)
    assert fault(record(sample()), own).kind == "sample"
    assert fault(record(sample(), is_sample=False)).kind == "sample"
    assert read(record(sample(), is_sample=False), "old.json", own)


def test_all_that_makes_a_brief_unfit_is_said_at_once():
    with pytest.raises(Refusal) as caught:
        read(record(sample(), DAY, "EUR"), "old.json", NOW._replace(sample=False))
    assert [one.place for one in caught.value.faults] == ["sample", "currency", "as_of"]


def test_the_result_of_another_script_is_refused():
    one = fault({**record(sample()), "script": "cs_scorecard.py"})
    assert (one.kind, one.place, one.expected) == ("not a brief result", "script", SCRIPT)


@pytest.mark.parametrize(("path", "value"), [
    ("result", ()), ("result.figures", ()), ("result.figures.grr_ratio", ()), ("result.figures.grr_ratio", ("0.9",)),
    ("result.figures.csms", (True,)), ("result.figures.next_role", (3,)), ("result.figures.next_role", ("wizard",)),
    ("result.figures.maturity", ("advanced",)), ("result.decisions", ({},)), ("result.decisions.1.topic", ("luck",)),
    ("result.decisions.0.topic", (None,)), ("result.decisions.2.topic", ()), ("as_of", ("2025-02-30",))])
def test_what_no_brief_holds_is_refused_with_its_place(path, value):
    one = fault(changed(record(sample()), path, *value))
    assert (one.kind, one.place) == ("not a brief result", re.sub(r"\.(\d)", r"[\1]", path))
