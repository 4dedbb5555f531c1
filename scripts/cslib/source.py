"""Files in: strict JSON with exact amounts. Everything refused here names the place."""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from typing import Any

from cslib.refusal import refused

ROOMS = os.path.dirname(os.path.realpath(__file__))
STANDARD_INPUT = "-"
LARGEST_BYTES = 512 * 1024 * 1024


def own(*names: str) -> Any:
    """A JSON file that lies beside the rooms, ratios as Decimal."""
    with open(os.path.join(ROOMS, *names), encoding="utf-8") as file:
        return json.load(file, parse_float=Decimal)


def sample(name: str) -> str:
    """The path of a sample input."""
    return os.path.join(ROOMS, "..", "..", "samples", name)


def document(path: str) -> Any:
    """The JSON value in a file or on standard input (`-`), amounts as Decimal.

    Refused: unreadable paths, bytes that are not UTF-8, duplicate keys, NaN and infinity, numbers of
    thousands of digits, nesting beyond Python's recursion, anything after the value.
    """
    text = _decoded(path, _read(path))
    if not text.strip():
        raise refused(path, "empty file", path, "a JSON document", "nothing")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        line = text.splitlines()[error.lineno - 1] if error.lineno <= len(text.splitlines()) else ""
        hint = "this looks like CSV: run prepare_inputs.py on it first" if _like_csv(text) else ""
        raise refused(path, "not JSON", place, "valid JSON", error.msg + (f": {line.strip()}" if line else ""), hint)
    except (ValueError, ArithmeticError):
        raise refused(path, "number out of range", path, "numbers of an ordinary length", "one of thousands of digits")
    except RecursionError:
        raise refused(path, "nested too deeply", path, "at most a few levels of nesting")
    except _Unfit as error:
        kind, expected, got = error.args
        raise refused(path, kind, path, expected, got)


def _read(path: str) -> bytes:
    try:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise refused(path, "cannot be read", "standard input", "an open stream", "a closed one")
            return sys.stdin.buffer.read()
        if os.path.isdir(path):
            raise refused(path, "not a file", path, "a file", "a directory")
        if os.path.getsize(path) > LARGEST_BYTES:
            raise refused(path, "too large", path, "at most 512 MB")
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise refused(path, "cannot be read", path, "a readable file", getattr(error, "strerror", None) or str(error))


def _decoded(path: str, content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refused(path, "wrong encoding", path, "UTF-8", "UTF-16", "save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(path, "wrong encoding", f"line {line}", "UTF-8",
                      f"byte 0x{content[error.start]:02x}", "save it as UTF-8")


class _Unfit(Exception):
    """kind, expected, got"""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        near = next((f" beside {k} {v}" for k, v in pairs if k in ("id", "name")), "")
        raise _Unfit("key given twice", "every key once in an object", f'"{twice}"{near}')
    return result


def _constant(text: str) -> None:
    raise _Unfit("not a number", "a finite number or null", text)


def _like_csv(text: str) -> bool:
    first = text.lstrip().partition("\n")[0]
    return first[:1] not in "{[" and any(mark in first for mark in ",;\t")
