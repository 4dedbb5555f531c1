"""The customers of all files: each by one number and under the id first seen, however it is spelled later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from cslib import cells

LONGEST_ID = 200
NOBODY, TOTAL, TOO_LONG, FORMULA = -1, -2, -3, -4
_TOTAL = re.compile(
    r"(?:grand |sub[- ]?|sous[- ])?totals?(?: général| general)?"
    r"(?:[ :]*(?:mrr|arr|customers|accounts|clients|kunden)?| *\(.*\)):?"
    r"|(?:sum|summe|gesamt|gesamtsumme|zwischensumme|somme|ensemble|overall)(?: *\(.*\))?:?")
_PLAIN = re.compile(r"[A-Za-z]{1,20}[-_]?\d[A-Za-z0-9_-]{0,100}", re.ASCII)
_FORMULA = re.compile(r"=[+-]?(?:(?:'[^']+'|\w+)!)?(?:\$?[A-Z]{1,3}\$?[0-9]+|[A-Z][A-Z0-9.]*\().*", re.IGNORECASE)
_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_CASE_COUNTS = re.compile(r"(?=.*\d)[A-Za-z0-9]{15}", re.ASCII)


class Register:
    """Customers by number. `ids` are their ids; `merged` holds, by kind of spelling, what it was folded into.

    Kinds of spelling: `float` (1001.0), `case` (ACME and acme), `zeros` (0042 and 42, only when a file is joined).
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.merged: dict[str, dict[str, str]] = {"float": {}, "case": {}, "zeros": {}}
        self._by_key: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        self._shortened: Optional[dict[str, int]] = None
        self._earlier: dict[str, int] = {}

    def named(self, names: Mapping[int, str]) -> None:
        """Lets customers be found by their names too; a name of two customers finds neither."""
        for number, name in names.items():
            key = name.casefold()
            self._by_name[key] = number if self._by_name.get(key, number) == number else NOBODY

    def next_file(self) -> None:
        """Lets customers so far be found by `entered` too though zeros were lost on the way to the next file."""
        self._earlier = dict(self._without_zeros())

    def found(self, text: str) -> Optional[str]:
        """The id of a customer that has been entered, by its id or its name; else None."""
        number = self.known(text)
        if number is None:
            number = self._by_name.get(cells.words(text, LONGEST_ID).casefold(), NOBODY)
        return self.ids[number] if number >= 0 else None

    def joined(self, text: str) -> Optional[str]:
        """The id of a customer, found or entered; None for what is none."""
        found = self.found(text)
        number = self.entered(text) if found is None else NOBODY
        return self.ids[number] if number >= 0 else found

    def entered(self, text: str) -> int:
        """The number of the customer in a cell, new if need be; NOBODY, TOTAL, TOO_LONG or FORMULA for none."""
        shown = self._shown(text)
        if not shown:
            return NOBODY
        key = _key(shown)
        number = self._by_key.get(key)
        if number is None:
            if is_total(shown):
                return TOTAL
            if len(shown) > LONGEST_ID:
                return TOO_LONG
            if _FORMULA.fullmatch(shown):
                return FORMULA
            number = self._earlier.get(shown.lstrip("0")) if shown.isdigit() else None
            if number is not None:
                self._by_key[key] = number
                self.merged["zeros"].setdefault(shown, self.ids[number])
                return number
            number = self._by_key[key] = len(self.ids)
            self.ids.append(shown)
            self._shortened = None
        elif shown != self.ids[number] and shown not in self.merged["zeros"]:
            self.merged["case"].setdefault(shown, self.ids[number])
        return number

    def known(self, text: str) -> Optional[int]:
        """The number of a customer that has been entered, also when leading zeros were lost on the way; else None."""
        shown = self._shown(text)
        number = self._by_key.get(_key(shown))
        if number is None and shown.isdigit():
            number = self._without_zeros().get(shown.lstrip("0"))
            if number is not None:
                self.merged["zeros"].setdefault(shown, self.ids[number])
        return number

    def unlike_in_zeros(self) -> list[list[int]]:
        """The numbers of customers whose ids are digits and the same but for leading zeros, by group."""
        groups: dict[str, list[int]] = {}
        for number, entered in enumerate(self.ids):
            if entered.isdigit():
                groups.setdefault(entered.lstrip("0"), []).append(number)
        return [group for group in groups.values() if len(group) > 1]

    def _shown(self, text: str) -> str:
        if _PLAIN.fullmatch(text):
            return text
        shown = cells.words(cells.unwrapped(text), LONGEST_ID + 1)
        whole = _FLOAT.fullmatch(shown)
        if whole:
            self.merged["float"].setdefault(shown, whole.group(1))
            return whole.group(1)
        return "" if cells.nothing(shown) else shown

    def _without_zeros(self) -> dict[str, int]:
        if self._shortened is None:
            digits = [(entered.lstrip("0"), number) for number, entered in enumerate(self.ids) if entered.isdigit()]
            once = dict(digits)
            self._shortened = {short: number for short, number in digits if once[short] == number}
            for short, number in digits:
                if once[short] != number:
                    self._shortened.pop(short, None)
        return self._shortened


def is_total(text: str) -> bool:
    """Whether a cell where a customer should stand says that its row is a sum."""
    return _TOTAL.fullmatch(text.strip().casefold()) is not None


def _key(shown: str) -> str:
    return shown if _CASE_COUNTS.fullmatch(shown) else shown.casefold()
