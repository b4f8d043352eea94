"""Segments on the screen: built, refused with a reason, previewed, edited, explained, deleted."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events import pipeline
from segments import definition
from segments.membership import filling
from segments.models import Segment
from tests.pages.shop import CART_FILTER, a_customer, a_live_distribution, a_segment, an_event, visitor

ADD = "admin:segments_segment_add"
CART = CART_FILTER["conditions"][0]


def told(**more: Any) -> dict[str, Any]:
    return {"name": "Carts", "type": "auto-update", "filter": json.dumps(CART_FILTER), **more}


def ask(client: Client, name: str, body: object, *args: Any) -> Any:
    address = reverse(f"admin:segments_segment_{name}", args=args)
    return client.post(address, json.dumps(body), content_type="application/json").json()


def settle() -> None:
    """Draw the consequences of what happened, and fill what waits to be filled."""
    pipeline.drain()
    while filling.has_work():
        filling.fill_some()


@pytest.mark.parametrize("type", ["auto-update", "passive"])
def test_a_segment_is_built(admin_client: Client, type: str) -> None:
    answer = admin_client.post(reverse(ADD), told(type=type))
    segment = Segment.objects.get()
    assert answer["Location"] == reverse("admin:segments_segment_change", args=[segment.pk])
    assert (segment.name, segment.type, segment.filter) == ("Carts", type, CART_FILTER)


def test_a_static_segment_takes_customers_one_a_line(admin_client: Client) -> None:
    alice, bob = a_customer("alice"), a_customer("bob")
    admin_client.post(reverse(ADD), told(type="static", filter="", customers=f"alice\n{bob.public_id}\n\n"))
    members = Segment.objects.get().memberships.values_list("customer_id", flat=True)
    assert set(members) == {alice.pk, bob.pk}


def test_one_plain_rule_can_be_posted_without_any_script(admin_client: Client) -> None:
    plain = {"plain_event": "cart_abandoned", "plain_metric": "last_occurred", "plain_operator": "less_than"}
    assert admin_client.post(reverse(ADD), told(filter="", **plain, plain_value="3")).status_code == 302
    rule = Segment.objects.get().filter["conditions"][0]
    assert rule == {
        "event": "cart_abandoned", "metric": "last_occurred", "operator": "less_than", "value": 3.0, "unit": "days",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"name": ""}, "Give the segment a name.", id="no name"),
        pytest.param({"filter": ""}, "Add at least one rule.", id="no rules"),
        pytest.param({"filter": "{"}, "did not arrive whole", id="torn"),
        pytest.param({"filter": "[]"}, "did not arrive whole", id="no tree"),
        pytest.param({"filter": '{"junction": "and", "conditions": 5}'}, "Conditions are a list.", id="no list"),
        pytest.param({"type": "static", "customers": "nobody"}, "Cannot find customer", id="an unknown customer"),
        pytest.param(
            {"filter": json.dumps({"junction": "and", "conditions": [{**CART, "operator": "nearly"}]})},
            "operator",
            id="an unknown operator",
        ),
        pytest.param(
            {"filter": json.dumps({"junction": "and", "conditions": [{"segment": "seg_0", "operator": "in"}]})},
            "There is no segment seg_0",
            id="an unknown segment",
        ),
    ],
)
def test_what_cannot_be_saved_is_said_in_a_sentence(admin_client: Client, wrong: dict[str, str], sentence: str) -> None:
    page = admin_client.post(reverse(ADD), told(**wrong))
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Segment.objects.exists()


def test_a_wrong_rule_is_named_by_its_place_and_what_was_typed_stays(admin_client: Client) -> None:
    tree = {"junction": "and", "conditions": [CART, {**CART, "value": "many"}]}
    page = admin_client.post(reverse(ADD), told(filter=json.dumps(tree)))
    (error,) = page.context["form"].rule_errors
    assert error["path"].startswith("conditions.1")
    assert page.context["form"]["filter"].value() == json.dumps(tree)


def test_the_audience_is_counted_beside_the_rules(admin_client: Client) -> None:
    alice = a_customer("alice")
    a_customer("bob")
    an_event(alice, "cart_abandoned")
    settle()
    seen = ask(admin_client, "preview", {"filter": CART_FILTER})
    assert (seen["count"], seen["total_customers"]) == (1, 2)
    assert seen["clauses"] == [{"path": "conditions.0", "count": 1}]
    (sample,) = seen["sample"]
    assert admin_client.get(sample["url"]).status_code == 200
    assert "cart_abandoned has occurred more than 0 times" in seen["sentence"]


@pytest.mark.parametrize("body", [{}, [], {"filter": None}, {"filter": {"conditions": [7]}}], ids=str)
def test_rules_that_cannot_be_read_are_answered_in_words(admin_client: Client, body: object) -> None:
    (error,) = ask(admin_client, "preview", body)["errors"]
    assert error["message"].endswith(".")


def test_one_customer_is_held_against_rules_that_are_not_saved(admin_client: Client) -> None:
    alice = a_customer("alice")
    an_event(alice, "cart_abandoned")
    settle()
    for named in ("alice", alice.public_id, "alice@shop.example"):
        whole, rule = ask(admin_client, "check", {"filter": CART_FILTER, "customer": named})["lines"]
        assert whole == {"matches": True, "text": "Alice matches now."}
        assert rule["text"].startswith("Customers for whom cart_abandoned has occurred more than 0 times. Latest:")
    (line,) = ask(admin_client, "check", {"filter": CART_FILTER, "customer": "nobody"})["lines"]
    assert line["text"] == "No customer has this id, source id or e-mail."


def test_an_edit_of_a_segment_in_use_says_first_what_it_would_do(admin_client: Client) -> None:
    distribution = a_live_distribution()
    segment = distribution.segment
    an_event(a_customer("alice"), "page_viewed")
    settle()
    page = admin_client.get(reverse("admin:segments_segment_edit", args=[segment.pk])).content.decode()
    assert "Live now: Cart rescue." in page
    viewed = {"junction": "and", "conditions": [{**CART, "event": "page_viewed"}]}
    impact = ask(admin_client, "impact", {"filter": viewed}, segment.pk)
    assert impact == {"enter": 1, "leave": 0, "messages_now": 1}
    saved = admin_client.post(
        reverse("admin:segments_segment_edit", args=[segment.pk]), told(filter=json.dumps(viewed), apply_quietly="on")
    )
    assert saved.status_code == 302
    segment.refresh_from_db()
    assert (segment.filter, segment.fill_silent) == (viewed, True)


def test_an_edit_keeps_the_type(admin_client: Client) -> None:
    segment = a_segment()
    admin_client.post(reverse("admin:segments_segment_edit", args=[segment.pk]), told(name="Baskets", type="static"))
    segment.refresh_from_db()
    assert (segment.name, segment.type) == ("Baskets", "auto-update")


def test_the_page_tells_members_the_cause_of_entering_and_why_not(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    segment = a_segment("Carts")
    settle()
    cause = an_event(a_customer("alice"), "cart_abandoned")
    a_customer("bob")
    settle()
    address = reverse("admin:segments_segment_change", args=[segment.pk])
    # Session, person, segment, members, distributions, clock, size, who came, who went, causes.
    with django_assert_max_num_queries(11):
        page = admin_client.get(address).content.decode()
    assert "Customers for whom cart_abandoned has occurred more than 0 times." in page
    assert "Alice" in page
    assert reverse("admin:events_event_change", args=[cause.pk]) in page
    asked = admin_client.get(address, {"check": "bob"}).content.decode()
    assert "Bob does not match now." in asked
    for part in ("", "members"):
        fragment = admin_client.get(reverse("admin:segments_segment_now", args=[segment.pk]), {"part": part})
        assert "Alice" in fragment.content.decode()
        assert "<html" not in fragment.content.decode()


def test_members_are_searched(admin_client: Client) -> None:
    a_customer("alice")
    a_customer("bob")
    segment = definition.create("Friends", "static", customers=["alice", "bob"])
    address = reverse("admin:segments_segment_change", args=[segment.pk])
    for wanted in ("ali", "alice@shop.example", "alice"):
        (row,) = admin_client.get(address, {"q": wanted}).context["members"].rows
        assert row.customer.source_id == "alice"


def test_the_list_tells_sizes_and_costs_the_same_for_one_and_for_many(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    a_customer("alice")
    definition.create("Friends", "static", customers=["alice"])
    for number in range(20):
        a_segment(f"Segment {number}")
    # Session, person, count, segments, clock, sizes.
    with django_assert_max_num_queries(7):
        page = admin_client.get(reverse("admin:segments_segment_changelist")).content.decode()
    assert "▲ 1" in page
    assert "waiting to be filled" in page


def test_a_segment_is_deleted_unless_something_needs_it(admin_client: Client) -> None:
    unused, used = a_segment("Unused"), a_live_distribution().segment
    admin_client.post(reverse("admin:segments_segment_delete", args=[unused.pk]))
    refused = admin_client.post(reverse("admin:segments_segment_delete", args=[used.pk]), follow=True)
    assert "A distribution uses it." in refused.content.decode()
    assert list(Segment.objects.all()) == [used]


def test_who_may_only_look_cannot_change(db: None) -> None:
    segment, client = a_segment(), visitor("view_segment")
    assert client.get(reverse("admin:segments_segment_change", args=[segment.pk])).status_code == 200
    for name in ("edit", "delete", "impact"):
        assert client.post(reverse(f"admin:segments_segment_{name}", args=[segment.pk])).status_code == 403
    assert client.post(reverse(ADD), told()).status_code == 403
