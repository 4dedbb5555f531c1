"""The report of decision B, read as the head of CS who has to defend it: the answer first, money and dates in it."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import SAMPLES, called
from cslib import customers, tiering
from portfolios import AS_OF, document

DOOR = "customer_segmentation_designer"
STRONG = {name: True for name in customers.SIGNALS}
POOR = {name: False for name in customers.SIGNALS}


def row(number: int, arr: float, **known: object) -> dict:
    return {"id": f"C-{number}", "name": f"Fernbank {number}", "arr": arr, **known}


def text(*rows: dict, flags: tuple = (), **head: object) -> str:
    run = called(DOOR, "-", *flags, stdin=json.dumps({"as_of": AS_OF.isoformat(), "currency": "USD", **head,
                                                      "customers": list(rows)}))
    assert (run.code, run.err) == (0, "")
    return run.out


def sentences(page: str) -> str:
    return " ".join(page.split())


def first(page: str) -> str:
    return sentences(page.split("\n\n")[1])


def test_the_first_sentence_has_the_money_in_the_wrong_place_and_the_one_move():
    said = first(text(row(1, 10_000, annual_cost_to_serve=4_000, icp_signals=STRONG),
                      row(2, 40_000, annual_cost_to_serve=1_000, icp_signals=STRONG)))
    assert said.startswith("Money sits in the wrong place: 3,000 of the 5,000 a year spent on serving customers (60%)")
    assert "while customers that fit get 4,000 less than their tier is due (1 account, 40k ARR)" in said
    assert said.endswith("What moves most: serving Fernbank 1 (mid-market) within 10% of ARR and 3,000 each, which "
                         "frees 3,000 of service a year.")


def test_where_nothing_is_above_what_accounts_bear_the_answer_says_so():
    assert first(text(row(1, 10_000, annual_cost_to_serve=1_000))).startswith("No money sits in the wrong place")


def test_without_any_cost_the_answer_is_that_nobody_can_say():
    page = text(row(1, 10_000), row(2, 200_000))
    assert first(page).startswith("Nobody can say where the money goes: no cost to serve is known of the 2 customers")
    assert "--ask" in page and "Nobody can be judged yet" in page and "\n3. By 2026-12-29" in page


def test_a_part_of_the_cost_is_never_called_the_whole():
    page = text(row(1, 10_000, annual_cost_to_serve=2_000, icp_signals=STRONG), cost_is_partial=True,
                notes=["Cost is that of tickets; CSM time is not in it."])
    assert first(page).startswith("Only a part of the cost to serve is known, 2,000 a year on 10k ARR")
    assert "at least 1,000" in first(page) and "Who deserves more" not in page.lower()
    assert "CSM time is not in it" in page and "costs others" not in page


def test_a_cost_known_of_less_than_half_the_arr_is_said_first():
    page = text(row(1, 10_000, annual_cost_to_serve=600), row(2, 90_000))
    assert first(page).startswith("The cost to serve is known of 10k of 100k ARR only, 600 a year")


def test_nobody_with_arr_is_said_in_one_sentence():
    assert first(text(row(1, 0, relationship="pilot"))) == (
        "There is nobody to place: no customer had ARR on 2026-09-30.")


def test_the_exit_list_says_why_what_it_brings_and_until_when():
    page = text(row(1, 4_000, annual_cost_to_serve=3_500, icp_signals=POOR, renewal_date="2026-12-15"))
    assert re.search(r"Fernbank 1 +4,000 +3,500 +poor fit, cost over half +tech touch +\+3,000 +by 2026-10-16", page)
    assert "Of these 1, 1 loses money today, 0 merely earn little, 0 earn." in page


def test_an_account_that_cannot_be_judged_is_named_with_the_reason_and_not_called_fine():
    page = text(row(1, 40_000, annual_cost_to_serve=30_000), row(2, 40_000, icp_signals=POOR),
                row(3, 0, relationship="design_partner", annual_cost_to_serve=9_000))
    said = sentences(page)
    assert ("Not judged: 1 design partner (cost 9,000), 1 without a cost (40k ARR), 1 with too few fit signals"
            in said)


def test_who_loses_money_without_being_on_the_list_is_named():
    page = text(row(1, 200_000, annual_cost_to_serve=180_000, icp_signals=STRONG))
    assert "Loses money, yet not on the list: Fernbank 1 (strategic, fit 10.0): 200k ARR, cost 180k" in sentences(page)


def test_moves_and_near_misses_are_named_with_what_is_missing():
    page = text(row(1, 24_000, previous_tier="mid_market", executive_contact=True),
                row(2, 23_000, previous_tier="mid_market"), row(3, 15_000, previous_tier="enterprise"),
                flags=("--all",))
    said = sentences(page)
    assert "1 up (24k ARR: Fernbank 1 to enterprise), 1 down (15k ARR: Fernbank 3 to mid-market)" in said
    assert "Fernbank 2 (23k) needs executive contact (not recorded) for enterprise" in said


def test_two_tiers_that_cost_alike_are_called_one():
    people = [row(n, 30_000, annual_cost_to_serve=4_000) for n in range(5)]
    people += [row(10 + n, 8_000, annual_cost_to_serve=3_500) for n in range(5)]
    assert "one tier in fact" in sentences(text(*people))
    assert "one tier in fact" not in sentences(text(*people, cost_is_partial=True))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("preset", tiering.PRESETS)
def test_steps_are_three_dated_after_the_day_and_in_their_order(seed, preset):
    run = called(DOOR, "-", "--preset", preset, stdin=json.dumps(document(1 + 17 * seed, seed)))
    days = [date.fromisoformat(day) for day in re.findall(r"^\d\. By (\d{4}-\d\d-\d\d)", run.out, re.MULTILINE)]
    assert days == sorted(days) and all(day >= AS_OF for day in days)
    assert len(days) in (2, 3) or "nobody to place" in run.out


def test_previous_tiers_of_another_preset_are_left_out_and_that_is_said():
    page = text(row(1, 24_000, previous_tier="mid_market"), flags=("--preset", "three_touch"))
    assert "Who moved: the previous tiers (1) are those of another preset." in sentences(page)


def test_two_customers_with_one_name_are_a_warning():
    page = text(row(1, 24_000), {**row(2, 30_000), "name": "fernbank  1"})
    assert "Whether customers with one name are one customer: 1 pair, such as C-1 and C-2." in sentences(page)


def test_the_csv_has_every_customer_once_and_no_formula(tmp_path):
    target = tmp_path / "all.csv"
    assert called(DOOR, "--output", target, "--format", "csv").code == 0
    held = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    given = json.loads((SAMPLES / "customers.json").read_text(encoding="utf-8"))["customers"]
    present = {one["id"]: one for one in given if not one.get("churned")}
    assert {one["customer_id"] for one in held} == set(present) and len(held) == len(present)
    for one in held:
        assert Decimal(one["arr"]) == Decimal(str(present[one["customer_id"]]["arr"]))
        cost = present[one["customer_id"]].get("annual_cost_to_serve")
        assert one["annual_cost_to_serve"] == ("" if cost is None else f"{cost:.2f}")
    hostile = text({**row(1, 5), "id": "=1+1", "name": "+cmd|calc"}, flags=("--format", "csv"))
    assert "'=1+1" in hostile and "'+cmd|calc" in hostile


def test_a_short_csv_says_on_stderr_how_many_rows_it_leaves_out():
    run = called(DOOR, "--format", "csv", "--top", "3")
    assert len(run.out.splitlines()) == 4 and run.err == "and 349 more (--all)\n"


def test_the_book_is_written_and_fits_its_schema(tmp_path):
    from cslib import schema
    assert called(DOOR, "--write-book", tmp_path / "book.json", "--stage", "growth").code == 0
    book = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"), parse_float=Decimal)
    schema.check(book, "book", "book.json")
    answer = json.loads(called(DOOR, "--format", "json", "--stage", "growth").out, parse_float=Decimal)
    assert book == answer["result"]["book"] and book["stage"] == "growth"
    assert {tier: (one["customers"], one["arr"]) for tier, one in book["tiers"].items()} == {
        one["tier"]: (one["customers"], one["arr"]) for one in answer["result"]["tiers"]}


def test_ask_writes_thirty_accounts_and_reads_the_answers_once_they_are_there(tmp_path):
    ask = tmp_path / "ask.csv"
    before = called(DOOR, "--ask", ask)
    lines = ask.read_text(encoding="utf-8").splitlines()
    assert before.code == 0 and len(lines) == 31 and "asks what moves most money" in sentences(before.out)
    head = lines[0].split(",")
    place = head.index("annual_cost_to_serve")
    cells = next(line.split(",") for line in lines[1:] if not line.split(",")[place])
    customer = cells[0]
    cells[place] = "1234.50"
    ask.write_text(lines[0] + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    after = json.loads(called(DOOR, "--ask", ask, "--format", "json", "--all").out)
    assert any("1 answer filled in by hand" in note for note in after["notes"])
    assert next(one for one in after["result"]["customers"] if one["id"] == customer)["cost"] == 1234.5
    assert ask.read_text(encoding="utf-8") == lines[0] + "\n" + ",".join(cells) + "\n"


@pytest.mark.parametrize("name, has, lacks", [
    ("exits", "THREE WAYS", "WHO DESERVES"), ("deserving", "WHO DESERVES", "EXIT LIST"),
    ("moves", "NEAR-MISSES", "EXIT"), ("not_judged", "NOT JUDGED", "EXIT LIST"), ("fit", "LOSSES BY FIT", "EXIT"),
    ("over_served", "SERVED ABOVE", "EXIT"),
    ("unprofitable", "LOSES MONEY", "EXIT")])
def test_one_list_can_be_had_in_full_without_the_rest(name, has, lacks):
    run = called(DOOR, "--only", name)
    assert (run.code, run.err) == (0, "") and has in run.out and lacks not in run.out and "(--all)" not in run.out
    assert run.out.startswith("SAMPLE DATA")


def test_a_list_that_holds_nobody_says_so_and_only_goes_with_a_page():
    assert "Nobody." in text(row(1, 10_000), flags=("--only", "moves"))
    for flags in (("--format", "json"), ("--format", "csv"), ("--format", "html"), ("--all",)):
        run = called(DOOR, "--only", "exits", *flags)
        assert (run.code, run.out) == (2, "") and "--only" in run.err


SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "ravenstack"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the data of others is not on this machine")
def test_accounts_and_tickets_of_another_company_are_segmented_from_their_exports():
    run = called(DOOR, SHARED / "ravenstack_subscriptions.csv", SHARED / "ravenstack_accounts.csv",
                 SHARED / "ravenstack_support_tickets.csv", "--as-of", "2024-12-31", "--overlap", "latest",
                 "--ticket-cost", "60", "--format", "json", "--all")
    assert run.code == 0, run.err
    record = json.loads(run.out)
    answer = record["result"]
    with open(SHARED / "ravenstack_support_tickets.csv", encoding="utf-8") as file:
        tickets = [row for row in csv.DictReader(file) if row["submitted_at"][:4] == "2024"]
    paying = {row["id"]: row for row in answer["customers"]}
    assert sum(row["cost"] for row in paying.values()) == 60 * sum(row["account_id"] in paying for row in tickets)
    assert answer["budget"]["cost"] == sum(row["cost"] for row in paying.values())
    assert record["verdict"] is None and answer["kill_list"] == [] and answer["budget"]["shortfall"] is None
    assert {row["reason"] for row in answer["not_judged"]} == {"no_signals"}
    assert any("CSM time is not in it" in note for note in record["notes"])
