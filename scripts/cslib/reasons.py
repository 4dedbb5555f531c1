"""Why customers left, in money, and how much of it customer success could have prevented."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.cohorts import REASONS, UNKNOWN, ZERO, Part
from cslib.retention import rolled_up

PREVENTABLE = {"no_value_realized": "yes", "tactical_failure": "yes", "product_fit": "contested",
               "involuntary": "recoverable", "unknown": "unknown"}


class Reason(NamedTuple):
    """One churn reason: customers and ARR lost, share of the ARR lost for known reasons, whether CS can prevent it.

    ARR is None where that of these customers was not given.
    """

    reason: str
    customers: int
    arr: Optional[Decimal]
    share_ratio: Optional[Decimal]
    preventable: str


class Preventable(NamedTuple):
    """The share of coded lost ARR that CS could prevent, with and without product fit.

    `reading` is `leverage`, `mixed`, `structural`, or None where too much is unknown or nothing was lost. `contested`
    says that product fit decides it.
    """

    preventable_arr: Decimal
    preventable_ratio: Optional[Decimal]
    with_product_fit_ratio: Optional[Decimal]
    recoverable_arr: Decimal
    unknown_ratio: Optional[Decimal]
    reading: Optional[str]
    contested: bool


def reasons(parts: Iterable[Part]) -> list[Reason]:
    """Reasons by ARR, the largest first, unknown last."""
    lost = rolled_up([part for part in parts if part.reason], lambda part: part.reason)
    coded = sum((m.churned_arr for reason, m in lost.items() if reason != UNKNOWN), ZERO)
    rows = [Reason(reason, m.churned_customers, m.churned_arr or None,
                   m.churned_arr / coded if m.churned_arr and reason != UNKNOWN else None,
                   PREVENTABLE.get(reason, "no"))
            for reason, m in lost.items()]
    return sorted(rows, key=lambda row: (row.reason == UNKNOWN, -(row.arr or ZERO), REASONS.index(row.reason)))


def preventable(rows: list[Reason], settings: dict) -> Preventable:
    """The reading of the reasons, as references/retention_decomposition.md explains it."""
    by = {kind: sum((row.arr or ZERO for row in rows if row.preventable == kind), ZERO)
          for kind in ("yes", "contested", "recoverable", "unknown")}
    churned = sum((row.arr or ZERO for row in rows), ZERO)
    coded = churned - by["unknown"]
    if not coded:
        return Preventable(by["yes"], None, None, by["recoverable"], Decimal(1) if churned else None, None, False)
    narrow, wide, unknown = by["yes"] / coded, (by["yes"] + by["contested"]) / coded, by["unknown"] / churned
    if unknown > settings["most_unknown_ratio"]:
        return Preventable(by["yes"], narrow, wide, by["recoverable"], unknown, None, False)
    readings = [_reading(share, settings) for share in (narrow, wide)]
    return Preventable(by["yes"], narrow, wide, by["recoverable"], unknown, readings[0], readings[0] != readings[1])


def _reading(share: Decimal, settings: dict) -> str:
    if share > settings["leverage_above_ratio"]:
        return "leverage"
    return "structural" if share < settings["structural_below_ratio"] else "mixed"
