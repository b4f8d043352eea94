"""Events are addressed to whoever asked for them, in the transaction that draws their consequences.

This is the only maker of sendouts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from access import statements
from access.arrays import array
from access.identifiers import uuid7
from events.clock import database_now
from events.models import Event
from webhooks import envelopes
from webhooks.envelopes import Telling
from webhooks.models import Sendout, Webhook
from webhooks.subscriptions import Index, Listener

# A webhook that was deleted at this moment gets nothing any more.
WRITE = """
    INSERT INTO webhooks_sendout (id, webhook_id, event_id, customer_id, type, body, is_test, state, due_at, fence,
        attempt_count, created_at)
    SELECT given.id, webhook_id, event_id, customer_id, type, body #>> '{}', false, 'WAITING', %s, 0, 0, %s
    FROM ROWS FROM (
        unnest(%s::uuid[], %s::bigint[], %s::uuid[], %s::bigint[], %s::text[]), jsonb_array_elements(%s::jsonb)
    ) AS given (id, webhook_id, event_id, customer_id, type, body)
    ON CONFLICT (webhook_id, event_id) DO NOTHING
"""

Addressed = tuple[Event, Listener]


def write(events: Sequence[Event], now: datetime, index: Index) -> int:
    """Write what is to be sent of these events; return how many sendouts that are."""
    addressed = [(event, listener) for event in events for listener in index.listeners(event.name)] if index else []
    if addressed:
        _insert(addressed, now)
    return len(addressed)


def write_test(webhook: Webhook) -> Sendout:
    """Write a test for one address, which is sent once, also where the webhook is off."""
    now, key = database_now(), uuid7()
    body = envelopes.test_body(key, webhook, now)
    return Sendout.objects.create(id=key, webhook=webhook, type=envelopes.TEST, body=body, is_test=True)


def _insert(addressed: Sequence[Addressed], now: datetime) -> None:
    telling = Telling.of([event for event, _ in addressed], now)
    rows = list(_rows(addressed, telling))
    columns = [array([row[place] for row in rows]) for place in range(5)]
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(WRITE, [now, now, *columns, orjson.dumps([row[5] for row in rows]).decode()])


def _rows(addressed: Sequence[Addressed], telling: Telling) -> Iterator[tuple[UUID, int, UUID, int | None, str, Any]]:
    for event, listener in addressed:
        key = uuid7()
        body = telling.body(key, event, listener)
        yield key, listener.webhook_id, event.id, event.customer_id, listener.type, body
