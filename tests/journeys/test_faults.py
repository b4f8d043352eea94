"""What breaks while events flow costs time, never a message and never a second one."""

import json
import threading
import time

import pytest

from tests.journeys.stories import make_campaign, make_segment, more_than, send, set_live, unique, webhook
from tests.product import Product, eventually
from tests.sinks import WebhookSink

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]

PEOPLE = 60


def test_killed_workers_and_an_emptied_broker_lose_nothing_and_send_nothing_unexplained(
    product: Product, webhook_sink: WebhookSink
) -> None:
    cart = unique("cart_abandoned")
    set_live(product, make_segment(product, more_than(cart)), make_campaign(product), webhook(webhook_sink.url))
    people = [unique("customer") for _ in range(PEOPLE)]
    sender = threading.Thread(target=lambda: [send(product, cart, person) for person in people])
    sender.start()
    for victim in ("worker-evaluate", "worker-send", "beat", "worker-evaluate", "worker-send"):
        product.kill(victim)
        product.forget_broker()
        product.keep()
        time.sleep(0.4)
    sender.join()
    eventually(lambda: set(webhook_sink.customers()) == set(people), 60, meanwhile=product.keep)
    assert _codes_per_customer(webhook_sink) == dict.fromkeys(people, 1)
    report = json.loads(product.manage("check_invariants", "--json"))
    assert [name for name, verdict in report.items() if not verdict["ok"]] == []


def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_code(
    product: Product, webhook_sink: WebhookSink
) -> None:
    cart = unique("cart_abandoned")
    webhook_sink.answers = [429]
    set_live(product, make_segment(product, more_than(cart)), make_campaign(product), webhook(webhook_sink.url))
    send(product, cart, unique("ida"))
    eventually(lambda: len(webhook_sink.received) == 2, 15)
    first, second = webhook_sink.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert len(set(webhook_sink.codes())) == 1


def _codes_per_customer(sink: WebhookSink) -> dict[str, int]:
    codes: dict[str, set[str]] = {}
    for received in sink.received:
        codes.setdefault(received.body["data"]["customer"]["source_id"], set()).add(
            received.body["data"]["voucher"]["code"]
        )
    return {person: len(theirs) for person, theirs in codes.items()}
