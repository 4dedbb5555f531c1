"""org.json as records: a company, its CS people by role, what is observed, what fails. None is unknown, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.cohort_checks import money
from cslib.months import MONTHS_IN_A_YEAR, day_of, month_index, month_name
from cslib.refusal import Fault, Refusal

ZERO = Decimal(0)
FARTHEST_MONTHS = 24
LEAST_EVIDENCE = 10
ROLES = ("csm", "support", "implementation", "cs_manager", "cs_ops", "renewals", "account_manager",
         "customer_marketing", "director_vp", "cco")
LEADS = ("cs_manager", "director_vp")
OUTCOMES = ("tickets_answered", "onboarding", "adoption", "sponsor_contact", "renewals_on_time", "expansion",
            "risk_seen_early", "one_way_of_working", "references", "team_leadership", "voice_in_leadership")
_OF_LEADS = ("promoted_from_csm", "trained_to_lead")
_OPTIONAL = ("currency", "stage", "staff", "median_acv", "motion", "products", "annual_growth_ratio",
             "annual_arr_growth_ratio")
_SAYS_NOT_WHAT = {"", "yes", "y", "true", "ok", "done", "no", "n", "false", "nothing", "nothing yet", "none", "null",
                  "n/a", "na", "unknown", "tbd", "-", "?"}


class Seat(NamedTuple):
    """Somebody in a role. `delivered` says what, where something was; the two of LEADS are None elsewhere."""

    role: str
    fte: Decimal
    months_in_seat: Optional[Decimal]
    has_delivered: Optional[bool]
    delivered: Optional[str]
    promoted_from_csm: Optional[bool]
    trained_to_lead: Optional[bool]


class Post(NamedTuple):
    """Approved and not started. Who has signed starts the day after state `month`, as in `book.Joining`; None: nobody.

    State 0 is the org's day: 0 is a start in its month or the next, 1 in the month after that.
    """

    role: str
    fte: Decimal
    month: Optional[int]


class Failing(NamedTuple):
    """A customer outcome that is not delivered, what shows it, and the ARR that hangs on it. Outcomes may overlap."""

    outcome: str
    evidence: str
    arr_at_risk: Optional[Decimal]


class Signals(NamedTuple):
    """What is observed. Ratios of working time; days in the median; renewals of the last or next twelve months."""

    founder_customer_time_ratio: Optional[Decimal]
    founder_closes_deals: Optional[bool]
    playbook_written: Optional[bool]
    tickets_per_month: Optional[Decimal]
    tickets_answered_by: Optional[str]
    csm_admin_time_ratio: Optional[Decimal]
    onboarding_days: Optional[Decimal]
    onboarding_backlog: Optional[Decimal]
    onboarded_per_month: Optional[Decimal]
    renewals_due_12m: Optional[Decimal]
    renewals_late_12m: Optional[Decimal]
    renewals_lost_12m: Optional[Decimal]
    renewals_owned_by: Optional[str]
    expansion_closed_by: Optional[str]
    escalations_per_week: Optional[Decimal]
    public_references: Optional[Decimal]
    customer_marketing_reports_to: Optional[str]


class Org(NamedTuple):
    """A company on one day. `growth` net, of customers, and `arr_growth` of ARR, both a year; ARR to the cent.

    `team` has every one of ROLES: an empty tuple is nobody, None unknown. `unknown` are the keys without a value, in
    the order of the schema, such as `signals.onboarding_days`; rows of people are not searched for them.
    """

    as_of: date
    currency: Optional[str]
    stage: Optional[str]
    staff: Optional[int]
    customers: int
    arr: Decimal
    median_acv: Optional[Decimal]
    motion: Optional[str]
    products: Optional[int]
    growth: Optional[Decimal]
    arr_growth: Optional[Decimal]
    team: dict[str, Optional[tuple[Seat, ...]]]
    posts: tuple[Post, ...]
    signals: Signals
    failing: tuple[Failing, ...]
    unknown: tuple[str, ...]

    def people(self, role: str) -> Optional[Decimal]:
        """The FTE present in a role, open posts not among them; None unknown."""
        seats = self.team[role]
        return None if seats is None else sum((seat.fte for seat in seats), ZERO)

    def in_seat(self, role: str) -> Optional[Decimal]:
        """The longest months in seat that are known; None where nobody is there or none are known."""
        return max((seat.months_in_seat for seat in self.team[role] or () if seat.months_in_seat is not None),
                   default=None)

    def has_delivered(self, role: str) -> Optional[bool]:
        """Whether anybody in a role has delivered; None where that may be, or nobody is there."""
        said = [seat.has_delivered for seat in self.team[role] or ()]
        return True if True in said else None if None in said or not said else False

    @property
    def acv(self) -> Optional[Decimal]:
        """ARR of a customer: the median, else the mean, None without customers."""
        if self.median_acv is not None:
            return self.median_acv
        return self.arr / self.customers if self.customers else None


def read(document: dict, source: str) -> Org:
    """The records of a document that its schema accepts.

    Refused, all at once: a day that does not exist, ARR without customers (the reverse are pilots), a median or ARR at
    risk above the whole, nobody's FTE, a delivery that is not said, keys of LEADS elsewhere, a start that has passed
    or is more than two years ahead, more late or lost renewals than were due, an outcome twice or without evidence.
    """
    faults = list(_faults(document))
    if faults:
        raise Refusal(source, faults)
    get, team, as_of = document.get, document["team"], day_of(document["as_of"])
    signals = get("signals") or {}
    return Org(
        as_of, get("currency"), get("stage"), get("staff"), document["customers"], money(document["arr"]) + ZERO,
        _money(get("median_acv")), get("motion"), get("products"), _exact(get("annual_growth_ratio")),
        _exact(get("annual_arr_growth_ratio")), {role: _seats(role, team.get(role, ())) for role in ROLES},
        tuple(Post(row["role"], _exact(row["fte"]), _state(row.get("start"), as_of))
              for row in get("open_posts") or ()),
        Signals(**{key: _exact(signals.get(key)) for key in Signals._fields}),
        tuple(Failing(row["outcome"], row["evidence"].strip(), _money(row.get("arr_at_risk")))
              for row in get("failing_outcomes") or ()),
        (*(key for key in _OPTIONAL if get(key) is None),
         *(f"team.{role}" for role in ROLES if team.get(role, ()) is None),
         *(f"signals.{key}" for key in Signals._fields if signals.get(key) is None)))


def _seats(role: str, rows: Optional[Sequence[Mapping]]) -> Optional[tuple[Seat, ...]]:
    return None if rows is None else tuple(
        Seat(role, _exact(row["fte"]), _exact(row.get("months_in_seat")), *_delivered(row.get("delivered")),
             *(row.get(key) for key in _OF_LEADS)) for row in rows)


def _delivered(said: object) -> tuple[Optional[bool], Optional[str]]:
    return (True, said.strip()) if isinstance(said, str) else (said, None)


def _exact(value: Any) -> Any:
    """A number to 28 digits, without the sign of a zero; a word, an answer and null as they are."""
    return value if value is None or isinstance(value, (bool, str)) else Decimal(str(value)) + ZERO


def _money(value: object) -> Optional[Decimal]:
    return None if value is None else money(value) + ZERO


def _state(start: Optional[str], as_of: date) -> Optional[int]:
    return None if start is None else max(0, _months_ahead(start, as_of) - 1)


def _months_ahead(month: str, as_of: date) -> int:
    return int(month[:4]) * MONTHS_IN_A_YEAR + int(month[5:]) - 1 - month_index(as_of)


def _faults(document: Mapping) -> Iterator[Fault]:
    as_of, arr, median = day_of(document["as_of"]), money(document["arr"]), _money(document.get("median_acv"))
    if as_of is None:
        yield Fault("impossible date", "as_of", "a day of this era that exists", document["as_of"])
    if arr and not document["customers"]:
        yield Fault("ARR without customers", "customers", f"above 0 where arr is {document['arr']}", "0",
                    "write how many customers are missing; if there are none, write arr 0")
    if median is not None and document["customers"] and median > arr:
        yield Fault("more than the whole", "median_acv", f"up to {document['arr']}, the arr of all customers",
                    str(document["median_acv"]), "it is the ARR of the customer in the middle")
    for role, rows in document["team"].items():
        for index, row in enumerate(rows or ()):
            yield from _seat_faults(role, f"team.{role}[{index}]", row)
    for index, row in enumerate(document.get("open_posts") or ()):
        yield from _post_faults(f"open_posts[{index}]", row, as_of)
    yield from _renewal_faults(document.get("signals") or {})
    yield from _outcome_faults(document.get("failing_outcomes") or (), arr)


def _seat_faults(role: str, place: str, row: Mapping) -> Iterator[Fault]:
    yield from _nobody(place, row)
    said = row.get("delivered")
    if said is True or (isinstance(said, str) and said.strip().rstrip(".!").casefold() in _SAYS_NOT_WHAT):
        yield Fault("says not what", f"{place}.delivered", "what was delivered, in a few words",
                    "true" if said is True else f'"{said}"',
                    "say what, in a few words; false when nothing yet, null when it is not known")
    for key in _OF_LEADS:
        if row.get(key) is not None and role not in LEADS:
            yield Fault("key of another role", f"{place}.{key}", f"only in rows of {' and '.join(LEADS)}",
                        str(row[key]).lower(), "leave it out here")


def _nobody(place: str, row: Mapping) -> Iterator[Fault]:
    if not row["fte"]:
        yield Fault("nobody", f"{place}.fte", "above 0", "0", "leave the row out")


def _post_faults(place: str, row: Mapping, as_of: Optional[date]) -> Iterator[Fault]:
    yield from _nobody(place, row)
    if row.get("start") is None or as_of is None:
        return
    ahead, first = _months_ahead(row["start"], as_of), month_index(as_of)
    if not 0 <= ahead <= FARTHEST_MONTHS:
        yield Fault("already started" if ahead < 0 else "too far ahead", f"{place}.start ({row['role']})",
                    f"a month from {month_name(first)} to {month_name(first + FARTHEST_MONTHS)}", row["start"],
                    f"who has started belongs under team.{row['role']}" if ahead < 0 else
                    "leave out who starts later than the order can reach")


def _renewal_faults(signals: Mapping) -> Iterator[Fault]:
    due = signals.get("renewals_due_12m")
    for key in ("renewals_late_12m", "renewals_lost_12m"):
        if due is not None and signals.get(key) is not None and signals[key] > due:
            yield Fault("more than were due", f"signals.{key}", f"up to {due}, renewals_due_12m", str(signals[key]))


def _outcome_faults(rows: Sequence[Mapping], arr: Decimal) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        place, outcome, at_risk = f"failing_outcomes[{index}]", row["outcome"], _money(row.get("arr_at_risk"))
        if outcome in seen:
            yield Fault("given twice", f"{place}.outcome", "every outcome once", outcome, "join the two rows")
        seen.add(outcome)
        if len(row["evidence"].strip()) < LEAST_EVIDENCE:
            yield Fault("no evidence", f"{place}.evidence ({outcome})",
                        f"what shows it, in at least {LEAST_EVIDENCE} characters", f'"{row["evidence"]}"')
        if at_risk is not None and at_risk > arr:
            yield Fault("more than the whole", f"{place}.arr_at_risk ({outcome})",
                        f"up to {arr}, the arr of all customers", str(row["arr_at_risk"]))
