"""Sheets of an XLSX workbook as rows of text, through openpyxl where it is installed."""

from __future__ import annotations

import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple
from xml.etree import ElementTree

from cslib.refusal import Refusal, refused
from cslib.texts import LARGEST_BYTES, SAVE, UNPACK, stream

SIGNATURE = b"PK\x03\x04"
BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
BATCH = 1_000
CHUNK = 1024 ** 2
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


class Sheet(NamedTuple):
    """One sheet; its rows are filled up with empty cells to `width`."""

    path: str
    title: str
    width: int

    @contextmanager
    def reader(self) -> Iterator[_Rows]:
        """Its rows as text; `line_num` of what it gives is the number of the last row."""
        rows = _rows(self)
        try:
            yield _Rows(rows)
        finally:
            rows.close()


class _Rows:
    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows = rows
        self.line_num = 0

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> list[str]:
        row = next(self._rows)
        self.line_num += 1
        return row


def sheets(path: str) -> list[Sheet]:
    """The sheets of a workbook, visible ones first. Refused: other archives, damaged files, openpyxl missing."""
    try:
        with stream(path) as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if BOOK not in names:
                raise _no_workbook(path, names)
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_BYTES:
                raise refused(path, "too large", path, "at most 2 GB when unpacked")
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(path, error)
    with _workbook(path) as book:
        shown = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        return [Sheet(path, sheet.title, 0) for sheet in shown]


def all_saved(sheet: Sheet) -> None:
    """Nothing, when every formula of a sheet has the value that it came to; refused otherwise, with the cell."""
    try:
        with stream(sheet.path) as file, zipfile.ZipFile(file) as archive:
            part = _part(archive, sheet.title)
            cell = _unsaved(archive, part) if _has_formulas(archive, part) else ""
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, StopIteration, OSError, ValueError) as error:
        raise _damaged(sheet.path, error)
    if cell:
        raise refused(sheet.path, "formula without a value", f"sheet {sheet.title}, cell {cell}",
                      "the value beside the formula", "the formula alone",
                      "open the workbook in a spreadsheet program and save it, or save it as CSV UTF-8")


def cell_text(value: Any) -> str:
    """A cell as text: dates in ISO form, whole numbers without a point, no exponents, TRUE and FALSE."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    with _workbook(sheet.path) as book:
        grid = book[sheet.title]
        grid.reset_dimensions()
        cells = grid.iter_rows(values_only=True)
        while True:
            batch = _batch(sheet.path, cells)
            for row in batch:
                texts = [cell_text(value) for value in row]
                yield texts if len(texts) >= sheet.width else texts + [""] * (sheet.width - len(texts))
            if len(batch) < BATCH:
                return


def _batch(path: str, cells: Iterator[tuple]) -> list[tuple]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(islice(cells, BATCH))
        except Exception as error:  # openpyxl lets any error of a damaged part through
            raise _damaged(path, error)


@contextmanager
def _workbook(path: str) -> Iterator[Any]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise refused(path, "a workbook", path, "openpyxl, which reads .xlsx", "no openpyxl",
                      f"{SAVE} (or pip install openpyxl)")
    with stream(path) as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                book = load_workbook(file, read_only=True, data_only=True)
            except Exception as error:  # openpyxl lets any error of a damaged part through
                raise _damaged(path, error)
        yield book


def _no_workbook(path: str, names: set[str]) -> Refusal:
    what, hint = "a ZIP archive", UNPACK
    if "xl/workbook.bin" in names:
        what, hint = "a binary workbook (.xlsb)", f"open it and {SAVE}"
    elif "content.xml" in names or any(name.endswith(".iwa") for name in names):
        what, hint = "a document of another office program", f"open it and {SAVE}"
    return refused(path, "not a table", path, "a table as text or .xlsx", what, hint)


def _damaged(path: str, error: Exception) -> Refusal:
    return refused(path, "not a workbook", path, "a workbook that can be opened", f"{type(error).__name__}: {error}",
                   f"open it and {SAVE}")


def _part(archive: zipfile.ZipFile, title: str) -> str:
    book = ElementTree.fromstring(archive.read(BOOK))
    sheet = next(node for node in book.iter() if node.tag.endswith("}sheet") and node.get("name") == title)
    number = next(value for key, value in sheet.items() if key.endswith("}id"))
    links = ElementTree.fromstring(archive.read(LINKS))
    target = next(node.attrib["Target"] for node in links.iter() if node.get("Id") == number)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _has_formulas(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as file:
        before = b""
        while True:
            chunk = file.read(CHUNK)
            if _FORMULA.search(before + chunk):
                return True
            if not chunk:
                return False
            before = chunk[-80:]


def _unsaved(archive: zipfile.ZipFile, part: str) -> str:
    with archive.open(part) as file:
        events = ElementTree.iterparse(file, ("start", "end"))
        _, root = next(events)
        for event, row in events:
            if event == "start" or not row.tag.endswith("}row"):
                continue
            for cell in row:
                within = {node.tag.rpartition("}")[2]: node for node in cell}
                # An empty text is a value too: type "str" without <v>.
                if "f" in within and cell.get("t") != "str" and not ("v" in within and within["v"].text):
                    return cell.get("r", "")
            root[-1].clear()
    return ""
