"""What the sources say of each role: what makes it due, what else is said, and what has to be there first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional, Union

from cslib.am_split import Split
from cslib.conditions import Condition, Fact, condition, share
from cslib.coverage_plan import CoveragePlan
from cslib.org import ROLES, Org
from cslib.stages import STAGES, Standing, reached

ZERO = Decimal(0)
KINDS = ("trigger", "alternative", "needs")
TRIGGER, ALTERNATIVE, NEEDS = KINDS
SOURCES = ("A", "B", "both", "ours", "plan")
Number = Union[int, Decimal]


class Size(NamedTuple):
    """The company in one month. `csms` are the CSMs that have started, None unknown; what is said of CSMs reads it.

    `people` by role have started (those of opened roles count from when they are ramped), None unknown. `posted` by
    role are approved and have not started: whoever starts goes over to `people`, and to `csms` if a CSM.
    """

    customers: Decimal
    arr: Decimal
    csms: Optional[Decimal]
    people: dict[str, Optional[Decimal]]
    posted: dict[str, Decimal]


class Case(NamedTuple):
    """All that a criterion may look at; `settings` are the whole policy."""

    org: Org
    standing: Standing
    plan: Optional[CoveragePlan]
    split: Split
    size: Size
    settings: Mapping

    @property
    def rules(self) -> Mapping:
        """The triggers of the policy by role."""
        return self.settings["hiring"]["triggers"]

    def present(self, role: str) -> Optional[Decimal]:
        """The FTE that have started, None unknown."""
        return self.size.csms if role == "csm" else self.size.people[role]

    def judged(self, role: str) -> bool:
        """Whether the plan says how many: it knows who is there, and does not leave the first one open."""
        if self.plan is None or role not in ("csm", "cs_manager"):
            return False
        known, rows = ((self.plan.csms, self.plan.seats) if role == "csm" else (self.plan.managers, self.plan.leads))
        return known is not None and bool(rows or self.present(role) != 0)

    def planned(self, role: str) -> Decimal:
        """The FTE that the plan adds to a role."""
        return sum((row.fte for row in (self.plan.seats if role == "csm" else self.plan.leads)), ZERO)

    def customers(self, comparison: str, threshold: Number) -> Condition:
        return condition(("customers",), comparison, self.size.customers, Decimal(threshold))

    def people(self, role: str, comparison: str, threshold: Number) -> Condition:
        return condition((f"team.{role}",), comparison, self.present(role), Decimal(threshold))

    def signal(self, key: str, comparison: str, threshold: Fact) -> Condition:
        return condition((f"signals.{key}",), comparison, getattr(self.org.signals, key), threshold)

    def at_stage(self, stage: str) -> Condition:
        """The stage by name or by size; the value is the later of the two."""
        later = max(self.standing.used, self.standing.size_stage, key=STAGES.index)
        return Condition(("stage",), "at_least", reached(self.standing, stage), later, stage)

    def in_plan(self, role: str) -> Condition:
        return condition((), "above", self.planned(role), ZERO)


class Said(NamedTuple):
    """One row: of one of KINDS and SOURCES, met where all its conditions hold."""

    key: str
    kind: str
    source: str
    conditions: tuple[Condition, ...]


def said(role: str, case: Case) -> list[Said]:
    """The rows of a role: triggers, alternatives, needs. Nobody is hired for no customers."""
    rows = [*_ROWS[role](case), _row("has_customers", NEEDS, "both", case.customers("above", 0))]
    return sorted(rows, key=lambda row: KINDS.index(row.kind))


def _row(key: str, kind: str, source: str, *conditions: Condition) -> Said:
    return Said(key, kind, source, conditions)


def _csm(case: Case) -> Iterator[Said]:
    rules, none_yet = case.rules["csm"], case.size.csms == 0
    if none_yet:
        yield _row("founder_and_customers", TRIGGER, "A",
                   case.signal("founder_customer_time_ratio", "above", Decimal(rules["founder_time_ratio"])),
                   case.customers("at_least", rules["customers"]), case.signal("playbook_written", "is", True))
        yield _row("customers_alone", TRIGGER, "B", case.customers("at_least", rules["customers_alone"]))
    if case.judged("csm"):
        yield _row("plan", TRIGGER, "plan", case.in_plan("csm"))
    elif not none_yet:
        yield _row("team_of_stage", TRIGGER, "A", _team_of_stage(case))


def _team_of_stage(case: Case) -> Condition:
    """Everybody in CS and in its open posts, against the least of the earlier of the two stages.

    Where somebody is unknown, those known are too few to say, or enough.
    """
    stage = min(case.standing.used, case.standing.size_stage, key=STAGES.index)
    least = Decimal(case.settings["hiring"]["stages"][stage]["team_low"])
    known = [present for present in map(case.present, ROLES) if present is not None]
    total = sum(known, sum(case.size.posted.values(), ZERO))
    return condition((*(f"team.{role}" for role in ROLES), "stage"), "below",
                     total if len(known) == len(ROLES) or total >= least else None, least)


def _support(case: Case) -> Iterator[Said]:
    yield _row("customers", TRIGGER, "A", case.customers("at_least", case.rules["support"]["customers"]))
    yield _row("answered_by", ALTERNATIVE, "ours", case.signal("tickets_answered_by", "is_not", "support"))
    yield _csm_first(case, "A")
    yield _row("has_tickets", NEEDS, "ours", case.signal("tickets_per_month", "above", ZERO))
    yield from _not_elsewhere(case, "support", "tickets_answered_by")


def _implementation(case: Case) -> Iterator[Said]:
    rules, a_month = case.rules["implementation"], case.org.signals.onboarded_per_month
    most = None if a_month is None else Decimal(rules["backlog_months"]) * a_month
    yield _row("slow_and_waiting", TRIGGER, "A",
               case.signal("onboarding_days", "above", Decimal(rules["onboarding_days"])),
               condition(("signals.onboarding_backlog", "signals.onboarded_per_month"), "above",
                         case.org.signals.onboarding_backlog, most))
    yield _csm_first(case, "A")


def _cs_manager(case: Case) -> Iterator[Said]:
    rules = case.settings["coverage"]["managers"]
    if case.judged("cs_manager"):
        yield _row("plan", TRIGGER, "plan", case.in_plan("cs_manager"))
    else:
        yield _row("csms_overall", TRIGGER, "A", case.people("csm", "at_least", rules["csms_overall"]))
        yield _row("escalations", TRIGGER, "A",
                   case.signal("escalations_per_week", "at_least", Decimal(rules["escalations_a_week"])))
        yield _csms_at_least(case, "cs_manager")
    yield _row("csms_other", ALTERNATIVE, "A",
               case.people("csm", "at_least", case.rules["cs_manager"]["csms_other"]))


def _cs_ops(case: Case) -> Iterator[Said]:
    rules = case.rules["cs_ops"]
    yield _row("admin_time", TRIGGER, "A",
               case.signal("csm_admin_time_ratio", "at_least", Decimal(rules["admin_ratio"])))
    yield _row("csms", TRIGGER, "B", case.people("csm", "at_least", rules["csms"]))
    yield _row("admin_other", ALTERNATIVE, "B",
               case.signal("csm_admin_time_ratio", "above", Decimal(rules["admin_other_ratio"])))
    yield _row("before_csms", ALTERNATIVE, "B", case.people("csm", "at_least", rules["csms"] - 1))
    yield _csms_at_least(case, "cs_ops")


def _renewals(case: Case) -> Iterator[Said]:
    rules, signals = case.rules["renewals"], case.org.signals
    many = case.signal("renewals_due_12m", "at_least", Decimal(rules["due_a_year"]))
    yield _row("late_and_many", TRIGGER, "ours",
               condition(("signals.renewals_late_12m", "signals.renewals_due_12m"), "at_least",
                         share(signals.renewals_late_12m, signals.renewals_due_12m), Decimal(rules["late_ratio"])),
               many)
    yield _row("stage_growth", NEEDS, "A", case.at_stage("growth"))
    yield _csms_at_least(case, "renewals")
    yield _row("renewals_enough", NEEDS, "ours", many)
    yield from _not_elsewhere(case, "renewals", "renewals_owned_by")


def _account_manager(case: Case) -> Iterator[Said]:
    split = case.split
    ends = {split.least, split.most}
    met = None if "combined" in ends and len(ends) > 1 else "combined" not in ends
    reads = dict.fromkeys(key for one in split.criteria for part in one.conditions for key in part.reads)
    yield _row("split", TRIGGER, "A", Condition(tuple(reads), "is_not", met, split.decision, "combined"))
    yield _row("csms_at_least", NEEDS, "A",
               case.people("csm", "at_least", case.settings["hiring"]["split"]["small_team_csms"]))
    yield _row("stage_series_b", NEEDS, "A", case.at_stage("series_b"))
    yield from _not_elsewhere(case, "account_manager", "renewals_owned_by", "expansion_closed_by")


def _customer_marketing(case: Case) -> Iterator[Said]:
    rules = case.rules["customer_marketing"]
    yield _row("references", TRIGGER, "A", case.signal("public_references", "at_least", Decimal(rules["references"])))
    yield _csms_at_least(case, "customer_marketing")
    yield _row("stage_series_b", NEEDS, "A", case.at_stage("series_b"))


def _director_vp(case: Case) -> Iterator[Said]:
    rules = case.rules["director_vp"]
    yield _row("csms", TRIGGER, "A", case.people("csm", "at_least", rules["csms"]))
    yield _row("managers", TRIGGER, "B", case.people("cs_manager", "at_least", rules["managers"]))
    yield _row("manager_first", NEEDS, "ours", case.people("cs_manager", "above", 0))


def _cco(case: Case) -> Iterator[Said]:
    rules = case.rules["cco"]
    yield _row("late_stage", TRIGGER, "A", case.at_stage("late"))
    yield _row("csms", TRIGGER, "ours", case.people("csm", "at_least", rules["csms"]))
    yield _row("arr", NEEDS, "A", condition(("arr",), "at_least", case.size.arr, Decimal(rules["arr"])))
    yield _row("director_first", NEEDS, "ours", case.people("director_vp", "above", 0))


def _csm_first(case: Case, source: str) -> Said:
    return _row("csm_first", NEEDS, source, case.people("csm", "above", 0))


def _csms_at_least(case: Case, role: str) -> Said:
    return _row("csms_at_least", NEEDS, "ours", case.people("csm", "at_least", case.rules[role]["csms_at_least"]))


def _not_elsewhere(case: Case, role: str, *keys: str) -> Iterator[Said]:
    """A role that nobody here holds and that is said to do its work all the same is held in another team."""
    if case.present(role) == 0:
        yield _row("not_elsewhere", NEEDS, "ours", *(case.signal(key, "is_not", role) for key in keys))


_ROWS: dict[str, Callable[[Case], Iterator[Said]]] = {
    "csm": _csm, "support": _support, "implementation": _implementation, "cs_manager": _cs_manager, "cs_ops": _cs_ops,
    "renewals": _renewals, "account_manager": _account_manager, "customer_marketing": _customer_marketing,
    "director_vp": _director_vp, "cco": _cco,
}
