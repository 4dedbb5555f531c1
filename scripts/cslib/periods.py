"""Subscription periods and plan changes as spells: what a customer pays a year, from a day to a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Optional

from cslib import cells, styles
from cslib.reader import Reader, Row

LAST_YEAR = 2099
_ENDED = {"cancelled", "canceled", "churned", "expired", "terminated", "ended", "inactive", "gekündigt", "gekuendigt",
          "beendet", "résilié", "resilie"}
_STOPS = {"cancel", "cancelled", "canceled", "cancellation", "churn", "churned", "end", "ended", "terminated", "none",
          "kündigung", "gekündigt", "résiliation"}


class Periods(Reader):
    """Reads subscription periods, or plan changes."""

    def spans(self) -> None:
        """Reads rows with a start, an end and an amount."""
        for row, number in self.each():
            line = self.table.line
            start, end = self._day(row, "start"), self._day(row, "end")
            if start is None or (end is None and not self._without_end(row)):
                continue
            if end and end < start:
                self.faults.add("end before start", line, f"an end on or after {start}", str(end),
                                self.roles["end"], "the two are perhaps in each other's columns: --map start= and end=")
                continue
            self._take(row, number, start, end, self.amounts.annual(row, line, start, end),
                       self._reason(row) if end else "")

    def plan_changes(self, prices: Optional[Mapping[str, int]]) -> None:
        """Reads rows with a date and a plan, each good until the customer's next. `prices` are annual cents by plan."""
        changes: dict[int, list[tuple[date, int, list[str], int]]] = defaultdict(list)
        for row, number in self.each():
            day = self._day(row, "date")
            if day is not None:
                changes[number].append((day, self.table.line, row, number))
        for own in changes.values():
            own.sort(key=lambda change: change[:2])
            for (day, line, row, number), following in zip(own, [*own[1:], None]):
                cents = self._price(row, line, prices)
                if cents == 0 and day > own[0][0]:  # the reason stands on the row that ends the plan before it
                    self.periods[-1:] = [last._replace(reason=self._reason(row)) for last in self.periods[-1:]]
                self._take(row, number, day, following[0] if following else None, cents, "")

    def _take(self, row: list[str], number: int, start: date, end: Optional[date], cents: Optional[int],
              reason: str) -> None:
        if cents is None:
            return
        self.rows += 1
        self.zero_rows += not cents
        self.labels.row(number, start.toordinal(), row)
        self.periods.append(Row(number, start, end, cents, reason))

    def _reason(self, row: list[str]) -> str:
        reason = row[self.roles["reason"]].strip() if "reason" in self.roles else ""
        return "" if cells.nothing(reason) else reason

    def _day(self, row: list[str], role: str) -> Optional[date]:
        column = self.roles[role]
        text = row[column]
        if role == "end" and cells.nothing(text):
            return None
        day = cells.day(text, styles.order_of(self.amounts.style, column))
        if day is not None and (day.year <= LAST_YEAR or (role == "end" and day.year == cells.FOR_EVER)):
            return None if day.year == cells.FOR_EVER else day
        self.faults.add("not a date", self.table.line, f"a date such as 2024-03-31, up to {LAST_YEAR}", text, column,
                        "the column mixes day first and month first: export it in one way"
                        if self.amounts.style.orders.get(column) == "mixed" else
                        "a day far off is a slip of the keyboard, or stands for none: leave that cell empty"
                        if day else "correct the cell in the export")
        return None

    def _without_end(self, row: list[str]) -> bool:
        """Whether a row without an end may have none: it is not a date that was refused, and its status agrees."""
        column = self.roles["end"]
        text = row[column].strip()
        running = cells.nothing(text) or text.startswith(str(cells.FOR_EVER)) or str(cells.FOR_EVER) in text
        if running and "status" in self.roles and row[self.roles["status"]].strip().casefold() in _ENDED:
            self.faults.add("ended without an end", self.table.line, "the day on which service ended",
                            row[self.roles["status"]], self.roles["status"],
                            "export the end date too, or name its column: --map end=COLUMN")
            return False
        return running

    def _price(self, row: list[str], line: int, prices: Optional[Mapping[str, int]]) -> Optional[int]:
        columns = self.roles
        plan = row[columns["plan"]].strip() if "plan" in columns else ""
        action = row[columns["movement"]].strip().casefold() if "movement" in columns else ""
        if action in _STOPS or ("plan" in columns and (cells.nothing(plan) or plan.casefold() in _STOPS)):
            return 0
        if prices is None:
            return self.amounts.annual(row, line)
        cents = prices.get(plan.casefold())
        if cents is None:
            self.faults.add("plan without a price", line, "a plan of the price list: "
                            + ", ".join(sorted(prices)[:10]), plan, columns["plan"])
            return None
        return int(cents * self.amounts.quantity(row, line))


def price_list(reader: Reader) -> dict[str, int]:
    """Annual cents by plan, in lower case. A plan with two prices is a fault."""
    column = reader.roles["plan"]
    prices: dict[str, int] = {}
    for row in reader.table.rows(reader.asides):
        plan, cents = row[column].strip().casefold(), reader.amounts.annual(row, reader.table.line)
        if cents is not None and prices.setdefault(plan, cents) != cents:
            reader.faults.add("plan with two prices", reader.table.line, "one price for each plan", row[column], column,
                              "give plans whose price changed their own names, or the price on each change")
    return prices
