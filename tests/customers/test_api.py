from typing import Any

import pytest

from customers.models import Customer
from events.models import Event

pytestmark = pytest.mark.django_db

ALICE = {
    "source_id": "alice",
    "name": "Alice Moreau",
    "email": "alice@shop.example",
    "phone": "+31611112222",
    "birthdate": "1990-04-12",
    "description": "Spends",
    "address": {"city": "Utrecht", "country": "Netherlands"},
    "metadata": {"lang": "nl", "vip": True},
}


def test_a_customer_is_told_in_full(api: Any) -> None:
    told = api.post("/v1/customers", ALICE).json()
    assert {name: told[name] for name in ALICE if name != "address"} == {
        name: value for name, value in ALICE.items() if name != "address"
    }
    assert told["address"] == {
        "city": "Utrecht",
        "state": None,
        "line_1": None,
        "line_2": None,
        "country": "Netherlands",
        "postal_code": None,
    }
    assert (told["object"], told["updated_at"], told["summary"]["orders"]["total_count"]) == ("customer", None, 0)


def test_she_is_found_by_either_id(api: Any) -> None:
    told = api.post("/v1/customers", ALICE).json()
    assert api.get("/v1/customers/alice").json() == api.get(f"/v1/customers/{told['id']}").json() == told


def test_who_is_unknown_is_not_found(api: Any) -> None:
    for answer in (api.get("/v1/customers/bob"), api.put("/v1/customers/bob", {}), api.get("/v1/customers/bob%00")):
        assert (answer.status_code, answer.json()["resource_type"]) == (404, "customer")


def test_a_post_merges_and_its_nulls_erase_nothing(api: Any) -> None:
    api.post("/v1/customers", ALICE)
    said = {
        "source_id": "alice",
        "name": None,
        "address": {"city": "Gouda"},
        "metadata": {"lang": None, "club": "gold"},
    }
    told = api.post("/v1/customers", said).json()
    assert (told["name"], told["address"]["city"], told["address"]["country"]) == (
        "Alice Moreau",
        "Gouda",
        "Netherlands",
    )
    assert told["metadata"] == {"lang": "nl", "vip": True, "club": "gold"}
    assert told["updated_at"]


def test_a_put_erases_what_is_null(api: Any) -> None:
    api.post("/v1/customers", ALICE)
    said = {"name": None, "address": {"city": None}, "metadata": {"lang": None}, "source_id": "mallory"}
    told = api.put("/v1/customers/alice", said).json()
    assert (told["name"], told["source_id"], told["address"]["city"]) == (None, "alice", None)
    assert told["metadata"] == {"vip": True}
    changed = Event.objects.get(name="customer.updated").properties["changed"]
    assert sorted(changed) == ["address.city", "metadata.lang", "name"]


def test_a_put_of_null_erases_the_whole(api: Any) -> None:
    api.post("/v1/customers", ALICE)
    told = api.put("/v1/customers/alice", {"address": None, "metadata": None}).json()
    assert (told["address"], told["metadata"]) == (None, {})


def test_a_flag_that_becomes_a_number_is_a_change(api: Any) -> None:
    api.post("/v1/customers", ALICE)
    api.post("/v1/customers", {"source_id": "alice", "metadata": {"vip": 1}})
    assert Event.objects.get(name="customer.updated").properties["changed"] == ["metadata.vip"]


def test_a_customer_without_a_source_id_is_new_each_time(api: Any) -> None:
    for _ in range(2):
        assert api.post("/v1/customers", {"name": "Bob"}).status_code == 200
    assert Customer.objects.count() == 2


def test_an_unknown_id_makes_nobody(api: Any) -> None:
    assert api.post("/v1/customers", {"id": "cust_x"}).status_code == 404


def test_metadata_keys_do_not_grow_without_end(api: Any) -> None:
    api.post("/v1/customers", {"source_id": "alice", "metadata": {f"a{n}": n for n in range(200)}})
    answer = api.post("/v1/customers", {"source_id": "alice", "metadata": {f"b{n}": n for n in range(56)}})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")


@pytest.fixture
def shop(api: Any) -> Any:
    api.post("/v1/customers", ALICE)
    api.post("/v1/customers", {"source_id": "bob", "name": "Bob Larsen", "address": {"city": "Aarhus"}})
    api.post("/v1/customers", {"source_id": "carol", "name": "Carol Jansen", "email": "carol@shop.example"})
    return api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["carol", "bob", "alice"]),
        ({"order": "created_at"}, ["alice", "bob", "carol"]),
        ({"order": "-source_id"}, ["carol", "bob", "alice"]),
        ({"email": "carol@shop.example"}, ["carol"]),
        ({"city": "Aarhus"}, ["bob"]),
        ({"name": "moreau"}, ["alice"]),
        ({"created_at[after]": "2100-01-01T00:00:00Z"}, []),
        ({"[created_at][before]": "2100-01-01"}, ["carol", "bob", "alice"]),
        ({"limit": "1", "page": "2"}, ["bob"]),
    ],
    ids=["all", "oldest first", "by source id", "e-mail", "city", "name", "after", "before", "page"],
)
def test_customers_are_listed(shop: Any, query: dict[str, str], found: list[str]) -> None:
    told = shop.get("/v1/customers", **query).json()
    assert [customer["source_id"] for customer in told["customers"]] == found
    assert (told["object"], told["data_ref"]) == ("list", "customers")


def test_a_list_says_whether_there_is_more(shop: Any) -> None:
    told = shop.get("/v1/customers", limit=2).json()
    assert (told["total"], told["has_more"]) == (3, True)
    assert shop.get("/v1/customers", limit=2, page=2).json()["has_more"] is False


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"limit": "0"}, "invalid_query_params"),
        ({"limit": "101"}, "invalid_query_params"),
        ({"limit": "x"}, "invalid_query_params"),
        ({"page": "1001"}, "page_over_limit"),
        ({"order": "email__contains"}, "invalid_query_params"),
        ({"created_at[after]": "yesterday"}, "invalid_query_params"),
        ({"email": "\0"}, "invalid_query_params"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(api: Any, query: dict[str, str], key: str) -> None:
    answer = api.get("/v1/customers", **query)
    assert (answer.status_code, answer.json()["key"]) == (400, key)


def test_a_list_costs_eight_queries(shop: Any, django_assert_num_queries: Any) -> None:
    # The page; what those on it bought, redeemed and hold, whom they won and by whom; the total.
    with django_assert_num_queries(8):
        shop.get("/v1/customers")
