"""A shop's event over REST, the segment it leads into, and the person whom a tool knows in the end with her code."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from distributions import connecting
from distributions.models import Delivery
from events.models import Event
from tests.channels.handing import loopback
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.braze import BrazeTwin
from tests.twins.intercom import IntercomTwin

__all__ = ["loopback"]

pytestmark = pytest.mark.django_db(transaction=True)

Drain = Callable[[], int]
PEOPLE = ("alice", "bert")
FIELDS = {"CODE": "{{ voucher.code }}", "TOTAL": '{{ event.cart_value | default: "0" }}'}
TOLD_EVENT = "code-given"


@dataclass
class Told:
    """What a tool holds of one person in the end."""

    email: str | None
    fields: dict[str, Any]
    events: list[tuple[str, int]]


class Story:
    """The shop's side: a distribution over the API, events over the API, and all work that follows from them."""

    def __init__(self, api: RestClient, shop: Shop, drain: Drain) -> None:
        self.api, self.shop, self.drain = api, shop, drain

    def goes_live(self, kind: str, settings: dict[str, str]) -> str:
        connecting.create(connecting.provider_for(kind), "Our account", settings)
        event = {} if kind == "activecampaign" else {"event": TOLD_EVENT}
        made = self.api.post("/v1/distributions", {
            "name": "Cart rescue", "type": "automatic",
            "trigger": {"event": "customer.segment.entered", "segment_id": self.shop.segment().public_id},
            "action": {"type": "publish_code", "campaign_id": self.shop.campaign(20).public_id},
            "channels": [{"type": kind, "fields": FIELDS, **event}],
        }).json()  # fmt: skip
        assert self.api.post(f"/v1/distributions/{made['id']}/live").status_code == 200
        return str(made["id"])

    def abandons(self, name: str, value: float) -> None:
        customer = {"source_id": name, "email": f"{name}@shop.example", "name": name.title()}
        said = {"event": "cart_abandoned", "customer": customer, "metadata": {"cart_value": value}}
        assert self.api.post("/v1/events", said).status_code == 200

    def ends(self, distribution: str, seconds: float = 30.0) -> dict[str, dict[str, Any]]:
        """Do all work until each message was read back from the tool; return the messages by customer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.drain()
            Delivery.objects.filter(to_verify=True).update(due_at="2020-01-01T00:00Z")
            found = self.api.get(f"/v1/distributions/{distribution}/messages").json()["messages"]
            if found and all(message["status"] == "delivered" for message in found):
                break
            time.sleep(0.2)
        return {message["customer"]["source_id"]: message for message in found}


@pytest.fixture
def story(api: RestClient, shop: Shop, drain: Drain) -> Story:
    return Story(api, shop, drain)


@dataclass
class Tool:
    """A twin, how it is connected, and how its holdings are read."""

    kind: str
    settings: dict[str, str]
    read: Callable[[str], Told | None]
    people: Callable[[], int]


def _intercom(twin: IntercomTwin) -> Tool:
    def read(name: str) -> Told | None:
        found = twin.contact(name)
        mine = [(event.name, event.created_at) for event in twin.events if found and event.contact_id == found.id]
        return Told(found.email, found.custom_attributes, mine) if found else None

    settings = {"access_token": twin.token, "base_url": twin.url}
    return Tool("intercom", settings, read, lambda: len(twin.contacts))


def _braze(twin: BrazeTwin) -> Tool:
    def read(name: str) -> Told | None:
        found = twin.profiles.get(name)
        mine = [(each, int(time.mktime(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S"))) - time.timezone) for each, at, _ in
                (found.events if found else [])]  # fmt: skip
        return Told(None, found.custom, mine) if found else None

    settings = {"api_key": twin.key, "base_url": twin.url}
    return Tool("braze", settings, read, lambda: len(twin.profiles))


def _activecampaign(twin: ActiveCampaignTwin) -> Tool:
    for name in FIELDS:
        twin.has_field(name)

    def read(name: str) -> Told | None:
        email = f"{name}@shop.example"
        found = {field: twin.value(email, field) for field in FIELDS}
        return Told(email, found, []) if any(found.values()) else None

    settings = {"api_token": twin.api_token, "base_url": twin.url}
    return Tool("activecampaign", settings, read, lambda: len(twin.contacts))


@pytest.fixture(params=["intercom", "braze", "activecampaign"])
def tool(request: pytest.FixtureRequest) -> Iterator[Tool]:
    make: dict[str, tuple[Any, Callable[[Any], Tool]]] = {
        "intercom": (IntercomTwin, _intercom),
        "braze": (BrazeTwin, _braze),
        "activecampaign": (ActiveCampaignTwin, _activecampaign),
    }
    twin_class, describe = make[request.param]
    with twin_class() as twin:
        yield describe(twin)


def test_an_event_of_the_shop_ends_as_a_person_with_her_code_in_the_tool(story: Story, tool: Tool) -> None:
    distribution = story.goes_live(tool.kind, tool.settings)
    for name, value in zip(PEOPLE, (89.9, 12), strict=True):
        story.abandons(name, value)
    messages = story.ends(distribution)
    assert {name: message["status"] for name, message in messages.items()} == dict.fromkeys(PEOPLE, "delivered")
    assert tool.people() == len(PEOPLE)
    for name, value in zip(PEOPLE, ("89.9", "12"), strict=True):
        told = tool.read(name)
        assert told is not None
        assert {key: str(kept) for key, kept in told.fields.items()} == {
            "CODE": messages[name]["voucher"]["code"], "TOTAL": value}  # fmt: skip
        assert told.email in (None, f"{name}@shop.example")
    assert len({message["voucher"]["code"] for message in messages.values()}) == len(PEOPLE)
    assert Event.objects.filter(name=f"customer.{tool.kind}.sent").count() == len(PEOPLE)


@pytest.mark.parametrize("tool", ["intercom", "braze"], indirect=True)
def test_the_tool_is_told_of_the_event_at_the_time_of_what_the_customer_did(story: Story, tool: Tool) -> None:
    distribution = story.goes_live(tool.kind, tool.settings)
    story.abandons("alice", 89.9)
    story.ends(distribution)
    told, entered = tool.read("alice"), Event.objects.get(name="customer.segment.entered")
    assert told is not None
    assert told.events == [(TOLD_EVENT, int(entered.occurred_at.timestamp()))]


def test_who_does_something_else_is_not_told_of(story: Story, tool: Tool) -> None:
    distribution = story.goes_live(tool.kind, tool.settings)
    said = {"event": "cart_viewed", "customer": {"source_id": "cleo", "email": "cleo@shop.example"}}
    assert story.api.post("/v1/events", said).status_code == 200
    story.drain()
    assert story.api.get(f"/v1/distributions/{distribution}/messages").json()["messages"] == []
    assert tool.people() == 0


def test_an_event_that_is_sent_twice_leaves_one_person_one_code_and_one_event(story: Story, tool: Tool) -> None:
    distribution = story.goes_live(tool.kind, tool.settings)
    story.abandons("alice", 89.9)
    first = story.ends(distribution)
    story.abandons("alice", 89.9)
    assert story.ends(distribution) == first
    told = tool.read("alice")
    assert told is not None
    assert (tool.people(), len(told.events)) == (1, 0 if tool.kind == "activecampaign" else 1)
