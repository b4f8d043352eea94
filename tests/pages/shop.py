"""The shop that the page tests look at, made through the product's own capabilities."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from access import project
from campaigns import creation, pools
from campaigns.models import Campaign
from customers import profiles
from customers.models import Customer
from distributions.composing.starters import starter
from distributions.models import Distribution
from distributions.planning import drafting, lifecycle
from events import tracking
from events.models import Event
from segments import definition
from segments.models import Segment

CART_FILTER = {
    "junction": "and",
    "conditions": [{"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}],
}


def a_customer(source_id: str, **said: Any) -> Customer:
    profile = profiles.parse(
        {"source_id": source_id, "name": source_id.title(), "email": f"{source_id}@shop.example", **said}
    )
    return tracking.identify(profile, source="API").customer


def an_event(customer: Customer, name: str, **properties: Any) -> Event:
    return tracking.track(tracking.Fact(name, customer.pk, properties, source="API"))


def a_segment(name: str = "Abandoned carts", filter: object = CART_FILTER) -> Segment:
    return definition.create(name, "auto-update", filter)


def a_campaign(name: str = "Five off", codes: int = 10, prefix: str = "") -> Campaign:
    campaign = creation.create(
        name=name,
        type=Campaign.Type.STATIC,
        vouchers_count=codes,
        discount={"type": "PERCENT", "percent_off": 5},
        code_config={"prefix": prefix},
    )
    while pools.has_work():
        pools.make_some()
    return campaign


def a_draft(channel: str = "mailbox", **policy: Any) -> Distribution:
    """Return a draft that lacks nothing."""
    project.change(postal_address="1 Main Street, Utrecht")
    begun = starter("cart-rescue")
    words = {"subject": begun.subject, "preheader": begun.preheader, "html": begun.html}
    if channel == "webhook":
        words = {"url": "https://shop.example/hook"}
    return drafting.save_draft(None, {
        "name": "Cart rescue",
        "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": a_segment().public_id},
        "action": {"type": "publish_code", "campaign_id": a_campaign().public_id},
        "channels": [{"type": channel, **words}],
        "policy": policy,
    })  # fmt: skip


def a_live_distribution(channel: str = "mailbox", **policy: Any) -> Distribution:
    distribution = a_draft(channel, **policy)
    lifecycle.set_live(distribution)
    distribution.refresh_from_db()
    return distribution


def visitor(*permissions: str) -> Client:
    """Return a signed-in person who may do only this."""
    person = get_user_model().objects.create_user("vera", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person)
    return client


def text_of(answer: Any) -> str:
    return answer.content.decode()
