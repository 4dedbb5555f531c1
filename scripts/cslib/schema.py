"""A document against its JSON Schema: every fault at once, with its path and the likely key meant.

`jsonschema` does the checking where it can be imported and the document is small enough for it; otherwise the
built-in checker does. Both find the same breaches.
"""

from __future__ import annotations

from typing import Any, Callable

from cslib import source
from cslib.checker import Breach, by_built_in, in_order
from cslib.refusal import Refusal
from cslib.wording import faults_of

MOST_ITEMS_FOR_JSONSCHEMA, MOST_WITH_HINTS = 2_000, 1_000


def load(name: str) -> dict:
    """The schema of that name, as declared once beside this room."""
    return source.own("schemas", f"{name}.schema.json")


def check(document: Any, name: str, path: str) -> None:
    """Nothing, or a Refusal with every fault of the document."""
    rules = load(name)
    found = breaches(document, rules)
    if found:
        raise Refusal(path, [fault for n, breach in enumerate(found)
                             for fault in faults_of(breach, document, n < MOST_WITH_HINTS)])


def breaches(document: Any, rules: dict) -> list[Breach]:
    """What does not hold, in document order, by the engine that fits."""
    if _items(document) <= MOST_ITEMS_FOR_JSONSCHEMA:
        try:
            import jsonschema
            return by_jsonschema(document, rules, jsonschema.Draft202012Validator)
        except (ImportError, RecursionError):
            pass
    return by_built_in(document, rules)


def by_jsonschema(document: Any, rules: dict, validator: Callable) -> list[Breach]:
    """The breaches that jsonschema finds, one per path and keyword."""
    found = {}
    for error in validator(rules).iter_errors(document):
        path = tuple(error.absolute_path)
        found[path, error.validator] = Breach(path, error.validator, error.schema, error.instance)
    return in_order(list(found.values()))


def _items(document: Any) -> int:
    parts = document.values() if isinstance(document, dict) else [document]
    return sum(len(part) for part in parts if isinstance(part, list))
