"""A KPI's figures as strings in its own unit: per cent, points, days, hours, of a scale; and how a change reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

from cslib.figures import NOT_AVAILABLE, between, count, decimal, per_cent, points, rounded, whole
from cslib.kpis import Row, Target
from cslib.months import MONTHS_IN_A_YEAR

PLACES = {"points": 1, "days": 1, "hours": 1, "score": 2, "count": 1}
NOUNS = {"points": ("point", "points"), "days": ("day", "days"), "hours": ("hour", "hours")}
NOISE = {True: "more than noise", False: "cannot be told from noise", None: "noise not known"}


def value(row: Row) -> str:
    """A value as its table says it: `87.1%`, `+34`, `71.5`, `38 days`, `26 hours`, `4.1`."""
    return figure(row.unit, row.value, row.kpi == "nps")


def annual(row: Row) -> str:
    """A rate with its period: `87.1% over 12 months`, `97% over 3 months (88.5% a year)`; otherwise the value."""
    if row.period_months is None:
        return value(row)
    year = "" if row.annual_value is None else f" ({figure(row.unit, row.annual_value)} a year)"
    return f"{value(row)} over {count(row.period_months, 'month')}{year}"


def figure(unit: str, amount: Optional[Decimal], signed: bool = False) -> str:
    """An amount in a unit; signed where both signs are usual."""
    if amount is None:
        return NOT_AVAILABLE
    if unit == "ratio":
        return per_cent(amount)
    shown = plain(amount, PLACES[unit])
    if signed and amount > 0:
        shown = f"+{shown}"
    return f"{shown} {_noun(unit, shown)}" if unit in ("days", "hours") else shown


def plain(amount: Decimal, places: int) -> str:
    """A number without zeros at its end: `4.1`, `30`."""
    shown = decimal(amount, places)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def aim(row: Row, target: Optional[Target], great: bool = False) -> str:
    """What is good or great, in the unit: `90%`, `30`, `14 days`; a dash where there is none."""
    amount = None if target is None else target.great if great else target.good
    if amount is None:
        return "-"
    if row.unit == "ratio":
        return per_cent(amount, 0 if amount * 100 == int(amount * 100) else 1)
    return figure(row.unit, amount)


def standing(row: Row) -> str:
    """`great`, `2.8 points under`, `good, cannot be told from 85%`; a dash where nothing is judged."""
    said = missed(row) if row.standing == "below" else row.standing or "-"
    return f"{said}, cannot be told from {aim(row, row.target)}" if row.distinguishable is False else said


def missed(row: Row) -> str:
    """How far a value is from good and on which side of it: `2.8 points under`, `8 days over`."""
    side = "under" if row.target is None or row.target.higher_is_better else "over"
    return f"{_apart(row.unit, row.short_by).lstrip('+-')} {side}"


def change(row: Row) -> str:
    """`+2.1 points, cannot be told from noise`; where lower is better, which way it went; a dash without a previous."""
    if row.change is None:
        return "-"
    moved = _apart(row.unit, row.change.difference)
    return ", ".join([moved, *_way(row), *([] if _still(moved) else [NOISE[row.change.distinguishable]])])


def _way(row: Row) -> list[str]:
    """Whether a change is for the better, where a rise is not."""
    lower = row.target is not None and not row.target.higher_is_better
    return [] if not lower or row.change.better is None else ["better" if row.change.better else "worse"]


def _still(moved: str) -> bool:
    return not moved.strip("+-").split()[0].strip("0.")


def _apart(unit: str, amount: Optional[Decimal]) -> str:
    """A signed difference in a unit: `-4 points`, `+3 days`, `-0.2`."""
    if amount is None:
        return NOT_AVAILABLE
    if unit == "ratio":
        return points(amount).replace(".0 points", " points").replace("+1 points", "+1 point").replace(
            "-1 points", "-1 point")
    shown = plain(amount, PLACES[unit])
    signed = f"+{shown}" if rounded(amount, PLACES[unit]) > 0 else shown
    return f"{signed} {_noun(unit, shown)}".rstrip()


def _noun(unit: str, shown: str) -> str:
    one, many = NOUNS.get(unit, ("", ""))
    return one if shown.lstrip("-") == "1" else many


def interval(row: Row) -> str:
    """`83% to 90%`, a dash where there is none."""
    return "-" if row.interval is None else between(*row.interval, 1)


def answers(row: Row) -> str:
    """How many customers, answers or renewals stand behind a figure."""
    return "-" if row.of is None else whole(row.of)


def of_table(row: Row) -> str:
    """The value as a cell: with its period where that is not a year."""
    return value(row) if row.period_months == MONTHS_IN_A_YEAR else annual(row)
