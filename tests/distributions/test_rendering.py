"""Words for one customer: merged, escaped, bounded, complete."""

import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from designs import compiling, gallery
from distributions.composing import inlining, plain_text, rendering, sandbox
from distributions.composing.sandbox import TemplateError
from distributions.models import DistributionChannel
from distributions.sending import previewing
from tests.distributions.conftest import Shop

HOSTILE = '<script>alert(1)</script>" onmouseover="x'


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """No template may keep us waiting: the alarm ends the test run where one does."""
    signal.alarm(20)
    yield
    signal.alarm(0)


def context(**fields: Any) -> dict[str, Any]:
    brand = {"name": "Example Shop", "postal_address": "1 Main Street"}
    return {"brand": brand, "unsubscribe_url": "https://shop.example/u", "customer": {}, "event": {}, **fields}


def channel(**words: Any) -> DistributionChannel:
    return DistributionChannel(type="email", **{"purpose": "transactional", **words})


def test_a_hostile_name_is_text_in_the_html() -> None:
    html = rendering.render(channel(html='<p title="{{ customer.name }}">{{ customer.name }}</p>'),
                            context(customer={"name": HOSTILE})).html  # fmt: skip
    assert "<script" not in html
    assert 'onmouseover="x' not in html


def test_a_value_in_plain_text_is_not_escaped() -> None:
    rendered = rendering.render(channel(subject="For {{ customer.name }}", text="{{ customer.name }}"),
                                context(customer={"name": "Ben & Jerry"}))  # fmt: skip
    assert (rendered.subject, rendered.text) == ("For Ben & Jerry", "Ben & Jerry")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param("https://shop.example/cart?a=1&b=2", True, id="https"),
        pytest.param("mailto:shop@example.com", True, id="mail"),
        pytest.param("/cart", True, id="a path"),
        pytest.param("javascript:alert(1)", False, id="a script"),
        pytest.param(" JaVa\tScript:alert(1)", False, id="a disguised script"),
        pytest.param("data:text/html,<script>", False, id="a document"),
        pytest.param("vbscript:x", False, id="another script"),
    ],
)
def test_a_link_from_a_value_leads_only_where_links_may(value: str, kept: bool) -> None:
    html = sandbox.render_html('<a href="{{ event.url }}">x</a>', context(event={"url": value}))
    assert ('href="#"' not in html) is kept


def test_a_subject_is_one_line_whatever_its_values_say() -> None:
    name = "Ida\r\nBcc: all@example.com\u2028x\u202e"
    subject = rendering.render(channel(subject="Hi {{ customer.name }}"), context(customer={"name": name})).subject
    assert subject == "Hi Ida Bcc: all@example.com x"


def test_a_missing_value_takes_its_fallback() -> None:
    assert sandbox.render_text('Hi {{ customer.name | default: "there" }}', context()) == "Hi there"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{% for i in (1..1000000000) %}x{% endfor %}", id="an endless loop"),
        pytest.param("{% for i in (1..99999) reversed %}x{% endfor %}", id="an endless loop backwards"),
        pytest.param("{{ (1..1000000000) | join: ',' }}", id="a range outside a loop"),
        pytest.param("{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | append: a %}" * 40, id="a text that doubles"),
        pytest.param("{% assign a = 99999 %}" + "{% assign a = a | times: a %}" * 40, id="a number that squares"),
        pytest.param("{% for i in (1..500) %}{% for j in (1..500) %}x{% endfor %}{% endfor %}", id="nested loops"),
        pytest.param("{% include 'x' %}", id="an include"),
        pytest.param("{% render 'x' %}", id="a partial"),
        pytest.param("{% case x %}", id="an unclosed case"),
        pytest.param("{{ 'a' | safe }}", id="a refused filter"),
        pytest.param("{{ 1 | divided_by: 0 }}", id="a division by zero"),
        pytest.param("{{ x", id="an open mark"),
        pytest.param("x" * 400_000, id="too long"),
    ],
)
def test_what_could_run_away_or_reach_out_is_a_sentence(text: str) -> None:
    with pytest.raises(TemplateError, match=r"^[A-Z].*\.$"):
        sandbox.render_text(text + "{{ 1 }}", context())


def test_a_template_reaches_nothing_but_its_context() -> None:
    text = "{{ customer.__class__ }}{{ customer.name.upper }}{{ settings.SECRET_KEY }}{{ self }}"
    assert sandbox.render_text(text, context(customer={"name": "Ida"})) == ""


def test_a_text_that_runs_away_is_told_before_anybody_gets_it() -> None:
    assert rendering.check("{% for i in (1..900) %}{% for j in (1..900) %}x{% endfor %}{% endfor %}") == [
        "Line 1: loop iteration limit reached."
    ]
    assert not rendering.is_broken("{{ 10 | divided_by: event.count }}")


def test_css_is_inlined_and_liquid_stays_as_it_was() -> None:
    html = "<style>p { color: red }</style><p>{{ customer.name }}</p><a href='{{ event.url }}?a=1&b=2'>x</a>{% if a %}b{% endif %}"
    inlined = inlining.inline(html)
    assert 'style="color:red"' in inlined
    assert 'href="{{ event.url }}?a=1&amp;b=2"' in inlined
    assert "{% if a %}b{% endif %}" in inlined


def test_html_becomes_plain_text_with_its_links() -> None:
    html = "<style>p{}</style><h1>Hello</h1><p>Your <b>code</b>: {{ voucher.code }}</p><a href='https://x.example'>Shop</a>"
    assert plain_text.as_text(html) == "Hello\n\nYour code: {{ voucher.code }}\n\nShop (https://x.example)"


def test_marketing_mail_without_a_footer_gets_one() -> None:
    rendered = rendering.render(channel(purpose="marketing", html="<html><body><p>Hi</p></body></html>"), context())
    assert rendered.html.index("1 Main Street") < rendered.html.index("</body>")
    assert 'href="https://shop.example/u"' in rendered.html
    assert "Unsubscribe: https://shop.example/u" in rendered.text
    assert "Manage" not in rendered.text


def test_the_added_footer_leads_to_her_preferences() -> None:
    words = channel(purpose="marketing", html="<html><body><p>Hi</p></body></html>")
    rendered = rendering.render(words, context(preferences_url="https://shop.example/p"))
    assert '<a href="https://shop.example/p" style="color:#777">Manage preferences</a>' in rendered.html
    assert "Manage preferences: https://shop.example/p" in rendered.text


def test_marketing_mail_with_both_in_its_body_gets_none() -> None:
    body = '<p>Hi</p>{{ brand.postal_address }} <a href="{{ unsubscribe_url }}">leave</a>'
    rendered = rendering.render(channel(purpose="marketing", html=body), context())
    assert rendered.html.count("1 Main Street") == 1
    assert rendered.html.count("https://shop.example/u") == 1


def test_transactional_mail_gets_no_footer() -> None:
    assert "Unsubscribe" not in rendering.render(channel(html="<p>Hi</p>"), context()).html


def test_the_preheader_stands_first_and_hidden() -> None:
    html = rendering.render(channel(html="<body><p>Hi</p></body>", preheader="Only for {{ customer.name }}"),
                            context(customer={"name": "Ida"})).html  # fmt: skip
    assert html.index("Only for Ida") < html.index("<p>")
    assert "display:none" in html


def test_checks_are_sentences() -> None:
    assert rendering.check("Hi {{ customer.name }}") == [
        "Hi {{ customer.name }}".replace("Hi ", "") + ' has no fallback: write {{ customer.name | default: "..." }}.'
    ]
    assert rendering.check("{{ voucher.kode }}") == ["{{ voucher.kode }} is not a field of a message."]
    assert rendering.check("{% if %}") != []
    assert rendering.check('{{ customer.name | default: "x" }} {{ customer.metadata.size }} {{ voucher.code }}') == []


def test_a_payload_is_filled_in_where_it_has_strings() -> None:
    payload = {"who": "{{ customer.name }}", "n": 1, "list": ["{{ voucher.code }}", None, True]}
    filled = rendering.render_payload(payload, context(customer={"name": 'I"da'}, voucher={"code": "A"}))
    assert filled == {"who": 'I"da', "n": 1, "list": ["A", None, True]}


@pytest.mark.django_db
def test_a_designed_payload_replaces_the_envelope(shop: Shop) -> None:
    payload = {"mail": "{{ customer.email }}", "code": "{{ voucher.code }}", "cart": "{{ event.cart_value }}",
               "metadata": "{{ event.metadata.cart_value }}"}  # fmt: skip
    distribution = shop.live(
        campaign=shop.campaign(), channels=[shop.webhook("https://shop.example/a", payload=payload)]
    )
    [event] = shop.happens("alice", cart_value=89)
    rendered = previewing.preview(distribution, distribution.channels.get(), event.customer or shop.customer("alice"))
    told = {"mail": "alice@shop.example", "code": "SAMPLE-7KQ2-M9PD", "cart": "89", "metadata": "89"}
    assert json.loads(rendered.text) == told


@pytest.mark.django_db
def test_a_preview_burns_no_code(shop: Shop) -> None:
    campaign = shop.campaign(codes=1)
    distribution = shop.draft(campaign=campaign)
    rendered = previewing.preview(distribution, distribution.channels.get(), shop.customer("alice"))
    assert "SAMPLE-7KQ2-M9PD" in rendered.html
    assert campaign.vouchers.filter(holder=None).count() == 1


LONG = "y" * 60_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{% assign l = customer.long | split: '' %}{{ l | join: customer.long }}", id="a list joined"),
        pytest.param("{{ customer.long | split: '' | join: customer.long }}", id="letters joined"),
        pytest.param("{{ customer.long | replace: 'y', customer.long }}", id="each letter replaced"),
        pytest.param(
            "{% assign l = customer.long | split: '@' %}" + "{% assign l = l | concat: l %}" * 11 + "{{ l }}",
            id="a list that names a text many times",
        ),
        pytest.param("{% for i in (1..999) %}" + "{{ a }}" * 30_000 + "{% endfor %}", id="a loop around much"),
        pytest.param("{% for i in (1..999) %}{{ customer.list | uniq | size }}{% endfor %}", id="dear filters in a loop"),
        pytest.param("{{" * 100_000, id="marks that never end"),
        pytest.param("{% raw %}" * 30_000, id="blocks that never end"),
        pytest.param("{{" + " " * 200_000 + "}}", id="blanks without end"),
        pytest.param("{{ " + "(" * 200_000 + " }}", id="parentheses without end"),
        pytest.param("{% capture a %}x{% endcapture %}{% for i in (1..999) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}", id="a capture that doubles"),
    ],
)  # fmt: skip
def test_what_would_take_long_or_much_memory_is_stopped_soon(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(TemplateError, match=r"^[A-Z“].*\.$"):
        sandbox.render_text(text, context(customer={"long": LONG, "list": list(range(1_000))}))
    assert time.thread_time() - began < 4


@pytest.mark.parametrize(
    "piece", ["<a ", '<a href="', "<!--", "<td", "<body", "</", "<![CDATA[", "<a href=x>y", "</a>"]
)
def test_html_that_never_ends_is_read_in_one_pass(piece: str) -> None:
    html = piece * (60_000 // len(piece))
    began = time.thread_time()
    plain_text.as_text(inlining.inline(html))
    rendering.render(channel(html=html, purpose="marketing"), context(message_key="0" * 32))
    assert time.thread_time() - began < 4


@pytest.mark.parametrize(
    "css", ["b{c:d}" * 8_000, "div " * 3_000 + "{c:d}", ("div " * 100 + "{c:d}") * 40, "b ~ " * 200 + "b{c:d}"]
)
def test_css_beyond_all_measure_is_left_where_it_stands(css: str) -> None:
    html = f"<style>{css}</style>" + "<b>x</b>" * 5_000
    assert inlining.inline(html) == html


@pytest.mark.parametrize("design", gallery.GALLERY, ids=lambda one: one.key)
def test_the_css_of_every_design_of_the_gallery_is_inlined(design: gallery.GalleryDesign) -> None:
    html = compiling.compile_design(compiling.tidy(design.mjml))
    assert inlining.inline(html) != html


def test_words_that_look_like_a_hidden_mark_stay_words() -> None:
    odd = f"<p>liquid{'9' * 5_000}mark liquid7mark {{{{ a }}}}</p>"
    assert odd in inlining.inline(odd)
