"""The lists of decision D: the order of hires, every role, what speaks for a split, and the order for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Optional

from cslib import hiring_findings as findings
from cslib import role_words
from cslib.coverage_words import capital
from cslib.figures import fte, short_money, whole
from cslib.hiring import Hiring
from cslib.hiring_words import SOURCES, Speech, answers, brief, day, reason, who
from cslib.page import Block, Columns, Heading, Sentences, Steps

LISTS = ("order", "roles", "criteria", "split", "changes", "mistakes")
HEADER = ["approve_by", "start", "ramped_by", "kind", "role", "tier", "fte", "why", "outcome", "arr_at_risk", "after",
          "cost_a_year", "cost"]
MONTH, OF_COURSE = len("2026-09"), ("has_customers", "not_elsewhere")


def lists(said: Speech, names: Iterable[str], top: Optional[int]) -> list[Block]:
    """The lists of these names, of LISTS, in full; `top` cuts each."""
    made = {"order": lambda: order(said, top, True),
            "roles": lambda: [Heading("Each role, now"), roles(said, top, True)],
            "criteria": lambda: _criteria(said, top), "split": lambda: _split(said),
            "changes": lambda: told("What would change the answer", findings.changes(said), top),
            "mistakes": lambda: told("Known mistakes", findings.mistakes(said, True), top)}
    return [block for name in names for block in made[name]()]


def told(title: str, sentences: Iterable[str], top: Optional[int]) -> list[Block]:
    """A heading and its sentences as steps of equal rank; nothing without any."""
    held = [capital(sentence) for sentence in sentences]
    shown = held[:top]
    if len(shown) < len(held):
        shown.append(f"And {whole(len(held) - len(shown))} more (--all).")
    return [Heading(title), Steps(tuple(shown))] if shown else []


def order(said: Speech, top: Optional[int], full: bool) -> list[Block]:
    """The openings in the order of the calendar; nothing when nobody is to be hired."""
    h = said.h
    rows = [(findings.approval(said, one), day(one.start_day)[:None if full else MONTH], who(said, one, not full),
             reason(said, one, False) if full else brief(said, one), findings.gates(said, one),
             short_money(one.cost_a_year)) for one in h.openings]
    if not rows:
        return []
    header: tuple[str, ...] = ("approve", "start", "who", "why", "after it delivers", "a year")
    return [Heading(f"The order to {day(h.horizon_day)}"), cut(header, rows, (5,), top)]


def roles(said: Speech, top: Optional[int], full: bool) -> Columns:
    """Every role with who is there, how many are needed where that is known, and why it is not the next hire."""
    by_role = {row.role: row for row in said.h.not_now}
    rows = []
    for state in said.h.roles:
        row = by_role.get(state.role)
        rows.append((said.role(state.role).label, fte(state.present), fte(state.needed),
                     findings.why_not(said, row, full) if row else "the next hire"))
    return cut(("role", "have", "need", "why not now"), rows, (1, 2), top)


def _criteria(said: Speech, top: Optional[int]) -> list[Block]:
    rows = []
    for row in said.h.criteria:
        if row.key in OF_COURSE and row.met:
            continue
        asked = role_words.criterion(row.role, row.key, row.value, row.threshold, said.settings, said.words)
        rows.append((said.role(row.role).label, row.kind, asked.label, asked.today or "n/a", answers(row.met),
                     SOURCES[row.source]))
    return [Heading("What makes a role due, and what has to be there first"),
            cut(("role", "kind", "what is asked", "today", "met", "source"), rows, (), top)]


def _split(said: Speech) -> list[Block]:
    s = said.h.split
    rows = []
    for one in s.criteria:
        asked = role_words.split_criterion(one.key, one.value, one.threshold, said.words)
        rows.append((one.side, asked.label, asked.today or "n/a", answers(one.met)))
    owners = {way: role_words.owners(way, said.words) for way in ("combined", "hybrid", "split")}
    shared = [(row.label, *(owners[way][n].owner for way in owners)) for n, row in enumerate(owners["combined"])]
    return [Heading("One CSM or a CSM and an account manager"), Steps(tuple(findings.split(said, True))),
            Columns(("side", "criterion", "today", "met"), tuple(rows)), Sentences("Who answers for which number:"),
            Columns(("number", *owners), tuple(shared))]


def cut(header: tuple[str, ...], rows: list[tuple[str, ...]], figures: tuple[int, ...], top: Optional[int]) -> Columns:
    """A table of at most `top` rows, and how many are left out."""
    shown = rows[:top]
    if len(shown) < len(rows):
        shown.append((f"and {whole(len(rows) - len(shown))} more (--all)",) + ("",) * (len(header) - 1))
    return Columns(header, tuple(shown), figures)


def rows(h: Hiring) -> list[list[Any]]:
    """The order for a spreadsheet, one row an opening, under HEADER."""
    return [[day(one.approve_by), day(one.start_day), day(one.ramped_by), one.kind, one.role, one.tier, one.fte,
             one.why, one.outcome, one.arr_at_risk, one.after, one.cost_a_year, one.cost] for one in h.openings]

