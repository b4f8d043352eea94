"""What stays of the codes of a customer who goes: that they were given, to nobody who can be named.

A code keeps its holder, whose row is empty then: it is never given to anybody else.
"""

from django.db import connection

from campaigns.models import Publication
from customers.leaving import Departure

# What a redemption took off what order stays; who ordered, and what was said besides, does not.
FORGET_REDEMPTIONS = """
    UPDATE campaigns_redemption
    SET tracking_id = '', session_key = '', reason = '', metadata = '{}',
        "order" = "order" || '{"customer": null, "referrer": null, "source_id": null, "metadata": {}}'
    WHERE customer_id = %s
"""


def forget(departure: Departure) -> dict[str, int]:
    if departure.is_permanent:
        Publication.objects.filter(customer=departure.customer).update(metadata={})
        with connection.cursor() as cursor:
            cursor.execute(FORGET_REDEMPTIONS, [departure.customer.pk])
    return {}
