"""The files that say what customers pay, read into one: as columns of months, or as spells."""

from __future__ import annotations

from array import array
from datetime import date
from decimal import Decimal
from typing import Optional

from cslib import settled
from cslib.amounts import MOST_CENTS, Currency
from cslib.faults import Faults
from cslib.labels import LABELS
from cslib.ledger import Spell
from cslib.losses import Event
from cslib.monthly import Collision, Monthly
from cslib.months import month_name
from cslib.moves import Moves
from cslib.periods import Periods, price_list
from cslib.question import Unanswered
from cslib.reader import ABSENT, Counts, Reader, Total
from cslib.refusal import refused
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
        self.totals: list[Total] = []
        self.currencies: list[Currency] = []
        self.counts = Counts()
        self.conflicts: list[str] = []

    def take(self, source: Source) -> None:
        """Reads one more file. Refused: everything in it that cannot be taken."""
        if self.files:
            self.customers.next_file()
        reader = self._read(source)
        if not reader.rows and not reader.faults.found:
            reader.faults.of("no rows", "the table", "rows below the header that are no totals", "none",
                              "export again with the rows, or name the customer's column: --map customer=COLUMN")
        self.currencies.append(reader.amounts.currency())
        reader.faults.settle()
        ids = self.customers.ids
        self.spells += [Spell(ids[row.number], row.start, row.end, Decimal(row.cents).scaleb(-2))
                        for row in reader.periods]
        self.events += [Event(ids[row.number], row.end, row.reason) for row in reader.periods if row.reason]
        self.days |= reader.days
        self._merge(source, reader.columns)
        self.totals += reader.compared()
        self.conflicts += reader.unexplained
        for role in LABELS:
            self.labels[role].update(reader.labels.of(role))
            self.several[role] += len(reader.labels.several.get(role, ()))
        self.counts = Counts(*map(sum, zip(self.counts, reader.counts())))
        self.files.append(file_read(source, reader.rows))

    def settle(self, name: str) -> None:
        """Nothing when no row stands against another. Asked: whether rows of one customer and month add up.

        Refused: an id that goes on without its leading zeros.
        """
        faults = Faults(name, [])
        for group in self.customers.unlike_in_zeros():
            if not self._side_by_side(group):
                written = sorted(self.customers.ids[number] for number in group)
                faults.of("leading zeros lost", f'customer "{written[0]}"', "one spelling of each id in all rows",
                          " and ".join(written), "no month has both; spreadsheets drop leading zeros: import the "
                          "column as text, or correct it")
        faults.settle()
        if self.conflicts and self.wish.overlap is None:
            named = list(dict.fromkeys(self.conflicts))
            raise Unanswered(name, [settled.about_overlaps(
                f"Rows of one customer and month stand several times ({', '.join(named[:3])}).",
                "the last row stands, that of the file named last")])

    def _side_by_side(self, group: list[int]) -> bool:
        """Whether two of the customers pay at one time: then they are not one that was spelled in two ways."""
        for column in self.columns.values():
            if sum(1 for number in group if number < len(column) and column[number] > 0) > 1:
                return True
        ids = {self.customers.ids[number] for number in group}
        own = sorted((spell for spell in self.spells if spell.customer in ids), key=lambda spell: spell.start)
        return any(one.customer != other.customer and (one.end is None or one.end > other.start)
                   for one, other in zip(own, own[1:]))

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
            elif not source.reading.unit and self.price_source is None:
                raise refused(source.table.name, "no amounts", "the header", "a price for each plan", "plans alone",
                              "add the price list as a further file, with a row for each plan and its price")
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

    def _merge(self, source: Source, more: dict[int, array[int]]) -> None:
        """Lays what a further file holds beside the rest; balances of several ledgers add up without a question."""
        if not self.columns:
            self.columns = more
            return
        ledger = source.reading.kind == "movements"
        for month, column in more.items():
            held = self.columns.setdefault(month, array("q"))
            held.extend([ABSENT] * (len(column) - len(held)))
            for number, cents in enumerate(column):
                before = held[number]
                if cents == ABSENT:
                    continue
                if before == ABSENT or before == cents == 0:
                    held[number] = cents
                    continue
                if not ledger:
                    self.conflicts.append(self.customers.ids[number])
                held[number] = cents if self.latest and not ledger else before + cents
                if held[number] > MOST_CENTS:
                    raise refused(source.table.name, "amount out of range", f"{self.customers.ids[number]} in "
                                  f"{month_name(month)}", "at most 1,000,000,000,000 a year in all files",
                                  f"{held[number] / 100:.2f}")
