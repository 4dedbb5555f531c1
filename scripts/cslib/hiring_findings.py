"""What decision D found, in sentences: the hire, the roles that wait, the split, money, mistakes, what would change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Optional

from cslib import role_words
from cslib.coverage_words import capital, listed
from cslib.figures import NOT_AVAILABLE, fte, per_cent, short_money, whole
from cslib.hiring import NotNow
from cslib.hiring_changes import Change
from cslib.hiring_words import CONDITIONS, OWNED, REMEDY, Speech, at_risk, day, held, signal
from cslib.openings import Opening
from cslib.role_criteria import Criterion
from cslib.role_table import ALTERNATIVE, TRIGGER

NEEDS_SAID, TRIGGERS_SAID, UNKNOWN_SAID, TURNS_SAID = 1, 1, 2, 2
OF_STAGE, LEAST_AMOUNT = "team_of_stage", 1
OF_THE_PLAN = ("Make the moves of the coverage plan and leave out what it names (cs_coverage_calculator.py).",)


def card(said: Speech, one: Opening, full: bool) -> list[str]:
    """The post in short lines: what it owns and does not own, whom to look for, what proves it."""
    role = said.role(one.role)
    lines = [f"Owns {role.owns}; does not own {role.does_not_own}.",
             f"Look for somebody who {role.profile}.",
             f"Start {day(one.start_day)}, over the ramp {day(one.ramped_by)}; proved by {role.proves}."]
    if full:
        lines += [f"Reports to: {role.reports_to}.", f"Measured by {listed(role.numbers)}."]
        lines += [f"Where sources disagree: {role.note}"] if role.note else []
    return lines


def until_then(said: Speech, one: Opening) -> tuple[str, ...]:
    """What the team does before the hire arrives; for a seat of the coverage plan what that plan says."""
    return OF_THE_PLAN if one.from_plan else said.role(one.role).interim


def why_not(said: Speech, row: NotNow, full: bool) -> str:
    """Why a role is not the next hire, in a few words; `full` names every need."""
    if row.reason == "planned":
        one = next(opening for opening in said.h.openings if opening.role == row.role)
        return f"{'later' if row.approve_by > said.org.as_of else 'also'}: {approval(said, one)}"
    if row.reason == "filled":
        return "filled"
    if row.reason == "posted":
        return "approved, nobody there yet"
    found = [_criterion(said, row.role, key) for key in row.keys]
    known = [one for one in found if one is not None]
    if row.reason == "blocked":
        due = [one for one in said.h.criteria if one.role == row.role and one.kind == TRIGGER]
        then = f"; due at {_asked(said, due[:None if full else TRIGGERS_SAID])}" if due else ""
        return f"needs {_asked(said, known) if full else _asked(said, known[:NEEDS_SAID], False)}{then}"
    if row.reason == "unknown":
        names = [signal(said, one.key) for one in said.h.missing if row.role in one.roles]
        return f"cannot be judged without {listed(names[:None if full else UNKNOWN_SAID])}"
    if row.reason == "not_due" and row.keys == (OF_STAGE,):
        one = known[0]
        return f"enough for the stage, {fte(one.value)} in CS from {fte(one.threshold)}; by tier: --coverage"
    if row.reason == "not_due":
        return f"not due: {_asked(said, known[:None if full else TRIGGERS_SAID])}" if known else "not due"
    if row.reason == "lapsed":
        return "due today, no more once the order is carried out"
    return f"due, no room before {day(said.h.horizon_day)}"


def _criterion(said: Speech, role: str, key: str) -> Optional[Criterion]:
    return next((one for one in said.h.criteria if one.role == role and one.key == key), None)


def _asked(said: Speech, rows: list[Criterion], with_today: bool = True) -> str:
    """What is asked, and what is there today."""
    told = []
    for row in rows:
        asked = role_words.criterion(row.role, row.key, row.value, row.threshold, said.settings, said.words)
        told.append(f"{asked.label}{f' (today {asked.today})' if asked.today and with_today else ''}")
    return listed(told)


def not_a_hire(said: Speech) -> list[str]:
    """The failing outcomes for which somebody is there, approved or elsewhere: not a matter of hiring."""
    return [f"{said.outcome(row.outcome)} fails{at_risk(row.arr_at_risk)}, but {said.role(row.role).label} "
            f"{OWNED[row.how]}: {REMEDY[row.how]}." for row in said.h.unblockings if row.how in OWNED and row.role]


def conflicts(said: Speech) -> Iterable[str]:
    """Where the source documents disagree about roles of the order, or about whether a role is due."""
    ordered = {row.role for row in said.h.openings}
    for state in said.h.roles:
        note = said.role(state.role).note
        other = any(one.met not in (None, bool(state.due)) for one in state.criteria if one.kind == ALTERNATIVE)
        if note and (other or state.role in ordered):
            yield f"{said.role(state.role).label}: {note}"


def split(said: Speech, full: bool) -> list[str]:
    """The AM-or-CSM decision: what speaks for and against, who owns which number, what would turn it."""
    s = said.h.split
    label, means = role_words.way(s.decision, said.words)
    sides = {side: [role_words.split_criterion(one.key, one.value, one.threshold, said.words)
                    for one in s.criteria if one.side == side and one.met] for side in ("for", "against")}
    told = [f"{capital(label)}: {means}. For a split: {_words(sides['for'])}; against: {_words(sides['against'])}."]
    if not s.decided:
        unknown = [role_words.split_criterion(one.key, one.value, one.threshold, said.words).label
                   for one in s.criteria if one.met is None]
        told.append(f"Not known: {listed(unknown, 'or')}; the answer runs from "
                    f"{role_words.way(s.least, said.words)[0]} to {role_words.way(s.most, said.words)[0]}.")
    told.append(_owners(said))
    if s.turning:
        told.append(_turns(said, full))
    return told


def _words(rows: list) -> str:
    return listed([row.label + (f" ({row.today})" if row.today not in (None, "yes") and row.today not in row.label
                                else "") for row in rows]) or "nothing"


def _owners(said: Speech) -> str:
    by_owner: dict[str, list[str]] = {}
    there = {row.role for row in said.h.openings} | {row.role for row in said.h.roles if row.present or row.posted}
    for row in role_words.owners(said.h.split.decision, said.words):
        owner = said.role(row.passes_to).label if row.passes_to in there else row.owner
        by_owner.setdefault(owner, []).append(row.label)
    return "One owner a number: " + "; ".join(f"{owner}: {', '.join(found)}" for owner, found in by_owner.items()) + "."


def _turns(said: Speech, full: bool) -> str:
    rows = said.h.split.turning
    shown = rows if full else rows[:TURNS_SAID]
    told = []
    for turn in shown:
        one = next(row for row in said.h.split.criteria if row.key == turn.key)
        asked = role_words.split_criterion(one.key, one.value, one.threshold, said.words)
        told.append(f"{'' if turn.then else 'not '}{asked.label} ({role_words.way(turn.decision, said.words)[0]})")
    return f"What would turn it: {'; '.join(told)}."


def money(said: Speech, full: bool) -> str:
    """What the order costs, what the next hire must keep to pay, and what the coverage plan counts already."""
    m = said.h.money
    months = whole(said.h.horizon_months)
    told = []
    if said.h.openings:
        of_plan = f", of which {short_money(m.of_plan_cost)} in the coverage plan" if m.of_plan_cost else ""
        told.append(f"The order costs {short_money(m.openings_cost)} to {day(said.h.horizon_day)} ({months} months)"
                    f"{of_plan}, and {short_money(m.a_year)} a year after.")
    if m.next is not None:
        keep = f"The next hire pays once it keeps {short_money(m.next.kept_arr)} ARR a year"
        of_risk = (f", {per_cent(m.next.share_ratio, 0)} of what is at risk"
                   if m.next.share_ratio is not None else "; what is at risk is not known")
        told.append(f"{keep}{of_risk}.")
    if full and m.largest_at_risk is not None:
        told.append(f"The largest outcome at risk is {per_cent(m.arr_ratio)} of ARR; outcomes overlap and are not "
                    "added.")
    return " ".join(told)


def mistakes(said: Speech, full: bool) -> list[str]:
    """The known mistakes that the team shows; `full` with their remedies, which are also among the steps."""
    found = []
    for row in said.h.mistakes:
        told = role_words.mistake(row.key, row.threshold, said.words)
        found.append(f"{capital(told.label)}: {told.why}.{f' {capital(told.remedy)}.' if full else ''}")
    return found


def changes(said: Speech) -> list[str]:
    """What would change the answer, as computed by deciding again; what a lower amount already says is not repeated."""
    lower = {(row.key, row.next_role) for row in said.h.changes if row.kind == "less_at_risk"}
    held = [row for row in said.h.changes
            if row.kind != "without_outcome" or (row.key, row.next_role) not in lower]
    held.sort(key=lambda row: row.kind != "less_at_risk")
    return [sentence for row in held if (sentence := _change(said, row))]


def _change(said: Speech, row: Change) -> str:
    then = f"{said.role(row.next_role).one if row.next_role else 'nobody'} would come next"
    if row.kind == "gate":
        return f"Until {said.role(row.key).label} {CONDITIONS[row.at]}, {said.role(row.next_role).one} waits."
    if row.kind == "criterion":
        role, _, key = row.key.partition(".")
        one = _criterion(said, role, key)
        return f"Not known, but if {_asked(said, [one])}, {then}." if one else ""
    if row.kind == "without_outcome":
        return f"Were {said.outcome(row.key)} not failing, {then}."
    if row.kind == "more_at_risk" and row.at <= LEAST_AMOUNT:
        return f"Any ARR at risk named for {said.outcome(row.key)}: {then}."
    if row.kind == "more_at_risk":
        return f"From {short_money(row.at)} ARR at risk in {said.outcome(row.key)}, {then}."
    if row.kind == "less_at_risk":
        return f"At {short_money(row.at)} ARR at risk or less in {said.outcome(row.key)}, {then}."
    if row.kind == "unknown":
        return f"Not known: {signal(said, row.key)}; at {_at(row.at)}, {then}."
    raise ValueError(f"no words for a change of kind {row.kind}")


def _at(value: Any) -> str:
    if value is None:
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.replace("_", "-") if isinstance(value, str) else fte(value) if value > 1 else per_cent(value, 0)


def approval(said: Speech, one: Opening) -> str:
    """By when, or from when on, an opening is approved: what waits for another role has no latest day."""
    if held(said.h, one):
        return "once met"
    waits = not one.from_plan and one.approve_by > said.org.as_of
    return f"{'from ' if waits else ''}{day(one.approve_by)}"


def gates(said: Speech, one: Opening) -> str:
    """The role that must be over its ramp and have delivered before an opening is approved."""
    if one.after is None:
        return "-"
    label = said.role(one.after).label
    return f"{label} (met)" if all(gate.met for gate in one.gate) else label
