"""Decision E in one record: the KPIs beside their targets, who owns what, and the maturity that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Optional

from cslib import kpis
from cslib.board import Board, board
from cslib.filled_in import Difference, Filled
from cslib.kpis import Headcount, Owned, OwnerGap, Row
from cslib.maturity import Maturity, matured
from cslib.scorecards import LADDER

VERDICTS = LADDER[::-1]


class Scored(NamedTuple):
    """The whole answer. `verdict` is the overall stage of maturity, None where nothing of it was said or shown.

    `stage` is the company's that the targets go by, with its origin; `too_many` the KPIs reported where there are more
    than the policy's. `differences`: where the input and a result beside it do not say the same.
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


def scored(filled: Filled, settings: Mapping) -> Scored:
    """The answer for a scorecard with what results fill in; `settings` are the whole policy."""
    card = filled.card
    found = kpis.rows(card, settings)
    known = any(claim.met is not None for claim in card.claims)
    maturity = matured(card, filled.refuted) if known else None
    return Scored(maturity.overall if maturity else None, card.stage, filled.stage_origin, found,
                  kpis.owner_gaps(found), kpis.only_activities(found), kpis.missing_outcomes(found),
                  kpis.too_many(found, settings), board(found, settings), kpis.owned(card),
                  kpis.headcount(card, filled.headcount_origin, settings), maturity, filled.differences)
