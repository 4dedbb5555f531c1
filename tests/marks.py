"""Figures on a page that name the policy value or benchmark which holds them: `90 days (`coverage.lead_days`)`.

A mark is one or more keys in backticks inside brackets. Before it stand as many figures as its keys hold numbers.
"""
from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

ROOMS = Path(__file__).resolve().parents[1] / "scripts" / "cslib"
POLICY = json.loads((ROOMS / "policy.json").read_text(encoding="utf-8"), parse_float=Decimal)
BENCHMARKS = {entry["id"]: entry
              for entry in json.loads((ROOMS / "benchmarks.json").read_text(encoding="utf-8"), parse_float=Decimal)}

MARK = re.compile(r"\((`[a-z0-9_.]+`(?:, `[a-z0-9_.]+`)*)\)")
FIGURE = re.compile(r"(?<![\w.`/-])-?\d[\d,]*(?:\.\d+)?(?:%|k\b|M\b)?")
SCALE = {"%": Decimal("0.01"), "k": Decimal(1_000), "M": Decimal(1_000_000)}
REACH = 90


class Marked(NamedTuple):
    """Figures before a mark, as written, and the keys of the mark."""

    figures: tuple[str, ...]
    keys: tuple[str, ...]


def marked(page: str) -> list[Marked]:
    """The figures before each mark of a page, in its own cell; other words in brackets are no mark."""
    flat = re.sub(r"\n(?!\s*[|#\n-])", " ", page)
    found = []
    for mark in MARK.finditer(flat):
        keys = tuple(re.findall(r"`([^`]+)`", mark.group(1)))
        if any(key in POLICY or ("." in key and not re.search(r"\.(?:md|py|json|csv|html)$", key)) for key in keys):
            before = re.split(r"\||\n|`\)", flat[max(0, mark.start() - REACH):mark.start()])[-1]
            found.append(Marked(tuple(FIGURE.findall(before)), keys))
    return found


def held(key: str) -> list[Decimal]:
    """The numbers that a key holds, in their order; KeyError for a key of neither policy nor benchmarks."""
    if key in BENCHMARKS:
        entry = BENCHMARKS[key]
        ends = [entry["low"], entry["high"]]
        return [Decimal(end) for end in (ends[:1] if ends[0] == ends[1] else ends) if end is not None]
    node = POLICY
    for part in key.split("."):
        node = node[part]
    return [Decimal(each) for each in (node.values() if isinstance(node, dict) else [node])
            if isinstance(each, (int, Decimal))]


def says(figure: str, number: Decimal) -> bool:
    """Whether a figure as written is a number: `15%` is 0.15 and, of weights, 15; `100k` is 100000."""
    amount = Decimal(figure.rstrip("%kM").replace(",", ""))
    return number == amount * SCALE.get(figure[-1], 1) or (figure.endswith("%") and number > 1 and number == amount)


def faults(page: str) -> list[str]:
    """Each mark that names no key, has too few figures before it, or figures that differ."""
    found = []
    for figures, keys in marked(page):
        try:
            numbers = [number for key in keys for number in held(key)]
        except (KeyError, TypeError):
            found.append(f"{keys} is no key of policy.json or benchmarks.json")
            continue
        last = figures[len(figures) - len(numbers):]
        if not numbers or len(last) != len(numbers):
            found.append(f"{keys} holds {len(numbers)} numbers, {figures} stand before it")
        elif not all(map(says, last, numbers)):
            found.append(f"{keys} holds {[str(each) for each in numbers]}, the page says {list(last)}")
    return found
