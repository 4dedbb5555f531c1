"""What a policy must not say although each of its values may stand: bounds that cross, shares of more than all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cslib.refusal import Fault

_UPPER_AND_LOWER = (("healthy", "concerning"), ("high_ratio", "low_ratio"),
                    ("expansion_ceiling_ratio", "expansion_floor_ratio"),
                    ("leverage_above_ratio", "structural_below_ratio"), ("strategic", "enterprise"),
                    ("enterprise", "mid_market"), ("mid_market", "smb"), ("high_touch", "low_touch"),
                    ("low_touch", "tech_touch"), ("strong_from", "decent_from"), ("investment_high", "investment_low"),
                    ("cost_high_ratio", "cost_low_ratio"), ("customers_high_ratio", "customers_low_ratio"),
                    ("arr_high_ratio", "arr_low_ratio"), ("notice_from_days", "notice_by_days"),
                    ("critical_above_ratio", "concerning_above_ratio"), ("split_from", "hybrid_from"))
_NOT_ABOVE = (("low", "high"), ("half_months", "full_months"), ("span_low", "span_high"),
              ("variable_low_ratio", "variable_high_ratio"), ("team_low", "team_high"))
_OF_ANY_ORDER = ("coverage.loaded_cost",)
_ABOVE_ZERO = ("target_cost_ratio", "hire_step_fte", "swing_ratio")
_MOST = {"attrition_ratio": 0.9, "swing_ratio": 0.9}
_LEAST_UTILISATION, _MOST_BUFFER = 0.5, 0.5
_LEAST_CONFIDENCE = 0.5
_STAGE_FLOORS = ("staff", "customers", "arr", "csms")
_LOWER_IS_BETTER = ("ces", "time_to_value_days", "data_age_hours")


def contradictions(settings: Mapping) -> list[Fault]:
    """Every contradiction of the merged settings."""
    return [*_crossing(settings, ""), *_not_a_whole(settings["segmentation"]), *_no_capacity(settings["coverage"]),
            *_falling_stages(settings["hiring"]["stages"]), *_great_below_good(settings["scorecard"])]


def _crossing(settings: Mapping, path: str) -> Iterable[Fault]:
    if path not in _OF_ANY_ORDER:
        for upper, lower in _UPPER_AND_LOWER:
            if _are_numbers(settings, upper, lower) and settings[upper] <= settings[lower]:
                yield Fault("out of order", path or "the policy", f"{upper} above {lower}",
                            f"{settings[upper]} and {settings[lower]}")
        for lower, upper in _NOT_ABOVE:
            if _are_numbers(settings, upper, lower) and settings[upper] < settings[lower]:
                yield Fault("out of order", path, f"{upper} not below {lower}",
                            f"{settings[upper]} and {settings[lower]}")
    for key, part in settings.items():
        if isinstance(part, dict):
            yield from _crossing(part, f"{path}.{key}".strip("."))


def _are_numbers(settings: Mapping, upper: str, lower: str) -> bool:
    return upper in settings and lower in settings and not isinstance(settings[upper], dict)


def _not_a_whole(rules: Mapping) -> Iterable[Fault]:
    """Shares of one whole that exceed it, and weights that weigh nothing."""
    shares, weights = sum(rules["percentile_shares"].values()), rules["score_weights"]
    if shares > 1:
        yield Fault("more than all", "segmentation.percentile_shares", "shares that sum to 1 at most", str(shares),
                    "the last tier takes the rest")
    if not any(weights.values()):
        yield Fault("no weight", "segmentation.score_weights", "a weight above 0", "all 0")


def _falling_stages(stages: Mapping) -> Iterable[Fault]:
    """Floors of a later stage that are not above those of the stages before."""
    for measure in _STAGE_FLOORS:
        known = [(stage, row[measure]) for stage, row in stages.items() if row[measure] is not None]
        for (before, lower), (stage, floor) in zip(known, known[1:]):
            if floor <= lower:
                yield Fault("out of order", f"hiring.stages.{stage}.{measure}", f"above {lower}, that of {before}",
                            str(floor))


def _great_below_good(rules: Mapping) -> Iterable[Fault]:
    """Targets whose great is not better than their good, and a confidence that decides nothing."""
    for key, target in rules["kpis"].items():
        good, great = target["good"], target["great"]
        better = "below" if key in _LOWER_IS_BETTER else "above"
        if great is not None and (great >= good if better == "below" else great <= good):
            yield Fault("out of order", f"scorecard.kpis.{key}", f"great {better} good", f"{great} and {good}")
    if not _LEAST_CONFIDENCE <= rules["noise_confidence_ratio"] < 1:
        yield Fault("out of range", "scorecard.noise_confidence_ratio", "from 0.5 to below 1",
                    str(rules["noise_confidence_ratio"]))


def _no_capacity(rules: Mapping) -> Iterable[Fault]:
    """What leaves no hours or nobody to plan with, and a headroom that means the other of its two kinds."""
    for key, value in ({key: rules[key] for key in _ABOVE_ZERO} | {
            f"models.{model}.complexity": service["complexity"] for model, service in rules["models"].items()}).items():
        if not value:
            yield Fault("out of range", f"coverage.{key}", "above 0", "0")
    if not any(rules["pay"]["weights"].values()):
        yield Fault("no weight", "coverage.pay.weights", "a weight above 0", "all 0")
    growth = rules["scenarios"]
    if not growth["low_ratio"] <= 1 <= growth["high_ratio"]:
        yield Fault("out of order", "coverage.scenarios", "low_ratio up to 1 and high_ratio from 1",
                    f"{growth['low_ratio']} and {growth['high_ratio']}", "they multiply the growth as given")
    for key, most in _MOST.items():
        if rules[key] > most:
            yield Fault("out of range", f"coverage.{key}", f"at most {most}", str(rules[key]))
    year, headroom = rules["working_year"], rules["headroom"]
    if year["contract_hours"] <= year["leave_hours"] + year["holiday_hours"]:
        yield Fault("no hours", "coverage.working_year", "contract_hours above leave_hours and holiday_hours together",
                    str(year["contract_hours"]))
    if year["internal_ratio"] == 1 or not year["realised_ratio"]:
        yield Fault("no hours", "coverage.working_year", "internal_ratio below 1 and realised_ratio above 0",
                    f"{year['internal_ratio']} and {year['realised_ratio']}")
    if headroom["by"] == "utilisation" and headroom["ratio"] < _LEAST_UTILISATION:
        yield Fault("out of range", "coverage.headroom.ratio", "a utilisation of at least 0.5", str(headroom["ratio"]),
                    'a share kept free is "by": "buffer"; a utilisation target of 80% is 0.8')
    if headroom["by"] == "buffer" and headroom["ratio"] > _MOST_BUFFER:
        yield Fault("out of range", "coverage.headroom.ratio", "a buffer of at most 0.5", str(headroom["ratio"]),
                    'a utilisation target is "by": "utilisation"; the two are one statement, so only one applies')
