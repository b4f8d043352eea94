"""What every test may ask for: a key, a REST client, a signed-in browserless client, and the work that is due."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from redis import Redis

from access import keys
from access import project as projects
from access.models import ApiKey
from promo_site import work
from schemas import checking
from tests.product import mail_sink, product, running_product

__all__ = ["mail_sink", "product", "running_product"]


def pytest_addoption(parser: pytest.Parser) -> None:
    note = "write docs/compatibility.md from what the SDKs' run finds"
    parser.addoption("--write-compatibility", action="store_true", help=note)


class RestClient:
    """Speaks JSON with the key of a server."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def put(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("put", path, body, headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers)

    def _send(self, verb: str, path: str, body: object, headers: dict[str, str]) -> Any:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        send = getattr(self.client, verb)
        return send(path, content, content_type="application/json", headers={**self.headers, **headers})


@pytest.fixture(autouse=True)
def nothing_declared() -> None:
    checking.forget()


@pytest.fixture
def project(db: None) -> Any:
    return projects.current()


@pytest.fixture
def api_key(db: None) -> Any:
    return keys.issue(name="Shop backend", kind=ApiKey.Kind.SERVER, scopes=["*"], origins=[])


@pytest.fixture
def api(api_key: Any) -> RestClient:
    return RestClient({"X-App-Id": api_key.key.app_id, "X-App-Token": api_key.app_token})


@pytest.fixture
def admin_client(db: None) -> Client:
    person = get_user_model().objects.create_superuser("marta", "marta@shop.example", "correct horse")
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def clean_broker() -> Redis:
    broker = Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    return broker


@pytest.fixture
def drain(db: None) -> Callable[[], int]:
    """Return a function that does all work that is due, in this process, until none is."""

    def until_quiet() -> int:
        rounds = 0
        while work.do_what_is_due():
            rounds += 1
            assert rounds < 1000, f"still due: {[kind.task.name for kind in work.due()]}"
        return rounds

    return until_quiet
