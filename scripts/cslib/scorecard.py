"""Decision E in one record: the KPIs beside their targets, who owns what, and the maturity that can be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Optional

from cslib import kpis
from cslib.board import Board, board
from cslib.filled_in import Difference, Filled
from cslib.kpis import Headcount, Owned, OwnerGap, Row
from cslib.maturity import Maturity, Place, matured
from cslib.scorecards import LADDER
from cslib.shown import Doubt

VERDICTS = LADDER[::-1]


class Scored(NamedTuple):
    """The whole answer. `verdict` is the overall stage of maturity, None where nothing of it was said or shown.

    `stage` is the company's that the targets go by, with its origin; `too_many` the KPIs reported where there are more
    than the policy's. `differences`: where the input and a result beside it do not say the same. `on_defaults`: the
    stages that only a result resting on the tool's defaults would show. `doubts`: the results whose input is to be
    checked first; what they filled in has no standing.
    """

    verdict: Optional[str]
    stage: Optional[str]
    stage_origin: Optional[str]
    rows: tuple[Row, ...]
    owner_gaps: tuple[OwnerGap, ...]
    only_activities: bool
    missing_outcomes: tuple[str, ...]
    too_many: Optional[int]
    board: Board
    owned: Optional[Owned]
    headcount: Optional[Headcount]
    maturity: Optional[Maturity]
    differences: tuple[Difference, ...]
    on_defaults: tuple[Place, ...]
    doubts: tuple[Doubt, ...]


def scored(filled: Filled, settings: Mapping) -> Scored:
    """The answer for a scorecard with what results fill in; `settings` are the whole policy."""
    card = filled.card
    found = _judged(kpis.rows(card, settings), {doubt.origin for doubt in filled.doubts})
    known = any(claim.met is not None for claim in card.claims)
    maturity = matured(card, filled.refuted) if known else None
    return Scored(maturity.overall if maturity else None, card.stage, filled.stage_origin, found,
                  kpis.owner_gaps(found), kpis.only_activities(found), kpis.missing_outcomes(found),
                  kpis.too_many(found, settings), board(found, settings), kpis.owned(card),
                  kpis.headcount(card, filled.headcount_origin, settings), maturity, filled.differences,
                  tuple(Place(*key) for key in filled.on_defaults), filled.doubts)


def _judged(found: Iterable[Row], doubted: Collection[str]) -> tuple[Row, ...]:
    """The rows, those of a doubted result without a standing."""
    return tuple(row._replace(standing=None, short_by=None, distinguishable=None) if row.origin in doubted else row
                 for row in found)
