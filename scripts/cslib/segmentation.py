"""Decision B in one record: tiers, fit, money by tier, who should go, who deserves more, who moves, and the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import exits, fit_evidence, tier_rows, tiering
from cslib.customers import Portfolio
from cslib.differentiation import Neighbours, differentiation, smells
from cslib.exits import Exit, NotJudged
from cslib.fit import BANDS, fits
from cslib.fit_evidence import Evidence
from cslib.migration import Migration
from cslib.service_cost import ZERO, Served, served
from cslib.tier_moves import Held, Move, NearMiss, Overridden, settled
from cslib.tier_rows import Budget, TierRow
from cslib.tiering import Disagreement

VERDICTS = ("healthy", "concerning", "critical")
EXITS, OVER_SERVED = "exits", "over_served"


class Band(NamedTuple):
    """Paying customers of one band of fit, None for those who cannot be judged; `cost` is what is known of theirs."""

    band: Optional[str]
    customers: int
    arr: Decimal
    cost: Decimal


class Icp(NamedTuple):
    """Fit over the book, best band first, and what the company's own losses say of it (None without losses)."""

    bands: tuple[Band, ...]
    evidence: Optional[Evidence]


class Lever(NamedTuple):
    """What a change frees a year: the exit list as proposed, or a tier served within what its accounts bear."""

    kind: str
    tier: Optional[str]
    customers: int
    arr: Decimal
    gain: Decimal


class Leaving(NamedTuple):
    """The exit list in sums: of how many `judged`, its ARR, what the proposals bring, who loses money or earns little.

    `unsure` counts those who may leave the list once their unknown signals are answered; `decide_by` is the first last
    day for notice that is still to come.
    """

    judged: int
    customers: int
    arr: Decimal
    gain: Decimal
    losing: int
    earning_little: int
    unsure: int
    decide_by: Optional[date]


class Apart(NamedTuple):
    """Accounts that cannot be on the exit list, by reason; `cost` is what is known of theirs."""

    reason: str
    customers: int
    arr: Decimal
    cost: Decimal


class Segmentation(NamedTuple):
    """The whole answer, money of one year. Lists are in the order of the money at stake.

    `levers` free most first and count nobody twice. `over_served` leaves out who is on the `kill_list`. `free` counts
    customers without ARR, who are in no tier. `overridden_ratio` is the share of customers that a written override
    keeps on top, `too_many_overrides` whether that is above the policy.

    `verdict` is None unless the costs are whole and known of half the ARR.
    """

    verdict: Optional[str]
    preset: str
    floors: dict[str, Decimal]
    measure: str
    budget: Budget
    levers: tuple[Lever, ...]
    tiers: list[TierRow]
    smells: tuple[str, ...]
    differentiation: list[Neighbours]
    leaving: Leaving
    kill_list: list[Exit]
    unprofitable: list[Served]
    over_served: list[Served]
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
    leaving = exits.exits(accounts, settings, portfolio.as_of)
    listed = {one.served.customer.id for one in leaving}
    overridden = Decimal(sum(one.active for one in moved.overrides)) / len(paying) if paying else None
    over = _by_money((one for one in accounts if one.excess and one.customer.id not in listed), "excess")
    apart = exits.not_judged(accounts, free, fit, settings)
    sums = _leaving(leaving, len(accounts) - sum(1 for row in apart if row.arr))
    return Segmentation(
        _verdict(budget, portfolio.cost_is_partial, rules["misplaced"]), preset, dict(zip(placed.tiers, placed.floors)),
        placed.measure, budget, _levers(sums, over, placed.tiers), rows, smells(rows, settings),
        differentiation(rows, settings, portfolio.cost_is_partial), sums, leaving,
        exits.unprofitable(accounts, leaving), over,
        _by_money((one for one in accounts if one.shortfall and one.fit.band in tier_rows.DESERVING_BANDS),
                  "shortfall"),
        _held(moved.upgrades), moved.upgrades, _held(moved.downgrades), moved.downgrades, moved.near_misses,
        moved.migration, moved.unconfirmed, moved.overrides, overridden,
        overridden is not None and overridden > rules["most_overrides_ratio"],
        tiering.disagreement(placed, paying, settings),
        Icp(_bands(accounts), fit_evidence.evidence(portfolio, fit, rules["icp"], rules["evidence"])),
        _apart(apart), apart, len(free), {row.tier: (row.customers, row.arr) for row in rows if row.customers},
        sorted(accounts, key=lambda one: (-one.customer.arr, one.customer.id)))


def _by_money(rows: Iterable[Served], name: str) -> list[Served]:
    return sorted(rows, key=lambda one: (-getattr(one, name), one.customer.id))


def _held(rows: Sequence[Move]) -> Held:
    return Held(len(rows), sum((row.customer.arr for row in rows), ZERO))


def _leaving(rows: Sequence[Exit], judged: int) -> Leaving:
    earning = [row.served.earning for row in rows]
    return Leaving(judged, len(rows), sum((row.served.customer.arr for row in rows), ZERO),
                   sum((row.gain for row in rows), ZERO), earning.count("loses_money"), earning.count("earns_little"),
                   sum(1 for row in rows if not row.certain),
                   min((row.not_renewing.notice_by for row in rows if row.not_renewing.notice in ("open", "ahead")),
                       default=None))


def _levers(leaving: Leaving, over: Sequence[Served], tiers: Sequence[str]) -> tuple[Lever, ...]:
    found = [Lever(EXITS, None, leaving.customers, leaving.arr, leaving.gain)]
    for tier in tiers:
        inside = [one for one in over if one.tier == tier]
        found.append(Lever(OVER_SERVED, tier, len(inside), sum((one.customer.arr for one in inside), ZERO),
                           sum((one.excess for one in inside), ZERO)))
    return tuple(sorted((lever for lever in found if lever.gain > 0), key=lambda lever: -lever.gain))


def _bands(accounts: Sequence[Served]) -> tuple[Band, ...]:
    sums: dict[Optional[str], list] = {band: [0, ZERO, ZERO] for band in (*BANDS[::-1], None)}
    for one in accounts:
        total = sums[one.fit.band]
        total[0] += 1
        total[1] += one.customer.arr
        total[2] += one.customer.annual_cost_to_serve or ZERO
    return tuple(Band(band, *total) for band, total in sums.items())


def _apart(rows: Sequence[NotJudged]) -> tuple[Apart, ...]:
    sums: dict[str, list] = {}
    for row in rows:
        total = sums.setdefault(row.reason, [0, ZERO, ZERO])
        total[0] += 1
        total[1] += row.arr
        total[2] += row.cost or ZERO
    return tuple(Apart(reason, *sums[reason]) for reason in exits.REASONS if reason in sums)


def _verdict(budget: Budget, partial: bool, rules: Mapping) -> Optional[str]:
    if partial or budget.excess_ratio is None or budget.costed_arr < rules["least_costed_ratio"] * budget.arr:
        return None
    return VERDICTS[(budget.excess_ratio > rules["concerning_above_ratio"])
                    + (budget.excess_ratio > rules["critical_above_ratio"])]
