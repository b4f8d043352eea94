from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers import profiles
from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> list[str]:
    """Five customers, a day apart, the last made first; two were changed since."""
    now, day = timezone.now(), timedelta(days=1)
    names = ["ada", "bo", "cy", "di", "ed"]
    for age, name in enumerate(names):
        Customer.objects.create(
            source_id=name,
            name=name.title(),
            created_at=now - age * day,
            updated_at=now + day if name == "ed" else None,
            address={"city": "Utrecht" if age % 2 else "Gouda"},
            metadata={"lang": "nl" if age < 2 else "de"},
        )
    return names


def listed(api: Any, **query: Any) -> list[str]:
    return [told["source_id"] for told in api.get("/v1/customers", **query).json()["customers"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["ada", "bo", "cy", "di", "ed"]),
        ({"order": "created_at"}, ["ed", "di", "cy", "bo", "ada"]),
        ({"order": "-updated_at"}, ["ed", "ada", "bo", "cy", "di"]),
        ({"order": "updated_at"}, ["di", "cy", "bo", "ada", "ed"]),
        ({"order": "-source_id", "limit": 2}, ["ed", "di"]),
        ({"limit": 2, "page": 2}, ["cy", "di"]),
        ({"city": "Utrecht"}, ["bo", "di"]),
        ({"name": "b"}, ["bo"]),
        ({"filters[metadata.lang][conditions][$is][0]": "nl"}, ["ada", "bo"]),
        ({"filters[address.city][conditions][$is_not]": "Gouda"}, ["bo", "di"]),
        ({"filters[created_at][conditions][$more_than_ago]": "2"}, ["cy", "di", "ed"]),
    ],
)
def test_the_list_is_sorted_and_narrowed(api: Any, people: list[str], query: dict[str, Any], found: list[str]) -> None:
    assert listed(api, **query) == found


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
@pytest.mark.parametrize("cursor", ["created_at", "id"])
def test_a_cursor_walks_past_everybody_once(api: Any, people: list[str], order: str, cursor: str) -> None:
    seen: list[str] = []
    after = "1970-01-01T00:00:00Z" if order == "created_at" else "2200-01-01T00:00:00Z"
    while True:
        page = api.get("/v1/customers", limit=2, order=order, starting_after=after).json()
        seen += [told["source_id"] for told in page["customers"]]
        if not page["has_more"]:
            break
        after = page["customers"][-1][cursor]
    assert seen == (people[::-1] if order == "created_at" else people)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"page": 100}, "page_over_limit"),
        ({"limit": 101}, "invalid_query_params"),
        ({"order": "email"}, "invalid_query_params"),
        ({"starting_after": "yesterday"}, "invalid_query_params"),
        ({"starting_after": "cust_nobody"}, "invalid_query_params"),
        ({"filters[metadata][conditions][$is]": "x"}, "invalid_query_params"),
        ({"filters[deleted_at][conditions][$is_unknown]": "x"}, "invalid_query_params"),
    ],
)
def test_what_cannot_be_meant_is_refused(api: Any, query: dict[str, Any], key: str) -> None:
    answer = api.get("/v1/customers", **query)
    assert (answer.status_code, answer.json()["key"]) == (400, key)


def test_a_page_costs_the_same_however_many_are_on_it(
    api: Any, people: list[str], settings: Any, django_assert_num_queries: Any
) -> None:
    settings.CUSTOMER_FACTS = []
    api.get("/v1/customers")
    # The customers, and how many there are.
    for limit in (1, 5):
        with django_assert_num_queries(2):
            api.get("/v1/customers", limit=limit)


@pytest.mark.parametrize("order", ["created_at", "-created_at", "-updated_at", "source_id"])
def test_an_index_serves_each_order(people: list[str], order: str) -> None:
    columns = {"-updated_at": "COALESCE(updated_at, created_at) DESC, id DESC", "source_id": "source_id, id"}
    by = columns.get(order) or ("created_at DESC, id DESC" if order.startswith("-") else "created_at, id")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM customers_customer WHERE deleted_at IS NULL ORDER BY {by} LIMIT 10")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan" in plan
    assert "Sort Method" not in plan


def totals(customer_ids: Any) -> dict[int, dict[str, Any]]:
    return {pk: {"summary": {"orders": {"total_count": 3}}, "loyalty": {"points": 50}} for pk in customer_ids}


def test_apps_above_add_what_they_know(people: list[str], settings: Any, django_assert_num_queries: Any) -> None:
    settings.CUSTOMER_FACTS = ["tests.customers.test_listing.totals"]
    customers = list(Customer.objects.all())
    with django_assert_num_queries(0):
        told = profiles.full_of(customers)
    assert {each["summary"]["orders"]["total_count"] for each in told} == {3}
    assert told[0]["summary"]["orders"]["total_amount"] == 0
    assert told[0]["loyalty"] == {"points": 50, "referred_customers": 0, "campaigns": {}}
