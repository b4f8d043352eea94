"""Customers over REST: found, listed, and written through the one verb that tells the world of it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import problems
from access.asking import moment_in, order_in, text_in
from access.authentication import caller_of
from access.listing import envelope, read_page, total_of
from customers import profiles
from customers.models import Customer
from customers.profiles import Profile
from customers.querysets import CustomerQuerySet
from events import tracking

Narrow = Callable[[CustomerQuerySet, str], CustomerQuerySet]

SORTABLE = {"created_at", "updated_at", "source_id"}
NARROWINGS: dict[str, Narrow | str] = {
    "email": CustomerQuerySet.with_email,
    "city": CustomerQuerySet.living_in,
    "name": CustomerQuerySet.called,
}


class CustomersView(APIView):
    required_scope = "customers"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = _asked_for(request)
        order = order_in(request, SORTABLE, "-created_at")
        shown = found.order_by(order, "-id" if order.startswith("-") else "id")[page.window]
        total = total_of(found)
        customers = [profiles.full(customer) for customer in shown]
        return Response(envelope("customers", customers, total, has_more=page.offset + page.limit < total))

    def post(self, request: Request) -> Response:
        return Response(_written(request, profiles.parse(request.data)))


class CustomerView(APIView):
    required_scope = "customers"

    def get(self, _request: Request, named: str) -> Response:
        return Response(profiles.full(_found(named)))

    def put(self, request: Request, named: str) -> Response:
        """Change what is given and nothing else; a null erases, and the shop's own id never changes."""
        said = profiles.parse(request.data, nulls_erase=True)
        return Response(_written(request, said.about(_found(named).public_id)))


def _found(named: str) -> Customer:
    customer = Customer.objects.named(named) if "\0" not in named else None
    if customer is None:
        raise problems.not_found("customer", named)
    return customer


def _written(request: Request, profile: Profile) -> dict[str, Any]:
    group_id = problems.request_id_of(request)
    found = tracking.identify(profile, source="API", group_id=group_id, key_id=caller_of(request).key_id)
    return profiles.full(found.customer)


def _asked_for(request: Request) -> CustomerQuerySet:
    found = Customer.objects.all()
    for name, narrow in {**NARROWINGS, **settings.CUSTOMER_LIST_FILTERS}.items():
        if (value := text_in(request, name)) is not None:
            found = _function(narrow)(found, value)
    found = found.created_between(*_span(request, "created_at")).updated_between(*_span(request, "updated_at"))
    after = moment_in(request, "starting_after")
    return found if after is None else found.created_between(None, after)


def _function(narrow: Narrow | str) -> Narrow:
    return import_string(narrow) if isinstance(narrow, str) else narrow


def _span(request: Request, field: str) -> tuple[Any, Any]:
    after, before = (moment_in(request, f"{field}[{end}]", f"[{field}][{end}]") for end in ("after", "before"))
    return after, before
