"""Decision B in one record: tiers, fit, money by tier, who should go, who deserves more, who moves, and the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple, Optional

from cslib import exits, fit_evidence, tier_rows, tiering
from cslib.customers import ZERO, Customer, Portfolio
from cslib.differentiation import Neighbours, differentiation, smells
from cslib.exits import Exit, NotJudged
from cslib.fit import BANDS, fits
from cslib.fit_evidence import Evidence
from cslib.levers import Leaving, Lever, leaving, levers
from cslib.migration import Migration
from cslib.service_cost import Served, served
from cslib.standings import Held
from cslib.tier_moves import Move, NearMiss, Overridden, settled
from cslib.tier_rows import Budget, TierRow
from cslib.tiering import Disagreement

VERDICTS = ("healthy", "concerning", "critical")
DESERVING = ("strong", "decent")


class Band(NamedTuple):
    """Paying customers of one band of fit, None for those who cannot be judged; `cost` is what is known of theirs."""

    band: Optional[str]
    customers: int
    arr: Decimal
    cost: Optional[Decimal]


class Icp(NamedTuple):
    """Fit over the book, best band first, and what the company's own losses say of it (None without losses)."""

    bands: tuple[Band, ...]
    evidence: Optional[Evidence]


class Due(NamedTuple):
    """Accounts of strong or decent fit, not on the exit list, that get less than their tier is due."""

    customers: int
    arr: Decimal
    shortfall: Decimal


class Apart(NamedTuple):
    """Accounts that cannot be on the exit list, by reason; `cost` is what is known of theirs."""

    reason: str
    customers: int
    arr: Decimal
    cost: Optional[Decimal]


class Segmentation(NamedTuple):
    """The whole answer, money of one year. Lists are in the order of the money at stake.

    `above_range` is the part of the excess that is above the tier's range as well. `levers` free most first and count
    nobody twice, `freed` is their sum. `over_served` and `deserving` leave out who is on the `kill_list`; `due` is None
    where no shortfall is known. `free` counts customers without ARR, who are in no tier, `renewal_passed` those paying
    whose renewal is not after the day. `overridden_ratio` is the share of customers that a written override keeps on
    top, `too_many_overrides` whether that is above the policy.

    `verdict` is None unless the costs are whole and known of half the ARR.
    """

    verdict: Optional[str]
    preset: str
    floors: dict[str, Decimal]
    measure: str
    budget: Budget
    above_range: Optional[Decimal]
    levers: tuple[Lever, ...]
    freed: Decimal
    tiers: list[TierRow]
    smells: tuple[str, ...]
    differentiation: list[Neighbours]
    leaving: Leaving
    kill_list: list[Exit]
    unprofitable: list[Served]
    over_served: list[Served]
    due: Optional[Due]
    deserving: list[Served]
    upgraded: Held
    upgrades: list[Move]
    downgraded: Held
    downgrades: list[Move]
    near_misses: list[NearMiss]
    migration: Optional[Migration]
    unconfirmed: dict[str, Held]
    overrides: list[Overridden]
    overridden_ratio: Optional[Decimal]
    too_many_overrides: bool
    disagreement: list[Disagreement]
    icp: Icp
    apart: tuple[Apart, ...]
    not_judged: list[NotJudged]
    free: int
    renewal_passed: Held
    book: dict[str, tuple[int, Decimal]]
    customers: list[Served]


def segmented(portfolio: Portfolio, preset: str, settings: Mapping) -> Segmentation:
    """The answer for a portfolio under one of the presets; `settings` are the whole policy."""
    rules = settings["segmentation"]
    paying = portfolio.paying
    free = [one for one in portfolio.customers if not one.arr]
    fit = fits([*portfolio.customers, *portfolio.lost], rules["icp"])
    placed = tiering.placement(preset, paying, settings)
    moved = settled(paying, placed, fit, settings, portfolio.as_of)
    accounts = served(paying, fit, placed.by_floor, moved.tiers, settings, portfolio.cost_is_partial)
    by_arr = placed.measure == tiering.ARR
    rows = tier_rows.tier_rows(accounts, placed.tiers, placed.floors if by_arr else None, settings)
    budget = tier_rows.budget(accounts, rows)
    exit_list = exits.exits(accounts, settings, portfolio.as_of)
    listed = {one.served.customer.id for one in exit_list}
    above = [one for one in accounts if one.excess]
    over = _by("excess", (one for one in above if one.customer.id not in listed))
    deserving = [one for one in accounts
                 if one.shortfall and one.fit.band in DESERVING and one.customer.id not in listed]
    apart = exits.not_judged(accounts, free, fit, settings)
    sums = leaving(exit_list, len(accounts) - sum(1 for row in apart if row.arr))
    changes = levers(sums, over, placed.tiers)
    tops = {row.tier: row.investment_high for row in rows}
    overridden = Decimal(sum(one.active for one in moved.overrides)) / len(paying) if paying else None
    return Segmentation(
        verdict=_verdict(budget, portfolio.cost_is_partial, rules["misplaced"]), preset=preset,
        floors=dict(zip(placed.tiers, placed.floors)), measure=placed.measure, budget=budget,
        above_range=None if budget.excess is None else _sum(
            max(one.customer.annual_cost_to_serve - tops[one.tier], ZERO) for one in above),
        levers=changes, freed=_sum(lever.gain for lever in changes), tiers=rows, smells=smells(rows, settings),
        differentiation=differentiation(rows, settings, portfolio.cost_is_partial), leaving=sums, kill_list=exit_list,
        unprofitable=exits.unprofitable(accounts, exit_list), over_served=over,
        due=None if budget.shortfall is None else Due(
            len(deserving), _sum(one.arr for one in deserving), _sum(one.shortfall for one in deserving)),
        deserving=_by("arr", deserving), upgraded=_total([move.customer for move in moved.upgrades]),
        upgrades=moved.upgrades, downgraded=_total([move.customer for move in moved.downgrades]),
        downgrades=moved.downgrades, near_misses=moved.near_misses, migration=moved.migration,
        unconfirmed=moved.unconfirmed, overrides=moved.overrides, overridden_ratio=overridden,
        too_many_overrides=overridden is not None and overridden > rules["most_overrides_ratio"],
        disagreement=tiering.disagreement(placed, paying, settings),
        icp=Icp(_bands(accounts), fit_evidence.evidence(portfolio, fit, rules["icp"], rules["evidence"])),
        apart=_apart(apart), not_judged=apart, free=len(free), renewal_passed=_total(
            [one for one in paying if one.renewal_date and one.renewal_date <= portfolio.as_of]),
        book={row.tier: (row.customers, row.arr) for row in rows if row.customers}, customers=_by("arr", accounts))


def _by(name: str, rows: Iterable[Served]) -> list[Served]:
    """The largest first, then by id."""
    return sorted(sorted(rows, key=lambda one: one.customer.id), key=attrgetter(name), reverse=True)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _total(some: Sequence[Customer]) -> Held:
    return Held(len(some), _sum(one.arr for one in some))


def _bands(accounts: Sequence[Served]) -> tuple[Band, ...]:
    held: dict[Optional[str], list[Customer]] = {band: [] for band in (*BANDS[::-1], None)}
    for one in accounts:
        held[one.fit.band].append(one.customer)
    return tuple(Band(band, *_known(some)) for band, some in held.items())


def _apart(rows: Sequence[NotJudged]) -> tuple[Apart, ...]:
    held: dict[str, list[Customer]] = {}
    for row in rows:
        held.setdefault(row.reason, []).append(row.customer)
    return tuple(Apart(reason, *_known(held[reason])) for reason in exits.REASONS if reason in held)


def _known(some: Sequence[Customer]) -> tuple[int, Decimal, Optional[Decimal]]:
    """Customers, their ARR, and what is known of their cost, None where nothing is."""
    costs = [one.annual_cost_to_serve for one in some if one.annual_cost_to_serve is not None]
    return len(some), _sum(one.arr for one in some), _sum(costs) if costs else None


def _verdict(budget: Budget, partial: bool, rules: Mapping) -> Optional[str]:
    if partial or budget.excess_ratio is None or budget.costed_arr < rules["least_costed_ratio"] * budget.arr:
        return None
    return VERDICTS[(budget.excess_ratio > rules["concerning_above_ratio"])
                    + (budget.excess_ratio > rules["critical_above_ratio"])]
