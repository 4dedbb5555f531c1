"""Simulated companies whose true retention is known, for calibration and for laws over many books.

Every customer has one renewal a year, counted from a quarter of its own: it leaves, shrinks, grows or stays. A trailing
year so holds exactly one renewal of every customer of its start, and the expected figures of that year are sums.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from cslib.trend import Cell

LOG_MEAN, LOG_SD = 9.6, 1.3
CONTRACTION, EXPANSION = 0.3, 0.3
SEGMENTS = (("Retail", 0.40), ("Health", 0.35), ("Logistics", 0.25))
REASONS = ("product_fit", "competitor_loss", "no_value_realized", "pricing", "champion_left", "company_event",
           "tactical_failure", "involuntary", "unknown")
FIRST_YEAR = 2022
_SEGMENT_BOUNDS = list(accumulate(share for _, share in SEGMENTS[:-1]))


class Scenario(NamedTuple):
    """What is true of a company: yearly churn and its change, the other moves, and how its cohorts grow.

    `churn_ratio` holds for the first cohort and rises in a straight line by `fall_ratio` to the last cohort that has
    been kept a year. `shrink_ratio` and `grow_ratio` are shares of the customers who stay. `growth` multiplies the size
    of each next cohort; `leak_ratio` is added to the churn of the last segment; `size_ratio` is added to churn for each
    standard deviation of the logarithm of ARR.
    """

    key: str
    churn_ratio: float
    shrink_ratio: float = 0.10
    grow_ratio: float = 0.30
    fall_ratio: float = 0.0
    growth: float = 1.0
    leak_ratio: float = 0.0
    size_ratio: float = 0.0
    quarters: int = 12


class Account(NamedTuple):
    """A customer of the start of the trailing year; `reason` is None while it stays."""

    id: str
    segment: str
    cohort: str
    start: Decimal
    end: Decimal
    reason: str | None


class Truth(NamedTuple):
    """The expected ratios of the trailing year, given who was a customer at its start and with how much ARR."""

    grr_ratio: float
    nrr_ratio: float
    logo_ratio: float


class Company(NamedTuple):
    """One simulated company: its trailing year, its cohorts at every age, and what is true of it."""

    scenario: Scenario
    accounts: tuple[Account, ...]
    cells: tuple[Cell, ...]
    truth: Truth


class _Life(NamedTuple):
    segment: str
    cohort: int
    churn_ratio: float
    arr: tuple[int, ...]


def churn_for(grr_ratio: float, shrink_ratio: float) -> float:
    """The churn that, with such a share of shrinking customers, gives this GRR."""
    return 1 - grr_ratio / (1 - shrink_ratio * CONTRACTION)


def cohort_name(index: int) -> str:
    """`2022-Q1` for the first cohort."""
    return f"{FIRST_YEAR + index // 4}-Q{index % 4 + 1}"


def company(rng: random.Random, customers: int, scenario: Scenario) -> Company:
    """A company with exactly so many customers at the start of its trailing year."""
    start = scenario.quarters - 5
    weights = list(accumulate(scenario.growth ** index for index in range(scenario.quarters)))
    lives: list[_Life] = []
    active = 0
    while active < customers:
        life = _life(rng, bisect(weights, rng.random() * weights[-1]), scenario)
        active += life.cohort <= start and life.arr[start - life.cohort] > 0
        lives.append(life)
    book = [life for life in lives if life.cohort <= start and life.arr[start - life.cohort] > 0]
    accounts = tuple(_account(rng, number, life, start - life.cohort) for number, life in enumerate(book, 1))
    return Company(scenario, accounts, _cells(lives, scenario.quarters), _truth(book, start, scenario))


def _life(rng: random.Random, cohort: int, scenario: Scenario) -> _Life:
    segment = SEGMENTS[bisect(_SEGMENT_BOUNDS, rng.random())][0]
    size = rng.gauss(0, 1)
    late = min(1.0, cohort / (scenario.quarters - 5))
    churn = scenario.churn_ratio + scenario.fall_ratio * late + scenario.size_ratio * size
    churn = min(1.0, max(0.0, churn + scenario.leak_ratio * (segment == SEGMENTS[-1][0])))
    arr, renewal = [max(100, round(math.exp(LOG_MEAN + LOG_SD * size)))], rng.randrange(1, 5)
    for age in range(1, scenario.quarters - cohort):
        arr.append(_renewed(rng, arr[-1], churn, scenario) if arr[-1] and (age - renewal) % 4 == 0 else arr[-1])
    return _Life(segment, cohort, churn, tuple(arr))


def _renewed(rng: random.Random, arr: int, churn: float, scenario: Scenario) -> int:
    if rng.random() < churn:
        return 0
    turn = rng.random()
    if turn < scenario.shrink_ratio:
        return round(arr * (1 - rng.uniform(0, 2 * CONTRACTION)))
    if turn > 1 - scenario.grow_ratio:
        return round(arr * (1 + rng.expovariate(1 / EXPANSION)))
    return arr


def _account(rng: random.Random, number: int, life: _Life, age: int) -> Account:
    end = life.arr[age + 4]
    return Account(f"A{number:04}", life.segment, cohort_name(life.cohort), Decimal(life.arr[age]), Decimal(end),
                   None if end else rng.choice(REASONS))


def _cells(lives: list[_Life], quarters: int) -> tuple[Cell, ...]:
    cells = []
    by_cohort: dict[int, list[tuple[int, ...]]] = {}
    for life in lives:
        by_cohort.setdefault(life.cohort, []).append(life.arr)
    for cohort, mine in sorted(by_cohort.items()):
        initial = Decimal(sum(arr[0] for arr in mine))
        cells += [Cell(cohort_name(cohort), age, len(mine), sum(arr[age] > 0 for arr in mine),
                       Decimal(sum(arr[age] for arr in mine)), initial)
                  for age in range(quarters - cohort)]
    return tuple(cells)


def _truth(book: list[_Life], start: int, scenario: Scenario) -> Truth:
    weights = [life.arr[start - life.cohort] for life in book]
    stay = math.fsum(weight * (1 - life.churn_ratio) for weight, life in zip(weights, book)) / sum(weights)
    kept = 1 - scenario.shrink_ratio * CONTRACTION
    return Truth(stay * kept, stay * (kept + scenario.grow_ratio * EXPANSION),
                 math.fsum(1 - life.churn_ratio for life in book) / len(book))
