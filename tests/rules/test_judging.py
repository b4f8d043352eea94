"""Who passes and who does not: tables over the names and conditions, and laws that hold for every rule."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules import ApplicableTo, Case, CustomerFacts, Item, OrderFacts, judge, judge_all, needs, parse
from tests.rules.test_parsing import one

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # a Sunday; already Monday in Amsterdam
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TEA = Item(
    2, 500, frozenset({"prod_tea", "tea"}), frozenset(), frozenset({"pc_drinks"}), {"gift": True}, {"organic": "yes"}
)
CUP = Item(1, 1500, frozenset({"prod_cup"}), frozenset({"sku_red"}), frozenset(), {"gift": False}, {})
CASE = Case(
    NOW,
    AMSTERDAM,
    CustomerFacts(7, {"lang": "nl", "age": 41, "tags": ["vip", "early"], "joined": "2026-02-27", "zip": "0123"}, frozenset({"seg_a"})),
    OrderFacts(2500, 2700, 2000, 500, (TEA, CUP), {"store": "Delft", "at": "2026-03-03T19:00:00Z", "free": False}),
    holder=7,
    counters={"redemption.count.per_customer": 1, "campaign.orders.amount": 10_000, "campaign.orders.amount_discounted": 900, "redemption.gift.amount": 50},
    metadata={"channel": "app"},
    event_metadata={"cart_value": 7450},
    api_keys=("app-1", "Till"),
    user_login="marta",
    gift_amount=20,
    points_used=300,
)  # fmt: skip


def passes(name: str, conditions: Any, case: Case = CASE, **rule: Any) -> bool:
    return judge(parse(one({"name": name, "conditions": conditions, **rule})), case).holds


def meta(conditions: Any, property: str, name: str = "customer.metadata") -> bool:
    return passes(name, conditions, property=property)


def target(id: str, object: str = "product") -> dict[str, str]:
    return {"object": object, "id": id}


def inside(*rules: tuple[str, Any]) -> dict[str, Any]:
    return {str(n): {"name": name, "conditions": conditions} for n, (name, conditions) in enumerate(rules, 1)}


@pytest.mark.parametrize(
    ("property", "conditions", "met"),
    [
        ("lang", {"$is": ["nl"]}, True), ("lang", {"$is": "de"}, False), ("lang", {"$is_not": ["de"]}, True),
        ("lang", {"$in": ["de", "nl"]}, True), ("lang", {"$not_in": ["de", "nl"]}, False),
        ("lang", {"$starts_with": "n"}, True), ("lang", {"$ends_with": "n"}, False), ("lang", {"$contains": "l"}, True),
        ("age", {"$is": ["41"]}, True), ("age", {"$more_than": [40]}, True), ("age", {"$more_than": ["41"]}, False),
        ("age", {"$more_than_or_equal": 41}, True), ("age", {"$less_than": [42], "$more_than": [40]}, True),
        ("age", {"$less_than_or_equal": [40]}, False), ("zip", {"$is": ["123"]}, False), ("zip", {"$is": ["0123"]}, True),
        ("tags", {"$is": ["vip"]}, True), ("tags", {"$contains": ["early"]}, True), ("tags", {"$is_not": ["vip"]}, False),
        ("tags", {"$count": 2}, True), ("tags", {"$count_more": 2}, False), ("tags", {"$count_less": 3}, True),
        ("tags", {"$not_differ": ["early", "vip"]}, True), ("tags", {"$not_differ": ["vip"]}, False),
        ("tags", {"$not_intersect": ["late"]}, True), ("tags", {"$not_intersect": ["vip"]}, False),
        ("lang", {"$count": 1}, False),
        ("joined", {"$after": "2026-02-26"}, True), ("joined", {"$before": "2026-02-27"}, False),
        ("joined", {"$more_than": "2026-02-26T00:00:00Z"}, True), ("joined", {"$is_days_ago": 3}, True),
        ("joined", {"$more_than_ago": 2}, True), ("joined", {"$more_than_ago": 3}, False),
        ("joined", {"$less_than_ago": 4}, True), ("joined", {"$less_than_ago": 3}, False),
        ("lang", {"$after": "2026-02-26"}, False), ("lang", {"$more_than": 3}, False),
        ("missing", {"$is": ["nl"]}, False), ("missing", {"$is_not": ["nl"]}, False), ("missing", {"$count_less": 9}, False),
    ],
    ids=str,
)  # fmt: skip
def test_customers_metadata_is_compared(property: str, conditions: Any, met: bool) -> None:
    assert meta(conditions, property) is met


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        # Tuesday, 20:00 in Amsterdam.
        ({"$dow": [2]}, True), ({"$dow": [0, 6]}, False),
        ({"$timeframe_daily_hours": "20:00;21:00;2"}, True), ({"$timeframe_daily_hours": "19:00;20:00;2"}, False),
        ({"$timeframe_daily_hours": "22:00;20:01;1"}, True), ({"$timeframe_daily_hours": "22:00;20:01;2"}, False),
        ({"$timeframe": "2026-03-01T18:30:00Z;P1D;PT1H"}, True), ({"$timeframe": "2026-03-01T19:30:00Z;P1D;PT1H"}, False),
        ({"$timeframe": "2026-03-02T18:30:00Z;P2D;PT1H"}, False), ({"$timeframe": "2026-04-01T18:30:00Z;P1D;PT1H"}, False),
        ({"$timeframe_absolute": "2026-03-03T19:00:00Z;2026-03-03T19:00:01Z"}, True),
        ({"$timeframe_absolute": "2026-03-03T18:00:00Z;2026-03-03T19:00:00Z"}, False),
        # It is the second of March already where the project is.
        ({"$is_days_in_future": 1}, True), ({"$more_than_future": 0}, True), ({"$less_than_future": 1}, False),
    ],
    ids=str,
)  # fmt: skip
def test_moments_lie_in_frames_of_the_projects_zone(conditions: Any, met: bool) -> None:
    assert meta(conditions, "at", "order.metadata") is met


@pytest.mark.parametrize(
    ("name", "conditions", "more", "met"),
    [
        ("customer.segment", {"$is": ["seg_a", "seg_b"]}, {}, True), ("customer.segment", {"$is": ["seg_b"]}, {}, False),
        ("customer.segment", {"$is_not": ["seg_b"]}, {}, True), ("customer.segment", {"$not_in": ["seg_a"]}, {}, False),
        ("order.amount", {"$is": [2500]}, {}, True), ("order.initial_amount", {"$more_than": [2500]}, {}, True),
        ("order.total_amount", {"$less_than": [2500]}, {}, True), ("order.items.count", {"$is": [3]}, {}, True),
        ("order.items.price_any", {"$is": [500]}, {}, True), ("order.items.price_each", {"$less_than": [1500]}, {}, False),
        ("order.items.metadata_any", {"$is": [True]}, {"property": "gift"}, True),
        ("order.items.metadata_each", {"$is": ["true"]}, {"property": "gift"}, False),
        ("order.metadata", {"$is": ["Delft"]}, {"property": "store"}, True), ("order.metadata", {"$is": [False]}, {"property": "free"}, True),
        ("redemption.metadata", {"$is": ["app"]}, {"property": "channel"}, True),
        ("custom_event.metadata", {"$more_than": [7000]}, {"property": "cart_value"}, True),
        ("redemption.api_key", {"$is": ["Till"]}, {}, True), ("redemption.api_key", {"$is_not": ["app-1"]}, {}, False),
        ("redemption.user.login", {"$in": ["marta"]}, {}, True),
        ("redemption.reward.pay_with_points.points_used", {"$less_than_or_equal": [300]}, {}, True),
        ("publication.redeemable_by_linked_customer", {"$is": [True]}, {}, True),
        # What was before, and the redemption at hand on top.
        ("redemption.count.per_customer", {"$less_than_or_equal": [2]}, {}, True),
        ("redemption.count.per_customer", {"$less_than_or_equal": [1]}, {}, False),
        ("campaign.orders.amount", {"$less_than_or_equal": [12_700]}, {}, True), ("campaign.orders.amount", {"$less_than": [12_700]}, {}, False),
        ("campaign.orders.amount_discounted", {"$is": [1400]}, {}, True), ("redemption.gift.amount", {"$is": [70]}, {}, True),
        ("redemption.count.daily", {"$less_than": [9]}, {}, False),
        # Products and SKUs in the older spelling.
        ("product.id", {"$is": ["tea"]}, {}, True), ("product.id", {"$is": ["prod_hat"]}, {}, False), ("sku.id", {"$is": ["sku_red"]}, {}, True),
        ("product.id", {"$is": ["tea"]}, {"rules": inside(("product.quantity", {"$is": [2]}), ("product.price", {"$is": [500]}))}, True),
        ("product.id", {"$is": ["tea"]}, {"rules": inside(("product.quantity", {"$more_than": [2]}))}, False),
        ("product.price", {"$is": [1500]}, {}, True), ("sku.price", {"$is": [500]}, {}, False), ("sku.quantity", {"$is": [1]}, {}, True),
        ("product.metadata", {"$is": ["yes"]}, {"property": "organic"}, True),
        ("product.metadata", {"$is": ["yes"]}, {"property": "organic", "rules": inside(("product.metadata.match_all", {"$is": [True]}))}, False),
        ("product.metadata", {"$is": ["yes"]}, {"property": "organic", "rules": inside(("product.metadata.aggregated_amount", {"$is": [1000]}))}, True),
        ("product.metadata", {"$is": ["yes"]}, {"property": "organic", "rules": inside(("product.metadata.aggregated_quantity", {"$is": [1]}))}, False),
    ],
    ids=str,
)  # fmt: skip
def test_every_kind_of_fact_is_judged(name: str, conditions: Any, more: dict[str, Any], met: bool) -> None:
    assert passes(name, conditions, **more) is met


TEA_AND_CUP = [target("tea"), target("sku_red", "sku")]


@pytest.mark.parametrize(
    ("name", "conditions", "rules", "met"),
    [
        ("any", {"$is": [target("prod_tea")]}, {}, True), ("any", {"$is": [target("prod_hat")]}, {}, False), ("any", {}, {}, True),
        ("any", {"$is": [target("pc_drinks", "products_collection")]}, {}, True), ("any", {"$is_not": [target("tea")]}, {}, True),
        ("any", {"$is": [target("tea")], "$from": [target("pc_drinks", "products_collection")]}, {}, True),
        ("any", {"$is": [target("prod_cup")], "$from": ["pc_drinks"]}, {}, False),
        ("any", {"$is": TEA_AND_CUP}, inside(("order.items.quantity", {"$is": [2]})), True),
        ("any", {"$is": TEA_AND_CUP}, inside(("order.items.quantity", {"$more_than": [2]})), False),
        ("any", {"$is": TEA_AND_CUP}, inside(("order.items.aggregated_quantity", {"$is": [3]})), True),
        ("any", {"$is": TEA_AND_CUP}, inside(("order.items.aggregated_amount", {"$is": [2500]})), True),
        ("any", {"$is": TEA_AND_CUP}, inside(("order.items.price", {"$is": [500]}), ("order.items.quantity", {"$is": [1]})), False),
        ("every", {"$is": TEA_AND_CUP}, {}, True), ("every", {"$is": [target("tea")]}, {}, False),
        ("every", {}, inside(("order.items.price", {"$more_than_or_equal": [500]})), True),
        ("none", {"$is": [target("prod_hat")]}, {}, True), ("none", {"$is": [target("tea")]}, {}, False),
        ("cheapest", {"$is": [target("tea")]}, {}, True), ("cheapest", {"$is": [target("prod_cup")]}, {}, False),
        ("most_expensive", {"$is": [target("prod_cup")]}, {}, True),
        ("most_expensive", {"$is": [target("tea")], "$from": ["pc_drinks"]}, {}, True),
        ("most_expensive", {}, inside(("order.items.price", {"$more_than": [1500]})), False),
    ],
    ids=str,
)  # fmt: skip
def test_items_are_looked_for(name: str, conditions: Any, rules: Any, met: bool) -> None:
    assert passes(f"order.items.{name}", conditions, rules=rules) is met


EMPTY = replace(CASE, order=OrderFacts(2500))


@pytest.mark.parametrize(
    ("name", "more", "case", "key"),
    [
        ("customer.segment", {}, CASE, "customer_rules_violated"),
        ("order.amount", {}, CASE, "order_rules_violated"),
        ("redemption.count.per_customer", {}, CASE, "redemption_rules_violated"),
        ("campaign.redemptions.count", {}, CASE, "redemption_rules_violated"),
        ("customer.segment", {}, replace(CASE, customer=None), "missing_customer"),
        ("redemption.count.per_customer", {}, replace(CASE, customer=None), "missing_customer"),
        ("order.amount", {}, replace(CASE, order=None), "missing_order"),
        ("order.items.count", {}, EMPTY, "missing_order_items"),
        ("product.id", {}, EMPTY, "missing_order_items"),
        ("order.metadata", {"property": "store"}, replace(CASE, order=None), "missing_order"),
        ("redemption.user.login", {}, replace(CASE, user_login=None), "redemption_rules_violated"),
    ],
)
def test_a_refusal_has_its_published_key(name: str, more: Any, case: Case, key: str) -> None:
    verdict = judge(parse(one({"name": name, "conditions": {"$is": ["999"]}, **more})), case)
    assert (verdict.holds, verdict.key) == (False, key)


def test_only_the_holder_redeems_where_the_rule_says_so() -> None:
    linked = "publication.redeemable_by_linked_customer"
    for holder in (None, 8):
        assert not passes(linked, {"$is": [True]}, replace(CASE, holder=holder))
        assert passes(linked, {"$is": [False]}, replace(CASE, holder=holder))


def test_the_unmet_rule_says_why_or_else_the_whole() -> None:
    rules = {
        "1": {"name": "order.amount", "conditions": {"$is": [1]}, "error": {"message": "Buy more"}},
        "2": {"name": "customer.segment", "conditions": {"$is": ["seg_b"]}},
        "3": {"name": "order.amount", "conditions": {"$is": [2500]}, "error": {"message": "Never said"}},
    }

    def told(logic: str) -> tuple[str | None, str | None]:
        whole = {"error": {"message": "Not for you"}}
        verdict = judge(parse({"rules": {**rules, "logic": logic}, **whole}), CASE)
        return verdict.key, verdict.message

    assert told("3 and 1 and 2") == ("order_rules_violated", "Buy more")
    assert told("2 and 1") == ("customer_rules_violated", "Not for you")
    assert told("2 or 1") == ("customer_rules_violated", "Buy more")
    assert told("1 or 3") == (None, None)


def test_needs_name_the_facts_to_gather_and_no_others() -> None:
    rules = {
        "1": {"name": "customer.segment", "conditions": {"$is": ["seg_a"]}},
        "2": {"name": "campaign.redemptions.count.daily", "conditions": {"$less_than": [9]}},
        "3": {"name": "order.items.any", "conditions": {"$is": ["pc_1", "tea"]}},
        "4": {"name": "campaign.orders.amount_discounted", "conditions": {"$less_than": [9]}},
        "logic": "1 and 2 and 3",
    }
    needed = needs(parse({"rules": rules}))
    assert needed.segments == {"seg_a"}
    assert needed.counters == {"campaign.redemptions.count.daily"}
    assert needed.collections == {"pc_1"}
    assert (needed.customer, needed.order, needed.outcome) == (True, True, False)
    everything = needed | needs(parse({"rules": {**rules, "logic": "4"}}))
    assert everything.outcome
    assert len(everything.counters) == 2


def test_products_of_a_rule_become_what_the_discount_is_for() -> None:
    alone = {"rules": inside(("product.discount_applicable", {"$is": [True]}))}
    (tea,) = judge(
        parse(one({"name": "product.id", "conditions": {"$is": ["tea"]}, **alone})), CASE
    ).applicable_to.included
    assert tea.names == {"tea"}
    assert TEA.is_one_of(tea)


def test_of_several_rule_sets_every_one_has_to_hold_and_the_nearest_includes() -> None:
    own = parse({"applicable_to": {"included": [target("tea")]}})
    campaigns = parse(
        {
            **one({"name": "order.amount", "conditions": {"$is": [2500]}}),
            "applicable_to": {"included": [target("cup")], "excluded": [target("hat")]},
        }
    )
    refusing = parse(one({"name": "order.amount", "conditions": {"$is": [1]}}))
    verdict = judge_all([own, campaigns], CASE)
    assert verdict.holds
    assert verdict.applicable_to == ApplicableTo(False, own.applicable_to.included, campaigns.applicable_to.excluded)
    assert judge_all([own, refusing], CASE).key == "order_rules_violated"
    assert judge_all([], CASE).holds


simple = st.sampled_from(
    [
        {"name": "customer.segment", "conditions": {"$is": ["seg_a"]}},
        {"name": "customer.metadata", "property": "lang", "conditions": {"$in": ["de", "fr"]}},
        {"name": "order.amount", "conditions": {"$more_than": [1000]}},
        {"name": "order.items.any", "conditions": {"$is": [target("tea")]}},
        {"name": "redemption.count.per_customer", "conditions": {"$less_than": [2]}},
        {"name": "campaign.redemptions.count", "conditions": {"$less_than": [2]}},
    ]
)
cases = st.builds(
    lambda customer, order, counted: replace(CASE, customer=customer, order=order, counters=counted),
    st.sampled_from([None, CASE.customer]),
    st.sampled_from([None, EMPTY.order, CASE.order]),
    st.sampled_from([{}, CASE.counters, {"campaign.redemptions.count": 0}]),
)


@given(st.lists(simple, min_size=1, max_size=4), cases, st.sampled_from(["and", "or"]))
def test_the_order_of_rules_does_not_change_the_verdict(rules: list[Any], case: Case, junction: str) -> None:
    keys = [str(number) for number in range(1, len(rules) + 1)]
    members = dict(zip(keys, rules, strict=True))
    there = parse({"rules": {**members, "logic": f" {junction} ".join(keys)}})
    back = parse({"rules": {**members, "logic": f" {junction} ".join(reversed(keys))}})
    assert judge(there, case).holds == judge(back, case).holds


@given(st.lists(simple, min_size=1, max_size=4), cases)
def test_one_rule_that_always_holds_lets_everybody_pass_beside_or(rules: list[Any], case: Case) -> None:
    members = {str(number): rule for number, rule in enumerate([*rules, ALWAYS], 1)}
    demanded = " and ".join(list(members)[:-1])
    assert judge(parse({"rules": {**members, "logic": f"({demanded}) or {len(members)}"}}), case).holds
    alone = judge(parse({"rules": {**members, "logic": demanded}}), case)
    both = judge(parse({"rules": {**members, "logic": f"({demanded}) and {len(members)}"}}), case)
    assert alone == both


ALWAYS = {"name": "redemption.metadata", "property": "channel", "conditions": {"$is": ["app"]}}


@given(simple, cases)
def test_is_and_is_not_are_opposites_wherever_a_fact_is_known(rule: Any, case: Case) -> None:
    value = next(iter(rule["conditions"].values()))
    known = replace(CASE, counters={"redemption.count.per_customer": 4, "campaign.redemptions.count": 4})
    if rule["name"].startswith("order.items"):
        return
    assert passes(
        conditions={"$is": value}, **{k: v for k, v in rule.items() if k != "conditions"}, case=known
    ) is not passes(conditions={"$is_not": value}, **{k: v for k, v in rule.items() if k != "conditions"}, case=known)
