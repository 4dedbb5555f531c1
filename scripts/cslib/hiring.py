"""Decision D in one record: which role is next, why not the others, the order, its money, what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.candidates import unblocked
from cslib.coverage_plan import CoveragePlan, Disagreement, conflicts
from cslib.gates import Gate
from cslib.hiring_changes import Change, Missing, changes, missing, still_open
from cslib.hiring_money import Money, money
from cslib.mistakes import Mistake, mistakes
from cslib.openings import Opening
from cslib.org import Org
from cslib.role_criteria import Criterion, RoleState, size_today, states
from cslib.role_table import TRIGGER
from cslib.sequence import Sequence, decided
from cslib.stages import Standing
from cslib.unblocking import Unblocking

VERDICTS = ("healthy", "concerning", "critical")
REASONS = ("planned", "beyond", "filled", "posted", "blocked", "lapsed", "not_due", "unknown")


class NotNow(NamedTuple):
    """Why a role is not the next hire, one of REASONS, with the people of it that are present and needed in FTE.

    `planned` is a later row of the order, with its first day of approval; `beyond` is due and starts after the horizon;
    `lapsed` is due today and no more once the rows before it are there.
    `keys` are the needs that block it, its triggers that are not met, or what is unknown: triggers, or the `team` key.
    """

    role: str
    reason: str
    approve_by: Optional[date]
    keys: tuple[str, ...]
    present: Optional[Decimal]
    needed: Optional[Decimal]


class Hiring(NamedTuple):
    """The whole answer. `next` is the first row of `openings`, `next_role` the first that opens a role; both None where
    nobody is to be hired up to the horizon. `roles`, `criteria` and `unblockings` are those of today. `spare_csms` are
    the CSMs that the coverage plan needs nowhere, None without a plan.

    `verdict`: critical where the next row is due today and the policy's share of all ARR or more is at risk for it, or
    where a seat of the coverage plan is late; concerning where anything is due today or a mistake is made.
    """

    verdict: str
    next: Optional[Opening]
    next_role: Optional[Opening]
    openings: tuple[Opening, ...]
    beyond: tuple[str, ...]
    held: tuple[Gate, ...]
    not_now: tuple[NotNow, ...]
    roles: tuple[RoleState, ...]
    criteria: tuple[Criterion, ...]
    unblockings: tuple[Unblocking, ...]
    split: Split
    mistakes: tuple[Mistake, ...]
    standing: Standing
    disagreements: tuple[Disagreement, ...]
    spare_csms: Optional[Decimal]
    money: Money
    changes: tuple[Change, ...]
    missing: tuple[Missing, ...]
    horizon_months: int
    horizon_day: date


def sequenced(org: Org, plan: Optional[CoveragePlan], settings: Mapping) -> Hiring:
    """The answer for one company, with the coverage plan or None; `settings` are the whole policy."""
    rules, size, base = settings["hiring"], size_today(org, plan), decided(org, plan, settings)
    standing, split, order = base
    roles = states(org, standing, plan, split, size, settings)
    outcomes = unblocked(org, plan, roles, split, size, settings)
    made, opens = mistakes(org, split, rules), still_open(org, roles, base)
    return Hiring(
        _verdict(org, plan, order, made, rules), order.next, order.next_role, order.openings, order.beyond, order.held,
        tuple(_not_now(state, order, org) for state in roles if order.next is None or state.role != order.next.role),
        roles, tuple(one for state in roles for one in state.criteria), outcomes, split, made, standing,
        () if plan is None else conflicts(org, plan), None if plan is None else plan.spare, money(org, order, settings),
        changes(org, plan, opens, outcomes, base, settings), missing(org, opens), int(rules["horizon_months"]),
        order.horizon_day)


def _verdict(org: Org, plan: Optional[CoveragePlan], order: Sequence, made: Iterable[Mistake], rules: Mapping) -> str:
    first, least = order.next, org.arr * rules["critical_at_risk_ratio"]
    at_risk = first is not None and first.due_month == 0 and first.arr_at_risk
    if (at_risk and at_risk >= least) or (plan is not None and any(seat.months_late > 0 for seat in plan.seats)):
        return "critical"
    return "concerning" if made or any(row.due_month == 0 for row in order.openings) else "healthy"


def _not_now(state: RoleState, order: Sequence, org: Org) -> NotNow:
    day = next((row.approve_by for row in order.openings if row.role == state.role), None)
    why, keys = _why_not(state, day is not None, order, org)
    return NotNow(state.role, why, day, keys, state.present, state.needed)


def _why_not(state: RoleState, planned: bool, order: Sequence, org: Org) -> tuple[str, tuple[str, ...]]:
    if planned:
        return "planned", ()
    if state.role in order.beyond:
        return "beyond", ()
    if state.filled and (state.present or state.posted):
        return "filled" if (state.present or 0) >= state.needed else "posted", ()
    if state.blocked_by:
        return "blocked", state.blocked_by
    team = f"team.{state.role}"
    if state.present is None and team in org.unknown:
        return "unknown", (team,)
    if state.due:
        return "lapsed", ()
    if state.due is None:
        return "unknown", _keys(state, None)
    return "not_due", _keys(state, False)


def _keys(state: RoleState, met: Optional[bool]) -> tuple[str, ...]:
    return tuple(one.key for one in state.criteria if one.kind == TRIGGER and one.met is met)
