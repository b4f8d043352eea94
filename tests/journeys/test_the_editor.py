"""A letter as a marketer composes it: dragged, typed, looked at on a phone and in the dark, set live, received."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

from tests.journeys.stories import make_campaign, make_segment, more_than, send, unique
from tests.product import Product, eventually
from tests.sinks import MailSink

pytestmark = [pytest.mark.browser, pytest.mark.journey]
PATIENCE = 60_000


@pytest.fixture(autouse=True)
def patient(page: Page) -> Iterator[None]:
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


def a_draft(product: Product, event: str) -> str:
    """Begin a distribution that lacks only its letter; return the address of that step."""
    brand = {"name": "Example Shop", "website": "https://shop.example", "postal_address": "1 Main Street, Utrecht"}
    assert product.call("PUT", "/v1/settings", {"brand": brand}).status == 200
    name = unique("Letter")
    product.post("/v1/distributions", {
        "name": name, "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": make_segment(product, more_than(event))},
        "action": {"type": "publish_code", "campaign_id": make_campaign(product)},
        "channels": [{"type": "email"}],
    })  # fmt: skip
    return name


def open_editor(page: Page, product: Product, name: str, template: str) -> Frame:
    page.goto(f"{product.address}/admin/distributions/distribution/?q={name}")
    page.get_by_role("link", name=name).click()
    number = re.search(r"/distribution/(\d+)/", page.url)
    assert number is not None
    page.goto(f"{product.address}/admin/distributions/distribution/{number[1]}/step/message/?channel=email")
    page.get_by_role("button", name=template, exact=True).click()
    return canvas(page)


def canvas(page: Page) -> Frame:
    page.locator("[data-editor][data-ready]").wait_for()
    frame = page.locator("iframe.gjs-frame").element_handle().content_frame()
    assert frame is not None
    return frame


def drag(page: Page, block: str, target: Any) -> None:
    """Take a block by the mouse, as slowly as a hand, and let it go below the target."""
    source = page.locator(f"[data-block={block}]")
    source.scroll_into_view_if_needed()
    begin, end = source.bounding_box(), target.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 20, begin["y"] + 20)
    page.mouse.down()
    for x, y in ((end["x"] + 60, end["y"] + 8), (end["x"] + 70, end["y"] + end["height"] - 2)):
        page.mouse.move(x, y, steps=8)
        page.wait_for_timeout(400)
        page.mouse.move(x + 2, y - 1, steps=2)
    page.wait_for_timeout(400)
    page.mouse.up()


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d"))


def test_a_letter_is_dragged_typed_looked_at_set_live_and_received(
    page: Page, product: Product, mail_sink: MailSink
) -> None:
    event, who = unique("cart_left"), unique("alice")
    send(
        product, unique("other"), who, customer={"source_id": who, "email": f"{who}@shop.example", "name": "Alice Vos"}
    )
    letter = open_editor(page, product, a_draft(product, event), "Blank page")

    drag(page, "coupon", letter.get_by_text("Hi {{", exact=False))
    expect(letter.get_by_text("Copy the code")).to_be_visible()

    letter.get_by_text("Hi {{", exact=False).dblclick()
    page.keyboard.press("Control+End")
    page.keyboard.type(" your cart is waiting, ")
    page.get_by_role("button", name="Fields", exact=True).click()
    field = page.locator("[data-field='customer.name']")
    expect(field).to_contain_text("Alice Vos")
    field.click()
    page.get_by_label("Words for customers without it").fill("friend")
    page.get_by_role("button", name="Insert", exact=True).click()
    saved(page)

    page.get_by_role("button", name="Preview", exact=True).click()
    shown = page.frame_locator(".d-stage iframe")
    expect(shown.get_by_text("your cart is waiting, Alice Vos")).to_be_visible()
    page.get_by_role("button", name="Phone", exact=True).click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(shown.locator("body")).to_have_css("background-color", "rgb(11, 18, 32)")
    assert page.locator(".d-stage iframe").bounding_box()["width"] < 400  # type: ignore[index]

    page.get_by_role("link", name="Done").click()
    page.get_by_label("Subject").fill("Your cart, {{ customer.first_name | default: 'friend' }}")
    page.get_by_role("button", name="Save and review").click()
    page.get_by_role("button", name="SET LIVE").click()
    page.get_by_role("dialog").get_by_role("button", name="SET LIVE").click()
    page.wait_for_url("**/overview/")

    send(product, event, who)
    mail = eventually(lambda: mail_sink.to(f"{who}@shop.example"), 60)[0]
    html = mail.get_body(("html",)).get_content()
    code = held_by(product, who)
    assert code in html
    # A blank at the end of what is typed stays one that does not break.
    assert "your cart is waiting, Alice Vos" in html.replace("&nbsp;", " ").replace("\u00a0", " ")
    assert code in mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Your cart, Alice"


def held_by(product: Product, who: str) -> str:
    """Return the code that this customer holds."""
    held = product.get(f"/v1/customers/{who}/redeemables")["data"]
    return str(held[0]["redeemable"]["voucher"]["code"])


def test_blocks_and_fields_are_reached_by_the_keyboard_and_everything_can_be_taken_back(
    page: Page, product: Product
) -> None:
    letter = open_editor(page, product, a_draft(product, unique("cart_left")), "Welcome")
    page.locator("[data-block=coupon-qr]").focus()
    page.keyboard.press("Enter")
    expect(letter.get_by_text("Copy the code")).to_have_count(2)
    saved(page)
    page.get_by_role("button", name="Undo").click()
    expect(letter.get_by_text("Copy the code")).to_have_count(1)
    page.get_by_role("button", name="Redo").click()
    expect(letter.get_by_text("Copy the code")).to_have_count(2)


def test_two_windows_are_told_of_each_other(page: Page, product: Product) -> None:
    first = open_editor(page, product, a_draft(product, unique("cart_left")), "Welcome")
    second = another_window(page)
    page.locator("[data-block=coupon-qr]").click()
    saved(page)
    second.locator("[data-block=coupon-barcode]").click()
    sheet = second.get_by_role("dialog")
    expect(sheet.get_by_text("Somebody else saved this design")).to_be_visible()
    sheet.get_by_role("button", name="Keep mine").click()
    saved(second)
    assert first.get_by_text("Copy the code").count() == 2


def another_window(page: Page) -> Page:
    """Open the same letter once more, as the same person."""
    browser = page.context.browser
    assert browser is not None
    second = browser.new_context(storage_state=page.context.storage_state()).new_page()
    second.set_default_timeout(PATIENCE)
    second.goto(page.url)
    canvas(second)
    return second


def test_the_keyboard_alone_chooses_moves_and_writes_and_what_is_typed_is_saved_at_once(
    page: Page, product: Product
) -> None:
    letter = open_editor(page, product, a_draft(product, unique("cart_left")), "Welcome")
    page.get_by_text("What stands in the letter").focus()
    page.keyboard.press("Enter")
    outline = page.locator("[data-outline] button")
    outline.filter(has_text="Come on in").press("Enter")
    page.get_by_role("button", name="Move down").press("Enter")
    expect(outline.filter(has_text="Text:").nth(1)).to_contain_text("Hi {{")
    page.get_by_role("button", name="Write", exact=True).press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type(", dear <friend>")
    saved(page)
    page.reload()
    letter = canvas(page)
    expect(letter.get_by_text("Come on in, dear <friend>")).to_be_visible()


def test_a_picture_is_uploaded_and_chosen(page: Page, product: Product) -> None:
    letter = open_editor(page, product, a_draft(product, unique("cart_left")), "Welcome")
    letter.locator("img").first.click()
    page.get_by_role("button", name="Choose", exact=True).click()
    picture = {"name": "tree.png", "mimeType": "image/png", "buffer": a_picture()}
    page.locator(".gjs-am-file-uploader input[type=file]").set_input_files([picture])
    page.wait_for_load_state("networkidle")
    page.locator(".gjs-am-asset[role=button]").first.press("Enter")
    expect(letter.locator("img").first).to_have_attribute("src", re.compile(r"/images/[0-9a-f]{64}\.png"))
    saved(page)


def a_picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "tomato").save(target, "PNG")
    return target.getvalue()
