import json
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from access.models import ApiKey

pytestmark = pytest.mark.django_db


def told_by(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_server_key_is_told_as_json() -> None:
    told = json.loads(told_by("create_api_key", "--kind", "server", "--name", "shop", "--json"))
    key = ApiKey.objects.get(app_id=told["app_id"])
    assert (key.name, key.scopes, set(told)) == ("shop", ["*"], {"app_id", "app_token"})


def test_a_browser_key_has_its_origins_and_switches() -> None:
    arguments = ["--kind", "client", "--origin", "http://a.example/", "--origin", "http://b.example"]
    told_by("create_api_key", *arguments, "--allow", "redeem,publish", "--json")
    key = ApiKey.objects.get()
    assert key.origins == ["http://a.example", "http://b.example"]
    assert key.scopes == ["events:write", "redeem", "publish"]


def test_a_browser_key_without_an_origin_is_refused() -> None:
    with pytest.raises(CommandError, match="--origin"):
        told_by("create_api_key", "--kind", "client")


def test_an_administrator_is_made_and_made_again() -> None:
    for password in ("first secret", "second secret"):
        told_by("create_admin", "--email", "marta@shop.example", "--password", password)
    person = authenticate(username="marta@shop.example", password="second secret")
    assert person is not None
    assert person.is_superuser


def test_an_administrator_needs_an_address() -> None:
    with pytest.raises(CommandError, match="not an e-mail address"):
        told_by("create_admin", "--email", "marta", "--password", "secret")
