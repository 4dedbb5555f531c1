"""What would change the answer: the same decision on a company of which one thing more, or one thing else, is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple, Optional

from cslib.conditions import Fact
from cslib.coverage_plan import CoveragePlan
from cslib.hiring_terms import whole
from cslib.openings import Opening
from cslib.org import OUTCOMES, Org
from cslib.role_criteria import RoleState
from cslib.role_table import NEEDS, TRIGGER
from cslib.sequence import Decided, first_of
from cslib.unblocking import Unblocking

KINDS = ("unknown", "criterion", "without_outcome", "more_at_risk", "less_at_risk", "gate")
CENT, HUNDREDTH, ONE = Decimal("0.01"), Decimal("0.01"), Decimal(1)
SIGNAL, TEAM = "signals.", "team."
_OF_SPLIT = ("account_manager", "split")


class Change(NamedTuple):
    """One thing that would make another row the first; `next_role`, `next_kind` and the split's `decision` then.

    By KINDS: an `unknown` key of org.json that would be `at` the least value that meets a criterion (of a team: 0,
    nobody); the `criterion` of a role, as `implementation.slow_and_waiting`, where several unknowns together would meet
    it; `without_outcome` of those that fail; `more_at_risk`, the ARR from which another failing outcome would be first;
    `less_at_risk`, the ARR of the first row's own outcome from which down it would not be.
    A `gate` on the role `key` changes nobody: `at` is the condition that must be met before `next_role`.
    """

    kind: str
    key: str
    at: Fact
    next_role: Optional[str]
    next_kind: Optional[str]
    decision: str


class Missing(NamedTuple):
    """A key of org.json that nobody knows, and the roles, or `split`, on which it could decide."""

    key: str
    roles: tuple[str, ...]


class Open(NamedTuple):
    """A criterion that cannot be judged: whose it is, its key, and the keys of org.json that are unknown in it."""

    role: str
    key: str
    unknown: tuple[str, ...]


def still_open(org: Org, states: Iterable[RoleState], base: Decided) -> list[Open]:
    """What some unknown leaves open and could turn. Of roles neither filled nor blocked: triggers unless one is met,
    needs, and how many are there. Then of a split that is not decided.
    """
    found = []
    for state in states:
        if state.blocked_by or state.filled:
            continue
        found += [Open(state.role, one.key, _unknown(org, one.conditions)) for one in state.criteria
                  if one.met is None and (one.kind == NEEDS or (one.kind == TRIGGER and not state.due))
                  and (state.role, one.key) != _OF_SPLIT]
        if f"{TEAM}{state.role}" in org.unknown and state.filled is None:
            found.append(Open(state.role, "filled", (f"{TEAM}{state.role}",)))
    if not base.split.decided:
        found += [Open("split", one.key, _unknown(org, one.conditions)) for one in base.split.criteria
                  if one.met is None]
    return [one for one in found if one.unknown]


def _unknown(org: Org, conditions: Iterable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for one in conditions if one.met is None for key in one.reads if key in org.unknown))


def missing(org: Org, opens: Iterable[Open]) -> tuple[Missing, ...]:
    """The unknown keys that matter, in the order of the input, each with whom it matters to."""
    opens = list(opens)
    found = ((key, tuple(dict.fromkeys(one.role for one in opens if key in one.unknown))) for key in org.unknown)
    return tuple(Missing(key, roles) for key, roles in found if roles)


def changes(org: Org, plan: Optional[CoveragePlan], opens: Iterable[Open], unblockings: Iterable[Unblocking],
            base: Decided, settings: Mapping) -> tuple[Change, ...]:
    """What would change the first row, in the order of KINDS; `base` is the decision as it is."""
    opens = list(opens)

    def changed(kind: str, key: str, at: Fact, other: Org) -> Iterator[Change]:
        row, decision = first_of(other, plan, settings)
        if _named(row) != _named(base.sequence.next):
            yield Change(kind, key, at, *_named(row), decision)

    found: list[Change] = []
    values = meeting(org, settings)
    for key in dict.fromkeys(key for one in opens for key in one.unknown):
        for value in values.get(key, ()):
            found += changed("unknown", key, value, known(org, {key: value}))
    seen = {change.key for change in found}
    for one in opens:
        together = {key: values[key][0] for key in one.unknown if values.get(key)}
        if len(together) > 1 and not seen & set(together):
            found += changed("criterion", f"{one.role}.{one.key}", None, known(org, together))
    for outcome in OUTCOMES:
        rest = tuple(one for one in org.failing if one.outcome != outcome)
        if len(rest) < len(org.failing):
            found += changed("without_outcome", outcome, None, org._replace(failing=rest))
    found += _more_at_risk(org, plan, unblockings, base, settings)
    found += _less_at_risk(org, plan, base, settings)
    first = base.sequence.next_role
    found += [Change("gate", gate.role, gate.condition, first.role, first.kind, base.split.decision)
              for gate in base.sequence.held]
    return tuple(found)


def _named(row: Optional[Opening]) -> tuple[Optional[str], Optional[str]]:
    return (None, None) if row is None else (row.role, row.kind)


def _more_at_risk(org: Org, plan: Optional[CoveragePlan], unblockings: Iterable[Unblocking], base: Decided,
                  settings: Mapping) -> list[Change]:
    """The least ARR at risk, if the company has as much, from which the runner-up among the outcomes would be first."""
    first = base.sequence.next
    others = [one for one in unblockings if one.how in ("unblocks", "prerequisite")
              and (first is None or one.role != first.role)]
    if not others:
        return []
    runner = min(others, key=lambda one: (one.arr_at_risk is None, -(one.arr_at_risk or 0),
                                          OUTCOMES.index(one.outcome)))
    most = first.arr_at_risk if first is not None and first.arr_at_risk is not None else Decimal(0)
    least = most.quantize(CENT, ROUND_CEILING)
    for at in (least, least + CENT):
        row, decision = first_of(_with_risk(org, runner.outcome, at), plan, settings)
        if at <= org.arr and _named(row) != _named(first):
            return [Change("more_at_risk", runner.outcome, at, *_named(row), decision)]
    return []


def _less_at_risk(org: Org, plan: Optional[CoveragePlan], base: Decided, settings: Mapping) -> list[Change]:
    """The most ARR at risk of the first row's outcome at which another row would be first, where there is one."""
    first = base.sequence.next
    own = next((one for one in org.failing if first is not None and one.outcome == first.outcome), None)
    if own is None or own.arr_at_risk is None:
        return []
    amounts = [one.arr_at_risk for one in org.failing if one is not own]
    amounts.append(None if plan is None else plan.unserved_arr)
    for level in sorted({amount for amount in amounts if amount and amount <= own.arr_at_risk}, reverse=True):
        for at in (level, level - CENT):
            row, decision = first_of(_with_risk(org, own.outcome, at), plan, settings)
            if _named(row) != _named(first):
                return [Change("less_at_risk", own.outcome, at, *_named(row), decision)]
    return []


def _with_risk(org: Org, outcome: str, at: Decimal) -> Org:
    return org._replace(failing=tuple(one._replace(arr_at_risk=at) if one.outcome == outcome else one
                                      for one in org.failing))


def known(org: Org, values: Mapping[str, Fact]) -> Org:
    """The company with values at dotted keys that were unknown; a team of 0 is nobody."""
    signals = {key[len(SIGNAL):]: value for key, value in values.items() if key.startswith(SIGNAL)}
    team = {key[len(TEAM):]: () for key in values if key.startswith(TEAM)}
    plain = {key: value for key, value in values.items() if not key.startswith((SIGNAL, TEAM))}
    return org._replace(signals=org.signals._replace(**signals), team={**org.team, **team},
                        unknown=tuple(key for key in org.unknown if key not in values), **plain)


def meeting(org: Org, settings: Mapping) -> dict[str, tuple[Fact, ...]]:
    """For each key that a criterion rests on the least values that meet one, beside what is known of the others; of
    renewals due also the most that leave nobody enough to do.

    Empty for a key that no value brings to meet it, such as the rate at which nobody's waiting is slow.
    """
    rules, split, said = settings["hiring"]["triggers"], settings["hiring"]["split"], org.signals
    onboarding, renewals = rules["implementation"], rules["renewals"]
    most = max(said.renewals_late_12m or 0, said.renewals_lost_12m or 0, Decimal(renewals["due_a_year"]))
    due = most if said.renewals_due_12m is None else said.renewals_due_12m
    few = max(said.renewals_late_12m or 0, said.renewals_lost_12m or 0, Decimal(renewals["due_a_year"]) - 1)
    a_month, waiting = said.onboarded_per_month, said.onboarding_backlog
    rate = ONE if a_month is None else a_month
    backlog = (rate * Decimal(onboarding["backlog_months"])).to_integral_value(ROUND_FLOOR) + 1
    slowest = None if waiting is None else whole(waiting / Decimal(onboarding["backlog_months"])) - 1
    values: dict[str, tuple[Fact, ...]] = {
        "motion": ("sales_led", "product_led"), "products": (int(split["products"]),),
        "signals.founder_customer_time_ratio": (Decimal(rules["csm"]["founder_time_ratio"]) + HUNDREDTH,),
        "signals.founder_closes_deals": (True,), "signals.playbook_written": (True,),
        "signals.csm_admin_time_ratio": (Decimal(rules["cs_ops"]["admin_ratio"]),),
        "signals.onboarding_days": (Decimal(onboarding["onboarding_days"]) + 1,),
        "signals.onboarding_backlog": (backlog,),
        "signals.onboarded_per_month": (ONE,) if slowest is None else (Decimal(slowest),) if slowest > 0 else (),
        "signals.renewals_due_12m": (due, few) if few < due else (due,),
        "signals.renewals_late_12m": (Decimal(whole(due * Decimal(renewals["late_ratio"]))),),
        "signals.renewals_lost_12m": (Decimal(whole(due * Decimal(split["lost_ratio"]))),),
        "signals.renewals_owned_by": ("csm",),
        "signals.escalations_per_week": (Decimal(settings["coverage"]["managers"]["escalations_a_week"]),),
        "signals.public_references": (Decimal(rules["customer_marketing"]["references"]),)}
    return {**values, **{key: (Decimal(0),) for key in org.unknown if key.startswith(TEAM)}}
