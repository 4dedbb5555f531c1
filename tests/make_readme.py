"""The report in README.md is what the script prints. `--check` exits 1 when it is not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=```text\n).*?(?=```\n)", re.DOTALL)


def readme() -> str:
    """README.md with the report as the bare script prints it now."""
    door = ROOT / "scripts" / "retention_decomposition_analyzer.py"
    ran = subprocess.run([sys.executable, "-I", "-S", str(door)], check=True, capture_output=True)
    return BLOCK.sub(lambda _: ran.stdout.decode("utf-8"), README.read_text(encoding="utf-8"), count=1)


if __name__ == "__main__":
    made = readme()
    if "--check" in sys.argv[1:]:
        same = made == README.read_text(encoding="utf-8")
        sys.exit(0 if same else "README.md: the report is not what the script prints")
    README.write_bytes(made.encode("utf-8"))
