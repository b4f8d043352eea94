"""Braze gets a user with her code in an attribute, and an event that is not repeated without having been looked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from distributions.channels import Account, Outcome, OutgoingMessage
from distributions.channels import braze as channel
from tests.channels.handing import account_at, hand_over, looked_up, loopback, outgoing, verified
from tests.twins import server
from tests.twins.braze import BrazeTwin

__all__ = ["loopback"]

TRACK = "POST /users/track"


@pytest.fixture
def braze() -> Iterator[BrazeTwin]:
    with BrazeTwin() as twin:
        yield twin


@pytest.fixture
def account(braze: BrazeTwin) -> Account:
    return account_at("braze", braze.url, secret=("api_key", braze.key))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LOOK_AGAIN_SECONDS", 0.05)


def code(account: Account, value: str = "COME-1", **more: Any) -> OutgoingMessage:
    said = {"fields": {"promo_code": value}, "occurred_at": 1_760_000_000, **more}
    return outgoing(account, "alice", **said)


def test_the_call_is_the_documented_one(braze: BrazeTwin, account: Account) -> None:
    message = code(account, event="code_given")
    [receipt] = hand_over(channel, message)
    [call] = braze.calls(TRACK)
    assert (receipt.outcome, receipt.status_code) == (Outcome.ACCEPTED, 201)
    assert call.headers["authorization"] == f"Bearer {braze.key}"
    assert call.body == {
        "attributes": [{"promo_code": "COME-1", "external_id": "alice"}],
        "events": [{
            "external_id": "alice", "name": "code_given", "time": "2025-10-09T08:53:20+00:00",
            "properties": {"message_id": message.id, "promo_code": "COME-1"},
        }],
    }  # fmt: skip
    assert braze.profiles["alice"].custom == {"promo_code": "COME-1"}


def test_without_an_event_only_the_attributes_are_written(braze: BrazeTwin, account: Account) -> None:
    hand_over(channel, code(account))
    assert "events" not in braze.calls(TRACK)[0].body


def test_nobody_can_be_written_into_another_user(braze: BrazeTwin, account: Account) -> None:
    hand_over(channel, code(account, fields={"external_id": "bob", "promo_code": "COME-1"}))
    assert list(braze.profiles) == ["alice"]


def test_what_braze_leaves_out_of_a_good_answer_is_a_failure_of_that_message_alone(
    braze: BrazeTwin, account: Account
) -> None:
    bad = code(account, fields={"promo_code": "x" * 300})
    refused, accepted = hand_over(channel, bad, code(account))
    assert (refused.outcome, refused.status_code) == (Outcome.REJECTED, 201)
    assert "The value of 'promo_code' is too long" in refused.detail
    assert accepted.outcome == Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("fault", "is_taken"),
    [
        (server.accepts_and_drops(on=TRACK), True),
        (server.accepts_and_answers(502, on=TRACK), True),
        (server.refuses(500, on=TRACK), False),
    ],
)
def test_a_lost_answer_with_an_event_is_looked_for(
    braze: BrazeTwin, account: Account, fault: server.Fault, is_taken: bool
) -> None:
    message = code(account, event="code_given")
    braze.misbehave(fault)
    assert hand_over(channel, message)[0].outcome == Outcome.UNKNOWN
    # What Braze does not show may still be in its queue: that proves nothing.
    assert looked_up(channel, message).outcome == (Outcome.ACCEPTED if is_taken else Outcome.UNKNOWN)
    assert len(braze.events_of("alice")) == is_taken


def test_the_event_of_another_time_is_not_taken_for_it(braze: BrazeTwin, account: Account) -> None:
    hand_over(channel, code(account, event="code_given", occurred_at=1_750_000_000))
    assert looked_up(channel, code(account, event="code_given")).outcome == Outcome.UNKNOWN


def test_attributes_alone_are_simply_written_again(braze: BrazeTwin, account: Account) -> None:
    message = code(account)
    braze.misbehave(server.refuses(500, on=TRACK))
    assert hand_over(channel, message)[0].outcome == Outcome.UNKNOWN
    assert looked_up(channel, message).outcome == Outcome.NOT_ACCEPTED
    braze.permissions = {"users.track"}
    assert looked_up(channel, message).outcome == Outcome.NOT_ACCEPTED


def test_a_key_that_may_not_read_cannot_tell(braze: BrazeTwin, account: Account) -> None:
    braze.permissions = {"users.track"}
    message = code(account, event="code_given")
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert looked_up(channel, message).outcome == Outcome.UNKNOWN


def test_too_many_requests_say_when_to_come_back(braze: BrazeTwin, account: Account) -> None:
    braze.rate = (0, 9.0)
    [receipt] = hand_over(channel, code(account))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 429)
    assert receipt.retry_after is not None
    assert 7 < receipt.retry_after <= 9


def test_a_wrong_key_is_no_reason_to_give_up_the_message(braze: BrazeTwin) -> None:
    [receipt] = hand_over(channel, code(account_at("braze", braze.url, secret=("api_key", "wrong"))))
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 401)


def test_what_was_written_is_read_back(braze: BrazeTwin, account: Account) -> None:
    message = code(account, event="code_given")
    assert verified(channel, message).outcome == Outcome.UNKNOWN
    hand_over(channel, message)
    assert verified(channel, message).detail == "Braze has promo_code = COME-1"


def test_a_test_writes_nothing_and_knows_what_the_key_may(braze: BrazeTwin, account: Account) -> None:
    assert channel.test(account).message == "Connected."
    braze.permissions = {"users.track"}
    assert channel.test(account).ok
    assert "cannot be read back" in channel.test(account).message
    refused = channel.test(account_at("braze", braze.url, secret=("api_key", "wrong")))
    assert (refused.ok, refused.status) == (False, 401)
    assert braze.profiles == {}


def test_the_names_that_braze_knows_are_listed(braze: BrazeTwin, account: Account) -> None:
    hand_over(channel, code(account, event="code_given"))
    told = channel.suggest(account)
    assert (told.fields, list(told.events)) == ({"promo_code": ""}, ["code_given"])
