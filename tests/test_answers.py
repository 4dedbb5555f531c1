"""Answers filled in by hand: read from their table as an intake reads it, and laid over a document of customers."""

from __future__ import annotations

import copy
import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cslib import answers, checker, customer_files, customers, schema, tables
from cslib.attribute_cells import FLAGS, LEVELS, SIGNALS, Known
from cslib.customer_files import ASKED, Heading
from cslib.question import Unanswered
from cslib.refusal import Refusal
from cslib.wish import Wish

D = Decimal
WISH = Wish(date(2024, 12, 31))
HEADING = Heading(date(2024, 12, 31), "USD", None)
FLOORS = {"strategic": 100_000, "enterprise": 20_000, "mid_market": 5_000, "smb": 0}
FLAG = st.sampled_from([None, True, False])
LEVEL = st.sampled_from([None, "high", "medium", "low"])
KNOWN = st.builds(
    Known, name=st.none() | st.sampled_from(["Ash", "=Equal"]), arr=st.none() | st.just(D(7)),
    tenure_months=st.none() | st.integers(0, 90), relationship=st.sampled_from([None, "paying", "pilot"]),
    annual_cost_to_serve=st.none() | st.integers(0, 10**6).map(lambda cents: D(cents) / 100),
    escalations_12m=st.none() | st.integers(0, 2), previous_tier=st.sampled_from([None, "smb", "low_touch"]),
    renewal_date=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    **dict.fromkeys(LEVELS, LEVEL), **dict.fromkeys((*FLAGS, "churned"), FLAG))
IDS = st.sampled_from(["A-1", "a-1", "B", "=C", "-D", "0042", "42", "'E", "F G"])


@st.composite
def documents(draw):
    """A document that the schema accepts, with some of every key known and some null."""
    ids = draw(st.lists(IDS, min_size=1, unique=True))
    rows = []
    for one in ids:
        known = draw(KNOWN)
        row = {"id": one, "arr": draw(st.integers(1, 10**6)), "name": known.name, "churned": known.churned}
        row.update({key: value for key, value in zip(Known._fields, known) if key in ASKED and key not in SIGNALS})
        row["renewal_date"] = known.renewal_date and str(known.renewal_date)
        row = {key: value for key, value in row.items() if value is not None or draw(st.booleans())}
        signals = {key: getattr(known, key) for key in SIGNALS if draw(st.booleans())}
        rows.append({**row, "icp_signals": signals or None} if draw(st.booleans()) else row)
    record = {"as_of": "2024-12-31", "currency": None, "customers": rows}
    assert not checker.by_built_in(record, schema.load("customers"))
    return record


def value_of(row, key):
    return ((row.get("icp_signals") or {}) if key in SIGNALS else row).get(key)


@given(documents(), st.data())
def test_an_answer_stands_where_it_was_asked_for_and_all_else_stays_as_it_was(document, data):
    found = {row["id"]: data.draw(KNOWN) for row in document["customers"] if data.draw(st.booleans())}
    before = copy.deepcopy(document)
    laid, changes = answers.answered(document, found)
    assert document == before
    assert not checker.by_built_in(laid, schema.load("customers"))
    assert {key: value for key, value in laid.items() if key != "customers"} == {
        key: value for key, value in document.items() if key != "customers"}
    changed = 0
    for old, new in zip(document["customers"], laid["customers"]):
        known = found.get(old["id"], Known())
        for key in ASKED:
            said = getattr(known, key)
            said = str(said) if isinstance(said, date) else said
            assert value_of(new, key) == (value_of(old, key) if said is None else said)
            changed += value_of(new, key) != value_of(old, key)
        for key in ("id", "arr", "name", "churned"):
            assert new.get(key) == old.get(key)
    assert changes == changed
    assert answers.answered(laid, found) == (laid, 0)


def test_customers_who_are_not_in_the_document_are_refused_by_name():
    document = {"as_of": "2024-12-31", "customers": [{"id": "A", "arr": 1}]}
    with pytest.raises(Refusal) as caught:
        answers.answered(document, {"A": Known(), "B": Known(), "C": Known(multi_year=True)}, "ask.csv")
    assert caught.value.source == "ask.csv"
    assert [(fault.kind, fault.got) for fault in caught.value.faults] == [("no such customer", "B"),
                                                                          ("no such customer", "C")]


def read(folder, text, ids, wish=WISH):
    path = folder / "ask.csv"
    path.write_text(text, encoding="utf-8")
    return answers.read(tables.opened(str(path)), ids, wish).customers


def portfolio(document):
    tiers = (*FLOORS, "high_touch", "low_touch", "tech_touch")
    return customers.read(document, "customers.json", tiers)


@settings(max_examples=40)
@given(documents(), st.data())
def test_what_is_asked_of_a_document_comes_back_under_its_ids_and_changes_what_was_filled(tmp_path_factory, document,
                                                                                       data):
    present = [row for row in document["customers"] if not row.get("churned")]
    if not present:
        return
    text = customer_files.fill_in(map(answers.standing_of, portfolio(document).customers), FLOORS)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    if not rows:
        return
    kinds = {**dict.fromkeys(FLAGS, ("yes", True)), **dict.fromkeys(LEVELS, ("high", "high")),
             "annual_cost_to_serve": ("12.5", D("12.50")), "escalations_12m": ("3", 3), "tenure_months": ("7", 7),
             "renewal_date": ("2025-06-30", "2025-06-30"), "previous_tier": ("smb", "smb"),
             "relationship": ("pilot", "pilot")}
    filled = {}
    for row in rows:
        owner = next(one["id"] for one in present if row[0] in (one["id"], f"'{one['id']}", f"''{one['id']}"))
        for place in range(3, len(row)):
            if not row[place] and data.draw(st.booleans()):
                row[place], filled[owner, header[place]] = kinds[header[place]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    found = read(tmp_path_factory.mktemp("ask"), buffer.getvalue(), [row["id"] for row in document["customers"]])
    laid, changes = answers.answered(document, found)
    assert changes == len(filled)
    for old, new in zip(document["customers"], laid["customers"]):
        for key in ASKED:
            assert value_of(new, key) == filled.get((old["id"], key), value_of(old, key))


@pytest.mark.parametrize("written, meant", [("A-1", "A-1"), ("a-1", "A-1"), ("42", "0042"), ("1001.0", "1001"),
                                            ("b", "b"), ("B", "B"), ("Z", "Z")])
def test_an_id_is_the_one_as_written_or_else_the_only_one_that_it_spells(tmp_path, written, meant):
    found = read(tmp_path, f"customer_id,multi_year\n{written},yes\n", ["A-1", "0042", "1001", "B", "b"])
    assert found == {meant: Known(multi_year=True)}


def test_dates_and_amounts_are_read_as_the_flags_or_the_rows_say(tmp_path):
    text = "customer_id;renewal_date;annual_cost_to_serve\nA;03.04.2025;1.200,50\nB;03.05.2025;7\n"
    assert read(tmp_path, text, "AB")["A"] == Known(renewal_date=date(2025, 4, 3), annual_cost_to_serve=D("1200.50"))
    open_text = "customer_id,renewal_date,multi_year\nA,3/4/2025,yes\n"
    with pytest.raises(Unanswered):
        read(tmp_path, open_text, "A")
    assert read(tmp_path, open_text, "A", WISH._replace(dates="mdy"))["A"].renewal_date == date(2025, 3, 4)
    assert read(tmp_path, open_text, "A", WISH._replace(dates="dmy"))["A"].renewal_date == date(2025, 4, 3)


@pytest.mark.parametrize("text, kind", [
    ("customer_id,multi_year\nA,maybe\n", "neither yes nor no"), ("customer_id,complexity\nA,vast\n", "not a level"),
    ("customer_id,multi_year\nA,yes\nA,no\n", "customer twice"), ("multi_year\nyes\n", "no such column"),
    ("customer_id,multi_year\n,yes\n", "row without a customer"), ("", "empty file"),
    ("customer_id,annual_cost_to_serve\nA,-4\n", "negative amount")])
def test_what_an_intake_refuses_is_refused_here_too(tmp_path, text, kind):
    with pytest.raises(Refusal) as caught:
        read(tmp_path, text, ["A"])
    assert caught.value.faults[0].kind == kind


@pytest.mark.parametrize("key, cell, kind", [
    ("annual_cost_to_serve", "lots", "not an amount"), ("annual_cost_to_serve", "12%", "not an amount"),
    ("escalations_12m", "many", "not a whole number"), ("Escalations 12m", "many", "not a whole number"),
    ("renewal_date", "soon", "not a date"), ("renewal_date", "9999-12-31", "not a date"),
    ("growth_potential", "yes", "not a level"), ("previous_tier", "gold", "not a tier"),
    ("in_target_industry", "maybe", "neither yes nor no")])
def test_a_column_that_is_asked_for_is_that_even_if_no_cell_of_it_says_so(tmp_path, key, cell, kind):
    with pytest.raises(Refusal) as caught:
        read(tmp_path, f"customer_id,{key}\nA,{cell}\nB,{cell}\n", "AB")
    assert [(fault.kind, fault.place) for fault in caught.value.faults] == [
        (kind, f'line {line}, column "{key}"') for line in (2, 3)]


@pytest.mark.parametrize("header, hint", [
    ("in_target_indutry", 'did you mean "in_target_industry"?'), ("complexty", 'did you mean "complexity"?'),
    ("annual_cost_to_serve,annual_cost_to_serve", 'did you mean "annual_cost_to_serve"?'),
    ("churned", "say churned in the input"), ("Override Reason", "say override_reason in the input")])
def test_a_column_that_may_be_meant_for_an_answer_and_is_none_is_refused(tmp_path, header, hint):
    with pytest.raises(Refusal) as caught:
        read(tmp_path, f"customer_id,multi_year,{header}\nA,yes,,\n", "A")
    assert [(fault.kind, fault.hint) for fault in caught.value.faults] == [("unknown column", hint)]


def test_other_columns_are_named_as_no_answers(tmp_path):
    path = tmp_path / "ask.csv"
    path.write_text("Customer ID,Name,ARR,Owner,multi_year,Comment,Region\nA,Ash,5,x,yes,y,z\n")
    found = answers.read(tables.opened(str(path)), "A", WISH)
    assert found.unused == ("Owner", "Comment", "Region")
    assert found.customers == {"A": Known(name="Ash", arr=D(5), multi_year=True)}


@pytest.mark.parametrize("header", ["name", "account_name", "who"])
def test_names_are_not_taken_for_the_ids_of_customers(tmp_path, header):
    with pytest.raises(Refusal) as caught:
        read(tmp_path, f"{header},multi_year\nAsh,yes\n", ["Ash"])
    fault, = caught.value.faults
    assert fault.kind == "no such column" and "customer_id" in fault.expected


def test_what_is_mapped_for_the_exports_does_not_reach_the_answers(tmp_path):
    wish = WISH._replace(mapped={"arr": "multi_year", "customer": "Owner", "complexity": ""})
    text = "account_id,customer_id,Owner,multi_year,complexity\nZ,A,x,yes,low\n"
    assert read(tmp_path, text, "A", wish) == {"A": Known(multi_year=True, complexity="low")}


def test_blank_rows_and_the_same_row_twice_say_nothing_new(tmp_path):
    text = "customer_id,multi_year\nA,yes\n,\nA,yes\nB,\n"
    assert read(tmp_path, text, "AB") == {"A": Known(multi_year=True), "B": Known()}


@given(documents())
def test_a_customer_as_a_standing_says_what_the_document_says(document):
    if all(row.get("churned") for row in document["customers"]):
        return
    records = portfolio(document).customers
    standings = [answers.standing_of(one) for one in records]
    again = json.loads(customer_files.customers_json(standings, HEADING), parse_float=D)
    old = [row for row in document["customers"] if not row.get("churned")]
    for before, after in zip(old, again["customers"]):
        for key in (*ASKED, "id", "arr", "name", "churned"):
            assert value_of(after, key) == value_of(before, key), key


def test_a_cost_that_is_only_a_part_is_left_open_and_an_override_kept():
    document = {"as_of": "2024-12-31", "customers": [{
        "id": "A", "arr": 9, "annual_cost_to_serve": 4,
        "strategic_override": {"reason": "Board", "until": "2025-01-31"}}]}
    one, = portfolio(document).customers
    assert answers.standing_of(one).known.annual_cost_to_serve == 4
    partial = answers.standing_of(one, cost_is_partial=True).known
    assert partial == Known(override_reason="Board", override_until=date(2025, 1, 31))
