"""An order's page inside the admin: what was bought, by whom, at what price, and what happened with it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from access import money, project
from customers.wording import in_words
from orders import placing, showing
from orders.models import Order
from orders.views.finding import may_change_orders, may_see_orders, record, the_order, told


@may_see_orders
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    order = the_order(key)
    currency = project.current().currency
    context = {
        "title": f"Order {order}",
        "order": order,
        "tone": showing.TONES.get(order.status, ""),
        "lines": showing.lines_of(order, currency),
        "sums": showing.sums_of(order, currency),
        "total": money.in_words(order.amount - order.total_discount_amount, currency),
        "redemptions": showing.redemptions_of(order),
        "events": showing.events_of(order),
        "metadata": [(name, in_words(value)) for name, value in sorted(order.metadata.items())],
        "others": [status for status in Order.Status if status != order.status],
    }
    return render(request, "orders/order.html", context)


@may_change_orders
@require_POST
@transaction.atomic
def set_status(request: HttpRequest, key: str) -> HttpResponse:
    order, status = the_order(key), request.POST.get("status", "")
    if status not in Order.Status.values:
        messages.error(request, "Choose one of the statuses.")
        return redirect("admin:orders_order_change", order.pk)
    changed = placing.set_status(order, status, told=told(request))
    said = f"The order {changed} is {changed.get_status_display().lower()}."
    record(request, "change", changed, said)
    messages.success(request, said)
    return redirect("admin:orders_order_change", order.pk)
