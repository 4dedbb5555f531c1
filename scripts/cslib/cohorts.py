"""cohorts.json as records: one book of business at the start and at the end of one period.

Both forms, by account and by cohort, become the same cells, so that every later sum is a roll-up of one list.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple, Optional

from cslib.cohort_checks import CENT, faults_of, money, month_before
from cslib.refusal import Refusal
from cslib.trend import Cell

REASONS = ("product_fit", "competitor_loss", "no_value_realized", "pricing", "champion_left", "company_event",
           "tactical_failure", "involuntary", "unknown")
UNKNOWN = "unknown"
ZERO = Decimal(0)


class Account(NamedTuple):
    """One customer: ARR at the start and at the end, and what is known about it (None where it is not)."""

    id: str
    name: Optional[str]
    cohort: Optional[str]
    segment: Optional[str]
    starting_arr: Decimal
    ending_arr: Decimal
    before: bool
    due_arr: Optional[Decimal]
    renewed_arr: Optional[Decimal]
    churn_reason: Optional[str]

    @property
    def account(self) -> str:
        """What it is called: its name, or its id."""
        return self.name or self.id

    @property
    def change_arr(self) -> Decimal:
        return self.ending_arr - self.starting_arr

    @property
    def lost_arr(self) -> Decimal:
        return max(self.starting_arr - self.ending_arr, ZERO)

    def record(self) -> dict:
        """The row that a list of accounts shows of it."""
        return {"account": self.account, "segment": self.segment, "starting_arr": self.starting_arr,
                "ending_arr": self.ending_arr, "change_arr": self.change_arr, "reason": self.churn_reason}


class Movement(NamedTuple):
    """The bridge of any set of customers. `contracted_customers` is None where only totals are known."""

    starting_arr: Decimal = ZERO
    new_arr: Decimal = ZERO
    reactivated_arr: Decimal = ZERO
    expansion_arr: Decimal = ZERO
    contraction_arr: Decimal = ZERO
    churned_arr: Decimal = ZERO
    starting_customers: int = 0
    churned_customers: int = 0
    contracted_customers: Optional[int] = 0

    @property
    def ending_arr(self) -> Decimal:
        return (self.starting_arr + self.new_arr + self.reactivated_arr + self.expansion_arr - self.contraction_arr
                - self.churned_arr)


class Part(NamedTuple):
    """The finest set of customers known: group (acquisition quarter, or name), segment, size tier, why its losses left.

    Losses stand in parts of their own, one a reason; `reason` is None for those that stayed. `losers` are the accounts
    in it that lost ARR, as far as accounts are known.
    """

    group: Optional[str]
    segment: Optional[str]
    size: Optional[str]
    reason: Optional[str]
    movement: Movement
    losers: tuple[Account, ...] = ()


class Flows(NamedTuple):
    """Sums of the movements month by month in the period, customers acquired inside it included."""

    new_arr: Decimal
    reactivated_arr: Decimal
    expansion_arr: Decimal
    contraction_arr: Decimal
    churned_arr: Decimal


class Renewal(NamedTuple):
    """Value up for renewal in the period, and what of it was renewed: in all, and capped per customer."""

    due_arr: Decimal
    renewed_arr: Decimal
    kept_arr: Optional[Decimal]


class Book(NamedTuple):
    """All that cohorts.json says. `accounts` is empty in the cohort form; `notes` say how the figures came about."""

    as_of: date
    period_months: int
    currency: Optional[str]
    stage: Optional[str]
    accounts: list[Account]
    parts: list[Part]
    flows: Optional[Flows]
    renewal: Optional[Renewal]
    history: list[Cell]
    first_month: Optional[str]
    notes: tuple[str, ...]


def read(document: dict, source: str, tier_floors: dict) -> Book:
    """The records of a document that its schema accepts. Refused, all at once: what its figures cannot mean at once."""
    faults = faults_of(document)
    if faults:
        raise Refusal(source, faults)
    as_of, months = date.fromisoformat(document["as_of"]), document["period_months"]
    rows = document.get("accounts") or document.get("cohorts")
    start = month_before(as_of, months)
    accounts = [_account(row, start) for row in document.get("accounts") or ()]
    parts = account_parts(accounts, tier_floors) if accounts else [part for row in rows for part in _cohort_parts(row)]
    flows = document.get("flows")
    return Book(as_of, months, document.get("currency"), document.get("stage"), accounts, parts,
                flows and Flows(*(money(flows[name]) for name in Flows._fields)), _renewal(rows, bool(accounts)),
                [_cell(row) for row in document.get("history") or ()],
                min((row["cohort_start"] for row in rows if row.get("cohort_start")), default=None),
                tuple(document.get("notes") or ()))


@cache
def quarter_of(month: str) -> str:
    """`2024-Q1` for `2024-02`."""
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


def account_parts(accounts: list[Account], tier_floors: dict) -> list[Part]:
    """The cells of the account form: one pass, one cell for each group, segment, size and reason that occurs."""
    floors = sorted(tier_floors.items(), key=lambda item: -item[1])
    sums: dict[tuple, list] = {}
    losers: dict[tuple, list[Account]] = {}
    for account in accounts:
        a, b = account.starting_arr, account.ending_arr
        size = _size(a or b, floors)
        reason = (account.churn_reason or UNKNOWN) if a and not b else None
        key = (account.cohort, account.segment, size, reason)
        total = sums.get(key)
        if total is None:
            total = sums[key] = [ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, 0, 0, 0]
        if not a:
            total[2 if account.before else 1] += b
            continue
        total[0] += a
        total[6] += 1
        if b > a:
            total[3] += b - a
        elif b < a:
            losers.setdefault(key, []).append(account)
            if reason:
                total[5] += a
                total[7] += 1
            else:
                total[4] += a - b
                total[8] += 1
    ordered = sorted(sums, key=lambda key: tuple((word is None, word or "") for word in key))
    return [Part(*key, Movement(*sums[key]), tuple(losers.get(key, ()))) for key in ordered]


def _size(arr: Decimal, floors: list[tuple[str, Decimal]]) -> str:
    """The first tier, from the largest down, whose floor the ARR reaches; below all floors the smallest."""
    for size, floor in floors:
        if arr >= floor:
            return size
    return floors[-1][0]


def _account(row: dict, start: str) -> Account:
    get = row.get
    a, month, due, renewed = money(row["starting_arr"]), get("cohort_start"), get("due_arr"), get("renewed_arr")
    before = get("ever_before")
    if before is None:
        before = not a and month is not None and month <= start
    return Account(row["id"], get("name"), quarter_of(month) if month else None, get("segment"), a,
                   money(row["ending_arr"]), before, None if due is None else money(due),
                   None if renewed is None else money(renewed), get("churn_reason"))


def _cohort_parts(row: dict) -> list[Part]:
    names = ("starting_arr", "new_arr", "reactivated_arr", "expansion_arr", "contraction_arr")
    amounts = [money(row.get(name) or 0) for name in names]
    churned, lost = money(row["churned_arr"]), row["churned_customers"]
    group, segment = row["name"], row.get("segment")
    coded = {reason: (loss["customers"], money(loss.get("arr") or 0))
             for reason, loss in (row.get("churn_reasons") or {}).items() if reason != UNKNOWN}
    left = (lost - sum(n for n, _ in coded.values()), churned - sum((arr for _, arr in coded.values()), ZERO))
    rounding = CENT * (len(coded) + 1)
    if coded and left[1] and not left[0] and abs(left[1]) <= rounding:
        largest = max(coded, key=lambda reason: coded[reason][1])
        coded[largest] = (coded[largest][0], coded[largest][1] + left[1])
        left = (0, ZERO)
    coded[UNKNOWN] = left
    losses = {reason: loss for reason, loss in coded.items() if loss[0] or loss[1]}
    gone = sum((arr for _, arr in losses.values()), ZERO)
    kept = Movement(amounts[0] - gone, *amounts[1:], ZERO, row["starting_customers"] - lost, 0,
                    None if amounts[4] else 0)
    return [Part(group, segment, None, None, kept)] + [
        Part(group, segment, None, reason, Movement(arr, ZERO, ZERO, ZERO, ZERO, arr, n, n, 0))
        for reason, (n, arr) in sorted(losses.items())]


def _renewal(rows: list[dict], capped: bool) -> Optional[Renewal]:
    pairs = [(money(row["due_arr"]), money(row["renewed_arr"])) for row in rows if row.get("due_arr") is not None]
    if not pairs or not any(due for due, _ in pairs):
        return None
    kept = sum((min(pair) for pair in pairs), ZERO) if capped else None
    return Renewal(sum((due for due, _ in pairs), ZERO), sum((renewed for _, renewed in pairs), ZERO), kept)


def _cell(row: dict) -> Cell:
    return Cell(row["cohort"], row["quarter"], row["customers"], row["active_customers"], money(row["arr"]),
                money(row["initial_arr"]))
