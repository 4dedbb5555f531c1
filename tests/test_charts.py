"""The drawings: well-formed and self-contained whatever they are given, with no label over another or over the edge."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cslib import svg
from cslib.charts_bars import Bar, Reference, Step, bars, bridge
from cslib.charts_grid import Cell, HeatRow, Level, heat, profile
from cslib.charts_lines import MOST as PARETO_MOST
from cslib.charts_lines import Band, Hire, load, pareto
from cslib.charts_points import MOST, Point, scatter
from cslib.svg import Axis, log_ticks, ticks

NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
ELEMENTS = {"svg", "title", "desc", "text", "rect", "circle", "path"}
ATTRIBUTES = {"class", "viewBox", "role", "aria-labelledby", "id", "x", "y", "width", "height", "cx", "cy", "r", "d",
              "font-size", "text-anchor"}

LABELS = ("", "n 24", "Mid-market", "R&D <b>\"x\"</b>", "Wörter 📈📉 日本語", "W" * 120, "$1,234,567")
WORDS = st.one_of(st.sampled_from(LABELS), st.text(max_size=50))
AMOUNTS = st.one_of(st.sampled_from((0.0, 1.0, 0.5, 1e12)), st.floats(0, 1e13))
SIGNED = st.one_of(AMOUNTS, st.floats(-1e13, 0))
SHARES = st.floats(0, 1)
MAYBE = st.one_of(st.none(), AMOUNTS)


@st.composite
def axes(draw, values=SIGNED, logs=(False,)):
    low, high = sorted((draw(values), draw(values)))
    log = draw(st.sampled_from(logs))
    found = draw(st.sampled_from(([], (log_ticks if log else ticks)(low, high))))
    return Axis(draw(WORDS), tuple((value, draw(WORDS)) for value in found), log)


def many(values, most=14):
    return st.lists(values, max_size=most)


@st.composite
def bridges(draw):
    steps = many(st.builds(Step, WORDS, AMOUNTS, WORDS, st.sampled_from(("total", "gain", "loss"))))
    return bridge("b", draw(WORDS), draw(WORDS), draw(steps), draw(axes()))


@st.composite
def barred(draw):
    rows = many(st.builds(Bar, WORDS, SIGNED, WORDS, WORDS, st.booleans(), st.one_of(st.none(), SIGNED),
                          st.one_of(st.none(), SIGNED)))
    references = many(st.builds(Reference, SIGNED, WORDS, st.booleans()), 5)
    return bars("r", draw(WORDS), draw(WORDS), draw(rows), draw(axes()), draw(references))


@st.composite
def heats(draw):
    cells = st.lists(st.one_of(st.none(), st.builds(Cell, SHARES, WORDS, WORDS)), max_size=20).map(tuple)
    return heat("h", draw(WORDS), draw(WORDS), draw(many(WORDS, 40)), draw(many(st.builds(HeatRow, WORDS, cells))),
                draw(WORDS), draw(WORDS))


@st.composite
def profiles(draw):
    stages = draw(many(WORDS, 9))
    reached = st.integers(1, max(1, len(stages)))
    rows = many(st.builds(Level, WORDS, reached, st.one_of(st.none(), reached), st.booleans()))
    return profile("p", draw(WORDS), draw(WORDS), stages, draw(rows), draw(st.tuples(WORDS, WORDS, WORDS)))


@st.composite
def paretos(draw):
    points = sorted(draw(many(st.tuples(SHARES, SHARES), 60)))
    bands = many(st.builds(lambda label, ends: Band(label, min(ends), max(ends)), WORDS, st.tuples(SHARES, SHARES)), 8)
    return pareto("q", draw(WORDS), draw(WORDS), points, draw(bands), draw(axes(SHARES)), draw(axes(SHARES)),
                  draw(many(st.tuples(SHARES, SHARES, WORDS), 6)))


@st.composite
def loads(draw):
    months = draw(many(WORDS, 30))
    series = [draw(st.lists(values, min_size=len(months), max_size=len(months))) for values in (AMOUNTS, MAYBE, MAYBE)]
    hires = draw(many(st.builds(Hire, st.integers(0, len(months) - 1), WORDS), 8)) if months else []
    words = draw(st.tuples(WORDS, WORDS, WORDS))
    return load("l", draw(WORDS), draw(WORDS), months, *series, hires, draw(axes()), words)


@st.composite
def scatters(draw):
    points = many(st.builds(Point, SIGNED, SIGNED, st.sampled_from(("plain", "marked")), WORDS), 40)
    lines = many(st.tuples(st.floats(-10, 10), WORDS), 5)
    return scatter("s", draw(WORDS), draw(WORDS), draw(points), draw(axes(logs=(False, True))),
                   draw(axes(logs=(False, True))), draw(lines), draw(st.tuples(WORDS, WORDS)))


DRAWINGS = {"bridge": bridges(), "bars": barred(), "heat": heats(), "profile": profiles(), "pareto": paretos(),
            "load": loads(), "scatter": scatters()}


def boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right and bottom of each text by the estimate of its width, and its words."""
    found = []
    for each in root.iter("text"):
        size = float(each.attrib["font-size"])
        wide = svg.width(each.text, size * svg.BOLD if each.get("class") == "d-strong" else size)
        left = float(each.attrib["x"]) - wide * {"start": 0, "middle": 0.5, "end": 1}[each.attrib["text-anchor"]]
        base = float(each.attrib["y"])
        found.append((left, base - 0.76 * size, left + wide, base + 0.22 * size, each.text))
    return found


def held(drawn: str) -> None:
    """The laws of every drawing."""
    root = ElementTree.fromstring(drawn)
    assert [child.tag for child in root][:2] == ["title", "desc"] and root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [root[0].attrib["id"], root[1].attrib["id"]]
    assert {each.tag for each in root.iter()} <= ELEMENTS
    assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES
    for each in root.iter():
        for name, value in each.attrib.items():
            if name in ("class", "id", "role", "aria-labelledby", "text-anchor"):
                continue
            assert not NUMBERS.sub("", value).translate(str.maketrans("", "", "MLHVZh ")), (name, value)
            for shown in NUMBERS.findall(value):
                assert re.fullmatch(r"-?\d+(\.\d{1,2})?", shown) and shown != "-0", (name, value)
    across, tall = map(float, root.attrib["viewBox"].split()[2:])
    assert across == (svg.NARROW if "narrow" in root.attrib["class"] else svg.WIDTH)
    found = boxes(root)
    for left, top, right, bottom, words in found:
        assert left >= -0.1 and right <= across + 0.1 and top >= -0.1 and bottom <= tall + 0.1, words
    for one, other in combinations(found, 2):
        beside = max(one[0], other[0]) >= min(one[2], other[2]) - 0.1
        assert beside or max(one[1], other[1]) >= min(one[3], other[3]) - 0.1, (one, other)
    for each in root.iter("rect"):
        x, y, wide, high = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        assert min(x, y) >= -0.01 and x + wide <= across + 1.01 and y + high <= tall + 0.01


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_drawing_keeps_the_laws_whatever_it_is_given(kind):
    @settings(max_examples=120)
    @given(DRAWINGS[kind])
    def keeps(drawn):
        held(drawn)
    keeps()


def _axis(low: float, high: float, log: bool = False, title: str = "ARR, USD") -> Axis:
    return Axis(title, tuple((value, f"{value:g}") for value in (log_ticks if log else ticks)(low, high)), log)


STEPS = (Step("ARR before", 100, "100", "total"), Step("Expansion", 30, "+30", "gain"),
         Step("Churn", 50, "-50", "loss"), Step("ARR now", 80, "80", "total"))
WORDED = ("asked for", "with the plan", "without it")


def samples() -> list[str]:
    """One drawing of each kind."""
    axis, shares = _axis(0, 130), _axis(0, 1)
    return [bridge("b", "t", "a", STEPS, axis),
            bars("r", "t", "a", [Bar("A", .9, "90%", "n 3", True, .8, .95), Bar("B", .5, "50%")], shares,
                 [Reference(.9, "healthy: 90%"), Reference(.92, "others: 92%", True)]),
            heat("h", "t", "a", ["3", "6"], [
                HeatRow("Q1", (Cell(.1, "50%", "n 4"), None)),
                HeatRow("Q2", (Cell(.9, "95%", "n 9"), Cell(.5, "70%", "n 2")))], "50%", "100%"),
            profile("p", "t", "a", ["One", "Two", "Three"], [Level("A", 1, 3, True), Level("B", 2, 2, False)]),
            pareto("q", "t", "a", [(0, 0), (.2, .7), (1, 1)], [Band("Top", 0, .2), Band("Rest", .2, 1)], shares, shares,
                   [(.2, .7, "20% hold 70%")]),
            load("l", "t", "a", ["Jan", "Feb", "Mar"], [100, 110, 120], [105, 100, 130], [105, 100, None],
                 [Hire(2, "CSM")], axis, WORDED),
            scatter("s", "t", "a", [Point(10, 1, "plain"), Point(100, 90, "marked", "C-7"), Point(50, 2, "plain")],
                    _axis(1, 100, True), _axis(1, 100, True), [(1, "cost = ARR")], ("customer", "exit"))]


def test_the_same_bytes_come_under_any_hash_seed():
    code = "import test_charts, hashlib; print(hashlib.sha256(repr(test_charts.samples()).encode()).hexdigest())"
    here = Path(__file__).resolve().parent
    path = os.pathsep.join((str(here), str(here.parent / "scripts")))
    outs = {subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
                           capture_output=True, text=True, check=True).stdout for seed in ("0", "1", "4242")}
    assert len(outs) == 1 and len(outs.pop().strip()) == 64


def test_every_class_that_is_drawn_has_a_style_and_every_style_is_drawn():
    styled = set(re.findall(r"\.(d-[a-z0-9]+)", svg.STYLE))
    drawn = {name for each in samples() for name in re.findall(r'class="(d-[a-z0-9]+)"', each)}
    assert drawn == styled


def test_the_samples_keep_the_laws_and_ids_do_not_clash():
    found = samples()
    for drawn in found:
        held(drawn)
    ids = re.findall(r' id="([^"]+)"', "".join(found))
    assert len(ids) == len(set(ids)) == 14


def _rects(drawn: str, *kinds: str) -> list[tuple[float, float]]:
    return [(float(each.attrib["x"]), float(each.attrib["x"]) + float(each.attrib["width"]))
            for each in ElementTree.fromstring(drawn).iter("rect") if each.attrib["class"][2:] in kinds]


def test_a_bridge_is_continuous_and_in_proportion():
    before, gain, loss, now = _rects(bridge("b", "", "", STEPS, _axis(0, 130)), "total", "gain", "loss")
    unit = (before[1] - before[0]) / 100
    assert gain[0] == pytest.approx(before[1], abs=0.02) and gain[1] - gain[0] == pytest.approx(30 * unit, abs=0.03)
    assert loss[1] == pytest.approx(gain[1], abs=0.02) and loss[1] - loss[0] == pytest.approx(50 * unit, abs=0.03)
    assert now[0] == before[0] and now[1] == pytest.approx(loss[0], abs=0.02)


def test_bars_are_in_proportion_and_begin_at_zero_even_where_the_ticks_do_not():
    rows = _rects(bars("r", "", "", [Bar("A", 90, "90"), Bar("B", 45, "45"), Bar("C", 0, "0")], _axis(40, 90)), "main")
    wide = [end - start for start, end in rows]
    assert wide[0] == pytest.approx(2 * wide[1], abs=0.03) and wide[2] == 0 and len({start for start, _ in rows}) == 1


def test_no_line_of_a_reference_cuts_a_value():
    rows = [Bar("A", value, f"{value:.0%}", "of 2.77M", value == .77) for value in (.77, .886, .894, .937, .2)]
    drawn = ElementTree.fromstring(bars("r", "", "", rows, _axis(0, 1), [
        Reference(.9, "90% healthy, growth"), Reference(.92, "92% median", True), Reference(.84, "84% median", True)]))
    lines = [float(each.attrib["d"][1:].split()[0]) for each in drawn.iter("path")
             if each.attrib["class"] in ("d-pole", "d-light")]
    values = [box for box in boxes(drawn) if box[4] in {row.shown for row in rows[:4]} | {"of 2.77M"}]
    assert len(lines) == 3 and len(values) == 9
    assert not [(box, x) for box in values for x in lines if box[0] - 1 < x < box[2] + 1]


def test_the_words_of_a_scale_share_their_room():
    found = _words(heat("h", "", "", ["m"], [HeatRow("Q1", (Cell(.5, "50%", ""),))], "share of first ARR held: 88.0%",
                        "120.4%; n: customers active"))
    assert {"share of first ARR held: 88.0%", "120.4%; n: customers active"} <= set(found)


def test_bars_below_zero_lie_on_the_other_side():
    less, more = _rects(bars("r", "", "", [Bar("A", -10, "-10"), Bar("B", 20, "20")], _axis(-10, 20)), "main")
    assert less[1] == pytest.approx(more[0], abs=0.02)
    assert less[1] - less[0] == pytest.approx((more[1] - more[0]) / 2, abs=0.03)


def test_one_amount_too_small_to_see_is_still_drawn():
    small = _rects(bars("r", "", "", [Bar("A", 1e9, "1e9"), Bar("B", 1, "1")], _axis(0, 1e9)), "main")[1]
    assert small[1] - small[0] == pytest.approx(1)


def test_a_cell_of_a_higher_value_is_never_in_a_lighter_shade():
    cells = tuple(Cell(n / 20, f"{n}", "") for n in range(21))
    found = [each.attrib["class"] for each in
             ElementTree.fromstring(heat("h", "", "", [""] * 21, [HeatRow("", cells)], "", "")).iter("rect")][:21]
    assert found == sorted(found) and set(found) == {f"d-s{n}" for n in range(5)}


def _words(drawn: str) -> list[str]:
    return [each.text for each in ElementTree.fromstring(drawn).iter("text")]


def test_cells_without_room_for_every_figure_show_none():
    row = HeatRow("Q1", (Cell(.5, "50%", "n 4"),) * 40)
    assert not {"50%", "n 4"} & set(_words(heat("h", "", "", ["m"] * 40, [row], "low", "high")))
    assert _words(heat("h", "", "", ["m"] * 8, [row._replace(cells=row.cells[:8])], "low", "high")).count("50%") == 8


def test_a_profile_has_a_ring_only_where_another_stage_is_claimed():
    levels = [Level("A", 1, 3, False), Level("B", 2, 2, False), Level("C", 2, None, False)]
    drawn = profile("p", "", "", ["1", "2", "3"], levels)
    circles = [(each.attrib["class"], each.attrib["cx"]) for each in ElementTree.fromstring(drawn).iter("circle")][:-2]
    reached = [x for kind, x in circles if kind == "d-main"]
    rings = [x for kind, x in circles if kind == "d-hollow"]
    assert len(reached) == 3 and reached[0] < reached[1] == reached[2] and len(rings) == 1
    assert "gate" not in _words(drawn)


def test_a_pareto_draws_some_300_points_with_both_ends():
    points = [(n / 100_000, (n / 100_000) ** 0.5) for n in range(100_001)]
    drawn = pareto("q", "", "", points, [], _axis(0, 1), _axis(0, 1))
    way = re.search(r'class="d-line" d="M([^"]+)"', drawn)[1].split("L")
    assert 250 <= len(way) <= PARETO_MOST + 1
    first, last = ([float(place) for place in way[n].split()] for n in (0, -1))
    assert last[0] == 708 and first[1] - last[1] == pytest.approx(310)


def test_the_shortfall_is_shaded_only_between_the_crossings():
    drawn = load("l", "", "", list("abcd"), [10] * 4, [20, 0, 20, 20], [None] * 4, [], _axis(0, 20), WORDED)
    ways = re.findall(r'class="d-short" d="M([^"]+)Z"', drawn)
    lines = re.search(r'class="d-dark" d="M([^"]+)"', drawn)[1].split("L")
    months = [float(place.split()[0]) for place in lines]
    xs = [float(place.split()[0]) for way in ways for place in way.split("L")]
    assert len(ways) == 2
    assert min(xs) == pytest.approx((months[0] + months[1]) / 2, abs=0.02)
    assert max(xs) == pytest.approx((months[1] + months[2]) / 2, abs=0.02)


def test_a_line_is_broken_where_capacity_is_not_known():
    drawn = load("l", "", "", list("abcde"), [1] * 5, [2, 2, None, 2, 2], [None] * 5, [], _axis(0, 2), WORDED)
    assert drawn.count('class="d-line"') == 2 and drawn.count('class="d-dashed"') == 0
    assert WORDED[1] in _words(drawn) and WORDED[2] not in _words(drawn)


def test_a_scatter_thins_dots_and_keeps_every_square_and_stays_small():
    points = [Point(n % 977, n // 977, "marked" if n % 400 == 0 else "plain") for n in range(100_000)]
    drawn = scatter("s", "", "", points, _axis(0, 977), _axis(0, 103))
    dots, squares = (re.search(rf'class="d-{kind}" d="([^"]+)"', drawn)[1].count("M") for kind in ("dots", "squares"))
    assert MOST / 2 <= dots <= MOST and squares >= 240
    assert len(drawn) < 60_000


def test_a_line_of_equal_cost_and_arr_goes_through_places_where_they_are_equal():
    for log in (False, True):
        axis = _axis(1, 100, log)
        points = [Point(value, value, "marked") for value in (1, 10, 100)]
        drawn = scatter("s", "", "", points, axis, axis, [(1, "cost = ARR")])
        line = re.search(r'class="d-pole" d="M([^"]+)"', drawn)[1].split("L")
        marks = re.search(r'class="d-squares" d="M([^"]+)h0"', drawn)[1].split("h0M")
        ends, places = ([tuple(map(float, place.split())) for place in each] for each in (line, marks))
        (x, y), (far, high) = ends[0], ends[-1]
        assert all(abs(y + (high - y) * (px - x) / (far - x) - py) <= 1.5 for px, py in places)
        assert "cost = ARR" in _words(drawn)


def test_a_label_lies_on_no_mark():
    crowd = [Point(x, y, "plain") for x in range(0, 101, 2) for y in range(0, 101, 4)]
    named = [Point(51, 50, "marked", "C-1"), Point(20, 300, "plain", "C-2")]
    found = _words(scatter("s", "", "", [*crowd, *named], _axis(0, 100), _axis(0, 400)))
    assert "C-1" not in found and "C-2" in found


def test_the_label_of_a_line_is_wrapped_before_it_is_cut():
    drawn = scatter("s", "", "", [Point(10, 1, "plain"), Point(100, 9, "plain")], _axis(0, 100), _axis(0, 100),
                    [(.25, "25% of ARR, most that strategic and enterprise bear"), (.1, "10% of ARR")])
    assert "25% of ARR, most that strategic and enterprise bear" in " ".join(_words(drawn)) and "…" not in drawn


def test_labels_where_there_is_room_are_all_drawn():
    points = [Point(n * 20, n * 20, "marked", f"C-{n}") for n in range(1, 5)]
    drawn = scatter("s", "", "", points, _axis(0, 100), _axis(0, 100))
    assert {f"C-{n}" for n in range(1, 5)} <= set(_words(drawn))
