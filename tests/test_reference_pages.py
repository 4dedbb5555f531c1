"""What a page on a decision owes its reader: when to load it, sums that come out, names that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sums
from conftest import called
from sums import SUM
from test_references import LONGEST, indexed

ROOT = Path(__file__).resolve().parents[1]
SEGMENTATION = ("customer_segmentation_strategy", "segmentation_definitions", "methods")
COVERAGE = ("cs_coverage_model", "coverage_definitions", "coverage_benchmarks")
TEAM = ("cs_team_org_evolution", "hiring_definitions", "team_benchmarks", "cs_scorecard", "scorecard_definitions")
PAGES = {name: (ROOT / "references" / f"{name}.md").read_text(encoding="utf-8")
         for name in (*SEGMENTATION, *COVERAGE, *TEAM, "input_guide", "input_examples")}
LEAST_SUMS = {"customer_segmentation_strategy": 3, "segmentation_definitions": 28, "cs_coverage_model": 15,
              "coverage_definitions": 24, "cs_team_org_evolution": 3, "hiring_definitions": 10, "cs_scorecard": 3,
              "scorecard_definitions": 10}
NAMED = re.compile(r"`(?:python )?((?:tests/|samples/|scripts/cslib/)?\w+\.(?:md|py|json))(?: --\w+)?`")
HOMES = {**dict.fromkeys(SEGMENTATION, (".", "references", "tests", "scripts", "scripts/cslib")),
         **dict.fromkeys((*COVERAGE, *TEAM), (".", "references", "scripts", "scripts/cslib", "samples"))}
SHORT_FOR = {"customers.json": "samples/customers.json"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_at_once_when_to_load_it_and_stays_short(name):
    lines = PAGES[name].splitlines()
    assert lines[0].startswith("# ") and lines[2].startswith("Load when: ")
    assert len(lines) <= LONGEST or indexed(PAGES[name])


@pytest.mark.parametrize("name", LEAST_SUMS)
def test_every_sum_on_a_page_comes_out_as_printed(name):
    assert len(SUM.findall(PAGES[name])) >= LEAST_SUMS[name]
    assert sums.faults(PAGES[name]) == []


@pytest.mark.parametrize("name", HOMES)
def test_everything_that_a_page_names_exists(name):
    named = set(NAMED.findall(PAGES[name]))
    assert named
    for one in named:
        assert any((ROOT / home / SHORT_FOR.get(one, one)).is_file() for home in HOMES[name]), one


# The guide to the input and its examples

INPUTS = {"cohorts": "retention_decomposition_analyzer", "customers": "customer_segmentation_designer",
          "book": "cs_coverage_calculator", "org": "cs_hiring_sequencer", "scorecard": "cs_scorecard"}
SECTION = re.compile(r"^## (\w+)\.json, (.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLES = [(title, example) for title, section in SECTION.findall(PAGES["input_examples"])
            for example in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


def test_there_is_a_filled_example_of_every_input():
    assert list(dict.fromkeys(title for title, _ in EXAMPLES)) == list(INPUTS)


@pytest.mark.parametrize(("title", "example"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_a_filled_example_is_accepted_and_answered(title, example, tmp_path):
    given = tmp_path / f"{title}.json"
    given.write_text(example, encoding="utf-8")
    checked = called(INPUTS[title], "--check", given)
    assert (checked.code, checked.out.startswith("accepted")) == (0, True), checked.err
    answer = called(INPUTS[title], given, "--format", "json")
    assert answer.code == 0 and json.loads(answer.out)["as_of"] == json.loads(example)["as_of"]


def test_every_role_of_a_column_is_explained_and_no_other():
    told = re.search(r"Roles for --map: ([\w, \n]+)\.", called("prepare_inputs", "--help").out)[1].split(",")
    section = PAGES["input_guide"].partition("## Column roles")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    named = {word for cells in rows for word in re.findall(r"`(\w+)`", "".join(cells))}
    assert named == {role.strip() for role in told}


def test_there_is_a_message_for_every_decision():
    section = PAGES["input_guide"].partition("## What to ask the user for")[2].partition("\n## ")[0]
    blocks = re.findall(r"^\*\*([A-E]), [^>]*?\n((?:> [^\n]*\n)+)", section + "\n", re.MULTILINE)
    assert [decision for decision, _ in blocks] == list("ABCDE")
    assert all(text.startswith("> 1. ") and "> 4. " in text for _, text in blocks)
