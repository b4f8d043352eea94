"""The ways out. A channel takes a list of messages and yields a receipt for each; it reads no tables."""

from types import ModuleType

from django.conf import settings

from distributions.channels import email, mailbox, webhook
from distributions.channels.handover import Outcome, OutgoingMessage, Receipt

__all__ = ["CARRIERS", "Outcome", "OutgoingMessage", "Receipt", "carrier_for"]

CARRIERS: dict[str, ModuleType] = {"email": email, "webhook": webhook, "mailbox": mailbox}


def carrier_for(channel_type: str) -> str:
    """Return who carries messages of this type now: without a mail server, the mailbox takes the e-mail."""
    if channel_type == "email" and settings.PROMO_MAIL_SERVER is None:
        return "mailbox"
    return channel_type
