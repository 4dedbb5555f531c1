"""What the report of decision C says: the answer first, under four thousand characters, and nothing that is not so."""

from __future__ import annotations

import json
import random
from decimal import Decimal

import pytest

from conftest import SAMPLES, called
from cslib import benchmarks

DOOR = "cs_coverage_calculator"
TIERS = ("strategic", "enterprise", "mid_market", "smb")
SAMPLE = json.loads((SAMPLES / "book.json").read_text(encoding="utf-8"))
WORKED = {"as_of": "2026-09-30", "annual_growth_ratio": 0.4285714, "tiers": {
    "mid_market": {"customers": 210, "arr": 18_900_000, "csms": 10, "hours_per_account": 50.6, "model": "named"}}}
WORKED_POLICY = {"coverage": {"headroom": {"ratio": 0}, "sizing": "hours", "hire_step_fte": 1, "least_gap_fte": 0,
                              "ramp": {"mid_market": {"half_months": 2.7727, "full_months": 5.5}}}}


def said(document: dict, *args: str) -> str:
    run = called(DOOR, "-", *args, stdin=json.dumps(document))
    assert run.code == 0 and run.err == "", run
    return run.out


def answer(document: dict, *args: str) -> str:
    """The first sentences, on one line."""
    return " ".join(said(document, *args).split("\n\n")[1].split())


def book(customers: int, arr: int, csms: object, tier: str = "mid_market", **keys) -> dict:
    return {"as_of": "2026-09-30", "tiers": {tier: {"customers": customers, "arr": arr, "csms": csms}}, **keys}


def test_the_first_sentence_says_how_many_by_when_for_what_money_and_what_comes_otherwise():
    first = answer(SAMPLE)
    for words in ("Hire ", " CSMs (", "move 1 from mid-market to enterprise", " to 2027-09-30", "approved by 2026-",
                  "Otherwise strategic, short already, stays so, at ", "still come too late for strategic (until "):
        assert words in first, words


def test_the_worked_plan_of_210_to_300_accounts_comes_out_of_the_door(tmp_path):
    (tmp_path / "policy.json").write_text(json.dumps(WORKED_POLICY))
    text = answer(WORKED, "--policy", str(tmp_path / "policy.json"))
    assert text.startswith("Hire 7 CSMs (7 mid-market): ") and "115% in 2026-12" in text
    plan = said(WORKED, "--policy", str(tmp_path / "policy.json"), "--only", "plan")
    assert "6 CSM, mid-market" in plan and "8 m late" in plan


def test_one_customer_of_500_hires_nobody():
    for tier in TIERS:
        assert answer(book(1, 500, 0, tier)).startswith("Nobody needs to be hired: the book takes <0.1 CSMs")


def test_who_is_not_known_is_asked_for_and_the_demand_is_answered():
    text = said(book(60, 1_200_000, None, annual_growth_ratio=0.2))
    assert "Hires at" not in text
    text = said(book(60, 1_200_000, None))
    assert "The book takes 0.4 CSMs today" in text and "there is no plan yet" in text
    assert "cs_coverage_calculator.py FILE --csms mid_market=N" in text
    assert "Hire" not in text.split("\n\n")[1]


def test_a_flag_answers_what_the_book_does_not_know():
    text = said(book(60, 3_600_000, None), "--csms", "mid_market=1", "--growth", "0.2", "--churn", "0.1")
    assert text.split("\n\n")[1].startswith("Hire ") and "Not known: how many CSMs" not in text


def test_a_team_that_carries_its_book_is_told_so_with_what_is_left_over():
    text = answer(book(60, 1_200_000, 4, annual_growth_ratio=0))
    assert text.startswith("Nobody needs to be hired: 4 CSMs carry the book") and "more than the book takes" in text
    assert answer(book(60, 1_200_000, 1, annual_growth_ratio=0)).startswith("Nobody needs to be hired: 1 CSM carries ")


def test_an_unknown_growth_is_said_in_the_first_lines():
    assert "Growth is not known: the book is taken to stand still." in answer(book(60, 1_200_000, 1))


def test_a_tier_left_out_is_said_to_be_empty():
    for csms in (1, 0, None):
        text = " ".join(said(book(60, 3_600_000, csms, annual_growth_ratio=0.5)).split())
        assert "Taken as empty, since the input leaves it out: strategic, enterprise and SMB." in text


def test_posts_that_must_save_more_than_was_lost_are_the_argument_against(tmp_path):
    lost = called("retention_decomposition_analyzer", str(SAMPLES / "cohorts.json"), "--format", "json", "--all").out
    (tmp_path / "retention.json").write_text(lost, encoding="utf-8")
    case = " ".join(said(SAMPLE, "--retention", str(tmp_path / "retention.json"), "--only", "case").split())
    assert "the strategic posts must save" in case and "where 299k was lost" in case


def test_the_case_of_a_book_without_hires_asks_for_no_csm():
    text = said({**book(30, 600_000, 2, annual_growth_ratio=0), "managers": 0, "founder_escalations_per_week": 2},
                "--only", "case")
    assert "No CSM is asked for but for 1 to lead the team." in " ".join(text.split())


def test_a_close_call_between_two_models_is_said_with_both_figures():
    text = " ".join(said(SAMPLE, "--all").split())
    assert "Close call in enterprise: an account pays 56k, and below 52k pooled pays (0.6 CSMs)" in text


def test_pay_is_never_by_nps_alone():
    text = " ".join(said(SAMPLE, "--only", "pay").split())
    assert "50% gross retention, 30% net retention, 20% activity, never by NPS alone" in text


def large(seed: int) -> dict:
    draw = random.Random(seed)
    tiers = {tier: {"customers": draw.randint(1, 10 ** draw.randint(1, 8)), "arr": draw.randint(10, 10 ** 12),
                    "csms": draw.choice([0, 0.5, 3, 1234.5, 99_999])} for tier in TIERS}
    return {"as_of": "2026-09-30", "currency": "USD", "stage": draw.choice(["seed", "series_b", "late", None]),
            "annual_growth_ratio": dict.fromkeys(TIERS, draw.choice([-0.9, 0.123456, 1.5, 10])),
            "annual_churn_ratio": draw.choice([None, 0.345678, 1]), "arr_per_customer_growth_ratio": 0.3,
            "tiers": tiers, "managers": draw.choice([None, 0, 7.5]), "founder_escalations_per_week": 12.5}


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("seed", range(12))
def test_a_report_stays_under_four_thousand_characters_at_any_size_of_book_and_plan(name, seed):
    months = "24" if seed % 2 else "12"
    assert len(said(large(seed), "--format", name, "--months", months)) < 4_000


def test_the_words_for_a_policy_value_follow_the_policy(tmp_path):
    (tmp_path / "policy.json").write_text(json.dumps({"coverage": {"swing_ratio": 0.125, "managers": {
        "csms_in_a_tier": 40, "csms_overall": 50.5, "escalations_a_week": 2}}}))
    plain, yours = (" ".join(said(SAMPLE, "--all", *flags).split())
                    for flags in ((), ("--policy", str(tmp_path / "policy.json"))))
    for words in (": {} better, and", "measured hours an account are {} lower"):
        assert words.format("a fifth") in plain and words.format("12.5%") in yours
    assert ", 20% lower to higher," in plain and ", 12.5% lower to higher," in yours
    assert "a fifth" not in yours
    assert ("neither 40 CSMs in a tier nor 50.5 overall last, nor are there 2 escalations a week to founders."
            in yours)
    few = " ".join(said(book(60, 600_000, 1, managers=0), "--all").split())
    assert "neither 5 CSMs in a tier nor 8 overall last, nor is there one escalation a week to founders." in few


def test_what_others_pay_is_what_the_benchmarks_say_and_follows_them():
    entries = benchmarks.norms()
    assert "Documents advise 30% and 30% to 40% variable; what was measured is 17% to 26%." in " ".join(
        said(SAMPLE, "--only", "pay").split())
    moved = [norm._replace(low=norm.low / 2, high=norm.high / 2) if norm.metric == "variable_pay_ratio" else norm
             for norm in entries]
    pay, half = benchmarks.variable_pay(entries), benchmarks.variable_pay(moved)
    assert [(low / 2, high / 2) for low, high in pay.advised] == list(half.advised)
    assert half.low_ratio == pay.low_ratio / 2
    assert pay.high_ratio == half.high_ratio == 1 - Decimal(100_000) / 136_000
