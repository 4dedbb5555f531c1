"""The pages on the CS team, held to the schema, the result, the words, the policy, the benchmarks and a worked org."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import make_references
from conftest import called
from cslib import (
    am_split,
    benchmarks,
    candidates,
    gates,
    hiring,
    hiring_changes,
    mistakes,
    org,
    policy,
    role_table,
    role_words,
    schema,
    unblocking,
)
from cslib.figures import short_money
from test_references import table
from test_segmentation_references import AMOUNT, WORD, keys, properties

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts" / "benchmarks.json"
DIGEST = ROOT.parent / "shared" / "facts" / "seed_digest.md"
NAMES = ("cs_team_org_evolution", "hiring_definitions", "team_benchmarks", "cs_scorecard", "scorecard_definitions")
PAGES = {name: (ROOT / "references" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
ADVICE, DEFINITIONS, OTHERS = (PAGES[name] for name in NAMES[:3])
DOOR = "cs_hiring_sequencer"
SETTINGS = policy.read(None).settings
RULES = SETTINGS["hiring"]
WORDS = role_words.read()
METRICS = {metric for group in make_references.TEAM.values() for metric in group}
NORMS = [norm for norm in benchmarks.norms() if norm.metric in METRICS]
ROWS = [row for row in json.loads((ROOT / "scripts" / "cslib" / "benchmarks.json").read_text(encoding="utf-8"),
                                  parse_float=Decimal) if row["metric"] in METRICS]
STAGES = {"seed": "seed", "series A": "series_a", "series B": "series_b", "growth": "growth", "late": "late"}

WORKED = {
    "as_of": "2026-09-30", "stage": "series_b", "customers": 150, "arr": 3000000, "median_acv": 14000,
    "motion": "sales_led", "products": 1, "annual_growth_ratio": 0, "annual_arr_growth_ratio": 0,
    "team": {"csm": [{"fte": 4, "months_in_seat": 20, "delivered": "gross retention from 84% to 88%"}],
             "support": [{"fte": 1, "months_in_seat": 14, "delivered": "first answers within four hours"}]},
    "signals": {"onboarding_days": 48, "onboarding_backlog": 9, "onboarded_per_month": 6, "renewals_due_12m": 150,
                "renewals_late_12m": 12, "renewals_lost_12m": 9, "renewals_owned_by": "csm",
                "founder_closes_deals": False},
    "failing_outcomes": [
        {"outcome": "onboarding", "evidence": "48 days in the median, 9 customers wait", "arr_at_risk": 450000},
        {"outcome": "references", "evidence": "two deals waited a month for a reference"}]}


def answered(document: Mapping) -> dict:
    ran = called(DOOR, "-", "--format", "json", "--all", stdin=json.dumps(document))
    assert ran.code == 0, ran.err
    return json.loads(ran.out, parse_float=Decimal)["result"]


@pytest.fixture(scope="module")
def worked() -> dict:
    return answered(WORKED)


@pytest.fixture(scope="module")
def sample() -> dict:
    ran = called(DOOR, "--format", "json", "--all")
    assert ran.code == 0, ran.err
    return json.loads(ran.out, parse_float=Decimal)["result"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> dict:
    """The sample beside the coverage plan of the sample book."""
    plan = tmp_path_factory.mktemp("plan") / "coverage.json"
    plan.write_text(called("cs_coverage_calculator", "--format", "json", "--all").out, encoding="utf-8")
    ran = called(DOOR, "--format", "json", "--all", "--coverage", plan)
    assert ran.code == 0, ran.err
    return json.loads(ran.out, parse_float=Decimal)["result"]


def money(amount: object) -> str:
    """`20k`, `5M`: without the digits that are zero."""
    return re.sub(r"\.0+(?=[kMB])", "", short_money(Decimal(amount)))


# Every key of the input and of the result


def test_every_key_of_an_org_stands_in_the_table_of_the_input_and_no_other():
    section = DEFINITIONS.partition("## org.json")[2].partition("## A worked org")[0]
    rules = schema.load("org")
    defined = rules["$defs"]
    known = {*properties(rules)}
    enums = {word for part in (rules["properties"], defined, *(one.get("properties", {}) for one in defined.values()))
             for one in part.values() for word in one.get("enum", ()) if word}
    named = {word for word in WORD.findall(section) if not word.endswith((".md", ".json"))}
    assert len(known) > 40 and known <= named and named - known - enums == {"true"}
    assert {*org.ROLES, *org.OUTCOMES} <= named
    assert f"up to {org.FARTHEST_MONTHS} ahead" in section and f"({org.LEAST_EVIDENCE} to 300 characters)" in section


def test_every_key_of_the_result_is_named(worked, sample, planned):
    held = {*keys(worked), *keys(sample), *keys(planned)}
    assert len(held) > 80 and any(row["from_plan"] for row in planned["openings"])
    assert held - {*WORD.findall(DEFINITIONS)} == set()


def test_every_first_key_of_the_result_opens_a_row_of_its_own_table(worked):
    section = DEFINITIONS.partition("## The result")[2]
    opened = {word for row in table(section, "Key | What it holds |\n|---|---|\n| `verdict`")
              for word in WORD.findall(row["Key"])}
    assert set(worked) == opened


def test_every_word_that_a_finding_may_be_is_named():
    named = {*WORD.findall(DEFINITIONS)}
    criteria = {*re.findall(r'_row\("(\w+)"', inspect.getsource(role_table))}
    for words in (hiring.VERDICTS, hiring.REASONS, candidates.KINDS, candidates.WHYS, unblocking.WAYS, gates.CONDITIONS,
                  role_table.KINDS, role_table.SOURCES, am_split.DECISIONS, hiring_changes.KINDS, mistakes.MISTAKES,
                  WORDS["split"]["criteria"], criteria):
        lacking = {word for word in words if word not in named and f"`{word}`" not in DEFINITIONS}
        assert lacking == set()


# The worked org


def test_the_worked_org_is_that_of_the_script(worked):
    first = worked["next"]
    assert (first["role"], first["why"], first["outcome"]) == ("implementation", "outcome", "onboarding")
    assert (first["approve_by"], first["start_day"], first["ramped_by"]) == ("2026-09-30", "2027-01-01", "2027-03-31")
    assert (first["cost_a_year"], first["months"], first["cost"]) == (140000, 15, 175000)
    worth = worked["money"]["next"]
    assert (worth["kept_arr"], worth["share_ratio"]) == (Decimal("181818.18"), Decimal("0.40404"))
    assert worked["money"]["arr_ratio"] == Decimal("0.15")
    found = {one["key"]: one for one in worked["criteria"] if one["role"] == "implementation"}
    assert found["slow_and_waiting"]["met"] is True
    split = {one["key"]: one for one in worked["split"]["criteria"]}
    assert (split["renewals_slip"]["met"], round(split["renewals_slip"]["value"], 2)) == (False, Decimal("0.08"))
    assert (worked["split"]["net"], worked["split"]["decision"]) == (0, "combined")
    assert {key for key, one in split.items() if one["met"]} == {"sales_led", "small_acv"}


def test_the_verdict_of_the_worked_org_is_the_one_on_the_page(worked):
    said = re.search(r"`verdict` is (\w+), since 0\.15 is not below ([\d.]+)", DEFINITIONS)
    assert (worked.get("verdict") or verdict(WORKED), Decimal(said[2])) == (said[1], RULES["critical_at_risk_ratio"])


def verdict(document: Mapping) -> str:
    return json.loads(called(DOOR, "-", "--format", "json", stdin=json.dumps(document)).out)["verdict"]


# The words as quoted


def by_label(kind: str) -> dict[str, str]:
    return {said["label"]: key for key, said in WORDS[kind].items()}


def test_the_roles_on_the_page_are_the_words_of_the_script():
    rows = table(ADVICE, "Role | Owns")
    assert [by_label("roles")[row["Role"]] for row in rows] == list(org.ROLES)
    for row in rows:
        said = role_words.role(by_label("roles")[row["Role"]], SETTINGS, WORDS)
        assert (row["Owns"], row["Does not own"], row["Reports to"]) == (said.owns, said.does_not_own, said.reports_to)


def test_the_outcomes_on_the_page_are_the_words_and_the_order_of_the_script():
    rows = table(ADVICE, "Outcome | It fails when")
    assert [by_label("outcomes")[row["Outcome"]] for row in rows] == list(org.OUTCOMES)
    for row in rows:
        key = by_label("outcomes")[row["Outcome"]]
        assert row["It fails when"] == WORDS["outcomes"][key]["fails_when"]
        assert row["Role, in this order"] == ", ".join(
            WORDS["roles"][role]["label"] for role in unblocking.OUTCOME_ROLES[key])


def test_the_mistakes_on_the_page_are_the_words_of_the_script():
    triggers = RULES["triggers"]
    limits = {"ops_before_csms": triggers["cs_ops"]["csms_at_least"], "cco_early": triggers["cco"]["arr"],
              "csm_as_support": triggers["support"]["customers"],
              "combined_too_long": RULES["split"]["combined_below_arr"]}
    said = [role_words.mistake(key, limits.get(key), WORDS) for key in mistakes.MISTAKES]
    assert [(row["Mistake"], row["Why"], row["Remedy"]) for row in table(ADVICE, "Mistake |")] == [
        (re.sub(r"\.00M", "M", one.label), one.why, one.remedy) for one in said]


def test_the_owners_of_numbers_on_the_page_are_those_of_the_script():
    rows = table(ADVICE, "Number | Combined")
    for decision in am_split.DECISIONS:
        assert [(row["Number"], row[decision.capitalize()]) for row in rows] == [
            (one.label, one.owner) for one in role_words.owners(decision, WORDS)]
    passed = {one.number: one.passes_to for one in role_words.owners("split", WORDS) if one.passes_to}
    assert passed == {"renewal_forecast": "renewals", "renewal_paper": "renewals", "onboarding": "implementation"}
    assert "A renewals manager takes forecast and paper, an implementation manager onboarding." in ADVICE


def test_what_speaks_for_a_split_on_the_page_is_what_the_script_counts():
    split, late = RULES["split"], RULES["triggers"]["renewals"]["late_ratio"]
    rows = table(ADVICE, "For | Against")
    assert [row["For"] for row in rows] == [
        f"a contract of {money(split['acv'])} a year or more",
        f"CSMs own renewals, and {late:.0%} of those due are late or {split['lost_ratio']:.0%} lost",
        f"{split['products']} products or more to sell", "the company is sales-led"]
    assert [row["Against"] for row in rows] == [
        f"a contract below {money(split['acv'])} a year", "the company is product-led",
        f"fewer than {split['small_team_csms']} CSMs", "the founder still closes deals"]
    assert f"From {split['hybrid_from']} in favour: hybrid. From {split['split_from']}: split." in ADVICE
    assert f"Both work up to {money(split['combined_below_arr'])} of ARR" in ADVICE


# The policy as quoted


def test_the_stages_on_the_page_are_the_policy():
    rows = table(ADVICE, "Stage | Staff from")
    assert [STAGES[row["Stage"]] for row in rows] == list(RULES["stages"])
    for row in rows:
        rule = RULES["stages"][STAGES[row["Stage"]]]
        assert row["Staff from"] == f"{rule['staff']:,}" and row["CSMs from"] == str(rule["csms"])
        assert row["Customers from"] == ("none" if rule["customers"] is None else str(rule["customers"]))
        assert row["ARR from"] == ("none" if rule["arr"] is None else money(rule["arr"]))
        assert row["CS team"] == f"{rule['team_low']} to {rule['team_high']}"
        assert row["Roles opened at a time"] == str(rule["roles_at_a_time"])


def test_what_makes_a_role_due_on_the_page_is_the_policy():
    t, managers, split = RULES["triggers"], SETTINGS["coverage"]["managers"], RULES["split"]
    due = {
        "csm": (f"{t['csm']['founder_time_ratio']:.0%}", t["csm"]["customers"], t["csm"]["customers_alone"]),
        "support": (t["support"]["customers"],),
        "implementation": (t["implementation"]["onboarding_days"], t["implementation"]["backlog_months"]),
        "cs_manager": (managers["csms_overall"], managers["escalations_a_week"]),
        "cs_ops": (f"{t['cs_ops']['admin_ratio']:.0%}", t["cs_ops"]["csms"]),
        "renewals": (f"{t['renewals']['late_ratio']:.0%}", t["renewals"]["due_a_year"]),
        "account_manager": (), "customer_marketing": (t["customer_marketing"]["references"],),
        "director_vp": (t["director_vp"]["csms"], t["director_vp"]["managers"]), "cco": (t["cco"]["csms"],)}
    before = {"cs_manager": (t["cs_manager"]["csms_at_least"],), "cs_ops": (t["cs_ops"]["csms_at_least"],),
              "renewals": (t["renewals"]["csms_at_least"], t["renewals"]["due_a_year"]),
              "account_manager": (split["small_team_csms"],),
              "customer_marketing": (t["customer_marketing"]["csms_at_least"],),
              "cco": (f"{money(t['cco']['arr'])[:-1]}",)}
    rows = table(ADVICE, "Role | Due when any holds")
    assert [by_label("roles")[row["Role"]] for row in rows] == list(due)
    for row in rows:
        role = by_label("roles")[row["Role"]]
        assert AMOUNT.findall(row["Due when any holds"]) == [str(one) for one in due[role]], role
        assert AMOUNT.findall(row["Not before"]) == [str(one) for one in before.get(role, ())], role


def amounts(node: object, of_ratio: bool) -> Iterator[str]:
    """Every number of a part of the policy in its order, as a page writes it; `null` for what has none."""
    if isinstance(node, Mapping):
        for name, part in node.items():
            yield from amounts(part, of_ratio or name.endswith("_ratio"))
    elif node is None:
        yield "null"
    else:
        amount = Decimal(node) * (100 if of_ratio else 1)
        whole = amount == amount.to_integral_value()
        yield (f"{int(amount):,}" if whole else f"{amount.normalize():f}") + ("%" if of_ratio else "")


def defaults_on(page: str, rules: Mapping) -> list[str]:
    """The dotted keys of the policy table of a page, each row held to the values of the policy; no key twice."""
    named = []
    for row in table(page.partition("## The policy")[2], "Key | Default"):
        own = [word for word in re.findall(r"`([\w.]+)`", row["Key"]) if word]
        shown = []
        for key in own:
            node: object = rules
            for step in key.split("."):
                node = node[step]
            shown += amounts(node, "_ratio" in key)
        assert re.findall(rf"null|{AMOUNT.pattern}", row["Default"]) == shown, own
        assert row["Basis"]
        named += own
    assert len(named) == len(set(named))
    return named


def covered(node: object, path: str, named: list[str]) -> bool:
    """Whether a part of the policy stands in a table, as a whole or in all its parts."""
    return path in named or (isinstance(node, Mapping) and bool(node) and all(
        covered(part, f"{path}.{key}" if path else key, named) for key, part in node.items()))


def test_every_value_of_the_hiring_policy_is_on_the_page_with_its_basis():
    assert covered(RULES, "", defaults_on(DEFINITIONS, RULES))


@pytest.mark.parametrize(("sentence", "shown"), [
    ("90 days from approval to the start", RULES["roles"]["support"]["lead_days"]),
    ("(director 150,", RULES["roles"]["director_vp"]["lead_days"]), ("CCO 180)", RULES["roles"]["cco"]["lead_days"]),
    ("from `140000 / 0.77 =", RULES["roles"]["implementation"]["loaded_cost"]),
    ("a CCO from `450000 / 0.77 =", RULES["roles"]["cco"]["loaded_cost"]),
    ("so long as neither 10 customers nor", RULES["triggers"]["csm"]["customers"])])
def test_a_figure_in_a_sentence_is_the_policy(sentence, shown):
    assert sentence in " ".join(ADVICE.split()) and str(shown) in sentence


def test_ramps_in_the_sentence_are_those_of_the_policy():
    ramps = {rule["ramp_months"] for rule in RULES["roles"].values()}
    assert f"a ramp of {min(ramps)} to {max(ramps)} months" in ADVICE


# What others report


def test_figures_about_roles_use_only_known_words_and_stand_on_their_page():
    assert {norm.metric for norm in NORMS} == METRICS
    assert len({(norm.metric, norm.unit) for norm in NORMS}) == len(METRICS)
    assert not METRICS & {metric for group in make_references.COVERAGE.values() for metric in group}
    for norm in NORMS:
        assert norm.unit in make_references.UNITS and norm.stage in (None, *RULES["stages"])
        assert norm.stat in make_references.STATS and norm.confidence in make_references.CONFIDENCE
        ends = [end for end in (norm.low, norm.high) if end is not None]
        assert norm.low is not None and ends == sorted(ends) and (norm.unit != "ratio" or ends[-1] <= 1), norm.id
        assert norm.year or norm.stat in ("rule", "target") or "undated" in norm.population, norm.id
    for row in ROWS:
        line = next(line for line in OTHERS.split("\n") if f"| {row['source']} |" in line
                    and make_references.quantity(row) in line and row["population"] in line)
        assert make_references.CONFIDENCE[row["confidence"]][0] in line


def only(metric: str, **about: object) -> benchmarks.Norm:
    row, = (norm for norm in benchmarks.norms(metric)
            if all(getattr(norm, key) == value for key, value in about.items()))
    return row


def test_the_policy_is_what_its_basis_says():
    a, b = {"publisher": "practitioner playbook A"}, {"publisher": "practitioner playbook B"}
    t = RULES["triggers"]
    assert (t["csm"]["customers"], t["csm"]["customers_alone"], t["csm"]["founder_time_ratio"]) == (
        only("first_csm_customers", **a).low, only("first_csm_customers", **b).low,
        only("first_csm_founder_time_ratio", **a).low)
    assert t["support"]["customers"] == only("support_customers", **a).low
    assert (t["cs_ops"]["admin_ratio"], t["cs_ops"]["admin_other_ratio"], t["cs_ops"]["csms"]) == (
        only("cs_ops_admin_ratio", **a).low, only("cs_ops_admin_ratio", **b).low, only("cs_ops_csms", **b).low)
    assert t["customer_marketing"]["references"] == only("customer_marketing_references", **a).low
    assert (t["director_vp"]["csms"], t["director_vp"]["managers"]) == (
        only("director_csms", **a).low, only("director_span", **b).low)
    assert (t["cco"]["arr"], t["cco"]["csms"]) == (only("cco_floor_arr", **a).low, RULES["stages"]["late"]["team_low"])
    assert RULES["split"]["acv"] == only("am_split_acv", **a).low
    assert RULES["split"]["combined_below_arr"] == only("combined_limit_arr", **a).high
    assert RULES["horizon_months"] == only("sequence_horizon", **a).low
    for stage, rule in RULES["stages"].items():
        size = only("team_size", stage=stage, **a)
        assert (rule["team_low"], rule["team_high"]) == (size.low, size.high)
        if stage != "seed":
            assert rule["staff"] == only("stage_staff", stage=stage, **a).low
    for stage, before in (("series_b", "series_a"), ("growth", "series_b")):
        assert [RULES["stages"][stage][key] for key in ("customers", "arr", "csms")] == [
            only(f"stage_left_{key}", stage=before, **a).low for key in ("customers", "arr", "csms")]


FROM_THE_FACTS = {
    "playbook_a.am_split": "seedA_up.am_acv", "playbook_a.combined_limit": "seedA_up.combined_limit",
    "playbook_a.cco_floor": "seedA_up.cco_floor", "playbook_a.cs_ops": "seedA_up.csops",
    "playbook_b.cs_ops.csms": "seedB_up.csops", "playbook_a.sequence_horizon": "seedA.org.horizon",
    "churnzero_2024": "churnzero2024.own", "tsia": "tsia.renewal_goals", "retently": "nps.b2b.retently",
    "survicate": "nps.b2b.survicate", "surveysparrow": "nps.b2b.surveysparrow", "userpilot_2024": "userpilot2024.ttv"}
FROM_THE_DIGEST = {
    "playbook_a.team_size.": "2 Series A 15–50, CS 1–3: CSM", "playbook_b.phase": "founding 0–20, first hire 20–100",
    "playbook_a.first_csm.customers": "founder >40% of week + 10 customers + playbook",
    "playbook_a.first_csm.founder": "founder >40% of week + 10 customers + playbook",
    "playbook_b.first_csm": "| First CSM | >10 customers & founder >40% week | 20 customers |",
    "playbook_a.support": "Support (30+ customers)", "playbook_b.cs_ops.admin": "CSMs >20% time on non-customer work",
    "playbook_a.director": "Director/VP (10+)", "playbook_b.director_span": "directors 2–4 managers",
    "playbook_a.customer_marketing": "Customer Marketing? (5+ references)",
    "playbook_a.next_role": "ramped 3–6 mo, outcome shipped, gap named",
    "playbook_a.headcount": "headcount within 20% of required",
    "playbook_a.stage_left.customers.series_a": "leave at 100+ customers, $1M+, 3+ CSMs",
    "playbook_a.stage_left.arr.series_a": "leave at 100+ customers, $1M+, 3+ CSMs",
    "playbook_a.stage_left.csms.series_a": "leave at 100+ customers, $1M+, 3+ CSMs",
    "playbook_a.stage_left": "leave 250+, $5M+, 8+", "playbook_a.stage_staff": "2 Series A 15–50"}


def test_every_figure_about_a_role_is_in_the_fact_base():
    if not FACTS.is_file():
        pytest.skip("the fact base is not on this machine")
    facts = {fact["id"]: fact for fact in json.loads(FACTS.read_text(encoding="utf-8"), parse_float=Decimal)}
    scales = {"usd_m_arr": Decimal(10**6), "usd_k_acv": Decimal(1000)}
    checked = 0
    for norm in NORMS:
        fact = next((facts[one] for start, one in FROM_THE_FACTS.items() if norm.id.startswith(start)), None)
        if fact is None:
            assert norm.id.startswith(tuple(FROM_THE_DIGEST)), norm.id
            continue
        scale = scales.get(fact["unit"], Decimal("0.01") if fact["unit"].startswith("pct") else Decimal(1))
        ends = [Decimal(end) * scale for end in fact["range"] or [fact["value"]] if end is not None]
        assert {*ends} == {end for end in (norm.low, norm.high) if end is not None}, norm.id
        assert fact["year"] == norm.year or norm.year is None, norm.id
        checked += 1
    assert checked >= 12


def test_what_the_fact_base_lacks_is_in_the_digest_of_the_playbooks():
    if not DIGEST.is_file():
        pytest.skip("the digest is not on this machine")
    text = DIGEST.read_text(encoding="utf-8")
    assert all(sentence in text for sentence in FROM_THE_DIGEST.values())
    stages = text.partition("**cs_team_org_evolution**")[2].partition("\n")[0]
    for norm in NORMS:
        start = next((one for one in FROM_THE_DIGEST if norm.id.startswith(one)), None)
        if start is not None and not norm.id.startswith(tuple(FROM_THE_FACTS)):
            sentence = stages if "stage" in norm.id or "team_size" in norm.id else text
            said = {Decimal(number) for number in re.findall(r"\d+", sentence)}
            scale = {"ratio": 100, "usd": Decimal("0.000001")}.get(norm.unit, 1)
            assert {end * scale for end in (norm.low, norm.high) if end} <= said, norm.id


def test_what_the_opening_says_of_nps_and_ownership_is_in_the_rows():
    scores = [norm.low for norm in benchmarks.norms("nps")]
    assert f"lie {max(scores) - min(scores)} points apart" in OTHERS and len(scores) == 3
    half = only("own_renewal_and_expansion_ratio")
    assert half.low == Decimal("0.5") and f"(ChurnZero {half.year})" in ADVICE


# The example for a board, and the guide to the input


def test_the_example_for_a_board_is_the_answer_for_the_sample(sample):
    first, worth = sample["next"], sample["money"]["next"]
    asked = next(one["evidence"] for one in sample["unblockings"] if one["outcome"] == "onboarding")
    said = " ".join(ADVICE.partition("## How to say it to a board")[2].split())
    assert (first["role"], first["outcome"], first["start_day"][5:7]) == ("implementation", "onboarding", "01")
    assert asked.startswith("62 days in the median") and re.search(r"\b14 (customers )?wait", asked)
    for shown in (f"{short_money(first['arr_at_risk'])} of ARR", f"at {short_money(first['cost_a_year'])} a year",
                  f"keeps {short_money(worth['kept_arr'])} of ARR", "62 days in the median, 14 customers wait"):
        assert shown in said
    after = next(one for one in sample["openings"] if one["role"] == "renewals")
    assert after["after"] == "implementation" and after["approve_by"] > first["approve_by"]


def test_the_filled_org_of_the_examples_is_answered():
    page = (ROOT / "references" / "input_examples.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", page.partition("## org.json")[2], re.DOTALL)[1]
    result = answered(json.loads(example))
    assert result["next"]["role"] == "implementation" and result["next"]["outcome"] == "onboarding"
