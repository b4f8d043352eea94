"""The navigation of the admin, in the order of the work. Everybody sees only what they may open."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

# title, icon, address by name, permission (None: everybody who is signed in)
Item = tuple[str, str, str, str | None]

WORK: list[Item] = [
    ("Home", "home", "admin:index", None),
    ("Customers", "group", "admin:customers_customer_changelist", "customers.view_customer"),
    ("Segments", "filter_alt", "admin:segments_segment_changelist", "segments.view_segment"),
    ("Events", "bolt", "admin:events_event_changelist", "events.view_event"),
    ("Campaigns", "confirmation_number", "admin:campaigns_campaign_changelist", "campaigns.view_campaign"),
    ("Codes", "password", "admin:campaigns_voucher_changelist", "campaigns.view_voucher"),
    ("Redemptions", "point_of_sale", "admin:campaigns_redemption_changelist", "campaigns.view_redemption"),
    ("Validation rules", "rule", "admin:campaigns_validationrule_changelist", "campaigns.view_validationrule"),
    ("Code desk", "search", "admin:distributions_distribution_desk", "distributions.view_delivery"),
    ("Distributions", "send", "admin:distributions_distribution_changelist", "distributions.view_distribution"),
    ("Exports", "download", "admin:exports_export_changelist", "exports.view_export"),
    ("Mailbox", "inbox", "admin:distributions_distribution_mailbox", "distributions.view_delivery"),
    ("Playground", "science", "admin:distributions_distribution_playground", "distributions.view_distribution"),
]
SHOP: list[Item] = [
    ("Orders", "shopping_cart", "admin:orders_order_changelist", "orders.view_order"),
    ("Products", "inventory_2", "admin:orders_product_changelist", "orders.view_product"),
    ("Collections", "category", "admin:orders_productcollection_changelist", "orders.view_productcollection"),
]
SETTINGS: list[Item] = [
    ("Project", "tune", "admin:access_project_changelist", "access.view_project"),
    ("API keys", "key", "admin:access_apikey_changelist", "access.view_apikey"),
    ("Connections", "cable", "admin:distributions_connection_changelist", "distributions.view_connection"),
    ("Webhooks", "webhook", "admin:webhooks_webhook_changelist", "webhooks.view_webhook"),
    ("Stopped addresses", "block", "admin:customers_suppression_changelist", "customers.view_suppression"),
    ("Event schema", "schema", "admin:events_eventdefinition_changelist", "events.view_eventdefinition"),
    ("Metadata", "data_object", "admin:schemas_metadataschema_changelist", "schemas.view_metadataschema"),
    ("People", "badge", "admin:auth_user_changelist", "auth.view_user"),
    ("Work in bulk", "stacks", "admin:backlog_asyncaction_changelist", "backlog.view_asyncaction"),
    ("Audit", "history", "admin:access_auditentry_changelist", "access.view_auditentry"),
]


def context(request: HttpRequest) -> dict[str, Any]:
    """Give every page below /admin/ what the frame around it needs, so that a view names only what is its own."""
    is_fragment = "X-Requested-With" in request.headers
    if is_fragment or not request.path.startswith(reverse("admin:index")) or not hasattr(request, "user"):
        return {}
    return admin.site.each_context(request)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": "", "separator": False, "items": _items(request, WORK)},
        {"title": "Orders & products", "separator": True, "items": _items(request, SHOP)},
        {"title": "Settings", "separator": True, "items": _items(request, SETTINGS)},
    ]


def _items(request: HttpRequest, entries: list[Item]) -> list[dict[str, Any]]:
    allowed = [entry for entry in entries if entry[3] is None or request.user.has_perm(entry[3])]
    items = [(title, icon, _address(name)) for title, icon, name, _permission in allowed]
    return [
        {"title": title, "icon": icon, "link": link, "active": _is_active(request.path, link)}
        for title, icon, link in items
        if link
    ]


def _address(name: str) -> str:
    """Return where a page is, or nothing where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_active(path: str, link: str) -> bool:
    """Light up the longest matching entry only: the playground lies below the distributions."""
    if link == reverse("admin:index"):
        return path == link
    longer = (_address(name) for _t, _i, name, _p in WORK + SHOP + SETTINGS)
    return path.startswith(link) and not any(
        len(other) > len(link) and path.startswith(other) for other in longer if other
    )
