"""From a wish to the situation in which it is judged: who asks, for whom, for what order, by which rules."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from access import project, statements
from campaigns.arithmetic.stacking import StackingRules
from campaigns.models import Voucher
from campaigns.redeeming import holding, tracking_ids
from campaigns.redeeming.holding import Held
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.wishes import Asker, Wish
from customers import recalling
from customers.models import Customer
from customers.profiles import Profile
from orders import reading, saying
from orders.cart import Cart
from orders.holding import take_turns
from orders.models import Order
from orders.saying import OrderSaid

AROUND = f"""
SELECT clock_timestamp(), (SELECT time_zone FROM access_project WHERE id = 1),
       (SELECT rules::text FROM campaigns_stackingsetting WHERE id = 1), ({holding.HELD})
"""  # noqa: S608


@dataclass(frozen=True)
class WishedOrder:
    """The order of a wish: as it was told, and the stored one where it is known already."""

    said: OrderSaid
    known: Order | None
    cart: Cart


def situation_of(
    wish: Wish,
    asker: Asker,
    order: WishedOrder | None,
    *,
    customer: Customer | None = None,
    vouchers: Collection[Voucher] = (),
) -> Situation:
    """Return the situation, with what sessions hold of the codes; of an order that is known the stored lines count."""
    around = _around(vouchers, wish.session.key if wish.session else None)
    return Situation(
        wish=wish,
        asker=asker,
        now=around.now,
        zone=ZoneInfo(around.zone),
        stacking=_stacking(around.rules),
        customer=customer or known_customer(wish.profile, wish.tracking_id),
        cart=order.cart if order else None,
        order_metadata=_metadata(order),
        held=around.held,
    )


def known_customer(profile: Profile | None, tracking_id: str | None) -> Customer | None:
    """Return whom a wish is for, where the shop's customers hold her already."""
    named = name_of_customer(profile, tracking_id)
    return recalling.named(named) if named else None


def name_of_customer(profile: Profile | None, tracking_id: str | None) -> str | None:
    """Return by which name a wish says whom it is for: our id, the shop's own, or that by which she is tracked."""
    names = [profile.public_id, profile.source_id] if profile else []
    names += [tracking_ids.clear(tracking_id)] if tracking_id else []
    return next((name for name in names if name), None)


@dataclass(frozen=True)
class _Around:
    """The hour, what the project says of hours and of stacking, and what other sessions hold."""

    now: datetime
    zone: str
    rules: str | None
    held: dict[UUID, Held]


def _around(vouchers: Collection[Voucher] = (), key: str | None = None) -> _Around:
    with statements.cursor() as cursor:
        cursor.execute(AROUND, holding.asked(vouchers, key))
        now, zone, rules, held = cursor.fetchone()
    return _Around(now, zone or project.current().time_zone, rules, holding.read(held))


def stacking_rules() -> StackingRules:
    """Return how incentives go together here: the project's own rules over the usual ones."""
    return _stacking(_around().rules)


def _stacking(rules: str | None) -> StackingRules:
    return StackingRules(**json.loads(rules)) if rules else StackingRules()


def order_of(wish: Wish, *, held: bool = False) -> WishedOrder | None:
    """Return the order that a wish is about; one that is ``held`` nobody else places or changes meanwhile."""
    if wish.order is None:
        return None
    said = saying.parse(dict(wish.order))
    if held:
        take_turns([said.id or said.source_id])
    known, cart = reading.meant(said)
    return WishedOrder(said, known, cart)


def _metadata(order: WishedOrder | None) -> dict[str, object]:
    if order is None:
        return {}
    return {**(order.known.metadata if order.known else {}), **(order.said.metadata or {})}
