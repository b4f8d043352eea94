"""Which products a rule is about: single targets, and the lists of what a discount reaches and what it spares."""

from collections.abc import Mapping
from typing import Any, Final

from campaigns.rules.tree import APPLY_TO_EVERY, ApplicableTo, RuleError, Target

OBJECTS: Final = ("product", "sku", "products_collection")
PREFIXES: Final = {"sku": "sku", "pc": "products_collection"}
EFFECTS: Final = (
    APPLY_TO_EVERY,
    "APPLY_TO_CHEAPEST",
    "APPLY_FROM_CHEAPEST",
    "APPLY_TO_MOST_EXPENSIVE",
    "APPLY_FROM_MOST_EXPENSIVE",
)
LIMITS: Final = ("quantity_limit", "aggregated_quantity_limit", "amount_limit", "aggregated_amount_limit")
IDS: Final = ("id", "source_id", "product_id", "product_source_id")
MOST: Final = 500
LARGEST: Final = 10**12
# Said of a unit or of every so-manieth item: what they do by default is done, anything else is not offered.
DEFAULTS: Final = {"repeat": (0, 1), "skip_initially": (0,), "target": ("ITEM",)}


def applicable_to(path: str, given: object) -> ApplicableTo:
    """Read ``{included_all, included, excluded}``; null means not given."""
    if given is None:
        return ApplicableTo()
    if not isinstance(given, Mapping):
        raise RuleError(path, "applicable_to is an object with included_all, included and excluded.")
    every = given.get("included_all")
    if not isinstance(every, bool | None):
        raise RuleError(f"{path}.included_all", "included_all is either true or false.")
    included, excluded = (_targets(f"{path}.{side}", given.get(side)) for side in ("included", "excluded"))
    return ApplicableTo(bool(every), included, excluded)


def applicable_json(applicable: ApplicableTo) -> dict[str, Any]:
    return {
        "excluded": [target_json(each) for each in applicable.excluded],
        "included": [target_json(each) for each in applicable.included],
        "included_all": applicable.included_all,
    }


def target(path: str, given: object) -> Target:
    """Return one target, or raise ``RuleError``; of an id alone, its prefix tells what it is of."""
    if isinstance(given, str):
        given = {"object": PREFIXES.get(given.partition("_")[0], "product"), "id": given}
    if not isinstance(given, Mapping):
        raise RuleError(path, 'A target is an object such as {"object": "product", "id": "prod_..."}.')
    said = {key: value for key, value in given.items() if value is not None}
    kind, effect = said.get("object"), said.get("effect", APPLY_TO_EVERY)
    if kind not in OBJECTS:
        raise RuleError(f"{path}.object", f"The object is one of {', '.join(OBJECTS)}.")
    if effect not in EFFECTS:
        raise RuleError(f"{path}.effect", f"The effect is one of {', '.join(EFFECTS)}.")
    _refuse_what_is_not_offered(path, said)
    ids: dict[str, Any] = {name: _id(f"{path}.{name}", said[name]) for name in IDS if name in said}
    if not ids.keys() & {"id", "source_id"}:
        raise RuleError(path, "A target is named by its id or its source_id.")
    amounts: dict[str, Any] = {name: _amount(f"{path}.{name}", said[name], 1) for name in LIMITS if name in said}
    if "price" in said:
        amounts["price"] = _amount(f"{path}.price", said["price"], 0)
    return Target(object=kind, effect=effect, **ids, **amounts)


def target_json(target: Target) -> dict[str, Any]:
    """Return a target as the API tells it: its names, its effect, and those limits that it has."""
    told = {name: getattr(target, name) for name in (*IDS, *LIMITS, "price")}
    known = {name: value for name, value in told.items() if value is not None}
    return {"object": target.object, "id": None, "source_id": None, **known, "effect": target.effect}


def _targets(path: str, given: object) -> tuple[Target, ...]:
    if given is None:
        return ()
    listed = given.get("data") if isinstance(given, Mapping) else given
    if not isinstance(listed, list) or len(listed) > MOST:
        raise RuleError(path, f"A list of at most {MOST} targets is needed.")
    return tuple(target(f"{path}.{place}", each) for place, each in enumerate(listed))


def _refuse_what_is_not_offered(path: str, said: Mapping[str, Any]) -> None:
    for key, value in said.items():
        is_limit = key.startswith("product_") and "quantity_limit" in key
        if key.endswith("_formula") or is_limit or value not in DEFAULTS.get(key, (value,)):
            raise RuleError(f"{path}.{key[:80]}", "This limit is not offered; leave it out.")


def _id(path: str, given: object) -> str:
    if not isinstance(given, str) or not 1 <= len(given) <= 255 or "\x00" in given:
        raise RuleError(path, "An id is a text of 1 to 255 characters.")
    return given


def _amount(path: str, given: object, least: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= LARGEST:
        raise RuleError(path, f"A whole number of at least {least} is needed; amounts of money are in cents.")
    return given
