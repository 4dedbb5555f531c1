"""Every door on its sample under each Python from 3.9 on this machine, bare and with optional packages: same bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOORS = sorted((ROOT / "scripts").glob("*.py"))
EXPORT = ROOT / "samples" / "exports" / "subscriptions.csv"


def interpreters() -> dict[str, str]:
    """Version to path, from PATH and from the folders where pyenv and its like keep versions."""
    names = [f"python3.{minor}" for minor in range(9, 20)] + ["python3"]
    found = [path for name in names if (path := shutil.which(name))]
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found += [str(path) for path in sorted(root.glob("versions/3.*/bin/python3"))]
    versions: dict[str, str] = {}
    for path in found:
        run = subprocess.run([path, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                             capture_output=True, text=True, check=False)
        said = run.stdout.strip()
        if run.returncode == 0 and re.fullmatch(r"3\.\d+", said) and int(said[2:]) >= 9:
            versions.setdefault(said, path)
    return dict(sorted(versions.items(), key=lambda item: int(item[0][2:])))


def with_packages(version: str, python: str) -> str:
    """The Python of an environment of that version that holds requirements.txt; made once."""
    folder = ROOT / ".venv" / "matrix" / version
    made = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r",
                        str(ROOT / "requirements.txt")], check=True)
        (folder / "ready").touch()
    return str(made)


def output(python: str, flags: list[str], door: Path, folder: str) -> str:
    """All that a door says in text and JSON; for prepare_inputs.py all that it writes."""
    if door.name == "prepare_inputs.py":
        command = [python, *flags, str(door), str(EXPORT), "--as-of", "2026-09-30", "--out-dir", folder]
        subprocess.run(command, check=True, capture_output=True)
        return "".join(path.read_text(encoding="utf-8") for path in sorted(Path(folder).iterdir()))
    said = []
    for name in ("text", "markdown", "json", "html"):
        run = subprocess.run([python, *flags, str(door), "--format", name], check=True, capture_output=True)
        said.append(run.stdout.decode("utf-8"))
    return "".join(said)


def main() -> int:
    different = 0
    for door in DOORS:
        expected = None
        for version, python in interpreters().items():
            for label, path, flags in (("bare", python, ["-I", "-S"]),
                                       ("with packages", with_packages(version, python), ["-I"])):
                with tempfile.TemporaryDirectory() as folder:
                    said = output(path, flags, door, folder)
                expected = said if expected is None else expected
                same = said == expected
                different += not same
                print(f"{door.name:42} Python {version:5} {label:13} {'same bytes' if same else 'DIFFERENT'}")
    runs = len(DOORS) * len(interpreters()) * 2
    print(f"{runs - different} passed, {different} failed")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
