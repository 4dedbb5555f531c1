"""The words of decision A: one sentence for each finding. Every string here is finished; no sums."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Optional

from cslib import figures, tie_out_words
from cslib.benchmarks import Benchmark
from cslib.cohorts import Book
from cslib.decomposition import Decomposition, Overall, RenewalRate
from cslib.figures import between, count, decimal, per_cent, points, short_money, whole
from cslib.leaks import Leak
from cslib.retention import Retained

SHORT_NAME = 28
SIZES = {"strategic": "strategic accounts", "enterprise": "enterprise accounts", "mid_market": "mid-market accounts",
         "smb": "SMB accounts"}


def name(text: Optional[str]) -> str:
    """A user's own word, short and harmless."""
    return figures.neutral(text or "", SHORT_NAME) or "unnamed"


def period(book: Book) -> str:
    """`the 12 months to 2026-09-30`."""
    return f"the {count(book.period_months, 'month')} to {book.as_of.isoformat()}"


def place(where: Optional[str], at: Optional[str]) -> str:
    """` in retail`, ` among SMB accounts`, ` outside retail`, or nothing."""
    if where is None or (where == "elsewhere" and at is None):
        return "" if where is None else " elsewhere"
    said = SIZES.get(at or "", name(at))
    return {"segment": f" in {said}", "size": f" among {said}", "elsewhere": f" outside {said}"}[where]


def size(key: str, floors: Mapping[str, int]) -> str:
    """A size of account with the ARR from which it counts: `enterprise from 20k`."""
    label = SIZES.get(key, key).replace(" accounts", "")
    return f"{label} from {short_money(floors[key])}" if floors.get(key) else label


def contract(row: Benchmark) -> str:
    """`, contracts 25k to 50k USD`, or nothing where a survey is not by contract size."""
    if row.acv_low is None and row.acv_high is None:
        return ""
    low, high = short_money(row.acv_low), short_money(row.acv_high)
    span = f"under {high}" if row.acv_low is None else f"from {low}" if row.acv_high is None else f"{low} to {high}"
    return f", contracts {span} USD"


def leak(row: Leak, plays: dict) -> str:
    """What a leak is called: cause and place."""
    return plays[row.cause]["label"] + place(row.where, row.place)


def kept(label: str, row: Retained) -> tuple[str, ...]:
    """One set of customers as the cells of a table: customers, ARR at the start, ARR lost, GRR and NRR a year."""
    return (label, whole(row.starting_customers), short_money(row.starting_arr), short_money(row.lost_arr),
            per_cent(row.annual.grr_ratio), per_cent(row.annual.nrr_ratio))


def answer(book: Book, d: Decomposition, plays: dict) -> str:
    """The first sentence: what was kept, whether that is good, where most of the rest went."""
    o = d.overall.retained
    said = f"{per_cent(o.grr_ratio)} of {short_money(o.starting_arr)} ARR was kept over {period(book)}"
    if o.annualised:
        said += (f", {per_cent(o.annual.grr_ratio)} a year by compounding, "
                 f"and NRR is {per_cent(o.annual.nrr_ratio)} a year")
    else:
        said += f", and NRR is {per_cent(o.nrr_ratio)}"
    if d.implausible:
        doubt = {"net_retention": f"an NRR of {per_cent(o.annual.nrr_ratio)} is beyond what companies report",
                 "nobody_lost": f"not one of {count(o.starting_customers, 'customer')} left"}[d.implausible]
        head = f"Check the input before you trust this: {doubt}. As it stands, {said}"
    elif d.verdict == "healthy":
        head = f"Nothing to worry about here: {said}, both healthy at this stage"
    elif o.verdicts.grr is None:
        head = "Gross retention: " + said
    elif o.verdicts.grr == "healthy":
        head = f"Gross retention is healthy, net retention {o.verdicts.nrr}: {said}"
    else:
        head = f"Gross retention is {o.verdicts.grr}: {said}"
        head += " because expansion covers the leak" if o.leaky_bucket else ""
    if not d.leaks:
        return head + "; nothing was lost."
    left = f"{short_money(o.lost_arr)} was lost"
    if d.weakest:
        w = d.weakest
        left += (f", {short_money(w.lost_arr)} of it{place(w.where, w.place)}, where {per_cent(w.grr_ratio)} was kept "
                 f"against {per_cent(w.rest_grr_ratio)} elsewhere")
    return (f"{head}. {left}; the largest leak is {leak(d.leaks[0], plays)}, {short_money(d.leaks[0].arr)}."
            + tie_out_words.untied(d.tie_out))


def repeat(book: Book, overall: Overall) -> str:
    """Would it repeat? For a reader without statistics."""
    nrr = overall.nrr_interval
    if nrr is None:
        return _repeat(book, overall)
    measured = ", a range that held in about 85 of 100 simulated books"
    held = measured if nrr.method == "bca_bootstrap" else ", approximately"
    return f"{_repeat(book, overall)} NRR moves between {between(nrr.low, nrr.high).replace(' to ', ' and ')}{held}."


def _repeat(book: Book, overall: Overall) -> str:
    o, grr = overall.retained, overall.grr_interval
    if grr is None:
        return "Nothing can be said of a repeat: there was no customer at the start."
    told = overall.distinguishable
    span, year = "", overall.annual_grr_interval
    if o.annualised:
        span = f" over {count(book.period_months, 'month')}"
    base = count(o.starting_customers, "customer")
    if not book.accounts:
        text = (f"From totals of {base} the chance in GRR cannot be known; it is at least "
                f"{between(grr.low, grr.high)}{span}, as if all were of one size. Give the accounts for an interval.")
        if told and _inside(overall):
            text += f" So it cannot be told from {per_cent(told.line_ratio, 0)}, the healthy line."
        return text
    text = f"With {base}, chance alone moves GRR between {between(grr.low, grr.high).replace(' to ', ' and ')}{span}"
    if year:
        text += f", which is {between(year.low, year.high)} a year"
    if told is None:
        return text + "; no line to compare with without a stage (--stage)."
    line = per_cent(told.line_ratio, 0)
    return text + {"below": f": clearly below {line}, the healthy line, so expect it again unless something changes.",
                   "above": f": clearly above {line}, the healthy line.",
                   "cannot_tell": f": it cannot be told from {line}, the healthy line. What happened is a fact; "
                                  "that it repeats is not."}[told.answer]


def _inside(overall: Overall) -> bool:
    grr, told = overall.grr_interval, overall.distinguishable
    return grr is not None and told is not None and grr.low <= told.line_ratio <= grr.high


def findings(book: Book, d: Decomposition, plays: dict, most_reasons: Optional[int]) -> list[str]:
    """What drives the figure, the most telling first; only what is there."""
    o = d.overall.retained
    found = _mix(d)
    leaky = sorted((c for c in d.cohorts if c.leaky_bucket), key=lambda c: -c.lost_arr)
    if o.leaky_bucket:
        found.append(f"Leaky bucket: NRR of {per_cent(o.annual.nrr_ratio)} rests on expansion of "
                     f"{short_money(o.expansion_arr)} over losses of {short_money(o.lost_arr)}.")
    elif leaky:
        c = leaky[0]
        others = f" (and {whole(len(leaky) - 1)} more)" if len(leaky) > 1 else ""
        found.append(f"Leaky bucket inside: cohort {name(c.name)} grew to {per_cent(c.annual.nrr_ratio)} NRR "
                     f"while only {per_cent(c.annual.grr_ratio)} was kept{others}.")
    found += _preventable(d, _reasons(d, plays, most_reasons))
    if d.concentration and o.starting_customers > 1:
        found.append(_few(d))
    found += _trend(d)
    if d.renewal:
        found.append(f"Renewal rate of the {short_money(d.renewal.due_arr)} due: "
                     f"{per_cent(renewal_ratio(d.renewal))}; GRR also counts ARR that was not due.")
    if d.loss_size_index is not None and not Decimal("0.8") <= d.loss_size_index <= Decimal("1.25"):
        found.append(f"Lost customers were {decimal(d.loss_size_index, 1)} times the average size.")
    return found


def _few(d: Decomposition) -> str:
    """What a handful of customers do to the figures."""
    c, x = d.concentration, d.expansion_carriers
    said = [] if c.grr_without_largest_loss_ratio is None else [
        f"GRR would be {per_cent(c.grr_without_largest_loss_ratio)} without the largest loss"]
    said.append(f"GRR would be {per_cent(c.grr_if_largest_left_ratio)} if the largest left")
    if x and len(x.accounts) > 1:
        said.append(f"NRR {per_cent(x.nrr_without_ratio)} without the {whole(len(x.accounts))} accounts that bring "
                    f"{per_cent(x.share_ratio, 0)} of expansion")
    return ", ".join(said[:1] + [part.replace("GRR would be ", "") for part in said[1:]]) + "."


def _mix(d: Decomposition) -> list[str]:
    m = d.mix_shift
    if m is None:
        return []
    return [f"GRR moved {points(m.after_grr_ratio - m.before_grr_ratio)} since the period before: "
            f"{points(m.rate_effect_ratio)} from rates inside segments, "
            f"{points(m.mix_effect_ratio)} from the mix of segments."]


def renewal_ratio(renewal: RenewalRate) -> Decimal:
    """Gross where it can be capped per customer, otherwise net."""
    return renewal.net_ratio if renewal.gross_ratio is None else renewal.gross_ratio


def _reasons(d: Decomposition, plays: dict, most: Optional[int]) -> str:
    known = [row for row in d.churn_reasons if row.share_ratio is not None]
    said = [f"{plays[row.reason]['label']} {per_cent(row.share_ratio, 0)}" for row in known[:most]]
    return ", ".join(said) + (f" and {whole(len(known) - len(said))} more (--all)" if len(known) > len(said) else "")


def _preventable(d: Decomposition, known: str) -> list[str]:
    p = d.preventable
    if p.unknown_ratio is None:
        return []
    if p.reading is None:
        return [f"No reason is recorded for {per_cent(p.unknown_ratio, 0)} of churned ARR: too much to say what was "
                "preventable."]
    reading = {"leverage": "CS has leverage", "mixed": "neither leverage nor structure prevails",
               "structural": "mostly structural"}[p.reading]
    contested = " Product fit decides it." if p.contested else ""
    return [f"Known reasons by ARR: {known}. Preventable: {per_cent(p.preventable_ratio, 0)} "
            f"({per_cent(p.with_product_fit_ratio, 0)} with product fit), {reading}.{contested} "
            f"Unknown: {per_cent(p.unknown_ratio, 0)} of churned ARR."]


def _trend(d: Decomposition) -> list[str]:
    t = d.trend
    if t is None:
        return []
    if t.finding == "too_few_cohorts":
        return ["Too few acquisition cohorts have reached the same age to test for a trend."]
    age = f"{count(3 * t.age_quarters, 'month')} of age"
    age += f" (without {t.began_with}, the first on record)" if t.began_with else ""
    if t.finding in ("falling", "rising"):
        kept = "customers" if any(test.metric == "logo" and test.detected for test in t.tests) else "ARR"
        less = "fewer" if kept == "customers" else "less"
        return [f"Newer cohorts keep {less if t.finding == 'falling' else 'more'} {kept} at {age}: "
                f"a {t.finding} trend over {count(len(t.cohorts), 'cohort')}, beyond chance."]
    if t.finding == "mixed":
        return [f"Cohorts at {age} keep customers and ARR in opposite directions, beyond chance."]
    seen = "" if t.power is None else (
        f"; a fall of {per_cent(t.fall_ratio, 0).rstrip('%')} points would have been seen with probability "
        f"{per_cent(t.power, 0)}")
    return [f"Cohorts at {age}: no trend detected{seen}."]
