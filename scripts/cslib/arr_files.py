"""The files that say what customers pay, read into one: as columns of months, or as spells."""

from __future__ import annotations

from array import array
from datetime import date
from decimal import Decimal
from typing import Optional

from cslib import settled
from cslib.amounts import Currency
from cslib.labels import LABELS
from cslib.ledger import Spell
from cslib.losses import Event
from cslib.monthly import Collision, Monthly
from cslib.moves import Moves
from cslib.periods import Periods, price_list
from cslib.question import Unanswered
from cslib.reader import ABSENT, Counts, Reader
from cslib.register import Register
from cslib.sources import FileRead, Source, file_read
from cslib.wish import Wish


class ArrFiles:
    """What the ARR files hold together; `labels` by role and customer number, `several` how many have more than one."""

    def __init__(self, wish: Wish, end_month: int, prices: Optional[Source]) -> None:
        self.wish, self.end_month, self.price_source = wish, end_month, prices
        self.latest = wish.overlap == settled.LATEST
        self.customers = Register()
        self.files: list[FileRead] = []
        self.spells: list[Spell] = []
        self.columns: dict[int, array[int]] = {}
        self.labels: dict[str, dict[int, str]] = {role: {} for role in LABELS}
        self.several: dict[str, int] = dict.fromkeys(LABELS, 0)
        self.events: list[Event] = []
        self.days: set[date] = set()
        self.currencies: list[Currency] = []
        self.counts = Counts()
        self.conflicts: list[str] = []

    def take(self, source: Source) -> None:
        """Reads one more file. Refused: everything in it that cannot be taken."""
        reader = self._read(source)
        if not reader.rows and not reader.faults.found:
            reader.faults.of("no rows", "the table", "rows below the header", "none")
        self.currencies.append(reader.amounts.currency())
        reader.faults.settle()
        ids = self.customers.ids
        self.spells += [Spell(ids[row.number], row.start, row.end, Decimal(row.cents).scaleb(-2))
                        for row in reader.periods]
        self.events += [Event(ids[row.number], row.end, row.reason) for row in reader.periods if row.reason]
        self.days |= reader.days
        self._merge(reader.columns)
        self.conflicts += reader.unexplained
        for role in LABELS:
            self.labels[role].update(reader.labels.of(role))
            self.several[role] += len(reader.labels.several.get(role, ()))
        self.counts = Counts(*map(sum, zip(self.counts, reader.counts())))
        self.files.append(file_read(source, reader.rows))

    def settle(self, name: str) -> None:
        """Nothing when no row stands against another. Asked: whether rows of one customer and month add up."""
        if self.conflicts and self.wish.overlap is None:
            raise Unanswered(name, [settled.about_overlaps(
                f"Rows of one customer and month stand several times ({', '.join(self.conflicts[:3])}).",
                "the last row in the file stands")])

    def _read(self, source: Source) -> Reader:
        kind = source.reading.kind
        if kind == "snapshots":
            reader: Reader = Monthly(source, self.wish, self.customers)
            try:
                reader.snapshots("subscription" in source.reading.roles, self.latest)
            except Collision:
                source.asides.found.clear()
                reader = Monthly(source, self.wish, self.customers)
                reader.snapshots(True, self.latest)
        elif kind == "wide":
            reader = Monthly(source, self.wish, self.customers)
            reader.wide(self.latest)
        elif kind == "movements":
            reader = Moves(source, self.wish, self.customers)
            reader.read(self.end_month)
        else:
            reader = Periods(source, self.wish, self.customers)
            if kind == "subscriptions":
                reader.spans()
            else:
                reader.plan_changes(self._prices())
        return reader

    def _prices(self) -> Optional[dict[str, int]]:
        if self.price_source is None:
            return None
        reader = Reader(self.price_source, self.wish, self.customers)
        prices = price_list(reader)
        self.currencies.append(reader.amounts.currency())
        reader.faults.settle()
        self.files.append(file_read(self.price_source, len(prices)))
        return prices

    def _merge(self, more: dict[int, array[int]]) -> None:
        if not self.columns:
            self.columns = more
            return
        for month, column in more.items():
            held = self.columns.setdefault(month, array("q"))
            held.extend([ABSENT] * (len(column) - len(held)))
            for number, cents in enumerate(column):
                if cents == ABSENT:
                    continue
                if held[number] in (ABSENT, cents):
                    held[number] = cents
                else:
                    self.conflicts.append(self.customers.ids[number])
                    held[number] = cents if self.latest else held[number] + cents
