"""How the plan changes with what it assumes: more or less growth, growth by expansion, one assumption at a time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Callable, NamedTuple, Optional

from cslib.book import Book, Tier
from cslib.cohort_checks import money
from cslib.demand import Path, paths
from cslib.months import MONTHS_IN_A_YEAR
from cslib.service_models import Service
from cslib.shortfalls import load
from cslib.staffing import Staffing, staffed
from cslib.team import LEAST_DIFFERENCE, ZERO, missing

LOW, BASE, HIGH, EXPANSION_ONLY = "low", "base", "high", "expansion_only"
LEAST_GROWTH, MOST_ATTRITION = Decimal(-1), Decimal("0.99")


class Scenario(NamedTuple):
    """The plan that one course of growth asks for. `growth_ratio` of customers, the first year's, None where not known.

    `cost` of the hires goes to the horizon, `cost_a_year_end` is that of all CSMs in its last month. The peak is the
    highest load of a tier when this growth comes while the plan for the base is carried out, without a ratio where that
    tier has nobody. None: `cost_a_year_end` where the CSMs of a tier are not known.
    """

    name: str
    growth_ratio: dict[str, Optional[Decimal]]
    customers_end: Decimal
    arr_end: Decimal
    required_end: Decimal
    hires_fte: Decimal
    moves_fte: Decimal
    cost: Decimal
    cost_a_year_end: Optional[Decimal]
    peak_load_ratio: Optional[Decimal]
    peak_tier: Optional[str]


class Swing(NamedTuple):
    """One assumption lower and higher by the policy's share: FTE hired and their cost a year, and how far apart.

    `base_fte` are those as given, in parts of posts like the others. FTE to 9 places, money to the cent, so that
    rounding is no swing.
    """

    assumption: str
    base_fte: Decimal
    low_fte: Decimal
    high_fte: Decimal
    swing_fte: Decimal
    low_cost: Decimal
    high_cost: Decimal
    swing_cost: Decimal


class Inputs(NamedTuple):
    """What a plan is made from; `settings` are the whole policy."""

    book: Book
    services: Mapping[str, Service]
    settings: Mapping


def grown(book: Book, ratio: Decimal) -> Book:
    """The book when its growth is `ratio` times as strong, where it is known; a tier that shrinks does so less."""
    return book._replace(tiers=tuple(tier._replace(
        growth=_stronger(tier.growth, ratio),
        planned_new=None if tier.planned_new is None else tier.planned_new * ratio) for tier in book.tiers))


def _stronger(growth: Optional[Decimal], ratio: Decimal) -> Optional[Decimal]:
    if growth is None or growth >= 0:
        return None if growth is None else growth * ratio
    return max(LEAST_GROWTH, growth / ratio) if ratio else LEAST_GROWTH


def by_expansion(book: Book, base: Mapping[str, Path], horizon: int) -> Book:
    """The book whose customers stand still while their ARR grows so that the horizon's ARR is that of the base."""
    now, then = (sum((path.arr[t] for path in base.values()), ZERO) for t in (0, horizon))
    still = tuple(tier._replace(growth=None if _growth_unknown(tier) else ZERO, planned_new=None)
                  for tier in book.tiers)
    return book._replace(tiers=still, arr_growth=_yearly(then / now, horizon) if now else None)


def _growth_unknown(tier: Tier) -> bool:
    return tier.growth is None and tier.planned_new is None


def _yearly(size: Decimal, horizon: int) -> Decimal:
    """The yearly rate that gives the size at a horizon of one to two years: (1 + rate)(1 + rate x), with x the part of
    the second year."""
    if horizon == MONTHS_IN_A_YEAR:
        return size - 1
    part = Decimal(horizon - MONTHS_IN_A_YEAR) / MONTHS_IN_A_YEAR
    return (((1 - part) ** 2 + 4 * part * size).sqrt() - 1 - part) / (2 * part)


def scenarios(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int) -> list[Scenario]:
    """Low, base and high growth, and the base's ARR from expansion only; the base alone where no growth is known."""
    rules = settings["coverage"]
    plan = staffed(book, services, settings, horizon)
    base = paths(book, services, settings, horizon)
    books = {BASE: book}
    if not all(map(_growth_unknown, book.tiers)):
        shares = rules["scenarios"]
        books = {LOW: grown(book, Decimal(shares["low_ratio"])), BASE: book,
                 HIGH: grown(book, Decimal(shares["high_ratio"])),
                 EXPANSION_ONLY: by_expansion(book, base, horizon)}
    return [_scenario(name, Inputs(each, services, settings), horizon, plan) for name, each in books.items()]


def _scenario(name: str, inputs: Inputs, horizon: int, base: Staffing) -> Scenario:
    own = staffed(*inputs, horizon)
    end, asked = own.months[horizon].tiers, paths(*inputs, horizon)
    rules = inputs.settings["coverage"]
    peak, tier = peak_load(base, asked, Decimal(rules["least_gap_fte"]))
    known = [(each.headcount, rules["loaded_cost"][each.tier]) for each in end]
    return Scenario(
        name, {each.tier: _first_year(each, asked[each.tier]) for each in inputs.book.tiers},
        sum((each.customers for each in end), ZERO), sum((each.arr for each in end), ZERO),
        own.months[horizon].demand_fte, sum((hire.fte for hire in own.hires), ZERO),
        sum((move.fte for move in own.moves), ZERO), sum((hire.cost for hire in own.hires), ZERO),
        None if own.unknown else sum((fte * cost for fte, cost in known), ZERO), peak, tier)


def _first_year(tier: Tier, path: Path) -> Optional[Decimal]:
    """Net growth of customers in the first year; None where it is not known or there are none."""
    if tier.planned_new is None or not tier.customers:
        return tier.growth if tier.planned_new is None else None
    return path.customers[MONTHS_IN_A_YEAR] / tier.customers - 1


def peak_load(plan: Staffing, asked: Mapping[str, Path], least_gap: Decimal) -> tuple[Optional[Decimal], Optional[str]]:
    """The highest load of a tier after today, and that tier, when these customers come to the people of a plan.

    A tier that lacks no more than `least_gap` counts only where nothing else does. A tier that lacks more and has
    nobody comes first, with no load.
    """
    found = []
    for month in plan.months[1:]:
        for row in month.tiers:
            if row.capacity_fte is not None:
                demand = asked[row.tier].demand[month.t]
                lacking, ratio = missing(demand, row.capacity_fte), load(demand, row.capacity_fte)
                if ratio is not None or lacking > least_gap:
                    found.append((not 0 < lacking <= least_gap, ratio is None, ratio or lacking, ratio, row.tier))
    return max(found, key=lambda each: each[:3], default=(None, None))[-2:]


def swings(book: Book, services: Mapping[str, Service], settings: Mapping, horizon: int) -> list[Swing]:
    """The assumptions that move the hires or their cost, one at a time, the one that moves the most FTE first.

    Parts of a post are hired for any gap, so that a step does not hide or blow up what an assumption does.
    """
    inputs, share = Inputs(book, services, settings), Decimal(settings["coverage"]["swing_ratio"])
    found, (base_fte, _) = [], _hired(inputs, horizon)
    for assumption, changed in _CHANGES.items():
        (low_fte, low_cost), (high_fte, high_cost) = (
            _hired(changed(inputs, factor), horizon) for factor in (1 - share, 1 + share))
        found.append(Swing(assumption, base_fte, low_fte, high_fte, abs(high_fte - low_fte), low_cost, high_cost,
                           abs(high_cost - low_cost)))
    return sorted((swing for swing in found if swing.swing_fte or swing.swing_cost),
                  key=lambda swing: (-swing.swing_fte, -swing.swing_cost))


def _hired(inputs: Inputs, horizon: int) -> tuple[Decimal, Decimal]:
    hires = staffed(*inputs, horizon, whole_posts=False).hires
    return (sum((hire.fte for hire in hires), ZERO).quantize(LEAST_DIFFERENCE),
            money(sum((hire.cost_a_year for hire in hires), ZERO)))


def _with_rules(inputs: Inputs, **changed: object) -> Inputs:
    rules = {**inputs.settings["coverage"], **changed}
    return inputs._replace(settings={**inputs.settings, "coverage": rules})


def _with_services(inputs: Inputs, *fields: str, factor: Decimal) -> Inputs:
    return inputs._replace(services={
        tier: service._replace(**{field: getattr(service, field) * factor for field in fields})
        for tier, service in inputs.services.items()})


def _hours(inputs: Inputs, factor: Decimal) -> Inputs:
    return _with_services(inputs, "hours_per_account", "onboarding_hours", factor=factor)


def _caps(inputs: Inputs, factor: Decimal) -> Inputs:
    return _with_services(inputs, "account_cap", factor=factor)


def _year(inputs: Inputs, factor: Decimal) -> Inputs:
    """All hours of the year, so that the delivered ones change by the factor and no share leaves its bounds."""
    year = inputs.settings["coverage"]["working_year"]
    return _with_rules(inputs, working_year={
        key: value * factor if key.endswith("_hours") else value for key, value in year.items()})


def _growth(inputs: Inputs, factor: Decimal) -> Inputs:
    return inputs._replace(book=grown(inputs.book, factor))


def _churn(inputs: Inputs, factor: Decimal) -> Inputs:
    return inputs._replace(book=inputs.book._replace(tiers=tuple(
        tier._replace(churn=None if tier.churn is None else min(Decimal(1), tier.churn * factor))
        for tier in inputs.book.tiers)))


def _attrition(inputs: Inputs, factor: Decimal) -> Inputs:
    return _with_rules(inputs, attrition_ratio=min(
        MOST_ATTRITION, inputs.settings["coverage"]["attrition_ratio"] * factor))


def _ramp(inputs: Inputs, factor: Decimal) -> Inputs:
    return _with_rules(inputs, ramp={tier: {key: months * factor for key, months in ramp.items()}
                                     for tier, ramp in inputs.settings["coverage"]["ramp"].items()})


def _lead(inputs: Inputs, factor: Decimal) -> Inputs:
    days = inputs.settings["coverage"]["lead_days"] * factor
    return _with_rules(inputs, lead_days=int(days.to_integral_value(ROUND_HALF_UP)))


def _cost(inputs: Inputs, factor: Decimal) -> Inputs:
    return _with_rules(inputs, loaded_cost={
        role: cost * factor for role, cost in inputs.settings["coverage"]["loaded_cost"].items()})


def _headroom(inputs: Inputs, factor: Decimal) -> Inputs:
    headroom = inputs.settings["coverage"]["headroom"]
    ratio = headroom["ratio"] * factor
    return _with_rules(inputs, headroom={
        **headroom, "ratio": min(Decimal(1), ratio) if headroom["by"] == "utilisation" else ratio})


_CHANGES: Mapping[str, Callable[[Inputs, Decimal], Inputs]] = {
    "hours_per_account": _hours, "working_year": _year, "account_caps": _caps, "growth": _growth, "churn": _churn,
    "attrition": _attrition, "ramp": _ramp, "lead_days": _lead, "loaded_cost": _cost, "headroom": _headroom}
