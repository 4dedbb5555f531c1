"""What kind of export a table is, and which of its columns plays which role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from cslib import contents, kinds, layouts, month_columns, naming, units
from cslib.columns import (
    ALL_MONTHS,
    AMOUNTS,
    CONTENT,
    LAYOUT,
    MAPPED,
    NAMED,
    PROBABLE,
    UNITS,
    Reading,
    Role,
    map_flag,
    mapped_roles,
    missing,
    says_cents,
)
from cslib.layouts import Layout
from cslib.month_columns import Months
from cslib.naming import Named
from cslib.question import Unanswered
from cslib.refusal import refused
from cslib.tables import Table

AUTO = "auto"
_RUNNING = "what is still running has an empty end; without ends nothing ever churns"
_LISTED = f"{_RUNNING}; for a list of customers, one row each, --kind FILE=customers"


def recognised(table: Table, kind: str, mapped: Mapping[str, str], cents: Optional[bool] = None,
               dates: Optional[str] = None) -> Reading:
    """The reading of a table: what is mapped, then known layouts, then names, then content.

    `kind` is `auto` or one of KINDS; `cents` says outright whether amounts are in minor units; `dates` (`dmy`, `mdy`)
    is the order of day and month in headers. Refused: a needed role that no column plays, payments and deals, a table
    of no kind. Asked: what two columns claim alike, and a unit that nothing says. Wrong usage: a mapping to what is not
    there.
    """
    months = month_columns.months(table, mapped, dates)
    of_months = [unit for unit in UNITS if month_columns.is_of_months(table, months, mapped.get(unit, ""))]
    given = mapped_roles(table, {role: name for role, name in mapped.items() if role not in of_months})
    wide = kind == "wide" or (kind == AUTO and len(months.columns) > 1)
    layout = None if wide else layouts.layout_of(table)
    if layout and kind == AUTO:
        layouts.refuse_what_is_not_recurring(table, layout)
    roles = layouts.layout_roles(table, layout, given) if layout else given
    found = naming.named(table, roles, layout.never() if layout else (), kind == "tickets")
    if wide:
        return _wide(table, found, months, of_months[0] if of_months else None, bool(cents))
    found = _one_date_of_arr(_of_a_mapped_change(table, found), months)
    if kind == AUTO:
        kind = layout.kind() if layout else kinds.kind_of(table, found.roles)
    found = _by_content(table, kind, _instead(kind, found))
    _refuse_missing(table, kind, found, layout)
    naming.refuse_ties(table, found, [role for role in kinds.NEEDED[kind] if found.roles[role].certainty != MAPPED])
    amount = units.unit_of(table, kind, found, layout)
    return _reading(table, kind, found, amount, layout, cents)


def _reading(table: Table, kind: str, found: Named, amount: units.Unit, layout: Optional[Layout],
             cents: Optional[bool]) -> Reading:
    kept = {role: each for role, each in found.roles.items()
            if role in kinds.ALLOWED[kind] or (each.certainty == MAPPED and role not in AMOUNTS)}
    kept.update(amount.roles)
    counted = next((kept[role].column for role in ("change", amount.unit, "cost") if role in kept), None)
    in_cents = counted is not None and (says_cents(table.header[counted])
                                        or bool(layout and layouts.in_cents(table, layout, counted)))
    remarks = (*layouts.remarks(table, layout, kept), *amount.remarks) if layout else amount.remarks
    used = {role.column for role in kept.values()}
    return Reading(kind, layout.key if layout else None, kept, amount.unit, amount.certainty,
                   in_cents if cents is None else cents, (), _unused(table, used), remarks)


def _wide(table: Table, found: Named, months: Months, mapped_unit: Optional[str], cents: bool) -> Reading:
    allowed = {role: each for role, each in found.roles.items()
               if role in kinds.ALLOWED["wide"] or each.certainty == MAPPED}
    found = _by_content(table, "wide", _instead("wide", Named(allowed, found.ties)))
    if not months.columns:
        raise refused(table.name, "no such column", "the header", "a column for each month, named like 2024-01",
                      ", ".join(table.header[:20]))
    _refuse_missing(table, "wide", found, None)
    naming.refuse_ties(table, found, ("customer",) if found.roles["customer"].certainty != MAPPED else ())
    unit = mapped_unit or months.unit
    if unit is None:
        raise Unanswered(table.name, [units.unit_question("What do the month columns hold?", ALL_MONTHS, False)])
    used = {role.column for role in found.roles.values()} | {column for column, _ in months.columns}
    return Reading("wide", None, found.roles, unit, MAPPED if mapped_unit else NAMED, cents, months.columns,
                   _unused(table, used), ())


def _of_a_mapped_change(table: Table, found: Named) -> Named:
    """A column that is named a change and mapped as ARR or MRR: the change of that."""
    for unit in UNITS:
        role = found.roles.get(unit)
        if role and role.certainty == MAPPED and "change" not in found.roles \
                and naming.is_named(table, role.column, "change") and contents.fits(table, role.column, "number"):
            return found._replace(roles={**found.roles, "change": role})
    return found


def _one_date_of_arr(found: Named, months: Months) -> Named:
    """A single column such as `ARR 30-Sep-2025` is the ARR of a customer."""
    if len(months.columns) != 1 or months.unit is None or {"arr", "mrr"} & set(found.roles):
        return found
    return found._replace(roles={**found.roles, months.unit: Role(months.columns[0][0], NAMED)})


def _instead(kind: str, found: Named) -> Named:
    roles = dict(found.roles)
    ties = dict(found.ties)
    for role, others in kinds.INSTEAD.get(kind, {}).items():
        stand_in = next((other for other in others if other in roles), None)
        if role not in roles and stand_in:
            roles[role] = roles.pop(stand_in)
            if stand_in in ties:
                ties[role] = ties.pop(stand_in)
    if kind == "prices" and "plan" not in roles and {"subscription", "name"} & set(roles):
        roles["plan"] = roles.pop("name", None) or roles["subscription"]
    if "customer" not in roles and "name" in roles and kind != "prices":
        of_layout = roles["name"].certainty in (LAYOUT, MAPPED)
        roles["customer"] = roles["name"] if of_layout else Role(roles["name"].column, PROBABLE)
    return Named(roles, ties)


def _by_content(table: Table, kind: str, found: Named) -> Named:
    roles = dict(found.roles)
    dates = contents.free_columns(table, roles, contents.DATE)
    if kind == "snapshots" and "month" not in roles and len(dates) == 1:
        roles["month"] = Role(dates[0], CONTENT)
    if kind == "subscriptions" and not {"start", "end"} & set(roles) and len(dates) == 2:
        in_order = contents.in_order(table, dates[0], dates[1])
        roles.update({role: Role(column, CONTENT) for role, column in zip(("start", "end"), in_order or ())})
    texts = contents.free_columns(table, roles, contents.TEXT)
    needed = "plan" if kind == "prices" else "customer"
    if needed not in roles and len(texts) == 1:
        roles[needed] = Role(texts[0], CONTENT)
    return Named(roles, found.ties)


def _refuse_missing(table: Table, kind: str, found: Named, layout: Optional[Layout]) -> None:
    for role in kinds.NEEDED[kind]:
        if role not in found.roles:
            hint = "" if role != "end" else _LISTED if kinds.one_row_each(table, found.roles) else _RUNNING
            if role == "start" and "signup" in found.roles:
                hint = "if service starts on that day, " + map_flag("start", table.header[found.roles["signup"].column])
            elif layout:
                hint = layout.said.get("instead", hint)
            raise missing(table, role, role, hint)
    if "customer" in found.roles and contents.of_dates(table, found.roles["customer"].column):
        header = table.header[found.roles["customer"].column]
        raise refused(table.name, "dates for customers", f'column "{header}"', "ids or names of customers", "dates",
                      "name the customer's column: --map customer=COLUMN")


def _unused(table: Table, used: set[int]) -> tuple[int, ...]:
    return tuple(column for column in range(len(table.header)) if column not in used)
