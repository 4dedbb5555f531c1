"""The words of decision B: one sentence for each finding. Every string here is finished; no sums."""

from __future__ import annotations

from typing import Optional

from cslib import figures
from cslib.customers import Customer, Portfolio
from cslib.exit_ways import NotRenewing
from cslib.exits import Exit
from cslib.figures import between, count, decimal, per_cent, short_money, whole
from cslib.levers import EXITS, Lever
from cslib.segmentation import VERDICTS, Segmentation
from cslib.tier_moves import Move
from cslib.tier_rows import TierRow
from cslib.triggers import Missing

SHORT_NAME = 24
TIERS = {"strategic": "strategic", "enterprise": "enterprise", "mid_market": "mid-market", "smb": "SMB",
         "high_touch": "high-touch", "low_touch": "low-touch", "tech_touch": "tech-touch"}
PRESETS = {"four_tier": "four tiers by ARR", "three_touch": "three touch levels", "scored": "four tiers by score",
           "percentile": "four tiers by rank"}
MODELS = {"named_sponsor": "CSM, sponsor", "named": "named CSM", "pooled": "pooled CSM", "tech": "tech touch"}
BANDS = {"strong": "strong", "decent": "decent", "poor": "poor", None: "not judged"}
FLAGS = {"poor_fit": "poor fit", "cost_above_half": "cost over half", "early_escalations": "early escalations",
         "conflicting_owner": "conflicting owner", "declining_industry": "declining industry"}
WAYS = {"not_renewing": "do not renew", "tech_touch": "tech touch", "repricing": "reprice",
        "within_means": "within means"}
SIGNALS = {"in_target_industry": "target industry", "in_target_size_range": "target size",
           "uses_target_workflow": "target workflow", "has_executive_sponsor": "executive sponsor",
           "advocates_publicly": "advocates publicly", "expansion_potential_high": "expansion potential",
           "competitor_concentration_low": "few competitors' products"}
CONDITIONS = {"arr": "ARR", "score": "score", "tenure_months": "tenure", "fit": "fit",
              "executive_contact": "executive contact", "multi_year": "multi-year contract",
              "expansion_potential_high": "expansion potential", "sponsor_both_sides": "sponsors on both sides",
              "complexity": "complexity"}
EARLIER = {"trigger": "met", "below_floor": "below its floor", "override": "written override",
           "override_expired": "override expired"}
APART = {"pilot": ("pilot", "pilots"), "design_partner": ("design partner", "design partners"),
         "no_revenue": ("account without ARR", "accounts without ARR"), "no_cost": ("without a cost", "without a cost"),
         "no_signals": ("with too few fit signals", "with too few fit signals"),
         "no_cost_no_signals": ("without cost and signals", "without cost and signals")}
FINDINGS = {"separates": "separates", "reversed": "reversed", "not_told": "cannot be told", "too_few": "too few"}
LOWEST_P = 0.001


def name(customer: Customer, length: int = SHORT_NAME) -> str:
    """A customer's name or id, short and harmless; a name that does not fit gives way to the id."""
    whole_name = figures.neutral(customer.account, length) or "unnamed"
    return figures.neutral(customer.id, length) if whole_name.endswith("…") and customer.id else whole_name


def answer(portfolio: Portfolio, s: Segmentation) -> str:
    """The first sentence: how much money sits in the wrong place, and the one move that matters most."""
    b, day = s.budget, portfolio.as_of.isoformat()
    if not b.customers:
        return f"There is nobody to place: no customer had ARR on {day}."
    if b.cost is None:
        return (f"Nobody can say where the money goes: no cost to serve is known of the "
                f"{count(b.customers, 'customer')} with {short_money(b.arr)} ARR on {day}. By their tiers they are due "
                f"{span(b.bearable_low, b.bearable_high)} a year.")
    said = _misplaced(portfolio, s)
    if s.due and s.deserving:
        said += (f", while customers that fit get {short_money(s.due.shortfall)} less than their tier is due "
                 f"({count(s.due.customers, 'account')}, {short_money(s.due.arr)} ARR)")
    if portfolio.cost_is_partial or not s.levers:
        return f"{said}."
    return f"{said}. What moves most: {lever(s.levers[0], s)}."


def _misplaced(portfolio: Portfolio, s: Segmentation) -> str:
    b = s.budget
    if b.excess is None:
        return (f"The cost to serve is known of pilots and design partners only, {short_money(b.cost)} a year on "
                f"{short_money(b.costed_arr)} ARR: what they cost is an investment")
    both = f" and {short_money(s.above_range)} above their tier's range too" if s.above_range else ""
    above = f"{short_money(b.excess)} of it ({per_cent(b.excess_ratio, 0)}) is above what the accounts bear"
    if portfolio.cost_is_partial:
        return (f"Only a part of the cost to serve is known, {short_money(b.cost)} a year on {short_money(b.arr)} ARR, "
                f"so nobody can say yet how much money sits in the wrong place: at least {above}")
    if s.verdict is None:
        return (f"The cost to serve is known of {short_money(b.costed_arr)} of {short_money(b.arr)} ARR only, "
                f"{short_money(b.cost)} a year: {above}")
    if not b.excess:
        return f"No money sits in the wrong place: none of the {short_money(b.cost)} a year is above what accounts bear"
    head = "Most money sits where it pays" if s.verdict == VERDICTS[0] else "Money sits in the wrong place"
    return (f"{head}: {short_money(b.excess)} of the {short_money(b.cost)} a year spent on serving customers "
            f"({per_cent(b.excess_ratio, 0)}) is above what the accounts bear{both}")


def tier(row: TierRow, s: Segmentation) -> str:
    """A tier with the floor from which it counts: `enterprise from 20k`."""
    floor = s.floors[row.tier]
    said = f" from {short_money(floor)}" if floor else ""
    demanding = ", or complex" if row.tier == "low_touch" else ""
    return TIERS[row.tier] + (said + demanding if s.measure == "arr" else said and f" from {decimal(floor, 0)} points")


def free(text: str) -> str:
    """A user's own sentence, made harmless."""
    return figures.neutral(text, 80)


def p_value(value: Optional[float]) -> str:
    """A p-value with three places, `<0.001` below that."""
    return "n/a" if value is None else f"<{LOWEST_P}" if value < LOWEST_P else decimal(value, 3)


def cause(row: Move) -> str:
    """Why an account changes its tier: `ARR, executive contact met`."""
    return f"{', '.join(CONDITIONS[key] for key in row.conditions)} {EARLIER[row.cause]}".strip()


def lever(row: Lever, s: Segmentation) -> str:
    """`serving 103 mid-market accounts within 10% of ARR and 3,000 each, which frees 159k a year`."""
    if row.kind == EXITS:
        return f"the exit list of {count(row.customers, 'account')}, {short_money(row.gain)} a year as proposed"
    tier = next(one for one in s.tiers if one.tier == row.tier)
    which = count(row.customers, f"{TIERS[row.tier]} account")
    if row.customers == 1:
        which = name(next(one.customer for one in s.over_served if one.tier == row.tier)) + f" ({TIERS[row.tier]})"
    return f"serving {which} within {served_within(tier)}, which frees {short_money(row.gain)} of service a year"


def served_within(tier: TierRow) -> str:
    """`10% of ARR and 3,000 each`: the most that an account of a tier should cost a year."""
    return f"{per_cent(tier.cost_high_ratio, 0)} of ARR and {short_money(tier.investment_high)} each"


def span(low: object, high: object) -> str:
    """`5,000 to 15k`."""
    return short_money(low) if low == high else f"{short_money(low)} to {short_money(high)}"


def expected(tier: TierRow, axis: str) -> str:
    """The share of `customers` or `arr` that is usual: `15% to 20%`, `up to 5%`, or a dash."""
    if tier.expected is None:
        return "-"
    low, high = tier.expected[f"{axis}_low_ratio"], tier.expected[f"{axis}_high_ratio"]
    return between(low, high) if low else f"up to {per_cent(high, 0)}"


def band(tier: TierRow) -> str:
    """`15% to 25%` of ARR, or `under 3%`."""
    if not tier.cost_low_ratio:
        return f"under {per_cent(tier.cost_high_ratio, 0)}"
    return between(tier.cost_low_ratio, tier.cost_high_ratio)


def flags(row: Exit) -> str:
    """`poor fit, cost over half`, of its ARR."""
    return ", ".join(FLAGS[flag] for flag in row.flags)


def way(row: Exit) -> str:
    """What is proposed; an account that already costs no more than it bears is kept as it is."""
    return WAYS[row.proposal] if row.gain or row.proposal != "within_means" else "keep as it is"


def notice(way: NotRenewing) -> str:
    """The last day for notice: `by 2026-11-01`, or why there is none."""
    if way.notice == "unknown":
        return "renewal unknown"
    if way.notice == "passed":
        return f"renewal {way.renewal_date} passed"
    if way.notice == "closed":
        return f"closed {way.notice_by}"
    return f"by {way.notice_by}"


def missing(one: Missing) -> str:
    """`12,300 more ARR`, `multi-year contract`, `executive contact (not recorded)`."""
    label = CONDITIONS[one.key]
    if one.state == "unknown":
        return f"{label} (not recorded)"
    if one.state == "no":
        return label
    if one.key == "tenure_months":
        return f"{count(int(one.amount or 0), 'month')} more"
    return f"{whole(one.amount) if one.key == 'arr' else decimal(one.amount)} more {label}"
