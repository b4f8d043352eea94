"""What a caller or a form asks a tier or a stack to be: read and checked once, for every way in. Touches no table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import discounts, terms, validity, values

MOST_IN_STACK: Final = 30


@dataclass(frozen=True)
class StackTerms:
    """What is said of a stack; None is not said."""

    name: str | None = None
    tiers: tuple[str, ...] | None = None
    category: str | None = None
    drops_category: bool = False


def tier(data: object) -> dict[str, Any]:
    """Return what a body says of a new tier, by the names of its fields; null means not given."""
    given = _given(data)
    if not given.get("name"):
        raise invalid_payload("name is required: how the tier is called")
    return _said(given)


def tier_change(data: object) -> dict[str, Any]:
    """Return what a body says of a known tier; null means not given, an empty value takes a date or the like away."""
    return _said(_given(data))


def stack(data: object) -> StackTerms:
    """Return what a body says of a stack."""
    given = _given(data)
    category = values.category_in({"category_id": given.get("category_id")})
    return StackTerms(
        limits.identifier(given["name"], "name").strip() if "name" in given else None,
        _tier_ids(given["tiers"]) if "tiers" in given else None,
        category.get("category"),
        category.get("category", "") is None,
    )


def _given(data: object) -> dict[str, Any]:
    return {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: read(given[name]) for name, read in READERS.items() if name in given}
    if "action" in given:
        action = limits.mapping(given["action"], "action")
        said |= {"discount": discounts.parse(action["discount"])} if action.get("discount") is not None else {}
    if hours := validity.said_in(given):
        said["validity"] = hours
    return {**said, **values.category_in(given), **_rules(given)}


def _rules(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read which rule is to be on it: by its id, or as the list of assignments in which answers tell it."""
    if "validation_rules" in given:
        return {"validation_rules": terms.validation_rules(given["validation_rules"])}
    told = given.get("validation_rule_assignments")
    listed = told.get("data") if isinstance(told, Mapping) else None
    if listed is None:
        return {}
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise invalid_payload("validation_rule_assignments.data must be a list of assignments")
    return {"validation_rules": terms.validation_rules([each.get("rule_id") for each in listed])}


def _hierarchy(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise invalid_payload("hierarchy must be a whole number of at least 0")
    return value


READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": lambda value: _name(value),
    "banner": lambda value: limits.text(value, "banner", 1000),
    "hierarchy": _hierarchy,
    "active": lambda value: values.flag(value, "active"),
    "start_date": lambda value: values.moment_or_none(value, "start_date"),
    "expiration_date": lambda value: values.moment_or_none(value, "expiration_date"),
    "metadata": lambda value: limits.metadata(value, "metadata"),
}


def _name(value: object) -> str:
    name = limits.identifier(value, "name").strip()
    if not name:
        raise invalid_payload("name must not be blank")
    return name


def _tier_ids(value: object) -> tuple[str, ...]:
    told = limits.mapping(value, "tiers")
    if told.get("hierarchy_mode") not in (None, "MANUAL"):
        raise invalid_payload("tiers.hierarchy_mode must be MANUAL")
    ids = told.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_IN_STACK:
        raise invalid_payload(f"tiers.ids must be a list of 1 to {MOST_IN_STACK} ids of tiers")
    named = tuple(limits.identifier(each, "tiers.ids") for each in ids)
    if len(set(named)) < len(named):
        raise Problem(400, "invalid_payload", "Payload is invalid", "tiers.ids must name each tier once")
    return named
