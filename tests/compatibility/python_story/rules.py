"""Validation rules: made, put on campaigns and codes, and taken off."""

from typing import Any

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique

CART_OVER_FIFTY: dict[str, Any] = {
    "type": "expression",
    "context_type": "global",
    "error": {"message": "Put more into your cart"},
    "rules": {"1": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000]}, "rules": {}}, "logic": "1"},
}


@tries("ValidationRulesApi.create_validation_rules", "ValidationRulesApi.get_validation_rule")
def a_rule_is_made(shop: Shop) -> None:
    made = shop.ValidationRulesApi.create_validation_rules(body={**CART_OVER_FIFTY, "name": unique("Cart over 50")})
    shop.known.rule_id = made.id
    assert shop.ValidationRulesApi.get_validation_rule(made.id).name == made.name
    with pytest.raises(exceptions.NotFoundException):
        shop.ValidationRulesApi.get_validation_rule("val_none")


@tries("ValidationRulesApi.update_validation_rule", "ValidationRulesApi.list_validation_rules")
def a_rule_is_changed_and_listed(shop: Shop) -> None:
    name = unique("Cart over fifty")
    assert shop.ValidationRulesApi.update_validation_rule(shop.known.rule_id, body={"name": name}).name == name
    assert shop.known.rule_id in [rule.id for rule in shop.ValidationRulesApi.list_validation_rules(limit=100).data]


@tries(
    "ValidationRulesApi.create_validation_rule_assignment",
    "ValidationRulesApi.list_validation_rule_assignments",
    "ValidationRulesApi.list_validation_rules_assignments",
    "ValidationRulesApi.delete_validation_rule_assignment",
)
def a_rule_is_put_on_a_code_and_taken_off(shop: Shop) -> None:
    code = shop.VouchersApi.generate_random_code(
        body={"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    )
    said = {"related_object_type": "voucher", "related_object_id": code.id}
    made = shop.ValidationRulesApi.create_validation_rule_assignment(shop.known.rule_id, body=said)
    assert made.id in [
        one.id for one in shop.ValidationRulesApi.list_validation_rule_assignments(shop.known.rule_id).data
    ]
    listed = shop.ValidationRulesApi.list_validation_rules_assignments(related_object_id=code.id)
    assert [one.rule_id for one in listed.data] == [shop.known.rule_id]
    shop.ValidationRulesApi.delete_validation_rule_assignment(shop.known.rule_id, made.id)
    assert shop.ValidationRulesApi.list_validation_rule_assignments(shop.known.rule_id).total == 0


@tries("ValidationRulesApi.delete_validation_rules")
def a_rule_is_deleted(shop: Shop) -> None:
    made = shop.ValidationRulesApi.create_validation_rules(body={**CART_OVER_FIFTY, "name": unique("Short-lived")})
    shop.ValidationRulesApi.delete_validation_rules(made.id)
    with pytest.raises(exceptions.NotFoundException):
        shop.ValidationRulesApi.get_validation_rule(made.id)


@tries()
def a_rule_that_nobody_knows_is_refused(shop: Shop) -> None:
    said = {**CART_OVER_FIFTY, "name": unique("Odd"), "rules": {"1": {"name": "moon.phase", "rules": {}}, "logic": "1"}}
    with pytest.raises(exceptions.BadRequestException):
        shop.ValidationRulesApi.create_validation_rules(body=said)
