"""What decision A found to be leaking, for the break-even of decision C: ARR lost a year, overall and by size tier."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.book import Book
from cslib.months import MONTHS_IN_A_YEAR
from cslib.refusal import Fault, Refusal
from cslib.results import Beside, Result, opened, unfit

SCRIPT = "retention_decomposition_analyzer.py"
_CENT = Decimal("0.01")
_OVERALL, _WORTH = ("result", "overall"), ("result", "worth")
_PERIOD, _TIERS = ("result", "period_months"), ("result", "size_segments")
_ORDER = ("sample", "currency", ".".join(_PERIOD), "as_of", ".".join(_TIERS))


class Leak(NamedTuple):
    """ARR churned and contracted in twelve months; `by_tier` holds the size tiers that the result names.

    `closing_leaks_arr` is the ARR a year that closing the policy's share of the leaks keeps, `point_of_grr` the ARR
    that one point of GRR is worth after a year.
    """

    as_of: date
    currency: Optional[str]
    lost_arr: Decimal
    by_tier: dict[str, Decimal]
    closing_leaks_arr: Decimal
    point_of_grr: Decimal


def read(record: Any, source: str, book: Book, sample_ok: bool) -> Leak:
    """The leak in a parsed JSON result of decision A, for the book of decision C.

    Refused: what is no such result; then, all at once: a sample beside a company's own book, another currency (both
    known), a period other than twelve months, a day too far from the book's, tiers that lost more than the whole.
    """
    result = opened(record, source, SCRIPT)
    as_of, currency, lost = result.as_of, result.currency, _lost(result, *_OVERALL)
    by_tier: dict[str, Decimal] = {}
    for row in result.rows(*_TIERS):
        name = row.value(str, "name")
        by_tier[name] = by_tier.get(name, Decimal(0)) + _lost(row)
    leak = Leak(as_of, currency, lost, by_tier, result.amount(*_WORTH, "closing_leaks_arr"),
                result.amount(*_WORTH, "point_of_grr_after_one_year"))
    faults = [*unfit(result, Beside("book", book.as_of, book.currency, sample_ok)),
              *_unfit(leak, result.value(int, *_PERIOD))]
    if faults:
        raise Refusal(source, sorted(faults, key=lambda fault: _ORDER.index(fault.place)))
    return leak


def _unfit(leak: Leak, period_months: int) -> Iterable[Fault]:
    if period_months != MONTHS_IN_A_YEAR:
        yield Fault("not comparable", ".".join(_PERIOD), str(MONTHS_IN_A_YEAR), str(period_months))
    of_tiers = sum(leak.by_tier.values(), Decimal(0))
    if of_tiers > leak.lost_arr + _CENT * (len(leak.by_tier) + 1):
        yield Fault("contradiction", ".".join(_TIERS), f"at most {leak.lost_arr} lost in all", str(of_tiers))


def _lost(result: Result, *keys: str) -> Decimal:
    return sum((result.amount(*keys, key) for key in ("churned_arr", "contraction_arr")), Decimal(0))
