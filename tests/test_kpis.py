"""KPIs beside their targets: the stage judges as decision A does, better is never worse, unknown stays unknown."""

from __future__ import annotations

import copy
import math
import random
from decimal import Decimal as D
from typing import Optional

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import cards
from cards import card, kpi, reading
from cslib import kpi_change, kpis, policy, retention, scorecards
from cslib.kpis_known import COUNTS, KPIS, OVER_TIME, SCALES, top_of
from cslib.policy import STAGES

SETTINGS = policy.read(None).settings
RULES = SETTINGS["scorecard"]
NAMES = [name for names in KPIS.values() for name in names]
JUDGED = [name for name in NAMES if name not in COUNTS]
SEGMENTS = (None, *cards.SEGMENTS)
WORSE = {"below": 0, "good": 1, "great": 2}
RATIOS = st.decimals("0.3", "1.6", places=4)


def row(given_kpi, **known) -> kpis.Row:
    found, = kpis.rows(card(given_kpi, **known), SETTINGS)
    return found


def aims(name: str, segment: Optional[str] = None, **known) -> tuple:
    found = row(kpi(name, 1, segment=segment), **known).target
    return None if found is None else (found.good, found.great, found.source)


# What good and great are


@pytest.mark.parametrize("name, good, great", [
    ("nrr_ratio", "1.05", "1.20"), ("grr_ratio", "0.90", "0.95"), ("logo_retention_ratio", "0.85", "0.92"),
    ("nps", 30, 50), ("csat", 4, "4.5"), ("ces", 3, 2), ("time_to_value_days", 30, 14), ("health_points", 70, 80)])
def test_without_stage_size_or_product_the_target_is_the_general_one(name, good, great):
    assert aims(name) == (D(good), D(great), "general")


@pytest.mark.parametrize("stage, nrr, grr, logo", [
    ("seed", "1.00", "0.85", None), ("series_a", "1.00", "0.85", None), ("series_b", "1.10", "0.90", "0.85"),
    ("growth", "1.10", "0.90", "0.85"), ("late", "1.20", "0.95", "0.90")])
def test_a_stage_asks_of_the_whole_company_what_decision_a_calls_healthy(stage, nrr, grr, logo):
    for name, good, great in (("nrr_ratio", nrr, "1.20"), ("grr_ratio", grr, "0.95"),
                              ("logo_retention_ratio", logo, "0.92")):
        expected = (D("0.85"), D("0.92"), "general") if good is None else (D(good), D(great), "stage")
        assert aims(name, stage=stage) == expected


@pytest.mark.parametrize("segment, nrr, grr", [
    ("strategic", ("1.15", "1.30"), ("0.90", "0.95")), ("enterprise", ("1.15", "1.30"), ("0.90", "0.95")),
    ("mid_market", ("1.05", "1.15"), ("0.85", "0.90")), ("smb", ("0.95", "1.05"), ("0.80", "0.85"))])
@pytest.mark.parametrize("stage", [None, "seed", "late"])
def test_a_segment_is_asked_what_its_size_keeps_and_not_what_the_stage_does(segment, nrr, grr, stage):
    for name, (good, great) in (("nrr_ratio", nrr), ("grr_ratio", grr)):
        assert aims(name, segment, stage=stage) == (D(good), D(great), "size")
    assert aims("logo_retention_ratio", segment, stage=stage)[2] == "general"


@pytest.mark.parametrize("product, days", [("developer_tools", 1), ("analytics", 7), ("crm", 14), ("hr", 28),
                                           ("erp", 84)])
def test_time_to_value_goes_by_the_product_and_shows_the_general_target_beside_it(product, days):
    found = row(kpi("time_to_value_days", 20), product_type=product)
    assert (found.target.good, found.target.great, found.target.source) == (days, None, "product")
    assert (found.also.good, found.also.great) == (30, 14)
    assert found.standing == ("good" if days >= 20 else "below")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stage", [None, *STAGES])
@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_general_target_is_shown_beside_every_other_and_never_beside_itself(name, stage, segment):
    found = row(kpi(name, 1, segment=segment), stage=stage, product_type="erp")
    if found.target is None:
        assert name in COUNTS and found.also is None and found.standing is None
    else:
        assert (found.also is None) is (found.target.source == "general")
        assert found.also is None or found.also.source == "general"


def test_a_great_of_the_policy_is_never_less_demanding_than_good():
    for name in JUDGED:
        for stage in (None, *STAGES):
            target = row(kpi(name, 1), stage=stage).target
            assert target.great is None or (target.great - target.good) * (1 if target.higher_is_better else -1) >= 0


def test_lower_is_better_of_days_hours_and_effort_alone():
    lower = {name for name in JUDGED if not row(kpi(name, 1)).target.higher_is_better}
    assert lower == {"time_to_value_days", "data_age_hours", "ces"}
    assert row(kpi("ces", 5, easy_is="high")).target.higher_is_better


def test_a_floor_of_ones_own_above_the_general_great_is_great_too():
    own = copy.deepcopy(SETTINGS)
    own["retention_bands"]["scale"]["nrr_ratio"]["healthy"] = D("1.30")
    found, = kpis.rows(card(kpi("nrr_ratio", "1.25"), stage="late"), own)
    assert (found.target.good, found.target.great, found.standing) == (D("1.30"), D("1.30"), "below")


# Standings


@given(RATIOS, RATIOS, RATIOS, st.sampled_from(STAGES), st.sampled_from((12, 12, 1, 3, 24, 36)))
def test_good_at_a_stage_is_healthy_in_decision_a_and_below_is_not(grr, nrr, logo, stage, months):
    grr, logo = min(grr, D(1)), min(logo, D(1))
    rates = retention.Rates(grr, max(grr, nrr), logo, 1 - grr, D(0), D(0))
    words = retention.verdicts(retention.annualised(rates, months) or rates, stage, SETTINGS)
    for name, ratio, word in (("grr_ratio", grr, words.grr), ("nrr_ratio", max(grr, nrr), words.nrr),
                              ("logo_retention_ratio", logo, words.logo)):
        if word is not None:
            found = row(kpi(name, ratio, period_months=months), stage=stage)
            assert (found.standing != "below") is (word == "healthy")


@pytest.mark.parametrize("name", JUDGED)
@given(one=st.integers(0, 1000), other=st.integers(0, 1000), data=st.data())
def test_a_better_value_never_stands_worse(name, one, other, data):
    scale = D(1) / 500 if name.endswith("_ratio") else D(1) / 10
    known = {"stage": data.draw(st.sampled_from((None, *STAGES))), "product_type": data.draw(
        st.sampled_from((None, "erp", "crm")))}
    segment, easy = data.draw(st.sampled_from(SEGMENTS)), data.draw(st.sampled_from(("low", "high")))
    rows = [row(kpi(name, value * scale, segment=segment, easy_is=easy if name == "ces" else None), **known)
            for value in (one, other)]
    if not rows[0].target.higher_is_better:
        rows.reverse()
    worse, better = rows if one <= other else rows[::-1]
    assert WORSE[worse.standing] <= WORSE[better.standing]


@pytest.mark.parametrize("name", JUDGED)
@pytest.mark.parametrize("stage", [None, "seed", "late"])
def test_the_better_band_owns_its_floor(name, stage):
    target = row(kpi(name, 1), stage=stage).target
    reached = row(kpi(name, target.good), stage=stage)
    assert reached.standing in ("good", "great") and reached.short_by is None
    if target.great is not None:
        assert row(kpi(name, target.great), stage=stage).standing == "great"
    step = D("0.000001") if target.higher_is_better else D("-0.000001")
    missed = row(kpi(name, target.good - step), stage=stage)
    assert missed.standing == "below" and missed.short_by == D("0.000001")


@given(st.decimals("1", "5", places=2))
def test_satisfaction_stands_alike_on_every_scale(score):
    standings = {row(kpi("csat", 1 + (score - 1) * (top_of(scale) - 1) / 4, scale=scale)).standing
                 for scale in SCALES["csat"]}
    assert len(standings) == 1


@given(st.decimals("1", "7", places=2))
def test_effort_stands_alike_whichever_end_is_easy(score):
    low, high = row(kpi("ces", score)), row(kpi("ces", 8 - score, easy_is="high"))
    assert (low.standing, low.short_by) == (high.standing, high.short_by)
    assert (low.target.rescaled, high.target.rescaled) == (False, True)


@given(st.integers(0, 500))
def test_the_order_of_the_kpis_changes_nothing(seed):
    made = scorecards.read(cards.seeded(seed), "seeded")
    shuffled = list(made.kpis)
    random.Random(seed).shuffle(shuffled)
    assert kpis.rows(made._replace(kpis=tuple(shuffled)), SETTINGS) == kpis.rows(made, SETTINGS)


@given(st.integers(0, 500))
def test_every_kpi_of_any_scorecard_has_a_row_that_holds_together(seed):
    made = scorecards.read(cards.seeded(seed), "seeded")
    found = kpis.rows(made, SETTINGS)
    assert {(one.kpi, one.segment) for one in found} == {(one.kpi, one.segment) for one in made.kpis}
    order = [(list(KPIS).index(one.level), NAMES.index(one.kpi), SEGMENTS.index(one.segment)) for one in found]
    assert order == sorted(order)
    for one in found:
        assert (one.short_by is not None) is (one.standing == "below") and (one.short_by or 1) > 0
        assert one.interval is None or one.interval.low <= one.value <= one.interval.high
        assert one.annual_value is None or (one.kpi in kpis.OUTCOMES and one.period_months != 12)
        assert set(one.record()) == set(kpis.Row._fields)


# Periods


@pytest.mark.parametrize("name", kpis.OUTCOMES)
@pytest.mark.parametrize("months, ratio", [(1, "0.99"), (3, "0.97"), (6, "1"), (24, "0.8"), (36, "0"), (18, "0.77")])
def test_a_rate_of_another_period_is_compounded_to_a_year_before_it_is_judged(name, months, ratio):
    found = row(kpi(name, ratio, period_months=months))
    assert float(found.annual_value) == pytest.approx(float(ratio) ** (12 / months))
    assert found.value == D(ratio)
    assert found.standing == row(kpi(name, found.annual_value)).standing


def test_a_monthly_grr_of_99_per_cent_is_88_6_a_year_and_not_good():
    found = row(kpi("grr_ratio", "0.99", period_months=1))
    assert (round(found.annual_value, 4), found.standing, round(found.short_by, 4)) == (D("0.8864"), "below",
                                                                                      D("0.0136"))


@pytest.mark.parametrize("months", [1, 3, 24])
def test_a_renewal_rate_is_of_the_contracts_due_and_is_not_compounded(months):
    for name in ("renewal_rate_ratio", "early_renewal_ratio"):
        found = row(kpi(name, "0.86", period_months=months))
        assert (found.annual_value, found.standing) == (None, row(kpi(name, "0.86")).standing)


def test_expansion_of_another_period_than_a_year_is_shown_and_not_judged():
    found = row(kpi("expansion_ratio", "0.05", period_months=3))
    assert (found.annual_value, found.standing, found.short_by) == (None, None, None)
    assert row(kpi("expansion_ratio", "0.05")).standing == "below"


def test_a_rate_of_a_year_has_no_other_annual_value():
    for name in OVER_TIME:
        assert row(kpi(name, "0.9")).annual_value is None


# Certainty against the target

COUNTED = st.integers(1, 5000)


def holds(ratio: D, of: int, line: float) -> bool:
    """Whether statsmodels' Wilson interval of a share holds a line."""
    low, high = proportion_confint(float(ratio) * of, of, 0.05, "wilson")
    assume(min(abs(low - line), abs(high - line)) > 1e-9)
    return low <= line <= high


@pytest.mark.parametrize("name", kpi_change.SHARES)
@given(st.decimals(0, 1, places=3), COUNTED)
def test_a_share_is_told_from_good_where_its_interval_leaves_good_out(name, ratio, of):
    found = row(kpi(name, ratio, of))
    assert found.distinguishable is not holds(ratio, of, float(found.target.good))
    assert found.distinguishable is (not found.interval.low <= found.target.good <= found.interval.high)


@pytest.mark.parametrize("name", kpi_change.OF_ARR)
@given(st.decimals(0, 1, places=3), COUNTED)
def test_of_a_ratio_of_arr_a_count_can_say_only_that_it_cannot_be_told(name, ratio, of):
    found = row(kpi(name, ratio, of))
    assert found.distinguishable is (False if holds(ratio, of, float(found.target.good)) else None)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_count_or_a_target_it_is_not_known_whether_good_is_reached(name):
    assert row(kpi(name, "0.9")).distinguishable is None
    assert name not in (*COUNTS, "nrr_ratio", "expansion_ratio", "forecast_accuracy_ratio") or row(
        kpi(name, "0.9", 10**7)).distinguishable is None
    assert row(kpi("csat", 5, 300)).distinguishable is None and row(kpi("csat", 5, 300, sd=0)).distinguishable is None


@given(st.decimals("0.9", 1, places=3), st.integers(2, 900), st.sampled_from((1, 3, 6, 24)))
def test_a_share_of_another_period_is_held_against_the_target_of_that_period(ratio, of, months):
    found = row(kpi("logo_retention_ratio", ratio, of, period_months=months))
    assert found.distinguishable is not holds(ratio, of, math.pow(0.85, months / 12))


@given(st.decimals(1, 5, places=2), st.decimals("0.1", 2, places=2), st.integers(2, 900))
def test_a_mean_is_told_from_good_by_student_and_its_spread(score, sd, of):
    found = row(kpi("csat", score, of, sd=sd))
    low, high = stats.t.interval(0.95, of - 1, float(score), float(sd) / math.sqrt(of))
    assume(min(abs(low - 4), abs(high - 4)) > 1e-9)
    assert found.distinguishable is bool(low > 4 or high < 4)


@given(st.integers(-100, 100), COUNTED)
def test_an_nps_is_told_from_good_by_the_widest_noise_and_not_told_by_the_narrowest(score, of):
    found, share = row(kpi("nps", score, of)).distinguishable, abs(score) / 100
    low, high = proportion_confint((100 + score) / 200 * of, of, 0.05, "wilson")
    least = 196 * math.sqrt(share * (1 - share) / of)
    assert found is not True or not low <= 0.65 <= high
    assert found is not False or abs(score - 30) <= least + 0.01
    assert found is not None or (low <= 0.65 <= high and abs(score - 30) >= least - 0.01)


def test_88_per_cent_of_240_customers_is_good_and_cannot_be_told_from_85():
    logo, grr = row(kpi("logo_retention_ratio", "0.88", 240)), row(kpi("grr_ratio", "0.91", 240))
    assert (logo.standing, logo.distinguishable) == ("good", False) == (grr.standing, grr.distinguishable)
    assert row(kpi("logo_retention_ratio", "0.88", 2400)).distinguishable is True
    assert row(kpi("grr_ratio", "0.91", 24_000)).distinguishable is None


# What is known of a KPI


def test_every_kpi_has_a_level_a_unit_and_an_owner_and_only_counts_have_no_target():
    assert list(kpis.KNOWN) == NAMES
    assert set(RULES["kpis"]) == set(JUDGED)
    owners = {known.level: known.owner for known in kpis.KNOWN.values()}
    assert owners == {"outcome": "cs_leadership", "leading": "cs_operations", "operations": "cs_operations",
                      "activity": "csms"}
    assert {known.unit for known in kpis.KNOWN.values()} == {"ratio", "points", "days", "hours", "score", "count"}


def test_a_change_knows_which_direction_is_better():
    assert row(kpi("time_to_value_days", 20, previous=reading(30))).change.better is True
    assert row(kpi("touches_per_account", 20, previous=reading(30))).change.better is None
    assert row(kpi("expansion_ratio", "0.1", previous=reading("0.2"), period_months=3)).change.better is False


def test_a_record_keeps_six_places_of_a_ratio():
    shown = row(kpi("grr_ratio", "0.870017", previous=reading("0.898272"))).record()
    assert shown["value"] == 0.870017 and shown["short_by"] == 0.029983
    assert shown["change"].record()["difference"] == -0.028255


# Findings


def rows(*given_kpis, **known) -> tuple[kpis.Row, ...]:
    return kpis.rows(card(*given_kpis, **known), SETTINGS)


@pytest.mark.parametrize("owner, gap", [("cs_leadership", False), (None, False), ("nobody", True), ("sales", True),
                                        ("finance", True), ("csms", True), ("cs_operations", True)])
def test_an_outcome_belongs_to_the_leadership_of_cs_and_an_owner_not_said_is_unknown(owner, gap):
    found = kpis.owner_gaps(rows(kpi("grr_ratio", "0.9", owner=owner, segment="smb")))
    assert bool(found) is gap
    assert not gap or found[0] == ("grr_ratio", "smb", owner, "cs_leadership")


def test_who_owns_a_leading_figure_is_no_gap():
    assert kpis.owner_gaps(rows(kpi("nps", 30, owner="nobody"), kpi("success_plan_ratio", 1, owner="sales"))) == ()


def test_a_team_reports_only_activities_where_every_kpi_of_its_own_is_one():
    activities = [kpi(name, 1) for name in KPIS["activity"]]
    assert kpis.only_activities(rows(*activities)) and kpis.only_activities(rows(activities[0]))
    assert kpis.only_activities(rows(*activities, kpi("grr_ratio", "0.9", origin="retention")))
    assert not kpis.only_activities(rows(*activities, kpi("nps", 30)))
    assert not kpis.only_activities(rows())
    assert not kpis.only_activities(rows(kpi("grr_ratio", "0.9", origin="retention")))


def test_an_outcome_is_missing_until_something_says_it_of_the_whole_company():
    assert kpis.missing_outcomes(rows()) == kpis.OUTCOMES
    assert kpis.missing_outcomes(rows(kpi("grr_ratio", "0.9", segment="smb"))) == kpis.OUTCOMES
    assert kpis.missing_outcomes(rows(kpi("grr_ratio", "0.9", origin="retention"))) == (
        "nrr_ratio", "logo_retention_ratio")
    assert kpis.missing_outcomes(rows(*(kpi(name, "0.9") for name in kpis.OUTCOMES))) == ()


def test_more_than_seven_kpis_are_too_many_and_segments_are_not_counted():
    seven = [kpi(name, 1) for name in NAMES[:7]]
    segments = [kpi("grr_ratio", 1, segment=segment) for segment in cards.SEGMENTS]
    assert kpis.too_many(rows(*seven, *segments), SETTINGS) is None
    assert kpis.too_many(rows(*seven, kpi(NAMES[7], 1, origin="retention")), SETTINGS) is None
    assert kpis.too_many(rows(*seven, kpi(NAMES[7], 1)), SETTINGS) == 8


def test_accounts_with_and_without_an_owner_add_up():
    assert kpis.owned(card()) is None
    assert kpis.owned(card(accounts=0, with_owner=0)) == (0, 0, None, 0)
    found = kpis.owned(card(accounts=242, with_owner=193))
    assert (found.without, round(found.ratio, 4)) == (49, D("0.7975"))
    assert found.record()["with_owner_ratio"] == found.ratio


@pytest.mark.parametrize("csms, required, ratio, within", [
    (8, 10, "-0.2", True), (12, 10, "0.2", True), ("7.9", 10, "-0.21", False), ("12.1", 10, "0.21", False),
    (0, 10, "-1", False), (10, 10, 0, True), (3, None, None, None), (3, 0, None, None), (0, 0, None, None)])
def test_headcount_is_within_a_fifth_of_what_is_required_on_either_side(csms, required, ratio, within):
    found = kpis.headcount(card(csms=csms, required=required), "given", SETTINGS)
    assert (found.ratio, found.within) == (None if ratio is None else D(ratio), within)
    assert "gap_ratio" in found.record()


def test_without_the_csms_there_is_no_headcount():
    assert kpis.headcount(card(required=10), "given", SETTINGS) is None
