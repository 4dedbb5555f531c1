"""The rows of a table that says something of customers: one pass, each cell read by its form, every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional

from cslib import cells, figures, styles
from cslib.asides import Asides
from cslib.attribute_cells import FORMS, NOTHING_KNOWN, Form, Known, unguarded
from cslib.attributes import Attributes
from cslib.columns import Reading
from cslib.faults import Faults
from cslib.months import MONTHS_IN_A_YEAR
from cslib.reader import Total
from cslib.register import is_total
from cslib.styles import Style
from cslib.tables import Table

_MOST_REMEMBERED = 4_096
_UNREAD = object()
# Role, the field that it fills, and what makes it annual; of two for a field the later counts.
_AMOUNTS = (("mrr", "arr", MONTHS_IN_A_YEAR), ("arr", "arr", 1), ("cost", "annual_cost_to_serve", 1),
            ("annual_cost_to_serve", "annual_cost_to_serve", 1))


def read(table: Table, reading: Reading, style: Style, asides: Asides, enter: Callable[[str], Optional[str]],
         period: range, rates: Mapping[str, Decimal], open_ended: bool = True) -> Attributes:
    """What a table says of customers. `enter` gives a customer's id, None for a row that is set aside.

    A row is one customer; the same again is set aside as `double`. In a table of kind `costs` rows add up; those with a
    date count when their month index is in `period`, the twelve months to the answer's date, else they are set aside as
    `outside_period`. `rates` say what one unit of a currency is worth in that of the answer. `open_ended`: a date of
    the year 9999 means none, as systems write it; where people write it is none of its kind.
    Refused, all at once: a customer twice with unlike values, a value that is none of its kind.
    """
    reader = _Reader(table, reading, style, asides, enter, rates, open_ended)
    found = reader.costs(period) if reading.kind == "costs" else Attributes(reader.customers())
    reader.faults.settle()
    totals = () if reading.kind == "costs" or not period else reader.compared(found.customers.values(), period[-1])
    return found._replace(codes=frozenset(reader.codes), totals=totals)


class _Column(NamedTuple):
    """A column and the field that it fills; `style` is what its form needs, `remembered` are cells read before."""

    place: int
    column: int
    form: Form
    style: Optional[str]
    remembered: dict[str, Any]


class _Reader:
    """One pass over a table, collecting faults on the way."""

    def __init__(self, table: Table, reading: Reading, style: Style, asides: Asides,
                 enter: Callable[[str], Optional[str]], rates: Mapping[str, Decimal], open_ended: bool) -> None:
        self.table, self.asides, self.enter, self.rates, self.open_ended = table, asides, enter, rates, open_ended
        self.style, self.cents = style, reading.cents
        self.faults = Faults(table.name, table.header)
        self.roles = {name: role.column for name, role in reading.roles.items()}
        self.codes: set[str] = set()
        self.totals: list[tuple[int, list[str]]] = []

    def customers(self) -> dict[str, Known]:
        """The rows of kind `customers`, by id."""
        columns = [self.column(role) for role in ("status", *Known._fields)
                   if role in self.roles and role in FORMS and self.roles[role] != self.roles["customer"]]
        amounts = [(Known._fields.index(field), self.roles[role], factor)
                   for role, field, factor in _AMOUNTS if role in self.roles]
        found: dict[str, Known] = {}
        for row in self.table.rows(self.asides):
            customer = self.entered(row)
            if customer is None:
                continue
            values: list[Any] = list(NOTHING_KNOWN)
            for one in columns:
                text = row[one.column]
                if text:
                    value = one.remembered.get(text, _UNREAD)
                    value = self.value(text, one) if value is _UNREAD else value
                    if value is not None:
                        values[one.place] = value
            for place, column, factor in amounts:
                exact = self.amount(row, column) if row[column] else None
                if exact is not None:
                    values[place] = self.annual(exact * factor, row, column)
            self.lay(found, customer, Known._make(values))
        return found

    def compared(self, found: Iterable[Known], month: int) -> tuple[Total, ...]:
        """The row of totals, where there is one that says ARR, beside what the customers' rows add up to."""
        factor = {"arr": 1, "mrr": MONTHS_IN_A_YEAR}
        said = [(line, amount * factor[role]) for line, row in self.totals[:2] for role in factor if role in self.roles
                for amount in [cells.amount(row[self.roles[role]], styles.mark_of(self.style, self.roles[role]))]
                if amount is not None and abs(amount) <= cells.LARGEST_AMOUNT]
        if len(said) != 1:
            return ()
        (line, total), = said
        summed = sum((known.arr for known in found if known.arr is not None), Decimal(0))
        return (Total(line, month, int(total * (1 if self.cents else 100)), int(summed * 100)),)

    def lay(self, found: dict[str, Known], customer: str, known: Known) -> None:
        before = found.get(customer)
        if before is None:
            found[customer] = known
            if (known.override_reason is None) != (known.override_until is None):
                self.half_an_override(known)
        elif before == known:
            self.asides.add("double", self.table.line)
        else:
            unlike = [key for key, old, new in zip(Known._fields, before, known) if old != new]
            self.faults.add("customer twice", self.table.line, "one row for each customer", customer,
                            self.roles["customer"], "unlike in " + ", ".join(unlike[:5]))

    def half_an_override(self, known: Known) -> None:
        there, lacking = ("override_reason", "override_until")[::1 if known.override_until is None else -1]
        self.faults.add("half an override", self.table.line, f"{lacking} beside it, as an override has both",
                        str(getattr(known, there)), self.roles[there])

    def costs(self, period: range) -> Attributes:
        """The rows of kind `costs`, added up by customer."""
        column = self.roles["cost" if "cost" in self.roles else "annual_cost_to_serve"]
        dated = next((self.roles[role] for role in ("date", "month") if role in self.roles), None)
        sums: dict[str, Decimal] = {}
        months: set[int] = set()
        for row in self.table.rows(self.asides):
            customer = self.entered(row)
            if customer is None or (dated is not None and not self.counts(row, dated, period, months)):
                continue
            exact = self.amount(row, column)
            if exact is not None:
                sums[customer] = sums.get(customer, Decimal(0)) + exact
        for customer, total in sums.items():
            if total < 0:
                self.faults.of("negative cost", f"the rows of {customer}", "zero or more in all", str(total))
        return Attributes({customer: NOTHING_KNOWN._replace(annual_cost_to_serve=figures.rounded(total, 2))
                           for customer, total in sums.items()}, cost_months=None if dated is None else len(months))

    def counts(self, row: list[str], dated: int, period: range, months: set[int]) -> bool:
        month = cells.month(row[dated], styles.order_of(self.style, dated))
        if month is None:
            self.faults.add("not a date", self.table.line, "a month or a date such as 2024-03-31", row[dated], dated)
        elif month not in period:
            self.asides.add("outside_period", self.table.line)
        else:
            months.add(month)
        return month is not None and month in period

    def entered(self, row: list[str]) -> Optional[str]:
        text = unguarded(row[self.roles["customer"]])
        customer = self.enter(text)
        if customer is None:
            nobody = cells.nothing(text)
            kind = "total" if any(map(is_total, row if nobody else [text])) else (
                "no_customer" if nobody else "unknown_customer")
            self.asides.add(kind, self.table.line)
            if kind == "total":
                self.totals.append((self.table.line, row))
        return customer

    def column(self, role: str) -> _Column:
        column, form = self.roles[role], FORMS[role]
        place = Known._fields.index("churned" if role == "status" else role)
        style = None
        if form.needs:
            style = (styles.order_of if form.needs == "order" else styles.mark_of)(self.style, column)
        return _Column(place, column, form, style, {})

    def value(self, text: str, one: _Column) -> Any:
        """What a cell says, None when nothing; a cell that is none of its kind is a fault."""
        result = None
        if not cells.nothing(text):
            form = one.form
            result = None if cells.formula(text) else form.parse(text, one.style)
            for_ever = isinstance(result, date) and result.year == cells.FOR_EVER
            result = None if for_ever and not self.open_ended else result
            if result is None and not form.open:
                self.faults.add("formula" if cells.formula(text) else form.kind, self.table.line, form.expected, text,
                                one.column)
                return None
            if result == "" or for_ever:
                result = None
        if len(one.remembered) < _MOST_REMEMBERED:
            one.remembered[text] = result
        return result

    def amount(self, row: list[str], column: int) -> Optional[Decimal]:
        text = row[column]
        exact = cells.amount(text, styles.mark_of(self.style, column))
        if exact is None or (not self.style.marks and text.strip()[-4:-3] == "."):  # thousands, or thousandths?
            if not cells.nothing(text):
                self.faults.add("formula" if cells.formula(text) else "not an amount", self.table.line,
                                "a number such as 1200.00, or nothing when unknown", text, column)
            return None
        if "currency" in self.roles:
            code = row[self.roles["currency"]].strip().upper()
        else:
            code = None if text[0].isdigit() and text[-1].isdigit() else cells.currency_in(text)
        if code in self.rates:
            exact *= self.rates[code]
        elif code:
            self.codes.add(code)
        return exact / 100 if self.cents else exact

    def annual(self, exact: Decimal, row: list[str], column: int) -> Optional[Decimal]:
        if 0 <= exact <= cells.LARGEST_AMOUNT:
            return figures.rounded(exact, 2)
        kind = "negative amount" if exact < 0 else "amount out of range"
        self.faults.add(kind, self.table.line, "zero to 1,000,000,000,000 a year", row[column], column)
        return None
