"""The visual editor's page and buttons: what is drawn is what is sent, and every refusal is told."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access import project as projects
from campaigns import pictures
from designs import blocks, gallery, pieces
from designs.models import Design, OwnTemplate
from distributions.composing import proofreading, rendering
from distributions.models import Delivery, Distribution, DistributionChannel
from distributions.planning import drafting, lifecycle
from distributions.sending import previewing
from distributions.views import previews
from tests.pages.shop import a_customer, a_draft, an_event, text_of, visitor

pytestmark = pytest.mark.django_db
HERE = "admin:distributions_distribution_design"


@pytest.fixture
def draft(project: Any) -> Distribution:
    return a_draft("email")


def begin(client: Client, draft: Distribution, template: str = "abandoned-cart") -> DistributionChannel:
    client.post(reverse(f"{HERE}_begin", args=[draft.pk, "email"]), {"template": template})
    return draft.channels.select_related("design").get()


def act(client: Client, draft: Distribution, verb: str, body: object = None) -> Any:
    address = reverse(f"{HERE}_act", args=[draft.pk, "email", verb])
    return client.post(address, json.dumps(body or {}), content_type="application/json")


def saying(words: str) -> str:
    return pieces.page(pieces.section(pieces.column(pieces.words(words))) + pieces.footer())


def save(client: Client, draft: Distribution, words: str) -> Any:
    design = Design.objects.get(channel__distribution=draft)
    return act(client, draft, "save", {"mjml": saying(words), "revision": design.revision})


def test_a_template_brings_design_subject_and_preview_line(admin_client: Client, project: Any) -> None:
    draft = drafting.save_draft(None, {"channels": [{"type": "email"}]})
    channel = begin(admin_client, draft, "birthday")
    found = gallery.design("birthday")
    assert found is not None
    assert (channel.subject, channel.preheader) == (found.subject, found.preheader)
    assert "Happy birthday!" in channel.inlined_html
    assert "Happy birthday!" in text_of(admin_client.get(reverse(HERE, args=[draft.pk, "email"])))


def test_words_that_a_person_wrote_survive_another_template(admin_client: Client, draft: Distribution) -> None:
    subject = draft.channels.get().subject
    assert begin(admin_client, draft, "welcome").subject == subject


def test_what_is_saved_is_what_is_sent(admin_client: Client, draft: Distribution, drain: Any) -> None:
    begin(admin_client, draft)
    assert save(admin_client, draft, "Come back, {{ customer.name | default: &quot;friend&quot; }}!").status_code == 200
    lifecycle.set_live(draft)
    an_event(a_customer("alice"), "cart_abandoned")
    drain()
    message = Delivery.objects.get().message
    assert "Come back, Alice!" in message.html
    assert "Come back, Alice!" in message.text
    assert "1 Main Street" in message.html


def test_a_second_window_is_told_and_overwrites_nothing(admin_client: Client, draft: Distribution) -> None:
    revision = begin(admin_client, draft).design.revision  # type: ignore[union-attr]
    act(admin_client, draft, "save", {"mjml": saying("one"), "revision": revision})
    conflict = act(admin_client, draft, "save", {"mjml": saying("two"), "revision": revision})
    assert (conflict.status_code, conflict.json()["key"], conflict.json()["who"]) == (409, "design_changed", "marta")
    assert "one" in draft.channels.get().html
    assert (
        act(admin_client, draft, "save", {"mjml": saying("two"), "revision": conflict.json()["revision"]}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("{{ (1..1000000000) | join: ',' }}", id="an endless range"),
        pytest.param("{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}", id="endless loops"),
        pytest.param("{% if a %}" * 200 + "x" + "{% endif %}" * 200, id="nested deeply"),
        pytest.param(
            "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
            id="huge output",
        ),
        pytest.param("{% include '/etc/passwd' %}", id="a file"),
        pytest.param("{% render 'settings' %}", id="another template"),
        pytest.param("{{ customer.name ", id="half a mark"),
        pytest.param("{% if customer.name %}", id="unclosed"),
        pytest.param("<script>alert(1)</script>", id="a script"),
    ],
)
def test_hostile_or_broken_words_are_refused_when_saved(admin_client: Client, draft: Distribution, words: str) -> None:
    before = begin(admin_client, draft).html
    refused = save(admin_client, draft, words)
    assert (refused.status_code, refused.json()["key"]) == (400, "design_refused")
    assert draft.channels.get().html == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param("{}", id="nothing"),
        pytest.param('{"mjml": 1, "revision": 1}', id="no text"),
        pytest.param('{"mjml": "\\u0000", "revision": 1}', id="a null byte"),
        pytest.param('{"mjml": "x", "revision": "1"}', id="no number"),
        pytest.param('{"mjml": "x", "revision": 99999999999}', id="too large a number"),
        pytest.param("[" * 100_000, id="nested without end"),
    ],
)
def test_a_body_that_is_none_is_refused(admin_client: Client, draft: Distribution, body: str) -> None:
    begin(admin_client, draft)
    address = reverse(f"{HERE}_act", args=[draft.pk, "email", "save"])
    refused = admin_client.post(address, body, content_type="application/json")
    assert (refused.status_code, refused.json()["key"]) == (400, "invalid_payload")


def test_versions_are_kept_named_and_restored(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    kept = act(admin_client, draft, "keep", {"label": "Before the sale"})
    assert "Before the sale" in kept.json()["versions"]
    save(admin_client, draft, "sale")
    back = act(admin_client, draft, "restore", {"version": 1}).json()
    assert "You left something behind" in back["mjml"]
    assert "You left something behind" in draft.channels.get().html
    assert act(admin_client, draft, "restore", {"version": 77}).status_code == 404


def test_a_design_on_the_shelf_begins_another_message(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    save(admin_client, draft, "Our house style")
    act(admin_client, draft, "shelve", {"name": "House letter"})
    own = OwnTemplate.objects.get()
    other = drafting.save_draft(None, {"channels": [{"type": "email"}]})
    assert "Our house style" in begin(admin_client, other, own.public_id).html
    shown = admin_client.get(reverse("admin:distributions_distribution_template", args=[own.public_id]))
    assert "Our house style" in text_of(shown)
    admin_client.post(
        reverse("admin:distributions_distribution_template_remove", args=[own.public_id]), {"next": "//x"}
    )
    assert OwnTemplate.objects.count() == 0
    assert "Our house style" in other.channels.get().html


def test_a_live_letter_changes_only_once_it_is_published(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    lifecycle.set_live(draft)
    told = save(admin_client, draft, "A new spring").json()
    assert told["is_published"] is False
    assert "A new spring" not in draft.channels.get().html
    address = reverse("admin:distributions_distribution_body", args=[draft.pk, "email"])
    assert "A new spring" in text_of(admin_client.get(address, {"working": "1"}))
    assert "A new spring" not in text_of(admin_client.get(address))
    assert act(admin_client, draft, "publish").json()["is_published"] is True
    assert "A new spring" in draft.channels.get().inlined_html


def test_a_duplicate_has_a_design_of_its_own(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    copy = drafting.duplicate(draft)
    save(admin_client, copy, "The copy")
    assert "The copy" not in draft.channels.get().html
    assert "The copy" in copy.channels.get().html


def test_who_writes_the_html_gives_up_the_design(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    drafting.save_draft(draft, {"channels": [{"type": "email", "html": "<p>By hand</p>"}]})
    assert (draft.channels.get().design, Design.objects.count()) == (None, 0)
    assert save_without_design(admin_client, draft).status_code == 400


def save_without_design(client: Client, draft: Distribution) -> Any:
    return act(client, draft, "save", {"mjml": saying("x"), "revision": 1})


def test_the_words_for_the_inbox_are_saved_without_touching_the_design(
    admin_client: Client, draft: Distribution
) -> None:
    channel = begin(admin_client, draft)
    step = reverse("admin:distributions_distribution_step", args=[draft.pk, "message"])
    admin_client.post(f"{step}?channel=email", {"subject": "New words", "preheader": "", "text": ""})
    after = draft.channels.get()
    assert (after.subject, after.design_id, after.html) == ("New words", channel.design_id, channel.html)


def test_leaving_keeps_the_letter_as_html(admin_client: Client, draft: Distribution) -> None:
    html = begin(admin_client, draft).html
    admin_client.post(reverse(f"{HERE}_leave", args=[draft.pk, "email"]))
    assert (draft.channels.get().html, Design.objects.count()) == (html, 0)


def test_deleting_the_distribution_takes_the_design_along(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    lifecycle.delete(draft)
    assert Design.objects.count() == 0


def test_the_picker_tells_what_this_customer_has(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    alice = a_customer("alice")
    told = admin_client.get(reverse(f"{HERE}_fields", args=[draft.pk, "email"]), {"customer": alice.pk}).json()
    values = {field["name"]: (field["value"], field["needs_fallback"]) for field in told["fields"]}
    assert values["customer.name"] == ("Alice", True)
    assert values["customer.phone"] == ("", True)
    assert values["voucher.code"] == ("SAMPLE-7KQ2-M9PD", False)


def test_the_dark_letter_is_shown_by_its_own_rules_and_a_plain_one_turned_over(
    admin_client: Client, draft: Distribution
) -> None:
    address = reverse("admin:distributions_distribution_body", args=[draft.pk, "email"])
    assert "invert(1)" in text_of(admin_client.get(address, {"dark": "1"}))
    begin(admin_client, draft)
    dark = text_of(admin_client.get(address, {"dark": "1"}))
    assert "@media all" in dark
    assert "invert(1)" not in dark


def proofs(draft: Distribution, html: str, **fields: Any) -> list[str]:
    channel = DistributionChannel(distribution=draft, **{"subject": "Hi", "preheader": "x", "html": html, **fields})
    rendered = rendering.Rendered(channel.subject, html, "")
    found = proofreading.proofs(channel, rendered, projects.current())
    return [sentence for grade, sentence in found if grade]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        pytest.param("{{ customer.name }}", "no fallback", id="no fallback"),
        pytest.param("<a href='#'>Go</a>", "“Go” has no address", id="no address"),
        pytest.param(
            "<a href=''><img src='https://x.example/a.png' alt='A tree'></a>", "“A tree”", id="a picture's link"
        ),
        pytest.param("<a href='shop.example'>Go</a>", "does not begin with https", id="no scheme"),
        pytest.param("<a href='https://'>Go</a>", "that is none", id="no host"),
        pytest.param("<a href='https://[x'>Go</a>", "that is none", id="no address at all"),
        pytest.param("<img src='https://x.example/a.png'>", "alternative text", id="no alternative text"),
        pytest.param("<img src='' alt='A tree'>", "no file yet", id="no picture"),
        pytest.param("x" * 110_000, "weighs 107 kB", id="too heavy"),
        pytest.param("<p>Hello</p>", "unsubscribe link", id="no way out"),
        pytest.param("<a href='{{ brand.website }}'>Go</a>", "website, which is not set", id="no website"),
    ],
)
def test_what_a_careful_colleague_would_say(draft: Distribution, html: str, told: str) -> None:
    assert any(told in sentence for sentence in proofs(draft, html))


def test_a_long_subject_is_told(draft: Distribution) -> None:
    assert any("characters" in sentence for sentence in proofs(draft, "", subject="x" * 90))


def test_the_review_repeats_what_is_to_be_mended(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    save(admin_client, draft, "Hello {{ customer.name }}")
    review = admin_client.get(reverse("admin:distributions_distribution_step", args=[draft.pk, "review"]))
    assert "customer.name }} has no fallback" in text_of(review)


def test_a_code_can_be_copied_by_whoever_has_its_address(project: Any) -> None:
    address = pictures.copy_address("SPRING-7").removeprefix("http://127.0.0.1:8000")
    page = Client().get(address)
    assert "SPRING-7" in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert Client().get(f"{address}x").status_code == 404


def test_only_who_may_change_distributions_draws(draft: Distribution, admin_client: Client) -> None:
    begin(admin_client, draft)
    vera = visitor("view_distribution")
    assert vera.get(reverse(HERE, args=[draft.pk, "email"])).status_code == 403
    assert act(vera, draft, "publish").status_code == 403


def test_an_ended_distribution_is_not_drawn_any_more(admin_client: Client, draft: Distribution) -> None:
    begin(admin_client, draft)
    lifecycle.set_live(draft)
    lifecycle.stop(draft)
    assert save(admin_client, draft, "too late").status_code == 400


def test_a_webhook_has_no_design(admin_client: Client, project: Any) -> None:
    hook = a_draft("webhook")
    assert admin_client.get(reverse(HERE, args=[hook.pk, "webhook"])).status_code == 404


def test_no_template_of_that_name_changes_nothing(admin_client: Client, draft: Distribution) -> None:
    assert begin(admin_client, draft, "nothing-like-it").design is None


def test_a_saved_design_follows_the_site_to_another_address(
    admin_client: Client, draft: Distribution, settings: Any
) -> None:
    channel = begin(admin_client, draft)
    settings.PROMO_PUBLIC_URL = "https://new.shop.example"
    html = previewing.preview(draft, channel, previews.made_up()).html
    assert 'src="https://new.shop.example/static/designs/art/cart.png"' in html
    assert "127.0.0.1" not in html


def test_the_letter_is_light_unless_asked_for_in_the_dark_whatever_the_screen_prefers(
    admin_client: Client, draft: Distribution
) -> None:
    begin(admin_client, draft)
    address = reverse("admin:distributions_distribution_body", args=[draft.pk, "email"])
    light, dark = text_of(admin_client.get(address)), text_of(admin_client.get(address, {"dark": "1"}))
    assert "prefers-color-scheme" not in light + dark
    assert ('name="color-scheme" content="light"' in light, 'name="color-scheme" content="dark"' in dark) == (
        True,
        True,
    )


def test_checks_tell_of_signs_that_lead_nowhere_and_of_sample_pictures(
    admin_client: Client, draft: Distribution
) -> None:
    begin(admin_client, draft, "blank")
    pieces_of_it = pieces.social("instagram") + pieces.image(blocks.PICTURE, "A tree")
    mjml = pieces.page(pieces.section(pieces.column(pieces_of_it)))
    told = act(admin_client, draft, "save", {"mjml": mjml, "revision": 1}).json()
    assert "The sign of Instagram leads nowhere." in told["checks"]
    assert "A picture is still the sample." in told["checks"]
    linked = mjml.replace('href=""', 'href="https://instagram.example/shop"')
    told = act(admin_client, draft, "save", {"mjml": linked, "revision": told["revision"]}).json()
    assert "leads nowhere" not in told["checks"]


def test_a_test_from_the_editor_is_what_the_editor_shows_for_the_customer_who_is_looked_at(
    admin_client: Client, draft: Distribution
) -> None:
    begin(admin_client, draft)
    alice, _bob = a_customer("alice"), a_customer("bob")
    lifecycle.set_live(draft)
    save(admin_client, draft, "Not yet out, {{ customer.name | default: &quot;friend&quot; }}")
    address = reverse("admin:distributions_distribution_test", args=[draft.pk, "email"])
    admin_client.post(f"{address}?customer={alice.pk}", {"to": "me@shop.example", "working": "1"})
    assert "Not yet out, Alice" in Delivery.objects.get(is_test=True).message.html
