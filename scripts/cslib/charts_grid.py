"""Grids: a heat map whose cells say their figure, and a profile of stages reached and claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from cslib.svg import LINE, SIZE, SMALL, WIDTH, circle, clean, drawing, fit, path, rect, text, width, wrapped
from cslib.svg_places import Name, below, named, written

LABEL = 230.0
SHADES = 5
CELL = 104.0
SIZES = (SIZE, SMALL, 14, 12)
PITCH = 42.0


class Cell(NamedTuple):
    """A cell: its shade from 0 to 1, its figure, and words under the figure."""

    value: float
    shown: str
    under: str


class HeatRow(NamedTuple):
    """A row of cells; None where there is nothing to say."""

    label: str
    cells: tuple[Optional[Cell], ...]


class Level(NamedTuple):
    """A dimension's stage, reached and claimed, from 1 on; `gate`: one that the stage overall waits for."""

    label: str
    reached: int
    claimed: Optional[int]
    gate: bool


def heat(name: str, title: str, alt: str, columns: Sequence[str], rows: Sequence[HeatRow], low: str, high: str) -> str:
    """Rows of cells in five shades, with figures where every one of them fits, and the scale's words below."""
    labels = [fit(row.label, SIZE, LABEL) for row in rows]
    left = max((width(label, SIZE) for label in labels), default=0.0) + 12
    across = min(CELL, (WIDTH - left) / max(1, len(columns)))
    cells = [cell for row in rows for cell in row.cells[:len(columns)] if cell]
    figures = _size([cell.shown for cell in cells], across - 4, SIZES)
    under = _size([cell.under for cell in cells], across - 4, SIZES[2:]) if figures else 0
    tall = 50.0 if under and any(cell.under for cell in cells) else 34.0
    top = LINE + 3.0
    drawn = below([(left + across * (n + 0.5), column) for n, column in enumerate(columns)], 17)
    for n, (row, label) in enumerate(zip(rows, labels)):
        head = top + tall * n
        drawn.append(text(0, head + tall / 2 + 6, label))
        for k, cell in enumerate(row.cells[:len(columns)]):
            drawn.extend(_cell(cell, left + across * k, head, across, tall, figures, under) if cell else ())
    foot = top + tall * len(rows) + 12
    return drawing(name, WIDTH, round(foot) + 26, title, alt, [*drawn, *_shades(low, high, left, foot)])


def _size(figures: Sequence[str], room: float, sizes: Sequence[int]) -> int:
    """The first of the sizes at which every figure fits, or 0."""
    return next((size for size in sizes if all(width(shown, size) <= room for shown in figures)), 0)


def _cell(cell: Cell, left: float, top: float, across: float, tall: float, size: int, under: int) -> list[str]:
    shade = min(SHADES - 1, max(0, int(cell.value * SHADES)))
    kind, middle = "over" if shade > 2 else "cell", left + across / 2
    lower = under if cell.under else 0
    drawn = [rect(left + 1, top + 1, left + across - 1, top + tall - 1, f"s{shade}")]
    if size:
        drawn.append(text(middle, top + tall / 2 + (-2 if lower else 6), cell.shown, size, "middle", kind))
    if lower:
        drawn.append(text(middle, top + tall - 8, cell.under, lower, "middle", kind))
    return drawn


def _shades(low: str, high: str, left: float, top: float) -> list[str]:
    """The scale: its low word, the shades, its high word; from `left`, or before it where that is too long."""
    room = WIDTH - SHADES * 26.0 - 16
    low = fit(low, SMALL, max(room / 2, room - width(clean(high), SMALL)))
    high = fit(high, SMALL, room - width(low, SMALL))
    wide = width(low, SMALL) + width(high, SMALL) + SHADES * 26 + 16
    start = max(0.0, min(left, WIDTH - wide))
    first = start + width(low, SMALL) + 8
    return [text(start, top + 15, low, SMALL, "start", "faint"),
            *(rect(first + 26 * n, top + 1, first + 26 * n + 24, top + 19, f"s{n}") for n in range(SHADES)),
            text(first + 26 * SHADES + 6, top + 15, high, SMALL, "start", "faint")]


def profile(name: str, title: str, alt: str, stages: Sequence[str], rows: Sequence[Level],
            words: tuple[str, str, str] = ("reached", "claimed, not shown", "gate")) -> str:
    """A way through the stages for each dimension, to what is reached; a ring where another stage is claimed.

    A gate's name is bold with a diamond; `words` are the legend's.
    """
    names = [named(row.label, row.gate, LABEL) for row in rows]
    left = max((name.wide for name in names), default=0.0) + 30
    across = (WIDTH - left) / max(1, len(stages))
    size = _size([word for stage in stages for word in stage.split()], across - 6, SIZES[1:]) or SIZES[-1]
    heads = [wrapped(stage, size, across - 6, 3) for stage in stages]
    lines = max(map(len, heads), default=0)
    top = LINE * lines + 4.0
    centres = [left + across * (n + 0.5) for n in range(len(stages))]
    drawn = [text(x, top - LINE * (len(head) - k) + 12, line, size, "middle", "faint")
             for x, head in zip(centres, heads) for k, line in enumerate(head)]
    for n, (row, label) in enumerate(zip(rows, names)):
        drawn.extend(_level(row, label, centres, left, top + PITCH * (n + 0.5)))
    foot = top + PITCH * len(rows) + 24
    return drawing(name, WIDTH, round(foot) + 12, title, alt, [*drawn, *_legend(words, rows, foot)])


def _level(row: Level, label: Name, centres: Sequence[float], left: float, middle: float) -> list[str]:
    drawn = [*written(label, 18, middle), _diamond(6, middle) if row.gate else ""]
    if not centres:
        return drawn
    reached = centres[min(len(centres), max(1, row.reached)) - 1]
    drawn.extend((path([(left, middle), (centres[-1], middle)], "track"),
                  path([(left, middle), (reached, middle)], "way"), circle(reached, middle, 10, "main")))
    if row.claimed is not None and row.claimed != row.reached:
        drawn.append(circle(centres[min(len(centres), max(1, row.claimed)) - 1], middle, 9, "hollow"))
    return drawn


def _diamond(x: float, y: float) -> str:
    return path([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], "total", closed=True)


def _legend(words: tuple[str, str, str], rows: Sequence[Level], base: float) -> list[str]:
    """What the marks mean, of those that are drawn."""
    there = (bool(rows), any(row.claimed not in (None, row.reached) for row in rows), any(row.gate for row in rows))
    drawn, x = [], 10.0
    for n, (word, seen) in enumerate(zip(words, there)):
        if seen and word:
            cut = fit(word, SMALL, WIDTH / 3 - 40)
            drawn.extend((circle(x, base - 5, 8, ("main", "hollow")[n]) if n < 2 else _diamond(x, base - 5),
                          text(x + 15, base, cut, SMALL, "start", "faint")))
            x += width(cut, SMALL) + 40
    return drawn
