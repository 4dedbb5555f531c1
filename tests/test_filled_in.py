"""What results of the other doors show of a scorecard: their real JSON, whole, and damaged in the ways that occur."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal as D
from typing import Any, Optional

import pytest

from cards import EVIDENCE, card, kpi, levels
from conftest import SAMPLES, called
from cslib import kpis, policy
from cslib.filled_in import Filled, filled
from cslib.maturity import matured
from cslib.refusal import Refusal
from cslib.scorecards import Scorecard
from cslib.shown import File

DOORS = {"retention": "retention_decomposition_analyzer", "coverage": "cs_coverage_calculator",
         "segmentation": "customer_segmentation_designer"}
INPUTS = {"retention": "cohorts.json", "coverage": "book.json", "segmentation": "customers.json"}
COHORTS = json.loads((SAMPLES / "cohorts.json").read_text(encoding="utf-8"))
SETTINGS = policy.read(None).settings
OUTCOMES = kpis.OUTCOMES


@functools.cache
def answered(name: str, *flags: str, stdin: str = "") -> str:
    run = called(DOORS[name], (stdin and "-") or SAMPLES / INPUTS[name], "--format", "json", *flags, stdin=stdin)
    assert run.code == 0, run.err
    return run.out


def result(name: str, *flags: str, document: Optional[dict] = None) -> dict:
    """What a door says of the sample files, given as a company's own, or of another document."""
    text = answered(name, *(flags or ("--all",)), stdin="" if document is None else json.dumps(document))
    return json.loads(text, parse_float=D)


def fill(team: Scorecard, sample_ok: bool = False, **results: Mapping) -> Filled:
    return filled(team, sample_ok, **{name: File(record, f"{name}.json") for name, record in results.items()})


def met(found: Filled) -> set[tuple[str, str]]:
    return {(cell.dimension, cell.stage) for cell in matured(found.card, found.refuted).cells if cell.met}


def undated(document: dict) -> dict:
    """The accounts that were there at the start, without what ties them to a day."""
    rows = [{**row, "cohort_start": None} for row in document["accounts"] if row["starting_arr"]]
    return {**document, "flows": None, "history": None, "accounts": rows}


def earlier(document: dict) -> dict:
    """A period before, of the same accounts."""
    return {**undated(document), "as_of": "2025-09-30",
            "accounts": [{**row, "ending_arr": row["starting_arr"], "churn_reason": None, "due_arr": None,
                          "renewed_arr": None} for row in undated(document)["accounts"]]}


BY_HOURS = (("segmentation", "proactive"), ("capacity", "proactive"), ("capacity", "strategic"))


def own(record: dict, key: str) -> dict:
    """The result with the first policy value under a key as the company's own."""
    place = next(n for n, row in enumerate(record["assumptions"]) if row["key"].startswith(key))
    return changed(record, "yours", "assumptions", place, "origin")


def faults(**results: Mapping) -> list:
    with pytest.raises(Refusal) as refused:
        fill(card(), **results)
    return refused.value.faults


# Nothing beside


def test_without_results_the_scorecard_is_as_it_was_given():
    team = card(kpi("grr_ratio", "0.9"), stage="growth", csms=3, required=4, cells=levels(risk="proactive"))
    assert fill(team) == (team, "given", "given", frozenset(), (), (), ())
    assert fill(card()).stage_origin is None


# Retention


@pytest.mark.parametrize("key", ["net_retention", "nobody_lost"])
def test_a_result_that_doubts_its_input_shows_no_cell_and_is_named(key, tmp_path):
    path = tmp_path / "before.json"
    path.write_text(json.dumps(earlier(COHORTS)))
    record = result("retention", "--all", "--reported-arr", "12.01M", "--previous", str(path))
    assert met(fill(card(), retention=record)) == {("measurement", "proactive"), ("measurement", "strategic")}
    found = fill(card(), retention=changed(record, key, "result", "implausible"))
    overall = record["result"]["overall"]
    assert [doubt[:] for doubt in found.doubts] == [
        ("retention", key, "result.implausible", overall["nrr_ratio"], overall["starting_customers"])]
    assert met(found) == set() and len(found.card.kpis) == 15


def test_a_doubted_result_still_refutes_that_it_reconciles_with_finance():
    record = changed(result("retention", "--all", "--reported-nrr", "1.37"), "net_retention", "result", "implausible")
    assert fill(card(), retention=record).refuted == {("measurement", "proactive")}


def test_the_rate_of_a_doubt_is_of_a_year():
    record = result("retention", "--all", document={**undated(COHORTS), "period_months": 6})
    found = fill(card(), retention=changed(record, "net_retention", "result", "implausible"))
    assert found.doubts[0].nrr_ratio == record["result"]["overall"]["annualised"]["nrr_ratio"]


def test_a_retention_result_fills_in_three_outcomes_of_the_company_and_of_every_size():
    shown = result("retention")
    found = fill(card(), retention=shown)
    rows = {(one.kpi, one.segment): one for one in found.card.kpis}
    assert set(rows) == {(name, segment) for name in OUTCOMES
                         for segment in (None, "strategic", "enterprise", "mid_market", "smb")}
    sizes = {None: shown["result"]["overall"], **{row["name"]: row for row in shown["result"]["size_segments"]}}
    for (name, segment), one in rows.items():
        assert (one.now.value, one.now.of) == (sizes[segment][name], sizes[segment]["starting_customers"])
        assert (one.origin, one.owner, one.period_months, one.previous) == ("retention", None, 12, None)
    assert found.differences == () and met(found) == set()


def test_what_is_filled_in_is_judged_as_decision_a_judges_it():
    shown = result("retention")
    found = fill(card(), retention=shown)
    assert (found.card.stage, found.stage_origin) == ("growth", "retention")
    words = shown["result"]["overall"]["verdicts"]
    for row in kpis.rows(found.card, SETTINGS):
        if row.segment is None:
            word = words[row.kpi.removesuffix("_ratio").removesuffix("_retention")]
            assert (row.standing != "below") is (word == "healthy"), row


def test_a_rate_of_another_period_keeps_its_period():
    document = {**undated(COHORTS), "period_months": 6}
    found = fill(card(), retention=result("retention", "--all", document=document))
    assert {one.period_months for one in found.card.kpis} == {6}
    annual = result("retention", "--all", document=document)["result"]["overall"]["annualised"]
    row = next(row for row in kpis.rows(found.card, SETTINGS) if (row.kpi, row.segment) == ("grr_ratio", None))
    assert abs(row.annual_value - annual["grr_ratio"]) < D("0.00001")


@pytest.mark.parametrize("given, apart", [("0.870017", False), ("0.87", False), ("0.9", True), ("0.871", True),
                                          ("0.8700170001", False), ("0.8700", False), ("0.870018", True)])
def test_a_given_value_stands_and_is_named_where_it_differs_in_the_digits_given(given, apart):
    found = fill(card(kpi("grr_ratio", given)), retention=result("retention"))
    row = next(one for one in found.card.kpis if (one.kpi, one.segment) == ("grr_ratio", None))
    assert (row.now.value, row.origin) == (D(given), "given")
    assert [one[:5] for one in found.differences] == (
        [("kpi", "grr_ratio", None, D(given), D("0.870017"))] if apart else [])


def test_a_given_value_of_another_period_is_not_compared():
    found = fill(card(kpi("grr_ratio", "0.99", period_months=1)), retention=result("retention"))
    assert found.differences == ()
    assert [one.now.value for one in found.card.kpis if (one.kpi, one.segment) == ("grr_ratio", None)] == [D("0.99")]


@pytest.mark.parametrize("stage", ["seed", "growth"])
def test_a_given_stage_stands_and_is_named_where_the_result_has_another(stage):
    found = fill(card(stage=stage), retention=result("retention"))
    assert (found.card.stage, found.stage_origin) == (stage, "given")
    assert [one[:5] for one in found.differences] == (
        [] if stage == "growth" else [("stage", "stage", None, "seed", "growth")])


def test_a_figure_of_finance_that_agrees_shows_that_retention_is_measured():
    found = fill(card(), retention=result("retention", "--all", "--reported-arr", "12.01M"))
    assert met(found) == {("measurement", "proactive")} and not found.refuted


@pytest.mark.parametrize("flags", [("--reported-nrr", "1.37"), ("--reported-arr", "12.01M", "--reported-nrr", "1.37")])
def test_a_reported_figure_that_nothing_explains_refutes_the_claim_that_retention_is_measured(flags):
    team = card(cells=levels(measurement="strategic", risk="proactive", segmentation="proactive"))
    found = fill(team, retention=result("retention", "--all", *flags))
    assert found.refuted == {("measurement", "proactive")}
    assert [one[:5] for one in found.differences] == [("cell", "measurement.proactive", None, True, False)]
    after = matured(found.card, found.refuted)
    assert (matured(team).overall, after.overall) == ("proactive", "reactive")
    assert after.contradicted == (("measurement", "proactive"),)


def test_a_gap_that_another_way_of_counting_explains_neither_shows_nor_refutes():
    record = result("retention")
    overall = record["result"]["overall"]
    survivors = overall["nrr_ratio"] * overall["starting_arr"] / (overall["starting_arr"] - overall["churned_arr"])
    tied = result("retention", "--all", "--reported-nrr", str(round(survivors, 4)))
    assert any(way["explains"] for way in tied["result"]["tie_out"][0]["candidates"])
    found = fill(card(cells=levels(measurement="proactive")), retention=tied)
    assert (found.refuted, found.differences, met(found)) == (frozenset(), (), {("measurement", "proactive")})
    assert met(fill(card(), retention=tied)) == set()


def test_segments_intervals_and_the_split_of_a_change_show_strategic_measurement(tmp_path):
    path = tmp_path / "before.json"
    path.write_text(json.dumps(earlier(COHORTS)))
    found = fill(card(), retention=result("retention", "--all", "--previous", str(path)))
    assert met(found) == {("measurement", "strategic")}
    assert matured(found.card).levels[0].stage == "reactive"
    record = result("retention", "--all", "--previous", str(path))
    for place, value in ((("overall", "grr_interval", "method"), "wilson_lower_bound"), (("mix_shift",), None)):
        assert met(fill(card(), retention=changed(record, value, "result", *place))) == set()
    alone = changed(changed(record, [], "result", "segments"), record["result"]["size_segments"][:1], "result",
                    "size_segments")
    assert met(fill(card(), retention=alone)) == set()


# Coverage


def test_a_coverage_result_fills_in_headcount_and_shows_a_plan_by_hours():
    shown = result("coverage")
    found = fill(card(), coverage=shown)
    assert (found.card.csms, found.card.required) == (shown["result"]["csms"], shown["result"]["required"])
    assert found.headcount_origin == "coverage" and found.card.stage == "growth"
    assert (met(found), found.on_defaults) == (set(), BY_HOURS)
    assert found.refuted == {("capacity", "transformational")}


def test_hours_of_the_companys_own_show_its_plan(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text('{"coverage": {"models": {"named_light": {"motions": {"check_in": {"hours": 2}}}}}}')
    found = fill(card(), coverage=result("coverage", "--all", "--policy", str(path)))
    assert (met(found), found.on_defaults) == (set(BY_HOURS), ())
    measured = changed(result("coverage"), True, "result", "tiers", 0, "service", "measured")
    assert met(fill(card(), coverage=measured)) == set(BY_HOURS)


def test_a_value_of_yours_elsewhere_does_not_make_hours_the_companys_own():
    assert met(fill(card(), coverage=own(result("coverage"), "coverage.attrition_ratio"))) == set()


@pytest.mark.parametrize("csms, required, apart", [
    ("7.5", None, []), ("9", None, ["csms"]), (None, "6.89", []), ("9", "20", ["csms", "required"]),
    ("7.504", "6.8912", [])])
def test_given_people_stand_and_are_named_where_the_plan_has_others(csms, required, apart):
    found = fill(card(csms=csms, required=required), coverage=result("coverage"))
    assert found.card.csms == D(csms or "7.5") and found.card.required == D(required or "6.89")
    assert found.headcount_origin == ("given" if csms and required else "coverage")
    assert [one.key for one in found.differences] == apart


def test_without_the_csms_of_every_tier_a_plan_shows_tiers_and_no_capacity():
    book = json.loads((SAMPLES / "book.json").read_text(encoding="utf-8"))
    for tier in book["tiers"].values():
        tier.pop("csms", None)
    found = fill(card(), coverage=result("coverage", "--all", document={**book, "people": None}))
    assert (found.card.csms, found.on_defaults) == (None, (("segmentation", "proactive"),))


def test_hours_that_were_measured_refute_nothing():
    record = result("coverage")
    for row in record["result"]["tiers"]:
        row["service"]["measured"] = row["tier"] == "smb"
    assert fill(card(), coverage=record).refuted == frozenset()


def test_a_claim_of_measured_hours_does_not_count_beside_a_plan_that_uses_none():
    team = card(cells={"capacity": ("proactive", "strategic", "transformational")})
    found = fill(team, coverage=result("coverage"))
    levels_ = {level.dimension: level.stage for level in matured(found.card, found.refuted).levels}
    assert levels_["capacity"] == "strategic"
    assert [one[:5] for one in found.differences] == [("cell", "capacity.transformational", None, True, False)]


@pytest.mark.parametrize("key, value", [("coverage.sizing", "arr"), ("coverage.sizing", "accounts"),
                                        ("coverage.attrition_ratio", D(0))])
def test_a_plan_that_is_not_by_hours_or_expects_nobody_to_leave_is_a_ratio(key, value):
    record = own(result("coverage"), "coverage.models.")
    next(row for row in record["assumptions"] if row["key"] == key)["value"] = value
    assert met(fill(card(), coverage=record)) == {("capacity", "proactive"), ("segmentation", "proactive")}


def test_one_tier_with_customers_is_no_segmentation():
    record = own(result("coverage"), "coverage.models.")
    for row in record["result"]["tiers"][1:]:
        row["customers"] = 0
    assert ("segmentation", "proactive") not in met(fill(card(), coverage=record))


# Segmentation


def test_a_segmentation_with_costs_and_previous_tiers_shows_two_stages():
    found = fill(card(), segmentation=result("segmentation"))
    assert met(found) == {("segmentation", "proactive"), ("segmentation", "strategic")}
    assert (found.card.kpis, found.card.csms, found.refuted) == ((), None, frozenset())


@pytest.mark.parametrize("place, value", [(("migration",), None), (("budget", "costed_arr"), D("6007026.00")),
                                          (("budget", "costed_arr"), 0)])
def test_without_previous_tiers_or_the_cost_of_most_of_arr_it_shows_one(place, value):
    record = changed(own(result("segmentation"), "tier_floors."), value, "result", *place)
    assert met(fill(card(), segmentation=record)) == {("segmentation", "proactive")}


def test_three_touch_levels_are_tiers_too():
    record = result("segmentation", "--all", "--preset", "three_touch")
    assert fill(card(), segmentation=record).on_defaults == (("segmentation", "proactive"),)
    assert met(fill(card(), segmentation=own(record, "segmentation.touch_floors."))) == {("segmentation", "proactive")}


def test_tiers_by_the_tools_own_rule_without_earlier_ones_are_nobodys_segmentation(tmp_path):
    record = changed(result("segmentation"), None, "result", "migration")
    found = fill(card(), segmentation=record)
    assert (met(found), found.on_defaults) == (set(), (("segmentation", "proactive"),))
    path = tmp_path / "policy.json"
    path.write_text('{"tier_floors": {"strategic": 120000}}')
    ours = changed(result("segmentation", "--all", "--policy", str(path)), None, "result", "migration")
    assert met(fill(card(), segmentation=ours)) == {("segmentation", "proactive")}


@pytest.mark.parametrize("said, evidence, left", [(None, None, True), (True, None, True), (False, None, True),
                                                  (True, EVIDENCE, False)])
def test_what_rests_on_defaults_is_named_unless_evidence_shows_it(said, evidence, left):
    team = claims_of(card(cells={}), met=said, evidence=evidence)
    found = fill(team, coverage=result("coverage"))
    assert (("segmentation", "proactive") in found.on_defaults) is left
    assert found.differences == ()
    both = fill(card(), coverage=result("coverage"), segmentation=result("segmentation"))
    assert ("segmentation", "proactive") in met(both) and ("segmentation", "proactive") not in both.on_defaults


# Claims beside results


def claims_of(team: Scorecard, **known: object) -> Scorecard:
    return team._replace(claims=tuple(claim._replace(**known) if claim[:2] == ("segmentation", "proactive") else claim
                                      for claim in team.claims))


@pytest.mark.parametrize("said, evidence, counts, origin, differs", [
    (None, None, True, "segmentation", False), (True, None, True, "segmentation", False),
    (True, EVIDENCE, True, "given", False), (False, None, False, "given", True),
    (False, EVIDENCE, False, "given", True)])
def test_a_result_stands_in_for_missing_evidence_and_never_for_a_no(said, evidence, counts, origin, differs):
    team = claims_of(card(cells={}), met=said, evidence=evidence)
    found = fill(team, segmentation=result("segmentation"))
    claim = next(one for one in found.card.claims if one[:2] == ("segmentation", "proactive"))
    assert (("segmentation", "proactive") in met(found), claim.origin) == (counts, origin)
    assert [one[:5] for one in found.differences] == (
        [("cell", "segmentation.proactive", None, False, True)] if differs else [])


def test_results_never_lower_a_stage_but_where_they_refute_a_claim():
    team = card(cells=levels(measurement="proactive", capacity="proactive", segmentation="strategic"))
    found = fill(team, retention=result("retention"), coverage=result("coverage"), segmentation=result("segmentation"))
    before, after = matured(team), matured(found.card, found.refuted)
    assert all(new.number >= old.number for old, new in zip(before.levels, after.levels))
    assert after.levels[4].stage == "proactive" and after.levels[3].stage == "strategic"


def test_three_results_fill_in_together_what_each_fills_in_alone():
    every = {name: result(name) for name in DOORS}
    alone = set().union(*(met(fill(card(), **{name: record})) for name, record in every.items()))
    together = fill(card(), **every)
    assert met(together) == alone and len(together.card.kpis) == 15


# Refused


def changed(record: Any, value: object, *place: Any) -> Any:
    """The record with another value at a place; only what leads there is copied."""
    if not place:
        return value
    made = copy.copy(record)
    made[place[0]] = changed(record.get(place[0]) if isinstance(record, dict) else record[place[0]], value, *place[1:])
    return made


@pytest.mark.parametrize("name", DOORS)
def test_a_sample_is_refused_beside_a_companys_own_input_and_taken_beside_the_sample(name):
    record = changed(result(name), True, "sample")
    assert [fault.kind for fault in faults(**{name: record})] == ["sample"]
    assert fill(card(), sample_ok=True, **{name: record})


@pytest.mark.parametrize("name", DOORS)
def test_another_currency_and_a_day_too_far_away_are_refused_at_once(name):
    record = changed(changed(result(name), "EUR", "currency"), "2026-06-29", "as_of")
    assert [fault.place for fault in faults(**{name: record})] == ["currency", "as_of"]
    near = changed(result(name), str(date(2026, 6, 30)), "as_of")
    assert fill(card(), **{name: near}) and fill(card(currency=None), **{name: changed(near, "EUR", "currency")})


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("other", DOORS)
def test_a_result_of_another_script_is_refused(name, other):
    if name != other:
        fault, = faults(**{name: result(other)})
        assert (fault.place, fault.got) == ("script", f"{DOORS[other]}.py")


@pytest.mark.parametrize("name, key", [("retention", "size_segments"), ("coverage", "tiers"),
                                       ("segmentation", "tiers")])
def test_a_result_whose_rows_were_cut_is_refused_and_one_cut_elsewhere_is_not(name, key):
    fault, = faults(**{name: result(name, "--top", "3")})
    assert (fault.kind, fault.place) == ("cut short", f"result.{key}") and "--all" in fault.hint
    assert fill(card(), **{name: result(name, "--top", "4")}) == fill(card(), **{name: result(name)})


DAMAGES: dict[str, tuple[str, Callable[[dict], dict]]] = {
    "no record": ("retention", lambda record: []),
    "no result": ("retention", lambda record: changed(record, None, "result")),
    "no notes": ("coverage", lambda record: changed(record, None, "notes")),
    "GRR above all": ("retention", lambda record: changed(record, D("1.2"), "result", "overall", "grr_ratio")),
    "logo below nothing": ("retention", lambda record: changed(record, D("-0.2"), "result", "overall",
                                                                "logo_retention_ratio")),
    "NRR a word": ("retention", lambda record: changed(record, "high", "result", "overall", "nrr_ratio")),
    "NRR below nothing": ("retention", lambda record: changed(record, -1, "result", "size_segments", 0, "nrr_ratio")),
    "customers below nothing": ("retention", lambda record: changed(record, -1, "result", "overall",
                                                                     "starting_customers")),
    "customers a half": ("retention", lambda record: changed(record, D("0.5"), "result", "overall",
                                                              "starting_customers")),
    "no months": ("retention", lambda record: changed(record, 0, "result", "period_months")),
    "months true": ("retention", lambda record: changed(record, True, "result", "period_months")),
    "a doubt of its own": ("retention", lambda record: changed(record, "odd", "result", "implausible")),
    "a stage of its own": ("retention", lambda record: changed(record, "mature", "result", "stage")),
    "agrees a word": ("retention", lambda record: changed(record, [{"agrees": "yes"}], "result", "tie_out")),
    "an interval a word": ("retention", lambda record: changed(record, "wide", "result", "overall", "grr_interval")),
    "CSMs below nothing": ("coverage", lambda record: changed(record, -1, "result", "csms")),
    "required unknown": ("coverage", lambda record: changed(record, None, "result", "required")),
    "a tier a word": ("coverage", lambda record: changed(record, ["smb"], "result", "tiers")),
    "measured a word": ("coverage", lambda record: changed(record, "no", "result", "tiers", 0, "service", "measured")),
    "assumptions a word": ("coverage", lambda record: changed(record, "all", "assumptions")),
    "no budget": ("segmentation", lambda record: changed(record, {}, "result", "budget")),
    "migration a word": ("segmentation", lambda record: changed(record, "some", "result", "migration")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_result_is_refused_by_the_place_of_the_damage(damage):
    name, damaged = DAMAGES[damage]
    fault, = faults(**{name: damaged(result(name))})
    assert fault.kind == f"not a {name} result" and fault.expected


@pytest.mark.parametrize("name", DOORS)
def test_no_missing_or_mistyped_value_of_a_result_ends_in_anything_but_a_refusal(name):
    record = result(name)
    for key in record["result"]:
        for value in (None, "x", -1, [], {}, [None], [{}], True):
            try:
                fill(card(), **{name: changed(record, value, "result", key)})
            except Refusal as refused:
                assert refused.source == f"{name}.json"


def test_a_row_without_anybody_at_the_start_is_left_out():
    record = result("retention")
    for key in OUTCOMES:
        record["result"]["size_segments"][0][key] = None
    record["result"]["size_segments"][0]["starting_customers"] = 0
    assert len(fill(card(), retention=record).card.kpis) == 12


def test_a_difference_keeps_six_places():
    found = fill(card(kpi("grr_ratio", "0.9")), retention=result("retention"))
    assert found.differences[0].record()["shown"] == 0.870017
