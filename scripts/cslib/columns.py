"""What kind of export a table is, and which of its columns plays which role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, Optional

from cslib import cells, figures
from cslib.months import month_name
from cslib.question import Question, Unanswered, Way
from cslib.refusal import Usage, refused
from cslib.source import Table

KINDS = ("snapshots", "wide", "subscriptions")
UNITS = ("arr", "mrr")
ALL_MONTHS = "months"
_ROWS_LOOKED_AT = 500

# Role -> the names that mean it, the one to prefer first; then names that probably do.
_NAMES: dict[str, tuple[str, str]] = {
    "customer": ("customer_id customer_uuid customer_external_id customer_oid customer account_id account_code account "
                 "client_id client company_id company customers_id", "customer_number account_number tenant_id org_id"),
    "name": ("customer_name account_name company_name client_name", "name"),
    "subscription": ("subscription_id subscription_uuid subscription_oid customer_subscription_id subscription "
                     "subscriptions_id contract_id", "saas_metric_id"),
    "segment": ("segment customer_segment market_segment", "industry vertical"),
    "currency": ("currency currency_code reporting_currency_code", "plan_currency billing_currency"),
    "start": ("start_date start subscription_start_date subscription_start contract_start_date contract_start "
              "subscriptions_start_date started_at subscription_started_at term_start period_start valid_from", "from"),
    "end": ("end_date end subscription_end_date subscription_end contract_end_date contract_end ended_at term_end "
            "period_end valid_to", "expires_at to"),
    "month": ("month date_month snapshot_month reporting_month month_end revenue_month_end_date year_month mrr_month "
              "arr_month snapshot_date", "period date as_of"),
    "arr": ("arr arr_amount annual_recurring_revenue annual_amount amount_annual", "acv annual_contract_value"),
    "mrr": ("mrr mrr_amount monthly_recurring_revenue monthly_amount amount_monthly ending_balance_mrr",
            "monthly_revenue monthly_fee monthly_price"),
    "amount": ("", "amount recurring_revenue revenue value price"),
}
ROLES = tuple(role for role in _NAMES if role != "amount")
_OF_A_CUSTOMER = ("customer", "name", "segment", "subscription", "currency")
_NEEDED = {"snapshots": ("customer", "month"), "subscriptions": ("customer", "start", "end"), "wide": ("customer",)}
_MONTH_HEADER = re.compile(r"(?:(arr|mrr)[ _-]*)?(\d{4}-\d{2}(?:-\d{2})?)(?:[ _-]*(arr|mrr))?", re.IGNORECASE)


class Role(NamedTuple):
    """A column and what gave it its role: `mapped`, `named`, `probable` or `content`."""

    column: int
    certainty: str


class Months(NamedTuple):
    """The month columns of a wide table, as (column, month index), and the unit that their names give."""

    columns: tuple[tuple[int, int], ...]
    unit: Optional[str]


class Reading(NamedTuple):
    """How a table is read. `unit` is `arr` or `mrr`; `months` is empty unless the table is wide."""

    kind: str
    roles: Mapping[str, Role]
    unit: str
    unit_certainty: str
    months: tuple[tuple[int, int], ...]
    unused: tuple[int, ...]


def recognised(table: Table, kind: str, mapped: Mapping[str, str]) -> Reading:
    """The reading of a table. Refused: a needed role that no column plays. Asked: kind or unit when nothing says it."""
    months = _months(table)
    of_months = [role for role in UNITS if _is_month_column(table, months, mapped.get(role, ""))]
    roles = _named(table, {role: column for role, column in mapped.items() if role not in of_months})
    kind = _kind(table, roles, months) if kind == "auto" else kind
    if kind == "wide":
        return _wide(table, roles, months, of_months[0] if of_months else None)
    roles = _with_customer(table, _by_content(table, kind, roles), kind)
    if "amount" in roles and not any(unit in roles for unit in UNITS):
        header = table.header[roles["amount"].column]
        raise Unanswered(table.name, [_unit_question(f'Does "{header}" hold monthly or annual amounts?', header)])
    unit = next((unit for unit in UNITS if unit in roles), None)
    if unit is None:
        raise _missing(table, "arr or mrr", "mrr")
    kept = {role: roles[role] for role in ROLES if role in roles and role not in ("start", "end", "month")}
    kept.update({role: roles[role] for role in _NEEDED[kind]})
    return Reading(kind, kept, unit, roles[unit].certainty, (), _unused(table, {role.column for role in kept.values()}))


def plain_name(header: str) -> str:
    """A header as it is compared: lower case, words joined by `_`, without `(UTC)` or a trailing currency code."""
    words = re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_")
    return re.sub(r"(?<=.)_(utc|usd|eur|gbp)$", "", words)


def _named(table: Table, mapped: Mapping[str, str]) -> dict[str, Role]:
    roles = {role: Role(_mapped_column(table, role, column), "mapped") for role, column in mapped.items()}
    settled = set(roles) | (set(UNITS) if set(UNITS) & set(roles) else set())
    names = [plain_name(header) for header in table.header]
    for role, ranks in _NAMES.items():
        found = [(name, certainty) for rank, certainty in zip(ranks, ("named", "probable"))
                 for name in rank.split() if name in names]
        if role in settled or not found:
            continue
        best, certainty = found[0]
        alike = [header for header, name in zip(table.header, names) if name == best]
        if len(alike) > 1:
            raise Unanswered(table.name, [Question(f"Which column is the {role}?", tuple(
                Way(f'--map {role}="{header}"', "reads that one") for header in alike))])
        roles[role] = Role(names.index(best), certainty)
    return roles


def _mapped_column(table: Table, role: str, column: str) -> int:
    plain = [plain_name(header) for header in table.header]
    for names, wanted in ((table.header, column), (plain, plain_name(column))):
        if names.count(wanted) == 1:
            return names.index(wanted)
    raise Usage(figures.neutral(f'--map {role}="{column}": the columns are {_headers(table)}', 400))


def _months(table: Table) -> Months:
    found = [(column, match) for column, match in enumerate(map(_MONTH_HEADER.fullmatch, table.header)) if match]
    units = {(match.group(1) or match.group(3) or "").lower() for _, match in found}
    dated = [(column, cells.month(match.group(2))) for column, match in found]
    wrong = [table.header[column] for column, month in dated if month is None]
    if wrong:
        raise refused(table.name, "no such month", "the header", "months such as 2024-01", ", ".join(wrong[:3]))
    twice = sorted({month_name(month) for _, month in dated if [m for _, m in dated].count(month) > 1})
    if twice:
        raise refused(table.name, "month named twice", "the header", "one column for each month", ", ".join(twice[:3]))
    return Months(tuple((column, month) for column, month in dated if month is not None),
                  units.pop() or None if len(units) == 1 else None)


def _is_month_column(table: Table, months: Months, name: str) -> bool:
    return bool(months.columns) and name in {ALL_MONTHS} | {table.header[column] for column, _ in months.columns}


def _kind(table: Table, roles: Mapping[str, Role], months: Months) -> str:
    if len(months.columns) > 1:
        return "wide"
    by_month = "month" in roles and (roles["month"].certainty != "probable" or "start" not in roles)
    if by_month and "start" in roles:
        raise Unanswered(table.name, [Question("There is a column of months and one of start dates. What is a row?", (
            Way("--kind snapshots", "what a customer pays in a month"),
            Way("--kind subscriptions", "what a customer pays from a start to an end")))])
    if by_month or "start" in roles:
        return "snapshots" if by_month else "subscriptions"
    kind = {1: "snapshots", 2: "subscriptions"}.get(len(_columns_of(table, roles, "date")))
    if kind is None:
        raise refused(table.name, "kind not recognised", "the header",
                      "a column of months, a column for each month named like 2024-01, or start and end dates",
                      _headers(table), "name them: --map month=COLUMN, or --map start=COLUMN --map end=COLUMN")
    return kind


def _wide(table: Table, roles: dict[str, Role], months: Months, mapped_unit: Optional[str]) -> Reading:
    roles = _with_customer(table, {role: roles[role] for role in _OF_A_CUSTOMER if role in roles}, "wide")
    if not months.columns:
        raise refused(table.name, "no such column", "the header", "a column for each month, named like 2024-01",
                      _headers(table))
    unit = mapped_unit or months.unit
    if unit is None:
        asked = "Do the month columns hold monthly or annual amounts?"
        raise Unanswered(table.name, [_unit_question(asked, ALL_MONTHS)])
    used = {role.column for role in roles.values()} | {column for column, _ in months.columns}
    return Reading("wide", roles, unit, "mapped" if mapped_unit else "named", months.columns, _unused(table, used))


def _with_customer(table: Table, roles: dict[str, Role], kind: str) -> dict[str, Role]:
    if "customer" not in roles and "name" in roles:
        roles = {**roles, "customer": Role(roles["name"].column, "probable")}
    for role in _NEEDED[kind]:
        if role not in roles:
            raise _missing(table, role, role)
    return roles


def _by_content(table: Table, kind: str, roles: Mapping[str, Role]) -> dict[str, Role]:
    result = dict(roles)
    dates = _columns_of(table, roles, "date")
    if kind == "snapshots" and "month" not in roles and len(dates) == 1:
        result["month"] = Role(dates[0], "content")
    if kind == "subscriptions" and not {"start", "end"} & set(roles) and len(dates) == 2:
        filled = [[cells.day(row[column]) for column in dates] for row in table.rows[:_ROWS_LOOKED_AT]]
        backwards = sum(1 for one, other in filled if one and other and other < one) * 2 > len(filled)
        result["start"], result["end"] = (Role(column, "content") for column in sorted(dates, reverse=backwards))
    for role, form, others in (("customer", "text", ("name",)), ("amount", "number", UNITS)):
        alone = _columns_of(table, result, form)
        if not {role, *others} & set(roles) and len(alone) == 1:
            result[role] = Role(alone[0], "content")
    return result


def _columns_of(table: Table, roles: Mapping[str, Role], form: str) -> list[int]:
    taken = {role.column for role in roles.values()}
    return [column for column in range(len(table.header)) if column not in taken and _form(table, column) == form]


def _form(table: Table, column: int) -> str:
    filled = [row[column] for row in table.rows[:_ROWS_LOOKED_AT] if row[column].strip()]
    if not filled:
        return "nothing"
    if all(cells.month(cell) is not None for cell in filled):
        return "date"
    return "number" if all(cells.amount(cell) is not None for cell in filled) else "text"


def _unit_question(asked: str, column: str) -> Question:
    return Question(asked, (Way(f'--map mrr="{column}"', "monthly: multiplied by twelve"),
                            Way(f'--map arr="{column}"', "annual: taken as they are")))


def _missing(table: Table, role: str, flag: str) -> Exception:
    hint = " (what is still running has an empty end; without ends nothing ever churns)" if role == "end" else ""
    return refused(table.name, "no such column", "the header", f"a column for {role}{hint}", _headers(table),
                   f"name it: --map {flag}=COLUMN")


def _headers(table: Table) -> str:
    return ", ".join(table.header[:20])


def _unused(table: Table, used: set[int]) -> tuple[int, ...]:
    return tuple(column for column in range(len(table.header)) if column not in used)
