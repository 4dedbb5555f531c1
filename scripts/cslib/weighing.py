"""Fit weights learnt from a company's own losses: shrunk towards the weights in use, and judged on customers held out.

The model is a logistic regression of being kept on the seven signals (1 yes, 0 no) with a normal prior. A signal's
log-odds ratio is expected at a common slope times its weight in use, with PRIOR_DEVIATION around it: at 95% within 1.
The intercept and the slope are left nearly free, with FREE_DEVIATION around zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter, mul
from typing import NamedTuple, Optional

from cslib.customers import Customer

PRIOR_DEVIATION = 0.5
FREE_DEVIATION = 10.0
FOLDS = 5
SURE = 1.645
_STEPS = 100
_SMALL = 1e-10

Matrix = list[list[float]]


class Row(NamedTuple):
    """Customers who are alike: what the model knows of each (1 first, for the intercept), and how many stayed and left.
    """

    values: tuple[float, ...]
    kept: int
    lost: int


class Weighing(NamedTuple):
    """The outcome; `finding` is `too_few_losses`, `no_better` or `proposed`. Weights sum to 10, in the order given.

    `customers` and `losses` are those of whom all signals are known. A log-loss is the mean over customers held out, in
    nats; `gain` is how much lower the learnt weights' is, with its standard error. All four are None with too few
    losses.
    """

    finding: str
    customers: int
    losses: int
    losses_needed: int
    current: Optional[tuple[Decimal, ...]]
    proposed: Optional[tuple[Decimal, ...]]
    current_log_loss: Optional[float]
    proposed_log_loss: Optional[float]
    gain: Optional[float]
    gain_standard_error: Optional[float]


def weighed(kept: Sequence[Customer], lost: Sequence[Customer], weights: Sequence[Decimal],
            losses_needed: int) -> Weighing:
    """Whether learnt weights foretell losses better than those in use, on customers that neither was fitted to.

    All signals of the customers are known. Each fifth of them, by rank of id among the kept and among the lost, is
    foretold from the other four. The learnt weights count as clipped at zero and rounded, as they would be used, and
    both get a level and a slope (never below zero) of their own. They are proposed when the gain is above SURE standard
    errors of it, one-sided 5%, and as many were kept as losses are needed: on fewer the error says nothing. It takes a
    loss in every fold at least.
    """
    whole = sum(weights)
    current = tuple(10 * weight / whole for weight in weights) if whole else None
    losses_needed = max(losses_needed, FOLDS)
    if len(lost) < losses_needed:
        return Weighing("too_few_losses", len(kept) + len(lost), len(lost), losses_needed, current, *[None] * 5)
    folds = _folds(kept, lost)
    before, after, gain, error = _held_out(folds, weights, current or weights)
    learnt = proposal(_pooled(folds), weights)
    better = learnt is not None and learnt != current and len(kept) >= losses_needed and gain > SURE * error
    return Weighing("proposed" if better else "no_better", len(kept) + len(lost), len(lost), losses_needed, current,
                    learnt if better else None, before, after, gain, error)


def _held_out(folds: Sequence[Sequence[Row]], weights: Sequence[Decimal],
              current: Sequence[Decimal]) -> tuple[float, float, float, float]:
    """The log-losses of the current and of the learnt weights, the gain, and its standard error."""
    sums, customers = [0.0, 0.0, 0.0, 0.0], 0
    for place, rows in enumerate(folds):
        training = _pooled([*folds[:place], *folds[place + 1:]])
        learnt = proposal(training, weights) or current
        for row, now, then in zip(rows, foretold(training, rows, current), foretold(training, rows, learnt)):
            for count, before, after in ((row.kept, now[0], then[0]), (row.lost, now[1], then[1])):
                customers += count
                gain = before - after
                for term, value in enumerate((before, after, gain, gain * gain)):
                    sums[term] += count * value
    before, after, gain, square = (total / customers for total in sums)
    return before, after, gain, math.sqrt(max(square - gain * gain, 0.0) / (customers - 1))


def _folds(kept: Sequence[Customer], lost: Sequence[Customer]) -> list[list[Row]]:
    """For each fold the same rows, one a pattern, with its customers counted."""
    by_fold = []
    for members in (kept, lost):
        ranked = sorted(members, key=attrgetter("id"))
        by_fold.append([Counter(one.signals for one in ranked[fold::FOLDS]) for fold in range(FOLDS)])
    patterns = sorted(set().union(*by_fold[0], *by_fold[1]))
    return [[Row((1.0, *map(float, pattern)), stays[pattern], losses[pattern]) for pattern in patterns]
            for stays, losses in zip(*by_fold)]


def _pooled(folds: Sequence[Sequence[Row]]) -> list[Row]:
    return [Row(alike[0].values, sum(row.kept for row in alike), sum(row.lost for row in alike))
            for alike in zip(*folds)]


def proposal(rows: Sequence[Row], weights: Sequence[Decimal]) -> Optional[tuple[Decimal, ...]]:
    """The weights that the rows teach: never below zero, in tenths, summing to 10; None when no signal keeps customers.
    """
    found = [max(0.0, coefficient) for coefficient in most_likely(rows, prior_precision(weights))[1:]]
    whole = math.fsum(found)
    if whole < _SMALL:
        return None
    tenths = [round(100 * coefficient / whole, 9) for coefficient in found]
    rounded = list(map(math.floor, tenths))
    for place in sorted(range(len(tenths)), key=lambda place: rounded[place] - tenths[place])[:100 - sum(rounded)]:
        rounded[place] += 1
    return tuple(Decimal(tenth) / 10 for tenth in rounded)


def foretold(training: Sequence[Row], rows: Sequence[Row], weights: Sequence[Decimal]) -> list[tuple[float, float]]:
    """For each row the log-loss in nats of one customer kept, and of one lost, from a level and a slope of the score.

    The slope is zero where the training rows would have it below: a score says that more is better.
    """
    def score(row: Row) -> float:
        return math.fsum(float(weight) * value for weight, value in zip(weights, row.values[1:])) / 10

    counts: dict[float, list[int]] = {}
    for row in training:
        counted = counts.setdefault(score(row), [0, 0])
        counted[0] += row.kept
        counted[1] += row.lost
    free = FREE_DEVIATION ** -2
    level, slope = most_likely([Row((1.0, at), *counted) for at, counted in counts.items()], [[free, 0.0], [0.0, free]])
    if slope < 0:
        level, slope = *most_likely([Row((1.0,), *counted) for counted in counts.values()], [[free]]), 0.0
    odds = [level + slope * score(row) for row in rows]
    return [(_softplus(-odd), _softplus(odd)) for odd in odds]


def prior_precision(weights: Sequence[Decimal]) -> Matrix:
    """The precision of the prior of intercept and coefficients: free along the weights in use, tight across them."""
    length = math.sqrt(math.fsum(float(weight) ** 2 for weight in weights))
    along = [float(weight) / length if length else 0.0 for weight in weights]
    tight, free = PRIOR_DEVIATION ** -2, FREE_DEVIATION ** -2
    return [[free] + [0.0] * len(along)] + [
        [0.0] + [tight * (row == column) - (tight - free) * along[row] * along[column] for column in range(len(along))]
        for row in range(len(along))]


def most_likely(rows: Sequence[Row], precision: Matrix) -> list[float]:
    """The coefficients at which the posterior of being kept is largest, by Newton's method with halved steps."""
    at = [0.0] * len(precision)
    at[0] = math.log((sum(row.kept for row in rows) + 1) / (sum(row.lost for row in rows) + 1))
    height = _log_posterior(rows, precision, at)
    for _ in range(_STEPS):
        slope, bend = _slope_and_bend(rows, precision, at)
        step = solved(bend, slope)
        if max(map(abs, step)) < _SMALL:
            break
        for halving in range(_STEPS):
            there = [now + move / 2 ** halving for now, move in zip(at, step)]
            risen = _log_posterior(rows, precision, there)
            if risen >= height:
                break
        else:
            break
        at, height = there, risen
    return at


def _log_posterior(rows: Sequence[Row], precision: Matrix, at: Sequence[float]) -> float:
    terms = []
    for row in rows:
        odds = _product(row.values, at)
        terms.append(-row.kept * _softplus(-odds) - row.lost * _softplus(odds))
    return math.fsum(terms) - _product(at, [_product(line, at) for line in precision]) / 2


def _slope_and_bend(rows: Sequence[Row], precision: Matrix, at: Sequence[float]) -> tuple[list[float], Matrix]:
    """The gradient of the log posterior, and minus its second derivatives, on and below the diagonal."""
    size = range(len(at))
    slope, bend = [-_product(line, at) for line in precision], [list(line) for line in precision]
    for values, kept, lost in rows:
        odds = _product(values, at)
        stays = math.exp(-_softplus(-odds))
        surplus, spread = kept - (kept + lost) * stays, (kept + lost) * stays * (1 - stays)
        known = [place for place in size if values[place]]
        for row in known:
            slope[row] += surplus * values[row]
            line, scaled = bend[row], spread * values[row]
            for column in known:
                if column > row:
                    break
                line[column] += scaled * values[column]
    return slope, bend


def solved(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    """The x at which matrix x = vector, by Cholesky's factors.

    Of the symmetric, positive definite matrix the half on and below the diagonal is read.
    """
    size = range(len(vector))
    lower = [[0.0] * len(vector) for _ in size]
    for row in size:
        for column in range(row + 1):
            rest = matrix[row][column] - _product(lower[row][:column], lower[column][:column])
            lower[row][column] = math.sqrt(rest) if row == column else rest / lower[column][column]
    found = list(vector)
    for row in size:
        found[row] = (found[row] - _product(lower[row][:row], found[:row])) / lower[row][row]
    for row in reversed(size):
        below = math.fsum(lower[later][row] * found[later] for later in range(row + 1, len(found)))
        found[row] = (found[row] - below) / lower[row][row]
    return found


def _product(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(map(mul, left, right))


def _softplus(value: float) -> float:
    """log(1 + exp(value)) without overflow."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))
