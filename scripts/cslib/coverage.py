"""Decision C in one record: how many people each tier takes, who comes when, what it costs, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.alternatives import Alternative, alternatives
from cslib.book import Book
from cslib.coverage_money import BreakEven, Cost, Waiting, break_even, cost, waiting
from cslib.coverage_risk import Scenario, Swing, scenarios, swings
from cslib.hires import Hire
from cslib.leak import Leak
from cslib.pay import Offer, offers, weights
from cslib.service_models import delivered_hours, fixed, planning_hours, services
from cslib.shortfalls import Gap, ShortTier, Surplus
from cslib.simulation import Simulated, simulation
from cslib.sizing import TierSize, sizes
from cslib.spans import Span, spans
from cslib.staffing import Month, staffed
from cslib.team_moves import Move
from cslib.transitions import Transition, transitions

VERDICTS = ("healthy", "concerning", "critical")
ZERO = Decimal(0)


class Missing(NamedTuple):
    """An answer that the book lacks: its key, and the tiers for which, empty where it is about all."""

    key: str
    tiers: tuple[str, ...]


class Approval(NamedTuple):
    """The posts to be approved first, by `day`: CSMs by tier and those who lead them, and their cost to the horizon.

    `later` counts the rows of the plan that are approved after it.
    """

    day: date
    csms: dict[str, Decimal]
    managers: Decimal
    cost: Decimal
    later: int


class Coverage(NamedTuple):
    """The whole answer: FTE, and money of one year where it says nothing else.

    `required`, its cost and `csms` are sums over the tiers, `csms` None where a tier's are unknown. `months` are the
    states 0 to the horizon with the plan (`moves`, `hires`, `managers`), `without_plan` is what comes of doing nothing,
    `unavoidable_gap` what the plan cannot close any more. `hired_fte`, `moved_fte` and `managers_added` are sums of it.
    `break_even`, `waiting`, `simulation` are of the plan; `leak` is what decision A found. `pay` is guidance for the
    tiers that hire, or else for all with customers.

    `verdict`: critical where a gap can no longer be closed in time, concerning where the plan has anything to do,
    healthy where it has not; None where the CSMs of a tier are unknown.
    """

    verdict: Optional[str]
    horizon_months: int
    preset: str
    delivered_hours: Decimal
    planning_hours: Decimal
    lead_months: int
    required: Decimal
    required_cost: Decimal
    required_cost_ratio: Optional[Decimal]
    csms: Optional[Decimal]
    required_end: Decimal
    tiers: list[TierSize]
    months: tuple[Month, ...]
    moves: tuple[Move, ...]
    moved_fte: Decimal
    hires: tuple[Hire, ...]
    hired_fte: Decimal
    managers: list[Span]
    managers_added: Decimal
    first_approval: Optional[Approval]
    unavoidable_gap: tuple[Gap, ...]
    without_plan: tuple[ShortTier, ...]
    surplus: tuple[Surplus, ...]
    alternatives: list[Alternative]
    transitions: list[Transition]
    cost: Cost
    break_even: list[BreakEven]
    waiting: Optional[Waiting]
    leak: Optional[Leak]
    scenarios: list[Scenario]
    sensitivity: list[Swing]
    simulation: Optional[Simulated]
    pay: list[Offer]
    pay_weights_ratio: dict[str, Decimal]
    missing: tuple[Missing, ...]


def covered(book: Book, leak: Optional[Leak], settings: Mapping, horizon: int) -> Coverage:
    """The answer for a book over a horizon of 12 to 24 months; `settings` are the whole policy."""
    rules = settings["coverage"]
    served = services(book, settings)
    book = fixed(book, served)
    plan = staffed(book, served, settings, horizon)
    leads = spans(book, plan, settings, horizon)
    rows = sizes(book, served, settings, horizon)
    needed, whole = _sum(row.cost for row in rows), _sum(row.arr for row in rows)
    hired = tuple(dict.fromkeys(hire.tier for hire in plan.hires))
    paid_tiers = [tier.tier for tier in book.tiers if (tier.tier in hired if hired else tier.customers)]
    return Coverage(
        verdict=_verdict(plan.unknown, bool(plan.gaps), bool(plan.hires or plan.moves or plan.short or any(
            span.gap for span in leads))), horizon_months=horizon, preset=book.preset,
        delivered_hours=delivered_hours(rules), planning_hours=planning_hours(rules),
        lead_months=plan.lead, required=_sum(row.required for row in rows),
        required_cost=needed, required_cost_ratio=needed / whole if whole else None,
        csms=None if plan.unknown else _sum(tier.csms or ZERO for tier in book.tiers),
        required_end=_sum(row.required_end for row in rows), tiers=rows, months=plan.months, moves=plan.moves,
        moved_fte=_sum(move.fte for move in plan.moves), hires=plan.hires,
        hired_fte=_sum(hire.fte for hire in plan.hires), managers=leads,
        managers_added=_sum(span.added for span in leads if span.added), first_approval=_first(plan.hires, leads),
        unavoidable_gap=plan.gaps, without_plan=plan.short, surplus=plan.surplus,
        alternatives=alternatives(book, served, settings),
        transitions=transitions(book, served, settings), cost=cost(book, plan, leads, settings, horizon),
        break_even=break_even(book, plan, settings, leak), waiting=waiting(book, served, settings, horizon, plan),
        leak=leak, scenarios=scenarios(book, served, settings, horizon),
        sensitivity=swings(book, served, settings, horizon),
        simulation=simulation(book, served, settings, horizon, plan), pay=offers(paid_tiers, rules),
        pay_weights_ratio=weights(rules), missing=tuple(_missing(book)))


def _verdict(unknown: tuple[str, ...], is_late: bool, has_work: bool) -> Optional[str]:
    return None if unknown else VERDICTS[2 if is_late else int(has_work)]


def _first(hires: Sequence[Hire], leads: Sequence[Span]) -> Optional[Approval]:
    """The first day of the plan with what it asks for; None where nothing is to be approved."""
    added = [span for span in leads if span.added]
    if not hires and not added:
        return None
    day = min(one.approve_by for one in (*hires, *added))
    posts, heads = [one for one in hires if one.approve_by == day], [one for one in added if one.approve_by == day]
    csms: dict[str, Decimal] = {}
    for post in posts:
        csms[post.tier] = csms.get(post.tier, ZERO) + post.fte
    return Approval(day, csms, _sum(one.added for one in heads), _sum(one.cost for one in (*posts, *heads)),
                    len(hires) + len(added) - len(posts) - len(heads))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _missing(book: Book) -> Iterable[Missing]:
    """What only a person can say, what the plan hangs on most first."""
    served = [tier for tier in book.tiers if tier.customers]
    by_tier = (("csms", [tier for tier in served if tier.csms is None]),
               ("annual_growth_ratio", [tier for tier in served if tier.growth is None and tier.planned_new is None]),
               ("annual_churn_ratio", [tier for tier in served if tier.churn is None]))
    for key, tiers in by_tier:
        if tiers:
            yield Missing(key, () if len(tiers) == len(served) else tuple(tier.tier for tier in tiers))
    if book.tenure_unknown:
        yield Missing("people", book.tenure_unknown)
    for key, value in (("arr_per_customer_growth_ratio", book.arr_growth), ("managers", book.managers),
                       ("founder_escalations_per_week", book.escalations)):
        if value is None:
            yield Missing(key, ())
