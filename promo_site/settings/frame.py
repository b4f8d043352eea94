"""How the admin's frame looks and what stands in its navigation; the pages themselves belong to the apps."""

from typing import Any

from django.templatetags.static import static


def stylesheet(_request: object) -> str:
    return static("frame/frame.css")


def script(_request: object) -> str:
    return static("frame/frame.js")


def icon(_request: object) -> str:
    return static("frame/icon.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Promotions",
    "SITE_HEADER": "Promotions",
    "SITE_SYMBOL": "redeem",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "BORDER_RADIUS": "6px",
    "STYLES": [stylesheet],
    "SCRIPTS": [script],
    "DASHBOARD_CALLBACK": "promo_site.home.dashboard",
    "SIDEBAR": {"show_search": False, "navigation": "promo_site.admin_frame.navigation"},
    # A quiet green-blue; every pair of text and ground that is used keeps a contrast of 4.5.
    "COLORS": {
        "primary": {
            "50": "oklch(98% .012 190)",
            "100": "oklch(95% .03 190)",
            "200": "oklch(90% .055 190)",
            "300": "oklch(83% .085 190)",
            "400": "oklch(75% .11 190)",
            "500": "oklch(66% .11 190)",
            "600": "oklch(49% .088 195)",
            "700": "oklch(43% .076 196)",
            "800": "oklch(38% .064 197)",
            "900": "oklch(33% .052 198)",
            "950": "oklch(25% .04 200)",
        },
    },
}

# Moments are never ambiguous: the order of the parts is the same everywhere, and the zone is named.
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i \\U\\T\\C"

# The cards on a customer's page, in order; each app tells what it knows of her.
CUSTOMER_PANELS = [
    "events.panels.timeline",
    "orders.panels.bought",
    "segments.panels.memberships",
    "campaigns.panels.held_codes",
    "distributions.panels.messages",
]

# The cards on a campaign's page, from the apps that do something with its codes.
CAMPAIGN_PANELS = ["rewards.panels.program", "transfers.panels.exports"]
