"""Exports as they should not be: refused with the place and the fix, or asked about; nothing written, nothing lost."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import re
import shlex
import subprocess
import sys
import zipfile

import pytest

from conftest import SCRIPTS, called, ran

DOOR = "prepare_inputs"
AS_OF = ("--as-of", "2024-12-31")
ROWS = "customer,month,mrr\n"
PERIODS = "customer,start,end,mrr\n"
MONTHS = ("2023-12", *(f"2024-{month:02}" for month in range(1, 13)))
FIGURES = re.compile(r"[\d.,]+[kMBT]? ARR|lost ARR|cannot be read so: \S")


def paid(customer, amount, months=MONTHS):
    return "".join(f"{customer},{month},{amount}\n" for month in months)


BOOK = ROWS + paid("A", 100) + paid("B", 200)
LOST = ROWS + paid("A", 100) + paid("B", 200, MONTHS[:6])
PLANS = "customer,month,mrr,plan\nA,2023-12,5,p\nA,2024-12,5,p\n"
EVENTS = "customer,date,plan\nA,2023-01-01,pro\nB,2023-01-01,basic\n"


def given(folder, content, name="export.csv"):
    """Files in a folder by their names, in the order given."""
    files = content if isinstance(content, dict) else {name: content}
    for each, text in files.items():
        (folder / each).write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return [folder / each for each in files]


def prepared(folder, content, *flags, as_of=AS_OF, name="export.csv"):
    return called(DOOR, *given(folder, content, name), *as_of, "--out-dir", folder / "out", *flags)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def is_refused(folder, run, words):
    assert run.code in (1, 2) and run.out == "", run
    assert "Traceback" not in run.err and not (folder / "out").exists()
    assert all(word in run.err for word in words), run.err
    if run.code == 1:
        assert run.err.startswith(("refused: ", "1 question ", "2 questions ")), run.err
        assert all("expected " in line or " more (" in line for line in run.err.splitlines()
                   if run.err.startswith("refused") and line.startswith("    ")), run.err
    assert len(run.err) < 4_000


# What is refused: content, flags, and what is said of the place, of what was expected, and of the fix.

REFUSED = {
    "no customer column": ("plan,month,mrr\nx,2024-01,5\ny,2024-12,6\n", (), ["a column for customer",
                                                                              "--map customer=COLUMN"]),
    "no amount": ("customer,month,colour\nx,2024-01,red\n", (), ["a column for an amount", "--map mrr=COLUMN"]),
    "header only": (ROWS, (), ["no rows", "the table"]),
    "header only, of periods": (PERIODS, (), ["no rows"]),
    "nothing": ("", (), ["empty file"]),
    "a byte order mark alone": (b"\xef\xbb\xbf", (), ["empty file"]),
    "line ends alone": ("\n" * 1000, (), ["empty file"]),
    "quotes alone": ('"","",""\n"","",""\n', (), ["empty file"]),
    "every byte there is": (bytes(range(256)) * 20, (), ["not a table", "line 1", "export it again as CSV UTF-8"]),
    "a NUL byte in a row": (BOOK.replace("A,2024-03", "A\0,2024-03"), (), ["not a table", "line 5"]),
    "a cell of a million characters": (BOOK + "x" * 1_000_000 + ",2024-12,5\n", (),
                                       ["cell too long", "line 28", "at most 100,000", "shorten the cell"]),
    "an amount of a million digits": (BOOK + "C,2024-12," + "9" * 1_000_000, (), ["cell too long", "line 28"]),
    "a header of a million characters": ("x" * 1_000_000 + ",month,mrr\nC,2024-12,9\n", (),
                                         ["not CSV", "line 1", "up to 100,000 characters"]),
    "one line of 50 MB": ("x" * 50_000_000, (), ["cell too long", "line 1"]),
    "a short row": (BOOK + "C,2024-12\n", (), ["ragged rows", "line 28", "3 cells as in the header", "got 2",
                                               "needs quotes around it"]),
    "a long row": (BOOK + "C,2024-12,5,6,7\n", (), ["ragged rows", "line 28", "got 5"]),
    "an amount with a bare comma": (BOOK + "C,2024-12,1,200\n", (), ["ragged rows", "line 28"]),
    "a quote that never closes": (BOOK.replace("A,2024-03", '"A,2024-03'), (), ["not CSV", "line 5",
                                                                                "a quote that closes"]),
    "a quote that never closes at the end": (BOOK + '"C,2024-12,5\n', (), ["not CSV", "line 28"]),
    "the year 20224": (PERIODS + "A,2023-01-01,20224-01-01,5\n", (), ["line 2", '"end"', "20224-01-01"]),
    "a month of the year 20224": (BOOK + "C,20224-01,6\n", (), ["not a month", "line 28", "20224-01"]),
    "the year 2224": (PERIODS + "A,2224-01-01,,5\n", (), ["not a date", "up to 2099", "slip of the keyboard"]),
    "the year 1899": (PERIODS + "A,1899-12-30,,5\nB,2023-01-01,,6\n", (), ["not a date", "line 2", "1899-12-30"]),
    "the first year": (PERIODS + "A,0001-01-01,,5\nB,2023-01-01,,6\n", (), ["not a date", "0001-01-01"]),
    "the year 9999 as a start": (PERIODS + "A,9999-12-31,,5\n", (), ["not a date", '"start"']),
    "29 February of 2023": (PERIODS + "A,2023-02-29,,5\nB,2023-01-01,,6\n", (), ["not a date", "2023-02-29"]),
    "a negative duration": (PERIODS + "A,2023-05-01,2023-01-01,5\n", (), ["end before start", "2023-05-01",
                                                                         "--map start="]),
    "a total over no time": ("customer,start,end,total\nA,2023-05-01,2023-05-01,5\nB,2023-01-01,2025-01-01,6\n",
                             ("--map", "total=total"), ["no term", "line 2", "a later end"]),
    "a formula for an amount": (BOOK + "C,2024-12,=SUM(C2:C3)\n", (), ["formula", "line 28", "save the sheet with v"]),
    "a formula for a customer": (BOOK + "=A2,2024-12,6\n", (), ["formula", "line 28", '"customer"', "save the sheet"]),
    "leading zeros lost on the way": (ROWS + paid("0042", 5, MONTHS[:6]) + paid("42", 5, MONTHS[6:]), (),
                                      ["leading zeros lost", "0042 and 42", "import the column as text"]),
    "leading zeros lost between periods": (PERIODS + "007,2022-01-01,2024-01-01,5\n7,2024-01-01,,5\n", (),
                                           ["leading zeros lost", "007 and 7"]),
    "an as-of before the rows": (BOOK, ("--as-of", "2020-01-31"), ["--as-of", "2023-12-31", "2020-01-31"]),
    "an as-of after the rows": (BOOK, ("--as-of", "2026-01-31"), ["--as-of", "up to 2024-12-31", "2026-01-31"]),
    "an as-of before the periods": (PERIODS + "A,2023-01-01,,5\n", ("--as-of", "2001-12-31"), ["2023-01-31 or later"]),
    "an as-of in the middle of the first year": (BOOK, ("--as-of", "2024-12-15"), ["--period-months 11"]),
    "an as-of that does not exist": (BOOK, ("--as-of", "2024-02-30"), ["a date such as", "2024-02-30"]),
    "an as-of in the year 9999": (BOOK, ("--as-of", "9999-12-31"), ["a date such as"]),
    "one column": ("customer\nA\nB\n", (), ["kind not recognised", "--kind KIND"]),
    "one row of one month": (ROWS + "A,2024-12,5\n", (), ["--period-months", "2024-12-31"]),
    "zeros everywhere": (ROWS + paid("A", 0), (), ["no customers", "ARR above zero"]),
    "rows of totals only": (ROWS + paid("Total", 5) + paid("Grand total", 6), (), ["no rows", "that are no totals"]),
    "a million million a month": (ROWS + paid("A", 10 ** 12), (), ["amount out of range", "line 2"]),
    "sums beyond 64 bits": ("customer,month,arr,subscription_id\n" + "".join(
        f"A,2024-12,1000000000000,{number}\n" for number in range(93_000)), (), ["amount out of range", "line 3"]),
    "a balance beyond what an amount may be": ("customer,date,change\n" + "".join(
        f"A,2024-01-{1 + number:02},{83_000_000_000 - number}\n" for number in range(20)), (),
        ["amount out of range", "A in 2024-01"]),
    "a number with an exponent": (BOOK + "A,2023-11,1e400\n", (), ["not an amount", "1e400"]),
    "a negative amount": (BOOK + "C,2024-12,-5\n", (), ["negative amount", "line 28", "credit notes"]),
    "a credit note in brackets": (BOOK + "C,2024-12,(5)\n", (), ["negative amount", "line 28", "credit notes"]),
    "a negative month in a wide table": ("customer,2023-12,2024-12\nA,5,-6\n", ("--map", "mrr=months"),
                                         ["negative amount", 'column "2024-12"']),
    "a percentage": (BOOK + "C,2024-12,5%\n", (), ["not an amount", "line 28", "5%"]),
    "two decimal marks in one column": (ROWS + 'A,2023-12,"1.200,50"\nA,2024-12,"1,200.50"\n', (),
                                        ["not an amount", "line 2", "line 3", "mixes decimal points and decimal c"]),
    "two orders of day and month": (PERIODS + "A,31/12/2022,,5\nB,12/31/2022,,6\n", (),
                                    ["not a date", "mixes day first and month first"]),
    "a currency of 200 characters": ("customer,month,mrr,currency\nA,2023-12,5," + "X" * 200 + "\nA,2024-12,5,USD\n",
                                     (), ["not a currency", "codes such as USD"]),
    "two currencies": ("customer,month,mrr,currency\nA,2023-12,5,EUR\nA,2024-12,5,USD\n", (),
                       ["several currencies", "--rate"]),
    "two currencies in a wide table": ("customer,currency,2023-12 MRR,2024-12 MRR\nA,EUR,5,5\nB,USD,5,5\n", (),
                                       ["several currencies", "--rate"]),
    "parents in a circle": ("customer,parent,month,mrr\nA,B,2024-12,5\nB,C,2024-12,5\nC,A,2024-12,5\n",
                            ("--map", "parent=parent"), ["parents in a circle", "A > B > C > A"]),
    "two kinds of ARR": ({"a.csv": BOOK, "b.csv": PERIODS + "A,2023-01-01,,5\n"}, (), ["two sources of ARR", "a.csv",
                                                                                     "the one that finance trusts"]),
    "churn alone": ("customer,churn date,reason\nB,2024-06-15,pricing\n", (), ["no amounts", "billing export"]),
    "costs alone": ("customer,cost\nB,5\n", (), ["no amounts", "billing export"]),
    "plans without prices": (EVENTS, (), ["no amounts", "add the price list"]),
    "a plan that is not in the price list": ({"events.csv": EVENTS, "prices.csv": "plan,mrr\nbasic,10\n"}, (),
                                             ["plan without a price", "line 2", "pro"]),
    "a month named twice": ("customer,2023-12,2024-12,2024-12\nA,5,6,7\n", ("--map", "mrr=months"),
                            ["month named twice", "2024-12"]),
    "a month in two spellings": ("customer,Dec 2023,Dec 2024,2024-12\nA,5,6,7\n", ("--map", "mrr=months"),
                                 ["month named twice"]),
    "a wide table of one month": ("customer,2024-12\nA,5\nB,6\n", (), ["kind not recognised"]),
    "JSON": ('[{"a": 1}]', (), ["not CSV", "JSON"]),
    "a web page": ("<html><table></table></html>", (), ["a web page"]),
    "a header row above the header row": ("Who,When,Much\n" + BOOK, (), ["kind not recognised", "Who, When, Much"]),
    "a column that is not there": (PLANS, ("--map", "customer=custmer"), ["custmer", 'did you mean "customer"']),
    "a role mapped twice": (PLANS, ("--map", "customer=customer", "--map", "customer=plan"), ["names one thing twice"]),
    "a role that there is not": (PLANS, ("--map", "buyer=customer"), ["ROLE=COLUMN"]),
    "one column for the customer and the month": (PLANS, ("--map", "customer=month", "--map", "month=month"),
                                                  ["both name", '"month"']),
    "one column for the customer and the amount": (PLANS, ("--map", "customer=mrr", "--map", "mrr=mrr"),
                                                   ["both name", '"mrr"']),
    "a customer mapped to dates": (PLANS, ("--map", "customer=month"), ["dates for customers", '"month"',
                                                                       "--map customer=COLUMN"]),
    "an amount mapped to words": (PLANS, ("--map", "mrr=plan"), ["not an amount", '"plan"']),
    "month columns that there are not": (PLANS, ("--map", "mrr=months"), ["mrr=months", "a column for each month"]),
    "a kind that there is not": (PLANS, ("--kind", "invoices"), ["--kind", "snapshots"]),
    "a kind for another file": (PLANS, ("--kind", "other.csv=wide"), ["other.csv", "the files are"]),
    "a reason that there is not": (LOST, ("--reason", "a=b"), ["CODE=REASON", "product_fit"]),
    "a rate without a currency": (BOOK, ("--rate", "EUR=1.1"), ["--rate needs --currency"]),
    **{f"the kind {kind}": (PLANS, ("--kind", kind), words) for kind, words in {
        "wide": ["a column for each month"], "subscriptions": ["a column for start"], "events": ["not a date"],
        "prices": ["price"], "costs": ["a column for cost"], "churn": ["a column for reason"]}.items()},
    **{f"the rate {rate}": (BOOK, ("--currency", "USD", "--rate", rate), ["--rate"]) for rate in (
        "EUR=0", "EUR=-1", "EUR=NaN", "EUR=Infinity", "EUR=1000000", "EUR=1,08", "EUR", "EUR=", "=5", "E=1")},
}


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_with_its_place_and_the_fix_and_nothing_is_written(label, tmp_path):
    content, flags, words = REFUSED[label]
    is_refused(tmp_path, prepared(tmp_path, content, *flags), words)


@pytest.mark.parametrize("label", ["a short row", "a negative amount", "sums beyond 64 bits", "no customer column"])
def test_a_check_refuses_the_same_and_lists_every_fault(label, tmp_path):
    content, flags, _ = REFUSED[label]
    run = prepared(tmp_path, content, *flags, "--check", "--format", "json")
    record = json.loads(run.out)
    assert (run.code, run.err, record["accepted"]) == (1, "", False)
    assert record["faults"] and not (tmp_path / "out").exists()


def test_a_hundred_thousand_faults_are_a_few_lines(tmp_path):
    run = prepared(tmp_path, BOOK + "".join(f"C{number},2024-12,x{number}\n" for number in range(100_000)))
    is_refused(tmp_path, run, ["not an amount (10,000 places)", "and 9,997 more"])
    assert len(run.err.splitlines()) == 6


# Workbooks

def workbook(*sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def repacked(content, change):
    """A workbook whose first sheet is changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.endswith("sheet1.xml") else old.read(name))
    return kept.getvalue()


TABLE = [["customer", "month", "mrr"], *[[who, month, 100] for who in "AB" for month in MONTHS]]
BOOKS = {
    "no rows": (lambda: workbook([]), ["empty file", "a sheet with a header row"]),
    "two header rows": (lambda: workbook([["Who", "When", "Much"], *TABLE]), ["kind not recognised"]),
    "random bytes": (lambda: random.Random(1).randbytes(3_000), ["not a table", "export it again as CSV UTF-8"]),
    "a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_000), ["a workbook with a password"]),
    "half a workbook": (lambda: workbook(TABLE)[:2_000], ["not a workbook", "save it as CSV UTF-8"]),
    "a signature and random bytes": (lambda: b"PK\x03\x04" + random.Random(1).randbytes(3_000), ["not a workbook"]),
    "a sheet that is no XML": (lambda: repacked(workbook(TABLE), lambda _: b"<sheet"), ["not a workbook"]),
    "an archive of a CSV": (lambda: repacked(workbook(TABLE), bytes).replace(b"xl/workbook.xml", b"xl/workbook.txt"),
                            ["not a table", "unpack it"]),
    "a cell that unpacks to 10 MB": (lambda: repacked(workbook(TABLE), lambda sheet: sheet.replace(
        b"</sheetData>", b'<row r="28"><c t="inlineStr"><is><t>' + b"A" * 10 ** 7 +
        b"</t></is></c><c><v>1</v></c><c><v>1</v></c></row></sheetData>")), ["long customer id", "line 28"]),
}


@pytest.mark.parametrize("label", BOOKS)
def test_a_workbook_that_cannot_be_read_is_refused(label, tmp_path):
    made, words = BOOKS[label]
    run = prepared(tmp_path, made(), name="export.xlsx")
    is_refused(tmp_path, run, words)


def test_a_small_workbook_that_unpacks_to_more_than_two_gigabytes_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr("cslib.workbook.LARGEST_BYTES", 5_000_000)
    bomb = repacked(workbook(TABLE), lambda sheet: sheet + b" " * 6_000_000)
    assert len(bomb) < 20_000
    is_refused(tmp_path, prepared(tmp_path, bomb, name="export.xlsx"), ["too large", "when unpacked"])


# What is read all the same, and says how

READ = {
    "ids as floats": (ROWS + paid("1001.0", 100, MONTHS[:6]) + paid("1001", 100, MONTHS[6:]) + paid("2", 50),
                      ["2 customers with 1,800 ARR", "1001.0 were read as 1001"]),
    "ids in other letters and blanks": (ROWS + paid("ACME", 100, MONTHS[:6]) + paid(" acme ", 100, MONTHS[6:]),
                                        ["1 customer with 1,200 ARR", "GRR 100.0%"]),
    "two ids that differ in zeros and stand side by side": (ROWS + paid("042", 100) + paid("42", 50),
                                                            ["2 customers with 1,800 ARR"]),
    "totals among the rows": (ROWS + paid("A", 5) + paid("Total", 5), ["1 customer with 60 ARR", "13 rows of totals"]),
    "a customer called Total with an id": ("customer_id,customer_name,month,mrr\n" + paid("7,Total", 5) +
                                           paid("8,B", 6), ["2 customers with 132 ARR"]),
    "names that begin like a total": (ROWS + paid("TotalEnergies", 5) + paid("Summe GmbH", 6),
                                      ["2 customers with 132 ARR"]),
    "a day without service": (PERIODS + "A,2023-05-01,2023-05-01,5\nB,2023-01-01,,6\n", ["1 customer with 72 ARR"]),
    "the year 9999 as an end": (PERIODS + "A,2023-01-01,9999-12-31,5\nB,2023-01-01,,6\n",
                                ["2 customers with 132 on", "2 of 2 periods have no end"]),
    "29 February of 2024": (PERIODS + "A,2023-01-01,2024-02-29,5\nB,2023-01-01,,6\n", ["GRR 54.5%", "logo 50.0%"]),
    "one customer": (ROWS + paid("A", 5), ["1 customer with 60 ARR"]),
    "one row": (PERIODS + "A,2023-01-01,,5\n", ["1 customer with 60 ARR", "No period ever ended"]),
    "line ends of an old Mac": (BOOK.replace("\n", "\r"), ["2 customers with 3,600 ARR"]),
    "blank lines between": (BOOK.replace("\n", "\n\n"), ["2 customers with 3,600 ARR", "blank rows"]),
    "ten thousand columns": ("customer,month,mrr," + ",".join(f"c{n}" for n in range(10_000)) + "".join(
        f"\nA,{month},5" + ",x" * 10_000 for month in ("2023-12", "2024-12")), ["1 customer with 60 ARR",
                                                                                "9992 more"]),
    "a hundred thousand billion": ("customer,month,arr\n" + "".join(paid(f"A{n}", 10 ** 12) for n in range(100)),
                                   ["100 customers with 100.00T ARR", "GRR 100.0%"]),
    "a broken UTF-8": (BOOK.encode() + b"\xed\xa0\x80,2024-12,5\n", ["Windows-1252", "line 28"]),
    "attributes of nobody": ({"a.csv": BOOK, "b.csv": "customer,complexity,strategic_value\nX,high,low\n"},
                             ["2 customers with 3,600 ARR", "1 customer of the attribute files"]),
    "churn events of nobody": ({"a.csv": LOST, "b.csv": "customer,churn date,reason\nZ,2024-06-15,pricing\n"},
                               ["1 row of a customer without ARR (line 2)"]),
    "its own parent": ("customer,parent,month,mrr\n" + paid("A,A", 5) + paid("B,A", 5), ["1 customer with 120 ARR"]),
    "three decimals": (ROWS + "A,2023-12,10.125\nA,2024-12,10.125\nB,2024-12,1.5\n", ["1 customer with 122 ARR",
                                                                                   "2 customers with 140 on"]),
}


@pytest.mark.parametrize("label", READ)
def test_it_is_read_and_said_how(label, tmp_path):
    content, words = READ[label]
    run = prepared(tmp_path, content, *(("--map", "parent=parent") if label == "its own parent" else ()))
    assert (run.code, run.err) == (0, ""), run.err
    said = " ".join(run.out.split())
    assert all(word in said for word in words), run.out
    assert all((tmp_path / "out" / name).exists() for name in ("cohorts.json", "movements.csv", "retention.csv"))


def test_a_file_without_the_leading_zeros_is_joined_to_the_ids_that_have_them(tmp_path):
    run = prepared(tmp_path, {"a.csv": ROWS + paid("0042", 100), "b.csv": "customer,complexity\n42,high\n"})
    assert run.code == 0, run.err
    customer, = json.loads((tmp_path / "out" / "customers.json").read_text(encoding="utf-8"))["customers"]
    assert (customer["id"], customer["complexity"]) == ("0042", "high")


NAMES = ["\x1b[31mred\x1b[0m", "\u202egnp.exe", "=cmd|' /C calc'!A0", "a|b|c", "<script>alert(1)</script>", "`x`",
         "[l](http://e)", "-1+1", "@SUM", "'=x", "new\nline", "+1", "\u2066x\u2069", "x" * 200]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_hostile_names_are_harmless_in_every_file_and_on_the_screen(form, tmp_path):
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    run = prepared(tmp_path, ROWS + "".join(paid(name, 100) for name in quoted), "--format", form)
    assert run.code == 0, run.err
    written = {name: raw.decode("utf-8") for name, raw in contents(tmp_path / "out").items()}
    assert "14 customers" in run.out or form == "json"
    for text in (run.out, *written.values()):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    for name, text in written.items():
        assert not name.endswith(".csv") or not re.search(r'(?:^|,)"?[=+@-](?!\d)', text, re.MULTILINE), text


# Questions

ASKED = {
    "two columns for the customer": ("account_id,customer_id,month,mrr\n" + paid("1,a", 5) + paid("2,b", 6), 1),
    "two columns for the start": ("customer,start date,begin date,end date,mrr\n1,2023-01-01,2024-02-01,,6\n"
                                  "2,2023-01-01,2023-03-01,,7\n", 1),
    "two columns for the amount": ("customer,month,mrr,monthly recurring revenue\n" + "".join(
        f"1,{month},5,6\n" for month in MONTHS), 1),
    "a row twice with other amounts": (BOOK + paid("A", 7, ["2024-12"]), 1),
    "two files of one kind": ({"a.csv": BOOK, "b.csv": ROWS + paid("A", 100)}, 1),
    "an order of day and month that nothing tells": (PERIODS + "A,03/04/2023,,5\nB,05/06/2023,,6\n"
                                                     "C,01/02/2023,06/07/2024,7\n", 1),
    "a mark that nothing tells": (ROWS + paid("A", "1.200") + paid("B", "2.500"), 1),
    "thousands after five hundred small amounts": (ROWS + "".join(
        paid(f"C{n}", 100 + n, ("2023-12", "2024-12")) for n in range(300)) + paid("Z", "1.200"), 1),
    "month columns of no unit": ("customer,2023-12,2024-12\nA,5,6\nB,6,7\n", 1),
    "prices of no interval": ({"a.csv": EVENTS, "b.csv": "plan,price\nbasic,10\npro,20\n"}, 1),
    "reasons in the company's own words": ({"a.csv": LOST, "b.csv": "customer,churn date,reason\nB,2024-06-15,a=b=c\n"},
                                           1),
    "reasons and amounts": ({"a.csv": LOST.replace("mrr", "amount"), "b.csv":
                             "customer,churn date,reason\nB,2024-06-15,too dear\n"}, 2),
    "an as-of far in the future": (PERIODS + "A,2023-01-01,2024-01-31,5\nB,2023-01-01,,6\n", 1),
}


def asked(err):
    """The questions on stderr, each as the flags of its answers and what is said of them."""
    questions = []
    for line in err.splitlines():
        if line.startswith("    "):
            flags, _, said = line.strip().partition(": ")
            questions[-1].append((flags, said))
        elif line.startswith("  ") and not line.strip().endswith("may follow."):
            questions.append([])
    return questions


@pytest.mark.parametrize("label", ASKED)
def test_each_answer_to_a_question_has_its_figures_and_the_flags_ask_nothing_more(label, tmp_path):
    content, count = ASKED[label]
    as_of = ("--as-of", "2099-12-31") if "future" in label else AS_OF
    run = prepared(tmp_path, content, as_of=as_of)
    assert (run.code, run.out) == (1, "") and not (tmp_path / "out").exists()
    questions = asked(run.err)
    assert len(questions) == count, run.err
    assert all(FIGURES.search(said) for ways in questions for _, said in ways), run.err
    for choice in range(max(map(len, questions))):
        flags = [flag for ways in questions for flag in shlex.split(ways[min(choice, len(ways) - 1)][0])]
        said = [ways[min(choice, len(ways) - 1)][1] for ways in questions]
        cannot = any("cannot be read so" in each for each in said)
        again = prepared(tmp_path, content, *flags, as_of=as_of)
        assert "question" not in again.err and again.code == cannot, (flags, again.err)
        figure = re.search(r"([\d.,]+[kMBT]?) ARR", said[0])
        if figure and len(questions) == 1:
            assert figure[1] in again.out, (figure[1], again.out)


def test_an_equals_sign_in_a_reason_is_part_of_the_code(tmp_path):
    files = {"a.csv": LOST, "b.csv": "customer,churn date,reason\nB,2024-06-15,a=b=c\n"}
    run = prepared(tmp_path, files, "--reason", "a=b=c=pricing")
    assert run.code == 0, run.err
    lost = [one for one in json.loads((tmp_path / "out" / "cohorts.json").read_text())["accounts"]
            if not one["ending_arr"]]
    assert [one["churn_reason"] for one in lost] == ["pricing"]


# The same file twice

@pytest.mark.parametrize("way", ["the same path", "a copy", "a symbolic link", "another spelling of the path"])
def test_the_same_file_twice_is_wrong_usage(way, tmp_path):
    first, = given(tmp_path, BOOK)
    other = {"the same path": first, "another spelling of the path": tmp_path / ".." / tmp_path.name / "export.csv"}
    second = other.get(way, tmp_path / "other.csv")
    if way == "a copy":
        second.write_bytes(first.read_bytes())
    elif way == "a symbolic link":
        second.symlink_to(first)
    run = called(DOOR, first, second, *AS_OF, "--out-dir", tmp_path / "out")
    assert (run.code, run.out) == (2, "") and "are the same file; give it once" in run.err
    assert not (tmp_path / "out").exists()


def test_standard_input_twice_is_wrong_usage(tmp_path):
    run = called(DOOR, "-", "-", *AS_OF, "--out-dir", tmp_path / "out", stdin=BOOK)
    assert (run.code, run.out) == (2, "") and "are the same file" in run.err and not (tmp_path / "out").exists()


# The folder that is written to

def test_other_files_of_the_folder_are_left_alone_and_a_fill_in_that_was_filled_is_kept(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    mine = {"fill_in.csv": b"id,complexity\nA,high\n", "notes.txt": b"mine\r\n", "cohorts.json.bak": b"\x00"}
    given(out, mine)
    (out / "folder").mkdir()
    run = prepared(tmp_path, BOOK)
    assert run.code == 0, run.err
    after = contents(out)
    assert {name: after[name] for name in mine} == mine and (out / "folder").is_dir()
    assert set(after) - set(mine) == {"cohorts.json", "movements.csv", "retention.csv", "cohort_triangle.csv",
                                      "customers.json", "book.json"}


def test_an_out_dir_that_is_a_file_is_wrong_usage_and_stays(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        run = called(DOOR, *given(tmp_path, BOOK), *AS_OF, "--out-dir", out)
        assert (run.code, run.out) == (2, "") and "--out-dir" in run.err and str(out) in run.err
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_under_the_name_of_a_file_is_wrong_usage(tmp_path):
    (tmp_path / "out" / "book.json").mkdir(parents=True)
    run = prepared(tmp_path, BOOK)
    assert (run.code, run.out) == (2, "") and "book.json is not a plain file" in run.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["book.json"]


@pytest.fixture
def before(tmp_path):
    """A folder with what an earlier run wrote, and the same run over other figures."""
    assert prepared(tmp_path, BOOK).code == 0
    given(tmp_path, LOST)
    return contents(tmp_path / "out")


def fails_at(monkeypatch, name, number, code):
    real, calls = getattr(os, name), []

    def failing(*args, **kwargs):
        calls.append(args)
        if len(calls) == number:
            raise OSError(code, os.strerror(code))
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


@pytest.mark.parametrize("name, number, code", [("fsync", 1, errno.ENOSPC), ("fsync", 4, errno.ENOSPC),
                                                ("replace", 1, errno.EACCES), ("replace", 3, errno.EIO),
                                                ("replace", 6, errno.EDQUOT)])
def test_what_was_there_is_intact_when_a_file_cannot_be_written(name, number, code, before, tmp_path, monkeypatch):
    fails_at(monkeypatch, name, number, code)
    run = called(DOOR, tmp_path / "export.csv", *AS_OF, "--out-dir", tmp_path / "out")
    assert (run.code, run.out) == (2, "") and os.strerror(code) in run.err
    assert contents(tmp_path / "out") == before
    monkeypatch.undo()
    assert called(DOOR, tmp_path / "export.csv", *AS_OF, "--out-dir", tmp_path / "out").code == 0
    after = contents(tmp_path / "out")
    assert after.keys() == before.keys() and after["cohorts.json"] != before["cohorts.json"]


def test_new_files_do_not_stay_behind_when_a_later_one_cannot_be_put_in_place(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    fails_at(monkeypatch, "replace", 4, errno.ENOSPC)
    assert prepared(tmp_path, BOOK).code == 2
    assert contents(tmp_path / "out") == {}


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
def test_what_was_there_is_intact_when_the_system_ends_a_file_early(before, tmp_path):
    limit = ("import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)); "
             "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')")
    done = subprocess.run([sys.executable, "-B", "-c", limit, str(SCRIPTS / f"{DOOR}.py"), str(tmp_path / "export.csv"),
                           *AS_OF, "--out-dir", str(tmp_path / "out")], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, b"") and b"cannot be written" in done.stderr
    assert contents(tmp_path / "out") == before


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a superuser may write everywhere")
def test_what_was_there_is_intact_without_permission(before, tmp_path):
    (tmp_path / "out").chmod(0o500)
    run = called(DOOR, tmp_path / "export.csv", *AS_OF, "--out-dir", tmp_path / "out")
    (tmp_path / "out").chmod(0o700)
    assert (run.code, run.out) == (2, "") and "Permission denied" in run.err
    assert contents(tmp_path / "out") == before


def test_a_folder_that_cannot_be_made_is_wrong_usage(tmp_path, monkeypatch):
    fails_at(monkeypatch, "makedirs", 1, errno.EACCES)
    is_refused(tmp_path, prepared(tmp_path, BOOK), ["--out-dir", "cannot be made", "Permission denied"])


# The same bytes

SHUFFLED = {"a.csv": ROWS + "".join(paid(f"C{n}", 50 + 7 * n, MONTHS[:13 - n % 5]) for n in range(12)),
            "b.csv": ROWS + "".join(paid(f"D{n}", 30 + 11 * n, MONTHS[n % 3:]) for n in range(9)),
            "c.csv": "customer,churn date,reason\n" + "".join(f"C{n},2024-1{n % 3}-05,pricing\n" for n in range(12)),
            "d.csv": "customer,complexity\n" + "".join(f"C{n},high\nD{n},low\n" for n in range(9))}


def shuffled(files, seed):
    """The same files with their rows, and the files, in another order."""
    mixed = random.Random(seed)
    result = {}
    for name in mixed.sample(sorted(files), len(files)):
        header, *rows = files[name].splitlines()
        result[name] = "\n".join([header, *mixed.sample(rows, len(rows))]) + "\n"
    return result


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_of_files_changes_no_byte(seed, tmp_path):
    for folder, files in (("one", SHUFFLED), ("two", shuffled(SHUFFLED, seed))):
        (tmp_path / folder).mkdir()
        run = prepared(tmp_path / folder, files)
        assert run.code == 0, run.err
    assert contents(tmp_path / "one" / "out") == contents(tmp_path / "two" / "out")


def test_neither_the_hash_seed_nor_the_language_nor_the_time_zone_changes_a_byte(tmp_path):
    files = given(tmp_path, {**SHUFFLED, "e.csv": "customer,industry\n" + "Ü,Möbel\n"})
    found = set()
    for seed, language, zone in (("0", "C", "UTC"), ("1", "de_DE.UTF-8", "Asia/Kolkata"),
                                 ("2", "tr_TR.ISO-8859-9", "America/Los_Angeles")):
        run = ran(DOOR, *files, *AS_OF, "--out-dir", "out" + seed, cwd=tmp_path,
                  env={"PYTHONHASHSEED": seed, "LANG": language, "LC_ALL": language, "TZ": zone})
        assert run.code == 0, run.err
        found.add((run.out.replace("out" + seed, "out"), *sorted(contents(tmp_path / f"out{seed}").items())))
    assert len(found) == 1


def test_a_question_is_the_same_whatever_the_hash_seed(tmp_path):
    files = given(tmp_path, ASKED["reasons and amounts"][0])
    said = {ran(DOOR, *files, *AS_OF, "--check", env={"PYTHONHASHSEED": seed}).err for seed in "012"}
    assert len(said) == 1 and "question" in said.pop()
