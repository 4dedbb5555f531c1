"""All the files of an intake read into one: who pays what when, and what else is known of them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Optional

from cslib import attribute_rows, attributes, losses, tickets
from cslib.arr_files import ArrFiles
from cslib.asides import Asides
from cslib.attributes import Attributes
from cslib.columns import MAPPED
from cslib.ledger import Spell
from cslib.losses import Event
from cslib.months import MONTHS_IN_A_YEAR
from cslib.parents import tops
from cslib.reader import Counts, Total
from cslib.refusal import Usage, refused
from cslib.register import Register
from cslib.sources import (
    ARR_KINDS,
    FileRead,
    Source,
    all_mapped,
    file_read,
    fit_together,
    months_are_there,
    recognised,
    taken,
)
from cslib.tables import Table
from cslib.tickets import Tickets
from cslib.wish import Wish

PARENT = "parent"


class Gathered(NamedTuple):
    """What the files hold. Of `spells` and `columns` (annual cents by month and place in `ids`) one is filled, or none.

    `days` are those of the movements of ledgers, `parents` the uppermost ones by child. `labels` are by role and
    customer; `several` says, by role, how many customers have more than one. `merged` are spellings folded into one
    customer, by kind. `strangers` counts customers of attribute files without ARR. `year` are the twelve months of
    costs and tickets. `tickets` are None without a file of them; `charged` are the ids of the customers whose cost to
    serve in `attributes` is that of their tickets.
    """

    files: list[FileRead]
    ids: list[str]
    spells: list[Spell]
    columns: dict[int, array[int]]
    days: set[date]
    parents: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    several: Mapping[str, int]
    merged: Mapping[str, Mapping[str, str]]
    currency: Optional[str]
    converted: frozenset[str]
    attributes: Attributes
    events: list[Event]
    totals: list[Total]
    counts: Counts
    strangers: int
    year: range
    tickets: Optional[Tickets]
    charged: frozenset[str]


def gathered(tables: Sequence[Table], wish: Wish, end_month: int) -> Gathered:
    """Everything the tables hold. Refused, a file at a time: what cannot be taken. Asked: what can be read two ways.

    Wrong usage: a cost of tickets without a file of them.
    """
    all_mapped(tables, wish.mapped)
    sources = [recognised(table, wish) for table in tables]
    fit_together(sources)
    months_are_there(sources, wish.mapped)
    year = range(end_month - MONTHS_IN_A_YEAR + 1, end_month + 1)
    prices = next((source for source in sources if source.reading.kind == "prices"), None)
    held = ArrFiles(wish, end_month, prices)
    for source in sources:
        if source.reading.kind in ARR_KINDS:
            taken(held.take, source, wish)
    held.settle(tables[0].name)
    held.customers.named(held.labels["name"])
    known: list[Attributes] = []
    files = list(held.files)
    with_arr = len(held.customers.ids)

    def facts(source: Source) -> None:
        known.append(attribute_rows.read(source.table, source.reading, source.style, source.asides,
                                         held.customers.joined, year, wish.rates))
        if source.reading.kind not in ARR_KINDS:
            files.append(file_read(source, len(known[-1].customers)))

    def events(source: Source) -> None:
        read = losses.read(source.table, source.reading, source.style, source.asides, held.customers.found)
        held.events += read
        files.append(file_read(source, len(read)))

    for source in sources:
        kind = source.reading.kind
        if kind in ("customers", "costs"):
            taken(facts, source, wish)
        elif kind == "wide" and (attributes.KEYS | {"signup"}) & set(source.reading.roles):
            taken(facts, source._replace(asides=Asides()), wish)
    for source in sources:
        if source.reading.kind == "churn":
            taken(events, source, wish)
    above = _parents(tables[0].name, sources, held, known)
    merged = attributes.under(attributes.merged(known), above)
    ids = held.customers.ids
    with_tickets = [source for source in sources if source.reading.kind == "tickets"]
    worked = _tickets(with_tickets, held.customers, merged, wish, year, files)
    charged: frozenset[str] = frozenset()
    if worked:
        worked = tickets.under(worked, above)
        merged, charged = tickets.laid(merged, worked, (one for one in ids if above.get(one, one) == one),
                                       wish.ticket_cost, year)
    labels = {role: {ids[number]: text for number, text in said.items()} for role, said in held.labels.items()}
    code, converted = _currency(tables[0].name, held, merged)
    found = [event._replace(customer=above.get(event.customer, event.customer)) for event in held.events]
    strangers = len(ids) - with_arr if with_arr else 0
    totals = held.totals if with_arr else [*merged.totals]
    return Gathered(files, ids, held.spells, held.columns, held.days, above, labels, held.several,
                    held.customers.merged, code, converted, merged, found, totals, held.counts, strangers, year, worked,
                    charged)


def _tickets(sources: Sequence[Source], customers: Register, known: Attributes, wish: Wish, year: range,
             files: list[FileRead]) -> Optional[Tickets]:
    """The tickets of all files of them, whose customers may go by a name that another file says; `files` grows."""
    if not sources:
        if wish.ticket_cost is not None:
            raise Usage("--ticket-cost is about support tickets, and these files have none")
        return None
    customers.named({number: name for customer, name in attributes.said(known, "name").items()
                     if (number := customers.known(customer)) is not None})
    found: list[Tickets] = []

    def of_file(source: Source) -> None:
        found.append(tickets.read(source.table, source.reading, source.style, source.asides, customers.found, year))
        files.append(file_read(source, sum(load.tickets for load in found[-1].customers.values())))

    for source in sources:
        taken(of_file, source, wish)
    if wish.ticket_cost is not None and len({file.says_hours for file in found}) > 1:
        raise refused(sources[0].table.name, "hours in some files only", "--map hours", "a column of hours in every "
                      "file of tickets, or in none", "", "--ticket-cost is of an hour or of a ticket")
    return tickets.together(found)


def _parents(name: str, sources: Sequence[Source], held: ArrFiles, known: Sequence[Attributes]) -> dict[str, str]:
    """The uppermost parent of each customer that has one, when a column was named as the parents'; by id."""
    named = [source.reading.roles[PARENT] for source in sources if PARENT in source.reading.roles]
    if all(role.certainty != MAPPED for role in named):
        return {}
    said = {held.customers.ids[number]: text for number, text in held.labels[PARENT].items()}
    for file in known:
        said.update(attributes.said(file, PARENT))
    return tops(name, {child: held.customers.joined(parent) or child for child, parent in said.items()})


def _currency(name: str, held: ArrFiles, known: Attributes) -> tuple[Optional[str], frozenset[str]]:
    codes = sorted({currency.code for currency in held.currencies if currency.code} | set(known.codes))
    if len(codes) > 1:
        raise refused(name, "several currencies", "the files", "one currency, or a rate", ", ".join(codes),
                      f"--currency {codes[0]} --rate {codes[1]}=RATE")
    converted = frozenset(code for currency in held.currencies for code in currency.converted)
    return (codes[0] if codes else None), converted
