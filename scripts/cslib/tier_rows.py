"""Each tier and the whole book: customers, planned investment and actual cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.customers import ZERO
from cslib.service_cost import Served


class AsExpected(NamedTuple):
    """A tier's shares of customers and of ARR against those expected: `within`, `below`, `above`, None without one."""

    customers: Optional[str]
    arr: Optional[str]


class TierRow(NamedTuple):
    """One tier, amounts for one year.

    `budget_*` is customers times the policy's range, `bearable_*` the same cut account by account to what its ARR
    bears. `cost`, `excess` and `shortfall` are sums over the accounts of which they are known, None where there is
    none. `strained_*` are accounts whose ARR does not bear even `investment_low`, which takes `pays_from_arr` of ARR;
    `high_at_floor_ratio` is `investment_high` on the tier's smallest account by ARR floor.
    """

    tier: str
    customers: int
    arr: Decimal
    customers_ratio: Optional[Decimal]
    arr_ratio: Optional[Decimal]
    expected: Optional[Mapping]
    as_expected: AsExpected
    model: str
    investment_low: Decimal
    investment_high: Decimal
    budget_low: Decimal
    budget_high: Decimal
    budget_low_ratio: Optional[Decimal]
    budget_high_ratio: Optional[Decimal]
    bearable_low: Decimal
    bearable_high: Decimal
    costed_customers: int
    costed_arr: Decimal
    cost: Optional[Decimal]
    cost_ratio: Optional[Decimal]
    mean_cost: Optional[Decimal]
    cost_low_ratio: Decimal
    cost_high_ratio: Decimal
    excess_customers: Optional[int]
    excess: Optional[Decimal]
    shortfall_customers: Optional[int]
    shortfall: Optional[Decimal]
    strained_customers: int
    strained_arr: Decimal
    high_at_floor_ratio: Optional[Decimal]
    pays_from_arr: Optional[Decimal]


class Budget(NamedTuple):
    """The sums over all tiers.

    `losing` is what accounts cost beyond their gross profit, as a positive amount, pilots included. None is unknown:
    nobody of whom it can be said.
    """

    customers: int
    arr: Decimal
    budget_low: Decimal
    budget_high: Decimal
    budget_low_ratio: Optional[Decimal]
    budget_high_ratio: Optional[Decimal]
    bearable_low: Decimal
    bearable_high: Decimal
    costed_customers: int
    costed_arr: Decimal
    cost: Optional[Decimal]
    cost_ratio: Optional[Decimal]
    excess_customers: Optional[int]
    excess: Optional[Decimal]
    excess_ratio: Optional[Decimal]
    shortfall_customers: Optional[int]
    shortfall: Optional[Decimal]
    losing_customers: Optional[int]
    losing_arr: Optional[Decimal]
    losing: Optional[Decimal]


def tier_rows(served: Sequence[Served], tiers: Sequence[str], arr_floors: Optional[Sequence[Decimal]],
              settings: Mapping) -> list[TierRow]:
    """One row for each of `tiers`, top first, empty ones too. `arr_floors` by tier; None where ARR is not the axis."""
    inside: dict[str, list[Served]] = {tier: [] for tier in tiers}
    for one in served:
        inside[one.tier].append(one)
    rules = settings["segmentation"]
    sums = [_summed(inside[tier], Decimal(rules["tiers"][tier]["investment_low"])) for tier in tiers]
    arr = _sum(each.arr for each in sums)
    return [_row(tier, each, len(served), arr, arr_floors[place] if arr_floors else None, rules)
            for place, (tier, each) in enumerate(zip(tiers, sums))]


class _Sums(NamedTuple):
    """What a tier row adds up, by its own names. `judged_*` count accounts whose excess and shortfall are known."""

    customers: int
    arr: Decimal
    bearable_low: Decimal
    bearable_high: Decimal
    strained_customers: int
    strained_arr: Decimal
    costed_customers: int
    costed_arr: Decimal
    cost: Decimal
    judged_excess: int
    excess_customers: int
    excess: Decimal
    judged_shortfall: int
    shortfall_customers: int
    shortfall: Decimal


def _summed(inside: list[Served], investment_low: Decimal) -> _Sums:
    """One pass over a tier's accounts, since a book may hold a hundred thousand."""
    arr = lows = highs = strained_arr = costed_arr = cost = excess = shortfall = ZERO
    strained = costed = judged_over = over = judged_under = under = 0
    for customer, _, _, _, low, high, _, _, _, too_much, too_little in inside:
        paid, spent = customer.arr, customer.annual_cost_to_serve
        arr, lows, highs = arr + paid, lows + low, highs + high
        if low < investment_low:
            strained, strained_arr = strained + 1, strained_arr + paid
        if spent is not None:
            costed, costed_arr, cost = costed + 1, costed_arr + paid, cost + spent
        if too_much is not None:
            judged_over += 1
            if too_much:
                over, excess = over + 1, excess + too_much
        if too_little is not None:
            judged_under += 1
            if too_little:
                under, shortfall = under + 1, shortfall + too_little
    return _Sums(len(inside), arr, lows, highs, strained, strained_arr, costed, costed_arr, cost, judged_over, over,
                 excess, judged_under, under, shortfall)


def _row(tier: str, sums: _Sums, customers: int, book_arr: Decimal, floor: Optional[Decimal],
         settings: Mapping) -> TierRow:
    rule, expected, count, arr = settings["tiers"][tier], settings["expected"].get(tier), sums.customers, sums.arr
    low, high, most = (Decimal(rule[key]) for key in ("investment_low", "investment_high", "cost_high_ratio"))
    cost = sums.cost if sums.costed_customers else None
    shares = _ratio(Decimal(count), customers), _ratio(arr, book_arr)
    return TierRow(
        tier, count, arr, *shares, expected,
        AsExpected(_against(shares[0], expected, "customers"), _against(shares[1], expected, "arr")),
        rule["model"], low, high, count * low, count * high, _ratio(count * low, arr), _ratio(count * high, arr),
        sums.bearable_low, sums.bearable_high, sums.costed_customers, sums.costed_arr, cost,
        _ratio(cost, sums.costed_arr), _ratio(cost, sums.costed_customers), Decimal(rule["cost_low_ratio"]), most,
        *((sums.excess_customers, sums.excess) if sums.judged_excess else (None, None)),
        *((sums.shortfall_customers, sums.shortfall) if sums.judged_shortfall else (None, None)),
        sums.strained_customers, sums.strained_arr, _ratio(high, floor), _ratio(low, most))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _known_sum(amounts: Iterable) -> Optional[Decimal]:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _ratio(part: Optional[Decimal], whole: Optional[Decimal]) -> Optional[Decimal]:
    return part / whole if part is not None and whole else None


def _against(share: Optional[Decimal], expected: Optional[Mapping], axis: str) -> Optional[str]:
    if share is None or expected is None:
        return None
    if share < expected[f"{axis}_low_ratio"]:
        return "below"
    return "above" if share > expected[f"{axis}_high_ratio"] else "within"


def budget(served: Sequence[Served], rows: Sequence[TierRow]) -> Budget:
    """The whole book, from its customers and their tier rows."""
    customers, arr = sum(row.customers for row in rows), _sum(row.arr for row in rows)
    low, high = _sum(row.budget_low for row in rows), _sum(row.budget_high for row in rows)
    costed_customers, costed_arr = sum(row.costed_customers for row in rows), _sum(row.costed_arr for row in rows)
    cost, excess = _known_sum(row.cost for row in rows), _known_sum(row.excess for row in rows)
    earned = [(one.customer.arr, one.contribution) for one in served if one.contribution is not None]
    return Budget(
        customers, arr, low, high, _ratio(low, arr), _ratio(high, arr),
        _sum(row.bearable_low for row in rows), _sum(row.bearable_high for row in rows), costed_customers, costed_arr,
        cost, _ratio(cost, costed_arr), _known_sum(row.excess_customers for row in rows), excess, _ratio(excess, cost),
        _known_sum(row.shortfall_customers for row in rows), _known_sum(row.shortfall for row in rows),
        *_held([(paid, -left) for paid, left in earned if left < 0], bool(earned)))


def _held(pairs: list[tuple[Decimal, Decimal]], known: bool) -> tuple:
    """Customers, ARR and amount of (ARR, amount) pairs; None for all where nobody is known."""
    return (len(pairs), _sum(arr for arr, _ in pairs), _sum(amount for _, amount in pairs)) if known else (None,) * 3
