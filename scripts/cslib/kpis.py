"""KPIs beside what is good and great: by stage, size, product or in general, with who should own them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.kpi_change import Bounds, Change, change, share_interval, six_places, told_from
from cslib.kpis_known import KPIS, unit_of
from cslib.months import MONTHS_IN_A_YEAR
from cslib.policy import STAGE_GROUPS
from cslib.retention import Rates, annualised
from cslib.scales import ends
from cslib.scorecards import GIVEN, Kpi, Scorecard
from cslib.tiering import FOUR

OWNERS = {"outcome": "cs_leadership", "leading": "cs_operations", "operations": "cs_operations", "activity": "csms"}
OUTCOMES = ("nrr_ratio", "grr_ratio", "logo_retention_ratio")
GREAT, GOOD, BELOW = "great", "good", "below"
STAGE, SIZE, PRODUCT, GENERAL = "stage", "size", "product", "general"
LOWER_IS_BETTER = ("time_to_value_days", "data_age_hours")
EXPANSION = "expansion_ratio"
_LEVELS = {kpi: level for level, known in KPIS.items() for kpi in known}
_PLACES = {kpi: place for place, kpi in enumerate(_LEVELS)}
_RANKS = {segment: rank for rank, segment in enumerate((None, *FOUR))}


class Known(NamedTuple):
    """What a KPI is: outcome, leading, operations or activity; its unit; and who answers for such a KPI."""

    level: str
    unit: str
    owner: str


KNOWN = {kpi: Known(level, unit_of(kpi), OWNERS[level]) for kpi, level in _LEVELS.items()}


class Target(NamedTuple):
    """What is good and great (None where nobody says), in the KPI's unit and on its own scale.

    `source`: stage (decision A judges by the same floor), size, product, or general. `rescaled`: see scales.Ends.
    """

    good: Decimal
    great: Optional[Decimal]
    higher_is_better: bool
    source: str
    rescaled: bool

    def record(self) -> dict:
        """Six places, since a target may be a ratio."""
        return six_places(self)


class Row(NamedTuple):
    """One KPI of the whole company (`segment` None) or of one size segment.

    `annual_value`: NRR, GRR and logo retention of another period than twelve months, compounded to a year; None
    elsewhere. `standing`: great, good, below; None without a target, and for expansion of another period, which does
    not compound alone. `short_by`: how far from good, in the unit, None where it is reached or not judged.
    `distinguishable`: True, further from good than noise; False, cannot be told from it; None, not known. `also`: the
    general target, where another one judges. `owner` is the given one. `interval`: of a share, at the number behind it.
    """

    kpi: str
    segment: Optional[str]
    level: str
    value: Decimal
    annual_value: Optional[Decimal]
    period_months: Optional[int]
    of: Optional[int]
    unit: str
    target: Optional[Target]
    standing: Optional[str]
    short_by: Optional[Decimal]
    distinguishable: Optional[bool]
    also: Optional[Target]
    owner: Optional[str]
    owner_expected: str
    change: Optional[Change]
    interval: Optional[Bounds]
    origin: str

    def record(self) -> dict:
        """Six places, since a value may be a ratio."""
        return six_places(self)


class OwnerGap(NamedTuple):
    """An outcome that nobody owns, or somebody other than the leadership of CS."""

    kpi: str
    segment: Optional[str]
    owner: str
    owner_expected: str


class Owned(NamedTuple):
    """Accounts above the policy's floor, those of them with an owner and without; `ratio` None without accounts."""

    accounts: int
    with_owner: int
    ratio: Optional[Decimal]
    without: int

    def record(self) -> dict:
        """The ratio under a name that says whose."""
        return {"accounts": self.accounts, "with_owner": self.with_owner, "with_owner_ratio": self.ratio,
                "without": self.without}


class Headcount(NamedTuple):
    """CSMs against those required, FTE. `ratio` is csms / required - 1, `within`: by no more than the policy allows.

    Both None where the required are unknown or nobody is. `origin`: given, or coverage where either came from there.
    """

    csms: Decimal
    required: Optional[Decimal]
    ratio: Optional[Decimal]
    within: Optional[bool]
    origin: str

    def record(self) -> dict:
        """The ratio under a name that says what it measures."""
        return {"csms": self.csms, "required": self.required, "gap_ratio": self.ratio, "within": self.within,
                "origin": self.origin}


def rows(card: Scorecard, settings: Mapping) -> tuple[Row, ...]:
    """Every KPI by level, then in the order of KNOWN, the whole company before its segments. Settings: the policy."""
    ordered = sorted(card.kpis, key=lambda kpi: (_PLACES[kpi.kpi], _RANKS[kpi.segment]))
    return tuple(_row(kpi, card, settings) for kpi in ordered)


def _row(kpi: Kpi, card: Scorecard, settings: Mapping) -> Row:
    known, aim = KNOWN[kpi.kpi], target(kpi, card, settings)
    sure = settings["scorecard"]["noise_confidence_ratio"]
    year, value = annual(kpi), judged(kpi)
    stands = None if aim is None or value is None else _standing(value, aim)
    plain = None if aim is None or aim.source == GENERAL else general(kpi, settings)
    return Row(kpi.kpi, kpi.segment, known.level, kpi.now.value, year, kpi.period_months, kpi.now.of, known.unit, aim,
               stands, abs(aim.good - value) if stands == BELOW else None,
               told_from(kpi, _in_its_period(kpi, aim.good), sure) if stands else None, plain, kpi.owner,
               known.owner, change(kpi, aim and aim.higher_is_better, sure), share_interval(kpi, sure), kpi.origin)


def annual(kpi: Kpi) -> Optional[Decimal]:
    """NRR, GRR or logo retention of another period than twelve months, compounded as decision A does; otherwise None.

    A renewal rate is of the contracts due, so that a quarter's is not raised to the fourth power.
    """
    if kpi.kpi not in OUTCOMES or kpi.period_months == MONTHS_IN_A_YEAR:
        return None
    period = Rates(**{**dict.fromkeys(Rates._fields), kpi.kpi: kpi.now.value})
    return getattr(annualised(period, kpi.period_months), kpi.kpi)


def _in_its_period(kpi: Kpi, good: Decimal) -> float:
    """A target of a year, over the period of a rate that is compounded to one."""
    return float(good) if annual(kpi) is None else float(good) ** (kpi.period_months / MONTHS_IN_A_YEAR)


def judged(kpi: Kpi) -> Optional[Decimal]:
    """The value that a target may judge: of a year, where a rate adds up over time; None for expansion of another."""
    if kpi.kpi == EXPANSION and kpi.period_months != MONTHS_IN_A_YEAR:
        return None
    year = annual(kpi)
    return kpi.now.value if year is None else year


def target(kpi: Kpi, card: Scorecard, settings: Mapping) -> Optional[Target]:
    """What judges a KPI: the stage for the whole company, the size for a segment, the product; else the general one."""
    rules, plain = settings["scorecard"], general(kpi, settings)
    if kpi.segment is None and kpi.kpi in OUTCOMES and card.stage is not None:
        floor = settings["retention_bands"][STAGE_GROUPS[card.stage]][kpi.kpi]["healthy"]
        return plain if floor is None else Target(floor, max(plain.great or floor, floor), True, STAGE, False)
    if kpi.segment is not None and kpi.kpi == "nrr_ratio":
        size = settings["size_nrr_targets"][kpi.segment]
        return Target(size["low_ratio"], size["high_ratio"], True, SIZE, False)
    if kpi.segment is not None and kpi.kpi == "grr_ratio":
        size = rules["size_grr_targets"][kpi.segment]
        return Target(size["low_ratio"], size["high_ratio"], True, SIZE, False)
    if kpi.kpi == "time_to_value_days" and card.product_type is not None:
        return Target(Decimal(rules["time_to_value_by_product"][card.product_type]), None, False, PRODUCT, False)
    return plain


def general(kpi: Kpi, settings: Mapping) -> Optional[Target]:
    """The target whatever the company, on the scale that the KPI has; None for a count, of which no number is good."""
    given = settings["scorecard"]["kpis"].get(kpi.kpi)
    if given is None:
        return None
    good, great = Decimal(given["good"]), None if given["great"] is None else Decimal(given["great"])
    if kpi.scale is not None:
        found = ends(kpi.kpi, good, great, kpi.scale, kpi.easy_is)
        return Target(found.good, found.great, found.higher_is_better, GENERAL, found.rescaled)
    return Target(good, great, kpi.kpi not in LOWER_IS_BETTER, GENERAL, False)


def _standing(value: Decimal, aim: Target) -> str:
    """The better of two bands owns the value between them."""
    side = 1 if aim.higher_is_better else -1
    if aim.great is not None and side * value >= side * aim.great:
        return GREAT
    return GOOD if side * value >= side * aim.good else BELOW


def owner_gaps(found: Iterable[Row]) -> tuple[OwnerGap, ...]:
    """The outcomes whose owner is said and is not the leadership of CS. An owner that is not said is unknown."""
    return tuple(OwnerGap(row.kpi, row.segment, row.owner, row.owner_expected) for row in found
                 if row.level == "outcome" and row.owner not in (None, row.owner_expected))


def only_activities(found: Iterable[Row]) -> bool:
    """Whether a team reports KPIs and all of them count what it does. What a result filled in is not reported."""
    levels = {row.level for row in found if row.origin == GIVEN}
    return levels == {"activity"}


def missing_outcomes(found: Iterable[Row]) -> tuple[str, ...]:
    """Which of NRR, GRR and logo retention nothing says of the whole company."""
    known = {row.kpi for row in found if row.segment is None}
    return tuple(kpi for kpi in OUTCOMES if kpi not in known)


def too_many(found: Iterable[Row], settings: Mapping) -> Optional[int]:
    """How many KPIs a team reports, segments not counted, where that is more than it can steer by; otherwise None."""
    count = len({row.kpi for row in found if row.origin == GIVEN})
    return count if count > settings["scorecard"]["most_kpis"] else None


def owned(card: Scorecard) -> Optional[Owned]:
    """None where it is not said."""
    if card.accounts is None or card.with_owner is None:
        return None
    ratio = Decimal(card.with_owner) / card.accounts if card.accounts else None
    return Owned(card.accounts, card.with_owner, ratio, card.accounts - card.with_owner)


def headcount(card: Scorecard, origin: str, settings: Mapping) -> Optional[Headcount]:
    """None where nobody says how many CSMs there are."""
    if card.csms is None:
        return None
    ratio = card.csms / card.required - 1 if card.required else None
    within = None if ratio is None else abs(ratio) <= settings["scorecard"]["headcount_within_ratio"]
    return Headcount(card.csms, card.required, ratio, within, origin)
