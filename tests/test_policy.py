"""The user's own thresholds over the defaults: what changes, what is refused, what is printed as an assumption."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SCRIPTS
from cslib import policy
from cslib.refusal import Refusal

FILE = SCRIPTS / "cslib" / "policy.json"
DEFAULTS = json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}".strip("."))
    else:
        yield path, value


LEAVES = dict(leaves(DEFAULTS))
STEPS = sorted({step for key in LEAVES for step in key.split(".")})
NUMBERS = sorted(key for key, value in LEAVES.items() if isinstance(value, (int, Decimal)))
LOWEST = ("tier_floors.smb", "segmentation.touch_floors.tech_touch", "segmentation.score_floors.smb")
AT_A_BOUND = ("hiring.stages.seed.team_low", "hiring.stages.seed.csms", "scorecard.kpis.health_scored_ratio.great")
STEPS_OF = {f"scorecard.kpis.{key}": Decimal("0.25") for key in ("csat.good", "csat.great", "ces.great")}


def nested(key: str, value: object) -> dict:
    for step in reversed(key.split(".")):
        value = {step: value}
    return value


def written(tmp_path, content: object) -> str:
    path = tmp_path / "policy.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, default=float), encoding="utf-8")
    return str(path)


def faults(tmp_path, content: object) -> list:
    with pytest.raises(Refusal) as refusal:
        policy.read(written(tmp_path, content))
    return refusal.value.faults


def test_without_a_file_everything_is_a_default():
    rules = policy.read(None)
    assert rules.settings == DEFAULTS and rules.yours == frozenset()


def test_an_empty_policy_changes_nothing(tmp_path):
    assert policy.read(written(tmp_path, {})) == policy.read(None)


def test_the_default_policy_is_a_policy_that_a_user_may_copy_and_give_back():
    rules = policy.read(str(FILE))
    assert rules.settings == DEFAULTS


@pytest.mark.parametrize("key", [key for key in NUMBERS if key not in (*LOWEST, *AT_A_BOUND)])
def test_one_own_value_changes_that_value_alone(tmp_path, key):
    small = Decimal("0.001") if "ratio" in key else Decimal("0.25") if "coverage.ramp" in key else 1
    value = LEAVES[key] + STEPS_OF.get(key, small)
    rules = policy.read(written(tmp_path, nested(key, value)))
    assert dict(leaves(rules.settings)) == {**LEAVES, key: value} and rules.yours == {key}


@pytest.mark.parametrize("key", NUMBERS)
def test_an_own_value_is_an_assumption_of_yours_and_the_others_are_defaults(tmp_path, key):
    rules = policy.read(written(tmp_path, nested(key, LEAVES[key])))
    origins = {a.key: a.origin for part in DEFAULTS for a in rules.assumptions(part)}
    assert origins.pop(key) == "yours" and set(origins.values()) == {"default"} and set(origins) | {key} == set(LEAVES)


def test_defaults_are_not_changed_by_a_policy_that_was_read(tmp_path):
    policy.read(written(tmp_path, nested("gross_margin_ratio", 0.5)))
    assert policy.read(None).settings == DEFAULTS


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [True, "0.5", [0.5], {"a": 1}, -1])
def test_a_value_of_another_kind_or_below_zero_is_refused_at_its_place(tmp_path, key, value):
    assert [fault.place for fault in faults(tmp_path, nested(key, value))][:1] == [key]


@pytest.mark.parametrize("key", [key for key in NUMBERS if "_ratio" in key])
def test_a_ratio_written_as_a_percentage_is_refused_with_the_ratio_meant(tmp_path, key):
    found = faults(tmp_path, nested(key, 93))
    assert any(fault.place == key and "looks like a percentage: write 0.93" in fault.hint for fault in found)


SHARES = ("gross_margin_ratio", "leak_majority_ratio", "leak_reduction_ratio", "trend.fall_ratio",
          "contraction_ceiling_ratio",
          "preventable.most_unknown_ratio", "retention_bands.growth.grr_ratio.healthy",
          "retention_bands.growth.logo_retention_ratio.healthy", "leaky_bucket.grr_ceiling_ratio")


def accepted(tmp_path, key, value) -> bool:
    try:
        policy.read(written(tmp_path, nested(key, value)))
    except Refusal:
        return False
    return True


def test_a_share_of_a_whole_cannot_exceed_it(tmp_path):
    assert [key for key in SHARES if accepted(tmp_path, key, 7.7)] == []


def test_a_count_in_a_policy_is_a_whole_number_above_zero(tmp_path):
    tried = [(key, value) for key in ("trend.least_cohorts", "trend.age_quarters") for value in (0, 0.5, 2.5)]
    assert [pair for pair in tried if accepted(tmp_path, *pair)] == []


def test_no_value_of_a_policy_is_beyond_what_can_be_printed(tmp_path):
    assert [key for key in ("tier_floors.strategic", "least_customers_for_segment_interval", "trend.least_cohorts")
            if accepted(tmp_path, key, 1e40)] == []


@pytest.mark.parametrize("key", LOWEST)
def test_a_lowest_tier_above_zero_is_refused_because_small_accounts_would_have_none(tmp_path, key):
    assert not accepted(tmp_path, key, 1)


def test_a_service_model_is_one_of_four(tmp_path):
    key = "segmentation.tiers.smb.model"
    assert accepted(tmp_path, key, "pooled") and not accepted(tmp_path, key, "white_glove")


@pytest.mark.parametrize("own, upper, lower", [
    (nested("retention_bands.growth.grr_ratio.healthy", 0.5), "healthy", "concerning"),
    (nested("retention_bands.growth.grr_ratio.concerning", 0.9), "healthy", "concerning"),
    (nested("tier_floors.mid_market", 30000), "enterprise", "mid_market"),
    (nested("tier_floors.strategic", 20000), "strategic", "enterprise"),
    (nested("expansion_floor_ratio", 0.3), "expansion_ceiling_ratio", "expansion_floor_ratio"),
    (nested("size_nrr_targets.smb.low_ratio", 1.06), "high_ratio", "low_ratio"),
    (nested("preventable.leverage_above_ratio", 0.2), "leverage_above_ratio", "structural_below_ratio")])
def test_bounds_that_cross_are_refused_with_both_names(tmp_path, own, upper, lower):
    assert any(upper in fault.expected and lower in fault.expected for fault in faults(tmp_path, own))


@pytest.mark.parametrize("own, place, hint", [
    ({"gross_margn_ratio": 0.5}, "the document", "gross_margin_ratio"), ({"Trend": {}}, "the document", "trend"),
    ({"trend": {"fallratio": 0.1}}, "trend", "fall_ratio"),
    ({"tier_floors": {"midmarket": 1}}, "tier_floors", "mid_market"),
    ({"retention_bands": {"series_b": {}}}, "retention_bands", ""), ({"": 1}, "the document", "")])
def test_an_unknown_key_is_refused_with_the_likely_one(tmp_path, own, place, hint):
    found = faults(tmp_path, own)
    assert found[0].kind == "unknown key" and found[0].place == place and hint in found[0].hint


def test_a_key_outside_its_group_is_refused_with_its_place(tmp_path):
    found = faults(tmp_path, {"loaded_cost": {"enterprise": 1}, "coverage": {"gross_margin_ratio": 0.5}})
    assert {fault.hint for fault in found} == {"gross_margin_ratio is a key: write it within its groups",
                                               "coverage.loaded_cost is a key: write it within its groups"}


@pytest.mark.parametrize("own, place", [
    ({"coverage": {"scenarios": {"low_ratio": 1.2}}}, "coverage.scenarios"),
    ({"coverage": {"headroom": {"ratio": 0.8}}}, "coverage.headroom.ratio"),
    ({"coverage": {"headroom": {"by": "utilisation"}}}, "coverage.headroom.ratio"),
    ({"coverage": {"attrition_ratio": 0.95}}, "coverage.attrition_ratio"),
    ({"coverage": {"hire_step_fte": 0}}, "coverage.hire_step_fte"),
    ({"coverage": {"models": {"tech": {"complexity": 0}}}}, "coverage.models.tech.complexity"),
    ({"coverage": {"pay": {"weights": {"grr": 0, "nrr": 0, "activity": 0}}}}, "coverage.pay.weights"),
    ({"coverage": {"working_year": {"leave_hours": 3000}}}, "coverage.working_year"),
    ({"coverage": {"working_year": {"internal_ratio": 1}}}, "coverage.working_year"),
    ({"hiring": {"stages": {"series_b": {"staff": 15}}}}, "hiring.stages.series_b.staff"),
    ({"hiring": {"stages": {"growth": {"team_low": 60}}}}, "hiring.stages.growth"),
    ({"hiring": {"split": {"hybrid_from": 3}}}, "hiring.split"),
    ({"scorecard": {"kpis": {"nps": {"great": 30}}}}, "scorecard.kpis.nps"),
    ({"scorecard": {"kpis": {"ces": {"great": 3.5}}}}, "scorecard.kpis.ces"),
    ({"scorecard": {"kpis": {"data_age_hours": {"great": 24}}}}, "scorecard.kpis.data_age_hours"),
    ({"scorecard": {"noise_confidence_ratio": 1}}, "scorecard.noise_confidence_ratio"),
    ({"scorecard": {"noise_confidence_ratio": 0.4}}, "scorecard.noise_confidence_ratio"),
    ({"coverage": {"ramp": {"smb": {"half_months": 2}}}}, "coverage.ramp.smb"),
    ({"coverage": {"managers": {"span_low": 9}}}, "coverage.managers"),
    ({"coverage": {"arr_per_csm": {"tech": {"low": 2e7}}}}, "coverage.arr_per_csm.tech")])
def test_what_leaves_nothing_to_plan_with_is_refused_at_its_place(tmp_path, own, place):
    assert [fault.place for fault in faults(tmp_path, own)] == [place]


def test_csms_of_all_tiers_may_cost_the_same_and_a_utilisation_target_replaces_the_buffer(tmp_path):
    one_pay = dict.fromkeys(("strategic", "enterprise", "mid_market", "smb"), 150_000)
    assert accepted(tmp_path, "coverage.loaded_cost", one_pay)
    assert accepted(tmp_path, "coverage.headroom", {"by": "utilisation", "ratio": 0.8})


def test_every_fault_of_a_policy_is_named_at_once(tmp_path):
    found = faults(tmp_path, {"gross_margin_ratio": "x", "trend": [], "nothing": 1, "tier_floors": {"smb": None}})
    assert {fault.place for fault in found} == {"gross_margin_ratio", "trend", "the document", "tier_floors.smb"}


@pytest.mark.parametrize("content, place", [("[]", "the document"), ('"x"', "the document"), ("7", "the document"),
                                            ("null", "the document")])
def test_a_policy_that_is_no_object_is_refused(tmp_path, content, place):
    assert faults(tmp_path, content)[0].place == place


def test_a_refusal_of_a_policy_speaks_of_json_and_not_of_python(tmp_path):
    for content in ("null", "[]", '"x"', '{"trend": null}', '{"trend": [1]}', '{"tier_floors": {"smb": {"a": 1.5}}}'):
        got = faults(tmp_path, content)[0].got
        assert not any(word in got for word in ("NoneType", "dict", "str", "Decimal")), (content, got)


def test_an_unknown_key_of_assumptions_is_an_error_of_the_door():
    with pytest.raises(KeyError):
        policy.read(None).assumptions("no_such_key")


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-5, 200), st.floats(0, 100), st.text(max_size=5)),
                    lambda inner: st.one_of(st.lists(inner, max_size=3),
                                            st.dictionaries(st.sampled_from(STEPS), inner,
                                                            max_size=4)), max_leaves=10))
def test_any_json_is_a_policy_or_is_refused(tmp_path_factory, own):
    path = tmp_path_factory.getbasetemp() / "any-policy.json"
    path.write_text(json.dumps(own))
    try:
        rules = policy.read(str(path))
    except Refusal as refusal:
        assert refusal.faults
    else:
        assert dict(leaves(rules.settings)).keys() == LEAVES.keys()
