"""What a user of decision C can get wrong in a book: refused with its place, what was expected and the likely fix."""

from __future__ import annotations

import json
import random
import re
from typing import Union

import pytest

from conftest import Ran, called
from refusals import assert_nothing_is_left, assert_said, hide_packages
from test_bad_input import changed, raw, renamed

DOOR = "cs_coverage_calculator"
AS_OF = "2026-09-30"
FORMATS = ("text", "markdown", "json", "html", "csv")
MOST_CHARACTERS = 4_000

BOOK = {
    "as_of": AS_OF, "currency": "USD", "stage": "growth",
    "annual_growth_ratio": {"strategic": 0.15, "enterprise": 0.25, "mid_market": 0.1, "smb": 0.05},
    "annual_churn_ratio": 0.13, "arr_per_customer_growth_ratio": 0.02,
    "tiers": {
        "strategic": {"customers": 21, "arr": 5_200_000, "csms": 1.5, "hours_per_account": 90.5},
        "enterprise": {"customers": 90, "arr": 5_070_000, "csms": 3, "planned_new_customers": 6},
        "mid_market": {"customers": 132, "arr": 1_400_000, "csms": 2.5, "model": "pooled"},
        "smb": {"customers": 107, "arr": 324_000, "csms": 0.5}},
    "people": [{"tier": "strategic", "fte": 1, "months_in_seat": 26},
               {"tier": "strategic", "fte": 0.5, "months_in_seat": 12},
               {"tier": "enterprise", "fte": 3, "months_in_seat": 14}],
    "joining": [{"tier": "enterprise", "fte": 1, "start": "2026-11"}],
    "managers": 0, "founder_escalations_per_week": 1.5}


def b(path: str, *value: object) -> dict:
    return changed(BOOK, path, *value)


def tiers(**rows: object) -> dict:
    """A document of these tiers and nothing else."""
    return {"as_of": AS_OF, "tiers": rows}


def row(customers: object = 10, arr: object = 100_000, **known: object) -> dict:
    return {"customers": customers, "arr": arr, **known}


def said(content: object) -> Union[str, bytes]:
    return content if isinstance(content, (str, bytes)) else json.dumps(content)


def answer(content: object, *args: object) -> Ran:
    return called(DOOR, "-", *args, stdin=said(content))


GROWTH, CHURN, ARR, FTE = "annual_growth_ratio", "annual_churn_ratio", "tiers.smb.arr", "people.0.fte"
CUSTOMERS, CSMS, SEAT, START = "tiers.smb.customers", "tiers.smb.csms", "people.2.months_in_seat", "joining.0.start"
NINES = "9" * 400

# label: (content, kind of fault, what else the refusal says)
REFUSED = {
    # growth and churn
    "growth of 40": (b(GROWTH, 40), "out of range", [GROWTH, "from -1 to 10", "40 is 4,000%; for 40% write 0.4"]),
    "growth of 12.5": (b(GROWTH, 12.5), "out of range", ["12.5 is 1,250%; for 12.5% write 0.125"]),
    "growth of 40 in one tier": (b(f"{GROWTH}.smb", 40), "out of range",
                                 [f"{GROWTH}.smb", "40 is 4,000%; for 40% write 0.4"]),
    "growth of 5,000": (b(GROWTH, 5_000), "out of range", [GROWTH, "from -1 to 10", "got 5000"]),
    "growth in per cent": (b(GROWTH, "40%"), "wrong type", [GROWTH, '"40%"', "write 0.4, without quotes or sign"]),
    "growth in per cent of a tier": (b(f"{GROWTH}.smb", "-2,5 %"), "wrong type",
                                     [f"{GROWTH}.smb", "write -0.025, without quotes or sign"]),
    "growth in quotes": (b(GROWTH, "0.4"), "wrong type", [GROWTH, "without quotes or separators"]),
    "growth in words": (b(GROWTH, "forty"), "wrong type", [GROWTH, "a number", '"forty"']),
    "growth below -1": (b(GROWTH, -1.01), "out of range", [GROWTH, "from -1", "cannot lose more than all"]),
    "growth of -40": (b(GROWTH, -40), "out of range", ["cannot lose more than all; for -40% write -0.4"]),
    "growth below -1 in a tier": (b(f"{GROWTH}.smb", -2), "out of range",
                                  [f"{GROWTH}.smb", "cannot lose more than all; for -2% write -0.02"]),
    "growth of true": (b(GROWTH, True), "wrong type", [GROWTH, "true is not an amount"]),
    "growth of NaN": (raw(BOOK, GROWTH, "NaN"), "not a number", ["finite", "NaN"]),
    "growth of infinity": (raw(BOOK, GROWTH, "-Infinity"), "not a number", ["Infinity"]),
    "growth as a list": (b(GROWTH, [0.1]), "wrong type", [GROWTH, "a number or an object", "a list of 1"]),
    "growth of a tier that is none": (b(f"{GROWTH}.midmarket", 0.1), "unknown key",
                                      [GROWTH, '"midmarket"', 'did you mean "mid_market"']),
    "growth of a tier of the other preset": (b(f"{GROWTH}.high_touch", 0.1), "tier of the other preset",
                                             [f"{GROWTH}.high_touch", "strategic, enterprise, mid_market, smb"]),
    "growth of ARR of 7": (b("arr_per_customer_growth_ratio", 70), "out of range",
                           ["arr_per_customer_growth_ratio", "for 70% write 0.7"]),
    "growth of ARR by tier": (b("arr_per_customer_growth_ratio", {"smb": 0.1}), "wrong type", ["an object of 1"]),
    "churn of 13": (b(CHURN, 13), "out of range", [CHURN, "from 0 to 1", "write 0.13"]),
    "churn of 130%": (b(CHURN, 1.3), "out of range", [CHURN, "from 0 to 1"]),
    "churn of less than none": (b(CHURN, -0.1), "out of range", [CHURN, "from 0 to 1", "-0.1"]),
    "churn in per cent": (b(CHURN, "13%"), "wrong type", [CHURN, "write 0.13, without quotes or sign"]),
    "churn of a tier in per cent": (b(CHURN, {"smb": 18}), "out of range", [f"{CHURN}.smb", "write 0.18"]),
    "churn of a tier of the other preset": (b(CHURN, {"low_touch": 0.1}), "tier of the other preset",
                                            [f"{CHURN}.low_touch", "strategic"]),
    # tiers
    "a tier without an underscore": (renamed(BOOK, "tiers.mid_market", "midmarket"), "unknown key",
                                     ["tiers", '"midmarket"', 'did you mean "mid_market"', "strategic, enterprise"]),
    "a tier with a dash": (renamed(BOOK, "tiers.mid_market", "mid-market"), "unknown key",
                           ['did you mean "mid_market"']),
    "a tier cut short": (renamed(BOOK, "tiers.enterprise", "ent"), "unknown key", ['did you mean "enterprise"']),
    "a tier in capitals": (renamed(BOOK, "tiers.smb", "SMB"), "unknown key", ['did you mean "smb"']),
    "a tier of gold": (b("tiers.gold", row()), "unknown key", ["tiers", '"gold"', "strategic, enterprise, mid_market"]),
    "tiers of both presets": (b("tiers.high_touch", row()), "tiers of two presets",
                              ["tiers", "high_touch beside strategic, enterprise", "take out high_touch"]),
    "tiers of both presets, one of them empty": (tiers(smb=row(), tech_touch=row(0, 0)), "tiers of two presets",
                                                 ["smb beside tech_touch"]),
    "no tier": (tiers(), "no customers", ["tiers", "at least one tier with customers", "no tier"]),
    "tiers without customers": (tiers(smb=row(0, 0, csms=4)), "no customers", ["tiers", "0 customers in all"]),
    "tiers as a list": (b("tiers", [{"tier": "smb", **row()}]), "wrong type", ["tiers", "an object", "a list of 1"]),
    "tiers of null": (b("tiers", None), "wrong type", ["tiers", "an object", "null"]),
    "no tiers at all": (b("tiers"), "missing key", ["the document", '"tiers"']),
    "a tier of null": (b("tiers.smb", None), "wrong type", ["tiers.smb", "an object", "null"]),
    "a tier of a number": (b("tiers.smb", 107), "wrong type", ["tiers.smb", "an object", "107"]),
    "customers without ARR": (b(ARR, 0), "customers without ARR",
                              [ARR, "above 0 where customers is 107", "write the ARR", "leave them out"]),
    "customers with less than half a cent": (b(ARR, 0.004), "customers without ARR", [ARR, "0.004"]),
    "ARR without customers": (b(CUSTOMERS, 0), "ARR without customers",
                              [CUSTOMERS, "above 0 where arr is 324000", "write how many customers are missing"]),
    "no ARR": (b(ARR), "missing key", ["tiers.smb", '"arr"']),
    "a misspelt ARR": (renamed(BOOK, ARR, "ar"), "missing key", ["tiers.smb", '"ar" is there']),
    "no customers": (b(CUSTOMERS), "missing key", ["tiers.smb", '"customers"']),
    "ARR of null": (b(ARR, None), "wrong type", [ARR, "null says that it is not known"]),
    "ARR of true": (b(ARR, True), "wrong type", [ARR, "true is not an amount"]),
    "a negative ARR": (b(ARR, -5), "out of range", [ARR, "from 0", "-5"]),
    "ARR in words": (b(ARR, "324,000"), "wrong type", [ARR, "without quotes or separators"]),
    "ARR with a currency": (b(ARR, "$324k"), "wrong type", [ARR, "a number", "$324k"]),
    "ARR of 1e400": (raw(BOOK, ARR, "1e400"), "out of range", [ARR, "1E+400"]),
    "ARR of 400 digits": (raw(BOOK, ARR, NINES), "out of range", [ARR, "1000000000000"]),
    "half a customer": (b(CUSTOMERS, 10.5), "wrong type", [CUSTOMERS, "a whole number", "10.5"]),
    "customers with a point": (raw(BOOK, CUSTOMERS, "107.0"), "wrong type", [CUSTOMERS, "write 107"]),
    "customers of 1e5000": (raw(BOOK, CUSTOMERS, "1e5000"), "out of range", [CUSTOMERS, "a whole number"]),
    "customers in quotes": (b(CUSTOMERS, "107"), "wrong type", [CUSTOMERS, "without quotes"]),
    "negative customers": (b(CUSTOMERS, -1), "out of range", [CUSTOMERS, "from 0"]),
    "more customers than people on earth": (b(CUSTOMERS, 10**11), "out of range", [CUSTOMERS, "to 100000000"]),
    "negative planned customers": (b("tiers.smb.planned_new_customers", -1), "out of range",
                                   ["tiers.smb.planned_new_customers", "from 0"]),
    "hours of zero": (b("tiers.smb.hours_per_account", 0), "no hours",
                      ["tiers.smb.hours_per_account", "above 0", "leave it out where hours are not measured"]),
    "negative hours": (b("tiers.smb.hours_per_account", -3), "out of range", ["tiers.smb.hours_per_account"]),
    "more hours than a year has": (b("tiers.smb.hours_per_account", 9_000), "out of range", ["from 0 to 2000"]),
    "a model that is none": (b("tiers.smb.model", "human"), "unknown word",
                             ["tiers.smb.model", "named_sponsor, named"]),
    "a model in capitals": (b("tiers.smb.model", "Pooled"), "unknown word", ['did you mean "pooled"']),
    "a misspelt plan": (b("tiers.smb.planned_customers", 3), "unknown key",
                        ["tiers.smb", 'did you mean "planned_new_customers"']),
    # people
    "negative CSMs": (b(CSMS, -1), "out of range", [CSMS, "from 0", "-1"]),
    "CSMs in words": (b(CSMS, "two"), "wrong type", [CSMS, "a number", '"two"']),
    "CSMs of true": (b(CSMS, True), "wrong type", [CSMS, "true is not an amount"]),
    "CSMs as a list of names": (b(CSMS, ["Ann", "Bo"]), "wrong type", [CSMS, "a number", "a list of 2"]),
    "people who are a number": (b("people", 5), "wrong type", ["people", "a list", "csms of a tier", "got 5"]),
    "people in words": (b("people", "five"), "wrong type", ["people", "a list", '"five"']),
    "people as an object": (b("people", {"smb": 2}), "wrong type", ["people", "a list", "an object of 1"]),
    "a person in words": (b("people.0", "Ann"), "wrong type", ["people[0]", "an object", '"Ann"']),
    "a person of null": (b("people.0", None), "wrong type", ["people[0]", "an object", "null"]),
    "FTE of null": (b(FTE, None), "wrong type", ["people[0].fte (strategic)", "null says that it is not known"]),
    "FTE of true": (b(FTE, True), "wrong type", ["people[0].fte (strategic)", "true is not an amount"]),
    "a negative FTE": (b(FTE, -1), "out of range", ["people[0].fte (strategic)", "from 0", "-1"]),
    "FTE in words": (b(FTE, "full"), "wrong type", ["people[0].fte (strategic)", "a number"]),
    "FTE in per cent": (b(FTE, "50%"), "wrong type", ["people[0].fte (strategic)", "a number", '"50%"']),
    "a person without FTE": (b(FTE), "missing key", ["people[0] (strategic)", '"fte"']),
    "a negative tenure": (b(SEAT, -2), "out of range", ["people[2].months_in_seat (enterprise)", "from 0"]),
    "a tenure of a century": (b(SEAT, 1_201), "out of range", ["to 1200"]),
    "a person of a tier that is none": (b("people.0.tier", "ent"), "unknown word",
                                        ["people[0].tier", 'did you mean "enterprise"']),
    "a person of no tier": (b("people.0.tier", None), "unknown word", ["people[0].tier", "null", "strategic"]),
    "a person of the other preset": (b("people.0.tier", "high_touch"), "tier of the other preset",
                                     ["people[0].tier", "strategic, enterprise, mid_market, smb", "high_touch"]),
    "a person with a name": (b("people.0.name", "Ann"), "unknown key",
                             ["people[0] (Ann)", "only tier, fte, months_in_seat", '"name"']),
    "people who do not add up": (b("tiers.enterprise.csms", 4), "people do not add up",
                                 ["tiers.enterprise.csms", "3, the FTE of people in enterprise", "got 4", "joining"]),
    "people more than their CSMs": (b("people.1.fte", 2), "people do not add up", ["tiers.strategic.csms", "3", "1.5"]),
    "people who are split and one is lost": (b("people.1.fte", 0.49), "people do not add up", ["1.49", "1.5"]),
    "joiners counted as CSMs": (b("tiers.enterprise.csms", 4), "people do not add up", ["does not count in csms"]),
    # joiners
    "a joiner who has started": (b(START, "2026-08"), "already started",
                                 ["joining[0].start (enterprise)", "2026-09 to 2028-09", "belongs under people"]),
    "a joiner of next century": (b(START, "2126-11"), "too far ahead",
                                 ["joining[0].start (enterprise)", "2026-09 to 2028-09"]),
    "a joiner with a day": (b(START, "2026-11-15"), "wrong form", ["joining[0].start", "YYYY-MM", "write 2026-11"]),
    "a joiner in month 13": (b(START, "2026-13"), "wrong form", ["joining[0].start (enterprise)", "YYYY-MM"]),
    "a joiner in words": (b(START, "November"), "wrong form", ["joining[0].start (enterprise)", "YYYY-MM"]),
    "a joiner with a line break": (b(START, "2026-11\n"), "wrong form", ["joining[0].start (enterprise)"]),
    "a joiner of a number": (b(START, 2), "wrong type", ["joining[0].start (enterprise)", "text", "got 2"]),
    "a joiner of the other preset": (b("joining.0.tier", "low_touch"), "tier of the other preset",
                                     ["joining[0].tier", "low_touch"]),
    "a joiner with a tenure": (b("joining.0.months_in_seat", 2), "unknown key",
                               ["joining[0] (enterprise)", "only tier, fte, start"]),
    # the whole
    "a day that does not exist": (b("as_of", "2026-02-30"), "impossible date", ["as_of", "2026-02-30"]),
    "the year 1": (b("as_of", "0001-01-01"), "impossible date", ["as_of", "0001-01-01"]),
    "the year 9999": (b("as_of", "9999-12-31"), "impossible date", ["as_of", "9999-12-31"]),
    "a day in another order": (b("as_of", "30.09.2026"), "wrong form", ["as_of", "write 2026-09-30"]),
    "no day": (b("as_of"), "missing key", ["the document", '"as_of"']),
    "a currency in words": (b("currency", "dollars"), "wrong form", ["currency", "three capital letters"]),
    "a stage that is none": (b("stage", "series_c"), "unknown word", ["stage", "series_b"]),
    "a negative manager": (b("managers", -1), "out of range", ["managers", "from 0"]),
    "managers in words": (b("managers", "none"), "wrong type", ["managers", "a number", '"none"']),
    "escalations of true": (b("founder_escalations_per_week", True), "wrong type", ["founder_escalations_per_week"]),
    "a misspelt key": (renamed(BOOK, GROWTH, "anual_growth_ratio"), "unknown key",
                       ["the document", 'did you mean "annual_growth_ratio"']),
    "a key given twice": ('{"as_of": "2026-09-30", "tiers": {}, "tiers": {}}', "key given twice", ['"tiers"']),
    "a list": ([BOOK], "wrong type", ["the document", "an object", "a list of 1"]),
    "null": ("null", "wrong type", ["the document", "an object", "null"]),
    "nothing": ("", "empty file", ["a JSON document"]),
    "half a file": (json.dumps(BOOK)[:200], "not JSON", ["line 1"]),
    "two documents": (json.dumps(BOOK) * 2, "not JSON", ["line 1"]),
    "a number of thousands of digits": (raw(BOOK, ARR, "9" * 6_000), "number out of range", ["number"]),
    "a hundred thousand brackets": ("[" * 100_000, "nested too deeply", ["levels of nesting"]),
    "UTF-16": (json.dumps(BOOK).encode("utf-16"), "wrong encoding", ["UTF-8"]),
    "a CSV": ("tier,customers,arr\nsmb,5,900\n", "not JSON",
              ["prepare_inputs.py", "customer_segmentation_designer.py FILE --write-book"]),
    "a list of customers": ({"as_of": AS_OF, "customers": [{"id": "C-1", "arr": 5}]}, "another document",
                            ["customers.json", "--write-book"])}


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_with_its_place_the_expectation_and_what_was_got(label):
    content, kind, words = REFUSED[label]
    assert_said(answer(content), kind, words)


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_in_the_same_words_without_the_packages(label, monkeypatch):
    with_packages = answer(REFUSED[label][0])
    hide_packages(monkeypatch)
    assert answer(REFUSED[label][0]) == with_packages


@pytest.mark.parametrize("label", ["growth of 40", "tiers of both presets", "people who do not add up", "a CSV",
                                   "customers of 1e5000", "a joiner who has started", "a negative tenure"])
def test_a_refused_book_leaves_no_file_behind_and_check_says_the_same(label, tmp_path):
    assert_nothing_is_left(DOOR, said(REFUSED[label][0]).encode(), tmp_path)


def test_every_fault_of_a_book_is_named_at_once():
    content = changed(changed(b(GROWTH, 40), FTE, -1), "tiers.gold", row())
    assert all(kind in answer(content).err for kind in ("out of range (2 places)", "unknown key"))
    content = changed(changed(changed(b(ARR, 0), START, "2020-01"), "tiers.enterprise.csms", 9), "as_of", "2026-09-31")
    assert all(kind in answer(content).err for kind in ("impossible date", "customers without ARR",
                                                        "people do not add up"))


def test_twenty_thousand_people_at_fault_are_short():
    for tier, fte in (("smb", "x"), ("low_touch", 1)):
        run = answer(b("people", [{"tier": tier, "fte": fte, "months_in_seat": 1}] * 20_000))
        assert run.code == 1 and len(run.err) < 1_000 and "20,000 places" in run.err


def test_the_flags_cannot_make_a_bad_book_good_nor_hide_what_is_wrong_with_it():
    run = answer(b(ARR, 0), "--csms", "smb=1", "--growth", "0.1")
    assert run.code == 1 and run.err.startswith("refused: - with --csms, --growth\n  customers without ARR")
    assert answer(b(GROWTH, 40), "--growth", "0.4", "--check").code == 0


# --- what a command line can get wrong


USAGE = {
    "growth of 40": (["--growth", "40"], "4,000% or 40%? write 0.4"),
    "growth of 40%": (["--growth", "40%"], "4,000% or 40%? write 0.4"),
    "growth of NaN": (["--growth", "nan"], "expects a ratio from -1 to 10"),
    "growth below -1": (["--growth=-1.5"], "cannot lose more than all"),
    "churn of 13": (["--churn", "13"], "1,300% or 13%? write 0.13"),
    "churn below 0": (["--churn=-0.1"], "expects a ratio from 0 to 1"),
    "a tier that is none": (["--csms", "midmarket=2"], 'did you mean "mid_market"'),
    "a tier of the other preset": (["--csms", "high_touch=2"], "its tiers are strategic, enterprise, mid_market, smb"),
    "CSMs without a tier": (["--csms", "7"], "TIER=FTE"),
    "negative CSMs": (["--csms", "smb=-2"], "FTE from 0 to 100,000"),
    "one tier twice": (["--csms", "smb=2", "--csms", "smb=2"], "names smb twice"),
    "a horizon of 0": (["--months", "0"], "from 12 to 24"), "a horizon of 500": (["--months", "500"], "from 12 to 24"),
    "a horizon in words": (["--months", "twelve"], "from 12 to 24"),
    "an unknown stage": (["--stage", "series_c"], "series_b"), "an unknown flag": (["--horizon", "12"], "--horizon")}


@pytest.mark.parametrize("label", USAGE)
def test_wrong_usage_says_what_to_write(label):
    args, words = USAGE[label]
    run = answer(BOOK, *args)
    assert (run.code, run.out) == (2, "") and words in run.err and "Traceback" not in run.err


# --- strange, and true: answered


def joiner(start: str, fte: object = 1) -> dict:
    return {"tier": "smb", "fte": fte, "start": start}


EDGES = {
    "the book of the refusals": BOOK,
    "one customer of 500": tiers(smb=row(1, 500, csms=0)),
    "one customer of a cent": tiers(smb=row(1, 0.01, csms=1)),
    "one customer of a trillion": tiers(strategic=row(1, 10**12, csms=1)),
    "nothing known": tiers(enterprise=row()),
    "nobody works here": tiers(strategic=row(csms=0), smb=row(csms=0)),
    "CSMs known in one tier": tiers(strategic=row(csms=2), smb=row()),
    "CSMs without customers": tiers(strategic=row(csms=1), smb=row(0, 0, csms=5)),
    "the largest book": {**tiers(strategic=row(10**8, 10**12, csms=100_000), smb=row(10**8, 10**12, csms=100_000)),
                         GROWTH: 10, CHURN: 1},
    "hundreds of customers for one CSM": {**tiers(enterprise=row(5_000, 3 * 10**8, csms=1)), GROWTH: 0.5},
    "a thousand CSMs for one customer": tiers(enterprise=row(1, 90_000, csms=1_000)),
    "a crumb of a CSM": tiers(enterprise=row(csms=1e-9)),
    "everybody leaves": {**tiers(enterprise=row(90, 5 * 10**6, csms=3)), GROWTH: -1, CHURN: 1},
    "more lost than churned": {**tiers(enterprise=row(90, 5 * 10**6, csms=3)), GROWTH: -0.5, CHURN: 0},
    "no growth at all": {**tiers(enterprise=row(90, 5 * 10**6, csms=3)), GROWTH: 0, CHURN: 0},
    "ARR per customer that goes": {**tiers(enterprise=row(90, 5 * 10**6, csms=3)),
                                   "arr_per_customer_growth_ratio": -1},
    "ten times the ARR per customer": {**tiers(enterprise=row(90, 5 * 10**6, csms=3)),
                                       "arr_per_customer_growth_ratio": 10},
    "plans where nobody is": tiers(enterprise=row(csms=1), smb=row(0, 0, csms=0, planned_new_customers=9)),
    "a plan of nobody": tiers(enterprise=row(csms=1, planned_new_customers=0)),
    "three tiers by touch": tiers(high_touch=row(30, 3 * 10**6, csms=2), low_touch=row(200, 4 * 10**6, csms=4),
                                  tech_touch=row(900, 10**6, csms=1)),
    "a person without a tenure": {**tiers(smb=row()), "people": [{"tier": "smb", "fte": 1}]},
    "a tenure that is not known": {**tiers(smb=row()), "people": [{"tier": "smb", "fte": 1, "months_in_seat": None}]},
    "a person of no FTE": {**tiers(smb=row()), "people": [{"tier": "smb", "fte": 0, "months_in_seat": 3}]},
    "somebody on the first day": {**tiers(smb=row()), "people": [{"tier": "smb", "fte": 1, "months_in_seat": 0}]},
    "joiners only": {**tiers(smb=row()), "joining": [joiner("2026-09"), joiner("2028-09", 0.5)]},
    "joiners beyond the horizon": {**tiers(smb=row(csms=1)), "joining": [joiner("2028-09")]},
    "measured hours": tiers(enterprise=row(csms=1, hours_per_account=2_000), smb=row(csms=1, hours_per_account=0.001)),
    "every model against its tier": tiers(smb=row(csms=1, model="named_sponsor"), strategic=row(csms=1, model="tech")),
    "a leap day": {**tiers(smb=row(csms=1)), "as_of": "2028-02-29"},
    "the middle of a month": {**tiers(smb=row(csms=1)), "as_of": "2026-09-17"},
    "the first day of the era": {**tiers(smb=row(csms=1)), "as_of": "1970-01-01"},
    "the last day of the era": {**tiers(smb=row(csms=1)), "as_of": "2199-12-31"},
    "a thousand managers": {**tiers(smb=row(csms=1)), "managers": 1_000, "founder_escalations_per_week": 1_000},
    "every optional key of null": {**tiers(smb=row(csms=None, planned_new_customers=None, hours_per_account=None,
                                                   model=None)), "currency": None, "stage": None, GROWTH: None,
                                   CHURN: None, "arr_per_customer_growth_ratio": None, "people": None, "joining": None,
                                   "managers": None, "founder_escalations_per_week": None},
    "two thousand people": {**tiers(smb=row(10**5, 10**9)), "people": [
        {"tier": "smb", "fte": 0.5, "months_in_seat": n % 40} for n in range(2_000)]}}
LOOSE = re.compile(r"\bNone\b|\bnan\b|\bNaN\b|\bInfinity\b|\bDecimal\b|\(\)|: [;.]|, ,|(?<![\w.])-0(?:\.0+)?(?![\d.%-])"
                   r"|\bn/a of\b|[{}]")


@pytest.mark.parametrize("months", [12, 24])
@pytest.mark.parametrize("label", EDGES)
def test_a_strange_book_is_answered_in_every_format_without_a_loose_word(label, months):
    short = answer(EDGES[label], "--months", months)
    assert (short.code, short.err) == (0, "") and len(short.out) < MOST_CHARACTERS, (len(short.out), short.err)
    assert not [short.out[max(0, found.start() - 40):found.end() + 20] for found in LOOSE.finditer(short.out)]
    for name in FORMATS:
        run = answer(EDGES[label], "--months", months, "--format", name, "--all")
        assert run.code == 0 and run.out and "Traceback" not in run.err, (name, run.err)
    json.loads(answer(EDGES[label], "--format", "json").out, parse_constant=lambda word: pytest.fail(word))


def test_random_damage_is_refused_or_answered_and_never_a_traceback():
    odd = (None, True, "", "x", -1, 0, 1e-9, 0.5, 10**15, [], {}, [[]], "2026-09", "smb", "40%")
    chance = random.Random(5)
    paths = [path for path in _paths(BOOK, "") if path]
    for _ in range(300):
        content = BOOK
        for path in chance.sample(paths, 3):
            try:
                content = changed(content, path, *([chance.choice(odd)] if chance.random() < 0.8 else []))
            except (KeyError, IndexError, TypeError):
                continue
        run = answer(content, "--check")
        assert run.code in (0, 1) and ("expected " in run.err) == (run.code == 1), (content, run.err)
        if run.code == 0:
            assert answer(content).code == 0, content


def _paths(value: object, path: str) -> list[str]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, inner in steps for deeper in _paths(inner, f"{path}.{step}".strip(".")))]
