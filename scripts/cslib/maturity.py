"""Where a team stands: the stage of each dimension, the stage overall by its gates, and the three next moves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.scorecards import DIMENSIONS, GATES, GIVEN, LADDER, Claim, Scorecard

MOST_MOVES = 3


class Place(NamedTuple):
    """One stage of one dimension."""

    dimension: str
    stage: str


class Cell(NamedTuple):
    """One stage above reactive of one dimension. `met`: said, shown by evidence or a result, and refuted by none.

    `claimed`: somebody said that it is met; `evidenced`: something was brought for that; `contradicted`: a result shows
    the opposite. `origin`: who said it, given or the result that shows it.
    """

    dimension: str
    stage: str
    met: bool
    claimed: bool
    evidenced: bool
    origin: str
    contradicted: bool


class Level(NamedTuple):
    """A dimension's stage, the highest up to which every stage is met, and its `number` from 1 to 4.

    `skipped`: the stages met above one that is not, which do not count.
    """

    dimension: str
    stage: str
    number: int
    gate: bool
    skipped: tuple[str, ...]


class Move(NamedTuple):
    """The next stage of a dimension. `reaches`: where it brings it, further than `stage` where that was skipped.

    `holds_overall`: the overall stage cannot rise without it; `lifts_overall`: it rises by this move alone.
    """

    order: int
    dimension: str
    from_stage: str
    stage: str
    reaches: str
    holds_overall: bool
    lifts_overall: bool


class Maturity(NamedTuple):
    """The whole assessment. `overall` is the lowest of GATES, `mean` that of the nine numbers, beside it.

    `overall_if_proved` is by the same gates what it would be if each claim that no result refutes were proved, with
    `claims_unproved`, how many of those have no evidence now.
    `believed` is the stage that the team believes, `overestimates` how many stages that is above the overall one
    (below: negative), None where it is not said. `answered`: cells of which anything is known, of all `cells`.
    `unproved`: said to be met with nothing brought for it, `contradicted`: refuted by a result; neither counts.
    """

    overall: str
    overall_if_proved: str
    claims_unproved: int
    mean: Decimal
    believed: Optional[str]
    overestimates: Optional[int]
    answered: int
    levels: tuple[Level, ...]
    moves: tuple[Move, ...]
    unproved: tuple[Place, ...]
    contradicted: tuple[Place, ...]
    cells: tuple[Cell, ...]


def matured(card: Scorecard, refuted: frozenset[tuple[str, str]] = frozenset()) -> Maturity:
    """The assessment of a scorecard; `refuted`: the cells (dimension, stage) of which a result shows the opposite."""
    cells = tuple(_cell(claim, (claim.dimension, claim.stage) in refuted) for claim in card.claims)
    levels, hoped = _levels(cells), tuple(cell._replace(met=cell.claimed and not cell.contradicted) for cell in cells)
    lowest = _lowest(levels)
    mean = Decimal(sum(level.number for level in levels)) / len(levels)
    above = None if card.believed_stage is None else LADDER.index(card.believed_stage) + 1 - lowest
    return Maturity(
        LADDER[lowest - 1], LADDER[_lowest(_levels(hoped)) - 1], sum(cell.met and not cell.evidenced for cell in hoped),
        mean, card.believed_stage, above, sum(claim.met is not None for claim in card.claims), levels,
        _moves(levels, cells),
        tuple(Place(cell.dimension, cell.stage) for cell in cells if cell.claimed and not cell.evidenced),
        tuple(Place(cell.dimension, cell.stage) for cell in cells if cell.claimed and cell.contradicted), cells)


def claimed_levels(cells: Sequence[Cell]) -> tuple[Level, ...]:
    """Where each dimension would stand if all that is claimed were so, whatever shows it or refutes it."""
    return _levels(tuple(cell._replace(met=cell.claimed) for cell in cells))


def _cell(claim: Claim, refuted: bool) -> Cell:
    claimed = claim.met is True
    evidenced = claimed and (claim.evidence is not None or claim.origin != GIVEN)
    return Cell(claim.dimension, claim.stage, evidenced and not refuted, claimed, evidenced, claim.origin, refuted)


def _levels(cells: Sequence[Cell]) -> tuple[Level, ...]:
    return tuple(_level(dimension, cells) for dimension in DIMENSIONS)


def _level(dimension: str, cells: Sequence[Cell]) -> Level:
    met = [cell.stage for cell in cells if cell.dimension == dimension and cell.met]
    number = next((place for place, stage in enumerate(LADDER[1:], 1) if stage not in met), len(LADDER))
    return Level(dimension, LADDER[number - 1], number, dimension in GATES,
                 tuple(stage for stage in LADDER[number:] if stage in met))


def _lowest(levels: Sequence[Level]) -> int:
    return min(level.number for level in levels if level.gate)


def _moves(levels: Sequence[Level], cells: Sequence[Cell]) -> tuple[Move, ...]:
    """Those without which the overall stage cannot rise, then the lowest others; dimensions at the top have none."""
    lowest = _lowest(levels)
    behind = [level for level in levels if level.number < len(LADDER)]
    first = [level for level in behind if level.gate and level.number == lowest]
    then = sorted((level for level in behind if level not in first), key=lambda level: level.number)
    return tuple(_move(order, level, levels, cells) for order, level in enumerate([*first, *then][:MOST_MOVES], 1))


def _move(order: int, level: Level, levels: Sequence[Level], cells: Sequence[Cell]) -> Move:
    stage, lowest = LADDER[level.number], _lowest(levels)
    after = _level(level.dimension, [cell._replace(met=cell.met or cell.stage == stage) for cell in cells])
    moved = [after if each.dimension == level.dimension else each for each in levels]
    return Move(order, level.dimension, level.stage, stage, after.stage, level.gate and level.number == lowest,
                _lowest(moved) > lowest)
