"""customers.json, book.json and the CSV to fill in: laws over generated books, then customers small enough to check."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cslib import (
    attribute_rows,
    checker,
    customer_files,
    ledger,
    months,
    recognition,
    schema,
    source,
    tables,
)
from cslib.asides import Asides
from cslib.attribute_cells import FLAGS, LEVELS, SIGNALS, Known
from cslib.attributes import Attributes
from cslib.customer_files import BOOK, CUSTOMERS, MOST_ASKED, Gap, Heading, Rates, book_text
from cslib.ledger import Account
from cslib.register import Register
from cslib.standings import Period, Standing, of_book, of_files, unpriced
from cslib.styles import Style

D = Decimal
START, END = 2023 * 12 + 11, 2024 * 12 + 11
PERIOD = Period(START, END, None)
HEADING = Heading(date(2024, 12, 31), "USD", "growth")
FLOORS = {"strategic": 100_000, "enterprise": 20_000, "mid_market": 5_000, "smb": 0}
KEYS = {"id", "name", "arr", "tenure_months", "relationship", "icp_signals", "complexity", "strategic_value",
        "growth_potential", "annual_cost_to_serve", "previous_tier", "escalations_12m", "multi_year",
        "executive_contact", "sponsor_both_sides", "acquired_by_conflicting_owner", "declining_industry",
        "renewal_date", "churned", "strategic_override"}

CENTS = st.integers(0, 30_000_000).map(lambda cents: D(cents) / 100)
FLAG = st.sampled_from([None, True, False])
LEVEL = st.sampled_from([None, "high", "medium", "low"])
KNOWN = st.builds(
    Known, name=st.none() | st.sampled_from(["Ash", '"Quoted", Ltd', "=Equal", "-5", "'=Odd", "Ünï"]),
    signup=st.none() | st.dates(date(2020, 1, 1), date(2025, 12, 31)), tenure_months=st.none() | st.integers(0, 90),
    relationship=st.sampled_from([None, "paying", "pilot", "design_partner"]),
    annual_cost_to_serve=st.none() | CENTS, escalations_12m=st.none() | st.integers(0, 9),
    previous_tier=st.sampled_from([None, *FLOORS]),
    renewal_date=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    **dict.fromkeys(LEVELS, LEVEL), **dict.fromkeys((*FLAGS, "churned"), FLAG))
OVERRIDDEN = st.builds(
    lambda known, override: known._replace(override_reason=override and override[0], override_until=override and
                                           override[1]),
    KNOWN, st.none() | st.tuples(st.sampled_from(["Board says so", 'says "stay"']),
                                 st.dates(date(2024, 1, 1), date(2027, 12, 31))))
IDS = st.text("AB12-=+@' ", min_size=1, max_size=6)


@st.composite
def registers(draw):
    """Customers under the ids that a register gives to what stands in cells, some of which begin like formulas."""
    register = Register()
    for text in draw(st.lists(IDS, max_size=40)):
        register.entered(text)
    return register


@st.composite
def books(draw):
    """Accounts at both ends of a year, and what files say of some of them and of others."""
    ids = draw(st.lists(st.sampled_from([f"C{n}" for n in range(30)]), unique=True))
    accounts = [Account(one, months.month_name(draw(st.integers(START - 30, END))), *amounts, False)
                for one in sorted(ids) if any(amounts := (draw(CENTS), draw(CENTS | st.just(D(0)))))]
    said = draw(st.dictionaries(st.sampled_from([f"C{n}" for n in range(40)]), OVERRIDDEN))
    return accounts, Attributes(said)


def standings_of(accounts, found=None, ends=None, period=PERIOD):
    return of_book(accounts, found, {}, ends or {}, period)


def document(standings):
    """customers.json, which its schema accepts whenever there is a customer."""
    record = json.loads(customer_files.customers_json(standings, HEADING), parse_float=D)
    assert not (standings and checker.by_built_in(record, schema.load("customers")))
    return record


def filled(standings):
    text = customer_files.fill_in(standings, FLOORS)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return text, header, rows


def read_back(folder, text, register):
    """What the CSV says when it is given to the intake as any other file."""
    path = folder / "fill_in.csv"
    path.write_text(text, encoding="utf-8")
    table = tables.opened(str(path))
    reading = recognition.recognised(table, "auto", {}, None, {})
    assert reading.kind == "customers"
    assert not reading.unused

    def enter(cell):
        number = register.known(cell)
        return None if number is None else register.ids[number]
    return attribute_rows.read(table, reading, Style(), Asides(), enter, range(END - 11, END + 1), {})


@given(books())
def test_customers_hold_the_arr_of_the_end_and_the_lost_that_of_the_start(book):
    accounts, found = book
    customers = document(standings_of(accounts, found))["customers"]
    kept = [one for one in customers if not one.get("churned")]
    assert sum(D(one["arr"]) for one in kept) == sum(account.ending_arr for account in accounts)
    assert sum(D(one["arr"]) for one in customers if one.get("churned")) == sum(
        account.starting_arr for account in accounts if not account.ending_arr)
    assert {one["id"] for one in customers if "churned" in one} - {a.id for a in accounts if a.starting_arr} == set()


@given(books())
def test_customers_have_only_the_keys_of_the_contract_and_no_nulls(book):
    text = customer_files.customers_json(standings_of(*book), HEADING)
    assert text.count("\n    {") == len(json.loads(text)["customers"])
    for one in json.loads(text)["customers"]:
        assert one.keys() <= KEYS
        assert set(one.get("icp_signals", {})) <= set(SIGNALS)
        assert None not in [*one.values(), *one.get("icp_signals", {"-": 0}).values()]


@given(books())
def test_what_a_file_says_reaches_the_customer_unchanged(book):
    accounts, found = book
    for one in document(standings_of(accounts, found))["customers"]:
        known = found.customers.get(one["id"], Known())
        told = {**one, **one.get("icp_signals", {})}
        for key in (*FLAGS, *LEVELS, "relationship", "previous_tier", "escalations_12m", "annual_cost_to_serve",
                    "name"):
            assert told.get(key) == getattr(known, key), key
        override = known.override_until and {"reason": known.override_reason, "until": str(known.override_until)}
        assert one.get("strategic_override") == override


@given(books())
def test_the_tiers_of_the_book_add_up_to_what_it_holds_at_the_end(book):
    accounts, found = book
    standings = standings_of(accounts, found)
    record = json.loads(customer_files.book_json(standings, HEADING, FLOORS, None, 12), parse_float=D)
    assert not checker.by_built_in(record, schema.load("book"))
    assert list(record["tiers"]) == list(FLOORS)
    assert sum(tier["customers"] for tier in record["tiers"].values()) == sum(1 for a in accounts if a.ending_arr)
    assert sum(D(tier["arr"]) for tier in record["tiers"].values()) == sum(a.ending_arr for a in accounts)


@given(books())
def test_a_gap_counts_the_customers_and_the_arr_of_whom_a_key_is_unknown(book):
    standings = standings_of(*book)
    present = [one for one in standings if one.arr and not one.known.churned]
    gaps = customer_files.missing(standings, FLOORS, None, 12, 0)
    asked = {gap.key: gap for gap in gaps if gap.document == CUSTOMERS}
    for key in Known._fields[6:]:
        unknown = [one.arr for one in present if getattr(one.known, key) is None]
        if key in asked:
            assert asked[key][3:] == (len(unknown), sum(unknown))
        else:
            assert key in ("churned", "override_reason", "override_until") or not unknown
    assert sum(gap.customers for gap in gaps if gap.key == "csms") == len(present)


@settings(max_examples=40)
@given(registers(), st.data())
def test_a_csv_filled_in_and_read_back_changes_what_was_filled_and_nothing_else(tmp_path_factory, register, data):
    standings = [Standing(one, data.draw(CENTS.filter(bool)), data.draw(KNOWN)._replace(churned=None))
                 for one in register.ids]
    _, header, rows = filled(standings)
    if not rows:
        return
    by_id = {one.id: one for one in standings}
    answers = {**dict.fromkeys((*FLAGS,), ("yes", True)), **dict.fromkeys(LEVELS, ("high", "high")),
               "annual_cost_to_serve": ("12.5", D("12.50")), "escalations_12m": ("3", 3), "tenure_months": ("7", 7),
               "renewal_date": ("2025-06-30", date(2025, 6, 30)), "previous_tier": ("smb", "smb"),
               "relationship": ("pilot", "pilot")}
    given_answers = {}
    for number, row in enumerate(rows):
        for place in range(3, len(row)):
            if not row[place] and data.draw(st.booleans()):
                row[place], given_answers[number, header[place]] = answers[header[place]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    found = read_back(tmp_path_factory.mktemp("filled"), buffer.getvalue(), register)
    assert len(found.customers) == len(rows)
    for number, (customer, known) in enumerate(found.customers.items()):
        before = by_id[customer]
        expected = {key: getattr(before.known, key) for key in (*header[1:2], *header[3:])}
        expected.update({key: value for (row, key), value in given_answers.items() if row == number})
        assert known == Known(arr=before.arr, **expected)


@pytest.mark.parametrize("customer", ["-A", "=A", "+A", "@A", "'-A", "''=A", "001", "a,b", 'say "x"'])
def test_an_id_that_a_spreadsheet_would_read_as_a_formula_comes_back_as_it_was(tmp_path, customer):
    register = Register()
    register.entered(customer)
    assert register.ids == [customer]
    text, _, rows = filled([Standing(customer, D(10), Known(name=customer))])
    assert not rows[0][0].startswith(("=", "+", "-", "@"))
    assert read_back(tmp_path, text, register).customers == {customer: Known(name=customer, arr=D(10))}


def test_the_csv_asks_of_the_accounts_where_most_money_moves():
    nothing, all_but_one = Known(), Known(**{key: "low" for key in LEVELS}, escalations_12m=0)
    standings = [Standing("small", D(10), nothing), Standing("large", D(1000), nothing),
                 Standing("answered", D(1000), all_but_one), Standing("near a floor", D(19_000), nothing),
                 Standing("far from one", D(30_000), nothing), Standing("lost", D(10**6), Known(churned=True)),
                 Standing("pilot", D(0), Known(relationship="pilot"))]
    _, header, rows = filled(standings)
    assert [row[0] for row in rows] == ["near a floor", "far from one", "large", "answered", "small"]
    assert header[:4] == ["customer_id", "name", "arr", "annual_cost_to_serve"]
    assert rows[3][header.index("complexity")] == "low"


def test_the_csv_holds_thirty_accounts_and_no_column_that_is_known_of_all():
    standings = [Standing(f"C{n:02}", D(n + 1), Known(multi_year=False)) for n in range(50)]
    _, header, rows = filled(standings)
    assert [row[0] for row in rows] == [f"C{n:02}" for n in range(49, 19, -1)]
    assert len(rows) == MOST_ASKED
    assert "multi_year" not in header


def test_nothing_is_asked_when_all_is_known():
    whole = Known(*["x"] * len(Known._fields))._replace(churned=False)
    assert filled([Standing("A", D(5), whole)])[1:] == (["customer_id", "name", "arr"], [])


def test_tenure_is_the_months_since_the_first_active_one_or_longer_when_a_file_says_so():
    accounts = [Account(one, "2024-03", D(5), D(5), False) for one in "AB"]
    found = Attributes({"A": Known(tenure_months=4), "B": Known(tenure_months=20)})
    assert [one.known.tenure_months for one in standings_of(accounts, found)] == [9, 20]


def test_tenure_where_records_begin_is_what_a_file_says_or_a_lower_bound_of_a_year():
    begins = Period(START, END, START)
    accounts = [Account(one, "2023-12", D(5), D(5), False) for one in "ABCD"]
    accounts.append(Account("E", "2024-12", D(0), D(5), False))
    found = Attributes({"A": Known(tenure_months=40), "B": Known(signup=date(2020, 12, 5)),
                        "C": Known(tenure_months=3)})
    assert [one.known.tenure_months for one in standings_of(accounts, found, period=begins)] == [40, 48, 12, 12, 0]
    short = Period(END - 3, END, END - 3)
    accounts = [Account("A", "2024-09", D(5), D(5), False)]
    assert standings_of(accounts, period=short)[0].known.tenure_months is None


def test_a_lost_customer_stands_as_it_stood_when_the_period_began():
    lost, = standings_of([Account("A", "2023-06", D(80), D(0), False)], ends={"A": date(2025, 6, 1)})
    assert lost == Standing("A", D(80), Known(tenure_months=6, churned=True))


def test_churn_is_that_of_the_book_whatever_a_file_says_and_not_said_of_customers_won():
    accounts = [Account("kept", "2023-01", D(5), D(5), False), Account("lost", "2023-01", D(5), D(0), False),
                Account("won", "2024-05", D(0), D(5), False)]
    found = Attributes({"kept": Known(churned=True), "lost": Known(churned=False), "won": Known(churned=False)})
    assert {one.id: one.known.churned for one in standings_of(accounts, found)} == {
        "kept": False, "lost": True, "won": None}


@pytest.mark.parametrize("said, end, expected", [
    (None, date(2025, 6, 1), date(2025, 6, 1)), (None, date(2024, 12, 31), None),
    (date(2025, 3, 1), date(2025, 6, 1), date(2025, 3, 1)), (date(2024, 3, 1), date(2025, 6, 1), date(2025, 6, 1)),
    (date(2024, 3, 1), None, date(2024, 3, 1))])
def test_a_renewal_is_what_a_file_says_while_ahead_or_the_end_that_the_export_has(said, end, expected):
    found = Attributes({"A": Known(renewal_date=said)})
    one, = standings_of([Account("A", "2023-01", D(5), D(5), False)], found, {"A": end} if end else {})
    assert one.known.renewal_date == expected


def test_pilots_that_a_book_does_not_bill_stand_at_zero_and_other_strangers_do_not():
    found = Attributes({"P": Known(relationship="pilot"), "Q": Known(relationship="design_partner", churned=True),
                        "R": Known(relationship="paying"), "S": Known()})
    assert document(standings_of([], found))["customers"] == [
        {"id": "P", "arr": D("0.00"), "relationship": "pilot"}]


def test_without_a_book_the_files_say_who_pays_what():
    found = Attributes({"B": Known(arr=D(7), signup=date(2024, 2, 9)), "A": Known(arr=D(5), churned=True),
                        "C": Known(name="No amount"), "D": Known(arr=D(0)), "E": Known(relationship="pilot")})
    standings = of_files(found, END)
    assert [(one.id, one.arr, one.known.tenure_months) for one in standings] == [
        ("A", D(5), None), ("B", D(7), 10), ("E", D(0), None)]
    assert unpriced(found) == 1
    first = customer_files.missing(standings, FLOORS, None, 0, unpriced(found))[0]
    assert first == Gap(CUSTOMERS, "arr", None, 1, D(0))


def test_growth_and_churn_come_from_a_bridge_over_twelve_months_and_from_no_other():
    book = {"kept": ((START - 5, D(100)), (END, D(150))), "lost": ((START - 5, D(60)), (END - 3, D(0))),
            "won": ((END - 1, D(90)),), "also": ((END - 1, D(30)),)}
    bridge, accounts = ledger.bridge(book, START, END), ledger.accounts(book, START, END)
    standings = standings_of(accounts)
    record = json.loads(customer_files.book_json(standings, HEADING, FLOORS, bridge, 12))
    assert {key: value for key, value in record.items() if key != "tiers"} == {
        "as_of": "2024-12-31", "currency": "USD", "stage": "growth", "annual_growth_ratio": 0.5,
        "arr_per_customer_growth_ratio": 0.125, "annual_churn_ratio": 0.5}
    assert record["tiers"]["smb"] == {"customers": 3, "arr": 270.0, "csms": None}
    assert record["tiers"]["strategic"] == {"customers": 0, "arr": 0.0, "csms": None}
    for other, period_months in ((bridge, 6), (None, 12), (ledger.bridge(book, START - 20, START - 10), 12)):
        bare = json.loads(customer_files.book_json(standings, HEADING, FLOORS, other, period_months))
        assert [value for key, value in bare.items() if key.endswith("_ratio")] == [None, None, None]
        gaps = customer_files.missing(standings, FLOORS, other, period_months, 0)
        assert "annual_growth_ratio" in [gap.key for gap in gaps]


def test_growth_by_more_than_ten_times_is_no_rate_to_plan_with_and_is_asked():
    book = {"first": ((START - 5, D(100)),), **{f"won {n}": ((END - 1, D(90)),) for n in range(11)}}
    bridge, accounts = ledger.bridge(book, START, END), ledger.accounts(book, START, END)
    record = json.loads(customer_files.book_json(standings_of(accounts), HEADING, FLOORS, bridge, 12))
    assert (record["annual_growth_ratio"], record["annual_churn_ratio"]) == (None, 0)
    gaps = [gap.key for gap in customer_files.missing(standings_of(accounts), FLOORS, bridge, 12, 0)]
    assert "annual_growth_ratio" in gaps and "annual_churn_ratio" not in gaps


@pytest.mark.parametrize("rates", [None, Rates(D("-0.25"), None, D("0.1234567"))])
def test_a_book_of_any_tiers_is_one_that_its_schema_accepts(rates):
    record = json.loads(book_text(HEADING, {"high_touch": (2, D("300000.50")), "low_touch": (0, D(0)),
                                            "tech_touch": (9, D(90))}, rates))
    assert not checker.by_built_in(record, schema.load("book"))
    assert record["tiers"] == {"high_touch": {"customers": 2, "arr": 300000.5, "csms": None},
                               "low_touch": {"customers": 0, "arr": 0.0, "csms": None},
                               "tech_touch": {"customers": 9, "arr": 90.0, "csms": None}}
    assert [value for key, value in record.items() if key.endswith("_ratio")] == (
        [-0.25, None, 0.123457] if rates else [None] * 3)


@pytest.mark.parametrize("change, path", [
    ({"tiers": {"gold": {"customers": 1, "arr": 1}}}, ("tiers",)),
    ({"tiers": {"smb": {"customers": 1}}}, ("tiers", "smb")),
    ({"tiers": {"smb": {"customers": 1.5, "arr": 1}}}, ("tiers", "smb", "customers")),
    ({"annual_growth_ratio": 40}, ("annual_growth_ratio",)),
    ({"annual_growth_ratio": {"smb": 40}}, ("annual_growth_ratio", "smb")),
    ({"annual_churn_ratio": 12}, ("annual_churn_ratio",)), ({"people": [{"tier": "smb"}]}, ("people", 0)),
    ({"as_of": "2024"}, ("as_of",)), ({"planned": 1}, ())])
def test_a_book_that_says_what_no_book_can_is_not_accepted_by_either_checker(change, path):
    good = {"as_of": "2024-12-31", "annual_growth_ratio": {"smb": 0.4, "strategic": None},
            "tiers": {"smb": {"customers": 3, "arr": 9, "csms": 0.5, "planned_new_customers": 4}},
            "people": [{"tier": "smb", "fte": 0.5, "months_in_seat": 7}], "managers": 1,
            "founder_escalations_per_week": 2}
    rules = schema.load("book")
    assert not checker.by_built_in(good, rules)
    assert [breach.path for breach in checker.by_built_in({**good, **change}, rules)] == [path]
    assert {tuple(error.absolute_path) for error in
            jsonschema.Draft202012Validator(rules).iter_errors({**good, **change})} == {path}


def test_what_the_costs_leave_out_stands_before_the_customers_and_only_where_there_is_something():
    standings = [Standing("A", D(10), Known(annual_cost_to_serve=D(5)))]
    text = customer_files.customers_json(standings, HEADING, True, ("Tickets only.", "A “quote”."))
    record = json.loads(text)
    assert list(record) == ["as_of", "currency", "cost_is_partial", "notes", "customers"]
    assert (record["cost_is_partial"], record["notes"]) == (True, ["Tickets only.", "A “quote”."])
    assert not checker.by_built_in(json.loads(text, parse_float=D), schema.load("customers"))
    assert list(document(standings)) == ["as_of", "currency", "customers"]


def test_a_tier_owns_its_floor():
    standings = [Standing(arr, D(arr), Known()) for arr in ("100000", "99999.99", "20000", "5000", "1")]
    record = json.loads(customer_files.book_json(standings, HEADING, FLOORS, None, 12))
    assert {tier: held["customers"] for tier, held in record["tiers"].items()} == {
        "strategic": 1, "enterprise": 2, "mid_market": 1, "smb": 1}


def test_gaps_are_ordered_by_what_most_depends_on_them():
    standings = [Standing("A", D(30_000), Known(annual_cost_to_serve=D(5))), Standing("B", D(100), Known())]
    gaps = customer_files.missing(standings, FLOORS, None, 12, 0)
    keys = [gap.key for gap in gaps if gap.document == CUSTOMERS]
    assert keys[:2] == ["in_target_industry", "uses_target_workflow"]
    assert keys[-1] == "annual_cost_to_serve"
    dearer = [Standing("A", D(1000), Known(**dict.fromkeys(SIGNALS, True))), Standing("B", D(900), Known())]
    first = [gap.key for gap in customer_files.missing(dearer, FLOORS, None, 12, 0)]
    assert first.index("in_target_industry") < first.index("complexity")
    assert [(gap.key, gap.tier) for gap in gaps if gap.document == BOOK][:3] == [
        ("csms", "enterprise"), ("csms", "smb"), ("people", None)]


def test_no_customers_are_an_empty_list_and_lack_nothing():
    assert document([]) == {"as_of": "2024-12-31", "currency": "USD", "customers": []}
    assert customer_files.missing([], FLOORS, None, 12, 0) == []


def test_the_default_policy_has_the_floors_of_the_tiers_that_the_files_use():
    assert list(source.own("policy.json")["tier_floors"]) == list(FLOORS)
