"""The address at which a connection's provider reports to us: secret, and nothing about it is stored."""

from django.conf import settings

from access import tokens
from distributions.channels.mailing import reports
from distributions.models import Connection

PATH = "feedback/"
_PURPOSE = b"distributions.listening"


def address_of(connection: Connection) -> str:
    """Return the address that the provider is to be told; "" where it has nothing to report by it.

    Whoever knows it may report in the provider's name, so it is as secret as a key.
    """
    if connection.provider not in reports.VIEWS:
        return ""
    return f"{settings.PROMO_PUBLIC_URL}/{PATH}{tokens.sign(_PURPOSE, connection.pk.to_bytes(8))}"


def connection_of(token: str) -> Connection | None:
    """Return whose address this is; None where we never gave it out."""
    raw = tokens.read(_PURPOSE, token, 8)
    return Connection.objects.filter(pk=int.from_bytes(raw)).first() if raw else None
