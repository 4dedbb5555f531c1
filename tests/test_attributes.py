"""Attributes and costs read: what cells mean, what is unknown, what is refused; then files laid over each other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import attribute_rows, attributes
from cslib.asides import Asides
from cslib.attribute_cells import FLAGS, FORMS, LEVELS, Known, guarded_twice, unguarded
from cslib.attributes import Attributes
from cslib.columns import Reading, Role
from cslib.refusal import Refusal
from cslib.styles import Style

D = Decimal
END = 2024 * 12 + 11
TWELVE_MONTHS = range(END - 11, END + 1)
PLAIN = Style()


class Rows:
    """A table in memory, its header on line 1."""

    def __init__(self, header, rows):
        self.name, self.header, self.given, self.line = "crm.csv", header, rows, 0

    def rows(self, asides):
        for line, row in enumerate(self.given, 2):
            self.line = line
            yield row


def entered(text):
    return text.strip() if text.strip() and text.strip().casefold() != "total" else None


def read(header, *rows, kind="customers", style=PLAIN, cents=False, rates=None, enter=entered, asides=None):
    names = header.split(",")
    cells = [row.split(",") if isinstance(row, str) else list(row) for row in rows]
    roles = {name: Role(column, "named") for column, name in enumerate(names)}
    reading = Reading(kind, None, roles, "", "", cents, (), (), ())
    return attribute_rows.read(Rows(names, cells), reading, style, Asides() if asides is None else asides, enter,
                           TWELVE_MONTHS, rates or {})


def only(header, row, **how):
    known, = read(header, row, **how).customers.values()
    return known


def faults(header, *rows, **how):
    with pytest.raises(Refusal) as caught:
        read(header, *rows, **how)
    return [(fault.kind, fault.place, fault.got) for fault in caught.value.faults]


READ = [(flag, text, value) for flag in FLAGS
        for text, value in (("yes", True), ("No", False), ("ja", True), ("nein", False), ("1", True), ("FALSE", False))]
READ += [(level, text, value) for level in LEVELS for text, value in (
    ("High", "high"), ("hoch", "high"), ("élevé", "high"), ("medium", "medium"), ("Mittel", "medium"),
    ("moyen", "medium"), ("low", "low"), ("niedrig", "low"), ("gering", "low"), ("faible", "low"))]
READ += [("relationship", text, value) for text, value in (
    ("paying", "paying"), ("Pilot", "pilot"), ("PoC", "pilot"), ("design_partner", "design_partner"),
    ("Design Partner", "design_partner"), ("design-partner", "design_partner"))]
READ += [("previous_tier", text, value) for text, value in (
    ("Strategic", "strategic"), ("enterprise", "enterprise"), ("Mid-Market", "mid_market"),
    ("mid_market", "mid_market"), ("SMB", "smb"), ("High-Touch", "high_touch"), ("low touch", "low_touch"),
    ("tech_touch", "tech_touch"))]
READ += [("tenure_months", "14", 14), ("tenure_months", "14.0", 14), ("escalations_12m", "0", 0),
         ("renewal_date", "2025-03-31", date(2025, 3, 31)), ("signup", "2023-01-05", date(2023, 1, 5)),
         ("annual_cost_to_serve", "1200.5", D("1200.50")), ("cost", "7", D(7)), ("arr", "0", D(0)),
         ("churned", "yes", True), ("churned", "Active", False), ("churned", "gekündigt", True),
         ("name", "  Two   Words ", "Two Words"), ("name", "'=Equal Ltd", "=Equal Ltd"), ("segment", "mid", "mid")]


@pytest.mark.parametrize("role, text, value", READ, ids=lambda value: str(value))
def test_a_cell_means_what_its_words_say(role, text, value):
    field = "annual_cost_to_serve" if role == "cost" else role
    known = only(f"customer,{role}", ["A", text])
    assert known == Known(**{field: value})
    assert type(getattr(known, field)) is type(value)


@pytest.mark.parametrize("role", [*FORMS, "arr", "mrr", "cost", "annual_cost_to_serve"])
@pytest.mark.parametrize("text", ["", " ", "n/a", "-", "null", "#N/A"])
def test_a_cell_that_says_nothing_is_unknown_and_neither_no_nor_zero(role, text):
    assert only(f"customer,{role}", ["A", text]) == Known()


@pytest.mark.parametrize("role, text, kind", [
    *((flag, text, "neither yes nor no") for flag in FLAGS for text in ("maybe", "2")),
    *((level, "very", "not a level") for level in LEVELS),
    ("churned", "perhaps", "neither yes nor no"), ("relationship", "friend", "not a relationship"),
    ("previous_tier", "Gold", "not a tier"), ("tenure_months", "1.5", "not a whole number"),
    ("tenure_months", "-1", "not a whole number"), ("escalations_12m", "many", "not a whole number"),
    ("escalations_12m", "100001", "not a whole number"), ("renewal_date", "soon", "not a date"),
    ("signup", "31-31-2024", "not a date"), ("annual_cost_to_serve", "5%", "not an amount"),
    ("arr", "-1", "negative amount"), ("annual_cost_to_serve", "-1", "negative amount"),
    ("arr", "1000000000001", "amount out of range"), ("mrr", "100000000000", "amount out of range"),
    ("arr", "=A1*2", "formula"), ("complexity", "=A1", "formula")])
def test_a_value_of_no_meaning_is_refused_with_its_line_and_column(role, text, kind):
    good = {"arr": "1", "mrr": "1"}.get(role, "")
    assert faults(f"customer,{role}", ["A", good], ["B", text]) == [(kind, f'line 3, column "{role}"', text)]


@pytest.mark.parametrize("row, there", [(["A", "Board", ""], "override_reason"), (["A", "", "2025-01-31"],
                                                                                  "override_until")])
def test_an_override_without_its_reason_or_its_last_day_is_refused_with_the_place(row, there):
    kind, place, got = faults("customer,override_reason,override_until", ["B", "Board", "2025-01-31"], row)[0]
    assert (kind, place) == ("half an override", f'line 3, column "{there}"')
    assert got == "".join(row[1:])


def test_an_override_has_a_reason_and_a_last_day():
    assert only("customer,override_reason,override_until", ["A", "The board, 3 May", "2025-01-31"]) == Known(
        override_reason="The board, 3 May", override_until=date(2025, 1, 31))


def test_a_text_of_nothing_that_can_be_seen_is_unknown():
    assert only("customer,name", ["A", "\u200b"]) == Known()


def test_every_fault_is_told_at_once():
    assert [kind for kind, _, _ in faults("customer,arr,multi_year", "A,x,maybe", "B,-5,2", "C,1,yes")] == [
        "neither yes nor no", "not an amount", "neither yes nor no", "negative amount"]


def test_a_wrong_cell_is_a_fault_each_time_that_it_stands_there():
    assert len(faults("customer,multi_year", "A,maybe", "B,maybe")) == 2


def test_dates_and_amounts_are_read_in_the_style_of_their_columns():
    style = Style({1: "dmy"}, {2: "comma", 3: "comma"})
    known = only("customer,renewal_date,arr,escalations_12m", ["A", "03/04/2025", "1.200,50 EUR", "3,0"], style=style)
    assert known == Known(renewal_date=date(2025, 4, 3), arr=D("1200.50"), escalations_12m=3)


def test_a_renewal_on_a_day_that_stands_for_ever_is_none():
    assert only("customer,renewal_date", ["A", "9999-12-31"]) == Known()


def test_mrr_is_twelvefold_and_arr_counts_before_it():
    assert only("customer,mrr", "A,100").arr == 1200
    assert only("customer,arr,mrr", "A,1300,100").arr == 1300
    assert only("customer,arr,mrr", "A,,100").arr == 1200


@pytest.mark.parametrize("status, churned", [("Cancelled", True), ("Churned", True), ("Ex-customer", True),
                                             ("gekündigt", True), ("Résilié", True), ("active", False),
                                             ("Prospect", None), ("paused", None), ("", None)])
def test_a_status_says_lost_or_kept_or_nothing(status, churned):
    assert only("customer,status", ["A", status]) == Known(churned=churned)


def test_what_a_column_says_of_churn_counts_before_the_status():
    assert only("customer,status,churned", "A,active,yes").churned is True
    assert only("customer,status,churned", "A,cancelled,").churned is True


def test_amounts_in_cents_are_divided_and_converted_at_the_rate_of_their_currency():
    assert only("customer,arr", "A,120050", cents=True).arr == D("1200.50")
    found = read("customer,arr,currency", "A,100,EUR", "B,100,usd", "C,100,", rates={"EUR": D("1.1")})
    assert attributes.said(found, "arr") == {"A": D(110), "B": D(100), "C": D(100)}
    assert found.codes == {"USD"}


def test_the_same_row_twice_is_set_aside_and_an_unlike_one_refused():
    asides = Asides()
    found = read("customer,arr,note", "A,5,x", "A,5.00,y", "B,7,z", asides=asides)
    assert list(found.customers) == ["A", "B"]
    assert {kind: aside.rows for kind, aside in asides.found.items()} == {"double": 1}
    assert faults("customer,arr", "A,5", "A,6") == [("customer twice", 'line 3, column "customer"', "A")]
    assert faults("customer,multi_year", "A,no", "A,")[0][0] == "customer twice"


def test_rows_of_nobody_of_totals_and_of_strangers_are_set_aside_by_kind():
    asides = Asides()
    found = read("customer,arr", ",5", "Total,6", "X,7", "A,8", asides=asides,
                 enter=lambda text: text if text == "A" else None)
    assert list(found.customers) == ["A"]
    assert {kind: aside.first for kind, aside in asides.found.items()} == {
        "no_customer": (2,), "total": (3,), "unknown_customer": (4,)}


def test_costs_of_the_twelve_months_add_up_and_others_are_set_aside():
    asides = Asides()
    found = read("customer,date,cost", "A,2023-12-31,1000", "A,2024-01-01,10.10", "A,2024-12-31,5", "B,2025-01-01,7",
                 "C,2024-12-01,", kind="costs", asides=asides)
    assert found == Attributes({"A": Known(annual_cost_to_serve=D("15.10"))}, cost_months=2)
    assert asides.found["outside_period"].rows == 2


def test_costs_without_dates_are_those_of_a_year_and_credits_count_against_them():
    found = read("customer,cost", "A,100", "A,-30", "B,0", kind="costs")
    assert attributes.said(found, "annual_cost_to_serve") == {"A": D(70), "B": D(0)}
    assert found.cost_months is None
    assert faults("customer,cost", "A,5", "A,-9", kind="costs") == [("negative cost", "the rows of A", "-4")]


def test_a_cost_without_a_day_cannot_be_placed():
    assert faults("customer,month,cost", "A,,5", kind="costs") == [("not a date", 'line 2, column "month"', "")]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 10**6)), max_size=20), st.randoms())
def test_the_order_of_cost_rows_and_how_they_are_split_change_nothing(rows, random):
    whole = [[customer, str(D(cents) / 100)] for customer, cents in rows]
    split = [[customer, str(D(part) / 100)] for customer, cents in rows for part in (cents // 3, cents - cents // 3)]
    random.shuffle(split)
    assert read("customer,cost", *whole, kind="costs") == read("customer,cost", *split, kind="costs")


VALUES = st.one_of(st.none(), st.integers(0, 9))
FILES = st.lists(st.dictionaries(st.sampled_from("ABC"), st.builds(
    lambda name, months, flag: Known(name=name, tenure_months=months, multi_year=flag),
    st.sampled_from([None, "x", "y"]), VALUES, st.sampled_from([None, True, False]))).map(Attributes), max_size=4)


@given(FILES)
def test_of_what_several_files_say_the_last_that_says_something_counts(files):
    merged = attributes.merged(files)
    for customer in "ABC":
        for key in Known._fields:
            told = [getattr(file.customers[customer], key) for file in files if customer in file.customers]
            told = [value for value in told if value is not None]
            assert attributes.said(merged, key).get(customer) == (told[-1] if told else None)
    assert set(merged.customers) == {customer for file in files for customer in file.customers}


def test_a_conflict_is_counted_where_both_say_something_and_not_where_one_is_silent():
    first = read("customer,name,arr,multi_year", "A,Ash,5,yes", "B,Birch,6,no")
    second = read("customer,name,arr,multi_year", "A,Ash,7,no", "B,,6,yes", "C,Cedar,1,yes")
    assert attributes.merged([first, second]).conflicts == {"arr": 1, "multi_year": 2}


def test_children_fold_into_their_parents_with_what_they_pay_and_cost():
    found = read("customer,name,arr,cost", "child,Leaf,5,1", "top,Root,10,2", "other,Own,7,", "orphan,Twig,3,4")
    folded = attributes.under(found, {"child": "top", "orphan": "absent", "top": "top"})
    assert folded.customers == {"top": Known(name="Root", arr=D(15), annual_cost_to_serve=D(3)),
                                "other": Known(name="Own", arr=D(7)),
                                "absent": Known(arr=D(3), annual_cost_to_serve=D(4))}


@given(st.text("'=+-@ab", max_size=6))
def test_the_apostrophe_of_a_spreadsheet_comes_off_and_no_other(text):
    assert unguarded(guarded_twice(text)) == text
    if text[:1] in ("=", "+", "-", "@"):
        assert unguarded("'" + text) == text
    if not text.lstrip("'")[:1] or text.lstrip("'")[0] in "ab":
        assert unguarded(text) == text
