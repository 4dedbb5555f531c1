"""Ten small exports, each with the mess that its name says and the right answer worked out by hand; SQL agrees."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import INTAKE, called
from cslib import checker, schema

EXPORTS = Path(__file__).resolve().parent / "exports"
MOVES = ("opening", "new", "reactivated", "expansion", "contraction", "churned", "closing")
CELL = ("cohort", "quarter", "customers", "active_customers", "arr", "initial_arr")
HALF_A_MILLIONTH = Fraction(51, 10**8)
MOST_QUESTIONS = 2
YEAR_END = "2025-12-31"


# Reading what the door wrote, and asking it

def document(folder):
    return json.loads((folder / "cohorts.json").read_text(encoding="utf-8"))


def rows(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bridge_of(accounts):
    """Opening, new, reactivated, expansion, contraction, churned, closing ARR of the accounts form."""
    ends = [(a["starting_arr"], a["ending_arr"], a.get("ever_before", False)) for a in accounts]
    return (sum(a for a, _, _ in ends), sum(b for a, b, before in ends if not a and not before),
            sum(b for a, b, before in ends if not a and before), sum(b - a for a, b, _ in ends if 0 < a < b),
            sum(a - b for a, b, _ in ends if 0 < b < a), sum(a for a, b, _ in ends if not b),
            sum(b for _, b, _ in ends))


def ways(err):
    """The answers that stderr offers: flags (as a shell would split them) and what it says of each."""
    offered = [line.strip() for line in err.splitlines() if line.strip().startswith("--")]
    return {tuple(shlex.split(flag)): said for flag, _, said in (line.partition(": ") for line in offered)}


def questions(err):
    """How many questions stderr says it asks."""
    found = re.match(r"(\d+) questions? about ", err)
    assert found, err
    return int(found.group(1))


def prepared(folder, paths, flags=(), as_of=YEAR_END):
    """A run that is expected to answer without a question; gives what it printed."""
    paths = [paths] if isinstance(paths, (str, Path)) else paths
    done = called(INTAKE, *paths, "--as-of", as_of, "--out-dir", folder, *flags)
    assert (done.code, done.err) == (0, "")
    return done.out


def asked(folder, paths, flags=(), as_of=YEAR_END):
    """A run that is expected to ask and to write nothing; gives its questions, once their number is bearable."""
    paths = [paths] if isinstance(paths, (str, Path)) else paths
    done = called(INTAKE, *paths, "--as-of", as_of, "--out-dir", folder / "asked", *flags)
    assert (done.code, done.out) == (1, "") and not (folder / "asked").exists()
    assert questions(done.err) <= MOST_QUESTIONS
    return done.err


def summary(folder, paths, flags=(), as_of=YEAR_END):
    return json.loads(prepared(folder, paths, (*flags, "--format", "json"), as_of))["result"]


# An independent reading

def month_end_before(day, months):
    """The month end that lies so many months before a month end."""
    index = int(day[:4]) * 12 + int(day[5:7]) - months
    return (date(index // 12, index % 12 + 1, 1) - timedelta(days=1)).isoformat()


class BySql:
    """A book in SQL: `spell(customer, start, end, arr)` read at month ends, by the definitions of the field.

    `end` is the first day without service, null while it runs.
    """

    def __init__(self, tables, spells, as_of=YEAR_END):
        self.db, self.as_of = sqlite3.connect(":memory:"), as_of
        for name, text in tables.items():
            header, *lines = [line for line in csv.reader(io.StringIO(text)) if line]
            self.db.execute(f"create table {name} ({', '.join(map(json.dumps, header))})")
            self.db.executemany(f"insert into {name} values ({', '.join('?' * len(header))})", lines)
        self.db.execute(f"create table spell as {spells}")
        self.db.execute(
            "create table book as with recursive month(day) as ("
            " select date(min(start), 'start of month', '+1 month', '-1 day') from spell where arr > 0"
            " union all select date(day, '+1 day', '+1 month', '-1 day') from month where day < ?) "
            "select customer, day, sum(arr) as arr from spell join month on start <= day and (end is null or end > day)"
            " group by 1, 2 having sum(arr) > 0", (as_of,))
        self.db.execute("create table first as select customer, min(day) as day from book group by 1")

    def ask(self, question, **known):
        return self.db.execute(question, known).fetchall()

    def bridge(self, start, end):
        """Opening to closing ARR and the same in customers, each customer compared at both month ends."""
        found, = self.ask(
            "with a as (select customer, arr from book where day = :s), b as (select customer, arr from book "
            "where day = :e), both as (select customer, coalesce(a.arr, 0) a, coalesce(b.arr, 0) b, "
            "first.day <= :s as before from first left join a using (customer) left join b using (customer) "
            "where a.arr or b.arr) select total(a), "
            "total(case when a = 0 and not before then b end), total(case when a = 0 and before then b end), "
            "total(case when a > 0 and b > a then b - a end), total(case when b > 0 and b < a then a - b end), "
            "total(case when b = 0 then a end), total(b), count(case when a > 0 then 1 end), "
            "count(case when a = 0 and not before then 1 end), count(case when a = 0 and before then 1 end), "
            "count(case when a > 0 and b > a then 1 end), count(case when b > 0 and b < a then 1 end), "
            "count(case when b = 0 then 1 end), count(case when b > 0 then 1 end) from both", s=start, e=end)
        return tuple(map(Fraction, found[:len(MOVES)])), found[len(MOVES):]

    def kept(self, start, end):
        """GRR, NRR and logo retention between two month ends; None three times where nothing was at the start."""
        (held, gross, net, logos, left), = self.ask(
            "select total(a.arr), total(min(a.arr, coalesce(b.arr, 0))), total(b.arr), count(*), count(b.arr) "
            "from book a left join book b on b.customer = a.customer and b.day = :e where a.day = :s", s=start, e=end)
        if not held:
            return None, None, None
        return Fraction(gross) / Fraction(held), Fraction(net) / Fraction(held), Fraction(left, logos)

    def accounts(self, start, end):
        """Customer -> cohort start, starting ARR, ending ARR, for those with ARR at either end."""
        return {customer: found for customer, *found in self.ask(
            "select first.customer, substr(first.day, 1, 7), coalesce(a.arr, 0), coalesce(b.arr, 0) from first "
            "left join book a on a.customer = first.customer and a.day = :s "
            "left join book b on b.customer = first.customer and b.day = :e where a.arr or b.arr", s=start, e=end)}

    def triangle(self):
        """Cohort, age in quarters, customers, active customers, ARR and initial ARR at each complete quarter's end."""
        return self.ask(
            "with member as (select customer, day, (substr(day, 1, 4) * 12 + substr(day, 6, 2) - 1) / 3 as q, arr "
            "from first join book using (customer, day)), cohort as (select q, count(*) n, sum(arr) as "
            "initial from member group by 1), quarter as (select distinct day, (substr(day, 1, 4) * 12 + "
            "substr(day, 6, 2) - 1) / 3 as q from (select day from book union select :as_of) "
            "where substr(day, 6, 2) % 3 = 0) select (cohort.q / 4) || '-Q' || (cohort.q % 4 + 1), "
            "quarter.q - cohort.q, cohort.n, count(book.arr), total(book.arr), cohort.initial from cohort "
            "join quarter on quarter.q >= cohort.q join member on member.q = cohort.q left join book on "
            "book.customer = member.customer and book.day = quarter.day group by cohort.q, quarter.q order by 1, 2",
            as_of=self.as_of)


def near(text, exact):
    """Whether a written ratio is the exact one rounded to six places; an undefined one is written as nothing."""
    return text == "" if exact is None else abs(Fraction(text) - exact) <= HALF_A_MILLIONTH


def cents(amount):
    """A JSON number of money, exact."""
    return Fraction(round(amount * 100), 100)


def agrees(folder, sql, parts=1):
    """Every figure of the four files as SQL has it; its amounts may be in parts of a unit, such as cents."""
    def held(amount):
        return Fraction(amount) / parts

    monthly, trailing, made = rows(folder, "movements.csv"), rows(folder, "retention.csv"), document(folder)
    start = month_end_before(sql.as_of, 12)
    assert (made["as_of"], monthly[-1]["period"], trailing[-1]["period"]) == (
        sql.as_of, sql.as_of[:7], sql.as_of[:7])
    ends = [month_end_before(sql.as_of, back) for back in reversed(range(len(monthly)))]
    assert [row["period"] for row in monthly] == [day[:7] for day in ends]
    for row, day in zip(monthly, ends):
        arr, customers = sql.bridge(month_end_before(day, 1), day)
        assert tuple(Fraction(row[f"{move}_arr"]) for move in MOVES) == tuple(map(held, arr))
        assert tuple(int(row[f"{move}_customers"]) for move in MOVES) == customers
    for row, day in zip(reversed(trailing), reversed(ends)):
        then = month_end_before(day, 12)
        assert row["period"] == day[:7]
        assert Fraction(row["starting_arr"]) == held(sql.bridge(then, day)[0][0])
        for name, exact in zip(("grr_ratio", "nrr_ratio", "logo_retention_ratio"), sql.kept(then, day)):
            assert near(row[name], exact), (row["period"], name)
    assert {a["id"]: [a["cohort_start"], cents(a["starting_arr"]), cents(a["ending_arr"])]
            for a in made["accounts"]} == {
        customer: [cohort, held(a), held(b)] for customer, (cohort, a, b) in sql.accounts(start, sql.as_of).items()}
    in_the_period = [sql.bridge(month_end_before(day, 1), day)[0] for day in ends if day > start]
    assert [cents(made["flows"][f"{move}_arr"]) for move in MOVES[1:-1]] == [
        held(sum(column)) for column in list(zip(*in_the_period))[1:-1]]
    cells = sql.triangle()
    assert [tuple(cell[name] for name in CELL) for cell in made["history"]] == [
        (*shape, float(held(arr)), float(held(initial))) for *shape, arr, initial in cells]
    assert len(rows(folder, "cohort_triangle.csv")) == len(cells)
    for row, (cohort, quarter, customers, active, arr, initial) in zip(rows(folder, "cohort_triangle.csv"), cells):
        assert (row["cohort"], int(row["quarter"]), int(row["customers"]), int(row["active_customers"]),
                Fraction(row["arr"])) == (cohort, quarter, customers, active, held(arr))
        assert near(row["logo_retention_ratio"], Fraction(active, customers))
        assert near(row["arr_retention_ratio"], Fraction(arr) / Fraction(initial))


# The exports and their answers

class Answer(NamedTuple):
    """An export, the flags that settle it, the same reading in SQL, and by hand: the bridge of the period, GRR, NRR
    and logo retention."""

    file: str
    flags: tuple
    spells: str
    bridge: tuple
    kept: tuple
    as_of: str = YEAR_END


AS_WRITTEN = 'select customer_id as customer, start_date as start, nullif(end_date, \'\') as end, arr + 0 as arr from e'
LATE_UP_TO = ("select customer, start, case when julianday(lead(start) over w) - julianday(end) between 1 and {} "
              f"then lead(start) over w else end end as end, arr from ({AS_WRITTEN}) "
              "window w as (partition by customer order by start)")
SUPERSEDED = ("select customer, start, min(coalesce(end, '9999'), coalesce(lead(start) over w, '9999')) as end, arr "
              f"from ({AS_WRITTEN}) window w as (partition by customer order by start)")
WHOLE_TERM = ('select "Account ID" as customer, "Start Date" as start, "End Date" as end, Amount * 12 / '
              '((substr("End Date", 1, 4) - substr("Start Date", 1, 4)) * 12 + substr("End Date", 6, 2) - '
              'substr("Start Date", 6, 2)) as arr from e')
TWELVE = ("select customer_id as customer, start_date as start, nullif(end_date, '') as end, "
          "arr * case currency when 'EUR' then 108 else 100 end / 100 as arr from e")
UNDER_PARENTS = ("select coalesce(nullif(Parent, ''), account_id) as customer, start_date as start, "
                 "nullif(end_date, '') as end, arr + 0 as arr from e")
ACCOUNTS_ALONE = ("select account_id as customer, start_date as start, nullif(end_date, '') as end, arr + 0 as arr "
                  "from e")

ANSWERS = {
    # Contracts to 31 December run on that day: A3 is there on 31 December 2024 and A1, A2 on 31 December 2025.
    # Opening A1 1200 + A2 2400 + A3 600 + A4 900. New A5 300; A1 grew by 300, A2 shrank by 400, A3 left with 600.
    # GRR (1200 + 2000 + 0 + 900) / 5100, NRR (1500 + 2000 + 0 + 900) / 5100, 3 of 4 customers.
    "inclusive end dates": Answer(
        "inclusive_end_dates.csv", (),
        "select customer_id as customer, start_date as start, date(end_date, '+1 day') as end, arr + 0 as arr from e",
        (5100, 300, 0, 300, 400, 600, 4700), (Fraction(4100, 5100), Fraction(4400, 5100), Fraction(3, 4))),
    # Opening B1 1200 + B2 2400 + B3 800 + B4 500 + B5 700; at the end B1, B2 and B5 are there as before.
    # GRR = NRR = (1200 + 2400 + 700) / 5600, 3 of 5 customers.
    "renewed three weeks late": Answer(
        "renewed_three_weeks_late.csv", (), AS_WRITTEN,
        (5600, 0, 0, 0, 0, 1300, 4300), (Fraction(4300, 5600), Fraction(4300, 5600), Fraction(3, 5))),
    # The same year; the months between differ, and the year to March 2025 (below).
    "renewed three weeks late, with grace": Answer(
        "renewed_three_weeks_late.csv", ("--grace-days", "30"), LATE_UP_TO.format(30),
        (5600, 0, 0, 0, 0, 1300, 4300), (Fraction(4300, 5600), Fraction(4300, 5600), Fraction(3, 5))),
    # Added up: C1 1200 + 300, C2 2000 + 2600, C3 800, C4 gone.
    # GRR (1200 + 2000 + 800) / 4400, NRR (1500 + 4600 + 800) / 4400.
    "rows that add up": Answer(
        "add_up_or_supersede.csv", ("--overlap", "add"), AS_WRITTEN,
        (4400, 0, 0, 2900, 0, 400, 6900), (Fraction(4000, 4400), Fraction(6900, 4400), Fraction(3, 4))),
    # Superseded: C1 from 1200 to 300 (-900), C2 from 2000 to 2600 (+600).
    # GRR (300 + 2000 + 800) / 4400, NRR (300 + 2600 + 800) / 4400.
    "rows that supersede": Answer(
        "add_up_or_supersede.csv", ("--overlap", "latest"), SUPERSEDED,
        (4400, 0, 0, 600, 900, 400, 3700), (Fraction(3100, 4400), Fraction(3700, 4400), Fraction(3, 4))),
    # D1 36000 for 36 months = 12000 a year; D2 6000 for 12, then 13200 for 24 = 6600; D3 4800 for 24 = 2400, not
    # renewed; D4 9000 for 36 = 3000, new; D5 1200, then 1000. GRR (12000 + 6000 + 0 + 1000) / 21600,
    # NRR (12000 + 6600 + 0 + 1000) / 21600, 3 of 4 customers.
    "a prepaid three-year deal": Answer(
        "prepaid_three_years.csv", ("--map", "total=Amount"), WHOLE_TERM,
        (21600, 3000, 0, 600, 200, 2400, 22600), (Fraction(19000, 21600), Fraction(19600, 21600), Fraction(3, 4))),
    # Opening E2 900 + E3 1000 + E5 600. E1, gone since June 2023, is back with 700: in neither GRR nor NRR.
    # E2 was away from March to August and pays the same at both ends. GRR = NRR = 1900 / 2500, 2 of 3 customers.
    "a customer who leaves and comes back": Answer(
        "left_and_came_back.csv", (), AS_WRITTEN,
        (2500, 400, 700, 0, 0, 600, 3000), (Fraction(1900, 2500), Fraction(1900, 2500), Fraction(2, 3))),
    # As of September 2025: opening 500 + 300 + 700 + 400 + 250 + 150 + 800 + 450 + 900 + 100 + 650 of 11 customers.
    # New F06 350 and F10 200, F01 grew by 100, F13 left with 650. GRR 4550 / 5200, NRR 4650 / 5200, 10 of 11.
    "data that stop mid-life, answered where they stop": Answer(
        "stops_mid_life.csv", (), AS_WRITTEN,
        (5200, 550, 0, 100, 0, 650, 5200), (Fraction(4550, 5200), Fraction(4650, 5200), Fraction(10, 11)),
        "2025-09-30"),
    # Taken as complete: all 13 customers with 5850 are gone within the year.
    "data that stop mid-life, said to be complete": Answer(
        "stops_mid_life.csv", ("--complete-to", YEAR_END), AS_WRITTEN,
        (5850, 0, 0, 0, 0, 5850, 0), (Fraction(0), Fraction(0), Fraction(0))),
    # Opening 2000 + 1500 + 400 + 700 + 300 + 250 + 150 + 600; K1 and K2 stay. GRR = NRR = 3500 / 5900, 2 of 8.
    "churn reasons in a second file": Answer(
        "reasons_elsewhere.csv", (), AS_WRITTEN,
        (5900, 0, 0, 0, 0, 2400, 3500), (Fraction(3500, 5900), Fraction(3500, 5900), Fraction(2, 8))),
    # At 1.08: H2 2500 -> 2700 and 2000 -> 2160, H3 1000 -> 1080, H5 1250 -> 1350.
    # Opening 1200 + 2700 + 1080 + 800. GRR (1200 + 2160 + 0 + 800) / 5780, NRR (1500 + 2160 + 0 + 800) / 5780.
    "two currencies": Answer(
        "two_currencies.csv", ("--currency", "USD", "--rate", "EUR=1.08"), TWELVE,
        (5780, 1350, 0, 300, 540, 1080, 5810), (Fraction(4160, 5780), Fraction(4460, 5780), Fraction(3, 4))),
    # Under their parents: P1 1000 + 400 + 300, then without the 400: contraction. Q loses both children: churn of
    # 1500, one customer. G1's new child is expansion by 250, S1 grew by 200.
    # GRR (1300 + 0 + 800 + 500) / 4500, NRR (1300 + 0 + 1000 + 750) / 4500, 3 of 4 customers.
    "parents and children": Answer(
        "parents_and_children.csv", ("--map", "parent=Parent"), UNDER_PARENTS,
        (4500, 0, 0, 450, 400, 1500, 3050), (Fraction(2600, 4500), Fraction(3050, 4500), Fraction(3, 4))),
    # Each alone: P1-a 400, Q-a 600 and Q-b 900 churn, G1-a 250 is new.
    # GRR (1000 + 300 + 800 + 500) / 4500, NRR (1000 + 300 + 1000 + 500) / 4500, 4 of 7 accounts.
    "parents and children, each account alone": Answer(
        "parents_and_children.csv", (), ACCOUNTS_ALONE,
        (4500, 250, 0, 200, 0, 1900, 3050), (Fraction(2600, 4500), Fraction(2800, 4500), Fraction(4, 7))),
    # Without the total row (4600) and the second v2: opening 1000 + 800 + 600, V2 leaves with 800, V3 grows by 300.
    # GRR (1000 + 0 + 600) / 2400, NRR (1000 + 0 + 900) / 2400, 2 of 3 customers.
    "a total row, a blank row and a double row": Answer(
        "total_blank_double.csv", (),
        f"select distinct customer, start, end, arr from ({AS_WRITTEN}) where customer not in ('', 'Total')",
        (2400, 500, 0, 300, 0, 800, 2400), (Fraction(1600, 2400), Fraction(1900, 2400), Fraction(2, 3))),
}


def by_sql(answer):
    return BySql({"e": (EXPORTS / answer.file).read_text(encoding="utf-8")}, answer.spells, answer.as_of)


def settled(folder, answer):
    """The files of an export under the flags that settle it."""
    flags = answer.flags + (("--reason", "Too expensive=pricing", "--reason", "Went with competitor=competitor_loss",
                             "--reason", "R-17=tactical_failure") if "reasons" in answer.file else ())
    files = [EXPORTS / answer.file] + ([REASONS] if "reasons" in answer.file else [])
    return prepared(folder, files, flags, answer.as_of)


REASONS = EXPORTS / "reasons_elsewhere_churn.csv"


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_by_hand_is_that_of_sql_and_its_bridge_closes(name):
    answer = ANSWERS[name]
    start = month_end_before(answer.as_of, 12)
    opening, *in_between, closing = answer.bridge
    assert opening + sum(in_between[:3]) - sum(in_between[3:]) == closing
    assert by_sql(answer).bridge(start, answer.as_of)[0] == answer.bridge
    assert by_sql(answer).kept(start, answer.as_of) == answer.kept


@pytest.mark.parametrize("name", ANSWERS)
def test_an_export_comes_out_as_by_hand_and_in_all_its_files_as_in_sql(tmp_path, name):
    answer = ANSWERS[name]
    settled(tmp_path, answer)
    assert bridge_of(document(tmp_path)["accounts"]) == answer.bridge
    last = rows(tmp_path, "retention.csv")[-1]
    assert all(near(last[key], exact) for key, exact in zip(
        ("grr_ratio", "nrr_ratio", "logo_retention_ratio"), answer.kept))
    agrees(tmp_path, by_sql(answer))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_export_becomes_is_what_the_decisions_after_retention_accept(tmp_path, name):
    settled(tmp_path, ANSWERS[name])
    for after in ("customers", "book"):
        record = json.loads((tmp_path / f"{after}.json").read_text(encoding="utf-8"), parse_float=Decimal)
        assert checker.by_built_in(record, schema.load(after)) == []


def test_the_exports_are_small_and_there_are_ten_with_one_file_of_reasons_beside_them():
    files = sorted(EXPORTS.glob("*.csv"))
    assert {path.name for path in files} == {answer.file for answer in ANSWERS.values()} | {REASONS.name}
    assert len(files) == 11
    for path in files:
        assert 5 <= len(path.read_text(encoding="utf-8").splitlines()) - 1 <= 15


# What each of them asks or says

def test_end_dates_a_day_before_the_next_start_are_inclusive_without_a_question_and_nobody_is_late(tmp_path):
    assert summary(tmp_path, EXPORTS / "inclusive_end_dates.csv")["late"].items() >= {"customers": 0, "arr": 0}.items()


def test_end_dates_taken_as_exclusive_against_the_data_lose_whoever_ends_on_the_last_day(tmp_path):
    prepared(tmp_path, EXPORTS / "inclusive_end_dates.csv", ("--end-date", "exclusive"))
    # A1 1500 and A2 2000 run to 31 December 2025, A3 600 to 31 December 2024; all three gaps of a day fall on month
    # ends, so that on 31 December 2024 only A4 is there.
    assert bridge_of(document(tmp_path)["accounts"]) == (900, 300, 0, 0, 0, 0, 1200)


def test_a_late_renewal_is_churn_and_reactivation_in_its_months_and_with_grace_neither(tmp_path):
    def moved(folder):
        return {row["period"]: (float(row["churned_arr"]), float(row["reactivated_arr"]))
                for row in rows(folder, "movements.csv") if row["period"] > "2025" and (
                    float(row["churned_arr"]) or float(row["reactivated_arr"]))}

    def year_to_march(folder):
        return next(row["grr_ratio"] for row in rows(folder, "retention.csv") if row["period"] == "2025-03")

    answers = {days: tmp_path / days for days in ("0", "30", "60")}
    for days, folder in answers.items():
        prepared(folder, EXPORTS / "renewed_three_weeks_late.csv", ("--grace-days", days))
    # B2 is away from 20 March to 10 April, B5 from 1 May to 15 June; B4 leaves in October, B3 in December.
    left = {"2025-10": (500, 0), "2025-12": (800, 0)}
    assert moved(answers["0"]) == {
        "2025-03": (2400, 0), "2025-04": (0, 2400), "2025-05": (700, 0), "2025-06": (0, 700), **left}
    assert moved(answers["30"]) == {"2025-05": (700, 0), "2025-06": (0, 700), **left}
    assert moved(answers["60"]) == left
    # On 31 March 2024: B1 1200 + B2 2400 + B3 800 + B4 500.
    assert near(year_to_march(answers["0"]), Fraction(2500, 4900))
    assert near(year_to_march(answers["30"]), Fraction(1))


def test_without_a_word_about_grace_what_is_active_on_the_last_day_counts(tmp_path):
    prepared(tmp_path / "default", EXPORTS / "renewed_three_weeks_late.csv")
    prepared(tmp_path / "none", EXPORTS / "renewed_three_weeks_late.csv", ("--grace-days", "0"))
    for name in ("movements.csv", "retention.csv", "cohort_triangle.csv"):
        assert (tmp_path / "default" / name).read_bytes() == (tmp_path / "none" / name).read_bytes()


def test_what_ended_in_the_last_sixty_days_without_renewal_is_a_memo_with_its_arr(tmp_path):
    # B3 ended on 10 December with 800; B4 on 15 October, 77 days before.
    answer = summary(tmp_path, EXPORTS / "renewed_three_weeks_late.csv")
    assert answer["late"].items() >= {"customers": 1, "arr": 800}.items()
    assert "800" in prepared(tmp_path, EXPORTS / "renewed_three_weeks_late.csv")


def test_the_memo_of_late_paper_is_counted_in_data_that_are_said_to_be_complete(tmp_path):
    # F08 800 + F09 450 + F10 200 + F11 900 + F12 100, ended from 10 November to 18 December.
    answer = summary(tmp_path, EXPORTS / "stops_mid_life.csv", ("--complete-to", YEAR_END))
    assert answer["late"].items() >= {"customers": 5, "arr": 2450}.items()


def test_overlaps_are_one_question_that_shows_both_results(tmp_path):
    err = asked(tmp_path, EXPORTS / "add_up_or_supersede.csv")
    said = ways(err)
    assert questions(err) == 1 and len(said) == 2
    # 4000 / 4400 and 6900 / 4400; 3100 / 4400 and 3700 / 4400.
    assert "GRR 90.9%, NRR 156.8%, logo 75.0%" in said["--overlap", "add"]
    assert "GRR 70.5%, NRR 84.1%, logo 75.0%" in said["--overlap", "latest"]


def test_an_amount_that_may_be_of_the_whole_term_is_one_question_that_shows_every_result(tmp_path):
    err = asked(tmp_path, EXPORTS / "prepaid_three_years.csv")
    said = ways(err)
    assert questions(err) == 1
    # 19000 / 21600 and 19600 / 21600 of the term; (36000 + 6000 + 1000) / 48000 and (36000 + 13200 + 1000) / 48000.
    assert "GRR 88.0%, NRR 90.7%, logo 75.0%" in said["--map", "total=Amount"]
    assert "GRR 89.6%, NRR 104.6%, logo 75.0%" in said["--map", "arr=Amount"]
    assert "GRR 89.6%, NRR 104.6%, logo 75.0%" in said["--map", "mrr=Amount"]


def test_a_column_that_names_the_interval_of_a_price_leaves_nothing_to_ask(tmp_path):
    header, *lines = (EXPORTS / "prepaid_three_years.csv").read_text(encoding="utf-8").splitlines()
    terms = ("3 years", "annual", "2 years", "2 years", "3 years", "annual", "annual")
    path = tmp_path / "prepaid.csv"
    path.write_text("\n".join([header + ",Billing Interval", *map(",".join, zip(lines, terms))]) + "\n",
                    encoding="utf-8")
    prepared(tmp_path / "out", path)
    agrees(tmp_path / "out", by_sql(ANSWERS["a prepaid three-year deal"]))


def test_a_customer_who_comes_back_keeps_its_cohort_and_was_there_before(tmp_path):
    prepared(tmp_path, EXPORTS / "left_and_came_back.csv")
    made = document(tmp_path)
    account, = (a for a in made["accounts"] if a["id"] == "E1")
    assert (account["cohort_start"], account["starting_arr"], account["ever_before"]) == ("2022-01", 0, True)
    # In the months E2's 900 goes and comes back too: churned 600 + 900, reactivated 700 + 900.
    assert (made["flows"]["churned_arr"], made["flows"]["reactivated_arr"]) == (1500, 1600)


def test_data_that_stop_ask_for_an_earlier_date_or_the_word_that_they_are_complete(tmp_path):
    err = asked(tmp_path, EXPORTS / "stops_mid_life.csv")
    said = ways(err)
    assert questions(err) == 1 and set(said) == {("--as-of", "2025-09-30"), ("--complete-to", YEAR_END)}
    # 4550 / 5200, 4650 / 5200, 10 of 11; nobody of 13.
    assert "GRR 87.5%, NRR 89.4%, logo 90.9%" in said["--as-of", "2025-09-30"]
    assert "GRR 0.0%, NRR 0.0%, logo 0.0%" in said["--complete-to", YEAR_END]


def reasons(folder):
    return {a["id"]: a.get("churn_reason") or "unknown" for a in document(folder)["accounts"] if not a["ending_arr"]}


# L1: 19 days before. L2: 66 days after (the other 348 before). L3: 241 days before, beyond 90. L4: 2 days after.
# L5: no event. L6: 10 days before and 10 after, of which the later counts.
EXPLAINED = {"L1": "pricing", "L2": "competitor_loss", "L3": "unknown", "L4": "tactical_failure", "L5": "unknown",
             "L6": "product_fit"}


def test_the_nearest_event_within_ninety_days_explains_a_loss_and_the_match_is_reported(tmp_path):
    said = settled(tmp_path, ANSWERS["churn reasons in a second file"])
    assert reasons(tmp_path) == EXPLAINED
    assert re.search(r"\b4 of (the )?6\b", said)
    flags = ("--reason", "Too expensive=pricing", "--reason", "Went with competitor=competitor_loss",
             "--reason", "R-17=tactical_failure")
    # L1 400 + L2 700 + L4 250 + L6 600 of 400 + 700 + 300 + 250 + 150 + 600.
    assert summary(tmp_path, [EXPORTS / "reasons_elsewhere.csv", REASONS], flags)["reasons"].items() >= {
        "matched_customers": 4, "lost_customers": 6, "matched_arr": 1950, "lost_arr": 2400}.items()


def test_the_nearest_events_are_those_that_sql_finds():
    found = BySql({"e": (EXPORTS / "reasons_elsewhere.csv").read_text(encoding="utf-8"),
                   "r": REASONS.read_text(encoding="utf-8")}, AS_WRITTEN).ask(
        "with near as (select customer, reason, row_number() over (partition by customer order by "
        "abs(julianday(churn_date) - julianday(end)), churn_date desc) as place from spell join r "
        "on customer_id = customer and abs(julianday(churn_date) - julianday(end)) <= 90) "
        "select spell.customer, reason from spell left join near on near.customer = spell.customer and place = 1 "
        "where end is not null")
    key = {"Too expensive": "pricing", "Went with competitor": "competitor_loss", "R-17": "tactical_failure",
           "Product fit": "product_fit", None: "unknown"}
    assert {customer: key[reason] for customer, reason in found} == EXPLAINED


def test_all_unmapped_codes_are_one_question_with_a_proposal_for_each_that_can_be_taken_as_it_is(tmp_path):
    files = [EXPORTS / "reasons_elsewhere.csv", REASONS]
    err = asked(tmp_path, files)
    assert questions(err) == 1
    (flags,) = ways(err)
    assert set(zip(flags[::2], flags[1::2])) == {
        ("--reason", "Too expensive=pricing"), ("--reason", "Went with competitor=competitor_loss"),
        ("--reason", "R-17=unknown")}
    prepared(tmp_path / "out", files, flags)
    assert reasons(tmp_path / "out") == {**EXPLAINED, "L4": "unknown"}


@pytest.mark.parametrize("flags", [(), ("--currency", "USD"), ("--rate", "GBP=1.3", "--currency", "USD")])
def test_two_currencies_are_not_added_up_without_a_rate(tmp_path, flags):
    done = called(INTAKE, EXPORTS / "two_currencies.csv", "--as-of", YEAR_END, "--out-dir", tmp_path / "out", *flags)
    assert (done.code, done.out) == (1, "") and not (tmp_path / "out").exists()
    assert "EUR" in done.err and "--rate" in done.err


@pytest.mark.parametrize(("heading", "cell", "flags", "currency", "amount"), [
    ("MRR EUR", "100", (), "EUR", 1200), ("mrr_usd", "$ 100.00", (), "USD", 1200), ("MRR", "100", (), None, 1200),
    ("MRR EUR", "100", ("--currency", "USD", "--rate", "EUR=1.1"), "USD", 1320)])
def test_a_heading_with_a_currency_is_as_good_as_a_column(tmp_path, heading, cell, flags, currency, amount):
    given = tmp_path / "book.csv"
    given.write_text(f"customer,month,{heading}\nA,2024-12,{cell}\nA,2025-12,{cell}\n", encoding="utf-8")
    prepared(tmp_path / "out", given, flags)
    made = document(tmp_path / "out")
    assert (made.get("currency"), made["accounts"][0]["starting_arr"]) == (currency, amount)


@pytest.mark.parametrize(("cell", "flags"), [("100", ("--currency", "USD")), ("100 GBP", ())])
def test_a_heading_that_contradicts_the_cells_or_the_command_line_is_refused(tmp_path, cell, flags):
    given = tmp_path / "book.csv"
    given.write_text(f"customer,month,MRR EUR\nA,2024-12,50\nB,2024-12,{cell}\nA,2025-12,50\n", encoding="utf-8")
    done = called(INTAKE, given, "--as-of", YEAR_END, "--out-dir", tmp_path / "out", *flags)
    assert done.code == 1 and "EUR" in done.err and "--rate" in done.err


def test_a_rate_is_exact_and_constant_so_that_it_moves_nothing(tmp_path):
    prepared(tmp_path, EXPORTS / "two_currencies.csv", ANSWERS["two currencies"].flags)
    made = document(tmp_path)
    assert made["currency"] == "USD"
    assert {a["id"]: (a["starting_arr"], a["ending_arr"]) for a in made["accounts"]} == {
        "H1": (1200, 1500), "H2": (2700, 2160), "H3": (1080, 0), "H4": (800, 800), "H5": (0, 1350)}


def test_a_child_lost_while_its_parent_stays_is_contraction_and_a_child_won_expansion(tmp_path):
    prepared(tmp_path, EXPORTS / "parents_and_children.csv", ("--map", "parent=Parent"))
    assert {a["id"]: (a["starting_arr"], a["ending_arr"]) for a in document(tmp_path)["accounts"]} == {
        "P1": (1700, 1300), "Q": (1500, 0), "S1": (800, 1000), "G1": (500, 750)}
    may, = (row for row in rows(tmp_path, "movements.csv") if row["period"] == "2025-05")
    assert (float(may["contraction_arr"]), float(may["churned_arr"])) == (400, 0)


def test_what_is_set_aside_is_named_with_its_lines(tmp_path):
    answer = summary(tmp_path, EXPORTS / "total_blank_double.csv")
    assert {row["kind"]: (row["rows"], row["first_lines"]) for row in answer["set_aside"]} == {
        "double": (1, [5]), "blank": (1, [6]), "total": (1, [9])}
    said = prepared(tmp_path, EXPORTS / "total_blank_double.csv")
    for line in (5, 6, 9):
        assert re.search(rf"\b(line|row)s? {line}\b", said), line


@pytest.mark.parametrize("name", ["inclusive end dates", "a customer who leaves and comes back"])
def test_a_clean_export_sets_nothing_aside(tmp_path, name):
    assert summary(tmp_path, EXPORTS / ANSWERS[name].file)["set_aside"] == []
