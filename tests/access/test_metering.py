"""A key may call so often in a minute, and is told how often it still may."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from redis import Redis

from access import authentication, keys, metering
from access.models import ApiKey, AuditEntry
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

LIMIT, LEFT, RESET = "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"
EVENT = {"event": "cart_abandoned", "customer": {"source_id": "ida"}}


@pytest.fixture(autouse=True)
def counted_from_nothing(clean_broker: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    authentication.forget()
    monkeypatch.setattr(metering, "_deaf_until", 0.0)


@pytest.fixture
def limited() -> Callable[[int | None], RestClient]:
    def make(calls: int | None) -> RestClient:
        issued = keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], [], calls_per_minute=calls)
        return RestClient({"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token})

    return make


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        pytest.param("get", "/v1/customers", None, id="framework"),
        pytest.param("post", "/v1/events", EVENT, id="short way"),
        pytest.param("get", "/v1/exports", None, id="exports"),
        pytest.param("post", "/v1/validations", {"redeemables": []}, id="till"),
    ],
)
def test_every_way_in_counts_and_refuses_what_is_more(limited: Any, verb: str, path: str, body: Any) -> None:
    api = limited(2)
    ask = (lambda: api.get(path)) if verb == "get" else lambda: api.post(path, body)
    answers = [ask() for _ in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True, True]
    assert [(answer[LIMIT], answer[LEFT]) for answer in answers] == [("2", "1"), ("2", "0"), ("2", "0"), ("2", "0")]
    refused = answers[-1]
    assert {**refused.json(), "request_id": None} == {
        "code": 429,
        "key": "too_many_requests",
        "message": "Too many requests hit the API too quickly.",
        "details": "This key may make 2 calls a minute",
        "request_id": None,
    }
    assert 0 < int(refused["Retry-After"]) <= metering.WINDOW_SECONDS
    assert 0 < int(refused[RESET]) - time.time() <= metering.WINDOW_SECONDS + 1
    assert "Retry-After" not in answers[0]


def test_what_is_refused_stores_nothing(limited: Any) -> None:
    from_shop = limited(1)
    from_shop.post("/v1/customers", {"source_id": "ida"})
    assert from_shop.post("/v1/customers", {"source_id": "otto"}).status_code == 429
    assert limited(None).get("/v1/customers").json()["total"] == 1


def test_a_minute_that_is_over_begins_anew(limited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "WINDOW_SECONDS", 1)
    api = limited(1)
    assert [api.get("/v1/customers").status_code for _ in range(2)] == [200, 429]
    time.sleep(1.1)
    assert api.get("/v1/customers").status_code == 200


def test_each_key_has_its_own_minute(limited: Any) -> None:
    one, two = limited(1), limited(1)
    assert [one.get("/v1/customers").status_code, two.get("/v1/customers").status_code] == [200, 200]


def test_a_key_without_a_limit_is_neither_counted_nor_told(
    limited: Any, clean_broker: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metering, "_counters", None)
    answer = limited(None).get("/v1/customers")
    assert (answer.status_code, LIMIT in answer) == (200, False)


def test_a_limited_call_costs_one_round_trip(limited: Any, clean_broker: Redis) -> None:
    api = limited(9)
    api.get("/v1/customers")
    before = clean_broker.info("commandstats")
    api.get("/v1/customers")
    after = clean_broker.info("commandstats")
    grown = {
        name for name, told in after.items() if told["calls"] > before.get(name, {"calls": 0})["calls"]
    } - {"cmdstat_info"}  # fmt: skip
    assert grown == {"cmdstat_multi", "cmdstat_incrby", "cmdstat_expire", "cmdstat_pttl", "cmdstat_exec"}


def test_where_valkey_is_away_everybody_is_let_through(limited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Redis.from_url("unix:///nowhere.sock", socket_connect_timeout=0.05, retry=None)
    monkeypatch.setattr(metering, "_counters", nowhere)
    api = limited(1)
    answers = [api.get("/v1/customers") for _ in range(3)]
    assert [(answer.status_code, LIMIT in answer) for answer in answers] == [(200, False)] * 3


def test_no_counter_stays_for_ever(limited: Any, clean_broker: Redis) -> None:
    """A counter without an end, as another product's version or a restored copy may leave it, gets one."""
    api = limited(5)
    name = f"promo:calls:{ApiKey.objects.get().pk}"
    clean_broker.set(name, 99)
    assert api.get("/v1/customers").status_code == 429
    assert 0 < clean_broker.ttl(name) <= metering.WINDOW_SECONDS


def test_a_page_can_read_its_limit(clean_broker: Redis) -> None:
    origin = "https://shop.example"
    issued = keys.issue("Pages", ApiKey.Kind.CLIENT, ["events:write"], [origin], calls_per_minute=1)
    told = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": origin}
    answers = [
        Client().post("/client/v1/events", EVENT, content_type="application/json", headers=told) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert LEFT in answers[1]["Access-Control-Expose-Headers"]
    assert answers[1]["Access-Control-Allow-Origin"] == origin


def test_a_page_from_elsewhere_uses_up_nothing(clean_broker: Redis) -> None:
    issued = keys.issue("Pages", ApiKey.Kind.CLIENT, ["events:write"], ["https://shop.example"], calls_per_minute=1)
    told = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": "https://e.vil"}
    for _ in range(3):
        answer = Client().post("/client/v1/events", EVENT, content_type="application/json", headers=told)
        assert answer.status_code == 401
    assert not clean_broker.exists(f"promo:calls:{issued.key.pk}")


def test_a_wrong_token_uses_up_nothing(limited: Any) -> None:
    api = limited(1)
    thief = RestClient({**api.headers, "X-App-Token": "guessed"})
    assert [thief.get("/v1/customers").status_code for _ in range(3)] == [401] * 3
    assert api.get("/v1/customers").status_code == 200


def test_a_limit_is_set_by_the_command_and_kept_by_a_successor() -> None:
    out = StringIO()
    call_command("create_api_key", "--calls-per-minute", "600", "--json", stdout=out, stderr=StringIO())
    key = ApiKey.objects.get(app_id=json.loads(out.getvalue())["app_id"])
    assert key.calls_per_minute == 600
    assert keys.rotate(key).key.calls_per_minute == 600


@pytest.mark.parametrize("wrong", ["0", "-5", "1000001"])
def test_a_limit_that_cannot_be_meant_is_refused(wrong: str) -> None:
    with pytest.raises(CommandError, match="calls-per-minute"):
        call_command("create_api_key", "--calls-per-minute", wrong, stdout=StringIO(), stderr=StringIO())
    with pytest.raises(IntegrityError), transaction.atomic():
        keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], [], calls_per_minute=0)


def test_a_limit_is_set_and_lifted_on_the_page_of_the_key(admin_client: Client, limited: Any) -> None:
    api = limited(None)
    key = ApiKey.objects.get()
    page, save = (
        reverse("admin:access_apikey_change", args=[key.pk]),
        reverse("admin:access_apikey_limit", args=[key.pk]),
    )
    assert "no limit" in admin_client.get(page).content.decode()
    assert admin_client.post(save, {"calls_per_minute": "1"}).url == page
    authentication.forget()
    assert [api.get("/v1/customers").status_code for _ in range(2)] == [200, 429]
    refused = admin_client.post(save, {"calls_per_minute": "0"})
    assert (refused.status_code, ApiKey.objects.get().calls_per_minute) == (400, 1)
    admin_client.post(save, {"calls_per_minute": ""})
    assert ApiKey.objects.get().calls_per_minute is None
    assert AuditEntry.objects.filter(verb="limited").count() == 2


def test_a_new_key_is_made_with_its_limit(admin_client: Client) -> None:
    said = {"name": "Shop", "kind": "server", "scopes": ["*"], "origins": "", "calls_per_minute": "50"}
    assert admin_client.post(reverse("admin:access_apikey_add"), said).status_code == 200
    assert ApiKey.objects.get().calls_per_minute == 50


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_are_let_through_exactly_as_often_as_allowed(
    limited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where Valkey is slow to answer, calls are let through: here it may take its time.
    patient = Redis.from_url(settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=10)
    monkeypatch.setattr(metering, "_counters", patient)
    api = limited(10)

    def call(_: int) -> int:
        try:
            return int(RestClient(api.headers).get("/v1/customers").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(call, range(30)))
    assert (statuses.count(200), statuses.count(429)) == (10, 20)
