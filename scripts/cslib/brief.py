"""All decisions side by side: what is at stake in each and by when, the three that weigh most, the worst verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional, Union

from cslib import book as books
from cslib import cohorts, retention
from cslib.coverage import Coverage
from cslib.customers import Portfolio
from cslib.decomposition import Decomposition
from cslib.hiring import Hiring
from cslib.levers import EXITS, SOON, exits_by
from cslib.org import Org
from cslib.plays import Plan
from cslib.scorecard import Scored
from cslib.scorecards import Scorecard
from cslib.segmentation import Segmentation
from cslib.shortfalls import TierLoad, unserved_arr

RETENTION, SEGMENTATION, COVERAGE, HIRING, SCORECARD = "retention", "segmentation", "coverage", "hiring", "scorecard"
KINDS = {RETENTION: "arr_lost", SEGMENTATION: "cost_a_year", COVERAGE: "arr_uncovered", HIRING: "arr_at_risk"}
MOST = 3
ZERO = Decimal(0)

Number = Union[Decimal, int]
Values = tuple[tuple[str, Optional[Number]], ...]


class RetentionPart(NamedTuple):
    """Decision A; `plan` is that against its largest leak, None where nothing leaks."""

    book: cohorts.Book
    found: Decomposition
    plan: Optional[Plan]


class SegmentationPart(NamedTuple):
    """Decision B."""

    portfolio: Portfolio
    found: Segmentation


class CoveragePart(NamedTuple):
    """Decision C."""

    book: books.Book
    found: Coverage


class HiringPart(NamedTuple):
    """Decision D."""

    org: Org
    found: Hiring


class ScorecardPart(NamedTuple):
    """Decision E."""

    card: Scorecard
    found: Scored


class Parts(NamedTuple):
    """The decisions with their inputs; None for one without."""

    retention: Optional[RetentionPart]
    segmentation: Optional[SegmentationPart]
    coverage: Optional[CoveragePart]
    hiring: Optional[HiringPart]
    scorecard: Optional[ScorecardPart]


class Stake(NamedTuple):
    """What hangs on a decision, of one of KINDS, and by when it is to be decided, None where no day is due.

    Kinds differ: ARR that was lost, cost of a year, ARR that nobody looks after, ARR at risk. They are never added.
    """

    topic: str
    kind: str
    amount: Decimal
    by: Optional[date]


class Figures(NamedTuple):
    """What one brief is compared with the next by; None is unknown.

    ARR, customers and CSMs come from the first input that knows them. Ratios are those of a year, of another period
    annualised, but for the growth of ARR. `excess` is cost to serve above what accounts bear, `deserving_customers` get
    less than they are due; `arr_at_risk` is that of the `next_role`, `maturity` the overall stage.
    """

    arr: Optional[Decimal]
    arr_growth_ratio: Optional[Decimal]
    customers: Optional[int]
    grr_ratio: Optional[Decimal]
    nrr_ratio: Optional[Decimal]
    logo_retention_ratio: Optional[Decimal]
    cost_to_serve: Optional[Decimal]
    excess: Optional[Decimal]
    exit_customers: Optional[int]
    deserving_customers: Optional[int]
    required_csms: Optional[Decimal]
    csms: Optional[Decimal]
    next_role: Optional[str]
    arr_at_risk: Optional[Decimal]
    maturity: Optional[str]


def stakes(parts: Parts) -> tuple[Stake, ...]:
    """One for each decision with money at stake, in the order of KINDS."""
    return tuple(Stake(topic, KINDS[topic], amount, _by(topic, parts))
                 for topic, amount in amounts(parts).items() if amount)


def ranked(found: Iterable[Stake]) -> tuple[Stake, ...]:
    """The largest amounts first, MOST of them; those alike in the order of KINDS."""
    order = tuple(KINDS)
    return tuple(sorted(found, key=lambda stake: (-stake.amount, order.index(stake.topic)))[:MOST])


def amounts(parts: Parts) -> dict[str, Optional[Decimal]]:
    """What is at stake in each of KINDS: 0 is nothing, None unknown or not asked."""
    return {RETENTION: _lost(parts.retention), SEGMENTATION: _freed(parts.segmentation),
            COVERAGE: _uncovered(parts.coverage), HIRING: _at_risk(parts.hiring)}


def verdict(parts: Parts) -> Optional[str]:
    """The worst of `retention.VERDICTS` over the decisions of KINDS; None where none is judged."""
    return retention.worst(part.found.verdict for part in parts[:len(KINDS)] if part is not None)


def figures(parts: Parts) -> Figures:
    """The figures of a brief."""
    rates = None if parts.retention is None else parts.retention.found.overall.retained.annual
    served = None if parts.segmentation is None else parts.segmentation.found
    staffed = None if parts.coverage is None else parts.coverage.found
    opening = None if parts.hiring is None else parts.hiring.found.next_role
    return Figures(
        arr=_first(arr(parts)), arr_growth_ratio=_growth(parts.retention), customers=_first(customers(parts)),
        grr_ratio=rates and rates.grr_ratio,
        nrr_ratio=rates and rates.nrr_ratio, logo_retention_ratio=rates and rates.logo_retention_ratio,
        cost_to_serve=served and served.budget.cost, excess=served and served.budget.excess,
        exit_customers=served.leaving.customers if served and served.leaving.judged else None,
        deserving_customers=served.due.customers if served and served.due else None,
        required_csms=staffed and staffed.required, csms=_first(csms(parts)), next_role=opening and opening.role,
        arr_at_risk=opening and opening.arr_at_risk,
        maturity=None if parts.scorecard is None else parts.scorecard.found.verdict)


def arr(parts: Parts) -> Values:
    """ARR by each input: at the end of the period, of paying customers, of all tiers, of the org."""
    return _said((RETENTION, parts.retention, lambda part: part.found.overall.retained.ending_arr),
                 (SEGMENTATION, parts.segmentation, lambda part: part.found.budget.arr),
                 (COVERAGE, parts.coverage, lambda part: sum((tier.arr for tier in part.book.tiers), ZERO)),
                 (HIRING, parts.hiring, lambda part: part.org.arr))


def customers(parts: Parts) -> Values:
    """Those of the day by each input; totals by cohort do not say how many are new."""
    return _said((RETENTION, parts.retention, lambda part: sum(
        1 for account in part.book.accounts if account.ending_arr) if part.book.accounts else None),
                 (SEGMENTATION, parts.segmentation, lambda part: part.found.budget.customers),
                 (COVERAGE, parts.coverage, lambda part: sum(tier.customers for tier in part.book.tiers)),
                 (HIRING, parts.hiring, lambda part: part.org.customers))


def csms(parts: Parts) -> Values:
    """The FTE present by each input."""
    return _said((COVERAGE, parts.coverage, lambda part: part.found.csms),
                 (HIRING, parts.hiring, lambda part: part.org.people("csm")),
                 (SCORECARD, parts.scorecard, lambda part: part.card.csms))


def _said(*inputs: tuple[str, Any, Callable[[Any], Optional[Number]]]) -> Values:
    """What each input that is there says, None where it does not know."""
    return tuple((topic, told(part)) for topic, part, told in inputs if part is not None)


def _first(values: Values) -> Any:
    return next((value for _, value in values if value is not None), None)


def _growth(part: Optional[RetentionPart]) -> Optional[Decimal]:
    """What ARR at the end is above that at the start, won customers in it, as a share of the start."""
    if part is None:
        return None
    book = part.found.overall.retained
    return (book.ending_arr - book.starting_arr) / book.starting_arr if book.starting_arr else None


def _lost(part: Optional[RetentionPart]) -> Optional[Decimal]:
    """The ARR of the largest leak."""
    if part is None:
        return None
    return part.found.leaks[0].arr if part.found.leaks else ZERO


def _freed(part: Optional[SegmentationPart]) -> Optional[Decimal]:
    """What the largest lever frees a year; without a lever it is nothing only where costs are known."""
    if part is None:
        return None
    if part.found.levers:
        return part.found.levers[0].gain
    return None if part.found.budget.excess is None else ZERO


def _uncovered(part: Optional[CoveragePart]) -> Optional[Decimal]:
    """The ARR that nobody looks after today, as decision D counts it."""
    if part is None or part.found.csms is None:
        return None
    return unserved_arr(TierLoad(row.tier, Decimal(row.customers), row.arr, row.csms, row.load_ratio)
                        for row in part.found.tiers)


def _at_risk(part: Optional[HiringPart]) -> Optional[Decimal]:
    """The ARR at risk of the next opening that is a role; seats of a role that is there are decision C's."""
    if part is None:
        return None
    return ZERO if part.found.next_role is None else part.found.next_role.arr_at_risk


def _by(topic: str, parts: Parts) -> Optional[date]:
    """The day of a decision with money at stake."""
    if topic == RETENTION:
        plan = parts.retention.plan
        return None if plan is None else min(step.by for step in plan.steps)
    if topic == SEGMENTATION:
        as_of, found = parts.segmentation.portfolio.as_of, parts.segmentation.found
        return exits_by(found.leaving, as_of) if found.levers[0].kind == EXITS else as_of + timedelta(days=SOON)
    if topic == COVERAGE:
        first = parts.coverage.found.first_approval
        return None if first is None else first.day
    return parts.hiring.found.next_role.approve_by
