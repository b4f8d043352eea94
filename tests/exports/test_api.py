"""Files over REST: asked for, written slice by slice, fetched by a signed link, deleted."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events.models import Event
from exports import writing
from exports.models import Export, Part
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Event.objects.filter(name__startswith="export.").order_by("id").values_list("name", flat=True))


def rows_of(url: str) -> list[list[str]]:
    answer = Client().get(url.removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture
def export(api: RestClient, drain: Callable[[], int]) -> Callable[..., list[list[str]]]:
    """Return a function that orders a file and returns its rows."""

    def ordered(kind: str, **parameters: Any) -> list[list[str]]:
        made = api.post("/v1/exports", {"exported_object": kind, "parameters": parameters})
        assert (made.status_code, made.json()["status"]) == (200, "SCHEDULED"), made.json()
        drain()
        return rows_of(api.get(f"/v1/exports/{made.json()['id']}").json()["result"]["url"])

    return ordered


def test_the_first_line_names_the_fields_as_they_were_asked_for(api: RestClient, export: Any) -> None:
    api.post("/v1/customers", {"source_id": "ida", "name": "Ida", "metadata": {"size": 42}})
    fields = ["source_id", "name", "metadata.size", "orders_total_amount", "address_city"]
    assert export("customer", fields=fields) == [fields, ["ida", "Ida", "42", "0", ""]]


def test_a_large_file_is_written_in_slices_without_a_gap(
    api: RestClient, export: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SLICE", 3)
    for number in range(10):
        api.post("/v1/customers", {"source_id": f"c{number}"})
    rows = export("customer", fields=["source_id"])
    assert [row[0] for row in rows] == ["source_id", *[f"c{number}" for number in range(10)]]
    assert Part.objects.count() == 4
    newest = export("customer", fields=["source_id"], order="-created_at")
    assert newest[1] == ["c9"]


def test_what_a_customer_wrote_is_no_formula_in_a_spreadsheet(api: RestClient, export: Any) -> None:
    api.post("/v1/customers", {"source_id": "eve", "name": "=HYPERLINK(1)"})
    assert export("customer", fields=["name"])[1] == ["'=HYPERLINK(1)"]


@pytest.mark.parametrize(
    "kind",
    ["voucher", "redemption", "customer", "publication", "order", "product", "sku", "voucher_transactions"],
)
def test_every_kind_of_object_can_be_exported_with_all_its_fields(api: RestClient, export: Any, kind: str) -> None:
    api.post("/v1/vouchers/BACK-1", {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}})
    api.post("/v1/vouchers/GIFT-1", {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}})
    api.post("/v1/vouchers/GIFT-1/balance", {"amount": 100})
    api.post("/v1/products", {"source_id": "tee"})
    api.post("/v1/products/tee/skus", {"source_id": "tee-m"})
    api.post("/v1/publications", {"voucher": "BACK-1", "customer": {"source_id": "ida"}})
    wish = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida"}}
    assert api.post("/v1/redemptions", {**wish, "order": {"amount": 1000}}).status_code == 200
    fields = list(writing.ALL[kind].fields)
    rows = export(kind, fields=fields)
    assert rows[0] == fields
    assert len(rows) > 1
    assert len(export(kind)) == len(rows)


def test_a_file_is_narrowed_by_filters(api: RestClient, export: Any) -> None:
    for name in ("Ida", "Otto"):
        api.post("/v1/customers", {"source_id": name.lower(), "name": name})
    assert export("customer", filters={"name": {"conditions": {"$is": ["Ida"]}}})[1:] == [["Ida", "ida"]]


def test_each_step_is_told_once_with_the_link(api: RestClient, export: Any) -> None:
    export("customer")
    api.delete(f"/v1/exports/{Export.objects.get().public_id}")
    assert told() == ["export.scheduled", "export.done", "export.deleted"]
    assert "token=" in Event.objects.get(name="export.done").properties["export"]["result"]["url"]
    assert not Part.objects.exists()


def test_a_link_without_the_right_token_opens_nothing(api: RestClient, export: Any) -> None:
    export("customer")
    address = f"/v1/exports/{Export.objects.get().public_id}"
    assert Client().get(f"{address}?token=guessed").status_code == 401
    assert Client().get(address).status_code == 401
    assert Client().delete(address).status_code == 401


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param({"exported_object": "moon"}, "invalid_export_params", id="an object that nobody knows"),
        pytest.param({}, "invalid_export_params", id="nothing"),
        pytest.param(
            {"exported_object": "publication", "parameters": {"fields": ["gift_amount"]}},
            "invalid_export_fields",
            id="a field of another object",
        ),
        pytest.param(
            {"exported_object": "customer", "parameters": {"order": "password"}},
            "invalid_export_params",
            id="an order by what is no field",
        ),
        pytest.param(
            {"exported_object": "customer", "parameters": {"filters": {"password": {"conditions": {"$is": ["x"]}}}}},
            "invalid_query_params",
            id="a filter by what is no field",
        ),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(api: RestClient, body: object, key: str) -> None:
    answer = api.post("/v1/exports", body)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert not Export.objects.exists()
    assert told() == []


def test_a_slice_that_always_fails_ends_its_export_with_a_sentence(
    api: RestClient, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = api.post("/v1/exports", {"exported_object": "customer"}).json()
    Export.objects.update(cursor="not a key")
    drain()
    assert api.get(f"/v1/exports/{made['id']}").json()["status"] == "ERROR"
    assert told() == ["export.scheduled", "export.failed"]


def test_exports_are_started_and_deleted_on_the_screen(admin_client: Client, drain: Callable[[], int]) -> None:
    address = "/admin/exports/export/"
    assert "No file yet" in admin_client.get(address).content.decode()
    admin_client.post(address, {"exported_object": "customer", "fields_asked": "name, source_id"})
    drain()
    assert "Download" in admin_client.get(address).content.decode()
    refused = admin_client.post(address, {"exported_object": "customer", "fields_asked": "shoe"})
    assert refused.status_code == 400
    assert "shoe cannot be exported" in refused.content.decode()
    export = Export.objects.get()
    assert admin_client.get(f"{address}{export.public_id}/download/").status_code == 302
    admin_client.post(f"{address}{export.public_id}/remove/")
    assert not Export.objects.exists()
