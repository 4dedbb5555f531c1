"""What the team and the plan cost, what each tier's hires must save to pay, and what waiting saves and loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book
from cslib.cohort_checks import money
from cslib.leak import Leak
from cslib.months import MONTHS_IN_A_YEAR
from cslib.service_models import Service
from cslib.spans import Span
from cslib.staffing import Month, Staffing, TierMonth, staffed
from cslib.team import ZERO, missing

QUARTER_MONTHS = 3
MANAGER = "manager"


class Spend(NamedTuple):
    """People and their loaded cost a year, to the cent, beside the ARR and the customers that they look after.

    None: `csms_fte` and all that is built on it where the CSMs of a tier with customers are unknown, `managers` and
    `manager_cost` where the managers are; then `total` is that of the CSMs alone. Ratios are None without ARR,
    amounts per account without customers.
    """

    csms_fte: Optional[Decimal]
    managers: Optional[Decimal]
    csm_cost: Optional[Decimal]
    manager_cost: Optional[Decimal]
    total: Optional[Decimal]
    arr: Decimal
    arr_ratio: Optional[Decimal]
    customers: Decimal
    per_account: Optional[Decimal]


class Cost(NamedTuple):
    """The plan in money. `run_rate_change` is what a year costs more in twelve months than now: the two totals apart.

    `hires_cost` and `moves_cost` are those up to the horizon, managers among the hires where it is known how many
    there are.
    """

    now: Spend
    in_12_months: Spend
    hires_cost: Decimal
    moves_cost: Decimal
    run_rate_change: Optional[Decimal]
    managers_known: bool


class BreakEven(NamedTuple):
    """What the hires of one tier cost a year, and the ARR of that tier that they must save for it.

    `saved_arr` is the ARR whose gross profit is their cost, `points_ratio` the share of the tier's ARR that it is, so
    in points of GRR, and `points_per_csm_ratio` that of one full post. `lost_arr` is what the tier lost in the last
    twelve months, `lost_share_ratio` the share of it that `saved_arr` is. None where unknown or undefined.
    """

    tier: str
    fte: Decimal
    cost_a_year: Decimal
    arr: Decimal
    points_ratio: Optional[Decimal]
    points_per_csm_ratio: Optional[Decimal]
    saved_arr: Optional[Decimal]
    lost_arr: Optional[Decimal]
    lost_share_ratio: Optional[Decimal]


class Waiting(NamedTuple):
    """What comes of putting every approval off by so many `months`, against the plan, up to the horizon.

    `saved` is the pay of hires and moves that is not spent. `fte_months` and `hours` are missing beyond what the plan
    lacks anyway, `accounts` and their `arr` are those that nobody has time for beyond the plan's, in the month in which
    the most FTE are.
    `break_even_loss_ratio` is the share of that ARR whose loss costs as much gross profit as is saved, None where there
    is none. `tier` lacks the most, `peak_load_ratio` is its highest load; None where nothing more is missing.
    """

    months: int
    saved: Decimal
    fte_months: Decimal
    hours: Decimal
    accounts: Decimal
    arr: Decimal
    break_even_loss_ratio: Optional[Decimal]
    tier: Optional[str]
    peak_load_ratio: Optional[Decimal]


def cost(book: Book, staffing: Staffing, spans: Sequence[Span], settings: Mapping, horizon: int) -> Cost:
    """The team's cost now and in twelve months with the plan; `settings` are the whole policy."""
    pay = settings["coverage"]["loaded_cost"]
    present = None if book.managers is None else book.managers * pay[MANAGER]
    now = _spend(staffing.months[0], book.managers, present, pay)
    by_then = [span for span in spans if span.start < MONTHS_IN_A_YEAR]
    later = _spend(staffing.months[MONTHS_IN_A_YEAR],
                   None if present is None else book.managers + _sum(span.added for span in by_then),
                   None if present is None else present + _sum(span.cost_a_year for span in by_then), pay)
    return Cost(now, later,
                _sum(hire.cost for hire in staffing.hires) + _sum(span.cost for span in spans if span.cost is not None),
                _sum(move.cost for move in staffing.moves), None if now.total is None else later.total - now.total,
                present is not None)


def _spend(month: Month, managers: Optional[Decimal], manager_cost: Optional[Decimal], pay: Mapping) -> Spend:
    arr, customers = _sum(row.arr for row in month.tiers), _sum(row.customers for row in month.tiers)
    managed = None if manager_cost is None else money(manager_cost)
    csm_cost = total = None
    if month.headcount is not None:
        csm_cost = money(_sum(row.headcount * pay[row.tier] for row in month.tiers))
        total = csm_cost + (managed or ZERO)
    return Spend(month.headcount, managers, csm_cost, managed, total, arr, _share(total, arr), customers,
                 _share(total, customers))


def break_even(book: Book, staffing: Staffing, settings: Mapping, leak: Optional[Leak]) -> list[BreakEven]:
    """What the plan's hires must save, a row for each tier that hires, in the book's order."""
    margin, found = Decimal(settings["gross_margin_ratio"]), []
    for tier in book.tiers:
        hires = [hire for hire in staffing.hires if hire.tier == tier.tier]
        if hires:
            a_year, fte = _sum(hire.cost_a_year for hire in hires), _sum(hire.fte for hire in hires)
            saved = _share(a_year, margin)
            points, lost = _share(saved, tier.arr), leak.by_tier.get(tier.tier) if leak else None
            found.append(BreakEven(tier.tier, fte, a_year, tier.arr, points, _share(points, fte), saved, lost,
                                   _share(saved, lost)))
    return found


def waiting(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int,
            staffing: Staffing) -> Optional[Waiting]:
    """The plan against itself when every approval waits a quarter; None where it hires nobody."""
    if not staffing.hires:
        return None
    later = staffed(book, services, settings, horizon, waited=QUARTER_MONTHS)
    spent = [_sum(one.cost for one in (*plan.hires, *plan.moves)) for plan in (staffing, later)]
    by_tier = {gap.tier: gap.fte_months for gap in later.gaps}
    for gap in staffing.gaps:
        by_tier[gap.tier] = by_tier.get(gap.tier, ZERO) - gap.fte_months
    worst = max(by_tier, key=by_tier.__getitem__, default=None)
    tier = worst if worst is not None and by_tier[worst] > 0 else None
    alone = max((_alone(*months) for months in zip(staffing.months, later.months)), key=lambda month: month[0])
    saved, arr = spent[0] - spent[1], alone[2]
    return Waiting(
        QUARTER_MONTHS, saved, _sum(by_tier.values()),
        _sum(gap.hours for gap in later.gaps) - _sum(gap.hours for gap in staffing.gaps), alone[1], arr,
        _share(saved, arr * settings["gross_margin_ratio"]), tier,
        next((gap.peak_load_ratio for gap in later.gaps if gap.tier == tier), None))


def _alone(planned: Month, later: Month) -> tuple[Decimal, Decimal, Decimal]:
    """FTE, customers and ARR that one month of a plan put off leaves without service beyond those of the plan."""
    found = [_without_service(after, _lacking(after) - _lacking(before))
             for before, after in zip(planned.tiers, later.tiers) if after.capacity_fte is not None]
    return tuple(map(_sum, zip(*found)))


def _lacking(row: TierMonth) -> Decimal:
    return max(ZERO, missing(row.demand_fte, row.capacity_fte))


def _without_service(row: TierMonth, fte: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    if fte <= 0:
        return ZERO, ZERO, ZERO
    return fte, row.customers * fte / row.demand_fte, row.arr * fte / row.demand_fte


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _share(part: Optional[Decimal], whole: Optional[Decimal]) -> Optional[Decimal]:
    return part / whole if part is not None and whole else None
