"""The summary of an intake as a page and as a record: what was made, the tie-out, how it was read, what to mind."""

from __future__ import annotations

import os

from cslib import intake_notes, intake_words, result
from cslib.asides import Aside
from cslib.columns import MAPPED, Role, map_flag
from cslib.customer_files import BOOK, CUSTOMERS, Gap
from cslib.figures import neutral
from cslib.intake import FILL_IN, Intake
from cslib.months import month_end, month_name
from cslib.page import Answer, Block, Columns, Command, Heading, Page, Sentences, Steps
from cslib.policy import Assumption
from cslib.sources import FileRead
from cslib.wish import Wish

MOST_UNUSED, MOST_ROLES, MOST_NOTES, MOST_GAPS, MOST_LISTED = 8, 14, 12, 5, 20
_TOLD_FIRST = ("customer", "start", "end", "month", "date", "arr", "mrr", "price", "total", "change", "interval",
               "currency", "reason", "cost", "parent", "subscription", "name", "segment")
_CERTAINTY = {"mapped": "you said so", "layout": "sure: a known layout", "named": "sure: by its name",
              "probable": "likely: by its name", "content": "likely: by what is in it"}


def report(taken: Intake, wish: Wish, paths: list[str], left: list[str], following: str, detail: int) -> Page:
    """The summary as a page; less `detail` (6 to 0) shows fewer columns and notes."""
    blocks: list[Block] = [Answer(intake_words.as_of_answer(taken))]
    if taken.prepared:
        blocks += [Sentences(intake_words.tie_out(taken)), Sentences(intake_words.kept(taken))]
    blocks.append(Heading("How the files were read"))
    files = taken.gathered.files
    for file in files:
        blocks.append(Sentences(intake_words.of_file(file)))
        blocks.append(_columns(file, MOST_ROLES * (detail + 1) // 7 // len(files) + 2))
    said = intake_notes.notes(taken, wish)
    shown = said[:max(3, MOST_NOTES * (detail + 1) // 7)]
    if len(said) > len(shown):
        shown.append(f"{len(said) - len(shown)} more notes: --format json.")
    blocks += [Heading("What to keep in mind"), Steps(tuple(shown)), Heading("Next"),
               Sentences(_files(taken, paths, left))]
    if following:
        blocks.append(Command(following))
    return Page("Inputs prepared", False, tuple(blocks))


def _files(taken: Intake, paths: list[str], left: list[str]) -> str:
    said = f"Written: {', '.join(map(os.path.basename, paths))}. {intake_words.missing(taken)}"
    if left:
        said += f" {FILL_IN} stands there already and was left as it is."
    elif FILL_IN in taken.files:
        said += f" Fill {FILL_IN} where you can and give it as a further file."
    return said + (" Retention goes on to:" if taken.prepared else "")


def _columns(file: FileRead, most: int) -> Columns:
    ordered = sorted(file.reading.roles.items(), key=lambda item: _place(item[0]))
    rows = [(neutral(file.header[role.column]), name, _how_sure(file, name, role)) for name, role in ordered]
    months = [month for _, month in file.reading.months]
    if months:
        rows.append((f"{month_name(min(months))} to {month_name(max(months))}",
                     f"{file.reading.unit} of {len(months)} months", _CERTAINTY[file.reading.unit_certainty]))
    if len(rows) > most:
        rows = [*rows[:most], (f"and {len(rows) - most} more", "", "")]
    return Columns(("column", "read as", "how sure"), tuple(rows))


def _how_sure(file: FileRead, name: str, role: Role) -> str:
    if name == "parent" and role.certainty != MAPPED:
        return f"not applied: {map_flag(name, file.header[role.column])}"
    return _CERTAINTY[role.certainty]


def _place(role: str) -> int:
    return _TOLD_FIRST.index(role) if role in _TOLD_FIRST else len(_TOLD_FIRST)


def record(script: str, taken: Intake, wish: Wish, paths: list[str], following: str) -> dict:
    """The summary in the envelope of every door."""
    terms = taken.periods.terms if taken.periods else None
    chosen = [] if terms is None else [Assumption("end_date", terms.end_date, _origin(terms.end_date_from)),
                                       Assumption("overlap", terms.overlap, _origin(terms.overlap_from)),
                                       Assumption("grace_days", terms.grace_days,
                                                  "yours" if terms.grace_days else "default")]
    if wish.ticket_cost is not None:
        chosen.append(Assumption("ticket_cost", wish.ticket_cost, "yours"))
    answer = {"period_months": wish.period_months, "bridge": None, **dict.fromkeys(_RATES),
              "inputs": [_input(file) for file in taken.gathered.files],
              "set_aside": _set_aside(taken.gathered.files), "late": _late(taken), "reasons": _reasons(taken),
              "unrecorded": [month_name(month) for month in taken.unrecorded],
              "still": [month_name(month) for month in taken.still],
              "missing": _missing(taken), "files": [], "next": ""}
    if taken.prepared:
        bridge = taken.prepared.bridge._asdict()
        answer.update(bridge={name: value for name, value in bridge.items() if name != "month"},
                      **{name: getattr(taken.prepared.kept, name) for name in _RATES})
    said = result.envelope(script, False, month_end(taken.span.end).isoformat(),
                           taken.gathered.currency or wish.currency, None, chosen, answer,
                           intake_notes.notes(taken, wish))
    said["result"].update(files=paths, next=following)
    return said


_RATES = ("starting_arr", "grr_ratio", "nrr_ratio", "logo_retention_ratio")


def _origin(source: str) -> str:
    return "yours" if source == "flag" else source


def _input(file: FileRead) -> dict:
    reading = file.reading
    return {"file": file.name, "kind": reading.kind, "layout": reading.layout, "unit": reading.unit or None,
            "rows": file.rows, "months": len(reading.months),
            "columns": [{"column": neutral(file.header[role.column]), "role": name, "certainty": role.certainty}
                        for name, role in [*reading.roles.items()][:MOST_LISTED]],
            "unused": len(reading.unused),
            "unused_columns": [neutral(file.header[column], 30) for column in reading.unused[:MOST_UNUSED]]}


def _set_aside(files: list[FileRead]) -> list[dict]:
    found: list[tuple[str, str, Aside]] = [(file.name, kind, aside) for file in files
                                           for kind, aside in file.set_aside.items()]
    return [{"file": name, "kind": kind, "rows": aside.rows, "first_lines": list(aside.first)}
            for name, kind, aside in found]


def _missing(taken: Intake) -> list[Gap]:
    """The first gaps of each document."""
    return [gap for document in (CUSTOMERS, BOOK)
            for gap in [each for each in taken.missing if each.document == document][:MOST_GAPS]]


def _late(taken: Intake) -> object:
    if not taken.periods:
        return None
    late, kept = taken.periods.late, taken.periods.if_late_renew
    return {"customers": len(late.ended), "arr": late.arr, "back_since": late.back_since,
            "grr_if_renewed_ratio": kept.grr_ratio, "nrr_if_renewed_ratio": kept.nrr_ratio}


def _reasons(taken: Intake) -> object:
    if not taken.coverage or not taken.explained:
        return None
    found, why = taken.coverage, taken.explained
    return {"lost_customers": found.customers, "matched_customers": found.matched_customers,
            "coded_customers": found.coded_customers, "lost_arr": found.arr, "matched_arr": found.matched_arr,
            "coded_arr": found.coded_arr, "matched_arr_ratio": found.matched_arr_ratio, "silent": why.silent,
            "far": why.far, "without": why.without}
