"""The plan: whom to move, whom to hire and when, and what no hire can close any more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

import teams
from cslib.demand import paths
from cslib.hires import wanted
from cslib.service_models import delivered_hours, fixed, planning_hours, services
from cslib.staffing import Staffing, months_of, staffed
from cslib.starts import lead_months, moved, start, start_day
from cslib.team import ZERO, full_after, headcount, missing, posts, present, survival
from cslib.tiering import FOUR_TIER, THREE_TOUCH, TIERS

NOISE = Decimal("1e-8")
half_as_often = trials(max_examples=trials().max_examples // 2)
NAMES = TIERS[FOUR_TIER]


def plan(book, horizon: int = 12, waited: int = 0, whole_posts: bool = True, **overrides) -> Staffing:
    settings = teams.settings(**{f"coverage.{key}": value for key, value in overrides.items()})
    return staffed(book, services(book, settings), settings, horizon, waited, whole_posts)


def tier_months(staffing: Staffing, name: str) -> list:
    return [row for month in staffing.months for row in month.tiers if row.tier == name]


@st.composite
def teams_of_a_tier(draw, name: str):
    perhaps = draw(st.integers(0, 3))
    rows = draw(st.lists(st.tuples(st.decimals("0.25", "6", places=2), st.one_of(st.none(), st.integers(0, 12))),
                         max_size=3))
    return teams.tier(
        name, customers=draw(st.integers(0, 60)) * draw(st.sampled_from([1, 20])), people=rows,
        csms=None if rows else 0, model=draw(st.sampled_from(["named_sponsor", "named", "pooled", "tech"])),
        joining=draw(st.lists(st.tuples(st.decimals("0.5", "3", places=1), st.integers(0, 8)), max_size=2)),
        growth=draw(st.decimals("-0.5", "1.5", places=2)) if perhaps else None,
        churn=draw(st.decimals("0", "0.5", places=2)) if perhaps > 1 else None,
        planned_new=draw(st.integers(0, 30)) if perhaps > 2 else None,
        hours_per_account=draw(st.one_of(st.none(), st.integers(1, 80))))


books = st.builds(lambda *tiers: teams.book(*tiers), *(teams_of_a_tier(name) for name in NAMES))
policies = st.fixed_dictionaries({
    "attrition_ratio": st.decimals("0", "0.5", places=2), "lead_days": st.integers(0, 200),
    "least_gap_fte": st.sampled_from(["0", "0.25"]), "hire_step_fte": st.sampled_from(["0.25", "0.5", 1]),
    "moves.most_tiers_apart": st.integers(0, 3), "moves.ramp_ratio": st.sampled_from([0, "0.5", 1]),
    "sizing": st.sampled_from(["hours_or_accounts", "hours", "accounts", "arr"]),
    "headroom.ratio": st.sampled_from([0, "0.2"]), "ramp.smb.half_months": st.just(0),
    "ramp.smb.full_months": st.sampled_from([0, "2.5"])})


def hired(staffing: Staffing) -> Decimal:
    return sum((hire.fte for hire in staffing.hires), ZERO)


# The worked plan of ten CSMs and 210 customers that become 300.


def test_the_worked_plan_hires_seven_where_headcount_arithmetic_says_five():
    settings, book = teams.settings(**teams.WORKED), teams.worked_book()
    rules, by_tier = settings["coverage"], services(book, settings)
    path = paths(book, by_tier, settings, 12)["mid_market"]
    counted = headcount(present(book.tiers[2], rules), rules, 12)
    rows = wanted(path, counted, counted[0], rules, posts(rules))
    assert ceil(path.demand[12]) - 10 == 5
    assert [(post.fte, post.ideal) for post in rows] == [(1, -5), (1, -4), (1, -2), (1, 0), (1, 2), (1, 3), (1, 5)]


def test_the_worked_plan_is_eight_months_late_and_peaks_at_115_per_cent_whatever_is_approved_today():
    settings, book = teams.settings(**teams.WORKED), teams.worked_book()
    found = staffed(book, services(book, settings), settings, 12)
    first, last = found.hires
    assert (hired(found), first.fte, first.ideal, first.start, first.months_late) == (7, 6, -5, 3, 8)
    assert (first.approve_by, first.start_day) == (date(2026, 9, 30), date(2027, 1, 1))
    assert (last.fte, last.start, last.months_late, last.approve_by) == (1, 5, 0, date(2026, 12, 1))
    assert (first.cost, first.cost_a_year) == (6 * 140_000 * Decimal(9) / 12, 840_000)
    gap, = found.gaps
    assert (gap.first_month, gap.peak_month, gap.until) == ("2026-10", "2026-12", "2027-02")
    assert round(gap.peak_load_ratio, 2) == Decimal("1.15")
    loads = [month.load_ratio for month in found.months]
    assert max(loads) == loads[3] == gap.peak_load_ratio and all(load < 1 for load in loads[7:])
    short, = found.short
    assert (short.first_month, short.peak_month, round(short.peak_load_ratio, 2)) == ("2026-10", "2027-09",
                                                                                      Decimal("1.68"))


def test_five_hires_just_in_time_end_the_worked_plan_at_122_per_cent():
    settings, book = teams.settings(**teams.WORKED), teams.worked_book()
    found = staffed(book, services(book, settings), settings, 12)
    asked = paths(book, services(book, settings), settings, 12)
    posts_asked = [ceil(fte) for fte in asked["mid_market"].demand]
    crossings = [t for t in range(1, 13) if posts_asked[t] > posts_asked[t - 1]]
    just_in_time = [found.hires[0]._replace(fte=Decimal(1), start=t) for t in crossings]
    assert len(just_in_time) == 5
    months = months_of(book, asked, settings, [], just_in_time)
    assert round(months[12].load_ratio, 2) == max(round(month.load_ratio, 2) for month in months) == Decimal("1.22")


# Laws.


@half_as_often
@given(books, policies, st.integers(12, 24))
def test_headcount_is_that_of_the_month_before_with_starts_less_leavers(book, policy, horizon):
    found = plan(book, horizon, **policy)
    for before, after in zip(found.months, found.months[1:]):
        assert after.headcount == before.headcount + after.starts - after.leavers
        for was, now in zip(before.tiers, after.tiers):
            assert now.headcount == was.headcount + now.starts - now.leavers + now.moved_in - now.moved_out
            assert now.leavers >= 0 and 0 <= now.capacity_fte <= now.headcount
        for total in ("demand_fte", "capacity_fte", "headcount", "starts", "leavers"):
            assert getattr(after, total) == sum(getattr(tier, total) for tier in after.tiers)
        assert sum(tier.moved_in for tier in after.tiers) == sum(tier.moved_out for tier in after.tiers)


@half_as_often
@given(books, policies, st.sampled_from(["customers", "hours", "attrition"]), st.integers(0, 3), st.booleans())
def test_more_customers_hours_or_attrition_never_need_fewer_people(book, policy, what, place, whole):
    settings = teams.settings(**{f"coverage.{key}": value for key, value in policy.items()})
    book = fixed(book, services(book, settings))
    more, one = dict(policy), book.tiers[place]
    if what == "customers":
        one = one._replace(customers=one.customers + 7, arr=one.arr + 7 * (one.arr_per_customer or 30_000))
    elif what == "hours":
        one = one._replace(hours_per_account=(one.hours_per_account or Decimal(100)) + 9)
        book = book._replace(tiers=tuple(tier._replace(hours_per_account=tier.hours_per_account or Decimal(100))
                                         for tier in book.tiers))
    else:
        more["attrition_ratio"] += Decimal("0.1")
    larger = book._replace(tiers=tuple(one if at == place else tier for at, tier in enumerate(book.tiers)))
    assert hired(plan(larger, whole_posts=whole, **more)) >= hired(plan(book, whole_posts=whole, **policy)) - NOISE


@half_as_often
@given(books, policies, st.integers(0, 200))
def test_a_longer_lead_time_never_approves_the_next_hire_of_a_tier_later(book, policy, longer):
    plans = [plan(book, **{**policy, "lead_days": policy["lead_days"] + more}) for more in (0, longer)]
    for tier in NAMES:
        sooner, later = (sorted((hire.approve_by, hire.fte) for hire in found.hires if hire.tier == tier)
                         for found in plans)
        total = ZERO
        for day, fte in later:
            assert sum(each for when, each in sooner if when < day) <= total
            total += fte
        assert total <= sum(fte for _, fte in sooner)


@half_as_often
@given(books, policies)
def test_with_the_plan_no_tier_is_short_once_approvals_of_today_are_over_their_ramp(book, policy):
    rules = teams.settings(**{f"coverage.{key}": value for key, value in policy.items()})["coverage"]
    found = plan(book, 24, **policy)
    for tier in book.tiers:
        full = full_after(tier.tier, rules)
        settled = max([1, found.lead + full, *(full + joiner.month for joiner in tier.joining),
                       *(1 + full_after(tier.tier, rules, Decimal(rules["moves"]["ramp_ratio"]))
                         for move in found.moves if move.to_tier == tier.tier)])
        for row in tier_months(found, tier.tier)[settled:]:
            assert row.demand_fte - row.capacity_fte <= Decimal(rules["least_gap_fte"]) + NOISE


@half_as_often
@given(books, policies)
def test_the_last_post_of_a_tier_is_needed_in_the_month_that_it_is_for(book, policy):
    settings = teams.settings(**{f"coverage.{key}": value for key, value in policy.items()})
    rules, asked = settings["coverage"], paths(book, services(book, settings), settings, 12)
    kept, step = survival(rules), Decimal(rules["hire_step_fte"])
    for tier in book.tiers:
        counted = headcount(present(tier, rules), rules, 12)
        rows = wanted(asked[tier.tier], counted, counted[0], rules, posts(rules))
        if rows:
            t = rows[-1].needed_in
            fewer = [*rows[:-1], rows[-1]._replace(fte=rows[-1].fte - step)]
            there = counted[t] + sum(post.fte * kept ** (t - post.ideal) for post in fewer)
            assert asked[tier.tier].demand[t] - there > Decimal(rules["least_gap_fte"]) - NOISE


@half_as_often
@given(books, policies, st.integers(1, 3))
def test_people_in_more_rows_make_the_same_plan(book, policy, parts):
    split = book._replace(tiers=tuple(tier._replace(people=tuple(
        person._replace(fte=share) for person in tier.people
        for share in [person.fte / 4] * parts + [person.fte - parts * (person.fte / 4)])) for tier in book.tiers))
    assert plan(split, **policy) == plan(book, **policy)


@half_as_often
@given(books, policies, st.integers(0, 3))
def test_moves_take_from_nobody_who_is_needed_and_go_no_farther_than_allowed(book, policy, waited):
    found, still = plan(book, waited=waited, **policy), plan(book, **{**policy, "moves.most_tiers_apart": 0})
    assert not still.moves
    hiring, short = {hire.tier for hire in still.hires}, {row.tier for row in still.short}
    for move in found.moves:
        assert 0 < abs(NAMES.index(move.from_tier) - NAMES.index(move.to_tier)) <= policy["moves.most_tiers_apart"]
        assert move.from_tier not in hiring and move.to_tier in short and move.month == 1 + waited
        assert not [hire for hire in found.hires if hire.tier == move.from_tier]
    assert hired(found) <= hired(still)


@half_as_often
@given(books, policies, st.integers(1, 6))
def test_waiting_puts_the_same_hires_off(book, policy, waited):
    now, later = plan(book, **{**policy, "moves.most_tiers_apart": 0}), plan(
        book, waited=waited, **{**policy, "moves.most_tiers_apart": 0})
    assert hired(now) == hired(later)
    assert all(hire.start >= now.lead + waited and hire.approve_by >= moved(book.as_of, waited) for hire in later.hires)
    assert sum(hire.cost for hire in later.hires) <= sum(hire.cost for hire in now.hires)


def by_hand(book, settings, moves, hires, horizon: int) -> list[dict]:
    """Demand, headcount and capacity of each tier, in floats, person by person and month by month."""
    rules, rows = settings["coverage"], []
    by_tier = services(book, settings)
    year = rules["working_year"]
    hours = float((year["contract_hours"] - year["leave_hours"] - year["holiday_hours"]) * (1 - year["internal_ratio"])
                  * year["realised_ratio"]) / (1 + float(rules["headroom"]["ratio"]))
    stay = (1 - float(rules["attrition_ratio"])) ** (1 / 12)
    crews = {tier.tier: [[float(who.fte), 999.0 if who.months_in_seat is None else float(who.months_in_seat), 1.0, True]
                         for who in tier.people] for tier in book.tiers}
    counts, prices = {tier.tier: float(tier.customers) for tier in book.tiers}, 1.0

    def output(name: str, age: float, slow: float) -> float:
        half, full = (float(rules["ramp"][name][key]) * slow for key in ("half_months", "full_months"))
        if age >= full:
            return 1.0
        return age / half / 2 if age < half else (1 + (age - half) / (full - half)) / 2

    for month in range(horizon + 1):
        row = {}
        if month:
            for crew in crews.values():
                for who in crew:
                    who[0] *= stay
                    who[1] += 1
        for tier in book.tiers:
            name, count = tier.tier, counts[tier.tier]
            gone = float(tier.churn or 0) / 12 * count
            if tier.planned_new is not None:
                fresh = float(tier.planned_new) / 3
            else:
                start_of_year = tier.customers * (1 + float(tier.growth or 0)) ** ((max(month, 1) - 1) // 12)
                fresh = max(0.0, start_of_year * float(tier.growth or 0) / 12 + gone)
            if month:
                left = count - gone + fresh if tier.planned_new is not None else (
                    count + start_of_year * float(tier.growth or 0) / 12)
                counts[name] = count = left
            service = by_tier[name]
            asked = {"hours": (count * float(service.hours_per_account) / 12 + fresh * float(service.onboarding_hours))
                     / (hours / 12), "accounts": count / service.account_cap}
            asked["hours_or_accounts"] = max(asked.values())
            said = rules["arr_per_csm"][service.model]
            price = float(tier.arr) / tier.customers if tier.customers else 0.0
            asked["arr"] = count * price * prices / ((float(said["low"]) + float(said["high"])) / 2)
            row[name] = (asked[rules["sizing"]], sum(who[0] for who in crews[name]),
                         sum(who[0] * output(name, who[1], who[2]) for who in crews[name]))
        rows.append(row)
        for move in moves:
            if move.month == month:
                there = [who for who in crews[move.from_tier] if who[3]]
                total = sum(who[0] for who in there)
                for who in there:
                    who[0] *= 1 - float(move.fte) / total
        for tier in book.tiers:
            crews[tier.tier] += [[float(each.fte), 0.0, 1.0, False] for each in tier.joining if each.month == month]
            crews[tier.tier] += [[float(each.fte), 0.0, 1.0, False] for each in hires
                                 if each.tier == tier.tier and each.start == month]
            crews[tier.tier] += [[float(each.fte), 0.0, float(rules["moves"]["ramp_ratio"]), False]
                                 for each in moves if each.to_tier == tier.tier and each.month == month]
    return rows


@half_as_often
@given(books, policies, st.integers(12, 24), st.integers(0, 3))
def test_the_months_agree_with_a_plain_loop_over_people(book, policy, horizon, waited):
    settings = teams.settings(**{f"coverage.{key}": value for key, value in policy.items()})
    found = staffed(book, services(book, settings), settings, horizon, waited)
    for month, expected in zip(found.months, by_hand(book, settings, found.moves, found.hires, horizon)):
        for row in month.tiers:
            amounts = (row.demand_fte, row.headcount, row.capacity_fte)
            assert [float(amount) for amount in amounts] == pytest.approx(expected[row.tier], rel=1e-7, abs=1e-7)


# By hand.


def one_tier(**keys):
    return teams.book(teams.tier("mid_market", growth=0, model="named", **keys))


def test_a_tier_with_people_over_gives_them_to_its_neighbour_before_anybody_is_hired():
    book = teams.book(teams.tier("enterprise", customers=60, csms=1, growth=0, model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=50, csms=4, growth=0, model="named", hours_per_account=5))
    found = plan(book, attrition_ratio=0)
    move, = found.moves
    assert (move.fte, move.from_tier, move.to_tier, move.month) == (Decimal("1.5"), "mid_market", "enterprise", 1)
    assert move.handover_hours == Decimal(50) / 4 * Decimal("1.5") * 10
    assert move.cost_a_year == Decimal("1.5") * 40_000
    assert not found.hires and found.surplus == (("mid_market", Decimal("0.5")),)
    assert move.start_day == date(2026, 11, 1)
    before, after = found.months[1:3]
    assert [row.headcount for row in before.tiers] == [row.capacity_fte for row in before.tiers] == [0, 1, 4, 0]
    assert [row.headcount for row in after.tiers] == [0, Decimal("2.5"), Decimal("2.5"), 0]
    assert [row.capacity_fte for row in after.tiers] == [0, Decimal("1.75"), Decimal("2.5"), 0]
    assert found.months[12].tiers[1].capacity_fte == Decimal("2.5")


def test_of_two_neighbours_the_upper_gives_first():
    book = teams.book(teams.tier("strategic", customers=10, csms=3, growth=0, model="named", hours_per_account=5),
                      teams.tier("enterprise", customers=100, csms=2, growth=0, model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=10, csms=9, growth=0, model="named", hours_per_account=5))
    assert [(move.from_tier, move.fte) for move in plan(book, attrition_ratio=0).moves] == [("strategic", 2)]


def test_a_tier_two_steps_away_gives_nobody():
    book = teams.book(teams.tier("strategic", customers=10, csms=5, growth=0, model="tech"),
                      teams.tier("mid_market", customers=100, csms=1, growth=0, model="named", hours_per_account=5))
    near, far = plan(book), plan(book, **{"moves.most_tiers_apart": 2})
    assert not near.moves and near.hires and near.surplus[0].tier == "strategic"
    assert [move.from_tier for move in far.moves] == ["strategic"]


def test_somebody_who_is_only_signed_cannot_move_today():
    book = teams.book(teams.tier("enterprise", customers=100, csms=2, growth=0, model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=10, csms=1, joining=[(6, 0)], growth=0, model="tech"))
    assert plan(book, attrition_ratio=0).moves[0].fte == 1


def test_waiting_postpones_moves_and_takes_no_more_than_are_left():
    book = teams.book(teams.tier("enterprise", customers=100, csms=0, growth=0, model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=1, csms=2, joining=[(9, 0)], growth=0, model="tech"))
    late = plan(book, waited=6, whole_posts=False, attrition_ratio="0.4")
    left = 2 * survival(teams.settings(**{"coverage.attrition_ratio": "0.4"})["coverage"]) ** 7
    assert late.moves[0].month == 7 and missing(late.moves[0].fte, left) == 0
    assert all(row.headcount >= 0 for row in tier_months(late, "mid_market"))


def test_nobody_moves_for_a_gap_that_closes_before_they_are_over_their_ramp():
    needy = teams.tier("enterprise", customers=100, csms=2, joining=[(2, 2)], growth=0, model="named",
                       hours_per_account=5)
    spare = teams.tier("mid_market", customers=10, csms=3, growth=0, model="tech")
    assert not plan(teams.book(needy, spare), attrition_ratio=0).moves
    assert plan(teams.book(needy._replace(joining=()), spare), attrition_ratio=0).moves


def test_a_surplus_no_larger_than_the_least_gap_is_none():
    book = one_tier(customers=100, csms="4.7", hours_per_account=10)
    assert plan(book, attrition_ratio=0).surplus == (("mid_market", Decimal("0.5")),)
    assert not plan(book, attrition_ratio=0, least_gap_fte="0.7").surplus


def test_a_gap_is_told_of_the_months_to_come():
    found = plan(one_tier(customers=100, csms=3, hours_per_account=10), attrition_ratio=0)
    assert found.gaps[0].first_month == found.short[0].first_month == "2026-10"
    assert found.short[0].fte_months == 12


def test_a_stable_book_with_enough_people_and_no_attrition_does_nothing():
    found = plan(one_tier(customers=100, csms=4, hours_per_account=10), attrition_ratio=0)
    assert (found.hires, found.moves, found.gaps, found.short, found.surplus) == ((), (), (), (), ())
    assert {month.load_ratio for month in found.months} == {1}


def test_attrition_alone_is_a_reason_to_hire():
    found = plan(one_tier(customers=100, csms=4, hours_per_account=10))
    assert {hire.reason for hire in found.hires} == {"attrition"}


def test_who_replaces_somebody_hired_is_hired_for_attrition():
    found = plan(one_tier(customers=100, csms=0, hours_per_account=10), horizon=24, attrition_ratio="0.3")
    assert {hire.reason for hire in found.hires} == {"short_now", "attrition"}


def test_who_is_missing_today_is_hired_as_short_now_and_not_as_growth():
    found = plan(teams.book(teams.tier("mid_market", customers=100, csms=2, growth="0.5", model="named",
                                       hours_per_account=10)), attrition_ratio=0)
    assert (found.hires[0].reason, found.hires[0].fte) == ("short_now", 2)
    assert {hire.reason for hire in found.hires[1:]} == {"growth"} and hired(found) == 4


def test_who_comes_by_a_move_is_missing_no_longer():
    book = teams.book(teams.tier("enterprise", customers=100, csms=2, growth="0.5", model="named", hours_per_account=5),
                      teams.tier("mid_market", customers=10, csms=2, growth=0, model="tech"))
    found = plan(book, attrition_ratio=0)
    assert [move.fte for move in found.moves] == [Decimal("1.5")]
    assert (found.hires[0].reason, found.hires[0].fte) == ("short_now", Decimal("0.5"))
    assert {hire.reason for hire in found.hires[1:]} == {"growth"} and hired(found) == Decimal("2.5")


def test_without_a_ramp_or_lead_time_nobody_is_ever_missing():
    book = teams.book(teams.tier("mid_market", customers=100, csms=4, growth="0.5", model="named",
                                 hours_per_account=10))
    found = plan(book, attrition_ratio=0, lead_days=0, **{"ramp.mid_market.half_months": 0,
                                                          "ramp.mid_market.full_months": 0})
    assert not found.gaps and hired(found) == 2


def test_a_gap_below_the_least_hires_nobody():
    assert not plan(one_tier(customers=106, csms=4, hours_per_account=10), attrition_ratio=0).hires
    assert plan(one_tier(customers=106, csms=4, hours_per_account=10), attrition_ratio=0,
                least_gap_fte="0.2").hires[0].fte == Decimal("0.5")


def test_one_small_customer_hires_nobody():
    assert not plan(teams.book(teams.tier("smb", customers=1, arr=500, csms=0, growth=0))).hires


def test_parts_of_a_post_close_the_gap_exactly():
    found = plan(one_tier(customers=103, csms=4, hours_per_account=10), whole_posts=False, attrition_ratio=0)
    assert hired(found) == Decimal("0.12")


def test_a_hire_that_cannot_come_before_the_horizon_is_listed_and_costs_nothing_yet():
    found = plan(one_tier(customers=100, csms=0, hours_per_account=10), attrition_ratio=0, lead_days=420)
    hire, = found.hires
    assert (hire.fte, hire.start, hire.cost, hire.cost_a_year) == (4, 14, 0, 560_000)
    assert all(month.starts == 0 for month in found.months)


def test_without_anybody_there_is_no_load_ratio():
    found = plan(one_tier(customers=100, csms=0, hours_per_account=10))
    assert found.months[0].load_ratio is None and found.short[0].peak_load_ratio is None
    assert found.gaps[0].peak_load_ratio is None and found.gaps[0].peak_fte == 4


def test_motions_are_dropped_in_order_until_the_missing_hours_of_the_peak_are_covered():
    found = plan(one_tier(customers=100, csms=3), attrition_ratio=0)
    gap, = found.gaps
    named = teams.settings()["coverage"]["models"]["named"]
    hours = planning_hours(teams.settings()["coverage"]) / 12
    needed = gap.peak_fte * hours
    assert [(row.motion, row.per_account_hours) for row in gap.dropped] == [
        ("check_in", Decimal("13.2")), ("success_plan", Decimal("3.3")), ("business_review", Decimal("19.8"))][
            :len(gap.dropped)]
    freed = [row.hours for row in gap.dropped]
    assert freed[0] == 100 * Decimal("13.2") / 12 and sum(freed[:-1]) < needed
    assert sum(freed) >= needed or len(freed) == sum(1 for motion in named["motions"].values() if motion["drop"])
    assert gap.accounts == 100 * gap.peak_fte / found.months[1].demand_fte


def test_a_small_gap_drops_one_motion():
    gap, = plan(one_tier(customers=100, csms=5), attrition_ratio=0).gaps
    assert [row.motion for row in gap.dropped] == ["check_in"]


def test_nothing_is_dropped_for_accounts_that_no_hours_are_short_of():
    book = teams.book(teams.tier("smb", customers=5_000, csms=3, growth=0, model="tech"))
    gap, = plan(book, attrition_ratio=0).gaps
    assert gap.dropped == () and gap.accounts == 2_000 and gap.peak_fte == 2


def test_nothing_can_be_dropped_from_hours_that_were_measured():
    gap, = plan(one_tier(customers=100, csms=2, hours_per_account=50)).gaps
    assert gap.dropped == () and gap.hours > 0


def test_a_tier_whose_csms_are_unknown_has_demand_and_no_plan():
    book = teams.book(teams.tier("enterprise", customers=30, csms=2, growth=0),
                      teams.tier("mid_market", customers=100, growth=0))
    found = plan(book)
    assert found.unknown == ("mid_market",) and not [hire for hire in found.hires if hire.tier == "mid_market"]
    month = found.months[5]
    assert (month.capacity_fte, month.headcount, month.load_ratio, month.starts, month.leavers,
            month.load_without_ratio) == (None,) * 6
    assert month.demand_fte == sum(row.demand_fte for row in month.tiers)
    assert month.tiers[1].capacity_fte is not None and month.tiers[2].capacity_fte is None


def test_nobody_is_hired_for_a_gap_that_closes_before_they_could_be_of_use():
    shrinking = plan(teams.book(teams.tier("mid_market", customers=100, csms=3, growth="-0.5", model="named",
                                           hours_per_account=10)), attrition_ratio=0)
    assert not shrinking.hires and shrinking.gaps[0].until == "2027-01"
    assert plan(teams.book(teams.tier("mid_market", customers=100, csms=3, growth="-0.5", model="named",
                                      hours_per_account=10)), attrition_ratio=0, lead_days=0).hires


def test_a_joiner_is_in_the_load_without_the_plan():
    found = plan(one_tier(customers=100, csms=2, joining=[(2, 2)], hours_per_account=10), attrition_ratio=0)
    assert not found.hires
    assert [round(month.load_without_ratio, 3) for month in found.months[:6]] == [
        2, 2, 2, Decimal("1.333"), Decimal("1.143"), 1]
    assert [month.starts for month in found.months[:5]] == [0, 0, 0, 2, 0]


def test_who_must_be_approved_first_is_first_although_both_start_on_one_day():
    book = teams.book(
        teams.tier("enterprise", customers=100, csms=4, growth="0.09", model="named", hours_per_account=10),
        teams.tier("mid_market", customers=100, csms=3, growth=0, model="named", hours_per_account=10))
    assert [(hire.tier, hire.start, hire.approve_by) for hire in plan(book, attrition_ratio=0).hires] == [
        ("mid_market", 3, teams.AS_OF), ("enterprise", 3, date(2026, 10, 3))]


def test_three_touch_tiers_are_staffed_alike():
    book = teams.book(teams.tier("high_touch", customers=80, csms=2, growth="0.3", model="named"), preset=THREE_TOUCH)
    found = plan(book)
    assert [row.tier for row in found.months[0].tiers] == list(TIERS[THREE_TOUCH])
    assert {hire.tier for hire in found.hires} == {"high_touch"}


# The calendar.


@pytest.mark.parametrize(("day", "months", "result"), [
    (date(2026, 9, 30), 3, date(2026, 12, 31)), (date(2026, 9, 15), 3, date(2026, 12, 15)),
    (date(2027, 1, 30), 1, date(2027, 2, 28)), (date(2027, 2, 28), 12, date(2028, 2, 29)),
    (date(2026, 12, 31), 0, date(2026, 12, 31))])
def test_a_day_moves_by_months_and_the_end_of_a_month_stays_one(day, months, result):
    assert moved(day, months) == result


def test_a_hire_of_a_month_starts_on_the_day_after_its_state():
    assert start_day(date(2026, 9, 30), 3) == date(2027, 1, 1)
    assert start_day(date(2026, 9, 15), 1) == date(2026, 10, 16)


@pytest.mark.parametrize(("days", "months"), [(0, 0), (1, 1), (30, 1), (31, 2), (90, 3), (92, 4), (730, 24)])
def test_lead_days_are_whole_months_rounded_up(days, months):
    assert lead_months(teams.settings(**{"coverage.lead_days": days})["coverage"]) == months


def test_who_is_late_is_approved_today_and_who_is_not_by_the_lead_time_before_the_start():
    rules = teams.settings()["coverage"]
    assert start(teams.AS_OF, -2, rules) == (3, 5, date(2027, 1, 1), teams.AS_OF)
    assert start(teams.AS_OF, 3, rules) == (3, 0, date(2027, 1, 1), date(2026, 10, 3))
    assert start(teams.AS_OF, 6, rules) == (6, 0, date(2027, 4, 1), date(2027, 1, 1))
    assert start(teams.AS_OF, 3, rules, waited=3) == (6, 3, date(2027, 4, 1), date(2026, 12, 31))


def test_planning_hours_of_the_check_by_hand_are_those_of_the_tool():
    rules = teams.settings()["coverage"]
    assert round(delivered_hours(rules), 2) == Decimal("1065.33")
    assert missing(planning_hours(rules) * Decimal("1.2"), delivered_hours(rules)) == 0
