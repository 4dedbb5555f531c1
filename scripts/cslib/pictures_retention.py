"""The pictures of decision A, each with the sentence that it shows: the bridge, cohorts by age, segments, reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Optional

from cslib import benchmarks, charts_bars, charts_grid, svg
from cslib import retention_words as words
from cslib.decomposition import Triangle
from cslib.figures import between, count, money, per_cent, short_money, signed_money, whole
from cslib.page import Columns, Picture
from cslib.policy import STAGE_GROUPS
from cslib.retention import Retained
from cslib.retention_page import Report
from cslib.trend import Trend
from cslib.uncertainty import Interval

STEPS = (("starting", "total", "starting_arr"), ("new", "gain", "new_arr"), ("reactivated", "gain", "reactivated_arr"),
         ("expansion", "gain", "expansion_arr"), ("contraction", "loss", "contraction_arr"),
         ("churned", "loss", "churned_arr"), ("ending", "total", "ending_arr"))
SIGNS, MARKS = {"gain": 1, "loss": -1}, {"gain": "+", "loss": "-"}
MOST_COHORTS, MOST_AGES, MOST_SEGMENTS, MOST_NAMED = 12, 12, 8, 3
DARKEST, WIDE = 1.5, 10
LIKELY = 0.8  # the power from which finding no trend tells something


class Group(NamedTuple):
    """A segment or size of account: its label, its place in a sentence, its figures, its interval where it has one."""

    label: str
    place: str
    row: Retained
    interval: Optional[Interval]


def pictures(report: Report) -> list[Picture]:
    """The pictures in which there is something to see, in reading order."""
    found = (_bridge(report), _cohorts(report), _segments(report), _reasons(report))
    return [picture for picture in found if picture]


def _money_axis(report: Report, most: float) -> svg.Axis:
    """An axis of ARR from nothing to `most`; its ticks are whole units and their labels exact."""
    ticks = svg.ticks(0, 5 * max(1, math.ceil(most / 5)))
    shown = money if any(tick % 1000 for tick in ticks) else short_money
    return svg.Axis(f"ARR ({report.book.currency or 'currency not stated'})", tuple((t, shown(t)) for t in ticks))


def _bridge(report: Report) -> Optional[Picture]:
    o = report.d.overall.retained
    amounts = [(label, kind, getattr(o, field)) for label, kind, field in STEPS]
    if not any(amount for _, kind, amount in amounts if kind in SIGNS):
        return None
    title = _bridge_title(report)
    alt = (f"Bridge of ARR over {words.period(report.book)}: from {short_money(o.starting_arr)} at the start, with "
           f"{short_money(o.lost_arr)} lost by contraction and churn, to {short_money(o.ending_arr)} at the end.")
    steps = [charts_bars.Step(label, float(amount), MARKS.get(kind, "") * bool(amount) + short_money(amount), kind)
             for label, kind, amount in amounts]
    top = float(o.starting_arr) + sum(step.amount for step in steps if step.kind == "gain")
    rows = tuple((label, signed_money(SIGNS[kind] * amount) if kind in SIGNS else money(amount))
                 for label, kind, amount in amounts)
    return Picture(title, charts_bars.bridge("retention-bridge", title, alt, steps, _money_axis(report, top)), alt,
                   Columns(("", "ARR"), rows, (1,)))


def _bridge_title(report: Report) -> str:
    o = report.d.overall.retained
    lost, grown = short_money(o.lost_arr), short_money(o.expansion_arr)
    start, end = short_money(o.starting_arr), short_money(o.ending_arr)
    if not o.lost_arr:
        head = "Nothing was lost" + f" and expansion brought {grown}" * bool(o.expansion_arr)
    elif o.expansion_arr >= o.lost_arr:
        head = f"Expansion of {grown} covers {lost} lost"
    else:
        won = [f"{short_money(amount)} {what}" for amount, what in (
            (o.expansion_arr, "of expansion"), (o.new_arr, "of new ARR"), (o.reactivated_arr, "reactivated")) if amount]
        head = f"{lost} was lost against {' and '.join(won)}" if won else f"{lost} was lost and nothing won"
    moved = f"rose from {start} to {end}" if o.ending_arr > o.starting_arr else f"fell from {start} to {end}"
    moved = f"stayed at {start}" if start == end else moved
    return f"{head}: ARR {moved} over {words.period(report.book)}{_few(report)}"


def _few(report: Report) -> str:
    """How few accounts bring the expansion, where the report says so too."""
    d, x = report.d, report.d.expansion_carriers
    if not x or len(x.accounts) < 2 or not d.concentration or d.overall.retained.starting_customers < 2:
        return ""
    return f"; {count(len(x.accounts), 'account')} bring {per_cent(x.share_ratio, 0)} of the expansion"


def _cohorts(report: Report) -> Optional[Picture]:
    """Cohorts in rows with the newest last, ages in columns; what does not fit is named under the table."""
    cells = sorted(report.d.triangle)
    cohorts = sorted({cell.cohort for cell in cells})
    recent = cohorts[-MOST_COHORTS:]
    ages = sorted({cell.quarter for cell in cells if cell.cohort in recent})
    shown = {(cell.cohort, cell.quarter): cell for cell in cells
             if cell.cohort in recent and cell.quarter in ages[:MOST_AGES]}
    known = [cell for cell in shown.values() if cell.arr_retention_ratio is not None]
    if len({cell.cohort for cell in known}) < 2 or len({cell.quarter for cell in known}) < 2:
        return None
    lowest, highest = (end(known, key=lambda cell: cell.arr_retention_ratio) for end in (min, max))
    oldest = [cell for cell in known if cell.cohort == known[0].cohort][-1]
    title, unseen = _cohort_title(report.d.trend, oldest)
    left = _left_out(len(cohorts) - len(recent), ages[MOST_AGES:])
    alt = (f"Heat map of the share of its first ARR that each of {count(len(recent), 'cohort')} held at "
           f"{count(len(ages[:MOST_AGES]), 'age')} in months, with the customers still active under each figure: "
           f"lowest {_at(lowest)}, highest {_at(highest)}, oldest {_at(oldest)}.{unseen}"
           f"{left and f' Left out: {left}.'}")
    bottom, top = float(lowest.arr_retention_ratio), float(highest.arr_retention_ratio)
    top = max(bottom, min(top, DARKEST))
    places = 0 if highest.arr_retention_ratio >= WIDE else 1
    columns = [f"{whole(3 * age)} mo" for age in ages[:MOST_AGES]]
    grid = [charts_grid.HeatRow(cohort, tuple(_cell(shown.get((cohort, age)), bottom, top, places)
                                              for age in ages[:MOST_AGES])) for cohort in recent]
    more = " or more" if highest.arr_retention_ratio > top else ""
    drawing = charts_grid.heat("retention-cohorts", title, alt, columns, [row for row in grid if any(row.cells)],
                               f"share of first ARR held: {per_cent(bottom)}",
                               f"{per_cent(top)}{more}; n: active")
    size = {cell.cohort: cell.customers for cell in cells}
    rows = [(cohort, whole(size[cohort]), *(_told(shown.get((cohort, age))) for age in ages[:MOST_AGES]))
            for cohort in recent]
    if left:
        rows.append((f"left out: {left}", *("",) * (len(columns) + 1)))
    return Picture(title, drawing, alt, Columns(("cohort", "customers", *columns), tuple(rows),
                                                tuple(range(1, len(columns) + 2))))


def _at(cell: Triangle) -> str:
    return f"{per_cent(cell.arr_retention_ratio)} ({cell.cohort} at {count(3 * cell.quarter, 'month')})"


def _told(cell: Optional[Triangle]) -> str:
    return "" if cell is None else f"{per_cent(cell.arr_retention_ratio)} ({whole(cell.active_customers)})"


def _cell(cell: Optional[Triangle], bottom: float, top: float, places: int) -> Optional[charts_grid.Cell]:
    """A cell with its place between the lightest and the darkest; None where nothing is known."""
    if cell is None or cell.arr_retention_ratio is None:
        return None
    ratio = float(cell.arr_retention_ratio)
    shade = 1.0 if ratio >= top else (ratio - bottom) / (top - bottom)
    return charts_grid.Cell(shade, per_cent(cell.arr_retention_ratio, places), f"n {whole(cell.active_customers)}")


def _left_out(cohorts: int, ages: Sequence[int]) -> str:
    older = [count(cohorts, "older cohort")] if cohorts else []
    return " and ".join(older + ([f"ages from {count(3 * ages[0], 'month')}"] if ages else []))


def _cohort_title(t: Optional[Trend], oldest: Triangle) -> tuple[str, str]:
    """What the cohorts tell of a trend; and where a test would often miss one, what it would have seen."""
    if t is None or not t.cohorts:
        return (f"Cohort {oldest.cohort} held {per_cent(oldest.arr_retention_ratio)} of its first ARR at "
                f"{count(3 * oldest.quarter, 'month')} of age: too few cohorts have reached the same age to test for "
                "a trend"), ""
    found = {test.metric for test in t.tests if test.detected}
    kept, ratios = ("customers", [p.logo_ratio for p in t.cohorts]) if found == {"logo"} else (
        "first ARR", [p.arr_ratio for p in t.cohorts])
    low, high = per_cent(min(ratios)), per_cent(max(ratios))
    held = f"held {low if low == high else between(min(ratios), max(ratios), 1)} of their {kept}"
    cohorts, age = count(len(t.cohorts), "cohort"), f"{count(3 * t.age_quarters, 'month')} of age"
    without = f" (without {t.began_with}, the first on record)" if t.began_with else ""
    seen = "" if t.power is None else (f"; a fall of {per_cent(t.fall_ratio, 0).rstrip('%')} points would have been "
                                       f"seen with probability {per_cent(t.power, 0)}")
    if t.finding == "no_trend_detected" and t.power is not None and t.power < LIKELY:
        return (f"Too few customers to tell whether later cohorts keep less: {cohorts} {held} at {age}",
                f" No trend detected at {age}{without}{seen}.")
    trend = {"mixed": "customers and ARR kept move in opposite directions, beyond chance"}.get(
        t.finding, f"a {t.finding} trend in {kept} kept, beyond chance" if t.direction else f"no trend detected{seen}")
    return f"At {age} {cohorts}{without} {held}: {trend}", ""


def _segments(report: Report) -> Optional[Picture]:
    """GRR of the eight largest segments, lowest first, or of the sizes of account where not two segments have one."""
    d, floors, o = report.d, report.settings["tier_floors"], report.d.overall.retained
    groups = [Group(words.name(s.retained.name), words.place("segment", s.retained.name), s.retained, s.grr_interval)
              for s in d.segments]
    kind = "segment" if sum(group.row.grr_ratio is not None for group in groups) > 1 else "size of account"
    if kind != "segment":
        groups = [Group(words.size(row.name or "", floors), words.place("size", row.name), row, None)
                  for row in d.size_segments]
    groups.sort(key=lambda group: (-group.row.starting_arr, group.row.name or ""))
    known = [group for group in groups if group.row.grr_ratio is not None]
    if len(known) < 2:
        return None
    shown = sorted(known[:MOST_SEGMENTS], key=lambda group: group.row.annual.grr_ratio)
    year = " a year" if o.annualised else ""
    among = f" among the largest {whole(len(shown))} of {whole(len(known))}" if len(shown) < len(known) else ""
    weakest, best = (end(shown, key=lambda group: group.row.annual.grr_ratio) for end in (min, max))
    low, high = (per_cent(group.row.annual.grr_ratio) for group in (weakest, best))
    rate = f"{low}{year}{year and ' by compounding'} over {words.period(report.book)}"
    title = f"Gross retention is alike by {kind}{among}: {rate}" if low == high else (
        f"Gross retention is lowest{weakest.place}{among}: {rate} on {short_money(weakest.row.starting_arr)} ARR, "
        f"against {high}{best.place}")
    spans = [None if o.annualised else group.interval for group in shown]
    lines, told = _lines(report)
    alt = (f"Bars of gross retention{year} by {kind}, the lowest first: {weakest.label} {low}, highest "
           f"{best.label} {high}, whole book {per_cent(o.annual.grr_ratio)}.{told}"
           + " Whiskers: chance alone moves it between their ends." * any(spans))
    bars = [charts_bars.Bar(group.label, float(group.row.annual.grr_ratio), per_cent(group.row.annual.grr_ratio),
                            f"of {short_money(group.row.starting_arr)}", group is weakest and low != high,
                            span and span.low, span and span.high) for group, span in zip(shown, spans)]
    axis = svg.Axis(f"gross retention (GRR){year}", tuple((tick, per_cent(tick, 0)) for tick in svg.ticks(0, 1)))
    head = ("", "customers", "start ARR", "lost ARR", f"GRR{year}", f"NRR{year}") + ("by chance",) * any(spans)
    rows = [words.kept(group.label, group.row) + (between(span.low, span.high) if span else "-",) * any(spans)
            for group, span in zip(shown, spans)]
    rows += [(said, *("",) * (len(head) - 1)) for said in _without_bar(groups, len(known) - len(shown))]
    return Picture(title, charts_bars.bars("retention-segments", title, alt, bars, axis, lines), alt,
                   Columns(head, tuple(rows), tuple(range(1, len(head)))))


def _without_bar(groups: Sequence[Group], smaller: int) -> list[str]:
    """How many are too small to be shown, and which have no GRR, since they had no ARR at the start."""
    none = [group.label for group in groups if group.row.grr_ratio is None]
    others = f" and {whole(len(none[MOST_NAMED:]))} more" if none[MOST_NAMED:] else ""
    return [f"and {whole(smaller)} smaller"] * bool(smaller) + [
        f"GRR n/a, no ARR at the start: {', '.join(none[:MOST_NAMED])}{others}"] * bool(none)


def _lines(report: Report) -> tuple[list[charts_bars.Reference], str]:
    """The healthy line of the stage and, faint, what the report has of others beside this GRR; and all in words."""
    lines, told = [], ""
    if report.d.stage:
        floor = report.settings["retention_bands"][STAGE_GROUPS[report.d.stage]]["grr_ratio"]["healthy"]
        label = f"{per_cent(floor, 0)} healthy, {report.d.stage.replace('_', ' ')} stage"
        lines, told = [charts_bars.Reference(float(floor), label)], f" Line at {label}."
    for row in benchmarks.beside("grr_ratio", report.d.overall.retained.mean_arr, report.surveys):
        label = f"{per_cent(row.low_ratio, 0)} {row.stat}, {row.publisher} {row.year}"
        lines.append(charts_bars.Reference(float(row.low_ratio), label, True))
        told += f" Line at {label} ({row.population}{words.contract(row)})."
    return lines, told


def _reasons(report: Report) -> Optional[Picture]:
    rows = report.d.churn_reasons
    coded = [row for row in rows if row.share_ratio is not None]
    known = [row for row in rows if row.arr is not None]
    if not coded or len(known) < 2:
        return None
    o, p, over = report.d.overall.retained, report.d.preventable, words.period(report.book)
    largest = f"{report.plays[coded[0].reason]['label']}, {short_money(coded[0].arr)}"
    share = per_cent(coded[0].share_ratio, 0)
    unknown = per_cent(p.unknown_ratio, 0)
    churned = f"{short_money(o.churned_arr)} ARR churned over {over}"
    title = (f"No reason is recorded for {unknown} of {churned}; the largest of the rest is {largest}"
             if p.reading is None else
             f"The largest known reason for churn is {largest} of {churned}, {share} of what has a reason")
    alt = (f"Bars of churned ARR by reason, the largest first and the unknown last: {largest}; unknown {unknown} of "
           f"{short_money(o.churned_arr)} churned in all.")
    bars = [charts_bars.Bar(report.plays[row.reason]["label"], float(row.arr), short_money(row.arr),
                            "no reason recorded" if row.share_ratio is None
                            else f"{per_cent(row.share_ratio, 0)} of known", row is coded[0]) for row in known]
    table = tuple((report.plays[row.reason]["label"], whole(row.customers), money(row.arr),
                   per_cent(row.share_ratio, 0), row.preventable) for row in rows)
    axis = _money_axis(report, max(bar.value for bar in bars))
    return Picture(title, charts_bars.bars("retention-reasons", title, alt, bars, axis), alt,
                   Columns(("reason", "customers", "ARR", "of known", "preventable"), table, (1, 2, 3)))
