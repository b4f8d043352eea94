"""An event at the shop ends in a tool's account: set live through the API, and compared with what the twin has."""

import time
from typing import Any

import pytest

from customers import consenting
from customers.consenting import Proof
from distributions import connecting
from distributions.models import Attempt, Connection, Delivery
from distributions.telling import invariants
from events.models import Event
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.twins import server
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.mailchimp import MailchimpTwin

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    "CODE": "{{ voucher.code }}",
    "DISCOUNT": "{{ voucher.discount }}",
    "WHO": '{{ customer.first_name | default: "you" }}',
}


@pytest.fixture
def to_mailchimp(mailchimp: MailchimpTwin) -> Connection:
    settings = {"api_key": mailchimp.api_key, "list_id": mailchimp.list_id, "base_url": mailchimp.url}
    return connecting.create(connecting.provider_for("mailchimp"), "Shop customers", settings)


@pytest.fixture
def to_activecampaign(activecampaign: ActiveCampaignTwin) -> Connection:
    for name in FIELDS:
        activecampaign.has_field(name)
    settings = {"api_token": activecampaign.api_token, "base_url": activecampaign.url}
    return connecting.create(connecting.provider_for("activecampaign"), "Our account", settings)


def set_live(api: RestClient, shop: Shop, kind: str, **channel: Any) -> str:
    """Draft and set live through the API, and return the distribution's id."""
    whole = {
        "name": "Cart rescue",
        "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": shop.segment().public_id},
        "action": {"type": "publish_code", "campaign_id": shop.campaign(20).public_id},
        "channels": [{"type": kind, "fields": FIELDS, **channel}],
    }
    made = api.post("/v1/distributions", whole)
    assert made.status_code == 200, made.content
    live = api.post(f"/v1/distributions/{made.json()['id']}/live")
    assert live.status_code == 200, live.content
    return str(made.json()["id"])


def told(api: RestClient, distribution: str) -> list[dict[str, Any]]:
    found = api.get(f"/v1/distributions/{distribution}/messages").json()
    return list(found["messages"])


def send(shop: Shop, seconds: float = 20.0) -> None:
    """Send until every hand-over has ended: a tool may be slow, and then goes on beside."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        shop.send()
        if not Delivery.objects.filter(state__in=["NEW", "READY", "SENDING"]).exists():
            return
        time.sleep(0.1)


def verify(shop: Shop, seconds: float = 20.0) -> None:
    """Let the moment come when messages are read back, until all have been."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and Delivery.objects.filter(to_verify=True, state="SENT").exists():
        Delivery.objects.filter(to_verify=True).update(due_at="2020-01-01T00:00Z")
        shop.send()
        time.sleep(0.3)


def test_each_customer_is_in_the_audience_with_the_code_the_product_gave_her(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    distribution = set_live(api, shop, "mailchimp", tags=["cart rescue"])
    for name in ("alice", "bert", "cleo"):
        shop.happens(name)
    shop.send()
    verify(shop)
    messages = told(api, distribution)
    assert [message["status"] for message in messages] == ["delivered"] * 3
    for message in messages:
        member = mailchimp.member(message["customer"]["email"])
        assert member is not None
        assert member.merge_fields == {
            "CODE": message["voucher"]["code"],
            "DISCOUNT": "5% off",
            "WHO": message["customer"]["name"],
        }
        assert member.tags == ["cart rescue"]
    assert len(mailchimp.upserts()) == 3
    assert Event.objects.filter(name="customer.mailchimp.sent").count() == 3


def test_lost_answers_and_limits_lead_to_the_same_code_and_no_other(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    put = "PUT */members/*"
    mailchimp.misbehave(
        server.accepts_and_drops(on=put),
        server.refuses(429, None, {"Retry-After": "1"}, on=put),
        server.accepts_and_answers(504, on=put),
        server.refuses(500, on=put),
    )
    distribution = set_live(api, shop, "mailchimp")
    shop.happens("alice")
    for _ in range(5):
        shop.send()
        Delivery.objects.filter(state__in=Delivery.OPEN).update(due_at="2020-01-01T00:00Z")
        to_mailchimp.pace.free_at = to_mailchimp.pace.line_ends_at = "2020-01-01T00:00Z"
        to_mailchimp.pace.save()
    shop.send()
    [message] = told(api, distribution)
    assert (message["status"], message["attempts"], message["may_repeat"]) == ("sent", 5, False)
    written = {call.body["merge_fields"]["CODE"] for call in mailchimp.calls(put, accepted=False)}
    assert written == {message["voucher"]["code"]}
    outcomes = list(Attempt.objects.order_by("number").values_list("outcome", flat=True))
    assert outcomes == ["unknown", "not_accepted", "unknown", "unknown", "accepted"]
    assert [name for name, verdict in invariants.check().items() if not verdict["ok"]] == []


def test_a_value_that_is_not_there_is_sent_and_not_delivered(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    distribution = set_live(api, shop, "mailchimp")
    shop.happens("alice")
    shop.send()
    mailchimp.has_member("alice@shop.example", CODE="OVERWRITTEN")
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    shop.send()
    assert [message["status"] for message in told(api, distribution)] == ["sent"]


def test_without_an_address_the_message_fails_with_its_reason_and_an_event(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    distribution = set_live(api, shop, "mailchimp")
    shop.customer("alice", email=None)
    shop.happens("alice")
    shop.send()
    [message] = told(api, distribution)
    assert (message["status"], message["reason"]) == ("failed", "no_address")
    assert Event.objects.filter(name="customer.mailchimp.failed").count() == 1
    assert mailchimp.received == []


def test_a_contact_who_was_forgotten_fails_for_good_and_says_why(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    mailchimp.forgotten.add("alice@shop.example")
    distribution = set_live(api, shop, "mailchimp")
    shop.happens("alice")
    shop.send()
    [message] = told(api, distribution)
    assert (message["status"], message["reason"]) == ("failed", "rejected")
    assert "permanently deleted" in Attempt.objects.get().detail
    assert Event.objects.filter(name="customer.mailchimp.failed").count() == 1


def test_who_refuses_mail_is_not_written(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    set_live(api, shop, "mailchimp")
    consenting.set_consents(shop.customer("alice"), {"email": False}, Proof("preference page"))
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == ["SUPPRESSED"]
    assert mailchimp.received == []


def test_pictures_of_the_code_are_written_where_the_audience_has_tags_for_them(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, to_mailchimp: Connection
) -> None:
    mailchimp.has_merge_field("C")
    mailchimp.has_merge_field("C_QR", "imageurl")
    mailchimp.has_merge_field("C_BARCODE", "imageurl")
    set_live(api, shop, "mailchimp", fields={"C": "{{ voucher.code }}"})
    shop.happens("alice")
    shop.send()
    member = mailchimp.member("alice@shop.example")
    assert member is not None
    [code] = shop.codes("alice")
    assert member.merge_fields["C"] == code
    assert "/qr" in member.merge_fields["C_QR"]
    assert "/barcode" in member.merge_fields["C_BARCODE"]


def test_a_merge_tag_that_cannot_be_one_is_refused_when_drafted(
    api: RestClient, shop: Shop, to_mailchimp: Connection
) -> None:
    channel = {"type": "mailchimp", "fields": {"MUCH_TOO_LONG": "x"}}
    refused = api.post("/v1/distributions", {"name": "x", "type": "automatic", "channels": [channel]})
    assert refused.status_code == 400
    assert refused.json()["key"] == "invalid_payload"
    assert "merge tag" in refused.json()["details"]


def test_activecampaign_has_the_code_the_product_gave_her(
    api: RestClient, shop: Shop, activecampaign: ActiveCampaignTwin, to_activecampaign: Connection
) -> None:
    distribution = set_live(api, shop, "activecampaign", tags=["cart rescue"])
    shop.happens("alice")
    send(shop)
    verify(shop)
    [message] = told(api, distribution)
    assert message["status"] == "delivered"
    assert activecampaign.value("alice@shop.example", "CODE") == message["voucher"]["code"]
    assert activecampaign.tags_of("alice@shop.example") == ["cart rescue"]
    assert Event.objects.filter(name="customer.activecampaign.sent").count() == 1


def test_activecampaign_is_never_asked_more_than_five_times_a_second(
    api: RestClient, shop: Shop, activecampaign: ActiveCampaignTwin, to_activecampaign: Connection
) -> None:
    distribution = set_live(api, shop, "activecampaign")
    for number in range(6):
        shop.happens(f"customer-{number}")
    send(shop)
    assert {message["status"] for message in told(api, distribution)} <= {"sent", "delivered"}
    assert activecampaign.refused == []
