"""The stage of a company: what it says, what its size implies, and what is missing for the next."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Optional

from hypothesis import given
from hypothesis import strategies as st

import orgs
from conftest import SAMPLES
from cslib import stages
from cslib.stages import STAGES, Implied, Lacking, Standing, reached, standing
from orgs import RULES

D = Decimal


def of(customers: int, arr: object, csms: object = 0, staff: Optional[int] = None,
       stage: Optional[str] = None) -> Standing:
    return standing(orgs.of(customers, arr, team={"csm": csms}, staff=staff, stage=stage), RULES)


def said(found: Standing) -> dict:
    return {one.measure: one.stage for one in found.implied}


def test_the_stages_are_those_of_the_policy_in_its_order():
    assert tuple(RULES["stages"]) == STAGES


@given(orgs.orgs())
def test_every_known_measure_speaks_for_the_highest_stage_whose_floor_it_reaches(one):
    found = standing(one, RULES)
    values = {"staff": one.staff, "customers": one.customers, "arr": one.arr, "csms": one.people("csm")}
    assert [(row.measure, row.value) for row in found.implied] == [
        (key, value) for key, value in values.items() if value is not None]
    for row in found.implied:
        floors = {name: RULES["stages"][name][row.measure] for name in STAGES}
        assert row.value >= floors[row.stage]
        assert all(floors[name] is None or row.value < floors[name] for name in STAGES[STAGES.index(row.stage) + 1:])


@given(orgs.orgs())
def test_the_stage_used_is_the_one_stated_or_one_that_is_implied(one):
    found = standing(one, RULES)
    assert found.used == (one.stage or found.used) and found.inferred == (one.stage is None)
    assert found.used in (one.stage, *(row.stage for row in found.implied))
    assert found.conflicts == tuple(row for row in found.implied if row.stage != found.used)
    if found.inferred:
        below = sum(STAGES.index(row.stage) < STAGES.index(found.used) for row in found.implied)
        above = sum(STAGES.index(row.stage) > STAGES.index(found.used) for row in found.implied)
        assert 2 * below < len(found.implied) and 2 * above <= len(found.implied)


@given(orgs.orgs())
def test_two_measures_of_size_reach_the_stage_by_size_and_fewer_than_two_a_later_one(one):
    found = standing(one, RULES)
    size = [STAGES.index(row.stage) for row in found.implied if row.measure != "staff"]
    place = STAGES.index(found.size_stage)
    assert sum(each >= place for each in size) >= 2 > sum(each > place for each in size)


@given(orgs.orgs())
def test_a_stage_is_reached_by_name_or_by_size_and_then_every_earlier_one_is(one):
    found = standing(one, RULES)
    held = [reached(found, stage) for stage in STAGES]
    assert held[0] and held == sorted(held, reverse=True)
    assert held.count(True) == 1 + max(STAGES.index(found.used), STAGES.index(found.size_stage))


@given(orgs.orgs(), st.integers(0, 400), st.integers(0, 10**7))
def test_more_customers_and_more_arr_never_mean_an_earlier_stage(one, customers, arr):
    larger = one._replace(customers=one.customers + customers, arr=one.arr + arr)
    before, after = standing(one, RULES), standing(larger, RULES)
    assert STAGES.index(after.used) >= STAGES.index(before.used)
    assert STAGES.index(after.size_stage) >= STAGES.index(before.size_stage)


@given(orgs.orgs())
def test_what_is_missing_for_the_next_stage_is_below_its_floor_or_unknown(one):
    found = standing(one, RULES)
    assert (found.next_stage is None) == (found.used == "late")
    floors = RULES["stages"][found.next_stage] if found.next_stage else {}
    known = {row.measure: row.value for row in found.implied}
    assert [(row.measure, row.value, row.floor) for row in found.missing_for_next] == [
        (measure, known.get(measure), floors[measure]) for measure in stages.MEASURES
        if floors.get(measure) is not None and known.get(measure, D(-1)) < floors[measure]]


def test_a_founder_with_eight_customers_is_seed():
    found = of(8, 90_000, staff=6)
    assert (found.used, found.size_stage, found.conflicts) == ("seed", "seed", ())
    assert (found.team_low, found.team_high, found.roles_at_a_time) == (0, 0, 1)
    assert found.missing_for_next == (Lacking("staff", D(6), D(15)), Lacking("customers", D(8), D(10)),
                                      Lacking("csms", D(0), D(1)))


def test_a_stated_stage_is_used_and_what_speaks_for_another_is_shown():
    found = of(350, 12_014_052, "7.5", 140, "series_b")
    assert said(found) == {"staff": "series_b", "customers": "growth", "arr": "growth", "csms": "series_b"}
    assert (found.used, found.inferred, found.size_stage) == ("series_b", False, "growth")
    assert found.conflicts == (Implied("customers", D(350), "growth"), Implied("arr", D(12_014_052), "growth"))
    assert found.missing_for_next == (Lacking("staff", D(140), D(200)), Lacking("csms", D("7.5"), D(8)))
    assert reached(found, "growth") and not reached(found, "late")


def test_of_two_middle_stages_the_lower_is_used_and_a_measure_without_a_floor_is_passed_over():
    assert said(of(120, 900_000, 1)) == {"customers": "series_b", "arr": "seed", "csms": "series_a"}
    assert of(120, 900_000, 1).used == "series_a"
    assert of(120, 900_000, 1, 60).used == "series_a"
    assert of(9_000, 900_000_000, 60, 2_000).used == "growth"


def test_csms_that_are_not_known_leave_customers_and_arr_to_decide():
    found = of(300, 1_200_000, None)
    assert said(found) == {"customers": "growth", "arr": "series_b"}
    assert (found.used, found.size_stage) == ("series_b", "series_b")
    assert found.missing_for_next == (Lacking("staff", None, D(200)), Lacking("arr", D(1_200_000), D(5_000_000)),
                                      Lacking("csms", None, D(8)))


def test_a_later_stage_opens_more_roles_at_a_time():
    assert [of(10, 100_000, stage=stage).roles_at_a_time for stage in STAGES] == [1, 1, 1, 2, 3]


def test_a_policy_without_any_floor_that_is_reached_means_the_first_stage():
    rules = {**RULES, "stages": {name: {**row, "csms": None} for name, row in RULES["stages"].items()}}
    found = standing(orgs.of(5, 50_000, team={"csm": 2}), rules)
    assert said(found)["csms"] == "seed"


def test_larkfield_calls_itself_series_b_and_has_the_customers_of_growth():
    found = standing(orgs.read(json.loads((SAMPLES / "org.json").read_text(encoding="utf-8"))), RULES)
    assert (found.used, found.size_stage) == ("series_b", "growth")
    assert [row.measure for row in found.conflicts] == ["customers", "arr"]
