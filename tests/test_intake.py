"""The intake: exports whose answer was worked out by hand; what is refused, set aside, doubted, asked and joined."""

from __future__ import annotations

import json
import shlex
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import called
from cslib import asking, doubts, figures, intake_flags, intake_notes, intake_words, policy, settled, tables
from cslib.intake import taken_in
from cslib.ledger import Flow, Spell
from cslib.months import month_end, month_index, month_name
from cslib.question import Unanswered, question_text
from cslib.refusal import Refusal, Usage
from cslib.wish import Wish, changed

D = Decimal
FLOORS = policy.read(None).settings["tier_floors"]


def opened(folder, files):
    """The tables of one text, or of several by file name."""
    found = []
    for name, text in (files if isinstance(files, dict) else {"export.csv": files}).items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        found.append(tables.opened(str(path)))
    return found


def wish_of(as_of="2024-12-31", **chosen):
    return Wish(date.fromisoformat(as_of), tier_floors=FLOORS, **chosen)


def taken(folder, files, as_of="2024-12-31", **chosen):
    return taken_in(opened(folder, files), wish_of(as_of, **chosen))


def refused(folder, files, **chosen):
    with pytest.raises(Refusal) as caught:
        taken(folder, files, **chosen)
    return [(fault.kind, fault.place) for fault in caught.value.faults]


def asked(folder, files, as_of="2024-12-31", **chosen):
    """What is asked of a run, all at once and with figures."""
    with pytest.raises(Unanswered) as caught:
        asking.answered(opened(folder, files), wish_of(as_of, **chosen))
    return caught.value


def ways(unanswered):
    """The figures of every answer by its flag."""
    return {way.flag: way.consequence for question in unanswered.questions for way in question.ways}


def bridge(answer):
    return answer.prepared.bridge[1:8]


def notes(answer, **chosen):
    return " ".join(intake_notes.notes(answer, wish_of(**chosen)))


def document(answer, name):
    return json.loads(answer.files[name])


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
    "months": ("customer,month,mrr\nA,2023-12,10\nA,2024-12,12\n", {}, (120, 0, 0, 24, 0, 0, 144)),
    "last days": ("customer_id,snapshot_date,arr\nA,2023-12-31,10\nA,2024-12-31,8\n", {},
                  (10, 0, 0, 0, 2, 0, 8)),
    "first days stand for their month": ("account_id,date_month,mrr\nA,2023-12-01,1\nB,2024-12-01,2\n", {},
                                         (12, 24, 0, 0, 0, 12, 24)),
    "a zero row is nobody": ("customer,month,arr\nA,2023-12,5\nA,2024-12,0\nB,2023-12,1\nB,2024-12,1\n", {},
                             (6, 0, 0, 0, 0, 5, 1)),
    "an absent row is zero": ("customer,month,arr\nA,2023-12,5\nB,2023-12,1\nB,2024-12,1\n", {},
                              (6, 0, 0, 0, 0, 5, 1)),
    "several subscriptions of one month are added up": (
        "customer,subscription_id,month,arr\nA,x,2023-12,5\nA,y,2023-12,4\nA,x,2024-12,5\n", {},
        (9, 0, 0, 0, 4, 0, 5)),
    "a return": ("customer,month,arr\nA,2023-11,5\nB,2023-11,1\nB,2023-12,1\nA,2024-12,6\nB,2024-12,1\n",
                 {}, (1, 0, 6, 0, 0, 0, 7)),
    "months after the date asked do not count": (
        "customer,month,arr\nA,2023-12,5\nA,2024-12,6\nA,2025-01,0\nB,2025-01,9\n", {},
        (5, 0, 0, 1, 0, 0, 6)),
    "a mid-month date stands for its month": ("customer,month,arr\nA,2023-12-15,5\nA,2024-12-15,6\n", {},
                                              (5, 0, 0, 1, 0, 0, 6)),
    "a period of three months": ("customer,month,mrr\nA,2024-09,1.5\nA,2024-12,2.25\n",
                                 {"period_months": 3}, (18, 0, 0, 9, 0, 0, 27)),
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
    answer = taken(tmp_path, text, **chosen)
    assert answer.gathered.files[0].reading.kind == kind
    assert bridge(answer) == tuple(map(D, expected))


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_rows_of_zero_in_the_months_that_are_left_out_change_no_bridge(tmp_path, name):
    text, chosen, expected = SNAPSHOTS[name]
    assert bridge(taken(tmp_path, filled(text), **chosen)) == tuple(map(D, expected))


VALUES = st.lists(st.lists(st.sampled_from([0, 0, 10, 20]), min_size=15, max_size=15), min_size=1, max_size=3)


@given(VALUES)
def test_one_company_gives_one_answer_as_rows_columns_ledger_and_periods(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    values = [[1] * 15, *values]  # one that always pays: a month in which nobody does would be a break in recording
    months = list(range(month_index(date(2023, 10, 1)), month_index(date(2024, 12, 1)) + 1))
    names = list(map(month_name, months))
    long, wide = ["customer,month,mrr"], ["customer," + ",".join(f"MRR {name}" for name in names)]
    ledger, spells = ["customer,date,mrr change"], ["customer,start,end,mrr"]
    for customer, held in enumerate(values):
        long += [f"C{customer},{name},{mrr}" for name, mrr in zip(names, held) if mrr]
        wide.append(f"C{customer}," + ",".join(map(str, held)))
        for name, before, after in zip(names, [0, *held], held):
            if after != before:
                ledger.append(f"C{customer},{name}-15,{after - before}")
        spells += [f"C{customer},{name}-01,{month_end(month) + timedelta(days=1)},{mrr}"
                   for month, name, mrr in zip(months, names, held) if mrr]
    answers = [taken(folder, "\n".join(lines) + "\n") for lines in (long, wide, ledger, spells)]
    kinds = [answer.gathered.files[0].reading.kind for answer in answers]
    assert kinds == ["snapshots", "wide", "movements", "subscriptions"]
    start, end = ([12 * held[at] for held in values] for at in (2, 14))
    moved = [after - before for before, after in zip(start, end)]
    for answer in answers:
        found = answer.prepared.bridge
        assert (found.opening_arr, found.closing_arr) == (sum(start), sum(end))
        assert found.new_arr + found.reactivated_arr == sum(b for a, b in zip(start, end) if not a)
        assert found.churned_arr == sum(a for a, b in zip(start, end) if not b)
        assert found.expansion_arr - found.contraction_arr == sum(
            m for m, a, b in zip(moved, start, end) if a and b)
        assert [flow[1:] for flow in answer.prepared.monthly[-14:]] == [
            flow[1:] for flow in answers[0].prepared.monthly[-14:]]
        for name in ("cohort_triangle.csv", "retention.csv", "book.json"):
            assert answer.files[name] == answers[0].files[name]


# Rows and cells

PERIODS = "customer,start,end,mrr\n"


@pytest.mark.parametrize("row, kind", [
    ("A,2023-01-01,,abc", "not an amount"), ("A,2023-01-01,,1.200,00", "ragged rows"),
    ("A,2023-01-01,,nan", "missing amount"), ("A,2023-01-01,,", "missing amount"),
    ("A,2023-01-01,,-5", "negative amount"), ("A,2023-01-01,,(5)", "negative amount"),
    ("A,2023-01-01,,1e3", "not an amount"), ("A,2023-01-01,,5%", "not an amount"), ("A,2023-01-01,,=2+3", "formula"),
    ("A,2023-01-01,,99999999999999", "amount out of range"),
    ("A,2023-02-30,,5", "not a date"), ("A,13/13/2023,,5", "not a date"), ("A,,,5", "not a date"),
    ("A,20224-01-01,,5", "not a date"), ("A,2224-01-01,,5", "not a date"),
    ("A,2023-01-01,never,5", "not a date"), ("A,2023-05-01,2023-04-01,5", "end before start"),
    (",2023-01-01,,5", "missing customer"), ("x" * 201 + ",2023-01-01,,5", "long customer id"),
])
def test_a_row_that_cannot_be_taken_as_it_stands_is_refused_by_its_line(tmp_path, row, kind):
    found = refused(tmp_path, PERIODS + "Z,2023-01-01,,5\n" + row + "\n")
    assert [name for name, _ in found] == [kind]
    assert found[0][1].startswith("line 3")


@pytest.mark.parametrize("row, arr", [
    ("A,2023-01-01,,$5", 60), ("A,2023-01-01,,\"1,200.50\"", 14406), ("A,2023-01-01,,2k", 24_000),
    ("A,14/3/2023,,5", 60), ("A,Mar 14 2023,9999-12-31,5", 60),
])
def test_a_cell_written_for_people_is_read(tmp_path, row, arr):
    answer = taken(tmp_path, PERIODS + "Z,2023-01-01,,1\n" + row + "\n")
    assert (answer.prepared.bridge.opening_arr, answer.prepared.bridge.closing_arr) == (12 + arr, 12 + arr)


@pytest.mark.parametrize("row, kind", [
    (",,,", "blank"), ("Total,2023-01-01,,5", "total"), ("Grand Total,,,5", "total"), ("Z,2023-01-01,,5", "double"),
    ("customer,start,end,mrr", "repeated_header"), ("Report of 3 May,,,", "footer"),
])
def test_a_row_that_is_no_customer_is_set_aside_and_named_with_its_line(tmp_path, row, kind):
    answer = taken(tmp_path, PERIODS + "Z,2023-01-01,,5\n" + row + "\n")
    file, = answer.gathered.files
    assert (bridge(answer)[0], file.rows) == (60, 1)
    assert {name: (found.rows, found.first) for name, found in file.set_aside.items()} == {kind: (1, (3,))}
    assert "(line 3)" in intake_words.of_file(file)


def test_a_date_that_can_be_read_two_ways_is_asked_about_and_each_answer_is_tried(tmp_path):
    text = PERIODS + "A,04/01/2023,05/01/2024,5\nB,03/02/2023,,6\n"
    # Day first: A leaves on 5 January 2024, one of two. Month first: A comes on 1 April 2023 and leaves on 1 May 2024.
    assert ways(asked(tmp_path, text, as_of="2024-03-31")) == {
        "--dates dmy": "72 ARR on 2024-03-31, GRR 54.5%, NRR 54.5%, logo 50.0%",
        "--dates mdy": "132 ARR on 2024-03-31, GRR 100.0%, NRR 100.0%, logo 100.0%"}


def test_every_fault_is_found_in_one_go(tmp_path):
    found = refused(tmp_path, PERIODS + "A,2023-01-01,,x\nB,2023-13-01,,5\n,2023-01-01,,5\nC,2023-01-01,,y\n")
    assert [kind for kind, _ in found] == ["not an amount", "not a date", "missing customer", "not an amount"]


@pytest.mark.parametrize("text, kind", [
    ("customer,month,arr\nA,2023-12,5\nA,soon,5\n", "not a month"),
    ("customer,2023-12,2023-12-31\nA,1,1\n", "month named twice"),
    ("customer,2023-12,2024-13\nA,1,1\n", "no such month"),
    ("customer,month,arr,currency\nA,2023-12,5,USD\nB,2023-12,5,EUR\n", "several currencies"),
    ("customer,subscription_id,month,arr\nA,s,2023-12,5\nA,s,2023-12,6\n", "subscription twice"),
    ("customer,month,arr\n", "no rows"), ("customer,start,end\nA,2023-01-01,\n", "no such column"),
    ("customer,start,arr\nA,2023-01-01,4\n", "no such column"), ("start,end,arr\n2023-01-01,,4\n", "no such column"),
])
def test_a_table_that_contradicts_itself_or_lacks_a_role_is_refused(tmp_path, text, kind):
    mapped = {"arr": "months"} if text.startswith("customer,2023") else {}
    assert refused(tmp_path, text, mapped=mapped)[0][0] == kind


@pytest.mark.parametrize("text", [
    "customer,month,arr\nA,2023-12,5\nA,2024-02,5\nA,2024-12,5\n",
    "customer,ARR 2023-12,ARR 2024-02,ARR 2024-12\nA,5,5,5\n",
    "customer,month,arr\nA,2023-12,5\nA,Feb 2024,5\nA,2024-12-31,5\n"])
def test_months_without_rows_between_known_ones_are_bridged_and_named(tmp_path, text):
    answer = taken(tmp_path, text)
    assert bridge(answer) == (5, 0, 0, 0, 0, 0, 5)
    assert [month_name(flow.month) for flow in answer.prepared.monthly] == ["2024-02", "2024-12"]
    assert "no rows for 2024-01, 2024-03, 2024-04" in notes(answer)


def test_a_customer_twice_in_a_month_is_asked_about_with_both_answers(tmp_path):
    text = "customer,month,arr\nA,2023-12,5\nA,2023-12-31,4\nB,2023-12,1\nA,2024-12,5\nB,2024-12,1\n"
    # Added up: from 9 to 5, so 4 contract. The last row: from 4 to 5.
    assert ways(asked(tmp_path, text)) == {
        "--overlap add": "6 ARR on 2024-12-31, GRR 60.0%, NRR 60.0%, logo 100.0%",
        "--overlap latest": "6 ARR on 2024-12-31, GRR 100.0%, NRR 120.0%, logo 100.0%"}
    assert bridge(taken(tmp_path, text, overlap="add")) == (10, 0, 0, 0, 4, 0, 6)
    assert bridge(taken(tmp_path, text, overlap="latest")) == (5, 0, 0, 1, 0, 0, 6)


def test_a_customer_twice_in_a_month_is_no_question_when_a_subscription_tells_the_rows_apart(tmp_path):
    text = "customer,subscription_id,month,arr\nA,x,2023-12,5\nA,y,2023-12-31,4\nA,x,2024-12,5\n"
    answer = taken(tmp_path, text)
    assert bridge(answer) == (9, 0, 0, 0, 4, 0, 5)
    assert "1 row added to another of the same customer and month" in notes(answer)


def test_a_customer_twice_in_a_wide_table_is_one_when_the_rows_are_alike_and_else_a_question(tmp_path):
    header = "customer,ARR 2023-12,ARR 2024-12\n"
    alike = taken(tmp_path, header + "A,1,2\nA,1,2\n")
    assert (bridge(alike)[-1], alike.gathered.files[0].set_aside["double"].first) == (2, (3,))
    assert list(ways(asked(tmp_path, header + "A,1,2\nA,3,4\n"))) == ["--overlap add", "--overlap latest"]
    assert bridge(taken(tmp_path, header + "A,1,2\nA,3,4\n", overlap="latest")) == (3, 0, 0, 1, 0, 0, 4)


@pytest.mark.parametrize("text, as_of, period, kind", [
    ("customer,month,arr\nA,2023-12,5\nA,2024-01,5\n", "2024-02-29", 1, "as-of beyond the export"),
    ("customer,month,arr\nA,2023-12,5\nA,2024-02,5\n", "2024-01-31", 1, "as-of without amounts"),
    ("customer,month,arr\nA,2023-12,5\nA,2024-01,5\n", "2024-01-31", 2, "period before the export"),
    ("customer,start,end,arr\nA,2023-12-05,,5\n", "2023-11-30", 2, "as-of before the export"),
    ("customer,start,end,arr\nA,2023-12-05,2024-01-05,5\n", "2026-01-31", 2, "no customers"),
])
def test_a_period_that_the_export_does_not_know_is_refused(tmp_path, text, as_of, period, kind):
    assert refused(tmp_path, text, as_of=as_of, period_months=period)[0][0] == kind


def test_arr_is_taken_before_mrr_and_rows_in_which_they_differ_are_counted(tmp_path):
    text = "customer,start,end,arr,mrr\nA,2023-01-01,,1200,100\nB,2023-01-01,,1200,90\n"
    answer = taken(tmp_path, text)
    assert answer.prepared.bridge.closing_arr == 2400
    assert answer.gathered.counts.disagreeing == 1


@pytest.mark.parametrize("text, flags", [
    ("customer,start,end,amount\nA,2023-01-01,,5\n",
     ['--map mrr="amount"', '--map arr="amount"', '--map total="amount"']),
    (f"customer,{MONTHS}\nA{',10' * 13}\n", ['--map mrr="months"', '--map arr="months"']),
    ("customer,month,start,end,arr\nA,2024-01,2023-01-01,,5\n", ["--kind snapshots", "--kind subscriptions"]),
    ("customer,start date,start_date,end,arr\nA,2023-01-01,2023-01-01,,5\n",
     ['--map start="start date"', '--map start="start_date"']),
])
def test_what_names_leave_open_is_asked_with_the_flag_that_answers(tmp_path, text, flags):
    unanswered = asked(tmp_path, text)
    assert list(ways(unanswered)) == flags
    for flag in flags:
        assert flag in question_text(unanswered)


def test_a_mapped_column_that_no_file_has_is_wrong_usage(tmp_path):
    text = "customer,start,end,arr\nA,2023-01-01,,5\n"
    with pytest.raises(Usage, match="the columns are customer, start, end, arr"):
        taken(tmp_path, text, mapped={"arr": "ACV"})
    with pytest.raises(Usage, match="no file has this column; they have customer, start, end, arr; customer, segment"):
        taken(tmp_path, {"a.csv": text, "b.csv": "customer,segment\nA,x\nB,y\n"}, mapped={"parent": "Group"})
    files = {"a.csv": text, "b.csv": "customer,Sales Group\nA,x\n"}
    assert taken(tmp_path, files, mapped={"segment": "sales-group"}).gathered.attributes.customers["A"].segment == "x"


def test_the_segment_is_the_latest_and_an_industry_that_changes_is_not_one(tmp_path):
    rows = "A,2023-01-01,2024-02-01,5,{0}\nA,2024-02-01,,5,{1}\nB,2023-01-01,,5,small\n"

    def segments(role, *said):
        held = taken(tmp_path, f"customer,start,end,arr,{role}\n" + rows.format(*said)).gathered
        return held.labels["segment"], held.several["segment"]

    assert segments("segment", "small", "large") == ({"A": "large", "B": "small"}, 1)
    assert segments("industry", "retail", "media") == ({}, 1)
    assert segments("industry", "retail", "retail") == ({"A": "retail", "B": "small"}, 0)


def test_amounts_are_kept_to_the_cent_so_that_the_bridge_closes_on_the_page(tmp_path):
    answer = taken(tmp_path, "customer,start,end,mrr\nA,2023-01-01,,33.3333\nB,2023-01-01,2024-05-01,0.00049\n")
    assert bridge(answer) == (D("400.01"), 0, 0, 0, 0, D("0.01"), D("400.00"))
    assert answer.gathered.counts.rounded == 2


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


AT_MONTH_END = ("customer,start,end,arr\nA,2023-01-01,2023-07-01,5\nA,2023-07-01,,6\nB,2023-01-01,2023-06-30,5\n"
                "B,2023-07-01,,6\n")


def test_contradicting_end_dates_are_asked_about_only_when_they_change_the_book(tmp_path):
    mid_month = ("customer,start,end,arr\nA,2023-01-10,2023-06-10,5\nA,2023-06-10,,6\nB,2023-01-10,2023-06-09,5\n"
                 "B,2023-06-10,,6\n")
    assert taken(tmp_path, mid_month).periods.terms.end_date == "exclusive"
    text = question_text(asked(tmp_path, AT_MONTH_END))
    assert ("--end-date exclusive: the first day without: 12 ARR on 2024-12-31, "
            "GRR 100.0%, NRR 100.0%, logo 100.0%") in text
    assert taken(tmp_path, AT_MONTH_END, end_date="inclusive").periods.terms == ("inclusive", "flag", "add", "data", 0)


def test_an_overlap_is_asked_about_with_both_answers_and_only_at_month_ends(tmp_path):
    header = "customer,start,end,arr\n"
    within_a_month = "A,2023-01-05,2024-03-20,300\nA,2024-03-10,,50\n"
    assert taken(tmp_path, header + within_a_month).prepared.bridge.contraction_arr == 250
    text = question_text(asked(tmp_path, header + "A,2023-01-05,,300\nA,2024-03-10,,50\n"))
    assert "--overlap add: side by side, summed: 350 ARR on 2024-12-31, GRR 100.0%, NRR 116.7%, logo 100.0%" in text
    assert ("--overlap latest: the later start replaces for good: 50 ARR on 2024-12-31, "
            "GRR 16.7%, NRR 16.7%, logo 100.0%") in text


LEAVERS = "".join(f"C{n},2023-01-01,2024-12-05,5\n" for n in range(9))


def test_two_questions_are_the_most_that_are_shown_at_once_and_the_others_are_counted(tmp_path):
    unanswered = asked(tmp_path, AT_MONTH_END + LEAVERS + "A,2024-01-01,,9\n")
    flags = [question.ways[0].flag for question in unanswered.questions]
    assert flags == ["--end-date exclusive", "--overlap add", "--as-of 2024-11-30"]
    text = question_text(unanswered)
    assert text.startswith("2 questions") and text.endswith("1 more question may follow.")


def test_months_do_not_take_the_word_of_a_flag_that_is_about_periods(tmp_path):
    for chosen in ({"end_date": "inclusive"}, {"grace_days": 30}):
        with pytest.raises(Usage, match="about periods"):
            taken(tmp_path, "customer,month,arr\nA,2023-12,5\nA,2024-12,6\n", **chosen)


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
    text = "customer,start,end,arr\nA,2023-01-01,,9\n" + LEAVERS
    # On 30 November 9 + 45; a month later 9, of 10 customers 1.
    assert ways(asked(tmp_path, text)) == {
        "--as-of 2024-11-30": "54 ARR on 2024-11-30, GRR 100.0%, NRR 100.0%, logo 100.0%",
        "--complete-to 2024-12-31": "9 ARR on 2024-12-31, GRR 16.7%, NRR 16.7%, logo 10.0%"}
    assert taken(tmp_path, text, complete_to=date(2024, 12, 31)).prepared.bridge.churned_arr == 45
    assert refused(tmp_path, text, complete_to=date(2024, 12, 30))[0][0] == "as-of beyond the export"


def test_reading_a_table_leaves_end_dates_as_they_are_written(tmp_path):
    text = "customer,start,end,arr\nA,2023-01-01,2023-12-31,5\nA,2024-01-01,9999-12-31,5\n"
    assert [spell.end for spell in taken(tmp_path, text).gathered.spells] == [date(2023, 12, 31), None]


def test_a_customer_lost_to_a_row_of_zero_is_named_in_the_question_and_in_the_notes(tmp_path):
    header = "customer,start,end,arr\n"
    trial = "A,2023-01-05,,300\nA,2024-11-10,,0\nB,2023-01-05,,100\nB,2024-03-10,,50\n"
    assert "1 customer lost to a row of zero, perhaps a trial" in question_text(asked(tmp_path, header + trial))
    told = taken(tmp_path, header + trial, overlap="latest")
    assert told.prepared.bridge.churned_customers == 1
    assert any(remark.startswith("1 lost customer left only because a later row of zero") for remark in told.remarks)
    assert document(told, "cohorts.json")["notes"] == list(told.remarks)


# Ledgers of movements

LEDGER = ("customer,date,type,mrr change\nA,2023-03-05,new,100\nB,2023-06-01,new,50\nA,2024-02-10,expansion,20\n"
          "B,2024-05-31,churn,50\nC,2024-07-01,new,30\nB,2024-11-02,reactivation,40\n")


@pytest.mark.parametrize("lost", ["churn,50", "churn,-50", "Cancellation,50"])
def test_movements_add_up_to_what_customers_pay(tmp_path, lost):
    answer = taken(tmp_path, LEDGER.replace("churn,50", lost))
    # At the two ends A 1200 to 1440, B 600 to 480, C nothing to 360; between them B was away.
    assert bridge(answer) == (1800, 360, 0, 240, 120, 0, 2280)
    assert document(answer, "cohorts.json")["flows"] == {
        "new_arr": 360, "reactivated_arr": 480, "expansion_arr": 240, "contraction_arr": 0, "churned_arr": 600}


BALANCES = ("customer,date,type,mrr change,mrr\nA,2024-02-10,expansion,20,120\nB,2024-05-31,churn,-50,0\n"
            "C,2024-07-01,new,30,30\nA,2024-09-01,contraction,-10,110\n")


def test_a_balance_shows_what_customers_paid_before_the_ledger_begins(tmp_path):
    # A paid 100 and B 50 before; A ends at 110.
    answer = taken(tmp_path, BALANCES, period_months=11)
    assert bridge(answer) == (1800, 360, 0, 120, 0, 600, 1680)
    assert answer.gathered.counts.opened == 2
    assert "2 customers paid before the ledger begins, as its balances show" in notes(answer)


def test_the_month_before_the_first_balance_is_unknown_and_not_one_without_customers(tmp_path):
    assert refused(tmp_path, BALANCES)[0][0] == "period before the export"


def test_a_ledger_that_falls_below_zero_is_refused_with_the_customer_and_the_month(tmp_path):
    text = LEDGER + "C,2024-09-05,contraction,31\nA,2024-09-05,contraction,500\n"
    assert refused(tmp_path, text) == [("balance below zero", "A in 2024-09"), ("balance below zero", "C in 2024-09")]


def test_a_movement_against_its_amount_is_refused(tmp_path):
    assert refused(tmp_path, LEDGER + "D,2024-09-05,new,-5\n")[0] == (
        "movement against its amount", 'line 8, column "mrr change"')


# Plan changes

CHANGES = ("customer,date,plan\nA,2023-02-01,Basic\nA,2024-03-15,Pro\nB,2023-05-10,Pro\nB,2024-08-01,cancelled\n"
           "C,2024-04-01,basic\n")
PRICES = "plan,price,interval\nBasic,100,month\nPro,3000,year\n"


def test_plan_changes_are_worth_what_the_price_list_says_until_the_next(tmp_path):
    answer = taken(tmp_path, {"changes.csv": CHANGES, "prices.csv": PRICES})
    # A 1200 to 3000, B 3000 to nothing, C nothing to 1200.
    assert bridge(answer) == (4200, 1200, 0, 1800, 0, 3000, 4200)
    assert [file.reading.kind for file in answer.gathered.files] == ["prices", "events"]


def test_the_reason_on_the_row_that_ends_a_plan_explains_the_loss(tmp_path):
    text = ("customer,date,plan,price,billing interval,reason\nA,2023-01-01,Pro,100,month,\n"
            "A,2024-05-10,cancelled,0,month,pricing\nB,2023-02-01,Pro,100,month,\nB,2024-06-01,Basic,50,month,budget\n")
    answer = taken(tmp_path, text, complete_to=date(2024, 12, 31))
    assert bridge(answer) == (2400, 0, 0, 0, 600, 1200, 600)
    assert {account["id"]: account.get("churn_reason") for account in document(answer, "cohorts.json")["accounts"]} == {
        "A": "pricing", "B": None}


def test_a_plan_without_a_price_is_refused_with_the_plans_that_have_one(tmp_path):
    with pytest.raises(Refusal) as caught:
        taken(tmp_path, {"changes.csv": CHANGES + "D,2024-05-01,Gold\n", "prices.csv": PRICES})
    fault, = caught.value.faults
    assert (fault.kind, fault.place, fault.got) == ("plan without a price", 'line 7, column "plan"', "Gold")
    assert "basic, pro" in fault.expected


def test_a_plan_with_two_prices_is_refused(tmp_path):
    files = {"changes.csv": CHANGES, "prices.csv": PRICES + "Pro,3600,year\n"}
    assert refused(tmp_path, files)[0] == ("plan with two prices", 'line 4, column "plan"')


# Months in which nothing is known, or nothing moves

def test_a_month_in_which_nobody_pays_is_a_break_in_recording_and_no_churn(tmp_path):
    # Everybody is blank in June; B does not come back after it.
    text = f"customer,{MONTHS}\nA{',10' * 6},{',10' * 6}\nB{',5' * 6},{',' * 6}\nC{',1' * 6},{',2' * 6}\n"
    answer = taken(tmp_path, text, mapped={"arr": "months"})
    assert bridge(answer) == (16, 0, 0, 1, 0, 5, 12)
    assert list(map(month_name, answer.unrecorded)) == ["2024-06"]
    months = {month_name(flow.month): (flow.churned_arr, flow.expansion_arr, flow.reactivated_arr)
              for flow in answer.prepared.monthly}
    assert "2024-06" not in months and months["2024-07"] == (5, 1, 0)
    assert sum(map(sum, months.values())) == 6
    assert "Nobody pays in 2024-06: taken as a break in recording" in notes(answer)


def test_two_dates_of_arr_give_the_movements_between_them_and_no_cohorts_by_age(tmp_path):
    text = "Customer,ARR 31-Dec-2023,ARR 31-Dec-2024\nA,100,120\nB,50,\nC,,30\nD,70,60\n"
    answer = taken(tmp_path, text)
    assert bridge(answer) == (220, 30, 0, 20, 10, 50, 210)
    made = document(answer, "cohorts.json")
    assert made["history"] == [] and not any("cohort_start" in account for account in made["accounts"])
    assert [flow.month for flow in answer.prepared.monthly] == [month_index(date(2024, 12, 1))]
    assert "the movements are those between the two" in notes(answer)


def test_two_dates_of_arr_with_attributes_give_cohort_starts_and_customers(tmp_path):
    text = ("Account,ARR 31-Dec-2023,ARR 31-Dec-2024,Customer since,Renewal date,Executive sponsor\n"
            "A,1000,1200,2021-03-05,2025-06-30,yes\nB,500,0,2022-01-01,,no\nC,,300,2024-05-01,2025-05-01,\n"
            "D,70,70,2024-06-01,,\nE,,40,2020-01-01,,\nTotal,1570,1610,,,\n")
    answer = taken(tmp_path, text)
    assert {account["id"]: account.get("cohort_start") for account in document(answer, "cohorts.json")["accounts"]} == {
        "A": "2021-03", "B": "2022-01", "C": "2024-05", "D": "2023-12", "E": None}  # D paid before, E not
    told = {account["id"]: account.get("ever_before") for account in document(answer, "cohorts.json")["accounts"]}
    assert told["C"] is False and told["E"] is False and "1 customer without ARR on 2023-12-31" in notes(answer)
    (tmp_path / "cohorts.json").write_text(answer.files["cohorts.json"], encoding="utf-8")
    assert called("retention_decomposition_analyzer", tmp_path / "cohorts.json", "--check").code == 0
    held = {one["id"]: one for one in document(answer, "customers.json")["customers"]}
    assert [held[name]["tenure_months"] for name in "ABC"] == [45, 23, 7]
    assert held["A"]["icp_signals"] == {"has_executive_sponsor": True} and held["A"]["renewal_date"] == "2025-06-30"
    assert answer.gathered.files[0].set_aside["total"].rows == 1


@pytest.mark.parametrize(("total", "said"), [
    ("Total,1000,1200\n", "The row of totals (line 4) agrees: 1,200 ARR on 2024-12-31."),
    ("Total,1000,1300\n", "says 1,300 ARR on 2024-12-31, the rows of customers add up to 1,200: settle that"),
    ("Total,1000,?\n", ""), ("Total,1000,1300\nSumme,1000,1200\n", "")])
def test_a_row_of_totals_is_held_against_the_rows_of_customers(tmp_path, total, said):
    text = "Account,ARR 31-Dec-2023,ARR 31-Dec-2024\nA,600,900\nB,400,300\n"
    told = notes(taken(tmp_path, text + total))
    assert said in told and ("row of totals" in told) == bool(said)


def test_the_totals_of_each_month_are_held_against_the_rows_of_that_month(tmp_path):
    text = "customer,month,mrr\nA,2023-12,5\nA,2024-12,6\nB,2024-12,1\nTotal,2023-12,5\nTotal,2024-12,9\n"
    assert "says 108 ARR on 2024-12-31, the rows of customers add up to 84" in notes(taken(tmp_path, text))


def test_a_column_can_be_left_out_unless_it_is_needed(tmp_path):
    text = "Account,ARR 31-Dec-2023,ARR 31-Dec-2024,Customer since\nA,10,12,2021-03-05\n"
    answer = taken(tmp_path, text, mapped={"signup": ""})
    assert "signup" not in answer.gathered.files[0].reading.roles and answer.gathered.files[0].reading.unused == (3,)
    with pytest.raises(Usage):
        taken(tmp_path, text, mapped={"customer": ""})


def test_a_month_in_which_nothing_moves_though_others_do_is_named(tmp_path):
    def wide(july):
        rows = [",".join([f"C{n}", *(str(100 * n + (month if month != 7 else july)) for month in range(13))])
                for n in range(1, 7)]
        return "customer," + MONTHS + "\n" + "\n".join(rows) + "\n"

    answer = taken(tmp_path, wide(6), mapped={"mrr": "months"})
    assert list(map(month_name, answer.still)) == ["2024-07"]
    assert "Nothing moves in 2024-07" in notes(answer)
    assert taken(tmp_path, wide(7), mapped={"mrr": "months"}).still == []


# Customers as they are

def test_one_date_of_arr_gives_customers_and_a_book_and_no_retention(tmp_path):
    text = "customer,name,arr,customer_since\nA,Ay,4000,2023-06-10\nB,Be,300000,2024-12-01\nC,Ce,0,\n"
    answer = taken(tmp_path, text)
    assert set(answer.files) == {"customers.json", "book.json", "fill_in.csv"} and answer.prepared is None
    assert [(one["id"], one["name"], one["arr"], one["tenure_months"])
            for one in document(answer, "customers.json")["customers"]] == [
        ("A", "Ay", 4000, 18), ("B", "Be", 300000, 0)]
    held = document(answer, "book.json")
    assert {tier: (own["customers"], own["arr"]) for tier, own in held["tiers"].items() if own["customers"]} == {
        next(tier for tier, floor in sorted(FLOORS.items(), key=lambda pair: -pair[1]) if arr >= floor): (1, arr)
        for arr in (4000, 300000)}
    assert held["annual_churn_ratio"] is None
    assert "retention cannot be known" in intake_words.as_of_answer(answer)


BOTH = "customer,start,end,arr\nA,2023-01-01,,100\nB,2023-01-01,2024-06-01,50\n"


def test_customers_left_out_of_one_date_of_arr_are_named_and_one_who_pays_nothing_is_refused(tmp_path):
    text = "customer_id,arr,status,relationship\nA,500,,\nB,,,\nC,0,,\nD,,churned,\nE,0,,pilot\n"
    answer = taken(tmp_path, text)
    assert [one.id for one in answer.standings] == ["A", "E"]
    said = notes(answer)
    assert "2 customers without ARR, left out: B, D." in said
    assert "1 customer with an ARR of zero, left out: C." in said
    assert refused(tmp_path, text + "F,0,,paying\nG,0,churned,paying\n") == [("paying without ARR", "customer F")]


def test_a_column_left_out_is_told_only_where_it_may_be_a_role_that_no_other_column_plays(tmp_path):
    said = notes(taken(tmp_path, "customer_id,arr,complexty,Owner,company\nA,500,low,x,1\nB,400,high,y,2\n"))
    assert 'export.csv: not used: "complexty" (complexity?). If it is meant: --map complexity="complexty".' in said
    assert "Owner" not in said and "company" not in said


def test_what_is_said_of_accounts_is_said_of_the_whole_in_the_same_words_but_for_the_rows_set_aside(tmp_path):
    answer = taken(tmp_path, {"a.csv": "customer_id,start_date,end_date,mrr\nA,2023-05-01,,1\n"
                                       "B,2023-05-01,2024-12-01,2\nTotal,,,3\n",
                              "b.csv": "customer_id,segment\nA,x\nZ,y\n"})
    whole, accounts = intake_notes.notes(answer, wish_of()), intake_notes.of_accounts(answer, wish_of())
    assert accounts[0] == "a.csv: set aside: 1 row of totals (line 4)."
    assert set(accounts[1:]) < set(whole)
    assert "1 customer of the attribute files without ARR, left out." in accounts
    assert not any("end date" in note for note in accounts) and any("end date" in note for note in whole)


def test_the_costs_of_the_twelve_months_add_up_to_the_annual_cost_to_serve(tmp_path):
    costs = ("customer,date,cost\nA,2024-01-31,10.50\nA,2024-12-31,4\nA,2023-12-31,99\nA,2025-01-01,99\n"
             "B,2024-02-10,3\nX,2024-02-10,3\nTotal,2024-02-10,118.50\n")
    answer = taken(tmp_path, {"subscriptions.csv": BOTH, "costs.csv": costs})
    assert {one["id"]: one["annual_cost_to_serve"] for one in document(answer, "customers.json")["customers"]} == {
        "A": 14.5, "B": 3}
    aside = answer.gathered.files[1].set_aside
    assert {kind: found.first for kind, found in aside.items()} == {"outside_period": (4, 5), "total": (8,)}


def test_costs_of_one_who_pays_nothing_are_counted_as_those_of_a_stranger(tmp_path):
    answer = taken(tmp_path, {"subscriptions.csv": BOTH, "costs.csv": "customer,cost\nA,3\nX,2\n"})
    assert answer.gathered.strangers == 1
    assert "1 customer of the attribute files" in notes(answer)


# One customer under several spellings

def test_an_id_is_the_same_whatever_its_case_its_blanks_and_the_float_that_a_sheet_made_of_it(tmp_path):
    text = ("customer,month,arr\nAcme,2023-12,5\n ACME ,2024-12,6\n1001,2023-12,7\n1001.0,2024-12,8\n"
            "A  B,2023-12,1\nA B,2024-12,1\n")
    answer = taken(tmp_path, text)
    assert bridge(answer) == (13, 0, 0, 2, 0, 0, 15)
    assert [account["id"] for account in document(answer, "cohorts.json")["accounts"]] == ["1001", "A B", "Acme"]
    assert "Ids like 1001.0 were read as 1001. ACME and Acme are taken as one customer." in notes(answer)


def test_an_id_of_fifteen_letters_and_digits_is_another_one_in_another_case(tmp_path):
    one, other = "0015g00000AbCdE", "0015g00000abCdE"
    answer = taken(tmp_path, f"customer,month,arr\n{one},2023-12,5\n{other},2023-12,1\n{other},2024-12,6\n")
    assert bridge(answer) == (6, 0, 0, 5, 0, 5, 6)
    assert answer.gathered.merged["case"] == {}


def test_leading_zeros_lost_in_the_second_file_are_found_again_and_said(tmp_path):
    text = "customer,start,end,arr\n0042,2023-01-01,,100\n0420,2023-01-01,,50\n"
    answer = taken(tmp_path, {"a.csv": text, "b.csv": "customer,strategic_value\n42,high\n420,low\n"})
    assert {one["id"]: one["strategic_value"] for one in document(answer, "customers.json")["customers"]} == {
        "0042": "high", "0420": "low"}
    assert "42 is taken as 0042, whose zeros were lost (2 such ids)" in notes(answer)
    assert answer.gathered.strangers == 0


def test_an_id_without_zeros_is_nobody_when_two_could_have_lost_them(tmp_path):
    text = "customer,start,end,arr\n0042,2023-01-01,,100\n042,2023-01-01,,50\n"
    answer = taken(tmp_path, {"a.csv": text, "b.csv": "customer,strategic_value\n42,high\n7,low\n"})
    assert not any("strategic_value" in one for one in document(answer, "customers.json")["customers"])
    assert answer.gathered.strangers == 2


def test_leading_zeros_lost_in_a_second_file_of_amounts_make_no_churn(tmp_path):
    header = "customer,month,arr\n"
    files = {"a.csv": header + "0042,2023-12,5\n7,2023-12,1\n", "b.csv": header + "42,2024-12,6\n007,2024-12,1\n"}
    answer = taken(tmp_path, files)
    assert bridge(answer) == (6, 0, 0, 1, 0, 0, 7)
    assert answer.gathered.merged["zeros"] == {"42": "0042", "007": "7"}
    assert "42 is taken as 0042, whose zeros were lost (2 such ids)" in notes(answer)


def test_zeros_within_one_file_tell_customers_apart(tmp_path):
    answer = taken(tmp_path, "customer,start,end,arr\n0042,2023-01-01,,100\n42,2023-01-01,2024-06-01,50\n")
    assert bridge(answer) == (150, 0, 0, 0, 0, 50, 100)


def test_attributes_are_joined_by_name_where_no_id_is_given_and_not_by_a_name_of_two(tmp_path):
    text = ("customer_id,customer_name,start,end,arr\n1,Acme,2023-01-01,,100\n2,Same,2023-01-01,,50\n"
            "3,Same,2023-01-01,,50\n")
    answer = taken(tmp_path, {"a.csv": text, "b.csv": "customer,strategic_value\nacme ,high\nSame,low\n"})
    assert {one["id"]: one.get("strategic_value") for one in document(answer, "customers.json")["customers"]} == {
        "1": "high", "2": None, "3": None}
    assert answer.gathered.strangers == 1


# Several files

def test_a_customer_month_of_two_files_is_asked_about_also_when_both_say_the_same(tmp_path):
    header = "customer,month,arr\n"
    first = header + "A,2023-12,5\nB,2023-12,2\nA,2024-06,5\nB,2024-06,2\n"
    alike = {"a.csv": first, "b.csv": header + "A,2024-06,5\nA,2024-12,6\nB,2024-12,2\n"}
    assert list(ways(asked(tmp_path, alike))) == ["--overlap add", "--overlap latest"]
    assert bridge(taken(tmp_path, alike, overlap="latest")) == (7, 0, 0, 1, 0, 0, 8)
    unlike = {"a.csv": first, "b.csv": header + "A,2023-12,1\nB,2023-12,2\nA,2024-12,6\nB,2024-12,2\n"}
    # Added up: A 5 + 1, B 2 + 2, at the end 6 and 2. The last: A 1, B 2.
    assert ways(asked(tmp_path, unlike)) == {
        "--overlap add": "8 ARR on 2024-12-31, GRR 80.0%, NRR 80.0%, logo 100.0%",
        "--overlap latest": "8 ARR on 2024-12-31, GRR 100.0%, NRR 266.7%, logo 100.0%"}
    apart = {"a.csv": header + "A,2023-12,5\n", "b.csv": header + "A,2024-12,6\nB,2024-12,2\n"}
    assert bridge(taken(tmp_path, apart)) == (5, 2, 0, 1, 0, 0, 8)


def test_rows_of_two_files_that_are_added_up_are_added_up_also_where_they_are_alike(tmp_path):
    header = "customer,month,arr\n"
    files = {"a.csv": header + "A,2023-12,5\nA,2024-12,5\n", "b.csv": header + "A,2023-12,5\nA,2024-12,6\n"}
    assert bridge(taken(tmp_path, files, overlap="add")) == (10, 0, 0, 1, 0, 0, 11)
    assert bridge(taken(tmp_path, files, overlap="latest")) == (5, 0, 0, 1, 0, 0, 6)


def test_two_ledgers_add_up_to_what_one_with_all_their_rows_does(tmp_path):
    header, *rows = LEDGER.splitlines(True)
    parts = {name: header + "".join(row for row in rows if keep(row)) for name, keep in (
        ("a.csv", lambda row: row[0] in "AC" and "expansion" not in row),
        ("b.csv", lambda row: row[0] == "B" or "expansion" in row))}
    one, two = taken(tmp_path, LEDGER), taken(tmp_path, parts)
    assert two.prepared == one.prepared and two.files["book.json"] == one.files["book.json"]
    by_year = {"a.csv": header + "".join(rows[:2]), "b.csv": header + "".join(rows[2:])}
    assert refused(tmp_path, by_year)[0] == ("balance below zero", "B in 2024-05")


@pytest.mark.parametrize("beside", [{}, {"a.csv": BOTH}, {"c.csv": "customer,segment\nA,x\nB,y\n"}])
def test_a_price_list_without_plan_changes_is_refused(tmp_path, beside):
    assert refused(tmp_path, {**beside, "prices.csv": PRICES})[0][0] == "price list without plan changes"


def test_a_flag_that_two_files_need_for_columns_of_two_names_is_said_to_be_no_answer(tmp_path):
    files = {"a.csv": "customer,start,end,amount\nA,2023-01-01,,5\n",
             "b.csv": "customer,start,end,fee\nB,2023-01-01,,5\n"}
    said = ways(asked(tmp_path, files))
    assert said['--map mrr="amount"'].startswith("cannot be read so: one flag for several files")


def test_two_kinds_of_files_that_say_what_customers_pay_are_refused(tmp_path):
    files = {"a.csv": BOTH, "b.csv": "customer,month,arr\nA,2023-12,5\nA,2024-12,5\n"}
    assert refused(tmp_path, files)[0][0] == "two sources of ARR"


def test_amounts_in_another_currency_are_converted_at_the_rate_that_is_given_and_refused_without_one(tmp_path):
    text = "customer,start,end,arr,currency\nA,2023-01-01,,100,USD\nB,2023-01-01,,50,EUR\n"
    answer = taken(tmp_path, text, currency="USD", rates={"EUR": D("1.085")})
    assert bridge(answer) == (D("154.25"), 0, 0, 0, 0, 0, D("154.25"))
    assert document(answer, "cohorts.json")["currency"] == "USD"
    assert "EUR at 1.085" in notes(answer, currency="USD", rates={"EUR": D("1.085")})
    assert refused(tmp_path, text)[0][0] == refused(tmp_path, text, currency="USD")[0][0] == "several currencies"
    euros = text.replace("USD", "EUR")
    assert refused(tmp_path, euros, currency="USD")[0][0] == "another currency"


PARENTS = ("account,parent,start,end,arr\nTop,,2023-01-01,,100\nMiddle,Top,2023-01-01,,50\n"
           "Leaf,Middle,2023-01-01,2024-06-01,30\nAlone,,2023-01-01,2024-06-01,7\n")


def test_children_are_counted_with_their_uppermost_parent(tmp_path):
    answer = taken(tmp_path, PARENTS, mapped={"parent": "parent"})
    assert bridge(answer) == (187, 0, 0, 0, 30, 7, 150)
    assert {account["id"]: (account["starting_arr"], account["ending_arr"])
            for account in document(answer, "cohorts.json")["accounts"]} == {"Top": (180, 150), "Alone": (7, 0)}
    assert bridge(taken(tmp_path, PARENTS)) == (187, 0, 0, 0, 0, 37, 150)


def test_parents_named_in_a_second_file_count_as_well(tmp_path):
    text = "customer,start,end,arr\nTop,2023-01-01,,100\nLeaf,2023-01-01,2024-06-01,30\n"
    files = {"a.csv": text, "b.csv": "account,parent,segment\nTop,,x\nLeaf,Top,x\n"}
    assert bridge(taken(tmp_path, files, mapped={"parent": "parent"})) == (130, 0, 0, 0, 30, 0, 100)


def test_parents_in_a_circle_are_refused(tmp_path):
    text = PARENTS.replace("Top,,", "Top,Leaf,")
    kind, place = refused(tmp_path, text, mapped={"parent": "parent"})[0]
    assert kind == "parents in a circle" and {"Top", "Middle", "Leaf"} <= set(place.split(" > "))


# Late paper and grace

LATE = "customer,start,end,arr\nA,2023-01-01,,100\nB,2023-01-01,2024-12-10,50\nC,2023-01-01,2024-10-15,30\n"


def test_what_ended_within_sixty_days_is_late_paper_with_the_retention_if_it_is_renewed(tmp_path):
    answer = taken(tmp_path, LATE)
    assert (answer.periods.late.ended, answer.periods.late.back_since) == ({"B": 50}, 0)
    kept, renewed = answer.prepared.kept, answer.periods.if_late_renew
    assert (kept.grr_ratio, renewed.grr_ratio) == (D(100) / 180, D(150) / 180)
    assert "1 customer with 50 ARR ended in the 60 days up to 2024-12-31" in notes(answer)
    assert "if all renew: GRR 83.3%" in notes(answer)
    back = taken(tmp_path, LATE + "B,2025-01-20,,50\n").periods.late
    assert (back.ended, back.back_since) == ({"B": 50}, 1)


def test_a_gap_within_the_grace_days_is_no_churn_and_one_a_day_longer_is(tmp_path):
    text = "customer,start,end,arr\nA,2023-01-01,,100\nB,2023-01-01,2024-03-20,50\nB,2024-04-10,,60\n"

    def moved(grace_days):
        made = document(taken(tmp_path, text, grace_days=grace_days), "cohorts.json")["flows"]
        return made["churned_arr"], made["reactivated_arr"], made["expansion_arr"]

    assert (moved(0), moved(20), moved(21)) == ((50, 60, 0), (50, 60, 0), (0, 0, 10))


# Reasons

REASONS = "customer,date,reason\nB,2024-06-03,Too expensive\nA,2022-01-01,Moved on\n"


def test_only_codes_that_explain_a_loss_have_to_be_mapped(tmp_path):
    files = {"a.csv": BOTH, "b.csv": REASONS}
    question, = asked(tmp_path, files).questions
    assert "Too expensive" in question.asked
    answer = taken(tmp_path, files, reasons={"Too expensive": "pricing"})
    lost, = (account for account in document(answer, "cohorts.json")["accounts"] if not account["ending_arr"])
    assert (lost["id"], lost["churn_reason"]) == ("B", "pricing")
    assert (answer.coverage.matched_customers, answer.coverage.coded_arr) == (1, 50)
    nobody_left = {"a.csv": BOTH.replace("2024-06-01", ""), "b.csv": REASONS}
    assert taken(tmp_path, nobody_left).explained.reasons == {}


# What is asked

ASKS = {
    "a unit": ("customer,start,end,amount\nA,2023-01-01,,5\nB,2023-01-01,2024-04-01,9\n", 1),
    "the unit of month columns": (f"customer,{MONTHS}\nA{',10' * 13}\n", 1),
    "a kind": ("customer,month,start,end,arr\nA,2023-12,2023-01-01,2024-03-01,5\nB,2024-12,2023-05-01,,6\n", 1),
    "a role": ("customer,start date,start_date,end,arr\nA,2023-01-01,2024-01-01,,5\nB,2023-01-01,2023-01-01,,6\n", 1),
    "end dates": (AT_MONTH_END + "C,2023-01-01,2024-12-31,4\n", 1),
    "overlaps": ("customer,start,end,arr\nA,2023-01-05,,300\nA,2024-03-10,,50\n", 1),
    "a stop": ("customer,start,end,arr\nA,2023-01-01,,9\n" + LEAVERS, 1),
    "dates": (PERIODS + "A,04/01/2023,05/01/2024,5\nB,03/02/2023,,6\n", 1),
    "decimals": ('customer,start,end,arr\nA,2023-01-01,,"1.200"\nB,2023-01-01,2024-05-01,"€3.500"\n', 1),
    "a customer twice in a month": ("customer,month,arr\nA,2023-12,5\nA,2023-12-31,4\nA,2024-12,5\n", 1),
    "reasons": ({"a.csv": BOTH, "b.csv": REASONS}, 1),
    "dates, then overlaps": (PERIODS + "A,04/01/2023,,5\nA,03/02/2024,,6\n", 2),
    "a unit, then overlaps, then a stop": (
        "customer,start,end,amount\nA,2023-01-01,,5\nA,2023-02-01,,7\n" + LEAVERS, 3),
}


def figures_of(answer, reasons=False):
    if reasons:
        return (f"explains {figures.short_money(answer.coverage.coded_arr)} of "
                f"{figures.short_money(answer.coverage.arr)} lost ARR")
    return (f"{figures.short_money(answer.prepared.bridge.closing_arr)} ARR on {month_end(answer.span.end)}, "
            f"{settled.rates(answer.prepared.kept)}")


@pytest.mark.parametrize("name", ASKS)
def test_every_answer_has_the_figures_of_a_run_with_its_flag(tmp_path, name):
    files, number = ASKS[name]
    found, wish = opened(tmp_path, files), wish_of()
    with pytest.raises(Unanswered) as caught:
        asking.answered(found, wish)
    questions = caught.value.questions
    assert len(questions) == number
    for question in questions:
        for way in question.ways:
            line = [table.name for table in found] + ["--as-of", "2024-12-31"] + shlex.split(way.flag)
            for other in questions:
                if other is not question:
                    line += shlex.split(other.ways[0].flag)
            flags = intake_flags.parser("prepare_inputs.py", "").parse_args(line)
            try:
                answer = taken_in(found, intake_flags.wish(flags))
            except Refusal as refusal:
                fault = refusal.faults[0]
                assert way.consequence == f"cannot be read so: {fault.kind}, {fault.place}"
            else:
                assert way.consequence.startswith(figures_of(answer, "reasons" in way.change))


@pytest.mark.parametrize("name", ASKS)
def test_a_second_run_with_an_answer_to_each_question_asks_nothing(tmp_path, name):
    found, wish = opened(tmp_path, ASKS[name][0]), wish_of()
    with pytest.raises(Unanswered) as caught:
        asking.answered(found, wish)
    for question in caught.value.questions:
        wish = changed(wish, question.ways[0].change)
    assert caught.value.questions[0].ways[0].consequence.startswith(
        figures_of(asking.answered(found, wish), name == "reasons"))
