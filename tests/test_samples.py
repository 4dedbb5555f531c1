"""What the sample company is: each fact is computed with SQL from the raw export, apart from the script."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import sqlite3
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import make_samples
from conftest import called

TESTS = Path(__file__).resolve().parent
SAMPLES = TESTS.parent / "samples"
START, END = "2025-09-30", "2026-09-30"
REASONS = ("no_value_realized", "competitor_loss", "champion_left", "tactical_failure", "pricing", "product_fit",
           "company_event", "involuntary")

VIEWS = """
CREATE TABLE month_ends AS
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 35)
  SELECT i, date('2023-10-01', (i + 1) || ' months', '-1 day') AS day FROM n;
CREATE TABLE monthly AS
  SELECT customer_id AS id, i, day, 12 * SUM(CAST(monthly_amount AS INTEGER)) AS arr
  FROM periods JOIN month_ends ON start_date <= day AND (end_date = '' OR end_date > day) GROUP BY customer_id, i;
CREATE TABLE firsts AS
  SELECT id, MIN(i) AS first, substr(MIN(day), 1, 7) AS cohort_start,
         substr(MIN(day), 1, 4) || '-Q' || ((CAST(substr(MIN(day), 6, 2) AS INTEGER) + 2) / 3) AS cohort
  FROM monthly GROUP BY id;
CREATE TABLE book AS
  SELECT f.id, c.name, c.segment, f.cohort_start, f.cohort, f.first,
         COALESCE(a.arr, 0) AS a, COALESCE(b.arr, 0) AS b
  FROM firsts f JOIN (SELECT DISTINCT customer_id AS id, customer_name AS name, industry AS segment FROM periods) c
    ON c.id = f.id
  LEFT JOIN monthly a ON a.id = f.id AND a.day = '2025-09-30'
  LEFT JOIN monthly b ON b.id = f.id AND b.day = '2026-09-30';
CREATE TABLE steps AS
  SELECT f.id, m.i, f.first, COALESCE(p.arr, 0) AS a, COALESCE(q.arr, 0) AS b
  FROM firsts f JOIN month_ends m ON m.day > '2025-09-30'
  LEFT JOIN monthly p ON p.id = f.id AND p.i = m.i - 1 LEFT JOIN monthly q ON q.id = f.id AND q.i = m.i;
"""


@pytest.fixture(scope="module")
def periods():
    with open(SAMPLES / "exports" / "subscriptions.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def document():
    return json.loads((SAMPLES / "cohorts.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sql(periods, document):
    """A function from a query to its rows, over the export (`periods` and the views) and the `accounts` of the JSON."""
    base = sqlite3.connect(":memory:")
    columns = list(periods[0])
    base.execute(f"CREATE TABLE periods ({', '.join(columns)})")
    base.executemany(f"INSERT INTO periods VALUES ({', '.join('?' * len(columns))})",
                     [list(row.values()) for row in periods])
    base.executescript(VIEWS)
    keys = ("id", "segment", "starting_arr", "ending_arr", "due_arr", "renewed_arr", "churn_reason")
    base.execute(f"CREATE TABLE accounts ({', '.join(keys)})")
    base.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)",
                     [[row.get(key) for key in keys] for row in document["accounts"]])
    yield lambda query: base.execute(query).fetchall()
    base.close()


RATIOS = "1.0 * SUM(MIN(a, b)) / SUM(a), 1.0 * SUM(b) / SUM(a), 1.0 * SUM(b > 0) / COUNT(*), COUNT(*), SUM(a)"


def test_the_sample_files_are_what_the_script_makes():
    assert make_samples.main(["--check"]) == 0


def test_the_sample_files_do_not_depend_on_the_hash_seed():
    run = subprocess.run([sys.executable, str(TESTS / "make_samples.py"), "--check"],
                         env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_changed_or_absent_sample_is_named_and_writing_mends_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_samples, "SAMPLES", tmp_path / "samples")
    assert make_samples.main(["--check"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == len(make_samples.FILES)
    assert make_samples.main([]) == 0
    assert make_samples.main(["--check"]) == 0
    changed = tmp_path / "samples" / "cohorts.json"
    changed.write_bytes(changed.read_bytes().replace(b"USD", b"EUR"))
    assert make_samples.main(["--check"]) == 1
    assert Path(capsys.readouterr().err.split()[-1]) == Path("samples/cohorts.json")


def test_an_unknown_argument_is_wrong_usage():
    assert make_samples.main(["--chek"]) == 2


def test_the_document_has_its_keys_in_order_and_the_period_of_the_company(document):
    assert list(document) == ["as_of", "period_months", "currency", "stage", "flows", "accounts", "history"]
    assert [document[key] for key in ("as_of", "period_months", "currency", "stage")] == [END, 12, "USD", "growth"]


def test_every_account_is_one_line(document):
    lines = (SAMPLES / "cohorts.json").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('    {"id": "C-') for line in lines) == len(document["accounts"])


def test_the_export_read_by_plain_rules_gives_exactly_the_accounts(sql, document):
    expected = [
        {"id": id_, "name": name, "cohort_start": cohort, "segment": segment, "starting_arr": a, "ending_arr": b,
         **({} if a else {"ever_before": bool(before)})}
        for id_, name, cohort, segment, a, b, before in sql(
            "SELECT id, name, cohort_start, segment, a, b, first <= 23 FROM book WHERE a OR b ORDER BY id")]
    extra = ("due_arr", "renewed_arr", "churn_reason")
    assert [{key: value for key, value in row.items() if key not in extra} for row in document["accounts"]] == expected


def test_the_export_gives_exactly_the_history(sql, document):
    keys = ("cohort", "quarter", "customers", "active_customers", "arr", "initial_arr")
    rows = sql("""
        WITH members AS (SELECT f.*, m.arr AS initial FROM firsts f JOIN monthly m ON m.id = f.id AND m.i = f.first)
        SELECT cohort, (e.i - 2) / 3 - c.first / 3, COUNT(*), COUNT(m.arr), COALESCE(SUM(m.arr), 0), SUM(c.initial)
        FROM members c JOIN month_ends e ON e.i % 3 = 2 AND e.i >= c.first
        LEFT JOIN monthly m ON m.id = c.id AND m.i = e.i
        GROUP BY cohort, e.i ORDER BY cohort, e.i""")
    assert document["history"] == [dict(zip(keys, row)) for row in rows]
    assert len(rows) == 78


def test_the_export_gives_exactly_the_flows_and_they_close(sql, document):
    (flows,) = sql("""
        SELECT SUM(CASE WHEN a = 0 AND i = first THEN b ELSE 0 END),
               SUM(CASE WHEN a = 0 AND i > first THEN b ELSE 0 END),
               SUM(CASE WHEN a > 0 AND b > a THEN b - a ELSE 0 END),
               SUM(CASE WHEN b > 0 AND b < a THEN a - b ELSE 0 END),
               SUM(CASE WHEN b = 0 THEN a ELSE 0 END) FROM steps""")
    assert tuple(document["flows"].values()) == flows
    ((starting, ending),) = sql("SELECT SUM(a), SUM(b) FROM book")
    new, reactivated, expansion, contraction, churned = flows
    assert starting + new + reactivated + expansion - contraction - churned == ending


def test_flows_within_the_period_exceed_the_movements_between_its_ends(sql, document):
    """Customers that came and left, left and returned, or grew and shrank again within the period."""
    ((churned, contraction),) = sql("""
        SELECT SUM(CASE WHEN b = 0 THEN a END), SUM(CASE WHEN b > 0 THEN MAX(0, a - b) END) FROM book""")
    assert document["flows"]["churned_arr"] > churned
    assert document["flows"]["contraction_arr"] > contraction
    assert sql("SELECT COUNT(*) FROM firsts JOIN book USING (id) WHERE book.first > 23 AND b = 0") == [(10,)]
    assert sql("""SELECT COUNT(DISTINCT id) FROM book JOIN steps USING (id)
                  WHERE book.a AND book.b AND steps.b = 0""") == [(2,)]


def test_an_end_date_is_the_first_day_without_service_and_periods_never_overlap(sql):
    assert sql("SELECT COUNT(*) FROM periods WHERE end_date <> '' AND end_date <= start_date") == [(0,)]
    assert sql("""SELECT COUNT(*) FROM periods p JOIN periods q ON p.customer_id = q.customer_id AND p.rowid < q.rowid
                  WHERE p.end_date = '' OR q.start_date < p.end_date""") == [(0,)]
    assert sql("SELECT COUNT(*) FROM periods WHERE MAX(start_date, end_date) > '2026-09-30'") == [(0,)]


def test_a_status_says_how_a_period_ended(sql):
    rows = sql("""SELECT p.status, p.end_date = '', q.rowid IS NOT NULL, COUNT(*) FROM periods p LEFT JOIN periods q
                  ON q.customer_id = p.customer_id AND q.start_date = p.end_date GROUP BY 1, 2, 3 ORDER BY 1""")
    assert [row[:3] for row in rows] == [("active", 1, 0), ("cancelled", 0, 0), ("changed", 0, 1)]
    assert min(row[3] for row in rows) > 50


def test_monthly_amounts_are_whole_dollars_and_identifiers_unique(periods):
    assert all(re.fullmatch(r"[1-9]\d*\.00", row["monthly_amount"]) for row in periods)
    assert [row["subscription_id"] for row in periods] == [f"S-{n:05d}" for n in range(1, len(periods) + 1)]
    assert [row["start_date"] for row in periods] == sorted(row["start_date"] for row in periods)


def test_names_are_unique_and_of_one_form(sql):
    names = [name for (name,) in sql("SELECT name FROM book")]
    assert len(set(names)) == len(names) == 435
    assert len({name.rsplit(" ", 1)[0] for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ (Ltd|Inc|LLC|GmbH)", name) for name in names)


def test_the_company_has_350_customers_and_about_twelve_million(sql):
    ((customers, arr),) = sql("SELECT COUNT(*), SUM(b) FROM book WHERE b > 0")
    assert customers == 350
    assert 11_900_000 <= arr <= 12_100_000
    ((customers, arr),) = sql("SELECT COUNT(*), SUM(a) FROM book WHERE a > 0")
    assert 310 <= customers <= 325
    assert 10_500_000 <= arr <= 11_000_000


def test_gross_retention_is_concerning_while_net_retention_is_above_one(sql):
    ((grr, nrr, logo, _, _),) = sql(f"SELECT {RATIOS} FROM book WHERE a > 0")
    assert 0.865 <= grr <= 0.885
    assert 1.03 <= nrr <= 1.07
    assert 0.86 <= logo <= 0.90


def test_between_two_and_four_customers_that_had_left_before_the_period_came_back(sql):
    ((count,),) = sql("""SELECT COUNT(*) FROM book WHERE a = 0 AND b > 0 AND first < 23
                         AND id NOT IN (SELECT id FROM monthly WHERE day = '2025-08-31')""")
    assert 2 <= count <= 4
    assert sql("SELECT COUNT(*) FROM book WHERE a = 0 AND b > 0 AND first <= 23") == [(count,)]


def test_arr_per_customer_is_heavy_tailed(sql):
    arrs = [a for (a,) in sql("SELECT a FROM book WHERE a > 0")]
    assert 1.1 <= statistics.pstdev(map(math.log, arrs)) <= 1.31
    tiers = ((100_000, math.inf, 0.05), (20_000, 100_000, 0.25), (5_000, 20_000, 0.40), (0, 5_000, 0.30))
    for floor, ceiling, share in tiers:
        assert abs(sum(floor <= arr < ceiling for arr in arrs) / len(arrs) - share) < 0.04


def test_the_largest_customer_holds_about_a_twentieth_at_both_dates(sql):
    ((start, end),) = sql("SELECT 1.0 * MAX(a) / SUM(a), 1.0 * MAX(b) / SUM(b) FROM book")
    assert 0.04 <= start <= 0.06
    assert 0.04 <= end <= 0.06


def test_retail_is_the_worst_of_four_segments_and_healthcare_the_healthy_one(sql):
    rows = {row[0]: row[1:] for row in sql(f"SELECT segment, {RATIOS} FROM book WHERE a > 0 GROUP BY segment")}
    assert sorted(rows) == ["healthcare", "logistics", "manufacturing", "retail"]
    grr = {segment: row[0] for segment, row in rows.items()}
    assert 0.76 <= grr["retail"] <= 0.80
    assert grr["healthcare"] >= 0.93
    assert 0.85 <= min(grr["logistics"], grr["manufacturing"]) <= max(grr["logistics"], grr["manufacturing"]) < 0.93
    assert min(rows, key=lambda segment: rows[segment][2]) == "retail"


def test_one_cohort_and_only_one_is_a_leaky_bucket(sql):
    rows = sql(f"SELECT cohort, {RATIOS} FROM book WHERE a > 0 GROUP BY cohort ORDER BY cohort")
    assert len(rows) == 8
    leaky = [(cohort, customers) for cohort, grr, nrr, _, customers, _ in rows if grr <= 0.85 and nrr >= 1]
    assert leaky == [("2024-Q2", 30)]


def test_customers_were_acquired_in_twelve_quarters_after_an_initial_book(sql):
    rows = sql("SELECT cohort, COUNT(*) FROM firsts GROUP BY cohort ORDER BY cohort")
    assert [cohort for cohort, _ in rows] == [f"{y}-Q{q}" for y in range(2023, 2027) for q in range(1, 5)][3:15]
    assert rows[0][1] == 90
    assert all(22 <= count <= 40 for _, count in rows[1:])


def test_churn_reasons_stand_on_lost_accounts_and_on_no_others(document):
    for row in document["accounts"]:
        assert ("churn_reason" in row) == (row["starting_arr"] > 0 and row["ending_arr"] == 0)


def test_reasons_by_lost_arr_stand_in_their_order_and_no_value_is_a_retail_matter(sql):
    sums = dict(sql("SELECT churn_reason, SUM(starting_arr) FROM accounts WHERE churn_reason NOT NULL GROUP BY 1"))
    lost = sum(sums.values())
    unknown = sums.pop("unknown")
    assert sorted(sums, key=sums.get, reverse=True) == list(REASONS)
    assert 0.10 <= unknown / lost <= 0.15
    assert 0.50 <= (sums["no_value_realized"] + sums["tactical_failure"]) / (lost - unknown) <= 0.60
    ((retail,),) = sql("""SELECT SUM(starting_arr) FROM accounts
                          WHERE churn_reason = 'no_value_realized' AND segment = 'retail'""")
    assert retail / sums["no_value_realized"] >= 0.6


def test_contraction_is_a_few_per_cent_over_a_few_accounts(sql):
    ((count, share),) = sql("""SELECT SUM(b > 0 AND b < a), SUM(CASE WHEN b > 0 THEN MAX(0.0, a - b) END) / SUM(a)
                               FROM book WHERE a > 0""")
    assert 20 <= count <= 30
    assert 0.03 <= share <= 0.04


def test_expansion_is_spread_with_a_quarter_of_it_in_three_accounts(sql):
    grown = [growth for (growth,) in sql("SELECT b - a FROM book WHERE a > 0 AND b > a ORDER BY b - a DESC")]
    ((starting,),) = sql("SELECT SUM(a) FROM book")
    assert len(grown) >= 80
    assert 0.17 <= sum(grown) / starting <= 0.20
    assert 0.22 <= sum(grown[:3]) / sum(grown) <= 0.28


def test_about_seven_in_ten_accounts_were_up_for_renewal_and_no_other_was_lost(sql):
    ((due, starting),) = sql("SELECT COUNT(due_arr), COUNT(*) FROM accounts WHERE starting_arr > 0")
    assert 0.66 <= due / starting <= 0.74
    assert sql("SELECT COUNT(*) FROM accounts WHERE due_arr <> starting_arr OR renewed_arr <> ending_arr") == [(0,)]
    assert sql("SELECT COUNT(*) FROM accounts WHERE (due_arr IS NULL) <> (renewed_arr IS NULL)") == [(0,)]
    assert sql("SELECT COUNT(*) FROM accounts WHERE churn_reason NOT NULL AND due_arr IS NULL") == [(0,)]
    assert sql("SELECT COUNT(*) FROM accounts WHERE starting_arr = 0 AND due_arr NOT NULL") == [(0,)]


def test_the_raw_exports_give_the_accounts_and_the_reasons_of_the_sample(tmp_path, document):
    exports = sorted((SAMPLES / "exports").glob("*.csv"))
    run = called("prepare_inputs", *exports, "--as-of", END, "--currency", "USD", "--out-dir", tmp_path)
    assert run.code == 0 and "an event within 90 days explains 38 of 42 losses" in " ".join(run.out.split())
    made = json.loads((tmp_path / "cohorts.json").read_text(encoding="utf-8"))
    facts = ("id", "segment", "cohort_start", "starting_arr", "ending_arr", "ever_before")
    assert [[row.get(key) for key in facts] for row in made["accounts"]] == [
        [row.get(key) for key in facts] for row in document["accounts"]]
    said, meant = ({row["id"]: row["churn_reason"] for row in held["accounts"]
                    if row.get("churn_reason", "unknown") != "unknown"} for held in (made, document))
    assert said == meant
    assert made["history"] == document["history"] and made["flows"] == document["flows"]
