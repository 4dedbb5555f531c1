"""Coverage plans for tests of the order of hires, as if decision C had written them for an org of `orgs`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Optional

from hypothesis import strategies as st

import orgs
from cslib.coverage_plan import CoveragePlan, PlanLead, PlanSeat
from cslib.org import Org
from cslib.starts import moved, start

D = Decimal
RULES = orgs.SETTINGS["coverage"]
HORIZON = 12


def seat(fte: object = 1, tier: str = "enterprise", reason: str = "short_now", ideal: int = 0,
         as_of: str = orgs.AS_OF) -> PlanSeat:
    """A seat that should start in month `ideal`; before three months it starts late."""
    when, year = start(date.fromisoformat(as_of), ideal, RULES), D(RULES["loaded_cost"][tier]) * D(str(fte))
    return PlanSeat(tier, D(str(fte)), reason, when.approve_by, when.day, when.months_late,
                    year * max(0, HORIZON - when.month) / 12, year)


def lead(fte: object = 1, kind: str = "manager", ideal: int = 0, as_of: str = orgs.AS_OF) -> PlanLead:
    """A lead that should start in month `ideal`."""
    when, year = start(date.fromisoformat(as_of), ideal, RULES), D(RULES["loaded_cost"]["manager"]) * D(str(fte))
    return PlanLead(kind, D(str(fte)), when.approve_by, when.day, year * max(0, HORIZON - when.month) / 12, year)


def of(org: Org, seats: Iterable[PlanSeat] = (), leads: Iterable[PlanLead] = (), unserved: object = None,
       **known: object) -> CoveragePlan:
    """A plan for the people of an org. The headcount rises in the month after each start."""
    seats, leads, csms = tuple(seats), tuple(leads), org.people("csm")
    months = [sum((row.fte for row in seats if row.start_day <= moved(org.as_of, t)), csms or D(0))
              for t in range(HORIZON + 1)]
    made = CoveragePlan(org.as_of, org.customers, org.arr, csms, (csms or D(0)) + sum((row.fte for row in seats), D(0)),
                        None if unserved is None else D(str(unserved)), "enterprise" if seats else None, None, seats,
                        leads, tuple(months), HORIZON, org.people("cs_manager"), D(0), D(0))
    return made._replace(**known)


@st.composite
def plans(draw, org: Org) -> Optional[CoveragePlan]:
    """A plan for an org, or None."""
    if draw(st.booleans()):
        return None
    seats = draw(st.lists(st.builds(
        seat, st.sampled_from((D("0.5"), 1, 2)), st.sampled_from(("strategic", "enterprise", "mid_market", "smb")),
        st.sampled_from(("short_now", "growth", "attrition")), st.integers(-6, HORIZON - 1)), max_size=3))
    leads = draw(st.lists(st.builds(lead, st.just(1), st.just("manager"), st.integers(-3, HORIZON - 1)), max_size=1))
    return of(org, seats, leads, draw(st.none() | st.integers(0, int(org.arr))))
