"""The pages on segmentation, held to the schema, the result, the policy, and to a book worked through the script."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import called
from cslib import (
    benchmarks,
    differentiation,
    exit_ways,
    exits,
    fit_evidence,
    levers,
    policy,
    schema,
    segmentation,
    service_cost,
    tier_moves,
    tiering,
    triggers,
    weighing,
)
from serving import customer
from sums import SUM
from test_fit_evidence import NOISE, book, by_hand, evidence, findings_of
from test_references import table

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("customer_segmentation_strategy", "segmentation_definitions", "methods")
PAGES = {name: (ROOT / "references" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
ADVICE, DEFINITIONS, METHODS = PAGES.values()
DOOR = "customer_segmentation_designer"
SETTINGS = policy.read(None).settings
RULES = SETTINGS["segmentation"]
AMOUNT = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?%?")
WORD = re.compile(r"`([a-z0-9_.]+)`")
TIERS = {*tiering.FOUR, *tiering.TOUCH}

SIGNALS_OF_C = {"in_target_industry": True, "in_target_size_range": False, "uses_target_workflow": False,
                "has_executive_sponsor": False, "expansion_potential_high": False}


# Every key of the input and of the result


def properties(node: object) -> Iterator[str]:
    """The names of all properties in a JSON Schema."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for part in node.values():
            yield from properties(part)


def keys(node: object) -> Iterator[str]:
    """The names of all keys in a JSON document."""
    if isinstance(node, dict):
        yield from node
        for part in node.values():
            yield from keys(part)
    elif isinstance(node, list):
        for part in node:
            yield from keys(part)


@pytest.fixture(scope="module")
def sample() -> dict:
    ran = called(DOOR, "--format", "json", "--all")
    assert ran.code == 0
    return json.loads(ran.out, parse_float=Decimal)["result"]


def test_every_key_of_the_input_stands_in_the_table_of_the_input_and_no_other():
    section = DEFINITIONS.partition("## customers.json")[2].partition("## A worked book")[0]
    known = set(properties(schema.load("customers")))
    named = {word for row in table(section, "Key |") for word in WORD.findall(row["Key"] + row["Form"])}
    words = {"paying", "pilot", "design_partner", "high", "medium", "low", "three_touch"}
    assert len(known) > 30 and named == known | words


def test_every_key_of_the_result_is_named(sample):
    assert len(sample) > 25
    assert {*keys(sample)} - TIERS - {*WORD.findall(DEFINITIONS)} == set()


def test_every_first_key_of_the_result_opens_a_row_of_its_own_table(sample):
    section = DEFINITIONS.partition("## The result")[2]
    opened = {word for row in table(section, "Key | What it holds |\n|---|---|\n| `verdict`")
              for word in WORD.findall(row["Key"])}
    assert opened == set(sample)


def test_every_word_that_a_finding_may_be_is_named():
    named = set(WORD.findall(DEFINITIONS))
    for words in (exits.FLAGS, exits.PROPOSALS, exits.REASONS, segmentation.VERDICTS, service_cost.EARNINGS,
                  differentiation.SMELLS, (levers.EXITS, levers.OVER_SERVED),
                  (tier_moves.TRIGGER, tier_moves.BELOW_FLOOR, tier_moves.OVERRIDE, tier_moves.OVERRIDE_EXPIRED),
                  (triggers.NO, triggers.UNKNOWN, triggers.SHORT), exit_ways.NOTICES, tiering.PRESETS[1:],
                  ("separates", "reversed", "not_told", "too_few", "orders"),
                  ("too_few_losses", "no_better", "proposed"), fit_evidence.BANDS, fit_evidence.CAVEATS):
        assert set(words) <= named


# The worked book


def worked_rows() -> list[dict]:
    return table(DEFINITIONS, "Account | arr")


def document(rows: list[dict], **about_c: object) -> dict:
    """The worked book as customers.json."""
    made = []
    for row in rows:
        one = {"id": row["Account"], "arr": float(row["arr"]), "previous_tier": row["previous_tier"],
               "annual_cost_to_serve": None if row["annual_cost_to_serve"] == "null" else
               float(row["annual_cost_to_serve"]), "multi_year": True, "executive_contact": True,
               "sponsor_both_sides": True, "tenure_months": 30,
               "icp_signals": dict.fromkeys(RULES["icp"]["weights"], True)}
        if row["Account"] == "C":
            one.update(tenure_months=9, escalations_12m=3, renewal_date="2026-12-20", icp_signals=SIGNALS_OF_C,
                       **dict.fromkeys(("multi_year", "executive_contact", "sponsor_both_sides")), **about_c)
        made.append(one)
    return {"as_of": "2026-09-30", "customers": made}


@pytest.fixture(scope="module")
def worked() -> dict:
    ran = called(DOOR, "-", "--format", "json", "--all", stdin=json.dumps(document(worked_rows())))
    assert ran.code == 0
    return json.loads(ran.out, parse_float=Decimal)["result"]


def number(cell: str) -> Decimal | None:
    return None if cell == "null" else Decimal(cell)


def test_the_worked_book_is_what_the_script_makes_of_it(worked):
    by_id = {row["id"]: row for row in worked["customers"]}
    printed = worked_rows()
    assert [row["Account"] for row in printed] == sorted(by_id) == list("ABCDEF")
    for row in printed:
        made = by_id[row["Account"]]
        assert (made["tier_by_floor"], made["tier"]) == (row["tier_by_floor"], row["tier"])
        for key in ("bearable_low", "bearable_high", "contribution", "excess", "shortfall"):
            assert made[key] == number(row[key]), (row["Account"], key)


def test_who_moves_in_the_worked_book_is_who_is_said_to(worked):
    assert [(row["id"], row["to_tier"]) for row in worked["upgrades"]] == [("A", "strategic")]
    assert [(row["id"], row["to_tier"]) for row in worked["downgrades"]] == [("E", "mid_market")]
    near = {row["id"]: row["missing"] for row in worked["near_misses"]}
    assert near == {"B": [{"key": "arr", "state": "short", "amount": 6000}]}
    assert worked["migration"]["held_customers"] == 2


def touched(complexity: str | None, previous: str | None, arr: int = 13000) -> str:
    """The tier under three_touch of the account that the page speaks of."""
    about = {"id": "T", "arr": arr, "complexity": complexity, "previous_tier": previous}
    ran = called(DOOR, "-", "--format", "json", "--all", "--preset", "three_touch",
                 stdin=json.dumps({"as_of": "2026-09-30", "customers": [about]}))
    assert ran.code == 0
    return json.loads(ran.out)["result"]["customers"][0]["tier"]


@pytest.mark.parametrize("previous", ["high_touch", "low_touch"])
def test_only_a_known_low_complexity_lets_an_account_fall_to_tech_touch(previous):
    assert {level: touched(level, previous) for level in (None, "high", "medium", "low")} == {
        None: "low_touch", "high": "low_touch", "medium": "low_touch", "low": "tech_touch"}
    assert (touched("low", previous, 13500), touched(None, None)) == ("low_touch", "tech_touch")


def test_a_conflicting_owner_is_not_renewed_even_at_a_loss():
    about = dict(acquired_by_conflicting_owner=True)
    ran = called(DOOR, "-", "--format", "json", "--all", stdin=json.dumps(document(worked_rows(), **about)))
    result = json.loads(ran.out)["result"]
    row, = result["kill_list"]
    assert (row["proposal"], row["gain"], result["leaving"]["given_up"]) == ("not_renewing", -4480, 4480)
    assert "`not_renewing` even at a loss" in " ".join(ADVICE.split())
    assert "`not_renewing` for a conflicting owner, even at a loss" in DEFINITIONS


def test_a_bearable_rise_is_proposed_even_where_tech_touch_frees_more(tmp_path):
    """With a target of half of ARR, C of 24,000 and a cost of 14,000 pays 28,000, a sixth more."""
    own = tmp_path / "policy.json"
    own.write_text('{"segmentation": {"exit": {"target_cost_ratio": 0.5}}}', encoding="utf-8")
    ran = called(DOOR, "-", "--format", "json", "--all", "--policy", own, stdin=json.dumps(document(worked_rows())))
    row, = json.loads(ran.out)["result"]["kill_list"]
    assert (row["proposal"], row["gain"], row["tech_touch"]["net_effect"]) == ("repricing", 3080, 13500)


def test_the_money_of_the_worked_book_is_what_is_said(worked):
    assert worked["verdict"] == "concerning"
    assert worked["budget"]["excess_ratio"] == Decimal("0.227323")
    levers = [(row["kind"], row["tier"], row["gain"]) for row in worked["levers"]]
    assert levers == [("exits", None, 8000), ("over_served", "mid_market", 2250)]
    assert [row["loss_ratio"] for row in worked["levers"]] == [None, Decimal("0.191898")]
    assert (worked["freed"], worked["above_range"]) == (10250, 1000)
    assert [(row["id"], row["shortfall"]) for row in worked["deserving"]] == [("A", 2000)]
    assert worked["due"] == {"customers": 1, "arr": 120000, "shortfall": 2000}
    touch = next(row for row in worked["disagreement"] if row["preset"] == "three_touch")
    assert (touch["customers"], touch["arr"], touch["from_tier"], touch["to_tier"]) == (
        1, 24000, "enterprise", "low_touch")
    enterprise = worked["tiers"][1]
    assert (enterprise["customers"], enterprise["budget_low"]) == (3, 15000)
    assert (enterprise["strained_customers"], enterprise["strained_arr"]) == (1, 18500)
    assert (enterprise["pays_from_arr"], enterprise["high_at_floor_ratio"]) == (20000, Decimal("0.75"))
    planned = worked["differentiation"][0]
    assert (planned["basis"], planned["gap_ratio"], planned["alike"]) == ("planned", Decimal("0.523540"), False)
    assert (planned["upper_value"], planned["lower_value"]) == (Decimal("106.2"), Decimal("50.6"))


OF_C = {
    "`fit_score`": ["fit_score"], "`fit_lowest` `fit_highest`": ["fit_lowest", "fit_highest"],
    "`bearable_low` `bearable_high`": ["bearable_low", "bearable_high"],
    "`excess` `shortfall`": ["excess", "shortfall"],
    "`cost_ratio`": ["cost_ratio"], "`contribution`": ["contribution"],
    "`gross_profit_given_up` `cost_freed`": ["not_renewing.gross_profit_given_up"],
    "`net_effect` of `not_renewing`": ["not_renewing.net_effect"],
    "`cost_after` `contribution_after`": ["tech_touch.contribution_after"],
    "`margin_after_ratio`": ["tech_touch.margin_after_ratio"],
    "`net_effect` of `tech_touch`": ["tech_touch.net_effect"],
    "`break_even_price`": ["repricing.break_even_price"], "`target_price`": ["repricing.target_price"],
    "`rise_ratio`": ["repricing.rise_ratio"], "`gain` of `repricing`": ["repricing.gain"],
    "`loss_ratio`": ["tech_touch.loss_ratio", "repricing.loss_ratio"]}


def held(record: dict, path: str) -> object:
    for key in path.split("."):
        record = record[key]
    return record


def test_every_figure_of_account_c_is_what_the_script_makes_of_it(worked):
    exit_of_c, = worked["kill_list"]
    printed = {row["Figure"]: [Decimal(value) for _, value in SUM.findall(row["Of C"])]
               for row in table(DEFINITIONS, "Figure | Formula")}
    assert {figure: values for figure, values in printed.items() if values} == {
        figure: [held(exit_of_c, path) for path in paths] for figure, paths in OF_C.items()}


def test_the_words_on_account_c_are_what_the_script_says_of_it(worked):
    exit_of_c, = worked["kill_list"]
    said = {row["Figure"]: row["Of C"] for row in table(DEFINITIONS, "Figure | Formula")}
    leaving, cheaper, dearer = (exit_of_c[way] for way in ("not_renewing", "tech_touch", "repricing"))
    assert (exit_of_c["fit_band"], exit_of_c["certain"]) == ("poor", True)
    assert said["`fit_band`"].startswith("poor, `certain`")
    assert said["`earning`"] == exit_of_c["earning"]
    assert said["`notice_from` `notice_by`"].startswith(f"{leaving['notice_from']} and {leaving['notice_by']}: ")
    assert said["`notice_from` `notice_by`"].endswith(leaving["notice"])
    assert said["`proposal` `gain`"] == f"{exit_of_c['proposal']}, {exit_of_c['gain']:,.0f}"
    assert (cheaper["cost_after"], leaving["cost_freed"], dearer["break_even_rise_ratio"]) == (500, 14000, None)
    assert exit_of_c["flags"] == ["poor_fit", "cost_above_half", "early_escalations"]


def test_the_score_of_account_c_is_what_the_preset_makes_of_it():
    c = customer("C", 24000, 14000, complexity="high", growth_potential="low")
    placed = tiering.placement("scored", [c], SETTINGS)
    assert round(placed.measures[0], 1) == Decimal("40.7") and placed.by_floor == ["mid_market"]


def test_the_target_price_follows_the_policy_value_that_the_page_names(tmp_path):
    own = tmp_path / "policy.json"
    own.write_text('{"segmentation": {"exit": {"target_cost_ratio": 0.2}}}', encoding="utf-8")
    ran = called(DOOR, "-", "--format", "json", "--all", "--policy", own, stdin=json.dumps(document(worked_rows())))
    row, = json.loads(ran.out)["result"]["kill_list"]
    assert row["repricing"]["target_price"] == 14000 / 0.2


# The policy as quoted


def leaves(node: object, key: str = "") -> Iterator[str]:
    """Every number of a part of the policy in its order, as the page writes it; models are words and left out."""
    if isinstance(node, dict):
        for name, part in node.items():
            yield from leaves(part, name)
    elif not isinstance(node, str):
        amount = Decimal(node) * (100 if key.endswith("_ratio") else 1)
        whole = amount == amount.to_integral_value()
        yield (f"{int(amount):,}" if whole else f"{amount.normalize():f}") + ("%" if key.endswith("_ratio") else "")


def part_of(key: str) -> object:
    """A part of the policy by its dotted key, under `segmentation` or at the top."""
    node: object = SETTINGS if key.split(".")[0] in SETTINGS else RULES
    for step in key.split("."):
        node = node[step]
    return node


def test_every_default_on_the_page_is_the_policy():
    for row in table(ADVICE, "Key | Default"):
        named = WORD.findall(row["Key"])
        expected = [leaf for key in named for leaf in leaves(part_of(key), key.split(".")[-1])]
        assert AMOUNT.findall(row["Default"]) == expected, named


def test_every_value_of_the_segmentation_policy_has_a_row_with_its_basis():
    named = [key for row in table(ADVICE, "Key | Default") for key in WORD.findall(row["Key"])]

    def covered(node: object, path: str) -> bool:
        if path in named:
            return True
        return isinstance(node, dict) and all(covered(part, f"{path}.{key}") for key, part in node.items())

    assert [key for key, part in RULES.items() if key != "tiers" and not covered(part, key)] == []
    assert all(row["Basis"] for row in table(ADVICE, "Key | Default"))


def test_every_tier_on_the_page_is_the_policy_and_its_hours_pay_from_the_arr_said():
    rows = table(ADVICE, "Tier | Model")
    assert [WORD.findall(row["Tier"])[0] for row in rows] == list(RULES["tiers"])
    for row, rule in zip(rows, RULES["tiers"].values()):
        cells = f"{row['Money a year']} {row['Of ARR']}"
        assert (row["Model"], AMOUNT.findall(cells)) == (rule["model"], list(leaves(rule)))
        service = SETTINGS["coverage"]["models"][rule["model"]]
        motions = sum(Decimal(each["times_a_year"]) * each["hours"] for each in service["motions"].values())
        hours = (motions + service["reactive_hours"]) * service["complexity"]
        assert row["Hours"] == f"{hours.normalize():f}"
        pays = round(171 * hours / Decimal(rule["cost_high_ratio"]))
        assert row["Hours pay from ARR of"] == f"{pays:,}"
    assert round(Decimal(140_000) * Decimal("1.3") / 1_065) == 171


def test_what_others_spend_is_the_survey_row():
    rows = {row.id: row for row in benchmarks.read()}
    said = " ".join(ADVICE.split())
    assert "takes 9% of ARR at the median (SaaS Capital 2026, private B2B SaaS), 10% at 3M to 5M of ARR" in said
    assert rows["saas_capital_2026.cs_and_support_cost"].low_ratio == Decimal("0.09")
    assert rows["saas_capital_2026.cs_and_support_cost.arr_3m_to_5m"].low_ratio == Decimal("0.10")


@pytest.mark.parametrize(("page", "sentence", "key"), [
    (ADVICE, "strong from {} , decent from {} , poor below", "icp.strong_from icp.decent_from"),
    (ADVICE, "the rise to the target price is at most {}", "exit.most_price_rise_ratio"),
    (ADVICE, "notice by {} days before renewal", "exit.notice_by_days"),
    (ADVICE, "Up needs the floor plus {}", "hysteresis_ratio"),
    (ADVICE, "Keep them to {} of customers", "most_overrides_ratio"),
    (DEFINITIONS, "whether that is above {}", "most_overrides_ratio"),
    (ADVICE, "{} on top is a book without tiers", "smell_ratio"),
    (DEFINITIONS, "`strong` from {} , `decent` from {} , else `poor`", "icp.strong_from icp.decent_from"),
    (DEFINITIONS, "renewal less {} and {} days", "exit.notice_from_days exit.notice_by_days"),
    (DEFINITIONS, "{} , at most the present cost", "exit.tech_touch_cost"),
    (DEFINITIONS, "`repricing` when the rise is at most {}", "exit.most_price_rise_ratio"),
    (DEFINITIONS, "`alike` below {}", "least_hours_gap_ratio"),
    (DEFINITIONS, "`everyone_at_the_bottom` ({} of customers)", "smell_ratio"),
    (DEFINITIONS, "`healthy` up to {} , `concerning` up to {}",
     "misplaced.concerning_above_ratio misplaced.critical_above_ratio"),
    (DEFINITIONS, "(under {} months, {} or more)", "exit.tenure_under_months exit.repeated_escalations"),
    (METHODS, "needs two groups of {} and ten losses", "evidence.least_group")])
def test_a_threshold_in_a_sentence_is_the_policy(page, sentence, key):
    shown = [next(leaves(part_of(one), one.split(".")[-1])) for one in key.split()]
    assert sentence.replace(" ,", ",").format(*shown) in " ".join(page.split())


def test_thresholds_written_as_words_are_the_policy():
    enough = RULES["evidence"]
    assert (RULES["exit"]["least_flags"], enough["least_losses"], enough["losses_per_signal"]) == (2, 10, 10)
    assert RULES["exit"]["cost_above_ratio"] == RULES["icp"]["least_known_ratio"] == Decimal("0.5")
    assert RULES["misplaced"]["least_costed_ratio"] == Decimal("0.5")


# Fit and weights, as said on the page of methods


def test_what_is_said_of_weights_are_the_values_in_use():
    said = " ".join(METHODS.split())
    assert f"deviation {weighing.PRIOR_DEVIATION} in log-odds" in said
    assert f"more than {weighing.SURE} standard errors" in said
    assert weighing.FOLDS == 5 and fit_evidence.LEAST_EXPECTED == 5 and fit_evidence.ALPHA == 0.05
    assert f"{7 * RULES['evidence']['losses_per_signal']}, among customers of whom all seven are known" in said
    assert round(70 / 0.12, -1) == 580


def test_the_example_of_a_small_group_on_the_page_is_what_the_tests_give():
    found = evidence(by_hand((1, 19), (9, 9971))).signals[0]
    assert round(found.p_value, 2) == 0.02 and "for 1 of 20 lost against 9 of 9,980" in " ".join(METHODS.split())


def odds(share: float) -> float:
    return math.log(share / (1 - share))


SIMULATED = {
    "Nothing matters: any claim": (odds(0.12), NOISE, lambda found: any(
        one.finding in ("separates", "reversed", "orders") for one in findings_of(found))),
    "One signal: found": (odds(0.18), (odds(0.18) - odds(0.08), *NOISE[1:]),
                          lambda found: found.signals[0].finding == "separates"),
    "Bands: ordered": (odds(0.27), tuple(0.7 * part for part in (0.6, 0.45, 0.6, 0.45, 0.3, 0.3, 0.3)),
                       lambda found: found.ordering.finding == "orders")}


@pytest.mark.parametrize("column", SIMULATED)
@pytest.mark.parametrize("customers", [200, 350, 1000])
def test_findings_in_simulated_books_come_as_often_as_the_page_says(column, customers):
    """The first forty of the books; within what luck does to forty in 999 of 1,000."""
    level, effects, claimed = SIMULATED[column]
    row = next(row for row in table(METHODS, "Customers in a book") if row["Customers in a book"] == str(customers))
    expected, books = float(row[column]) / 100, 40
    found = sum(claimed(evidence(book(seed, customers, level, effects))) for seed in range(books))
    assert abs(found - books * expected) <= 3.3 * math.sqrt(books * expected * (1 - expected)) + 1


def test_the_loss_rates_said_of_the_simulated_books_are_theirs():
    level, effects, _ = SIMULATED["Bands: ordered"]
    rates = [round(100 * band.loss_ratio) for band in evidence(book(1, 60_000, level, effects)).bands]
    assert '"Bands": {}, {} and {}% lost'.format(*rates) in " ".join(METHODS.split())
