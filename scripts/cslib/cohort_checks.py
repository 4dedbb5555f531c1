"""What the figures of a cohorts.json cannot mean together, although each alone is well formed. Every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Optional

from cslib.months import MONTHS_IN_A_YEAR, month_index, month_name, month_of
from cslib.refusal import Fault

CENT = Decimal("0.01")
_IN_CENTS = Context(prec=60, rounding=ROUND_HALF_UP).quantize


def money(value: object) -> Decimal:
    """An amount of the document to the cent, half up."""
    return _IN_CENTS(value if type(value) is Decimal else Decimal(value), CENT)


def month_before(day: date, months: int) -> str:
    """The month (`YYYY-MM`) that many months before a day's."""
    return month_name(month_index(day) - months)


def faults_of(document: dict) -> list[Fault]:
    """All faults of a document that its schema accepts, in reading order."""
    as_of = _day(document["as_of"])
    accounts, cohorts = document.get("accounts"), document.get("cohorts")
    found = [] if as_of else [Fault("impossible date", "as_of", "a day that exists", document["as_of"])]
    if as_of and not 1970 <= as_of.year <= 2199:
        found.append(Fault("impossible date", "as_of", "a year of this era", document["as_of"]))
        as_of = None
    if (accounts is None) == (cohorts is None):
        return [*found, Fault("one form only", "the document", 'either "accounts" or "cohorts"',
                              "neither" if accounts is None else "both",
                              "keep the finer one: accounts" if accounts else "")]
    start = month_before(as_of, document["period_months"]) if as_of else None
    end = document["as_of"][:7] if as_of else None
    rows, form, key = (accounts, "accounts", "id") if accounts else (cohorts, "cohorts", "name")
    seen: set[str] = set()
    fine: set[Optional[str]] = {None}
    for index, row in enumerate(rows):
        if row[key] in seen:
            found.append(Fault("given twice", f"{form}[{index}].{key}", f"every {key} once", row[key],
                               "merge the two rows"))
        seen.add(row[key])
        month = row.get("cohort_start")
        if month not in fine:
            if _is_month(month) and month <= (end or month):
                fine.add(month)
            else:
                found.append(_month_fault(month, f"{form}[{index}].cohort_start ({row[key]})", end))
        if start and month is not None and month > start and money(row["starting_arr"]):
            found.append(Fault("contradiction", f"{form}[{index}].cohort_start ({row[key]})",
                               f"at the latest {start} where there was ARR then", month))
        if row.get("due_arr") is not None or row.get("renewed_arr") is not None:
            found += _renewal_faults(row, f"{form}[{index}] ({row[key]})")
        if cohorts:
            found += _cohort_faults(row, f"{form}[{index}] ({row[key]})")
        elif row.get("churn_reason") is not None or row.get("ever_before") is False:
            found += _account_faults(row, f"{form}[{index}] ({row[key]})", start)
    if not found and not any(money(row["starting_arr"]) for row in rows):
        found.append(Fault("nothing to retain", "starting_arr", "a book with ARR at the start of the period",
                           "0 in all", "a first period has no retention yet"))
    if not found and document.get("flows") is not None:
        found += _flow_faults(document["flows"], *_totals(rows, bool(accounts)))
    return found + list(_history_faults(document.get("history") or (), end))


def _day(text: str) -> Optional[date]:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_month(month: str) -> bool:
    return month[:4] >= "1900" and "01" <= month[5:] <= "12"


def _month_fault(month: str, place: str, end: Optional[str]) -> Fault:
    if end and _is_month(month):
        return Fault("after the period", place, f"a month up to {end}", month)
    return Fault("impossible date", place, "a month that exists, YYYY-MM", month)


def _account_faults(row: dict, place: str, start: Optional[str]) -> list[Fault]:
    a, b = row["starting_arr"], row["ending_arr"]
    found = []
    if row.get("churn_reason") is not None and (money(b) or not money(a)):
        found.append(Fault("reason without a loss", f"{place}.churn_reason", "a reason only where ARR went to zero",
                           f"{row['churn_reason']} with {a} at the start and {b} at the end"))
    month = row.get("cohort_start")
    if not a and b and month is not None and start is not None and row.get("ever_before") is False and month <= start:
        found.append(Fault("contradiction", f"{place}.ever_before", f"true for a customer first seen in {month}",
                           "false"))
    return found


def _renewal_faults(row: dict, place: str) -> list[Fault]:
    due, renewed = row.get("due_arr"), row.get("renewed_arr")
    if due is None or renewed is None:
        missing = "due_arr" if due is None else "renewed_arr"
        return [Fault("half a pair", place, "due_arr and renewed_arr together, or neither", f"no {missing}")]
    if due and not row["starting_arr"]:
        return [Fault("contradiction", f"{place}.due_arr", "nothing due from a customer without ARR at the start",
                      str(due))]
    if renewed and not due:
        return [Fault("contradiction", f"{place}.renewed_arr", "0 where nothing was due", str(renewed))]
    return []


def _cohort_faults(row: dict, place: str) -> list[Fault]:
    start, churned, shrunk, grown = (
        money(row[k]) for k in ("starting_arr", "churned_arr", "contraction_arr", "expansion_arr"))
    customers, lost = row["starting_customers"], row["churned_customers"]
    found = []
    if churned + shrunk > start:
        found.append(Fault("lost more than there was", place, f"churned plus contraction up to {start}",
                           str(churned + shrunk)))
    if lost > customers:
        found.append(Fault("lost more than there was", f"{place}.churned_customers", f"up to {customers}", str(lost)))
    for what, arr, count in (("starting", start, customers), ("churned", churned, lost)):
        if bool(arr) != bool(count):
            found.append(Fault("contradiction", place, f"{what}_arr and {what}_customers both zero or neither",
                               f"{arr} and {count}"))
    stayed = customers - lost
    if 0 < stayed < bool(shrunk) + bool(grown):
        found.append(Fault("contradiction", place, "contraction or expansion of the one customer that stayed",
                           f"both: {shrunk} and {grown}"))
    if lost == customers and customers and (churned != start or shrunk or grown):
        found.append(Fault("contradiction", place, f"all ARR churned ({start}) when every customer is lost",
                           str(churned)))
    if stayed > 0 and start and churned + shrunk == start:
        found.append(Fault("contradiction", place, "some ARR left with the customers that stayed",
                           f"{churned + shrunk} of {start} lost"))
    if row.get("ending_arr") is not None:
        won = money(row.get("new_arr") or 0) + money(row.get("reactivated_arr") or 0)
        ending = start + won + grown - shrunk - churned
        gains = ("starting_arr", "new_arr", "reactivated_arr", "expansion_arr")
        exact = sum((_exact(row, key) for key in gains), Decimal(0))
        exact -= _exact(row, "contraction_arr") + _exact(row, "churned_arr")
        if money(row["ending_arr"]) != ending and _exact(row, "ending_arr") != exact:
            found.append(Fault("does not close", f"{place}.ending_arr",
                               f"{ending} = starting + new + reactivated + expansion - contraction - churned",
                               str(money(row["ending_arr"])), f"off by {money(row['ending_arr']) - ending}"))
    return found + _reason_faults(row.get("churn_reasons") or {}, f"{place}.churn_reasons", churned,
                                  _exact(row, "churned_arr"), lost)


def _exact(row: dict, key: str) -> Decimal:
    return Decimal(row.get(key) or 0)


def _reason_faults(reasons: dict, place: str, churned: Decimal, exact_churned: Decimal, lost: int) -> list[Fault]:
    found = []
    customers = sum(loss["customers"] for loss in reasons.values())
    exact = sum((_exact(loss, "arr") for loss in reasons.values()), Decimal(0))
    in_cents = sum((money(loss.get("arr") or 0) for loss in reasons.values()), Decimal(0))
    arr = churned if exact == exact_churned else in_cents
    if customers > lost:
        found.append(Fault("more reasons than losses", place, f"up to {lost} customers", str(customers)))
    if arr > churned:
        found.append(Fault("more reasons than losses", place, f"up to {churned} ARR", str(arr)))
    found += [Fault("contradiction", f"{place}.{reason}", "arr and customers both zero or neither",
                    f"{loss['arr']} and {loss['customers']}")
              for reason, loss in reasons.items()
              if loss.get("arr") is not None and bool(loss["arr"]) != bool(loss["customers"])]
    priced = sum(loss["customers"] for loss in reasons.values() if loss.get("arr") is not None)
    if not found and reasons and (priced == lost) != (arr == churned):
        found.append(Fault("reasons short of the losses", place, f"{churned} ARR over {lost} lost customers",
                           f"{arr} ARR over {priced} customers",
                           "the customers left over and the ARR left over must go together"))
    return found


def _totals(rows: list[dict], by_account: bool) -> tuple[Decimal, Decimal]:
    if by_account:
        return (sum((money(row["starting_arr"]) for row in rows), Decimal(0)),
                sum((money(row["ending_arr"]) for row in rows), Decimal(0)))
    plus, minus = ("starting_arr", "new_arr", "reactivated_arr", "expansion_arr"), ("contraction_arr", "churned_arr")
    ending = sum((money(row.get(k) or 0) for row in rows for k in plus), Decimal(0))
    ending -= sum((money(row[k]) for row in rows for k in minus), Decimal(0))
    return sum((money(row["starting_arr"]) for row in rows), Decimal(0)), ending


def _flow_faults(flows: dict, starting: Decimal, ending: Decimal) -> list[Fault]:
    closing = starting + sum(money(flows[k]) for k in ("new_arr", "reactivated_arr", "expansion_arr"))
    closing -= money(flows["contraction_arr"]) + money(flows["churned_arr"])
    if closing == ending:
        return []
    return [Fault("does not close", "flows", f"an ending of {ending}, the book's own", str(closing))]


def _history_faults(cells: list[dict], end: Optional[str]) -> Iterator[Fault]:
    seen: set[tuple] = set()
    first: dict[str, tuple] = {}
    for index, cell in enumerate(cells):
        place = f"history[{index}] ({cell['cohort']}, quarter {cell['quarter']})"
        key, fixed = (cell["cohort"], cell["quarter"]), (cell["customers"], money(cell["initial_arr"]))
        if key in seen:
            yield Fault("given twice", place, "every cohort and quarter once", "a second row")
        seen.add(key)
        if first.setdefault(cell["cohort"], fixed) != fixed:
            yield Fault("contradiction", place, "the same customers and initial_arr at every age of a cohort",
                        f"{fixed[0]} and {fixed[1]}")
        if cell["active_customers"] > cell["customers"]:
            yield Fault("contradiction", f"{place}.active_customers", f"up to {cell['customers']}",
                        str(cell["active_customers"]))
        if bool(cell["active_customers"]) != bool(cell["arr"]):
            yield Fault("contradiction", place, "arr and active_customers both zero or neither",
                        f"{cell['arr']} and {cell['active_customers']}")
        year, quarter = int(cell["cohort"][:4]), int(cell["cohort"][6]) + cell["quarter"]
        if end and year * MONTHS_IN_A_YEAR + quarter * 3 - 1 > month_of(end):
            yield Fault("after the period", place, f"quarters complete by {end}", cell["cohort"])
