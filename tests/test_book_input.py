"""book.json at the door: the command line laid over the document, and what is asked where a flag says too little."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Optional

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from conftest import SAMPLES, called
from cslib import book, book_input, cli, schema, source
from cslib.refusal import Refusal, Usage
from cslib.tiering import FOUR

D = Decimal
DOCUMENT = {"as_of": "2026-09-30", "stage": "seed", "annual_growth_ratio": {"smb": 0.1}, "annual_churn_ratio": 0.2,
            "tiers": {"strategic": {"customers": 5, "arr": 900_000, "csms": 1},
                      "smb": {"customers": 90, "arr": 200_000, "csms": None}}}


def flags(*args: object) -> argparse.Namespace:
    parser = cli.parser("door.py", "?", "samples/book.json", ("healthy", "critical"))
    book_input.add_flags(parser)
    return parser.parse_args(list(map(str, args)))


def laid(folder: Path, *args: object, content: Any = DOCUMENT, name: str = "book.json") -> book_input.Given:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return book_input.given(flags(path, *args))


def usage(folder: Path, *args: object, content: Any = DOCUMENT) -> str:
    with pytest.raises(Usage) as caught:
        laid(folder, *args, content=content)
    return str(caught.value)


def refused(folder: Path, content: Any, name: str = "book.json", *args: object) -> tuple:
    with pytest.raises(Refusal) as caught:
        laid(folder, *args, content=content, name=name)
    one, = caught.value.faults
    return one


def test_without_flags_the_document_is_as_it_stands(tmp_path):
    found = laid(tmp_path)
    assert found == (json.loads(json.dumps(DOCUMENT), parse_float=D), str(tmp_path / "book.json"))


def test_without_a_file_it_is_the_sample():
    found = book_input.given(flags())
    assert found.source == source.sample("book.json")
    assert found.document == source.document(str(SAMPLES / "book.json"))


def test_every_flag_is_laid_over_what_the_document_says_and_over_nothing_else(tmp_path):
    found = laid(tmp_path, "--csms", "strategic=1.5", "--csms", "smb=.5", "--growth", "0.3", "--churn", "0.05",
                 "--stage", "growth")
    expected = json.loads(json.dumps(DOCUMENT), parse_float=D)
    expected |= {"annual_growth_ratio": D("0.3"), "annual_churn_ratio": D("0.05"), "stage": "growth"}
    expected["tiers"]["strategic"]["csms"], expected["tiers"]["smb"]["csms"] = D("1.5"), D("0.5")
    assert found.document == expected
    assert found.source == f"{tmp_path / 'book.json'} with --csms, --growth, --churn, --stage"


@over(csms=st.dictionaries(st.sampled_from(("strategic", "smb")), st.decimals(0, 99_999, places=2), min_size=1),
      growth=st.none() | st.decimals(-1, 10, places=3), churn=st.none() | st.decimals(0, 1, places=3))
def test_what_is_laid_over_is_what_is_read(tmp_path_factory, csms, growth, churn):
    said = [f"--csms={tier}={fte}" for tier, fte in csms.items()]
    said += [f"--{key}={value}" for key, value in (("growth", growth), ("churn", churn)) if value is not None]
    found = laid(tmp_path_factory.getbasetemp(), *said)
    schema.check(found.document, "book", found.source)
    for one in book.read(found.document, found.source).tiers:
        assert one.tier not in csms or one.csms == csms[one.tier]
        assert growth is None or one.growth == growth
        assert one.churn == (D("0.2") if churn is None else churn)


def test_a_zero_is_laid_over_too(tmp_path):
    found = laid(tmp_path, "--growth", "0", "--churn", "0", "--csms", "strategic=0").document
    assert (found["annual_growth_ratio"], found["annual_churn_ratio"]) == (0, 0)
    assert found["tiers"]["strategic"]["csms"] == 0


def test_the_book_of_the_designer_is_answered_with_one_command(tmp_path):
    assert called("customer_segmentation_designer", "--write-book", tmp_path / "book.json").code == 0
    found = book_input.given(flags(tmp_path / "book.json", "--stage", "growth", "--growth=-0.1", *(
        f"--csms={tier}={n}" for n, tier in enumerate(FOUR))))
    schema.check(found.document, "book", found.source)
    answer = book.read(found.document, found.source)
    assert [one.csms for one in answer.tiers] == [0, 1, 2, 3] and answer.stage == "growth"
    assert {one.growth for one in answer.tiers} == {D("-0.1")}


def test_csms_over_people_who_are_listed_are_refused_where_the_two_differ(tmp_path):
    content = {**DOCUMENT, "people": [{"tier": "smb", "fte": 1, "months_in_seat": 4}]}
    for fte, kinds in (("1", []), ("2", ["people do not add up"])):
        found = laid(tmp_path, "--csms", f"smb={fte}", content=content)
        schema.check(found.document, "book", found.source)
        try:
            book.read(found.document, found.source)
            met = []
        except Refusal as refusal:
            met = [one.kind for one in refusal.faults]
            assert refusal.source.endswith("book.json with --csms")
        assert met == kinds


# --- a flag that says too little or too much


@pytest.mark.parametrize("name, text, said", [
    ("growth", "40", "--growth 40: 4,000% or 40%? write 0.4 for 40%"),
    ("growth", "40%", "--growth 40%: 4,000% or 40%? write 0.4 for 40%"),
    ("growth", "12.5%", "--growth 12.5%: 1,250% or 12.5%? write 0.125 for 12.5%"),
    ("growth", "10.01", "--growth 10.01: 1,001% or 10.01%? write 0.1001 for 10.01%"),
    ("growth", "-40", "--growth -40: a book cannot lose more than all; write -0.4 for -40%"),
    ("growth", "-40%", "--growth -40%: a book cannot lose more than all; write -0.4 for -40%"),
    ("churn", "13.5", "--churn 13.5: 1,350% or 13.5%? write 0.135 for 13.5%"),
    ("churn", "13%", "--churn 13%: 1,300% or 13%? write 0.13 for 13%")])
def test_a_rate_in_per_cent_is_asked_about(tmp_path, name, text, said):
    assert usage(tmp_path, f"--{name}={text}") == said


@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "1e3", "4000", "-101", "0,4", "0.4.1", "½", "٤", "--",
                                  " 0.4", "twenty", "0x1", "1_0", "-", "%", ".", "9" * 400])
@pytest.mark.parametrize("name", ["growth", "churn"])
def test_a_rate_that_is_none_is_told_its_bounds(tmp_path, name, text):
    bounds = {"growth": "from -1 to 10", "churn": "from 0 to 1"}[name]
    said = usage(tmp_path, f"--{name}={text}")
    assert f"--{name} expects a ratio {bounds} such as 0.2 for 20%" in said and len(said) < 200


@pytest.mark.parametrize("name, value", [("growth", "-1"), ("growth", "10"), ("churn", "0"), ("churn", "1"),
                                         ("churn", "+0.5"), ("growth", "1.")])
def test_the_bounds_of_a_rate_are_allowed(tmp_path, name, value):
    assert laid(tmp_path, f"--{name}={value}").document[f"annual_{name}_ratio"] == D(value)


@pytest.mark.parametrize("tier, likely", [
    ("midmarket", "mid_market"), ("mid-market", "mid_market"), ("Mid Market", "mid_market"), ("mid", "mid_market"),
    ("ent", "enterprise"), ("Enterprise", "enterprise"), ("strat", "strategic"), ("SMB", "smb"), ("sme", "smb"),
    ("high-touch", "high_touch"), ("lowtouch", "low_touch"), ("tech", "tech_touch")])
def test_a_tier_that_is_none_is_told_the_likely_one(tmp_path, tier, likely):
    assert usage(tmp_path, "--csms", f"{tier}=1") == f"--csms '{tier}' is no tier: did you mean \"{likely}\"?"


@pytest.mark.parametrize("tier", ["gold", "", "e", "named"])
def test_a_tier_like_none_is_told_all(tmp_path, tier):
    assert usage(tmp_path, "--csms", f"{tier}=1") == (
        f"--csms '{tier}' is no tier: strategic, enterprise, mid_market, smb, high_touch, low_touch, tech_touch")


@pytest.mark.parametrize("tier", ["enterprise", "high_touch"])
def test_a_tier_that_the_book_does_not_have_gets_no_csms(tmp_path, tier):
    assert usage(tmp_path, "--csms", f"{tier}=1") == (
        f"--csms {tier}: the book has no such tier; its tiers are strategic, smb")


@pytest.mark.parametrize("text", ["smb", "2", "", "--"])
def test_csms_without_a_tier_or_an_amount_are_asked_for(tmp_path, text):
    assert "--csms expects TIER=FTE such as enterprise=2.5" in usage(tmp_path, f"--csms={text}")


@pytest.mark.parametrize("amount", ["", "two", "-1", "1e3", "nan", "2,5", "50%", "100000.01", "1=2", "²", "9" * 400])
def test_csms_that_are_no_amount_are_told_the_bounds(tmp_path, amount):
    assert "--csms smb expects FTE from 0 to 100,000 such as smb=2.5" in usage(tmp_path, f"--csms=smb={amount}")


def test_one_tier_is_given_once(tmp_path):
    assert usage(tmp_path, "--csms", "smb=1", "--csms", "smb=2") == "--csms names smb twice"


@pytest.mark.parametrize("text", ["0", "500", "11", "25", "-12", "12.0", "twelve", "", "²", "١٢", "12 ", "9" * 400])
def test_months_are_twelve_to_twenty_four(text, capsys):
    with pytest.raises(SystemExit) as ended:
        flags(f"--months={text}")
    assert ended.value.code == 2 and "expected a whole number from 12 to 24, got " in capsys.readouterr().err


def test_the_bounds_of_months_are_allowed_and_twelve_is_the_default():
    assert [flags(*args).months for args in ((), ("--months", 12), ("--months", 24))] == [12, 12, 24]


def test_retention_is_a_path_or_nothing():
    assert (flags().retention, flags("--retention", "r.json").retention) == (None, "r.json")


# --- another file


@pytest.mark.parametrize("name, content", [("c.csv", "customer,arr\nC-1,5\n"), ("c.json", "customer,arr\nC-1,5\n"),
                                           ("c.txt", "customer\tarr\nC-1\t5\n"), ("c.data", "id;arr\n1;2\n"),
                                           ("one.csv", "customer\nC-1\n")])
def test_a_csv_is_pointed_to_the_two_scripts_that_make_a_book(tmp_path, name, content):
    kind, place, _, _, hint = refused(tmp_path, content, name)
    assert (kind, place) == ("not JSON", "line 1 column 1")
    assert "prepare_inputs.py" in hint and "customer_segmentation_designer.py FILE --write-book" in hint


@pytest.mark.parametrize("name, content", [("c.csv", "customer;arr\nMüller;5\n".encode("latin-1")),
                                           ("c.csv", "customer,arr\n".encode("utf-16")),
                                           ("c.xlsx", b"PK\x03\x04\xff\xfe\x00")])
def test_an_export_in_another_encoding_is_pointed_there_too(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal) as caught:
        book_input.given(flags(tmp_path / name))
    assert "prepare_inputs.py" in caught.value.faults[0].hint


def test_broken_json_is_not_taken_for_an_export(tmp_path):
    assert refused(tmp_path, '{"as_of": }').hint == ""


@pytest.mark.parametrize("name, got, hint", [
    ("customers.json", 'customers.json, with "customers"', "customer_segmentation_designer.py FILE --write-book"),
    ("cohorts.json", 'cohorts.json, with "accounts"', "prepare_inputs.py writes book.json")])
def test_another_document_of_the_house_is_named(tmp_path, name, got, hint):
    fault = refused(tmp_path, (SAMPLES / name).read_text(encoding="utf-8"))
    assert fault.kind == "another document" and fault.got == got and hint in fault.hint


@pytest.mark.parametrize("door", ["customer_segmentation_designer", "retention_decomposition_analyzer"])
def test_the_result_of_a_script_is_no_book(tmp_path, door):
    fault = refused(tmp_path, called(door, "--format", "json").out)
    assert fault.kind == "another document" and "--write-book" in fault.hint and "--retention FILE" in fault.hint


@pytest.mark.parametrize("content", [[], None, 5, "x", True, {}, {"tiers": None}, {"tiers": []}, {"tiers": "smb"},
                                     {"tiers": {"smb": None}}, {"tiers": {"smb": 5}}])
def test_what_is_no_book_at_all_reaches_the_schema_whatever_is_laid_over_it(tmp_path, content):
    found = laid(tmp_path, "--csms", "smb=1", "--growth", "0.1", "--stage", "seed", content=json.dumps(content))
    with pytest.raises(Refusal):
        schema.check(found.document, "book", found.source)


@pytest.mark.parametrize("stage, kept", [(None, "seed"), ("late", "late")])
def test_a_stage_on_the_command_line_goes_before_that_of_the_document(tmp_path, stage: Optional[str], kept):
    assert laid(tmp_path, *(("--stage", stage) if stage else ())).document["stage"] == kept
