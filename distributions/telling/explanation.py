"""Why did she, or did she not, get this? Told from what stands in the tables."""

from typing import Any

from customers import profiles
from customers.models import Customer
from distributions.enrolment import standing
from distributions.models import Delivery, Distribution
from distributions.telling import messages, reasons
from segments.telling import explanation as membership

State = Delivery.State


def explain(distribution: Distribution, customer: Customer) -> dict[str, Any]:
    """Return her messages of this distribution, whether she belongs to its segment, and one sentence on it all."""
    theirs = list(messages.of(distribution).filter(customer=customer)[:20])
    segment = distribution.segment
    return {
        "object": "explanation",
        "distribution": {"id": distribution.public_id, "name": distribution.name, "status": distribution.status},
        "customer": profiles.simple(customer),
        "sentence": _sentence(distribution, theirs),
        "messages": [messages.as_json(delivery) for delivery in theirs],
        "segment": membership.explain(segment, customer) if segment else None,
    }


def _sentence(distribution: Distribution, theirs: list[Delivery]) -> str:
    if theirs:
        return _of_latest(theirs[0])
    if distribution.live_at is None:
        return "The distribution has never been live."
    if distribution.trigger_event == standing.ENTERED:
        return "The customer has not entered the segment since the distribution went live."
    return "What sets the distribution off has not happened to the customer since it went live."


def _of_latest(delivery: Delivery) -> str:
    if delivery.state == State.SENT:
        return "The customer's latest message was sent."
    told = delivery.get_state_display().lower()
    why = f": {reasons.in_words(delivery.reason)}" if delivery.reason else ""
    return f"The customer's latest message is in the state “{told}”{why}."
