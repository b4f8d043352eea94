"""What a mail's own picture and links tell: people count, scanners do not, and nobody is led where we did not send."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from distributions import links
from distributions.composing import tracked
from distributions.feedback import watching
from distributions.models import Delivery, Feedback, Reception
from distributions.sending import previewing
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db

READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
HTML = (
    '<body><a href="https://shop.example/cart?code={{ voucher.code }}&amp;x=1">Use it</a>'
    '<a href="https://shop.example/help">Help</a> <a href="mailto:us@shop.example">Write</a>'
    '<a href="{{ unsubscribe_url }}">Leave</a></body>'
)


@pytest.fixture
def page(shop: Shop) -> str:
    """The mail that alice got."""
    shop.live(campaign=shop.campaign(), channels=[shop.letter(html=HTML)])
    shop.happens("alice")
    shop.send()
    return shop.message("alice").html


def led(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]*/c/[^"]*)"', page)]


def picture(page: str) -> str:
    return urlsplit(re.findall(r'<img src="([^"]*)"', page)[-1]).path


def get(address: str, agent: str = READER, **headers: str) -> Any:
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return Client().get(path, headers={"User-Agent": agent, **headers})


def sent_long_ago() -> None:
    Delivery.objects.update(sent_at=timezone.now() - timedelta(minutes=5))


def seen() -> tuple[bool, bool]:
    found = Reception.objects.first()
    return (bool(found and found.opened_at), bool(found and found.clicked_at))


def test_a_link_leads_where_the_mail_said(shop: Shop, page: str) -> None:
    answer = get(led(page)[0])
    assert answer.status_code == 302
    assert answer["Location"] == f"https://shop.example/cart?code={shop.codes('alice')[0]}&x=1"


def test_a_click_is_an_opening_too(page: str) -> None:
    get(led(page)[0])
    assert seen() == (True, True)


def test_the_picture_tells_that_it_was_opened(page: str) -> None:
    answer = get(picture(page))
    assert (answer.status_code, answer["Content-Type"], seen()) == (200, "image/gif", (True, False))


def test_looking_again_writes_nothing(page: str) -> None:
    for _ in range(3):
        get(picture(page))
        get(led(page)[0])
    assert Feedback.objects.count() == 2


def test_only_links_to_the_web_are_led_past_us(page: str) -> None:
    assert len(led(page)) == 2
    assert 'href="mailto:us@shop.example"' in page
    assert re.search(r'href="[^"]*/unsubscribe/', page)


@pytest.mark.parametrize(
    "target", ["https://evil.example", "javascript:alert(1)", "//evil.example", "", "https://shop.example/help#x"]
)
def test_nobody_is_led_where_we_did_not_send(page: str, target: str) -> None:
    token = urlsplit(led(page)[1]).path
    assert get(f"{token}?to={quote(target)}").status_code == 404
    assert seen() == (False, False)


def test_a_javascript_target_is_never_signed() -> None:
    assert not links.leads_out("javascript:alert(1)")
    assert not links.leads_out("https://a.example/\r\nSet-Cookie: x=1")
    assert links.tracked("javascript:alert(1)", "0" * 32, 1, 1) == "javascript:alert(1)"


def test_asking_only_for_the_head_counts_nothing(page: str) -> None:
    for address in (led(page)[0], picture(page)):
        parts = urlsplit(address)
        Client().head(f"{parts.path}?{parts.query}", headers={"User-Agent": READER})
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "agent", ["Mozilla/5.0 (compatible; Googlebot/2.1)", "Barracuda Sentinel", "Slack-ImgProxy preview"]
)
def test_a_program_that_says_so_never_counts(page: str, agent: str) -> None:
    sent_long_ago()
    assert get(led(page)[0], agent).status_code == 302
    get(picture(page), agent)
    assert (seen(), Feedback.objects.filter(is_machine=True).count()) == ((False, False), 2)


def test_a_browser_that_only_looks_ahead_does_not_count(page: str) -> None:
    get(led(page)[0], **{"Sec-Purpose": "prefetch;prerender"})
    assert seen() == (False, False)


@pytest.mark.parametrize("agent", ["", "Mozilla/5.0", "python-requests/2.32", "curl/8.5"])
def test_a_library_counts_only_later_than_a_second_after_the_sending(page: str, agent: str) -> None:
    Delivery.objects.update(sent_at=timezone.now() + timedelta(seconds=5))
    get(picture(page), agent)
    assert seen() == (False, False)
    sent_long_ago()
    get(picture(page), agent)
    assert seen() == (True, False)


def test_all_links_at_once_were_no_person_s(page: str) -> None:
    for address in led(page):
        get(address)
    assert seen() == (False, False)
    assert Feedback.objects.filter(is_machine=True).count() == 2


def test_a_person_who_comes_after_the_scanner_counts(page: str) -> None:
    for address in led(page):
        get(address)
    Feedback.objects.update(at=timezone.now() - timedelta(minutes=5))
    get(led(page)[1])
    assert seen() == (True, True)


def test_links_clicked_one_after_the_other_count(page: str) -> None:
    get(led(page)[0])
    Feedback.objects.update(at=timezone.now() - timedelta(minutes=5))
    get(led(page)[1])
    assert seen() == (True, True)


def test_an_opening_survives_the_scanner_s_burst(page: str) -> None:
    get(picture(page))
    for address in led(page):
        get(address)
    assert seen() == (True, False)


def test_our_own_people_are_no_readers(page: str, admin_client: Client) -> None:
    admin_client.get(picture(page), headers={"User-Agent": READER})
    assert not Feedback.objects.exists()


def test_looking_at_a_message_in_the_admin_opens_nothing(shop: Shop, page: str, admin_client: Client) -> None:
    delivery = shop.deliveries("alice")[0]
    shown = admin_client.get(f"/admin/distributions/delivery/{delivery.pk}/body/").content.decode()
    assert ("/o/" in page, "/o/" in shown, "Use it" in shown) == (True, False, True)


def test_a_distribution_may_track_nothing(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter(html=HTML)], policy={"tracks": False})
    shop.happens("alice")
    shop.send()
    page = shop.message("alice").html
    assert (led(page), "/o/" in page, 'href="https://shop.example/help"' in page) == ([], False, True)


def test_a_preview_tracks_nobody(shop: Shop) -> None:
    draft = shop.draft(campaign=shop.campaign(), channels=[shop.letter(html=HTML)])
    page = previewing.preview(draft, draft.channels.get(), shop.customer("alice")).html
    assert led(page) == []


def test_a_reader_is_led_on_while_the_database_is_away(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(watching, "note_click", away)
    assert get(led(page)[0]).status_code == 302


def test_a_link_whose_liquid_is_not_whole_is_left_alone() -> None:
    broken = '{% if a %}<a href="https://a.example{% else %}">x</a>{% endif %}'
    assert "tracked_link" not in tracked.prepared(broken)


def test_a_value_is_escaped_even_where_an_author_calls_our_filter(shop: Shop) -> None:
    shop.live(channels=[shop.letter(html="{{ customer.name | tracked: '', 1, 1 }}")])
    shop.customer("<b>eve", email="eve@shop.example")
    shop.happens("<b>eve")
    shop.send()
    assert "&lt;B&gt;Eve" in shop.message("<b>eve").html


@pytest.mark.parametrize("path", ["/c/x?to=https://a.example", "/o/x.gif", "/c/" + "A" * 40 + "?to=https://a.example"])
def test_a_token_we_never_gave_out_leads_nowhere(path: str) -> None:
    assert get(path).status_code == 404
