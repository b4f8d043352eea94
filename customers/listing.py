"""The API's list of customers: what it may be narrowed by, its orders, and the cursor that goes on after a moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from rest_framework.request import Request

from access import filtering
from access.asking import moment_in, order_in, text_in
from access.filtering import Column, Kind
from access.problems import invalid_query
from customers.models import Customer
from customers.querysets import CustomerQuerySet

Narrow = Callable[[CustomerQuerySet, str], CustomerQuerySet]

SORTABLE = {"created_at", "updated_at", "source_id"}
NARROWINGS: dict[str, Narrow | str] = {
    "email": CustomerQuerySet.with_email,
    "city": CustomerQuerySet.living_in,
    "name": CustomerQuerySet.called,
}
COLUMNS = {
    "id": Column("public_id"),
    **{name: Column(name) for name in ("source_id", "name", "email", "phone", "description")},
    **{f"address.{part}": Column(f"address__{part}") for part in ("city", "state", "country", "postal_code")},
    "birthdate": Column("birthdate", Kind.DAY),
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}
MILLISECOND = timedelta(milliseconds=1)


def asked_for(request: Request) -> CustomerQuerySet:
    """Return the customers that a request's query asks for, in its order; raise a Problem where it cannot be meant."""
    found = cast(CustomerQuerySet, Customer.objects.filter(filtering.from_query(request, COLUMNS)))
    for name, narrow in {**NARROWINGS, **settings.CUSTOMER_LIST_FILTERS}.items():
        if (value := text_in(request, name)) is not None:
            found = _function(narrow)(found, value)
    found = found.created_between(*_span(request, "created_at")).updated_between(*_span(request, "updated_at"))
    order = order_in(request, SORTABLE, "-created_at")
    return _sorted(_after(request, found, is_descending=order.startswith("-")), order)


def _function(narrow: Narrow | str) -> Narrow:
    return import_string(narrow) if isinstance(narrow, str) else narrow


def _span(request: Request, field: str) -> tuple[Any, Any]:
    after, before = (moment_in(request, f"{field}[{end}]", f"[{field}][{end}]") for end in ("after", "before"))
    return after, before


def _sorted(found: CustomerQuerySet, order: str) -> CustomerQuerySet:
    """Sort so that an index serves it; who never changed counts as changed when she came."""
    field = order.removeprefix("-")
    by: Any = Coalesce("updated_at", "created_at") if field == "updated_at" else field
    if not order.startswith("-"):
        return found.order_by(by, "id")
    return found.order_by(by.desc() if isinstance(by, Coalesce) else order, "-id")


def _after(request: Request, found: CustomerQuerySet, *, is_descending: bool) -> CustomerQuerySet:
    """Go on after a moment as the list told it, to the millisecond, or exactly after the customer of an id."""
    cursor = text_in(request, "starting_after")
    if cursor is None:
        return found
    if cursor.startswith("cust_"):
        return found.filter(_beyond(cursor, is_descending=is_descending))
    at = moment_in(request, "starting_after")
    if is_descending or at is None:
        return found.created_between(None, at)
    return found.filter(created_at__gte=_end_of_millisecond(at))


def _end_of_millisecond(at: datetime) -> datetime:
    return at + MILLISECOND if at.microsecond % 1000 == 0 else at + timedelta(microseconds=1)


def _beyond(public_id: str, *, is_descending: bool) -> Q:
    last = Customer.everybody.filter(public_id=public_id).first()
    if last is None:
        raise invalid_query("starting_after must be a time, or the id of a customer")
    if is_descending:
        return Q(created_at__lte=last.created_at) & (Q(created_at__lt=last.created_at) | Q(id__lt=last.pk))
    return Q(created_at__gte=last.created_at) & (Q(created_at__gt=last.created_at) | Q(id__gt=last.pk))
