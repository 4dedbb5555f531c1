"""What a company may choose: thresholds, floors and assumptions. Defaults in policy.json, the user's over them."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

from cslib import schema, source
from cslib.policy_checks import contradictions
from cslib.refusal import Fault, Refusal

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
    """The default policy, or the user's file over it. Refused: what its schema does not know, bands out of order."""
    defaults = source.own("policy.json")
    if path is None:
        return Policy(defaults, frozenset())
    own = source.document(path)
    try:
        schema.check(own, "policy", path)
    except Refusal as refusal:
        raise Refusal(path, [_placed(fault, defaults) for fault in refusal.faults]) from refusal
    merged = _merged(defaults, own)
    faults = contradictions(merged)
    if faults:
        raise Refusal(path, faults)
    return Policy(merged, frozenset(_leaves(own, "")))


def _placed(fault: Fault, defaults: dict) -> Fault:
    """The fault, and for a key that is known elsewhere in the policy where that is."""
    if fault.kind != "unknown key":
        return fault
    home = next((path for path in _paths(defaults, "") if path.rpartition(".")[2] == fault.got.strip('"')), None)
    return fault if home is None else fault._replace(hint=f"{home} is a key: write it within its groups")


def _paths(value: Any, path: str) -> list[str]:
    """The dotted keys of groups and values."""
    if not isinstance(value, dict):
        return []
    keys = {key: f"{path}.{key}".strip(".") for key in value}
    return [*keys.values(), *(inner for key, part in value.items() for inner in _paths(part, keys[key]))]


def _merged(default: Any, own: Any) -> Any:
    if not isinstance(default, dict):
        return own
    return {key: _merged(value, own[key]) if key in own else value for key, value in default.items()}


def _leaves(value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [path]
    return [leaf for key, part in value.items() for leaf in _leaves(part, f"{path}.{key}".strip("."))]
