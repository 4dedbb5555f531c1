"""The stage of a company as it says, as its size implies, and where the two do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.org import Org

STAGES = ("seed", "series_a", "series_b", "growth", "late")
MEASURES = ("staff", "customers", "arr", "csms")
_SIZE = ("customers", "arr", "csms")
_REACHED_BY = 2


class Implied(NamedTuple):
    """The stage that one of MEASURES speaks for: the highest whose floor its value reaches."""

    measure: str
    value: Decimal
    stage: str


class Lacking(NamedTuple):
    """One of MEASURES that is below the floor of the next stage; the value is None where it is unknown."""

    measure: str
    value: Optional[Decimal]
    floor: Decimal


class Standing(NamedTuple):
    """The stage `used`: the one `stated`, otherwise `inferred`, the lower median of those that are implied.

    `size_stage` is the highest that at least two of customers, ARR and CSMs reach, `conflicts` what speaks for another
    stage than the one used. A team of that stage has `team_low` to `team_high` CS people and opens so many
    `roles_at_a_time`. `next_stage` is None after the last.
    """

    stated: Optional[str]
    used: str
    inferred: bool
    implied: tuple[Implied, ...]
    size_stage: str
    conflicts: tuple[Implied, ...]
    team_low: Decimal
    team_high: Decimal
    roles_at_a_time: int
    next_stage: Optional[str]
    missing_for_next: tuple[Lacking, ...]


def standing(org: Org, rules: Mapping) -> Standing:
    """The stage of an org by the policy's `hiring` rules."""
    values = {"staff": None if org.staff is None else Decimal(org.staff), "customers": Decimal(org.customers),
              "arr": org.arr, "csms": org.people("csm")}
    implied = tuple(Implied(measure, value, _reaches(measure, value, rules["stages"]))
                    for measure, value in values.items() if value is not None)
    used = org.stage or _in_order(one.stage for one in implied)[(len(implied) - 1) // 2]
    row, later = rules["stages"][used], STAGES[STAGES.index(used) + 1:]
    floors = rules["stages"][later[0]] if later else {}
    return Standing(
        org.stage, used, org.stage is None, implied,
        _in_order(one.stage for one in implied if one.measure in _SIZE)[-_REACHED_BY],
        tuple(one for one in implied if one.stage != used), Decimal(row["team_low"]), Decimal(row["team_high"]),
        int(row["roles_at_a_time"]), later[0] if later else None,
        tuple(Lacking(measure, value, Decimal(floors[measure])) for measure, value in values.items()
              if floors.get(measure) is not None and (value is None or value < floors[measure])))


def reached(standing: Standing, stage: str) -> bool:
    """Whether a company is at or above a stage, by the one used or by its size."""
    return max(map(STAGES.index, (standing.used, standing.size_stage))) >= STAGES.index(stage)


def _reaches(measure: str, value: Decimal, stages: Mapping) -> str:
    """The highest stage whose floor the value reaches, the first where it reaches none; no floor is passed over."""
    return next((stage for stage in reversed(STAGES) if stages[stage][measure] is not None
                 and value >= stages[stage][measure]), STAGES[0])


def _in_order(stages: Iterable[str]) -> list[str]:
    return sorted(stages, key=STAGES.index)
