"""The steps of sending: what a crash leaves behind, what an answer means, what waits and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from campaigns import pools
from campaigns.models import Campaign, Publication, Voucher
from customers import consenting, suppressing
from customers.consenting import Proof
from customers.models import Customer
from distributions.channels import Outcome, Receipt
from distributions.models import Attempt, Delivery, Message
from distributions.planning import lifecycle
from distributions.sending import leasing, preparing, resolving, settling, stages, sweeping
from distributions.telling import invariants
from events.clock import database_now
from events.models import Event
from tests.distributions.conftest import Shop
from tests.sinks import DROP, MailSink, WebhookSink

pytestmark = pytest.mark.django_db


def expire_leases() -> None:
    Delivery.objects.filter(state="SENDING").update(due_at=F("due_at") - timedelta(hours=1))


def broken() -> dict[str, Any]:
    return {name: verdict for name, verdict in invariants.check().items() if not verdict["ok"]}


# What a crash leaves behind.


def test_a_crash_before_preparing_commits_takes_no_code(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    with monkeypatch.context() as patch:
        patch.setattr("distributions.sending.outcomes.tell_failed", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            preparing.prepare()
    assert shop.states("alice") == ["NEW"]
    assert Publication.objects.count() == 0
    shop.send()
    assert shop.states("alice") == ["SENT"]


def test_a_crash_between_preparing_and_leasing_costs_nothing(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    code = shop.codes("alice")
    shop.send()
    assert shop.states("alice") == ["SENT"]
    assert shop.codes("alice") == code


def test_a_sender_that_dies_leaves_an_unknown_outcome_and_the_same_words_are_sent_again(
    shop: Shop, webhook_sink: WebhookSink
) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    preparing.prepare()
    [leased] = leasing.lease()
    assert sweeping.sweep() == 0
    expire_leases()
    shop.send()
    [delivery] = shop.deliveries("alice")
    assert (delivery.state, delivery.may_repeat, delivery.attempt_count) == ("SENT", True, 2)
    assert [a.outcome for a in Attempt.objects.order_by("number")] == ["unknown", "accepted"]
    assert webhook_sink.received[0].raw.decode() == leased.message.text
    assert broken() == {}


def test_a_policy_of_never_twice_holds_what_is_unknown_for_a_person(shop: Shop, webhook_sink: WebhookSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)], policy={"uncertain": "hold"})
    shop.happens("alice")
    preparing.prepare()
    leasing.lease()
    expire_leases()
    shop.send()
    assert shop.states("alice") == ["UNCERTAIN"]
    assert webhook_sink.received == []
    assert broken() == {}
    resolving.send_again(shop.deliveries("alice")[0])
    shop.send()
    assert shop.states("alice") == ["SENT"]
    assert broken() == {}


def test_a_late_answer_counts_where_it_proves_arrival(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), policy={"uncertain": "hold"})
    shop.happens("alice")
    preparing.prepare()
    [leased] = leasing.lease()
    expire_leases()
    sweeping.sweep()
    assert settling.settle([(leased, Receipt(leased.message.id, Outcome.ACCEPTED))]) == 1
    assert shop.states("alice") == ["SENT"]
    assert Attempt.objects.get().late_outcome == "accepted"


def test_a_late_refusal_changes_nothing(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    [leased] = leasing.lease()
    expire_leases()
    sweeping.sweep()
    settling.settle([(leased, Receipt(leased.message.id, Outcome.REJECTED))])
    assert shop.states("alice") != ["FAILED"]
    shop.send()
    assert shop.states("alice") == ["SENT"]


def test_an_answer_of_an_older_attempt_does_not_end_the_newer_one(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    [first] = leasing.lease()
    expire_leases()
    sweeping.sweep()
    [second] = leasing.lease()
    settling.settle([(first, Receipt(first.message.id, Outcome.NOT_ACCEPTED))])
    assert shop.states("alice") == ["SENDING"]
    settling.settle([(second, Receipt(second.message.id, Outcome.ACCEPTED))])
    assert shop.states("alice") == ["SENT"]


def test_a_channel_that_breaks_leaves_its_messages_unknown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    with monkeypatch.context() as patch:
        patch.setattr("distributions.channels.mailbox.deliver", lambda _messages: iter([1 / 0]))
        stages.hand_over_some()
    assert shop.states("alice") == ["UNKNOWN"]
    shop.hurry()
    shop.send()
    assert shop.states("alice") == ["SENT"]


def test_a_message_whose_turn_comes_too_late_is_not_started(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributions.sending.leasing.LEASE", timedelta(seconds=0))
    monkeypatch.setattr("distributions.channels.mailbox.deliver", lambda all_: map(Receipt.not_started, all_))
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    stages.hand_over_some()
    [delivery] = shop.deliveries("alice")
    assert (delivery.state, delivery.attempt_count) == ("READY", 0)


# What an answer means.


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        pytest.param(204, "SENT", "accepted", id="any 2xx"),
        pytest.param(429, "READY", "not_accepted", id="too many"),
        pytest.param(404, "READY", "not_accepted", id="not found, perhaps for now"),
        pytest.param(302, "READY", "not_accepted", id="a redirect is not followed"),
        pytest.param(500, "UNKNOWN", "unknown", id="a server error proves nothing"),
        pytest.param(DROP, "UNKNOWN", "unknown", id="no answer"),
        pytest.param(410, "FAILED", "rejected", id="gone"),
    ],
)
def test_what_a_webhook_answers(
    shop: Shop, webhook_sink: WebhookSink, answer: int | str, state: str, outcome: str
) -> None:
    webhook_sink.answers = [answer]
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    stages.work_once()
    assert shop.states("alice") == [state]
    assert Attempt.objects.get().outcome == outcome


def test_retries_follow_after_five_and_thirty_seconds_and_then_the_ladder(
    shop: Shop, webhook_sink: WebhookSink
) -> None:
    webhook_sink.answers = [429] * 4
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    waits = []
    for _ in range(4):
        shop.hurry()
        before = database_now()
        stages.work_once()
        waits.append((shop.deliveries("alice")[0].due_at - before).total_seconds())
    assert [5 <= waits[0] < 6.5, 30 <= waits[1] < 34, 60 <= waits[2] < 67, 120 <= waits[3] < 133] == [True] * 4
    shop.hurry()
    shop.send()
    assert shop.states("alice") == ["SENT"]
    assert len({received.headers["webhook-id"] for received in webhook_sink.received}) == 1
    assert len({received.raw for received in webhook_sink.received}) == 1


def test_retry_after_is_honoured(shop: Shop, webhook_sink: WebhookSink) -> None:
    webhook_sink.answers = [(429, {"Retry-After": "100"})]
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    stages.work_once()
    assert shop.deliveries("alice")[0].due_at > database_now() + timedelta(seconds=90)


@pytest.mark.parametrize(("answer", "state"), [(404, "FAILED"), (500, "UNCERTAIN")])
def test_a_webhook_that_never_answers_pauses_its_distribution_after_the_whole_ladder(
    shop: Shop, webhook_sink: WebhookSink, answer: int, state: str
) -> None:
    webhook_sink.answers = [answer] * 30
    distribution = shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    for _ in range(40):
        shop.hurry()
        stages.work_once()
    distribution.refresh_from_db()
    assert (shop.states("alice"), shop.reasons("alice"), distribution.status) == ([state], ["gave_up"], "PAUSED")
    assert len(webhook_sink.received) == 15


def test_gone_stops_a_webhook_at_once(shop: Shop, webhook_sink: WebhookSink) -> None:
    webhook_sink.answers = [410]
    distribution = shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    shop.send()
    distribution.refresh_from_db()
    assert (shop.reasons("alice"), distribution.status) == (["gone"], "PAUSED")


@pytest.mark.parametrize(
    ("reply", "state", "outcome"),
    [
        pytest.param("451 later", "READY", "not_accepted", id="4xx is put off"),
        pytest.param("550 no such person", "FAILED", "rejected", id="5xx is final"),
        pytest.param(DROP, "UNKNOWN", "unknown", id="hung up after the dot"),
    ],
)
def test_what_a_mail_server_replies(shop: Shop, mail_sink: MailSink, reply: str, state: str, outcome: str) -> None:
    mail_sink.replies = [reply]
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    stages.work_once()
    assert shop.states("alice") == [state]
    assert Attempt.objects.get().outcome == outcome


@pytest.mark.parametrize("reply", ["451 later", DROP])
def test_mail_without_a_good_answer_is_sent_again_within_a_minute_as_the_same_mail(
    shop: Shop, mail_sink: MailSink, reply: str
) -> None:
    mail_sink.replies = [reply]
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    stages.work_once()
    assert shop.deliveries("alice")[0].due_at < database_now() + timedelta(seconds=60)
    shop.hurry()
    shop.send()
    assert shop.states("alice") == ["SENT"]
    assert len({mail["Message-ID"] for mail in mail_sink.messages}) == 1
    assert len(set(mail_sink.raw)) == 1
    assert broken() == {}


def test_one_refused_address_does_not_hold_up_the_next(shop: Shop, mail_sink: MailSink) -> None:
    mail_sink.replies = ["550 no such person", "451 later"]
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    for name in ("alice", "bob", "carol"):
        shop.happens(name)
    stages.work_once()
    assert [shop.states(name) for name in ("alice", "bob", "carol")] == [["FAILED"], ["READY"], ["SENT"]]
    assert mail_sink.connections == 1


def test_no_mail_server_there_is_proof_that_nothing_was_accepted(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    mail_sink.close()
    stages.work_once()
    assert (shop.states("alice"), Attempt.objects.get().outcome) == (["READY"], "not_accepted")


def test_sent_and_failed_mail_is_an_event_of_the_customer_and_of_the_distribution(
    shop: Shop, mail_sink: MailSink
) -> None:
    mail_sink.replies = ["550 no such person"]
    distribution = shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    told = Event.objects.filter(name__contains="email").order_by("name").values_list("name", "customer__source_id")
    assert sorted(told, key=str) == sorted(
        [("customer.email.failed", "alice"), ("customer.email.sent", "bob"),
         ("distribution.email.failed", None), ("distribution.email.sent", None)], key=str)  # fmt: skip
    sent = Event.objects.get(name="customer.email.sent")
    assert sent.properties["distribution"]["id"] == distribution.public_id
    assert sent.caused_by_id == shop.deliveries("bob")[0].cause_event_id


def test_a_customer_without_an_address_is_a_failure_with_its_reason(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.customer("alice", email=None)
    shop.happens("alice")
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice"), shop.codes()) == (["FAILED"], ["no_address"], [])
    assert Event.objects.filter(name="customer.email.failed", customer__source_id="alice").exists()


# What waits.


def test_an_empty_pool_makes_messages_wait_until_codes_come(shop: Shop) -> None:
    campaign = shop.campaign(codes=1)
    shop.live(campaign=campaign)
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    assert sorted(shop.states()) == ["SENT", "WAITING_CODE"]
    shop.hurry()
    assert not stages.has_due(database_now())
    pools.order_codes(campaign, 5)
    shop.make_codes()
    assert stages.has_due(database_now())
    shop.send()
    assert shop.states() == ["SENT", "SENT"]
    assert len(set(shop.codes())) == 2
    assert broken() == {}


def test_the_codes_of_a_campaign_that_has_ended_tempt_nobody(shop: Shop) -> None:
    campaign = shop.campaign(codes=5)
    shop.live(campaign=campaign)
    Campaign.objects.update(expiration_date=database_now() - timedelta(days=1))
    shop.happens("alice")
    shop.send()
    shop.hurry()
    assert shop.states("alice") == ["WAITING_CODE"]
    assert not stages.has_due(database_now())
    assert sweeping.sweep() == 0


def test_no_more_is_woken_than_there_are_codes(shop: Shop) -> None:
    campaign = shop.campaign(codes=1)
    shop.live(campaign=campaign)
    for name in ("alice", "bob", "carol", "dora"):
        shop.happens(name)
    shop.send()
    shop.hurry()
    pools.order_codes(campaign, 2)
    shop.make_codes()
    assert sweeping.sweep() == 2


def test_an_empty_pool_can_mean_no_message(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(codes=1), policy={"when_pool_empty": "skip"})
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    assert sorted(shop.states()) == ["SENT", "SUPPRESSED"]


def test_a_paused_backlog_is_due_to_nobody_and_goes_out_after_resuming(shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign())
    lifecycle.pause(distribution)
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == ["NEW"]
    assert not stages.has_due(database_now())
    lifecycle.resume(distribution)
    shop.send()
    assert shop.states("alice") == ["SENT"]


def test_quiet_hours_hold_a_message_until_they_end(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), policy={"quiet_hours": {"from": "00:00", "to": "23:59"}})
    shop.happens("alice")
    stages.work_once()
    [delivery] = shop.deliveries("alice")
    assert (delivery.state, delivery.reason) == ("HELD", "quiet_hours")
    assert (delivery.due_at.hour, delivery.due_at.minute) == (23, 59)
    assert shop.codes() == []


def test_who_left_while_she_waited_gets_nothing_and_no_code_is_taken(shop: Shop) -> None:
    shop.live(shop.segment(operator="exactly", value=1), shop.campaign(), policy={"delay_minutes": 10})
    shop.happens("alice")
    shop.happens("alice")
    shop.hurry()
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice")) == (["SUPPRESSED"], ["no_longer_matches"])
    assert Voucher.objects.filter(holder__isnull=False).count() == 0


def test_without_a_wait_the_entry_alone_decides(shop: Shop) -> None:
    shop.live(shop.segment(operator="exactly", value=1), shop.campaign())
    shop.happens("alice", times=2)
    shop.send()
    assert shop.states("alice") == ["SENT"]


def test_what_makes_the_message_pointless_stops_it(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), policy={"delay_minutes": 10, "stop_if_event": "order.paid"})
    shop.happens("alice", "order.paid")
    shop.happens("alice")
    shop.happens("bob")
    shop.happens("bob", "order.paid")
    shop.hurry()
    shop.send()
    assert (shop.states("alice"), shop.reasons("bob")) == (["SENT"], ["stop_event"])


def test_broken_words_fail_their_own_message_only(shop: Shop) -> None:
    letter = shop.letter(html="{{ customer.metadata.points | divided_by: customer.metadata.visits }}")
    shop.live(campaign=shop.campaign(), channels=[letter])
    shop.customer("alice", metadata={"points": 4, "visits": 0})
    shop.customer("bob", metadata={"points": 4, "visits": 2})
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    assert (shop.reasons("alice"), shop.states("bob")) == (["render"], ["SENT"])


# Who must not be written to.


def test_a_suppressed_address_gets_nothing_and_takes_no_code(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    suppressing.suppress("email", "ALICE@shop.example", "unsubscribed")
    shop.happens("alice")
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice"), shop.codes()) == (["SUPPRESSED"], ["unsubscribed"], [])


def test_who_refused_is_not_written_to_at_a_newer_address_either(shop: Shop) -> None:
    consenting.set_consents(shop.customer("alice"), {"email": False}, Proof("api"))
    shop.live()
    shop.customer("alice", email="alice@elsewhere.example")
    shop.happens("alice")
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice"), shop.codes()) == (["SUPPRESSED"], ["unsubscribed"], [])


def test_unsubscribing_between_preparing_and_leasing_wins(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    preparing.prepare()
    suppressing.suppress("email", "alice@shop.example", "unsubscribed")
    shop.send()
    assert shop.states("alice") == ["SUPPRESSED"]
    assert mail_sink.messages == []
    assert broken() == {}


# Codes.


def test_all_channels_of_one_cause_carry_the_same_code(shop: Shop, webhook_sink: WebhookSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter(), shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    shop.send()
    assert len(shop.codes("alice")) == 2
    assert len(set(shop.codes("alice"))) == 1
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(("policy", "codes"), [("new", 2), ("same", 1)])
def test_a_second_message_brings_a_new_code_or_the_same_one(shop: Shop, policy: str, codes: int) -> None:
    shop.live(campaign=shop.campaign(), policy={"frequency": "every_event", "code_on_reentry": policy})
    shop.happens("alice")
    shop.send()
    shop.happens("alice")
    shop.send()
    assert len(shop.codes("alice")) == 2
    assert len(set(shop.codes("alice"))) == codes


def test_a_message_is_frozen_when_it_is_prepared(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    preparing.prepare()
    before = Message.objects.get().html
    Customer.objects.update(name="Somebody Else")
    shop.send()
    assert Message.objects.get().html == before


# What it costs.


def test_a_batch_costs_a_fixed_number_of_queries(shop: Shop, counted: Any) -> None:
    shop.live(campaign=shop.campaign(codes=50), channels=[shop.webhook("https://shop.example/hook")])
    for number in range(20):
        shop.happens(f"customer{number}")
    # The clock, the batch; distributions, channels, customers, causes, origins; the project; codes known, codes
    # claimed, and told; messages; moves; whom she won and by whom; and the marks of three nested transactions.
    with counted(22, exact=False):
        assert preparing.prepare() == 20
    with counted(6, exact=False):
        leased = leasing.lease()
    receipts = [(one, Receipt(one.message.id, Outcome.ACCEPTED)) for one in leased]
    with counted(6, exact=False):
        assert settling.settle(receipts) == 20


def test_looking_for_work_costs_one_query_and_so_does_finding_none(shop: Shop, counted: Any) -> None:
    now = database_now()
    with counted(1):
        assert not stages.has_due(now)
    with counted(1):
        assert stages.work_once() == 0
