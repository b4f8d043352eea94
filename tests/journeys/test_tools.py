"""The code ends in the tool's own field: connected and set live over REST, worked by the real workers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.stories import make_campaign, make_segment, messages, more_than, send, set_live, unique
from tests.product import Product, eventually
from tests.twins import server
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.mailchimp import MailchimpTwin

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]


@pytest.fixture
def mailchimp() -> Iterator[MailchimpTwin]:
    with MailchimpTwin() as twin:
        yield twin


@pytest.fixture
def activecampaign() -> Iterator[ActiveCampaignTwin]:
    with ActiveCampaignTwin() as twin:
        twin.has_field("CODE")
        yield twin


def connect(product: Product, channel: str, **settings: str) -> str:
    made = product.post("/v1/connections", {"channel": channel, "name": unique("Account"), "settings": settings})
    assert "api_key" not in made["settings"]
    tested = product.post(f"/v1/connections/{made['id']}/test")
    assert tested["ok"], tested
    return str(made["id"])


def to_mailchimp(product: Product, twin: MailchimpTwin) -> dict[str, Any]:
    account = connect(product, "mailchimp", api_key=twin.api_key, list_id=twin.list_id, base_url=twin.url)
    fields = {"CODE": "{{ voucher.code }}", "DISCOUNT": "{{ voucher.discount }}"}
    return {"type": "mailchimp", "connection_id": account, "fields": fields, "tags": ["cart rescue"]}


def delivered(product: Product, distribution: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many messages were read back from the tool."""

    def all_there() -> list[dict[str, Any]]:
        found = messages(product, distribution)
        return found if [one["status"] for one in found] == ["delivered"] * count else []

    return list(eventually(all_there, 90))


def test_the_twin_and_the_product_agree_on_every_customer(product: Product, mailchimp: MailchimpTwin) -> None:
    cart, people = unique("cart_abandoned"), [unique("customer") for _ in range(12)]
    put = "PUT */members/*"
    mailchimp.misbehave(
        server.accepts_and_drops(on=put),
        server.refuses(429, None, {"Retry-After": "1"}, on=put),
        server.accepts_and_answers(502, on=put),
    )
    distribution = set_live(
        product, make_segment(product, more_than(cart)), make_campaign(product), to_mailchimp(product, mailchimp)
    )
    for person in people * 2:
        send(product, cart, person)
    found = delivered(product, distribution, len(people))
    assert sorted(message["customer"]["source_id"] for message in found) == sorted(people)
    for message in found:
        member = mailchimp.member(message["customer"]["email"])
        assert member is not None
        assert member.merge_fields == {"CODE": message["voucher"]["code"], "DISCOUNT": "5% off"}
        assert member.tags == ["cart rescue"]
    assert len({message["voucher"]["code"] for message in found}) == len(people)
    assert sum(message["attempts"] for message in found) == len(mailchimp.calls(put, accepted=False))
    assert [message["may_repeat"] for message in found] == [False] * len(people)


def test_activecampaign_gets_its_codes_at_its_own_pace(product: Product, activecampaign: ActiveCampaignTwin) -> None:
    cart, people = unique("cart_abandoned"), [unique("customer") for _ in range(5)]
    account = connect(product, "activecampaign", api_token=activecampaign.api_token, base_url=activecampaign.url)
    channel = {"type": "activecampaign", "connection_id": account, "fields": {"CODE": "{{ voucher.code }}"}}
    distribution = set_live(product, make_segment(product, more_than(cart)), make_campaign(product), channel)
    for person in people:
        send(product, cart, person)
    for message in delivered(product, distribution, len(people)):
        assert activecampaign.value(message["customer"]["email"], "CODE") == message["voucher"]["code"]
    assert activecampaign.refused == []


def test_a_campaigns_codes_are_exported_in_the_background(product: Product, mailchimp: MailchimpTwin) -> None:
    cart, people = unique("cart_abandoned"), [unique("customer") for _ in range(15)]
    rule = more_than(cart)
    segment, campaign = make_segment(product, rule), make_campaign(product, 20)
    account = connect(
        product, "mailchimp", api_key=mailchimp.api_key, list_id=mailchimp.list_id, base_url=mailchimp.url
    )
    for person in people:
        send(product, cart, person)
    eventually(lambda: product.post("/v1/segments/preview", {"filter": rule})["count"] == len(people), 30)
    order = {"connection_id": account, "segment_id": segment, "fields": {"CODE": "{{ voucher.code }}"}}
    answer = product.call("POST", f"/v1/campaigns/{campaign}/mailchimp-exports", order)
    assert answer.status == 202
    mine = f"/v1/campaigns/{campaign}/mailchimp-exports/{answer.body['id']}"
    eventually(lambda: product.get(mine)["status"] == "DONE", 60)
    assert product.get(mine)["done"] == len(people)
    codes = {member.merge_fields["CODE"] for member in mailchimp.audience.members.values()}
    assert len(codes) == len(people) == len(mailchimp.upserts())
