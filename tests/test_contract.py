"""What every door promises, whatever its question: formats, flags, streams, exit codes, size and manners."""

from __future__ import annotations

import ast
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import BARE, DOORS, INTAKE, ROOT, SAMPLES, SCRIPTS, Ran, called, ran

ALL = [*DOORS, INTAKE]
FORMATS = ("text", "markdown", "json", "html")
ENVELOPE = ["script", "version", "sample", "as_of", "currency", "verdict", "assumptions", "result", "notes"]
MOST_CHARACTERS = {"strategy_brief": 8_000}
SERIES = re.compile(r"(?:coverage\.)?(?:months|alternatives|transitions)\b")
JUDGED_BY_STAGE = {"retention_decomposition_analyzer", "strategy_brief"}
SAID_BY_HELP = re.compile(r"samples/([\w.]+)")
LONG = "A name | of <b>Fern</b> & [Bank](http://e.example) *that* `goes` on_and_on "

door = pytest.mark.parametrize("door", DOORS)
any_door = pytest.mark.parametrize("door", ALL)


@functools.cache
def once(door: str, *args: str, stdin: str = "") -> Ran:
    """One run, remembered."""
    return called(door, *args, stdin=stdin)


@functools.cache
def sample_of(door: str) -> Path:
    return SAMPLES / SAID_BY_HELP.search(" ".join(once(door, "--help").out.split())).group(1)


def document_of(door: str) -> dict:
    return json.loads(sample_of(door).read_text(encoding="utf-8"))


def words_of(door: str) -> list[str]:
    """The verdicts from best to worst, as --help has them."""
    return re.search(r"best to worst: (\w+(?:, \w+)*)", " ".join(once(door, "--help").out.split())).group(1).split(", ")


def intake_args(out: Path) -> list[str]:
    return [str(SAMPLES / "exports" / "subscriptions.csv"), "--as-of", "2026-09-30", "--complete-to", "2026-09-30",
            "--out-dir", str(out)]


def strict(text: str, numbers=Decimal):
    def object_once(pairs):
        assert len({key for key, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    def never(word):
        raise AssertionError(word)

    return json.loads(text, parse_float=numbers, object_pairs_hook=object_once, parse_constant=never)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from leaves(part, (*path, n))
    else:
        yield path, value


def refusal_free(run: Ran) -> None:
    assert "Traceback" not in run.err and "Exception ignored" not in run.err, run.err


# --- the sample and the formats


@door
def test_without_arguments_a_door_answers_from_its_sample_and_says_so_first(door):
    run = once(door)
    assert run.code == 0 and run.err == ""
    assert run.out.startswith("SAMPLE DATA: ")


@door
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_the_sample_says_that_it_is_one(door, name):
    run = once(door, "--format", name)
    assert run.code == 0 and run.err == "" and run.out.endswith("\n")
    if name == "json":
        assert strict(run.out)["sample"] is True
    elif name == "markdown":
        assert run.out.splitlines()[0].startswith("> SAMPLE DATA")
    elif name == "html":
        assert "SAMPLE DATA" in run.out and run.out.startswith("<!doctype html>")


@door
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_ones_own_is_not_called_a_sample(door, name):
    run = once(door, str(sample_of(door)), "--format", name)
    assert run.code == 0 and "SAMPLE DATA" not in run.out
    assert name != "json" or strict(run.out)["sample"] is False


@door
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_and_standard_input_give_the_same_bytes(door, name):
    piped = once(door, "-", "--format", name, stdin=sample_of(door).read_text(encoding="utf-8"))
    assert piped == once(door, str(sample_of(door)), "--format", name)


@door
def test_text_is_the_default_format(door):
    assert once(door) == once(door, "--format", "text")


@door
def test_the_json_has_the_envelope_of_the_house(door):
    record = strict(once(door, "--format", "json").out)
    document = document_of(door)
    assert list(record) == ENVELOPE
    assert record["script"] == f"{door}.py" and re.fullmatch(r"\d+\.\d+\.\d+", record["version"])
    assert record["as_of"] == document["as_of"] and record["currency"] == document.get("currency")
    assert record["verdict"] in words_of(door) and isinstance(record["result"], dict)
    assert all(isinstance(note, str) for note in record["notes"])
    assert all({"key", "value", "origin"} <= set(a) and a["origin"] in ("default", "yours")
               for a in record["assumptions"])


@door
def test_no_number_of_the_json_has_more_places_than_its_kind_or_is_minus_zero(door):
    for path, value in leaves(strict(once(door, "--format", "json", "--all").out, numbers=str)["result"]):
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value):
            number = Decimal(value)
            places = -number.as_tuple().exponent
            assert places <= (2 if key == "arr" or key.endswith("_arr") else 6), (path, value)
            assert number != 0 or not number.is_signed(), path


@door
def test_every_ratio_of_the_json_is_a_ratio_by_name_and_by_size(door):
    for path, value in leaves(strict(once(door, "--format", "json", "--all").out)["result"]):
        if isinstance(path[-1], str) and path[-1].endswith("_ratio") and value is not None:
            assert isinstance(value, (int, Decimal)) and abs(value) <= 50, path
        assert not re.search(r"percent|_pct", str(path[-1])), path


# --- lists, --top, --all, --output


def lists(value, path=""):
    """Every list of a record with its path, entries of lists left out of the path."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from lists(part, f"{path}.{key}".strip("."))
    elif isinstance(value, list):
        yield path, value
        for part in value:
            yield from lists(part, f"{path}[]")


def longest(value) -> dict[str, int]:
    found: dict[str, int] = {}
    for path, rows in lists(value):
        found[path] = max(found.get(path, 0), len(rows))
    return found


@door
@pytest.mark.parametrize("top", [1, 3, 10])
def test_a_list_of_the_json_is_never_longer_than_top_and_what_is_left_out_is_counted(door, top):
    full = longest(strict(once(door, "--format", "json", "--all").out)["result"])
    short = strict(once(door, "--format", "json", "--top", str(top)).out)
    cut = {path: size for path, size in longest(short["result"]).items() if not SERIES.match(path)}
    assert all(size <= top for size in cut.values())
    for path, size in full.items():
        if size > top and "[]" not in path and path in cut:
            wanted = f"{path}: and {size - top:,} more (--all)"
            assert wanted in short["notes"], wanted


@door
def test_ten_is_the_default_of_top(door):
    assert once(door, "--format", "json") == once(door, "--format", "json", "--top", "10")


@door
def test_the_whole_json_leaves_nothing_out_and_says_nothing_of_it(door):
    record = strict(once(door, "--format", "json", "--all").out)
    assert not any("--all" in note for note in record["notes"])
    assert max(longest(record["result"]).values()) > 10


@door
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_page_under_a_smaller_top_has_shorter_tables_and_says_what_is_left_out(door, name):
    one, ten = once(door, "--format", name, "--top", "1"), once(door, "--format", name)
    assert len(one.out) < len(ten.out) and re.search(r"and [\d,]+ more", one.out)


@door
def test_a_whole_page_says_nothing_of_more(door):
    for name in ("text", "markdown", "html"):
        assert not re.search(r"\(--all\)", once(door, "--format", name, "--all").out)


@door
def test_a_whole_page_is_longer_than_the_short_one(door):
    assert len(once(door, "--all").out) > len(once(door).out)


@door
@pytest.mark.parametrize("name", FORMATS)
def test_output_is_the_full_result_and_stdout_keeps_the_short_text(door, name, tmp_path):
    target = tmp_path / "answer"
    run = called(door, "--output", target, "--format", name)
    assert (run.code, run.err, run.out) == (0, "", once(door).out)
    assert target.read_text(encoding="utf-8") == once(door, "--format", name, "--all").out
    assert os.listdir(tmp_path) == ["answer"]


@door
@pytest.mark.parametrize("kind", ["itself", "symlink", "hard link", "the policy", "through a folder link"])
def test_output_never_lands_on_an_input(door, kind, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    source, rules = tmp_path / "real" / "input.json", tmp_path / "real" / "policy.json"
    shutil.copy(sample_of(door), source)
    rules.write_text("{}")
    (tmp_path / "symlink").symlink_to(source)
    os.link(source, tmp_path / "hard link")
    target = {"itself": source, "the policy": rules,
              "through a folder link": tmp_path / "folder" / "input.json"}.get(kind, tmp_path / kind)
    run = called(door, source, "--policy", rules, "--output", target)
    assert (run.code, run.out) == (2, "") and "input" in run.err
    assert source.read_bytes() == sample_of(door).read_bytes() and rules.read_text() == "{}"


@door
def test_output_never_lands_on_the_sample(door):
    before = sample_of(door).read_bytes()
    run = called(door, "--output", sample_of(door))
    assert (run.code, run.out) == (2, "") and sample_of(door).read_bytes() == before


@door
def test_a_refused_input_leaves_an_earlier_output_as_it_was(door, tmp_path):
    (tmp_path / "answer").write_text("before")
    (tmp_path / "input.json").write_text("{}")
    assert called(door, tmp_path / "input.json", "--output", tmp_path / "answer").code == 1
    assert (tmp_path / "answer").read_text() == "before"


# --- --policy, --stage, --schema, --check, --fail-on


def numeric_assumption(door: str) -> dict:
    return next(a for a in strict(once(door, "--format", "json").out)["assumptions"]
                if isinstance(a["value"], (int, Decimal)))


@door
def test_an_own_policy_is_merged_and_printed_as_yours(door, tmp_path):
    chosen = numeric_assumption(door)
    value = float(chosen["value"]) + (0.005 if "ratio" in chosen["key"] else 1)
    nested: object = value
    for step in reversed(chosen["key"].split(".")):
        nested = {step: nested}
    (tmp_path / "policy.json").write_text(json.dumps(nested))
    before = {a["key"]: a for a in strict(once(door, "--format", "json").out)["assumptions"]}
    run = called(door, "--policy", tmp_path / "policy.json", "--format", "json")
    after = {a["key"]: a for a in strict(run.out)["assumptions"]}
    assert run.code == 0 and after.keys() == before.keys()
    assert float(after[chosen["key"]]["value"]) == pytest.approx(value) and after[chosen["key"]]["origin"] == "yours"
    assert all(after[key] == before[key] for key in before if key != chosen["key"])
    said = " ".join(called(door, "--policy", tmp_path / "policy.json").out.split())
    assert re.search(re.escape(chosen["key"]) + r"[^;]*\(yours\)", said) and "(yours)" not in once(door).out


@door
@pytest.mark.parametrize("content, code, said", [
    ('{"no_such_threshold": 1}', 1, "unknown key"), ("{", 1, "not JSON"), ("[]", 1, "wrong type"),
    ("", 1, "empty file")])
def test_a_policy_that_is_none_is_refused(door, content, code, said, tmp_path):
    (tmp_path / "policy.json").write_text(content)
    run = called(door, "--policy", tmp_path / "policy.json")
    assert (run.code, run.out) == (code, "") and said in run.err


@door
def test_the_stage_of_the_command_line_stands_in_for_that_of_the_file(door, tmp_path):
    if "stage" not in strict(once(door, "--schema").out)["properties"]:
        pytest.skip("this input has no stage")
    for stage in ("seed", "late"):
        (tmp_path / "input.json").write_text(json.dumps({**document_of(door), "stage": stage}))
        assert called(door, sample_of(door), "--stage", stage) == called(door, tmp_path / "input.json")


@door
def test_without_a_stage_there_are_numbers_and_no_verdict(door, tmp_path):
    document = {**document_of(door), "stage": None}
    run = called(door, "-", "--format", "json", stdin=json.dumps(document))
    if "stage" in strict(once(door, "--schema").out)["properties"]:
        assert run.code == 0 and (strict(run.out)["verdict"] is None) is (door in JUDGED_BY_STAGE)


@door
def test_the_schema_is_one_and_accepts_the_sample(door):
    jsonschema = pytest.importorskip("jsonschema")
    run = once(door, "--schema")
    assert run.code == 0 and run.err == ""
    rules = strict(run.out, numbers=float)
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(document_of(door), rules)
    assert rules["additionalProperties"] is False


@door
def test_check_accepts_the_sample_in_text_and_in_json(door):
    assert once(door, "--check").code == 0 and once(door, "--check").out.startswith("accepted")
    record = strict(once(door, str(sample_of(door)), "--check", "--format", "json").out)
    assert record["accepted"] is True and record["faults"] == [] and record["source"] == str(sample_of(door))


@door
def test_check_lists_every_fault_in_json_and_answers_nothing(door, tmp_path):
    document = {**document_of(door), **{f"extra_{n}": 1 for n in range(20)}}
    (tmp_path / "input.json").write_text(json.dumps(document))
    run = called(door, tmp_path / "input.json", "--check", "--format", "json")
    record = strict(run.out)
    assert run.code == 1 and record["accepted"] is False and len(record["faults"]) == 20
    assert all(set(fault) == {"kind", "place", "expected", "got", "hint"} for fault in record["faults"])
    text = called(door, tmp_path / "input.json", "--check")
    assert (text.code, text.out) == (1, "") and text.err.count("extra_") == 3 and "and 17 more" in text.err
    assert text.err == called(door, tmp_path / "input.json").err


@door
def test_check_finds_the_same_faults_with_each_format(door, tmp_path):
    (tmp_path / "input.json").write_text("{}")
    assert {called(door, tmp_path / "input.json", "--check", "--format", name).code for name in FORMATS} == {1}


@door
def test_fail_on_exits_3_from_that_verdict_on_and_changes_no_byte(door):
    words = words_of(door)
    verdict = strict(once(door, "--format", "json").out)["verdict"]
    assert len(words) > 1
    for word in words[1:]:
        run = once(door, "--fail-on", word)
        assert run.code == (3 if words.index(verdict) >= words.index(word) else 0), word
        assert (run.out, run.err) == (once(door).out, "")


@door
def test_fail_on_takes_no_word_that_always_fails_or_that_is_none(door):
    for word in (words_of(door)[0], "dreadful", ""):
        run = called(door, "--fail-on", word)
        assert (run.code, run.out) == (2, "")


@door
def test_fail_on_without_a_verdict_is_wrong_usage_and_not_success(door):
    if door in JUDGED_BY_STAGE:
        run = called(door, "-", "--fail-on", words_of(door)[-1], stdin=json.dumps({**document_of(door), "stage": None}))
        assert run.code == 2 and "--stage" in run.err


# --- exit codes and streams


@any_door
@pytest.mark.parametrize("args", [
    ["--no-such-flag"], ["--format", "pdf"], ["--form", "json"], ["a.json", "b.json"], ["--output"], ["--policy"]])
def test_wrong_usage_is_exit_2_on_stderr_alone(door, args):
    run = called(door, *args)
    assert (run.code, run.out) == (2, "") and run.err
    refusal_free(run)


@door
@pytest.mark.parametrize("args", [["--top", "0"], ["--top", "-1"], ["--top", "x"], ["--top", "1.5"], ["--top", "²"],
                                  ["--stage", "mature"],
                                  ["--output", "/no/such/folder/x"], ["--output", "/"], ["--top", "9" * 5000]])
def test_a_flag_that_cannot_be_carried_out_is_exit_2_on_stderr_alone(door, args):
    run = called(door, *args)
    assert (run.code, run.out) == (2, "") and run.err
    refusal_free(run)


@any_door
def test_help_and_version_are_on_stdout(door):
    for flag in ("--help", "-h", "--version"):
        run = once(door, flag)
        assert run.code == 0 and run.out and run.err == ""
    assert re.search(r"\d+\.\d+\.\d+", once(door, "--version").out)


@door
def test_help_names_every_shared_flag_the_sample_and_the_exit_codes(door):
    said = " ".join(once(door, "--help").out.split())
    for word in ("--format", "--output", "--top", "--all", "--policy", "--schema", "--check", "--fail-on", "samples/",
                 "Exit codes"):
        assert word in said, word


@door
def test_a_refused_input_is_exit_1_on_stderr_alone(door, tmp_path):
    (tmp_path / "input.json").write_text('{"as_of": "2026-09-30", "as_off": 1}')
    for name in FORMATS:
        run = called(door, tmp_path / "input.json", "--format", name)
        assert (run.code, run.out) == (1, "") and run.err.startswith("refused: ")


@any_door
@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"},
                                 {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
                                 {"PYTHONIOENCODING": "latin-1:strict"}, {"PYTHONIOENCODING": "utf-16"},
                                 {"PYTHONOPTIMIZE": "2"},
                                 {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8"}, {"COLUMNS": "20"},
                                 {"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm"}])
def test_the_answer_is_the_same_utf_8_whatever_the_console(door, env, tmp_path):
    args = intake_args(tmp_path / "out") if door == INTAKE else []
    run = ran(door, *args, env=env)
    expected = ran(door, *args) if door == INTAKE else once(door)
    assert run == expected and run.code == 0


@door
def test_names_of_any_script_come_out_as_they_went_in(door, tmp_path):
    text = sample_of(door).read_text(encoding="utf-8")
    words = once(door, "--schema").out
    names = [name for name in re.findall(r'"(?:name|segment|evidence)": "([^"]+)"', text) if f'"{name}"' not in words]
    if not names:
        pytest.skip("this input has no names")
    name = max(names, key=text.count)
    odd = "Größe 客户 Ω"
    (tmp_path / "input.json").write_text(text.replace(f'"{name}"', f'"{odd}"'), encoding="utf-8")
    run = ran(door, tmp_path / "input.json", "--all",
              env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"})
    assert run.code == 0 and odd in run.out


def into(door: str, stream, *args: str, close: tuple[int, ...] = ()) -> tuple[int, str]:
    """Exit code and stderr of a door whose stdout is `stream`; descriptors in `close` are shut before it starts."""
    def shut() -> None:
        for descriptor in close:
            os.close(descriptor)

    done = subprocess.run([sys.executable, str(SCRIPTS / f"{door}.py"), *args], stdin=subprocess.DEVNULL, stdout=stream,
                          stderr=subprocess.PIPE, preexec_fn=shut, timeout=60, check=False)
    return done.returncode, done.stderr.decode("utf-8")


@any_door
@pytest.mark.parametrize("args", [[], ["--format", "json", "--all"], ["--format", "html"], ["--schema"], ["--check"],
                                  ["--help"], ["--version"]])
def test_a_closed_pipe_is_quiet(door, args, tmp_path):
    if door == INTAKE:
        if set(args) & {"--all", "html", "--schema"}:
            pytest.skip("not a flag of the intake")
        args = args if set(args) & {"--help", "--version"} else [*intake_args(tmp_path / "out"), *args]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        code, err = into(door, writing, *args)
    finally:
        os.close(writing)
    assert err == "" and code == 0


@any_door
@pytest.mark.parametrize("args", [[], ["--format", "json"], ["--check", "--format", "json"]])
def test_a_full_disk_is_said_in_one_line_without_a_traceback(door, args, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        code, err = into(door, full, *([*intake_args(tmp_path / "out"), *args] if door == INTAKE else args))
    assert code != 0 and len(err.splitlines()) == 1 and "Traceback" not in err


@any_door
def test_closed_standard_streams_bring_no_traceback(door):
    bad = os.path.join(os.sep, "no", "such", "file")
    tried = [(close, args, *into(door, subprocess.DEVNULL, *args, close=close))
             for close, args in (((1,), []), ((0,), ["-"]), ((0, 1), ["-"]), ((0, 1), [bad]))]
    assert [(close, args) for close, args, _, err in tried if "Traceback" in err or "Exception ignored" in err] == []


@door
def test_a_refusal_never_lands_on_stdout_even_where_stderr_is_closed(door, tmp_path):
    with open(tmp_path / "out", "w") as out:
        into(door, out, str(tmp_path / "missing.json"), close=(2,))
    assert (tmp_path / "out").read_text() == ""


# --- size


def most(door: str) -> int:
    return MOST_CHARACTERS.get(door, 4_000)


@door
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_the_default_page_of_the_sample_is_short(door, name):
    assert len(once(door, "--format", name).out) < most(door)


def with_long_names(document: dict, rules: dict) -> dict:
    """The document with every free word as long and as ugly as its schema allows, the same word always alike."""
    seen: dict[str, str] = {}

    def ugly(word: str, limit: int) -> str:
        return seen.setdefault(word, (f"{len(seen)} {LONG * 4}")[:limit])

    def walked(value, rule):
        rule = rules["$defs"][rule["$ref"].rsplit("/", 1)[1]] if "$ref" in rule else rule
        if isinstance(value, dict):
            return {key: walked(part, rule["properties"][key]) for key, part in value.items()}
        if isinstance(value, list):
            return [walked(part, rule["items"]) for part in value]
        free = isinstance(value, str) and "enum" not in rule and "pattern" not in rule
        return ugly(value, min(rule.get("maxLength", 200), 200)) if free else value

    return walked(document, rules)


@door
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_the_default_page_stays_short_with_the_longest_names(door, name):
    document = with_long_names(document_of(door), strict(once(door, "--schema").out))
    run = called(door, "-", "--format", name, stdin=json.dumps(document))
    assert run.code == 0 and len(run.out) < most(door), len(run.out)


REASONS = ("product_fit", "competitor_loss", "no_value_realized", "pricing", "champion_left", "company_event",
           "tactical_failure",
           "involuntary", "unknown")


def large_accounts(months: int, segments: int, stage: str | None) -> dict:
    """400 accounts of twelve digits in sixty segments and a hundred cohorts, with everything optional."""
    start = 2026 * 12 + 8 - months
    rows = []
    for n in range(400):
        a = 10**11 + n * 10**9 * 2 + n
        b = [0, 0, a // 2, min(10**12, a * 2), a][n % 5]
        month = start - 3 * (n % 100) - 1
        rows.append({"id": f"{n} {LONG}"[:200], "name": f"{n} {LONG * 3}"[:200],
                     "segment": f"{n % segments} {LONG * 3}"[:200],
                     "cohort_start": f"{month // 12}-{month % 12 + 1:02d}", "starting_arr": a, "ending_arr": b,
                     "ever_before": True,
                     "due_arr": a, "renewed_arr": b, "churn_reason": REASONS[n % 9] if not b else None})
    rows += [{"id": "new", "starting_arr": 0, "ending_arr": 999_999_999_999},
             {"id": "idle", "starting_arr": 0, "ending_arr": 0},
             {"id": "back", "starting_arr": 0, "ending_arr": 999_999_999_999, "ever_before": True}]
    opening, closing = sum(row["starting_arr"] for row in rows), sum(row["ending_arr"] for row in rows)
    churned = sum(row["starting_arr"] for row in rows if row["starting_arr"] and not row["ending_arr"])
    history = [{"cohort": f"{2010 + c // 4}-Q{c % 4 + 1}", "quarter": q, "customers": 10**6,
                "active_customers": 10**6 - 30_000 * q - 900 * c * q,
                "arr": 10**11 - q * c * 10**8, "initial_arr": 10**11} for c in range(20) for q in range(9)]
    document = {"as_of": "2026-09-30", "period_months": months, "currency": "USD", "stage": stage, "accounts": rows,
                "history": history}
    moved = {"new_arr": 999_999_999_999, "reactivated_arr": 999_999_999_999, "expansion_arr": 999_999_999_999,
             "contraction_arr": 0, "churned_arr": 0}
    rest = opening + 2_999_999_999_997 - closing
    if 0 <= rest <= 10**12:
        document["flows"] = {**moved, "churned_arr": rest}
    assert churned
    return document


def large_cohorts(months: int, stage: str | None) -> dict:
    """A hundred cohorts of twelve digits in sixty segments, every optional key given."""
    rows = []
    for n in range(100):
        start, churned, shrunk, grown = 5 * 10**11 - n, 2 * 10**11 + n, 10**11 + n, 4 * 10**11
        rows.append({"name": f"{n} {LONG * 3}"[:200], "segment": f"{n % 60} {LONG * 3}"[:200],
                     "cohort_start": f"{1996 + n // 4}-{n % 4 * 3 + 1:02d}",
                     "starting_arr": start, "churned_arr": churned, "contraction_arr": shrunk, "expansion_arr": grown,
                     "new_arr": 10**9, "reactivated_arr": 10**9,
                     "ending_arr": start - churned - shrunk + grown + 2 * 10**9,
                     "starting_customers": 10**6, "churned_customers": 10**5, "due_arr": start,
                     "renewed_arr": start - churned,
                     "churn_reasons": {reason: {"customers": 10**4, "arr": 2 * 10**10} for reason in REASONS}})
    return {"as_of": "2026-09-30", "period_months": months, "currency": "USD", "stage": stage, "cohorts": rows}


REPORTED = ("--reported-nrr", "1.15", "--reported-grr", "0.777", "--reported-arr", "123456789012345")
WORST = {f"{form}, {months} months, {stage}": (form, months, stage)
         for form in ("accounts", "two segments", "cohorts") for months in (3, 12, 60) for stage in ("series_b", None)}


@pytest.mark.skipif("retention_decomposition_analyzer" not in DOORS, reason="no such door")
@pytest.mark.parametrize("case", WORST)
def test_the_retention_report_stays_short_with_everything_at_its_longest(case, tmp_path):
    form, months, stage = WORST[case]
    def made(span):
        return large_cohorts(span, stage) if form == "cohorts" else large_accounts(span, 2 if form == "two segments"
                                                                                   else 60, stage)
    now, before = made(months), {**made(months), "as_of": "2026-08-31"}
    for row in before.get("accounts", []):
        row["starting_arr"] and row.update(ending_arr=row["starting_arr"], renewed_arr=row["starting_arr"],
                                           churn_reason=None)
    for key in ("flows", "history"):
        before.pop(key, None)
    (tmp_path / "now.json").write_text(json.dumps(now))
    (tmp_path / "before.json").write_text(json.dumps(before))
    sizes = {}
    for name in ("text", "markdown"):
        run = called("retention_decomposition_analyzer", tmp_path / "now.json", "--previous", tmp_path / "before.json",
                     *REPORTED, "--format", name)
        assert run.code == 0, run.err
        sizes[name] = len(run.out)
    assert all(size < 4_000 for size in sizes.values()), sizes


# --- manners


@any_door
def test_a_door_runs_from_any_folder_and_through_a_symlink(door, tmp_path):
    (tmp_path / "door.py").symlink_to(SCRIPTS / f"{door}.py")
    (tmp_path / "decimal.py").write_text("raise SystemExit('a file of the working folder was imported')")
    args = ["--check", *intake_args(tmp_path / "out")] if door == INTAKE else []
    expected = ran(door, *args)
    assert expected.code == 0
    assert ran(door, *args, cwd=tmp_path) == expected
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "door.py").symlink_to(tmp_path / "door.py")
    assert ran(tmp_path / "links" / "door.py", *args, cwd=Path(os.sep)) == expected


@any_door
def test_the_bundle_works_wherever_it_is_put(door, tmp_path):
    home = tmp_path / "Größe, with spaces"
    shutil.copytree(SCRIPTS, home / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SAMPLES, home / "samples")
    args = ["--check", *intake_args(tmp_path / "out")] if door == INTAKE else []
    assert ran(home / "scripts" / f"{door}.py", *args) == ran(door, *args)


def interpreters() -> list[tuple[str, ...]]:
    """This interpreter isolated and bare, and every other from 3.9 on that the path has."""
    here = [(sys.executable, "-I"), BARE]
    if sys.version_info >= (3, 11):
        here.append((sys.executable, "-P"))
    others = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    usable = [path for path in others if path
              and subprocess.run([path, "-c", "pass"], capture_output=True, check=False).returncode == 0]
    return here + [(path, "-I", "-S") for path in usable]


@any_door
@pytest.mark.parametrize("python", interpreters(), ids=lambda python: " ".join((Path(python[0]).name, *python[1:])))
def test_every_python_gives_the_same_bytes_with_or_without_packages(door, python, tmp_path):
    args = intake_args(tmp_path / "out") if door == INTAKE else ["--format", "text", "--all"]
    run = ran(door, *args, python=python)
    assert run.code == 0 and run.err == "" and run == ran(door, *args)
    if door != INTAKE:
        assert ran(door, "--format", "json", "--all", python=python) == once(door, "--format", "json", "--all")


@any_door
def test_the_hash_seed_changes_no_byte(door, tmp_path):
    args = [*intake_args(tmp_path / "out"), "--format", "json"] if door == INTAKE else ["--format", "json", "--all"]
    assert len({ran(door, *args, env={"PYTHONHASHSEED": str(seed)}) for seed in range(3)}) == 1


@any_door
def test_warnings_as_errors_change_nothing(door, tmp_path):
    args = intake_args(tmp_path / "out") if door == INTAKE else []
    assert ran(door, *args, python=(sys.executable, "-W", "error", "-X", "dev")) == ran(door, *args)


WATCHED = """
import os, runpy, sys
seen = []
def hook(event, args):
    if event == "open" and args[1] is not None and set(str(args[1])) & set("wax+"):
        seen.append(f"writes {args[0]}")
    elif event == "open" and args[1] is None and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        seen.append(f"writes {args[0]}")
    elif event.split(".")[0] in ("socket", "subprocess", "urllib", "ftplib", "smtplib", "webbrowser") or event in (
            "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rmdir", "os.mkdir",
            "os.putenv", "builtins.input", "os.chmod"):
        seen.append(f"{event} {args}")
sys.dont_write_bytecode = True
sys.addaudithook(hook)
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print("\\n".join(["WATCHED", *seen]), file=sys.stderr)
"""


def watched(door: str, *args, cwd: Path) -> list[str]:
    """What a run wrote, opened, started or asked, outside of reading files."""
    done = subprocess.run([sys.executable, "-c", WATCHED, str(SCRIPTS / f"{door}.py"), *map(str, args)],
                          capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL, cwd=cwd, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stderr.split("WATCHED\n")[1].splitlines()


@any_door
def test_a_door_writes_nothing_but_what_was_named_and_calls_nobody(door, tmp_path):
    if door == INTAKE:
        seen = watched(door, *intake_args(tmp_path / "out"), cwd=tmp_path)
        assert all(str(tmp_path / "out") in line for line in seen), seen
        assert os.listdir(tmp_path) == ["out"]
    else:
        assert watched(door, cwd=tmp_path) == []
        seen = watched(door, "--output", tmp_path / "answer", cwd=tmp_path)
        assert seen and all(str(tmp_path / "answer") in line for line in seen), seen
        assert os.listdir(tmp_path) == ["answer"]


BANNED_IMPORTS = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "requests", "subprocess", "time", "locale",
                  "getpass", "platform",
                  "uuid", "secrets", "pickle", "multiprocessing", "threading", "asyncio", "webbrowser", "ctypes",
                  "warnings", "logging"}
BANNED_CALLS = {"now", "today", "utcnow", "getenv", "input", "eval", "exec", "fromtimestamp", "system", "popen",
                "getcwd", "expanduser"}
SOURCES = sorted(SCRIPTS.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_script_reads_a_clock_an_environment_or_a_network(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            allowed = {"warnings"} if path.name == "workbook.py" else set()  # openpyxl's own are silenced there
            assert not {name.split(".")[0] for name in names} & (BANNED_IMPORTS - allowed), (path.name, node.lineno)
        if isinstance(node, ast.Call):
            called_name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called_name not in BANNED_CALLS, (path.name, node.lineno)
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("environ", "environb"), (path.name, node.lineno)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_random_number_has_a_seed(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"random\.(random|choice|choices|shuffle|randint|uniform|sample|gauss)\(|Random\(\)", text)


# --- the intake


def test_the_intake_writes_what_the_analyzer_reads(tmp_path):
    out = tmp_path / "new" / "folder"
    run = called(INTAKE, *intake_args(out))
    assert run.code == 0 and run.err == "" and (out / "cohorts.json").is_file()
    answer = called("retention_decomposition_analyzer", out / "cohorts.json", "--format", "json")
    assert answer.code == 0 and strict(answer.out)["sample"] is False


def test_the_intake_names_in_its_summary_what_it_wrote_and_nothing_else_is_there(tmp_path):
    run = called(INTAKE, *intake_args(tmp_path / "out"), "--format", "json")
    strict(run.out)
    written = sorted(os.listdir(tmp_path / "out"))
    assert run.code == 0 and written and all(name in run.out for name in written)
    for name in written:
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert text.endswith("\n") and (not name.endswith(".json") or strict(text))


def test_the_intake_writes_the_same_files_twice_over_its_own(tmp_path):
    called(INTAKE, *intake_args(tmp_path / "out"))
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    called(INTAKE, *intake_args(tmp_path / "out"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_the_intake_reads_a_file_and_standard_input_alike(tmp_path):
    export, *rest = intake_args(tmp_path / "out")
    called(INTAKE, export, *rest)
    before = (tmp_path / "out" / "cohorts.json").read_bytes()
    run = called(INTAKE, "-", *rest, stdin=Path(export).read_bytes())
    assert run.code == 0 and (tmp_path / "out" / "cohorts.json").read_bytes() == before


def test_the_intake_never_writes_over_the_export_that_it_reads(tmp_path):
    (tmp_path / "movements.csv").write_bytes((SAMPLES / "exports" / "subscriptions.csv").read_bytes())
    before = (tmp_path / "movements.csv").read_bytes()
    run = called(INTAKE, tmp_path / "movements.csv", "--as-of", "2026-09-30", "--complete-to", "2026-09-30",
                 "--out-dir", tmp_path)
    assert (run.code, run.out) == (2, "") and (tmp_path / "movements.csv").read_bytes() == before
    assert os.listdir(tmp_path) == ["movements.csv"]


@pytest.mark.parametrize("content", [b"", b"{}", b"a,b\n1\n", b"\xff\xfea\x00", b"a,a\n1,1\n",
                                     b"name,colour\nFernbank,red\n", b"\x00" * 50, b"x" * 1000])
def test_the_intake_refuses_what_is_no_export_and_writes_nothing(content, tmp_path):
    (tmp_path / "export.csv").write_bytes(content)
    run = called(INTAKE, tmp_path / "export.csv", "--as-of", "2026-09-30", "--out-dir", tmp_path / "out")
    assert (run.code, run.out) == (1, "") and run.err and not (tmp_path / "out").exists()
    refusal_free(run)


def test_every_run_of_a_sample_is_quick():
    for name in DOORS:
        start = time.perf_counter()
        ran(name)
        assert time.perf_counter() - start < 5, name


def test_there_are_doors_to_hold_to_all_this():
    assert "retention_decomposition_analyzer" in DOORS and (ROOT / "scripts" / f"{INTAKE}.py").is_file()
