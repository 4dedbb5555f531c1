"""Which roles ask to be opened in a month, why, and which of them comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.coverage_plan import CoveragePlan
from cslib.hiring_terms import tier_of
from cslib.org import OUTCOMES, ROLES, Org
from cslib.role_criteria import RoleState
from cslib.role_table import TRIGGER, Size
from cslib.unblocking import Unblocking, unblockings

KINDS = ("role", "seat", "lead")
WHYS = ("outcome", "prerequisite", "coverage", "trigger")
CSM, LEAD, BACKLOG = "csm", "cs_manager", "implementation"
SHORT_NOW = "short_now"
_BEFORE = ("unblocks", "prerequisite")


class Candidate(NamedTuple):
    """A role that asks to be opened. One of KINDS: a `role` that nobody holds yet is opened one after the other; more
    seats of a role that is there and leads wait for nobody.

    One of WHYS: `outcome` fails, with the largest ARR at risk of those that the role delivers, and nobody delivers it;
    a `prerequisite` is a role without which that role cannot work. `keys` are the triggers that are met.
    """

    kind: str
    role: str
    tier: Optional[str]
    fte: Decimal
    why: str
    outcome: Optional[str]
    keys: tuple[str, ...]
    arr_at_risk: Optional[Decimal]


def candidates(states: Iterable[RoleState], unblocked: Collection[Unblocking], today: bool, org: Org,
               settings: Mapping) -> list[Candidate]:
    """Roles that are known not to be filled, are not blocked, and are due or would deliver what fails.

    None of those whose number is the coverage plan's; and more people for the backlog of `today` only today.
    """
    return [_candidate(state, reason(state.role, unblocked), org, settings) for state in states
            if not state.judged_by_plan and state.filled is False and not state.blocked_by
            and (state.due or reason(state.role, unblocked))
            and (today or state.role != BACKLOG or not (state.present or state.posted))]


def _candidate(state: RoleState, because: Optional[Unblocking], org: Org, settings: Mapping) -> Candidate:
    kind = "lead" if state.role == LEAD else "seat" if state.present or state.posted else "role"
    tier = tier_of(org.acv, settings) if state.role == CSM else None
    fte, keys = state.needed - state.present - state.posted, met_triggers(state)
    if because is None:
        return Candidate(kind, state.role, tier, fte, "trigger", None, keys, None)
    return Candidate(kind, state.role, tier, fte, why(because), because.outcome, keys, because.arr_at_risk)


def met_triggers(state: RoleState) -> tuple[str, ...]:
    """The keys of a role's triggers that are met."""
    return tuple(one.key for one in state.criteria if one.kind == TRIGGER and one.met)


def reason(role: str, unblocked: Iterable[Unblocking]) -> Optional[Unblocking]:
    """The outcome with the most ARR at risk that a role would deliver, or must come before; None without one."""
    own = [one for one in unblocked if one.role == role and one.how in _BEFORE]
    return min(own, key=lambda one: (*_scale(one.arr_at_risk, why(one)), OUTCOMES.index(one.outcome)), default=None)


def served(role: str, unblocked: Iterable[Unblocking]) -> set[str]:
    """The failing outcomes that a role delivers once it is opened: no other role is opened for them after it."""
    return {one.outcome for one in unblocked if one.role == role and one.how == "unblocks"}


def why(one: Unblocking) -> str:
    """The one of WHYS that an unblocking is."""
    return "prerequisite" if one.how == "prerequisite" else "outcome"


def unblocked(org: Org, plan: Optional[CoveragePlan], states: tuple[RoleState, ...], split: Split, size: Size,
              settings: Mapping) -> tuple[Unblocking, ...]:
    """Which role would deliver each failing outcome in a company that has grown to a size.

    Whoever is there where CSMs would and the coverage plan has no seats for the work of today.
    """
    csm = next(state for state in states if state.role == CSM)
    grown = org._replace(customers=max(org.customers, size.customers), arr=max(org.arr, size.arr))
    enough = plan is not None and csm.judged_by_plan and csm.present and not any(
        seat.reason == SHORT_NOW for seat in plan.seats)
    return tuple(one._replace(how="owned") if enough and one.role == CSM and one.how == "unblocks" else one
                 for one in unblockings(grown, states, split, settings))


def rank(one: NamedTuple) -> tuple:
    """The place of a candidate, or of an opening, among those approved on the same day.

    A first CSM, on whom all others build; then by ARR at risk, outcomes and short coverage on one scale; then outcomes
    and coverage with none that is known; then triggers, in the conventional order of roles, and more CSMs for no other
    reason than the usual size of a team after them.
    """
    by_size = one.role == CSM and one.kind == "seat"
    return (one.kind != "role" or one.role != CSM, *_scale(one.arr_at_risk, one.why), by_size, ROLES.index(one.role),
            KINDS.index(one.kind))


def _scale(arr_at_risk: Optional[Decimal], why: str) -> tuple:
    place = WHYS.index(why)
    if arr_at_risk is None:
        return (1 + place, Decimal(0), place)
    return (0, -arr_at_risk, place)
