"""Columns by name: what a header says whatever its spelling, the roles there are, and how a table is read."""

from __future__ import annotations

import difflib
import re
import shlex
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, Optional

from cslib import figures
from cslib.refusal import Refusal, Usage, refused
from cslib.source import own
from cslib.tables import Table

KINDS = ("snapshots", "wide", "subscriptions", "movements", "events", "prices", "customers", "costs", "churn",
         "tickets")
UNITS = ("arr", "mrr")
AMOUNTS = (*UNITS, "price", "total")
ALL_MONTHS = "months"
MAPPED, LAYOUT, NAMED, PROBABLE, CONTENT = "mapped", "layout", "named", "probable", "content"
# Roles that no column plays beside one of another group.
_APART = {"customer": "customer", "start": "day", "date": "day", "month": "day", "end": "end",
          **dict.fromkeys(AMOUNTS, "amount"), "cost": "amount"}
_TAILS = ("utc", "usd", "eur", "gbp", "chf", "cad", "aud", "nzd", "jpy", "inr", "sek", "nok", "dkk", "pln", "czk",
          "brl", "mxn", "zar", "sgd", "hkd", "cents", "cent", "in_cents", "in_minor_units", "minor_units")
_TAIL = re.compile(rf"(?<=.)_(?:{'|'.join(sorted(_TAILS, key=len, reverse=True))})$")
_CENTS = re.compile(r"_(?:cents?|minor_units)(?:_|$)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PLAIN = re.compile(r"[\w .,:;/()%&+°'€£-]+")
_OTHER = re.compile(r"[\W_]+")


class Role(NamedTuple):
    """A column and what gave it its role: `mapped`, `layout`, `named`, `probable` or `content`."""

    column: int
    certainty: str


class Reading(NamedTuple):
    """How a table is read.

    `layout` is a key of layouts.json, None when the header is none of them. `unit` is what the amount is: `arr`, `mrr`,
    `price` (for a billing interval, that `interval` or `period_start` and `period_end` give), `total` (from start to
    end), or empty. `cents` says that amounts are in minor units. `months` are the columns of a wide table as (column,
    month index), by month. `remarks` are what the layout cannot show.
    """

    kind: str
    layout: Optional[str]
    roles: Mapping[str, Role]
    unit: str
    unit_certainty: str
    cents: bool
    months: tuple[tuple[int, int], ...]
    unused: tuple[int, ...]
    remarks: tuple[str, ...]


class Names(NamedTuple):
    """The names of a role by rank, the best first, as `spellings`; what its cells hold, and whether names need that.

    `of_tickets` come first in a table where a column is the `ticket`, and count nowhere else.
    """

    sure: tuple[tuple[frozenset[str], ...], ...]
    probable: tuple[tuple[frozenset[str], ...], ...]
    of_tickets: tuple[tuple[frozenset[str], ...], ...]
    form: str
    strict: bool


def plain_name(header: str) -> str:
    """A header in lower case, words joined by `_`, accents gone (ä is ae), without `(UTC)` or a last currency code."""
    return _TAIL.sub("", _words(header, True))


@lru_cache(maxsize=8192)
def spellings(header: str) -> frozenset[str]:
    """The forms under which a header is compared: its words run together, umlauts both as ae and as a."""
    umlauts = (True,) if header.isascii() else (True, False)
    forms = (_TAIL.sub("", _words(header, german)).replace("_", "") for german in umlauts)
    return frozenset(form for form in forms if form)


def says_cents(header: str) -> bool:
    """Whether a header names minor units: `amount_cents`, `MRR (in cents)`."""
    return bool(_CENTS.search("_" + _words(header, True)))


def _words(header: str, german: bool) -> str:
    text = unicodedata.normalize("NFC", header.strip())
    text = _CAMEL.sub(" ", text[:-3] if text.endswith("__c") else text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFD", text.translate(_UMLAUTS) if german else text)
        text = "".join(mark for mark in text if not unicodedata.combining(mark))
    return _OTHER.sub("_", text).strip("_")


def _ranks(written: list[str]) -> tuple[tuple[frozenset[str], ...], ...]:
    return tuple(tuple(spellings(name) for name in rank.split(",")) for rank in written)


NAMES = {role: Names(_ranks(said["sure"]), _ranks(said["probable"]), _ranks(said.get("of_tickets", [])),
                     said["form"], said.get("strict", False))
         for role, said in own("roles.json").items() if not role.startswith("_")}
ROLES = tuple(NAMES)


def mapped_roles(table: Table, mapped: Mapping[str, str]) -> dict[str, Role]:
    """The roles that the command line gives.

    Wrong usage: a role or a column that is not there, with the likely one; one column for two roles that exclude each
    other.
    """
    roles = {role: Role(_column(table, role, name), MAPPED) for role, name in mapped.items()}
    for one, other in combinations([role for role in roles if role in _APART], 2):
        if roles[one].column == roles[other].column and _APART[one] != _APART[other]:
            header = table.header[roles[one].column]
            raise Usage(figures.neutral(f'--map {one} and --map {other} both name "{header}": name a column for each',
                                        300))
    return roles


def _column(table: Table, role: str, name: str) -> int:
    if role not in ROLES:
        raise Usage(f"--map {figures.neutral(role)}: there is no such role{_likely(role, ROLES)}; the roles are "
                    + ", ".join(ROLES))
    if table.header.count(name) == 1:
        return table.header.index(name)
    alike = [column for column, header in enumerate(table.header) if spellings(header) & spellings(name)]
    if len(alike) == 1:
        return alike[0]
    likely = "" if alike else _likely(name, table.header)
    raise Usage(figures.neutral(f'--map {role}="{name}": the columns are {headers(table)}{likely}', 500))


def _likely(name: str, names: list[str] | tuple[str, ...]) -> str:
    plain = {plain_name(each): each for each in names}
    close = difflib.get_close_matches(plain_name(name), plain, 1)
    return f' (did you mean "{plain[close[0]]}"?)' if close else ""


def missing(table: Table, role: str, flag: str, hint: str = "") -> Refusal:
    """The refusal for a role that no column plays, with the `--map` that would name it."""
    return refused(table.name, "no such column", "the header", f"a column for {role}; the columns are {headers(table)}",
                   "", f"name it: --map {flag}=COLUMN" + (f"; {hint}" if hint else ""))


def map_flag(role: str, header: str) -> str:
    """The `--map` that gives a column a role, quoted so that a shell takes the header as text."""
    return f'--map {role}="{header}"' if _PLAIN.fullmatch(header) else f"--map {role}={shlex.quote(header)}"


def headers(table: Table) -> str:
    """The first twenty columns by name."""
    more = f" and {len(table.header) - 20} more" if len(table.header) > 20 else ""
    return ", ".join(figures.neutral(header) for header in table.header[:20]) + more
