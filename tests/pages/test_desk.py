"""The code desk: who holds a code, why, and which message carried it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import publishing
from campaigns.models import Voucher
from distributions.planning import lifecycle
from distributions.telling import custody
from events.clock import database_now
from tests.conftest import RestClient
from tests.pages.shop import a_campaign, a_customer, a_draft, an_event

DESK = "admin:distributions_distribution_desk"


def look_up(client: Client, text: str) -> str:
    return client.get(reverse(DESK), {"q": text}).content.decode()


@pytest.fixture
def rescued(db: None, drain: Callable[[], int]) -> Voucher:
    """Return the code that alice got because her cart was abandoned."""
    lifecycle.set_live(a_draft(frequency="every_entry"))
    an_event(a_customer("alice"), "cart_abandoned")
    drain()
    return Voucher.objects.get(holder__source_id="alice")


@pytest.mark.parametrize("asked", ["code", "beginning", "lower", "alice@shop.example", "alice"])
def test_a_code_is_found_by_itself_or_by_its_holder(admin_client: Client, rescued: Voucher, asked: str) -> None:
    texts = {"code": rescued.code, "beginning": rescued.code[:6], "lower": rescued.code.lower()}
    assert rescued.code in look_up(admin_client, texts.get(asked, asked))


def test_the_desk_tells_who_why_and_which_message(admin_client: Client, rescued: Voucher) -> None:
    page = look_up(admin_client, rescued.code)
    assert page.index("Got the code") < page.index("Entered the segment") < page.index("Cart abandoned")
    assert "Cart rescue, Built-in mailbox" in page
    assert "alice@shop.example" in page


def test_a_code_given_by_hand_has_no_message(admin_client: Client) -> None:
    given = publishing.publish(a_campaign(), a_customer("bob")).voucher
    assert "None carried it" in look_up(admin_client, given.code)


@pytest.mark.parametrize("asked", ["nothing", "a\0b", "x" * 5000, "'; --"])
def test_what_is_not_there_is_said_so(admin_client: Client, asked: str) -> None:
    assert "No code begins so" in look_up(admin_client, asked)


def test_many_codes_cost_as_many_queries_as_one(
    admin_client: Client, project: Any, django_assert_max_num_queries: Any
) -> None:
    publishing.publish(a_campaign(), a_customer("bob"), count=10)
    # Session, person, whom the text names, codes, messages, how they were given, uses, project; causes where there are any.
    with django_assert_max_num_queries(10):
        look_up(admin_client, "bob")


def test_codes_that_somebody_holds_come_first(admin_client: Client) -> None:
    campaign = a_campaign(prefix="SPRING-")
    given = publishing.publish(campaign, a_customer("bob")).voucher
    found = custody.find("SPRING-", database_now())
    assert len(found) == 10
    assert found[0].voucher == given


def test_the_desk_shows_the_orders_and_replaces_a_code(admin_client: Client, rescued: Voucher, api: RestClient) -> None:
    wish = {"redeemables": [{"object": "voucher", "id": rescued.code}], "customer": {"source_id": "alice"}}
    assert api.post("/v1/redemptions", {**wish, "order": {"amount": 12_000, "source_id": "o-1"}}).status_code == 200
    page = look_up(admin_client, rescued.code)
    assert "order o-1" in page
    back = reverse(DESK) + "?q=alice"
    address = reverse("admin:campaigns_voucher_withdraw", args=[rescued.public_id])
    asked = {"how": "replace", "reason": "The till refused it.", "back": back}
    page = admin_client.post(address, asked, follow=True).content.decode()
    assert "The till refused it." in page
    assert Voucher.objects.filter(holder__source_id="alice").count() == 2
