"""What the amount of a table is: its column, its unit, and what it has to be multiplied by."""

from __future__ import annotations

from typing import NamedTuple, Optional

from cslib import contents, layouts, naming
from cslib.columns import AMOUNTS, CONTENT, LAYOUT, MAPPED, NAMED, PROBABLE, UNITS, Role, map_flag, missing, spellings
from cslib.layouts import Layout
from cslib.naming import Named
from cslib.question import Question, Unanswered, Way
from cslib.refusal import Usage
from cslib.tables import Table

_CERTAINTY = (MAPPED, LAYOUT, NAMED, PROBABLE, CONTENT)
_INTERVALS = ("interval", "interval_count", "period_start", "period_end")
_WITHOUT = ("wide", "costs", "churn", "tickets")
_ONLY_YEARLY = ("customers",)
_MAY_LACK_ONE = ("events", "customers")
_PLAIN_PRICE, _UNIT_PRICE = 1, 2


class Unit(NamedTuple):
    """What an amount is (`""` when there is none), how sure that is, the roles that go with it, and what to tell."""

    unit: str
    certainty: str
    roles: dict[str, Role]
    remarks: tuple[str, ...] = ()


def unit_of(table: Table, kind: str, found: Named, layout: Optional[Layout]) -> Unit:
    """The unit of a table's amount. Refused: no amount. Asked: which column, monthly or annual, of one or of all."""
    if kind in _WITHOUT:
        return Unit("", "", {})
    if kind == "movements":
        return _of_movements(table, found, layout)
    chosen = _chosen(table, kind, found)
    if chosen is None:
        if kind not in _MAY_LACK_ONE or (kind == "events" and "plan" not in found.roles):
            raise missing(table, "an amount", "mrr", layout.said.get("instead", "") if layout else "")
        return Unit("", "", {}, _not_multiplied(table, kind, found))
    unit = next((role for role in AMOUNTS if found.roles.get(role) == chosen), "price")
    if chosen.certainty != MAPPED:
        naming.refuse_ties(table, found, (unit,))
    if unit == "total" and kind != "subscriptions":
        raise Usage(f"--map total is for periods with a start and an end; these are {kind}")
    if unit == "price":
        return _of_a_price(table, kind, found, chosen, layout)
    beside = {role: found.roles[role] for role in UNITS if unit in UNITS and role in found.roles
              and _CERTAINTY.index(found.roles[role].certainty) <= max(_CERTAINTY.index(chosen.certainty), 2)
              and (chosen.certainty != MAPPED or found.roles[role].certainty == MAPPED)}
    extra = layouts.beside(table, layout, chosen.column) if layout else {}
    return Unit(unit, chosen.certainty, {unit: chosen, **beside, **extra})


def _chosen(table: Table, kind: str, found: Named) -> Optional[Role]:
    allowed = UNITS if kind in _ONLY_YEARLY else AMOUNTS
    pool = [found.roles[role] for role in allowed if role in found.roles]
    bare = None if _interval(found) else found.roles.get("price")
    if pool:
        return min(pool, key=lambda role: (_CERTAINTY.index(role.certainty), role == bare))
    numbers = contents.free_columns(table, found.roles, contents.NUMBER)
    return Role(numbers[0], CONTENT) if len(numbers) == 1 and kind not in _MAY_LACK_ONE else None


def _interval(found: Named) -> dict[str, Role]:
    roles = {role: found.roles[role] for role in _INTERVALS if role in found.roles}
    return roles if "interval" in roles or {"period_start", "period_end"} <= set(roles) else {}


def _of_a_price(table: Table, kind: str, found: Named, price: Role, layout: Optional[Layout]) -> Unit:
    header, interval = table.header[price.column], _interval(found)
    extra = layouts.beside(table, layout, price.column) if layout else {}
    by_unit = naming.is_named(table, price.column, "price", _UNIT_PRICE) or "quantity" in extra
    quantity = extra.get("quantity") or found.roles.get("quantity")
    if not interval and by_unit and quantity and kind != "prices":
        raise missing(table, f'the billing interval of "{header}", which is for one unit', "interval",
                      "or add a column with the amount of the whole row")
    if not interval:
        raise Unanswered(table.name, [unit_question(f'What does "{header}" hold?', header, kind == "subscriptions")])
    remarks: tuple[str, ...] = ()
    if quantity and (by_unit or quantity.certainty == MAPPED):
        extra["quantity"] = quantity
    elif by_unit and kind != "prices":
        remarks = (f'"{header}" is for one unit and no column says how many: taken as one',)
    elif quantity and price.certainty != MAPPED and naming.is_named(table, price.column, "price", _PLAIN_PRICE) \
            and contents.more_than_one(table, quantity.column):
        raise Unanswered(table.name, [_quantity_question(table, price.column, quantity.column)])
    return Unit("price", price.certainty, {"price": price, **interval, **extra}, remarks)


def _of_movements(table: Table, found: Named, layout: Optional[Layout]) -> Unit:
    roles = found.roles
    change = roles.get("change") or min((roles[role] for role in AMOUNTS if role in roles), default=None,
                                        key=lambda role: _CERTAINTY.index(role.certainty))
    if change is None:
        raise missing(table, "the change of ARR or MRR", "change")
    if change.certainty != MAPPED:
        naming.refuse_ties(table, found, ("change",))
    header = table.header[change.column]
    of_column = [unit for unit in UNITS if unit in roles and roles[unit].column == change.column]
    balances = [unit for unit in UNITS if unit in roles and roles[unit].column != change.column]
    named = [unit for unit in ("mrr", "arr") if any(unit in form for form in spellings(header))]
    unit = next(iter([*of_column, *([layout.said["unit"]] if layout and "unit" in layout.said else []), *named]), None)
    certainty = roles[unit].certainty if unit in of_column else change.certainty
    if unit is None and len(balances) == 1:
        unit, certainty = balances[0], PROBABLE
    if unit is None:
        raise Unanswered(table.name, [unit_question(f'Does "{header}" change MRR or ARR?', header, False)])
    balance = {unit: roles[unit]} if unit in balances else {}
    return Unit(unit, certainty, {"change": change, **balance})


def unit_question(asked: str, column: str, periods: bool) -> Question:
    """Whether amounts are monthly or annual, or, of periods, for the whole of each."""
    ways = [("mrr", "monthly: multiplied by twelve"), ("arr", "annual: taken as they are")]
    if periods:
        ways.append(("total", "for the whole period, such as a prepaid term: spread over its months"))
    return Question(asked, tuple(Way(map_flag(role, column), meaning, {"mapped": {role: column}})
                                 for role, meaning in ways))


def _quantity_question(table: Table, price: int, quantity: int) -> Question:
    cost, many = table.header[price], table.header[quantity]
    return Question(f'Is "{cost}" the price of one, to be multiplied by "{many}"?', (
        Way(map_flag("quantity", many), "of one: multiplied", {"mapped": {"quantity": many}}),
        Way(map_flag("price", cost), "of all: taken as it is", {"mapped": {"price": cost}})))


def _not_multiplied(table: Table, kind: str, found: Named) -> tuple[str, ...]:
    role = found.roles.get("quantity")
    if kind != "events" or role is None or role.certainty == MAPPED:
        return ()
    header = table.header[role.column]
    return (f'"{header}" is not multiplied with the price list: {map_flag("quantity", header)} does that',)
