"""The result of decision A as decision C reads it: what was lost, by tier, and what is refused."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import called
from cslib import leak, source
from cslib.book import Book
from cslib.refusal import Refusal

DOOR = "retention_decomposition_analyzer"


def book(as_of: date = date(2026, 9, 30), currency: str | None = "USD") -> Book:
    return Book(as_of, currency, "growth", "four_tier", (), (), None, None, None, ())


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The full result of the sample, as a user would write it."""
    path = tmp_path_factory.mktemp("leak") / "retention.json"
    assert called(DOOR, "--format", "json", "--output", path).code == 0
    return path


@pytest.fixture
def record(written) -> dict:
    return copy.deepcopy(source.document(str(written)))


def kinds(record: object, of: Book, sample_ok: bool = True) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        leak.read(record, "retention.json", of, sample_ok)
    return [fault.kind for fault in refusal.value.faults]


def test_what_was_lost_is_churn_and_contraction_overall_and_in_every_size_tier(record, written):
    found = leak.read(record, "retention.json", book(), sample_ok=True)
    result = json.loads(written.read_text(encoding="utf-8"))["result"]
    rows = [(row["name"], D(str(row["churned_arr"])) + D(str(row["contraction_arr"])))
            for row in result["size_segments"]]
    overall = result["overall"]
    assert len(rows) == 4
    assert (found.as_of, found.currency) == (date(2026, 9, 30), "USD")
    assert found.by_tier == dict(rows)
    assert found.lost_arr == sum(found.by_tier.values())
    assert found.lost_arr == D(str(overall["churned_arr"])) + D(str(overall["contraction_arr"]))
    assert round(1 - found.lost_arr / D(str(overall["starting_arr"])), 6) == D(str(overall["grr_ratio"]))
    assert found.closing_leaks_arr == D(str(result["worth"]["closing_leaks_arr"]))
    assert found.point_of_grr == D(str(result["worth"]["point_of_grr_after_one_year"]))


def test_amounts_are_exact_decimals_whichever_way_the_json_was_parsed(record, written):
    by_float = leak.read(json.loads(written.read_text(encoding="utf-8")), "retention.json", book(), sample_ok=True)
    assert by_float == leak.read(record, "retention.json", book(), sample_ok=True)
    assert all(isinstance(amount, D) for amount in (by_float.lost_arr, *by_float.by_tier.values()))


def test_a_short_list_of_tiers_leaves_the_others_unknown(record):
    record["result"]["size_segments"] = record["result"]["size_segments"][:1]
    found = leak.read(record, "retention.json", book(), sample_ok=True)
    assert list(found.by_tier) == ["strategic"]
    assert found.lost_arr > found.by_tier["strategic"]


def test_a_result_from_totals_has_no_tiers(tmp_path):
    path = tmp_path / "totals.json"
    rows = [{"name": "all", "starting_arr": 1000, "churned_arr": 90, "contraction_arr": 10, "expansion_arr": 50,
             "starting_customers": 10, "churned_customers": 1}]
    path.write_text(json.dumps({"as_of": "2026-09-30", "period_months": 12, "cohorts": rows}), encoding="utf-8")
    record = json.loads(called(DOOR, path, "--format", "json").out, parse_float=D)
    found = leak.read(record, "retention.json", book(), sample_ok=False)
    assert (found.lost_arr, found.by_tier, found.currency) == (100, {}, None)


def test_a_sample_is_refused_beside_a_companys_own_book(record):
    assert kinds(record, book(), sample_ok=False) == ["sample"]
    record["sample"] = False
    assert leak.read(record, "retention.json", book(), sample_ok=False).lost_arr > 0


def test_another_currency_is_refused_where_both_are_known(record):
    assert kinds(record, book(currency="EUR")) == ["not comparable"]
    assert leak.read(record, "retention.json", book(currency=None), sample_ok=True).currency == "USD"
    record["currency"] = None
    assert leak.read(record, "retention.json", book(currency="EUR"), sample_ok=True).currency is None


@pytest.mark.parametrize(("as_of", "comparable"), [
    (date(2026, 12, 31), True), (date(2027, 1, 1), False), (date(2026, 6, 30), True), (date(2026, 6, 29), False)])
def test_the_two_days_may_be_a_quarter_apart_either_way(record, as_of, comparable):
    if comparable:
        assert leak.read(record, "retention.json", book(as_of), sample_ok=True).as_of == date(2026, 9, 30)
    else:
        assert kinds(record, book(as_of)) == ["not comparable"]


def test_a_quarters_result_is_refused(record):
    record["result"]["period_months"] = 3
    assert kinds(record, book()) == ["not comparable"]


def test_every_reason_not_to_compare_is_named_at_once(record):
    record["result"]["period_months"] = 1
    of = book(date(2020, 1, 1), "EUR")
    assert kinds(record, of, sample_ok=False) == ["sample"] + ["not comparable"] * 3


def test_tiers_that_lost_more_than_the_whole_book_are_a_contradiction(record):
    record["result"]["size_segments"][0]["churned_arr"] += 1
    assert kinds(record, book()) == ["contradiction"]
    record["result"]["size_segments"][0]["churned_arr"] -= 1
    record["result"]["size_segments"].append(record["result"]["size_segments"][1])
    assert kinds(record, book()) == ["contradiction"]


TEXT, OBJECT = (True, 1, [], {}), (True, 1, "x", [], {})
AMOUNT = (True, "1", [], {}, None, -1, D("-0.01"), D("1e30"))
PLACES = [
    (("script",), (*TEXT, None, "x")), (("as_of",), (*TEXT, None)), (("currency",), TEXT), (("result",), OBJECT),
    (("sample",), (0, "no", None, [])), (("result", "period_months"), (True, "12", None, [], 12.0)),
    (("result", "overall"), OBJECT), (("result", "overall", "churned_arr"), AMOUNT),
    (("result", "overall", "contraction_arr"), AMOUNT), (("result", "size_segments"), (True, 1, "x", {}, None)),
    (("result", "worth"), OBJECT), (("result", "worth", "closing_leaks_arr"), AMOUNT),
    (("result", "worth", "point_of_grr_after_one_year"), AMOUNT)]


@pytest.mark.parametrize(("path", "wrong"), PLACES, ids=[".".join(path) for path, _ in PLACES])
def test_a_key_that_is_missing_or_of_another_kind_is_no_retention_result(record, path, wrong):
    *steps, last = path
    place = record
    for step in steps:
        place = place[step]
    for value in wrong:
        place[last] = value
        assert kinds(record, book()) == ["not a retention result"], value
    del place[last]
    assert kinds(record, book()) == ["not a retention result"]


@pytest.mark.parametrize("row", ["strategic", None, {}, {"name": 1, "churned_arr": 1, "contraction_arr": 1},
                                 {"name": "smb", "churned_arr": True, "contraction_arr": 1},
                                 {"name": "smb", "churned_arr": -1, "contraction_arr": 1}])
def test_a_row_of_a_tier_that_is_none_is_refused(record, row):
    record["result"]["size_segments"][0] = row
    assert kinds(record, book()) == ["not a retention result"]


@pytest.mark.parametrize("day", ["20260930", "2026-W40-3", "2026-02-30", "30.09.2026", ""])
def test_a_day_is_read_alike_by_every_python(record, day):
    record["as_of"] = day
    assert kinds(record, book()) == ["not a retention result"]


def test_the_result_of_another_script_is_refused_with_the_way_to_the_right_one():
    other = json.loads(called("customer_segmentation_designer", "--format", "json").out)
    with pytest.raises(Refusal) as refusal:
        leak.read(other, "segments.json", book(), sample_ok=True)
    fault, = refusal.value.faults
    assert (fault.place, fault.expected) == ("script", "retention_decomposition_analyzer.py")
    assert "--format json" in fault.hint


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["script", "as_of", "result", "overall", "sample"]), inner, max_size=4))


@given(JSON)
def test_whatever_is_no_result_is_refused_and_never_breaks(value):
    assert kinds(value, book()) == ["not a retention result"]
