"""Collections of goods: made, and asked which of them the lines of an order belong to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from access import clock, filtering, limits
from access.filtering import Column, Kind
from access.problems import Problem, invalid_payload, not_found
from orders.cart import Line
from orders.models import CollectedItem, Product, ProductCollection, Sku

LISTED_MOST = 20
COLLECTIONS_MOST = 100
COLUMNS = {
    "id": Column("public_id"),
    **{name: Column(name) for name in ("source_id", "name", "image_url")},
    "price": Column("price", Kind.NUMBER),
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}


@transaction.atomic
def create(data: object) -> ProductCollection:
    """Make a collection from the body of ``POST /v1/product-collections``."""
    given = _given(data)
    if given.get("type") not in ProductCollection.Type.values:
        raise invalid_payload(f"type must be one of {', '.join(ProductCollection.Type.values)}")
    if ProductCollection.objects.count() >= COLLECTIONS_MOST:
        raise Problem(400, "invalid_payload", "Too many collections", f"There are {COLLECTIONS_MOST} already.")
    made = ProductCollection(name=limits.identifier(given.get("name"), "name"), type=given["type"])
    return _filled(made, given)


@transaction.atomic
def change(collection: ProductCollection, data: object) -> ProductCollection:
    """Change what is given of a collection; its type stays what it is."""
    given = _given(data)
    if given.get("type", collection.type) != collection.type:
        raise invalid_payload("The type of a collection cannot be changed")
    held = ProductCollection.objects.select_for_update().filter(pk=collection.pk).first()
    if held is None:
        raise not_found("products_collection", collection.public_id)
    held.name = limits.identifier(given["name"], "name") if "name" in given else held.name
    held.updated_at = clock.database_now()
    return _filled(held, given)


def _given(data: object) -> dict[str, Any]:
    return {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}


def _filled(collection: ProductCollection, given: dict[str, Any]) -> ProductCollection:
    """Save a collection with the goods it lists, or the filter that finds them, where these are given or needed."""
    is_static = collection.type == ProductCollection.Type.STATIC
    is_new = collection.pk is None
    if not is_static and (is_new or "filter" in given):
        collection.filter = _filter(given.get("filter"))
    collection.save()
    if is_static and (is_new or "products" in given):
        listed = _listed(collection, given.get("products"))
        CollectedItem.objects.filter(collection=collection).delete()
        CollectedItem.objects.bulk_create(listed)
    return ProductCollection.objects.with_goods().get(pk=collection.pk)


def delete(collection: ProductCollection) -> None:
    collection.delete()


def products_of(collection: ProductCollection) -> QuerySet[Product]:
    """Return the products of a collection; a listed variant stands for its product."""
    if collection.type == ProductCollection.Type.AUTO_UPDATE:
        return Product.objects.filter(filtering.from_json(collection.filter, COLUMNS))
    items = CollectedItem.objects.filter(collection=collection)
    return Product.objects.filter(Q(pk__in=items.values("product")) | Q(skus__in=items.values("sku"))).distinct()


def collections_of(lines: Sequence[Line]) -> dict[int, frozenset[str]]:
    """Return the collections of each line's goods, by the line's place: three queries at most."""
    names = {name for line in lines for name in (*line.products, *line.skus)}
    if not names:
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    listed = CollectedItem.objects.filter(Q(product__public_id__in=names) | Q(sku__public_id__in=names))
    for collection, product, sku in listed.values_list("collection__public_id", "product__public_id", "sku__public_id"):
        found[sku or product].add(collection)
    for product, collection in _filtered(names):
        found[product].add(collection)
    told = {place: _of_line(line, found) for place, line in enumerate(lines)}
    return {place: collections for place, collections in told.items() if collections}


def _filtered(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Say which of these products the filters of collections find: one query, whatever the number of filters."""
    filtering_ones = list(ProductCollection.objects.filter(type=ProductCollection.Type.AUTO_UPDATE))
    if not filtering_ones:
        return
    verdicts = {f"is_in_{one.pk}": _verdict(one) for one in filtering_ones}
    rows = Product.objects.filter(public_id__in=names).annotate(**verdicts).values_list("public_id", *verdicts)
    for product, *inside in rows:
        yield from ((product, one.public_id) for one, is_in in zip(filtering_ones, inside, strict=True) if is_in)


def _verdict(collection: ProductCollection) -> Case:
    found = When(filtering.from_json(collection.filter, COLUMNS), then=Value(True))
    return Case(found, default=Value(False), output_field=BooleanField())


def _of_line(line: Line, found: dict[str, set[str]]) -> frozenset[str]:
    return frozenset(name for thing in (*line.products, *line.skus) for name in found.get(thing, ()))


def _filter(given: object) -> dict[str, Any]:
    checked = limits.mapping(given, "filter")
    if not filtering.from_json(checked, COLUMNS):
        raise invalid_payload("filter must have at least one condition")
    return checked


def _listed(collection: ProductCollection, given: object) -> list[CollectedItem]:
    if not isinstance(given, list) or not 1 <= len(given) <= LISTED_MOST:
        raise invalid_payload(f"products must be a list of 1 to {LISTED_MOST} products or variants")
    return [_item(collection, limits.mapping(each, f"products[{place}]")) for place, each in enumerate(given)]


def _item(collection: ProductCollection, said: dict[str, Any]) -> CollectedItem:
    name = limits.identifier(said.get("id") or said.get("source_id"), "products.id")
    if said.get("object") == "sku":
        sku = Sku.objects.named(name).first()
        if sku is None:
            raise Problem(400, "invalid_sku", "The variant is not known", resource_id=name, resource_type="sku")
        return CollectedItem(collection=collection, sku=sku)
    product = Product.objects.named(name).first()
    if product is None:
        raise Problem(400, "invalid_product", "The product is not known", resource_id=name, resource_type="product")
    return CollectedItem(collection=collection, product=product)
