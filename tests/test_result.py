"""Records out: the envelope, plain values, cut lists, CSV cells, and files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import stat
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import result
from cslib.refusal import Usage

D = Decimal
AMOUNTS = st.decimals(min_value=D("-1e12"), max_value=D("1e12"), places=5)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-10**9, 10**9), AMOUNTS, st.floats(-1e6, 1e6),
                   st.text(max_size=20),
                   st.dates())
KEYS = st.sampled_from(["starting_arr", "grr_ratio", "customers", "name", "change_arr", "arr", "low", "churned_arr"])
RECORDS = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=5),
                                                       st.dictionaries(KEYS, inner, max_size=5)),
                       max_leaves=20)


class Row(NamedTuple):
    name: str
    arr: Decimal
    grr_ratio: Decimal
    when: date


def written(path: str, content: str, inputs: tuple[str, ...] = ()) -> None:
    result.write_all({path: content}, inputs)


def strict(text: str) -> object:
    def once(pairs):
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    def never(word):
        raise AssertionError(word)

    return json.loads(text, object_pairs_hook=once, parse_constant=never)


def test_money_has_two_places_and_a_ratio_six():
    plain = result.plain({"starting_arr": D("1204.005"), "grr_ratio": D("0.87449951"), "low": 0.12345678,
                          "change_arr": D("-0.001")})
    assert plain == {"starting_arr": 1204.01, "grr_ratio": 0.8745, "low": 0.123457, "change_arr": 0.0}
    assert "-0" not in json.dumps(plain)


def test_a_ratio_in_a_list_keeps_its_six_places():
    assert result.plain({"grr_ratio": [D("0.8744999"), D("0.1234564")]}) == {"grr_ratio": [0.8745, 0.123456]}


def test_a_record_becomes_its_fields_and_a_date_its_iso_form():
    row = Row("Fernbank", D("10.5"), D("1") / 3, date(2026, 9, 30))
    assert result.plain(row) == {"name": "Fernbank", "arr": 10.5, "grr_ratio": 0.333333, "when": "2026-09-30"}
    assert list(result.plain(row)) == ["name", "arr", "grr_ratio", "when"]


def test_true_stays_true_and_unknown_stays_null():
    assert result.plain([True, False, None, 0]) == [True, False, None, 0]


def test_text_in_a_record_is_made_harmless_wherever_it_stands():
    hostile = "a\x1b[31m\u202eb\nc"
    assert result.plain({hostile: [hostile, (hostile,)]}) == {"a[31mb c": ["a[31mb c", ["a[31mb c"]]}


@given(RECORDS)
def test_what_is_written_reads_back_as_what_was_meant(record):
    plain = result.plain(record)
    said = result.text(plain)
    assert strict(said) == plain and said.endswith("\n") and not said.endswith("\n\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_json_never_holds_nan_or_infinity(value):
    with pytest.raises(ValueError):
        result.text({"grr_ratio": value})


@given(RECORDS)
def test_the_layout_does_not_depend_on_how_deep_a_record_is(record):
    assert strict(result.text([[[[record and result.plain(record)]]]])) == [[[[record and result.plain(record)]]]]


def test_the_envelope_has_its_keys_in_order():
    envelope = result.envelope("door.py", False, date(2026, 9, 30), "USD", "healthy", [], {}, ["a\nb"])
    assert list(envelope) == ["script", "version", "sample", "as_of", "currency", "verdict", "assumptions", "result",
                              "notes"]
    assert envelope["notes"] == ["a b"] and envelope["as_of"] == "2026-09-30"


class Lost(NamedTuple):
    name: str
    arr: Decimal


class Leak(NamedTuple):
    arr: Decimal
    accounts: tuple[Lost, ...]


ROWS = st.lists(st.builds(Lost, st.text("abc", max_size=3), st.integers(0, 1000).map(D)), max_size=30)


def cut(answer, most):
    envelope = result.envelope("door.py", False, None, None, None, [], answer, ["A note."], most)
    return envelope["result"], envelope["notes"][1:]


@given(ROWS, st.integers(1, 12))
def test_a_cut_list_keeps_the_rows_with_most_at_stake_in_their_order(rows, most):
    kept = cut({"rows": rows}, most)[0]["rows"]
    rest = [row._asdict() for row in rows]
    place = 0
    for row in kept:
        place = rest.index(row, place)
        del rest[place]
    assert len(kept) == min(len(rows), most)
    assert not rest or min(row["arr"] for row in kept) >= max(row["arr"] for row in rest)


@given(ROWS, st.integers(1, 12))
def test_what_was_cut_is_counted_with_the_flag_that_shows_it(rows, most):
    assert cut({"rows": rows}, most)[1] == ([f"rows: and {len(rows) - most} more (--all)"] if len(rows) > most else [])


@given(ROWS)
def test_the_full_record_has_every_row_and_nothing_to_say_of_it(rows):
    assert cut({"rows": rows}, None) == ({"rows": [row._asdict() for row in rows]}, [])


def test_lists_inside_a_kept_row_are_cut_and_counted_too():
    leak = Leak(D(1), tuple(Lost("x", D(n)) for n in range(5)))
    answer, notes = cut({"leaks": [leak]}, 2)
    assert [row["arr"] for row in answer["leaks"][0]["accounts"]] == [3, 4]
    assert notes == ["leaks[0].accounts: and 3 more (--all)"]


def test_a_fall_is_at_stake_as_much_as_a_rise():
    class Moved(NamedTuple):
        change_arr: Decimal
        starting_arr: Decimal

    rows = [Moved(D(-20), D(30)), Moved(D(15), D(100)), Moved(D(10), D(1000))]
    assert [row["change_arr"] for row in cut(rows, 2)[0]] == [-20, 15]


TEXTS = st.one_of(st.text(max_size=30),
                  st.sampled_from(["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u200b=1", "＝1", 'a"b', "a,b",
                                   "a\nb"]))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_no_text_in_a_csv_can_be_read_as_a_formula(rows):
    said = result.csv_text(["name", "segment"], [list(row) for row in rows])
    back = list(csv.reader(io.StringIO(said)))
    assert len(back) == len(rows) + 1
    assert all(len(row) == 2 and cell[:1] not in tuple("=+-@\t\r") for row in back for cell in row)


def test_a_csv_holds_amounts_with_two_places_ratios_with_six_and_nothing_for_unknown():
    said = result.csv_text(["period", "starting_arr", "grr_ratio", "customers"],
                           [["2026-09", D("-10.005"), D("0.8744996"), 3], ["2026-10", D(0), None, 0]])
    assert said == "period,starting_arr,grr_ratio,customers\n2026-09,-10.01,0.874500,3\n2026-10,0.00,,0\n"


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("before")
    written(str(target), "after é\n")
    assert target.read_bytes() == "after é\n".encode() and os.listdir(tmp_path) == ["answer.json"]


def test_a_new_file_has_the_rights_that_the_umask_gives(tmp_path):
    before = os.umask(0o027)
    try:
        written(str(tmp_path / "a"), "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_private_file_stays_private_when_it_is_written_anew(tmp_path):
    target = tmp_path / "a"
    target.write_text("before")
    target.chmod(0o600)
    written(str(target), "after")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_part_of_the_new(tmp_path):
    target = tmp_path / "a"
    target.write_text("before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(Usage):
            written(str(target), "x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_text() == "before" and os.listdir(tmp_path) == ["a"]


def linked(kind: str, source, name):
    {"itself": lambda: None, "symlink": lambda: name.symlink_to(source),
     "hard link": lambda: os.link(source, name)}[kind]()
    return source if kind == "itself" else name


@pytest.mark.parametrize("kind", ["itself", "symlink", "hard link"])
def test_an_input_is_never_written_over(tmp_path, kind):
    source = tmp_path / "cohorts.json"
    source.write_text("mine")
    with pytest.raises(Usage, match="input"):
        written(str(linked(kind, source, tmp_path / "other")), "x", (str(source),))
    assert source.read_text() == "mine"


def test_an_input_named_through_a_folder_link_is_never_written_over(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    source = tmp_path / "real" / "cohorts.json"
    source.write_text("mine")
    with pytest.raises(Usage):
        written(str(source), "x", (str(tmp_path / "link" / "cohorts.json"),))
    with pytest.raises(Usage):
        written(str(tmp_path / "link" / ".." / "link" / "cohorts.json"), "x", (str(source),))
    assert source.read_text() == "mine"


def test_a_link_to_another_file_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    written(str(tmp_path / "link"), "after")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "after"


def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Usage):
        written(str(tmp_path / "pipe"), "x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("name", ["", "missing/answer.json", ".", "x" * 300])
def test_a_name_that_cannot_be_written_is_wrong_usage(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Usage):
        written(name, "x")
    assert os.listdir(tmp_path) == []
