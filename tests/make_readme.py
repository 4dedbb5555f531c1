"""The report in README.md is the first part of what the script prints. `--check` exits 1 when it is not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOOR = ROOT / "scripts" / "strategy_brief.py"
BLOCK = re.compile(r"(?<=```text\n).*?(?=```\n)", re.DOTALL)
LAST = "\nWHERE WE STAND\n"


def first_page(report: str) -> str:
    """A text report up to and with its section LAST."""
    before, heading, after = report.partition(LAST)
    return f"{before}{heading}{after.partition(chr(10) * 2)[0]}\n"


def readme() -> str:
    """README.md with the first page of the report as the bare script prints it now."""
    ran = subprocess.run([sys.executable, "-I", "-S", str(DOOR)], check=True, capture_output=True)
    shown = first_page(ran.stdout.decode("utf-8"))
    return BLOCK.sub(lambda _: shown, README.read_text(encoding="utf-8"), count=1)


if __name__ == "__main__":
    made = readme()
    if "--check" in sys.argv[1:]:
        same = made == README.read_text(encoding="utf-8")
        sys.exit(0 if same else "README.md: the report is not what the script prints")
    README.write_bytes(made.encode("utf-8"))
