"""Speed as ratios of processor time of neighbouring runs, medians, in one go. Exits 1 when one is over its limit."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import portfolios

ANALYZER = str(ROOT / "scripts" / "retention_decomposition_analyzer.py")
INTAKE = str(ROOT / "scripts" / "prepare_inputs.py")
DESIGNER = str(ROOT / "scripts" / "customer_segmentation_designer.py")
BRIEF = str(ROOT / "scripts" / "strategy_brief.py")
DECISIONS = {"cohorts": ANALYZER, "customers": DESIGNER, "book": str(ROOT / "scripts" / "cs_coverage_calculator.py"),
             "org": str(ROOT / "scripts" / "cs_hiring_sequencer.py"),
             "scorecard": str(ROOT / "scripts" / "cs_scorecard.py")}
TIMES_DECISIONS, BRIEF_ROUNDS, BRIEF_MOST_BYTES = 3, 5, 1_000_000
IMPORTS = "import argparse, csv, dataclasses, datetime, decimal, json, re"
ROUNDS = 21
ACCOUNTS = 100_000
TIMES_LOAD, TIMES_MEMORY = 8, 3
REASONS = ("no_value_realized", "pricing", "competitor_loss", "champion_left", "unknown")
MONTHS = [f"{year}-{month:02}-28" for year in (2023, 2024, 2025) for month in range(1, 13)]
FEWER, MORE = 10_000, 100_000
INTAKE_ROUNDS = 5
MOST_MIB = 300
READING = "import csv, sys\nfor row in csv.reader(open(sys.argv[1], encoding='utf-8', newline='')):\n    pass"
OTHERS = {
    "pandas": "import sys, pandas\n"
              "rows = pandas.read_csv(sys.argv[1])\n"
              "rows.pivot(index='customer_id', columns='month', values='mrr').fillna(0)",
    "duckdb": "import sys, duckdb\n"
              "duckdb.sql(f\"pivot (select customer_id, month, mrr from read_csv('{sys.argv[1]}')) "
              "on month using sum(mrr) group by customer_id\").fetchall()"}


class Cost(NamedTuple):
    """What one run of a command took: processor time in seconds, and its largest memory in MiB."""

    seconds: float
    mib: float


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


def export(path: str, customers: int) -> int:
    """Writes a row for each customer and month, and says how many; about 18 months each, of which one in 17 changes.

    A third is there from the first month on, the rest arrives evenly over the three years; 2% leave each month.
    """
    rng, rows = random.Random(7), 0
    with open(path, "w", encoding="utf-8") as file:
        file.write("customer_id,customer_name,segment,month,mrr\n")
        for number in range(customers):
            mrr = round(rng.lognormvariate(6.3, 1.2), 2)
            segment = ("smb", "mid", "ent")[number % 3]
            for month in MONTHS[0 if rng.random() < 0.34 else rng.randrange(1, len(MONTHS)):]:
                file.write(f"C-{number:06d},Customer {number},{segment},{month},{mrr}\n")
                rows += 1
                draw = rng.random()
                if draw < 0.02:
                    break
                if draw < 0.08:
                    mrr = round(mrr * rng.uniform(0.8, 1.3), 2)
    return rows


def cost(command: list[str]) -> Cost:
    """Processor time, which other work on the machine disturbs less than the clock on the wall, and memory."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))


def within(label: str, value: float, limit: float, said: str, fault: str) -> bool:
    """Prints a figure beside its limit and says whether it is within."""
    print(f"{label}: {value:.1f} (limit {limit:g}; {said})" + ("" if value <= limit else f"  {fault}"))
    return value <= limit


def ratio(label: str, command: list[str], against: list[str], limit: float, rounds: int) -> bool:
    """Prints the median ratio of neighbouring runs and says whether it is within its limit."""
    pairs = [(cost(command).seconds, cost(against).seconds) for _ in range(rounds)]
    median = statistics.median(first / second for first, second in pairs)
    first, second = (statistics.median(column) for column in zip(*pairs))
    return within(label, median, limit, f"about {first * 1000:.0f} ms against {second * 1000:.0f} ms", "TOO SLOW")


def intake(bare: list[str], folder: Path) -> list[bool]:
    """The way in, from an export to its files: against reading the export, in memory, and as the customers grow."""
    commands, readings = [], []
    for customers in (FEWER, MORE):
        path = str(folder / f"{customers}.csv")
        rows = export(path, customers)
        print(f"an export of {customers:,} customers over {len(MONTHS)} months: {rows:,} rows")
        commands.append([*bare, INTAKE, path, "--as-of", "2025-12-31", "--out-dir", str(folder / str(customers))])
        readings.append([*bare, "-c", READING, path])
    runs = [(cost(commands[0]), cost(commands[1]), cost(readings[1])) for _ in range(INTAKE_ROUNDS)]
    fewer, more, read = (statistics.median(run.seconds for run in column) for column in zip(*runs))
    results = [
        within(f"{MORE:,} customers taken in against csv.reader",
               statistics.median(one.seconds / other.seconds for _, one, other in runs), 6,
               f"about {more:.1f} s against {read:.1f} s", "TOO SLOW"),
        within("their memory in MiB", max(run.mib for _, run, _ in runs), MOST_MIB, "the largest of the runs",
               "TOO MUCH"),
        within(f"{MORE // FEWER} times the customers in times the processor time",
               statistics.median(one.seconds / other.seconds for other, one, _ in runs), 11,
               f"about {more:.1f} s against {fewer:.1f} s", "TOO SLOW")]
    for name, job in OTHERS.items():
        if importlib.util.find_spec(name) is None:
            print(f"for information, {name}: cannot be imported here, not measured")
        else:
            other = cost([sys.executable, "-c", job, readings[1][-1]])
            print(f"for information, {name}, read and pivot alone: {other.seconds:.1f} s, {other.mib:.0f} MiB")
    return results


def segmentation(bare: list[str], folder: Path) -> list[bool]:
    """Decision B on 100,000 customers of whom nearly all is known: time and memory against json.load, and the page."""
    path = str(folder / "customers.json")
    Path(path).write_text(json.dumps(portfolios.document(ACCOUNTS, least_known=0.95)), encoding="utf-8")
    load, job = [*bare, "-c", f"import json; json.load(open({path!r}))"], [*bare, DESIGNER, path]
    report = subprocess.run(job, check=True, capture_output=True, text=True).stdout
    print(f"report on {ACCOUNTS:,} customers: {len(report):,} characters (limit 4,000)")
    memory = cost(job).mib / cost(load).mib
    return [len(report) < 4000, ratio(f"{ACCOUNTS:,} customers against json.load", job, load, TIMES_LOAD, 9),
            within("their memory against json.load", memory, TIMES_MEMORY, "one run each", "TOO MUCH")]


def brief(bare: list[str], folder: Path) -> list[bool]:
    """The brief on 10,000 customers against its decisions run alone; its pages on 10,000 and on 100,000."""
    results = []
    for customers in (FEWER, MORE):
        inputs = folder / f"brief_{customers}"
        inputs.mkdir()
        made = {"cohorts": book(customers), "customers": portfolios.document(customers, least_known=0.95)}
        for kind in DECISIONS:
            sample = (ROOT / "samples" / f"{kind}.json").read_text(encoding="utf-8")
            (inputs / f"{kind}.json").write_text(json.dumps(made[kind]) if kind in made else sample, encoding="utf-8")
        job, sizes = [*bare, BRIEF, str(inputs)], []
        for name in ("text", "html"):
            run = subprocess.run([*job, "--format", name], check=True, capture_output=True)
            sizes.append(len(run.stdout.decode("utf-8") if name == "text" else run.stdout))
        print(f"brief on {customers:,} customers: {sizes[0]:,} characters (limit 8,000), HTML {sizes[1]:,} bytes "
              f"(limit {BRIEF_MOST_BYTES:,})")
        results += [sizes[0] < 8_000, sizes[1] < BRIEF_MOST_BYTES]
        alone = [[*bare, script, str(inputs / f"{kind}.json")] for kind, script in DECISIONS.items()]
        if customers == FEWER:
            pairs = [(cost(job).seconds, sum(cost(one).seconds for one in alone)) for _ in range(BRIEF_ROUNDS)]
            whole, parts = (statistics.median(column) for column in zip(*pairs))
            results.append(within(f"brief on {customers:,} customers against its decisions alone",
                                  statistics.median(one / other for one, other in pairs), TIMES_DECISIONS,
                                  f"about {whole:.1f} s against {parts:.1f} s", "TOO SLOW"))
    return results


def main() -> int:
    bare = [sys.executable, "-I", "-S"]
    with tempfile.TemporaryDirectory() as folder:
        # First, while this run is small: on Linux a command's largest memory is at least that of what started it.
        results = intake(bare, Path(folder)) + segmentation(bare, Path(folder)) + brief(bare, Path(folder))
        path = str(Path(folder) / "cohorts.json")
        Path(path).write_text(json.dumps(book(ACCOUNTS)), encoding="utf-8")
        load = [*bare, "-c", f"import json; json.load(open({path!r}))"]
        report = subprocess.run([*bare, ANALYZER, path], check=True, capture_output=True, text=True).stdout
        print(f"report on {ACCOUNTS:,} accounts: {len(report):,} characters (limit 4,000)")
        results += [len(report) < 4000,
                    ratio("sample, bare, against its imports", [*bare, ANALYZER], [*bare, "-c", IMPORTS], 3, ROUNDS),
                    ratio(f"{ACCOUNTS:,} accounts against json.load", [*bare, ANALYZER, path], load, 8, 9)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
