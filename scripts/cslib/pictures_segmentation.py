"""The pictures of decision B, each under the sentence that it shows: ARR by customer and tier, cost to serve by ARR."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

from cslib import arr_curve, charts_lines, charts_points, svg
from cslib import segmentation_words as words
from cslib.arr_curve import Curve, Reach
from cslib.cost_map import CostMap, cost_map
from cslib.coverage_words import listed
from cslib.figures import count, decimal, money, per_cent, short_money, whole
from cslib.page import Columns, Picture
from cslib.segmentation_page import Report
from cslib.segmentation_words import TIERS
from cslib.service_cost import Served

MOST_ROWS, NAMED_POINTS = 25, 3
SHARES = svg.ticks(0, 1)


def pictures(report: Report) -> list[Picture]:
    """The pictures in which there is something to see, in reading order."""
    found = (_curve(report), _map(report))
    return [picture for picture in found if picture]


def _currency(report: Report) -> str:
    return report.portfolio.currency or "currency not stated"


def _share(ratio: Decimal) -> str:
    """A share as whole per cent, the smallest with the places that they need."""
    return per_cent(ratio, 0 if ratio >= Decimal("0.01") else 1 if ratio >= Decimal("0.001") else 3)


def _curve(report: Report) -> Optional[Picture]:
    """Nothing to see with one customer."""
    s = report.s
    if len(s.customers) < 2:
        return None
    found = arr_curve.curve(s.customers, [row.tier for row in s.tiers])
    several = len(found.ends) > 1
    title = _curve_title(report, found)
    order = "by tier, the largest of each first" if several else "the largest first"
    marked = list(found.ends.values())[:-1] if several else [found.half]
    bands, start = [], 0.0
    for tier, reach in found.ends.items():
        bands.append(charts_lines.Band(TIERS[tier], start, float(reach.customers_ratio)))
        start = bands[-1].end
    held = [f"{words.tier(row, s)} {_share(row.customers_ratio)} of customers and {_share(row.arr_ratio)} of ARR"
            for row in s.tiers if row.customers]
    alt = (f"Curve of the share of ARR over the share of {whole(len(s.customers))} customers, {order}: "
           f"{'; '.join(held)}. {_fewest(found.half)}.")
    shown = tuple((tick, per_cent(Decimal(str(tick)), 0)) for tick in SHARES)
    drawing = charts_lines.pareto(
        "segmentation-arr", title, alt, [(float(one.customers_ratio), float(one.arr_ratio)) for one in found.points],
        bands if several else (), svg.Axis(f"share of customers, {order}", shown), svg.Axis("share of ARR", shown),
        [(float(one.customers_ratio), float(one.arr_ratio),
          f"{_share(one.arr_ratio)} of ARR") for one in marked])
    return Picture(title, drawing, alt, _curve_table(report, found))


def _curve_title(report: Report, found: Curve) -> str:
    """What the first tier brings, or where there is one only, how few bring half."""
    held = [row for row in report.s.tiers if row.customers]
    if len(held) < 2:
        return _fewest(found.half)
    top = held[0]
    return (f"{count(top.customers, f'{TIERS[top.tier]} customer')}, {_share(top.customers_ratio)} of all, "
            f"{'brings' if top.customers == 1 else 'bring'} {_share(top.arr_ratio)} of ARR")


def _fewest(half: Reach) -> str:
    return (f"{count(half.customers, 'customer')}, {_share(half.customers_ratio)} of all, "
            f"{'brings' if half.customers == 1 else 'bring'} {_share(half.arr_ratio)} of ARR")


def _curve_table(report: Report, found: Curve) -> Columns:
    """The tiers, then the largest customers whatever their tier."""
    rows = [(words.tier(row, report.s), whole(row.customers), _share(row.customers_ratio), short_money(row.arr),
             _share(row.arr_ratio)) for row in report.s.tiers if row.customers]
    rows += [("the largest" if reach.customers == 1 else f"the largest {whole(reach.customers)}",
              whole(reach.customers), _share(reach.customers_ratio), short_money(reach.arr), _share(reach.arr_ratio))
             for reach in found.largest]
    return Columns(("", "customers", "of all", f"ARR ({_currency(report)})", "of ARR"), tuple(rows), (1, 2, 3, 4))


def _map(report: Report) -> Optional[Picture]:
    """Nothing to see where fewer than two customers have a known cost."""
    found = cost_map(report.s)
    if found is None:
        return None
    title, lines = _map_title(report, found), _lines(report, found)
    alt = (f"Cost to serve over ARR of {count(found.candidates_known + found.others_known, 'customer')}, "
           f"{count(found.candidates_known, 'exit candidate')} among them"
           f"{_thinned(found)}. Lines of cost as a share of ARR: {'; '.join(label for _, label in lines) or 'none'}."
           f"{_dearest(report)}")
    named = {way.served.customer.id for way in report.s.kill_list[:NAMED_POINTS]}
    dearest = {one.customer.id for one in report.s.unprofitable[:1]}
    points = [_point(one, "plain", words.name(one.customer) if one.customer.id in dearest else "")
              for one in found.others]
    points += [_point(one, "marked", words.name(one.customer) if one.customer.id in named else "")
               for one in found.candidates]
    drawing = charts_points.scatter(
        "segmentation-cost", title, alt, points, _axis(report, "ARR", found.arr, found.wide),
        _axis(report, "cost to serve a year", found.cost, found.wide), lines,
        (f"customer{_thinned(found)}", "exit candidate" if found.candidates else ""))
    return Picture(title, drawing, alt, _map_table(report, found))


def _dearest(report: Report) -> str:
    """Who loses most without being on the exit list."""
    return "".join(f" Largest loss not on the list: {words.name(one.customer)}, {short_money(one.arr)} of ARR and "
                   f"{short_money(one.customer.annual_cost_to_serve)} of cost." for one in report.s.unprofitable[:1])


def _thinned(found: CostMap) -> str:
    """How many are drawn, where that is not all."""
    known = found.candidates_known + found.others_known
    return f" ({whole(known - found.left_out)} of {whole(known)} drawn)" if found.left_out else ""


def _map_title(report: Report, found: CostMap) -> str:
    s, partial = report.s, report.portfolio.cost_is_partial
    b, least = s.budget, "at least " if partial else ""
    if s.kill_list:
        return (f"{count(len(s.kill_list), 'account')} on the exit list: {least}{short_money(found.candidates_cost)} "
                f"of service a year on {short_money(s.leaving.arr)} of ARR, where no tier bears more than "
                f"{per_cent(found.bears_ratio, 0)}")
    if b.excess is None:
        return f"Known is the cost of pilots and design partners: {_spent(report)}"
    if b.excess:
        one = b.excess_customers == 1
        return (f"{count(b.excess_customers or 0, 'account')} {'costs' if one else 'cost'} {least}"
                f"{short_money(b.excess)} more than {'it bears' if one else 'they bear'}; none is an exit candidate")
    return f"No account costs more than it bears{' by what is known of costs' if partial else ''}: {_spent(report)}"


def _spent(report: Report) -> str:
    return f"{short_money(report.s.budget.cost)} a year on {short_money(report.s.budget.costed_arr)} of ARR"


def _point(one: Served, kind: str, label: str) -> charts_points.Point:
    return charts_points.Point(float(one.arr), float(one.customer.annual_cost_to_serve), kind, label)


def _axis(report: Report, what: str, ends: tuple[Decimal, Decimal], wide: bool) -> svg.Axis:
    at = svg.log_ticks(float(ends[0]), float(ends[1])) if wide else svg.ticks(0, float(ends[1]))
    scale = ", log scale" if wide else ""
    return svg.Axis(f"{what} ({_currency(report)}{scale})", tuple((tick, _tick(tick)) for tick in at), wide)


def _tick(tick: float) -> str:
    """The amount of a tick as short as it is exact."""
    if not float(tick).is_integer():
        return decimal(tick, 2)
    return short_money(tick) if tick < 10_000 or tick % 1_000 == 0 else money(tick)


def _lines(report: Report, found: CostMap) -> list[tuple[float, str]]:
    """Gross margin, the highest share that a tier bears, and the lowest of the tiers of exit candidates."""
    margin = Decimal(report.settings["gross_margin_ratio"])
    bears = {row.tier: row.cost_high_ratio for row in report.s.tiers if row.customers}
    lines = {margin: f"{per_cent(margin, 0)} of ARR, gross margin"}
    for ratio in (found.bears_ratio, min((bears[way.served.tier] for way in report.s.kill_list),
                                         default=found.bears_ratio)):
        tiers = [TIERS[tier] for tier, most in bears.items() if most == ratio]
        lines[ratio] = (f"{per_cent(ratio, 0)} of ARR, most that {listed(tiers)} "
                        f"{'bears' if len(tiers) == 1 else 'bear'}")
    return [(float(ratio), label) for ratio, label in lines.items() if ratio]


def _map_table(report: Report, found: CostMap) -> Columns:
    """The exit candidates as far as rows go, then each tier, then who is not drawn."""
    s = report.s
    tiers = [(f"{TIERS[row.tier]}, {count(row.costed_customers, 'account')}", short_money(row.costed_arr),
              short_money(row.cost), per_cent(row.cost_ratio, 0), f"{per_cent(row.cost_high_ratio, 0)} of ARR")
             for row in s.tiers if row.costed_customers]
    said = ((found.no_cost, "without a known cost, not drawn"), (found.free, "with a cost of 0, not drawn"),
            (found.left_out, "more than a drawing shows"))
    rest = [*tiers, *((f"{count(number, 'customer')} {why}", "", "", "", "") for number, why in said if number)]
    ways = s.kill_list
    room = MOST_ROWS - len(rest)
    if len(ways) > room:
        room -= 1
        rest = [(f"and {whole(len(ways) - room)} more exit candidates", "", "", "", ""), *rest]
    rows = [(f"{words.name(one.customer)} ({TIERS[one.tier]})", short_money(one.arr),
             short_money(one.customer.annual_cost_to_serve), per_cent(one.cost_ratio, 0), short_money(one.high))
            for one in (way.served for way in ways[:room])]
    return Columns(("", f"ARR ({_currency(report)})", "cost to serve", "of ARR", "bears at most"), (*rows, *rest),
                   (1, 2, 3, 4))
