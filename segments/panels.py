"""The segments on a customer's page."""

from customers.models import Customer
from customers.panels import Panel
from segments.models import Membership

MOST = 50


def memberships(customer: Customer) -> Panel:
    """Return the segments she is in, latest first: one query."""
    found = Membership.objects.filter(customer=customer, is_member=True).select_related("segment")
    return Panel("segments/_memberships.html", {"memberships": found.order_by("-changed_at")[:MOST]})
