"""The words of the brief: the decisions with their money, where inputs disagree, what changed, what is missing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Optional, Union

from cslib import role_words
from cslib.brief import Figures, Stake
from cslib.brief_agreements import Disagreement
from cslib.brief_changes import Changes
from cslib.coverage_words import TIERS, listed
from cslib.figures import count, decimal, fte, per_cent, points, short_money, signed_money, whole
from cslib.hiring_words import Speech, capital, day, head_of, held, reason, who
from cslib.sizing import TierSize

SECTIONS = {"retention": "Retention", "segmentation": "Customers", "coverage": "Coverage", "hiring": "Next role",
            "scorecard": "Scorecard"}
TITLES = {"retention": "stop the largest leak", "segmentation": "serve customers for what they bear",
          "coverage": "staff the work that nobody does", "hiring": "open the next role"}
STAKES = {"arr_lost": "{} of ARR lost", "cost_a_year": "{} of service a year",
          "arr_uncovered": "{} of ARR without CSM hours", "arr_at_risk": "{} of ARR at risk"}
ADDS = {"cohorts": "cohorts.json: what was kept, what left and why, and whether it would repeat",
        "customers": "customers.json: tiers, what each account costs and bears, whom to let go, who deserves more",
        "book": "book.json: CSMs by tier and month, approvals with their days, what no approval closes any more",
        "org": "org.json: the failing outcome, the role that unblocks it, the order for 18 months",
        "scorecard": "scorecard.json: KPIs against targets, and maturity by what can be shown"}
DISAGREE = {"as_of": "the day", "currency": "the currency", "stage": "the stage", "arr": "ARR",
            "customers": "customers", "csms": "CSMs", "managers": "CS managers"}
MEASURES = {"arr": "ARR", "arr_growth_ratio": "ARR growth", "customers": "customers", "grr_ratio": "GRR",
            "nrr_ratio": "NRR",
            "logo_retention_ratio": "logo retention", "cost_to_serve": "cost to serve a year",
            "excess": "of it above what accounts bear", "exit_customers": "customers on the exit list",
            "deserving_customers": "customers that get less than due", "required_csms": "CSMs needed", "csms": "CSMs",
            "next_role": "first new role", "arr_at_risk": "ARR at risk for it", "maturity": "maturity"}
BESIDE = {"arr": "customers", "arr_growth_ratio": None, "grr_ratio": None, "nrr_ratio": None,
          "logo_retention_ratio": None, "cost_to_serve": "excess", "exit_customers": "deserving_customers",
          "required_csms": "csms", "next_role": "arr_at_risk", "maturity": None}
BESIDE_SAID = {"customers": lambda held: count(held, "customer"),
               "excess": lambda held: f"{short_money(held)} above what accounts bear",
               "deserving_customers": lambda held: f"{whole(held)} get less than due",
               "csms": lambda held: f"{fte(held)} there",
               "arr_at_risk": lambda held: f"{short_money(held)} ARR at risk"}
TOOL_WORDS = tuple(map(re.compile, (
    r" Help: [\w./-]+(?: --[\w-]+(?: \w+)?)?\.", r"(?<=more)(?: of yours)? \(--all\)", r" \((?:[^()]*; )?--[^()]*\)",
    r": --[\w-]+[^.]*(?=\.)", r"; --[\w-]+[^.]*(?=\.)")))
STATES = {"still": "still open", "new": "new", "gone": "nothing at stake any more"}
DEFINITIONS = (
    "GRR is what customers of the start pay now, growth left out, over what they paid: never above 100%. NRR counts "
    "their growth too; new customers are in neither.",
    "What an account bears is its tier's range cut to the tier's share of its ARR.",
    "CSMs needed is the larger of hours and account cap, on the model that an account's ARR pays for, headroom in it.",
    "ARR without CSM hours is that of the tiers short of CSMs, by the share of their work that nobody has time for.",
    "ARR at risk is what the company says of a failing outcome; outcomes overlap and are never added up.",
    "Maturity is the lowest of measurement, risk and segmentation; what cannot be shown does not count.",
    "The stakes of the three decisions are of different kinds: they are ranked by size and never added up.")


BY_TIERS = "book.json with CSMs: who is there, so which approvals by when (the need is known from customers.json)."
NEXT = "With pictures, the largest rows of every list and what each figure means, to send:"


def for_readers(text: str) -> str:
    """A sentence of a script without what only somebody at a command line needs: flags, and which script helps."""
    for tool_words in TOOL_WORDS:
        text = tool_words.sub("", text)
    return text


def answer(stakes: Sequence[Stake], figures: Figures, apart: Sequence[Disagreement], doubtful: Container[str]) -> str:
    """The first sentences: on what inputs disagree, then the decisions, largest first, each with its money and day."""
    settle = f"The inputs disagree on {listed([DISAGREE[row.what] for row in apart])}: settle that before you decide. "
    doubt = settle if apart else ""
    if not stakes:
        return f"{doubt}Nothing that was given has money at stake today."
    first, *others = (_asked(stake, figures, stake.topic in doubtful) for stake in stakes)
    return f"{doubt}First {first}" + (f"; then {listed(others)}" if others else "") + "."


def _asked(stake: Stake, figures: Figures, doubtful: bool) -> str:
    by = f", by {stake.by.isoformat()}" if stake.by else ""
    return f"{title(stake.topic, figures, doubtful)} ({at_stake(stake)}{by})"


def _role(key: str, form: str) -> str:
    return role_words.read()["roles"][key][form]


def title(topic: str, figures: Figures, doubtful: bool = False) -> str:
    """What is decided, in a few words; `doubtful` where it has to bring more than was lost."""
    said = f"hire {_role(figures.next_role, 'one')}" if topic == "hiring" and figures.next_role else TITLES[topic]
    return f"decide whether to {said}" if doubtful else said


def decision(stake: Stake, figures: Figures, doubtful: bool) -> str:
    """What is decided, with its money."""
    said = title(stake.topic, figures, doubtful)
    return f"{said[:1].upper()}{said[1:]}: {at_stake(stake)}."


def next_role(said: Speech) -> str:
    """What to do about the next role: why, by when, who approves it, from when it is there, for how much."""
    one = said.h.next_role
    if one is None:
        return ""
    why, owner = reason(said, one, True), "CEO" if head_of(said) == "the founder" else "CEO and head of CS"
    if held(said.h, one):
        return f"{capital(why)}. Nobody is approved before the role before has delivered."
    return (f"By {day(one.approve_by)}, {owner}: approve {who(said, one)}, {short_money(one.cost_a_year)} a year, to "
            f"start {day(one.start_day)}; {why}.")


def step(stake: Stake, steps: Sequence[str]) -> str:
    """The first step of a decision: the one that names its money, else the first."""
    named = (said for said in steps if short_money(stake.amount) in said)
    return for_readers(next(named, steps[0] if steps else ""))


def at_stake(stake: Stake) -> str:
    return STAKES[stake.kind].format(short_money(stake.amount))


def disagreements(found: Iterable[Disagreement]) -> list[str]:
    """Each figure on which inputs do not agree, with what each says."""
    return [f"{DISAGREE[row.what][:1].upper()}{DISAGREE[row.what][1:]}: "
            + ", ".join(f"{_value(row.what, value)} in {source}" for source, value in row.values) + "."
            for row in found]


def _value(what: str, value: Union[Decimal, int, date, str]) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("_", " ")
    return decimal(value, 2) if what in ("arr", "csms", "managers") else whole(value)


def shown(key: str, value: Union[Decimal, str, None]) -> str:
    """A figure of the brief as its tables print it."""
    if value is None:
        return "n/a"
    if isinstance(value, str):
        return _role(value, "label") if key == "next_role" else value
    if key.endswith("_ratio"):
        return per_cent(value)
    if key in ("required_csms", "csms"):
        return fte(value)
    return whole(value) if key.endswith("customers") else short_money(value)


def standing(figures: Figures, judged: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """The figures of the company in ten rows at most, each with how it is judged; what is not known has none."""
    for key, beside in BESIDE.items():
        value, more = getattr(figures, key), getattr(figures, beside or key)
        if value is not None:
            also = f", {BESIDE_SAID[beside](more)}" if beside and more is not None else ""
            yield MEASURES[key], shown(key, value) + also, judged.get(key, "")


def short(tiers: Iterable[TierSize], least: Decimal) -> str:
    """The tiers that lack CSMs, with how many; fewer than `least` is not worth a word."""
    lacking = [f"{fte(row.gap)} in {TIERS[row.tier]}" for row in tiers if row.gap is not None and row.gap >= least]
    return f"short by {listed(lacking)}" if lacking else ""


def difference(key: str, value: Optional[Decimal]) -> str:
    """A change as its table prints it."""
    if value is None:
        return "-"
    if key.endswith("_ratio"):
        return points(value)
    if key in ("required_csms", "csms"):
        return fte(value) if value <= 0 else f"+{fte(value)}"
    if key.endswith("customers"):
        return whole(value) if value <= 0 else f"+{whole(value)}"
    return signed_money(value)


def decisions_then(changes: Changes, figures: Figures) -> list[str]:
    """What became of the decisions of the last brief, and which are new."""
    return [f"{title(topic, figures)[:1].upper()}{title(topic, figures)[1:]}: {STATES[state]}."
            for topic, state in changes.decisions]
