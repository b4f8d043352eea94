"""A message that Intercom writes, composed in a browser and sent by the real workers: seen beforehand as it arrives."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stories import make_campaign, make_segment, more_than, send, unique
from tests.product import Product, eventually
from tests.twins.intercom import IntercomTwin

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.xdist_group("product")]


@pytest.fixture
def intercom() -> Iterator[IntercomTwin]:
    with IntercomTwin() as twin:
        yield twin


def draft(product: Product, twin: IntercomTwin, cart: str) -> str:
    settings = {"access_token": twin.token, "base_url": twin.url}
    account = product.post(
        "/v1/connections", {"channel": "intercom", "name": unique("Workspace"), "settings": settings}
    )
    made = product.post("/v1/distributions", {
        "name": unique("Cart rescue"), "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": make_segment(product, more_than(cart))},
        "action": {"type": "publish_code", "campaign_id": make_campaign(product)},
        "channels": [{"type": "intercom", "connection_id": account["id"]}],
    })  # fmt: skip
    return str(made["id"])


def open_step(page: Page, product: Product, distribution: str) -> None:
    name = product.get(f"/v1/distributions/{distribution}")["name"]
    page.goto(f"{product.address}/admin/distributions/distribution/")
    address = page.get_by_role("link", name=name).get_attribute("href") or ""
    [key] = re.findall(r"/(\d+)/", address)
    page.goto(f"{product.address}/admin/distributions/distribution/{key}/step/message/")


def test_what_is_composed_for_intercom_is_what_intercom_writes(
    page: Page, product: Product, intercom: IntercomTwin
) -> None:
    cart, person = unique("cart_abandoned"), unique("customer")
    distribution = draft(product, intercom, cart)
    open_step(page, product, distribution)
    expect(page.get_by_label("Message", exact=True)).to_be_hidden()
    page.get_by_label("Message to the customer").select_option("in_app")
    expect(page.get_by_label("Subject")).to_be_hidden()
    page.get_by_label("From").select_option("Ben")
    page.get_by_label("Message", exact=True).fill("<b>For you:</b> ")
    page.get_by_label("Insert", exact=True).select_option("voucher.code")
    page.get_by_role("button", name="Insert").click()
    expect(page.get_by_text("In-app message by Intercom")).to_be_visible()
    expect(page.get_by_text("from Ben")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("For you: SAMPLE-7KQ2-M9PD")).to_be_visible()
    product.post(f"/v1/distributions/{distribution}/live")
    send(product, cart, person)
    [said] = eventually(lambda: intercom.messages, 30)
    contact = intercom.contact(person)
    assert contact is not None
    assert said["to"]["id"] == contact.id
    assert (said["message_type"], said["from"]["id"]) == ("in_app", 991267391)
    assert said["body"] == f"<b>For you:</b> {contact.custom_attributes['promo_code']}"
