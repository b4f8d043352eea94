"""Messages as the API and the pages tell them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from access.strict_json import moment
from distributions.models import Delivery, Distribution

State = Delivery.State

DELIVERED = "delivered"
RECEPTION = ("delivered_at", "opened_at", "clicked_at")
STATUSES: dict[str, str] = {
    State.NEW: "queued",
    State.READY: "queued",
    State.SENDING: "queued",
    State.HELD: "held",
    State.WAITING_CODE: "waiting_code",
    State.SENT: "sent",
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
    State.UNCERTAIN: "unknown",
    State.SUPPRESSED: "suppressed",
    State.CANCELLED: "suppressed",
}


# All that the API tells, for who asks for one of them.
ALL_STATUSES = frozenset({*STATUSES.values(), DELIVERED})


def of(distribution: Distribution) -> QuerySet[Delivery]:
    """Return a distribution's messages, newest first, ready to be told."""
    return (
        Delivery.objects.filter(distribution=distribution, is_test=False)
        .select_related("customer", "voucher", "channel", "reception")
        .order_by("-id")
    )


def with_status(messages: QuerySet[Delivery], status: str) -> QuerySet[Delivery]:
    """Return those that the API tells with this status."""
    if status == DELIVERED:
        return messages.filter(state=State.SENT, reception__delivered_at__isnull=False)
    found = messages.filter(state__in=[state for state, told in STATUSES.items() if told == status])
    return found.exclude(reception__delivered_at__isnull=False) if status == STATUSES[State.SENT] else found


def status_of(delivery: Delivery) -> str:
    """Return the status the API tells: what is known to have arrived is more than sent."""
    is_delivered = delivery.state == State.SENT and when(delivery, "delivered_at") is not None
    return DELIVERED if is_delivered else STATUSES[delivery.state]


def when(delivery: Delivery, name: str) -> datetime | None:
    """Return when something first happened to a message after it was sent; None where nothing was told of it."""
    return getattr(getattr(delivery, "reception", None), name, None)


def as_json(delivery: Delivery) -> dict[str, Any]:
    customer, voucher = delivery.customer, delivery.voucher
    return {
        "id": delivery.public_id,
        "object": "message",
        "status": status_of(delivery),
        "reason": delivery.reason or None,
        "customer": {
            "id": customer.public_id,
            "source_id": customer.source_id,
            "name": customer.name,
            "email": customer.email,
        },
        "voucher": {"code": voucher.code} if voucher else None,
        "channel": delivery.channel.type,
        "attempts": delivery.attempt_count,
        "may_repeat": delivery.may_repeat,
        "created_at": moment(delivery.created_at),
        "sent_at": delivery.sent_at and moment(delivery.sent_at),
        **{name: (at := when(delivery, name)) and moment(at) for name in RECEPTION},
        "caused_by": f"evt_{delivery.cause_event_id.hex}" if delivery.cause_event_id else None,
    }
