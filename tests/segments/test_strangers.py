from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_somebody_unknown_is_told_what_she_would_belong_to(api: Any) -> None:
    filters = {
        "Never bought": {"events.bought.count": {"conditions": {"$is": ["0"]}}},
        "Buyers": {"events.bought.count": {"conditions": {"$more_than": ["0"]}}},
        "Nameless": {"name": {"conditions": {"$is_unknown": True}}},
    }
    made = {
        name: api.post("/v1/segments", {"name": name, "filter": filter}).json()["id"]
        for name, filter in filters.items()
    }
    tree = {"junction": "and", "conditions": [{"segment": made["Never bought"], "operator": "in"}]}
    api.post("/v1/segments", {"name": "Nested", "filter": tree})
    told = api.get("/v1/customers/nobody-yet/segments").json()
    assert (told["object"], told["data_ref"], told["total"]) == ("list", "data", 3)
    assert {segment["name"] for segment in told["data"]} == {"Never bought", "Nameless", "Nested"}
