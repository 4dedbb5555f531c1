"""The whole answer of decision A: recomputed in SQL, the same in both forms, and unmoved by what should not move it."""

from __future__ import annotations

import random
import sqlite3
from decimal import Decimal as D
from fractions import Fraction

import pytest

import books
from books import COUNTS, MONEY, RATIOS, account, answered, book, cohort, of_accounts, of_cohorts
from cslib import tie_out

SEEDS = range(50)
NEAR = Fraction(1, 10 ** 12)
TABLE = """create table account (id text, label text, month text, segment text, before integer, reason text,
                                 a integer, b integer, due integer, renewed integer)"""
CELLS = """
create view cell as select *,
  substr(month, 1, 4) || '-Q' || ((cast(substr(month, 6, 2) as integer) + 2) / 3) as quarter,
  case when max(a, b * (a = 0)) >= 10000000 then 'strategic' when max(a, b * (a = 0)) >= 2000000 then 'enterprise'
       when max(a, b * (a = 0)) >= 500000 then 'mid_market' else 'smb' end as size,
  coalesce(before, month <= '2024-12', 0) as old,
  case when a > 0 and b = 0 then coalesce(reason, 'unknown') end as why
from account"""
FIGURES = """sum(a), sum(b * (a = 0 and not old)), sum(b * (a = 0 and old)), sum((b - a) * (a > 0 and b > a)),
  sum((a - b) * (b > 0 and b < a)), sum(a * (b = 0)), sum(b), sum(a > 0), sum(a > 0 and b = 0),
  sum(case when a > 0 then min(a, b) end), sum(b * (a > 0)), sum(a > 0 and b > 0)"""


def cents(value: object) -> int | None:
    return None if value is None else int(D(value) * 100)


def loaded(document: dict) -> sqlite3.Connection:
    """The accounts of a document in a database, amounts in cents."""
    base = sqlite3.connect(":memory:")
    base.execute(TABLE)
    base.executemany(
        "insert into account values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row["id"],
                row.get("name") or row["id"],
                row.get("cohort_start"),
                row.get("segment"),
                row.get("ever_before"),
                row.get("churn_reason"),
                *(cents(row.get(key)) for key in ("starting_arr", "ending_arr", "due_arr", "renewed_arr")),
            )
            for row in document["accounts"]
        ],
    )
    base.execute(CELLS)
    return base


def same_figures(found, expected: tuple) -> None:
    """A row of the answer against its twelve sums: amounts exactly in cents, ratios to 1e-12."""
    *sums, kept, later, stayed = expected
    assert [cents(getattr(found, name)) for name in MONEY] == sums[:7]
    assert [getattr(found, name) for name in COUNTS] == sums[7:]
    start = sums[0]
    if not start:
        assert [getattr(found, name) for name in RATIOS] == [None] * len(RATIOS)
        return
    ratios = (Fraction(kept, start), Fraction(later, start), Fraction(stayed, sums[7]), Fraction(sums[5], start),
              Fraction(sums[4], start), Fraction(sums[3], start))
    for name, ratio in zip(RATIOS, ratios):
        assert abs(Fraction(getattr(found, name)) - ratio) <= NEAR * max(1, ratio), name


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_comes_out_of_a_database_too(seed):
    document = books.accounts_document(seed, 120)
    answer, base = answered(document), loaded(document)
    same_figures(answer.overall.retained, base.execute(f"select {FIGURES} from cell").fetchone())
    for column, rows in (("quarter", answer.cohorts), ("segment", [s.retained for s in answer.segments]),
                         ("size", answer.size_segments)):
        groups = {
            name: sums for name, *sums in base.execute(f"select {column}, {FIGURES} from cell group by 1")
            if sums[0] or sums[6]
        }
        if column != "segment" or set(groups) != {None}:
            assert {row.name for row in rows} == set(groups)
        for row in rows:
            same_figures(row, tuple(groups[row.name]))
    why = base.execute("select why, count(*), sum(a) from cell where why is not null group by 1 order by 1").fetchall()
    assert sorted((row.reason, row.customers, cents(row.arr)) for row in answer.churn_reasons) == why
    for movers, condition in zip(answer.movers, ("a > 0 and b = 0", "b > 0 and b < a", "a > 0 and b > a")):
        assert [
            (m.account, m.segment, cents(m.starting_arr), cents(m.ending_arr), cents(m.change_arr)) for m in movers
        ] == (
            base.execute(
                f"select label, segment, a, b, b - a from cell where {condition} order by abs(b - a) desc, id"
            ).fetchall()
        )
    due, renewed, kept = base.execute("select sum(due), sum(renewed), sum(min(due, renewed)) from account").fetchone()
    if due:
        assert (cents(answer.renewal.due_arr), cents(answer.renewal.renewed_arr)) == (due, renewed)
        assert abs(Fraction(answer.renewal.gross_ratio) - Fraction(kept, due)) < NEAR
        assert abs(Fraction(answer.renewal.net_ratio) - Fraction(renewed, due)) < NEAR * max(1, renewed)
    else:
        assert answer.renewal is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_accounts_changes_nothing(seed):
    document = {**books.accounts_document(seed, 60), "stage": "growth"}
    other = list(document["accounts"])
    random.Random(seed).shuffle(other)
    reported = (tie_out.read("nrr", "1.05"), tie_out.read("arr", "1000000"))
    assert answered({**document, "accounts": other}, document, reported) == answered(document, document, reported)


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_times_the_amounts_are_the_same_ratios_of_everything(seed):
    document = books.accounts_document(seed, 40)
    keys = ("starting_arr", "ending_arr", "due_arr", "renewed_arr")
    larger = {
        **document,
        "accounts": [{k: v * 10 if k in keys else v for k, v in row.items()} for row in document["accounts"]],
    }
    small, large = answered(document), answered(larger)
    for one, ten in ((small.overall.retained, large.overall.retained), *zip(small.cohorts, large.cohorts),
                     *((s.retained, t.retained) for s, t in zip(small.segments, large.segments))):
        assert [getattr(ten, name) for name in RATIOS] == [getattr(one, name) for name in RATIOS]
        assert [getattr(ten, name) for name in MONEY] == [getattr(one, name) * 10 for name in MONEY]
        assert (ten.verdicts, ten.leaky_bucket) == (one.verdicts, one.leaky_bucket)
    assert [row.share_ratio for row in large.churn_reasons] == [row.share_ratio for row in small.churn_reasons]
    assert large.concentration[:3] == small.concentration[:3]
    assert large.concentration.grr_if_largest_left_ratio == small.concentration.grr_if_largest_left_ratio
    for name in ("grr_interval", "nrr_interval", "logo_interval"):
        one, ten = getattr(small.overall, name), getattr(large.overall, name)
        assert (one is None) == (ten is None)
        if one is not None:
            assert ten[:2] == pytest.approx(one[:2], abs=1e-9)
    assert large.loss_size_index == small.loss_size_index
    assert large.verdict == small.verdict


def complete(seed: int) -> dict:
    """A seeded book in which every account has a first month and a segment."""
    document = books.accounts_document(seed, 60)
    rows = [
        {
            **row,
            "cohort_start": row.get("cohort_start")
            or ("2023-01" if row["starting_arr"] or books.returned(row, 12) else "2025-07"),
            "segment": row.get("segment") or "Retail",
            "due_arr": None,
            "renewed_arr": None,
        }
        for row in document["accounts"]
    ]
    return {**document, "accounts": rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_book_by_account_and_the_same_book_by_quarter_give_the_same_figures(seed):
    document = complete(seed)
    fine, coarse = answered(document), answered(books.aggregated(document, books.quarter))
    assert coarse.overall.retained == fine.overall.retained
    assert coarse.cohorts == fine.cohorts
    assert coarse.churn_reasons == fine.churn_reasons
    assert coarse.preventable == fine.preventable
    assert coarse.loss_size_index == fine.loss_size_index
    assert coarse.verdict == fine.verdict
    assert coarse.overall.logo_interval == fine.overall.logo_interval
    assert coarse.worth[:2] == fine.worth[:2]
    assert (coarse.movers, coarse.concentration, coarse.size_segments) == (((), (), ()), None, ())


@pytest.mark.parametrize("seed", range(0, 50, 5))
def test_a_book_by_account_and_the_same_book_by_segment_give_the_same_segments_and_mix(seed):
    document, before = complete(seed), complete(seed + 1000)
    coarse, coarse_before = (books.aggregated(each, lambda row: row["segment"]) for each in (document, before))
    fine_answer, coarse_answer = answered(document, before), answered(coarse, coarse_before)
    assert [s.retained for s in coarse_answer.segments] == [s.retained for s in fine_answer.segments]
    assert coarse_answer.mix_shift == fine_answer.mix_shift


@pytest.mark.parametrize("seed", SEEDS)
def test_money_and_counts_at_the_start_of_the_parts_add_up_to_the_whole(seed):
    answer = answered(books.accounts_document(seed, 60))
    for rows in (answer.cohorts, [s.retained for s in answer.segments], answer.size_segments):
        if rows:
            for name in ("starting_arr", "expansion_arr", "contraction_arr", "churned_arr", *COUNTS):
                assert sum(getattr(row, name) for row in rows) == getattr(answer.overall.retained, name), name


def test_money_of_cohorts_segments_and_sizes_each_adds_up_to_the_whole_with_those_that_are_all_new():
    answer = answered(of_accounts(account("a", 6000, 6500, cohort_start="2023-01", segment="Retail"),
                                  account("b", 0, 300, cohort_start="2025-02", segment="Health"),
                                  account("c", 0, 40, cohort_start="2022-02", ever_before=True, segment="Logistics")))
    for rows in (answer.cohorts, [s.retained for s in answer.segments], answer.size_segments):
        for name in MONEY:
            assert sum(getattr(row, name) for row in rows) == getattr(answer.overall.retained, name), name


def test_a_book_without_segments_has_none():
    assert answered(of_accounts(account("a", 100, 100))).segments == ()


def test_the_worked_book_of_the_reference_page_comes_out():
    rows = [
        account("A", 400, 480),
        account("B", 300, 300),
        account("C", 200, 150),
        account("D", 60, 0),
        account("E", 40, 60),
        account("F", 0, 90),
        account("G", 0, 30, ever_before=True),
    ]
    whole = answered(of_accounts(*rows)).overall.retained
    assert [getattr(whole, name) for name in MONEY] == [1000, 90, 30, 100, 50, 60, 1110]
    assert [getattr(whole, name) for name in RATIOS] == [D("0.89"), D("0.99"), D("0.8"), D("0.06"), D("0.05"), D("0.1")]


def test_totals_have_neither_accounts_nor_sizes_nor_an_interval_for_nrr():
    answer = answered(of_cohorts(cohort("c", 1000, 10, 100, 1), stage="growth"))
    assert (answer.overall.nrr_interval, answer.movers, answer.size_segments, answer.concentration) == (
        None,
        ((), (), ()),
        (),
        None,
    )
    assert answer.overall.grr_interval.method == "wilson_lower_bound"


def test_from_totals_alone_nothing_is_told_apart():
    answer = answered(of_cohorts(cohort("c", 10 ** 6, 10 ** 6, 5 * 10 ** 5, 5 * 10 ** 5), stage="growth"))
    assert answer.overall.distinguishable.answer == "cannot_tell"


@pytest.mark.parametrize(("lost", "answer"), [(0, "above"), (100, "cannot_tell"), (400, "below")])
def test_a_large_book_is_told_from_its_line_where_its_interval_lies_on_one_side(lost, answer):
    rows = [account(f"a{n}", 100, 0 if n < lost else 100) for n in range(1000)]
    assert answered(of_accounts(*rows, stage="growth")).overall.distinguishable[1:] == (D("0.90"), answer)


def test_a_part_of_a_year_is_judged_by_its_year():
    rows = [account(f"a{n}", 100, 0 if n < 5 else 100) for n in range(100)]
    year, quarter = (answered(of_accounts(*rows, stage="growth", period_months=months)) for months in (12, 3))
    assert (year.overall.retained.verdicts.grr, quarter.overall.retained.verdicts.grr) == ("healthy", "critical")
    assert quarter.overall.retained.annual.grr_ratio == D("0.95") ** 4


def test_a_segment_has_an_interval_from_a_hundred_customers_on():
    rows = [account(f"r{n}", 100, 90, segment="Retail") for n in range(100)]
    rows += [account(f"h{n}", 100, 90, segment="Health") for n in range(99)]
    found = {s.retained.name: s.grr_interval for s in answered(of_accounts(*rows)).segments}
    assert found["Health"] is None
    assert found["Retail"].low < D("0.9") < found["Retail"].high


def test_a_cohort_at_an_age_is_shown_over_what_it_was_when_it_was_acquired():
    cells = [
        {"cohort": "2024-Q1", "quarter": 0, "customers": 10, "active_customers": 10, "arr": 90, "initial_arr": 100},
        {"cohort": "2024-Q1", "quarter": 4, "customers": 10, "active_customers": 7, "arr": 120, "initial_arr": 100},
    ]
    rows = answered(of_accounts(account("a", 1, 1), history=cells)).triangle
    assert [(row.logo_retention_ratio, row.arr_retention_ratio) for row in rows] == [
        (1, D("0.9")),
        (D("0.7"), D("1.2")),
    ]


def test_a_cohort_that_had_nothing_has_no_ratio():
    cell = {"cohort": "2024-Q1", "quarter": 0, "customers": 0, "active_customers": 0, "arr": 0, "initial_arr": 0}
    row = answered(of_accounts(account("a", 1, 1), history=[cell])).triangle[0]
    assert (row.logo_retention_ratio, row.arr_retention_ratio) == (None, None)


def test_the_share_that_was_due_is_of_the_starting_arr():
    found = answered(of_accounts(account("a", 300, 200, due_arr=300, renewed_arr=200), account("b", 700, 700))).renewal
    assert (found.due_share_ratio, found.net_ratio.quantize(D("0.001"))) == (D("0.3"), D("0.667"))


def test_amounts_at_the_limit_of_the_schema_are_added_to_the_cent():
    rows = [account(f"a{n}", D(10 ** 12), D("999999999999.99")) for n in range(1000)]
    whole = answered(of_accounts(*rows)).overall.retained
    assert (whole.starting_arr, whole.contraction_arr, whole.ending_arr) == (10 ** 15, 10, 10 ** 15 - 10)
    assert book(of_accounts(*rows)).accounts[0].ending_arr == D("999999999999.99")
