"""The tier in which each customer is served: the previous one, unless conditions, floors or an override move it.

A tier is entered at its floor plus the hysteresis and left below its floor minus the hysteresis, so that an ARR which
swings inside that band moves nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Callable, NamedTuple, Optional

from cslib.customers import ZERO, Customer, Signals
from cslib.fit import Fit
from cslib.migration import Migration, migration
from cslib.standings import Held
from cslib.tiering import ARR, Factor, Placement, levels
from cslib.triggers import CONDITIONS, SHORT, Missing, unmet

TRIGGER, BELOW_FLOOR, OVERRIDE, OVERRIDE_EXPIRED = "trigger", "below_floor", "override", "override_expired"
COMPLEXITY = "complexity"


class Move(NamedTuple):
    """A customer whose tier is not the previous one. `conditions` are those that were met, the measure first.

    They are empty unless the cause is `trigger`.
    """

    customer: Customer
    from_tier: str
    to_tier: str
    cause: str
    conditions: tuple[str, ...]

    def record(self) -> dict:
        """The row that a list of moves shows of it."""
        return {**_shown(self.customer), "from_tier": self.from_tier, "to_tier": self.to_tier, "cause": self.cause,
                "conditions": self.conditions}


class NearMiss(NamedTuple):
    """A customer near the floor of the tier above its own, and all that is missing."""

    customer: Customer
    tier: str
    next_tier: str
    missing: tuple[Missing, ...]

    def record(self) -> dict:
        """The row that a list of near-misses shows of it."""
        return {**_shown(self.customer), "tier": self.tier, "next_tier": self.next_tier, "missing": self.missing}


class Overridden(NamedTuple):
    """A customer with a written override, whether it still counts, and the tier that the rules alone would give."""

    customer: Customer
    active: bool
    tier_without: str

    def record(self) -> dict:
        """The row that a list of overrides shows of it."""
        return {**_shown(self.customer), "active": self.active, **self.customer.override._asdict(),
                "tier_without": self.tier_without}


class Settled(NamedTuple):
    """The tier of each customer, and how it came about. Lists by ARR, the largest first, then by id.

    `unconfirmed`, by tier: those without a previous tier, placed by floor, of whom not every condition of the tier is
    known to be met; only tiers that hold some, top first. `migration` is None when nobody has a previous tier.
    """

    tiers: list[str]
    upgrades: list[Move]
    downgrades: list[Move]
    near_misses: list[NearMiss]
    unconfirmed: dict[str, Held]
    overrides: list[Overridden]
    migration: Optional[Migration]


class _Ladder(NamedTuple):
    """The tiers from the last to the top, the measure's name, floors and where one enters, and what is unmet."""

    rungs: tuple[str, ...]
    measure: str
    floors: tuple[Decimal, ...]
    entries: tuple[Decimal, ...]
    unmet: Callable[[Customer, str], tuple[Missing, ...]]


class _Levels(NamedTuple):
    """By customer, from 0, the last tier: before (None where unknown), by floor, held, by the rules alone, and now.

    `held` is the highest that hysteresis lets one keep; `active` says whether an override counts.
    """

    before: list[Optional[int]]
    by_floor: list[int]
    held: list[int]
    ruled: list[int]
    active: list[bool]
    now: list[int]


class _Standing(NamedTuple):
    """A customer who moved or is near the tier above."""

    customer: Customer
    measure: Decimal
    before: int
    held: int
    active: bool
    now: int


def settled(customers: Sequence[Customer], placed: Placement, fits: Mapping[Signals, Fit], settings: Mapping,
            as_of: date) -> Settled:
    """The tier of each paying customer on a day. Every previous tier is one of the placement's, or None."""
    rules, rungs, floors = settings["segmentation"], placed.tiers[::-1], placed.floors[::-1]
    band = rules["hysteresis_ratio"]
    ladder = _Ladder(rungs, placed.measure, floors, tuple(floor * (1 + band) for floor in floors),
                     unmet(fits, rules["triggers"]))
    found = _levels(customers, placed, ladder, band, as_of)
    standings = [_Standing(one, measure, before, held, active, now) for one, measure, before, held, active, now
                 in zip(customers, placed.measures, found.before, found.held, found.active, found.now)
                 if before is not None and (before != now or held > now)]
    near = ((one, _missing(one, ladder)) for one in standings if one.held > one.now)
    return Settled(
        [rungs[now] for now in found.now],
        _by_arr(_move(one, ladder) for one in standings if one.now > one.before),
        _by_arr(_move(one, ladder) for one in standings if one.now < one.before),
        _by_arr(NearMiss(one.customer, rungs[one.now], rungs[one.now + 1], lacks) for one, lacks in near if lacks),
        _unconfirmed(customers, found, ladder),
        _by_arr(Overridden(one, active, rungs[ruled])
                for one, active, ruled in zip(customers, found.active, found.ruled) if one.override),
        _migration(customers, found, placed.tiers))


def _levels(customers: Sequence[Customer], placed: Placement, ladder: _Ladder, band: Factor, as_of: date) -> _Levels:
    rank = {tier: level for level, tier in enumerate(ladder.rungs)}
    before = [rank.get(one.previous_tier) for one in customers]
    by_floor = [rank[tier] for tier in placed.by_floor]
    entered, held = levels(placed, customers, 1 + band), levels(placed, customers, 1 - band)
    lowest = levels(placed, customers, 1 - band, falling=True)
    ruled = [floor if old is None else low if low < old else old if high <= old else _risen(one, old, high, ladder)
             for one, old, floor, high, low in zip(customers, before, by_floor, entered, lowest)]
    active = [one.override is not None and as_of <= one.override.until for one in customers]
    top = len(rank) - 1
    return _Levels(before, by_floor, held, ruled, active,
                   [top if raised else level for raised, level in zip(active, ruled)])


def _risen(customer: Customer, before: int, entered: int, ladder: _Ladder) -> int:
    """The highest level above the one before, up to the one entered, whose conditions all hold; else the one before."""
    for level in range(entered, before, -1):
        if not ladder.unmet(customer, ladder.rungs[level]):
            return level
    return before


def _move(one: _Standing, ladder: _Ladder) -> Move:
    tier, top = ladder.rungs[one.now], len(ladder.rungs) - 1
    conditions: tuple[str, ...] = ()
    if one.active:
        cause = OVERRIDE
    elif one.now < one.before:
        cause = OVERRIDE_EXPIRED if one.customer.override and one.before == top else BELOW_FLOOR
    else:
        cause = TRIGGER
        reached = ladder.measure if one.measure >= ladder.entries[one.now] else COMPLEXITY
        conditions = (reached, *CONDITIONS.get(tier, ()))
    return Move(one.customer, ladder.rungs[one.before], tier, cause, conditions)


def _missing(one: _Standing, ladder: _Ladder) -> tuple[Missing, ...]:
    """All that is missing of the tier above; nothing where the measure is below its floor and is not all."""
    above = one.now + 1
    conditions = ladder.unmet(one.customer, ladder.rungs[above])
    if one.measure >= ladder.entries[above]:
        return conditions
    if conditions and one.measure < ladder.floors[above]:
        return ()
    return (Missing(ladder.measure, SHORT, ladder.entries[above] - one.measure), *conditions)


def _unconfirmed(customers: Sequence[Customer], found: _Levels, ladder: _Ladder) -> dict[str, Held]:
    arrs: dict[str, list[Decimal]] = {tier: [] for tier in ladder.rungs[::-1]}
    for one, before, active, now in zip(customers, found.before, found.active, found.now):
        if before is None and not active and ladder.unmet(one, ladder.rungs[now]):
            arrs[ladder.rungs[now]].append(one.arr)
    return {tier: Held(len(inside), sum(inside, ZERO)) for tier, inside in arrs.items() if inside}


def _migration(customers: Sequence[Customer], found: _Levels, tiers: Sequence[str]) -> Optional[Migration]:
    rungs = tiers[::-1]
    crossings: dict[tuple[str, str], list[Decimal]] = {(one, two): [] for one in tiers for two in tiers}
    held = []
    for one, before, by_floor, active, now in zip(customers, found.before, found.by_floor, found.active, found.now):
        if before is not None:
            crossings[rungs[before], rungs[now]].append(one.arr)
            if now != by_floor and not active:
                held.append(one.arr)
    return migration(crossings, held)


def _by_arr(rows: Iterable[Any]) -> list:
    """Rows with a customer, by ARR, the largest first, then by id."""
    return sorted(sorted(rows, key=attrgetter("customer.id")), key=attrgetter("customer.arr"), reverse=True)


def _shown(customer: Customer) -> dict[str, Any]:
    return {"account": customer.account, "id": customer.id, ARR: customer.arr}
