"""The rows of the order of hires: those that a role asks for, and those of the coverage plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Optional, Union

from cslib.candidates import CSM, LEAD, SHORT_NOW, Candidate, reason, why
from cslib.coverage_plan import CoveragePlan, PlanLead, PlanSeat
from cslib.gates import Gate, Track, gate
from cslib.hires import REASONS
from cslib.hiring_terms import first_start, state_from, terms
from cslib.months import MONTHS_IN_A_YEAR, month_index
from cslib.org import Org
from cslib.starts import moved, start_day
from cslib.unblocking import Unblocking

ONE_DAY = timedelta(days=1)


class Opening(NamedTuple):
    """One row of the order; `kind`, `why`, `outcome`, `keys` and `arr_at_risk` as in `candidates.Candidate`.

    `tier` is a CSM's. `due_month` is the state, in months from today, from which it is due, 0 for what fails today, and
    `approve_by` the day on which it can be approved. `ramped_by` is the day on which it works fully. `after` is the
    role before it, None for what waits for nobody, with the conditions on it in `gate`. `cost` is that of the `months`
    from the start to the horizon. `from_plan`: number and days are the coverage plan's; `keys` are then the reason of a
    seat and the kind of a lead, and `arr_at_risk` of a seat that is short now is the ARR that nobody has time for, or
    an outcome's if more.
    """

    kind: str
    role: str
    tier: Optional[str]
    fte: Decimal
    why: str
    outcome: Optional[str]
    keys: tuple[str, ...]
    arr_at_risk: Optional[Decimal]
    approve_by: date
    start_day: date
    ramped_by: date
    after: Optional[str]
    gate: tuple[Gate, ...]
    cost_a_year: Decimal
    cost: Decimal
    months: int
    due_month: int
    from_plan: bool


class Row(NamedTuple):
    """An opening, and those people as the roles after it see them."""

    opening: Opening
    track: Track


def opened(one: Candidate, state: int, since: int, role_before: Optional[Track], org: Org, settings: Mapping,
           horizon: int) -> Row:
    """A candidate approved in a `state`, due `since` another, after the role before it."""
    own, as_of = terms(one.role, one.tier, settings), org.as_of
    start = first_start(as_of, state, own.lead_days)
    ramped, months, a_year = start + own.ramp_months, max(0, horizon - start), one.fte * own.cost_a_year
    row = Opening(*one, moved(as_of, state), start_day(as_of, start), moved(as_of, ramped),
                  None if role_before is None else role_before.role, gate(role_before, as_of), a_year,
                  a_year * months / MONTHS_IN_A_YEAR, months, since, False)
    return Row(row, Track(one.role, one.fte, Decimal(state), start, ramped, None, False, one.kind == "role"))


def planned(plan: CoveragePlan, unblocked: Collection[Unblocking], filled: Collection[str], first_csm: bool, org: Org,
            settings: Mapping, horizon: int) -> list[Row]:
    """The rows of the coverage plan, its seats before its leads, on its days unless those have passed; none of roles
    that are `filled` with the people and posts that the plan did not know of.

    What CSMs or leads would deliver is said of the seats that are short now, or else of those that start first. With
    `first_csm`, when nobody is there, the first of them opens the role.
    """
    seats = sorted((seat for seat in plan.seats if CSM not in filled), key=lambda seat: (
        seat.start_day, REASONS.index(seat.reason), -seat.cost_a_year / seat.fte, seat.tier, seat.fte))
    leads = sorted((lead for lead in plan.leads if LEAD not in filled),
                   key=lambda lead: (lead.start_day, lead.kind, lead.fte))
    urgent = [seat for seat in seats if seat.reason == SHORT_NOW] or [
        seat for seat in seats if seat.start_day == seats[0].start_day]
    of_csm, of_lead = reason(CSM, unblocked), reason(LEAD, unblocked)
    found = []
    for number, seat in enumerate(seats):
        because = of_csm if seat in urgent else None
        unserved = plan.unserved_arr if seat.reason == SHORT_NOW else None
        one = Candidate("role" if first_csm and number == 0 else "seat", CSM, seat.tier, seat.fte,
                        "coverage" if because is None else why(because), because and because.outcome, (seat.reason,),
                        _most(unserved, because and because.arr_at_risk))
        found.append(_row(one, seat, org, settings, horizon))
    for lead in leads:
        one = Candidate("lead", LEAD, None, lead.fte, "coverage" if of_lead is None else why(of_lead),
                        of_lead and of_lead.outcome, (lead.kind,), of_lead and of_lead.arr_at_risk)
        found.append(_row(one, lead, org, settings, horizon))
    return found


def _most(*amounts: Optional[Decimal]) -> Optional[Decimal]:
    return max((amount for amount in amounts if amount is not None), default=None)


def _row(one: Candidate, given: Union[PlanSeat, PlanLead], org: Org, settings: Mapping, horizon: int) -> Row:
    own, as_of = terms(one.role, one.tier, settings), org.as_of
    approve, day = given.approve_by, given.start_day
    if approve < as_of:
        approve, day = as_of, max(day, start_day(as_of, first_start(as_of, 0, own.lead_days)))
    ramped, end = moved(day - ONE_DAY, own.ramp_months), moved(as_of, horizon) + ONE_DAY
    months, waits = max(0, month_index(end) - month_index(day)), state_from(as_of, approve)
    row = Opening(*one, approve, day, ramped, None, (), given.cost_a_year,
                  given.cost_a_year * months / MONTHS_IN_A_YEAR, months, 0 if one.outcome else waits, True)
    return Row(row, Track(one.role, one.fte, Decimal(waits), state_from(as_of, day - ONE_DAY),
                          state_from(as_of, ramped), None, False, one.kind == "role"))
