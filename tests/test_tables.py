"""Exports as tables: the same rows whatever the encoding and delimiter, and a refusal with its place otherwise."""

from __future__ import annotations

import csv
import io
import os
import sys
import threading
import tracemalloc
import zipfile
from datetime import date, datetime, time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import tables, texts, workbook
from cslib.asides import Asides
from cslib.refusal import Fault, Refusal

HEADER = ["customer id", "month", "arr"]
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)
FILLED = CELL.filter(lambda cell: cell.strip())
ROWS = st.lists(st.tuples(FILLED, FILLED, CELL).filter(lambda row: row != tuple(HEADER)).map(list), max_size=6)


def written(tmp_path, content, name="export.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return str(path)


def table(tmp_path, content) -> tables.Table:
    return tables.opened(written(tmp_path, content))


def read(tmp_path, content) -> tuple[list[list[str]], dict[str, tuple[int, ...]]]:
    """The rows of an export, and the lines of what was set aside."""
    asides = Asides()
    rows = list(table(tmp_path, content).rows(asides))
    return rows, {kind: aside.first for kind, aside in asides.found.items()}


def fault(path: str) -> Fault:
    with pytest.raises(Refusal) as refusal:
        list(tables.opened(path).rows(Asides()))
    assert len(refusal.value.faults) == 1 and refusal.value.faults[0].expected
    return refusal.value.faults[0]


# The same table, however it is written

@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")),
       st.sampled_from(("\n", "\r\n", "\r")))
def test_a_table_is_read_cell_by_cell_whatever_its_delimiter_encoding_and_line_ends(
        tmp_path_factory, rows, mark, encoding, ends):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL, lineterminator=ends)
    places = []
    for row in [HEADER, *rows]:
        writer.writerow(row)
        places.append(len(io.StringIO(text.getvalue(), newline="").readlines()))
    path = written(tmp_path_factory.getbasetemp(), text.getvalue().encode(encoding))
    opened = tables.opened(path)
    assert (opened.header, opened.delimiter, opened.head) == (HEADER, mark, rows)
    for _ in range(2):
        asides = Asides()
        assert [(row, opened.line) for row in opened.rows(asides)] == list(zip(rows, places[1:]))
        assert not asides.found


@given(st.lists(st.tuples(FILLED, FILLED, CELL), min_size=1, max_size=5), st.lists(st.integers(0, 5), max_size=3))
def test_blank_lines_between_rows_change_no_row_and_are_counted(tmp_path_factory, rows, gaps):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    for at, row in enumerate(rows):
        text.write("\r\n" * gaps.count(at) + ", ,\r\n" * gaps.count(at))
        writer.writerow(row)
    opened = table(tmp_path_factory.getbasetemp(), text.getvalue())
    asides = Asides()
    assert list(opened.rows(asides)) == [list(row) for row in rows if list(row) != HEADER]
    blank = asides.found.get("blank")
    assert (blank.rows if blank else 0) == 2 * sum(gap < len(rows) for gap in gaps)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_table_or_are_refused(tmp_path_factory, content):
    try:
        opened = tables.opened(written(tmp_path_factory.getbasetemp(), content))
        rows = list(opened.rows(Asides()))
    except Refusal as refusal:
        assert refusal.faults[0].kind
    else:
        assert {len(row) for row in rows} <= {len(opened.header)}
        assert len(set(opened.header)) == len(opened.header) and all(opened.header)


@given(st.text(st.sampled_from('ab1,;\t|" \n='), max_size=60))
def test_any_marks_are_a_table_or_are_refused(tmp_path_factory, content):
    try:
        opened = tables.opened(written(tmp_path_factory.getbasetemp(), content))
        rows = list(opened.rows(Asides()))
    except Refusal as refusal:
        assert refusal.faults[0].kind
    else:
        assert {len(row) for row in rows} <= {len(opened.header)} and opened.head == rows


# Encodings

def test_what_is_not_utf_8_is_read_as_windows_1252_and_said(tmp_path):
    opened = table(tmp_path, "Kunde;ARR\nMüller;1 €\n".encode("cp1252"))
    assert opened.head == [["Müller", "1 €"]] and "line 2" in opened.remarks[0] and "1252" in opened.remarks[0]


def test_utf_16_is_said_and_utf_8_is_not(tmp_path):
    assert table(tmp_path, "a,b\n1,é\n".encode("utf-16")).remarks == ("read as UTF-16",)
    for encoding in ("utf-8", "utf-8-sig"):
        assert table(tmp_path, "a,b\n1,é\n".encode(encoding)).remarks == ()


def test_two_encodings_in_one_file_are_refused_with_the_line_of_the_second(tmp_path):
    found = fault(written(tmp_path, "a,b\né,1\nü,2\n".encode() + "ö,3\n".encode("cp1252")))
    assert (found.kind, found.place, found.got) == ("wrong encoding", "line 4", "byte 0xf6")


def test_a_character_across_two_blocks_is_read_whole(tmp_path):
    line = "C-1,é\n"
    text = "id,na\n" + line * (texts.CHUNK // len(line.encode()) + 10)
    for shift in range(len(line.encode())):
        opened = table(tmp_path, "x" * shift + text)
        assert opened.remarks == () and opened.head[-1] == ["C-1", "é"]


def test_a_byte_that_is_no_text_far_down_is_refused_with_its_line(tmp_path):
    found = fault(written(tmp_path, b"a,b\n" + b"1,2\n" * 2_000_000 + b"1,\x00\n"))
    assert found.kind == "not a table" and found.place == "line 2000002"


@pytest.mark.parametrize("content, what, hint", [
    (b"%PDF-1.7\n", "a PDF", "CSV"), (b"\x89PNG\r\n\x1a\n", "a picture", "CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls or a workbook with a password", "save it as CSV UTF-8"),
    (b"\x1f\x8b\x08\x00", "a gzip archive", "unpack"), (b"PAR1", "a Parquet file", "CSV"),
    (b"id,a\n1,\x00\n", "binary content (a NUL byte)", "CSV"), (bytes(range(256)) * 8, "binary content", "CSV"),
    (b"<!DOCTYPE html><html>", "a web page or XML", "save it as CSV UTF-8"),
    (b'<?xml version="1.0"?>', "a web page or XML", "save it as CSV UTF-8")])
def test_what_holds_no_table_is_refused_with_what_to_do(tmp_path, content, what, hint):
    found = fault(written(tmp_path, content))
    assert found.kind == "not a table" and what in found.got and hint in found.hint


@pytest.mark.parametrize("names, what", [
    (("a.csv",), "a ZIP archive"), (("mimetype", "content.xml"), "a document of another office program"),
    (("xl/workbook.bin",), "a binary workbook (.xlsb)")])
def test_an_archive_that_is_no_workbook_is_refused_with_what_it_is(tmp_path, names, what):
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert fault(str(path)).got == what


def test_json_is_refused_with_where_it_goes(tmp_path):
    for content in (' {"a": 1}', '[{"a": 1}]', "[1]", "[]", "{}"):
        found = fault(written(tmp_path, content))
        assert found.got == "JSON" and "straight to the script" in found.hint


def test_a_header_in_brackets_is_no_json(tmp_path):
    assert table(tmp_path, "[Customer],[ARR]\nC1,5\n").header == ["[Customer]", "[ARR]"]


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,\n,,,\n", b"sep=;\n"])
def test_a_file_without_a_header_is_empty(tmp_path, content):
    assert fault(written(tmp_path, content)).kind == "empty file"


# Delimiters

@pytest.mark.parametrize("content, mark, width", [
    ("Kunde;Monat;MRR\nA;2024-01;1.200,50\nB;2024-01;3,00\n", ";", 3),
    ("Kunde;ARR, EUR\nA;1,50\nB;2,50\n", ";", 2),
    ("customer,tags,arr\nA,x;y;z,1\nB,u;v;w,2\n", ",", 3),
    ("name\tarr\nA, B and C\t1,200\nD, E and F\t1,300\n", "\t", 2),
    ("id|name|arr\n1|A;B|5\n", "|", 3), ("Report, of May; all\nid;arr\n1;5\n2;6\n", ";", 2),
    ('"id";"name, first"\n"1";"A, B"\n', ";", 2), ("customer\nA\nB\n", "\t", 1)])
def test_the_delimiter_is_the_one_that_header_and_rows_agree_on(tmp_path, content, mark, width):
    opened = table(tmp_path, content)
    assert len(opened.header) == width and (width == 1 or opened.delimiter == mark)


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_a_separator_that_excel_names_is_taken_and_counts_as_a_line(tmp_path, said):
    opened = table(tmp_path, f"{said}\r\na,x;b,y\r\n1;2\r\n")
    assert opened.header == ["a,x", "b,y"] and opened.remarks == ()
    assert [opened.line for _ in opened.rows(Asides())] == [3]


def test_a_space_after_a_delimiter_does_not_open_the_quotes_behind_it(tmp_path):
    assert table(tmp_path, 'id, name, arr\n1, "A, B", 5\n').head == [["1", "A, B", "5"]]


# Above, between and below the rows

def test_lines_above_the_header_are_left_out_and_said(tmp_path):
    for above in ("ARR by customer\n", "ARR by customer,,,,\nGenerated,2026-01-01\n\n",
                  "ARR by customer\n\n\nfor May\n"):
        opened = table(tmp_path, above + "id,name,segment,month,arr\n1,A,smb,2024-01,5\n2,B,smb,2024-01,6\n")
        assert opened.header[0] == "id" and [row[1] for row in opened.head] == ["A", "B"]
        assert '"ARR by customer"' in opened.remarks[0]
        rows = opened.rows(Asides())
        next(rows)
        assert opened.line == above.count("\n") + 2


def test_a_line_of_two_cells_above_a_header_of_four_is_left_out(tmp_path):
    opened = table(tmp_path, "Generated,2026-01-01\nid,name,month,arr\nA,a,2024-01,5\n")
    assert opened.header == ["id", "name", "month", "arr"] and len(opened.head) == 1


def test_a_header_without_a_name_for_the_row_number_is_not_taken_for_a_title(tmp_path):
    found = fault(written(tmp_path, '"id","arr"\n"1",A,5\n"2",B,6\n'))
    assert found.kind == "ragged rows" and found.expected.startswith("2 cells")


def test_the_header_again_between_the_rows_is_set_aside(tmp_path):
    rows, aside = read(tmp_path, "id,arr\nA,1\nid,arr\nB,2\n id, arr\nC,3\n")
    assert rows == [["A", "1"], ["B", "2"], ["C", "3"]] and aside == {"repeated_header": (3, 5)}


def test_a_row_with_one_cell_like_the_header_is_a_row(tmp_path):
    assert read(tmp_path, "id,arr\nA,arr\nid,2\n") == ([["A", "arr"], ["id", "2"]], {})


@pytest.mark.parametrize("footer", [
    "Copyright (c) 2000-2026 Fictional Inc. All rights reserved.", "Confidential Information - Do Not Distribute",
    "Generated on 2026-09-30,,", '"Exported by: A, B"', "(2 rows)", "Copyright (c) 2026 fictional, inc.",
    "\nA text after a gap", "\nA text\nand its second line", "This table is for the board", "Vertraulich,,"])
def test_texts_below_the_table_are_set_aside(tmp_path, footer):
    rows, aside = read(tmp_path, f"id,name,arr\nA,a,1\nB,b,2\n{footer}\n\n")
    assert rows == [["A", "a", "1"], ["B", "b", "2"]]
    assert len(aside["footer"]) == len(footer.strip().splitlines()) and min(aside["footer"]) >= 4


def test_a_customer_of_whom_nothing_else_is_known_is_a_row_wherever_it_stands(tmp_path):
    rows, aside = read(tmp_path, "id,name,arr\nA,,\nB,b,2\nC,,\nD,,\n")
    assert [row[0] for row in rows] == ["A", "B", "C", "D"] and aside == {}
    opened = table(tmp_path, "id,name,arr\nA,,\nB,b,2\nC,c,3\nD,,\nE,,\n")
    assert [opened.line for _ in opened.rows(Asides())] == [2, 3, 4, 5, 6]


def test_many_rows_with_only_their_first_cell_keep_their_order(tmp_path):
    names = [f"C{n}" for n in range(100)]
    rows, _ = read(tmp_path, "id,arr\n" + "".join(f"{name},\n" for name in names) + "Z,1\n")
    assert [row[0] for row in rows] == [*names, "Z"]


def test_a_page_number_between_the_rows_is_set_aside(tmp_path):
    rows, aside = read(tmp_path, "id,arr\nA,1\nPage 1 of 2\nid,arr\nB,2\n")
    assert rows == [["A", "1"], ["B", "2"]] and aside == {"footer": (3,), "repeated_header": (4,)}


def test_a_last_row_that_is_cut_off_is_no_footer(tmp_path):
    assert fault(written(tmp_path, "id,name,arr\nA,a,1\nB")).kind == "ragged rows"


# Cells too many, cells too few, and names

def test_empty_cells_at_the_end_of_rows_and_header_are_dropped(tmp_path):
    opened = table(tmp_path, "id,arr,,\nA,1,,\nB,2\nC,3,,,,\n")
    assert opened.header == ["id", "arr"] and opened.head == [["A", "1"], ["B", "2"], ["C", "3"]]


def test_a_column_that_holds_something_without_a_name_is_named_by_its_place(tmp_path):
    opened = table(tmp_path, ",name,arr,,\nA,a,1,x,\nB,b,2,,\n")
    assert opened.header == ["column 1", "name", "arr", "column 4"]
    assert opened.head == [["A", "a", "1", "x"], ["B", "b", "2", ""]]
    assert table(tmp_path, ",arr\nA,1\nB,2\n").header == ["column 1", "arr"]


def test_names_given_twice_are_told_apart(tmp_path):
    opened = table(tmp_path, 'Amount,Amount,Amount (2),"A\nb",amount,Amount\n1,2,3,4,5,6\n')
    assert opened.header == ["Amount", "Amount (3)", "Amount (2)", "A b", "amount", "Amount (4)"]
    assert '"Amount (3)", "Amount (4)"' in opened.remarks[0]
    assert table(tmp_path, "Amount,Amount\n1,2\n").header == ["Amount", "Amount (2)"]


def test_rows_of_another_length_are_refused_all_at_once(tmp_path):
    rows = "".join(f"C{n},1\n" + ("D,1,2\n" if n % 100 == 50 else "") for n in range(1_000))
    found = fault(written(tmp_path, "id,arr\n" + rows))
    assert found.place == "lines 53, 154, 255" and found.got == "3, 3, 3 (10 such rows)"
    assert found.expected == "2 cells as in the header"


def test_no_row_is_given_below_one_of_another_length(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "HEAD", 0)
    given = []
    with pytest.raises(Refusal):
        for row in table(tmp_path, "id,arr\nA,1\nB,2,3\nC,4\n").rows(Asides()):
            given.append(row)
    assert given == [["A", "1"]]


def test_the_header_again_with_one_cell_more_is_a_row_of_another_length(tmp_path):
    assert fault(written(tmp_path, "id,arr\nA,1\nid,arr,x\nB,2\n")).place == "line 3"


def test_a_ragged_row_of_a_customer_with_the_name_of_a_footer_is_refused(tmp_path):
    found = fault(written(tmp_path, "id,name,arr\nReport Works,a\nB,b,2\n"))
    assert found.kind == "ragged rows" and found.place == "line 2"


def test_a_quote_that_never_closes_is_refused_with_the_line_on_which_it_opened(tmp_path):
    for rows in ('A,1\n"B,2\nC,3\n', 'A,1\n"B,2\nC,3\n"D",4\n', 'A,1\n"B,2\n' + "C,3\n" * 50_000):
        found = fault(written(tmp_path, "id,arr\n" + rows))
        assert found.kind == "not CSV" and found.place == "line 3", rows[:40]


def test_a_quote_with_text_behind_it_is_refused_with_its_line(tmp_path):
    found = fault(written(tmp_path, 'id,arr\nA,1\n"B"x,2\n'))
    assert (found.kind, found.place) == ("not CSV", "line 3") and "twice" in found.hint


def test_a_cell_of_a_million_characters_is_refused_with_its_line(tmp_path):
    found = fault(written(tmp_path, "id,arr\nA,1\n" + "x" * 1_000_000 + ",2\n"))
    assert (found.kind, found.place) == ("cell too long", "line 3")
    assert read(tmp_path, "id,arr\n" + "x" * 100_000 + ",2\n")[0][0][1] == "2"


def test_a_line_without_end_is_refused_before_it_is_held(tmp_path):
    path = written(tmp_path, b"id,arr\n" + b"x" * (3 * texts.CHUNK))
    tracemalloc.start()
    assert fault(path).kind == "cell too long"
    assert tracemalloc.get_traced_memory()[1] < 6 * texts.CHUNK
    tracemalloc.stop()


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    opened = table(tmp_path, "id,arr\n")
    assert opened.header == ["id", "arr"] and opened.head == [] == list(opened.rows(Asides())) and opened.line


def test_line_breaks_within_quotes_keep_the_count_of_lines(tmp_path):
    opened = table(tmp_path, 'id,"a\nb"\n"1\n2",x\n\n3,4\n')
    assert opened.header == ["id", "a b"]
    assert [(row, opened.line) for row in opened.rows(Asides())] == [(["1\n2", "x"], 4), (["3", "4"], 6)]


@pytest.mark.parametrize("rest", [",2024-01,5\n\n", ",,\n"])
def test_memory_does_not_grow_with_the_rows(tmp_path, rest):
    peaks = []
    for count in (2_000, 40_000):
        opened = table(tmp_path, "id,month,arr\n" + "".join(f"C-{n}{rest}" for n in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in opened.rows(Asides())) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 10_000


# Files

def test_what_cannot_be_read_is_refused(tmp_path):
    assert fault(str(tmp_path)).kind == "not a file" and fault(os.devnull).kind == "not a file"
    for path in (str(tmp_path / "missing"), "x" * 5_000, "a\0b"):
        assert fault(path).kind == "cannot be read"


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = written(tmp_path, "a,b\n1,2\n")
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert fault(path).kind == "cannot be read"


def test_a_file_above_two_gigabytes_is_refused(tmp_path):
    path = tmp_path / "export.csv"
    with open(path, "wb") as file:
        file.truncate(texts.LARGEST_BYTES + 1)
    assert fault(str(path)).kind == "too large"


def test_standard_input_is_read_once_and_can_be_passed_again(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("id,arr\né,1\n".encode())))
    for _ in range(2):
        opened = tables.opened("-")
        assert opened.name == "-" and list(opened.rows(Asides())) == [["é", "1"]]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"id,arr\nB,1\n")))
    assert tables.opened("-").head == [["B", "1"]]
    monkeypatch.setattr(sys, "stdin", None)
    assert fault("-").kind == "cannot be read"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of Unix")
def test_a_pipe_is_read_once_and_its_rows_twice(tmp_path):
    path = str(tmp_path / "pipe.csv")
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: written(tmp_path, "id,arr\nA,1\n", "pipe.csv"))
    writer.start()
    opened = tables.opened(path)
    writer.join()
    assert list(opened.rows(Asides())) == list(opened.rows(Asides())) == [["A", "1"]]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    opened = table(tmp_path, "id,arr\nA,1\n")
    written(tmp_path, b"id,arr\n\xff,1\n")
    with pytest.raises(Refusal) as refusal:
        list(opened.rows(Asides()))
    assert refusal.value.faults[0].kind == "cannot be read"


# Workbooks

@pytest.fixture
def book(tmp_path):
    """`book(sheet={title: rows}, ...)` is the path of a workbook."""
    openpyxl = pytest.importorskip("openpyxl")

    def made(**sheets) -> str:
        content = openpyxl.Workbook()
        content.remove(content.active)
        for title, rows in sheets.items():
            sheet = content.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "export.xlsx"
        content.save(path)
        return str(path)

    return made


@pytest.mark.parametrize("value, text", [
    (None, ""), ("x", "x"), (True, "TRUE"), (False, "FALSE"), (1001, "1001"), (1001.0, "1001"), (-0.5, "-0.5"),
    (1e22, "10000000000000000000000"), (1e-7, "0.0000001"), (1200.5, "1200.5"), (date(2024, 1, 31), "2024-01-31"),
    (datetime(2024, 1, 31), "2024-01-31"), (datetime(2024, 1, 31, 9, 30), "2024-01-31 09:30:00"),
    (time(9, 30), "09:30:00")])
def test_a_cell_of_a_sheet_is_written_as_a_plain_export_would(value, text):
    assert workbook.cell_text(value) == text


def test_a_sheet_gives_the_rows_that_the_same_csv_gives(book, tmp_path):
    rows = [["ARR report"], [], ["id", "start", "arr", "trial"], ["A", date(2024, 1, 31), 1200.5, True],
            ["B", datetime(2024, 2, 29), 10.0, None], [None, None, None, None], ["id", "start", "arr", "trial"],
            ["#N/A", date(2024, 3, 1), 3, False], ["C"], [], ["Confidential"]]
    sheet = tables.opened(book(ARR=rows))
    asides = Asides()
    given = [(row, sheet.line) for row in sheet.rows(asides)]
    assert given == [(["A", "2024-01-31", "1200.5", "TRUE"], 4), (["B", "2024-02-29", "10", ""], 5),
                     (["#N/A", "2024-03-01", "3", "FALSE"], 8), (["C", "", "", ""], 9)]
    assert {kind: aside.first for kind, aside in asides.found.items()} == {
        "blank": (6, 10), "repeated_header": (7,), "footer": (11,)}
    assert sheet.delimiter == "" and sheet.header == ["id", "start", "arr", "trial"]
    text = io.StringIO()
    csv.writer(text).writerows([[workbook.cell_text(cell) for cell in row] + [""] * (4 - len(row)) for row in rows])
    plain = table(tmp_path, text.getvalue())
    assert [row for row, _ in given] == list(plain.rows(Asides())) and plain.header == sheet.header


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(book):
    opened = tables.opened(book(Cover=[["ARR report"], ["by", "Finance"], ["on", "May"]], Empty=[],
                                ARR=[["id", "name", "arr"], ["A", "a", 1]], Old=[["id", "name", "arr"], ["B", "b", 2]]))
    assert opened.head == [["A", "a", "1"]]
    assert opened.remarks == ('sheet "ARR" is read, not "Cover", "Old": to read another, save it as CSV UTF-8',)


def test_a_sheet_of_two_columns_is_read_where_there_is_no_other(book):
    opened = tables.opened(book(ARR=[["id", "arr"], ["A", 1]]))
    assert opened.head == [["A", "1"]] and opened.remarks == ('sheet "ARR" is read',)


def test_a_hidden_sheet_is_not_taken_before_a_visible_one(book):
    openpyxl = pytest.importorskip("openpyxl")
    path = book(Old=[["id", "name", "arr"], ["B", "b", 2]], New=[["id", "name", "arr"], ["A", "a", 1]])
    content = openpyxl.load_workbook(path)
    content["Old"].sheet_state = "hidden"
    content.save(path)
    assert tables.opened(path).head == [["A", "a", "1"]]


def test_a_formula_that_has_no_value_is_refused_with_its_cell(book):
    found = fault(book(ARR=[["id", "arr"], ["A", 1], ["B", "=B2*12"]]))
    assert found.kind == "formula without a value" and "cell B3" in found.place and "save" in found.hint


def changed(path: str, before: str, after: str) -> str:
    """A workbook with other words in its first sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert before in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(before, after)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("cell, text", [('<c r="B2"><f>6*2</f><v>12</v></c>', "12"),
                                        ('<c r="B2" t="str"><f>""</f></c>', ""),
                                        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!")])
def test_a_formula_that_has_a_value_gives_it(book, cell, text):
    path = changed(book(ARR=[["id", "arr", "x"], ["A", 7, 1]]), '<c r="B2" t="n"><v>7</v></c>', cell)
    assert tables.opened(path).head == [["A", text, "1"]]


def test_the_size_that_a_sheet_says_it_has_is_not_believed(book):
    path = changed(book(ARR=[["id", "arr"], ["A", 7]]), '<dimension ref="A1:B2"', '<dimension ref="A1"')
    assert tables.opened(path).head == [["A", "7"]]


def test_a_cell_under_no_header_of_a_sheet_is_refused_far_down(book):
    rows = [["id", "arr"], *([f"C{n}", n] for n in range(600)), ["D", 1, "a note"]]
    found = fault(book(ARR=rows))
    assert found.kind == "ragged rows" and found.place == "line 602" and "header" in found.hint


def test_a_workbook_on_standard_input_is_read(book, monkeypatch):
    with open(book(ARR=[["id", "arr"], ["A", 1]]), "rb") as file:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(file.read())))
    assert tables.opened("-").head == [["A", "1"]]


def test_a_workbook_without_anything_is_empty(book):
    assert fault(book(One=[], Two=[[None, ""]])).kind == "empty file"


def test_a_damaged_workbook_is_refused(book):
    path = book(ARR=[["id", "arr"], ["A", 1]])
    with open(path, "rb") as file:
        content = file.read()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, cut in (("xl/worksheets/sheet1.xml", 100), ("xl/workbook.xml", 50), ("xl/_rels/workbook.xml.rels", 80)):
        with zipfile.ZipFile(path, "w") as archive:
            for part, whole in parts.items():
                archive.writestr(part, whole[:-cut] if part == name else whole)
        assert fault(path).kind == "not a workbook", name
    with open(path, "wb") as file:
        file.write(content[:len(content) // 2])
    assert fault(path).kind == "not a workbook"


def test_without_openpyxl_a_workbook_is_refused_with_how_to_save_it(book, monkeypatch):
    path = book(ARR=[["id", "arr"], ["A", 1]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    found = fault(path)
    assert "CSV UTF-8" in found.hint and "pip install openpyxl" in found.hint
