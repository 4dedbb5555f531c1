"""What a page may name in code marks: files, scripts, flags, keys of inputs, results, policy and benchmarks."""
from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from pathlib import Path

from cslib import NAME
from marks import BENCHMARKS, POLICY

ROOT = Path(__file__).resolve().parents[1]
DOORS = sorted((ROOT / "scripts").glob("*.py"))
FOLDERS = (".", "references", "rules", "scripts", "scripts/cslib", "samples", "samples/exports", "tests")
FILE = re.compile(r"[\w./-]+\.(?:md|py|json|csv)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
CODE = re.compile(r"`([^`\n]+)`")
EXPRESSION = re.compile(r"[\d\s.+*/(),<>=-]+|(?:min|max)\(.*|.* = -?[\d.]+")
MADE = {"cohorts.json", "customers.json", "book.json", "org.json", "scorecard.json", "movements.csv", "retention.csv",
        "cohort_triangle.csv", "fill_in.csv"}
CELLS = {"$1,200.50", "1.200,50 EUR", "12k", "14-Mar-2024", "Mar-24", "arr=", "total=", "n/a"}
COMMAND = f"/{NAME}:{NAME}"
TARGET = re.compile(r"^(\w+):", re.MULTILINE)


def printed(door: Path, *arguments: str) -> str:
    return subprocess.run([sys.executable, str(door), *arguments], capture_output=True, text=True, check=False,
                          encoding="utf-8").stdout


def names(node: object) -> set[str]:
    """Every key and every word that a JSON value holds."""
    if isinstance(node, dict):
        return set(node) | {name for each in node.values() for name in names(each)}
    if isinstance(node, list):
        return {name for each in node for name in names(each)}
    return {node} if isinstance(node, str) else set()


def keys(node: object) -> set[str]:
    """Every key that a JSON value holds."""
    if isinstance(node, dict):
        return set(node) | {key for each in node.values() for key in keys(each)}
    return {key for each in node for key in keys(each)} if isinstance(node, list) else set()


def paths(node: object, before: str = "") -> set[str]:
    """Every dotted path of a JSON object, whole and from any key on."""
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        below = paths(value)
        found |= {key} | below | {f"{key}.{each}" for each in below}
    return found


@functools.cache
def flags() -> frozenset[str]:
    return frozenset(FLAG.findall("".join(printed(door, "--help") for door in DOORS)))


@functools.cache
def words() -> frozenset[str]:
    """The keys and enumerated words of every schema, policy, benchmark, data file, result on the sample and room."""
    known: set[str] = set(BENCHMARKS) | names(POLICY) | paths(POLICY)
    known |= {name for entry in BENCHMARKS.values() for name in names(entry)}
    for path in [*(ROOT / "scripts" / "cslib").rglob("*.json"), *(ROOT / "samples").glob("*.json")]:
        held = json.loads(path.read_text(encoding="utf-8"))
        known |= names(held) | paths(held)
    for room in (ROOT / "scripts" / "cslib").glob("*.py"):
        known |= set(re.findall(r"\w{3,}", room.read_text(encoding="utf-8")))
    for door in DOORS:
        known |= set(re.findall(r"[\w-]+", printed(door, "--help")))
        if door.stem != "prepare_inputs":
            held = json.loads(printed(door, "--format", "json", "--all"))
            known |= names(held) | paths(held)
    return frozenset(known)


def named_files(page: str) -> set[str]:
    """The names of the files in code marks, without folders; `a-{b,c}.md` names two."""
    found = set()
    for code in CODE.findall(page):
        for before, middle, after in re.findall(r"([\w-]*)(?:\{([\w,-]+)\})?([\w-]*\.(?:md|py))\b", code):
            found |= {f"{before}{each}{after}" for each in middle.split(",")}
    return found


def unknown(page: str) -> list[str]:
    """What a page names in code marks that is no file, flag or word of the bundle, nor a sum."""
    return [code for code in dict.fromkeys(CODE.findall(page)) if not _known(code)]


def _known(code: str) -> bool:
    code = code.replace("${CLAUDE_SKILL_DIR}/", "")
    if EXPRESSION.fullmatch(code) or code in words() or code in CELLS or code == COMMAND:
        return True
    if code.startswith("make "):
        return code.split()[1] in TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
    if "/" in code and " " not in code and "{" not in code:
        return (ROOT / code).exists()
    if code.startswith("{"):
        return keys(json.loads(code)) <= words()
    if "{" in code:
        together = named_files(f"`{code}`")
        return bool(together) and all(map(_is_file, together))
    given = FLAG.findall(code)
    doors = [name for name in FILE.findall(code) if name.endswith(".py")]
    if given or (doors and " " in code):
        return set(given) <= flags() and all(map(_is_file, doors))
    return all(_is_file(part) if FILE.fullmatch(part) else part in words() for part in code.split())


def _is_file(name: str) -> bool:
    return name in MADE or any((ROOT / folder / name).exists() for folder in FOLDERS)
