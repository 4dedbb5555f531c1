"""Whether the inputs of a brief are of one company on one day: the same day, currency, stage, totals and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional, Union

from cslib import book as books
from cslib import brief, cohorts
from cslib.brief import COVERAGE, HIRING, RETENTION, SCORECARD, SEGMENTATION, Parts, Values
from cslib.cohort_checks import CENT
from cslib.coverage_plan import SAME_FTE
from cslib.customers import Portfolio
from cslib.org import Org
from cslib.policy import STAGE_GROUPS
from cslib.results import MOST_DAYS_APART
from cslib.scorecards import Scorecard

WHAT = ("as_of", "currency", "stage", "arr", "customers", "csms", "managers")
ZERO = Decimal(0)

Input = Union[cohorts.Book, Portfolio, books.Book, Org, Scorecard]
Said = Union[Decimal, int, date, str]


class Disagreement(NamedTuple):
    """What the inputs say differently, one of WHAT, with the topic and the value of each that says anything."""

    what: str
    values: tuple[tuple[str, Said], ...]


def disagreements(parts: Parts) -> tuple[Disagreement, ...]:
    """Where the inputs differ, in the order of WHAT: ARR by a cent, people by over SAME_FTE, stages by their bands.

    What an input does not know disagrees with nothing.
    """
    inputs, stages = _inputs(parts), _stages(parts)
    words = (("as_of", [(topic, one.as_of) for topic, one in inputs]),
             ("currency", [(topic, one.currency) for topic, one in inputs]), ("stage", stages))
    counts = (("arr", brief.arr(parts), CENT / 2), ("customers", brief.customers(parts), ZERO),
              ("csms", brief.csms(parts), SAME_FTE), ("managers", _managers(parts), SAME_FTE))
    known = [(what, _known(values), None) for what, values in words]
    known += [(what, _known(values), apart) for what, values, apart in counts]
    return tuple(Disagreement(what, values) for what, values, apart in known if _differ(_judged(what, values), apart))


def comparable(one: Input, other: Input) -> bool:
    """Whether one's result may be read beside the other: the same or an unknown currency, days near each other."""
    same = one.currency == other.currency or not one.currency or not other.currency
    return same and abs((one.as_of - other.as_of).days) <= MOST_DAYS_APART


def _inputs(parts: Parts) -> list[tuple[str, Input]]:
    held = ((RETENTION, parts.retention and parts.retention.book),
            (SEGMENTATION, parts.segmentation and parts.segmentation.portfolio),
            (COVERAGE, parts.coverage and parts.coverage.book), (HIRING, parts.hiring and parts.hiring.org),
            (SCORECARD, parts.scorecard and parts.scorecard.card))
    return [(topic, one) for topic, one in held if one is not None]


def _stages(parts: Parts) -> list[tuple[str, Optional[str]]]:
    """The stage that each decision went by; customers.json has none."""
    judged = [] if parts.retention is None else [(RETENTION, parts.retention.found.stage)]
    return judged + [(topic, one.stage) for topic, one in _inputs(parts) if topic in (COVERAGE, HIRING, SCORECARD)]


def _managers(parts: Parts) -> Values:
    """The FTE who lead CSMs by each input."""
    book, org = parts.coverage and parts.coverage.book, parts.hiring and parts.hiring.org
    return ((COVERAGE, book and book.managers), (HIRING, org and org.people("cs_manager")))


def _judged(what: str, values: tuple[tuple[str, Said], ...]) -> tuple[tuple[str, Said], ...]:
    """The values as they are compared: stages of one group have the same bands."""
    return tuple((topic, STAGE_GROUPS[str(stage)]) for topic, stage in values) if what == "stage" else values


def _known(values: Iterable[tuple[str, Optional[Said]]]) -> tuple[tuple[str, Said], ...]:
    return tuple((topic, value) for topic, value in values if value is not None)


def _differ(values: tuple[tuple[str, Said], ...], apart: Optional[Decimal]) -> bool:
    """Whether any two differ, numbers by more than `apart`."""
    said = [value for _, value in values]
    if apart is None:
        return len(set(said)) > 1
    return bool(said) and max(said) - min(said) > apart
