"""Everything that deciding about a batch of deliveries takes, read set by set: a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from access.models import Project
from campaigns.models import Publication
from customers import recalling, telephones
from customers.facts import facts_of
from customers.models import Customer
from distributions import unsubscribing
from distributions.channels import carrier_for, kind_of
from distributions.composing import kept, rendering
from distributions.deliveries import Promise
from distributions.enrolment.standing import MOVES
from distributions.models import Distribution, DistributionChannel
from events.models import Event

NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """One delivery with its surroundings. ``cause`` asked for it; ``origin`` is what she did in the end, where told."""

    delivery: Promise
    distribution: Distribution
    channel: DistributionChannel
    customer: Customer
    cause: Event | None
    origin: Event | None
    # What apps know of her beside her profile, where her whole profile is told.
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def carrier(self) -> str:
        """Who carries its message as things stand now; "" where nobody can."""
        connection = self.channel.connection
        return carrier_for(self.channel.type, connection.provider if connection else "")

    @property
    def address(self) -> str:
        """Where this channel reaches the customer, "" where she has no such address; for a webhook, the shop's own."""
        kind = kind_of(self.channel.type)
        if kind is None or not kind.address:
            return self.channel.url if self.channel.type == "webhook" else self.customer.email or ""
        known = getattr(self.customer, kind.address) or ""
        return telephones.in_e164(known) or "" if kind.address == "phone" else known

    @property
    def source_series(self) -> str:
        """What the names of all codes of its distribution begin with."""
        return f"{self.distribution.public_id}:"

    @property
    def source_id(self) -> str:
        """The name under which its code is published: all channels of one cause share the code."""
        delivery = self.delivery
        if delivery.entry_id is not None:
            return f"{self.source_series}{delivery.entry_id}"
        cause = delivery.cause_event_id
        return f"{self.source_series}{cause.hex if cause else delivery.id.hex}"

    def context(self, project: Project, publication: Publication | None) -> dict[str, Any]:
        return rendering.context_for(
            customer=self.customer,
            project=project,
            voucher=publication.voucher if publication else None,
            campaign=self.distribution.campaign,
            promotion_tier=self.distribution.promotion_tier,
            event=self.origin,
            unsubscribe_url=unsubscribing.address_of(self.delivery.id),
            message_key=self.delivery.id.hex if self.distribution.tracks else "",
        )


def gather(deliveries: Sequence[Promise], known: Mapping[UUID, Event] = NOTHING) -> list[Case]:
    """Return the deliveries as cases, in the same order; events that are ``known`` are not read again."""
    distributions = kept.distributions(delivery.distribution_id for delivery in deliveries)
    channels = {channel.pk: channel for found in distributions.values() for channel in found.channels.all()}
    customers = recalling.customers({delivery.customer_id for delivery in deliveries})
    telling = {found.pk for found in distributions.values() if _tells_origin(found)}
    events = _events(deliveries, telling, known)
    facts = facts_of({one.customer_id for one in deliveries if channels[one.channel_id].tells_whole_customers})
    return [
        Case(
            delivery,
            distributions[delivery.distribution_id],
            channels[delivery.channel_id],
            customers[delivery.customer_id],
            cause := events.get(delivery.cause_event_id),
            _origin(cause, events),
            facts.get(delivery.customer_id, NOTHING),
        )
        for delivery in deliveries
    ]


def _tells_origin(distribution: Distribution) -> bool:
    """Tell whether what the customer did in the end matters: to a brake, or to the words of a channel."""
    words = (
        (
            *(one.subject, one.preheader, one.html, one.text, str(one.payload)),
            *(str(one.fields), str(one.tags), one.event, str(one.message)),
        )
        for one in distribution.channels.all()
    )
    return bool(distribution.stop_if_event) or any("event" in text for texts in words for text in texts)


def _events(deliveries: Sequence[Promise], telling: set[int], known: Mapping[UUID, Event]) -> dict[UUID | None, Event]:
    """Return the causes, and what caused those of them that are only a segment's echo, where that is told."""
    causes = {delivery.cause_event_id for delivery in deliveries if delivery.cause_event_id is not None}
    events = _read(causes, known)
    told = (events.get(delivery.cause_event_id) for delivery in deliveries if delivery.distribution_id in telling)
    behind = {event.caused_by_id for event in told if event and event.name in MOVES and event.caused_by_id}
    return events | _read(behind, known)


def _read(wanted: set[UUID], known: Mapping[UUID, Event]) -> dict[UUID | None, Event]:
    found: dict[UUID | None, Event] = {key: known[key] for key in wanted if key in known}
    missing = wanted - found.keys()
    return found | dict(Event.objects.in_bulk(missing)) if missing else found


def _origin(cause: Event | None, events: dict[UUID | None, Event]) -> Event | None:
    if cause is None or cause.name not in MOVES:
        return cause
    return events.get(cause.caused_by_id, cause)
