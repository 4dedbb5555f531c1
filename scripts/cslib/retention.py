"""Retention ratios of any set of customers, and what a stage's bands say of them.

Definitions: references/metric_definitions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Callable, NamedTuple, Optional

from cslib.cohorts import Movement, Part
from cslib.months import MONTHS_IN_A_YEAR
from cslib.policy import STAGE_GROUPS

VERDICTS = ("healthy", "concerning", "critical")


class Verdicts(NamedTuple):
    """One word per measure, by this stage's bands; all None without a stage."""

    grr: Optional[str]
    nrr: Optional[str]
    logo: Optional[str]
    contraction: Optional[str]
    expansion: Optional[str]


class Rates(NamedTuple):
    """The ratios of one period; None where nothing was there at the start."""

    grr_ratio: Optional[Decimal]
    nrr_ratio: Optional[Decimal]
    logo_retention_ratio: Optional[Decimal]
    churn_ratio: Optional[Decimal]
    contraction_ratio: Optional[Decimal]
    expansion_ratio: Optional[Decimal]


class Retained(NamedTuple):
    """One set of customers: its bridge in ARR, its ratios, its verdicts. `annualised` is None for twelve months."""

    name: Optional[str]
    starting_arr: Decimal
    new_arr: Decimal
    reactivated_arr: Decimal
    expansion_arr: Decimal
    contraction_arr: Decimal
    churned_arr: Decimal
    ending_arr: Decimal
    starting_customers: int
    churned_customers: int
    grr_ratio: Optional[Decimal]
    nrr_ratio: Optional[Decimal]
    logo_retention_ratio: Optional[Decimal]
    churn_ratio: Optional[Decimal]
    contraction_ratio: Optional[Decimal]
    expansion_ratio: Optional[Decimal]
    annualised: Optional[Rates]
    verdicts: Verdicts
    leaky_bucket: Optional[bool]

    @property
    def mean_arr(self) -> Optional[Decimal]:
        """Starting ARR of the average customer; None without one."""
        return self.starting_arr / self.starting_customers if self.starting_customers else None

    @property
    def lost_arr(self) -> Decimal:
        return self.churned_arr + self.contraction_arr

    @property
    def annual(self) -> Rates:
        """The ratios that annual bands may judge."""
        return self.annualised or Rates(*(getattr(self, name) for name in Rates._fields))


def added(movements: Iterable[Movement]) -> Movement:
    """The bridge of all of them together."""
    rows = list(movements)
    contracted = [row.contracted_customers for row in rows]
    sums = [sum((row[n] for row in rows), Movement()[n]) for n in range(len(Movement._fields) - 1)]
    return Movement(*sums, None if None in contracted else sum(contracted))


def rolled_up(parts: Iterable[Part], key: Callable[[Part], Optional[str]]) -> dict[Optional[str], Movement]:
    """The bridge for each value of the key, parts without one under None."""
    groups: dict[Optional[str], list[Movement]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part.movement)
    return {name: added(movements) for name, movements in groups.items()}


def rates(movement: Movement) -> Rates:
    """GRR capped per customer, NRR and logo retention over the customers that were there at the start."""
    start = movement.starting_arr
    if not start:
        return Rates(None, None, None, None, None, None)
    kept = start - movement.churned_arr - movement.contraction_arr
    stayed = Decimal(movement.starting_customers - movement.churned_customers)
    return Rates(kept / start, (kept + movement.expansion_arr) / start, stayed / movement.starting_customers,
                 movement.churned_arr / start, movement.contraction_arr / start, movement.expansion_arr / start)


def annualised(period: Rates, months: int) -> Optional[Rates]:
    """The same ratios compounded to twelve months; None for a period that is twelve months already."""
    if months == MONTHS_IN_A_YEAR:
        return None
    power = Decimal(MONTHS_IN_A_YEAR) / months

    def kept(ratio: Optional[Decimal]) -> Optional[Decimal]:
        return ratio if ratio is None or not ratio else ratio ** power

    def lost(ratio: Optional[Decimal]) -> Optional[Decimal]:
        return None if ratio is None else 1 - kept(1 - ratio)

    grown = None if period.expansion_ratio is None else (1 + period.expansion_ratio) ** power - 1
    return Rates(kept(period.grr_ratio), kept(period.nrr_ratio), kept(period.logo_retention_ratio),
                 lost(period.churn_ratio), lost(period.contraction_ratio), grown)


def retained(name: Optional[str], movement: Movement, months: int, stage: Optional[str], settings: dict) -> Retained:
    """Figures and verdicts of one set of customers."""
    period = rates(movement)
    year = annualised(period, months)
    bucket = settings["leaky_bucket"]
    annual = year or period
    leaky = None if annual.grr_ratio is None else (
        annual.nrr_ratio >= bucket["nrr_floor_ratio"] and annual.grr_ratio <= bucket["grr_ceiling_ratio"])
    return Retained(name, *movement[:6], movement.ending_arr, movement.starting_customers, movement.churned_customers,
                    *period, year, verdicts(annual, stage, settings), leaky)


def verdicts(annual: Rates, stage: Optional[str], settings: dict) -> Verdicts:
    """The words for annual ratios at a stage: floors are one-sided and the better band owns equality."""
    if stage is None or annual.grr_ratio is None:
        return Verdicts(None, None, None, None, None)
    bands = settings["retention_bands"][STAGE_GROUPS[stage]]
    logo_floor = bands["logo_retention_ratio"]["healthy"]
    return Verdicts(
        band(annual.grr_ratio, bands["grr_ratio"]), band(annual.nrr_ratio, bands["nrr_ratio"]),
        None if logo_floor is None else _at_least(annual.logo_retention_ratio, logo_floor),
        "healthy" if annual.contraction_ratio < settings["contraction_ceiling_ratio"] else "concerning",
        _at_least(annual.expansion_ratio, settings["expansion_floor_ratio"]))


def band(ratio: Decimal, floors: dict) -> str:
    """`healthy`, `concerning` or `critical`."""
    return next((word for word in VERDICTS[:2] if ratio >= floors[word]), VERDICTS[2])


def _at_least(ratio: Decimal, floor: Decimal) -> str:
    return "healthy" if ratio >= floor else "concerning"


def worst(words: Iterable[Optional[str]]) -> Optional[str]:
    """The worst of the words that are known; None when none is."""
    return max((word for word in words if word), key=VERDICTS.index, default=None)
