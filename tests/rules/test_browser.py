"""The rule builder in a real browser: by keyboard and by mouse, in words, on a laptop and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, ValidationRule
from campaigns.rules import assignments, definition
from segments import definition as segments
from tests.campaigns.test_browser import page as page
from tests.campaigns.test_browser import pytestmark as pytestmark
from tests.rules.test_judging import inside, target

WHOLE: dict[str, Any] = {
    "1": {"name": "customer.segment", "conditions": {"$is": ["seg"]}, "error": {"message": "Wrong audience"}},
    "2": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000], "$less_than": [90_050]}},
    "3": {"name": "customer.metadata", "property": "lang", "conditions": {"$in": ["nl", "de"]}},
    "4": {"name": "order.items.any", "conditions": {"$is": [target("prod_tea")]}, "rules": inside(("order.items.quantity", {"$more_than": [1]}))},
    "5": {"name": "order.metadata", "property": "at", "conditions": {"$dow": [0, 6]}},
    "6": {"name": "publication.redeemable_by_linked_customer", "conditions": {"$is": [True]}},
    "logic": "1 and 2 and (3 or 4 or (5 and 6))",
}  # fmt: skip
PRODUCTS = {
    "included": [{**target("prod_tea"), "effect": "APPLY_TO_CHEAPEST", "quantity_limit": 2, "amount_limit": 550}],
    "excluded": [target("gifts", "products_collection")],
}


@pytest.fixture
def whole(transactional_db: None) -> ValidationRule:
    """Return a rule in which every kind of value stands."""
    segment = segments.create("Friends", "static")
    asking = {**WHOLE["1"], "conditions": {"$is": [segment.public_id]}}
    from_api = {
        "name": "Friends, cart over 50",
        "rules": {**WHOLE, "1": asking},
        "applicable_to": PRODUCTS,
        "error": {"message": "Not yet"},
    }
    return definition.create(definition.read(from_api))


def test_a_rule_is_built_by_keyboard_and_reads_as_a_sentence(page: Page) -> None:
    friends = segments.create("Friends", "static")
    page.goto(reverse("admin:campaigns_validationrule_add"))
    save, reason = page.get_by_role("button", name="SAVE"), page.locator("[data-save-reason]")
    expect(reason).to_have_text("Give the rule a name.")
    page.get_by_label("Name", exact=True).press_sequentially("Friends only")
    expect(reason).to_have_text("Add a rule, or name the products that the discount is for.")
    page.get_by_role("button", name="+ rule").press("Enter")
    expect(reason).to_have_text("Say with what to compare.")
    expect(save).to_be_disabled()
    segment = page.get_by_label("Segment", exact=True)
    segment.press_sequentially("Fri")
    segment.press("ArrowDown")
    segment.press("Enter")
    expect(page.locator("[data-words]")).to_have_text("May be redeemed when the customer's segment is Friends.")
    page.get_by_role("button", name="+ group of rules").click()
    row = page.locator(".b-group.is-nested .b-row").first
    row.get_by_label("What the rule is about").select_option("order.amount")
    row.get_by_label("Comparison").select_option("$more_than")
    row.get_by_label("Amount in USD").fill("49.95")
    expect(page.locator("[data-words]")).to_contain_text(
        "and the order's amount before this discount is more than $49.95."
    )
    row.get_by_label("Amount in USD").fill("much")
    expect(row.locator(".b-trouble")).to_have_text("A number is needed here.")
    row.get_by_label("Amount in USD").fill("49.95")
    row.get_by_role("button", name="+ and").click()
    row.get_by_label("Comparison").nth(1).select_option("$less_than")
    row.get_by_label("Amount in USD").nth(1).fill("900")
    expect(page.locator("[data-words]")).to_contain_text("is more than $49.95 and is less than $900.00.")
    page.get_by_role("button", name="+ rule").last.click()
    row = page.locator(".b-row").last
    row.get_by_label("What the rule is about").select_option("order.items.any")
    row.get_by_label("Id", exact=True).fill("tea")
    row.get_by_role("button", name="+ condition").click()
    row.get_by_label("Value", exact=True).fill("2")
    expect(page.locator("[data-words]")).to_contain_text("any item is the product tea, where the item's quantity is 2.")
    page.get_by_role("button", name="+ product").first.click()
    page.locator("[data-products]").get_by_label("Id", exact=True).fill("tea")
    expect(page.locator("[data-words]")).to_contain_text("The discount is for the product tea.")
    save.click()
    expect(page.get_by_text("Friends only is saved.")).to_be_visible()
    rule = ValidationRule.objects.get()
    assert rule.rules["1"]["conditions"] == {"$is": [friends.public_id]}
    assert rule.rules["2"]["conditions"] == {"$more_than": [4995], "$less_than": [90_000]}
    assert rule.rules["3"]["rules"]["1"]["conditions"] == {"$is": [2]}
    assert rule.applicable_to["included"][0]["source_id"] == "tea"


def test_what_was_said_is_shown_whole_and_stays_as_it_was(page: Page, whole: ValidationRule) -> None:
    before = (whole.rules, whole.applicable_to, whole.message)
    page.goto(reverse("admin:campaigns_validationrule_edit", args=[whole.pk]))
    expect(page.locator("[data-save-reason]")).to_be_empty()
    page.get_by_label("Name", exact=True).fill("Renamed")
    page.get_by_role("button", name="SAVE").click()
    expect(page.get_by_text("Renamed is saved.")).to_be_visible()
    whole.refresh_from_db()
    assert whole.name == "Renamed"
    assert (whole.rules, whole.applicable_to, whole.message) == before


def test_what_the_server_finds_wrong_stands_beside_the_rule(page: Page) -> None:
    page.goto(reverse("admin:campaigns_validationrule_add"))
    page.get_by_label("Name", exact=True).fill("Dates")
    page.get_by_role("button", name="+ rule").click()
    row = page.locator(".b-row").first
    row.get_by_label("What the rule is about").select_option("order.metadata")
    row.get_by_label("Property").fill("at")
    row.get_by_label("Comparison").select_option("$after")
    row.get_by_label("Value").fill("soon")
    expect(row.locator(".b-trouble")).to_contain_text("A date such as 2026-03-01")
    expect(page.get_by_role("button", name="SAVE")).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_rules_without_scrolling_sideways(
    page: Page, whole: ValidationRule, make_campaign: Callable[..., Campaign], scheme: str
) -> None:
    campaign = make_campaign()
    assignments.put_on(campaign, [whole.public_id])
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    places = [
        reverse(f"admin:campaigns_validationrule_{name}", args=args)
        for name, args in (("changelist", []), ("add", []), ("change", [whole.pk]), ("edit", [whole.pk]))
    ]
    for place in [*places, reverse("admin:campaigns_campaign_change", args=[campaign.pk])]:
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
