"""The names by which events can be subscribed to, and the events that each of them means. Plain Python."""

from collections.abc import Iterable

from events import catalogue

EVERYTHING = "*"
# Today's name of whatever a shop reports itself.
CUSTOM = "customer.custom_event"

# Published names of what has none among the internal events: they can be asked for, and are sent once they happen.
_RULE = "business_validation_rule"
_PUBLISHED = frozenset({
    *(f"{_RULE}.{verb}" for verb in ("created", "updated", "deleted", "assignment.created", "assignment.deleted")),
    *(f"campaign.earning_rule.{verb}" for verb in ("assigned", "deleted", "disabled", "enabled", "updated")),
    *(f"campaign.loyalty_tier.{verb}" for verb in ("created", "updated", "deleted")),
    *(f"campaign.referral_tier.{verb}" for verb in ("created", "updated", "deleted")),
    *(f"campaign.reward.assignment.{verb}" for verb in ("created", "updated", "deleted")),
    "campaign.vouchers.added",
    *(f"campaign.vouchers.generation.{verb}" for verb in ("started", "completed", "failed")),
    "customer.confirmed", "customer.rewarded.loyalty_points",
    "voucher.gift.transaction.created",
    *(f"voucher.loyalty_card.{verb}" for verb in ("points_added", "points_expired", "transaction.created")),
    *(f"voucher.loyalty_card.pending_points.{verb}" for verb in ("added", "updated", "activated", "canceled")),
})  # fmt: skip


def spelled(name: str) -> str:
    """Return a name as it is sent: the management API's own list misspells some."""
    return f"{name.removesuffix('aded')}added" if name.endswith((".aded", "_aded")) else name


def is_published(name: str) -> bool:
    """Tell whether a name stands in the catalogue, is another spelling of one there, or is published besides."""
    name = spelled(name)
    return name in (EVERYTHING, CUSTOM) or name in _PUBLISHED or meant_by(name) & catalogue.KNOWN.keys() != set()


def meant_by(name: str) -> set[str]:
    """Return the names under which the events are stored that a subscribed name means."""
    return set(catalogue.meant_by(spelled(name)))


def by_stored_name(subscribed: Iterable[str]) -> dict[str, str]:
    """Return which stored events these subscriptions mean, each with the type under which it is sent.

    Who asks for one event by two names is told once, under the first of them.
    """
    types: dict[str, str] = {}
    for name in subscribed:
        for stored in sorted(meant_by(name)):
            types.setdefault(stored, spelled(name))
    return types
