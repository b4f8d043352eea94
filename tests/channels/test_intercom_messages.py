"""Intercom writes to a customer itself: in its app or by e-mail, never twice without somebody's word."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from access import project as projects
from customers import consenting
from customers.consenting import Proof
from customers.models import Customer
from distributions import connecting
from distributions.channels import Outcome, OutgoingMessage
from distributions.channels import intercom as channel
from distributions.models import Attempt, Connection, Delivery, Distribution
from distributions.telling import invariants
from tests.channels.handing import account_at, hand_over, loopback, outgoing
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.twins import server
from tests.twins.intercom import IntercomTwin

__all__ = ["loopback"]

pytestmark = pytest.mark.django_db(transaction=True)

ADA, BEN = "991267390", "991267391"
IN_APP = {"type": "in_app", "from": ADA, "body": "<p>Hi {{ customer.name }}: {{ voucher.code }}</p>"}
MAIL = {**IN_APP, "type": "email", "subject": "Your {{ voucher.discount }}", "template": "personal"}
WRITE = "POST /messages"


@pytest.fixture
def intercom() -> Iterator[IntercomTwin]:
    with IntercomTwin() as twin:
        twin.has_attribute("promo_code")
        yield twin


@pytest.fixture
def connection(intercom: IntercomTwin) -> Connection:
    settings = {"access_token": intercom.token, "base_url": intercom.url}
    return connecting.create(connecting.provider_for("intercom"), "Workspace", settings)


def goes_live(shop: Shop, message: dict[str, str], **policy: Any) -> Distribution:
    said = {"type": "intercom", "fields": {"promo_code": "{{ voucher.code }}"}, "message": message}
    return shop.live(campaign=shop.campaign(), channels=[said], policy=policy)


def send(shop: Shop) -> None:
    for _ in range(4):
        shop.hurry()
        shop.send()


def frozen(intercom: IntercomTwin, **how: str) -> OutgoingMessage:
    account = account_at("intercom", intercom.url, secret=("access_token", intercom.token))
    told = {"fields": {"promo_code": "COME-1"}, "occurred_at": 1_760_000_000, "event": "code-given"}
    written = {"type": "in_app", "from": ADA, **how}
    made = outgoing(account, "alice", **told, message=written, customer={"email": "alice@shop.example"})
    object.__setattr__(made, "html", "<p>Hello</p>")
    return made


def test_the_message_is_written_by_the_admin_to_the_contact_after_all_else(
    shop: Shop, intercom: IntercomTwin, connection: Connection
) -> None:
    goes_live(shop, IN_APP)
    shop.happens("alice")
    send(shop)
    [code], [said], [contact] = shop.codes("alice"), intercom.messages, intercom.contacts
    assert said == {
        "message_type": "in_app", "body": f"<p>Hi Alice: {code}</p>",
        "from": {"type": "admin", "id": int(ADA)}, "to": {"type": "user", "id": contact.id},
    }  # fmt: skip
    assert intercom.received[-1].line == WRITE
    assert contact.custom_attributes == {"promo_code": code}
    assert (shop.states("alice"), Attempt.objects.get().provider_id) == (["SENT"], "1")


def test_a_mail_has_its_subject_its_style_and_what_the_law_wants(
    shop: Shop, intercom: IntercomTwin, connection: Connection
) -> None:
    goes_live(shop, MAIL)
    shop.happens("alice")
    send(shop)
    [said] = intercom.messages
    assert (said["message_type"], said["subject"], said["template"]) == ("email", "Your 5% off", "personal")
    assert "1 Main Street, Utrecht" in said["body"]
    assert "/unsubscribe/" in said["body"]


def test_what_a_customer_calls_herself_is_no_html(shop: Shop, intercom: IntercomTwin, connection: Connection) -> None:
    goes_live(shop, IN_APP)
    shop.customer("alice")
    Customer.objects.update(name="<img src=x onerror=alert(1)>")
    shop.happens("alice")
    send(shop)
    assert "&lt;img src=x onerror=alert(1)&gt;" in intercom.messages[0]["body"]


@pytest.mark.parametrize(
    ("policy", "state", "count"),
    [
        pytest.param({}, "UNCERTAIN", 1, id="held where nothing was said"),
        pytest.param({"uncertain": "hold"}, "UNCERTAIN", 1, id="held where that was wanted"),
        pytest.param({"uncertain": "resend"}, "SENT", 2, id="sent again where that was wanted"),
    ],
)
def test_a_lost_answer_leads_to_no_second_message_unless_that_is_wanted(
    shop: Shop, intercom: IntercomTwin, connection: Connection, policy: dict[str, str], state: str, count: int
) -> None:
    goes_live(shop, IN_APP, **policy)
    intercom.misbehave(server.accepts_and_drops(on=WRITE))
    shop.happens("alice")
    send(shop)
    assert (shop.states("alice"), len(intercom.messages)) == ([state], count)
    assert Delivery.objects.get().may_repeat is (count > 1)
    assert len({said["body"] for said in intercom.messages}) == 1
    assert [name for name, verdict in invariants.check().items() if not verdict["ok"]] == []
    Delivery.objects.update(may_repeat=False)
    assert invariants.check()["I12"]["ok"] is (count == 1)


def test_a_held_message_says_what_a_repetition_costs(
    shop: Shop, intercom: IntercomTwin, connection: Connection, admin_client: Client
) -> None:
    goes_live(shop, IN_APP)
    intercom.misbehave(server.accepts_and_drops(on=WRITE))
    shop.happens("alice")
    send(shop)
    page = admin_client.get(f"/admin/distributions/delivery/{Delivery.objects.get().pk}/change/").content.decode()
    assert "If it had arrived, the customer may have it twice." in page
    assert f"an in-app message by Intercom, from its admin {ADA}" in page


@pytest.mark.parametrize(
    "fault",
    [
        server.accepts_and_drops(on="POST /contacts"),
        server.accepts_and_answers(502, on="POST /events"),
        server.refuses(500, on="POST /contacts/search"),
        server.refuses(429, on=WRITE),
    ],
)
def test_whatever_ends_before_the_message_is_no_doubt_and_is_done_again(
    intercom: IntercomTwin, fault: server.Fault
) -> None:
    message = frozen(intercom)
    intercom.misbehave(fault)
    assert hand_over(channel, message)[0].outcome == Outcome.NOT_ACCEPTED
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert (len(intercom.messages), len(intercom.events), len(intercom.contacts)) == (1, 1, 1)


def test_who_was_made_a_moment_ago_is_written_to_later(intercom: IntercomTwin) -> None:
    known, message = intercom.has_contact("alice", "alice@shop.example"), frozen(intercom)
    intercom.unreachable.add(known.id)
    [receipt] = hand_over(channel, message)
    assert (receipt.outcome, receipt.status_code) == (Outcome.NOT_ACCEPTED, 404)
    intercom.unreachable.clear()
    assert hand_over(channel, message)[0].outcome == Outcome.ACCEPTED
    assert len(intercom.messages) == 1


def test_a_lead_is_written_to_as_one(intercom: IntercomTwin) -> None:
    lead = intercom.has_contact(None, "alice@shop.example", role="lead")
    hand_over(channel, frozen(intercom))
    assert intercom.messages[0]["to"] == {"type": "lead", "id": lead.id}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        pytest.param({"from": "1"}, "from is invalid", id="an admin who is not there"),
        pytest.param({"from": ""}, "Nobody is named", id="nobody"),
    ],
)
def test_a_message_that_cannot_be_written_fails_and_says_why(
    intercom: IntercomTwin, how: dict[str, str], words: str
) -> None:
    [receipt] = hand_over(channel, frozen(intercom, **how))
    assert receipt.outcome == Outcome.REJECTED
    assert words in receipt.detail


def test_a_message_is_not_called_delivered_because_an_attribute_was_read_back(
    shop: Shop, intercom: IntercomTwin, connection: Connection
) -> None:
    goes_live(shop, IN_APP)
    shop.happens("alice")
    send(shop)
    assert not Delivery.objects.get().to_verify


@pytest.mark.parametrize(("message", "state"), [(MAIL, "SUPPRESSED"), (IN_APP, "SENT")])
def test_who_refuses_mail_gets_none_by_intercom_either(
    shop: Shop, intercom: IntercomTwin, connection: Connection, message: dict[str, str], state: str
) -> None:
    goes_live(shop, message)
    consenting.set_consents(shop.customer("alice"), {"email": False}, Proof("preference page"))
    shop.happens("alice")
    send(shop)
    assert (shop.states("alice"), len(intercom.messages)) == ([state], int(state == "SENT"))


def test_who_unsubscribes_while_the_mail_waits_gets_none(
    shop: Shop, intercom: IntercomTwin, connection: Connection
) -> None:
    goes_live(shop, MAIL)
    intercom.misbehave(server.refuses(500, on="POST /contacts/search"))
    shop.happens("alice")
    shop.send()
    consenting.set_consents(shop.customer("alice"), {"email": False}, Proof("preference page"))
    send(shop)
    assert (shop.states("alice"), intercom.messages) == (["SUPPRESSED"], [])


def test_the_api_tells_a_message_as_it_was_given(api: RestClient, shop: Shop, connection: Connection) -> None:
    said = {"name": "x", "type": "automatic", "channels": [{"type": "intercom", "message": MAIL}]}
    made = api.post("/v1/distributions", said).json()
    assert made["channels"][0]["message"] == MAIL
    assert made["policy"]["uncertain"] == "hold"
    given = {"channels": [{"type": "intercom", "message": None}]}
    changed = api.put(f"/v1/distributions/{made['id']}", given).json()
    assert (changed["channels"][0]["message"], changed["policy"]["uncertain"]) == (None, "resend")


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    [
        pytest.param("mailchimp", IN_APP, "writes no messages", id="a tool that writes none"),
        pytest.param("intercom", {**IN_APP, "type": "fax"}, "message.type must be one of", id="a way there is not"),
        pytest.param("intercom", {**IN_APP, "from": "ada"}, "message.from must be", id="no number"),
        pytest.param("intercom", {**MAIL, "template": "loud"}, "message.template must be", id="a style there is not"),
        pytest.param("intercom", {**IN_APP, "cc": "x"}, "message knows no cc", id="a word too many"),
    ],
)
def test_a_message_that_cannot_be_is_refused_when_drafted(
    api: RestClient, shop: Shop, kind: str, message: dict[str, str], words: str
) -> None:
    said = {"name": "x", "type": "automatic", "channels": [{"type": kind, "message": message}]}
    refused = api.post("/v1/distributions", said)
    assert (refused.status_code, words in refused.json()["details"]) == (400, True)


def test_what_a_message_lacks_is_said_before_it_goes_live(api: RestClient, shop: Shop, connection: Connection) -> None:
    projects.change(postal_address="")
    message = {"type": "email", "body": "{{ voucher.code"}
    draft = shop.draft(campaign=shop.campaign(), channels=[{"type": "intercom", "message": message}])
    answer = api.post(f"/v1/distributions/{draft.public_id}/live").json()
    keys = {error["key"] for error in answer["error"]["missing"]}
    assert keys == {
        "message_from_missing", "message_subject_missing", "message_broken", "postal_address_missing"}  # fmt: skip


def test_the_step_offers_who_may_write_and_shows_what_she_would_read(
    admin_client: Client, shop: Shop, intercom: IntercomTwin, connection: Connection
) -> None:
    draft = shop.draft(shop.segment(), shop.campaign(3), channels=[{"type": "intercom"}])
    shop.customer("ida")
    asked = {"connection": connection.public_id}
    known = admin_client.get("/admin/distributions/distribution/known/intercom/", asked).json()
    assert known["senders"] == [[ADA, "Ada"], [BEN, "Ben"]]
    page = f"/admin/distributions/distribution/{draft.pk}"
    said = {f"message_{name}": value for name, value in MAIL.items()}
    form = {**said, "connection_id": connection.public_id, "field": [], "value": [], "event": "", "go": "stay"}
    assert admin_client.post(f"{page}/step/message/", form).status_code == 302
    assert draft.channels.get().message == MAIL
    assert "Your 5% off" in admin_client.get(f"{page}/told/intercom/").content.decode()
    assert "SAMPLE-7KQ2-M9PD" in admin_client.get(f"{page}/preview/intercom/body/").content.decode()
    admin_client.post(f"{page}/step/message/", {**form, "message_type": "", "field": ["code"], "value": ["x"]})
    assert draft.channels.get().message is None
