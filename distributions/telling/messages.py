"""Messages as the API and the pages tell them."""

from typing import Any

from django.db.models import QuerySet

from access.strict_json import moment
from distributions.models import Delivery, Distribution

State = Delivery.State

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


def of(distribution: Distribution) -> QuerySet[Delivery]:
    """Return a distribution's messages, newest first, ready to be told."""
    return (
        Delivery.objects.filter(distribution=distribution, is_test=False)
        .select_related("customer", "voucher", "channel")
        .order_by("-id")
    )


def with_status(messages: QuerySet[Delivery], status: str) -> QuerySet[Delivery]:
    """Return those that the API tells with this status."""
    return messages.filter(state__in=[state for state, told in STATUSES.items() if told == status])


def as_json(delivery: Delivery) -> dict[str, Any]:
    customer, voucher = delivery.customer, delivery.voucher
    return {
        "id": delivery.public_id,
        "object": "message",
        "status": STATUSES[delivery.state],
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
        "caused_by": f"evt_{delivery.cause_event_id.hex}" if delivery.cause_event_id else None,
    }
