"""A ledger of movements: each row changes what a customer pays; summed up to annual cents by month and customer."""

from __future__ import annotations

from array import array
from collections import defaultdict
from datetime import date
from typing import Optional

from cslib import cells, styles
from cslib.amounts import MOST_CENTS
from cslib.months import MONTHS_IN_A_YEAR, month_end, month_index, month_name
from cslib.reader import Reader

_DOWN = {"churn", "churned", "cancellation", "cancelled", "canceled", "lost", "loss", "contraction", "downgrade",
         "downsell", "decrease", "kuendigung", "kündigung", "verlust"}
_UP = {"new", "new_biz", "new business", "new_business", "expansion", "upgrade", "upsell", "increase", "reactivation",
       "reactivated", "resurrected", "neu", "neukunde", "nouveau"}


class Moves(Reader):
    """Reads a ledger of movements into columns for every month from the first to the one asked, or the last.

    `opened` counts customers whose balance before their first movement came from the ledger's own balance column.
    """

    def read(self, end_month: int) -> None:
        """Reads the ledger. A balance that falls below zero is a fault: what it opened with is not in it."""
        when = self.roles["date"] if "date" in self.roles else self.roles["month"]
        changes: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        firsts: dict[int, tuple] = {}
        balance = next((self.roles[name] for name in ("mrr", "arr") if name in self.roles), None)
        for row, number in self.each():
            place, change = self._place(row, when), self._change(row)
            if place is None or change is None:
                continue
            self.rows += 1
            self.zero_rows += not change
            month, order = place
            changes[number][month] += change
            self.days.add(date.fromordinal(order[0]))
            self.labels.row(number, order[0], row)
            if balance is not None and (number not in firsts or order < firsts[number][0]):
                firsts[number] = (order, self._annual(row, balance), change)
        if not self.faults.found and changes:
            self._sum_up(changes, self._openings(firsts), end_month)

    def _place(self, row: list[str], when: int) -> Optional[tuple[int, tuple]]:
        order = styles.order_of(self.amounts.style, when)
        day, month = cells.day(row[when], order), cells.month(row[when], order)
        if month is None:
            self.faults.add("not a date", self.table.line, "a date such as 2024-03-31", row[when], when)
            return None
        rank = cells.amount(row[self.roles["rank"]]) if "rank" in self.roles else None
        return (month_index(day) if day else month), ((day or month_end(month)).toordinal(), rank or 0)

    def _change(self, row: list[str]) -> Optional[int]:
        change = self._annual(row, self.roles["change"])
        if change is None or "movement" not in self.roles:
            return change
        word = row[self.roles["movement"]].strip().casefold()
        if word in _DOWN:
            return -abs(change)
        if word in _UP and change < 0:
            self.faults.add("movement against its amount", self.table.line, f"zero or more for {word}",
                            row[self.roles["change"]], self.roles["change"])
            return None
        return change

    def _annual(self, row: list[str], column: int) -> Optional[int]:
        exact = self.amounts.exact(row, self.table.line, column)
        factor = 1 if self.reading.unit == "arr" else MONTHS_IN_A_YEAR
        return None if exact is None else self.amounts.cents(exact * factor, self.table.line)

    def _openings(self, firsts: dict[int, tuple]) -> dict[int, int]:
        before = {number: balance - change for number, (_, balance, change) in firsts.items() if balance is not None}
        openings = {number: amount for number, amount in before.items() if amount > 0}
        self.opened = len(openings)
        return openings

    def _sum_up(self, changes: dict[int, dict[int, int]], openings: dict[int, int], end_month: int) -> None:
        first = min(month for own in changes.values() for month in own)
        last = max(end_month, max(month for own in changes.values() for month in own))
        first -= bool(openings)
        width = len(self.customers.ids)
        self.columns = {month: array("q", [0]) * width for month in range(first, last + 1)}
        for number, own in changes.items():
            held = openings.get(number, 0)
            for month in range(first, last + 1):
                held += own.get(month, 0)
                if held < 0:
                    self.faults.of("balance below zero", f"{self.customers.ids[number]} in {month_name(month)}",
                                   "movements that add up to zero or more", f"{held / 100:.2f} a year",
                                   "a ledger that starts mid-life lacks what customers paid before: add it as a first "
                                   "movement, or map the balance: --map mrr=COLUMN")
                    break
                if held > MOST_CENTS:
                    self.faults.of("amount out of range", f"{self.customers.ids[number]} in {month_name(month)}",
                                   "at most 1,000,000,000,000 a year", f"{held / 100:.2f} a year")
                    break
                self.columns[month][number] = held
