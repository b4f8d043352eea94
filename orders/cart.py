"""What is bought, as plain numbers: lines and their sums in integer cents, before and after discounts.

Plain Python: it knows no table and no framework, so that orders, rules and discount arithmetic share one truth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order. What a discount took is in the sums; what the latest one took, in the ``applied`` ones.

    ``product`` and ``sku`` are told as the API tells them: ``id``, ``source_id``, ``name``, ``price``, ``metadata``.
    """

    quantity: int
    amount: int
    price: int | None = None
    id: str | None = None
    source_id: str | None = None
    related_object: str | None = None
    product: Mapping[str, Any] | None = None
    sku: Mapping[str, Any] | None = None
    collections: frozenset[str] = frozenset()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    initial_quantity: int = 0
    initial_amount: int = 0
    discount_amount: int = 0
    discount_quantity: int = 0
    applied_discount_amount: int = 0
    applied_discount_quantity: int = 0
    applied_quantity: int = 0
    applied_quantity_amount: int = 0

    @classmethod
    def of(cls, *, quantity: int, price: int | None = None, amount: int | None = None, **named: Any) -> Self:
        """Return a line as a shop tells it: of price and amount, either follows from the other."""
        total = (amount or 0) if price is None else price * quantity
        if price is None and amount is not None and quantity:
            price = (2 * amount + quantity) // (2 * quantity)
        named = {"initial_quantity": quantity, "initial_amount": total, **named}
        return cls(quantity=quantity, amount=total, price=price, **named)

    @property
    def products(self) -> frozenset[str]:
        """Return every name of the product it sells: ours and the shop's."""
        return _names(self.product)

    @property
    def skus(self) -> frozenset[str]:
        return _names(self.sku)

    @property
    def subtotal_amount(self) -> int:
        return self.amount - self.applied_discount_amount

    @property
    def left(self) -> int:
        """Return what can still be discounted."""
        return self.amount - self.discount_amount

    def amounts(self) -> dict[str, int | None]:
        """Return all numbers, by the names under which the API tells them."""
        return {
            "quantity": self.quantity,
            "initial_quantity": self.initial_quantity,
            "price": self.price,
            "amount": self.amount,
            "initial_amount": self.initial_amount,
            "discount_quantity": self.discount_quantity,
            "discount_amount": self.discount_amount,
            "applied_discount_quantity": self.applied_discount_quantity,
            "applied_discount_amount": self.applied_discount_amount,
            "applied_quantity": self.applied_quantity,
            "applied_quantity_amount": self.applied_quantity_amount,
            "subtotal_amount": self.subtotal_amount,
        }

    def discounted(self, amount: int, units: int = 0) -> Self:
        """Return the line after a discount took this much off it, or gave so many units."""
        return replace(
            self,
            discount_amount=self.discount_amount + amount,
            discount_quantity=self.discount_quantity + units,
            applied_discount_amount=self.applied_discount_amount + amount,
            applied_discount_quantity=self.applied_discount_quantity + units,
        )

    def grown(self, units: int, amount: int) -> Self:
        """Return the line after so many units, worth this much, were added to it by a discount."""
        return replace(
            self,
            quantity=self.quantity + units,
            amount=self.amount + amount,
            applied_quantity=self.applied_quantity + units,
            applied_quantity_amount=self.applied_quantity_amount + amount,
        )

    def settled(self) -> Self:
        """Return the line as the next discount finds it."""
        return replace(
            self,
            applied_discount_amount=0,
            applied_discount_quantity=0,
            applied_quantity=0,
            applied_quantity_amount=0,
        )


@dataclass(frozen=True, slots=True)
class Cart:
    """An order's lines and sums. Of an order told by its amount alone there are no lines.

    ``amount`` may be more than the lines, where the shop says so, as with the costs of shipping.
    """

    amount: int
    lines: tuple[Line, ...] = ()
    initial_amount: int = 0
    discount_amount: int = 0
    applied_discount_amount: int = 0

    @classmethod
    def of(cls, lines: Iterable[Line] = (), amount: int | None = None, *, discount_amount: int = 0) -> Self:
        """Return a cart as a shop tells it: the amount is the lines' sum where it is not said."""
        lines = tuple(lines)
        total = sum(line.amount for line in lines) if amount is None else amount
        return cls(total, lines, initial_amount=total, discount_amount=discount_amount)

    @property
    def items_discount_amount(self) -> int:
        return sum(line.discount_amount for line in self.lines)

    @property
    def total_discount_amount(self) -> int:
        return self.discount_amount + self.items_discount_amount

    @property
    def total_amount(self) -> int:
        return self.amount - self.total_discount_amount

    @property
    def items_applied_discount_amount(self) -> int:
        return sum(line.applied_discount_amount for line in self.lines)

    @property
    def total_applied_discount_amount(self) -> int:
        return self.applied_discount_amount + self.items_applied_discount_amount

    def amounts(self) -> dict[str, int]:
        """Return all numbers but the lines', by the names under which the API tells them."""
        return {
            "amount": self.amount,
            "initial_amount": self.initial_amount,
            "discount_amount": self.discount_amount,
            "items_discount_amount": self.items_discount_amount,
            "total_discount_amount": self.total_discount_amount,
            "total_amount": self.total_amount,
            "applied_discount_amount": self.applied_discount_amount,
            "items_applied_discount_amount": self.items_applied_discount_amount,
            "total_applied_discount_amount": self.total_applied_discount_amount,
        }

    def discounted(self, amount: int) -> Self:
        """Return the cart after a discount took this much off the order as a whole."""
        return replace(
            self,
            discount_amount=self.discount_amount + amount,
            applied_discount_amount=self.applied_discount_amount + amount,
        )

    def with_lines(self, lines: Iterable[Line]) -> Self:
        """Return the cart with these lines; its amount grows by what the lines grew."""
        lines = tuple(lines)
        grown = sum(line.amount for line in lines) - sum(line.amount for line in self.lines)
        return replace(self, lines=lines, amount=self.amount + grown)

    def settled(self) -> Self:
        """Return the cart as the next discount finds it."""
        return replace(self, lines=tuple(line.settled() for line in self.lines), applied_discount_amount=0)


def _names(reference: Mapping[str, Any] | None) -> frozenset[str]:
    named = (reference.get("id"), reference.get("source_id")) if reference else ()
    return frozenset(name for name in named if name)
