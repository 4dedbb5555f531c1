"""Speed as ratios of processor time of neighbouring runs, medians, in one go. Exits 1 when one is over its limit."""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ANALYZER = str(ROOT / "scripts" / "retention_decomposition_analyzer.py")
IMPORTS = "import argparse, csv, dataclasses, datetime, decimal, json, re"
ROUNDS = 21
ACCOUNTS = 100_000
REASONS = ("no_value_realized", "pricing", "competitor_loss", "champion_left", "unknown")


def book(accounts: int) -> dict:
    """A book of that many log-normal accounts; about a tenth is lost, a tenth shrinks, a fifth grows."""
    rng = random.Random(7)
    rows = []
    for number in range(accounts):
        start = round(rng.lognormvariate(9.3, 1.3), 2)
        draw = rng.random()
        end = 0 if draw < 0.1 else round(start * (0.7 if draw < 0.2 else 1.3 if draw < 0.4 else 1), 2)
        row = {"id": f"A-{number:06d}", "name": f"Account {number}",
               "cohort_start": f"202{number % 5}-0{number % 9 + 1}",
               "segment": ("north", "south", "east", "west")[number % 4], "starting_arr": start, "ending_arr": end}
        if not end:
            row["churn_reason"] = REASONS[number % 5]
        rows.append(row)
    return {"as_of": "2026-09-30", "period_months": 12, "currency": "USD", "stage": "growth", "accounts": rows}


def seconds(command: list[str]) -> float:
    """Processor time of the command, which other work on the machine disturbs less than the clock on the wall."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def ratio(label: str, command: list[str], against: list[str], limit: float, rounds: int) -> bool:
    """Prints the median ratio of neighbouring runs and says whether it is within its limit."""
    pairs = [(seconds(command), seconds(against)) for _ in range(rounds)]
    median = statistics.median(first / second for first, second in pairs)
    first, second = (statistics.median(column) for column in zip(*pairs))
    print(f"{label}: {median:.1f} (limit {limit:g}; about {first * 1000:.0f} ms against {second * 1000:.0f} ms)"
          + ("" if median <= limit else "  TOO SLOW"))
    return median <= limit


def main() -> int:
    bare = [sys.executable, "-I", "-S"]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "cohorts.json")
        Path(path).write_text(json.dumps(book(ACCOUNTS)), encoding="utf-8")
        load = [*bare, "-c", f"import json; json.load(open({path!r}))"]
        report = subprocess.run([*bare, ANALYZER, path], check=True, capture_output=True, text=True).stdout
        print(f"report on {ACCOUNTS:,} accounts: {len(report):,} characters (limit 4,000)")
        results = [len(report) < 4000,
                   ratio("sample, bare, against its imports", [*bare, ANALYZER], [*bare, "-c", IMPORTS], 3, ROUNDS),
                   ratio(f"{ACCOUNTS:,} accounts against json.load", [*bare, ANALYZER, path], load, 8, 5)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
