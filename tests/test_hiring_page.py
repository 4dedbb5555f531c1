"""What the report of decision D says: whom to hire first, why not the others, short at any size, no new figure."""

from __future__ import annotations

import json
import random
import re

import pytest

from conftest import SAMPLES, called

DOOR = "cs_hiring_sequencer"
SAMPLE = json.loads((SAMPLES / "org.json").read_text(encoding="utf-8"))
ROLES = ("csm", "support", "implementation", "cs_manager", "cs_ops", "renewals", "account_manager",
         "customer_marketing", "director_vp", "cco")
OUTCOMES = ("tickets_answered", "onboarding", "adoption", "sponsor_contact", "renewals_on_time", "expansion",
            "risk_seen_early", "one_way_of_working", "references", "team_leadership", "voice_in_leadership")
PLAN = json.loads(called("cs_coverage_calculator", "--format", "json", "--all").out)


def said(document: dict, *args: str) -> str:
    run = called(DOOR, "-", *args, stdin=json.dumps(document))
    assert run.code == 0 and run.err == "", run
    return run.out


def answer(document: dict, *args: str) -> str:
    """The first sentences, on one line."""
    return " ".join(said(document, *args).split("\n\n")[1].split())


def company(customers: int, arr: int, team: dict, fails: list, **known) -> dict:
    return {"as_of": "2026-09-30", "customers": customers, "arr": arr,
            "team": {role: [{"fte": fte, "months_in_seat": 24, "delivered": "a result in figures"}]
                     for role, fte in team.items()},
            "failing_outcomes": [{"outcome": outcome, "evidence": "seen in the figures of the last quarter",
                                  "arr_at_risk": at_risk} for outcome, at_risk in fails], **known}


def coverage(tmp_path, **keys) -> str:
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({**PLAN, **keys}))
    return str(path)


def test_the_first_sentence_says_whom_for_which_outcome_by_when_and_for_what_money():
    first = answer(SAMPLE)
    assert re.match(r"Hire an implementation manager next: onboarding fails, 1\.\d\dM ARR at risk \(.+\)\. "
                    r"Approve by 2026-09-30, start 2027-01-01, 140k a year; it pays once it keeps \d+% of that ARR\.",
                    first), first


def test_the_report_has_the_post_the_other_roles_the_order_the_money_the_split_and_what_would_change_it():
    text = said(SAMPLE)
    for heading in ("THE HIRE", "EACH ROLE, NOW", "THE ORDER TO 2028-03-31", "MONEY", "WHAT TO DO", "ASSUMPTIONS",
                    "ONE CSM, OR A CSM AND AN ACCOUNT MANAGER", "WHAT WOULD CHANGE THE ANSWER",
                    "WHAT THIS CANNOT TELL YOU", "NEXT"):
        assert heading in text, heading
    for words in ("Owns ", "does not own ", "proved by "):
        assert words in text


def test_every_role_but_the_next_has_a_reason_why_not_now():
    table = said(SAMPLE, "--only", "roles").split("why not now\n")[1]
    rows = [line for line in table.splitlines() if line.strip()]
    assert len([line for line in rows if re.match(r"\S.*\s\d|\S.*n/a", line)]) >= len(ROLES)
    assert table.count("the next hire") == 1


def test_with_the_coverage_plan_seats_and_leads_have_its_numbers_and_days(tmp_path):
    record = json.loads(called(DOOR, "--coverage", coverage(tmp_path), "--format", "json", "--all").out)
    seats = [row for row in record["result"]["openings"] if row["from_plan"] and row["kind"] == "seat"]
    assert ([(row["tier"], row["fte"], row["approve_by"]) for row in seats]
            == [(row["tier"], row["fte"], row["approve_by"]) for row in
                sorted(PLAN["result"]["hires"], key=lambda row: (row["approve_by"], row["start_day"]))])
    text = called(DOOR, "--coverage", coverage(tmp_path)).out
    assert "CSMs in strategic" in text and "rules of thumb" not in text


def test_a_sample_plan_is_refused_beside_a_companys_own_people(tmp_path):
    run = called(DOOR, "-", "--coverage", coverage(tmp_path), stdin=json.dumps(SAMPLE))
    assert (run.code, run.out) == (1, "") and "sample" in run.err


def test_a_plan_that_counts_other_people_is_shown_first(tmp_path):
    document = {**SAMPLE, "customers": 351}
    run = called(DOOR, "-", "--coverage", coverage(tmp_path, sample=False), stdin=json.dumps(document))
    first = "Check the inputs, which disagree: customers 351 here and 350 in the coverage plan"
    assert first in " ".join(run.out.split())


def test_nobody_is_hired_without_customers_and_the_report_says_why():
    assert answer(company(0, 0, {}, [])) == ("Hire nobody now: there are no customers yet, and every role serves some.")


def test_an_outcome_that_its_role_fails_to_deliver_is_not_a_hire():
    first = answer(company(40, 900_000, {"csm": 2, "support": 2}, [("tickets_answered", 90_000)], stage="series_a"))
    assert first.startswith("Hire nobody now: tickets answered fails") or "mend how the work is done" in first, first


def test_the_role_before_holds_the_next_one_until_it_has_delivered():
    document = company(120, 2_000_000, {"csm": 4, "support": 1}, [("onboarding", 300_000)], stage="series_b")
    document["team"]["support"] = [{"fte": 1, "months_in_seat": 5, "delivered": False}]
    first = answer(document)
    assert first.startswith("Hire nobody before support has delivered; then an implementation manager"), first


def test_a_need_that_nobody_knows_is_said_with_the_hire_and_what_it_would_change():
    document = company(386, 13_860_000, {"csm": 6, "support": 4, "cs_manager": 1, "cs_ops": 1},
                       [("renewals_on_time", None), ("risk_seen_early", None)], stage="series_b",
                       signals={"renewals_owned_by": "csm"})
    text = " ".join(said(document).split())
    assert "It needs 100 renewals a year or more, which is not known." in text
    assert "Not known: renewals due in 12 months; at 99, " in text
    assert "Seeing risk early fails, but CS operations is there for it" in text


def test_a_hire_that_must_keep_more_than_is_at_risk_is_said_not_to_pay():
    first = answer(company(64, 1_100_000, {"csm": 2}, [("onboarding", 140_000)], stage="series_a"))
    assert first.startswith("An implementation manager comes next, but does not pay for itself on what is known")
    assert "must keep 182k ARR a year, more than is at risk" in first


def test_csms_whom_the_coverage_plan_needs_nowhere_come_before_a_hire(tmp_path):
    surplus = {**PLAN["result"], "surplus": [{"tier": "mid_market", "fte": 1.0}]}
    run = called(DOOR, "-", "--coverage", coverage(tmp_path, sample=False, result=surplus), stdin=json.dumps(SAMPLE))
    assert "The coverage plan has 1 CSM more than the book takes" in " ".join(run.out.split()), run


def test_unknown_figures_are_named_and_not_taken_for_zero():
    text = " ".join(said(company(60, 1_500_000, {"csm": 2}, [])).split())
    assert "Not known: " in text and "n/a" not in text.split("NEXT")[0].split("EACH ROLE")[0]


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_the_report_stays_short_at_any_size(name):
    rng = random.Random(7)
    for size in range(16):
        customers = rng.choice((1, 12, 300, 40_000, 10 ** 7))
        arr = min(customers * rng.choice((900, 48_000, 99_999_999)), 10 ** 12)
        team = {role: rng.choice((0.5, 1, 7.25, 900)) for role in ROLES if rng.random() < 0.5}
        document = company(customers, arr, team, [], stage=rng.choice((None, "seed", "growth", "late")),
                           staff=rng.choice((None, 3, 1_200)), motion=rng.choice((None, "product_led", "sales_led")))
        document["failing_outcomes"] = [
            {"outcome": outcome, "evidence": ("measured, " * 40)[:rng.choice((20, 300))],
             "arr_at_risk": rng.choice((None, arr, arr / 7))} for outcome in OUTCOMES if rng.random() < 0.6]
        assert len(said(document, "--format", name)) < 4_000, (size, document)


def test_no_figure_of_the_page_is_missing_from_the_record():
    record = json.loads(said(SAMPLE, "--format", "json", "--all"))
    held = {f"{value:.0f}" for value in numbers(record)} | {f"{value / 1000:.0f}k" for value in numbers(record)}
    held |= {f"{value / 1e6:.2f}M" for value in numbers(record)}
    for amount in re.findall(r"\d+(?:\.\d\d)?[kM]\b", said(SAMPLE)):
        assert amount in held, amount


def numbers(value) -> list[float]:
    if isinstance(value, dict):
        return [found for part in value.values() for found in numbers(part)]
    if isinstance(value, list):
        return [found for part in value for found in numbers(part)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def test_evidence_is_printed_as_one_harmless_line():
    document = company(60, 1_500_000, {"csm": 2}, [("onboarding", 1)])
    document["failing_outcomes"][0]["evidence"] = "slow\n\n# Ignore <b>all</b> | rules \x1b[31m red"
    text = said(document, "--format", "markdown")
    assert "\x1b" not in text and "\n# Ignore" not in text and "<b>" not in text


@pytest.mark.parametrize("name", ["order", "roles", "criteria", "split", "changes", "mistakes"])
def test_each_list_can_be_had_alone_and_in_full(name):
    text = called(DOOR, "--only", name).out
    assert text.startswith("SAMPLE DATA") and "(--all)" not in text and len(text.splitlines()) > 4
