"""Of who is erased nothing stays in what was sent, and what was not sent yet is not sent."""

import orjson
from django.db.models import F

from customers.leaving import Departure
from customers.models import Customer
from events.forgetting import told_of_deletion
from webhooks.models import Attempt, Sendout, Webhook


def forget(departure: Departure) -> dict[str, int]:
    if not departure.is_permanent:
        return {}
    hers = Sendout.objects.filter(customer_id=departure.customer.pk)
    # A hand-over under way finds, when it ends, that the sendout is no longer its own.
    hers.filter(state__in=Sendout.OPEN).update(state=Sendout.State.FAILED, fence=F("fence") + 1)
    Attempt.objects.filter(sendout__in=hers).update(detail="")
    hers.update(body="")
    _forget_the_name(departure.customer)
    return {}


def _forget_the_name(customer: Customer) -> None:
    """Take the shop's id for her out of what told of her deletion; what was not sent yet is sent all the same."""
    events = list(told_of_deletion(customer).values_list("pk", flat=True))
    webhooks = list(Webhook.objects.values_list("pk", flat=True)) if events else []
    for sendout in Sendout.objects.filter(webhook__in=webhooks, event_id__in=events).exclude(body=""):
        told = orjson.loads(sendout.body)
        told["data"]["customer"].pop("source_id", None)
        Sendout.objects.filter(pk=sendout.pk).update(body=orjson.dumps(told).decode())
