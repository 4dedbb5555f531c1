"""The report of decision A: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Optional

from cslib import benchmarks, retention_lists, tie_out_words
from cslib import retention_words as words
from cslib.assumed import assumed
from cslib.cohorts import Book
from cslib.decomposition import Decomposition
from cslib.figures import money, per_cent, short_money, whole
from cslib.leaks import Leak
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.plays import Plan
from cslib.policy import STAGE_GROUPS, Assumption
from cslib.retention_words import name

SCRIPT = "retention_decomposition_analyzer.py"
MEASURES = (("grr", "Gross retention (GRR)", "grr_ratio"), ("nrr", "Net retention (NRR)", "nrr_ratio"),
            ("logo", "Logo retention", "logo_retention_ratio"), ("contraction", "Contraction", "contraction_ratio"),
            ("expansion", "Expansion", "expansion_ratio"))
PLACES = 3
LIMITS, STEPS, MOST_REASONS = 3, 3, 4


class Report(NamedTuple):
    """Everything a page of decision A is written from."""

    book: Book
    d: Decomposition
    plans: tuple[Plan, ...]
    plays: dict
    surveys: list[benchmarks.Benchmark]
    settings: dict
    assumptions: list[Assumption]
    telling: tuple[str, ...]
    notes: list[str]
    sample: bool


def page(report: Report, detail: Optional[int], top: Optional[int]) -> Page:
    """The report: with `detail` None all sections, otherwise so many findings and shorter tables; `top` cuts lists."""
    full = detail is None
    book, d = report.book, report.d
    bands = f": {STAGE_GROUPS[d.stage]} bands" if d.stage and STAGE_GROUPS[d.stage] != d.stage else ""
    stage = f", {d.stage.replace('_', ' ')} stage{bands}" if d.stage else ""
    title = f"Retention ({book.currency or 'currency not stated'}{stage})"
    blocks: list[Block] = [Answer(words.answer(book, d, report.plays)), _measures(report),
                           Sentences(_others(report, full))]
    if d.tie_out:
        blocks += [Heading("Does it tie to the reported figure?"), Steps(tuple(tie_out_words.tie_outs(d.tie_out)))]
    blocks += [Heading("Would it repeat?"), Sentences(words.repeat(book, d.overall))]
    if d.leaks:
        blocks += [Heading("Where it leaks"), _leaks(report)]
    blocks += _places(report, None if full else min(PLACES, top or PLACES, detail))
    found = words.findings(book, d, report.plays, None if full else MOST_REASONS)
    if found[:detail]:
        more = (f"And {whole(len(found[detail:]))} more (--all).",) if not full and found[detail:] else ()
        blocks += [Heading("What drives it"), Steps((*found[:detail], *more))]
    blocks += [Heading("What it is worth"), Sentences(_worth(report))]
    if report.plans:
        blocks += [Heading("What to do in 90 days"), *_plan(report, full)]
    if full:
        blocks += retention_lists.lists(report.d, report.plays, report.surveys, top)
    blocks += [Heading("Assumptions"), Sentences(assumed(report.assumptions, report.telling, full)),
               Heading("What this cannot tell you"),
               Steps(tuple(_limits(report, full))[:None if full else LIMITS]), Heading("Next"), *_next(report)]
    return Page(title, report.sample, tuple(blocks))


def _measures(report: Report) -> Columns:
    o = report.d.overall.retained
    annual, judged = o.annualised is not None, report.d.stage is not None
    rows = []
    for key, label, field in MEASURES:
        rows.append((label, per_cent(getattr(o, field))) + (per_cent(getattr(o.annual, field)),) * annual
                    + ((getattr(o.verdicts, key) or "-", _line(key, report)) if judged else ()))
    head = ("", f"{report.d.period_months} months") + ("a year",) * annual + ("verdict", "healthy") * judged
    return Columns(head, tuple(rows), (1, 2) if annual else (1,))


def _line(key: str, report: Report) -> str:
    settings = report.settings
    if key == "contraction":
        return f"under {per_cent(settings['contraction_ceiling_ratio'], 0)}"
    if key == "expansion":
        return (f"from {per_cent(settings['expansion_floor_ratio'], 0)}, "
                f"usual up to {per_cent(settings['expansion_ceiling_ratio'], 0)}")
    bands = settings["retention_bands"][STAGE_GROUPS[report.d.stage]]
    floor = bands["logo_retention_ratio" if key == "logo" else f"{key}_ratio"]["healthy"]
    return "-" if floor is None else f"from {per_cent(floor, 0)}"


def _others(report: Report, full: bool) -> str:
    near = {label: benchmarks.beside(metric, report.d.overall.retained.mean_arr, report.surveys)
            for metric, label in (("grr_ratio", "GRR"), ("nrr_ratio", "NRR"))}
    if not full:
        said = [f"{label} " + " and ".join(f"{per_cent(row.low_ratio, 0)} ({row.publisher} {row.year})" for row in rows)
                for label, rows in near.items() if rows]
        return f"Others report medians, of unlike populations (--all): {'; '.join(said)}."
    of_source: dict[tuple, list[str]] = {}
    for label, rows in near.items():
        for row in rows:
            source = f"{row.publisher} {row.year}", f"{row.population}{words.contract(row)}"
            of_source.setdefault(source, []).append(f"{label} {per_cent(row.low_ratio, 0)}")
    told = [f"{', '.join(medians)} ({publisher}: {population})"
            for (publisher, population), medians in of_source.items()]
    return f"Others report medians: {'; '.join(told)}."


def _leaks(report: Report) -> Columns:
    rows = tuple((words.leak(leak, report.plays), money(leak.arr), per_cent(leak.share_ratio, 0),
                  whole(leak.customers), _largest(leak)) for leak in report.d.leaks)
    return Columns(("leak", "ARR", "of loss", "customers", "largest"), rows, (1, 2, 3))


def _largest(leak: Leak) -> str:
    return ", ".join(f"{name(m.account)} {short_money(-m.change_arr)}" for m in leak.accounts[:1]) or "-"


def _places(report: Report, most: Optional[int]) -> list[Block]:
    d = report.d
    segments = sorted((s.retained for s in d.segments if len(d.segments) > 1),
                      key=lambda s: (-s.lost_arr, s.name or ""))
    sizes = sorted(d.size_segments, key=lambda s: (-s.lost_arr, s.name or ""))
    targets = report.settings["size_nrr_targets"]
    rows = [(*words.kept(name(s.name), s), "") for s in segments[:most]]
    floors = report.settings["tier_floors"]
    rows += [(*words.kept(words.size(s.name or "", floors), s), _aim(targets.get(s.name or ""))) for s in sizes[:most]]
    hidden = 0 if most is None else len(segments[most:]) + len(sizes[most:])
    if hidden:
        rows.append((f"and {whole(hidden)} more (--all)",) + ("",) * 6)
    year = " a year" if d.overall.retained.annualised else ""
    head = ("", "customers", "start ARR", "lost ARR", "GRR" + year, "NRR" + year, "NRR aim")
    return [Columns(head, tuple(rows), (1, 2, 3, 4, 5, 6))] if segments + sizes else []


def _aim(target: Optional[dict]) -> str:
    return f"{per_cent(target['low_ratio'], 0)} to {per_cent(target['high_ratio'], 0)}" if target else ""


def _worth(report: Report) -> str:
    w, d = report.d.worth, report.d
    said = (f"One point of GRR on today's ARR is {short_money(w.point_of_grr_after_one_year)} after one year and "
            f"{short_money(w.point_of_grr_after_three_years)} after three.")
    if d.leaks:
        top, share = d.leaks[0], report.settings["leak_reduction_ratio"]
        said += (f" The largest leak costs {short_money(top.gross_profit_a_year)} gross profit a year, "
                 f"{short_money(top.gross_profit_three_years)} over three; closing {per_cent(share, 0)} of what is "
                 f"listed keeps {short_money(w.closing_leaks_arr)} ARR a year.")
    return said


def _plan(report: Report, full: bool) -> list[Block]:
    if full:
        return retention_lists.whole_plan(report.d, report.plans, report.plays)
    taken: list[tuple[str, str]] = []
    for leak, plan in (list(zip(report.d.leaks, report.plans)) * STEPS)[:STEPS]:
        step = plan.steps[[cause for cause, _ in taken].count(plan.cause) % len(plan.steps)]
        others = " and ".join(function for function in plan.bring_in if function != step.owner)
        said = words.leak(leak, report.plays)
        taken.append((plan.cause, f"{said[:1].upper()}{said[1:]} ({short_money(plan.arr)}), by {step.by.isoformat()}, "
                                  f"{step.owner}{' with ' * bool(others)}{others}: {step.action}"))
    return [Steps(tuple(line for _, line in taken), True)]


def _limits(report: Report, full: bool) -> Iterable[str]:
    o = report.d.overall
    yield from report.notes
    if report.d.stage is None:
        yield "Whether this is good: no stage is stated, so there are numbers and no verdict (--stage growth)."
    if o.retained.annualised:
        yield ("A year's retention: annual contracts leave in lumps, so a compounded part of a year can be wrong in "
               "both directions.")
    if not report.book.accounts:
        yield "Who is behind the totals: size segments, movers, concentration and intervals need the accounts form."
    if report.d.churn_reasons:
        yield "Why customers left beyond the reason recorded, often by the owner of the loss."
    if full:
        yield "Customers won and lost inside the period: they are in no starting book."


def _next(report: Report) -> list[Block]:
    if report.d.tie_out and report.d.mix_shift:
        return [Sentences("Which accounts need a call first? The full report lists all that were lost or shrank:"),
                Command(f"{SCRIPT} FILE --all")]
    if report.d.tie_out:
        return [Sentences("Is it rate or mix? Give the same file of a year ago:"),
                Command(f"{SCRIPT} FILE --previous OLD.json")]
    return [Sentences("Does this tie to the figure on your slide?"), Command(f"{SCRIPT} FILE --reported-nrr 1.15")]
