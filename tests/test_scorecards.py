"""scorecard.json as records: laws over seeded documents, one list of KPIs, then each refusal that no schema can see."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cards
from cards import document, row
from cslib import checker, kpis, policy, schema, scorecards, tiering
from cslib.kpis_known import COUNTS, KPIS, OVER_TIME, SCALES, top_of, unit_of
from cslib.refusal import Fault, Refusal
from cslib.scorecards import DIMENSIONS, GATES, GIVEN, LADDER, Claim, Kpi, Reading

D = Decimal
SETTINGS = policy.read(None).settings
RULES = schema.load("scorecard")
SEEDS = st.integers(0, 10**9)
MEANS = ("csat", "ces", "time_to_value_days", "health_points", "data_age_hours", *COUNTS)
ABOVE_ALL = ("nrr_ratio", "expansion_ratio")
SHARES = tuple(name for name in cards.NAMES if unit_of(name) == "ratio" and name not in ABOVE_ALL)


def read(content: dict) -> scorecards.Scorecard:
    schema.check(content, "scorecard", "scorecard.json")
    return scorecards.read(content, "scorecard.json")


def faults(content: dict) -> list[Fault]:
    with pytest.raises(Refusal) as caught:
        read(content)
    return caught.value.faults


def fault(content: dict) -> Fault:
    one, = faults(content)
    return one


def kpi(*given_: object, **known: object) -> Kpi:
    """The record of one KPI of a document."""
    one, = read(document(row(*given_, **known))).kpis
    return one


# --- laws


@given(SEEDS)
def test_every_kpi_is_read_in_order_with_its_exact_numbers(seed):
    content = cards.seeded(seed)
    assert [(one.kpi, one.segment, one.now, one.owner, one.scale, one.easy_is, one.period_months)
            for one in read(content).kpis] == [
        (one["kpi"], one.get("segment"), Reading(one["value"], one.get("of"), one.get("sd")), one.get("owner"),
         one.get("scale"), one.get("easy_is"), one.get("period_months")) for one in content["kpis"]]


@given(SEEDS)
def test_there_is_one_claim_for_each_stage_above_reactive_in_order_and_nothing_said_is_unknown(seed):
    content = cards.seeded(seed)
    found = read(content)
    assert [(one.dimension, one.stage) for one in found.claims] == [
        (dimension, stage) for dimension in DIMENSIONS for stage in LADDER[1:]]
    for one in found.claims:
        cell = ((content.get("maturity") or {}).get(one.dimension) or {}).get(one.stage) or {}
        assert (one.met, one.evidence, one.origin) == (cell.get("met"), cell.get("evidence"), GIVEN)
    assert found.assessed == bool(content.get("maturity"))


@given(SEEDS)
def test_absent_and_null_are_one_and_the_order_of_keys_tells_nothing(seed):
    content = cards.seeded(seed)

    def shown(value: object) -> object:
        if isinstance(value, list):
            return [shown(one) for one in value]
        if isinstance(value, dict):
            return {key: shown(one) for key, one in reversed(value.items()) if one is not None or key == "met"}
        return value

    assert read(shown(content)) == read(content)
    missing = dict.fromkeys(RULES["properties"])
    assert read({**missing, **content}) == read(content)


@given(SEEDS)
def test_both_checkers_accept_what_can_be_read(seed):
    content = cards.seeded(seed)
    jsonschema = pytest.importorskip("jsonschema")
    assert checker.by_built_in(content, RULES) == []
    assert schema.by_jsonschema(content, RULES, jsonschema.Draft202012Validator) == []


@given(SEEDS)
def test_a_kpi_that_is_not_measured_changes_nothing(seed):
    content = cards.seeded(seed)
    there = {(one["kpi"], one.get("segment")) for one in content["kpis"]}
    empty = [{"kpi": name, "value": None} for name in cards.NAMES if (name, None) not in there]
    assert read({**content, "kpis": [*empty, *content["kpis"]]}) == read(content)


@given(SEEDS)
def test_every_kpi_given_twice_is_named_with_its_place(seed):
    content = cards.seeded(seed)
    found = faults({**content, "kpis": content["kpis"] * 2})
    count = len(content["kpis"])
    assert [(one.kind, one.place.partition(" ")[0]) for one in found] == [
        ("given twice", f"kpis[{count + place}]") for place in range(count)]


@given(st.sampled_from(SHARES), st.decimals(D("1.01"), 1000, places=2))
def test_a_share_above_one_is_told_what_it_looks_like(name, value):
    found = fault(document(row(name, value)))
    assert found.kind == "out of range" and found.place == f"kpis[0].value ({name})"
    assert found.expected == "a ratio from 0 to 1"
    said = found.hint.rpartition(" ")[2]
    assert D(said) == value / 100 and "percentage" in found.hint
    assert kpi(name, D(said)).now.value == value / 100 if value <= 100 else D(said) > 1


@given(st.sampled_from(tuple(SCALES)), st.sampled_from(("mean_1_to_5", "mean_1_to_7", "mean_1_to_10")),
       st.decimals(-5, 15, places=1))
def test_a_score_is_read_where_it_lies_on_a_scale_of_its_kpi_and_refused_elsewhere(name, scale, value):
    content = document(row(name, value, scale=scale))
    if scale in SCALES[name] and 1 <= value <= top_of(scale):
        assert read(content).kpis[0].scale == scale
    else:
        assert {one.kind for one in faults(content)} <= {"another scale", "out of range"}


@given(st.decimals(0, 1, places=3), st.decimals(0, 2, places=3), st.sampled_from((None, *tiering.FOUR)),
       st.sampled_from((None, *tiering.FOUR)), st.sampled_from((6, 12)), st.sampled_from((6, 12)))
def test_net_below_gross_is_refused_for_the_same_customers_and_period_only(gross, net, segment, other, half, whole):
    content = document(row("grr_ratio", gross, segment=segment, period_months=half),
                       row("nrr_ratio", net, segment=other, period_months=whole))
    if (segment, half) == (other, whole) and net < gross:
        assert fault(content).kind == "net below gross"
    else:
        assert len(read(content).kpis) == 2


# --- one list


def test_the_schema_the_policy_and_the_rooms_know_the_same_kpis():
    names = [name for known in KPIS.values() for name in known]
    assert len(set(names)) == len(names)
    assert RULES["$defs"]["kpi"]["properties"]["kpi"]["enum"] == names
    assert set(SETTINGS["scorecard"]["kpis"]) == set(names) - set(COUNTS)
    assert set(kpis.KNOWN) == set(names)
    assert {name: one.level for name, one in kpis.KNOWN.items()} == {
        name: level for level, known in KPIS.items() for name in known}
    assert {name: one.unit for name, one in kpis.KNOWN.items()} == {name: unit_of(name) for name in names}


def test_every_kpi_says_its_unit_by_its_name():
    for name in cards.NAMES:
        assert name.endswith("_ratio") == (unit_of(name) == "ratio"), name
        assert {"_days": "days", "_hours": "hours", "_points": "points"}.get(
            name[name.rfind("_"):], unit_of(name)) == unit_of(name), name
    assert {name for name in cards.NAMES if unit_of(name) == "count"} == set(COUNTS)


def test_the_words_of_the_schema_are_those_of_the_policy_and_the_rooms():
    keys, parts = RULES["properties"], RULES["$defs"]
    assert keys["stage"]["enum"] == [*policy.STAGES, None]
    assert keys["believed_stage"]["enum"] == [*LADDER, None]
    assert keys["product_type"]["enum"] == [*SETTINGS["scorecard"]["time_to_value_by_product"], None]
    row_keys = parts["kpi"]["properties"]
    assert row_keys["segment"]["enum"] == [*tiering.FOUR, None]
    assert row_keys["segment"]["enum"] == [*SETTINGS["scorecard"]["size_grr_targets"], None]
    assert row_keys["owner"]["enum"] == [*cards.OWNERS, None]
    assert set(kpis.OWNERS.values()) < set(cards.OWNERS)
    assert set(row_keys["scale"]["enum"]) == {None, *(scale for known in SCALES.values() for scale in known)}
    assert tuple(parts["maturity"]["properties"]) == DIMENSIONS
    assert tuple(parts["dimension"]["properties"]) == LADDER[1:]
    assert set(GATES) < set(DIMENSIONS)


# --- examples


def test_a_row_becomes_a_record_with_what_stood_before():
    assert kpi("csat", D("4.2"), of=212, sd=D("0.9"), owner="support",
               previous={"value": 4, "of": 188, "sd": D("1.0"), "as_of": "2025-09-30"}) == Kpi(
        "csat", None, Reading(D("4.2"), 212, D("0.9")), Reading(D(4), 188, D(1)), date(2025, 9, 30), None,
        "mean_1_to_5", None, "support", "given")
    assert kpi("grr_ratio", 1, segment="smb", period_months=3, previous={"value": D("-0.0")}) == Kpi(
        "grr_ratio", "smb", Reading(D(1), None, None), Reading(D(0), None, None), None, 3, None, None, None, "given")


def test_the_whole_document_becomes_a_record():
    found = read({"as_of": "2026-09-30", "currency": "USD", "stage": "growth", "believed_stage": "strategic",
                  "product_type": "crm", "owned_accounts": {"accounts": 10, "with_owner": 8},
                  "headcount": {"csms": D("7.5"), "required": 9},
                  "maturity": {"voice": {"proactive": {"met": True, "evidence": "a survey"}}}})
    assert found[:-2] == (date(2026, 9, 30), "USD", "growth", "strategic", "crm", (), 10, 8, D("7.5"), D(9))
    assert found.claims[24] == Claim("voice", "proactive", True, "a survey", "given") and found.assessed


def test_what_is_not_said_is_unknown_and_never_zero():
    found = read(document(row("nps", 0)))
    assert found[1:5] == (None,) * 4 and found[6:10] == (None,) * 4 and not found.assessed
    assert {(one.met, one.evidence) for one in found.claims} == {(None, None)}
    assert found.kpis[0].now == Reading(D(0), None, None)


def test_met_without_evidence_is_read_as_it_is_said():
    found = read({"as_of": "2026-09-30", "maturity": {"risk": {"proactive": {"met": True}}}}).claims[6]
    assert found == Claim("risk", "proactive", True, None, "given")


def test_a_form_to_fill_in_is_accepted_before_anybody_has_filled_it_in():
    cells = {dimension: {stage: {"met": None, "evidence": None} for stage in LADDER[1:]} for dimension in DIMENSIONS}
    blank = [{"kpi": name, **dict.fromkeys(("value", "of", "sd", "scale", "easy_is", "period_months", "owner",
                                            "previous", "segment"))} for name in cards.NAMES]
    found = read({"as_of": "2026-09-30", "kpis": blank, "maturity": cells})
    assert found.kpis == () and found.assessed and not any(one.met for one in found.claims)


@pytest.mark.parametrize("maturity", [None, {}])
@pytest.mark.parametrize("rows", [None, [], [{"kpi": "nps", "value": None}]])
def test_a_document_that_says_nothing_is_refused(rows, maturity):
    found = fault({"as_of": "2026-09-30", "kpis": rows, "maturity": maturity})
    assert (found.kind, found.place) == ("empty", "the document")


@pytest.mark.parametrize("known", [{"kpis": [row("nps", 3)]}, {"owned_accounts": {"accounts": 0, "with_owner": 0}},
                                   {"headcount": {"csms": 0}}, {"maturity": {"risk": None}}])
def test_any_one_part_is_enough(known):
    assert read({"as_of": "2026-09-30", **known}).as_of == cards.AS_OF


def test_the_ends_of_every_range_are_inside_it():
    for name in cards.NAMES:
        low, high = {"points": (0, 100), "score": (1, 5), "ratio": (0, 1)}.get(unit_of(name), (0, 1_000_000))
        assert kpi(name, low, scale="mean_1_to_5" if unit_of(name) == "score" else None).now.value == low
        assert kpi(name, high, scale="mean_1_to_5" if unit_of(name) == "score" else None).now.value == high
    assert kpi("nps", -100).now.value == -100
    for name in ABOVE_ALL:
        assert kpi(name, 10).now.value == 10


def test_months_are_carried_by_rates_over_time_and_by_nothing_else():
    for name in cards.NAMES:
        without, with_months = (document({**row(name, 1), "period_months": months}) for months in (None, 12))
        bad, good = (without, with_months) if name in OVER_TIME else (with_months, without)
        assert fault(bad).place == f"kpis[0].period_months ({name})"
        assert len(read(good).kpis) == 1


def test_a_spread_stands_beside_a_mean_and_beside_nothing_else():
    for name in cards.NAMES:
        content = document(row(name, 2 if unit_of(name) != "ratio" else 1, sd=D("0.5")))
        if name in MEANS:
            assert read(content).kpis[0].now.sd == D("0.5")
        else:
            assert fault(content).kind == "a spread where there is none"


def test_a_ratio_far_above_any_per_cent_is_not_told_that_it_looks_like_one():
    assert "percentage" in fault(document(row("nrr_ratio", 1_000))).hint
    assert fault(document(row("nrr_ratio", 1_001))).hint == ""


def test_what_stood_before_is_held_to_the_same_range_and_to_an_earlier_day():
    before = {"value": 93, "of": 10, "sd": 1, "as_of": "2026-09-30"}
    assert [(one.kind, one.place) for one in faults(document(row("grr_ratio", D("0.9"), previous=before)))] == [
        ("out of range", "kpis[0].previous.value (grr_ratio)"),
        ("a spread where there is none", "kpis[0].previous.sd (grr_ratio)"),
        ("not before", "kpis[0].previous.as_of (grr_ratio)")]
    day_before = {"value": D("0.93"), "as_of": "2026-09-29"}
    assert kpi("grr_ratio", D("0.9"), previous=day_before).previous_as_of == date(2026, 9, 29)


def test_net_below_gross_before_is_refused_where_both_are_of_one_day():
    rows = [row("grr_ratio", D("0.9"), previous={"value": D("0.9"), "as_of": "2025-09-30"}),
            row("nrr_ratio", D("1.1"), previous={"value": D("0.8"), "as_of": "2025-09-30"})]
    assert fault(document(*rows)) == Fault("net below gross", "kpis[1].previous.value (nrr_ratio)",
                                           "at least 0.9, the grr_ratio of the same customers", "0.8",
                                           "NRR is GRR with expansion added")
    other = copy.deepcopy(rows)
    other[0]["previous"]["as_of"] = "2024-09-30"
    assert len(read(document(*other)).kpis) == 2


def test_the_builders_of_records_make_what_is_read():
    assert cards.card(cards.kpi("ces", "3.1", of=90), cards.kpi("nrr_ratio", "1.05", segment="smb")) == read(document(
        row("ces", D("3.1"), of=90), row("nrr_ratio", D("1.05"), segment="smb"), currency="USD"))
    cells = {"risk": {"proactive": {"met": True, "evidence": cards.EVIDENCE}, "strategic": {"met": True}}}
    assert cards.card(cells=cards.levels(risk="proactive"), unproved=[("risk", "strategic")]) == read(
        {"as_of": "2026-09-30", "currency": "USD", "maturity": cells})
