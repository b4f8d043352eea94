"""One channel of a distribution, written from the API's object: its words, its address, its secret."""

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction

from access import sealing
from access.problems import invalid_payload
from designs import editing
from distributions import connecting
from distributions.channels import kind_of, mime
from distributions.channels.providers import Takes
from distributions.composing import inlining
from distributions.models import Connection, DistributionChannel
from distributions.telling import reading
from events.clock import database_now

SECRET_BYTES = 32
LONGEST_HTML = 250_000
LONGEST_PAYLOAD = 64_000
HEADERS_MOST = 20
FIELDS_MOST = 50
TAGS_MOST = 20
LONGEST_FIELD = 10_000
LONGEST_MESSAGE = 64_000
MESSAGE_TYPES = ("in_app", "email")
MESSAGE_TEMPLATES = ("plain", "personal")

_WRITTEN = [
    field.name for field in DistributionChannel._meta.concrete_fields if field.name not in {"id", "distribution"}
]
_SEALED = ("sealed_secret", "sealed_secret_before")
_HEADER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
# Names that belong to the connection, to the body or to the signature.
_OURS = frozenset({
    "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive",
    "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection", "cookie", "date", "user-agent",
    "webhook-id", "webhook-timestamp", "webhook-signature", "accept-encoding",
})  # fmt: skip


def write(channel: DistributionChannel, item: Mapping[str, Any], place: int) -> DistributionChannel:
    """Store what the object names; what it does not name stays as it was."""
    name = f"channels[{place}]"
    if "connection_id" in item:
        channel.connection = _connection(channel.type, item["connection_id"], f"{name}.connection_id")
    elif channel.connection_id is None:
        channel.connection = connecting.only_one(channel.type)
    before = channel.html
    for field, value in _fields(item, name, channel.headers).items():
        setattr(channel, field, value)
    if channel.html != before:
        leave_design(channel)
    if "fields" in item:
        _refuse_odd_names(channel, f"{name}.fields")
    _refuse_message(channel, f"{name}.message")
    channel.position = place
    if not channel.sealed_secret:
        channel.sealed_secret = new_secret(channel.type)
    if "html" in item:
        channel.inlined_html = inlining.inline(channel.html)
    # Of a channel that has sent messages the database keeps whose it is, and refuses to have that written.
    channel.save(update_fields=_WRITTEN if channel.pk else None)
    return channel


def leave_design(channel: DistributionChannel) -> None:
    """Let the channel say what its HTML says: whoever writes the HTML gives up the design it came from."""
    left, channel.design, channel.design_revision = channel.design_id, None, None
    if left is not None:
        editing.discard([left])


def new_secret(channel_type: str) -> str:
    """Return a sealed signing secret for a webhook, nothing for any other channel."""
    if channel_type != DistributionChannel.Type.WEBHOOK:
        return ""
    return sealing.seal(f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}")


@transaction.atomic
def reseal() -> int:
    """Seal the secrets and headers of all webhooks with today's key; return how many webhooks there were to seal."""
    changed = 0
    for channel in DistributionChannel.objects.select_for_update().exclude(sealed_secret="").order_by("pk"):
        now: dict[str, Any] = {name: sealing.reseal(getattr(channel, name)) for name in _SEALED}
        now["headers"] = {name: sealing.reseal(value) for name, value in channel.headers.items()}
        if any(value != getattr(channel, name) for name, value in now.items()):
            changed += DistributionChannel.objects.filter(pk=channel.pk).update(**now)
    return changed


@transaction.atomic
def exchange_secret(channel: DistributionChannel) -> str:
    """Give a webhook a new secret and return it; the old one signs too for 24 hours, so that receivers can follow."""
    locked = DistributionChannel.objects.select_for_update().get(pk=channel.pk)
    fresh = new_secret(locked.type)
    DistributionChannel.objects.filter(pk=locked.pk).update(
        sealed_secret=fresh, sealed_secret_before=locked.sealed_secret, secret_made_at=database_now()
    )
    return sealing.unseal(fresh)


def _fields(item: Mapping[str, Any], name: str, stored: Mapping[str, str]) -> dict[str, Any]:
    longest = {"subject": 400, "preheader": 400, "html": LONGEST_HTML, "text": LONGEST_HTML, "url": 2000}
    fields: dict[str, Any] = {
        field: reading.text("" if item[field] is None else item[field], f"{name}.{field}", limit)
        for field, limit in longest.items()
        if field in item
    }
    if item.get("purpose"):
        fields["purpose"] = reading.choice(item["purpose"], f"{name}.purpose", DistributionChannel.Purpose.values)
    if "headers" in item:
        fields["headers"] = _headers(item["headers"] or {}, f"{name}.headers", stored)
    if "payload" in item:
        fields["payload"] = _payload(item["payload"], f"{name}.payload")
    return fields | _handed_over(item, name)


def _connection(channel_type: str, value: object, name: str) -> Connection | None:
    if value is None or value == "":
        return None
    found = Connection.objects.filter(public_id=reading.text(value, name, 255)).first()
    if found is None:
        raise invalid_payload(f"{name}: there is no such connection")
    if found.channel != channel_type:
        raise invalid_payload(f"{name}: {found} is a connection for {found.channel}, not for {channel_type}")
    return found


def _handed_over(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Read what a tool is told: fields, tags and an event."""
    told: dict[str, Any] = {}
    if "fields" in item:
        given = reading.mapping(item["fields"] or {}, f"{name}.fields")
        if len(given) > FIELDS_MOST:
            raise invalid_payload(f"{name}.fields may have {FIELDS_MOST} entries at most")
        told["fields"] = {
            _name(key, f"{name}.fields"): reading.text(content, f"{name}.fields.{key}", LONGEST_FIELD)
            for key, content in given.items()
        }
    if "tags" in item:
        tags = item["tags"] or []
        if not isinstance(tags, list) or len(tags) > TAGS_MOST:
            raise invalid_payload(f"{name}.tags must be a list of {TAGS_MOST} tags at most")
        told["tags"] = [_name(tag, f"{name}.tags") for tag in tags]
    if "event" in item:
        told["event"] = reading.text(item["event"] or "", f"{name}.event", 255).strip()
    if "message" in item:
        told["message"] = _message(item["message"], f"{name}.message")
    return told


def _message(value: object, name: str) -> dict[str, str] | None:
    """Read what a tool is to write to the customer; of a draft, everything but its type may be left out."""
    if not value:
        return None
    given = reading.mapping(value, name)
    if unknown := sorted(map(str, given.keys() - {"type", "from", "subject", "body", "template"})):
        raise invalid_payload(f"{name} knows no {', '.join(unknown)}")
    kind = reading.choice(given.get("type"), f"{name}.type", MESSAGE_TYPES)
    told = {"type": kind, "from": _sender(given.get("from"), f"{name}.from")}
    told["body"] = reading.text(given.get("body") or "", f"{name}.body", LONGEST_MESSAGE)
    if kind == "email":
        told["subject"] = reading.text(given.get("subject") or "", f"{name}.subject", 400)
        told["template"] = reading.choice(given.get("template") or "plain", f"{name}.template", MESSAGE_TEMPLATES)
    return told


def _sender(value: object, name: str) -> str:
    """Return the id of who writes, which the tool counts; "" where nobody is named yet."""
    digits = "" if value is None else str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{0,18}", digits):
        raise invalid_payload(f"{name} must be the number of an admin")
    return digits


def _refuse_message(channel: DistributionChannel, name: str) -> None:
    kind = kind_of(channel.type)
    if channel.message and (kind is None or Takes.MESSAGE not in kind.takes):
        raise invalid_payload(f"{name}: {channel.get_type_display()} writes no messages of its own")


def _refuse_odd_names(channel: DistributionChannel, name: str) -> None:
    """Refuse names that the tool could have no field for."""
    kind = kind_of(channel.type)
    for field in channel.fields:
        if kind is not None and not re.fullmatch(kind.field_pattern, field):
            label = kind.field_label.lower()
            raise invalid_payload(f"{name}: {field!r} cannot be a {label}. {kind.field_help}".strip())


def _name(value: object, name: str) -> str:
    """Return the name of a field or tag, on one line and not empty."""
    text = mime.one_line(reading.text(value, name, 255))
    if not text:
        raise invalid_payload(f"{name}: a name must not be empty")
    return text


def _headers(value: object, name: str, stored: Mapping[str, str]) -> dict[str, str]:
    """Read headers and seal their values; one that is given as it is shown keeps the value that is ``stored``."""
    given = reading.mapping(value, name)
    if len(given) > HEADERS_MOST:
        raise invalid_payload(f"{name} may have {HEADERS_MOST} entries at most")
    headers = {str(key).lower(): reading.text(content, f"{name}.{key}", 1000) for key, content in given.items()}
    for key, content in headers.items():
        if not _HEADER_NAME.fullmatch(key) or key in _OURS:
            raise invalid_payload(f"{name}: {key!r} cannot be set")
        if content != sealing.SHOWN and not _HEADER_VALUE.fullmatch(content):
            raise invalid_payload(f"{name}.{key} may only have printable ASCII characters")
        if content == sealing.SHOWN and key not in stored:
            raise invalid_payload(f"{name}.{key} has no value yet: write it")
    return {key: stored[key] if said == sealing.SHOWN else sealing.seal(said) for key, said in headers.items()}


def _payload(value: object, name: str) -> object:
    if value is not None and len(orjson.dumps(value)) > LONGEST_PAYLOAD:
        raise invalid_payload(f"{name} is larger than {LONGEST_PAYLOAD:,} bytes")
    return value
