"""Several discounts seen as one, and taken back again, to the cent."""

from dataclasses import replace

from orders.cart import Cart, Line


def as_one(before: Cart, after: Cart) -> Cart:
    """Return the cart after several discounts with what all of them together did in its ``applied`` amounts."""
    lines = [_since(before.lines[n] if n < len(before.lines) else None, line) for n, line in enumerate(after.lines)]
    applied = after.discount_amount - before.discount_amount
    return replace(after, lines=tuple(lines), applied_discount_amount=applied)


def taken_back(cart: Cart) -> Cart:
    """Return the cart without what was applied to it; lines that it was given are gone."""
    lines = [_without(line) for line in cart.lines]
    kept = cart.with_lines(lines).with_lines(
        line for line, was in zip(lines, cart.lines, strict=True) if line.quantity or not was.applied_quantity
    )
    return replace(kept, discount_amount=cart.discount_amount - cart.applied_discount_amount, applied_discount_amount=0)


def _since(before: Line | None, after: Line) -> Line:
    was = before or Line(0, 0)
    return replace(
        after,
        applied_discount_amount=after.discount_amount - was.discount_amount,
        applied_discount_quantity=after.discount_quantity - was.discount_quantity,
        applied_quantity=after.quantity - was.quantity,
        applied_quantity_amount=after.amount - was.amount,
    )


def _without(line: Line) -> Line:
    undone = replace(
        line,
        quantity=line.quantity - line.applied_quantity,
        amount=line.amount - line.applied_quantity_amount,
        discount_amount=line.discount_amount - line.applied_discount_amount,
        discount_quantity=line.discount_quantity - line.applied_discount_quantity,
    )
    return undone.settled()
