from collections.abc import Callable
from typing import Any

import pytest

from campaigns import pools
from campaigns.models import Campaign, Voucher
from customers.models import Customer
from distributions.telling import invariants
from events.models import Event

pytestmark = pytest.mark.django_db

BODY = {
    "name": "Come back 5",
    "campaign_type": "DISCOUNT_COUPONS",
    "type": "STATIC",
    "join_once": True,
    "vouchers_count": 500,
    "start_date": "2026-03-01T00:00:00.000Z",
    "expiration_date": "2030-06-30T23:59:59.000Z",
    "activity_duration_after_publishing": "P7D",
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 5, "amount_limit": 2000, "effect": "APPLY_TO_ORDER"},
        "redemption": {"quantity": 1},
        "code_config": {"pattern": "BACK-####-####", "charset": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"},
    },
    "category": "winback",
    "metadata": {"region": "EMEA"},
}


def test_a_campaign_is_answered_at_once_and_its_codes_follow(api: Any) -> None:
    answer = api.post("/v1/campaigns", BODY)
    assert answer.status_code == 200
    told = answer.json()
    assert told["object"] == "campaign"
    assert told["vouchers_generation_status"] == "IN_PROGRESS"
    assert told["voucher"]["code_config"]["pattern"] == "BACK-####-####"
    assert told["expiration_date"] == "2030-06-30T23:59:59.000Z"
    while pools.make_some():
        pass
    for name in (told["id"], "Come back 5"):
        assert api.get(f"/v1/campaigns/{name}").json()["vouchers_generation_status"] == "DONE"
    codes = api.get("/v1/vouchers", campaign="Come back 5", limit=100).json()
    assert (codes["data_ref"], codes["total"], len(codes["vouchers"])) == ("vouchers", 500, 100)
    assert all(voucher["code"].startswith("BACK-") for voucher in codes["vouchers"])
    assert Event.objects.get(name="campaign.created").properties["campaign"]["id"] == told["id"]


def test_a_name_is_taken_once(api: Any) -> None:
    assert api.post("/v1/campaigns", BODY).status_code == 200
    again = api.post("/v1/campaigns", BODY)
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param({"voucher": {"type": "DISCOUNT_VOUCHER"}}, "invalid_campaign", id="no discount"),
        pytest.param({"voucher": None}, "invalid_campaign", id="no voucher"),
        pytest.param({"name": None}, "invalid_payload", id="no name"),
        pytest.param({"name": "A\u202eB"}, "invalid_payload", id="name that runs backwards"),
        pytest.param({"campaign_type": "GIFT_VOUCHERS"}, "invalid_campaign", id="not offered"),
        pytest.param({"type": "STANDALONE"}, "invalid_campaign", id="no such type"),
        pytest.param({"vouchers_count": -1}, "invalid_payload", id="negative count"),
        pytest.param({"vouchers_count": 10**7}, "too_many_vouchers_requested", id="too many"),
        pytest.param({"expiration_date": "2026-01-01"}, "invalid_expiration_date", id="ends before it starts"),
        pytest.param({"start_date": "tomorrow"}, "invalid_start_date", id="no date"),
        pytest.param({"activity_duration_after_publishing": "7 days"}, "invalid_payload", id="no duration"),
        pytest.param({"validation_rules": ["val_1", "val_2"]}, "invalid_campaign_params", id="two rules"),
        pytest.param({"metadata": []}, "invalid_payload", id="metadata is a list"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused_with_its_key(api: Any, change: dict, key: str) -> None:
    answer = api.post("/v1/campaigns", {**BODY, **change})
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert Campaign.objects.count() == 0


def test_codes_that_could_be_guessed_are_refused(api: Any) -> None:
    config = {"pattern": "A-##", "charset": "0123456789"}
    answer = api.post("/v1/campaigns", {**BODY, "voucher": {**BODY["voucher"], "code_config": config}})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_code_config")


def test_a_campaign_changes_where_it_may(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(expiration_date="2030-01-01T00:00:00Z")
    address = f"/v1/campaigns/{campaign.public_id}"
    change = {"description": "For carts", "expiration_date": "", "category": ""}
    told = api.put(address, {**change, "voucher": {"discount": {"type": "PERCENT", "percent_off": 7}}}).json()
    assert (told["description"], told["expiration_date"]) == ("For carts", None)
    assert told["voucher"]["discount"]["percent_off"] == 7
    assert api.put(address, {"name": "Other"}).json()["key"] == "invalid_campaign_params"
    other_kind = {"voucher": {"discount": {"type": "AMOUNT", "amount_off": 100}}}
    assert api.put(address, other_kind).json()["key"] == "invalid_campaign_params"
    api.put(address, change)
    assert Event.objects.filter(name="campaign.updated").count() == 1


def test_enabling_and_disabling_is_told_once(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    address = f"/v1/campaigns/{make_campaign().public_id}"
    for _ in range(2):
        assert api.post(f"{address}/disable").json()["active"] is False
    assert api.post(f"{address}/enable").json()["active"] is True
    assert list(Event.objects.filter(name__startswith="campaign.").values_list("name", flat=True).order_by("id")) == [
        "campaign.created", "campaign.disabled", "campaign.enabled",
    ]  # fmt: skip


def test_a_campaign_that_nobody_used_goes_with_all_its_codes(
    api: Any, make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    gone = make_campaign("Gone")
    answer = api.delete(f"/v1/campaigns/{gone.public_id}")
    assert answer.status_code == 202
    assert api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()["status"] == "DONE"
    assert api.get(f"/v1/campaigns/{gone.public_id}").json()["resource_type"] == "campaign"
    assert not Voucher.everything.filter(campaign_id=gone.pk).exists()
    assert not Campaign.everything.exists()
    assert Event.objects.filter(name="campaign.deleted", source="API").count() == 1


def test_a_deleted_campaign_whose_codes_are_held_stays_out_of_sight(
    api: Any, make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    make_campaign("Used")
    told = api.post("/v1/publications", {"campaign": {"name": "Used"}, "customer": {"source_id": "alice"}}).json()
    assert api.delete("/v1/campaigns/Used?force=true").status_code == 202
    assert api.get("/v1/campaigns/Used").status_code == 404
    assert api.get("/v1/campaigns").json()["total"] == 0
    assert api.get(f"/v1/vouchers/{told['voucher']['code']}").status_code == 404
    assert [(v.active, v.holder_id) for v in Voucher.everything.all()] == [(False, alice.pk)]
    assert api.get("/v1/publications").json()["total"] == 1
    hidden = Campaign.everything.get()
    assert (hidden.codes_made, hidden.codes_wanted) == (1, 1)
    assert [name for name, finding in invariants.findings().items() if not finding.ok] == []
    make_campaign("Used")


def test_codes_are_added_one_several_or_given(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    address = f"/v1/campaigns/{make_campaign(codes=0).public_id}/vouchers"
    one = api.post(f"{address}?vouchers_count=1")
    assert (one.status_code, one.json()["object"]) == (200, "voucher")
    several = api.post(f"{address}?vouchers_count=20")
    assert (several.status_code, several.json()["vouchers_generation_status"]) == (202, "IN_PROGRESS")
    given = api.post(f"{address}/SUMMER-2026")
    assert given.json()["code"] == "SUMMER-2026"
    assert api.post(f"{address}/SUMMER-2026").json()["key"] == "duplicate_found"
    assert api.post(f"{address}?vouchers_count=0").status_code == 400
    created = Event.objects.filter(name="voucher.created")
    assert {event.properties["voucher"]["code"] for event in created} == {one.json()["code"], "SUMMER-2026"}


def test_codes_are_imported_as_a_list(
    api: Any, make_campaign: Callable[..., Campaign], drain: Callable[[], int]
) -> None:
    campaign = make_campaign(codes=0)
    answer = api.post(
        f"/v1/campaigns/{campaign.name}/import", [{"code": "A1"}, {"code": "A1"}, {"code": 7}, {"code": "B2"}]
    )
    assert answer.status_code == 202
    drain()
    result = api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()["result"]
    assert (result["total_count"], result["done_count"], [row["line"] for row in result["failed"]]) == (4, 2, [2, 3])


def test_a_voucher_is_shown_and_changed(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign()
    code = Voucher.objects.first().code
    told = api.get(f"/v1/vouchers/{code}").json()
    assert (told["code"], told["campaign"], told["holder_id"], told["active"]) == (code, "Cart rescue", None, True)
    assert api.get(f"/v1/vouchers/{told['id']}").json() == told
    changed = api.put(f"/v1/vouchers/{code}", {"expiration_date": "2030-01-01", "metadata": {"a": 1}, "what": 1}).json()
    assert (changed["expiration_date"], changed["metadata"]) == ("2030-01-01T00:00:00.000Z", {"a": 1})
    assert api.post(f"/v1/vouchers/{code}/disable").json()["active"] is False
    assert api.post(f"/v1/vouchers/{code}/enable").json()["active"] is True
    assert api.delete(f"/v1/vouchers/{code}").status_code == 204
    missing = api.get(f"/v1/vouchers/{code}").json()
    assert (missing["resource_id"], missing["resource_type"]) == (code, "voucher")
    told = set(Event.objects.filter(entity_id=told["id"]).values_list("name", flat=True))
    assert told == {"voucher.updated", "voucher.disabled", "voucher.enabled", "voucher.deleted"}


def test_the_pictures_of_a_code_are_open_to_who_has_their_address(
    api: Any, client: Any, make_campaign: Callable[..., Campaign]
) -> None:
    make_campaign()
    assets = api.get(f"/v1/vouchers/{Voucher.objects.first().code}").json()["assets"]
    for kind in ("qr", "barcode"):
        address = "/" + assets[kind]["url"].split("/", 3)[3]
        picture = client.get(address)
        assert picture["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert client.get(address.replace(".png", ".svg"))["Content-Type"] == "image/svg+xml"
        assert client.get(address[:-6] + "xx.png").status_code == 404
        assert client.get(address.replace(f"/{kind}/", "/qr/" if kind == "barcode" else "/barcode/")).status_code == 404


def test_a_publication_gives_a_customer_a_code(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign()
    body = {
        "campaign": {"name": "Cart rescue", "count": 1},
        "customer": {"source_id": "shop-8812", "name": None},
        "source_id": "mail-2026-03-01-8812",
        "channel": "Python-SDK",
        "metadata": {"wave": 2},
    }
    first = api.post("/v1/publications", body)
    told = first.json()
    assert first.status_code == 200
    assert (told["object"], told["result"], told["channel"], told["metadata"]) == (
        "publication",
        "SUCCESS",
        "API",
        {"wave": 2},
    )
    assert told["voucher"]["holder_id"] == told["customer_id"] == told["customer"]["id"]
    assert api.post("/v1/publications", body).json() == told
    other = api.post("/v1/publications", {**body, "customer": {"source_id": "bob"}})
    assert (other.status_code, other.json()["key"]) == (400, "duplicate_source_id")
    events = Event.objects.filter(name__in=["customer.created", "voucher.published"], customer__source_id="shop-8812")
    assert len({event.group_id for event in events}) == 1
    listed = api.get("/v1/publications", source_id="mail-2026-03-01-8812").json()
    assert [publication["id"] for publication in listed["publications"]] == [told["id"]]


@pytest.mark.parametrize("where", ["query", "body"])
def test_joining_once_gives_the_same_code_for_ever(
    api: Any, make_campaign: Callable[..., Campaign], where: str
) -> None:
    make_campaign()
    body = {"campaign": {"name": "Cart rescue"}, "customer": {"source_id": "alice"}}
    address = "/v1/publications" + ("?join_once=true" if where == "query" else "")
    body |= {"join_once": True} if where == "body" else {}
    answers = [api.post(address, body).json() for _ in range(3)]
    assert len({answer["voucher"]["code"] for answer in answers}) == 1
    assert len({answer["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("change", "status", "key"),
    [
        pytest.param({"campaign": {"name": "Nothing"}}, 404, "not_found", id="unknown campaign"),
        pytest.param({"campaign": None, "voucher": "NOTHING"}, 404, "not_found", id="unknown voucher"),
        pytest.param({"campaign": None}, 400, "invalid_publish_params", id="nothing to publish"),
        pytest.param({"customer": None}, 400, "invalid_publish_params", id="nobody"),
        pytest.param({"campaign": {"name": "Cart rescue", "count": 51}}, 400, "too_many_vouchers_requested", id="many"),
        pytest.param({"campaign": {"name": "Cart rescue", "count": 0}}, 400, "invalid_publish_params", id="none"),
        pytest.param(
            {"campaign": {"name": "Cart rescue", "count": 4}}, 400, "no_voucher_suitable_for_publication", id="dry"
        ),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_key(
    api: Any, make_campaign: Callable[..., Campaign], change: dict, status: int, key: str
) -> None:
    make_campaign()
    body = {"campaign": {"name": "Cart rescue"}, "customer": {"source_id": "alice"}, **change}
    answer = api.post("/v1/publications", body)
    assert (answer.status_code, answer.json()["key"]) == (status, key)


def test_several_codes_come_as_one_publication(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign()
    body = {"campaign": {"name": "Cart rescue", "count": 3}, "customer": {"source_id": "alice"}}
    told = api.post("/v1/publications", body).json()
    assert len(set(told["vouchers"])) == len(told["vouchers_id"]) == 3
    assert "voucher" not in told
    listed = api.get("/v1/publications", customer="alice").json()
    assert (listed["total"], listed["publications"][0]["vouchers"]) == (1, told["vouchers"])


@pytest.mark.parametrize("path", ["/v1/campaigns", "/v1/vouchers", "/v1/publications"])
def test_a_list_takes_as_many_queries_for_many_as_for_one(
    api: Any, make_campaign: Callable[..., Campaign], django_assert_max_num_queries: Callable, path: str
) -> None:
    for number in range(4):
        make_campaign(f"Campaign {number}", codes=2)
        body = {"campaign": {"name": f"Campaign {number}"}, "customer": {"source_id": f"customer-{number}"}}
        assert api.post("/v1/publications", body).status_code == 200
    # The key, the page, the count, the rules; and the parts of publications.
    with django_assert_max_num_queries(5):
        assert api.get(path).json()["total"] >= 4


def test_lists_refuse_an_order_they_do_not_have(api: Any) -> None:
    for path in ("/v1/campaigns", "/v1/vouchers"):
        assert api.get(path, order="password").json()["key"] == "invalid_query_params"


@pytest.mark.parametrize("path", ["campaigns", "vouchers", "async-actions"])
def test_a_name_that_nothing_can_have_is_not_found(api: Any, path: str) -> None:
    assert api.get(f"/v1/{path}/a%00b").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"campaign": "a\0"}, id="NUL"),
        pytest.param({"created_at[after]": "yesterday"}, id="no moment"),
        pytest.param({"limit": "101"}, id="too many"),
        pytest.param({"page": "0"}, id="no page"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(api: Any, query: dict[str, str]) -> None:
    assert api.get("/v1/vouchers", **query).json()["key"] == "invalid_query_params"
