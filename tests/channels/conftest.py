"""Messages to hand over, without a database: a channel's module reads none."""

import ipaddress
import itertools
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings

from distributions.channels import Account, OutgoingMessage, Receipt
from tests.distributions.conftest import shop, step_by_step
from tests.twins.activecampaign import ActiveCampaignTwin
from tests.twins.mailchimp import MailchimpTwin

__all__ = ["shop", "step_by_step"]

_ids = itertools.count(1)


@pytest.fixture(autouse=True)
def loopback_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", [ipaddress.ip_network("127.0.0.0/8")])


@pytest.fixture
def mailchimp() -> Iterator[MailchimpTwin]:
    with MailchimpTwin() as twin:
        yield twin


@pytest.fixture
def activecampaign() -> Iterator[ActiveCampaignTwin]:
    with ActiveCampaignTwin() as twin:
        yield twin


def account_at(provider: str, url: str, *, secret: tuple[str, str], **settings: Any) -> Account:
    return Account(next(_ids), provider, {"base_url": url, **settings}, dict([secret]))


def outgoing(account: Account, address: str = "alice@shop.example", **content: Any) -> OutgoingMessage:
    return OutgoingMessage(f"msg_{next(_ids)}", address, account=account, content=content)


@pytest.fixture
def hand_over() -> Callable[..., list[Receipt]]:
    """Return a function that hands messages to a module and returns the receipts, in the order of the messages."""

    def deliver(module: ModuleType, *messages: OutgoingMessage) -> list[Receipt]:
        receipts = {receipt.message_id: receipt for receipt in module.deliver(messages) if receipt}
        return [receipts[message.id] for message in messages]

    return deliver


@pytest.fixture
def verified() -> Callable[..., Receipt]:
    """Return a function that asks a module whether a message is at the provider."""

    def verify(module: ModuleType, message: OutgoingMessage) -> Receipt:
        [receipt] = [receipt for receipt in module.verify([message]) if receipt]
        return receipt

    return verify
