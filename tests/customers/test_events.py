"""Each real change of a customer is told once, whichever way it is made; what changes nothing is not told."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from events.models import Event, Tally

pytestmark = pytest.mark.django_db

ROWS = {"facts-TOTAL_FORMS": "0", "facts-INITIAL_FORMS": "0"}


class Ways:
    """The ways by which a customer called so comes, or is given another name."""

    def __init__(self, api: Any, admin: Client) -> None:
        self.api, self.admin = api, admin

    def rest(self, name: str) -> None:
        self.api.post("/v1/customers", {"source_id": "ada", "name": name})

    def event(self, name: str) -> None:
        self.api.post("/v1/events", {"event": "seen", "customer": {"source_id": "ada", "name": name}})

    def bulk(self, name: str) -> None:
        self.api.post("/v1/customers/bulk/async", [{"source_id": "ada", "name": name}])

    def metadata(self, name: str) -> None:
        self.api.post("/v1/customers/metadata/async", {"source_ids": ["ada"], "metadata": {"name": name}})

    def sheet(self, name: str) -> None:
        file = io.BytesIO(f"source_id,name\nada,{name}\n".encode())
        file.name = "people.csv"
        self.api.client.post("/v1/customers/importCSV", {"file": file}, headers=self.api.headers)

    def desk(self, name: str) -> None:
        known = Customer.objects.filter(source_id="ada").first()
        add, edit = "admin:customers_customer_add", "admin:customers_customer_edit"
        address = reverse(edit, args=[known.pk]) if known else reverse(add)
        assert self.admin.post(address, {"source_id": "ada", "name": name, **ROWS}).status_code == 302


@pytest.mark.parametrize("way", ["rest", "event", "bulk", "metadata", "sheet", "desk"])
def test_each_change_is_told_once(api: Any, admin_client: Client, drain: Callable[[], int], way: str) -> None:
    say = getattr(Ways(api, admin_client), way)
    for name in ("Ada", "Ada", "Ada Vos", "Ada Vos"):
        say(name)
        drain()
    told = Event.objects.filter(name__startswith="customer.").order_by("id")
    assert [event.name for event in told] == ["customer.created", "customer.updated"]
    assert dict(Tally.objects.filter(event_name__startswith="customer.").values_list("event_name", "count")) == {
        "customer.created": 1,
        "customer.updated": 1,
    }
    assert all(event.properties["customer"]["source_id"] == "ada" and event.group_id for event in told)


@pytest.mark.parametrize("way", ["DELETE", "permanent-deletion", "desk"])
def test_each_departure_is_told_once(api: Any, admin_client: Client, drain: Callable[[], int], way: str) -> None:
    api.post("/v1/customers", {"source_id": "ada"})
    ada = Customer.objects.get()
    for _ in range(2):
        if way == "DELETE":
            api.delete(f"/v1/customers/{ada.public_id}")
        elif way == "desk":
            admin_client.post(reverse("admin:customers_customer_leave", args=[ada.pk]), {"how": "delete"})
        else:
            api.post(f"/v1/customers/{ada.public_id}/permanent-deletion")
        drain()
    told = Event.objects.get(name="customer.deleted")
    assert (told.entity_id, told.source) == (ada.public_id, "USER_PORTAL" if way == "desk" else "API")
    assert told.group_id.startswith("v-")
