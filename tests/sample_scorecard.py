"""How Larkfield Software (fictional) measures itself and what it can show: `scorecard.json`.

Retention is counted from the accounts of `cohorts.json` and, for the year before, from the same customers; who has an
owner is told of the active accounts of `customers.json`; the CSMs are those of `book.json`. All else is told.

The stories in it: the team believes that it is strategic and is proactive, since nothing about risk goes beyond that;
two claims to be strategic have nothing to show, expansion is left to chance. Customers are happier than a year before,
which chance does not explain, while NPS moved within chance and a customer still waits two months for a first result.
No outcome is owned by who leads customer success.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Optional

from sample_book import PEOPLE
from sample_customers import FLOORS

Year = Sequence[tuple[int, int]]
OWNER_ABOVE = FLOORS["mid_market"]
WITH_OWNER = Decimal("0.8")
BELIEVED = "strategic"
PREVIOUS = "2025-09-30"
OUTCOMES = (("nrr_ratio", "sales"), ("grr_ratio", "finance"), ("logo_retention_ratio", "nobody"))
WEAK_TIER = "enterprise"
TOLD = (
    {"kpi": "nps", "value": 34, "of": 148, "owner": "product", "previous": {"value": 38, "of": 131}},
    {"kpi": "csat", "value": "4.2", "scale": "mean_1_to_5", "of": 212, "sd": "0.9", "owner": "support",
     "previous": {"value": "3.9", "of": 188, "sd": "1.0"}},
    {"kpi": "ces", "value": "4.8", "scale": "mean_1_to_7", "easy_is": "high", "of": 96, "sd": "1.6", "owner": "support",
     "previous": {"value": "4.6", "of": 88, "sd": "1.7"}},
    {"kpi": "time_to_value_days", "value": 62, "of": 71, "owner": "nobody", "previous": {"value": 66, "of": 64}},
    {"kpi": "health_points", "value": 71, "of": 350, "sd": 17, "owner": "csms",
     "previous": {"value": 70, "of": 240, "sd": 18}},
    {"kpi": "early_renewal_ratio", "value": "0.179", "period_months": 12, "of": 223, "owner": "csms",
     "previous": {"value": "0.16"}},
    {"kpi": "health_scored_ratio", "value": 1, "of": 350, "owner": "csms",
     "previous": {"value": "0.774", "of": 310}},
    {"kpi": "business_reviews_held_ratio", "value": "0.919", "of": 111, "owner": "csms",
     "previous": {"value": "0.808", "of": 104}},
    {"kpi": "touches_per_account", "value": "14.2", "of": 350, "owner": "csms",
     "previous": {"value": "11.5", "of": 310}},
)
MATURITY = {
    "measurement": {
        "proactive": (True, "GRR and NRR by quarter of acquisition, agreed with the close of June 2026"),
        "strategic": (True, "Board paper of July 2026: by industry and size, with intervals and the effect of mix"),
        "transformational": (False, None)},
    "health": {
        "proactive": (True, "Formula of five signals, computed each Monday for every paying customer"),
        "strategic": (True, None),
        "transformational": (None, None)},
    "risk": {
        "proactive": (True, "CRM report of September 2026: every renewal of the quarter was opened 90 days ahead"),
        "strategic": (False, "38% of the ARR lost was flagged 60 days ahead"),
        "transformational": (False, None)},
    "segmentation": {
        "proactive": (True, "Rule for four tiers, each with planned hours, agreed in February 2026"),
        "strategic": (True, None),
        "transformational": (False, None)},
    "capacity": {
        "proactive": (True, "Plan for 2026: accounts that a CSM of each tier holds, beside those of today"),
        "strategic": (False, None)},
    "onboarding": {
        "proactive": (True, "Dated milestones in the plan of each of the 71 customers onboarded this year"),
        "strategic": (False, "An outcome is written down for 4 in 10 customers"),
        "transformational": (False, None)},
    "expansion": {
        "proactive": (False, "Whoever hears of a need passes it on"),
        "strategic": (None, None)},
    "roles": {
        "proactive": (True, "Job descriptions of both; support answered 9 in 10 tickets of August 2026"),
        "strategic": (False, None)},
    "voice": {
        "proactive": (True, "Survey of September 2026: 350 customers asked, 148 answered"),
        "strategic": (True, "Call log of September 2026: low scores called within ten days; finance codes the losses"),
        "transformational": (False, None)},
}


def scorecard_json(customers_text: str, year: Year, year_before: Year) -> str:
    """The text of samples/scorecard.json, one KPI and one dimension a line; years are (starting, ending) ARR pairs."""
    known = json.loads(customers_text, parse_float=Decimal)
    accounts = sum(not row.get("churned") and row["arr"] > OWNER_ABOVE for row in known["customers"])
    owned = {"accounts": accounts, "with_owner": int(accounts * WITH_OWNER)}
    csms = sum(Decimal(fte) for _, fte, _ in PEOPLE)
    maturity = [f'"{dimension}": {_flat(_cells(stages))}' for dimension, stages in MATURITY.items()]
    parts = [f'"as_of": "{known["as_of"]}"', f'"currency": "{known["currency"]}"', '"stage": "growth"',
             f'"believed_stage": "{BELIEVED}"', f'"kpis": {_lines("[", map(_flat, kpis(year, year_before)), "]")}',
             f'"owned_accounts": {_flat(owned)}', f'"headcount": {{"csms": {csms}}}',
             f'"maturity": {_lines("{", maturity, "}")}']
    return "{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n"


def kpis(year: Year, year_before: Year) -> list[dict[str, Any]]:
    """The rows: outcomes of the company, GRR of its weak tier, then what is told."""
    now, before = retained(year), retained(year_before)
    rows = [{"kpi": kpi, "value": now[kpi], "period_months": 12, "of": now["of"], "owner": owner,
             "previous": {"value": before[kpi], "of": before["of"]}} for kpi, owner in OUTCOMES]
    weak, weak_before = (retained([pair for pair in pairs if tier_of(pair[0]) == WEAK_TIER])
                         for pairs in (year, year_before))
    rows.append({"kpi": "grr_ratio", "segment": WEAK_TIER, "value": weak["grr_ratio"], "period_months": 12,
                 "of": weak["of"], "owner": "csms",
                 "previous": {"value": weak_before["grr_ratio"], "of": weak_before["of"]}})
    return [{**row, "previous": {**row["previous"], "as_of": PREVIOUS}} for row in (*rows, *TOLD)]


def retained(year: Year) -> dict[str, Any]:
    """NRR, GRR and logo retention to six places, and the customers at the start."""
    pairs = [(a, b) for a, b in year if a]
    starting = sum(a for a, _ in pairs)
    return {"nrr_ratio": _ratio(sum(b for _, b in pairs), starting),
            "grr_ratio": _ratio(sum(min(pair) for pair in pairs), starting),
            "logo_retention_ratio": _ratio(sum(b > 0 for _, b in pairs), len(pairs)), "of": len(pairs)}


def tier_of(arr: int) -> Optional[str]:
    """The tier whose floor the ARR reaches; None for no ARR."""
    return next((tier for tier, floor in FLOORS.items() if arr >= floor), None) if arr else None


def _cells(stages: Mapping[str, tuple[Optional[bool], Optional[str]]]) -> dict[str, Any]:
    return {stage: {"met": met, **({"evidence": evidence} if evidence else {})}
            for stage, (met, evidence) in stages.items()}


def _ratio(part: int, whole: int) -> str:
    return str((Decimal(part) / whole).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def _flat(value: Any) -> str:
    """One line of JSON, decimal text among its numbers as it stands."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f'"{key}": {_flat(part)}' for key, part in value.items()) + "}"
    is_number = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    return value if is_number else json.dumps(value, ensure_ascii=False)


def _lines(start: str, rows: Iterable[str], end: str) -> str:
    return start + "\n    " + ",\n    ".join(rows) + f"\n  {end}"
