"""The pictures of decision A: what is drawn, said and tabled is what the record holds."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from unittest import mock
from xml.etree import ElementTree

import pytest
from hypothesis import given

import books
from books import account, cohort, few, of_accounts, of_cohorts
from cslib import (
    charts_bars,
    charts_grid,
    cohorts,
    page_text,
    pictures_retention,
    policy,
    retention_page,
    retention_report,
    source,
)
from cslib.figures import money, per_cent, short_money, signed_money, whole
from cslib.page import Picture

RULES = policy.read(None)
FIGURE = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?:[kMBT]|%)?(?![\w-]|\.\d)")
BRIDGE, HEAT, SEGMENTS, REASONS = "retention-bridge", "retention-cohorts", "retention-segments", "retention-reasons"
LONG = "<b>|Acme\u202e\x1b[31m" + "x" * 300


def report_of(document: dict) -> retention_page.Report:
    return retention_report.answered(books.book(document), None, document.get("stage"), (), RULES, False)


@lru_cache
def sample_report() -> retention_page.Report:
    path = source.sample("cohorts.json")
    return retention_report.answered(cohorts.read(source.document(path), path, RULES.settings["tier_floors"]), None,
                                     None, (), RULES, True)


def name_of(picture: Picture) -> str:
    """The name under which it was drawn, checked to be well formed and named to those who do not see it."""
    root = ElementTree.fromstring(picture.drawing)
    spoken = {child.tag: child for child in root if child.tag in ("title", "desc")}
    assert (spoken["title"].text, spoken["desc"].text) == (picture.title, picture.alt)
    return spoken["title"].attrib["id"].rsplit("-", 1)[0]


def by_name(report: retention_page.Report) -> dict[str, Picture]:
    return {name_of(picture): picture for picture in pictures_retention.pictures(report)}


def words_in(picture: Picture) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(picture.drawing).iter("text")]


def drawn(report: retention_page.Report, room: object, chart: str) -> list[mock._Call]:
    """The calls of one chart, drawn all the same."""
    with mock.patch.object(room, chart, wraps=getattr(room, chart)) as called:
        pictures_retention.pictures(report)
    return called.call_args_list


def steps_of(report: retention_page.Report) -> list[charts_bars.Step]:
    return [step for call in drawn(report, charts_bars, "bridge") for step in call.args[3]]


def bars_of(report: retention_page.Report, name: str) -> list[charts_bars.Bar]:
    return [bar for call in drawn(report, charts_bars, "bars") if call.args[0] == name for bar in call.args[3]]


def leaves(value: object) -> list[object]:
    """All numbers in a record, at any depth."""
    if isinstance(value, (int, float, Decimal)):
        return [] if isinstance(value, bool) else [value]
    if isinstance(value, dict):
        value = list(value.values())
    elif hasattr(value, "record"):
        value = [*value, *value.record().values()]
    elif hasattr(value, "_asdict"):
        value = [*value, *([value.annual, value.lost_arr] if hasattr(value, "annual") else [])]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else []


def shown(value: object) -> set[str]:
    return {money(value), signed_money(value), signed_money(-value), short_money(value), per_cent(value),
            per_cent(value, 0), whole(value)}


def cohort_with_history(count: int, ages: int, **known: object) -> dict:
    """A book with `count` quarters of acquisition, each a customer smaller at every age, up to `ages` ages."""
    history = [{"cohort": f"{2010 + n // 4}-Q{n % 4 + 1}", "quarter": age, "customers": 40,
                "active_customers": 40 - age, "arr": 1000 * (40 - age), "initial_arr": 40000}
               for n in range(count) for age in range(min(ages, count - n))]
    return of_accounts(account("A", 100, 90), history=history, **known)


def in_segments(number: int, name: str = "Segment {:03}", each: int = 1, **known: object) -> dict:
    """A book of so many segments, the first the largest, every second with a loss."""
    return of_accounts(*(account(f"A{n}-{m}", 1000 * (number - n), 1000 * (number - n) - 10 * n * (n % 2),
                                 segment=name.format(n)) for n in range(number) for m in range(each)), **known)


def test_the_sample_has_all_four_pictures_in_reading_order() -> None:
    assert list(by_name(sample_report())) == [BRIDGE, HEAT, SEGMENTS, REASONS]


def test_the_titles_of_the_sample_say_the_finding_with_its_figure_and_period() -> None:
    titles = {name: picture.title for name, picture in by_name(sample_report()).items()}
    year = "over the 12 months to 2026-09-30"
    assert titles[BRIDGE] == (f"Expansion of 1.84M covers 1.37M lost: ARR rose from 10.57M to 12.01M {year}; 3 "
                              "accounts bring 27% of the expansion")
    assert titles[SEGMENTS] == (
        f"Gross retention is lowest in retail: 77.3% {year} on 2.77M ARR, against 93.7% in healthcare")
    assert titles[REASONS] == ("The largest known reason for churn is no value realised, 378k of 1.02M ARR churned "
                               f"{year}, 42% of what has a reason")
    assert titles[HEAT] == (
        "Too few customers to tell whether later cohorts keep less: 7 cohorts held 92.3% to 115.6% of their first ARR "
        "at 12 months of age")
    assert ("No trend detected at 12 months of age (without 2023-Q4, the first on record); a fall of 10 points would "
            "have been seen with probability 22%.") in by_name(sample_report())[HEAT].alt


def test_figures_of_titles_and_alternatives_are_those_of_the_text_report() -> None:
    report = sample_report()
    text = page_text.rendered(retention_page.page(report, None, None))
    o = report.d.overall.retained
    amounts = [*(getattr(o, field) for field in books.MONEY), *(row.arr for row in report.d.churn_reasons)]
    told = {*FIGURE.findall(text), *map(short_money, amounts)}
    ages = {str(3 * cell.quarter) for cell in report.d.triangle}
    for picture in pictures_retention.pictures(report):
        assert set(FIGURE.findall(picture.title)) <= told | {str(len(report.d.trend.cohorts))}
        assert set(FIGURE.findall(picture.alt)) <= told | ages | {
            per_cent(cell.arr_retention_ratio) for cell in report.d.triangle}


def test_rows_of_segments_and_reasons_are_those_of_the_text_report() -> None:
    report, found = sample_report(), by_name(sample_report())
    text = page_text.rendered(retention_page.page(report, None, None))
    lines = {" ".join(line.split()) for line in text.splitlines()}
    for name in (SEGMENTS, REASONS):
        for row in found[name].table.rows:
            assert " ".join(row) in lines


@given(books.BOOKS)
@few
def test_every_figure_of_a_table_is_in_the_record(document: dict) -> None:
    held(document)


@given(books.COHORT_BOOKS)
@few
def test_every_figure_of_a_table_is_in_the_record_of_a_book_of_totals(document: dict) -> None:
    held(document)


@pytest.mark.parametrize("document", [cohort_with_history(6, 6), in_segments(12), in_segments(3, each=120)])
def test_every_figure_of_the_larger_tables_is_in_the_record(document: dict) -> None:
    held(document)


def held(document: dict) -> None:
    report = report_of(document)
    known = {word for leaf in leaves(report.d) for word in shown(leaf)} | {"n/a", "-", ""}
    for picture in pictures_retention.pictures(report):
        assert name_of(picture)
        for row in picture.table.rows:
            assert len(row) == len(picture.table.header)
            cells = [part for cell in row[1:] for part in re.split(r" \(|\)| to ", cell)]
            assert set(cells) - {"yes", "no", "contested", "recoverable", "unknown"} <= known


@given(books.BOOKS)
@few
def test_the_bridge_closes(document: dict) -> None:
    report = report_of(document)
    o = report.d.overall.retained
    steps = steps_of(report)
    moved = any((o.new_arr, o.reactivated_arr, o.expansion_arr, o.lost_arr))
    assert bool(steps) == moved
    if steps:
        assert [step.kind for step in steps] == ["total", "gain", "gain", "gain", "loss", "loss", "total"]
        signs = {"gain": 1, "loss": -1}
        assert steps[0].amount + sum(signs[s.kind] * s.amount for s in steps[1:-1]) == pytest.approx(steps[-1].amount)
        assert [step.amount for step in steps] == [float(getattr(o, field)) for field in books.MONEY]


@given(books.BOOKS)
@few
def test_axes_cover_what_is_drawn_with_exact_labels(document: dict) -> None:
    report = report_of(document)
    for chart in ("bridge", "bars"):
        for call in drawn(report, charts_bars, chart):
            rows, axis = call.args[3], call.args[4]
            most = max(row.amount if chart == "bridge" else row.value for row in rows)
            assert axis.ticks[0][0] == 0 and axis.ticks[-1][0] >= most
            assert len({label for _, label in axis.ticks}) == len(axis.ticks)
            for value, label in axis.ticks:
                assert read(label) == pytest.approx(value)


def read(label: str) -> float:
    scale = {"%": 0.01, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    return float(label.rstrip("%kMBT").replace(",", "")) * scale.get(label[-1], 1)


@pytest.mark.parametrize("rows, said", [
    ([account("A", 100, 100)], None),
    ([account("A", 100, 130)], "Nothing was lost and expansion brought 30: ARR rose from 100 to 130"),
    ([account("A", 100, 100), account("B", 0, 50)], "Nothing was lost: ARR rose from 100 to 150"),
    ([account("A", 100, 0)], "100 was lost and nothing won: ARR fell from 100 to 0"),
    ([account("A", 100, 70), account("B", 10, 40)], "Expansion of 30 covers 30 lost: ARR stayed at 110"),
    ([account("A", 100, 70), account("B", 10, 20), account("C", 0, 90)],
     "30 was lost against 10 of expansion and 90 of new ARR: ARR rose from 110 to 180"),
])
def test_the_bridge_says_what_moved(rows: list, said: str) -> None:
    found = by_name(report_of(of_accounts(*rows)))
    assert (found[BRIDGE].title if BRIDGE in found else None) == (
        said and f"{said} over the 12 months to 2025-12-31")


def test_steps_carry_their_sign() -> None:
    assert [step.shown for step in steps_of(sample_report())] == [
        "10.57M", "+928k", "+56k", "+1.84M", "-350k", "-1.02M", "12.01M"]
    few_moves = steps_of(report_of(of_accounts(account("A", 100, 130))))
    assert [step.shown for step in few_moves] == ["100", "0", "0", "+30", "0", "0", "130"]


def test_few_who_bring_the_expansion_are_counted_as_the_report_counts_them() -> None:
    grown_by = [account(f"A{n}", 100, 100 + n * 10) for n in range(1, 6)]
    found = by_name(report_of(of_accounts(*grown_by)))[BRIDGE].title
    assert found.endswith("over the 12 months to 2025-12-31; 3 accounts bring 80% of the expansion")
    assert "bring" not in by_name(report_of(of_accounts(grown_by[0], account("B", 100, 100))))[BRIDGE].title


def test_one_customer_who_stays_has_no_picture() -> None:
    assert pictures_retention.pictures(report_of(of_accounts(account("A", 100, 100)))) == []


def test_one_customer_who_leaves_has_only_the_bridge() -> None:
    lost = of_accounts(account("A", 100, 0, segment="Retail", churn_reason="pricing"))
    assert list(by_name(report_of(lost))) == [BRIDGE]


def test_a_book_that_is_all_lost_is_drawn_to_nothing() -> None:
    document = of_accounts(account("A", 100, 0, segment="Retail", churn_reason="pricing"),
                           account("B", 300, 0, segment="Health", churn_reason="product_fit"))
    found = by_name(report_of(document))
    assert found[SEGMENTS].title.startswith("Gross retention is alike by segment: 0.0% over")
    assert [bar.value for bar in bars_of(report_of(document), REASONS)] == [300, 100]


def test_a_hundred_segments_show_the_eight_largest_and_count_the_rest() -> None:
    report = report_of(in_segments(100))
    assert [bar.label for bar in bars_of(report, SEGMENTS)] == [f"Segment {n:03}" for n in (7, 5, 3, 1, 0, 2, 4, 6)]
    picture = by_name(report)[SEGMENTS]
    assert picture.table.rows[-1][0] == "and 92 smaller"
    assert "in Segment 007 among the largest 8 of 100: 99.9%" in picture.title


def test_the_weakest_segment_stands_out_and_equal_ones_do_not() -> None:
    assert [bar.strong for bar in bars_of(sample_report(), SEGMENTS)] == [True, False, False, False]
    alike = of_accounts(*(account(n, 100, 90, segment=n) for n in "AB"))
    assert [bar.strong for bar in bars_of(report_of(alike), SEGMENTS)] == [False, False]


def test_a_segment_without_arr_at_the_start_is_named_and_not_drawn_as_zero() -> None:
    report = report_of(of_accounts(account("A", 100, 90, segment="Old"), account("B", 100, 80, segment="Older"),
                                   account("C", 0, 50, segment="Fresh")))
    assert [bar.label for bar in bars_of(report, SEGMENTS)] == ["Older", "Old"]
    assert by_name(report)[SEGMENTS].table.rows[-1][0] == "GRR n/a, no ARR at the start: Fresh"


def test_without_segments_the_sizes_of_account_are_drawn() -> None:
    report = report_of(of_accounts(account("A", 200000, 190000), account("B", 1000, 500)))
    picture = by_name(report)[SEGMENTS]
    assert [bar.label for bar in bars_of(report, SEGMENTS)] == ["SMB", "strategic from 100k"]
    assert picture.title.startswith("Gross retention is lowest among SMB accounts: 50.0%")


def test_only_large_segments_have_whiskers_and_only_over_a_year() -> None:
    rows = bars_of(report_of(in_segments(2, each=120)), SEGMENTS)
    assert all(bar.low <= bar.value <= bar.high for bar in rows)
    half = report_of(in_segments(2, each=120, period_months=6))
    assert [bar.low for bar in bars_of(half, SEGMENTS)] == [None, None]
    picture = by_name(half)[SEGMENTS]
    assert "a year by compounding over the 6 months" in picture.title
    assert picture.table.header[-2:] == ("GRR a year", "NRR a year")


def test_lines_are_the_healthy_line_of_the_stage_and_both_medians_of_the_report() -> None:
    call = next(c for c in drawn(sample_report(), charts_bars, "bars") if c.args[0] == SEGMENTS)
    assert [tuple(line) for line in call.args[5]] == [
        (0.9, "90% healthy, growth stage", False), (0.92, "92% median, SaaS Capital 2023", True),
        (0.84, "84% median, Aleph and Benchmarkit 2026", True)]
    assert "GRR 92% (SaaS Capital 2023) and 84% (Aleph and Benchmarkit 2026)" in " ".join(
        page_text.rendered(retention_page.page(sample_report(), 5, 5)).split())
    staged = report_of(in_segments(2))
    call = next(c for c in drawn(staged, charts_bars, "bars") if c.args[0] == SEGMENTS)
    assert all("median" in line.label and line.light for line in call.args[5]) and len(call.args[5]) == 2


def test_names_are_neutral_everywhere() -> None:
    report = report_of(in_segments(3, LONG[:17] + "{}" + LONG[17:], stage="growth"))
    for picture in pictures_retention.pictures(report):
        text = "".join((picture.title, picture.alt, *(cell for row in picture.table.rows for cell in row)))
        assert not re.search("[\x1b\u202e]", text + picture.drawing)
        assert "x" * 30 not in text and "<b>" not in picture.drawing
        assert ElementTree.fromstring(picture.drawing) is not None


@pytest.mark.parametrize("currency", ["EUR", None])
def test_axes_say_the_currency_or_that_it_is_not_stated(currency: object) -> None:
    picture = by_name(report_of(of_accounts(account("A", 100, 90), currency=currency)))[BRIDGE]
    assert any(currency or "currency not stated" in words for words in words_in(picture))


def test_cohorts_are_drawn_newest_last_and_only_where_two_have_ages() -> None:
    call, = drawn(report_of(cohort_with_history(3, 3)), charts_grid, "heat")
    assert [row.label for row in call.args[4]] == ["2010-Q1", "2010-Q2", "2010-Q3"]
    assert list(call.args[3]) == ["0 mo", "3 mo", "6 mo"]
    assert [len([cell for cell in row.cells if cell]) for row in call.args[4]] == [3, 2, 1]
    for bare in (cohort_with_history(1, 1), cohort_with_history(4, 1), of_accounts(account("A", 100, 90))):
        assert HEAT not in by_name(report_of(bare))


def test_cohorts_and_ages_that_do_not_fit_are_said_to_be_left_out() -> None:
    report = report_of(cohort_with_history(20, 20))
    call, = drawn(report, charts_grid, "heat")
    assert (len(call.args[4]), len(call.args[3])) == (12, 12)
    picture = by_name(report)[HEAT]
    assert picture.table.rows[-1][0] == "left out: 8 older cohorts" and "Left out: 8 older cohorts." in picture.alt
    old = cohort_with_history(3, 3)
    old["history"] += [{**old["history"][0], "quarter": age} for age in range(3, 20)]
    assert by_name(report_of(old))[HEAT].table.rows[-1][0] == "left out: ages from 36 months"


def test_shades_lie_between_nothing_and_full_and_follow_the_ratio() -> None:
    for report in (sample_report(), report_of(cohort_with_history(13, 13)), report_of(grown())):
        call, = drawn(report, charts_grid, "heat")
        cells = [cell for row in call.args[4] for cell in row.cells if cell]
        assert all(0 <= cell.value <= 1 for cell in cells)
        ordered = [read(cell.shown) for cell in sorted(cells, key=lambda cell: cell.value) if cell.value < 1]
        assert ordered == sorted(ordered)


def grown() -> dict:
    document = cohort_with_history(4, 4)
    for cell in document["history"]:
        cell["arr"] = cell["arr"] * (1 + cell["quarter"] * 5)
    return document


def test_an_outlier_does_not_take_all_shade() -> None:
    call, = drawn(report_of(grown()), charts_grid, "heat")
    assert call.args[6] == "150.0% or more; n: active"
    assert {cell.shown for cell in call.args[4][0].cells} == {"100%", "585%", "1,045%", "1,480%"}


def test_cohorts_all_alike_are_drawn_in_one_shade() -> None:
    document = cohort_with_history(4, 4)
    for cell in document["history"]:
        cell.update(active_customers=40, arr=40000)
    call, = drawn(report_of(document), charts_grid, "heat")
    assert {cell.value for row in call.args[4] for cell in row.cells if cell} == {1.0}


def test_a_cohort_without_first_arr_is_n_a_and_not_drawn() -> None:
    document = cohort_with_history(4, 4)
    for cell in document["history"]:
        if cell["cohort"] == "2010-Q2":
            cell.update(initial_arr=0)
    report = report_of(document)
    call, = drawn(report, charts_grid, "heat")
    assert [row.label for row in call.args[4]] == ["2010-Q1", "2010-Q3", "2010-Q4"]
    assert by_name(report)[HEAT].table.rows[1][2].startswith("n/a")


@pytest.mark.parametrize("fall, said", [(0, "no trend detected"), (1, "a falling trend in ")])
def test_a_trend_is_named_as_the_report_names_it(fall: int, said: str) -> None:
    document = cohort_with_history(12, 12)
    for cell in document["history"]:
        index = (int(cell["cohort"][:4]) - 2010) * 4 + int(cell["cohort"][-1]) - 1
        lost = cell["quarter"] * (1 + 2 * index * fall) // 4
        cell.update(active_customers=max(1, 400 - 10 * lost), customers=400, initial_arr=400000)
        cell["arr"] = 1000 * cell["active_customers"]
    report = report_of(document)
    assert report.d.trend.finding == ("falling" if fall else report.d.trend.finding)
    assert said in by_name(report)[HEAT].title


def test_the_unknown_reason_is_last_and_noted_and_never_of_known() -> None:
    rows = bars_of(sample_report(), REASONS)
    assert [bar.note == "no reason recorded" for bar in rows] == [False] * 8 + [True]
    assert rows[0].strong and not any(bar.strong for bar in rows[1:])


def test_mostly_unknown_losses_lead_with_what_is_not_recorded() -> None:
    report = report_of(of_accounts(account("A", 800, 0), account("B", 200, 0, churn_reason="pricing")))
    assert by_name(report)[REASONS].title == (
        "No reason is recorded for 80% of 1,000 ARR churned over the 12 months to 2025-12-31; "
        "the largest of the rest is price, 200")


def test_losses_without_a_reason_or_of_one_kind_are_not_drawn() -> None:
    for rows in ([account("A", 800, 0), account("B", 200, 100)],
                 [account("A", 800, 0, churn_reason="pricing"), account("B", 200, 200)]):
        assert REASONS not in by_name(report_of(of_accounts(*rows)))


def test_a_reason_whose_arr_is_not_given_is_n_a_in_the_table_and_has_no_bar() -> None:
    document = of_cohorts(cohort("Cohort", 1000, 10, churned=600, lost=3, churn_reasons={
        "pricing": {"customers": 1, "arr": 300}, "product_fit": {"customers": 1, "arr": 200},
        "champion_left": {"customers": 1, "arr": None}}))
    report = report_of(document)
    cells = {row[0]: row[2] for row in by_name(report)[REASONS].table.rows}
    assert cells["champion left"] == "n/a"
    assert "champion left" not in [bar.label for bar in bars_of(report, REASONS)]


@given(books.COHORT_BOOKS)
@few
def test_bars_of_reasons_add_up_to_what_was_churned(document: dict) -> None:
    report = report_of(document)
    rows = bars_of(report, REASONS)
    if rows:
        assert sum(bar.value for bar in rows) == pytest.approx(float(report.d.overall.retained.churned_arr))
