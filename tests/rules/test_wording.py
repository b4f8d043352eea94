"""A rule reads as a sentence; and the builder's groups mean what the numbers and the logic mean."""

from typing import Any

import pytest
from hypothesis import given

from campaigns import discounts
from campaigns.rules import RuleError, judge, names, parse
from campaigns.rules.outline import numbered, outline
from campaigns.rules.wording import Speech, sentences
from tests.rules.test_judging import CASE, inside, target
from tests.rules.test_logic import KEYS, expressions
from tests.rules.test_parsing import example, one

SPEECH = Speech(lambda cents: discounts.money(cents, "EUR"), {"seg_1": "Friends"})


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"name": "customer.segment", "conditions": {"$is": ["seg_1"]}}, "the customer's segment is Friends"),
        ({"name": "customer.segment", "conditions": {"$not_in": ["seg_1", "seg_2"]}}, "the customer's segment is not Friends or seg_2"),
        ({"name": "order.amount", "conditions": {"$more_than": [5000]}}, "the order's amount before this discount is more than €50.00"),
        ({"name": "customer.metadata", "property": "lang", "conditions": {"$in": ["nl", "de"]}}, "the customer's lang is one of nl or de"),
        ({"name": "customer.metadata", "property": "joined", "conditions": {"$less_than_ago": 3}}, "the customer's joined lies back less than 3 days"),
        ({"name": "order.metadata", "property": "at", "conditions": {"$dow": [1]}}, "the order's at falls on Monday"),
        ({"name": "publication.redeemable_by_linked_customer", "conditions": {"$is": True}}, "only the holder of the code may redeem it"),
        ({"name": "redemption.count.per_customer.daily", "conditions": {"$less_than": 2}}, "redemptions per customer of this code per day is less than 2"),
        (
            {"name": "order.items.any", "conditions": {"$is": [target("tea")]}, "rules": inside(("order.items.quantity", {"$more_than": [2]}))},
            "any item is the product tea, where the item's quantity is more than 2",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_rule_says_itself(rule: dict[str, Any], said: str) -> None:
    assert sentences(parse(one(rule)), SPEECH) == [f"May be redeemed when {said}."]


def test_groups_are_heard_in_the_sentence() -> None:
    amount = {"name": "order.items.count", "conditions": {"$is": [1]}}
    (said,) = sentences(parse({"rules": {"1": amount, "2": amount, "3": amount, "logic": "1 and (2 or 3)"}}), SPEECH)
    assert " and (the number of units in the order is 1 or the number" in said


@pytest.mark.parametrize(
    ("applicable", "said"),
    [
        ({"included_all": True}, "The discount is for all items."),
        ({"included": [target("tea")], "excluded": [target("cup", "sku")]}, "The discount is for the product tea, but not for the SKU cup."),
        ({"excluded": [target("pc_1", "products_collection")]}, "The discount is for all items but the collection pc_1."),
        (
            {"included": [{**target("tea"), "effect": "APPLY_TO_CHEAPEST", "quantity_limit": 2, "amount_limit": 500, "price": 0}]},
            "The discount is for the product tea (the cheapest), at most 2 units a line, at most €5.00 off a line, at the price of €0.00.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_the_discount_is_for_is_said(applicable: Any, said: str) -> None:
    assert sentences(parse({"applicable_to": applicable}), SPEECH) == [said]


@pytest.mark.parametrize("name", names.NAMES.values(), ids=lambda name: name.name)
def test_every_name_has_words_and_goes_through_the_builder_unchanged(name: names.Name) -> None:
    rule_set = parse(example(name))
    (said,) = sentences(rule_set, SPEECH)
    assert not any(unspoken in said for unspoken in ("$", "None", "_items", "{"))
    assert parse({"rules": numbered(outline(rule_set.rules))}) == rule_set


@given(expressions)
def test_groups_mean_what_the_logic_means(text: str) -> None:
    members = {
        key: {"name": "order.amount", "conditions": {operator: [2500]}}
        for key, operator in zip(KEYS, ("$is", "$is_not", "$more_than", "$less_than_or_equal"), strict=True)
    }
    rule_set = parse({"rules": {**members, "logic": text}})
    again = parse({"rules": numbered(outline(rule_set.rules))})
    assert judge(again, CASE).holds == judge(rule_set, CASE).holds


@pytest.mark.parametrize(
    "torn",
    [7, None, {"junction": "xor", "rules": []}, {"junction": "and", "rules": 7}, {"junction": "and", "rules": [7]}],
    ids=str,
)
def test_what_is_no_outline_did_not_arrive_whole(torn: object) -> None:
    with pytest.raises(RuleError, match="did not arrive whole"):
        numbered(torn)
