"""Discounts: what is a valid one, and how it reads. Decides without touching a table."""

from collections.abc import Callable, Mapping
from typing import Any

from access.money import WITHOUT_CENTS as WITHOUT_CENTS
from access.money import in_words as money
from access.problems import Problem

ORDER, ITEMS = "APPLY_TO_ORDER", "APPLY_TO_ITEMS"
EFFECTS = {
    "PERCENT": (ORDER, ITEMS),
    "AMOUNT": (
        ORDER,
        ITEMS,
        "APPLY_TO_ITEMS_BY_QUANTITY",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    ),
    "FIXED": (ORDER, ITEMS),
    "UNIT": ("ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_MANY_ITEMS", "ADD_SAME_ITEMS"),
}
EFFECT_WORDS = {
    ITEMS: "each item",
    "APPLY_TO_ITEMS_BY_QUANTITY": "each unit",
    "APPLY_TO_ITEMS_PROPORTIONALLY": "spread over the items",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY": "spread over the units",
}
LARGEST_AMOUNT = 10**12
FORMULAS = ("amount_off_formula", "percent_off_formula", "fixed_amount_formula", "unit_off_formula")


def parse(data: object) -> dict[str, Any]:
    """Return the discount in its stored form. Null means not given.

    A discount of money whose effect nobody gives is kept without one: its rules decide, once it is applied.
    """
    if not isinstance(data, Mapping):
        raise _invalid("A campaign needs voucher.discount, an object with a type.")
    given = {key: value for key, value in data.items() if value is not None}
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in EFFECTS:
        raise _invalid(f"discount.type must be one of {', '.join(EFFECTS)}.")
    if any(formula in given for formula in FORMULAS):
        raise _invalid("Discounts computed by a formula are not offered.")
    if "effect" not in given and kind != "UNIT":
        return {"type": kind, **PARSERS[kind](given)}
    effect = given.get("effect", EFFECTS[kind][0])
    if effect not in EFFECTS[kind]:
        raise _invalid(f"discount.effect of {kind} must be one of {', '.join(EFFECTS[kind])}.")
    return {"type": kind, **PARSERS[kind](given), "effect": effect}


def with_effect(discount: Mapping[str, Any], *, of_items: bool = False) -> dict[str, Any]:
    """Return a stored discount with its effect; one without is of the order, or of the items that its rules name."""
    return {**discount, "effect": discount.get("effect") or (ITEMS if of_items else ORDER)}


def _percent(given: Mapping[str, Any]) -> dict[str, Any]:
    percent = given.get("percent_off")
    if not isinstance(percent, int | float) or isinstance(percent, bool) or not 0 < percent <= 100:
        raise _invalid("discount.percent_off must be a number above 0 and at most 100.")
    if round(percent, 4) != percent:
        raise _invalid("discount.percent_off may have four decimal places.")
    limits = {name: _amount(given, name) for name in ("amount_limit", "aggregated_amount_limit") if name in given}
    return {"percent_off": percent, **limits}


def _amount_off(given: Mapping[str, Any]) -> dict[str, Any]:
    limits = {name: _amount(given, name) for name in ("aggregated_amount_limit",) if name in given}
    return {"amount_off": _amount(given, "amount_off"), **limits}


def _fixed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"fixed_amount": _amount(given, "fixed_amount", least=0)}


def _unit(given: Mapping[str, Any]) -> dict[str, Any]:
    if "units" not in given:
        return _one_unit(given)
    units = given["units"]
    if not isinstance(units, list) or not 1 <= len(units) <= 50 or not all(isinstance(unit, Mapping) for unit in units):
        raise _invalid("discount.units must be a list of 1 to 50 units.")
    return {"units": [_one_unit({k: v for k, v in unit.items() if v is not None}) for unit in units]}


def _one_unit(given: Mapping[str, Any]) -> dict[str, Any]:
    what = given.get("unit_type")
    if not isinstance(what, str) or not 1 <= len(what) <= 255:
        raise _invalid("discount.unit_type must be the id of a product or SKU.")
    return {"unit_off": _amount(given, "unit_off"), "unit_type": what}


PARSERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "PERCENT": _percent, "AMOUNT": _amount_off, "FIXED": _fixed, "UNIT": _unit,
}  # fmt: skip


def _amount(given: Mapping[str, Any], name: str, least: int = 1) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST_AMOUNT:
        raise _invalid(f"discount.{name} must be a whole number of at least {least}; amounts of money are in cents.")
    return value


def _invalid(details: str) -> Problem:
    return Problem(400, "invalid_campaign", "The discount is not valid", details)


def in_words(discount: Mapping[str, Any], currency: str) -> str:
    """Say a stored discount as customers read it: ``5% off``, ``$10.00 off``, ``2 × prod_tea free``."""
    kind, effect = discount["type"], discount.get("effect")
    if kind == "UNIT":
        units = discount.get("units") or [discount]
        return " and ".join(f"{unit['unit_off']} × {unit['unit_type']} free" for unit in units)
    if kind == "FIXED":
        what = "for each item" if effect == ITEMS else "for the order"
        return f"{money(discount['fixed_amount'], currency)} {what}"
    value = f"{discount['percent_off']:g}%" if kind == "PERCENT" else money(discount["amount_off"], currency)
    words = f"{value} off"
    if effect in EFFECT_WORDS:
        joint = ", " if "PROPORTIONALLY" in effect else " "
        words += joint + EFFECT_WORDS[effect]
    if discount.get("amount_limit"):
        words += f", up to {money(discount['amount_limit'], currency)}"
    return words
