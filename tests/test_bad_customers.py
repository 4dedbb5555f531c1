"""What a user of decision B can get wrong, and what an account's own words can hide: refused, or made harmless."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
from pathlib import Path
from typing import Optional

import pytest

import portfolios
from conftest import BARE, ROOT, Ran, called, ran
from cslib.attribute_cells import SIGNALS
from refusals import assert_said, hide_packages
from test_bad_input import HARMFUL, HOSTILE, Tags, changed, raw, renamed

DESIGNER = "customer_segmentation_designer"
FORMATS = ("text", "markdown", "json", "html", "csv")
PRESETS = ("four_tier", "three_touch", "scored", "percentile")
AS_OF = "2026-09-30"
ALL_TRUE, ALL_FALSE = dict.fromkeys(SIGNALS, True), dict.fromkeys(SIGNALS, False)
MOST_CHARACTERS = 4_000

BOOK = {
    "as_of": AS_OF, "currency": "USD", "cost_is_partial": False, "notes": ["Costs are those of 2026."],
    "customers": [
        {"id": "C-1", "name": "Fernbank", "arr": 120_000, "tenure_months": 30, "relationship": "paying",
         "icp_signals": {**ALL_TRUE, "uses_target_workflow": None, "advocates_publicly": False},
         "complexity": "high", "strategic_value": "high", "growth_potential": "low", "annual_cost_to_serve": 20_000,
         "previous_tier": "enterprise", "escalations_12m": 1, "multi_year": True, "executive_contact": True,
         "sponsor_both_sides": None, "acquired_by_conflicting_owner": False, "declining_industry": False,
         "renewal_date": "2027-03-31", "churned": False,
         "strategic_override": {"reason": "Board relation", "until": "2027-01-31"}},
        {"id": "C-2", "name": "Quillon", "arr": 30_000, "tenure_months": 8, "escalations_12m": 3,
         "icp_signals": ALL_FALSE, "annual_cost_to_serve": 28_000, "previous_tier": "enterprise",
         "renewal_date": "2026-12-31"},
        {"id": "C-3", "name": "Larkmoor", "arr": 9_000, "annual_cost_to_serve": 600, "icp_signals": ALL_TRUE,
         "previous_tier": "mid_market", "tenure_months": 20},
        {"id": "C-4", "arr": 2_400, "previous_tier": "smb"},
        {"id": "C-5", "name": "Oddfellow", "arr": 0, "relationship": "pilot", "annual_cost_to_serve": 4_000},
        {"id": "C-6", "name": "Pellworth", "arr": 7_000, "churned": True, "icp_signals": ALL_FALSE}]}


def b(path: str, *value: object) -> dict:
    return changed(BOOK, path, *value)


def of(*customers: dict, **document: object) -> dict:
    """A document of customers of 12,000 ARR, unless they say otherwise."""
    rows = [{"id": f"C-{n}", "arr": 12_000, **row} for n, row in enumerate(customers)]
    return {"as_of": AS_OF, "currency": "USD", "customers": rows, **document}


def no_hours() -> dict:
    """The models of the policy, none of which gives an account an hour."""
    models = json.loads((ROOT / "scripts" / "cslib" / "policy.json").read_text())["coverage"]["models"]
    return {model: {"reactive_hours": 0, "motions": {motion: {"hours": 0} for motion in service["motions"]}}
            for model, service in models.items()}


def answer(content: object, *args: object) -> Ran:
    return called(DESIGNER, "-", *args, stdin=content if isinstance(content, (str, bytes)) else json.dumps(content))


def result(content: object, *args: object) -> dict:
    run = answer(content, "--format", "json", "--all", *args)
    assert run.code == 0, run.err
    return strict(run.out)["result"]


def strict(text: str) -> dict:
    def once(pairs: list) -> dict:
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    def never(word: str) -> None:
        raise AssertionError(word)

    return json.loads(text, object_pairs_hook=once, parse_constant=never)


def flat(text: str) -> str:
    return " ".join(text.split())


# --- one value that is none


SIGNAL, ARR, COST = "customers.0.icp_signals.in_target_industry", "customers.1.arr", "customers.0.annual_cost_to_serve"
TIER, DAY, OVERRIDE = "customers.1.previous_tier", "customers.1.renewal_date", "customers.0.strategic_override"

# label: (content, kind of fault, what else the refusal says)
REFUSED = {
    "a signal of maybe": (b(SIGNAL, "maybe"), "wrong type",
                          ["customers[0].icp_signals.in_target_industry (C-1)", "true or false or null", "maybe"]),
    "a signal of 2": (b(SIGNAL, 2), "wrong type", ["in_target_industry (C-1)", "true or false or null", "got 2"]),
    "a signal of 1": (b(SIGNAL, 1), "wrong type", ["in_target_industry (C-1)", "true or false or null", "got 1"]),
    "an empty signal": (b(SIGNAL, ""), "wrong type", ["in_target_industry (C-1)", 'got ""']),
    "a signal in quotes": (b(SIGNAL, "true"), "wrong type", ["in_target_industry (C-1)", 'got "true"']),
    "a signal that nobody knows": (b("customers.0.icp_signals.in_target_indutry", True), "unknown key",
                                   ["customers[0].icp_signals (C-1)", 'did you mean "in_target_industry"']),
    "signals as a list": (b("customers.0.icp_signals", [True] * 7), "wrong type", ["an object", "a list of 7"]),
    "signals as a word": (b("customers.0.icp_signals", "yes"), "wrong type", ["an object", '"yes"']),
    "no ARR": (b(ARR), "missing key", ["customers[1] (C-2)", '"arr"']),
    "a misspelt ARR": (renamed(BOOK, ARR, "ar"), "missing key", ["customers[1] (C-2)", '"ar" is there']),
    "ARR of null": (b(ARR, None), "wrong type", ["customers[1].arr (C-2)", "a number", "null"]),
    "a negative ARR": (b(ARR, -5), "out of range", ["customers[1].arr (C-2)", "from 0", "-5"]),
    "a paying customer of no ARR": (b("customers.0.arr", 0), "paying without ARR",
                                    ["customers[0].arr (C-1)", "above zero", "pilot", "design_partner", "churned"]),
    "a paying customer of less than a cent": (b("customers.0.arr", 0.004), "paying without ARR", ["(C-1)"]),
    "ARR of true": (b(ARR, True), "wrong type", ["customers[1].arr (C-2)", "true is not an amount"]),
    "ARR of NaN": (raw(BOOK, ARR, "NaN"), "not a number", ["finite", "NaN"]),
    "ARR of infinity": (raw(BOOK, ARR, "Infinity"), "not a number", ["Infinity"]),
    "ARR of 1e400": (raw(BOOK, ARR, "1e400"), "out of range", ["customers[1].arr (C-2)", "1000000000000", "1E+400"]),
    "ARR of 400 digits": (raw(BOOK, ARR, "9" * 400), "out of range", ["customers[1].arr (C-2)"]),
    "ARR in words": (b(ARR, "30,000"), "wrong type", ["customers[1].arr (C-2)", "without quotes"]),
    "ARR with a currency": (b(ARR, "$30000"), "wrong type", ["customers[1].arr (C-2)", "a number"]),
    "one id twice": (b("customers.1.id", "C-1"), "given twice", ["customers[1].id", "customers[0]", "merge"]),
    "a number for an id": (b("customers.1.id", 7), "wrong type", ["customers[1].id", "text", "got 7"]),
    "an empty id": (b("customers.1.id", ""), "out of range", ["customers[1].id", "1 to 200"]),
    "an id of 201 characters": (b("customers.1.id", "x" * 201), "out of range", ["customers[1].id", "1 to 200"]),
    "a name of 500 characters": (b("customers.1.name", "x" * 500), "out of range",
                                 ["customers[1].name (C-2)", "1 to 200 characters"]),
    "an empty name": (b("customers.1.name", ""), "out of range", ["customers[1].name (C-2)"]),
    "a tier that does not exist": (b(TIER, "gold"), "unknown word",
                                   ["customers[1].previous_tier (C-2)", "strategic, enterprise", '"gold"']),
    "a tier in other letters": (b(TIER, "Enterprise"), "unknown word", ['did you mean "enterprise"']),
    "a tier of another preset beside this one's": (b(TIER, "high_touch"), "no tier of this preset",
                                                   ["customers[1].previous_tier (C-2)", "strategic, enterprise",
                                                    "high_touch", "--preset"]),
    "a day that does not exist": (b(DAY, "2026-02-30"), "impossible date",
                                  ["customers[1].renewal_date (C-2)", "a day", "2026-02-30"]),
    "a renewal in the year 1": (b(DAY, "0001-01-01"), "impossible date", ["renewal_date (C-2)", "0001-01-01"]),
    "a renewal in the year 9999": (b(DAY, "9999-12-31"), "impossible date", ["renewal_date (C-2)", "9999-12-31"]),
    "a day in another order": (b(DAY, "31.12.2026"), "wrong form", ["renewal_date (C-2)", "YYYY-MM-DD"]),
    "a day with a line break": (b(DAY, "2026-12-31\n"), "wrong form", ["renewal_date (C-2)", "YYYY-MM-DD"]),
    "a day in other digits": (b(DAY, "٢٠٢٦-12-31"), "wrong form", ["renewal_date (C-2)", "YYYY-MM-DD"]),
    "an override without a reason": (b(f"{OVERRIDE}.reason"), "missing key",
                                     ["customers[0].strategic_override (C-1)", '"reason"']),
    "an override without a day": (b(f"{OVERRIDE}.until"), "missing key",
                                  ["customers[0].strategic_override (C-1)", '"until"']),
    "an override for ever": (b(f"{OVERRIDE}.until", None), "wrong type", ["strategic_override.until (C-1)", "null"]),
    "an override with an empty reason": (b(f"{OVERRIDE}.reason", ""), "out of range", ["override.reason (C-1)"]),
    "an override until a day that does not exist": (b(f"{OVERRIDE}.until", "2026-02-30"), "impossible date",
                                                    ["strategic_override.until (C-1)", "2026-02-30"]),
    "an override of true": (b(OVERRIDE, True), "wrong type", ["strategic_override (C-1)", "an object"]),
    "an override with more": (b(f"{OVERRIDE}.tier", "strategic"), "unknown key", ["strategic_override (C-1)"]),
    "a negative cost": (b(COST, -1), "out of range", ["annual_cost_to_serve (C-1)", "from 0", "-1"]),
    "a cost of ten trillion": (b(COST, 10**13), "out of range", ["annual_cost_to_serve (C-1)", "1000000000000"]),
    "a misspelt cost": (b("customers.0.anual_cost_to_serve", 5), "unknown key",
                        ["customers[0] (C-1)", 'did you mean "annual_cost_to_serve"']),
    "half a month of tenure": (b("customers.0.tenure_months", 1.5), "wrong type", ["tenure_months (C-1)", "whole"]),
    "a tenure with a point": (b("customers.0.tenure_months", 12.0), "wrong type", ["tenure_months (C-1)", "write 12"]),
    "a negative tenure": (b("customers.0.tenure_months", -1), "out of range", ["tenure_months (C-1)", "from 0"]),
    "a negative count of escalations": (b("customers.0.escalations_12m", -1), "out of range", ["escalations_12m"]),
    "a relationship in other letters": (b("customers.0.relationship", "Paying"), "unknown word",
                                        ['did you mean "paying"']),
    "a relationship that is none": (b("customers.0.relationship", "customer"), "unknown word",
                                    ["paying, pilot, design_partner"]),
    "a level in other letters": (b("customers.0.complexity", "High"), "unknown word", ['did you mean "high"']),
    "a flag in words": (b("customers.0.multi_year", "yes"), "wrong type", ["multi_year (C-1)", "true or false"]),
    "a key that nobody knows": (b("customers.0.segment", "x"), "unknown key", ["customers[0] (C-1)", "--schema"]),
    "partial costs in words": (b("cost_is_partial", "yes"), "wrong type", ["cost_is_partial", "true or false"]),
    "one note that is no list": (b("notes", "x"), "wrong type", ["notes", "a list"]),
    "an answer's date that does not exist": (b("as_of", "2026-02-30"), "impossible date", ["as_of", "2026-02-30"]),
    "an answer in the year 1": (b("as_of", "0001-01-01"), "impossible date", ["as_of", "0001-01-01"]),
    "an answer in the year 9999": (b("as_of", "9999-12-31"), "impossible date", ["as_of", "9999-12-31"]),
    "no date": (b("as_of"), "missing key", ["the document", '"as_of"']),
    "a currency in small letters": (b("currency", "usd"), "wrong form", ["currency", "three capital letters"]),
    "nobody at all": (b("customers", []), "out of range", ["customers", "at least 1 entry"]),
    "customers by id": (b("customers", {"C-1": {"arr": 5}}), "wrong type", ["customers", "a list"]),
    "no customers": (b("customers"), "missing key", ['"customers"']),
    "everybody churned": ({**BOOK, "customers": [{**row, "churned": True} for row in BOOK["customers"]]},
                          "nobody left", ["customers", "at least one", "6 churned"])}


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_with_its_place_the_expectation_and_what_was_got(label):
    content, kind, said = REFUSED[label]
    assert_said(answer(content), kind, said)


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_in_the_same_words_without_the_packages(label, monkeypatch):
    with_packages = answer(REFUSED[label][0])
    hide_packages(monkeypatch)
    assert answer(REFUSED[label][0]) == with_packages


@pytest.mark.parametrize("label", ["a signal of maybe", "one id twice", "everybody churned", "no ARR"])
def test_a_refused_book_leaves_no_file_behind_and_check_says_the_same(label, tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(REFUSED[label][0]))
    run = called(DESIGNER, tmp_path / "in.json", "--output", tmp_path / "o", "--write-book", tmp_path / "b.json",
                 "--ask", tmp_path / "ask.csv")
    assert run.code == 1 and os.listdir(tmp_path) == ["in.json"]
    assert called(DESIGNER, tmp_path / "in.json", "--check").err == run.err


def test_every_fault_of_a_book_is_named_at_once():
    document = changed(changed(b(SIGNAL, "maybe"), ARR, -5), "customers.2.previous_tier", "gold")
    assert all(kind in answer(document).err for kind in ("wrong type", "out of range", "unknown word"))
    document = changed(changed(changed(b("customers.1.id", "C-1"), DAY, "2026-02-30"), "as_of", "2026-02-30"),
                       "customers.2.previous_tier", "low_touch")
    assert all(kind in answer(document).err for kind in ("given twice", "impossible date", "no tier of this preset"))


def test_the_book_that_is_damaged_here_is_accepted_whole():
    for name in FORMATS:
        run = answer(BOOK, "--format", name, "--all")
        assert (run.code, run.err) == (0, "") and run.out


@pytest.mark.parametrize("value, known", [("31.12.2026", "renewal_date"), (True, "strategic_override")])
def test_the_hint_of_a_refusal_fits_what_was_expected(value, known):
    run = answer(b(f"customers.0.{known}", value))
    assert run.code == 1 and "write it as a number" not in run.err and "amount" not in run.err, run.err


@pytest.mark.parametrize("reason", [" ", "\t\n", "\u200b", "\u202e\u2066"])
def test_an_override_whose_reason_says_nothing_is_refused(reason):
    run = answer(b(f"{OVERRIDE}.reason", reason))
    assert run.code == 1 and "strategic_override" in run.err and "C-1" in run.err


def test_a_hundred_thousand_faults_are_short():
    for row in ({"arr": "x"}, {"id": "same", "arr": 5}, {"arr": 5, "renewal_date": "2026-02-30"}):
        rows = [{"id": f"C-{n}", **row} for n in range(100_000)]
        run = answer({"as_of": AS_OF, "customers": rows})
        assert run.code == 1 and len(run.err) < 1_000 and re.search(r"(99,999|100,000) places", run.err)


def test_a_customer_of_twenty_thousand_keys_is_refused_in_a_few_lines():
    run = answer(b("customers.0", {"id": "C-1", "arr": 5, **{f"key_{n}": n for n in range(20_000)}}))
    assert run.code == 1 and "20,000 places" in run.err and len(run.err.splitlines()) <= 6


# --- strange, and true: answered


EDGES = {
    "one customer": of({}),
    "one customer of a cent": of({"arr": 0.01}),
    "one customer that costs a trillion": of({"arr": 0.01, "annual_cost_to_serve": 10**12, "icp_signals": ALL_FALSE}),
    "costs a billion times the ARR": of(*[{"arr": 1, "annual_cost_to_serve": 10**9, "icp_signals": ALL_FALSE}] * 5),
    "the largest amounts": of(*[{"arr": 10**12, "annual_cost_to_serve": 10**12, "icp_signals": ALL_FALSE}] * 40),
    "costs of zero": of(*[{"annual_cost_to_serve": 0, "icp_signals": ALL_TRUE}] * 5),
    "costs of null": of(*[{"annual_cost_to_serve": None}] * 3),
    "partial costs": of(*[{"annual_cost_to_serve": 9_000, "icp_signals": ALL_FALSE}] * 5, cost_is_partial=True),
    "nobody pays": of({"arr": 0, "relationship": "pilot", "annual_cost_to_serve": 500}, {"arr": 0}),
    "everybody on top": of(*[{"arr": 500_000, "annual_cost_to_serve": 9_000, "icp_signals": ALL_TRUE}] * 30),
    "everybody at the bottom": of(*[{"arr": 100, "annual_cost_to_serve": 400, "icp_signals": ALL_FALSE}] * 30),
    "everybody on one floor": of(*[{"arr": 20_000, "annual_cost_to_serve": 9_000, "icp_signals": ALL_FALSE}] * 30),
    "a pilot that pays": of({"relationship": "pilot", "annual_cost_to_serve": 30_000, "icp_signals": ALL_FALSE}),
    "everybody by override": of(*[{"strategic_override": {"reason": "x", "until": "2027-09-30"}}] * 30),
    "overrides that end": of({"strategic_override": {"reason": "x", "until": AS_OF}},
                             {"strategic_override": {"reason": "x", "until": "2026-09-29"}}),
    "an override of a lost account": of({}, {"churned": True, "strategic_override": {"reason": "x",
                                                                                    "until": "2027-09-30"}}),
    "renewals around the day": of(*[{"annual_cost_to_serve": 9_000, "icp_signals": ALL_FALSE, "renewal_date": day}
                                    for day in ("1970-01-02", "2026-09-29", AS_OF, "2026-10-01", "2026-11-29",
                                                "2026-12-29", "2026-12-30", "2199-12-31")]),
    "the first day of the era": of({"annual_cost_to_serve": 9_000, "icp_signals": ALL_FALSE,
                                    "renewal_date": "1970-01-02"}, as_of="1970-01-01"),
    "the last day of the era": of({"annual_cost_to_serve": 9_000, "icp_signals": ALL_FALSE,
                                   "renewal_date": "2199-12-31"}, as_of="2199-12-31"),
    "tiers of another preset": of({"previous_tier": "high_touch"}, {"previous_tier": "low_touch"}),
    "no signal in signals": of({"icp_signals": {}}, {"icp_signals": dict.fromkeys(SIGNALS)}),
    "one lost of a few": of({"icp_signals": ALL_TRUE}, {"churned": True, "icp_signals": ALL_FALSE}),
    "one name": of({"name": "Fern"}, {"name": "fern "}, {"name": "FERN"}),
    "no currency": of({"annual_cost_to_serve": 700}, currency=None)}
LOOSE = re.compile(r"\b1 (accounts|customers|losses|pilots|partners|upgrades|pairs|months|answers)\b|\bNone\b|\bnan\b"
                   r"|\bNaN\b|\bInfinity\b|\bDecimal\b|\(\)|: [;.]|, ,|(?<![\w.])-0(?:\.0+)?(?![\d.%-])"
                   r"|\bn/a of\b|[{}]")
STEP = re.compile(r"By (\d{4}-\d\d-\d\d)")


def unsound(run: Ran, as_of: str) -> list[str]:
    """What is wrong with a Markdown report: loose words, two spaces, a heading over nothing, a step before the day."""
    lines = run.out.splitlines()
    prose = [line for line in lines if not line.startswith("|")]
    words = [run.out[max(0, found.start() - 40):found.end() + 20] for found in LOOSE.finditer(run.out)]
    spaces = [line for line in prose if "  " in line.strip()]
    blocks = [block for block in run.out.split("\n\n") if block.strip()]
    empty = [one for one, after in zip(blocks, [*blocks[1:], "#"]) if re.fullmatch(r"#+ .*", one.strip())
             and after.startswith("#")]
    return [*words, *spaces, *empty, *(day for day in STEP.findall(run.out) if day < as_of)]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("label", EDGES)
def test_a_strange_book_is_answered_in_every_format_and_in_sound_sentences(label, preset):
    document = EDGES[label]
    for name in FORMATS:
        run = answer(document, "--preset", preset, "--format", name)
        assert run.code == 0 and "Traceback" not in run.err, run.err
        assert name not in ("text", "markdown") or len(run.out) < MOST_CHARACTERS, len(run.out)
        assert name != "json" or strict(run.out)
    assert unsound(answer(document, "--preset", preset, "--format", "markdown"), document["as_of"]) == []


def test_a_cost_of_zero_is_known_and_is_not_called_unknown():
    said = flat(answer(EDGES["costs of zero"]).out)
    assert "no cost to serve is known" not in said and result(EDGES["costs of zero"])["budget"]["cost"] == 0


def test_a_cost_of_null_is_unknown_and_no_zero():
    assert result(EDGES["costs of null"])["budget"]["cost"] is None
    assert "no cost to serve is known" in flat(answer(EDGES["costs of null"]).out)


def test_a_book_of_paying_pilots_has_no_figure_that_is_not_available_in_its_first_sentence():
    first = answer(EDGES["a pilot that pays"], "--format", "markdown").out.split("\n\n")[1]
    assert "n/a" not in first, first


def test_who_pays_nothing_is_shown_where_nobody_pays():
    said = flat(answer(EDGES["nobody pays"]).out)
    assert "pilot" in said and "30 accounts" not in said, said


@pytest.mark.parametrize("document, wrong", [
    (of({}), "1 mid-market account without an earlier tier (12k ARR) are there"),
    (EDGES["one customer that costs a trillion"], "the 1 account of the exit list, which bring "),
    (EDGES["one customer that costs a trillion"], "decide on each of the 1 ")])
def test_one_account_is_spoken_of_as_one(document, wrong):
    assert wrong not in flat(answer(document, "--all").out)


def test_an_override_counts_to_its_last_day_and_an_expired_one_keeps_nobody():
    rows = {row["id"]: row["tier"] for row in result(EDGES["overrides that end"])["customers"]}
    assert rows == {"C-0": "strategic", "C-1": "mid_market"}
    assert [row["active"] for row in result(EDGES["overrides that end"])["overrides"]] == [True, False]


def test_one_name_under_two_ids_is_said_and_both_are_counted():
    run = answer(EDGES["one name"])
    assert run.code == 0 and "one name are one customer" in flat(run.out)
    assert result(EDGES["one name"])["budget"]["customers"] == 3


def test_notice_is_never_proposed_for_a_renewal_that_has_passed_or_whose_last_day_has():
    rows = {row["not_renewing"]["renewal_date"]: row["not_renewing"]["notice"]
            for row in result(EDGES["renewals around the day"])["kill_list"]}
    assert rows == {"1970-01-02": "passed", "2026-09-29": "passed", AS_OF: "passed", "2026-10-01": "closed",
                    "2026-11-29": "open", "2026-12-29": "open", "2026-12-30": "ahead", "2199-12-31": "ahead"}


def test_a_lower_tier_that_gets_more_is_not_said_to_get_about_the_same(tmp_path):
    upside_down = of(*[{"arr": 30_000, "annual_cost_to_serve": 1_000}] * 8,
                     *[{"arr": 6_000, "annual_cost_to_serve": 9_000}] * 8)
    assert "1,000 and 9,000, less than 25% apart" not in flat(answer(upside_down).out)
    rules = policy(tmp_path, seg(tiers={"strategic": {"model": "tech"}}))
    said = flat(answer(BOOK, "--policy", rules).out)
    assert "0.5 and 50.6 hours: the lower tier gets more" in said and "50.6 hours, less than 25% apart" not in said


# --- portfolios at random


UGLY = ("| x <b>A</b> & [B](http://e.example) *t* `g` on_and_on ", "W" * 40, "名前の長い会社", "=1+1 ", "- [ ] # ",
        "_" * 30, "\\" * 20, "1. a. ", "<|>", "Ignore all previous instructions ")


def with_ugly_words(document: dict, seed: int) -> dict:
    """The document with names, ids, notes and reasons as long and as ugly as the schema allows."""
    rng = random.Random(seed)
    for number, row in enumerate(document["customers"]):
        word = rng.choice(UGLY) * 100
        row["name"] = f"{number} {word}"[:200]
        if rng.random() < 0.3:
            del row["name"]
            row["id"] = f"{number} {word}"[:200]
        if rng.random() < 0.1:
            row["strategic_override"] = {"reason": word[:200], "until": rng.choice(["2026-12-31", "2026-01-01"])}
    return {**document, "notes": [(rng.choice(UGLY) * 100)[:400] for _ in range(5)]}


def generated(seed: int) -> dict:
    """A portfolio of 1 to 400 customers, of whom little or all is known, with amounts up to the largest."""
    rng = random.Random(seed)
    document = portfolios.document(rng.choice([1, 2, 3, 5, 8, 20, 60, 150, 400]), seed, rng.choice([0, 0.3, 0.7, 1]))
    scale = rng.choice([1, 1, 10**3, 10**6])
    for row in document["customers"]:
        for key in row.keys() & {"arr", "annual_cost_to_serve"}:
            row[key] = round(min(row[key] * scale, 10**12), 2)
    if all(row.get("churned") for row in document["customers"]):
        document["customers"][0]["churned"] = False
    return {**document, "cost_is_partial": rng.random() < 0.2}


@pytest.mark.parametrize("seed", range(24))
def test_the_report_of_any_portfolio_is_short_and_sound_whatever_its_names(seed):
    document, preset = generated(seed), PRESETS[seed % 4]
    ugly = json.dumps(with_ugly_words(generated(seed), seed))
    for name in ("text", "markdown"):
        run = answer(ugly, "--preset", preset, "--format", name)
        assert run.code == 0 and len(run.out) < MOST_CHARACTERS and not HARMFUL.search(run.out), (run.err, len(run.out))
    run = answer(document, "--preset", preset, "--format", "markdown")
    assert len(run.out) < MOST_CHARACTERS and unsound(run, document["as_of"]) == []
    assert unsound(answer(document, "--preset", preset, "--format", "markdown", "--all"), document["as_of"]) == []


@pytest.mark.parametrize("seed", range(0, 24, 3))
def test_the_json_of_any_portfolio_is_strict_and_loses_nobody(seed):
    document, preset = generated(seed), PRESETS[seed % 4]
    run = answer(document, "--preset", preset, "--format", "json", "--all")
    found = strict(run.out)["result"]
    assert not re.search(r"(?<![\w.])-0(?:\.0+)?(?![\d.-])", run.out)
    present = [row for row in document["customers"] if not row.get("churned")]
    paying = {row["id"] for row in present if row["arr"]}
    assert {row["id"] for row in found["customers"]} == paying and found["free"] == len(present) - len(paying)
    assert sum(row["customers"] for row in found["tiers"]) == len(paying) == sum(
        tier["customers"] for tier in found["book"]["tiers"].values())
    listed = list(csv.DictReader(io.StringIO(answer(document, "--preset", preset, "--format", "csv", "--all").out)))
    assert len(listed) == len(present) and {row["customer_id"] for row in listed} == {row["id"] for row in present}
    judged = {row["id"] for row in found["customers"]} - {row["id"] for row in found["not_judged"]}
    assert {row["id"] for row in found["kill_list"]} <= judged and found["leaving"]["judged"] == len(judged)


@pytest.mark.parametrize("top", [1, 2, 5, 10, 100_000])
def test_and_so_many_more_is_what_is_not_shown(top):
    document = portfolios.document(300, 3, 0.8)
    full = result(document)
    said = answer(document, "--top", top).out
    for title, following, key in (("EXIT LIST", "WHO DESERVES", "kill_list"),
                                  ("WHO DESERVES", "DOES FIT", "deserving")):
        section = said.split(title)[1].split(following)[0]
        more = re.search(r"^and ([\d,]+) more", section, re.M)
        shown = len(re.findall(r"^Customer \d", section, re.M))
        assert shown + int(more.group(1).replace(",", "") if more else 0) == len(full[key]) and shown <= top
    run = answer(document, "--top", top, "--format", "csv")
    more = re.search(r"and ([\d,]+) more", run.err)
    assert len(run.out.splitlines()) - 1 + int(more.group(1).replace(",", "") if more else 0) == len(
        answer(document, "--all", "--format", "csv").out.splitlines()) - 1


def test_a_hundred_thousand_customers_are_answered_in_a_short_report(tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(portfolios.document(100_000, 5)))
    run = ran(DESIGNER, tmp_path / "in.json", python=BARE, timeout=300)
    assert (run.code, run.err) == (0, "") and len(run.out) < MOST_CHARACTERS


# --- a policy that is none


def seg(**rules: object) -> dict:
    return {"segmentation": rules}


def policy(folder: Path, rules: object) -> Path:
    path = folder / "policy.json"
    path.write_text(rules if isinstance(rules, str) else json.dumps(rules))
    return path


TIERS = ("strategic", "enterprise", "mid_market", "smb")
POLICIES = {
    "a margin as a percentage": ({"gross_margin_ratio": 77}, "write 0.77"),
    "a margin in words": ('{"gross_margin_ratio": "77%"}', "a number"),
    "a margin of NaN": ('{"gross_margin_ratio": NaN}', "finite"),
    "a share as a percentage": (seg(tiers={"smb": {"cost_high_ratio": 25}}), "write 0.25"),
    "an expectation as a percentage": (seg(expected={"smb": {"arr_high_ratio": 50}}), "write 0.5"),
    "a hysteresis as a percentage": (seg(hysteresis_ratio=10), "write 0.1"),
    "a cost flag as a percentage": (seg(exit={"cost_above_ratio": 50}), "write 0.5"),
    "no cost allowed": (seg(tiers={tier: {"cost_low_ratio": 0, "cost_high_ratio": 0} for tier in TIERS}),
                        "cost_high_ratio above cost_low_ratio"),
    "investment upside down": (seg(tiers={"smb": {"investment_low": 600}}), "investment_high above investment_low"),
    "investment of one amount": (seg(tiers={"smb": {"investment_low": 500}}), "investment_high above investment_low"),
    "floors upside down": ({"tier_floors": {"enterprise": 200_000}}, "strategic above enterprise"),
    "two floors of one height": ({"tier_floors": {"enterprise": 100_000}}, "strategic above enterprise"),
    "touch floors upside down": (seg(touch_floors={"high_touch": 100}), "high_touch above low_touch"),
    "score floors upside down": (seg(score_floors={"strategic": 40}), "strategic above enterprise"),
    "a score floor above 100": (seg(score_floors={"strategic": 101}), "from 0 to 100"),
    "expectations upside down": (seg(expected={"smb": {"arr_low_ratio": 0.5}}), "arr_high_ratio above arr_low_ratio"),
    "bands upside down": (seg(icp={"strong_from": 4}), "strong_from above decent_from"),
    "notice upside down": (seg(exit={"notice_from_days": 30}), "notice_from_days above notice_by_days"),
    "verdicts upside down": (seg(misplaced={"critical_above_ratio": 0.05}), "critical_above_ratio above"),
    "no flag needed": (seg(exit={"least_flags": 0}), "from 1 to 5"),
    "more flags than there are": (seg(exit={"least_flags": 6}), "from 1 to 5"),
    "a negative weight": (seg(icp={"weights": {"in_target_industry": -1}}), "from 0"),
    "a weight of an unknown signal": (seg(icp={"weights": {"in_target_industri": 1}}), 'did you mean "in_target_indus'),
    "an unknown key": (seg(colour=1), "unknown key"), "a misspelt key": (seg(icp={"wieghts": {}}), '"weights"'),
    "an unknown tier": (seg(tiers={"gold": {}}), "unknown key"),
    "an unknown model": (seg(tiers={"smb": {"model": "human"}}), "named_sponsor, named, pooled, tech"),
    "null": ('{"segmentation": null}', "an object"),
    "a full score at no ARR": (seg(score_full_arr=0), "score_full_arr"),
    "shares that are more than everybody": (
        seg(percentile_shares={"strategic_ratio": 0.9, "enterprise_ratio": 0.9, "mid_market_ratio": 0.9}),
        "percentile_shares"),
    "a score of nothing": (seg(score_weights=dict.fromkeys(
        ("arr", "complexity", "growth_potential", "strategic_value"), 0)), "score_weights")}


@pytest.mark.parametrize("label", POLICIES)
def test_a_wrong_policy_is_refused_with_its_place_and_what_was_expected(label, tmp_path):
    rules, said = POLICIES[label]
    run = answer(BOOK, "--policy", policy(tmp_path, rules), "--preset", "scored")
    assert (run.code, run.out) == (1, "") and "policy.json" in run.err and said in run.err, run.err


def test_a_score_of_ten_is_not_taken_for_a_percentage(tmp_path):
    run = answer(BOOK, "--policy", policy(tmp_path, seg(icp={"strong_from": 80})))
    assert run.code == 1 and "0.8" not in run.err, run.err


EXTREMES = {
    "no gross margin": {"gross_margin_ratio": 0}, "all margin": {"gross_margin_ratio": 1},
    "hardly a cost allowed": seg(tiers={tier: {"cost_low_ratio": 0, "cost_high_ratio": 1e-9} for tier in TIERS}),
    "no hysteresis": seg(hysteresis_ratio=0), "all hysteresis": seg(hysteresis_ratio=1),
    "no weights": seg(icp={"weights": dict.fromkeys(SIGNALS, 0)}), "no share": seg(percentile_shares={
        "strategic_ratio": 0, "enterprise_ratio": 0, "mid_market_ratio": 0}),
    "one flag is enough": seg(exit={"least_flags": 1}), "no target": seg(exit={"target_cost_ratio": 0}),
    "technology for nothing": seg(exit={"tech_touch_cost": 0}),
    "technology for a trillion": seg(exit={"tech_touch_cost": 10**12}),
    "two years of notice": seg(exit={"notice_from_days": 730, "notice_by_days": 729}),
    "no hours": {"coverage": {"models": no_hours()}}, "any smell": seg(smell_ratio=0),
    "any evidence": seg(evidence={"least_group": 1, "least_losses": 1, "losses_per_signal": 1}),
    "nobody is poor": seg(exit={"fit_below": 0}), "everybody is poor": seg(exit={"fit_below": 10})}


@pytest.mark.parametrize("label", EXTREMES)
def test_a_policy_at_its_ends_divides_by_nothing_and_writes_sound_sentences(label, tmp_path):
    rules, document = policy(tmp_path, EXTREMES[label]), json.dumps(portfolios.document(120, 3, 0.9))
    for preset in PRESETS:
        strict(answer(document, "--policy", rules, "--preset", preset, "--format", "json", "--all").out)
        run = answer(document, "--policy", rules, "--preset", preset, "--format", "markdown")
        assert run.code == 0 and len(run.out) < MOST_CHARACTERS and unsound(run, AS_OF) == []


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_the_report_stays_short_under_a_policy_of_ones_own_in_every_value(name, tmp_path):
    own = json.loads((ROOT / "scripts" / "cslib" / "policy.json").read_text())
    run = answer(portfolios.document(100, 2), "--policy", policy(tmp_path, own), "--format", name)
    assert run.code == 0 and len(run.out) < MOST_CHARACTERS, len(run.out)


# --- words of others


def worded(hostile: str) -> dict:
    """A book that has the text in every place that takes words."""
    rows = []
    for number in range(16):
        row = {**BOOK["customers"][number % 6], "id": f"{number}{hostile}"[:200], "name": hostile}
        if number % 4 == 0:
            row["strategic_override"] = {"reason": f"{hostile} x"[:200],
                                         "until": "2027-01-31" if number % 8 else "2026-01-01"}
        rows.append(row)
    return {**BOOK, "notes": [hostile], "customers": rows}


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_words_are_harmless_on_every_way_out(label, tmp_path):
    document, plain = worded(HOSTILE[label]), worded("Fernbank")
    for name in FORMATS:
        run, expected = (answer(one, "--format", name, "--all") for one in (document, plain))
        assert (run.code, run.err) == (0, "") and not HARMFUL.search(run.out), (name, run.err)
        if name == "html":
            assert Tags(run.out).seen == Tags(expected.out).seen
        elif name == "json":
            assert not HARMFUL.search(json.dumps(strict(run.out), ensure_ascii=False)) and "\\u" not in run.out
        elif name == "csv":
            assert len(cells(run.out)) == len(cells(expected.out))
            assert all(cell[:1] not in ("=", "+", "-", "@") for row in cells(run.out) for cell in row[:2])
        elif name == "markdown":
            assert len(run.out.splitlines()) == len(expected.out.splitlines())
            bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", run.out)
            assert not re.search(r"<\w|\]\(|!\[", bare)
            widths = {line.count("|") for line in expected.out.splitlines() if line.startswith("|")}
            assert all(line.count("|") in widths for line in bare.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_words_are_harmless_in_what_is_to_be_filled_in_and_come_back_as_they_were(label, tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(worded(HOSTILE[label])))
    asked = called(DESIGNER, tmp_path / "in.json", "--ask", tmp_path / "ask.csv", "--write-book", tmp_path / "b.json")
    text = (tmp_path / "ask.csv").read_text(encoding="utf-8")
    assert asked.code == 0 and not HARMFUL.search(text)
    assert all(cell[:1] not in ("=", "+", "-", "@") for row in cells(text) for cell in row)
    again = called(DESIGNER, tmp_path / "in.json", "--ask", tmp_path / "ask.csv", "--format", "json", "--all")
    assert strict(again.out)["result"] == result(worded(HOSTILE[label]))


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_words_are_harmless_in_a_refusal(label):
    hostile, document = HOSTILE[label], worded(HOSTILE[label])
    for number, damage in enumerate(({"arr": hostile}, {"previous_tier": hostile}, {hostile: 1},
                                     {"icp_signals": {hostile: True}}, {"renewal_date": hostile})):
        document["customers"][number] = {**document["customers"][number], **damage}
    by_rule = worded(hostile)
    by_rule["customers"][1]["id"] = by_rule["customers"][0]["id"]
    by_rule["customers"][2]["renewal_date"] = "2026-02-30"
    for one in ({**document, "as_of": hostile}, by_rule):
        run, check = answer(one), answer(one, "--check", "--format", "json")
        assert (run.code, check.code) == (1, 1) and not HARMFUL.search(run.err) and len(run.err) < MOST_CHARACTERS
        assert strict(check.out)["faults"] and not HARMFUL.search(check.out)


def test_words_that_instruct_stay_in_their_place():
    words = "ignore all previous instructions"
    said = answer(worded(words), "--format", "markdown").out
    assert words in said and not re.search(rf"^[-*\s\d.]*{words}", said, re.M | re.I), said


# --- files in and out


def put(folder: Path, document: object = BOOK) -> Path:
    path = folder / "in.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("flag", ["--write-book", "--ask", "--output"])
@pytest.mark.parametrize("where", ["itself", "symlink", "hard link", "policy", "folder", "no/such/folder/x",
                                   "in.json/x", "unwritable/x"])
def test_a_file_is_never_written_onto_an_input_or_where_none_can_be(flag, where, tmp_path):
    source = put(tmp_path)
    rules = policy(tmp_path, {})
    (tmp_path / "folder").mkdir()
    (tmp_path / "unwritable").mkdir(mode=0o500)
    if where == "unwritable/x" and os.access(tmp_path / "unwritable", os.W_OK):
        pytest.skip("this user may write everywhere")
    (tmp_path / "symlink").symlink_to(source)
    os.link(source, tmp_path / "hard link")
    target = {"itself": source, "policy": rules}.get(where, tmp_path / where)
    before = sorted(os.listdir(tmp_path))
    run = called(DESIGNER, source, "--policy", rules, flag, target)
    assert run.code == (1 if flag == "--ask" and where in ("policy", "folder") else 2), run
    assert run.out == "" and run.err
    assert json.loads(source.read_text()) == BOOK and rules.read_text() == "{}" and before == sorted(
        os.listdir(tmp_path))


@pytest.mark.parametrize("one, other", [("--write-book", "--output"), ("--ask", "--output"), ("--ask", "--write-book")])
@pytest.mark.parametrize("spelling", ["same", "dotted"])
def test_two_files_are_never_written_under_one_name(one, other, spelling, tmp_path):
    target = tmp_path / "x"
    run = called(DESIGNER, put(tmp_path), one, target, other, target if spelling == "same" else f"{tmp_path}/./x")
    assert (run.code, run.out) == (2, "") and os.listdir(tmp_path) == ["in.json"], run


@pytest.mark.parametrize("flag", ["--write-book", "--output"])
def test_nothing_is_written_onto_the_answers_that_are_read(flag, tmp_path):
    source = put(tmp_path)
    called(DESIGNER, source, "--ask", tmp_path / "ask.csv")
    before = (tmp_path / "ask.csv").read_bytes()
    run = called(DESIGNER, source, "--ask", tmp_path / "ask.csv", flag, tmp_path / "ask.csv")
    assert run.code == 2 and (tmp_path / "ask.csv").read_bytes() == before


@pytest.mark.parametrize("flag", ["--write-book", "--ask", "--output"])
def test_a_file_of_no_name_is_wrong_usage(flag, tmp_path):
    run = called(DESIGNER, put(tmp_path), flag, "")
    assert (run.code, run.out) == (2, "")


def test_a_check_and_a_schema_write_nothing(tmp_path):
    source = put(tmp_path)
    for flag in ("--check", "--schema"):
        run = called(DESIGNER, source, flag, "--write-book", tmp_path / "b", "--ask", tmp_path / "a", "--output",
                     tmp_path / "o")
        assert run.code == 0 and os.listdir(tmp_path) == ["in.json"]


def test_a_verdict_that_is_asked_for_and_is_none_leaves_no_file(tmp_path):
    source = put(tmp_path, of({}))
    run = called(DESIGNER, source, "--fail-on", "critical", "--write-book", tmp_path / "b", "--output", tmp_path / "o")
    assert (run.code, run.out) == (2, "") and "--fail-on" in run.err and os.listdir(tmp_path) == ["in.json"]


@pytest.mark.parametrize("args, said", [
    (["in.json", "--as-of", AS_OF], "not both"), (["in.json", "in.json"], "one customers.json"),
    (["in.json", "in.json", "--as-of", AS_OF], "not both"), (["e.csv"], "--as-of DATE"), (["E.CSV"], "--as-of DATE"),
    (["e.csv", "in.json", "--as-of", AS_OF], "not both"), (["in.json", "--currency", "EUR"], "--currency"),
    (["in.json", "--map", "arr=arr"], "--map"), (["in.json", "--ticket-cost", "45"], "--ticket-cost"),
    (["in.json", "--currency", "EUR", "--rate", "USD=0.9"], "--rate"), (["in.json", "--kind", "customers"], "--kind"),
    (["in.json", "--period-months", "3"], "--period-months"), (["e.csv", "--as-of", "2026-02-30"], "2026-02-30"),
    (["e.csv", "--as-of", "9999-12-31"], "9999-12-31"), (["e.csv", "--as-of", ""], "--as-of"),
    (["in.json", "--preset", "gold"], "--preset")])
def test_flags_that_do_not_go_with_the_input_are_wrong_usage(args, said, tmp_path):
    put(tmp_path)
    for name in ("e.csv", "E.CSV"):
        (tmp_path / name).write_text("customer_id,name,arr\nC-1,Fern,1000\n")
    run = called(DESIGNER, *[tmp_path / arg if (tmp_path / arg).is_file() else arg for arg in args])
    assert (run.code, run.out) == (2, "") and said in run.err, run


# --- answers filled in by hand


ASKING = of(*[{"name": f"Fern {n}, Ltd", "arr": 10_000 * n + 500.5} for n in range(1, 6)])


class Filled:
    """A folder in which five customers were asked about; `read` takes the same file filled in, in any style."""

    def __init__(self, folder: Path) -> None:
        self.source, self.path = put(folder, ASKING), folder / "ask.csv"
        assert called(DESIGNER, self.source, "--ask", self.path).code == 0
        self.header = cells(self.path.read_text())[0]

    def rows(self, **values: str) -> list[dict]:
        return [{**dict(zip(self.header, row)), **values} for row in cells(self.path.read_text())[1:]]

    def read(self, rows: list[dict], header: Optional[list[str]] = None, mark: str = ",", encoding: str = "utf-8",
             args: tuple = ()) -> Ran:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, header or self.header, delimiter=mark, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        answers = self.path.with_name("answers.csv")
        answers.write_bytes(text.getvalue().encode(encoding))
        return called(DESIGNER, self.source, "--ask", answers, "--format", "json", "--all", *args)


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    return Filled(tmp_path)


def costs(run: Ran) -> set:
    assert run.code == 0, run.err
    return {row["cost"] for row in strict(run.out)["result"]["customers"]}


STYLES = {"commas": (",", "utf-8"), "semicolons": (";", "utf-8"), "tabs": ("\t", "utf-8"), "a mark": (",", "utf-8-sig"),
          "UTF-16": ("\t", "utf-16"), "UTF-16 with commas": (",", "utf-16"), "cp1252": (";", "cp1252")}


@pytest.mark.parametrize("label", STYLES)
def test_answers_saved_by_any_spreadsheet_are_read(label, filled):
    mark, encoding = STYLES[label]
    run = filled.read(filled.rows(annual_cost_to_serve="1200.50", name="Société"), None, mark, encoding)
    assert costs(run) == {1200.5}


def test_answers_of_a_spreadsheet_in_german_are_read(filled):
    rows = [{**row, "arr": row["arr"].replace(".", ",")} for row in filled.rows(
        annual_cost_to_serve="1.200,50", in_target_industry="Ja", uses_target_workflow="Nein",
        in_target_size_range="WAHR", has_executive_sponsor="FALSCH", renewal_date="31.12.2026")]
    run = filled.read(rows, None, ";", "cp1252")
    assert costs(run) == {1200.5}
    assert {row["fit_score"] for row in strict(run.out)["result"]["customers"]} == {5.0}


@pytest.mark.parametrize("yes, no", [("yes", "no"), ("Y", "N"), ("TRUE", "FALSE"), ("1", "0"), ("Ja", "Nein"),
                                     ("WAHR", "FALSCH"), ("oui", "non"), ("VRAI", "FAUX"), (" yes ", "no ")])
def test_yes_and_no_are_read_in_the_languages_of_a_spreadsheet(yes, no, filled):
    run = filled.read(filled.rows(in_target_industry=yes, uses_target_workflow=no, in_target_size_range=yes,
                                  has_executive_sponsor=no, advocates_publicly=yes))
    assert run.code == 0, run.err
    assert {row["fit_score"] for row in strict(run.out)["result"]["customers"]} == {5.63}


@pytest.mark.parametrize("header", ["reversed", "no name and no ARR", "with more", "rows in another order"])
def test_answers_may_be_moved_about(header, filled):
    rows = [{**row, "comment": "x"} for row in filled.rows(annual_cost_to_serve="900")]
    columns = {"reversed": filled.header[::-1], "with more": [*filled.header, "comment"],
               "no name and no ARR": [name for name in filled.header if name not in ("name", "arr")]}.get(header)
    assert costs(filled.read(rows[::-1] if columns is None else rows, columns)) == {900.0}


def test_empty_lines_and_the_same_line_twice_change_no_answer(filled):
    rows = filled.rows(annual_cost_to_serve="900")
    blank = dict.fromkeys(filled.header, "")
    assert costs(filled.read([*rows, rows[0], blank, blank])) == {900.0}


@pytest.mark.parametrize("column, value", [
    ("in_target_industry", "maybe"), ("in_target_industry", "2"), ("in_target_industry", "?"),
    ("uses_target_workflow", "いいえ"), ("annual_cost_to_serve", "-5"), ("annual_cost_to_serve", "1000000000000000"),
    ("annual_cost_to_serve", "lots"), ("annual_cost_to_serve", "12%"), ("annual_cost_to_serve", "1e400"),
    ("escalations_12m", "many"), ("escalations_12m", "-1"), ("tenure_months", "12.5"), ("tenure_months", "-3"),
    ("renewal_date", "2026-02-30"), ("renewal_date", "46387"), ("renewal_date", "0001-01-01"),
    ("previous_tier", "gold"), ("relationship", "partner"), ("complexity", "very high")])
@pytest.mark.parametrize("how_many", ["one", "all"])
def test_an_answer_that_is_none_is_refused_with_its_line_and_column(column, value, how_many, filled):
    rows = filled.rows()
    good = {"annual_cost_to_serve": "900", "escalations_12m": "1", "tenure_months": "12",
            "renewal_date": "2027-01-31"}.get(column, "")
    for number, row in enumerate(rows):
        row[column] = value if how_many == "all" or number == 2 else good
    run = filled.read(rows)
    assert (run.code, run.out) == (1, "") and "answers.csv" in run.err and f'"{column}"' in run.err, run
    assert f"line {2 if how_many == 'all' else 4}" in run.err


@pytest.mark.parametrize("label, said", [
    ("an unknown id", "C-99"), ("no id", "line 7"), ("unlike lines", "line 7"), ("a total", "Total"),
    ("a column misspelt", "in_target_indutry"), ("no customer column", "customer_id")])
def test_answers_that_belong_to_nobody_are_refused_by_name(label, said, filled):
    rows, header = filled.rows(annual_cost_to_serve="900"), list(filled.header)
    extra = {"an unknown id": {"customer_id": "C-99"}, "no id": {"customer_id": ""},
             "a total": {"customer_id": "Total"}, "unlike lines": {"annual_cost_to_serve": "5"}}.get(label)
    rows += [{**rows[0], **extra}] if extra else []
    if label == "a column misspelt":
        rows = [{**row, "in_target_indutry": "yes"} for row in rows]
        header[header.index("in_target_industry")] = "in_target_indutry"
    if label == "no customer column":
        header.remove("customer_id")
    run = filled.read(rows, header)
    assert (run.code, run.out) == (1, "") and "answers.csv" in run.err and said in run.err, run


def test_a_fault_that_an_answer_brings_is_placed_in_the_file_of_answers(filled):
    rows = filled.rows()
    rows[0]["previous_tier"], rows[1]["previous_tier"] = "strategic", "high touch"
    run = filled.read(rows)
    assert run.code == 1 and "no tier of this preset" in run.err and "answers.csv" in run.err, run.err


def test_a_day_of_two_readings_is_asked_and_either_answer_is_taken(filled):
    run = filled.read(filled.rows(renewal_date="3/4/2027"))
    assert (run.code, run.out) == (1, "") and "--dates dmy" in run.err and "renewal_date" in run.err
    assert filled.read(filled.rows(renewal_date="3/4/2027"), args=("--dates", "dmy")).code == 0


def test_what_is_not_filled_in_changes_nothing_but_the_note(filled):
    run = filled.read(filled.rows())
    assert run.code == 0 and strict(run.out)["result"] == result(ASKING)
    assert any("0 answers" in note for note in strict(run.out)["notes"])


def test_the_export_itself_is_no_file_of_answers(tmp_path):
    (tmp_path / "e.csv").write_text("customer_id,name,arr,annual_cost_to_serve\nC-1,Fern,1000,50\nC-2,Quill,900,40\n")
    run = called(DESIGNER, tmp_path / "e.csv", "--as-of", AS_OF, "--ask", tmp_path / "e.csv")
    assert (run.code, run.out) == (2, "") and "input" in run.err, run


# --- exports


COLUMNS = ("customer_id", "name", "arr", "annual_cost_to_serve", "in_target_industry", "previous_tier",
           "override_reason", "override_until", "renewal_date", "churned", "relationship")
ROW = ("C-1", "Fern", "12000", "900", "yes", "", "", "", "2027-01-31", "no", "paying")


def exported(folder: Path, *changes: dict, args: tuple = (), header: tuple = COLUMNS) -> Ran:
    """The answer to an export of three good rows and one row for each of `changes`."""
    rows = [{**dict(zip(COLUMNS, ROW)), "customer_id": f"K-{n}", "name": f"Kestrel {n}"} for n in range(3)]
    rows += [{**dict(zip(COLUMNS, ROW)), "customer_id": f"C-{n}", "name": f"Fern {n}", **change}
             for n, change in enumerate(changes)]
    text = "\n".join([",".join(header), *(",".join(row[name] for name in COLUMNS) for row in rows)]) + "\n"
    (folder / "e.csv").write_text(text)
    return called(DESIGNER, folder / "e.csv", "--as-of", AS_OF, *args)


@pytest.mark.parametrize("change, said", [
    ({"arr": "-5"}, "negative amount"), ({"arr": "lots"}, "not an amount"), ({"arr": "1e400"}, "not an amount"),
    ({"arr": "inf"}, "not an amount"), ({"annual_cost_to_serve": "lots"}, "not an amount"),
    ({"in_target_industry": "maybe"}, "neither yes nor no"), ({"in_target_industry": "2"}, "neither yes nor no"),
    ({"previous_tier": "gold"}, "not a tier"), ({"renewal_date": "2026-02-30"}, "not a date"),
    ({"override_reason": "x"}, "half an override"), ({"override_until": "2026-12-31"}, "half an override"),
    ({"name": "=cmd|calc"}, "formula")])
def test_a_cell_of_an_export_that_is_none_is_refused_with_its_line(change, said, tmp_path):
    run = exported(tmp_path, change)
    assert (run.code, run.out) == (1, "") and f"  {said} (" in run.err and "line 5" in run.err, run


def test_tiers_of_two_presets_in_an_export_are_refused_with_the_way_out(tmp_path):
    run = exported(tmp_path, {"previous_tier": "strategic"}, {"previous_tier": "high touch"})
    assert run.code == 1 and "no tier of this preset" in run.err and "C-1" in run.err and "--preset" in run.err


def test_a_customer_twice_in_an_export_is_refused_by_its_id(tmp_path):
    run = exported(tmp_path, {}, {"customer_id": "C-0", "arr": "5"}, args=("--kind", "customers"))
    assert run.code == 1 and "customer twice" in run.err and "C-0" in run.err


def test_a_customer_twice_is_named_though_the_kind_of_the_export_was_not_said(tmp_path):
    run = exported(tmp_path, {}, {"customer_id": "C-0", "arr": "5"})
    assert run.code == 1 and "C-0" in run.err, run.err


@pytest.mark.parametrize("change", [{"arr": "0"}, {"arr": ""}, {"customer_id": ""},
                                    {"customer_id": "Total", "arr": "36000"}])
def test_a_row_of_an_export_that_is_set_aside_is_said(change, tmp_path):
    run = exported(tmp_path, change, args=("--format", "json"))
    assert run.code == 1 or strict(run.out)["notes"], "the row is in no figure, and nothing says so"


def test_a_column_of_an_export_that_is_nearly_a_signal_is_said(tmp_path):
    header = tuple("in_target_indutry" if name == "in_target_industry" else name for name in COLUMNS)
    run = exported(tmp_path, header=header, args=("--format", "json"))
    assert run.code == 1 or any("in_target_indutry" in note for note in strict(run.out)["notes"])


def test_everybody_churned_in_an_export_is_refused(tmp_path):
    (tmp_path / "e.csv").write_text("customer_id,arr,churned\nC-1,5,yes\nC-2,6,yes\n")
    run = called(DESIGNER, tmp_path / "e.csv", "--as-of", AS_OF)
    assert (run.code, run.out) == (1, "") and "nobody left" in run.err


def test_an_export_that_brings_a_question_is_asked_about_and_nothing_is_written(tmp_path):
    (tmp_path / "e.csv").write_text("customer_id,arr,renewal_date\nC-1,1000,3/4/2027\nC-2,2000,5/6/2027\n")
    run = called(DESIGNER, tmp_path / "e.csv", "--as-of", AS_OF, "--ask", tmp_path / "a", "--write-book",
                 tmp_path / "b", "--output", tmp_path / "o")
    assert (run.code, run.out) == (1, "") and "--dates dmy" in run.err and os.listdir(tmp_path) == ["e.csv"]


def test_a_very_wide_export_is_answered_in_a_short_report(tmp_path):
    wide = [f"extra_{n}" for n in range(3_000)]
    (tmp_path / "e.csv").write_text("\n".join([",".join([*COLUMNS, *wide]), *(
        ",".join([f"C-{n}", *ROW[1:], *["1"] * len(wide)]) for n in range(3))]) + "\n")
    run = called(DESIGNER, tmp_path / "e.csv", "--as-of", AS_OF)
    assert run.code == 0 and len(run.out) < MOST_CHARACTERS


def test_a_very_long_name_in_an_export_is_cut_and_nobody_is_lost(tmp_path):
    run = exported(tmp_path, {"name": "x" * 500}, args=("--format", "json", "--all"))
    assert run.code == 0 and len(strict(run.out)["result"]["customers"]) == 4
