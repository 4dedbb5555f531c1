"""Support tickets: how many each customer had in twelve months, how many were escalated, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional

from cslib import cells, figures, styles
from cslib.asides import Asides
from cslib.attribute_cells import FORMS, NOTHING_KNOWN, unguarded
from cslib.attributes import Attributes
from cslib.columns import Reading
from cslib.faults import Faults
from cslib.ledger import NOTHING
from cslib.register import is_total
from cslib.standings import Standing
from cslib.styles import Style
from cslib.tables import Table

_ESCALATED = FORMS["multi_year"]


class Load(NamedTuple):
    """The tickets of a customer in the twelve months, those of them that were escalated, the hours worked on them."""

    tickets: int = 0
    escalated: int = 0
    hours: Decimal = NOTHING


class Tickets(NamedTuple):
    """Tickets by customer. `first` and `last` are month indexes of all rows, None when there are none.

    `says_escalated` and `says_hours`: whether every file has such a column. `unmeasured` are tickets of the twelve
    months whose cell for hours says nothing.
    """

    customers: Mapping[str, Load]
    first: Optional[int]
    last: Optional[int]
    says_escalated: bool
    says_hours: bool
    unmeasured: int

    def cover(self, period: range) -> bool:
        """Whether the rows begin with the period or before it, so that a customer without a ticket had none."""
        return self.first is not None and self.first <= period[0]


class Charged(NamedTuple):
    """Customers whose cost to serve is that of their tickets, with both in all; and those with a cost from elsewhere.

    `hours` is None when a ticket, and not an hour, has the price.
    """

    customers: int
    tickets: int
    hours: Optional[Decimal]
    total: Decimal
    elsewhere: int


def read(table: Table, reading: Reading, style: Style, asides: Asides, found: Callable[[str], Optional[str]],
         period: range) -> Tickets:
    """The tickets of a table. `found` gives a customer's id, None for one that is not known.

    A row counts when its month index is in `period`, else it is set aside as `outside_period`; the same ticket of the
    same customer again as `double`. Refused, all at once: a day, a flag or hours that are none.
    """
    columns = {name: role.column for name, role in reading.roles.items()}
    who, when = columns["customer"], columns["date"]
    number, escalated, hours = (columns.get(role) for role in ("ticket", "escalated", "hours"))
    order, mark = styles.order_of(style, when), None if hours is None else styles.mark_of(style, hours)
    faults = Faults(table.name, table.header)
    sums: dict[str, list[Any]] = {}
    seen: set[tuple[str, str]] = set()
    customers: dict[str, str] = {}  # by cell, as most customers have many tickets
    flags = {"": False}
    first = last = None
    unmeasured = 0
    for row in table.rows(asides):
        text, month = row[who], cells.month(row[when], order)
        if month is not None:
            first = month if first is None or month < first else first
            last = month if last is None or month > last else last
        customer = customers.get(text)
        if customer is None:
            customer = found(unguarded(text))
            if customer is not None:
                customers[text] = customer
        if customer is None:
            asides.add("no_customer" if cells.nothing(text) else "total" if is_total(text) else "unknown_customer",
                       table.line)
        elif month is None:
            faults.add("not a date", table.line, "the day on which it was opened such as 2024-03-31", row[when], when)
        elif month not in period:
            asides.add("outside_period", table.line)
        elif number is not None and row[number] and (row[number], customer) in seen:
            asides.add("double", table.line)
        else:
            if number is not None:
                seen.add((row[number], customer))
            sum_of = sums.setdefault(customer, [0, 0, NOTHING])
            sum_of[0] += 1
            if escalated is not None:
                flag = flags.get(row[escalated])
                sum_of[1] += _flag(row[escalated], flags, faults, table.line, escalated) if flag is None else flag
            if hours is not None:
                worked = _hours(row[hours], mark, faults, table.line, hours)
                unmeasured += worked is None
                sum_of[2] += worked or 0
    faults.settle()
    return Tickets({customer: Load(*sum_of) for customer, sum_of in sums.items()}, first, last, escalated is not None,
                   hours is not None, unmeasured)


def _flag(text: str, flags: dict[str, bool], faults: Faults, line: int, column: int) -> bool:
    said = False if cells.nothing(text) else _ESCALATED.parse(text, None)
    if said is None:
        faults.add(_ESCALATED.kind, line, _ESCALATED.expected, text, column)
    else:
        flags[text] = said
    return bool(said)


def _hours(text: str, mark: Optional[str], faults: Faults, line: int, column: int) -> Optional[Decimal]:
    hours = cells.amount(text, mark)
    if (hours is None and not cells.nothing(text)) or (hours is not None and hours < 0):
        faults.add("not an amount", line, "hours, zero or more, or nothing when unknown", text, column)
    return hours


def together(files: Sequence[Tickets]) -> Optional[Tickets]:
    """The tickets of all files added up; None without a file."""
    if not files:
        return None
    firsts, lasts = ([each for each in months if each is not None]
                     for months in ([file.first for file in files], [file.last for file in files]))
    return Tickets(_added((customer, load) for file in files for customer, load in file.customers.items()),
                   min(firsts, default=None), max(lasts, default=None), all(file.says_escalated for file in files),
                   all(file.says_hours for file in files), sum(file.unmeasured for file in files))


def under(tickets: Tickets, parents: Mapping[str, str]) -> Tickets:
    """The same with the tickets of children counted under their uppermost parents."""
    return tickets._replace(customers=_added((parents.get(customer, customer), load)
                                             for customer, load in tickets.customers.items()))


def _added(loads: Iterable[tuple[str, Load]]) -> dict[str, Load]:
    result: dict[str, Load] = {}
    for customer, load in loads:
        before = result.get(customer)
        result[customer] = load if before is None else Load(*(one + other for one, other in zip(before, load)))
    return result


def laid(found: Attributes, tickets: Tickets, customers: Iterable[str], cost: Optional[Decimal],
         period: range) -> tuple[Attributes, frozenset[str]]:
    """What files say with what their tickets add, and the ids of the customers whose cost to serve is that of tickets.

    `cost` is that of a ticket, or of an hour where there are hours; None leaves costs unknown. What a file says of cost
    or escalations stays. A customer without a ticket has none where the tickets cover the period, else it is unknown.
    """
    known, charged = dict(found.customers), set()
    nothing = Load() if tickets.cover(period) else None
    for customer in customers:
        load, before = tickets.customers.get(customer, nothing), known.get(customer, NOTHING_KNOWN)
        if load is None:
            continue
        said = before
        if tickets.says_escalated and before.escalations_12m is None:
            said = said._replace(escalations_12m=load.escalated)
        if cost is not None and before.annual_cost_to_serve is None:
            charged.add(customer)
            said = said._replace(annual_cost_to_serve=figures.rounded(_units(load, tickets) * cost, 2))
        if said is not before:
            known[customer] = said
    return found._replace(customers=known), frozenset(charged)


def _units(load: Load, tickets: Tickets) -> Decimal:
    return load.hours if tickets.says_hours else Decimal(load.tickets)


def charged(standings: Iterable[Standing], tickets: Tickets, ids: frozenset[str]) -> Charged:
    """What the tickets come to among these standings, of which `ids` have their cost from tickets."""
    own = [one for one in standings if one.known.annual_cost_to_serve is not None]
    by_tickets = [one for one in own if one.id in ids]
    loads = [tickets.customers.get(one.id, Load()) for one in by_tickets]
    return Charged(len(by_tickets), sum(load.tickets for load in loads),
                   sum((load.hours for load in loads), NOTHING) if tickets.says_hours else None,
                   sum((one.known.annual_cost_to_serve for one in by_tickets), NOTHING), len(own) - len(by_tickets))


def asked(standings: Sequence[Standing], ids: frozenset[str]) -> Sequence[Standing]:
    """The standings without the costs that are those of tickets only, so that what a customer costs is still asked."""
    if not ids:
        return standings
    return [one._replace(known=one.known._replace(annual_cost_to_serve=None)) if one.id in ids else one
            for one in standings]
