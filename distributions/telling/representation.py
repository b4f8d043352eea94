"""Distributions as the API tells them. Asks the database nothing but for what is not loaded."""

from typing import Any

from access import sealing
from access.strict_json import moment
from distributions.channels import kind_of
from distributions.channels.providers import Takes
from distributions.models import Distribution, DistributionChannel


def as_json(distribution: Distribution) -> dict[str, Any]:
    """Tell a distribution, its webhooks' secrets included: load what it names, prefetch the channels."""
    segment = distribution.segment
    return {
        "id": distribution.public_id,
        "object": "distribution",
        "name": distribution.name,
        "type": distribution.type,
        "status": distribution.status,
        "trigger": {
            "event": distribution.trigger_event or None,
            "segment_id": segment.public_id if segment else None,
        },
        "action": _action(distribution),
        "channels": [_channel(channel) for channel in distribution.channels.all()],
        "policy": _policy(distribution),
        "set_live_at": distribution.live_at and moment(distribution.live_at),
        "created_at": moment(distribution.created_at),
        "updated_at": distribution.updated_at and moment(distribution.updated_at),
    }


def _action(distribution: Distribution) -> dict[str, Any]:
    campaign, tier = distribution.campaign, distribution.promotion_tier
    told = {"type": distribution.action, "campaign_id": campaign.public_id if campaign else None}
    if distribution.action != Distribution.Action.PROMOTION:
        return told
    return {**told, "promotion_tier_id": tier.public_id if tier else None}


def _channel(channel: DistributionChannel) -> dict[str, Any]:
    connection = channel.connection
    told: dict[str, Any] = {"type": channel.type, "connection_id": connection.public_id if connection else None}
    if channel.type == DistributionChannel.Type.WEBHOOK:
        secret = sealing.unseal(channel.sealed_secret) if channel.sealed_secret else None
        shown = dict.fromkeys(channel.headers, sealing.SHOWN)
        return {**told, "url": channel.url, "headers": shown, "payload": channel.payload, "secret": secret}
    kind = kind_of(channel.type)
    if kind is not None and Takes.LETTER not in kind.takes:
        told |= {"purpose": channel.purpose or None}
        return told | {str(part): getattr(channel, part) or None for part in _TOLD if part in kind.takes}
    return {
        **told,
        "purpose": channel.purpose or None,
        "subject": channel.subject,
        "preheader": channel.preheader or None,
        "html": channel.html or None,
        "text": channel.text or None,
    }


_TOLD = (Takes.TEXT, Takes.FIELDS, Takes.TAGS, Takes.EVENT, Takes.MESSAGE)


def _uncertain(distribution: Distribution) -> str | None:
    """Return what was said, or what the channels do by default; None where they differ."""
    if distribution.uncertain:
        return distribution.uncertain
    kinds = [(kind_of(channel.type), {"message": channel.message}) for channel in distribution.channels.all()]
    defaults = {kind.uncertain_of(content) for kind, content in kinds if kind} or {"resend"}
    return defaults.pop() if len(defaults) == 1 else None


def _policy(distribution: Distribution) -> dict[str, Any]:
    return {
        "frequency": distribution.frequency,
        "cooldown_days": distribution.cooldown_days,
        "include_current_members": distribution.include_current_members,
        "delay_minutes": distribution.delay_minutes,
        "recheck": distribution.recheck,
        "stop_if_event": distribution.stop_if_event or None,
        "quiet_hours": distribution.quiet_hours,
        "holdout_percent": distribution.holdout_percent,
        "when_pool_empty": distribution.when_pool_empty,
        "code_on_reentry": distribution.code_on_reentry,
        "uncertain": _uncertain(distribution),
        "tracks": distribution.tracks,
    }
