"""Points: two measures of each customer, those that matter marked, with lines of a constant ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

from cslib.svg import BELOW, LINE, SMALL, WIDTH, Axis, dots, drawing, fit, path, text, width, wrapped
from cslib.svg_places import (
    Area,
    Scale,
    across,
    flags,
    flown,
    rows_of,
    scale,
    settled,
    spread,
    standing,
    upright,
)

TALL = 340.0
MOST = 2000
ENDS = 180.0


class Point(NamedTuple):
    """A customer: `kind` is `plain` or `marked`; words on a few."""

    x: float
    y: float
    kind: str
    label: str = ""


class _Ray(NamedTuple):
    """A line of a constant ratio as drawn, and its words."""

    way: list[tuple[float, float]]
    label: str


def scatter(name: str, title: str, alt: str, points: Sequence[Point], x: Axis, y: Axis,
            lines: Sequence[tuple[float, str]] = (), kinds: tuple[str, str] = ("", "")) -> str:
    """Dots, and squares for what is marked, with lines of y = slope * x named where they end.

    One mark for each place, at most some 2,000 dots; squares always. A label without a place free of marks and of
    other labels is left out.
    """
    left = standing(y)
    ends = {label: wrapped(label, SMALL, ENDS, 3) for _, label in lines}
    right = WIDTH - 12 - max((width(line, SMALL) for each in ends.values() for line in each), default=0.0)
    along = scale(x, [point.x for point in points], left, right)
    up = scale(y, [point.y for point in points], TALL, 0.0)
    rays = [ray for ray in (_ray(slope, label, along, up) for slope, label in lines) if ray]
    legend = _legend(kinds, points)
    placed = flags([(ray.way[-1][0], ray.label) for ray in rays if ray.way[-1][1] <= 0.5], left, WIDTH)
    title_base = 16 + (LINE + 6 if legend else 0)
    top = title_base + 14 + rows_of(placed)
    bottom = top + TALL
    up = up._replace(start=bottom, end=top)
    beside = [(ray.way[-1][1] + top, ends[ray.label]) for ray in rays if ray.way[-1][1] > 0.5]
    heights = spread([height + 5.5 - LINE * (len(each) - 1) / 2 for height, each in beside], top + 12, bottom,
                     [len(each) for _, each in beside])
    plain, marked = (_places([point for point in points if point.kind == kind], along, up)
                     for kind in ("plain", "marked"))
    named = [(along.at(point.x), up.at(point.y), point.label) for point in points if point.label]
    plain = _thinned(plain)
    taken = [Area(far - half, high - half, far + half, high + half)
             for half, places in ((5, marked), (3, plain)) for far, high in places]
    return drawing(name, WIDTH, round(bottom) + BELOW, title, alt, [
        *legend, *upright(y, up, left, right, title_base), *across(x, along, top, bottom),
        *(path([(far, down + top) for far, down in ray.way], "pole") for ray in rays),
        dots(plain, "dots"), dots(marked, "squares"), *flown(placed, top),
        *(text(right + 6, height + LINE * n, line, SMALL) for height, (_, each) in zip(heights, beside)
          if height is not None for n, line in enumerate(each)),
        *settled(named, Area(left, top, right, bottom - 2), taken)])


def _places(points: Sequence[Point], along: Scale, up: Scale) -> list[tuple[float, float]]:
    """The places to the unit, each once, from left to right."""
    return sorted({(float(round(along.at(point.x))), float(round(up.at(point.y)))) for point in points})


def _thinned(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return places[::-(-len(places) // MOST) or 1]


def _ray(slope: float, label: str, along: Scale, up: Scale) -> Optional[_Ray]:
    """The part of y = slope * x inside both scales, or None."""
    ends = sorted({x for x in (along.low, along.high, *((up.low / slope, up.high / slope) if slope else ()))
                   if along.low <= x <= along.high and up.low * (1 - 1e-9) <= slope * x <= up.high * (1 + 1e-9)})
    if len(ends) < 2:
        return None
    first, last = ends[0], ends[-1]
    between = [first + (last - first) * n / 60 for n in range(61)] if along.log != up.log else [first, last]
    return _Ray([(along.at(x), up.at(slope * x)) for x in between], label)


def _legend(kinds: tuple[str, str], points: Sequence[Point]) -> list[str]:
    """What dots and squares are, of those that are drawn."""
    drawn, x = [], 8.0
    for kind, mark, word in zip(("plain", "marked"), ("dots", "squares"), kinds):
        if word and any(point.kind == kind for point in points):
            cut = fit(word, SMALL, WIDTH / 2 - 50)
            drawn.extend((dots([(x, 10)], mark), text(x + 12, 16, cut, SMALL)))
            x += width(cut, SMALL) + 40
    return drawn
