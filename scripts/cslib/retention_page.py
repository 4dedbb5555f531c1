"""The report of decision A: its sections in reading order, short for a terminal or an agent, full for a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Iterable, NamedTuple, Optional

from cslib import benchmarks, retention_words as words
from cslib.cohorts import Book
from cslib.decomposition import Decomposition
from cslib.figures import between, count, decimal, money, per_cent, short_money, signed_money, whole
from cslib.leaks import Leak, Mover
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.plays import Plan
from cslib.policy import STAGE_GROUPS, Assumption
from cslib.retention import Retained
from cslib.retention_words import name

SCRIPT = "retention_decomposition_analyzer.py"
MEASURES = (("grr", "Gross retention (GRR)", "grr_ratio"), ("nrr", "Net retention (NRR)", "nrr_ratio"),
            ("logo", "Logo retention", "logo_retention_ratio"), ("contraction", "Contraction", "contraction_ratio"),
            ("expansion", "Expansion", "expansion_ratio"))
PLACES = 3
LIMITS, STEPS = 3, 3
MOVERS = 50


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


def page(report: Report, detail: Optional[int], top: int) -> Page:
    """The report: with `detail` None every list and the whole plan, otherwise so many findings and shorter tables."""
    full = detail is None
    book, d = report.book, report.d
    stage = f", {d.stage.replace('_', ' ')} stage: {STAGE_GROUPS[d.stage]} bands" if d.stage else ""
    title = f"Retention ({book.currency or 'currency not stated'}{stage})"
    blocks: list[Block] = [Answer(words.answer(book, d, report.plays)), _measures(report), Sentences(_others(report))]
    if d.tie_out:
        blocks += [Heading("Does it tie to the reported figure?"), Steps(tuple(words.tie_outs(d)))]
    blocks += [Heading("Would it repeat?"), Sentences(words.repeat(book, d.overall))]
    if d.leaks:
        blocks += [Heading("Where it leaks"), _leaks(report)]
    blocks += _places(report, None if full else min(PLACES, top, detail))
    found = words.findings(book, d)
    if found[:detail]:
        blocks += [Heading("What drives it"), Steps(tuple(found[:detail]))]
    blocks += [Heading("What it is worth"), Sentences(_worth(report))]
    if report.plans:
        blocks += [Heading("What to do in 90 days"), *_plan(report, full)]
    if full:
        blocks += _lists(report)
    blocks += [Heading("Assumptions"), Sentences(_assumed(report)), Heading("What this cannot tell you"),
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
        return f"from {per_cent(settings['expansion_floor_ratio'], 0)}, usual up to {per_cent(settings['expansion_ceiling_ratio'], 0)}"
    floors = settings["retention_bands"][STAGE_GROUPS[report.d.stage]][f"{key}_ratio" if key != "logo" else "logo_retention_ratio"]
    return "-" if floors["healthy"] is None else f"from {per_cent(floors['healthy'], 0)}"


def _mean_arr(row: Retained) -> Optional[Decimal]:
    return row.starting_arr / row.starting_customers if row.starting_customers else None


def _others(report: Report) -> str:
    said: dict[tuple, list[str]] = {}
    for metric, label in (("grr_ratio", "GRR"), ("nrr_ratio", "NRR")):
        for row in benchmarks.beside(metric, _mean_arr(report.d.overall.retained), report.surveys):
            source = f"{row.publisher} {row.year}", f"{row.population}{_contract(row)}"
            said.setdefault(source, []).append(f"{label} {per_cent(row.low_ratio, 0)}")
    return "Others report medians: " + "; ".join(
        f"{', '.join(figures)} ({publisher}: {population})" for (publisher, population), figures in said.items()) + "."


def _contract(row: benchmarks.Benchmark) -> str:
    if row.acv_low is None and row.acv_high is None:
        return ""
    low, high = short_money(row.acv_low), short_money(row.acv_high)
    span = f"under {high}" if row.acv_low is None else f"from {low}" if row.acv_high is None else f"{low} to {high}"
    return f", contracts {span} USD"


def _leaks(report: Report) -> Columns:
    rows = tuple((words.leak(leak, report.plays), money(leak.arr), per_cent(leak.share_ratio, 0),
                  whole(leak.customers), _largest(leak)) for leak in report.d.leaks)
    return Columns(("leak", "ARR", "of loss", "customers", "largest"), rows, (1, 2, 3))


def _largest(leak: Leak) -> str:
    return ", ".join(f"{name(m.account)} {short_money(-m.change_arr)}" for m in leak.accounts[:1]) or "-"


def _places(report: Report, most: Optional[int]) -> list[Block]:
    d = report.d
    segments = sorted((s.retained for s in d.segments if len(d.segments) > 1), key=lambda s: (-s.lost_arr, s.name or ""))
    sizes = sorted(d.size_segments, key=lambda s: (-s.lost_arr, s.name or ""))
    targets = report.settings["size_nrr_targets"]
    rows = [_place_row(name(s.name), s, None) for s in segments[:most]]
    rows += [_place_row(words.SIZES.get(s.name or "", s.name or ""), s, targets.get(s.name or "")) for s in sizes[:most]]
    hidden = 0 if most is None else len(segments[most:]) + len(sizes[most:])
    if hidden:
        rows.append((f"and {whole(hidden)} more (--all)",) + ("",) * 6)
    head = ("", "customers", "start ARR", "lost ARR", "GRR", "NRR", "NRR aim")
    return [Columns(head, tuple(rows), (1, 2, 3, 4, 5, 6))] if segments + sizes else []


def _place_row(label: str, row: Retained, target: Optional[dict]) -> tuple[str, ...]:
    aim = f"{per_cent(target['low_ratio'], 0)} to {per_cent(target['high_ratio'], 0)}" if target else ""
    return (label, whole(row.starting_customers), short_money(row.starting_arr), short_money(row.lost_arr),
            per_cent(row.annual.grr_ratio), per_cent(row.annual.nrr_ratio), aim)


def _worth(report: Report) -> str:
    w, d = report.d.worth, report.d
    said = (f"One point of GRR is {short_money(w.point_of_grr_after_one_year)} ARR after one year and "
            f"{short_money(w.point_of_grr_after_three_years)} after three.")
    if d.leaks:
        top, share = d.leaks[0], report.settings["leak_reduction_ratio"]
        kept = sum((leak.arr for leak in d.leaks), Decimal(0)) * share
        said += (f" The largest leak costs {short_money(top.gross_profit_a_year)} gross profit a year, "
                 f"{short_money(top.gross_profit_three_years)} over three; closing {per_cent(share, 0)} of what is listed keeps "
                 f"{short_money(kept)} ARR a year.")
    return said


def _plan(report: Report, full: bool) -> list[Block]:
    if full:
        return _whole_plan(report)
    taken: list[tuple[str, str]] = []
    for plan in (report.plans * STEPS)[:STEPS]:
        step = plan.steps[[cause for cause, _ in taken].count(plan.cause) % len(plan.steps)]
        others = " and ".join(function for function in plan.bring_in if function != step.owner)
        taken.append((plan.cause, f"{plan.label.capitalize()} ({short_money(plan.arr)}), by {step.by.isoformat()}, "
                                  f"{step.owner}{' with ' * bool(others)}{others}: {step.action}"))
    return [Steps(tuple(line for _, line in taken), True)]


def _whole_plan(report: Report) -> list[Block]:
    blocks: list[Block] = []
    shown: set[str] = set()
    for leak, plan in zip(report.d.leaks, report.plans):
        head = f"{words.leak(leak, report.plays)}, {money(plan.arr)} ARR: "
        if plan.cause in shown:
            blocks.append(Sentences(head + "the steps are those above."))
            continue
        shown.add(plan.cause)
        blocks += [Sentences(f"{head}{plan.why} Bring in {' and '.join(plan.bring_in)}: {plan.bring_in_why}."),
                   Steps(tuple(f"By {s.by.isoformat()}, {s.owner}: {s.action} Measure: {s.metric}. Target: {s.target}."
                               for s in plan.steps), True)]
    return blocks


def _assumed(report: Report) -> str:
    shown = [a for a in report.assumptions if a.origin == "yours" or a.key.startswith(report.telling)]
    return "; ".join(f"{a.key} {_value(a.key, a.value)}{' (yours)' if a.origin == 'yours' else ''}" for a in shown) + "."


def _value(key: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{part} {_value(f'{key}.{part}', inner)}" for part, inner in value.items())
    if value is None:
        return "none"
    ratio = "ratio" in key
    return per_cent(value, 0 if value * 100 == int(value * 100) else 1) if ratio else whole(value)


def _limits(report: Report, full: bool) -> Iterable[str]:
    o = report.d.overall
    yield from report.notes
    if report.d.stage is None:
        yield "Whether this is good: no stage is stated, so there are numbers and no verdict (--stage growth)."
    if o.retained.annualised:
        yield "A year's retention: annual contracts leave in lumps, so a compounded part of a year can be wrong in both directions."
    if not report.book.accounts:
        yield "Who is behind the totals: size segments, movers, concentration and intervals need the accounts form."
    if o.nrr_interval:
        yield (f"The chance in NRR: {between(o.nrr_interval.low, o.nrr_interval.high)} is approximate, too narrow where few "
               "accounts hold much of the ARR.")
    if report.d.churn_reasons:
        yield "Why customers left beyond the reason recorded, often by the owner of the loss."
    if full:
        yield "Customers won and lost inside the period: they are in no starting book."


def _next(report: Report) -> list[Block]:
    if report.d.tie_out:
        return [Sentences("Is it rate or mix? Give the same file of a year ago:"), Command(f"{SCRIPT} FILE --previous OLD.json")]
    return [Sentences("Does this tie to the figure on your slide?"), Command(f"{SCRIPT} FILE --reported-nrr 1.15")]


def _lists(report: Report) -> list[Block]:
    d = report.d
    blocks: list[Block] = [Heading("Cohorts"), Columns(("cohort", "customers", "start ARR", "lost ARR", "GRR", "NRR", "leaky"), tuple(
        _place_row(name(c.name), c, None)[:6] + ("yes" if c.leaky_bucket else "",) for c in d.cohorts), (1, 2, 3, 4, 5))]
    if d.worth.lifetime:
        blocks += [Heading("What a customer is worth"), Sentences(
            f"Gross profit at a margin of {per_cent(d.worth.gross_margin_ratio, 0)}: over the years that this book has been seen, and by the endless "
            "formula 1/(1-GRR), which is a guess beyond those years."), _lifetimes(report)]
    if d.churn_reasons:
        blocks += [Heading("Why customers left"), Columns(("reason", "customers", "ARR", "of known", "preventable"), tuple(
            (report.plays[r.reason]["label"], whole(r.customers), money(r.arr), per_cent(r.share_ratio, 0), r.preventable)
            for r in d.churn_reasons), (1, 2, 3))]
    for heading, rows in zip(("Lost accounts", "Shrunk accounts", "Grown accounts"), d.movers):
        if rows:
            blocks += [Heading(heading), _movers(rows, report)]
    if d.trend and d.trend.cohorts:
        blocks += [Heading(f"Acquisition cohorts at {count(3 * d.trend.age_quarters, 'month')} of age"), Columns(
            ("cohort", "customers", "customers kept", "ARR kept"),
            tuple((p.cohort, whole(p.customers), per_cent(p.logo_ratio), per_cent(p.arr_ratio)) for p in d.trend.cohorts), (1, 2, 3))]
    return blocks


def _lifetimes(report: Report) -> Columns:
    rows = tuple((words.SIZES.get(size.size, size.size), money(size.arr_per_customer), per_cent(size.grr_ratio),
                  decimal(size.observed_years), money(size.observed_value), decimal(size.lifetime_years), money(size.formula_value))
                 for size in report.d.worth.lifetime)
    return Columns(("", "ARR each", "GRR", "years seen", "worth seen", "years by formula", "by formula"), rows, (1, 2, 3, 4, 5, 6))


def _movers(rows: tuple[Mover, ...], report: Report) -> Columns:
    segments, reasons = any(m.segment for m in rows), any(m.reason for m in rows)
    head = ("account",) + ("segment",) * segments + ("from", "to", "change") + ("reason",) * reasons
    cells = [(name(m.account),) + (name(m.segment),) * segments + (money(m.starting_arr), money(m.ending_arr), signed_money(m.change_arr))
             + ((report.plays[m.reason]["label"] if m.reason else "-"),) * reasons for m in rows[:MOVERS]]
    if len(rows) > MOVERS:
        cells.append((f"and {whole(len(rows) - MOVERS)} more (--format json --output FILE)",) + ("",) * (len(head) - 1))
    return Columns(head, tuple(cells), tuple(n + 1 + segments for n in range(3)))
