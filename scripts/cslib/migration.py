"""Who was in which tier before and who is in which now, in customers and ARR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.customers import ZERO


class Crossing(NamedTuple):
    """One cell of the matrix; from and to are the same for those who stayed."""

    from_tier: str
    to_tier: str
    customers: int
    arr: Decimal


class Migration(NamedTuple):
    """The matrix of customers with a previous tier: cells that hold anyone, both axes top tier first.

    Moved are those off the diagonal. Held are those whose tier is not the one of the floors, overrides aside: kept by
    hysteresis or by a condition.
    """

    cells: list[Crossing]
    moved_customers: int
    moved_arr: Decimal
    held_customers: int
    held_arr: Decimal


def migration(crossings: Mapping[tuple[str, str], Sequence[Decimal]], held: Sequence[Decimal]) -> Optional[Migration]:
    """The matrix from the ARR of each customer, by pair of tiers in the order of the cells, and of each that is held.

    None where there is nobody: no previous tier is known.
    """
    cells = [Crossing(*pair, len(arrs), sum(arrs, ZERO)) for pair, arrs in crossings.items() if arrs]
    moved = [cell for cell in cells if cell.from_tier != cell.to_tier]
    return Migration(cells, sum(cell.customers for cell in moved), sum((cell.arr for cell in moved), ZERO), len(held),
                     sum(held, ZERO)) if cells else None
