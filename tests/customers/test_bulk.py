import io
from typing import Any

import pytest

from backlog import asking, working
from backlog.models import AsyncAction
from backlog.rows import numbered
from customers.models import Customer
from events.models import Event, Tally
from schemas import declaring

pytestmark = pytest.mark.django_db

SHEET = """\
Name,EMAIL,Phone,Birthdate,source_id,Address_Line_1,Address_line_2,Address_Postal_Code,Address_City,Address_State,Address_Country,Description,Id,lang
Ada Vos,ada@shop.example,+31611112222,1990-04-12,ada,Lange 1,,3511,Utrecht,,Netherlands,Spends,,nl
Bo,bo@shop.example,,,bo,,,,,,,,,
"""


def upload(api: Any, content: str | bytes) -> Any:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = "customers.csv"
    return api.client.post("/v1/customers/importCSV", {"file": file}, headers=api.headers)


def report_of(api: Any, answer: Any) -> Any:
    assert answer.status_code == 202, answer.content
    return api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()


def test_a_sheet_comes_in_row_by_row(api: Any, drain: Any) -> None:
    answer = upload(api, SHEET)
    assert report_of(api, answer)["status"] == "ENQUEUED"
    drain()
    report = report_of(api, answer)
    assert (report["status"], report["progress"], report["operation_status"]) == ("DONE", 100, "SUCCESS")
    assert (report["result"]["done_count"], report["result"]["created_count"]) == (2, 2)
    ada = api.get("/v1/customers/ada").json()
    assert (ada["name"], ada["email"], ada["phone"], ada["birthdate"]) == (
        "Ada Vos",
        "ada@shop.example",
        "+31611112222",
        "1990-04-12",
    )
    assert (ada["address"]["line_1"], ada["address"]["city"], ada["address"]["line_2"]) == ("Lange 1", "Utrecht", None)
    assert (ada["description"], ada["metadata"]) == ("Spends", {"lang": "nl"})


def test_each_new_or_changed_customer_is_told_once(api: Any, drain: Any) -> None:
    upload(api, SHEET)
    drain()
    upload(api, SHEET.replace("Bo,bo@", "Bo Bo,bo@"))
    drain()
    names = Event.objects.filter(name__startswith="customer.").order_by("id").values_list("name", "customer__source_id")
    assert list(names) == [("customer.created", "ada"), ("customer.created", "bo"), ("customer.updated", "bo")]
    assert Tally.objects.get(customer__source_id="bo", event_name="customer.updated").count == 1
    action = AsyncAction.objects.order_by("id").last()
    assert action is not None
    assert Event.objects.get(name="customer.updated").group_id == action.request_id != ""
    assert (action.result["updated_count"], action.result["unchanged_count"]) == (1, 1)


def test_a_sheet_says_the_whole_profile(api: Any, drain: Any) -> None:
    upload(api, SHEET)
    drain()
    upload(api, "source_id,name,club\nada,Ada V.,gold\n")
    drain()
    ada = api.get("/v1/customers/ada").json()
    assert (ada["name"], ada["email"], ada["address"], ada["metadata"]) == ("Ada V.", None, None, {"club": "gold"})


def test_refused_rows_are_named_and_spoil_no_others(api: Any, drain: Any) -> None:
    rows = (
        "source_id,email,birthdate,id\nada,ada@shop.example,,\nbo,nonsense,,\ncy,,1990-13-01,\n,,,cust_nobody\ndi,,,\n"
    )
    answer = upload(api, rows)
    drain()
    result = report_of(api, answer)["result"]
    assert (result["total_count"], result["done_count"], result["failed_count"]) == (5, 2, 3)
    assert [(row["line"], row["name"]) for row in result["failed"]] == [(3, "bo"), (4, "cy"), (5, "cust_nobody")]
    assert result["failed"][0]["reason"] == "Email must look like name@example.com"
    assert set(Customer.objects.values_list("source_id", flat=True)) == {"ada", "di"}


def test_cells_are_typed_by_the_schema(api: Any, drain: Any) -> None:
    properties = {
        "age": {"type": "number"},
        "vip": {"type": "boolean"},
        "since": {"type": "date"},
        "tags": {"type": "string", "array": True},
    }
    declaring.declare("customer", properties)
    rows = 'source_id;age;vip;since;tags;shoe\nada;42;true;2026-01-05;"a, b";38\nbo;many;;;;\ncy;;maybe;;;\n'
    answer = upload(api, rows)
    drain()
    told = api.get("/v1/customers/ada").json()["metadata"]
    assert told == {"age": 42, "vip": True, "since": "2026-01-05", "tags": ["a", "b"], "shoe": "38"}
    assert [row["reason"] for row in report_of(api, answer)["result"]["failed"]] == [
        "Age should be a number, not many",
        "Vip should be a boolean, not maybe",
    ]


@pytest.mark.parametrize(
    ("content", "details"),
    [
        (b"PK\x03\x04sheet", "CSV"),
        (b"source_id\ncaf\xe9", "UTF-8"),
        (b"source_id\na\x00b\n", "CSV"),
        (b"", "name its columns"),
        (b"source_id,Email,source_id\na,b,c\n", "twice"),
        (b"source_id\na,b\n", "more cells"),
    ],
)
def test_what_is_no_sheet_is_refused_whole(api: Any, content: bytes, details: str) -> None:
    answer = upload(api, content)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert details in answer.json()["details"]
    assert not AsyncAction.objects.exists()


def test_a_file_too_large_is_refused(api: Any) -> None:
    answer = upload(api, b"source_id\n" + b"a" * (10 * 1024 * 1024))
    assert (answer.status_code, answer.json()["statusCode"]) == (413, 413)
    missing = api.client.post("/v1/customers/importCSV", {}, headers=api.headers)
    assert missing.json()["key"] == "invalid_payload"


def test_many_are_upserted_in_one_call(api: Any, drain: Any) -> None:
    api.post("/v1/customers", {"source_id": "ada", "name": "Ada", "metadata": {"lang": "nl"}})
    rows = [
        {"source_id": "ada", "email": "ada@shop.example", "name": None},
        {"source_id": "bo", "metadata": {"lang": "de"}},
        {"source_id": "cy", "email": "nonsense"},
    ]
    answer = api.post("/v1/customers/bulk/async", rows)
    drain()
    result = report_of(api, answer)["result"]
    assert result["results"] == [
        {"source_id": "ada", "found": True, "updated": True},
        {"source_id": "bo", "found": False, "updated": True},
    ]
    assert [row["name"] for row in result["failed"]] == ["cy"]
    ada = api.get("/v1/customers/ada").json()
    assert (ada["name"], ada["email"], ada["metadata"]) == ("Ada", "ada@shop.example", {"lang": "nl"})


def test_metadata_is_given_to_many_and_makes_who_is_missing(api: Any, drain: Any) -> None:
    api.post("/v1/customers", {"source_id": "ada", "metadata": {"lang": "nl"}})
    answer = api.post("/v1/customers/metadata/async", {"source_ids": ["ada", "bo"], "metadata": {"club": "gold"}})
    drain()
    assert report_of(api, answer)["result"]["done_count"] == 2
    assert api.get("/v1/customers/ada").json()["metadata"] == {"lang": "nl", "club": "gold"}
    assert api.get("/v1/customers/bo").json()["metadata"] == {"club": "gold"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("bulk/async", {"source_id": "ada"}),
        ("bulk/async", ["ada"]),
        ("bulk/async", [{"name": "Ada"}]),
        ("bulk/async", [{"source_id": 5}]),
        ("metadata/async", {"source_ids": "ada", "metadata": {}}),
        ("metadata/async", {"source_ids": ["ada"]}),
        ("metadata/async", {"source_ids": [5], "metadata": {}}),
        ("metadata/async", []),
    ],
)
def test_bad_bodies_order_nothing(api: Any, path: str, body: Any) -> None:
    answer = api.post(f"/v1/customers/{path}", body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert not AsyncAction.objects.exists()


def test_a_bulk_body_may_be_larger_than_others_but_not_boundless(api: Any) -> None:
    rows = [{"source_id": f"c{n}", "description": "x" * 1000} for n in range(2000)]
    assert api.post("/v1/customers/bulk/async", rows).status_code == 202
    assert api.post("/v1/customers/bulk/async", b" " * (10 * 1024 * 1024 + 1)).status_code == 413


def test_those_who_come_together_have_moments_of_their_own(api: Any, drain: Any) -> None:
    upload(api, "source_id\n" + "".join(f"c{n:03}\n" for n in range(250)))
    drain()
    seen: list[str] = []
    page = api.get("/v1/customers", limit=100, starting_after="2200-01-01T00:00:00Z").json()
    while True:
        seen += [told["source_id"] for told in page["customers"]]
        if not page["has_more"]:
            break
        last = page["customers"][-1]["created_at"]
        page = api.get("/v1/customers", limit=100, starting_after=last).json()
    assert sorted(seen) == [f"c{n:03}" for n in range(250)]


def test_a_slice_costs_a_fixed_number_of_queries(api: Any, django_assert_max_num_queries: Any, drain: Any) -> None:
    rows = [{"source_id": f"c{n}"} for n in range(500)]
    api.post("/v1/customers/bulk/async", rows)
    with django_assert_max_num_queries(20):
        working.work_some()


def test_the_importer_is_told_apart_in_events(drain: Any) -> None:
    asking.ask(
        "CUSTOMERS.BULK_UPDATE",
        numbered([{"source_id": "ada"}]),
        scope="customers",
        source="USER_PORTAL",
        group_id="v-9",
    )
    drain()
    event = Event.objects.get(name="customer.created")
    assert (event.source, event.group_id) == ("USER_PORTAL", "v-9")
