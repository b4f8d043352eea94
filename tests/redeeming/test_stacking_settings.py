"""The project's own rules of stacking, over REST as both SDKs ask for them, and what they change at the till."""

from typing import Any

import pytest

from tests.conftest import RestClient
from tests.redeeming.test_api import a_code, cart

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(project: Any) -> str:
    return f"/management/v1/projects/{project.public_id}/stacking-rules"


def test_rules_are_made_changed_and_given_up(api: RestClient, address: str) -> None:
    assert api.get(address).json()["total"] == 0
    made = api.post(address, {"redeemables_application_mode": "PARTIAL"}).json()
    changed = api.put(f"{address}/{made['id']}", {"applicable_redeemables_limit": 2}).json()
    assert (changed["redeemables_application_mode"], changed["applicable_redeemables_limit"]) == ("PARTIAL", 2)
    assert api.get(f"{address}/{made['id']}").json() == changed
    told = api.post("/v1/validations", cart("NOBODYS")).json()["stacking_rules"]
    assert (told["applicable_redeemables_limit"], told["redeemables_limit"]) == (2, 30)
    assert api.delete(f"{address}/{made['id']}").status_code == 204
    assert api.get(f"{address}/{made['id']}").json()["resource_type"] == "stacking_rules"


def test_there_is_one_set_of_rules(api: RestClient, address: str) -> None:
    made = api.post(address, {}).json()
    again = api.post(address, {})
    assert (again.status_code, again.json()["resource_id"]) == (409, made["id"])


@pytest.mark.parametrize(
    "rules",
    [
        {"redeemables_application_mode": "SOME"},
        {"redeemables_limit": 31},
        {"applicable_exclusive_redeemables_limit": 6},
        {"applicable_redeemables_limit": True},
        {"exclusive_categories": "cat_1"},
        {"applicable_redeemables_category_limits": {"cat_1": 0}},
        {"discount_calculation_mode": "INITIAL_AMOUNT"},
    ],
)
def test_rules_that_make_no_sense_are_refused(api: RestClient, address: str, rules: dict[str, Any]) -> None:
    answer = api.post(address, rules)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert api.get(address).json()["total"] == 0


def test_another_projects_rules_are_not_here(api: RestClient) -> None:
    assert api.get("/management/v1/projects/proj_other/stacking-rules").status_code == 404


def test_an_exclusive_category_shuts_others_out(api: RestClient, address: str) -> None:
    category = api.post("/v1/categories", {"name": "alone"}).json()["id"]
    assert api.post(address, {"exclusive_categories": [category]}).status_code == 200
    a_code(api, "ALONE", category="alone"), a_code(api, "OTHER")
    answer = api.post("/v1/validations", cart("OTHER", "ALONE")).json()
    assert (answer["valid"], [part["id"] for part in answer["redeemables"]]) == (True, ["ALONE"])
    assert answer["skipped_redeemables"][0]["result"]["details"]["key"] == "exclusion_rules_not_met"
