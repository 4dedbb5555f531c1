"""What a total hides: concentration, growth carried by few, the size of what is lost, and mix against rate."""

from __future__ import annotations

from decimal import Decimal
from heapq import nlargest
from typing import NamedTuple, Optional

from cslib.cohorts import ZERO, Account, Movement
from cslib.retention import Retained, rates
from cslib.uncertainty import effective_customers

CARRIERS = 3


class Concentration(NamedTuple):
    """How few customers the figures hang on; ratios of starting ARR and GRR had one customer done otherwise."""

    top_1_ratio: Decimal
    top_5_ratio: Decimal
    top_10_ratio: Decimal
    effective_customers: float
    largest: str
    grr_if_largest_left_ratio: Decimal
    largest_loss: Optional[str]
    grr_without_largest_loss_ratio: Optional[Decimal]


class Carriers(NamedTuple):
    """The accounts with the largest expansion, their share of all of it, and NRR had they stayed flat."""

    accounts: tuple[str, ...]
    expansion_arr: Decimal
    share_ratio: Decimal
    nrr_without_ratio: Decimal


class SegmentShift(NamedTuple):
    """One segment's part in a change of GRR; the mix effect is measured against the average rate of the book."""

    name: str
    rate_effect_ratio: Decimal
    mix_effect_ratio: Decimal


class MixShift(NamedTuple):
    """A change of GRR between two periods, split exactly into changed rates and a changed mix (Kitagawa 1955)."""

    before_grr_ratio: Decimal
    after_grr_ratio: Decimal
    rate_effect_ratio: Decimal
    mix_effect_ratio: Decimal
    segments: tuple[SegmentShift, ...]


def concentration(accounts: list[Account]) -> Optional[Concentration]:
    """None without accounts."""
    book = [account for account in accounts if account.starting_arr]
    if not book:
        return None
    total = sum((account.starting_arr for account in book), ZERO)
    losses = [(account.lost_arr, account.id, account) for account in book if account.ending_arr < account.starting_arr]
    lost = sum((row[0] for row in losses), ZERO)
    top = nlargest(10, book, key=lambda account: (float(account.starting_arr), account.id))
    shares = [sum((account.starting_arr for account in top[:n]), ZERO) / total for n in (1, 5, 10)]
    left = (total - lost - min(top[0].starting_arr, top[0].ending_arr)) / total
    most, _, worst = max(losses, default=(ZERO, "", None))
    rest = total - worst.starting_arr if worst else ZERO
    equal = effective_customers([float(account.starting_arr) for account in book])
    return Concentration(*shares, equal, top[0].account, left,
                         worst.account if worst else None, (rest - lost + most) / rest if rest else None)


def carriers(accounts: list[Account], overall: Movement) -> Optional[Carriers]:
    """None without accounts or without expansion."""
    grown = [account for account in accounts if account.ending_arr > account.starting_arr > 0]
    if not grown:
        return None
    top = nlargest(CARRIERS, grown, key=lambda account: (float(account.change_arr), account.id))
    more = sum((account.change_arr for account in top), ZERO)
    return Carriers(tuple(account.account for account in top), more, more / overall.expansion_arr,
                    rates(overall).nrr_ratio - more / overall.starting_arr)


def implausible(overall: Retained, limits: dict) -> Optional[str]:
    """`net_retention` or `nobody_lost` where a figure is beyond what companies report: doubt the input first."""
    if overall.annual.nrr_ratio is not None and overall.annual.nrr_ratio > limits["nrr_above_ratio"]:
        return "net_retention"
    return "nobody_lost" if not overall.churned_customers and (
        overall.starting_customers >= limits["customers_without_a_loss"]) else None


def loss_size_index(overall: Movement) -> Optional[Decimal]:
    """Mean ARR of a lost customer over the mean of all at the start: above 1, large ones leave. None without a loss."""
    if not overall.churned_customers:
        return None
    mean = overall.starting_arr / overall.starting_customers
    return overall.churned_arr / overall.churned_customers / mean


def mix_shift(before: dict[Optional[str], Movement], after: dict[Optional[str], Movement]) -> Optional[MixShift]:
    """The symmetric two-term split over segments by share of starting ARR; None with fewer than two segments.

    A segment that one of the periods lacks has no rate there, so all that it changes is mix.
    """
    names = sorted((name for name in before.keys() | after.keys()
                    if any(side.get(name, Movement()).starting_arr for side in (before, after))),
                   key=lambda name: (name is None, name or ""))
    if len(names) < 2:
        return None
    totals = [sum((side[name].starting_arr for name in side), ZERO) for side in (before, after)]
    weights = {name: [side.get(name, Movement()).starting_arr / total for side, total in zip((before, after), totals)]
               for name in names}
    grr = {}
    for name in names:
        known = [rates(side.get(name, Movement())).grr_ratio for side in (before, after)]
        grr[name] = [known[0] if known[0] is not None else known[1], known[1] if known[1] is not None else known[0]]
    ends = [sum((weights[name][n] * grr[name][n] for name in names), ZERO) for n in (0, 1)]
    middle = (ends[0] + ends[1]) / 2
    rows = []
    for name in names:
        (w0, w1), (r0, r1) = weights[name], grr[name]
        rows.append(SegmentShift(name or "unnamed", (r1 - r0) * (w0 + w1) / 2, (w1 - w0) * ((r0 + r1) / 2 - middle)))
    return MixShift(ends[0], ends[1], sum((row.rate_effect_ratio for row in rows), ZERO),
                    sum((row.mix_effect_ratio for row in rows), ZERO), tuple(rows))
