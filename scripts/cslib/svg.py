"""Drawings as SVG strings: elements, numbers, the estimate of a text's width, and round ticks.

Words come in finished and positions as float. A drawing refers to nothing outside itself; it stands inside HTML, so it
names no namespace.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

WIDTH = 720
NARROW = 480
SIZE = 18
SMALL = 16
LINE = 22
BELOW = 50
BOLD = 1.12

STYLE = """
.drawing { --d-ink: #1b1f24; --d-faint: #5c6570; --d-grid: #e3e7eb; --d-base: #7d8791; --d-paper: #ffffff;
  --d-main: #0072b2; --d-quiet: #6297bf; --d-gain: #009e73; --d-loss: #d55e00; --d-soft: #f3f6f9; --d-over: #ffffff;
  --d-s0: #edf3f9; --d-s1: #cfe1f1; --d-s2: #9cc5e6; --d-s3: #2f78b0; --d-s4: #0b4f85; display: block; width: 100%;
  max-width: 42rem; height: auto; font-family: system-ui, sans-serif; }
.drawing.narrow { max-width: 28rem; }
@media screen and (prefers-color-scheme: dark) {
  .drawing { --d-ink: #e8eaed; --d-faint: #a3acb7; --d-grid: #2b323a; --d-base: #808b97; --d-paper: #15181c;
  --d-main: #56b4e9; --d-quiet: #3d6f8f; --d-gain: #2bbf93; --d-loss: #e8853f; --d-soft: #1d2228; --d-over: #10151a;
  --d-s0: #2b3742; --d-s1: #24465f; --d-s2: #1f587f; --d-s3: #62a6d9; --d-s4: #a8d1f2; } }
@media print { .drawing { break-inside: avoid; } }
.drawing text { fill: var(--d-ink); paint-order: stroke; stroke: var(--d-paper); stroke-width: 4px;
  stroke-linejoin: round; font-variant-numeric: tabular-nums; }
.drawing .d-faint { fill: var(--d-faint); } .drawing .d-strong { font-weight: 700; }
.drawing .d-cell { stroke: none; } .drawing .d-over { fill: var(--d-over); stroke: none; }
.drawing path { fill: none; stroke-width: 1; }
.drawing .d-soft { fill: var(--d-soft); } .drawing .d-main { fill: var(--d-main); }
.drawing .d-quiet { fill: var(--d-quiet); } .drawing .d-total { fill: var(--d-faint); }
.drawing .d-gain { fill: var(--d-gain); } .drawing .d-loss { fill: var(--d-loss); fill-opacity: .22; }
.drawing .d-short { fill: var(--d-loss); fill-opacity: .16; }
.drawing .d-hollow { fill: var(--d-paper); stroke: var(--d-ink); stroke-width: 2; }
.drawing .d-s0 { fill: var(--d-s0); } .drawing .d-s1 { fill: var(--d-s1); } .drawing .d-s2 { fill: var(--d-s2); }
.drawing .d-s3 { fill: var(--d-s3); } .drawing .d-s4 { fill: var(--d-s4); }
.drawing .d-grid { stroke: var(--d-grid); } .drawing .d-base { stroke: var(--d-base); }
.drawing .d-pole { stroke: var(--d-base); stroke-dasharray: 3 3; }
.drawing .d-light { stroke: var(--d-base); stroke-dasharray: 1 4; }
.drawing .d-whisker { stroke: var(--d-ink); stroke-width: 1.5; }
.drawing .d-hatch { stroke: var(--d-loss); stroke-width: 1.5; }
.drawing .d-track { stroke: var(--d-grid); stroke-width: 8; stroke-linecap: round; }
.drawing .d-way { stroke: var(--d-main); stroke-width: 8; stroke-linecap: round; }
.drawing .d-line { stroke: var(--d-main); stroke-width: 2.5; stroke-linejoin: round; }
.drawing .d-dark { stroke: var(--d-ink); stroke-width: 2.5; stroke-linejoin: round; }
.drawing .d-dashed { stroke: var(--d-loss); stroke-width: 2; stroke-dasharray: 7 4; stroke-linejoin: round; }
.drawing .d-dots { stroke: var(--d-main); stroke-width: 5; stroke-linecap: round; stroke-opacity: .6; }
.drawing .d-squares { stroke: var(--d-loss); stroke-width: 8; stroke-linecap: square; }
"""

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\\s]+")
_ADVANCES = {letter: share for letters, share in (
    (" .,:;'|ijlIJ·", 0.33), ("!ftr()[]/\\-\"", 0.46), ("ckszvxyLFTPE?*–{}", 0.64), ("NOQCDGHU&w", 0.83),
    ("mMW%@+=<>~#^…—", 1.0)) for letter in letters}


def number(value: float) -> str:
    """A coordinate with at most two decimals and never `-0`."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def clean(words: str) -> str:
    """The words on one line, without characters that XML refuses or that turn the direction of reading."""
    return _UNFIT.sub(" ", words).strip()


def width(words: str, size: float) -> float:
    """An estimate of the width of words, on the wide side: advances of DejaVu Sans, more for what is unknown."""
    return size * math.fsum(_advance(letter) for letter in words)


def _advance(letter: str) -> float:
    code = ord(letter)
    if letter in _ADVANCES:
        return _ADVANCES[letter]
    if code < 0x80:
        return 0.65 if letter.islower() or letter.isdigit() else 0.76
    if 0x300 <= code <= 0x36F or 0x200B <= code <= 0x200D or 0xFE00 <= code <= 0xFE0F:
        return 0.0
    return 0.85 if code < 0x2000 else 1.1 if code < 0x1F000 else 1.4


def fit(words: str, size: float, room: float) -> str:
    """The words, cut with an ellipsis where they are wider than `room`."""
    words = clean(words)
    if width(words, size) <= room:
        return words
    while words and width(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip(" \u200d") + "…" if words else ""


def wrapped(words: str, size: float, room: float, most: int = 2) -> list[str]:
    """The words on at most `most` lines of `room`; the last is cut with an ellipsis."""
    lines: list[str] = []
    for word in clean(words).split(" "):
        if lines and (len(lines) == most or width(f"{lines[-1]} {word}", size) <= room):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [fit(line, size, room) for line in lines]


def text(x: float, y: float, words: str, size: float = SIZE, anchor: str = "start", kind: str = "") -> str:
    """Words with their baseline at `y`; `kind` is `faint`, `strong`, `cell` or `over`. Nothing for no words."""
    words, named = clean(words), f' class="d-{kind}"' if kind else ""
    return (f'<text{named} x="{number(x)}" y="{number(y)}" font-size="{number(size)}" text-anchor="{anchor}">'
            f"{escape(words)}</text>") if words else ""


def rect(left: float, top: float, right: float, bottom: float, kind: str) -> str:
    return (f'<rect class="d-{kind}" x="{number(left)}" y="{number(top)}" width="{number(max(0.0, right - left))}" '
            f'height="{number(max(0.0, bottom - top))}"/>')


def circle(x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle class="d-{kind}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def path(points: Sequence[tuple[float, float]], kind: str, closed: bool = False) -> str:
    """A line through the points, or the area inside them; nothing for no points."""
    way = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f'<path class="d-{kind}" d="M{way}{"Z" if closed else ""}"/>' if points else ""


def dots(points: Iterable[tuple[float, float]], kind: str) -> str:
    """One mark at each point, as lines without length, whose cap is the mark's shape."""
    way = "".join(f"M{number(x)} {number(y)}h0" for x, y in points)
    return f'<path class="d-{kind}" d="{way}"/>' if way else ""


def hatched(left: float, top: float, right: float, bottom: float) -> str:
    """A loss: a tinted rectangle with an outline under slanting lines, so that it reads without colour."""
    tall, ways = bottom - top, []
    foot = left - tall + 6.0
    while foot < right:
        start, end = max(foot, left), min(foot + tall, right)
        if end > start:
            ways.append("M" + "L".join(f"{number(x)} {number(bottom - (x - foot))}" for x in (start, end)))
        foot += 6.0
    edge = f"M{number(left)} {number(top)}H{number(right)}V{number(bottom)}H{number(left)}Z"
    return rect(left, top, right, bottom, "loss") + f'<path class="d-hatch" d="{edge}{"".join(ways)}"/>'


def drawing(name: str, width: int, height: int, title: str, alt: str, parts: Iterable[str]) -> str:
    """One `<svg>` element, named to those who do not see it; `name` begins its ids and is one word."""
    ids = escape(name)
    body = "\n".join(part for part in parts if part)
    shape = "drawing narrow" if width < WIDTH else "drawing"
    return (f'<svg class="{shape}" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{ids}-title {ids}-desc">\n<title id="{ids}-title">{escape(clean(title))}</title>\n'
            f'<desc id="{ids}-desc">{escape(clean(alt))}</desc>\n'
            f"{body}\n</svg>")


class Axis(NamedTuple):
    """What is measured, with its unit, and its ticks as value and shown."""

    title: str
    ticks: tuple[tuple[float, str], ...]
    log: bool = False


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Two to `most` round numbers (of 3 or more), ascending, that cover `low` to `high`; equal ones reach to 0."""
    if low == high:
        low, high = (min(0.0, low), max(0.0, high)) if low else (0.0, 1.0)
    power = math.floor(math.log10(max(high - low, abs(low) * 1e-9, abs(high) * 1e-9, 1e-12) / most)) - 1
    while True:
        for tenths in (10, 20, 25, 50):
            above, under = tenths * 10 ** max(power - 1, 0), 10 ** max(1 - power, 0)
            first, last = math.floor(low * under / above), math.ceil(high * under / above)
            first += (first + 1) * above / under <= low
            last += (last * above / under < high) - ((last - 1) * above / under >= high)
            if last - first < most:
                return [step * above / under for step in range(first, last + 1)]
        power += 1


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Powers of ten that cover `low` to `high`, with 2 and 5 between them where there is room.

    A `low` that is not above zero counts as a thousandth of `high`.
    """
    high = high if high > 0 else 10.0
    low = low if 0 < low <= high else high / 1000
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    fine = [float(f"{share}e{power}") for power in range(first, last + 1) for share in (1, 2, 5)]
    start = max((n for n, tick in enumerate(fine) if tick <= low), default=0)
    end = min((n for n, tick in enumerate(fine) if tick >= high and n > start), default=len(fine) - 1)
    if end - start < most:
        return fine[start:end + 1]
    stride = -(-(last - first) // (most - 1))
    return [float(f"1e{power}") for power in range(first, last + stride, stride)]
