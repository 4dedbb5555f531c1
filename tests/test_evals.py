"""The questions that agents are tried on: what they expect is what the scripts print and the pages say."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import vocabulary
from evals import grade

ROOT = Path(__file__).resolve().parents[1]
CASES = grade.cases()
QUERIES = json.loads((ROOT / "tests" / "evals" / "triggers.json").read_text(encoding="utf-8"))["queries"]
RUN = {name for name, case in CASES.items() if case["run"]}
TRAPS = {"reported-nrr-does-not-tie", "nrr-without-data", "wrong-nrr-formula", "growth-of-40", "order-in-a-name",
         "twelve-customers", "tactical-tooling", "european-export", "just-the-ratio", "consumer-app"}


def report(case: dict, folder: Path) -> str:
    """What the commands of a case print, and their refusals."""
    said = ""
    for command in case["run"]:
        script, *arguments = command.replace("OUT", str(folder / "out")).split()
        done = subprocess.run([sys.executable, str(ROOT / "scripts" / script), *arguments], capture_output=True,
                              text=True, encoding="utf-8", cwd=ROOT, check=False)
        assert "Traceback" not in done.stderr
        said += done.stdout + done.stderr
    return said


def test_there_is_a_case_for_every_route_and_every_trap():
    routes = {case["route"] for case in CASES.values()}
    assert routes == {"A", "B", "C", "D", "E", "playbooks", "executive", "metrics", "value", "review", "technology",
                      "journey", "org", "segmentation", "brief", "none"}
    assert CASES.keys() >= TRAPS and len(CASES) >= 16
    assert {command.split()[0] for case in CASES.values() for command in case["run"]} == {
        door.name for door in vocabulary.DOORS}


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_a_question_an_expected_answer_and_assertions_that_can_fail(name):
    case = CASES[name]
    assert case["prompt"] and case["expected"] and len(case["assertions"]) >= 3
    assert all((ROOT / file).is_file() for file in case["files"])
    assert case["page"] is None or (ROOT / case["page"]).is_file()
    for each in case["assertions"]:
        assert len(each) == 2 and each["that"]
        assert "never" in each or not grade.meets(each, "")
        assert "printed" in each or re.compile(each.get("says") or each["never"])


@pytest.mark.parametrize("name", sorted(RUN))
def test_what_a_case_expects_to_be_quoted_is_what_its_scripts_print(name, tmp_path):
    said = report(CASES[name], tmp_path)
    for each in CASES[name]["assertions"]:
        assert "printed" not in each or grade.meets(each, said), each


def test_the_refusal_that_a_case_waits_for_is_made(tmp_path):
    assert "4,000%" in report(CASES["growth-of-40"], tmp_path)


def test_an_answer_that_gives_what_was_printed_in_bold_and_with_a_narrow_space_is_met():
    assert grade.meets({"that": "", "printed": "87.0%"}, "GRR is **87.0\u202f%** of it")
    assert grade.meets({"that": "", "printed": "1.37M"}, "lost `1.37M`")
    assert not grade.meets({"that": "", "printed": "87.0%"}, "GRR is 87%")
    assert not grade.meets({"that": "", "never": "strong"}, "a strong year")


def test_half_of_the_queries_are_near_misses_and_none_is_asked_twice():
    assert Counter(each["should_trigger"] for each in QUERIES) == {True: 20, False: 20}
    assert len({each["query"] for each in QUERIES}) == 40
