"""How well a customer fits the ideal customer profile: 0-10 over the signals that are known, None where too few are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.attribute_cells import SIGNALS
from cslib.customers import Customer, Signals

BANDS = ("poor", "decent", "strong")
TOP = Decimal(10)


class Fit(NamedTuple):
    """The score, 0-10, and its band, both None where too little is known; `known` counts the signals that are.

    `lowest` and `highest` are what the score becomes once every unknown signal is answered no, or yes.
    """

    score: Optional[Decimal]
    band: Optional[str]
    lowest: Decimal
    highest: Decimal
    known: int


def fits(customers: Iterable[Customer], rules: Mapping) -> dict[Signals, Fit]:
    """The fit of each pattern of signals that occurs among the customers, under the policy `segmentation.icp`."""
    weights = weights_of(rules)
    return {pattern: _fit(pattern, weights, rules) for pattern in {customer.signals for customer in customers}}


def weights_of(rules: Mapping) -> tuple[Decimal, ...]:
    """The policy's weights in the order of SIGNALS."""
    return tuple(Decimal(rules["weights"][signal]) for signal in SIGNALS)


def _fit(pattern: Signals, weights: tuple[Decimal, ...], rules: Mapping) -> Fit:
    whole = sum(weights)
    true = sum(weight for weight, answer in zip(weights, pattern) if answer)
    unknown = sum(weight for weight, answer in zip(weights, pattern) if answer is None)
    known = len(pattern) - pattern.count(None)
    if not whole:
        return Fit(None, None, Decimal(0), TOP, known)
    lowest, highest = TOP * true / whole, TOP * (true + unknown) / whole
    if whole == unknown or whole - unknown < rules["least_known_ratio"] * whole:
        return Fit(None, None, lowest, highest, known)
    score = TOP * true / (whole - unknown)
    band = BANDS[(score >= rules["decent_from"]) + (score >= rules["strong_from"])]
    return Fit(score, band, lowest, highest, known)
