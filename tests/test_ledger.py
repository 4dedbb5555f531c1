"""The ledger: laws over generated books, then a few books small enough to add up by hand."""

from __future__ import annotations

from array import array
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import ledger, months, retained
from cslib.ledger import Spell, arr_at

FIRST, LAST = 2023 * 12, 2024 * 12 + 11
EVERY_MONTH = range(FIRST - 1, LAST + 1)
ORIGIN = date(2023, 1, 1)
D = Decimal

DAYS = st.integers(0, 729).map(lambda days: ORIGIN + timedelta(days=days))
KINDS = ("new", "reactivated", "expansion", "contraction", "churned")
CENTS = st.integers(0, 9_999_999).map(lambda cents: D(cents) / 100)


@st.composite
def spells(draw) -> list[Spell]:
    """Up to thirty spells of six customers, overlapping, adjoining, empty, open or free of charge as they fall."""
    result = []
    for customer in draw(st.lists(st.sampled_from("ABCDEF"), max_size=30)):
        start = draw(DAYS)
        days = draw(st.one_of(st.none(), st.integers(0, 500)))
        result.append(Spell(customer, start, None if days is None else start + timedelta(days=days), draw(CENTS)))
    return result


BOOKS = spells().map(lambda rows: ledger.book(rows, LAST))
SOME_MONTHS = st.lists(st.integers(FIRST - 3, LAST + 3), min_size=2, max_size=26, unique=True).map(sorted)


@st.composite
def columns(draw) -> tuple[list[str], dict[int, array]]:
    """Up to eight customers and the month ends that are known, as columns of cents that may end before the last one."""
    ids = [f"C{number}" for number in range(draw(st.integers(1, 8)))]
    cents = st.sampled_from([-1, -1, 0, 1, 5, 120_000, 120_001, 10**14])
    known = draw(st.lists(st.integers(FIRST, LAST), min_size=1, max_size=12, unique=True))
    return ids, {month: array("q", draw(st.lists(cents, max_size=len(ids)))) for month in known}


def bridged(book, start, end) -> ledger.Flow:
    """The bridge between two month ends, straight from the definition."""
    arr, counts = dict.fromkeys(KINDS, D(0)), dict.fromkeys(KINDS, 0)
    pairs = {customer: (arr_at(steps, start), arr_at(steps, end)) for customer, steps in book.items()}
    for customer, (before, after) in pairs.items():
        ever = any(arr_at(book[customer], month) for month in range(book[customer][0][0], start + 1))
        kind = ("expansion" if before < after else "contraction" if 0 < after < before else
                "churned" if not after else None) if before else (
                    ("reactivated" if ever else "new") if after else None)
        if kind:
            arr[kind] += abs(after - before)
            counts[kind] += 1
    befores, afters = zip(*pairs.values()) if pairs else ((), ())
    return ledger.Flow(end, sum(befores, D(0)), *arr.values(), sum(afters, D(0)),
                       sum(map(bool, befores)), *counts.values(), sum(map(bool, afters)))


def held_by(rows, customer, month) -> Decimal:
    """What a customer's spells are worth at a month end, straight from the definition."""
    day = months.month_end(month)
    return sum((row.annual_amount for row in rows
                if row.customer == customer and row.start <= day and (row.end is None or day < row.end)), D(0))


def book_of_values(values, last) -> ledger.Book:
    """The book of values given by customer and month, no value being one of zero, as a column for every month."""
    every = range(min((min(held) for held in values.values() if held), default=last), last + 1)
    cents = {month: array("q", [int(held.get(month, D("-0.01")) * 100) for held in values.values()]) for month in every}
    return ledger.book_of_columns(list(values), cents, last)


def customers_by(book, month):
    return {customer for customer, steps in book.items() if any(arr_at(steps, m) for m in range(FIRST, month + 1))}


@given(spells())
def test_a_book_holds_at_each_month_end_what_is_active_on_that_day(rows):
    book = ledger.book(rows, LAST)
    for customer in "ABCDEF":
        for month in range(FIRST - 1, LAST + 1):
            assert arr_at(book.get(customer, ()), month) == held_by(rows, customer, month)


@given(spells())
def test_values_month_by_month_give_the_same_book_as_the_spells_behind_them(rows):
    values = {customer: {month: held_by(rows, customer, month) for month in range(FIRST, LAST + 3)}
              for customer in "ABCDEF"}
    assert book_of_values(values, LAST) == ledger.book(rows, LAST)


@given(BOOKS)
def test_steps_are_in_order_and_each_unlike_the_one_before(book):
    for steps in book.values():
        assert steps[0][1] > 0
        assert all(one[0] < other[0] and one[1] != other[1] for one, other in zip(steps, steps[1:]))


@given(BOOKS)
def test_the_bridge_closes_every_month_in_arr_and_in_customers(book):
    for flow in ledger.movements(book, EVERY_MONTH):
        assert flow.closing_arr == (flow.opening_arr + flow.new_arr + flow.reactivated_arr + flow.expansion_arr
                                    - flow.contraction_arr - flow.churned_arr)
        assert flow.closing_customers == (flow.opening_customers + flow.new_customers + flow.reactivated_customers
                                          - flow.churned_customers)


@given(BOOKS)
def test_each_month_opens_where_the_month_before_closed(book):
    monthly = ledger.movements(book, EVERY_MONTH)
    for earlier, later in zip(monthly, monthly[1:]):
        assert (earlier.closing_arr, earlier.closing_customers) == (later.opening_arr, later.opening_customers)


@given(BOOKS, st.integers(1, 18))
def test_grr_lies_between_zero_and_the_smaller_of_one_and_nrr(book, period):
    for kept in retained.retention(book, range(FIRST, LAST + 1), period):
        if kept.starting_arr:
            assert 0 <= kept.grr_ratio <= min(D(1), kept.nrr_ratio)
            assert 0 <= kept.logo_retention_ratio <= 1
        else:
            assert (kept.grr_ratio, kept.nrr_ratio, kept.logo_retention_ratio) == (None, None, None)


@given(spells(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert ledger.book(shuffled, LAST) == ledger.book(rows, LAST)
    assert ledger.book(ledger.superseded(shuffled), LAST) == ledger.book(ledger.superseded(rows), LAST)


@given(spells(), st.integers(FIRST, LAST))
def test_splitting_a_period_at_a_month_end_changes_nothing(rows, month):
    cut = months.month_end(month) + timedelta(days=1)
    split = []
    for spell in rows:
        if spell.start < cut and (spell.end is None or cut < spell.end):
            split += [spell._replace(end=cut), spell._replace(start=cut)]
        else:
            split.append(spell)
    assert ledger.book(split, LAST) == ledger.book(rows, LAST)


@given(spells())
def test_superseded_spells_never_overlap_and_never_hold_more_than_one_spell_would(rows):
    cut = ledger.superseded(rows)
    assert len(cut) == len(rows)
    own = {}
    for spell in sorted(cut, key=lambda spell: (spell.start, spell.end or date.max)):
        assert spell.end is None or spell.start <= spell.end
        earlier = own.get(spell.customer)
        assert earlier is None or (earlier.end is not None and earlier.end <= spell.start)
        own[spell.customer] = spell
    largest = {spell.customer: max(s.annual_amount for s in rows if s.customer == spell.customer) for spell in rows}
    for customer, steps in ledger.book(cut, LAST).items():
        assert all(arr <= largest[customer] for _, arr in steps)


@given(spells())
def test_spells_that_do_not_overlap_are_the_same_added_up_or_superseded(rows):
    apart = ledger.superseded(rows)
    assert ledger.book(ledger.superseded(apart), LAST) == ledger.book(apart, LAST)


@given(BOOKS, st.integers(1, 18))
def test_monthly_movements_explain_the_change_over_any_period(book, period):
    start, end = LAST - period, LAST
    flows = ledger.flows(ledger.movements(book, range(start, end + 1)))
    ends = ledger.bridge(book, start, end)
    assert ends.closing_arr == (ends.opening_arr + flows.new_arr + flows.reactivated_arr + flows.expansion_arr
                                - flows.contraction_arr - flows.churned_arr)


@given(BOOKS, st.integers(1, 18))
def test_the_accounts_add_up_to_the_bridge_and_to_retention(book, period):
    start, end = LAST - period, LAST
    rows, ends = ledger.accounts(book, start, end), ledger.bridge(book, start, end)
    kept, = retained.retention(book, [end], period)
    assert sum(row.starting_arr for row in rows) == ends.opening_arr == kept.starting_arr
    assert sum(row.ending_arr for row in rows) == ends.closing_arr
    assert sum(row.ending_arr for row in rows if not row.starting_arr and row.ever_before) == ends.reactivated_arr
    assert sum(row.ending_arr for row in rows if not row.starting_arr and not row.ever_before) == ends.new_arr
    if kept.starting_arr:
        assert kept.grr_ratio == (ends.opening_arr - ends.churned_arr - ends.contraction_arr) / ends.opening_arr
        assert kept.logo_retention_ratio == D(ends.opening_customers - ends.churned_customers) / ends.opening_customers


@given(BOOKS)
def test_every_customer_is_new_once_and_reactivated_only_after_it_left(book):
    monthly = ledger.movements(book, EVERY_MONTH)
    assert sum(flow.new_customers for flow in monthly) == len(book)
    for flow in monthly[::5]:
        assert flow.new_customers == len(customers_by(book, flow.month) - customers_by(book, flow.month - 1))


@given(BOOKS)
def test_a_month_closes_with_what_its_customers_hold(book):
    for flow in ledger.movements(book, EVERY_MONTH):
        held = [arr for arr in (arr_at(steps, flow.month) for steps in book.values()) if arr]
        assert (flow.closing_arr, flow.closing_customers) == (sum(held), len(held))


@given(BOOKS, st.integers(1, 18))
def test_trailing_retention_is_the_definition_at_every_month_end(book, period):
    for kept in retained.retention(book, range(FIRST, LAST + 1), period):
        pairs = [(arr_at(steps, kept.month - period), arr_at(steps, kept.month)) for steps in book.values()]
        pairs = [(before, after) for before, after in pairs if before]
        assert kept.starting_arr == sum(before for before, _ in pairs)
        if pairs:
            assert kept.grr_ratio == sum(min(pair) for pair in pairs) / kept.starting_arr
            assert kept.nrr_ratio == sum(after for _, after in pairs) / kept.starting_arr
            assert kept.logo_retention_ratio == D(sum(1 for _, after in pairs if after)) / len(pairs)


@given(BOOKS, st.integers(FIRST, LAST))
def test_the_triangle_holds_each_customer_once_and_the_whole_book_on_its_diagonal(book, last):
    cells = retained.triangle(book, last)
    complete = (last + 1) // 3 * 3 - 1
    at_zero = [cell for cell in cells if cell.quarter == 0]
    assert sum(cell.customers for cell in at_zero) == len(customers_by(book, complete))
    newest = {cell.cohort: cell for cell in cells}
    assert sum(cell.arr for cell in newest.values()) == ledger.bridge(book, complete - 1, complete).closing_arr
    for cell in cells:
        assert 0 <= cell.active_customers <= cell.customers
        assert cell.arr_retention_ratio == cell.arr / cell.initial_arr
        assert cell.logo_retention_ratio == D(cell.active_customers) / cell.customers


@given(spells(), st.sampled_from([D(2), D(100)]))
def test_scaling_every_amount_scales_the_bridge_and_leaves_the_ratios(rows, factor):
    larger = ledger.book([row._replace(annual_amount=row.annual_amount * factor) for row in rows], LAST)
    book = ledger.book(rows, LAST)
    assert ledger.bridge(larger, FIRST, LAST).closing_arr == ledger.bridge(book, FIRST, LAST).closing_arr * factor
    for one, other in zip(retained.retention(book, [LAST], 6), retained.retention(larger, [LAST], 6)):
        assert one.logo_retention_ratio == other.logo_retention_ratio
        if one.grr_ratio is not None:
            assert abs(one.grr_ratio - other.grr_ratio) < D("1e-20")


@given(BOOKS, SOME_MONTHS)
def test_movements_are_the_bridges_between_the_known_months_whichever_those_are(book, known):
    assert ledger.movements(book, known) == [bridged(book, *pair) for pair in zip(known, known[1:])]


@given(BOOKS, st.integers(FIRST - 2, LAST), st.integers(1, 18))
def test_a_bridge_is_the_definition_for_any_two_months(book, start, period):
    assert ledger.bridge(book, start, start + period) == bridged(book, start, start + period)


@given(columns(), st.integers(FIRST - 1, LAST + 1))
def test_a_book_of_columns_holds_each_cell_and_the_one_before_where_no_month_is_known(given_columns, last):
    ids, cells = given_columns
    book = ledger.book_of_columns(ids, cells, last)
    for number, customer in enumerate(ids):
        held = 0
        for month in range(FIRST - 1, LAST + 1):
            if month in cells and month <= last:
                held = max(cells[month][number], 0) if number < len(cells[month]) else 0
            assert arr_at(book.get(customer, ()), month) == D(held) / 100


@given(columns())
def test_a_month_without_a_column_is_as_one_like_the_month_before_it(given_columns):
    ids, cells = given_columns
    filled, held = {customer: {} for customer in ids}, dict.fromkeys(ids, D(0))
    for month in range(FIRST, LAST + 1):
        if month in cells:
            known = dict(zip(ids, cells[month]))
            held = {customer: D(max(known.get(customer, 0), 0)) / 100 for customer in ids}
        for customer in ids:
            filled[customer][month] = held[customer]
    assert ledger.book_of_columns(ids, cells, LAST) == book_of_values(filled, LAST)


@given(columns())
def test_the_amounts_of_columns_are_written_with_two_places(given_columns):
    for steps in ledger.book_of_columns(*given_columns, LAST).values():
        assert all(arr.as_tuple().exponent == -2 for _, arr in steps if arr)


@given(BOOKS, SOME_MONTHS, st.integers(1, 18))
def test_retention_is_given_only_where_the_month_and_its_start_are_known(book, known, period):
    every = retained.retention(book, range(FIRST - 3, LAST + 4), period)
    assert retained.retention(book, known, period, known) == [
        kept for kept in every if kept.month in known and kept.month - period in known]


@given(BOOKS, st.sets(st.integers(FIRST, LAST)), st.integers(FIRST, LAST))
def test_the_triangle_is_the_definition_and_leaves_out_quarters_that_are_not_known(book, known, last):
    expected = []
    for acquired in sorted({steps[0][0] // 3 for steps in book.values()}):
        members = [steps for steps in book.values() if steps[0][0] // 3 == acquired]
        initial = sum(arr_at(steps, steps[0][0]) for steps in members)
        for month in range(acquired * 3 + 2, last + 1):
            if month % 3 == 2 and month in known:
                held = [arr_at(steps, month) for steps in members]
                active = sum(map(bool, held))
                expected.append((months.quarter_name(acquired), month // 3 - acquired, len(members), active, sum(held),
                                 initial, D(active) / len(members), sum(held) / initial))
    assert retained.triangle(book, last, known) == expected
    assert retained.triangle(book, last) == retained.triangle(book, last, range(FIRST, LAST + 1))


@given(BOOKS, st.integers(FIRST - 2, LAST), st.integers(1, 18))
def test_the_accounts_are_the_definition(book, start, period):
    end = start + period
    expected = []
    for customer in sorted(book):
        before, after = arr_at(book[customer], start), arr_at(book[customer], end)
        was = before == 0 and any(arr_at(book[customer], month) for month in range(FIRST, start + 1))
        if before or after:
            expected.append((customer, months.month_name(book[customer][0][0]), before, after, was))
    assert ledger.accounts(book, start, end) == expected


# Hand-checked. Ends are the first day without service.

def test_a_month_is_worth_what_is_active_on_its_last_day():
    jan, feb, mar = FIRST, FIRST + 1, FIRST + 2
    book = ledger.book([Spell("on the last day", date(2023, 1, 31), date(2023, 2, 28), D(10)),
                        Spell("up to the last day", date(2023, 1, 1), date(2023, 3, 1), D(20)),
                        Spell("inside a month", date(2023, 3, 2), date(2023, 3, 30), D(40)),
                        Spell("of no day", date(2023, 3, 31), date(2023, 3, 31), D(80))], LAST)
    assert book == {"on the last day": ((jan, D(10)), (feb, D(0))), "up to the last day": ((jan, D(20)), (mar, D(0)))}


def test_the_gitlab_example_comes_out():
    """GitLab's handbook: customers 50 to 100 and 125 to 100 give GRR 150/175 and NRR 200/175."""
    kept, = retained.retention({"a": ((0, D(50)), (12, D(100))), "b": ((0, D(125)), (12, D(100)))}, [12], 12)
    assert kept.grr_ratio == D(150) / D(175)
    assert kept.nrr_ratio == D(200) / D(175)
    assert kept.logo_retention_ratio == 1


def test_a_lost_account_is_churn_not_contraction_and_a_return_is_not_new():
    book = book_of_values({"leaver": {0: D(100)}, "smaller": {0: D(90), 1: D(60), 2: D(60)}, "newcomer": {2: D(7)},
                           "larger": {0: D(10), 1: D(30), 2: D(30)}, "returner": {0: D(40), 2: D(45)}}, 2)
    first, second = ledger.movements(book, [0, 1, 2])
    assert first[1:] == (D(240), D(0), D(0), D(20), D(30), D(140), D(90), 4, 0, 0, 1, 1, 2, 2)
    assert second[1:] == (D(90), D(7), D(45), D(0), D(0), D(0), D(142), 2, 1, 1, 0, 0, 0, 4)
    assert ledger.flows([first, second]) == (D(7), D(45), D(20), D(30), D(140))
    ends = ledger.bridge(book, 0, 2)
    assert (ends.new_arr, ends.reactivated_arr, ends.expansion_arr, ends.contraction_arr, ends.churned_arr) == (
        D(7), D(0), D(25), D(30), D(100))


def test_a_customer_gone_at_both_ends_is_left_out_and_a_former_one_is_known_as_such():
    start, end = FIRST + 11, FIRST + 23
    book = book_of_values({"passing": {start + 3: D(5)}, "back": {FIRST: D(8), end: D(9)}, "gone before": {FIRST: D(3)},
                           "new": {end - 1: D(1), end: D(2)}, "held": {start: D(4), end: D(4)}}, end)
    assert ledger.accounts(book, start, end) == [
        ("back", "2023-01", D(0), D(9), True), ("held", "2023-12", D(4), D(4), False),
        ("new", "2024-11", D(0), D(2), False)]


def test_cohorts_count_all_that_were_acquired_and_only_complete_quarters():
    feb, may = FIRST + 1, FIRST + 4
    book = {"a": ((feb, D(100)),), "b": ((feb, D(50)), (feb + 1, D(0))), "c": ((may, D(30)),)}
    cells = retained.triangle(book, FIRST + 7)
    assert [cell[:6] for cell in cells] == [("2023-Q1", 0, 2, 1, D(100), D(150)), ("2023-Q1", 1, 2, 1, D(100), D(150)),
                                            ("2023-Q2", 0, 1, 1, D(30), D(30))]
    assert cells[0].logo_retention_ratio == D("0.5")
    assert cells[0].arr_retention_ratio == D(100) / D(150)


def test_a_successor_replaces_for_good_and_the_larger_stands_on_a_shared_day():
    day = date(2023, 1, 1)
    rows = [Spell("x", day, None, D(10)), Spell("x", date(2023, 2, 1), date(2023, 4, 1), D(25)),
            Spell("y", day, date(2023, 3, 1), D(7)), Spell("y", day, None, D(6))]
    book = ledger.book(ledger.superseded(rows), FIRST + 5)
    assert book == {"x": ((FIRST, D(10)), (FIRST + 1, D(25)), (FIRST + 3, D(0))),
                    "y": ((FIRST, D(7)), (FIRST + 2, D(0)))}


@pytest.mark.parametrize("day, month", [(date(2024, 2, 28), "2024-01"), (date(2024, 2, 29), "2024-02"),
                                        (date(2024, 1, 1), "2023-12"), (date(2023, 12, 31), "2023-12")])
def test_the_last_month_ended_is_the_month_itself_only_on_its_last_day(day, month):
    assert months.month_name(months.last_month_ended(day)) == month


def test_months_and_quarters_have_names_and_ends():
    assert months.month_end(FIRST + 13) == date(2024, 2, 29)
    assert months.month_name(FIRST + 13) == "2024-02"
    assert [months.quarter_name((FIRST + 9) // 3), months.quarter_name(FIRST // 3)] == ["2023-Q4", "2023-Q1"]


def test_a_customer_counts_as_kept_in_the_only_month_that_it_outlived_the_period():
    book = {"brief": ((FIRST, D(10)), (FIRST + 3, D(0))), "a month more": ((FIRST, D(30)), (FIRST + 4, D(0)))}
    at_period, after = retained.retention(book, [FIRST + 3, FIRST + 4], 3)
    assert at_period == (FIRST + 3, D(40), D("0.75"), D("0.75"), D("0.5"))
    assert after == (FIRST + 4, D(40), D(0), D(0), D(0))


def test_two_known_months_a_year_apart_give_one_bridge_of_the_year():
    start, end = FIRST + 8, FIRST + 20
    book = ledger.book_of_columns(["a", "b", "c"], {start: array("q", [10_000, 5_000]),
                                                    end: array("q", [12_550, -1, 700])}, end)
    assert book == {"a": ((start, D("100.00")), (end, D("125.50"))), "b": ((start, D("50.00")), (end, D(0))),
                    "c": ((end, D("7.00")),)}
    flow, = ledger.movements(book, [start, end])
    assert flow == (end, D(150), D(7), D(0), D("25.50"), D(0), D(50), D("132.50"), 2, 1, 0, 1, 0, 1, 2)


def test_one_known_month_has_no_movement_and_an_empty_book_moves_nothing():
    assert ledger.movements({"a": ((FIRST, D(1)),)}, [FIRST]) == []
    flow, = ledger.movements({}, [FIRST, LAST])
    assert flow == (LAST, *[D(0)] * 7, *[0] * 7)


def test_a_return_counts_as_one_although_the_month_it_was_first_seen_in_is_not_known():
    book = {"a": ((FIRST + 1, D(10)), (FIRST + 2, D(0)), (FIRST + 5, D(20)))}
    first, second = ledger.movements(book, [FIRST, FIRST + 3, FIRST + 6])
    assert (first.new_customers, first.churned_customers) == (0, 0)
    assert (second.new_customers, second.reactivated_customers, second.reactivated_arr) == (0, 1, D(20))
