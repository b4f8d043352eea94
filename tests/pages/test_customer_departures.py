"""Customers on the screen: brought in from a sheet, deleted, erased."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from backlog.models import AsyncAction
from customers import profiles
from customers.models import Customer
from events import tracking
from events.models import Event

IMPORT = "admin:customers_customer_import"


@pytest.fixture
def ada(db: None) -> Customer:
    return tracking.identify(profiles.parse({"source_id": "ada", "name": "Ada Vos"}), source="API").customer


def upload(client: Client, content: bytes) -> Any:
    return client.post(reverse(IMPORT), {"file": SimpleUploadedFile("people.csv", content)})


def test_a_sheet_is_taken_and_followed_to_its_report(admin_client: Client, drain: Callable[[], int]) -> None:
    answer = upload(admin_client, b"source_id,email\nada,ada@shop.example\nbo,<b>nonsense</b>\n")
    action = AsyncAction.objects.get()
    assert answer.url == reverse("admin:customers_customer_imported", args=[action.public_id])
    assert "0 of 2 rows are read" in admin_client.get(answer.url).content.decode()
    drain()
    page = admin_client.get(answer.url).content.decode()
    assert "1 of 2 customers came in. One row was refused." in page
    assert "must look like name@example.com" in page
    fragment = admin_client.get(answer.url, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "data-refresh-stop" in fragment
    assert "<html" not in fragment
    event = Event.objects.get(name="customer.created")
    assert (event.source, event.group_id) == ("USER_PORTAL", action.request_id)
    assert AuditEntry.objects.filter(verb="imported", object_id=action.public_id).exists()
    assert action.public_id in admin_client.get(reverse(IMPORT)).content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04", "Export the sheet as CSV"), (b"", "The file is empty"), (b"a,a\n1,2\n", "twice")],
)
def test_a_file_that_is_none_is_explained(admin_client: Client, content: bytes, said: str) -> None:
    answer = upload(admin_client, content)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not AsyncAction.objects.exists()


def test_she_is_deleted_after_being_told_what_that_means(admin_client: Client, ada: Customer) -> None:
    address = reverse("admin:customers_customer_leave", args=[ada.pk])
    assert address in admin_client.get(reverse("admin:customers_customer_change", args=[ada.pk])).content.decode()
    assert "nobody else can ever get them" in admin_client.get(address).content.decode()
    assert admin_client.post(address, {"how": "delete"}).status_code == 302
    assert not Customer.objects.exists()
    assert Event.objects.get(name="customer.deleted").source == "USER_PORTAL"
    entry = AuditEntry.objects.get(verb="deleted")
    assert (entry.object_id, entry.summary) == (ada.public_id, "A customer was deleted")
    assert admin_client.get(reverse("admin:customers_customer_change", args=[ada.pk])).status_code == 404


def test_erasing_her_takes_a_word(admin_client: Client, ada: Customer) -> None:
    address = reverse("admin:customers_customer_leave", args=[ada.pk])
    refused = admin_client.post(address, {"how": "erase", "word": "yes"})
    assert refused.status_code == 400
    assert "Write ERASE if you mean it." in refused.content.decode()
    assert Customer.objects.exists()
    assert admin_client.post(address, {"how": "erase", "word": "erase"}).status_code == 302
    assert not Event.objects.filter(customer=ada).exists()
    assert AuditEntry.objects.get(verb="erased").object_id == ada.public_id


def test_the_list_leads_to_the_import(admin_client: Client, ada: Customer) -> None:
    page = admin_client.get(reverse("admin:customers_customer_changelist")).content.decode()
    assert "Import" in page


def test_who_may_not_delete_does_not(client: Client, ada: Customer, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("vera", is_staff=True))
    assert client.post(reverse("admin:customers_customer_leave", args=[ada.pk]), {"how": "delete"}).status_code == 403
    assert client.get(reverse(IMPORT)).status_code == 403
