"""A text message leaves once: refused for a reason, put off, or looked for before anybody thinks of sending it again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from access.identifiers import uuid7
from distributions.channels import Account, Outcome, OutgoingMessage
from distributions.channels import sms as channel
from tests.channels.handing import account_at, hand_over, looked_up, loopback
from tests.twins import server
from tests.twins.twilio import TwilioTwin

SEND = "POST /2010-04-01/Accounts/*/Messages.json"
LIST = "GET /2010-04-01/Accounts/*/Messages.json"
__all__ = ["loopback"]

IDA = "+31611112222"


@pytest.fixture
def twilio() -> Iterator[TwilioTwin]:
    with TwilioTwin() as twin:
        yield twin


@pytest.fixture
def account(twilio: TwilioTwin) -> Account:
    return account_of(twilio)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LOOK_AGAIN_SECONDS", 0.05)


def account_of(twilio: TwilioTwin, token: str = "", **more: Any) -> Account:
    said = {"account_sid": twilio.sid, "from": twilio.number, **more}
    return account_at("twilio", twilio.url, secret=("auth_token", token or twilio.token), **said)


def text(account: Account, to: str = IDA, words: str = "5% off: COME-1") -> OutgoingMessage:
    return OutgoingMessage(f"msg_{uuid7().hex}", to, text=words, account=account)


def test_the_call_is_the_documented_one(twilio: TwilioTwin, account: Account) -> None:
    message = text(account)
    [receipt] = hand_over(channel, message)
    [call] = twilio.calls(SEND)
    assert (receipt.outcome, receipt.status_code, receipt.provider_id) == (Outcome.ACCEPTED, 201, twilio.texts[0].sid)
    assert call.path == f"/2010-04-01/Accounts/{twilio.sid}/Messages.json"
    assert call.form == {
        "To": IDA,
        "From": twilio.number,
        "Body": "5% off: COME-1",
        "StatusCallback": f"{settings.PROMO_PUBLIC_URL}/hooks/twilio/messages/{message.id}",
    }
    assert twilio.texts[0].message_id == message.id


def test_a_messaging_service_chooses_the_sender(twilio: TwilioTwin) -> None:
    service = "MG" + "2" * 32
    assert hand_over(channel, text(account_of(twilio, **{"from": service})))[0].outcome == Outcome.ACCEPTED
    form = twilio.calls(SEND)[0].form
    assert (form["MessagingServiceSid"], "From" in form) == (service, False)


def test_a_text_is_what_its_reader_sees(twilio: TwilioTwin, account: Account) -> None:
    hand_over(channel, text(account, words=" Hi\r\nIda\x07\u202e: 5 € off 👍\n"))
    assert twilio.texts[0].body == "Hi\nIda: 5 € off 👍"


@pytest.mark.parametrize(
    ("to", "words", "code", "refusal"),
    [
        pytest.param("0612345678", "Hi", "21211", "invalid_phone", id="no number"),
        pytest.param("+15005550001", "Hi", "21610", "opted_out", id="has replied STOP"),
        pytest.param("+15005550002", "Hi", "21612", "", id="cannot be reached from here"),
        pytest.param(IDA, "x" * 1601, "more than 1,600", "", id="too long"),
        pytest.param(IDA, " \n ", "empty", "", id="empty"),
    ],
)
def test_what_can_never_be_sent_fails_for_good_and_says_why(
    twilio: TwilioTwin, account: Account, to: str, words: str, code: str, refusal: str
) -> None:
    twilio.opted_out.add("+15005550001")
    twilio.unreachable.add("+15005550002")
    [receipt] = hand_over(channel, text(account, to, words))
    assert (receipt.outcome, receipt.refusal) == (Outcome.REJECTED, refusal)
    assert code in receipt.detail
    assert twilio.texts == []


def test_a_wrong_sender_is_named(twilio: TwilioTwin) -> None:
    [receipt] = hand_over(channel, text(account_of(twilio, **{"from": "+15005550009"})))
    assert (receipt.outcome, receipt.detail[:5]) == (Outcome.REJECTED, "21606")


def test_a_wrong_token_is_no_reason_to_give_up_the_message(twilio: TwilioTwin) -> None:
    [receipt] = hand_over(channel, text(account_of(twilio, token="wrong")))
    assert (receipt.outcome, receipt.status_code, receipt.detail) == (
        Outcome.NOT_ACCEPTED, 401, "20003: Authenticate")  # fmt: skip


def test_too_many_requests_say_when_to_come_back(twilio: TwilioTwin, account: Account) -> None:
    twilio.rate = (0, 7.0)
    [receipt] = hand_over(channel, text(account))
    assert (receipt.outcome, receipt.status_code, receipt.retry_after) == (Outcome.NOT_ACCEPTED, 429, 7.0)
    assert receipt.detail == "20429: Too Many Requests"


@pytest.mark.parametrize(
    ("fault", "is_taken"),
    [
        pytest.param(server.accepts_and_drops(on=SEND), True, id="taken, and the line cut"),
        pytest.param(server.accepts_and_answers(503, on=SEND), True, id="taken, and 503"),
        pytest.param(server.refuses(500, {"code": 20500}, on=SEND), False, id="500, and not taken"),
        pytest.param(server.drops(on=SEND), False, id="the line cut before"),
    ],
)
def test_a_lost_answer_is_looked_for_in_the_list(
    twilio: TwilioTwin, account: Account, fault: server.Fault, is_taken: bool
) -> None:
    message = text(account)
    twilio.misbehave(fault)
    assert hand_over(channel, message)[0].outcome == Outcome.UNKNOWN
    assert len(twilio.texts) == is_taken
    found = looked_up(channel, message)
    assert found.outcome == (Outcome.ACCEPTED if is_taken else Outcome.NOT_ACCEPTED)
    assert found.provider_id == (twilio.texts[0].sid if is_taken else "")


def test_a_list_that_lags_behind_is_read_again(twilio: TwilioTwin, account: Account) -> None:
    message = text(account)
    hand_over(channel, message)
    twilio.list_lags = 1

    def catch_up(request: object) -> Any:
        answer = list_messages(request)
        twilio.list_lags = 0
        return answer

    list_messages, twilio_list = twilio.list_messages, "_routes"
    setattr(
        twilio,
        twilio_list,
        [
            (verb, path, (lambda _, r: catch_up(r)) if handler.__name__ == "list_messages" else handler)
            for verb, path, handler in twilio._routes
        ],
    )
    assert looked_up(channel, message).outcome == Outcome.ACCEPTED
    assert len(twilio.calls(LIST)) == 2


def test_another_text_to_the_same_number_is_not_taken_for_it(twilio: TwilioTwin, account: Account) -> None:
    hand_over(channel, text(account, words="5% off: COME-2"), text(account, to="+31611113333"))
    assert looked_up(channel, text(account)).outcome == Outcome.NOT_ACCEPTED


def test_the_same_text_of_last_week_is_not_taken_for_it(twilio: TwilioTwin, account: Account) -> None:
    hand_over(channel, text(account))
    twilio.texts[0].created_at = datetime.now(UTC) - timedelta(days=7)
    assert looked_up(channel, text(account)).outcome == Outcome.NOT_ACCEPTED


@pytest.mark.parametrize(
    "fault", [server.refuses(500, on=LIST), server.drops(on=LIST), server.refuses(200, {}, on=LIST)]
)
def test_a_list_that_cannot_be_read_proves_nothing(twilio: TwilioTwin, account: Account, fault: server.Fault) -> None:
    twilio.misbehave(fault)
    assert looked_up(channel, text(account)).outcome == Outcome.UNKNOWN


def test_what_fills_the_whole_list_proves_nothing(
    twilio: TwilioTwin, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "LISTED", 2)
    hand_over(channel, *(text(account, words=f"Hi {number}") for number in range(3)))
    assert looked_up(channel, text(account)).outcome == Outcome.UNKNOWN


def test_twilio_is_not_given_an_address_that_it_cannot_reach(account: Account) -> None:
    at_twilio = replace(account, settings={**account.settings, "base_url": channel.API})
    assert "StatusCallback" not in channel._form(text(at_twilio), at_twilio, "Hi")
    assert "StatusCallback" in channel._form(text(account), account, "Hi")


def test_a_test_changes_nothing_and_tells_a_good_token_from_a_bad_one(twilio: TwilioTwin, account: Account) -> None:
    assert (channel.test(account).ok, channel.test(account).message) == (True, "Connected to the account “Shop”.")
    refused = channel.test(account_of(twilio, token="wrong"))
    assert (refused.ok, refused.status) == (False, 401)
    assert "20003" in refused.message
    assert {request.verb for request in twilio.received} == {"GET"}
    assert not channel.test(account_at("twilio", "http://127.0.0.1:9", secret=("auth_token", "x"))).ok
