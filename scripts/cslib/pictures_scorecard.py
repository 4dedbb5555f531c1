"""The picture of decision E under the sentence that it shows: nine dimensions by four stages, claimed and shown."""

from __future__ import annotations

from cslib import charts_grid
from cslib import scorecard_words as words
from cslib.coverage_words import capital, listed
from cslib.figures import count, decimal, whole
from cslib.maturity import Maturity, claimed_levels
from cslib.page import Columns, Picture
from cslib.scorecard_lists import lacks
from cslib.scorecard_words import DIMENSIONS, Report
from cslib.scorecards import LADDER


def pictures(report: Report) -> list[Picture]:
    """The profile of maturity; nothing to see where no stage is claimed."""
    m = report.s.maturity
    return [_profile(report, m)] if m and any(cell.claimed for cell in m.cells) else []


def _profile(report: Report, m: Maturity) -> Picture:
    title, said = _title(m), claimed_levels(m.cells)
    pairs = list(zip(m.levels, said))
    apart = [f"{DIMENSIONS[level.dimension]} {level.stage} (claimed {claim.stage})" for level, claim in pairs
             if claim.number != level.number]
    alike = [f"{DIMENSIONS[level.dimension]} {level.stage}" for level, claim in pairs if claim.number == level.number]
    alt = (f"Nine dimensions by four stages, from {LADDER[0]} to {LADDER[-1]}. Shown: {'; '.join([*apart, *alike])}. "
           f"Gates are {words.gates()}.")
    rows = [charts_grid.Level(DIMENSIONS[level.dimension], level.number, claim.number, level.gate)
            for level, claim in pairs]
    table = tuple((f"{DIMENSIONS[level.dimension]}{' (gate)' if level.gate else ''}", level.stage, claim.stage,
                   lacks(report, level)) for level, claim in pairs)
    return Picture(title, charts_grid.profile("scorecard-maturity", title, alt, LADDER, rows), alt,
                   Columns(("dimension", "shown", "claimed", "not shown yet"), table))


def _title(m: Maturity) -> str:
    """The stage, the gates that hold it, and the claims that do not count."""
    place = f"stage {whole(LADDER.index(m.overall) + 1)} of {whole(len(LADDER))}"
    stops = [DIMENSIONS[level.dimension] for level in m.levels if level.gate and level.stage == m.overall]
    if m.overall == LADDER[-1]:
        said = [f"all gates are there, the mean of nine dimensions is {decimal(m.mean)}"]
    else:
        said = [f"{listed(stops)} {'holds' if len(stops) == 1 else 'hold'} it"]
    if m.unproved:
        said.append(f"{count(len(m.unproved), 'claim')} {'lacks' if len(m.unproved) == 1 else 'lack'} evidence")
    if m.contradicted:
        said.append(f"results contradict {count(len(m.contradicted), 'claim')}")
    return f"{capital(m.overall)}, {place}: {'; '.join(said)}"
