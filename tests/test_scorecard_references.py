"""The pages on the scorecard, held to the schema, the result of the sample, the policy and the criteria of maturity."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Optional

import pytest

from conftest import called
from cslib import filled_in, kpi_change, kpis, maturity_cells, policy, schema, shown
from cslib.kpis_known import KPIS, OVER_TIME, SCALES, unit_of
from cslib.policy import STAGE_GROUPS
from cslib.scorecard import VERDICTS
from cslib.scorecards import DIMENSIONS, GATES, LADDER
from test_hiring_references import PAGES, ROOT, covered, defaults_on
from test_references import table
from test_segmentation_references import AMOUNT, WORD, keys, properties

ADVICE, DEFINITIONS = PAGES["cs_scorecard"], PAGES["scorecard_definitions"]
SAID = " ".join(ADVICE.split())
DOOR = "cs_scorecard"
SETTINGS = policy.read(None).settings
RULES = SETTINGS["scorecard"]
CELLS = maturity_cells.read()


def answered(*flags: object, card: Optional[Mapping] = None) -> dict:
    given = () if card is None else ("-",)
    ran = called(DOOR, *given, "--format", "json", "--all", *flags, stdin=None if card is None else json.dumps(card))
    assert ran.code == 0, ran.err
    return json.loads(ran.out, parse_float=Decimal)["result"]


@pytest.fixture(scope="module")
def sample() -> dict:
    return answered()


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> dict:
    """The sample at another stage with what three other samples' results show; the first doubts its input."""
    home, flags = tmp_path_factory.mktemp("results"), []
    for name, door in (("retention", "retention_decomposition_analyzer"), ("coverage", "cs_coverage_calculator"),
                       ("segmentation", "customer_segmentation_designer")):
        ran = called(door, "--format", "json", "--all")
        assert ran.code == 0, ran.err
        path = home / f"{name}.json"
        record = json.loads(ran.out)
        record["result"].update({"implausible": "net_retention"} if name == "retention" else {})
        path.write_text(json.dumps(record), encoding="utf-8")
        flags += [f"--{name}", path]
    return answered(*flags, "--stage", "seed")


def row(result: Mapping, kpi: str, segment: Optional[str] = None) -> dict:
    found, = (one for one in result["rows"] if (one["kpi"], one["segment"]) == (kpi, segment))
    return found


def one_kpi(**said: object) -> dict:
    found, = answered(card={"as_of": "2026-09-30", "kpis": [said]})["rows"]
    return found


def cell(amount: object, of_ratio: bool) -> str:
    """A figure as the tables of advice write it; `none` for what has none."""
    if amount is None:
        return "none"
    shown = Decimal(amount) * (100 if of_ratio else 1)
    return f"{shown.normalize():f}" + ("%" if of_ratio else "")


# Every key of the input and of the result


def test_every_key_of_a_card_stands_in_the_table_of_the_input_and_no_other():
    section = DEFINITIONS.partition("## scorecard.json")[2].partition("## Worked figures")[0]
    rules = schema.load("scorecard")
    known = {*properties(rules)}
    enums = {word for part in (rules["properties"], *(one.get("properties", {}) for one in rules["$defs"].values()))
             for one in part.values() for word in one.get("enum", ()) if word}
    levels = {*KPIS, *kpis.OWNERS.values(), "owner_expected"}
    named = {word for word in WORD.findall(section) if not word.endswith((".md", ".json"))}
    assert len(known) > 30 and known <= named
    assert named - known - enums - levels == {"owner_above_arr"}
    for level, owned in KPIS.items():
        line = next(line for line in section.split("\n") if line.startswith(f"| `{level}`, `{kpis.OWNERS[level]}`"))
        assert {*owned} <= {*WORD.findall(line)}
        assert {kpi for kpi in owned if unit_of(kpi) == "ratio"} == {
            *re.findall(r"`(\w+_ratio)`", line)}


def test_the_scales_and_periods_on_the_page_are_those_that_the_script_accepts():
    csat, ces = SCALES["csat"], SCALES["ces"]
    assert f"`csat`: {' '.join(f'`{one}`' for one in csat)}; `ces`: the first two" in DEFINITIONS
    assert ces == csat[:2]
    assert (*KPIS["outcome"], "early_renewal_ratio") == OVER_TIME


def test_every_key_of_the_result_is_named(sample, filled):
    held = {*keys(sample), *keys(filled)}
    assert len(held) > 60 and filled["differences"] and filled["doubts"]
    assert held - {*WORD.findall(DEFINITIONS)} == set()


def test_every_first_key_of_the_result_opens_a_row_of_its_own_table(sample):
    section = DEFINITIONS.partition("## The result")[2]
    opened = {word for one in table(section, "Key | What it holds |\n|---|---|\n| `verdict`")
              for word in WORD.findall(one["Key"])}
    assert opened - {"verdict"} == set(sample)


def test_every_key_of_maturity_and_of_a_row_stands_in_its_table(sample):
    for head, held in (("Key of a row", sample["rows"][0]), ("Key of `maturity`", sample["maturity"])):
        assert {word for one in table(DEFINITIONS, head) for word in WORD.findall(one[head])} == set(held)


def test_every_word_that_a_finding_may_be_is_named():
    named = {*WORD.findall(DEFINITIONS)}
    for words in (VERDICTS, LADDER, DIMENSIONS, (kpis.GREAT, kpis.GOOD, kpis.BELOW),
                  (kpis.STAGE, kpis.SIZE, kpis.PRODUCT, kpis.GENERAL),
                  (kpi_change.NEWCOMBE, kpi_change.WELCH, kpi_change.NPS, kpi_change.AT_MOST),
                  (filled_in.KPI, filled_in.CELL, filled_in.HEADCOUNT, filled_in.STAGE, "given"),
                  (shown.NET_RETENTION, shown.NOBODY_LOST),
                  (filled_in.RETENTION, filled_in.COVERAGE, filled_in.SEGMENTATION),
                  {unit_of(kpi) for level in KPIS.values() for kpi in level}):
        assert {*words} <= named


# The worked figures


def test_the_worked_figures_are_those_of_the_script(sample):
    assert row(sample, "nrr_ratio")["short_by"] == Decimal("0.056027")
    assert row(sample, "ces")["target"]["good"] == 5 and row(sample, "ces")["target"]["rescaled"]
    assert row(sample, "nps")["change"]["difference"] == -4
    assert sample["owned"]["with_owner_ratio"] == Decimal("0.797521")
    held = sample["maturity"]
    assert (held["mean"], held["overestimates"]) == (Decimal("2.11"), 1)
    assert [level["number"] for level in held["levels"]] == [
        int(number) for number in re.search(r"`\(([\d+ ]+)\) / 9", DEFINITIONS)[1].split(" + ")]


def test_the_worked_figures_of_other_values_are_those_of_the_script(sample):
    assert one_kpi(kpi="grr_ratio", value=0.97, period_months=3)["annual_value"] == Decimal("0.885293")
    low = one_kpi(kpi="ces", value=2, scale="mean_1_to_5", easy_is="low")["target"]
    assert round(low["good"], 4) == Decimal("2.3333") and not low["higher_is_better"]
    assert one_kpi(kpi="csat", value=8, scale="mean_1_to_10")["target"]["good"] == Decimal("7.75")
    assert one_kpi(kpi="csat", value=5, scale="mean_1_to_7")["target"]["good"] == Decimal("5.5")
    people = answered(card={"as_of": "2026-09-30", "headcount": {"csms": 7.5, "required": 9}})["headcount"]
    assert people["gap_ratio"] == Decimal("-0.166667") and people["csms"] == sample["headcount"]["csms"]


def test_the_example_of_a_report_is_that_of_the_sample(sample):
    grr = row(sample, "grr_ratio")
    claim, = (one["evidence"] for one in sample["claims"] if (one["dimension"], one["stage"]) == ("risk", "strategic"))
    assert claim.startswith("38% of the ARR lost was flagged 60 days ahead")
    assert "You are proactive, not strategic as believed: 38% of lost ARR was flagged 60 days ahead" in SAID
    assert (sample["maturity"]["overall"], sample["maturity"]["believed"]) == ("proactive", "strategic")
    assert f"GRR is {grr['value']:.1%} over 12 months ({grr['of']} customers), {100 * grr['short_by']:.0f}" in SAID


def test_the_noise_of_an_nps_in_the_sentence_is_that_of_the_bounds():
    change = one_kpi(kpi="nps", value=34, of=150, previous={"value": 34, "of": 10**8})["change"]
    most, least = max(-change["low"], change["high"]), 196 * (0.34 * 0.66 / 150) ** 0.5
    assert f"34 from 150 answers is 34 give or take {least:.0f} to {most:.0f}" in SAID


# The policy and the criteria as quoted


def test_every_value_of_the_scorecard_policy_is_on_the_page_with_its_basis():
    assert covered(RULES, "", defaults_on(DEFINITIONS, RULES))


def test_what_is_good_and_great_on_the_page_is_the_policy():
    rows = table(ADVICE, "KPI | Good | Great")
    assert {WORD.findall(one["KPI"])[0] for one in rows} == set(RULES["kpis"])
    for one in rows:
        key = WORD.findall(one["KPI"])[0]
        rule = RULES["kpis"][key]
        assert [one["Good"], one["Great"]] == [cell(rule[end], key.endswith("_ratio")) for end in ("good", "great")]


def test_what_is_good_by_stage_and_size_on_the_page_is_the_policy():
    stages = {"seed, series A": ("seed", "series_a"), "series B, growth": ("series_b", "growth"), "late": ("late",)}
    sizes = {"strategic, enterprise": ("strategic", "enterprise"), "mid-market": ("mid_market",), "SMB": ("smb",)}
    rows = {one["By"]: one for one in table(ADVICE, "By | Net retention")}
    assert [*rows] == [*stages, *sizes]
    for said, names in stages.items():
        for name in names:
            bands = SETTINGS["retention_bands"][STAGE_GROUPS[name]]
            logo = bands["logo_retention_ratio"]["healthy"] or RULES["kpis"]["logo_retention_ratio"]["good"]
            assert [rows[said][key] for key in ("Net retention", "Gross retention", "Logo retention")] == [
                cell(amount, True) for amount in (bands["nrr_ratio"]["healthy"], bands["grr_ratio"]["healthy"], logo)]
    for said, names in sizes.items():
        for name in names:
            nrr, grr = SETTINGS["size_nrr_targets"][name], RULES["size_grr_targets"][name]
            assert rows[said]["Net retention"] == f"{cell(nrr['low_ratio'], True)} to {cell(nrr['high_ratio'], True)}"
            assert rows[said]["Gross retention"] == f"{cell(grr['low_ratio'], True)} to {cell(grr['high_ratio'], True)}"


def test_time_to_value_by_product_on_the_page_is_the_policy():
    said = re.search(r"Good in days: ([^(]*) \(", SAID)[1]
    assert [int(days) for days in AMOUNT.findall(said)] == list(RULES["time_to_value_by_product"].values())
    assert [re.sub(r" \d+$", "", one).lower().replace(" ", "_") for one in said.split(", ")] == list(
        RULES["time_to_value_by_product"])


@pytest.mark.parametrize(("sentence", "value"), [
    ("Above 5,000 of ARR every account", RULES["owner_above_arr"]),
    ("Headcount lies within 20% of what", RULES["headcount_within_ratio"]), ("More than seven, and nobody", 7)])
def test_a_figure_in_a_sentence_is_the_policy(sentence, value):
    assert sentence in SAID
    shown = AMOUNT.findall(sentence) or [str(RULES["most_kpis"])]
    assert shown[0].replace(",", "") == (f"{value:.0%}" if value < 1 else str(value))


def test_levels_and_owners_on_the_page_are_those_of_the_script():
    spoken = {"cs_leadership": "CS leadership", "cs_operations": "CS operations", "csms": "CSMs"}
    assert [(one["Level"], one["Owner"]) for one in table(ADVICE, "Level | Owner")] == [
        (level, spoken[kpis.OWNERS[level]]) for level in KPIS]


def test_the_gates_on_the_page_are_the_criteria_of_the_script():
    rows = table(ADVICE, "Stage | Measurement | Risk | Segmentation")
    assert [one["Stage"] for one in rows] == [f"{place} {stage}" for place, stage in enumerate(LADDER, 1)]
    for one in rows:
        for gate in GATES:
            criterion = CELLS[gate][one["Stage"][2:]]["criterion"]
            said = {*AMOUNT.findall(one[gate.capitalize()])}
            assert said <= {*AMOUNT.findall(criterion)}, (gate, said, criterion)
    assert "lowest of measurement, risk and segmentation" in SAID and GATES == ("measurement", "risk", "segmentation")


def test_the_dimensions_and_the_number_of_questions_on_the_page_are_those_of_the_script():
    others = re.search(r"The others: ([^.]*)\.", SAID)[1].split(", ")
    assert others == [one for one in DIMENSIONS if one not in GATES]
    questions = sum("question" in stage for dimension in CELLS.values() for stage in dimension.values())
    assert f"prints the {questions} questions" in SAID and f"cells of {questions} of which" in DEFINITIONS


# The guide to the input


def test_the_filled_card_of_the_examples_is_answered():
    page = (ROOT / "references" / "input_examples.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", page.partition("## scorecard.json")[2], re.DOTALL)[1]
    result = answered(card=json.loads(example))
    assert result["maturity"]["overall"] == "reactive" and len(result["rows"]) == 2
    assert row(result, "ces")["standing"] == "good" and row(result, "grr_ratio")["change"]["better"]
