"""Which order, which goods an address means; who may do what with them; and the record of who did."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest

from access import audit
from access.problems import request_id_of
from orders.goods import By
from orders.models import Order, Product, ProductCollection, Sku
from orders.placing import Told

BY_A_PERSON = "USER_PORTAL"

may_see_orders = permission_required("orders.view_order", raise_exception=True)
may_change_orders = permission_required("orders.change_order", raise_exception=True)
may_see = permission_required("orders.view_product", raise_exception=True)
may_add = permission_required("orders.add_product", raise_exception=True)
may_change = permission_required("orders.change_product", raise_exception=True)
may_delete = permission_required("orders.delete_product", raise_exception=True)

may_see_collections = permission_required("orders.view_productcollection", raise_exception=True)
may_add_collections = permission_required("orders.add_productcollection", raise_exception=True)
may_change_collections = permission_required("orders.change_productcollection", raise_exception=True)
may_delete_collections = permission_required("orders.delete_productcollection", raise_exception=True)


def the_order(key: str) -> Order:
    order: Order = _the(Order.objects.with_names(), key)
    return order


def the_product(key: str) -> Product:
    product: Product = _the(Product.objects.all(), key)
    return product


def the_sku(product: Product, key: str) -> Sku:
    sku: Sku = _the(Sku.objects.filter(product=product).select_related("product"), key)
    return sku


def the_collection(key: str) -> ProductCollection:
    collection: ProductCollection = _the(ProductCollection.objects.with_goods(), key)
    return collection


def _the(rows: Any, key: str) -> Any:
    """Return the row that is meant by its number in the admin, or by an id of it."""
    if key.isascii() and key.isdecimal() and len(key) < 19:
        row = rows.filter(pk=int(key)).first()
    else:
        row = rows.filter(public_id=key).first() if "\0" not in key else None
    if row is None:
        raise Http404
    return row


def told(request: HttpRequest) -> Told:
    return Told(BY_A_PERSON, request_id_of(request))


def by(request: HttpRequest) -> By:
    return By(BY_A_PERSON, request_id_of(request))


def record(request: HttpRequest, verb: str, thing: Any, summary: str) -> None:
    """Write down who did it."""
    name = thing._meta.model_name or ""
    audit.record(verb, name, thing.public_id, summary, person=audit.person_of(request))
