"""What mail providers report later: proven where they sign, stored once, and what follows from it."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from standardwebhooks.webhooks import Webhook

from customers.models import Suppression
from distributions import connecting
from distributions.models import Feedback, Reception
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
)  # fmt: skip
from tests.twins import mailgun

__all__ = [
    "account", "allowed", "amazon", "at_brevo", "at_mailgun", "at_postmark", "at_resend", "at_sendgrid", "at_ses",
    "at_sparkpost",
]  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


BOUNCES = {
    "at_sendgrid": ("bounce", {"type": "bounce", "reason": "550 5.1.1 unknown", "sg_event_id": "ev-1"}),
    "at_postmark": ("Bounce", {"Type": "HardBounce", "TypeCode": 1, "ID": 4711}),
    "at_resend": ("email.bounced", {"bounce": {"type": "Permanent", "message": "550 unknown"}}),
    "at_ses": ("Bounce", {"bounceType": "Permanent"}),
    "at_mailgun": ("failed", {"severity": "permanent", "reason": "bounce"}),
    "at_brevo": ("hard_bounce", {"reason": "550 unknown"}),
    "at_sparkpost": ("bounce", {"bounce_class": "10", "raw_reason": "550 unknown"}),
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
    "at_ses": ("Bounce", {"bounceType": "Transient"}),
    "at_brevo": ("soft_bounce", {}),
    "at_sparkpost": ("bounce", {"bounce_class": "22"}),
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
    "at_ses": ("Delivery", "Open", "Click"),
    "at_mailgun": ("delivered", "opened", "clicked"),
    "at_brevo": ("delivered", "opened", "click"),
    "at_sparkpost": ("delivery", "open", "click"),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_a_provider_sees_is_seen(shop: Shop, request: pytest.FixtureRequest, name: str) -> None:
    account = request.getfixturevalue(name)
    mailed(shop, account)
    for kind in SEEN[name]:
        assert account.hears(kind, account.twin.mails[0]) == 200
    found = Reception.objects.get()
    assert all((found.delivered_at, found.opened_at, found.clicked_at))


COMPLAINTS = {
    "at_ses": "Complaint", "at_sendgrid": "spamreport", "at_mailgun": "complained", "at_postmark": "SpamComplaint",
    "at_brevo": "spam", "at_resend": "email.complained", "at_sparkpost": "spam_complaint",
}  # fmt: skip
FAREWELLS = {"at_mailgun": "unsubscribed", "at_brevo": "unsubscribe", "at_sparkpost": "list_unsubscribe"}


@pytest.mark.parametrize(
    ("name", "kind", "heard"),
    [(name, kind, "complained") for name, kind in COMPLAINTS.items()]
    + [(name, kind, "unsubscribed") for name, kind in FAREWELLS.items()],
)
def test_who_complains_or_leaves_is_written_to_no_more(
    shop: Shop, request: pytest.FixtureRequest, name: str, kind: str, heard: str
) -> None:
    account = request.getfixturevalue(name)
    mailed(shop, account)
    said = account.report(kind, account.twin.mails[0])
    assert [account.posts(said) for _ in range(2)] == [200, 200]
    assert (Feedback.objects.get().kind, Suppression.objects.get().reason) == (heard, heard)


def test_where_mailgun_s_key_is_known_only_mailgun_is_believed(shop: Shop, at_mailgun: Account) -> None:
    mailed(shop, at_mailgun)
    said = at_mailgun.report("delivered", at_mailgun.twin.mails[0])
    assert at_mailgun.posts({**said, "signature": mailgun.sign("another")}) == 401
    assert at_mailgun.posts({"event-data": said["event-data"]}) == 401
    assert not Feedback.objects.exists()
    assert at_mailgun.posts(said) == 200


def test_an_opening_by_a_proxy_is_no_person_s(shop: Shop, at_sendgrid: Account) -> None:
    mailed(shop, at_sendgrid)
    at_sendgrid.hears("open", at_sendgrid.twin.mails[0], sg_machine_open=True)
    assert (Feedback.objects.get().is_machine, Reception.objects.exists()) == (True, False)


@pytest.mark.parametrize("said", [{}, [], [{"event": 1}], "x", {"type": 1}, [[]], None])
def test_what_cannot_be_read_is_refused_and_stores_nothing(account: Account, said: Any) -> None:
    assert account.posts(said) in (200, 400, 401)
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
