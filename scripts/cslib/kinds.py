"""What a row of a table is: the kinds there are, what each needs and may have, and how one is told from another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from cslib import cells, contents, figures, naming
from cslib.asides import Asides
from cslib.columns import AMOUNTS, MAPPED, PROBABLE, ROLES, Role, headers, map_flag
from cslib.faults import Faults
from cslib.question import Question, Unanswered, Way
from cslib.refusal import refused
from cslib.tables import Table

NEEDED = {"snapshots": ("customer", "month"), "wide": ("customer",), "subscriptions": ("customer", "start", "end"),
          "movements": ("customer", "date"), "events": ("customer", "date"), "prices": ("plan",),
          "customers": ("customer",), "costs": ("customer", "cost"), "churn": ("customer", "date", "reason"),
          "tickets": ("customer", "date")}
_OF_A_CUSTOMER = ("customer", "name", "parent", "subscription", "segment", "currency", "plan", "signup")
_OF_A_PRICE = ("status", "trial", "free", "reason")
ATTRIBUTES = ROLES[ROLES.index("tenure_months"):]
ALLOWED = {"snapshots": (*_OF_A_CUSTOMER, *_OF_A_PRICE, "month"), "wide": (*_OF_A_CUSTOMER, "cost", *ATTRIBUTES),
           "subscriptions": (*_OF_A_CUSTOMER, *_OF_A_PRICE, "start", "end"),
           "movements": (*_OF_A_CUSTOMER, "date", "movement", "rank", "reason"),
           "events": (*_OF_A_CUSTOMER, *_OF_A_PRICE, "date", "movement", "rank"), "prices": ("plan", "currency"),
           "customers": (*_OF_A_CUSTOMER, "status", "trial", "reason", "cost", *ATTRIBUTES),
           "costs": ("customer", "name", "currency", "date", "month", "cost", "annual_cost_to_serve"),
           "churn": ("customer", "name", "subscription", "date", "reason"),
           "tickets": ("customer", "name", "ticket", "date", "escalated", "hours")}
# Kind -> role -> the roles whose columns stand in for it, best first.
INSTEAD = {"snapshots": {"month": ("date",)}, "movements": {"date": ("month", "start")},
           "events": {"date": ("start", "month")}, "churn": {"date": ("end", "month")},
           "costs": {"cost": ("annual_cost_to_serve",)}, "customers": {"signup": ("start",)}}
_SHAPES = ("snapshots (customer, month, amount); wide (customer, a column for each month); subscriptions (customer, "
           "start, end, amount); movements (customer, date, change); events (customer, date, plan); prices (plan, "
           "price); customers (a row each); costs (customer, cost); churn (customer, date, reason); tickets (ticket, "
           "customer, date created)")
_DATED = ("month", "date", "start", "end")
_LOST = frozenset(("churn", "churned", "cancellation", "cancelled", "canceled", "cancel", "lost", "kündigung",
                   "résiliation"))
_MOVES = _LOST | {"new", "new_biz", "new business", "new_business", "expansion", "contraction", "reactivation",
                  "upgrade", "downgrade", "upsell", "downsell", "neu", "neukunde", "nouveau", "signup", "subscribed",
                  "start", "created"}


def kind_of(table: Table, roles: Mapping[str, Role]) -> str:
    """The kind that roles and content tell. Asked: what a row is when two are as likely.

    Refused: none of them, and a list of customers in which one stands twice.
    """
    told = _by_roles(table, _as_mapped(roles)) or _by_content(table, roles)
    if told is None and one_row_each(table, roles, False):
        _refuse_twice(table, (roles.get("customer") or roles["name"]).column)
    if told is None:
        raise refused(table.name, "kind not recognised", "the header", _SHAPES, headers(table),
                      "leave out a file that is none of these, or say --kind KIND and --map ROLE=COLUMN")
    return told


def _by_roles(table: Table, roles: Mapping[str, Role]) -> Optional[str]:
    amount = next((role for role in AMOUNTS if role in roles), None)
    service = {"start", "end"} <= set(roles)
    by_month = "month" in roles and (roles["month"].certainty != PROBABLE or "start" not in roles)
    if amount and not {*_DATED, "change"} & set(roles) and _is_price_list(table, roles):
        return "prices"
    if _is_of_tickets(table, roles):
        return "tickets"
    if "change" in roles and {"date", "month", "start"} & set(roles):
        return "movements"
    if amount and not service and {"date", "month"} & set(roles) and _names_moves(table, roles):
        of_interval = amount == "price" and "interval" in roles
        return "events" if of_interval else _movements_or_events(table, roles["movement"].column, roles[amount].column)
    if by_month and "start" in roles:
        raise Unanswered(table.name, [_what_is_a_row(
            table, "There is a column of months and one of start dates. What is a row?",
            {"snapshots": "what a customer pays in a month",
             "subscriptions": "what a customer pays from a start to an end"})])
    if service and amount:
        return "subscriptions"
    if not amount and "reason" in roles and {"date", "end"} & set(roles):
        return "churn"
    if not amount and "cost" in roles and not service:
        beside = set(roles) & {*ATTRIBUTES, "status", "reason", "signup"} - {"annual_cost_to_serve"}
        return "customers" if beside and one_row_each(table, roles) else "costs"
    if by_month:
        return "snapshots"
    return _by_dates(table, roles, amount)


def _as_mapped(roles: Mapping[str, Role]) -> Mapping[str, Role]:
    """The roles without dates that were not mapped, where others were: what is mapped decides the kind."""
    mapped = {role for role in _DATED if role in roles and roles[role].certainty == MAPPED}
    mapped |= {"start", "end"} if {"start", "end"} & mapped else set()
    return {role: each for role, each in roles.items() if role not in _DATED or not mapped or role in mapped}


def _is_of_tickets(table: Table, roles: Mapping[str, Role]) -> bool:
    """Whether rows have the number of a ticket and the day on which it was opened, but no cost of their own."""
    if not {"ticket", "date"} <= set(roles) or "cost" in roles:
        return False
    date = roles["date"]
    return date.certainty == MAPPED or "reason" not in roles or naming.is_named_of_tickets(table, date.column, "date")


def _is_price_list(table: Table, roles: Mapping[str, Role]) -> bool:
    if "customer" in roles or ("name" in roles and roles["name"].certainty != PROBABLE):
        return False
    if "plan" not in roles:
        return "interval" in roles
    return "name" not in roles or "interval" in roles or contents.alone(table, roles["plan"].column)


def _by_dates(table: Table, roles: Mapping[str, Role], amount: Optional[str]) -> Optional[str]:
    if "date" in roles and amount and contents.by_months(table, roles["date"].column):
        return "snapshots"
    if "date" in roles and "plan" in roles:
        return "events"
    if "date" in roles and amount:
        raise Unanswered(table.name, [_what_is_a_row(
            table, f'The dates in "{table.header[roles["date"].column]}" are not month ends. What is a row?',
            {"snapshots": "what a customer pays in that month",
             "events": "what a customer pays from that day to its next row (payments and invoices are neither)"})])
    sure_end = "end" in roles and roles["end"].certainty != PROBABLE
    if "start" in roles or ("end" in roles and (sure_end or amount)):
        return "subscriptions"
    return "customers" if one_row_each(table, roles) else None


def _by_content(table: Table, roles: Mapping[str, Role]) -> Optional[str]:
    dates = contents.free_columns(table, roles, contents.DATE)
    amount = any(role in roles for role in AMOUNTS) or len(contents.free_columns(table, roles, contents.NUMBER)) == 1
    who = roles.get("customer") or roles.get("name")
    if amount and len(dates) == 1 and who and not contents.alone(table, who.column):
        return "snapshots" if contents.by_months(table, dates[0]) else None
    return "subscriptions" if amount and len(dates) == 2 else None


def one_row_each(table: Table, roles: Mapping[str, Role], alone: bool = True) -> bool:
    """Whether roles are those of a list of customers; with `alone`, whether each of them has one row."""
    who = roles.get("customer") or roles.get("name")
    beside = set(roles) & {*ALLOWED["customers"], "arr", "mrr"} - {"customer", "subscription"}
    return bool(who and beside - {"name"} | ({"name"} & beside if "customer" in roles else set())
                and "subscription" not in roles and (not alone or contents.alone(table, who.column)))


def _refuse_twice(table: Table, who: int) -> None:
    """Nothing when many customers have several rows. Refused: the few who have, as most have one."""
    shown = [row[who].strip() for row in set(map(tuple, table.head)) if not cells.nothing(row[who])]
    if len(set(shown)) * 2 <= len(shown):
        return
    faults = Faults(table.name, table.header)
    first: dict[str, tuple[int, list[str]]] = {}
    for row in table.rows(Asides()):
        customer = row[who].strip()
        if not cells.nothing(customer):
            line, before = first.setdefault(customer, (table.line, row))
            if before != row:
                faults.add("customer twice", table.line, "one row for each customer", customer, who,
                           f"it stands on line {line} too: add the rows up, or say --kind KIND if a row is more")
    faults.settle()


def _names_moves(table: Table, roles: Mapping[str, Role]) -> bool:
    if "movement" not in roles:
        return False
    words = {row[roles["movement"].column].strip().casefold() for row in table.head} - {""}
    return roles["movement"].certainty != PROBABLE or len(words & _MOVES) * 2 > len(words)


def _movements_or_events(table: Table, words: int, amount: int) -> str:
    zeros = contents.amounts_of(table, amount, _LOST, words)
    if contents.below_zero(table, amount) or (zeros and not all(zeros)):
        return "movements"
    if zeros:
        return "events"
    header = table.header[amount]
    raise Unanswered(table.name, [Question(f'Is "{header}" what a movement changed, or what is paid after it?', (
        Way(map_flag("change", header), "what it changed", {"mapped": {"change": header}}),
        Way("--kind events", "what is paid from then on", {"kinds": {table.name: "events"}})))])


def _what_is_a_row(table: Table, asked: str, meanings: Mapping[str, str]) -> Question:
    return Question(figures.neutral(asked, 300), tuple(
        Way(f"--kind {kind}", meaning, {"kinds": {table.name: kind}}) for kind, meaning in meanings.items()))
