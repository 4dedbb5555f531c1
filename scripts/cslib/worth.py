"""What a point of gross retention is worth in ARR, and a customer in gross profit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.months import MONTHS_IN_A_YEAR, month_index, month_of
from cslib.retention import Retained

POINT = Decimal("0.01")


class Lifetime(NamedTuple):
    """Customer lifetime value of one size segment, in gross profit: over the years observed, by the endless formula."""

    size: str
    arr_per_customer: Decimal
    grr_ratio: Decimal
    observed_years: Decimal
    observed_value: Decimal
    lifetime_years: Optional[Decimal]
    formula_value: Optional[Decimal]


class Worth(NamedTuple):
    """One point of GRR in ARR after one and three years, the ARR a year that closing the policy's share of the leaks
    keeps, and what customers are worth."""

    point_of_grr_after_one_year: Decimal
    point_of_grr_after_three_years: Decimal
    closing_leaks_arr: Decimal
    gross_margin_ratio: Decimal
    lifetime: tuple[Lifetime, ...]


def worth(overall: Retained, leaking_arr: Decimal, sizes: list[Retained], first_month: Optional[str], as_of: date,
          settings: dict) -> Worth:
    """What one more point of GRR brings, all else equal, on the ending ARR; and lifetime value by size segment."""
    net, ending, margin = overall.annual.nrr_ratio, overall.ending_arr, Decimal(settings["gross_margin_ratio"])
    years = _years(first_month, as_of)
    return Worth(ending * POINT, ending * ((net + POINT) ** 3 - net ** 3),
                 leaking_arr * settings["leak_reduction_ratio"], margin,
                 tuple(_lifetime(size, years, margin) for size in sizes if size.starting_arr))


def _years(first_month: Optional[str], as_of: date) -> Decimal:
    if first_month is None:
        return Decimal(1)
    months = month_index(as_of) - month_of(first_month) + 1
    return Decimal(max(months, MONTHS_IN_A_YEAR)) / MONTHS_IN_A_YEAR


def _lifetime(size: Retained, years: Decimal, margin: Decimal) -> Lifetime:
    mean, kept = size.mean_arr, size.annual.grr_ratio
    whole = int(years)
    observed = sum((kept ** n for n in range(1, whole)), Decimal(1)) + (kept ** whole if whole else 0) * (years - whole)
    endless = None if kept == 1 else 1 / (1 - kept)
    return Lifetime(size.name or "", mean, kept, years, mean * margin * observed, endless,
                    None if endless is None else mean * margin * endless)
