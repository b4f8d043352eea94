"""A distribution that runs: its brakes, its numbers, its people, and each message."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distributions.models import Delivery, Distribution
from tests.pages.shop import a_customer, a_draft, a_live_distribution, an_event, text_of, visitor

pytestmark = pytest.mark.django_db


def act(client: Client, distribution: Distribution, verb: str) -> Any:
    return client.post(reverse("admin:distributions_distribution_act", args=[distribution.pk, verb]), follow=True)


def overview(client: Client, distribution: Distribution, **query: str) -> Any:
    return client.get(reverse("admin:distributions_distribution_overview", args=[distribution.pk]), query)


def sent_to(name: str, drain: Any) -> Delivery:
    an_event(a_customer(name), "cart_abandoned", cart_value=5900)
    drain()
    return Delivery.objects.get(customer__source_id=name)


@pytest.mark.parametrize(
    ("verbs", "status"),
    [
        pytest.param(["pause"], "PAUSED", id="pause"),
        pytest.param(["pause", "resume"], "LIVE", id="pause and resume"),
        pytest.param(["stop"], "STOPPED", id="stop"),
        pytest.param(["pause", "stop"], "STOPPED", id="stop while paused"),
    ],
)
def test_the_buttons_move_the_status(admin_client: Client, verbs: list[str], status: str) -> None:
    distribution = a_live_distribution()
    for verb in verbs:
        page = act(admin_client, distribution, verb)
    distribution.refresh_from_db()
    assert distribution.status == status
    assert "success" in [message.level_tag for message in page.context["messages"]]


def test_a_paused_distribution_keeps_its_people_and_sends_after_resume(admin_client: Client, drain: Any) -> None:
    distribution = a_live_distribution()
    act(admin_client, distribution, "pause")
    assert sent_to("alice", drain).state == "NEW"
    act(admin_client, distribution, "resume")
    drain()
    assert Delivery.objects.get().state == "SENT"


def test_a_stopped_distribution_cannot_be_resumed_and_says_so(admin_client: Client) -> None:
    distribution = a_live_distribution()
    act(admin_client, distribution, "stop")
    page = act(admin_client, distribution, "resume")
    distribution.refresh_from_db()
    assert distribution.status == "STOPPED"
    assert "error" in [message.level_tag for message in page.context["messages"]]


def test_what_has_ended_is_not_edited_but_shown(admin_client: Client) -> None:
    distribution = a_live_distribution()
    act(admin_client, distribution, "stop")
    answer = admin_client.get(reverse("admin:distributions_distribution_step", args=[distribution.pk, "message"]))
    assert answer.url == reverse("admin:distributions_distribution_overview", args=[distribution.pk])


def test_only_what_has_ended_or_never_began_can_be_deleted(admin_client: Client) -> None:
    distribution = a_live_distribution()
    discard = reverse("admin:distributions_distribution_discard", args=[distribution.pk])
    admin_client.post(discard)
    assert Distribution.objects.filter(pk=distribution.pk).exists()
    act(admin_client, distribution, "stop")
    admin_client.post(discard)
    assert not Distribution.objects.filter(pk=distribution.pk).exists()


def test_what_defines_a_live_distribution_is_fixed_and_its_words_are_not(admin_client: Client) -> None:
    distribution = a_live_distribution()
    steps = {
        key: reverse("admin:distributions_distribution_step", args=[distribution.pk, key])
        for key in ("type", "message")
    }
    refused = admin_client.post(steps["type"], {"type": "manual"})
    assert "duplicate it instead" in text_of(refused)
    admin_client.post(steps["message"], {"subject": "New words", "html": "<p>{{ voucher.code }}</p>"})
    assert distribution.channels.get().subject == "New words"


def test_a_one_time_distribution_goes_to_everybody_inside_and_is_done(admin_client: Client, drain: Any) -> None:
    for name in ("alice", "bob"):
        an_event(a_customer(name), "cart_abandoned")
    drain()
    draft = a_draft()
    step = reverse("admin:distributions_distribution_step", args=[draft.pk, "type"])
    admin_client.post(step, {"type": "manual"})
    drain()
    review = admin_client.get(reverse("admin:distributions_distribution_step", args=[draft.pk, "review"]))
    assert "everybody who is in “Abandoned carts” then gets" in text_of(review)
    assert review.context["forecast"].now == 2
    admin_client.post(reverse("admin:distributions_distribution_live", args=[draft.pk]), {"confirmed": "1"})
    drain()
    assert [delivery.state for delivery in Delivery.objects.all()] == ["SENT", "SENT"]


def test_a_duplicate_is_a_draft_with_the_same_words(admin_client: Client) -> None:
    distribution = a_live_distribution()
    admin_client.post(reverse("admin:distributions_distribution_duplicate", args=[distribution.pk]))
    copy = Distribution.objects.exclude(pk=distribution.pk).get()
    assert copy.status == "DRAFT"
    assert copy.name != distribution.name
    assert copy.channels.get().html == distribution.channels.get().html


def test_a_draft_leads_to_its_review(admin_client: Client, project: Any) -> None:
    draft = a_draft()
    page = admin_client.get(reverse("admin:distributions_distribution_change", args=[draft.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("admin:distributions_distribution_step", args=[draft.pk, "review"])


def test_each_tile_opens_its_people(admin_client: Client, drain: Any) -> None:
    distribution = a_live_distribution()
    sent_to("alice", drain)
    assert "Alice" in text_of(overview(admin_client, distribution, fate="sent"))
    assert "Alice" not in text_of(overview(admin_client, distribution, fate="failed"))


def test_a_held_out_customer_is_explained_in_words(admin_client: Client, drain: Any) -> None:
    distribution = a_live_distribution(holdout_percent=50)
    for number in range(12):
        an_event(a_customer(f"bob-{number}"), "cart_abandoned")
    drain()
    page = overview(admin_client, distribution)
    assert page.context["skipped"] > 0
    assert "Held out for comparison" in text_of(page)


def test_the_stream_answers_alone_for_the_page_that_refreshes_itself(admin_client: Client) -> None:
    distribution = a_live_distribution()
    answer = admin_client.get(
        reverse("admin:distributions_distribution_stream", args=[distribution.pk]),
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 200
    assert "<html" not in text_of(answer)


def test_a_message_shows_what_was_sent_and_each_attempt(admin_client: Client, drain: Any) -> None:
    a_live_distribution()
    delivery = sent_to("alice", drain)
    page = text_of(admin_client.get(reverse("admin:distributions_delivery_change", args=[delivery.pk])))
    assert delivery.voucher.code in page
    assert "5% off for the things in your cart" in page
    assert "Accepted" in page


def test_the_message_itself_is_answered_so_that_nothing_in_it_can_run(admin_client: Client, drain: Any) -> None:
    a_live_distribution()
    delivery = sent_to("alice", drain)
    answer = admin_client.get(reverse("admin:distributions_delivery_body", args=[delivery.pk]))
    assert delivery.voucher.code in text_of(answer)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["admin:distributions_delivery_change", "admin:distributions_distribution_change"])
def test_an_address_that_names_nothing_is_not_found(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(name, args=["nonsense"]), follow=True).status_code == 404


def test_a_trace_of_nothing_is_not_found(admin_client: Client) -> None:
    page = reverse("admin:distributions_distribution_playground")
    assert admin_client.get(page, {"event": "nonsense"}).status_code == 404


def test_the_mailbox_shows_the_newest_message_first(admin_client: Client, drain: Any) -> None:
    a_live_distribution()
    sent_to("alice", drain)
    sent_to("bob", drain)
    page = text_of(admin_client.get(reverse("admin:distributions_distribution_mailbox")))
    assert page.index("bob@shop.example") < page.index("alice@shop.example")


def test_lists_ask_a_fixed_number_of_questions(
    admin_client: Client, drain: Any, django_assert_max_num_queries: Any
) -> None:
    a_live_distribution()
    for number in range(5):
        an_event(a_customer(f"bob-{number}"), "cart_abandoned")
    drain()
    with django_assert_max_num_queries(14):
        admin_client.get(reverse("admin:distributions_distribution_changelist"))
    with django_assert_max_num_queries(14):
        admin_client.get(reverse("admin:distributions_delivery_changelist"))


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_without_the_permission_the_brakes_do_not_answer(verb: str) -> None:
    distribution = a_live_distribution()
    client = visitor("view_distribution")
    assert client.post(reverse("admin:distributions_distribution_act", args=[distribution.pk, verb])).status_code == 403
    distribution.refresh_from_db()
    assert distribution.status == "LIVE"
