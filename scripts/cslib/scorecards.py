"""scorecard.json as records: the KPIs of one day and what a team can show of its maturity. None is unknown, never 0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.months import day_of
from cslib.refusal import Refusal
from cslib.scorecard_checks import faults_of

ZERO = Decimal(0)
GIVEN = "given"
DIMENSIONS = ("measurement", "health", "risk", "segmentation", "capacity", "onboarding", "expansion", "roles", "voice")
LADDER = ("reactive", "proactive", "strategic", "transformational")
GATES = ("measurement", "risk", "segmentation")


class Reading(NamedTuple):
    """A value in the unit of its KPI. `of`: customers, answers or renewals behind it; `sd` of a mean."""

    value: Decimal
    of: Optional[int]
    sd: Optional[Decimal]


class Kpi(NamedTuple):
    """One KPI of the whole company (`segment` None) or of one segment; `previous_as_of` may be unknown.

    `period_months` is that of a rate over time, `scale` and `easy_is` those of a score, None elsewhere. `origin`:
    given, or the result (retention, coverage) that it was filled in from.
    """

    kpi: str
    segment: Optional[str]
    now: Reading
    previous: Optional[Reading]
    previous_as_of: Optional[date]
    period_months: Optional[int]
    scale: Optional[str]
    easy_is: Optional[str]
    owner: Optional[str]
    origin: str


class Claim(NamedTuple):
    """What is said of one stage of one dimension, with what shows it. `met` None: nothing is said."""

    dimension: str
    stage: str
    met: Optional[bool]
    evidence: Optional[str]
    origin: str


class Scorecard(NamedTuple):
    """The whole document.

    `accounts` above the policy's floor, `with_owner` of them; `csms` there and `required`, FTE; `claims` one for each
    stage above reactive of each dimension, in order; `assessed`: whether the document speaks of maturity.
    """

    as_of: date
    currency: Optional[str]
    stage: Optional[str]
    believed_stage: Optional[str]
    product_type: Optional[str]
    kpis: tuple[Kpi, ...]
    accounts: Optional[int]
    with_owner: Optional[int]
    csms: Optional[Decimal]
    required: Optional[Decimal]
    claims: tuple[Claim, ...]
    assessed: bool


def read(document: dict, source: str) -> Scorecard:
    """The records of a document that its schema accepts; a KPI whose value is null is not measured and left out.

    Refused, all at once: what `scorecard_checks` finds.
    """
    faults = list(faults_of(document))
    if faults:
        raise Refusal(source, faults)
    get = document.get
    owned, people, maturity = get("owned_accounts") or {}, get("headcount") or {}, get("maturity") or {}
    return Scorecard(day_of(document["as_of"]), get("currency"), get("stage"), get("believed_stage"),
                     get("product_type"),
                     tuple(_kpi(row) for row in get("kpis") or () if row["value"] is not None),
                     owned.get("accounts"), owned.get("with_owner"), _known(people.get("csms")),
                     _known(people.get("required")),
                     tuple(_claim(maturity, dimension, stage) for dimension in DIMENSIONS for stage in LADDER[1:]),
                     bool(maturity))


def _kpi(row: Mapping) -> Kpi:
    before = row.get("previous")
    return Kpi(row["kpi"], row.get("segment"), _reading(row), before and _reading(before),
               day_of(before["as_of"]) if before and before.get("as_of") else None, row.get("period_months"),
               row.get("scale"), row.get("easy_is"), row.get("owner"), GIVEN)


def _reading(row: Mapping) -> Reading:
    return Reading(_amount(row["value"]), row.get("of"), _known(row.get("sd")))


def _claim(maturity: Mapping, dimension: str, stage: str) -> Claim:
    cell = (maturity.get(dimension) or {}).get(stage) or {}
    return Claim(dimension, stage, cell.get("met"), cell.get("evidence"), GIVEN)


def _known(value: object) -> Optional[Decimal]:
    return None if value is None else _amount(value)


def _amount(value: object) -> Decimal:
    """To 28 digits, without the sign of a zero."""
    return Decimal(str(value)) + ZERO
