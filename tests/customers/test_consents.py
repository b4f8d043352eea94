from typing import Any

import pytest

from access import authentication, keys
from access.models import ApiKey
from customers import consenting, suppressing
from customers.models import Consent, Customer, Suppression
from events.models import Event
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

SHOP = "https://shop.example"


def page(*switches: str, origin: str = SHOP) -> RestClient:
    authentication.forget()
    issued = keys.issue("Pages", ApiKey.Kind.CLIENT, ["events:write", *switches], [SHOP])
    return RestClient(
        {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": origin}
    )


@pytest.fixture
def ada(api: Any) -> Customer:
    api.post("/v1/customers", {"source_id": "ada", "email": "ada@shop.example", "phone": "+31611112222"})
    return Customer.objects.get()


def test_the_consents_there_are_come_in_groups(api: Any) -> None:
    told = api.get("/v1/consents").json()
    assert [consent["id"] for consent in told["consents"]["data"]] == [
        "cnst_email",
        "cnst_sms",
        "cnst_push",
        "cnst_whatsapp",
    ]
    (group,) = told["groups"]["data"]
    assert (told["groups"]["data_ref"], told["groups"]["total"], group["object"]) == ("data", 1, "consent_group")
    assert group["consents"] == [consent["id"] for consent in told["consents"]["data"]]


def test_a_refusal_stops_the_channel_and_a_consent_reopens_it(api: Any, ada: Customer) -> None:
    assert api.put("/v1/customers/ada/consents", {"cnst_email": False, "sms": True}).status_code == 200
    assert suppressing.suppressed("email", ["ada@shop.example"])
    assert not suppressing.suppressed("sms", ["+31611112222"])
    assert consenting.current(ada) == {"email": False, "sms": True}
    api.put("/v1/customers/ada/consents", {"cnst_email": True})
    assert not suppressing.suppressed("email", ["ada@shop.example"])


def test_each_change_is_kept_with_its_proof(api: Any, ada: Customer) -> None:
    for is_given in (True, True, False):
        api.put("/v1/customers/ada/consents", {"cnst_email": is_given})
    proofs = Consent.objects.order_by("id").values_list("is_given", "source", "ip_address")
    assert list(proofs) == [(True, "api", "127.0.0.1"), (False, "api", "127.0.0.1")]


def test_a_refusal_holds_for_the_address_that_comes_later(api: Any) -> None:
    api.post("/v1/customers", {"source_id": "bo"})
    api.put("/v1/customers/bo/consents", {"email": False, "sms": False})
    api.put("/v1/customers/bo/consents", {"sms": True})
    assert Customer.objects.get().refuses == ["email"]


def test_a_consent_does_not_undo_a_bounce(api: Any, ada: Customer) -> None:
    suppressing.suppress("email", "ada@shop.example", Suppression.Reason.BOUNCED)
    api.put("/v1/customers/ada/consents", {"email": True})
    assert suppressing.suppressed("email", ["ada@shop.example"])


@pytest.mark.parametrize(
    ("body", "status"), [({"cnst_pigeon": True}, 404), ({"email": "yes"}, 400), ([], 400), ({"email": None}, 400)]
)
def test_what_is_no_consent_is_refused(api: Any, ada: Customer, body: Any, status: int) -> None:
    assert api.put("/v1/customers/ada/consents", body).status_code == status
    assert api.put("/v1/customers/bo/consents", {"email": True}).status_code == 404
    assert not Consent.objects.exists()


def test_pages_tell_consents_with_their_switch(ada: Customer) -> None:
    assert page().get("/client/v1/consents").json()["groups"]["total"] == 1
    assert page().put("/client/v1/customers/ada/consents", {"email": False}).status_code == 401
    allowed = page("create_customers")
    assert allowed.put("/client/v1/customers/ada/consents", {"email": False}).status_code == 200
    assert Consent.objects.get().source == "page"


def test_pages_make_customers_with_their_switch() -> None:
    body = {"source_id": "bo", "email": "bo@shop.example", "metadata": {"lang": "nl"}}
    assert page().post("/client/v1/customers", body).status_code == 401
    assert page("create_customers", origin="https://evil.example").post("/client/v1/customers", body).status_code == 401
    told = page("create_customers").post("/client/v1/customers", body)
    assert (told.status_code, told.json()["source_id"], told.json()["email"]) == (200, "bo", "bo@shop.example")
    assert told["Access-Control-Allow-Origin"] == SHOP
    assert Event.objects.get(name="customer.created").source == "CLIENT_API"


def test_pages_neither_redirect_mail_nor_read_anything_back(ada: Customer) -> None:
    pages = page("create_customers")
    moved = pages.post("/client/v1/customers", {"source_id": "ada", "email": "mallory@evil.example"})
    assert (moved.status_code, moved.json()["key"]) == (403, "forbidden")
    told = pages.post("/client/v1/customers", {"source_id": "ada", "name": "Ada"}).json()
    assert (told["name"], told["email"], told["phone"]) == ("Ada", None, None)


def test_a_preflight_is_answered() -> None:
    answer = page().client.options("/client/v1/customers", headers={"Origin": SHOP})
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    assert page().get("/client/v1/customers").status_code == 405
