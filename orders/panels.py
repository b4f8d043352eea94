"""What a customer bought, on her page."""

from access import money, project
from customers.models import Customer
from customers.panels import Panel
from orders import showing
from orders.models import OrderSummary


def bought(customer: Customer) -> Panel:
    """Return what her orders come to, and the latest of them: three queries."""
    currency = project.current().currency
    summary = OrderSummary.objects.filter(customer=customer).first()
    context = {
        "summary": summary,
        "total": money.in_words(summary.total_amount if summary else 0, currency),
        "average": money.in_words(summary.average_amount if summary else 0, currency),
        "orders": [
            (order, money.in_words(order.total_amount, currency), showing.TONES.get(order.status, ""))
            for order in showing.bought_by(customer)
        ],
    }
    return Panel("orders/_bought.html", context)
