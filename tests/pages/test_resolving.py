"""A message whose outcome nobody knows waits for a person, and does what she decides, once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from campaigns.models import Voucher
from distributions.models import Attempt, Delivery
from events.models import Event
from tests.pages.shop import a_customer, a_live_distribution, an_event, text_of, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful(drain: Any) -> Delivery:
    """Return a message that was handed over, as far as anybody knows."""
    a_live_distribution(uncertain="hold")
    an_event(a_customer("alice"), "cart_abandoned")
    drain()
    Delivery.objects.update(state="UNCERTAIN", sent_at=None)
    Attempt.objects.update(outcome="unknown")
    return Delivery.objects.get()


def decide(client: Client, delivery: Delivery, verdict: str) -> Any:
    return client.post(reverse("admin:distributions_delivery_decide", args=[delivery.pk, verdict]), follow=True)


def levels(page: Any) -> list[str]:
    return [message.level_tag for message in page.context["messages"]]


def test_the_page_says_what_each_decision_would_mean(admin_client: Client, doubtful: Delivery) -> None:
    page = text_of(admin_client.get(reverse("admin:distributions_delivery_change", args=[doubtful.pk])))
    assert "the customer may have it twice" in page
    assert "the customer may not have it at all" in page


def test_sending_again_uses_the_same_code_and_says_that_it_may_repeat(
    admin_client: Client, doubtful: Delivery, drain: Any
) -> None:
    assert levels(decide(admin_client, doubtful, "send-again")) == ["success"]
    drain()
    again = Delivery.objects.get()
    assert (again.state, again.may_repeat, again.voucher_id) == ("SENT", True, doubtful.voucher_id)
    assert Voucher.objects.filter(holder__isnull=False).count() == 1
    assert again.attempts.count() == 2


def test_counting_it_as_delivered_ends_it_and_tells_the_customers_timeline(
    admin_client: Client, doubtful: Delivery, drain: Any
) -> None:
    sent_before = Event.objects.filter(name="customer.email.sent").count()
    decide(admin_client, doubtful, "delivered")
    drain()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts.count()) == ("SENT", 1)
    assert Event.objects.filter(name="customer.email.sent").count() == sent_before + 1


def test_the_second_decision_is_told_that_it_came_too_late(admin_client: Client, doubtful: Delivery) -> None:
    decide(admin_client, doubtful, "delivered")
    assert "error" in levels(decide(admin_client, doubtful, "send-again"))


def test_a_decision_is_written_down_with_the_person(admin_client: Client, doubtful: Delivery) -> None:
    decide(admin_client, doubtful, "delivered")
    entry = AuditEntry.objects.get(verb="mark_delivered")
    assert (entry.person.username, entry.object_id) == ("marta", doubtful.public_id)


def test_a_failed_message_can_be_sent_again_once_its_reason_is_mended(
    admin_client: Client, doubtful: Delivery, drain: Any
) -> None:
    Delivery.objects.update(state="FAILED", reason="rejected")
    page = text_of(admin_client.get(reverse("admin:distributions_delivery_change", args=[doubtful.pk])))
    assert "It did not reach the customer" in page
    decide(admin_client, doubtful, "send-again")
    drain()
    assert Delivery.objects.get().state == "SENT"


def test_one_that_failed_before_it_was_written_is_written_with_the_code_it_has(
    admin_client: Client, doubtful: Delivery, drain: Any
) -> None:
    doubtful.message.delete()
    Delivery.objects.update(state="FAILED", reason="render")
    decide(admin_client, doubtful, "send-again")
    drain()
    again = Delivery.objects.get()
    assert (again.state, again.voucher_id) == ("SENT", doubtful.voucher_id)
    assert Voucher.objects.filter(holder__isnull=False).count() == 1


def test_what_was_sent_goes_out_once_more_only_where_that_is_asked(
    admin_client: Client, doubtful: Delivery, drain: Any
) -> None:
    decide(admin_client, doubtful, "delivered")
    assert levels(decide(admin_client, doubtful, "once-more")) == ["success"]
    drain()
    again = Delivery.objects.get()
    assert (again.state, again.may_repeat, again.voucher_id) == ("SENT", True, doubtful.voucher_id)
    assert again.attempts.count() == 2


def test_a_lost_answer_can_be_decided_before_the_product_does(admin_client: Client, doubtful: Delivery) -> None:
    Delivery.objects.update(state="UNKNOWN", due_at="2999-01-01T00:00Z")
    page = text_of(admin_client.get(reverse("admin:distributions_delivery_change", args=[doubtful.pk])))
    assert "It then waits for a person." in page
    decide(admin_client, doubtful, "delivered")
    assert Delivery.objects.get().state == "SENT"


def test_without_the_permission_nobody_decides(doubtful: Delivery) -> None:
    assert decide(visitor("view_delivery"), doubtful, "delivered").status_code == 403
