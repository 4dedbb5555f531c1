"""Bytes in, delimited text out: the encoding, the delimiter, the header's place; files without text are refused."""

from __future__ import annotations

import codecs
import csv
import functools
import io
import itertools
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple, Optional, TextIO

from cslib import figures
from cslib.refusal import refused
from cslib.source import STANDARD_INPUT

LARGEST_BYTES = 2 * 1024 ** 3
LONGEST_CELL = 100_000
CHUNK = 4 * 1024 ** 2
BEGINNING = 500
# In order of preference where two fit a text equally well: a comma may be a decimal mark.
DELIMITERS = "\t;|,"
SAVE = "save it as CSV UTF-8 in a spreadsheet program"
UNPACK = "unpack it and pass the file inside"
FOREIGN = ((b"%PDF", "a PDF", "export the figures as CSV"), (b"\x89PNG", "a picture", "export the figures as CSV"),
           (b"\xd0\xcf\x11\xe0", "an old .xls or a workbook with a password", f"open it and {SAVE}"),
           (b"\x1f\x8b", "a gzip archive", UNPACK), (b"7z\xbc\xaf", "a 7z archive", UNPACK),
           (b"Rar!", "a RAR archive", UNPACK), (b"PAR1", "a Parquet file", "export it as CSV UTF-8"),
           (b"SQLite format 3", "a database", "export the table as CSV UTF-8"))
MARKED = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[\]{\"\d-])")
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[,;\t|]*\s*', re.IGNORECASE)
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|meta|table|\?xml)", re.IGNORECASE)

Line = tuple[int, list[str]]


class Shape(NamedTuple):
    """Where the header stands among the first rows, how many cells most rows have, and how many rows those are."""

    header: int
    width: int
    agreeing: int


class Text(NamedTuple):
    """A file of text: its encoding, the bytes of its byte order mark, and what is worth telling of it."""

    name: str
    encoding: str
    mark: int
    remarks: tuple[str, ...]

    def opened(self) -> TextIO:
        """The characters from the first, line ends as they stand."""
        file = stream(self.name)
        file.seek(self.mark)
        return io.TextIOWrapper(file, encoding=self.encoding, newline="")


class Delimited(NamedTuple):
    """A text whose cells stand between delimiters, below `above` lines that are no rows."""

    text: Text
    delimiter: str
    above: int

    @contextmanager
    def reader(self) -> Iterator[Any]:
        """Its rows, blank ones as []; `line_num` of what it gives is the line on which the last row ended."""
        csv.field_size_limit(LONGEST_CELL)
        with self.text.opened() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True, skipinitialspace=True)
            for _ in itertools.islice(reader, self.above):
                pass
            yield reader


def stream(path: str) -> BinaryIO:
    """The bytes of a file, a pipe or standard input (`-`). What can be read once only is kept and given again."""
    try:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise refused(path, "cannot be read", "standard input", "an open stream", "a closed one")
            return io.BytesIO(_read_once(path, sys.stdin.buffer))
        status = os.stat(path)
        if stat.S_ISFIFO(status.st_mode):
            return io.BytesIO(_piped(path, status.st_dev, status.st_ino))
        if not stat.S_ISREG(status.st_mode):
            raise refused(path, "not a file", path, "a file", "a directory" if os.path.isdir(path) else "a device")
        if status.st_size > LARGEST_BYTES:
            raise refused(path, "too large", path, "at most 2 GB")
        return open(path, "rb")
    except (OSError, ValueError) as error:
        raise refused(path, "cannot be read", path, "a readable file", getattr(error, "strerror", None) or str(error))


@functools.lru_cache(maxsize=1)
def _read_once(path: str, file: BinaryIO) -> bytes:
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise refused(path, "too large", path, "at most 2 GB")
    return content


@functools.lru_cache(maxsize=8)
def _piped(path: str, device: int, number: int) -> bytes:
    with open(path, "rb") as file:
        return _read_once.__wrapped__(path, file)


def delimited(path: str) -> tuple[Delimited, list[Line]]:
    """A text with the delimiter that its header and first rows agree on, and its beginning below a `sep=` line."""
    found = text(path)
    with found.opened() as file:
        first = file.readline(100)
    said = _SEPARATOR.fullmatch(first)
    grids = [Delimited(found, mark, int(bool(said))) for mark in (said[1] if said else DELIMITERS)]

    def likeness(pair: tuple[Delimited, list[Line]]) -> tuple[bool, int, int, bool]:
        rows = [row for _, row in pair[1]]
        form, blank = shape(rows), not any(map(length, rows))
        return form.width > 1 and len(rows[form.header]) == form.width, form.agreeing, form.width, blank

    pairs = [(grid, beginning(grid)) for grid in grids]
    if first.strip() and not said and not any(lines for _, lines in pairs):
        raise refused(path, "not CSV", "line 1", f"a header of cells up to {LONGEST_CELL:,} characters", "none", SAVE)
    return max(pairs, key=likeness)


def text(path: str) -> Text:
    """The encoding of a file: its byte order mark, or UTF-16 by its NUL bytes, or UTF-8, or else Windows-1252.

    Refused: empty files, bytes that are no text, two encodings in one file, JSON, web pages, endless lines.
    """
    with stream(path) as file:
        first = file.read(64 * 1024)
    if not first.strip():
        raise refused(path, "empty file", path, "a table with a header row", "nothing")
    for begins, what, hint in FOREIGN:
        if first.startswith(begins):
            raise refused(path, "not a table", path, "a table as text or .xlsx", what, hint)
    encoding, mark = next(((name, len(begins)) for begins, name in MARKED if first.startswith(begins)),
                          (_by_nul_bytes(first), 0))
    fault = _fault(path, encoding, mark)
    remarks = (f"read as {encoding[:6].upper()}",) if encoding != "utf-8" else ()
    if fault:
        if encoding != "utf-8" or mark or fault.wide or _fault(path, "cp1252", 0):
            raise refused(path, "wrong encoding", f"line {_line_at(path, fault.at)}", "one encoding, best UTF-8",
                          fault.got, SAVE)
        line = _line_at(path, fault.at)
        encoding, remarks = "cp1252", (f"read as Windows-1252 (Western European): line {figures.whole(line)} is not "
                                       "UTF-8; if names look wrong, save it as CSV UTF-8",)
    result = Text(path, encoding, mark, remarks)
    with result.opened() as file:
        beginning = file.read(4096)
    if _JSON.match(beginning):
        raise refused(path, "not CSV", path, "a CSV with a header row", "JSON",
                      "JSON inputs go straight to the script that answers")
    if _PAGE.match(beginning):
        raise refused(path, "not a table", path, "a table as text or .xlsx", "a web page or XML", f"open it and {SAVE}")
    return result


class _Fault(NamedTuple):
    """The byte at which an encoding ends, what stands there, and whether characters beyond ASCII came before."""

    at: int
    got: str
    wide: bool


def _by_nul_bytes(first: bytes) -> str:
    even, odd = first[0:4096:2].count(0), first[1:4096:2].count(0)
    if max(even, odd) * 8 < min(len(first), 4096) or min(even, odd) * 20 > max(even, odd):
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _fault(path: str, encoding: str, mark: int) -> Optional[_Fault]:
    decoder = codecs.getincrementaldecoder(encoding)()
    nul = "\0".encode(encoding)
    at, wide = mark, False
    with stream(path) as file:
        file.seek(mark)
        for chunk in itertools.chain(_chunks(file), (b"",)):
            kept = len(decoder.getstate()[0])
            place = chunk.find(nul)
            if place >= 0 and (len(nul) == 1 or "\0" in chunk.decode(encoding, "replace")):
                raise refused(path, "not a table", f"line {_line_at(path, at + place)}", "a table as text or .xlsx",
                              "binary content (a NUL byte)", "export it again as CSV UTF-8")
            try:
                wide = not decoder.decode(chunk, not chunk).isascii() or wide
            except UnicodeDecodeError as error:
                wide = wide or not error.object[:error.start].isascii()
                return _Fault(at - kept + error.start, f"byte 0x{error.object[error.start]:02x}", wide)
            if len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk:
                raise refused(path, "cell too long", f"line {_line_at(path, at)}",
                              f"at most {LONGEST_CELL:,} characters in a cell", f"more than {CHUNK:,} in a line")
            at += len(chunk)
    return None


def _line_at(path: str, at: int) -> int:
    with stream(path) as file:
        left, line = at, 1
        for chunk in _chunks(file):
            line, left = line + chunk.count(b"\n", 0, max(left, 0)), left - len(chunk)
            if left <= 0:
                break
    return line


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(functools.partial(file.read, CHUNK), b"")


def beginning(grid: Any) -> list[Line]:
    """The first rows that a grid's reader gives, each with its line; fewer where quoting fails."""
    lines: list[Line] = []
    with grid.reader() as reader:
        try:
            for row in itertools.islice(reader, BEGINNING):
                lines.append((reader.line_num, row))
        except csv.Error:
            pass
    return lines


def shape(rows: list[list[str]]) -> Shape:
    """The shape of a table with lines above it: rows of few cells before rows of many are no header."""
    many = [row for row in rows if _filled(row) > 1]
    width, agreeing = _most(len(row) for row in many)
    usual, _ = _most(length(row) for row in many)
    fewest, shortest = 3 if usual > 4 else 2 if usual > 2 else 1, max(usual - 1, min(usual, 2))
    fit = (at for at, row in enumerate(rows) if _filled(row) >= fewest and length(row) >= shortest)
    return Shape(next(fit, next((at for at, row in enumerate(rows) if length(row)), 0)), width, agreeing)


def length(row: list[str]) -> int:
    """How many cells a row has up to the last that holds something."""
    cells = len(row)
    while cells and (not row[cells - 1] or row[cells - 1].isspace()):
        cells -= 1
    return cells


def _most(numbers: Iterable[int]) -> tuple[int, int]:
    counts = Counter(numbers)
    return max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell and not cell.isspace())
