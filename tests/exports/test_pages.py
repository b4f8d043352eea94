"""Files on the screen: what they hold is ticked, they are followed while they are written, fetched and deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from exports import listing, planning, writing
from exports.models import Export
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

LIST = "/admin/exports/export/"


def posted(kind: str = "customer", **fields: Any) -> dict[str, Any]:
    return {"exported_object": kind, f"fields_{kind}": ["name", "source_id"], **fields}


def test_exports_are_started_and_deleted_on_the_screen(admin_client: Client, drain: Callable[[], int]) -> None:
    assert "No file yet" in admin_client.get(LIST).content.decode()
    admin_client.post(LIST, posted())
    drain()
    assert "Download" in admin_client.get(LIST).content.decode()
    refused = admin_client.post(LIST, {**posted(), "fields_customer": ["shoe"]})
    assert refused.status_code == 400
    assert "shoe cannot be exported" in refused.content.decode()
    export = Export.objects.get()
    assert admin_client.get(reverse("admin:exports_export_download", args=[export.public_id])).status_code == 302
    admin_client.post(reverse("admin:exports_export_remove", args=[export.public_id]))
    assert not Export.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["export", "download", "delete"]


def test_what_is_usual_is_ticked_and_what_was_ticked_stays_so(admin_client: Client) -> None:
    page = admin_client.get(LIST).content.decode()
    assert 'name="fields_voucher" value="code" checked' in page
    assert 'name="fields_voucher" value="active">' in page
    again = admin_client.post(LIST, posted(since="2026-05-02", until="2026-05-01", fields_customer=["email"]))
    assert again.status_code == 400
    assert 'name="fields_customer" value="email" checked' in again.content.decode()
    assert 'name="fields_customer" value="name">' in again.content.decode()
    assert "The last day lies before the first." in again.content.decode()


def test_ticks_of_other_kinds_do_not_count(admin_client: Client) -> None:
    admin_client.post(LIST, posted(fields_voucher=["code"], order_voucher="active", order_customer="email"))
    export = Export.objects.get()
    assert (export.fields, export.sort) == (["name", "source_id"], "email")


def test_a_file_holds_what_was_made_on_these_days_of_the_project_s_calendar(
    admin_client: Client, api: RestClient, drain: Callable[[], int]
) -> None:
    api.put("/v1/settings", {"time_zone": "Asia/Tokyo"})
    admin_client.post(LIST, posted(since="2026-05-01", until="2026-05-02", newest_first="on", metadata="size, color"))
    export = Export.objects.get()
    assert export.fields == ["name", "source_id", "metadata.size", "metadata.color"]
    assert export.parameters["order"] == "-created_at"
    assert export.parameters["filters"] == {
        "created_at": {
            "conditions": {
                "$more_than_equal": ["2026-05-01T00:00:00+09:00"],
                "$before": ["2026-05-03T00:00:00+09:00"],
            }
        }
    }
    drain()
    assert Export.objects.get().status == "DONE"


def test_a_file_holds_the_codes_of_one_campaign(
    admin_client: Client, api: RestClient, drain: Callable[[], int]
) -> None:
    for name, count in (("Spring", 2), ("Fall", 3)):
        said = {"name": name, "campaign_type": "DISCOUNT_COUPONS", "vouchers_count": count,
                "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}}  # fmt: skip
        made = api.post("/v1/campaigns", said).json()
    drain()
    admin_client.post(LIST, {"exported_object": "voucher", "fields_voucher": ["code"], "campaign": made["id"]})
    drain()
    assert Export.objects.get().rows == 3
    admin_client.post(LIST, posted(campaign=made["id"]))
    assert "campaign_id" not in Export.objects.get(exported_object="customer").parameters.get("filters", {})


def test_a_file_is_followed_while_it_is_written(
    admin_client: Client, api: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    for number in range(5):
        api.post("/v1/customers", {"source_id": f"c{number}"})
    admin_client.post(LIST, posted())

    def fragment() -> str:
        return admin_client.get(LIST, headers={"X-Requested-With": "fetch"}).content.decode()

    writing.write_some()
    assert 'value="40"' in fragment()
    assert "2 of 5 rows" in fragment()
    assert "data-refresh-stop" not in fragment()
    while writing.write_some():
        pass
    assert "Ready, 5 rows" in fragment()
    assert "data-refresh-stop" in fragment()
    assert "New file" not in fragment()


def test_files_are_read_page_by_page(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(listing, "PER_PAGE", 3)
    for _ in range(5):
        admin_client.post(LIST, posted())
    first = admin_client.get(LIST).content.decode()
    before = first.partition("?before=")[2].partition('"')[0]
    older = admin_client.get(LIST, {"before": before}).content.decode()
    assert (first.count(">Delete<"), older.count(">Delete<")) == (3, 2)
    # The session, the person, the files, the campaigns to choose from.
    with django_assert_max_num_queries(4):
        admin_client.get(LIST)
