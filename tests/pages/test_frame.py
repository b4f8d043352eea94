"""The frame around every page: who gets in, what is in the navigation, and what the policy on content says."""

import pytest
from django.test import Client
from django.urls import reverse

from customers import profiles
from events import tracking
from events.models import Event
from segments import definition
from tests.pages.shop import CART_FILTER, visitor

PAGES = [
    "admin:index",
    "home_now",
    "admin:customers_customer_changelist",
    "admin:customers_customer_add",
    "admin:segments_segment_changelist",
    "admin:segments_segment_add",
    "admin:events_event_changelist",
    "admin:events_pendingevent_changelist",
    "admin:events_eventdefinition_changelist",
    "admin:events_eventdefinition_add",
    "admin:events_eventdefinition_internal",
    "admin:access_apikey_changelist",
    "admin:access_apikey_add",
    "admin:access_project_changelist",
    "admin:access_auditentry_changelist",
    "admin:auth_user_changelist",
    "admin:auth_user_add",
]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_who_is_signed_in_and_for_nobody_else(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(name)).status_code == 200
    turned_away = Client().get(reverse(name))
    assert turned_away.status_code == 302
    assert turned_away["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"admin:index", "home_now"}])
def test_a_page_is_refused_without_its_permission(db: None, name: str) -> None:
    assert visitor().get(reverse(name)).status_code == 403


def test_the_navigation_names_only_what_a_person_may_open(db: None) -> None:
    page = visitor("view_segment").get(reverse("admin:index")).content.decode()
    assert reverse("admin:segments_segment_changelist") in page
    assert reverse("admin:access_apikey_changelist") not in page


def test_the_navigation_stands_in_the_order_of_the_work(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:index")).content.decode()
    places = [page.index(reverse(f"admin:{name}_changelist")) for name in ORDER]
    assert places == sorted(places)


ORDER = [
    "customers_customer",
    "segments_segment",
    "events_event",
    "campaigns_campaign",
    "distributions_distribution",
    "access_project",
]


def test_scripts_come_from_this_server_only(admin_client: Client) -> None:
    policy = admin_client.get(reverse("admin:index"))["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "http" not in scripts


def test_what_a_customer_typed_stays_text_on_every_page(admin_client: Client) -> None:
    profile = profiles.parse({"source_id": HOSTILE, "name": HOSTILE, "metadata": {HOSTILE: HOSTILE}})
    customer = tracking.identify(profile, source=Event.Source.API).customer
    event = tracking.track(tracking.Fact("cart_abandoned", customer.pk, {HOSTILE: [HOSTILE]}, source=Event.Source.API))
    segment = definition.create(HOSTILE, "static", customers=[customer.public_id], description=HOSTILE)
    for name, key in [
        ("customers_customer_change", customer.pk),
        ("customers_customer_edit", customer.pk),
        ("customers_customer_changelist", None),
        ("events_event_change", event.pk),
        ("events_event_changelist", None),
        ("events_eventdefinition_changelist", None),
        ("segments_segment_change", segment.pk),
        ("segments_segment_edit", segment.pk),
        ("segments_segment_changelist", None),
        ("segments_segment_add", None),
        ("access_auditentry_changelist", None),
    ]:
        page = admin_client.get(reverse(f"admin:{name}", args=[key] if key else [])).content.decode()
        assert "<script>alert" not in page, name
        assert "<img src=x" not in page, name


def test_a_page_that_does_not_exist_is_not_found(admin_client: Client) -> None:
    for path in ("customers/customer/0/change/", "events/event/nonsense/change/", "segments/segment/seg_0/change/"):
        assert admin_client.get(f"/admin/{path}").status_code == 404
    segment = definition.create("Carts", "auto-update", CART_FILTER)
    assert admin_client.get(reverse("admin:segments_segment_change", args=[segment.public_id])).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "customers/customer/%00/change/",
        "customers/customer/99999999999999999999/change/",
        "customers/customer/?q=%00",
        "events/event/?name=%00&before=%00",
        "events/event/%00/change/",
        "events/eventdefinition/99999999999999999999/change/",
        "segments/segment/%00/change/",
        "segments/segment/99999999999999999999/change/",
        "segments/segment/?q=%00",
        "access/apikey/99999999999999999999/change/",
    ],
)
def test_an_address_that_means_nothing_is_no_fault_of_ours(admin_client: Client, path: str) -> None:
    assert admin_client.get(f"/admin/{path}").status_code in {200, 302, 404}


def test_a_search_that_means_nothing_finds_nobody(admin_client: Client) -> None:
    segment = definition.create("Carts", "auto-update", CART_FILTER)
    address = reverse("admin:segments_segment_change", args=[segment.pk])
    page = admin_client.get(address, {"q": "\0", "check": "\0x", "page": "99999999999999999999"})
    assert page.status_code == 200


def test_what_is_missing_or_forbidden_is_said_in_words(admin_client: Client) -> None:
    missing = admin_client.get("/admin/customers/customer/nobody/change/")
    assert (missing.status_code, "There is no such page" in missing.content.decode()) == (404, True)
    forbidden = visitor().get(reverse("admin:segments_segment_add"))
    assert (forbidden.status_code, "You may not open this page" in forbidden.content.decode()) == (403, True)


def test_a_form_without_its_token_is_refused_in_words(admin_client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_client.cookies
    refused = strict.post(reverse("admin:access_apikey_add"), {"name": "Shop"})
    assert (refused.status_code, "The form was not sent" in refused.content.decode()) == (403, True)


def test_signing_out_ends_the_session_and_says_so(admin_client: Client) -> None:
    page = admin_client.post(reverse("admin:logout")).content.decode()
    assert "You are signed out" in page
    assert admin_client.get(reverse("admin:index")).status_code == 302
