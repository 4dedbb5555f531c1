"""What the readers of ARR have in common: one pass over a table, its customers, and what is counted on the way."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, Optional

from cslib import register
from cslib.amounts import Amounts
from cslib.faults import Faults
from cslib.labels import Labels
from cslib.register import LONGEST_ID, Register
from cslib.sources import Source
from cslib.wish import Wish

ABSENT = -1
_ROUNDED_CENTS = 1200


class Row(NamedTuple):
    """A period of a customer, by number; `end` as written (None while it runs); annual cents; the reason on its row."""

    number: int
    start: date
    end: Optional[date]
    cents: int
    reason: str


class Total(NamedTuple):
    """What a row of totals says of a month, in annual cents, and what the rows of customers add up to."""

    line: int
    month: int
    said: int
    summed: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the two are the same but for the rounding of a monthly amount."""
        return abs(self.said - self.summed) <= _ROUNDED_CENTS


class Counts(NamedTuple):
    """Rows by what is worth telling of them; `blank_cells` and `rounded` are of cells, `opened` of customers."""

    zero_rows: int = 0
    blank_cells: int = 0
    added: int = 0
    rounded: int = 0
    disagreeing: int = 0
    opened: int = 0


class Reader:
    """A table being read: `columns` (annual cents by month index and customer number, ABSENT for no row) or `periods`.

    `unexplained` names customers of rows that stand several times without a reason, `days` are those of movements,
    `totals` are of rows of totals.
    """

    def __init__(self, source: Source, wish: Wish, customers: Register) -> None:
        self.source, self.table, self.reading, self.asides = source, source.table, source.reading, source.asides
        self.customers, self.labels = customers, Labels(source.reading)
        self.faults = Faults(self.table.name, self.table.header)
        self.amounts = Amounts(self.reading, source.style, wish, self.faults)
        self.roles = {name: role.column for name, role in self.reading.roles.items()}
        self.columns: dict[int, array[int]] = {}
        self.periods: list[Row] = []
        self.totals: list[Total] = []
        self.unexplained: list[str] = []
        self.days: set[date] = set()
        self.rows = self.zero_rows = self.blank_cells = self.added = self.opened = 0

    def counts(self) -> Counts:
        """What was counted."""
        return Counts(self.zero_rows, self.blank_cells, self.added, self.amounts.rounded, self.amounts.disagreeing,
                      self.opened)

    def each(self) -> Iterator[tuple[list[str], int]]:
        """Every row with the number of its customer; a row that has stood before is set aside as `double`."""
        seen: set[int] = set()
        for row in self.table.rows(self.asides):
            number = self.entered(row)
            if number is None:
                continue
            if hash(tuple(row)) in seen:
                self.asides.add("double", self.table.line)
                continue
            seen.add(hash(tuple(row)))
            yield row, number

    def total(self, row: list[str]) -> None:
        """Takes a row of totals, for readers that can compare it."""

    def compared(self) -> list[Total]:
        """The rows of totals that can be compared with the rows of customers."""
        return []

    def entered(self, row: list[str]) -> Optional[int]:
        """The number of a row's customer; None for a row of totals, which is set aside, and of nobody, a fault."""
        who = self.roles["customer"]
        number = self.customers.entered(row[who])
        if number >= 0:
            return number
        if number == register.TOTAL or (number == register.NOBODY and any(map(register.is_total, row))):
            self.asides.add("total", self.table.line)
            self.total(row)
        elif number == register.NOBODY:
            self.faults.add("missing customer", self.table.line, "an id or a name", row[who], who)
        elif number == register.FORMULA:
            self.faults.add("formula", self.table.line, "an id or a name", row[who], who,
                            "save the sheet with values instead of formulas")
        else:
            self.faults.add("long customer id", self.table.line, f"at most {LONGEST_ID} characters", row[who], who)
        return None
