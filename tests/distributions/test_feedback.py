"""What providers tell afterwards: stored once, believed where it says more than was known, and an address is stopped."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers import suppressing
from customers.models import Suppression
from distributions.channels import Outcome, Receipt
from distributions.feedback import receiving
from distributions.feedback.receiving import Report
from distributions.models import Delivery, Feedback, Reception, delivery_id_of
from distributions.sending import leasing, preparing, settling
from distributions.telling import messages
from events.models import Event
from tests.distributions.conftest import Shop
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def sent(shop: Shop) -> Delivery:
    shop.live(campaign=shop.campaign(), channels=[shop.letter()], policy={"frequency": "every_event"})
    shop.happens("alice")
    shop.send()
    return shop.deliveries("alice")[0]


def tell(kind: str, delivery: Delivery | None = None, event_id: str = "", **more: Any) -> int:
    report = {"at": NOON, "delivery_id": delivery and delivery.id, **more}
    return receiving.take([Report("twin", event_id or uuid4().hex, kind, **report)])


def told(delivery: Delivery) -> dict[str, Any]:
    return messages.as_json(messages.of(delivery.distribution).get(pk=delivery.pk))


def failures() -> int:
    return Event.objects.filter(name="customer.email.failed").count()


def test_a_delivered_message_says_so(sent: Delivery) -> None:
    tell("delivered", sent)
    assert (told(sent)["status"], told(sent)["delivered_at"]) == ("delivered", "2026-01-05T12:00:00.000Z")


def test_messages_can_be_asked_for_by_whether_they_arrived(sent: Delivery) -> None:
    everything = messages.of(sent.distribution)
    assert [len(messages.with_status(everything, status)) for status in ("sent", "delivered")] == [1, 0]
    tell("delivered", sent)
    assert [len(messages.with_status(everything, status)) for status in ("sent", "delivered")] == [0, 1]


def test_the_same_report_counts_once(sent: Delivery) -> None:
    assert [tell("bounced", sent, "evt-1"), tell("bounced", sent, "evt-1")] == [1, 0]
    assert (Feedback.objects.count(), Suppression.objects.count(), failures()) == (1, 1, 1)


def test_two_of_the_same_in_one_batch_count_once(sent: Delivery) -> None:
    report = Report("twin", "evt-1", "bounced", NOON, sent.id)
    assert receiving.take([report, report]) == 1


def test_a_bounce_fails_the_message_and_stops_the_address(sent: Delivery) -> None:
    tell("bounced", sent)
    assert (told(sent)["status"], told(sent)["reason"]) == ("failed", "bounced")
    assert Suppression.objects.get().reason == "bounced"
    assert suppressing.suppressed("email", ["alice@shop.example"])


def test_a_full_mailbox_does_not_stop_the_address(sent: Delivery) -> None:
    tell("bounced", sent, is_permanent=False)
    assert (told(sent)["status"], Suppression.objects.count()) == ("failed", 0)


def test_a_complaint_stops_the_address_and_leaves_the_message_delivered(sent: Delivery) -> None:
    tell("complained", sent)
    assert (told(sent)["status"], Suppression.objects.get().reason) == ("delivered", "complained")


def test_who_was_stopped_gets_nothing_more(shop: Shop, sent: Delivery) -> None:
    tell("complained", sent)
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == ["SENT", "SUPPRESSED"]


def test_the_first_opening_stays_the_first(sent: Delivery) -> None:
    for hours in (2, 1, 3):
        tell("opened", sent, at=NOON + timedelta(hours=hours))
    assert Reception.objects.get().opened_at == NOON + timedelta(hours=1)


def test_who_clicks_has_received_and_opened_it(sent: Delivery) -> None:
    tell("clicked", sent)
    found = Reception.objects.get()
    assert (found.delivered_at, found.opened_at, found.clicked_at) == (NOON, NOON, NOON)


@pytest.mark.parametrize("state", ["UNKNOWN", "UNCERTAIN"])
def test_a_message_in_doubt_that_arrived_is_sent(sent: Delivery, state: str) -> None:
    Delivery.objects.update(state=state, sent_at=None)
    tell("delivered", sent)
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at is not None) == ("SENT", True)


def test_a_bounce_that_overtakes_its_own_sender_is_not_lost(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    preparing.prepare()
    leased = leasing.lease()
    tell("bounced", shop.deliveries("alice")[0])
    assert shop.states("alice") == ["SENDING"]
    settling.settle([(leased[0], Receipt(leased[0].message.id, Outcome.ACCEPTED))])
    assert (shop.states("alice"), shop.reasons("alice")) == (["FAILED"], ["bounced"])


def test_a_report_about_nobody_we_know_still_stops_its_address() -> None:
    assert tell("bounced", delivery_id=uuid4(), address="Carol@Shop.example") == 1
    assert Feedback.objects.get().delivery_id is None
    assert suppressing.suppressed("email", ["carol@shop.example"])


def test_a_test_message_counts_nowhere(sent: Delivery) -> None:
    Delivery.objects.update(is_test=True)
    tell("bounced", sent)
    assert (Reception.objects.get().distribution_id, failures()) == (None, 0)


def test_words_that_are_too_long_are_left_out(sent: Delivery) -> None:
    tell("delivered", sent, raw={"x": "y" * 3_000})
    tell("opened", sent, raw={"agent": "Mail"})
    assert [one.raw for one in Feedback.objects.order_by("id")] == [{}, {"agent": "Mail"}]


def test_a_hundred_reports_cost_as_many_statements_as_one(shop: Shop, counted: Any) -> None:
    shop.live(campaign=shop.campaign(200), channels=[shop.letter()], policy={"frequency": "every_event"})
    shop.happens("alice", times=120)
    shop.send()
    found = shop.deliveries("alice")
    with counted(6):
        receiving.take([Report("twin", "first", "delivered", NOON, found[0].id)])
    with counted(6):
        receiving.take([Report("twin", one.public_id, "delivered", NOON, one.id) for one in found[1:]])


@pytest.mark.parametrize("text", ["", "msg_", "msg_xyz", "evt_" + "0" * 32, "msg_" + "0" * 33, "msg_" + "G" * 32])
def test_an_id_that_is_not_a_message_s_is_nobody_s(text: str) -> None:
    assert delivery_id_of(text) is None


def test_a_message_s_id_leads_back_to_it(sent: Delivery) -> None:
    assert delivery_id_of(sent.public_id) == sent.id
