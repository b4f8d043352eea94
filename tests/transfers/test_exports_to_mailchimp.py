"""The codes of a campaign go to the contacts of an audience: in the background, once each, told by three events."""

from typing import Any

import pytest
from django.test import Client

from campaigns import publishing
from campaigns.models import Campaign, Voucher
from customers import suppressing
from customers.models import Suppression
from distributions.models import Connection
from events.models import Event
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.twins import server
from tests.twins.mailchimp import MailchimpTwin
from transfers import carrying
from transfers.models import Parcel, Transfer

pytestmark = pytest.mark.django_db(transaction=True)

PUT = "PUT */members/*"


def give(campaign: Campaign, shop: Shop, *names: str) -> dict[str, str]:
    """Give each of them a code, and return the codes by the addresses."""
    given = {name: publishing.publish(campaign, shop.customer(name)) for name in names}
    return {f"{name}@shop.example": publication.voucher.code for name, publication in given.items()}


def export(api: RestClient, campaign: Campaign, **said: Any) -> dict[str, Any]:
    body = {"fields": {"CODE": "{{ voucher.code }}"}, **said}
    answer = api.post(f"/v1/campaigns/{campaign.public_id}/mailchimp-exports", body)
    assert answer.status_code == 202, answer.content
    return dict(answer.json())


def carry(*, hurried: bool = True) -> None:
    """Do what is due, and let every wait be over."""
    for _ in range(30):
        carrying.carry_for(5.0)
        if hurried:
            Parcel.objects.filter(state__in=Parcel.OPEN).update(due_at="2020-01-01T00:00Z")
            Transfer.objects.filter(status__in=Transfer.OPEN).update(due_at="2020-01-01T00:00Z")
        if not Transfer.objects.filter(status__in=Transfer.OPEN).exists():
            return


def told(api: RestClient, made: dict[str, Any]) -> dict[str, Any]:
    return dict(api.get(f"/v1/campaigns/{made['campaign_id']}/mailchimp-exports/{made['id']}").json())


def written(mailchimp: MailchimpTwin) -> dict[str, str]:
    return {member.email: member.merge_fields["CODE"] for member in mailchimp.audience.members.values()}


def events() -> list[str]:
    found = Event.objects.filter(name__startswith="campaign.export_mailchimp_").order_by("id")
    return [name.removeprefix("campaign.export_mailchimp_") for name in found.values_list("name", flat=True)]


def origins() -> list[tuple[str, str | None, str, int]]:
    """Tell of each event which other one led to it, by which way in, and of how many requests they all are."""
    found = list(Event.objects.filter(name__startswith="campaign.export_mailchimp_").order_by("id"))
    names = {event.pk: event.name.removeprefix("campaign.export_mailchimp_") for event in found}
    groups = len({event.group_id for event in found if event.group_id})
    return [(names[event.pk], names.get(event.caused_by_id), event.source, groups) for event in found]


def test_everybody_who_holds_a_code_has_it_in_her_merge_tag(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign = shop.campaign(120)
    codes = give(campaign, shop, *[f"c{number}" for number in range(55)])
    made = export(api, campaign, tags=["spring"])
    assert (made["status"], made["connection_id"]) == ("SCHEDULED", account.public_id)
    carry()
    found = told(api, made)
    assert (found["status"], found["total"], found["done"], found["failed"]) == ("DONE", 55, 55, 0)
    assert written(mailchimp) == codes
    assert len(mailchimp.upserts()) == 55
    assert events() == ["scheduled", "done"]
    done = Event.objects.get(name="campaign.export_mailchimp_done")
    assert done.properties["campaign"]["id"] == campaign.public_id
    assert done.properties["export"]["done"] == 55
    assert origins() == [("scheduled", None, "API", 1), ("done", "scheduled", "API", 1)]


def test_a_segments_members_get_codes_first_and_running_it_again_gives_the_same(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign, segment = shop.campaign(20), shop.segment()
    held = give(campaign, shop, "alice")
    for name in ("alice", "bert", "cleo"):
        shop.happens(name)
    export(api, campaign, segment_id=segment.public_id)
    carry()
    first = written(mailchimp)
    assert set(first) == {"alice@shop.example", "bert@shop.example", "cleo@shop.example"}
    assert first["alice@shop.example"] == held["alice@shop.example"]
    export(api, campaign, segment_id=segment.public_id)
    carry()
    assert written(mailchimp) == first
    assert Voucher.objects.filter(campaign=campaign, holder__isnull=False).count() == 3


def test_lost_answers_and_limits_change_nothing_about_it(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign = shop.campaign(10)
    codes = give(campaign, shop, "alice", "bert", "cleo")
    mailchimp.misbehave(
        server.accepts_and_drops(on=PUT),
        server.refuses(429, None, {"Retry-After": "1"}, on=PUT),
        server.accepts_and_answers(502, on=PUT),
        server.refuses(500, on=PUT),
    )
    made = export(api, campaign)
    carry()
    assert told(api, made)["done"] == 3
    assert written(mailchimp) == codes


def test_who_died_with_a_handful_leaves_it_to_the_next(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = shop.campaign(10)
    codes = give(campaign, shop, "alice", "bert")
    made = export(api, campaign)
    with monkeypatch.context() as patch:
        patch.setattr(carrying, "_settle", _die)
        with pytest.raises(SystemError):
            carry()
    assert set(Parcel.objects.values_list("state", flat=True)) == {"SENDING"}
    Parcel.objects.update(due_at="2020-01-01T00:00Z")
    Transfer.objects.update(due_at="2020-01-01T00:00Z")
    carry()
    assert told(api, made)["status"] == "DONE"
    assert written(mailchimp) == codes


def _die(_results: object) -> None:
    raise SystemError("killed")


def test_a_contact_that_cannot_be_written_is_told_and_the_others_are_written(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign = shop.campaign(10)
    give(campaign, shop, "alice", "bert")
    mailchimp.forgotten.add("alice@shop.example")
    made = export(api, campaign)
    carry()
    found = told(api, made)
    assert (found["status"], found["done"], found["failed"]) == ("DONE", 1, 1)
    assert "permanently deleted" in Parcel.objects.get(state="FAILED").detail


def test_who_does_not_want_messages_or_has_no_address_is_left_out(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign = shop.campaign(10)
    codes = give(campaign, shop, "alice", "bert")
    publishing.publish(campaign, shop.customer("cleo", email=None))
    suppressing.suppress("email", "bert@shop.example", Suppression.Reason.UNSUBSCRIBED)
    made = export(api, campaign)
    carry()
    found = told(api, made)
    assert (found["total"], found["done"], found["skipped"]) == (3, 1, 2)
    assert written(mailchimp) == {"alice@shop.example": codes["alice@shop.example"]}


def test_a_wrong_key_fails_the_export_before_a_code_is_given_away(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign, segment = shop.campaign(10), shop.segment()
    shop.happens("alice")
    mailchimp.api_key = "another-us21"
    made = export(api, campaign, segment_id=segment.public_id)
    carry()
    found = told(api, made)
    assert found["status"] == "FAILED"
    assert "API Key Invalid" in found["reason"]
    assert events() == ["scheduled", "failed"]
    assert Event.objects.get(name="campaign.export_mailchimp_failed").properties["reason"] == found["reason"]
    assert Voucher.objects.filter(holder__isnull=False).count() == 0


def test_an_empty_pool_fails_those_who_would_have_got_a_code(
    api: RestClient, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign, segment = shop.campaign(1), shop.segment()
    for name in ("alice", "bert"):
        shop.happens(name)
    made = export(api, campaign, segment_id=segment.public_id)
    carry()
    found = told(api, made)
    assert (found["status"], found["done"], found["failed"]) == ("DONE", 1, 1)
    assert Parcel.objects.get(state="FAILED").detail == "No free code was left."


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"fields": {}}, "invalid_payload"),
        ({"fields": {"MUCH_TOO_LONG": "x"}}, "invalid_payload"),
        ({"fields": {"CODE": "{{ broken"}}, "invalid_payload"),
        ({"fields": {"CODE": 7}}, "invalid_payload"),
        ({"fields": []}, "invalid_payload"),
        ({"tags": [""]}, "invalid_payload"),
        ({"connection_id": 7}, "invalid_payload"),
        ({"connection_id": "conn_nowhere"}, "not_found"),
        ({"segment_id": "seg_nowhere"}, "not_found"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused_and_stores_nothing(
    api: RestClient, shop: Shop, account: Connection, said: dict[str, Any], key: str
) -> None:
    campaign = shop.campaign(1)
    body = {"fields": {"CODE": "{{ voucher.code }}"}, **said}
    answer = api.post(f"/v1/campaigns/{campaign.public_id}/mailchimp-exports", body)
    assert answer.status_code in {400, 404}
    assert answer.json()["key"] == key
    assert Transfer.objects.count() == 0
    assert events() == []


def test_it_is_begun_from_the_campaigns_page_and_seen_there(
    admin_client: Client, shop: Shop, mailchimp: MailchimpTwin, account: Connection
) -> None:
    campaign = shop.campaign(10)
    codes = give(campaign, shop, "alice")
    page = admin_client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    address = f"/admin/transfers/transfer/campaign/{campaign.pk}/"
    assert address in page.content.decode()
    assert admin_client.get(address).status_code == 200
    said = {
        "whom": "holders",
        "connection_id": account.public_id,
        "field": ["CODE", ""],
        "value": ["{{ voucher.code }}", ""],
        "tags": "spring, sale",
    }
    assert admin_client.post(address, said).status_code == 302
    assert origins() == [("scheduled", None, "USER_PORTAL", 1)]
    carry()
    assert written(mailchimp) == codes
    member = mailchimp.member("alice@shop.example")
    assert member is not None
    assert member.tags == ["spring", "sale"]
    assert "1 of 1 written" in admin_client.get(f"{address}progress/").content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"whom": "segment"}, "Choose the segment."),
        ({"connection_id": ""}, "Choose the account."),
        ({"field": [""], "value": [""]}, "Say which merge tag the code goes into."),
        ({"field": ["WAY_TOO_LONG_TAG"], "value": ["x"]}, "cannot be a merge tag"),
        ({"field": ["CODE", "CODE"], "value": ["a", "b"]}, "is there twice"),
    ],
)
def test_what_the_form_lacks_is_said_there(
    admin_client: Client, shop: Shop, account: Connection, said: dict[str, Any], words: str
) -> None:
    campaign = shop.campaign(1)
    usual = {"whom": "holders", "connection_id": account.public_id, "field": ["CODE"], "value": ["x"], "tags": ""}
    answer = admin_client.post(f"/admin/transfers/transfer/campaign/{campaign.pk}/", usual | said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Transfer.objects.count() == 0
