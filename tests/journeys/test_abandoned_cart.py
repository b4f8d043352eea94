"""The product in one story: the cart is abandoned, the customer enters the segment, the code arrives."""

import time

import pytest

from tests.journeys.stories import (
    mail,
    make_campaign,
    make_segment,
    messages,
    more_than,
    send,
    set_live,
    unique,
    webhook,
)
from tests.product import Product, eventually
from tests.sinks import MailSink, WebhookSink

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]


def test_a_customer_who_abandons_her_cart_is_mailed_a_code_within_a_second(
    product: Product, mail_sink: MailSink
) -> None:
    cart, ida = unique("cart_abandoned"), unique("ida")
    set_live(product, make_segment(product, more_than(cart)), make_campaign(product), mail())
    began = time.monotonic()
    send(product, cart, ida)
    [message] = eventually(lambda: mail_sink.to(f"{ida}@shop.example"), 5)
    assert time.monotonic() - began < 1
    assert message["Subject"].startswith("Your 5%")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_customer_gets_a_code_of_her_own_and_only_once(product: Product, webhook_sink: WebhookSink) -> None:
    cart, people = unique("cart_abandoned"), [unique("customer") for _ in range(20)]
    set_live(product, make_segment(product, more_than(cart)), make_campaign(product), webhook(webhook_sink.url))
    for person in people * 2:
        send(product, cart, person)
    eventually(lambda: len(webhook_sink.received) >= len(people))
    time.sleep(0.5)
    assert sorted(webhook_sink.customers()) == sorted(people)
    assert len(set(webhook_sink.codes())) == len(people)


def test_the_same_request_sent_twice_is_one_event(product: Product, webhook_sink: WebhookSink) -> None:
    cart, ida = unique("cart_abandoned"), unique("ida")
    set_live(
        product,
        make_segment(product, more_than(cart)),
        make_campaign(product),
        webhook(webhook_sink.url),
        frequency="every_event",
    )
    first = send(product, cart, ida, message_id=unique("request"))
    again = send(product, cart, ida, message_id=unique("request"))
    assert (first["duplicate"], again["duplicate"]) == (False, False)
    repeated = unique("request")
    assert send(product, cart, ida, message_id=repeated)["duplicate"] is False
    assert send(product, cart, ida, message_id=repeated)["duplicate"] is True
    eventually(lambda: len(webhook_sink.received) >= 3)
    time.sleep(0.5)
    assert len(webhook_sink.received) == 3


def test_every_event_means_every_event_also_within_one_batch(product: Product, webhook_sink: WebhookSink) -> None:
    cart, ida = unique("cart_abandoned"), unique("ida")
    set_live(
        product,
        make_segment(product, more_than(cart, 2)),
        make_campaign(product),
        webhook(webhook_sink.url),
        frequency="every_event",
    )
    item = {"event": cart, "customer": {"source_id": ida}}
    answer = product.post("/v1/events/batch", {"events": [item] * 5})
    assert [result["status"] for result in answer["results"]] == ["accepted"] * 5
    eventually(lambda: len(webhook_sink.received) >= 3)
    time.sleep(0.5)
    assert len(webhook_sink.received) == 3
    assert len(set(webhook_sink.codes())) == 3


def test_time_alone_lets_a_customer_enter_within_a_second_of_the_boundary(
    product: Product, webhook_sink: WebhookSink
) -> None:
    cart, ida = unique("cart_abandoned"), unique("ida")
    rule = {"junction": "and", "conditions": [
        {"event": cart, "metric": "last_occurred", "operator": "more_than", "value": 2, "unit": "seconds"}]}  # fmt: skip
    set_live(product, make_segment(product, rule), make_campaign(product), webhook(webhook_sink.url))
    began = time.monotonic()
    send(product, cart, ida)
    eventually(lambda: webhook_sink.received, 8)
    assert 2.0 <= time.monotonic() - began < 3.2


def test_a_paused_distribution_acts_on_what_came_meanwhile_once_it_resumes(
    product: Product, webhook_sink: WebhookSink
) -> None:
    cart, ida = unique("cart_abandoned"), unique("ida")
    distribution = set_live(
        product, make_segment(product, more_than(cart)), make_campaign(product), webhook(webhook_sink.url)
    )
    product.post(f"/v1/distributions/{distribution}/pause")
    send(product, cart, ida)
    time.sleep(1)
    assert webhook_sink.received == []
    product.post(f"/v1/distributions/{distribution}/resume")
    eventually(lambda: webhook_sink.received)
    [message] = messages(product, distribution)
    assert message["status"] == "sent"
