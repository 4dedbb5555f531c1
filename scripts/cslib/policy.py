"""What a company may choose: thresholds, floors and assumptions. Defaults in policy.json, the user's over them."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

from cslib import schema, source
from cslib.refusal import Fault, Refusal

STAGES = ("seed", "series_a", "series_b", "growth", "late")
STAGE_GROUPS = {"seed": "early", "series_a": "early", "series_b": "growth", "growth": "growth", "late": "scale"}
_UPPER_AND_LOWER = (("healthy", "concerning"), ("high_ratio", "low_ratio"),
                    ("expansion_ceiling_ratio", "expansion_floor_ratio"),
                    ("leverage_above_ratio", "structural_below_ratio"), ("strategic", "enterprise"),
                    ("enterprise", "mid_market"), ("mid_market", "smb"), ("high_touch", "low_touch"),
                    ("low_touch", "tech_touch"), ("strong_from", "decent_from"), ("investment_high", "investment_low"),
                    ("cost_high_ratio", "cost_low_ratio"), ("customers_high_ratio", "customers_low_ratio"),
                    ("arr_high_ratio", "arr_low_ratio"), ("notice_from_days", "notice_by_days"),
                    ("critical_above_ratio", "concerning_above_ratio"))


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
    schema.check(own, "policy", path)
    merged = _merged(defaults, own)
    faults = [*_out_of_order(merged, ""), *_not_a_whole(merged["segmentation"])]
    if faults:
        raise Refusal(path, faults)
    return Policy(merged, frozenset(_leaves(own, "")))


def _not_a_whole(rules: dict) -> list[Fault]:
    """Shares of one whole that exceed it, and weights that weigh nothing."""
    shares, weights = sum(rules["percentile_shares"].values()), rules["score_weights"]
    found = [Fault("more than all", "segmentation.percentile_shares", "shares that sum to 1 at most", str(shares),
                   "the last tier takes the rest")] if shares > 1 else []
    if not any(weights.values()):
        found.append(Fault("no weight", "segmentation.score_weights", "a weight above 0", "all 0"))
    return found


def _merged(default: Any, own: Any) -> Any:
    if not isinstance(default, dict):
        return own
    return {key: _merged(value, own[key]) if key in own else value for key, value in default.items()}


def _leaves(value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [path]
    return [leaf for key, part in value.items() for leaf in _leaves(part, f"{path}.{key}".strip("."))]


def _out_of_order(settings: dict, path: str) -> list[Fault]:
    found = [Fault("out of order", path or "the policy", f"{upper} above {lower}",
                   f"{settings[upper]} and {settings[lower]}")
             for upper, lower in _UPPER_AND_LOWER
             if upper in settings and lower in settings and not isinstance(settings[upper], dict)
             and settings[upper] <= settings[lower]]
    inner = [(key, part) for key, part in settings.items() if isinstance(part, dict)]
    return found + [fault for key, part in inner for fault in _out_of_order(part, f"{path}.{key}".strip("."))]
