"""What files say of customers beside the ARR of the book: attributes and yearly costs. None is unknown, never no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.attribute_cells import NOTHING_KNOWN, Known
from cslib.reader import Total

KEYS = frozenset((*Known._fields[Known._fields.index("tenure_months"):], "cost", "status"))


class Attributes(NamedTuple):
    """What files say, by customer id. `conflicts` counts, by key, the customers of whom two files say different things.

    `codes` are the currencies met, without those converted. `cost_months` are how many of the twelve months have dated
    costs, None without dates. `totals` are rows of totals, each beside the sum of the ARR of its customers.
    """

    customers: Mapping[str, Known]
    conflicts: Mapping[str, int] = {}
    codes: frozenset[str] = frozenset()
    cost_months: Optional[int] = None
    totals: tuple[Total, ...] = ()


def merged(files: Iterable[Attributes]) -> Attributes:
    """What all files say together: of two that say something the later one counts."""
    customers: dict[str, Known] = {}
    conflicts: dict[str, int] = {}
    codes: set[str] = set()
    cost_months = None
    totals: list[Total] = []
    for file in files:
        for customer, later in file.customers.items():
            before = customers.get(customer)
            if before is not None and before != later:
                for key, old, new in zip(Known._fields, before, later):
                    if old is not None and new is not None and old != new:
                        conflicts[key] = conflicts.get(key, 0) + 1
                later = Known._make([old if new is None else new for old, new in zip(before, later)])
            customers[customer] = later
        for key, count in file.conflicts.items():
            conflicts[key] = conflicts.get(key, 0) + count
        codes |= file.codes
        cost_months = cost_months if file.cost_months is None else file.cost_months
        totals += file.totals
    return Attributes(customers, conflicts, frozenset(codes), cost_months, tuple(totals))


def under(found: Attributes, parents: Mapping[str, str]) -> Attributes:
    """The same with children folded into their parents: costs and ARR add up, the rest is of the parent's own row.

    `parents` gives the id of the uppermost parent of each customer that has one.
    """
    customers: dict[str, Known] = {}
    for child, known in sorted(found.customers.items(), key=lambda item: parents.get(item[0], item[0]) != item[0]):
        top = parents.get(child, child)
        if top == child:
            customers[child] = known
        else:
            above = customers.get(top, NOTHING_KNOWN)
            customers[top] = above._replace(arr=_sum(above.arr, known.arr), annual_cost_to_serve=_sum(
                above.annual_cost_to_serve, known.annual_cost_to_serve))
    return found._replace(customers=customers)


def _sum(one: Optional[Decimal], other: Optional[Decimal]) -> Optional[Decimal]:
    return other if one is None else one if other is None else one + other


def said(found: Attributes, key: str) -> dict[str, Any]:
    """One field of `Known` by customer, of those of whom it is known."""
    place = Known._fields.index(key)
    return {customer: known[place] for customer, known in found.customers.items() if known[place] is not None}
