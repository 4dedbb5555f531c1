"""Which KPIs a board is shown: few, the outcomes first, and none that only counts what the team does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cslib.kpis import BELOW, Row


class Board(NamedTuple):
    """Every KPI of a scorecard once: those to `keep` for a board, the weightiest first, and those to `drop` there."""

    keep: tuple[str, ...]
    drop: tuple[str, ...]


def board(found: Iterable[Row], settings: Mapping) -> Board:
    """At most the policy's number of the whole company's KPIs.

    Outcomes first, then leading ones below their target, then leading ones of which it is known how many stand behind.
    """
    rows = tuple(found)
    company = [row for row in rows if row.segment is None]
    leading = [row for row in company if row.level == "leading"]
    ranked = (*(row for row in company if row.level == "outcome"),
              *(row for row in leading if row.standing == BELOW),
              *(row for row in leading if row.standing != BELOW and row.of is not None))
    keep = tuple(row.kpi for row in ranked)[:settings["scorecard"]["most_kpis"]]
    return Board(keep, tuple(dict.fromkeys(row.kpi for row in rows if row.kpi not in keep)))
