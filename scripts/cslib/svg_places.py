"""Where things stand in a drawing: scales with their axes, and places where labels meet neither others nor the edge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple, Optional

from cslib.svg import BOLD, LINE, SIZE, SMALL, WIDTH, Axis, fit, path, text, width, wrapped


class Scale(NamedTuple):
    """From a value to a place: `low` stands at `start`, `high` at `end`; what is outside stands at the nearer end."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        return self.start + (self.end - self.start) * min(1.0, max(0.0, (value - low) / (high - low)))


def scale(axis: Axis, values: Iterable[float], start: float, end: float) -> Scale:
    """The scale that holds the ticks and the values; on a logarithmic axis those above zero."""
    every = [value for value in (*(tick for tick, _ in axis.ticks), *values) if value > 0 or not axis.log]
    low, high = min(every, default=1.0), max(every, default=1.0)
    if low == high:
        low, high = (low, low * 10) if axis.log else (min(low, 0.0), max(low, 0.0)) if low else (0.0, 1.0)
    return Scale(low, high, start, end, axis.log)


def across(axis: Axis, along: Scale, top: float, bottom: float, wide: float = WIDTH) -> list[str]:
    """A level axis: fine lines from `top` to `bottom`, ticks and title below, which take `BELOW` units."""
    places = [along.at(value) for value, _ in axis.ticks]
    return [*(path([(x, top), (x, bottom)], "grid") for x in places),
            *below([(x, shown) for x, (_, shown) in zip(places, axis.ticks)], bottom + 22, wide),
            text(along.end, bottom + 44, fit(axis.title, SMALL, along.end), SMALL, "end", "faint")]


def upright(axis: Axis, along: Scale, left: float, right: float, title: float) -> list[str]:
    """A standing axis: fine lines from `left` to `right`, ticks to their left, the title's baseline at `title`."""
    places = [(along.at(value), shown) for value, shown in axis.ticks]
    kept = spaced([(y - SMALL * 0.7, y + SMALL * 0.7) for y, _ in places])
    return [*(path([(left, y), (right, y)], "grid") for y, _ in places),
            *(text(left - 8, y + 5.5, fit(shown, SMALL, left - 8), SMALL, "end", "faint")
              for y, shown in (places[n] for n in kept)),
            text(0, title, fit(axis.title, SMALL, WIDTH), SMALL, "start", "faint")]


def standing(axis: Axis, most: float = 130) -> float:
    """The room that the ticks of a standing axis take, with their distance from it."""
    return min(most, max((width(shown, SMALL) for _, shown in axis.ticks), default=0.0)) + 9


def below(places: Sequence[tuple[float, str]], y: float, wide: float = WIDTH) -> list[str]:
    """Small words centred below their places, inside the drawing; every second, third, ... where all do not fit."""
    words = [fit(shown, SMALL, 130) for _, shown in places]
    halves = [width(word, SMALL) / 2 for word in words]
    middles = [min(max(x, half), wide - half) for (x, _), half in zip(places, halves)]
    kept = spaced([(x - half - 5, x + half + 5) for x, half in zip(middles, halves)])
    return [text(middles[n], y, words[n], SMALL, "middle", "faint") for n in kept]


def spaced(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Which of the spans to keep so that none meets the next: every one, every second, every third and so on."""
    for stride in range(1, len(spans) + 1):
        kept = sorted(range(0, len(spans), stride), key=lambda n: spans[n])
        if all(spans[one][1] <= spans[other][0] for one, other in zip(kept, kept[1:])):
            return kept
    return []


class Name(NamedTuple):
    """The label of a row on one line, or on two smaller ones, and how wide it is."""

    lines: tuple[str, ...]
    size: int
    strong: bool
    wide: float


def named(words: str, strong: bool, room: float) -> Name:
    """A row's label in its room."""
    more = BOLD if strong else 1.0
    size = SIZE if width(words, SIZE * more) <= room else SMALL
    lines = tuple(wrapped(words, size * more, room))
    return Name(lines, size, strong, max(width(line, size * more) for line in lines))


def written(name: Name, x: float, middle: float) -> list[str]:
    """A row's label beside the middle of its row."""
    first = middle + 6 if len(name.lines) == 1 else middle - 3
    return [text(x, first + 18 * n, line, name.size, "start", "strong" if name.strong else "")
            for n, line in enumerate(name.lines)]


class Flag(NamedTuple):
    """A label over the place `x`: its row, counted upwards from 0, where its words begin, and the words."""

    x: float
    row: int
    left: float
    words: str


def flags(spots: Sequence[tuple[float, str]], left: float, right: float) -> list[Flag]:
    """A flag for each place with words, to the right of its pole where there is room; no two meet in a row.

    Those to the right are placed from the last on, then the others from the first on, so that no pole of a flag crosses
    the words of another of its side.
    """
    placed: list[Flag] = []
    worded = [(x, fit(shown, SMALL, right - left)) for x, shown in spots]
    sided = [(x + 5 + width(words, SMALL) > right, x, words) for x, words in worded]
    for over, x, words in sorted(sided, key=lambda spot: (spot[0], spot[1] if spot[0] else -spot[1], spot[2])):
        wide = width(words, SMALL)
        start = max(left, min(x - 5, right) - wide) if over else x + 5
        rows = [flag.row for flag in placed
                if start - 9 < flag.left + width(flag.words, SMALL) and flag.left < start + wide + 9]
        if words:
            placed.append(Flag(x, max(rows, default=-1) + 1, start, words))
    return placed


def rows_of(placed: Sequence[Flag]) -> float:
    """The height that flags take."""
    return LINE * (1 + max((flag.row for flag in placed), default=-1))


def poles(placed: Sequence[Flag], top: float, bottom: float, light: Sequence[float] = ()) -> list[str]:
    """The lines of the flags down to `bottom`, those at `light` places faint; the flags stand above `top`."""
    return [path([(flag.x, top - LINE * flag.row - LINE + 4), (flag.x, bottom)],
                 "light" if flag.x in light else "pole") for flag in placed]


def flown(placed: Sequence[Flag], top: float) -> list[str]:
    """The words of the flags above `top`."""
    return [text(flag.left, top - LINE * flag.row - 6, flag.words, SMALL) for flag in placed]


def spread(wanted: Sequence[float], top: float, bottom: float, lines: Sequence[int] = ()) -> list[Optional[float]]:
    """Heights for texts of so many lines (1) near the wanted ones, a line apart; None for the last if there are more.

    A height is that of a text's first line.
    """
    tall = [LINE * (lines[n] if lines else 1) for n in range(len(wanted))]
    most = sum(1 for end in accumulate(tall) if end - LINE <= bottom - top)
    order = sorted(range(most), key=lambda n: (wanted[n], n))
    settled: list[Optional[float]] = [None] * len(wanted)
    floor = top
    for n in order:
        settled[n] = max(floor, wanted[n])
        floor = settled[n] + tall[n]
    roof = bottom + LINE
    for n in reversed(order):
        settled[n] = roof = min(roof - tall[n], settled[n])
    return settled


class Area(NamedTuple):
    """A rectangle from left and top to right and bottom."""

    left: float
    top: float
    right: float
    bottom: float


def settled(wanted: Sequence[tuple[float, float, str]], within: Area, taken: Sequence[Area] = ()) -> list[str]:
    """Words beside their points, where they meet no others and stay inside; those without such a place are left out."""
    used, drawn = list(taken), []
    for x, y, shown in wanted:
        words = fit(shown, SMALL, (within.right - within.left) / 2)
        wide = width(words, SMALL)
        for left, base in ((x + 10, y + 6), (x - 10 - wide, y + 6), (x + 7, y + 23), (x + 7, y - 9),
                           (x - 7 - wide, y - 9), (x - 7 - wide, y + 23),
                           *((x - wide * share, y + off) for off in (-13, 27) for share in (0.5, 0.25, 0.75))):
            area = Area(left - 3, base - SMALL, left + wide + 3, base + 4)
            if words and _inside(area, within) and not any(_meet(area, other) for other in used):
                used.append(area)
                drawn.append(text(left, base, words, SMALL))
                break
    return drawn


def _inside(area: Area, within: Area) -> bool:
    return (within.left <= area.left and area.right <= within.right
            and within.top <= area.top and area.bottom <= within.bottom)


def _meet(one: Area, other: Area) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
