"""The pictures of decision B: each title is what its figures say, and no book breaks a drawing."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SAMPLES, called
from cslib import arr_curve, cost_map, customers, policy, schema, segmentation_report, tiering
from cslib.customer_input import Given
from cslib.figures import count, short_money, whole
from cslib.page import Picture
from cslib.pictures_segmentation import MOST_ROWS, pictures
from cslib.segmentation_page import Report
from drawn import parsed, words
from portfolios import AS_OF, document

DOOR = "customer_segmentation_designer"
D = Decimal
RULES = policy.read(None)
POOR = {name: False for name in customers.SIGNALS}
STRONG = {name: True for name in customers.SIGNALS}
LONG = "<b>Fern</b> & \"Bank\" \u202e|=cmd " * 10


def report(held: dict, preset: str = tiering.FOUR_TIER, name: str = "") -> Report:
    """The report of a document; `name` is put before that of every customer, whatever a schema would say of it."""
    read = json.loads(json.dumps(held), parse_float=Decimal)
    schema.check(read, "customers", "test")
    portfolio = customers.read(read, "test", tiering.TIERS[preset])
    if name:
        named = [one._replace(name=f"{name} {one.id}") for one in portfolio.customers]
        portfolio = portfolio._replace(customers=named)
    return segmentation_report.answered(Given(read, "test", None, ()), portfolio, preset, RULES, False)


def book(*rows: dict, **head: object) -> Report:
    return report({"as_of": AS_OF.isoformat(), "currency": "USD", "customers": list(rows), **head})


def row(number: int, arr: float, **known: object) -> dict:
    return {"id": f"C-{number}", "name": f"Fernbank {number}", "arr": arr, **known}


@pytest.fixture(scope="module")
def sample() -> list[Picture]:
    return pictures(report(json.loads((SAMPLES / "customers.json").read_text(encoding="utf-8"))))


def test_the_title_of_the_curve_is_the_first_tier_of_the_report(sample):
    said = re.search(r"^strategic from 100k +(\d+) +(\d+%) .*?  5\.\d\dM +(\d+%)", called(DOOR, "--all").out,
                     re.MULTILINE)
    assert sample[0].title == f"{said[1]} strategic customers, {said[2]} of all, bring {said[3]} of ARR"


def test_the_title_of_the_map_is_the_exit_list_with_its_cost_and_arr(sample):
    listed = json.loads(called(DOOR, "--all", "--format", "json").out)["result"]["kill_list"]
    cost, arr = (short_money(sum(D(str(each[key])) for each in listed)) for key in ("cost", "arr"))
    assert sample[1].title == (f"{len(listed)} accounts on the exit list: {cost} of service a year on {arr} of ARR, "
                               "where no tier bears more than 25%")
    assert f"({arr} ARR)" in " ".join(called(DOOR).out.split())
    assert [line[0] for line in sample[1].table.rows][:2] == ["Lilac Kestrel Ltd (mid-market)",
                                                             "Amber Avocet Inc (mid-market)"]


def test_the_map_names_the_first_candidate_and_its_lines(sample):
    said = words(sample[1])
    assert "Lilac Kestrel" in said and "77% of ARR, gross margin" in said and "…" not in said
    assert "25% of ARR, most that strategic and enterprise bear" in said and "3% of ARR, most that SMB bears" in said


def test_the_map_names_who_loses_most_without_being_on_the_list(sample):
    first = json.loads(called(DOOR, "--all", "--format", "json").out)["result"]["unprofitable"][0]["account"]
    assert first == "Amber Fulmar Inc" and first in words(sample[1])
    assert f"Largest loss not on the list: {first}, " in sample[1].alt


def test_who_has_no_known_cost_is_in_the_table_and_not_in_the_drawing(sample):
    assert ("12 customers without a known cost, not drawn", "", "", "", "") in sample[1].table.rows


def test_the_rows_of_the_tiers_are_those_of_the_report(sample):
    page = called(DOOR, "--all").out
    for line in sample[0].table.rows[:4]:
        assert re.search(r" +".join(map(re.escape, line[:3])), page), line


@given(st.lists(st.tuples(st.sampled_from(tiering.TIERS[tiering.FOUR_TIER]), st.integers(1, 10 ** 9)), min_size=1,
                max_size=60), st.integers(4, 40))
def test_the_curve_rises_from_nobody_to_all_and_each_tier_rises_by_its_own_arr(pairs, most):
    class One:
        def __init__(self, tier: str, cents: int) -> None:
            self.tier, self.arr = tier, D(cents) / 100
            self.customer = self

    served = sorted((One(*pair) for pair in pairs), key=lambda one: -one.arr)
    found = arr_curve.curve(served, tiering.TIERS[tiering.FOUR_TIER], most)
    assert (found.points[0].customers, found.points[0].arr) == (0, 0)
    assert found.points[-1].customers_ratio == found.points[-1].arr_ratio == 1
    assert all(one.customers < two.customers and one.arr < two.arr
               for one, two in zip(found.points, found.points[1:]))
    assert len(found.points) <= max(len(pairs), most + 9) + 1
    before = D(0)
    for tier, reach in found.ends.items():
        assert reach.arr - before == sum(one.arr for one in served if one.tier == tier)
        assert reach in found.points
        before = reach.arr
    sums = [D(0), *accumulate(one.arr for one in served)]
    assert sums[found.half.customers - 1] * 2 < sums[-1] <= found.half.arr * 2
    assert all(sums[each.customers] == each.arr for each in found.largest)


@given(st.integers(0, 90), st.integers(4, 40))
def test_a_cut_list_keeps_its_order_its_first_and_its_last(rows, most):
    kept = cost_map.spread(range(rows), most)
    assert len(kept) == min(rows, most) and list(kept) == sorted(set(kept))
    assert rows == 0 or (kept[0], kept[-1]) == (0, rows - 1)
    assert kept[:most // 4] == tuple(range(min(rows, most // 4)))


def test_with_one_customer_there_is_nothing_to_see():
    assert pictures(book(row(1, 10_000, annual_cost_to_serve=9_000))) == []
    assert pictures(book(row(1, 0, relationship="pilot", annual_cost_to_serve=500))) == []


def test_without_any_cost_only_the_curve_is_drawn():
    found = pictures(book(row(1, 10_000), row(2, 200_000)))
    assert [picture.title for picture in found] == ["1 strategic customer, 50% of all, brings 95% of ARR"]


def test_in_one_tier_the_title_is_how_few_bring_half():
    found, = pictures(book(row(1, 6_000), row(2, 6_000), row(3, 6_000), row(4, 18_000)))
    assert found.title == "1 customer, 25% of all, brings 50% of ARR"
    assert "mid-market" not in words(found)


def test_costs_of_nothing_are_no_picture_and_beside_others_are_drawn_where_a_scale_allows():
    assert len(pictures(book(row(1, 10_000, annual_cost_to_serve=0), row(2, 12_000, annual_cost_to_serve=0)))) == 1
    _, near = pictures(book(row(1, 10_000, annual_cost_to_serve=0), row(2, 12_000, annual_cost_to_serve=100),
                            row(3, 12_000, annual_cost_to_serve=120)))
    assert "log scale" not in words(near) and "cost of 0" not in str(near.table)
    _, far = pictures(book(row(1, 10_000, annual_cost_to_serve=0), row(2, 12_000, annual_cost_to_serve=10),
                           row(3, 500_000, annual_cost_to_serve=12_000)))
    assert "log scale" in words(far) and "1 customer with a cost of 0, not drawn" in str(far.table)


def test_without_an_exit_list_the_title_is_what_is_above_what_accounts_bear():
    _, found = pictures(book(row(1, 10_000, annual_cost_to_serve=4_000, icp_signals=STRONG),
                             row(2, 40_000, annual_cost_to_serve=1_000, icp_signals=STRONG)))
    assert found.title == "1 account costs 3,000 more than it bears; none is an exit candidate"
    _, found = pictures(book(row(1, 10_000, annual_cost_to_serve=900), row(2, 40_000, annual_cost_to_serve=1_000)))
    assert found.title == "No account costs more than it bears: 1,900 a year on 50k of ARR"
    _, found = pictures(book(row(1, 10_000, annual_cost_to_serve=900, relationship="pilot"),
                             row(2, 40_000, annual_cost_to_serve=1_000, relationship="pilot")))
    assert found.title == "Known is the cost of pilots and design partners: 1,900 a year on 50k of ARR"


def test_a_part_of_the_cost_is_never_called_the_whole():
    rows = (row(1, 10_000, annual_cost_to_serve=8_000, icp_signals=POOR), row(2, 10_000, annual_cost_to_serve=100))
    assert pictures(book(*rows, cost_is_partial=True))[1].title == (
        "1 account on the exit list: at least 8,000 of service a year on 10k of ARR, where no tier bears more than 10%")
    assert pictures(book(*rows))[1].title.startswith("1 account on the exit list: 8,000 of service a year on 10k")
    said = pictures(book(*rows[1:], row(3, 10_000, annual_cost_to_serve=90), cost_is_partial=True))[1].title
    assert said.startswith("No account costs more than it bears by what is known of costs: ")


def test_names_of_any_length_and_kind_are_harmless():
    rows = [row(n, 10_000 + n, annual_cost_to_serve=8_000, icp_signals=POOR) for n in range(1, 60)]
    held = {"as_of": AS_OF.isoformat(), "customers": rows}
    for name in (LONG[:300], LONG[:9]):
        found = pictures(report(held, name=name))[1]
        parsed(found)
        assert len(found.table.rows) == MOST_ROWS and "<b>Fern" not in found.drawing
        assert all(len(cell) < 80 and "\u202e" not in cell for line in found.table.rows for cell in line)
    found = pictures(report(held, name=LONG))[1]
    more = re.fullmatch(r"and (\d+) more exit candidates", next(
        line[0] for line in found.table.rows if line[0].startswith("and ")))
    assert int(more[1]) + sum(line[0].startswith("C-") for line in found.table.rows) == 59


@pytest.mark.parametrize("preset", tiering.PRESETS)
@pytest.mark.parametrize("customers_held", [1, 2, 7, 90, 900])
def test_every_book_and_preset_draws_what_parses(customers_held, preset):
    held = document(customers_held, 3)
    for picture in pictures(report(held, preset)):
        parsed(picture)
        assert picture.table.rows and len(picture.table.rows) <= MOST_ROWS
        assert {len(line) for line in picture.table.rows} == {len(picture.table.header)}
        assert not re.search(r"\bNone\b|nan|E\+", picture.title + picture.alt)


@pytest.mark.parametrize("arrs", [(0.01, 0.02), (1e10, 5e11), (0.01, 5e11), (7, 7)])
def test_amounts_of_any_size_have_an_axis(arrs):
    for picture in pictures(book(*(row(n, arr, annual_cost_to_serve=arr / 2) for n, arr in enumerate(arrs)))):
        parsed(picture)


def test_a_large_book_draws_a_part_the_candidates_first_and_says_so_at_once():
    large = report(document(20_000, 5))
    start = time.process_time()
    curve, found = pictures(large)
    assert time.process_time() - start < 2
    chosen = cost_map.cost_map(large.s)
    assert len(chosen.candidates) + len(chosen.others) == cost_map.MOST_POINTS
    assert len(chosen.candidates) == min(len(large.s.kill_list), cost_map.MOST_POINTS * 3 // 4)
    known = chosen.candidates_known + chosen.others_known
    assert f"2,000 of {whole(known)} drawn" in found.alt and f"2,000 of {whole(known)} drawn" in words(found)
    assert (f"{count(known - 2_000, 'customer')} more than a drawing shows", "", "", "", "") in found.table.rows
    assert len(found.drawing) < 200_000 and len(curve.drawing) < 50_000
    assert pictures(large) == [curve, found]
