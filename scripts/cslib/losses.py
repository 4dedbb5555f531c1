"""Why customers left: churn events read, their codes mapped to the churn reasons, and each loss explained by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Callable, NamedTuple, Optional

from cslib import cells, figures, register, styles
from cslib.asides import Asides
from cslib.cohorts import REASONS, UNKNOWN, ZERO
from cslib.columns import Reading
from cslib.faults import Faults
from cslib.months import month_end
from cslib.question import Question, Way
from cslib.reason_codes import ALL_OTHERS, ASKED_IN_ORDER, flag_of, plain, proposal
from cslib.styles import Style
from cslib.tables import Table

NEAREST_DAYS = 90
MOST_SPELLED_OUT = 12
LONGEST_CODE = 80
_LONGEST_FLAG = 850
_LONGEST_SHOWN = 18
_DAYS_OF_EVENTS = ("date", "end", "month")


class Event(NamedTuple):
    """What an export says of one departure: its day (None where it has none) and its code (empty where it has none)."""

    customer: str
    day: Optional[date]
    code: str


class Code(NamedTuple):
    """A code that nobody has mapped: its events, and the lost customers with their ARR that it would explain."""

    code: str
    events: int
    customers: int
    arr: Decimal


class Explained(NamedTuple):
    """Lost customers by what the events say of them; the four counts add up to all of them.

    `reasons` holds a reason for each of the `matched`: an event near the loss that says something. `silent` have one
    near that says nothing, `far` have events but none near, `without` have none.
    """

    reasons: Mapping[str, str]
    matched: int
    silent: int
    far: int
    without: int


class Coverage(NamedTuple):
    """How much of what was lost an event explains, and how much of that has a reason other than `unknown`.

    The ratios are of all lost customers and of all lost ARR; None where nothing was lost.
    """

    customers: int
    matched_customers: int
    coded_customers: int
    arr: Decimal
    matched_arr: Decimal
    coded_arr: Decimal
    matched_customers_ratio: Optional[Decimal]
    matched_arr_ratio: Optional[Decimal]
    coded_arr_ratio: Optional[Decimal]


def read(table: Table, reading: Reading, style: Style, asides: Asides,
         found: Callable[[str], Optional[str]]) -> list[Event]:
    """The events of a table: its rows if it is one of churn events, else its rows that give a reason.

    A month stands for its last day. Set aside: `no_customer`, `total`, `unknown_customer` (one that `found` does not
    know). Refused, all at once: what stands for a day and is none.
    """
    columns = {name: role.column for name, role in reading.roles.items()}
    who, why = columns["customer"], columns.get("reason")
    when = next((columns[name] for name in _DAYS_OF_EVENTS if name in columns), None)
    order = None if when is None else styles.order_of(style, when)
    faults = Faults(table.name, table.header)
    codes: dict[str, str] = {}
    events = []
    for row in table.rows(asides):
        code = "" if why is None else _code(row[why])
        if not code and reading.kind != "churn":
            continue
        customer = found(row[who])
        if customer is None:
            asides.add("no_customer" if cells.nothing(row[who]) else
                       "total" if register.is_total(row[who]) else "unknown_customer", table.line)
            continue
        day = None
        if when is not None and not cells.nothing(row[when]):
            day = _day(row[when], order)
            if day is None:
                faults.add("not a date", table.line, "a date such as 2024-03-31, or nothing", row[when], when)
            elif day.year == cells.FOR_EVER:
                day = None
        events.append(Event(customer, day, codes.setdefault(code, code)))
    faults.settle()
    return events


def _code(written: str) -> str:
    return "" if cells.nothing(written) else cells.words(cells.unwrapped(written), LONGEST_CODE)


def _day(written: str, order: Optional[str]) -> Optional[date]:
    day = cells.day(written, order)
    if day is not None:
        return day
    month = cells.month(written, order)
    return None if month is None else month_end(month)


def mapped(codes: Iterable[str], said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The reason of each code, and the codes without one. What was said goes first, then codes that are reasons.

    Case, blanks and hyphens make no difference; what was said of `*` holds for all others.
    """
    alike = {plain(code): reason for code, reason in said.items()}
    reasons: dict[str, str] = {}
    unmapped: list[str] = []
    for code in sorted(set(codes) - {""}):
        spelling = plain(code)
        reason = said.get(code) or alike.get(spelling) or (spelling if spelling in REASONS else said.get(ALL_OTHERS))
        if reason:
            reasons[code] = reason
        else:
            unmapped.append(code)
    return reasons, unmapped


def astray(codes: Iterable[str], said: Mapping[str, str]) -> str:
    """The first code that something is said of and that no event has; empty when there is none."""
    known = {plain(code) for code in codes}
    return next((code for code in said if code != ALL_OTHERS and plain(code) not in known), "")


def weighed(unmapped: Iterable[str], events: Sequence[Event], lost: Mapping[str, tuple[date, date]],
            lost_arr: Mapping[str, Decimal], reasons: Mapping[str, str]) -> list[Code]:
    """The unmapped codes by the lost ARR that they would explain, the most first; spellings of one code together.

    `lost_arr` has the ARR of every lost customer; `reasons` are those of the mapped codes.
    """
    spellings: dict[str, list[str]] = {}
    for code in sorted(set(unmapped)):
        spellings.setdefault(plain(code), []).append(code)
    chosen = _nearest(lost, events, lambda code: reasons.get(code) or proposal(code))
    counted = Counter(event.code for event in events)
    customers = Counter(code for code in chosen.values() if code)
    arr = dict.fromkeys(customers, ZERO)
    for customer, code in chosen.items():
        if code:
            arr[code] += lost_arr[customer]
    rows = [Code(max(codes, key=lambda code: counted[code]), sum(counted[code] for code in codes),
                 sum(customers[code] for code in codes), sum((arr.get(code, ZERO) for code in codes), ZERO))
            for codes in spellings.values()]
    return sorted(rows, key=lambda row: (-row.arr, -row.customers, -row.events, row.code))


def question(codes: Sequence[Code]) -> Question:
    """One question for all codes, answered by one set of flags that a shell takes as it stands.

    Twelve at most are spelled out, fewer when they are long; the others are proposed as unknown.
    """
    rest = " " + flag_of(ALL_OTHERS, UNKNOWN)
    reasons: dict[str, str] = {}
    flag = ""
    for row in codes[:MOST_SPELLED_OUT]:
        reason = proposal(row.code)
        longer = f"{flag} {flag_of(row.code, reason)}".strip()
        if reasons and len(longer) + len(rest) > _LONGEST_FLAG:
            break
        flag, reasons[row.code] = longer, reason
    shown, others = codes[:len(reasons)], codes[len(reasons):]
    asked = f"Which churn reason is each of {figures.count(len(codes), 'code')} (events, ARR explained)? "
    asked += ", ".join(f"{figures.neutral(row.code, _LONGEST_SHOWN)} {_weight(row.events, row.arr)}" for row in shown)
    meaning = f"proposed by the words of the codes; change what is wrong ({' '.join(REASONS)})"
    if others:
        weight = _weight(sum(row.events for row in others), sum((row.arr for row in others), ZERO))
        asked += f"; {figures.count(len(others), 'other')} {weight}"
        meaning += "; * is every other code"
        flag, reasons[ALL_OTHERS] = flag + rest, UNKNOWN
    return Question(asked, (Way(flag, meaning, {"reasons": reasons}),))


def _weight(events: int, arr: Decimal) -> str:
    return f"({figures.whole(events)}, {figures.short_money(arr)})"


def explained(lost: Mapping[str, tuple[date, date]], events: Iterable[Event],
              reasons: Mapping[str, str]) -> Explained:
    """Each lost customer with the reason of its nearest event within 90 days of its loss.

    `lost` gives the first and the last day on which the loss can have happened. Of events as near the later counts, of
    those of one day the reason that is asked for first. An event without a day counts only if it is the customer's only
    one. A code that is not mapped is unknown.
    """
    chosen = _nearest(lost, events, lambda code: reasons.get(code, UNKNOWN))
    named = {customer: reasons.get(code, UNKNOWN) for customer, code in chosen.items() if code}
    silent = sum(1 for code in chosen.values() if code == "")
    far = sum(1 for code in chosen.values() if code is None)
    return Explained(named, len(named), silent, far, len(lost) - len(chosen))


def coverage(found: Explained, lost_arr: Mapping[str, Decimal]) -> Coverage:
    """What the events explain of the ARR that each lost customer took along."""
    matched = [customer for customer in lost_arr if customer in found.reasons]
    coded = [customer for customer in matched if found.reasons[customer] != UNKNOWN]
    arr, matched_arr, coded_arr = (sum((lost_arr[customer] for customer in customers), ZERO)
                                   for customers in (lost_arr, matched, coded))
    return Coverage(len(lost_arr), len(matched), len(coded), arr, matched_arr, coded_arr,
                    Decimal(len(matched)) / len(lost_arr) if lost_arr else None,
                    matched_arr / arr if arr else None, coded_arr / arr if arr else None)


def _nearest(lost: Mapping[str, tuple[date, date]], events: Iterable[Event],
             reason_of: Callable[[str], str]) -> dict[str, Optional[str]]:
    """The code of the event that explains a loss, empty when it says nothing, None when all are far; by customer."""
    said: dict[str, set[tuple[Optional[date], str]]] = {}
    for event in events:
        if event.customer in lost and (event.day or event.code):
            said.setdefault(event.customer, set()).add((event.day, event.code))
    return {customer: _explaining(said[customer], window, reason_of) for customer, window in lost.items()
            if customer in said}


def _explaining(said: set[tuple[Optional[date], str]], window: tuple[date, date],
                reason_of: Callable[[str], str]) -> Optional[str]:
    if len(said) == 1:
        (day, code), = said
        if day is None:
            return code
    near = [((not code, _days_between(day, window), -day.toordinal()), code) for day, code in said
            if day and _days_between(day, window) <= NEAREST_DAYS]
    first = min((place for place, _ in near), default=None)
    codes = [code for place, code in near if place == first]
    if len(codes) > 1:
        return min(codes, key=lambda code: (ASKED_IN_ORDER.index(reason_of(code)), code))
    return codes[0] if codes else None


def _days_between(day: date, window: tuple[date, date]) -> int:
    return max((window[0] - day).days, (day - window[1]).days, 0)
