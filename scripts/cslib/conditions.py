"""What is compared with what, and what follows where some of it is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, Optional, Union

Fact = Union[Decimal, str, bool, None]
COMPARISONS = ("at_least", "above", "below", "is", "is_not")


class Condition(NamedTuple):
    """One fact against one threshold by one of COMPARISONS. `met` is None where either is unknown.

    `reads` are the dotted keys of org.json that the fact and the threshold come from.
    """

    reads: tuple[str, ...]
    comparison: str
    met: Optional[bool]
    value: Fact
    threshold: Fact


def condition(reads: Iterable[str], comparison: str, value: Fact, threshold: Fact) -> Condition:
    """The comparison made, unrounded."""
    met = None if value is None or threshold is None else _compared(comparison, value, threshold)
    return Condition(tuple(reads), comparison, met, value, threshold)


def _compared(comparison: str, value: Fact, threshold: Fact) -> bool:
    if comparison == "at_least":
        return value >= threshold
    if comparison == "above":
        return value > threshold
    if comparison == "below":
        return value < threshold
    return (value == threshold) is (comparison == "is")


def all_hold(known: Iterable[Optional[bool]]) -> Optional[bool]:
    """False where one is false, otherwise None where one is unknown, otherwise True (Kleene's conjunction)."""
    held = list(known)
    return False if False in held else None if None in held else True


def any_holds(known: Iterable[Optional[bool]]) -> Optional[bool]:
    """True where one is true, otherwise None where one is unknown, otherwise False (Kleene's disjunction)."""
    held = list(known)
    return True if True in held else None if None in held else False


def share(part: Optional[Decimal], whole: Optional[Decimal]) -> Optional[Decimal]:
    """A ratio, None where either is unknown or the whole is 0."""
    return part / whole if part is not None and whole else None
