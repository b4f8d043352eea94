"""What stays of the codes of a customer who goes: that they were given, to nobody who can be named.

A code keeps its holder, whose row is empty then: it is never given to anybody else.
"""

from campaigns.models import Publication
from customers.leaving import Departure


def forget(departure: Departure) -> dict[str, int]:
    if departure.is_permanent:
        Publication.objects.filter(customer=departure.customer).update(metadata={})
    return {}
