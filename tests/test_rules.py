"""What a rule page owes its reader: when to load it, a decision, steps, where to stop, what to say, true figures."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

import marks
import sums
import vocabulary

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = ("org", "segmentation", "metrics", "playbooks", "executive", "technology", "value", "journey", "review")
RULES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").glob("[a-z]*.md"))}
LONGEST = 120
HEADINGS = ("## Decide", "## Steps", "## Stop", "## How to say it", "## Mistakes")
PLAYBOOK_PARTS = ("Trigger", "Owner", "Exit", "Metric", "Automation")
PLAYBOOKS = {"onboarding", "adoption", "at-risk", "escalation", "champion-change", "sponsor-loss", "qbr", "renewal",
             "expansion", "downgrade", "advocacy"}
VENDORS = re.compile(
    r"Gainsight|ChurnZero|Totango|Amplitude|Pendo|Mixpanel|Intercom|Customer\.io|Appcues|Delighted|Wootric|Satismeter|"
    r"Planhat|Catalyst|Vitally|Salesforce|HubSpot|Zendesk|Looker|Tableau|Notion|Confluence|Slack|Lessonly|WorkRamp|"
    r"Asana|Monday\.com|Snowflake|Segment\.com|Stripe|Chargebee")
SURVEY = re.compile(r"\([^)]*(?:20\d\d|vendor|undated)[^)]*\)")


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"^## ", page.partition(heading + "\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def without_templates(page: str) -> str:
    return re.sub(r"```markdown\n.*?\n```", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_at_once_when_to_load_it_and_on_what_its_figures_rest(name):
    lines = RULES[name].splitlines()
    assert name.split("-")[0] in SECTIONS
    assert lines[0].startswith("# ") and lines[2].startswith("Load when: ")
    opening = RULES[name].partition("\n## ")[0].split("\n\n")
    assert len(opening[1].split()) <= 50
    assert re.search(r"^Figures: .*practitioner's values?", opening[2].replace("\n", " "))
    assert len(lines) <= LONGEST


@pytest.mark.parametrize("name", RULES)
def test_a_rule_decides_acts_stops_says_and_mends(name):
    page = RULES[name]
    places = [page.find(f"\n{heading}\n") for heading in HEADINGS]
    assert -1 not in places and places == sorted(places)
    assert section(page, "## Decide").lstrip().startswith("| If | Then | Because |\n|---|---|---|\n")
    assert section(page, "## Mistakes").lstrip().startswith("| Mistake | Remedy |\n|---|---|\n")
    for heading, least in (("## Decide", 4), ("## Mistakes", 4)):
        rows = [line for line in section(page, heading).splitlines() if line.startswith("|")][2:]
        assert len(rows) >= least, heading
    assert re.search(r"\d", section(page, "## Steps"))
    assert len(re.findall(r"^- ", section(page, "## Stop"), re.MULTILINE)) >= 2
    assert re.search(r"\".*\d.*\"", section(page, "## How to say it").replace("\n", " "))


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook_has_trigger_owner_days_exit_metric_and_automation(name):
    page = RULES[f"playbooks-{name}"]
    parts = re.findall(r"^\| (\w[^|]*?) \|", page.partition("## Decide")[0], re.MULTILINE)
    assert set(PLAYBOOK_PARTS) <= set(parts)
    assert len(set(re.findall(r"\b[DW]\d+|\b[DTM] [+-] \d+", section(page, "## Steps")))) >= 4


@pytest.mark.parametrize("name", RULES)
def test_a_figure_that_names_its_key_is_the_value_of_that_key(name):
    assert marks.faults(RULES[name]) == []


def test_most_rules_have_figures_that_policy_or_a_benchmark_holds():
    held = {name for name, page in RULES.items() if marks.marked(page)}
    assert len(held) >= 0.6 * len(RULES), sorted(RULES.keys() - held)


@pytest.mark.parametrize("name", RULES)
def test_every_sum_of_a_rule_comes_out_as_printed(name):
    assert sums.faults(without_templates(RULES[name])) == []


@pytest.mark.parametrize("name", RULES)
def test_whatever_a_rule_names_in_code_marks_exists(name):
    assert vocabulary.unknown(without_templates(RULES[name])) == []


@pytest.mark.parametrize("name", RULES)
def test_vendors_are_named_as_dated_examples_of_a_layer_only(name):
    for line in RULES[name].splitlines():
        if VENDORS.search(SURVEY.sub("", line)):
            assert name == "technology-stack" and "November 2026" in line, line


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_no_drawing_and_its_templates_are_markdown(name):
    page = RULES[name]
    assert not re.search(r"[\u2190-\u21ff\u2500-\u25ff\u25a0-\u27bf]|--+>|==+>", page)
    assert set(re.findall(r"^```(.*)$", page, re.MULTILINE)) <= {"markdown", ""}
    assert not any(len(line) > 150 and not line.startswith("|") for line in page.splitlines())


@pytest.mark.parametrize(("name", "fill_in"), [
    ("value-success-plan", "Objective"), ("playbooks-qbr", "Agenda|minutes"),
    ("executive-business-reviews", "Agenda|minutes"),
    ("journey-map", "Stage|stage"), ("journey-handoff", r"- \[ \]"), ("playbooks-anatomy", "Trigger"),
    ("executive-stakeholder-map", "Name"), ("metrics-reporting", "GRR")])
def test_what_people_fill_in_is_a_template_that_survives_copy_and_paste(name, fill_in):
    templates = re.findall(r"```markdown\n(.*?)\n```", RULES[name], re.DOTALL)
    assert any(re.search(fill_in, each) for each in templates)
    for each in templates:
        for table in re.findall(r"(?:^\|.*\|$\n?)+", each, re.MULTILINE):
            assert len({line.count("|") for line in table.splitlines()}) == 1
