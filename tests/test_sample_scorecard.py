"""What the sample scorecard says: held to the other samples, counted apart from the script, and to its story."""

from __future__ import annotations

import csv
import json
import math
from datetime import date
from decimal import Decimal

import pytest

import cards
from conftest import SAMPLES, called
from cslib import checker, kpi_change, kpis, maturity, policy, schema, scorecards, source

SETTINGS = policy.read(None).settings
DAYS = ("2024-09-30", "2025-09-30", "2026-09-30")
OUTCOMES = ("nrr_ratio", "grr_ratio", "logo_retention_ratio")


def sample(name: str) -> dict:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def card() -> scorecards.Scorecard:
    document = source.document(str(SAMPLES / "scorecard.json"))
    schema.check(document, "scorecard", "scorecard.json")
    assert checker.by_built_in(document, schema.load("scorecard")) == []
    return scorecards.read(document, "scorecard.json")


@pytest.fixture(scope="module")
def rows(card) -> dict:
    """The judged KPIs by name and segment."""
    return {(row.kpi, row.segment): row for row in kpis.rows(card, SETTINGS)}


@pytest.fixture(scope="module")
def held() -> dict:
    """ARR by customer on each of DAYS, from the export of subscriptions."""
    with open(SAMPLES / "exports" / "subscriptions.csv", encoding="utf-8", newline="") as file:
        periods = list(csv.DictReader(file))
    found: dict = {day: {} for day in DAYS}
    for day, arr in found.items():
        for row in periods:
            if row["start_date"] <= day and (not row["end_date"] or row["end_date"] > day):
                arr[row["customer_id"]] = arr.get(row["customer_id"], 0) + 12 * Decimal(row["monthly_amount"])
    return found


def retained(before: dict, after: dict) -> dict:
    """The outcomes and the number of customers behind them."""
    kept = {key: after.get(key, 0) for key in before}
    whole = sum(before.values())
    return {"nrr_ratio": sum(kept.values()) / whole,
            "grr_ratio": sum(min(before[key], kept[key]) for key in before) / whole,
            "logo_retention_ratio": sum(arr > 0 for arr in kept.values()) / len(before), "of": len(before)}


def test_the_day_the_currency_and_the_stage_are_those_of_the_other_samples(card):
    assert (str(card.as_of), card.currency, card.stage) == tuple(
        sample("cohorts.json")[key] for key in ("as_of", "currency", "stage"))


def test_the_outcomes_are_what_decision_a_finds_in_the_cohorts(card):
    result = json.loads(called("retention_decomposition_analyzer", "--format", "json", "--all").out)["result"]
    enterprise, = (row for row in result["size_segments"] if row["name"] == "enterprise")
    for kpi in card.kpis:
        if kpi.kpi in OUTCOMES:
            found = enterprise if kpi.segment else result["overall"]
            assert float(kpi.now.value) == found[kpi.kpi]
            assert (kpi.now.of, kpi.period_months) == (found["starting_customers"], 12)
    assert [(kpi.kpi, kpi.segment) for kpi in card.kpis if kpi.kpi in OUTCOMES] == [
        *((name, None) for name in OUTCOMES), ("grr_ratio", "enterprise")]


def test_the_outcomes_of_both_years_are_those_of_the_exported_subscriptions(card, held):
    for kpi in card.kpis:
        if kpi.kpi not in OUTCOMES:
            continue
        for reading, start, end in ((kpi.previous, *DAYS[:2]), (kpi.now, *DAYS[1:])):
            before = {key: arr for key, arr in held[start].items() if not kpi.segment or 20_000 <= arr < 100_000}
            found = retained(before, held[end])
            assert float(reading.value) == pytest.approx(float(found[kpi.kpi]), abs=5e-7), (kpi.kpi, start)
            assert reading.of == found["of"]


def test_every_reading_before_is_a_year_older(card):
    assert {kpi.previous_as_of for kpi in card.kpis} == {date(2025, 9, 30)}


def test_the_accounts_with_an_owner_are_four_fifths_of_the_active_ones_above_the_floor(card, held):
    known = [row for row in sample("customers.json")["customers"] if not row.get("churned")]
    floor = SETTINGS["scorecard"]["owner_above_arr"]
    assert card.accounts == sum(row["arr"] > floor for row in known)
    assert card.accounts == sum(arr > floor for arr in held[DAYS[2]].values())
    assert 0.78 < card.with_owner / card.accounts < 0.82


def test_the_renewals_that_could_be_early_are_those_due_in_the_year(card):
    early, = (kpi for kpi in card.kpis if kpi.kpi == "early_renewal_ratio")
    assert early.now.of == sum(bool(row.get("due_arr")) for row in sample("cohorts.json")["accounts"])


def test_nobody_owns_a_kpi_whom_the_organisation_does_not_have(card):
    team = sample("org.json")["team"]
    roles = {"cs_operations": "cs_ops", "csms": "csm", "support": "support", "cs_leadership": "cs_manager"}
    owners = {kpi.owner for kpi in card.kpis}
    assert {role for owner, role in roles.items() if owner in owners} == {"csm", "support"} <= set(team)
    assert not {"cs_ops", "cs_manager", "director_vp", "cco"} & set(team)


def test_the_csms_are_those_of_the_book(card):
    tiers = sample("book.json")["tiers"].values()
    assert card.csms == sum(Decimal(str(row["csms"])) for row in tiers) == Decimal("7.5")


def test_no_reading_counts_more_customers_than_there_were(card, held):
    for kpi in card.kpis:
        if kpi.kpi in ("nps", "health_points", "health_scored_ratio", "touches_per_account"):
            assert kpi.now.of <= len(held[DAYS[2]]) and kpi.previous.of <= len(held[DAYS[1]]), kpi.kpi
    time_to_value, = (kpi for kpi in card.kpis if kpi.kpi == "time_to_value_days")
    for reading, start, end in ((time_to_value.previous, *DAYS[:2]), (time_to_value.now, *DAYS[1:])):
        assert reading.of <= len(set(held[end]) - set(held[start]))
    scored, = (kpi for kpi in card.kpis if kpi.kpi == "health_scored_ratio")
    assert scored.now.of == len(held[DAYS[2]]) and scored.previous.of == len(held[DAYS[1]])
    points, = (kpi for kpi in card.kpis if kpi.kpi == "health_points")
    assert points.now.of == round(scored.now.value * scored.now.of)
    assert points.previous.of == round(scored.previous.value * scored.previous.of)


def test_a_share_of_a_few_is_one_that_a_count_can_give(card):
    for kpi in card.kpis:
        for reading in (kpi.now, kpi.previous):
            if kpi.kpi in kpi_change.SHARES and reading.of is not None:
                whole = round(reading.value * reading.of)
                places = -reading.value.as_tuple().exponent
                assert round(Decimal(whole) / reading.of, places) == reading.value, kpi.kpi


def test_the_days_to_value_are_those_that_the_organisation_reports(card):
    days, = (kpi.now.value for kpi in card.kpis if kpi.kpi == "time_to_value_days")
    assert days == sample("org.json")["signals"]["onboarding_days"] == 62


def test_a_team_that_believes_to_be_strategic_is_proactive(card):
    found = maturity.matured(card)
    assert (found.believed, found.overall, found.overestimates) == ("strategic", "proactive", 1)
    stages = {level.dimension: level.stage for level in found.levels}
    assert stages == {**dict.fromkeys(scorecards.DIMENSIONS, "proactive"), "measurement": "strategic",
                      "voice": "strategic", "expansion": "reactive"}
    assert [tuple(place) for place in found.unproved] == [("health", "strategic"), ("segmentation", "strategic")]
    assert len(found.moves) == 3 and found.moves[0].dimension == "risk"


def test_the_team_would_be_strategic_but_for_risk_if_its_claims_were_shown(card):
    shown = tuple(claim._replace(evidence=claim.evidence or cards.EVIDENCE) if claim.met else claim
                  for claim in card.claims)
    found = maturity.matured(card._replace(claims=shown))
    assert found.overall == "proactive"
    assert [level.dimension for level in found.levels if level.gate and level.number == 2] == ["risk"]


def test_nps_fell_within_chance_and_satisfaction_rose_beyond_it(rows):
    nps, csat = rows["nps", None], rows["csat", None]
    assert nps.change.better is False and nps.change.distinguishable is False
    assert csat.change.better is True and csat.change.distinguishable is True
    before, now, (n, m) = 38, 34, (131, 148)
    least = math.sqrt(before * (100 - before) / n + now * (100 - now) / m)
    assert (nps.change.previous, nps.value, before - now) == (before, now, 4) and 1.96 * least > 4
    assert abs(4.2 - 3.9) > 2.5 * math.sqrt(0.9 ** 2 / 212 + 1.0 ** 2 / 188)


def test_customers_are_happier_and_cared_for_more_while_less_is_kept_and_nobody_owns_it(rows):
    standing = {key: row.standing for key, row in rows.items()}
    assert standing["csat", None] == "good" and standing["health_scored_ratio", None] == "great"
    assert {standing["grr_ratio", None], standing["nrr_ratio", None], standing["grr_ratio", "enterprise"],
            standing["time_to_value_days", None], standing["ces", None]} == {"below"}
    assert rows["grr_ratio", None].value < rows["grr_ratio", None].change.previous
    gaps = kpis.owner_gaps(rows.values())
    assert {gap.kpi for gap in gaps} == set(OUTCOMES)


def test_effort_is_told_on_seven_points_with_easy_high_which_is_nearly_good(rows, card):
    ces, = (kpi for kpi in card.kpis if kpi.kpi == "ces")
    assert (ces.scale, ces.easy_is) == ("mean_1_to_7", "high")
    assert rows["ces", None].target.good == 5 and rows["ces", None].short_by == Decimal("0.2")


def test_there_are_kpis_of_every_level_more_than_a_team_can_steer_by(card, rows):
    assert {row.level for row in rows.values()} == set(kpis.OWNERS)
    assert not kpis.only_activities(rows.values()) and kpis.missing_outcomes(rows.values()) == ()
    assert kpis.too_many(rows.values(), SETTINGS) == 12
    assert {"nobody", "sales", "finance", "csms", "support", "product"} == {kpi.owner for kpi in card.kpis}


def test_what_is_brought_as_evidence_is_short_and_plain(card):
    for claim in card.claims:
        if claim.evidence is not None:
            assert claim.evidence.isascii() and len(claim.evidence) <= 90 and claim.evidence[-1] != ".", claim.evidence
