"""Records out: the JSON envelope, CSV lists, and files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Optional

from cslib import VERSION, figures
from cslib.refusal import Usage

LINE, LONGEST = 110, 500
_RATIO = re.compile(r"_ratio(?:\[\d+\]|\.\w+)*$")


def envelope(script: str, sample: bool, as_of: Optional[date], currency: Optional[str], verdict: Optional[str],
             assumptions: list, answer: Any, notes: list[str], most: Optional[int] = None,
             series: tuple[str, ...] = ()) -> dict:
    """The one shape of every door's JSON.

    With `most`, longer lists are cut by money at stake, and the notes say so, but not those under the path of a
    `series`.
    """
    left_out: list[str] = []
    plain_answer = plain(answer, "", None if most is None else Cut(most, series, left_out))
    return {"script": script, "version": VERSION, "sample": sample, "as_of": plain(as_of), "currency": currency,
            "verdict": verdict,
            "assumptions": [{"key": a.key, "value": plain(a.value, "_ratio"), "origin": a.origin} for a in assumptions],
            "result": plain_answer,
            "notes": [figures.neutral(note, 400) for note in notes] + left_out}


class Cut(NamedTuple):
    """How lists are cut: the longest, the paths of those that are not, and where it is noted what was left out."""

    most: int
    series: tuple[str, ...]
    noted: list[str]


def plain(value: Any, key: str = "", cut: Optional[Cut] = None) -> Any:
    """A record as JSON values: money with 2 places, ratios and other floats with 6, half up; text made harmless."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (str, date)):
        return figures.neutral(value, LONGEST)
    if isinstance(value, Decimal):
        return float(figures.rounded(value, 6 if _RATIO.search(key) else 2))
    if isinstance(value, float):
        return float(figures.rounded(value, 6))
    if hasattr(value, "_asdict"):
        value = value.record() if hasattr(value, "record") else value._asdict()
    if isinstance(value, dict):
        return {figures.neutral(name, 200): plain(part, f"{key}.{name}".strip("."),
                                                  None if cut and f"{key}.{name}".strip(".") in cut.series else cut)
                for name, part in value.items()}
    rows = list(value)
    if cut and len(rows) > cut.most:
        kept = sorted(sorted(range(len(rows)), key=lambda n: -_stake(rows[n]))[:cut.most])
        cut.noted.append(f"{key}: and {figures.whole(len(rows) - cut.most)} more (--all)")
        rows = [rows[n] for n in kept]
    return [plain(row, f"{key}[{n}]", cut) for n, row in enumerate(rows)]


def _stake(row: Any) -> float:
    """Money at stake in a row: what it says was lost or moved, otherwise its ARR."""
    held = row.get if isinstance(row, dict) else lambda name: getattr(row, name, None)
    known = (held(name) for name in ("lost_arr", "change_arr", "arr", "starting_arr"))
    return abs(float(next((amount for amount in known if amount is not None), 0)))


def text(record: Any) -> str:
    """Strict JSON: short values and deep rows stand on one line each, the rest is laid out."""
    return _laid_out(record, 0) + "\n"


def _laid_out(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not value or not isinstance(value, (dict, list)) or depth > 2 or (depth and len(line) <= LINE):
        return line
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(part, depth + 1)}" for key, part in value.items()]
    else:
        rows = [_laid_out(part, depth + 1) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "\n" + ",\n".join(pad + row for row in rows) + "\n" + "  " * depth + closing


def csv_text(header: list[str], rows: list[list]) -> str:
    """A CSV whose text cells cannot be read as formulas; None is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_cell(value, name) for name, value in zip(header, row)] for row in rows])
    return buffer.getvalue()


def _cell(value: Any, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        shown = figures.neutral(value, 200)
        return "'" + shown if shown[:1] in ("=", "+", "-", "@") else shown
    if isinstance(value, int):
        return str(value)
    return str(figures.rounded(value, 6 if _RATIO.search(column) else 2))


def write_all(contents: Mapping[str, str], inputs: tuple[str, ...] = ()) -> None:
    """Every content in its file, or none when one cannot be written: what was there is intact.

    Refused (Usage): one of the inputs, a folder that is not there, what is no plain file.
    """
    targets = {path: _target(path, inputs) for path in contents}
    parts: dict[str, str] = {}
    path = ""
    try:
        try:
            for path, target in targets.items():
                parts[target] = f"{target}.{os.getpid()}.part"
                with open(parts[target], "x", encoding="utf-8", newline="") as file:
                    file.write(contents[path])
                    file.flush()
                    os.fsync(file.fileno())
            _put_in_place(parts)
        finally:
            for part in parts.values():
                if os.path.exists(part):
                    os.unlink(part)
    except OSError as error:
        raise Usage(f"{path} cannot be written: {error.strerror or error}") from error


def _put_in_place(parts: Mapping[str, str]) -> None:
    """Every part under the name of its target; when one cannot be, those before it are as they were."""
    done: list[str] = []
    kept: dict[str, str] = {}
    try:
        for target, part in parts.items():
            if os.path.exists(target):
                os.chmod(part, stat.S_IMODE(os.stat(target).st_mode))
                kept[target] = f"{target}.{os.getpid()}.kept"
                with suppress(OSError):  # not every file system has a second name for a file
                    os.link(target, kept[target])
            os.replace(part, target)
            done.append(target)
    except OSError:
        for target in done:
            if target not in kept:
                os.unlink(target)
            elif os.path.exists(kept[target]):
                os.replace(kept[target], target)
        raise
    finally:
        for name in kept.values():
            if os.path.exists(name):
                os.unlink(name)


def _target(path: str, inputs: tuple[str, ...]) -> str:
    target = os.path.realpath(path)
    if any(os.path.exists(name) and os.path.exists(target) and os.path.samefile(name, target) for name in inputs):
        raise Usage(f"{path} is an input; choose another name for the output")
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise Usage(f"{folder} is not a folder; make it first")
    if os.path.exists(target) and not os.path.isfile(target):
        raise Usage(f"{path} is not a plain file; name one")
    return target
