"""The messages on a customer's page."""

from customers.models import Customer
from customers.panels import Panel
from distributions.models import Delivery

MOST = 20


def messages(customer: Customer) -> Panel:
    """Return the messages made for her, latest first: one query."""
    found = (
        Delivery.objects.filter(customer=customer)
        .select_related("distribution", "reception", "channel")
        .order_by("-id")
    )
    return Panel("distributions/_messages_to_her.html", {"deliveries": found[:MOST]}, is_wide=True)
