"""What every test may use: the rooms on sys.path, two ways to run a door, and the flag that renews the goldens."""

from __future__ import annotations

import gc
import importlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Optional, Union
from unittest import mock

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
SAMPLES = ROOT / "samples"
INTAKE = "prepare_inputs"
DOORS = sorted(path.stem for path in SCRIPTS.glob("*.py") if path.stem != INTAKE)
BARE = (sys.executable, "-I", "-S")

for folder in (str(ROOT / "tests"), str(SCRIPTS)):
    if folder not in sys.path:
        sys.path.insert(0, folder)

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("steady")


class Ran(NamedTuple):
    """How a door ended: exit code, and both streams as UTF-8 text without newline translation."""

    code: int
    out: str
    err: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write tests/goldens/ anew instead of comparing")


def ran(door: Union[str, Path], *args: Union[str, Path], stdin: Union[str, bytes, None] = None,
        cwd: Optional[Path] = None, env: Optional[dict[str, str]] = None,
        python: tuple[str, ...] = (sys.executable,), timeout: int = 60) -> Ran:
    """One run of a door (a name such as `cs_scorecard`, or a path). `env` is laid over the test's own environment."""
    path = door if isinstance(door, Path) else SCRIPTS / f"{door}.py"
    done = subprocess.run([*python, str(path), *map(str, args)], cwd=cwd, timeout=timeout, check=False,
                          input=stdin.encode("utf-8") if isinstance(stdin, str) else stdin or b"",
                          capture_output=True, env={**os.environ, **(env or {})})
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def called(door: str, *args: Union[str, Path], stdin: Union[str, bytes] = b"") -> Ran:
    """The same inside this interpreter, which is faster; what the door does not catch is raised here."""
    content = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
    streams = [io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8") for raw in (content, b"", b"")]
    module, ending = importlib.import_module(door), importlib.import_module("cslib.cli").ending
    with mock.patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2],
                             argv=[f"{door}.py", *map(str, args)]), pytest.raises(SystemExit) as ended:
        ending(module.main)
    gc.enable()
    for stream in streams[1:]:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("utf-8") for stream in streams[1:])
    return Ran(ended.value.code or 0, out, err)


@pytest.fixture(scope="session")
def run():
    """`run(door, *args, stdin=, cwd=, env=, python=, timeout=)` gives code, out and err."""
    return ran


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """This interpreter as if the optional packages were not installed."""
    for name in ("jsonschema", "tabulate"):
        monkeypatch.setitem(sys.modules, name, None)
