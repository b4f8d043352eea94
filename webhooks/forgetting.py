"""Of who is erased nothing stays in what was sent, and what was not sent yet is not sent."""

from django.db.models import F

from customers.leaving import Departure
from webhooks.models import Attempt, Sendout


def forget(departure: Departure) -> dict[str, int]:
    if not departure.is_permanent:
        return {}
    hers = Sendout.objects.filter(customer_id=departure.customer.pk)
    # A hand-over under way finds, when it ends, that the sendout is no longer its own.
    hers.filter(state__in=Sendout.OPEN).update(state=Sendout.State.FAILED, fence=F("fence") + 1)
    Attempt.objects.filter(sendout__in=hers).update(detail="")
    hers.update(body="")
    return {}
