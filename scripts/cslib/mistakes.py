"""The mistakes of building a CS team that the sources name, as far as the team or its open posts show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.am_split import Split
from cslib.conditions import Fact
from cslib.org import LEADS, Org

MISTAKES = ("support_first", "ops_before_csms", "cco_early", "promoted_untrained", "csm_as_support",
            "combined_too_long", "marketing_under_cs")


class Mistake(NamedTuple):
    """One of MISTAKES with the role that it is about, made in the "team" or about to be made by an open "post".

    `threshold` is None where the mistake is not one of size.
    """

    key: str
    since: str
    role: str
    value: Fact
    threshold: Fact


def mistakes(org: Org, split: Split, rules: Mapping) -> tuple[Mistake, ...]:
    """What is known to be one, in the order of MISTAKES; unknown facts make none. `rules` are those of hiring."""
    found = [*_before_csms(org, rules), *_cco_early(org, rules), *_promoted_untrained(org),
             *_csm_as_support(org, rules), *_combined_too_long(org, split, rules), *_marketing_under_cs(org)]
    return tuple(sorted(found, key=lambda one: MISTAKES.index(one.key)))


def _since(org: Org, role: str) -> Optional[str]:
    """Whether somebody is in the role or a post for it is open; None where neither is known."""
    if org.people(role):
        return "team"
    return "post" if any(post.role == role for post in org.posts) else None


def _before_csms(org: Org, rules: Mapping) -> Iterator[Mistake]:
    """Support without a CSM, and operations for too few. CSMs of open posts count where the role is one too."""
    present = org.people("csm")
    coming = sum((post.fte for post in org.posts if post.role == "csm"), Decimal(0))
    for key, role, least in (("support_first", "support", None),
                             ("ops_before_csms", "cs_ops", Decimal(rules["triggers"]["cs_ops"]["csms_at_least"]))):
        since = _since(org, role)
        if since and present is not None:
            csms = present if since == "team" else present + coming
            if csms < least if least is not None else not csms:
                yield Mistake(key, since, role, csms, least)


def _cco_early(org: Org, rules: Mapping) -> Iterator[Mistake]:
    since, floor = _since(org, "cco"), Decimal(rules["triggers"]["cco"]["arr"])
    if since and org.arr < floor:
        yield Mistake("cco_early", since, "cco", org.arr, floor)


def _promoted_untrained(org: Org) -> Iterator[Mistake]:
    """One for each leading role with people who are known to be both, `value` their FTE."""
    for role in LEADS:
        untrained = sum((seat.fte for seat in org.team[role] or ()
                         if seat.promoted_from_csm and seat.trained_to_lead is False), Decimal(0))
        if untrained:
            yield Mistake("promoted_untrained", "team", role, untrained, None)


def _csm_as_support(org: Org, rules: Mapping) -> Iterator[Mistake]:
    """CSMs who answer tickets at a size that has support; `value` are the customers. Below it somebody has to."""
    floor = Decimal(rules["triggers"]["support"]["customers"])
    if (org.signals.tickets_answered_by == "csm" and org.signals.tickets_per_month != 0 and org.people("csm")
            and org.customers >= floor):
        yield Mistake("csm_as_support", "team", "csm", Decimal(org.customers), floor)


def _combined_too_long(org: Org, split: Split, rules: Mapping) -> Iterator[Mistake]:
    if (org.signals.renewals_owned_by == org.signals.expansion_closed_by == "csm" and split.beyond_combined
            and split.decision != "combined"):
        yield Mistake("combined_too_long", "team", "account_manager", org.arr,
                      Decimal(rules["split"]["combined_below_arr"]))


def _marketing_under_cs(org: Org) -> Iterator[Mistake]:
    since = _since(org, "customer_marketing")
    if since and org.signals.customer_marketing_reports_to == "cs":
        yield Mistake("marketing_under_cs", since, "customer_marketing", "cs", None)
