"""When a CS team needs somebody to lead it, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import NamedTuple, Optional

from cslib.book import Book
from cslib.months import MONTHS_IN_A_YEAR
from cslib.service_models import delivered_hours
from cslib.staffing import Month, Staffing
from cslib.starts import start

ZERO = Decimal(0)
CENT = Decimal("0.01")
REASONS = ("csms_in_a_tier", "csms_overall", "escalations")
KINDS = ("manager", "player_coach")


class Span(NamedTuple):
    """From state `month` on so many managers are `needed`, for REASONS, by the headcount of the plan.

    `added` are those of this row, `gap` those of all rows up to it: None where nobody knows how many are `present`,
    and so `cost` to the horizon and `cost_a_year`. KINDS: a player-coach looks after customers too, which takes
    `fte_lost` of a CSM from them; the cost is then a manager's pay less that of the CSM that is still there.
    """

    month: int
    reasons: tuple[str, ...]
    needed: int
    present: Optional[Decimal]
    gap: Optional[Decimal]
    added: Optional[Decimal]
    kind: str
    start: int
    start_day: date
    approve_by: date
    cost: Optional[Decimal]
    cost_a_year: Optional[Decimal]
    fte_lost: Decimal


def spans(book: Book, staffing: Staffing, settings: Mapping, horizon: int) -> list[Span]:
    """One row for each state that needs more managers than are there and than any state before; none where none does.

    A need counts from the state from which it lasts to the horizon: nobody is hired for two months over a threshold.
    Where the CSMs of a tier are unknown, those of the others count. `settings` are the whole policy.
    """
    rules, found = settings["coverage"], []
    most, rows = book.managers or ZERO, []
    for month in staffing.months[:horizon + 1]:
        heads = sum((_rounded(tier.headcount) for tier in month.tiers if tier.headcount is not None), ZERO)
        reasons = _reasons(month, heads, book, rules["managers"])
        rows.append((month, heads, reasons, _needed(heads, reasons, rules["managers"])))
    lasting = list(accumulate((needed for *_, needed in reversed(rows)), min))[::-1]
    for (month, heads, reasons, _), needed in zip(rows, lasting):
        if needed > most:
            found.append(_span(month, heads, reasons, needed, most, book, rules, horizon))
            most = Decimal(needed)
    return found


def _rounded(headcount: Decimal) -> Decimal:
    return headcount.quantize(CENT, ROUND_HALF_UP)


def _reasons(month: Month, heads: Decimal, book: Book, rules: Mapping) -> tuple[str, ...]:
    known = [_rounded(tier.headcount) for tier in month.tiers if tier.headcount is not None]
    holds = (any(each >= rules["csms_in_a_tier"] for each in known), heads >= rules["csms_overall"],
             book.escalations is not None and book.escalations >= rules["escalations_a_week"])
    return tuple(reason for reason, held in zip(REASONS, holds) if held)


def _needed(heads: Decimal, reasons: tuple[str, ...], rules: Mapping) -> int:
    """The fewest whose span is not too wide; one less where theirs would then be too narrow, and at least one."""
    if not reasons:
        return 0
    fewest = max(1, int((heads / rules["span_high"]).to_integral_value(ROUND_CEILING)))
    return fewest - 1 if fewest > 1 and heads / fewest < rules["span_low"] else fewest


def _span(month: Month, heads: Decimal, reasons: tuple[str, ...], needed: int, most: Decimal, book: Book,
          rules: Mapping, horizon: int) -> Span:
    coaches = reasons == ("escalations",) and month.headcount is not None and heads < rules["managers"]["span_low"]
    pay, lost = Decimal(rules["loaded_cost"]["manager"]), ZERO
    if coaches:
        kept = min(Decimal(1), rules["managers"]["player_coach_hours"] / delivered_hours(rules))
        lost, pay = 1 - kept, pay - kept * _mean_cost(month, rules)
    when = start(book.as_of, month.t, rules)
    added = None if book.managers is None else needed - most
    a_year = None if added is None else added * pay
    return Span(month.t, reasons, needed, book.managers, None if book.managers is None else needed - book.managers,
                added, KINDS[coaches], when.month, when.day, when.approve_by,
                None if a_year is None else a_year * max(0, horizon - when.month) / MONTHS_IN_A_YEAR, a_year, lost)


def _mean_cost(month: Month, rules: Mapping) -> Decimal:
    """What a CSM costs in the mean of the tiers, 0 without any."""
    heads = sum((tier.headcount for tier in month.tiers), ZERO)
    cost = sum((tier.headcount * rules["loaded_cost"][tier.tier] for tier in month.tiers), ZERO)
    return cost / heads if heads else ZERO
