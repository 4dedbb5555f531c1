"""customers.json as records: every customer on one day, with what is known of each. None is unknown, never no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Optional

from cslib.attribute_cells import SIGNALS
from cslib.cohort_checks import money
from cslib.figures import neutral
from cslib.months import day_of
from cslib.refusal import Fault, Refusal
from cslib.register import LONGEST_ID

PAYING, PILOT, DESIGN_PARTNER = "paying", "pilot", "design_partner"
ZERO = Decimal(0)
UNPAID = (PILOT, DESIGN_PARTNER)

Signals = tuple[Optional[bool], ...]


class Override(NamedTuple):
    """A written decision to keep an account in the top tier whatever the rules say, up to and with a day."""

    reason: str
    until: date


class Customer(NamedTuple):
    """One customer. Money is a year's, `signals` stand in the order of `SIGNALS`."""

    id: str
    name: Optional[str]
    arr: Decimal
    tenure_months: Optional[int]
    relationship: Optional[str]
    signals: Signals
    complexity: Optional[str]
    strategic_value: Optional[str]
    growth_potential: Optional[str]
    annual_cost_to_serve: Optional[Decimal]
    previous_tier: Optional[str]
    escalations_12m: Optional[int]
    multi_year: Optional[bool]
    executive_contact: Optional[bool]
    sponsor_both_sides: Optional[bool]
    acquired_by_conflicting_owner: Optional[bool]
    declining_industry: Optional[bool]
    renewal_date: Optional[date]
    churned: Optional[bool]
    override: Optional[Override]

    @property
    def account(self) -> str:
        """What it is called: its name, or its id."""
        return self.name or self.id


class Portfolio(NamedTuple):
    """All that customers.json says. `lost` are those flagged as churned, `customers` the others, free ones included.

    `cost_is_partial`: the costs to serve are only a part of what is spent. `tiers_dropped` counts the previous tiers
    that belong to other tiers than those in use, and so say nothing. `namesakes` are pairs of ids of customers who
    share a name, in order.
    """

    as_of: date
    currency: Optional[str]
    cost_is_partial: bool
    customers: list[Customer]
    lost: list[Customer]
    tiers_dropped: int
    namesakes: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def paying(self) -> list[Customer]:
        return [customer for customer in self.customers if customer.arr]


def read(document: dict, source: str, tiers: Sequence[str]) -> Portfolio:
    """The records of a document that its schema accepts; `tiers` are those in use, for what was the tier before.

    Previous tiers of which none is in use say nothing. Refused, all at once: an id given twice (spaces at its ends and
    marks that nobody sees do not tell two apart), a day that does not exist, a paying customer without ARR, a previous
    tier that is none of `tiers` beside others that are, a document in which everybody has left.
    """
    before = [row["previous_tier"] for row in document["customers"] if row.get("previous_tier")]
    dropped = 0 if set(before) & set(tiers) else len(before)
    faults = _faults(document, () if dropped else tiers)
    if faults:
        raise Refusal(source, faults)
    records = [_customer(row) for row in document["customers"]]
    if dropped:
        records = [one._replace(previous_tier=None) for one in records]
    present = [one for one in records if not one.churned]
    return Portfolio(day_of(document["as_of"]), document.get("currency"), bool(document.get("cost_is_partial")),
                     present, [one for one in records if one.churned], dropped, _namesakes(present),
                     tuple(document.get("notes") or ()))


def _customer(row: dict) -> Customer:
    get = row.get
    cost, renewal, override = get("annual_cost_to_serve"), get("renewal_date"), get("strategic_override")
    return Customer(
        row["id"], get("name"), money(row["arr"]), get("tenure_months"), get("relationship"),
        _signals(get("icp_signals")), get("complexity"), get("strategic_value"), get("growth_potential"),
        None if cost is None else money(cost), get("previous_tier"), get("escalations_12m"), get("multi_year"),
        get("executive_contact"), get("sponsor_both_sides"), get("acquired_by_conflicting_owner"),
        get("declining_industry"), renewal and day_of(renewal), get("churned"),
        override and Override(override["reason"], day_of(override["until"])))


def _signals(said: Optional[dict]) -> Signals:
    return _NOTHING if not said else _pattern(tuple(map(said.get, SIGNALS)))


@lru_cache(maxsize=4_096)
def _pattern(signals: Signals) -> Signals:
    """One and the same tuple for each pattern."""
    return signals


_NOTHING = (None,) * len(SIGNALS)


def _faults(document: dict, tiers: Sequence[str]) -> list[Fault]:
    rows = document["customers"]
    found = [] if day_of(document["as_of"]) else [
        Fault("impossible date", "as_of", "a day of this era that exists", document["as_of"])]
    seen: dict[str, int] = {}
    known = {None, *tiers}
    for index, row in enumerate(rows):
        get = row.get
        first = seen.setdefault(neutral(row["id"], LONGEST_ID), index)
        if first != index:
            found.append(Fault("given twice", f"customers[{index}].id", "every id once",
                               f"{row['id']}, as in customers[{first}]", "merge the two rows"))
        renewal, override = get("renewal_date"), get("strategic_override")
        if renewal is not None and day_of(renewal) is None:
            found.append(_no_day(row, index, "renewal_date", renewal))
        if override is not None and day_of(override["until"]) is None:
            found.append(_no_day(row, index, "strategic_override.until", override["until"]))
        if override is not None and not neutral(override["reason"]):
            found.append(Fault("override without a reason", _place(row, index, "strategic_override.reason"),
                               "why the account stays on top, in words", repr(override["reason"])))
        if get("relationship") == PAYING and not money(row["arr"]) and not get("churned"):
            found.append(Fault("paying without ARR", _place(row, index, "arr"), "above zero for a paying customer", "0",
                               'say "relationship": "pilot" or "design_partner", or "churned": true'))
        if tiers and get("previous_tier") not in known:
            found.append(Fault("no tier of this preset", _place(row, index, "previous_tier"), ", ".join(tiers),
                               row["previous_tier"], "leave it out, or choose the --preset that it comes from"))
    if rows and all(row.get("churned") for row in rows):
        found.append(Fault("nobody left", "customers", "at least one customer who has not churned",
                           f"{len(rows)} churned"))
    return found


def _place(row: dict, index: int, key: str) -> str:
    return f"customers[{index}].{key} ({row['id']})"


def _no_day(row: dict, index: int, key: str, got: str) -> Fault:
    return Fault("impossible date", _place(row, index, key), "a day of this era that exists", got)


def _namesakes(records: Sequence[Customer]) -> tuple[tuple[str, str], ...]:
    first: dict[str, str] = {}
    return tuple((first[folded], one.id) for one in records if one.name
                 for folded in [" ".join(one.name.casefold().split())] if first.setdefault(folded, one.id) != one.id)
