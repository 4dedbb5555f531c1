"""The words of decision D: openings, gates, roles, and the first sentences. Every string here is finished; no sums."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib import role_words
from cslib.coverage_words import capital, listed
from cslib.figures import fte, neutral, per_cent, short_money
from cslib.gates import Gate
from cslib.hiring import Hiring
from cslib.openings import Opening
from cslib.org import Org
from cslib.role_criteria import Criterion
from cslib.role_table import NEEDS
from cslib.segmentation_words import TIERS
from cslib.unblocking import Unblocking

EVIDENCE_LENGTH = 110
CONDITIONS = {"filled": "is there", "ramped": "is over the ramp", "delivered": "has delivered"}
SIGNALS = {"motion": "how you sell (motion)", "products": "how many products there are to sell (products)",
           "median_acv": "the median contract a year (median_acv)", "staff": "staff",
           "signals.founder_customer_time_ratio": "the founder's share of time on customers",
           "signals.founder_closes_deals": "whether the founder closes deals",
           "signals.playbook_written": "whether a playbook is written",
           "signals.tickets_per_month": "tickets a month", "signals.tickets_answered_by": "who answers tickets",
           "signals.csm_admin_time_ratio": "the share of CSM time on administration",
           "signals.onboarding_days": "median days to first use",
           "signals.onboarding_backlog": "customers waiting to start",
           "signals.onboarded_per_month": "customers onboarded a month",
           "signals.renewals_due_12m": "renewals due in 12 months", "signals.renewals_late_12m": "late renewals",
           "signals.renewals_lost_12m": "lost renewals", "signals.renewals_owned_by": "who owns renewals",
           "signals.expansion_closed_by": "who closes expansion",
           "signals.escalations_per_week": "escalations to the founders a week",
           "signals.public_references": "public references",
           "signals.customer_marketing_reports_to": "whom customer marketing reports to"}
TRIGGERS = {"founder_and_customers": "the founder's time", "customers_alone": "customers", "plan": "coverage plan",
            "team_of_stage": "smaller than the stage", "customers": "customers",
            "slow_and_waiting": "slow onboarding, a backlog", "csms_overall": "CSMs to lead",
            "escalations": "escalations", "admin_time": "CSM time on administration", "csms": "number of CSMs",
            "late_and_many": "late renewals", "split": "AM-or-CSM split", "references": "public references",
            "managers": "CS managers to lead", "late_stage": "late stage"}
LEADERS = ("cs_manager", "director_vp", "cco")
SOURCES = {"A": "playbook A", "B": "playbook B", "both": "playbooks A and B", "ours": "our rule", "plan": "decision C"}


class Speech(NamedTuple):
    """What the sentences are written from: the company, the answer, the policy and the words of roles."""

    org: Org
    h: Hiring
    settings: dict
    words: dict

    def role(self, key: str) -> role_words.RoleWords:
        """The words for a role."""
        return role_words.role(key, self.settings, self.words)

    def outcome(self, key: str) -> str:
        """The name of an outcome."""
        return role_words.outcome(key, self.words).label


def answer(said: Speech) -> str:
    """The first sentences: whom to hire next, for which outcome, by when, for what money; or why nobody."""
    one = said.h.next
    if one is None:
        return f"Hire nobody now: {nobody(said)}"
    return f"{head(said, one)}{unsure(said, one)}{beside(said, one)}"


def head(said: Speech, one: Opening) -> str:
    """Whom to hire next, why and by when."""
    money = f"{short_money(one.cost_a_year)} a year"
    why = reason(said, one, True)
    if held(said.h, one):
        gates = listed([f"{said.role(gate.role).label} {_not_yet(gate)}" for gate in said.h.held])
        return f"Hire nobody before {gates}; then {who(said, one)}, {money}: {why}."
    when = f"Approve by {one.approve_by.isoformat()}, start {one.start_day.isoformat()}"
    if does_not_pay(said.h):
        worth = said.h.money.next
        return (f"{capital(who(said, one))} comes next, but does not pay for itself on what is known: {why}. "
                f"{capital(money)} must keep {short_money(worth.kept_arr)} ARR a year, more than is at risk; "
                f"{when.lower()} only if more is.")
    return f"Hire {who(said, one)} next: {why}. {when}, {money}{_pays(said)}."


def unsure(said: Speech, one: Opening) -> str:
    """What the next hire needs and nobody knows."""
    open_needs = [row for row in said.h.criteria if row.role == one.role and row.kind == NEEDS and row.met is None]
    if not open_needs:
        return ""
    asked = [role_words.criterion(row.role, row.key, None, row.threshold, said.settings, said.words).label
             for row in open_needs]
    return f" It needs {listed(asked)}, which is not known."


def beside(said: Speech, one: Opening) -> str:
    """The first new role where the next hire is a seat of one that is there; and leads that are due today too."""
    role = said.h.next_role
    parts = []
    if role is not None and role is not one:
        parts.append(f" The first new role is {said.role(role.role).one}: {reason(said, role, False)}, "
                     f"approve by {role.approve_by.isoformat()}.")
    leads = [row for row in said.h.openings if row.kind == "lead" and row is not one and row.due_month == 0]
    if leads:
        parts.append(f" {capital(who(said, leads[0]))} is due too: {reason(said, leads[0], False)}.")
    return "".join(parts)


def held(h: Hiring, one: Opening) -> bool:
    """Whether the next hire waits for the role before."""
    return bool(h.held) and one is h.next_role


def _not_yet(gate: Gate) -> str:
    until = f" ({gate.until.isoformat()})" if gate.until else ""
    return f"{CONDITIONS[gate.condition]}{until}"


def _pays(said: Speech) -> str:
    worth = said.h.money.next
    return "" if worth is None or worth.share_ratio is None else (
        f"; it pays once it keeps {per_cent(worth.share_ratio, 0)} of that ARR")


def does_not_pay(h: Hiring) -> bool:
    """Whether the next hire must keep more ARR than is said to be at risk."""
    worth = h.money.next
    return worth is not None and worth.share_ratio is not None and worth.share_ratio > 1


def head_of(said: Speech) -> str:
    """Who carries out a step: the head of CS where somebody leads or there are CSMs enough to be led."""
    leaders = [said.org.people(role) for role in LEADERS]
    csms, least = said.org.people("csm"), said.settings["hiring"]["triggers"]["cs_manager"]["csms_at_least"]
    return "head of CS" if any(leaders) or (csms is not None and csms >= least) else "the founder"


def who(said: Speech, one: Opening, short: bool = False) -> str:
    """`an implementation manager`, `1.5 CSMs in strategic`; `short` without its article."""
    role = said.role(one.role)
    where = f" in {TIERS[one.tier]}" if one.tier and one.from_plan else ""
    if one.fte == 1:
        return f"{role.label if short else role.one}{where}"
    return f"{fte(one.fte)} {role.many}{where}"


def reason(said: Speech, one: Opening, long: bool) -> str:
    """Why somebody is hired: the outcome that fails, with its evidence, the coverage plan, or what makes them due."""
    if one.outcome and one.outcome != "coverage":
        found = _failing(said, one.outcome)
        evidence = f" ({neutral(found.evidence, EVIDENCE_LENGTH)})" if long and found else ""
        first = f", and {said.role(one.role).one} has to come first" if one.why == "prerequisite" else ""
        return f"{said.outcome(one.outcome)} fails{at_risk(one.arr_at_risk)}{evidence}{first}"
    if one.from_plan:
        return f"the coverage plan lacks them{at_risk(one.arr_at_risk, 'without hours')}"
    found = [row for row in said.h.criteria if row.role == one.role and row.key in one.keys]
    return met(said, found[0]) if found else "the role has to come first"


def brief(said: Speech, one: Opening) -> str:
    """The same in a few words, for a table."""
    if one.outcome:
        first = ", has to come first" if one.why == "prerequisite" else ""
        return f"{said.outcome(one.outcome)}{at_risk(one.arr_at_risk)}{first}"
    if one.from_plan:
        return f"coverage plan{at_risk(one.arr_at_risk, 'without hours')}"
    found = [row for row in said.h.criteria if row.role == one.role and row.key in one.keys]
    return ", ".join(f"{TRIGGERS[row.key]} ({SOURCES[row.source]})" for row in found) or "has to come first"


def at_risk(amount: Optional[Decimal], what: str = "at risk") -> str:
    """`, 1.40M ARR at risk`; nothing where it is not known."""
    return "" if amount is None else f", {short_money(amount)} ARR {what}"


def _failing(said: Speech, outcome: str) -> Optional[Unblocking]:
    return next((row for row in said.h.unblockings if row.outcome == outcome), None)


def met(said: Speech, row: Criterion) -> str:
    """What makes a role due, with what is found today."""
    asked = role_words.criterion(row.role, row.key, row.value, row.threshold, said.settings, said.words)
    today = f", today {asked.today}" if asked.today else ""
    return f"{asked.label}{today} ({SOURCES[row.source]})"


def nobody(said: Speech) -> str:
    """Why nobody is to be hired now, and what comes first."""
    if not said.org.customers:
        return "there are no customers yet, and every role serves some."
    owned = [row for row in said.h.unblockings if row.how in OWNED]
    first = said.h.openings[0] if said.h.openings else None
    then = (f" Next comes {who(said, first)}, approve by {first.approve_by.isoformat()}: {reason(said, first, False)}."
            if first else "")
    if owned:
        row = owned[0]
        return (f"{said.outcome(row.outcome)} fails{at_risk(row.arr_at_risk)}, but {said.role(row.role).label} "
                f"{OWNED[row.how]}: {REMEDY[row.how]}.{then}")
    unknown = len(said.h.missing)
    open_end = f" {unknown} things are not known that could change this." if unknown > 1 else ""
    return f"no outcome is failing that a role would unblock, and no role is due.{then}{open_end}"


OWNED = {"owned": "is there for it", "ramping": "is there and still in the ramp", "posted": "is approved for it",
         "elsewhere": "is held in another team"}
REMEDY = {"owned": "mend how the work is done before another post", "ramping": "wait until the ramp is over",
          "posted": "fill that post first", "elsewhere": "settle it with that team"}


def signal(said: Speech, key: str) -> str:
    """What an unknown key of org.json asks for."""
    team = key.removeprefix("team.")
    return f"how many {said.role(team).many} there are" if team != key else SIGNALS[key]


def answers(value: Optional[bool]) -> str:
    """Yes, no, or not known."""
    return {True: "yes", False: "no", None: "n/a"}[value]


def day(value: Optional[date]) -> str:
    """A day as it is printed."""
    return "-" if value is None else value.isoformat()
