"""The part of JSON Schema that bare Python needs: a closed set of keywords, an error for any other."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Callable, NamedTuple

CHECKED = {"type", "enum", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "minItems", "pattern",
           "required", "properties", "additionalProperties", "items", "$ref"}
SILENT = {"$schema", "title", "description", "$defs"}
_TYPES = {"object": {dict}, "array": {list}, "string": {str}, "null": {type(None)}, "boolean": {bool},
          "integer": {int}, "number": {int, float, Decimal}}


class Breach(NamedTuple):
    """One keyword that one value does not meet."""

    path: tuple
    keyword: str
    rule: dict
    value: Any


def by_built_in(document: Any, rules: dict) -> list[Breach]:
    """The same breaches without any package. ValueError for a schema keyword that it does not know."""
    if compiled(rules, rules)(document):
        return []
    found: list[Breach] = []
    _collect(document, rules, rules, (), found)
    return in_order(found)


def compiled(rule: dict, root: dict) -> Callable[[Any], bool]:
    """A fast yes-or-no function for one schema node. ValueError for a keyword that it does not know."""
    unknown = set(rule) - CHECKED - SILENT
    if unknown or rule.get("additionalProperties", False) is not False:
        raise ValueError(f"schema keywords not known here: {sorted(unknown) or 'additionalProperties other than false'}")
    if "$ref" in rule:
        return compiled(_target(rule, root), root)
    tests: list[Callable[[Any], bool]] = [
        _test(keyword, rule) for keyword in rule
        if keyword in CHECKED and keyword not in ("properties", "items", "additionalProperties")]
    if "properties" in rule:
        tests.append(_properties_test({k: compiled(v, root) for k, v in rule["properties"].items()},
                                      "additionalProperties" in rule))
    if "items" in rule:
        item = compiled(rule["items"], root)
        tests.append(lambda value: not isinstance(value, list) or all(map(item, value)))
    return tests[0] if len(tests) == 1 else lambda value: all([test(value) for test in tests])


def _properties_test(inner: dict[str, Callable], closed: bool) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        for key, part in value.items():
            test = inner.get(key)
            if test is None:
                if closed:
                    return False
            elif not test(part):
                return False
        return True
    return holds


def _test(keyword: str, rule: dict) -> Callable[[Any], bool]:
    limit = rule[keyword]
    if keyword == "type":
        kinds = frozenset().union(*(_TYPES[name] for name in (limit if isinstance(limit, list) else [limit])))
        return lambda value: type(value) in kinds
    if keyword == "enum":
        return lambda value: value in limit
    if keyword in ("minimum", "maximum", "exclusiveMinimum"):
        return {"minimum": lambda value: not _number(value) or value >= limit,
                "maximum": lambda value: not _number(value) or value <= limit,
                "exclusiveMinimum": lambda value: not _number(value) or value > limit}[keyword]
    if keyword == "pattern":
        search = re.compile(limit).search
        return lambda value: not isinstance(value, str) or search(value) is not None
    if keyword == "required":
        wanted = frozenset(limit)
        return lambda value: not isinstance(value, dict) or wanted <= value.keys()
    if keyword == "minItems":
        return lambda value: not isinstance(value, list) or len(value) >= limit
    least = keyword == "minLength"
    return lambda value: not isinstance(value, str) or (len(value) >= limit if least else len(value) <= limit)


def _collect(value: Any, rule: dict, root: dict, path: tuple, found: list[Breach]) -> None:
    if "$ref" in rule:
        rule = _target(rule, root)
    for keyword in rule:
        if keyword in CHECKED and keyword not in ("properties", "items", "additionalProperties"):
            if not _test(keyword, rule)(value):
                found.append(Breach(path, keyword, rule, value))
    if isinstance(value, dict) and "properties" in rule:
        if "additionalProperties" in rule and set(value) - set(rule["properties"]):
            found.append(Breach(path, "additionalProperties", rule, value))
        for key, inner in rule["properties"].items():
            if key in value:
                _collect(value[key], inner, root, path + (key,), found)
    if isinstance(value, list) and "items" in rule:
        for index, item in enumerate(value):
            _collect(item, rule["items"], root, path + (index,), found)


def _target(rule: dict, root: dict) -> dict:
    return root["$defs"][rule["$ref"].rsplit("/", 1)[1]]


def _number(value: Any) -> bool:
    return type(value) in _TYPES["number"]


def in_order(found: list[Breach]) -> list[Breach]:
    """Breaches by path, then by keyword, whichever engine found them."""
    return sorted(found, key=lambda b: ([(0, step, "") if isinstance(step, int) else (1, 0, step) for step in b.path],
                                        b.keyword))
