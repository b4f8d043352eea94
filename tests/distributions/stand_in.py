"""A provider of these tests, written as every channel's module is: one call for each message, to a sink."""

from collections.abc import Iterator

import pytest

from distributions.channels import CARRIERS, PROVIDERS, calls
from distributions.channels.calls import Calls
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Tested
from distributions.channels.providers import Capabilities, Idempotency, Provider, Setting, Takes, base_url
from distributions.sending import enquiring, settling

DEADLINE_SECONDS = 5.0
SETTINGS = (Setting("api_key", "API key", is_secret=True), Setting("list_id", "List", is_required=False), base_url())
# What the questions find: set by a test.
answers: dict[str, Outcome] = {}


def provider(**capabilities: object) -> Provider:
    return Provider(
        name="stand_in",
        channel="braze",
        label="Stand-in",
        settings=SETTINGS,
        capabilities=Capabilities(**capabilities),  # type: ignore[arg-type]
        address="source_id",
        takes=frozenset({Takes.FIELDS, Takes.EVENT}),
    )


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    assert message.account
    headers = {"Authorization": f"Bearer {message.account['api_key']}", "X-Key": message.id}
    body = {"id": message.address, "fields": message.fields, "event": message.event, "time": message.occurred_at}
    answer = await call("POST", message.account.base_url, json=body, headers=headers)
    return calls.receipt(message, answer)


async def _ask(_call: Calls, message: OutgoingMessage) -> Receipt | None:
    found = answers.get(message.address)
    return Receipt(message.id, found, detail=f"COUPON: {message.fields.get('COUPON')}") if found else None


async def _test(call: Calls, account: Account) -> Tested:
    answer = await call("POST", account.base_url, json={}, headers={"Authorization": f"Bearer {account['api_key']}"})
    return calls.verdict(answer, account, "The key works.")


deliver = calls.delivering(_hand_over)
look_up = verify = calls.asking(_ask)
test = calls.testing(_test)


def connect(monkeypatch: pytest.MonkeyPatch, **capabilities: object) -> Iterator[Provider]:
    """Let the product know this provider for a while, with these capabilities."""
    made = provider(**{"idempotency": Idempotency.NONE, **capabilities})
    answers.clear()
    monkeypatch.setitem(PROVIDERS, "stand_in", made)
    monkeypatch.setitem(CARRIERS, "stand_in", __import__("sys").modules[__name__])
    monkeypatch.setattr(settling, "VERIFYING", {"stand_in"} if made.capabilities.can_verify else set())
    monkeypatch.setattr(enquiring, "LOOKING_UP", ["stand_in"] if made.capabilities.can_look_up else [])
    yield made
