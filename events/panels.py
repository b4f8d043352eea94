"""The timeline on a customer's page."""

from customers.models import Customer
from customers.panels import Panel
from events.models import Event

NEWEST = 40


def timeline(customer: Customer) -> Panel:
    """Return her latest events, each with the one that caused it: two queries."""
    events = list(Event.objects.filter(customer=customer).order_by("-occurred_at", "-id")[:NEWEST])
    causes = Event.objects.in_bulk([event.caused_by_id for event in events if event.caused_by_id])
    rows = [(event, causes.get(event.caused_by_id)) for event in events]
    return Panel("events/_timeline.html", {"rows": rows, "customer": customer}, is_wide=True)
