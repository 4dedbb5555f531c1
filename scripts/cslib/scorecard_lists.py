"""The lists of decision E: KPIs and maturity in full, the evidence, moves; and KPIs as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Optional

from cslib.figures import per_cent, whole
from cslib.kpis import Row
from cslib.maturity import LADDER, Cell, Level, Maturity
from cslib.page import Block, Columns, Heading
from cslib.scorecard_findings import evidence
from cslib.scorecard_values import aim, annual, answers, change, interval, of_table, standing
from cslib.scorecard_words import DIMENSIONS, KPIS, LEVELS, ORIGINS, OWNERS, Report, criterion, label

LISTS = ("kpis", "owners", "maturity", "evidence")
EVIDENCE_LENGTH = 300
AMOUNTS = ("value", "good", "great", "short_by", "previous", "difference")
HEADER = ["kpi", "segment", "level", "unit", "of", "period_months", "standing", "target_source", "owner",
          "owner_expected", "for_board", "told_from_good", "more_than_noise", "annual_value_ratio",
          *(name for amount in AMOUNTS for name in (amount, f"{amount}_ratio"))]


def lists(report: Report, names: Iterable[str], top: Optional[int]) -> list[Block]:
    """The lists of these names, of LISTS; `top` cuts each."""
    made = {"kpis": lambda: _kpis(report, top), "owners": lambda: _owners(report, top),
            "maturity": lambda: _maturity(report, top), "evidence": lambda: _evidence(report, top)}
    return [block for name in names for block in made[name]()]


def table(header: tuple[str, ...], rows: list[tuple[str, ...]], figures: tuple[int, ...],
          top: Optional[int]) -> Columns:
    """The rows, the first `top` of them, and how many more there are."""
    shown = rows[:top]
    if len(shown) < len(rows):
        shown.append((f"and {whole(len(rows) - len(shown))} more (--all)",) + ("",) * (len(header) - 1))
    return Columns(header, tuple(shown), figures)


def kpis(report: Report, rows: Iterable[Row], top: Optional[int], with_counts: bool) -> Columns:
    """The table of a page: value, targets, standing, owner and change."""
    said = [(label(report, row), of_table(row), answers(row), aim(row, row.target),
             aim(row, row.target, True), standing(row), owner(row), change(row)) for row in rows]
    header = ("", "value", "n", "good", "great", "standing", "owner (asked for)", _since(report))
    if with_counts:
        return table(header, said, (1, 2, 3, 4), top)
    return table(header[:2] + header[3:], [row[:2] + row[3:] for row in said], (1, 2, 3), top)


def _since(report: Report) -> str:
    """`change`, with its first day where all changes have the same."""
    days = {kpi.previous_as_of for kpi in report.card.kpis if kpi.previous}
    return f"change since {days.pop().isoformat()}" if len(days) == 1 and None not in days else "change"


def _kpis(report: Report, top: Optional[int]) -> list[Block]:
    rows = [(label(report, row), annual(row), answers(row), interval(row), aim(row, row.target),
             aim(row, row.target, True), _general(row), standing(row), owner(row), change(row))
            for row in report.s.rows]
    header = ("KPI", "value", "n", _sure(report), "good", "great", "in general", "standing", "owner (asked for)",
              _since(report))
    return [Heading("KPIs"), table(header, rows, (1, 2, 4, 5), top)] if rows else []


def owner(row: Row) -> str:
    """`CS leadership`; `sales (CS leadership)` where another is asked for than the one given."""
    given = OWNERS[row.owner] if row.owner else "-"
    return given if row.owner == row.owner_expected else f"{given} ({OWNERS[row.owner_expected]})"


def _owners(report: Report, top: Optional[int]) -> list[Block]:
    rows = [(LEVELS[row.level], label(report, row), OWNERS[row.owner_expected],
             OWNERS[row.owner] if row.owner else "not said", for_board(report, row)) for row in report.s.rows]
    header = ("level", "KPI", "should be owned by", "owner given", "for the board")
    return [Heading("Who owns which KPI"), table(header, rows, (), top)] if rows else []


def for_board(report: Report, row: Row) -> str:
    """`keep` or `drop`; of a segment under which KPI it belongs, where the board keeps that."""
    if row.kpi not in report.s.board.keep:
        return "drop"
    return f"under {KPIS[row.kpi]}" if row.segment else "keep"


def more_on_kpis(report: Report, top: Optional[int]) -> list[Block]:
    """What the table of a page leaves out of each KPI."""
    rows = [(label(report, row), interval(row), _general(row), ORIGINS[row.origin]) for row in report.s.rows]
    header = ("KPI", _sure(report), "good and great in general", "from")
    return [Heading("More on each KPI"), table(header, rows, (), top)] if rows else []


def _sure(report: Report) -> str:
    """`95% interval`, by the policy's confidence."""
    confidence = Decimal(report.settings["scorecard"]["noise_confidence_ratio"])
    return f"{per_cent(confidence, 0 if confidence * 100 == int(confidence * 100) else 1)} interval"


def _general(row: Row) -> str:
    if row.also is None or row.target is None or row.also[:2] == row.target[:2]:
        return "-"
    return " and ".join(said for said in (aim(row, row.also), aim(row, row.also, True)) if said != "-")


def by_stage(m: Maturity, top: Optional[int]) -> Columns:
    """The dimensions that stand at each stage, the highest first."""
    held = {stage: [_named(level) for level in m.levels if level.stage == stage] for stage in reversed(LADDER)}
    return table(("stage", "dimensions"), [(stage, ", ".join(names)) for stage, names in held.items() if names], (),
                 top)


def maturity(report: Report, top: Optional[int]) -> Columns:
    """Stage by dimension with what the next one lacks, unless a move says that."""
    m = report.s.maturity
    moves = {move.dimension: f"move {move.order} below" for move in m.moves}
    rows = [(_named(level), level.stage, moves.get(level.dimension) or lacks(report, level)) for level in m.levels]
    return table(("dimension", "stage", "not shown yet"), rows, (), top)


def _named(level: Level) -> str:
    return f"{DIMENSIONS[level.dimension]}{' (gate)' if level.gate else ''}"


def lacks(report: Report, level: Level) -> str:
    """What the next stage asks for; a dash at the top."""
    return "-" if level.stage == LADDER[-1] else criterion(report, level.dimension, LADDER[level.number])


def _maturity(report: Report, top: Optional[int]) -> list[Block]:
    m = report.s.maturity
    if m is None:
        return []
    rows = []
    for level in m.levels:
        following = None if level.stage == LADDER[-1] else report.cells[level.dimension][LADDER[level.number]]
        rows.append((_named(level), level.stage,
                     *((following["criterion"], following["proof"], following["helps"] or "-") if following
                       else ("-", "-", "-"))))
    return [Heading("Maturity"), table(("dimension", "stage", "the next stage asks", "proof", "what helps"), rows, (),
                                       top)]


def _evidence(report: Report, top: Optional[int]) -> list[Block]:
    m = report.s.maturity
    if m is None:
        return []
    rows = [(DIMENSIONS[cell.dimension], cell.stage, counted(cell), ORIGINS[cell.origin],
             evidence(claim.evidence, EVIDENCE_LENGTH))
            for cell, claim in zip(m.cells, report.card.claims)
            if claim.met is not None or claim.evidence or cell.contradicted]
    return [Heading("Evidence, in the team's words"),
            table(("dimension", "stage", "counts", "from", "evidence"), rows, (), top)]


def counted(cell: Cell) -> str:
    """Whether a cell counts, and if not why."""
    if cell.met:
        return "yes"
    if cell.contradicted:
        return "no, a result shows the opposite"
    return "no, without evidence" if cell.claimed and not cell.evidenced else "no"


def rows(report: Report) -> list[list[Any]]:
    """The KPIs for a spreadsheet, one row each, under HEADER; an amount stands under its kind, ratio or not."""
    return [_row(report, row) for row in report.s.rows]


def _row(report: Report, row: Row) -> list[Any]:
    moved = row.change
    amounts = (row.value, row.target and row.target.good, row.target and row.target.great, row.short_by,
               moved and moved.previous, moved and moved.difference)
    noise = _yes_or_no(moved and moved.distinguishable)
    pairs: list[Optional[Decimal]] = []
    for amount in amounts:
        pairs += [None, amount] if row.unit == "ratio" else [amount, None]
    return [row.kpi, row.segment, row.level, row.unit, row.of, row.period_months, row.standing,
            row.target and row.target.source, row.owner, row.owner_expected, for_board(report, row),
            _yes_or_no(row.distinguishable), noise, row.annual_value, *pairs]


def _yes_or_no(told: Optional[bool]) -> Optional[str]:
    return None if told is None else "yes" if told else "no"
