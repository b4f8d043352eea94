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


def test_many_codes_cost_as_many_queries_as_one(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    publishing.publish(a_campaign(), a_customer("bob"), count=10)
    # Session, person, whom the text names, codes, messages, how they were given; causes where there are any.
    with django_assert_max_num_queries(8):
        look_up(admin_client, "bob")


def test_codes_that_somebody_holds_come_first(admin_client: Client) -> None:
    campaign = a_campaign(prefix="SPRING-")
    given = publishing.publish(campaign, a_customer("bob")).voucher
    found = custody.find("SPRING-", database_now())
    assert len(found) == 10
    assert found[0].voucher == given
