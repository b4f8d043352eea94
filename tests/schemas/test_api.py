from typing import Any

import pytest

from access import project as projects
from access.problems import Problem
from customers.models import Customer
from schemas import checking
from schemas.models import MetadataSchema

pytestmark = pytest.mark.django_db

LANG = {"lang": {"type": "string", "eq": ["nl", "de"]}}


def address() -> str:
    return f"/management/v1/projects/{projects.current().public_id}/metadata-schemas"


def declare(api: Any, **body: Any) -> Any:
    return api.post(address(), {"related_object": "customer", "properties": LANG, **body})


def test_a_schema_is_declared_listed_changed_and_deleted(api: Any) -> None:
    told = declare(api).json()
    assert told == {
        "id": told["id"],
        "related_object": "customer",
        "properties": {
            "lang": {
                "type": "string",
                "array": False,
                "optional": True,
                "deleted": False,
                "objectType": None,
                "eq": ["nl", "de"],
            }
        },
        "allow_defined_only": False,
        "created_at": told["created_at"],
        "updated_at": None,
        "object": "metadata_schema",
    }
    assert api.get(address()).json() == {"object": "list", "data_ref": "data", "data": [told], "total": 1}
    assert api.get("/v1/metadata-schemas").json()["schemas"] == [told]
    assert api.get("/v1/metadata-schemas/customer").json() == told
    one = f"{address()}/{told['id']}"
    assert api.get(one).json() == told
    changed = api.put(one, {"allow_defined_only": True, "properties": {"age": {"type": "number"}}}).json()
    assert (sorted(changed["properties"]), changed["allow_defined_only"]) == (["age", "lang"], True)
    assert changed["updated_at"]
    assert api.delete(one).status_code == 204
    assert api.get(one).json()["resource_type"] == "metadata_schema"
    assert api.get("/v1/metadata-schemas/customer").status_code == 404


def test_a_kind_of_object_has_one_schema(api: Any) -> None:
    declare(api)
    again = declare(api)
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")


@pytest.mark.parametrize(
    "body",
    [
        {"related_object": None},
        {"related_object": 5},
        {"properties": {"lang": {"type": "tongue"}}},
        {"allow_defined_only": "yes"},
    ],
)
def test_bad_declarations_store_nothing(api: Any, body: Any) -> None:
    assert declare(api, **body).json()["key"] == "invalid_payload"
    assert not MetadataSchema.objects.exists()


def test_a_type_stays(api: Any) -> None:
    one = f"{address()}/{declare(api).json()['id']}"
    assert api.put(one, {"properties": {"lang": {"type": "number"}}}).json()["key"] == "invalid_payload"
    assert api.put(one, {"related_object": "order"}).json()["key"] == "invalid_payload"
    removed = api.put(one, {"properties": {"lang": {"type": "string", "deleted": True}}}).json()
    assert removed["properties"]["lang"]["deleted"] is True


def test_another_project_has_none(api: Any) -> None:
    assert api.get("/management/v1/projects/proj_other/metadata-schemas").json()["resource_type"] == "project"


def test_checks_follow_what_is_declared_without_asking_each_time(api: Any, django_assert_num_queries: Any) -> None:
    declare(api, related_object="order")
    checking.check("order", {"lang": "nl"})
    with django_assert_num_queries(0):
        checking.check("order", {"lang": "de"})
        checking.check("voucher", {"lang": "fr"})
        with pytest.raises(Problem, match="Metadata"):
            checking.check("order", {"lang": "fr"})


def test_customers_are_held_to_their_schema_by_whichever_way_they_come(api: Any) -> None:
    declare(api)
    wrong = {"source_id": "ada", "metadata": {"lang": "fr"}}
    for answer in (
        api.post("/v1/customers", wrong),
        api.post("/v1/events", {"event": "seen", "customer": wrong}),
    ):
        assert (answer.status_code, answer.json()["key"]) == (400, "metadata_validation_failed")
    assert not Customer.objects.exists()
    assert api.post("/v1/customers", {"source_id": "ada", "metadata": {"lang": "nl"}}).status_code == 200
    refused = api.put("/v1/customers/ada", {"metadata": {"lang": "fr"}})
    assert refused.json()["details"] == "Property .metadata.lang should be one of nl, de"
    assert api.put("/v1/customers/ada", {"name": "Ada"}).status_code == 200


def test_a_batch_spoils_no_neighbour_of_a_refused_customer(api: Any) -> None:
    declare(api)
    items = [
        {"event": "seen", "customer": {"source_id": f"c{n}", "metadata": {"lang": lang}}}
        for n, lang in enumerate(["nl", "fr"])
    ]
    results = api.post("/v1/events/batch", {"events": items}).json()["results"]
    assert [result["status"] for result in results] == ["accepted", "rejected"]


def test_a_required_key_is_asked_for_where_metadata_is_told(api: Any) -> None:
    declare(api, properties={"lang": {"type": "string", "optional": False}})
    assert api.post("/v1/customers", {"source_id": "ada", "metadata": {"age": 5}}).status_code == 400
    assert api.post("/v1/customers", {"source_id": "ada", "metadata": {"lang": "nl"}}).status_code == 200
    assert api.post("/v1/customers", {"source_id": "ada", "metadata": {"age": 5}}).status_code == 200
    assert api.put("/v1/customers/ada", {"metadata": {"lang": None}}).status_code == 400
