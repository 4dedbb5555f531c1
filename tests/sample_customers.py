"""What is known of each customer of Larkfield Software (fictional) beside its ARR: `customers.json` and the CRM export.

The stories in it, by id. Fit patterns are the seven signals in the order of `SIGNALS`: y yes, n no, ? unknown.

story                                      ids
exit list: two flags or more               `EXITS`; money is lost on C-0052 C-0076 C-0099 C-0387 C-0399,
                                           little earned with C-0095 C-0128 C-0373
notice window, 90 to 60 days to renewal    closed C-0052, open C-0076, ahead for the rest of `EXITS`
flags enough, but not judged               `NOT_JUDGED`: no cost of C-0360, no signals of C-0194
a large account that loses money           `QUIETLY_UNPROFITABLE`: one flag, strong fit
up by the written triggers                 `UPGRADES`
nearly up                                  `NEAR_MISSES`
down                                       `SHRUNK` below nine tenths of the floor; `PROMISED` a tier above their ARR;
                                           and the expired override
below the floor, and held by hysteresis    `HELD`
kept on top by a written decision          `OVERRIDES`: one still valid, one expired
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from make_samples import Customer, Dice

SIGNALS = ("in_target_industry", "in_target_size_range", "uses_target_workflow", "has_executive_sponsor",
           "advocates_publicly", "expansion_potential_high", "competitor_concentration_low")
WEIGHTS = (Decimal(2), Decimal("1.5"), Decimal(2), Decimal("1.5"), Decimal(1), Decimal(1), Decimal(1))
FLOORS = {"strategic": 100_000, "enterprise": 20_000, "mid_market": 5_000, "smb": 0}
POOR_BELOW, LEAST_KNOWN = 5, 5

EXITS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0052": ("nnynnyn", {"annual_cost_to_serve": 6_900, "escalations_12m": 3}),
    "C-0076": ("nynnnn?", {"annual_cost_to_serve": 8_450, "escalations_12m": 2}),
    "C-0095": ("nyynnnn", {"annual_cost_to_serve": 6_900, "escalations_12m": 1, "declining_industry": True}),
    "C-0099": ("n?nnynn", {"annual_cost_to_serve": 2_300, "escalations_12m": 4}),
    "C-0115": ("nnnyyny", {"annual_cost_to_serve": 6_900, "escalations_12m": 1, "declining_industry": True}),
    "C-0128": ("nnynnnn", {"annual_cost_to_serve": 3_700, "escalations_12m": 2}),
    "C-0246": ("n?ynn?y", {"annual_cost_to_serve": 2_900, "escalations_12m": 0,
                           "acquired_by_conflicting_owner": True}),
    "C-0314": ("nyyynny", {"annual_cost_to_serve": 11_200, "escalations_12m": 1, "declining_industry": True,
                           "acquired_by_conflicting_owner": True}),
    "C-0373": ("yynyn?y", {"annual_cost_to_serve": 1_700, "escalations_12m": 2}),
    "C-0387": ("nnnnyny", {"annual_cost_to_serve": 9_300, "escalations_12m": 4}),
    "C-0399": ("nnn?nny", {"annual_cost_to_serve": 2_900, "escalations_12m": 3})}
NOT_JUDGED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0194": ("??????n", {"annual_cost_to_serve": 9_100, "declining_industry": True}),
    "C-0360": ("nnynnn?", {"annual_cost_to_serve": None, "escalations_12m": 3})}
QUIETLY_UNPROFITABLE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0230": ("yyyynyy", {"annual_cost_to_serve": 152_000, "escalations_12m": 1, "strategic_value": "high",
                           "complexity": "high", "executive_contact": True, "sponsor_both_sides": True})}
_CONTACT = {"executive_contact": True}
_BOTH = {"executive_contact": True, "sponsor_both_sides": True}
UPGRADES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0054": ("yyyn?ny", {}), "C-0068": ("y?yynyn", {}), "C-0231": ("yyynnyn", {}),
    "C-0094": ("yy?ynyy", _CONTACT), "C-0156": ("nyyyny?", _CONTACT), "C-0160": ("yyyyyyn", _CONTACT),
    "C-0188": ("yyyyn?y", _CONTACT), "C-0189": ("nyyynyy", _CONTACT), "C-0203": ("yyyny?n", _CONTACT),
    "C-0207": ("yyyynyy", _CONTACT), "C-0234": ("y?yyyyn", _CONTACT), "C-0264": ("nyyy?yn", _CONTACT),
    "C-0111": ("yyyynyy", _BOTH), "C-0146": ("yyyyyyn", _BOTH), "C-0297": ("yyynnyy", _BOTH)}
NEAR_MISSES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0004": ("yyynnyn", {}), "C-0187": ("yynyyyn", {}), "C-0059": ("yyyynn?", {}),
    "C-0028": ("yyyynyn", _CONTACT), "C-0151": ("nyyyyyn", _CONTACT), "C-0119": ("yyyyn?y", _CONTACT),
    "C-0289": ("yynyyyn", _CONTACT), "C-0223": ("yyynnyy", {"executive_contact": False}),
    "C-0244": ("nyyn?yy", {"executive_contact": None}),
    "C-0005": ("yyyynyn", _BOTH), "C-0023": ("yynynyy", _BOTH), "C-0035": ("yyyyyyn", _BOTH),
    "C-0133": ("yyynnyy", {**_BOTH, "sponsor_both_sides": None}), "C-0225": ("yyyyn?y", _BOTH),
    "C-0329": ("y?yyyyn", {"executive_contact": True, "sponsor_both_sides": False}),
    "C-0192": ("yyyynyn", {"executive_contact": True, "sponsor_both_sides": None}),
    "C-0241": ("yyyyyny", _BOTH)}
# Just below a floor, with more missing than ARR: no near-misses.
FAR_FROM_IT: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "C-0067": ("nnyn?ny", {}), "C-0255": ("yn?nnny", {}), "C-0258": ("nynyn?n", {}),
    **{customer: (fit, {"executive_contact": contact}) for customer, fit, contact in (
        ("C-0017", "yyynn?y", False), ("C-0051", "n?ynnyy", None), ("C-0075", "nyynnny", False),
        ("C-0265", "yynnyny", None), ("C-0334", "yyynyyn", False))}}
SHRUNK = ("C-0048", "C-0150", "C-0209")
PROMISED = {"C-0007": "strategic", "C-0053": "enterprise", "C-0195": "enterprise", "C-0204": "enterprise",
            "C-0037": "mid_market", "C-0055": "mid_market"}
HELD = ("C-0045", "C-0049", "C-0262", "C-0281", "C-0342")
OVERRIDES = {"C-0012": ("Reference site for the healthcare edition, agreed by the executive team", "2027-03-31"),
             "C-0010": ("Design input for the planning module until its release", "2026-06-30")}
STORIES = {**EXITS, **NOT_JUDGED, **QUIETLY_UNPROFITABLE, **UPGRADES, **NEAR_MISSES, **FAR_FROM_IT}
CAST = frozenset((*STORIES, *SHRUNK, *PROMISED, *HELD, *OVERRIDES))

# Percent of customers that fit well, somewhat and badly: (segment is retail, lost).
_CLASSES = {(False, False): (58, 30, 12), (True, False): (34, 40, 26), (False, True): (24, 40, 36),
            (True, True): (14, 34, 52)}
_IN_TARGET_INDUSTRY = {"logistics": 92, "manufacturing": 92, "healthcare": 95, "retail": 24}
# Percent that show a signal among those that fit well, somewhat and badly; what tells nothing is alike for all.
_SHOWN = {"in_target_size_range": (95, 72, 34), "uses_target_workflow": (98, 76, 36),
          "has_executive_sponsor": (90, 56, 24), "advocates_publicly": (36, 36, 36),
          "expansion_potential_high": (80, 48, 24), "competitor_concentration_low": (58, 58, 58)}
_UNKNOWN_PERCENT = 11
_HARDLY_KNOWN, _WITHOUT_COST, _WITHOUT_RENEWAL = 20, 11, 9
_DECLINING, _CONFLICTING = 5, 3
# Dollars a year before the care that an account happens to get, and that care in percent: hardly a matter of tier.
_USUAL_COST = {"strategic": 10_700, "enterprise": 4_600, "mid_market": 2_400, "smb": 780}
_CARE_PERCENT = {**dict.fromkeys(("strategic", "enterprise"), (30, 45, 60, 75, 88, 100, 115, 135, 175, 250)),
                 "mid_market": (18, 32, 50, 70, 92, 112, 132, 158, 195, 250),
                 "smb": (5, 6, 8, 45, 75, 100, 125, 160, 205, 270)}
_BY_FIT_PERCENT = (125, 100, 85)
_LEVELS = ("high", "medium", "low")
_LEVEL_PERCENT = {"strategic": (60, 32, 8), "enterprise": (32, 46, 22), "mid_market": (14, 44, 42), "smb": (6, 30, 64)}
_CONTACT_PERCENT = {"strategic": 82, "enterprise": 52, "mid_market": 24, "smb": 8}
_BOTH_SIDES_PERCENT = {"strategic": 58, "enterprise": 20, "mid_market": 6, "smb": 2}
_ESCALATIONS = ((0, 0, 1, 1, 2, 2, 3, 4), (0, 0, 0, 0, 1, 1, 2, 3), (0, 0, 0, 0, 0, 0, 1, 2))

KEYS = ("id", "name", "arr", "tenure_months", "relationship", "icp_signals", "complexity", "strategic_value",
        "growth_potential", "annual_cost_to_serve", "previous_tier", "escalations_12m", "multi_year",
        "executive_contact", "sponsor_both_sides", "acquired_by_conflicting_owner", "declining_industry",
        "strategic_override", "renewal_date", "churned")
_FREE = (
    {"id": "C-0436", "name": "Tawny Grebe Ltd", "arr": 0, "relationship": "pilot", "fit": "yyyn?yn",
     "complexity": "medium", "annual_cost_to_serve": 4_200, "escalations_12m": 0, "segment": "logistics"},
    {"id": "C-0437", "name": "Verdant Plover GmbH", "arr": 0, "relationship": "design_partner", "fit": "yyyyyy?",
     "complexity": "high", "strategic_value": "high", "growth_potential": "medium", "annual_cost_to_serve": 9_600,
     "escalations_12m": 1, "executive_contact": True, "segment": "manufacturing"})
_COLUMNS = {
    "Account ID": "id", "Account Name": "name", "Industry": "segment", "Customer Type": "relationship",
    "Previous Tier": "previous_tier", "Next Renewal Date": "renewal_date", "Multi-Year Contract": "multi_year",
    "Target Industry": 0, "Target Size": 1, "Target Workflow": 2, "Exec Sponsor": 3, "Reference Customer": 4,
    "High Expansion Potential": 5, "Low Competitor Concentration": 6, "Exec Contact": "executive_contact",
    "Sponsors Both Sides": "sponsor_both_sides", "Complexity": "complexity", "Strategic Value": "strategic_value",
    "Growth Potential": "growth_potential", "Escalations Last 12 Months": "escalations_12m",
    "Annual Cost to Serve": "annual_cost_to_serve", "Industry Declining": "declining_industry",
    "Acquired by Conflicting Owner": "acquired_by_conflicting_owner"}
_SAID = {"paying": "Customer", "pilot": "Pilot", "design_partner": "Design Partner", "strategic": "Strategic",
         "enterprise": "Enterprise", "mid_market": "Mid-Market", "smb": "SMB", "high": "High", "medium": "Medium",
         "low": "Low"}


def tier(arr: int) -> str:
    """The tier whose ARR floor is the highest reached."""
    return next(name for name, floor in FLOORS.items() if arr >= floor)


def fit(pattern: str) -> Optional[Decimal]:
    """The fit score, 0 to 10 over the known signals; None when less than half of the weight is known."""
    known = sum((weight for weight, mark in zip(WEIGHTS, pattern) if mark != "?"), Decimal(0))
    met = sum((weight for weight, mark in zip(WEIGHTS, pattern) if mark == "y"), Decimal(0))
    return 10 * met / known if known >= LEAST_KNOWN else None


def book(company: Sequence[Customer], dice: Dice, as_of: date) -> list[dict[str, Any]]:
    """Everything known of each customer at `as_of` or twelve months before it, by id; `fit` is its pattern.

    Keys are those of `KEYS` with `fit` for the signals, and `segment`; what is unknown is None or absent.
    """
    end = as_of.year * 12 + as_of.month - 1
    there = [customer for customer in company if customer.arr(end - 12) or customer.arr(end)]
    rows = [_row(customer, dice, end) for customer in there]
    extras = dice.shuffled([row for row in rows if row["id"] not in CAST])
    for row in extras[:_HARDLY_KNOWN]:
        known = dice.below(2 * len(SIGNALS))
        row["fit"] = "".join(mark if place == known else "?" for place, mark in enumerate(row["fit"]))
    present = [row for row in extras if not row["churned"]]
    for row in present[-_WITHOUT_COST:]:
        row["annual_cost_to_serve"] = None
    sound = [row for row in present[:-_WITHOUT_COST] if not _is_poor(row)]
    for row in sound[:_DECLINING]:
        row["declining_industry"] = True
    for row in sound[_DECLINING:_DECLINING + _CONFLICTING]:
        row["acquired_by_conflicting_owner"] = True
    for row in sound[-_WITHOUT_RENEWAL:]:
        row["renewal_date"] = None
    for row in rows:
        if row["id"] not in EXITS and row["id"] not in NOT_JUDGED:
            _off_the_exit_list(row)
    return [*rows, *map(dict, _FREE)]


def _row(customer: Customer, dice: Dice, end: int) -> dict[str, Any]:
    starting, ending = customer.arr(end - 12), customer.arr(end)
    lost = not ending
    arr = starting if lost else ending
    size = tier(arr)
    quality = _pick(dice, _CLASSES[customer.segment == "retail", lost])
    pattern = _pattern(dice, customer.segment, quality)
    contact = dice.below(100) < _CONTACT_PERCENT[size] + (14 if pattern[3] == "y" else -10)
    both = contact and dice.below(100) < _BOTH_SIDES_PERCENT[size] + (10 if pattern[3] == "y" else -10)
    cost = _USUAL_COST[size] * _CARE_PERCENT[size][dice.below(10)] // 100
    cost = cost * (90 + dice.below(21)) * _BY_FIT_PERCENT[2 - quality] // 100_000 * 10
    growth = min(2, max(0, _pick(dice, (25, 50, 25)) + {"y": -1, "n": 1, "?": 0}[pattern[5]]))
    row = {
        "id": customer.id, "name": customer.name, "arr": arr,
        "tenure_months": (end - 12 if lost else end) - customer.acquired, "relationship": "paying", "fit": pattern,
        "complexity": _known(dice, 88, _LEVELS[_pick(dice, _LEVEL_PERCENT[size])]),
        "strategic_value": _known(dice, 78, _LEVELS[_pick(dice, _LEVEL_PERCENT[size])]),
        "growth_potential": _known(dice, 82, _LEVELS[growth]),
        "annual_cost_to_serve": None if lost else cost, "previous_tier": tier(starting) if starting else None,
        "strategic_override": None,
        "escalations_12m": _known(dice, 92, _ESCALATIONS[2 - quality][dice.below(8)]),
        "multi_year": customer.term_months > 12, "executive_contact": _known(dice, 86, contact),
        "sponsor_both_sides": _known(dice, 74, both), "acquired_by_conflicting_owner": _known(dice, 90, False),
        "declining_industry": _known(dice, 84, False),
        "renewal_date": None if lost else _renewal(customer, end).isoformat(),
        "churned": lost if starting else None, "segment": customer.segment}
    if customer.id in STORIES:
        row["fit"], facts = STORIES[customer.id]
        row.update(facts)
    if customer.id in PROMISED:
        row["previous_tier"] = PROMISED[customer.id]
    if customer.id in OVERRIDES:
        reason, until = OVERRIDES[customer.id]
        row["strategic_override"] = {"reason": reason, "until": until}
        if until < f"{(end + 1) // 12:04d}-{(end + 1) % 12 + 1:02d}":
            row["previous_tier"] = "strategic"
    return row


def _pick(dice: Dice, percents: Sequence[int]) -> int:
    """A position, drawn by its percentage."""
    drawn = dice.below(100)
    return next(place for place in range(len(percents)) if drawn < sum(percents[:place + 1]))


def _pattern(dice: Dice, segment: str, quality: int) -> str:
    shares = {"in_target_industry": _IN_TARGET_INDUSTRY[segment], **{key: by[quality] for key, by in _SHOWN.items()}}
    whole = "".join("y" if dice.below(100) < shares[key] else "n" for key in SIGNALS)
    masked = "".join("?" if dice.below(100) < _UNKNOWN_PERCENT else mark for mark in whole)
    return whole if fit(masked) is None else masked


def _known(dice: Dice, percent: int, value: Any) -> Any:
    return value if dice.below(100) < percent else None


def _renewal(customer: Customer, end: int) -> date:
    """The first end of a term after the month `end`."""
    month = end + 1 + (customer.acquired - end - 1) % customer.term_months
    return date(month // 12, month % 12 + 1, customer.spells[0].start.day)


def _is_poor(row: Mapping[str, Any]) -> bool:
    score = fit(row["fit"])
    return score is not None and score < POOR_BELOW


def _off_the_exit_list(row: dict[str, Any]) -> None:
    """At most one flag stays: an account is on the exit list because a story puts it there."""
    flags = [_is_poor(row), bool(row["declining_industry"]), bool(row["acquired_by_conflicting_owner"])]
    if row["tenure_months"] < 12 and (row["escalations_12m"] or 0) >= 2:
        row["escalations_12m"] = 1 if any(flags) else row["escalations_12m"]
        flags.append(True)
    cost = row["annual_cost_to_serve"]
    if cost is not None and any(flags):
        row["annual_cost_to_serve"] = min(cost, row["arr"] * 42 // 1000 * 10)


def signals(pattern: str) -> dict[str, bool]:
    """The known signals of a pattern."""
    return {key: mark == "y" for key, mark in zip(SIGNALS, pattern) if mark != "?"}


def customers_json(rows: Sequence[Mapping[str, Any]], as_of: date) -> str:
    """The text of samples/customers.json, one customer a line; what is unknown is left out."""
    lines = []
    for row in rows:
        known = {key: signals(row["fit"]) or None if key == "icp_signals" else row.get(key) for key in KEYS}
        said = ", ".join(f'"{key}": {value:d}.00' if key in ("arr", "annual_cost_to_serve")
                         else f'"{key}": {json.dumps(value)}' for key, value in known.items() if value is not None)
        lines.append(f"    {{{said}}}")
    body = ",\n".join(lines)
    return f'{{\n  "as_of": "{as_of}",\n  "currency": "USD",\n  "customers": [\n{body}\n  ]\n}}\n'


def crm_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The text of samples/exports/crm_customers.csv: what the CRM says, by account name; unknown cells are empty."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow((*_COLUMNS, "Override Reason", "Override Until"))
    for row in sorted(rows, key=lambda row: row["name"]):
        override = row.get("strategic_override") or {"reason": "", "until": ""}
        out.writerow((*(_cell({"y": True, "n": False}.get(row["fit"][key]) if isinstance(key, int) else row.get(key))
                        for key in _COLUMNS.values()), override["reason"], override["until"]))
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "Yes" if value else "No"
    return _SAID.get(value, str(value)) if isinstance(value, str) else str(value)
