"""Faults collected while a table is read, so that all of them are told at once."""

from __future__ import annotations

from cslib.refusal import Fault, Refusal

MOST_FAULTS = 10_000


class Faults:
    """The faults of one table in the order found. Past ten thousand the reading stops, refused as it is."""

    def __init__(self, source: str, header: list[str]) -> None:
        self.source, self.header = source, header
        self.found: list[Fault] = []

    def add(self, kind: str, line: int, expected: str, got: str = "", column: int = -1, hint: str = "") -> None:
        """A fault in a line, or in one cell of it."""
        cell = f', column "{self.header[column]}"' if column >= 0 else ""
        self.of(kind, f"line {line}{cell}", expected, got, hint)

    def of(self, kind: str, place: str, expected: str, got: str = "", hint: str = "") -> None:
        """A fault of a place that is no line."""
        self.found.append(Fault(kind, place, expected, got, hint))
        if len(self.found) >= MOST_FAULTS:
            self.settle()

    def settle(self) -> None:
        """Nothing when nothing is wrong. Refused: everything that is."""
        if self.found:
            raise Refusal(self.source, self.found)
