"""Intercom gets a contact with her code in an attribute, and one event, however often it is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from distributions.channels import Account, Outcome, OutgoingMessage
from distributions.channels import intercom as channel
from tests.channels.handing import account_at, hand_over, loopback, outgoing, verified
from tests.twins import server
from tests.twins.intercom import IntercomTwin

__all__ = ["loopback"]

ALICE = {"source_id": "alice", "email": "alice@shop.example", "phone": None, "name": "Alice"}


@pytest.fixture
def intercom() -> Iterator[IntercomTwin]:
    with IntercomTwin() as twin:
        twin.has_attribute("promo_code")
        yield twin


@pytest.fixture
def account(intercom: IntercomTwin) -> Account:
    return account_at("intercom", intercom.url, secret=("access_token", intercom.token))


def code(account: Account, value: str = "COME-1", **more: Any) -> OutgoingMessage:
    said = {"fields": {"promo_code": value}, "customer": ALICE, "occurred_at": 1_760_000_000, **more}
    return outgoing(account, "alice", **said)


def test_a_contact_is_made_with_her_code(intercom: IntercomTwin, account: Account) -> None:
    [receipt] = hand_over(channel, code(account))
    [contact] = intercom.contacts
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, contact.id)
    assert (contact.external_id, contact.email, contact.name) == ("alice", "alice@shop.example", "Alice")
    assert contact.custom_attributes == {"promo_code": "COME-1"}


def test_every_call_names_the_version_and_carries_the_token(intercom: IntercomTwin, account: Account) -> None:
    hand_over(channel, code(account, event="code-given"))
    assert [call.line for call in intercom.received] == [
        "POST /contacts/search", "POST /contacts/search", "POST /contacts", "POST /events"]  # fmt: skip
    assert {call.headers["intercom-version"] for call in intercom.received} == {"2.11"}
    assert {call.headers["authorization"] for call in intercom.received} == {f"Bearer {intercom.token}"}


def test_who_is_known_by_her_id_is_written_and_keeps_the_rest(intercom: IntercomTwin, account: Account) -> None:
    kept = intercom.has_contact("alice", "old@shop.example", name="Ali", custom_attributes={"plan": "gold"})
    hand_over(channel, code(account))
    assert (kept.email, kept.name) == ("old@shop.example", "Ali")
    assert kept.custom_attributes == {"plan": "gold", "promo_code": "COME-1"}


def test_who_is_known_by_her_address_alone_gets_her_id(intercom: IntercomTwin, account: Account) -> None:
    lead = intercom.has_contact(None, "alice@shop.example", role="lead")
    hand_over(channel, code(account))
    assert (len(intercom.contacts), lead.external_id) == (1, "alice")


def test_an_address_that_is_somebody_else_s_is_left_to_her(intercom: IntercomTwin, account: Account) -> None:
    other = intercom.has_contact("sister", "alice@shop.example")
    assert hand_over(channel, code(account))[0].outcome == Outcome.ACCEPTED
    assert (other.external_id, other.custom_attributes) == ("sister", {})
    assert intercom.contact("alice") is not None


def test_who_was_made_a_moment_ago_and_is_not_found_yet_is_written(intercom: IntercomTwin, account: Account) -> None:
    made = intercom.has_contact("alice", "alice@shop.example", is_searchable=False)
    assert hand_over(channel, code(account))[0].outcome == Outcome.ACCEPTED
    assert (len(intercom.contacts), made.custom_attributes) == (1, {"promo_code": "COME-1"})


def test_an_attribute_that_is_missing_is_made(intercom: IntercomTwin, account: Account) -> None:
    message = code(account, fields={"promo_code": "COME-1", "promo_until": "December 31"})
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert intercom.attributes["promo_until"]["data_type"] == "string"
    assert intercom.contacts[0].custom_attributes == {"promo_code": "COME-1", "promo_until": "December 31"}


def test_an_attribute_of_another_kind_gets_its_kind(intercom: IntercomTwin, account: Account) -> None:
    intercom.has_attribute("promo_percent", "integer")
    intercom.has_attribute("is_promoted", "boolean")
    message = code(account, fields={"promo_percent": "5", "is_promoted": "true"})
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert intercom.contacts[0].custom_attributes == {"promo_percent": 5, "is_promoted": True}


def test_a_value_that_does_not_fit_fails_for_good(intercom: IntercomTwin, account: Account) -> None:
    intercom.has_attribute("promo_percent", "integer")
    [receipt] = hand_over(channel, code(account, fields={"promo_percent": "five"}))
    assert receipt.outcome == Outcome.REJECTED
    assert "promo_percent" in receipt.detail


def test_an_event_told_twice_is_one_event(intercom: IntercomTwin, account: Account) -> None:
    message = code(account, event="code-given")
    hand_over(channel, message)
    hand_over(channel, message)
    [event] = intercom.events
    assert (event.name, event.created_at) == ("code-given", 1_760_000_000)
    assert dict(event.metadata) == {"message_id": message.id, "promo_code": "COME-1"}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (server.accepts_and_drops(on="POST /contacts"), Outcome.UNKNOWN),
        (server.accepts_and_answers(502, on="POST /events"), Outcome.UNKNOWN),
        (server.refuses(500, on="POST /contacts"), Outcome.UNKNOWN),
        (server.refuses(503, on="POST /contacts/search"), Outcome.NOT_ACCEPTED),
    ],
)
def test_whatever_an_answer_proves_a_repetition_leaves_the_same(
    intercom: IntercomTwin, account: Account, fault: server.Fault, outcome: Outcome
) -> None:
    message = code(account, event="code-given")
    intercom.misbehave(fault)
    assert hand_over(channel, message)[0].outcome == outcome
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert (len(intercom.contacts), len(intercom.events)) == (1, 1)
    assert intercom.contacts[0].custom_attributes == {"promo_code": "COME-1"}


def test_too_many_requests_say_when_to_come_back(intercom: IntercomTwin, account: Account) -> None:
    intercom.rate = (0, 9.0)
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 429)
    assert receipt.retry_after is not None
    assert 7 < receipt.retry_after <= 9
    assert "rate_limit_exceeded" in receipt.detail


def test_a_wrong_token_is_no_reason_to_give_up_the_message(intercom: IntercomTwin) -> None:
    account = account_at("intercom", intercom.url, secret=("access_token", "wrong"))
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 401)
    assert "unauthorized: Access Token Invalid" in receipt.detail


def test_what_was_written_is_read_back(intercom: IntercomTwin, account: Account) -> None:
    message = code(account)
    assert verified(channel, message).outcome == Outcome.UNKNOWN
    hand_over(channel, message)
    assert verified(channel, message).detail == "Intercom has promo_code = COME-1"
    assert intercom.calls(f"GET /contacts/{intercom.contacts[0].id}")
    intercom.contacts[0].custom_attributes["promo_code"] = "OTHER"
    assert verified(channel, message).outcome == Outcome.UNKNOWN


def test_a_test_changes_nothing_and_tells_a_good_token_from_a_bad_one(intercom: IntercomTwin, account: Account) -> None:
    assert channel.test(account).message == "Connected to the workspace “Shop”."
    refused = channel.test(account_at("intercom", intercom.url, secret=("access_token", "wrong")))
    assert (refused.ok, refused.status) == (False, 401)
    assert {call.line for call in intercom.received} == {"GET /me"}


def test_the_attributes_are_listed_as_they_stand(intercom: IntercomTwin, account: Account) -> None:
    intercom.has_attribute("old", archived=True)
    assert channel.suggest(account).fields == {"promo_code": "promo_code"}
    assert channel.suggest(account_at("intercom", intercom.url, secret=("access_token", "wrong"))).problem
