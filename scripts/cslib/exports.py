"""A table read as periods or as month values. Nothing is dropped in silence; what is not plain is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import cells, figures
from cslib.columns import Reading
from cslib.ledger import NOTHING, Spell
from cslib.months import month_name
from cslib.refusal import Fault, Refusal
from cslib.source import Table

LONGEST_ID = 200
_TOTALS = {"total", "totals", "grand total", "subtotal", "sub-total", "sum"}
_MONTHS_IN_A_YEAR = 12
_ALIKE = Decimal("0.01")


class Export(NamedTuple):
    """What an export holds. `spells` have the end dates as written; `values` are customer -> month -> annual amount.

    Amounts are annual and in whole cents. Counts are of rows, but for `blank_cells` (of a wide table) and `regrouped`:
    customers with more than one segment, which take the latest, or none when the column only probably is the segment.
    """

    spells: list[Spell]
    values: dict[str, dict[int, Decimal]]
    months: tuple[int, ...]
    names: dict[str, str]
    segments: dict[str, str]
    currency: Optional[str]
    rows: int
    zero_rows: int
    blank_cells: int
    regrouped: int
    disagreeing: int
    added_up: int
    rounded: int


class _Line(NamedTuple):
    number: int
    cells: list[str]
    customer: str


def read(table: Table, reading: Reading) -> Export:
    """The export behind a table. Refused, all at once: every cell and row that cannot be taken as it stands."""
    return _Reader(table, reading).export()


class _Reader:
    """One pass over a table, collecting faults and counts on the way."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self.table, self.reading = table, reading
        self.faults: list[Fault] = []
        self.labels: dict[str, dict[str, list[tuple[int, str]]]] = {"name": {}, "segment": {}}
        self.seen: set[tuple] = set()
        self.zero_rows = self.blank_cells = self.disagreeing = self.rounded = self.added_up = 0

    def export(self) -> Export:
        spells: list[Spell] = []
        values: dict[str, dict[int, Decimal]] = {}
        months: set[int] = set()
        if self.reading.kind == "subscriptions":
            spells = [spell for line in self.lines() for spell in self.spell(line)]
        else:
            rows = self.snapshot if self.reading.kind == "snapshots" else self.year_row
            for line in self.lines():
                for month, amount in rows(line):
                    months.add(month)
                    if amount:
                        held = values.setdefault(line.customer, {})
                        self.added_up += month in held
                        held[month] = held.get(month, NOTHING) + amount
        currency = self.currency()
        self.complete(months)
        if not self.table.rows:
            self.fault("no rows", "the table", "rows below the header", "none")
        if self.faults:
            raise Refusal(self.table.name, self.faults)
        segments, regrouped = self.latest("segment")
        if regrouped and self.reading.roles["segment"].certainty == "probable":
            segments = {}
        return Export(spells, values, tuple(sorted(months)), self.latest("name")[0], segments, currency,
                      len(self.table.rows), self.zero_rows, self.blank_cells, regrouped, self.disagreeing,
                      self.added_up, self.rounded)

    def lines(self) -> Iterator[_Line]:
        column = self.reading.roles["customer"].column
        for number, row in zip(self.table.lines, self.table.rows):
            customer = cells.words(row[column], LONGEST_ID + 1)
            if not customer and not any(cell.strip() for cell in row):
                self.fault("blank row", f"line {number}", "a filled row; delete it")
            elif not customer:
                self.fault("missing customer", self.place(number, column), "an id or a name")
            elif len(customer) > LONGEST_ID:
                self.fault("long customer id", self.place(number, column), f"at most {LONGEST_ID} characters", customer)
            elif customer.casefold() in _TOTALS:
                self.fault("totals row", f"line {number}", "rows of customers only; delete it (or rename the customer)",
                           customer)
            else:
                yield _Line(number, row, customer)

    def spell(self, line: _Line) -> list[Spell]:
        start = self.day(line, "start")
        end_cell = line.cells[self.reading.roles["end"].column].strip()
        end = self.day(line, "end") if end_cell else None
        amount = self.annual(line)
        if "subscription" in self.reading.roles and self.repeated(line, tuple(line.cells)):
            self.fault("repeated row", f"line {line.number}", "each row once", line.customer)
        if start is None or amount is None or (end_cell and end is None):
            return []
        if end and end < start:
            self.fault("end before start", f"line {line.number}", f"an end on or after {start}", str(end))
            return []
        self.label(line, start.toordinal())
        self.zero_rows += not amount
        return [Spell(line.customer, start, None if end and end.year == cells.FOR_EVER else end, amount)]

    def snapshot(self, line: _Line) -> list[tuple[int, Decimal]]:
        column = self.reading.roles["month"].column
        month, amount = cells.month(line.cells[column]), self.annual(line)
        if month is None:
            self.fault("not a month", self.place(line.number, column), "a month or date, such as 2024-03 or 2024-03-31",
                       line.cells[column])
        elif self.repeated(line, (month,)):
            self.fault("customer-month twice", f"line {line.number}", "one row for each customer and month",
                       f"{line.customer} {month_name(month)}", "rows to be added up need a subscription column")
        if month is None or amount is None:
            return []
        self.label(line, month)
        self.zero_rows += not amount
        return [(month, amount)]

    def year_row(self, line: _Line) -> list[tuple[int, Decimal]]:
        if self.repeated(line, ()):
            self.fault("customer twice", f"line {line.number}", "one row for each customer", line.customer,
                       "rows to be added up need a subscription column")
        self.label(line, 0)
        result = []
        for column, month in self.reading.months:
            blank = not line.cells[column].strip()
            amount = NOTHING if blank else self.amount(line, column, self.reading.unit)
            self.blank_cells += blank
            if amount is not None:
                result.append((month, amount))
        self.zero_rows += not any(amount for _, amount in result)
        return result

    def annual(self, line: _Line) -> Optional[Decimal]:
        roles = self.reading.roles
        amount = self.amount(line, roles[self.reading.unit].column, self.reading.unit)
        if "arr" in roles and "mrr" in roles and amount is not None:
            monthly = cells.amount(line.cells[roles["mrr"].column])
            self.disagreeing += monthly is None or abs(monthly * _MONTHS_IN_A_YEAR - amount) > _ALIKE * amount
        return amount

    def amount(self, line: _Line, column: int, unit: str) -> Optional[Decimal]:
        written = line.cells[column]
        number = cells.amount(written)
        if number is None:
            kind = "not an amount" if written.strip() else "missing amount"
            self.fault(kind, self.place(line.number, column), "a plain number such as 1200.00 (0 for nothing)", written)
            return None
        exact = number * _MONTHS_IN_A_YEAR if unit == "mrr" else number
        if exact < 0:
            self.fault("negative amount", self.place(line.number, column), "zero or more", written)
        elif exact > cells.LARGEST_AMOUNT:
            self.fault("amount out of range", self.place(line.number, column), "at most 1,000,000,000,000", written)
        else:
            cents = figures.rounded(exact, 2)
            self.rounded += cents != exact
            return cents
        return None

    def day(self, line: _Line, role: str) -> Optional[date]:
        column = self.reading.roles[role].column
        result = cells.day(line.cells[column])
        if result is None or (role == "start" and result.year == cells.FOR_EVER):
            self.fault("not a date", self.place(line.number, column), "a date such as 2024-03-31", line.cells[column])
            return None
        return result

    def repeated(self, line: _Line, key: tuple) -> bool:
        role = self.reading.roles.get("subscription")
        whole = (line.customer, line.cells[role.column].strip() if role else "", *key)
        known = whole in self.seen
        self.seen.add(whole)
        return known

    def label(self, line: _Line, when: int) -> None:
        for role, known in self.labels.items():
            if role in self.reading.roles:
                text = cells.words(line.cells[self.reading.roles[role].column], LONGEST_ID)
                if text:
                    known.setdefault(line.customer, []).append((when, text))

    def latest(self, role: str) -> tuple[dict[str, str], int]:
        known = self.labels[role]
        return ({customer: max(said)[1] for customer, said in known.items()},
                sum(1 for said in known.values() if len({text for _, text in said}) > 1))

    def currency(self) -> Optional[str]:
        role = self.reading.roles.get("currency")
        codes = sorted({row[role.column].strip().upper() for row in self.table.rows} - {""}) if role else []
        if role and (len(codes) > 1 or not all(re.fullmatch("[A-Z]{3}", code) for code in codes)):
            kind = "several currencies" if len(codes) > 1 else "not a currency"
            place = f'column "{self.table.header[role.column]}"'
            self.fault(kind, place, "one code such as USD in all rows", ", ".join(codes[:5]))
        return codes[0] if len(codes) == 1 else None

    def complete(self, months: set[int]) -> None:
        for month in range(min(months), max(months)) if months else ():
            if month not in months:
                self.fault("month without rows" if self.reading.kind == "snapshots" else "month without a column",
                           month_name(month), "every month from the first to the last")

    def place(self, number: int, column: int) -> str:
        return f'line {number}, column "{self.table.header[column]}"'

    def fault(self, kind: str, place: str, expected: str, got: str = "", hint: str = "") -> None:
        self.faults.append(Fault(kind, place, expected, got, hint))
