"""The lists of decision C: longer tables of the full report, and the plan as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Optional

from cslib.benchmarks import VariablePay
from cslib.coverage import Coverage
from cslib.coverage_findings import chances
from cslib.coverage_words import (
    ASSUMPTIONS,
    LEADS,
    MODELS,
    REASONS,
    SCENARIOS,
    TIERS,
    TRIGGERS,
    due,
    is_there,
    late,
    listed,
    part,
    role,
)
from cslib.figures import between, decimal, fte, money, per_cent, short_money, whole
from cslib.hires import Hire
from cslib.page import Block, Columns, Heading, Sentences

LISTS = ("plan", "months", "sizes", "risk", "pay")
PLAN = (("approve by", "start", "who", "why", "cost", "a year", "cancel if"), (4, 5))
COST, SHORT_PLAN, MONTH, TIERS_OF_LOAD = 4, 5, len("2026-09"), 2
HEADER = ["approve_by", "start", "kind", "tier", "from_tier", "fte", "reason", "months_late", "cost", "cost_a_year"]


def lists(c: Coverage, names: Iterable[str], top: Optional[int], share: Decimal,
          others: VariablePay) -> list[Block]:
    """The lists of these names, of LISTS, in full; `top` cuts the plan, which alone may be long.

    `share` is that of the swings, `others` the variable pay that others report.
    """
    made = {"plan": lambda: plan(c, top, share), "months": lambda: _months(c), "sizes": lambda: _sizes(c),
            "risk": lambda: [*_risk(c), *([Sentences(chances(c))] if c.simulation else [])],
            "pay": lambda: _pay(c, others)}
    return [block for name in names for block in made[name]()]


def plan(c: Coverage, top: Optional[int], share: Optional[Decimal]) -> list[Block]:
    """The plan in the order of the calendar: who moves, who is approved by when; empty without one.

    With the share by which swings swing what cancels a post is told. Without one the plan is shorter, for a page, and
    starts are months.
    """
    rows = [("-", move.start_day.isoformat(),
             f"move {fte(move.fte)} {TIERS[move.from_tier]} to {TIERS[move.to_tier]}",
             f"{whole(move.handover_hours)} h to hand over", short_money(move.cost),
             short_money(move.cost_a_year), "-") for move in c.moves]
    posts = [(one.approve_by, one.start_day.isoformat(), role(one), f"{REASONS[one.reason]}{late(one)}",
              one.cost, one.cost_a_year, cancelled(c, one, share) if share else "") for one in c.hires]
    posts += [(one.approve_by, one.start_day.isoformat(), f"{fte(one.added)} {LEADS[one.kind]}",
               listed([TRIGGERS[reason] for reason in one.reasons]), one.cost, one.cost_a_year,
               "the trigger no longer holds") for one in c.managers if one.added]
    rows += [(day.isoformat(), start, who, why, short_money(cost), short_money(a_year), stop)
             for day, start, who, why, cost, a_year, stop in sorted(posts, key=lambda post: (post[0], post[1]))]
    header, figures = PLAN
    header = (*header[:COST], f"to {c.months[-1].month}", *header[COST + 1:])
    if share is None:
        header, rows, figures = header[:SHORT_PLAN], [(row[0], row[1][:MONTH], *row[2:SHORT_PLAN])
                                                            for row in rows], figures[:1]
    return [Heading("Plan"), _table(header, rows, figures, top)] if rows else []


def cancelled(c: Coverage, hire: Hire, share: Decimal) -> str:
    """What makes a hire unnecessary on the day of its approval."""
    if hire.reason == "attrition":
        return "nobody has given notice when the offer goes out"
    at = c.months[max(0, hire.start - c.lead_months)]
    row = next(tier for tier in at.tiers if tier.tier == hire.tier)
    if hire.reason == "growth":
        return f"under {whole(row.customers)} {TIERS[hire.tier]} customers on {hire.approve_by.isoformat()}"
    return f"measured hours an account are {part(share)} lower"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]], figures: tuple[int, ...],
           top: Optional[int]) -> Columns:
    shown = rows[:top]
    if len(shown) < len(rows):
        shown.append((f"and {whole(len(rows) - len(shown))} more (--all)",) + ("",) * (len(header) - 1))
    return Columns(header, tuple(shown), figures)


def load(c: Coverage, states: Iterable[int]) -> Columns:
    """The team in these states, and the load of the two tiers that lack most, with the plan and without."""
    lacking = {row.tier: row.peak_fte for row in c.without_plan}
    last = {row.tier: row.load_without_ratio or 0 for row in c.months[-1].tiers}
    worst = sorted((size.tier for size in c.tiers if size.customers),
                   key=lambda tier: (-lacking.get(tier, 0), -last[tier]))[:TIERS_OF_LOAD]
    places = [next(n for n, size in enumerate(c.tiers) if size.tier == tier) for tier in worst]
    header = ["month", "need", "capacity", "people"]
    for tier in worst:
        header += [f"{TIERS[tier]} load", "no plan"]
    rows = []
    for month in (c.months[t] for t in states):
        cells = [month.month, fte(month.demand_fte), fte(month.capacity_fte), fte(month.headcount)]
        for place in places:
            row = month.tiers[place]
            cells += [per_cent(row.load_ratio, 0), per_cent(row.load_without_ratio, 0)]
        rows.append(tuple(cells))
    return Columns(tuple(header), tuple(rows), tuple(range(1, len(header))))


def _months(c: Coverage) -> list[Block]:
    blocks: list[Block] = [Heading("Load by month"), load(c, range(len(c.months)))]
    for place, size in enumerate(c.tiers):
        if is_there(size):
            rows = [(month.month, whole(row.customers), decimal(row.new), fte(row.demand_fte), fte(row.capacity_fte),
                     decimal(row.headcount, 2), fte(row.starts), decimal(row.leavers, 2), per_cent(row.load_ratio, 0))
                    for month in c.months for row in (month.tiers[place],)]
            blocks += [Heading(f"Month by month, {TIERS[size.tier]}"), Columns(
                ("month", "customers", "new", "need", "capacity", "people", "starts", "leavers", "load"),
                tuple(rows), (1, 2, 3, 4, 5, 6, 7, 8))]
    return blocks


def _sizes(c: Coverage) -> list[Block]:
    rows = [(TIERS[row.tier], MODELS[row.service.model], decimal(row.service.hours_per_account),
             decimal(row.accounts_per_csm, 0), short_money(row.arr_per_csm), short_money(row.cost),
             per_cent(row.cost_ratio), money(row.cost_per_account), due(row)) for row in c.tiers if row.customers]
    other = [(TIERS[row.tier], f"{MODELS[row.model]}{' (in use)' if row.in_use else ''}",
              decimal(row.hours_per_account), fte(row.required), short_money(row.cost), per_cent(row.cost_ratio),
              short_money(row.pays_from_arr), {True: "yes", False: "no", None: "n/a"}[row.pays])
             for row in c.alternatives if row.required]
    changes = [(TIERS[row.tier], f"{row.direction} to {MODELS[row.to_model]}", short_money(row.arr_per_customer),
                "now" if row.months == 0 else "not foreseen" if row.months is None else f"in {row.months} months")
               for row in c.transitions]
    return [Heading("What one CSM holds, and when the next is due"),
            Columns(("tier", "model", "h an account", "accounts a CSM", "ARR a CSM", "cost", "of ARR", "an account",
                     "next CSM"), tuple(rows), (2, 3, 4, 5, 6, 7)),
            Heading("What each model would take, without onboarding"),
            Columns(("tier", "model", "h an account", "CSMs", "cost", "of ARR", "pays from ARR", "pays"), tuple(other),
                    (2, 3, 4, 5, 6)),
            Heading("When a tier should change its model"),
            Columns(("tier", "change", "ARR an account", "when"), tuple(changes), (2,))]


def _risk(c: Coverage) -> list[Block]:
    rows = [(SCENARIOS[row.name], whole(row.customers_end), short_money(row.arr_end), fte(row.required_end),
             fte(row.hires_fte), short_money(row.cost), per_cent(row.peak_load_ratio, 0),
             TIERS[row.peak_tier] if row.peak_tier else "-") for row in c.scenarios]
    blocks = [Heading("If growth is another"),
              Columns(("", "customers", "ARR", "need at the end", "hires", "cost", "peak load with this plan", "in"),
                      tuple(rows), (1, 2, 3, 4, 5, 6))]
    if c.sensitivity:
        moved = [(ASSUMPTIONS[row.assumption], fte(row.low_fte), fte(row.high_fte), fte(row.swing_fte),
                  short_money(row.low_cost), short_money(row.high_cost)) for row in c.sensitivity]
        blocks += [Heading("One assumption at a time"),
                   Columns(("assumption", "hires if lower", "if higher", "apart", "a year if lower", "if higher"),
                           tuple(moved), (1, 2, 3, 4, 5))]
    return blocks


def _pay(c: Coverage, others: VariablePay) -> list[Block]:
    rows = [(TIERS[row.tier], short_money(row.loaded_cost), short_money(row.on_target),
             f"{short_money(row.base_low)} to {short_money(row.base_high)}",
             f"{short_money(row.variable_low)} to {short_money(row.variable_high)}") for row in c.pay]
    on = ", ".join(f"{per_cent(share, 0)} {MEASURES[measure]}" for measure, share in c.pay_weights_ratio.items()
                   if share)
    return [Heading("Pay, as guidance"),
            Columns(("a full post", "loaded cost", "on target", "base", "variable"), tuple(rows), (1, 2)),
            Sentences(f"The variable part by {on}, never by NPS alone: a score is asked for by those whom it pays. "
                      f"Documents advise {listed([_from_to(*ends) for ends in others.advised])} variable; what was "
                      f"measured is {between(others.low_ratio, others.high_ratio)}.")]


def _from_to(low: Decimal, high: Decimal) -> str:
    return per_cent(low, 0) if low == high else between(low, high)


MEASURES = {"grr": "gross retention", "nrr": "net retention", "activity": "activity"}


def rows(c: Coverage) -> list[list[Any]]:
    """The plan for a spreadsheet, one row a move or post, under HEADER."""
    found: list[list[Any]] = [[None, move.start_day.isoformat(), "move", move.to_tier, move.from_tier, move.fte, None,
                               None, move.cost, move.cost_a_year] for move in c.moves]
    posts = [[one.approve_by, one.start_day.isoformat(), "hire", one.tier, None, one.fte, one.reason, one.months_late,
              one.cost, one.cost_a_year] for one in c.hires]
    posts += [[one.approve_by, one.start_day.isoformat(), one.kind, None, None, one.added, " ".join(one.reasons), None,
               one.cost, one.cost_a_year] for one in c.managers if one.added]
    return found + [[day.isoformat(), *rest] for day, *rest in sorted(posts, key=lambda post: post[:2])]
