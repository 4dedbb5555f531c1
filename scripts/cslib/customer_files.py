"""The files for the two decisions after retention: customers.json, book.json, and what is to be filled in by hand."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from heapq import nsmallest
from json.encoder import encode_basestring
from typing import Any, NamedTuple, Optional, Union

from cslib import result
from cslib.attribute_cells import SIGNALS, Known, guarded_twice
from cslib.ledger import NOTHING, Flow
from cslib.months import MONTHS_IN_A_YEAR
from cslib.standings import Standing

CUSTOMERS, BOOK, FILL_IN = "customers", "book", "fill_in.csv"
MOST_ASKED = 30
_NEAR_RATIO = Decimal("0.1")
_MOST_GROWTH = 10
# How much of decision B hangs on an answer: a fit signal by its usual weight, the cost more than any.
_WEIGHTS = {"annual_cost_to_serve": Decimal(3), "in_target_industry": Decimal(2), "uses_target_workflow": Decimal(2),
            "in_target_size_range": Decimal("1.5"), "has_executive_sponsor": Decimal("1.5"),
            **dict.fromkeys(("advocates_publicly", "expansion_potential_high", "competitor_concentration_low",
                             "escalations_12m", "acquired_by_conflicting_owner", "declining_industry", "renewal_date",
                             "tenure_months", "previous_tier"), Decimal(1)),
            **dict.fromkeys(("executive_contact", "multi_year", "sponsor_both_sides", "complexity", "growth_potential",
                             "strategic_value", "relationship"), Decimal("0.5"))}
ASKED = tuple(_WEIGHTS)
_ASKED = [(key, Known._fields.index(key), weight) for key, weight in _WEIGHTS.items()]
# Runs of fields with few values: what is written of them together is written once and remembered.
_FIT, _LEVELS, _TIER = (slice(Known._fields.index(first), Known._fields.index(after)) for first, after in (
    ("relationship", "complexity"), ("complexity", "annual_cost_to_serve"), ("previous_tier", "renewal_date")))


class Heading(NamedTuple):
    """What every file says first; `as_of` is a month end."""

    as_of: date
    currency: Optional[str]
    stage: Optional[str]


class Gap(NamedTuple):
    """An answer that a document lacks: its key, the tier when asked by tier, the customers and ARR that it concerns."""

    document: str
    key: str
    tier: Optional[str]
    customers: int
    arr: Decimal


class Rates(NamedTuple):
    """How a book moved in a year: net growth of customers, of ARR per customer, and the customers lost."""

    annual_growth_ratio: Optional[Decimal]
    arr_per_customer_growth_ratio: Optional[Decimal]
    annual_churn_ratio: Optional[Decimal]


_NO_RATES = Rates(None, None, None)


def customers_json(standings: Iterable[Standing], heading: Heading, cost_is_partial: bool = False,
                   notes: Sequence[str] = ()) -> str:
    """customers.json, one customer a line; what is unknown is left out. `notes` are sentences on the costs in it."""
    head = f'{{\n  "as_of": "{heading.as_of}",\n  "currency": {json.dumps(heading.currency)},\n  '
    head += '"cost_is_partial": true,\n  ' if cost_is_partial else ""
    head += f'"notes": {json.dumps(notes, ensure_ascii=False)},\n  ' if notes else ""
    parts = [head + '"customers": [']
    for standing in standings:
        parts += ("\n    " if len(parts) == 1 else ",\n    ", _row(standing))
    parts.append("]\n}\n" if len(parts) == 1 else "\n  ]\n}\n")
    return "".join(parts)


def _row(standing: Standing) -> str:
    known = standing.known
    name = "" if known.name is None else f', "name": {encode_basestring(known.name)}'
    tenure = "" if known.tenure_months is None else f', "tenure_months": {known.tenure_months}'
    cost = "" if known.annual_cost_to_serve is None else f', "annual_cost_to_serve": {known.annual_cost_to_serve:.2f}'
    renewal = "" if known.renewal_date is None else f', "renewal_date": "{known.renewal_date}"'
    churned = "" if known.churned is None else ', "churned": true' if known.churned else ', "churned": false'
    override = ""
    if known.override_until is not None:
        override = (f', "strategic_override": {{"reason": {encode_basestring(known.override_reason)}, '
                    f'"until": "{known.override_until}"}}')
    return (f'{{"id": {encode_basestring(standing.id)}{name}, "arr": {standing.arr:.2f}{tenure}'
            f"{_few(known[_FIT], _FIT.start)}{_few(known[_LEVELS], _LEVELS.start)}{cost}"
            f"{_few(known[_TIER], _TIER.start)}{override}{renewal}{churned}}}")


@lru_cache(maxsize=65_536)
def _few(values: tuple, start: int) -> str:
    known = {key: value for key, value in zip(Known._fields[start:], values) if value is not None}
    record: dict[str, Any] = {}
    for key, value in known.items():
        (record.setdefault("icp_signals", {}) if key in SIGNALS else record)[key] = value
    return ", " + json.dumps(record)[1:-1] if record else ""


def book_json(standings: Iterable[Standing], heading: Heading, floors: Mapping[str, Union[int, Decimal]],
              bridge: Optional[Flow], months: int) -> str:
    """book.json: customers with ARR by tier, and the growth and churn of a bridge over twelve months, else null."""
    tiers = {tier: (len(own), sum((one.arr for one in own), NOTHING))
             for tier, own in _by_tier(standings, floors).items()}
    return book_text(heading, tiers, _rates(bridge, months))


def book_text(heading: Heading, tiers: Mapping[str, tuple[int, Decimal]], rates: Optional[Rates]) -> str:
    """book.json of the customers and ARR of each tier, top first; what it cannot know is null."""
    return result.text(result.plain({
        **heading._asdict(), **(rates or _NO_RATES)._asdict(),
        "tiers": {tier: {"customers": customers, "arr": arr, "csms": None} for tier, (customers, arr)
                  in tiers.items()}}))


def _rates(bridge: Optional[Flow], months: int) -> Rates:
    """The rates of a bridge over twelve months, none of another; growth by more than ten times is none to plan with."""
    if bridge is None or months != MONTHS_IN_A_YEAR or not bridge.opening_customers:
        return _NO_RATES
    opening, closing = bridge.opening_customers, bridge.closing_customers
    before = bridge.opening_arr / opening
    grown = bridge.closing_arr / closing / before - 1 if closing else None
    return Rates(*(None if rate is None or rate > _MOST_GROWTH else rate for rate in (
        Decimal(closing) / opening - 1, grown, Decimal(bridge.churned_customers) / opening)))


def _present(standings: Iterable[Standing]) -> list[Standing]:
    return [one for one in standings if one.arr and not one.known.churned]


def _by_tier(standings: Iterable[Standing], floors: Mapping[str, Union[int, Decimal]]) -> dict[str, list[Standing]]:
    ordered = sorted(floors.items(), key=lambda item: -item[1])
    tiers: dict[str, list[Standing]] = {tier: [] for tier, _ in ordered}
    for one in _present(standings):
        tiers[next(tier for tier, floor in ordered if one.arr >= floor)].append(one)
    return tiers


def missing(standings: Sequence[Standing], floors: Mapping[str, Union[int, Decimal]], bridge: Optional[Flow],
            months: int, without_arr: int) -> list[Gap]:
    """What the two documents still lack: for each, what most depends on first. Customers lost are not asked about.

    customers.json: the ARR of those `without_arr` (`unpriced`), then each key by its weight times the ARR of whom it is
    unknown. book.json: what only a person can say, and the rates that no bridge over twelve months gives.
    """
    present = _present(standings)
    arr = sum((one.arr for one in present), NOTHING)
    gaps = [Gap(CUSTOMERS, "arr", None, without_arr, NOTHING)] if without_arr else []
    alike: dict[tuple, list[Decimal]] = defaultdict(list)
    for one in present:
        alike[_unknown(one.known)].append(one.arr)
    groups = [(unknown, len(held), sum(held, NOTHING)) for unknown, held in alike.items()]
    asked = [(weight, Gap(CUSTOMERS, key, None, sum(count for unknown, count, _ in groups if unknown[place]),
                          sum((held for unknown, _, held in groups if unknown[place]), NOTHING)))
             for key, place, weight in _ASKED]
    gaps += [gap for weight, gap in sorted(asked, key=lambda pair: -pair[0] * pair[1].arr) if gap.customers]
    tiers = [(tier, len(own), sum((one.arr for one in own), NOTHING)) for tier, own in
             _by_tier(standings, floors).items() if own]
    gaps += [Gap(BOOK, "csms", *tier) for tier in sorted(tiers, key=lambda tier: -tier[2])]
    rates = _rates(bridge, months)
    whole = ["people", *(key for key in ("annual_growth_ratio", "annual_churn_ratio", "arr_per_customer_growth_ratio")
                         if getattr(rates, key) is None)]
    gaps += [Gap(BOOK, key, None, len(present), arr) for key in whole] if present else []
    return gaps + [Gap(BOOK, "planned_new_customers", *tier) for tier in tiers]


def fill_in(standings: Iterable[Standing], floors: Mapping[str, Union[int, Decimal]]) -> str:
    """A CSV of the thirty accounts where an answer would move most money, empty cells to be filled; kind `customers`.

    Money that moves: an account's ARR times the weights of what is unknown of it, twice when its ARR is within a tenth
    of a tier's floor, as the answers then settle its tier too. Accounts that left, that pay nothing, or of which all is
    known are not asked about. The columns are the keys unknown of one of the thirty or more, what weighs most first.
    """
    edges = [(floor * (1 - _NEAR_RATIO), floor * (1 + _NEAR_RATIO)) for floor in floors.values() if floor]
    stakes = ((-_stake(one, edges), one) for one in _present(standings))
    ranked = nsmallest(MOST_ASKED, (pair for pair in stakes if pair[0]), key=lambda pair: (pair[0], pair[1].id))
    chosen = [one for _, one in ranked]
    columns = [(key, place) for key, place, _ in _ASKED if any(one.known[place] is None for one in chosen)]
    rows = [[guarded_twice(one.id), one.known.name and guarded_twice(one.known.name), one.arr,
             *(_cell(one.known[place]) for _, place in columns)] for one in chosen]
    return result.csv_text(["customer_id", "name", "arr", *(key for key, _ in columns)], rows)


def _stake(one: Standing, edges: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    stake = one.arr * _weight(_unknown(one.known))
    return stake * 2 if any(low <= one.arr <= high for low, high in edges) else stake


def _unknown(known: Known) -> tuple[bool, ...]:
    return tuple([value is None for value in known])


@lru_cache(maxsize=65_536)
def _weight(unknown: tuple[bool, ...]) -> Decimal:
    return sum((weight for _, place, weight in _ASKED if unknown[place]), NOTHING)


def _cell(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value) if isinstance(value, date) else value
