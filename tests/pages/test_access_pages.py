"""API keys, settings and the audit on the screen."""

import html
import re

from django.test import Client
from django.urls import reverse

from access import keys, project
from access.models import ApiKey, AuditEntry
from tests.conftest import RestClient

ADD = "admin:access_apikey_add"


def test_a_new_token_is_shown_once_with_a_curl_that_works(admin_client: Client) -> None:
    page = admin_client.post(reverse(ADD), {"name": "Shop backend", "kind": "server", "scopes": ["*"]})
    key = ApiKey.objects.get()
    token = re.search(r"sk_[\w-]+", page.content.decode())[0]
    assert f"X-App-Token: {token}" in html.unescape(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    answer = RestClient({"X-App-Id": key.app_id, "X-App-Token": token}).get("/v1/segments")
    assert answer.status_code == 200
    again = admin_client.get(reverse("admin:access_apikey_change", args=[key.pk])).content.decode()
    assert token not in again
    assert key.token_hint in again


def test_no_page_shows_a_hash(admin_client: Client) -> None:
    key = keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], []).key
    for address in (reverse("admin:access_apikey_changelist"), reverse("admin:access_apikey_change", args=[key.pk])):
        assert bytes(key.token_hash).hex() not in admin_client.get(address).content.decode()


def test_a_browser_key_needs_its_pages_and_may_only_send_events(admin_client: Client) -> None:
    refused = admin_client.post(reverse(ADD), {"name": "Web", "kind": "client"})
    assert refused.status_code == 400
    assert "needs the addresses of the pages" in refused.content.decode()
    admin_client.post(reverse(ADD), {"name": "Web", "kind": "client", "origins": "https://shop.example/\n"})
    key = ApiKey.objects.get()
    assert (key.scopes, key.origins) == (["events:write"], ["https://shop.example"])


def test_an_address_that_is_no_origin_is_refused_in_words(admin_client: Client) -> None:
    page = admin_client.post(reverse(ADD), {"name": "Web", "kind": "client", "origins": "shop.example/cart"})
    assert "is no origin. It looks like https://shop.example" in page.content.decode()


def test_a_rotated_key_has_a_successor_and_ends_in_a_day(admin_client: Client) -> None:
    old = keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], []).key
    page = admin_client.post(reverse("admin:access_apikey_rotate", args=[old.pk])).content.decode()
    new = ApiKey.objects.exclude(pk=old.pk).get()
    assert new.app_id in page
    assert "24 hours" in page
    old.refresh_from_db()
    assert old.expires_at is not None


def test_a_revoked_key_is_refused_and_the_audit_tells_who_did_it(admin_client: Client) -> None:
    issued = keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], [])
    admin_client.post(reverse("admin:access_apikey_revoke", args=[issued.key.pk]))
    rest = RestClient({"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token})
    assert rest.get("/v1/segments").status_code == 401
    entry = AuditEntry.objects.get(object_type="api_key")
    assert (entry.verb, entry.person.username) == ("revoked", "marta")
    assert "API key Shop revoked" in admin_client.get(reverse("admin:access_auditentry_changelist")).content.decode()


def test_a_key_is_not_changed_by_a_link(admin_client: Client) -> None:
    key = keys.issue("Shop", ApiKey.Kind.SERVER, ["*"], []).key
    assert admin_client.get(reverse("admin:access_apikey_revoke", args=[key.pk])).status_code == 405
    assert admin_client.get(reverse("admin:access_apikey_rotate", args=[key.pk])).status_code == 405


def test_the_projects_settings_are_saved_and_their_errors_are_sentences(admin_client: Client) -> None:
    told = {"brand_name": "Shop", "postal_address": "1 Quay", "time_zone": "Europe/Oslo", "currency": "EUR"}
    address = reverse("admin:access_project_changelist")
    saved = admin_client.post(address, {**told, "unknown_events": "reject"})
    assert saved.status_code == 302
    assert (project.current().time_zone, project.current().unknown_events) == ("Europe/Oslo", "reject")
    refused = admin_client.post(address, {**told, "unknown_events": "reject", "currency": "euro"})
    assert "three capital letters" in refused.content.decode()
    assert project.current().currency == "EUR"
