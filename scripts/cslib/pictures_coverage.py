"""The pictures of decision C, each under the sentence that it shows: work against people, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional

from cslib import charts_lines, load_lines, svg
from cslib import coverage_words as words
from cslib.coverage import Coverage
from cslib.coverage_page import Report
from cslib.coverage_words import TIERS
from cslib.figures import fte, per_cent
from cslib.load_lines import Entry, Lines
from cslib.page import Columns, Picture
from cslib.shortfalls import ShortTier

LEAST_FTE = Decimal("0.1")
LABELS = ("asked for", "there with the plan", "if nothing is done")


def pictures(report: Report) -> list[Picture]:
    """The tier that lacks most, then the whole team where that is more than the tier."""
    c = report.c
    short = words.heaviest(c.without_plan) if c.without_plan else None
    served = [row for row in c.tiers if words.is_there(row)]
    found = [_tier(report, short)] if short else []
    if not short or len(served) > 1:
        found.append(_team(report))
    return [picture for picture in found if picture]


def _tier(report: Report, short: ShortTier) -> Optional[Picture]:
    c, book = report.c, report.book
    came = [entry for entry in load_lines.entries(c.hires, c.moves, book.as_of)
            if short.tier in (entry.tier, entry.from_tier)]
    lines = load_lines.of_tier(c.months, short.tier)
    title = _tier_title(c, short, lines, bool(came))
    return _picture(report, f"coverage-{short.tier}", title, TIERS[short.tier], lines, _by_month(came, short.tier))


def _tier_title(c: Coverage, short: ShortTier, lines: Lines, planned: bool) -> str:
    """Where load passes capacity although the plan is kept; otherwise what the plan prevents."""
    today, end = (next(row for row in month.tiers if row.tier == short.tier) for month in (c.months[0], c.months[-1]))
    last, tier = c.months[-1].month, TIERS[short.tier]
    gap = next((row for row in c.unavoidable_gap if row.tier == short.tier), None)
    kept = f"{_load(end.load_ratio)} {'with the plan ' if planned else ''}in {last}"
    if gap is None:
        return words.capital(f"without the plan {words.short_from(c, short)}, {words.at_peak(short)}; {kept}")
    over = [month.month for month, asked, there in zip(c.months, lines.demand, lines.capacity) if asked > there]
    first, until = (over[0], over[-1]) if over else (gap.first_month, gap.until)
    at_once = first == c.months[0].month
    since = "" if at_once else f" from {first}"
    until = f" until {until}" if until != last else f" to {last}" if at_once else ""
    return f"Load passes capacity in {tier}{since}{until}: {_load(today.load_ratio)} today, {kept}"


def _load(ratio: Optional[Decimal]) -> str:
    return "with nobody there" if ratio is None else per_cent(ratio, 0)


def _team(report: Report) -> Optional[Picture]:
    c, book = report.c, report.book
    lines = load_lines.of_team(c.months)
    title = _team_title(c, lines) if lines.capacity[0] is not None else _demand_title(c, lines)
    came = load_lines.entries(c.hires, c.moves, book.as_of) if lines.capacity[0] is not None else ()
    return _picture(report, "coverage-team", title, "the whole team", lines, _by_month(came, None))


def _team_title(c: Coverage, lines: Lines) -> str:
    done, asked = words.people(lines.capacity[-1]), fte(lines.demand[-1])
    said = f"The whole team does the work of {done} in {c.months[-1].month}, where {asked} "
    said += "is asked for" if asked == "1" else "are asked for"
    if not c.hires and not c.moves:
        return f"{said}; nobody is hired or moved"
    return f"With the plan {said[:1].lower()}{said[1:]}; doing nothing leaves {fte(lines.without[-1])}"


def _demand_title(c: Coverage, lines: Lines) -> str:
    moved = "grows" if lines.demand[-1] > lines.demand[0] else "falls"
    return (f"The work {moved} from {words.people(lines.demand[0])} to {fte(lines.demand[-1])} in "
            f"{c.months[-1].month}; who is there is not known")


def _by_month(came: Iterable[Entry], tier: Optional[str]) -> dict[int, str]:
    """Who comes and goes by month, in the words of the tier or of the team."""
    said: dict[int, list[str]] = {}
    for entry in came:
        said.setdefault(entry.month, []).append(_who(entry, tier))
    return {month: ", ".join(each) for month, each in said.items()}


def _who(entry: Entry, tier: Optional[str]) -> str:
    if tier is None:
        return (f"+{fte(entry.fte)} {TIERS[entry.tier]}" if entry.from_tier is None
                else f"{fte(entry.fte)} {TIERS[entry.from_tier]} to {TIERS[entry.tier]}")
    if entry.from_tier == tier:
        return f"-{fte(entry.fte)} to {TIERS[entry.tier]}"
    return f"+{fte(entry.fte)}" + ("" if entry.from_tier is None else f" from {TIERS[entry.from_tier]}")


def _picture(report: Report, name: str, title: str, of: str, lines: Lines, came: dict[int, str]) -> Optional[Picture]:
    """Nothing to see where there is less than a tenth of a post, or where only a demand that never changes is known."""
    c = report.c
    known = lines.capacity[0] is not None
    top = max(amount for line in lines for amount in line if amount is not None)
    if top < LEAST_FTE or (not known and len(set(lines.demand)) == 1):
        return None
    months = [month.month for month in c.months]
    planned = known and lines.without != lines.capacity
    labels = LABELS if planned else (LABELS[0], "there" if known else "", "")
    at = svg.ticks(0, float(top))
    axis = svg.Axis("full-time CSMs", tuple((tick, words.plain(Decimal(str(tick)))) for tick in at))
    alt = _alt(report, of, lines, came, planned)
    drawing = charts_lines.load(
        name, title, alt, months, [float(amount) for amount in lines.demand], _floats(lines.capacity),
        _floats(lines.without) if planned else [None] * len(months),
        [charts_lines.Hire(month, label) for month, label in came.items() if month < len(months)], axis, labels)
    return Picture(title, drawing, alt, _table(c, lines, came, known, planned))


def _floats(amounts: Sequence[Optional[Decimal]]) -> list[Optional[float]]:
    return [None if amount is None else float(amount) for amount in amounts]


def _alt(report: Report, of: str, lines: Lines, came: dict[int, str], planned: bool) -> str:
    first, last = report.c.months[0].month, report.c.months[-1].month
    said = f"Lines by month from {first} to {last} of {of}: asked for are {_from_to(lines.demand)} full-time CSMs"
    if lines.capacity[0] is None:
        return f"{said}; who is there is not known."
    said += f", there {'with the plan ' if planned else ''}are {_from_to(lines.capacity)}"
    said += f", and if nothing is done {_from_to(lines.without)}." if planned else "."
    marks = [f"{label} in {report.c.months[month].month}" for month, label in came.items()
             if month < len(report.c.months)]
    return f"{said} Marked: {'; '.join(marks)}." if marks else said


def _from_to(amounts: Sequence[Optional[Decimal]]) -> str:
    return f"{fte(amounts[0])} at first and {fte(amounts[-1])} in the end"


def _table(c: Coverage, lines: Lines, came: dict[int, str], known: bool, planned: bool) -> Columns:
    """One row a month, which are 25 at most."""
    header = ["month", "asked for", *(["there"] if known else []), *(["if nothing is done"] if planned else []),
              *(["who comes"] if came else [])]
    rows = []
    for n, month in enumerate(c.months):
        rows.append((month.month, fte(lines.demand[n]), *([fte(lines.capacity[n])] if known else []),
                     *([fte(lines.without[n])] if planned else []), *([came.get(n, "")] if came else [])))
    return Columns(tuple(header), tuple(rows), tuple(range(1, len(header) - bool(came))))
