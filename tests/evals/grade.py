"""How many assertions of evals.json a folder of answers meets: one file an answer, named `CASE.md` or `CASE-2.md`.

`python tests/evals/grade.py FOLDER` prints what each answer misses and how many words it has; it exits 1 for a miss.
"""
from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

EVALS = Path(__file__).resolve().parent / "evals.json"


def cases() -> dict[str, dict]:
    """Each case by its id."""
    return {case["id"]: case for case in json.loads(EVALS.read_text(encoding="utf-8"))["evals"]}


def plain(text: str) -> str:
    """An answer or a report without marks of emphasis, narrow spaces, typographic quotes and dashes."""
    text = re.sub(r"[*`]", "", text).replace("\u2019", "'").replace("\u202f", " ").replace("\u00a0", " ")
    return text.replace("\u2011", "-").replace("\u2013", "-").replace("\u2212", "-")


def meets(assertion: dict, answer: str) -> bool:
    """Whether an answer quotes what was printed, says what it should, or leaves out what it must not say."""
    said = plain(answer)
    if "printed" in assertion:
        return assertion["printed"].replace(" ", "") in re.sub(r"\s|(?<=\d),(?=\d{3}\b)", "", said)
    if "says" in assertion:
        return re.search(assertion["says"], said) is not None
    return re.search(assertion["never"], said) is None


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 when every answer meets every assertion, 1 when not, 2 for a folder without answers."""
    answers = sorted(Path(arguments[0]).glob("*.md")) if len(arguments) == 1 else []
    if not answers:
        print("usage: grade.py FOLDER, with an answer CASE.md for each case", file=sys.stderr)
        return 2
    met = asked = 0
    for path in answers:
        case = cases()[re.sub(r"-\d$", "", path.stem)]
        answer = path.read_text(encoding="utf-8")
        missed = [each["that"] for each in case["assertions"] if not meets(each, answer)]
        asked += len(case["assertions"])
        met += len(case["assertions"]) - len(missed)
        print(f"{path.stem}: {len(answer.split())} words; " + ("; ".join(missed) or "all met"))
    print(f"{met} of {asked} assertions in {len(answers)} answers")
    return 0 if met == asked else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
