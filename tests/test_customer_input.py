"""What the door of decision B is given: a document or exports, with what of them is in no figure, and answers."""

from __future__ import annotations

import argparse
import json
from datetime import date

import pytest

from cslib import customer_input, intake_flags
from cslib.customer_input import Given
from cslib.refusal import Refusal, Usage

AS_OF = "2026-09-30"
DOCUMENT = {"as_of": AS_OF, "currency": "USD", "customers": [{"id": "C-1", "arr": 1000}, {"id": "C-2", "arr": 900}]}


def given(folder, files, *args, ask=None) -> Given:
    """What is given by files, by name: texts, or a document."""
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    flags = argparse.ArgumentParser()
    flags.add_argument("files", nargs="*")
    intake_flags.reading_flags(flags, False)
    known = flags.parse_args([*(str(folder / name) for name in files if name != ask), *args])
    known.ask, known.stage = ask and str(folder / ask), None
    return customer_input.given(known)


def of_export(folder, text, *args) -> Given:
    return given(folder, {"e.csv": text}, "--as-of", AS_OF, "--currency", "USD", *args)


def usage(folder, files, *args, ask=None) -> str:
    with pytest.raises(Usage) as caught:
        given(folder, files, *args, ask=ask)
    return str(caught.value)


def test_a_document_is_given_as_it_stands_and_says_for_itself_what_is_to_be_known(tmp_path):
    assert given(tmp_path, {"in.json": DOCUMENT}) == Given(DOCUMENT, str(tmp_path / "in.json"), None, ())


def test_an_export_of_which_every_row_counts_leaves_nothing_to_say(tmp_path):
    found = of_export(tmp_path, "customer_id,arr\nC-1,1000\nC-2,900\n")
    assert found.notes == () and [row["id"] for row in found.document["customers"]] == ["C-1", "C-2"]


@pytest.mark.parametrize("row, said", [
    ("C-3,Lark,,", "1 customer without ARR, left out: C-3."),
    ("C-3,Lark,,churned", "1 customer without ARR, left out: C-3."),
    ("C-3,Lark,0,", "1 customer with an ARR of zero, left out: C-3."),
    (",Lark,500,", "e.csv: set aside: 1 row without a customer (line 4)."),
    ("Total,,2400,", "e.csv: set aside: 1 row of totals (line 4)."),
    (",TOTAL,2400,", "e.csv: set aside: 1 row of totals (line 4)."),
    ("C-2,Quill,900,", "e.csv: set aside: 1 double row (line 4)."), (",,,", "e.csv: set aside: 1 blank row (line 4).")])
def test_what_is_in_no_figure_is_said(tmp_path, row, said):
    found = of_export(tmp_path, f"customer_id,name,arr,status\nC-1,Fern,1000,\nC-2,Quill,900,\n{row}\n")
    assert [note for note in found.notes if not note.startswith("The row of totals")] == [said]
    assert sum(one["arr"] for one in found.document["customers"]) == 1900


def test_of_many_customers_without_arr_the_first_are_named_and_all_are_counted(tmp_path):
    rows = "".join(f"C-{n},\n" for n in range(3, 9))
    assert of_export(tmp_path, f"customer_id,arr\nC-1,1000\n{rows}").notes == (
        "6 customers without ARR, left out: C-3, C-4, C-5 and 3 more.",)


def test_files_that_disagree_are_said_to(tmp_path):
    found = given(tmp_path, {"a.csv": "customer_id,arr,complexity\nC-1,1000,low\n",
                             "b.csv": "customer_id,complexity\nC-1,high\n"}, "--as-of", AS_OF, "--currency", "USD")
    assert found.notes == ("Two files disagree in 1 value; the later file counts.",)


def test_a_column_that_is_nearly_a_role_is_named_with_the_flag_that_makes_it_one(tmp_path):
    text = "customer_id,arr,in_target_indutry,Executive Sponsor,Owner\nC-1,1000,yes,A. Fern,x\nC-2,900,no,B. Moss,y\n"
    note, = of_export(tmp_path, text).notes
    assert note == ('e.csv: not used: "in_target_indutry" (in_target_industry?), "Executive Sponsor" '
                    '(has_executive_sponsor?). If it is meant: --map in_target_industry="in_target_indutry".')
    mapped = of_export(tmp_path, text, "--map", "in_target_industry=in_target_indutry")
    assert [row["icp_signals"] for row in mapped.document["customers"]] == [
        {"in_target_industry": True}, {"in_target_industry": False}]


def test_a_customer_who_is_said_to_pay_nothing_is_refused(tmp_path):
    with pytest.raises(Refusal) as caught:
        of_export(tmp_path, "customer_id,arr,relationship,status\nC-1,1000,paying,\nC-2,0,paying,\nC-3,0,pilot,\n"
                            "C-4,0,paying,churned\n")
    assert [(fault.kind, fault.place) for fault in caught.value.faults] == [("paying without ARR", "customer C-2")]


@pytest.mark.parametrize("flag, value", [
    ("--currency", "EUR"), ("--map", "arr=arr"), ("--kind", "customers"), ("--rate", "USD=0.9"), ("--overlap", "add"),
    ("--ticket-cost", "45"), ("--period-months", "3"), ("--grace-days", "5"), ("--reason", "x=pricing"),
    ("--end-date", "inclusive"), ("--complete-to", AS_OF), ("--dates", "dmy"), ("--decimal", "comma"),
    ("--cents", "no")])
def test_a_flag_about_exports_is_wrong_usage_for_a_document(tmp_path, flag, value):
    assert flag in usage(tmp_path, {"in.json": DOCUMENT}, flag, value)


def test_every_flag_about_exports_at_its_default_goes_with_a_document(tmp_path):
    assert given(tmp_path, {"in.json": DOCUMENT}, "--period-months", "12", "--grace-days", "0").answered is None


@pytest.mark.parametrize("flag, value, column, cell, read", [
    ("--dates", "dmy", "renewal_date", "3/4/2027", "2027-04-03"),
    ("--dates", "mdy", "renewal_date", "3/4/2027", "2027-03-04"),
    ("--decimal", "comma", "annual_cost_to_serve", "1.200", 1200),
    ("--cents", "yes", "annual_cost_to_serve", "1200", 12)])
def test_how_cells_are_written_can_be_said_of_answers_to_a_document(tmp_path, flag, value, column, cell, read):
    found = given(tmp_path, {"in.json": DOCUMENT, "a.csv": f"customer_id,{column}\nC-1,{cell}\n"}, flag, value,
                  ask="a.csv")
    assert found.document["customers"][0][column] == read and found.answered == 1


def test_that_exports_are_in_cents_says_nothing_of_answers(tmp_path):
    found = given(tmp_path, {"e.csv": "customer_id,arr\nC-1,100000\n",
                             "a.csv": "customer_id,annual_cost_to_serve\nC-1,50\n"},
                  "--as-of", AS_OF, "--cents", "yes", ask="a.csv")
    one, = found.document["customers"]
    assert (one["arr"], one["annual_cost_to_serve"]) == (1000, 50)


def test_a_document_with_answers_goes_by_both_names_and_says_which_columns_are_none(tmp_path):
    found = given(tmp_path, {"in.json": DOCUMENT, "a.csv": "customer_id,multi_year,Owner\nC-1,yes,x\n"}, ask="a.csv")
    assert found.source == f"{tmp_path / 'in.json'} and {tmp_path / 'a.csv'}"
    assert (found.answered, found.notes) == (1, ("a.csv: not used: Owner.",))


@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_an_input_is_no_file_of_answers(tmp_path, link):
    (tmp_path / "in.json").write_text(json.dumps(DOCUMENT))
    if link:
        getattr(tmp_path / "a.csv", link)(tmp_path / "in.json")
    flags = argparse.Namespace(files=[str(tmp_path / "in.json")], ask=str(tmp_path / ("a.csv" if link else "in.json")))
    with pytest.raises(Usage, match="is an input"):
        customer_input.given(flags)


@pytest.mark.parametrize("names, args", [(("a.json", "b.json"), ()), (("a.json",), ("--as-of", AS_OF)),
                                         (("a.json", "e.csv"), ()), (("e.csv", "a.json"), ("--as-of", AS_OF))])
def test_a_document_stands_alone_and_without_a_date(tmp_path, names, args):
    files = {name: DOCUMENT if name.endswith("json") else "customer_id,arr\nC-1,5\n" for name in names}
    assert usage(tmp_path, files, *args) == "give one customers.json, or exports with --as-of; not both"


@pytest.mark.parametrize("name, content", [("e.data", b"customer_id,arr\nC-1,5\n"),
                                           ("e.xls", "customer_id\tarr\nC-1\t5\n".encode("utf-16"))])
def test_an_export_of_any_name_is_pointed_to_the_date_that_it_needs(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    flags = argparse.ArgumentParser()
    flags.add_argument("files", nargs="*")
    intake_flags.reading_flags(flags, False)
    known = flags.parse_args([str(tmp_path / name)])
    known.ask, known.stage = None, None
    with pytest.raises(Refusal) as caught:
        customer_input.given(known)
    assert "--as-of DATE" in caught.value.faults[0].hint
    known.as_of = date.fromisoformat(AS_OF)
    assert [row["id"] for row in customer_input.given(known).document["customers"]] == ["C-1"]


@pytest.mark.parametrize("rows, said", [
    ("C-1,1000\nC-2,900\nTotal,1900\n", "The row of totals (line 4) agrees: 1,900 ARR on 2026-09-30."),
    ("C-1,1000\nC-2,900\nTotal,2900\n",
     "The row of totals (line 4) says 2,900 ARR on 2026-09-30, the rows of customers add up to 1,900: settle that "
     "before you show a figure.")])
def test_a_row_of_totals_of_a_list_of_customers_is_held_against_its_rows(tmp_path, rows, said):
    assert of_export(tmp_path, "customer_id,arr\n" + rows, "--kind", "customers").notes[0] == said


def test_two_rows_of_totals_are_held_against_nothing(tmp_path):
    notes = of_export(tmp_path, "customer_id,arr\nC-1,1000\nSubtotal,1000\nTotal,1000\n", "--kind", "customers").notes
    assert not any("row of totals" in note and "ARR" in note for note in notes)


def test_a_first_day_after_the_date_is_said(tmp_path):
    notes = of_export(tmp_path, "customer_id,arr,signup_date\nC-1,1000,2026-11-01\nC-2,900,2025-01-01\n").notes
    assert "The first day of 1 customer lies after 2026-09-30: tenure unknown." in notes
