"""What the figures of a scorecard cannot mean at once: every fault of a document that its schema accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.kpis_known import OVER_TIME, SCALES, top_of, unit_of
from cslib.months import day_of
from cslib.refusal import Fault

_ABOVE_ALL = ("nrr_ratio", "expansion_ratio")
_LARGEST_RATIO = 10
_LEAST_AND_MOST = {"nps": (-100, 100), "health_points": (0, 100)}
_LARGEST_PER_CENT = 1_000


class Bounds(NamedTuple):
    """What a value may be, `highest` None where nothing bounds it, and what a value out of it probably is."""

    lowest: int
    highest: Optional[int]
    said: str


def faults_of(document: Mapping) -> Iterator[Fault]:
    """Every fault, in document order but for what takes two KPIs."""
    as_of = day_of(document["as_of"])
    if as_of is None:
        yield Fault("impossible date", "as_of", "a day of this era that exists", document["as_of"])
    rows = document.get("kpis") or ()
    for index, row in enumerate(rows):
        yield from _kpi_faults(f"kpis[{index}]", row, as_of)
    yield from _same_twice(rows)
    yield from _more_than_gross(rows)
    owned = document.get("owned_accounts")
    if owned and owned["with_owner"] > owned["accounts"]:
        yield Fault("more than all", "owned_accounts.with_owner", f"at most {owned['accounts']}, the accounts",
                    str(owned["with_owner"]))
    yield from _blank_evidence(document.get("maturity") or {})
    if not (any(row["value"] is not None for row in rows) or owned or document.get("headcount")
            or document.get("maturity")):
        yield Fault("empty", "the document", "a value under kpis, or answers under maturity",
                    "no KPI with a value" if rows else "neither", "--questions prints what to ask")


def _kpi_faults(place: str, row: Mapping, as_of: object) -> Iterator[Fault]:
    kpi, value, before = row["kpi"], row["value"], row.get("previous")
    if value is None:
        yield from _nothing_measured(place, row)
        return
    yield from _scale_faults(place, row)
    months = row.get("period_months")
    if kpi in OVER_TIME and months is None:
        yield Fault("no period", f"{place}.period_months ({kpi})",
                    "1 to 36 months; a rate over time carries its period", "none", "12 for a year")
    elif kpi not in OVER_TIME and months is not None:
        yield Fault("a period where there is none", f"{place}.period_months ({kpi})",
                    f"none; only {', '.join(OVER_TIME)} are rates over time", str(months), "leave it out")
    bounds = _bounds(kpi, row.get("scale"))
    yield from _reading_faults(place, kpi, row, bounds)
    if before:
        yield from _reading_faults(f"{place}.previous", kpi, before, bounds)
        yield from _earlier(f"{place}.previous.as_of ({kpi})", before.get("as_of"), as_of)


def _nothing_measured(place: str, row: Mapping) -> Iterator[Fault]:
    said = [key for key in ("of", "sd", "previous") if row.get(key) is not None]
    if said:
        yield Fault("no value", f"{place}.value ({row['kpi']})", f"a value, since {', '.join(said)} is given", "null",
                    "leave the row out where nothing is measured now")


def _scale_faults(place: str, row: Mapping) -> Iterator[Fault]:
    """A score without the scale that it has, or with one of another KPI; anything else with a scale."""
    kpi, scale, easy = row["kpi"], row.get("scale"), row.get("easy_is")
    known = SCALES.get(kpi)
    if known and scale not in known:
        hint = ("the share of satisfied answers is the KPI csat_satisfied_ratio" if kpi == "csat" else
                "original CES runs from 1 to 5, the present one from 1 to 7")
        yield Fault("no scale" if scale is None else "another scale", f"{place}.scale ({kpi})",
                    f"one of {', '.join(known)}", scale or "none", hint)
    if not known and scale is not None:
        yield Fault("a scale where there is none", f"{place}.scale ({kpi})",
                    f"none; only {' and '.join(SCALES)} have one", scale, "leave it out")
    if kpi == "ces" and easy is None:
        yield Fault("no direction", f"{place}.easy_is (ces)", "low or high: which end of the scale says easy", "none",
                    "both forms of the question are in use, so the figure alone does not tell")
    if kpi != "ces" and easy is not None:
        yield Fault("a scale where there is none", f"{place}.easy_is ({kpi})", "none; only ces has a direction", easy,
                    "leave it out")


def _bounds(kpi: str, scale: Optional[str]) -> Optional[Bounds]:
    """None for a score whose scale is at fault itself."""
    unit = unit_of(kpi)
    if unit == "ratio":
        most = _LARGEST_RATIO if kpi in _ABOVE_ALL else 1
        return Bounds(0, most, f"a ratio from 0 to {most}")
    if unit == "score":
        return Bounds(1, top_of(scale), f"a mean from 1 to {top_of(scale)}") if scale in SCALES[kpi] else None
    if unit == "points":
        lowest, highest = _LEAST_AND_MOST[kpi]
        return Bounds(lowest, highest, f"points from {lowest} to {highest}")
    return Bounds(0, None, {"count": "a count from 0 on"}.get(unit, f"{unit} from 0 on"))


def _reading_faults(place: str, kpi: str, reading: Mapping, bounds: Optional[Bounds]) -> Iterator[Fault]:
    """A value outside its bounds, points that are a ratio, and a spread that cannot be."""
    value, sd = _exact(reading["value"]), reading.get("sd")
    lowest, highest, said = bounds or Bounds(-100, None, "")
    is_above = highest is not None and value > highest
    if value < lowest or is_above:
        yield Fault("out of range", f"{place}.value ({kpi})", said, _short(value), _meant(kpi, value, is_above))
    elif unit_of(kpi) == "points" and 0 < abs(value) < 1:
        yield Fault("out of range", f"{place}.value ({kpi})", f"{said}, not a ratio of them", _short(value),
                    f"{_short(value)} looks like a ratio: write {_short(value * 100)}; for nearly none write 0")
    if sd is None:
        return
    spread = _exact(sd)
    if unit_of(kpi) == "ratio" or kpi == "nps":
        yield Fault("a spread where there is none", f"{place}.sd ({kpi})", "none; it follows from the value and of",
                    _short(spread), "leave it out and write how many are behind the value as of")
    elif highest is not None and spread > highest - lowest:
        yield Fault("out of range", f"{place}.sd ({kpi})", f"at most {highest - lowest}, the width of its scale",
                    _short(spread))


def _meant(kpi: str, value: Decimal, is_above: bool) -> str:
    if not is_above or value > _LARGEST_PER_CENT:
        return ""
    if unit_of(kpi) == "ratio":
        return f"{_short(value)} looks like a percentage: write {_short(value / 100)}"
    return "the share of satisfied answers is the KPI csat_satisfied_ratio" if kpi == "csat" else ""


def _earlier(place: str, said: Optional[str], as_of: object) -> Iterator[Fault]:
    if said is None:
        return
    day = day_of(said)
    if day is None:
        yield Fault("impossible date", place, "a day of this era that exists", said)
    elif as_of is not None and day >= as_of:
        yield Fault("not before", place, f"a day before the scorecard's, {as_of}", said)


def _same_twice(rows: Sequence[Mapping]) -> Iterator[Fault]:
    seen: dict[tuple, int] = {}
    for index, row in enumerate(rows):
        first = seen.setdefault((row["kpi"], row.get("segment")), index)
        if first != index:
            yield Fault("given twice", f"kpis[{index}] ({_named(row)})", "each KPI once for the company and once for a "
                        "segment", f"the same as kpis[{first}]", "last year's value belongs under previous")


def _more_than_gross(rows: Sequence[Mapping]) -> Iterator[Fault]:
    """NRR below GRR of the same customers and period, now or on the same day before, where both are ratios."""
    gross = {(row.get("segment"), row.get("period_months")): row for row in rows if row["kpi"] == "grr_ratio"}
    for index, row in enumerate(rows):
        other = gross.get((row.get("segment"), row.get("period_months"))) if row["kpi"] == "nrr_ratio" else None
        if other is None:
            continue
        before, kept = row.get("previous"), other.get("previous")
        pairs = [("value", row["value"], other["value"])]
        if before and kept and before.get("as_of") == kept.get("as_of"):
            pairs.append(("previous.value", before["value"], kept["value"]))
        for key, net, least in pairs:
            if net is not None and least is not None and 0 <= _exact(net) < _exact(least) <= 1:
                yield Fault("net below gross", f"kpis[{index}].{key} ({_named(row)})",
                            f"at least {_short(_exact(least))}, the grr_ratio of the same customers",
                            _short(_exact(net)), "NRR is GRR with expansion added")


def _blank_evidence(maturity: Mapping) -> Iterator[Fault]:
    for dimension, stages in maturity.items():
        for stage, cell in (stages or {}).items():
            said = (cell or {}).get("evidence")
            if said is not None and not said.strip():
                yield Fault("blank evidence", f"maturity.{dimension}.{stage}.evidence", "what shows it, in a few words",
                            "blanks", "leave it out where there is none")


def _named(row: Mapping) -> str:
    return ", ".join(filter(None, (row["kpi"], row.get("segment"))))


def _exact(value: object) -> Decimal:
    return Decimal(str(value))


def _short(value: Decimal) -> str:
    """The number in plain digits, without trailing zeros."""
    return f"{value.normalize():f}" if value else "0"
