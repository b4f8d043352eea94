"""From a wish to the situation in which it is judged: who asks, for whom, for what order, by which rules."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from access import project
from access.clock import database_now
from campaigns.arithmetic.stacking import StackingRules
from campaigns.models import StackingSetting
from campaigns.redeeming.trying import Situation
from campaigns.redeeming.wishes import Asker, Wish
from customers.models import Customer
from customers.profiles import Profile
from orders import lines, reading, saying
from orders.cart import Cart
from orders.models import Order
from orders.saying import OrderSaid


@dataclass(frozen=True)
class WishedOrder:
    """The order of a wish: as it was told, and the stored one where it is known already."""

    said: OrderSaid
    known: Order | None
    cart: Cart


def situation_of(wish: Wish, asker: Asker, *, customer: Customer | None = None) -> tuple[Situation, WishedOrder | None]:
    """Return the situation, and the order that it is about; of an order that is known the stored lines count."""
    order = _order(wish)
    settings = project.current()
    return (
        Situation(
            wish=wish,
            asker=asker,
            now=database_now(),
            zone=ZoneInfo(settings.time_zone),
            stacking=stacking_rules(),
            customer=customer or known_customer(wish.profile, wish.tracking_id),
            cart=order.cart if order else None,
            order_metadata=_metadata(order),
        ),
        order,
    )


def known_customer(profile: Profile | None, tracking_id: str | None) -> Customer | None:
    """Return whom a wish is for, where the shop's customers hold her already."""
    names = [profile.public_id, profile.source_id] if profile else [tracking_id]
    named = next((name for name in names if name), None)
    return Customer.objects.named(named) if named else None


def stacking_rules() -> StackingRules:
    """Return how incentives go together here: the project's own rules over the usual ones."""
    own = StackingSetting.objects.filter(pk=1).values_list("rules", flat=True).first()
    return StackingRules(**own) if own else StackingRules()


def _order(wish: Wish) -> WishedOrder | None:
    if wish.order is None:
        return None
    said = saying.parse(dict(wish.order))
    named = said.id or said.source_id
    known = reading.find(named) if named else None
    if known is not None and known.status == Order.Status.CREATED:
        return WishedOrder(said, known, reading.cart_of(known).settled())
    return WishedOrder(said, known, lines.cart_of(said))


def _metadata(order: WishedOrder | None) -> dict[str, object]:
    if order is None:
        return {}
    return {**(order.known.metadata if order.known else {}), **(order.said.metadata or {})}
