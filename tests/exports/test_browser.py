"""The page of exports in a real browser: whatever is listed, nothing leaves the screen."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from exports import asking
from exports.asking import By
from exports.catalogue import ALL
from tests.campaigns.test_browser import page as page
from tests.campaigns.test_browser import pytestmark as pytestmark

LONG = "metadata." + "a_key_without_any_gap_" * 6
# What sticks out of the card that it stands in, to either side.
OUTSIDE = """
() => [...document.querySelectorAll(".f-card")].flatMap((card) => {
  const edge = card.getBoundingClientRect();
  return [...card.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > edge.right + 1 || box.left < edge.left - 1);
  }).map((one) => one.outerHTML.slice(0, 80));
})
"""


@pytest.mark.parametrize("size", [(320, 640), (390, 844), (768, 1024), (1280, 800)], ids="{0[0]}".format)
def test_the_form_of_many_fields_fits_every_screen(page: Page, size: tuple[int, int]) -> None:
    for kind, exportable in ALL.items():
        wanted = {"exported_object": kind, "parameters": {"fields": [*exportable.fields]}}
        asking.ask(wanted, By("WEBSITE"))
    asking.ask({"exported_object": "customer", "parameters": {"fields": [LONG, "name"]}}, By("WEBSITE"))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(reverse("admin:exports_export_changelist"))
    for kind in ALL:
        page.select_option("#id_exported_object", kind)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind
        assert page.evaluate(OUTSIDE) == [], kind
