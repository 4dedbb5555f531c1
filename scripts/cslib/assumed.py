"""The assumptions that a page prints: all that are yours, and the defaults that move the answer most."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cslib.figures import decimal, per_cent, whole
from cslib.policy import Assumption

MOST_OF_YOURS = 8
MOST_PLACES = 6


def assumed(assumptions: Iterable[Assumption], telling: tuple[str, ...], full: bool) -> str:
    """One sentence: what is yours, the first eight unless `full`, then the defaults under `telling`, by group."""
    shown = [a for a in assumptions if a.origin == "yours" or a.key.startswith(telling)]
    said = [f"{a.key} {_value(a.key, a.value)} (yours)" for a in shown if a.origin == "yours"]
    if not full and len(said) > MOST_OF_YOURS:
        said[MOST_OF_YOURS:] = [f"and {whole(len(said) - MOST_OF_YOURS)} more of yours (--all)"]
    defaults: dict[str, list[str]] = {}
    for a in shown:
        group, _, key = a.key.rpartition(".")
        if a.origin != "yours":
            defaults.setdefault(group, []).append(f"{key} {_value(a.key, a.value)}")
    return "; ".join([*said, *(f"{group} {', '.join(told)}".strip() for group, told in defaults.items())]) + "."


def _value(key: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{part} {_value(f'{key}.{part}', inner)}" for part, inner in value.items())
    if value is None or isinstance(value, str):
        return value or "none"
    if "_ratio" in key:
        return per_cent(value, 0 if value * 100 == int(value * 100) else 1)
    places = -Decimal(value).normalize().as_tuple().exponent
    return decimal(value, min(max(places, 0), MOST_PLACES))
