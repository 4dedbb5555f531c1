"""The words of decision E: KPIs, dimensions, stages, owners, and the first sentences. Every string is finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional, Union

from cslib.benchmarks import Benchmark, Norm
from cslib.coverage_words import capital, listed, people
from cslib.figures import count, fte, per_cent, whole
from cslib.kpis import OwnerGap, Row
from cslib.maturity import GATES, LADDER, Maturity
from cslib.policy import Assumption
from cslib.scorecard import Scored
from cslib.scorecard_values import aim, annual, interval, missed
from cslib.scorecards import Kpi, Scorecard
from cslib.segmentation_words import TIERS
from cslib.shown import NET_RETENTION, NOBODY_LOST, Doubt

KPIS = {"nrr_ratio": "NRR", "grr_ratio": "GRR", "logo_retention_ratio": "logo retention",
        "renewal_rate_ratio": "renewal rate", "expansion_ratio": "expansion", "nps": "NPS", "csat": "CSAT",
        "csat_satisfied_ratio": "satisfied answers", "ces": "CES", "time_to_value_days": "time to value",
        "health_points": "mean health", "feature_adoption_ratio": "feature adoption",
        "onboarding_completed_ratio": "onboarding completed", "early_renewal_ratio": "renewed early",
        "outcome_achieved_ratio": "outcome achieved", "reference_customers_ratio": "reference customers",
        "csm_customer_time_ratio": "CSM time with customers", "health_scored_ratio": "customers scored",
        "data_age_hours": "age of data", "playbook_compliance_ratio": "playbook compliance",
        "tool_daily_use_ratio": "tool used daily", "forecast_accuracy_ratio": "forecast accuracy",
        "success_plan_ratio": "with a success plan", "business_reviews_held_ratio": "business reviews held",
        "touches_per_account": "touches an account", "business_reviews_per_account": "business reviews an account",
        "calls_per_csm": "calls a CSM"}
SCALES = {"mean_1_to_5": "1 to 5", "mean_1_to_7": "1 to 7", "mean_1_to_10": "1 to 10"}
EASY = {"low": "low is easy", "high": "high is easy"}
OWNERS = {"cs_leadership": "CS leadership", "cs_operations": "CS operations", "csms": "CSMs", "sales": "sales",
          "support": "support", "product": "product", "finance": "finance", "nobody": "nobody"}
LEVELS = {"outcome": "outcome", "leading": "leading", "operations": "operations", "activity": "activity"}
DIMENSIONS = {"measurement": "measurement", "health": "health score", "risk": "risk", "segmentation": "segmentation",
              "capacity": "capacity", "onboarding": "onboarding", "expansion": "expansion", "roles": "roles",
              "voice": "customers' voice"}
STAGES = {"seed": "seed companies", "series_a": "series A companies", "series_b": "series B companies",
          "growth": "growth companies", "late": "late-stage companies"}
PRODUCTS = {"developer_tools": "developer tools", "analytics": "analytics", "crm": "CRM",
            "marketing_automation": "marketing automation", "hr": "HR", "erp": "ERP"}
LACKS = {
    "measurement": {"proactive": "quarterly GRR, NRR and logo retention that reconcile with finance",
                    "strategic": "retention by segment with an interval, rate and mix apart",
                    "transformational": "a forecast within 3 points in two quarters"},
    "risk": {"proactive": "every renewal opened 90 days ahead", "strategic": "60% of lost ARR flagged 60 days ahead",
             "transformational": "80% of lost ARR flagged, saves against a comparison group"},
    "segmentation": {"proactive": "a written rule with hours or spend for each tier",
                     "strategic": "cost to serve of most ARR, a margin around each floor",
                     "transformational": "tiers' economics reviewed in 12 months, exits carried out"}}
ORIGINS = {"given": "given", "retention": "retention result", "coverage": "coverage result",
           "segmentation": "segmentation result", "hiring": "hiring result"}


class Report(NamedTuple):
    """Everything a page of decision E is written from; `cells` are the words of maturity.json."""

    card: Scorecard
    s: Scored
    cells: Mapping
    others: Sequence[Benchmark]
    norms: Sequence[Norm]
    settings: dict
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    sample: bool


def answer(report: Report) -> str:
    """The first sentences: what to check first, maturity against belief, the outcome furthest from its target."""
    said = [_found(report), _outcome(report)]
    if not any(said):
        said = [owned(report), headcount(report)]
    told = [*map(_doubt, report.s.doubts), *filter(None, said)]
    return " ".join(told) or (f"Nothing is answered yet: no KPI has a value, and none of the "
                              f"{whole(len(report.card.claims))} questions of maturity has an answer.")


def _doubt(row: Doubt) -> str:
    said = {NET_RETENTION: f"has an NRR of {per_cent(row.nrr_ratio)} a year, beyond what companies report",
            NOBODY_LOST: f"has not one of {count(row.customers, 'customer')} leaving"}[row.key]
    return f"Check the input before you trust this: the {ORIGINS[row.origin]} {said}, so its KPIs are not judged."


def _found(report: Report) -> str:
    m = report.s.maturity
    if m is None:
        return ""
    if m.overall == m.overall_if_proved:
        return f"You are {m.overall}{_against(m)}{_held(m)}."
    return f"By what can be shown you are {m.overall}{_if_proved(m)}{_held(m)}."


def _if_proved(m: Maturity) -> str:
    """What proof of the claims would bring, with the stage that the team believes where that belongs."""
    hoped, one = m.overall_if_proved, m.claims_unproved == 1
    claims = "the one claim" if one else f"the {whole(m.claims_unproved)} claims"
    proved = f"if {claims} without evidence {'is' if one else 'are'} proved"
    if m.believed == hoped:
        return f"; {hoped}, as the team believes, {proved}"
    if m.believed is None or LADDER.index(m.believed) < LADDER.index(hoped):
        return f"{_against(m)}; {hoped} {proved}"
    return f"; {hoped} {proved}; not {m.believed} as the team believes"


def _against(m: Maturity) -> str:
    if m.believed is None:
        return ""
    if m.believed == m.overall:
        return ", as the team believes"
    if LADDER.index(m.overall) > LADDER.index(m.believed):
        return f", more than the {m.believed} that the team believes"
    return f", not {m.believed} as the team believes"


def _held(m: Maturity) -> str:
    """Every gate that goes no further, and what each lacks."""
    if m.overall == LADDER[-1]:
        return ""
    following = LADDER[LADDER.index(m.overall) + 1]
    stops = [level.dimension for level in m.levels if level.gate and level.stage == m.overall]
    one = len(stops) == 1
    lacks = [LACKS[gate][following] if one else f"of {DIMENSIONS[gate]}, {LACKS[gate][following]}" for gate in stops]
    names = listed([DIMENSIONS[gate] for gate in stops])
    return f": {names} {'goes' if one else 'go'} no further (not shown: {'; '.join(lacks)})"


def criterion(report: Report, dimension: str, stage: str) -> str:
    """What a cell asks for, without a full stop, as it stands within a sentence."""
    said = report.cells[dimension][stage]["criterion"].rstrip(".")
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def _outcome(report: Report) -> str:
    doubted = [doubt.origin for doubt in report.s.doubts]
    rows = [row for row in report.s.rows if row.level == "outcome" and row.origin not in doubted]
    if not rows:
        if doubted or not report.s.rows:
            return ""
        only = "Only activities are" if report.s.only_activities else "No outcome is"
        return f"{only} reported: {missing(report)} are missing."
    row = worst(rows)
    if row is None:
        return _none_below(rows)
    known = f" ({interval(row)})" if row.interval else ""
    apart = "; it cannot be told from that" if row.distinguishable is False else ""
    return (f"{capital(spoken(row))} is {annual(row)}{known}, {missed(row)} the {aim(row, row.target)} "
            f"{asked_by(report, row)}{apart}.")


def worst(rows: Sequence[Row]) -> Optional[Row]:
    """The outcome furthest below its target: of the whole company, otherwise of a segment; None when none is below."""
    below = [row for row in rows if row.standing == "below"]
    whole_company = [row for row in below if row.segment is None]
    return max(whole_company or below, key=lambda row: abs(row.short_by), default=None)


def _none_below(rows: Sequence[Row]) -> str:
    said = [f"{spoken(row)} {annual(row)}" for row in rows if row.standing]
    if not said:
        return f"{capital(spoken(rows[0]))} is {annual(rows[0])}; nothing judges it."
    return f"No outcome is below its target: {listed(said[:3])}."


def asked_by(report: Report, row: Row) -> str:
    """Who asks for a target: `asked of series B companies`, `asked of SMB customers`, `called good`."""
    source = row.target.source if row.target else "general"
    if source == "stage" and report.s.stage:
        return f"asked of {STAGES[report.s.stage]}"
    if source == "size" and row.segment:
        return f"asked of {TIERS[row.segment]} customers"
    if source == "product" and report.card.product_type:
        return f"asked of {PRODUCTS[report.card.product_type]} products"
    return "called good"


def missing(report: Report) -> str:
    """The outcomes that are not reported."""
    return listed([KPIS[kpi] for kpi in report.s.missing_outcomes])


def spoken(row: Union[Row, OwnerGap]) -> str:
    """A KPI within a sentence: `GRR`, `enterprise GRR`."""
    return f"{TIERS[row.segment]} {KPIS[row.kpi]}" if row.segment else KPIS[row.kpi]


def label(report: Report, row: Row) -> str:
    """`GRR`, `GRR, enterprise`, `CES (1 to 7, low is easy)`."""
    given = of(report.card, row)
    scale = [SCALES[given.scale]] if given and given.scale else []
    scale += [EASY[given.easy_is]] if given and given.easy_is else []
    said = f"{KPIS[row.kpi]} ({', '.join(scale)})" if scale else KPIS[row.kpi]
    return f"{said}, {TIERS[row.segment]}" if row.segment else said


def of(card: Scorecard, row: Row) -> Optional[Kpi]:
    """The KPI of the input that a row was made from; None for one that a result filled in."""
    return next((kpi for kpi in card.kpis if (kpi.kpi, kpi.segment) == (row.kpi, row.segment)), None)


def owned(report: Report) -> str:
    """How many of the accounts that should have an owner have one."""
    row = report.s.owned
    if row is None:
        return ""
    floor = whole(report.settings["scorecard"]["owner_above_arr"])
    if not row.accounts:
        return f"No account is above {floor} of ARR."
    rest = f"; {whole(row.without)} {'has' if row.without == 1 else 'have'} none" if row.without else ""
    return (f"{whole(row.with_owner)} of {count(row.accounts, 'account')} above {floor} of ARR "
            f"{'has' if row.with_owner == 1 else 'have'} an owner ({per_cent(row.ratio)}){rest}.")


def headcount(report: Report) -> str:
    """The CSMs that are there against those required."""
    row = report.s.headcount
    if row is None:
        return ""
    there = people(row.csms)
    if row.ratio is None:
        return f"{there} now; how many are required is not known (--coverage FILE fills it in)."
    share = per_cent(report.settings["scorecard"]["headcount_within_ratio"], 0)
    if not row.ratio:
        return f"{there}, as many as are required."
    side = "over" if row.ratio > 0 else "under"
    kept = "within" if row.within else "outside"
    return (f"{there} for {fte(row.required)} required: {per_cent(abs(row.ratio), 0)} {side}, {kept} the {share} of "
            "policy.")


def gates() -> str:
    """`measurement, risk and segmentation`."""
    return listed([DIMENSIONS[gate] for gate in GATES])
