"""Rounding, grouping, per cent and the neutralising of a user's own words."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cslib import figures

D = Decimal
UNITS = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
AMOUNTS = st.decimals(min_value=D("-1e18"), max_value=D("1e18"), allow_nan=False, allow_infinity=False, places=4)
FORMATTERS = (figures.money, figures.short_money, figures.signed_money, figures.per_cent, figures.points,
              figures.decimal,
              figures.whole)


def read_back(said: str) -> Decimal:
    return D(re.sub(r"[,TBMk%]| points", "", said)) * UNITS.get(said[-1:], 1)


@pytest.mark.parametrize("value, places, expected", [
    (D("0.5"), 0, "1"), (D("1.5"), 0, "2"), (D("2.5"), 0, "3"), (D("-0.5"), 0, "-1"), (D("1.005"), 2, "1.01"),
    (1.005, 2, "1.01"), (0.1 + 0.2, 2, "0.30"), (2.675, 2, "2.68"), (D("0.0000005"), 6, "0.000001"), (7, 2, "7.00"),
    (D("999.995"), 2, "1000.00")])
def test_halves_are_rounded_away_from_zero(value, places, expected):
    assert str(figures.rounded(value, places)) == expected


@given(AMOUNTS, st.integers(0, 6))
def test_a_rounded_value_lies_within_half_a_unit(value, places):
    unit = D(1).scaleb(-places)
    shown = figures.rounded(value, places)
    assert abs(shown - value) <= unit / 2 and shown == shown.quantize(unit)


@given(AMOUNTS, st.integers(0, 6))
def test_rounding_twice_is_rounding_once(value, places):
    assert figures.rounded(figures.rounded(value, places), places) == figures.rounded(value, places)


@given(st.one_of(AMOUNTS, st.floats(-1e-3, 1e-3), st.sampled_from([D("-0"), -0.0, D("-0.0001"), -1e-300])))
@example(D("-0.0004"))
@example(-0.0)
def test_minus_zero_is_never_printed(value):
    for formatter in FORMATTERS:
        said = formatter(value)
        assert not re.fullmatch(r"-0[0,.]*( points|[%TBMk])?", said), (formatter.__name__, said)


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_the_unknown_is_not_available_and_never_zero(formatter):
    assert formatter(None) == "n/a"


def test_an_interval_with_an_unknown_end_is_not_available():
    assert figures.between(None, D("0.9")) == figures.between(D("0.9"), None) == "n/a"
    assert figures.between(D("0.815"), D("0.905")) == "82% to 91%"


@given(AMOUNTS)
def test_grouped_money_reads_back_as_the_rounded_amount(value):
    assert read_back(figures.money(value)) == value.quantize(D(1), rounding=ROUND_HALF_UP)
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*", figures.money(value))


@given(AMOUNTS)
def test_short_money_is_true_to_half_of_its_last_digit(value):
    said = figures.short_money(value)
    last_digit = {"k": D(1_000)}.get(said[-1], D(UNITS.get(said[-1], 100)) / 100)
    assert abs(read_back(said) - value) <= last_digit / 2, said


@given(st.decimals(min_value=0, max_value=D("1e12"), places=2), st.decimals(min_value=0, max_value=D("1e12"), places=2))
def test_short_money_never_reverses_an_order(left, right):
    low, high = sorted((left, right))
    assert read_back(figures.short_money(low)) <= read_back(figures.short_money(high))


@pytest.mark.parametrize("value", [D("9999.49"), D("9999.5"), D("10000"), D("999949"), D("999950"), D("1000000")])
def test_short_money_at_a_change_of_unit_agrees_with_the_amount(value):
    assert abs(read_back(figures.short_money(value)) - value) <= value * D("0.005")


def test_short_money_stays_short_for_the_largest_books():
    assert [len(figures.short_money(value)) <= 9 for value in (D("2.5e12"), D("9.99e14"))] == [True, True]


@given(AMOUNTS)
def test_signed_money_bears_the_sign_of_what_it_shows(value):
    said = figures.signed_money(value)
    assert said == "0" or said[0] == ("+" if value > 0 else "-")


@pytest.mark.parametrize("ratio, places, expected", [
    (D("0.8745"), 1, "87.5%"), (D("0.87449"), 1, "87.4%"), (D("1"), 0, "100%"), (D("-0.0004"), 1, "0.0%"),
    (D("12.5"), 0, "1,250%"), (0.285, 0, "29%")])
def test_a_ratio_is_said_in_per_cent_once_and_rounded_half_up(ratio, places, expected):
    assert figures.per_cent(ratio, places) == expected


@pytest.mark.parametrize("ratio, expected", [(D("-0.023"), "-2.3 points"), (D("0.1"), "+10.0 points"),
                                             (D("-0.0001"), "0 points")])
def test_a_difference_of_ratios_is_said_in_signed_points(ratio, expected):
    assert figures.points(ratio) == expected


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_figure_of_any_size_has_a_form(formatter):
    for value in (D("1e30"), D("-1e30"), D("1e168"), D("1e-30"), 5e-324):
        assert re.search(r"\d", formatter(value))


@pytest.mark.parametrize("value, expected", [(1, "1 account"), (0, "0 accounts"), (1312, "1,312 accounts")])
def test_a_count_agrees_with_its_noun(value, expected):
    assert figures.count(value, "account") == expected


def test_an_irregular_plural_is_used():
    assert figures.count(2, "company", "companies") == "2 companies"


ANYTHING = st.text(st.characters(), max_size=300)
DIRECTIONS = [chr(n) for n in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@given(ANYTHING, st.integers(1, 100))
def test_neutral_text_is_one_line_without_controls_and_no_longer_than_asked(text, length):
    shown = figures.neutral(text, length)
    assert len(shown) <= length
    assert shown.splitlines() in ([shown], [])
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    assert not set(shown) & set(DIRECTIONS)
    assert shown == shown.strip()


@given(ANYTHING, st.integers(1, 100))
def test_neutralising_twice_is_neutralising_once(text, length):
    once = figures.neutral(text, length)
    assert figures.neutral(once, length) == once


@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="\u180e\u115f\u1160\u3164\uffa0"),
               min_size=1, max_size=48))
def test_letters_figures_and_punctuation_are_left_as_they_are(text):
    assert figures.neutral(text) == text


@pytest.mark.parametrize("text, shown", [
    ("\x1b[31mRed\x1b[0m", "[31mRed[0m"), ("one\r\ntwo\u2028three\x85four", "one two three four"),
    ("gnp.exe\u202eevil", "gnp.exeevil"), ("a\u200bb\u2060c\ufeffd", "abcd"), ("A\U000e0041\U000e0042B", "AB"),
    ("  tab\tand   space ", "tab and space"), ("\x00\x07\x7f\x9b", "")])
def test_hidden_characters_are_removed(text, shown):
    assert figures.neutral(text) == shown


def test_variation_selectors_and_blank_letters_carry_no_hidden_text():
    hidden = "\ufe00\ufe0f\U000e0100\U000e01ef\u180b\u034f\u3164\u115f\uffa0\U0001d173"
    assert [hex(ord(c)) for c in hidden if figures.neutral("Fern" + c * 20 + "bank") != "Fernbank"] == []


def test_a_name_behind_a_long_run_of_spaces_or_hidden_characters_is_still_shown():
    assert figures.neutral(" " * 5_000 + "Fernbank") == "Fernbank"
    assert figures.neutral("\u200b" * 5_000 + "Fernbank") == "Fernbank"


def test_a_capped_text_says_so():
    assert figures.neutral("x" * 49) == "x" * 47 + "…" and figures.neutral("x" * 48) == "x" * 48
