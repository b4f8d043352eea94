"""The wizard from its first question to SET LIVE, as a person with a browser that runs no scripts walks it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import creation, terms
from distributions.models import Distribution
from tests.pages.shop import CART_FILTER, a_campaign, a_customer, a_segment, an_event, text_of, visitor

pytestmark = pytest.mark.django_db

TENTH = {"type": "PERCENT", "percent_off": 10}
STEPS = ["type", "name", "channel", "audience", "campaign", "message", "review"]


@pytest.fixture
def draft(admin_client: Client, project: Any) -> Distribution:
    """Return a draft as the first answer of the wizard makes it."""
    admin_client.post(reverse("admin:distributions_distribution_add"), {"type": "automatic"})
    return Distribution.objects.get()


def step(draft: Distribution, key: str) -> str:
    return reverse("admin:distributions_distribution_step", args=[draft.pk, key])


def walk(client: Client, draft: Distribution, segment: Any, campaign: Any) -> None:
    """Answer every step as a marketer would for the abandoned cart."""
    client.post(step(draft, "name"), {"name": "Cart rescue"})
    client.post(step(draft, "channel"), {"kinds": ["mailbox"], "uncertain": "resend"})
    client.post(step(draft, "audience"), {
        "trigger": "customer.segment.entered", "segment": segment.public_id, "frequency": "every_entry", "recheck": "on",
    })  # fmt: skip
    client.post(step(draft, "campaign"), {
        "action": "publish_code", "campaign": campaign.public_id, "when_pool_empty": "wait", "code_on_reentry": "new",
    })  # fmt: skip
    client.post(step(draft, "message"), {"starter": "cart-rescue", "go": "stay"})


def test_looking_at_the_first_question_makes_no_draft(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:distributions_distribution_add")).status_code == 200
    assert not Distribution.objects.exists()


def test_the_answer_to_the_first_question_makes_a_draft_and_asks_for_its_name(admin_client: Client) -> None:
    answer = admin_client.post(reverse("admin:distributions_distribution_add"), {"type": "automatic"})
    draft = Distribution.objects.get()
    assert draft.status == "DRAFT"
    assert answer.url == step(draft, "name")


@pytest.mark.parametrize("key", STEPS)
def test_every_step_of_an_empty_draft_can_be_visited(admin_client: Client, draft: Distribution, key: str) -> None:
    assert admin_client.get(step(draft, key)).status_code == 200


def test_what_is_missing_is_named_on_the_step_it_belongs_to(admin_client: Client, draft: Distribution) -> None:
    page = admin_client.get(step(draft, "review"))
    open_steps = {one.key for one in page.context["steps"] if one.issues}
    assert open_steps == {"name", "channel", "audience", "campaign", "message", "review"} - (
        set() if page.context["steps"][5].issues else {"message"}
    )
    assert "SET LIVE" in text_of(page)
    assert "disabled" in re.search(r"<button[^>]*>SET LIVE", text_of(page)).group()


def test_a_step_that_is_filled_is_ticked_off(admin_client: Client, draft: Distribution) -> None:
    admin_client.post(step(draft, "name"), {"name": "Cart rescue"})
    steps = admin_client.get(step(draft, "channel")).context["steps"]
    assert steps[1].is_done
    assert not steps[2].is_done


def test_leaving_a_step_by_the_stepper_saves_it(admin_client: Client, draft: Distribution) -> None:
    answer = admin_client.post(step(draft, "name"), {"name": "Cart rescue", "go": "campaign"})
    draft.refresh_from_db()
    assert draft.name == "Cart rescue"
    assert answer.url == step(draft, "campaign")


def test_the_autosave_answers_with_the_steps_drawn_anew(admin_client: Client, draft: Distribution) -> None:
    answer = admin_client.post(step(draft, "name"), {"name": "Rescue"}, headers={"X-Requested-With": "autosave"})
    assert answer.json()["errors"] == {}
    assert "Audience" in answer.json()["steps"]


def test_a_refused_answer_is_shown_again_with_a_sentence(admin_client: Client, draft: Distribution) -> None:
    answer = admin_client.post(step(draft, "audience"), {"trigger": "customer.segment.entered", "quiet_from": "21:00"})
    assert answer.status_code == 422
    assert "Quiet hours need both a beginning and an end." in text_of(answer)


def test_an_event_can_set_it_off_and_the_step_reads_back_what_was_said(
    admin_client: Client, draft: Distribution
) -> None:
    said = {
        "trigger": "event",
        "event": "cart_abandoned",
        "frequency": "every_event",
        "delay": "2",
        "delay_unit": "hours",
    }
    admin_client.post(
        step(draft, "audience"), {**said, "quiet_from": "21:00", "quiet_to": "08:00", "cooldown_days": "30"}
    )
    draft.refresh_from_db()
    assert (draft.trigger_event, draft.segment, draft.delay_minutes) == ("cart_abandoned", None, 120)
    assert (draft.quiet_hours, draft.cooldown_days) == ({"from": "21:00", "to": "08:00"}, 30)
    form = admin_client.get(step(draft, "audience")).context["form"]
    assert {key: str(form[key].value()) for key in said} == said
    assert "wait 2 hours and send" in text_of(admin_client.get(step(draft, "review")))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        pytest.param("holdout_percent", "90", "less than or equal to 50", id="too many held out"),
        pytest.param("cooldown_days", "0", "greater than or equal to 1", id="no cool-down at all"),
        pytest.param("delay", "soon", "Enter a whole number", id="no number"),
        pytest.param("segment", "seg_gone", "does not exist any more", id="a segment that is gone"),
        pytest.param("quiet_from", "25:00", "Enter a valid time", id="no time of day"),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field(
    admin_client: Client, draft: Distribution, field: str, value: str, sentence: str
) -> None:
    answer = admin_client.post(step(draft, "audience"), {"trigger": "customer.segment.entered", field: value})
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_channels_without_an_account_are_shown_and_cannot_be_chosen(admin_client: Client, draft: Distribution) -> None:
    assert text_of(admin_client.get(step(draft, "channel"))).count("not connected yet") == 5
    answer = admin_client.post(step(draft, "channel"), {"kinds": ["sms"]})
    assert answer.status_code == 422
    assert not draft.channels.exists()


def test_the_words_of_a_channel_survive_adding_another_one(admin_client: Client, draft: Distribution) -> None:
    admin_client.post(step(draft, "channel"), {"kinds": ["mailbox"]})
    admin_client.post(step(draft, "message"), {"subject": "Hello", "html": "<p>Hi</p>"})
    admin_client.post(step(draft, "channel"), {"kinds": ["mailbox", "webhook"]})
    assert [(channel.type, channel.subject) for channel in draft.channels.all()] == [
        ("mailbox", "Hello"),
        ("webhook", ""),
    ]


def test_a_starter_fills_the_message(admin_client: Client, draft: Distribution) -> None:
    admin_client.post(step(draft, "channel"), {"kinds": ["email"]})
    admin_client.post(step(draft, "message"), {"starter": "cart-rescue", "go": "stay"})
    assert "{{ voucher.code }}" in draft.channels.get().html


def test_a_payload_that_is_no_json_is_refused_with_the_place_of_the_mistake(
    admin_client: Client, draft: Distribution
) -> None:
    admin_client.post(step(draft, "channel"), {"kinds": ["webhook"]})
    answer = admin_client.post(step(draft, "message"), {"url": "https://shop.example/hook", "payload": "{"})
    assert answer.status_code == 422
    assert "This is not JSON" in text_of(answer)


def test_the_review_says_in_words_what_will_happen(admin_client: Client, draft: Distribution) -> None:
    walk(admin_client, draft, a_segment(), a_campaign())
    page = text_of(admin_client.get(step(draft, "review")))
    assert "When a customer enters “Abandoned carts”" in page
    assert "a unique code of “Five off” (5% off) into the built-in mailbox" in page


def test_set_live_asks_once_more_with_the_numbers(admin_client: Client, draft: Distribution) -> None:
    walk(admin_client, draft, a_segment(), a_campaign())
    page = admin_client.post(reverse("admin:distributions_distribution_live", args=[draft.pk]))
    draft.refresh_from_db()
    assert "10 codes are free" in text_of(page)
    assert draft.status == "DRAFT"


def test_from_type_to_set_live_and_the_message_arrives(admin_client: Client, draft: Distribution, drain: Any) -> None:
    walk(admin_client, draft, a_segment(), a_campaign())
    answer = admin_client.post(reverse("admin:distributions_distribution_live", args=[draft.pk]), {"confirmed": "1"})
    assert answer.url == reverse("admin:distributions_distribution_overview", args=[draft.pk])
    an_event(a_customer("alice"), "cart_abandoned")
    drain()
    overview = admin_client.get(answer.url)
    shown = {tile.label: tile.value for tile in overview.context["tiles"]}
    assert (shown["Entered"], shown["On the way"], shown["Sent"]) == ("1", "0", "1")
    assert "5% off for the things in your cart" in text_of(
        admin_client.get(reverse("admin:distributions_distribution_mailbox"))
    )


def test_an_incomplete_draft_does_not_go_live(admin_client: Client, draft: Distribution) -> None:
    answer = admin_client.post(
        reverse("admin:distributions_distribution_live", args=[draft.pk]), {"confirmed": "1"}, follow=True
    )
    draft.refresh_from_db()
    assert draft.status == "DRAFT"
    assert "error" in [message.level_tag for message in answer.context["messages"]]


def test_without_the_permission_nothing_can_be_drafted_or_set_live(draft: Distribution) -> None:
    client = visitor("view_distribution")
    assert client.get(step(draft, "name")).status_code == 403
    assert client.post(reverse("admin:distributions_distribution_add"), {"type": "automatic"}).status_code == 403
    assert (
        client.post(reverse("admin:distributions_distribution_live", args=[draft.pk]), {"confirmed": "1"}).status_code
        == 403
    )


def test_strangers_are_asked_to_sign_in(draft: Distribution) -> None:
    answer = Client().get(step(draft, "name"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("admin:login"))


def test_a_hostile_name_stays_inert_on_every_step(admin_client: Client, draft: Distribution) -> None:
    admin_client.post(step(draft, "name"), {"name": "<script>alert(1)</script>"})
    a_segment(name="<img src=x onerror=alert(2)>", filter=CART_FILTER)
    a_campaign(name="<b onclick=alert(3)>")
    for key in STEPS:
        page = text_of(admin_client.get(step(draft, key)))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b onclick" not in page


def test_a_promotion_is_chosen_among_the_tiers(admin_client: Client, draft: Distribution) -> None:
    tiers = [
        {"name": "A tenth", "banner": "<b>Spend</b> $100", "action": {"discount": TENTH}},
        {"name": "Off", "active": False},
    ]
    promotion = creation.create(
        terms.parse({"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}})
    )
    campaign, tier = a_campaign(), promotion.tiers.get(name="A tenth")
    page = text_of(admin_client.get(step(draft, "campaign")))
    assert all(
        words in page
        for words in ("Tell of a promotion", "A tenth", "10% off", "Summer", "&lt;b&gt;Spend", campaign.name)
    )
    assert ("<b>Spend" in page, ">Off<" in page) == (False, False)
    # A browser posts what another action would need, too.
    said = {"action": "promotion", "promotion_tier": tier.public_id, "campaign": campaign.public_id}
    assert admin_client.post(step(draft, "campaign"), said).status_code == 302
    draft.refresh_from_db()
    assert (draft.action, draft.promotion_tier, draft.campaign) == ("promotion", tier, promotion)
    assert f'value="{tier.public_id}" checked' in text_of(admin_client.get(step(draft, "campaign")))
    assert "word of “A tenth” (10% off)" in text_of(admin_client.get(step(draft, "review")))
    assert (
        admin_client.post(step(draft, "campaign"), {"action": "promotion", "promotion_tier": "promo_x"}).status_code
        == 422
    )


def test_a_letter_without_a_code_is_not_praised_for_showing_one(admin_client: Client, draft: Distribution) -> None:
    admin_client.post(step(draft, "channel"), {"kinds": ["mailbox"]})
    admin_client.post(step(draft, "campaign"), {"action": "promotion"})
    admin_client.post(step(draft, "message"), {"starter": "cart-rescue", "go": "stay"})
    assert "shows a code, but no campaign" in text_of(admin_client.get(step(draft, "message")))
    admin_client.post(step(draft, "message"), {"starter": "promotion", "go": "stay"})
    assert "shows a promotion, but none is chosen" in text_of(admin_client.get(step(draft, "message")))
