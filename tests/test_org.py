"""org.json as records: laws over generated documents, then each refusal that no schema can see."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orgs
from cslib import org, schema
from cslib.org import LEADS, OUTCOMES, ROLES, Post, Seat, Signals
from cslib.refusal import Refusal
from orgs import EVIDENCE, document, failing, post, seat

D = Decimal
RULES = schema.load("org")


def read(content: dict) -> org.Org:
    schema.check(content, "org", "org.json")
    return org.read(content, "org.json")


def faults(content: dict) -> list:
    with pytest.raises(Refusal) as caught:
        read(content)
    return caught.value.faults


def fault(content: dict) -> tuple:
    one, = faults(content)
    return one


# --- what the records say


@given(orgs.documents())
def test_every_role_is_there_and_who_is_not_known_is_not_nobody(content):
    found = read(content)
    assert tuple(found.team) == ROLES
    for role in ROLES:
        rows = content["team"].get(role, [])
        assert (found.people(role) is None) == (rows is None) == (f"team.{role}" in found.unknown)
        assert found.people(role) is None or found.people(role) == sum((D(row["fte"]) for row in rows), D(0))


@given(orgs.documents(), st.randoms(use_true_random=False))
def test_the_order_of_people_posts_and_outcomes_tells_nothing(content, chance: random.Random):
    def turned(rows: object) -> object:
        return chance.sample(rows, len(rows)) if rows else rows

    one, other = read(content), read({
        **content, "team": {role: turned(rows) for role, rows in reversed(content["team"].items())},
        "open_posts": turned(content.get("open_posts")), "failing_outcomes": turned(content["failing_outcomes"])})
    assert other._replace(team={}, posts=(), failing=()) == one._replace(team={}, posts=(), failing=())
    assert sorted(other.posts, key=str) == sorted(one.posts, key=str) and set(other.failing) == set(one.failing)
    for role in ROLES:
        assert (other.people(role), other.in_seat(role), other.has_delivered(role)) == (
            one.people(role), one.in_seat(role), one.has_delivered(role))


@given(orgs.documents())
def test_null_and_a_key_left_out_say_the_same_but_for_a_role(content):
    kept = {key: value for key, value in content.items() if value is not None}
    if kept.get("signals"):
        kept["signals"] = {key: value for key, value in kept["signals"].items() if value is not None}
    assert read(kept) == read(content)


@given(orgs.documents())
def test_what_is_unknown_is_named_once_in_the_order_of_the_schema(content):
    known = RULES["properties"]
    order = [key for key in known if key not in ("team", "signals")]
    order += [f"team.{role}" for role in RULES["$defs"]["team"]["properties"]]
    order += [f"signals.{key}" for key in RULES["$defs"]["signals"]["properties"]]
    found = read(content)
    assert list(found.unknown) == [key for key in order if key in found.unknown]
    signals = content.get("signals") or {}
    assert [key for key in found.unknown if key.startswith("signals.")] == [
        f"signals.{key}" for key in Signals._fields if signals.get(key) is None]
    assert [key for key in found.unknown if "." not in key] == [
        key for key in known if key not in RULES["required"] and content.get(key) is None
        and key not in ("open_posts", "signals", "failing_outcomes")]


def test_the_words_of_the_room_are_those_of_the_schema():
    defs = RULES["$defs"]
    assert tuple(defs["role_key"]["enum"]) == ROLES == tuple(defs["team"]["properties"])
    assert tuple(defs["failing"]["properties"]["outcome"]["enum"]) == OUTCOMES
    assert tuple(defs["signals"]["properties"]) == Signals._fields


@given(st.lists(st.sampled_from((None, False, "a result")), max_size=4))
def test_a_role_has_delivered_when_anybody_has_and_has_not_only_when_nobody_has(said):
    found = orgs.of(team={"cs_ops": [seat(delivered=one) for one in said]}).has_delivered("cs_ops")
    assert found is (True if "a result" in said else False if said and None not in said else None)


@given(st.lists(st.none() | st.integers(0, 60), max_size=4))
def test_the_longest_months_in_seat_that_are_known_count(months):
    known = [one for one in months if one is not None]
    found = orgs.of(team={"csm": [seat(months_in_seat=one) for one in months]})
    assert found.in_seat("csm") == max(known, default=None)


def test_of_a_role_that_is_not_known_nothing_is():
    found = orgs.of(team={"csm": None})
    assert (found.people("csm"), found.in_seat("csm"), found.has_delivered("csm")) == (None, None, None)


def test_the_acv_is_the_median_else_the_mean_and_undefined_without_customers():
    assert orgs.of(200, 4_000_000, median_acv=12_000).acv == 12_000
    assert orgs.of(200, 4_000_000).acv == 20_000
    assert orgs.of(4, 0).acv == 0 and orgs.of(0, 0).acv is None


def test_customers_without_arr_are_pilots():
    assert (orgs.of(4, 0).customers, orgs.of(4, 0).arr) == (4, 0)


def test_a_seat_says_what_was_delivered_and_false_and_null_are_two_answers():
    rows = [seat(1, 26, " GRR from 84% to 88% "), seat("0.5", None, False), {"fte": 2}]
    assert orgs.of(team={"csm": rows}).team["csm"] == (
        Seat("csm", D(1), D(26), True, "GRR from 84% to 88%", None, None),
        Seat("csm", D("0.5"), None, False, None, None, None), Seat("csm", D(2), None, None, None, None, None))


@pytest.mark.parametrize("start, month", [("2026-09", 0), ("2026-10", 0), ("2026-11", 1), ("2027-01", 3),
                                          ("2028-09", 23), (None, None)])
def test_who_has_signed_starts_the_day_after_a_state_as_in_a_book(start, month):
    assert orgs.of(posts=[post("cs_ops", 1, start)]).posts == (Post("cs_ops", D(1), month),)


@given(orgs.documents())
def test_amounts_are_exact_and_money_is_to_the_cent(content):
    found = read({**content, "arr": content["arr"] + D("0.001")} if content["customers"] else content)
    assert found.arr == content["arr"] and found.arr.as_tuple().exponent == -2
    assert all(one is None or isinstance(one, (D, bool, str)) for one in found.signals)


# --- what no schema can see


def test_arr_without_customers_is_refused():
    one = fault(document(customers=0, arr=5, median_acv=None, failing_outcomes=[]))
    assert (one.kind, one.place, one.got) == ("ARR without customers", "customers", "0") and "arr is 5" in one.expected


def test_a_median_above_the_whole_is_refused_and_one_of_nobody_is_not():
    assert fault(document(median_acv=4_000_001))[:2] == ("more than the whole", "median_acv")
    assert read(document(customers=0, arr=0, median_acv=9_000, failing_outcomes=None)).median_acv == 9_000
    assert read(document(customers=1, median_acv=4_000_000)).acv == 4_000_000


@pytest.mark.parametrize("said", [True, "true", "Yes", "no", "None.", "nothing yet", "n/a", "   ", "-", "?", "TBD"])
def test_a_delivery_that_does_not_say_what_is_refused(said):
    one = fault(document(("team.csm.1.delivered", said)))
    assert (one.kind, one.place) == ("says not what", "team.csm[1].delivered")
    assert one.hint.startswith("say what, in a few words; false when nothing yet")


@pytest.mark.parametrize("role", [role for role in ROLES if role not in LEADS])
@pytest.mark.parametrize("key", ["promoted_from_csm", "trained_to_lead"])
def test_how_a_leader_came_to_lead_is_refused_of_others_and_null_is_not(role, key):
    one = fault(document(("team", {role: [seat(**{key: False})]})))
    assert (one.kind, one.place, one.got) == ("key of another role", f"team.{role}[0].{key}", "false")
    assert read(document(("team", {role: [seat(**{key: None})]}))).people(role) == 1


@pytest.mark.parametrize("role", LEADS)
def test_how_a_leader_came_to_lead_is_kept(role):
    row, = orgs.of(team={role: [seat(promoted_from_csm=True, trained_to_lead=False)]}).team[role]
    assert (row.promoted_from_csm, row.trained_to_lead) == (True, False)


def test_nobody_is_no_row_of_people_or_posts():
    assert [one[:2] for one in faults(document(("team.csm.1.fte", 0), ("open_posts.0.fte", D("0.0"))))] == [
        ("nobody", "team.csm[1].fte"), ("nobody", "open_posts[0].fte")]


@pytest.mark.parametrize("start, kind", [("2026-08", "already started"), ("2028-10", "too far ahead")])
def test_a_start_outside_the_order_is_refused(start, kind):
    one = fault(document(("open_posts.0.start", start)))
    assert (one.kind, one.place) == (kind, "open_posts[0].start (implementation)")
    assert one.expected == "a month from 2026-09 to 2028-09"


@pytest.mark.parametrize("key", ["renewals_late_12m", "renewals_lost_12m"])
def test_no_more_renewals_are_late_or_lost_than_were_due(key):
    assert fault(document((f"signals.{key}", 161)))[:2] == ("more than were due", f"signals.{key}")
    assert getattr(read(document((f"signals.{key}", 160))).signals, key) == 160
    assert getattr(read(document((f"signals.{key}", 161), ("signals.renewals_due_12m",))).signals, key) == 161


def test_an_outcome_twice_without_evidence_or_with_more_at_risk_than_there_is_is_refused():
    rows = [failing("expansion"), failing("expansion", 4_000_001), failing("adoption", evidence=" " * 40)]
    assert [one[:2] for one in faults(document(failing_outcomes=rows))] == [
        ("given twice", "failing_outcomes[1].outcome"),
        ("more than the whole", "failing_outcomes[1].arr_at_risk (expansion)"),
        ("no evidence", "failing_outcomes[2].evidence (adoption)")]
    assert len(read(document(failing_outcomes=[failing("expansion", 4_000_000, EVIDENCE[:10])])).failing) == 1


def test_every_fault_is_named_at_once_an_impossible_day_too():
    found = faults(document(("signals.renewals_lost_12m", 999), ("team.csm.0.fte", 0),
                            ("open_posts.0.start", "1999-01"), as_of="2026-02-30", median_acv=10**9))
    assert [one.kind for one in found] == ["impossible date", "more than the whole", "nobody", "more than were due"]
