"""The exports on a campaign's page."""

from campaigns.models import Campaign
from customers.panels import Panel
from transfers import reading


def exports(campaign: Campaign) -> Panel:
    """Return the latest exports to Mailchimp and the way to a new one."""
    return Panel("transfers/_panel.html", {"transfers": reading.of(campaign, most=2)})
