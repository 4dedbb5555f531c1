"""Who moves to which tier and why: by written conditions and hysteresis, so that nobody flaps, and by override."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import few
from cslib import tier_moves, tiering
from cslib.customers import Customer, Override
from cslib.fit import fits
from cslib.tier_moves import Settled, settled
from cslib.tiering import FOUR, FOUR_TIER, PERCENTILE, PRESETS, SCORED, THREE_TOUCH, TIERS, TOUCH
from cslib.triggers import Missing
from serving import AS_OF, SETTINGS, D, customer, settings

BAND = SETTINGS["segmentation"]["hysteresis_ratio"]
LESS, MORE = 1 - BAND, 1 + BAND
FITTING = (True,) * 7
UNSEEN = (None,) * 7
NO_EXPANSION = (True, True, True, True, True, False, True)
ASKED = {"strategic": ("multi_year", "expansion_potential_high", "sponsor_both_sides"),
         "enterprise": ("executive_contact",), "mid_market": ("tenure_months", "fit")}
READY = {"tenure_months": 12, "executive_contact": True, "multi_year": True, "sponsor_both_sides": True}
EDGES = (5000, 15000, 20000, 25000, 50000, 75000, 100000)
ARRS = st.one_of(st.sampled_from([D(edge) * factor for edge in EDGES for factor in (LESS, D(1), MORE)]),
                 st.decimals("0.01", 300000, places=2))
MAYBE = st.sampled_from((None, True, False))
LEVEL = st.sampled_from((None, "high", "medium", "low"))
OVERRIDES = st.sampled_from((None, None, None, Override("board", AS_OF), Override("board", AS_OF - timedelta(1))))
EVERY_PRESET = pytest.mark.parametrize("preset", PRESETS)


@st.composite
def one_customer(draw: st.DrawFn, key: str = "a", tiers: Sequence[str] = FOUR) -> Customer:
    return customer(
        key, draw(ARRS), signals=draw(st.one_of(st.tuples(*[MAYBE] * 7), st.just(FITTING))),
        tenure_months=draw(st.sampled_from((None, 0, 11, 12, 40))), complexity=draw(LEVEL),
        growth_potential=draw(LEVEL), strategic_value=draw(LEVEL), multi_year=draw(MAYBE),
        executive_contact=draw(MAYBE), sponsor_both_sides=draw(MAYBE), override=draw(OVERRIDES),
        previous_tier=draw(st.sampled_from((None, *tiers))))


@st.composite
def books(draw: st.DrawFn, tiers: Sequence[str] = FOUR) -> list[Customer]:
    return [draw(one_customer(f"c{n:02}", tiers)) for n in range(draw(st.integers(0, 15)))]


class Book(NamedTuple):
    """A book under one of the presets, and how it was settled."""

    customers: list[Customer]
    placed: tiering.Placement
    settled: Settled


def answered(preset: str, customers: list[Customer], rules: dict = SETTINGS, as_of: date = AS_OF) -> Book:
    placed = tiering.placement(preset, customers, rules)
    fit = fits(customers, rules["segmentation"]["icp"])
    return Book(customers, placed, settled(customers, placed, fit, rules, as_of))


BOOKS = st.sampled_from(PRESETS).flatmap(lambda preset: books(TIERS[preset]).map(lambda rows: answered(preset, rows)))


def of_one(arr: object, previous: Optional[str], preset: str = FOUR_TIER, rules: dict = SETTINGS, as_of: date = AS_OF,
           **known: object) -> Settled:
    """A single customer settled; the signals all true unless said otherwise."""
    return answered(preset, [customer("a", arr, previous_tier=previous, **known)], rules, as_of).settled


def tier(arr: object, previous: Optional[str], **known: object) -> str:
    return of_one(arr, previous, **known).tiers[0]


def gaps(arr: object, previous: str, **known: object) -> list[tuple]:
    """What the near-misses of a single customer lack: key, state, amount."""
    return [tuple(one) for near in of_one(arr, previous, **known).near_misses for one in near.missing]


def holds(one: Customer, name: str) -> bool:
    """Every written condition of the tier is known to be met."""
    fit = fits([one], SETTINGS["segmentation"]["icp"])[one.signals].score
    facts = {"tenure_months": one.tenure_months is not None and one.tenure_months >= 12,
             "fit": fit is not None and fit >= 6, "executive_contact": one.executive_contact is True,
             "multi_year": one.multi_year is True, "expansion_potential_high": one.signals[5] is True,
             "sponsor_both_sides": one.sponsor_both_sides is True}
    return all(facts[key] for key in ASKED.get(name, ()))


def by_the_rules(one: Customer, book: Book, index: int) -> str:
    """The tier by reading the rules down the list of tiers, overrides aside."""
    tiers, previous = book.placed.tiers, one.previous_tier
    if previous is None:
        return book.placed.by_floor[index]
    entered, held = (tiering.scaled(book.placed, book.customers, factor)[index] for factor in (MORE, LESS))
    for name in tiers[:tiers.index(previous)]:
        if tiers.index(name) >= tiers.index(entered) and holds(one, name):
            return name
    if held == "tech_touch" and one.complexity is None:
        held = "low_touch"
    return max(previous, held, key=tiers.index)


@given(BOOKS)
def test_a_tier_is_what_the_rules_read_one_by_one_give(book):
    assert len(book.settled.tiers) == len(book.customers)
    for index, (one, got) in enumerate(zip(book.customers, book.settled.tiers)):
        active = one.override is not None and one.override.until >= AS_OF
        assert got == (book.placed.tiers[0] if active else by_the_rules(one, book, index))


@few
@given(BOOKS)
def test_a_customer_rises_only_where_every_condition_holds(book):
    for move in book.settled.upgrades:
        if move.cause == "trigger":
            assert holds(move.customer, move.to_tier)
            assert move.conditions[1:] == ASKED.get(move.to_tier, ())
            assert move.conditions[0] in ("complexity", book.placed.measure)
        else:
            assert (move.cause, move.conditions) == ("override", ()) and move.customer.override.until >= AS_OF


@few
@given(BOOKS)
def test_moves_are_all_who_left_their_tier_upwards_or_downwards(book):
    order = book.placed.tiers.index
    for moves, up in ((book.settled.upgrades, True), (book.settled.downgrades, False)):
        left = {one.id: (one.previous_tier, now) for one, now in zip(book.customers, book.settled.tiers)
                if one.previous_tier and one.previous_tier != now and (order(now) < order(one.previous_tier)) == up}
        assert {move.customer.id: (move.from_tier, move.to_tier) for move in moves} == left
        assert len(moves) == len(left)


@few
@given(BOOKS)
def test_nobody_rises_above_the_top_tier(book):
    top = book.placed.tiers[0]
    assert all(move.from_tier != top for move in book.settled.upgrades)
    assert all(near.tier != top for near in book.settled.near_misses)
    assert set(book.settled.tiers) <= set(book.placed.tiers)


@few
@given(BOOKS)
def test_every_list_is_by_arr_and_then_by_id(book):
    found = book.settled
    for rows in (found.upgrades, found.downgrades, found.near_misses, found.overrides):
        keys = [(-row.customer.arr, row.customer.id) for row in rows]
        assert keys == sorted(keys)


@few
@given(BOOKS)
def test_the_migration_holds_every_customer_with_a_previous_tier_once(book):
    known = [(one, now, floor) for one, now, floor
             in zip(book.customers, book.settled.tiers, book.placed.by_floor) if one.previous_tier]
    found = book.settled.migration
    if not known:
        assert found is None
        return
    assert sum(cell.customers for cell in found.cells) == len(known)
    assert sum(cell.arr for cell in found.cells) == sum(one.arr for one, *_ in known)
    for cell in found.cells:
        inside = [one.arr for one, now, _ in known if (one.previous_tier, now) == (cell.from_tier, cell.to_tier)]
        assert (cell.customers, cell.arr) == (len(inside), sum(inside)) and inside
    moves = [*book.settled.upgrades, *book.settled.downgrades]
    assert (found.moved_customers, found.moved_arr) == (len(moves), sum(move.customer.arr for move in moves))
    held = [one.arr for one, now, floor in known
            if now != floor and not (one.override and one.override.until >= AS_OF)]
    assert (found.held_customers, found.held_arr) == (len(held), sum(held))


@few
@given(BOOKS)
def test_the_cells_of_the_migration_stand_in_the_order_of_the_tiers(book):
    order = book.placed.tiers.index
    places = [(order(cell.from_tier), order(cell.to_tier)) for cell in getattr(book.settled.migration, "cells", [])]
    assert places == sorted(set(places))


@few
@given(BOOKS)
def test_unconfirmed_are_newcomers_whose_tier_asks_for_what_is_not_known(book):
    found: dict = {}
    for one, now in zip(book.customers, book.settled.tiers):
        if not one.previous_tier and not (one.override and one.override.until >= AS_OF) and not holds(one, now):
            found.setdefault(now, []).append(one.arr)
    assert book.settled.unconfirmed == {name: (len(arrs), sum(arrs)) for name, arrs in found.items()}
    assert list(book.settled.unconfirmed) == [name for name in book.placed.tiers if name in found]


@few
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_is_irrelevant(book, rng):
    shuffled = rng.sample(book.customers, len(book.customers))
    again = answered(book.placed.preset, shuffled).settled
    assert (dict(zip((one.id for one in shuffled), again.tiers))
            == dict(zip((one.id for one in book.customers), book.settled.tiers)))
    assert again[1:] == book.settled[1:]


@given(one_customer(), ARRS)
def test_more_arr_never_gives_a_lower_tier(one, more):
    before, after = (answered(FOUR_TIER, [each]).settled.tiers[0] for each in (one, one._replace(arr=one.arr + more)))
    assert FOUR.index(after) <= FOUR.index(before)


@few
@given(books(), st.sampled_from([D("0.5"), D(3), D(1000)]))
def test_scaling_all_arr_and_all_floors_together_moves_the_same_customers(rows, factor):
    rules = settings(tier_floors={name: floor * factor for name, floor in SETTINGS["tier_floors"].items()})
    plain = answered(FOUR_TIER, rows).settled
    scaled = answered(FOUR_TIER, [one._replace(arr=one.arr * factor) for one in rows], rules).settled
    assert scaled.tiers == plain.tiers
    for one, two in ((plain.upgrades, scaled.upgrades), (plain.downgrades, scaled.downgrades),
                     (plain.near_misses, scaled.near_misses)):
        assert [row.customer.id for row in one] == [row.customer.id for row in two]


def granted(one: Customer, missing: Sequence[Missing]) -> Customer:
    """The customer with everything that was missing; a missing fit is given by all signals."""
    for gap in missing:
        if gap.key == "arr":
            one = one._replace(arr=one.arr + gap.amount)
        elif gap.key == "tenure_months":
            one = one._replace(tenure_months=(one.tenure_months or 0) + (gap.amount or 12))
        elif gap.key in ("fit", "expansion_potential_high"):
            one = one._replace(signals=FITTING)
        else:
            one = one._replace(**{gap.key: True})
    return one


@few
@given(books() | books(TOUCH))
def test_whoever_gets_all_that_was_missing_rises(rows):
    preset = THREE_TOUCH if any(one.previous_tier in TOUCH for one in rows) else FOUR_TIER
    book = answered(preset, rows)
    order = book.placed.tiers.index
    for near in book.settled.near_misses:
        assert near.missing and order(near.tier) == order(near.next_tier) + 1
        now = granted(near.customer, near.missing)._replace(previous_tier=near.tier)
        assert order(answered(preset, [now]).settled.tiers[0]) <= order(near.next_tier)
        for index, gap in enumerate(near.missing):
            kept = [each for place, each in enumerate(near.missing) if place != index]
            short = granted(near.customer, kept)._replace(previous_tier=near.tier)
            assert near.next_tier not in answered(preset, [short]).settled.tiers, gap


@given(BOOKS)
def test_near_misses_are_near_the_floor_and_below_it_lack_nothing_else(book):
    found = book.settled
    listed = {near.customer.id: near for near in found.near_misses}
    for one, measure, now in zip(book.customers, book.placed.measures, found.tiers):
        place = book.placed.tiers.index(now)
        near = listed.get(one.id)
        if not one.previous_tier or not place:
            assert near is None
            continue
        floor, name = book.placed.floors[place - 1], book.placed.tiers[place - 1]
        alone = holds(one, name)
        expected = measure >= floor * LESS and (measure >= floor or alone)
        if book.placed.preset == THREE_TOUCH and one.complexity in ("high", "medium") and now == "tech_touch":
            expected = False
        assert (near is not None) == expected
        if near:
            assert (near.tier, near.next_tier) == (now, name)
            assert (near.missing[0].key == book.placed.measure) == (measure < floor * MORE)
            assert any(gap.key != book.placed.measure for gap in near.missing) != alone


@pytest.mark.parametrize(
    ("preset", "floor", "above", "below"),
    [(FOUR_TIER, 100000, "strategic", "enterprise"), (FOUR_TIER, 20000, "enterprise", "mid_market"),
     (FOUR_TIER, 5000, "mid_market", "smb"), (THREE_TOUCH, 100000, "high_touch", "low_touch"),
     (THREE_TOUCH, 15000, "low_touch", "tech_touch"), (SCORED, 75000, "strategic", "enterprise"),
     (SCORED, 50000, "enterprise", "mid_market"), (SCORED, 25000, "mid_market", "smb"),
     (PERCENTILE, 2 ** 19, "strategic", "enterprise"), (PERCENTILE, 2 ** 15, "enterprise", "mid_market"),
     (PERCENTILE, 2 ** 8, "mid_market", "smb")]
)
@few
@given(st.lists(st.decimals(LESS, MORE, places=4).filter(lambda one: one < MORE), min_size=2, max_size=8),
       st.booleans(), st.data())
def test_an_arr_that_swings_inside_the_band_never_moves_its_tier_after_the_first_step(
        preset, floor, above, below, swings, ready, drawn):
    crowd = [customer(f"c{n}", 2 ** n) for n in range(1, 20)] if preset == PERCENTILE else []
    tiers = TIERS[preset]
    known = READY if ready else {}
    now, path = drawn.draw(st.sampled_from((None, *tiers))), []
    for swing in swings:
        one = customer("swings", floor * swing, previous_tier=now, **known)
        now = answered(preset, [*crowd, one]).settled.tiers[-1]
        path.append(now)
    assert len(set(path)) == 1
    for start in (above, below):
        one = customer("swings", floor * swings[0], previous_tier=start, **known)
        assert answered(preset, [*crowd, one]).settled.tiers[-1] == start


@given(st.lists(ARRS, min_size=2, max_size=10), st.sampled_from(FOUR))
def test_a_tier_is_left_downwards_after_a_rise_only_when_the_arr_fell_through_the_whole_band(arrs, start):
    entered: dict = {}
    now = start
    for arr in arrs:
        after = tier(arr, now, **READY)
        for name in FOUR:
            if FOUR.index(after) <= FOUR.index(name) < FOUR.index(now):
                entered[name] = arr
            if FOUR.index(now) <= FOUR.index(name) < FOUR.index(after) and name in entered:
                assert arr * MORE < entered[name] * LESS
        now = after


@pytest.mark.parametrize(("name", "floor", "below"), [("strategic", 100000, "enterprise"),
                                                      ("enterprise", 20000, "mid_market"), ("mid_market", 5000, "smb")])
def test_the_better_tier_owns_both_edges_of_the_band(name, floor, below):
    cent = D("0.01")
    assert tier(floor * MORE, below, **READY) == name
    assert tier(floor * MORE - cent, below, **READY) == below
    assert tier(floor * LESS, name) == name
    assert tier(floor * LESS - cent, name) == below


@pytest.mark.parametrize(("arr", "score", "previous", "expected"), [
    (82500, "82.5", "enterprise", "strategic"), (82499, "82.499", "enterprise", "enterprise"),
    (67500, "67.5", "strategic", "strategic"), (67499, "67.499", "strategic", "enterprise")])
def test_the_band_of_a_score_is_in_points(arr, score, previous, expected):
    book = answered(SCORED, [customer("a", arr, previous_tier=previous, **READY)])
    assert (book.placed.measures, book.settled.tiers) == ([D(score)], [expected])
    near = answered(SCORED, [customer("a", 80000, previous_tier="enterprise", **READY)]).settled.near_misses
    assert near[0].missing == (("score", "short", D("2.5")),)


def test_without_a_band_the_floor_itself_decides():
    rules = settings(hysteresis_ratio=0)
    assert of_one(100000, "enterprise", rules=rules, **READY).tiers == ["strategic"]
    assert of_one("99999.99", "strategic", rules=rules, **READY).tiers == ["enterprise"]


@pytest.mark.parametrize(("arr", "previous", "known", "expected"), [
    (6000, "smb", {"tenure_months": 12}, "mid_market"), (6000, "smb", {"tenure_months": 11}, "smb"),
    (6000, "smb", {}, "smb"), (6000, "smb", {"tenure_months": 12, "signals": UNSEEN}, "smb"),
    (25000, "mid_market", {"executive_contact": True}, "enterprise"),
    (25000, "mid_market", {"executive_contact": False}, "mid_market"), (25000, "mid_market", {}, "mid_market"),
    (120000, "enterprise", {"multi_year": True, "sponsor_both_sides": True}, "strategic"),
    (120000, "enterprise", {"multi_year": False, "sponsor_both_sides": True}, "enterprise"),
    (120000, "enterprise", {"multi_year": True}, "enterprise"),
    (120000, "enterprise", {"multi_year": True, "sponsor_both_sides": True, "signals": NO_EXPANSION}, "enterprise"),
    (120000, "smb", {"executive_contact": True}, "enterprise"), (120000, "smb", {"tenure_months": 30}, "mid_market"),
    (120000, "smb", {"multi_year": True, "sponsor_both_sides": True}, "strategic"),
    (3000, "strategic", READY, "smb"), (19000, "strategic", READY, "enterprise"),
    (15000, "strategic", READY, "mid_market")])
def test_a_move_worked_by_hand(arr, previous, known, expected):
    assert tier(arr, previous, **known) == expected


@pytest.mark.parametrize(("signals", "expected"), [
    ((True, True, True, False, False, False, False), "smb"),
    ((True, True, True, False, True, False, False), "mid_market"),
    ((True, True, True, None, None, None, None), "mid_market"), ((True, None, None, None, None, None, None), "smb")])
def test_a_fit_of_six_over_what_is_known_is_enough_for_the_middle(signals, expected):
    assert tier(6000, "smb", tenure_months=24, signals=signals) == expected


def test_a_downgrade_asks_no_condition_and_says_why():
    moved = of_one(60000, "strategic").downgrades
    assert [tuple(move[1:]) for move in moved] == [("strategic", "enterprise", "below_floor", ())]


def test_an_upgrade_names_what_was_met():
    assert of_one(6000, "smb", **READY).upgrades[0][1:] == (
        "smb", "mid_market", "trigger", ("arr", "tenure_months", "fit"))
    assert of_one(120000, "low_touch", preset=THREE_TOUCH).upgrades[0][1:] == (
        "low_touch", "high_touch", "trigger", ("arr",))


def test_a_complex_account_rises_by_its_complexity_and_is_held_by_it():
    moved = of_one(3000, "tech_touch", preset=THREE_TOUCH, complexity="high")
    assert moved.upgrades[0][1:] == ("tech_touch", "low_touch", "trigger", ("complexity",))
    for arr, reached in ((15000, "complexity"), ("16499.99", "complexity"), (16500, "arr")):
        assert of_one(arr, "tech_touch", preset=THREE_TOUCH, complexity="high").upgrades[0].conditions == (reached,)
    assert of_one(3000, "low_touch", preset=THREE_TOUCH, complexity="medium").tiers == ["low_touch"]
    assert of_one(3000, "low_touch", preset=THREE_TOUCH, complexity="low").tiers == ["tech_touch"]
    assert of_one(3000, "high_touch", preset=THREE_TOUCH, complexity="high").tiers == ["low_touch"]


def test_own_triggers_are_asked_instead_of_the_default_ones():
    rules = settings(triggers__mid_market__tenure_months=6, triggers__mid_market__fit=D("9.5"))
    assert of_one(6000, "smb", rules=rules, tenure_months=6).tiers == ["mid_market"]
    found = of_one(6000, "smb", rules=rules, tenure_months=4, signals=NO_EXPANSION).near_misses[0].missing
    assert found == (("tenure_months", "short", 2), ("fit", "short", D("0.5")))


@pytest.mark.parametrize(("arr", "previous", "known", "expected"), [
    (5400, "smb", READY, [("arr", "short", D(100))]), (4500, "smb", READY, [("arr", "short", D(1000))]),
    ("4499.99", "smb", READY, []), (4900, "smb", {"tenure_months": 11}, []),
    (5000, "smb", {"tenure_months": 11}, [("arr", "short", D(500)), ("tenure_months", "short", 1)]),
    (6000, "smb", {"tenure_months": 3}, [("tenure_months", "short", 9)]),
    (5500, "smb", {"tenure_months": 11}, [("tenure_months", "short", 1)]),
    (6000, "smb", {"signals": UNSEEN}, [("tenure_months", "unknown", None), ("fit", "unknown", None)]),
    (30000, "mid_market", {}, [("executive_contact", "unknown", None)]),
    (30000, "mid_market", {"executive_contact": False}, [("executive_contact", "no", None)]),
    (120000, "enterprise", {"multi_year": False, "signals": NO_EXPANSION},
     [("multi_year", "no", None), ("expansion_potential_high", "no", None), ("sponsor_both_sides", "unknown", None)]),
    (120000, "smb", {"executive_contact": True, "multi_year": True},
     [("sponsor_both_sides", "unknown", None)]), (900000, "strategic", {}, []), (95000, "strategic", {}, [])])
def test_a_near_miss_says_what_is_missing(arr, previous, known, expected):
    assert gaps(arr, previous, **known) == expected


def test_a_newcomer_is_no_near_miss():
    assert of_one(19500, None, **READY).near_misses == []


def test_a_newcomer_is_placed_by_floor_and_counted_where_conditions_are_open():
    found = of_one(100000, None)
    assert (found.tiers, found.unconfirmed) == (["strategic"], {"strategic": (1, 100000)})
    assert of_one(100000, None, **READY).unconfirmed == {}
    assert of_one(100, None).unconfirmed == {}
    assert found.migration is None and found.upgrades == []


@pytest.mark.parametrize("preset", PRESETS)
def test_an_override_counts_on_its_last_day_and_for_nothing_the_day_after(preset):
    until = date(2025, 3, 31)
    low, top = TIERS[preset][-1], TIERS[preset][0]
    crowd = [customer(f"c{n}", 1000 * n, previous_tier=None) for n in range(1, 20)]
    one = customer("a", 900, previous_tier=low, override=Override("board", until))
    for as_of, active in ((until, True), (until + timedelta(1), False)):
        found = answered(preset, [*crowd, one], as_of=as_of).settled
        assert found.tiers[-1] == (top if active else low)
        assert found.overrides == [(one, active, low)]
        assert [move[1:] for move in found.upgrades] == ([(low, top, "override", ())] if active else [])


def test_an_override_that_ran_out_lets_the_account_fall_and_says_so():
    gone = Override("board", AS_OF - timedelta(1))
    found = of_one(30000, "strategic", override=gone)
    assert [move[1:] for move in found.downgrades] == [("strategic", "enterprise", "override_expired", ())]
    assert of_one(3000, "enterprise", override=gone).downgrades[0].cause == "below_floor"
    assert of_one(95000, "strategic", override=gone).downgrades == []
    assert of_one(30000, "mid_market", override=gone, **READY).upgrades[0].cause == "trigger"


def test_an_account_that_its_override_keeps_on_top_does_not_move():
    found = of_one(30000, "strategic", override=Override("board", AS_OF))
    assert (found.tiers, found.upgrades, found.downgrades) == (["strategic"], [], [])
    assert found.overrides[0].tier_without == "enterprise"
    assert (found.migration.moved_customers, found.migration.held_customers) == (0, 0)


def test_an_override_that_puts_a_newcomer_on_top_leaves_nothing_to_confirm():
    found = of_one(30000, None, override=Override("board", AS_OF))
    assert (found.tiers, found.unconfirmed, found.upgrades, found.migration) == (["strategic"], {}, [], None)


def test_the_migration_of_four_customers():
    book = [customer("up", 30000, previous_tier="mid_market", **READY),
            customer("stays", 30000, previous_tier="enterprise"), customer("held", 19000, previous_tier="enterprise"),
            customer("down", 4000, previous_tier="enterprise"), customer("new", 70000)]
    found = answered(FOUR_TIER, book).settled.migration
    assert found == ([("enterprise", "enterprise", 2, 49000), ("enterprise", "smb", 1, 4000),
                      ("mid_market", "enterprise", 1, 30000)], 2, 34000, 1, 19000)


def test_the_rows_shown_name_the_account_and_not_all_of_it():
    until = AS_OF + timedelta(9)
    up = of_one(6000, "smb", name="Fennel & Fig", **READY).upgrades[0]
    near = of_one(30000, "mid_market").near_misses[0]
    over = of_one(30000, "smb", override=Override("board", until)).overrides[0]
    assert up.record() == {"account": "Fennel & Fig", "id": "a", "arr": 6000, "from_tier": "smb",
                           "to_tier": "mid_market", "cause": "trigger", "conditions": ("arr", "tenure_months", "fit")}
    assert near.record() == {"account": "a", "id": "a", "arr": 30000, "tier": "mid_market", "next_tier": "enterprise",
                             "missing": (("executive_contact", "unknown", None),)}
    assert over.record() == {"account": "a", "id": "a", "arr": 30000, "active": True, "reason": "board", "until": until,
                             "tier_without": "smb"}


def test_the_causes_are_the_four_of_the_contract():
    assert (tier_moves.TRIGGER, tier_moves.BELOW_FLOOR, tier_moves.OVERRIDE, tier_moves.OVERRIDE_EXPIRED) == (
        "trigger", "below_floor", "override", "override_expired")


def test_equal_arr_is_listed_by_id_however_it_came():
    book = [customer(key, 60000, previous_tier="strategic") for key in ("b", "c", "a")]
    assert [move.customer.id for move in answered(FOUR_TIER, book).settled.downgrades] == ["a", "b", "c"]


@pytest.mark.parametrize("complexity, now", [(None, "low_touch"), ("medium", "low_touch"), ("low", "tech_touch")])
def test_nobody_falls_to_tech_touch_for_a_complexity_that_is_not_known(complexity, now):
    assert of_one(4000, "low_touch", THREE_TOUCH, complexity=complexity).tiers == [now]
    assert of_one(4000, "high_touch", THREE_TOUCH, complexity=complexity).tiers == [now]
