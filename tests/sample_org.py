"""Larkfield Software (fictional) as decision D sees it: `org.json`.

Its CSMs are those of `book.json`; customers, ARR, the median and both growths are counted from `customers.json` and
`cohorts.json`, and so are the renewals that were due and lost, the customers who came and the ARR that hangs on them.
All else is told.

The stories in it: nobody onboards, so a customer waits two months and more come than go live; renewals are nobody's
first task, so one in five is late; CSMs renew and sell on; a company of 12M ARR whose team is that of series B.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sample_book import ESCALATIONS, PEOPLE

STAGE, STAFF, MOTION, PRODUCTS = "series_b", 140, "sales_led", 2
DELIVERED = (
    "a success plan in each of the ten largest accounts", "reviews with the executives of six accounts",
    "the playbook for an account at risk", "renewals opened 90 days ahead", False,
    "group sessions for all accounts below 20k", "adoption checks twice a year in 60 accounts",
    "the handover from sales, in use since March 2026", "calls after every low score within ten days")
SUPPORT = (("1.0", 30, "first answers within four hours"), ("1.0", 16, "a help centre of 120 articles"),
           ("1.0", 5, "answers to nine in ten tickets of August 2026, with the other two"))
ONBOARDED, WAITING, ONBOARDING_DAYS = 71, 14, 62
LATE = 44
WON_SINCE, DUE_UNTIL = "2025-08", "2026-12-31"
TOLD = {"founder_customer_time_ratio": "0.1", "founder_closes_deals": "false", "playbook_written": "true",
        "tickets_per_month": "420", "tickets_answered_by": '"support"', "csm_admin_time_ratio": "0.22",
        "onboarding_days": str(ONBOARDING_DAYS), "onboarding_backlog": str(WAITING)}


def org_json(customers_text: str, accounts: Sequence[Mapping[str, Any]]) -> str:
    """The text of samples/org.json, one person, signal or outcome a line."""
    document = json.loads(customers_text, parse_float=Decimal)
    paying = [row for row in document["customers"] if row["arr"] and not row.get("churned")]
    due = [row for row in accounts if row.get("due_arr")]
    lost = sum(not row["renewed_arr"] for row in due)
    signals = {**TOLD, "onboarded_per_month": str((Decimal(ONBOARDED) / 12).quantize(Decimal("0.1"), ROUND_HALF_UP)),
               "renewals_due_12m": str(len(due)), "renewals_late_12m": str(LATE), "renewals_lost_12m": str(lost),
               "renewals_owned_by": '"csm"', "expansion_closed_by": '"csm"', "escalations_per_week": ESCALATIONS,
               "public_references": "3", "customer_marketing_reports_to": "null"}
    people = [_person(fte, months, what) for (_, fte, months), what in zip(PEOPLE, DELIVERED)]
    team = [f'"csm": {_lines("[", people, "]", 4)}',
            f'"support": {_lines("[", (_person(*row) for row in SUPPORT), "]", 4)}']
    parts = [f'"as_of": "{document["as_of"]}"', f'"currency": "{document["currency"]}"', f'"stage": "{STAGE}"',
             f'"staff": {STAFF}', f'"customers": {len(paying)}', f'"arr": {sum(row["arr"] for row in paying):.2f}',
             f'"median_acv": {statistics.median(row["arr"] for row in paying):.2f}', f'"motion": "{MOTION}"',
             f'"products": {PRODUCTS}', f'"annual_growth_ratio": {growth(accounts, bool)}',
             f'"annual_arr_growth_ratio": {growth(accounts, int)}', f'"team": {_lines("{", team, "}", 2)}',
             '"open_posts": []',
             f'"signals": {_lines("{", (f"{json.dumps(key)}: {value}" for key, value in signals.items()), "}", 2)}',
             f'"failing_outcomes": {_lines("[", failing(paying, accounts, len(due), lost), "]", 2)}']
    return "{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n"


def growth(accounts: Sequence[Mapping[str, Any]], counted: type) -> Decimal:
    """How much more there is at the end of the year than at its start: customers as `bool`, ARR as `int`."""
    before, after = (sum(counted(row[key]) for row in accounts) for key in ("starting_arr", "ending_arr"))
    return (Decimal(after) / before - 1).quantize(Decimal("0.001"), ROUND_HALF_UP)


def failing(paying: Iterable[Mapping[str, Any]], accounts: Iterable[Mapping[str, Any]], due: int,
            lost: int) -> list[str]:
    """The two outcomes: ARR of the customers won since WON_SINCE, and the late share of the ARR that renews next."""
    young = [row["ending_arr"] for row in accounts if row["cohort_start"] >= WON_SINCE and row["ending_arr"]]
    ahead = sum(Decimal(row["arr"]) for row in paying if row.get("renewal_date", "9") <= DUE_UNTIL)
    late = (ahead * LATE / due).quantize(Decimal("1E3"), ROUND_HALF_UP)
    rows = (("onboarding", f"{ONBOARDING_DAYS} days in the median to first use and {WAITING} customers wait; at risk: "
             f"the {len(young)} won since August 2025", Decimal(sum(young))),
            ("renewals_on_time", f"{LATE} of {due} renewals were signed late and {lost} lost; at risk: the late share "
             f"of the {ahead / 1_000_000:.1f}M due by December 2026", late))
    return [f'{{"outcome": "{outcome}", "evidence": {json.dumps(evidence)}, "arr_at_risk": {amount:.2f}}}'
            for outcome, evidence, amount in rows]


def _person(fte: str, months: int, delivered: object) -> str:
    return f'{{"fte": {fte}, "months_in_seat": {months}, "delivered": {json.dumps(delivered)}}}'


def _lines(start: str, rows: Iterable[str], end: str, indent: int) -> str:
    pad = "\n" + " " * indent
    return f"{start}{pad}  " + f",{pad}  ".join(rows) + f"{pad}{end}"
