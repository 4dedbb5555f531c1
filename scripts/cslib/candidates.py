"""Which roles ask to be opened in a month, why, and which of them comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.coverage_plan import CoveragePlan
from cslib.hiring_terms import terms, tier_of
from cslib.org import OUTCOMES, ROLES, Org
from cslib.role_criteria import RoleState
from cslib.role_table import TRIGGER
from cslib.unblocking import Unblocking, unblockings

KINDS = ("role", "seat", "lead")
WHYS = ("outcome", "prerequisite", "coverage", "trigger")
CSM, LEAD, BACKLOG = "csm", "cs_manager", "implementation"
_BEFORE, _NOBODY = ("unblocks", "prerequisite"), "nobody"


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


def unblocked(org: Org, plan: Optional[CoveragePlan], states: tuple[RoleState, ...], split: Split, customers: Decimal,
              settings: Mapping) -> tuple[Unblocking, ...]:
    """Which role would deliver each failing outcome: nobody where that role is filled and still too small for the role
    after it, or where it is a first CSM whom neither the customers nor the ARR at risk support.

    Without as many customers as either source document asks for, a CSM must pay: the ARR at risk at its gross profit is
    at least a year's cost.
    """
    own = {state.role: state for state in states}
    least = min(settings["hiring"]["triggers"][CSM][key] for key in ("customers", "customers_alone"))
    yearly = terms(CSM, tier_of(org.acv, settings), settings).cost_a_year
    founders_do = plan is None and org.people(CSM) == 0 and not own[CSM].due and customers < least

    def hired(one: Unblocking) -> bool:
        if one.role == CSM and founders_do:
            return one.arr_at_risk is not None and one.arr_at_risk * settings["gross_margin_ratio"] >= yearly
        return one.how != "prerequisite" or not own[one.role].filled

    return tuple(one if one.role is None or one.how not in _BEFORE or hired(one) else
                 one._replace(role=None, how=_NOBODY, blocked=_with(one.blocked, one.role))
                 for one in unblockings(org, states, split, settings))


def _with(roles: tuple[str, ...], role: str) -> tuple[str, ...]:
    return roles if role in roles else (*roles, role)


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
