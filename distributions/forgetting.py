"""What is still to be sent to a customer who goes is canceled; what was sent to one who is erased loses its words."""

from django.db.models import F

from customers.leaving import Departure
from distributions.models import Attempt, Delivery, Feedback, Message

REASON = "customer_deleted"


def forget(departure: Departure) -> dict[str, int]:
    """Cancel what is open: a hand-over under way finds, when it ends, that the message is no longer its own."""
    deliveries = Delivery.objects.filter(customer=departure.customer)
    deliveries.filter(state__in=Delivery.OPEN).update(
        state=Delivery.State.CANCELLED, reason=REASON, fence=F("fence") + 1, lease_until=None, parked=False
    )
    if departure.is_permanent:
        Message.objects.filter(delivery__in=deliveries).update(
            address="", subject="", html="", text="", headers={}, content=None
        )
        Attempt.objects.filter(delivery__in=deliveries).update(detail="")
        Feedback.objects.filter(delivery__in=deliveries).update(raw={})
    return {}
