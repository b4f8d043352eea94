"""The message as a customer will see it: true to the customer, harmless, and free of charge."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import levels
from distributions.models import Distribution
from tests.pages.shop import a_customer, a_draft, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(project: Any) -> Distribution:
    return a_draft("email")


def preview(client: Client, draft: Distribution, **query: Any) -> Any:
    return client.get(reverse("admin:distributions_distribution_preview", args=[draft.pk, "email"]), query)


def body(client: Client, draft: Distribution, **query: Any) -> Any:
    return client.get(reverse("admin:distributions_distribution_body", args=[draft.pk, "email"]), query)


def test_the_preview_speaks_to_a_real_customer(admin_client: Client, draft: Distribution) -> None:
    alice = a_customer("alice")
    assert "Hi Alice" in text_of(body(admin_client, draft, customer=alice.pk))


def test_without_any_customer_the_fallback_speaks(admin_client: Client, draft: Distribution) -> None:
    assert body(admin_client, draft).status_code == 200
    assert preview(admin_client, draft).status_code == 200


def test_a_hostile_name_is_text_in_the_letter(admin_client: Client, draft: Distribution) -> None:
    carol = a_customer("carol", name="<script>alert(1)</script>")
    letter = text_of(body(admin_client, draft, customer=carol.pk))
    assert "<script>" not in letter
    assert "&lt;script&gt;" in letter
    assert "<script>alert" not in text_of(preview(admin_client, draft, customer=carol.pk))


def test_the_letter_comes_sealed(admin_client: Client, draft: Distribution) -> None:
    policy = body(admin_client, draft).headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_a_customer_is_found_by_name_mail_or_id_and_stepped_through(admin_client: Client, draft: Distribution) -> None:
    alice, bob = a_customer("alice"), a_customer("bob")
    assert preview(admin_client, draft, **{"as": "bob@shop.example"}).context["customer"] == bob
    assert preview(admin_client, draft, **{"as": "ali"}).context["customer"] == alice
    assert preview(admin_client, draft, customer=alice.pk).context["neighbors"] == (None, bob.pk)
    for nobody in ("dave", "da\x00ve", "%"):
        assert "No customer is called" in text_of(preview(admin_client, draft, **{"as": nobody}))


def test_a_preview_burns_no_code(admin_client: Client, draft: Distribution) -> None:
    a_customer("alice")
    body(admin_client, draft)
    assert levels.of(draft.campaign).free == 10


def test_a_test_goes_to_the_mailbox_with_a_sample_code_and_burns_none(
    admin_client: Client, draft: Distribution, drain: Any
) -> None:
    a_customer("alice")
    address = reverse("admin:distributions_distribution_test", args=[draft.pk, "email"])
    page = admin_client.post(address, {"to": "marta@shop.example"}, follow=True)
    drain()
    assert [message.level_tag for message in page.context["messages"]] == ["success"]
    assert levels.of(draft.campaign).free == 10
    mailbox = text_of(admin_client.get(reverse("admin:distributions_distribution_mailbox")))
    assert "marta@shop.example" in mailbox


def test_a_test_to_no_address_is_refused_with_a_sentence(admin_client: Client, draft: Distribution) -> None:
    address = reverse("admin:distributions_distribution_test", args=[draft.pk, "email"])
    page = admin_client.post(address, {"to": "marta"}, follow=True)
    assert "is not an e-mail address" in text_of(page)


def test_broken_words_are_told_beside_the_words(admin_client: Client, draft: Distribution) -> None:
    step = reverse("admin:distributions_distribution_step", args=[draft.pk, "message"])
    admin_client.post(step, {"subject": "Hi", "html": "<p>{{ customer.name }}</p>"})
    page = preview(admin_client, draft)
    assert any(grade == "is-bad" and "customer.name" in sentence for grade, sentence in page.context["checks"])


def test_the_secret_of_a_webhook_is_shown_when_asked_for_and_that_is_written_down(
    admin_client: Client, project: Any
) -> None:
    draft = a_draft("webhook")
    step = reverse("admin:distributions_distribution_step", args=[draft.pk, "message"])
    assert "whsec_" not in text_of(admin_client.get(step))
    shown = admin_client.post(reverse("admin:distributions_distribution_secret", args=[draft.pk, "webhook"]))
    assert "whsec_" in text_of(shown)
    assert f'action="{step}?channel=webhook"' in text_of(shown), "the words must not be posted to the secret's address"
    assert "no-store" in shown.headers["Cache-Control"]
