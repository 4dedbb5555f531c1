"""The words for roles, outcomes, criteria, the split and known mistakes."""

from __future__ import annotations

import inspect
import json
import re
import string
from collections.abc import Iterator
from decimal import Decimal as D

import pytest

import orgs
from cslib import am_split, mistakes, org, policy, role_criteria, role_table, role_words, stages

WORDS = role_words.read()
SETTINGS = policy.read(None).settings
RULES = SETTINGS["hiring"]
WAYS = am_split.DECISIONS
CRITERIA = [(role, key) for role in org.ROLES for key in {**WORDS["criteria"]["every"], **WORDS["criteria"][role]}]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif value is not None:
        yield value


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def changed(*keys: str, to: object) -> dict:
    """The settings with one value changed."""
    copy = json.loads(json.dumps(SETTINGS, default=float), parse_float=D)
    inner = copy
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return copy


def test_there_are_words_for_every_role_and_outcome_and_no_other():
    assert set(WORDS["roles"]) == set(WORDS["criteria"]) - {"every"} == set(org.ROLES)
    assert tuple(WORDS["outcomes"]) == org.OUTCOMES
    assert tuple(WORDS["mistakes"]) == mistakes.MISTAKES
    assert tuple(WORDS["split"]["ways"]) == am_split.DECISIONS


def test_there_are_words_for_every_criterion_of_the_table_and_no_other():
    table = inspect.getsource(role_table)
    asked = {*re.findall(r'_row\("(\w+)"', table)}
    assert asked == {key for keys in WORDS["criteria"].values() for key in keys}
    for role in org.ROLES:
        own = table.partition(f"def _{role}(")[2].partition("\ndef ")[0]
        assert {*re.findall(r'_row\("(\w+)"', own)} <= {key for one, key in CRITERIA if one == role}
        assert all(f'"{key}"' in own for key in WORDS["criteria"][role])


@pytest.mark.parametrize("changes", [(), (("team.csm", []),), (("team", {}), ("stage", "late"))])
def test_every_criterion_that_an_org_meets_has_words(changes):
    made = org.read(orgs.document(*changes), "org.json")
    standing = stages.standing(made, RULES)
    split = am_split.split(made, made.people("csm"), SETTINGS)
    size = role_criteria.size_today(made, None)
    for role in org.ROLES:
        for one in role_criteria.criteria(role, made, standing, None, split, size, SETTINGS):
            said = role_words.criterion(role, one.key, one.value, one.threshold, SETTINGS, WORDS)
            assert (said.today is None) == (one.value is None) and "{" not in said.label, one.key
    for one in split.criteria:
        assert role_words.split_criterion(one.key, one.value, one.threshold, WORDS).label


@pytest.mark.parametrize("key", org.ROLES)
def test_a_role_is_said_in_full_and_short_enough_for_a_line(key):
    said = role_words.role(key, SETTINGS, WORDS)
    assert said.one.startswith(("a ", "an ")) and not said.label.endswith(".")
    assert len(said.interim) == 2 and all(line.endswith(".") and len(line) <= 90 for line in said.interim)
    assert 2 <= len(said.numbers) <= 4
    assert max(len(said.owns), len(said.does_not_own), len(said.reports_to)) <= 70
    assert max(len(said.profile), len(said.proves), len(said.note or "")) <= 130
    assert not any("{" in text for text in strings(said._asdict()))


@pytest.mark.parametrize("key", org.ROLES)
def test_a_role_is_judged_by_a_measure_with_an_end(key):
    proves = role_words.role(key, SETTINGS, WORDS).proves
    assert re.search(r"within (one|two|four)( quarters?)?$", proves) and "quarter" in proves
    assert re.search(r"\d|none|no |above|at its target", proves)


@pytest.mark.parametrize("key", org.ROLES)
def test_no_role_owns_what_it_does_not_own(key):
    said = role_words.role(key, SETTINGS, WORDS)
    assert said.owns != said.does_not_own and said.owns not in {
        other["owns"] for name, other in WORDS["roles"].items() if name != key}


def test_the_target_of_a_hire_follows_the_policy():
    for keys, key, new, words in (
            (("hiring", "triggers", "implementation", "onboarding_days"), "implementation", 45, "to 45 or fewer"),
            (("hiring", "triggers", "renewals", "late_ratio"), "renewals", D("0.125"), "below 12.5% of those due"),
            (("scorecard", "headcount_within_ratio"), "director_vp", D("0.3"), "within 30% of required"),
            (("scorecard", "kpis", "csm_customer_time_ratio", "good"), "cs_ops", D("0.7"), "at 70% or more")):
        assert words in role_words.role(key, changed(*keys, to=new), WORDS).proves
        assert words not in role_words.role(key, SETTINGS, WORDS).proves


def test_every_figure_that_the_policy_has_is_a_place_and_not_a_number_in_the_words():
    for role, keys in WORDS["criteria"].items():
        for said in keys.values():
            assert not re.search(r"\d", said["label"] + said["today"]), (role, said)
            assert places(said["label"]) <= {"threshold", *RULES["triggers"].get(role, {})}
            assert {"value"} <= places(said["today"]) <= {"value", "s"}
    for said in (*WORDS["mistakes"].values(), *WORDS["split"]["criteria"].values()):
        assert not re.search(r"\d", " ".join(strings(said)))
    for said in WORDS["mistakes"].values():
        assert places("".join(strings(said))) <= {"threshold"}


@pytest.mark.parametrize(("role", "key"), CRITERIA)
def test_a_criterion_is_said_with_its_limit_and_what_is_found_today(role, key):
    said = role_words.criterion(role, key, D("0.5"), D("0.25"), SETTINGS, WORDS)
    unknown = role_words.criterion(role, key, None, None, SETTINGS, WORDS)
    assert said.today and unknown.today is None
    assert "{" not in said.label + said.today + unknown.label and len(said.label) <= 90


def test_criteria_read_as_a_person_would_say_them():
    def label(role: str, key: str, threshold: object = None) -> str:
        return role_words.criterion(role, key, None, threshold, SETTINGS, WORDS).label

    assert label("csm", "founder_and_customers") == (
        "more than 40% of the founder's week on customers, 10 customers and a written playbook")
    assert label("support", "customers", 30) == "30 customers or more"
    assert label("implementation", "slow_and_waiting") == "over 30 days to go live, and a backlog of over 1 month"
    assert label("renewals", "late_and_many") == "10% of renewals late or more, and 100 due a year"
    assert label("cs_ops", "admin_time", D("0.3")) == "30% of CSM time or more on administration"
    assert label("cco", "arr", 10000000) == "10.00M of ARR or more"
    assert role_words.criterion("cs_ops", "csms", D("3.5"), 5, SETTINGS, WORDS).today == "3.5 CSMs"
    assert role_words.criterion("customer_marketing", "stage_series_b", "series_b", None, SETTINGS, WORDS).today == (
        "series B")
    assert role_words.split_criterion("acv", D(34286), 20000, WORDS) == ("a contract of 20k a year or more", "34k")
    assert role_words.split_criterion("founder_closes_deals", True, None, WORDS).today == "yes"


@pytest.mark.parametrize("decision", WAYS)
def test_every_number_has_one_owner_under_each_way_of_sharing(decision):
    rows = role_words.owners(decision, WORDS)
    assert [row.number for row in rows] == ["gross_retention", "net_retention", "renewal_forecast", "renewal_paper",
                                            "expansion_found", "expansion_closed", "adoption", "onboarding"]
    assert {row.owner for row in rows} <= {"CSM", "account manager", "head of CS"}
    assert all(row.passes_to in (None, *org.ROLES) for row in rows)


def test_only_an_account_manager_who_is_there_owns_a_number():
    owned = {way: {row.number for row in role_words.owners(way, WORDS) if row.owner == "account manager"}
             for way in WAYS}
    assert owned["combined"] == set() and owned["hybrid"] == {"expansion_closed"}
    assert owned["hybrid"] < owned["split"] and "gross_retention" not in owned["split"]


def test_each_way_of_sharing_says_what_it_means():
    assert [role_words.way(decision, WORDS)[0] for decision in WAYS] == list(WAYS)
    assert len({role_words.way(decision, WORDS)[1] for decision in WAYS}) == 3


@pytest.mark.parametrize("key", mistakes.MISTAKES)
def test_a_mistake_says_why_and_what_to_do(key):
    said = role_words.mistake(key, D(5000000), WORDS)
    assert len({*said}) == 3 and not any("{" in text for text in said)
    assert max(map(len, said)) <= 90


def test_a_limit_stands_in_the_mistake_that_is_past_it():
    assert role_words.mistake("cco_early", 10000000, WORDS).label == "a CCO below 10.00M of ARR"
    assert role_words.mistake("ops_before_csms", 3, WORDS).remedy.endswith("until there are 3 CSMs")
    assert role_words.mistake("combined_too_long", 5000000, WORDS).label.endswith("from 5.00M of ARR")


def test_an_outcome_says_how_one_sees_that_it_fails():
    for key in org.OUTCOMES:
        said = role_words.outcome(key, WORDS)
        assert said.label and len(said.fails_when) <= 75 and not said.fails_when.endswith(".")


def test_the_notes_give_the_figures_of_the_policy_where_they_rest_on_the_same_document():
    triggers = RULES["triggers"]
    notes = {key: said["note"] or "" for key, said in WORDS["roles"].items()}
    assert f"{triggers['csm']['customers']} customers, over {triggers['csm']['founder_time_ratio']:.0%}" in notes["csm"]
    assert f"playbook B for {triggers['csm']['customers_alone']} customers" in notes["csm"]
    ops = triggers["cs_ops"]
    assert f"{ops['admin_ratio']:.0%} of CSM time" in notes["cs_ops"] and ops["csms"] == 5
    assert f"B says {ops['admin_other_ratio']:.0%}, and at five" in notes["cs_ops"]
    managers = SETTINGS["coverage"]["managers"]
    assert (f"{managers['csms_in_a_tier']} CSMs in a tier or {managers['csms_overall']} in all on one page and "
            f"{triggers['cs_manager']['csms_other']} on another") in notes["cs_manager"]
    assert f"says {triggers['director_vp']['csms']} CSMs" in notes["director_vp"]
    assert f"{triggers['cco']['arr'] // 10**6}M of ARR" in notes["cco"]


def test_a_value_is_shown_in_its_unit_and_nothing_unknown_is_zero():
    assert role_words.shown(None, "money", WORDS) == "n/a"
    assert role_words.shown(False, "yes_no", WORDS) == "no"
    assert role_words.shown("csm", "word", WORDS) == "CSMs"
    assert role_words.shown(D("0.375"), "ratio", WORDS) == "37.5%"
    assert role_words.shown(D("0.4"), "ratio", WORDS) == "40%"
    assert role_words.shown(1234, "count", WORDS) == "1,234"
    assert role_words.shown(D("1.5"), "rate", WORDS) == "1.5"


def test_one_of_a_thing_is_said_in_the_singular():
    for value, today in ((D(0), "0 CSMs"), (D(1), "1 CSM"), (D("1.5"), "1.5 CSMs"), (D(2), "2 CSMs")):
        assert role_words.criterion("support", "csm_first", value, D(0), SETTINGS, WORDS).today == today
