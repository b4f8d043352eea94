from typing import Any

import pytest

pytestmark = pytest.mark.django_db

CART = {"event": "cart_abandoned", "customer": {"source_id": "alice"}}
SCHEMA = {
    "name": "cart_abandoned",
    "schema": {
        "properties": {
            "cart_value": {"type": "number", "optional": False},
            "device": {"type": "string"},
            "at": {"type": "datetime"},
            "on": {"type": "date"},
            "is_first": {"type": "boolean"},
            "old": {"type": "number", "optional": False, "deleted": True},
        }
    },
}


@pytest.fixture
def path(project: Any) -> str:
    return f"/management/v1/projects/{project.public_id}/custom-event-schemas"


def test_a_schema_is_declared_read_changed_and_deleted(api: Any, path: str) -> None:
    made = api.post(path, SCHEMA).json()
    assert (made["object"], made["name"], made["declared"]) == ("custom-event-schema", "cart_abandoned", True)
    one = f"{path}/{made['id']}"
    assert api.get(one).json() == made
    changed = api.put(one, {"schema": {"properties": {"cart_value": {"type": "number"}}}}).json()
    assert changed["schema"]["properties"] == {"cart_value": {"type": "number", "optional": True, "deleted": False}}
    assert changed["updated_at"]
    assert api.get(path).json()["total"] == 1
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({}, id="required is missing"),
        pytest.param({"cart_value": None}, id="required is null"),
        pytest.param({"cart_value": "7450"}, id="text for a number"),
        pytest.param({"cart_value": True}, id="flag for a number"),
        pytest.param({"cart_value": 1, "device": 7}, id="number for a text"),
        pytest.param({"cart_value": 1, "at": "2026-01-01"}, id="day for a time"),
        pytest.param({"cart_value": 1, "on": "2026-02-30"}, id="no such day"),
        pytest.param({"cart_value": 1, "is_first": "true"}, id="text for a flag"),
    ],
)
def test_a_declared_schema_is_enforced(api: Any, path: str, metadata: dict[str, object]) -> None:
    api.post(path, SCHEMA)
    answer = api.post("/v1/events", {**CART, "metadata": metadata})
    assert (answer.status_code, answer.json()["key"]) == (400, "metadata_validation_failed")


def test_what_fits_the_schema_is_accepted_with_undeclared_company(api: Any, path: str) -> None:
    api.post(path, SCHEMA)
    fitting = {"cart_value": 1.5, "device": "ios", "at": "2026-01-01T10:00:00Z", "on": "2026-01-01", "is_first": True}
    assert api.post("/v1/events", {**CART, "metadata": {**fitting, "coupon": ["X"]}}).status_code == 200


def test_a_seen_name_can_be_declared_once(api: Any, path: str) -> None:
    api.post("/v1/events", CART)
    assert [found["declared"] for found in api.get(path).json()["data"]] == [False]
    assert api.post(path, SCHEMA).status_code == 200
    assert api.post(path, SCHEMA).json()["key"] == "duplicate_found"


def test_the_type_of_a_property_stays(api: Any, path: str) -> None:
    made = api.post(path, SCHEMA).json()
    answer = api.put(f"{path}/{made['id']}", {"schema": {"properties": {"cart_value": {"type": "string"}}}})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        {"name": "order.paid"},
        {"name": ""},
        {},
        [],
        {"name": "x", "schema": {"properties": {"a": {"type": "array"}}}},
        {"name": "x", "schema": {"properties": {"a": "number"}}},
        {"name": "x", "schema": {"properties": {"a": {"type": "number", "optional": "no"}}}},
        {"name": "x", "schema": []},
    ],
    ids=["internal", "empty", "none", "list", "unknown type", "no object", "no flag", "list of properties"],
)
def test_a_schema_that_cannot_be_meant_is_refused(api: Any, path: str, said: object) -> None:
    assert api.post(path, said).status_code == 400


def test_the_one_project_is_listed(api: Any, project: Any) -> None:
    listed = api.get("/management/v1/projects").json()
    assert [found["id"] for found in listed["data"]] == [project.public_id]


def test_another_project_is_not_found(api: Any) -> None:
    assert api.get("/management/v1/projects/proj_x/custom-event-schemas").json()["resource_type"] == "project"
