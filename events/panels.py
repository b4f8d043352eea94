"""The latest of a customer's timeline, on her page."""

from customers.models import Customer
from customers.panels import Panel
from events import lines

NEWEST = 25


def timeline(customer: Customer) -> Panel:
    """Return her latest events, each with the one that caused it: two queries."""
    context = {"page": lines.page_of(customer, most=NEWEST), "customer": customer}
    return Panel("events/_timeline.html", context, is_wide=True)
