"""The picture of decision E: its title is the stage that can be shown, and no scorecard breaks the drawing."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

import cards
from conftest import SAMPLES, called
from cslib import maturity, policy, schema, scorecard_report, scorecards, source
from cslib.page import Picture
from cslib.pictures_scorecard import pictures
from cslib.scorecard_words import DIMENSIONS, Report
from cslib.scorecards import GATES, LADDER, Scorecard

DOOR = "cs_scorecard"
RULES = policy.read(None)
LONG = ("Minutes | <b>Fern</b> & [Bank](http://e.example) \u202e *say* " * 9)[:300]


def report(card: Scorecard) -> Report:
    return scorecard_report.answered(card, None, RULES, False)


def drawn(card: Scorecard) -> Picture:
    found, = pictures(report(card))
    root = ElementTree.fromstring(found.drawing)
    assert [child.text for child in root[:2]] == [found.title, found.alt]
    return found


def test_the_title_is_the_stage_the_gates_that_hold_it_and_the_claims_without_evidence():
    page = " ".join(called(DOOR).out.split())
    found = drawn(scorecards.read(source.document(str(SAMPLES / "scorecard.json")), "sample"))
    stage, gates = re.search(r"You are (\w+), .*?: ([\w ]+) go no further", page).groups()
    claims = re.search(r"Claimed without evidence, so not counted: ([\w ]+)\.", page)[1].split(" and ")
    assert found.title == (f"{stage.capitalize()}, stage 2 of 4: {gates} hold it; "
                           f"{len(claims)} claims lack evidence")


def test_the_table_has_nine_dimensions_with_what_is_shown_claimed_and_lacking():
    found = drawn(cards.card(cells=cards.levels(risk="strategic", voice="transformational"),
                             unproved=[("risk", "transformational"), ("roles", "proactive")]))
    rows = {line[0]: line[1:3] for line in found.table.rows}
    assert len(rows) == len(DIMENSIONS) == 9 and sum("(gate)" in name for name in rows) == len(GATES)
    assert rows["risk (gate)"] == ("strategic", "transformational") and rows["roles"] == ("reactive", "proactive")
    assert rows["customers' voice"] == ("transformational", "transformational")
    assert found.table.rows[-1][3] == "-" and all(line[3] for line in found.table.rows)
    assert "risk strategic (claimed transformational); roles reactive (claimed proactive)" in found.alt


@pytest.mark.parametrize("stage", LADDER[1:])
def test_a_team_that_shows_all_that_it_claims_has_no_claim_in_the_title(stage):
    title = drawn(cards.card(cells=cards.all_at(stage))).title
    place = LADDER.index(stage) + 1
    ends = (f"all gates are there, the mean of nine dimensions is {place}.0" if place == 4
            else "measurement, risk and segmentation hold it")
    assert title == f"{stage.capitalize()}, stage {place} of 4: {ends}"


def test_one_gate_and_one_claim_are_said_in_the_singular():
    title = drawn(cards.card(cells=cards.levels(measurement="proactive", risk="proactive"),
                             unproved=[("segmentation", "proactive")])).title
    assert title == "Reactive, stage 1 of 4: segmentation holds it; 1 claim lacks evidence"


def test_a_claim_that_a_result_refutes_is_drawn_as_claimed_and_said():
    card = cards.card(cells=cards.levels(measurement="strategic", risk="proactive"))
    found = report(card)
    refuted = maturity.matured(card, frozenset({("measurement", "strategic")}))
    picture, = pictures(found._replace(s=found.s._replace(maturity=refuted)))
    assert picture.title.endswith("; results contradict 1 claim")
    assert picture.table.rows[0][1:3] == ("proactive", "strategic")


def test_where_nothing_is_said_or_nothing_is_claimed_there_is_nothing_to_see():
    assert pictures(report(cards.card(cards.kpi("nps", 31)))) == []
    refused = cards.document(maturity={name: {stage: {"met": False} for stage in LADDER[1:]} for name in DIMENSIONS})
    assert pictures(report(scorecards.read(refused, "test"))) == []


def test_words_of_the_team_do_not_reach_the_picture():
    cell = {stage: {"met": True, "evidence": LONG} for stage in LADDER[1:]}
    found = drawn(scorecards.read(cards.document(maturity={name: cell for name in DIMENSIONS}), "test"))
    assert "Fern" not in str(found)


@pytest.mark.parametrize("seed", range(40))
def test_every_scorecard_draws_what_parses_and_shows_no_more_than_is_claimed(seed):
    read = json.loads(json.dumps(cards.seeded(seed), default=float), parse_float=Decimal)
    schema.check(read, "scorecard", "test")
    card = scorecards.read(read, "test")
    m = report(card).s.maturity
    if m is None or not any(cell.claimed for cell in m.cells):
        assert pictures(report(card)) == []
        return
    found = drawn(card)
    said = maturity.claimed_levels(m.cells)
    assert all(level.number <= claim.number for level, claim in zip(m.levels, said))
    assert len(found.table.rows) == 9 and found == drawn(card)
    assert min(claim.number for claim in said if claim.gate) >= LADDER.index(m.overall_if_proved) + 1
