"""What Amazon SNS brings of SES: believed by its signature, while it is fresh, and for the topic that is expected."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from distributions import connecting, listening
from distributions.channels import PROVIDERS
from distributions.models import Connection, Feedback
from tests.distributions.amazon import allowed, amazon, headers_of
from tests.twins import server, sns
from tests.twins.sns import SnsTwin

__all__ = ["allowed", "amazon"]

pytestmark = pytest.mark.django_db(transaction=True)

ID = "msg_" + "0" * 31 + "7"
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(amazon: SnsTwin) -> Connection:
    said = {"access_key_id": "AK", "secret_access_key": "SK", "region": "eu-west-1", "topic_arn": sns.TOPIC}
    return connecting.create(PROVIDERS["ses"], "Ours", said)


def posted(connection: Connection, said: dict[str, Any]) -> int:
    path = urlsplit(listening.address_of(connection)).path
    answer = Client().post(path, json.dumps(said), content_type="text/plain; charset=UTF-8", headers=headers_of(said))
    return answer.status_code


def delivered() -> str:
    return sns.event("Delivery", ID, "ida@shop.example", delivery={"recipients": ["ida@shop.example"]})


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signed_is_stored_once(connection: Connection, amazon: SnsTwin, version: str) -> None:
    said = amazon.message("Notification", delivered(), version=version)
    assert [posted(connection, said) for _ in range(2)] == [200, 200]
    assert Feedback.objects.get().kind == "delivered"


def test_a_subject_is_signed_too(connection: Connection, amazon: SnsTwin) -> None:
    said = amazon.message("Notification", delivered(), Subject="Amazon SES\nnotice")
    assert posted(connection, {**said, "Subject": "Another"}) == 401
    assert posted(connection, said) == 200


def test_the_certificate_is_fetched_once(connection: Connection, amazon: SnsTwin) -> None:
    for _ in range(3):
        posted(connection, amazon.message("Notification", delivered()))
    assert (len(amazon.received), Feedback.objects.count()) == (1, 3)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"Message": "{}"}, id="another message"),
        pytest.param({"MessageId": "another"}, id="another id"),
        pytest.param({"Signature": "AAAA"}, id="another signature"),
        pytest.param({"Signature": "no base64!"}, id="no base64"),
        pytest.param({"Signature": None}, id="no signature"),
        pytest.param({"SignatureVersion": "2"}, id="another hash"),
        pytest.param({"SignatureVersion": "3"}, id="an unknown version"),
        pytest.param({"Type": "Other"}, id="an unknown type"),
        pytest.param({"Timestamp": sns.stamp(datetime.now(tz=UTC))[:-1] + "9Z"}, id="another time"),
        pytest.param({"Message": 7}, id="a number for a message"),
    ],
)
def test_what_was_changed_on_the_way_is_refused(
    connection: Connection, amazon: SnsTwin, changed: dict[str, Any]
) -> None:
    assert posted(connection, {**amazon.message("Notification", delivered()), **changed}) == 401
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/SimpleNotificationService-00.pem",
        f"http://{sns.HOST}/SimpleNotificationService-00.pem",
        f"https://{sns.HOST}.evil.example/SimpleNotificationService-00.pem",
        f"https://{sns.HOST}@evil.example/SimpleNotificationService-00.pem",
        f"https://{sns.HOST}:8443/SimpleNotificationService-00.pem",
        f"https://{sns.HOST}/?Action=ListTopics",
        f"https://{sns.HOST}/SimpleNotificationService-00.pem?Action=ListTopics",
        "https://[",
        "",
    ],
)
def test_no_certificate_is_fetched_but_where_amazon_keeps_them(
    connection: Connection, amazon: SnsTwin, url: str
) -> None:
    assert posted(connection, amazon.message("Notification", delivered(), SigningCertURL=url)) == 401
    assert (amazon.received, Feedback.objects.exists()) == ([], False)


def test_a_certificate_that_has_run_out_proves_nothing(connection: Connection, amazon: SnsTwin) -> None:
    amazon.certificate = sns.certify(amazon.key, days=-1)
    assert posted(connection, amazon.message("Notification", delivered())) == 401


def test_another_s_key_proves_nothing(connection: Connection, amazon: SnsTwin) -> None:
    amazon.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert posted(connection, amazon.message("Notification", delivered())) == 401


@pytest.mark.parametrize(("ago", "status"), [(HOUR * 0.9, 200), (HOUR * 1.1, 401), (-HOUR * 1.1, 401)])
def test_only_what_is_fresh_is_heard(connection: Connection, amazon: SnsTwin, ago: timedelta, status: int) -> None:
    at = sns.stamp(datetime.now(tz=UTC) - ago)
    assert posted(connection, amazon.message("Notification", delivered(), Timestamp=at)) == status
    assert Feedback.objects.exists() is (status == 200)


def test_only_the_topic_that_is_named_is_heard(connection: Connection, amazon: SnsTwin) -> None:
    said = amazon.message("Notification", delivered(), TopicArn=sns.TOPIC + "-other")
    assert (posted(connection, said), Feedback.objects.exists()) == (401, False)
    connecting.change(connection, {"topic_arn": ""})
    assert posted(connection, said) == 200


def test_amazon_is_asked_again_while_its_certificate_cannot_be_had(connection: Connection, amazon: SnsTwin) -> None:
    amazon.misbehave(server.refuses(503, None, sns.CLOSE))
    said = amazon.message("Notification", delivered())
    assert (posted(connection, said), Feedback.objects.exists()) == (503, False)
    assert posted(connection, said) == 200


def test_a_subscription_of_the_named_topic_is_confirmed(connection: Connection, amazon: SnsTwin) -> None:
    said = amazon.message("SubscriptionConfirmation", "You have chosen to subscribe")
    assert (posted(connection, said), amazon.confirmed) == (200, [said["Token"]])


@pytest.mark.parametrize(
    ("changed", "topic"),
    [
        pytest.param({"TopicArn": sns.TOPIC + "-other"}, sns.TOPIC, id="another topic"),
        pytest.param({}, "", id="no topic is named"),
        pytest.param({"SubscribeURL": "https://evil.example/"}, sns.TOPIC, id="not Amazon's address"),
        pytest.param({"SubscribeURL": f"http://{sns.HOST}/"}, sns.TOPIC, id="no https"),
        pytest.param({"Timestamp": "2026-01-05T12:00:00.000Z"}, sns.TOPIC, id="long ago"),
    ],
)
def test_no_other_subscription_is_confirmed(
    connection: Connection, amazon: SnsTwin, changed: dict[str, str], topic: str
) -> None:
    connecting.change(connection, {"topic_arn": topic})
    assert posted(connection, amazon.message("SubscriptionConfirmation", "Subscribe?", **changed)) == 401
    assert amazon.confirmed == []


def test_a_forged_wish_to_subscribe_is_not_followed(connection: Connection, amazon: SnsTwin) -> None:
    said = amazon.message("SubscriptionConfirmation", "Subscribe?")
    assert (posted(connection, {**said, "Token": "mine"}), amazon.confirmed) == (401, [])


def test_the_end_of_a_subscription_says_nothing_of_messages(connection: Connection, amazon: SnsTwin) -> None:
    said = amazon.message("UnsubscribeConfirmation", "You have chosen to deactivate")
    assert (posted(connection, said), amazon.confirmed, Feedback.objects.exists()) == (200, [], False)
