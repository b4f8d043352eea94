"""What people write back, and what they mean by it."""

import pytest

from customers.replies import Wish, wish_of


@pytest.mark.parametrize(
    "reply",
    [
        "STOP", "stop", " Stop. ", "STOP!!!", "Stop 🛑", "🛑stop🛑", "StopAll", "STOP ALL", "unsubscribe", "Unsubscribe me",
        "cancel", "END", "quit", "revoke", "opt out", "OPT-OUT", "optout", "please stop", "Stop please", "pls stop thx",
        "stop texting me", "Stop messaging me!", "Stop sending me these messages", "please stop sending this",
        "stop these texts", "Don't text me", "don’t text me again", "do not contact me", "never text me", "remove me",
        "Remove my number", "take me off your list", "no more texts", "No more messages please", "leave me alone",
        "cancel my subscription", "end messages", "I want you to stop", "stop to 12345", "ok stop", "stop it now",
        "unsub", "Arrêt", "opt me out", "STOP\n", "stop spam",
    ],
)  # fmt: skip
def test_who_wants_to_be_left_alone_is(reply: str) -> None:
    assert wish_of(reply) is Wish.STOP


@pytest.mark.parametrize("reply", ["START", "start", "Unstop", "Start!", "please start", "opt in", "resubscribe"])
def test_who_wants_to_be_written_to_again_is_heard(reply: str) -> None:
    assert wish_of(reply) is Wish.START


@pytest.mark.parametrize("reply", ["HELP", "help!", "Info", "Who is this?", "who are you"])
def test_who_asks_who_writes_is_told(reply: str) -> None:
    assert wish_of(reply) is Wish.HELP


@pytest.mark.parametrize(
    "reply",
    [
        "", "   ", "👍", "Thanks!", "Don't stop", "please don’t stop", "I got off at the bus stop",
        "Non-stop shopping is great", "When does the sale end?", "Can you help me with my order, it did not come",
        "cancel my order", "Is the weekend ok?", "starting now?", "Yes", "stop by tomorrow?",
        "The parcel came with a stop sign on it. " * 6 + "stop texting me",
    ],
)  # fmt: skip
def test_what_is_no_such_wish_is_left_to_people(reply: str) -> None:
    assert wish_of(reply) is None


def test_words_of_any_size_and_script_are_read() -> None:
    assert wish_of("x" * 1_000_000) is None
    assert wish_of("стоп") is None
    assert wish_of("\u200bSTOP\u200d") is Wish.STOP
