"""Orgs for tests: documents and records with one thing said at a time, and whole orgs by hypothesis."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Optional, Union

from hypothesis import strategies as st

from cslib import org, policy
from cslib.org import LEADS, OUTCOMES, ROLES, Org, Signals
from test_bad_input import changed

D = Decimal
AS_OF = "2026-09-30"
STAGES = ("seed", "series_a", "series_b", "growth", "late")
SETTINGS = policy.read(None).settings
RULES = SETTINGS["hiring"]
RATIOS = ("founder_customer_time_ratio", "csm_admin_time_ratio")
ANSWERS = ("founder_closes_deals", "playbook_written")
WORDS = {"tickets_answered_by": ("support", "csm", "founder", "engineering", "nobody"),
         "renewals_owned_by": ("csm", "account_manager", "renewals", "sales", "founder", "nobody"),
         "expansion_closed_by": ("csm", "account_manager", "renewals", "sales", "founder", "self_serve", "nobody"),
         "customer_marketing_reports_to": ("cs", "marketing", "other")}
RENEWALS = ("renewals_due_12m", "renewals_late_12m", "renewals_lost_12m")
WHOLE = ("onboarding_backlog", "public_references", *RENEWALS)
NUMBERS = ("tickets_per_month", "onboarding_days", "onboarded_per_month", "escalations_per_week")
EVIDENCE = "seen in the figures of the last quarter"

DOCUMENT = {
    "as_of": AS_OF, "currency": "USD", "stage": "series_b", "staff": 120, "customers": 200, "arr": 4_000_000,
    "median_acv": 12_500.5, "motion": "sales_led", "products": 2, "annual_growth_ratio": 0.2,
    "annual_arr_growth_ratio": 0.3,
    "team": {"csm": [{"fte": 1, "months_in_seat": 26, "delivered": "GRR from 84% to 88%"},
                     {"fte": 0.5, "months_in_seat": 2, "delivered": False}, {"fte": 2.5}],
             "support": [{"fte": 2, "months_in_seat": 14, "delivered": "first answers within four hours"}],
             "cs_manager": [{"fte": 1, "months_in_seat": 8, "delivered": None, "promoted_from_csm": True,
                             "trained_to_lead": False}], "cs_ops": []},
    "open_posts": [{"role": "implementation", "fte": 1, "start": "2026-11"}, {"role": "csm", "fte": 0.5}],
    "signals": {
        "founder_customer_time_ratio": 0.1, "founder_closes_deals": False, "playbook_written": True,
        "tickets_per_month": 300, "tickets_answered_by": "support", "csm_admin_time_ratio": 0.22, "onboarding_days": 45,
        "onboarding_backlog": 9, "onboarded_per_month": 5, "renewals_due_12m": 160, "renewals_late_12m": 20,
        "renewals_lost_12m": 12, "renewals_owned_by": "csm", "expansion_closed_by": "sales",
        "escalations_per_week": 0.5, "public_references": 4, "customer_marketing_reports_to": None},
    "failing_outcomes": [
        {"outcome": "onboarding", "evidence": "45 days in the median, 9 customers wait", "arr_at_risk": 600_000},
        {"outcome": "renewals_on_time", "evidence": "20 of 160 renewals were late"}]}


def document(*changes: tuple, **known: object) -> dict:
    """DOCUMENT with values replaced: `("signals.onboarding_days", 12)`, taken out where there is no value."""
    made = {**copy.deepcopy(DOCUMENT), **known}
    for path, *value in changes:
        made = changed(made, path, *value)
    return made


def read(content: Mapping) -> Org:
    """The records of a document, its schema not asked."""
    return org.read(content, "org.json")


def seat(fte: object = 1, months_in_seat: object = 24, delivered: object = "a result", **known: object) -> dict:
    """A row of a role's people: over every ramp and with something delivered unless said."""
    return {"fte": _number(fte), "months_in_seat": months_in_seat, "delivered": delivered, **known}


def post(role: str, fte: object = 1, start: Optional[str] = None) -> dict:
    """An open post; nobody has signed unless a start is said."""
    return {"role": role, "fte": _number(fte), "start": start}


def _number(said: object) -> object:
    """An exact number for text that is one."""
    return D(said) if isinstance(said, str) else said


def failing(outcome: str, arr_at_risk: object = None, evidence: str = EVIDENCE) -> dict:
    """A failing outcome; the ARR at risk is unknown unless said."""
    return {"outcome": outcome, "evidence": evidence, "arr_at_risk": arr_at_risk}


def of(customers: int = 200, arr: object = 4_000_000, *, team: Optional[Mapping[str, object]] = None,
       posts: Iterable[dict] = (), fails: Iterable[Union[dict, str]] = (), signals: Optional[Mapping] = None,
       **known: object) -> Org:
    """An org of a few words: everything not said is unknown, and roles that are not said have nobody.

    `team` gives a role FTE (one seat over its ramp that has delivered), rows, or None for unknown; `fails` takes rows
    or outcomes.
    """
    people = {role: [seat(said)] if isinstance(said, (int, float, str, D)) and said else said or (
        None if said is None else []) for role, said in (team or {}).items()}
    return read({"as_of": AS_OF, "customers": customers, "arr": arr, "team": people, "open_posts": list(posts),
                 "signals": dict(signals or {}),
                 "failing_outcomes": [failing(one) if isinstance(one, str) else one for one in fails], **known})


def with_signals(one: Org, **values: object) -> Org:
    """The org with other signals; what becomes known leaves `unknown`, and the reverse."""
    signals = one.signals._replace(**{
        key: D(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        for key, value in values.items()})
    keys = [f"signals.{key}" for key in Signals._fields if getattr(signals, key) is None]
    return one._replace(signals=signals, unknown=(
        *(key for key in one.unknown if not key.startswith("signals.")), *keys))


@st.composite
def seats(draw, role: str) -> dict:
    """One row of people of a role, some of its keys left out or unknown."""
    made = {"fte": draw(st.sampled_from((D("0.5"), 1, 1, 2, 6))),
            "months_in_seat": draw(st.none() | st.integers(0, 48)),
            "delivered": draw(st.sampled_from((None, False, "renewals opened 90 days ahead")))}
    if role in LEADS:
        made |= {key: draw(st.sampled_from((None, True, False))) for key in ("promoted_from_csm", "trained_to_lead")}
    return {key: value for key, value in made.items() if value is not None or draw(st.booleans())}


@st.composite
def signal_values(draw) -> dict:
    """Signals of which any may be unknown or left out; late and lost renewals were due."""
    due = draw(st.integers(0, 400))
    made = {**{key: draw(st.none() | st.decimals(0, 1, places=2)) for key in RATIOS},
            **{key: draw(st.sampled_from((None, True, False))) for key in ANSWERS},
            **{key: draw(st.none() | st.integers(0, 60)) for key in ("onboarding_backlog", "public_references")},
            **{key: draw(st.none() | st.integers(0, 120)) for key in NUMBERS},
            **{key: draw(st.none() | st.sampled_from(words)) for key, words in WORDS.items()},
            **{key: draw(st.none() | st.integers(0, due)) for key in RENEWALS[1:]},
            RENEWALS[0]: draw(st.sampled_from((None, due, due)))}
    return {key: made[key] for key in Signals._fields if made[key] is not None or draw(st.booleans())}


@st.composite
def documents(draw, most_customers: int = 600) -> dict:
    """Valid org.json documents from nobody to a large team, with any optional key unknown or left out."""
    customers = draw(st.sampled_from((0, 1, 12, 25, 40, 120, 300)) | st.integers(0, most_customers))
    arr = draw(st.integers(0, 60_000)) * customers
    roles = draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=6))
    team = {role: draw(st.none() | st.lists(seats(role), max_size=3)) for role in roles}
    fails = draw(st.lists(st.sampled_from(OUTCOMES), unique=True, max_size=4))
    optional = {"currency": st.just("USD"), "stage": st.sampled_from(STAGES), "staff": st.integers(0, 1_500),
                "median_acv": st.integers(0, arr // customers if customers else 0),
                "motion": st.sampled_from(("sales_led", "product_led", "hybrid")), "products": st.integers(1, 4),
                "annual_growth_ratio": st.decimals("-0.5", 2, places=2),
                "annual_arr_growth_ratio": st.decimals("-0.5", 2, places=2), "signals": signal_values(),
                "open_posts": st.lists(st.builds(
                    post, st.sampled_from(ROLES), st.sampled_from((D("0.5"), 1, 2)),
                    st.sampled_from((None, "2026-09", "2026-10", "2026-12", "2027-06", "2028-09"))), max_size=3)}
    made = {"as_of": AS_OF, "customers": customers, "arr": arr, "team": team,
            "failing_outcomes": [failing(one, draw(st.none() | st.integers(0, arr))) for one in fails]}
    return {**made, **{key: draw(st.none() | values) for key, values in optional.items() if draw(st.booleans())}}


def orgs(most_customers: int = 600) -> st.SearchStrategy[Org]:
    """The records of such documents."""
    return documents(most_customers).map(read)
