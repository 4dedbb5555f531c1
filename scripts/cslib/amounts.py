"""Amounts of an export as annual cents: their unit, their billing interval, their currency."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import cells, figures, styles
from cslib.columns import Reading
from cslib.faults import Faults
from cslib.months import MONTHS_IN_A_YEAR
from cslib.styles import Style
from cslib.wish import Wish

MOST_CENTS = int(cells.LARGEST_AMOUNT) * 100
_MEAN_MONTH_DAYS = Decimal("30.436875")
_NEAR_WHOLE = Decimal("0.15")
_ALIKE = Decimal("0.01")
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,2})?", re.ASCII)
_CODE = re.compile("[A-Z]{3}", re.ASCII)
_FREE = {"trialing", "trial", "in_trial", "in trial", "trialling", "free", "freemium", "test", "incomplete",
         "incomplete_expired", "draft"}


class Currency(NamedTuple):
    """The currency that amounts are in, once read; None when nothing says it. `converted` are those given a rate."""

    code: Optional[str]
    converted: frozenset[str]


class Amounts:
    """Cells of a table to annual amounts in whole cents. Faults are collected; the counts are of cells or rows."""

    def __init__(self, reading: Reading, style: Style, wish: Wish, faults: Faults) -> None:
        self.reading, self.style, self.wish, self.faults = reading, style, wish, faults
        self.columns = {name: role.column for name, role in reading.roles.items()}
        self.rounded = self.disagreeing = 0
        self.codes: dict[str, int] = {}
        self._bare = "currency" not in self.columns
        column = self.columns.get(reading.unit, -1)
        self._headed = cells.currency_of_heading(faults.header[column]) or "" if self._bare and column >= 0 else ""
        self.by_line = {"interval", "interval_count", "quantity", "trial", "free", "status"} & set(self.columns)
        simple = (self._bare and not self.by_line and not reading.cents and not {"arr", "mrr"} <= set(self.columns)
                  and self._headed not in wish.rates and style.marks.get(column, styles.PLAIN) == styles.PLAIN)
        self._hundreds_a_year = {"arr": 100, "mrr": 100 * MONTHS_IN_A_YEAR}.get(reading.unit) if simple else None

    def annual(self, row: list[str], line: int, start: Optional[date] = None,
               end: Optional[date] = None) -> Optional[int]:
        """The annual cents of a row's amount, None when a fault was found; zero for trials and free plans."""
        unit = self.reading.unit
        if self._hundreds_a_year and _PLAIN.fullmatch(row[self.columns[unit]]):
            hundreds = Decimal(row[self.columns[unit]]) * self._hundreds_a_year
            if hundreds == int(hundreds):
                self.codes[self._headed] = 1
                return int(hundreds)
        if self.by_line and self._is_free(row):
            return 0
        exact = self.exact(row, line, self.columns[unit])
        if exact is None:
            return None
        if exact < 0:
            self.faults.add("negative amount", line, "zero or more", row[self.columns[unit]], self.columns[unit],
                            "credit notes and refunds are not recurring revenue: leave them out")
            return None
        if ("arr" in self.columns and unit == "mrr") or ("mrr" in self.columns and unit == "arr"):
            self._compare(row, exact, unit)
        months = self.interval(row, line, start, end) if exact else 1
        if months is None:
            return None
        units = self.quantity(row, line)
        return self.cents(exact * units * MONTHS_IN_A_YEAR / months, line)

    def monthly(self, row: list[str], line: int, column: int) -> Optional[int]:
        """The annual cents of one month's cell in a wide table, None when a fault was found."""
        exact = self.exact(row, line, column)
        if exact is not None and exact < 0:
            self.faults.add("negative amount", line, "zero or more", row[column], column)
            return None
        factor = 1 if self.reading.unit == "arr" else MONTHS_IN_A_YEAR
        return None if exact is None else self.cents(exact * factor, line)

    def exact(self, row: list[str], line: int, column: int) -> Optional[Decimal]:
        """The number in a cell in the currency of the answer, None when a fault was found."""
        text = row[column]
        number = cells.amount(text, styles.mark_of(self.style, column))
        if number is None or (not self.style.marks and text.strip()[-4:-3] == "."):  # thousands, or thousandths?
            self._unread(text, line, column)
            return None
        digits_only = self._bare and text.isascii() and text[0].isdigit() and text[-1].isdigit()
        code = self._headed if digits_only else self._code(row, text)
        self.codes[code] = self.codes.get(code, 0) + 1
        if self.reading.cents:
            number = number / 100
        return number * self.wish.rates[code] if code in self.wish.rates else number

    def cents(self, exact: Decimal, line: int) -> Optional[int]:
        """Whole cents, half up; None when out of range."""
        if abs(exact) > cells.LARGEST_AMOUNT:
            self.faults.add("amount out of range", line, "at most 1,000,000,000,000 a year", str(exact))
            return None
        hundreds = exact * 100
        whole = int(hundreds)
        if whole == hundreds:
            return whole
        self.rounded += 1
        return int(figures.rounded(hundreds, 0))

    def sum(self, one: int, other: int, line: int) -> int:
        """Two amounts of cents added up; one that is out of range is a fault."""
        if one + other <= MOST_CENTS:
            return one + other
        self.faults.add("amount out of range", line, "at most 1,000,000,000,000 a year for a customer",
                        str(Decimal(one + other).scaleb(-2)))
        return MOST_CENTS

    def interval(self, row: list[str], line: int, start: Optional[date], end: Optional[date]) -> Optional[Decimal]:
        """How many months the amount is for, None when a fault was found."""
        unit = self.reading.unit
        if unit in ("arr", "mrr"):
            return Decimal(MONTHS_IN_A_YEAR if unit == "arr" else 1)
        if unit == "total":
            return self._term(line, start, end)
        if "interval" not in self.columns:
            column = {"start": self.columns["period_start"], "end": self.columns["period_end"]}
            days = [cells.day(row[column[side]], styles.order_of(self.style, column[side])) for side in column]
            return self._term(line, *days)
        text = row[self.columns["interval"]]
        months = cells.interval_months(text)
        many = row[self.columns["interval_count"]].strip() if "interval_count" in self.columns else "1"
        count = cells.amount(many or "1")
        if months is None or not count or count < 1:
            self.faults.add("not a billing interval", line, "month, quarter, year, or a number of months",
                            text if months is None else many, self.columns["interval"])
            return None
        return months * count

    def quantity(self, row: list[str], line: int) -> Decimal:
        """What a price for each unit is multiplied by; one where there is no quantity."""
        if "quantity" not in self.columns or not row[self.columns["quantity"]].strip():
            return Decimal(1)
        column = self.columns["quantity"]
        number = cells.amount(row[column], styles.mark_of(self.style, column))
        if number is None or number < 0:
            self.faults.add("not a quantity", line, "zero or more", row[column], column)
            return Decimal(1)
        return number

    def currency(self) -> Currency:
        """The currency of the answer. A fault: several without a rate, or another than was said."""
        codes = set(self.codes) - {""}
        bare = sorted(codes - set(self.wish.rates) - {self.wish.currency})
        if len(codes) > 1 and len(bare) + bool(self.wish.currency and bare) > 1:
            base = self.wish.currency or max(bare, key=lambda code: (self.codes[code], code))
            others = [code for code in bare if code != base]
            self.faults.of("several currencies", self._place(), "one currency, or a rate for each other one",
                           ", ".join(sorted(codes)[:5]),
                           f"--currency {base} " + " ".join(f"--rate {code}=RATE" for code in others[:4])
                           + f" (what one {others[0]} is worth in {base})")
        elif len(codes) == 1 and self.wish.currency and bare:
            self.faults.of("another currency", "--currency", f"{bare[0]} as in the export", self.wish.currency,
                           f"--rate {bare[0]}=RATE converts")
        code = self.wish.currency or (bare[0] if len(bare) == 1 else None)
        return Currency(code, frozenset(codes & set(self.wish.rates)))

    def _is_free(self, row: list[str]) -> bool:
        columns = self.columns
        return (any(name in columns and cells.flag(row[columns[name]]) for name in ("trial", "free"))
                or ("status" in columns and row[columns["status"]].strip().casefold() in _FREE))

    def _term(self, line: int, start: Optional[date], end: Optional[date]) -> Optional[Decimal]:
        if start is None or end is None or end <= start:
            self.faults.add("no term", line, "a start and a later end, to spread the amount over", f"{start} to {end}")
            return None
        months = (end - start).days / _MEAN_MONTH_DAYS
        whole = figures.rounded(months, 0)
        return whole if whole and abs(whole - months) <= _NEAR_WHOLE else months

    def _compare(self, row: list[str], exact: Decimal, unit: str) -> None:
        column = self.columns["mrr" if unit == "arr" else "arr"]
        other = cells.amount(row[column], styles.mark_of(self.style, column))
        year, twelfth = (exact, other) if unit == "arr" else (other, exact)
        self.disagreeing += (year is None or twelfth is None
                             or abs(twelfth * MONTHS_IN_A_YEAR - year) > _ALIKE * abs(year))

    def _code(self, row: list[str], text: str) -> str:
        if "currency" in self.columns:
            code = row[self.columns["currency"]].strip().upper()
            if code and not _CODE.fullmatch(code) and code not in self.codes:
                self.faults.of("not a currency", self._place(), "codes such as USD", code)
            return code
        return cells.currency_in(text) or self._headed

    def _place(self) -> str:
        column = self.columns.get("currency", self.columns.get(self.reading.unit))
        return "the month columns" if column is None else f'column "{self.faults.header[column]}"'

    def _unread(self, text: str, line: int, column: int) -> None:
        if cells.formula(text):
            self.faults.add("formula", line, "a value", text, column, "save the sheet with values instead of formulas")
        elif cells.nothing(text):
            self.faults.add("missing amount", line, "a number (0 for nothing)", text, column)
        else:
            mixed = self.style.marks.get(column) == "mixed"
            self.faults.add("not an amount", line, "a number such as 1200.00 (0 for nothing)", text, column,
                            "the column mixes decimal points and decimal commas: export it in one way" if mixed else
                            "correct the cell in the export")
