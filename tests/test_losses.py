"""Why customers left: laws of the match by date, then codes, the question, and rows as they are exported."""

from __future__ import annotations

import argparse
import csv
import random
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Container, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import losses, reason_codes, source
from cslib.asides import Aside, Asides
from cslib.cohorts import REASONS
from cslib.losses import Code, Event
from cslib.months import month_end, month_index
from cslib.refusal import Refusal, Usage
from cslib.styles import Style

ROOT = Path(__file__).resolve().parents[1]
RAVENSTACK = Path(__file__).resolve().parents[2] / "shared" / "data" / "ravenstack"
FIRST = date(2024, 1, 1)
MARCH = (date(2024, 3, 1), date(2024, 3, 31))
MAPPING = {"price": "pricing", "rival": "competitor_loss", "broke": "company_event", "gone": "champion_left",
           "none": "unknown"}

days = st.integers(0, 400).map(lambda offset: FIRST + timedelta(offset))
customers = st.sampled_from("ABCDE")
an_event = st.builds(Event, customers, st.none() | days, st.sampled_from(["", *MAPPING, "unheard of"]))
some_events = st.lists(an_event, max_size=12)
windows = st.builds(lambda first, length: (first, first + timedelta(length)), days, st.integers(0, 31))
some_losses = st.dictionaries(customers, windows, max_size=5)


class Column(NamedTuple):
    column: int


class Header(NamedTuple):
    """What the room needs of a reading."""

    kind: str
    roles: dict[str, Column]


class Rows:
    """What the room needs of a table."""

    name = "churn.csv"

    def __init__(self, header: list[str], *rows: list[str]) -> None:
        self.header, self._rows, self.line = header, rows, 1

    def rows(self, asides: Asides) -> Iterator[list[str]]:
        for row in self._rows:
            self.line += 1
            yield row


def read(rows: Rows, kind: str = "churn", known: Container[str] = "ABC",
         orders: Optional[dict[int, str]] = None) -> tuple[list[Event], dict[str, Aside]]:
    asides = Asides()
    header = Header(kind, {name: Column(place) for place, name in enumerate(rows.header)})
    events = losses.read(rows, header, Style(orders or {}, {}), asides,
                         lambda text: text if text and text in known else None)
    return events, asides.found


def reasons_of(lost, events, mapping=MAPPING) -> dict[str, str]:
    return dict(losses.explained(lost, events, mapping).reasons)


def distance(day: date, window: tuple[date, date]) -> int:
    return min(abs((day - (window[0] + timedelta(step))).days) for step in range((window[1] - window[0]).days + 1))


# Laws


@given(some_losses, some_events, st.randoms(use_true_random=False))
def test_the_order_of_events_and_of_customers_changes_nothing(lost, events, chance):
    shuffled, turned = list(events), list(lost.items())
    chance.shuffle(shuffled)
    chance.shuffle(turned)
    assert losses.explained(dict(turned), shuffled, MAPPING) == losses.explained(lost, events, MAPPING)
    arr = dict.fromkeys(lost, Decimal(1200))
    unmapped = losses.mapped([event.code for event in events], {})[1]
    assert (losses.weighed(reversed(unmapped), shuffled, dict(turned), arr, {})
            == losses.weighed(unmapped, events, lost, arr, {}))


@given(some_losses, some_events)
def test_an_event_more_than_ninety_days_away_never_explains(lost, events):
    near = [event for event in events
            if event.customer in lost and event.day and distance(event.day, lost[event.customer]) <= 90]
    found = losses.explained(lost, events, MAPPING)
    for customer in found.reasons:
        undated = [event for event in events if event.customer == customer and event.day is None]
        assert undated or any(event.customer == customer and event.code for event in near)
    dated = [event for event in events if event.day]
    assert losses.explained(lost, dated, MAPPING).reasons == losses.explained(lost, near, MAPPING).reasons


@given(some_losses, some_events)
def test_each_lost_customer_has_one_reason_at_most_and_is_counted_once(lost, events):
    found = losses.explained(lost, events, MAPPING)
    assert found.matched == len(found.reasons)
    assert found.matched + found.silent + found.far + found.without == len(lost)
    assert set(found.reasons) <= set(lost)
    assert set(found.reasons.values()) <= set(REASONS)


@given(some_losses, some_events, st.lists(st.decimals(0, 10**9, places=2), min_size=5, max_size=5))
def test_the_arr_explained_never_exceeds_the_arr_lost(lost, events, amounts):
    arr = dict(zip(lost, amounts))
    found = losses.coverage(losses.explained(lost, events, MAPPING), arr)
    assert Decimal(0) <= found.coded_arr <= found.matched_arr <= found.arr == sum(arr.values())
    assert found.coded_customers <= found.matched_customers <= found.customers == len(lost)
    weights = losses.weighed(MAPPING, events, lost, arr, {})
    assert sum(row.arr for row in weights) <= found.arr
    assert sum(row.customers for row in weights) <= found.matched_customers


@given(some_losses, some_events)
def test_events_of_customers_who_stayed_change_nothing(lost, events):
    of_lost = [event for event in events if event.customer in lost]
    assert losses.explained(lost, events, MAPPING) == losses.explained(lost, of_lost, MAPPING)


@given(some_losses, some_events)
def test_an_event_written_twice_counts_once(lost, events):
    assert losses.explained(lost, events + events, MAPPING) == losses.explained(lost, events, MAPPING)


@given(some_losses, some_events, st.integers(-300, 300))
def test_a_calendar_moved_as_a_whole_changes_nothing(lost, events, shift):
    by = timedelta(shift)
    later = {customer: (first + by, last + by) for customer, (first, last) in lost.items()}
    moved = [event._replace(day=event.day and event.day + by) for event in events]
    assert losses.explained(later, moved, MAPPING) == losses.explained(lost, events, MAPPING)


@given(some_losses, some_events)
def test_what_a_code_is_said_to_weigh_is_what_mapping_it_explains(lost, events):
    arr = {customer: Decimal(100 + 7 * place) for place, customer in enumerate(sorted(lost))}
    codes = {event.code for event in events} - {""}
    unmapped = losses.mapped(codes, {})[1]
    proposed = {code: losses.proposal(code) for code in codes}
    found = losses.explained(lost, events, proposed)
    for row in losses.weighed(unmapped, events, lost, arr, {}):
        told_apart = losses.explained(lost, events, {**proposed, row.code: "involuntary"}).reasons
        assert row.customers <= sum(reason == "involuntary" for reason in told_apart.values())
        assert row.events == sum(event.code == row.code for event in events)
    assert sum(row.customers for row in losses.weighed(codes, events, lost, arr, {})) == found.matched


def test_the_nearest_event_is_the_one_that_sql_finds():
    chance = random.Random(20240331)
    lost = {f"C{n}": (first := FIRST + timedelta(chance.randrange(300)), first + timedelta(30)) for n in range(200)}
    events = [Event(f"C{chance.randrange(250)}", FIRST + timedelta(chance.randrange(420)), chance.choice(["x", "y"]))
              for _ in range(400)]
    mapping = {"x": "champion_left", "y": "pricing"}
    base = sqlite3.connect(":memory:")
    base.execute("create table lost (customer, first, last)")
    base.execute("create table events (customer, day, code)")
    base.executemany("insert into lost values (?, ?, ?)", [(c, *map(str, window)) for c, window in lost.items()])
    base.executemany("insert into events values (?, ?, ?)", [(e.customer, str(e.day), e.code) for e in events])
    expected = dict(base.execute("""
        select customer, code from (
            select l.customer, e.code, row_number() over (
                partition by l.customer
                order by max(0, julianday(l.first) - julianday(e.day), julianday(e.day) - julianday(l.last)),
                         e.day desc, e.code) as place
            from lost l join events e on e.customer = l.customer
            where e.day between date(l.first, '-90 days') and date(l.last, '+90 days'))
        where place = 1""").fetchall())
    assert len(expected) > 50
    assert reasons_of(lost, events, mapping) == {customer: mapping[code] for customer, code in expected.items()}


# Hand-checked examples


@pytest.mark.parametrize("day, explains", [(date(2023, 12, 2), True), (date(2023, 12, 1), False),
                                           (date(2024, 6, 29), True), (date(2024, 6, 30), False)])
def test_ninety_days_before_or_after_the_loss_are_near_and_ninety_one_are_not(day, explains):
    found = losses.explained({"A": MARCH}, [Event("A", day, "price")], MAPPING)
    assert (found.matched, found.far) == ((1, 0) if explains else (0, 1))


def test_the_event_inside_the_loss_is_nearer_than_one_before_it():
    events = [Event("A", date(2024, 2, 29), "rival"), Event("A", date(2024, 3, 1), "price")]
    assert reasons_of({"A": MARCH}, events) == {"A": "pricing"}


def test_of_two_events_as_near_the_later_explains():
    events = [Event("A", MARCH[0] - timedelta(10), "rival"), Event("A", MARCH[1] + timedelta(10), "price")]
    assert reasons_of({"A": MARCH}, events) == {"A": "pricing"}


def test_of_two_events_of_one_day_the_reason_that_is_asked_for_first_explains():
    events = [Event("A", MARCH[0], code) for code in ("price", "none", "rival")]
    assert reasons_of({"A": MARCH}, events) == {"A": "competitor_loss"}
    codes = losses.weighed(["budget", "support"], [Event("A", MARCH[0], code) for code in ("budget", "support")],
                           {"A": MARCH}, {"A": Decimal(5)}, {})
    assert codes == [Code("support", 1, 1, Decimal(5)), Code("budget", 1, 0, Decimal(0))]


def test_an_event_without_a_day_explains_only_as_the_only_event():
    undated = Event("A", None, "price")
    assert reasons_of({"A": MARCH}, [undated, undated]) == {"A": "pricing"}
    two = losses.explained({"A": MARCH}, [undated, Event("A", date(2020, 1, 1), "rival")], MAPPING)
    assert two == losses.Explained({}, 0, 0, 1, 0)
    assert losses.explained({"A": MARCH}, [undated, Event("A", None, "rival")], MAPPING).far == 1


def test_an_event_that_says_nothing_gives_way_to_one_that_does_and_else_is_silent():
    empty = Event("A", MARCH[0], "")
    assert losses.explained({"A": MARCH}, [empty], MAPPING) == losses.Explained({}, 0, 1, 0, 0)
    assert reasons_of({"A": MARCH}, [empty, Event("A", date(2024, 2, 1), "price")]) == {"A": "pricing"}


def test_an_event_without_a_day_and_a_code_is_none():
    assert losses.explained({"A": MARCH}, [Event("A", None, "")], MAPPING).without == 1
    assert reasons_of({"A": MARCH}, [Event("A", None, ""), Event("A", None, "price")]) == {"A": "pricing"}


def test_a_nearest_event_of_unknown_reason_is_matched_and_not_coded():
    events = [Event("A", MARCH[0], "none"), Event("A", date(2024, 2, 1), "price"), Event("B", MARCH[0], "rival")]
    lost = dict.fromkeys("ABCD", MARCH)
    arr = dict(zip("ABCD", map(Decimal, (100, 300, 200, 200))))
    found = losses.coverage(losses.explained(lost, events, MAPPING), arr)
    assert found == losses.Coverage(4, 2, 1, Decimal(800), Decimal(400), Decimal(300), Decimal("0.5"), Decimal("0.5"),
                                    Decimal("0.375"))


def test_nothing_lost_has_no_match_rate():
    found = losses.coverage(losses.explained({}, [Event("A", MARCH[0], "price")], MAPPING), {})
    assert (found.arr, found.matched_customers_ratio, found.matched_arr_ratio) == (0, None, None)


# Codes


@pytest.mark.parametrize("code", ["product_fit", "Product fit", "PRODUCT-FIT", "ProductFit", " product  fit "])
def test_a_reason_maps_itself_however_it_is_spelled(code):
    assert losses.mapped([code], {}) == ({code: "product_fit"}, [])


def test_what_is_said_goes_before_what_a_code_is_called():
    assert losses.mapped(["pricing"], {"Pricing": "competitor_loss"}) == ({"pricing": "competitor_loss"}, [])


def test_codes_that_nobody_mapped_come_back_and_an_empty_code_is_none():
    assert losses.mapped(["b", "", "unknown", "a", "b"], {"A": "pricing"}) == (
        {"a": "pricing", "unknown": "unknown"}, ["b"])


def test_the_star_maps_all_others_and_nothing_that_has_a_reason():
    assert losses.mapped(["x", "y", "pricing"], {"x": "involuntary", "*": "unknown"}) == (
        {"x": "involuntary", "y": "unknown", "pricing": "pricing"}, [])


@pytest.mark.parametrize("reason, codes", [
    ("pricing", "too_expensive|budget|Preiserhöhung|zu teuer|Lizenzkosten|trop cher|Coût élevé|poor value for money"),
    ("product_fit", "missing_features|features|too_complex|tooComplex|fehlende Funktionen|fonctionnalités manquantes"),
    ("competitor_loss", "competitor|switched_service|Wechsel zum Wettbewerber|zur Konkurrenz gewechselt|un concurrent"),
    ("no_value_realized", "unused|No ROI|low adoption|kein Mehrwert|nicht genutzt|logiciel inutilisé|pas utilisé"),
    ("champion_left", "champion left|Sponsor departed|Ansprechpartner weg|Départ de l'interlocuteur"),
    ("company_event", "acquired by competitor|bankrupt|shut down|M&A|Insolvenz|Übernahme|Uebernahme|faillite|rachat"),
    ("tactical_failure", "support|bad onboarding|bugs|outage|Kundenservice|Ausfälle|Ausfaelle|panne|service client"),
    ("involuntary", "payment_failed|card declined|not_paid|no_card|Zahlungsausfall|Lastschrift|impayé|carte expirée"),
    ("unknown", "other|n/k|cancelled|closed lost|Kündigung|sonstiges|autre|went dark|42|???|猫"),
])
def test_a_code_is_proposed_by_its_words(reason, codes):
    for code in codes.split("|"):
        assert losses.proposal(code) == reason, code


def test_the_longest_phrase_decides_and_then_the_reason_asked_for_first():
    assert losses.proposal("budget") == "pricing"
    assert losses.proposal("budget cut") == "company_event"
    assert losses.proposal("cheaper competitor") == "competitor_loss"
    assert losses.proposal("missing features, went to a competitor") == "product_fit"


def test_every_phrase_speaks_for_its_own_reason_or_for_one_asked_for_earlier():
    for reason, languages in source.own("reason_words.json").items():
        assert set(languages) == {"en", "de", "fr"}
        for phrase in (phrase for phrases in languages.values() for phrase in phrases):
            got = losses.proposal(phrase.replace("*", ""))
            order = reason_codes.ASKED_IN_ORDER
            assert order.index(got) <= order.index(reason), (phrase, got)


def test_the_order_of_the_reasons_is_that_of_the_reference():
    page = (ROOT / "references" / "retention_decomposition.md").read_text(encoding="utf-8")
    table = page.split("## The nine reasons")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == reason_codes.ASKED_IN_ORDER
    assert sorted(reason_codes.ASKED_IN_ORDER) == sorted(REASONS)


# The question


def flags(text: str) -> dict[str, str]:
    """What the door would take a pasted flag for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reason", action="append")
    return dict(map(reason_codes.answered, parser.parse_args(shlex.split(text)).reason))


def test_the_question_names_each_code_with_its_events_and_arr_and_proposes_a_reason():
    asked, (way,) = losses.question([Code("budget", 104, 3, Decimal(1204310)), Code("dunno", 2, 0, Decimal(0))])
    assert "2 codes" in asked and "budget (104, 1.20M), dunno (2, 0)" in asked
    assert way.flag == "--reason budget=pricing --reason dunno=unknown"
    assert way.change == {"reasons": {"budget": "pricing", "dunno": "unknown"}}
    assert all(reason in way.meaning for reason in REASONS)


@given(st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=60), min_size=1,
                max_size=12, unique=True))
def test_the_flag_can_be_pasted_into_a_shell_and_answers_all(texts):
    codes = [Code(losses.figures.neutral(text, losses.LONGEST_CODE), 1, 0, Decimal(0)) for text in texts]
    codes = [code for code in codes if code.code and code.code != "*"]
    if codes:
        way, = losses.question(codes).ways
        assert flags(way.flag) == way.change["reasons"]
        assert losses.mapped([code.code for code in codes], flags(way.flag))[1] == []


@pytest.mark.parametrize("code", ["too expensive", "$(rm -rf .)", "it's `cost`", 'say "no"', "-x", "--force", "a=b",
                                  "=1+1", "50% off!", "a;b|c>d", "~", "#none", "\\", "Trop cher à l'usage", "a,b"])
def test_a_code_of_any_letters_survives_the_shell(code):
    way, = losses.question([Code(code, 1, 1, Decimal(1))]).ways
    assert flags(way.flag) == {code: losses.proposal(code)}
    if shutil.which("sh"):
        seen = subprocess.run(["sh", "-c", f"printf '%s\\n' {way.flag}"], capture_output=True, check=True).stdout
        assert seen.decode("utf-8").splitlines() == shlex.split(way.flag)


def test_past_twelve_codes_the_rest_are_proposed_as_unknown_and_said_so():
    codes = [Code(f"code {n:02}", 40 - n, 1, Decimal(4000 - 100 * n)) for n in range(30)]
    asked, (way,) = losses.question(codes)
    assert len(way.change["reasons"]) == 13
    assert way.change["reasons"]["*"] == "unknown"
    assert "18 others (351, 35k)" in asked and "code 12" not in asked
    assert losses.mapped([code.code for code in codes], flags(way.flag)) == (
        {code.code: "unknown" for code in codes}, [])


@pytest.mark.parametrize("letters", ["x", "'", "ü "])
def test_the_question_stays_within_what_the_screen_shows(letters):
    codes = [Code(f"{n:02}{letters * 80}"[:losses.LONGEST_CODE].strip(), 123456, 1, Decimal(998_990_000))
             for n in range(40)]
    asked, (way,) = losses.question(codes)
    assert len(way.flag) <= 900 and len(asked) <= 600 and len(way.meaning) <= 200
    assert flags(way.flag) == way.change["reasons"]


def test_spellings_of_one_code_are_asked_once_with_the_sum_of_their_events():
    events = [Event("A", MARCH[0], "Too dear"), Event("B", MARCH[0], "too dear"), Event("C", None, "too dear")]
    lost, arr = dict.fromkeys("AB", MARCH), {"A": Decimal(5), "B": Decimal(7)}
    assert losses.weighed(["Too dear", "too dear"], events, lost, arr, {}) == [Code("too dear", 3, 2, Decimal(12))]


def test_the_codes_that_explain_most_arr_are_asked_first():
    events = [Event("A", MARCH[0], "small"), Event("B", MARCH[0], "large"), Event("C", MARCH[0], "small"),
              Event("Z", MARCH[0], "none lost")]
    lost, arr = dict.fromkeys("ABC", MARCH), {"A": Decimal(3), "B": Decimal(7), "C": Decimal(3)}
    assert [row.code for row in losses.weighed(["none lost", "small", "large"], events, lost, arr, {})] == [
        "large", "small", "none lost"]


@pytest.mark.parametrize("text", ["budget", "=pricing", "budget=", "budget=price", "budget=pricing=", " =pricing"])
def test_a_flag_that_maps_nothing_to_a_reason_is_wrong_usage(text):
    with pytest.raises(Usage, match="CODE=REASON"):
        reason_codes.answered(text)


def test_a_flag_takes_a_reason_in_its_plain_spelling():
    assert reason_codes.answered("a=b=Product fit") == ("a=b", "product_fit")


# Rows


def test_churn_events_are_read_with_and_without_a_day_or_a_code():
    events, _ = read(Rows(["customer", "date", "reason"], ["A", "2024-03-05", " too   dear "], ["B", "", "price"],
                          ["C", "2024-03-05T10:00:00Z", "n/a"], ["A", "9999-12-31", "x"]))
    assert events == [Event("A", date(2024, 3, 5), "too dear"), Event("B", None, "price"),
                      Event("C", date(2024, 3, 5), ""), Event("A", None, "x")]


def test_a_month_without_a_day_stands_for_its_last_day():
    assert read(Rows(["customer", "month", "reason"], ["A", "2024-02", "x"]))[0][0].day == date(2024, 2, 29)


def test_rows_of_nobody_of_strangers_and_of_totals_are_set_aside_by_kind():
    events, asides = read(Rows(["customer", "date", "reason"], ["", "", "x"], ["Z", "", "x"], ["Total", "", "x"],
                               ["Y", "", ""]))
    assert events == []
    assert asides == {"no_customer": Aside(1, (2,)), "unknown_customer": Aside(2, (3, 5)), "total": Aside(1, (4,))}


def test_what_stands_for_a_day_and_is_none_is_refused_all_at_once():
    with pytest.raises(Refusal) as refusal:
        read(Rows(["customer", "date"], ["A", "soon"], ["B", "2024-02-31"], ["C", "2024-02-28"]))
    assert [(fault.kind, fault.place, fault.got) for fault in refusal.value.faults] == [
        ("not a date", 'line 2, column "date"', "soon"), ("not a date", 'line 3, column "date"', "2024-02-31")]


def test_days_are_read_in_the_order_that_the_column_is_written_in():
    rows = Rows(["customer", "date", "reason"], ["A", "3/4/2024", "x"])
    assert read(rows, orders={1: "dmy"})[0][0].day == date(2024, 4, 3)
    assert read(rows, orders={1: "mdy"})[0][0].day == date(2024, 3, 4)


def test_a_reason_in_a_row_of_another_export_is_an_event_on_the_end_of_the_row():
    rows = Rows(["customer", "start", "end", "reason"], ["A", "2023-01-01", "2024-01-01", ""],
                ["A", "2024-01-01", "2024-03-15", "price"], ["B", "2024-01-01", "", ""])
    assert read(rows, "subscriptions")[0] == [Event("A", date(2024, 3, 15), "price")]
    assert read(Rows(["customer", "reason"], ["A", "price"], ["B", ""]), "customers")[0] == [Event("A", None, "price")]


# Data that nobody here wrote


def ravenstack_events() -> list[Event]:
    with open(RAVENSTACK / "ravenstack_churn_events.csv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    table = Rows(["id", "customer", "date", "reason", *header[4:]], *rows)
    events, asides = read(table, known={row[1] for row in rows})
    assert asides == {}
    return events


def ravenstack_arr(latest: bool) -> dict[str, dict[int, Decimal]]:
    """ARR of each account on the last day of each month from 2022-12 to 2024-12; overlaps added up or superseded."""
    months = {month: month_end(month).isoformat() for month in range(2022 * 12 + 11, 2025 * 12)}
    amounts: dict[str, dict[int, Decimal]] = {}
    with open(RAVENSTACK / "ravenstack_subscriptions.csv", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["start_date"], row["subscription_id"]))
    for row in rows:
        by_month = amounts.setdefault(row["account_id"], dict.fromkeys(months, Decimal(0)))
        for month, last_day in months.items():
            active = not row["end_date"] or row["end_date"] > last_day
            if row["start_date"] <= last_day and (active or latest):
                before = Decimal(0) if latest else by_month[month]
                by_month[month] = before + (Decimal(row["arr_amount"]) if active else 0)
    return amounts


@pytest.mark.skipif(not RAVENSTACK.exists(), reason="needs the shared data")
def test_nineteen_of_six_hundred_ravenstack_events_fall_in_a_month_in_which_the_account_lost_arr():
    events, arr = ravenstack_events(), ravenstack_arr(latest=False)
    months = [(arr[event.customer], month_index(event.day)) for event in events]
    assert (len(events), sum(by_month[month] < by_month[month - 1] for by_month, month in months)) == (600, 19)


@pytest.mark.skipif(not RAVENSTACK.exists(), reason="needs the shared data")
def test_a_loss_in_ravenstack_takes_the_reason_of_an_event_within_ninety_days_only():
    events = ravenstack_events()
    reasons, unmapped = losses.mapped([event.code for event in events], {})
    assert (reasons, unmapped) == ({"pricing": "pricing", "unknown": "unknown"},
                                   ["budget", "competitor", "features", "support"])
    lost, arr = {}, {}
    for customer, by_month in ravenstack_arr(latest=True).items():
        if by_month[2023 * 12 + 11] and not by_month[2024 * 12 + 11]:
            fell = max(month for month in range(2024 * 12, 2025 * 12) if by_month[month - 1])
            lost[customer] = (month_end(fell - 1) + timedelta(1), month_end(fell))
            arr[customer] = by_month[2023 * 12 + 11]
    way, = losses.question(losses.weighed(unmapped, events, lost, arr, reasons)).ways
    assert way.change["reasons"] == {"budget": "pricing", "competitor": "competitor_loss", "features": "product_fit",
                                     "support": "tactical_failure"}
    found = losses.explained(lost, events, losses.mapped([event.code for event in events], flags(way.flag))[0])
    near = {event.customer for event in events
            if event.customer in lost and distance(event.day, lost[event.customer]) <= 90}
    assert set(found.reasons) == near
    assert found[1:] == (12, 0, 14, 12)
    assert losses.coverage(found, arr)[3:5] == (Decimal(1008048), Decimal(447396))
