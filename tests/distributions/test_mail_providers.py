"""Mail by a provider's API: each message once, whatever becomes of the answer."""

import json

import pytest

from distributions import connecting
from distributions.models import Attempt, Delivery
from distributions.sending import enquiring
from tests.distributions.amazon import allowed, amazon
from tests.distributions.conftest import Shop
from tests.distributions.mail import (
    Account,
    account,
    at_brevo,
    at_mailgun,
    at_postmark,
    at_resend,
    at_sendgrid,
    at_ses,
    at_sparkpost,
    mailed,
    rested,
)  # fmt: skip
from tests.twins import server
from tests.twins.server import Fault

__all__ = [
    "account", "allowed", "amazon", "at_brevo", "at_mailgun", "at_postmark", "at_resend", "at_sendgrid", "at_ses",
    "at_sparkpost",
]  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)

# Whoever is told the same message twice knows it by our key; nobody else knows a repetition.
KNOWING = ["at_brevo", "at_resend", "at_sparkpost"]
UNKNOWING = ["at_ses", "at_sendgrid", "at_mailgun", "at_postmark"]


def test_a_mail_is_taken_whole_and_names_its_message(shop: Shop, account: Account) -> None:
    mailed(shop, account)
    [mail], [delivery] = account.twin.mails, shop.deliveries("alice")
    said = json.dumps(mail).replace("Message-Id", "Message-ID")
    for part in (shop.codes("alice")[0], delivery.public_id, "X-Promo-Message", "List-Unsubscribe-Post", "Message-ID"):
        assert part in said
    assert delivery.state == "SENT"
    attempt = Attempt.objects.get()
    assert (attempt.outcome, bool(attempt.provider_id)) == ("accepted", True)


def test_too_many_calls_wait_and_then_go_out_once(shop: Shop, account: Account) -> None:
    account.twin.misbehave(server.refuses(429, {}, {"Retry-After": "30"}))
    mailed(shop, account)
    assert (shop.states("alice"), account.twin.mails) == (["READY"], [])
    rested(shop)
    assert (shop.states("alice"), len(account.twin.mails)) == (["SENT"], 1)


def test_a_key_that_is_no_good_keeps_the_message_for_a_better_one(shop: Shop, account: Account) -> None:
    good = connecting.account_of(account.connection).secrets
    name = next(iter(good))
    assert connecting.test(connecting.change(account.connection, {name: "wrong"})).ok is False
    mailed(shop, account)
    assert (shop.states("alice"), account.twin.mails) == (["READY"], [])
    assert connecting.test(connecting.change(account.connection, {name: good[name]})).ok is True
    rested(shop)
    assert (shop.states("alice"), len(account.twin.mails)) == (["SENT"], 1)


def test_an_address_that_the_provider_refuses_fails_its_message(shop: Shop, at_postmark: Account) -> None:
    at_postmark.twin.inactive.add("alice@shop.example")
    mailed(shop, at_postmark)
    assert (shop.states("alice"), shop.reasons("alice")) == (["FAILED"], ["rejected"])


LOST = [
    pytest.param(server.accepts_and_drops(), id="the line is cut"),
    pytest.param(server.accepts_and_answers(502, "Bad Gateway"), id="its gateway fails"),
]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("name", KNOWING)
def test_who_knows_our_key_recognises_what_is_repeated_after_a_lost_answer(
    shop: Shop, request: pytest.FixtureRequest, name: str, lost: Fault
) -> None:
    account = request.getfixturevalue(name)
    account.twin.misbehave(lost)
    mailed(shop, account)
    rested(shop)
    calls = account.twin.calls("POST *", accepted=False)
    assert (shop.states("alice"), len(calls), len(account.twin.mails)) == (["SENT"], 2, 1)
    assert calls[0].raw == calls[1].raw


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("name", UNKNOWING)
def test_who_knows_no_key_is_not_told_twice_where_doubts_are_held(
    shop: Shop, request: pytest.FixtureRequest, name: str, lost: Fault
) -> None:
    account = request.getfixturevalue(name)
    account.twin.misbehave(lost)
    mailed(shop, account, policy={"uncertain": "hold"})
    rested(shop)
    assert Attempt.objects.get().outcome == "unknown"
    assert len(account.twin.mails) == 1


def test_a_fault_before_accepting_is_tried_again(shop: Shop, account: Account) -> None:
    account.twin.misbehave(server.refuses(503, "Service Unavailable"))
    mailed(shop, account, policy={"uncertain": "resend"})
    for _ in range(3):
        Delivery.objects.filter(state="UNKNOWN").update(due_at="2020-01-01T00:00Z")
        enquiring.look_up_some()
        rested(shop)
    assert (shop.states("alice"), len(account.twin.mails)) == (["SENT"], 1)


def test_ses_takes_nothing_that_another_key_signed(shop: Shop, at_ses: Account) -> None:
    connecting.change(at_ses.connection, {"secret_access_key": "another"})
    mailed(shop, at_ses)
    assert (shop.states("alice"), at_ses.twin.mails) == (["READY"], [])
    assert "signature" in Attempt.objects.get().detail


def test_a_limit_of_the_account_s_plan_at_sparkpost_is_waited_for(shop: Shop, at_sparkpost: Account) -> None:
    said = {"errors": [{"message": "Exceed Sending Limit (hourly)", "code": "2101"}]}
    at_sparkpost.twin.misbehave(server.refuses(420, said))
    mailed(shop, at_sparkpost)
    assert (shop.states("alice"), at_sparkpost.twin.mails) == (["READY"], [])
    rested(shop)
    assert (shop.states("alice"), len(at_sparkpost.twin.mails)) == (["SENT"], 1)


def test_postmark_is_asked_what_became_of_a_lost_answer(shop: Shop, at_postmark: Account) -> None:
    at_postmark.twin.misbehave(server.accepts_and_drops())
    mailed(shop, at_postmark, policy={"uncertain": "hold"})
    for _ in range(3):
        Delivery.objects.filter(state="UNKNOWN").update(due_at="2020-01-01T00:00Z")
        enquiring.look_up_some()
    assert (shop.states("alice"), len(at_postmark.twin.mails)) == (["SENT"], 1)


PROCESSED = {
    "at_ses": "Send", "at_sendgrid": "processed", "at_mailgun": "delivered", "at_postmark": "Delivery",
}  # fmt: skip


@pytest.mark.parametrize("name", PROCESSED)
def test_a_provider_s_own_report_ends_the_doubt_about_a_lost_answer(
    shop: Shop, request: pytest.FixtureRequest, name: str
) -> None:
    account = request.getfixturevalue(name)
    account.twin.misbehave(server.accepts_and_drops())
    mailed(shop, account, policy={"uncertain": "hold"})
    assert shop.states("alice") in (["UNKNOWN"], ["UNCERTAIN"])
    assert account.hears(PROCESSED[name], account.twin.mails[0]) == 200
    assert (shop.states("alice"), len(account.twin.mails)) == (["SENT"], 1)
