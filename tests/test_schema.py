"""Two engines, one verdict: the built-in checker against jsonschema, over damaged documents and made-up schemas."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SAMPLES, SCRIPTS
from cslib import checker, schema
from cslib.refusal import Refusal, refusal_text

jsonschema = pytest.importorskip("jsonschema")
Validator = jsonschema.Draft202012Validator
NAMES = sorted(path.name.split(".")[0] for path in (SCRIPTS / "cslib" / "schemas").glob("*.schema.json"))

ODD = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.just("x" * 201), st.just([]), st.just({}), st.just([[[]]]),
    st.sampled_from([0, 1, -1, 10**12, 10**12 + 1, 10**40, Decimal("0"), Decimal("-0.0"), Decimal("12.0"),
                     Decimal("1e30"),
                     Decimal("-1e-9"), Decimal("1000000000000.01"), "2026-09-30", "2026-9-30", "2026-09-30\n", "USD",
                     "usd", "growth",
                     "Growth", "2024-Q5", "2024-Q1", "２０２４-01", {"id": 1}, ["x"]]))


def breaches(engine, document, rules):
    return [(b.path, b.keyword) for b in engine(document, rules)]


def by_jsonschema(document, rules):
    return schema.by_jsonschema(document, rules, Validator)


def resolved(rule, root):
    return root["$defs"][rule["$ref"].rsplit("/", 1)[1]] if "$ref" in rule else rule


@st.composite
def of_schema(draw, rule, root):
    """A document that the rule accepts, as far as types, words and bounds go."""
    rule = resolved(rule, root)
    if "enum" in rule:
        return draw(st.sampled_from(rule["enum"]))
    kind = draw(st.sampled_from(rule["type"] if isinstance(rule["type"], list) else [rule["type"]]))
    if kind == "object":
        wanted = rule.get("required", [])
        keys = [key for key in rule.get("properties", {}) if key in wanted or draw(st.booleans())]
        return {key: draw(of_schema(rule["properties"][key], root)) for key in keys}
    if kind == "array":
        return draw(st.lists(of_schema(rule["items"], root), min_size=rule.get("minItems", 0), max_size=3))
    if kind == "string":
        return draw(st.from_regex(rule["pattern"], fullmatch=True) if "pattern" in rule else
                    st.text(min_size=rule.get("minLength", 0), max_size=min(rule.get("maxLength", 8), 8)))
    if kind in ("integer", "number"):
        low, high = rule.get("minimum", -1000), rule.get("maximum", 10**6)
        if "exclusiveMinimum" in rule:
            low = rule["exclusiveMinimum"] + Decimal("0.01")
        if kind == "integer" or draw(st.booleans()):
            return draw(st.integers(int(low), int(high)))
        return draw(st.decimals(low, high, places=2))
    return draw(st.booleans()) if kind == "boolean" else None


def places(document, path=()):
    """Every container of a document with the path to it."""
    if isinstance(document, (dict, list)):
        yield path, document
        for step in document if isinstance(document, dict) else range(len(document)):
            yield from places(document[step], (*path, step))


def misspelt(key: str) -> str:
    return key[1:] + key[:1] if key else "?"


@st.composite
def damaged(draw, rules):
    document = copy.deepcopy(draw(of_schema(rules, rules)))
    for _ in range(draw(st.integers(0, 4))):
        _, inside = draw(st.sampled_from(list(places(document)) or [((), document)]))
        if isinstance(inside, dict):
            keys = sorted(inside)
            act = draw(st.sampled_from(["add", "drop", "misspell", "replace"] if keys else ["add"]))
            if act == "add":
                inside[draw(st.sampled_from(["extra", "id", "name", ""]))] = copy.deepcopy(draw(ODD))
                continue
            key = draw(st.sampled_from(keys))
            if act == "replace":
                inside[key] = copy.deepcopy(draw(ODD))
            else:
                value = inside.pop(key)
                if act == "misspell":
                    inside[misspelt(key)] = value
        elif isinstance(inside, list):
            inside.insert(draw(st.integers(0, len(inside))), copy.deepcopy(draw(ODD)))
    return document


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=200)
@given(st.data())
def test_both_engines_find_the_same_breaches_in_a_damaged_document(name, data):
    rules = schema.load(name)
    document = data.draw(damaged(rules))
    assert breaches(checker.by_built_in, document, rules) == breaches(by_jsonschema, document, rules)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(st.data())
def test_both_engines_accept_what_the_schema_describes(name, data):
    rules = schema.load(name)
    document = data.draw(of_schema(rules, rules))
    assert breaches(checker.by_built_in, document, rules) == breaches(by_jsonschema, document, rules) == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(st.data())
def test_both_engines_refuse_in_the_same_words(name, data):
    rules = schema.load(name)
    document = data.draw(damaged(rules))
    said = []
    for packages in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            if not packages:
                patch.setitem(__import__("sys").modules, "jsonschema", None)
            try:
                schema.check(document, name, "input.json")
                said.append("")
            except Refusal as refusal:
                said.append(refusal_text(refusal))
    assert said[0] == said[1]


LIMITS = st.integers(-3, 3)
WORDS = st.sampled_from(["a", "b", "", "aa", None, 1, 0, True, False, Decimal("1.5")])
PROPERTY = st.sampled_from(["a", "b", "c"])


def rules_inside(inner):
    return st.fixed_dictionaries({}, optional={
        "type": st.one_of(st.sampled_from(sorted(checker._TYPES)),
                          st.lists(st.sampled_from(sorted(checker._TYPES)), min_size=1, unique=True)),
        "enum": st.lists(st.sampled_from(["a", "b", "", "aa", None]), min_size=1, max_size=4), "minimum": LIMITS,
        "maximum": LIMITS, "exclusiveMinimum": LIMITS,
        "minLength": st.integers(0, 2), "maxLength": st.integers(0, 2), "minItems": st.integers(0, 2),
        "pattern": st.sampled_from(["^a+$", "b", "^$"]), "required": st.lists(PROPERTY, unique=True),
        "properties": st.dictionaries(PROPERTY, inner, max_size=2), "additionalProperties": st.just(False),
        "items": inner,
        "description": st.just("a text")})


RULES = st.recursive(rules_inside(st.just({})), rules_inside, max_leaves=4)
VALUES = st.recursive(st.one_of(WORDS, LIMITS, st.decimals(-3, 3, places=1), st.text("ab\n", max_size=3),
                                st.booleans()),
                      lambda inner: st.one_of(st.lists(inner, max_size=3),
                                              st.dictionaries(PROPERTY, inner, max_size=3)), max_leaves=6)


@settings(max_examples=500)
@given(RULES, VALUES)
def test_both_engines_agree_on_made_up_schemas_over_the_closed_set_of_keywords(rules, value):
    assert breaches(checker.by_built_in, value, rules) == breaches(by_jsonschema, value, rules)


@settings(max_examples=200)
@given(RULES, st.lists(VALUES, max_size=5))
def test_a_fault_is_found_wherever_in_a_list_it_stands(rules, values):
    alone = [bool(checker.by_built_in(value, rules)) for value in values]
    found = {path[0] for path, _ in breaches(checker.by_built_in, values, {"items": rules}) if path}
    assert found == {n for n, bad in enumerate(alone) if bad}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "allOf", "not", "if", "const", "format", "multipleOf",
                                     "exclusiveMaximum", "maxItems",
                                     "uniqueItems", "contains", "prefixItems", "patternProperties", "propertyNames",
                                     "minProperties",
                                     "dependentRequired", "unevaluatedProperties", "$dynamicRef", "default",
                                     "misspelt"])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_the_checker_raises_for_a_keyword_that_it_does_not_know_wherever_it_stands(keyword, depth):
    rule: dict = {keyword: {}}
    for step in range(depth):
        rule = [{"properties": {"a": rule}}, {"items": rule}, {"$defs": {"a": rule}, "$ref": "#/$defs/a"}][step]
    for document in ({}, [], None):
        with pytest.raises(ValueError):
            checker.by_built_in(document, rule)


@pytest.mark.parametrize("value", [True, {}, {"type": "string"}])
def test_additional_properties_can_only_be_closed(value):
    with pytest.raises(ValueError):
        checker.by_built_in({}, {"additionalProperties": value})


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_schema_whose_objects_are_closed(name):
    rules = schema.load(name)
    Validator.check_schema(rules)
    assert checker.by_built_in(None, rules)
    text = json.dumps(rules)
    assert text.count('"properties"') == text.count('"additionalProperties": false')


@pytest.mark.parametrize("name", NAMES)
def test_every_ratio_of_a_schema_is_bounded(name):
    def ratios(rule):
        for key, inner in rule.get("properties", {}).items():
            if key.endswith("_ratio"):
                yield key, resolved(inner, schema.load(name))
        for inner in [*rule.get("properties", {}).values(), *rule.get("$defs", {}).values(),
                      *([rule["items"]] if "items" in rule else [])]:
            yield from ratios(inner)

    assert all("minimum" in rule and "maximum" in rule for _, rule in ratios(schema.load(name))
               if "number" in rule["type"])


def accounts(count: int) -> dict:
    return {"as_of": "2026-09-30", "period_months": 12,
            "accounts": [{"id": f"C-{n}", "starting_arr": Decimal("100.5"), "ending_arr": 90} for n in range(count)]}


@pytest.mark.parametrize("count", [1, 1_999, 2_000, 2_001, 5_000])
def test_the_size_at_which_the_engine_changes_changes_no_verdict(count):
    rules = schema.load("cohorts")
    document = accounts(count)
    assert schema.breaches(document, rules) == []
    document["accounts"][count // 2]["ending_arr"] = "90"
    document["accounts"][-1].pop("id")
    assert [(b.path, b.keyword) for b in schema.breaches(document, rules)] == sorted(
        {(("accounts", count // 2, "ending_arr"), "type"), (("accounts", count - 1), "required")},
        key=lambda breach: (breach[0][1], len(breach[0])))


def test_breaches_stand_in_the_order_of_the_document():
    document = accounts(12)
    for n in (10, 2, 9):
        document["accounts"][n]["starting_arr"] = -1
    assert [b.path[1] for b in schema.breaches(document, schema.load("cohorts"))] == [2, 9, 10]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_is_accepted_by_its_schema_with_both_engines(path):
    if path.stem not in NAMES:
        pytest.skip("not an input of a door")
    document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    rules = schema.load(path.stem)
    assert checker.by_built_in(document, rules) == by_jsonschema(document, rules) == []
