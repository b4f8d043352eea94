"""ActiveCampaign gets a contact with her code in a custom field, at the pace that it allows."""

from collections.abc import Callable
from typing import Any

import pytest

from distributions.channels import Account, Outcome, OutgoingMessage, Receipt
from distributions.channels import activecampaign as channel
from tests.channels.conftest import account_at, outgoing
from tests.twins import server
from tests.twins.activecampaign import ActiveCampaignTwin

HandOver = Callable[..., list[Receipt]]
SYNC = "POST /api/3/contact/sync"


@pytest.fixture
def account(activecampaign: ActiveCampaignTwin) -> Account:
    activecampaign.has_field("CODE")
    activecampaign.has_field("VALID_UNTIL", "date")
    return account_at("activecampaign", activecampaign.url, secret=("api_token", activecampaign.api_token))


def code(account: Account, value: str = "COME-1", **more: Any) -> OutgoingMessage:
    return outgoing(account, **{"fields": {"CODE": value}, **more})


def test_the_contact_is_made_with_her_code(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, "1")
    assert activecampaign.value("alice@shop.example", "CODE") == "COME-1"


def test_the_call_is_the_documented_one(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    hand_over(channel, outgoing(account, fields={"%CODE%": "COME-1", "2": "2026-12-31", "firstName": "Alice"}))
    [call] = activecampaign.syncs()
    assert call.headers["api-token"] == activecampaign.api_token
    assert call.body == {
        "contact": {
            "email": "alice@shop.example",
            "firstName": "Alice",
            "fieldValues": [{"field": "1", "value": "COME-1"}, {"field": "2", "value": "2026-12-31"}],
        }
    }


def test_what_is_not_mapped_is_left_alone(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    hand_over(channel, outgoing(account, fields={"firstName": "Alice", "VALID_UNTIL": "2026-12-31"}))
    hand_over(channel, code(account))
    contact = activecampaign.contact("alice@shop.example")
    assert contact is not None
    assert (contact.first_name, contact.values) == ("Alice", {"2": "2026-12-31", "1": "COME-1"})


def test_a_tag_is_made_where_it_is_missing_and_used_where_it_is_not(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    activecampaign.has_tag("Cart rescue lost")
    activecampaign.has_tag("VIP")
    people = [
        outgoing(account, f"{n}@shop.example", fields={"CODE": "C"}, tags=["cart rescue", "vip"]) for n in range(2)
    ]
    assert {receipt.outcome for receipt in hand_over(channel, *people)} == {Outcome.ACCEPTED}
    assert activecampaign.tags_of("0@shop.example") == ["cart rescue", "VIP"]
    assert activecampaign.tags_of("1@shop.example") == ["cart rescue", "VIP"]
    assert [call.body["tag"]["tag"] for call in activecampaign.calls("POST /api/3/tags")] == ["cart rescue"]
    assert len(activecampaign.calls("GET /api/3/tags")) == 2


def test_the_accounts_pace_is_kept(activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver) -> None:
    people = [outgoing(account, f"{n}@shop.example", fields={"CODE": f"C-{n}"}) for n in range(8)]
    assert {receipt.outcome for receipt in hand_over(channel, *people)} == {Outcome.ACCEPTED}
    beginnings = sorted(call.at for call in activecampaign.calls(accepted=False))
    assert all(later - first > 1.0 for first, later in zip(beginnings, beginnings[5:], strict=False))


def test_too_many_requests_say_when_to_come_back(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    activecampaign.rate = (0, 3.0)
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.status_code, receipt.retry_after) == (Outcome.NOT_ACCEPTED, 429, 3.0)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (server.accepts_and_drops(on=SYNC), Outcome.UNKNOWN),
        (server.accepts_and_answers(502, on=SYNC), Outcome.UNKNOWN),
        (server.refuses(500, on="GET /api/3/fields"), Outcome.NOT_ACCEPTED),
    ],
)
def test_an_answer_proves_no_more_than_it_says(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver, fault: server.Fault, outcome: Outcome
) -> None:
    activecampaign.misbehave(fault)
    assert hand_over(channel, code(account))[0].outcome == outcome
    assert hand_over(channel, code(account))[0].outcome == Outcome.ACCEPTED
    assert len(activecampaign.contacts) == 1
    assert activecampaign.value("alice@shop.example", "CODE") == "COME-1"


@pytest.mark.parametrize(
    ("address", "fields", "words"),
    [
        ("not an address", {"CODE": "COME-1"}, "Contact Email Address is not valid."),
        ("alice@shop.example", {"VALID_UNTIL": "some day"}, "The date is not valid"),
        ("alice@shop.example", {"NOWHERE": "COME-1"}, "no custom field with the tag %NOWHERE%"),
    ],
)
def test_what_cannot_be_written_fails_for_good_and_says_why(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver, address: str, fields: dict[str, str],
    words: str,
) -> None:  # fmt: skip
    [receipt] = hand_over(channel, outgoing(account, address, fields=fields))
    assert receipt.outcome == Outcome.REJECTED
    assert words in receipt.detail
    assert activecampaign.contacts == {}


def test_a_wrong_key_is_the_accounts_fault_not_the_messages(
    activecampaign: ActiveCampaignTwin, hand_over: HandOver
) -> None:
    wrong = account_at("activecampaign", activecampaign.url, secret=("api_token", "wrong"))
    [receipt] = hand_over(channel, code(wrong))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 403)
    assert "could not be authenticated" in receipt.detail
    assert not channel.test(wrong).ok


def test_what_was_written_is_read_back(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver,
    verified: Callable[..., Receipt],
) -> None:  # fmt: skip
    message = outgoing(account, fields={"CODE": "COME-1", "lastName": "Vos"})
    assert verified(channel, message).outcome == Outcome.UNKNOWN
    hand_over(channel, message)
    found = verified(channel, message)
    assert found.outcome == Outcome.ACCEPTED
    assert found.detail == "ActiveCampaign has CODE = COME-1, lastName = Vos"
    contact = activecampaign.contact("alice@shop.example")
    assert contact is not None
    contact.values["1"] = "ANOTHER"
    assert verified(channel, message).outcome == Outcome.UNKNOWN


def test_the_test_changes_nothing(activecampaign: ActiveCampaignTwin, account: Account) -> None:
    assert channel.test(account).ok
    assert {call.verb for call in activecampaign.calls(accepted=False)} == {"GET"}


def test_fields_and_tags_are_listed_live(activecampaign: ActiveCampaignTwin, account: Account) -> None:
    activecampaign.has_tag("VIP")
    found = channel.suggest(account)
    assert dict(found.fields) == {"CODE": "Code", "VALID_UNTIL": "Valid_Until"}
    assert list(found.tags) == ["VIP"]


def test_a_long_list_of_fields_is_read_to_its_end(
    activecampaign: ActiveCampaignTwin, account: Account, hand_over: HandOver
) -> None:
    for number in range(130):
        activecampaign.has_field(f"F{number}")
    assert hand_over(channel, outgoing(account, fields={"F129": "x"}))[0].outcome == Outcome.ACCEPTED
    assert activecampaign.value("alice@shop.example", "F129") == "x"
