"""Accounts with mail providers: for each a twin, our connection to it, and how its reports look."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from distributions import connecting, listening
from distributions.channels import PROVIDERS
from distributions.models import Connection, Pace
from tests.distributions.conftest import Shop
from tests.twins import brevo, mailgun, postmark, resend, sendgrid, ses, sns, sparkpost
from tests.twins.server import Twin
from tests.twins.sns import SnsTwin

ALL = ["at_ses", "at_sendgrid", "at_mailgun", "at_postmark", "at_brevo", "at_resend", "at_sparkpost"]


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


def connected(twin: Twin, provider: str, report: Callable[..., Any], **said: str) -> Account:
    made = connecting.create(PROVIDERS[provider], "Ours", {**said, "base_url": twin.url})
    Connection.objects.update(calls_per_second=1000.0)
    return Account(twin, made, report)


def mailed(shop: Shop, account: Account, who: str = "alice", **said: Any) -> None:
    letter = shop.letter("email", connection_id=account.connection.public_id)
    shop.live(campaign=shop.campaign(), channels=[letter], **said)
    shop.happens(who)
    shop.send()


def rested(shop: Shop) -> None:
    Pace.objects.update(free_at="2020-01-01T00:00Z", line_ends_at="2020-01-01T00:00Z")
    shop.hurry()
    shop.send()


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


@pytest.fixture
def at_ses(shop: Shop, amazon: SnsTwin) -> Iterator[Account]:
    said = {"access_key_id": ses.KEY_ID, "secret_access_key": ses.SECRET, "region": ses.REGION, "topic_arn": sns.TOPIC}

    def report(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
        return amazon.message("Notification", json.dumps(ses.event(kind, mail, **more)))

    with ses.SesTwin() as twin:
        yield connected(twin, "ses", report, **said)


@pytest.fixture
def at_mailgun(shop: Shop, allowed: None) -> Iterator[Account]:
    said = {"api_key": mailgun.KEY, "domain": mailgun.DOMAIN, "webhook_signing_key": mailgun.SIGNING_KEY}
    with mailgun.MailgunTwin() as twin:
        yield connected(twin, "mailgun", mailgun.event, **said)


@pytest.fixture
def at_brevo(shop: Shop, allowed: None) -> Iterator[Account]:
    with brevo.BrevoTwin() as twin:
        yield connected(twin, "brevo", brevo.event, api_key=brevo.KEY)


@pytest.fixture
def at_sparkpost(shop: Shop, allowed: None) -> Iterator[Account]:
    with sparkpost.SparkPostTwin() as twin:
        yield connected(twin, "sparkpost", sparkpost.event, api_key=sparkpost.KEY)


@pytest.fixture(params=ALL)
def account(request: pytest.FixtureRequest) -> Account:
    return request.getfixturevalue(request.param)
