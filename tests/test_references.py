"""What is known about retention: the data beside the rooms, and the reference pages, held to each other."""
from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import make_references
import marks
import sums
from cslib import (
    brief,
    brief_agreements,
    brief_changes,
    brief_page,
    brief_words,
    cohorts,
    reasons,
    retention,
    scorecards,
    tie_out,
)
from sums import SUM

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ROOT / "scripts" / "cslib"
REFERENCES = ROOT / "references"
FACTS = ROOT.parent / "shared" / "facts" / "benchmarks.json"

ENTRIES = [entry for entry in json.loads((ROOMS / "benchmarks.json").read_text(encoding="utf-8"), parse_float=Decimal)
           if entry["period"] is not None]
PLAYS = json.loads((ROOMS / "plays.json").read_text(encoding="utf-8"))
POLICY = json.loads((ROOMS / "policy.json").read_text(encoding="utf-8"), parse_float=Decimal)
DECOMPOSITION = (REFERENCES / "retention_decomposition.md").read_text(encoding="utf-8")
DEFINITIONS = (REFERENCES / "metric_definitions.md").read_text(encoding="utf-8")
BRIEF = (REFERENCES / "strategy_brief.md").read_text(encoding="utf-8")
PAGES = {"retention_decomposition": DECOMPOSITION, "metric_definitions": DEFINITIONS, "strategy_brief": BRIEF,
         "benchmarks": (REFERENCES / "benchmarks.md").read_text(encoding="utf-8")}

LONGEST = 150
NEAR_THE_TOP = {"benchmarks": 40}  # how to use a row comes before where it is
REASONS = ("product_fit", "competitor_loss", "no_value_realized", "pricing", "champion_left", "company_event",
           "tactical_failure", "involuntary", "unknown")
OWNERS = {"head of CS", "CS operations", "CSM", "support lead", "finance", "head of product"}
FUNCTIONS = {"revenue", "product", "finance", "people", "marketing", "legal"}

ENTRY_KEYS = """
id metric unit stat low high period population acv_low acv_high arr_low arr_high segment stage source year confidence
note headline"""

QUOTED = re.compile(r"(\d+(?:\.\d+)?)%[^(`|]{0,24}\(`([a-z0-9_.]+)`\)")

def table(page: str, head: str) -> list[dict]:
    """The rows of the first Markdown table of a page whose head starts with these words, by column title."""
    lines = page[page.index(f"| {head}"):].split("\n")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    width = next(i for i, line in enumerate(lines) if not line.startswith("|"))
    return [dict(zip(cells[0], row)) for row in cells[2:width]]


def indexed(page: str, within: int = 20) -> bool:
    """Whether a section `Index` that ends within the first lines names every section after it, in order."""
    top = "\n".join([*page.splitlines()[:within], "## "]).partition("\n## Index\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^- (.+)$", top, re.MULTILINE) or " ".join(top.split()).rstrip(".").split("; ")
    return listed == re.findall(r"^## (.+)$", page.partition("\n## Index\n")[2], re.MULTILINE)


def ratio(cell: str) -> Decimal | None:
    """A per cent cell as a ratio; `n/a` is None."""
    return None if cell == "n/a" else Decimal(cell.rstrip("%")) / 100


# The pages


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_says_when_to_load_it_and_stays_short(name):
    lines = PAGES[name].splitlines()
    assert lines[0].startswith("# ") and lines[2].startswith("Load when: ")
    assert len(lines) <= LONGEST or indexed(PAGES[name], NEAR_THE_TOP.get(name, 20))


@pytest.mark.parametrize("page", sorted(REFERENCES.glob("*.md")), ids=lambda page: page.stem)
def test_a_reference_beyond_a_page_opens_with_an_index_of_its_sections(page):
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST or indexed(text, NEAR_THE_TOP.get(page.stem, 20))


def test_an_index_names_every_section_near_the_top_and_no_other():
    assert indexed("# a\n\nb\n\n## Index\n\nOne; Two.\n\n## One\n\n## Two\n")
    assert not indexed("# a\n\n## Index\n\nOne.\n\n## One\n\n## Two\n")
    assert not indexed("# a\n" + "\n" * 19 + "## Index\n\nOne.\n\n## One\n")
    assert not indexed("# a\n\n## One\n")


@pytest.mark.parametrize(("name", "least"), [("retention_decomposition", 18), ("metric_definitions", 20)])
def test_every_sum_on_a_page_comes_out_as_printed(name, least):
    assert len(SUM.findall(PAGES[name])) >= least
    assert sums.faults(PAGES[name]) == []


def worked_book() -> list[tuple]:
    """The worked book as (id, starting ARR, ending ARR, customer before, movement)."""
    return [(row["Account"], Decimal(row["starting_arr"]), Decimal(row["ending_arr"]), row["customer before"] == "yes",
             row["Movement"]) for row in table(DEFINITIONS, "Account |")]


def worked_figures() -> dict[str, Decimal]:
    """The last column of the money table and of the ratio table, by key."""
    head = "Key | Formula | In the worked book |\n|---|---|---|\n| `"
    return {row["Key"].strip("`"): Decimal(row["In the worked book"])
            for first in ("starting_arr", "grr_ratio") for row in table(DEFINITIONS, head + first)}


def test_the_worked_movements_are_named_by_their_definition():
    for _, a, b, before, movement in worked_book():
        acquired = "reactivated" if before else "new"
        stayed = "expansion" if b > a else "contraction" if b < a else "none"
        assert movement == (acquired if not a else stayed if b else "churned")


def test_the_worked_book_gives_the_worked_figures():
    book = [(a, b, before) for _, a, b, before, _ in worked_book()]
    there = [(a, b) for a, b, _ in book if a]
    start, logos = sum(a for a, _ in there), Decimal(len(there))
    money = {
        "starting_arr": start,
        "new_arr": sum(b for a, b, before in book if not a and not before),
        "reactivated_arr": sum(b for a, b, before in book if not a and before),
        "expansion_arr": sum(max(b - a, 0) for a, b in there),
        "contraction_arr": sum(max(a - b, 0) for a, b in there if b),
        "churned_arr": sum(a for a, b in there if not b),
        "ending_arr": sum(b for _, b, _ in book),
        "starting_customers": logos,
        "churned_customers": sum(not b for _, b in there),
    }
    ratios = {name + "_ratio": money[name + "_arr"] / start for name in ("contraction", "expansion")}
    assert worked_figures() == {
        **money, **ratios,
        "grr_ratio": sum(min(pair) for pair in there) / start,
        "nrr_ratio": sum(b for _, b in there) / start,
        "logo_retention_ratio": sum(b > 0 for _, b in there) / logos,
        "churn_ratio": money["churned_arr"] / start,
    }


def read_worked_book() -> tuple[cohorts.Book, retention.Retained]:
    """The worked book as the rooms read and total it."""
    accounts = [{"id": name, "starting_arr": a, "ending_arr": b, **({} if a else {"ever_before": before})}
                for name, a, b, before, _ in worked_book()]
    document = {"as_of": "2026-09-30", "period_months": 12, "accounts": accounts}
    book = cohorts.read(document, "metric_definitions.md", POLICY["tier_floors"])
    total = retention.added(part.movement for part in book.parts)
    return book, retention.retained(None, total, book.period_months, None, POLICY)


def test_the_rooms_give_the_worked_figures():
    _, overall = read_worked_book()
    printed = worked_figures()
    assert {key: getattr(overall, key) for key in printed} == printed


def test_the_ways_of_counting_on_the_page_are_among_those_that_the_tie_out_tries():
    book, overall = read_worked_book()
    tried = tie_out.tie_out(tie_out.read("nrr", "2"), book, overall).candidates
    printed = {Decimal(SUM.fullmatch(row["NRR of the worked book"]).group(2))
               for row in table(DEFINITIONS, "Way of counting |")}
    assert printed and printed <= {round(way.gives, 3) for way in tried}


def test_the_worked_reasons_give_the_worked_preventable_shares():
    lost = {"no_value_realized": 60, "tactical_failure": 30, "product_fit": 25, "pricing": 55, "unknown": 30}
    rows = [reasons.Reason(reason, 1, Decimal(arr), None, PLAYS[reason]["preventable"]) for reason, arr in lost.items()]
    result = reasons.preventable(rows, POLICY["preventable"])
    shares = (result.unknown_ratio, result.preventable_ratio, result.with_product_fit_ratio)
    printed = table(DECOMPOSITION, "| Sum |\n|---|---|\n| unknown")
    assert [round(share, 3) for share in shares] == [Decimal(SUM.fullmatch(row["Sum"]).group(2)) for row in printed]


def test_every_key_of_the_result_is_defined():
    door = ROOT / "scripts" / "retention_decomposition_analyzer.py"
    done = subprocess.run([sys.executable, str(door), "--format", "json"], capture_output=True, check=True)
    result = json.loads(done.stdout)["result"]
    defined = set(re.findall(r"`([a-z_]+)`", DEFINITIONS.partition("## Null")[0]))
    assert len(result) > 15 and {*result, *result["overall"]} - defined == set()


def keys(node: object) -> Iterator[str]:
    """Every key of a JSON document, at any depth."""
    if isinstance(node, dict):
        yield from node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(part)


def printed(script: str, *arguments: object) -> dict:
    """The JSON result of a script with its whole lists."""
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *map(str, arguments), "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_every_key_at_any_depth_of_the_retention_report_and_of_the_preparation_is_defined(tmp_path):
    sample = json.loads((ROOT / "samples" / "cohorts.json").read_text(encoding="utf-8"))
    accounts = [{**account, "cohort_start": None} for account in sample["accounts"]]
    earlier = tmp_path / "before.json"
    earlier.write_text(json.dumps({**sample, "as_of": "2025-09-30", "accounts": accounts, "history": None}),
                       encoding="utf-8")
    exports = sorted((ROOT / "samples" / "exports").glob("*.csv"))
    made = [printed("retention_decomposition_analyzer", "--all", "--reported-nrr", "1.15", "--previous", earlier),
            printed("prepare_inputs", *exports, "--as-of", "2026-09-30", "--out-dir", tmp_path)]
    assert made[0]["result"]["mix_shift"] and made[0]["result"]["tie_out"] and made[1]["result"]["late"]
    defined = set(re.findall(r"`([a-z0-9_]+)`", DEFINITIONS.partition("## Null")[0]))
    bridge = made[1]["result"]["bridge"]
    customers = {f"{name.rpartition('_')[0]}_arr" for name in bridge if name.endswith("_customers")}
    assert customers <= defined
    found = {key for key in keys(made[0])} | {key for key in keys(made[1])} - set(made[1]["result"]["set_aside"])
    assert {key for key in found - defined if f"{key.rpartition('_')[0]}_arr" not in customers} == set()


@pytest.fixture(scope="module")
def briefs(tmp_path_factory) -> tuple[dict, dict]:
    """Two results: of the whole sample; of three of its inputs, one of them changed, beside an earlier brief."""
    folder = tmp_path_factory.mktemp("inputs")
    whole = printed("strategy_brief")
    for name in ("cohorts", "customers", "book"):
        shutil.copy(ROOT / "samples" / f"{name}.json", folder)
    book = json.loads((folder / "book.json").read_text(encoding="utf-8"))
    book["tiers"]["smb"]["arr"] += 1000
    (folder / "book.json").write_text(json.dumps(book), encoding="utf-8")
    earlier = folder / "earlier.json"
    earlier.write_text(json.dumps({**whole, "sample": False, "as_of": "2025-09-30"}), encoding="utf-8")
    return whole["result"], printed("strategy_brief", folder, "--previous", earlier)["result"]


def test_every_key_of_the_brief_itself_stands_in_its_table_and_no_other(briefs):
    whole, compared = briefs
    own = [key for key in whole if key not in brief_page.PAGES]
    assert set(brief_page.PAGES) <= set(whole) and not {"hiring", "scorecard"} & set(compared)
    assert all(compared[key] for key in own)
    rows = table(BRIEF.partition("\n## Keys\n")[2], "Key |")
    assert [row["Key"].strip("`") for row in rows if row["Key"]] == own
    named = {word for row in rows for word in re.findall(r"`([a-z_]+)`", row["Key"] + row["Keys inside"])}
    told = {word for row in rows for word in re.findall(r"`([a-z_]+)`", row["What it holds"])} - set(scorecards.LADDER)
    assert named | told == {key for result in briefs for key in keys({key: result[key] for key in own})}


def test_every_word_that_the_brief_may_say_of_itself_is_named_on_its_page():
    named = set(re.findall(r"`([a-z_]+)`", BRIEF))
    words = (brief.KINDS, brief.KINDS.values(), brief_agreements.WHAT, brief_page.PAGES, scorecards.LADDER,
             (brief_changes.STILL, brief_changes.NEW, brief_changes.GONE), brief.Figures._fields)
    assert [word for each in words for word in each if word not in named] == []


def test_the_stakes_and_the_disagreements_stand_on_the_page_in_their_order():
    stakes = [row["Stake, in `kind`"].strip("`") for row in table(BRIEF, "Section | Stake")]
    assert stakes == list(brief.KINDS.values())
    assert [row["`what`"].strip("`") for row in table(BRIEF, "`what` |")] == list(brief_agreements.WHAT)


def test_every_heading_of_the_brief_stands_in_the_order_of_its_page():
    parts = [part for row in table(BRIEF, "Part |")
             for part in (brief_words.SECTIONS.values() if row["Part"].startswith("Retention,") else [row["Part"]])]
    command = [sys.executable, str(ROOT / "scripts" / "strategy_brief.py"), "--format", "markdown", "--all"]
    done = subprocess.run(command, capture_output=True, check=True)
    shown = re.findall(r"^## (.+)$", done.stdout.decode("utf-8"), re.MULTILINE)
    assert [part for part in parts if part in shown] == shown
    assert set(parts) - set(shown) == {"first sentence", "Where the inputs disagree",
                                       "What is missing, and what it would add"}


@pytest.mark.parametrize("script", ["customer_segmentation_designer", "cs_coverage_calculator", "cs_hiring_sequencer",
                                    "cs_scorecard", "strategy_brief"])
def test_the_frame_of_every_result_is_the_one_that_is_defined_here(script):
    frame = printed(script)
    defined = set(re.findall(r"`([a-z_]+)`", DEFINITIONS.partition("## A worked book")[0]))
    assert {*frame, *frame["assumptions"][0]} <= defined
    assert f"`{script}.py`" in DEFINITIONS.partition("## A worked book")[0]


# Figures quoted in the pages


def test_a_figure_with_an_identifier_is_that_entry():
    quoted = [match for page in PAGES.values() for match in QUOTED.findall(page)]
    by_id = {entry["id"]: entry for entry in ENTRIES}
    surveys = [(figure, key) for figure, key in quoted if key in by_id]
    assert len(surveys) >= 11
    assert [(figure, key) for figure, key in surveys if by_id[key]["high"] != Decimal(figure) / 100] == []


def test_every_identifier_on_a_page_exists():
    named = {key for page in PAGES.values() for key in re.findall(r"\(`([a-z0-9_]+\.[a-z0-9_.]+)`\)", page)}
    dotted = {key for key in named if not key.endswith((".md", ".json"))}
    assert dotted and all(marks.held(key) for key in dotted)


def test_the_bands_on_the_page_are_the_policy():
    rows = table(DECOMPOSITION, "Stage |")
    printed = {row["Stage"]: {
        "grr_ratio": {"healthy": ratio(row["GRR healthy"]), "concerning": ratio(row["GRR concerning"])},
        "nrr_ratio": {"healthy": ratio(row["NRR healthy"]), "concerning": ratio(row["NRR concerning"])},
        "logo_retention_ratio": {"healthy": ratio(row["Logo healthy"])}} for row in rows}
    assert printed == POLICY["retention_bands"]


def test_the_thresholds_in_the_sentences_are_the_policy():
    said = " ".join(DECOMPOSITION.split())
    chosen = {**POLICY, **POLICY["leaky_bucket"], **POLICY["preventable"]}
    shown = {key: make_references.per_cent(value) for key, value in chosen.items() if isinstance(value, Decimal)}
    for sentence in ("NRR at or above {nrr_floor_ratio} while GRR is at or below {grr_ceiling_ratio}",
                     "Contraction under {contraction_ceiling_ratio} of starting ARR a year",
                     "expansion from {expansion_floor_ratio} to {expansion_ceiling_ratio}",
                     "Above {leverage_above_ratio}: CS has leverage",
                     "Below {structural_below_ratio}: the cause is structural",
                     "Above {most_unknown_ratio} unknown: no reading",
                     "with 20,000 ARR, {gross_margin_ratio} margin"):
        assert sentence.format(**shown) in said


def test_the_second_playbook_in_the_sentences_is_the_data():
    marks = {metric: [make_references.per_cent(entry[end]) for end in ("low", "high")]
             for metric in ("grr_ratio", "nrr_ratio", "logo_retention_ratio") for entry in ENTRIES
             if entry["metric"] == metric and entry["source"] == "practitioner playbook B" and entry["segment"] is None}
    grr, nrr, logo = marks.values()
    said = " ".join(DECOMPOSITION.split())
    assert f"GRR {grr[0]} good and {grr[1]} great, NRR {nrr[0]} and {nrr[1]}, logo {logo[0]} and {logo[1]}" in said


def test_policy_and_benchmarks_hold_the_same_targets_by_size():
    by_segment = {entry["segment"]: entry for entry in ENTRIES if entry["id"].startswith("playbook_b.nrr.")}
    assert set(by_segment) == {"enterprise", "mid_market", "smb"}
    for segment, entry in by_segment.items():
        assert entry["low"] == POLICY["size_nrr_targets"][segment]["low_ratio"]
        assert entry["high"] in (None, POLICY["size_nrr_targets"][segment]["high_ratio"])


# Benchmarks


def test_an_entry_has_all_keys_and_no_other():
    assert all(list(entry) == ENTRY_KEYS.split() for entry in ENTRIES)


def test_an_entry_uses_only_known_words():
    assert {entry["metric"] for entry in ENTRIES} == set(make_references.TITLES)
    assert {entry["unit"] for entry in ENTRIES} == {"ratio"}
    assert {entry["stat"] for entry in ENTRIES} <= set(make_references.STATS)
    assert {entry["confidence"] for entry in ENTRIES} <= set(make_references.CONFIDENCE)
    assert {entry["period"] for entry in ENTRIES} <= {"year", "month"}
    assert {entry["segment"] for entry in ENTRIES} <= {None, *make_references.SEGMENTS}
    assert {entry["stage"] for entry in ENTRIES} <= {None, *POLICY["retention_bands"]}


def test_no_two_entries_share_an_identifier():
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


def test_an_entry_holds_ratios_in_order_and_not_percentages():
    for entry in ENTRIES:
        ends = [entry[end] for end in ("low", "high") if entry[end] is not None]
        ceiling = Decimal("1.5") if entry["metric"] == "nrr_ratio" else 1
        assert ends and ends == sorted(ends) and all(0 < end <= ceiling for end in ends), entry["id"]
        for kind in ("acv", "arr"):
            low, high = entry[f"{kind}_low"], entry[f"{kind}_high"]
            assert low is None or high is None or low < high, entry["id"]


def test_what_was_measured_has_a_year_and_what_was_not_is_no_median():
    for entry in ENTRIES:
        if entry["stat"] in ("target", "rule"):
            assert entry["confidence"] in ("practitioner", "seed_only", "second_hand"), entry["id"]
        else:
            assert entry["confidence"] in ("primary", "second_hand", "derived") and entry["year"], entry["id"]


def test_the_headline_of_gross_and_net_retention_is_measured_for_all_companies():
    for metric in ("grr_ratio", "nrr_ratio"):
        headline = [entry for entry in ENTRIES if entry["headline"] and entry["metric"] == metric]
        assert [entry["id"].split(".")[0] for entry in headline] == [
            "saas_capital_2023", "saas_capital_2025", "keybanc_2024", "aleph_benchmarkit_2026"]
        assert all(entry["stat"] == "median" and make_references.scope(entry) == "all" for entry in headline)


def test_every_metric_has_a_headline():
    assert {entry["metric"] for entry in ENTRIES if entry["headline"]} == set(make_references.TITLES)


@pytest.mark.parametrize("kind", ["acv", "arr"])
def test_the_bands_of_one_survey_do_not_overlap(kind):
    surveys = {}
    for entry in ENTRIES:
        if entry["stat"] == "median" and (entry[f"{kind}_low"], entry[f"{kind}_high"]) != (None, None):
            key = (entry["source"], entry["year"], entry["metric"], entry["period"])
            band = entry[f"{kind}_low"] or 0, entry[f"{kind}_high"] or Decimal("Infinity")
            surveys.setdefault(key, []).append(band)
    assert surveys
    for bands in map(sorted, surveys.values()):
        assert all(before[1] <= after[0] for before, after in zip(bands, bands[1:]))


PUBLISHERS = {"saas_capital": "saascapital", "keybanc": "kbcm", "aleph_benchmarkit": "aleph", "high_alpha": "highalpha",
              "playbook_a": "seedA", "playbook_b": "seedB"}
FAMILIES = {"grr_ratio": "grr", "nrr_ratio": "nrr", "logo_retention_ratio": "logo", "churn_ratio": "churn",
            "contraction_ratio": "contraction", "expansion_ratio": "expansion",
            "expansion_share_ratio": "expansion_share", "involuntary_share_ratio": "involuntary",
            "cs_and_support_cost_ratio": "cs_and_support_cost"}
STATS = {"mean": {"average"}, "target": {"target", "good", "great"}}


def band(text: str | None) -> tuple:
    """`12-25k`, `<5M` or `>250k` as two amounts, an open end None."""
    if text is None:
        return None, None
    unit = {"k": 1_000, "M": 1_000_000}[text[-1]]
    if text[0] in "<>":
        end = int(Decimal(text[1:-1]) * unit)
        return (None, end) if text[0] == "<" else (end, None)
    return tuple(int(end) * unit for end in text[:-1].split("-"))


def source_rows(entry: dict, facts: list[dict]) -> list[dict]:
    """The facts of an entry's publisher, metric, statistic and year, of its own band when the facts have one."""
    publisher = re.sub(r"_?\d{4}$", "", entry["id"].split(".")[0])
    start, family = PUBLISHERS.get(publisher, publisher), FAMILIES[entry["metric"]]
    rows = [fact for fact in facts if fact["id"].startswith(start) and family in fact["metric"]
            and fact["year"] == entry["year"] and fact["stat"] in STATS.get(entry["stat"], {entry["stat"]})]
    wanted = [(entry[f"{kind}_low"], entry[f"{kind}_high"]) for kind in ("acv", "arr")]
    exact = [fact for fact in rows if [band(fact["scope"][f"{kind}_band"]) for kind in ("acv", "arr")] == wanted]
    return exact or [fact for fact in rows if not fact["scope"]["acv_band"] and not fact["scope"]["arr_band"]]


def test_every_figure_is_in_the_fact_base_under_its_publisher_statistic_year_and_band():
    if not FACTS.is_file():
        pytest.skip("the fact base is not on this machine")
    facts = json.loads(FACTS.read_text(encoding="utf-8"), parse_float=Decimal)
    for entry in ENTRIES:
        known = {None}
        for fact in source_rows(entry, facts):
            ends = [fact["value"]] if fact["range"] is None else [end for end in fact["range"] if end is not None]
            lost = "logo_churn" in fact["metric"]
            known |= {1 - Decimal(end) / 100 if lost else Decimal(end) / 100 for end in ends}
        assert {entry["low"], entry["high"]} <= known, entry["id"]


def test_the_generated_page_is_what_its_generator_makes():
    command = [sys.executable, str(ROOT / "tests" / "make_references.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_entry_stands_on_the_generated_page_once():
    rows = [line for line in PAGES["benchmarks"].split("\n") if line.startswith("| ") and line.count("|") == 9]
    assert len(rows) - len(make_references.TITLES) == len(ENTRIES)
    assert all(entry["source"] in PAGES["benchmarks"] for entry in ENTRIES)


# The 90-day plans


def test_there_is_a_play_for_every_reason_and_for_contraction():
    assert tuple(PLAYS) == (*REASONS, "contraction")


@pytest.mark.parametrize("cause", PLAYS)
def test_a_play_is_complete_and_uses_known_words(cause):
    play = PLAYS[cause]
    assert list(play) == ["label", "preventable", "why", "bring_in", "steps"]
    assert 1 <= len(play["label"].split()) <= 4 and play["label"] == play["label"].lower()
    assert play["why"].endswith(".") and play["why"].count(".") == 1
    assert list(play["bring_in"]) == ["functions", "why"] and not play["bring_in"]["why"].endswith(".")
    assert play["bring_in"]["functions"] and set(play["bring_in"]["functions"]) <= FUNCTIONS
    assert all(list(step) == ["by_day", "owner", "action", "metric", "target"] for step in play["steps"])
    assert {step["owner"] for step in play["steps"]} <= OWNERS


@pytest.mark.parametrize("cause", PLAYS)
def test_a_play_has_three_dated_steps_that_end_on_day_90(cause):
    days = [step["by_day"] for step in PLAYS[cause]["steps"]]
    assert len(days) == 3 and days == sorted(set(days)) and days[0] >= 14 and days[-1] == 90


@pytest.mark.parametrize("cause", PLAYS)
def test_a_step_is_one_short_sentence_with_a_measure_and_a_target_that_can_be_checked(cause):
    for step in PLAYS[cause]["steps"]:
        assert step["action"].endswith(".") and step["action"].count(". ") == 0 and len(step["action"]) < 140
        assert step["metric"]
        assert re.search(r"\d|\{(accounts|arr)\}|\ball\b|\bnone\b|\bhalved\b|\bhalf\b", step["target"]), step["target"]


@pytest.mark.parametrize("cause", PLAYS)
def test_only_a_target_holds_places_to_fill_and_only_known_ones(cause):
    for step in PLAYS[cause]["steps"]:
        fields = {name for _, name, _, _ in string.Formatter().parse(step["target"]) if name is not None}
        assert fields <= {"accounts", "arr"}
        assert "{" not in step["action"] + step["metric"] + step["owner"]


@pytest.mark.parametrize("cause", PLAYS)
def test_a_target_reads_well_for_one_account_and_for_all(cause):
    for step in PLAYS[cause]["steps"]:
        assert not re.search(r"the \{accounts\}|\{accounts\} (?!tagged|written|split|phoned)", step["target"])


def test_some_step_of_every_play_is_measured_against_the_users_own_loss():
    assert [cause for cause, play in PLAYS.items()
            if not any("{" in step["target"] for step in play["steps"])] == []


def test_the_preventable_reasons_are_those_of_the_definition_and_of_the_room():
    assert {reason: PLAYS[reason]["preventable"] for reason in REASONS} == {
        reason: reasons.PREVENTABLE.get(reason, "no") for reason in REASONS}
    assert {cause: play["preventable"] for cause, play in PLAYS.items()} == {
        "product_fit": "contested", "competitor_loss": "no", "no_value_realized": "yes", "pricing": "no",
        "champion_left": "no", "company_event": "no", "tactical_failure": "yes", "involuntary": "recoverable",
        "unknown": "unknown", "contraction": "unknown"}


def test_the_reasons_on_the_page_are_the_plays():
    rows = table(DECOMPOSITION, "Code |")
    assert sorted(row["Code"].strip("`") for row in rows) == sorted(REASONS)
    for row in rows:
        play = PLAYS[row["Code"].strip("`")]
        assert row["Preventable"].split(",")[0] == play["preventable"]
        assert row["Bring in"].split(", ") == play["bring_in"]["functions"]
