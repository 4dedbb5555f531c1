"""The questionnaire: every question with the proof to ask for, and a document that waits only for its day."""

from __future__ import annotations

import json

import pytest

import cards
from conftest import SAMPLES, called
from cslib import source
from cslib.kpis_known import KPIS, OVER_TIME, SCALES

DOOR = "cs_scorecard"
STAGES = cards.LADDER[1:]


def asked(*args: object, stdin: str = "") -> str:
    run = called(DOOR, *args, "--questions", stdin=stdin)
    assert run.code == 0 and run.err == "", run
    return run.out


def blank() -> dict:
    return json.loads(asked("--format", "json"))


def dated() -> dict:
    """The document with its day filled in."""
    return blank() | {"as_of": "2026-09-30"}


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_every_question_is_asked_with_what_counts_as_yes_and_the_proof_to_ask_for(name):
    text = " ".join(asked("--format", name).replace("\\", "").split())
    cells = source.own("maturity.json")
    for dimension in cards.DIMENSIONS:
        for stage in STAGES:
            cell = cells[dimension][stage]
            for words in (cell["question"], cell["criterion"], cell["proof"]):
                assert " ".join(words.split()) in text, (dimension, stage)
    assert text.count("Ask to see: ") == 27


def test_every_kpi_is_asked_for_with_its_key():
    text = asked("--format", "markdown").replace("\\", "")
    for names in KPIS.values():
        for name in names:
            assert f"| {name} |" in text
    for words in ("developer_tools, analytics", "series_a", "CSAT: on which scale", "CES: on which scale",
                  "low or the high end", "period_months", "(of)",
                  "previous", "believed_stage"):
        assert words in text, words


def test_an_account_above_the_own_floor_is_asked_for(tmp_path):
    (tmp_path / "policy.json").write_text('{"scorecard": {"owner_above_arr": 12345}}')
    assert "12,345 of ARR" in asked("--policy", tmp_path / "policy.json")
    assert "5,000 of ARR" in asked()


def test_the_document_to_fill_in_is_refused_until_its_day_is_filled_in(tmp_path):
    (tmp_path / "scorecard.json").write_text(asked("--format", "json"))
    for flags in (["--check"], []):
        run = called(DOOR, tmp_path / "scorecard.json", *flags)
        assert (run.code, run.out) == (1, "") and run.err.count("place)") == 1
        assert 'as_of: expected text (YYYY-MM-DD), got "YYYY-MM-DD"; fill it in, as 2026-09-30' in run.err
    (tmp_path / "scorecard.json").write_text(json.dumps(dated()))
    run = called(DOOR, tmp_path / "scorecard.json", "--check")
    assert run.code == 0 and run.out.startswith("accepted")


def test_the_document_to_fill_in_answers_nothing():
    document = blank()
    assert all(row["value"] is None for row in document["kpis"])
    assert [row["kpi"] for row in document["kpis"]] == list(cards.NAMES)
    assert all(cell == {"met": None, "evidence": None}
               for stages in document["maturity"].values() for cell in stages.values())
    assert list(document["maturity"]) == list(cards.DIMENSIONS)
    assert all(list(stages) == list(STAGES) for stages in document["maturity"].values())


def test_a_row_to_fill_in_has_the_keys_that_its_kpi_can_have_and_no_other():
    for row in blank()["kpis"]:
        assert ("period_months" in row) is (row["kpi"] in OVER_TIME)
        assert ("scale" in row) is (row["kpi"] in SCALES) and ("easy_is" in row) is (row["kpi"] == "ces")
        assert "of" in row and "owner" in row and "previous" in row


@pytest.mark.parametrize("name", cards.NAMES)
def test_a_value_written_into_the_document_is_accepted(name, tmp_path):
    document = dated()
    row = next(row for row in document["kpis"] if row["kpi"] == name)
    row["value"] = 0.9 if name.endswith("_ratio") else 4
    row.update({key: value for key, value in cards.row(name, 0).items() if key in ("scale", "easy_is")})
    (tmp_path / "scorecard.json").write_text(json.dumps(document))
    run = called(DOOR, tmp_path / "scorecard.json", "--check")
    assert run.code == 0, run.err


def test_a_document_in_which_nothing_is_filled_in_is_told_so(tmp_path):
    (tmp_path / "scorecard.json").write_text(json.dumps(dated()))
    run = called(DOOR, tmp_path / "scorecard.json")
    assert run.code == 0 and "Nothing is answered yet: no KPI has a value" in " ".join(run.out.split())


def test_the_day_is_that_of_the_own_file_and_never_that_of_the_sample():
    own = json.dumps(cards.document(cards.row("nps", 3)) | {"as_of": "2025-01-31"})
    assert json.loads(asked("-", "--format", "json", stdin=own))["as_of"] == "2025-01-31"
    assert "2025-01-31" in asked("-", stdin=own)
    assert blank()["as_of"] == "YYYY-MM-DD"
    sample = json.loads((SAMPLES / "scorecard.json").read_text())["as_of"]
    assert sample not in asked() and sample not in asked("--format", "json")


def test_the_evidence_asked_for_is_a_document_and_half_a_criterion_is_not_met():
    head = " ".join(asked().split("\n\n")[1].split())
    assert 'a document with its date and place, such as "report of 30 September, shared with finance"' in head
    assert "not the claim said again" in head and "half a criterion met is not met" in head


def test_a_bad_file_is_refused_before_anything_is_asked(tmp_path):
    (tmp_path / "scorecard.json").write_text('{"as_of": "2026-13-01"}')
    run = called(DOOR, tmp_path / "scorecard.json", "--questions")
    assert (run.code, run.out) == (1, "") and run.err.startswith("refused")


def test_the_document_is_written_to_a_file_and_never_onto_an_input(tmp_path):
    target = tmp_path / "blank.json"
    run = called(DOOR, "--questions", "--format", "json", "--output", target)
    assert run.code == 0 and json.loads(target.read_text())["kpis"] and "Ask to see: " in run.out
    target.write_text(json.dumps(dated()))
    assert called(DOOR, target, "--questions", "--format", "json", "--output", target).code == 2


@pytest.mark.parametrize("args", [["--format", "csv"], ["--only", "kpis"], ["--fail-on", "reactive"]])
def test_questions_have_no_spreadsheet_no_list_and_no_verdict(args):
    run = called(DOOR, "--questions", *args)
    assert (run.code, run.out) == (2, "") and run.err
