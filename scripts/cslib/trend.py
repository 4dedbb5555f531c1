"""Does retention move from one acquisition cohort to the next? Cohorts are compared at equal age, never by calendar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import uncertainty

ALPHA = 0.05
ALIKE = 2


class Cell(NamedTuple):
    """One acquisition cohort (`2024-Q1`) at one age in quarters, with the ARR that it had when it was acquired."""

    cohort: str
    quarter: int
    customers: int
    active_customers: int
    arr: Decimal
    initial_arr: Decimal


class TrendPolicy(NamedTuple):
    """The age at which cohorts are compared, how many cohorts that takes, and the fall whose detection is reported."""

    fall_ratio: Decimal = Decimal("0.10")
    least_cohorts: int = 5
    age_quarters: int = 4


_DEFAULT = TrendPolicy()


class Point(NamedTuple):
    """One cohort at the age compared: the shares of its customers and of its initial ARR that it then has."""

    cohort: str
    customers: int
    logo_ratio: Decimal
    arr_ratio: Decimal


class TrendTest(NamedTuple):
    """One test: metric `logo` or `arr`, method `cochran_armitage` (statistic z) or `mann_kendall` (statistic S).

    `groups` counts the cohorts, or the joined cohorts, that were tested. `p_adjusted` is Holm's over the tests of the
    report; `direction` (`falling`, `rising`) is None unless `detected`.
    """

    metric: str
    method: str
    groups: int
    statistic: float
    p_value: float
    p_adjusted: float
    detected: bool
    direction: Optional[str]


class Trend(NamedTuple):
    """The answer; `finding` is `falling`, `rising`, `mixed`, `no_trend_detected`, `too_few_cohorts` or `no_variation`.

    `direction` is `falling` or `rising` where that is what was found, else None. `power` is the probability that the
    customer test would have seen customers kept fall by `fall_ratio` in a straight line over the cohorts.
    `left_out` counts cohorts that reached the age without customers or without initial ARR. `began_with` names a first
    cohort that is left out because it has more than twice the customers of any other: it holds the customers with whom
    the history began, who are older than their cohort says and so leave less often than new ones.
    """

    finding: str
    direction: Optional[str]
    age_quarters: Optional[int]
    cohorts: tuple[Point, ...]
    tests: tuple[TrendTest, ...]
    fall_ratio: Decimal
    power: Optional[float]
    left_out: int
    began_with: Optional[str]


def at_equal_age(cells: Sequence[Cell], age: int) -> list[Cell]:
    """The cells of the cohorts observed at this age in quarters, in order of acquisition."""
    return sorted((cell for cell in cells if cell.quarter == age), key=lambda cell: cell.cohort)


def cohort_trend(cells: Sequence[Cell], policy: TrendPolicy = _DEFAULT) -> Optional[Trend]:
    """The trend over cohorts at the headline age; None without history.

    Customers kept are tested by Cochran-Armitage, ARR kept by Mann-Kendall over neighbouring cohorts of like size.
    """
    if not cells:
        return None
    began_with = _began_with(cells)
    acquired = [cell for cell in cells if cell.cohort != began_with]
    age = _headline_age(acquired, policy)
    if age is None:
        return Trend("too_few_cohorts", None, None, (), (), policy.fall_ratio, None, 0, began_with)
    observed = at_equal_age(acquired, age)
    used = [cell for cell in observed if _usable(cell)]
    tests = _tests(used, policy.least_cohorts)
    directions = {test.direction for test in tests if test.detected}
    finding = ("mixed" if len(directions) > 1 else directions.pop() if directions
               else "no_trend_detected" if tests else "no_variation")
    return Trend(finding, finding if finding in ("falling", "rising") else None, age, tuple(map(_point, used)), tests,
                 policy.fall_ratio, _power(used, float(policy.fall_ratio)), len(observed) - len(used),
                 began_with)


def _usable(cell: Cell) -> bool:
    return cell.customers > 0 and cell.initial_arr > 0


def _began_with(cells: Sequence[Cell]) -> Optional[str]:
    customers = {cell.cohort: cell.customers for cell in cells}
    first = min(customers)
    others = max((size for cohort, size in customers.items() if cohort != first), default=0)
    return first if customers[first] > ALIKE * others else None


def _headline_age(cells: Sequence[Cell], policy: TrendPolicy) -> Optional[int]:
    """The policy's age if enough cohorts reached it, otherwise the largest age above zero that enough reached."""
    reached: dict[int, int] = {}
    for cell in cells:
        if _usable(cell) and 0 < cell.quarter <= policy.age_quarters:
            reached[cell.quarter] = reached.get(cell.quarter, 0) + 1
    return max((age for age, cohorts in reached.items() if cohorts >= policy.least_cohorts), default=None)


def _point(cell: Cell) -> Point:
    logo_ratio = Decimal(cell.active_customers) / cell.customers
    return Point(cell.cohort, cell.customers, logo_ratio, cell.arr / cell.initial_arr)


def _tests(cells: Sequence[Cell], least: int) -> tuple[TrendTest, ...]:
    found = []
    logo = uncertainty.cochran_armitage([cell.active_customers for cell in cells], [cell.customers for cell in cells])
    if logo is not None:
        found.append(("logo", "cochran_armitage", len(cells), *logo))
    groups = like_sized(cells, least)
    ratios = [sum(cell.arr for cell in group) / sum(cell.initial_arr for cell in group) for group in groups]
    if len(set(ratios)) > 1:
        found.append(("arr", "mann_kendall", len(ratios), *uncertainty.mann_kendall(ratios)))
    adjusted = uncertainty.holm([p_value for *_, p_value in found])
    return tuple(TrendTest(*test, p, p < ALPHA, ("rising" if test[3] > 0 else "falling") if p < ALPHA else None)
                 for test, p in zip(found, adjusted))


def like_sized(cells: Sequence[Cell], least: int) -> list[list[Cell]]:
    """Neighbouring cohorts joined until the largest group has at most twice the customers of the smallest.

    Never fewer than `least` groups, however unlike they are.
    A ratio of sums is skewed in a small cohort and less so in a large one, so where cohorts grow or shrink with time
    their medians drift without any change in retention, and Mann-Kendall would call the drift a trend.
    """
    for number in range(len(cells), least, -1):
        groups = _balanced(cells, number)
        sizes = [sum(cell.customers for cell in group) for group in groups]
        if max(sizes) <= ALIKE * min(sizes):
            return groups
    return _balanced(cells, min(least, len(cells)))


def _balanced(cells: Sequence[Cell], number: int) -> list[list[Cell]]:
    """The cells in so many runs of neighbours whose customers are as even as can be (least sum of squares)."""
    before = [0]
    for cell in cells:
        before.append(before[-1] + cell.customers)
    best: list[tuple[int, tuple[int, ...]]] = [(size * size, ()) for size in before]
    for runs in range(2, number + 1):
        best = [min(((best[cut][0] + (before[end] - before[cut]) ** 2, best[cut][1] + (cut,))
                     for cut in range(runs - 1, end)), default=(0, ())) for end in range(len(before))]
    cuts = (0,) + best[-1][1] + (len(cells),)
    return [list(cells[start:end]) for start, end in zip(cuts, cuts[1:])]


def _power(cells: Sequence[Cell], fall: float) -> Optional[float]:
    """The power of the customer test at half the level, which Holm asks of the first of two tests."""
    customers = [cell.customers for cell in cells]
    middle = sum(cell.active_customers for cell in cells) / sum(customers)
    start = min(1.0, middle + fall / 2)
    return uncertainty.cochran_armitage_power(customers, start, max(0.0, start - fall), ALPHA / 2)
