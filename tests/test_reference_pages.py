"""What a page on a decision owes its reader: when to load it, sums that come out, names that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from test_references import LONGEST, SUM, evaluated, indexed
from test_segmentation_references import NO_SUM

ROOT = Path(__file__).resolve().parents[1]
SEGMENTATION = ("customer_segmentation_strategy", "segmentation_definitions", "methods")
COVERAGE = ("cs_coverage_model", "coverage_definitions", "coverage_benchmarks")
TEAM = ("cs_team_org_evolution", "hiring_definitions", "team_benchmarks", "cs_scorecard", "scorecard_definitions")
PAGES = {name: (ROOT / "references" / f"{name}.md").read_text(encoding="utf-8")
         for name in (*SEGMENTATION, *COVERAGE, *TEAM, "input_guide")}
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
    sums = SUM.findall(PAGES[name])
    assert len(sums) >= LEAST_SUMS[name] and len(sums) == len(NO_SUM.findall(PAGES[name]))
    for expression, printed in sums:
        places = len(printed.partition(".")[2])
        value = evaluated(ast.parse(expression, mode="eval"))
        assert abs(value - float(printed)) <= 0.5 * 10 ** -places + 1e-9, f"{expression} is {value}, not {printed}"


@pytest.mark.parametrize("name", HOMES)
def test_everything_that_a_page_names_exists(name):
    named = set(NAMED.findall(PAGES[name]))
    assert named
    for one in named:
        assert any((ROOT / home / SHORT_FOR.get(one, one)).is_file() for home in HOMES[name]), one
