"""The CFO's page of decision C: what the money buys, what comes without it, the best argument against, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cslib import coverage_findings as findings
from cslib.benchmarks import Benchmark
from cslib.book import Book
from cslib.coverage import Coverage
from cslib.coverage_risk import Scenario
from cslib.coverage_words import (
    ASSUMPTIONS,
    MODELS,
    TIERS,
    at_peak,
    capital,
    day_after,
    growth,
    part,
    people,
    short_from,
)
from cslib.figures import fte, per_cent, short_money
from cslib.page import Block, Heading, Sentences


def case(book: Book, c: Coverage, others: Sequence[Benchmark], share: Decimal) -> list[Block]:
    """Half a page for whoever pays; a sentence where there is nothing to defend. `share` is that of the swings."""
    if c.csms is None:
        return [Heading("The case"), Sentences("There is nothing to defend yet: who is there is not known.")]
    if not c.hires:
        led = f" but for {fte(c.managers_added)} to lead the team" if c.managers_added else ""
        return [Heading("The case"), Sentences(f"No CSM is asked for{led}. {findings.money(c, others)}")]
    said = (("What the money buys", _bought(book, c, others)),
            ("What must come back", f"{findings.break_even(c, True)}{_leaks(c)}"), ("Without it", _without(c)),
            ("The strongest argument against", f"{'; '.join(against(book, c, others, share))}."),
            ("The answer", reply(c)))
    return [block for title, text in said if text for block in (Heading(title), Sentences(capital(text)))]


def _bought(book: Book, c: Coverage, others: Sequence[Benchmark]) -> str:
    last = c.months[-1]
    led = f" and {fte(c.managers_added)} to lead them" if c.managers_added else ""
    moved = f" after moving {people(c.moved_fte)}" if c.moves else ""
    posts = f"{people(c.hired_fte)}{led}{moved}"
    return (f"{short_money(c.cost.hires_cost)} to {day_after(book, c.horizon_months)} for {posts} brings the team's "
            f"load in {last.month} to {per_cent(last.load_ratio, 0)} instead of "
            f"{per_cent(last.load_without_ratio, 0)}. {findings.money(c, others)}")


def _leaks(c: Coverage) -> str:
    if c.leak is None:
        return ""
    return (f" Decision A found {short_money(c.leak.lost_arr)} lost in the year; closing its leaks keeps "
            f"{short_money(c.leak.closing_leaks_arr)} of ARR a year.")


def _without(c: Coverage) -> str:
    said = [f"{short_from(c, row)}, {at_peak(row)}" for row in c.without_plan]
    head = f"{'; '.join(said)}. " if said else ""
    return f"{head}{findings.waiting(c)}"


def scenario(c: Coverage, name: str) -> Scenario:
    """The scenario of a name, the base where growth is not known."""
    return next((row for row in c.scenarios if row.name == name), c.scenarios[0])


def against(book: Book, c: Coverage, others: Sequence[Benchmark], share: Decimal) -> list[str]:
    """The cost where others spend less, posts that must save more than was lost, the assumption that moves most."""
    cost = c.cost.in_12_months.arr_ratio
    dear = [row for row in others if cost is not None and row.low_ratio is not None and cost > row.low_ratio]
    said = [f"{per_cent(cost)} of ARR, where others report {per_cent(row.low_ratio, 0)} with support "
            f"({row.publisher} {row.year})" for row in dear[:1]]
    said += [f"the {TIERS[row.tier]} posts must save {short_money(row.saved_arr)} ARR a year where "
             f"{short_money(row.lost_arr)} was lost" for row in c.break_even
             if row.lost_share_ratio is not None and row.lost_share_ratio > 1]
    churn = {tier.tier: tier.churn for tier in book.tiers}
    said += [f"the {TIERS[row.tier]} posts must save {per_cent(row.points_ratio)} of its ARR a year where "
             f"{per_cent(churn[row.tier])} of its customers leave" for row in c.break_even
             if row.lost_arr is None and churn[row.tier] is not None and row.points_ratio is not None
             and row.points_ratio > churn[row.tier]]
    for row in c.sensitivity[:1]:
        fewer, a_year = min((row.low_fte, row.low_cost), (row.high_fte, row.high_cost))
        said.append(f"{ASSUMPTIONS[row.assumption]} are unmeasured: {part(share)} better, and {people(fewer)} "
                    f"({short_money(a_year)} a year) would do")
    return said


def reply(c: Coverage) -> str:
    """What of the plan holds in spite of that: the posts that every growth asks for, and where it can be stopped."""
    low, head = scenario(c, "low"), ""
    if low.name == "low" and low.hires_fte:
        head = f"even at {_growth(low)} {fte(low.hires_fte)} of the {people(c.hired_fte)} are needed; "
    elif low.name == "low":
        head = f"at {_growth(low)} nobody is needed, so no post before its trigger; "
    return f"{head}{_cheaper(c)}each post has what cancels it (--only plan)."


def _cheaper(c: Coverage) -> str:
    """The next poorer model of the tier that hires for most money, and how few would do under it."""
    if not c.break_even:
        return ""
    tier = max(c.break_even, key=lambda row: row.cost_a_year).tier
    models = [one for one in c.alternatives if one.tier == tier]
    used = next(place for place, one in enumerate(models) if one.in_use)
    there = next(row.csms for row in c.tiers if row.tier == tier)
    return "".join(f"{TIERS[tier]} served as {MODELS[one.model]} needs {people(one.required)} without onboarding, not "
                   f"{fte(models[used].required)}, and {fte(there)} are there; "
                   for one in models[used + 1:used + 2] if one.required is not None)


def _growth(slow: Scenario) -> str:
    said = growth(slow.growth_ratio.values())
    return f"growth of {said}" if said else "low growth"
