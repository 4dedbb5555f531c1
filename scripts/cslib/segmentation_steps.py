"""What to do about the findings of decision B: each step with its owner, its accounts and its money. No sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from cslib.figures import count, per_cent, short_money, whole
from cslib.levers import EXITS, SOON, Lever, exits_by
from cslib.segmentation import Segmentation
from cslib.segmentation_words import MODELS, TIERS, name, served_within

MOST_NAMED, STEPS = 2, 3
LATER, QUARTER = 60, 90


class Step(NamedTuple):
    """What somebody does by a day."""

    by: date
    done: str


def steps(s: Segmentation, as_of: date) -> list[str]:
    """Three steps by date: the largest saving, the exit list, what the money is for; else what is unknown."""
    soon, later, quarter = (as_of + timedelta(days=days) for days in (SOON, LATER, QUARTER))
    savings = [_saving(lever, s) for lever in s.levers if lever.kind != EXITS]
    chosen = [Step(soon, asked) for asked in _asked(s) if s.verdict is None]
    chosen += [Step(soon, saving) for saving in savings[:1]]
    chosen += [Step(exits_by(s.leaving, as_of), decided) for decided in _decided(s)]
    chosen += [Step(later, funded) for funded in _funded(s)]
    chosen += [Step(later, saving) for saving in savings[1:]] + [Step(later, done) for done in _confirmed(s)]
    chosen += [Step(later, _owned(s))]
    chosen += [Step(quarter, done) for done in (*(() if s.verdict is None else _asked(s)), _reviewed(s))]
    return [f"By {step.by.isoformat()}, {step.done}" for step in sorted(chosen[:STEPS], key=lambda step: step.by)]


def _saving(lever: Lever, s: Segmentation) -> str:
    tier = next(row for row in s.tiers if row.tier == lever.tier)
    inside = [one for one in s.over_served if one.tier == lever.tier][:MOST_NAMED]
    largest = " and ".join(name(one.customer) for one in inside)
    which = count(lever.customers, f"{TIERS[tier.tier]} account")
    return (f"head of CS: serve {which} by {MODELS[tier.model]} within {served_within(tier)}, {largest} first: "
            f"{short_money(lever.gain)} a year, breaks even if {per_cent(lever.loss_ratio, 0)} are lost.")


def _decided(s: Segmentation) -> Iterable[str]:
    if s.kill_list:
        row = s.leaving
        yield (f"head of CS with finance and legal: decide on the {whole(row.customers)} of the exit list "
               f"({short_money(row.arr)} ARR); as proposed {short_money(row.gain)} a year{_given_up(s)}.")


def _given_up(s: Segmentation) -> str:
    given_up = s.leaving.given_up
    return f", after {short_money(given_up)} given up where the ground is not money" if given_up else ""


def _funded(s: Segmentation) -> Iterable[str]:
    if s.due and s.deserving:
        largest = " and ".join(name(one.customer) for one in s.deserving[:MOST_NAMED])
        yield (f"CS team leads: give {short_money(s.due.shortfall)}{_of_what_is_freed(s)} to the "
               f"{count(s.due.customers, 'account')} that fit and get less than due "
               f"({short_money(s.due.arr)} ARR), first {largest}.")


def _of_what_is_freed(s: Segmentation) -> str:
    return f" of the {short_money(s.freed)} freed in all" if s.freed else ""


def _confirmed(s: Segmentation) -> Iterable[str]:
    if s.upgrades:
        yield (f"head of CS with sales: confirm the {count(s.upgraded.customers, 'upgrade')} "
               f"({short_money(s.upgraded.arr)} ARR) and name an owner for each.")


def _owned(s: Segmentation) -> str:
    top = next(row for row in s.tiers if row.customers)
    return ("head of CS with sales: name an owner and a sponsor for "
            f"{count(top.customers, f'{TIERS[top.tier]} account')} ({short_money(top.arr)} ARR).")


def _asked(s: Segmentation) -> Iterable[str]:
    unknown = [row for row in s.apart if row.reason.startswith("no_") and row.arr]
    if unknown:
        yield ("CS operations: fill in what is unknown of the accounts that cannot be judged, largest first (--ask); "
               + ", ".join(f"{short_money(row.arr)} ARR {UNKNOWN[row.reason]}" for row in unknown) + ".")


def _reviewed(s: Segmentation) -> str:
    return ("CS operations: record cost to serve and fit of every account, and run this again before the next quarter: "
            f"{short_money(s.budget.arr)} ARR in {count(s.budget.customers, 'account')}.")


UNKNOWN = {"no_cost": "without a cost to serve", "no_signals": "without enough fit signals",
           "no_cost_no_signals": "without both"}
