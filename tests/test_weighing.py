"""Learnt weights: laws, the model held to scipy and statsmodels, and simulated books whose truth is known."""

from __future__ import annotations

import itertools
import math
import random
from decimal import Decimal as D

import pytest

from cslib import fit, policy, weighing
from cslib.weighing import Row
from test_fit_evidence import BOOKS, book, evidence

WEIGHTS = fit.weights_of(policy.read(None).settings["segmentation"]["icp"])
NEEDED = 70
PATTERNS = list(itertools.product((0.0, 1.0), repeat=7))
TWO_MATTER = (0, 0, 0, 1.2, 0, 1.2, 0)
AS_WEIGHED = (0.6, 0.45, 0.6, 0.45, 0.3, 0.3, 0.3)


def weighed(made, weights=WEIGHTS, needed=NEEDED) -> weighing.Weighing:
    return weighing.weighed(made.customers, made.lost, weights, needed)


def rows(seed: int, patterns: int = 40) -> list[Row]:
    rng = random.Random(seed)
    return [Row((1.0, *pattern), rng.randrange(60), rng.randrange(12)) for pattern in rng.sample(PATTERNS, patterns)]


def log_posterior(numpy, made: list[Row], precision):
    """The same posterior written with numpy: minus its logarithm at given coefficients."""
    values = numpy.array([row.values for row in made])
    kept, lost = (numpy.array([getattr(row, name) for row in made]) for name in ("kept", "lost"))
    prior = numpy.array(precision)

    def minus(at):
        odds = values @ at
        return (kept * numpy.logaddexp(0, -odds) + lost * numpy.logaddexp(0, odds)).sum() + at @ prior @ at / 2

    def slope(at):
        return -(values.T @ (kept - (kept + lost) / (1 + numpy.exp(-(values @ at))))) + prior @ at

    return minus, slope


def theirs(made: list[Row], precision) -> list[float]:
    numpy, optimize = pytest.importorskip("numpy"), pytest.importorskip("scipy.optimize")
    minus, slope = log_posterior(numpy, made, precision)
    return list(optimize.minimize(minus, numpy.zeros(len(precision)), jac=slope, method="BFGS",
                                  options={"gtol": 1e-9, "maxiter": 10_000}).x)


@pytest.mark.parametrize("seed", range(10))
def test_the_coefficients_are_those_of_scipys_optimiser_on_the_same_posterior(seed):
    precision = weighing.prior_precision(WEIGHTS)
    assert weighing.most_likely(rows(seed), precision) == pytest.approx(theirs(rows(seed), precision), abs=1e-6)


def test_with_hardly_any_prior_the_coefficients_are_statsmodels_logistic_regression():
    numpy, models = pytest.importorskip("numpy"), pytest.importorskip("statsmodels.api")
    made = [row for row in rows(3, 100) if row.kept + row.lost]
    found = weighing.most_likely(made, [[1e-9 * (row == column) for column in range(8)] for row in range(8)])
    model = models.GLM(numpy.array([[row.kept, row.lost] for row in made]),
                       numpy.array([row.values for row in made]), family=models.families.Binomial())
    assert found == pytest.approx(list(model.fit(tol=1e-12).params), abs=1e-6)


def test_a_signal_that_parts_the_lost_from_the_kept_wholly_has_a_finite_coefficient():
    made = [Row((1.0, 1.0, *[0.0] * 6), 400, 0), Row((1.0, 0.0, *[0.0] * 6), 0, 400)]
    found = weighing.most_likely(made, weighing.prior_precision(WEIGHTS))
    assert found == pytest.approx(theirs(made, weighing.prior_precision(WEIGHTS)), abs=1e-5)
    assert 2 < found[1] < 20


def test_linear_equations_are_solved_as_numpy_solves_them():
    numpy = pytest.importorskip("numpy")
    for seed in range(10):
        rng = numpy.random.default_rng(seed)
        square = rng.normal(size=(8, 8))
        matrix, vector = square @ square.T + 0.1 * numpy.eye(8), rng.normal(size=8)
        lower = numpy.tril(matrix).tolist()
        assert weighing.solved(lower, vector.tolist()) == pytest.approx(list(numpy.linalg.solve(matrix, vector)))


def test_the_prior_is_free_along_the_weights_and_tight_across_them():
    numpy = pytest.importorskip("numpy")
    spread = numpy.linalg.inv(numpy.array(weighing.prior_precision(WEIGHTS)))
    along = numpy.array([0.0, *map(float, WEIGHTS)])
    along /= math.sqrt(along @ along)
    across = numpy.array([0.0, 1.5, -2.0, *[0.0] * 5]) / 2.5
    assert along @ spread @ along == pytest.approx(weighing.FREE_DEVIATION ** 2)
    assert across @ spread @ across == pytest.approx(weighing.PRIOR_DEVIATION ** 2)
    assert along @ spread @ across == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_proposed_weights_are_tenths_not_below_zero_and_sum_to_ten(seed):
    found = weighing.proposal(rows(seed), WEIGHTS)
    assert sum(found) == 10
    assert all(weight >= 0 and weight * 10 == int(weight * 10) for weight in found)


@pytest.mark.parametrize("factor", [D(3), D("0.01"), D("0.7")])
def test_scaling_the_weights_in_use_changes_nothing(factor):
    made = book(2, 1500, -0.8, TWO_MATTER, 0.0)
    scaled = weighed(made, [weight * factor for weight in WEIGHTS])
    for one, other in zip(scaled[4:], weighed(made)[4:]):
        assert one == pytest.approx(other)


def test_few_losses_leave_the_weights_near_those_in_use_and_many_follow_the_truth():
    truth = (0.0, 0.9, 0.0, 0.9, 0.0, 0.0, 1.2)
    distances = []
    for size in (1, 10, 1000, 100_000):
        kept = [1 / (1 + math.exp(-1 - math.fsum(map(lambda a, b: a * b, truth, pattern)))) for pattern in PATTERNS]
        made = [Row((1.0, *pattern), round(1000 * size * share), round(1000 * size * (1 - share)))
                for pattern, share in zip(PATTERNS, kept)]
        found = weighing.proposal([row._replace(kept=row.kept / 1000, lost=row.lost / 1000) for row in made], WEIGHTS)
        distances.append(max(abs(float(weight) - 10 * part / 3) for weight, part in zip(found, truth)))
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 0.5
    assert distances[-1] <= 0.1


def test_losses_that_follow_the_weights_in_use_teach_the_weights_in_use():
    made = []
    for pattern in PATTERNS:
        score = math.fsum(float(weight) * answer for weight, answer in zip(WEIGHTS, pattern))
        stays = 1 / (1 + math.exp(-score * 0.3))
        made.append(Row((1.0, *pattern), round(1e6 * stays), round(1e6 * (1 - stays))))
    assert weighing.proposal(made, WEIGHTS) == WEIGHTS


def test_signals_of_which_none_keeps_customers_teach_no_weights():
    made = [Row((1.0, *pattern), 20, 10 + 300 * int(sum(pattern))) for pattern in PATTERNS]
    assert weighing.proposal(made, WEIGHTS) is None


def test_a_score_that_points_the_wrong_way_foretells_the_same_of_everybody():
    made = [Row((1.0, *pattern), 50, 5 + 9 * int(sum(pattern))) for pattern in PATTERNS]
    found = set(weighing.foretold(made, made, WEIGHTS))
    kept, lost = sum(row.kept for row in made), sum(row.lost for row in made)
    assert len(found) == 1
    assert found.pop() == pytest.approx((-math.log(kept / (kept + lost)), -math.log(lost / (kept + lost))), abs=1e-5)


@pytest.mark.parametrize("seed, effects", [(1, TWO_MATTER), (2, AS_WEIGHED), (3, (-1, 0.5, 0.5, 0.5, 0, 0, 0))])
def test_the_held_out_log_losses_are_those_of_a_plain_loop_over_customers(seed, effects):
    """Every customer by itself, each fold fitted by scipy."""
    made, terms = book(seed, 900, -0.6, effects, 0.0), []
    ranked = [(rank % 5, one) for some in (made.customers, made.lost)
              for rank, one in enumerate(sorted(some, key=lambda one: one.id))]

    def scored(weights, one) -> float:
        return math.fsum(float(weight) for weight, answer in zip(weights, one.signals) if answer) / 10

    for held_out in range(5):
        training = [one for fold, one in ranked if fold != held_out]
        alone = [Row((1.0, *map(float, one.signals)), int(not one.churned), int(one.churned)) for one in training]
        learnt = theirs(alone, weighing.prior_precision(WEIGHTS))[1:]
        positive = [max(0.0, part) for part in learnt]
        exactly = [10 * part / sum(positive) for part in positive]
        for weights in (WEIGHTS, weighing.proposal(alone, WEIGHTS)):
            assert weights == WEIGHTS or max(abs(float(a) - b) for a, b in zip(weights, exactly)) < 0.1
            level, slope = theirs([Row((1.0, scored(weights, one)), int(not one.churned), int(one.churned))
                                   for one in training], [[0.01, 0], [0, 0.01]])
            if slope < 0:
                kept = sum(not one.churned for one in training)
                level, slope = theirs([Row((1.0,), kept, len(training) - kept)], [[0.01]])[0], 0.0
            stays = {one.id: 1 / (1 + math.exp(-level - slope * scored(weights, one)))
                     for fold, one in ranked if fold == held_out}
            terms += [(one.id, -math.log(1 - stays[one.id] if one.churned else stays[one.id]))
                      for fold, one in ranked if fold == held_out]
    found = weighed(made)
    by_customer: dict[str, list[float]] = {}
    for key, term in terms:
        by_customer.setdefault(key, []).append(term)
    gains = [before - after for before, after in by_customer.values()]
    mean = math.fsum(gains) / 900
    spread = math.fsum((gain - mean) ** 2 for gain in gains) / 899
    assert found.current_log_loss == pytest.approx(math.fsum(a for a, _ in by_customer.values()) / 900, abs=1e-6)
    assert found.proposed_log_loss == pytest.approx(math.fsum(b for _, b in by_customer.values()) / 900, abs=1e-6)
    assert found.gain == pytest.approx(mean, abs=1e-6)
    assert found.gain_standard_error == pytest.approx(math.sqrt(spread / 900), abs=1e-6)


def test_weights_are_proposed_where_other_signals_matter_and_they_favour_those():
    for seed in range(6):
        found = weighed(book(seed, 3000, -0.8, TWO_MATTER, 0.0))
        assert found.finding == "proposed"
        assert min(found.proposed[3], found.proposed[5]) > 2 * max(
            weight for place, weight in enumerate(found.proposed) if place not in (3, 5))
        assert found.gain == pytest.approx(found.current_log_loss - found.proposed_log_loss)
        assert found.gain > weighing.SURE * found.gain_standard_error


@pytest.mark.parametrize("effects", [AS_WEIGHED, (0,) * 7])
def test_weights_are_seldom_proposed_where_those_in_use_are_right_or_nothing_matters(effects):
    found = [weighed(book(seed, 1000, -0.8 if any(effects) else -1.7, effects, 0.0)) for seed in range(25)]
    assert {one.finding for one in found} <= {"no_better", "proposed"}
    assert sum(one.finding == "proposed" for one in found) <= 1
    assert all(one.proposed is None for one in found if one.finding == "no_better")


def test_nothing_is_learnt_below_the_losses_needed():
    made = book(4, 1500, -1.5, TWO_MATTER, 0.0)
    for losses, finding in ((NEEDED - 1, "too_few_losses"), (NEEDED, "no_better"), (NEEDED + 1, "no_better")):
        found = weighed(made._replace(lost=made.lost[:losses], customers=made.customers[:400]), WEIGHTS, NEEDED)
        assert (found.finding == "too_few_losses") == (finding == "too_few_losses")
        assert found[1:4] == (400 + losses, losses, NEEDED)
        assert (found.gain is None) == (finding == "too_few_losses")


def test_only_customers_of_whom_every_signal_is_known_teach_weights():
    for made in BOOKS:
        known = [one for one in made.customers + made.lost if None not in one.signals]
        found = evidence(made).weights
        assert (found.customers, found.losses) == (len(known), sum(one.churned for one in known))
        assert found.losses_needed == NEEDED


def test_weights_of_nothing_are_no_weights_in_use():
    assert weighed(book(1, 1500, -0.8, TWO_MATTER, 0.0), [D(0)] * 7).current is None


def test_a_policy_that_asks_for_no_losses_still_needs_one_in_every_fold():
    made = book(4, 300, -1.5, TWO_MATTER, 0.0)
    for losses in range(1, 8):
        found = weighed(made._replace(lost=made.lost[:losses]), WEIGHTS, 0)
        assert (found.finding == "too_few_losses") == (losses < 5)
        assert found.losses_needed == 5


def test_weights_are_not_changed_on_the_word_of_a_few_kept():
    made = book(1, 3000, -0.8, TWO_MATTER, 0.0)
    assert weighed(made._replace(customers=made.customers[:NEEDED * 6])).finding == "proposed"
    for kept in (0, 1, 5, NEEDED - 1):
        for losses in (NEEDED, 200, len(made.lost)):
            found = weighed(made._replace(customers=made.customers[:kept], lost=made.lost[:losses]))
            assert (found.finding, found.proposed) == ("no_better", None)


def test_few_kept_change_no_weights_even_where_they_are_foretold_better():
    made = book(1, 1000, 5.5, (0, 0, 0, 2.5, 0, 2, 0), 0.0)
    found = weighed(made)
    assert 20 < len(made.customers) < NEEDED < len(made.lost)
    assert found.gain > weighing.SURE * found.gain_standard_error
    assert found.finding == "no_better"
    assert weighed(made, WEIGHTS, 10).finding == "proposed"
