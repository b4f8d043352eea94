"""To whom, when, by which channel, in which words: distributions and every message they make."""

from distributions.models.connection import Connection, Pace
from distributions.models.delivery import Attempt, Delivery, Message, delivery_id_of, public_id_of
from distributions.models.distribution import Distribution, DistributionChannel
from distributions.models.feedback import Attribution, Feedback, Reception

__all__ = [
    "Attempt",
    "Attribution",
    "Connection",
    "Delivery",
    "Distribution",
    "DistributionChannel",
    "Feedback",
    "Message",
    "Pace",
    "Reception",
    "delivery_id_of",
    "public_id_of",
]
