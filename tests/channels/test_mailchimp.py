"""Mailchimp gets a member with her code in a merge tag, whatever happens on the way."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from distributions.channels import Account, Outcome, OutgoingMessage, Receipt
from distributions.channels import mailchimp as channel
from tests.channels.conftest import account_at, outgoing
from tests.twins import server
from tests.twins.mailchimp import MailchimpTwin, hash_of

HandOver = Callable[..., list[Receipt]]
PUT = "PUT /3.0/lists/*/members/*"


@pytest.fixture
def account(mailchimp: MailchimpTwin) -> Account:
    return account_at("mailchimp", mailchimp.url, secret=("api_key", mailchimp.api_key), list_id=mailchimp.list_id)


def code(account: Account, value: str = "COME-1", **more: Any) -> OutgoingMessage:
    return outgoing(account, **{"fields": {"CODE": value}, **more})


def test_the_member_is_made_with_her_code(mailchimp: MailchimpTwin, account: Account, hand_over: HandOver) -> None:
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, hash_of("alice@shop.example"))
    member = mailchimp.member("alice@shop.example")
    assert member is not None
    assert (member.status, member.merge_fields["CODE"]) == ("subscribed", "COME-1")


def test_the_call_is_the_documented_upsert(mailchimp: MailchimpTwin, account: Account, hand_over: HandOver) -> None:
    hand_over(channel, outgoing(account, "Alice@Shop.example", fields={"CODE": "COME-1"}))
    [call] = mailchimp.upserts()
    assert call.path == f"/3.0/lists/{mailchimp.list_id}/members/{hash_of('alice@shop.example')}"
    assert call.body == {
        "email_address": "Alice@Shop.example",
        "status_if_new": "subscribed",
        "merge_fields": {"CODE": "COME-1"},
    }
    user = base64.b64decode(call.headers["authorization"].removeprefix("Basic ")).decode()
    assert user.partition(":")[2] == mailchimp.api_key


def test_whoever_is_in_the_audience_keeps_her_status(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.has_member("alice@shop.example", "unsubscribed", FNAME="Alice")
    [receipt] = hand_over(channel, code(account))
    member = mailchimp.member("alice@shop.example")
    assert receipt.outcome == Outcome.ACCEPTED
    assert member is not None
    assert (member.status, member.merge_fields) == ("unsubscribed", {"FNAME": "Alice", "CODE": "COME-1"})


def test_a_new_contact_may_be_asked_to_confirm(mailchimp: MailchimpTwin, hand_over: HandOver) -> None:
    secret = ("api_key", mailchimp.api_key)
    careful = account_at("mailchimp", mailchimp.url, secret=secret, list_id=mailchimp.list_id, status_if_new="pending")
    hand_over(channel, code(careful))
    member = mailchimp.member("alice@shop.example")
    assert member is not None
    assert member.status == "pending"


def test_a_merge_tag_that_is_missing_is_made_once(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    people = [
        outgoing(account, f"{n}@shop.example", fields={"code": f"C-{n}", "V_QR": f"https://x.example/{n}"})
        for n in range(20)
    ]
    assert {receipt.outcome for receipt in hand_over(channel, *people)} == {Outcome.ACCEPTED}
    made = [call.body for call in mailchimp.calls("POST /3.0/lists/*/merge-fields", accepted=False)]
    assert [(each["tag"], each["type"]) for each in made] == [("CODE", "text"), ("V_QR", "imageurl")]
    assert len(mailchimp.calls("GET /3.0/lists/*/merge-fields")) == 1
    assert len(mailchimp.upserts()) == 20


def test_a_merge_tag_that_somebody_else_has_made_meanwhile_is_used(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    hand_over(channel, outgoing(account, fields={"FNAME": "Alice"}))
    mailchimp.has_merge_field("CODE")
    [receipt] = hand_over(channel, code(account))
    assert receipt.outcome == Outcome.ACCEPTED


def test_pictures_go_where_the_audience_has_tags_for_them(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.has_merge_field("CODE_QR", "imageurl")
    voucher = {"code": "COME-1", "qr_url": "https://shop.example/qr.png", "barcode_url": "https://shop.example/b.png"}
    hand_over(channel, code(account, voucher=voucher))
    [call] = mailchimp.upserts()
    assert call.body["merge_fields"] == {"CODE": "COME-1", "CODE_QR": "https://shop.example/qr.png"}


def test_tags_come_after_the_code_and_start_their_automations(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    hand_over(channel, code(account, tags=["cart rescue", "5 percent"]))
    assert [call.verb for call in mailchimp.calls("P*/members/*")] == ["PUT", "POST"]
    assert mailchimp.started_automations == [
        ("alice@shop.example", "cart rescue"),
        ("alice@shop.example", "5 percent"),
    ]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (server.accepts_and_drops(on=PUT), Outcome.UNKNOWN),
        (server.accepts_and_answers(502, on=PUT), Outcome.UNKNOWN),
        (server.refuses(500, on=PUT), Outcome.UNKNOWN),
        (server.refuses(429, None, {"Retry-After": "7"}, on=PUT), Outcome.NOT_ACCEPTED),
        (server.refuses(503, on="GET */merge-fields"), Outcome.NOT_ACCEPTED),
        (server.drops(on="POST */merge-fields"), Outcome.NOT_ACCEPTED),
    ],
)
def test_an_answer_proves_no_more_than_it_says(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver, fault: server.Fault, outcome: Outcome
) -> None:
    mailchimp.misbehave(fault)
    [receipt] = hand_over(channel, code(account))
    assert receipt.outcome == outcome
    [again] = hand_over(channel, code(account))
    member = mailchimp.member("alice@shop.example")
    assert again.outcome == Outcome.ACCEPTED
    assert member is not None
    assert member.merge_fields["CODE"] == "COME-1"


def test_too_many_requests_say_when_to_come_back(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.rate = (0, 30.0)
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.status_code, receipt.retry_after) == (Outcome.NOT_ACCEPTED, 429, 30.0)


def test_no_more_than_ten_calls_are_open_at_a_time(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.latency = 0.02
    assert channel.CONCURRENCY < 10
    people = [outgoing(account, f"{n}@shop.example", fields={"CODE": f"C-{n}"}) for n in range(40)]
    assert {receipt.outcome for receipt in hand_over(channel, *people)} == {Outcome.ACCEPTED}
    assert 1 < mailchimp.busiest <= channel.CONCURRENCY


@pytest.mark.parametrize(
    ("arrange", "address", "words"),
    [
        ("forgotten", "alice@shop.example", "Forgotten Email Not Subscribed"),
        ("in_compliance_state", "alice@shop.example", "Member In Compliance State"),
        ("", "not an address", "Please provide a valid email address"),
    ],
)
def test_a_contact_who_cannot_be_written_fails_for_good_and_says_why(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver, arrange: str, address: str, words: str
) -> None:
    if arrange:
        getattr(mailchimp, arrange).add("alice@shop.example")
    [receipt] = hand_over(channel, outgoing(account, address, fields={"CODE": "COME-1"}))
    assert receipt.outcome == Outcome.REJECTED
    assert words in receipt.detail


def test_required_fields_that_are_none_of_ours_do_not_stop_a_code(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.has_merge_field("COMPANY", required=True)
    [receipt] = hand_over(channel, code(account))
    assert receipt.outcome == Outcome.ACCEPTED


def test_a_value_that_the_merge_tag_does_not_take_fails_for_good(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    mailchimp.has_merge_field("EXPIRES", "date")
    [receipt] = hand_over(channel, outgoing(account, fields={"EXPIRES": "some day"}))
    assert receipt.outcome == Outcome.REJECTED
    assert "EXPIRES: Please enter the date" in receipt.detail


def test_a_wrong_key_is_the_accounts_fault_not_the_messages(mailchimp: MailchimpTwin, hand_over: HandOver) -> None:
    wrong = account_at("mailchimp", mailchimp.url, secret=("api_key", "wrong-us21"), list_id=mailchimp.list_id)
    [receipt] = hand_over(channel, code(wrong))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 401)
    assert "API Key Invalid" in receipt.detail
    tested = channel.test(wrong)
    assert (tested.ok, tested.status) == (False, 401)
    assert mailchimp.audience.members == {}


def test_what_was_written_is_read_back(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver, verified: Callable[..., Receipt]
) -> None:
    message = code(account)
    assert verified(channel, message).outcome == Outcome.UNKNOWN
    hand_over(channel, message)
    found = verified(channel, message)
    assert found.outcome == Outcome.ACCEPTED
    assert found.detail == "Mailchimp has CODE = COME-1"
    mailchimp.has_member("alice@shop.example", CODE="ANOTHER")
    assert verified(channel, message).outcome == Outcome.UNKNOWN


def test_the_test_changes_nothing_and_names_the_audience(mailchimp: MailchimpTwin, account: Account) -> None:
    tested = channel.test(account)
    assert (tested.ok, tested.message) == (True, "Connected to the audience “Shop customers”.")
    assert {call.verb for call in mailchimp.calls(accepted=False)} == {"GET"}


def test_an_audience_that_is_not_there_is_told(mailchimp: MailchimpTwin) -> None:
    elsewhere = account_at("mailchimp", mailchimp.url, secret=("api_key", mailchimp.api_key), list_id="nowhere")
    tested = channel.test(elsewhere)
    assert not tested.ok
    assert "no audience nowhere" in tested.message


def test_a_message_to_an_audience_that_is_not_there_fails_for_good(
    mailchimp: MailchimpTwin, hand_over: HandOver
) -> None:
    elsewhere = account_at("mailchimp", mailchimp.url, secret=("api_key", mailchimp.api_key), list_id="nowhere")
    [receipt] = hand_over(channel, code(elsewhere))
    assert (receipt.outcome, receipt.status_code) == (Outcome.REJECTED, 404)


def test_audiences_merge_tags_and_tags_are_listed_live(
    mailchimp: MailchimpTwin, account: Account, hand_over: HandOver
) -> None:
    hand_over(channel, code(account, tags=["cart rescue"]))
    found = channel.suggest(account)
    assert dict(found.fields) == {"FNAME": "First Name", "LNAME": "Last Name", "CODE": "CODE"}
    assert list(found.tags) == ["cart rescue"]
    assert found.settings == {"list_id": {mailchimp.list_id: "Shop customers"}}


def test_a_page_is_drawn_also_where_mailchimp_is_away(mailchimp: MailchimpTwin, account: Account) -> None:
    mailchimp.close()
    assert channel.suggest(account).problem == "The provider could not be reached: nobody answers at its address."


@pytest.mark.parametrize(
    ("key", "address", "api"),
    [
        ("abc-us21", "", "https://us21.api.mailchimp.com/3.0"),
        ("abc-us21", "https://proxy.example/", "https://proxy.example/3.0"),
        ("abc-us21", "https://proxy.example/3.0", "https://proxy.example/3.0"),
        ("abc", "", ""),
        ("abc-evil.example/", "", ""),
    ],
)
def test_the_address_follows_from_the_key(key: str, address: str, api: str) -> None:
    assert channel.api_of(account_at("mailchimp", address, secret=("api_key", key))) == api
