"""What an export leaves open and only its owner can say, with the flag that answers it."""

from __future__ import annotations

from typing import NamedTuple

from cslib import figures

MOST_AT_ONCE = 2


class Way(NamedTuple):
    """One answer: the flag that gives it, and what follows from it."""

    flag: str
    consequence: str


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
             "nothing was written. Run again with a flag that answers:"]
    for question in shown:
        lines.append("  " + figures.neutral(question.asked, 600))
        lines += [f"    {figures.neutral(way.flag, 100)}: {figures.neutral(way.consequence, 300)}"
                  for way in question.ways]
    return "\n".join(lines)
