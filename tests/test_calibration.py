"""A small, fast run of the calibration: the gates of `make calibrate`, with room for luck."""

from __future__ import annotations

import math
import random
import re
from decimal import Decimal
from pathlib import Path

import pytest

import calibrate
import companies
import usefulness
from cslib import uncertainty

COMPANIES = 150
METHODS = (Path(__file__).resolve().parents[1] / "references" / "methods.md").read_text(encoding="utf-8")
# The 99.9th percentile of wrong reports among them when 5% are wrong.
MOST_WRONG = next(wrong for wrong in range(COMPANIES) if sum(
    math.comb(COMPANIES, k) * 0.05 ** k * 0.95 ** (COMPANIES - k) for k in range(wrong + 1)) > 0.999)
FAST = [scenario for scenario in calibrate.STEADY if scenario.key in (
    "steady", "steady, cohorts grow 30%, churn only", "steady, large customers leave more")]


@pytest.fixture(scope="module")
def rows() -> dict[str, calibrate.Row]:
    """One row per scenario at 200 customers, without the bootstrap, which no gate asks for."""
    return {scenario.key: calibrate.row(scenario._replace(key=scenario.key + " (fast)"), 200, COMPANIES)
            for scenario in (*FAST, calibrate.CHANGED[1], calibrate.CHANGED[3])}


@pytest.mark.parametrize("key", [scenario.key for scenario in FAST])
def test_at_most_one_report_in_twenty_claims_a_trend_where_nothing_changes(rows, key):
    assert rows[key].trend_ratio * COMPANIES <= MOST_WRONG


@pytest.mark.parametrize("key", [scenario.key for scenario in FAST])
def test_at_most_one_report_in_twenty_tells_a_figure_from_a_line_that_is_its_true_value(rows, key):
    assert rows[key].wrong_side_ratio * COMPANIES <= MOST_WRONG


@pytest.mark.parametrize("key", [scenario.key for scenario in FAST])
def test_logo_and_grr_intervals_hold_the_truth_as_often_as_they_say(rows, key):
    assert (1 - rows[key].logo_covered) * COMPANIES <= MOST_WRONG
    assert (1 - rows[key].grr_covered) * COMPANIES <= MOST_WRONG


def test_a_fall_of_twenty_points_is_found_in_most_companies_of_two_hundred(rows):
    found = rows[calibrate.CHANGED[1].key]
    assert found.falling_ratio > 0.6
    assert found.trend_ratio - found.falling_ratio < 0.02


def test_a_leaking_segment_is_the_lowest_in_most_companies_of_two_hundred(rows):
    assert rows[calibrate.CHANGED[3].key].leak_found_ratio > 0.8


def test_a_broken_gate_is_named_and_a_kept_one_is_not(rows):
    kept = rows["steady"]._replace(trend_ratio=0.05, wrong_side_ratio=0.0)
    assert calibrate.failures([kept]) == []
    assert len(calibrate.failures([kept._replace(trend_ratio=0.051, wrong_side_ratio=0.2)])) == 2
    fall = rows[calibrate.CHANGED[1].key]
    assert all("trend" not in fault for fault in calibrate.failures([fall]))


def test_the_methods_page_holds_the_scenarios_of_the_calibration_and_every_gate():
    page = [[cell.strip() for cell in line.strip("|").split("|")] for line in METHODS.splitlines() if line[:1] == "|"]
    measured = [line for line in page if line[1] in map(str, calibrate.SIZES) and len(line) > 3]
    asked = [(scenario.key, str(size)) for scenario in calibrate.STEADY + calibrate.CHANGED for size in calibrate.SIZES]
    assert [(line[0], line[1]) for line in measured] == asked
    for line in measured[:len(calibrate.STEADY) * len(calibrate.SIZES)]:
        assert float(line[2]) <= 5.0 and float(line[3]) <= 5.0


def test_the_power_table_of_the_methods_page_is_the_power_function():
    lines = re.findall(r"^\| (\d+) \| (\d+)% \| (\d+)% \|$", METHODS, re.MULTILINE)
    assert [int(size) for size, _, _ in lines] == [10, 20, 30, 50, 100, 200]
    for size, *shares in lines:
        powers = [uncertainty.cochran_armitage_power([int(size)] * 8, 0.92, end) for end in (0.85, 0.78)]
        assert [round(100 * power) for power in powers] == list(map(int, shares))


def test_a_company_is_the_same_on_every_run_and_has_the_customers_asked_for():
    for scenario in calibrate.STEADY + calibrate.CHANGED:
        one, again = (companies.company(random.Random("once"), 60, scenario) for _ in range(2))
        assert one == again
        assert len(one.accounts) == 60 and all(account.start > 0 for account in one.accounts)
        assert all((account.reason is None) == (account.end > 0) for account in one.accounts)


def test_cohorts_and_accounts_of_a_company_are_the_same_customers():
    made = companies.company(random.Random("ledger"), 150, calibrate.STEADY[0])
    last = {cell.cohort: cell for cell in sorted(made.cells, key=lambda cell: cell.quarter)}
    for cohort in sorted({account.cohort for account in made.accounts}):
        mine = [account for account in made.accounts if account.cohort == cohort]
        assert sum(account.end for account in mine) == last[cohort].arr
        assert sum(account.end > 0 for account in mine) == last[cohort].active_customers


def test_the_truth_of_the_generator_is_what_its_companies_come_to():
    for scenario in (calibrate.STEADY[0], calibrate.STEADY[5], calibrate.CHANGED[3]):
        made = companies.company(random.Random(7), 20_000, scenario)
        start = sum(account.start for account in made.accounts)
        kept = sum(min(account.start, account.end) for account in made.accounts) / start
        net = sum(account.end for account in made.accounts) / start
        stayed = Decimal(sum(account.end > 0 for account in made.accounts)) / len(made.accounts)
        assert float(kept) == pytest.approx(made.truth.grr_ratio, abs=0.02)
        assert float(net) == pytest.approx(made.truth.nrr_ratio, abs=0.025)
        assert float(stayed) == pytest.approx(made.truth.logo_ratio, abs=0.01)
    assert companies.churn_for(0.9, 0.1) == pytest.approx(1 - 0.9 / 0.97)


def test_the_nrr_interval_of_fifty_customers_holds_the_truth_less_often_than_it_says():
    runs, held = 150, 0
    for index in range(runs):
        made = companies.company(random.Random(f"nrr {index}"), 50, calibrate.STEADY[0])
        interval = uncertainty.nrr_interval([(account.start, account.end) for account in made.accounts])
        held += interval.low <= made.truth.nrr_ratio <= interval.high
    assert 0.75 < held / runs < 0.95


@pytest.mark.parametrize("scenario", calibrate.SPOKEN, ids=lambda scenario: scenario.key)
def test_the_first_paragraph_is_useful_in_nine_of_ten_reports(scenario):
    assert calibrate.said(scenario, 50, 40).useful_ratio >= calibrate.USEFUL


def test_words_that_name_the_wrong_money_or_the_wrong_verdict_are_not_useful():
    made = companies.company(random.Random("words"), 200, calibrate.CHANGED[3])
    text = usefulness.first_words(made)
    assert usefulness.useful(made, text)
    lost = usefulness.SENTENCE.fullmatch(text)["lost"]
    for wrong in (text.replace(lost, "9.99M"), text.replace("concerning", "healthy").replace("critical", "healthy"),
                  text.replace(" was lost", " was lost, as we expect"), "Retention is strong."):
        assert wrong != text and not usefulness.useful(made, wrong)
