"""Rows that are set aside rather than read: what they are, how many, and where the first of them stand."""

from __future__ import annotations

from typing import NamedTuple

FIRST_LINES = 3


class Aside(NamedTuple):
    """How many rows of one kind, and the lines of the first three."""

    rows: int
    first: tuple[int, ...]


class Asides:
    """A count of rows set aside, by kind: `blank`, `footer`, `total`, `double`, `repeated_header`, `no_customer`."""

    def __init__(self) -> None:
        self.found: dict[str, Aside] = {}

    def add(self, kind: str, line: int) -> None:
        """One more row of a kind."""
        rows, first = self.found.get(kind, Aside(0, ()))
        self.found[kind] = Aside(rows + 1, (*first, line) if rows < FIRST_LINES else first)
