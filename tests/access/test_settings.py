from typing import Any

import pytest

from access.models import AuditEntry, Project

pytestmark = pytest.mark.django_db

BRAND = {"name": "Shop", "postal_address": "Lange 1, Utrecht", "website": "https://shop.example"}


def test_the_settings_are_there_before_anybody_set_them(api: Any) -> None:
    assert api.get("/v1/settings").json() == {
        "brand": {"name": "", "postal_address": "", "website": "", "privacy_policy": "", "logo_url": ""},
        "time_zone": "UTC",
        "currency": "USD",
        "events": {"unknown": "accept"},
    }


def test_what_is_put_is_changed_and_nothing_else(api: Any) -> None:
    api.put("/v1/settings", {"currency": "EUR"})
    told = api.put("/v1/settings", {"brand": BRAND, "time_zone": "Europe/Amsterdam"}).json()
    assert (told["brand"]["postal_address"], told["currency"]) == ("Lange 1, Utrecht", "EUR")
    assert Project.objects.get().time_zone == "Europe/Amsterdam"
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"colour": "red"},
        {"brand": {"colour": "red"}},
        {"brand": {"website": "javascript:alert(1)"}},
        {"brand": {"name": "x" * 121}},
        {"brand": {"name": 5}},
        {"brand": None},
        {"time_zone": "Mars/Olympus"},
        {"currency": "euro"},
        {"events": {"unknown": "maybe"}},
        [],
        "x",
    ],
    ids=["unknown", "unknown within", "script", "long", "number", "null", "zone", "currency", "choice", "list", "text"],
)
def test_what_cannot_be_meant_is_refused(api: Any, said: object) -> None:
    answer = api.put("/v1/settings", said)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"currency": "EUR", "currency": "USD"}', {}, 400),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
        (b'{"currency": "' + b"x" * 1_100_000 + b'"}', {}, 413),
    ],
    ids=["rubbish", "key twice", "compressed", "too large"],
)
def test_bad_bodies_are_refused(api: Any, body: bytes, headers: dict[str, str], status: int) -> None:
    answer = api.put("/v1/settings", body, **headers)
    assert (answer.status_code, answer.json()["code" if status != 413 else "statusCode"]) == (status, status)
