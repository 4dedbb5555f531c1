"""How often the verdicts are wrong, measured on simulated companies; a Markdown table, and exit 1 when a gate fails."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "scripts"), str(Path(__file__).resolve().parent)]

import companies
import usefulness
from cslib import trend, uncertainty

SIZES = (50, 200, 350)
LINE = 0.90
GATE = 0.05
ON_LINE = companies.churn_for(LINE, 0.10)
BOOTSTRAPPED = ("steady", "steady, cohorts grow 30%, churn only")
STEADY = (
    companies.Scenario("steady", ON_LINE),
    companies.Scenario("steady, cohorts grow 15% a quarter", ON_LINE, growth=1.15),
    companies.Scenario("steady, cohorts grow 30%, churn only", 1 - LINE, 0.0, 0.0, growth=1.3),
    companies.Scenario("steady, cohorts shrink 20%, churn only", 1 - LINE, 0.0, 0.0, growth=0.8),
    companies.Scenario("steady, small customers leave more", 0.10, size_ratio=-0.03),
    companies.Scenario("steady, large customers leave more", 0.10, size_ratio=0.03),
    companies.Scenario("steady, five years of history", ON_LINE, quarters=20, growth=1.05),
    companies.Scenario("steady, 10 points under the line", companies.churn_for(LINE - 0.10, 0.10)),
    companies.Scenario("steady, 6 points over the line", companies.churn_for(LINE + 0.06, 0.10)),
)
CHANGED = (
    companies.Scenario("falls 10 points over the cohorts", 0.05, fall_ratio=0.10),
    companies.Scenario("falls 20 points over the cohorts", 0.05, fall_ratio=0.20),
    companies.Scenario("falls 20 points, cohorts grow 15%", 0.05, fall_ratio=0.20, growth=1.15),
    companies.Scenario("one segment leaks 20 points", 0.05, leak_ratio=0.20),
)

SPOKEN = (STEADY[0], STEADY[-1], STEADY[-2], CHANGED[0], CHANGED[-1])
WORDED, USEFUL = 300, 0.90


class Figures(NamedTuple):
    """What the report would say of one company, and what is true of it."""

    truth: companies.Truth
    finding: str
    logo: uncertainty.Interval
    grr: uncertainty.Interval
    bca: uncertainty.Interval | None
    linearised: uncertainty.Interval
    told_from_truth: str
    told_from_line: str
    worst_segment: str


class Row(NamedTuple):
    """The shares and mean widths over the companies of one scenario and size; None where it was not asked."""

    scenario: companies.Scenario
    customers: int
    trend_ratio: float
    falling_ratio: float
    wrong_side_ratio: float
    told_ratio: float
    logo_covered: float
    logo_width: float
    grr_covered: float
    grr_width: float
    bca_covered: float | None
    bca_width: float | None
    linearised_covered: float
    linearised_width: float
    leak_found_ratio: float | None


def figures(made: companies.Company, bootstrap: bool) -> Figures:
    """The verdicts on one company, through the product's own functions."""
    pairs = [(account.start, account.end) for account in made.accounts]
    stayed = sum(end > 0 for _, end in pairs)
    ratio = float(sum(end for _, end in pairs) / sum(start for start, _ in pairs))
    half = 1.959963984540054 * uncertainty.ratio_standard_error(pairs)
    return Figures(made.truth, trend.cohort_trend(made.cells).finding, uncertainty.wilson(stayed, len(pairs)),
                   uncertainty.grr_interval(pairs), uncertainty.nrr_interval(pairs) if bootstrap else None,
                   uncertainty.Interval(max(0.0, ratio - half), ratio + half, "linearised"),
                   *(uncertainty.told_from(uncertainty.kept_at_kish(pairs), line)
                     for line in (made.truth.grr_ratio, LINE)),
                   _worst_segment(made))


def _worst_segment(made: companies.Company) -> str:
    def grr(segment: str) -> float:
        mine = [account for account in made.accounts if account.segment == segment]
        return float(sum(min(a.start, a.end) for a in mine) / sum(a.start for a in mine)) if mine else 1.0

    return min((name for name, _ in companies.SEGMENTS), key=grr)


def simulated(scenario: companies.Scenario, customers: int, number: int) -> list[Figures]:
    """The figures of so many companies, the same on every run and machine; half of them with the slow bootstrap."""
    bootstrapped = number // 2 if scenario.key in BOOTSTRAPPED else 0
    return [figures(companies.company(random.Random(f"{scenario.key} {customers} {index}"), customers, scenario),
                    index < bootstrapped) for index in range(number)]


def row(scenario: companies.Scenario, customers: int, number: int) -> Row:
    """What the verdicts on these companies were worth."""
    found = simulated(scenario, customers, number)
    bootstrapped = [f for f in found if f.bca is not None]
    return Row(scenario, customers,
               _share(f.finding in ("falling", "rising", "mixed") for f in found),
               _share(f.finding == "falling" for f in found),
               _share(f.told_from_truth != "cannot_tell" for f in found),
               _share(f.told_from_line != "cannot_tell" for f in found),
               _share(_holds(f.logo, f.truth.logo_ratio) for f in found), _width(f.logo for f in found),
               _share(_holds(f.grr, f.truth.grr_ratio) for f in found), _width(f.grr for f in found),
               _share(_holds(f.bca, f.truth.nrr_ratio) for f in bootstrapped) if bootstrapped else None,
               _width(f.bca for f in bootstrapped) if bootstrapped else None,
               _share(_holds(f.linearised, f.truth.nrr_ratio) for f in found), _width(f.linearised for f in found),
               _share(f.worst_segment == companies.SEGMENTS[-1][0] for f in found) if scenario.leak_ratio else None)


def _holds(interval: uncertainty.Interval, value: float) -> bool:
    return interval.low <= value <= interval.high


def _share(answers: Iterable[bool]) -> float:
    listed = list(answers)
    return sum(listed) / len(listed)


def _width(intervals: Iterable[uncertainty.Interval]) -> float:
    listed = list(intervals)
    return sum(interval.high - interval.low for interval in listed) / len(listed)


def failures(rows: Iterable[Row], gate: float = GATE) -> list[str]:
    """The gates that failed: a false trend where nothing changes, or a figure told from its true value."""
    return [f"{what} in {share:.1%} of reports: {each.scenario.key}, {each.customers} customers"
            for each in rows if not each.scenario.fall_ratio
            for what, share in (("a false trend", each.trend_ratio), ("a false distinguishable", each.wrong_side_ratio))
            if share > gate]


def _table(heads: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ("---",) * len(heads), *lines))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}"


def report(rows: list[Row], number: int) -> str:
    """The measured tables, in Markdown."""
    steady = _table(("Nothing changes", "Customers", "False trend", "False distinguishable", "Told from 90%",
                     "Logo covered", "Logo width", "GRR covered", "GRR width", "NRR BCa covered", "NRR BCa width",
                     "NRR linearised covered", "NRR linearised width"),
                    ((r.scenario.key, str(r.customers), *map(_percent, (
                        r.trend_ratio, r.wrong_side_ratio, r.told_ratio, r.logo_covered, r.logo_width, r.grr_covered,
                        r.grr_width, r.bca_covered, r.bca_width, r.linearised_covered, r.linearised_width)))
                     for r in rows if r.scenario in STEADY))
    changed = _table(("Something changes", "Customers", "Falling found", "Any trend", "Told from 90%", "GRR covered",
                      "Leaking segment is the lowest"),
                     ((r.scenario.key, str(r.customers), *map(_percent, (
                         r.falling_ratio, r.trend_ratio, r.told_ratio, r.grr_covered, r.leak_found_ratio)))
                      for r in rows if r.scenario in CHANGED))
    return f"{number} companies per line; all figures are per cent, widths are points.\n\n{steady}\n\n{changed}\n"


class Said(NamedTuple):
    """How often the first paragraph of the report is useful, and how often it names the segment that really leaks."""

    scenario: companies.Scenario
    customers: int
    useful_ratio: float
    leak_named_ratio: float | None


def said(scenario: companies.Scenario, customers: int, number: int) -> Said:
    """The first paragraphs on so many companies, held to the criterion of usefulness.py."""
    made = [companies.company(random.Random(f"{scenario.key} {customers} {index}"), customers, scenario)
            for index in range(number)]
    texts = [usefulness.first_words(each) for each in made]
    leaking = companies.SEGMENTS[-1][0]
    named = _share(usefulness.named_place(text) == leaking for text in texts) if scenario.leak_ratio else None
    return Said(scenario, customers, _share(map(usefulness.useful, made, texts)), named)


def words_report(rows: list[Said], number: int) -> str:
    """The measured table of first paragraphs, in Markdown."""
    table = _table(("First paragraph", "Customers", "Useful", "Names the segment that leaks"), (
        (r.scenario.key, str(r.customers), _percent(r.useful_ratio), _percent(r.leak_named_ratio)) for r in rows))
    return f"The first {number} of these companies, by the criterion of tests/usefulness.py.\n\n{table}\n"


def main() -> int:
    """0 when every gate holds, 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=1000, help="simulated companies per scenario and size")
    number = parser.parse_args().companies
    jobs = [(scenario, customers, number) for scenario in STEADY + CHANGED for customers in SIZES]
    with ProcessPoolExecutor() as pool:
        rows = list(pool.map(row, *zip(*jobs)))
        worded = min(number, WORDED)
        spoken = [(scenario, customers, worded) for scenario in SPOKEN for customers in SIZES]
        words = list(pool.map(said, *zip(*spoken)))
    print(report(rows, number))
    print(words_report(words, worded))
    faults = failures(rows) + [f"a useful first paragraph in {each.useful_ratio:.1%} of reports: {each.scenario.key}, "
                               f"{each.customers} customers" for each in words if each.useful_ratio < USEFUL]
    print("\n".join(f"Gate failed: {fault}" for fault in faults)
          or f"Every gate holds: at most {GATE:.0%} false verdicts, at least {USEFUL:.0%} useful first paragraphs.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
