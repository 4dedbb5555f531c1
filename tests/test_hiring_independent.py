"""Decision D's figures computed a second time from org.json, policy.json and a coverage plan, without any room.

Amounts are fractions of the JSON's own digits; only growth is floating point. Money and FTE are held to half a cent and
half a hundredth, a ratio to half of its sixth place. Nothing is taken from the answer. Where the pages leave it open,
this reads them so: signals, failing outcomes and the stage are those of today in every month; a role that was approved
for an outcome serves it; in its ramp a backlog asks for nobody; a team is short of the least of the lower stage.
"""

from __future__ import annotations

import functools
import json
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, Optional

import pytest

import test_coverage_independent as coverage
from conftest import SAMPLES, SCRIPTS, called
from test_coverage_independent import ahead, differences, exact, later, merged, over

DOOR, PLAN_DOOR = "cs_hiring_sequencer", "cs_coverage_calculator"
ROLES = ("csm", "support", "implementation", "cs_manager", "cs_ops", "renewals", "account_manager",
         "customer_marketing", "director_vp", "cco")
STAGES = ("seed", "series_a", "series_b", "growth", "late")
UNBLOCKS = {
    "tickets_answered": ("support",), "onboarding": ("implementation",), "adoption": ("csm",),
    "sponsor_contact": ("csm",), "renewals_on_time": ("renewals", "account_manager", "csm"),
    "expansion": ("account_manager", "csm"), "risk_seen_early": ("cs_ops",), "one_way_of_working": ("cs_ops",),
    "references": ("customer_marketing",), "team_leadership": ("cs_manager", "director_vp"),
    "voice_in_leadership": ("cco", "director_vp")}
FIRST = {"csm_first": "csm", "csms_at_least": "csm", "manager_first": "cs_manager", "director_first": "director_vp"}
Answer = Optional[bool]


# --- three-valued logic -----------------------------------------------------------------------------------------------

def both(*said: Answer) -> Answer:
    return False if False in said else None if None in said else True


def either(*said: Answer) -> Answer:
    return True if True in said else None if None in said else False


def when(value: Any, holds: Callable[[Any], bool]) -> Answer:
    return None if value is None else holds(value)


# --- the org ----------------------------------------------------------------------------------------------------------

class Org:
    """An org.json under a policy, with the coverage plan beside it, if any."""

    def __init__(self, document: Mapping[str, Any], policy: Mapping[str, Any], plan: Any) -> None:
        self.said, self.rules, self.policy, self.plan = document, policy["hiring"], policy, plan
        self.signals = document.get("signals") or {}
        self.team = {role: document["team"].get(role, ()) for role in ROLES}
        self.posts = [(post["role"], Fraction(post["fte"]),
                       None if post.get("start") is None else max(0, ahead(document["as_of"], post["start"])))
                      for post in document.get("open_posts") or ()]
        self.failing = list(document.get("failing_outcomes") or ())
        self.customers, self.arr = document["customers"], Fraction(document["arr"])
        self.acv = (Fraction(document["median_acv"]) if document.get("median_acv") is not None
                    else over(self.arr, self.customers))
        self.as_of = date.fromisoformat(document["as_of"])
        self.horizon = self.rules["horizon_months"]

    def signal(self, key: str) -> Any:
        return self.signals.get(key)

    def present(self, role: str) -> Optional[Fraction]:
        rows = self.team[role]
        return None if rows is None else sum((Fraction(row["fte"]) for row in rows), Fraction(0))

    def posted(self, role: str) -> Fraction:
        return sum((fte for name, fte, _ in self.posts if name == role), Fraction(0))

    def tenure(self, role: str) -> Any:
        known = [row["months_in_seat"] for row in self.team[role] or () if row.get("months_in_seat") is not None]
        return max(known) if known else None

    def share(self, part: str) -> Optional[Fraction]:
        counts = [self.signal(f"renewals_{key}_12m") for key in (part, "due")]
        return None if None in counts or not counts[1] else Fraction(*counts)

    def tier(self) -> str:
        return next(tier for tier, floor in self.policy["tier_floors"].items() if (self.acv or 0) >= floor)

    def first_start(self, role: str, approved: int) -> int:
        """The first state after which somebody starts whose post is approved in a state."""
        days = self.policy["coverage"]["lead_days"] if role == "csm" else self.rules["roles"][role]["lead_days"]
        ready = later(self.as_of, approved) + timedelta(days=int(days))
        return next(t for t in range(approved, approved + 60) if begins(self, t) >= ready)

    def ramp(self, role: str, tier: Optional[str] = None) -> int:
        months = (self.policy["coverage"]["ramp"][tier or self.tier()]["full_months"] if role == "csm"
                  else self.rules["roles"][role]["ramp_months"])
        return math.ceil(months)

    def pay(self, role: str) -> Fraction:
        loaded = self.policy["coverage"]["loaded_cost"]
        return Fraction({"csm": loaded[self.tier()], "cs_manager": loaded["manager"]}.get(role)
                        or self.rules["roles"][role]["loaded_cost"])


# --- stages -----------------------------------------------------------------------------------------------------------

def stage_of(org: Org, measure: str, value: Any) -> str:
    floors = [(stage, org.rules["stages"][stage][measure]) for stage in STAGES]
    return [stage for stage, floor in floors if floor is not None and value >= floor][-1]


def standing(org: Org) -> dict[str, Any]:
    values = {"staff": org.said.get("staff"), "customers": org.customers, "arr": org.arr, "csms": org.present("csm")}
    implied = [{"measure": key, "value": value, "stage": stage_of(org, key, value)}
               for key, value in values.items() if value is not None]
    places = sorted(STAGES.index(row["stage"]) for row in implied)
    sizes = sorted(STAGES.index(row["stage"]) for row in implied if row["measure"] != "staff")
    used = org.said.get("stage") or STAGES[places[(len(places) - 1) // 2]]
    after = STAGES[STAGES.index(used) + 1:][:1]
    rules = org.rules["stages"][used]
    missing = [{"measure": key, "value": value, "floor": org.rules["stages"][stage][key]}
               for stage in after for key, value in values.items()
               if org.rules["stages"][stage][key] is not None
               and (value is None or value < org.rules["stages"][stage][key])]
    return {"stated": org.said.get("stage"), "used": used, "inferred": org.said.get("stage") is None,
            "implied": implied, "size_stage": STAGES[sizes[-2]],
            "conflicts": [row for row in implied if row["stage"] != used],
            **{key: rules[key] for key in ("team_low", "team_high", "roles_at_a_time")},
            "next_stage": after[0] if after else None, "missing_for_next": missing}


# --- the split --------------------------------------------------------------------------------------------------------

def decided(net: int, rules: Mapping[str, Any]) -> str:
    return "split" if net >= rules["split_from"] else "hybrid" if net >= rules["hybrid_from"] else "combined"


def net_of(met: Mapping[str, Answer], against: Iterable[str]) -> int:
    return sum(-1 if key in against else 1 for key, said in met.items() if said)


def split(org: Org, csms: Any) -> dict[str, Any]:
    rules, late = org.rules["split"], org.rules["triggers"]["renewals"]["late_ratio"]
    motion, products = org.said.get("motion"), org.said.get("products")
    slips = either(when(org.share("late"), lambda share: share >= late),
                   when(org.share("lost"), lambda share: share >= rules["lost_ratio"]))
    met = {"acv": when(org.acv, lambda acv: acv >= rules["acv"]),
           "renewals_slip": both(when(org.signal("renewals_owned_by"), lambda owner: owner == "csm"), slips),
           "products": when(products, lambda count: count >= rules["products"]),
           "sales_led": when(motion, lambda said: said == "sales_led"),
           "small_acv": when(org.acv, lambda acv: acv < rules["acv"]),
           "product_led": when(motion, lambda said: said == "product_led"),
           "small_team": when(csms, lambda fte: fte < rules["small_team_csms"]),
           "founder_closes_deals": org.signal("founder_closes_deals")}
    against = ("small_acv", "product_led", "small_team", "founder_closes_deals")
    too_late, too_many = org.share("late"), org.share("lost")
    only_lost = too_many is not None and too_many >= rules["lost_ratio"] and (too_late is None or too_late < late)
    slip = (too_many, rules["lost_ratio"]) if only_lost else (too_late, late)
    values = {"acv": (org.acv, rules["acv"]), "renewals_slip": slip,
              "products": (products, rules["products"]), "sales_led": (motion, "sales_led"),
              "small_acv": (org.acv, rules["acv"]), "product_led": (motion, "product_led"),
              "small_team": (csms, rules["small_team_csms"]),
              "founder_closes_deals": (org.signal("founder_closes_deals"), True)}
    net = net_of(met, against)
    worst, best = ({key: (key in against) == bad if said is None else said for key, said in met.items()}
                   for bad in (True, False))
    turning = []
    for key in met:
        for then in (True, False):
            if then is met[key] or key == "small_acv":
                continue
            other = {**met, key: then}
            if key == "acv":
                other["small_acv"] = not then
            if then and key in ("sales_led", "product_led"):
                other["product_led" if key == "sales_led" else "sales_led"] = False
            decision = decided(net_of(other, against), rules)
            if decision != decided(net, rules):
                turning.append({"key": key, "now": met[key], "then": then, "decision": decision})
    least, most = (decided(net_of(said, against), rules) for said in (worst, best))
    return {"decision": decided(net, rules), "net": net, "least": least, "most": most, "decided": least == most,
            "turning": turning, "beyond_combined": org.arr >= rules["combined_below_arr"],
            "criteria": [{"key": key, "side": "against" if key in against else "for", "met": said,
                          "value": values[key][0], "threshold": values[key][1]} for key, said in met.items()]}


# --- roles at a size --------------------------------------------------------------------------------------------------

class Size(NamedTuple):
    """The company in a month: people are those who are there, by role."""

    customers: Any
    arr: Any
    people: Mapping[str, Any]
    posted: Mapping[str, Any]


def size_today(org: Org) -> Size:
    """Today's company; CSMs and managers whom org.json does not know are those of the plan."""
    people = {role: org.present(role) for role in ROLES}
    if org.plan is not None:
        for role, told in (("csm", org.plan["csms"]), ("cs_manager", org.plan["cost"]["now"]["managers"])):
            people[role] = people[role] if people[role] is not None or told is None else Fraction(told)
    return Size(org.customers, org.arr, people, {role: org.posted(role) for role in ROLES})


def added(org: Org, role: str) -> Fraction:
    """The FTE that the plan adds."""
    rows = org.plan["hires"] if role == "csm" else org.plan["managers"]
    key = "fte" if role == "csm" else "added"
    return sum((Fraction(row[key]) for row in rows if role == "csm" or (row["gap"] or 0) > 0), Fraction(0))


def judged(org: Org, size: Size, role: str) -> bool:
    """Whether the plan says how many there must be: it knows who is there, and does not leave the first one open."""
    if org.plan is None:
        return False
    known = org.plan["csms"] if role == "csm" else org.plan["cost"]["now"]["managers"]
    return known is not None and bool(added(org, role) or size.people[role] != 0)


def stage_at(org: Org) -> int:
    """The highest stage by name or by size: two of customers, ARR and CSMs reach it."""
    now = standing(org)
    return max(STAGES.index(now[key]) for key in ("used", "size_stage"))


class Line(NamedTuple):
    """A criterion: what it asks and what it says."""

    key: str
    kind: str
    source: str
    value: Any
    threshold: Any
    met: Answer


def lines(org: Org, size: Size, role: str) -> list[Line]:
    """Every criterion of a role, the needs after what makes it due."""
    rules, signal, csms = org.rules["triggers"], org.signal, size.people["csm"]
    managing = org.policy["coverage"]["managers"]
    reached, ours = STAGES[stage_at(org)], split(org, csms)

    def least(key: str, kind: str, source: str, value: Any, floor: Any) -> Line:
        return Line(key, kind, source, value, floor, when(value, lambda said: said >= floor))

    def above(key: str, kind: str, source: str, value: Any, floor: Any) -> Line:
        return Line(key, kind, source, value, floor, when(value, lambda said: said > floor))

    def other(key: str, *owners: Any) -> Line:
        return Line(key, "needs", "ours", owners[0], role, both(*(when(said, lambda who: who != role)
                                                                  for said in owners)))

    def stage(key: str, floor: str) -> Line:
        return Line(key, "needs", "A", reached, floor, STAGES.index(reached) >= STAGES.index(floor))

    first = above("csm_first", "needs", "A", csms, 0)
    enough = {key: least("csms_at_least", "needs", "ours", csms, rules[key]["csms_at_least"])
              for key in ("cs_ops", "renewals", "customer_marketing", "cs_manager")}
    found: dict[str, list[Line]] = {
        "support": [
            least("customers", "trigger", "A", size.customers, rules["support"]["customers"]),
            Line("answered_by", "alternative", "ours", signal("tickets_answered_by"), "support",
                 when(signal("tickets_answered_by"), lambda who: who != "support")), first,
            above("has_tickets", "needs", "ours", signal("tickets_per_month"), 0),
            *([other("not_elsewhere", signal("tickets_answered_by"))] if org.present("support") == 0 else [])],
        "implementation": [Line("slow_and_waiting", "trigger", "A", signal("onboarding_days"),
                                rules["implementation"]["onboarding_days"], slow(org)), first],
        "cs_manager": [
            least("csms_overall", "trigger", "A", csms, managing["csms_overall"]),
            least("escalations", "trigger", "A", signal("escalations_per_week"), managing["escalations_a_week"]),
            least("csms_other", "alternative", "A", csms, rules["cs_manager"]["csms_other"]), enough["cs_manager"]],
        "cs_ops": [
            least("admin_time", "trigger", "A", signal("csm_admin_time_ratio"), rules["cs_ops"]["admin_ratio"]),
            least("csms", "trigger", "B", csms, rules["cs_ops"]["csms"]),
            above("admin_other", "alternative", "B", signal("csm_admin_time_ratio"),
                  rules["cs_ops"]["admin_other_ratio"]),
            least("before_csms", "alternative", "B", csms, rules["cs_ops"]["csms"] - 1), enough["cs_ops"]],
        "renewals": [
            Line("late_and_many", "trigger", "ours", org.share("late"), rules["renewals"]["late_ratio"], both(
                when(org.share("late"), lambda share: share >= rules["renewals"]["late_ratio"]),
                when(signal("renewals_due_12m"), lambda due: due >= rules["renewals"]["due_a_year"]))),
            stage("stage_growth", "growth"), enough["renewals"],
            least("renewals_enough", "needs", "ours", signal("renewals_due_12m"), rules["renewals"]["due_a_year"]),
            *([other("not_elsewhere", signal("renewals_owned_by"))] if org.present("renewals") == 0 else [])],
        "account_manager": [
            Line("split", "trigger", "A", ours["decision"], "combined",
                 True if ours["least"] != "combined" else False if ours["most"] == "combined" else None),
            enough["renewals"]._replace(source="A", threshold=org.rules["split"]["small_team_csms"], met=when(
                csms, lambda fte: fte >= org.rules["split"]["small_team_csms"])), stage("stage_series_b", "series_b"),
            *([other("not_elsewhere", signal("renewals_owned_by"), signal("expansion_closed_by"))]
              if org.present("account_manager") == 0 else [])],
        "customer_marketing": [
            least("references", "trigger", "A", signal("public_references"), rules["customer_marketing"]["references"]),
            enough["customer_marketing"], stage("stage_series_b", "series_b")],
        "director_vp": [
            least("csms", "trigger", "A", csms, rules["director_vp"]["csms"]),
            least("managers", "trigger", "B", size.people["cs_manager"], rules["director_vp"]["managers"]),
            above("manager_first", "needs", "ours", size.people["cs_manager"], 0)],
        "cco": [
            Line("late_stage", "trigger", "A", reached, "late", reached == "late"),
            least("csms", "trigger", "ours", csms, rules["cco"]["csms"]),
            least("arr", "needs", "A", size.arr, rules["cco"]["arr"]),
            above("director_first", "needs", "ours", size.people["director_vp"], 0)]}
    if role == "csm":
        asked, founder = rules["csm"], signal("founder_customer_time_ratio")
        everybody = list(size.people.values())
        low, known = least_team(org), sum((fte or 0 for fte in (*everybody, *size.posted.values())), Fraction(0))
        planned_too = [above("plan", "trigger", "plan", added(org, role), 0)] if judged(org, size, role) else []
        if planned_too and csms != 0:
            found["csm"] = planned_too
        elif csms == 0:
            found["csm"] = [
                Line("founder_and_customers", "trigger", "A", founder, asked["founder_time_ratio"], both(
                    when(founder, lambda share: share > asked["founder_time_ratio"]),
                    size.customers >= asked["customers"], signal("playbook_written"))),
                least("customers_alone", "trigger", "B", size.customers, asked["customers_alone"]), *planned_too]
        else:
            found["csm"] = [Line("team_of_stage", "trigger", "A", *(
                (None, low, None) if None in everybody and known < low else (known, low, known < low)))]
    if role == "cs_manager" and judged(org, size, role):
        found[role] = [above("plan", "trigger", "plan", added(org, role), 0), found[role][2]]
    return [*found[role], above("has_customers", "needs", "both", size.customers, 0)]


def least_team(org: Org) -> int:
    """The least team of the stage by name or by size, whichever is lower."""
    now = standing(org)
    return org.rules["stages"][min(now["used"], now["size_stage"], key=STAGES.index)]["team_low"]


def slow(org: Org) -> Answer:
    rules, rate = org.rules["triggers"]["implementation"], org.signal("onboarded_per_month")
    waits = None if rate is None else when(org.signal("onboarding_backlog"),
                                           lambda count: count > Fraction(rate) * rules["backlog_months"])
    return both(when(org.signal("onboarding_days"), lambda days: days > rules["onboarding_days"]), waits)


def state(org: Org, size: Size, role: str) -> dict[str, Any]:
    rows = lines(org, size, role)
    triggers = [row.met for row in rows if row.kind == "trigger"]
    present, posted = size.people[role], size.posted[role]
    needed = needs(org, size, role, either(*triggers))
    return {"role": role, "present": present, "posted": posted, "needed": needed,
            "filled": None if needed is None else True if posted >= needed else when(
                present, lambda fte: fte + posted >= needed), "due": either(*triggers),
            "blocked_by": [row.key for row in rows if row.kind == "needs" and row.met is False],
            "judged_by_plan": any(row.key == "plan" for row in rows),
            "criteria": [{"role": role, **row._asdict()} for row in rows]}


def needs(org: Org, size: Size, role: str, due: Answer) -> Any:
    """How many of a role are needed; None: nobody knows how many CSMs."""
    present, csms = size.people[role], size.people["csm"]
    if role == "csm":
        if present is None:
            return None
        if judged(org, size, role):
            signed = sum((fte for name, fte, month in org.posts if name == role and month is not None), Fraction(0))
            return max(Fraction(org.plan["csms"]) + signed + added(org, role), 0 if present else 1)
        if present == 0:
            return Fraction(1)
        return present + least_team(org) - sum(fte or 0 for fte in (
            *size.people.values(), *size.posted.values())) + size.posted["csm"] if due else None
    if role == "implementation" and org.present(role) != 0:
        present = org.present(role)
        tenure = org.tenure("implementation")
        if not present or not slow(org) or (tenure is not None and tenure < org.ramp("implementation")):
            return present
        clear = org.rules["triggers"]["implementation"]["clear_within_months"]
        rate = Fraction(org.signal("onboarded_per_month"))
        return math.ceil(present * (1 + org.signal("onboarding_backlog") / (clear * rate))) if rate else present + 1
    if role == "cs_manager":
        if judged(org, size, role):
            return Fraction(org.plan["cost"]["now"]["managers"]) + added(org, role)
        spans = org.policy["coverage"]["managers"]
        if due and csms:
            return max(1, min(math.ceil(csms / spans["span_high"]), math.floor(csms / spans["span_low"])))
    return Fraction(1)


# --- outcomes ---------------------------------------------------------------------------------------------------------

def bears(org: Org, customers: Any, at_risk: Any) -> bool:
    """Whether ten customers or the ARR at risk bear a first CSM; until then founders do it."""
    kept = org.pay("csm") / Fraction(org.policy["gross_margin_ratio"])
    return customers >= org.rules["triggers"]["csm"]["customers"] or (at_risk is not None and at_risk >= kept)


def unblocking(org: Org, size: Size, failing: Mapping[str, Any]) -> dict[str, Any]:
    at_risk = None if failing.get("arr_at_risk") is None else Fraction(failing["arr_at_risk"])
    row = {"outcome": failing["outcome"], "arr_at_risk": at_risk, "evidence": failing["evidence"]}
    passed: list[str] = []
    for role in UNBLOCKS[failing["outcome"]]:
        now = state(org, size, role)
        if "not_elsewhere" in now["blocked_by"]:
            return {**row, "role": role, "how": "elsewhere", "blocked": passed}
        if role == "account_manager" and split(org, size.people["csm"])["decision"] == "combined":
            continue
        tenure = org.tenure(role)
        ramping = now["present"] and tenure is not None and tenure < org.ramp(role)
        if now["filled"]:
            how = "ramping" if ramping else "owned" if now["present"] else "posted"
        elif now["blocked_by"] or (role == "csm" and now["present"] == 0 and not bears(org, size.customers, at_risk)):
            passed.append(role)
            continue
        else:
            enough = role == "csm" and now["present"] and now["judged_by_plan"] and not any(
                hire["reason"] == "short_now" for hire in org.plan["hires"])
            told = "ramping" if ramping else "posted" if now["posted"] else "unknown"
            told = "unknown" if now["present"] is None else told
            how = "owned" if enough else "unblocks" if now["filled"] is False else told
        return {**row, "role": role, "how": how, "blocked": passed}
    role = first_needed(org, size, passed, at_risk)
    how = "nobody" if role is None else "posted" if state(org, size, role)["filled"] else "prerequisite"
    return {**row, "role": role, "how": how, "blocked": passed}


def first_needed(org: Org, size: Size, passed: Sequence[str], at_risk: Any) -> Optional[str]:
    """The role that must come first, itself checked for what it needs."""
    for role in passed:
        keys = state(org, size, role)["blocked_by"]
        for needed in (FIRST[key] for key in keys if FIRST.keys() >= set(keys)):
            now = state(org, size, needed)
            if now["blocked_by"]:
                return first_needed(org, size, [needed], at_risk)
            hired = needed != "csm" or now["present"] or now["judged_by_plan"] or bears(org, size.customers, at_risk)
            if (now["filled"] is False and hired) or (now["filled"] and not now["present"]):
                return needed
    return None


def mistakes(org: Org) -> list[dict[str, Any]]:
    rules, found, csms = org.rules["triggers"], [], org.present("csm")

    def made(key: str, role: str, value: Any, threshold: Any, since: Optional[str] = None) -> None:
        found.append({"key": key, "since": since or ("team" if org.present(role) else "post"), "role": role,
                      "value": value, "threshold": threshold})

    if csms == 0 and (org.present("support") or org.posted("support")):
        made("support_first", "support", csms, None)
    if csms is not None and csms < rules["cs_ops"]["csms_at_least"] and (
            org.present("cs_ops") or org.posted("cs_ops")):
        made("ops_before_csms", "cs_ops", csms, rules["cs_ops"]["csms_at_least"])
    if org.arr < rules["cco"]["arr"] and (org.present("cco") or org.posted("cco")):
        made("cco_early", "cco", org.arr, rules["cco"]["arr"])
    for role in ("cs_manager", "director_vp"):
        if any(untaught(row) for row in org.team[role] or ()):
            made("promoted_untrained", role, sum(Fraction(row["fte"]) for row in org.team[role] if untaught(row)), None)
    if (org.signal("tickets_answered_by") == "csm" and org.signal("tickets_per_month") != 0
            and org.customers >= rules["support"]["customers"] and csms):
        made("csm_as_support", "csm", org.customers, rules["support"]["customers"], "team")
    apart = split(org, size_today(org).people["csm"])
    if (org.signal("renewals_owned_by") == org.signal("expansion_closed_by") == "csm"
            and apart["beyond_combined"] and apart["decision"] != "combined"):
        made("combined_too_long", "account_manager", org.arr, org.rules["split"]["combined_below_arr"], "team")
    if org.signal("customer_marketing_reports_to") == "cs" and (
            org.present("customer_marketing") or org.posted("customer_marketing")):
        made("marketing_under_cs", "customer_marketing", "cs", None)
    return found


def untaught(row: Mapping[str, Any]) -> bool:
    return row.get("promoted_from_csm") is True and row.get("trained_to_lead") is False


def disagreements(org: Org) -> list[dict[str, Any]]:
    if org.plan is None:
        return []
    plan = org.plan
    managers = plan["cost"]["now"]["managers"]
    rows = [("customers", org.customers, sum(row["customers"] for row in plan["tiers"]), 0),
            ("arr", org.arr, sum(Fraction(row["arr"]) for row in plan["tiers"]), Fraction("0.01")),
            ("csms", org.present("csm"), plan["csms"], Fraction("0.05")),
            ("cs_managers", org.present("cs_manager"), managers, Fraction("0.05"))]
    return [{"what": what, "org_value": mine, "plan_value": theirs} for what, mine, theirs, apart in rows
            if None not in (mine, theirs) and abs(mine - theirs) > apart]


# --- the order --------------------------------------------------------------------------------------------------------

class Coming(NamedTuple):
    """Somebody on the way: the state after which they start, the one in which they are ramped, and their opening."""

    role: str
    fte: Any
    start: int
    ramped: int
    opening: Optional[dict[str, Any]] = None
    opened: int = 0


def begins(org: Org, start: int) -> date:
    """The day after a state."""
    return later(org.as_of, start) + timedelta(days=1)


def signed(org: Org) -> list[Coming]:
    """The open posts; where nobody has signed, as if approved today."""
    starts = [(role, fte, org.first_start(role, 0) if month is None else max(0, month - 1))
              for role, fte, month in org.posts]
    return [Coming(role, fte, start, start + org.ramp(role)) for role, fte, start in starts]


def size_at(org: Org, coming: Sequence[Coming], t: int) -> Size:
    """The company in a month: CSMs count from the day they start, all others once they are ramped."""
    grown = [1 if not t else float(max(Fraction(0), 1 + Fraction(org.said.get(key) or 0))) ** (t / 12)
             for key in ("annual_growth_ratio", "annual_arr_growth_ratio")]
    there = [one for one in coming if (one.start < t if one.role == "csm" else one.ramped <= t)]
    people = {role: None if known is None else known + sum(one.fte for one in there if one.role == role)
              for role, known in size_today(org).people.items()}
    if t and org.plan is not None and None not in (org.plan["csms"], people["csm"]) and (
            size_today(org).people["csm"] or org.plan["hires"]):
        headcount = [row["headcount"] for row in org.plan["months"]]
        people["csm"] = Fraction(headcount[min(t, len(headcount) - 1)])
    posted = {role: sum((one.fte for one in coming if one.role == role and one not in there), Fraction(0))
              for role in ROLES}
    return Size(org.customers * grown[0], org.arr * grown[1], people, posted)


def seated(now: Mapping[str, Any]) -> str:
    """Whether a role is opened, or seats are added to one that is there or posted, or leads."""
    if now["role"] == "cs_manager":
        return "lead"
    return "seat" if now["present"] or now["posted"] else "role"


def candidates(org: Org, coming: Sequence[Coming], t: int, served: Iterable[str]) -> list[tuple[Any, ...]]:
    """Who would be opened in a month, by rank: (rank, role, why, outcome, ARR at risk, keys, FTE)."""
    size = size_at(org, coming, t)
    failing = [unblocking(org, size, one) for one in org.failing if one["outcome"] not in served]
    found = []
    for place, role in enumerate(ROLES):
        now = state(org, size, role)
        if now["judged_by_plan"] or now["filled"] is not False or now["blocked_by"]:
            continue
        keys = [row["key"] for row in now["criteria"] if row["kind"] == "trigger" and row["met"]]
        mine = [row for row in failing if row["role"] == role and row["how"] in WHY]
        if not mine and not now["due"]:
            continue
        best = worst(mine)
        at_risk = best and best["arr_at_risk"]
        why = WHY[best["how"]] if best else "trigger"
        kind = seated(now)
        rank = (role != "csm" or kind != "role", at_risk is None, -(at_risk or 0),
                ("outcome", "prerequisite", "trigger").index(why), role == "csm" and kind == "seat", place)
        found.append((rank, role, why, best and best["outcome"], at_risk, keys,
                      now["needed"] - now["present"] - now["posted"], kind))
    return sorted(found, key=lambda one: one[0])


def busy(org: Org, coming: Sequence[Coming], t: int) -> int:
    """Slots taken in a month by roles that are not ramped yet."""
    ramping = [role for role in ROLES if role != "cs_manager" and org.present(role) and org.tenure(role) is not None]
    return sum(org.tenure(role) + t < org.ramp(role) for role in ramping) + sum(
        t < one.ramped for one in gating(org, coming))


def coming_of(org: Org, row: dict[str, Any]) -> Coming:
    """Somebody whom the coverage plan brings."""
    start, ramped = (next(t for t in range(99) if str(begins(org, t)) >= str(day)) for day in (
        row["start_day"], date.fromisoformat(row["ramped_by"]) + timedelta(days=1)))
    return Coming(row["role"], Fraction(row["fte"]), start, ramped, row, row["due_month"])


def gating(org: Org, coming: Sequence[Coming]) -> list[Coming]:
    """Those who hold a slot until they are ramped: roles that are opened, the first post of a role without people."""
    posts = [one for one in coming if not one.opening and one.role != "cs_manager" and not org.present(one.role)]
    first = [min((one for one in posts if one.role == role), key=lambda one: one.start)
             for role in dict.fromkeys(one.role for one in posts)]
    return first + [one for one in coming if one.opening and one.opening["kind"] == "role"]


def gates(org: Org, coming: Sequence[Coming], t: int) -> tuple[Optional[str], list[dict[str, Any]]]:
    """The role before one approved in this state, and what it has to have done."""
    before = [(one.ramped, one.opened, ROLES.index(one.role), one)
              for one in gating(org, coming) if one.ramped <= t]
    held = [(max(0, math.ceil(org.ramp(role) - org.tenure(role))), -org.tenure(role), place, None)
            for place, role in enumerate(ROLES) if role != "cs_manager" and org.tenure(role) is not None]
    held = [one for one in held if one[0] <= t]
    if not before and not held:
        return None, []
    left, _, place, last = max(before + held, key=lambda one: one[:3])
    if last:
        untils = (begins(org, last.start), later(org.as_of, last.ramped), None)
        return last.role, [{"role": last.role, "condition": key, "met": None if until is None else False,
                            "until": until and str(until)}
                           for key, until in zip(("filled", "ramped", "delivered"), untils)]
    role = ROLES[place]
    said = [row.get("delivered") for row in org.team[role]]
    delivered = True if any(isinstance(one, str) for one in said) else None if None in said else False
    return role, [{"role": role, "condition": "filled", "met": True, "until": None},
                  {"role": role, "condition": "ramped", "met": left <= 0,
                   "until": str(later(org.as_of, left)) if left > 0 else None},
                  {"role": role, "condition": "delivered", "met": delivered, "until": None}]


def order(org: Org) -> dict[str, Any]:
    """Every opening to the horizon, and the roles that no slot is left for."""
    opened, due, served = planned(org), {}, set()
    coming = [*signed(org), *(coming_of(org, row) for row in opened)]
    slots = org.rules["stages"][standing(org)["used"]]["roles_at_a_time"]
    for t in range(org.horizon + 1):
        while True:
            found = candidates(org, coming, t, served)
            for one in found:
                due.setdefault(one[1], t)
            free = busy(org, coming, t) < slots
            able = [one for one in found if free or one[1] == "csm" or one[-1] != "role"]
            if not able:
                wanted = {one[1] for one in found} | {row["role"] for row in opened}
                due = {role: since for role, since in due.items() if role in wanted}
                break
            _, role, why, outcome, at_risk, keys, fte, kind = able[0]
            start = org.first_start(role, t)
            after, gate = gates(org, coming, t) if kind == "role" and role != "csm" else (None, [])
            months, tier = org.horizon - start, org.tier() if role == "csm" else None
            row = {"kind": kind, "role": role, "tier": tier, "fte": fte, "why": why, "outcome": outcome, "keys": keys,
                   "arr_at_risk": at_risk, "approve_by": str(later(org.as_of, t)), "start_day": str(begins(org, start)),
                   "ramped_by": str(later(org.as_of, start + org.ramp(role))), "after": after, "gate": gate,
                   "cost_a_year": fte * org.pay(role), "cost": fte * org.pay(role) * months / 12, "months": months,
                   "due_month": due[role], "from_plan": False}
            opened.append(row)
            size = size_at(org, coming, t)
            served |= {one["outcome"] for one in (unblocking(org, size, each) for each in org.failing)
                       if one["role"] == role and one["how"] == "unblocks"}
            coming.append(Coming(role, fte, start, start + org.ramp(role), row, t))
    shown = ranked(org, (row for row in opened if row["months"] > 0))
    there = {row["role"] for row in shown}
    return {"openings": shown, "beyond": [role for role in ROLES if role in due and role not in there]}


def planned(org: Org) -> list[dict[str, Any]]:
    """The seats and leads of the coverage plan, its days and its money carried to the horizon of decision D."""
    if org.plan is None or not org.customers:
        return []
    size, end = size_today(org), later(org.as_of, org.horizon) + timedelta(days=1)
    failing = [unblocking(org, size, one) for one in org.failing]
    unserved = None if org.plan["csms"] is None else sum(
        Fraction(row["arr"]) * (1 - 1 / max(Fraction(1), Fraction(row["load_ratio"])) if row["load_ratio"] is not None
                                else row["csms"] == 0 and row["customers"] > 0) for row in org.plan["tiers"])
    seats = [(hire, "csm", hire["tier"], hire["fte"], hire["reason"]) for hire in org.plan["hires"]]
    seats = [] if state(org, size, "csm")["filled"] else seats
    short = [one for one in seats if one[-1] == "short_now"]
    urgent = short or [one for one in seats if one[0]["start_day"] == min(each[0]["start_day"] for each in seats)]
    leads = [(row, "cs_manager", None, row["added"], row["kind"])
             for row in org.plan["managers"] if (row["gap"] or 0) > 0]
    found = []
    for one in (*seats, *([] if state(org, size, "cs_manager")["filled"] else leads)):
        row, role, tier, fte, reason = one
        best = worst([each for each in failing if each["role"] == role and each["how"] in WHY]
                     if role != "csm" or one in urgent else [])
        at_risk = [each for each in (best and best["arr_at_risk"], unserved if reason == "short_now" else None)
                   if each is not None]
        start = date.fromisoformat(row["start_day"])
        months = (end.year - start.year) * 12 + end.month - start.month
        waits = next(t for t in range(60) if str(later(org.as_of, t)) >= row["approve_by"])
        found.append({
            "kind": "lead" if role == "cs_manager" else "seat" if size.people["csm"] != 0 or found else "role",
            "role": role, "tier": tier, "fte": fte, "why": WHY[best["how"]] if best else "coverage",
            "outcome": best and best["outcome"], "keys": [reason], "arr_at_risk": max(at_risk, default=None),
            "approve_by": row["approve_by"], "start_day": row["start_day"],
            "ramped_by": str(later(start - timedelta(days=1), org.ramp(role, tier))), "after": None, "gate": [],
            "cost_a_year": row["cost_a_year"], "cost": Fraction(row["cost_a_year"]) * months / 12, "months": months,
            "due_month": 0 if best else waits, "from_plan": True})
    return [row for row in found if row["months"] > 0]


WHY = {"unblocks": "outcome", "prerequisite": "prerequisite"}


def worst(rows: Sequence[Mapping[str, Any]]) -> Any:
    """The outcome with the most ARR at risk, one that is known before any that is not; None without one."""
    return max(rows, key=lambda row: (row["arr_at_risk"] is not None, row["arr_at_risk"] or 0), default=None)


def ranked(org: Org, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By day of approval; then a first CSM, ARR at risk, why, and the order of the roles."""
    whys, kinds = ("outcome", "prerequisite", "coverage", "trigger"), ("role", "seat", "lead")
    return sorted(rows, key=lambda row: (
        row["approve_by"], row["kind"] != "role" or row["role"] != "csm", row["arr_at_risk"] is None,
        -(row["arr_at_risk"] or 0), whys.index(row["why"]), row["kind"] == "seat" and row["role"] == "csm",
        ROLES.index(row["role"]), kinds.index(row["kind"]), -Fraction(row["cost_a_year"]) / Fraction(row["fte"]),
        row["tier"] or "", row["keys"], row["start_day"], -row["fte"]))


def money(org: Org, openings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    margin = Fraction(org.policy["gross_margin_ratio"])
    amounts = [Fraction(one["arr_at_risk"]) for one in org.failing if one.get("arr_at_risk") is not None]
    of_plan = [row for row in openings if row["from_plan"]]

    def worth(row: Optional[Mapping[str, Any]]) -> Optional[dict[str, Any]]:
        if row is None:
            return None
        kept = row["cost_a_year"] / margin
        return {"role": row["role"], "cost_a_year": row["cost_a_year"], "kept_arr": kept,
                "arr_at_risk": row["arr_at_risk"], "share_ratio": over(kept, row["arr_at_risk"]),
                "cost_to_horizon": row["cost"]}

    return {"openings_cost": sum(row["cost"] for row in openings),
            "a_year": sum(row["cost_a_year"] for row in openings),
            "of_plan_cost": sum(row["cost"] for row in of_plan),
            "of_plan_a_year": sum(row["cost_a_year"] for row in of_plan), "next": worth(next(iter(openings), None)),
            "next_role": worth(next((row for row in openings if row["kind"] == "role"), None)),
            "largest_at_risk": max(amounts, default=None), "arr_ratio": over(max(amounts, default=None), org.arr)}


def verdict(org: Org, openings: Sequence[Mapping[str, Any]], made: Sequence[Any]) -> str:
    first = openings[0] if openings else None
    share = Fraction(org.rules["critical_at_risk_ratio"])
    if any(hire["months_late"] > 0 for hire in (org.plan or {"hires": ()})["hires"]) or (
            first and not first["due_month"] and first["arr_at_risk"] is not None
            and org.arr and first["arr_at_risk"] >= share * org.arr):
        return "critical"
    return "concerning" if made or any(not row["due_month"] for row in openings) else "healthy"


def not_now(org: Org, roles: Sequence[Mapping[str, Any]], made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every role but the next, and why it is not."""
    first, found = next((row["role"] for row in made["openings"]), None), []
    for now in roles:
        role = now["role"]
        triggers = {row["key"]: row["met"] for row in now["criteria"] if row["kind"] == "trigger"}
        days = [row["approve_by"] for row in made["openings"] if row["role"] == role]
        keys: list[str] = []
        if days:
            reason = "planned"
        elif role in made["beyond"]:
            reason = "beyond"
        elif now["filled"]:
            reason = "filled" if now["present"] is not None and now["present"] >= now["needed"] else "posted"
        elif now["blocked_by"]:
            reason, keys = "blocked", now["blocked_by"]
        elif now["present"] is None:
            reason, keys = "unknown", [f"team.{role}"]
        elif now["due"]:
            reason = "lapsed"
        elif now["due"] is False:
            reason, keys = "not_due", list(triggers)
        else:
            reason, keys = "unknown", [key for key, met in triggers.items() if met is None]
        if role != first:
            found.append({"role": role, "reason": reason, "approve_by": days[0] if days else None, "keys": keys,
                          "present": now["present"], "needed": now["needed"]})
    return found


# --- invented orgs ----------------------------------------------------------------------------------------------------

EVIDENCE = "seen in the figures of the last quarter"


def drawn(seed: int, as_of: str = "2026-09-30") -> dict[str, Any]:
    """A valid org.json whose parts are drawn from the seed; anything optional may be unknown."""
    draw = random.Random(seed)

    def maybe(value: Any, unknown: float = 0.25) -> Any:
        return None if draw.random() < unknown else value

    customers = draw.choice((0, 6, 14, 24, 45, 90, 130, 260, 400, 900))
    arr = round(customers * draw.choice((2500, 9000, 21000, 60000)) * draw.uniform(0.7, 1.3), 2)
    due = draw.randint(0, customers)
    month = int(as_of[:4]) * 12 + int(as_of[5:7]) - 1
    sizes = {"csm": (0, 1, 2, 3, 5, 8.5, 12, 20), "support": (0, 0, 1, 3), "implementation": (0, 0, 1, 2)}
    team: dict[str, Any] = {}
    for role in ROLES:
        fte = draw.choice(sizes.get(role, (0, 0, 0, 1)))
        if draw.random() < 0.06:
            team[role] = None
        elif fte:
            rows = [fte] if fte < 2 else [1, fte - 1]
            team[role] = [{"fte": one, "months_in_seat": maybe(draw.choice((0, 1, 2, 4, 5.5, 14, 30)), 0.2),
                           "delivered": draw.choice((None, False, "a result that can be named"))} for one in rows]
            if role in ("cs_manager", "director_vp"):
                team[role][0].update(promoted_from_csm=maybe(draw.random() < 0.5), trained_to_lead=maybe(
                    draw.random() < 0.5))
    posts = [{"role": role, "fte": draw.choice((0.5, 1, 2)), "start": maybe(
        f"{(month + ahead_by) // 12}-{(month + ahead_by) % 12 + 1:02d}", 0.3)}
        for role, ahead_by in [(draw.choice(ROLES), draw.randint(1, 9)) for _ in range(draw.choice((0, 0, 1, 2)))]]
    failing = [{"outcome": outcome, "evidence": EVIDENCE, "arr_at_risk": maybe(round(arr * draw.uniform(0.01, 0.4), 2))}
               for outcome in draw.sample(sorted(UNBLOCKS), draw.choice((0, 1, 2, 3)))]
    signals = {
        "founder_customer_time_ratio": maybe(draw.choice((0.1, 0.4, 0.6))), "founder_closes_deals": maybe(
            draw.random() < 0.4), "playbook_written": maybe(draw.random() < 0.7),
        "tickets_per_month": maybe(draw.choice((0, 40, 300))),
        "tickets_answered_by": maybe(draw.choice(("support", "csm", "founder", "engineering", "nobody"))),
        "csm_admin_time_ratio": maybe(draw.choice((0.1, 0.2, 0.25, 0.3, 0.45))),
        "onboarding_days": maybe(draw.choice((20, 30, 45, 80))), "onboarding_backlog": maybe(draw.choice((2, 6, 25))),
        "onboarded_per_month": maybe(draw.choice((0, 3, 6, 9.5))), "renewals_due_12m": maybe(due, 0.15),
        "renewals_late_12m": maybe(due // draw.choice((3, 8, 10, 20))), "renewals_lost_12m": maybe(
            due // draw.choice((5, 6, 12))),
        "renewals_owned_by": maybe(draw.choice(("csm", "csm", "account_manager", "renewals", "sales", "founder"))),
        "expansion_closed_by": maybe(draw.choice(("csm", "csm", "account_manager", "sales", "self_serve"))),
        "escalations_per_week": maybe(draw.choice((0, 0.5, 1, 3))), "public_references": maybe(draw.choice((2, 5, 9))),
        "customer_marketing_reports_to": maybe(draw.choice(("cs", "marketing")))}
    return {"as_of": as_of, "currency": "EUR", "stage": maybe(draw.choice(STAGES), 0.5),
            "staff": maybe(draw.choice((8, 40, 120, 300, 1200)), 0.4), "customers": customers, "arr": arr,
            "median_acv": maybe(round(arr / customers * draw.uniform(0.5, 1), 2) if customers else None, 0.4),
            "motion": maybe(draw.choice(("sales_led", "product_led", "hybrid"))), "products": maybe(
                draw.randint(1, 3)), "annual_growth_ratio": maybe(draw.choice((-0.3, 0, 0.4, 1.2))),
            "annual_arr_growth_ratio": maybe(draw.choice((-0.2, 0, 0.5, 1.5))), "team": team, "open_posts": posts,
            "signals": signals, "failing_outcomes": failing}


class Case(NamedTuple):
    """One run: a seed (0 is the sample), its day, the book beside it (None: no coverage plan) and the policy."""

    seed: int
    as_of: str = "2026-09-30"
    book: Optional[coverage.Case] = None
    policy: Optional[Mapping[str, Any]] = None


STRICT = {"gross_margin_ratio": 0.7, "coverage": {"lead_days": 45, "loaded_cost": {"mid_market": 151000}}, "hiring": {
    "horizon_months": 24, "critical_at_risk_ratio": 0.2, "triggers": {
        "support": {"customers": 60}, "implementation": {"onboarding_days": 21, "clear_within_months": 2},
        "cs_ops": {"csms": 6, "admin_ratio": 0.4}, "customer_marketing": {"references": 3}},
    "split": {"acv": 15000, "products": 3, "hybrid_from": 2, "split_from": 4}, "roles": {
        "support": {"loaded_cost": 87500, "ramp_months": 2}, "cs_ops": {"lead_days": 120}, "cco": {"ramp_months": 9}}}}
SHORT = {"hiring": {"horizon_months": 12, "triggers": {"renewals": {"late_ratio": 0.05, "due_a_year": 40},
                                                      "director_vp": {"csms": 7}, "cco": {"arr": 2000000}},
                    "stages": {"series_b": {"customers": 60, "roles_at_a_time": 2}}}}
BOOK = coverage.Case
CASES = (
    Case(0), Case(0, book=BOOK(0)), Case(0, policy=STRICT),
    *(Case(seed) for seed in (30, 52, 66, 79, 112, 133, 157)), Case(61, "2026-11-10"), Case(94, "2028-02-29"),
    Case(101, policy=STRICT), Case(5, policy=SHORT), Case(44, "2027-01-31", policy=SHORT), Case(2),
    Case(3, book=BOOK(3, growth="negative")), Case(7, book=BOOK(7, people=False, growth="planned")),
    Case(10, book=BOOK(10, people=False, churn="none")), Case(13, book=BOOK(13, growth="one")),
    Case(16, book=BOOK(16)), Case(22, book=BOOK(22), policy=STRICT),
    Case(28, "2026-11-15", BOOK(28, as_of="2026-11-15")))


def beside(document: dict[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """An org of the same customers, CSMs and managers as a coverage plan, its other amounts carried in proportion."""
    customers, arr = (sum(row[key] for row in plan["tiers"]) for key in ("customers", "arr"))
    scale = arr / document["arr"] if document["arr"] else 0
    for one in document["failing_outcomes"]:
        one["arr_at_risk"] = None if one["arr_at_risk"] is None else round(one["arr_at_risk"] * scale, 2)
    for role, fte in (("csm", plan["csms"]), ("cs_manager", plan["cost"]["now"]["managers"])):
        if fte is not None:
            document["team"][role] = [{"fte": fte, "months_in_seat": 12, "delivered": None}] if fte else []
    for key in ("renewals_due_12m", "renewals_late_12m", "renewals_lost_12m"):
        if document["signals"][key] is not None:
            document["signals"][key] = min(document["signals"][key], customers)
    return {**document, "customers": customers, "arr": round(arr, 2), "median_acv": None}


# --- the tests --------------------------------------------------------------------------------------------------------

class Pair(NamedTuple):
    org: Org
    roles: list[dict[str, Any]]
    order: dict[str, Any]
    theirs: dict[str, Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The second computation of a case and the answer of the door, by its place in CASES."""
    folder = tmp_path_factory.mktemp("hiring")
    default = exact((SCRIPTS / "cslib/policy.json").read_text(encoding="utf-8"))

    def plan_of(case: Case) -> Any:
        book = SAMPLES / "book.json"
        if case.book.seed:
            book = folder / "book.json"
            book.write_text(json.dumps(coverage.generated(case.book)), encoding="utf-8")
        ran = called(PLAN_DOOR, book, "--format", "json", "--all")
        assert ran.code == 0, ran.err
        (folder / "plan.json").write_text(ran.out, encoding="utf-8")
        return ran.out

    @functools.cache
    def both_of(place: int) -> Pair:
        case = CASES[place]
        text = None if case.book is None else plan_of(case)
        plan = text and json.loads(text)["result"]
        document = drawn(case.seed, case.as_of)
        said = ((SAMPLES / "org.json").read_text(encoding="utf-8") if not case.seed
                else json.dumps(beside(document, plan) if plan else document))
        (folder / "org.json").write_text(said, encoding="utf-8")
        (folder / "policy.json").write_text(json.dumps(case.policy or {}), encoding="utf-8")
        ran = called(DOOR, folder / "org.json", "--format", "json", "--all", "--policy", folder / "policy.json",
                     *(("--coverage", folder / "plan.json") if plan else ()))
        assert ran.code == 0, ran.err
        settings = merged(default, exact(json.dumps(case.policy or {})))
        org = Org(exact(said), settings, text and exact(text)["result"])
        return Pair(org, [state(org, size_today(org), role) for role in ROLES], order(org), exact(ran.out)["result"])

    return both_of


PLACES = pytest.mark.parametrize("place", range(len(CASES)))


def named(mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Their rows with the fields of mine: an answer may say more."""
    return [{key: other[key] for key in one} for one, other in zip(mine, theirs)] + list(theirs[len(mine):])


@PLACES
def test_stages_and_the_split_agree_in_every_cell(pair: Any, place: int) -> None:
    org, _, _, theirs = pair(place)
    mine = split(org, size_today(org).people["csm"])
    told = {**theirs["split"], "criteria": named(mine["criteria"], theirs["split"]["criteria"])}
    assert differences(mine, told, "split") + differences(standing(org), theirs["standing"], "standing") == []


@PLACES
def test_every_criterion_of_every_role_agrees(pair: Any, place: int) -> None:
    _, roles, _, theirs = pair(place)
    told = [{**row, "criteria": named(mine["criteria"], row["criteria"])} for mine, row in zip(roles, theirs["roles"])]
    assert differences(roles, told, "roles") == []
    flat = [row for now in roles for row in now["criteria"]]
    assert differences(flat, named(flat, theirs["criteria"]), "criteria") == []


@PLACES
def test_outcomes_mistakes_and_disagreements_agree(pair: Any, place: int) -> None:
    org, _, _, theirs = pair(place)
    mine = {"unblockings": [unblocking(org, size_today(org), one) for one in org.failing], "mistakes": mistakes(org),
            "disagreements": disagreements(org)}
    assert [line for key, rows in mine.items() for line in differences(rows, named(rows, theirs[key]), key)] == []


@PLACES
def test_the_order_agrees_in_every_cell(pair: Any, place: int) -> None:
    org, roles, made, theirs = pair(place)
    rows = made["openings"]
    assert differences(rows, named(rows, theirs["openings"]), "openings") == []
    assert theirs["beyond"] == made["beyond"]
    waits = not_now(org, roles, made)
    assert differences(waits, named(waits, theirs["not_now"]), "not_now") == []
    firsts = {"next": next(iter(rows), None), "next_role": next((row for row in rows if row["kind"] == "role"), None)}
    assert [line for key, row in firsts.items() for line in differences(row, theirs[key], key)] == []
    assert (theirs["horizon_months"], theirs["horizon_day"]) == (org.horizon, str(later(org.as_of, org.horizon)))


@PLACES
def test_the_money_and_the_verdict_agree(pair: Any, place: int) -> None:
    org, _, made, theirs = pair(place)
    assert differences(money(org, made["openings"]), theirs["money"], "money") == []
    assert theirs["verdict"] == verdict(org, made["openings"], mistakes(org))


def test_the_orgs_hold_every_kind_of_answer(pair: Any) -> None:
    """What the cases must contain before their agreement means anything."""
    seen = [pair(place).theirs for place in range(len(CASES))]
    rows = [row for one in seen for row in one["openings"]]
    assert {one["verdict"] for one in seen} == {"critical", "concerning", "healthy"}
    assert {one["split"]["decision"] for one in seen} == {"combined", "hybrid", "split"}
    assert {row["kind"] for row in rows} == {"role", "seat", "lead"}
    assert {row["why"] for row in rows} == {"outcome", "prerequisite", "coverage", "trigger"}
    assert {row["role"] for row in rows} == set(ROLES)
    assert {row["reason"] for one in seen for row in one["not_now"]} == {
        "planned", "beyond", "filled", "posted", "blocked", "lapsed", "not_due", "unknown"}
    assert {row["how"] for one in seen for row in one["unblockings"]} >= {
        "unblocks", "prerequisite", "owned", "elsewhere", "ramping", "posted", "nobody"}
    assert {row["due_month"] > 0 for row in rows} == {True, False}
    assert {row["met"] for one in seen for row in one["criteria"]} == {True, False, None}
    assert {len(one["held"]) > 0 for one in seen} == {True, False}
    assert len({row["key"] for one in seen for row in one["mistakes"]}) >= 5
