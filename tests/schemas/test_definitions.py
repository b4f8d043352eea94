from typing import Any

import pytest

from access.problems import Problem
from schemas import definitions
from schemas.definitions import Schema


def schema(defined_only: bool = False, nested: Any = None, **properties: Any) -> Schema:
    return Schema(definitions.parse(properties), defined_only, nested or {})


@pytest.mark.parametrize(
    ("definition", "fits", "breaks"),
    [
        ({"type": "string"}, "nl", 5),
        ({"type": "number"}, 5.5, "5"),
        ({"type": "number"}, 0, True),
        ({"type": "boolean"}, False, "false"),
        ({"type": "date"}, "2026-01-31", "2026-02-31"),
        ({"type": "datetime"}, "2026-01-31T10:00:00Z", "2026-01-31"),
        ({"type": "image_url"}, "https://shop.example/a.png", "a.png"),
        ({"type": "object"}, {"a": 1}, "a"),
        ({"type": "geopoint"}, [52.1, 5.1], [152.1, 5.1]),
        ({"type": "string", "array": True}, ["a", "b"], "a"),
        ({"type": "string", "array": True}, [], ["a", 1]),
        ({"type": "string", "eq": ["nl", "de"]}, "nl", "fr"),
        ({"type": "string", "ne": ["nl"]}, "de", "nl"),
        ({"type": "number", "gte": 18, "lt": 100}, 18, 17),
        ({"type": "number", "gte": 18, "lt": 100}, 99, 100),
        ({"type": "number", "gt": 18}, 19, 18),
        ({"type": "date", "lte": "2026-01-31"}, "2026-01-31", "2026-02-01"),
        ({"type": "datetime", "gt": "2026-01-31T10:00:00Z"}, "2026-01-31T10:00:00-02:00", "2026-01-31T11:00:00+02:00"),
        ({"type": "string", "minLength": 2}, "ab", "a"),
        ({"type": "string", "maxLength": 2}, "ab", "abc"),
        ({"type": "string", "exactLength": 2}, "ab", "a"),
        ({"type": "string", "optional": False}, "x", None),
    ],
)
def test_a_value_meets_its_definition_or_not(definition: Any, fits: Any, breaks: Any) -> None:
    declared = schema(part=definition)
    assert declared.violation({"part": fits}) is None
    problem = declared.violation({"part": breaks})
    assert problem is not None
    assert problem.key == "metadata_validation_failed"
    assert "part" in problem.details


def test_what_is_missing_may_be_known_already() -> None:
    declared = schema(lang={"type": "string", "optional": False})
    assert declared.violation({}) is not None
    assert declared.violation({"age": 5}, {"lang": "nl", "age": 5}) is None


def test_only_a_strict_schema_refuses_what_it_does_not_know() -> None:
    assert schema(lang={"type": "string"}).violation({"other": 1}) is None
    problem = schema(True, lang={"type": "string"}).violation({"other": 1})
    assert problem is not None
    assert problem.details == "Property .metadata.other is not defined"


def test_what_was_removed_is_asked_of_nobody() -> None:
    declared = schema(lang={"type": "number", "optional": False, "deleted": True})
    assert declared.violation({"lang": "nl"}) is None


def test_nested_objects_have_definitions_of_their_own() -> None:
    nested = {"pet": definitions.parse({"name": {"type": "string", "optional": False}})}
    declared = schema(nested=nested, pets={"type": "object", "array": True, "objectType": "pet"})
    assert declared.violation({"pets": [{"name": "Rex"}]}) is None
    problem = declared.violation({"pets": [{"name": "Rex"}, {"age": 3}]})
    assert problem is not None
    assert problem.details == "Property .metadata.pets[1] should have required property 'name'"


def test_an_object_that_holds_its_own_kind_ends_somewhere() -> None:
    nested = {"box": definitions.parse({"inner": {"type": "object", "objectType": "box"}})}
    whole: dict[str, Any] = {}
    for _ in range(50):
        whole = {"inner": whole}
    assert Schema(nested["box"], nested=nested).violation(whole) is None


@pytest.mark.parametrize(
    "properties",
    [
        [],
        {"lang": "string"},
        {"lang": {}},
        {"lang": {"type": "text"}},
        {"lang": {"type": "string", "optional": "yes"}},
        {"lang": {"type": "string", "eq": [5]}},
        {"lang": {"type": "string", "gt": "a"}},
        {"age": {"type": "number", "gt": "5"}},
        {"age": {"type": "number", "minLength": 5}},
        {"lang": {"type": "string", "minLength": -1}},
        {"": {"type": "string"}},
        {f"key{number}": {"type": "string"} for number in range(101)},
    ],
)
def test_what_cannot_be_meant_is_not_declared(properties: Any) -> None:
    with pytest.raises(Problem) as refused:
        definitions.parse(properties)
    assert refused.value.key == "invalid_payload"
