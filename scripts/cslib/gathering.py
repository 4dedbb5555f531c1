"""All the files of an intake read into one: who pays what when, and what else is known of them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Callable, NamedTuple, Optional

from cslib import attributes, losses
from cslib.arr_files import ArrFiles
from cslib.asides import Asides
from cslib.attributes import Attributes
from cslib.columns import MAPPED
from cslib.ledger import Spell
from cslib.losses import Event
from cslib.parents import tops
from cslib.reader import Counts, Total
from cslib.refusal import Refusal, refused
from cslib.sources import (
    ARR_KINDS,
    FileRead,
    Source,
    all_mapped,
    file_read,
    fit_together,
    months_are_there,
    read_throughout,
    recognised,
)
from cslib.tables import Table
from cslib.wish import Wish

PARENT = "parent"
_COST_MONTHS = 12
_UNREAD = {"not a date", "not a month", "not an amount", "not a quantity"}


class Gathered(NamedTuple):
    """What the files hold. Of `spells` and `columns` (annual cents by month and place in `ids`) one is filled, or none.

    `days` are those of the movements of ledgers, `parents` the uppermost ones by child. `labels` are by role and
    customer; `several` says, by role, how many customers have more than one. `merged` are spellings folded into one
    customer, by kind. `strangers` counts customers of attribute files without ARR.
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


def gathered(tables: Sequence[Table], wish: Wish, end_month: int) -> Gathered:
    """Everything the tables hold. Refused, a file at a time: what cannot be taken. Asked: what can be read two ways."""
    all_mapped(tables, wish.mapped)
    sources = [recognised(table, wish) for table in tables]
    fit_together(sources)
    months_are_there(sources, wish.mapped)
    prices = next((source for source in sources if source.reading.kind == "prices"), None)
    held = ArrFiles(wish, end_month, prices)
    for source in sources:
        if source.reading.kind in ARR_KINDS:
            _read(held.take, source, wish)
    held.settle(tables[0].name)
    held.customers.named(held.labels["name"])
    known: list[Attributes] = []
    files = list(held.files)
    with_arr = len(held.customers.ids)

    def facts(source: Source) -> None:
        known.append(attributes.read(source.table, source.reading, source.style, source.asides, held.customers.joined,
                                     range(end_month - _COST_MONTHS + 1, end_month + 1), wish.rates))
        if source.reading.kind not in ARR_KINDS:
            files.append(file_read(source, len(known[-1].customers)))

    def events(source: Source) -> None:
        read = losses.read(source.table, source.reading, source.style, source.asides, held.customers.found)
        held.events += read
        files.append(file_read(source, len(read)))

    for source in sources:
        kind = source.reading.kind
        if kind in ("customers", "costs"):
            _read(facts, source, wish)
        elif kind == "wide" and (attributes.KEYS | {"signup"}) & set(source.reading.roles):
            _read(facts, source._replace(asides=Asides()), wish)
    for source in sources:
        if source.reading.kind == "churn":
            _read(events, source, wish)
    above = _parents(tables[0].name, sources, held, known)
    merged = attributes.under(attributes.merged(known), above)
    ids = held.customers.ids
    labels = {role: {ids[number]: text for number, text in said.items()} for role, said in held.labels.items()}
    code, converted = _currency(tables[0].name, held, merged)
    found = [event._replace(customer=above.get(event.customer, event.customer)) for event in held.events]
    strangers = len(ids) - with_arr if with_arr else 0
    return Gathered(files, ids, held.spells, held.columns, held.days, above, labels, held.several,
                    held.customers.merged, code, converted, merged, found, held.totals, held.counts, strangers)


def _read(reader: Callable[[Source], None], source: Source, wish: Wish) -> None:
    """Reads a file; once more, with its dates and amounts as all its rows show them, when they are not plain."""
    try:
        reader(source)
    except Refusal as refusal:
        as_shown = read_throughout(source, wish) if _UNREAD & {fault.kind for fault in refusal.faults} else None
        if as_shown is None:
            raise
        reader(as_shown)


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
