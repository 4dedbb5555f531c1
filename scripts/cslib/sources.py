"""The files of an intake, each with what it is, which column plays which role, and how its cells are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Callable, NamedTuple, Optional

from cslib import columns, figures, kinds, recognition, styles
from cslib.asides import Aside, Asides
from cslib.columns import Reading
from cslib.question import Question, Unanswered, Way
from cslib.refusal import Refusal, Usage, refused
from cslib.styles import Style
from cslib.tables import Table
from cslib.wish import Wish

BY_MONTH = ("snapshots", "wide", "movements")
BY_PERIOD = ("subscriptions", "events")
ARR_KINDS = (*BY_MONTH, *BY_PERIOD)
_OF_DATES = ("start", "end", "month", "date", "period_start", "period_end", "signup", "renewal_date",
             "override_until")
_OF_AMOUNTS = ("arr", "mrr", "price", "total", "change", "cost", "annual_cost_to_serve", "quantity", "hours")
_UNREAD = {"not a date", "not a month", "not an amount", "not a quantity"}
_DOUBTFUL = re.compile(r"\d[.,]\d{3}(?!\d)|\d+[/.-]\d+[/.-]\d+")


class Source(NamedTuple):
    """A table, its reading, its style, and the rows of it that are set aside."""

    table: Table
    reading: Reading
    style: Style
    asides: Asides


class FileRead(NamedTuple):
    """One file: how it was read, how many rows were used, what was set aside, what its layout cannot show, its form."""

    name: str
    header: list[str]
    reading: Reading
    rows: int
    set_aside: Mapping[str, Aside]
    limits: tuple[str, ...]
    form: tuple[str, ...]

    @property
    def read(self) -> int:
        """How many rows there were, used or set aside."""
        return self.rows + sum(found.rows for found in self.set_aside.values())


def file_read(source: Source, rows: int) -> FileRead:
    """What is told of a source once it is read."""
    return FileRead(source.table.name, source.table.header, source.reading, rows, dict(source.asides.found),
                    source.reading.remarks, source.table.remarks)


def recognised(table: Table, wish: Wish) -> Source:
    """A table with its reading, its dates and amounts taken to be plain as long as its head is."""
    here = mapped_here(table, wish.mapped)
    reading = recognition.recognised(table, wish.kind_of(table.name), here, wish.cents, wish.dates)
    reading = _without(table, reading, [role for role, column in wish.mapped.items() if not column])
    return Source(table, reading, _style(table, reading, wish, False), Asides())


def _without(table: Table, reading: Reading, dropped: Sequence[str]) -> Reading:
    """The reading without roles that are to be left out. Wrong usage: one that it needs."""
    needed = {*kinds.NEEDED[reading.kind], reading.unit} & set(dropped) & set(reading.roles)
    if needed:
        raise Usage(f"--map {min(needed)}=: {figures.neutral(table.name, 200)} cannot be read without that column")
    kept = {role: each for role, each in reading.roles.items() if role not in dropped}
    unused = {each.column for role, each in reading.roles.items() if role in dropped} - {
        each.column for each in kept.values()}
    return reading._replace(roles=kept, unused=tuple(sorted({*reading.unused, *unused})))


def fit_together(sources: Sequence[Source]) -> None:
    """Nothing when the files answer one question. Refused: two kinds of ARR, or none."""
    by_period = [source.table.name for source in sources if source.reading.kind in BY_PERIOD]
    by_month = [source.table.name for source in sources if source.reading.kind in BY_MONTH]
    kinds = [source.reading.kind for source in sources]
    if "prices" in kinds and "events" not in kinds:
        raise refused(sources[kinds.index("prices")].table.name, "price list without plan changes", "the files",
                      "plan changes (customer, date, plan) to price", ", ".join(kinds), "leave the price list out")
    if by_period and by_month:
        raise refused(by_month[0], "two sources of ARR", by_month[0], f"one of it or {by_period[0]}",
                      "both say what customers pay", "pass the one that finance trusts")
    if not by_period and not by_month and not any(
            source.reading.unit for source in sources if source.reading.kind != "prices"):
        raise refused(sources[0].table.name, "no amounts", sources[0].table.name,
                      "a file that says what customers pay", sources[0].reading.kind,
                      "add the billing export: subscriptions, or a row for each customer and month")


def months_are_there(sources: Sequence[Source], mapped: Mapping[str, str]) -> None:
    """Nothing when amounts were mapped to month columns that some file has. Wrong usage: none has any."""
    for role, column in mapped.items():
        if column == columns.ALL_MONTHS and not any(column in source.table.header or source.reading.months
                                                    for source in sources):
            raise Usage(f"--map {role}={column}: no file has a column for each month, named like 2024-01")


def read_throughout(source: Source, wish: Wish) -> Optional[Source]:
    """The source with dates and amounts read as all its rows show; None when they were."""
    if source.style != Style():
        return None
    return source._replace(style=_style(source.table, source.reading, wish, True), asides=Asides())


def taken(reader: Callable[[Source], None], source: Source, wish: Wish) -> None:
    """Reads a file; once more, with its dates and amounts as all its rows show them, when they are not plain."""
    try:
        reader(source)
    except Refusal as refusal:
        as_shown = read_throughout(source, wish) if _UNREAD & {fault.kind for fault in refusal.faults} else None
        if as_shown is None:
            raise
        reader(as_shown)


def all_mapped(tables: Sequence[Table], mapped: Mapping[str, str]) -> None:
    """Nothing when every column that is named is one of some file. Wrong usage: one of none."""
    for role, column in mapped.items():
        if not column or any(mapped_here(table, {role: column}) for table in tables):
            continue
        if len(tables) == 1:
            columns.mapped_roles(tables[0], {role: column})
        raise Usage(figures.neutral(f'--map {role}="{column}": no file has this column; they have '
                                    + "; ".join(map(columns.headers, tables)), 500))


def mapped_here(table: Table, mapped: Mapping[str, str]) -> dict[str, str]:
    """The part of a mapping that is about columns of this table."""
    here = frozenset().union(*map(columns.spellings, table.header))
    return {role: column for role, column in mapped.items()
            if column and (column in table.header or columns.spellings(column) & here or column == columns.ALL_MONTHS)}


def _style(table: Table, reading: Reading, wish: Wish, whole: bool) -> Style:
    """How dates and amounts are written: plain while the head is, otherwise as all rows show."""
    dates = sorted({reading.roles[role].column for role in _OF_DATES if role in reading.roles})
    amounts = sorted({reading.roles[role].column for role in _OF_AMOUNTS if role in reading.roles}
                     | {column for column, _ in reading.months})
    if not whole and styles.plain(table.head, dates, amounts):
        return Style()
    style = styles.told(table.rows(Asides()), dates, amounts, table.delimiter)
    questions = []
    for found, asked, about in ((style.orders, wish.dates, _about_dates), (style.marks, wish.decimal, _about_marks)):
        open_columns = [column for column, way in found.items() if way == "open"]
        if open_columns and asked is None:
            questions.append(about(table, open_columns[0]))
    if questions:
        raise Unanswered(table.name, questions)
    return Style({column: wish.dates if way == "open" else way for column, way in style.orders.items()},
                 {column: wish.decimal if way == "open" else way for column, way in style.marks.items()})


def _example(table: Table, column: int) -> str:
    cells_of = [row[column].strip() for row in table.head if row[column].strip()]
    return next((cell for cell in cells_of if _DOUBTFUL.search(cell)), cells_of[0] if cells_of else "")


def _about_dates(table: Table, column: int) -> Question:
    return Question(f'In column "{table.header[column]}", is "{_example(table, column)}" day first or month first?',
                    (Way("--dates dmy", "day first", {"dates": "dmy"}),
                     Way("--dates mdy", "month first", {"dates": "mdy"})))


def _about_marks(table: Table, column: int) -> Question:
    return Question(f'In column "{table.header[column]}", which mark is the decimal one in '
                    f'"{_example(table, column)}"?',
                    (Way("--decimal point", "the point: what follows it are decimals", {"decimal": "point"}),
                     Way("--decimal comma", "the comma: points group thousands", {"decimal": "comma"})))
