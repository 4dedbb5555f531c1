"""Records out: the JSON envelope, CSV lists, and files written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from datetime import date
from decimal import Decimal
from typing import Any, Optional

from cslib import VERSION, figures
from cslib.refusal import Usage


def envelope(script: str, sample: bool, as_of: Optional[str], currency: Optional[str], verdict: Optional[str],
             assumptions: list, answer: Any, notes: list[str]) -> dict:
    """The one shape of every door's JSON."""
    return {"script": script, "version": VERSION, "sample": sample, "as_of": as_of, "currency": currency,
            "verdict": verdict, "assumptions": [plain(a) for a in assumptions], "result": plain(answer),
            "notes": [figures.neutral(note, 400) for note in notes]}


def plain(value: Any, key: str = "") -> Any:
    """A record as JSON values: money with 2 places, ratios (and any other float) with 6, half up; text made harmless."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return figures.neutral(value, 200)
    if isinstance(value, Decimal):
        return float(figures.rounded(value, 6 if key.endswith("_ratio") else 2))
    if isinstance(value, float):
        return float(figures.rounded(value, 6))
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {figures.neutral(k, 200): plain(v, k) for k, v in value.items()}
    return [plain(item, key) for item in value]


def cut(value: Any, most: int, left_out: list[str], key: str = "") -> Any:
    """Plain JSON values whose lists keep the `most` rows with the most ARR, in their order; says in `left_out` what went."""
    if isinstance(value, dict):
        return {name: cut(part, most, left_out, f"{key}.{name}".strip(".")) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    rows = [cut(row, most, left_out, f"{key}[{n}]") for n, row in enumerate(value[:most])] if len(value) <= most else value
    if len(value) > most:
        ranked = sorted(range(len(value)), key=lambda n: -_stake(value[n]))[:most]
        rows = [cut(value[n], most, left_out, f"{key}[{n}]") for n in sorted(ranked)]
        left_out.append(f"{key}: and {figures.whole(len(value) - most)} more (--all)")
    return rows


def _stake(row: Any) -> float:
    """Money at stake in a row: what was lost or moved where it says so, otherwise its ARR."""
    if not isinstance(row, dict):
        return 0.0
    if "churned_arr" in row:
        return row["churned_arr"] + row["contraction_arr"]
    return abs(next((row[k] for k in ("change_arr", "arr", "starting_arr") if row.get(k) is not None), 0.0))


def text(record: Any) -> str:
    """Strict JSON, two-space indent, one trailing newline."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


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
    return str(figures.rounded(value, 6 if column.endswith("_ratio") else 2))


def write(path: str, content: str, inputs: tuple[str, ...] = ()) -> None:
    """The content in the file, whole or not at all. Refused (Usage): one of the inputs, a folder that does not exist."""
    target = os.path.realpath(path)
    if any(os.path.exists(name) and os.path.exists(target) and os.path.samefile(name, target) for name in inputs):
        raise Usage(f"{path} is an input; choose another name for the output")
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise Usage(f"{folder} is not a folder; make it first")
    if os.path.isdir(target):
        raise Usage(f"{path} is a folder; name a file")
    part = None
    try:
        descriptor, part = tempfile.mkstemp(dir=folder, prefix=".part-")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, target)
    except OSError as error:
        if part and os.path.exists(part):
            os.unlink(part)
        raise Usage(f"{path} cannot be written: {error.strerror or error}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
