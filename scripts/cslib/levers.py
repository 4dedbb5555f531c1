"""What changes free: the exit list as proposed, and each tier served within what its accounts bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.customers import ZERO
from cslib.exit_ways import loss_ratio
from cslib.exits import Exit
from cslib.service_cost import EARNINGS, Served

EXITS, OVER_SERVED = "exits", "over_served"
SOON = 30


class Lever(NamedTuple):
    """What a change frees a year if nobody leaves: the exit list as proposed, or a tier within what accounts bear.

    `loss_ratio`: the share of a tier's over-served contribution that may leave before the change earns less than now;
    None for the exit list, whose accounts have one each.
    """

    kind: str
    tier: Optional[str]
    customers: int
    arr: Decimal
    gain: Decimal
    loss_ratio: Optional[Decimal]


class Leaving(NamedTuple):
    """The exit list in sums: of how many `judged`, its ARR, what the proposals bring, who loses money or earns little.

    `given_up` is the part of the gain that is negative, as a positive amount: proposals for another reason than money.
    `unsure` counts those who may leave the list once their unknown signals are answered; `decide_by` is the first last
    day for notice that is still to come.
    """

    judged: int
    customers: int
    arr: Decimal
    gain: Decimal
    given_up: Decimal
    losing: int
    earning_little: int
    earning: int
    unsure: int
    decide_by: Optional[date]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def leaving(rows: Sequence[Exit], judged: int) -> Leaving:
    """The exit list in sums; `judged` accounts were looked at."""
    earning = [row.served.earning for row in rows]
    return Leaving(judged, len(rows), _sum(row.served.customer.arr for row in rows), _sum(row.gain for row in rows),
                   _sum(-row.gain for row in rows if row.gain < 0), *map(earning.count, EARNINGS),
                   sum(1 for row in rows if not row.certain),
                   min((row.not_renewing.notice_by for row in rows if row.not_renewing.notice in ("open", "ahead")),
                       default=None))


def levers(exit_list: Leaving, over: Sequence[Served], tiers: Sequence[str]) -> tuple[Lever, ...]:
    """What frees something, most first. `over` are the over-served that are not on the exit list."""
    found = [Lever(EXITS, None, exit_list.customers, exit_list.arr, exit_list.gain, None)]
    for tier in tiers:
        inside = [one for one in over if one.tier == tier]
        gain, now = _sum(one.excess for one in inside), _sum(one.contribution for one in inside)
        found.append(Lever(OVER_SERVED, tier, len(inside), _sum(one.customer.arr for one in inside), gain,
                           loss_ratio(now, now + gain)))
    return tuple(sorted((lever for lever in found if lever.gain > 0), key=lambda lever: -lever.gain))


def exits_by(exit_list: Leaving, as_of: date) -> date:
    """The day by which the exit list is decided on: SOON days from `as_of`, before the first last day for notice."""
    soon = as_of + timedelta(days=SOON)
    return min(soon, exit_list.decide_by or soon)
