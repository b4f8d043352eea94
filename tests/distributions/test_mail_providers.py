"""Mail by a provider's API: each message once, whatever becomes of the answer, and what the provider reports later."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from standardwebhooks.webhooks import Webhook

from customers.models import Suppression
from distributions import connecting, listening
from distributions.channels import PROVIDERS
from distributions.models import Attempt, Connection, Delivery, Feedback, Pace, Reception
from distributions.sending import enquiring
from promo_site.settings import environment
from tests.distributions.conftest import Shop
from tests.twins import postmark, resend, sendgrid, server
from tests.twins.server import Twin

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Account:
    """A provider's twin, our connection to it, and how its reports look."""

    twin: Any
    connection: Connection
    report: Callable[..., Any]

    def hears(self, kind: str, mail: dict[str, Any], *, signed: dict[str, str] | None = None, **more: Any) -> int:
        """Post a report as the provider would; return our answer's status."""
        said = self.report(kind, mail, **more)
        return self.posts(said, signed)

    def posts(self, said: Any, headers: dict[str, str] | None = None) -> int:
        path = urlsplit(listening.address_of(self.connection)).path
        client = Client(enforce_csrf_checks=True)
        return client.post(path, json.dumps(said), content_type="application/json", headers=headers).status_code


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMO_EGRESS_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", environment.networks("PROMO_EGRESS_ALLOW"))


def connected(twin: Twin, provider: str, report: Callable[..., Any], **said: str) -> Account:
    made = connecting.create(PROVIDERS[provider], "Ours", {**said, "base_url": twin.url})
    Connection.objects.update(calls_per_second=1000.0)
    return Account(twin, made, report)


@pytest.fixture
def at_sendgrid(shop: Shop, allowed: None) -> Iterator[Account]:
    with sendgrid.SendGridTwin() as twin:
        yield connected(twin, "sendgrid", lambda *said, **more: [sendgrid.event(*said, **more)], api_key=sendgrid.KEY)


@pytest.fixture
def at_postmark(shop: Shop, allowed: None) -> Iterator[Account]:
    with postmark.PostmarkTwin() as twin:
        yield connected(twin, "postmark", postmark.event, server_token=postmark.TOKEN)


@pytest.fixture
def at_resend(shop: Shop, allowed: None) -> Iterator[Account]:
    with resend.ResendTwin() as twin:
        yield connected(twin, "resend", resend.event, api_key=resend.KEY)


@pytest.fixture(params=["at_sendgrid", "at_postmark", "at_resend"])
def account(request: pytest.FixtureRequest) -> Account:
    return request.getfixturevalue(request.param)


def mailed(shop: Shop, account: Account, who: str = "alice", **said: Any) -> None:
    letter = shop.letter("email", connection_id=account.connection.public_id)
    shop.live(campaign=shop.campaign(), channels=[letter], **said)
    shop.happens(who)
    shop.send()


def rested(shop: Shop) -> None:
    Pace.objects.update(free_at="2020-01-01T00:00Z", line_ends_at="2020-01-01T00:00Z")
    shop.hurry()
    shop.send()


def test_a_mail_is_taken_whole_and_names_its_message(shop: Shop, account: Account) -> None:
    mailed(shop, account)
    [mail], [delivery] = account.twin.mails, shop.deliveries("alice")
    said = json.dumps(mail)
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


def test_resend_recognises_what_is_repeated_after_a_lost_answer(shop: Shop, at_resend: Account) -> None:
    at_resend.twin.misbehave(server.accepts_and_drops())
    mailed(shop, at_resend)
    rested(shop)
    calls = at_resend.twin.calls("POST /emails", accepted=False)
    assert (shop.states("alice"), len(calls), len(at_resend.twin.mails)) == (["SENT"], 2, 1)
    assert calls[0].raw == calls[1].raw


def test_postmark_is_asked_what_became_of_a_lost_answer(shop: Shop, at_postmark: Account) -> None:
    at_postmark.twin.misbehave(server.accepts_and_drops())
    mailed(shop, at_postmark, policy={"uncertain": "hold"})
    for _ in range(3):
        Delivery.objects.filter(state="UNKNOWN").update(due_at="2020-01-01T00:00Z")
        enquiring.look_up_some()
    assert (shop.states("alice"), len(at_postmark.twin.mails)) == (["SENT"], 1)


def test_sendgrid_s_own_report_ends_the_doubt_about_a_lost_answer(shop: Shop, at_sendgrid: Account) -> None:
    at_sendgrid.twin.misbehave(server.accepts_and_drops())
    mailed(shop, at_sendgrid, policy={"uncertain": "hold"})
    assert shop.states("alice") in (["UNKNOWN"], ["UNCERTAIN"])
    assert at_sendgrid.hears("processed", at_sendgrid.twin.mails[0]) == 200
    assert (shop.states("alice"), len(at_sendgrid.twin.mails)) == (["SENT"], 1)


def test_an_answer_of_500_after_accepting_is_a_doubt_and_no_failure(shop: Shop, at_sendgrid: Account) -> None:
    at_sendgrid.twin.misbehave(server.accepts_and_answers(500, {"errors": []}))
    mailed(shop, at_sendgrid, policy={"uncertain": "hold"})
    assert Attempt.objects.get().outcome == "unknown"


BOUNCES = {
    "at_sendgrid": ("bounce", {"type": "bounce", "reason": "550 5.1.1 unknown", "sg_event_id": "ev-1"}),
    "at_postmark": ("Bounce", {"Type": "HardBounce", "TypeCode": 1, "ID": 4711}),
    "at_resend": ("email.bounced", {"bounce": {"type": "Permanent", "message": "550 unknown"}}),
}


@pytest.mark.parametrize("name", BOUNCES)
def test_a_bounce_told_twice_is_one_suppression(shop: Shop, request: pytest.FixtureRequest, name: str) -> None:
    account, (kind, more) = request.getfixturevalue(name), BOUNCES[name]
    mailed(shop, account)
    said = account.report(kind, account.twin.mails[0], **more)
    headers = {"svix-id": "msg_1"} if name == "at_resend" else None
    assert [account.posts(said, headers) for _ in range(2)] == [200, 200]
    assert (Feedback.objects.count(), Suppression.objects.count()) == (1, 1)
    assert (shop.states("alice"), shop.reasons("alice")) == (["FAILED"], ["bounced"])


SOFT = {
    "at_sendgrid": ("bounce", {"type": "blocked"}),
    "at_postmark": ("Bounce", {"Type": "SoftBounce"}),
    "at_resend": ("email.bounced", {"bounce": {"type": "Transient", "message": "mailbox full"}}),
}


@pytest.mark.parametrize("name", SOFT)
def test_a_bounce_for_now_stops_no_address(shop: Shop, request: pytest.FixtureRequest, name: str) -> None:
    account, (kind, more) = request.getfixturevalue(name), SOFT[name]
    mailed(shop, account)
    assert account.hears(kind, account.twin.mails[0], **more) == 200
    assert (shop.states("alice"), Suppression.objects.count()) == (["FAILED"], 0)


def test_the_third_bounce_for_now_within_three_days_stops_the_address(shop: Shop, at_sendgrid: Account) -> None:
    mailed(shop, at_sendgrid, policy={"frequency": "every_event"})
    for _ in range(2):
        shop.happens("alice")
        shop.send()
    for mail in at_sendgrid.twin.mails:
        assert not Suppression.objects.exists()
        at_sendgrid.hears("bounce", mail, type="blocked")
    assert Suppression.objects.get().reason == "bounced"


SEEN = {
    "at_sendgrid": ("delivered", "open", "click"),
    "at_postmark": ("Delivery", "Open", "Click"),
    "at_resend": ("email.delivered", "email.opened", "email.clicked"),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_a_provider_sees_is_seen(shop: Shop, request: pytest.FixtureRequest, name: str) -> None:
    account = request.getfixturevalue(name)
    mailed(shop, account)
    for kind in SEEN[name]:
        assert account.hears(kind, account.twin.mails[0]) == 200
    found = Reception.objects.get()
    assert all((found.delivered_at, found.opened_at, found.clicked_at))


def test_an_opening_by_a_proxy_is_no_person_s(shop: Shop, at_sendgrid: Account) -> None:
    mailed(shop, at_sendgrid)
    at_sendgrid.hears("open", at_sendgrid.twin.mails[0], sg_machine_open=True)
    assert (Feedback.objects.get().is_machine, Reception.objects.exists()) == (True, False)


@pytest.mark.parametrize("said", [{}, [], [{"event": 1}], "x", {"type": 1}, [[]], None])
def test_what_cannot_be_read_is_refused_and_stores_nothing(account: Account, said: Any) -> None:
    assert account.posts(said) in (200, 400)
    assert not Feedback.objects.exists()


def test_an_address_that_nobody_was_told_hears_nothing(at_sendgrid: Account) -> None:
    assert Client().post("/feedback/" + "A" * 27, "[]", content_type="application/json").status_code == 404


def test_where_resend_s_secret_is_known_only_resend_is_believed(shop: Shop, at_resend: Account) -> None:
    secret = "whsec_" + base64.b64encode(b"0" * 24).decode()
    connecting.change(at_resend.connection, {"webhook_secret": secret})
    mailed(shop, at_resend)
    said = json.dumps(at_resend.report("email.delivered", at_resend.twin.mails[0]))
    now = datetime.now(tz=UTC)
    right = {
        "svix-id": "a",
        "svix-timestamp": str(int(now.timestamp())),
        "svix-signature": Webhook(secret).sign("a", now, said),
    }
    assert at_resend.posts(json.loads(said), {**right, "svix-signature": "v1,AAAA"}) == 401
    assert at_resend.posts(json.loads(said)) == 401
    assert at_resend.posts(json.loads(said), right) == 200
    assert Feedback.objects.count() == 1


def test_where_sendgrid_s_key_is_known_only_sendgrid_is_believed(shop: Shop, at_sendgrid: Account) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    connecting.change(at_sendgrid.connection, {"webhook_public_key": base64.b64encode(public).decode()})
    mailed(shop, at_sendgrid)
    said = at_sendgrid.report("delivered", at_sendgrid.twin.mails[0])
    signature = key.sign(b"1" + json.dumps(said).encode(), ec.ECDSA(hashes.SHA256()))
    named = "X-Twilio-Email-Event-Webhook-"
    right = {f"{named}Signature": base64.b64encode(signature).decode(), f"{named}Timestamp": "1"}
    assert at_sendgrid.posts(said) == 401
    assert at_sendgrid.posts(said, {**right, f"{named}Timestamp": "2"}) == 401
    assert at_sendgrid.posts(said, right) == 200
