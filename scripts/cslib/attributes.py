"""What files say of customers beside the ARR of the book: attributes and yearly costs. None is unknown, never no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Callable, NamedTuple, Optional

from cslib import cells, figures, styles
from cslib.asides import Asides
from cslib.attribute_cells import FORMS, NOTHING_KNOWN, Form, Known, unguarded
from cslib.columns import Reading
from cslib.faults import Faults
from cslib.register import is_total
from cslib.styles import Style
from cslib.tables import Table

_MONTHS_IN_A_YEAR = 12
_MOST_REMEMBERED = 4_096
_UNREAD = object()
# Role, the field that it fills, and what makes it annual; of two for a field the later counts.
_AMOUNTS = (("mrr", "arr", _MONTHS_IN_A_YEAR), ("arr", "arr", 1), ("cost", "annual_cost_to_serve", 1),
            ("annual_cost_to_serve", "annual_cost_to_serve", 1))
KEYS = frozenset((*Known._fields[Known._fields.index("tenure_months"):], "cost", "status"))


class Attributes(NamedTuple):
    """What files say, by customer id. `conflicts` counts, by key, the customers of whom two files say different things.

    `codes` are the currencies met, without those converted. `cost_months` are how many of the twelve months have dated
    costs, None without dates.
    """

    customers: Mapping[str, Known]
    conflicts: Mapping[str, int] = {}
    codes: frozenset[str] = frozenset()
    cost_months: Optional[int] = None


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
    return found._replace(codes=frozenset(reader.codes))


def merged(files: Iterable[Attributes]) -> Attributes:
    """What all files say together: of two that say something the later one counts."""
    customers: dict[str, Known] = {}
    conflicts: dict[str, int] = {}
    codes: set[str] = set()
    cost_months = None
    for file in files:
        for customer, later in file.customers.items():
            before = customers.get(customer)
            if before is not None and before != later:
                for key, old, new in zip(Known._fields, before, later):
                    if old is not None and new is not None and old != new:
                        conflicts[key] = conflicts.get(key, 0) + 1
                later = Known._make([old if new is None else new for old, new in zip(before, later)])
            customers[customer] = later
        for key, count in file.conflicts.items():
            conflicts[key] = conflicts.get(key, 0) + count
        codes |= file.codes
        cost_months = cost_months if file.cost_months is None else file.cost_months
    return Attributes(customers, conflicts, frozenset(codes), cost_months)


def under(found: Attributes, parents: Mapping[str, str]) -> Attributes:
    """The same with children folded into their parents: costs and ARR add up, the rest is of the parent's own row.

    `parents` gives the id of the uppermost parent of each customer that has one.
    """
    customers: dict[str, Known] = {}
    for child, known in sorted(found.customers.items(), key=lambda item: parents.get(item[0], item[0]) != item[0]):
        top = parents.get(child, child)
        if top == child:
            customers[child] = known
        else:
            above = customers.get(top, NOTHING_KNOWN)
            customers[top] = above._replace(arr=_sum(above.arr, known.arr), annual_cost_to_serve=_sum(
                above.annual_cost_to_serve, known.annual_cost_to_serve))
    return found._replace(customers=customers)


def _sum(one: Optional[Decimal], other: Optional[Decimal]) -> Optional[Decimal]:
    return other if one is None else one if other is None else one + other


def said(found: Attributes, key: str) -> dict[str, Any]:
    """One field of `Known` by customer, of those of whom it is known."""
    place = Known._fields.index(key)
    return {customer: known[place] for customer, known in found.customers.items() if known[place] is not None}


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
