"""A person's word on a message that the product must not decide about: send it again, or count it as delivered.

Each is one guarded update: whoever comes second, or after the product itself has moved the message, is told so.
"""

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
DOUBTFUL = (State.UNCERTAIN,)
REPEATABLE = (State.UNCERTAIN, State.FAILED)


def may_be_repeated(delivery: Delivery) -> bool:
    """Tell whether a person may send it again: it has its words, and its distribution has not ended."""
    has_ended = delivery.distribution.status in (Distribution.Status.STOPPED, Distribution.Status.DONE)
    return delivery.state in REPEATABLE and hasattr(delivery, "message") and not has_ended


@transaction.atomic
def send_again(delivery: Delivery, *, person: User | None = None) -> None:
    """Hand the same words and the same code over once more; of a doubtful one the customer may have two then."""
    may_repeat = delivery.state == State.UNCERTAIN
    ready = Delivery.objects.filter(pk=delivery.pk, state__in=REPEATABLE, message__isnull=False)
    moved = ready.update(
        state=State.READY,
        reason="",
        due_at=database_now(),
        attempt_count=0,
        may_repeat=may_repeat or delivery.may_repeat,
    )
    _written_down(moved, delivery, "resend", f"Sent the message {delivery.public_id} again", person)


@transaction.atomic
def mark_delivered(delivery: Delivery, *, person: User | None = None) -> None:
    """Believe that the message arrived: it is sent, and the product never sends it again."""
    now = database_now()
    doubtful = Delivery.objects.filter(pk=delivery.pk, state__in=DOUBTFUL)
    moved = doubtful.update(state=State.SENT, reason="marked_delivered", sent_at=now)
    _written_down(moved, delivery, "mark_delivered", f"Counted the message {delivery.public_id} as delivered", person)
    outcomes.tell_sent(gather([Promise.of(delivery)]), now)


def _written_down(moved: int, delivery: Delivery, verb: str, summary: str, person: User | None) -> None:
    if not moved:
        details = "The message is not waiting for a decision any more. Look at its page again."
        raise Problem(409, "message_not_waiting", "The message cannot be changed now", details)
    audit.record(verb, "message", delivery.public_id, summary, person=person)
