"""A customers.json made from a seed, with everything in it: for laws, and for the measurement of speed."""

from __future__ import annotations

import random
from datetime import date

from cslib.attribute_cells import SIGNALS

AS_OF = date(2026, 9, 30)
TIERS = ("strategic", "enterprise", "mid_market", "smb")


def document(customers: int, seed: int = 1, least_known: float = 0.7) -> dict:
    """A customers.json with everything in it, at random: costs, signals, tiers, flags, lost ones, pilots, unknowns."""
    rng = random.Random(seed)

    def perhaps(value: object) -> object:
        return value if rng.random() < least_known else None

    rows = []
    for number in range(customers):
        free = rng.random() < 0.03
        arr = 0 if free else round(rng.lognormvariate(9.3, 1.3), 2)
        churned = None if free else perhaps(rng.random() < 0.12)
        row = {
            "id": f"C-{number:06d}", "name": f"Customer {number}", "arr": arr,
            "tenure_months": perhaps(rng.randrange(80)),
            "relationship": rng.choice(["pilot", "design_partner"]) if free else perhaps("paying"),
            "icp_signals": {signal: perhaps(rng.random() < 0.6) for signal in SIGNALS},
            "complexity": perhaps(rng.choice(["high", "medium", "low"])),
            "strategic_value": perhaps(rng.choice(["high", "medium", "low"])),
            "growth_potential": perhaps(rng.choice(["high", "medium", "low"])),
            "annual_cost_to_serve": perhaps(round(rng.uniform(0.01, 0.9) * max(arr, 3_000), 2)),
            "previous_tier": perhaps(rng.choice(TIERS)), "escalations_12m": perhaps(rng.randrange(4)),
            "multi_year": perhaps(rng.random() < 0.5), "executive_contact": perhaps(rng.random() < 0.5),
            "sponsor_both_sides": perhaps(rng.random() < 0.5),
            "acquired_by_conflicting_owner": perhaps(rng.random() < 0.03),
            "declining_industry": perhaps(rng.random() < 0.08),
            "renewal_date": perhaps(str(date(2026 + rng.randrange(3), 1 + rng.randrange(12), 1 + rng.randrange(28)))),
            "churned": churned}
        rows.append({key: value for key, value in row.items() if value is not None})
    return {"as_of": AS_OF.isoformat(), "currency": "USD", "customers": rows}
