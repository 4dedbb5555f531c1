"""Bars that lie: a bridge from one amount to the next, and bars beside reference values. All begin at zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from cslib.svg import BELOW, BOLD, NARROW, SIZE, SMALL, WIDTH, Axis, drawing, fit, hatched, path, rect, text, width
from cslib.svg_places import Name, Scale, across, flags, flown, named, poles, rows_of, scale, written

LABEL = 230.0
LEAST = 200.0
PITCH = 40.0
HALF = 12.0


class Step(NamedTuple):
    """A step of a bridge: `kind` is `total`, `gain` or `loss`; `amount` is 0 or more."""

    label: str
    amount: float
    shown: str
    kind: str


class Bar(NamedTuple):
    """A bar, the words at its end with a note in small, whether it stands out, and an interval drawn as a whisker."""

    label: str
    value: float
    shown: str
    note: str = ""
    strong: bool = False
    low: Optional[float] = None
    high: Optional[float] = None


class Reference(NamedTuple):
    """A value that a line crosses all bars at; a `light` one is drawn faint."""

    value: float
    label: str
    light: bool = False


class _Row(NamedTuple):
    """The words of a bar, cut to their room, and the size that they are measured with."""

    name: Name
    shown: str
    note: str
    strong: bool

    def end(self) -> float:
        return width(self.shown, _measure(self.strong)) + (width(self.note, SMALL) + 8 if self.note else 0)


def bridge(name: str, title: str, alt: str, steps: Sequence[Step], axis: Axis) -> str:
    """A waterfall from top to bottom: totals start at zero, gains and losses where the step before ended.

    Drawn narrow, so that a phone shows it whole in letters of a size to read.
    """
    rows = _rows([(step.label, step.shown, "", step.kind == "total") for step in steps], NARROW)
    spans, level = [], 0.0
    for step in steps:
        start = 0.0 if step.kind == "total" else level
        level = start - step.amount if step.kind == "loss" else start + step.amount
        spans.append((start, level))
    values = [0.0, *(value for span in spans for value in span)]
    along = _along(rows, axis, values, [max(0.0, *span) for span in spans], NARROW)
    bottom = 4 + PITCH * len(rows)
    bars, joints, ends = [], [], []
    for n, (step, (start, end)) in enumerate(zip(steps, spans)):
        near, far = _edges(along.at(start), along.at(end), step.amount)
        middle = 4 + PITCH * (n + 0.5)
        bars.append((hatched(near, middle - HALF, far, middle + HALF) if step.amount else "") if step.kind == "loss"
                    else rect(near, middle - HALF, far, middle + HALF, step.kind))
        if n + 1 < len(steps):
            joints.append(path([(along.at(end), middle + HALF), (along.at(end), middle + PITCH - HALF)], "base"))
        ends.append(max(far, along.at(0.0)))
    return drawing(name, NARROW, round(bottom) + BELOW, title, alt, [
        *across(axis, along, 0, bottom, NARROW), path([(along.at(0.0), 0), (along.at(0.0), bottom)], "base"),
        *joints, *bars, *_words(rows, ends, 4.0)])


def bars(name: str, title: str, alt: str, rows: Sequence[Bar], axis: Axis,
         references: Sequence[Reference] = ()) -> str:
    """Level bars with their label to the left and their value at the end; one that is strong puts the others back.

    A value stands beyond the lines of the references that would cut it.
    """
    worded = _rows([(row.label, row.shown, row.note, row.strong) for row in rows])
    held = [[value for value in (row.value, row.low, row.high) if value is not None] for row in rows]
    values = [*(value for each in held for value in each), *(line.value for line in references)]
    along = _along(worded, axis, [0.0, *values],
                   [max(0.0, *each, *(line.value for line in references)) for each in held], WIDTH)
    placed = flags([(along.at(line.value), line.label) for line in references], 0, WIDTH)
    top = rows_of(placed) + 4
    bottom = top + PITCH * len(rows)
    quiet = "quiet" if any(row.strong for row in rows) else "main"
    drawn, whiskers, ends = [], [], []
    for n, row in enumerate(rows):
        near, far = _edges(along.at(0.0), along.at(row.value), abs(row.value))
        middle = top + PITCH * (n + 0.5)
        drawn.append(rect(near, middle - HALF, far, middle + HALF, "main" if row.strong else quiet))
        low, high = (along.at(row.value if value is None else value) for value in (row.low, row.high))
        if low != high:
            whiskers.extend((path([(low, middle), (high, middle)], "whisker"), *(
                path([(x, middle - 6), (x, middle + 6)], "whisker") for x in (low, high))))
        ends.append(_clear(max(far, low, high), worded[n].end(), sorted(flag.x for flag in placed)))
    faint = [along.at(line.value) for line in references if line.light]
    return drawing(name, WIDTH, round(bottom) + BELOW, title, alt, [
        *across(axis, along, top, bottom), path([(along.at(0.0), top), (along.at(0.0), bottom)], "base"), *drawn,
        *whiskers, *poles(placed, top, bottom, faint), *flown(placed, top), *_words(worded, ends, top)])


def _clear(end: float, wide: float, lines: Sequence[float]) -> float:
    """Where words so wide stand behind a bar's end without a line, ascending, through them."""
    for x in lines:
        if end < x < end + wide + 12:
            end = x
    return end


def _rows(given: Sequence[tuple[str, str, str, bool]], wide: float = WIDTH) -> list[_Row]:
    """Label, shown, note and strong of each row, cut so that the bars keep their least room."""
    names = [named(label, strong, LABEL * wide / WIDTH) for label, _, _, strong in given]
    room = wide - 24 - LEAST * wide / WIDTH - max((name.wide for name in names), default=0.0)
    rows = []
    for name, (_, shown, note, strong) in zip(names, given):
        shown = fit(shown, _measure(strong), room)
        rest = room - width(shown, _measure(strong)) - 8
        rows.append(_Row(name, shown, fit(note, SMALL, rest) if rest > SMALL * 3 else "", strong))
    return rows


def _measure(strong: bool) -> float:
    return SIZE * BOLD if strong else SIZE


def _along(rows: Sequence[_Row], axis: Axis, values: Sequence[float], ends: Sequence[float], wide: float) -> Scale:
    """The scale between the labels and the edge, as long as the words behind each bar's end allow."""
    left = max((row.name.wide for row in rows), default=0.0) + 12
    share = scale(axis, values, 0.0, 1.0)
    free = [(wide - 12 - row.end() - left) / max(0.01, share.at(end)) for row, end in zip(rows, ends)]
    return share._replace(start=left, end=left + min([wide - 24 - left, *free]))


def _edges(one: float, other: float, amount: float) -> tuple[float, float]:
    """Left and right of a bar; an amount that is not zero is at least 1 wide."""
    near, far = min(one, other), max(one, other)
    return near, max(far, near + 1) if amount else far


def _words(rows: Sequence[_Row], ends: Sequence[float], top: float) -> list[str]:
    drawn = []
    for n, (row, end) in enumerate(zip(rows, ends)):
        middle = top + PITCH * (n + 0.5)
        base, kind = middle + 6, "strong" if row.strong else ""
        drawn.extend((*written(row.name, 0, middle), text(end + 8, base, row.shown, SIZE, "start", kind),
                      text(end + 16 + width(row.shown, _measure(row.strong)), base, row.note, SMALL, "start", "faint")))
    return drawn
