"""book.json as records: customers, ARR and CSMs of every tier on one day. None is unknown, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional, TypeVar

from cslib.cohort_checks import money
from cslib.months import day_of, month_index, month_name, month_of
from cslib.refusal import Fault, Refusal
from cslib.tiering import FOUR_TIER, THREE_TOUCH, TIERS

ZERO = Decimal(0)
FARTHEST_MONTHS = 24
SAME_FTE = Decimal("0.005")
_PRESETS = (FOUR_TIER, THREE_TOUCH)
_BY_TIER = ("annual_growth_ratio", "annual_churn_ratio")

Months = TypeVar("Months", int, Optional[Decimal])


class Person(NamedTuple):
    """Who works in a tier for so many months, together. None: tenure unknown, taken as fully ramped."""

    fte: Decimal
    months_in_seat: Optional[Decimal]


class Joining(NamedTuple):
    """Who has signed and starts the day after state `month`, together: 0 in the book's month and the next."""

    fte: Decimal
    month: int


class Tier(NamedTuple):
    """One tier. `arr` to the cent; `csms` are the FTE of `people`, joiners not among them.

    `planned_new` customers a quarter; `growth` net, of customers, a year; `churn` of customers, a year;
    `hours_per_account` measured, a year, with reactive time, onboarding and complexity in it.
    """

    tier: str
    customers: int
    arr: Decimal
    csms: Optional[Decimal]
    people: tuple[Person, ...]
    joining: tuple[Joining, ...]
    planned_new: Optional[Decimal]
    growth: Optional[Decimal]
    churn: Optional[Decimal]
    hours_per_account: Optional[Decimal]
    model: Optional[str]

    @property
    def arr_per_customer(self) -> Optional[Decimal]:
        """ARR by customer, None where there is none."""
        return self.arr / self.customers if self.customers else None


class Book(NamedTuple):
    """Every tier of one preset, top first. `left_out`: those of which the document says nothing, so 0 customers.

    `arr_growth` of ARR per customer, a year; `escalations` to the founders, a week; `tenure_unknown`: tiers with CSMs
    who are not listed one by one.
    """

    as_of: date
    currency: Optional[str]
    stage: Optional[str]
    preset: str
    tiers: tuple[Tier, ...]
    left_out: tuple[str, ...]
    arr_growth: Optional[Decimal]
    managers: Optional[Decimal]
    escalations: Optional[Decimal]
    tenure_unknown: tuple[str, ...]


def read(document: dict, source: str) -> Book:
    """The records of a document that its schema accepts.

    Refused, all at once: a day that does not exist, customers without ARR and the reverse, no customers at all, tiers
    of two presets, people who do not add up to the CSMs of their tier, people, joiners or rates of a tier of the other
    preset, a joiner who has started or starts in more than two years, no hours for customers.
    """
    faults = list(_faults(document))
    if faults:
        raise Refusal(source, faults)
    as_of, said = day_of(document["as_of"]), document["tiers"]
    preset, = _presets(said)
    people, joining = document.get("people") or (), document.get("joining") or ()
    tiers = tuple(_tier(tier, document, [row for row in people if row["tier"] == tier], bool(people),
                        tuple(Joining(fte, month) for month, fte in _together(
                            (max(0, _months_ahead(row["start"], as_of) - 1), row)
                            for row in joining if row["tier"] == tier))) for tier in TIERS[preset])
    return Book(as_of, document.get("currency"), document.get("stage"), preset, tiers,
                tuple(tier for tier in TIERS[preset] if tier not in said),
                _known(document.get("arr_per_customer_growth_ratio")), _known(document.get("managers")),
                _known(document.get("founder_escalations_per_week")),
                tuple(one.tier for one in tiers for person in one.people if person.months_in_seat is None))


def _tier(tier: str, document: dict, listed: Sequence[dict], team_is_listed: bool,
          joining: tuple[Joining, ...]) -> Tier:
    row = document["tiers"].get(tier, {})
    get, customers = row.get, row.get("customers", 0)
    people = tuple(Person(fte, months) for months, fte in _together(
        (_known(one.get("months_in_seat")), one) for one in listed))
    csms = _total(listed) if listed else _known(get("csms"))
    if csms is None and (team_is_listed or not customers):
        csms = ZERO
    if csms and not people:
        people = (Person(csms, None),)
    growth, churn = (_of_tier(document.get(key), tier) for key in _BY_TIER)
    return Tier(tier, customers, money(row.get("arr", 0)) + ZERO, csms, people, joining,
                _known(get("planned_new_customers")), growth, churn, _known(get("hours_per_account")), get("model"))


def _together(rows: Iterable[tuple[Months, dict]]) -> Iterable[tuple[Months, Decimal]]:
    """The FTE of the rows that share a month, so that no later sum grows with the number of people."""
    sums: dict[Months, Decimal] = {}
    for month, row in rows:
        sums[month] = sums.get(month, ZERO) + _amount(row["fte"])
    return sums.items()


def _of_tier(rate: object, tier: str) -> Optional[Decimal]:
    """A rate of all customers, or that of the tier where it is said by tier."""
    return _known(rate.get(tier) if isinstance(rate, dict) else rate)


def _known(value: object) -> Optional[Decimal]:
    return None if value is None else _amount(value)


def _amount(value: object) -> Decimal:
    """To 28 digits, without the sign of a zero."""
    return Decimal(str(value)) + ZERO


def _total(rows: Iterable[dict]) -> Decimal:
    return sum((_amount(row["fte"]) for row in rows), ZERO)


def _months_ahead(month: str, as_of: date) -> int:
    return month_of(month) - month_index(as_of)


def _presets(tiers: Iterable[str]) -> list[str]:
    """The presets to which tiers belong."""
    return [preset for preset in _PRESETS if not set(TIERS[preset]).isdisjoint(tiers)]


def _faults(document: dict) -> Iterator[Fault]:
    tiers, as_of = document["tiers"], day_of(document["as_of"])
    if as_of is None:
        yield Fault("impossible date", "as_of", "a day of this era that exists", document["as_of"])
    presets = _presets(tiers)
    if len(presets) > 1:
        few, many = sorted(([key for key in tiers if key in TIERS[preset]] for preset in presets), key=len)
        yield Fault("tiers of two presets", "tiers", f"tiers of one preset: {', '.join(TIERS[FOUR_TIER])}; or "
                    f"{', '.join(TIERS[THREE_TOUCH])}", f"{', '.join(few)} beside {', '.join(many)}",
                    f"take out {', '.join(few)}, or keep nothing else")
    for tier, row in tiers.items():
        yield from _tier_faults(f"tiers.{tier}", row)
    if not any(row["customers"] or money(row["arr"]) for row in tiers.values()):
        yield Fault("no customers", "tiers", "at least one tier with customers and their ARR",
                    "0 customers in all" if tiers else "no tier")
    if len(presets) == 1:
        yield from _team_faults(document, TIERS[presets[0]])
    if as_of is not None:
        yield from _start_faults(document.get("joining") or (), as_of)


def _tier_faults(place: str, row: dict) -> Iterator[Fault]:
    customers, arr = row["customers"], money(row["arr"])
    if customers and not arr:
        yield Fault("customers without ARR", f"{place}.arr", f"above 0 where customers is {customers}",
                    str(row["arr"]), "write the ARR that is missing; if they pay nothing, leave them out of customers")
    if arr and not customers:
        yield Fault("ARR without customers", f"{place}.customers", f"above 0 where arr is {row['arr']}", "0",
                    "write how many customers are missing; if there are none, write arr 0")
    hours = row.get("hours_per_account")
    if customers and hours is not None and not hours:
        yield Fault("no hours", f"{place}.hours_per_account", "hours a year above 0 for an account", "0",
                    "leave it out where hours are not measured")


def _team_faults(document: Mapping, preset: Sequence[str]) -> Iterator[Fault]:
    """Who does not add up, and who or what belongs to a tier of the other preset."""
    known, people = ", ".join(preset), document.get("people") or ()
    for form in ("people", "joining"):
        for index, row in enumerate(document.get(form) or ()):
            if row["tier"] not in preset:
                yield Fault("tier of the other preset", f"{form}[{index}].tier", f"one of {known}, as in tiers",
                            row["tier"])
    for key in _BY_TIER:
        rates = document.get(key)
        for tier in rates if isinstance(rates, dict) else ():
            if tier not in preset:
                yield Fault("tier of the other preset", f"{key}.{tier}", f"one of {known}, as in tiers", tier)
    for tier, row in document["tiers"].items():
        csms, listed = _known(row.get("csms")), [one for one in people if one["tier"] == tier]
        if csms is not None and listed and abs(_total(listed) - csms) > SAME_FTE:
            yield Fault("people do not add up", f"tiers.{tier}.csms", f"{_total(listed)}, the FTE of people in {tier}",
                        str(row["csms"]), "leave csms out where people are listed, or list all of them; who has not "
                        "started belongs under joining and does not count in csms")


def _start_faults(joining: Sequence[dict], as_of: date) -> Iterator[Fault]:
    first = month_index(as_of)
    for index, row in enumerate(joining):
        ahead = _months_ahead(row["start"], as_of)
        if not 0 <= ahead <= FARTHEST_MONTHS:
            yield Fault("already started" if ahead < 0 else "too far ahead", f"joining[{index}].start ({row['tier']})",
                        f"a month from {month_name(first)} to {month_name(first + FARTHEST_MONTHS)}", row["start"],
                        "who has started belongs under people" if ahead < 0 else
                        "leave out who starts later than the plan can reach")
