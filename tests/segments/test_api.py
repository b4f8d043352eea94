"""Segments over REST, as programs use them."""

import pytest

from events import pipeline

ABANDONED = {"junction": "and", "conditions": [{"event": "cart_abandoned", "operator": "more_than", "value": 0}]}
STORED = {
    "junction": "and",
    "conditions": [{"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}],
}
FLAT = {"junction": "and", "events.cart_abandoned.count": {"conditions": {"$more_than": ["0"]}}}


def make(api, **more):
    return api.post("/v1/segments", {"name": "Carts", "type": "auto-update", "filter": ABANDONED} | more)


def named(api, **more):
    return make(api, **more).json()["id"]


def test_a_segment_is_made_and_shown(api):
    made = make(api)
    assert made.status_code == 200
    assert made.json()["filter"] == STORED
    assert made.json()["object"] == "segment"
    assert api.get(f"/v1/segments/{made.json()['id']}").json() == made.json()


@pytest.mark.parametrize("junction", ["and", "AND"])
def test_the_flat_filter_reads_as_the_tree(api, junction):
    assert make(api, filter=FLAT | {"junction": junction}).json()["filter"] == STORED


def test_a_static_segment_has_its_customers_and_no_filter(api, shop):
    alice, bob = shop.customer("alice"), shop.customer("bob")
    made = api.post("/v1/segments", {"name": "Two", "type": "static", "customers": [alice.public_id, "bob"]}).json()
    assert made["filter"] is None
    inside = api.get("/v1/customers", segment_id=made["id"]).json()
    assert {customer["id"] for customer in inside["customers"]} == {alice.public_id, bob.public_id}
    assert api.get(f"/v1/customers/{bob.public_id}/segments").json()["data"][0]["id"] == made["id"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"type": "auto-update", "filter": ABANDONED}, "name is required", id="no name"),
        pytest.param({"name": "", "filter": ABANDONED}, "name", id="empty name"),
        pytest.param({"name": "a\u202eb", "filter": ABANDONED}, "name", id="deceptive name"),
        pytest.param({"name": "x"}, "filter", id="no filter"),
        pytest.param({"name": "x", "type": "sometimes", "filter": ABANDONED}, "type", id="unknown type"),
        pytest.param(
            {"name": "x", "filter": {"junction": "and", "conditions": []}}, "at least one", id="no conditions"
        ),
        pytest.param(
            {"name": "x", "filter": {"attribute": "shoe", "operator": "exactly", "value": 1}}, "shoe", id="attr"
        ),
        pytest.param({"name": "x", "filter": {"segment": "seg_none"}}, "there is no segment", id="unknown segment"),
        pytest.param({"name": "x", "filter": ABANDONED, "customers": ["a"]}, "static", id="dynamic with customers"),
        pytest.param({"name": "x", "type": "static", "filter": ABANDONED}, "static", id="static with a filter"),
        pytest.param({"name": "x", "filter": ABANDONED, "colour": 1}, "colour", id="unknown field"),
    ],
)
def test_what_cannot_be_a_segment_is_refused_with_a_reason(api, body, said):
    answer = api.post("/v1/segments", body)
    assert answer.status_code == 400
    if said != "shoe":
        assert said in answer.json()["details"]


def test_an_unknown_customer_of_a_static_segment_is_not_found(api):
    answer = api.post("/v1/segments", {"name": "x", "type": "static", "customers": ["cust_none"]})
    assert (answer.status_code, answer.json()["resource_type"]) == (404, "customer")


def test_the_list_pages_sorts_and_filters(api):
    for name in ("One", "Two", "Three"):
        make(api, name=name, type="passive" if name == "Two" else "auto-update")
    listed = api.get("/v1/segments", limit=2).json()
    assert (listed["total"], [each["name"] for each in listed["data"]]) == (3, ["Three", "Two"])
    passive = api.get("/v1/segments", **{"filters[type][conditions][$is]": "passive"}).json()
    assert [each["name"] for each in passive["data"]] == ["Two"]
    assert api.get("/v1/segments", **{"filters[colour][conditions][$is]": "x"}).status_code == 400


def test_a_preview_counts_shows_and_warns(api, shop):
    shop.track("alice")
    shop.customer("bob", email="bob@shop.example")
    seen = api.post("/v1/segments/preview", {"filter": ABANDONED}).json()
    assert (seen["count"], seen["exact"], seen["total_customers"]) == (1, True, 2)
    assert seen["clauses"] == [{"path": "conditions.0", "count": 1}]
    assert [customer["source_id"] for customer in seen["sample"]] == ["alice"]
    assert seen["sentence"] == "Customers for whom cart_abandoned has occurred more than 0 times."
    assert any("never leaves" in hint for hint in seen["hints"])


def test_the_impact_of_an_edit_is_known_before(api, shop):
    shop.happens("alice")
    segment = named(api)
    shop.fill()
    twice = {"event": "cart_abandoned", "operator": "at_least", "value": 2}
    assert api.post(f"/v1/segments/{segment}/impact", {"filter": twice}).json() == {
        "enter": 0,
        "leave": 1,
        "messages_now": 0,
    }


def test_an_explanation_names_the_events(api, shop):
    segment = named(api)
    shop.fill()
    cart = shop.track("alice", cart_value=10)
    why = api.get(f"/v1/segments/{segment}/explain", customer="alice").json()
    assert why["matches"] is True
    assert why["clauses"][0]["path"] == "conditions.0"
    assert why["clauses"][0]["evidence"][0]["id"] == cart.public_id
    assert why["history"][0]["cause"]["id"] == cart.public_id
    assert api.get(f"/v1/segments/{segment}/explain").status_code == 400
    assert api.get(f"/v1/segments/{segment}/explain", customer="nobody").status_code == 404


def test_an_edit_changes_the_filter_and_is_noted(api):
    segment = named(api)
    twice = {"event": "cart_abandoned", "operator": "at_least", "value": 2}
    changed = api.put(f"/v1/segments/{segment}", {"name": "Twice", "filter": twice}).json()
    assert (changed["name"], changed["filter"]["conditions"][0]["value"]) == ("Twice", 2)
    noted = api.get(f"/v1/segments/{segment}/activities").json()["data"]
    assert [each["type"] for each in noted] == ["segment.filters_updated", "segment.created"]


def test_a_passive_segment_may_begin_to_tell_and_never_stop(api):
    segment = named(api, type="passive")
    assert api.put(f"/v1/segments/{segment}", {"type": "auto-update"}).json()["type"] == "auto-update"
    assert api.put(f"/v1/segments/{segment}", {"type": "passive"}).status_code == 400


def test_a_static_segment_does_not_change(api, shop):
    segment = named(api, type="static", filter=None)
    assert api.put(f"/v1/segments/{segment}", {"name": "Other"}).status_code == 400


def test_a_segment_that_another_refers_to_stays(api):
    carts = named(api)
    other = named(api, filter={"segment": carts, "operator": "in"})
    refused = api.delete(f"/v1/segments/{carts}")
    assert (refused.status_code, refused.json()["key"]) == (400, "resource_in_use")
    assert api.delete(f"/v1/segments/{other}").status_code == 204
    assert api.delete(f"/v1/segments/{carts}").status_code == 204
    assert api.get(f"/v1/segments/{carts}").status_code == 404


def test_segments_in_a_ring_are_refused(api):
    carts = named(api)
    other = named(api, filter={"segment": carts, "operator": "in"})
    refused = api.put(f"/v1/segments/{carts}", {"filter": {"segment": other, "operator": "in"}})
    assert (refused.status_code, "itself" in refused.json()["details"]) == (400, True)


def test_deleting_takes_the_memberships_along(api, shop):
    segment = named(api)
    shop.happens("alice")
    assert api.delete(f"/v1/segments/{segment}").status_code == 204
    pipeline.drain()
    assert api.get("/v1/customers", segment_id=segment).status_code == 404
