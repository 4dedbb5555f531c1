"""The pages on coverage, held to the schema, the result, the policy, the benchmarks and a book worked by the script."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import make_references
from conftest import called
from cslib import benchmarks, policy, schema, starts, team
from cslib.book import FARTHEST_MONTHS
from cslib.coverage import VERDICTS
from cslib.coverage_risk import BASE, EXPANSION_ONLY, HIGH, LOW
from cslib.hires import REASONS
from cslib.service_models import CHOICES, MODELS, catalogue_hours, delivered_hours, pays_from_arr, planning_hours
from cslib.sizing import BINDING
from cslib.spans import KINDS
from cslib.spans import REASONS as SPAN_REASONS
from cslib.tiering import TIERS
from sums import SUM
from test_references import table
from test_segmentation_references import AMOUNT, WORD, keys, leaves, properties

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts" / "benchmarks.json"
DIGEST = ROOT.parent / "shared" / "facts" / "seed_digest.md"
NAMES = ("cs_coverage_model", "coverage_definitions", "coverage_benchmarks", "input_examples")
PAGES = {name: (ROOT / "references" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
ADVICE, DEFINITIONS, OTHERS, GUIDE = PAGES.values()
DOOR = "cs_coverage_calculator"
SETTINGS = policy.read(None).settings
RULES = SETTINGS["coverage"]
OF_ROLES = {metric for group in make_references.TEAM.values() for metric in group}
NORMS = [norm for norm in benchmarks.norms() if norm.metric not in OF_ROLES]
ROWS = [row for row in json.loads((ROOT / "scripts" / "cslib" / "benchmarks.json").read_text(encoding="utf-8"),
                                  parse_float=Decimal) if row["metric"] not in OF_ROLES]
MODEL_OF = dict(zip(("strategic", "enterprise", "mid_market", "smb"), ("named_sponsor", "named", "pooled", "tech")))

WORKED = {"as_of": "2026-09-30", "currency": "USD", "managers": 0, "annual_churn_ratio": 0.1,
          "annual_growth_ratio": {"enterprise": 0.2, "mid_market": 0},
          "tiers": {"enterprise": {"customers": 60, "arr": 5400000, "csms": 3},
                    "mid_market": {"customers": 100, "arr": 1200000, "csms": 2}}}


def answered(document: Mapping) -> dict:
    ran = called(DOOR, "-", "--format", "json", "--all", stdin=json.dumps(document))
    assert ran.code == 0, ran.err
    return json.loads(ran.out, parse_float=Decimal)["result"]


@pytest.fixture(scope="module")
def worked() -> dict:
    return answered(WORKED)


@pytest.fixture(scope="module")
def guided() -> dict:
    """The answer for the filled book of the input guide, at a stage of which others say something."""
    return answered(example())


def example() -> dict:
    return json.loads(re.search(r"```json\n(.*?)```", GUIDE.partition("## book.json")[2], re.DOTALL).group(1))


# Every key of the input and of the result


def test_every_key_of_the_book_stands_in_the_table_of_the_input_and_no_other():
    section = DEFINITIONS.partition("## book.json")[2].partition("## A worked book")[0]
    rules = schema.load("book")
    known = set(properties(rules))
    named = {word for row in table(section, "Key |") for word in WORD.findall(row["Key"] + row["Form"])}
    words = {*filter(None, rules["properties"]["stage"]["enum"]),
             *filter(None, rules["$defs"]["tier"]["properties"]["model"]["enum"])}
    assert len(known) > 25 and named == known | words
    assert f"up to {FARTHEST_MONTHS} ahead" in section


def test_every_key_of_the_result_is_named(worked, guided):
    held = {*keys(worked), *keys(guided)}
    assert len(held) > 120 and guided["published_arr_per_csm"] and guided["hires"]
    assert held - {*WORD.findall(DEFINITIONS)} == set()


def test_every_first_key_of_the_result_opens_a_row_of_its_own_table(worked):
    section = DEFINITIONS.partition("## The result")[2]
    opened = {word for row in table(section, "Key | What it holds |\n|---|---|\n| `verdict`")
              for word in WORD.findall(row["Key"])}
    assert opened == set(worked)


def test_every_word_that_a_finding_may_be_is_named():
    named = set(WORD.findall(DEFINITIONS))
    for words in (VERDICTS, REASONS, SPAN_REASONS, KINDS, BINDING, CHOICES, MODELS, TIERS["four_tier"],
                  TIERS["three_touch"], (LOW, BASE, HIGH, EXPANSION_ONLY), ("up", "down"), RULES["pay"]["weights"]):
        assert set(words) <= named


def test_every_model_has_a_row_of_advice():
    assert [WORD.findall(row["Model"])[0] for row in table(ADVICE, "Model |")] == list(MODELS)


# The worked book


FIGURES = {
    "delivered_hours": ["delivered_hours"], "planning_hours": ["planning_hours"],
    "hours_per_account": ["tiers.1.service.hours_per_account"],
    "onboarding_hours": ["tiers.1.service.onboarding_hours"], "pays_from_arr": ["tiers.1.service.pays_from_arr"],
    "new": ["months.0.tiers.1.new"], "required_by_hours": ["tiers.1.required_by_hours"],
    "required_by_accounts": ["tiers.1.required_by_accounts"],
    "required_by_arr": ["tiers.1.required_by_arr.low", "tiers.1.required_by_arr.high"],
    "required": ["tiers.1.required"], "gap load_ratio": ["tiers.1.gap", "tiers.1.load_ratio"],
    "accounts_per_csm": ["tiers.1.accounts_per_csm"], "cost cost_ratio": ["tiers.1.cost", "tiers.1.cost_ratio"],
    "customers of state 12": ["months.12.tiers.1.customers"], "headcount of all, state 1": ["months.1.headcount"],
    "handover_hours of the move": ["moves.0.handover_hours"], "cost_a_year of the move": ["moves.0.cost_a_year"],
    "cost of the first hire": ["hires.0.cost"],
    "saved_arr points_ratio": ["break_even.0.saved_arr", "break_even.0.points_ratio"],
    "on_target": ["pay.0.on_target"]}


def held(node: object, path: str) -> Decimal:
    for step in path.split("."):
        node = node[int(step)] if step.isdigit() else node[step]
    return Decimal(node)


def test_every_figure_of_the_worked_book_is_what_the_script_makes_of_it(worked):
    rows = {row["Figure"].replace("`", ""): SUM.findall(row["Of enterprise"])
            for row in table(DEFINITIONS, "Figure | Formula")}
    assert set(rows) == set(FIGURES)
    for figure, sums in rows.items():
        made = [held(worked, path) for path in FIGURES[figure]]
        assert len(made) == len(sums), figure
        for value, (_, printed) in zip(made, sums):
            assert round(value, len(printed.partition(".")[2])) == Decimal(printed), figure


def test_the_worked_book_in_the_sentences_is_the_one_that_is_worked(worked):
    assert (worked["tiers"][1]["service"]["model"], worked["tiers"][1]["service"]["chosen"]) == ("named", "pays")
    assert (worked["hires"][0]["start"], worked["lead_months"]) == (3, 3)
    assert starts.lead_months(RULES) == 3 and "three states for 90 days" in DEFINITIONS
    assert "Enterprise: 60 customers, 5,400,000 of ARR, 3 CSMs, 20% growth." in DEFINITIONS


def test_ramp_is_as_said():
    assert [team.ramped(Decimal(age), "enterprise", RULES) for age in (0, 2, 4, 6)] == [
        0, Decimal("0.5"), Decimal("0.75"), 1]
    assert team.full_after("enterprise", RULES, Decimal(RULES["moves"]["ramp_ratio"])) == 3
    assert "moved needs half as long" in DEFINITIONS


def test_what_null_means_of_the_csms_and_of_the_churn_is_what_it_does():
    unknown = {**WORKED, "annual_churn_ratio": None, "tiers": {
        tier: {**row, "csms": None} for tier, row in WORKED["tiers"].items()}}
    result = answered(unknown)
    assert (result["verdict"], result["csms"], result["hires"], result["waiting"]) == (None, None, [], None)
    assert result["required"] > 0 and result["months"][0]["tiers"][1]["new"] == 1


# The filled book of the input guide


def test_the_book_of_the_guide_is_accepted_and_leaves_nothing_unknown(guided):
    assert guided["missing"] == [] and guided["verdict"] in VERDICTS


def test_the_book_of_the_guide_shows_every_key():
    form = schema.load("book")
    shown = {*keys(example())}
    assert {*properties(form)} - shown - {*TIERS["four_tier"], *TIERS["three_touch"]} == set()


# The policy as quoted


def part_of(key: str) -> object:
    node: object = RULES
    for step in key.split("."):
        node = node[step]
    return node


def words(node: object) -> Iterator[str]:
    """Every word of a part of the policy."""
    if isinstance(node, dict):
        for part in node.values():
            yield from words(part)
    elif isinstance(node, str):
        yield node


def policy_rows() -> list[dict]:
    return table(DEFINITIONS.partition("## The policy")[2], "Key | Default")


def test_every_default_on_the_page_is_the_policy():
    for row in policy_rows():
        named = WORD.findall(row["Key"])
        parts = [(key.split(".")[-1], part_of(key)) for key in named]
        assert AMOUNT.findall(re.sub(r"drop (\d)", r"\1", row["Default"])) == [
            leaf for key, part in parts for leaf in leaves(part, key)], named
        assert WORD.findall(row["Default"]) == [word for _, part in parts for word in words(part)], named


def test_every_value_of_the_coverage_policy_has_a_row_with_its_basis():
    named = [key for row in policy_rows() for key in WORD.findall(row["Key"])]

    def covered(node: object, path: str) -> bool:
        if path in named:
            return True
        return isinstance(node, dict) and all(covered(part, f"{path}.{key}") for key, part in node.items())

    assert [key for key, part in RULES.items() if not covered(part, key)] == []
    assert all(row["Basis"] for row in policy_rows())


def test_what_a_model_takes_and_from_which_arr_it_pays_is_the_policy():
    tiers = ("strategic", "enterprise", "mid_market", "smb")
    for row in table(ADVICE, "Model |"):
        model = WORD.findall(row["Model"])[0]
        hours, cap = catalogue_hours(model, RULES), RULES["account_caps"]["four_tier"][model]
        holds = min(planning_hours(RULES) / hours, Decimal(cap))
        assert [Decimal(row[key].replace(",", "")) for key in ("Hours", "Cap", "A CSM holds", "60 accounts need")] == [
            hours, cap, round(holds, 1), round(60 / holds, 1)]
        assert [row[key] for key in ("Pays, strategic", "enterprise", "mid-market", "SMB")] == [
            f"{round(pays_from_arr(hours, cap, tier, SETTINGS)):,}" for tier in tiers]


def test_what_an_account_gets_is_what_the_policy_plans():
    often = {24: "a call every two weeks", 12: "a call a month", 6: "a call every two months"}
    count = {4: "four reviews", 2: "two reviews"}
    for row in table(ADVICE, "Model |")[:3]:
        motions = RULES["models"][WORD.findall(row["Model"])[0]]["motions"]
        assert often[motions["check_in"]["times_a_year"]] in row["What an account gets"]
        assert count[motions["business_review"]["times_a_year"]] in row["What an account gets"]
    assert "two adoption checks" in ADVICE
    assert RULES["models"]["pooled"]["motions"]["adoption_check"]["times_a_year"] == 2


def test_motions_are_dropped_in_the_order_that_is_said_and_renewals_never():
    for model in MODELS[:3]:
        motions = RULES["models"][model]["motions"]
        assert sorted(motions, key=lambda one: motions[one]["drop"] or 9) == [
            "check_in", "success_plan", "business_review", "renewal"]
        assert motions["renewal"]["drop"] == 0
    pooled = RULES["models"]["pooled"]["motions"]
    assert [pooled[one]["drop"] for one in ("group_session", "adoption_check", "renewal")] == [1, 2, 0]
    said = " ".join(ADVICE.split())
    assert "(check-ins or group sessions, then plans or adoption checks, then reviews; renewals never)" in said


def test_the_sizes_by_arr_of_the_three_books_are_the_policy():
    models = ("named_sponsor", "named", "pooled")
    for row, model, arr in zip(table(ADVICE, "Book |"), models, (Decimal(32), Decimal("18.9"), Decimal("14.9"))):
        said = RULES["arr_per_csm"][model]
        assert row["By ARR per CSM"] == " to ".join(str(round(arr * 10**6 / said[end])) for end in ("high", "low"))
        assert f"{arr:f}M" in row["Book"]


@pytest.mark.parametrize(("sentence", "shown"), [
    ("take {:.0%} of gross profit", [RULES["target_cost_ratio"]]),
    ("a {:.0%} buffer leaves", [RULES["headroom"]["ratio"]]),
    ("half the ramp of somebody new, {} hours for each account handed over", [RULES["moves"]["handover_hours"]]),
    ("strategic {} and {}, enterprise {} and {}, mid-market {} and {}, SMB {} and {}",
     [months for tier in TIERS["four_tier"] for months in RULES["ramp"][tier].values()]),
    ("**Lead time** {} days from approval", [RULES["lead_days"]]),
    ("**Leavers** {:.0%} a year", [RULES["attrition_ratio"]]),
    ("The first is due at {} CSMs in a tier, at {} in all",
     [RULES["managers"]["csms_in_a_tier"], RULES["managers"]["csms_overall"]]),
    ("one for {} to {}.", [RULES["managers"]["span_low"], RULES["managers"]["span_high"]]),
    ("delivers {} hours", [RULES["managers"]["player_coach_hours"]]),
    ("The report shows {:.0%} to {:.0%}", [RULES["pay"]["variable_low_ratio"], RULES["pay"]["variable_high_ratio"]]),
    ("| gross retention {}%, net retention {}%, activity {}% |", list(RULES["pay"]["weights"].values()))])
def test_a_threshold_in_a_sentence_is_the_policy(sentence, shown):
    assert sentence.format(*shown) in " ".join(ADVICE.split())


def test_thresholds_written_as_words_are_the_policy():
    assert RULES["moves"]["most_tiers_apart"] == 1 and RULES["moves"]["ramp_ratio"] == Decimal("0.5")
    assert RULES["managers"]["escalations_a_week"] == 1
    assert (RULES["sponsor_hours"]["low"], RULES["sponsor_hours"]["high"]) == (4 * 4, 8 * 4)
    assert RULES["sizing"] == "hours_or_accounts" and RULES["headroom"]["by"] == "buffer"
    assert round(delivered_hours(RULES), 1) == Decimal("1065.3")


# The queue and the worked plan, as said


def waiting(load: float, people: int) -> float:
    """The share of requests that wait (Erlang C, by the recursion of Erlang B)."""
    blocked = 1.0
    for k in range(1, people + 1):
        blocked = load * blocked / (k + load * blocked)
    busy = load / people
    return blocked / (1 - busy * (1 - blocked))


def test_the_queue_of_the_page_is_erlangs():
    for row in table(ADVICE, "Accounts | Load"):
        accounts = int(row["Accounts"].replace(",", ""))
        load = accounts * 1.5 * 0.75 / 120
        people = next(n for n in range(math.floor(load) + 1, 99)
                      if 1 - waiting(load, n) * math.exp(-(n - load) / 0.75) >= 0.8)
        assert [float(row["Load"]), int(row["People, by the wait"]), int(row["People, at 75% busy"])] == [
            round(load + 1e-9, 1), people, math.ceil(load / 0.75)]


def test_the_plan_of_the_page_is_what_the_script_makes_of_its_inputs(tmp_path):
    own = tmp_path / "policy.json"
    own.write_text(json.dumps({"coverage": {
        "headroom": {"by": "buffer", "ratio": 0}, "sizing": "hours", "hire_step_fte": 1, "least_gap_fte": 0,
        "ramp": {"mid_market": {"half_months": 2.7727, "full_months": 5.5}}}}), encoding="utf-8")
    book = {"as_of": "2026-09-30", "annual_growth_ratio": 90 / 210, "tiers": {"mid_market": {
        "customers": 210, "arr": 18900000, "csms": 10, "hours_per_account": 50.6, "model": "named"}}}
    ran = called(DOOR, "-", "--format", "json", "--all", "--policy", own, stdin=json.dumps(book))
    result = json.loads(ran.out)["result"]
    assert (result["hired_fte"], max(hire["months_late"] for hire in result["hires"])) == (7, 8)
    gap, = result["unavoidable_gap"]
    assert (round(gap["peak_load_ratio"], 2), gap["peak_month"]) == (1.15, "2026-12")
    said = " ".join(ADVICE.split())
    assert "the plan says seven" in said and "eight months ago" in said and "peaks at 115% in month three" in said


# What others report


def test_a_figure_about_a_team_has_no_period_and_a_rate_has_one():
    assert {row["period"] for row in ROWS} == {None, "year", "month"}
    assert {row["id"] for row in ROWS if row["period"] is None} == {norm.id for norm in NORMS}
    assert not {norm.id for norm in NORMS} & {row.id for row in benchmarks.read()}
    assert len({row["id"] for row in ROWS}) == len(ROWS)


def test_every_row_has_the_same_keys():
    assert len({tuple(row) for row in ROWS}) == 1
    assert not any(row["headline"] for row in ROWS if row["period"] is None)


def test_a_figure_about_a_team_uses_only_known_words():
    stages = schema.load("book")["properties"]["stage"]["enum"]
    metrics = {metric for group in make_references.COVERAGE.values() for metric in group}
    for norm in NORMS:
        assert norm.metric in metrics and norm.unit in make_references.UNITS and norm.stage in stages
        assert norm.segment is None or norm.segment in make_references.TEAM_SEGMENTS
        assert norm.stat in make_references.STATS and norm.confidence in make_references.CONFIDENCE
    assert {norm.metric for norm in NORMS} == metrics
    assert len({(norm.metric, norm.unit) for norm in NORMS} - {("csm_ramp", "weeks")}) == len(metrics)


def test_ends_are_in_order_and_a_ratio_is_no_percentage():
    for norm in NORMS:
        ends = [end for end in (norm.low, norm.high) if end is not None]
        assert norm.low is not None and ends == sorted(ends) and ends[0] > 0, norm.id
        assert all(isinstance(end, Decimal) for end in ends)
        assert norm.unit != "ratio" or ends[-1] <= 1, norm.id


def test_norms_of_one_metric_are_those_of_it():
    assert benchmarks.norms("csm_ramp") == [norm for norm in NORMS if norm.metric == "csm_ramp"]
    assert benchmarks.norms("nrr_ratio") == []


def test_a_survey_without_a_year_says_that_it_has_none():
    for norm in NORMS:
        if norm.stat in ("mean", "median", "share") and norm.year is None:
            assert "undated" in norm.population, norm.id


def test_no_ratio_of_load_was_seen_at_its_publisher_but_one_companys_own_aim():
    load = [norm for norm in NORMS if norm.metric in ("arr_per_csm", "accounts_per_csm")]
    assert {norm.publisher for norm in load if norm.confidence == "primary"} == {"PostHog"}
    assert OTHERS.splitlines()[0].endswith("no published ratio of customers or ARR per CSM has an audited source")


def test_every_figure_about_a_team_stands_on_its_page():
    for row in ROWS:
        if row["period"] is None:
            line = next(line for line in OTHERS.split("\n") if f"| {row['source']} |" in line
                        and make_references.quantity(row) in line and row["population"] in line)
            assert make_references.CONFIDENCE[row["confidence"]][0] in line


# What others report, held to the fact base

PUBLISHERS = {"playbook_a": "seedA", "playbook_b": "seedB", "guide_c": r"cap\.|loading",
              "guide_d": r"ramp\.|csm_attrition|cap\.", "lotoftools": r"cap\.", "balusek": r"cap\.",
              "pyworkforce": r"cap\.",
              "gainsight_2025": "pulse2025", "cs_insider": "csinsider", "cs_salary_2024": "cssalary2024",
              "levels_fyi_2026": "levelsfyi2026", "hr_com_2025": "hrcom2025", "posthog_2026": "posthog",
              "gainsight_community": "gainsightcomm"}
METRICS = {"csm_half_ramp": "csm_ramp", "named_floor_arr": "named_coverage_floor", "delivered_hours": "hours",
           "reassignment_hours": "reassignment_cost", "capacity_buffer_ratio": "capacity_buffer",
           "pooled_occupancy_ratio": "pooled_occupancy_cap", "pooled_calls": "pooled_calls_per_week",
           "csm_total_pay": "csm_total_comp", "loaded_cost": "csm_loaded_cost",
           "loaded_cost_multiple": "loaded_cost_multiplier", "variable_pay_ratio": "csm_pay_mix",
           "pay_on_retention_ratio": "tying_csm_pay", "renewal_weight_ratio": "csm_variable_weights",
           "outcome_weight_ratio": "csm_variable_weights", "ramp_output_ratio": "csm_ramp_mean_productivity",
           "slow_fill_ratio": "roles_over_90_days", "approval_to_start": "hire_ahead",
           "csm_attrition_ratio": "csm_attrition", "staff_turnover_ratio": "annual_staff_turnover",
           "first_manager_in_a_tier": "manager_trigger_tier_ics", "first_manager_overall": "manager_trigger"}
UNITS = {"usd_m_arr": Decimal(10**6), "usd_k_arr": Decimal(1000), "fraction": Decimal(1)}


def fact_ends(fact: Mapping) -> list[Decimal]:
    """The ends of a fact in the unit of a norm."""
    unit = fact["unit"]
    scale = Decimal("0.01") if unit.startswith("pct") else UNITS.get(unit, Decimal(1))
    said = [fact["value"]] if fact["range"] is None else fact["range"]
    return [Decimal(end) * scale for end in said if end is not None]


def related(norm: benchmarks.Norm, facts: list[dict]) -> list[dict]:
    """The facts of a norm's publisher, metric and year; of its own stage and segment where the facts have them."""
    publisher = norm.id.split(".")[0]
    start = PUBLISHERS.get(publisher, publisher.replace("_", ""))
    rows = [fact for fact in facts if re.match(start, fact["id"]) and fact["year"] == norm.year
            and METRICS.get(norm.metric, norm.metric) in fact["metric"]
            and fact["scope"]["stage"] in (norm.stage, "hypergrowth")]
    exact = [fact for fact in rows if fact["scope"]["segment"] == norm.segment]
    return exact or rows


FROM_THE_DIGEST = {
    "playbook_a.csm_ramp": "Strategic 3 / 6–9 mo; Ent 2 / 4–6; MM 1 / 2–3; SMB 2 wk / 1",
    "playbook_a.loaded_cost.": "| CSM cost | $220/180/140/110k | $150k |",
    "playbook_b.loaded_cost": "| CSM cost | $220/180/140/110k | $150k |",
    "playbook_a.gross_retention_weight": "50 GRR / 30 NRR / 20 activity",
    "playbook_a.net_retention_weight": "50 GRR / 30 NRR / 20 activity",
    "playbook_a.activity_weight": "50 GRR / 30 NRR / 20 activity",
    "playbook_b.team_page": "NRR/GRR 40–50%, renewal 20–30, expansion 15–25, health 5–15",
    "playbook_b.renewal_page": "GRR 40, NRR 30, expansion influenced 20, health 10",
    "playbook_a.first_manager.overall": "5+ ICs in tier, or 8+ CSMs"}


def test_every_figure_about_a_team_is_in_the_fact_base_under_its_publisher_and_year():
    if not FACTS.is_file():
        pytest.skip("the fact base is not on this machine")
    facts = json.loads(FACTS.read_text(encoding="utf-8"), parse_float=Decimal)
    counted = 0
    for norm in NORMS:
        if norm.id.startswith(tuple(FROM_THE_DIGEST)) or norm.id in ("vitally.accounts_per_csm",
                                                                     "guide_e.delivered_hours"):
            continue
        ends = [fact_ends(fact) for fact in related(norm, facts)]
        wanted = [end for end in (norm.low, norm.high) if end is not None]
        if norm.metric == "csm_half_ramp":
            ends = [said[:1] for said in ends]
        assert any(set(said) == set(wanted) for said in ends), (norm.id, wanted, ends)
        counted += 1
    assert counted > 85


def test_what_the_fact_base_lacks_is_in_the_digest_of_the_playbooks():
    if not DIGEST.is_file():
        pytest.skip("the digest is not on this machine")
    text = DIGEST.read_text(encoding="utf-8")
    for start, sentence in FROM_THE_DIGEST.items():
        assert sentence in text
        said = {Decimal(number) for number in re.findall(r"\d+", sentence)} | {Decimal(1)}
        rows = [norm for norm in NORMS if norm.id.startswith(start)]
        assert rows
        for norm in rows:
            scale = {"ratio": 100, "usd": Decimal("0.001")}.get(norm.unit, 1)
            assert {end * scale for end in (norm.low, norm.high) if end is not None} <= said, norm.id


def test_two_figures_are_worked_out_of_what_was_published():
    if not FACTS.is_file():
        pytest.skip("the fact base is not on this machine")
    facts = {fact["id"]: fact for fact in json.loads(FACTS.read_text(encoding="utf-8"))}
    guide, = benchmarks.norms("delivered_hours")[1:2]
    assert guide.id == "guide_e.delivered_hours" and guide.low == facts["cap.alt"]["value"] * Decimal("0.6")
    survey = next(norm for norm in NORMS if norm.publisher == "Vitally")
    shares = [facts[f"vitally.accounts.{band}"]["value"] for band in ("lt10", "10-25", "25-50", "51-100", "101-200")]
    assert sum(shares) == 100 and shares[0] < 50 < shares[0] + shares[1] and (survey.low, survey.high) == (10, 25)
    assert [f"{share}%" for share in shares] == re.findall(r"\d+%", survey.note)


# What others report, as the pages and the policy have it


def only(metric: str, **about: object) -> benchmarks.Norm:
    row, = (norm for norm in benchmarks.norms(metric)
            if all(getattr(norm, key) == value for key, value in about.items()))
    return row


@pytest.mark.parametrize("tier", TIERS["four_tier"])
def test_the_policy_is_what_playbook_a_says_of_a_tier(tier):
    by_arr = only("arr_per_csm", source="practitioner playbook A", segment=tier)
    assert RULES["arr_per_csm"][MODEL_OF[tier]] == {"low": by_arr.low, "high": by_arr.high}
    assert RULES["loaded_cost"][tier] == only("loaded_cost", source="practitioner playbook A", segment=tier).low
    half, full = (only(metric, publisher="practitioner playbook A", segment=tier) for metric in (
        "csm_half_ramp", "csm_ramp"))
    assert RULES["ramp"][tier] == {"half_months": half.low, "full_months": full.high}


def test_the_rest_of_the_policy_is_what_its_basis_says():
    a, d = {"publisher": "practitioner playbook A"}, {"publisher": "practitioner guide D"}
    assert RULES["lead_days"] == only("approval_to_start", **a).low
    assert RULES["headroom"]["ratio"] == only("capacity_buffer_ratio", **a).low
    assert RULES["attrition_ratio"] == only("csm_attrition_ratio", **d).high
    handed = only("reassignment_hours", **d)
    assert handed.low < RULES["moves"]["handover_hours"] < handed.high
    assert RULES["pay"]["loading"] == only("loaded_cost_multiple").low
    assert [Decimal(points) / 100 for points in RULES["pay"]["weights"].values()] == [
        only(f"{one}_weight_ratio", **a).low for one in ("gross_retention", "net_retention", "activity")]
    assert RULES["pay"]["variable_low_ratio"] == min(
        norm.low for norm in benchmarks.norms("variable_pay_ratio") if norm.stat in ("mean", "median"))
    assert RULES["pay"]["variable_high_ratio"] == only("variable_pay_ratio", **a).high
    managers, b = RULES["managers"], only("manager_span", publisher="practitioner playbook B")
    assert (managers["span_low"], managers["span_high"]) == (b.low, b.high)
    assert (managers["csms_in_a_tier"], managers["csms_overall"]) == (
        only("first_manager_in_a_tier", **a).low, only("first_manager_overall", **a).low)
    caps = RULES["account_caps"]
    for tier, cap in (("strategic", caps["four_tier"]["named_sponsor"]), ("mid_market", caps["four_tier"]["pooled"]),
                      ("enterprise", caps["four_tier"]["named_light"])):
        assert cap == only("accounts_per_csm", segment=tier, **a).high
    for tier, model in (("high_touch", "named"), ("low_touch", "pooled")):
        assert caps["three_touch"][model] == only("accounts_per_csm", source="practitioner playbook B",
                                                  segment=tier).high
    assert caps["three_touch"]["tech"] == only("accounts_per_csm", source="practitioner playbook B",
                                               segment="tech_touch").low


def test_the_hours_of_four_models_are_those_of_guide_c():
    said = [norm.low for norm in benchmarks.norms("hours_per_account")]
    assert said == [catalogue_hours(model, RULES) for model in MODELS[:4]]
    delivered = [norm.low for norm in benchmarks.norms("delivered_hours")]
    assert delivered[0] == round(delivered_hours(RULES))
    shown = "{:,}, {:,} and {:,}".format(*(int(hours) for hours in delivered[1:]))
    assert f"Other authors say {shown}" in " ".join(ADVICE.split()) and f"others {shown} delivered" in DEFINITIONS


def test_pay_in_the_table_is_what_others_report():
    row = table(ADVICE, "| One document | The other | Surveys")
    shares, weights = ({key: re.findall(r"\d+(?=%)", cell) for key, cell in each.items()} for each in row)
    a, b = (only("variable_pay_ratio", publisher=f"practitioner playbook {one}") for one in "AB")
    measured = [norm.low for norm in benchmarks.norms("variable_pay_ratio") if norm.stat in ("mean", "median")]
    assert shares["One document"] == [f"{100 * a.low:.0f}"]
    assert shares["The other"] == [f"{100 * end:.0f}" for end in (b.low, b.high)]
    assert shares["Surveys"] == [f"{100 * min(measured):.0f}", "26"] and max(measured) == Decimal("0.25")
    assert "so 26% variable" in only("csm_ote", publisher="CS Insider").note

    def said(page: str) -> list[str]:
        rows = [norm for norm in NORMS if norm.metric.endswith("weight_ratio") and norm.source.endswith(page)]
        return [f"{100 * end:.0f}" for norm in rows for end in dict.fromkeys((norm.low, norm.high))]

    assert weights["The other"] == said("page on renewals") + said("page on teams")
    assert weights["Surveys"] == said("community answer")


def test_other_figures_in_the_advice_are_what_others_report():
    advice = " ".join(ADVICE.split())
    ramp = {norm.segment: norm.low for norm in benchmarks.norms("csm_ramp") if norm.publisher.endswith("guide D")}
    assert "another author has {enterprise}, {mid_market} and {pooled} months".format(**ramp) in advice
    weeks, = (norm for norm in benchmarks.norms("csm_ramp") if norm.unit == "weeks")
    assert weeks.low == 8 and "another document eight weeks for all" in advice
    assert f"all staff {only('staff_turnover_ratio').low:.0%} (SHRM 2016)" in advice
    assert {norm.low for norm in benchmarks.norms("time_to_fill")} == {6 * 7} and "six weeks to fill a post" in advice
    first = only("first_manager_overall", publisher="SaaStr")
    assert f"another author says {first.low} to {first.high} in all" in advice
    cost = next(row for row in benchmarks.read() if row.id == "saas_capital_2026.cs_and_support_cost")
    assert f"CS with support takes {cost.low_ratio:.0%} of ARR (SaaS Capital 2026)" in advice
    handed = only("reassignment_hours")
    assert f"a change of owner costs {handed.low} to {handed.high} hours an account" in advice
