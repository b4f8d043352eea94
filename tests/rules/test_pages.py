"""Validation rules on the screen: built, said, put on a campaign and on a code, taken off, deleted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, RuleAssignment, ValidationRule, Voucher
from campaigns.rules import assignments
from events.models import Event
from segments import definition as segments
from tests.pages.shop import visitor
from tests.rules.test_judging import target

ADD = "admin:campaigns_validationrule_add"
AMOUNT = {"name": "order.amount", "conditions": {"$more_than": [5000]}}
LANG = {"name": "customer.metadata", "property": "lang", "conditions": {"$in": ["nl", "de"]}}
TREE = {"junction": "and", "rules": [AMOUNT, {"junction": "or", "rules": [LANG, AMOUNT]}]}


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:campaigns_validationrule_{name}", args=args)


def told(**more: Any) -> dict[str, Any]:
    return {"name": "Dutch, over 50", "rules": json.dumps(TREE), "message": "Not yet", **more}


def test_a_rule_is_built_and_edited(admin_client: Client) -> None:
    answer = admin_client.post(reverse(ADD), told(applicable=json.dumps({"included": [target("tea")]})))
    rule = ValidationRule.objects.get()
    assert answer["Location"] == address("change", rule.pk)
    assert (rule.rules["logic"], rule.rules["2"]["property"], rule.message) == ("1 and (2 or 3)", "lang", "Not yet")
    assert rule.applicable_to["included"][0]["id"] == "tea"
    page = admin_client.get(address("edit", rule.pk))
    form = page.context["form"]
    posted = {name: form[name].value() for name in ("name", "message", "rules", "applicable")}
    admin_client.post(address("edit", rule.pk), posted)
    rule.refresh_from_db()
    assert rule.updated_at is None
    admin_client.post(address("edit", rule.pk), posted | {"message": ""})
    rule.refresh_from_db()
    assert (rule.message, rule.updated_at is None) == ("", False)
    said = admin_client.get(address("change", rule.pk)).content.decode()
    assert "before this discount is more than $50.00 and (the customer&#x27;s lang is one of nl or de or" in said


def test_one_plain_rule_can_be_posted_without_any_script(admin_client: Client) -> None:
    plain = {
        "plain_name": "customer.metadata",
        "plain_property": "lang",
        "plain_operator": "$in",
        "plain_value": "nl, de",
    }
    assert admin_client.post(reverse(ADD), told(rules="", **plain)).status_code == 302
    rule = ValidationRule.objects.get().rules["1"]
    assert (rule["property"], rule["conditions"]) == ("lang", {"$in": ["nl", "de"]})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Give the rule a name."),
        ({"rules": ""}, "needs a rule, or the products"),
        ({"rules": "{"}, "did not arrive whole"),
        ({"rules": "[]"}, "did not arrive whole"),
        ({"rules": '{"junction": "and", "rules": 7}'}, "did not arrive whole"),
        ({"applicable": "7"}, "did not arrive whole"),
        ({"applicable": '{"included": [{"object": "sku"}]}'}, "named by its id"),
        ({"rules": json.dumps({"junction": "and", "rules": [{**LANG, "property": ""}]})}, "must have a &#x27;property&#x27;"),
        ({"rules": json.dumps({"junction": "and", "rules": [{"name": "customer.segment", "conditions": {"$is": ["seg_0"]}}]})}, "There is no segment seg_0"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_saved_is_said_in_a_sentence(admin_client: Client, wrong: dict[str, str], sentence: str) -> None:
    page = admin_client.post(reverse(ADD), told(**wrong))
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not ValidationRule.objects.exists()


def test_a_wrong_rule_is_named_by_its_place_and_what_was_typed_stays(admin_client: Client) -> None:
    tree = json.dumps({"junction": "and", "rules": [AMOUNT, {**LANG, "conditions": {}}]})
    page = admin_client.post(reverse(ADD), told(rules=tree))
    (error,) = page.context["form"].rule_errors
    assert error["path"] == "rules.2.conditions"
    assert page.context["form"]["rules"].value() == tree


def test_the_builder_hears_the_rule_in_words(admin_client: Client) -> None:
    friends = segments.create("Friends", "static")
    asking = {"name": "customer.segment", "conditions": {"$is": [friends.public_id]}}

    def say(body: Any) -> Any:
        return admin_client.post(address("say"), json.dumps(body), content_type="application/json").json()

    assert say({"rules": {"junction": "and", "rules": [asking]}, "applicable_to": {"excluded": [target("tea")]}}) == {
        "sentences": [
            "May be redeemed when the customer's segment is Friends.",
            "The discount is for all items but the product tea.",
        ]
    }
    assert (
        say({"rules": {"junction": "and", "rules": [{"name": "order.amount"}]}})["error"]["path"]
        == "rules.1.conditions"
    )
    for torn in ([], {}, {"rules": 7}):
        assert say(torn)["error"]["message"].endswith(".")


def test_a_rule_is_put_on_a_campaign_and_shown_with_its_codes(
    admin_client: Client, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    rule, campaign = make_rule(), make_campaign()
    voucher = Voucher.objects.first()
    home = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert rule.name in admin_client.get(home).content.decode()
    body = {"on": "campaign", "id": campaign.public_id, "rule": rule.public_id}
    assert admin_client.post(address("put_on"), body)["Location"] == home
    again = admin_client.post(address("put_on"), body, follow=True)
    assert "Duplicated validation_rules_assignment exists" in again.content.decode()
    page = admin_client.get(reverse("admin:campaigns_voucher_change", args=[voucher.public_id])).content.decode()
    assert "of the campaign" in page
    use = RuleAssignment.objects.get()
    assert campaign.name in admin_client.get(address("change", rule.pk)).content.decode()
    assert admin_client.post(address("take_off", use.public_id))["Location"] == home
    assert admin_client.post(address("take_off", use.public_id)).status_code == 302
    told = Event.objects.filter(name__startswith="campaign.validation_rules").order_by("id")
    assert [(event.name, event.source) for event in told] == [
        ("campaign.validation_rules.created", "USER_PORTAL"),
        ("campaign.validation_rules.deleted", "USER_PORTAL"),
    ]


def test_a_new_rule_asked_for_from_a_code_is_put_on_it_at_once(
    admin_client: Client, make_campaign: Callable[..., Campaign]
) -> None:
    make_campaign()
    voucher = Voucher.objects.first()
    answer = admin_client.post(f"{reverse(ADD)}?on=voucher&id={voucher.public_id}", told())
    assert answer["Location"] == reverse("admin:campaigns_voucher_change", args=[voucher.public_id])
    assert RuleAssignment.objects.get().voucher == voucher


def test_a_rule_in_use_says_so_and_stays(
    admin_client: Client, make_rule: Callable[..., ValidationRule], make_campaign: Callable[..., Campaign]
) -> None:
    unused, used = make_rule("Unused"), make_rule("Used")
    assignments.put_on(make_campaign(), [used.public_id])
    assert "One campaign or code uses this rule." in admin_client.get(address("edit", used.pk)).content.decode()
    admin_client.post(address("delete", unused.pk))
    refused = admin_client.post(address("delete", used.pk), follow=True)
    assert "Take it off first." in refused.content.decode()
    assert list(ValidationRule.objects.all()) == [used]


def test_the_list_costs_the_same_for_one_and_for_many(
    admin_client: Client, make_rule: Callable[..., ValidationRule], project: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        make_rule(f"Rule {number}")
    # Session, person, count, rules, project.
    with django_assert_max_num_queries(6):
        page = admin_client.get(address("changelist")).content.decode()
    assert "May be redeemed when the order&#x27;s amount" in page
    assert "nothing yet" in page


def test_a_hostile_name_is_shown_as_text(admin_client: Client, make_rule: Callable[..., ValidationRule]) -> None:
    rule = make_rule("<script>alert(1)</script>")
    for page in (address("changelist"), address("change", rule.pk), address("edit", rule.pk)):
        assert "<script>alert(1)" not in admin_client.get(page).content.decode()


def test_who_may_only_look_cannot_change(db: None, make_rule: Callable[..., ValidationRule]) -> None:
    rule, client = make_rule(), visitor("view_validationrule")
    assert client.get(address("change", rule.pk)).status_code == 200
    for refused in (address("edit", rule.pk), address("delete", rule.pk), address("put_on"), reverse(ADD)):
        assert client.post(refused).status_code == 403


def test_who_may_make_rules_alone_puts_them_on_nothing(db: None) -> None:
    client = visitor("add_validationrule")
    assert client.post(f"{reverse(ADD)}?on=voucher&id=x", told()).status_code == 403
    assert not ValidationRule.objects.exists()
