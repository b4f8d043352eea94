"""What is sent of an event: Voucherify's envelope, written once, in a fixed number of queries for a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from access import project
from access.models import ApiKey
from access.strict_json import moment
from customers import profiles
from customers.models import Customer
from events import timeline
from events.models import Event
from webhooks.models import Webhook, public_id_of
from webhooks.subscriptions import Listener

TEST = "webhook.test"
# Events about a customer herself carry all that is told of her; others who it was.
OF_HERSELF = "customer."


@dataclass
class Telling:
    """What is read once for all the events of a batch that somebody asked for."""

    now: datetime
    project_id: str
    customers: dict[int, Customer] = field(default_factory=dict)
    full: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[int, ApiKey] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Sequence[Event], now: datetime) -> "Telling":
        """Read what these events need."""
        told = cls(now, project.current().public_id)
        told.customers = _customers(events)
        hers = {event.customer_id for event in events if event.name.startswith(OF_HERSELF)}
        themselves = [one for pk, one in told.customers.items() if pk in hers]
        told.full = {one["id"]: one for one in profiles.full_of(themselves)} if themselves else {}
        key_ids = {event.key_id for event in events} - {None}
        told.keys = ApiKey.objects.in_bulk(key_ids) if key_ids else {}
        told.schemas = timeline.schemas_of(events)
        return told

    def body(self, sendout_id: UUID, event: Event, listener: Listener) -> str:
        """Return the body of one sendout as it will be signed and sent: compact."""
        source = {"id": listener.public_id, "object": "webhook", "target_url": listener.target_url}
        return _written(
            {
                **_head(sendout_id, self.project_id, self.now, listener.type),
                "data": self._data(event),
                "source": source,
                "event": self._event(event),
            }
        )

    def _data(self, event: Event) -> dict[str, Any]:
        customer = self.customers.get(event.customer_id or 0)
        if customer is None:
            return event.properties
        data = timeline.told_data(event, profiles.simple(customer), self.schemas)
        if customer.public_id in self.full and event.name.startswith(OF_HERSELF):
            data["customer"] = self.full[customer.public_id]
        return data

    def _event(self, event: Event) -> dict[str, Any]:
        customer, key = self.customers.get(event.customer_id or 0), self.keys.get(event.key_id or 0)
        reporter = {"api_key": {"name": key.name, "app_id": key.app_id}} if key else {}
        return {
            "id": event.public_id,
            "type": event.name,
            "created_at": moment(event.received_at),
            "entity_id": event.entity_id or (customer.public_id if customer else None),
            "group_id": event.group_id or None,
            "caused_by": f"evt_{event.caused_by_id.hex}" if event.caused_by_id else None,
            "event_source": {"channel": event.source, **reporter},
        }


def test_body(sendout_id: UUID, webhook: Webhook, now: datetime) -> str:
    """Return the body of a test: its type is no event's, so nobody acts on it."""
    return _written(
        {
            **_head(sendout_id, project.current().public_id, now, TEST),
            "data": {"message": "This is a test. Your receiver works if it answers with a status of 2xx."},
            "source": {"id": webhook.public_id, "object": "webhook", "target_url": webhook.target_url},
            "event": None,
        }
    )


def _head(sendout_id: UUID, project_id: str, now: datetime, told: str) -> dict[str, Any]:
    return {"id": public_id_of(sendout_id), "project_id": project_id, "created_at": moment(now), "type": told}


def _written(envelope: dict[str, Any]) -> str:
    return orjson.dumps(envelope, default=str).decode()


def _customers(events: Sequence[Event]) -> dict[int, Customer]:
    ids = {event.customer_id for event in events} - {None}
    return Customer.everybody.in_bulk(ids) if ids else {}
