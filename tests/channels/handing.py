"""Messages to hand over, without a database: a channel's module reads none."""

import ipaddress
import itertools
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings

from distributions.channels import Account, OutgoingMessage, Receipt

_ids = itertools.count(1)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the product call twins on this machine."""
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", [ipaddress.ip_network("127.0.0.0/8")])


def account_at(provider: str, url: str, *, secret: tuple[str, str], **settings: Any) -> Account:
    return Account(next(_ids), provider, {"base_url": url, **settings}, dict([secret]))


def outgoing(account: Account, address: str = "alice@shop.example", **content: Any) -> OutgoingMessage:
    return OutgoingMessage(f"msg_{next(_ids)}", address, account=account, content=content)


def hand_over(module: ModuleType, *messages: OutgoingMessage) -> list[Receipt]:
    """Hand messages to a channel and return the receipts, in the order of the messages."""
    receipts = {receipt.message_id: receipt for receipt in module.deliver(messages) if receipt}
    return [receipts[message.id] for message in messages]


def verified(module: ModuleType, message: OutgoingMessage) -> Receipt:
    """Ask a channel whether a message is at its provider."""
    [receipt] = [receipt for receipt in module.verify([message]) if receipt]
    return receipt


def looked_up(module: ModuleType, message: OutgoingMessage) -> Receipt:
    """Ask a channel what became of a message whose answer was lost."""
    [receipt] = [receipt for receipt in module.look_up([message]) if receipt]
    return receipt
