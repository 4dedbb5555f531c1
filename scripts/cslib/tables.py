"""Exports as tables: where the header stands, what lies between the rows, and every row with as many cells."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Optional, Union

from cslib import figures, texts, workbook
from cslib.asides import Asides
from cslib.refusal import Refusal, refused
from cslib.texts import LONGEST_CELL, Delimited, Line
from cslib.workbook import Sheet

HEAD = 500
LONGEST_FOOTER = 20
WORDS_OF_A_TEXT = 4
FIRST_PLACES = 3
_FOOTER = re.compile(
    r"\W*(?:©|copyright\b|\(c\)|confidential|generated\b|exported\b|downloaded\b|printed\b|created (?:by|on)\b|"
    r"report\b|sources?:|notes?:|filters?\b|as of\b|page \d|all rights reserved|end of\b|powered by\b|run (?:by|on)\b|"
    r"\d[\d.,]* (?:rows?|records?|zeilen|lignes)\b|vertraulich|erstellt\b|quelle:|exportiert\b|gedruckt\b|seite \d|"
    r"confidentiel|généré|exporté|imprimé)", re.IGNORECASE)


class Table:
    """An export as rows of text. `head` is its first 500 rows; `line` is that of the row last given (a sheet's row)."""

    def __init__(self, path: str, grid: Union[Delimited, Sheet], first: int, header: list[str],
                 beginning: Sequence[Line], remarks: tuple[str, ...]) -> None:
        """`first` rows of the grid come before the table, the last of them the header, whose cells are `header`."""
        named, renamed = _named(header)
        self.name = path
        self.header = named
        self.delimiter = grid.delimiter if isinstance(grid, Delimited) else ""
        self.remarks = remarks + renamed
        self._grid, self._first, self._written = grid, first, header
        self._key = _fullest(beginning, len(header))
        self._reader: Optional[Iterator[list[str]]] = None
        self._at = 0
        rows = self.rows(Asides())
        self.head = list(islice(rows, HEAD))
        rows.close()

    @property
    def line(self) -> int:
        """The line on which the row last given ends."""
        return self._at or (self._reader.line_num if self._reader else 0)

    def rows(self, asides: Asides) -> Iterator[list[str]]:
        """Every row of the table, each with as many cells as the header; what is no row of it goes to `asides`.

        Refused once the end is known: all rows with too few or too many cells; and quotes that do not close.
        """
        sieve = _Sieve([cell.strip() for cell in self._written], asides)
        width, key = len(self.header), self._key
        # A row with one of these in its fullest column may be blank, a footer or the header again.
        odd = frozenset(("", " ", "\xa0", self._written[key], self._written[key].strip()))
        try:
            with self._grid.reader() as reader:
                self._reader, self._at = reader, 0
                for _ in islice(reader, self._first):
                    pass
                for row in reader:
                    if len(row) == width and row[key] not in odd:
                        yield row
                        continue
                    doubtful: Optional[list[str]] = row
                    while doubtful is not None:
                        for self._at, given in sieve.given(doubtful, reader.line_num):
                            yield given
                        self._at = 0
                        doubtful = next(reader, None) if sieve.undecided() else None
                for self._at, given in sieve.ended():
                    yield given
                self._at = 0
        except csv.Error as error:
            raise self._misquoted(str(error))
        except (OSError, UnicodeError) as error:
            raise refused(self.name, "cannot be read", self.name, "a file that stays as it is", str(error))
        if sieve.ragged:
            raise self._ragged(sieve)

    def _ragged(self, sieve: _Sieve) -> Refusal:
        lines = ", ".join(figures.whole(line) for line, _ in sieve.first)
        count = figures.count(sieve.ragged, "such row")
        hint = "a cell under no header: name its column, or clear it"
        if self.delimiter:
            mark = "tab" if self.delimiter == "\t" else self.delimiter
            hint = f"a cell that holds a {mark} or a line break needs quotes around it"
        return refused(self.name, "ragged rows", f"line{'s' * (len(sieve.first) > 1)} {lines}",
                       f"{len(self.header)} cells as in the header",
                       f"{', '.join(str(cells) for _, cells in sieve.first)} ({count})", hint)

    def _misquoted(self, error: str) -> Refusal:
        start = 1
        with self._grid.reader() as reader:
            try:
                for _ in reader:
                    start = reader.line_num + 1
            except csv.Error:
                end = reader.line_num
        place = f"line {figures.whole(start)}"
        if "limit" in error and end == start:
            return refused(self.name, "cell too long", place, f"at most {LONGEST_CELL:,} characters in a cell", "more",
                           "shorten the cell, or leave its column out of the export")
        if "limit" in error or "end of data" in error:
            return refused(self.name, "not CSV", place, "a quote that closes",
                           f"a quote that opens in this row and is open on line {figures.whole(end)}",
                           "a quote inside a cell is written twice")
        return refused(self.name, "not CSV", place, "well-formed quoting", error,
                       "a quote inside a cell is written twice")


def opened(path: str) -> Table:
    """The table of an export: CSV with any of four delimiters in four encodings, or the first sheet with a table.

    Refused: what holds no table, with what to do instead.
    """
    with texts.stream(path) as file:
        begins = file.read(len(workbook.SIGNATURE))
    if begins == workbook.SIGNATURE:
        return _of_workbook(path)
    grid, lines = texts.delimited(path)
    return _table(path, grid, lines, grid.text.remarks)


class _Sieve:
    """What lies between the rows of a table: blank rows, texts below it, its header again, rows of another length."""

    def __init__(self, header: list[str], asides: Asides) -> None:
        self._held: deque[tuple[int, list[str], bool]] = deque()
        self.ragged = 0
        self.first: list[tuple[int, int]] = []
        self._header, self._width, self._asides = header, len(header), asides
        self._apart = 0

    def undecided(self) -> bool:
        """Whether rows are held back, or refused so that the others are only counted."""
        return bool(self._held or self.ragged)

    def given(self, row: list[str], line: int) -> list[Line]:
        """The rows that are known to be of the table once this one is seen."""
        length = texts.length(row)
        if not length:
            self._asides.add("blank", line)
            self._apart = line
        elif [cell.strip() for cell in row[:self._width]] == self._header and length <= self._width:
            self._asides.add("repeated_header", line)
        elif self._width > 1 and (length == 1 or (len(row) != self._width and _FOOTER.match(row[0]))):
            apart = self._apart == line - 1
            self._apart = line if apart else self._apart
            self._held.append((line, row, apart))
            return self._released(len(self._held) - LONGEST_FOOTER)
        else:
            return [*self._released(len(self._held)), *self._fitted(row, line)]
        return []

    def ended(self) -> list[Line]:
        """The rows held back that are no footer after all, once there are no more."""
        result: list[Line] = []
        for line, row, apart in self._held:
            if apart or _FOOTER.match(row[0]) or len(row[0].split()) >= WORDS_OF_A_TEXT:
                self._asides.add("footer", line)
            else:
                result += self._fitted(row, line)
        return result

    def _released(self, count: int) -> list[Line]:
        result: list[Line] = []
        for _ in range(count):
            line, row, _ = self._held.popleft()
            if len(row) == 1 and _FOOTER.match(row[0]):
                self._asides.add("footer", line)
            else:
                result += self._fitted(row, line)
        return result

    def _fitted(self, row: list[str], line: int) -> list[Line]:
        if len(row) >= self._width >= texts.length(row):
            return [] if self.ragged else [(line, row[:self._width])]
        self.ragged += 1
        if len(self.first) < FIRST_PLACES:
            self.first.append((line, len(row)))
        return []


def _of_workbook(path: str) -> Table:
    sheets = [(sheet, _filled_up(texts.beginning(sheet))) for sheet in workbook.sheets(path)]
    sheets = [(sheet, lines) for sheet, lines in sheets if any(texts.length(row) for _, row in lines)]
    if not sheets:
        raise refused(path, "empty file", path, "a sheet with a header row", "nothing")

    def unlikeness(pair: tuple[Sheet, list[Line]]) -> tuple[bool, bool]:
        shape = texts.shape([row for _, row in pair[1]])
        # A sheet of two columns is as a rule about the export: it is taken only where there is no other.
        return shape.agreeing < 2, shape.width < 3

    sheet, lines = min(sheets, key=unlikeness)
    workbook.all_saved(sheet)
    others = [other.title for other, _ in sheets if other is not sheet]
    said = f"sheet {_listed([sheet.title])} is read"
    if others:
        said += f", not {_listed(others)}: to read another, save it as CSV UTF-8"
    return _table(path, sheet, lines, (said,))


def _filled_up(lines: list[Line]) -> list[Line]:
    width = max((len(row) for _, row in lines), default=0)
    return [(line, row + [""] * (width - len(row))) for line, row in lines]


def _table(path: str, grid: Union[Delimited, Sheet], lines: list[Line], remarks: tuple[str, ...]) -> Table:
    first = texts.shape([row for _, row in lines]).header
    if not any(texts.length(row) for _, row in lines):
        raise refused(path, "empty file", path, "a table with a header row", "nothing")
    above = [(line, row) for line, row in lines[:first] if texts.length(row)]
    if above:
        kept = _listed([" ".join(filter(None, above[0][1]))])
        remarks += (f"{figures.count(len(above), 'line')} above the header left out, from line {above[0][0]}: {kept}",)
    header, below = lines[first][1], lines[first + 1:]
    used = max([texts.length(header), *(min(texts.length(row), len(header)) for _, row in below)])
    if isinstance(grid, Sheet):
        grid = grid._replace(width=used)
    return Table(path, grid, first + 1, header[:used], below, remarks)


def _fullest(lines: Sequence[Line], width: int) -> int:
    """The column, not the first, that is filled in most rows; the first where there is no other."""
    rows = [row for _, row in lines]
    return max(range(1, width), key=lambda at: sum(1 for row in rows if at < len(row) and row[at]), default=0)


def _named(cells: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Header cells on one line, each with a name of its own, and a remark on those that had none of their own."""
    written = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    names: list[str] = []
    again: list[str] = []
    taken, once = set(written), set()
    for at, cell in enumerate(written, 1):
        own = cell or f"column {at}"
        name, number = own, 1
        while name in once or (number > 1 and name in taken):
            number += 1
            name = f"{own} ({number})"
        once.add(name)
        names.append(name)
        if number > 1:
            again.append(name)
    remark = f"columns of the same name told apart: {_listed(again)}"
    return names, ((remark,) if again else ())


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{figures.neutral(name)}"' for name in names[:FIRST_PLACES])
    return shown if len(names) <= FIRST_PLACES else f"{shown} and {len(names) - FIRST_PLACES} more"
