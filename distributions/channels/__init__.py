"""The ways out. A channel takes a list of messages and yields a receipt for each; it reads no tables.

A channel's module has ``PROVIDERS``, ``DEADLINE_SECONDS``, ``deliver(messages)`` and, where there are accounts to
connect, ``test(account)``. Where a provider's capabilities say so, there are also ``look_up(messages)``, which yields
what became of a hand-over whose answer was lost (UNKNOWN: it cannot tell), and ``verify(messages)``, which reads a
message back (ACCEPTED: it is there, ``detail`` says what was read). ``suggest(account)``, where there is one, names the
fields and tags that the account already has. To add a channel, name its module in MODULES.
"""

from types import ModuleType

from django.conf import settings

from distributions.channels import (
    activecampaign,
    braze,
    email,
    intercom,
    mailbox,
    mailchimp,
    mailing,
    sms,
    webhook,
)  # fmt: skip
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Suggestions, Tested
from distributions.channels.providers import Provider

__all__ = [
    "CARRIERS", "PROVIDERS", "Account", "Outcome", "OutgoingMessage", "Provider", "Receipt", "Suggestions", "Tested",
    "carrier_for", "connectable", "kind_of",
]  # fmt: skip

MODULES: tuple[ModuleType, ...] = (
    email, mailing, sms, mailchimp, intercom, braze, activecampaign, webhook, mailbox,
)  # fmt: skip

PROVIDERS: dict[str, Provider] = {provider.name: provider for module in MODULES for provider in module.PROVIDERS}
CARRIERS: dict[str, ModuleType] = {provider.name: module for module in MODULES for provider in module.PROVIDERS}


def carrier_for(channel_type: str, provider: str = "") -> str:
    """Return who carries messages of this type now; "" where nobody can.

    That is the provider it is connected to, or else what needs no connection: without a mail server, the mailbox takes
    the e-mail.
    """
    if provider:
        return provider if provider in CARRIERS else ""
    if channel_type == "email" and settings.PROMO_MAIL_SERVER is None:
        return "mailbox"
    built_in = PROVIDERS.get(channel_type)
    return channel_type if built_in is not None and built_in.is_built_in else ""


def connectable(channel_type: str) -> list[Provider]:
    """Return the providers to which this channel can be connected."""
    return [one for one in PROVIDERS.values() if one.channel == channel_type and not one.is_built_in]


def kind_of(channel_type: str) -> Provider | None:
    """Return one provider of a channel: what it takes and whom it writes to is the same for all of them."""
    return next((one for one in PROVIDERS.values() if one.channel == channel_type), None)
