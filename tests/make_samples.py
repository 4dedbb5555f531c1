"""Sample files of one invented company, Larkfield Software (fictional), made from one seed.

`python tests/make_samples.py` rewrites samples/; with `--check` it writes nothing and exits 1 when a file differs.
Every amount is a whole number of dollars divisible by twelve, so that monthly amounts are whole dollars too.
The bytes depend on `random.Random(seed).random()`, integers and `Decimal` alone, hence on no platform.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional

import sample_book
import sample_customers
import sample_org
import sample_scorecard

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SEED = 20260930
CUSTOMERS_SEED = 20260703
AS_OF = date(2026, 9, 30)
FIRST = 2023 * 12 + 9
END = 2026 * 12 + 8
START = END - 12
QUARTERS = (END - FIRST + 1) // 3

COHORT_SIZES = (90, 34, 36, 38, 40, 38, 36, 34, 22, 23, 22, 22)
LEFT_BEFORE = (16, 5, 6, 5, 2, 1, 1, 0)
LEFT_EARLY = (3, 3, 3, 1)
RETURNED = 3
LEAKY = 2
OLDEST_WEIGHT = 3
ENDING_ARR = 12_014_000

BANDS = {"strategic": (104_000, 535_000), "enterprise": (20_000, 100_000), "mid_market": (5_000, 20_000),
         "smb": (1_800, 5_000)}
STARTING_TIERS = {"strategic": 18, "enterprise": 86, "mid_market": 119, "smb": 87}
NEW_TIERS = {"strategic": 1, "enterprise": 10, "mid_market": 36, "smb": 32}
MULTI_YEAR_PERCENT = {"strategic": 45, "enterprise": 45, "mid_market": 35, "smb": 20}
SEGMENTS = {"logistics": 28, "retail": 26, "manufacturing": 24, "healthcare": 22}

LOST_TIERS = {"strategic": 1, "enterprise": 10, "mid_market": 15, "smb": 16}
LOST_PER_MILLE = {"logistics": 80, "retail": 185, "manufacturing": 80, "healthcare": 45}
SHRUNK_TIERS = {"strategic": 3, "enterprise": 12, "mid_market": 8, "smb": 3}
SHRUNK_PER_MILLE = {"logistics": 35, "retail": 42, "manufacturing": 35, "healthcare": 18}
GROWN_TIERS = {"strategic": 6, "enterprise": 40, "mid_market": 36, "smb": 12}
GROWN_PER_MILLE = {"logistics": 135, "retail": 115, "manufacturing": 130, "healthcare": 140}
LARGEST_GROWTHS = (188_400, 157_200, 141_600)
LARGEST_LOSS = 140_000
LEAKY_PER_MILLE = {"lost": 150, "shrunk": 45, "grown": 105}
OTHER_COHORTS_PER_MILLE = {"lost": 102, "shrunk": 42, "grown": 1_000}

REASONS_PER_MILLE = {"no_value_realized": 370, "competitor_loss": 145, "champion_left": 110, "tactical_failure": 100,
                     "pricing": 70, "product_fit": 45, "company_event": 30, "involuntary": 15, "unknown": 125}
NO_VALUE_IN_RETAIL_PER_MILLE = 750

ADJECTIVES = (
    "Amber", "Ashen", "Brindle", "Cerulean", "Cobalt", "Copper", "Coral", "Crimson", "Dappled", "Dusky", "Fallow",
    "Fennel", "Flaxen", "Ginger", "Hazel", "Indigo", "Ivory", "Lilac", "Mottled", "Ochre", "Pewter", "Russet",
    "Saffron", "Umber")
NOUNS = (
    "Avocet", "Badger", "Bittern", "Curlew", "Dormouse", "Egret", "Fulmar", "Godwit", "Hoopoe", "Ibex", "Jackdaw",
    "Kestrel", "Lapwing", "Marmot", "Newt", "Otter", "Pipit", "Quail", "Redpoll", "Stoat", "Tapir", "Vole", "Wombat",
    "Yaffle")
FORMS = ("Ltd", "Inc", "LLC", "GmbH")


class Spell(NamedTuple):
    """Time at one price: first day, first day without it (None while it lasts), ARR in dollars."""

    start: date
    end: Optional[date]
    arr: int


class Customer(NamedTuple):
    """One customer: `acquired` is the month index (year * 12 + month - 1) of the first active month end."""

    id: str
    name: str
    segment: str
    acquired: int
    term_months: int
    spells: tuple[Spell, ...]
    churn_reason: Optional[str]

    def arr(self, month: int) -> int:
        """ARR in dollars on the last day of a month, 0 when not a customer."""
        return sum(spell.arr for spell in self.spells
                   if month_of(spell.start) <= month and (spell.end is None or month < month_of(spell.end)))

    def due(self) -> bool:
        """True when a contract term ends after 2025-09 and not after 2026-09."""
        return renews(self.acquired, self.term_months)


class Draft(NamedTuple):
    """A customer before it has a name: `steps` are (month index, ARR from that month's billing day on, 0 = left)."""

    segment: str
    tier: str
    acquired: int
    day: int
    term_months: int
    steps: tuple[tuple[int, int], ...]
    churn_reason: Optional[str] = None


class Dice:
    """Seeded draws that are the same on every Python: integers from `random()` alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """An integer from 0 to limit - 1."""
        return int(self._random() * limit)

    def shuffled(self, items: Sequence) -> list:
        """The items in random order (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def month_of(day: date) -> int:
    """The month index of a day: year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """`2026-09` for a month index."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def quarter_text(month: int) -> str:
    """`2026-Q3` for a month index."""
    return f"{month // 12:04d}-Q{month % 12 // 3 + 1}"


def cohort_of(month: int) -> int:
    """The number of a month's quarter, 0 for 2023-Q4."""
    return (month - FIRST) // 3


def renews(acquired: int, term_months: int) -> bool:
    """True when a term of a customer acquired before the period ends within it."""
    return acquired <= START and any((month - acquired) % term_months == 0 for month in range(START + 1, END + 1))


def in_twelves(dollars: int) -> int:
    """The nearest amount that twelve divides."""
    return (dollars + 6) // 12 * 12


def amounts(dice: Dice, band: tuple[int, int], count: int) -> list[int]:
    """ARR amounts, one from each of `count` equal steps of the logarithm between the band's ends."""
    low, high = Decimal(band[0]), Decimal(band[1])
    steps = ((Decimal(step) + Decimal(dice.below(1000)) / 1000) / count for step in range(count))
    return [in_twelves(int(low * ((high / low).ln() * step).exp())) for step in steps]


def dealt(dice: Dice, quotas: Sequence[int], count: int) -> list[int]:
    """Positions in `quotas`, `count` of them, in proportion within every run as nearly as whole numbers allow."""
    given = [0] * len(quotas)
    order = []
    for _ in range(count):
        position = max(range(len(quotas)), key=lambda p: (quotas[p] * (len(order) + 1) - given[p] * sum(quotas), -p))
        given[position] += 1
        order.append(position)
    return [position for block in range(0, count, 8) for position in dice.shuffled(order[block:block + 8])]


def starting_book(dice: Dice) -> list[Draft]:
    """The 310 customers at 2025-09-30, the largest first, each with one step: its ARR on that day."""
    tiers = [(tier, arr) for tier, count in STARTING_TIERS.items()
             for arr in reversed(amounts(dice, BANDS[tier], count))]
    stayed = [size - left for size, left in zip(COHORT_SIZES, LEFT_BEFORE)]
    large = dealt(dice, [OLDEST_WEIGHT * stayed[0], *stayed[1:]], STARTING_TIERS["strategic"])
    cohorts = large + dealt(dice, [count - large.count(cohort) for cohort, count in enumerate(stayed)],
                            len(tiers) - len(large))
    segments = dealt(dice, list(SEGMENTS.values()), len(tiers))
    return [draft(dice, list(SEGMENTS)[segment], tier, cohort, arr)
            for (tier, arr), cohort, segment in zip(tiers, cohorts, segments)]


def draft(dice: Dice, segment: str, tier: str, cohort: int, arr: int) -> Draft:
    """A customer acquired on some day of a cohort's quarter."""
    month = FIRST + 3 * cohort + dice.below(3)
    multi_year = dice.below(100) < MULTI_YEAR_PERCENT[tier]
    term = (24, 36, 36)[dice.below(3)] if multi_year else 12
    return Draft(segment, tier, month, 1 + dice.below(28), term, ((month, arr),))


def chosen(dice: Dice, pools: Sequence[Sequence[int]], counts: Sequence[int],
           distance: Callable[[list[int]], int]) -> list[int]:
    """Members, so many from each pool, whose distance from the targets 5,000 random swaps could not lower."""
    orders = [dice.shuffled(pool) for pool in pools]

    def picked() -> list[int]:
        return [member for order, count in zip(orders, counts) for member in order[:count]]

    best = distance(picked())
    for _ in range(5_000):
        pool = dice.below(len(orders))
        order, inside = orders[pool], dice.below(counts[pool])
        outside = counts[pool] + dice.below(len(order) - counts[pool])
        order[inside], order[outside] = order[outside], order[inside]
        tried = distance(picked())
        if tried <= best:
            best = tried
        else:
            order[inside], order[outside] = order[outside], order[inside]
    return picked()


def moved(dice: Dice, book: list[Draft], free: Sequence[int], change: Sequence[int], kind: str,
          tier_counts: dict[str, int], per_mille: dict[str, int]) -> list[int]:
    """Positions of the customers that move: so many per tier, segments and the leaky cohort near their target sums."""
    totals: dict[object, int] = {}
    weights: dict[object, int] = {}
    for customer in book:
        for key in (customer.segment, cohort_of(customer.acquired)):
            totals[key] = totals.get(key, 0) + customer.steps[0][1]
            weights[key] = weights.get(key, 0) + per_mille.get(key, LEAKY_PER_MILLE[kind] if key == LEAKY else 90)
    moving = sum(tier_counts.values())
    expected = {key: moving * weight // sum(w for k, w in weights.items() if isinstance(k, str) == isinstance(key, str))
                for key, weight in weights.items()}

    def distance(picked: list[int]) -> int:
        sums: dict[object, int] = {}
        counts: dict[object, int] = {}
        for position in picked:
            for key in (book[position].segment, cohort_of(book[position].acquired)):
                sums[key] = sums.get(key, 0) + change[position]
                counts[key] = counts.get(key, 0) + 1
        off = sum(4_000 * max(0, abs(counts.get(key, 0) - count) - 1) for key, count in expected.items())
        off += sum(abs(sums.get(segment, 0) - totals[segment] * share // 1000) for segment, share in per_mille.items())
        off += abs(sums.get(LEAKY, 0) - totals[LEAKY] * LEAKY_PER_MILLE[kind] // 1000)
        limit = OTHER_COHORTS_PER_MILLE[kind]
        return off + sum(max(0, sums.get(cohort, 0) - totals[cohort] * limit // 1000)
                         for cohort in range(len(LEFT_BEFORE)) if cohort != LEAKY)

    pools = [[position for position in free if book[position].tier == tier] for tier in tier_counts]
    return chosen(dice, pools, list(tier_counts.values()), distance)


def reasons(dice: Dice, lost: Sequence[Draft]) -> list[str]:
    """A churn reason for each lost customer: sums by reason near their shares of the lost ARR, in the order given."""
    names = list(REASONS_PER_MILLE)
    arrs = [customer.steps[0][1] for customer in lost]
    total = sum(arrs)
    no_value = total * REASONS_PER_MILLE["no_value_realized"] // 1000

    def distance(given: list[str]) -> int:
        sums = dict.fromkeys(names, 0)
        in_retail = 0
        for customer, arr, reason in zip(lost, arrs, given):
            sums[reason] += arr
            in_retail += arr if (customer.segment, reason) == ("retail", "no_value_realized") else 0
        return (sum(abs(sums[name] - total * REASONS_PER_MILLE[name] // 1000) for name in names)
                + max(0, no_value * NO_VALUE_IN_RETAIL_PER_MILLE // 1000 - in_retail)
                + sum(10_000 * max(0, 2 - given.count(name)) for name in names)
                + sum(2 * max(0, sums[lesser] - sums[name]) for name, lesser in zip(names, names[1:-1])))

    given = [names[dice.below(len(names))] for _ in lost]
    best = distance(given)
    for _ in range(8_000):
        one, other = dice.below(len(lost)), dice.below(len(lost))
        before = given[one], given[other]
        given[one] = given[other] if dice.below(2) else names[dice.below(len(names))]
        given[other] = before[0]
        tried = distance(given)
        if tried <= best:
            best = tried
        else:
            given[one], given[other] = before
    return given


def anniversary(acquired: int) -> int:
    """The month of the period in which a year of service ends."""
    return START + 1 + (acquired - START - 1) % 12


def opened(dice: Dice, acquired: int, arr: int, until: int, percent: int) -> tuple[tuple[int, int], ...]:
    """Steps from acquisition to `arr` at `until`: for `percent` of customers the price has changed once on the way."""
    if dice.below(100) >= percent or until - acquired < 3:
        return ((acquired, arr),)
    first = arr * (110 + dice.below(25) if dice.below(100) < 15 else 62 + dice.below(34)) // 100
    return ((acquired, in_twelves(first)), (acquired + 2 + dice.below(until - acquired - 1), arr))


def grown_steps(dice: Dice, customer: Draft, growth: int) -> tuple[tuple[int, int], ...]:
    """Steps of an expansion: at the anniversary or at any month, in two halves for some of the larger ones."""
    arr = customer.steps[0][1]
    month = anniversary(customer.acquired) if dice.below(100) < 55 else START + 1 + dice.below(12)
    later = month + 2 + dice.below(5)
    if growth < 6_000 or later > END or dice.below(100) < 60:
        return ((month, arr + growth),)
    return ((month, arr + in_twelves(growth // 2)), (later, arr + growth))


def there_and_back(dice: Dice, customer: Draft, between: int) -> tuple[tuple[int, int], ...]:
    """Steps to another ARR (0 = gone for two or three months) and back to the first within the period."""
    month = START + 2 + dice.below(5)
    return ((month, between), (month + 2 + dice.below(2), customer.steps[0][1]))


def held_over_the_period(dice: Dice) -> list[Draft]:
    """The starting book with its whole life: earlier prices, then what the period brought."""
    book = starting_book(dice)
    arrs = [customer.steps[0][1] for customer in book]
    leap = [next(position for position in range(3, len(book)) if wanted(book[position]))
            for wanted in (lambda c: cohort_of(c.acquired) == LEAKY and c.segment != "retail",
                           lambda c: c.segment == "healthcare" and cohort_of(c.acquired) == 0,
                           lambda c: c.segment == "manufacturing" and cohort_of(c.acquired) not in (0, LEAKY))]
    drops = [in_twelves(arr * (12 + dice.below(36)) // 100) for arr in arrs]
    growths = [in_twelves(arr * (12 + dice.below(14 if customer.tier == "strategic" else 54)) // 100)
               for customer, arr in zip(book, arrs)]
    free = [position for position in range(1, len(book)) if position not in leap]
    due = [position for position in free if renews(book[position].acquired, book[position].term_months)]
    small = [position for position in due if arrs[position] < LARGEST_LOSS]
    lost = moved(dice, book, small, arrs, "lost", LOST_TIERS, LOST_PER_MILLE)
    due = [position for position in due if position not in lost]
    shrunk = moved(dice, book, due, drops, "shrunk", SHRUNK_TIERS, SHRUNK_PER_MILLE)
    free = [position for position in free if position not in lost and position not in shrunk]
    grown = moved(dice, book, free, growths, "grown", GROWN_TIERS, GROWN_PER_MILLE)
    flat = dice.shuffled([position for position in free
                          if position not in grown and book[position].tier != "strategic"])

    steps: dict[int, tuple[tuple[int, int], ...]] = {p: ((anniversary(book[p].acquired), 0),) for p in lost}
    steps.update({p: ((anniversary(book[p].acquired), arrs[p] - drops[p]),) for p in shrunk})
    steps.update({p: grown_steps(dice, book[p], growths[p]) for p in grown})
    steps.update({p: grown_steps(dice, book[p], growth) for p, growth in zip(leap, LARGEST_GROWTHS)})
    steps.update({p: there_and_back(dice, book[p], arrs[p] + growths[p]) for p in flat[:5]})
    steps.update({p: there_and_back(dice, book[p], 0) for p in flat[5:7]})
    reason = dict(zip(lost, reasons(dice, [book[position] for position in lost])))
    before = [opened(dice, customer.acquired, arr, START, 45) for customer, arr in zip(book, arrs)]
    return [customer._replace(steps=before[position] + steps.get(position, ()), churn_reason=reason.get(position))
            for position, customer in enumerate(book)]


def gone_before_the_period(dice: Dice) -> list[Draft]:
    """The 36 customers that had left by 2025-09-30, three of which came back later."""
    left = []
    for cohort, count in enumerate(LEFT_BEFORE):
        for _ in range(count):
            customer = _small_draft(dice, cohort, ("enterprise", "mid_market", "smb"))
            months = 12 if customer.acquired + 12 <= START and dice.below(100) < 85 else 2 + dice.below(4)
            left.append(customer._replace(steps=(*customer.steps, (min(customer.acquired + months, START), 0))))
    longest_gone = sorted(dice.shuffled(left), key=lambda customer: customer.steps[-1][0])[:RETURNED * 6:6]
    back = {customer: (START + 2 + 3 * number, in_twelves(customer.steps[0][1] * 9 // 10))
            for number, customer in enumerate(longest_gone)}
    return [customer._replace(steps=(*customer.steps, back[customer])) if customer in back else customer
            for customer in left]


def acquired_in_the_period(dice: Dice, arr: int) -> list[Draft]:
    """The 89 customers acquired in the period: ten leave again, the others hold `arr` together at its end."""
    first = len(LEFT_BEFORE)
    cohorts = [first + position for position, left in enumerate(LEFT_EARLY)
               for _ in range(COHORT_SIZES[first + position] - left)]
    sizes = [(tier, size) for tier, count in NEW_TIERS.items() for size in amounts(dice, BANDS[tier], count)]
    total = sum(size for _, size in sizes)
    stayed = []
    for (tier, size), cohort in zip(sizes, dice.shuffled(cohorts)):
        customer = draft(dice, _segment(dice), tier, cohort, in_twelves(size * arr // total))
        stayed.append(customer._replace(steps=opened(dice, customer.acquired, customer.steps[0][1], END, 15)))
    left = []
    for position, count in enumerate(LEFT_EARLY):
        for _ in range(count):
            customer = _small_draft(dice, first + position, ("mid_market", "smb", "smb"))
            month, size = FIRST + 3 * (first + position), customer.steps[0][1]
            steps = ((month, size), (min(month + 1 + dice.below(5), END), 0))
            left.append(customer._replace(acquired=month, term_months=1, steps=steps))
    return stayed + left


def _segment(dice: Dice) -> str:
    return [segment for segment, share in SEGMENTS.items() for _ in range(share)][dice.below(sum(SEGMENTS.values()))]


def _small_draft(dice: Dice, cohort: int, tiers: Sequence[str]) -> Draft:
    tier = tiers[dice.below(len(tiers))]
    low, high = BANDS[tier]
    arr = in_twelves(low + dice.below((high - low) // 2))
    return draft(dice, _segment(dice), tier, cohort, arr)._replace(term_months=12)


@cache
def company() -> tuple[Customer, ...]:
    """Every customer that Larkfield Software ever had, by the day of its first service."""
    dice = Dice(SEED)
    held, gone = held_over_the_period(dice), gone_before_the_period(dice)
    drafts = held + gone + acquired_in_the_period(dice, ENDING_ARR - sum(c.steps[-1][1] for c in held + gone))
    names = dice.shuffled([f"{adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS])
    drafts.sort(key=lambda customer: (customer.acquired, customer.day))
    return tuple(Customer(f"C-{number:04d}", f"{name} {FORMS[dice.below(len(FORMS))]}", customer.segment,
                          customer.acquired, customer.term_months, _spells(customer), customer.churn_reason)
                 for number, (customer, name) in enumerate(zip(drafts, names), start=1))


def _spells(customer: Draft) -> tuple[Spell, ...]:
    days = [date(month // 12, month % 12 + 1, customer.day) for month, _ in customer.steps]
    return tuple(Spell(start, end, arr)
                 for (_, arr), start, end in zip(customer.steps, days, [*days[1:], None]) if arr)


def account(customer: Customer) -> Optional[dict[str, object]]:
    """One row of `accounts` in cohorts.json, None when the customer has no ARR at either date."""
    starting, ending = customer.arr(START), customer.arr(END)
    if not starting and not ending:
        return None
    row: dict[str, object] = {"id": customer.id, "name": customer.name, "cohort_start": month_text(customer.acquired),
                              "segment": customer.segment, "starting_arr": starting, "ending_arr": ending}
    if not starting:
        row["ever_before"] = customer.acquired <= START
    elif customer.due():
        row.update(due_arr=starting, renewed_arr=ending)
    if customer.churn_reason is not None:
        row["churn_reason"] = customer.churn_reason
    return row


def flows(customers: Sequence[Customer]) -> dict[str, int]:
    """Sums of the month-by-month movements of the period, in dollars."""
    sums = dict.fromkeys(("new_arr", "reactivated_arr", "expansion_arr", "contraction_arr", "churned_arr"), 0)
    for customer in customers:
        for month in range(START + 1, END + 1):
            before, after = customer.arr(month - 1), customer.arr(month)
            if not before:
                sums["new_arr" if month == customer.acquired else "reactivated_arr"] += after
            elif not after:
                sums["churned_arr"] += before
            else:
                sums["expansion_arr"] += max(0, after - before)
                sums["contraction_arr"] += max(0, before - after)
    return sums


def history(customers: Sequence[Customer]) -> list[dict[str, object]]:
    """One row per acquisition cohort and age in quarters, read at the last month of each quarter."""
    rows: list[dict[str, object]] = []
    for cohort in range(QUARTERS):
        members = [customer for customer in customers if cohort_of(customer.acquired) == cohort]
        initial = sum(customer.arr(customer.acquired) for customer in members)
        for age in range(QUARTERS - cohort):
            arrs = [customer.arr(FIRST + 3 * (cohort + age) + 2) for customer in members]
            rows.append({"cohort": quarter_text(FIRST + 3 * cohort), "quarter": age, "customers": len(members),
                         "active_customers": sum(1 for arr in arrs if arr), "arr": sum(arrs), "initial_arr": initial})
    return rows


def cohorts_json(customers: Sequence[Customer]) -> str:
    """The text of samples/cohorts.json, one account and one history row per line."""
    head = {"as_of": AS_OF.isoformat(), "period_months": END - START, "currency": "USD", "stage": "growth",
            "flows": flows(customers)}
    accounts = [row for row in map(account, customers) if row is not None]
    parts = [f'  "{key}": {json.dumps(value)}' for key, value in head.items()]
    for key, rows in (("accounts", accounts), ("history", history(customers))):
        lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
        parts.append(f'  "{key}": [\n{lines}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def subscriptions_csv(customers: Sequence[Customer]) -> str:
    """The text of samples/exports/subscriptions.csv, one subscription period per row, by first day."""
    rows = sorted((spell.start, customer.id, position, customer, spell)
                  for customer in customers for position, spell in enumerate(customer.spells))
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("subscription_id", "customer_id", "customer_name", "industry", "start_date", "end_date",
                  "monthly_amount", "status"))
    for number, (_, _, position, customer, spell) in enumerate(rows, start=1):
        following = customer.spells[position + 1:position + 2]
        changed = bool(following) and following[0].start == spell.end
        status = "active" if spell.end is None else "changed" if changed else "cancelled"
        out.writerow((f"S-{number:05d}", customer.id, customer.name, customer.segment, spell.start.isoformat(),
                      spell.end.isoformat() if spell.end else "", f"{spell.arr // 12}.00", status))
    return text.getvalue()


def churn_events_csv(customers: Sequence[Customer]) -> str:
    """The text of samples/exports/churn_events.csv: who gave notice when and why, when that is known."""
    rows = []
    for customer in customers:
        end = customer.spells[-1].end
        if customer.churn_reason not in (None, "unknown") and end:
            notice = end - timedelta(days=7 + int(customer.id[2:]) % 50)
            rows.append((notice.isoformat(), customer.id, customer.churn_reason))
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("notice_date", "customer_id", "reason"))
    out.writerows(sorted(rows))
    return text.getvalue()


@cache
def customers_known(customers: tuple[Customer, ...]) -> list[dict[str, Any]]:
    """What is known of each customer beside its ARR, from draws of its own."""
    return sample_customers.book(customers, Dice(CUSTOMERS_SEED), AS_OF)


def customers_json(customers: tuple[Customer, ...]) -> str:
    """The text of samples/customers.json."""
    return sample_customers.customers_json(customers_known(customers), AS_OF)


def book_json(customers: tuple[Customer, ...]) -> str:
    """The text of samples/book.json."""
    return sample_book.book_json(customers_json(customers), [row for row in map(account, customers) if row])


def scorecard_json(customers: tuple[Customer, ...]) -> str:
    """The text of samples/scorecard.json."""
    ends = START - 12, START, END
    before, year = ([(one.arr(a), one.arr(b)) for one in customers] for a, b in zip(ends, ends[1:]))
    return sample_scorecard.scorecard_json(customers_json(customers), year, before)


def org_json(customers: tuple[Customer, ...]) -> str:
    """The text of samples/org.json."""
    return sample_org.org_json(customers_json(customers), [row for row in map(account, customers) if row])


FILES: dict[str, Callable[[tuple[Customer, ...]], str]] = {
    "cohorts.json": cohorts_json,
    "customers.json": customers_json,
    "book.json": book_json,
    "org.json": org_json,
    "scorecard.json": scorecard_json,
    "exports/crm_customers.csv": lambda customers: sample_customers.crm_csv(customers_known(customers)),
    "exports/subscriptions.csv": subscriptions_csv,
    "exports/churn_events.csv": churn_events_csv,
}


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0, or 1 when `--check` finds a file that differs, or 2 for any other argument."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: make_samples.py [--check]", file=sys.stderr)
        return 2
    customers = company()
    made = {SAMPLES / name: text(customers).encode("utf-8") for name, text in FILES.items()}
    if arguments:
        differing = [path for path, content in made.items() if not path.is_file() or path.read_bytes() != content]
        for path in differing:
            print(f"differs: {path.relative_to(SAMPLES.parent)}", file=sys.stderr)
        return 1 if differing else 0
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
