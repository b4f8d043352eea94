"""What the rest of the product is told of a message: that it was sent, or that it failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from access.strict_json import moment
from customers import profiles
from distributions.composing.cases import Case
from distributions.models import DistributionChannel
from distributions.sending.eligibility import MAIL
from events.tracking import Fact, track_many

WEBHOOK = DistributionChannel.Type.WEBHOOK


def tell_sent(cases: Sequence[Case], now: datetime) -> None:
    """Record that these were handed over. A webhook's has no event of its own in the catalogue."""
    _tell(cases, "sent", now)


def tell_failed(cases: Sequence[Case], now: datetime) -> None:
    """Record that these failed for good."""
    _tell(cases, "failed", now)


def _tell(cases: Sequence[Case], what: str, now: datetime) -> None:
    facts = [fact for case in cases if case.channel.type != WEBHOOK for fact in _facts(case, what, now)]
    if facts:
        track_many(facts)


def _facts(case: Case, what: str, now: datetime) -> Iterable[Fact]:
    name = "email" if case.channel.type in MAIL else case.channel.type
    distribution = {"id": case.distribution.public_id, "name": case.distribution.name, "object": "distribution"}
    message: dict[str, Any] = {"distribution": distribution, "message_id": case.delivery.public_id}
    yield Fact(
        f"customer.{name}.{what}",
        customer_id=case.customer.pk,
        entity_id=case.delivery.public_id,
        properties={**message, f"{what}_at": moment(now)},
        caused_by=case.cause,
    )
    yield Fact(
        f"distribution.{name}.{what}",
        entity_id=case.distribution.public_id,
        properties={**message, "customer": profiles.reference(case.customer)},
        caused_by=case.cause,
    )
