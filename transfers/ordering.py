"""Transfers are ordered and ended here, each told as an event in its transaction."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access.problems import invalid_payload
from access.strict_json import moment
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign
from distributions.channels import PROVIDERS
from distributions.composing import rendering
from distributions.models import Connection
from events import chains
from events.clock import database_now
from events.tracking import Fact, track
from segments.models import Segment
from transfers import counting
from transfers.models import Transfer

FIELDS_MOST = 20
# The tools that a whole campaign can be written to.
CHANNELS = frozenset({"mailchimp"})

Status = Transfer.Status


@dataclass(frozen=True)
class Order:
    """What is written where: an account, who gets it, the tool's fields with their Liquid, and tags."""

    connection: Connection
    fields: Mapping[str, str]
    tags: Sequence[str] = ()
    segment: Segment | None = field(default=None)


@transaction.atomic
def order(campaign: Campaign, asked: Order, *, origin: Origin) -> Transfer:
    """Take an order, or raise a Problem; ring ``transfers.tasks.carry_codes`` after it."""
    _refuse_odd(campaign, asked)
    made = Transfer.objects.create(
        campaign=campaign, connection=asked.connection, segment=asked.segment, fields=dict(asked.fields),
        tags=list(asked.tags),
    )  # fmt: skip
    made.order_event_id = track(_fact("scheduled", made, origin)).pk
    made.save(update_fields=["order_event_id"])
    return made


@transaction.atomic
def finish(transfer: Transfer) -> None:
    """End a transfer of which nothing is on its way: it failed only where nothing at all could be written."""
    counts = counting.counts_of(transfer)
    if counts.failed and not counts.done:
        fail(transfer, counting.first_failure(transfer) or "No contact could be written.")
    elif _end(transfer, Status.DONE):
        _tell("done", transfer)


@transaction.atomic
def fail(transfer: Transfer, reason: str) -> None:
    """End a transfer that cannot be done; what was written stays written."""
    if _end(transfer, Status.FAILED, reason[:1000]):
        transfer.refresh_from_db()
        _tell("failed", transfer, reason=transfer.reason)


def _end(transfer: Transfer, status: str, reason: str = "") -> bool:
    """Tell whether it was we who ended it."""
    unfinished = Transfer.objects.filter(pk=transfer.pk, status__in=Transfer.OPEN)
    return bool(unfinished.update(status=status, reason=reason, finished_at=Now()))


def _tell(what: str, transfer: Transfer, **more: Any) -> None:
    """Tell what became of an order, as done by who ordered it."""
    cause = chains.remembered(transfer.order_event_id)
    origin = Origin(cause.source, cause.group_id, cause) if cause else INSIDE
    track(_fact(what, transfer, origin, **more))


def _fact(what: str, transfer: Transfer, origin: Origin, **more: Any) -> Fact:
    campaign = transfer.campaign
    told = {
        "campaign": {"id": campaign.public_id, "name": campaign.name, "object": "campaign"},
        "export": as_json(transfer),
        **more,
    }
    return origin.fact(f"campaign.export_mailchimp_{what}", campaign.public_id, told)


def as_json(transfer: Transfer) -> dict[str, Any]:
    """Return a transfer as the API and its events tell it."""
    counts = counting.counts_of(transfer)
    return {
        "id": transfer.public_id,
        "object": "mailchimp_export",
        "status": transfer.status,
        "campaign_id": transfer.campaign.public_id,
        "connection_id": transfer.connection.public_id,
        "list_id": transfer.connection.settings.get("list_id"),
        "segment_id": transfer.segment.public_id if transfer.segment else None,
        "fields": transfer.fields,
        "tags": transfer.tags,
        "total": counts.total,
        "done": counts.done,
        "failed": counts.failed,
        "skipped": counts.skipped,
        "reason": transfer.reason or None,
        "created_at": moment(transfer.created_at or database_now()),
        "finished_at": moment(transfer.finished_at) if transfer.finished_at else None,
    }


def _refuse_odd(campaign: Campaign, asked: Order) -> None:
    """Raise a Problem where the order cannot be meant."""
    provider = PROVIDERS.get(asked.connection.provider)
    if provider is None or asked.connection.channel not in CHANNELS:
        raise invalid_payload("connection_id: codes are exported to Mailchimp only")
    if not campaign.voucher_kind:
        raise invalid_payload("This campaign has no codes to export")
    if asked.segment is not None and not campaign.active:
        raise invalid_payload("The campaign is disabled; enable it before it gives codes to a segment")
    if not asked.fields or len(asked.fields) > FIELDS_MOST:
        raise invalid_payload(f"fields: say what is written, in at most {FIELDS_MOST} {provider.field_label.lower()}s")
    for name, template in asked.fields.items():
        if not re.fullmatch(provider.field_pattern, name):
            raise invalid_payload(f"fields: {name!r} cannot be a {provider.field_label.lower()}. {provider.field_help}")
        if rendering.is_broken(template):
            raise invalid_payload(f"fields.{name} cannot be filled in: {rendering.check(template)[0]}")
