"""At which ARR of a customer a tier should change its service model, and how many months away that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.demand import growing
from cslib.service_models import MODELS, Service, planned_from_arr

FARTHEST_MONTHS = 60


class Transition(NamedTuple):
    """Where a tier's mean customer leaves its model, `up` to a richer one or `down` to a poorer.

    `arr_per_customer` is where the richer model begins to pay or, down, where the present one ceases to; None where
    the present one pays from no ARR. `months` at the growth of ARR per customer: 0 where that is behind already, and
    `to_model` then the one that pays; None where it does not come within five years or the growth is unknown.
    """

    tier: str
    model: str
    direction: str
    to_model: str
    arr_per_customer: Optional[Decimal]
    months: Optional[int]


def transitions(book: Book, services: Mapping[str, Service], settings: Mapping) -> list[Transition]:
    """Up and down for every tier with customers, by the catalogue's hours of each model."""
    return [change for tier in book.tiers if tier.customers
            for change in _of_tier(tier, services[tier.tier].model, book.preset, book.arr_growth, settings)]


def _of_tier(tier: Tier, model: str, preset: str, growth: Optional[Decimal],
             settings: Mapping) -> Iterator[Transition]:
    least = {one: planned_from_arr(one, tier.tier, preset, settings) for one in MODELS}
    now, place = tier.arr_per_customer, MODELS.index(model)
    paying = next((n for n, one in enumerate(MODELS) if least[one] is not None and now >= least[one]), len(MODELS) - 1)
    later = [] if growth is None else [now * size for size in growing(growth, FARTHEST_MONTHS)]
    if paying < place:
        yield Transition(tier.tier, model, "up", MODELS[paying], least[MODELS[paying]], 0)
    elif place and least[MODELS[place - 1]] is not None:
        bound = least[MODELS[place - 1]]
        yield Transition(tier.tier, model, "up", MODELS[place - 1], bound, _first(arr >= bound for arr in later))
    if paying > place:
        yield Transition(tier.tier, model, "down", MODELS[paying], least[model], 0)
    elif place < len(MODELS) - 1:
        bound = least[model]
        yield Transition(tier.tier, model, "down", MODELS[place + 1], bound, _first(arr < bound for arr in later))


def _first(holds: Iterable[bool]) -> Optional[int]:
    """The first month in which it holds."""
    return next((month for month, true in enumerate(holds) if true), None)
