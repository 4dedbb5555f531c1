"""Amounts by month end: rows for customer and month, and wide tables; as columns of annual cents by customer number."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Optional

from cslib import cells, styles
from cslib.months import MONTHS_IN_A_YEAR, month_name
from cslib.reader import ABSENT, Reader, Total
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
        self._numbers: dict[str, int] = {}
        self._months: dict[str, tuple[int, array[int]]] = {}
        self._values: dict[object, int] = {}

    def snapshots(self, careful: bool, latest: bool) -> None:
        """Reads rows of customer, month and amount; raises Collision when care is needed and was not asked for.

        With care, rows alike are set aside, others of one customer and month added up or, with `latest`, replaced.
        What a cell says is worked out once for all rows that have the same text in it: this loop is what takes time.
        """
        who, when, what = (self.roles[name] for name in ("customer", "month", self.reading.unit))
        money = self.roles.get("currency")
        numbers, months, values, labels = self._numbers, self._months, self._values, self.labels
        said, spoken = labels.said, labels.spoken
        for row in self.table.rows(self.asides):
            try:
                number = numbers[row[who]]
                month, column = months[row[when]]
                cents = values[row[what] if money is None else (row[money], row[what])]
                before = column[number]
            except (KeyError, IndexError):
                worked_out = self._worked_out(row, who, when, what, money)
                if worked_out is None:
                    continue
                number, month, column, cents = worked_out
                before = column[number]
            if before == ABSENT:
                column[number] = cents
            elif not careful:
                raise Collision
            elif self._another(number, row, month):
                column[number] = cents if latest else self.amounts.sum(before, cents, self.table.line)
            else:
                continue
            if careful:
                self._remember(number, month, row)
            if spoken is not None:
                texts = spoken(row)
                if said[number] != texts:
                    labels.take(number, texts, month >= self._newest(number))
        self.rows = self.added + sum(len(column) - column.count(ABSENT) for column in self.columns.values())
        self.zero_rows = sum(column.count(0) for column in self.columns.values())

    def _worked_out(self, row: list[str], who: int, when: int, what: int,
                    money: Optional[int]) -> Optional[tuple[int, int, array[int], int]]:
        """The customer's number, the month, its column and the cents of a row, kept for others; None on a fault."""
        number, known = self._numbers.get(row[who]), self._months.get(row[when])
        if number is None:
            number = self.entered(row)
            if number is None:
                return None
            self._numbers[row[who]] = number
            self.labels.hold(number)
        if known is None:
            month = self._month(row, when)
            if month is None:
                return None
            known = self._months[row[when]] = month, self.columns.setdefault(month, array("q"))
        text = row[what] if money is None else (row[money], row[what])
        cents = self._values.get(text)
        if cents is None:
            cents = self.amounts.annual(row, self.table.line)
            if cents is None:
                return None
            if not self.amounts.by_line:
                if len(self._values) >= _MOST_REMEMBERED:
                    self._values.clear()
                self._values[text] = cents
        month, column = known
        if number >= len(column):
            column.extend([ABSENT] * (number + _SPARE - len(column)))
        return number, month, column, cents

    def total(self, row: list[str]) -> None:
        """Keeps what a row of totals says, as far as it can be read."""
        pairs = self.reading.months
        if self.reading.kind == "snapshots":
            when = self.roles["month"]
            month = cells.month(row[when], styles.order_of(self.amounts.style, when))
            pairs = () if month is None else ((self.roles[self.reading.unit], month),)
        factor = {"arr": 1, "mrr": MONTHS_IN_A_YEAR}.get(self.reading.unit, 0) * (1 if self.reading.cents else 100)
        for column, month in pairs if factor else ():
            number = cells.amount(row[column], styles.mark_of(self.amounts.style, column))
            if number is not None and abs(number) <= cells.LARGEST_AMOUNT:
                self.totals.append(Total(self.table.line, month, int(number * factor)))

    def compared(self) -> list[Total]:
        """The rows of totals of months that have one only, each beside the sum of its customers' rows."""
        often = Counter(total.month for total in self.totals)
        return [total._replace(summed=sum(cents for cents in self.columns.get(total.month, ()) if cents > 0))
                for total in self.totals if often[total.month] == 1]

    def _newest(self, number: int) -> int:
        return max(month for month, column in self.columns.items() if number < len(column) and column[number] != ABSENT)

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

