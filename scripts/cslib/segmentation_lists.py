"""The lists of decision B: the longer tables of the full report, and one row a customer for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Optional

from cslib import segmentation_words as words
from cslib.attribute_cells import SIGNALS as FIT_SIGNALS
from cslib.exits import Exit
from cslib.figures import between, money, per_cent, short_money, signed_money, whole
from cslib.page import Block, Columns, Heading
from cslib.segmentation import Segmentation
from cslib.segmentation_words import TIERS, name

LONG_NAME = 40


def lists(s: Segmentation, names: Iterable[str], top: Optional[int]) -> list[Block]:
    """The lists of these names, one of LISTS each, in full or cut at `top`."""
    evidence, migration = s.icp.evidence, s.migration
    made = {
        "exits": (("Three ways for each account on the exit list", WAYS, map(_ways, s.kill_list)),),
        "unprofitable": (("Loses money, yet not on the list", OVER, map(_over, s.unprofitable)),),
        "over_served": (("Served above what they bear", OVER, map(_over, s.over_served)),),
        "moves": (("Upgrades", MOVED, map(_move, s.upgrades)), ("Downgrades", MOVED, map(_move, s.downgrades)),
                  ("Near-misses", NEAR, map(_near, s.near_misses)),
                  ("From tier to tier", CELLS, map(_cell, migration.cells if migration else ())),
                  ("Written overrides", OVERRIDES, map(_override, s.overrides))),
        "not_judged": (("Not judged for exit", APART, map(_apart, s.not_judged)),),
        "fit": (("Losses by fit signal", SIGNALS, map(_signal, evidence.signals if evidence else ())),)}
    return [block for each in names for title, form, rows in made[each] for block in _table(title, form, rows, top)]


LISTS = ("exits", "unprofitable", "over_served", "moves", "not_judged", "fit")
WAYS = (("account", "within means", "not renewing", "tech touch", "pays to a loss of", "reprice", "pays to a loss of",
         "break-even price", "target price", "rise"), (1, 2, 3, 4, 5, 6, 7, 8, 9))
OVER = (("account", "tier", "ARR", "cost", "of ARR", "bears", "above", "contribution"), (2, 3, 4, 5, 6, 7))
MOVED = (("account", "ARR", "from", "to", "why"), (1,))
NEAR = (("account", "ARR", "tier", "next tier", "missing"), (1,))
CELLS = (("from", "to", "customers", "ARR"), (2, 3))
OVERRIDES = (("account", "ARR", "until", "counts", "tier without", "reason"), (1,))
APART = (("account", "ARR", "cost", "reason", "flags"), (1, 2))
SIGNALS = (("signal", "lost where true", "", "lost where false", "", "p (Holm)", "finding"), (1, 2, 3, 4, 5))


def _table(title: str, form: tuple, rows: Iterable[tuple[str, ...]], top: Optional[int]) -> list[Block]:
    header, figures = form
    held = list(rows)
    shown = held[:top]
    if len(shown) < len(held):
        shown.append((f"and {whole(len(held) - len(shown))} more (--all)",) + ("",) * (len(header) - 1))
    return [Heading(title), Columns(header, tuple(shown), figures)] if held else []


def _ways(row: Exit) -> tuple[str, ...]:
    leave, cheap, dear = row.not_renewing, row.tech_touch, row.repricing
    return (name(row.served.customer, LONG_NAME), signed_money(row.served.excess), signed_money(leave.net_effect),
            signed_money(cheap.net_effect), per_cent(cheap.loss_ratio, 0), signed_money(dear.gain),
            per_cent(dear.loss_ratio, 0), money(dear.break_even_price), money(dear.target_price),
            per_cent(dear.rise_ratio, 0))


def _over(row: Any) -> tuple[str, ...]:
    return (name(row.customer, LONG_NAME), TIERS[row.tier], money(row.customer.arr),
            money(row.customer.annual_cost_to_serve), per_cent(row.cost_ratio, 0), money(row.high), money(row.excess),
            signed_money(row.contribution))


def _move(row: Any) -> tuple[str, ...]:
    return (name(row.customer, LONG_NAME), money(row.customer.arr), TIERS[row.from_tier], TIERS[row.to_tier],
            words.cause(row))


def _near(row: Any) -> tuple[str, ...]:
    return (name(row.customer, LONG_NAME), money(row.customer.arr), TIERS[row.tier], TIERS[row.next_tier],
            ", ".join(map(words.missing, row.missing)))


def _cell(row: Any) -> tuple[str, ...]:
    return TIERS[row.from_tier], TIERS[row.to_tier], whole(row.customers), short_money(row.arr)


def _override(row: Any) -> tuple[str, ...]:
    written = row.customer.override
    return (name(row.customer, LONG_NAME), money(row.customer.arr), written.until.isoformat(),
            "yes" if row.active else "expired", TIERS[row.tier_without], words.free(written.reason))


def _apart(row: Any) -> tuple[str, ...]:
    return (name(row.customer, LONG_NAME), money(row.arr), money(row.cost), words.APART[row.reason][0],
            ", ".join(words.FLAGS[flag] for flag in row.flags) or "-")


def _signal(row: Any) -> tuple[str, ...]:
    def group(found: Any) -> tuple[str, str]:
        interval = found.interval
        return (f"{whole(found.lost)} of {whole(found.customers)}",
                between(interval.low, interval.high) if interval else "n/a")
    return (words.SIGNALS[row.signal], *group(row.where_true), *group(row.where_false), words.p_value(row.p_adjusted),
            words.FINDINGS[row.finding])


HEADER = ["customer_id", "name", "arr", "tenure_months", "fit_score", "fit_band", "previous_tier", "tier_by_floor",
          "tier", "move", "annual_cost_to_serve", "cost_ratio", "bearable_low", "bearable_high", "excess", "shortfall",
          "contribution", "earning", "exit_flags", "exit_proposal", "exit_gain", "gain_within_means",
          "gain_not_renewing", "gain_tech_touch", "gain_repricing", "target_price", "renewal_date", "notice_from",
          "notice_by", "not_judged", *FIT_SIGNALS]


def rows(s: Segmentation) -> list[list]:
    """One row a paying customer under HEADER, the largest ARR first, then who pays nothing."""
    leaving = {row.served.customer.id: row for row in s.kill_list}
    moves = {row.customer.id: f"{row.from_tier} to {row.to_tier}: {row.cause}" for row in (*s.upgrades, *s.downgrades)}
    apart = {row.customer.id: row for row in s.not_judged}
    found = []
    for one in s.customers:
        customer = one.customer
        leave, set_apart = leaving.get(customer.id), apart.get(customer.id)
        flags: Sequence[str] = leave.flags if leave else set_apart.flags if set_apart else ()
        found.append([
            customer.id, customer.name, customer.arr, customer.tenure_months, one.fit.score, one.fit.band,
            customer.previous_tier, one.tier_by_floor, one.tier, moves.get(customer.id), customer.annual_cost_to_serve,
            one.cost_ratio, one.low, one.high, one.excess, one.shortfall, one.contribution, one.earning,
            " ".join(flags) or None, *(_priced(leave) if leave else [None] * 7), _day(customer.renewal_date),
            *([_day(leave.not_renewing.notice_from), _day(leave.not_renewing.notice_by)] if leave else [None] * 2),
            set_apart and set_apart.reason, *map(_answer, customer.signals)])
    for row in s.not_judged:
        if not row.arr:
            one = row.customer
            known = {"customer_id": one.id, "name": one.name, "arr": row.arr, "not_judged": row.reason,
                     "annual_cost_to_serve": row.cost, "renewal_date": _day(one.renewal_date),
                     **dict(zip(FIT_SIGNALS, map(_answer, one.signals)))}
            found.append([known.get(column) for column in HEADER])
    return found


def _priced(row: Exit) -> list:
    return [row.proposal, row.gain, row.served.excess, row.not_renewing.net_effect, row.tech_touch.net_effect,
            row.repricing.gain, row.repricing.target_price]


def _day(day: Optional[date]) -> Optional[str]:
    return day and day.isoformat()


def _answer(signal: Optional[bool]) -> Optional[str]:
    return None if signal is None else "yes" if signal else "no"
