"""The result of decision C as decision D reads it: seats, leads, headcount, who is not served, and what is refused."""

from __future__ import annotations

import copy
import json
import random
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgs
from conftest import SAMPLES, called
from cslib import book, coverage, coverage_plan, result
from cslib.coverage_plan import CoveragePlan, Disagreement, conflicts
from cslib.org import Org
from cslib.refusal import Refusal
from cslib.tiering import FOUR

D = Decimal
DOOR, SCRIPT = "cs_coverage_calculator", "cs_coverage_calculator.py"
CENT = D("0.01")
ROUNDED = D("0.006")
SETTINGS = {**orgs.SETTINGS, "coverage": {**orgs.SETTINGS["coverage"], "simulation_runs": 10}}
ORG = orgs.of(350, 12_014_052, team={"csm": D("7.5")}, currency="USD")


@cache
def sample() -> str:
    return called(DOOR, "--format", "json", "--all").out


def record() -> dict:
    return json.loads(sample(), parse_float=D)


def read(content: Any, org: Org = ORG, sample_ok: bool = True) -> CoveragePlan:
    return coverage_plan.read(content, "coverage.json", org, sample_ok)


def faults(content: Any, org: Org = ORG, sample_ok: bool = True) -> list:
    with pytest.raises(Refusal) as caught:
        read(content, org, sample_ok)
    return caught.value.faults


def fault(content: Any, **known: Any) -> tuple:
    one, = faults(content, **known)
    return one


def with_(path: str, *value: Any) -> dict:
    return orgs.changed(record(), path, *value)


def seeded(seed: int) -> dict:
    """A book of the four tiers with CSMs that are too few, too many or none; in one of three some are not known."""
    draw = random.Random(seed).choice
    csms = (0, D("0.5"), 1, 2, 4, 9, *([None] if seed % 3 == 0 else []))
    tiers = {}
    for name, each in zip(FOUR, (250_000, 50_000, 10_000, 3_000)):
        count = draw((0, 4, 30, 90))
        tiers[name] = {"customers": count, "arr": count * each, "csms": draw(csms)}
    tiers["enterprise"] |= {"customers": 40, "arr": 2_000_000}
    return {"as_of": orgs.AS_OF, "currency": "USD", "tiers": tiers, "annual_growth_ratio": draw((0, D("0.2"), 1)),
            "managers": draw((None, 0, 0, 1)), "founder_escalations_per_week": draw((None, 2))}


@cache
def answered(seed: int) -> tuple[coverage.Coverage, dict]:
    """The exact answer of decision C to a book and its JSON result, as the door writes it."""
    own = book.read(seeded(seed), "book.json")
    found = coverage.covered(own, None, SETTINGS, 12)
    envelope = result.envelope(SCRIPT, False, own.as_of, own.currency, found.verdict, [], found._asdict(), [])
    return found, json.loads(result.text(envelope), parse_float=D)


any_book = pytest.mark.parametrize("seed", range(9))


# --- what is read


@any_book
def test_the_plan_read_is_the_plan_that_was_made(seed):
    made, content = answered(seed)
    found, document = read(content), seeded(seed)
    assert found.customers == sum(tier["customers"] for tier in document["tiers"].values())
    assert found.arr == sum(tier["arr"] for tier in document["tiers"].values())
    assert (found.csms is None) == (made.csms is None) and found.managers == document["managers"]
    assert [(seat.tier, seat.reason, seat.approve_by, seat.start_day, seat.months_late) for seat in found.seats] == [
        (hire.tier, hire.reason, hire.approve_by, hire.start_day, hire.months_late) for hire in made.hires]
    assert [(lead.kind, lead.start_day, lead.fte) for lead in found.leads] == [
        (span.kind, span.start_day, span.added) for span in made.managers if span.gap]
    assert len(found.headcount) == (0 if made.csms is None else found.horizon_months + 1)
    assert all(abs(one - month.headcount) <= ROUNDED for one, month in zip(found.headcount, made.months))
    assert sum(seat.fte for seat in found.seats) == pytest.approx(made.hired_fte, abs=ROUNDED * len(found.seats))


@any_book
def test_what_is_not_served_is_the_share_of_each_tiers_work_that_nobody_does(seed):
    made, content = answered(seed)
    found = read(content)
    if made.csms is None:
        assert found.unserved_arr is None
        return
    short = [(tier.arr * tier.gap / tier.required, tier) for tier in made.tiers if tier.gap > 0]
    assert abs(found.unserved_arr - sum(arr for arr, _ in short)) <= D(10) + found.arr / 10**6
    assert 0 <= found.unserved_arr <= found.arr
    if short:
        share = {tier.tier: tier.gap / tier.required for _, tier in short}
        assert share[found.worst_tier] == pytest.approx(max(share.values()), abs=D("0.000002"))


@any_book
def test_leads_are_only_those_that_are_missing_by_the_people_that_are_known(seed):
    made, content = answered(seed)
    found = read(content)
    assert seeded(seed)["managers"] is not None or found.leads == ()
    assert all(lead.fte > 0 and lead.cost is not None for lead in found.leads)
    gaps = [span.gap for span in made.managers if span.gap]
    assert sum(lead.fte for lead in found.leads) == max(gaps, default=0)


def test_the_sample_plan_is_short_on_top_and_adds_a_manager():
    found = read(record())
    assert (found.as_of, found.customers, found.arr, found.csms) == (date(2026, 9, 30), 350, 12_014_052, D("7.5"))
    assert [(seat.tier, seat.fte, seat.reason) for seat in found.seats] == [
        ("strategic", D("1.5"), "short_now"), ("strategic", 1, "attrition"), ("enterprise", D("0.5"), "growth")]
    assert [(lead.kind, lead.fte, lead.cost_a_year) for lead in found.leads] == [("manager", 1, 240_000)]
    assert (found.worst_tier, found.managers, found.moves, found.headcount[0]) == ("strategic", 0, 1, D("7.5"))
    assert abs(found.worst_load_ratio - D("1.908639")) < D("0.000001")


def test_a_tier_without_any_csm_is_worse_than_any_load():
    row = {"csms": 0, "load_ratio": None, "gap": D("1.2"), "required": D("1.2")}
    content = with_("result.tiers.1", {**record()["result"]["tiers"][1], **row})
    found = read(content)
    assert (found.worst_tier, found.worst_load_ratio) == ("enterprise", None)
    assert found.unserved_arr - read(record()).unserved_arr == pytest.approx(D(5_070_828) * (1 / D("1.01228")), abs=10)


def test_amounts_are_exact_whichever_way_the_json_was_parsed():
    assert read(json.loads(sample())) == read(record())


# --- where the two do not agree


def test_a_plan_of_the_same_company_does_not_disagree():
    own = orgs.read(json.loads((SAMPLES / "org.json").read_text(encoding="utf-8")))
    assert conflicts(own, read(record())) == ()


@given(st.integers(0, 500), st.integers(0, 10**7), st.none() | st.decimals(0, 20, places=2),
       st.none() | st.decimals(0, 3, places=2))
def test_every_difference_is_shown_and_what_is_not_known_is_none(customers, arr, csms, managers):
    org = orgs.of(customers, arr if customers else 0, team={"csm": csms, "cs_manager": managers})
    plan = read(record())
    assert conflicts(org, plan) == tuple(Disagreement(what, own, other) for what, own, other, apart in (
        ("customers", D(customers), D(350), 0), ("arr", org.arr, D(12_014_052), CENT),
        ("csms", csms, D("7.5"), D("0.05")), ("cs_managers", managers, D(0), D("0.05")))
        if own is not None and abs(own - other) > apart)


def test_what_the_plan_does_not_know_does_not_disagree():
    org = orgs.of(350, 12_014_052, team={"csm": 3, "cs_manager": 2})
    assert conflicts(org, read(record())._replace(csms=None, managers=None)) == ()


@pytest.mark.parametrize("csms, shown", [("7.45", False), ("7.44", True), ("7.55", False), ("7.56", True)])
def test_a_twentieth_of_a_post_is_no_difference(csms, shown):
    assert bool(conflicts(orgs.of(350, 12_014_052, team={"csm": csms}), read(record()))) is shown


# --- what is refused


def test_a_result_of_another_script_is_refused():
    one = fault(with_("script", "customer_segmentation_designer.py"))
    assert (one.kind, one.place, one.expected) == ("not a coverage result", "script", SCRIPT)
    assert one.hint == f"write it with {SCRIPT} FILE --format json --output FILE"


@pytest.mark.parametrize("content", [None, [], 5, "x", {}, {"as_of": orgs.AS_OF, "tiers": {}}])
def test_what_is_no_result_is_refused(content):
    assert fault(content).kind == "not a coverage result"


def test_the_sample_beside_a_companys_own_org_another_currency_and_day_are_refused_at_once():
    later = ("open_posts", [])
    org = orgs.read(orgs.document(later, as_of="2027-01-01", currency="EUR"))
    assert [(one.kind, one.place) for one in faults(record(), org=org, sample_ok=False)] == [
        ("sample", "sample"), ("not comparable", "currency"), ("not comparable", "as_of")]
    one = fault(record(), org=orgs.read(orgs.document(later, as_of="2027-01-01")))
    assert one.expected == "within 92 days of the org's, 2027-01-01"
    assert read(record(), orgs.read(orgs.document(later, as_of="2026-12-31", currency=None))).csms == D("7.5")


@pytest.mark.parametrize("key", ["hires", "months", "managers", "tiers"])
def test_a_list_that_was_cut_is_refused(key):
    one = fault(with_("notes", [f"{key}: and 3 more (--all)"]))
    assert (one.kind, one.place, one.hint) == ("cut short", f"result.{key}", "write it with --all, or --output")


def test_a_list_that_nobody_needs_may_be_cut():
    assert read(with_("notes", ["sensitivity: and 3 more (--all)"])) == read(record())


def test_a_short_result_of_many_hires_is_refused_and_the_full_one_is_not(tmp_path):
    short = called(DOOR, "--format", "json", "--top", "1").out
    assert [(one.kind, one.place) for one in faults(json.loads(short, parse_float=D))] == [
        ("cut short", "result.tiers"), ("cut short", "result.hires")]
    path = tmp_path / "coverage.json"
    assert called(DOOR, "--output", path, "--format", "json").code == 0
    assert read(json.loads(path.read_text(encoding="utf-8"), parse_float=D)) == read(record())


@pytest.mark.parametrize("path, value, place", [
    ("result.months", [], "result.months"), ("result.horizon_months", 0, "result.horizon_months"),
    ("result.horizon_months", 25, "result.horizon_months"), ("result.hires.0.fte", 0, "result.hires[0].fte"),
    ("result.hires.0.tier", "gold", "result.hires[0].tier"), ("result.hires.1.reason", "x", "result.hires[1].reason"),
    ("result.hires.0.start_day", "2026-02-30", "result.hires[0].start_day"),
    ("result.hires.0.cost", -1, "result.hires[0].cost"), ("result.managers.0.kind", "x", "result.managers[0].kind"),
    ("result.managers.0.cost_a_year", None, "result.managers[0].cost_a_year"),
    ("result.managers.0.added", 0, "result.managers[0].added"), ("result.csms", True, "result.csms"),
    ("result.tiers.0.arr", "5M", "result.tiers[0].arr"), ("result.tiers.2.tier", "mid", "result.tiers[2].tier"),
    ("result.months.4.headcount", None, "result.months[4].headcount"), ("result.required", -1, "result.required"),
    ("result.cost.now", None, "result.cost.now.managers"), ("notes", None, "notes"), ("result", [], "result")])
def test_what_no_such_result_holds_is_refused_with_its_place(path, value, place):
    one = fault(with_(path, value))
    assert (one.kind, one.place) == ("not a coverage result", place)


def test_random_damage_is_refused_or_read_and_never_an_accident():
    odd = (None, True, "", "x", -1, 0, D("1e-9"), 10**15, 10**40, [], {}, [[]], "2026-09-30", "smb", float("nan"))
    chance, whole = random.Random(11), record()
    kept = ("months", "tiers", "hires", "managers", "cost")
    whole["result"] = {key: value if key in kept or not isinstance(value, (list, dict)) else None
                       for key, value in whole["result"].items()}
    paths = [path for path in _paths(whole, "") if path and not path.startswith("assumptions")]
    for _ in range(300):
        content: Any = copy.deepcopy(whole)
        for path in chance.sample(paths, 2):
            try:
                content = orgs.changed(content, path, *([chance.choice(odd)] if chance.random() < 0.8 else []))
            except (KeyError, IndexError, TypeError):
                continue
        try:
            assert read(content).horizon_months > 0
        except Refusal as refusal:
            assert all(one.kind and one.expected for one in refusal.faults)


def _paths(value: object, path: str) -> list[str]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, inner in steps for deeper in _paths(inner, f"{path}.{step}".strip(".")))]
