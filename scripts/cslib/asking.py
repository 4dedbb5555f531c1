"""Every question at once, each answer with the figures that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Union

from cslib import figures, settled, standings
from cslib.intake import Intake, taken_in
from cslib.months import month_end
from cslib.question import Question, Unanswered, Way
from cslib.refusal import Refusal, refused
from cslib.tables import Table
from cslib.wish import Wish, changed


class _Asked(NamedTuple):
    """A question and the wish under which it came up."""

    question: Question
    wish: Wish


def answered(tables: Sequence[Table], wish: Wish) -> Intake:
    """The intake. Asked, all at once: whatever is open; each answer is tried, the others being as first proposed."""
    asked: list[_Asked] = []
    taken = _attempt(tables, wish, asked)
    if not asked:
        if isinstance(taken, Intake):
            return taken
        raise taken
    questions = []
    for question, under in asked:  # trying an answer may bring up another question, which is then tried in its turn
        first = changed(under, question.ways[0].change)
        found = [(changed(under, way.change), way) for way in question.ways]
        came = [taken if one == first and under == wish else _attempt(tables, one, asked) for one, _ in found]
        questions.append(question._replace(ways=tuple(way._replace(consequence=_figures(way, one))
                                                      for (_, way), one in zip(found, came))))
    raise Unanswered(tables[0].name, questions)


def _attempt(tables: Sequence[Table], wish: Wish, asked: list[_Asked]) -> Union[Intake, Refusal]:
    """What comes of a wish, each question on the way answered as first proposed; new questions are added to `asked`."""
    tried: list[Wish] = []
    while wish not in tried:
        tried.append(wish)
        try:
            return taken_in(tables, wish)
        except Unanswered as unanswered:
            for question in unanswered.questions:
                if all(_about(question) != _about(one.question) for one in asked):
                    asked.append(_Asked(question, wish))
            for question in unanswered.questions:
                wish = changed(wish, question.ways[0].change)
        except Refusal as refusal:
            return refusal
    return refused(tables[0].name, "one flag for several files", "the files", "columns that one flag can name",
                   "a question that its own answer brings up again", "name the columns alike in all files")


def _about(question: Question) -> set:
    """What an answer settles: fields of the wish, and of a mapping its keys."""
    return {(field, *(value if field == "mapped" else ())) for field, value in question.ways[0].change.items()}


def _figures(way: Way, found: Union[Intake, Refusal]) -> str:
    if isinstance(found, Refusal):
        fault = found.faults[0]
        return f"cannot be read so: {fault.kind}, {fault.place}"
    explained = ""
    if found.coverage and found.coverage.customers:
        explained = (f"explains {figures.short_money(found.coverage.coded_arr)} of "
                     f"{figures.short_money(found.coverage.arr)} lost ARR")
    if "reasons" in way.change:
        return explained
    if found.prepared is None:
        return f"{figures.short_money(standings.paying(found.standings).arr)} ARR"
    ended = found.periods.ended_by_nothing if found.periods else 0
    zero = f"{figures.count(ended, 'customer')} lost to a row of zero, perhaps a trial" if ended else ""
    rates = (f"{figures.short_money(found.prepared.bridge.closing_arr)} ARR on {month_end(found.span.end)}, "
             f"{settled.rates(found.prepared.kept)}")
    return "; ".join(part for part in (rates, zero, explained) if part)
