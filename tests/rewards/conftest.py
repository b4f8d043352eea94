"""A loyalty program whose member Alice has a card, and events as a shop tells them."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns import creation, pools, publishing
from campaigns.models import Campaign, Voucher
from customers import profiles
from customers.models import Customer
from events import tracking
from events.models import Event


def known(source_id: str, **said: Any) -> Customer:
    return tracking.identify(profiles.parse({"source_id": source_id, **said}), source="API").customer


def told_events(name: str) -> list[Event]:
    return list(Event.objects.filter(name=name).order_by("id"))


@pytest.fixture
def alice(db: None) -> Customer:
    return known("alice", metadata={"level": 3})


@pytest.fixture
def bob(db: None) -> Customer:
    return known("bob")


@pytest.fixture
def make_program(db: None) -> Callable[..., Campaign]:
    """Return a function that creates a loyalty program with cards, all made."""

    def make(name: str = "Gold club", cards: int = 3, **fields: Any) -> Campaign:
        terms = {"points": 0, **fields.pop("loyalty_card", {})}
        campaign = creation.create(
            name=name, campaign_type="LOYALTY_PROGRAM", type="AUTO_UPDATE", loyalty_card=terms, vouchers_count=cards,
            **fields,
        )  # fmt: skip
        while pools.make_some():
            pass
        campaign.refresh_from_db()
        return campaign

    return make


@pytest.fixture
def program(make_program: Callable[..., Campaign]) -> Campaign:
    return make_program()


@pytest.fixture
def join() -> Callable[[Campaign, Customer], Voucher]:
    """Return a function that gives a customer her card."""

    def give(campaign: Campaign, customer: Customer) -> Voucher:
        return Voucher.objects.get(pk=publishing.publish(campaign, customer).voucher_id)

    return give


@pytest.fixture
def card(program: Campaign, alice: Customer, join: Callable[..., Voucher]) -> Voucher:
    return join(program, alice)


@pytest.fixture
def add_rules(api: Any) -> Callable[..., Any]:
    """Return a function that adds earning rules to a program and returns them as they are told."""

    def add(campaign: Campaign, *rules: dict[str, Any]) -> Any:
        answer = api.post(f"/v1/loyalties/{campaign.public_id}/earning-rules", list(rules))
        assert answer.status_code == 200, answer.content
        return answer.json()

    return add


@pytest.fixture
def pay(api: Any, drain: Callable[[], int]) -> Callable[..., Any]:
    """Return a function by which a customer pays an order."""

    def place(customer: Customer, amount: int = 10_000, **more: Any) -> Any:
        said = {"customer": {"source_id": customer.source_id}, "amount": amount, "status": "PAID", **more}
        answer = api.post("/v1/orders", said)
        assert answer.status_code == 200, answer.content
        drain()
        return answer.json()

    return place


@pytest.fixture
def report(api: Any, drain: Callable[[], int]) -> Callable[..., Any]:
    """Return a function that reports a custom event of a customer."""

    def tell(customer: Customer, name: str, metadata: dict[str, Any] | None = None, **more: Any) -> Any:
        said = {"event": name, "customer": {"source_id": customer.source_id}, "metadata": metadata or {}, **more}
        answer = api.post("/v1/events", said)
        assert answer.status_code == 200, answer.content
        drain()
        return answer.json()

    return tell
