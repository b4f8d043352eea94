"""A customer who goes is in no segment any more, and her stays go with her; nobody is told that she left."""

from customers.leaving import Departure
from segments.models import Entry, Membership


def forget(departure: Departure) -> dict[str, int]:
    customer = departure.customer
    Entry.objects.filter(customer=customer).delete()
    memberships, _ = Membership.objects.filter(customer=customer).delete()
    return {"segments": memberships}
