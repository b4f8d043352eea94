"""Earning rules over REST: kept, listed, switched; what is wrong with one is said, and nothing is stored."""

from typing import Any

import pytest

from campaigns.models import Campaign
from rewards.models import EarningRule
from tests.rewards.conftest import told_events

pytestmark = pytest.mark.django_db
FIFTY = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}}


def test_a_rule_is_kept_read_changed_and_deleted(program: Campaign, api: Any) -> None:
    rules = f"/v1/loyalties/{program.public_id}/earning-rules"
    made = api.post(rules, {**FIFTY, "source": {"banner": "Fifty for each order"}, "metadata": {"a": 1}}).json()
    assert made["id"].startswith("ern_")
    assert (made["object"], made["active"], made["event"]) == ("earning_rule", True, "order.paid")
    assert made["source"] == {
        "banner": "Fifty for each order", "object_id": program.public_id, "object_type": "campaign",
    }  # fmt: skip
    assert api.get(f"{rules}/{made['id']}").json() == made
    changed = api.put(f"{rules}/{made['id']}", {"loyalty": {"type": "FIXED", "points": 60}}).json()
    assert (changed["loyalty"]["points"], changed["metadata"]) == (60, {"a": 1})
    assert api.post(f"{rules}/{made['id']}/disable").json()["active"] is False
    assert api.post(f"{rules}/{made['id']}/enable").json()["active"] is True
    assert api.delete(f"{rules}/{made['id']}").status_code == 204
    assert api.get(f"{rules}/{made['id']}").status_code == 404
    verbs = ("assigned", "updated", "disabled", "enabled", "deleted")
    assert [len(told_events(f"campaign.earning_rule.{verb}")) for verb in verbs] == [1] * 5


def test_an_empty_value_takes_a_limit_away_and_what_is_not_said_stays(program: Campaign, api: Any) -> None:
    rules = f"/v1/loyalties/{program.public_id}/earning-rules"
    hours = {"daily": [{"start_time": "08:00", "expiration_time": "10:00"}]}
    times = {"start_date": "2030-01-01", "expiration_date": "2031-01-01", "validity_hours": hours}
    wait = {"pending_points": {"period_type": "DAY", "period_value": 14}}
    address = f"{rules}/{api.post(rules, {**FIFTY, **wait, **times, 'validity_day_of_week': [1]}).json()['id']}"
    changed = api.put(address, {"validity_day_of_week": [2]}).json()
    assert (changed["validity_day_of_week"], changed["validity_hours"]) == ([2], hours)
    nothing = {"expiration_date": "", "pending_points": {}, "validity_hours": {}, "validity_day_of_week": []}
    bare = api.put(address, nothing).json()
    assert [bare[name] for name in nothing] == [None] * 4
    assert bare["start_date"] == "2030-01-01T00:00:00.000Z"


def test_rules_are_listed_page_by_page(program: Campaign, api: Any, add_rules: Any) -> None:
    made = add_rules(program, FIFTY, FIFTY, FIFTY)
    told = api.get(f"/v1/loyalties/{program.name}/earning-rules", limit=2).json()
    assert (told["data_ref"], told["total"]) == ("data", 3)
    assert [rule["id"] for rule in told["data"]] == [made[2]["id"], made[1]["id"]]
    assert api.get(f"/v1/loyalties/{program.name}/earning-rules", limit=101).status_code == 400


def test_a_custom_event_is_named_by_its_schema_too(program: Campaign, api: Any) -> None:
    api.post("/v1/events", {"event": "ride", "customer": {"source_id": "alice"}})
    schema = api.get("/v1/metadata-schemas").status_code
    assert schema == 200
    rule = api.post(f"/v1/loyalties/{program.name}/earning-rules", {**FIFTY, "event": "ride"}).json()
    named = {"custom_event": rule["custom_event"], "loyalty": {"type": "FIXED", "points": 1}}
    assert api.post(f"/v1/loyalties/{program.name}/earning-rules", named).json()["event"] == "ride"


BAD: list[tuple[str, Any]] = [
    ("not an object", 7),
    ("no loyalty", {"event": "order.paid"}),
    ("no event", {"loyalty": {"type": "FIXED", "points": 1}}),
    ("internal event", {**FIFTY, "event": "customer.created"}),
    ("no points", {"event": "order.paid", "loyalty": {"type": "FIXED"}}),
    ("points as text", {"event": "order.paid", "loyalty": {"type": "FIXED", "points": "50"}}),
    ("points below one", {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 0}}),
    ("unknown type", {"event": "order.paid", "loyalty": {"type": "RANDOM", "points": 1}}),
    ("formula", {"event": "order.paid", "loyalty": {"type": "FIXED", "points_formula": "1+1"}}),
    ("proportion of nothing", {"event": "order.paid", "loyalty": {"type": "PROPORTIONAL"}}),
    ("every nothing", {"event": "order.paid", "loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT",
                       "order": {"amount": {"every": 0, "points": 1}}}}),
    ("order of a custom event", {"event": "ride", "loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT",
                                 "order": {"amount": {"every": 1, "points": 1}}}}),
    ("segment missing", {**FIFTY, "event": "customer.segment.entered"}),
    ("segment too many", {**FIFTY, "segment": {"id": "seg_1"}}),
    ("pending custom", {**FIFTY, "event": "ride", "pending_points": {"period_value": 3}}),
    ("pending too long", {**FIFTY, "pending_points": {"period_value": 91}}),
    ("dates", {**FIFTY, "start_date": "2026-01-02T00:00:00Z", "expiration_date": "2026-01-01T00:00:00Z"}),
    ("flag", {**FIFTY, "active": "yes"}),
    ("list of too many", [FIFTY] * 101),
    ("empty list", []),
    ("one bad of two", [FIFTY, {"event": "order.paid"}]),
]  # fmt: skip


@pytest.mark.parametrize("body", [body for _, body in BAD], ids=[name for name, _ in BAD])
def test_a_rule_that_cannot_be_meant_is_refused_and_not_stored(body: Any, program: Campaign, api: Any) -> None:
    answer = api.post(f"/v1/loyalties/{program.name}/earning-rules", body)
    assert answer.status_code == 400
    assert answer.json()["key"]
    assert not EarningRule.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {**FIFTY, "event": "customer.segment.entered", "segment": {"id": "seg_none"}},
        {**FIFTY, "validation_rule_id": "val_none"},
        {"custom_event": {"schema_id": "ms_none"}, "loyalty": FIFTY["loyalty"]},
    ],
    ids=["segment", "validation rule", "schema"],
)
def test_what_a_rule_names_has_to_be_there(body: Any, program: Campaign, api: Any) -> None:
    assert api.post(f"/v1/loyalties/{program.name}/earning-rules", [FIFTY, body]).status_code == 404
    assert not EarningRule.objects.exists()


def test_only_loyalty_programs_have_earning_rules(api: Any) -> None:
    assert api.post("/v1/loyalties/none/earning-rules", FIFTY).status_code == 404


def test_a_validation_rule_can_be_put_on_an_earning_rule(program: Campaign, api: Any, add_rules: Any) -> None:
    (made,) = add_rules(program, FIFTY)
    rule = api.post("/v1/validation-rules", {"name": "Any", "rules": {"1": {"name": "order.amount",
                    "conditions": {"$more_than": [1]}}, "logic": "1"}}).json()  # fmt: skip
    put = {"related_object_type": "earning_rule", "related_object_id": made["id"]}
    assert api.post(f"/v1/validation-rules/{rule['id']}/assignments", put).status_code == 200
    missing = {**put, "related_object_id": "ern_none"}
    assert api.post(f"/v1/validation-rules/{rule['id']}/assignments", missing).status_code == 404
