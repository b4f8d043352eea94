"""Stopped addresses on the screen: found by the whole address, stopped by hand, lifted with a reason."""

from typing import Any

import pytest

from access.models import AuditEntry
from customers import suppressing
from customers.models import Suppression

pytestmark = pytest.mark.django_db

LIST = "/admin/customers/suppression/"


@pytest.fixture
def stopped() -> Suppression:
    suppressing.suppress("email", "bo@shop.example", Suppression.Reason.BOUNCED, source="twin evt-7")
    return suppressing.suppress("email", "Ada@shop.example", Suppression.Reason.MANUAL, source="she rang")


def test_an_address_is_found_in_any_spelling(admin_client: Any, stopped: Suppression) -> None:
    page = admin_client.get(LIST, {"q": "ADA@shop.example "}).content.decode()
    assert ("she rang" in page, "evt-7" in page) == (True, False)
    assert "0 results" in (page := admin_client.get(LIST, {"q": "ada@"}).content.decode()) or "she rang" not in page


def test_an_address_is_stopped_by_hand(admin_client: Any) -> None:
    told = {"channel": "email", "address": "eve@shop.example", "why": "asked by telephone"}
    assert admin_client.post(f"{LIST}add/", told).status_code == 302
    assert suppressing.reasons("email", ["eve@shop.example"]) == {"eve@shop.example": "manual"}
    entry = AuditEntry.objects.get(object_type="suppression")
    assert ("asked by telephone" in entry.summary, "eve@" in entry.summary) == (True, False)


@pytest.mark.parametrize("told", [{"address": "eve"}, {"why": ""}, {"channel": "pigeon"}])
def test_what_is_no_address_is_refused(admin_client: Any, told: dict[str, str]) -> None:
    whole = {"channel": "email", "address": "eve@shop.example", "why": "asked", **told}
    assert admin_client.post(f"{LIST}add/", whole).status_code == 400
    assert not Suppression.objects.exists()


def test_lifting_needs_a_reason(admin_client: Any, stopped: Suppression) -> None:
    page = f"{LIST}{stopped.pk}/change/"
    assert admin_client.post(page, {"why": " "}).status_code == 400
    assert Suppression.objects.filter(pk=stopped.pk).exists()
    assert admin_client.post(page, {"why": "she asked to come back"}).status_code == 302
    assert not Suppression.objects.filter(pk=stopped.pk).exists()
    assert "she asked to come back" in AuditEntry.objects.get(verb="lift").summary


def test_only_who_may_lift_can(client: Any, django_user_model: Any, stopped: Suppression) -> None:
    clerk = django_user_model.objects.create_user("clerk", password="x", is_staff=True)
    client.force_login(clerk)
    assert client.get(f"{LIST}{stopped.pk}/change/").status_code == 403
    assert client.post(f"{LIST}add/", {}).status_code == 403


def test_the_customers_page_leads_to_her_preferences(admin_client: Any, api: Any) -> None:
    told = api.post("/v1/customers", {"source_id": "ada", "email": "ada@shop.example"}).json()
    assert "/preferences/" in admin_client.get(f"/admin/customers/customer/{told['id']}/change/").content.decode()
