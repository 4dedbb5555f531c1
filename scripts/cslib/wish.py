"""What the command line asks of an intake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

AUTO = "auto"
_MERGED = ("kinds", "mapped", "reasons", "rates")


class Wish(NamedTuple):
    """What the command line asks for; None where it leaves a choice open.

    `kinds` are by file name, `""` for a file that is not named. `rates` say what one unit of a currency is worth.
    `tier_floors` are policy, ARR by tier. `ticket_cost` is what one support ticket costs, or one hour of them.
    """

    as_of: date
    kinds: Mapping[str, str] = {}
    mapped: Mapping[str, str] = {}
    reasons: Mapping[str, str] = {}
    rates: Mapping[str, Decimal] = {}
    period_months: int = 12
    dates: Optional[str] = None
    decimal: Optional[str] = None
    cents: Optional[bool] = None
    end_date: Optional[str] = None
    overlap: Optional[str] = None
    grace_days: int = 0
    complete_to: Optional[date] = None
    currency: Optional[str] = None
    stage: Optional[str] = None
    tier_floors: Mapping[str, Decimal] = {}
    ticket_cost: Optional[Decimal] = None

    def kind_of(self, name: str) -> str:
        """The kind asked for a file, or `auto`."""
        return self.kinds.get(name) or self.kinds.get("") or AUTO


def changed(wish: Wish, change: Mapping[str, object]) -> Wish:
    """The wish with an answer in it: mappings are merged, other fields replaced."""
    return wish._replace(**{field: {**getattr(wish, field), **value} if field in _MERGED else value
                            for field, value in change.items()})
