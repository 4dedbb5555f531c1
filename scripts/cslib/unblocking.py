"""Which role unblocks a customer outcome that the team fails to deliver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.hiring_terms import terms, tier_of
from cslib.org import Org
from cslib.role_criteria import RoleState

OUTCOME_ROLES = {
    "tickets_answered": ("support",), "onboarding": ("implementation",), "adoption": ("csm",),
    "sponsor_contact": ("csm",), "renewals_on_time": ("renewals", "account_manager", "csm"),
    "expansion": ("account_manager", "csm"), "risk_seen_early": ("cs_ops",), "one_way_of_working": ("cs_ops",),
    "references": ("customer_marketing",), "team_leadership": ("cs_manager", "director_vp"),
    "voice_in_leadership": ("cco", "director_vp"),
}
WAYS = ("unblocks", "prerequisite", "owned", "ramping", "posted", "elsewhere", "unknown", "nobody")
_COMES_FIRST = {"csm_first": "csm", "csms_at_least": "csm", "manager_first": "cs_manager",
                "director_first": "director_vp"}


class Unblocking(NamedTuple):
    """A failing outcome and the role that answers for it, by one of WAYS.

    "unblocks": not filled, to be hired. "prerequisite": must be there before the role that would unblock it. "owned":
    filled and ramped, or of unknown tenure, so not a matter of hiring. "ramping", "posted": on its way. "elsewhere":
    another team holds the role. "unknown": nobody knows whether it is filled. "nobody": `role` is None, since all are
    blocked by what a hire does not change. `blocked` are the roles passed over because something blocks them.
    """

    outcome: str
    arr_at_risk: Optional[Decimal]
    evidence: str
    role: Optional[str]
    how: str
    blocked: tuple[str, ...]


def unblockings(org: Org, states: Sequence[RoleState], split: Split, settings: Mapping) -> tuple[Unblocking, ...]:
    """One for each failing outcome, in the order of org.json; for the states of today. Settings: the whole policy."""
    by_role, found = {state.role: _early(state, org, settings) for state in states}, []
    for failing in org.failing:
        roles = [by_role[role] for role in OUTCOME_ROLES[failing.outcome]
                 if role != "account_manager" or split.decision != "combined" or _is_elsewhere(by_role[role])]
        role, how, blocked = _answer(roles, by_role, org, settings)
        found.append(Unblocking(failing.outcome, failing.arr_at_risk, failing.evidence, role, how, blocked))
    return tuple(found)


def _early(state: RoleState, org: Org, settings: Mapping) -> RoleState:
    """The state, blocked where it is that of a first CSM for whom there is no work yet: what fails is the founders'.

    There is none below the customers of the trigger, unless their ARR is one that a named CSM is said to hold or the
    coverage plan has a seat.
    """
    customers = settings["hiring"]["triggers"]["csm"]["customers"]
    arr = settings["coverage"]["arr_per_csm"]["named"]["low"]
    if (state.role == "csm" and state.present == 0 and not state.due and not state.judged_by_plan
            and org.customers < customers and org.arr < arr):
        return state._replace(blocked_by=(*state.blocked_by, "founders_alone"))
    return state


def _answer(roles: Sequence[RoleState], by_role: Mapping[str, RoleState], org: Org,
            settings: Mapping) -> tuple[Optional[str], str, tuple[str, ...]]:
    """The first role that is there or not blocked, else the first that must come before one of them."""
    blocked = []
    for state in roles:
        if _is_elsewhere(state):
            return state.role, "elsewhere", tuple(blocked)
        if state.filled or not state.blocked_by:
            return state.role, _way(state, org, settings), tuple(blocked)
        blocked.append(state.role)
    first = next((one for state in roles for one in _before(state.blocked_by, by_role)), None)
    if first is None:
        return None, "nobody", tuple(blocked)
    return first.role, "prerequisite" if first.filled is False else "posted", tuple(blocked)


def _is_elsewhere(state: RoleState) -> bool:
    return "not_elsewhere" in state.blocked_by


def _before(blocked_by: Iterable[str], by_role: Mapping[str, RoleState]) -> list[RoleState]:
    """The role whose hire lifts all that blocks another, or the one before that; none where something else blocks.

    CSMs who are as many as their work needs are not added to so that another role may come.
    """
    names = {_COMES_FIRST.get(key) for key in blocked_by}
    if None in names:
        return []
    state = by_role[names.pop()]
    if state.blocked_by:
        return _before(state.blocked_by, by_role)
    return [state] if state.filled is False or state.posted else []


def _way(state: RoleState, org: Org, settings: Mapping) -> str:
    """How a role that nothing blocks stands to its outcome."""
    if state.filled is False:
        return "unblocks"
    if state.present is None or (state.needed is not None and state.present < state.needed):
        return "posted" if state.filled else "unknown"
    age = org.in_seat(state.role)
    if age is not None and age < terms(state.role, tier_of(org.acv, settings), settings).ramp_months:
        return "ramping"
    return "owned" if state.filled else "posted" if state.posted else "unknown"
