"""What other apps tell of a customer on her page. They are named in settings, so that this app imports none of them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from customers.models import Customer


@dataclass(frozen=True)
class Panel:
    """One card of a customer's page: a template and what it shows; a wide one stands in the main column."""

    template: str
    context: dict[str, Any]
    is_wide: bool = False


def panels_of(customer: Customer) -> list[Panel]:
    """Return the cards in the order of the setting; each costs its app a fixed number of queries."""
    return [import_string(path)(customer) for path in settings.CUSTOMER_PANELS]
