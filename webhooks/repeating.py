"""A person's word: send this again. The body and its id stay the same, so a receiver that has it knows it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from access import audit
from access.problems import Problem
from webhooks import outbox
from webhooks.models import Sendout, Webhook


@transaction.atomic
def send_again(sendout: Sendout, *, person: User | None = None) -> None:
    """Send it once more, from the first step of the ladder; who comes while it is under way is told so.

    To a webhook that is off it goes when that is turned on.
    """
    if not sendout.body:
        raise Problem(409, "sendout_erased", "It cannot be sent again", "Its words were erased with the customer's.")
    if sendout.webhook.deleted_at:
        raise Problem(409, "webhook_deleted", "It cannot be sent again", "Its webhook was deleted.")
    known = Sendout.objects.filter(pk=sendout.pk).exclude(state=Sendout.State.SENDING)
    if not known.update(state=Sendout.State.WAITING, due_at=Now(), attempt_count=0):
        raise Problem(409, "sendout_not_idle", "It cannot be sent again now", "It is being sent at this moment.")
    audit.record("resend", "sendout", sendout.public_id, f"Sent {sendout.type} again", person=person)


@transaction.atomic
def send_test(webhook: Webhook, *, person: User | None = None) -> Sendout:
    """Send a test to an address, which is tried once."""
    made = outbox.write_test(webhook)
    audit.record("test", "webhook", webhook.public_id, f"Sent a test to {webhook.target_url}", person=person)
    return made
