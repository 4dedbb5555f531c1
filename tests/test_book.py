"""book.json as records: laws over generated documents, then each refusal that no schema can see."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SAMPLES, called
from cslib import book, checker, customer_files, schema, source
from cslib.book import Joining, Person
from cslib.customer_files import Heading
from cslib.refusal import Refusal
from cslib.tiering import FOUR, FOUR_TIER, THREE_TOUCH, TIERS, TOUCH

D = Decimal
AS_OF = "2026-09-30"
RATES = ("annual_growth_ratio", "annual_churn_ratio")
FTE = st.decimals("0.1", 40, places=2)
RATE = st.none() | st.decimals(0, 1, places=3)


def document(**known: object) -> dict:
    """A book of 30 enterprise and 100 mid-market customers, with what is said over it."""
    return {"as_of": AS_OF, "tiers": {"enterprise": {"customers": 30, "arr": 1_800_000},
                                      "mid_market": {"customers": 100, "arr": 1_100_000}}, **known}


def tiers(**known: object) -> dict:
    """A document of these tiers."""
    return {"as_of": AS_OF, "tiers": known}


def row(customers: int = 10, arr: object = 100_000, **known: object) -> dict:
    return {"customers": customers, "arr": arr, **known}


def person(tier: str, fte: object = 1, months_in_seat: object = 24) -> dict:
    return {"tier": tier, "fte": fte, "months_in_seat": months_in_seat}


def joiner(tier: str, start: str, fte: object = 1) -> dict:
    return {"tier": tier, "fte": fte, "start": start}


def read(content: dict) -> book.Book:
    schema.check(content, "book", "book.json")
    return book.read(content, "book.json")


def tier(content: dict, name: str) -> book.Tier:
    return next(one for one in read(content).tiers if one.tier == name)


def faults(content: dict) -> list:
    with pytest.raises(Refusal) as caught:
        read(content)
    return caught.value.faults


def fault(content: dict) -> tuple[str, str, str, str, str]:
    one, = faults(content)
    return one


@st.composite
def documents(draw) -> dict:
    """Valid books of either preset, tiers in any order, people listed for some tiers or for none."""
    preset = draw(st.sampled_from((FOUR, TOUCH)))
    names = draw(st.permutations(preset))[:draw(st.integers(1, len(preset)))]
    people = [person(draw(st.sampled_from(names)), fte, draw(st.integers(0, 60)))
              for fte in draw(st.lists(FTE, max_size=5))] if draw(st.booleans()) else []
    listed = {one["tier"]: sum(own["fte"] for own in people if own["tier"] == one["tier"]) for one in people}
    rows = {}
    for name in names:
        count = draw(st.integers(0, 500))
        rows[name] = row(count, draw(st.decimals(1, 10**6, places=2)) * count if count else 0,
                         csms=listed.get(name) if draw(st.booleans()) else None,
                         planned_new_customers=draw(st.none() | st.integers(0, 50)))
    rows[names[0]] |= {"customers": 3, "arr": D("120000.50")}
    return {"as_of": AS_OF, "tiers": rows, "people": people or None,
            "joining": [joiner(draw(st.sampled_from(preset)), "2026-11", fte)
                        for fte in draw(st.lists(FTE, max_size=2))],
            **{key: draw(RATE | st.dictionaries(st.sampled_from(preset), RATE)) for key in RATES}}


@given(documents())
def test_the_csms_of_a_tier_are_its_people_and_joiners_are_none_of_them(content):
    found = read(content)
    assert read({**content, "joining": None}).tiers == tuple(one._replace(joining=()) for one in found.tiers)
    for one in found.tiers:
        assert one.csms == sum((own.fte for own in one.people), D(0)) or (one.csms is None and one.people == ())
        listed = [own for own in content["people"] or () if own["tier"] == one.tier]
        said = content["tiers"].get(one.tier, {}).get("csms")
        assert (one.csms is None) == (not listed and said is None and not content["people"] and one.customers > 0)


@given(documents())
def test_every_tier_of_the_preset_is_there_top_first_and_adds_up_to_the_document(content):
    found = read(content)
    assert tuple(one.tier for one in found.tiers) == TIERS[found.preset]
    assert set(found.left_out) == set(TIERS[found.preset]) - set(content["tiers"])
    assert sum(one.customers for one in found.tiers) == sum(one["customers"] for one in content["tiers"].values())
    assert sum(one.arr for one in found.tiers) == sum(D(one["arr"]) for one in content["tiers"].values())
    assert all((one.arr_per_customer is None) == (one.customers == 0) for one in found.tiers)


@given(documents())
def test_the_order_of_the_tiers_and_of_the_joiners_tells_nothing(content):
    turned = {**content, "tiers": dict(reversed(content["tiers"].items())), "joining": content["joining"][::-1]}
    one, other = read(content), read(turned)
    assert other._replace(tiers=()) == one._replace(tiers=())
    for own, same in zip(one.tiers, other.tiers):
        assert same._replace(joining=()) == own._replace(joining=()) and sorted(same.joining) == sorted(own.joining)


@given(documents(), FTE)
def test_a_row_of_people_split_in_two_changes_no_csms(content, fte):
    name = next(iter(content["tiers"]))
    others = [one for one in content["people"] or () if one["tier"] != name]
    content["tiers"][name]["csms"] = None
    whole = read({**content, "people": [*others, person(name, fte)]})
    split = read({**content, "people": [person(name, fte / 3), *others, person(name, fte - fte / 3)]})
    assert [one.csms for one in split.tiers] == pytest.approx([one.csms for one in whole.tiers], abs=D("1e-20"))


def test_people_of_one_tenure_are_one_row_and_joiners_of_one_month_too():
    found = tier(document(people=[person("enterprise", D("0.5"), 8), person("enterprise", 1, 2), person("smb", 1, 8),
                                  person("enterprise", 2, D("8.0"))],
                          joining=[joiner("enterprise", "2026-11")] * 3), "enterprise")
    assert found.people == (Person(D("2.5"), D(8)), Person(D(1), D(2))) and found.joining == (Joining(D(3), 1),)


def test_who_has_no_tenure_is_taken_as_over_the_ramp_and_the_tier_is_named():
    people = [{"tier": "enterprise", "fte": 1}, person("enterprise", 2, None), person("smb", 1, 3)]
    found = read(document(people=people))
    enterprise = next(one for one in found.tiers if one.tier == "enterprise")
    assert enterprise.people == (Person(D(3), None),) and found.tenure_unknown == ("enterprise",)


@given(documents(), RATE)
def test_a_rate_of_all_customers_is_that_of_every_tier(content, rate):
    names = TIERS[read(content).preset]
    assert read({**content, **dict.fromkeys(RATES, rate)}) == read({**content, **{
        key: dict.fromkeys(names, rate) for key in RATES}})


def test_a_rate_by_tier_leaves_the_other_tiers_unknown():
    found = read(document(annual_growth_ratio={"mid_market": D("0.2"), "smb": None}, annual_churn_ratio={}))
    assert [one.growth for one in found.tiers] == [None, None, D("0.2"), None]
    assert [one.churn for one in found.tiers] == [None] * 4


def test_csms_without_people_are_one_row_of_unknown_tenure_and_named_as_such():
    found = read(tiers(strategic=row(csms=D("2.5")), smb=row(csms=0), enterprise=row()))
    assert [one.people for one in found.tiers] == [(Person(D("2.5"), None),), (), (), ()]
    assert found.tenure_unknown == ("strategic",)


def test_people_of_one_tier_are_the_whole_team_but_do_not_replace_csms_that_are_said():
    found = read({**tiers(strategic=row(csms=2), enterprise=row(), smb=row()), "people": [person("smb", D("0.5"))]})
    assert [one.csms for one in found.tiers] == [2, 0, 0, D("0.5")]
    assert found.tenure_unknown == ("strategic",)


@pytest.mark.parametrize("people", [None, []])
def test_nobody_listed_says_nothing_of_who_is_there(people):
    found = read({**tiers(strategic=row(), smb=row(0, 0)), "people": people})
    assert [one.csms for one in found.tiers] == [None, 0, 0, 0] and found.tenure_unknown == ()


def test_a_tier_without_customers_may_have_csms():
    assert tier(tiers(strategic=row(), smb=row(0, 0, csms=2)), "smb").csms == 2
    assert tier({**tiers(strategic=row()), "people": [person("smb")]}, "smb").people == (Person(D(1), D(24)),)


@pytest.mark.parametrize("start, month", [("2026-09", 0), ("2026-10", 0), ("2026-12", 2), ("2027-01", 3),
                                          ("2028-09", 23)])
def test_a_joiner_starts_on_the_day_after_so_many_months(start, month):
    assert tier(document(joining=[joiner("enterprise", start, D("0.5"))]), "enterprise").joining == (
        Joining(D("0.5"), month),)


def test_what_is_not_said_is_unknown():
    found = read(tiers(strategic=row()))
    assert (found.currency, found.stage, found.arr_growth, found.managers, found.escalations) == (None,) * 5
    assert found.tiers[0] == ("strategic", 10, 100_000, None, (), (), None, None, None, None, None)
    assert found.left_out == ("enterprise", "mid_market", "smb") and found.preset == FOUR_TIER


def test_what_is_said_is_kept_exactly():
    found = read({**tiers(low_touch=row(7, D("99999.995"), csms=1, planned_new_customers=3, model="pooled",
                                        hours_per_account=D("4.125"))),
                  "currency": "EUR", "stage": "seed", "managers": D("0.5"), "founder_escalations_per_week": 2,
                  "arr_per_customer_growth_ratio": D("-0.03")})
    assert found.preset == THREE_TOUCH and (found.currency, found.stage) == ("EUR", "seed")
    assert (found.managers, found.escalations, found.arr_growth) == (D("0.5"), 2, D("-0.03"))
    one = found.tiers[1]
    assert (one.arr, one.planned_new, one.model, one.hours_per_account) == (D("100000.00"), 3, "pooled", D("4.125"))


def test_a_zero_has_no_sign():
    found = read(tiers(strategic=row(1, 5, csms=D("-0.0")), smb=row(0, D("-0.0"))))
    assert [str(one.csms) for one in found.tiers[:1]] == ["0.0"] and str(found.tiers[3].arr) == "0.00"


# --- what each figure says well and all together cannot


def test_customers_without_arr_and_arr_without_customers_are_told_apart():
    assert fault(tiers(strategic=row(), smb=row(5, 0))) == (
        "customers without ARR", "tiers.smb.arr", "above 0 where customers is 5", "0",
        "write the ARR that is missing; if they pay nothing, leave them out of customers")
    assert fault(tiers(strategic=row(), smb=row(0, 500))) == (
        "ARR without customers", "tiers.smb.customers", "above 0 where arr is 500", "0",
        "write how many customers are missing; if there are none, write arr 0")


def test_less_than_half_a_cent_is_no_arr():
    assert fault(tiers(smb=row(1, D("0.004"))))[:2] == ("customers without ARR", "tiers.smb.arr")
    assert tier(tiers(smb=row(1, D("0.005"))), "smb").arr == D("0.01")


@pytest.mark.parametrize("rows", [{}, {"smb": row(0, 0)}, {"smb": row(0, 0, csms=5), "strategic": row(0, 0)}])
def test_a_book_without_customers_is_none(rows):
    assert fault(tiers(**rows))[:2] == ("no customers", "tiers")


def test_tiers_of_two_presets_do_not_go_together():
    kind, place, expected, got, hint = fault(tiers(strategic=row(), smb=row(0, 0), high_touch=row()))
    assert (kind, place, got, hint) == ("tiers of two presets", "tiers", "high_touch beside strategic, smb",
                                        "take out high_touch, or keep nothing else")
    assert all(name in expected for name in (*FOUR, *TOUCH))


@pytest.mark.parametrize("fte, adds_up", [("2.495", True), ("2.505", True), ("2.494", False), ("2.506", False)])
def test_people_add_up_to_their_csms_within_half_a_hundredth(fte, adds_up):
    content = {**tiers(strategic=row(csms=D("2.5"))), "people": [person("strategic", 1),
                                                                  person("strategic", D(fte) - 1)]}
    if adds_up:
        assert tier(content, "strategic").csms == D(fte)
    else:
        kind, place, expected, got, hint = fault(content)
        assert (kind, place, got) == ("people do not add up", "tiers.strategic.csms", "2.5")
        assert fte in expected and "strategic" in expected and "joining" in hint


def test_a_joiner_does_not_make_people_add_up():
    content = {**tiers(strategic=row(csms=2)), "people": [person("strategic")],
               "joining": [joiner("strategic", "2026-10")]}
    assert fault(content)[0] == "people do not add up"


@pytest.mark.parametrize("form, entry", [("people", person("low_touch")), ("joining", joiner("low_touch", "2026-12"))])
def test_nobody_works_in_a_tier_of_the_other_preset(form, entry):
    assert fault(document(**{form: [entry]}))[:4] == (
        "tier of the other preset", f"{form}[0].tier", "one of strategic, enterprise, mid_market, smb, as in tiers",
        "low_touch")


@pytest.mark.parametrize("key", RATES)
def test_no_rate_is_of_a_tier_of_the_other_preset(key):
    assert fault({**tiers(low_touch=row()), key: {"smb": 0, "low_touch": 0}})[:4] == (
        "tier of the other preset", f"{key}.smb", "one of high_touch, low_touch, tech_touch, as in tiers", "smb")


def test_a_joiner_starts_neither_before_the_book_nor_after_its_plan():
    before, after = faults(document(joining=[joiner("smb", "2026-08"), joiner("smb", "2028-10")]))
    assert before == ("already started", "joining[0].start (smb)", "a month from 2026-09 to 2028-09", "2026-08",
                      "who has started belongs under people")
    assert after[:4] == ("too far ahead", "joining[1].start (smb)", "a month from 2026-09 to 2028-09", "2028-10")


def test_an_account_that_takes_no_hours_is_refused_unless_there_is_none():
    assert fault(tiers(strategic=row(hours_per_account=0)))[:2] == ("no hours", "tiers.strategic.hours_per_account")
    assert tier(tiers(strategic=row(), smb=row(0, 0, hours_per_account=0)), "smb").hours_per_account == 0


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31", "1969-12-31"])
def test_a_day_that_does_not_exist_in_this_era_is_refused(day):
    assert fault({**document(joining=[joiner("smb", "2026-08")]), "as_of": day})[:4] == (
        "impossible date", "as_of", "a day of this era that exists", day)


def test_every_fault_is_named_at_once():
    content = {"as_of": "2026-09-30", "annual_growth_ratio": {"high_touch": 0}, "annual_churn_ratio": {"low_touch": 0},
               "tiers": {"strategic": row(5, 0, csms=3), "smb": row(0, 5), "enterprise": row(hours_per_account=0)},
               "people": [person("strategic"), person("tech_touch")],
               "joining": [joiner("smb", "2020-01"), joiner("low_touch", "2030-01")]}
    assert [one.kind for one in faults(content)] == [
        "customers without ARR", "ARR without customers", "no hours", "tier of the other preset",
        "tier of the other preset", "tier of the other preset", "tier of the other preset", "people do not add up",
        "already started", "too far ahead"]
    mixed = {**content, "as_of": "2026-02-30", "tiers": {**content["tiers"], "high_touch": row()}}
    assert [one.kind for one in faults(mixed)] == [
        "impossible date", "tiers of two presets", "customers without ARR", "ARR without customers", "no hours"]


# --- books that others write


@given(st.dictionaries(st.sampled_from(FOUR), st.tuples(st.integers(1, 400), st.decimals(1, 10**9, places=2)),
                       min_size=1))
def test_the_book_of_a_segmentation_is_one(by_tier):
    text = customer_files.book_text(Heading(date.fromisoformat(AS_OF), "USD", None), by_tier, None)
    found = read(json.loads(text, parse_float=D))
    assert {one.tier: (one.customers, one.arr) for one in found.tiers if one.customers} == by_tier
    assert all(one.csms is None for one in found.tiers if one.customers) and found.managers is None


@pytest.mark.parametrize("preset", ["four_tier", "three_touch", "scored", "percentile"])
def test_the_designer_writes_a_book_of_every_preset(preset, tmp_path):
    path = tmp_path / "book.json"
    assert called("customer_segmentation_designer", "--preset", preset, "--write-book", path).code == 0
    found = read(source.document(str(path)))
    assert sum(one.customers for one in found.tiers) == 350
    assert found.preset == (THREE_TOUCH if preset == "three_touch" else FOUR_TIER)


def test_the_intake_writes_a_book_with_its_rates(tmp_path):
    exports = sorted((SAMPLES / "exports").glob("*.csv"))
    assert called("prepare_inputs", *exports, "--as-of", AS_OF, "--out-dir", tmp_path).code == 0
    found = read(source.document(str(tmp_path / "book.json")))
    assert {round(one.growth, 3) for one in found.tiers} == {D("0.129")}
    assert {round(one.churn, 3) for one in found.tiers} == {D("0.135")} and round(found.arr_growth, 3) == D("0.007")


def test_the_sample_is_read_by_both_engines_alike():
    content = source.document(str(SAMPLES / "book.json"))
    assert not checker.by_built_in(content, schema.load("book"))
    assert [one.csms for one in read(content).tiers] == [D("1.5"), 3, D("2.5"), D("0.5")]
