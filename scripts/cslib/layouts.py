"""Exports whose header is known: which one a table is, and what that says of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from cslib.columns import LAYOUT, Role, spellings
from cslib.refusal import refused
from cslib.source import own
from cslib.tables import Table


class Layout(NamedTuple):
    """A known export: its key, and what layouts.json says of it."""

    key: str
    said: Mapping[str, Any]

    def kind(self) -> str:
        """The kind of its rows."""
        return self.said["kind"]

    def never(self) -> frozenset[str]:
        """The roles that only the layout itself may fill."""
        return frozenset(self.said.get("never", ()))


_LAYOUTS = tuple(Layout(key, said) for key, said in own("layouts.json").items() if not key.startswith("_"))


def layout_of(table: Table) -> Optional[Layout]:
    """The layout that a header is of; of several the one that more columns identify."""
    names = _columns(table)
    fitting = [each for each in _LAYOUTS if all(name in names for name in map(_one, each.said["all"]))
               and sum(name in names for name in map(_one, each.said.get("some", ()))) >= each.said.get("least", 0)]
    return max(fitting, key=lambda each: len(each.said["all"]) + each.said.get("least", 0), default=None)


def refuse_what_is_not_recurring(table: Table, layout: Layout) -> None:
    """Refused: payments, deals, opportunities; with the export to take instead."""
    if "refused" in layout.said:
        raise refused(table.name, "not what customers pay in a period", f"the header ({layout.key})",
                      layout.said["instead"], layout.said["refused"],
                      "if it is something else, say what a row is: --kind KIND")


def layout_roles(table: Table, layout: Layout, roles: Mapping[str, Role]) -> dict[str, Role]:
    """The roles that a layout gives to columns that play none yet, the ones given kept; `filled` ones have no gaps."""
    names, result = _columns(table), dict(roles)
    taken = {role.column for role in roles.values()}
    for role, candidates in layout.said.get("roles", {}).items():
        free = [names[_one(name)] for name in candidates if _one(name) in names and names[_one(name)] not in taken
                and (name not in layout.said.get("filled", ()) or all(row[names[_one(name)]] for row in table.head))]
        if role not in result and free:
            result[role] = Role(free[0], LAYOUT)
            taken.add(free[0])
    return result


def beside(table: Table, layout: Layout, amount: int) -> dict[str, Role]:
    """The roles that follow from which column is the amount: the quantity of a unit price, the currency."""
    names, own_names = _columns(table), spellings(table.header[amount])
    return {role: Role(names[_one(column)], LAYOUT)
            for priced, roles in layout.said.get("with", {}).items() if _one(priced) in own_names
            for role, column in roles.items() if _one(column) in names}


def in_cents(table: Table, layout: Layout, amount: int) -> bool:
    """Whether the layout writes this column in minor units."""
    return any(_one(name) in spellings(table.header[amount]) for name in layout.said.get("cents", ()))


def remarks(table: Table, layout: Layout, roles: Mapping[str, Role]) -> tuple[str, ...]:
    """What the layout cannot show, and what is worth telling of the columns that play a role."""
    used = frozenset().union(*(spellings(table.header[role.column]) for role in roles.values()))
    return (*layout.said.get("remarks", ()), *(text for name, text in layout.said.get("said", {}).items()
                                               if _one(name) in used))


def _one(name: str) -> str:
    return name.replace("_", "")


def _columns(table: Table) -> dict[str, int]:
    result: dict[str, int] = {}
    for column, header in enumerate(table.header):
        for form in sorted(spellings(header)):
            result.setdefault(form, column)
    return result
