"""Whether CSMs keep renewal and expansion, share them with account managers, or hand them over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.conditions import Condition, Fact, all_hold, any_holds, condition, share
from cslib.org import Org

DECISIONS = ("combined", "hybrid", "split")
FOR, AGAINST = "for", "against"
_EXCLUSIVE = {"sales_led": "product_led", "product_led": "sales_led"}


class SplitCriterion(NamedTuple):
    """What speaks for or against the split, its `side`, when it is met; `value` and `threshold` of its condition.

    Renewals slip when CSMs own them and too many are late or too many lost: three conditions. The value is the ratio
    that is too high, the first of the two where both are or neither is.
    """

    key: str
    side: str
    met: Optional[bool]
    value: Fact
    threshold: Fact
    conditions: tuple[Condition, ...]


class Turn(NamedTuple):
    """A criterion that would change the decision to `decision`, were it `then` and not what it is `now`."""

    key: str
    now: Optional[bool]
    then: bool
    decision: str


class Split(NamedTuple):
    """One of DECISIONS by `net`, the criteria met for less those met against; an unknown one counts for neither.

    `least` is the decision if every unknown speaks against, `most` if every one speaks for; `decided` where they are
    the same. `turning` are the single criteria that would change the decision: the two of ACV are opposites and turn
    together as `acv`, a company cannot be led by sales and by its product. `beyond_combined`: the ARR is one at which
    the sources do not leave both with the CSM.
    """

    decision: str
    net: int
    criteria: tuple[SplitCriterion, ...]
    least: str
    most: str
    decided: bool
    turning: tuple[Turn, ...]
    beyond_combined: bool


def split(org: Org, csms: Optional[Decimal], settings: Mapping) -> Split:
    """The decision for this company with so many CSMs; `settings` are the whole policy."""
    rules = settings["hiring"]["split"]
    criteria = _criteria(org, csms, settings["hiring"])
    decision, least, most = (_decision(_net(criteria, unknown), rules) for unknown in (None, AGAINST, FOR))
    return Split(decision, _net(criteria), criteria, least, most, least == most,
                 tuple(_turning(criteria, decision, rules)), org.arr >= Decimal(rules["combined_below_arr"]))


def _criteria(org: Org, csms: Optional[Decimal], rules: Mapping) -> tuple[SplitCriterion, ...]:
    least, acv_reads = rules["split"], ("median_acv", "arr", "customers")
    return (
        _one("acv", FOR, condition(acv_reads, "at_least", org.acv, Decimal(least["acv"]))),
        _renewals_slip(org, rules),
        _one("products", FOR, condition(("products",), "at_least", org.products, Decimal(least["products"]))),
        _one("sales_led", FOR, condition(("motion",), "is", org.motion, "sales_led")),
        _one("small_acv", AGAINST, condition(acv_reads, "below", org.acv, Decimal(least["acv"]))),
        _one("product_led", AGAINST, condition(("motion",), "is", org.motion, "product_led")),
        _one("small_team", AGAINST, condition(("team.csm",), "below", csms, Decimal(least["small_team_csms"]))),
        _one("founder_closes_deals", AGAINST,
             condition(("signals.founder_closes_deals",), "is", org.signals.founder_closes_deals, True)))


def _one(key: str, side: str, only: Condition) -> SplitCriterion:
    return SplitCriterion(key, side, only.met, only.value, only.threshold, (only,))


def _renewals_slip(org: Org, rules: Mapping) -> SplitCriterion:
    said, due = org.signals, org.signals.renewals_due_12m
    owned = condition(("signals.renewals_owned_by",), "is", said.renewals_owned_by, "csm")
    late = condition(("signals.renewals_late_12m", "signals.renewals_due_12m"), "at_least",
                     share(said.renewals_late_12m, due), Decimal(rules["triggers"]["renewals"]["late_ratio"]))
    lost = condition(("signals.renewals_lost_12m", "signals.renewals_due_12m"), "at_least",
                     share(said.renewals_lost_12m, due), Decimal(rules["split"]["lost_ratio"]))
    shown = lost if lost.met and not late.met else late
    return SplitCriterion("renewals_slip", FOR, all_hold((owned.met, any_holds((late.met, lost.met)))), shown.value,
                          shown.threshold, (owned, late, lost))


def _net(criteria: tuple[SplitCriterion, ...], unknown: Optional[str] = None) -> int:
    """Those met for less those met against; what is unknown speaks for the side `unknown`, None for neither."""
    return sum((1 if one.side == FOR else -1) for one in criteria
               if one.met or (one.met is None and one.side == unknown))


def _decision(net: int, rules: Mapping) -> str:
    return "split" if net >= rules["split_from"] else "hybrid" if net >= rules["hybrid_from"] else "combined"


def _turning(criteria: tuple[SplitCriterion, ...], decision: str, rules: Mapping) -> Iterator[Turn]:
    for one in criteria:
        for then in (True, False):
            if one.met is not then and one.key != "small_acv":
                other = _decision(_net(_turned(criteria, one.key, then)), rules)
                if other != decision:
                    yield Turn(one.key, one.met, then, other)


def _turned(criteria: tuple[SplitCriterion, ...], key: str, then: bool) -> tuple[SplitCriterion, ...]:
    """The criteria with one of them turned, and those with it that cannot stay as they are."""
    turned = {key: then}
    if key == "acv":
        turned["small_acv"] = not then
    if then and key in _EXCLUSIVE:
        turned[_EXCLUSIVE[key]] = False
    return tuple(one._replace(met=turned.get(one.key, one.met)) for one in criteria)
