"""What each mail provider is asked, and how its reports are read, by the shapes that its reference publishes."""

import base64
import json
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import RequestFactory

from distributions.channels import PROVIDERS, mailing
from distributions.channels.handover import Account, OutgoingMessage
from distributions.channels.mailing import reports, ses
from distributions.channels.mailing.reports import Told, UnprovenError, UnreadableError

ID = "msg_" + "0" * 31 + "7"
SECRETS = {
    "api_key": "k1", "server_token": "t1", "domain": "shop.example", "access_key_id": "AK", "secret_access_key": "SK",
    "region": "eu-west-1",
}  # fmt: skip
ALL = sorted(reports.VIEWS)


def account(provider: str, **said: str) -> Account:
    known = PROVIDERS[provider].settings
    settings = {setting.name: SECRETS.get(setting.name, setting.default) for setting in known}
    return Account(1, provider, {**settings, **said})


def asked(provider: str, **said: str) -> Any:
    """Return the call that hands a mail of the Shöp over."""
    to = account(provider, **said)
    headers = {
        "From": "=?utf-8?b?U2jDtnA=?= <promo@shop.example>", "Date": "Mon, 05 Jan 2026 12:00:00 +0000",
        "Message-ID": f"<{ID}@shop.example>", "List-Unsubscribe": "<https://shop.example/unsubscribe/x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }  # fmt: skip
    mail = OutgoingMessage(ID, "ida@shop.example", "Höi", "<p>Hé</p>", "Hé", headers, account=to)
    return mailing._request_of(mail, to, mailing._sender(mail, to), "ida@shop.example")


@pytest.mark.parametrize("provider", ALL)
def test_every_attempt_says_the_same(provider: str) -> None:
    first, second = asked(provider), asked(provider)
    assert (first.url, first.body) == (second.url, second.body)


@pytest.mark.parametrize(
    ("provider", "address"),
    [
        ("ses", "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails"),
        ("sendgrid", "https://api.sendgrid.com/v3/mail/send"),
        ("mailgun", "https://api.mailgun.net/v3/shop.example/messages"),
        ("postmark", "https://api.postmarkapp.com/email"),
        ("brevo", "https://api.brevo.com/v3/smtp/email"),
        ("resend", "https://api.resend.com/emails"),
        ("sparkpost", "https://api.sparkpost.com/api/v1/transmissions/"),
    ],
)
def test_each_is_asked_where_its_reference_says(provider: str, address: str) -> None:
    assert asked(provider).url.rstrip("/") == address.rstrip("/")


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:9/v3", "http://127.0.0.1:9/v3/", "http://127.0.0.1:9", "http://127.0.0.1:9/"]
)
def test_an_address_with_or_without_its_version_means_the_same(elsewhere: str) -> None:
    assert asked("sendgrid", base_url=elsewhere).url == "http://127.0.0.1:9/v3/mail/send"


@pytest.mark.parametrize(("provider", "key"), [("resend", ID), ("sparkpost", ID)])
def test_a_key_makes_a_repetition_known(provider: str, key: str) -> None:
    assert asked(provider).headers["Idempotency-Key"] == key


def test_brevo_takes_its_key_in_the_body() -> None:
    assert json.loads(asked("brevo").body)["headers"]["idempotencyKey"] == "00000000-0000-0000-0000-000000000007"


@pytest.mark.parametrize("provider", [name for name in ALL if name != "ses"])
def test_the_sender_s_name_is_written_in_plain_words(provider: str) -> None:
    said = asked(provider).body.decode()
    assert "Sh\\u00f6p" in said or "Sh%C3%B6p" in said
    assert "utf-8?b" not in said


def test_mailgun_is_told_by_a_form_with_our_id() -> None:
    form = parse_qs(asked("mailgun").body.decode())
    assert (form["v:promo_message"], form["h:X-Promo-Message"], form["to"]) == ([ID], [ID], ["ida@shop.example"])


def test_ses_takes_the_whole_mail_signed() -> None:
    call = asked("ses")
    mail = message_from_bytes(base64.b64decode(json.loads(call.body)["Content"]["Raw"]["Data"]))
    assert (mail["X-Promo-Message"], mail["Message-ID"]) == (ID, f"<{ID}@shop.example>")
    assert call.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AK/")
    assert "SignedHeaders=content-type;host;x-amz-date" in call.headers["Authorization"]


@pytest.mark.parametrize("region", ["", "evil.example/", "eu-west-1.evil", "EU"])
def test_a_region_is_one_of_amazon_s(region: str) -> None:
    with pytest.raises(ValueError, match="no region"):
        ses.root_of(account("ses", region=region))


def told(provider: str, said: Any) -> list[Told]:
    request = RequestFactory().post("/", json.dumps(said), content_type="application/json")
    return reports.read(account(provider), request)


def of_mailgun(event: str, **more: Any) -> dict[str, Any]:
    data = {
        "event": event,
        "timestamp": 1767614400.1,
        "recipient": "ida@shop.example",
        "user-variables": {"promo_message": ID},
    }
    return {"signature": {"token": "tok-1", "timestamp": "1", "signature": "s"}, "event-data": {**data, **more}}


def of_brevo(event: str, **more: Any) -> dict[str, Any]:
    custom = json.dumps({"promo_message": ID})
    return {
        "event": event,
        "email": "ida@shop.example",
        "ts_epoch": 1767614400000,
        "message-id": "<m>",
        "X-Mailin-custom": custom,
        **more,
    }


def of_sparkpost(kind: str, **more: Any) -> list[dict[str, Any]]:
    event = {
        "type": kind,
        "timestamp": "1767614400",
        "event_id": "9",
        "raw_rcpt_to": "ida@shop.example",
        "rcpt_meta": {"promo_message": ID},
    }
    return [{"msys": {"message_event": {**event, **more}}}]


@pytest.mark.parametrize(
    ("provider", "said", "kind", "is_permanent"),
    [
        ("mailgun", of_mailgun("delivered"), "delivered", True),
        ("mailgun", of_mailgun("failed", severity="permanent", reason="bounce"), "bounced", True),
        ("mailgun", of_mailgun("complained"), "complained", True),
        ("brevo", of_brevo("delivered"), "delivered", False),
        ("brevo", of_brevo("hard_bounce"), "bounced", True),
        ("brevo", of_brevo("soft_bounce"), "bounced", False),
        ("brevo", of_brevo("unsubscribe"), "unsubscribed", False),
        ("sparkpost", of_sparkpost("delivery"), "delivered", True),
        ("sparkpost", of_sparkpost("bounce", bounce_class="10"), "bounced", True),
        ("sparkpost", of_sparkpost("bounce", bounce_class="22"), "bounced", False),
        ("sparkpost", of_sparkpost("spam_complaint"), "complained", True),
    ],
)
def test_a_report_is_read_in_our_words(provider: str, said: Any, kind: str, is_permanent: bool) -> None:
    [one] = told(provider, said)
    assert (one.kind, one.message_id, one.address) == (kind, ID, "ida@shop.example")
    if kind == "bounced":
        assert one.is_permanent is is_permanent


def test_a_delay_says_nothing_yet() -> None:
    assert told("mailgun", of_mailgun("failed", severity="temporary")) == []


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("said", [None, 1, "x", [1], {"a": 1}])
def test_what_is_no_report_is_refused_in_one_way(provider: str, said: Any) -> None:
    try:
        assert told(provider, said) == []
    except (UnprovenError, UnreadableError):
        return


def test_an_id_is_the_same_whenever_the_same_is_said() -> None:
    ids = {told("brevo", of_brevo("delivered"))[0].event_id for _ in range(2)}
    assert len(ids) == 1
    assert told("brevo", of_brevo("delivered", ts_epoch=1))[0].event_id not in ids
