"""The order in which roles are opened, each after the one before is filled and ramped, with the plan's rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import am_split, stages
from cslib.am_split import Split
from cslib.candidates import CSM, Candidate, candidates, rank, served, unblocked
from cslib.coverage_plan import CoveragePlan
from cslib.gates import Gate, Track, before, holding, posted, present
from cslib.months import MONTHS_IN_A_YEAR
from cslib.openings import Opening, Row, opened, planned
from cslib.org import ROLES, Org
from cslib.role_criteria import RoleState, size_today, states
from cslib.role_table import Size
from cslib.stages import Standing
from cslib.starts import moved
from cslib.unblocking import Unblocking

ZERO = Decimal(0)
SIX_PLACES = Decimal("0.000001")


class Sequence(NamedTuple):
    """The order by day of approval, and on one day by `candidates.rank`; only what starts up to the horizon.

    `next` is its first row, `next_role` the first that opens a role. `beyond` are roles that are due before the horizon
    and have no row in the order. `held` are the gates that keep the next role waiting although it is due; one without a
    day is a delivery that has not come, for which no day of approval can wait.
    """

    next: Optional[Opening]
    next_role: Optional[Opening]
    openings: tuple[Opening, ...]
    beyond: tuple[str, ...]
    held: tuple[Gate, ...]
    horizon_day: date


class Decided(NamedTuple):
    """The stage, the split and the order of one company."""

    standing: Standing
    split: Split
    sequence: Sequence


class _Company(NamedTuple):
    org: Org
    standing: Standing
    plan: Optional[CoveragePlan]
    split: Split
    settings: Mapping

    @property
    def horizon(self) -> int:
        return int(self.settings["hiring"]["horizon_months"])

    def without(self, outcomes: Collection[str]) -> _Company:
        """The same company, with roles opened for these outcomes."""
        failing = tuple(one for one in self.org.failing if one.outcome not in outcomes)
        return self._replace(org=self.org._replace(failing=failing))


class _Rows(NamedTuple):
    """The rows approved up to a state, and for each role that they open or that still asks since when it is due."""

    rows: list[Row]
    due: dict[str, int]


def decided(org: Org, plan: Optional[CoveragePlan], settings: Mapping) -> Decided:
    """The order and what it rests on; `settings` are the whole policy."""
    company = _company(org, plan, settings)
    return Decided(company.standing, company.split, sequence(*company))


def first_of(org: Org, plan: Optional[CoveragePlan], settings: Mapping) -> tuple[Optional[Opening], str]:
    """The first row of that order, found without the rest, and the decision of the split."""
    company = _company(org, plan, settings)
    for state, (rows, _) in enumerate(_by_month(company)):
        order = _in_order(rows, company)
        if order and order[0].approve_by <= moved(org.as_of, state):
            return order[0], company.split.decision
    return None, company.split.decision


def _company(org: Org, plan: Optional[CoveragePlan], settings: Mapping) -> _Company:
    return _Company(org, stages.standing(org, settings["hiring"]), plan,
                    am_split.split(org, size_today(org, plan).csms, settings), settings)


def sequence(org: Org, standing: Standing, plan: Optional[CoveragePlan], split: Split, settings: Mapping) -> Sequence:
    """The order from the org's day to the policy's horizon, `settings` being the whole policy; empty without customers.

    Each month's candidates are judged on the company as it then is: customers and ARR at the growth that is known, the
    plan's CSMs, the people whom the order has opened. Signals and failing outcomes are those of today throughout.
    """
    company = _Company(org, standing, plan, split, settings)
    *_, found = (_Rows([], {}), *_by_month(company))
    order = _in_order(found.rows, company)
    shown, first = {one.role for one in order}, next((one for one in order if one.kind == "role"), None)
    return Sequence(order[0] if order else None, first, order,
                    tuple(role for role in ROLES if role in found.due and role not in shown),
                    _held(first, org.as_of), moved(org.as_of, company.horizon))


def _in_order(rows: Collection[Row], company: _Company) -> tuple[Opening, ...]:
    last = moved(company.org.as_of, company.horizon)
    return tuple(sorted((row.opening for row in rows if row.opening.start_day <= last), key=_place))


def _by_month(company: _Company) -> Iterator[_Rows]:
    """What is approved up to each state, from today to the horizon; nothing without customers."""
    org, standing, plan, _, settings = company
    if not org.customers:
        return
    there, due = [*present(org, settings), *posted(org, settings)], {}
    rows, done = _of_plan(company)
    seen, month = None, None
    for state in range(company.horizon + 1):
        while True:
            tracks = [*there, *(row.track for row in rows)]
            asks = company.without(done), size_at(org, plan, tracks, state), state == 0
            if asks != seen:
                seen, month = asks, _asking(*asks)
            due = {**{one.role: state for one in month.candidates}, **due}
            room = holding(tracks, state) < standing.roles_at_a_time
            one = min((one for one in month.candidates if room or not _waits(one)), key=rank, default=None)
            if one is None:
                break
            role_before = before(tracks, state) if _waits(one) else None
            rows = [*rows, opened(one, state, due[one.role], role_before, org, settings, company.horizon)]
            done = done | served(one.role, month.outcomes)
        wanted = {one.role for one in month.candidates} | {row.opening.role for row in rows}
        due = {role: since for role, since in due.items() if role in wanted}
        yield _Rows(rows, due)


def _of_plan(company: _Company) -> tuple[list[Row], set[str]]:
    """The rows of the coverage plan, and the failing outcomes that they are for."""
    org, _, plan, _, settings = company
    if plan is None:
        return [], set()
    size = size_today(org, plan)
    roles, outcomes, _ = _asking(company, size, True)
    filled = {state.role for state in roles if state.filled}
    rows = planned(plan, outcomes, filled, size.people[CSM] == 0, org, settings, company.horizon)
    return rows, {outcome for row in rows for outcome in served(row.opening.role, outcomes)}


def _waits(one: Candidate) -> bool:
    """Whether it takes its turn: all that opens a role, but for the first CSM, without whom no role can be opened."""
    return one.kind == "role" and one.role != CSM


def _place(one: Opening) -> tuple:
    return (one.approve_by, *rank(one), -one.cost_a_year / one.fte, one.tier or "", one.keys, one.start_day, -one.fte)


def _held(first: Optional[Opening], as_of: date) -> tuple[Gate, ...]:
    """The gates that are known not to be met and last beyond the day from which the row is due."""
    return () if first is None else tuple(
        gate for gate in first.gate
        if gate.met is False and (gate.until is None or gate.until > moved(as_of, first.due_month)))


class _Month(NamedTuple):
    roles: tuple[RoleState, ...]
    outcomes: tuple[Unblocking, ...]
    candidates: list[Candidate]


def _asking(company: _Company, size: Size, now: bool) -> _Month:
    """The roles of a company of that size, now or later, what would deliver that which fails, and the candidates."""
    org, standing, plan, split, settings = company
    own = split if size.csms == size_today(org, plan).csms else am_split.split(org, size.csms, settings)
    roles = states(org, standing, plan, own, size, settings)
    outcomes = unblocked(org, plan, roles, own, size, settings)
    return _Month(roles, outcomes, candidates(roles, outcomes, now, org, settings))


def size_at(org: Org, plan: Optional[CoveragePlan], tracks: Collection[Track], state: int) -> Size:
    """The company in a state. Where a growth is unknown it stands still; only a coverage plan knows of leavers.

    CSMs are those of today with what the plan changes, whose seats may be filled already; it says how many are needed,
    but not with nobody there and no seats.
    """
    size = size_today(org, plan)
    people, pending = dict(size.people), dict.fromkeys(ROLES, ZERO)
    for track in tracks:
        if not track.present and track.landed > state:
            pending[track.role] += track.fte
        elif not track.present and people[track.role] is not None:
            people[track.role] += track.fte
    if state and size.csms is not None and plan is not None and plan.csms is not None and (size.csms or plan.seats):
        then, now = (plan.headcount[_plan_state(org, plan, at)] for at in (state, 0))
        people[CSM] = max(ZERO, min(size.csms + then - now, max(then, size.csms)))
    return Size(_grown(size.customers, org.growth, state), _grown(size.arr, org.arr_growth, state),
                size.csms if size.csms is None or not state else people[CSM], people, pending)


def _plan_state(org: Org, plan: CoveragePlan, state: int) -> int:
    apart = (org.as_of.year - plan.as_of.year) * MONTHS_IN_A_YEAR + org.as_of.month - plan.as_of.month
    return min(max(0, state + apart), len(plan.headcount) - 1)


def _grown(amount: Decimal, growth: Optional[Decimal], state: int) -> Decimal:
    """Compounded month by month, to six places."""
    if growth is None or not state:
        return amount
    return (amount * (1 + growth) ** (Decimal(state) / MONTHS_IN_A_YEAR)).quantize(SIX_PLACES)
