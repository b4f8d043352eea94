"""Points are earned by what customers do: once for each rule, event and card."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Campaign, Transaction, Voucher
from customers.models import Customer
from events import queueing
from events.models import Event
from events.pipeline import drain as apply_events
from rewards.models import Earning, PendingPoints
from tests.rewards.conftest import told_events

pytestmark = pytest.mark.django_db
FIFTY = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}}


def proportional(kind: str, block: str, name: str, **terms: Any) -> dict[str, Any]:
    return {"type": "PROPORTIONAL", "calculation_type": kind, block: {name: terms}}


def balance_of(card: Voucher) -> int | None:
    return Voucher.objects.get(pk=card.pk).balance


def test_who_pays_an_order_earns_points_and_all_of_it_is_told(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any
) -> None:
    add_rules(program, FIFTY)
    order = pay(alice)
    assert balance_of(card) == 50
    (rewarded,) = told_events("customer.rewarded")
    (points,) = told_events("customer.rewarded.loyalty_points")
    (added,) = told_events("voucher.loyalty_card.points_added")
    (paid,) = told_events("order.paid")
    assert {each.caused_by_id for each in (rewarded, points, added)} == {paid.id}
    assert {each.customer_id for each in (rewarded, points, added)} == {alice.pk}
    balance = rewarded.properties["balance"]
    assert (balance["points"], balance["balance"], balance["operation_type"]) == (50, 50, "AUTOMATIC")
    assert points.properties["order"]["id"] == order["id"]
    moved = Transaction.objects.get()
    assert (moved.type, moved.amount, moved.balance, moved.details["order"]["id"]) == (
        "POINTS_ACCRUAL", 50, 50, order["id"],
    )  # fmt: skip


def test_an_event_that_is_looked_at_twice_earns_once(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any
) -> None:
    add_rules(program, FIFTY)
    pay(alice)
    queueing.put(told_events("order.paid"))
    apply_events()
    assert (balance_of(card), Earning.objects.count(), len(told_events("customer.rewarded"))) == (50, 1, 1)


def test_each_rule_earns_for_itself_and_the_balances_of_one_batch_follow_one_another(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any
) -> None:
    half = {"event": "order.paid", "loyalty": proportional("ORDER_AMOUNT", "order", "amount", every=100, points=1)}
    add_rules(program, FIFTY, half)
    pay(alice, 12_345)
    assert balance_of(card) == 50 + 123
    assert list(Transaction.objects.order_by("id").values_list("balance", "total")) == [(50, 50), (173, 173)]


ITEMS = [
    {"product_id": "tea", "quantity": 3, "price": 500, "related_object": "product", "source_id": "tea"},
    {"product_id": "cup", "quantity": 1, "price": 2000, "related_object": "product", "source_id": "cup"},
]


@pytest.mark.parametrize(
    ("loyalty", "points"),
    [
        (proportional("ORDER_AMOUNT", "order", "amount", every=1000, points=2), 6),
        (proportional("ORDER_TOTAL_AMOUNT", "order", "total_amount", every=1000, points=2), 4),
        (proportional("ORDER_METADATA", "order", "metadata", every=2, points=5, property="bags"), 15),
        (proportional("ORDER_ITEMS_QUANTITY", "order_items", "quantity", every=1, points=1), 4),
        (proportional("ORDER_ITEMS_QUANTITY", "order_items", "quantity", every=1, points=1, object="product", id="tea"), 3),
        (proportional("ORDER_ITEMS_AMOUNT", "order_items", "amount", every=500, points=1,
                      applicable_to=[{"object": "product", "id": "cup"}]), 4),
        (proportional("CUSTOMER_METADATA", "customer", "metadata", every=1, points=10, property="level"), 30),
        (proportional("ORDER_METADATA", "order", "metadata", every=1, points=5, property="colour"), 0),
    ],
    ids=["amount", "total", "metadata", "units", "units of goods", "amount of goods", "customer", "not a number"],
)  # fmt: skip
def test_points_in_proportion(
    loyalty: dict[str, Any], points: int, program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any,
    api: Any,
) -> None:  # fmt: skip
    for name in ("tea", "cup"):
        api.post("/v1/products", {"source_id": name, "name": name})
    add_rules(program, {"event": "order.paid", "loyalty": loyalty})
    pay(alice, 3500, items=ITEMS, discount_amount=800, metadata={"bags": 7, "colour": "red"})
    assert balance_of(card) == points


def test_a_custom_event_earns_by_its_properties(
    program: Campaign, card: Voucher, alice: Customer, bob: Customer, add_rules: Any, report: Any
) -> None:
    loyalty = proportional("CUSTOM_EVENT_METADATA", "custom_event", "metadata", every=10, points=1, property="km")
    add_rules(program, {"event": "ride", "loyalty": loyalty})
    report(alice, "ride", {"km": 42.5})
    report(alice, "ride", {"km": "far"})
    report(bob, "ride", {"km": 100})
    assert balance_of(card) == 4
    assert told_events("customer.rewarded")[0].properties["custom_event"]["metadata"] == {"km": 42.5}


def test_who_enters_a_segment_earns_once_for_each_entry(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, report: Any, api: Any, drain: Any
) -> None:
    tree = {
        "junction": "and",
        "conditions": [{"event": "ride", "metric": "count", "operator": "more_than", "value": 1}],
    }
    segment = api.post("/v1/segments", {"name": "Riders", "type": "auto-update", "filter": tree}).json()
    drain()
    add_rules(
        program,
        {
            "event": "customer.segment.entered",
            "segment": {"id": segment["id"]},
            "loyalty": {"type": "FIXED", "points": 7},
        },
    )
    for _ in range(4):
        report(alice, "ride")
    assert balance_of(card) == 7
    refused = api.delete(f"/v1/segments/{segment['id']}")
    assert refused.status_code == 400
    assert "earning rule" in refused.content.decode()


def test_a_validation_rule_decides_who_earns(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any, api: Any
) -> None:
    large = {
        "name": "Large",
        "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}, "logic": "1"},
    }
    rule = api.post("/v1/validation-rules", large).json()
    told = add_rules(program, {**FIFTY, "validation_rule_id": rule["id"]})
    assert told[0]["validation_rule_id"] == rule["id"]
    pay(alice, 5000)
    assert balance_of(card) == 0
    pay(alice, 5001)
    assert balance_of(card) == 50


@pytest.mark.parametrize(
    "change",
    [
        lambda api, program, rule, card: api.post(f"{rule}/disable"),
        lambda api, program, rule, card: api.delete(rule),
        lambda api, program, rule, card: api.put(rule, {"expiration_date": "2020-01-01T00:00:00Z"}),
        lambda api, program, rule, card: api.put(rule, {"start_date": "2099-01-01T00:00:00Z"}),
        lambda api, program, rule, card: api.post(f"/v1/campaigns/{program.public_id}/disable"),
        lambda api, program, rule, card: api.post(f"/v1/vouchers/{card.code}/disable"),
    ],
    ids=["rule disabled", "rule deleted", "rule over", "rule not begun", "program disabled", "card disabled"],
)
def test_what_does_not_count_earns_nothing(
    change: Any, program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any, api: Any
) -> None:
    (rule,) = add_rules(program, FIFTY)
    change(api, program, f"/v1/loyalties/{program.public_id}/earning-rules/{rule['id']}", card)
    pay(alice)
    assert (balance_of(card), Earning.objects.count()) == (0, 0)


def test_an_event_from_before_the_rule_earns_nothing(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, api: Any, drain: Any
) -> None:
    api.post("/v1/orders", {"customer": {"source_id": "alice"}, "amount": 1000, "status": "PAID"})
    add_rules(program, FIFTY)
    drain()
    assert balance_of(card) == 0


def test_who_has_no_card_joins_where_the_program_says_so(
    make_program: Callable[..., Campaign], bob: Customer, add_rules: Any, pay: Any
) -> None:
    open_club, closed_club = make_program("Open", auto_join=True), make_program("Closed")
    add_rules(open_club, FIFTY)
    add_rules(closed_club, FIFTY)
    pay(bob)
    pay(bob)
    (card,) = Voucher.objects.filter(holder=bob)
    assert (card.campaign_id, card.balance) == (open_club.pk, 100)


def test_a_batch_asks_as_often_for_one_event_as_for_many(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, api: Any, django_assert_max_num_queries: Any
) -> None:
    add_rules(program, FIFTY, {"event": "ride", "loyalty": {"type": "FIXED", "points": 1}})
    said = {"event": "ride", "customer": {"source_id": "alice"}}
    apply_events()
    counted = []
    for count in (1, 1, 20):
        api.post("/v1/events/batch", {"events": [said] * count})
        with django_assert_max_num_queries(60) as queries:
            apply_events()
        counted.append(len(queries))
    assert counted[1] == counted[2]
    assert balance_of(card) == 22


def test_points_can_wait_for_their_day_and_go_with_a_canceled_order(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any, api: Any, drain: Any
) -> None:
    add_rules(program, {**FIFTY, "pending_points": {"period_type": "DAY", "period_value": 14}})
    first, second = pay(alice), pay(alice)
    told = api.get(f"/v1/vouchers/{card.code}").json()["loyalty_card"]
    assert (told["balance"], told["pending_points"]) == (0, 100)
    api.put(f"/v1/orders/{first['id']}", {"status": "CANCELED"})
    drain()
    (canceled,) = told_events("voucher.loyalty_card.pending_points.canceled")
    assert canceled.properties["pending_points"]["order_id"] == first["id"]
    PendingPoints.objects.update(activates_on="2020-01-01")
    drain()
    told = api.get(f"/v1/vouchers/{card.code}").json()["loyalty_card"]
    assert (told["balance"], told["points"], told["pending_points"]) == (50, 50, 0)
    (activated,) = told_events("voucher.loyalty_card.pending_points.activated")
    assert activated.properties["pending_points"]["order_id"] == second["id"]
    (added,) = told_events("voucher.loyalty_card.points_added")
    earned_by = told_events("order.paid")[1]
    assert {activated.caused_by_id, added.caused_by_id} == {earned_by.pk}
    assert (activated.group_id, activated.source) == (earned_by.group_id, "INTERNAL")
    assert sorted(PendingPoints.objects.values_list("state", flat=True)) == ["ACTIVATED", "CANCELED"]


def test_points_on_a_card_stay_when_their_order_is_canceled(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any, api: Any, drain: Any
) -> None:
    add_rules(program, FIFTY)
    order = pay(alice)
    api.put(f"/v1/orders/{order['id']}", {"status": "CANCELED"})
    drain()
    assert balance_of(card) == 50


def test_a_payment_that_was_merely_reported_earns_what_needs_no_order(
    program: Campaign, card: Voucher, alice: Customer, add_rules: Any, report: Any
) -> None:
    half = {"event": "order.paid", "loyalty": proportional("ORDER_AMOUNT", "order", "amount", every=100, points=1)}
    add_rules(program, FIFTY, half)
    report(alice, "order.paid", {"order": "none", "items": [1]})
    assert balance_of(card) == 50
    assert not Event.objects.filter(name="customer.rewarded").exclude(properties__balance__points=50).exists()
