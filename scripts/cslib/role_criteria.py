"""Which roles are due, which are blocked, and which are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.conditions import Condition, Fact, all_hold, any_holds
from cslib.coverage_plan import CoveragePlan
from cslib.org import ROLES, Org
from cslib.role_table import NEEDS, TRIGGER, ZERO, Case, Size, said
from cslib.stages import Standing


class Criterion(NamedTuple):
    """What one source says about a role, one of `role_table.SOURCES`, of one of its KINDS.

    A trigger that is met makes the role due; an alternative is what another source says, shown, and decides nothing;
    of what a role needs, one that is known not to hold blocks it. `met` asks that all `conditions` hold; `value` and
    `threshold` are those of the first.
    """

    role: str
    key: str
    met: Optional[bool]
    value: Fact
    threshold: Fact
    source: str
    kind: str
    conditions: tuple[Condition, ...]

    def record(self) -> dict:
        """The fields with unrounded facts: a share has more than the two places of an amount."""
        facts = {key: float(fact) if isinstance(fact, Decimal) else fact
                 for key, fact in (("value", self.value), ("threshold", self.threshold))}
        return {**self._asdict(), **facts}

    @property
    def reads(self) -> tuple[str, ...]:
        """The dotted keys of org.json that it rests on, each once."""
        return tuple(dict.fromkeys(key for one in self.conditions for key in one.reads))


class RoleState(NamedTuple):
    """A role in one month, in FTE: `filled` where those present and posted are as many as needed.

    `needed` is None where nobody knows how many: of CSMs, without a coverage plan, once the team has the size of its
    stage. `due` where a trigger is met; never for an unknown. `blocked_by` are the keys of the needs that do not hold.
    `judged_by_plan`: number and dates are those of the coverage plan, and no role is to be opened beside its rows.
    """

    role: str
    present: Optional[Decimal]
    posted: Decimal
    needed: Optional[Decimal]
    filled: Optional[bool]
    criteria: tuple[Criterion, ...]
    due: Optional[bool]
    blocked_by: tuple[str, ...]
    judged_by_plan: bool


def size_today(org: Org, plan: Optional[CoveragePlan]) -> Size:
    """The company on its day; CSMs and CS managers that org.json does not know are those of the plan."""
    people = {role: org.people(role) for role in ROLES}
    if plan is not None:
        for role, told in (("csm", plan.csms), ("cs_manager", plan.managers)):
            people[role] = told if people[role] is None else people[role]
    posted = {role: sum((post.fte for post in org.posts if post.role == role), ZERO) for role in ROLES}
    return Size(Decimal(org.customers), org.arr, people["csm"], people, posted)


def criteria(role: str, org: Org, standing: Standing, plan: Optional[CoveragePlan], split: Split, size: Size,
             settings: Mapping) -> tuple[Criterion, ...]:
    """What is said of one role in a month of that size; `settings` are the whole policy."""
    return _criteria(role, Case(org, standing, plan, split, size, settings))


def states(org: Org, standing: Standing, plan: Optional[CoveragePlan], split: Split, size: Size,
           settings: Mapping) -> tuple[RoleState, ...]:
    """Every role in the order of ROLES, in a month of that size; `settings` are the whole policy."""
    case = Case(org, standing, plan, split, size, settings)
    return tuple(_state(role, case) for role in ROLES)


def _criteria(role: str, case: Case) -> tuple[Criterion, ...]:
    return tuple(Criterion(role, row.key, all_hold(one.met for one in row.conditions), row.conditions[0].value,
                           row.conditions[0].threshold, row.source, row.kind, row.conditions)
                 for row in said(role, case))


def _state(role: str, case: Case) -> RoleState:
    found = _criteria(role, case)
    due = any_holds(one.met for one in found if one.kind == TRIGGER)
    present, posted, needed = case.present(role), case.size.posted[role], _needed(role, case, found, due)
    return RoleState(role, present, posted, needed, _filled(present, posted, needed), found, due,
                     tuple(one.key for one in found if one.kind == NEEDS and one.met is False), case.judged(role))


def _filled(present: Optional[Decimal], posted: Decimal, needed: Optional[Decimal]) -> Optional[bool]:
    """None where it is unknown how many are needed, or present unless the posts alone are enough."""
    if needed is None:
        return None
    if present is None:
        return True if posted >= needed else None
    return present + posted >= needed


def _needed(role: str, case: Case, found: Sequence[Criterion], due: Optional[bool]) -> Optional[Decimal]:
    one = Decimal(1)
    if role == "csm":
        return _needed_csms(case, found)
    if role == "cs_manager" and case.judged(role):
        return case.plan.managers + case.planned(role)
    if role == "cs_manager" and due and case.size.csms is not None:
        return _needed_managers(case.size.csms, case.settings["coverage"]["managers"])
    if role == "implementation" and case.present(role) != 0:
        return _needed_onboarding(case, due)
    return one


def _needed_csms(case: Case, found: Sequence[Criterion]) -> Optional[Decimal]:
    """By the plan, which knows those who have signed; else what the team of the stage lacks, and the first."""
    csms, short = case.size.csms, next((one for one in found if one.key == "team_of_stage"), None)
    if csms is None:
        return None
    if case.judged("csm"):
        signed = sum((post.fte for post in case.org.posts if post.role == "csm" and post.month is not None), ZERO)
        planned = case.plan.csms + signed + case.planned("csm")
        return planned if csms else max(planned, Decimal(1))
    if not csms:
        return Decimal(1)
    return csms + case.size.posted["csm"] + short.threshold - short.value if short.met else None


def _needed_managers(csms: Decimal, rules: Mapping) -> Decimal:
    """The rule of `spans`: the fewest whose span is not too wide, one less where theirs would be too narrow."""
    fewest = max(Decimal(1), (csms / rules["span_high"]).to_integral_value(ROUND_CEILING))
    return fewest - 1 if fewest > 1 and csms / fewest < rules["span_low"] else fewest


def _needed_onboarding(case: Case, due: Optional[bool]) -> Optional[Decimal]:
    """Those present, and while customers wait as many more as clear the backlog in the time of the policy.

    While those present are in their ramp the rate at which customers start says nothing of what they can do.
    """
    present, signals = case.present("implementation"), case.org.signals
    months, ramp = case.org.in_seat("implementation"), case.settings["hiring"]["roles"]["implementation"]["ramp_months"]
    if present is None or not due or (months is not None and months < ramp):
        return present
    cleared = Decimal(case.rules["implementation"]["clear_within_months"]) * signals.onboarded_per_month
    if not cleared:
        return present + 1
    return (present * (1 + signals.onboarding_backlog / cleared)).to_integral_value(ROUND_CEILING)
