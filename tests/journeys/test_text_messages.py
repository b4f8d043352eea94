"""A cart is abandoned, and the code arrives by text message: over real workers, with Twilio's answers and its callbacks."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.stories import make_campaign, make_segment, messages, more_than, set_live, unique
from tests.product import Product, eventually
from tests.twins import server
from tests.twins.twilio import TwilioTwin

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("product")]

SEND = "POST /2010-04-01/Accounts/*/Messages.json"


@pytest.fixture
def twilio() -> Iterator[TwilioTwin]:
    with TwilioTwin() as twin:
        yield twin


def connect(product: Product, twilio: TwilioTwin) -> str:
    said = {"account_sid": twilio.sid, "auth_token": twilio.token, "from": twilio.number, "base_url": twilio.url}
    made = product.post("/v1/connections", {"channel": "sms", "provider": "twilio", "name": "Texts", "settings": said})
    assert product.post(f"/v1/connections/{made['id']}/test")["ok"]
    return str(made["id"])


def abandon(product: Product, event: str, who: str, phone: str | None) -> None:
    customer = {"source_id": who, **({"phone": phone} if phone else {})}
    product.post("/v1/events", {"event": event, "customer": customer})


def test_codes_reach_telephones_once_and_what_becomes_of_them_is_told(product: Product, twilio: TwilioTwin) -> None:
    cart, connection = unique("cart_abandoned"), connect(product, twilio)
    twilio.misbehave(server.accepts_and_drops(on=SEND), server.refuses(503, on=SEND))
    words = {"type": "sms", "connection_id": connection, "text": "{{ voucher.code }} for you. Reply STOP to end."}
    live = set_live(
        product, make_segment(product, more_than(cart)), make_campaign(product), words, frequency="every_event"
    )
    people = {unique("customer"): f"+3161111{number:04}" for number in range(6)}
    for person, phone in people.items():
        abandon(product, cart, person, phone)
    abandon(product, cart, unique("without"), None)

    def settled() -> list[Any]:
        told = messages(product, live)
        return told if len(told) == 7 and all(one["status"] in {"sent", "failed"} for one in told) else []

    told = eventually(settled, 60)
    sent = {one["id"]: one["voucher"]["code"] for one in told if one["status"] == "sent"}
    assert {text.message_id: text.body.split()[0] for text in twilio.texts} == sent
    assert sorted(text.to for text in twilio.texts) == sorted(people.values())
    assert [one["reason"] for one in told if one["status"] == "failed"] == ["no_phone"]

    first = twilio.texts[0]
    assert twilio.call_back(first, "delivered") == 204
    assert [one["id"] for one in messages(product, live) if one["status"] == "delivered"] == [first.message_id]
    status, answer = twilio.reply(f"{product.address}/hooks/twilio/{connection}/replies", first.to, "Stop texting me!")
    assert (status, "<Response><Message>" in answer) == (200, True)
    [person] = [name for name, phone in people.items() if phone == first.to]
    abandon(product, cart, person, first.to)
    eventually(lambda: [one for one in messages(product, live) if one["reason"] == "unsubscribed"], 20)
    assert len(twilio.to(first.to)) == 1
