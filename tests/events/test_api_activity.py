from typing import Any

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(api: Any) -> Any:
    for name in ("cart_abandoned", "order.paid"):
        api.post("/v1/events", {"event": name, "customer": {"source_id": "alice"}, "metadata": {"n": 1}})
    return api


def types(api: Any, **query: str) -> list[str]:
    return [line["type"] for line in api.get("/v1/customers/alice/activity", **query).json()["data"]]


def test_the_timeline_is_told_newest_first(alice: Any) -> None:
    assert types(alice) == ["customer.order.paid", "customer.custom_event", "customer.created"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"order": "created_at"}, ["customer.created", "customer.custom_event", "customer.order.paid"]),
        ({"type": "customer.custom_event"}, ["customer.custom_event"]),
        ({"type": "customer.order.paid"}, ["customer.order.paid"]),
        ({"category": "EFFECT"}, []),
        ({"category": "ACTION", "limit": "1"}, ["customer.order.paid"]),
        ({"start_date": "2100-01-01T00:00:00Z"}, []),
        ({"end_date": "2000-01-01T00:00:00Z"}, []),
    ],
    ids=["oldest first", "custom", "by alias", "effects", "actions", "later", "earlier"],
)
def test_the_timeline_is_narrowed(alice: Any, query: dict[str, str], told: list[str]) -> None:
    assert types(alice, **query) == told


def test_the_timeline_is_walked_by_its_cursor(alice: Any) -> None:
    first = alice.get("/v1/customers/alice/activity", limit=2).json()
    assert first["has_more"]
    rest = alice.get("/v1/customers/alice/activity", starting_after_id=first["more_starting_after"]).json()
    assert [line["type"] for line in rest["data"]] == ["customer.created"]
    assert rest["has_more"] is False


def test_a_custom_event_comes_with_its_properties(alice: Any) -> None:
    line = alice.get("/v1/customers/alice/activity", type="customer.custom_event").json()["data"][0]
    told = line["data"]["data"]["event"]
    assert (told["type"], told["metadata"], line["data"]["event_source"]["channel"]) == (
        "cart_abandoned",
        {"n": 1},
        "API",
    )
    assert line["group_id"].startswith("v-")


@pytest.mark.parametrize("query", [{"category": "X"}, {"order": "name"}, {"starting_after_id": "evcus_x"}])
def test_a_question_that_cannot_be_meant_is_refused(alice: Any, query: dict[str, str]) -> None:
    assert alice.get("/v1/customers/alice/activity", **query).status_code == 400


def test_nobodys_timeline_is_not_found(api: Any) -> None:
    assert api.get("/v1/customers/bob/activity").status_code == 404
