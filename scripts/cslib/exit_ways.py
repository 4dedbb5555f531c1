"""The three priced ways with an account on the exit list: not renewing it, serving it by technology, repricing it.

Contribution is ARR times gross margin less cost to serve; the cost ends with the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.customers import ZERO
from cslib.service_cost import Served

NOTICES = ("unknown", "passed", "closed", "open", "ahead")


class NotRenewing(NamedTuple):
    """What leaves with the account a year, what it frees, and the days between which notice is to be given.

    `notice`, one of NOTICES: whether the renewal has `passed`, only the last day for notice has (`closed`), notice
    can be given now, or later; `unknown` without a renewal date.
    """

    arr_given_up: Decimal
    gross_profit_given_up: Decimal
    cost_freed: Decimal
    net_effect: Decimal
    renewal_date: Optional[date]
    notice_from: Optional[date]
    notice_by: Optional[date]
    notice: str


class TechTouch(NamedTuple):
    """The account at the cost of a service without people, never above its present cost. `net_effect` is cost saved."""

    cost_after: Decimal
    contribution_after: Decimal
    margin_after_ratio: Decimal
    net_effect: Decimal
    loss_ratio: Optional[Decimal]


class Repricing(NamedTuple):
    """The price at which the account contributes nothing, and the one of which its cost is `target_cost_ratio`.

    A rise is None where the price is no higher than the present ARR. A price is None where the policy's gross margin,
    or its `target_cost_ratio`, is 0, and so is the gain without a target price. `gain` is gross profit a year.
    """

    break_even_price: Optional[Decimal]
    break_even_rise_ratio: Optional[Decimal]
    target_price: Optional[Decimal]
    rise_ratio: Optional[Decimal]
    gain: Optional[Decimal]
    loss_ratio: Optional[Decimal]


class Terms(NamedTuple):
    """What all accounts' ways have in common: the policy's values, and the day on which they are priced."""

    margin: Decimal
    tech_touch_cost: Decimal
    target_cost_ratio: Decimal
    notice_from: timedelta
    notice_by: timedelta
    as_of: date


def terms(settings: Mapping, as_of: date) -> Terms:
    """The terms of the whole policy on a day."""
    rules = settings["segmentation"]["exit"]
    return Terms(Decimal(settings["gross_margin_ratio"]), Decimal(rules["tech_touch_cost"]),
                 Decimal(rules["target_cost_ratio"]),
                 timedelta(rules["notice_from_days"]), timedelta(rules["notice_by_days"]), as_of)


def not_renewing(one: Served, common: Terms) -> NotRenewing:
    """Letting it go. The cost to serve must be known."""
    arr, cost, renewal = one.customer.arr, one.customer.annual_cost_to_serve, one.customer.renewal_date
    profit = arr * common.margin
    if renewal is None:
        return NotRenewing(arr, profit, cost, cost - profit, None, None, None, "unknown")
    first, last = renewal - common.notice_from, renewal - common.notice_by
    return NotRenewing(arr, profit, cost, cost - profit, renewal, first, last,
                       _notice(renewal, first, last, common.as_of))


def _notice(renewal: date, first: date, last: date, as_of: date) -> str:
    if renewal <= as_of:
        return "passed"
    if last < as_of:
        return "closed"
    return "open" if first <= as_of else "ahead"


def tech_touch(one: Served, common: Terms) -> TechTouch:
    """Keeping it at `tech_touch_cost`. The cost to serve must be known."""
    arr, cost = one.customer.arr, one.customer.annual_cost_to_serve
    cost_after = min(cost, common.tech_touch_cost)
    after = arr * common.margin - cost_after
    return TechTouch(cost_after, after, after / arr, cost - cost_after, loss_ratio(one.contribution, after))


def repricing(one: Served, common: Terms) -> Repricing:
    """Asking more for it. The cost to serve must be known."""
    arr, cost, margin = one.customer.arr, one.customer.annual_cost_to_serve, common.margin
    even = cost / margin if margin else None
    target = cost / common.target_cost_ratio if common.target_cost_ratio else None
    if target is None or target <= arr:
        return Repricing(even, _rise(even, arr), target, None, None if target is None else ZERO, None)
    return Repricing(even, _rise(even, arr), target, _rise(target, arr), (target - arr) * margin,
                     loss_ratio(one.contribution, target * margin - cost))


def _rise(price: Optional[Decimal], arr: Decimal) -> Optional[Decimal]:
    return None if price is None or price <= arr else price / arr - 1


def loss_ratio(now: Decimal, after: Decimal) -> Optional[Decimal]:
    """The probability of losing the account at which a way earns as much as today, from contribution now and after.

    1 where the account contributes nothing or less today, so that even losing it is no worse; None where the way
    earns no more than today.
    """
    if after <= now:
        return None
    return 1 - now / after if now > ZERO else Decimal(1)
