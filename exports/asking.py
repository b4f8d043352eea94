"""Exports are asked for, told and deleted: each told as an event in its transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction

from access import filtering, limits
from access.problems import Problem
from access.strict_json import moment
from events import chains
from events.models import Event
from events.tracking import Fact, track
from exports.catalogue import ALL
from exports.models import Export

FIELDS_MOST = 200
# These name the order of the making, in which rows are written without settling it first.
AS_MADE = ("created_at", "id", "date")
OF_CAMPAIGN = ("voucher", "points_expiration")
SALT = "exports.download"
INTERNAL = "INTERNAL"
SOURCES = {"API": Event.Source.API, INTERNAL: Event.Source.INTERNAL}
# How long a link works; asking for the export again gives a new one.
LINK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class By:
    """Who asks, by which way and in which request."""

    channel: str = "API"
    group_id: str = ""
    person: str = ""


@transaction.atomic
def ask(data: object, by: By, about: Mapping[str, str] | None = None) -> Export:
    """Take an order for a file, or raise a Problem; ring ``exports.tasks.write_exports`` after it."""
    given = {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}
    kind = given.get("exported_object")
    if not isinstance(kind, str) or kind not in ALL:
        raise _refused("invalid_export_params", f"exported_object must be one of {', '.join(ALL)}.")
    told = limits.mapping(given.get("parameters") or {}, "parameters")
    parameters = {name: value for name, value in told.items() if value is not None}
    export = Export.objects.create(
        exported_object=kind,
        fields=_fields(kind, parameters.get("fields")),
        parameters=parameters,
        sort=_sort(kind, parameters.get("order")),
        is_descending=str(parameters.get("order") or "").startswith("-"),
        about={**_campaign(kind, parameters), **(about or {})},
        channel=by.channel,
        asked_by=by.person,
        group_id=by.group_id,
    )
    filtering.from_json(parameters.get("filters") or {}, ALL[kind].columns)
    export.refresh_from_db()
    export.order_event_id = tell("scheduled", export).pk
    export.save(update_fields=["order_event_id"])
    return export


@transaction.atomic
def delete(export: Export, by: By) -> None:
    """Delete an export with its file; whoever writes it at this moment finds it gone."""
    held = Export.objects.select_for_update().filter(pk=export.pk).first()
    if held is not None:
        tell("deleted", held, by)
        held.delete()


def as_json(export: Export) -> dict[str, Any]:
    is_done = export.status == Export.Status.DONE
    return {
        "id": export.public_id,
        "object": "export",
        "created_at": moment(export.created_at),
        "status": export.status,
        "channel": export.channel,
        "exported_object": export.exported_object,
        "parameters": export.parameters,
        "result": {"url": address_of(export)} if is_done else None,
        "user_id": export.asked_by or None,
    }


def address_of(export: Export) -> str:
    """Return a link to the file that works for a while, for whoever has it."""
    token = signing.dumps(export.public_id, salt=SALT, compress=False)
    return f"{settings.PROMO_PUBLIC_URL}/v1/exports/{export.public_id}?token={token}"


def is_token_of(export_id: str, token: str) -> bool:
    try:
        return bool(signing.loads(token, salt=SALT, max_age=LINK_SECONDS) == export_id)
    except signing.BadSignature:
        return False


def tell(verb: str, export: Export, by: By | None = None) -> Event:
    """Tell what became of an export, by whom; what follows from its order is told as done by who ordered it."""
    told = Fact(f"export.{verb}", None, {"export": as_json(export)}, export.public_id)
    if by is None:
        cause = chains.remembered(export.order_event_id)
        return track(replace(told, caused_by=cause, source=_source(export.channel), group_id=export.group_id))
    return track(replace(told, source=_source(by.channel), group_id=by.group_id or export.group_id))


def _source(channel: str) -> str:
    return SOURCES.get(channel, Event.Source.ADMIN)


def _fields(kind: str, given: object) -> list[str]:
    exportable = ALL[kind]
    if not given:
        return list(exportable.defaults)
    if not isinstance(given, list) or len(given) > FIELDS_MOST:
        raise _refused("invalid_export_fields", f"fields must be a list of at most {FIELDS_MOST} names.")
    wrong = [str(name)[:100] for name in given if not _is_field(kind, name)]
    if wrong:
        known = [*exportable.fields, *(["metadata", "metadata.X"] if exportable.metadata else [])]
        raise _refused("invalid_export_fields", f"{', '.join(wrong)} cannot be exported. There are {', '.join(known)}.")
    return given


def _is_field(kind: str, name: object) -> bool:
    exportable = ALL[kind]
    if not isinstance(name, str):
        return False
    return name in exportable.fields or (exportable.metadata is not None and name.partition(".")[0] == "metadata")


def _sort(kind: str, order: object) -> str:
    """Return the field by which a file is sorted, nothing where it is in the order of the making."""
    if order is None or order == "":
        return ""
    name = order.removeprefix("-") if isinstance(order, str) else ""
    if name in AS_MADE:
        return ""
    exportable = ALL[kind]
    is_metadata = exportable.metadata is not None and len(name) > len("metadata.") and name.startswith("metadata.")
    if name not in exportable.sortable() and not is_metadata:
        known = dict.fromkeys(["created_at", *exportable.sortable()])
        raise _refused("invalid_export_params", f"order must be one of {', '.join(known)}, with a - for the reverse.")
    if len(name) > limits.ID_MOST or "\0" in name:
        raise _refused("invalid_export_params", "order must be shorter.")
    return name


def _campaign(kind: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the campaign that a file of codes is narrowed to by a parameter of its own."""
    campaign = parameters.get("campaign_id")
    if campaign is None:
        return {}
    if kind not in OF_CAMPAIGN or not isinstance(campaign, str) or "\0" in campaign:
        raise _refused("invalid_export_params", "campaign_id names the campaign of exported codes or points.")
    return {"campaign": campaign}


def _refused(key: str, details: str) -> Problem:
    return Problem(400, key, "The export cannot be made", details)
