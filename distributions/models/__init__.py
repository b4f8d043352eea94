"""To whom, when, by which channel, in which words: distributions and every message they make."""

from distributions.models.delivery import Attempt, Delivery, Message, public_id_of
from distributions.models.distribution import Distribution, DistributionChannel

__all__ = ["Attempt", "Delivery", "Distribution", "DistributionChannel", "Message", "public_id_of"]
