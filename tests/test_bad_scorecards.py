"""What a user can get wrong in a scorecard: refused with its place, what was expected and the likely fix."""

from __future__ import annotations

import io
import json
import random
import sys
from typing import Union
from unittest import mock

import pytest

import cards
from cards import row
from conftest import DOORS, Ran, called
from cslib import schema, scorecards, source
from cslib.refusal import Refusal, refusal_text
from refusals import assert_nothing_is_left, assert_said, hide_packages
from test_bad_input import changed, raw, renamed

DOOR = "cs_scorecard"
AS_OF = "2026-09-30"
FORMATS = ("text", "markdown", "json", "html")

CARD = {
    "as_of": AS_OF, "currency": "USD", "stage": "growth", "believed_stage": "strategic", "product_type": "crm",
    "kpis": [
        {"kpi": "nrr_ratio", "value": 1.04, "period_months": 12, "of": 310, "owner": "sales",
         "previous": {"value": 0.97, "of": 197, "as_of": "2025-09-30"}},
        {"kpi": "grr_ratio", "value": 0.87, "period_months": 12, "of": 310, "owner": "finance",
         "previous": {"value": 0.89, "of": 197, "as_of": "2025-09-30"}},
        {"kpi": "nps", "value": 34, "of": 148, "previous": {"value": 38}},
        {"kpi": "csat", "value": 4.2, "scale": "mean_1_to_5", "of": 212, "sd": 0.9},
        {"kpi": "ces", "value": 4.8, "scale": "mean_1_to_7", "easy_is": "high", "of": 96, "sd": 1.6},
        {"kpi": "time_to_value_days", "value": 62, "of": 71},
        {"kpi": "health_points", "value": 71, "sd": 17, "owner": "nobody"},
        {"kpi": "grr_ratio", "segment": "smb", "value": 0.78, "period_months": 12}],
    "owned_accounts": {"accounts": 242, "with_owner": 193},
    "headcount": {"csms": 7.5, "required": 9},
    "maturity": {"measurement": {"proactive": {"met": True, "evidence": "agreed with the close of June"},
                                 "strategic": {"met": True}},
                 "risk": {"proactive": {"met": False}, "strategic": {"met": None}}}}
NRR, GRR, NPS, CSAT, CES, DAYS, HEALTH, SMB = (f"kpis.{index}" for index in range(8))
PROOF = "maturity.measurement.proactive.evidence"
NINES = "9" * 400


def s(path: str, *value: object) -> dict:
    """The card with one value set, or taken out."""
    return changed(CARD, path, *value)


def with_row(*args: object, **known: object) -> dict:
    """The card with one more KPI, its ninth."""
    return {**CARD, "kpis": [*CARD["kpis"], row(*args, **known)]}


def said(content: object) -> Union[str, bytes]:
    return content if isinstance(content, (str, bytes)) else json.dumps(content)


def by_rooms(content: object) -> Ran:
    """How the rooms take a document from standard input, in the form of a door's ending."""
    text = said(content)
    stream = io.TextIOWrapper(io.BytesIO(text if isinstance(text, bytes) else text.encode()), encoding="utf-8")
    try:
        with mock.patch.object(sys, "stdin", stream):
            document = source.document("-")
        schema.check(document, "scorecard", "-")
        scorecards.read(document, "-")
    except Refusal as refusal:
        return Ran(1, "", refusal_text(refusal) + "\n")
    return Ran(0, "", "")


def answer(content: object, *args: object) -> Ran:
    return called(DOOR, "-", *args, stdin=said(content))


# label: (content, kind of fault, what else the refusal says)
REFUSED = {
    # ratios
    "GRR of 87": (s(f"{GRR}.value", 87), "out of range", ["kpis[1].value (grr_ratio)", "a ratio from 0 to 1", "got 87",
                                                         "87 looks like a percentage: write 0.87"]),
    "GRR of 87.5": (s(f"{GRR}.value", 87.5), "out of range", ["write 0.875"]),
    "GRR above 1": (s(f"{GRR}.value", 1.02), "out of range", ["kpis[1].value (grr_ratio)", "from 0 to 1", "1.02"]),
    "GRR below 0": (s(f"{GRR}.value", -0.1), "out of range", ["kpis[1].value (grr_ratio)", "got -0.1"]),
    "NRR of 104": (s(f"{NRR}.value", 104), "out of range", ["kpis[0].value (nrr_ratio)", "from 0 to 10",
                                                           "write 1.04"]),
    "NRR of 5,000": (s(f"{NRR}.value", 5_000), "out of range", ["kpis[0].value (nrr_ratio)", "got 5000"]),
    "NRR below GRR": (s(f"{NRR}.value", 0.86), "net below gross",
                      ["kpis[0].value (nrr_ratio)", "at least 0.87, the grr_ratio of the same customers", "got 0.86"]),
    "NRR below GRR a year ago": (s(f"{NRR}.previous.value", 0.88), "net below gross",
                                 ["kpis[0].previous.value (nrr_ratio)", "at least 0.89", "got 0.88"]),
    "NRR below GRR of a segment": (with_row("nrr_ratio", 0.7, segment="smb"), "net below gross",
                                   ["kpis[8].value (nrr_ratio, smb)", "at least 0.78"]),
    "a ratio in per cent": (s(f"{GRR}.value", "87%"), "wrong type", ["kpis[1].value", "a ratio such as 0.93", '"87%"']),
    "a ratio in quotes": (s(f"{GRR}.value", "0.87"), "wrong type", ["kpis[1].value", "without quotes or separators"]),
    "a ratio of true": (s(f"{GRR}.value", True), "wrong type", ["kpis[1].value", "true is not an amount"]),
    "a ratio of NaN": (raw(CARD, f"{GRR}.value", "NaN"), "not a number", ["finite", "NaN"]),
    "a ratio of infinity": (raw(CARD, f"{GRR}.value", "-Infinity"), "not a number", ["Infinity"]),
    "a value of 400 digits": (raw(CARD, f"{DAYS}.value", NINES), "out of range", ["kpis[5].value", "to 1000000"]),
    "a value of 1e400": (raw(CARD, f"{DAYS}.value", "1e400"), "out of range", ["kpis[5].value", "1E+400"]),
    "no value": (s(f"{GRR}.value"), "missing key", ["kpis[1]", '"value"']),
    "a misspelt value": (renamed(CARD, f"{GRR}.value", "valu"), "missing key", ["kpis[1]", '"valu" is there']),
    "a count for a value that is not there": (s(f"{NPS}.value", None), "no value",
                                              ["kpis[2].value (nps)", "since of, previous is given", "leave the row"]),
    "a spread for a value that is not there": (s(f"{HEALTH}.value", None), "no value",
                                               ["kpis[6].value (health_points)", "since sd is given"]),
    "a share of plans above all": (with_row("success_plan_ratio", 1.2), "out of range",
                                   ["kpis[8].value (success_plan_ratio)", "from 0 to 1"]),
    # points, days, counts
    "NPS of 120": (s(f"{NPS}.value", 120), "out of range", ["kpis[2].value (nps)", "points from -100 to 100",
                                                            "got 120"]),
    "NPS of -101": (s(f"{NPS}.value", -101), "out of range", ["kpis[2].value", "-101"]),
    "NPS as a ratio": (s(f"{NPS}.value", 0.34), "out of range", ["kpis[2].value (nps)", "not a ratio of them",
                                                                 "0.34 looks like a ratio: write 34"]),
    "NPS as a ratio below 0": (s(f"{NPS}.value", -0.12), "out of range", ["-0.12 looks like a ratio: write -12"]),
    "health as a ratio": (s(f"{HEALTH}.value", 0.71), "out of range", ["kpis[6].value (health_points)", "write 71"]),
    "health of 171": (s(f"{HEALTH}.value", 171), "out of range", ["points from 0 to 100", "got 171"]),
    "health below 0": (s(f"{HEALTH}.value", -1), "out of range", ["kpis[6].value (health_points)", "got -1"]),
    "days below 0": (s(f"{DAYS}.value", -3), "out of range", ["kpis[5].value (time_to_value_days)", "days from 0 on"]),
    "hours below 0": (with_row("data_age_hours", -3), "out of range", ["kpis[8].value (data_age_hours)",
                                                                      "hours from 0 on"]),
    "touches below 0": (with_row("touches_per_account", -3), "out of range", ["a count from 0 on", "got -3"]),
    # scales
    "CSAT without a scale": (s(f"{CSAT}.scale"), "no scale",
                             ["kpis[3].scale (csat)", "one of mean_1_to_5, mean_1_to_7, mean_1_to_10", "got none",
                              "the share of satisfied answers is the KPI csat_satisfied_ratio"]),
    "CSAT with a scale of null": (s(f"{CSAT}.scale", None), "no scale", ["kpis[3].scale (csat)"]),
    "CSAT in per cent": (s(f"{CSAT}.value", 84), "out of range", ["kpis[3].value (csat)", "a mean from 1 to 5",
                                                                  "csat_satisfied_ratio"]),
    "CSAT as a share": (s(f"{CSAT}.value", 0.84), "out of range", ["kpis[3].value (csat)", "got 0.84"]),
    "CSAT above its scale": (s(f"{CSAT}.value", 5.1), "out of range", ["a mean from 1 to 5", "got 5.1"]),
    "a share of CSAT with a scale": (with_row("csat_satisfied_ratio", 0.8, scale="mean_1_to_5"),
                                     "a scale where there is none", ["kpis[8].scale (csat_satisfied_ratio)",
                                                                     "only csat and ces have one"]),
    "a scale that is none": (s(f"{CSAT}.scale", "1-5"), "unknown word", ["kpis[3].scale", "mean_1_to_5", '"1-5"']),
    "a scale of stars": (s(f"{CSAT}.scale", "mean_1_to_6"), "unknown word", ["kpis[3].scale", "did you mean"]),
    "CES without a scale": (s(f"{CES}.scale"), "no scale", ["kpis[4].scale (ces)", "one of mean_1_to_5, mean_1_to_7",
                                                            "from 1 to 5"]),
    "CES of 1 to 10": (s(f"{CES}.scale", "mean_1_to_10"), "another scale", ["kpis[4].scale (ces)", "mean_1_to_10"]),
    "CES without a direction": (s(f"{CES}.easy_is"), "no direction", ["kpis[4].easy_is (ces)", "low or high"]),
    "CES with a direction in words": (s(f"{CES}.easy_is", "7"), "unknown word", ["kpis[4].easy_is", "low, high"]),
    "CES above its scale": (s(f"{CES}.value", 7.2), "out of range", ["kpis[4].value (ces)", "a mean from 1 to 7"]),
    "a direction of CSAT": (s(f"{CSAT}.easy_is", "high"), "a scale where there is none", ["kpis[3].easy_is (csat)",
                                                                                          "only ces has a direction"]),
    "a scale of NPS": (s(f"{NPS}.scale", "mean_1_to_10"), "a scale where there is none", ["kpis[2].scale (nps)"]),
    # periods, counts, spreads
    "NRR without a period": (s(f"{NRR}.period_months"), "no period",
                             ["kpis[0].period_months (nrr_ratio)", "a rate over time carries its period",
                              "12 for a year"]),
    "early renewals without a period": (with_row("early_renewal_ratio", 0.2, period_months=None), "no period",
                                        ["kpis[8].period_months (early_renewal_ratio)"]),
    "a period of NPS": (s(f"{NPS}.period_months", 12), "a period where there is none",
                        ["kpis[2].period_months (nps)", "got 12", "leave it out"]),
    "a period of 0 months": (s(f"{NRR}.period_months", 0), "out of range", ["kpis[0].period_months", "from 1 to 36"]),
    "a period of 37 months": (s(f"{NRR}.period_months", 37), "out of range", ["from 1 to 36", "got 37"]),
    "a period of a quarter": (s(f"{NRR}.period_months", "Q3"), "wrong type", ["kpis[0].period_months"]),
    "a period of half a month": (s(f"{NRR}.period_months", 0.5), "wrong type", ["a whole number", "0.5"]),
    "nobody answered": (s(f"{NPS}.of", 0), "out of range", ["kpis[2].of", "from 1", "got 0"]),
    "half an answer": (s(f"{NPS}.of", 148.5), "wrong type", ["kpis[2].of", "a whole number"]),
    "answers in quotes": (s(f"{NPS}.of", "148"), "wrong type", ["kpis[2].of", "without quotes"]),
    "a negative spread": (s(f"{CSAT}.sd", -0.1), "out of range", ["kpis[3].sd", "from 0"]),
    "a spread wider than the scale": (s(f"{CSAT}.sd", 4.1), "out of range", ["kpis[3].sd (csat)",
                                                                             "at most 4, the width of its scale"]),
    "a spread of a share": (s(f"{GRR}.sd", 0.1), "a spread where there is none", ["kpis[1].sd (grr_ratio)", "as of"]),
    "a spread of NPS": (s(f"{NPS}.sd", 60), "a spread where there is none", ["kpis[2].sd (nps)", "got 60"]),
    # what stood before
    "a previous percentage": (s(f"{GRR}.previous.value", 89), "out of range",
                              ["kpis[1].previous.value (grr_ratio)", "write 0.89"]),
    "a previous CSAT on another scale": (s(f"{CSAT}.previous", {"value": 8.1}), "out of range",
                                         ["kpis[3].previous.value (csat)", "a mean from 1 to 5"]),
    "a previous without a value": (s(f"{NPS}.previous.value"), "missing key", ["kpis[2].previous", '"value"']),
    "a previous value of null": (s(f"{NPS}.previous.value", None), "wrong type",
                                 ["kpis[2].previous.value", "null says that it is not known"]),
    "a previous that is a number": (s(f"{NPS}.previous", 38), "wrong type", ["kpis[2].previous", "an object", "38"]),
    "a previous scale": (s(f"{NPS}.previous.scale", "mean_1_to_5"), "unknown key", ["kpis[2].previous",
                                                                                   "only value, of, sd, as_of"]),
    "a previous of the same day": (s(f"{NRR}.previous.as_of", AS_OF), "not before",
                                   ["kpis[0].previous.as_of (nrr_ratio)", "a day before the scorecard's, 2026-09-30"]),
    "a previous of next year": (s(f"{NRR}.previous.as_of", "2027-09-30"), "not before", ["2027-09-30"]),
    "a previous day that does not exist": (s(f"{NRR}.previous.as_of", "2025-02-29"), "impossible date",
                                           ["kpis[0].previous.as_of (nrr_ratio)", "2025-02-29"]),
    "a previous day in another order": (s(f"{NRR}.previous.as_of", "30.09.2025"), "wrong form",
                                        ["kpis[0].previous.as_of", "write 2025-09-30"]),
    # rows
    "a KPI twice": (with_row("nps", 30), "given twice", ["kpis[8] (nps)", "the same as kpis[2]", "under previous"]),
    "a KPI of a segment twice": (with_row("grr_ratio", 0.8, segment="smb"), "given twice", ["kpis[8] (grr_ratio, smb)",
                                                                                         "the same as kpis[7]"]),
    "a KPI that is none": (s(f"{GRR}.kpi", "grr"), "unknown word", ["kpis[1].kpi", 'did you mean "grr_ratio"']),
    "a KPI in capitals": (s(f"{NPS}.kpi", "NPS"), "unknown word", ["kpis[2].kpi", 'did you mean "nps"']),
    "MRR": (s(f"{GRR}.kpi", "revenue_per_head"), "unknown word", ["kpis[1].kpi", "revenue_per_head"]),
    "a KPI of null": (s(f"{NPS}.kpi", None), "unknown word", ["kpis[2].kpi", "null"]),
    "no KPI": (s(f"{NPS}.kpi"), "missing key", ["kpis[2]", '"kpi"']),
    "a segment that is none": (s(f"{SMB}.segment", "small"), "unknown word", ["kpis[7].segment", "mid_market, smb"]),
    "an owner that is none": (s(f"{NRR}.owner", "cs_ops"), "unknown word", ["kpis[0].owner",
                                                                           'did you mean "cs_operations"']),
    "a target of one's own": (s(f"{NRR}.target", 1.1), "unknown key", ["kpis[0]", '"target"']),
    "KPIs by name": (s("kpis", {"nps": 34}), "wrong type", ["kpis", "a list", "an object of 1"]),
    "a KPI that is a number": (s(NPS, 34), "wrong type", ["kpis[2]", "an object", "34"]),
    # people and accounts
    "more owned than there are": (s("owned_accounts.with_owner", 243), "more than all",
                                  ["owned_accounts.with_owner", "at most 242, the accounts", "got 243"]),
    "no accounts": (s("owned_accounts.accounts"), "missing key", ["owned_accounts", '"accounts"']),
    "a share with an owner": (s("owned_accounts.with_owner", 0.8), "wrong type", ["owned_accounts.with_owner",
                                                                                "a whole number"]),
    "negative CSMs": (s("headcount.csms", -1), "out of range", ["headcount.csms", "from 0"]),
    "nobody required": (s("headcount.required", 0), "out of range", ["headcount.required", "above 0"]),
    "required without CSMs": (s("headcount.csms"), "missing key", ["headcount", '"csms"']),
    # maturity
    "a dimension that is none": (renamed(CARD, "maturity.risk", "risks"), "unknown key",
                                 ["maturity", '"risks"', 'did you mean "risk"']),
    "a stage that is none": (renamed(CARD, "maturity.risk.strategic", "strategical"), "unknown key",
                             ["maturity.risk", "proactive, strategic, transformational", 'did you mean "strategic"']),
    "evidence to be reactive": (s("maturity.risk.reactive", {"met": True}), "unknown key", ["maturity.risk",
                                                                                          '"reactive"']),
    "met in words": (s("maturity.risk.proactive.met", "yes"), "wrong type", ["maturity.risk.proactive.met",
                                                                           "true or false", '"yes"', "without quotes"]),
    "met of 1": (s("maturity.risk.proactive.met", 1), "wrong type", ["true or false", "got 1"]),
    "a stage of true": (s("maturity.risk.proactive", True), "wrong type", ["maturity.risk.proactive", "an object"]),
    "a number for a dimension": (s("maturity.risk", 3), "wrong type", ["maturity.risk", "an object", "3"]),
    "evidence without an answer": (s("maturity.risk.proactive", {"evidence": "a report"}), "missing key",
                                   ["maturity.risk.proactive", '"met"']),
    "no words of evidence": (s(PROOF, ""), "out of range", [PROOF, "1 to 300 characters"]),
    "blank evidence": (s(PROOF, " \t\n"), "blank evidence", [PROOF, "what shows it", "leave it out"]),
    "evidence of blanks from elsewhere": (s(PROOF, "\u3000\u2003"), "blank evidence", [PROOF]),
    "evidence of a page": (s(PROOF, "x" * 301), "out of range", [PROOF, "1 to 300 characters"]),
    "evidence of true": (s(PROOF, True), "wrong type", [PROOF, "text"]),
    # the whole
    "a day that does not exist": (s("as_of", "2026-02-30"), "impossible date", ["as_of", "2026-02-30"]),
    "the year 1": (s("as_of", "0001-01-01"), "impossible date", ["as_of", "0001-01-01"]),
    "a day in another order": (s("as_of", "30.09.2026"), "wrong form", ["as_of", "write 2026-09-30"]),
    "no day": (s("as_of"), "missing key", ["the document", '"as_of"']),
    "a currency in words": (s("currency", "dollars"), "wrong form", ["currency", "three capital letters"]),
    "a stage of company that is none": (s("stage", "series_c"), "unknown word", ["stage", "series_b"]),
    "a belief that is none": (s("believed_stage", "predictive"), "unknown word", ["believed_stage",
                                                                                  "transformational"]),
    "a product that is none": (s("product_type", "billing"), "unknown word", ["product_type", "marketing_automation"]),
    "a misspelt key": (renamed(CARD, "believed_stage", "beleived_stage"), "unknown key",
                       ["the document", 'did you mean "believed_stage"']),
    "nothing said": ({"as_of": AS_OF}, "empty", ["the document", "a value under kpis", "got neither", "--questions"]),
    "nothing measured": ({"as_of": AS_OF, "kpis": [{"kpi": "nps", "value": None}]}, "empty", ["no KPI with a value"]),
    "a key given twice": ('{"as_of": "2026-09-30", "kpis": [], "kpis": []}', "key given twice", ['"kpis"']),
    "a list": ([CARD], "wrong type", ["the document", "an object", "a list of 1"]),
    "null": ("null", "wrong type", ["the document", "an object", "null"]),
    "nothing": ("", "empty file", ["a JSON document"]),
    "half a file": (json.dumps(CARD)[:200], "not JSON", ["line 1"]),
    "a number of thousands of digits": (raw(CARD, f"{DAYS}.value", "9" * 6_000), "number out of range",
                                        ["thousands of digits"]),
    "a hundred thousand brackets": ("[" * 100_000, "nested too deeply", ["levels of nesting"]),
    "UTF-16": (json.dumps(CARD).encode("utf-16"), "wrong encoding", ["UTF-8"])}
needs_door = pytest.mark.skipif(DOOR not in DOORS, reason="the door is not there")


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_with_its_place_the_expectation_and_what_was_got(label):
    content, kind, words = REFUSED[label]
    assert_said(by_rooms(content), kind, words)


@needs_door
@pytest.mark.parametrize("label", REFUSED)
def test_the_door_says_the_same(label):
    assert answer(REFUSED[label][0]) == by_rooms(REFUSED[label][0])


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_in_the_same_words_without_the_packages(label, monkeypatch):
    with_packages = by_rooms(REFUSED[label][0])
    hide_packages(monkeypatch)
    assert by_rooms(REFUSED[label][0]) == with_packages


def test_the_card_of_the_refusals_is_accepted():
    assert by_rooms(CARD) == Ran(0, "", "")


@needs_door
@pytest.mark.parametrize("label", ["GRR of 87", "CSAT without a scale", "NRR below GRR", "a KPI twice", "nothing said"])
def test_a_refused_scorecard_leaves_no_file_behind_and_check_says_the_same(label, tmp_path):
    assert_nothing_is_left(DOOR, said(REFUSED[label][0]).encode(), tmp_path)


def test_every_fault_of_a_scorecard_is_named_at_once():
    content = changed(changed(s(f"{NRR}.period_months", 99), "maturity.risks", {}), "headcount.csms", -1)
    assert all(kind in by_rooms(content).err for kind in ("out of range (2 places)", "unknown key"))
    content = changed(changed(changed(s("as_of", "2026-09-31"), f"{CSAT}.scale"), PROOF, "  "), f"{GRR}.value", 87)
    content["kpis"].append(row("nps", 500))
    content["kpis"].append(row("nrr_ratio", 0.5, segment="smb"))
    content["owned_accounts"]["with_owner"] = 900
    for kind in ("impossible date", "no scale", "blank evidence", "out of range (2 places)", "given twice",
                 "net below gross", "more than all"):
        assert kind in by_rooms(content).err, kind


def test_thousands_of_rows_at_fault_are_told_in_a_few_lines():
    run = by_rooms({"as_of": AS_OF, "kpis": [{"kpi": "csat", "value": 4}] * 5_000})
    assert run.code == 1 and len(run.err) < 2_000 and "5,000 places" in run.err and "4,999 places" in run.err


def test_random_damage_is_refused_or_read_and_never_a_traceback():
    odd = (None, True, "", "x", -1, 0, 1e-9, 0.5, 87, 10**15, [], {}, [[]], "2026-09", "smb", "40%", "mean_1_to_7")
    chance = random.Random(5)
    paths = [path for path in _paths(CARD, "") if path]
    ended = {0: 0, 1: 0}
    for _ in range(300):
        content = CARD
        for path in chance.sample(paths, chance.randint(1, 2)):
            try:
                content = changed(content, path, *([chance.choice(odd)] if chance.random() < 0.8 else []))
            except (KeyError, IndexError, TypeError):
                continue
        run = by_rooms(content)
        assert ("expected " in run.err) == (run.code == 1), (content, run.err)
        ended[run.code] += 1
        if DOOR in DOORS:
            assert answer(content, "--check").err == run.err
            assert answer(content).code == run.code, content
    assert min(ended.values()) >= 15, ended


@needs_door
@pytest.mark.parametrize("seed", range(60))
def test_a_valid_scorecard_is_answered_in_every_format(seed):
    content = json.dumps(cards.seeded(seed), default=float)
    for name in FORMATS:
        run = answer(content, "--format", name, "--all")
        assert (run.code, run.err) == (0, "") and run.out, (name, run.err)
    short = answer(content)
    assert (short.code, short.err) == (0, "") and len(short.out) < 4_000


def _paths(value: object, path: str) -> list[str]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, inner in steps for deeper in _paths(inner, f"{path}.{step}".strip(".")))]
