"""The words for roles, outcomes, criteria, the split and known mistakes, from role_words.json beside this room."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Optional, Union

from cslib import figures, source

Value = Union[Decimal, int, bool, str, None]


class RoleWords(NamedTuple):
    """A role in words. `one` has its article; `interim` is what the team does until somebody starts."""

    label: str
    one: str
    many: str
    owns: str
    does_not_own: str
    reports_to: str
    profile: str
    proves: str
    interim: tuple[str, ...]
    numbers: tuple[str, ...]
    note: Optional[str]


class OutcomeWords(NamedTuple):
    """A customer outcome, and how one sees that it is not delivered."""

    label: str
    fails_when: str


class MistakeWords(NamedTuple):
    """A known mistake, why it is one, and the way out of it."""

    label: str
    why: str
    remedy: str


class CriterionWords(NamedTuple):
    """What is asked, and what is found today: None where it is unknown."""

    label: str
    today: Optional[str]


class Ownership(NamedTuple):
    """Who answers for one number, and the role that takes it over where there is one."""

    number: str
    label: str
    owner: str
    passes_to: Optional[str]


def read() -> dict:
    """All words by kind and key."""
    return source.own("role_words.json")


def role(key: str, settings: dict, words: dict) -> RoleWords:
    """The words for a role, the figures in them from the policy."""
    said = words["roles"][key]
    return RoleWords(said["label"], said["one"], said["many"], said["owns"], said["does_not_own"], said["reports_to"],
                     said["profile"], said["proves"].format(**_targets(settings)), tuple(said["interim"]),
                     tuple(said["numbers"]), said["note"])


def outcome(key: str, words: dict) -> OutcomeWords:
    """The words for an outcome."""
    return OutcomeWords(**words["outcomes"][key])


def mistake(key: str, threshold: Value, words: dict) -> MistakeWords:
    """The words for a mistake, with the limit that it is past."""
    said = words["mistakes"][key]
    limit = shown(threshold, said["unit"], words)
    return MistakeWords(*(said[part].format(threshold=limit) for part in MistakeWords._fields))


def criterion(role_key: str, key: str, value: Value, threshold: Value, settings: dict, words: dict) -> CriterionWords:
    """What is asked of a role's criterion with its limits, and what is found today."""
    limits = {name: _limit(name, limit) for name, limit in settings["hiring"]["triggers"].get(role_key, {}).items()}
    said = {**words["criteria"]["every"], **words["criteria"][role_key]}[key]
    return _asked(said, value, threshold, limits, words)


def split_criterion(key: str, value: Value, threshold: Value, words: dict) -> CriterionWords:
    """What is asked when a split of CSM and account manager is weighed, and what is found today."""
    return _asked(words["split"]["criteria"][key], value, threshold, {}, words)


def way(decision: str, words: dict) -> tuple[str, str]:
    """The name of a way to share the work, and what it means."""
    said = words["split"]["ways"][decision]
    return said["label"], said["means"]


def owners(decision: str, words: dict) -> tuple[Ownership, ...]:
    """One owner for each number under a way to share the work."""
    split = words["split"]
    return tuple(Ownership(number, said["label"], said[decision], split["passes_to"].get(number))
                 for number, said in split["numbers"].items())


def shown(value: Value, unit: str, words: dict) -> str:
    """A value in its unit: `20k`, `40%`, `3.5`, `series B`, `yes`; `n/a` for None."""
    if value is None:
        return figures.NOT_AVAILABLE
    if isinstance(value, (bool, str)):
        return words["words"].get(str(value).lower(), str(value))
    if unit == "ratio":
        return figures.per_cent(value, 0 if value * 100 == int(value * 100) else 1)
    return {"money": figures.short_money, "fte": figures.fte, "rate": figures.fte}.get(unit, figures.whole)(value)


def _asked(said: dict, value: Value, threshold: Value, limits: dict, words: dict) -> CriterionWords:
    found = shown(value, said["unit"], words)
    today = None if value is None else said["today"].format(value=found, s="" if found == "1" else "s")
    return CriterionWords(said["label"].format(threshold=shown(threshold, said["unit"], words), **limits), today)


def _limit(name: str, value: Value) -> str:
    """A limit of the policy in the unit that its name gives."""
    if name.endswith("_months"):
        return figures.count(int(value), "month")
    return shown(value, {"ratio": "ratio", "arr": "money"}.get(name.rpartition("_")[2], "count"), {"words": {}})


def _targets(settings: dict) -> dict[str, str]:
    """The figures by which a hire is judged, by the name of their place."""
    triggers, card = settings["hiring"]["triggers"], settings["scorecard"]
    ratios = {"late_ratio": triggers["renewals"]["late_ratio"], "headcount_within": card["headcount_within_ratio"],
              "forecast_error": 1 - card["kpis"]["forecast_accuracy_ratio"]["good"],
              "success_plan": card["kpis"]["success_plan_ratio"]["good"],
              "customer_time": card["kpis"]["csm_customer_time_ratio"]["good"],
              "playbook_compliance": card["kpis"]["playbook_compliance_ratio"]["good"],
              "reference_customers": card["kpis"]["reference_customers_ratio"]["good"]}
    return {"onboarding_days": figures.whole(triggers["implementation"]["onboarding_days"]),
            **{place: shown(ratio, "ratio", {}) for place, ratio in ratios.items()}}
