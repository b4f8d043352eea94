"""Every internal event: its name, what it says to people, what it carries, and its other spellings.

Plain Python: the bottom may name what the top does, but imports none of it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class InternalEvent:
    name: str
    subject: str
    label: str
    sentence: str
    payload: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    has_customer: bool = False
    # Told by the shop, as nothing in this installation does it.
    is_reported: bool = False
    # Today's names of several events at once: subscribing to one of them means all of these events.
    shared_aliases: tuple[str, ...] = ()


def _event(
    name: str,
    sentence: str,
    payload: str,
    aliases: str = "",
    *,
    has_customer: bool = False,
    is_reported: bool = False,
    shared_aliases: str = "",
) -> InternalEvent:
    label = name.replace(".", " ").replace("_", " ").capitalize()
    subject = name.partition(".")[0]
    return InternalEvent(
        name,
        subject,
        label,
        sentence,
        tuple(payload.split()),
        tuple(aliases.split()),
        has_customer,
        is_reported,
        tuple(shared_aliases.split()),
    )


_ALL = (
    # Campaigns
    _event("campaign.created", "A campaign was saved for the first time.", "campaign created_at"),
    _event("campaign.updated", "A campaign was changed.", "campaign"),
    _event("campaign.deleted", "A campaign was deleted.", "campaign deleted_at"),
    _event("campaign.enabled", "A campaign was enabled.", "campaign"),
    _event("campaign.disabled", "A campaign was disabled.", "campaign"),
    _event(
        "campaign.validation_rules.created",
        "A rule was put on a campaign.",
        "rule assignment campaign",
        shared_aliases="business_validation_rule.assignment.created",
    ),
    _event(
        "campaign.validation_rules.updated",
        "A rule of a campaign was changed.",
        "rule campaign updated_at",
        shared_aliases="business_validation_rule.updated",
    ),
    _event(
        "campaign.validation_rules.deleted",
        "A rule was taken off a campaign.",
        "rule assignment campaign",
        shared_aliases="business_validation_rule.assignment.deleted",
    ),
    _event("campaign.export_mailchimp_scheduled", "An export of codes to Mailchimp began.", "campaign export"),
    _event("campaign.export_mailchimp_done", "An export of codes to Mailchimp was finished.", "campaign export"),
    _event("campaign.export_mailchimp_failed", "An export of codes to Mailchimp failed.", "campaign export reason"),
    # Vouchers
    _event("voucher.created", "A voucher was made, generated or imported.", "voucher campaign"),
    _event("voucher.updated", "A voucher was changed.", "voucher campaign"),
    _event("voucher.deleted", "A voucher was deleted.", "voucher campaign", "customer.voucher.deleted"),
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
    _event(
        "voucher.validation_rules.created",
        "A rule was put on a voucher.",
        "rule assignment voucher",
        shared_aliases="business_validation_rule.assignment.created",
    ),
    _event(
        "voucher.validation_rules.updated",
        "A rule of a voucher was changed.",
        "rule voucher updated_at",
        shared_aliases="business_validation_rule.updated",
    ),
    _event(
        "voucher.validation_rules.deleted",
        "A rule was taken off a voucher.",
        "rule assignment voucher",
        shared_aliases="business_validation_rule.assignment.deleted",
    ),
    # Redemptions
    _event(
        "redemption.succeeded",
        "A customer redeemed a code.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption created_at",
        "customer.redemption.succeeded",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "redemption.failed",
        "A customer tried to redeem a code and was refused.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption created_at",
        "customer.redemption.failed",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "redemption.rollback.succeeded",
        "A redemption was taken back.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption redemption_rollback",
        "customer.redemption.rollback.succeeded",
        has_customer=True,
        is_reported=True,
    ),
    _event(
        "redemption.rollback.failed",
        "Taking a redemption back was refused.",
        "customer order campaign voucher holder promotion_tier promotion_stack redemption redemption_rollback",
        "customer.redemption.rollback.failed",
        has_customer=True,
        is_reported=True,
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

INTERNAL = {event.name: event for event in _ALL}
_SHARED = {
    alias: tuple(each.name for each in _ALL if alias in each.shared_aliases)
    for event in _ALL
    for alias in event.shared_aliases
}
_CANONICAL = {alias: event.name for event in _ALL for alias in event.aliases} | {
    alias: names[0] for alias, names in _SHARED.items()
}


def canonical(name: str) -> str:
    """Return the one name under which an event is stored: an alias becomes the catalogue's, others stay."""
    return _CANONICAL.get(name, name)


def meant_by(name: str) -> tuple[str, ...]:
    """Return the events that a name means, under which they are stored: one, or those that share an alias."""
    return _SHARED.get(name) or (canonical(name),)
