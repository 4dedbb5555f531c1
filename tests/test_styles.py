"""A column is read in the style that it shows, or is asked about: never in the wrong one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cslib import cells, styles

DAYS = st.lists(st.dates(date(1990, 1, 1), date(2069, 12, 31)), min_size=1, max_size=12)
AMOUNTS = st.lists(st.decimals(0, 10**7, places=2), min_size=1, max_size=12)
WHOLE = st.lists(st.integers(0, 10**7), min_size=1, max_size=12)
FORMS = {"dmy": "{0.day}/{0.month}/{0.year}", "mdy": "{0.month:02}/{0.day:02}/{0.year}"}
BLANKS = ["", "n/a", "-"]


def rows(*columns):
    """Columns of texts as rows; a shorter column ends in nothing."""
    longest = max(map(len, columns))
    return [list(row) for row in zip(*(list(column) + [""] * (longest - len(column)) for column in columns))]


def order(*columns, delimiter=","):
    """The orders of columns of dates."""
    found = styles.told(rows(*columns), range(len(columns)), (), delimiter)
    return found.orders[0] if len(columns) == 1 else [found.orders[column] for column in range(len(columns))]


def mark(*columns, delimiter=","):
    """The marks of columns of amounts."""
    found = styles.told(rows(*columns), (), range(len(columns)), delimiter)
    return found.marks[0] if len(columns) == 1 else [found.marks[column] for column in range(len(columns))]


def grouped(number, group, point):
    return f"{number:,}".replace(".", "P").replace(",", group).replace("P", point)


# Dates

@pytest.mark.parametrize("written", FORMS)
@given(DAYS)
def test_a_day_above_the_twelfth_settles_the_order(written, days):
    assume(any(day.day > 12 for day in days))
    assert order([FORMS[written].format(day) for day in days]) == written


@pytest.mark.parametrize("written", FORMS)
@given(DAYS)
def test_a_column_is_read_in_the_right_order_or_left_open(written, days):
    assume(any(day.month > 1 for day in days))
    texts = [FORMS[written].format(day) for day in days]
    style = styles.told(rows(texts), [0], (), ",")
    if style.orders[0] != "open":
        assert [cells.day(text, styles.order_of(style, 0)) for text in texts] == days


@given(DAYS)
def test_what_speaks_for_itself_needs_no_order(days):
    texts = [*map(str, days), "2024-03", "14-Mar-2024", *BLANKS]
    assert order(texts) == "iso"
    assert styles.plain(rows(texts), [0], ())


@given(DAYS)
def test_points_say_that_the_day_comes_first(days):
    assert order([f"{day:%d.%m.%Y}" for day in days]) == "dmy"


def test_days_that_can_be_read_both_ways_are_open():
    assert order(["3/4/2024", "5/4/2024", "", "7/8/2024"]) == "open"
    assert styles.order_of(styles.told([["3/4/2024"]], [0], (), ","), 0) is None


def test_a_column_that_reads_alike_both_ways_is_not_asked_about():
    texts = ["5/5/2024", "7/7/2024"]
    style = styles.told(rows(texts), [0], (), ",")
    assert [cells.day(text, styles.order_of(style, 0)) for text in texts] == [date(2024, 5, 5), date(2024, 7, 7)]


def test_a_column_with_both_orders_is_mixed_and_decides_nothing():
    assert order(["14/3/2024", "3/14/2024"]) == "mixed"
    assert order(["14/3/2024", "3/14/2024"], ["3/4/2024"]) == ["mixed", "open"]


def test_another_column_of_the_file_settles_an_open_one():
    assert order(["3/4/2024"], ["3/14/2024"], ["2024-01-01"]) == ["mdy", "mdy", "iso"]
    assert order(["3/4/2024"], ["14/3/2024"]) == ["dmy", "dmy"]
    assert order(["3/4/2024"], ["14/3/2024"], ["3/14/2024"]) == ["open", "dmy", "mdy"]


def test_a_sequence_of_firsts_of_the_month_settles_the_order():
    first_last = [f"01/{month:02}/2024" for month in range(1, 13)]
    month_first = [f"{month}/1/2024" for month in range(1, 13)]
    assert (order(first_last), order(month_first)) == ("dmy", "mdy")
    assert order(first_last, ["3/4/2024"]) == ["dmy", "dmy"]
    assert order([*month_first, "5/5/2024"]) == "open"
    assert order(first_last[:4] * 9) == "open"
    assert order(first_last, ["3/14/2024"]) == ["mdy", "mdy"]


def test_a_cell_that_is_no_day_decides_nothing():
    assert order(["31/4/2024", "soon", "3/4/20224"]) == "iso"
    assert order(["32/1/2024", "3/14/2024"]) == "mdy"


# Amounts

@pytest.mark.parametrize("delimiter", [",", ";", "\t", ""])
@pytest.mark.parametrize("group, point", [(",", "."), (".", ","), ("'", "."), (" ", ","), ("\u202f", ","), ("", "."),
    ("", ",")])
@given(AMOUNTS)
def test_amounts_with_cents_are_read_back_from_every_style(delimiter, group, point, numbers):
    texts = [f"€ {grouped(number, group, point)}" for number in numbers] + BLANKS
    style = styles.told(rows(texts), (), [0], delimiter)
    assert style.marks[0] == {".": "point", ",": "comma"}[point]
    assert [cells.amount(text, styles.mark_of(style, 0)) for text in texts] == numbers + [None] * len(BLANKS)


@pytest.mark.parametrize("group, delimiter", [(",", ","), (",", "\t"), (",", ";"), (".", ";"), (".", ","), ("'", ","),
    (" ", ";"), ("", ","), ("", ";")])
@given(WHOLE)
def test_whole_amounts_are_read_back_or_left_open(group, delimiter, numbers):
    texts = [grouped(number, group, "") for number in numbers]
    style = styles.told(rows(texts), (), [0], delimiter)
    if style.marks[0] == "open":
        assert (group, delimiter) in ((",", ";"), (".", ","))
        assert all(number < 10**6 for number in numbers) and any(number >= 1000 for number in numbers)
    else:
        assert [cells.amount(text, styles.mark_of(style, 0)) for text in texts] == numbers


@given(st.lists(st.one_of(st.integers(-10**9, 10**9).map(str), st.decimals(0, 10**6, places=2).map(str),
                          st.sampled_from(BLANKS)), max_size=12))
def test_plain_numbers_are_plain_whatever_the_delimiter(texts):
    assert mark([*texts, "5"]) == mark([*texts, "5"], delimiter=";") == "plain"
    assert styles.plain(rows([*texts, "5"]), (), [0])


@given(AMOUNTS, st.sampled_from(["1,200", "$5", "1.200,50", "soon", "1 200", "12k"]))
def test_a_column_with_one_cell_in_another_style_is_not_plain(numbers, odd):
    assert not styles.plain(rows([*map(str, numbers), odd]), (), [0])


def test_three_places_after_a_point_are_open_where_commas_delimit_and_thousands_where_semicolons_do():
    assert (mark(["1.200", "950"]), mark(["1.200", "950"], delimiter=";")) == ("open", "comma")
    assert not styles.plain(rows(["1.200", "950"]), (), [0])
    assert mark(["1.200", "950.5"]) == mark(["1.200", "0.125"]) == mark(["1.200", "1234.567"]) == "plain"


def test_three_places_after_a_comma_are_thousands_unless_the_file_says_otherwise():
    assert (mark(["1,200", "950"]), mark(["1,200", "950"], delimiter=";")) == ("point", "open")
    assert mark(["1,200", "0,125"]) == mark(["1,200", "12,5"]) == "comma"
    assert mark(["1,200", "12.5"], delimiter=";") == "point"


def test_another_column_of_the_file_settles_an_open_mark():
    assert mark(["1.200"], ["12,50"]) == ["comma", "comma"]
    assert mark(["1.200"], ["12.50"]) == ["plain", "plain"]
    assert mark(["1,200"], ["12,50"]) == ["comma", "comma"]
    assert mark(["1.200"], ["12.50"], ["12,50"]) == ["open", "plain", "comma"]


def test_a_column_with_both_marks_is_mixed():
    assert mark(["1,200.50", "1.200,50"]) == "mixed"
    assert styles.mark_of(styles.told([["1,5"], ["1.5"]], (), [0], ","), 0) is None


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_signs_and_scales_without_a_mark_are_read_either_way(delimiter):
    texts = ["$1200", "12k", "(300)"]
    style = styles.told(rows(texts), (), [0], delimiter)
    assert [cells.amount(text, styles.mark_of(style, 0)) for text in texts] == [1200, D("12E3"), -300]


# All

def test_the_style_of_nothing_known_is_plain():
    assert (styles.order_of(styles.Style(), 3), styles.mark_of(styles.Style(), 3)) == (None, None)


def test_an_empty_table_is_plain():
    assert styles.plain([], [0], [1])
    assert styles.told([], [0], [1], ";") == styles.Style({0: "iso"}, {1: "plain"})


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=8), st.sampled_from([",", ";", "\t",
    "|", ""]))
def test_any_table_has_a_style_and_plain_tables_have_the_plain_one(table, delimiter):
    style = styles.told(iter(table), [0], [1], delimiter)
    assert style.orders[0] in ("iso", "dmy", "mdy", "open", "mixed")
    assert style.marks[1] in ("plain", "point", "comma", "open", "mixed")
    if styles.plain(table, [0], [1]):
        assert (style.orders[0], style.marks[1]) == ("iso", "plain")


@given(st.lists(st.lists(st.sampled_from(["3/4/2024", "14/3/2024", "1.200", "1,200", "1.5", "", "1,5", "2024-01-01",
    "5"]),
                         min_size=2, max_size=2), max_size=6))
def test_the_order_of_rows_changes_no_style(table):
    assert styles.told(table, [0], [1], ",") == styles.told(table[::-1], [0], [1], ",")
