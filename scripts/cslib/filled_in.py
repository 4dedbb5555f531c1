"""A scorecard with what results of other doors show of it. What the input says of itself stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, Optional, Union

from cslib.kpi_change import six_places
from cslib.results import Beside
from cslib.scorecards import GIVEN, Claim, Kpi, Scorecard
from cslib.shown import COVERAGE, RETENTION, SEGMENTATION, Doubt, File, Key, Shown, shown

KPI, CELL, HEADCOUNT, STAGE = "kpi", "cell", "headcount", "stage"
_TOLD_TO = Decimal("0.01")
_RATIO_PLACES, _FTE_PLACES = Decimal("0.000001"), Decimal("0.01")

Said = Union[Decimal, bool, str]


class Difference(NamedTuple):
    """Where input and result do not say the same. `what`: kpi, cell, headcount or stage; the given one counts.

    A cell is `dimension.stage`: given as met and shown not to be, it does not count.
    """

    what: str
    key: str
    segment: Optional[str]
    given: Said
    shown: Said
    origin: str

    def record(self) -> dict:
        """Six places, since what differs may be a ratio."""
        return six_places(self)


class Filled(NamedTuple):
    """The scorecard with what is shown, each part with its origin. `stage_origin` None: no stage is known.

    `refuted`: the cells (dimension, stage) of which a result shows the opposite; `on_defaults`: those that nothing
    shows but a result which rests on defaults of the tool. `doubts`: the results whose input is to be checked first.
    """

    card: Scorecard
    stage_origin: Optional[str]
    headcount_origin: str
    refuted: frozenset[Key]
    differences: tuple[Difference, ...]
    on_defaults: tuple[Key, ...]
    doubts: tuple[Doubt, ...]


def filled(card: Scorecard, sample_ok: bool, retention: Optional[File] = None, coverage: Optional[File] = None,
           segmentation: Optional[File] = None) -> Filled:
    """The scorecard and what three results add to it.

    Refused, file by file: what `shown` refuses.
    """
    beside = Beside("scorecard", card.as_of, card.currency, sample_ok)
    files = ((RETENTION, retention), (COVERAGE, coverage), (SEGMENTATION, segmentation))
    found = [shown(origin, file, beside) for origin, file in files if file is not None]
    stage, stage_origin = next(((one.stage, one.origin) for one in found if one.stage), (None, None))
    if card.stage is not None:
        stage, stage_origin = card.stage, GIVEN
    people = _people(card, found)
    claims, refuted = _claims(card.claims, found)
    return Filled(
        card._replace(stage=stage, kpis=(*card.kpis, *_added(card.kpis, found)), claims=claims, **people),
        stage_origin, GIVEN if people == _held(card) else COVERAGE, refuted,
        (*_stage_apart(card, found), *_kpis_apart(card, found), *_people_apart(card, found),
         *_cells_apart(card.claims, found)),
        _on_defaults(claims, found), tuple(one.doubt for one in found if one.doubt))


def _on_defaults(claims: Iterable[Claim], found: Iterable[Shown]) -> tuple[Key, ...]:
    """In the order of the claims, without those that evidence or another result shows."""
    keys = frozenset().union(*(one.on_defaults for one in found))
    return tuple(claim[:2] for claim in claims if claim[:2] in keys
                 and not (claim.met and (claim.evidence is not None or claim.origin != GIVEN)))


def _added(given: Sequence[Kpi], found: Sequence[Shown]) -> list[Kpi]:
    known = {(kpi.kpi, kpi.segment) for kpi in given}
    return [kpi for one in found for kpi in one.kpis if (kpi.kpi, kpi.segment) not in known]


def _held(card: Scorecard) -> dict[str, Optional[Decimal]]:
    return {"csms": card.csms, "required": card.required}


def _people(card: Scorecard, found: Sequence[Shown]) -> dict[str, Optional[Decimal]]:
    """CSMs and those required, each as given, or as shown where it is not."""
    there = {key: part for one in found for key, part in one.people.items()}
    return {key: there.get(key) if part is None else part for key, part in _held(card).items()}


def _claims(claims: Sequence[Claim], found: Sequence[Shown]) -> tuple[tuple[Claim, ...], frozenset[Key]]:
    """The claims with what is shown of those that lack an answer or evidence, and the cells that are refuted."""
    by_cell = {key: one.origin for one in reversed(found) for key, met in one.cells.items() if met}
    refuted = frozenset(key for one in found for key, met in one.cells.items() if not met)
    return tuple(claim._replace(met=True, origin=by_cell[claim[:2]])
                 if claim[:2] in by_cell and (claim.met is None or (claim.met and claim.evidence is None)) else claim
                 for claim in claims), refuted


def _stage_apart(card: Scorecard, found: Iterable[Shown]) -> Iterable[Difference]:
    for one in found:
        if None not in (card.stage, one.stage) and card.stage != one.stage:
            yield Difference(STAGE, STAGE, None, card.stage, one.stage, one.origin)


def _kpis_apart(card: Scorecard, found: Iterable[Shown]) -> Iterable[Difference]:
    """Values of the same period that differ by more than the last digit given, a ratio told to the point at least."""
    given = {(kpi.kpi, kpi.segment, kpi.period_months): kpi.now.value for kpi in card.kpis}
    for one in found:
        for kpi in one.kpis:
            value = given.get((kpi.kpi, kpi.segment, kpi.period_months))
            if value is not None and _apart(value, kpi.now.value, _RATIO_PLACES):
                yield Difference(KPI, kpi.kpi, kpi.segment, value, kpi.now.value, one.origin)


def _people_apart(card: Scorecard, found: Iterable[Shown]) -> Iterable[Difference]:
    held = _held(card)
    for one in found:
        for key, there in one.people.items():
            if None not in (held[key], there) and _apart(held[key], there, _FTE_PLACES):
                yield Difference(HEADCOUNT, key, None, held[key], there, one.origin)


def _cells_apart(claims: Sequence[Claim], found: Iterable[Shown]) -> Iterable[Difference]:
    said = {claim[:2]: claim.met for claim in claims}
    for one in found:
        for (dimension, stage), met in one.cells.items():
            if said[dimension, stage] not in (None, met):
                yield Difference(CELL, f"{dimension}.{stage}", None, not met, met, one.origin)


def _apart(given: Decimal, other: Decimal, places: Decimal) -> bool:
    """Whether a figure is another than the given one to its last digit, or to the last that a result has."""
    last = max(min(Decimal(1).scaleb(given.as_tuple().exponent), _TOLD_TO), places)
    return abs(given - other) > last / 2
