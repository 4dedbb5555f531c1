"""The elements of drawings: numbers, ticks, widths, words that fit, and places where labels do not meet."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import svg, svg_places
from cslib.svg import Axis, log_ticks, ticks
from cslib.svg_places import Area, Scale, flags, scale, settled, spaced, spread

AMOUNTS = st.floats(-1e15, 1e15, allow_nan=False)
ABOVE = st.floats(1e-6, 1e15)
WORDS = st.text(max_size=60)


@given(AMOUNTS)
def test_a_number_has_two_decimals_at_most_and_no_negative_zero(value):
    shown = svg.number(value)
    assert re.fullmatch(r"-?\d+(\.\d{1,2})?", shown) and shown != "-0"
    assert abs(float(shown) - value) <= max(0.005000001, abs(value) * 1e-15)


@pytest.mark.parametrize("value, shown", [(-0.001, "0"), (1.005, "1"), (2.5, "2.5"), (100.0, "100"), (-3.456, "-3.46")])
def test_numbers_lose_idle_zeros(value, shown):
    assert svg.number(value) == shown


@given(AMOUNTS, AMOUNTS, st.integers(3, 12))
def test_ticks_ascend_in_equal_steps_and_cover_both_ends(one, other, most):
    low, high = sorted((one, other))
    found = ticks(low, high, most)
    assert 2 <= len(found) <= most
    assert found[0] <= low and found[-1] >= high
    steps = [after - before for before, after in zip(found, found[1:])]
    assert min(steps) > 0 and max(steps) - min(steps) <= 1e-6 * max(map(abs, found))


@pytest.mark.parametrize("low, high, found", [
    (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0, 13_360_000, [0, 5e6, 10e6, 15e6]),
    (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (5, 5, [0, 1, 2, 3, 4, 5]), (-0.2, 0.7, [-0.2, 0, 0.2, 0.4, 0.6, 0.8]),
    (0.1, 0.3, [0.1, 0.15, 0.2, 0.25, 0.3])])
def test_ticks_are_round(low, high, found):
    assert ticks(low, high) == found


@given(ABOVE, ABOVE, st.integers(3, 8))
def test_log_ticks_ascend_and_cover_both_ends(one, other, most):
    low, high = sorted((one, other))
    found = log_ticks(low, high, most)
    assert 2 <= len(found) <= most and found == sorted(set(found))
    assert found[0] <= low and found[-1] >= high
    assert all(f"{tick:e}"[0] in "125" for tick in found)


@pytest.mark.parametrize("low, high", [(0, 5000), (-3, 5000), (0, 0), (-2, -1)])
def test_log_ticks_begin_above_zero_whatever_they_are_asked_for(low, high):
    found = log_ticks(low, high)
    assert found[0] > 0 and found[-1] >= high


def test_log_ticks_take_2_and_5_where_there_is_room():
    assert log_ticks(1500, 40_000) == [1000, 2000, 5000, 10_000, 20_000, 50_000]
    assert log_ticks(3, 2e6) == [1, 100, 10_000, 1_000_000, 100_000_000]


@given(WORDS, st.floats(0, 400))
def test_words_that_fit_stay_and_others_end_in_an_ellipsis_inside_the_room(words, room):
    shown = svg.fit(words, 13, room)
    assert svg.width(shown, 13) <= room
    if svg.width(svg.clean(words), 13) <= room:
        assert shown == svg.clean(words)
    elif shown:
        assert shown.endswith("…") and svg.clean(words).startswith(shown[:-1])


@given(WORDS, st.integers(1, 3))
def test_wrapped_words_keep_to_their_lines_and_room(words, most):
    lines = svg.wrapped(words, 13, 80, most)
    assert len(lines) <= most and all(svg.width(line, 13) <= 80 for line in lines)


def test_wrapped_words_break_between_words():
    assert svg.wrapped("5 Value-led growth", 13, 90) == ["5 Value-led", "growth"]


def test_wide_letters_count_for_more_than_narrow_ones_and_marks_for_nothing():
    assert svg.width("illi", 10) < svg.width("nnnn", 10) < svg.width("WWWW", 10) < svg.width("📈📈📈📈", 10)
    assert svg.width("e\u0301", 10) == svg.width("e", 10)
    assert svg.width("", 10) == 0 and svg.width("ab", 20) == pytest.approx(2 * svg.width("ab", 10))


@given(st.text())
def test_clean_words_are_accepted_by_xml_and_by_utf_8(words):
    drawn = svg.text(0, 0, words)
    drawn.encode("utf-8")
    assert "".join(ElementTree.fromstring(f"<a>{drawn}</a>").itertext()) == svg.clean(words)


def test_words_cannot_turn_the_direction_of_reading():
    assert svg.clean("a\u202eb\nc\td\x00e\ud800") == "a b c d e"


@given(st.floats(0, 700), st.floats(0, 300), st.floats(5, 40))
def test_the_hatching_of_a_loss_stays_inside_its_bar(left, wide, tall):
    drawn = svg.hatched(left, 10, left + wide, 10 + tall)
    way = re.search(r' d="([^"]+)"', drawn)[1]
    for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", way):
        assert left - 0.01 <= float(x) <= left + wide + 0.01 and 9.99 <= float(y) <= 10.01 + tall


def test_a_wide_loss_is_hatched():
    assert svg.hatched(0, 0, 60, 20).count("L") > 8


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.booleans())
def test_a_scale_keeps_order_and_its_ends(values, log):
    along = scale(Axis("", (), log), values, 10, 700)
    places = [along.at(value) for value in sorted(values)]
    assert places == sorted(places) and places[0] >= 10 and places[-1] <= 700
    assert along.at(along.low) == 10 and along.at(along.high) == 700


def test_a_logarithmic_scale_gives_each_power_the_same_room():
    along = Scale(1, 10_000, 0, 400, True)
    assert [along.at(value) for value in (0, 1, 10, 100, 10_000)] == pytest.approx([0, 0, 100, 200, 400])


@given(st.lists(st.tuples(st.floats(0, 720), WORDS), max_size=30))
def test_flags_never_meet_and_every_word_flies(spots):
    placed = flags(spots, 0, 720)
    assert len(placed) == sum(bool(svg.clean(words)) for _, words in spots)
    for n, one in enumerate(placed):
        end = one.left + svg.width(one.words, svg.SMALL)
        assert one.left >= 0 and end <= 720.001
        for other in placed[n + 1:]:
            beyond = other.left + svg.width(other.words, svg.SMALL)
            assert other.row != one.row or other.left > end or one.left > beyond


@given(st.lists(st.floats(0, 300), max_size=40))
def test_spread_lines_are_a_line_apart_between_top_and_bottom(wanted):
    heights = spread(wanted, 10, 290)
    kept = sorted(height for height in heights if height is not None)
    assert len(kept) == min(len(wanted), 13)
    assert all(after - before >= svg.LINE - 1e-9 for before, after in zip(kept, kept[1:]))
    assert not kept or (kept[0] >= 10 - 1e-9 and kept[-1] <= 290)


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(1, 4)), max_size=20))
def test_texts_of_several_lines_do_not_meet(wanted):
    heights = spread([height for height, _ in wanted], 10, 290, [lines for _, lines in wanted])
    kept = sorted((height, height + svg.LINE * (lines - 1)) for height, (_, lines) in zip(heights, wanted)
                  if height is not None)
    assert all(after[0] - before[1] >= svg.LINE - 1e-9 for before, after in zip(kept, kept[1:]))
    assert not kept or (kept[0][0] >= 10 - 1e-9 and kept[-1][1] <= 290 + 1e-9)
    assert len(kept) == len(wanted) or sum(lines for _, lines in wanted) > 13


def test_no_pole_of_a_flag_to_the_left_goes_through_the_words_of_another():
    placed = flags([(650, "a healthy line"), (600, "a median of others"), (660, "another median")], 0, 720)
    for one in placed:
        for other in placed:
            inside = other.left < one.x < other.left + svg.width(other.words, svg.SMALL)
            assert not inside or one.row < other.row or one is other


def test_lines_with_room_stay_where_they_are_wanted():
    assert spread([200, 50, 120], 10, 290) == [200, 50, 120]


@given(st.lists(st.floats(0, 700), max_size=40).map(sorted), st.floats(1, 80))
def test_spaced_keeps_the_first_and_none_that_meet(starts, wide):
    kept = spaced([(start, start + wide) for start in starts])
    assert bool(kept) == bool(starts)
    assert all(starts[after] >= starts[before] + wide for before, after in zip(kept, kept[1:]))


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300), WORDS), max_size=25))
def test_settled_words_stay_off_what_is_taken(wanted):
    taken = Area(100, 100, 200, 200)
    for drawn in settled(wanted, Area(0, 0, 300, 300), [taken]):
        x, y = (float(re.search(rf' {name}="([^"]+)"', drawn)[1]) for name in "xy")
        wide = svg.width("".join(ElementTree.fromstring(drawn).itertext()), svg.SMALL)
        assert x + wide <= 100.01 or x >= 199.99 or y <= 100.01 or y - 10 >= 199.99 - svg.SMALL
        assert x >= 0 and x + wide <= 300.01


def test_a_word_alone_settles_to_the_right_of_its_point():
    assert settled([(50, 50, "C-1")], Area(0, 0, 300, 300)) == [svg.text(60, 56, "C-1", svg.SMALL)]


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--d-([a-z0-9]+): (#[0-9a-f]{6})", block))


def _contrast(one: str, other: str) -> float:
    def light(colour):
        parts = [int(colour[n:n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return math.fsum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear))
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_have_aa_contrast_on_paper_and_on_every_shade_in_light_and_dark():
    light, dark = (_colours(part) for part in svg.STYLE.split("@media screen")[:2])
    assert set(light) == set(dark)
    for colours in (light, dark):
        on = [("ink", "paper"), ("faint", "paper"), ("faint", "soft"), ("ink", "soft"), ("ink", "s0"), ("ink", "s1"),
              ("ink", "s2"), ("over", "s3"), ("over", "s4")]
        assert all(_contrast(colours[word], colours[ground]) >= 4.5 for word, ground in on)
        marks = ("main", "quiet", "gain", "loss", "base")
        assert all(_contrast(colours[mark], colours["paper"]) >= 3 for mark in marks)
    assert _contrast(dark["s0"], dark["paper"]) > 1.4


def test_shades_grow_steadily_away_from_the_paper():
    for block in svg.STYLE.split("@media screen")[:2]:
        colours = _colours(block)
        contrasts = [_contrast(colours["paper"], colours[f"s{n}"]) for n in range(5)]
        assert contrasts == sorted(contrasts) and all(b / a > 1.15 for a, b in zip(contrasts, contrasts[1:]))


def test_the_style_asks_for_nothing_from_outside():
    assert not re.search(r"url|@import|@font-face|http|<", svg.STYLE)


def test_a_drawing_names_itself_to_those_who_do_not_see_it():
    drawn = ElementTree.fromstring(svg.drawing("a", 720, 100, "T & Co <b>", "what it is", ["", svg.text(0, 20, "x")]))
    title, told, words = drawn
    assert drawn.attrib["aria-labelledby"].split() == [title.attrib["id"], told.attrib["id"]] == ["a-title", "a-desc"]
    assert (title.tag, title.text) == ("title", "T & Co <b>") and (told.tag, told.text) == ("desc", "what it is")
    assert words.text == "x" and drawn.attrib["role"] == "img"


def test_a_standing_axis_gives_its_ticks_their_room():
    assert svg_places.standing(Axis("", ((0, "0"), (1, "1,000,000")))) == svg.width("1,000,000", svg.SMALL) + 9
    assert svg_places.standing(Axis("", ((0, "0" * 60),))) == 139
