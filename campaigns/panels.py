"""The codes on a customer's page, and what other apps tell of a campaign on its page."""

from django.conf import settings
from django.utils.module_loading import import_string

from campaigns.models import Campaign
from campaigns.reading import codes_held_by
from customers.models import Customer
from customers.panels import Panel

MOST = 20


def held_codes(customer: Customer) -> Panel:
    """Return the codes she holds, latest first: one query."""
    return Panel("campaigns/_held_codes.html", {"vouchers": codes_held_by(customer, MOST)})


def panels_of(campaign: Campaign) -> list[Panel]:
    """Return the cards of a campaign's page that other apps fill, in the order of the setting."""
    return [import_string(path)(campaign) for path in settings.CAMPAIGN_PANELS]
