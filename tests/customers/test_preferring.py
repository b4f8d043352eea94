"""A customer's own page: what she may be written to about, by her signed address and without a login."""

from typing import Any

import pytest
from django.test import Client

from customers import consenting, preferring, suppressing
from customers.models import Consent, Customer, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(api: Any) -> Customer:
    api.post("/v1/customers", {"source_id": "ada", "email": "ada@shop.example", "phone": "+31611112222"})
    return Customer.objects.get()


def path(customer: Customer) -> str:
    return "/preferences/" + preferring.address_of(customer.pk).rpartition("/")[2]


def choose(customer: Customer, *subjects: str) -> Customer:
    answer = Client(enforce_csrf_checks=True).post(path(customer), {"allow": list(subjects)})
    assert (answer.status_code, answer.cookies) == (302, {})
    return Customer.objects.get(pk=customer.pk)


def test_everything_is_allowed_at_first_and_looking_changes_nothing(ada: Customer) -> None:
    page = Client().get(path(ada)).content.decode()
    assert page.count("checked") == 4
    assert ("a…@shop.example" in page, "ada@shop.example" in page) == (True, False)
    assert not Consent.objects.exists()


def test_offers_can_be_refused_and_news_of_orders_kept(ada: Customer) -> None:
    ada = choose(ada, "email:transactional", "sms:marketing", "sms:transactional")
    assert ada.refuses == ["email:marketing"]
    assert not consenting.may_write(ada, "email", "marketing")
    assert consenting.may_write(ada, "email", "transactional")
    assert not suppressing.suppressed("email", ["ada@shop.example"])


def test_who_wants_nothing_has_unsubscribed(ada: Customer) -> None:
    Client().post(path(ada), {"nothing": "1", "allow": ["email:marketing"]})
    assert Customer.objects.get().refuses == ["email", "sms"]
    assert set(Suppression.objects.values_list("channel", "reason")) == {
        ("email", "unsubscribed"),
        ("sms", "unsubscribed"),
    }


def test_she_can_come_back(ada: Customer) -> None:
    choose(ada)
    ada = choose(ada, "email:marketing", "email:transactional")
    assert (ada.refuses, Suppression.objects.get().channel) == (["sms"], "sms")


def test_a_consent_to_the_whole_channel_overrides_what_was_refused_of_it(api: Any, ada: Customer) -> None:
    choose(ada, "email:transactional", "sms:marketing", "sms:transactional")
    api.put("/v1/customers/ada/consents", {"email": True})
    assert Customer.objects.get().refuses == []
    assert consenting.current(ada) == {"email": True, "sms": True}


def test_a_bounce_is_not_hers_to_lift(ada: Customer) -> None:
    suppressing.suppress("email", "ada@shop.example", Suppression.Reason.BOUNCED)
    assert "cannot write to this address" in Client().get(path(ada)).content.decode()
    choose(ada, "email:marketing", "email:transactional")
    assert suppressing.suppressed("email", ["ada@shop.example"])


def test_the_proof_names_the_page_the_address_and_the_question(ada: Customer) -> None:
    choose(ada, "email:transactional")
    proof = Consent.objects.get(channel="email", purpose="marketing")
    assert (proof.is_given, proof.source, proof.ip_address) == (False, "preference page", "127.0.0.1")
    assert "Offers and promotions: no" in proof.wording


def test_saying_the_same_again_writes_nothing(ada: Customer) -> None:
    for _ in range(2):
        choose(ada, "email:transactional", "sms:marketing", "sms:transactional")
    assert Consent.objects.count() == 4


@pytest.mark.parametrize("token", ["x", "ä", "A" * 27, "A" * 200])
def test_a_token_we_never_gave_out_is_nobody_s(token: str) -> None:
    assert Client().get(f"/preferences/{token}").status_code == 404


def test_somebody_else_s_page_cannot_be_guessed(ada: Customer) -> None:
    token = path(ada).rpartition("/")[2]
    assert preferring.customer_of(token) == ada
    assert preferring.customer_of(("B" if token[0] == "A" else "A") + token[1:]) is None


def test_the_page_of_who_was_deleted_is_gone(api: Any, ada: Customer) -> None:
    address = path(ada)
    api.delete("/v1/customers/ada")
    assert Client().get(address).status_code == 404
