"""What a breach of a schema is called in a refusal: kind, place, expectation, what was got, the likely fix."""

from __future__ import annotations

import difflib
import json
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from cslib.checker import Breach
from cslib.figures import per_cent
from cslib.refusal import Fault

_DAY, _MONTH, _EXAMPLE = "YYYY-MM-DD", "YYYY-MM", "2026-09-30"
_LABELS = ("id", "name", "cohort", "tier", "role", "outcome")
_LEAST_LETTERS, _MOST_KEYS_SAID = 3, 7
_LARGEST_PER_CENT = 1_000
_PER_CENT = re.compile(r"\s*([+-]?[0-9]{1,12}(?:[.,][0-9]{1,2})?)\s*%\s*", re.ASCII)
_SAID = {"object": "an object", "array": "a list", "string": "text", "null": "null", "number": "a number",
         "integer": "a whole number", "boolean": "true or false"}


def faults_of(breach: Breach, document: Any, with_hints: bool) -> list[Fault]:
    """The faults behind one breach: one for each missing or unknown key, otherwise one. Hints cost time."""
    path, keyword, rule, value = breach
    place = place_of(path, document)
    if keyword == "required":
        return [Fault("missing key", place, f'"{key}"', "", _unspelt(key, value, rule) if with_hints else "")
                for key in rule["required"] if key not in value]
    if keyword == "additionalProperties":
        known = rule["properties"]
        only = ", ".join(known) if len(known) <= _MOST_KEYS_SAID else "keys of the schema (--schema prints it)"
        return [Fault("unknown key", place, f"only {only}", f'"{key}"',
                      likely_word(key, known) if with_hints and n < 10 else "")
                for n, key in enumerate(key for key in value if key not in rule["properties"])]
    kind = {"type": "wrong type", "enum": "unknown word", "pattern": "wrong form"}.get(keyword, "out of range")
    by_word = keyword == "enum" and isinstance(value, str)
    is_ratio = any(str(step).endswith("_ratio") for step in path)
    meant = _form_hint(value, rule, is_ratio) if not by_word else likely_word(value, rule["enum"]) if with_hints else ""
    return [Fault(kind, place, expectation(rule), _shown(value), meant)]


def _unspelt(key: str, value: dict, rule: dict) -> str:
    strangers = [k for k in value if k not in rule.get("properties", {})]
    near = _nearest(key, tuple(strangers))
    return f'"{near}" is there: is that the one?' if near else ""


def likely_word(word: str, known: Any) -> str:
    """`did you mean "arr"?` when a known word is near, otherwise nothing."""
    words = tuple(k for k in known if isinstance(k, str))
    near = _nearest(word, words) or _begun(word, words)
    return f'did you mean "{near}"?' if near else ""


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple) -> str:
    return next(iter(difflib.get_close_matches(word.lower(), known, 1, 0.6)), "")


def _begun(word: str, known: tuple) -> str:
    """The one word that begins like this: `enterprise` for `ent`."""
    start = word.strip().lower()
    found = [one for one in known if one.startswith(start)] if len(start) >= _LEAST_LETTERS else []
    return found[0] if len(found) == 1 else ""


class Meant(NamedTuple):
    """A number as the ratio that it is, as the per cent that it looks like, and how that is written."""

    said: str
    likely: str
    ratio: str


def as_per_cent(value: Decimal) -> Meant:
    """`4,000%`, `40%` and `0.4` for 40."""
    ratio = (value / 100).normalize()
    return Meant(_exact_per_cent(value), _exact_per_cent(ratio), f"{ratio:f}")


def _exact_per_cent(ratio: Decimal) -> str:
    return per_cent(ratio, max(0, -int(ratio.normalize().as_tuple().exponent) - 2))


def _form_hint(value: Any, rule: dict, is_ratio: bool) -> str:
    names = rule.get("type", ())
    if "number" in names or "integer" in names:
        return _number_hint(value, rule, is_ratio)
    if "boolean" in names and "string" not in names:
        return "write true or false without quotes, or leave it out when it is not known"
    return _day_hint(value, rule["description"]) if isinstance(value, str) and rule.get("description") in (
        _DAY, _MONTH) else ""


def _day_hint(value: str, form: str) -> str:
    """The day or its month, where a text in another form says one; how to write it, where it may say two or is bare."""
    if value == form:
        return f"fill it in, as {_EXAMPLE[:len(form)]}"
    from cslib import cells  # for a fault only: every run would pay for it
    found = {str(day)[:len(form)] for order in ("dmy", "mdy") for day in [cells.day(value, order)] if day}
    return f"write {found.pop()}" if len(found) == 1 else f"write it as {form}" if found else ""


def _number_hint(value: Any, rule: dict, is_ratio: bool) -> str:
    if isinstance(value, bool):
        return f"{'true' if value else 'false'} is not an amount"
    if isinstance(value, str):
        return _number_in_text_hint(value, is_ratio)
    if value is None:
        return "null says that it is not known, and it has to be"
    if isinstance(value, Decimal) and "integer" in rule.get("type", ()) and _is_whole(value, rule):
        return f"write {int(value)}"
    if isinstance(value, (int, Decimal)):
        return _bounds_hint(Decimal(value), rule, is_ratio)
    return ""


def _is_whole(value: Decimal, rule: dict) -> bool:
    return rule.get("minimum", value) <= value <= rule.get("maximum", value) and value == value.to_integral_value()


def _number_in_text_hint(value: str, is_ratio: bool) -> str:
    sign = _PER_CENT.fullmatch(value)
    if sign and is_ratio:
        return f"write {as_per_cent(Decimal(sign[1].replace(',', '.'))).ratio}, without quotes or sign"
    return "write it as a number, without quotes or separators" if re.fullmatch(r"\s*-?[\d.,]+\s*", value) else ""


def _bounds_hint(value: Decimal, rule: dict, is_ratio: bool) -> str:
    """What a number outside its bounds most likely means."""
    if not is_ratio or not -_LARGEST_PER_CENT <= value <= _LARGEST_PER_CENT:
        return ""
    is_growth, meant = rule.get("minimum") == -1, as_per_cent(value)
    if value > 1:
        return (f"{value} is {meant.said}; for {meant.likely} write {meant.ratio}" if is_growth else
                f"{value} looks like a percentage: write {meant.ratio}")
    if not is_growth:
        return ""
    return "a book cannot lose more than all" + (
        f"; for {meant.likely} write {meant.ratio}" if value >= -100 else "")


def expectation(rule: dict) -> str:
    """What a schema node accepts, in words."""
    if "enum" in rule:
        return "one of " + ", ".join("null" if word is None else str(word) for word in rule["enum"])
    names = rule["type"] if isinstance(rule.get("type"), list) else [rule.get("type", "a value")]
    said = " or ".join(_SAID.get(name, name) for name in names)
    if "minimum" in rule or "maximum" in rule:
        said += f" from {rule.get('minimum', 'any')} to {rule.get('maximum', 'any')}"
    if "exclusiveMinimum" in rule:
        said += f" above {rule['exclusiveMinimum']}"
    if "maxLength" in rule:
        said += f" of {rule.get('minLength', 0)} to {rule['maxLength']} characters"
    if "minItems" in rule:
        said += f" with at least {rule['minItems']} entry"
    return said + (f" ({rule['description']})" if "description" in rule else "")


def place_of(path: tuple, document: Any) -> str:
    """`accounts[3].starting_arr (C-0004)`: where a value stands, with the id or name of the entry around it."""
    said, label, here = "", "", document
    for step in path:
        said += f"[{step}]" if isinstance(step, int) else (f".{step}" if said else step)
        here = here[step]
        if isinstance(step, int) and isinstance(here, dict):
            label = next((f" ({here[key]})" for key in _LABELS if isinstance(here.get(key), str)), label)
    return (said or "the document") + label


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return ("an object" if isinstance(value, dict) else "a list") + f" of {len(value)}"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
