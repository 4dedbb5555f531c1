"""The findings of decision C in sentences: why sizes differ, what stays open, cost, how sure it is. No sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Optional

from cslib.benchmarks import Benchmark, Norm
from cslib.book import Book
from cslib.coverage import Coverage
from cslib.coverage_money import BreakEven
from cslib.coverage_risk import Scenario, Swing
from cslib.coverage_words import (
    ASSUMPTIONS,
    LEADS,
    MODELS,
    MOTIONS,
    SCENARIOS,
    TIERS,
    TRIGGERS,
    by_arr,
    escalations,
    gap_peak,
    listed,
    people,
    plain,
    plain_per_cent,
)
from cslib.coverage_words import growth as growth_rates
from cslib.figures import between, count, decimal, fte, per_cent, points, short_money, whole
from cslib.shortfalls import Gap
from cslib.sizing import TierSize
from cslib.spans import Span
from cslib.transitions import Transition

COMPARATOR = "ARR by CSM is a comparator without an audited source"
MOST_SWINGS, LEAST_SWING_FTE, MOST_BY_ARR = 3, Decimal("0.05"), 5


def close_calls(c: Coverage, share: Decimal) -> Iterable[str]:
    """Tiers whose mean account is so near to where another model begins that a CSM's pay decides between the two."""
    for row in c.transitions:
        size = next(one for one in c.tiers if one.tier == row.tier)
        least, paid = row.arr_per_customer, size.arr_per_customer
        if least is None or paid is None or not least * (1 - share) <= paid <= least * (1 + share):
            continue
        other = next(one for one in c.alternatives if (one.tier, one.model) == (row.tier, row.to_model))
        yield (f"Close call in {TIERS[row.tier]}: an account pays {short_money(paid)}, and "
               f"{'from' if row.direction == 'up' else 'below'} {short_money(least)} {MODELS[row.to_model]} pays "
               f"({people(other.required)}): settle the model and what a CSM costs you first.")


def placement(c: Coverage, least: Decimal) -> str:
    """That a team is large enough and in the wrong tiers; `least` is the gap from which a tier is short or over."""
    gaps = [row.gap for row in c.tiers if row.gap is not None]
    apart = any(gap < -least for gap in gaps) and any(gap > least for gap in gaps)
    if not c.hires or not apart or c.csms is None or c.csms < c.required:
        return ""
    return f"In all the team is large enough, {fte(c.csms)} for {fte(c.required)}, but not where the work is."


def sizes(c: Coverage, stages: Sequence[Norm]) -> str:
    """Why the three sizes differ, and that the ARR ratio rests on nothing audited."""
    rows = [row for row in c.tiers if row.customers]
    worst = max(rows, key=lambda row: row.required_by_arr.high - row.required)
    holds = [f"{whole(row.accounts_per_csm)} {TIERS[row.tier]}" for row in rows if row.accounts_per_csm is not None]
    said = f"One CSM holds {listed(holds, 'or')} accounts. " if holds else ""
    said += f"Need is the larger of hours and accounts; {COMPARATOR}"
    said += (f" ({by_arr(worst.required_by_arr)} for {count(worst.customers, f'{TIERS[worst.tier]} account')})."
             if worst.required_by_arr.high > worst.customers / MOST_BY_ARR else ".")
    grid = [f"{TIERS[norm.segment]} {_open(norm)}" for norm in stages if norm.segment in TIERS]
    return said + (f" For this stage others advise {', '.join(grid)} of ARR a CSM." if grid else "")


def _open(norm: Norm) -> str:
    if norm.high is None:
        return f"{short_money(norm.low)} or more"
    return f"{short_money(norm.low)} to {short_money(norm.high)}"


def models(c: Coverage) -> Iterable[str]:
    """Where what an account pays asks for another model than the tier's name, and where the one in use does not pay."""
    for row in c.tiers:
        if not row.customers:
            continue
        used = row.service
        if used.pays is False:
            yield (f"{TIERS[row.tier]}: {MODELS[used.model]} takes {_hours(row)} an account and pays from "
                   f"{short_money(used.pays_from_arr)} of ARR, an account pays {short_money(row.arr_per_customer)}"
                   f"{_instead(row, c)}")
        elif used.chosen == "pays" and used.model != row.convention_model:
            usual = next(one for one in c.alternatives
                         if one.tier == row.tier and one.model == row.convention_model)
            yield (f"{TIERS[row.tier]}: {MODELS[used.model]} ({_hours(row)} an account) rather than "
                   f"{MODELS[row.convention_model]}, which pays from {short_money(usual.pays_from_arr)} of ARR where "
                   f"an account pays {short_money(row.arr_per_customer)}; it would cost "
                   f"{short_money(usual.cost)} a year instead of {short_money(row.cost)}")


def _hours(row: TierSize) -> str:
    return f"{decimal(row.service.hours_per_account)} h a year{' measured' if row.service.measured else ''}"


def _instead(row: TierSize, c: Coverage) -> str:
    paying = [one for one in c.alternatives if one.tier == row.tier and one.pays]
    return f"; {MODELS[paying[0].model]} would pay ({people(paying[0].required)})" if paying else "; no model pays"


def sponsors(c: Coverage) -> Iterable[str]:
    """The executives' own hours under the model that asks for them."""
    for row in c.tiers:
        if row.sponsor_hours_low:
            yield (f"Sponsors give {whole(row.sponsor_hours_low)} to {whole(row.sponsor_hours_high)} h a year of "
                   f"executives' time to {count(row.customers, f'{TIERS[row.tier]} account')}, in no cost here.")


def gaps(rows: Iterable[Gap], full: bool) -> Iterable[str]:
    """What no hire can close any more, and what to drop meanwhile; `full` with the hours that each motion frees."""
    for row in rows:
        yield (f"{TIERS[row.tier]} to {row.until}: {gap_peak(row)}, {people(row.peak_fte)} missing, "
               f"{whole(row.hours)} h in all. {_dropped(row, full)}")


def _dropped(row: Gap, full: bool) -> str:
    if row.dropped:
        said = [f"{MOTIONS[each.motion]}{f' ({whole(each.hours)} h a month)' if full else ''}" for each in row.dropped]
        return f"Drop meanwhile: {', '.join(said)}."
    return "Agree which accounts wait: the plan does not pretend to serve them."


def leads(spans: Sequence[Span], rules: Mapping, last: str) -> Iterable[str]:
    """Who has to lead the team, why, and from when; or that no trigger of the policy lasts."""
    if not spans:
        in_a_tier, overall = (plain(rules[key]) for key in ("csms_in_a_tier", "csms_overall"))
        yield (f"No CS manager is due to {last}: neither {in_a_tier} CSMs in a tier nor {overall} overall last, nor "
               f"{escalations(rules['escalations_a_week'])} a week to founders.")
    for span in spans:
        why = listed([TRIGGERS[reason] for reason in span.reasons])
        if span.gap is None:
            yield f"{LEADS[span.kind]}: {whole(span.needed)} needed by {why}; how many there are is not known."
        else:
            coach = f", who takes {fte(span.fte_lost)} CSM from customers" if span.kind == "player_coach" else ""
            yield (f"{LEADS[span.kind]}: {fte(span.added)} more, {whole(span.needed)} in all, by {why}{coach}; "
                   f"approve by {span.approve_by.isoformat()}.")


def money(c: Coverage, others: Sequence[Benchmark]) -> str:
    """The cost now and in twelve months, as a share of ARR and by account, beside what others spend."""
    now, then = c.cost.now, c.cost.in_12_months
    if now.total is None:
        return ""
    managers = "" if c.cost.managers_known else " without managers"
    medians = " and ".join(f"{per_cent(row.low_ratio, 0)} ({row.publisher} {row.year})" for row in others)
    beside = f"; others {medians}, with support" if medians else ""
    return (f"The team costs {short_money(now.total)} a year{managers} now ({per_cent(now.arr_ratio)} of ARR, "
            f"{short_money(now.per_account)} an account), {short_money(then.total)} in 12 months, leavers off "
            f"({per_cent(then.arr_ratio)}, {short_money(then.per_account)}){beside}.")


def break_even(c: Coverage, full: bool) -> str:
    """What each tier's hires must save to pay for themselves; `full` with what one of them must."""
    said = [f"{points(row.points_ratio).lstrip('+')} of GRR in {TIERS[row.tier]} ({short_money(row.saved_arr)} ARR"
            f"{_each(row) if full else ''}{_of_lost(row.lost_share_ratio, row.lost_arr)})"
            for row in c.break_even if row.points_ratio is not None]
    return f"To pay for a year, the hires must save {listed(said)}." if said else ""


def _each(row: BreakEven) -> str:
    """What one full post must save, where there are more or fewer."""
    return f", {points(row.points_per_csm_ratio).lstrip('+')} a CSM" if fte(row.fte) != "1" else ""


def _of_lost(share: Optional[object], lost: Optional[object]) -> str:
    if lost is None:
        return ""
    return f", {per_cent(share, 0)} of the {short_money(lost)} lost last year" if lost else ", where nothing was lost"


def waiting(c: Coverage) -> str:
    """What one quarter's delay saves and leaves undone."""
    row = c.waiting
    if row is None:
        return ""
    if row.tier is None or not row.arr:
        return f"Waiting a quarter saves {short_money(row.saved)} and leaves nobody short."
    loss = (f", and pays below a loss of {per_cent(row.break_even_loss_ratio)} of that ARR"
            if row.break_even_loss_ratio is not None else "")
    return (f"Waiting a quarter saves {short_money(row.saved)}, leaves {whole(row.hours)} h undone (at worst "
            f"{whole(row.accounts)} accounts, {short_money(row.arr)} ARR){loss}.")


def growth(c: Coverage) -> str:
    """Whom other growth would ask for; nothing where nobody knows who is there."""
    said = [f"{SCENARIOS[row.name]}{_rates(row)} {fte(row.hires_fte)}" for row in c.scenarios]
    return f"Hires at {', '.join(said)}." if len(said) > 1 and c.csms is not None else ""


def _rates(row: Scenario) -> str:
    said = growth_rates(row.growth_ratio.values()) if row.name == "base" else ""
    return f" ({said})" if said else ""


def swings(rows: Sequence[Swing], share: Decimal) -> str:
    """The assumptions that move the answer most."""
    said = [f"{ASSUMPTIONS[row.assumption]} {fte(row.low_fte)} to {fte(row.high_fte)} "
            f"({short_money(row.low_cost)} to {short_money(row.high_cost)})"
            for row in rows[:MOST_SWINGS] if row.swing_fte >= LEAST_SWING_FTE]
    if not said:
        return ""
    return (f"What moves hires most ({fte(rows[0].base_fte)} in parts of posts), {plain_per_cent(share)} lower to "
            f"higher, with cost a year: {'; '.join(said)}.")


def chances(c: Coverage) -> str:
    """The peak load that leavers and growth may bring, with the plan and without."""
    row = c.simulation
    if row is None:
        return ""
    if row.p90 is None:
        return (f"With leavers and growth by chance the team is above 100% in {per_cent(row.over_ratio, 0)} of runs, "
                "or nobody is left in it.")
    over = f" and passes 100% in {per_cent(row.over_ratio, 0)} of all"
    alone = f", without the plan {between(row.without_p10, row.without_p90)}" if row.without_p90 is not None else ""
    return (f"With leavers and growth by chance the whole team peaks at {between(row.p10, row.p90)} in 8 of 10 runs, "
            f"{per_cent(row.p50, 0)} in the middle one,"
            f"{over}{alone}.")


def surplus(c: Coverage) -> str:
    """Who is left over once moves are made."""
    said = [f"{fte(row.fte)} in {TIERS[row.tier]}" for row in c.surplus]
    return f"More than the book takes, all year: {listed(said)}. Do not replace who leaves there." if said else ""


def changes(rows: Iterable[Transition]) -> str:
    """Tiers whose customers already pay for another model, or will within five years."""
    said = [f"{TIERS[row.tier]} to {MODELS[row.to_model]} "
            + ("now" if row.months == 0 else f"in {count(row.months, 'month')}")
            + f" ({'from' if row.direction == 'up' else 'below'} {short_money(row.arr_per_customer)} an account)"
            for row in rows if row.months is not None]
    return f"Models due for a change: {'; '.join(said)}." if said else ""


def nothing_known(book: Book) -> str:
    """Tiers of which the book says nothing."""
    said = [TIERS[tier] for tier in book.left_out]
    return f"Taken as empty, since the input leaves it out: {listed(said)}." if said else ""
