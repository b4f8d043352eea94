"""The facts of one redemption, or of one that is tried: all that a rule may ask about, gathered by whoever judges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from campaigns.rules.tree import Target


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the order. ``products`` and ``skus`` hold all ids of the one it sells: ours and the shop's.

    ``amount`` is the line's own, where the shop tells another one than its price makes.
    """

    quantity: int
    price: int | None = None
    products: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    product_metadata: Mapping[str, Any] = field(default_factory=dict)
    amount: int | None = None

    @property
    def worth(self) -> int:
        return (self.price or 0) * self.quantity if self.amount is None else self.amount

    def is_one_of(self, target: Target) -> bool:
        """Tell whether a target means this line: by a SKU, a product, or a collection that holds one of them."""
        if target.object == "sku":
            return bool(self.skus & target.names)
        return bool((self.products if target.object == "product" else self.collections) & target.names)


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Who redeems; ``segments`` are those of the segments asked for (``Needs.segments``) that she is a member of."""

    id: object
    metadata: Mapping[str, Any] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is bought, in cents: ``amount`` as the discounts before left it, ``initial_amount`` before all of them.

    ``total_amount`` and ``discount_amount`` are what the incentive at hand makes of it, None while that is not known.
    """

    amount: int | None = None
    initial_amount: int | None = None
    total_amount: int | None = None
    discount_amount: int | None = None
    items: tuple[Item, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One redemption. ``counters`` hold, by the name of the rule, what was before it; it counts itself on top.

    Where a name says ``daily``, ``weekly`` or ``monthly``, what lies before ``periods.beginning`` does not count;
    ``per_customer`` and ``customers_count`` count hers alone, of this code and of the whole campaign.
    ``api_keys`` are the names of the key that asks (its id, its label); ``holder`` is the id of whoever was given
    the code, in the form of ``CustomerFacts.id``. With ``audience_only`` rules of anything but who she is are taken as
    met: what she could have, were the rest so.
    """

    now: datetime
    zone: tzinfo = UTC
    customer: CustomerFacts | None = None
    order: OrderFacts | None = None
    holder: object = None
    counters: Mapping[str, int] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    event_metadata: Mapping[str, Any] | None = None
    api_keys: tuple[str, ...] = ()
    user_login: str | None = None
    gift_amount: int | None = None
    points_used: int | None = None
    audience_only: bool = False
