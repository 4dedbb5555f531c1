"""Which columns play which role by their names."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, Optional

from cslib import contents
from cslib.columns import AMOUNTS, NAMED, NAMES, PROBABLE, ROLES, Role, map_flag, spellings
from cslib.question import Question, Unanswered, Way
from cslib.tables import Table

_NEAR_RATIO, _LEAST_OF_NEAR = 0.85, 8


class Named(NamedTuple):
    """Roles with their columns; `ties` are the columns, by header, of roles that several have an equal claim to."""

    roles: dict[str, Role]
    ties: dict[str, tuple[int, ...]]


def named(table: Table, roles: Mapping[str, Role], never: Collection[str], of_tickets: bool) -> Named:
    """The roles given, and those that names give to other columns: all sure names first, then the probable ones.

    `of_tickets` says that rows are support tickets, which a column of their numbers says too.
    """
    found = Named(dict(roles), {})
    by_spelling: dict[str, list[int]] = defaultdict(list)
    for column, header in enumerate(table.header):
        for spelling in spellings(header):
            by_spelling[spelling].append(column)
    # What is surely named but holds nothing of its form comes last, so that the reader can say what is wrong with it.
    for certainty, anything in ((NAMED, False), (PROBABLE, False), (NAMED, True)):
        unpriced = not set(AMOUNTS) & set(found.roles)
        for role, names in NAMES.items():
            if role in found.roles or role in never or (anything and (role not in AMOUNTS or not unpriced)):
                continue
            taken = {each.column for each in found.roles.values()}
            fits = contents.fits if certainty == PROBABLE or names.strict else contents.may_be
            ranks = names.sure if certainty == NAMED else names.probable
            if certainty == NAMED and (of_tickets or "ticket" in found.roles):
                ranks = (*names.of_tickets, *ranks)
            for rank in ranks:
                claims = [column for column in _claims(table, by_spelling, rank)
                          if column not in taken and (anything or fits(table, column, names.form))]
                if claims:
                    found.roles[role] = Role(claims[0], certainty)
                    if len(claims) > 1:
                        found.ties[role] = tuple(claims)
                    break
    return found


def is_named(table: Table, column: int, role: str, rank: Optional[int] = None) -> bool:
    """Whether a header is a sure name of a role, of one rank or of any."""
    ranks = NAMES[role].sure if rank is None else NAMES[role].sure[rank:][:1]
    return any(spellings(table.header[column]) & name for names in ranks for name in names)


def is_named_of_tickets(table: Table, column: int, role: str) -> bool:
    """Whether a header names a role as only tables of support tickets do: `created_at` for the date."""
    return any(spellings(table.header[column]) & name for names in NAMES[role].of_tickets for name in names)


def meant(header: str, roles: Iterable[str]) -> Optional[str]:
    """Which of some roles a header names, or nearly names: a long word of it misspelt; None for none of them."""
    return _meant(header, frozenset(roles))


@lru_cache(maxsize=8_192)
def _meant(header: str, roles: frozenset[str]) -> Optional[str]:
    names, long = _names_of(roles)
    near = [name for spelling in sorted(spellings(header)) for name in (
        [spelling] if spelling in names else difflib.get_close_matches(spelling, long, 1, _NEAR_RATIO))]
    return names[near[0]] if near else None


@lru_cache(maxsize=64)
def _names_of(roles: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """Role by spelling, the first of two that share one; and the long spellings."""
    names = {spelling: role for role in ROLES[::-1] if role in roles
             for rank in (*NAMES[role].sure, *NAMES[role].probable) for spelling in frozenset().union(*rank)}
    return names, sorted(name for name in names if len(name) >= _LEAST_OF_NEAR)


def refuse_ties(table: Table, found: Named, roles: Collection[str]) -> None:
    """Asked: which of several columns plays a needed role."""
    questions = [Question(f"Which column is the {role}?", tuple(
        Way(map_flag(role, table.header[column]), f'reads "{table.header[column]}"',
            {"mapped": {role: table.header[column]}}) for column in found.ties[role]))
        for role in roles if role in found.ties]
    if questions:
        raise Unanswered(table.name, questions)


def _claims(table: Table, by_spelling: Mapping[str, list[int]], rank: tuple[frozenset[str], ...]) -> list[int]:
    claims = {(place, table.header[column].casefold(), column) for place, name in enumerate(rank)
              for spelling in name for column in by_spelling.get(spelling, ())}
    return list(dict.fromkeys(column for _, _, column in sorted(claims)))
