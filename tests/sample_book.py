"""The team of Larkfield Software (fictional) and the book that it looks after: `book.json`.

Customers and ARR of each tier are those of decision B on `customers.json`. Churn by tier and growth of ARR per customer
are counted from the accounts of `cohorts.json`; growth by tier is told, and adds up to that of the whole.

The stories in it: strategic is short of CSMs today, enterprise is short within the year and one of its three still
ramps, mid_market has more than twice the CSMs that it needs, nobody manages them, and the founders hear of escalations
every week.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from sample_customers import FLOORS

SCRIPTS = str(Path(__file__).resolve().parents[1] / "scripts")
if SCRIPTS not in sys.path:
    sys.path.insert(0, SCRIPTS)

from cslib import customers, policy, segmentation, tiering

GROWTH = {"strategic": "0.15", "enterprise": "0.25", "mid_market": "0.10", "smb": "0.05"}
PEOPLE = (("strategic", "1.0", 26), ("strategic", "0.5", 12), ("enterprise", "1.0", 26), ("enterprise", "1.0", 14),
          ("enterprise", "1.0", 2), ("mid_market", "1.0", 31), ("mid_market", "1.0", 18), ("mid_market", "0.5", 9),
          ("smb", "0.5", 20))
MANAGERS, ESCALATIONS = 0, "1.5"


def book_json(customers_text: str, accounts: Sequence[Mapping[str, Any]]) -> str:
    """The text of samples/book.json, one tier and one person a line."""
    document = json.loads(customers_text, parse_float=Decimal)
    portfolio = customers.read(document, "customers.json", tiering.FOUR)
    tiers = segmentation.segmented(portfolio, tiering.FOUR_TIER, policy.read(None).settings).book
    csms = {tier: sum(Decimal(fte) for own, fte, _ in PEOPLE if own == tier) for tier in tiers}
    rows = [f'"{tier}": {{"customers": {count}, "arr": {arr:.2f}, "csms": {csms[tier]}}}'
            for tier, (count, arr) in tiers.items()]
    people = [f'{{"tier": "{tier}", "fte": {fte}, "months_in_seat": {months}}}' for tier, fte, months in PEOPLE]
    head = [f'"as_of": "{portfolio.as_of}"', f'"currency": "{portfolio.currency}"', '"stage": "growth"',
            f'"annual_growth_ratio": {_by_tier(GROWTH)}', f'"annual_churn_ratio": {_by_tier(churn(accounts))}',
            f'"arr_per_customer_growth_ratio": {arr_growth(accounts)}']
    parts = [*head, f'"tiers": {_lines("{", rows, "}")}', f'"people": {_lines("[", people, "]")}',
             f'"managers": {MANAGERS}', f'"founder_escalations_per_week": {ESCALATIONS}']
    return "{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n"


def churn(accounts: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """The customers lost in the year as a share of those at its start, by the tier of their ARR then."""
    started = [(tier_of(row["starting_arr"]), not row["ending_arr"]) for row in accounts if row["starting_arr"]]
    return {tier: _ratio(Decimal(sum(lost for own, lost in started if own == tier))
                         / sum(own == tier for own, _ in started)) for tier in FLOORS}


def arr_growth(accounts: Sequence[Mapping[str, Any]]) -> Decimal:
    """The growth of ARR per customer over the year."""
    before, after = ([row[key] for row in accounts if row[key]] for key in ("starting_arr", "ending_arr"))
    return _ratio(Decimal(sum(after)) / len(after) / (Decimal(sum(before)) / len(before)) - 1)


def tier_of(arr: int) -> str:
    """The tier whose floor the ARR reaches."""
    return next(tier for tier, floor in FLOORS.items() if arr >= floor)


def _ratio(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"), ROUND_HALF_UP)


def _by_tier(rates: Mapping[str, object]) -> str:
    return "{" + ", ".join(f'"{tier}": {rate}' for tier, rate in rates.items()) + "}"


def _lines(start: str, rows: Sequence[str], end: str) -> str:
    return start + "\n    " + ",\n    ".join(rows) + f"\n  {end}"
