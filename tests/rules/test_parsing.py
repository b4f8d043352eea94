"""What is a validation rule and what is none: every published name and condition, and a sentence for all else."""

from typing import Any

import pytest

from campaigns.rules import RuleError, names, operators, parse
from campaigns.rules.parsing import rules_json

PUBLISHED = [
    "customer.segment",
    "customer.metadata",
    "order.amount",
    "order.total_amount",
    "order.initial_amount",
    "order.items.count",
    "order.items.price_any",
    "order.items.price_each",
    "order.items.metadata_any",
    "order.items.metadata_each",
    "order.metadata",
    "order.items.every",
    "order.items.any",
    "order.items.none",
    "order.items.cheapest",
    "order.items.most_expensive",
    "order.items.quantity",
    "order.items.aggregated_quantity",
    "order.items.price",
    "order.items.aggregated_amount",
    "order.items.metadata",
    "campaign.orders.amount",
    "campaign.orders.amount_discounted",
    "campaign.redemptions.count",
    "campaign.redemptions.count.daily",
    "campaign.redemptions.count.weekly",
    "campaign.redemptions.count.monthly",
    "campaign.redemptions.customers_count",
    "campaign.redemptions.customers_count.daily",
    "campaign.redemptions.customers_count.weekly",
    "campaign.redemptions.customers_count.monthly",
    "redemption.count.daily",
    "redemption.count.weekly",
    "redemption.count.monthly",
    "redemption.count.per_customer",
    "redemption.count.per_customer.daily",
    "redemption.count.per_customer.weekly",
    "redemption.count.per_customer.monthly",
    "redemption.gift.amount",
    "redemption.api_key",
    "redemption.count.per_api_key",
    "redemption.user.login",
    "redemption.count.per_user",
    "redemption.metadata",
    "redemption.reward.pay_with_points.points_used",
    "product.id",
    "product.price",
    "product.quantity",
    "product.discount_applicable",
    "product.metadata",
    "product.metadata.aggregated_quantity",
    "product.metadata.aggregated_amount",
    "product.metadata.discount_applicable",
    "product.metadata.match_all",
    "sku.id",
    "sku.price",
    "sku.quantity",
    "sku.discount_applicable",
    "publication.redeemable_by_linked_customer",
    "custom_event.metadata",
]
EXAMPLES: dict[str, Any] = {
    operators.SEGMENT: {"$is": ["seg_1"]},
    operators.NUMBER: {"$less_than_or_equal": [3]},
    operators.MONEY: {"$more_than": [5000]},
    operators.TEXT: {"$is": ["prod_1"]},
    operators.FLAG: {"$is": [True]},
    operators.TARGETS: {"$is": [{"object": "product", "id": "prod_1"}]},
    operators.FREE: {"$is": ["gold"]},
}
OPERANDS: dict[str, Any] = {
    **dict.fromkeys(operators.ORDERING, 5),
    **dict.fromkeys(operators.TIMES, "2026-03-01"),
    **dict.fromkeys(operators.DAYS, 3),
    "$count": 2, "$count_more": 2, "$count_less": 2,
    "$timeframe": "2026-03-01T18:00:00Z;P1D;PT1H",
    "$timeframe_absolute": "2026-03-01T00:00:00Z;2026-03-31T00:00:00Z",
    "$timeframe_daily_hours": "18:00;20:01;2,3",
    "$dow": 6,
}  # fmt: skip


def one(rule: dict[str, Any]) -> dict[str, Any]:
    return {"rules": {"1": rule, "logic": "1"}}


def example(name: names.Name) -> dict[str, Any]:
    rule = {"name": name.name, "conditions": EXAMPLES[name.kind]}
    rule |= {"property": "level"} if name.needs_property else {}
    if not name.only_inside:
        return one(rule)
    parent = names.NAMES[name.inside[0]]
    return one({**example(parent)["rules"]["1"], "rules": {"1": rule, "logic": "1"}})


def test_the_published_names_are_the_known_ones() -> None:
    assert set(PUBLISHED) == set(names.NAMES)


@pytest.mark.parametrize("name", names.NAMES.values(), ids=lambda name: name.name)
def test_every_published_name_is_read_and_told_again(name: names.Name) -> None:
    rule_set = parse(example(name))
    told = rules_json(rule_set.rules)
    assert parse({"rules": told}) == rule_set
    assert told["1"]["name"] == PUBLISHED[PUBLISHED.index(example(name)["rules"]["1"]["name"])]


@pytest.mark.parametrize("operator", sorted(operators.ALLOWED[operators.FREE]))
def test_every_condition_may_be_put_on_metadata(operator: str) -> None:
    operand = OPERANDS.get(operator, "gold")
    for given in (operand, [operand]):
        rule = {"name": "customer.metadata", "property": "level", "conditions": {operator: given}}
        (condition,) = parse(one(rule)).rules.members["1"].conditions
        assert (condition.operator, condition.operands) == (operator, (operand,))


@pytest.mark.parametrize(
    ("given", "meant"),
    [("$greater_than_or_equal", "$more_than_or_equal"), ("$less_than_equal", "$less_than_or_equal")],
)
def test_other_published_spellings_mean_the_same(given: str, meant: str) -> None:
    rule = {"name": "order.amount", "conditions": {given: "5000"}}
    (condition,) = parse(one(rule)).rules.members["1"].conditions
    assert (condition.operator, condition.operands) == (meant, (5000,))


def test_null_means_not_given() -> None:
    rule = {"name": "order.amount", "property": None, "conditions": {"$is": [1]}, "rules": None, "error": None}
    nothing = dict.fromkeys(("applicable_to", "error", "bundle_rules", "type"))
    assert parse({**one(rule), **nothing}) == parse(one({"name": "order.amount", "conditions": {"$is": [1]}}))


def test_without_a_logic_all_rules_are_demanded() -> None:
    rule = {"name": "order.amount", "conditions": {"$is": [1]}}
    assert rules_json(parse({"rules": {"1": rule, "2": rule}}).rules)["logic"] == "1 and 2"


def test_a_rule_set_may_have_only_what_it_is_applicable_to() -> None:
    applicable = {"included": [{"object": "product", "id": "prod_1", "repeat": 1, "price_formula": None}]}
    for rules in (None, {}, {"logic": ""}):
        assert parse({"rules": rules, "applicable_to": applicable}).applicable_to.names_items
    assert parse({"applicable_to": {"included_all": True}}).applicable_to.included_all


AMOUNT = {"name": "order.amount", "conditions": {"$is": [1]}}
TARGET = {"object": "product", "id": "prod_1"}


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        (7, "", "is an object"),
        ({}, "rules", "needs a rule"),
        ({"rules": []}, "rules", "an object of numbered rules"),
        ({"rules": {"first": AMOUNT}}, "rules.first", "numbered"),
        ({"rules": {"1": AMOUNT, "logic": "1 and 2"}}, "rules.logic", "names the rule 2"),
        ({"rules": {"1": AMOUNT, "logic": 1}}, "rules.logic", "is a text"),
        ({"rules": {"1": "order.amount"}}, "rules.1", "is an object"),
        ({"rules": {str(number): AMOUNT for number in range(1, 102)}}, "rules", "at most 100"),
        (one({"conditions": {"$is": [1]}}), "rules.1.name", "no rule named 'None'"),
        (one({"name": "order.colour", "conditions": {"$is": [1]}}), "rules.1.name", "no rule named 'order.colour'"),
        (one({"name": "customer.metadata", "conditions": {"$is": [1]}}), "rules.1", "must have a 'property'"),
        (one({"name": "order.amount"}), "rules.1.conditions", "At least one condition"),
        (one({"name": "order.amount", "conditions": {"$like": [1]}}), "rules.1.conditions.$like", "not known here"),
        (one({"name": "order.amount", "conditions": {"$contains": [1]}}), "rules.1.conditions.$contains", "not known"),
        (one({"name": "order.amount", "conditions": {"$is": []}}), "rules.1.conditions.$is", "1 to 500 values"),
        (one({"name": "order.amount", "conditions": {"$is": ["much"]}}), "rules.1.conditions.$is", "number"),
        (one({"name": "order.amount", "conditions": {"$is": [1.5]}}), "rules.1.conditions.$is", "whole number"),
        (one({"name": "order.amount", "conditions": {"$more_than": [1, 2]}}), "rules.1.conditions.$more_than", "one value"),
        (one({**AMOUNT, "rules": {"1": AMOUNT}}), "rules.1.rules.1.name", "cannot stand in the rules of order.amount"),
        (one({"name": "order.items.price", "conditions": {"$is": [1]}}), "rules.1.name", "stands in the rules of"),
        (one({**AMOUNT, "error": "no"}), "rules.1.error", "is an object"),
        (one({**AMOUNT, "error": {"message": "x" * 1001}}), "rules.1.error.message", "at most 1000"),
        ({**one(AMOUNT), "bundle_rules": {"1": {}}}, "bundle_rules", "not offered"),
        ({"applicable_to": []}, "applicable_to", "is an object"),
        ({"applicable_to": {"included": {}}}, "applicable_to.included", "A list"),
        ({"applicable_to": {"included_all": "yes"}}, "applicable_to.included_all", "true or false"),
        ({"applicable_to": {"included": [{"id": "p"}]}}, "applicable_to.included.0.object", "one of product"),
        ({"applicable_to": {"included": [{"object": "sku"}]}}, "applicable_to.included.0", "named by its id"),
        ({"applicable_to": {"excluded": [{**TARGET, "effect": "ALL"}]}}, "applicable_to.excluded.0.effect", "one of"),
        ({"applicable_to": {"included": [{**TARGET, "amount_limit": 0}]}}, "applicable_to.included.0.amount_limit", "whole number"),
        ({"applicable_to": {"included": [{**TARGET, "price_formula": "1"}]}}, "applicable_to.included.0.price_formula", "not offered"),
        ({"applicable_to": {"included": [{**TARGET, "repeat": 2}]}}, "applicable_to.included.0.repeat", "not offered"),
        *(
            (one({"name": "order.metadata", "property": "at", "conditions": {operator: [operand]}}), f"rules.1.conditions.{operator}", "needed")
            for operator, operand in [
                ("$more_than", "many"), ("$after", "soon"), ("$more_than_ago", -1), ("$count", 1.5), ("$dow", 7),
                ("$timeframe", "2026-03-01;P1D"), ("$timeframe", "2026-03-01T00:00:00Z;P0D;PT1H"), ("$is", None), ("$is", {}),
                ("$timeframe_absolute", "2026-03-02T00:00:00Z;2026-03-01T00:00:00Z"), ("$is", "x" * 1001),
                ("$timeframe_daily_hours", "18:00;25:00;2"), ("$timeframe_daily_hours", "18:00;20:00;9"),
            ]
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place_in_a_sentence(data: Any, path: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse(data)
    assert refused.value.path == path
    assert said in refused.value.message
    assert refused.value.message.endswith(".")
