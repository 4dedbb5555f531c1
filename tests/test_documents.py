"""What the documents say is what is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import make_readme
import marks
import vocabulary
from cslib import NAME, VERSION

ROOT = Path(__file__).resolve().parents[1]
DOORS = sorted((ROOT / "scripts").glob("*.py"))
PAGES = sorted([*(ROOT / "references").glob("*.md"), *(ROOT / "rules").glob("*.md")])
SKILL = (ROOT / "SKILL.md").read_text(encoding="utf-8")
FRONT, BODY = SKILL.split("---\n", 2)[1:]
MANIFESTS = [ROOT / "plugin.json", ROOT / ".claude-plugin" / "plugin.json"]


def help_of(door: Path) -> str:
    return subprocess.run([sys.executable, str(door), "--help"], capture_output=True, text=True, check=True).stdout


def test_every_manifest_holds_the_same_name_and_version():
    held = [json.loads(path.read_text(encoding="utf-8")) for path in MANIFESTS]
    market = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text(encoding="utf-8"))
    held += market["plugins"]
    assert {(each["name"], each["version"], each["description"], each["license"]) for each in held} == {
        (NAME, VERSION, held[0]["description"], "MIT")}
    assert market["name"] == NAME
    assert f'name = "{NAME}"\nversion = "{VERSION}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"name: {NAME}\n" in FRONT
    assert f"## {VERSION}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_agent_plugins_manifest_has_only_keys_of_its_closed_schema():
    allowed = {"$schema", "name", "version", "description", "author", "homepage", "repository", "license", "keywords",
               "extensions"}
    assert json.loads(MANIFESTS[0].read_text(encoding="utf-8")).keys() <= allowed


def test_the_front_matter_of_the_skill_is_within_the_limits_of_the_format():
    keys = re.findall(r"^([a-z-]+):", FRONT, re.MULTILINE)
    assert set(keys) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    description = " ".join(re.search(r"description: >-\n(.*?)\n[a-z-]+:", FRONT, re.DOTALL).group(1).split())
    assert 500 <= len(description) <= 750
    assert not set("<>") & set(description)


def test_the_skill_is_short_enough_to_be_loaded_whole():
    assert len(BODY.split()) <= 1600
    assert len(BODY.splitlines()) <= 180


def test_there_is_no_skills_folder_that_would_hide_the_skill():
    assert not (ROOT / "skills").exists()


def test_every_door_and_every_page_is_named_in_the_skill():
    assert {path.name for path in [*DOORS, *PAGES]} - vocabulary.named_files(BODY) == set()


def test_the_skill_names_no_page_that_is_not_there():
    there = {path.name for path in [*DOORS, *PAGES]}
    named = {name for name in vocabulary.named_files(BODY) if name.endswith((".py", ".md"))}
    assert named - there == set()


def test_the_index_of_rules_names_every_rule():
    index = (ROOT / "rules" / "_sections.md").read_text(encoding="utf-8")
    rules = {path.name for path in (ROOT / "rules").glob("[a-z]*.md")}
    assert vocabulary.named_files(index) >= rules
    assert len(rules) >= 38


@pytest.mark.parametrize("document", ["SKILL.md", "README.md", "CONTRIBUTING.md"])
def test_every_file_that_a_document_names_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:references|rules|samples|tests|scripts)/(?:[\w-]+/)*[\w-]+\.\w+", text))
    named |= {f"scripts/{name}" for name in re.findall(r"(?<![\w/])([a-z_]+\.py)\b", text)}
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", [ROOT / "SKILL.md", ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_every_flag_that_a_document_names_is_one_of_a_script(path):
    named = set(vocabulary.FLAG.findall(path.read_text(encoding="utf-8")))
    assert named - vocabulary.flags() == set()


@pytest.mark.parametrize("path", [ROOT / "SKILL.md", ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_whatever_a_document_names_in_code_marks_exists(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert vocabulary.unknown(text) == []


@pytest.mark.parametrize("path", [ROOT / "SKILL.md", *PAGES], ids=lambda path: path.name)
def test_a_figure_that_names_its_key_is_the_value_of_that_key(path):
    assert marks.faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_says_on_what_its_figures_rest(path):
    text = " ".join(path.read_text(encoding="utf-8").split())
    assert re.search(r"practitioner|convention|no data behind|nobody (?:has )?measured|invented|\bours\b|policy\.json|"
                     r"benchmarks\.json|(?:19|20)\d\d[,;:)]", text)


def test_the_good_answer_in_the_skill_is_what_the_script_prints():
    report = (ROOT / "tests" / "goldens" / "retention_decomposition_analyzer.txt").read_text(encoding="utf-8")
    said = " ".join(BODY.partition("\nThis: ")[2].partition("\n## ")[0].split())
    figures = re.findall(r"\d[\d.]*(?:%|M\b|k\b)", said)
    assert len(figures) >= 5 and all(figure in report for figure in figures), figures


def run_of_words(text: str) -> set[tuple[str, ...]]:
    """Every nine words in a row, without marks and case."""
    words = re.findall(r"[a-z0-9%$]+", text.lower())
    return {tuple(words[first:first + 9]) for first in range(len(words) - 8)}


@pytest.mark.parametrize("path", [ROOT / "SKILL.md", ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_no_sentence_is_somebody_elses(path):
    others = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))
    if not others:
        pytest.skip("the documents to compare with are not here")
    theirs = {run for other in others for run in run_of_words(other.read_text(encoding="utf-8"))}
    assert len(theirs) > 1000
    assert run_of_words(path.read_text(encoding="utf-8")) & theirs == set()


def test_the_report_in_the_readme_is_what_the_script_prints():
    assert make_readme.readme() == make_readme.README.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_page_says_when_to_load_it(page):
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert any(line.startswith("Load when:") for line in lines[:2])


def test_no_document_or_source_speaks_of_a_machine_or_a_registry():
    endings = {".md", ".py", ".json", ".csv", ".txt", ".toml", ""}
    folders = [ROOT / name for name in ("scripts", "references", "rules", "samples", "tests", ".claude-plugin", ".ci")]
    found = [path for path in [*ROOT.glob("*"), *(path for folder in folders for path in folder.rglob("*"))]
             if path.is_file() and path.suffix in endings
             and not re.search(r"/(?:__pycache__|\.hypothesis|\.ruff_cache|\.pytest_cache)/", path.as_posix())]
    assert len(found) > 40
    forbidden = re.compile(r"(?<![\w.$])/(?:work|root|farm)/[a-z]|registry\.npmjs|pypi\.org")
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert path == Path(__file__) or not forbidden.search(text), path


def test_every_room_stands_once_in_the_table_of_kinds():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = contributing.partition("| Kind |")[2].partition("\n\n")[0].splitlines()[2:]
    named = [room for row in rows for room in re.findall(r"`(\w+)`", row.split("|")[2])]
    assert sorted(named) == sorted(path.stem for path in (ROOT / "scripts" / "cslib").glob("[a-z]*.py"))


def test_names_in_the_code_are_the_terms_of_the_field():
    banned = re.compile(r"\b(?:utils|helpers|manager|data|process|handle|safe_\w+|smart_\w+)\b")
    for path in [*DOORS, *(ROOT / "scripts" / "cslib").glob("*.py")]:
        names = re.findall(r"^\s*(?:def|class) (\w+)|^(\w+) =", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not [name for pair in names for name in pair if banned.fullmatch(name)], path
        assert not banned.fullmatch(path.stem)


def test_every_room_is_small_enough_to_be_understood_in_one_reading():
    for path in (ROOT / "scripts" / "cslib").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 260, path.name
    for path in DOORS:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 160, path.name


def test_no_domain_room_reads_a_file_a_clock_or_the_environment():
    rooms = ["cohorts", "cohort_checks", "retention", "patterns", "reasons", "leaks", "worth", "tie_out",
             "decomposition", "trend", "uncertainty", "ledger"]
    for name in rooms:
        text = (ROOT / "scripts" / "cslib" / f"{name}.py").read_text(encoding="utf-8")
        assert not re.search(r"\bopen\(|\bos\.|\btime\.|now\(|today\(|print\(|"
                             r"^(?:import|from) (?:os|time|json|datetime import datetime)|"
                             r"^from cslib import .*\b(?:figures|page|source|result|cli)\b", text, re.MULTILINE), name
