"""Where ARR leaves: the largest leaks, the weakest part of the book, and the accounts behind them."""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple, Optional

from cslib.cohort_checks import CENT
from cslib.cohorts import REASONS, UNKNOWN, ZERO, Account, Book, Part
from cslib.retention import Retained, added, rolled_up

CONTRACTION = "contraction"
LEAKS = 3


class Movers(NamedTuple):
    """Accounts lost, shrunk and grown, the largest first."""

    lost: tuple[Account, ...]
    shrunk: tuple[Account, ...]
    grown: tuple[Account, ...]


class Leak(NamedTuple):
    """One part of all ARR lost. `where` is `segment`, `size`, `elsewhere` (the rest of a cause) or None (everywhere).

    `customers` is None where their number is not known. `accounts` are those behind it, the largest first; empty where
    only totals are known. The three years' gross profit counts the book's own GRR.
    """

    cause: str
    where: Optional[str]
    place: Optional[str]
    arr: Decimal
    customers: Optional[int]
    share_ratio: Decimal
    gross_profit_a_year: Decimal
    gross_profit_three_years: Decimal
    accounts: tuple[Account, ...]


class Weakest(NamedTuple):
    """The segment or size that lost most beyond what it would have lost at the rate of the rest of the book."""

    where: str
    place: str
    lost_arr: Decimal
    excess_arr: Decimal
    grr_ratio: Decimal
    rest_grr_ratio: Decimal


def leaks(book: Book, overall: Retained, settings: dict) -> list[Leak]:
    """The three largest of the parts into which all lost ARR falls: a cause, narrowed to where most of it is."""
    margin, total = settings["gross_margin_ratio"], overall.lost_arr
    kept = overall.annual.grr_ratio
    years = 1 + kept + kept * kept if total else ZERO
    found = []
    for cause, where, place, inside in _cells(book.parts, settings["leak_majority_ratio"]):
        movement = added(part.movement for part in inside)
        arr = movement.contraction_arr if cause == CONTRACTION else movement.churned_arr
        customers = movement.contracted_customers if cause == CONTRACTION else movement.churned_customers
        if arr:
            found.append((arr, cause, where, place, customers or None, inside))
    found.sort(key=lambda cell: (-cell[0], cell[1], cell[3] or ""))
    return [Leak(cause, where, place, arr, customers, arr / total, arr * margin, arr * margin * years,
                 _behind(cause, inside))
            for arr, cause, where, place, customers, inside in found[:LEAKS]]


def _cells(parts: list[Part], majority: Decimal) -> list[tuple]:
    """(cause, where, place, parts) that together hold all lost ARR once. Losses of unknown reason stand by place."""
    cells: list[tuple] = []
    for cause in (CONTRACTION, *REASONS):
        inside = [p for p in parts if (p.movement.contraction_arr if cause == CONTRACTION else p.reason == cause)]
        where = _division(inside, parts)
        if where:
            cells += _placed(cause, where, inside, majority)
        elif inside:
            cells.append((cause, None, None, inside))
    return cells


def _division(inside: list[Part], parts: list[Part]) -> Optional[str]:
    """`segment`, else `size`: the first that divides the book and is known of a part inside; None where neither is."""
    for where in ("segment", "size"):
        known = {getattr(part, where) for part in inside} - {None}
        if known and len({getattr(part, where) for part in parts} - {None}) > 1:
            return where
    return None


def _placed(cause: str, where: str, inside: list[Part], majority: Decimal) -> list[tuple]:
    """The cells of one cause: every place where the reason is unknown, else the place with most of it; the rest."""
    sums = rolled_up(inside, lambda part: getattr(part, where))
    amount = {name: m.contraction_arr if cause == CONTRACTION else m.churned_arr for name, m in sums.items()}
    places = sorted(name for name in amount if name is not None)
    top = max(places, key=lambda name: (amount[name], name))
    named = places if cause == UNKNOWN else [top] if amount[top] >= majority * sum(amount.values()) else []
    cells: list[tuple] = [(cause, where, name, [p for p in inside if getattr(p, where) == name]) for name in named]
    rest = [p for p in inside if getattr(p, where) not in named]
    if rest:
        cells.append((cause, "elsewhere" if named else None, top if len(named) == 1 else None, rest))
    return cells


def _behind(cause: str, inside: list[Part]) -> tuple[Account, ...]:
    rows = [account for part in inside for account in part.losers if bool(account.ending_arr) == (cause == CONTRACTION)]
    return tuple(sorted(rows, key=lambda account: (-float(account.lost_arr), account.id)))


def weakest(overall: Retained, segments: list[Retained], sizes: list[Retained],
            least_ratio: Decimal) -> Optional[Weakest]:
    """None where no part lost, beyond what the rest's rate explains, at least this share of all lost ARR."""
    found = []
    for where, rows in (("segment", segments), ("size", sizes)):
        for row in rows:
            rest = overall.starting_arr - row.starting_arr
            if row.name is None or not rest or not row.starting_arr:
                continue
            rate = (overall.lost_arr - row.lost_arr) / rest
            found.append(Weakest(where, row.name, row.lost_arr, row.lost_arr - rate * row.starting_arr, row.grr_ratio,
                                 1 - rate))
    best = max(found, key=lambda row: (row.excess_arr, row.place), default=None)
    return best if best and best.excess_arr >= max(CENT, least_ratio * overall.lost_arr) else None


def movers(accounts: list[Account]) -> Movers:
    """The lost, shrunk and grown accounts, the largest first."""
    lost, shrunk, grown = [], [], []
    for account in accounts:
        a, b = account.starting_arr, account.ending_arr
        if a and a != b:
            (grown if b > a else shrunk if b else lost).append((-abs(float(b - a)), account.id, account))
    return Movers(*(tuple(account for *_, account in sorted(rows, key=itemgetter(0, 1)))
                    for rows in (lost, shrunk, grown)))
