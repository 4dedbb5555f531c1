"""A cell says the same whichever spreadsheet, in whichever country, wrote it."""

from __future__ import annotations

import time
from calendar import monthrange
from datetime import date
from decimal import Decimal as D
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cslib import cells
from cslib.months import month_index

DAYS = st.dates(date(1970, 1, 1), date(9998, 12, 31))
DAYS_OF_TWO_DIGIT_YEARS = st.dates(date(1970, 1, 1), date(2069, 12, 31))
LIKELY_DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
ENGLISH, GERMAN, FRENCH, GERMAN_SHORT, FRENCH_SHORT = (names.split() for names in (
    "January February March April May June July August September October November December",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."))
TIMES = ["", "T09:30:00Z", " 23:59", "T00:00:00.000+02:00", " 09:30:00+00", ", 9:30 AM", " 09:30 Uhr",
         " 09:30:00 UTC", "T09:30:00.000+0000"]

ALONE = {
    "ISO": lambda d: d.isoformat(),
    "year first": lambda d: f"{d.year}/{d.month}/{d.day}",
    "year first with points": lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    "Excel in English": lambda d: f"{d.day:02}-{ENGLISH[d.month - 1][:3]}-{d.year}",
    "American in words": lambda d: f"{ENGLISH[d.month - 1]} {d.day}, {d.year}",
    "American short": lambda d: f"{ENGLISH[d.month - 1][:3]} {d.day} {d.year}",
    "American long in Excel": lambda d: f"{d:%A}, {ENGLISH[d.month - 1]} {d.day:02}, {d.year}",
    "mail header": lambda d: f"{d:%a}, {d.day:02} {ENGLISH[d.month - 1][:3]} {d.year} 09:00:00 GMT",
    "German in words": lambda d: f"{d.day}. {GERMAN[d.month - 1]} {d.year}",
    "German short": lambda d: f"{d.day}. {GERMAN_SHORT[d.month - 1]} {d.year}",
    "French in words": lambda d: f"{d.day}{'er' if d.day == 1 else ''} {FRENCH[d.month - 1]} {d.year}",
    "French short": lambda d: f"{d.day}-{FRENCH_SHORT[d.month - 1]}-{d.year}",
    "shouted, without spaces": lambda d: f"{d.day:02}{ENGLISH[d.month - 1][:3].upper()}{d.year}",
    "year first in words": lambda d: f"{d.year}-{ENGLISH[d.month - 1][:3]}-{d.day:02}",
    "decomposed accents": lambda d: f"{d.day}. {GERMAN[d.month - 1]} {d.year}".replace("ä", "a\u0308"),
}
DAY_FIRST = {
    "slashes": lambda d: f"{d.day}/{d.month}/{d.year}",
    "points": lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    "dashes": lambda d: f"{d.day:02}-{d.month:02}-{d.year}",
    "points and spaces": lambda d: f"{d.day}. {d.month}. {d.year}",
}
MONTH_FIRST = {
    "slashes": lambda d: f"{d.month}/{d.day}/{d.year}",
    "dashes": lambda d: f"{d.month:02}-{d.day:02}-{d.year}",
}
MONTHS = {
    "ISO": lambda d: f"{d.year}-{d.month:02}",
    "slash": lambda d: f"{d.year}/{d.month:02}",
    "month first": lambda d: f"{d.month:02}/{d.year}",
    "month first, short": lambda d: f"{d.month}-{d.year}",
    "English": lambda d: f"{ENGLISH[d.month - 1]} {d.year}",
    "English short": lambda d: f"{ENGLISH[d.month - 1][:3]}-{d.year}",
    "German": lambda d: f"{GERMAN[d.month - 1]} {d.year}",
    "French short": lambda d: f"{FRENCH_SHORT[d.month - 1]} {d.year}",
    "year first": lambda d: f"{d.year} {ENGLISH[d.month - 1]}",
}
LIKELY_MONTHS = {
    "digits": lambda d: f"{d.year}{d.month:02}",
    "points": lambda d: f"{d.year}.{d.month:02}",
    "month first with a point": lambda d: f"{d.month:02}.{d.year}",
    "with an M": lambda d: f"{d.year}-M{d.month:02}",
}


# Days and months

@pytest.mark.parametrize("form", ALONE.values(), ids=ALONE)
@given(DAYS)
@example(date(2024, 2, 29))
def test_a_day_that_speaks_for_itself_is_read_whatever_the_order(form, day):
    assert cells.day(form(day)) == cells.day(form(day), "dmy") == cells.day(form(day), "mdy") == day
    assert cells.month(form(day)) == month_index(day)


@pytest.mark.parametrize("order, form", [*(("dmy", form) for form in DAY_FIRST.values()),
                                         *(("mdy", form) for form in MONTH_FIRST.values())])
@given(DAYS, st.sampled_from(TIMES))
def test_a_day_in_digits_with_the_year_last_is_read_in_its_order_only(order, form, day, clock):
    other = {"dmy": "mdy", "mdy": "dmy"}[order]
    swapped = date(day.year, day.day, day.month) if day.day <= 12 else None
    assert cells.day(form(day) + clock, order) == day
    assert cells.day(form(day) + clock, other) == swapped
    assert cells.day(form(day) + clock) is None
    assert cells.month(form(day) + clock, order) == month_index(day)


@given(DAYS_OF_TWO_DIGIT_YEARS)
def test_a_year_of_two_digits_is_one_from_1970_to_2069(day):
    year = f"{day.year % 100:02}"
    assert cells.day(f"{day.day}-{day.month}-{year}", "dmy") == day
    assert cells.day(f"{day.month}/{day.day}/{year}", "mdy") == day
    assert cells.day(f"{day.day:02}-{ENGLISH[day.month - 1][:3]}-{year}") == day
    assert cells.month(f"{FRENCH_SHORT[day.month - 1].strip('.')}-{year}") == month_index(day)


@given(DAYS, st.sampled_from(TIMES), st.sampled_from(["", " ", "\xa0", "\t"]))
def test_a_time_of_day_and_blanks_around_change_no_day(day, clock, blank):
    assert cells.day(f"{blank}{day}{clock}{blank}") == day


@given(st.integers(1900, 2200), st.integers(1, 12), st.integers(1, 28))
def test_eight_digits_are_a_day_and_six_a_month_only_where_the_year_is_likely(year, month, day):
    likely = 1990 <= year <= 2099
    assert cells.day(f"{year}{month:02}{day:02}") == (date(year, month, day) if likely else None)
    assert cells.month(f"{year}{month:02}") == (year * 12 + month - 1 if likely else None)


@given(st.integers(0, 10**5))
def test_a_plain_number_of_up_to_five_digits_is_never_a_day_or_a_month(number):
    for order in (None, "dmy", "mdy"):
        assert cells.day(str(number), order) is None
        assert cells.month(str(number), order) is None or number > 99999


@pytest.mark.parametrize("form", MONTHS.values(), ids=MONTHS)
@given(DAYS)
def test_a_month_is_read_in_each_form(form, day):
    assert cells.month(form(day)) == month_index(day)
    assert cells.day(form(day)) is None


@pytest.mark.parametrize("form", LIKELY_MONTHS.values(), ids=LIKELY_MONTHS)
@given(LIKELY_DAYS)
def test_a_month_in_digits_alone_is_read_where_the_year_is_likely(form, day):
    assert cells.month(form(day)) == month_index(day)


@given(st.integers(1970, 9999), st.integers(0, 20), st.integers(0, 40))
def test_what_the_calendar_does_not_have_is_no_day(year, month, day):
    real = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    for text, order in ((f"{year}-{month:02}-{day:02}", None), (f"{day}/{month}/{year}", "dmy"),
                        (f"{month}/{day}/{year}", "mdy")):
        assert (cells.day(text, order) is not None) == real


@pytest.mark.parametrize("text", [
    "2024-02-30", "20224-01-01", "1024-01-01", "1969-12-31", "2024-13-01", "2024-00-10", "0000-00-00", "14/2024/03",
    "14-Foo-2024", "until 14 Mar 2024",
    "14 Mar", "Mar 14 9:30", "2024", "Q1 2024", "14/03.2024", "1/4", "45365", "14-Mar-202", "٢٠٢٤-٠٣-١٤",
    "14² Mar 2024"])
def test_what_is_no_day_is_none(text):
    for order in (None, "dmy", "mdy"):
        assert cells.day(text, order) is None


@pytest.mark.parametrize("text", ["31/4/2024", "3/4/20224", "32.1.2024", "30.02.2024", "1/1/1969", "1/2/3"])
def test_what_is_no_day_in_either_order_is_none(text):
    assert cells.day(text, "dmy") is cells.day(text, "mdy") is None


@pytest.mark.parametrize("text", ["2024-13", "200013", "188801", "03/24", "13/2024", "9999-12", "9999-12-31",
    "Foo 2024", "Mar", "1200.50", "2024Q1"])
def test_what_is_no_month_is_none(text):
    assert cells.month(text) is None


def test_the_end_of_time_is_a_day_without_a_month():
    assert cells.day("9999-12-31") == cells.day("31.12.9999", "dmy") == date(cells.FOR_EVER, 12, 31)


# Amounts

BEFORE = ["", "$", "€", "£ ", "USD ", "CHF\xa0", "kr ", "Rs.", "US$"]
AFTER = ["", " €", "€", " EUR", "\xa0CHF", " kr.", " USD"]
SIGNED = {"": "{}", "minus": "-{}", "unicode minus": "−{}", "behind": "{}-", "brackets": "({})", "dash": "–{}",
          "apart": "- {}"}
GROUPS = {"point": [",", " ", "\xa0", "\u202f", "\u2009", "'", "’", ""],
          "comma": [".", " ", "\xa0", "\u202f", "\u2009", "'", "’", ""]}
DECIMAL_MARK = {"point": ".", "comma": ","}
AMOUNTS = st.decimals(0, 10**12, places=2)


def written(number: D, mark: str, group: str) -> str:
    whole, _, cents = f"{number:,.2f}".partition(".")
    return whole.replace(",", group) + DECIMAL_MARK[mark] + cents


@st.composite
def styled(draw):
    """A number, its mark, and a text that says it with groups, a sign and a currency."""
    number, mark = draw(AMOUNTS), draw(st.sampled_from(["point", "comma"]))
    text = written(number, mark, draw(st.sampled_from(GROUPS[mark])))
    after = draw(st.sampled_from(AFTER))
    text = (draw(st.sampled_from(BEFORE)) if not after else "") + text
    sign = draw(st.sampled_from(sorted(SIGNED)))
    outside = draw(st.booleans())
    text = SIGNED[sign].format(text + after) if outside else SIGNED[sign].format(text) + after
    return -number if sign else number, mark, text


@given(styled())
def test_an_amount_is_read_back_from_every_style(example_of):
    number, mark, text = example_of
    assert cells.amount(text, mark) == number, text


@given(styled())
def test_an_amount_with_cents_is_no_amount_under_the_other_mark(example_of):
    _, mark, text = example_of
    assert cells.amount(text, {"point": "comma", "comma": "point"}[mark]) is None


@given(styled())
def test_without_a_mark_only_a_plain_number_is_an_amount(example_of):
    number, mark, text = example_of
    plain = mark == "point" and text.strip("-0123456789") == "." and not text.endswith("-")
    assert cells.amount(text) == (number if plain else None)


@given(st.integers(1000, 10**12))
def test_indian_groups_are_read_and_other_groups_of_two_are_not(number):
    digits = str(number)
    head, groups = digits[:-3], []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    text = ",".join([*groups, digits[-3:]])
    assert cells.amount(f"₹{text}.50", "point") == number + D("0.5")
    assert cells.amount(text.replace(",", "."), "comma") == (number if number < 10**5 else None)


@pytest.mark.parametrize("power, scales", [
    (3, ["k", "K", " Tsd.", " T€", " TEUR", " tkr"]), (5, [" lakh"]), (7, [" crore"]),
    (9, ["bn", " B", " Mrd.", " Md€"]), (6, ["M", "m", " Mio. €", " mn", "M€", " million", " MUSD"])])
@given(st.decimals(0, 999, places=1), st.data())
def test_a_scale_word_multiplies_exactly(power, scales, number, data):
    word = data.draw(st.sampled_from(scales))
    for mark in ("point", "comma"):
        assert cells.amount(str(number).replace(".", DECIMAL_MARK[mark]) + word, mark) == number * 10**power


@given(st.decimals(-10**12, 10**12, places=4))
def test_a_plain_number_is_read_under_no_mark_and_under_the_point(number):
    assert cells.amount(f"{number:f}") == cells.amount(f"{number:f}", "point") == number


@given(st.floats(0.001, 1e12))
def test_the_shortest_form_of_a_float_is_read_exactly(number):
    if "e" not in repr(number):
        assert cells.amount(repr(number)) == D(repr(number))


@pytest.mark.parametrize("text, point, comma", [
    ("1,200", "1200", "1.2"), ("1.200", "1.2", "1200"), ("1,20", None, "1.2"), ("1,2000", None, "1.2"),
    ("0,123", None, "0.123"), ("0.123", "0.123", None), ("1,234,567", "1234567", None),
    ("1.234.567", None, "1234567"), ("12,34,567", "1234567", None), ("Rs.500", "500", "500"), ("Fr.50", "50", "50"),
    ("$.50", "0.5", None), (",50", None, "0.5"), ("CHF 1'200.–", "1200", None),
    ("1.200,-", None, "1200"), ("1.200,-- €", None, "1200"), ("$1,200 USD", "1200", "1.2"), ("+5", "5", "5"),
    (" $ (1,200.00)", "-1200", None), ("1.200,50- EUR", None, "-1200.5"), ("007", "7", "7")])
def test_an_amount_worked_by_hand(text, point, comma):
    assert cells.amount(text, "point") == (None if point is None else D(point))
    assert cells.amount(text, "comma") == (None if comma is None else D(comma))


@pytest.mark.parametrize("text", [
    "", "-", "n/a", "$", "$-", "10%", "10 %", "(-5)", "--5", "-5-", "(5", "5)", "€5 USD", "5T", "12 Cr", "1,200/mo",
    "1 2", "1  200", "1\n200", "12.34.56.78", "1,234 567", "1'200,000'000",
    "1e5", "1E+05", "inf", "NaN", "²", "٣", "５", "5 apples", "k 5", "EUR", "1_200", "2024-03-14", "14.03.2024", "0x10",
    "5 k k", "=5"])
def test_what_is_no_amount_is_none(text):
    for mark in (None, "point", "comma"):
        assert cells.amount(text, mark) is None


@pytest.mark.parametrize("text, code", [
    ("1.200,50 EUR", "EUR"), ("€5", "EUR"), ("5 €", "EUR"), ("£1,200", "GBP"), ("$1,200", None), ("$1,200 USD", "USD"),
    ("US$ 5", "USD"), ("12k€", "EUR"), ("1200 TEUR", "EUR"), ("usd", "USD"), (" Chf ", "CHF"), ("€", "EUR"),
    ("$", None), ("kr 5", None), ("¥5", None), ("zł", "PLN"), ("1200", None), ("", None), ("5 XYZ", None),
    ("€5 USD", None), ("(1,200) GBP", "GBP"), ("Europe", None)])
def test_a_currency_is_named_only_where_the_cell_leaves_no_doubt(text, code):
    assert cells.currency_in(text) == code


@pytest.mark.parametrize("heading, code", [
    ("MRR (EUR)", "EUR"), ("Monatsbetrag EUR", "EUR"), ("arr_usd", "USD"), ("Betrag €", "EUR"), ("ARR", None),
    ("MRR", None), ("EUR or USD", None), ("ALL ARR", None), ("top_accounts_arr", None), ("amount", None), ("", None),
    ("ARR £ GBP", "GBP"), ("annual price [CHF]", "CHF"), ("Europe MRR", None), ("1200", None)])
def test_a_heading_names_a_currency_only_where_it_leaves_no_doubt(heading, code):
    assert cells.currency_of_heading(heading) == code


# The rest of a cell

@pytest.mark.parametrize("text", ["", " ", "\xa0", "n/a", "N/A", "-", "–", "—", "--", "null", "None", "#N/A", "#NV",
    "nan", "NaN", "NaT", "k.A.", "$-", " $ -   ", "-   €", "EUR -", "\\N", "(blank)"])
def test_nothing_is_nothing_and_no_amount_no_day_no_flag(text):
    assert cells.nothing(text)
    assert cells.flag(text) is cells.day(text, "dmy") is cells.month(text) is cells.amount(text, "comma") is None


@pytest.mark.parametrize("text", ["0", "NA", "no", "$", "EUR", "-5", "5-", "0.00", "#REF!", "Nanotech", "A-", "?"])
def test_what_says_something_is_not_nothing(text):
    assert not cells.nothing(text)


@pytest.mark.parametrize("value, texts", [
    (True, "yes Yes TRUE y 1 ja Ja oui wahr WAHR vrai x X ✓ 1.0"),
    (False, "no No FALSE n 0 nein non falsch FALSCH faux 0.0"),
    (None, "maybe 2 -1 yesno nein! ? na")])
def test_a_flag_is_read_in_three_languages_and_nothing_else_is_one(value, texts):
    assert {text: cells.flag(f" {text} ") for text in texts.split()} == dict.fromkeys(texts.split(), value)


@pytest.mark.parametrize("months, texts", [
    (1, "month, monthly, Monthly , mtl., monatlich, mensuel, per month, /mo, P1M, 1 month, month-to-month, 1"),
    (3, "quarter, Quarterly, vierteljährlich, trimestriel, 3 months, every 3 months, alle 3 Monate, P3M, 3, quartal"),
    (6, "half-year, half yearly, semi-annual, Semi_Annual, Semiannually, halbjährlich, semestriel, per half year, 6"),
    (12, "year, annual, annually, yearly, jährlich, jaehrlich, annuel, p.a., per annum, 12 months, 12, 12.0, 1 year"),
    (12, "un an, P1Y, 4 quarters, 12-month, Jahr, pro Jahr, /yr"),
    (24, "biennial, 2 years, two years, 2yr, zwei Jahre, 24, every 2 years, Twenty-Four Months"),
    (36, "triennial, 3 years, 3-year, 36 months, 36, trois ans, P3Y, drei Jahre"),
    (None, "week, weekly, day, daily, 7, 14, 30, 90, 365, 2 weeks, , one, fortnight, 0, 0 months, -1, 1.5 years, soon"),
    (None, "bimonthly, biannual, 99 years, monthly or annual, P1W, P0M, 1000, month year")])
def test_an_interval_says_its_months(months, texts):
    said = texts.split(",")
    assert {text: cells.interval_months(text) for text in said} == dict.fromkeys(said, months)


def test_a_formula_is_told_from_a_text_that_is_protected_from_the_spreadsheet():
    assert all(map(cells.formula, ["=A1*12", " =SUM(A1:A9)", '="a"&"b"', "="]))
    assert not any(map(cells.formula, ['="001"', "001", "a=b", "-5", ""]))
    assert (cells.unwrapped('="001"'), cells.unwrapped("001"), cells.unwrapped("=A1")) == ("001", "001", "=A1")


@given(st.text())
def test_a_protected_text_is_unwrapped_to_what_it_was(text):
    protected = '="' + text.replace('"', '""') + '"'
    assert cells.unwrapped(protected) == text
    assert not cells.formula(protected)


ODD = st.text(st.sampled_from("0123456789.,'-+()/: =\"€$kmMTEURandjfyph\xa0\u202f−’²٣\ufeff\x00\ud800"), max_size=24)


@given(st.one_of(st.text(max_size=80), ODD))
def test_any_text_is_read_or_none_and_never_an_error_or_a_float(text):
    for mark in (None, "point", "comma"):
        number = cells.amount(text, mark)
        assert number is None or (type(number) is D and number.is_finite())
    for order in (None, "dmy", "mdy"):
        day, month = cells.day(text, order), cells.month(text, order)
        assert day is None or (type(day) is date and day.year >= 1970)
        assert month is None or 1970 <= month // 12 < 9999
    months = cells.interval_months(text)
    assert months is None or 1 <= months <= 120
    assert cells.flag(text) in (True, False, None)
    assert type(cells.nothing(text)) is type(cells.formula(text)) is bool
    assert type(cells.unwrapped(text)) is str
    assert cells.currency_in(text) is None or len(cells.currency_in(text)) == 3


@given(ODD)
def test_what_is_nothing_is_never_an_amount(text):
    if cells.nothing(text):
        assert cells.amount(text, "point") is cells.amount(text, "comma") is None


READINGS = [cells.nothing, cells.formula, cells.unwrapped, cells.currency_in, cells.flag,
            *(kept.__wrapped__ for kept in (cells.interval_months, cells.day, cells.month, cells.amount)),
            partial(cells.day.__wrapped__, order="dmy"), partial(cells.amount.__wrapped__, mark="point"),
            partial(cells.amount.__wrapped__, mark="comma")]


def seconds(reading, text):
    began = time.process_time()
    reading(text)
    return time.process_time() - began


@pytest.mark.parametrize("piece", [
    "1", "1,", "1 ", ", ", ",.1' ", "-", "(", '=""', '="1', "1.", "mar ", " ", "\u202f1"])
def test_a_cell_of_a_hundred_thousand_characters_takes_no_time(piece):
    text = (piece * 100_000)[:100_000]
    for cell in (text, text + "x", '="' + text):
        for reading in READINGS:
            assert min(seconds(reading, cell) for _ in range(3)) < 0.05
