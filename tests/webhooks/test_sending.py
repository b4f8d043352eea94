"""How sendouts leave: signed, tried again up the ladder, given up, and never lost."""

import hashlib
import hmac
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier

from distributions.channels import Outcome, Receipt
from distributions.sending import lingering
from events import pipeline
from events.tracking import Fact, track, track_many
from tests.conftest import RestClient
from tests.sinks import DROP, SilentSink, WebhookSink, free_port
from tests.webhooks.conftest import Listening, types
from webhooks import keeping, pruning, repeating, signing
from webhooks.models import Attempt, Sendout, Webhook
from webhooks.sending import leasing, settling, stages

pytestmark = pytest.mark.django_db


def paid() -> None:
    track(Fact("order.paid"))
    pipeline.drain()


def test_an_event_reaches_the_receiver_once_signed_in_both_ways(listening: Listening, sink: WebhookSink) -> None:
    secret = listening.subscribe(sink.url, "customer.created")["secret"]
    listening.happens()
    [received] = sink.received
    plain = hmac.new(secret.encode(), received.raw, hashlib.sha256).hexdigest()
    assert received.headers["x-voucherify-signature"] == plain
    assert received.headers["webhook-id"] == received.body["id"] == Sendout.objects.get().public_id
    assert Verifier(secret).verify(received.raw, received.headers)["type"] == "customer.created"
    assert b'": ' not in received.raw
    assert listening.states() == ["SENT"]


def test_a_failed_attempt_is_tried_again_with_the_same_words_and_id(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "customer.created")
    sink.answers = [500, 404, DROP, 200]
    listening.happens()
    assert listening.states() == ["WAITING"]
    for _ in range(3):
        listening.hurry()
    assert listening.states() == ["SENT"]
    assert len(sink.received) == 4
    assert len({(one.raw, one.headers["webhook-id"]) for one in sink.received}) == 1
    attempts = Attempt.objects.order_by("number").values_list("outcome", "status_code")
    assert list(attempts) == [("unknown", 500), ("not_accepted", 404), ("unknown", None), ("accepted", 200)]


@pytest.mark.parametrize(
    ("attempt", "wait"), [(1, 5), (2, 30), (3, 60), (4, 120), (12, 512 * 60), (13, 1024 * 60), (14, 86_400)]
)
def test_the_ladder_is_climbed(listening: Listening, sink: WebhookSink, attempt: int, wait: int) -> None:
    listening.subscribe(sink.url, "order.paid")
    paid()
    Sendout.objects.update(attempt_count=attempt - 1)
    sink.answers = [500]
    listening.drain()
    due = Sendout.objects.get().due_at - timezone.now()
    assert wait - 2 <= due.total_seconds() <= wait * 1.1


def test_after_the_last_retry_the_webhook_is_turned_off_with_the_reason(
    listening: Listening, sink: WebhookSink
) -> None:
    listening.subscribe(sink.url, "order.paid")
    sink.answers = [500] * 20
    paid()
    for _ in range(15):
        listening.hurry()
    webhook = listening.webhook()
    assert (len(sink.received), listening.states()) == (15, ["FAILED"])
    assert (webhook.is_active, webhook.ended) == (False, "gave_up")
    paid()
    assert Sendout.objects.count() == 1


def test_a_receiver_that_is_gone_for_good_is_told_nothing_more(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe(sink.url, "order.paid")
    track_many([Fact("order.paid") for _ in range(3)])
    pipeline.drain()
    sink.answers = [410, 410, 410]
    listening.drain()
    told = api.get(f"{listening.path}/{made['id']}").json()
    assert (told["active"], told["disabled_reason"]) == (False, "gone")


def test_what_waited_goes_out_once_the_webhook_is_turned_on_again(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe(sink.url, "order.paid")
    paid()
    api.put(f"{listening.path}/{made['id']}", {"active": False})
    listening.hurry()
    assert listening.states() == ["WAITING"]
    api.put(f"{listening.path}/{made['id']}", {"active": True})
    listening.drain()
    assert listening.states() == ["SENT"]


def test_what_was_given_up_with_its_webhook_goes_out_once_that_is_on_again(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe(sink.url, "order.paid")
    paid()
    sink.answers = [410]
    listening.drain()
    assert listening.states() == ["FAILED"]
    told = api.put(f"{listening.path}/{made['id']}", {"active": True}).json()
    assert (told["active"], told["disabled_reason"]) == (True, None)
    listening.drain()
    assert listening.states() == ["SENT"]
    assert len({one.headers["webhook-id"] for one in sink.received}) == 1


def test_what_an_old_address_answers_says_nothing_of_the_new_one(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe("https://old.shop.example/in", "order.paid")
    paid()
    [leased] = leasing.lease()
    api.put(f"{listening.path}/{made['id']}", {"target_url": sink.url})
    settling.settle([(leased, Receipt(leased.message.id, Outcome.REJECTED, 410))])
    assert (listening.webhook().is_active, listening.states()) == (True, ["WAITING"])
    listening.drain()
    assert (listening.states(), len(sink.received)) == (["SENT"], 1)


def test_a_last_refusal_from_before_it_was_turned_on_again_does_not_turn_it_off(
    api: RestClient, listening: Listening
) -> None:
    made = listening.subscribe("https://hooks.shop.example/in", "order.paid")
    paid()
    Sendout.objects.update(attempt_count=14)
    [leased] = leasing.lease()
    for on in (False, True):
        api.put(f"{listening.path}/{made['id']}", {"active": on})
    settling.settle([(leased, Receipt(leased.message.id, Outcome.UNKNOWN, 500))])
    assert (listening.webhook().is_active, listening.states()) == (True, ["WAITING"])
    assert Sendout.objects.get().attempt_count == 0


def test_a_new_address_gets_at_once_what_waited_for_the_old_one(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe("https://old.shop.example/in", "order.paid")
    paid()
    [leased] = leasing.lease()
    settling.settle([(leased, Receipt(leased.message.id, Outcome.UNKNOWN, 500))])
    api.put(f"{listening.path}/{made['id']}", {"target_url": sink.url})
    listening.drain()
    assert (listening.states(), len(sink.received)) == (["SENT"], 1)


def test_turning_on_what_the_product_turned_off_meanwhile_clears_the_reason(
    listening: Listening, sink: WebhookSink
) -> None:
    listening.subscribe(sink.url, "order.paid")
    looked_at = listening.webhook()
    sink.answers = [410]
    paid()
    listening.drain()
    changed = keeping.change(looked_at, {"active": True})
    assert (changed.is_active, changed.ended) == (True, "")
    listening.drain()
    assert listening.states() == ["SENT"]


def test_a_receiver_says_when_to_come_again(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "order.paid")
    sink.answers = [(429, {"Retry-After": "3600"})]
    paid()
    listening.drain()
    wait = Sendout.objects.get().due_at - timezone.now()
    assert 3590 < wait.total_seconds() <= 3600


def test_a_sender_that_is_killed_after_the_lease_loses_nothing(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "order.paid")
    paid()
    assert len(leasing.lease()) == 1
    assert (stages.work_once(), sink.received) == (0, [])
    listening.hurry()
    assert (listening.states(), len(sink.received)) == (["SENT"], 1)
    assert [one.outcome for one in Attempt.objects.order_by("number")] == ["unknown", "accepted"]
    assert Sendout.objects.get().attempt_count == 1


def test_a_sender_that_is_killed_before_it_wrote_the_answer_sends_the_same_again(
    listening: Listening, sink: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> int:
        raise Killed

    listening.subscribe(sink.url, "order.paid")
    paid()
    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle", die)
        with pytest.raises(Killed):
            stages.work_once()
    listening.hurry()
    assert listening.states() == ["SENT"]
    assert len({one.headers["webhook-id"] for one in sink.received}) == 1
    assert len(sink.received) == 2


def test_who_lost_the_lease_changes_nothing_any_more(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "order.paid")
    paid()
    [late] = leasing.lease()
    Sendout.objects.update(due_at="2020-01-01T00:00Z")
    leasing.expire()
    [mine] = leasing.lease()
    assert settling.settle([(late, Receipt(late.message.id, Outcome.REJECTED, 410))]) == 0
    assert listening.webhook().is_active
    assert settling.settle([(mine, Receipt(mine.message.id, Outcome.ACCEPTED, 200))]) == 1


def test_an_answer_that_comes_after_its_lease_is_believed_while_nobody_began_again(listening: Listening) -> None:
    listening.subscribe("https://hooks.shop.example/in", "order.paid")
    paid()
    [late] = leasing.lease()
    Sendout.objects.update(due_at="2020-01-01T00:00Z")
    leasing.expire()
    assert settling.settle([(late, Receipt(late.message.id, Outcome.ACCEPTED, 200))]) == 1
    assert listening.states() == ["SENT"]


def test_two_senders_never_take_the_same(listening: Listening) -> None:
    listening.subscribe("https://hooks.shop.example/in", "order.paid")
    track_many([Fact("order.paid") for _ in range(7)])
    pipeline.drain()
    taken = [one.id for _ in range(3) for one in leasing.lease(limit=3)]
    assert len(taken) == len(set(taken)) == 7


def test_one_silent_receiver_keeps_nobody_waiting(
    listening: Listening, sink: WebhookSink, silent: SilentSink, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "PATIENCE", 3.0)
    listening.subscribe(silent.url, "order.paid")
    listening.subscribe(sink.url, "order.paid")
    track_many([Fact("order.paid") for _ in range(12)])
    pipeline.drain()
    began = time.monotonic()
    while len(sink.received) < 12:
        stages.work_once()
        assert time.monotonic() - began < 2.5
    assert silent.url in lingering.addresses()
    while lingering.addresses():
        time.sleep(0.05)
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"accepted", "unknown"}


def test_one_receiver_s_backlog_does_not_stand_before_another_s(listening: Listening) -> None:
    listening.subscribe("https://one.example/in", "order.paid")
    listening.subscribe("https://two.example/in", "order.created")
    track_many([Fact("order.paid") for _ in range(300)])
    pipeline.drain()
    track(Fact("order.created"))
    pipeline.drain()
    addresses = [one.message.address for one in leasing.lease()]
    assert (addresses.count("https://one.example/in"), addresses.count("https://two.example/in")) == (leasing.SHARE, 1)


def test_five_full_webhooks_and_a_test_all_get_their_turn(listening: Listening) -> None:
    for number in range(5):
        listening.subscribe(f"https://{number}.example/in", "order.paid")
    track_many([Fact("order.paid") for _ in range(60)])
    pipeline.drain()
    repeating.send_test(Webhook.objects.order_by("id").last())
    leased = leasing.lease()
    assert leased[0].is_test
    turns = Counter(one.webhook_id for one in leased[1:])
    assert (len(leased), len(turns)) == (leasing.AT_ONCE, 5)
    assert max(turns.values()) - min(turns.values()) <= 1


def test_sendouts_of_one_webhook_are_taken_out_in_the_order_of_the_events(listening: Listening) -> None:
    listening.subscribe("https://hooks.shop.example/in", "order.paid", "order.created")
    listening.subscribe("https://other.example/in", "order.paid")
    events = track_many([Fact(name) for _ in range(9) for name in ("order.created", "order.paid")])
    pipeline.drain()
    first = Webhook.objects.order_by("id").first()
    taken = [one.id for _ in range(6) for one in leasing.lease(limit=5) if one.webhook_id == first.pk]
    told = Sendout.objects.in_bulk(taken)
    assert [told[key].event_id for key in taken] == [event.pk for event in events]


def test_an_address_that_turns_inside_is_never_called(
    listening: Listening, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    listening.subscribe("https://hooks.shop.example/in", "order.paid")
    Webhook.objects.update(target_url=f"http://127.0.0.1:{free_port()}/")
    paid()
    listening.drain()
    assert (listening.webhook().ended, listening.states()) == ("refused", ["FAILED"])
    assert "PROMO_EGRESS_ALLOW" in Attempt.objects.get().detail


def test_a_person_sends_it_again_with_the_same_id(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "order.paid")
    paid()
    listening.drain()
    repeating.send_again(Sendout.objects.get())
    listening.drain()
    assert [one.headers["webhook-id"] for one in sink.received] == [Sendout.objects.get().public_id] * 2


def test_a_test_is_sent_once_also_to_a_webhook_that_is_off(
    api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    made = listening.subscribe(sink.url, "order.paid")
    api.put(f"{listening.path}/{made['id']}", {"active": False})
    sink.answers = [500]
    repeating.send_test(listening.webhook())
    listening.drain()
    assert (types(sink.received), listening.states()) == (["webhook.test"], ["FAILED"])
    assert listening.webhook().ended == ""


def test_for_a_day_after_an_exchange_both_secrets_prove_who_sent_it(listening: Listening, sink: WebhookSink) -> None:
    old = listening.subscribe(sink.url, "order.paid")["secret"]
    new = signing.exchange()
    assert new != old
    paid()
    listening.drain()
    [received] = sink.received
    for secret in (old, new):
        Verifier(secret).verify(received.raw, received.headers)
    keys = signing.keys(timezone.now() + timedelta(days=2))
    assert (keys.current, keys.both) == (new, new)


def test_what_was_sent_long_ago_is_forgotten(listening: Listening, sink: WebhookSink, monkeypatch: Any) -> None:
    listening.subscribe(sink.url, "order.paid")
    paid()
    listening.drain()
    assert pruning.prune() == 0
    monkeypatch.setattr(pruning, "KEPT", timedelta(hours=-2))
    assert pruning.has_due(timezone.now())
    assert pruning.prune() == 1
    assert not Attempt.objects.exists()


def test_each_step_costs_a_fixed_number_of_queries(listening: Listening, django_assert_num_queries: Any) -> None:
    for number in range(3):
        listening.subscribe(f"https://hooks{number}.shop.example/in", "order.paid")
    track_many([Fact("order.paid") for _ in range(20)])
    pipeline.drain()
    # The savepoint's two, and: what is due, the clock, the secret.
    with django_assert_num_queries(5):
        leased = leasing.lease()
    receipts = [(one, Receipt(one.message.id, Outcome.ACCEPTED, 200)) for one in leased]
    # The savepoint's two, and the outcomes.
    with django_assert_num_queries(3):
        assert settling.settle(receipts) == 60
