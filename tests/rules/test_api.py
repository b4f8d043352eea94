"""Validation rules over REST, in the shapes that the published clients read."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Campaign, RuleAssignment, ValidationRule, Voucher
from events.models import Event
from segments import definition as segments
from tests.rules.conftest import OVER_FIFTY

WHOLE = {
    "name": "Abandoners, cart over 50",
    "type": "expression",
    "context_type": "campaign.discount_coupons",
    "error": {"message": "This code is not for you yet"},
    "applicable_to": {
        "included_all": False,
        "included": [{"object": "products_collection", "id": "pc_1", "effect": "APPLY_TO_EVERY", "quantity_limit": 5}],
        "excluded": [{"object": "product", "id": "prod_9"}],
    },
    "rules": {
        "1": {"name": "customer.metadata", "property": "lang", "conditions": {"$in": ["nl"]}, "rules": {}, "error": {"message": "Wrong"}},
        "2": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000]}, "rules": {}},
        "logic": "1 and 2",
    },
}  # fmt: skip


def use(api: Any, rule: Any, kind: str, id: str) -> Any:
    body = {"related_object_type": kind, "related_object_id": id}
    return api.post(
        f"/v1/validation-rules/{rule['id'] if isinstance(rule, dict) else rule.public_id}/assignments", body
    )


def told(name: str) -> list[Event]:
    return list(Event.objects.filter(name__endswith=f"validation_rules.{name}").order_by("name", "id"))


def test_a_rule_is_made_told_listed_changed_and_deleted(api: Any) -> None:
    made = api.post("/v1/validation-rules", WHOLE)
    rule = made.json()
    assert made.status_code == 200
    assert rule["id"].startswith("val_")
    assert (rule["object"], rule["assignments_count"], rule["updated_at"]) == ("validation_rules", 0, None)
    assert {name: rule[name] for name in ("name", "type", "context_type", "error")} == {
        name: WHOLE[name] for name in ("name", "type", "context_type", "error")
    }
    assert rule["rules"]["1"] == WHOLE["rules"]["1"]
    assert rule["rules"]["logic"] == "1 and 2"
    assert rule["applicable_to"]["included"][0]["quantity_limit"] == 5
    address = f"/v1/validation-rules/{rule['id']}"
    assert api.get(address).json() == rule
    assert api.get("/v1/validation-rules").json() == {"object": "list", "data_ref": "data", "data": [rule], "total": 1}
    changed = api.put(address, {"name": "Over 60", "rules": None}).json()
    assert (changed["name"], changed["rules"], changed["updated_at"] is None) == ("Over 60", rule["rules"], False)
    assert api.put(address, rule | {"name": "Over 60"}).json() == changed
    assert api.delete(address).status_code == 204
    gone = api.get(address)
    assert (gone.status_code, gone.json()["resource_type"], gone.json()["resource_id"]) == (
        404,
        "validation_rules",
        rule["id"],
    )


def test_a_message_is_taken_back_by_an_empty_one(api: Any) -> None:
    rule = api.post("/v1/validation-rules", WHOLE).json()
    assert "error" not in api.put(f"/v1/validation-rules/{rule['id']}", {"error": {"message": ""}}).json()


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        ({"name": None}, "invalid_payload", "name"),
        ({"type": "simple"}, "invalid_validation_rules", "type must be one of"),
        ({"context_type": "moon"}, "invalid_validation_rules", "context_type must be one of"),
        ({"rules": {"1": {"name": "customer.metadata", "conditions": {"$is": ["x"]}}}}, "invalid_validation_rules", "Rule 'customer.metadata' must have a 'property'"),
        ({"rules": {"1": {"name": "order.color", "conditions": {"$is": ["x"]}}}}, "invalid_validation_rules", "order.color"),
        ({"rules": {"1": {"name": "customer.segment", "conditions": {"$is": ["seg_0"]}}}}, "invalid_payload", "there is no segment seg_0"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_refused_by_name_and_stores_nothing(api: Any, change: Any, key: str, said: str) -> None:
    answer = api.post("/v1/validation-rules", WHOLE | change)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert said in answer.json()["details"]
    assert not ValidationRule.objects.exists()


@pytest.mark.parametrize("body", [[], "rule", 7, None, {"rules": OVER_FIFTY}], ids=str)
def test_a_body_that_is_no_rule_is_refused(api: Any, body: object) -> None:
    assert api.post("/v1/validation-rules", body).status_code == 400


def test_a_rule_is_put_on_a_campaign_and_a_code_once_each(
    api: Any, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule, campaign = make_rule(), make_campaign()
    voucher = Voucher.objects.first()
    on_campaign = use(api, rule, "campaign", campaign.public_id).json()
    assert on_campaign["id"].startswith("asgm_")
    assert (on_campaign["object"], on_campaign["rule_id"]) == ("validation_rules_assignment", rule.public_id)
    assert on_campaign["related_object_id"] == campaign.public_id
    # Without a kind a voucher is meant; its code serves as well as its id.
    on_code = api.post(f"/v1/validation-rules/{rule.public_id}/assignments", {"related_object_id": voucher.code}).json()
    assert (on_code["related_object_type"], on_code["related_object_id"]) == ("voucher", voucher.public_id)
    again = use(api, rule, "campaign", campaign.public_id)
    assert (again.status_code, again.json()["key"], again.json()["resource_id"]) == (
        409,
        "duplicate_found",
        on_campaign["id"],
    )
    assert api.get(f"/v1/validation-rules/{rule.public_id}").json()["assignments_count"] == 2
    assert api.get(f"/v1/validation-rules/{rule.public_id}/assignments").json()["data"] == [on_code, on_campaign]
    listed = api.get("/v1/validation-rules-assignments", related_object_id=campaign.public_id, rule=rule.public_id)
    assert (listed.json()["data"], listed.json()["total"]) == ([on_campaign], 1)
    assert api.get(f"/v1/campaigns/{campaign.public_id}").json()["validation_rules_assignments"]["data"] == [
        on_campaign
    ]
    assert api.get(f"/v1/vouchers/{voucher.code}").json()["validation_rules_assignments"]["total"] == 1
    address = f"/v1/validation-rules/{rule.public_id}/assignments/{on_code['id']}"
    assert [api.delete(address).status_code for _ in range(2)] == [204, 404]


def test_older_clients_name_what_a_rule_is_put_on_by_its_kind(
    api: Any, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    address, campaign = f"/v1/validation-rules/{make_rule().public_id}/assignments", make_campaign()
    voucher = Voucher.objects.first()
    for body in ({"campaign": campaign.name}, {"voucher": voucher.code}):
        assert api.post(address, body).status_code == 200
    assert set(RuleAssignment.objects.values_list("related_object_id", flat=True)) == {
        campaign.public_id,
        voucher.public_id,
    }


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        ({"related_object_type": "campaign", "related_object_id": "camp_0"}, 404, "not_found"),
        ({"related_object_type": "voucher", "related_object_id": "NOTHING"}, 404, "not_found"),
        ({"related_object_type": "planet", "related_object_id": "x"}, 400, "invalid_payload"),
        ({"related_object_type": "campaign"}, 400, "invalid_payload"),
        ({"related_object_type": "campaign", "related_object_id": "a\0b"}, 400, "invalid_payload"),
        ({"related_object_type": "distribution", "related_object_id": "distr_1"}, 400, "invalid_payload"),
        ([], 400, "invalid_payload"),
    ],
    ids=str,
)
def test_a_rule_is_put_on_nothing_that_is_not_there(
    api: Any, make_rule: Callable[..., ValidationRule], body: Any, status: int, key: str
) -> None:
    answer = api.post(f"/v1/validation-rules/{make_rule().public_id}/assignments", body)
    assert (answer.status_code, answer.json()["key"]) == (status, key)
    assert not RuleAssignment.objects.exists()


def test_a_campaign_is_made_with_its_rule_or_not_at_all(api: Any, make_rule: Callable[..., ValidationRule]) -> None:
    rule = make_rule()
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
    body = {
        "name": "Back",
        "campaign_type": "DISCOUNT_COUPONS",
        "voucher": voucher,
        "validation_rules": [rule.public_id],
    }
    unknown = api.post("/v1/campaigns", body | {"validation_rules": ["val_0"]})
    assert (unknown.status_code, unknown.json()["resource_type"]) == (404, "validation_rules")
    assert not Campaign.objects.exists()
    made = api.post("/v1/campaigns", body).json()
    (use,) = made["validation_rules_assignments"]["data"]
    assert (use["rule_id"], use["related_object_id"]) == (rule.public_id, made["id"])
    (created,) = told("created")
    assert created.group_id == Event.objects.get(name="campaign.created").group_id


def test_every_change_is_told_of_what_the_rule_is_on(
    api: Any, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule, campaign = make_rule(), make_campaign()
    voucher = Voucher.objects.first()
    for kind, id in (("campaign", campaign.public_id), ("voucher", voucher.public_id)):
        assert use(api, rule, kind, id).status_code == 200
    created = told("created")
    assert [(event.name, event.entity_id, event.source) for event in created] == [
        ("campaign.validation_rules.created", campaign.public_id, "API"),
        ("voucher.validation_rules.created", voucher.public_id, "API"),
    ]
    assert set(created[0].properties) == {"rule", "assignment", "campaign"}
    assert set(created[1].properties) == {"rule", "assignment", "voucher"}
    address = f"/v1/validation-rules/{rule.public_id}"
    assert api.put(address, {"name": rule.name, "rules": rule.rules}).status_code == 200
    assert told("updated") == []
    assert api.put(address, {"name": "Over 49"}).status_code == 200
    updated = told("updated")
    assert [event.entity_id for event in updated] == [campaign.public_id, voucher.public_id]
    assert len({event.group_id for event in updated}) == 1
    assert updated[0].properties["rule"]["name"] == "Over 49"
    assert {"updated_at", "campaign"} < set(updated[0].properties)
    for assignment in api.get(f"{address}/assignments").json()["data"]:
        assert api.delete(f"{address}/assignments/{assignment['id']}").status_code == 204
    assert [(event.name, set(event.properties)) for event in told("deleted")] == [
        ("campaign.validation_rules.deleted", {"rule", "assignment", "campaign"}),
        ("voucher.validation_rules.deleted", {"rule", "assignment", "voucher"}),
    ]


def test_a_rule_in_use_is_deleted_by_force_alone(
    api: Any, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule = make_rule()
    use(api, rule, "campaign", make_campaign().public_id)
    address = f"/v1/validation-rules/{rule.public_id}"
    refused = api.delete(address)
    assert (refused.status_code, refused.json()["key"]) == (400, "resource_in_use")
    assert api.delete(f"{address}?force=true").status_code == 204
    assert (len(told("deleted")), RuleAssignment.objects.count()) == (1, 0)


def test_what_goes_takes_its_assignments_along(
    api: Any, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule, campaign = make_rule(), make_campaign()
    one, other, _third = Voucher.objects.all()
    for kind, id in (("campaign", campaign.public_id), ("voucher", one.public_id), ("voucher", other.public_id)):
        use(api, rule, kind, id)
    assert api.delete(f"/v1/vouchers/{one.code}").status_code == 204
    assert RuleAssignment.objects.count() == 2
    assert api.delete(f"/v1/campaigns/{campaign.public_id}").status_code == 202
    assert RuleAssignment.objects.count() == 0


def test_a_segment_stays_while_a_rule_asks_about_it(api: Any, make_rule: Callable[..., ValidationRule]) -> None:
    segment = segments.create("Friends", "static")
    asking = {"1": {"name": "customer.segment", "conditions": {"$is": [segment.public_id]}}}
    rule = make_rule("Friends only", asking)
    refused = api.delete(f"/v1/segments/{segment.public_id}")
    assert (refused.status_code, refused.json()["key"]) == (400, "resource_in_use")
    assert "The validation rule Friends only asks about it." in refused.json()["details"]
    api.put(f"/v1/validation-rules/{rule.public_id}", {"rules": OVER_FIFTY})
    assert api.delete(f"/v1/segments/{segment.public_id}").status_code == 204


@pytest.mark.parametrize("order", ["name", "-name", "created_at", "-updated_at"])
def test_lists_are_paged_and_sorted(api: Any, make_rule: Callable[..., ValidationRule], order: str) -> None:
    for name in ("B", "A", "C"):
        make_rule(name)
    listed = api.get("/v1/validation-rules", order=order, limit=2).json()
    assert (listed["total"], len(listed["data"])) == (3, 2)
    assert api.get("/v1/validation-rules", order="rules").json()["key"] == "invalid_query_params"
    assert api.get("/v1/validation-rules", page=1001).json()["key"] == "page_over_limit"
    assert api.get("/v1/validation-rules", start_date="2100-01-01").json()["total"] == 0
    assert api.get("/v1/validation-rules/a%00b").status_code == 404


def test_a_list_takes_as_many_queries_for_many_as_for_one(
    api: Any,
    make_rule: Callable[..., ValidationRule],
    make_campaign: Callable[..., Campaign],
    django_assert_max_num_queries: Any,
) -> None:
    campaign = make_campaign(codes=6)
    for number, voucher in enumerate(Voucher.objects.all()):
        rule = make_rule(f"Rule {number}")
        use(api, rule, "voucher", voucher.public_id)
        use(api, rule, "campaign", campaign.public_id)
    for path in ("validation-rules", "validation-rules-assignments"):
        # The key, the page, the count.
        with django_assert_max_num_queries(3):
            assert api.get(f"/v1/{path}").json()["total"] >= 6


def test_the_key_needs_the_scope(api: Any) -> None:
    api.headers = {}
    assert api.get("/v1/validation-rules").status_code == 401
