"""Days, months and billing intervals as people write them: ISO, digits in a known order, English, German, French."""

from __future__ import annotations

import re
from datetime import date
from typing import Optional
from unicodedata import combining, normalize

from cslib import figures
from cslib.months import month_index

FOR_EVER = 9999
_FIRST_YEAR = 1970
_LIKELY_YEARS = range(1990, 2100)
_SHORTEST_DAY, _LONGEST = 6, 64
_LONGEST_INTERVAL = 120
_TIME = (r"(?:(?:t|,? )[0-2]?\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?(?: ?[a-z]{1,5})?"
         r"(?: ?[+-]\d{2}(?::?\d{2})?)?)?")
_YEAR = r"(\d{4}|\d{2})"
_NAME = r"([a-z]{3,9})"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_ISO_DAY = _form(rf"(\d{{4}}-\d{{2}}-\d{{2}}){_TIME}")
_ISO_MONTH = _form(r"(\d{4})-(\d{2})")
_YEAR_FIRST = _form(rf"(\d{{4}})([/.-])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_DIGITS = _form(r"(\d{4})(\d{2})(\d{2})(?:t\d{4,6}z?)?")
_ORDERED = _form(rf"(\d{{1,2}})([./ -]) ?(\d{{1,2}})\2 ?{_YEAR}{_TIME}")
_DAY_NAME_YEAR = _form(rf"(\d{{1,2}})(?:st|nd|rd|th|er|\.)?[ /-]?{_NAME}\.?,?[ /-]?'?{_YEAR}{_TIME}")
_NAME_DAY_YEAR = _form(rf"{_NAME}\.?[ /-]?(\d{{1,2}})(?:st|nd|rd|th|\.)?(?:, ?|[ /-])'?{_YEAR}{_TIME}")
_YEAR_NAME_DAY = _form(rf"(\d{{4}})[ /-]{_NAME}\.?[ /-](\d{{1,2}}){_TIME}")
_YEAR_MONTH = _form(r"(\d{4})[/-](\d{1,2})")
_MONTH_YEAR = _form(r"(\d{1,2})[/-](\d{4})")
_LIKELY_YEAR_MONTH = _form(r"(\d{4})(?:\.|-?m)?(\d{2})")
_LIKELY_MONTH_YEAR = _form(r"(\d{1,2})\.(\d{4})")
_NAME_YEAR = _form(rf"{_NAME}\.?,?[ /-]?'?{_YEAR}")
_YEAR_NAME = _form(rf"(\d{{4}})[ /-]?{_NAME}\.?")
_WEEKDAY = _form(r"([a-z]{2,10})[.,]{0,2} ")
_EVERY = _form(r"(?:(?:billed|per|every|each|pro|je|alle|par|tous les|toutes les) |/ ?)")
_COUNTED = _form(r"(\d{1,3})(?:\.0{1,2})? ?(.*)")
_PERIOD = _form(r"p(\d{1,3})([my])")
_SIGNS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019", "------''")

_MONTHS = {name: number for number, names in enumerate((
    "january jan januar janner jaenner jan janvier janv", "february feb februar fevrier fevr fev",
    "march mar marz maerz mrz mars", "april apr avril avr", "may mai", "june jun juni juin",
    "july jul juli juillet juil", "august aug aout", "september sept sep septembre",
    "october oct oktober okt octobre", "november nov novembre", "december dec dezember dez decembre"), 1)
    for name in names.split()}
_WEEKDAYS = frozenset(name for names in (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so",
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim") for name in names.split())
_UNITS = {name: months for months, names in {
    1: "month months monthly mth mths mo mos m monthtomonth monat monate monaten monatlich mtl mois mensuel mensuelle "
       "mensuellement",
    3: "quarter quarters quarterly qtr q quartal quartale quartalsweise vierteljahr vierteljahrlich vierteljaehrlich "
       "trimestre trimestriel trimestrielle",
    6: "halfyear halfyearly semiannual semiannually halbjahr halbjahrlich halbjaehrlich semestre semestriel "
       "semestrielle",
    12: "year years yearly annual annually annum yr yrs y pa jahr jahre jahren jahrlich jaehrlich an ans annee annees "
        "annuel annuelle annuellement",
    24: "biennial biennially biennal biennale zweijahrlich zweijaehrlich",
    36: "triennial triennially triennal triennale dreijahrlich dreijaehrlich"}.items() for name in names.split()}
_COUNTS = {name: count for count, names in {
    1: "one ein eine einen un une", 2: "two zwei deux", 3: "three drei trois", 4: "four vier quatre",
    5: "five funf fuenf cinq", 6: "six sechs", 12: "twelve zwolf zwoelf douze", 18: "eighteen", 24: "twenty four",
    36: "thirty six"}.items() for name in (names.split() if count < 24 else [names])}
# A bare 7, 14, 30, 90 or 365 would be days.
_BARE_MONTHS = frozenset({1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 36, 48, 60, 72, 84, 96, 120})


def day(text: str, order: Optional[str] = None) -> Optional[date]:
    """The day that a text says, from 1970 on, as written (a time of day and its zone are left off).

    Digits with the year last are read only in an `order`, "dmy" or "mdy"; two-digit years are 1970 to 2069."""
    stripped = text.strip()
    written = _ISO_DAY.fullmatch(stripped)
    if written:
        try:
            result = date.fromisoformat(written.group(1))
        except ValueError:
            return None
        return result if result.year >= _FIRST_YEAR else None
    if not _SHORTEST_DAY <= len(stripped) <= _LONGEST:
        return None
    ordered = _ORDERED.fullmatch(stripped) if order else None
    return _ordered(ordered, order == "dmy") if ordered else _spelt(_folded(stripped), order)


def _spelt(folded: str, order: Optional[str]) -> Optional[date]:
    written = _YEAR_FIRST.fullmatch(folded)
    if written:
        return _real(int(written.group(1)), int(written.group(3)), int(written.group(4)))
    written = _DIGITS.fullmatch(folded)
    if written:
        year = int(written.group(1))
        return _real(year, int(written.group(2)), int(written.group(3))) if year in _LIKELY_YEARS else None
    written = _ORDERED.fullmatch(folded) if order else None
    if written:
        return _ordered(written, order == "dmy")
    for form, (year_at, name_at, day_at) in ((_DAY_NAME_YEAR, (3, 2, 1)), (_NAME_DAY_YEAR, (3, 1, 2)),
                                             (_YEAR_NAME_DAY, (1, 2, 3))):
        written = form.fullmatch(folded)
        if written and written.group(name_at) in _MONTHS:
            return _real(_full_year(written.group(year_at)), _MONTHS[written.group(name_at)],
                         int(written.group(day_at)))
    weekday = _WEEKDAY.match(folded)
    return _spelt(folded[weekday.end():], order) if weekday and weekday.group(1) in _WEEKDAYS else None


def _ordered(written: re.Match[str], day_first: bool) -> Optional[date]:
    first, second = int(written.group(1)), int(written.group(3))
    year = _full_year(written.group(4))
    return _real(year, second, first) if day_first else _real(year, first, second)


def month(text: str, order: Optional[str] = None) -> Optional[int]:
    """The month index of a month or a day: `2024-03`, `03/2024`, `Mar-24`, `März 2024`, `202403`. None from 9999 on."""
    stripped = text.strip()
    written = _ISO_MONTH.fullmatch(stripped)
    if written:
        return _month_of(int(written.group(1)), int(written.group(2)))
    whole_day = day(stripped, order) if len(stripped) >= _SHORTEST_DAY else None
    if whole_day:
        return month_index(whole_day) if whole_day.year < FOR_EVER else None
    return _spelt_month(_folded(stripped)) if 5 <= len(stripped) <= _LONGEST else None


def _spelt_month(folded: str) -> Optional[int]:
    for form, year_at in ((_YEAR_MONTH, 1), (_MONTH_YEAR, 2), (_LIKELY_YEAR_MONTH, 1), (_LIKELY_MONTH_YEAR, 2)):
        written = form.fullmatch(folded)
        if written:
            year = int(written.group(year_at))
            likely = year in _LIKELY_YEARS or form in (_YEAR_MONTH, _MONTH_YEAR)
            return _month_of(year, int(written.group(3 - year_at))) if likely else None
    for form, year_at in ((_NAME_YEAR, 2), (_YEAR_NAME, 1)):
        written = form.fullmatch(folded)
        if written and written.group(3 - year_at) in _MONTHS:
            return _month_of(_full_year(written.group(year_at)), _MONTHS[written.group(3 - year_at)])
    return None


def interval_months(text: str) -> Optional[int]:
    """The months of a billing interval: `monthly` 1, `Quartal` 3, `3 years` 36, `12` 12. None for weeks and days."""
    folded = re.sub("[ _-]+", " ", _folded(text)) if len(text) <= _LONGEST else ""
    every = _EVERY.match(folded)
    unit = folded[every.end():] if every else folded
    period, counted = _PERIOD.fullmatch(unit), _COUNTED.fullmatch(unit)
    if period:
        return _within(int(period.group(1)) * _UNITS[period.group(2)])
    if counted and not counted.group(2):
        return int(counted.group(1)) if int(counted.group(1)) in _BARE_MONTHS else None
    if counted:
        count, unit = int(counted.group(1)), counted.group(2)
    else:
        word = next((word for word in _COUNTS if unit.startswith(word + " ")), "")
        count, unit = _COUNTS.get(word, 1), unit[len(word):]
    return _within(count * _UNITS.get(re.sub("[ .]", "", unit), 0))


def _within(months: int) -> Optional[int]:
    return months if 1 <= months <= _LONGEST_INTERVAL else None


def _folded(text: str) -> str:
    shown = figures.neutral(text, _LONGEST).lower()
    if shown.isascii():
        return shown
    return "".join(sign for sign in normalize("NFD", shown.translate(_SIGNS)) if not combining(sign))


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < _FIRST_YEAR % 100 else 1900)


def _real(year: int, month_of_year: int, day_of_month: int) -> Optional[date]:
    try:
        return date(year, month_of_year, day_of_month) if year >= _FIRST_YEAR else None
    except ValueError:
        return None


def _month_of(year: int, month_of_year: int) -> Optional[int]:
    real = _real(year, month_of_year, 1)
    return month_index(real) if real and year < FOR_EVER else None
