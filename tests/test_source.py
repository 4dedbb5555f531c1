"""Files in: exact amounts, and a refusal with its place for everything that is not strict JSON."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import source
from cslib.refusal import Refusal, refusal_text

JSON = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-10**15, 10**15), st.text(max_size=8)),
                    lambda inner: st.one_of(st.lists(inner, max_size=4),
                                            st.dictionaries(st.text(max_size=4), inner, max_size=4)),
                    max_leaves=15)


def file_with(tmp_path, content) -> str:
    path = tmp_path / "input.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return str(path)


def refused(read, path) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read(path)
    assert len(refusal.value.faults) == 1 and refusal.value.faults[0].expected
    return refusal.value


@given(JSON)
def test_a_document_is_read_as_it_stands(tmp_path_factory, value):
    for form in ({}, {"indent": 2}, {"ensure_ascii": False}, {"separators": (",", ":")}):
        assert source.document(file_with(tmp_path_factory.getbasetemp(), json.dumps(value, **form))) == value


@given(st.decimals(min_value=-10**12, max_value=10**12,
                   allow_nan=False).filter(lambda value: abs(value.adjusted()) < 100))
def test_an_amount_is_read_to_its_last_digit(tmp_path_factory, value):
    said = f"{value:f}" if "." in f"{value:f}" else f"{value:f}.0"
    read = source.document(file_with(tmp_path_factory.getbasetemp(), said))
    assert isinstance(read, Decimal) and read == value


def test_a_byte_order_mark_is_allowed(tmp_path):
    assert source.document(file_with(tmp_path, b"\xef\xbb\xbf{\"a\": 1}")) == {"a": 1}


def test_standard_input_is_read_as_bytes(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("[\"é\"]".encode())))
    assert source.document("-") == ["é"]


@pytest.mark.parametrize("content, kind, place", [
    (b"", "empty file", "input.json"), (b" \n\t", "empty file", "input.json"),
    (b"\xef\xbb\xbf", "empty file", "input.json"),
    (b"{", "not JSON", "line 1"), (b'{"a": 1,}', "not JSON", "line 1"), (b'{"a":\n 1\n "b": 2}', "not JSON", "line 3"),
    (b"{'a': 1}", "not JSON", "line 1 column 2"), (b"[1] [2]", "not JSON", "line 1 column 5"),
    (b"[01]", "not JSON", "line 1"),
    (b"[+1]", "not JSON", "line 1"), (b"[.5]", "not JSON", "line 1"), (b"[1_000]", "not JSON", "line 1"),
    (b"[0x1F]", "not JSON", "line 1"),
    (b'["a\nb"]', "not JSON", "line 1"), (b"// note\n[1]", "not JSON", "line 1"), (b"True", "not JSON", "line 1"),
    (b"id,arr\n1,2\n", "not JSON", "line 1"), (b"[1]\x00", "not JSON", "line 1"), (b'["\\x"]', "not JSON", "line 1"),
    (b'["\xe9"]', "wrong encoding", "line 1"), (b'[\n"\x93x\x94"]', "wrong encoding", "line 2"),
    (b'["\xc0\xaf"]', "wrong encoding", "line 1"),
    (b'["\xed\xa0\x80"]', "wrong encoding", "line 1"), ("[1]".encode("utf-16"), "wrong encoding", "input.json"),
    (b"\xfe\xff\x00[\x00]", "wrong encoding", "input.json"), (b'{"a": 1, "a": 2}', "key given twice", "input.json"),
    (b'{"b": {"a": 1, "c": 2, "a": 1}}', "key given twice", "input.json"), (b"[NaN]", "not a number", "input.json"),
    (b"[Infinity]", "not a number", "input.json"), (b"[-Infinity]", "not a number", "input.json"),
    (b"[" * 100_000, "nested too deeply", "input.json"),
    (b"[" * 100_000 + b"]" * 100_000, "nested too deeply", "input.json"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply", "input.json")])
def test_what_is_not_strict_json_is_refused_with_its_place(tmp_path, content, kind, place):
    fault = refused(source.document, file_with(tmp_path, content)).faults[0]
    assert fault.kind == kind and place in fault.place


@pytest.mark.parametrize("content", [b"[" + b"9" * 5_000 + b"]", b"[-" + b"9" * 5_000 + b"]",
                                     b"[1e99999999999999999999]"])
def test_a_number_without_end_is_refused(tmp_path, content):
    fault = refused(source.document, file_with(tmp_path, content)).faults[0]
    assert fault.kind == "number out of range"


def test_a_key_given_twice_is_named_with_the_entry_around_it(tmp_path):
    refusal = refused(source.document, file_with(tmp_path, '[{"id": "C-7", "arr": 1, "arr": 2}]'))
    assert '"arr"' in refusal_text(refusal) and "C-7" in refusal_text(refusal)


def test_a_key_given_twice_among_many_is_found_quickly(tmp_path):
    keys = [f'"k{n}": 1' for n in range(12_000)]
    start = time.perf_counter()
    fault = refused(source.document, file_with(tmp_path, "{" + ", ".join([*keys, keys[-1]]) + "}")).faults[0]
    assert "k11999" in fault.got and time.perf_counter() - start < 2


def test_csv_where_json_is_meant_names_the_script_that_reads_it(tmp_path):
    for content in ("id,arr\n1,2\n", "id;arr\n1;2\n", "id\tarr\n1\t2\n", '"id","arr"\n"1","2"\n'):
        fault = refused(source.document, file_with(tmp_path, content)).faults[0]
        assert "prepare_inputs.py" in fault.hint, content


def test_what_cannot_be_read_is_refused(tmp_path):
    assert refused(source.document, str(tmp_path)).faults[0].kind == "not a file"
    assert refused(source.document, str(tmp_path / "missing")).faults[0].kind == "cannot be read"
    assert refused(source.document, "x" * 5_000).faults[0].kind == "cannot be read"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refused(source.document, str(tmp_path / "loop")).faults[0].kind == "cannot be read"


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = file_with(tmp_path, "[1]")
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert refused(source.document, path).faults[0].kind == "cannot be read"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_are_refused(tmp_path_factory, content):
    try:
        source.document(file_with(tmp_path_factory.getbasetemp(), content))
    except Refusal as refusal:
        assert refusal.faults[0].kind


@given(st.text(st.sampled_from('{}[]",:0123456789.eE+-\\utrfalsn \n'), max_size=40))
def test_any_marks_are_a_document_or_are_refused(tmp_path_factory, content):
    try:
        value = source.document(file_with(tmp_path_factory.getbasetemp(), content))
    except Refusal as refusal:
        assert refusal.faults[0].kind
    else:
        assert value == json.loads(content, parse_float=Decimal)
