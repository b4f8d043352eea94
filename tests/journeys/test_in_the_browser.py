"""The story as a marketer lives it: in a browser, from signing in to the message on the screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stories import send, unique
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.journey]


def build_segment(page: Page, product: Product, name: str, event: str) -> None:
    page.goto(f"{product.address}/admin/segments/segment/add/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Event", exact=True).fill(event)
    page.get_by_label("Condition").select_option("more_than")
    page.get_by_label("Value", exact=True).fill("0")
    page.get_by_role("button", name="Add this rule").click()
    page.get_by_role("radio", name=re.compile("Auto-update")).check()
    page.get_by_role("button", name="SAVE").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))


def make_campaign(page: Page, product: Product, name: str) -> None:
    page.goto(f"{product.address}/admin/campaigns/campaign/add/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Percentage off").check()
    page.get_by_label("Percent off").fill("5")
    page.locator("[name=vouchers_count]").fill("50")
    page.get_by_role("button", name="Create campaign").click()
    expect(page.get_by_text("50 of 50")).to_be_visible()


def next_step(page: Page, key: str) -> None:
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/step/{key}/")


def walk_the_wizard(page: Page, product: Product, name: str, segment: str, campaign: str) -> None:
    """Go through the six steps by their buttons, as the tour of the product does."""
    page.goto(f"{product.address}/admin/distributions/distribution/add/")
    page.get_by_label("Automatic").check()
    next_step(page, "name")
    page.get_by_label("Name", exact=True).fill(name)
    next_step(page, "channel")
    page.get_by_role("checkbox", name=re.compile("^Built-in mailbox")).check()
    next_step(page, "audience")
    page.locator("label", has_text=segment).get_by_role("radio").check()
    next_step(page, "campaign")
    page.locator("label", has_text=campaign).get_by_role("radio").check()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    next_step(page, "message")
    page.get_by_role("button", name="Cart rescue, with a code").click()
    expect(page.frame_locator("iframe").get_by_text("You left something behind")).to_be_visible()
    page.get_by_role("button", name="Save and review").click()
    page.wait_for_url("**/step/review/")


def set_live(page: Page) -> None:
    page.get_by_role("button", name="SET LIVE").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("50 codes are free")).to_be_visible()
    sheet.get_by_role("button", name="SET LIVE").click()
    page.wait_for_url("**/overview/")


def test_from_signing_in_to_the_message_on_the_screen(page: Page, product: Product) -> None:
    event, segment, campaign, name = (unique(word) for word in ("cart_left", "Carts left", "Five off", "Cart rescue"))
    build_segment(page, product, segment, event)
    make_campaign(page, product, campaign)
    walk_the_wizard(page, product, name, segment, campaign)
    set_live(page)

    send(product, event, unique("alice"))

    tile = page.get_by_role("link", name=re.compile(r"^1\s*Sent$"))
    expect(tile).to_be_visible()
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.frame_locator("iframe").get_by_text("5% off with this code")).to_be_visible()
    expect(page.get_by_text("Because of")).to_be_visible()


def test_the_playground_tells_the_story_to_its_end(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/admin/distributions/distribution/playground/")
    who = unique("bob")
    page.get_by_label("Customer’s id").fill(who)
    page.get_by_label("Name", exact=True).fill(who)
    page.get_by_label("E-mail").fill(f"{who}@shop.example")
    page.get_by_role("button", name="Abandon cart").click()
    expect(page.get_by_text("cart_abandoned accepted")).to_be_visible()
    expect(page.get_by_text("That is all that followed.")).to_be_visible()
