"""Whom a tier hires, so that in no month somebody is missing once they are over their ramp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from cslib.book import Tier
from cslib.demand import Path
from cslib.months import MONTHS_IN_A_YEAR
from cslib.service_models import Service
from cslib.starts import lead_months, start
from cslib.team import ZERO, Posts, Seats, full_after, missing, stayed

REASONS = ("short_now", "growth", "attrition")


class Post(NamedTuple):
    """FTE that must start in the `ideal` month, which has passed where it is below 0, to work fully when needed."""

    fte: Decimal
    ideal: int
    needed_in: int
    reason: str


class Hire(NamedTuple):
    """Posts of one tier that start together for one reason.

    `ideal` is the earliest of their months, `start` the one that can be had, `months_late` the most that any is late,
    `needed_in` the first state that lacks them. `cost` goes from the start to the horizon. `arr` is the tier's today.
    """

    tier: str
    model: str
    fte: Decimal
    ideal: int
    start: int
    months_late: int
    start_day: date
    approve_by: date
    reason: str
    cost: Decimal
    cost_a_year: Decimal
    arr: Decimal
    needed_in: int


def wanted(path: Path, counted: Sequence[Decimal], team_now: Decimal, rules: Mapping, posts: Posts) -> list[Post]:
    """The posts of a tier, in the order of the states that lack them.

    `counted` is everybody else in each state, taken as over their ramp, `team_now` the headcount of today. A post
    counts from its ideal month, so that a later start, after which fewer have left, never makes a plan smaller. Nobody
    is hired for what is lacking only before somebody approved today is over the ramp.
    """
    last, months = len(path.demand) - 1, full_after(path.tier, rules)
    reach, kept = min(max(1, lead_months(rules) + months), last), stayed(rules, last + months)
    found: list[Post] = []
    for t in range(1, last + 1):
        def lacking(at: int, ideal: int = t - months) -> Decimal:
            hired = sum((post.fte * kept[at - post.ideal] for post in found), ZERO)
            return posts.up((missing(path.demand[at], counted[at] + hired) - posts.least_gap) / kept[at - ideal])

        fte = lacking(t)
        if fte and t < reach:
            fte = min(fte, max(map(lacking, range(reach, last + 1))))
        if fte:
            found.append(Post(fte, t - months, t, _reason(path, t, counted[t], team_now * (1 - kept[t]), found, kept)))
    return found


def _reason(path: Path, t: int, there: Decimal, lost: Decimal, before: Sequence[Post],
            kept: Sequence[Decimal]) -> str:
    """One of REASONS. `there` are all who are not hired, `lost` those of today who have left, `before` is hired."""
    if sum((post.fte for post in before), ZERO) < missing(path.demand[0], there + lost):
        return "short_now"
    lost += sum((post.fte * (1 - kept[t - post.ideal]) for post in before), ZERO)
    return "attrition" if lost > path.demand[t] - path.demand[0] else "growth"


def hires(posts: Iterable[Post], tier: Tier, service: Service, as_of: date, rules: Mapping, horizon: int,
          waited: int) -> list[Hire]:
    """The hires of a tier, its posts put together where they start together for one reason."""
    started = sorted(((start(as_of, post.ideal, rules, waited), post) for post in posts),
                     key=lambda pair: (pair[0].month, REASONS.index(pair[1].reason), pair[1].ideal))
    year, found = rules["loaded_cost"][tier.tier], []
    for (month, reason), pairs in groupby(started, key=lambda pair: (pair[0].month, pair[1].reason)):
        together = list(pairs)
        fte = sum((post.fte for _, post in together), ZERO)
        earliest = min(when.approve_by for when, _ in together)
        found.append(Hire(tier.tier, service.model, fte, min(post.ideal for _, post in together), month,
                          max(when.months_late for when, _ in together), together[0][0].day, earliest, reason,
                          fte * year * max(0, horizon - month) / MONTHS_IN_A_YEAR, fte * year, tier.arr,
                          min(post.needed_in for _, post in together)))
    return found


def newcomers(tier: str, hires: Sequence[Hire]) -> tuple[Seats, ...]:
    """The seats of a tier's hires."""
    return tuple(Seats(hire.fte, hire.start, ZERO, Decimal(1)) for hire in hires if hire.tier == tier)
