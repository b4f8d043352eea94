"""That a customer was won by a code."""

from dataclasses import dataclass, replace
from typing import Any

from campaigns.models import Voucher
from events.models import Event


@dataclass(frozen=True)
class Won:
    """By which event, with whose code; ``referral_id`` is known once it is written down."""

    event: Event
    code: Voucher
    referral_id: int = 0

    @property
    def referee_id(self) -> int:
        """Return who was won; events without a customer win nobody."""
        return self.event.customer_id or 0

    def named(self, referral_id: int) -> "Won":
        return replace(self, referral_id=referral_id)

    def promised(self, role: str) -> dict[str, Any] | None:
        """Return what the program promises the ``referrer`` or the ``referee``."""
        program = (self.code.campaign.referral_program if self.code.campaign else None) or {}
        promised: dict[str, Any] | None = program.get(f"{role}_reward")
        return promised
