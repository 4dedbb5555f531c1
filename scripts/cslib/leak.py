"""What decision A found to be leaking, for the break-even of decision C: ARR lost a year, overall and by size tier."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.book import Book
from cslib.months import day_of
from cslib.refusal import Fault, Refusal, refused

SCRIPT = "retention_decomposition_analyzer.py"
YEAR_MONTHS, MOST_DAYS_APART = 12, 92
_MOST = Decimal(10) ** 15
_CENT = Decimal("0.01")
_HINT = f"write it with {SCRIPT} FILE --format json --output FILE"
_OVERALL, _WORTH = ("result", "overall"), ("result", "worth")


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
    if _at(record, source, str, "script") != SCRIPT:
        raise _alien(source, "script", SCRIPT, record["script"])
    as_of = _day(_at(record, source, str, "as_of"), source)
    currency = _at(record, source, (str, type(None)), "currency")
    lost = _lost(record, source, *_OVERALL)
    rows = _at(record, source, list, "result", "size_segments")
    by_tier: dict[str, Decimal] = {}
    for place, row in enumerate(rows):
        name = _at(row, source, str, "name", within=f"result.size_segments[{place}].")
        by_tier[name] = by_tier.get(name, Decimal(0)) + _lost(row, source, within=f"result.size_segments[{place}].")
    leak = Leak(as_of, currency, lost, by_tier, _amount(record, source, *_WORTH, "closing_leaks_arr"),
                _amount(record, source, *_WORTH, "point_of_grr_after_one_year"))
    faults = list(_unfit(leak, _at(record, source, bool, "sample") and not sample_ok,
                         _at(record, source, int, "result", "period_months"), book))
    if faults:
        raise Refusal(source, faults)
    return leak


def _unfit(leak: Leak, is_sample: bool, period_months: int, book: Book) -> Iterable[Fault]:
    if is_sample:
        yield Fault("sample", "sample", "the result of your own retention data", "that of the sample", _HINT)
    if leak.currency and book.currency and leak.currency != book.currency:
        yield Fault("not comparable", "currency", f"{book.currency} as in the book", leak.currency)
    if period_months != YEAR_MONTHS:
        yield Fault("not comparable", "result.period_months", f"{YEAR_MONTHS}", str(period_months))
    if abs((leak.as_of - book.as_of).days) > MOST_DAYS_APART:
        yield Fault("not comparable", "as_of", f"within {MOST_DAYS_APART} days of the book's, {book.as_of}",
                    str(leak.as_of))
    of_tiers = sum(leak.by_tier.values(), Decimal(0))
    if of_tiers > leak.lost_arr + _CENT * (len(leak.by_tier) + 1):
        yield Fault("contradiction", "result.size_segments", f"at most {leak.lost_arr} lost in all", str(of_tiers))


def _lost(record: Any, source: str, *keys: str, within: str = "") -> Decimal:
    return sum((_amount(record, source, *keys, key, within=within) for key in ("churned_arr", "contraction_arr")),
               Decimal(0))


def _amount(record: Any, source: str, *keys: str, within: str = "") -> Decimal:
    """An amount that is not negative, of an ordinary size."""
    found = _at(record, source, (int, float, Decimal), *keys, within=within)
    amount = Decimal(repr(found)) if isinstance(found, float) else Decimal(found)
    if not 0 <= amount <= _MOST:
        raise _alien(source, within + ".".join(keys), "an amount from 0 on", str(found))
    return amount


def _at(record: Any, source: str, kind: Any, *keys: str, within: str = "") -> Any:
    """The value under a path of keys. Refused: no such key, a value of another type; a boolean is no number."""
    found = record
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            raise _alien(source, within + ".".join(keys), "a key of that result", "none")
        found = found[key]
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise _alien(source, within + ".".join(keys), "a value of another type", type(found).__name__)
    return found


def _day(text: str, source: str) -> date:
    day = day_of(text)
    if day is None:
        raise _alien(source, "as_of", "a day as YYYY-MM-DD", text)
    return day


def _alien(source: str, place: str, expected: str, got: str) -> Refusal:
    return refused(source, "not a retention result", place, expected, got, _HINT)
