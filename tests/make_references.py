"""The generated reference page: references/benchmarks.md, from scripts/cslib/benchmarks.json.

`python tests/make_references.py` rewrites the page; with `--check` it writes nothing and exits 1 when the page differs.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = ROOT / "scripts" / "cslib" / "benchmarks.json"
PAGE = ROOT / "references" / "benchmarks.md"

TITLES = {
    "grr_ratio": "Gross retention (GRR)",
    "nrr_ratio": "Net retention (NRR)",
    "logo_retention_ratio": "Logo retention",
    "churn_ratio": "Churned ARR over starting ARR",
    "contraction_ratio": "Contraction over starting ARR",
    "expansion_ratio": "Expansion over starting ARR",
    "expansion_share_ratio": "Expansion as a share of ARR gained",
    "involuntary_share_ratio": "Failed payments as a share of churn",
    "cs_and_support_cost_ratio": "Customer success with support as a share of ARR",
}
STATS = {"median": "median", "p25": "25th percentile", "p75": "75th percentile", "p90": "90th percentile",
         "mean": "mean", "target": "target", "rule": "rule"}
CONFIDENCE = {
    "primary": ("primary", "the publisher's own text or page was read"),
    "second_hand": ("second hand", "quoted by somebody else who names the publisher"),
    "derived": ("derived", "computed from published figures"),
    "practitioner": ("practitioner", "a known author's rule, without numbers behind it"),
    "seed_only": ("convention", "a practitioner playbook's threshold, without numbers behind it"),
}
HEAD = "| Publisher | Year | Applies to | Statistic | Value | Population | Confidence | Note |\n" + "|---" * 8 + "|"
SEGMENTS = {"enterprise": "enterprise", "mid_market": "mid-market", "smb": "SMB"}

OPENING = """# Benchmarks: what others report about retention and its cost

Load when: somebody asks how a figure of retention or cost compares, where a comparison on a page comes from, or which
figure may go into a board paper.

Made from `scripts/cslib/benchmarks.json` by `python tests/make_references.py`. Change the JSON, never this page.

## How to use it

- Quote one row with its publisher, year, population and confidence. "The benchmark is 90%" is not a sentence to write.
- Never average publishers. Their populations and definitions differ, and the mean of them describes no company.
- Choose the row by contract value first, then by company size, then all companies. Contract values and ARR are in USD.
- A target, rule or convention is what somebody advises. Nobody measured it. Say "target" when quoting it.
- The period is a year unless the row says month. Compare a trailing-twelve-month figure with yearly rows only.
- Where rows contradict each other, show both. Median GRR is {aleph} in one survey (Aleph, calendar 2025) and {saas} in
  another (SaaS Capital, published in 2025).
- No row enters a sum. Verdicts come from `policy.json`; these rows stand beside them.

| Confidence | Meaning |
|---|---|
{confidence}
"""


def page(entries: Sequence[dict]) -> str:
    """The whole Markdown page."""
    by_id = {entry["id"]: entry for entry in entries}
    opening = OPENING.format(
        aleph=value(by_id["aleph_benchmarkit_2026.grr"]), saas=value(by_id["saas_capital_2025.grr"]),
        confidence="\n".join(f"| {name} | {meaning} |" for name, meaning in CONFIDENCE.values()))
    sections = [section(metric, [e for e in entries if e["metric"] == metric]) for metric in TITLES]
    return opening + "".join(sections)


def section(metric: str, entries: Sequence[dict]) -> str:
    """One metric: every publisher in rows, all companies first, then by contract value, company size and segment."""
    rows = [row(entry) for entry in sorted(entries, key=_order)]
    return f"\n## {TITLES[metric]}\n\n{HEAD}\n" + "\n".join(rows) + "\n"


def row(entry: dict) -> str:
    """One entry as a table row."""
    year = "not given" if entry["year"] is None else str(entry["year"])
    cells = (entry["source"], year, scope(entry), STATS[entry["stat"]], value(entry), entry["population"],
             CONFIDENCE[entry["confidence"]][0], entry["note"])
    return "| " + " | ".join(cells) + " |"


def value(entry: dict) -> str:
    """A point as `91%`, a range as `82% to 91%`, an open range as `90% and above`; a month is named."""
    low, high = entry["low"], entry["high"]
    said = (per_cent(low) if low == high else f"under {per_cent(high)}" if low is None
            else f"{per_cent(low)} and above" if high is None else f"{per_cent(low)} to {per_cent(high)}")
    return said if entry["period"] == "year" else f"{said} a {entry['period']}"


def per_cent(ratio: Decimal) -> str:
    """A ratio as per cent with the digits that it has: `93.9%`, `91%`."""
    return f"{(ratio * 100).normalize():f}%"


def scope(entry: dict) -> str:
    """The contract value, company size and segment that an entry is about; `all` when none."""
    said = [f"{name} {_band(entry[low], entry[high])}"
            for name, low, high in (("ACV", "acv_low", "acv_high"), ("ARR", "arr_low", "arr_high"))
            if (entry[low], entry[high]) != (None, None)]
    segment = entry["segment"]
    return ", ".join(said + ([] if segment is None else [SEGMENTS[segment]])) or "all"


def _band(low: Optional[Decimal], high: Optional[Decimal]) -> str:
    if low is None:
        return f"under {_short(high)}"
    return f"over {_short(low)}" if high is None else f"{_short(low)} to {_short(high)}"


def _short(amount: Decimal) -> str:
    unit, letter = (1_000_000, "M") if amount >= 1_000_000 else (1_000, "K") if amount >= 1_000 else (1, "")
    return f"{amount // unit}{letter}"


def _order(entry: dict) -> tuple:
    """All companies, then by contract value, company size, segment: publishers of one band stand together."""
    for place, (low, high) in enumerate((("acv_low", "acv_high"), ("arr_low", "arr_high")), 1):
        if (entry[low], entry[high]) != (None, None):
            return place, entry[low] or 0, entry[high] or Decimal("Infinity")
    return 0 if entry["segment"] is None else 3, 0, 0


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0, or 1 when `--check` finds a page that differs, or 2 for any other argument."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: make_references.py [--check]", file=sys.stderr)
        return 2
    made = page(json.loads(ENTRIES.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal))
    if arguments:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made
        print(f"{PAGE.name}: {'as made' if same else 'differs'}", file=sys.stderr)
        return 0 if same else 1
    PAGE.write_bytes(made.encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
