from typing import Any

import pytest
from django.test import Client

from access import authentication, keys
from access.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    authentication.forget()


def settings_with(issued: keys.IssuedKey) -> int:
    headers = {"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token}
    return Client().get("/v1/settings", headers=headers).status_code


def test_only_the_hash_of_a_token_is_kept(api_key: Any) -> None:
    kept = ApiKey.objects.get()
    assert bytes(kept.token_hash) == keys.hash_of(api_key.app_token)
    assert api_key.app_token.endswith(kept.token_hint)
    assert api_key.app_token not in repr(kept.__dict__)


def test_a_wrong_token_opens_nothing(api_key: Any) -> None:
    assert settings_with(keys.IssuedKey(api_key.key, api_key.app_token + "x")) == 401


def test_a_rotated_key_goes_on_for_a_day_beside_its_successor(api_key: Any) -> None:
    successor = keys.rotate(api_key.key)
    assert settings_with(api_key) == settings_with(successor) == 200
    api_key.key.refresh_from_db()
    assert api_key.key.expires_at is not None
    assert successor.key.expires_at is None


def test_a_revoked_key_opens_nothing_once_it_is_forgotten(api_key: Any) -> None:
    assert settings_with(api_key) == 200
    keys.revoke(api_key.key)
    authentication.forget()
    assert settings_with(api_key) == 401


def test_a_key_is_asked_for_once_in_a_while(api_key: Any, django_assert_num_queries: Any) -> None:
    headers = {"X-App-Id": api_key.key.app_id, "X-App-Token": api_key.app_token}
    # The key, the note that it was used.
    with django_assert_num_queries(2):
        Client().post("/v1/events", {}, content_type="application/json", headers=headers)
    with django_assert_num_queries(0):
        Client().post("/v1/events", {}, content_type="application/json", headers=headers)


def test_the_use_of_a_key_is_noted(api_key: Any) -> None:
    settings_with(api_key)
    api_key.key.refresh_from_db()
    assert api_key.key.last_used_at is not None


def test_a_key_without_the_scope_is_refused(db: None) -> None:
    issued = keys.issue("Events only", ApiKey.Kind.SERVER, ["events:write"], [])
    headers = {"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token}
    answer = Client().get("/v1/settings", headers=headers)
    assert (answer.status_code, answer.json()["key"]) == (403, "missing_required_permission")


def test_a_browser_key_without_an_origin_header_is_refused(db: None) -> None:
    issued = keys.issue("Pages", ApiKey.Kind.CLIENT, ["events:write"], ["*"])
    headers = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token}
    answer = Client().post("/client/v1/events", {}, content_type="application/json", headers=headers)
    assert answer.status_code == 401
