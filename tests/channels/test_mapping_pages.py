"""The message step of a tool: rows of field and value, what the account has, and what it gets for a customer."""

import re
from typing import Any

import pytest
from django.test import Client

from campaigns import creation, terms
from distributions import connecting
from distributions.models import Connection, Distribution, DistributionChannel
from distributions.planning import drafting
from events import definitions
from tests.distributions.conftest import Shop
from tests.twins.braze import BrazeTwin, Profile
from tests.twins.mailchimp import MailchimpTwin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(mailchimp: MailchimpTwin) -> Connection:
    settings = {"api_key": mailchimp.api_key, "list_id": mailchimp.list_id, "base_url": mailchimp.url}
    return connecting.create(connecting.provider_for("mailchimp"), "Shop customers", settings)


@pytest.fixture
def draft(shop: Shop, account: Connection) -> Distribution:
    shop.customer("ida")
    return shop.draft(shop.segment(), shop.campaign(3), channels=[{"type": "mailchimp"}])


def address(draft: Distribution, what: str = "step/message") -> str:
    return f"/admin/distributions/distribution/{draft.pk}/{what}/"


def post(client: Client, draft: Distribution, rows: dict[str, str], **more: Any) -> Any:
    said = {"field": list(rows), "value": list(rows.values()), "tags": "", "go": "stay", **more}
    return client.post(address(draft), {"connection_id": draft.channels.get().connection.public_id, **said})


def channel_of(draft: Distribution) -> DistributionChannel:
    return draft.channels.get()


def test_an_empty_mapping_begins_with_the_code_and_shows_what_would_be_written(
    admin_client: Client, draft: Distribution
) -> None:
    page = admin_client.get(address(draft)).content.decode()
    assert 'value="CODE"' in page
    assert "SAMPLE-7KQ2-M9PD" in page
    assert channel_of(draft).fields == {}


def test_an_empty_mapping_of_a_promotion_begins_with_its_name_and_id(admin_client: Client, draft: Distribution) -> None:
    promotion = {"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": [{"name": "A tenth"}]}}
    tier = creation.create(terms.parse(promotion)).tiers.get()
    drafting.save_draft(draft, {"action": {"type": "promotion", "promotion_tier_id": tier.public_id}})
    page = admin_client.get(address(draft)).content.decode()
    assert all(f'value="{field}"' in page for field in ("PROMOTION", "PROMO_ID"))
    told = admin_client.get(address(draft, "told/mailchimp")).content.decode()
    assert "A tenth" in told
    assert tier.public_id in told


def test_rows_tags_and_account_are_saved(admin_client: Client, draft: Distribution, account: Connection) -> None:
    rows = {"CODE": "{{ voucher.code }}", "WHO": '{{ customer.first_name | default: "you" }}', "": ""}
    assert post(admin_client, draft, rows, tags="cart rescue, vip, vip").status_code == 302
    channel = channel_of(draft)
    assert channel.fields == {key: value for key, value in rows.items() if key}
    assert channel.tags == ["cart rescue", "vip"]
    assert channel.connection == account
    told = admin_client.get(address(draft, "told/mailchimp")).content.decode()
    assert "Ida" in told
    assert "cart rescue" in told


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"TOO_LONG_A_TAG": "x"}, "cannot be a merge tag"),
        ({"": "x"}, "Name the merge tag"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(
    admin_client: Client, draft: Distribution, rows: dict[str, str], words: str
) -> None:
    answer = post(admin_client, draft, rows)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert channel_of(draft).fields == {}


def test_a_missing_fallback_is_named_and_a_broken_value_says_why(admin_client: Client, draft: Distribution) -> None:
    post(admin_client, draft, {"WHO": "{{ customer.first_name }}"})
    assert "has no fallback" in admin_client.get(address(draft, "told/mailchimp")).content.decode()
    post(admin_client, draft, {"WHO": "{{ customer.first_name "})
    told = admin_client.get(address(draft, "told/mailchimp"))
    assert told.status_code == 200
    assert 'role="alert"' in told.content.decode()


def test_the_accounts_merge_tags_and_tags_are_offered(
    admin_client: Client, account: Connection, mailchimp: MailchimpTwin
) -> None:
    mailchimp.audience.tags.append("vip")
    known = "/admin/distributions/distribution/known/mailchimp/"
    found = admin_client.get(known, {"connection": account.public_id}).json()
    assert found == {
        "fields": [["FNAME", "First Name"], ["LNAME", "Last Name"]],
        "tags": ["vip"],
        "events": [],
        "senders": [],
        "problem": "",
        "words": "Shop customers has 2 merge tags.",
    }
    assert admin_client.get(known, {"connection": "conn_nowhere"}).status_code == 404


def test_audiences_are_offered_while_the_account_is_being_connected(
    admin_client: Client, mailchimp: MailchimpTwin
) -> None:
    asked = "/admin/distributions/distribution/known-settings/mailchimp/"
    said = {"api_key": mailchimp.api_key, "base_url": mailchimp.url, "list_id": ""}
    assert admin_client.post(asked, said).json() == {
        "settings": {"list_id": [[mailchimp.list_id, "Shop customers"]]},
        "problem": "",
    }
    refused = admin_client.post(asked, {**said, "api_key": "wrong-us21"}).json()
    assert "API Key Invalid" in refused["problem"]
    assert Connection.objects.count() == 0


def test_a_stored_key_is_sent_nowhere_else(admin_client: Client, account: Connection, mailchimp: MailchimpTwin) -> None:
    asked = "/admin/distributions/distribution/known-settings/mailchimp/"
    assert admin_client.post(asked, {"connection": account.public_id}).json()["settings"]
    with MailchimpTwin(api_key=mailchimp.api_key) as elsewhere:
        found = admin_client.post(asked, {"connection": account.public_id, "base_url": elsewhere.url}).json()
        assert found["settings"] == {}
        assert not any(mailchimp.api_key in str(call.headers) for call in elsewhere.received)


def offered(page: str) -> dict[str, str]:
    """Return what the picker offers: label -> merge field."""
    picker = page.partition('id="pick-field"')[2].partition("</select>")[0]
    return {label: name for name, label in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', picker)}


def step_of(admin_client: Client, shop: Shop, kind: str, trigger: dict[str, Any] | None) -> str:
    said = {"trigger": trigger} if trigger else {}
    segment = None if trigger else shop.segment("cart_abandoned")
    draft = shop.draft(segment, shop.campaign(3), channels=[{"type": kind}], **said)
    return str(admin_client.get(address(draft)).content.decode())


@pytest.mark.parametrize("trigger", [{"event": "cart_abandoned"}, None], ids=["an event", "a segment that asks for it"])
def test_the_properties_of_the_events_that_set_it_off_are_offered(
    admin_client: Client, shop: Shop, trigger: dict[str, Any] | None
) -> None:
    definitions.declare("cart_abandoned", {"shelf": {"type": "string"}})
    shop.happens("ida", cart_total=89.9, occurred_at="noon", items=[1], **{"odd key": 1})
    shop.happens("ida", "searched", words="shoes")
    fields = offered(step_of(admin_client, shop, "braze", trigger))
    of_it = {label: name for label, name in fields.items() if label.startswith("cart_abandoned")}
    assert of_it == {
        "cart_abandoned: cart_total": "event.cart_total",
        "cart_abandoned: occurred_at": "event.properties.occurred_at",
        "cart_abandoned: shelf": "event.shelf",
    }
    assert "event.words" not in fields.values()
    assert "event.cart_value" not in fields.values()


def test_an_offered_property_says_what_the_event_said(
    admin_client: Client, shop: Shop, account: Connection, mailchimp: MailchimpTwin
) -> None:
    trigger = {"event": "cart_abandoned"}
    draft = shop.draft(None, shop.campaign(3), channels=[{"type": "mailchimp"}], trigger=trigger)
    shop.happens("ida", cart_total=89.9)
    post(admin_client, draft, {"TOTAL": '{{ event.cart_total | default: "0" }}'})
    assert "89.9" in admin_client.get(address(draft, "told/mailchimp")).content.decode()


def test_where_no_property_was_seen_an_example_shows_how_it_is_written(admin_client: Client, shop: Shop) -> None:
    assert "event.cart_value" in offered(step_of(admin_client, shop, "braze", {"event": "never_seen"})).values()


@pytest.mark.parametrize(("kind", "built_in"), [("braze", "order.paid"), ("intercom", "order-paid")])
def test_known_names_are_offered_for_the_event_that_the_tool_gets(
    admin_client: Client, shop: Shop, kind: str, built_in: str
) -> None:
    definitions.declare("cart_abandoned", {})
    page = step_of(admin_client, shop, kind, {"event": "cart_abandoned"})
    names = re.findall(
        r'value="([^"]*)"', page.partition('<datalist id="known-events">')[2].partition("</datalist>")[0]
    )
    assert "cart_abandoned" in names
    assert built_in in names


def test_the_events_that_braze_has_are_told_with_its_attributes(admin_client: Client) -> None:
    with BrazeTwin() as braze:
        braze.profiles["ida"] = Profile("ida", events=[("code-given", "2026-11-01T00:00:00Z", {})])
        settings = {"api_key": braze.key, "base_url": braze.url}
        made = connecting.create(connecting.provider_for("braze"), "Braze", settings)
        known = admin_client.get(
            "/admin/distributions/distribution/known/braze/", {"connection": made.public_id}
        ).json()
    assert known["events"] == ["code-given"]
