"""Children under their parents, parents under theirs, up to the top."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from cslib.ledger import NOTHING, Book, Steps
from cslib.refusal import refused


def tops(name: str, parents: Mapping[str, str]) -> dict[str, str]:
    """The uppermost parent of each customer that has one. Refused: a customer that is its own parent's parent."""
    result: dict[str, str] = {}
    for child in parents:
        path = [child]
        while parents.get(path[-1], path[-1]) != path[-1]:
            path.append(parents[path[-1]])
            if path[-1] in path[:-1]:
                raise refused(name, "parents in a circle", " > ".join(path[:5]), "a parent above its children", child)
        result[child] = path[-1]
    return result


def rolled_up(book: Book, above: Mapping[str, str]) -> Book:
    """The book with what children hold given to their uppermost parents; itself when nobody has one."""
    families: dict[str, list[Steps]] = defaultdict(list)
    for customer, steps in book.items():
        families[above.get(customer, customer)].append(steps)
    return {top: own[0] if len(own) == 1 else _sum(own) for top, own in families.items()} if above else book


def _sum(own: list[Steps]) -> Steps:
    changes: dict[int, Decimal] = defaultdict(Decimal)
    for steps in own:
        before = NOTHING
        for month, arr in steps:
            changes[month] += arr - before
            before = arr
    total, result = NOTHING, []
    for month in sorted(changes):
        if changes[month]:
            total += changes[month]
            result.append((month, total))
    return tuple(result)
