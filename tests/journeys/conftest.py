"""A browser beside the running product, and a receiver of webhooks."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.product import ADMIN_EMAIL, ADMIN_PASSWORD, Product
from tests.sinks import WebhookSink

CHROMIUM = os.environ.get("PROMO_CHROMIUM") or shutil.which("chromium")
WITHOUT_NETWORK = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def webhook_sink() -> Iterator[WebhookSink]:
    with WebhookSink() as sink:
        yield sink


@pytest.fixture
def page(product: Product) -> Iterator[Page]:
    """Return a signed-in page that breaks no rule: nothing is refused by the content policy, no script fails."""
    if not CHROMIUM:
        pytest.skip("No Chromium was found: set PROMO_CHROMIUM, or put chromium on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=WITHOUT_NETWORK)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(15_000)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, product)
        yield page
        assert complaints == []
        browser.close()


def sign_in(page: Page, product: Product) -> None:
    page.goto(product.address)
    page.get_by_label("Username").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{product.address}/admin/")
