"""What a card gets by a rule for an event."""

from dataclasses import dataclass
from uuid import UUID

from campaigns.models import Voucher
from events.models import Event
from rewards.models import EarningRule


@dataclass(frozen=True)
class Earned:
    """What a card gets by a rule for an event."""

    rule: EarningRule
    event: Event
    card: Voucher
    points: int

    @property
    def key(self) -> tuple[int, UUID, UUID]:
        return self.rule.pk, self.event.id, self.card.pk
