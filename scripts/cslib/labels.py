"""What the rows of an export say of a customer beside its amounts: name, segment, parent, first day."""

from __future__ import annotations

from operator import itemgetter
from typing import Callable, Optional

from cslib import cells
from cslib.columns import PROBABLE, Reading

LABELS = ("name", "segment", "parent", "signup")
_LONGEST = 200
Texts = tuple[str, ...]


class Labels:
    """Labels by customer number, what the newest row says.

    `spoken` takes the labels out of a row, None when the table has none; `said` holds what it gave. `several` holds, by
    role, the customers of whom rows say different things.
    """

    def __init__(self, reading: Reading) -> None:
        customer = reading.roles.get("customer")
        self.roles = [role for role in LABELS if role in reading.roles
                      and (customer is None or reading.roles[role].column != customer.column)]
        # The first column twice, so that even one label comes as a tuple.
        columns = [reading.roles[role].column for role in (*self.roles, *self.roles[:1])]
        self.spoken: Optional[Callable[[list[str]], Texts]] = itemgetter(*columns) if columns else None
        self._doubtful = [role for role in self.roles
                          if role == "segment" and reading.roles[role].certainty == PROBABLE]
        self.said: list[Texts] = []
        self._newest: dict[int, int] = {}
        self.several: dict[str, set[int]] = {role: set() for role in self.roles}

    def row(self, number: int, when: int, row: list[str]) -> None:
        """Takes the labels of a row that is of a day or month `when`."""
        if self.spoken is not None:
            newest = self._newest.get(number, when)
            self._newest[number] = max(when, newest)
            self.hold(number)
            self.take(number, self.spoken(row), when >= newest)

    def hold(self, number: int) -> None:
        """Makes room for a customer."""
        self.said.extend([()] * (number + 1 - len(self.said)))

    def take(self, number: int, texts: Texts, newer: bool) -> None:
        """Takes labels out of a row that is `newer` than, or as new as, all before it of that customer."""
        known = self.said[number]
        if not known:
            self.said[number] = texts
        elif known != texts:
            merged = [self._one(role, number, old, new, newer) for role, old, new in zip(self.roles, known, texts)]
            self.said[number] = (*merged, *merged[:1])

    def _one(self, role: str, number: int, old: str, new: str, newer: bool) -> str:
        if old == new or not new:
            return old
        if old and cells.words(old, _LONGEST) != cells.words(new, _LONGEST):
            self.several[role].add(number)
        return new if newer or not old else old

    def of(self, role: str) -> dict[int, str]:
        """The label of each customer; none at all when the column is only probably this and customers have several."""
        if role not in self.roles or (role in self._doubtful and self.several[role]):
            return {}
        place = self.roles.index(role)
        return {number: words for number, texts in enumerate(self.said)
                if texts and not cells.nothing(words := cells.words(texts[place], _LONGEST))}
