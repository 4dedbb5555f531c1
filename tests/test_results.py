"""Another door's result as an input: what is read of it is exact and has its place, and what is wrong is refused."""

from __future__ import annotations

import copy
import functools
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import DOORS, called
from cslib import results
from cslib.refusal import Fault, Refusal
from cslib.results import NOUNS, Beside, Result, opened, unfit

READ = [f"{door}.py" for door in DOORS if f"{door}.py" in NOUNS]
LARGEST = 10**15
DAMAGES, WRONG = 60, (True, False, None, 0, 1, -1, 12.5, D("-0.01"), D("1e30"), D("1E+999999"), D("1E-999999"),
                      float("nan"), float("inf"), D("NaN"), "", "x", "1", "2026-02-30", "2026-W40-3", [], {}, [[]],
                      [{}], [None], {"": None})

any_script = pytest.mark.parametrize("script", READ)


@functools.cache
def text(script: str) -> str:
    ran = called(script.removesuffix(".py"), "--format", "json")
    assert ran.code == 0, ran.err
    return ran.out


def parsed(script: str) -> Any:
    return json.loads(text(script), parse_float=D)


def part(value: Any, within: str = "") -> Result:
    return Result(value, "file.json", within, "how", "retention")


def fault(read: Callable, *given: Any) -> Fault:
    with pytest.raises(Refusal) as refusal:
        read(*given)
    assert refusal.value.source == "file.json"
    only, = refusal.value.faults
    return only


# What is read


@any_script
def test_every_value_of_a_real_result_is_read_exactly_as_it_stands(script):
    seen = 0
    for result, keys, value in places(opened(parsed(script), "file.json", script)):
        assert result.value(type(value), *keys) is value
        if isinstance(value, (int, D)) and not isinstance(value, bool):
            assert result.number(*keys) == D(str(value))
            seen += 1
        elif value is None:
            assert result.number(*keys) is None
    assert seen > 50


@any_script
def test_a_float_is_read_as_the_decimal_that_was_written(script):
    exact = places(opened(parsed(script), "file.json", script))
    floats = places(opened(json.loads(text(script)), "file.json", script))
    pairs = [(one.number(*keys), other.number(*keys)) for (one, keys, value), (other, *_) in zip(exact, floats)
             if isinstance(value, D)]
    assert len(pairs) > 50 and all(one == other for one, other in pairs)


@any_script
def test_the_envelope_of_every_result_says_its_day_currency_and_that_it_is_a_sample(script):
    result = opened(parsed(script), "file.json", script)
    assert (result.as_of, result.currency, result.sample) == (date(2026, 9, 30), "USD", True)
    assert not list(unfit(result, Beside("book", date(2026, 9, 30), "USD", True)))


def test_every_door_that_another_reads_has_a_noun():
    assert {f"{door}.py" for door in DOORS if door != "strategy_brief"} <= set(NOUNS)


def test_rows_know_their_place_also_within_rows():
    inner = part({"a": {"rows": [{"more": [1, {"b": "x"}]}]}}).rows("a", "rows")[0].rows("more")
    assert [row.within for row in inner] == ["a.rows[0].more[0].", "a.rows[0].more[1]."]
    assert inner[0].amount() == 1 and inner[1].value(str, "b") == "x"
    assert fault(inner[1].amount, "b").place == "a.rows[0].more[1].b"
    assert fault(inner[0].amount, "b").place == "a.rows[0].more[0].b"
    assert fault(inner[1].amount).place == "a.rows[0].more[1]"


@given(st.decimals(-LARGEST, LARGEST, places=6) | st.integers(-LARGEST, LARGEST))
def test_a_number_keeps_its_sign_and_an_amount_has_none(value):
    assert part({"a": value}).number("a") == value
    if value >= 0:
        assert part({"a": value}).amount("a") == value
    else:
        assert fault(part({"a": value}).amount, "a").got == str(value)


def test_null_is_no_number_known_and_no_amount():
    assert part({"a": None}).number("a") is None
    assert fault(part({"a": None}).amount, "a") == (
        "not a retention result", "a", "a value of another type", "NoneType", "how")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), D("-Infinity"), D("NaN"), D(LARGEST) + D("0.01"),
                                   -LARGEST - 1, D("1E+999999"), True, False, "1", [], {}])
def test_what_is_no_number_of_an_ordinary_size_is_refused(value):
    for read in (part({"a": value}).number, part({"a": value}).amount):
        assert fault(read, "a").kind == "not a retention result"


def test_a_boolean_is_read_only_where_one_is_asked_for():
    assert part({"a": True}).value(bool, "a") is True
    assert part({"a": True}).value((bool, type(None)), "a") is True
    assert fault(part({"a": True}).value, int, "a").got == "bool"
    assert fault(part({"a": True}).value, (str, int), "a").got == "bool"


@pytest.mark.parametrize("keys", [("b",), ("a", "b"), ("a", "0"), ("a", "c", "d")])
def test_a_path_that_leads_nowhere_is_named_in_full(keys):
    found = fault(part({"a": [1]}, "rows[3].").value, int, *keys)
    assert (found.place, found.expected, found.got) == ("rows[3]." + ".".join(keys), "a key of that result", "none")


# What is refused


@any_script
def test_a_result_is_opened_only_as_that_of_its_script(script):
    for other in NOUNS:
        if other != script:
            with pytest.raises(Refusal) as refusal:
                opened(parsed(script), "file.json", other)
            only, = refusal.value.faults
            assert only == (f"not a {NOUNS[other]} result", "script", other, script,
                            f"write it with {other} FILE --format json --output FILE")


@any_script
def test_a_damaged_result_is_read_or_refused_and_never_breaks(script):
    draw, whole = random.Random(script), parsed(script)
    paths = [(result.within, keys, type(value)) for result, keys, value in
             places(opened(whole, "file.json", script))]
    refusals = 0
    for _ in range(DAMAGES):
        record = copy.deepcopy(whole)
        for _ in range(draw.choice((1, 2, 5))):
            damage(record, draw)
        refusals += refused_cleanly(opened, record, "file.json", script)
        refusals += refused_cleanly(compared, part(record))
        for within, keys, kind in draw.sample(paths, min(len(paths), 100)):
            refusals += refused_cleanly(again, part(record), within, keys, kind)
    assert refusals > DAMAGES / 4


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.decimals(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["script", "as_of", "currency", "sample", "a"]), inner, max_size=5)))
def test_whatever_stands_in_a_file_is_read_or_refused(value):
    result = part(value)
    refused_cleanly(opened, value, "file.json", READ[0])
    refused_cleanly(compared, result)
    for keys in ((), ("a",), ("a", "a")):
        for read in (result.amount, result.number, result.rows, result.day):
            refused_cleanly(read, *keys)


# What makes it unfit


@pytest.mark.parametrize(("result_is", "input_is", "fit"), [
    (True, False, False), (True, True, True), (False, True, True), (False, False, True)])
def test_only_a_sample_beside_a_companys_own_input_is_unfit(result_is, input_is, fit):
    result = part({"sample": result_is, "currency": None, "as_of": "2026-09-30"})
    kinds = [one.kind for one in unfit(result, Beside("org", date(2026, 9, 30), None, input_is))]
    assert kinds == ([] if fit else ["sample"])


@given(st.integers(-400, 400), st.integers(0, 400))
def test_the_days_may_be_so_far_apart_either_way(apart, most):
    day = date(2026, 9, 30)
    result = part({"sample": False, "currency": "USD", "as_of": str(day + timedelta(apart))})
    beside = Beside("scorecard", day, "USD", False)
    faults = list(unfit(result, beside, most))
    assert bool(faults) == (abs(apart) > most)
    assert all("of the scorecard's, 2026-09-30" in one.expected for one in faults)
    assert bool(list(unfit(result, beside))) == (abs(apart) > results.MOST_DAYS_APART)


@pytest.mark.parametrize(("own", "other", "fit"), [
    ("USD", "USD", True), ("USD", "EUR", False), (None, "EUR", True), ("USD", None, True), (None, None, True)])
def test_two_currencies_differ_only_where_both_are_known(own, other, fit):
    result = part({"sample": False, "currency": other, "as_of": "2026-09-30"})
    faults = list(unfit(result, Beside("organisation", date(2026, 9, 30), own, False)))
    assert faults == ([] if fit else [Fault("not comparable", "currency", "USD as in the organisation", "EUR")])


def places(result: Result) -> Iterator[tuple[Result, tuple[str, ...], Any]]:
    """Every value of a result: the part and the keys by which it is read, and the value."""
    yield from _below(result, (), result.record)


def _below(result: Result, keys: tuple[str, ...], value: Any) -> Iterator[tuple[Result, tuple[str, ...], Any]]:
    yield result, keys, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _below(result, (*keys, key), inner)
    elif isinstance(value, list):
        for row in result.rows(*keys):
            yield from _below(row, (), row.record)


def again(result: Result, within: str, keys: tuple[str, ...], kind: type) -> None:
    """The same place read in another record, in each way that its type may be read."""
    for step in within.split("]."):
        if step:
            path, _, number = step.rpartition("[")
            rows = result.rows(*path.split("."))
            if int(number) >= len(rows):
                return
            result = rows[int(number)]
    ways = {list: [result.rows], str: [result.day, lambda *path: result.value(str, *path)],
            bool: [lambda *path: result.value(bool, *path)], dict: [lambda *path: result.value(dict, *path)]}
    for read in ways.get(kind, [result.number, result.amount]):
        read(*keys)


def compared(result: Result) -> list[Fault]:
    return list(unfit(result, Beside("organisation", date(2026, 9, 30), "EUR", False)))


def refused_cleanly(read: Callable, *given: Any) -> bool:
    """Whether a reading was refused; anything else that it raises fails the test."""
    try:
        read(*given)
    except Refusal as refusal:
        assert len(refusal.faults) == 1 and refusal.faults[0].expected
        return True
    return False


def damage(value: Any, draw: random.Random) -> None:
    """Something of a document lost, or another in its place."""
    while True:
        key = draw.choice(list(value) if isinstance(value, dict) else range(len(value)))
        inner = value[key]
        if isinstance(inner, (dict, list)) and inner and draw.random() < 0.8:
            value = inner
            continue
        if draw.random() < 0.3:
            del value[key]
        else:
            value[key] = draw.choice(WRONG)
        return
