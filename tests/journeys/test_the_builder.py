"""The segment builder in a browser: rules by mouse and by keyboard, refusals with a reason, the audience beside them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.stories import send, unique
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.journey]


def open_builder(page: Page, product: Product) -> Locator:
    page.goto(f"{product.address}/admin/segments/segment/add/")
    return page.get_by_role("button", name="SAVE")


def test_save_waits_and_says_for_what(page: Page, product: Product) -> None:
    save, reason = open_builder(page, product), page.locator("[data-save-reason]")
    expect(reason).to_have_text("Give the segment a name.")
    page.get_by_label("Name", exact=True).fill(unique("Carts"))
    expect(reason).to_have_text("Add at least one rule with PLUS.")
    page.get_by_label("Event", exact=True).fill("cart_abandoned")
    expect(reason).to_have_text("Confirm the rule that you are composing with PLUS, or clear it.")
    expect(save).to_be_disabled()
    page.get_by_label("Value", exact=True).fill("many")
    page.get_by_role("button", name="Add this rule").click()
    expect(page.get_by_text("The value must be a number.")).to_be_visible()
    page.get_by_label("Value", exact=True).fill("0")
    page.get_by_role("button", name="Add this rule").click()
    expect(reason).to_be_empty()
    expect(save).to_be_enabled()

    page.locator(".b-row").get_by_label("Value", exact=True).fill("-4")
    expect(page.locator(".b-row .b-trouble")).to_have_text("The value cannot be negative.")
    expect(save).to_be_disabled()


def test_rules_are_made_with_the_keyboard_alone_and_the_audience_follows(page: Page, product: Product) -> None:
    event, alice, bob = unique("cart_left"), unique("alice"), unique("bob")
    send(product, event, alice, metadata={"cart_value": 90})
    send(product, event, bob, metadata={"cart_value": 10})
    open_builder(page, product)
    page.get_by_label("Name", exact=True).fill(unique("Carts"))
    composed = page.get_by_label("Event", exact=True)
    composed.press_sequentially(event)
    composed.press("ArrowDown")
    composed.press("Enter")
    expect(composed).to_have_value(event)
    page.get_by_label("Value", exact=True).press("Enter")
    count = page.locator("[data-audience=count]")
    expect(count).to_have_text("2")
    expect(page.get_by_text(f"Customers for whom {event} has occurred more than 0 times.")).to_be_visible()

    row = page.locator(".b-row").first
    row.get_by_role("button", name="+ where property").press("Enter")
    page.keyboard.type("cart_value")
    row.get_by_label("Comparison").select_option("more_than")
    row.locator(".b-where").get_by_label("Value", exact=True).fill("50")
    expect(count).to_have_text("1")
    expect(row.get_by_text("1 pass")).to_be_visible()

    page.get_by_label("Check a customer").fill(bob)
    page.get_by_label("Check a customer").press("Enter")
    expect(page.get_by_text("does not match now")).to_be_visible()


def test_a_group_of_rules_is_saved_and_opens_again_as_it_was(page: Page, product: Product) -> None:
    event, alice = unique("cart_left"), unique("alice")
    send(product, event, alice)
    save = open_builder(page, product)
    page.get_by_label("Name", exact=True).fill(unique("Carts or gold"))
    page.get_by_role("button", name="+ group of rules").click()
    group = page.locator(".b-row.is-group")
    group.get_by_label("Event", exact=True).fill(event)
    group.get_by_role("button", name="Add this rule").click()
    group.get_by_label("Kind of rule").select_option("attribute")
    group.get_by_label("Attribute", exact=True).last.fill("metadata.club_level")
    group.get_by_label("Value", exact=True).last.fill("gold")
    group.get_by_role("button", name="Add this rule").click()
    expect(page.locator("[data-audience=count]")).to_have_text("1")
    save.click()
    page.wait_for_url(re.compile(r"/change/$"))
    sentence = f"Customers (for whom {event} has occurred more than 0 times, or whose metadata.club_level is gold)."
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.locator("[data-segment-size]")).to_have_text("1")
    page.get_by_role("link", name="Edit").click()
    expect(page.locator(".b-row.is-group .b-row")).to_have_count(2)
    expect(page.locator("[data-sentence]")).to_have_text(sentence)
    expect(page.get_by_role("button", name="SAVE")).to_be_enabled()


def test_a_filled_segment_shows_who_enters_without_a_reload(page: Page, product: Product) -> None:
    event, alice = unique("cart_left"), unique("alice")
    rule = {"event": event, "metric": "count", "operator": "more_than", "value": 0}
    tree = {"junction": "and", "conditions": [rule]}
    made = product.post("/v1/segments", {"name": unique("Carts"), "type": "auto-update", "filter": tree})
    page.goto(f"{product.address}/admin/segments/segment/{made['id']}/change/")
    expect(page.get_by_text("Nobody has come or gone yet.")).to_be_visible()
    send(product, event, alice)
    expect(page.get_by_text("entered", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=event)).to_be_visible()
