"""What moves on the pages of campaigns, in a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from campaigns import creation, pools, terms
from campaigns.models import Campaign

CHROMIUM = os.environ.get("PROMO_CHROMIUM") or shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="No Chromium was found; set PROMO_CHROMIUM to its path."),
]


@pytest.fixture
def page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Return a page of a signed-in browser; the database may be asked beside the browser's own loop."""
    person = get_user_model().objects.create_superuser("marta", "marta@shop.example", "correct horse")
    client = Client()
    client.force_login(person)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=live_server.url)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
        context.add_cookies([{**cookie, "url": live_server.url}])
        yield context.new_page()
        browser.close()
        # Within the browser's loop the test had a connection of its own.
        connections.close_all()


def test_codes_are_shown_while_their_pattern_is_written_and_their_making_is_followed(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "SLICE", 10)
    page.goto(reverse("admin:campaigns_campaign_add"))
    page.get_by_label("Name").fill("Spring")
    page.get_by_label("Pattern").fill("HELLO-####-####")
    expect(page.locator(".c-examples li").first).to_contain_text("HELLO-")
    page.get_by_label("Pattern").fill("HELLO-#")
    expect(page.get_by_role("alert")).to_contain_text("Use more random symbols")
    page.get_by_label("Pattern").fill("HELLO-####-####")
    page.get_by_label("How many codes").fill("20")
    page.get_by_text("Amount off", exact=True).click()
    expect(page.get_by_label("Percent off")).to_be_hidden()
    page.get_by_label("Amount off, USD").fill("10")
    page.get_by_role("button", name="Create campaign").click()
    expect(page.get_by_role("heading", name="$10.00 off")).to_be_visible()
    expect(page.get_by_text("Making codes: 0 of 20 exist.")).to_be_visible()
    pools.make_some()
    expect(page.get_by_text("Making codes: 10 of 20 exist.")).to_be_visible()
    pools.make_some()
    expect(page.locator(".c-big")).to_have_text("20")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_campaigns_without_scrolling_sideways(
    page: Page, make_campaign: Callable[..., Campaign], scheme: str
) -> None:
    campaign = make_campaign(code_config={"pattern": "A-VERY-LONG-PREFIX-FOR-A-PHONE-####-####-####"})
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    for name, arguments in (("changelist", []), ("add", []), ("change", [campaign.pk]), ("edit", [campaign.pk])):
        page.goto(reverse(f"admin:campaigns_campaign_{name}", args=arguments))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("width", [1280, 390])
def test_the_tiers_of_a_promotion_have_room(page: Page, width: int) -> None:
    discount = {"type": "PERCENT", "percent_off": 10}
    named = "Ten percent for returning customers whose cart is above one hundred dollars"
    tier = {"name": named, "action": {"discount": discount}, "expiration_date": "2031-01-01"}
    body = {"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    campaign = creation.create(terms.parse(body))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    row = page.get_by_role("listitem").filter(has_text=named)
    expect(row.get_by_role("button", name="Disable")).to_be_in_viewport(ratio=1)
    assert row.evaluate("row => row.scrollWidth <= row.clientWidth")
    lines = row.get_by_role("link").evaluate("link => link.getClientRects().length")
    assert lines <= (1 if width == 1280 else 3), "the name is not squeezed into a column of words"
