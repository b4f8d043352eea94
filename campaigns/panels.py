"""The codes on a customer's page."""

from campaigns.reading import codes_held_by
from customers.models import Customer
from customers.panels import Panel

MOST = 20


def held_codes(customer: Customer) -> Panel:
    """Return the codes she holds, latest first: one query."""
    return Panel("campaigns/_held_codes.html", {"vouchers": codes_held_by(customer, MOST)})
