"""What losses say of the profile: laws over simulated books, the tests held to scipy and statsmodels, hand examples."""

from __future__ import annotations

import itertools
import math
import random
from decimal import Decimal as D

import pytest

from cslib import fit_evidence, policy, uncertainty
from cslib.attribute_cells import SIGNALS
from cslib.customers import Customer, Portfolio
from cslib.fit import BANDS, fits

SETTINGS = policy.read(None).settings["segmentation"]
RULES, ENOUGH = SETTINGS["icp"], SETTINGS["evidence"]
NOBODY = Customer(*[None] * len(Customer._fields))
SHARES = (0.6, 0.6, 0.5, 0.5, 0.2, 0.3, 0.5)
NOISE = (0.0,) * 7


def customer(number: int, signals: tuple, churned) -> Customer:
    return NOBODY._replace(id=f"C{number * 7919 % 100_003:06d}", arr=D(1000), signals=signals, churned=churned)


def portfolio(customers: list) -> Portfolio:
    nothing = Portfolio(*[None] * len(Portfolio._fields))
    return nothing._replace(customers=[one for one in customers if not one.churned],
                            lost=[one for one in customers if one.churned])


def book(seed: int, customers: int, log_odds: float, effects=NOISE, unknown: float = 0.05, shares=SHARES) -> Portfolio:
    """Customers whose odds of being lost fall by exp(effect) with each true signal."""
    rng, made = random.Random(seed), []
    for number in range(customers):
        true = [rng.random() < share for share in shares]
        odds = log_odds - math.fsum(effect for effect, answer in zip(effects, true) if answer)
        signals = tuple(None if rng.random() < unknown else answer for answer in true)
        made.append(customer(number, signals, rng.random() < 1 / (1 + math.exp(-odds))))
    return portfolio(made)


def evidence(book: Portfolio, enough=ENOUGH, rules=RULES):
    return fit_evidence.evidence(book, fits(book.customers + book.lost, rules), rules, enough)


def findings_of(found) -> list:
    return [*found.signals, found.ordering]


BOOKS = [book(seed, 400, -1.2, (1.2, 0, 0, -0.8, 0, 0, 0), 0.2) for seed in range(12)]


@pytest.mark.parametrize("number", range(3))
def test_shuffling_the_customers_changes_nothing(number):
    made, rng = book(number, 900, -0.5, (1.2, 0, 0, 0, 0, 1, 0), 0.0), random.Random(number)
    shuffled = made._replace(customers=rng.sample(made.customers, len(made.customers)),
                             lost=rng.sample(made.lost, len(made.lost)))
    assert evidence(made).weights.finding != "too_few_losses"
    assert evidence(shuffled) == evidence(made)


def test_every_customer_and_every_loss_is_counted_once_by_each_signal_and_by_the_bands():
    for made in BOOKS:
        found = evidence(made)
        assert found.whole.customers == len(made.customers) + len(made.lost)
        assert found.whole.lost == len(made.lost)
        for place, one in enumerate(found.signals):
            unknown = [who.churned for who in made.customers + made.lost if who.signals[place] is None]
            assert one.unknown_customers == len(unknown)
            assert one.where_true.customers + one.where_false.customers + len(unknown) == found.whole.customers
            assert one.where_true.lost + one.where_false.lost + sum(unknown) == found.whole.lost
        assert sum(band.customers for band in found.bands) + found.not_judged.customers == found.whole.customers
        assert sum(band.lost for band in found.bands) + found.not_judged.lost == found.whole.lost


def test_a_signal_answered_the_other_way_round_mirrors_what_is_found():
    for made in BOOKS:
        turned = portfolio([one._replace(signals=(not one.signals[0] if one.signals[0] is not None else None,
                                                  *one.signals[1:])) for one in made.customers + made.lost])
        before, after = evidence(made).signals[0], evidence(turned).signals[0]
        assert (after.where_true, after.where_false) == (before.where_false, before.where_true)
        assert after.p_value == pytest.approx(before.p_value, rel=1e-9)
        assert after.gap_ratio == -before.gap_ratio


def test_the_adjusted_p_values_are_holms_over_all_tests_made():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    for made in BOOKS:
        made = findings_of(evidence(made))
        known = [one for one in made if one.p_value is not None]
        theirs = multitest.multipletests([one.p_value for one in known], method="holm")[1]
        assert [one.p_adjusted for one in known] == pytest.approx(list(theirs))
        assert all(one.finding == "too_few" and one.p_adjusted is None for one in made if one.p_value is None)


def test_planted_signals_are_found_with_their_direction():
    found = [evidence(book(seed, 1200, -1.2, (1.2, 0, 0, -1.2, 0, 0, 0))) for seed in range(20)]
    assert all(one.signals[0].finding == "separates" and one.signals[0].gap_ratio > 0 for one in found)
    assert all(one.signals[3].finding == "reversed" and one.signals[3].gap_ratio < 0 for one in found)


@pytest.mark.parametrize("customers, log_odds, shares", [
    (300, -2.0, SHARES), (1200, -2.9, (0.97, 0.98, 0.03, 0.02, 0.02, 0.5, 0.9))])
def test_noise_is_claimed_in_at_most_one_book_in_twenty(customers, log_odds, shares):
    claims = sum(any(one.finding in ("separates", "reversed", "orders")
                     for one in findings_of(evidence(book(seed, customers, log_odds, shares=shares))))
                 for seed in range(200))
    assert claims <= 10


def test_a_true_signal_beside_them_does_not_make_noise_a_finding():
    claims = 0
    for seed in range(200):
        found = evidence(book(seed, 400, -0.8, (1.5, *NOISE[1:])))
        claims += any(one.finding in ("separates", "reversed") for one in found.signals[1:])
    assert claims <= 10


def test_losses_that_follow_the_score_are_ordered_by_band_and_turned_weights_reverse_it():
    for seed in range(5):
        made = book(seed, 1500, 0.5, (0.8, 0.6, 0.8, 0.6, 0.4, 0.4, 0.4))
        assert evidence(made).ordering.finding == "orders"
        turned = portfolio([one._replace(signals=tuple(None if answer is None else not answer
                                                       for answer in one.signals))
                            for one in made.customers + made.lost])
        assert evidence(turned).ordering.finding == "reversed"


def test_without_some_lost_and_some_kept_there_is_no_evidence():
    kept, lost, unsaid = (customer(number, (True,) * 7, churned) for number, churned in enumerate((False, True, None)))
    assert evidence(portfolio([kept, unsaid])) is None
    assert evidence(portfolio([lost, unsaid])) is None
    assert evidence(portfolio([])) is None
    assert evidence(portfolio([kept, lost])).whole[:3] == (2, 1, D("0.5"))


def test_a_customer_of_whom_nobody_said_whether_it_left_counts_nowhere():
    made = BOOKS[0]
    more = made._replace(customers=[*made.customers, *(customer(5000 + n, (True,) * 7, None) for n in range(50))])
    assert evidence(more) == evidence(made)._replace(unknown_customers=50)


def by_hand(true: tuple, false: tuple) -> Portfolio:
    """Customers lost and kept where the first signal is true, and where it is false; the other signals are true."""
    rows = [(answer, gone) for answer, counts in ((True, true), (False, false))
            for gone, count in zip((True, False), counts) for _ in range(count)]
    return portfolio([customer(n, (answer, *[True] * 6), gone) for n, (answer, gone) in enumerate(rows)])


def test_a_book_worked_by_hand():
    found = evidence(by_hand((6, 54), (18, 42)))
    one = found.signals[0]
    assert one.where_true[:3] == (60, 6, D("0.1"))
    assert one.where_false[:3] == (60, 18, D("0.3"))
    assert one.gap_ratio == D("0.2")
    assert one.where_true.interval[:2] == pytest.approx((0.046643, 0.201495), abs=1e-6)
    assert one.p_value == pytest.approx(math.erfc(math.sqrt(7.5 * 119 / 120 / 2)), abs=1e-12)
    assert one.finding == "separates"
    assert [band[:4] for band in found.bands] == [
        ("poor", 0, 0, None), ("decent", 0, 0, None), ("strong", 120, 24, D("0.2"))]
    assert found.ordering == (None, None, "too_few")
    assert [other.finding for other in found.signals[1:]] == ["too_few"] * 6
    assert found.caveats == fit_evidence.CAVEATS


@pytest.mark.parametrize("true, false, finding", [
    ((0, 20), (20, 20), "separates"), ((0, 19), (20, 20), "too_few"), ((10, 90), (0, 100), "reversed"),
    ((9, 91), (0, 100), "too_few"), ((20, 80), (20, 80), "not_told")])
def test_a_finding_needs_twenty_in_each_group_and_ten_losses(true, false, finding):
    assert evidence(by_hand(true, false)).signals[0].finding == finding


def test_a_single_loss_in_a_small_group_of_a_large_book_is_no_finding():
    found = evidence(by_hand((1, 19), (9, 9971))).signals[0]
    assert found.p_value == pytest.approx(0.0198, abs=1e-4)
    assert uncertainty.cochran_armitage((9, 1), (9980, 20))[1] < 1e-10
    assert evidence(by_hand((2, 18), (8, 9972))).signals[0].finding == "reversed"


def test_a_signal_known_only_of_the_lost_is_not_tested():
    made = portfolio([customer(n, (n % 2 == 0 if n < 80 else None, *[True] * 6), n < 80) for n in range(200)])
    assert evidence(made).signals[0].finding == "too_few"


def test_over_two_large_groups_the_test_is_the_n_minus_one_chi_squared_test():
    stats = pytest.importorskip("scipy.stats")
    for lost, customers in (((30, 50), (200, 220)), ((8, 30), (60, 90)), ((900, 1100), (9000, 9100))):
        kept = [size - gone for size, gone in zip(customers, lost)]
        pearson = stats.chi2_contingency([lost, kept], correction=False)[0]
        theirs = stats.chi2.sf(pearson * (sum(customers) - 1) / sum(customers), 1)
        assert fit_evidence.trend_p_value(lost, customers) == pytest.approx(theirs, rel=1e-9)


def test_over_groups_with_few_losses_the_test_is_exact():
    stats = pytest.importorskip("scipy.stats")
    for customers, losses in (((20, 40, 60), 6), ((3, 30, 90), 14), ((0, 12, 50), 11), ((25, 200), 12), ((60, 12), 67)):
        for lost in itertools.product(*(range(min(size, losses) + 1) for size in customers)):
            if sum(lost) != losses or random.Random(str(lost)).random() > 0.1:
                continue
            ranges = [range(min(size, losses) + 1) for size in customers]
            mean = losses * sum(place * size for place, size in enumerate(customers)) / sum(customers)
            seen = abs(sum(place * gone for place, gone in enumerate(lost)) - mean)
            far = [way for way in itertools.product(*ranges) if sum(way) == losses
                   and abs(sum(place * gone for place, gone in enumerate(way)) - mean) >= seen - 1e-9]
            theirs = math.fsum(stats.multivariate_hypergeom.pmf(far, customers, losses))
            assert fit_evidence.trend_p_value(lost, customers) == pytest.approx(theirs, rel=1e-6)


def test_the_exact_test_agrees_with_cochran_armitages_exact_one_where_both_are():
    for lost, customers in (((1, 2, 4), (40, 50, 30)), ((0, 1, 8), (300, 200, 25)), ((3, 4), (10, 90)),
                            ((5, 0), (6, 8))):
        theirs = uncertainty.cochran_armitage(lost, customers)[1]
        assert fit_evidence.trend_p_value(lost, customers) == pytest.approx(theirs, rel=1e-9)


def test_where_nothing_varies_there_is_no_test():
    for lost, customers in (((0, 0), (30, 40)), ((30, 40), (30, 40)), ((5, 0, 0), (50, 0, 0)), ((), ())):
        assert fit_evidence.trend_p_value(lost, customers) is None


@pytest.mark.parametrize("inside, outside, draws", [
    (20, 99_980, 10_000), (50_000, 50_000, 10_000), (5, 7, 9), (7, 5, 12), (3, 90, 1), (4, 6, 0), (30, 2, 31)])
def test_the_draws_follow_the_hypergeometric_distribution(inside, outside, draws):
    stats = pytest.importorskip("scipy.stats")
    found = fit_evidence.drawn(inside, outside, draws)
    counts = [count for count, _ in found]
    theirs = stats.hypergeom.pmf(counts, inside + outside, inside, draws)
    assert [share for _, share in found] == pytest.approx(list(theirs), rel=1e-6, abs=1e-15)
    assert max(0, draws - outside) <= min(counts) <= max(counts) <= min(inside, draws)
    assert math.fsum(share for _, share in found) == pytest.approx(1)


def test_every_signal_and_band_has_its_line_in_order():
    found = evidence(BOOKS[0])
    assert tuple(one.signal for one in found.signals) == SIGNALS
    assert tuple(one.band for one in found.bands) == BANDS
