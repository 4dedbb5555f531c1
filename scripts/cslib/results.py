"""Another door's JSON result as an input: read part by part, and what makes it unfit to stand beside this input."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib.months import day_of
from cslib.refusal import Fault, Refusal, refused

NOUNS = {"retention_decomposition_analyzer.py": "retention", "customer_segmentation_designer.py": "segmentation",
         "cs_coverage_calculator.py": "coverage", "cs_hiring_sequencer.py": "hiring", "cs_scorecard.py": "scorecard",
         "strategy_brief.py": "brief"}
MOST_DAYS_APART = 92
_MOST = Decimal(10) ** 15
_NUMBER = (int, float, Decimal)


class Beside(NamedTuple):
    """The input beside which a result is read; a refusal calls it by `name`: "USD as in the book"."""

    name: str
    as_of: date
    currency: Optional[str]
    sample: bool


class Result(NamedTuple):
    """A parsed result or a part of it. Refused of all that is read: a key that is not there, a value of another type.

    `within` is where its paths begin, "" or such as `result.tiers[2].`; `hint` says how such a result is written.
    """

    record: Any
    source: str
    within: str
    hint: str
    noun: str

    @property
    def as_of(self) -> date:
        return self.day("as_of")

    @property
    def currency(self) -> Optional[str]:
        return self.value((str, type(None)), "currency")

    @property
    def sample(self) -> bool:
        return self.value(bool, "sample")

    def value(self, kind: Any, *keys: str) -> Any:
        """The value under a path of keys, or this part itself; `kind` is a type or a tuple. A boolean is no number."""
        found = self.record
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                raise self.alien(keys, "a key of that result", "none")
            found = found[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
            raise self.alien(keys, "a value of another type", type(found).__name__)
        return found

    def amount(self, *keys: str) -> Decimal:
        """An amount that is not negative, of an ordinary size."""
        return self._sized(_NUMBER, keys, Decimal(0), "an amount from 0 on")

    def number(self, *keys: str) -> Optional[Decimal]:
        """A number of either sign and an ordinary size; None for null."""
        return self._sized((*_NUMBER, type(None)), keys, -_MOST, "a number of an ordinary size")

    def _sized(self, kinds: tuple[type, ...], keys: tuple[str, ...], least: Decimal, expected: str) -> Any:
        found = self.value(kinds, *keys)
        if found is None:
            return None
        exact = Decimal(repr(found)) if isinstance(found, float) else Decimal(found)
        if not exact.is_finite() or not least <= exact <= _MOST:
            raise self.alien(keys, expected, str(found))
        return exact

    def rows(self, *keys: str) -> list[Result]:
        """The rows of a list, each with its place."""
        held, place = self.value(list, *keys), self.place(keys)
        return [self._replace(record=row, within=f"{place}[{number}].") for number, row in enumerate(held)]

    def day(self, *keys: str) -> date:
        """A day of this era, written YYYY-MM-DD."""
        day = day_of(self.value(str, *keys))
        if day is None:
            raise self.alien(keys, "a day as YYYY-MM-DD", self.value(str, *keys))
        return day

    def place(self, keys: Iterable[str]) -> str:
        """Where a value stands in the whole result."""
        return (self.within + ".".join(keys)).rstrip(".")

    def alien(self, keys: Iterable[str], expected: str, got: str) -> Refusal:
        """The refusal of what no such result holds."""
        return refused(self.source, f"not a {self.noun} result", self.place(keys), expected, got, self.hint)


def opened(record: Any, source: str, script: str) -> Result:
    """The parsed JSON result of a script of NOUNS. Refused: what is none."""
    result = Result(record, source, "", f"write it with {script} FILE --format json --output FILE", NOUNS[script])
    if result.value(str, "script") != script:
        raise result.alien(["script"], script, record["script"])
    return result


def unfit(result: Result, beside: Beside, most_days_apart: int = MOST_DAYS_APART) -> Iterable[Fault]:
    """A sample beside a company's own input, another currency where both are known, a day too far away."""
    if result.sample and not beside.sample:
        yield Fault("sample", "sample", f"the result of your own {result.noun} data", "that of the sample", result.hint)
    if result.currency and beside.currency and result.currency != beside.currency:
        yield Fault("not comparable", "currency", f"{beside.currency} as in the {beside.name}", result.currency)
    if abs((result.as_of - beside.as_of).days) > most_days_apart:
        yield Fault("not comparable", "as_of", f"within {most_days_apart} days of the {beside.name}'s, {beside.as_of}",
                    str(result.as_of))
