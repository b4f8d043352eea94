"""What a distribution says, written part by part: from the API's object, and from each step of the wizard."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from access.problems import Problem, invalid_payload
from campaigns.models import Campaign, PromotionTier
from designs import editing
from distributions.models import Distribution, DistributionChannel
from distributions.planning import channel_drafts
from distributions.planning.completeness import missing
from distributions.telling import reading
from events import catalogue
from events.clock import database_now
from segments.models import Segment

Status = Distribution.Status
PROMOTION = Distribution.Action.PROMOTION
# What makes a live distribution another one: for that, duplicate it.
FIXED_ONCE_LIVE = {"type", "trigger_event", "segment", "action", "include_current_members"}


@transaction.atomic
def save_draft(distribution: Distribution | None, data: object) -> Distribution:
    """Change what ``data`` names and leave the rest; make a new draft where there is none. Unknown names are ignored.

    Raise Problem where a value has the wrong type or names something that does not exist. What is merely missing is
    no fault of a draft; a live distribution must stay complete.
    """
    given = reading.mapping(data, "the body")
    changes = _changes(given)
    saved = Distribution.objects.create(**changes) if distribution is None else _apply(distribution, changes)
    if "channels" in given:
        _replace_channels(saved, given["channels"])
    if saved.status in {Status.LIVE, Status.PAUSED}:
        _refuse_incomplete(saved)
    return (
        Distribution.objects.select_related(*Distribution.NAMED)
        .prefetch_related("channels__connection")
        .get(pk=saved.pk)
    )


@transaction.atomic
def duplicate(distribution: Distribution) -> Distribution:
    """Return a draft that says the same; each webhook of it has a secret of its own."""
    channels = list(distribution.channels.select_related("design"))
    copy = Distribution.objects.get(pk=distribution.pk)
    fresh = Distribution()
    copy.pk, copy.public_id, copy.status, copy.live_at = None, fresh.public_id, Status.DRAFT, None
    copy.created_at, copy.updated_at = database_now(), None
    copy.name = f"{copy.name} (copy)"[:255]
    copy.save(force_insert=True)
    for channel in channels:
        channel.pk, channel.distribution = None, copy
        channel.design = editing.copy(channel.design) if channel.design else None
        channel.design_revision = channel.design.revision if channel.design else None
        channel.sealed_secret = channel_drafts.new_secret(channel.type)
        channel.sealed_secret_before, channel.secret_made_at = "", None
        channel.save(force_insert=True)
    return copy


def _apply(distribution: Distribution, changes: dict[str, Any]) -> Distribution:
    locked = Distribution.objects.select_for_update(of=("self",)).select_related(*Distribution.NAMED)
    saved = locked.get(pk=distribution.pk)
    if saved.status in {Status.STOPPED, Status.DONE}:
        raise _refusal("A distribution that has ended is not changed any more; duplicate it instead.")
    if saved.status != Status.DRAFT:
        fixed = [name for name in FIXED_ONCE_LIVE & changes.keys() if getattr(saved, name) != changes[name]]
        if fixed:
            raise _refusal("Type, trigger, segment and action are fixed once it was live; duplicate it instead.")
    for name, value in changes.items():
        setattr(saved, name, value)
    saved.updated_at = database_now()
    saved.save(update_fields=[*changes, "updated_at"])
    return saved


def _changes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model's fields that the given object names."""
    changes: dict[str, Any] = {}
    if "name" in given:
        changes["name"] = reading.text(given["name"], "name", 255).strip()
    if "type" in given:
        changes["type"] = reading.choice(given["type"], "type", Distribution.Type.values)
    return changes | _trigger(given) | _action(given) | _policy(given)


def _trigger(given: Mapping[str, Any]) -> dict[str, Any]:
    trigger = reading.optional_mapping(given, "trigger")
    changes: dict[str, Any] = {}
    if "event" in trigger:
        name = reading.text(trigger["event"] or "", "trigger.event", 300)
        changes["trigger_event"] = catalogue.canonical(name) if name else ""
    if "segment_id" in trigger:
        changes["segment"] = _named(Segment.objects, trigger["segment_id"], "trigger.segment_id", "segment")
    return changes


def _action(given: Mapping[str, Any]) -> dict[str, Any]:
    action = reading.optional_mapping(given, "action")
    changes: dict[str, Any] = {}
    if "type" in action:
        changes["action"] = reading.choice(action["type"], "action.type", Distribution.Action.values)
    if "campaign_id" in action:
        changes["campaign"] = _named(Campaign.objects, action["campaign_id"], "action.campaign_id", "campaign")
    if changes.get("action", PROMOTION) != PROMOTION:
        return {**changes, "promotion_tier": None}
    return changes | _promotion(action)


def _promotion(action: Mapping[str, Any]) -> dict[str, Any]:
    """Return what naming a tier means: its promotion is the campaign. It is held, so that it does not go meanwhile."""
    if "promotion_tier_id" not in action:
        return {}
    name, rows = "action.promotion_tier_id", PromotionTier.objects.select_for_update(no_key=True, of=("self",))
    tier = _named(rows.select_related("campaign"), action["promotion_tier_id"], name, "promotion_tier")
    if tier is None:
        return {"promotion_tier": None}
    if action.get("campaign_id") not in (None, "", tier.campaign.public_id):
        raise invalid_payload(f"{name}: the tier belongs to another campaign")
    return {"action": PROMOTION, "promotion_tier": tier, "campaign": tier.campaign}


_POLICY: dict[str, Callable[[Any, str], Any]] = {
    "frequency": lambda value, name: reading.choice(value, name, Distribution.Frequency.values),
    "cooldown_days": lambda value, name: None if value is None else reading.whole(value, name, 1, 3_650),
    "include_current_members": reading.flag,
    "delay_minutes": lambda value, name: reading.whole(value, name, 0, 525_600),
    "recheck": reading.flag,
    "stop_if_event": lambda value, name: catalogue.canonical(reading.text(value, name, 300)) if value else "",
    "quiet_hours": reading.quiet_hours,
    "holdout_percent": lambda value, name: reading.whole(value, name, 0, 100),
    "when_pool_empty": lambda value, name: reading.choice(value, name, Distribution.PoolEmpty.values),
    "code_on_reentry": lambda value, name: reading.choice(value, name, Distribution.CodeOnReentry.values),
    "uncertain": lambda value, name: reading.choice(value, name, Distribution.Uncertain.values) if value else "",
    "tracks": reading.flag,
}


def _policy(given: Mapping[str, Any]) -> dict[str, Any]:
    policy = reading.optional_mapping(given, "policy")
    return {name: read(policy[name], f"policy.{name}") for name, read in _POLICY.items() if name in policy}


def _named(rows: Any, value: object, name: str, kind: str) -> Any:
    """Return the row of this id; None where none is named."""
    if value is None or value == "":
        return None
    found = rows.filter(public_id=reading.text(value, name, 255)).first()
    if found is None:
        raise Problem(
            400, "invalid_payload", "Payload is invalid", f"{name}: there is no {kind} {value}",
            resource_id=str(value), resource_type=kind,
        )  # fmt: skip
    return found


def _replace_channels(distribution: Distribution, data: object) -> None:
    """Write the channels as given. One that stays keeps its row, and so its secret and its messages."""
    given = [
        reading.mapping(item, f"channels[{place}]") for place, item in enumerate(reading.sequence(data, "channels"))
    ]
    kept = list(distribution.channels.select_for_update())
    # Positions are unique: those in use are moved out of the way before they are given anew.
    for place, channel in enumerate(kept):
        DistributionChannel.objects.filter(pk=channel.pk).update(position=1000 + place)
    for place, item in enumerate(given):
        kind = reading.choice(item.get("type"), f"channels[{place}].type", DistributionChannel.Type.values)
        same = next((channel for channel in kept if channel.type == kind), None)
        if same is not None:
            kept.remove(same)
        channel_drafts.write(same or DistributionChannel(distribution=distribution, type=kind), item, place)
    try:
        for channel in kept:
            channel.delete()
        editing.discard([channel.design_id for channel in kept if channel.design_id])
    except ProtectedError as error:
        raise _refusal("A channel that has sent messages cannot be taken away; pause or stop it instead.") from error


def _refuse_incomplete(distribution: Distribution) -> None:
    lacks = missing(Distribution.objects.get(pk=distribution.pk))
    if lacks:
        raise invalid_payload(" ".join(lack.message for lack in lacks))


def _refusal(sentence: str) -> Problem:
    return Problem(400, "invalid_distribution_status", "Not possible in this status", sentence)
