"""The project's own rules of stacking: read from what a caller says, kept in one row, and told. Their one writer."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access import limits
from access.identifiers import new_public_id
from access.problems import Problem, invalid_payload, not_found
from access.strict_json import moment
from campaigns.arithmetic.stacking import SORTING, StackingRules
from campaigns.models import StackingSetting

KIND: Final = "stacking_rules"
USUAL: Final = StackingRules()
CHOICES: Final = {
    "redeemables_application_mode": ("ALL", "PARTIAL"),
    "redeemables_sorting_rule": SORTING,
    "redeemables_products_application_mode": ("STACK", "ONCE"),
    "redeemables_no_effect_rule": ("REDEEM_ANYWAY", "SKIP"),
    "redeemables_rollback_order_mode": ("WITH_ORDER", "WITHOUT_ORDER"),
}
# How many there may be of what is exclusive; of everything else as many as one request may name.
EXCLUSIVE_MOST, MOST = 5, 30
NAMED_MOST = 100


def all_kept() -> list[StackingSetting]:
    return list(StackingSetting.objects.all())


def find(public_id: str) -> StackingSetting:
    kept = next((each for each in all_kept() if each.public_id == public_id), None)
    if kept is None:
        raise not_found(KIND, public_id)
    return kept


def create(data: object) -> StackingSetting:
    """Let the project have rules of its own; there is one set of them."""
    rules = _read(data, {})
    try:
        with transaction.atomic():
            StackingSetting.objects.create(public_id=new_public_id("stack"), rules=rules)
    except IntegrityError as error:
        named = StackingSetting.objects.get().public_id
        details = "The project has stacking rules already; change them."
        raise Problem(409, "duplicate_found", "Duplicate resource found", details, resource_id=named) from error
    return StackingSetting.objects.get()


@transaction.atomic
def change(public_id: str, data: object) -> StackingSetting:
    """Change what is given; the rest stays."""
    find(public_id)
    held = StackingSetting.objects.select_for_update().get()
    StackingSetting.objects.filter(pk=held.pk).update(rules=_read(data, held.rules), updated_at=Now())
    return StackingSetting.objects.get()


def delete(public_id: str) -> None:
    """Return to the usual rules."""
    StackingSetting.objects.filter(pk=find(public_id).pk).delete()


def as_json(kept: StackingSetting) -> dict[str, Any]:
    return {
        "id": kept.public_id,
        **StackingRules(**kept.rules).as_json(),
        "created_at": moment(kept.created_at),
        "updated_at": moment(kept.updated_at) if kept.updated_at else None,
        "object": KIND,
    }


def _read(data: object, known: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}
    if given.get("discount_calculation_mode", "DISCOUNTED_AMOUNT") != "DISCOUNTED_AMOUNT":
        raise invalid_payload("discount_calculation_mode: each discount counts on what the one before left")
    said = {each.name: _reader(each.name)(each.name, given[each.name]) for each in fields(USUAL) if each.name in given}
    return {**known, **said}


def _reader(name: str) -> Callable[[str, object], Any]:
    if name in CHOICES:
        return _choice
    if name == "applicable_redeemables_category_limits":
        return _limits
    return _categories if name.endswith("categories") else _number


def _choice(name: str, value: object) -> str:
    if value not in CHOICES[name]:
        raise invalid_payload(f"{name} must be one of {', '.join(CHOICES[name])}")
    return str(value)


def _number(name: str, value: object) -> int:
    most = EXCLUSIVE_MOST if "exclusive" in name else MOST
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise invalid_payload(f"{name} must be a whole number from 1 to {most}")
    return value


def _categories(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > NAMED_MOST:
        raise invalid_payload(f"{name} must be a list of at most {NAMED_MOST} ids of categories")
    return [limits.identifier(each, name) for each in value]


def _limits(name: str, value: object) -> dict[str, int]:
    given = limits.mapping(value, name)
    if len(given) > NAMED_MOST:
        raise invalid_payload(f"{name} must name at most {NAMED_MOST} categories")
    return {limits.identifier(category, name): _number(name, most) for category, most in given.items()}
