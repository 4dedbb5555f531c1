"""Books of business for laws: cohorts.json documents in both forms, seeded and by hypothesis, and their answers.

Every document made here is valid, the odd ones too: idle accounts, all lost, nobody lost, one customer, no segment, no
cohort, reasons without ARR, reasons for some of the losses.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import NamedTuple, Optional

from hypothesis import settings
from hypothesis import strategies as st

from cslib import cohorts, decomposition, policy, retention

D = Decimal
AS_OF = "2025-12-31"
YEAR = 12
REASONS = ("product_fit", "competitor_loss", "no_value_realized", "pricing", "champion_left", "company_event",
           "tactical_failure", "involuntary", "unknown")
CODED = REASONS[:-1]
STAGES = ("seed", "series_a", "series_b", "growth", "late")
SEGMENTS = ("Retail", "Health", "Logistics")
SIZES = (("strategic", 100000), ("enterprise", 20000), ("mid_market", 5000), ("smb", 0))
OLD_MONTHS = ("2021-02", "2021-11", "2022-06", "2023-01", "2023-09")
MONEY = ("starting_arr", "new_arr", "reactivated_arr", "expansion_arr", "contraction_arr", "churned_arr", "ending_arr")
COUNTS = ("starting_customers", "churned_customers")
RATIOS = ("grr_ratio", "nrr_ratio", "logo_retention_ratio", "churn_ratio", "contraction_ratio", "expansion_ratio")
SHAPES = ("ordinary", "nobody_lost", "all_lost", "one_customer", "no_segment", "no_cohort", "alike", "no_reason")
SETTINGS = policy.read(None).settings
few = settings(max_examples=30)


class Bridge(NamedTuple):
    """One set of customers, added up from the rows of a document, in the order of MONEY and COUNTS."""

    starting_arr: Decimal
    new_arr: Decimal
    reactivated_arr: Decimal
    expansion_arr: Decimal
    contraction_arr: Decimal
    churned_arr: Decimal
    ending_arr: Decimal
    starting_customers: int
    churned_customers: int


def start_of(months: int) -> str:
    """The month in which a period of so many months to AS_OF starts."""
    index = 2025 * 12 + 11 - months
    return f"{index // 12}-{index % 12 + 1:02d}"


def account(key: str, starting: object, ending: object, **known: object) -> dict:
    """One row of the accounts form."""
    return {"id": key, "starting_arr": starting, "ending_arr": ending, **known}


def cohort(name: str, starting: object, customers: int, churned: object = 0, lost: int = 0, contraction: object = 0,
           expansion: object = 0, **known: object) -> dict:
    """One row of the cohort form."""
    return {"name": name, "starting_arr": starting, "starting_customers": customers, "churned_arr": churned,
            "churned_customers": lost, "contraction_arr": contraction, "expansion_arr": expansion, **known}


def of_accounts(*rows: dict, **known: object) -> dict:
    """A document of a year in the accounts form."""
    return {"as_of": AS_OF, "period_months": YEAR, "accounts": list(rows), **known}


def of_cohorts(*rows: dict, **known: object) -> dict:
    """A document of a year in the cohort form."""
    return {"as_of": AS_OF, "period_months": YEAR, "cohorts": list(rows), **known}


def book(document: dict) -> cohorts.Book:
    """The records of a document under the default policy."""
    return cohorts.read(document, "a test", SETTINGS["tier_floors"])


def answered(document: dict, previous: Optional[dict] = None, reported: tuple = ()) -> decomposition.Decomposition:
    """The whole answer of a document under the default policy."""
    return decomposition.decomposed(
        book(document), SETTINGS, document.get("stage"), previous and book(previous), reported
    )


def overall(document: dict) -> retention.Retained:
    """The whole book of a document, without the intervals."""
    read = book(document)
    total = retention.added(part.movement for part in read.parts)
    return retention.retained(None, total, read.period_months, read.stage, SETTINGS)


def returned(row: dict, months: int) -> bool:
    """Whether an account that comes in the period was a customer before it."""
    before, month = row.get("ever_before"), row.get("cohort_start")
    return before if before is not None else month is not None and month <= start_of(months)


def bridge(rows: list[dict], months: int = YEAR) -> Bridge:
    """The bridge of account rows, movement by movement, from the definitions alone."""
    pairs = [(D(row["starting_arr"]), D(row["ending_arr"]), row) for row in rows]
    there = [(a, b) for a, b, _ in pairs if a]
    came = [(b, returned(row, months)) for a, b, row in pairs if not a]
    return Bridge(sum((a for a, _ in there), D(0)), sum((b for b, back in came if not back), D(0)),
                  sum((b for b, back in came if back), D(0)), sum((b - a for a, b in there if b > a), D(0)),
                  sum((a - b for a, b in there if 0 < b < a), D(0)), sum((a for a, b in there if not b), D(0)),
                  sum((b for _, b, _ in pairs), D(0)), len(there), sum(1 for _, b in there if not b))


def quarter(row: dict) -> Optional[str]:
    """The acquisition quarter of a row; None where its month is not known."""
    month = row.get("cohort_start")
    return None if month is None else f"{month[:4]}-Q{1 + (int(month[5:]) - 1) // 3}"


def grouped(rows: list[dict], key) -> dict:
    """The rows under each value of the key."""
    groups: dict = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def aggregated(document: dict, key) -> dict:
    """The same book in the cohort form, one cohort for each value of the key; losses without a reason are left out."""
    groups, rows = grouped(document["accounts"], key), []
    for value in groups:
        inside = groups[value]
        total = bridge(inside, document["period_months"])
        lost = [row for row in inside if row["starting_arr"] and not row["ending_arr"]]
        reasons = {reason: {"customers": len(same), "arr": sum((D(row["starting_arr"]) for row in same), D(0))}
                   for reason, same in grouped(lost, lambda row: row.get("churn_reason") or "unknown").items()
                   if reason != "unknown"}
        segments = {row.get("segment") for row in inside}
        rows.append({"name": str(value), **total._asdict(), "churn_reasons": reasons or None,
                     "segment": segments.pop() if len(segments) == 1 else None})
    return {**{k: v for k, v in document.items() if k != "accounts"}, "cohorts": rows}


def accounts_document(seed: int, customers: int = 60) -> dict:
    """A seeded book of a year in the accounts form, of the shape that the seed falls on."""
    rng, shape = random.Random(seed), SHAPES[seed % len(SHAPES)]
    number = 1 if shape == "one_customer" else rng.randint(2, customers)
    rows = [_seeded(rng, index, shape) for index in range(number)]
    rng.shuffle(rows)
    return of_accounts(*rows, stage=rng.choice((None, *STAGES)))


def _seeded(rng: random.Random, index: int, shape: str) -> dict:
    start = (
        D(50000)
        if shape == "alike"
        else D(rng.choice((0, 1, 1, 1, 1)) * round(100 * rng.lognormvariate(9.5, 1.4))) / 100
    )
    if index == 0 and not start:
        start = D("19999.99")
    fate = rng.choice(("keep", "keep", "grow", "shrink", "lose"))
    fate = {"nobody_lost": "keep" if fate == "lose" else fate, "all_lost": "lose"}.get(shape, fate)
    end = {"keep": start, "grow": start + D(rng.randint(1, 4000000)) / 100, "lose": D(0),
           "shrink": (start * D(rng.randint(5, 99)) / 100).quantize(D("0.01"))}[fate]
    if not start and shape != "all_lost":
        end = D(rng.choice((0, 500000, rng.randint(1, 9000000)))) / 100
    old = bool(start) or rng.random() < 0.4
    known = {"name": f"Sample {index}" if rng.random() < 0.5 else None,
             "cohort_start": None if shape == "no_cohort" or rng.random() < 0.1
             else rng.choice((*OLD_MONTHS, start_of(YEAR))) if old else rng.choice(("2025-01", "2025-12")),
             "segment": None if shape == "no_segment" or rng.random() < 0.1 else rng.choice(SEGMENTS)}
    if not start and rng.random() < 0.5:
        known["ever_before"] = old
    if start and not end and shape != "no_reason" and rng.random() < 0.7:
        known["churn_reason"] = rng.choice(REASONS)
    if start and rng.random() < 0.4:
        due = start if rng.random() < 0.9 else D(0)
        known.update(due_arr=due, renewed_arr=end if due else D(0))
    return account(f"A{index:03}", start, end, **known)


CENTS = st.one_of(st.integers(1, 50), st.integers(1, 10 ** 9)).map(lambda cents: D(cents) / 100)
SHARES = st.integers(1, 99).map(lambda share: D(share) / 100)
A_YEAR = st.just(YEAR)
THERE, ALL_KINDS = ("kept", "grown", "shrunk", "lost"), ("kept", "grown", "shrunk", "lost", "new", "back", "idle")


@st.composite
def account_rows(draw, index: int, kinds: tuple, months: int, known_cohort: bool) -> dict:
    """One valid account of one of the kinds."""
    kind, amount = draw(st.sampled_from(kinds)), draw(CENTS)
    start = amount if kind in THERE else D(0)
    end = {"kept": amount, "lost": D(0), "idle": D(0)}.get(kind)
    if end is None:
        end = max(D("0.01"), (amount * draw(SHARES)).quantize(D("0.01"))) if kind == "shrunk" else amount
        end += draw(CENTS) if kind == "grown" else 0
    row = account(f"A{index}", start, end)
    old = kind in THERE or kind == "back"
    months_known = (*OLD_MONTHS, start_of(months)) if old else ("2025-12",)
    row["cohort_start"] = draw(st.sampled_from(months_known if known_cohort else (None, *months_known)))
    if kind == "back" and (row["cohort_start"] is None or draw(st.booleans())):
        row["ever_before"] = True
    row["segment"] = draw(st.sampled_from((None, *SEGMENTS)))
    row["name"] = draw(st.sampled_from((None, f"Sample {index}")))
    if kind == "lost":
        row["churn_reason"] = draw(st.sampled_from((None, *REASONS)))
    if kind in THERE and draw(st.booleans()):
        row["due_arr"] = draw(st.sampled_from((D(0), start)))
        row["renewed_arr"] = draw(st.sampled_from((D(0), end))) if row["due_arr"] else D(0)
    return row


@st.composite
def accounts_documents(draw, months=A_YEAR, known_cohort: bool = False, most: int = 8) -> dict:
    """A valid document in the accounts form with up to `most` accounts, one of them there at the start."""
    period = draw(months)
    kinds = draw(st.sampled_from((ALL_KINDS, THERE, ("lost",), ("kept", "grown"), ("kept", "new", "idle"))))
    rows = [
        draw(
            account_rows(
                index, kinds if index else tuple(kind for kind in kinds if kind in THERE), period, known_cohort
            )
        )
        for index in range(draw(st.integers(1, most)))
    ]
    document = of_accounts(
        *draw(st.permutations(rows)), period_months=period, stage=draw(st.sampled_from((None, *STAGES)))
    )
    if draw(st.booleans()):
        document["flows"] = draw(flows(bridge(rows, period)))
    return document


@st.composite
def flows(draw, total: Bridge) -> dict:
    """Movements month by month that lead from the start of a book to its end."""
    back, grown, shrunk, lost = (draw(CENTS) for _ in range(4))
    new = total.ending_arr - total.starting_arr - back - grown + shrunk + lost
    return {"new_arr": max(new, D(0)), "reactivated_arr": back, "expansion_arr": grown, "contraction_arr": shrunk,
            "churned_arr": lost + max(-new, D(0))}


@st.composite
def cohort_rows(draw, index: int, some: bool) -> dict:
    """One valid cohort; `some` asks for customers at its start."""
    stayed, lost = draw(st.integers(0, 6)), draw(st.integers(0, 4))
    stayed = stayed or int(some and not lost)
    gone = [draw(CENTS) for _ in range(lost)]
    churned = sum(gone, D(0))
    kept = sum((draw(CENTS) for _ in range(stayed)), D(0))
    shrunk = draw(st.one_of(st.just(D(0)), CENTS)) if stayed > 1 else D(0)
    grown = draw(st.one_of(st.just(D(0)), CENTS)) if stayed else D(0)
    row = cohort(f"Cohort {index}", kept + churned + shrunk, stayed + lost, churned, lost, shrunk, grown,
                 segment=draw(st.sampled_from((None, *SEGMENTS))))
    row["cohort_start"] = draw(st.sampled_from((None, *OLD_MONTHS)))
    for name in ("new_arr", "reactivated_arr"):
        row[name] = draw(st.one_of(st.none(), st.just(D(0)), CENTS))
    if draw(st.booleans()):
        row["ending_arr"] = kept + grown + (row["new_arr"] or 0) + (row["reactivated_arr"] or 0)
    if row["starting_arr"] and draw(st.booleans()):
        row["due_arr"], row["renewed_arr"] = row["starting_arr"], draw(st.one_of(st.just(D(0)), CENTS))
    if draw(st.booleans()):
        row["churn_reasons"] = draw(losses(gone))
    return row


@st.composite
def losses(draw, amounts: list[Decimal]) -> dict:
    """Reasons for the lost customers of a cohort, given or not, each with its ARR or without."""
    causes = [draw(st.sampled_from((None, *REASONS))) for _ in amounts]
    coded: dict = {}
    for reason, arr in zip(causes, amounts):
        if reason is not None:
            loss = coded.setdefault(reason, {"customers": 0, "arr": D(0)})
            loss["customers"] += 1
            loss["arr"] += arr
    for loss in coded.values():
        if draw(st.integers(0, 3)) == 0:
            loss["arr"] = None
    if draw(st.booleans()):
        coded.setdefault("involuntary", {"customers": 0, "arr": 0})
    return coded


@st.composite
def cohort_documents(draw) -> dict:
    """A valid document in the cohort form with up to five cohorts."""
    rows = [draw(cohort_rows(index, not index)) for index in range(draw(st.integers(1, 5)))]
    return of_cohorts(*rows, stage=draw(st.sampled_from((None, *STAGES))))


BOOKS = accounts_documents()
COHORT_BOOKS = cohort_documents()
