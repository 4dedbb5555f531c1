"""One export as spreadsheets and billing systems of other countries save it: every copy gives the clean one's files."""

from __future__ import annotations

import csv
import io
import random
import sys
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from conftest import INTAKE, called
from test_ten_exports import YEAR_END, BySql, agrees, asked, document, month_end_before, prepared, questions, rows, ways

D = Decimal
TABLES = ("movements.csv", "retention.csv", "cohort_triangle.csv")

# Customer -> name, segment, and (start, end, MRR) of its periods. ARR is twelve times as much, exact to the cent.
COMPANIES = {
    1001: ("Möwe & Söhne Example GmbH", "retail", [
        ("2023-02-14", "2024-02-14", "104.05"), ("2024-02-14", "2025-02-14", "104.05"), ("2025-02-14", "", "131.20")]),
    1002: ("Größe Straße Example AG", "logistics", [
        ("2023-05-01", "2024-05-01", "1250.40"), ("2024-05-01", "2025-05-01", "1375.10"), ("2025-05-01", "", "990")]),
    1003: ("Café Éclair Example SA", "retail", [
        ("2023-03-31", "2024-03-31", "71.50"), ("2024-03-31", "2025-03-31", "71.50")]),
    1004: ("Peña Example SL", "healthcare", [
        ("2023-07-19", "2024-07-19", "416.65"), ("2024-07-19", "2025-07-19", "416.65"), ("2025-07-19", "", "458.30")]),
    1005: ("Hollow Reed Example Inc", "healthcare", [
        ("2023-09-25", "2024-09-25", "58.35"), ("2024-09-25", "2025-09-25", "66.70"), ("2025-09-25", "", "66.70")]),
    1006: ("Quill, Ink Example Ltd", "logistics", [
        ("2024-01-22", "2024-02-22", "0"), ("2024-02-22", "2025-02-22", "83.30"), ("2025-02-22", "", "83.30")]),
    1007: ("Tall Poppy Example Ltd", "retail", [
        ("2022-11-30", "2024-04-30", "29.15"), ("2025-06-16", "", "37.50")]),
    1008: ("Ünlü Example AS", "logistics", [
        ("2023-12-05", "2024-12-05", "2083.30"), ("2024-12-05", "2025-12-05", "2291.60"),
        ("2025-12-05", "", "2500")]),
    1009: ("Slow Tide Example Inc", "healthcare", [("2025-03-13", "2025-10-13", "145.80"), ("2025-10-13", "", "175")]),
    1010: ("Ågård Example AB", "retail", [
        ("2024-08-17", "2025-08-17", "20.85"), ("2025-08-17", "", "12.50")]),
    1011: ("Dry Dock Example Ltd", "logistics", [
        ("2024-10-28", "2024-11-28", "0"), ("2024-11-28", "2025-07-28", "312.45")]),
    1012: ("Last Lamp Example SA", "healthcare", [("2025-11-21", "", "1041.65")]),
}
COLUMNS = {"subscriptions": ("customer_id", "customer_name", "segment", "start_date", "end_date", "arr"),
           "snapshots": ("customer_id", "customer_name", "segment", "month", "mrr")}
GERMAN = {"subscriptions": ("Kundennummer", "Kundenname", "Segment", "Vertragsbeginn", "Vertragsende", "Jahresbetrag"),
          "snapshots": ("Kundennummer", "Kundenname", "Segment", "Monat", "Monatsbetrag")}
FRENCH = {"subscriptions": ("Numéro client", "Nom du client", "Segment", "Date de début", "Date de fin",
                            "Montant annuel"),
          "snapshots": ("Numéro client", "Nom du client", "Segment", "Mois", "Montant mensuel")}
MONTHS = {"english": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
          "german": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
          "french": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
          "long": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"}


def subscriptions():
    """The rows of the subscriptions export: customer, name, segment, start, end or None, ARR."""
    return [[customer, name, segment, date.fromisoformat(start), date.fromisoformat(end) if end else None, 12 * D(mrr)]
            for customer, (name, segment, periods) in COMPANIES.items() for start, end, mrr in periods]


def snapshots():
    """The same companies on the last days of the months from September 2024: customer, name, segment, day, MRR."""
    ends = [month_end_before(YEAR_END, back) for back in reversed(range(16))]
    return [[customer, name, segment, date.fromisoformat(day), D(mrr)]
            for customer, (name, segment, periods) in COMPANIES.items() for day in ends
            for start, end, mrr in periods if start <= day < (end or "9999")]


EXPORTS = {"subscriptions": subscriptions, "snapshots": snapshots}


# How cells are written

def iso(day):
    return day.isoformat()


def dotted(day):
    return f"{day:%d.%m.%Y}"


def slashed(day):
    return f"{day:%d/%m/%Y}"


def american(day):
    return f"{day.month}/{day.day}/{day.year}"


def named(language, separator, digits):
    return lambda day: f"{MONTHS[language].split()[day.month - 1]}{separator}{str(day.year)[-digits:]}"


def plain(amount):
    return f"{amount:.2f}"


def comma(amount):
    return f"{amount:.2f}".replace(".", ",")


def american_money(amount):
    return f"${amount:,.2f}"


def grouped(separator, mark, unit=""):
    return lambda amount: f"{amount:,.2f}".replace(",", "_").replace(".", mark).replace("_", separator) + unit


def accounting(amount):
    return f"{amount:,.2f}" if amount else "(0)"


def written(kind, day=iso, amount=plain, identity=str, nothing="", header=None):
    """An export as rows of text, its header first."""
    forms = {date: day, D: amount, int: identity, str: str, type(None): lambda _: nothing}
    return [list(header or COLUMNS[kind]), *([forms[type(cell)](cell) for cell in row] for row in EXPORTS[kind]())]


# How files are saved

def saved(table, encoding="utf-8", **form):
    text = io.StringIO()
    csv.writer(text, **{"lineterminator": "\n", **form}).writerows(table)
    return text.getvalue().encode(encoding)


def titled(table):
    wide = [""] * (len(table[0]) - 1)
    return [["Larkfield example report", *wide], ["Exported on 2 January 2026", *wide], ["", *wide], *table]


def with_total(table, label="Total"):
    total = sum((D(row[-1]) for row in table[1:]), D(0))
    return [*table, [label, *[""] * (len(table[0]) - 2), plain(total)]]


def with_blanks(table):
    return [*table, *[[""] * len(table[0])] * 3]


def widened(table):
    return [[*row, "", "", ""] for row in table]


def shuffled(table):
    below = table[1:]
    random.Random(7).shuffle(below)
    return [table[0], *below]


def turned(table):
    """Columns in another order."""
    order = random.Random(3).sample(range(len(table[0])), len(table[0]))
    return [[row[column] for column in order] for row in table]


def german(kind):
    """All of it at once, as a German spreadsheet saves it."""
    table = shuffled(written(kind, dotted, grouped(".", ",", " €"), header=GERMAN[kind]))
    total = ["Summe", *[""] * (len(table[0]) - 2), "99.999,99 €"]
    return saved(widened(titled([*table, total])), "utf-8-sig", delimiter=";", lineterminator="\r\n")


def french(kind):
    """The same from a French one, narrow spaces between the thousands."""
    return saved(titled(written(kind, slashed, grouped("\u202f", ",", " €"), header=FRENCH[kind])), "utf-8-sig",
                 delimiter=";", lineterminator="\r\n")


USD, EUR = ("--currency", "USD"), ("--currency", "EUR")
# What was done to the copy -> its bytes, and the flags of its run.
DAMAGE = {
    "UTF-8 BOM, semicolons, decimal commas, dd.mm.yyyy": (
        lambda kind: saved(written(kind, dotted, comma), "utf-8-sig", delimiter=";"), USD),
    "UTF-16 with tabs": (lambda kind: saved(written(kind), "utf-16", delimiter="\t"), USD),
    "UTF-16 big-endian with tabs": (
        lambda kind: b"\xfe\xff" + saved(written(kind), "utf-16-be", delimiter="\t"), USD),
    "cp1252": (lambda kind: saved(written(kind), "cp1252"), USD),
    "dd/mm/yyyy": (lambda kind: saved(written(kind, slashed)), USD),
    "m/d/yyyy": (lambda kind: saved(written(kind, american)), USD),
    "dates with a time": (lambda kind: saved(written(kind, lambda day: f"{day}T00:00:00Z")), USD),
    "dates as 2024/03/14": (lambda kind: saved(written(kind, lambda day: f"{day:%Y/%m/%d}")), USD),
    "dates as 20240314": (lambda kind: saved(written(kind, lambda day: f"{day:%Y%m%d}")), USD),
    "dates as 14-Mar-2024": (
        lambda kind: saved(written(kind, lambda day: f"{day.day}-{named('english', '-', 4)(day)}")), USD),
    "$1,200.50": (lambda kind: saved(written(kind, amount=american_money)), USD),
    "1.200,50 EUR": (lambda kind: saved(written(kind, amount=grouped(".", ",", " EUR"))), EUR),
    "1 200,50 with a no-break space": (lambda kind: saved(written(kind, amount=grouped("\xa0", ","))), USD),
    "1'200.50": (lambda kind: saved(written(kind, amount=grouped("'", "."))), USD),
    "CHF 1’200.50": (
        lambda kind: saved(written(kind, amount=lambda n: "CHF " + grouped("’", ".")(n))), ("--currency", "CHF")),
    "zero as (0)": (lambda kind: saved(written(kind, amount=accounting)), USD),
    "CRLF": (lambda kind: saved(written(kind), lineterminator="\r\n"), USD),
    "all quoted": (lambda kind: saved(written(kind), quoting=csv.QUOTE_ALL), USD),
    "trailing empty columns": (lambda kind: saved(widened(written(kind))), USD),
    "title lines above": (lambda kind: saved(titled(written(kind))), USD),
    "a totals row below": (lambda kind: saved(with_total(written(kind))), USD),
    "a grand total below": (lambda kind: saved(with_total(written(kind), "Grand Total")), USD),
    "blank rows below": (lambda kind: saved(with_blanks(written(kind))), USD),
    "ids as floats": (lambda kind: saved(written(kind, identity=lambda n: f"{n}.0")), USD),
    "ids with blanks around them": (lambda kind: saved(written(kind, identity=lambda n: f" {n} ")), USD),
    "ids as formulas": (lambda kind: saved(written(kind, identity=lambda n: f'="{n}"')), USD),
    "German headers": (lambda kind: saved(written(kind, header=GERMAN[kind])), USD),
    "French headers": (lambda kind: saved(written(kind, header=FRENCH[kind])), USD),
    "headers in capitals with blanks": (
        lambda kind: saved(written(kind, header=[name.replace("_", " ").upper() for name in COLUMNS[kind]])), USD),
    "columns in another order": (lambda kind: saved(turned(written(kind))), USD),
    "rows in another order": (lambda kind: saved(shuffled(written(kind))), USD),
    "a German spreadsheet": (german, EUR),
    "a French spreadsheet": (french, EUR),
}
ONLY_PERIODS = {
    "open ends as N/A": (lambda kind: saved(written(kind, nothing="N/A")), USD),
    "open ends as a dash": (lambda kind: saved(written(kind, nothing="-")), USD),
    "open ends as NULL": (lambda kind: saved(written(kind, nothing="NULL")), USD),
    "open ends in 9999": (lambda kind: saved(written(kind, nothing="9999-12-31")), USD),
}
ONLY_MONTHS = {
    "Mar-24": (lambda kind: saved(written(kind, named("english", "-", 2))), USD),
    "Mar 2024": (lambda kind: saved(written(kind, named("english", " ", 4))), USD),
    "Mrz 24": (lambda kind: saved(written(kind, named("german", " ", 2))), USD),
    "März 2024": (lambda kind: saved(written(kind, named("long", " ", 4))), USD),
    "mars-24": (lambda kind: saved(written(kind, named("french", "-", 2))), USD),
    "03/2024": (lambda kind: saved(written(kind, lambda day: f"{day:%m/%Y}")), USD),
    "202403": (lambda kind: saved(written(kind, lambda day: f"{day:%Y%m}")), USD),
    "2024-03": (lambda kind: saved(written(kind, lambda day: f"{day:%Y-%m}")), USD),
}
COPIES = {**{(kind, name): how for name, how in DAMAGE.items() for kind in EXPORTS},
          **{("subscriptions", name): how for name, how in ONLY_PERIODS.items()},
          **{("snapshots", name): how for name, how in ONLY_MONTHS.items()}}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Kind -> the folder of what the clean copy gives."""
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in EXPORTS}
    for kind, folder in folders.items():
        (folder / "clean.csv").write_bytes(saved(written(kind)))
        prepared(folder, folder / "clean.csv", USD)
    return folders


def alike(folder, clean):
    for name in TABLES:
        assert (folder / name).read_bytes() == (clean / name).read_bytes(), name
    made, expected = document(folder), document(clean)
    for key in ("accounts", "history", "flows"):
        assert made[key] == expected[key], key


def by_sql():
    text = io.StringIO()
    csv.writer(text).writerows([("customer", "start", "ends", "cents"), *(
        (row[0], row[3], row[4] or "", int(row[5] * 100)) for row in subscriptions())])
    return BySql({"e": text.getvalue()}, "select customer, start, nullif(ends, '') as end, cents + 0 as arr from e")


def test_the_clean_export_holds_thirty_rows_and_every_kind_of_movement():
    moved, customers = by_sql().bridge("2024-12-31", YEAR_END)
    assert 28 <= len(subscriptions()) <= 32 and all(moved) and all(customers)
    # GRR, in cents a month, of 1001 10405, 1002 137510 -> 99000, 1003 7150 -> 0, 1004 41665, 1005 6670, 1006 8330,
    # 1008 229160, 1010 2085 -> 1250, 1011 31245 -> 0.
    grr, _, logo = by_sql().kept("2024-12-31", YEAR_END)
    held = 10405 + 137510 + 7150 + 41665 + 6670 + 8330 + 229160 + 2085 + 31245
    assert (grr.numerator * held, logo * 9) == (
        grr.denominator * (10405 + 99000 + 41665 + 6670 + 8330 + 229160 + 1250), 7)


def test_the_clean_export_gives_what_sql_does(clean):
    agrees(clean["subscriptions"], by_sql(), parts=100)


def test_both_clean_exports_tell_of_the_same_year(clean):
    ends = [{a["id"]: (a["starting_arr"], a["ending_arr"]) for a in document(folder)["accounts"]}
            for folder in clean.values()]
    assert ends[0] == ends[1]


@pytest.mark.parametrize("kind, name", COPIES)
def test_a_damaged_copy_gives_what_the_clean_one_does(tmp_path, clean, kind, name):
    make, flags = COPIES[kind, name]
    copy = tmp_path / "copy.csv"
    copy.write_bytes(make(kind))
    assert copy.read_bytes() != (clean[kind] / "clean.csv").read_bytes()
    prepared(tmp_path / "out", copy, flags)
    alike(tmp_path / "out", clean[kind])


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_workbook_gives_what_the_clean_copy_does(tmp_path, clean, kind):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [COLUMNS[kind], *EXPORTS[kind]()]:
        book.active.append(list(row))
    book.save(tmp_path / "copy.xlsx")
    prepared(tmp_path / "out", tmp_path / "copy.xlsx", USD)
    alike(tmp_path / "out", clean[kind])


def test_a_workbook_where_none_can_be_read_is_refused_with_how_to_save_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with zipfile.ZipFile(tmp_path / "copy.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
    done = called(INTAKE, tmp_path / "copy.xlsx", "--as-of", YEAR_END, "--out-dir", tmp_path / "out")
    assert (done.code, done.out) == (1, "") and not (tmp_path / "out").exists()
    assert "CSV" in done.err and "openpyxl" in done.err


# What no column decides is asked, with both results, and the flag answers it for good

def test_days_and_months_that_cannot_be_told_apart_are_a_question(tmp_path):
    path = tmp_path / "copy.csv"
    path.write_text("customer,start,end,arr\nA,03/04/2023,,1000\nB,05/11/2023,06/02/2025,500\nC,02/07/2025,,300\n",
                    encoding="utf-8")
    err = asked(tmp_path, path, USD)
    said = ways(err)
    assert questions(err) == 1 and set(said) == {("--dates", "dmy"), ("--dates", "mdy")}
    for order, end in (("dmy", "2025-02"), ("mdy", "2025-06")):
        assert "GRR 66.7%" in said["--dates", order]
        prepared(tmp_path / order, path, (*USD, "--dates", order))
        left = [row["period"] for row in rows(tmp_path / order, "movements.csv") if float(row["churned_arr"])]
        assert left == [end]


def test_thousands_that_may_be_decimals_are_a_question(tmp_path):
    path = tmp_path / "copy.csv"
    path.write_text("customer,start,end,arr\nA,2023-03-04,,1.200\nB,2023-11-05,2025-06-02,2.400\n", encoding="utf-8")
    err = asked(tmp_path, path, USD)
    said = ways(err)
    assert questions(err) == 1 and set(said) == {("--decimal", "point"), ("--decimal", "comma")}
    for mark, unit in (("point", 1), ("comma", 1000)):
        prepared(tmp_path / mark, path, (*USD, "--decimal", mark))
        assert [(a["starting_arr"], a["ending_arr"]) for a in document(tmp_path / mark)["accounts"]] == [
            (1.2 * unit, 1.2 * unit), (2.4 * unit, 0)]


def test_a_flag_about_dates_or_decimals_does_not_harm_what_is_plain(tmp_path, clean):
    path = tmp_path / "copy.csv"
    path.write_bytes(saved(written("subscriptions")))
    prepared(tmp_path / "out", path, (*USD, "--dates", "mdy"))
    alike(tmp_path / "out", clean["subscriptions"])
    prepared(tmp_path / "again", path, (*USD, "--decimal", "point"))
    alike(tmp_path / "again", clean["subscriptions"])
