"""Every sample, word for word, in text and in JSON; made and compared without the optional packages."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from conftest import BARE, DOORS, ran

GOLDENS = Path(__file__).resolve().parent / "goldens"
FORMATS = {"text": "txt", "json": "json"}
JOINED = ("strategy_brief", "json")  # holds the results of all others, which have goldens of their own
CASES = [(door, name) for door in DOORS for name in FORMATS if (door, name) != JOINED]


def golden(door: str, name: str) -> Path:
    return GOLDENS / f"{door}.{FORMATS[name]}"


@pytest.mark.parametrize("door, name", CASES)
def test_the_sample_is_answered_as_it_was(door, name, request):
    run = ran(door, "--format", name, python=BARE)
    assert run.code == 0 and run.err == ""
    path = golden(door, name)
    if request.config.getoption("--update-goldens"):
        GOLDENS.mkdir(exist_ok=True)
        path.write_bytes(run.out.encode("utf-8"))
    before = path.read_bytes().decode("utf-8") if path.is_file() else ""
    difference = list(difflib.unified_diff(before.splitlines(), run.out.splitlines(), "golden", "now", lineterm="",
                                           n=1))
    assert before == run.out, "\n".join(["make goldens renews them, after a look at:", *difference[:60]])


def test_there_is_a_golden_for_every_door_and_none_besides(request):
    if request.config.getoption("--update-goldens"):
        for path in set(GOLDENS.iterdir()) - {golden(*case) for case in CASES}:
            path.unlink()
    assert {path.name for path in GOLDENS.iterdir()} == {golden(*case).name for case in CASES}
