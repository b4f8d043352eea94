"""Whom a request's address names."""

from access.problems import not_found
from customers.models import Customer


def found(named: str) -> Customer:
    """Return a customer by our id or the shop's own, or raise a Problem."""
    customer = Customer.objects.named(named) if "\0" not in named else None
    if customer is None:
        raise not_found("customer", named)
    return customer


def known_or_gone(named: str) -> Customer:
    """Return a customer, also one who was deleted, or raise a Problem."""
    gone = Customer.everybody.filter(public_id=named).first() if "\0" not in named else None
    return gone or found(named)
