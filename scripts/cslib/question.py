"""What an export leaves open and only its owner can say, with the flag that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cslib import figures

MOST_AT_ONCE = 2


class Way(NamedTuple):
    """One answer: the flag that gives it, what it means, what it changes in the wish, and the figures that follow."""

    flag: str
    meaning: str
    change: Mapping[str, object]
    consequence: str = ""


class Question(NamedTuple):
    """One thing to ask, and the answers to choose from."""

    asked: str
    ways: tuple[Way, ...]


class Unanswered(Exception):
    """An export that cannot be read one way only. Exit code 1."""

    def __init__(self, source: str, questions: list[Question]) -> None:
        super().__init__(source)
        self.source = source
        self.questions = questions


def question_text(unanswered: Unanswered) -> str:
    """The first two questions with their answers, for stderr."""
    shown = unanswered.questions[:MOST_AT_ONCE]
    lines = [f"{figures.count(len(shown), 'question')} about {figures.neutral(unanswered.source, 200)}; "
             "nothing was written. Run again with a flag that answers"
             + (" each:" if len(shown) > 1 else ":")]
    for question in shown:
        lines.append("  " + figures.neutral(question.asked, 600))
        lines += ["    " + _line(way) for way in question.ways]
    if len(unanswered.questions) > len(shown):
        lines.append(f"  {figures.count(len(unanswered.questions) - len(shown), 'more question')} may follow.")
    return "\n".join(lines)


def _line(way: Way) -> str:
    said = ": ".join(part for part in (way.meaning, way.consequence) if part)
    return f"{figures.neutral(way.flag, 900)}: {figures.neutral(said, 500)}"
