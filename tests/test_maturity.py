"""Maturity: more evidence never lowers a stage, what is not shown does not count, and the words can be asked."""

from __future__ import annotations

import re
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import all_at, card, levels
from cslib import maturity_cells
from cslib.maturity import Maturity, matured
from cslib.scorecards import DIMENSIONS, GATES, LADDER, Claim, Scorecard

ROOT = Path(__file__).resolve().parents[1]
STAGES = LADDER[1:]
WORDS = maturity_cells.read()
CELLS = [(dimension, stage) for dimension in DIMENSIONS for stage in STAGES]
ASKED = [(dimension, stage, WORDS[dimension][stage]) for dimension, stage in CELLS]
CLAIMS = st.tuples(*(st.builds(Claim, st.just(dimension), st.just(stage), st.sampled_from((True, True, False, None)),
                               st.sampled_from((None, "seen", "seen")), st.sampled_from(("given", "given", "coverage")))
                     for dimension, stage in CELLS))
TEAMS = st.builds(lambda claims, believed: card(believed_stage=believed)._replace(claims=claims), CLAIMS,
                  st.sampled_from((None, *LADDER)))
PLACES = st.sampled_from(CELLS)


def numbers(found: Maturity) -> list[int]:
    return [level.number for level in found.levels]


def overall(found: Maturity) -> int:
    return LADDER.index(found.overall) + 1


def claimed(team: Scorecard, place: tuple[str, str], **known: object) -> Scorecard:
    return team._replace(claims=tuple(claim._replace(**known) if claim[:2] == place else claim
                                      for claim in team.claims))


def team(**stages: str) -> Scorecard:
    return card(cells=levels(**stages))


# Laws


@given(TEAMS, PLACES)
def test_more_evidence_never_lowers_a_stage(one, place):
    before, after = matured(one), matured(claimed(one, place, met=True, evidence="seen"))
    assert all(new >= old for old, new in zip(numbers(before), numbers(after)))
    assert overall(after) >= overall(before) and after.mean >= before.mean


@given(TEAMS, PLACES)
def test_less_evidence_never_raises_one(one, place):
    for less in ({"met": None}, {"met": False}, {"evidence": None, "origin": "given"}):
        before, after = matured(one), matured(claimed(one, place, **less))
        assert all(new <= old for old, new in zip(numbers(before), numbers(after)))
        assert overall(after) <= overall(before)


@given(TEAMS, st.frozensets(PLACES, max_size=4))
def test_what_a_result_refutes_never_counts_and_never_raises_a_stage(one, refuted):
    before, after = matured(one), matured(one, refuted)
    assert all(new <= old for old, new in zip(numbers(before), numbers(after)))
    assert not any(cell.met for cell in after.cells if (cell.dimension, cell.stage) in refuted)
    assert set(after.contradicted) == {claim[:2] for claim in one.claims if claim.met and claim[:2] in refuted}


@given(TEAMS)
def test_overall_is_the_lowest_gate_and_no_other_dimension_moves_it(one):
    found = matured(one)
    assert overall(found) == min(level.number for level in found.levels if level.dimension in GATES)
    for dimension in set(DIMENSIONS) - set(GATES):
        for stage in STAGES:
            one = claimed(one, (dimension, stage), met=True, evidence="seen")
    assert matured(one).overall == found.overall


@given(TEAMS)
def test_a_stage_is_reached_when_every_stage_up_to_it_is_met_and_what_is_met_above_is_skipped(one):
    found = matured(one)
    for level in found.levels:
        met = [cell.met for cell in found.cells if cell.dimension == level.dimension]
        assert level.number == len(LADDER) - len(met) + [*met, False].index(False)
        assert level.stage == LADDER[level.number - 1]
        assert len(level.skipped) == sum(met) - (level.number - 1)
        assert all(LADDER.index(stage) > level.number for stage in level.skipped)


@given(TEAMS)
def test_a_claim_without_evidence_is_named_and_counts_as_not_met(one):
    found = matured(one)
    bare = {claim[:2] for claim in one.claims if claim.met and not claim.evidence and claim.origin == "given"}
    assert set(found.unproved) == bare
    assert not any(cell.met for cell in found.cells if (cell.dimension, cell.stage) in bare)


@given(TEAMS, st.frozensets(PLACES, max_size=4))
def test_what_proof_would_bring_is_the_stage_of_the_same_team_with_evidence_for_every_claim(one, refuted):
    found = matured(one, refuted)
    proved = matured(one._replace(claims=tuple(claim._replace(evidence="seen") for claim in one.claims)), refuted)
    assert found.overall_if_proved == proved.overall == proved.overall_if_proved
    assert found.claims_unproved == len(set(found.unproved) - refuted) and proved.claims_unproved == 0
    assert LADDER.index(found.overall_if_proved) + 1 >= overall(found)
    assert found.claims_unproved or found.overall_if_proved == found.overall


@given(TEAMS)
def test_evidence_for_what_nobody_says_is_met_makes_nothing_met(one):
    silent = one._replace(claims=tuple(claim._replace(met=None if claim.met else claim.met, evidence="seen")
                                       for claim in one.claims))
    assert numbers(matured(silent)) == [1] * len(DIMENSIONS)


@given(TEAMS)
def test_the_moves_are_the_gates_that_hold_the_overall_stage_then_the_lowest_others(one):
    found = matured(one)
    behind = [level for level in found.levels if level.number < 4]
    assert len(found.moves) == min(3, len(behind))
    assert [move.order for move in found.moves] == list(range(1, len(found.moves) + 1))
    by_name = {level.dimension: level for level in found.levels}
    keys = [(not move.holds_overall, by_name[move.dimension].number * (not move.holds_overall),
             DIMENSIONS.index(move.dimension)) for move in found.moves]
    assert keys == sorted(keys) and len({move.dimension for move in found.moves}) == len(keys)
    for move in found.moves:
        level = by_name[move.dimension]
        assert (move.from_stage, move.stage) == (level.stage, LADDER[level.number])
        assert move.holds_overall is (level.gate and level.number == overall(found))
    left = [level.number for level in behind if level.dimension not in {move.dimension for move in found.moves}]
    others = [by_name[move.dimension].number for move in found.moves if not move.holds_overall]
    assert not left or not others or max(others) <= min(left)


@given(TEAMS)
def test_a_move_reaches_and_lifts_what_it_says(one):
    found = matured(one)
    for move in found.moves:
        after = matured(claimed(one, (move.dimension, move.stage), met=True, evidence="seen"))
        there, = (level for level in after.levels if level.dimension == move.dimension)
        assert there.stage == move.reaches
        assert move.lifts_overall is (overall(after) > overall(found))
        assert move.holds_overall or not move.lifts_overall


# Cases


def test_a_team_of_which_nothing_is_known_is_reactive_everywhere():
    found = matured(card())
    assert (found.overall, found.mean, found.answered, found.overestimates) == ("reactive", 1, 0, None)
    assert [(move.dimension, move.stage, move.lifts_overall) for move in found.moves] == [
        (gate, "proactive", False) for gate in GATES]


@pytest.mark.parametrize("stage", LADDER)
def test_a_team_at_one_stage_in_everything_stands_there(stage):
    found = matured(card(cells=all_at(stage), believed_stage=stage))
    assert (found.overall, found.mean, found.overestimates) == (stage, LADDER.index(stage) + 1, 0)
    assert len(found.moves) == (0 if stage == "transformational" else 3)


@pytest.mark.parametrize("gate", GATES)
def test_one_gate_holds_a_team_back_whatever_else_it_shows(gate):
    found = matured(card(cells={**all_at("transformational"), gate: ()}, believed_stage="strategic"))
    assert (found.overall, found.overestimates) == ("reactive", 2)
    move, = found.moves
    assert (move.dimension, move.stage, move.holds_overall, move.lifts_overall) == (gate, "proactive", True, True)


def test_a_team_may_believe_less_than_it_shows():
    assert matured(card(cells=all_at("strategic"), believed_stage="reactive")).overestimates == -2


def test_the_mean_is_beside_the_overall_stage_and_not_in_it():
    found = matured(team(health="transformational", measurement="proactive", segmentation="proactive"))
    assert (found.overall, found.mean) == ("reactive", D(14) / 9)


def test_a_stage_met_above_one_that_is_not_waits_for_it():
    found = matured(card(cells={**levels(measurement="strategic", segmentation="strategic"), "risk": ("strategic",)}))
    risk, = (level for level in found.levels if level.dimension == "risk")
    assert (risk.stage, risk.skipped) == ("reactive", ("strategic",))
    first = found.moves[0]
    assert (first.dimension, first.stage, first.reaches) == ("risk", "proactive", "strategic")
    assert first.lifts_overall


def test_two_gates_at_the_lowest_stage_hold_it_and_neither_lifts_it_alone():
    found = matured(team(measurement="proactive"))
    assert [(move.dimension, move.holds_overall, move.lifts_overall) for move in found.moves[:2]] == [
        ("risk", True, False), ("segmentation", True, False)]


def test_nine_first_stages_without_evidence_are_reactive_and_proactive_if_proved():
    found = matured(card(unproved=[(dimension, "proactive") for dimension in DIMENSIONS]))
    assert (found.overall, found.overall_if_proved, found.claims_unproved) == ("reactive", "proactive", 9)


def test_a_claim_that_a_result_refutes_cannot_be_proved():
    found = matured(card(unproved=[(gate, "proactive") for gate in GATES]), frozenset({("risk", "proactive")}))
    assert (found.overall_if_proved, found.claims_unproved) == ("reactive", 2)


def test_what_a_result_shows_counts_without_words_of_evidence():
    shown = claimed(card(), ("capacity", "proactive"), met=True, origin="coverage")
    cell = next(cell for cell in matured(shown).cells if cell.dimension == "capacity" and cell.stage == "proactive")
    assert (cell.met, cell.evidenced, cell.origin) == (True, True, "coverage")


# The words


def test_there_are_words_for_every_dimension_and_stage_and_for_no_other():
    assert tuple(WORDS) == DIMENSIONS
    for dimension in DIMENSIONS:
        assert tuple(WORDS[dimension]) == LADDER
        assert tuple(WORDS[dimension]["reactive"]) == ("criterion",)
        assert all(tuple(WORDS[dimension][stage]) == ("criterion", "question", "proof", "helps") for stage in STAGES)


@pytest.mark.parametrize("dimension, stage, words", ASKED)
def test_a_criterion_is_one_short_sentence_with_a_question_and_a_proof_of_its_own(dimension, stage, words):
    for key, end in (("criterion", "."), ("question", "?"), ("proof", ".")):
        text = words[key]
        assert text.endswith(end) and sum(text.count(mark) for mark in ".?!") == 1, text
        assert 20 < len(text) <= 130 and text[0].isupper() and text.isascii(), (len(text), text)
    assert len({words["criterion"], words["question"], words["proof"]}) == 3


def test_no_sentence_stands_twice():
    said = [text for stages in WORDS.values() for words in stages.values() for key, text in words.items()
            if key != "helps"]
    assert len(said) == len(set(said)) == 9 + 27 * 3


@pytest.mark.parametrize("dimension, stage, words", ASKED)
def test_what_helps_is_there(dimension, stage, words, run):
    name, _, flag = words["helps"].partition(" ")
    if name.startswith(("references/", "rules/")):
        assert (ROOT / name).is_file() and not flag
    else:
        said = run(name[:-len(".py")], "--help")
        assert said.code == 0 and flag and flag.split()[0] in said.out
        assert all(re.search(rf"\b{word}\b", said.out) for word in flag.split()[1:])


def test_the_thresholds_of_the_words_are_those_of_the_facts():
    facts = ROOT.parent / "shared" / "facts" / "benchmarks.md"
    if not facts.exists():
        pytest.skip("the shared facts are not here")
    table = facts.read_text(encoding="utf-8").partition("### 6.2")[2]
    for dimension, stage, said, written in (
            ("measurement", "transformational", "3 points", "≤3 points"),
            ("health", "strategic", "50 losses", "≥50 losses"), ("health", "strategic", "three times", "≥3×"),
            ("risk", "proactive", "90 days", "≥90 days"), ("risk", "strategic", "60% of the ARR", "≥60% of lost ARR"),
            ("risk", "strategic", "60 days", "≥60 days"), ("risk", "transformational", "80% of the ARR", "≥80%"),
            ("onboarding", "strategic", "70%", "≥70%")):
        assert said in WORDS[dimension][stage]["criterion"] and written in table
