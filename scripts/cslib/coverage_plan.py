"""The plan of decision C as decision D reads it: CSM seats and leads with their days, and who is not looked after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.cohort_checks import CENT
from cslib.hires import REASONS
from cslib.org import Org
from cslib.refusal import Fault, Refusal
from cslib.results import Beside, Result, opened, unfit
from cslib.shortfalls import TierLoad, unserved_arr
from cslib.spans import KINDS
from cslib.tiering import FOUR, TOUCH

SCRIPT = "cs_coverage_calculator.py"
ZERO = Decimal(0)
LONGEST_MONTHS = 24
SAME_FTE = Decimal("0.05")
_LISTS = ("tiers", "months", "hires", "managers", "surplus")


class PlanSeat(NamedTuple):
    """CSMs of a tier that start together for one of `hires.REASONS`; `cost` from the start to the plan's horizon."""

    tier: str
    fte: Decimal
    reason: str
    approve_by: date
    start_day: date
    months_late: int
    cost: Decimal
    cost_a_year: Decimal


class PlanLead(NamedTuple):
    """Managers or player-coaches (`spans.KINDS`) that the plan adds; `cost` from the start to the plan's horizon.

    Below 0 where a policy pays a player-coach less than the CSM that is still there.
    """

    kind: str
    fte: Decimal
    approve_by: date
    start_day: date
    cost: Optional[Decimal]
    cost_a_year: Decimal


class CoveragePlan(NamedTuple):
    """What decision C planned for the same customers. `headcount`: CSMs in state 0 to the horizon, with the plan.

    `unserved_arr` is the ARR of the tiers that lack CSMs today, by the share of their work that nobody does, and
    `worst_tier` the one with the most work for its CSMs, its load None where it has none. Where the CSMs of a tier are
    unknown, `csms` and `unserved_arr` are None and `headcount` is empty. `managers` are those present, `moves` the FTE
    that change tier, `spare` the CSMs that stay over after those moves up to the plan's horizon.
    """

    as_of: date
    customers: Decimal
    arr: Decimal
    csms: Optional[Decimal]
    required: Decimal
    unserved_arr: Optional[Decimal]
    worst_tier: Optional[str]
    worst_load_ratio: Optional[Decimal]
    seats: tuple[PlanSeat, ...]
    leads: tuple[PlanLead, ...]
    headcount: tuple[Decimal, ...]
    horizon_months: int
    managers: Optional[Decimal]
    moves: Decimal
    spare: Decimal


class Disagreement(NamedTuple):
    """What the org and the plan count differently: customers, arr, csms or cs_managers."""

    what: str
    org_value: Decimal
    plan_value: Decimal


def read(record: Any, source: str, org: Org, sample_ok: bool) -> CoveragePlan:
    """The plan in a parsed JSON result of decision C, for the org of decision D.

    Refused: what is no such result; then, all at once: a sample beside a company's own org, another currency (both
    known), a day too far from the org's, a list that was cut.
    """
    result = opened(record, source, SCRIPT)
    answer = result._replace(record=result.value(dict, "result"), within="result.")
    faults = [*unfit(result, Beside("org", org.as_of, org.currency, sample_ok)), *_cut(result)]
    if faults:
        raise Refusal(source, faults)
    tiers, horizon = [_tier(row) for row in answer.rows("tiers")], _horizon(answer)
    csms = _known(answer, "csms")
    known = [tier for tier in tiers if tier.csms is not None and tier.customers]
    worst = max(known, key=lambda tier: (tier.unserved_ratio, tier.load_ratio or ZERO, tier.arr), default=None)
    return CoveragePlan(
        as_of=result.as_of, customers=sum((tier.customers for tier in tiers), ZERO),
        arr=sum((tier.arr for tier in tiers), ZERO), csms=csms, required=answer.amount("required"),
        unserved_arr=None if csms is None else unserved_arr(tiers),
        worst_tier=worst and worst.tier, worst_load_ratio=worst and worst.load_ratio,
        seats=tuple(_seat(row) for row in answer.rows("hires")),
        leads=tuple(_lead(row) for row in answer.rows("managers") if (row.number("gap") or ZERO) > 0),
        headcount=() if csms is None else tuple(row.amount("headcount") for row in answer.rows("months")),
        horizon_months=horizon, managers=_known(answer, "cost", "now", "managers"), moves=answer.amount("moved_fte"),
        spare=sum((row.amount("fte") for row in answer.rows("surplus")), ZERO))


def conflicts(org: Org, plan: CoveragePlan) -> tuple[Disagreement, ...]:
    """Where the two differ: in customers at all, in ARR by more than a cent, in people by more than SAME_FTE."""
    pairs = (("customers", Decimal(org.customers), plan.customers, ZERO), ("arr", org.arr, plan.arr, CENT),
             ("csms", org.people("csm"), plan.csms, SAME_FTE),
             ("cs_managers", org.people("cs_manager"), plan.managers, SAME_FTE))
    return tuple(Disagreement(what, own, other) for what, own, other, apart in pairs
                 if own is not None and other is not None and abs(own - other) > apart)


def _cut(result: Result) -> Iterable[Fault]:
    """The lists that the result's notes say are a part only."""
    notes = [str(note) for note in result.value(list, "notes")]
    for key in _LISTS:
        if any(note.startswith(f"{key}: and ") for note in notes):
            yield Fault("cut short", f"result.{key}", "the whole list", "a part of it",
                        "write it with --all, or --output")


def _horizon(answer: Result) -> int:
    """The months that the plan reaches. Refused: a row of `months` missing or too many."""
    horizon, states = answer.value(int, "horizon_months"), len(answer.value(list, "months"))
    if not 0 < horizon <= LONGEST_MONTHS:
        raise answer.alien(["horizon_months"], f"1 to {LONGEST_MONTHS} months", str(horizon))
    if states != horizon + 1:
        raise answer.alien(["months"], f"{horizon + 1} rows, from today to the horizon", str(states))
    return horizon


def _tier(row: Result) -> TierLoad:
    return TierLoad(_word(row, "tier", (*FOUR, *TOUCH)), row.amount("customers"), row.amount("arr"),
                    _known(row, "csms"), _known(row, "load_ratio"))


def _seat(row: Result) -> PlanSeat:
    return PlanSeat(_word(row, "tier", (*FOUR, *TOUCH)), _fte(row, "fte"), _word(row, "reason", REASONS),
                    row.day("approve_by"), row.day("start_day"), row.value(int, "months_late"), row.amount("cost"),
                    row.amount("cost_a_year"))


def _lead(row: Result) -> PlanLead:
    a_year = row.number("cost_a_year")
    if a_year is None:
        raise row.alien(["cost_a_year"], "what those who are added cost a year", "null")
    return PlanLead(_word(row, "kind", KINDS), _fte(row, "added"), row.day("approve_by"), row.day("start_day"),
                    row.number("cost"), a_year)


def _known(row: Result, *keys: str) -> Optional[Decimal]:
    """An amount from 0 on, None for null."""
    return None if row.number(*keys) is None else row.amount(*keys)


def _fte(row: Result, key: str) -> Decimal:
    fte = row.amount(key)
    if not fte:
        raise row.alien([key], "FTE above 0", "0")
    return fte


def _word(row: Result, key: str, words: tuple[str, ...]) -> str:
    word = row.value(str, key)
    if word not in words:
        raise row.alien([key], f"one of {', '.join(words)}", word)
    return word
