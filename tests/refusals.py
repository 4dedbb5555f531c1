"""What every refusal owes its reader, whichever door refuses."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from conftest import BARE, Ran, ran


def assert_said(run: Ran, kind: str, words: Iterable[str]) -> None:
    """The kind of fault, the words, an expectation at every place, and no more than can be read."""
    assert (run.code, run.out) == (1, ""), run
    assert run.err.startswith("refused: -\n") and f"\n  {kind} (" in run.err and "Traceback" not in run.err, run.err
    assert all(word in run.err for word in words), run.err
    assert all("expected " in line for line in run.err.splitlines() if line.startswith("    ")), run.err
    assert len(run.err) < 2_000


def hide_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with bare Python."""
    for name in ("jsonschema", "tabulate"):
        monkeypatch.setitem(sys.modules, name, None)


def assert_nothing_is_left(door: str, content: bytes, folder: Path) -> None:
    """A refused input writes no file, and --check refuses it in the same words, in JSON with every fault."""
    (folder / "in.json").write_bytes(content)
    run = ran(door, "in.json", "--output", "out.txt", cwd=folder, python=BARE)
    assert (run.code, run.out) == (1, "") and os.listdir(folder) == ["in.json"] and "Traceback" not in run.err
    assert ran(door, "in.json", "--check", cwd=folder, python=BARE).err == run.err
    checked = json.loads(ran(door, "in.json", "--check", "--format", "json", cwd=folder, python=BARE).out)
    assert checked["accepted"] is False and all(fault["place"] and fault["expected"] for fault in checked["faults"])
