"""The KPIs that a scorecard knows, by level, with the unit that each is read in. A key of the policy has a target."""

from __future__ import annotations

from types import MappingProxyType

KPIS = MappingProxyType({
    "outcome": ("nrr_ratio", "grr_ratio", "logo_retention_ratio", "renewal_rate_ratio", "expansion_ratio"),
    "leading": ("nps", "csat", "csat_satisfied_ratio", "ces", "time_to_value_days", "health_points",
                "feature_adoption_ratio", "onboarding_completed_ratio", "early_renewal_ratio", "outcome_achieved_ratio",
                "reference_customers_ratio"),
    "operations": ("csm_customer_time_ratio", "health_scored_ratio", "data_age_hours", "playbook_compliance_ratio",
                   "tool_daily_use_ratio", "forecast_accuracy_ratio"),
    "activity": ("success_plan_ratio", "business_reviews_held_ratio", "touches_per_account",
                 "business_reviews_per_account", "calls_per_csm"),
})
COUNTS = ("touches_per_account", "business_reviews_per_account", "calls_per_csm")
OVER_TIME = (*KPIS["outcome"], "early_renewal_ratio")
SCALES = MappingProxyType({"csat": ("mean_1_to_5", "mean_1_to_7", "mean_1_to_10"),
                           "ces": ("mean_1_to_5", "mean_1_to_7")})
_UNITS = {"nps": "points", "health_points": "points", "time_to_value_days": "days", "data_age_hours": "hours",
          **dict.fromkeys(SCALES, "score"), **dict.fromkeys(COUNTS, "count")}


def unit_of(kpi: str) -> str:
    """`ratio`, `points`, `days`, `hours`, `score` (on a scale that is said) or `count`."""
    return _UNITS.get(kpi, "ratio")


def top_of(scale: str) -> int:
    """The highest answer on a scale: 7 for `mean_1_to_7`."""
    return int(scale.rpartition("_")[2])
