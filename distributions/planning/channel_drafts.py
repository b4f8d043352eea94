"""One channel of a distribution, written from the API's object: its words, its address, its secret."""

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Any

import orjson

from access import sealing
from access.problems import invalid_payload
from designs import editing
from distributions.composing import rendering
from distributions.models import DistributionChannel
from distributions.telling import reading

SECRET_BYTES = 32
LONGEST_HTML = 250_000
LONGEST_PAYLOAD = 64_000
HEADERS_MOST = 20

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
    if item.get("connection_id") is not None:
        raise invalid_payload(f"{name}.connection_id: there is no such connection")
    before = channel.html
    for field, value in _fields(item, name).items():
        setattr(channel, field, value)
    if channel.html != before:
        leave_design(channel)
    channel.position = place
    if not channel.sealed_secret:
        channel.sealed_secret = new_secret(channel.type)
    if "html" in item:
        channel.inlined_html = rendering.inline(channel.html)
    channel.save()
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


def _fields(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    longest = {"subject": 400, "preheader": 400, "html": LONGEST_HTML, "text": LONGEST_HTML, "url": 2000}
    fields: dict[str, Any] = {
        field: reading.text("" if item[field] is None else item[field], f"{name}.{field}", limit)
        for field, limit in longest.items()
        if field in item
    }
    if item.get("purpose"):
        fields["purpose"] = reading.choice(item["purpose"], f"{name}.purpose", DistributionChannel.Purpose.values)
    if "headers" in item:
        fields["headers"] = _headers(item["headers"] or {}, f"{name}.headers")
    if "payload" in item:
        fields["payload"] = _payload(item["payload"], f"{name}.payload")
    return fields


def _headers(value: object, name: str) -> dict[str, str]:
    given = reading.mapping(value, name)
    if len(given) > HEADERS_MOST:
        raise invalid_payload(f"{name} may have {HEADERS_MOST} entries at most")
    headers = {str(key).lower(): reading.text(content, f"{name}.{key}", 1000) for key, content in given.items()}
    for key, content in headers.items():
        if not _HEADER_NAME.fullmatch(key) or key in _OURS:
            raise invalid_payload(f"{name}: {key!r} cannot be set")
        if not _HEADER_VALUE.fullmatch(content):
            raise invalid_payload(f"{name}.{key} may only have printable ASCII characters")
    return headers


def _payload(value: object, name: str) -> object:
    if value is not None and len(orjson.dumps(value)) > LONGEST_PAYLOAD:
        raise invalid_payload(f"{name} is larger than {LONGEST_PAYLOAD:,} bytes")
    return value
