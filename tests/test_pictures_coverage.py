"""The pictures of decision C: each title is what the months say, and no book breaks a drawing."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Optional

import pytest

import teams
from conftest import SAMPLES, called
from cslib import book as books
from cslib import coverage_report, load_lines, policy, source
from cslib.coverage_page import Report
from cslib.figures import fte, per_cent
from cslib.pictures_coverage import pictures
from drawn import parsed, words

DOOR = "cs_coverage_calculator"
RULES = policy.read(None)
TIERS = ("strategic", "enterprise", "mid_market", "smb")


def report(held: books.Book, months: int = 12) -> Report:
    return coverage_report.answered(held, None, months, RULES, False)


def of(*tiers: books.Tier, months: int = 12, **known: object) -> Report:
    return report(teams.book(*tiers, **known), months)


@pytest.fixture(scope="module")
def sample() -> Report:
    return report(books.read(source.document(str(SAMPLES / "book.json")), "sample"))


def test_the_title_has_the_load_of_the_report_today_and_at_the_end(sample):
    page = called(DOOR).out
    rows = [line for line in pictures(sample)[0].table.rows if Decimal(line[1]) > Decimal(line[2])]
    until = rows[-1][0]
    loads = re.findall(r"^(\d{4}-\d\d) +[\d.]+ +[\d.]+ +[\d.]+ +(\d+%)", page, re.MULTILINE)
    assert pictures(sample)[0].title == (f"Load passes capacity in strategic until {until}: {loads[0][1]} today, "
                                         f"{loads[-1][1]} with the plan in {loads[-1][0]}")


def test_the_whole_team_is_drawn_with_the_people_of_the_report(sample):
    month, need, there = re.findall(r"^(\d{4}-\d\d) +([\d.]+) +([\d.]+) +[\d.]+ +\d+%", called(DOOR).out,
                                    re.MULTILINE)[-1]
    assert re.fullmatch(rf"With the plan the whole team does the work of {re.escape(there)} CSMs in {month}, where "
                        rf"{re.escape(need)} are asked for; doing nothing leaves [\d.]+", pictures(sample)[1].title)


def test_hires_and_moves_stand_in_the_month_in_which_they_start(sample):
    tier, team = pictures(sample)
    rows = {line[0]: line[-1] for line in tier.table.rows}
    assert rows["2027-01"] == "+2.5" and [month for month, said in rows.items() if said] == ["2027-01"]
    rows = {line[0]: line[-1] for line in team.table.rows if line[-1]}
    assert rows == {"2026-11": "1 mid-market to enterprise", "2027-01": "+2.5 strategic", "2027-04": "+0.5 enterprise"}
    assert "+2.5" in words(tier) and "+2.5 strategic in 2027-01" in team.alt


@pytest.mark.parametrize("months", [12, 18, 24])
def test_the_table_has_every_month_and_the_lines_are_the_report_s(months):
    held = report(books.read(source.document(str(SAMPLES / "book.json")), "sample"), months)
    picture = pictures(held)[0]
    assert [line[0] for line in picture.table.rows] == [month.month for month in held.c.months]
    assert len(picture.table.rows) == months + 1 <= 25
    for line, month in zip(picture.table.rows, held.c.months):
        row = next(each for each in month.tiers if each.tier == "strategic")
        assert line[1:4] == (fte(row.demand_fte), fte(row.capacity_fte), fte(row.capacity_without_fte))


@pytest.mark.parametrize("seed", range(12))
def test_entries_are_the_plan_and_the_team_is_the_sum_of_its_tiers(seed):
    held = seeded(seed)
    came = load_lines.entries(held.c.hires, held.c.moves, held.book.as_of)
    assert sum(one.fte for one in came if one.from_tier is None) == held.c.hired_fte
    assert sum(one.fte for one in came if one.from_tier) == held.c.moved_fte
    assert len({one[:3] for one in came}) == len(came) and list(came) == sorted(came, key=lambda one: one.month)
    team, tiers = load_lines.of_team(held.c.months), [load_lines.of_tier(held.c.months, tier) for tier in TIERS]
    assert team.demand == tuple(map(sum, zip(*(lines.demand for lines in tiers))))
    if held.c.csms is not None:
        assert team.without == tuple(map(sum, zip(*(lines.without for lines in tiers))))
        if not came:
            assert team.without == team.capacity


def seeded(seed: int) -> Report:
    chance = random.Random(seed)

    def tier(name: str) -> books.Tier:
        csms: Optional[str] = chance.choice((None, "0", "0.5", "2", "9"))
        growth = chance.choice((None, "0", "0.5", "-0.3"))
        return teams.tier(name, chance.choice((0, 1, 40, 400)), csms=csms, growth=growth,
                          churn=chance.choice((None, "0.1")))

    return of(*map(tier, TIERS), months=chance.choice((12, 24)))


@pytest.mark.parametrize("seed", range(60))
def test_every_book_draws_what_parses_under_a_title_with_figures(seed):
    held = seeded(seed)
    found = pictures(held)
    assert len({picture.title for picture in found}) == len(found) <= 2
    for picture in found:
        parsed(picture)
        assert re.search(r"\d", picture.title) and not re.search(r"None|nan|n/a|  ", picture.title + picture.alt)
        assert len(picture.table.rows) == len(held.c.months) <= 25
        assert {len(line) for line in picture.table.rows} == {len(picture.table.header)}
        assert "n/a" not in str(picture.table)


def test_with_unknown_csms_only_a_demand_that_changes_is_drawn():
    found, = pictures(of(teams.tier(customers=300, growth="0.5")))
    assert found.table.header == ("month", "asked for") and "there" not in words(found)
    assert re.fullmatch(r"The work grows from [\d.]+ CSMs to [\d.]+ in 2027-09; who is there is not known", found.title)
    falling, = pictures(of(teams.tier(customers=300, growth="-0.5")))
    assert falling.title.startswith("The work falls from ")
    assert pictures(of(teams.tier(customers=300, growth="0"))) == []


def test_where_one_tier_is_known_and_short_it_is_drawn_and_the_team_has_its_demand_only():
    tier, team = pictures(of(teams.tier("enterprise", customers=90, arr=9_000_000, csms=1, growth="0.2"),
                             teams.tier("smb", customers=900, growth="0.2")))
    assert tier.title.startswith("Load passes capacity in enterprise until ") and "there" in tier.table.header
    assert team.title.startswith("The work grows") and team.table.header == ("month", "asked for")


def test_a_book_of_one_small_customer_is_nothing_to_see():
    for name in TIERS:
        assert pictures(of(teams.tier(name, customers=1, arr=500, csms=0))) == []


def test_a_team_that_carries_its_book_has_no_third_line():
    found, = pictures(of(teams.tier(customers=60, csms=4, growth="0")))
    end = of(teams.tier(customers=60, csms=4, growth="0")).c.months[-1]
    assert found.title == (f"The whole team does the work of {fte(end.capacity_fte)} CSMs in 2027-09, where "
                           f"{fte(end.demand_fte)} are asked for; nobody is hired or moved")
    assert found.table.header == ("month", "asked for", "there") and "nothing is done" not in words(found)


def test_what_the_plan_prevents_is_the_title_where_no_gap_stays():
    held = of(teams.tier("enterprise", customers=90, arr=9_000_000, csms=8, growth="0.5"))
    found, = pictures(held)
    row = held.c.without_plan[0]
    assert not held.c.unavoidable_gap and held.c.hires
    assert found.title == (f"Without the plan enterprise runs short from {row.first_month}, at "
                           f"{per_cent(row.peak_load_ratio, 0)} of capacity in {row.peak_month}; "
                           f"{per_cent(held.c.months[-1].tiers[1].load_ratio, 0)} with the plan in 2027-09")


def test_a_tier_with_nobody_is_said_in_words():
    found = pictures(of(teams.tier("strategic", customers=30, arr=6_000_000, csms=0, growth="0.1")))[0]
    assert "with nobody there today" in found.title and found.table.rows[0][2] == "0"


def test_the_same_book_gives_the_same_bytes(sample):
    assert pictures(sample) == pictures(sample)
