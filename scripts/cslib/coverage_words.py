"""The words of decision C: tiers, models, posts, and the first sentence. Every string here is finished; no sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional, Union

from cslib.book import Book
from cslib.coverage import Coverage
from cslib.figures import between, count, decimal, fte, per_cent, short_money, whole
from cslib.hires import Hire
from cslib.months import month_end, month_index
from cslib.segmentation_words import TIERS
from cslib.shortfalls import Gap, ShortTier
from cslib.sizing import Range, TierSize
from cslib.spans import Span

MODELS = {"named_sponsor": "named, sponsor", "named": "named", "named_light": "named, light", "pooled": "pooled",
          "tech": "tech touch"}
ROLES = {"named_sponsor": "CSM", "named": "CSM", "named_light": "CSM", "pooled": "pooled CSM", "tech": "digital CSM"}
REASONS = {"short_now": "short now", "growth": "growth", "attrition": "leavers"}
LEADS = {"manager": "CS manager", "player_coach": "player-coach"}
MOST_GAPS = 1
TRIGGERS = {"csms_in_a_tier": "CSMs in one tier", "csms_overall": "CSMs overall",
            "escalations": "escalations to founders"}
MOTIONS = {"check_in": "check-ins", "success_plan": "success plans", "business_review": "business reviews",
           "renewal": "renewal preparation", "group_session": "group sessions", "adoption_check": "adoption checks",
           "campaign": "campaigns"}
ASSUMPTIONS = {"hours_per_account": "hours an account takes", "working_year": "hours a CSM delivers",
               "account_caps": "accounts by CSM", "growth": "growth", "churn": "churn", "attrition": "CSMs who leave",
               "ramp": "ramp", "lead_days": "lead time", "loaded_cost": "cost of a CSM", "headroom": "headroom"}
SCENARIOS = {"low": "low growth", "base": "growth as given", "high": "high growth",
             "expansion_only": "growth by expansion only"}
PARTS = {Decimal("0.1"): "a tenth", Decimal("0.2"): "a fifth", Decimal("0.25"): "a quarter", Decimal("0.5"): "a half"}
MOST_PLACES = 2
KEYS = {"csms": "how many CSMs each tier has (--csms TIER=FTE)",
        "annual_growth_ratio": "net growth of customers a year (--growth)",
        "annual_churn_ratio": "customers lost a year (--churn), which new ones replace at the cost of onboarding",
        "people": "months in seat of each CSM (people), here taken as over their ramp",
        "arr_per_customer_growth_ratio": "growth of ARR per customer (arr_per_customer_growth_ratio)",
        "managers": "how many CS managers there are (managers)",
        "founder_escalations_per_week": "escalations that reach the founders (founder_escalations_per_week)"}


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def part(share: Decimal) -> str:
    """A share as a word where there is one: `a fifth`, `12.5%`."""
    return PARTS.get(share) or plain_per_cent(share)


def plain_per_cent(share: Decimal) -> str:
    """A share of the policy with the places that it has: `20%`, `12.5%`."""
    return per_cent(share, _places(share, 2))


def plain(value: Union[int, Decimal]) -> str:
    """A number of the policy with the places that it has: `1`, `0.5`."""
    return decimal(value, _places(value, 0))


def escalations(least: Union[int, Decimal]) -> str:
    """`is there one escalation`, `are there 2 escalations`."""
    return "is there one escalation" if least == 1 else f"are there {plain(least)} escalations"


def _places(value: Union[int, Decimal], fewer: int) -> int:
    return min(MOST_PLACES, max(0, -Decimal(value).normalize().as_tuple().exponent - fewer))


def day_after(book: Book, months: int) -> str:
    """The last day of the month so many months after the book's."""
    return month_end(month_index(book.as_of) + months).isoformat()


def answer(book: Book, c: Coverage) -> str:
    """The first sentences: how many people, by when, for what money, and what happens otherwise."""
    if c.csms is None:
        return _demand(book, c)
    end = day_after(book, c.horizon_months)
    if not c.hires and not c.moves and not _new_leads(c):
        return f"{_nobody(c)} in the {whole(c.horizon_months)} months to {end}{_left_over(c)}.{_still(book)}"
    said = capital(listed([*_hired(c), *_moved(c)]))
    posts = bool(c.hires or _new_leads(c))
    head = f"{said}: {short_money(c.cost.hires_cost)} to {end}" if posts else f"{said}: nobody to hire"
    approvals = [one.approve_by for one in (*c.hires, *_new_leads(c))]
    first = f", the first approved by {min(approvals).isoformat()}" if approvals else ""
    return f"{head}{first}.{_otherwise(c)}{_too_late(c)}{_still(book)}"


def _demand(book: Book, c: Coverage) -> str:
    by_tier = [f"{fte(row.required)} {TIERS[row.tier]}" for row in c.tiers if row.customers]
    money = f"{short_money(c.required_cost)} a year and {per_cent(c.required_cost_ratio)} of ARR"
    return (f"The book takes {people(c.required)} today ({', '.join(by_tier)}), {money}. Who is there is not known, so "
            f"there is no plan yet.{_still(book)}")


def _new_leads(c: Coverage) -> list[Span]:
    return [span for span in c.managers if span.added]


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _moved(c: Coverage) -> list[str]:
    return [f"move {fte(move.fte)} from {TIERS[move.from_tier]} to {TIERS[move.to_tier]}" for move in c.moves]


def _hired(c: Coverage) -> list[str]:
    by_tier = [f"{fte(row.fte)} {TIERS[row.tier]}" for row in c.break_even]
    said = [f"hire {people(c.hired_fte)} ({', '.join(by_tier)})"] if c.hires else []
    leads = _new_leads(c)
    if leads:
        plural = "" if fte(c.managers_added) == "1" else "s"
        said.append(f"{'' if said else 'hire '}{fte(c.managers_added)} {LEADS[leads[0].kind]}{plural}")
    return said


def people(value: Decimal) -> str:
    """`1 CSM`, `2.5 CSMs`."""
    return f"{fte(value)} CSM{'' if fte(value) == '1' else 's'}"


def _nobody(c: Coverage) -> str:
    if not c.csms:
        return f"Nobody needs to be hired: the book takes {people(c.required)}, less than a post"
    peak = max((month.load_ratio for month in c.months[1:] if month.load_ratio is not None), default=None)
    load = f" at {per_cent(peak, 0)} load at most" if peak is not None else ""
    return f"Nobody needs to be hired: {people(c.csms)} {'carries' if fte(c.csms) == '1' else 'carry'} the book{load}"


def _left_over(c: Coverage) -> str:
    said = [f"{fte(row.fte)} in {TIERS[row.tier]}" for row in c.surplus]
    return f"; {listed(said)} more than the book takes" if said else ""


def _otherwise(c: Coverage) -> str:
    if not c.without_plan:
        return ""
    worst = heaviest(c.without_plan)
    others = len(c.without_plan) - 1
    more = f" ({whole(others)} more {'tier' if others == 1 else 'tiers'} short)" if others else ""
    return f" Otherwise {short_from(c, worst)}, {at_peak(worst)}{more}."


def short_from(c: Coverage, row: ShortTier) -> str:
    """`strategic stays short`, or from when it is."""
    today = next(tier for tier in c.months[0].tiers if tier.tier == row.tier)
    if today.load_without_ratio is None or today.load_without_ratio > 1:
        return f"{TIERS[row.tier]}, short already, stays so"
    return f"{TIERS[row.tier]} runs short from {row.first_month}"


def heaviest(rows: Sequence[ShortTier]) -> ShortTier:
    """The tier that lacks most people in its worst month."""
    return max(rows, key=lambda row: row.peak_fte)


def at_peak(row: ShortTier) -> str:
    """`at 143% of capacity in 2027-09`."""
    if row.peak_load_ratio is None:
        return f"with nobody for the work of {people(row.peak_fte)} in {row.peak_month}"
    return f"at {per_cent(row.peak_load_ratio, 0)} of capacity in {row.peak_month}"


def _too_late(c: Coverage) -> str:
    if not c.unavoidable_gap:
        return ""
    said = [f"{TIERS[row.tier]} (until {row.until}, {gap_peak(row)})" for row in c.unavoidable_gap[:MOST_GAPS]]
    more = len(c.unavoidable_gap) - len(said)
    said += [f"{whole(more)} more {'tier' if more == 1 else 'tiers'}"] if more else []
    return f" Approved today they still come too late for {listed(said)}."


def gap_peak(row: Gap) -> str:
    """`131% in 2026-12`, or the people missing where there is nobody."""
    if row.peak_load_ratio is None:
        return f"{people(row.peak_fte)} missing in {row.peak_month}"
    return f"{per_cent(row.peak_load_ratio, 0)} in {row.peak_month}"


def _still(book: Book) -> str:
    unknown = [tier.tier for tier in book.tiers if tier.customers and tier.growth is None and tier.planned_new is None]
    if not unknown:
        return ""
    which = "" if len(unknown) == sum(1 for tier in book.tiers if tier.customers) else (
        f" in {listed([TIERS[tier] for tier in unknown])}")
    return f" Growth is not known{which}: the book is taken to stand still."


def is_there(row: TierSize) -> bool:
    """Whether a tier has or will have customers, or people."""
    return bool(row.customers or row.csms or row.required_end)


def growth(rates: Iterable[Optional[Decimal]]) -> str:
    """`15%`, `5% to 25%`, empty where none is known."""
    known = [rate for rate in rates if rate is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    return per_cent(low, 0) if low == high else between(low, high)


def by_arr(row: Range) -> str:
    """`5.2 to 17`."""
    return f"{fte(row.low)} to {fte(row.high)}"


def role(hire: Hire) -> str:
    """`1.5 CSM, enterprise`."""
    return f"{fte(hire.fte)} {ROLES[hire.model]}, {TIERS[hire.tier]}"


def late(hire: Hire) -> str:
    """`, 8 m late`: how long ago the post should have been approved; nothing for those who have yet to leave."""
    return f", {whole(hire.months_late)} m late" if hire.months_late and hire.reason != "attrition" else ""


def due(row: TierSize) -> str:
    """When the next CSM of a tier is due: `from 97 customers, in 4 months`."""
    at = row.next_hire_at
    if at is None:
        return "-"
    when = "now" if at.months == 0 else f"in {count(at.months, 'month')}" if at.months is not None else "not foreseen"
    return f"{whole(at.customers)} customers, {when}"
