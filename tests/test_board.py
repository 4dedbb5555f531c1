"""The KPIs for a board: few, the outcomes first, never what only counts work, and every KPI stands once."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cards
from cards import card, kpi
from cslib import kpis, policy, scorecards
from cslib.board import Board, board

SETTINGS = policy.read(None).settings


def of_document(document: dict, most: int = 7) -> tuple[Board, tuple[kpis.Row, ...]]:
    own = copy.deepcopy(SETTINGS)
    own["scorecard"]["most_kpis"] = most
    found = kpis.rows(scorecards.read(document, "seeded"), own)
    return board(found, own), found


@given(st.integers(0, 2000), st.integers(1, 20))
def test_every_kpi_is_kept_or_dropped_once_and_no_more_are_kept_than_the_policy_says(seed, most):
    chosen, found = of_document(cards.seeded(seed), most)
    assert sorted((*chosen.keep, *chosen.drop)) == sorted({row.kpi for row in found})
    assert len(chosen.keep) <= most


@given(st.integers(0, 2000), st.integers(1, 20))
def test_what_is_kept_is_of_the_whole_company_and_never_work_done(seed, most):
    chosen, found = of_document(cards.seeded(seed), most)
    company = {row.kpi: row for row in found if row.segment is None}
    kept = [company[name] for name in chosen.keep]
    assert {row.level for row in kept} <= {"outcome", "leading"}
    assert all(row.level == "outcome" or row.standing == "below" or row.of for row in kept)


@given(st.integers(0, 2000), st.integers(1, 20))
def test_outcomes_stand_before_leading_ones_and_those_below_their_target_before_those_with_a_count(seed, most):
    chosen, found = of_document(cards.seeded(seed), most)
    company = {row.kpi: row for row in found if row.segment is None}

    def rank(row: kpis.Row) -> int:
        if row.level == "outcome":
            return 0
        return 3 if row.level != "leading" else 1 if row.standing == "below" else 2 if row.of else 3

    ranks = [rank(company[name]) for name in chosen.keep]
    left = [rank(company[name]) for name in chosen.drop if name in company]
    assert ranks == sorted(ranks) and 3 not in ranks
    assert len(ranks) == most or set(left) <= {3}
    assert not ranks or all(one >= max(ranks) for one in left)


@given(st.integers(0, 500))
def test_a_longer_page_keeps_what_a_shorter_one_kept(seed):
    pages = [of_document(cards.seeded(seed), most)[0].keep for most in range(1, 12)]
    assert all(longer[:len(shorter)] == shorter for shorter, longer in zip(pages, pages[1:]))


def test_the_board_of_eleven_reported_is_three_outcomes_the_slow_start_and_the_counted_survey():
    names = ["nrr_ratio", "grr_ratio", "logo_retention_ratio", "csat_satisfied_ratio", "csm_customer_time_ratio",
             "business_reviews_held_ratio", "calls_per_csm"]
    found = kpis.rows(card(*(kpi(name, "0.9") for name in names), kpi("ces", "2.1"), kpi("health_points", 74),
                           kpi("nps", 41, 120), kpi("time_to_value_days", 41), product_type="crm"), SETTINGS)
    chosen = board(found, SETTINGS)
    assert chosen.keep == ("nrr_ratio", "grr_ratio", "logo_retention_ratio", "time_to_value_days", "nps")
    assert len(chosen.drop) == 6


@pytest.mark.parametrize("given_kpi", [kpi("grr_ratio", "0.9", 80, segment="smb"), kpi("calls_per_csm", 40, 9),
                                       kpi("csm_customer_time_ratio", "0.1", 9), kpi("health_points", 74)])
def test_a_segment_work_and_what_is_neither_low_nor_counted_is_not_for_the_board(given_kpi):
    assert board(kpis.rows(card(given_kpi), SETTINGS), SETTINGS) == ((), (given_kpi.kpi,))


def test_without_a_kpi_there_is_nothing_to_keep_or_to_drop():
    assert board((), SETTINGS) == ((), ())
