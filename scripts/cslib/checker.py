"""The part of JSON Schema that bare Python needs: a closed set of keywords, an error for any other.

A document is first checked column by column (all values that stand under one schema node at once), which is fast and
says yes or no; only a document that fails is walked value by value for its places.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import chain, repeat
from operator import contains
from typing import Any, NamedTuple

CHECKED = {"type", "enum", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "minItems", "pattern",
           "required", "properties", "additionalProperties", "items", "$ref"}
SILENT = {"$schema", "title", "description", "$defs"}
_STRUCTURE = {"properties", "items", "additionalProperties", "$ref"}
_NUMBERS = {int, float, Decimal}
_TYPES = {"object": {dict}, "array": {list}, "string": {str}, "null": {type(None)}, "boolean": {bool},
          "integer": {int}, "number": _NUMBERS}


class Breach(NamedTuple):
    """One keyword that one value does not meet."""

    path: tuple
    keyword: str
    rule: dict
    value: Any


def by_built_in(document: Any, rules: dict) -> list[Breach]:
    """What does not hold, by path and keyword. ValueError for a schema keyword that this checker does not know."""
    _check_keywords(rules)
    if _all_hold([document], rules, rules):
        return []
    found: list[Breach] = []
    _collect(document, rules, rules, (), found)
    return in_order(found)


def in_order(found: list[Breach]) -> list[Breach]:
    """Breaches by path, then by keyword, whichever engine found them."""
    return sorted(found, key=lambda b: ([(0, step, "") if isinstance(step, int) else (1, 0, step) for step in b.path],
                                        b.keyword))


def _check_keywords(rule: dict) -> None:
    unknown = set(rule) - CHECKED - SILENT
    if unknown or rule.get("additionalProperties", False) is not False:
        raise ValueError("schema keywords not known here: "
                         f"{sorted(unknown) or 'additionalProperties other than false'}")
    inner = [rule["items"]] if "items" in rule else []
    for part in chain(inner, rule.get("properties", {}).values(), rule.get("$defs", {}).values()):
        _check_keywords(part)


def _all_hold(values: list, rule: dict, root: dict) -> bool:
    rule = _resolved(rule, root)
    kinds = set(map(type, values))
    if not all(_holds(keyword, limit, values, kinds)
               for keyword, limit in rule.items() if keyword in CHECKED - _STRUCTURE):
        return False
    known = rule.get("properties", {})
    if known or "additionalProperties" in rule:
        objects = _only({dict}, values, kinds)
        if "additionalProperties" in rule and not set(chain.from_iterable(objects)) <= known.keys():
            return False
        for key, inner in known.items():
            column = [value[key] for value in objects if key in value]
            if column and not _all_hold(column, inner, root):
                return False
    if "items" in rule:
        items = list(chain.from_iterable(_only({list}, values, kinds)))
        return not items or _all_hold(items, rule["items"], root)
    return True


def _only(wanted: set[type], values: list, kinds: set[type]) -> list:
    return values if kinds <= wanted else [value for value in values if type(value) in wanted]


def _holds(keyword: str, limit: Any, values: list, kinds: set[type]) -> bool:
    """Whether all values, of these types, meet the keyword; a value of a type that it is not about meets it."""
    if keyword == "type":
        return kinds <= _kinds(limit)
    if keyword == "enum":
        return kinds <= set(map(type, limit)) and set(values) <= set(limit)
    if keyword in ("minimum", "exclusiveMinimum", "maximum"):
        numbers = _only(_NUMBERS, values, kinds)
        if not numbers:
            return True
        return max(numbers) <= limit if keyword == "maximum" else min(numbers) > limit or (
            keyword == "minimum" and min(numbers) == limit)
    if keyword == "required":
        objects = _only({dict}, values, kinds)
        return all(all(map(contains, objects, repeat(key))) for key in limit)
    if keyword == "minItems":
        return all(len(value) >= limit for value in _only({list}, values, kinds))
    texts = _only({str}, values, kinds)
    if keyword == "pattern":
        return all(map(re.compile(limit).search, set(texts)))
    lengths = set(map(len, texts))
    return not lengths or (min(lengths) >= limit if keyword == "minLength" else max(lengths) <= limit)


def _collect(value: Any, rule: dict, root: dict, path: tuple, found: list[Breach]) -> None:
    rule = _resolved(rule, root)
    found += [Breach(path, keyword, rule, value) for keyword, limit in rule.items()
              if keyword in CHECKED - _STRUCTURE and not _holds(keyword, limit, [value], {type(value)})]
    if type(value) is dict:
        known = rule.get("properties", {})
        if "additionalProperties" in rule and not value.keys() <= known.keys():
            found.append(Breach(path, "additionalProperties", rule, value))
        for key, inner in known.items():
            if key in value:
                _collect(value[key], inner, root, (*path, key), found)
    if type(value) is list and "items" in rule:
        for index, item in enumerate(value):
            _collect(item, rule["items"], root, (*path, index), found)


def _resolved(rule: dict, root: dict) -> dict:
    return root["$defs"][rule["$ref"].rsplit("/", 1)[1]] if "$ref" in rule else rule


def _kinds(limit: Any) -> set[type]:
    return set().union(*(_TYPES[name] for name in (limit if isinstance(limit, list) else [limit])))
