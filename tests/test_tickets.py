"""Support tickets: recognised, counted in their twelve months, and turned into a cost to serve that says what it is."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import INTAKE, called
from cslib import checker, cost_words, recognition, schema, tables, tickets
from cslib.asides import Asides
from cslib.attribute_cells import Known
from cslib.attributes import Attributes
from cslib.columns import Reading, Role
from cslib.refusal import Refusal
from cslib.standings import Standing
from cslib.styles import Style
from cslib.tickets import Charged, Load, Tickets

D = Decimal
END = 2024 * 12 + 11
YEAR = range(END - 11, END + 1)
RAVENSTACK = Path(__file__).resolve().parents[2] / "shared" / "data" / "ravenstack"
MONTHS = st.integers(YEAR[0] - 4, YEAR[-1] + 4)


class Rows:
    """A table in memory, its header on line 1."""

    def __init__(self, header, rows):
        self.name, self.header, self.given, self.line = "tickets.csv", header, rows, 0

    def rows(self, asides):
        for line, row in enumerate(self.given, 2):
            self.line = line
            yield row


def read(header, *rows, asides=None, style=None, customers="ABC"):
    names = header.split(",")
    reading = Reading("tickets", None, {name: Role(column, "named") for column, name in enumerate(names)}, "", "",
                      False, (), (), ())
    return tickets.read(Rows(names, [row.split(",") if isinstance(row, str) else list(row) for row in rows]), reading,
                        style or Style(), asides or Asides(), lambda text: text if text in customers and text else None,
                        YEAR)


def day(month):
    return f"{month // 12}-{month % 12 + 1:02}-17"


def recognised(folder, text, kind="auto", mapped=None):
    path = folder / "tickets.csv"
    path.write_text(text, encoding="utf-8")
    table = tables.opened(str(path))
    reading = recognition.recognised(table, kind, mapped or {})
    return reading.kind, {role: table.header[each.column] for role, each in reading.roles.items()}


# What is a ticket

@pytest.mark.parametrize("header, roles", [
    ("ticket_id,account_id,submitted_at,closed_at,resolution_time_hours,priority,escalation_flag",
     {"ticket": "ticket_id", "customer": "account_id", "date": "submitted_at", "escalated": "escalation_flag"}),
    ("Case Number,Account Name,Date/Time Opened,Date/Time Closed,Escalated",
     {"ticket": "Case Number", "customer": "Account Name", "name": "Account Name", "date": "Date/Time Opened",
      "escalated": "Escalated"}),
    ("Closed at,Ticket ID,Created at,Organization,Solved at",
     {"ticket": "Ticket ID", "customer": "Organization", "date": "Created at"}),
    ("Ticketnummer,Kunde,Erstellt am,Geschlossen am,Eskaliert",
     {"ticket": "Ticketnummer", "customer": "Kunde", "date": "Erstellt am", "escalated": "Eskaliert"}),
    ("ticket_id,customer_id,created_at,opened_at,reason,status",
     {"ticket": "ticket_id", "customer": "customer_id", "date": "created_at"}),
    ("ticket_id,customer_id,mrr,created_at", {"ticket": "ticket_id", "customer": "customer_id", "date": "created_at"})])
def test_a_table_with_ticket_numbers_and_opening_days_is_one_of_tickets(tmp_path, header, roles):
    cells = {"date": "2024-05-02", "closed": "2024-05-03", "escalat": "no", "eskal": "nein", "hours": "4", "mrr": "5"}

    def cell(name):
        plain = name.lower()
        if any(word in plain for word in ("closed", "solved", "geschlossen")):
            return cells["closed"]
        if any(word in plain for word in ("created", "opened", "submitted", "erstellt")):
            return cells["date"]
        return next((value for word, value in cells.items() if word in plain), "x1")
    row = ",".join(map(cell, header.split(",")))
    assert recognised(tmp_path, f"{header}\n{row}\n") == ("tickets", roles)


def test_the_day_on_which_a_ticket_was_closed_never_stands_for_its_opening(tmp_path):
    text = "ticket_id,account_id,closed_at,resolved_on\nT1,A,2024-05-03,2024-05-04\nT2,A,2024-05-03,2024-05-04\n"
    with pytest.raises(Refusal) as caught:
        recognised(tmp_path, text)
    assert caught.value.faults[0].kind == "kind not recognised"
    with pytest.raises(Refusal) as caught:
        recognised(tmp_path, text, "tickets")
    assert caught.value.faults[0].expected.startswith("a column for date")


def test_names_of_opening_days_are_dates_of_no_other_table(tmp_path):
    text = "customer_id,created_at,arr\nA,2024-05-03,5\nB,2024-05-09,6\n"
    kind, roles = recognised(tmp_path, text)
    assert (kind, roles) == ("customers", {"customer": "customer_id", "arr": "arr"})
    assert recognised(tmp_path, "account,created_at\nA,2024-05-03\nA,2024-05-04\n", "tickets") == (
        "tickets", {"customer": "account", "date": "created_at"})


def test_elapsed_time_is_never_taken_for_work_and_hours_only_when_mapped(tmp_path):
    text = ("ticket_id,account_id,created_at,hours,resolution_time_hours,hours_worked\n"
            "T1,A,2024-05-03,4,27.0,1.5\nT2,A,2024-05-04,5,2.0,2.5\n")
    assert "hours" not in recognised(tmp_path, text)[1]
    assert recognised(tmp_path, text, mapped={"hours": "hours_worked"})[1]["hours"] == "hours_worked"


def test_tickets_with_a_cost_of_their_own_are_costs_and_losses_with_a_ticket_stay_losses(tmp_path):
    assert recognised(tmp_path, "ticket_id,account_id,date,cost\nT1,A,2024-05-03,4\nT2,A,2024-05-03,4\n")[0] == "costs"
    assert recognised(tmp_path, "ticket_id,account_id,churn_date,churn_reason\nT1,A,2024-05-03,price\n")[0] == "churn"


# What is counted

@given(st.lists(st.tuples(st.sampled_from("ABCX"), MONTHS, st.booleans(), st.integers(0, 400)), max_size=30),
       st.randoms(use_true_random=False))
def test_each_ticket_of_the_twelve_months_counts_once_for_its_customer_in_any_order(rows, random):
    header = "ticket,customer,date,escalated,hours"
    lines = [[f"T{n}", who, day(month), "yes" if flag else "no", str(D(hours) / 10)]
             for n, (who, month, flag, hours) in enumerate(rows)]
    asides = Asides()
    found = read(header, *lines, asides=asides)
    inside = [row for row in rows if row[0] != "X" and row[1] in YEAR]
    assert found.customers == {who: Load(sum(1 for row in inside if row[0] == who),
                                         sum(row[2] for row in inside if row[0] == who),
                                         sum(D(row[3]) / 10 for row in inside if row[0] == who))
                               for who in {row[0] for row in inside}}
    assert (found.first, found.last) == (min((row[1] for row in rows), default=None),
                                         max((row[1] for row in rows), default=None))
    assert {kind: aside.rows for kind, aside in asides.found.items()} == {kind: number for kind, number in (
        ("unknown_customer", sum(1 for row in rows if row[0] == "X")),
        ("outside_period", sum(1 for row in rows if row[0] != "X") - len(inside))) if number}
    random.shuffle(lines)
    assert read(header, *lines) == found
    halves = [read(header, *lines[::2]), read(header, *lines[1::2])]
    assert tickets.together(halves) == found


def test_the_same_ticket_of_a_customer_again_is_set_aside_and_one_without_a_number_is_not():
    asides = Asides()
    found = read("ticket,customer,date", "T1,A,2024-05-01", "T1,A,2024-05-02", "T1,B,2024-05-01", ",A,2024-05-01",
                 ",A,2024-05-01", asides=asides)
    assert {customer: load.tickets for customer, load in found.customers.items()} == {"A": 3, "B": 1}
    assert {kind: aside.first for kind, aside in asides.found.items()} == {"double": (3,)}


def test_rows_of_nobody_and_of_totals_are_set_aside():
    asides = Asides()
    read("customer,date", ",2024-05-01", "Total,", "A,2024-05-01", asides=asides)
    assert {kind: aside.first for kind, aside in asides.found.items()} == {"no_customer": (2,), "total": (3,)}


def test_a_day_a_flag_or_hours_that_are_none_are_refused_at_once_with_their_places():
    with pytest.raises(Refusal) as caught:
        read("customer,date,escalated,hours", "A,soon,yes,1", "A,2024-05-01,maybe,1", "A,2024-05-01,no,-1",
             "A,2024-05-01,,x", "A,,no,1", "A,2024-05-01,,n/a")
    assert [(fault.kind, fault.place) for fault in caught.value.faults] == [
        ("not a date", 'line 2, column "date"'), ("neither yes nor no", 'line 3, column "escalated"'),
        ("not an amount", 'line 4, column "hours"'), ("not an amount", 'line 5, column "hours"'),
        ("not a date", 'line 6, column "date"')]


def test_days_and_hours_are_read_in_the_style_of_their_columns():
    found = read("customer,date,hours", ["A", "03/12/2024", "1,5"], style=Style({1: "dmy"}, {2: "comma"}))
    assert (found.customers["A"].hours, found.first) == (D("1.5"), END)


def test_tickets_of_children_count_under_their_parents():
    found = read("customer,date,escalated", "A,2024-05-01,yes", "B,2024-05-01,no", "C,2024-05-01,no")
    assert tickets.under(found, {"B": "A"}).customers == {"A": Load(2, 1), "C": Load(1, 0)}


# What they cost

def laid(found, said, cost, customers="ABC"):
    merged, charged = tickets.laid(Attributes(said), found, customers, cost, YEAR)
    return {customer: (known.annual_cost_to_serve, known.escalations_12m)
            for customer, known in merged.customers.items()}, charged


SAID = {"B": Known(annual_cost_to_serve=D(900)), "C": Known(escalations_12m=7)}


def test_a_customer_without_a_ticket_costs_nothing_where_the_tickets_cover_the_year():
    found = read("customer,date,escalated", "A,2024-01-31,yes", "A,2024-05-01,no", "B,2024-05-01,yes")
    assert laid(found, SAID, D("45.125")) == (
        {"A": (D("90.25"), 1), "B": (D(900), 1), "C": (D(0), 7)}, {"A", "C"})


def test_a_customer_without_a_ticket_is_unknown_where_the_tickets_begin_later():
    found = read("customer,date,escalated", "A,2024-02-01,yes", "B,2024-05-01,yes")
    assert laid(found, SAID, D(45)) == ({"A": (D(45), 1), "B": (D(900), 1), "C": (None, 7)}, {"A"})


def test_without_what_a_ticket_costs_they_give_escalations_only_and_without_that_column_nothing():
    assert laid(read("customer,date,escalated", "A,2024-01-31,yes"), SAID, None) == (
        {"A": (None, 1), "B": (D(900), 0), "C": (None, 7)}, set())
    assert laid(read("customer,date", "A,2024-01-31"), SAID, None) == ({"B": (D(900), None), "C": (None, 7)}, set())


def test_with_hours_it_is_an_hour_that_has_the_price():
    found = read("customer,date,hours", "A,2024-01-31,1.5", "A,2024-05-01,n/a", "B,2024-05-01,3")
    assert laid(found, SAID, D("10.01")) == ({"A": (D("15.02"), None), "B": (D(900), None), "C": (D(0), 7)},
                                             {"A", "C"})
    assert found.unmeasured == 1


def test_escalations_count_only_where_every_file_says_them():
    both = tickets.together([read("customer,date,escalated", "A,2024-01-31,yes"),
                             read("customer,date", "A,2024-05-01")])
    assert (both.says_escalated, both.customers["A"].tickets) == (False, 2)
    assert laid(both, {}, None) == ({}, set())


def standings(*costs):
    return [Standing(customer, D(1000), Known(annual_cost_to_serve=None if cost is None else D(cost)))
            for customer, cost in zip("ABC", costs)]


def test_what_tickets_come_to_is_the_sum_of_the_costs_that_are_theirs():
    found = read("customer,date", "A,2024-01-31", "A,2024-05-01", "B,2024-05-01")
    assert tickets.charged(standings(90, 900, 0), found, frozenset("AC")) == Charged(2, 2, None, D(90), 1)


def test_a_cost_that_is_of_tickets_only_is_still_asked():
    given = standings(90, 900, 0)
    assert [one.known.annual_cost_to_serve for one in tickets.asked(given, frozenset("AC"))] == [None, D(900), None]
    assert tickets.asked(given, frozenset()) is given


def said(found, charged, cost):
    return cost_words.of_tickets(found, charged, cost, YEAR)


def test_the_sentence_on_the_cost_has_the_count_the_price_the_total_and_what_is_not_in_it():
    found = Tickets({}, YEAR[0], YEAR[-1], False, False, 0)
    assert said(found, Charged(2, 1009, None, D(45405), 0), D(45)) == (
        "annual_cost_to_serve of 2 customers is the cost of support tickets alone: 1,009 tickets in the twelve months "
        "to 2024-12-31 at 45.00 each come to 45,405.00; CSM time is not in it.",)
    assert "12.50 hours of 9 tickets in the twelve months to 2024-12-31 at 60.00 an hour come to 750.00;" in said(
        found, Charged(2, 9, D("12.5"), D(750), 0), D(60))[0]
    assert said(found, Charged(1, 9, None, D(9), 3), D(1))[0].endswith(
        " 3 customers have the cost that another file gives.")
    assert said(found, Charged(0, 0, None, D(0), 1), D(1)) == (
        "No cost to serve is that of tickets; 1 customer has the cost that another file gives.",)


def test_tickets_that_begin_late_or_end_early_or_lack_hours_are_told():
    found = Tickets({}, YEAR[2], YEAR[-2], False, True, 4)
    charged = Charged(1, 9, D(9), D(9), 0)
    assert said(found, charged, D(1))[1:] == (
        "The tickets begin in 2024-03: a year has more of them, and nothing is known of customers without one.",
        "The last ticket is of 2024-11: the months after it may lack theirs.", "4 tickets without hours cost nothing "
        "here.")
    assert len(said(found, charged, None)) == 2
    assert said(Tickets({}, None, None, False, False, 0), charged, None) == ("There is no ticket.",)


# Through the door

BOOK = ("customer_id,customer_name,start_date,end_date,arr\nA,Ash Ltd,2023-01-01,,1200\nB,Birch Ltd,2023-01-01,,600\n"
        "C,Cedar Ltd,2023-01-01,2024-06-30,2400\nA,Ash Ltd,2022-01-01,2023-01-01,1000\n")
TICKETS = ("ticket_id,account,created_at,closed_at,escalated,worked\nT1,Ash Ltd,2023-12-05,2024-01-03,no,1\n"
           "T2,A,2024-01-05,2024-01-06,yes,2.5\nT3,ash ltd,2024-12-31,2025-01-03,no,1\nT4,C,2024-02-01,,yes,4\n"
           "T5,Nobody,2024-02-01,,no,1\n")


def prepared(folder, *flags, files=None):
    paths = []
    for name, text in {"book.csv": BOOK, "tickets.csv": TICKETS, **(files or {})}.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
            paths.append(folder / name)
    done = called(INTAKE, *paths, "--as-of", "2024-12-31", "--out-dir", folder / "out", "--format", "json", *flags)
    if done.code:
        return done, None
    record = json.loads((folder / "out" / "customers.json").read_text(encoding="utf-8"), parse_float=D)
    assert not checker.by_built_in(record, schema.load("customers"))
    return json.loads(done.out), record


def costs(record):
    return {one["id"]: (one.get("annual_cost_to_serve"), one.get("escalations_12m")) for one in record["customers"]}


def test_tickets_become_a_cost_to_serve_that_says_that_it_is_partial(tmp_path):
    summary, record = prepared(tmp_path, "--ticket-cost", "45.50")
    assert costs(record) == {"A": (D("91.00"), 1), "B": (D(0), 0), "C": (D("45.50"), 1)}
    assert list(record)[2:] == ["cost_is_partial", "notes", "customers"]
    assert record["cost_is_partial"] is True
    assert record["notes"] == ["annual_cost_to_serve of 3 customers is the cost of support tickets alone: 3 tickets in "
                               "the twelve months to 2024-12-31 at 45.50 each come to 136.50; CSM time is not in it."]
    assert record["notes"][0] in summary["notes"]
    assert {"key": "ticket_cost", "value": 45.5, "origin": "yours"} in summary["assumptions"]
    assert [(row["kind"], row["rows"], row["first_lines"]) for row in summary["result"]["set_aside"]] == [
        ("outside_period", 1, [2]), ("unknown_customer", 1, [6])]


def test_hours_that_are_mapped_have_the_price_of_an_hour(tmp_path):
    _, record = prepared(tmp_path, "--ticket-cost", "10", "--map", "hours=worked")
    assert costs(record) == {"A": (D(35), 1), "B": (D(0), 0), "C": (D(40), 1)}


def test_without_their_cost_tickets_give_escalations_and_the_flag_that_would_give_it(tmp_path):
    summary, record = prepared(tmp_path)
    assert costs(record) == {"A": (None, 1), "B": (None, 0), "C": (None, 1)}
    assert "cost_is_partial" not in record and "notes" not in record
    assert any(note.startswith("--ticket-cost AMOUNT") for note in summary["notes"])


def test_what_another_file_says_of_cost_and_escalations_wins_and_is_not_added_to(tmp_path):
    files = {"costs.csv": "customer_id,cost\nA,5000\n", "crm.csv": "customer_id,escalations_12m\nC,9\nB,0\n"}
    _, record = prepared(tmp_path, "--ticket-cost", "45.50", files=files)
    assert costs(record) == {"A": (D(5000), 1), "B": (D(0), 0), "C": (D("45.50"), 9)}
    assert record["notes"][0].endswith("come to 45.50; CSM time is not in it. 1 customer has the cost that another "
                                       "file gives.")
    files["costs.csv"] = "customer_id,cost\nA,5000\nB,1\nC,1\n"
    _, record = prepared(tmp_path, "--ticket-cost", "45.50", files=files)
    assert "cost_is_partial" not in record


def test_a_fill_in_does_not_turn_the_cost_of_tickets_into_the_whole_cost(tmp_path):
    prepared(tmp_path, "--ticket-cost", "45.50")
    filled = (tmp_path / "out" / "fill_in.csv").read_text(encoding="utf-8")
    rows = {row["customer_id"]: row for row in csv.DictReader(filled.splitlines())}
    assert rows["A"]["annual_cost_to_serve"] == ""
    _, again = prepared(tmp_path, "--ticket-cost", "45.50", files={"fill_in.csv": filled})
    assert again["cost_is_partial"] is True


@pytest.mark.parametrize("flags, files, said", [
    (("--ticket-cost", "45"), {"tickets.csv": ""}, "these files have none"),
    (("--ticket-cost", "0"), {}, "an amount above zero"), (("--ticket-cost", "$45"), {}, "an amount above zero"),
    (("--map", "date="), {}, "cannot be read without that column")])
def test_wrong_usage_of_tickets_is_exit_two(tmp_path, flags, files, said):
    done, _ = prepared(tmp_path, *flags, files=files)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_hours_in_one_of_two_files_have_no_common_price(tmp_path):
    more = {"more.csv": "ticket_id,account,created_at\nT9,A,2024-05-05\n"}
    done, _ = prepared(tmp_path, "--ticket-cost", "45", "--map", "hours=worked", files=more)
    assert (done.code, "hours in some files only" in done.err) == (1, True)
    _, record = prepared(tmp_path, "--ticket-cost", "45", files=more)
    assert costs(record)["A"] == (D(135), None)


def test_a_customer_list_with_what_it_pays_and_tickets_are_enough(tmp_path):
    files = {"book.csv": "customer_id,name,arr\nA,Ash Ltd,1200\nB,Birch Ltd,600\nC,Cedar Ltd,40\n"}
    _, record = prepared(tmp_path, "--ticket-cost", "45.50", files=files)
    assert costs(record) == {"A": (D("91.00"), 1), "B": (D(0), 0), "C": (D("45.50"), 1)}


@pytest.mark.skipif(not RAVENSTACK.exists(), reason="the shared data are not here")
def test_the_tickets_of_ravenstack_cost_what_a_count_of_its_rows_says(tmp_path):
    names = ("subscriptions", "accounts", "support_tickets")
    done = called(INTAKE, *(RAVENSTACK / f"ravenstack_{name}.csv" for name in names), "--as-of", "2024-12-31",
                  "--overlap", "latest", "--ticket-cost", "45", "--out-dir", tmp_path)
    assert done.code == 0
    record = json.loads((tmp_path / "customers.json").read_text(encoding="utf-8"), parse_float=D)
    with open(RAVENSTACK / "ravenstack_support_tickets.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["submitted_at"].startswith("2024")]
    for one in record["customers"]:
        own = [row for row in rows if row["account_id"] == one["id"]]
        assert one["annual_cost_to_serve"] == 45 * len(own)
        assert one["escalations_12m"] == sum(row["escalation_flag"] == "True" for row in own)
    total = sum(one["annual_cost_to_serve"] for one in record["customers"])
    assert record["cost_is_partial"] is True
    assert f"come to {total:,.2f}; CSM time is not in it." in record["notes"][0]
    assert not checker.by_built_in(record, schema.load("customers"))
