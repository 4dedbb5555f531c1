"""What every service model would take and cost in every tier, beside the one in use."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.service_models import MODELS, Service, fte_per_account, service


class Alternative(NamedTuple):
    """A tier under one model: `required` FTE without onboarding, and their cost, of one year.

    Hours are the catalogue's, but those measured where they were measured under the model in use. `accounts_per_csm`
    is None where an account takes nothing. None too: ratios of a tier without customers, and by ARR all of its sizes.
    """

    tier: str
    model: str
    in_use: bool
    hours_per_account: Decimal
    required: Optional[Decimal]
    accounts_per_csm: Optional[Decimal]
    cost: Optional[Decimal]
    cost_ratio: Optional[Decimal]
    pays_from_arr: Optional[Decimal]
    pays: Optional[bool]


def alternatives(book: Book, services: Mapping[str, Service], settings: Mapping) -> list[Alternative]:
    """Every model of every tier, top tier and richest model first."""
    return [_alternative(tier, model, services[tier.tier], book.preset, settings)
            for tier in book.tiers for model in MODELS]


def _alternative(tier: Tier, model: str, used: Service, preset: str, settings: Mapping) -> Alternative:
    in_use = model == used.model
    one = used if in_use else service(tier, model, used.chosen, None, preset, settings)
    each = fte_per_account(one, tier, settings["coverage"])
    required = None if each is None else tier.customers * each
    cost = None if required is None else required * settings["coverage"]["loaded_cost"][tier.tier]
    return Alternative(tier.tier, model, in_use, one.hours_per_account, required, 1 / each if each else None, cost,
                       cost / tier.arr if cost is not None and tier.arr else None, one.pays_from_arr, one.pays)
