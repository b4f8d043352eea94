"""Messages that go out by a provider's account: what it is told, how fast, and what follows from a lost answer."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from access import sealing
from access.problems import Problem
from customers import leaving
from customers.models import Customer
from distributions import connecting
from distributions.channels.handover import Account, Outcome
from distributions.channels.providers import Idempotency
from distributions.models import Attempt, Connection, Delivery, Distribution, Message, Pace
from distributions.planning import lifecycle
from distributions.sending import lingering, stages
from distributions.sending.pacing import AHEAD, Asking, Given, Turns
from distributions.telling import messages
from events import pipeline, tracking
from events.clock import database_now
from events.models import Event
from events.tracking import Fact
from tests.distributions import stand_in
from tests.distributions.conftest import Shop
from tests.sinks import DROP, WebhookSink

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[..., Connection]


@pytest.fixture
def connect(shop: Shop, webhook_sink: WebhookSink, monkeypatch: pytest.MonkeyPatch) -> Connect:
    def connected(rate: float | None = None, **capabilities: object) -> Connection:
        [made] = stand_in.connect(monkeypatch, **capabilities)
        settings = {"api_key": "s3cret-key", "base_url": webhook_sink.url}
        return connecting.create(made, "Our account", settings, rate=rate)

    return connected


def going_out(shop: Shop, connection: Connection, **said: Any) -> Distribution:
    words = {"fields": {"COUPON": "{{ voucher.code }}", "NAME": "{{ customer.name }}"}, "event": "coupon_given"}
    channel = {"type": "braze", "connection_id": connection.public_id, **words}
    return shop.live(shop.segment(), shop.campaign(20), channels=[channel], **said)


def test_a_provider_is_told_the_fields_filled_in_and_the_events_own_moment(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink
) -> None:
    going_out(shop, connect())
    shop.happens("alice")
    shop.send()
    [received] = webhook_sink.received
    [code] = shop.codes("alice")
    entered = Event.objects.get(name="customer.segment.entered")
    assert received.body == {
        "id": "alice",
        "fields": {"COUPON": code, "NAME": "Alice"},
        "event": "coupon_given",
        "time": int(entered.occurred_at.timestamp()),
    }
    assert received.headers["authorization"] == "Bearer s3cret-key"
    assert shop.states("alice") == ["SENT"]
    assert Event.objects.filter(name="customer.braze.sent").count() == 1


def test_a_secret_is_in_no_column_and_in_no_repr(connect: Connect) -> None:
    connection = Connection.objects.get(pk=connect().pk)
    assert "s3cret-key" not in repr([str(getattr(connection, one.attname)) for one in Connection._meta.fields])
    account = connecting.account_of(connection)
    assert account["api_key"] == "s3cret-key"
    assert "s3cret-key" not in repr(account)


def test_a_customer_without_the_address_is_a_failed_message_and_an_event(shop: Shop, connect: Connect) -> None:
    going_out(shop, connect())
    customer = shop.customer("alice")
    type(customer).objects.filter(pk=customer.pk).update(source_id=None)
    tracking.track_many([Fact("cart_abandoned", customer.pk, {})])
    pipeline.drain()
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.state, delivery.reason) == ("FAILED", "no_source_id")
    assert Event.objects.filter(name="customer.braze.failed", customer=customer).count() == 1


def test_what_names_no_account_does_not_go_live(shop: Shop, connect: Connect) -> None:
    connect()
    draft = shop.draft(channels=[{"type": "braze", "connection_id": None, "fields": {"A": "1"}}])
    with pytest.raises(Problem) as refused:
        lifecycle.set_live(draft)
    assert [one["key"] for one in refused.value.extra["error"]["missing"]] == ["channel_not_connected"]


def test_the_only_account_of_a_channel_need_not_be_named(shop: Shop, connect: Connect) -> None:
    connection = connect()
    draft = shop.draft(channels=[{"type": "braze", "fields": {"A": "1"}}])
    assert draft.channels.get().connection == connection


def test_the_same_account_takes_every_attempt(shop: Shop, connect: Connect, webhook_sink: WebhookSink) -> None:
    live = going_out(shop, connect())
    webhook_sink.answers = [429]
    shop.happens("alice")
    shop.send()
    other = connecting.create(stand_in.provider(), "Another", {"api_key": "k2", "base_url": webhook_sink.url})
    live.channels.update(connection=other)
    rested(shop)
    assert [one.headers["authorization"] for one in webhook_sink.received] == ["Bearer s3cret-key"] * 2


def rested(shop: Shop) -> None:
    """Let pauses and waits be over."""
    Pace.objects.update(free_at="2020-01-01T00:00Z", line_ends_at="2020-01-01T00:00Z")
    shop.hurry()
    shop.send()


def test_a_provider_that_asks_to_wait_gets_nothing_more_until_then(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink
) -> None:
    going_out(shop, connect())
    webhook_sink.answers = [(429, {"Retry-After": "40"})]
    shop.happens("alice")
    shop.send()
    shop.happens("bob")
    shop.send()
    assert len(webhook_sink.received) == 1
    [bobs] = shop.deliveries("bob")
    assert (bobs.state, bobs.reason, bobs.attempt_count) == ("READY", "paced", 0)
    assert timedelta(seconds=30) < bobs.due_at - database_now() < timedelta(seconds=41)
    rested(shop)
    assert shop.states() == ["SENT", "SENT"]


def test_an_account_that_is_refused_shows_it_and_its_messages_wait(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink
) -> None:
    connection = connect()
    going_out(shop, connection)
    webhook_sink.answers, webhook_sink.words = [401], b"bad key"
    shop.happens("alice")
    shop.send()
    connection.refresh_from_db()
    assert (connection.test_ok, connection.test_words) == (False, "Refused while sending: 401 bad key")
    assert shop.states() == ["READY"]
    assert connecting.rest_of(connection) > 30


def test_of_who_is_erased_nothing_is_left_that_a_tool_was_told(shop: Shop, connect: Connect) -> None:
    going_out(shop, connect())
    shop.happens("alice")
    shop.send()
    leaving.erase(Customer.objects.get(source_id="alice"))
    assert Message.objects.get().content is None


@pytest.mark.parametrize(
    ("capabilities", "said", "state", "may_repeat"),
    [
        ({"idempotency": Idempotency.NATURAL}, "hold", "SENT", False),
        ({"idempotency": Idempotency.KEY, "key_ttl": timedelta(hours=24)}, "hold", "SENT", False),
        ({"idempotency": Idempotency.KEY, "key_ttl": timedelta(seconds=30)}, "hold", "UNCERTAIN", False),
        ({"idempotency": Idempotency.NONE}, "hold", "UNCERTAIN", False),
        ({"idempotency": Idempotency.NONE}, "resend", "SENT", True),
    ],
)
def test_after_a_lost_answer_the_providers_promise_decides_before_the_policy(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink, capabilities: dict[str, Any], said: str, state: str,
    may_repeat: bool,
) -> None:  # fmt: skip
    going_out(shop, connect(**capabilities), policy={"uncertain": said})
    webhook_sink.answers = [DROP]
    shop.happens("alice")
    shop.send()
    assert shop.states() == ["UNKNOWN"]
    shop.hurry()
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.state, delivery.may_repeat) == (state, may_repeat)
    assert len({received.raw for received in webhook_sink.received}) == 1


@pytest.mark.parametrize(
    ("found", "state", "calls"),
    [(Outcome.ACCEPTED, "SENT", 1), (Outcome.NOT_ACCEPTED, "SENT", 2), (None, "UNCERTAIN", 1)],
)
def test_a_provider_that_can_be_asked_is_asked_first(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink, found: Outcome | None, state: str, calls: int
) -> None:
    going_out(shop, connect(can_look_up=True), policy={"uncertain": "hold"})
    if found:
        stand_in.answers["alice"] = found
    webhook_sink.answers = [DROP]
    shop.happens("alice")
    shop.send()
    shop.hurry()
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.state, delivery.may_repeat, len(webhook_sink.received)) == (state, False, calls)


def test_what_is_read_back_counts_as_delivered(shop: Shop, connect: Connect) -> None:
    going_out(shop, connect(can_verify=True))
    shop.happens("alice")
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.to_verify, messages.status_of(delivery)) == (True, "sent")
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.to_verify, messages.status_of(delivery)) == (True, "sent")
    assert delivery.due_at > database_now()
    stand_in.answers["alice"] = Outcome.ACCEPTED
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.to_verify, messages.status_of(delivery)) == (False, "delivered")
    assert delivery.feedback.get().raw == {"read": f"COUPON: {shop.codes('alice')[0]}"}


def test_one_account_is_called_no_faster_than_it_takes(shop: Shop, connect: Connect, webhook_sink: WebhookSink) -> None:
    going_out(shop, connect(rate=5.0))
    for number in range(16):
        shop.happens(f"customer{number}")
    stages.work_once()
    until = time.monotonic() + 10
    while lingering.addresses() and time.monotonic() < until:
        time.sleep(0.05)
    assert 10 <= len(webhook_sink.received) <= 12
    waiting = [one for one in shop.deliveries() if one.state == "READY"]
    assert {one.reason for one in waiting} == {"paced"}
    assert {one.attempt_count for one in waiting} == {0}
    assert Attempt.objects.count() == len(webhook_sink.received)


def test_turns_are_spaced_and_a_line_is_kept() -> None:
    now = database_now()
    turns, given = Turns(timedelta(seconds=0.5), now, now), Given()
    turns.give([Asking(number, 1, False) for number in range(8)], now, given)
    assert given.wait == {0: 0.0, 1: 0.5, 2: 1.0, 3: 1.5, 4: 2.0}
    assert [given.later[number] - now + AHEAD for number in (5, 6, 7)] == [
        timedelta(seconds=2.5 + place / 2) for place in range(3)
    ]
    late = Given()
    turns.give([Asking("late", 1, False), Asking(5, 1, True)], now + timedelta(seconds=1), late)
    assert late.wait == {5: 1.5}
    assert late.later["late"] - now + AHEAD == timedelta(seconds=4.0)


def test_messages_whose_secrets_cannot_be_opened_wait_for_somebody_to_mend_that(
    shop: Shop, connect: Connect, webhook_sink: WebhookSink
) -> None:
    connection = connect()
    going_out(shop, connection)
    sealed = connection.sealed_secrets
    Connection.objects.update(sealed_secrets=sealed.replace(sealed[:8], "00000000"))
    shop.happens("alice")
    shop.send()
    [delivery] = shop.deliveries()
    assert (delivery.state, delivery.reason, delivery.attempt_count) == ("READY", "secrets_sealed", 0)
    with pytest.raises(sealing.SealError):
        connecting.account_of(Connection.objects.get())


def test_an_account_reads_secrets_and_settings_as_text() -> None:
    account = Account(1, "x", {"port": 25, "base_url": "https://x.example/"}, {"key": "k"})
    assert (account["port"], account["key"], account["nothing"], account.base_url) == (
        "25", "k", "", "https://x.example",
    )  # fmt: skip
