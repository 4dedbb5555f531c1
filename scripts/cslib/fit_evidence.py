"""What a company's own losses say of its ideal customer profile: which signals and bands tell the lost from the kept.

Intervals are nominally 95%, tests two-sided at 5% after Holm over all tests that could be made.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import fit, uncertainty, weighing
from cslib.attribute_cells import SIGNALS
from cslib.customers import UNPAID, Portfolio, Signals
from cslib.fit import BANDS, Fit
from cslib.uncertainty import Interval

ALPHA = 0.05
LEAST_EXPECTED = 5
CAVEATS = ("signals_may_be_recorded_after_the_loss", "signals_overlap", "not_a_cause", "losses_without_a_period")
_NEGLIGIBLE = 1e-30


class Group(NamedTuple):
    """Customers whose end is known, how many of them were lost, and the share with its Wilson interval."""

    customers: int
    lost: int
    loss_ratio: Optional[Decimal]
    interval: Optional[Interval]


class SignalEvidence(NamedTuple):
    """Losses where a signal is true and where it is false; `unknown_customers` are in neither.

    `gap_ratio` is the loss ratio where false less that where true. `finding` is `separates` (lost less often where
    true), `reversed`, `not_told` or `too_few`; the p-values are None where no test was made.
    """

    signal: str
    where_true: Group
    where_false: Group
    unknown_customers: int
    gap_ratio: Optional[Decimal]
    p_value: Optional[float]
    p_adjusted: Optional[float]
    finding: str


class BandEvidence(NamedTuple):
    """The losses of one band of fit."""

    band: str
    customers: int
    lost: int
    loss_ratio: Optional[Decimal]
    interval: Optional[Interval]


class Ordering(NamedTuple):
    """Whether losses fall from band to band; `finding` is `orders`, `reversed`, `not_told` or `too_few`."""

    p_value: Optional[float]
    p_adjusted: Optional[float]
    finding: str


class Evidence(NamedTuple):
    """All of it. `unknown_customers` are those of whom nobody said whether they were lost; they count nowhere else.

    `not_judged` are the customers without a band. `caveats` hold for any finding. Weights in `weights` stand in the
    order of SIGNALS.
    """

    whole: Group
    unknown_customers: int
    signals: tuple[SignalEvidence, ...]
    bands: tuple[BandEvidence, ...]
    not_judged: Group
    ordering: Ordering
    weights: weighing.Weighing
    caveats: tuple[str, ...]


class _Trial(NamedTuple):
    """Losses and customers of groups in their order, and the p-value, None where no test is to be made."""

    lost: tuple[int, ...]
    customers: tuple[int, ...]
    p_value: Optional[float]


def evidence(portfolio: Portfolio, fits: Mapping[Signals, Fit], rules: Mapping, enough: Mapping) -> Optional[Evidence]:
    """The evidence of the customers lost and kept; None where the portfolio does not name some of both.

    `fits` has the patterns of both lists of the portfolio. `rules` and `enough` are the policy's `segmentation.icp` and
    `segmentation.evidence`.
    """
    asked = [one for one in portfolio.customers if one.relationship not in UNPAID]
    kept = [one for one in asked if one.churned is False]
    left = [one for one in portfolio.lost if one.relationship not in UNPAID]
    if not kept or not left:
        return None
    stays, losses = (Counter(one.signals for one in some) for some in (kept, left))
    by_answer = [_tally(stays, losses, {pattern: pattern[place] for pattern in (*stays, *losses)})
                 for place in range(len(SIGNALS))]
    by_band = _tally(stays, losses, {pattern: fits[pattern].band for pattern in (*stays, *losses)})
    trials = [_trial([tally[False], tally[True]], enough) for tally in by_answer]
    trials.append(_trial([by_band[band] for band in BANDS], enough))
    adjusted = iter(uncertainty.holm([trial.p_value for trial in trials if trial.p_value is not None]))
    holm = [None if trial.p_value is None else next(adjusted) for trial in trials]
    complete = ([one for one in some if None not in one.signals] for some in (kept, left))
    return Evidence(
        _group((len(kept) + len(left), len(left))), len(asked) - len(kept),
        tuple(map(_signal, SIGNALS, by_answer, trials, holm)),
        tuple(BandEvidence(band, *_group(by_band[band])) for band in BANDS), _group(by_band[None]),
        Ordering(trials[-1].p_value, holm[-1], _finding(trials[-1], holm[-1], "orders")),
        weighing.weighed(*complete, fit.weights_of(rules), math.ceil(enough["losses_per_signal"] * len(SIGNALS))),
        CAVEATS)


def _tally(stays: Mapping[Signals, int], losses: Mapping[Signals, int], keys: Mapping) -> dict:
    """Customers and losses by what `keys` says of a pattern."""
    found: dict = {key: [0, 0] for key in (True, False, None, *BANDS)}
    for pattern, key in keys.items():
        found[key][0] += stays.get(pattern, 0) + losses.get(pattern, 0)
        found[key][1] += losses.get(pattern, 0)
    return {key: (customers, lost) for key, (customers, lost) in found.items()}


def _group(tally: tuple[int, int]) -> Group:
    customers, lost = tally
    return Group(customers, lost, Decimal(lost) / customers if customers else None,
                 uncertainty.wilson(lost, customers))


def _signal(signal: str, tally: Mapping, trial: _Trial, adjusted: Optional[float]) -> SignalEvidence:
    true, false = _group(tally[True]), _group(tally[False])
    gap = false.loss_ratio - true.loss_ratio if true.customers and false.customers else None
    return SignalEvidence(signal, true, false, tally[None][0], gap, trial.p_value, adjusted,
                          _finding(trial, adjusted, "separates"))


def _trial(groups: Sequence[tuple[int, int]], enough: Mapping) -> _Trial:
    """The test of groups in their order; none unless two of them are large enough and the losses are many enough."""
    customers, lost = zip(*groups)
    large = sum(size >= enough["least_group"] for size in customers)
    tested = large > 1 and sum(lost) >= enough["least_losses"]
    return _Trial(lost, customers, trend_p_value(lost, customers) if tested else None)


def _finding(trial: _Trial, adjusted: Optional[float], falling: str) -> str:
    if adjusted is None:
        return "too_few"
    if adjusted >= ALPHA:
        return "not_told"
    return falling if _distance(_score(trial.lost), trial.lost, trial.customers) < 0 else "reversed"


def trend_p_value(lost: Sequence[int], customers: Sequence[int]) -> Optional[float]:
    """The p-value of a trend in losses over groups in their order (of a difference, over two); None if nothing varies.

    Cochran-Armitage; over two groups that is the N - 1 chi-squared test (Campbell 2007). Where a group would lose or
    keep fewer than LEAST_EXPECTED without a trend, it is exact given the margins (as Fisher's test is, with the
    outcomes ranked by their distance from the mean): the normal p-value is then far too small.
    """
    found = uncertainty.cochran_armitage(lost, customers)
    total, all_lost = sum(customers), sum(lost)
    rarest = min(all_lost, total - all_lost) * min(filter(None, customers), default=0)
    if found is None or rarest >= LEAST_EXPECTED * total:
        return found and found[1]
    places = sorted((place for place, size in enumerate(customers) if size), key=lambda place: customers[place])
    seen = abs(_distance(_score(lost), lost, customers))
    return min(1.0, math.fsum(
        share for score, share in _scores([(place, customers[place]) for place in places], all_lost)
        if abs(_distance(score, lost, customers)) >= seen))


def _score(lost: Sequence[int]) -> int:
    return sum(place * count for place, count in enumerate(lost))


def _distance(score: int, lost: Sequence[int], customers: Sequence[int]) -> int:
    """How far a score of the losses lies from its mean under no trend, times all customers."""
    return score * sum(customers) - sum(lost) * _score(customers)


def _scores(groups: Sequence[tuple[int, int]], losses: int) -> Iterator[tuple[int, float]]:
    """The scores that so many losses can have over groups of (place, size), with shares of probability."""
    (place, size), rest = groups[0], groups[1:]
    if not rest:
        yield place * losses, 1.0
        return
    for here, share in drawn(size, sum(size for _, size in rest), losses):
        for score, more in _scores(rest, losses - here):
            yield place * here + score, share * more


def drawn(inside: int, outside: int, draws: int) -> list[tuple[int, float]]:
    """The hypergeometric distribution of how many of the draws fall inside, as far as it is not NEGLIGIBLE."""
    middle = (draws + 1) * (inside + 1) // (inside + outside + 2)
    weights = {middle: 1.0}
    count, weight = middle, 1.0
    while weight > _NEGLIGIBLE:
        weight *= (inside - count) * (draws - count) / ((count + 1) * (outside - draws + count + 1))
        count += 1
        weights[count] = weight
    count, weight = middle, 1.0
    while weight > _NEGLIGIBLE:
        weight *= count * (outside - draws + count) / ((inside - count + 1) * (draws - count + 1))
        count -= 1
        weights[count] = weight
    whole = math.fsum(weights.values())
    return [(count, weight / whole) for count, weight in sorted(weights.items()) if weight]
