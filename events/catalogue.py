"""Every internal event: its name, what it says to people, what it carries, and its other spellings.

Plain Python: the bottom may name what the top does, but imports none of it.
"""

from collections.abc import Iterator

from events.naming import InternalEvent as InternalEvent
from events.naming import event as _event
from events.programs import LOYALTY


def _ruled(subject: str) -> tuple[InternalEvent, ...]:
    """Return what happens to the rules on a campaign or a voucher; today's names do not tell the two apart."""
    name, today, carries = f"{subject}.validation_rules", "business_validation_rule", f"rule assignment {subject}"
    put_on, off = f"{today}.assignment.created", f"{today}.assignment.deleted"
    changed = f"rule {subject} updated_at"
    return (
        _event(f"{name}.created", f"A rule was put on a {subject}.", carries, shared_aliases=put_on),
        _event(f"{name}.updated", f"A rule of a {subject} was changed.", changed, shared_aliases=f"{today}.updated"),
        _event(f"{name}.deleted", f"A rule was taken off a {subject}.", carries, shared_aliases=off),
    )


_ALL = (
    # Campaigns
    _event("campaign.created", "A campaign was saved for the first time.", "campaign created_at"),
    _event("campaign.updated", "A campaign was changed.", "campaign"),
    _event("campaign.deleted", "A campaign was deleted.", "campaign deleted_at"),
    _event("campaign.enabled", "A campaign was enabled.", "campaign"),
    _event("campaign.disabled", "A campaign was disabled.", "campaign"),
    *_ruled("campaign"),
    _event("campaign.export_mailchimp_scheduled", "An export of codes to Mailchimp began.", "campaign export"),
    _event("campaign.export_mailchimp_done", "An export of codes to Mailchimp was finished.", "campaign export"),
    _event("campaign.export_mailchimp_failed", "An export of codes to Mailchimp failed.", "campaign export reason"),
    # Vouchers
    _event("voucher.created", "A voucher was made, generated or imported.", "voucher campaign"),
    _event("voucher.updated", "A voucher was changed.", "voucher campaign"),
    _event(
        "voucher.deleted",
        "A voucher was deleted.",
        "voucher campaign",
        "customer.voucher.deleted",
        has_customer=True,
    ),
    _event("voucher.enabled", "A voucher was enabled.", "voucher campaign"),
    _event("voucher.disabled", "A voucher was disabled.", "voucher campaign"),
    _event(
        "voucher.published",
        "A code was given to a customer.",
        "customer campaign publication voucher created_at",
        "publication.succeeded customer.publication.succeeded",
        has_customer=True,
    ),
    _event(
        "voucher.gift.balance_added",
        "The balance of a gift card was changed.",
        "voucher campaign balance transaction",
        "customer.voucher.gift.balance_added",
        has_customer=True,
    ),
    _event(
        "voucher.validation.succeeded",
        "A code was checked and could be used.",
        "customer validation",
        "customer.validation.succeeded",
        has_customer=True,
    ),
    _event(
        "voucher.validation.failed",
        "A code was checked and could not be used.",
        "customer validation",
        "customer.validation.failed",
        has_customer=True,
    ),
    *_ruled("voucher"),
    # Redemptions
    _event(
        "redemption.succeeded",
        "A customer redeemed a code.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption created_at",
        "customer.redemption.succeeded",
        has_customer=True,
    ),
    _event(
        "redemption.failed",
        "A customer tried to redeem a code and was refused.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption created_at",
        "customer.redemption.failed",
        has_customer=True,
    ),
    _event(
        "redemption.rollback.succeeded",
        "A redemption was taken back.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption redemption_rollback",
        "customer.redemption.rollback.succeeded",
        has_customer=True,
    ),
    _event(
        "redemption.rollback.failed",
        "Taking a redemption back was refused.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption redemption_rollback",
        "customer.redemption.rollback.failed",
        has_customer=True,
    ),
    # Customers
    _event("customer.created", "A customer was seen for the first time.", "customer changed", has_customer=True),
    _event("customer.updated", "A customer's profile was changed.", "customer changed", has_customer=True),
    _event("customer.deleted", "A customer was deleted.", "customer"),
    _event(
        "customer.rewarded",
        "A customer earned a reward.",
        "customer holder voucher campaign redemption reward referral_tier balance custom_event customer_event",
        has_customer=True,
    ),
    _event(
        "customer.segment.entered",
        "A customer entered a segment.",
        "customer segment segment_id entry_id",
        "customer.segment_entered",
        has_customer=True,
    ),
    _event(
        "customer.segment.left",
        "A customer left a segment.",
        "customer segment segment_id entry_id",
        "customer.segment_left",
        has_customer=True,
    ),
    _event("customer.email.sent", "An e-mail was handed over.", "customer distribution sent_at", has_customer=True),
    _event("customer.email.failed", "An e-mail failed.", "customer distribution failed_at", has_customer=True),
    _event("customer.sms.sent", "A text message was handed over.", "customer distribution sent_at", has_customer=True),
    _event("customer.sms.failed", "A text message failed.", "customer distribution failed_at", has_customer=True),
    # Orders
    _event(
        "order.created",
        "A customer placed an order.",
        "customer referrer order redemption",
        "customer.order.created",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "order.updated",
        "An order was changed.",
        "customer referrer order redemption",
        "customer.order.updated",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "order.paid",
        "A customer paid an order.",
        "customer referrer order redemption",
        "customer.order.paid",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "order.canceled",
        "An order was canceled.",
        "customer referrer order redemption",
        "customer.order.canceled",
        has_customer=True,
        is_reported=True,
    ),
    # Products
    _event("product.created", "A product was added.", "product"),
    _event("product.updated", "A product was changed.", "product"),
    _event("product.deleted", "A product was deleted.", "product"),
    _event("sku.created", "A variant of a product was added.", "sku product"),
    _event("sku.updated", "A variant of a product was changed.", "sku product"),
    _event("sku.deleted", "A variant of a product was deleted.", "sku product"),
    # Distributions
    _event("distribution.email.sent", "A distribution's e-mail was handed over.", "distribution customer"),
    _event("distribution.email.failed", "A distribution's e-mail failed.", "distribution customer"),
    _event("distribution.sms.sent", "A distribution's text message was handed over.", "distribution customer"),
    _event("distribution.sms.failed", "A distribution's text message failed.", "distribution customer"),
    # Exports
    _event("export.scheduled", "An export was accepted.", "export"),
    _event("export.done", "An export's file is ready.", "export"),
    _event("export.failed", "An export failed.", "export"),
    _event("export.deleted", "An export was deleted.", "export"),
)

# The tools that a distribution hands its messages to, as people call them.
TOOLS = {"mailchimp": "Mailchimp", "intercom": "Intercom", "braze": "Braze", "activecampaign": "ActiveCampaign"}


def _told_of(channel: str, tool: str) -> Iterator[InternalEvent]:
    for what, label in (("sent", f"was handed over to {tool}"), ("failed", f"could not be handed over to {tool}")):
        keys = f"customer distribution {what}_at"
        yield _event(f"customer.{channel}.{what}", f"A message {label}.", keys, has_customer=True)
        yield _event(f"distribution.{channel}.{what}", f"A distribution's message {label}.", "distribution customer")


# What is told beside the internal events; of a customer it counts, triggers and stands in her timeline as they do.
_BESIDE = (
    *(event for channel, tool in TOOLS.items() for event in _told_of(channel, tool)),
    _event(
        "customer.order.fulfilled",
        "An order of a customer was fulfilled.",
        "customer referrer order redemption",
        has_customer=True,
        is_reported=True,
    ),
    *(
        _event(f"campaign.promotion_tier.{verb}", f"A tier of a promotion was {verb}.", "promotion_tier campaign")
        for verb in ("created", "updated", "deleted", "enabled", "disabled")
    ),
    *(
        _event(f"campaign.promotion_stack.{verb}", f"A stack of tiers was {verb}.", "promotion_stack campaign")
        for verb in ("created", "updated", "deleted")
    ),
    *LOYALTY,
)

INTERNAL = {event.name: event for event in _ALL}
KNOWN = INTERNAL | {event.name: event for event in _BESIDE}
_SHARED = {
    alias: tuple(each.name for each in _ALL if alias in each.shared_aliases)
    for event in _ALL
    for alias in event.shared_aliases
}
_CANONICAL = {alias: event.name for event in KNOWN.values() for alias in event.aliases} | {
    alias: names[0] for alias, names in _SHARED.items()
}


def canonical(name: str) -> str:
    """Return the one name under which an event is stored: an alias becomes the catalogue's, others stay."""
    return _CANONICAL.get(name, name)


def meant_by(name: str) -> tuple[str, ...]:
    """Return the events that a name means, under which they are stored: one, or those that share an alias."""
    return _SHARED.get(name) or (canonical(name),)
