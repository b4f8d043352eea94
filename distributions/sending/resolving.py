"""A person's word on a message that the product must not decide about: send it again, or count it as delivered.

Each is one guarded update: whoever comes second, or after the product itself has moved the message, is told so.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from access import audit
from access.problems import Problem
from distributions.composing.cases import gather
from distributions.deliveries import Promise
from distributions.models import Delivery, Distribution
from distributions.sending import outcomes
from events.clock import database_now

State = Delivery.State
DOUBTFUL = (State.UNCERTAIN, State.UNKNOWN)
REPEATABLE = (*DOUBTFUL, State.FAILED)


def may_be_repeated(delivery: Delivery) -> bool:
    """Tell whether a person may send it again: it did not arrive for sure, and its distribution has not ended."""
    return delivery.state in REPEATABLE and not _has_ended(delivery)


def may_be_sent_once_more(delivery: Delivery) -> bool:
    """Tell whether a person may send again what arrived, because the customer asks for it."""
    return delivery.state == State.SENT and hasattr(delivery, "message") and not _has_ended(delivery)


@transaction.atomic
def send_again(delivery: Delivery, *, person: User | None = None) -> None:
    """Hand the same words and the same code over once more; of a doubtful one the customer may have two then.

    One that failed before it had words is written now, with the code that it may have got already.
    """
    found = Delivery.objects.filter(pk=delivery.pk, state__in=REPEATABLE)
    is_doubtful = delivery.state in DOUBTFUL
    moved = found.filter(message__isnull=False).update(**_ready(delivery, may_repeat=is_doubtful))
    moved = moved or found.filter(state=State.FAILED, message__isnull=True).update(
        state=State.NEW, reason="", due_at=database_now(), attempt_count=0
    )
    _written_down(moved, delivery, "resend", f"Sent the message {delivery.public_id} again", person)


@transaction.atomic
def send_once_more(delivery: Delivery, *, person: User | None = None) -> None:
    """Hand over what was sent already, with the same words and the same code: the customer has it twice then."""
    sent = Delivery.objects.filter(pk=delivery.pk, state=State.SENT, message__isnull=False)
    moved = sent.update(**_ready(delivery, may_repeat=True))
    _written_down(moved, delivery, "resend", f"Sent the message {delivery.public_id} once more", person)


@transaction.atomic
def mark_delivered(delivery: Delivery, *, person: User | None = None) -> None:
    """Believe that the message arrived: it is sent, and the product never sends it again."""
    now = database_now()
    doubtful = Delivery.objects.filter(pk=delivery.pk, state__in=DOUBTFUL)
    moved = doubtful.update(state=State.SENT, reason="marked_delivered", sent_at=now, parked=False)
    _written_down(moved, delivery, "mark_delivered", f"Counted the message {delivery.public_id} as delivered", person)
    outcomes.tell_sent(gather([Promise.of(delivery)]), now)


def _has_ended(delivery: Delivery) -> bool:
    return delivery.distribution.status in (Distribution.Status.STOPPED, Distribution.Status.DONE)


def _ready(delivery: Delivery, *, may_repeat: bool) -> dict[str, Any]:
    return {
        "state": State.READY,
        "reason": "",
        "due_at": database_now(),
        "attempt_count": 0,
        "to_verify": False,
        "may_repeat": may_repeat or delivery.may_repeat,
    }


def _written_down(moved: int, delivery: Delivery, verb: str, summary: str, person: User | None) -> None:
    if not moved:
        details = "The message is not waiting for a decision any more. Look at its page again."
        raise Problem(409, "message_not_waiting", "The message cannot be changed now", details)
    audit.record(verb, "message", delivery.public_id, summary, person=person)
