"""What one cell of an export says: a day, a month, an amount, yes or no, or nothing. None: it does not say it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Optional

from cslib import dates, figures

LARGEST_AMOUNT = Decimal(10) ** 12
FOR_EVER = dates.FOR_EVER
POINT, COMMA = "point", "comma"
_LONGEST, _LONGEST_NOTHING = 48, 16
_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,21})?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
# A point after letters ends an abbreviation (Rs.500, Fr.50) and is no decimal point.
_PARTS = re.compile(r"([^0-9]*?)((?:(?<!\w)[.,])?[0-9](?:[0-9.,' ]*[0-9])?(?:[.,]-{1,2})?)([^0-9]*)")
_GROUPED = r"[1-9][0-9]{0,2}([%s '])[0-9]{3}(?:\2[0-9]{3}){0,5}"
_LAKH = r"[1-9][0-9]?(?:,[0-9]{2}){1,7},[0-9]{3}"
_NUMBER = {
    POINT: re.compile(rf"({_GROUPED % ','}|{_LAKH}|[0-9]{{1,18}}|(?=\.))(?:\.([0-9]{{1,21}}|-{{1,2}}))?"),
    COMMA: re.compile(rf"({_GROUPED % '.'}|[0-9]{{1,18}}|(?=,))(?:,([0-9]{{1,21}}|-{{1,2}}))?")}
_BEFORE = re.compile(r"([(+ -]*)([^()+-]*)([(+ -]*)")
_AFTER = re.compile(r"([)+ -]*)([^()+-]*)([)+ -]*)")
_SIGNS = {("", ""): "", ("+", ""): "", ("-", ""): "-", ("", "-"): "-", ("(", ")"): "-"}
_GROUP_MARKS = str.maketrans("", "", ",.' ")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_SPACES = "\xa0\u2007\u2008\u2009\u200a\u202f"
_SHOWN_AS_ASCII = {**dict.fromkeys(map(ord, _DASHES), "-"), **dict.fromkeys(map(ord, _SPACES), " "),
                   **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u2032"), "'"),
                   **dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"), None)}
# ISO 4217, active codes of countries and unions of countries.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG
XOF XPF YER ZAR ZMW ZWG"""
# None: a sign that several currencies share.
_CURRENCIES: dict[str, Optional[str]] = {
    **{code.lower(): code for code in _CODES.split()}, **dict.fromkeys(("$", "¥", "kr", "fr", "rs", "r", "c$", "lei")),
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₪": "ILS",
    "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "zł": "PLN", "kč": "CZK", "ft": "HUF", "sfr": "CHF",
    "us$": "USD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL"}
# Codes that are words in a heading: "ALL", "TOP", "try".
_WORDS = frozenset(["ALL", "CUP", "GEL", "MAD", "MOP", "PEN", "SOS", "TOP", "TRY"])
_POWERS = {word: power for power, words in {
    3: "k tsd tausend thousand mille", 5: "lakh lakhs", 7: "crore crores",
    6: "m mm mn mln mio mill million millions millionen", 9: "b bn bln mrd md mds billion billions milliarde "
    "milliarden milliard milliards"}.items() for word in words.split()}
# German and Swedish write TEUR and tkr for thousands; a T alone could be a trillion.
_JOINED_POWERS = {**_POWERS, "t": 3}
_NOTHING = frozenset({
    "n/a", "n.a.", "#n/a", "#n/a n/a", "#nv", "#n/v", "k.a.", "null", "#null!", "(null)", "<null>", "\\n", "none",
    "nan", "nat", "<na>", "nil", "undefined", "(blank)", "(leer)", "(vide)"})
_FLAGS = {word: said for said, words in {
    True: "yes y true t 1 1.0 x ja j wahr oui o vrai ✓ ✔",
    False: "no n false f 0 0.0 nein falsch non faux ✗ ✘"}.items() for word in words.split()}
_QUOTED_FORMULA = re.compile(r'="([^"]*(?:""[^"]*)*)"')


@lru_cache(maxsize=65536)
def day(text: str, order: Optional[str] = None) -> Optional[date]:
    """The day that the cell says; with the year last and in digits only in an `order`, "dmy" or "mdy"."""
    return dates.day(text, order)


@lru_cache(maxsize=65536)
def month(text: str, order: Optional[str] = None) -> Optional[int]:
    """The month index of a month or a day."""
    return dates.month(text, order)


@lru_cache(maxsize=4096)
def interval_months(text: str) -> Optional[int]:
    """How many months a billing interval says."""
    return dates.interval_months(text)


@lru_cache(maxsize=65536)
def amount(text: str, mark: Optional[str] = None) -> Optional[Decimal]:
    """The number, exact: plain digits with a decimal point; under a mark also with groups, a currency, a scale word.

    `mark` is the decimal mark: "point" (1,200.50) or "comma" (1.200,50). Negative: -1, 1-, (1). No percentage."""
    stripped = text.strip()
    if (_WHOLE if mark == COMMA else _PLAIN).fullmatch(stripped):
        return Decimal(stripped)
    parts = _parts(stripped) if mark else None
    number = _NUMBER[mark].fullmatch(parts.number) if mark and parts else None
    if parts is None or number is None:
        return None
    whole, _, fraction = number.groups("")
    shifted = fraction.strip("-").ljust(parts.power, "0")
    return Decimal(f"{parts.sign}{whole.translate(_GROUP_MARKS)}{shifted[:parts.power]}.{shifted[parts.power:]}")


def currency_in(text: str) -> Optional[str]:
    """The ISO 4217 code that a cell carries, alone or at an amount; None for a sign of several ($, ¥, kr)."""
    stripped = text.strip()
    alone = _CURRENCIES.get(stripped[:_LONGEST].lower().replace(".", ""))
    parts = None if alone else _parts(stripped)
    return parts.currency if parts else alone


def currency_of_heading(heading: str) -> Optional[str]:
    """The one ISO 4217 code that a heading names (`MRR (EUR)`, `arr_usd`, `Betrag €`); None for several or a word."""
    said = {_CURRENCIES.get(word.lower()) for word in re.findall(r"[A-Za-z]+|[€£₹₽₩₺₪]", heading)
            if word.upper() not in _WORDS and (len(word) == 3 or not word.isascii())} - {None}
    return said.pop() if len(said) == 1 else None


class _Parts(NamedTuple):
    number: str
    sign: str
    power: int
    currency: Optional[str]


def _parts(stripped: str) -> Optional[_Parts]:
    if len(stripped) > _LONGEST:
        return None
    parts = _PARTS.fullmatch(stripped if stripped.isascii() else stripped.translate(_SHOWN_AS_ASCII).strip())
    around = _around(parts.group(1), parts.group(3)) if parts else None
    return _Parts(parts.group(2), *around) if parts and around else None


@lru_cache(maxsize=4096)
def _around(before: str, after: str) -> Optional[tuple[str, int, Optional[str]]]:
    """The sign, the power of ten and the currency that the texts before and after a number say."""
    first, last = _BEFORE.fullmatch(before), _AFTER.fullmatch(after)
    if first is None or last is None:
        return None
    sign = _SIGNS.get(tuple((each.group(1) + each.group(3)).replace(" ", "") for each in (first, last)))
    leading, trailing = _unit(first.group(2)), _unit(last.group(2))
    if sign is None or leading is None or trailing is None or leading[0]:
        return None
    named = {leading[1], trailing[1]} - {None}
    return (sign, trailing[0], named.pop() if named else None) if len(named) < 2 else None


def _unit(text: str) -> Optional[tuple[int, Optional[str]]]:
    """The power of ten and the currency of `k`, `Mio. €`, `TEUR`, `USD`, or of nothing."""
    said = [word for word in text.lower().replace(".", "").split(" ") if word]
    if not said:
        return 0, None
    if len(said) == 2:
        known = said[0] in _POWERS and said[1] in _CURRENCIES
        return (_POWERS[said[0]], _CURRENCIES[said[1]]) if known else None
    word, = said if len(said) == 1 else ("",)
    if word in _CURRENCIES:
        return 0, _CURRENCIES[word]
    if word in _POWERS:
        return _POWERS[word], None
    return next(((power, _CURRENCIES[word[len(scale):]]) for scale, power in _JOINED_POWERS.items()
                 if word.startswith(scale) and word[len(scale):] in _CURRENCIES), None)


def flag(text: str) -> Optional[bool]:
    """Yes or no in English, German or French, a cross, 1 or 0."""
    return _FLAGS.get(text.strip().lower()) if len(text) <= _LONGEST else None


def nothing(text: str) -> bool:
    """Whether a cell says that there is nothing to say: empty, `n/a`, a dash (with or without a currency), `null`."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_NOTHING or stripped[-1].isdigit():
        return not stripped
    without = stripped.strip(_DASHES + _SPACES + " ")
    return stripped.lower() in _NOTHING or not without or (
        (stripped[0] in _DASHES or stripped[-1] in _DASHES) and without.lower().replace(".", "") in _CURRENCIES)


def formula(text: str) -> bool:
    """Whether a cell holds a formula rather than its result. `="001"` is a text."""
    return text.lstrip().startswith("=") and not _QUOTED_FORMULA.fullmatch(text.strip())


def unwrapped(text: str) -> str:
    """The text that `="001"` protects from a spreadsheet; any other text as it is."""
    quoted = _QUOTED_FORMULA.fullmatch(text.strip()) if "=" in text else None
    return quoted.group(1).replace('""', '"') if quoted else text


@lru_cache(maxsize=65536)
def words(text: str, length: int) -> str:
    """The text on one line, spaces single, nothing hidden in it, cut at the length."""
    return figures.neutral(text, length)
