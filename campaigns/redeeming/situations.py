"""In which situation a wish is judged: when, by whom, for whom, and about which cart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from campaigns.arithmetic.stacking import StackingRules
from campaigns.redeeming.counting import Redeemer
from campaigns.redeeming.holding import Held
from campaigns.redeeming.wishes import Asker, Wish
from customers.models import Customer
from orders.cart import Cart


@dataclass(frozen=True)
class Situation:
    """In which a wish is judged."""

    wish: Wish
    asker: Asker
    now: datetime
    zone: ZoneInfo
    stacking: StackingRules
    customer: Customer | None = None
    cart: Cart | None = None
    counts_before: bool = True
    # Only who she is matters, not what lies in the cart.
    audience_only: bool = False
    order_metadata: Mapping[str, Any] = field(default_factory=dict)
    # What other sessions hold of the codes that are wished for.
    held: Mapping[UUID, Held] = field(default_factory=dict)

    @property
    def session_key(self) -> str | None:
        return self.wish.session.key if self.wish.session else None

    @property
    def redeemer(self) -> Redeemer:
        return Redeemer(self.customer.pk if self.customer else None, self.asker.key_id, self.now, self.zone)
