import pytest

from access import keys
from access.models import ApiKey
from backlog import asking
from backlog.models import AsyncAction
from backlog.rows import numbered
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def test_an_action_is_told_as_far_as_it_has_come(api: RestClient) -> None:
    action = asking.ask("CUSTOMERS.BULK_UPDATE", numbered(["a"]), scope="customers", group_id="v-1")
    told = api.get(f"/v1/async-actions/{action.public_id}").json()
    assert told.pop("created_at") == told.pop("updated_at")
    assert told == {
        "id": action.public_id,
        "type": "CUSTOMERS.BULK_UPDATE",
        "status": "ENQUEUED",
        "operation_status": "UNKNOWN",
        "progress": 0,
        "processing_time": 0,
        "request_id": "v-1",
        "result": {},
        "object": "async_action",
    }


def test_the_list_goes_back_in_time(api: RestClient) -> None:
    made = [asking.note("CAMPAIGN.VOUCHERS_IMPORT", {}, scope="campaigns") for _ in range(3)]
    first = api.get("/v1/async-actions", limit=2).json()
    assert (first["data_ref"], first["has_more"]) == ("async_actions", True)
    assert [told["id"] for told in first["async_actions"]] == [made[2].public_id, made[1].public_id]
    AsyncAction.objects.filter(pk=made[0].pk).update(created_at="2026-01-01T00:00Z")
    older = api.get("/v1/async-actions", end_date="2026-01-02T00:00:00Z").json()
    assert [told["id"] for told in older["async_actions"]] == [made[0].public_id]


def test_a_key_sees_the_actions_that_it_might_ask_for(db: None) -> None:
    issued = keys.issue(name="CRM", kind=ApiKey.Kind.SERVER, scopes=["customers"], origins=[])
    crm = RestClient({"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token})
    codes = asking.note("CAMPAIGN.VOUCHERS_IMPORT", {}, scope="campaigns")
    people = asking.note("CUSTOMERS.IMPORT_CSV", {}, scope="customers")
    assert crm.get(f"/v1/async-actions/{codes.public_id}").status_code == 404
    assert crm.get(f"/v1/async-actions/{people.public_id}").status_code == 200
    assert len(crm.get("/v1/async-actions").json()["async_actions"]) == 1


def test_what_is_unknown_or_asked_wrongly_is_refused(api: RestClient) -> None:
    unknown = api.get("/v1/async-actions/aa_nobody").json()
    assert (unknown["key"], unknown["resource_type"]) == ("not_found", "async_action")
    assert api.get("/v1/async-actions", limit=101).json()["key"] == "invalid_query_params"
    assert api.get("/v1/async-actions", end_date="yesterday").json()["key"] == "invalid_query_params"
    assert RestClient({}).get("/v1/async-actions").status_code == 401
