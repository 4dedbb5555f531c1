"""The whole answer of decision E: the sample company, seeded scorecards, and ten invented companies of every size."""

from __future__ import annotations

import json
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cards
from cards import all_at, card, kpi, levels, reading
from conftest import SAMPLES
from cslib import policy, result, scorecards, source
from cslib.filled_in import filled
from cslib.scorecard import VERDICTS, Scored, scored
from cslib.scorecards import GATES, LADDER, Scorecard
from cslib.shown import Doubt

SETTINGS = policy.read(None).settings


def answer(team: Scorecard) -> Scored:
    return scored(filled(team, False), SETTINGS)


def standings(found: Scored) -> dict:
    return {(row.kpi, row.segment): row.standing for row in found.rows}


def test_the_verdicts_are_the_stages_the_best_first():
    assert VERDICTS == ("transformational", "strategic", "proactive", "reactive")


@given(st.integers(0, 2000))
def test_any_scorecard_is_answered_and_its_json_is_strict(seed):
    team = scorecards.read(cards.seeded(seed), "seeded")
    found = answer(team)
    said = [claim for claim in team.claims if claim.met is not None]
    assert (found.verdict is None) is (not said) and (found.maturity is None) is (not said)
    assert found.verdict is None or found.verdict == found.maturity.overall
    assert len(found.rows) == len(team.kpis) and found.differences == ()
    text = result.text(result.plain(found._asdict()))
    assert json.loads(text)["rows"] == json.loads(text, parse_constant=lambda word: pytest.fail(word))["rows"]


def test_cells_in_which_nothing_is_said_give_no_verdict():
    silent = card(cells={})
    assert silent.assessed and answer(silent).verdict is None
    no = silent._replace(claims=(silent.claims[0]._replace(met=False), *silent.claims[1:]))
    assert answer(no).verdict == "reactive"


@given(st.integers(0, 500), st.sampled_from(scorecards.DIMENSIONS), st.sampled_from(LADDER[1:]))
def test_more_evidence_never_makes_the_verdict_worse(seed, dimension, stage):
    team = scorecards.read(cards.seeded(seed), "seeded")
    more = team._replace(claims=tuple(claim._replace(met=True, evidence="seen") if claim[:2] == (dimension, stage)
                                      else claim for claim in team.claims))
    before, after = answer(team).verdict, answer(more).verdict
    assert before is None or VERDICTS.index(after) <= VERDICTS.index(before)


def test_every_list_of_the_json_can_be_cut_to_one_row():
    """A pair written as a list would lose its second half."""
    path = SAMPLES / "scorecard.json"
    team = scorecards.read(source.document(str(path)), str(path))
    record = result.plain(answer(team)._asdict(), cut=result.Cut(1, (), []))
    assert set(record["rows"][0]["interval"] or {"low": 0, "high": 0}) == {"low", "high"}
    assert set(record["maturity"]["unproved"][0]) == {"dimension", "stage"}


def test_the_sample_company_believes_that_it_is_strategic_and_is_proactive():
    path = SAMPLES / "scorecard.json"
    found = answer(scorecards.read(source.document(str(path)), str(path)))
    assert (found.verdict, found.maturity.believed, found.maturity.overestimates) == ("proactive", "strategic", 1)
    known = standings(found)
    assert (known["nrr_ratio", None], known["grr_ratio", None], known["logo_retention_ratio", None]) == (
        "below", "below", "good")
    assert {gap.kpi for gap in found.owner_gaps} == {"nrr_ratio", "grr_ratio", "logo_retention_ratio"}
    assert [move.dimension for move in found.maturity.moves[:2]] == ["risk", "segmentation"]
    assert not found.only_activities and found.missing_outcomes == ()


def test_what_a_doubted_result_filled_in_has_no_standing_and_what_is_given_keeps_its_own():
    team = card(kpi("grr_ratio", "0.8"), kpi("nrr_ratio", "2.9")._replace(origin="retention"))
    plain = filled(team, False)
    doubt = Doubt("retention", "net_retention", "result.implausible", D("2.9"), 185)
    assert standings(scored(plain, SETTINGS)) == {("nrr_ratio", None): "great", ("grr_ratio", None): "below"}
    found = scored(plain._replace(doubts=(doubt,)), SETTINGS)
    assert standings(found) == {("nrr_ratio", None): None, ("grr_ratio", None): "below"}
    assert found.rows[0].target and found.rows[0].distinguishable is None and found.doubts == (doubt,)


# Ten invented companies, each with the sentence that defends its answer


def test_two_founders_with_six_customers_are_reactive_and_lack_every_outcome():
    """Nothing is measured yet: the first move is to measure, not to hire."""
    found = answer(card(kpi("nps", 60, 6), stage="seed", cells={}, unproved=[("voice", "proactive")]))
    assert (found.verdict, found.missing_outcomes) == ("reactive", ("nrr_ratio", "grr_ratio", "logo_retention_ratio"))
    assert found.maturity.moves[0].dimension == "measurement" and found.maturity.unproved == (("voice", "proactive"),)


def test_a_seed_company_with_87_per_cent_grr_is_good_and_a_growth_company_with_it_is_not():
    """The bands of decision A go by stage: 85% at seed, 90% at growth."""
    for stage, standing in (("seed", "good"), ("series_a", "good"), ("series_b", "below"), ("growth", "below"),
                            ("late", "below")):
        row, = answer(card(kpi("grr_ratio", "0.87", 40), stage=stage)).rows
        assert row.standing == standing and row.also.good == D("0.90")


def test_a_series_a_team_that_counts_touches_and_reviews_is_told_that_it_reports_only_activities():
    """Calls say what the team did and not what customers got."""
    found = answer(card(kpi("touches_per_account", 14), kpi("calls_per_csm", 80), kpi("business_reviews_held_ratio", 1),
                        stage="series_a"))
    assert found.only_activities and found.verdict is None and len(found.missing_outcomes) == 3
    assert standings(found)["business_reviews_held_ratio", None] == "good"


def test_a_series_b_company_with_nrr_of_103_is_below_its_stage_and_above_its_segment():
    """103% is under the 110% of the stage; of small customers 95% is asked, of enterprises 115%."""
    found = answer(card(kpi("nrr_ratio", "1.03"), *(kpi("nrr_ratio", "1.03", segment=size) for size in cards.SEGMENTS),
                        stage="series_b"))
    assert list(standings(found).values()) == ["below", "below", "below", "below", "good"]


def test_a_growth_company_whose_owners_are_sales_and_nobody_has_two_gaps():
    """Two lines without CS leadership, one of them without anybody."""
    found = answer(card(kpi("nrr_ratio", "1.12", owner="sales"), kpi("grr_ratio", "0.91", owner="nobody"),
                        kpi("logo_retention_ratio", "0.9", owner="cs_leadership"), stage="growth"))
    assert [(gap.kpi, gap.owner) for gap in found.owner_gaps] == [("nrr_ratio", "sales"), ("grr_ratio", "nobody")]


def test_an_erp_maker_is_good_at_eighty_days_and_a_tool_for_developers_is_not_at_two():
    """Time to value goes by the product: twelve weeks against one day."""
    for product, days, standing in (("erp", 80, "good"), ("developer_tools", 2, "below"), (None, 20, "good")):
        assert answer(card(kpi("time_to_value_days", days), product_type=product)).rows[0].standing == standing


def test_a_company_that_asks_whether_it_was_easy_is_not_called_hard_to_deal_with():
    """5.6 of 7 where 7 is easy is good; the same figure where 7 is effort is far from it."""
    easy, effort = (answer(card(kpi("ces", "5.6", easy_is=end))).rows[0] for end in ("high", "low"))
    assert (easy.standing, effort.standing) == ("good", "below") and easy.target.rescaled


def test_a_team_of_a_late_company_with_everything_but_tiers_is_held_at_reactive():
    """Segmentation is a gate: without tiers the work goes to whoever asks."""
    found = answer(card(stage="late", cells={**all_at("strategic"), "segmentation": ()}, believed_stage="strategic"))
    assert (found.verdict, found.maturity.overestimates, round(found.maturity.mean, 2)) == ("reactive", 2, D("2.78"))
    move, = (move for move in found.maturity.moves if move.holds_overall)
    assert (move.dimension, move.reaches, move.lifts_overall) == ("segmentation", "proactive", True)


def test_a_company_of_a_thousand_staff_may_be_strategic_with_weak_figures():
    """Maturity is what a team can show that it does; the figures stand beside it and do not enter it."""
    found = answer(card(kpi("grr_ratio", "0.91", 4000, previous=reading("0.92", 3800)), stage="late",
                        cells=all_at("strategic"), believed_stage="transformational", csms=120, required=96))
    assert (found.verdict, found.rows[0].standing) == ("strategic", "below")
    assert found.rows[0].change.distinguishable is False
    assert (found.headcount.ratio, found.headcount.within) == (D("0.25"), False)


def test_a_company_that_lost_four_of_a_hundred_more_customers_is_not_told_that_it_got_worse():
    """90 of 100 after 94 of 100 cannot be told from noise; 9,000 of 10,000 after 9,400 can."""
    for of, told in ((100, False), (10_000, True)):
        row, = answer(card(kpi("logo_retention_ratio", "0.90", of, previous=reading("0.94", of)))).rows
        assert (row.change.better, row.change.distinguishable) == (False, told)


@pytest.mark.parametrize("gate", GATES)
def test_a_transformational_team_is_only_as_good_as_its_lowest_gate(gate):
    found = answer(card(cells={**all_at("transformational"), **levels(**{gate: "proactive"})}))
    assert found.verdict == "proactive" and [move.dimension for move in found.maturity.moves] == [gate]
