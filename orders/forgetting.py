"""What stays of the orders of a customer who goes: the shop's books, without a name on them."""

from customers.leaving import Departure
from orders.models import Order, OrderSummary


def forget(departure: Departure) -> dict[str, int]:
    """Of who is deleted the orders stay hers; of who is erased they stay without her and without free text."""
    if not departure.is_permanent:
        return {}
    hers = Order.objects.filter(customer=departure.customer)
    orders = hers.update(customer=None, metadata={}, source_id=None)
    Order.objects.filter(referrer=departure.customer).update(referrer=None)
    OrderSummary.objects.filter(customer=departure.customer).delete()
    return {"orders": orders}
