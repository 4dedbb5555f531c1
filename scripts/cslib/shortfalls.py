"""Months in which a tier's team does less than is asked of it, and what can be dropped meanwhile; who is left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.cohort_checks import money
from cslib.demand import Path
from cslib.figures import rounded
from cslib.months import MONTHS_IN_A_YEAR, month_index, month_name
from cslib.service_models import Service, motion_hours, planning_hours
from cslib.team import ZERO, Posts, missing

ONE = Decimal(1)


class ShortTier(NamedTuple):
    """A tier that lacks people in some month. `peak_month` is that of the highest load, which is None without capacity.

    `peak_fte` are missing in it, `fte_months` in all short months together. Months are `2026-12`.
    """

    tier: str
    first_month: str
    peak_load_ratio: Optional[Decimal]
    peak_month: str
    peak_fte: Decimal
    fte_months: Decimal


class Dropped(NamedTuple):
    """A motion left out: its hours for an account and year, and those it frees in the peak month in the whole tier."""

    motion: str
    per_account_hours: Decimal
    hours: Decimal


class Gap(NamedTuple):
    """What no hire can close any more: as ShortTier, with the hours missing in all short months and the last of them.

    `accounts` are those of the peak month that nobody has time for. `dropped` covers that month's missing hours as far
    as the model's motions go; it is empty where the hours suffice and only the accounts by CSM are too many, and where
    the hours were measured, of which the motions are not known.
    """

    tier: str
    first_month: str
    peak_month: str
    peak_load_ratio: Optional[Decimal]
    peak_fte: Decimal
    fte_months: Decimal
    hours: Decimal
    until: str
    accounts: Decimal
    dropped: tuple[Dropped, ...]


class Surplus(NamedTuple):
    """FTE that a tier does not need in any month up to the horizon."""

    tier: str
    fte: Decimal


class TierLoad(NamedTuple):
    """A tier today; `load_ratio` is the work for each CSM, None where there are none or nobody knows."""

    tier: str
    customers: Decimal
    arr: Decimal
    csms: Optional[Decimal]
    load_ratio: Optional[Decimal]

    @property
    def unserved_ratio(self) -> Decimal:
        """The share of the work that nobody does, 1 where nobody is there for any.

        Of the load to six places, as a result holds it: exact, and read from a result, it is one and the same.
        """
        if self.load_ratio is None:
            return ONE if self.csms == 0 and self.customers else ZERO
        return 1 - 1 / max(ONE, rounded(self.load_ratio, 6))


class _Short(NamedTuple):
    """The states in which a tier is short, the one of the highest load, and FTE missing there and in all."""

    states: tuple[int, ...]
    peak: int
    load_ratio: Optional[Decimal]
    peak_fte: Decimal
    fte_months: Decimal


def load(demand: Decimal, capacity: Optional[Decimal]) -> Optional[Decimal]:
    """What is asked for over what is there, None where nothing is or nobody knows."""
    return demand / capacity if capacity else None


def unserved_arr(tiers: Iterable[TierLoad]) -> Decimal:
    """The ARR of the tiers that lack CSMs today, by the share of their work that nobody does, to the cent."""
    return money(sum((tier.arr * tier.unserved_ratio for tier in tiers), ZERO))


def _short(demand: Sequence[Decimal], capacity: Sequence[Decimal], least_gap: Decimal) -> Optional[_Short]:
    lacking = {t: missing(demand[t], capacity[t]) for t in range(1, len(demand))}
    states = tuple(t for t, fte in lacking.items() if fte > least_gap)
    if not states:
        return None
    peak = max(states, key=lambda t: (not capacity[t], load(demand[t], capacity[t]) or lacking[t], -t))
    return _Short(states, peak, load(demand[peak], capacity[peak]), lacking[peak],
                  sum((lacking[t] for t in states), ZERO))


def short_tier(path: Path, capacity: Sequence[Decimal], least_gap: Decimal, as_of: date) -> Optional[ShortTier]:
    """Where and how much a tier is short in the states after today; None where it never is by more than `least_gap`."""
    short = _short(path.demand, capacity, least_gap)
    if short is None:
        return None
    return ShortTier(path.tier, _label(as_of, short.states[0]), short.load_ratio, _label(as_of, short.peak),
                     short.peak_fte, short.fte_months)


def gap(path: Path, capacity: Sequence[Decimal], least_gap: Decimal, service: Service, as_of: date,
        rules: Mapping) -> Optional[Gap]:
    """The same as a Gap, of the capacity with the plan."""
    short = _short(path.demand, capacity, least_gap)
    if short is None:
        return None
    at, month = short.peak, planning_hours(rules) / MONTHS_IN_A_YEAR
    lacking = missing(path.by_hours[at], capacity[at]) * month
    return Gap(path.tier, _label(as_of, short.states[0]), _label(as_of, at), short.load_ratio, short.peak_fte,
               short.fte_months, short.fte_months * month, _label(as_of, short.states[-1]),
               path.customers[at] * short.peak_fte / path.demand[at],
               () if service.measured else _dropped(service.model, path.customers[at], lacking, rules))


def _dropped(model: str, customers: Decimal, lacking: Decimal, rules: Mapping) -> tuple[Dropped, ...]:
    """The motions to leave out, in the policy's order, until the hours that are lacking in a month are free."""
    motions, hours, found = rules["models"][model]["motions"], motion_hours(model, rules), []
    for motion in sorted((name for name, each in motions.items() if each["drop"]), key=lambda n: motions[n]["drop"]):
        if lacking <= 0:
            break
        freed = customers * hours[motion] / MONTHS_IN_A_YEAR
        if freed:
            found.append(Dropped(motion, hours[motion], freed))
            lacking -= freed
    return tuple(found)


def surplus(path: Path, counted: Sequence[Decimal], posts: Posts) -> Optional[Surplus]:
    """What a tier has over in every month, once everybody is over their ramp; None where that is no post."""
    over = min(-missing(asked, there) for asked, there in zip(path.demand[1:], counted[1:]))
    fte = posts.down(over)
    return Surplus(path.tier, fte) if over > posts.least_gap and fte else None


def _label(as_of: date, t: int) -> str:
    return month_name(month_index(as_of) + t)
