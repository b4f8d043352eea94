"""A stored message as its channel takes it: read by the statements that take messages out, whatever for."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from access import sealing
from distributions.channels import CARRIERS, PROVIDERS, Account, OutgoingMessage
from distributions.models import public_id_of

# Of a delivery ``d``.
JOINS = """
    JOIN distributions_message m ON m.delivery_id = d.id
    JOIN distributions_distributionchannel c ON c.id = d.channel_id
    LEFT JOIN distributions_connection n ON n.id = m.connection_id
"""
COLUMNS = """
    m.carrier, m.connection_id, m.address, m.subject, m.html, m.text, m.headers, m.content, c.sealed_secret,
    CASE WHEN m.carrier = 'webhook' THEN c.headers END AS sealed_headers,
    CASE WHEN c.secret_made_at > statement_timestamp() - interval '24 hours' THEN c.sealed_secret_before ELSE '' END
        AS secret_before, n.provider, n.settings, n.sealed_secrets
"""
NAMES = """
    carrier, connection_id, address, subject, html, text, headers, content, sealed_secret, sealed_headers,
    secret_before, provider, settings, sealed_secrets
"""
# The secrets of an account that this installation's keys do not open.
SEALED = {"": "sealed"}


def read(key: UUID, row: Sequence[Any], ends: float) -> tuple[str, int | None, OutgoingMessage]:
    """Return carrier, connection and message of a row of ``NAMES``; its lease ``ends`` at that monotonic moment."""
    carrier, connection_id, address, subject, html, text, headers, content, sealed, keys, before, *account = row
    deadline = CARRIERS[carrier].DEADLINE_SECONDS if carrier in CARRIERS else 0.0
    message = OutgoingMessage(
        public_id_of(key), address, subject, html, text, orjson.loads(headers) | _opened(keys),
        " ".join(_unsealed(each) for each in (sealed, before) if each), ends - deadline,
        account=_account(connection_id, *account) if account[0] is not None else None,
        content=orjson.loads(content) if content else {},
    )  # fmt: skip
    return carrier, connection_id, message


def _opened(keys: str | None) -> dict[str, str]:
    """Return the headers of a webhook with their values opened; other messages have none of these."""
    return {name: _unsealed(value) for name, value in orjson.loads(keys).items()} if keys else {}


def is_sealed(message: OutgoingMessage) -> bool:
    """Tell whether its account's secrets cannot be opened."""
    return message.account is not None and message.account.secrets is SEALED


def _account(connection_id: int, provider: str, settings: Any, sealed: str) -> Account:
    try:
        secrets = orjson.loads(_unsealed(sealed)) if sealed else {}
    except sealing.SealError:
        secrets = SEALED
    who = PROVIDERS[provider].label if provider in PROVIDERS else provider
    return Account(connection_id, provider, orjson.loads(settings), secrets, who)


@lru_cache(maxsize=1_024)
def _unsealed(sealed: str) -> str:
    return sealing.unseal(sealed)
