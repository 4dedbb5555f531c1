"""Amounts by month end: rows for customer and month, and wide tables; as columns of annual cents by customer number."""

from __future__ import annotations

from array import array
from typing import Optional

from cslib import cells, styles
from cslib.months import month_name
from cslib.reader import ABSENT, Reader
from cslib.register import Register
from cslib.sources import Source
from cslib.wish import Wish

_SPARE = 4096
_MOST_REMEMBERED = 200_000
_FIRST_NAMED = 3


class Collision(Exception):
    """A customer has two rows in one month: the table has to be read again, with care."""


class Monthly(Reader):
    """Reads tables of months. Rows added to another of their customer and month are counted in `added`."""

    def __init__(self, source: Source, wish: Wish, customers: Register) -> None:
        super().__init__(source, wish, customers)
        self._seen: set[int] = set()

    def snapshots(self, careful: bool, latest: bool) -> None:
        """Reads rows of customer, month and amount; raises Collision when care is needed and was not asked for.

        With care, rows alike are set aside, others of one customer and month added up or, with `latest`, replaced.
        What a cell says is worked out once for all rows that have the same text in it: this loop is what takes time.
        """
        who, when, what = (self.roles[name] for name in ("customer", "month", self.reading.unit))
        money = self.roles.get("currency")
        numbers: dict[str, int] = {}
        months: dict[str, int] = {}
        values: dict[str, int] = {}
        columns, labels, by_row = self.columns, self.labels, bool(self.amounts.by_line)
        said, newest, spoken = labels.said, labels.newest, labels.spoken
        rows = zero_rows = 0
        for row in self.table.rows(self.asides):
            try:
                number = numbers[row[who]]
            except KeyError:
                number = self.entered(row)
                if number is None:
                    continue
                numbers[row[who]] = number
            try:
                month = months[row[when]]
                column = columns[month]
            except KeyError:
                month = self._month(row, when)
                if month is None:
                    continue
                months[row[when]] = month
                column = columns.setdefault(month, array("q"))
            text = row[what] if money is None else f"{row[money]} {row[what]}"
            try:
                cents = values[text]
            except KeyError:
                cents = self.amounts.annual(row, self.table.line)
                if cents is None:
                    continue
                if not by_row:
                    if len(values) >= _MOST_REMEMBERED:
                        values.clear()
                    values[text] = cents
            try:
                before = column[number]
            except IndexError:
                column.extend([ABSENT] * (number + _SPARE - len(column)))
                before = ABSENT
            if careful:
                if before != ABSENT and not self._another(number, row, month):
                    continue
                self._remember(number, month, row)
                if before != ABSENT and not latest:
                    column[number] = self.amounts.sum(before, cents, self.table.line)
                else:
                    column[number] = cents
            elif before != ABSENT:
                raise Collision
            else:
                column[number] = cents
            rows += 1
            if not cents:
                zero_rows += 1
            if spoken is not None:
                texts = spoken(row)
                if number < len(said) and said[number] == texts:
                    if month > newest[number]:
                        newest[number] = month
                else:
                    labels.take(number, month, texts)
        self.rows, self.zero_rows = rows, zero_rows

    def wide(self, latest: bool) -> None:
        """Reads rows with a column for each month; a second row of a customer is treated as in `snapshots`."""
        held: set[int] = set()
        places = [(self.columns.setdefault(month, array("q")), column) for column, month in self.reading.months]
        for row in self.table.rows(self.asides):
            number = self.entered(row)
            if number is None:
                continue
            amounts = [self._cell(row, column) for _, column in places]
            if number in held and not self._another(number, row, 0):
                continue
            self.rows += 1
            self.zero_rows += not any(amounts)
            for (cents_by_customer, _), cents in zip(places, amounts):
                if number >= len(cents_by_customer):
                    cents_by_customer.extend([ABSENT] * (number + _SPARE - len(cents_by_customer)))
                before = cents_by_customer[number]
                cents_by_customer[number] = cents if latest or before == ABSENT \
                    else self.amounts.sum(before, cents, self.table.line)
            held.add(number)
            self._remember(number, 0, row)
            self.labels.row(number, 0, row)

    def _cell(self, row: list[str], column: int) -> int:
        if cells.nothing(row[column]):
            self.blank_cells += 1
            return 0
        return self.amounts.monthly(row, self.table.line, column) or 0

    def _remember(self, number: int, month: int, row: list[str]) -> None:
        self._seen.add(hash((number, month, *row)))
        self._seen.add(hash((number, month, self._subscription(row))))

    def _another(self, number: int, row: list[str], month: int) -> bool:
        """Whether a further row of a customer and month counts; counted, set aside as a double, or a fault."""
        if hash((number, month, *row)) in self._seen:
            self.asides.add("double", self.table.line)
            return False
        self.added += 1
        if "subscription" not in self.roles:
            if len(self.unexplained) < _FIRST_NAMED:
                self.unexplained.append(self.customers.ids[number])
        elif hash((number, month, self._subscription(row))) in self._seen:
            self.faults.add("subscription twice", self.table.line, "one row for each subscription and month",
                            " ".join((self.customers.ids[number], self._subscription(row) or "",
                                      month_name(month) if month else "")).strip())
        return True

    def _subscription(self, row: list[str]) -> Optional[str]:
        return row[self.roles["subscription"]].strip() if "subscription" in self.roles else None

    def _month(self, row: list[str], when: int) -> Optional[int]:
        month = cells.month(row[when], styles.order_of(self.amounts.style, when))
        if month is None:
            self.faults.add("not a month", self.table.line, "a month or date, such as 2024-03 or 2024-03-31", row[when],
                            when)
        return month

