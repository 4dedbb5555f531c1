"""From the figure that somebody reports to ours: which usual difference of method explains the gap, in money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.cohorts import Book
from cslib.months import MONTHS_IN_A_YEAR
from cslib.retention import Retained

_RATIO = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)")
_ARR = re.compile(r"((?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,15})?)([kKmMbB]?)")
_SCALES = {"": 0, "k": 3, "m": 6, "b": 9}
_MOST_ROUNDED = Decimal("0.005")


class Reported(NamedTuple):
    """A figure as somebody reports it: `nrr` or `grr` as a ratio, or `arr`, with half a unit of its last digit."""

    measure: str
    value: Decimal
    tolerance: Decimal


class Candidate(NamedTuple):
    """One way of counting, the ratio or the ARR that it gives, whether that is the reported one to its last digit."""

    method: str
    gives_ratio: Optional[Decimal]
    gives_arr: Optional[Decimal]
    explains: bool

    @property
    def gives(self) -> Decimal:
        return self.gives_arr if self.gives_ratio is None else self.gives_ratio


class TieOut(NamedTuple):
    """A reported ratio or ARR beside ours, the gap in ARR, and the ways of counting that were tried."""

    measure: str
    reported_ratio: Optional[Decimal]
    reported_arr: Optional[Decimal]
    ours_ratio: Optional[Decimal]
    ours_arr: Optional[Decimal]
    gap_arr: Decimal
    agrees: bool
    candidates: tuple[Candidate, ...]

    @property
    def reported(self) -> Decimal:
        return self.reported_arr if self.reported_ratio is None else self.reported_ratio

    @property
    def ours(self) -> Decimal:
        return self.ours_arr if self.ours_ratio is None else self.ours_ratio


def read(measure: str, text: str) -> Optional[Reported]:
    """`1.213` with a tolerance of 0.0005; None for what is not a positive plain number.

    A ratio is taken to be told to the point at least: `1.2` is 120%, not anything from 115% to 125%. An ARR may be
    `12.01M` or `12,010,000`; the zeros that a
    whole number ends in count as rounded, though never for more than half a per cent.
    """
    written = _ARR.fullmatch(text) if measure == "arr" else _RATIO.fullmatch(text)
    value = Decimal(written.group(1).replace(",", "")) if written else Decimal(0)
    if not value:
        return None
    if measure != "arr":
        return Reported(measure, value, Decimal(1).scaleb(min(value.as_tuple().exponent, -2)) / 2)
    value = value.scaleb(_SCALES[written.group(2).lower()])
    whole = "." not in written.group(1) and not written.group(2)
    told_to = Decimal(1).scaleb((value.normalize() if whole else value).as_tuple().exponent) / 2
    return Reported(measure, value, min(told_to, max(value * _MOST_ROUNDED, Decimal("0.5"))))


def tie_out(reported: Reported, book: Book, overall: Retained) -> TieOut:
    """Our figure beside the reported one, and every other way of counting that this book allows, the nearest first."""
    in_arr = reported.measure == "arr"
    ours = overall.ending_arr if in_arr else getattr(overall, f"{reported.measure}_ratio")
    ways = {"nrr": _nrr_ways, "grr": _grr_ways, "arr": _arr_ways}[reported.measure]
    gap = reported.value - ours
    agrees = abs(gap) <= reported.tolerance

    def sides(figure: Decimal) -> tuple[Optional[Decimal], Optional[Decimal]]:
        return (None, figure) if in_arr else (figure, None)

    tried = [Candidate(method, *sides(figure), not agrees and abs(reported.value - figure) <= reported.tolerance)
             for method, figure in ways(book, overall) if figure != ours]
    tried.sort(key=lambda way: abs(way.gives - reported.value))
    return TieOut(reported.measure, *sides(reported.value), *sides(ours), gap if in_arr else gap * overall.starting_arr,
                  agrees, tuple(tried))


def in_millions(found: TieOut) -> bool:
    """Whether a reported ARR is ours but for being written in millions."""
    return abs(found.reported * 1_000_000 - found.ours) <= _MOST_ROUNDED * found.ours


def _nrr_ways(book: Book, o: Retained) -> Iterator[tuple[str, Decimal]]:
    start = o.starting_arr
    there = start * o.nrr_ratio
    yield "new_customers_counted_in", (there + o.new_arr) / start
    if o.reactivated_arr:
        yield "new_and_reactivated_counted_in", (there + o.new_arr + o.reactivated_arr) / start
    yield "reactivation_counted_in", (there + o.reactivated_arr) / start
    if start != o.churned_arr:
        yield "survivors_only", there / (start - o.churned_arr)
    yield "contraction_subtracted_twice", (there - o.contraction_arr) / start
    yield "contraction_left_out", (there + o.contraction_arr) / start
    yield "total_row_included", (there + o.ending_arr) / (2 * start)
    if book.flows:
        f = book.flows
        net = start + f.expansion_arr - f.contraction_arr - f.churned_arr
        yield "whole_bridge", net / start
        yield "whole_bridge_with_reactivation", (net + f.reactivated_arr) / start


def _grr_ways(book: Book, o: Retained) -> Iterator[tuple[str, Decimal]]:
    start = o.starting_arr
    kept = start * o.grr_ratio
    yield "contraction_left_out", (kept + o.contraction_arr) / start
    yield "contraction_subtracted_twice", (kept - o.contraction_arr) / start
    yield "expansion_offsets_losses", min(o.nrr_ratio, Decimal(1))
    yield "logo_retention", o.logo_retention_ratio
    if start != o.churned_arr:
        yield "survivors_only", kept / (start - o.churned_arr)
    yield "total_row_included", (kept + min(start, o.ending_arr)) / (2 * start)
    if book.flows:
        yield "whole_bridge", (start - book.flows.contraction_arr - book.flows.churned_arr) / start
    if book.renewal and book.renewal.due_arr:
        kept_renewals = book.renewal.renewed_arr if book.renewal.kept_arr is None else book.renewal.kept_arr
        yield "renewal_rate", kept_renewals / book.renewal.due_arr


def _arr_ways(book: Book, o: Retained) -> Iterator[tuple[str, Decimal]]:
    yield "start_of_the_period", o.starting_arr
    yield "new_customers_left_out", o.ending_arr - o.new_arr - o.reactivated_arr
    yield "reactivation_left_out", o.ending_arr - o.reactivated_arr
    yield "total_row_included", 2 * o.ending_arr
    yield "one_month_of_it", o.ending_arr / MONTHS_IN_A_YEAR
    yield "churned_customers_still_in", o.ending_arr + o.churned_arr
