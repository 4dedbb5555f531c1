"""The sample org against the other samples: the same people, customers, ARR, renewals and newcomers."""

from __future__ import annotations

import json
import statistics
from decimal import Decimal
from typing import Any

import pytest

import sample_org
from conftest import SAMPLES, called
from cslib import coverage_plan, org, schema, source
from cslib.coverage_plan import conflicts


def loaded(name: str) -> Any:
    return source.document(str(SAMPLES / name))


@pytest.fixture(scope="module")
def sample() -> dict:
    return loaded("org.json")


@pytest.fixture(scope="module")
def paying() -> list:
    return [row for row in loaded("customers.json")["customers"] if row["arr"] and not row.get("churned")]


@pytest.fixture(scope="module")
def accounts() -> list:
    return loaded("cohorts.json")["accounts"]


def test_it_is_accepted_and_of_the_day_and_currency_of_the_other_samples(sample):
    schema.check(sample, "org", "org.json")
    own, book = org.read(sample, "org.json"), loaded("book.json")
    assert (str(own.as_of), own.currency) == (book["as_of"], book["currency"])
    assert own.unknown == ("signals.customer_marketing_reports_to",) and own.posts == ()
    assert list(sample) == list(schema.load("org")["properties"])


def test_customers_and_arr_are_those_of_the_book_to_the_cent(sample, paying):
    tiers = loaded("book.json")["tiers"].values()
    assert sample["customers"] == sum(row["customers"] for row in tiers) == len(paying) == 350
    assert sample["arr"] == sum(row["arr"] for row in tiers) == sum(row["arr"] for row in paying)
    assert sample["median_acv"] == statistics.median(row["arr"] for row in paying)


def test_the_csms_are_the_people_of_the_book_and_nobody_else_but_support_is_there(sample):
    book = loaded("book.json")
    assert [(row["fte"], row["months_in_seat"]) for row in sample["team"]["csm"]] == [
        (row["fte"], row["months_in_seat"]) for row in book["people"]]
    assert list(sample["team"]) == ["csm", "support"] and len(sample["team"]["support"]) == 3
    assert book["managers"] == 0 and sample["signals"]["escalations_per_week"] == book["founder_escalations_per_week"]
    assert [row["months_in_seat"] for row in sample["team"]["csm"] if row["delivered"] is False] == [2]


def test_growth_is_that_of_the_accounts_and_about_that_of_the_tiers(sample, accounts):
    starting, ending = ([row[key] for row in accounts if row[key]] for key in ("starting_arr", "ending_arr"))
    assert float(sample["annual_growth_ratio"]) == pytest.approx(len(ending) / len(starting) - 1, abs=0.0005)
    assert float(sample["annual_arr_growth_ratio"]) == pytest.approx(sum(ending) / sum(starting) - 1, abs=0.0005)
    book = loaded("book.json")
    by_tier = sum(row["customers"] * book["annual_growth_ratio"][tier] for tier, row in book["tiers"].items())
    assert float(by_tier / sample["customers"] - sample["annual_growth_ratio"]) == pytest.approx(0, abs=0.01)


def test_renewals_due_and_lost_are_those_of_the_accounts(sample, accounts):
    due = [row for row in accounts if row.get("due_arr")]
    signals = sample["signals"]
    assert (signals["renewals_due_12m"], signals["renewals_lost_12m"]) == (
        len(due), sum(not row["renewed_arr"] for row in due)) == (223, 42)
    assert signals["renewals_late_12m"] <= len(due) - 42


def test_as_many_go_live_as_the_scorecard_says_and_those_who_wait_have_come(sample, accounts):
    came = sum(1 for row in accounts if row["ending_arr"] and not row["starting_arr"])
    kpi, = (row for row in loaded("scorecard.json")["kpis"] if row["kpi"] == "time_to_value_days")
    signals = sample["signals"]
    assert (signals["onboarding_days"], kpi["of"]) == (kpi["value"], sample_org.ONBOARDED)
    assert float(12 * signals["onboarded_per_month"]) == pytest.approx(kpi["of"], abs=0.6)
    assert came == 82 and 0 < came - kpi["of"] <= signals["onboarding_backlog"] <= came


def test_what_is_at_risk_is_arr_that_can_be_counted(sample, accounts, paying):
    onboarding, renewals = sample["failing_outcomes"]
    young = [row["ending_arr"] for row in accounts if row["cohort_start"] >= "2025-08" and row["ending_arr"]]
    assert onboarding["arr_at_risk"] == sum(young)
    assert f"the {len(young)} won since August 2025" in onboarding["evidence"]
    ahead = sum(row["arr"] for row in paying if row.get("renewal_date", "9999") <= "2026-12-31")
    assert abs(renewals["arr_at_risk"] - ahead * 44 / 223) <= 500
    assert f"44 of 223 renewals were signed late and 42 lost; at risk: the late share of the {ahead / 10**6:.1f}M" in (
        renewals["evidence"])
    assert (onboarding["outcome"], renewals["outcome"]) == ("onboarding", "renewals_on_time")


def test_the_coverage_plan_of_the_sample_book_is_of_the_same_company(sample):
    record = json.loads(called("cs_coverage_calculator", "--format", "json", "--all").out, parse_float=Decimal)
    own = org.read(sample, "org.json")
    assert conflicts(own, coverage_plan.read(record, "coverage.json", own, True)) == ()
