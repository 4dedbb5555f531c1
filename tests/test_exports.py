"""Exports read: thirty small ones whose answer was worked out by hand, then how columns, cells and doubts are told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import cells, columns, doubts, exports, source
from cslib.intake import Wish, taken_in
from cslib.ledger import Flow, Spell
from cslib.months import month_end
from cslib.question import Unanswered, question_text
from cslib.refusal import Refusal, Usage

D = Decimal


def table(folder, text):
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return source.table(str(path))


def taken(folder, text, as_of="2024-12-31", **chosen):
    wish = {"kind": "auto", "mapped": {}, "period_months": 12, "end_date": None, "overlap": None, "complete_to": None,
            "currency": None, "stage": None, "as_of": date.fromisoformat(as_of), **chosen}
    return taken_in(table(folder, text), Wish(**wish))


def refused(folder, text, **chosen):
    with pytest.raises(Refusal) as caught:
        taken(folder, text, **chosen)
    return [(fault.kind, fault.place) for fault in caught.value.faults]


# A case: the export, what is asked, and opening, new, reactivated, expansion, contraction, churned, closing ARR.
SUBSCRIPTIONS = {
    "one that stays": (
        "customer_id,start_date,end_date,arr\nA,2023-05-01,,1200\n", {},
        (1200, 0, 0, 0, 0, 0, 1200)),
    "one that ends on the last day is gone on it": (
        "customer_id,start_date,end_date,arr\nA,2023-05-01,,1000\nB,2023-05-01,2024-12-31,500\n", {},
        (1500, 0, 0, 0, 0, 500, 1000)),
    "the same with inclusive ends is still there": (
        "customer_id,start_date,end_date,arr\nA,2023-05-01,,1000\nB,2023-05-01,2024-12-31,500\n",
        {"end_date": "inclusive"}, (1500, 0, 0, 0, 0, 0, 1500)),
    "a plan change on one day is no overlap": (
        "customer_id,start_date,end_date,mrr\nA,2023-05-01,2024-06-10,100\nA,2024-06-10,,150\n", {},
        (1200, 0, 0, 600, 0, 0, 1800)),
    "a downgrade and a return": (
        "customer_id,start_date,end_date,arr\nA,2023-01-01,2024-03-01,900\nA,2024-03-01,,400\n"
        "B,2022-01-01,2023-02-01,70\nB,2024-08-15,,80\n", {},
        (900, 0, 80, 0, 500, 0, 480)),
    "two subscriptions that add up": (
        "customer_id,subscription_id,start_date,end_date,arr\nA,s1,2023-01-01,,300\nA,s2,2024-05-01,,50\n",
        {"overlap": "add"}, (300, 0, 0, 50, 0, 0, 350)),
    "two of which the later replaces the earlier": (
        "customer_id,subscription_id,start_date,end_date,arr\nA,s1,2023-01-01,,300\nA,s2,2024-05-01,,50\n",
        {"overlap": "latest"}, (300, 0, 0, 0, 250, 0, 50)),
    "a trial at zero is no customer": (
        "customer_id,start_date,end_date,mrr\nA,2023-01-01,,10\nT,2024-01-05,2024-02-05,0\nF,2023-01-05,,0\n", {},
        (120, 0, 0, 0, 0, 0, 120)),
    "a stay within one month is none at a month end": (
        "customer_id,start_date,end_date,arr\nA,2023-01-01,,100\nB,2024-03-02,2024-03-30,999\n", {},
        (100, 0, 0, 0, 0, 0, 100)),
    "new within the period and gone again": (
        "customer_id,start_date,end_date,arr\nA,2023-01-01,,100\nB,2024-02-01,2024-09-01,40\nC,2024-12-31,,7\n", {},
        (100, 7, 0, 0, 0, 0, 107)),
    "ends that are a day before the next start": (
        "customer_id,start_date,end_date,arr\nA,2023-01-01,2023-12-31,100\nA,2024-01-01,2024-12-31,130\n", {},
        (100, 0, 0, 30, 0, 0, 130)),
}
SNAPSHOTS = {
    "months": ("customer,month,mrr\nA,2023-12,10\nA,2024-12,12\n", {"gap": True}, (120, 0, 0, 24, 0, 0, 144)),
    "last days": ("customer_id,snapshot_date,arr\nA,2023-12-31,10\nA,2024-12-31,8\n", {"gap": True},
                  (10, 0, 0, 0, 2, 0, 8)),
    "first days stand for their month": ("account_id,date_month,mrr\nA,2023-12-01,1\nB,2024-12-01,2\n", {"gap": True},
                                         (12, 24, 0, 0, 0, 12, 24)),
    "a zero row is nobody": ("customer,month,arr\nA,2023-12,5\nA,2024-12,0\nB,2023-12,1\nB,2024-12,1\n", {"gap": True},
                             (6, 0, 0, 0, 0, 5, 1)),
    "an absent row is zero": ("customer,month,arr\nA,2023-12,5\nB,2023-12,1\nB,2024-12,1\n", {"gap": True},
                              (6, 0, 0, 0, 0, 5, 1)),
    "several subscriptions of one month are added up": (
        "customer,subscription_id,month,arr\nA,x,2023-12,5\nA,y,2023-12,4\nA,x,2024-12,5\n", {"gap": True},
        (9, 0, 0, 0, 4, 0, 5)),
    "a return": ("customer,month,arr\nA,2023-11,5\nB,2023-11,1\nB,2023-12,1\nA,2024-12,6\nB,2024-12,1\n",
                 {"gap": True}, (1, 0, 6, 0, 0, 0, 7)),
    "months after the date asked do not count": (
        "customer,month,arr\nA,2023-12,5\nA,2024-12,6\nA,2025-01,0\nB,2025-01,9\n", {"gap": True},
        (5, 0, 0, 1, 0, 0, 6)),
    "a mid-month date stands for its month": ("customer,month,arr\nA,2023-12-15,5\nA,2024-12-15,6\n", {"gap": True},
                                              (5, 0, 0, 1, 0, 0, 6)),
    "a period of three months": ("customer,month,mrr\nA,2024-09,1.5\nA,2024-12,2.25\n",
                                 {"gap": True, "period_months": 3}, (18, 0, 0, 9, 0, 0, 27)),
}
MONTHS = ",".join(f"2023-{m:02}" for m in range(12, 13)) + "," + ",".join(f"2024-{m:02}" for m in range(1, 13))
WIDE = {
    "monthly amounts": (f"customer,{MONTHS}\nA{',10' * 13}\n", {"mapped": {"mrr": "months"}},
                        (120, 0, 0, 0, 0, 0, 120)),
    "annual amounts": (f"customer,{MONTHS}\nA{',10' * 13}\n", {"mapped": {"arr": "2024-01"}}, (10, 0, 0, 0, 0, 0, 10)),
    "a blank is nobody": (f"customer,{MONTHS}\nA{',10' * 13}\nB,7{',' * 12}\nC{',' * 12},3\nD{',' * 13}\n",
                          {"mapped": {"arr": "months"}}, (17, 3, 0, 0, 0, 7, 13)),
    "up and down": (f"customer,{MONTHS}\nA,10{',20' * 12}\nB,10{',4' * 12}\n", {"mapped": {"arr": "months"}},
                    (20, 0, 0, 10, 6, 0, 24)),
    "away and back inside the period nets to nothing": (
        f"customer,{MONTHS}\nA,10{',0' * 6}{',10' * 6}\n", {"mapped": {"arr": "months"}}, (10, 0, 0, 0, 0, 0, 10)),
    "the unit is in the headers": (
        "Customer," + ",".join(f"MRR {m}" for m in MONTHS.split(",")) + f"\nA{',2' * 13}\n", {},
        (24, 0, 0, 0, 0, 0, 24)),
    "columns in any order": (
        "customer," + ",".join(reversed(MONTHS.split(","))) + f"\nA,9{',8' * 11},5\n", {"mapped": {"arr": "months"}},
        (5, 0, 0, 4, 0, 0, 9)),
    "last days as headers": (
        "customer," + ",".join(str(month_end(2023 * 12 + 11 + n)) for n in range(13)) + f"\nA{',6' * 13}\n",
        {"mapped": {"arr": "months"}}, (6, 0, 0, 0, 0, 0, 6)),
    "other columns stay out of it": (
        f"Customer,Start Date,End Date,{MONTHS}\nA,2020-01-01,N/A{',6' * 13}\n", {"mapped": {"arr": "months"}},
        (6, 0, 0, 0, 0, 0, 6)),
    "lines of one customer are added up": (
        f"customer,subscription,{MONTHS}\nA,x{',6' * 13}\nA,y,1{',2' * 12}\n", {"mapped": {"arr": "months"}},
        (7, 0, 0, 1, 0, 0, 8)),
}


def filled(text):
    """A snapshot export with a zero row of an extra customer in every month that the case leaves out."""
    rows = text.splitlines()
    header = rows[0].split(",")
    column = next(n for n, name in enumerate(header) if "month" in name or "date" in name)
    there = {row.split(",")[column][:7] for row in rows[1:]}
    first, last = min(there), max(there)
    months = [f"{y}-{m:02}" for y in range(2023, 2026) for m in range(1, 13)]
    extra = [[month if n == column else "0" for n in range(len(header))]
             for month in months if first < month < last and month not in there]
    return "\n".join([*rows, *(",".join(row) for row in extra)]) + "\n"


@pytest.mark.parametrize("kind, name", [(kind, name) for kind, cases in (
    ("subscriptions", SUBSCRIPTIONS), ("snapshots", SNAPSHOTS), ("wide", WIDE)) for name in cases])
def test_a_small_export_comes_out_as_by_hand(tmp_path, kind, name):
    text, chosen, expected = {"subscriptions": SUBSCRIPTIONS, "snapshots": SNAPSHOTS, "wide": WIDE}[kind][name]
    chosen = dict(chosen)
    answer = taken(tmp_path, filled(text) if chosen.pop("gap", False) else text, **chosen)
    assert answer.reading.kind == kind
    assert answer.prepared.bridge[1:8] == tuple(map(D, expected))


# Columns

@pytest.mark.parametrize("header, kind, roles", [
    ("subscription_id,customer_id,start_date,end_date,monthly_amount", "subscriptions",
     {"subscription": 0, "customer": 1, "start": 2, "end": 3, "mrr": 4}),
    ("Customer ID,Customer Name,Start Date (UTC),Ended At (UTC),ARR (USD)", "subscriptions",
     {"customer": 0, "name": 1, "start": 2, "end": 3, "arr": 4}),
    ("CUSTOMER_UUID,MRR,START_DATE,END_DATE,PLAN_UUID,QUANTITY", "subscriptions",
     {"customer": 0, "mrr": 1, "start": 2, "end": 3}),
    ("Account Name,Period,MRR,Industry", "snapshots", {"customer": 0, "name": 0, "month": 1, "mrr": 2, "segment": 3}),
])
def test_columns_are_told_by_their_names_whatever_their_case_and_spacing(tmp_path, header, kind, roles):
    reading = columns.recognised(table(tmp_path, header + "\n" + "," * header.count(",") + "\n"), "auto", {})
    assert reading.kind == kind
    assert {role: found.column for role, found in reading.roles.items()} == roles


def test_unnamed_columns_are_told_by_what_is_in_them_and_said_to_be(tmp_path):
    text = "who,von,bis,mrr\nA,2023-01-01,,5\nB,2023-02-01,2024-01-01,6\n"
    reading = columns.recognised(table(tmp_path, text), "auto", {})
    assert reading.kind == "subscriptions"
    assert {role: tuple(found) for role, found in reading.roles.items()} == {
        "customer": (0, "content"), "start": (1, "content"), "end": (2, "content"), "mrr": (3, "named")}


def test_a_mapped_column_wins_over_a_named_one(tmp_path):
    text = "customer_id,account,start_date,end_date,arr,fee\nA,B,2023-01-01,,5,9\n"
    reading = columns.recognised(table(tmp_path, text), "auto", {"customer": "account", "mrr": "Fee"})
    assert reading.roles["customer"] == (1, "mapped")
    assert (reading.unit, reading.roles["mrr"].column, "arr" in reading.roles) == ("mrr", 5, False)


def test_arr_is_taken_before_mrr_and_rows_in_which_they_differ_are_counted(tmp_path):
    text = "customer,start,end,arr,mrr\nA,2023-01-01,,1200,100\nB,2023-01-01,,1200,90\n"
    answer = taken(tmp_path, text)
    assert answer.prepared.bridge.closing_arr == 2400
    assert answer.export.disagreeing == 1


@pytest.mark.parametrize("text, flag", [
    ("customer,start,end,amount\nA,2023-01-01,,5\n", '--map mrr="amount"'),
    (f"customer,{MONTHS}\nA{',10' * 13}\n", '--map mrr="months"'),
    ("customer,month,start,end,arr\nA,2024-01,2023-01-01,,5\n", "--kind snapshots"),
    ("customer,start date,start_date,end,arr\nA,2023-01-01,2023-01-01,,5\n", '--map start="start_date"'),
])
def test_what_names_leave_open_is_asked_with_the_flag_that_answers(tmp_path, text, flag):
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, text)
    assert flag in question_text(caught.value)


@pytest.mark.parametrize("text", ["customer,start,end\nA,2023-01-01,\n", "customer,start,arr\nA,2023-01-01,4\n",
                                  "start,end,arr\n2023-01-01,,4\n", "customer,arr\nA,4\n"])
def test_a_needed_column_that_is_not_there_is_refused(tmp_path, text):
    assert refused(tmp_path, text)[0][0] in ("no such column", "kind not recognised")


def test_a_mapped_column_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(Usage, match="the columns are customer, start, end, arr"):
        taken(tmp_path, "customer,start,end,arr\nA,2023-01-01,,5\n", mapped={"arr": "ACV"})


# Rows and cells

BAD = "customer,start,end,mrr\n"


@pytest.mark.parametrize("row, kind", [
    ("A,2023-01-01,,abc", "not an amount"), ("A,2023-01-01,,1.200,00", "ragged rows"),
    ("A,2023-01-01,,$5", "not an amount"), ("A,2023-01-01,,nan", "not an amount"),
    ("A,2023-01-01,,", "missing amount"), ("A,2023-01-01,,-5", "negative amount"),
    ("A,2023-01-01,,1e3", "not an amount"), ("A,2023-01-01,,99999999999999", "amount out of range"),
    ("A,2023-02-30,,5", "not a date"), ("A,01/02/2023,,5", "not a date"), ("A,,,5", "not a date"),
    ("A,2023-01-01,never,5", "not a date"), ("A,2023-05-01,2023-04-01,5", "end before start"),
    (",2023-01-01,,5", "missing customer"), (",,,", "blank row"), ("Total,2023-01-01,,5", "totals row"),
    ("x" * 201 + ",2023-01-01,,5", "long customer id"),
])
def test_a_row_that_cannot_be_taken_as_it_stands_is_refused_by_its_line(tmp_path, row, kind):
    found = refused(tmp_path, BAD + "Z,2023-01-01,,5\n" + row + "\n")
    assert [name for name, _ in found] == [kind]
    assert found[0][1].startswith("line 3")


def test_every_fault_is_found_in_one_go(tmp_path):
    found = refused(tmp_path, BAD + "A,2023-01-01,,x\nB,2023-13-01,,5\n,2023-01-01,,5\nC,2023-01-01,,y\n")
    assert [kind for kind, _ in found] == ["not an amount", "not a date", "missing customer", "not an amount"]


@pytest.mark.parametrize("text, kind", [
    ("customer,month,arr\nA,2023-12,5\nA,2023-12-31,5\n", "customer-month twice"),
    ("customer,month,arr\nA,2023-12,5\nA,2024-02,5\n", "month without rows"),
    ("customer,month,arr\nA,2023-12,5\nA,Jan 2024,5\n", "not a month"),
    ("customer,2023-12,2024-02\nA,1,1\n", "month without a column"),
    ("customer,2023-12,2024-01\nA,1,1\nA,1,1\n", "customer twice"),
    ("customer,2023-12,2023-12-31\nA,1,1\n", "month named twice"),
    ("customer,2023-12,2024-13\nA,1,1\n", "no such month"),
    ("customer,month,arr,currency\nA,2023-12,5,USD\nB,2023-12,5,EUR\n", "several currencies"),
    ("customer,subscription_id,start,end,arr\nA,s,2023-01-01,,5\nA,s,2023-01-01,,5\n", "repeated row"),
    ("customer,month,arr\n", "no rows"),
])
def test_a_table_that_contradicts_itself_is_refused(tmp_path, text, kind):
    mapped = {"arr": "months"} if text.startswith("customer,2023") else {}
    assert refused(tmp_path, text, mapped=mapped)[0][0] == kind


@pytest.mark.parametrize("text, as_of, period, kind", [
    ("customer,month,arr\nA,2023-12,5\nA,2024-01,5\n", "2024-02-29", 1, "as-of beyond the export"),
    ("customer,month,arr\nA,2023-12,5\nA,2024-01,5\n", "2024-01-31", 2, "period before the export"),
    ("customer,start,end,arr\nA,2023-12-05,,5\n", "2023-11-30", 2, "as-of before the export"),
    ("customer,start,end,arr\nA,2023-12-05,2024-01-05,5\n", "2026-01-31", 2, "no customers"),
])
def test_a_period_that_the_export_does_not_know_is_refused(tmp_path, text, as_of, period, kind):
    assert refused(tmp_path, text, as_of=as_of, period_months=period)[0][0] == kind


def test_the_segment_is_the_latest_and_an_industry_that_changes_is_not_one(tmp_path):
    rows = "A,2023-01-01,2024-02-01,5,{0}\nA,2024-02-01,,5,{1}\nB,2023-01-01,,5,small\n"
    answer = taken(tmp_path, "customer,start,end,arr,segment\n" + rows.format("small", "large"))
    assert (answer.export.segments, answer.export.regrouped) == ({"A": "large", "B": "small"}, 1)
    answer = taken(tmp_path, "customer,start,end,arr,industry\n" + rows.format("retail", "media"))
    assert (answer.export.segments, answer.export.regrouped) == ({}, 1)
    answer = taken(tmp_path, "customer,start,end,arr,industry\n" + rows.format("retail", "retail"))
    assert (answer.export.segments, answer.export.regrouped) == ({"A": "retail", "B": "small"}, 0)


def test_amounts_are_kept_to_the_cent_so_that_the_bridge_closes_on_the_page(tmp_path):
    answer = taken(tmp_path, "customer,start,end,mrr\nA,2023-01-01,,33.3333\nB,2023-01-01,2024-05-01,0.00049\n")
    assert answer.prepared.bridge[1:8] == (D("400.01"), 0, 0, 0, 0, D("0.01"), D("400.00"))
    assert answer.export.rounded == 2


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)),
       st.sampled_from(["", "T09:30:00Z", " 23:59", "T00:00:00.000+02:00"]))
def test_a_date_is_read_as_written_whatever_its_time(day, time):
    assert cells.day(f" {day}{time} ") == day
    assert cells.month(f"{day}{time}") == day.year * 12 + day.month - 1


@given(st.text(max_size=12))
def test_any_text_is_a_cell_or_none_and_never_an_error(text):
    assert cells.day(text) is None or cells.month(text) is not None
    assert cells.amount(text) is None or cells.amount(text).is_finite()


@given(st.decimals(-10**12, 10**12, places=4))
def test_a_plain_number_is_read_exactly(number):
    assert cells.amount(f"{number:f}") == number


# Doubts

def monthly(*customers):
    """Renewed month by month: start, number of months, and the days between an end and the next start."""
    result = []
    for name, (months, gap) in enumerate(customers):
        start = date(2023, 1, 1)
        for _ in range(months):
            end = date(start.year + start.month // 12, start.month % 12 + 1, 1) - timedelta(days=gap)
            result.append(Spell(str(name), start, end, D(12)))
            start = end + timedelta(days=gap)
    return result


@pytest.mark.parametrize("spells, said", [
    (monthly((6, 0), (4, 0)), "exclusive"), (monthly((6, 1), (4, 1)), "inclusive"),
    (monthly((6, 0), (4, 1)), "contradictory"), (monthly((40, 0), (3, 1)), "exclusive"), (monthly((1, 0)), "silent"),
    (monthly((5, 5), (2, 1)), "silent"),
])
def test_end_dates_mean_what_the_next_start_says(spells, said):
    assert doubts.meant(doubts.seams(spells)) == said


def test_contradicting_end_dates_are_asked_about_only_when_they_change_the_book(tmp_path):
    header = "customer,start,end,arr\n"
    mid_month = "A,2023-01-10,2023-06-10,5\nA,2023-06-10,,6\nB,2023-01-10,2023-06-09,5\nB,2023-06-10,,6\n"
    assert taken(tmp_path, header + mid_month).terms.end_date == "exclusive"
    at_month_end = "A,2023-01-01,2023-07-01,5\nA,2023-07-01,,6\nB,2023-01-01,2023-06-30,5\nB,2023-07-01,,6\n"
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, header + at_month_end)
    text = question_text(caught.value)
    assert ("--end-date exclusive: the first day without: 12 ARR on 2024-12-31, "
            "GRR 100.0%, NRR 100.0%, logo 100.0%") in text
    assert taken(tmp_path, header + at_month_end, end_date="inclusive").terms == ("inclusive", "flag", "add", "data")


def test_an_overlap_is_asked_about_with_both_answers_and_only_at_month_ends(tmp_path):
    header = "customer,start,end,arr\n"
    within_a_month = "A,2023-01-05,2024-03-20,300\nA,2024-03-10,,50\n"
    assert taken(tmp_path, header + within_a_month).prepared.bridge.contraction_arr == 250
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, header + "A,2023-01-05,,300\nA,2024-03-10,,50\n")
    text = question_text(caught.value)
    assert "--overlap add: side by side, summed: 350 ARR on 2024-12-31, GRR 100.0%, NRR 116.7%, logo 100.0%" in text
    assert ("--overlap latest: the later start replaces for good: 50 ARR on 2024-12-31, "
            "GRR 16.7%, NRR 16.7%, logo 100.0%") in text


def test_two_questions_are_the_most_that_are_asked_at_once(tmp_path):
    text = ("customer,start,end,arr\nA,2023-01-01,2023-07-01,5\nA,2023-07-01,,6\nB,2023-01-01,2023-06-30,5\n"
            "B,2023-07-01,,6\n" + "".join(f"C{n},2023-01-01,2024-12-05,5\n" for n in range(9)) + "A,2024-01-01,,9\n")
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, text)
    assert question_text(caught.value).startswith("2 questions")
    assert len(caught.value.questions) == 2


def test_periods_do_not_take_the_word_of_a_flag_that_is_about_other_kinds(tmp_path):
    with pytest.raises(Usage, match="about periods"):
        taken(tmp_path, filled("customer,month,arr\nA,2023-12,5\nA,2024-12,6\n"), overlap="add")


def flow(month, opening, churned, new=0):
    amounts = [D(n) for n in (opening, new, 0, 0, 0, churned, opening + new - churned)]
    return Flow(month, *amounts, opening, new, 0, 0, 0, churned, opening + new - churned)


@pytest.mark.parametrize("losses, lost", [
    ([1] * 12 + [0, 30], 13), ([1] * 12 + [30, 1], 12), ([1] * 12 + [4, 4], None), ([30] * 12 + [30, 30], None),
    ([1] * 12 + [0, 0], None),
])
def test_customers_who_leave_as_an_extract_stops_are_doubted_and_a_steady_loss_is_not(losses, lost):
    found = doubts.sudden_loss([flow(n, 100, churned, churned) for n, churned in enumerate(losses)])
    assert (found and found.month) == lost


def test_a_book_with_nobody_left_is_doubted_from_the_month_in_which_they_left():
    book = [flow(n, 50, 0) for n in range(6)] + [flow(6, 50, 50)] + [flow(n, 0, 0) for n in range(7, 12)]
    assert doubts.sudden_loss(book).month == 6


def test_a_quiet_stretch_is_a_stop_only_in_a_book_that_was_never_quiet():
    daily = [Spell(str(n), date(2024, 1, 1) + timedelta(days=n), None, D(1)) for n in range(100)]
    assert doubts.quiet(daily, date(2024, 4, 30)) is None
    stretch = doubts.quiet(daily, date(2024, 6, 30))
    assert (stretch.since, stretch.days, stretch.usual_days) == (date(2024, 4, 9), 82, 1)
    assert doubts.stopped(stretch)
    assert not doubts.stopped(doubts.quiet(daily[::10], date(2024, 6, 30)))
    assert doubts.quiet([*daily, Spell("later", date(2024, 12, 1), None, D(1))], date(2024, 6, 30)) is None


def test_a_date_up_to_which_the_export_is_complete_answers_or_refuses(tmp_path):
    leavers = "".join(f"C{n},2023-01-01,2024-12-05,5\n" for n in range(9))
    text = "customer,start,end,arr\nA,2023-01-01,,9\n" + leavers
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, text)
    assert "--as-of 2024-11-30" in question_text(caught.value)
    assert taken(tmp_path, text, complete_to=date(2024, 12, 31)).prepared.bridge.churned_arr == 45
    assert refused(tmp_path, text, complete_to=date(2024, 12, 30))[0][0] == "as-of beyond the export"


def test_reading_a_table_leaves_end_dates_as_they_are_written(tmp_path):
    text = "customer,start,end,arr\nA,2023-01-01,2023-12-31,5\nA,2024-01-01,9999-12-31,5\n"
    found = table(tmp_path, text)
    spells = exports.read(found, columns.recognised(found, "auto", {})).spells
    assert [spell.end for spell in spells] == [date(2023, 12, 31), None]


def test_a_customer_lost_to_a_row_of_zero_is_named_in_the_question_and_in_the_notes(tmp_path):
    header = "customer,start,end,arr\n"
    trial = "A,2023-01-05,,300\nA,2024-11-10,,0\nB,2023-01-05,,100\nB,2024-03-10,,50\n"
    with pytest.raises(Unanswered) as caught:
        taken(tmp_path, header + trial)
    assert "1 customer lost to a row of zero, perhaps a trial" in question_text(caught.value)
    told = taken(tmp_path, header + trial, overlap="latest")
    assert told.prepared.bridge.churned_customers == 1
    assert any(remark.startswith("1 lost customer left only because a later row of zero") for remark in told.remarks)
    assert json.loads(told.prepared.files["cohorts.json"])["notes"] == list(told.remarks)
