"""Files over REST: asked for, written slice by slice, fetched by a signed link, deleted."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from customers.models import Erasure
from events.models import Event
from exports import planning, writing
from exports.models import Export, Part
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Event.objects.filter(name__startswith="export.").order_by("id").values_list("name", flat=True))


def rows_of(url: str) -> list[list[str]]:
    answer = Client().get(url.removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def fill(api: RestClient) -> None:
    """Let there be one of each kind, most of them Ida's."""
    api.post("/v1/vouchers/BACK-1", {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}})
    api.post("/v1/vouchers/GIFT-1", {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}})
    api.post("/v1/vouchers/GIFT-1/balance", {"amount": 100})
    api.post("/v1/products", {"source_id": "tee"})
    api.post("/v1/products/tee/skus", {"source_id": "tee-m"})
    api.post("/v1/publications", {"voucher": "BACK-1", "customer": {"source_id": "ida", "name": "Ida"}})
    wish = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida"}}
    assert api.post("/v1/redemptions", {**wish, "order": {"amount": 1000}}).status_code == 200


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
    monkeypatch.setattr(planning, "SLICE", 3)
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


def test_a_file_can_be_in_the_order_of_a_field(api: RestClient, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    people = [("c1", "Zoe", 3), ("c2", None, 20), ("c3", "Ada", 100), ("c4", "Moe", None), ("c5", "Bea", 4)]
    for source_id, name, size in people:
        metadata = {} if size is None else {"size": size}
        api.post("/v1/customers", {"source_id": source_id, "name": name, "metadata": metadata})

    def order_of(order: str) -> list[str]:
        return [row[0] for row in export("customer", fields=["source_id"], order=order)[1:]]

    assert order_of("name") == ["c3", "c5", "c4", "c1", "c2"]
    assert order_of("-name") == ["c1", "c4", "c5", "c3", "c2"]
    assert order_of("metadata.size") == ["c1", "c5", "c2", "c3", "c4"]
    assert order_of("-created_at") == ["c5", "c4", "c3", "c2", "c1"]


def test_an_order_that_changes_while_the_file_is_written_misses_nobody_and_tells_nobody_twice(
    api: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    for number in range(6):
        api.post("/v1/customers", {"source_id": f"c{number}", "name": f"N{number}"})
    body = {"exported_object": "customer", "parameters": {"fields": ["source_id"], "order": "name"}}
    made = api.post("/v1/exports", body).json()
    assert writing.write_some()
    api.put("/v1/customers/c0", {"name": "Z"})
    api.put("/v1/customers/c5", {"name": "A"})
    api.delete("/v1/customers/c3")
    while writing.write_some():
        pass
    rows = rows_of(api.get(f"/v1/exports/{made['id']}").json()["result"]["url"])
    assert [row[0] for row in rows[1:]] == ["c0", "c1", "c2", "c4", "c5"]


@pytest.mark.parametrize("kind", sorted(writing.ALL))
def test_a_file_can_be_in_the_order_of_every_field_that_can_be_sorted_by(
    api: RestClient, drain: Callable[[], int], kind: str
) -> None:
    fill(api)
    orders = [sign + name for name in writing.ALL[kind].sortable() for sign in ("", "-")]
    for order in orders:
        body = {"exported_object": kind, "parameters": {"order": order}}
        assert api.post("/v1/exports", body).status_code == 200, order
    drain()
    assert set(Export.objects.values_list("status", flat=True)) == {"DONE"}
    assert len(set(Export.objects.values_list("rows", flat=True))) == 1
    assert len(orders) >= 8


# As the API's published clients name them, with and without a dash.
PUBLISHED = {
    "voucher": "created_at updated_at code id",
    "redemption": "id created_at voucher_code tracking_id customer_id",
    "customer": "id created_at updated_at name email source_id",
    "publication": "created_at voucher_code customer_id channel",
    "order": "created_at updated_at status",
    "product": "id created_at updated_at name source_id",
    "sku": "id created_at updated_at product_id source_id sku",
    "voucher_transactions": "created_at",
    "points_expiration": "expires_at",
}


@pytest.mark.parametrize("kind", sorted(writing.ALL))
def test_every_published_order_is_taken(api: RestClient, kind: str) -> None:
    for order in (f"{sign}{name}" for name in PUBLISHED[kind].split() for sign in ("", "-")):
        body = {"exported_object": kind, "parameters": {"order": order}}
        assert api.post("/v1/exports", body).status_code == 200, order


def test_codes_are_in_the_order_of_what_they_are_and_give(api: RestClient, export: Any) -> None:
    """Also where their campaign says it, and the numbers as numbers."""
    off = {"type": "DISCOUNT_VOUCHER"}
    api.post("/v1/vouchers/TENTH", {**off, "discount": {"type": "PERCENT", "percent_off": 10.5}})
    api.post("/v1/vouchers/CARD", {"type": "GIFT_VOUCHER", "gift": {"amount": 900}})
    api.post("/v1/vouchers/NINE", {**off, "discount": {"type": "AMOUNT", "amount_off": 9}})
    given = {"type": "UNIT", "unit_off": 2, "unit_type": "tea", "effect": "ADD_NEW_ITEMS"}
    for name, kind, voucher in (
        ("POINTS", "LOYALTY_PROGRAM", {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}),
        ("FREE", "REFERRAL_PROGRAM", {**off, "discount": given}),
    ):
        assert api.post("/v1/campaigns", {"name": name, "campaign_type": kind, "voucher": voucher}).status_code == 200
        assert api.post(f"/v1/campaigns/{name}/vouchers/{name}", {}).status_code == 200

    def order_of(order: str) -> list[str]:
        return [row[0] for row in export("voucher", fields=["code", "value"], order=order)[1:]]

    assert order_of("value") == ["FREE", "NINE", "TENTH", "POINTS", "CARD"]
    assert order_of("-value") == ["CARD", "POINTS", "TENTH", "NINE", "FREE"]
    assert order_of("voucher_type") == ["TENTH", "NINE", "FREE", "CARD", "POINTS"]
    assert order_of("discount_type") == ["NINE", "TENTH", "FREE", "CARD", "POINTS"]
    assert order_of("discount_unit_effect")[0] == order_of("-is_referral_code")[0] == "FREE"


def test_customers_are_in_the_order_of_their_points(api: RestClient, export: Any) -> None:
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
    api.post("/v1/campaigns", {"name": "Club", "campaign_type": "LOYALTY_PROGRAM", "voucher": card})
    for name, points in (("ida", 90), ("otto", 100), ("eve", 0)):
        api.post("/v1/customers", {"source_id": name})
        api.post(f"/v1/campaigns/Club/vouchers/{name}", {})
        api.post("/v1/publications", {"campaign": {"name": "Club"}, "customer": {"source_id": name}, "voucher": name})
        if points:
            assert api.post(f"/v1/loyalties/members/{name}/balance", {"points": points}).status_code == 200
    api.post("/v1/customers", {"source_id": "ann"})
    rows = export("customer", fields=["source_id", "loyalty_points"], order="-loyalty_points")[1:]
    assert rows == [["otto", "100"], ["ida", "90"], ["eve", "0"], ["ann", "0"]]


def test_only_what_is_no_value_of_a_code_cannot_be_sorted_by() -> None:
    codes = writing.ALL["voucher"]
    assert set(codes.fields) - set(codes.sortable()) == {"formula", "validation_rules_id", "qr_code", "bar_code"}


def test_an_empty_file_has_its_first_line_in_any_order(export: Any) -> None:
    assert export("order", fields=["id"], order="-status") == [["id"]]


def test_codes_are_narrowed_to_a_campaign(api: RestClient, export: Any) -> None:
    campaign = api.post("/v1/campaigns", {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "vouchers_count": 3,
                        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}})  # fmt: skip
    assert campaign.status_code == 200, campaign.json()
    fill(api)
    assert len(export("voucher", campaign_id=campaign.json()["id"])) == 4


def test_what_a_code_gives_is_told_field_by_field(api: RestClient, export: Any) -> None:
    said = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 5, "amount_limit": 900, "effect": "APPLY_TO_ORDER"},
        "start_date": "2026-01-01T00:00:00Z",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [1, 3],
    }
    assert api.post("/v1/vouchers/BACK-1", said).status_code == 200
    fields = ["code", "value", "discount_type", "discount_effect", "discount_amount_limit", "is_referral_code",
              "validity_timeframe_interval", "validity_timeframe_duration", "validity_day_of_week"]  # fmt: skip
    [row] = export("voucher", fields=fields)[1:]
    assert row == ["BACK-1", "5", "PERCENT", "APPLY_TO_ORDER", "900", "false", "P2D", "P1D", "1,3"]


@pytest.mark.parametrize(
    "kind",
    ["voucher", "redemption", "customer", "publication", "order", "product", "sku", "voucher_transactions"],
)
def test_every_kind_of_object_can_be_exported_with_all_its_fields(api: RestClient, export: Any, kind: str) -> None:
    fill(api)
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


def test_files_go_after_thirty_days_and_that_is_told(api: RestClient, export: Any, drain: Callable[[], int]) -> None:
    export("customer")
    export("voucher")
    old = Export.objects.get(exported_object="customer")
    Export.objects.filter(pk=old.pk).update(created_at=F("created_at") - timedelta(days=31))
    drain()
    assert [one.exported_object for one in Export.objects.all()] == ["voucher"]
    gone = Event.objects.get(name="export.deleted")
    assert (gone.entity_id, gone.source) == (old.public_id, "INTERNAL")
    assert api.get(f"/v1/exports/{old.public_id}").status_code == 404


# Of who is erased nothing stays in files.


def kept(
    export: Any, kind: str, *fields: str, **parameters: Any
) -> tuple[list[list[str]], Callable[[], list[list[str]]]]:
    rows = export(kind, fields=list(fields), **parameters)
    made = Export.objects.latest("pk")
    return rows, lambda: list(csv.reader(io.StringIO("".join(writing.file_of(made)))))


@pytest.mark.parametrize("order", ["created_at", "-name"])
def test_who_is_erased_goes_out_of_finished_files(
    api: RestClient, export: Any, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(planning, "SLICE", 2)
    for name in ("Ada", 'Bea, the "bold"', "Cid", "Dot", "Eve"):
        api.post("/v1/customers", {"source_id": name[:3].lower(), "name": name})
    before, again = kept(export, "customer", "name", "source_id", order=order)
    for gone in ("cid", "ada"):
        assert api.post(f"/v1/customers/{gone}/permanent-deletion").status_code == 200
    assert again() == [row for row in before if row[1] not in ("cid", "ada")]
    assert len(again()) == 4
    assert Export.objects.get().rows == 3


@pytest.mark.parametrize(
    ("kind", "field"),
    [("voucher", "customer_source_id"), ("publication", "customer_source_id"), ("redemption", "customer_name"),
     ("order", "customer_source_id")],
)  # fmt: skip
def test_rows_that_name_who_is_erased_go_whatever_the_file_is_about(
    api: RestClient, export: Any, kind: str, field: str
) -> None:
    fill(api)
    before, again = kept(export, kind, "id" if kind != "publication" else "channel", field)
    assert [row[1].lower() for row in before[1:]].count("ida") == 1
    api.post("/v1/customers/ida/permanent-deletion")
    assert again() == [row for row in before if row[1].lower() != "ida"]


def test_a_deletion_that_is_no_erasure_leaves_files_as_they_are(api: RestClient, export: Any) -> None:
    api.post("/v1/customers", {"source_id": "ida", "name": "Ida"})
    before, again = kept(export, "customer", "name")
    api.delete("/v1/customers/ida")
    assert again() == before


def test_who_is_erased_while_a_slice_was_written_is_found_a_minute_later(
    api: RestClient, export: Any, drain: Callable[[], int]
) -> None:
    api.post("/v1/customers", {"source_id": "ida", "name": "Ida"})
    _, again = kept(export, "customer", "name")
    Part.objects.update(people=[])
    key = Part.objects.get().whom[0]
    api.post("/v1/customers/ida/permanent-deletion")
    Part.objects.update(people=key)
    assert again()[1] == ["Ida"]
    Erasure.objects.update(look_again_at="2020-01-01T00:00Z")
    drain()
    assert again() == [["name"]]
