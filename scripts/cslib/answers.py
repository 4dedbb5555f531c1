"""Answers that a person filled in: read from their table, and laid over the customers of a document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Callable, NamedTuple, Optional

from cslib import attribute_rows, attributes, columns, kinds, naming, sources
from cslib.attribute_cells import NOTHING_KNOWN, SIGNALS, Known
from cslib.customer_files import ASKED, FILL_IN
from cslib.customers import Customer
from cslib.faults import Faults
from cslib.refusal import Fault, Refusal, refused
from cslib.register import Register
from cslib.sources import Source
from cslib.standings import Standing
from cslib.tables import Table
from cslib.wish import Wish

_PLACES = tuple((key, Known._fields.index(key), key in SIGNALS) for key in ASKED)
_SPELLINGS = {"customer": columns.spellings("customer_id"), **{key: columns.spellings(key) for key in ASKED}}
_BESIDE = ("customer", "name", "arr", "mrr", "currency")
_OF_A_CUSTOMER = (*kinds.ATTRIBUTES, "status")
_NO_PERIOD = range(0)


class Answers(NamedTuple):
    """What a table says by customer, and the headers of its columns that are no answers."""

    customers: Mapping[str, Known]
    unused: tuple[str, ...]


def read(table: Table, ids: Collection[str], wish: Wish) -> Answers:
    """What a table of customers says of each, under one of `ids` where that is meant, else under the id as written.

    Dates and decimal marks are as the wish or all rows say; a column that is named as what is asked for is that,
    whatever is in it. Refused as in an intake: no customer column, a value that is none of its kind, a customer twice
    with unlike values; a row without a customer, and a column that is nearly named as what may be said of a customer.
    """
    found: list[attributes.Attributes] = []
    enter = _meant(ids)

    def of_table(source: Source) -> None:
        found.append(attribute_rows.read(source.table, source.reading, source.style, source.asides, enter, _NO_PERIOD,
                                     wish.rates, False))
        nobody = source.asides.found.get("no_customer")
        if nobody:
            raise refused(table.name, "row without a customer", f"line {nobody.first[0]}", "the id of a customer",
                          "nothing", "the first column of the file says whose answers these are")

    if not any(naming.is_named(table, column, "customer") for column in range(len(table.header))):
        raise refused(table.name, "no such column", "the header",
                      f"a column customer_id; the columns are {columns.headers(table)}", "",
                      "it says whose answers these are")
    asked = {role: header for role, own in _SPELLINGS.items() for header in reversed(table.header)
             if columns.spellings(header) & own}
    source = sources.recognised(table, wish._replace(kinds={"": "customers"}, mapped=asked))
    unused = _unused(source)
    sources.taken(of_table, source, wish)
    return Answers(found[-1].customers, unused)


def _unused(source: Source) -> tuple[str, ...]:
    """The headers that are no answers. Refused: one that names, or nearly, what can be known of a customer."""
    roles, header = source.reading.roles, source.table.header
    answers = {*_BESIDE, *ASKED, *(() if "annual_cost_to_serve" in roles else ("cost",))}
    used = {each.column for role, each in roles.items() if role in answers}
    faults = Faults(source.table.name, header)
    unused = [column for column in range(len(header)) if column not in used]
    for column in unused:
        role = naming.meant(header[column], _OF_A_CUSTOMER)
        if role:
            hint = f'did you mean "{role}"?' if role in ASKED else f"say {role} in the input"
            faults.of("unknown column", f'the header, column "{header[column]}"',
                      "customer_id, name, arr and the columns that --ask writes", "", hint)
    faults.settle()
    return tuple(header[column] for column in unused)


def _meant(ids: Collection[str]) -> Callable[[str], Optional[str]]:
    """The id that a cell means: itself, one that is spelled in another way, or the cell for none; None for no id."""
    exact, register = frozenset(ids), Register()
    by_number: dict[int, Optional[str]] = {}
    for one in ids:
        number = register.entered(one)
        by_number[number] = one if number not in by_number else None  # two ids that differ in their spelling alone

    def meant(text: str) -> Optional[str]:
        if text in exact:
            return text
        number = register.known(text)
        return (None if number is None else by_number.get(number)) or text.strip() or None
    return meant


def answered(document: Mapping[str, Any], found: Mapping[str, Known], source: str = FILL_IN) -> tuple[dict, int]:
    """A document like customers.json with the answers laid over it, and how many of them change something.

    Only what is asked for is laid: fit signals, one by one, costs, levels, flags, dates, counts, the relationship and
    the tier before; what an answer leaves open stays. Refused, all at once: customers who are not in the document.
    """
    known = {row["id"] for row in document["customers"]}
    strangers = [Fault("no such customer", f"customer {one}", "the id of a customer of the document", one)
                 for one in found if one not in known]
    if strangers:
        raise Refusal(source, strangers)
    rows, changes = [], 0
    for row in document["customers"]:
        laid, changed = _laid(row, found.get(row["id"], NOTHING_KNOWN))
        rows.append(laid)
        changes += changed
    return {**document, "customers": rows}, changes


def _laid(row: Mapping[str, Any], known: Known) -> tuple[Mapping[str, Any], int]:
    if known is NOTHING_KNOWN:
        return row, 0
    signals, others = dict(row.get("icp_signals") or {}), dict(row)
    changes = 0
    for key, place, is_signal in _PLACES:
        value, holder = known[place], signals if is_signal else others
        if value is None:
            continue
        value = value.isoformat() if isinstance(value, date) else value
        changes += holder.get(key) != value
        holder[key] = value
    return {**others, "icp_signals": signals} if signals else others, changes


def standing_of(customer: Customer, cost_is_partial: bool = False) -> Standing:
    """A customer as `customer_files.fill_in` takes it; a cost that is only a part is left out, so that it is asked."""
    given = customer._asdict()
    known = {key: given[key] for key in given.keys() & Known._fields}
    if cost_is_partial:
        known["annual_cost_to_serve"] = None
    override = customer.override
    return Standing(customer.id, customer.arr, Known(
        **{**known, **dict(zip(SIGNALS, customer.signals)), "arr": None,
           "override_reason": override and override.reason, "override_until": override and override.until}))
