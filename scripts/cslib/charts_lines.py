"""Lines: how few customers hold how much, and load against capacity by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from cslib.svg import BELOW, LINE, SMALL, WIDTH, Axis, circle, drawing, fit, path, rect, text, width
from cslib.svg_places import (
    Area,
    Scale,
    across,
    below,
    flags,
    flown,
    poles,
    rows_of,
    scale,
    settled,
    spread,
    standing,
    upright,
)

TALL = 310.0
MOST = 300
ENDS = 190.0


class Band(NamedTuple):
    """A tier, from one share of customers to another."""

    label: str
    start: float
    end: float


class Hire(NamedTuple):
    """A start in the month with this place in the list, from 0."""

    month: int
    label: str


def pareto(name: str, title: str, alt: str, points: Sequence[tuple[float, float]], bands: Sequence[Band], x: Axis,
           y: Axis, marked: Sequence[tuple[float, float, str]] = ()) -> str:
    """The share held by the largest customers, with tiers as bands; at most some 300 of the points are drawn."""
    points = thinned(points, MOST)
    left, right = standing(y), WIDTH - 12.0
    edges = [edge for band in bands for edge in (band.start, band.end)]
    along = scale(x, [*(point[0] for point in (*points, *marked)), *edges], left, right)
    placed = flags([(along.at(band.start), band.label) for band in bands], left, WIDTH)
    top = LINE + 8 + rows_of(placed)
    bottom = top + TALL
    up = scale(y, [point[1] for point in (*points, *marked)], bottom, top)
    way = [(along.at(share), up.at(held)) for share, held in points]
    spots = [(along.at(share), up.at(held), words) for share, held, words in marked]
    taken = [Area(far - 5, high - 5, far + 5, high + 5) for far, high, _ in spots]
    shades = [rect(along.at(band.start), top, along.at(band.end), bottom, "soft") for band in bands[::2]]
    return drawing(name, WIDTH, round(bottom) + BELOW, title, alt, [
        *shades, *upright(y, up, left, right, 16), *across(x, along, top, bottom), *poles(placed, top, bottom),
        path(way, "line"), *(circle(far, high, 5, "main") for far, high, _ in spots), *flown(placed, top),
        *settled([(far + 2, high + 14, words) for far, high, words in spots],
                 Area(left, top, right, bottom - 2), taken)])


def thinned(points: Sequence[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    """At most `most` and one of the points, evenly through the list, with the first and the last."""
    stride = -(-len(points) // most) or 1
    return [*points[:-1:stride], *points[-1:]]


def load(name: str, title: str, alt: str, months: Sequence[str], demand: Sequence[float],
         capacity: Sequence[Optional[float]], without: Sequence[Optional[float]], hires: Sequence[Hire], axis: Axis,
         words: tuple[str, str, str]) -> str:
    """Demand, capacity and capacity without the hires by month, named at their ends; the shortfall is shaded."""
    series = (demand, capacity, without)
    ends = [fit(word, SMALL, ENDS) for word in words]
    left, right = standing(axis), WIDTH - 12 - max(width(word, SMALL) for word in ends)
    along = Scale(0.0, max(1.0, len(months) - 1.0), left + 8, right - 8)
    placed = flags([(along.at(hire.month), hire.label) for hire in hires], left, right)
    top = LINE + 8 + rows_of(placed)
    bottom = top + TALL
    up = scale(axis, [value for line in series for value in line if value is not None], bottom, top)
    drawn = [_runs(line, along, up, kind) for line, kind in zip(series[::-1], ("dashed", "line", "dark"))]
    last = [next((value for value in reversed(line) if value is not None), None) for line in series]
    named = [(up.at(value), word) for value, word in zip(last, ends) if value is not None and word]
    heights = spread([y + 5.5 for y, _ in named], top + 12, bottom)
    return drawing(name, WIDTH, round(bottom) + 28, title, alt, [
        *upright(axis, up, left, right, 16), *_shortfall(demand, capacity, along, up), *poles(placed, top, bottom),
        *(part for runs in drawn for part in runs), *flown(placed, top),
        *below([(along.at(n), month) for n, month in enumerate(months)], bottom + 22),
        *(text(right + 6, y, word, SMALL) for y, (_, word) in zip(heights, named) if y is not None)])


def _runs(line: Sequence[Optional[float]], along: Scale, up: Scale, kind: str) -> list[str]:
    """The line, broken where there is no value; a value alone is a short stroke."""
    runs: list[list[tuple[float, float]]] = [[]]
    for n, value in enumerate(line):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((along.at(n), up.at(value)))
    return [path(run if len(run) > 1 else [(x - 4, y), (x + 4, y)], kind) for run in runs for x, y in run[:1]]


def _shortfall(demand: Sequence[float], capacity: Sequence[Optional[float]], along: Scale, up: Scale) -> list[str]:
    """The area where demand is above capacity, from month to month, cut where the lines cross."""
    drawn = []
    for n, (one, other) in enumerate(zip(zip(demand, capacity), zip(demand[1:], capacity[1:]))):
        if one[1] is None or other[1] is None:
            continue
        before, after = one[0] - one[1], other[0] - other[1]
        if before <= 0 and after <= 0:
            continue
        start = 0.0 if before > 0 else before / (before - after)
        end = 1.0 if after > 0 else before / (before - after)
        edge = [tuple(a + (b - a) * share for a, b in zip(one, other)) for share in (start, end)]
        xs = along.at(n + start), along.at(n + end)
        drawn.append(path([(xs[0], up.at(edge[0][0])), (xs[1], up.at(edge[1][0])), (xs[1], up.at(edge[1][1])),
                           (xs[0], up.at(edge[0][1]))], "short", closed=True))
    return drawn
