"""What a company may choose: thresholds, floors and assumptions. Defaults in policy.json, the user's own merged over them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib import source
from cslib.refusal import Fault, Refusal
from cslib.wording import likely_word

STAGES = ("seed", "series_a", "series_b", "growth", "late")
STAGE_GROUPS = {"seed": "early", "series_a": "early", "series_b": "growth", "growth": "growth", "late": "scale"}


class Assumption(NamedTuple):
    """A value that entered the answer: its dotted key, and whether it is the default or yours."""

    key: str
    value: Any
    origin: str


class Policy(NamedTuple):
    """The merged settings and the dotted keys that the user set."""

    settings: dict
    yours: frozenset

    def assumptions(self, key: str) -> list[Assumption]:
        """The values under a dotted key, one assumption for each number. KeyError when there is no such key."""
        value: Any = self.settings
        for step in key.split("."):
            value = value[step]
        if isinstance(value, dict):
            return [assumption for part in value for assumption in self.assumptions(f"{key}.{part}")]
        return [Assumption(key, value, "yours" if key in self.yours else "default")]


def read(path: Optional[str]) -> Policy:
    """The default policy, or the user's file merged over it. Refused: unknown keys and values of another kind."""
    settings = source.own("policy.json")
    if path is None:
        return Policy(settings, frozenset())
    faults: list[Fault] = []
    yours: set[str] = set()
    own = source.document(path)
    merged = _merged(settings, own, "", yours, faults)
    if not faults:
        faults = _bounds(merged)
    if faults:
        raise Refusal(path, faults)
    return Policy(merged, frozenset(yours))


def _merged(default: Any, own: Any, path: str, yours: set[str], faults: list[Fault]) -> Any:
    if isinstance(default, dict):
        if not isinstance(own, dict):
            faults.append(Fault("wrong type", path or "the policy", "an object", type(own).__name__))
            return default
        for key in [k for k in own if k not in default]:
            faults.append(Fault("unknown key", path or "the policy", "one of " + ", ".join(default), f'"{key}"',
                                likely_word(key, default)))
        return {key: _merged(value, own[key], f"{path}.{key}".strip("."), yours, faults) if key in own else value
                for key, value in default.items()}
    if isinstance(own, bool) or not isinstance(own, (int, Decimal)):
        faults.append(Fault("wrong type", path, "a number", json.dumps(own, default=str)))
    yours.add(path)
    return own


def _bounds(settings: Any, path: str = "") -> list[Fault]:
    if isinstance(settings, dict):
        own = [fault for key, value in settings.items() for fault in _bounds(value, f"{path}.{key}".strip("."))]
        return own + _order(settings, path)
    ratio = "ratio" in path and isinstance(settings, (int, Decimal))
    if ratio and not 0 <= settings <= 10:
        return [Fault("out of range", path, "a ratio", str(settings),
                      f"{settings} looks like a percentage: write {Decimal(settings) / 100:f}")]
    if isinstance(settings, (int, Decimal)) and settings < 0:
        return [Fault("out of range", path, "zero or more", str(settings))]
    return []


def _order(settings: dict, path: str) -> list[Fault]:
    pairs = [("healthy", "concerning"), ("high_ratio", "low_ratio"), ("expansion_ceiling_ratio", "expansion_floor_ratio"),
             ("leverage_above_ratio", "structural_below_ratio"), ("strategic", "enterprise"), ("enterprise", "mid_market"),
             ("mid_market", "smb")]
    return [Fault("out of order", path or "the policy", f"{upper} above {lower}", f"{settings[upper]} and {settings[lower]}")
            for upper, lower in pairs
            if isinstance(settings.get(upper), (int, Decimal)) and isinstance(settings.get(lower), (int, Decimal))
            and settings[upper] <= settings[lower]]
