"""A distribution that tells of a promotion: no code is taken, and the tier that it tells of stays while it does."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns import creation, terms
from campaigns.models import PromotionTier, Publication
from campaigns.promotions import tiers
from campaigns.rules.origins import NOBODY
from distributions.composing import kept, rendering
from distributions.models import Distribution
from distributions.planning import drafting
from distributions.planning.completeness import missing
from distributions.sending import previewing
from distributions.telling import wording
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.sinks import WebhookSink

pytestmark = pytest.mark.django_db

TENTH = {"discount": {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}}
WORDS = (
    "{{ promotion_tier.name }}; {{ promotion_tier.banner | default: '-' }}; {{ promotion_tier.discount }}; "
    "{{ promotion_tier.starts_at | default: '-' }}; {{ promotion_tier.expires_at | default: '-' }}; "
    "{{ campaign.name }}; {{ voucher.code }}"
)


@pytest.fixture
def make_tier(db: None) -> Callable[..., PromotionTier]:
    def make(promotion: dict[str, Any] | None = None, **said: Any) -> PromotionTier:
        tier = {"name": "A tenth", "banner": "Spend <b>more</b>", "action": TENTH, **said}
        body = {"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}, **(promotion or {})}
        made: PromotionTier = creation.create(terms.parse(body)).tiers.get()
        return made

    return make


@pytest.fixture
def tier(make_tier: Callable[..., PromotionTier]) -> PromotionTier:
    return make_tier()


def telling_of(tier: PromotionTier, **more: Any) -> dict[str, Any]:
    return {"type": "promotion", "promotion_tier_id": tier.public_id, **more}


def keys(distribution: Distribution) -> list[str]:
    return [lack.key for lack in missing(distribution)]


def test_a_tier_is_named_and_its_promotion_follows(api: RestClient, shop: Shop, tier: PromotionTier) -> None:
    body = {"name": "Summer news", "type": "automatic", "action": telling_of(tier)}
    made = api.post("/v1/distributions", body).json()
    whole = telling_of(tier, campaign_id=tier.campaign.public_id)
    assert made["action"] == whole == api.get(f"/v1/distributions/{made['id']}").json()["action"]
    other = {"type": "promotion", "campaign_id": shop.campaign().public_id, "promotion_tier_id": tier.public_id}
    assert "another campaign" in api.post("/v1/distributions", {**body, "action": other}).json()["details"]
    unknown = api.put(f"/v1/distributions/{made['id']}", {"action": {"promotion_tier_id": "promo_none"}})
    assert (unknown.status_code, unknown.json()["resource_type"]) == (400, "promotion_tier")


def test_the_message_tells_of_the_promotion_and_no_code_is_taken(
    shop: Shop, make_tier: Callable[..., PromotionTier]
) -> None:
    dates = {"start_date": "2026-01-01T12:00:00Z", "expiration_date": "2031-05-01T12:00:00Z"}
    tier = make_tier({"expiration_date": "2031-02-01T12:00:00Z"}, **dates)
    letter = shop.letter(subject="{{ promotion_tier.discount }}", html=f"<p>{WORDS}</p>")
    shop.live(action=telling_of(tier), channels=[letter])
    shop.happens("alice")
    shop.send()
    message = shop.message("alice")
    assert (shop.states("alice"), message.subject) == (["SENT"], "10% off")
    told = "A tenth; Spend &lt;b&gt;more&lt;/b&gt;; 10% off; January 1, 2026; February 1, 2031; Summer; "
    assert told in message.html
    assert not Publication.objects.exists()
    assert shop.codes("alice") == []


def test_a_webhook_carries_the_tier_and_its_campaign(
    shop: Shop, webhook_sink: WebhookSink, make_tier: Callable[..., PromotionTier]
) -> None:
    tier = make_tier(expiration_date="2031-02-01T12:00:00Z")
    shop.live(action=telling_of(tier), channels=[shop.webhook(webhook_sink.url)])
    shop.happens("alice")
    shop.send()
    (call,) = webhook_sink.received
    data = call.body["data"]
    assert data.keys() == {"customer", "segment", "campaign", "promotion_tier"}
    assert data["campaign"]["id"] == tier.campaign.public_id
    assert data["promotion_tier"].items() >= {
        "id": tier.public_id, "name": "A tenth", "banner": "Spend <b>more</b>", "object": "promotion_tier",
        "action": {"discount": {**TENTH["discount"], "is_dynamic": False}},
        "expiration_date": "2031-02-01T12:00:00.000Z", "campaign": {"id": tier.campaign.public_id},
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("promotion", "said", "key"),
    [
        pytest.param({}, {"expiration_date": "2020-01-01"}, "tier_ended", id="the tier has ended"),
        pytest.param({"expiration_date": "2020-01-01"}, {}, "tier_ended", id="the promotion has ended"),
        pytest.param({}, {"active": False}, "tier_disabled", id="the tier is disabled"),
        pytest.param({"active": False}, {}, "tier_disabled", id="the promotion is disabled"),
    ],
)
def test_what_counts_no_more_does_not_go_live(
    shop: Shop, make_tier: Callable[..., PromotionTier], promotion: dict[str, Any], said: dict[str, Any], key: str
) -> None:
    draft = shop.draft(action=telling_of(make_tier(promotion, **said)))
    assert keys(draft) == [key]


def test_without_a_tier_it_does_not_go_live(api: RestClient, shop: Shop, tier: PromotionTier) -> None:
    draft = shop.draft(action={"type": "promotion"})
    assert keys(draft) == ["tier_missing"]
    refused = api.post(f"/v1/distributions/{draft.public_id}/live").json()
    assert [lack["key"] for lack in refused["error"]["missing"]] == ["tier_missing"]
    drafting.save_draft(draft, {"action": {"promotion_tier_id": tier.public_id}})
    assert api.post(f"/v1/distributions/{draft.public_id}/live").json()["status"] == "LIVE"


def test_a_promotion_gives_no_codes(shop: Shop, tier: PromotionTier) -> None:
    draft = shop.draft(action={"type": "publish_code", "campaign_id": tier.campaign.public_id})
    assert keys(draft) == ["campaign_without_codes"]


def test_what_was_over_before_it_was_sent_is_not_sent(shop: Shop, tier: PromotionTier) -> None:
    shop.live(action=telling_of(tier))
    shop.happens("alice")
    tiers.set_active(tier, active=False)
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice")) == (["SUPPRESSED"], ["promotion_over"])


def test_words_follow_a_change_of_the_tier_at_once(shop: Shop, tier: PromotionTier) -> None:
    shop.live(action=telling_of(tier), channels=[shop.letter(html="{{ promotion_tier.name }}")])
    shop.happens("alice")
    shop.send()
    tiers.change(tier, {"name": "A tenth off"}, by=NOBODY)
    shop.happens("bob")
    shop.send()
    assert "A tenth off" in shop.message("bob").html
    assert "A tenth off" not in shop.message("alice").html


def test_a_tier_stays_until_no_distribution_tells_of_it(api: RestClient, shop: Shop, tier: PromotionTier) -> None:
    draft = shop.draft(action=telling_of(tier))
    refused = api.delete(f"/v1/promotions/tiers/{tier.public_id}")
    assert (refused.status_code, refused.json()["key"]) == (400, "resource_in_use")
    assert "Cart rescue" in refused.json()["details"]
    assert api.delete(f"/v1/campaigns/{tier.campaign.public_id}").json()["key"] == "resource_in_use"
    api.put(f"/v1/distributions/{draft.public_id}", {"action": {"type": "message"}})
    assert api.delete(f"/v1/promotions/tiers/{tier.public_id}").status_code == 204
    assert not PromotionTier.objects.exists()


def test_a_tier_that_has_gone_is_not_named_any_more(api: RestClient, shop: Shop, tier: PromotionTier) -> None:
    tiers.delete(tier, by=NOBODY)
    answer = api.post("/v1/distributions", {"name": "Late", "type": "automatic", "action": telling_of(tier)})
    assert (answer.status_code, answer.json()["resource_id"]) == (400, tier.public_id)


def test_a_preview_and_a_tool_show_the_promotion(shop: Shop, tier: PromotionTier) -> None:
    fields = {"PROMO": "{{ promotion_tier.name }}", "PROMO_ID": "{{ promotion_tier.id }}"}
    draft = shop.draft(action=telling_of(tier), channels=[{"type": "mailchimp", "fields": fields}])
    told = previewing.told(draft, draft.channels.get(), shop.customer("ida"))
    assert told["fields"] == {"PROMO": "A tenth", "PROMO_ID": tier.public_id}
    values = {
        field["name"]: field["value"] for field in previewing.values(draft, draft.channels.get(), shop.customer("ida"))
    }
    assert (values["promotion_tier.discount"], values["voucher.code"]) == ("10% off", "")


@pytest.mark.parametrize(
    ("template", "problems"),
    [
        ("{{ promotion_tier.name }} {{ promotion_tier.discount }}", 0),
        ("{{ promotion_tier.banner }}", 1),
        ('{{ promotion_tier.banner | default: "all" }}', 0),
        ("{{ promotion_tier.price }}", 1),
    ],
)
def test_templates_are_held_to_the_fields_of_a_promotion(template: str, problems: int) -> None:
    assert len(rendering.check(template)) == problems


def test_a_copy_tells_of_the_same_promotion_in_the_same_words(shop: Shop, tier: PromotionTier) -> None:
    draft = shop.draft(action=telling_of(tier))
    said = wording.in_words(draft, currency="USD")
    assert "word of “A tenth” (10% off) of the promotion “Summer”" in said
    assert "code" not in said
    copied = drafting.duplicate(draft)
    assert wording.in_words(copied, currency="USD") == said


def test_a_thousand_messages_ask_for_the_promotion_once(
    shop: Shop, tier: PromotionTier, counted: Callable[..., Any]
) -> None:
    distribution = shop.live(action=telling_of(tier))
    kept.distributions([distribution.pk])
    # Which versions stand now; all that the message says of the promotion is known.
    with counted(1):
        found = kept.distributions([distribution.pk])[distribution.pk]
        assert found.promotion_tier is not None
        assert found.promotion_tier.is_over(distribution.live_at) is False
