"""The findings of decision B in sentences: what is wrong with the tiers, who cannot be judged, who moves, fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional

from cslib.benchmarks import Benchmark
from cslib.figures import count, decimal, per_cent, short_money, whole
from cslib.fit_evidence import Evidence
from cslib.segmentation import Apart, Segmentation
from cslib.segmentation_words import APART, BANDS, PRESETS, SIGNALS, TIERS, expected, missing, name
from cslib.service_cost import Served
from cslib.tier_moves import Move, NearMiss
from cslib.tiering import Disagreement

FEW = 2
SMELLS = {"everyone_on_top": "{share} of customers are in the top tier: a tier for everybody is no tier",
          "everyone_at_the_bottom": "{share} of customers are in the last tier: the floors do not fit this book",
          "one_tier": "All customers are in one tier: nothing is differentiated"}


def smells(s: Segmentation, least: Decimal) -> Iterable[str]:
    """What is wrong with the tiers as such; `least` is the gap below which two tiers are one."""
    for smell in s.smells:
        row = s.tiers[0] if smell == "everyone_on_top" else s.tiers[-1]
        yield SMELLS[smell].format(share=per_cent(row.customers_ratio, 0)) + "."
    for pair in s.differentiation:
        if pair.alike:
            digits = 1 if pair.basis == "planned" else 0
            values = f"{decimal(pair.upper_value, digits)} and {decimal(pair.lower_value, digits)}"
            what = {"planned": f"are planned with {values} hours", "actual": f"cost {values}"}[pair.basis]
            fact = " in fact" if pair.basis == "actual" else ""
            if pair.gap_ratio is not None and pair.gap_ratio < 0:
                yield (f"An account of the {TIERS[pair.upper]} and of the {TIERS[pair.lower]} tier {what}: "
                       "the lower tier gets more.")
                continue
            yield (f"An account of the {TIERS[pair.upper]} and of the {TIERS[pair.lower]} tier {what}, less than "
                   f"{per_cent(least, 0)} apart: one tier{fact}.")


def unexpected(s: Segmentation) -> Iterable[str]:
    """Tiers that hold another share of customers or ARR than is usual."""
    said = []
    for axis, what in (("customers", "customers"), ("arr", "ARR")):
        rows = [f"{TIERS[row.tier]} {per_cent(getattr(row, f'{axis}_ratio'), 0)} (usual {expected(row, axis)})"
                for row in s.tiers if getattr(row.as_expected, axis) in ("above", "below")]
        said += [f"{', '.join(rows)} of {what}"] if rows else []
    if said:
        yield f"Out of shape: {'; '.join(said)}."


def strain(s: Segmentation) -> str:
    """Where the ranges contradict the ARR that they are meant for; empty where they do not."""
    tops = [row for row in s.tiers
            if row.high_at_floor_ratio is not None and row.high_at_floor_ratio > row.cost_high_ratio]
    said = [f"their top is {_listed([per_cent(row.high_at_floor_ratio, 0) for row in tops])} of the smallest "
            f"{_listed([TIERS[row.tier] for row in tops])} account"] if tops else []
    worst = max(s.tiers, key=lambda row: row.strained_customers)
    if worst.strained_customers:
        said.append(f"{whole(worst.strained_customers)} of {count(worst.customers, f'{TIERS[worst.tier]} account')} "
                    f"cannot bear {short_money(worst.investment_low)}, which takes {short_money(worst.pays_from_arr)} "
                    "of ARR")
    return f"The ranges contradict the ARR: {'; '.join(said)}." if said else ""


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def others(s: Segmentation, rows: Iterable[Benchmark]) -> str:
    """What CS with support costs others, beside the cost known here."""
    said = " and ".join(f"{per_cent(row.low_ratio, 0)} ({row.publisher} {row.year})" for row in rows)
    if not said or s.verdict is None:
        return ""
    return f"CS with support costs others {said} of ARR at the median, this book {per_cent(s.budget.cost_ratio)}."


def nobody_leaves(s: Segmentation) -> str:
    """Why the exit list is empty: nobody has the flags, or nobody can be judged."""
    if not s.leaving.judged:
        return "Nobody can be judged yet: it takes the cost to serve and half of the fit signals of an account."
    return f"Nobody: none of the {count(s.leaving.judged, 'account')} that can be judged has flags enough."


def exit_sums(s: Segmentation) -> str:
    """How many of the exit list lose money and how many merely earn little."""
    row = s.leaving
    said = [f"{count(row.losing, 'loses', 'lose')} money today",
            f"{count(row.earning_little, 'merely earns', 'merely earn')} little, {count(row.earning, 'earns', 'earn')}"]
    said += [f"{whole(row.unsure)} may come off once unknown signals are answered"] if row.unsure else []
    return f"Of these {whole(row.customers)}, {', '.join(said)}."


def apart(rows: Iterable[Apart]) -> str:
    """Who cannot be on the exit list, and why."""
    said = [f"{count(row.customers, *APART[row.reason])} ({_held(row)})" for row in rows]
    return f"Not judged: {', '.join(said)}." if said else ""


def _held(row: Apart) -> str:
    return f"{short_money(row.arr)} ARR" if row.arr or row.cost is None else f"cost {short_money(row.cost)}"


def _near_miss(row: NearMiss) -> str:
    return (f"{name(row.customer)} ({short_money(row.customer.arr)}) needs {', '.join(map(missing, row.missing))} for "
            f"{TIERS[row.next_tier]}")


def fit(s: Segmentation) -> str:
    """Fit over the book, in customers and ARR."""
    said = ", ".join(f"{BANDS[row.band]} {whole(row.customers)} ({short_money(row.arr)})" for row in s.icp.bands
                     if row.customers)
    return f"Fit: {said}."


def evidence(found: Optional[Evidence], full: bool) -> Iterable[str]:
    """What the company's own losses say of fit and its weights; unless `full` long lists of signals are counted."""
    if found is None:
        yield "Whether fit foretells loss is untested here: nobody is marked as churned, or nobody as kept."
        return
    rates = [f"{row.band} {per_cent(row.loss_ratio, 0)} ({whole(row.lost)} of {whole(row.customers)})"
             for row in found.bands if row.customers]
    if not rates:
        yield ("Whether fit foretells loss is untested: of the "
               f"{count(found.whole.customers, 'customer')} lost and kept nobody has enough signals known.")
        return
    said = {"orders": "more than chance", "reversed": "the reverse of what fit should mean",
            "not_told": "as chance alone may bring", "too_few": "too few to say"}[found.ordering.finding]
    head = f"Your {count(found.whole.lost, 'loss', 'losses')} by fit: {', '.join(rates)}, {said}."
    by_finding: dict[str, list[str]] = {}
    for row in found.signals:
        by_finding.setdefault(row.finding, []).append(SIGNALS[row.signal])
    told = [f"{_few(by_finding[key], full)} {words}" for key, words in
            (("separates", "tells the lost from the kept"), ("reversed", "points the wrong way"),
             ("not_told", "cannot be told from chance"), ("too_few", "is known of too few")) if key in by_finding]
    yield f"{head} Of the signals, {'; '.join(told)}. {_weights(found)}"


def _few(names: Sequence[str], full: bool) -> str:
    return _listed(names) if full or len(names) <= FEW else f"each of {whole(len(names))}"


def _weights(found: Evidence) -> str:
    weights = found.weights
    if weights.finding == "too_few_losses":
        return (f"Weights stay: {count(weights.losses, 'loss', 'losses')} with all signals known, "
                f"{whole(weights.losses_needed)} needed.")
    if weights.finding == "no_better":
        return "Weights stay: learnt ones foretell losses no better on customers held out."
    learnt = ", ".join(f"{SIGNALS[row.signal]} {decimal(weight)}"
                       for row, weight in zip(found.signals, weights.proposed or ()))
    return f"Learnt weights foretell losses better on customers held out: {learnt}."


def unprofitable(s: Segmentation) -> str:
    """The account that loses most without being on the exit list, and how many more there are."""
    if not s.unprofitable:
        return ""
    one = s.unprofitable[0]
    customer = one.customer
    which = f"{name(customer)} ({TIERS[one.tier]}, fit {decimal(one.fit.score)})"
    return (f"Loses money, yet not on the list: {which}: {short_money(customer.arr)} ARR, cost "
            f"{short_money(customer.annual_cost_to_serve)}, contribution {short_money(one.contribution)}{_above(one)}"
            f"{_more(len(s.unprofitable), False)}.")


def _above(one: Served) -> str:
    return f", {short_money(one.excess)} above what it bears" if one.excess else ""


def placed_differently(s: Segmentation) -> Iterable[str]:
    """How many customers each other preset would place otherwise."""
    said = [f"{PRESETS[row.preset]} {whole(row.customers)} ({short_money(row.arr)} ARR"
            f"{_flow(row)})" for row in s.disagreement if row.customers]
    if said:
        yield f"By their floors alone other rules would place customers differently: {'; '.join(said)}."


def _flow(row: Disagreement) -> str:
    if row.from_tier is None or row.to_tier is None:
        return ""
    return f", {short_money(row.flow_arr)} of it {TIERS[row.from_tier]} to {TIERS[row.to_tier]}"


def moved(s: Segmentation, band: Decimal, dropped: bool, full: bool) -> Iterable[str]:
    """Who changes tier, who nearly does, whom the rules hold; each list by its first.

    `band` is the hysteresis, `dropped` says that there were previous tiers, of another preset.
    """
    if s.migration is None and not dropped:
        yield "Nobody has a previous tier, so the floors alone decide, and nobody has moved."
    said = [f"{whole(held.customers)} {word} ({short_money(held.arr)} ARR: {_crossings(rows)})"
            for rows, held, word in ((s.upgrades, s.upgraded, "up"), (s.downgrades, s.downgraded, "down")) if rows]
    if said:
        yield f"Accounts that change tier: {', '.join(said)}."
    if s.near_misses:
        first = _near_miss(s.near_misses[0])
        yield f"{count(len(s.near_misses), 'near-miss', 'near-misses')}: {first}{_more(len(s.near_misses), full)}."
    if s.migration and s.migration.held_customers:
        held = s.migration
        yield (f"{count(held.held_customers, 'account')} ({short_money(held.held_arr)} ARR) crossed a floor and stay: "
               f"within {per_cent(band, 0)} of it, or without what is required in writing.")


def unsettled(s: Segmentation, full: bool) -> Iterable[str]:
    """Which written overrides count, whether they are too many, and who is in a tier by ARR alone."""
    if s.too_many_overrides:
        yield (f"Written overrides keep {per_cent(s.overridden_ratio)} of customers on top, more than the policy "
               "allows: a rule with that many exceptions is none.")
    for active, said in ((True, "Kept on top by a written override"), (False, "Written overrides that have ended")):
        rows = [row for row in s.overrides if row.active is active]
        if rows:
            until = rows[0].customer.override.until.isoformat()
            yield f"{said}: {name(rows[0].customer)}, until {until}{_more(len(rows), full)}."
    for tier, unsure in s.unconfirmed.items():
        which = count(unsure.customers, f"{TIERS[tier]} account")
        yield (f"By ARR alone, without an earlier tier and what the tier requires in writing: {which} "
               f"({short_money(unsure.arr)} ARR).")


def _crossings(rows: Sequence[Move]) -> str:
    return f"{name(rows[0].customer)} to {TIERS[rows[0].to_tier]}" + (", ..." if len(rows) > 1 else "")


def _more(held: int, full: bool) -> str:
    return f"; and {whole(held - 1)} more ({'below' if full else '--all'})" if held > 1 else ""
