"""What a brief may be written from: a folder, files under flags, exports prepared; and all that it refuses."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Optional

import pytest

from conftest import BARE, INTAKE, SAMPLES, Ran, called, ran

DOOR = "strategy_brief"
KINDS = ("cohorts", "customers", "book", "org", "scorecard")
TOPICS = ("retention", "segmentation", "coverage", "hiring", "scorecard")
FLAGGED = KINDS[1:]
SUBSETS = [subset for size in range(1, len(KINDS) + 1) for subset in combinations(KINDS, size)]
DOORS_OF = dict(zip(TOPICS, ("retention_decomposition_analyzer", "customer_segmentation_designer",
                             "cs_coverage_calculator", "cs_hiring_sequencer", "cs_scorecard")))
BEFORE = "2026-06-30"
NOW = ("--org", str(SAMPLES / "org.json"))
Change = Callable[[dict], None]


@functools.cache
def sample(kind: str) -> str:
    return (SAMPLES / f"{kind}.json").read_text(encoding="utf-8")


def documents(**changes: Change) -> dict[str, dict]:
    """The five sample documents, those of these kinds changed in place."""
    made = {kind: json.loads(sample(kind)) for kind in KINDS}
    for kind, change in changes.items():
        change(made[kind])
    return made


def folder_of(path: Path, made: Optional[Mapping[str, dict]] = None, kinds: tuple[str, ...] = KINDS) -> Path:
    """A folder with files of these kinds, the sample's where nothing else is given."""
    path.mkdir(exist_ok=True)
    for kind in kinds:
        (path / f"{kind}.json").write_text(json.dumps((made or documents())[kind]), encoding="utf-8")
    return path


def answered(*args: object) -> Ran:
    return once(*map(str, args))


@functools.lru_cache(maxsize=256)
def once(*args: str) -> Ran:
    """One run, remembered: of the sample's files, or of files that no test changes after it."""
    run = called(DOOR, *args)
    assert (run.code, run.err) == (0, ""), run.err
    return run


def record(*args: object) -> dict:
    return json.loads(answered(*args, "--format", "json", "--all").out)


def flags_of(kinds: tuple[str, ...]) -> list[str]:
    """The sample's own files under their flags; that of the cohorts stands alone."""
    files = {kind: str(SAMPLES / f"{kind}.json") for kind in kinds}
    return ([files["cohorts"]] if "cohorts" in files else []) + [
        word for kind in FLAGGED if kind in files for word in (f"--{kind}", files[kind])]


def topics_of(kinds: tuple[str, ...]) -> set[str]:
    """The sections that inputs give: customers have a book of their own, as tiers without people."""
    return {topic for kind, topic in zip(KINDS, TOPICS) if kind in kinds} | (
        {"coverage"} if "customers" in kinds else set())


def refused(run: Ran, *words: str) -> None:
    assert (run.code, run.out) == (1, "") and "Traceback" not in run.err, run
    assert all(word in run.err for word in words), run.err
    places = [line for line in run.err.splitlines() if line.startswith("    ") and not line.startswith("    and ")]
    assert places and all("expected " in line for line in places), run.err


def misused(run: Ran, *words: str) -> None:
    assert (run.code, run.out) == (2, "") and "Traceback" not in run.err, run
    assert all(word in run.err for word in words), run.err


# --- any subset


@pytest.mark.parametrize("kinds", SUBSETS, ids="+".join)
def test_any_subset_has_a_brief_of_its_sections_alone_and_says_what_each_other_file_would_add(kinds):
    found = record(*flags_of(kinds))
    assert found["sample"] is False and "SAMPLE" not in answered(*flags_of(kinds)).out
    assert topics_of(kinds) == set(found["result"]) & set(TOPICS)
    assert [line.partition(" ")[0].rstrip(":") for line in found["result"]["missing"]] == [
        f"{kind}.json" for kind in KINDS if kind not in kinds]
    page = " ".join(answered(*flags_of(kinds)).out.split())
    assert all(line in page for line in found["result"]["missing"])


@pytest.mark.parametrize("kinds", SUBSETS[::4], ids="+".join)
def test_a_folder_and_flags_give_the_same_result(kinds, tmp_path):
    folder = folder_of(tmp_path / "in", kinds=kinds)
    assert record(folder)["result"] == record(*flags_of(kinds))["result"]


def test_a_flag_beats_the_file_of_the_folder(tmp_path):
    folder = folder_of(tmp_path / "in", documents(org=lambda org: org.update(arr=5_000_000, customers=100)),
                       kinds=("org",))
    other = SAMPLES / "org.json"
    assert record(folder, "--org", other)["result"]["figures"]["arr"] == json.loads(sample("org"))["arr"]


def test_a_folder_without_inputs_may_be_filled_by_a_flag(tmp_path):
    assert record(tmp_path, "--org", SAMPLES / "org.json")["result"].keys() >= {"hiring"}


@pytest.mark.parametrize("kind", KINDS)
def test_standard_input_gives_the_bytes_of_the_file(kind):
    flags = ["-"] if kind == "cohorts" else [f"--{kind}", "-"]
    for name in ("text", "html"):
        piped = called(DOOR, *flags, "--format", name, stdin=sample(kind))
        assert piped == answered(*flags_of((kind,)), "--format", name)


def test_the_sample_is_briefed_on_where_nothing_is_given():
    assert answered().out.startswith("SAMPLE DATA: ") and record()["sample"] is True
    assert record()["result"] == record(SAMPLES)["result"]


@pytest.mark.parametrize("kind", FLAGGED)
def test_an_empty_path_under_a_flag_is_refused_and_never_answered_from_the_sample(kind):
    run = called(DOOR, f"--{kind}", "")
    assert run.code in (1, 2) and "SAMPLE" not in run.out and run.err


# --- exports


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("prepared") / "out"
    files = sorted((SAMPLES / "exports").glob("*.csv"))
    run = called(INTAKE, *map(str, files), "--as-of", "2026-09-30", "--complete-to", "2026-09-30", "--currency", "USD",
                 "--stage", "growth", "--out-dir", str(out))
    assert (run.code, run.err) == (0, "")
    return out


def test_what_the_intake_writes_of_the_sample_exports_is_briefed_on_as_the_sample_is(prepared):
    found, whole = record(prepared)["result"], record()["result"]
    assert topics_of(("cohorts", "customers", "book")) == set(found) & set(TOPICS)
    same = ("arr", "customers", "grr_ratio", "nrr_ratio", "logo_retention_ratio", "cost_to_serve", "excess",
            "exit_customers")
    assert {key: found["figures"][key] for key in same} == {key: whole["figures"][key] for key in same}
    assert found["disagreements"] == [] and found["figures"]["csms"] is None
    amounts = {row["topic"]: row["amount"] for row in found["decisions"]}
    assert amounts.keys() == {"retention", "segmentation"}
    assert amounts["retention"] == whole["retention"]["leaks"][0]["arr"]


def test_what_nobody_can_export_is_added_by_flags(prepared):
    found = record(prepared, "--org", SAMPLES / "org.json", "--scorecard", SAMPLES / "scorecard.json")["result"]
    assert set(TOPICS) <= set(found) and found["missing"] == []


# --- the decisions as their scripts give them


def test_each_section_is_what_its_script_answers_with_the_results_before_it(tmp_path):
    found, paths = record()["result"], {}
    beside = {"coverage": ("retention",), "hiring": ("coverage",),
              "scorecard": ("retention", "coverage", "segmentation")}
    for kind, topic in zip(KINDS, TOPICS):
        flags = [word for other in beside.get(topic, ()) for word in (f"--{other}", str(paths[other]))]
        run = called(DOORS_OF[topic], str(SAMPLES / f"{kind}.json"), *flags, "--format", "json", "--all")
        assert run.code == 0, run.err
        paths[topic] = tmp_path / f"{topic}.json"
        paths[topic].write_text(run.out, encoding="utf-8")
        assert json.loads(run.out)["result"] == found[topic], topic


def alone(topic: str, path: Path) -> dict:
    run = called(DOORS_OF[topic], str(path), "--format", "json", "--all")
    assert (run.code, run.err) == (0, "")
    return json.loads(run.out)["result"]


@pytest.mark.parametrize("change", [{"currency": "EUR"}, {"as_of": "2027-01-01"}], ids=["currency", "93 days"])
@pytest.mark.parametrize("kind, topic", [("org", "hiring"), ("scorecard", "scorecard")])
def test_no_result_is_told_to_an_input_of_another_currency_or_more_than_92_days_away(tmp_path, kind, topic, change):
    folder = folder_of(tmp_path / "in", documents(**{kind: lambda document: document.update(change)}))
    assert record(folder)["result"][topic] == alone(topic, folder / f"{kind}.json")


@pytest.mark.parametrize("change", [{"currency": "EUR"}, {"as_of": "2027-01-01"}], ids=["currency", "93 days"])
def test_the_leak_is_not_told_to_a_book_of_another_currency_or_more_than_92_days_away(tmp_path, change):
    folder = folder_of(tmp_path / "in", documents(book=lambda book: book.update(change)))
    found = record(folder)["result"]
    assert found["coverage"] == alone("coverage", folder / "book.json") and found["coverage"]["leak"] is None


def test_92_days_apart_a_result_is_still_told(tmp_path):
    folder = folder_of(tmp_path / "in", documents(org=lambda org: org.update(as_of="2026-12-31")))
    assert any(row["from_plan"] for row in record(folder)["result"]["hiring"]["openings"])


# --- --stage, --check, --fail-on


def test_the_stage_of_the_command_line_stands_in_for_that_of_every_file():
    found = record(SAMPLES, "--stage", "late")["result"]
    assert {topic: found[topic]["stage"] for topic in ("retention", "coverage", "scorecard")} == dict.fromkeys(
        ("retention", "coverage", "scorecard"), "late")
    assert found["hiring"]["standing"]["stated"] == "late" and found["disagreements"] == []


@pytest.mark.parametrize("kinds", SUBSETS[::5], ids="+".join)
def test_a_check_accepts_what_a_brief_can_be_written_from_and_says_nothing_else(kinds):
    run = answered(*flags_of(kinds), "--check")
    assert run.out.startswith("accepted: ") and run.out.count("\n") == 1
    assert json.loads(answered(*flags_of(kinds), "--check", "--format", "json").out)["accepted"] is True


def test_a_check_refuses_what_the_brief_refuses_in_the_same_words(tmp_path):
    folder = folder_of(tmp_path / "in", documents(org=lambda org: org.update(customers=-1)))
    run = called(DOOR, str(folder), "--check")
    refused(run, "org.json", "customers")
    assert run == called(DOOR, str(folder))
    faults = json.loads(called(DOOR, str(folder), "--check", "--format", "json").out)
    assert faults["accepted"] is False and [fault["place"] for fault in faults["faults"]] == ["customers"]


@pytest.mark.parametrize("kinds, word, code", [
    (KINDS, "concerning", 3), (KINDS, "critical", 3), (("cohorts",), "concerning", 3), (("cohorts",), "critical", 0)])
def test_fail_on_is_met_by_the_worst_verdict_of_the_decisions(kinds, word, code):
    worst = record(*flags_of(kinds))["verdict"]
    words = ("healthy", "concerning", "critical")
    assert (words.index(worst) >= words.index(word)) == (code == 3)
    run = called(DOOR, *flags_of(kinds), "--fail-on", word)
    assert run.code == code and run.out == answered(*flags_of(kinds)).out


def test_fail_on_without_any_verdict_is_wrong_usage(tmp_path):
    folder = folder_of(tmp_path / "in", documents(cohorts=lambda cohorts: cohorts.pop("stage")), kinds=("cohorts",))
    misused(called(DOOR, str(folder), "--fail-on", "critical"), "--stage")
    assert called(DOOR, str(folder), "--fail-on", "critical", "--stage", "late").code == 3
    misused(called(DOOR, "--scorecard", str(SAMPLES / "scorecard.json"), "--fail-on", "critical"), "verdict")


# --- an earlier brief


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    """The brief on the team alone, three months before."""
    folder = tmp_path_factory.mktemp("earlier")
    made = documents(book=lambda book: book.update(as_of=BEFORE), scorecard=lambda card: card.update(as_of=BEFORE),
                     org=lambda org: org.update(as_of=BEFORE))
    inputs, out = folder_of(folder / "in", made, ("book", "org", "scorecard")), folder / "brief.json"
    assert called(DOOR, str(inputs), "--format", "json", "--output", str(out)).code == 0
    return out


def changed(path: Path, target: Path, **known: object) -> Path:
    target.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **known}), encoding="utf-8")
    return target


def test_an_earlier_brief_of_the_same_day_or_a_later_one_is_refused(tmp_path, earlier):
    for day in ("2026-09-30", "2026-10-01"):
        path = changed(earlier, tmp_path / "old.json", as_of=day)
        refused(called(DOOR, *NOW, "--previous", str(path)), "old.json", "as_of", "2026-09-30", day)


def test_an_earlier_brief_in_another_currency_is_refused(tmp_path, earlier):
    path = changed(earlier, tmp_path / "old.json", currency="EUR")
    refused(called(DOOR, *NOW, "--previous", str(path)), "currency", "USD", "EUR")


def test_the_brief_of_the_sample_stands_beside_no_brief_of_ones_own_and_the_reverse(tmp_path, earlier):
    path = changed(earlier, tmp_path / "old.json", sample=True)
    refused(called(DOOR, *NOW, "--previous", str(path)), "sample")
    refused(called(DOOR, "--previous", str(earlier)), "sample")
    assert called(DOOR, "--previous", str(path)).code == 0


def test_an_earlier_brief_of_ones_own_stands_beside_a_later_one(earlier):
    assert f"what changed since {BEFORE}" in answered(*NOW, "--previous", earlier, "--format", "markdown").out


def test_the_result_of_another_script_is_no_earlier_brief(tmp_path):
    for door in DOORS_OF.values():
        path = tmp_path / f"{door}.json"
        path.write_text(called(door, "--format", "json").out, encoding="utf-8")
        refused(called(DOOR, "--previous", str(path)), "not a brief result", f"{door}.py", "strategy_brief.py")


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", "7", "a,b\n1,2\n", '{"script": "strategy_brief.py"}',
                                  '{"script": "strategy_brief.py", "sample": false, "as_of": "2026-06-31"}'])
def test_a_damaged_earlier_brief_is_refused(tmp_path, text):
    path = tmp_path / "old.json"
    path.write_text(text, encoding="utf-8")
    refused(called(DOOR, *NOW, "--previous", str(path)), "old.json")


@pytest.mark.parametrize("path, value", [
    ("as_of", "yesterday"), ("as_of", None), ("sample", "no"), ("currency", 7), ("result", None), ("result", []),
    ("result.figures", None), ("result.figures", {}), ("result.decisions", {}), ("result.decisions", [7]),
    ("result.decisions", [{}]), ("result.decisions", [{"topic": "weather"}]), ("result.decisions", [{"topic": 7}]),
    ("result.figures.arr", "12"), ("result.figures.arr", True), ("result.figures.arr", 1e30),
    ("result.figures.customers", []), ("result.figures.next_role", "astronaut"), ("result.figures.maturity", 4)])
def test_an_earlier_brief_with_one_damaged_value_is_refused_at_its_place(tmp_path, earlier, path, value):
    held = json.loads(earlier.read_text(encoding="utf-8"))
    *steps, last = path.split(".")
    inside = held
    for step in steps:
        inside = inside[step]
    inside[last] = value
    old = tmp_path / "old.json"
    old.write_text(json.dumps(held), encoding="utf-8")
    refused(called(DOOR, *NOW, "--previous", str(old)), "old.json", path)


@pytest.mark.parametrize("key", ["script", "sample", "as_of", "currency", "result", "result.figures",
                                 "result.decisions", "result.figures.arr", "result.figures.maturity"])
def test_an_earlier_brief_without_one_of_its_keys_is_refused(tmp_path, earlier, key):
    held = json.loads(earlier.read_text(encoding="utf-8"))
    *steps, last = key.split(".")
    inside = held
    for step in steps:
        inside = inside[step]
    del inside[last]
    old = tmp_path / "old.json"
    old.write_text(json.dumps(held), encoding="utf-8")
    refused(called(DOOR, *NOW, "--previous", str(old)), key)


# --- what is refused


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text, words", [
    ("", ["empty"]), ("{nope", ["not JSON", "line 1"]), ("customer_id,arr\nA,1\n", ["CSV", "prepare_inputs.py"]),
    ("[]", ["expected"]), ('{"as_of": "2026-09-30"}', ["the document"]), ('{"as_of": NaN}', ["NaN"]),
    ("[" * 100_000, ["nested"])], ids=["empty", "damaged", "csv", "list", "without keys", "nan", "deep"])
def test_a_folder_with_one_broken_file_is_refused_and_the_file_named(tmp_path, kind, text, words):
    folder = folder_of(tmp_path / "in")
    (folder / f"{kind}.json").write_text(text, encoding="utf-8")
    refused(called(DOOR, str(folder)), f"{kind}.json", *words)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_file_of_another_kind_is_refused(kind, other):
    if kind != other:
        flags = [] if kind == "cohorts" else [f"--{kind}"]
        refused(called(DOOR, *flags, str(SAMPLES / f"{other}.json")), f"{other}.json", "key")


def test_an_empty_folder_is_refused_with_the_names_it_was_searched_for_and_how_to_get_them(tmp_path):
    refused(called(DOOR, str(tmp_path)), str(tmp_path), *(f"{kind}.json" for kind in KINDS), "prepare_inputs.py")


@pytest.mark.parametrize("flags", [[], *([f"--{kind}"] for kind in (*FLAGGED, "previous"))])
def test_a_file_that_is_not_there_is_refused_by_its_name(flags, tmp_path):
    for path in (tmp_path / "gone.json", tmp_path / "no" / "folder.json"):
        refused(called(DOOR, *flags, str(path)), path.name)


@pytest.mark.parametrize("kind", (*FLAGGED, "previous"))
def test_a_folder_under_a_flag_is_refused(kind, tmp_path):
    refused(called(DOOR, f"--{kind}", str(tmp_path)), "a directory")


@pytest.mark.parametrize("args", [("--org", "-", "--book", "-"), ("-", "--scorecard", "-"), ("-", "--previous", "-")])
def test_standard_input_for_two_documents_is_wrong_usage(args):
    misused(called(DOOR, *args, stdin=sample("cohorts")), "standard input")


@pytest.mark.parametrize("args", [("--brief",), ("--format", "pdf"), ("--top", "0"), ("--fail-on", "healthy"),
                                  ("--stage", "teen"), ("--org",), ("a", "b"), ("--prev", "x")])
def test_a_command_line_that_says_nothing_known_is_wrong_usage(args):
    misused(called(DOOR, *args), "usage: strategy_brief.py")


def test_no_input_is_written_over(tmp_path):
    folder = folder_of(tmp_path / "in")
    for kind in KINDS:
        misused(called(DOOR, str(folder), "--output", str(folder / f"{kind}.json")), "is an input")
    assert sorted(os.listdir(folder)) == sorted(f"{kind}.json" for kind in KINDS)
    assert json.loads((folder / "org.json").read_text(encoding="utf-8")) == json.loads(sample("org"))


def test_a_refusal_writes_nothing(tmp_path):
    folder = folder_of(tmp_path / "in", documents(org=lambda org: org.update(arr=-1)))
    refused(ran(DOOR, "in", "--output", "brief.html", "--format", "html", cwd=tmp_path, python=BARE), "arr")
    assert os.listdir(tmp_path) == ["in"] and len(os.listdir(folder)) == len(KINDS)
