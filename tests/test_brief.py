"""What is at stake in each decision, the three that weigh most, the worst verdict, and the figures of a brief."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

import books
import orgs
import portfolios
import test_coverage_plan
from conftest import SAMPLES
from cslib import (
    book,
    brief,
    cohorts,
    coverage,
    coverage_plan,
    customers,
    decomposition,
    filled_in,
    hiring,
    org,
    plays,
    result,
    scorecard,
    scorecards,
    segmentation,
    segmentation_steps,
    source,
    tiering,
)
from cslib.brief import KINDS, MOST, Figures, Parts, Stake

D = Decimal
SETTINGS = test_coverage_plan.SETTINGS
NOTHING = Parts(None, None, None, None, None)
VERDICTS = ("healthy", "concerning", "critical")
DAY = date(2026, 9, 30)


def document(name: str) -> dict:
    return source.document(str(SAMPLES / name))


def retention_part(own: cohorts.Book, stage: Optional[str]) -> brief.RetentionPart:
    found = decomposition.decomposed(own, SETTINGS, stage, None, ())
    plan = plays.plan(found.leaks[0], own.as_of, plays.read()) if found.leaks else None
    return brief.RetentionPart(own, found, plan)


def segmentation_part(doc: dict) -> brief.SegmentationPart:
    own = customers.read(doc, "customers.json", tiering.FOUR)
    return brief.SegmentationPart(own, segmentation.segmented(own, "four_tier", SETTINGS))


def plan_of(made: coverage.Coverage, own: book.Book, other: org.Org) -> coverage_plan.CoveragePlan:
    envelope = result.envelope(coverage_plan.SCRIPT, True, own.as_of, own.currency, made.verdict, [], made._asdict(),
                               [])
    return coverage_plan.read(json.loads(result.text(envelope), parse_float=D), "coverage.json", other, True)


@cache
def sample() -> Parts:
    """The decisions on the five samples, the coverage plan told to the hires."""
    own = cohorts.read(document("cohorts.json"), "cohorts.json", SETTINGS["tier_floors"])
    staff, company = book.read(document("book.json"), "book.json"), org.read(document("org.json"), "org.json")
    covered = coverage.covered(staff, None, SETTINGS, 12)
    hired = hiring.sequenced(company, plan_of(covered, staff, company), SETTINGS)
    filled = filled_in.filled(scorecards.read(document("scorecard.json"), "scorecard.json"), True)
    return Parts(retention_part(own, own.stage), segmentation_part(document("customers.json")),
                 brief.CoveragePart(staff, covered), brief.HiringPart(company, hired),
                 brief.ScorecardPart(filled.card, scorecard.scored(filled, SETTINGS)))


def of(topic: str, parts: Optional[Parts] = None) -> Optional[Stake]:
    return next((stake for stake in brief.stakes(parts or sample()) if stake.topic == topic), None)


def with_found(topic: str, **known: object) -> Parts:
    """The sample with other values in the answer of one decision."""
    part = getattr(sample(), topic)
    return sample()._replace(**{topic: part._replace(found=part.found._replace(**known))})


def judged(*words: Optional[str]) -> Parts:
    """The sample with these verdicts, in the order of the decisions, "absent" for one that is not there."""
    parts = [None if word == "absent" else part._replace(found=part.found._replace(verdict=word))
             for part, word in zip(sample(), words)]
    return Parts(*parts)


# --- hand-checked on the sample company


def test_the_sample_has_four_stakes_of_known_amounts_and_days():
    assert brief.stakes(sample()) == (
        Stake("retention", "arr_lost", D(349_656), date(2026, 10, 14)),
        Stake("segmentation", "cost_a_year", D(197_080), date(2026, 10, 30)),
        Stake("coverage", "arr_uncovered", D("2538137.74"), DAY),
        Stake("hiring", "arr_at_risk", D(1_422_732), DAY))


def test_the_three_decisions_of_the_sample_stand_by_their_amounts():
    assert [stake.topic for stake in brief.ranked(brief.stakes(sample()))] == ["coverage", "hiring", "retention"]


def test_the_figures_of_the_sample():
    found = brief.figures(sample())
    rounded = found._replace(**{key: round(value, 4) for key, value in found._asdict().items()
                                if isinstance(value, D)})
    assert rounded == Figures(D(12_014_052), D("0.1371"), 350, D("0.8700"), D("1.0440"), D("0.8645"), D(1_246_910),
                              D("451524.04"), 11, 84, D("6.8868"), D("7.5"), "implementation", D(1_422_732),
                              "proactive")


def test_the_verdict_of_the_sample_is_the_worst_of_its_decisions():
    said = [part.found.verdict for part in sample()[:4]]
    assert brief.verdict(sample()) == max(said, key=VERDICTS.index) == "critical"


# --- what is at stake


@given(st.integers(0, 10_000))
def test_the_stake_of_retention_is_the_largest_leak_and_never_more_than_all_that_was_lost(seed):
    part = retention_part(books.book(books.accounts_document(seed)), "growth")
    stake, lost = of("retention", NOTHING._replace(retention=part)), part.found.overall.retained.lost_arr
    assert (stake is None) == (lost == 0)
    if stake:
        assert stake.amount == max(leak.arr for leak in part.found.leaks) <= lost
        assert stake.by == part.book.as_of + timedelta(days=14) == min(step.by for step in part.plan.steps)


@given(st.integers(0, 10_000))
def test_the_stake_of_segmentation_is_its_largest_lever(seed):
    part = segmentation_part(portfolios.document(60, seed))
    parts = NOTHING._replace(segmentation=part)
    stake = of("segmentation", parts)
    assert (stake.amount if stake else 0) == max((lever.gain for lever in part.found.levers), default=0)


@test_coverage_plan.any_book
def test_what_nobody_looks_after_is_the_same_in_the_brief_and_in_the_plan_that_the_hires_read(seed):
    made, content = test_coverage_plan.answered(seed)
    own = book.read(test_coverage_plan.seeded(seed), "book.json")
    parts = NOTHING._replace(coverage=brief.CoveragePart(own, made))
    assert brief.amounts(parts)["coverage"] == test_coverage_plan.read(content).unserved_arr
    stake = of("coverage", parts)
    if stake:
        assert stake.by == (made.first_approval and made.first_approval.day)


def test_the_days_of_segmentation_are_those_of_its_own_steps():
    part = sample().segmentation
    steps = segmentation_steps.steps(part.found, part.portfolio.as_of)
    assert [step for step in steps if step.startswith(f"By {of('segmentation').by}, ") and "197k a year" in step]
    exits = next(lever for lever in part.found.levers if lever.kind == "exits")
    first = with_found("segmentation", levers=(exits._replace(gain=D(10**6)), *part.found.levers))
    by = of("segmentation", first).by
    assert by == part.found.leaving.decide_by == date(2026, 10, 17)
    assert [step for step in steps if step.startswith(f"By {by}, ") and "exit list" in step]
    for decide_by in (None, date(2027, 3, 1)):
        late = with_found("segmentation", levers=(exits,), leaving=part.found.leaving._replace(decide_by=decide_by))
        assert of("segmentation", late).by == date(2026, 10, 30)


def test_hiring_weighs_the_next_role_even_where_a_seat_comes_before_it():
    found = sample().hiring.found
    assert found.next.kind == "seat" and found.next.arr_at_risk > of("hiring").amount
    assert of("hiring").amount == found.next_role.arr_at_risk


def test_a_decision_that_is_not_there_or_has_nothing_at_stake_is_no_stake():
    assert brief.stakes(NOTHING) == () and set(brief.amounts(NOTHING).values()) == {None}
    for topic, known in (("retention", {"leaks": ()}), ("segmentation", {"levers": ()}),
                         ("coverage", {"tiers": []}), ("hiring", {"next_role": None})):
        parts = with_found(topic, **known)
        assert of(topic, parts) is None and brief.amounts(parts)[topic] == 0
        assert len(brief.stakes(parts)) == len(KINDS) - 1


def test_what_is_unknown_is_not_nothing():
    role, budget = sample().hiring.found.next_role, sample().segmentation.found.budget
    for topic, known in (("segmentation", {"levers": (), "budget": budget._replace(excess=None)}),
                         ("coverage", {"csms": None}), ("hiring", {"next_role": role._replace(arr_at_risk=None)})):
        parts = with_found(topic, **known)
        assert of(topic, parts) is None and brief.amounts(parts)[topic] is None


def test_a_stake_may_have_no_day():
    assert of("coverage", with_found("coverage", first_approval=None)).by is None
    part = sample().retention._replace(plan=None)
    assert of("retention", sample()._replace(retention=part)).by is None


# --- the order

some_stakes = st.lists(st.builds(lambda topic, amount: Stake(topic, KINDS[topic], D(amount), None),
                                 st.sampled_from(list(KINDS)), st.integers(1, 5)), unique_by=lambda stake: stake.topic)


@given(some_stakes, st.randoms())
def test_the_largest_three_stand_first_in_whatever_order_they_come(found, chance):
    shown = brief.ranked(found)
    assert len(shown) == min(len(found), MOST) and set(shown) <= set(found)
    assert [stake.amount for stake in shown] == sorted((stake.amount for stake in found), reverse=True)[:MOST]
    mixed = list(found)
    chance.shuffle(mixed)
    assert brief.ranked(mixed) == shown


def test_those_alike_stand_in_the_order_of_the_decisions():
    alike = [Stake(topic, KINDS[topic], D(7), None) for topic in ("hiring", "coverage", "segmentation", "retention")]
    assert [stake.topic for stake in brief.ranked(alike)] == ["retention", "segmentation", "coverage"]


# --- the verdict

words = st.sampled_from((*VERDICTS, None, "absent"))


@given(st.tuples(words, words, words, words))
def test_the_verdict_is_the_worst_that_is_known_and_maturity_is_no_part_of_it(said):
    known = [VERDICTS.index(word) for word in said if word in VERDICTS]
    assert brief.verdict(judged(*said, "reactive")) == (VERDICTS[max(known)] if known else None)


# --- the figures


def test_figures_come_from_the_first_input_that_knows_them():
    parts, whole = sample(), brief.figures(sample())
    assert brief.figures(NOTHING) == Figures(*(None,) * len(Figures._fields))
    rest = parts._replace(retention=None, segmentation=None)
    left = brief.figures(rest)
    assert (left.arr, left.customers, left.grr_ratio) == (whole.arr, whole.customers, None)
    company = org.read(orgs.document(), "org.json")
    alone = NOTHING._replace(hiring=brief.HiringPart(company, parts.hiring.found))
    assert (brief.figures(alone).arr, brief.figures(alone).customers, brief.figures(alone).csms) == (4_000_000, 200, 4)


def test_totals_by_cohort_do_not_say_how_many_customers_there_are():
    own = books.book(books.of_cohorts(books.cohort("2024", 100_000, 10)))
    parts = sample()._replace(retention=retention_part(own, None), segmentation=None)
    assert brief.customers(parts) == (("retention", None), ("coverage", 350), ("hiring", 350))
    assert brief.figures(parts).customers == 350 and brief.figures(parts).arr == 100_000


def test_nobody_judged_is_no_empty_exit_list():
    found = sample().segmentation.found
    unseen = with_found("segmentation", leaving=found.leaving._replace(judged=0, customers=0), due=None)
    assert brief.figures(unseen).exit_customers is None and brief.figures(unseen).deserving_customers is None
    none = with_found("segmentation", leaving=found.leaving._replace(customers=0))
    assert brief.figures(none).exit_customers == 0


@pytest.mark.parametrize("months", [6, 12])
def test_ratios_are_those_of_a_year(months):
    own = books.book({**books.of_accounts(books.account("A", 100, 100), books.account("B", 100, 62)),
                      "period_months": months})
    found = brief.figures(NOTHING._replace(retention=retention_part(own, None)))
    assert found.grr_ratio == pytest.approx(D("0.81") ** (12 // months))
