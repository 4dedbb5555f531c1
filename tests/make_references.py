"""The generated pages. From scripts/cslib/benchmarks.json: references/benchmarks.md has the rates of a year or a
month, references/coverage_benchmarks.md the figures about a CSM, references/team_benchmarks.md those about roles.
From the first lines of each rule: rules/_sections.md.

`python tests/make_references.py` rewrites them; with `--check` it writes nothing and exits 1 when a page differs.
"""
from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = ROOT / "scripts" / "cslib" / "benchmarks.json"
POLICY = ROOT / "scripts" / "cslib" / "policy.json"
PAGE = ROOT / "references" / "benchmarks.md"
COVERAGE_PAGE = ROOT / "references" / "coverage_benchmarks.md"
TEAM_PAGE = ROOT / "references" / "team_benchmarks.md"
RULES = ROOT / "rules"
SECTIONS_PAGE = RULES / "_sections.md"

TARGETS = ("grr_ratio", "nrr_ratio", "logo_retention_ratio")
TARGETS_TITLE = "Where the playbooks' targets sit"
TARGETS_HEAD = ("| Metric | Target | Whose | Medians below it | Medians at it | Medians above it | Upper quartiles |\n"
                + "|---" * 7 + "|")
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
         "mean": "mean", "target": "target", "rule": "rule", "share": "share"}
CONFIDENCE = {
    "primary": ("primary", "the publisher's own text or page was read"),
    "second_hand": ("second hand", "quoted by somebody else who names the publisher"),
    "derived": ("derived", "computed from published figures"),
    "practitioner": ("practitioner", "a known author's rule, without numbers behind it"),
    "seed_only": ("convention", "a practitioner playbook's threshold, without numbers behind it"),
}
HEAD = "| Publisher | Year | Applies to | Statistic | Value | Population | Confidence | Note |\n" + "|---" * 8 + "|"
SEGMENTS = {"enterprise": "enterprise", "mid_market": "mid-market", "smb": "SMB"}
TEAM_SEGMENTS = {**SEGMENTS, "strategic": "strategic", "high_touch": "high touch", "mid_touch": "mid touch",
                 "low_touch": "low touch", "tech_touch": "tech touch", "pooled": "pooled", "growth": "small accounts",
                 "scale": "scale"}
STAGES = {"seed": "seed", "series_a": "series A", "series_b": "series B", "growth": "growth", "late": "late"}
UNITS = {"ratio": "", "usd": "", "times": " times", "accounts": "", "hours": " h", "calls": " calls",
         "months": " months", "weeks": " weeks", "days": " days", "reports": " reports", "csms": " CSMs",
         "people": " people", "customers": " customers", "managers": " managers", "references": " references",
         "points": " points"}

# title of the section -> metric -> what its rows are called
COVERAGE = {
    "ARR per CSM": {"arr_per_csm": "ARR per CSM", "named_floor_arr": "Least ARR of a named account"},
    "Accounts per CSM": {"accounts_per_csm": "Accounts per CSM"},
    "Hours": {"delivered_hours": "Delivered by a CSM a year", "hours_per_account": "For an account a year",
              "reassignment_hours": "Handing over an account", "capacity_buffer_ratio": "Buffer",
              "pooled_occupancy_ratio": "Occupancy of a pool, at most", "pooled_calls": "Calls of a pooled CSM"},
    "Pay and cost": {"csm_ote": "On-target pay a year", "csm_total_pay": "Total pay a year",
                     "variable_pay_ratio": "Variable share of on-target pay", "loaded_cost": "Loaded cost a year",
                     "loaded_cost_multiple": "Loaded cost over on-target pay",
                     "pay_on_retention_ratio": "Companies that pay CSMs on GRR or NRR"},
    "Weights of variable pay": {f"{measure}_weight_ratio": measure.replace("_", " ") for measure in (
        "gross_retention", "net_retention", "retention", "renewal", "expansion", "health", "activity", "outcome")},
    "Ramp": {"csm_half_ramp": "Half productive after", "csm_ramp": "Fully productive after",
             "ramp_output_ratio": "Mean output during the ramp"},
    "Hiring and leaving": {"time_to_fill": "Time to fill", "slow_fill_ratio": "Roles that take over 90 days",
                           "approval_to_start": "Approval to start",
                           "csm_attrition_ratio": "CSMs who leave in a year",
                           "staff_turnover_ratio": "Staff who leave in a year"},
    "Managers": {"manager_span": "Reports of a manager", "first_manager_in_a_tier": "First manager, CSMs in one tier",
                 "first_manager_overall": "First manager, CSMs in all"},
}
TEAM = {
    "Team and company by stage": {"team_size": "People in CS", "stage_staff": "Staff of the company"},
    "Leaving a stage": {"stage_left_customers": "Customers", "stage_left_arr": "ARR", "stage_left_csms": "CSMs"},
    "Phases by customers": {"founding_customers": "founding", "first_hire_customers": "first hire",
                            "specialisation_customers": "specialisation", "scale_customers": "scale"},
    "First roles": {"first_csm_customers": "First CSM, customers",
                    "first_csm_founder_time_ratio": "First CSM, founder's week on customers",
                    "support_customers": "Support, customers", "cs_ops_admin_ratio": "CS operations, share of CSM time",
                    "cs_ops_csms": "CS operations, CSMs",
                    "customer_marketing_references": "Customer marketing, public references"},
    "CSM and account manager": {"am_split_acv": "Split, contract value", "combined_limit_arr": "One role for both, ARR",
                                "own_renewal_and_expansion_ratio": "Own renewal and expansion",
                                "renewal_goals_ratio": "Have renewal goals"},
    "Leaders": {"director_csms": "Director or VP, CSMs", "director_span": "Led by a director",
                "cco_floor_arr": "CCO, ARR"},
    "Order": {"next_role_after": "Next role, after the one before", "sequence_horizon": "Planned ahead",
              "headcount_within_ratio": "Headcount from required, at most"},
    "Sentiment and value": {"nps": "NPS", "time_to_value_days": "Time to value"},
}
ONE_LINE = {"Weights of variable pay": "Weights", "Phases by customers": "Customers of a phase"}
COVERAGE_HEAD = "| What | Publisher | Year | Statistic | Value | Population | Confidence | Note |\n" + "|---" * 8 + "|"

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

## Index

{index}
"""

COVERAGE_OPENING = """# Coverage benchmarks: no published ratio of customers or ARR per CSM has an audited source

Load when: somebody asks how many accounts or how much ARR others give a CSM, what a CSM is paid, how long hiring and
ramp take, how many reports a manager has, or where a comparison of the coverage report comes from.

Made from `scripts/cslib/benchmarks.json` by `python tests/make_references.py`. Change the JSON, never this page.

- Two reviews looked for an audited ratio and found none (Customer Success Association; guide C). Derive the load from
  hours, then look here.
- Quote one row with publisher, year, population and confidence. Never average publishers, and never quote a rule or a
  convention as "the industry": nobody measured it. Words for confidence and statistic: `benchmarks.md`.
- Surveys exist of load (second hand or undated), of pay, and for all occupations of time to fill and span. **Nobody has
  measured how many CSMs leave, nor how long they take to ramp.** Those rows are rules.
- Playbooks A and B are two skill documents in common use; guides C, D and E are documents by single authors. A name
  before a value says for whom it is meant. Amounts are in USD. What CS costs as a share of ARR: `benchmarks.md`.
- No row enters a sum. The script computes with `policy.json`; `coverage_definitions.md` says on what each value rests.
"""


TEAM_OPENING = """# Team benchmarks: when a role is due is a convention, and surveys of sentiment disagree

Load when: somebody asks how large a CS team others have at a stage, when others hire a role, who owns renewals
elsewhere, or what NPS and time to value others report.

Made from `scripts/cslib/benchmarks.json` by `python tests/make_references.py`. Change the JSON, never this page.

- **Nobody has measured when a role pays.** Team sizes and triggers are conventions of two playbooks, A and B. Say so.
- Three vendors give the NPS of B2B software and lie 11 points apart: each has its own sample. Compare your NPS with
  your own of last year, asked in the same way, and with nothing else.
- Time to value was measured for self-serve products only. No figure exists for products that somebody implements.
- CSAT and effort scores are left out: published CSAT lies anywhere from 68% to 80%, and effort is asked on two scales
  of opposite direction.
- Managers, span, ramp, pay and time to fill: `coverage_benchmarks.md`. Retention: `benchmarks.md`, where the words for
  confidence and statistic are explained too. Amounts are in USD.
- No row enters a sum. The scripts compute with `policy.json`; on what each value rests: `hiring_definitions.md` and
  `scorecard_definitions.md`.
"""


SECTIONS = {
    "org": "Team, people and pay", "segmentation": "Tiers as a service", "metrics": "Figures of the team",
    "playbooks": "Something happened, or is due", "executive": "People who decide", "technology": "Tools",
    "value": "What the customer gets", "journey": "The customer's way",
    "review": "Before a decision, and every quarter",
}
SECTIONS_OPENING = """# Which rule page to load: one, the one whose condition is the question

Load when: the names of rule pages in `SKILL.md` leave open which one fits.

Made from the first lines of the rules by `python tests/make_references.py`. Change the rule, never this page.

- A figure with a key in brackets is a policy value or a benchmark: `--policy FILE` changes the first, the pages of
  benchmarks have the source of the second. Every other figure is a practitioner's value: say so when you quote it.
- A and B are the two practitioner playbooks that these rules drew on; where they disagree: `source_conflicts.md`.
- The user's own contract, law and measured figures overrule a rule.
"""


def page(entries: Sequence[dict], policy: dict) -> str:
    """The whole Markdown page of rates."""
    by_id = {entry["id"]: entry for entry in entries}
    opening = OPENING.format(
        aleph=value(by_id["aleph_benchmarkit_2026.grr"]), saas=value(by_id["saas_capital_2025.grr"]),
        confidence="\n".join(f"| {name} | {meaning} |" for name, meaning in CONFIDENCE.values()),
        index="\n".join(f"- {title}" for title in [TARGETS_TITLE, *TITLES.values()]))
    sections = [section(metric, [e for e in entries if e["metric"] == metric]) for metric in TITLES]
    return opening + targets_section(entries, policy) + "".join(sections)


def targets_section(entries: Sequence[dict], policy: dict) -> str:
    """Each target of the two playbooks among the surveys of all companies, publishers side by side."""
    rows = []
    for metric in TARGETS:
        measured = [entry for entry in entries if entry["metric"] == metric and scope(entry) == "all"]
        for target, whose in sorted(targets(metric, measured, policy).items()):
            medians = [entry for entry in measured if entry["stat"] == "median"]
            upper = [entry for entry in measured if entry["stat"] == "p75"]
            cells = (TITLES[metric], per_cent(target), "; ".join(whose),
                     _surveys(entry for entry in medians if entry["high"] < target),
                     _surveys(entry for entry in medians if entry["low"] <= target <= entry["high"]),
                     _surveys(entry for entry in medians if entry["low"] > target), _surveys(upper))
            rows.append("| " + " | ".join(cells) + " |")
    return (f"\n## {TARGETS_TITLE}\n\nSurveys of all companies only. Playbook A sets its targets by stage (the bands of"
            " `policy.json`), playbook B as\ngood and great. A target above the medians and at an upper quartile is an "
            f"aim of the best quarter, not what is usual.\n\n{TARGETS_HEAD}\n" + "\n".join(rows) + "\n")


def targets(metric: str, measured: Sequence[dict], policy: dict) -> dict[Decimal, list[str]]:
    """Who sets which target for a metric: A's healthy floors by stage, B's good and great."""
    found: dict[Decimal, list[str]] = {}
    for stage, bands in policy["retention_bands"].items():
        if bands[metric]["healthy"] is not None:
            found.setdefault(bands[metric]["healthy"].normalize(), []).append(f"A, {stage}")
    for entry in measured:
        if entry["stat"] == "target":
            for word, amount in (("good", entry["low"]), ("great", entry["high"])):
                found.setdefault(amount.normalize(), []).append(f"B, {word}")
    return found


def _surveys(entries: Iterable[dict]) -> str:
    """`Aleph 84% (2026), SaaS Capital 91% (2025)`, lowest first; a dash for none."""
    lowest_first = sorted(entries, key=lambda entry: (entry["low"], entry["source"]))
    return ", ".join(f"{re.split(', | and ', entry['source'])[0]} {value(entry)} ({entry['year']})"
                     for entry in lowest_first) or "-"


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


def norms_page(opening: str, titles: dict[str, dict[str, str]], entries: Sequence[dict]) -> str:
    """The whole Markdown page of figures about a team, in the order of the titles and of their metrics."""
    sections = []
    for title, metrics in titles.items():
        rows = [(entry, label) for metric, label in metrics.items() for entry in entries if entry["metric"] == metric]
        lines: dict[tuple, list[tuple[dict, str]]] = {}
        for entry, label in rows:
            what = ONE_LINE.get(title, label)
            place = "" if entry["stage"] is None else f", {STAGES[entry['stage']]}"
            key = (what + place, *(entry[key] for key in ("source", "year", "stat", "population", "confidence")))
            lines.setdefault(key, []).append((entry, label if title in ONE_LINE else _team(entry)))
        sections.append(f"\n## {title}\n\n{COVERAGE_HEAD}\n" + "".join(
            _team_row(key[0], members) + "\n" for key, members in lines.items()))
    return opening + "".join(sections)


def _team_row(what: str, members: Sequence[tuple[dict, str]]) -> str:
    """Figures of one publisher that are alike in all but whom they are for, in one line."""
    first = members[0][0]
    several = len({entry["note"] for entry, _ in members if entry["note"]}) > 1
    notes = [f"{name}: {entry['note']}" if several else entry["note"] for entry, name in members if entry["note"]]
    cells = (what, first["source"], "not given" if first["year"] is None else str(first["year"]), STATS[first["stat"]],
             "; ".join(f"{name} {quantity(entry)}".strip() for entry, name in members), first["population"],
             CONFIDENCE[first["confidence"]][0], "; ".join(dict.fromkeys(notes)))
    return "| " + " | ".join(cells) + " |"


def _team(entry: dict) -> str:
    """Whom a figure about a team is for: `strategic`, `mid-market (ACV 25K to 100K)`, or nothing for all."""
    band = "" if (entry["acv_low"], entry["acv_high"]) == (None, None) else (
        f"ACV {_band(entry['acv_low'], entry['acv_high'])}")
    segment = "" if entry["segment"] is None else TEAM_SEGMENTS[entry["segment"]]
    return f"{segment} ({band})" if segment and band else segment or band


def quantity(entry: dict) -> str:
    """A figure about a team with its unit: `300K to 1M`, `500 and above`, `26%`, `8 weeks`, `1 month`."""
    low, high, unit = entry["low"], entry["high"], UNITS[entry["unit"]]
    shown = {"ratio": per_cent, "usd": _money}.get(entry["unit"], lambda amount: f"{Decimal(amount).normalize():,f}")
    if low == high:
        return "none" if low == 0 else shown(low) + (unit.rstrip("s") if low == 1 else unit)
    return f"{shown(low)}{unit} and above" if high is None else f"{shown(low)} to {shown(high)}{unit}"


def _money(amount: Decimal) -> str:
    """`300K`, `1.72M`."""
    unit, letter = (1_000_000, "M") if amount >= 1_000_000 else (1_000, "K")
    return f"{(Decimal(amount) / unit).normalize():f}{letter}"


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


def sections_page(rules: Sequence[Path]) -> str:
    """The index of the rules: by section, each page with the condition to load it."""
    said = [SECTIONS_OPENING]
    for name, title in SECTIONS.items():
        said.append(f"\n## {title}\n\n")
        for path in rules:
            if path.stem.split("-")[0] == name:
                opening = path.read_text(encoding="utf-8").split("\n\n", 2)
                condition = " ".join(opening[1].split()).removeprefix("Load when: ").rstrip(".")
                said.append(f"- `{path.name}`: {condition}.\n")
    return "".join(said)


def pages(entries: Sequence[dict], policy: dict) -> dict[Path, str]:
    """Each generated page with what belongs into it."""
    norms = [entry for entry in entries if entry["period"] is None]
    return {PAGE: page([entry for entry in entries if entry["period"] is not None], policy),
            COVERAGE_PAGE: norms_page(COVERAGE_OPENING, COVERAGE, norms),
            TEAM_PAGE: norms_page(TEAM_OPENING, TEAM, norms),
            SECTIONS_PAGE: sections_page(sorted(RULES.glob("[a-z]*.md")))}


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0, or 1 when `--check` finds a page that differs, or 2 for any other argument."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: make_references.py [--check]", file=sys.stderr)
        return 2
    made = pages(*(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
                   for path in (ENTRIES, POLICY)))
    if not arguments:
        for path, text in made.items():
            path.write_bytes(text.encode("utf-8"))
        return 0
    differing = [path.name for path, text in made.items()
                 if not path.is_file() or path.read_text(encoding="utf-8") != text]
    print(f"{', '.join(differing)} differs" if differing else "as made", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
