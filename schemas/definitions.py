"""Definitions of metadata: read strictly from what a caller declares, and asked whether a value meets them.

Plain Python; a schema in its stored form is a dictionary of definitions by key.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from access import limits
from access.problems import Problem, invalid_payload

PROPERTIES_MOST = 100
DEPTH_MOST = 3
STANDARD = (
    "campaign",
    "customer",
    "earning_rule",
    "loyalty_tier",
    "order",
    "order_item",
    "product",
    "promotion_tier",
    "publication",
    "redemption",
    "reward",
    "voucher",
)

Definition = dict[str, Any]
Definitions = Mapping[str, Definition]
Values = Mapping[str, Any]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and _reads(date, value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 10 and _reads(datetime, value)


def _reads(kind: type[date], value: str) -> bool:
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_image(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://")) and " " not in value


def _is_point(value: Any) -> bool:
    """Tell whether this is a pair of latitude and longitude, in the order in which GeoJSON's readers expect neither."""
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        return False
    return abs(value[0]) <= 90 and abs(value[1]) <= 180


TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_day,
    "datetime": _is_moment,
    "image_url": _is_image,
    "object": lambda value: isinstance(value, dict),
    "geopoint": _is_point,
}
_ORDERED = ("number", "date", "datetime")
# What each constraint asks, and of which types.
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
}
_MEASURED: dict[str, Callable[[int, int], bool]] = {
    "minLength": lambda length, bound: length >= bound,
    "maxLength": lambda length, bound: length <= bound,
    "exactLength": lambda length, bound: length == bound,
}


@dataclass(frozen=True)
class Schema:
    """The definitions that hold for one kind of object, with the nested kinds that they refer to."""

    properties: Mapping[str, Definition] = field(default_factory=dict)
    defined_only: bool = False
    nested: Mapping[str, Mapping[str, Definition]] = field(default_factory=dict)

    def violation(self, said: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Problem | None:
        """Return how metadata breaks the schema; ``whole`` is what it comes to where only a part was said anew."""
        sentence = self._broken(self.properties, said, said if whole is None else whole, "metadata", DEPTH_MOST)
        return _refused(sentence) if sentence else None

    def _broken(
        self,
        properties: Mapping[str, Definition],
        said: Mapping[str, Any],
        whole: Mapping[str, Any],
        path: str,
        depth: int,
    ) -> str:
        for name, definition in properties.items():
            if not definition["deleted"] and not definition["optional"] and whole.get(name) is None:
                return f"Property .{path} should have required property '{name}'"
        for name, value in said.items():
            known = properties.get(name)
            if known is None or known["deleted"]:
                if self.defined_only:
                    return f"Property .{path}.{name} is not defined"
            elif value is not None and (sentence := self._breaks(known, value, f"{path}.{name}", depth)):
                return sentence
        return ""

    def _breaks(self, definition: Definition, value: Any, path: str, depth: int) -> str:
        if not definition["array"]:
            return self._breaks_one(definition, value, path, depth)
        if not isinstance(value, list):
            return f"Property .{path} should be array"
        each = (self._breaks_one(definition, part, f"{path}[{place}]", depth) for place, part in enumerate(value))
        return next(filter(None, each), "")

    def _breaks_one(self, definition: Definition, value: Any, path: str, depth: int) -> str:
        if not TYPES[definition["type"]](value):
            return f"Property .{path} should be {definition['type']}"
        if definition["type"] == "object":
            inner = self.nested.get(definition["objectType"] or "", {})
            return self._broken(inner, value, value, path, depth - 1) if depth and inner else ""
        return _breaks_constraint(definition, value, path)


def _refused(sentence: str) -> Problem:
    return Problem(400, "metadata_validation_failed", "Metadata validation failed", sentence)


def _breaks_constraint(definition: Definition, value: Any, path: str) -> str:
    if "eq" in definition and value not in definition["eq"]:
        return f"Property .{path} should be one of {', '.join(map(str, definition['eq']))}"
    if "ne" in definition and value in definition["ne"]:
        return f"Property .{path} should not be {value}"
    for name, holds in _COMPARED.items():
        if name in definition and not holds(_comparable(value), _comparable(definition[name])):
            return f"Property .{path} should be {name} {definition[name]}"
    for name, measures in _MEASURED.items():
        if name in definition and not measures(len(value), definition[name]):
            return f"Property .{path} should have {name} {definition[name]}"
    return ""


def _comparable(value: Any) -> Any:
    """Moments compare as moments, whatever zone they are written in; days and numbers as they are."""
    if not isinstance(value, str) or len(value) <= 10:
        return value
    return datetime.fromisoformat(value).timestamp()


def parse(given: object) -> dict[str, Definition]:
    """Return definitions in their stored form, or raise a Problem."""
    wanted = limits.mapping(given, "properties")
    if len(wanted) > PROPERTIES_MOST:
        raise invalid_payload(f"properties must not have more than {PROPERTIES_MOST} keys")
    return {limits.identifier(name, "A property's name", 128): _definition(name, part) for name, part in wanted.items()}


def _definition(name: str, given: object) -> Definition:
    part = limits.mapping(given, f"properties.{name}")
    kind = part.get("type")
    if kind not in TYPES:
        raise invalid_payload(f"properties.{name}.type must be one of {', '.join(TYPES)}")
    nested = part.get("objectType")
    return {
        "type": kind,
        "array": _flag(part, name, "array", default=False),
        "optional": _flag(part, name, "optional", default=True),
        "deleted": _flag(part, name, "deleted", default=False),
        "objectType": limits.identifier(nested, f"properties.{name}.objectType", 128) if nested else None,
        **_constraints(name, kind, part),
    }


def _flag(part: Mapping[str, Any], name: str, flag: str, *, default: bool) -> bool:
    value = part.get(flag)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid_payload(f"properties.{name}.{flag} must be true or false")
    return value


def _constraints(name: str, kind: str, part: Mapping[str, Any]) -> Definition:
    found: Definition = {}
    for key in ("eq", "ne"):
        if part.get(key) is not None:
            values = part[key] if isinstance(part[key], list) else [part[key]]
            if not all(map(TYPES[kind], values)):
                raise invalid_payload(f"properties.{name}.{key} must hold values of the type {kind}")
            found[key] = values
    for key in _COMPARED:
        if part.get(key) is not None:
            if kind not in _ORDERED or not TYPES[kind](part[key]):
                raise invalid_payload(f"properties.{name}.{key} must be a {kind}, of a number, date or datetime")
            found[key] = part[key]
    for key in _MEASURED:
        if part.get(key) is not None:
            if (
                kind not in ("string", "image_url")
                or type(part[key]) is not int
                or not 0 <= part[key] <= limits.TEXT_LENGTH
            ):
                raise invalid_payload(f"properties.{name}.{key} must be a whole number, of a string")
            found[key] = part[key]
    return found
